"""Verdicts on histories drawn by hand, where every figure can be counted.

The two days used throughout, in squares of 1 km2 (B takes 2 from A, 1 from C, 1 from
nobody, and loses 1 to A)::

    AABC    ABBB
    A.BC    BBAC
"""

from datetime import date

import numpy as np
import pytest
import shapely
from pydantic import ValidationError
from squares import KM, PLANE, day, history_of, square, squares

from territory.actors import NOBODY, Holder
from territory.claims import (
    Claim,
    Claims,
    Precision,
    Reading,
    decide,
    judge,
    published_interval,
    summary,
)
from territory.errors import ClaimError
from territory.estimate import Estimate
from territory.history import from_coverage
from territory.places import Event, Place, PlaceSeries, Start, place_counts, sites
from territory.projection import WGS84
from territory.results import VERDICT_COLUMNS, verdict_rows
from territory.uncertainty import BoundaryError, Ensemble

BEFORE = squares(
    "AABC",
    "A.BC",
)
AFTER = squares(
    "ABBB",
    "BBAC",
)
PERIOD = (day(0), day(1))


def drawn_history():
    west = shapely.box(0, -2 * KM, 2 * KM, 0)
    return history_of(BEFORE, AFTER).with_areas({"west": west})


def claim_of(value, *readings, unit="km2", precision="rounded", **more):
    given = {"period": PERIOD, **more}
    return Claim.model_validate(
        {
            "id": "c",
            "text": "t",
            "publisher": "p",
            "published": day(1),
            "value": value,
            "unit": unit,
            "precision": precision,
            "reading": [{"name": f"r{n}", "area": "frame", **r} for n, r in enumerate(readings)],
            **given,
        }
    )


def computed(reading, *, unit="km2", ensemble=None, **more):
    claim = claim_of(1, reading, unit=unit, **more)
    (found,) = judge(claim, ensemble or Ensemble(drawn_history()))
    return found.computed.value


@pytest.mark.parametrize(
    ("value", "precision", "interval"),
    [
        (53.4, "exact", (53.35, 53.45)),
        (53.4, "rounded", (53.35, 53.45)),
        (53.4, "roughly", (50.73, 56.07)),
        (53.4, "over", (53.4, 58.74)),
        (53.4, "under", (48.06, 53.4)),
        (1100, "exact", (1099.5, 1100.5)),
        (1100, "rounded", (1050, 1150)),
        (1100, "roughly", (1045, 1155)),
        (1000, "rounded", (500, 1500)),
        (1000, "roughly", (500, 1500)),  # half of the last digit is more than 5 %
        (3035, "exact", (3034.5, 3035.5)),
        (3035, "rounded", (3034.5, 3035.5)),
        (3035, "roughly", (2883.25, 3186.75)),
        (3000, "over", (3000, 4000)),
        (1200, "over", (1200, 1320)),
        (95, "over", (95, 104.5)),
        (1200, "under", (1080, 1200)),
        (1000, "under", (0, 1000)),
        (0.5, "exact", (0.45, 0.55)),
        (0.5, "rounded", (0.45, 0.55)),
        (0.5, "roughly", (0.45, 0.55)),
        (0.5, "over", (0.5, 0.6)),
        (0.5, "under", (0.4, 0.5)),
        (7, "roughly", (6.5, 7.5)),
        (0, "exact", (0, 0.5)),
        (0, "under", (0, 0)),
        (1e22, "rounded", (0.5e22, 1.5e22)),
    ],
)
def test_published_interval(value, precision, interval):
    assert published_interval(value, Precision(precision)) == pytest.approx(interval, rel=1e-12)
    assert claim_of(
        value, {"quantity": "total", "by": ["A"]}, precision=precision, day=day(0)
    ).published_interval() == pytest.approx(interval, rel=1e-12)


@pytest.mark.parametrize(
    ("quantity", "who", "km2"),
    [
        ("gained", {"by": ["B"]}, 4),
        ("gained", {"by": ["B"], "from": ["A"]}, 2),
        ("gained", {"by": ["B"], "from": ["A", "C"]}, 3),
        ("gained", {"by": ["B"], "from": ["nobody"]}, 1),
        ("gained", {"by": ["A", "B"]}, 2),  # between A and B nothing is gained by both
        ("gained", {"by": ["A", "B"], "from": ["C"]}, 1),
        ("lost", {"by": ["B"]}, 1),
        ("lost", {"by": ["A"]}, 2),
        ("lost", {"by": ["A"], "to": ["B"]}, 2),
        ("lost", {"by": ["A"], "to": ["C"]}, 0),
        ("lost", {"by": ["A", "B"]}, 0),
        ("net", {"by": ["B"]}, 3),
        ("net", {"by": ["A"]}, -1),
        ("net", {"by": ["B"], "from": ["A"]}, 1),
        ("net", {"by": ["B"], "from": ["C"], "to": ["A"]}, 0),
        ("changed-hands", {}, 5),
    ],
)
def test_every_change_is_the_number_of_squares(quantity, who, km2):
    assert computed({"quantity": quantity, **who}) == pytest.approx(km2)


@pytest.mark.parametrize(
    ("reading", "unit", "when", "value"),
    [
        ({"quantity": "total", "by": ["B"]}, "km2", day(0), 2),
        ({"quantity": "total", "by": ["B"]}, "km2", day(1), 5),
        ({"quantity": "total", "by": ["A", "C"]}, "km2", day(1), 3),
        ({"quantity": "total", "by": ["nobody"]}, "km2", day(0), 1),
        ({"quantity": "total", "by": ["B"], "area": "west"}, "km2", day(1), 3),
        ({"quantity": "share", "by": ["B"]}, "percent", day(1), 62.5),
        ({"quantity": "share", "by": ["B"], "area": "west"}, "percent", day(1), 75),
        ({"quantity": "share", "by": ["B"], "area": "all"}, "percent", day(1), 62.5),
    ],
)
def test_totals_and_shares_of_a_day(reading, unit, when, value):
    assert computed(reading, unit=unit, day=when, period=None) == pytest.approx(value)


def test_a_share_over_a_period_is_of_what_the_loser_had_at_its_start():
    of_a = {"quantity": "share", "by": ["B"], "from": ["A"]}
    assert computed(of_a, unit="percent") == pytest.approx(200 / 3)
    assert computed({**of_a, "area": "west"}, unit="percent") == pytest.approx(200 / 3)
    of_c = {"quantity": "share", "by": ["B"], "from": ["C"]}
    assert computed(of_c, unit="percent") == pytest.approx(50)


def test_a_reading_overrides_the_days_of_its_claim():
    of_a = {"quantity": "share", "by": ["B"], "from": ["A"], "period": PERIOD}
    assert computed(of_a, unit="percent", day=day(1), period=None) == pytest.approx(200 / 3)
    total = {"quantity": "total", "by": ["B"], "day": day(0)}
    assert computed(total, day=day(1)) == pytest.approx(2)
    back = history_of(BEFORE, AFTER, BEFORE)
    gained = {"quantity": "gained", "by": ["A"], "period": (day(1), day(2))}
    assert computed(gained, ensemble=Ensemble(back)) == pytest.approx(2)


def test_a_share_of_nothing_is_not_checkable():
    """C holds nothing in the west: 0 of 0 km2 is no 0 %."""
    reading = {"quantity": "share", "by": ["B"], "from": ["C"], "area": "west"}
    (found,) = judge(claim_of(0, reading, unit="percent"), Ensemble(drawn_history()))
    assert found.verdict == "not checkable"
    assert "C had nothing in 'west' on 2018-01-01" in found.reason


def test_intervals_come_from_the_boundary_and_stop_at_the_area():
    ensemble = Ensemble(drawn_history(), BoundaryError(100.0, 50.0))
    (found,) = judge(claim_of(5, {"quantity": "total", "by": ["C"]}, day=day(1)), ensemble)
    # One square in the corner of the frame: two sides are its rim, which is a choice.
    half = 1.959964 * 0.1 * np.sqrt(2 * (2 - 0.05) * 0.05)
    assert (found.computed.low, found.computed.high) == pytest.approx((1 - half, 1 + half))
    wide = Ensemble(drawn_history(), BoundaryError(5000.0, 5000.0))
    (found,) = judge(claim_of(5, {"quantity": "total", "by": ["C"]}, day=day(1)), wide)
    assert (found.computed.low, found.computed.high) == pytest.approx((0, 8))
    (found,) = judge(claim_of(5, {"quantity": "net", "by": ["A"]}), wide)
    assert (found.computed.low, found.computed.high) == pytest.approx((-8, 8))


# ---- Places ------------------------------------------------------------------------------


def place_ensemble():
    """Four places on a row of the squares, P4 beyond the frame; B takes P2 and P4 from A."""
    x, y = [500.0, 1500.0, 2500.0, 9500.0], [-500.0] * 4
    lon, lat = PLANE.transformer(WGS84).transform(x, y, direction="INVERSE")
    keys = ["P1", "P2", "P3", "P4"]
    taken = [Event(key, day(1), day(1), "A", "B", "reported") for key in ("P2", "P4")]
    series = PlaceSeries(
        tuple(Place(k, k, a, b) for k, a, b in zip(keys, lon, lat, strict=True)),
        {key: Start("B" if key == "P3" else "A", "marker") for key in keys},
        tuple(taken),
        day(0),
        day(1),
    )
    frame = {"frame": shapely.box(0, -2 * KM, 4 * KM, 0)}
    counts = place_counts(sites(series, PERIOD, projection=PLANE), frame)
    return Ensemble(drawn_history(), counts={"": counts, "same again": counts})


@pytest.mark.parametrize(
    ("reading", "count"),
    [
        ({"quantity": "gained", "by": ["B"]}, 1),
        ({"quantity": "gained", "by": ["B"], "area": "all"}, 2),
        ({"quantity": "total", "by": ["A"], "day": day(0), "area": "all"}, 3),
        ({"quantity": "total", "by": ["B"], "day": day(1)}, 2),
        ({"quantity": "changed-hands", "area": "all"}, 2),
    ],
)
def test_places_are_counted_and_not_measured(reading, count):
    claim = claim_of(count, reading, unit="places", precision="exact")
    (found,) = judge(claim, place_ensemble())
    assert found.computed == Estimate(count, count, count, "places")
    assert found.scenarios == {"same again": count}
    assert found.verdict == "consistent"


@pytest.mark.parametrize(
    ("value", "precision", "verdict", "why"),
    [
        (2, "exact", "consistent", "at least 2 places computed; the list is short"),
        (
            1,
            "exact",
            "inconsistent",
            "at least 2 places computed, already above 1 published (at most 1.5)",
        ),
        (3, "exact", "not checkable", "can neither confirm nor refute 3: the list is short"),
        (1, "over", "consistent", "at least 2 places"),
        (100, "rounded", "not checkable", "lower bound"),
    ],
)
def test_a_lower_bound_can_refute_only_what_lies_below_it(value, precision, verdict, why):
    reading = {"quantity": "gained", "by": ["B"], "area": "all", "lower_bound": "the list is short"}
    claim = claim_of(value, reading, unit="places", precision=precision)
    (found,) = judge(claim, place_ensemble())
    assert found.verdict == verdict
    assert why in found.reason


@pytest.mark.parametrize(
    ("estimate", "verdict"),
    [
        (Estimate(120, 90, 150), "consistent"),  # its interval reaches the published one
        (Estimate(80, 60, 101.5), "consistent"),
        (Estimate(120, 103, 150), "inconsistent"),
        (Estimate(80, 60, 101), "not checkable"),
    ],
)
def test_a_lower_bound_has_an_interval_too(estimate, verdict):
    claim = claim_of(102, {"quantity": "gained", "by": ["B"], "lower_bound": "short"})
    assert claim.published_interval() == (101.5, 102.5)
    assert decide(claim, claim.reading[0], estimate)[0] == verdict


# ---- Verdicts ----------------------------------------------------------------------------

TWO, THREE, FOUR = (
    {"quantity": "gained", "by": ["B"], "from": ["A"], "name": "two"},
    {"quantity": "gained", "by": ["B"], "from": ["A", "C"], "name": "three"},
    {"quantity": "gained", "by": ["B"], "name": "four"},
)


def verdicts(value, *readings, ensemble=None, **more):
    found = judge(claim_of(value, *readings, **more), ensemble or Ensemble(drawn_history()))
    return [each.verdict for each in found]


def test_verdict_strings():
    assert verdicts(2, TWO) == ["consistent"]
    assert verdicts(3, TWO) == ["inconsistent"]
    assert verdicts(2, TWO, THREE, FOUR) == [
        "consistent only as two",
        "inconsistent",
        "inconsistent",
    ]
    assert verdicts(3, TWO, THREE, FOUR, precision="roughly") == [
        "inconsistent",
        "consistent only as three",
        "inconsistent",
    ]
    assert verdicts(2.5, TWO, THREE, FOUR, precision="exact") == ["inconsistent"] * 3
    assert verdicts(2, TWO, {**TWO, "name": "again"}) == ["consistent"] * 2
    people = verdicts(2, TWO, unit="people")
    assert people == ["not checkable"]


def test_a_reading_that_cannot_be_checked_takes_nothing_from_the_others():
    bound = {**TWO, "name": "bound", "lower_bound": "short"}
    assert verdicts(4, FOUR, bound) == ["consistent", "not checkable"]
    assert verdicts(4, FOUR, bound, THREE) == [
        "consistent only as four",
        "not checkable",
        "inconsistent",
    ]


def test_touching_intervals_agree():
    claim = claim_of(100, TWO, precision="over")
    reading = claim.reading[0]
    assert decide(claim, reading, Estimate(90, 80, 100))[0] == "consistent"
    assert decide(claim, reading, Estimate(90, 80, 99.9))[0] == "inconsistent"
    assert decide(claim, reading, Estimate(250, 200, 300))[0] == "consistent"
    verdict, why = decide(claim, reading, Estimate(250, 200.1, 300))
    assert verdict == "inconsistent"
    assert why == (
        "250 (200 to 300) km2 computed lies above 100 km2 published (100 to 200),"
        " further than the word 'over' suggests"
    )


def test_a_claim_that_cannot_be_checked_says_why():
    claim = claim_of(5, not_checkable="no data on losses")
    (found,) = judge(claim, Ensemble(drawn_history()))
    assert (found.verdict, found.reason, found.computed) == (
        "not checkable",
        "no data on losses",
        None,
    )
    assert summary((found,)) == "5 km2: not checkable. No data on losses."
    (row,) = verdict_rows([found])
    assert tuple(row) == VERDICT_COLUMNS
    assert (row["computed"], row["ratio"], row["range_low"]) == (None, None, None)


def test_places_and_people_need_data_of_their_own():
    (found,) = judge(claim_of(5, TWO, unit="places"), Ensemble(drawn_history()))
    assert (found.verdict, found.computed) == ("not checkable", None)
    assert "zones, not places" in found.reason
    (found,) = judge(claim_of(5, TWO, unit="people"), place_ensemble())
    assert "population raster" in found.reason


def test_data_must_cover_the_area():
    def history(east):
        return from_coverage(
            np.array([square(0, 0)]),
            np.array([[1]], dtype=np.int16),
            days=(day(0),),
            holders=(NOBODY, Holder("A")),
            projection=PLANE,
        ).with_areas({"frame": shapely.box(0, -KM, east * KM, 0)})

    claim = claim_of(1, {"quantity": "total", "by": ["A"]}, day=day(0), period=None)
    (found,) = judge(claim, Ensemble(history(2)))
    assert found.verdict == "not checkable"
    assert found.reason == "the data cover only 50% of the area 'frame'"
    assert [each.verdict for each in judge(claim, Ensemble(history(1.011)))] == ["not checkable"]
    assert [each.verdict for each in judge(claim, Ensemble(history(1.009)))] == ["consistent"]
    beyond = history_of(squares("A")).with_areas({"frame": shapely.box(0, -KM, 2 * KM, 0)})
    assert [each.verdict for each in judge(claim, Ensemble(beyond))] == ["consistent"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"by": ["b"]}, r"claim 'c', reading 'r0': unknown actor 'b'; known are: A, B, C, nobody"),
        ({"by": ["B"], "from": ["nobdy"]}, r"unknown actor 'nobdy'; did you mean 'nobody'\?"),
        ({"by": ["B"], "area": "wets"}, r"unknown area 'wets'; did you mean 'west'\?"),
        (
            {"by": ["B"], "period": (day(0), day(9))},
            r"no snapshot covers 2018-01-10; the data run from 2018-01-01 to 2018-01-02",
        ),
        ({"by": ["B"], "period": (date(2017, 1, 1), day(1))}, r"no snapshot covers 2017-01-01"),
    ],
)
def test_what_the_data_do_not_know_is_an_error(change, message):
    claim = claim_of(1, {"quantity": "gained", **change})
    with pytest.raises(ClaimError, match=message):
        judge(claim, Ensemble(drawn_history()))


# ---- Summaries ---------------------------------------------------------------------------


def summed(value, *readings, **options):
    return summary(judge(claim_of(value, *readings), Ensemble(drawn_history(), **options)))


def test_a_summary_never_picks_the_friendlier_reading():
    assert summed(3, TWO, THREE, FOUR) == (
        "3 km2: readings and scenarios lie on both sides of it, from 2 to 4,"
        " so the data do not decide it;"
        " 1 of 3 readings agree with it within the intervals."
    )
    assert summed(2, TWO, FOUR) == (
        "2 km2: every reading and scenario lies at or above it, from 2 to 4;"
        " 1 of 2 readings agree with it within the intervals."
    )
    assert summed(9, TWO, FOUR) == (
        "9 km2: every reading and scenario lies at or below it, from 2 to 4;"
        " none of 2 readings agree with it within the intervals."
    )


def test_scenarios_widen_the_range_and_not_the_interval():
    other = history_of(AFTER, BEFORE).with_areas({"west": shapely.box(0, -2 * KM, 2 * KM, 0)})
    claim = claim_of(3, FOUR)
    (found,) = judge(claim, Ensemble(drawn_history(), scenarios={"other way round": other}))
    assert found.range == pytest.approx((1, 4))
    assert (found.computed.low, found.computed.high) == pytest.approx((4, 4))
    assert found.ratio == pytest.approx(4 / 3)
    assert found.verdict == "inconsistent"
    (row,) = verdict_rows([found])
    assert (row["range_low"], row["range_high"]) == pytest.approx((1, 4))
    text = summary((found,))
    assert "on both sides of it, from 1 to 4" in text
    assert "consistent" not in text


def test_a_ratio_to_zero_is_left_out():
    (found,) = judge(claim_of(0, TWO), Ensemble(drawn_history()))
    assert found.ratio is None


# ---- Definitions that contradict themselves -----------------------------------------------

GOOD = {
    "id": "c",
    "text": "t",
    "publisher": "p",
    "published": date(2018, 2, 5),
    "value": 3,
    "unit": "km2",
    "period": [date(2018, 1, 1), date(2018, 2, 1)],
    "reading": [{"name": "r", "quantity": "gained", "by": ["a"]}],
}


def test_the_good_definition_is_good():
    (claim,) = Claims.model_validate({"claim": [GOOD]}).claim
    assert claim.precision is Precision.ROUNDED
    assert claim.reading == (Reading(name="r", quantity="gained", by=("a",)),)
    assert Claims.model_validate({"claim": [GOOD]}).days() == (date(2018, 1, 1), date(2018, 2, 1))


SHARE = {"name": "r", "quantity": "share", "by": ["a"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": -1}, "greater than or equal to 0"),
        ({"value": float("nan")}, "finite number"),
        ({"value": float("inf")}, "finite number"),
        ({"value": True}, "valid number"),
        ({"value": "3035"}, "valid number"),
        ({"unit": "percent", "value": 101, "reading": [SHARE]}, "cannot be 101 percent"),
        ({"unit": "percent"}, "'gained' does not fit unit 'percent'"),
        ({"reading": [{**SHARE, "from": ["b"]}]}, "'share' does not fit unit 'km2'"),
        ({"period": [date(2018, 2, 1), date(2018, 1, 1)]}, "runs backwards"),
        ({"period": [date(2018, 2, 1), date(2018, 2, 1)]}, "is empty"),
        ({"period": [date(2018, 2, 1)]}, "required"),
        ({"period": None}, "'gained' needs a period"),
        ({"published": 86400}, "'86400' is not a day"),
        ({"published": "2018-2-5"}, "'2018-2-5' is not a day"),
        ({"published": "20180205"}, "'20180205' is not a day"),
        ({"published": "٢٠١٨-٠٢-٠٥"}, "is not a day"),
        ({"id": "../c"}, "match pattern"),
        ({"id": ""}, "match pattern"),
        ({"reading": []}, "needs readings"),
        ({"not_checkable": "why"}, "needs readings"),
        ({"reading": GOOD["reading"] * 2}, "same name"),
        ({"reading": [{"name": "r", "quantity": "gained"}]}, "needs 'by'"),
        ({"reading": [{"name": "r", "quantity": "total", "by": ["a"]}]}, "needs a day"),
        (
            {"reading": [{"name": "r", "quantity": "lost", "by": ["a"], "from": ["b"]}]},
            "takes 'to'",
        ),
        (
            {"reading": [{"name": "r", "quantity": "gained", "by": ["a"], "to": ["b"]}]},
            "'gained' takes no 'to'",
        ),
        (
            {"reading": [{"name": "r", "quantity": "changed-hands", "by": ["a"]}]},
            "'changed-hands' takes no 'by'",
        ),
        (
            {
                "day": date(2018, 1, 1),
                "reading": [{"name": "r", "quantity": "total", "by": ["a"], "from": ["b"]}],
            },
            "'total' takes no 'from'",
        ),
        (
            {"reading": [{"name": "r", "quantity": "gained", "by": ["a", "b"], "from": ["b"]}]},
            "'b' cannot be in 'by' and in 'from'",
        ),
        ({"unit": "percent", "reading": [SHARE]}, "needs 'from'"),
        (
            {"unit": "percent", "day": date(2018, 1, 1), "reading": [{**SHARE, "from": ["b"]}]},
            "none on a day",
        ),
        ({"precison": "roughly"}, "precison"),
    ],
)
def test_a_contradictory_definition_is_refused(change, message):
    with pytest.raises(ValidationError, match=message):
        Claims.model_validate({"claim": [{**GOOD, **change}]})


def test_two_claims_need_two_ids():
    with pytest.raises(ValidationError, match="two claims have the id 'c'"):
        Claims.model_validate({"claim": [GOOD, GOOD]})
    assert len(Claims.model_validate({"claim": [GOOD, {**GOOD, "id": "d"}]}).claim) == 2


def test_no_claim_needs_no_day():
    assert Claims(claim=()).days() == ()

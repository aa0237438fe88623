"""Verdicts on histories drawn by hand, where every figure can be counted.

The two days used throughout, in squares of 1 km2 (B takes 2 from A, 1 from C, 1 from
nobody, and loses 1 to A)::

    AABC    ABBB
    A.BC    BBAC
"""

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from squares import KM, PLANE, day, history_of, square, squares
from strategies import grids

from territory.claims.as_drawn import web_sphere
from territory.claims.decision import decide
from territory.claims.model import Claim, Claims, Reading
from territory.claims.precision import WORDS, Precision, published_interval
from territory.claims.rows import VERDICT_COLUMNS, verdict_rows
from territory.claims.summaries import summary
from territory.claims.verdicts import judge
from territory.errors import ClaimError
from territory.geometry.projection import WGS84
from territory.history.history import from_coverage, from_snapshots
from territory.history.places import Event, Place, PlaceSeries, Start
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.history.voronoi import place_counts, sites
from territory.holders import NOBODY, Holder, Status
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import Z_95, Estimate
from territory.publish.report.answer import answer
from territory.publish.report.reading_list import meaning_of
from territory.publish.report.report_text import claim_wording

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
        (1000, "rounded", (950, 1050)),  # half of the last digit would be more than 5 %
        (1000, "roughly", (900, 1100)),  # and here more than 10 %
        (3035, "exact", (3034.5, 3035.5)),
        (3035, "rounded", (3034.5, 3035.5)),
        (3035, "roughly", (2883.25, 3186.75)),
        (3000, "over", (3000, 3300)),
        (1200, "over", (1200, 1320)),
        (95, "over", (95, 104.5)),
        (95, "just over", (95, 104.5)),
        (1200, "nearly", (1080, 1200)),
        (1200, "under", (1080, 1200)),
        (1000, "under", (900, 1000)),
        (0.5, "exact", (0.45, 0.55)),
        (0.5, "rounded", (0.45, 0.55)),
        (0.5, "roughly", (0.45, 0.55)),
        (0.5, "over", (0.5, 0.55)),
        (0.5, "under", (0.45, 0.5)),
        (7, "roughly", (6.5, 7.5)),
        (0, "exact", (0, 0.5)),
        (0, "under", (0, 0)),
        (1e22, "rounded", (0.95e22, 1.05e22)),
    ],
)
def test_published_interval(value, precision, interval):
    assert published_interval(value, Precision(precision)) == pytest.approx(interval, rel=1e-12)
    assert claim_of(
        value, {"quantity": "total", "by": ["A"]}, precision=precision, day=day(0)
    ).published_interval() == pytest.approx(interval, rel=1e-12)


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        (("about", "around", "some", "Roughly", "approx.", "ca.", "an estimated"), "roughly"),
        (("more than", "more_than", "at least", " Over ", "no fewer than"), "over"),
        (("fewer than", "less than", "up to", "at most", "no more than"), "under"),
        (("almost", "just under", "nearly"), "nearly"),
        (("just over", "slightly more than"), "just over"),
        (("exactly",), "exact"),
    ],
)
def test_words_of_publishers(words, meaning):
    reading = {"quantity": "total", "by": ["A"]}
    for word in words:
        assert claim_of(400, reading, precision=word, day=day(0)).precision == meaning
        also = claim_of(
            400, reading, day=day(0), also=[{"value": 1, "unit": "sqmi", "precision": word}]
        )
        assert also.also[0].precision == meaning


def test_a_word_means_one_thing():
    every = [word for precision, words in WORDS.items() for word in (str(precision), *words)]
    assert len(every) == len(set(every))
    assert set(WORDS) == set(Precision)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("abuot", "unknown word 'abuot'; did you mean 'about'"),
        ("zzz", "unknown word 'zzz'; known are: .*at least, .*roughly"),
        ("", "unknown word ''; known are"),
    ],
)
def test_an_unknown_word_lists_what_is_known(word, message):
    with pytest.raises(ValidationError, match=message):
        Claims.model_validate({"claim": [{**GOOD, "precision": word}]})


@pytest.mark.parametrize(("vague", "near"), [("over", "just over"), ("under", "nearly")])
def test_almost_is_refuted_by_what_lies_far_off(vague, near):
    """Twice or half as much is true of "over" and "under", and of no narrower word."""
    figure = computed({"quantity": "total", "by": ["A"]}, day=day(0))
    value = figure / 2 if vague == "over" else figure * 2
    for word, verdict in ((vague, "consistent"), (near, "inconsistent")):
        claim = claim_of(value, {"quantity": "total", "by": ["A"]}, precision=word, day=day(0))
        assert str(judge(claim, Ensemble(drawn_history()))[0].verdict) == verdict


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
    # A day later she has two: with six hours more or less it may be a quarter of that.
    assert (found.computed.low, found.computed.high) == pytest.approx((1 - half, 1.25))
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
            "at least 2 places computed, already above 1 place published (at most 1.5)",
        ),
        (3, "exact", "not checkable", "can neither confirm nor refute 3 places: the list is short"),
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


def test_a_gazetteer_makes_a_count_of_a_lower_bound():
    """Places of a list that is short are a lower bound, all villages are a count with an error."""
    bound = {"quantity": "gained", "by": ["B"], "area": "all", "lower_bound": "the list is short"}
    listed = place_ensemble()
    counts = listed.counts[""]
    fewer = replace(counts, area_m2=np.where(np.arange(4) == 1, 0.0, 1e6))
    full = replace(listed, count_draws=(counts, fewer), sample_size=4, total=5)
    claim = claim_of(7, bound, unit="places", precision="exact")
    (found,) = judge(claim, full)  # half a village either way in the draws, times two
    assert found.computed is not None
    assert (found.computed.value, found.computed.unit) == (2, "places")
    assert (found.computed.low, found.computed.high) == pytest.approx((2 - Z_95, 2 + Z_95))
    assert found.verdict == "inconsistent"
    assert found.reason.startswith("the list of all villages does not bear it out: 2 (")
    (short,) = judge(claim, listed)
    assert short.verdict == "not checkable"
    assert short.reason.endswith("the list is short; a gazetteer of all villages would")


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


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(870, 840, 899.8), "870 (840 to 900) km2 computed lies just below"),
        (Estimate(1130, 1100.2, 1160), "1,130 (1,100 to 1,160) km2 computed lies just above"),
        (Estimate(870, 840, 899.2), "870 (840 to 899) km2 computed lies below"),
        (Estimate(1130, 1101, 1160), "1,130 (1,101 to 1,160) km2 computed lies above"),
    ],
)
def test_intervals_that_only_seem_to_meet_lie_just_beside_one_another(estimate, words):
    claim = claim_of(1000, {"quantity": "gained", "by": ["B"]}, precision="roughly")
    assert claim.published_interval() == (900, 1100)
    verdict, why = decide(claim, claim.reading[0], estimate)
    assert (verdict, words in why) == ("inconsistent", True), why


def test_a_lower_bound_far_above_bears_out_the_word_over():
    bound = {"quantity": "gained", "by": ["B"], "lower_bound": "short"}
    over = claim_of(400, bound, precision="over")
    verdict, why = decide(over, over.reading[0], Estimate(921, 579, 1263))
    assert verdict == "consistent"
    assert "lies far above" in why
    under = claim_of(400, bound, precision="under")
    assert decide(under, under.reading[0], Estimate(921, 579, 1263))[0] == "inconsistent"
    assert decide(under, under.reading[0], Estimate(10, 5, 12))[0] == "not checkable"


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


def test_readings_that_cannot_be_checked_are_counted_apart():
    bound = {**TWO, "name": "bound", "lower_bound": "short"}
    text = summary(judge(claim_of(4, FOUR, bound), Ensemble(drawn_history())))
    assert "the one reading that could be measured agrees" in text
    assert text.endswith("1 of 2 readings could not be checked.")
    assert "depends on" not in text


def test_touching_intervals_agree():
    claim = claim_of(100, TWO, precision="over")
    reading = claim.reading[0]
    assert decide(claim, reading, Estimate(90, 80, 100))[0] == "consistent"
    assert decide(claim, reading, Estimate(90, 80, 99.9))[0] == "inconsistent"
    assert decide(claim, reading, Estimate(250, 110, 300))[0] == "consistent"
    verdict, why = decide(claim, reading, Estimate(250, 200.1, 300))
    assert verdict == "consistent"
    assert why == (
        "250 (200 to 300) km2 computed lies far above 100 km2 published (100 to 110);"
        " true of 'over', which usually means a tenth more at most"
    )
    exact = claim_of(100, TWO, precision="exact")
    assert decide(exact, reading, Estimate(250, 200.1, 300))[0] == "inconsistent"
    under = claim_of(500, TWO, precision="under")  # 450 to 500
    verdict, why = decide(under, reading, Estimate(10, 5, 12))
    assert (verdict, why.partition("; ")[2][:30]) == (
        "consistent",
        "true of 'under', which usually",
    )
    assert decide(under, reading, Estimate(700, 600, 800))[0] == "inconsistent"


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
    assert found.reason == "the data cover only 50.0 % of the area 'frame'"
    assert [each.verdict for each in judge(claim, Ensemble(history(1.011)))] == ["not checkable"]
    assert [each.verdict for each in judge(claim, Ensemble(history(1.009)))] == ["consistent"]
    beyond = history_of(squares("A")).with_areas({"frame": shapely.box(0, -KM, 2 * KM, 0)})
    assert [each.verdict for each in judge(claim, Ensemble(beyond))] == ["consistent"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"by": ["b"]},
            r"claim 'c', reading 'r0', 'by': unknown actor 'b'; known are: A, B, C, nob",
        ),
        ({"by": ["B"], "from": ["nobdy"]}, r"unknown actor 'nobdy'; did you mean 'nobody'\?"),
    ],
)
def test_what_the_data_do_not_know_is_an_error(change, message):
    claim = claim_of(1, {"quantity": "gained", **change})
    with pytest.raises(ClaimError, match=message):
        judge(claim, Ensemble(drawn_history()))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"area": "wets"}, "the area 'wets' that it is about was not given; did you mean 'west'?"),
        (
            {"period": (day(0), day(9))},
            "there is no snapshot of 2018-01-10; the nearest days are 2018-01-01 and 2018-01-02",
        ),
        (
            {"period": (date(2017, 1, 1), day(1))},
            "there is no snapshot of 2017-01-01; the nearest days are 2018-01-01 and 2018-01-02",
        ),
    ],
)
def test_what_the_data_do_not_have_cannot_be_checked(change, why):
    there = {"quantity": "gained", "by": ["B"]}
    claim = claim_of(1, {**there, **change}, there)
    lost, found = judge(claim, Ensemble(drawn_history()))
    assert (lost.verdict, lost.reason, lost.lacking) == ("not checkable", why, why)
    assert (found.verdict, found.lacking) != ("not checkable", why)
    assert found.computed is not None


# ---- Summaries ---------------------------------------------------------------------------


def summed(value, *readings, **options):
    return summary(judge(claim_of(value, *readings), Ensemble(drawn_history(), **options)))


def test_a_summary_never_picks_the_friendlier_reading():
    assert summed(3, TWO, THREE, FOUR) == (
        "3 km2: readings lie on both sides of it, from 2.0 to 4.0;"
        " 1 of 3 readings agrees with it within the intervals (three),"
        " so it depends on what the sentence means."
    )
    assert summed(2, TWO, FOUR) == (
        "2 km2: all readings lie at or above it, from 2.0 to 4.0;"
        " 1 of 2 readings agrees with it within the intervals (two),"
        " so it depends on what the sentence means."
    )
    assert summed(9, TWO, FOUR) == (
        "9 km2: all readings lie below it, from 2.0 to 4.0;"
        " none of 2 readings agrees with it within the intervals,"
        " so this map does not bear it out: 4.0 km2 at the nearest."
    )


def test_between_two_readings_that_both_miss_it_the_map_does_not_bear_it_out():
    told = summed(3, TWO, FOUR)
    assert "on both sides of it, from 2.0 to 4.0; none of 2 readings agrees" in told
    assert told.endswith("so this map does not bear it out: 4.0 km2 at the nearest.")


def test_two_readings_that_fit_are_not_each_the_only_one():
    assert verdicts(2, TWO, {**TWO, "name": "again"}, FOUR) == [
        "consistent only as two or again",
        "consistent only as two or again",
        "inconsistent",
    ]


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
    assert "on both sides of it, from 1.0 to 4.0" in text
    assert text.endswith(
        "so this map does not bear it out as it stands: 4.0 km2,"
        " though the range of its scenarios reaches it."
    )
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
        ({"value": -1}, "a published figure has no sign, not -1; for a loss say"),
        ({"value": float("nan")}, "finite number"),
        ({"value": float("inf")}, "finite number"),
        ({"value": True}, "valid number"),
        ({"value": "3035 km2"}, "'3035 km2' is no figure; write digits alone"),
        ({"value": "3.035,5"}, "is no figure; write digits alone, with commas between thousands"),
        ({"value": "٣٠٣٥"}, "is no figure"),
        ({"of": ["Iraq", "Iraq"]}, "'Iraq' stands twice among the countries"),
        ({"of": ["Iraq", 5]}, "is no list of names of countries"),
        ({"of": []}, "is no size in km2"),
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
            {"reading": [{"name": "r", "quantity": "changed-hands", "status": ["held"]}]},
            "'changed-hands' takes no 'status': all of them count",
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
        ({"value": 20.5, "unit": "places"}, "places are counted, so 20.5 is no figure"),
        ({"value": 20.5, "unit": "people"}, "people are counted, so 20.5 is no figure"),
        ({"unit": "points", "value": 101}, "cannot be 101 percentage points"),
        ({"unit": "points", "reading": [SHARE]}, "'share' does not fit unit 'points'"),
        ({"unit": "people", "reading": [SHARE]}, "'share' does not fit unit 'people'"),
        ({"unit": "percent", "reading": GOOD["reading"]}, "say 'of' what"),
        ({"of": -5}, "-5 is no size in km2"),
        ({"of": float("nan")}, "nan is no size in km2"),
        ({"of": True}, "True is no size in km2"),
        ({"of_low": 5}, "need 'of'"),
        ({"of": 5, "of_low": 6}, "must lie between"),
        ({"of": 5, "of_high": 4}, "must lie between"),
        ({"reading": [{**GOOD["reading"][0], "of": 5}]}, "'of' is for shares"),
        ({"reading": [{**GOOD["reading"][0], "plus": 5}]}, "'plus' is for totals"),
        ({"reading": [{**GOOD["reading"][0], "status": []}]}, "'status' is empty"),
        ({"reading": [{**GOOD["reading"][0], "status": ["hold"]}]}, "'held', 'claimed'"),
        (
            {
                "day": date(2018, 1, 1),
                "reading": [{"name": "r", "quantity": "total", "by": ["a"], "path": True}],
            },
            "is about days, so it has no path",
        ),
        (
            {"unit": "places", "reading": [{**GOOD["reading"][0], "same_map": True}]},
            "'same_map' is for areas",
        ),
        (
            {
                "unit": "percent",
                "reading": [{**SHARE, "from": ["b"], "of": 5}],
            },
            "not of both",
        ),
        ({"precision": "between"}, "go together"),
        ({"value_high": 4}, "go together"),
        ({"precision": "between", "value_high": 2}, "'value_high' 2 is below 'value' 3"),
        ({"also": [{"value": 101, "unit": "percent"}]}, "cannot be 101 percent"),
        ({"also": [{"value": 1, "unit": "km2", "of": 0}]}, "0 is no size in km2"),
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


# ---- Statuses --------------------------------------------------------------------------------


def claimed_history():
    """A holds one square and claims the next; B holds the third.  Then A holds all."""

    def snapshot(number, holders):
        shapes = np.array([square(0, column) for column in range(3)])
        return normalise(RawZones(day(number), PLANE.crs, Source("drawn"), holders, shapes))

    a, claims, b = Holder("A"), Holder("A", Status.CLAIMED), Holder("B")
    return from_snapshots((snapshot(0, (a, claims, b)), snapshot(1, (a, a, a))), projection=PLANE)


@pytest.mark.parametrize(
    ("reading", "km2"),
    [
        ({"quantity": "total", "by": ["A"], "day": day(0)}, 1),
        ({"quantity": "total", "by": ["A"], "day": day(0), "status": ["claimed"]}, 1),
        ({"quantity": "total", "by": ["A"], "day": day(0), "status": ["held", "claimed"]}, 2),
        ({"quantity": "total", "by": ["A (claimed)"], "day": day(0)}, 1),
        ({"quantity": "total", "by": ["A", "A (claimed)"], "day": day(0)}, 2),
        ({"quantity": "gained", "by": ["A"]}, 2),
        ({"quantity": "gained", "by": ["A"], "status": ["held", "claimed"]}, 1),
        ({"quantity": "gained", "by": ["A"], "from": ["A (claimed)"]}, 1),
        ({"quantity": "gained", "by": ["A"], "from": ["B"]}, 1),
    ],
)
def test_a_reading_says_which_statuses_count(reading, km2):
    found = computed({"area": "all", **reading}, ensemble=Ensemble(claimed_history()))
    assert found == pytest.approx(km2)


def test_an_actor_with_other_statuses_only_is_an_error_and_not_zero():
    history = claimed_history().at_days((day(0),))
    reading = {"quantity": "total", "by": ["B"], "status": ["claimed"], "area": "all"}
    claim = claim_of(1, reading, day=day(0), period=None)
    message = (
        r"claim 'c', reading 'r0', 'by': 'B' has no ground that is claimed, only held;"
        r' say what counts: status = \["held"\]'
    )
    with pytest.raises(ClaimError, match=message):
        judge(claim, Ensemble(history))
    reading = {"quantity": "total", "by": ["A (contested)"], "area": "all"}
    with pytest.raises(ClaimError, match=r"'A \(contested\)'; known are: A, A \(claimed\)"):
        judge(claim_of(1, reading, day=day(0), period=None), Ensemble(history))


# ---- Along the path --------------------------------------------------------------------------

# One square goes from A to B and back, another from A to B, a third from C to A to B.
PATH = (squares("AAC"), squares("BBA"), squares("ABB"))


@pytest.mark.parametrize(
    ("reading", "ends", "path"),
    [
        ({"quantity": "gained", "by": ["B"]}, 2, 3),
        ({"quantity": "gained", "by": ["B"], "from": ["A"]}, 1, 3),
        ({"quantity": "gained", "by": ["B"], "from": ["C"]}, 1, 0),
        ({"quantity": "gained", "by": ["A"]}, 0, 2),
        ({"quantity": "lost", "by": ["A"]}, 1, 3),
        ({"quantity": "lost", "by": ["B"], "to": ["A"]}, 0, 1),
        ({"quantity": "net", "by": ["B"]}, 2, 2),
        ({"quantity": "net", "by": ["B"], "from": ["A"]}, 1, 2),
        ({"quantity": "changed-hands"}, 2, 5),
    ],
)
def test_ground_taken_and_retaken_counts_along_the_path(reading, ends, path):
    ensemble = Ensemble(history_of(*PATH))
    options = {"period": (day(0), day(2)), "ensemble": ensemble}
    assert computed(reading, **options) == pytest.approx(ends)
    assert computed({**reading, "path": True}, **options) == pytest.approx(path)


def test_the_path_leaves_out_days_that_are_wrong():
    there_and_back = (*PATH, *PATH[:2])
    reading = {"quantity": "gained", "by": ["B"], "path": True}
    options = {"period": (day(0), day(4))}
    whole = Ensemble(history_of(*there_and_back))
    assert computed(reading, **options, ensemble=whole) == pytest.approx(2 + 1 + 2)
    without = replace(whole, corrupt=frozenset({day(1)}))  # ABB, then AAC, then BBA
    assert computed(reading, **options, ensemble=without) == pytest.approx(2 + 2)
    without = replace(whole, corrupt=frozenset({day(1), day(3)}))
    assert computed(reading, **options, ensemble=without) == pytest.approx(2 + 1)


def test_without_a_snapshot_on_the_way_there_is_no_path():
    reading = {"quantity": "gained", "by": ["B"], "path": True}
    for ensemble in (
        Ensemble(history_of(*PATH).at_days((day(0), day(2)))),
        Ensemble(history_of(*PATH), corrupt=frozenset({day(1)})),
    ):
        (found,) = judge(claim_of(1, reading, period=(day(0), day(2))), ensemble)
        assert found.verdict == "not checkable"
        assert "no snapshot lies between 2018-01-01 and 2018-01-03" in found.reason


@given(grids(days=4, size=3), st.sampled_from("AB"), st.sets(st.sampled_from("ABC.")))
def test_every_change_along_any_path_is_counted_square_by_square(drawn, mine, others):
    """The oracle walks the grids character by character."""
    theirs = sorted(others - {mine})
    history = history_of(*drawn)
    assume({mine, *theirs} <= {h.actor if h.actor != "nobody" else "." for h in history.holders})
    period = (day(0), day(3))
    names = [name.replace(".", "nobody") for name in theirs]
    walks = list(zip(*("".join(grid) for grid in drawn), strict=True))
    taken = lost = 0
    for walk in walks:
        for before, after in itertools.pairwise(walk):
            taken += after == mine != before and (not theirs or before in theirs)
            lost += before == mine != after and (not theirs or after in theirs)
    asked = {"by": [mine], "path": True}
    options = {"period": period, "ensemble": Ensemble(history)}
    given_ = {"from": names} if names else {}
    gained = computed({"quantity": "gained", **asked, **given_}, **options)
    assert gained == pytest.approx(taken, abs=1e-6)
    to = {"to": names} if names else {}
    assert computed({"quantity": "lost", **asked, **to}, **options) == pytest.approx(lost, abs=1e-6)
    net = computed({"quantity": "net", **asked, **given_}, **options)
    assert net == pytest.approx(taken - lost, abs=1e-6)


# ---- Shares of something stated --------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "unit", "value"),
    [
        ({"quantity": "share", "by": ["B"], "day": day(1), "of": 50}, "percent", 10),
        ({"quantity": "share", "by": ["B"], "day": day(1), "of": "Here"}, "percent", 5),
        ({"quantity": "gained", "by": ["B"], "of": 50}, "percent", 8),
        ({"quantity": "lost", "by": ["B"], "of": 50}, "percent", 2),
        ({"quantity": "net", "by": ["B"], "of": 50}, "percent", 6),
        ({"quantity": "changed-hands", "of": 50}, "percent", 10),
        ({"quantity": "net", "by": ["B"]}, "points", 37.5),  # from 2 to 5 of 8 squares
        ({"quantity": "gained", "by": ["B"]}, "points", 50),
        ({"quantity": "lost", "by": ["B"], "of": 100}, "points", 1),
    ],
)
def test_shares_and_points_are_of_what_is_stated(reading, unit, value):
    claim = claim_of(1, reading, unit=unit)
    (found,) = judge(claim, Ensemble(drawn_history()), sizes={"Here": 100.0})
    assert found.computed.value == pytest.approx(value)
    assert found.computed.unit == unit


def test_the_whole_of_the_claim_is_that_of_its_readings_unless_they_say_otherwise():
    of_50 = {"quantity": "share", "by": ["B"], "name": "a"}
    of_20 = {**of_50, "of": 20, "name": "b"}
    claim = claim_of(10, of_50, of_20, unit="percent", day=day(1), period=None, of=50)
    one, other = judge(claim, Ensemble(drawn_history()))
    assert (one.computed.value, other.computed.value) == pytest.approx((10, 25))
    assert one.verdict == "consistent only as a"
    assert "computed of the 50 km2 of the whole" in one.reason


def test_other_sizes_of_the_whole_are_a_range_and_not_the_interval():
    reading = {"quantity": "share", "by": ["B"], "of": 50, "of_low": 40, "of_high": 100}
    (found,) = judge(claim_of(10, reading, unit="percent", day=day(1)), Ensemble(drawn_history()))
    assert (found.computed.low, found.computed.high) == pytest.approx((10, 10))
    assert found.range == pytest.approx((5, 12.5))
    assert "of the largest size of the whole, 100 km2" in found.scenarios
    named = {"quantity": "share", "by": ["B"], "of": "Here"}
    (found,) = judge(
        claim_of(10, named, unit="percent", day=day(1)),
        Ensemble(drawn_history()),
        sizes={"Here": 50.0},
    )
    assert found.range is None  # the size of a named country is not known better: an error
    assert (found.computed.low, found.computed.high) == pytest.approx((10 / 1.02, 10 / 0.98))
    assert "of the 50.0 km2 of Here (as the outlines packaged here have it, to 2 %)" in found.reason
    assert "others" not in found.reason


def test_a_constant_stands_for_ground_that_is_not_drawn():
    reading = {"quantity": "total", "by": ["B"], "plus": 10}
    (found,) = judge(claim_of(15, reading, day=day(1)), Ensemble(drawn_history()))
    assert found.computed.value == pytest.approx(15)
    assert "with the 10 km2 not drawn" in found.reason


# ---- Between ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(3, 5, "consistent"), (5, 9, "inconsistent"), (1, 3.9, "inconsistent")],
)
def test_between_means_from_the_one_to_the_other(low, high, verdict):
    found = judge(
        claim_of(low, FOUR, precision="between", value_high=high), Ensemble(drawn_history())
    )
    assert [each.verdict for each in found] == [verdict]
    assert found[0].published == (low, high)
    assert found[0].ratio == pytest.approx(4 / ((low + high) / 2))
    assert f"{low} to {high} km2 published" in found[0].reason
    assert summary(found).startswith(f"{low} to {high} km2: ")


# ---- The publisher's own map -----------------------------------------------------------------


def strip(length, *, since=0):
    """Return a grid of one row in which B has the first squares."""
    return squares("B" * length + "A" * (20 - length))


METHOD = web_sphere(PLANE.latitude)  # here a sphere changes an area by more than 0.1 %


def test_on_the_same_map_only_the_hour_of_the_day_and_the_way_of_measuring_count():
    # Steps of 0, 4, 1, 0, 8 and 0 squares; figures of the period from the 2nd to the 5th day.
    history = history_of(*map(strip, (2, 6, 7, 7, 15, 15)))
    reading = {"quantity": "net", "by": ["B"], "period": (day(1), day(4)), "same_map": True}
    claim = claim_of(9, reading)
    (found,) = judge(claim, Ensemble(history, BoundaryError(500.0, 2000.0)))
    assert found.computed.value == pytest.approx(9)
    # Six hours: a quarter of 1 lost by a later start, of 8 by an earlier end; of 4 won by an
    # earlier start, of 0 by a later end.
    assert found.computed.low == pytest.approx(9 - 0.25 - 2 - 9 * METHOD)
    assert found.computed.high == pytest.approx(9 + 1 + 0 + 9 * METHOD)
    assert "computed on these very polygons" in found.reason
    (far,) = judge(claim_of(14, reading, precision="exact"), Ensemble(history))
    assert far.verdict == "inconsistent"
    assert "0.643 times it: more than rounding, the hour of the map and the way of" in far.reason
    plain = claim_of(11, {**reading, "same_map": False}, precision="exact")
    (wide,) = judge(plain, Ensemble(history, BoundaryError(1000.0, 2000.0)))
    assert wide.verdict == "consistent"  # which says nothing: a kilometre is a whole square


def test_six_hours_are_less_where_snapshots_are_further_apart():
    history = history_of(*map(strip, (2, 6, 6))).at_days((day(0), day(2)))
    reading = {"quantity": "total", "by": ["B"], "day": day(0), "same_map": True}
    (found,) = judge(claim_of(2, reading), Ensemble(history))
    assert (found.computed.low, found.computed.high) == pytest.approx(
        (2 - 2 * METHOD, 2 + 0.5 + 2 * METHOD)
    )


def test_wrong_days_do_not_tell_how_fast_the_map_changes():
    history = history_of(*map(strip, (2, 20, 6)))
    reading = {"quantity": "total", "by": ["B"], "day": day(0), "same_map": True}
    ensemble = Ensemble(history, corrupt=frozenset({day(1)}))
    (found,) = judge(claim_of(2, reading), ensemble)
    assert found.computed.high == pytest.approx(2 + 4 * 0.25 / 2 + 2 * METHOD)


def test_nobody_drew_the_cells_of_places():
    claim = claim_of(2, {"quantity": "total", "by": ["B"], "day": day(1), "same_map": True})
    with pytest.raises(ClaimError, match="'same_map' is for zones that a publisher drew"):
        judge(claim, place_ensemble())


# ---- People ----------------------------------------------------------------------------------


def by_column(history):
    """Count 10 people on a square of the first column, 20 on the second and so on."""
    columns = shapely.get_x(shapely.centroid(history.faces)) // KM + 1
    return 10.0 * columns * history.area_m2 / 1e6


@pytest.mark.parametrize(
    ("reading", "people"),
    [
        ({"quantity": "total", "by": ["B"], "day": day(0)}, 30 + 30),
        ({"quantity": "gained", "by": ["B"], "from": ["A"]}, 20 + 10),
        ({"quantity": "lost", "by": ["B"]}, 30),
        ({"quantity": "net", "by": ["B"]}, 20 + 40 + 10 + 20 - 30),
        ({"quantity": "changed-hands"}, 20 + 40 + 10 + 20 + 30),
        ({"quantity": "total", "by": ["B"], "day": day(1), "area": "west"}, 20 + 10 + 20),
    ],
)
def test_people_are_those_on_the_ground(reading, people):
    claim = claim_of(people, reading, unit="people", precision="exact")
    (found,) = judge(claim, Ensemble(drawn_history()), people=by_column)
    assert found.computed.value == pytest.approx(people)
    assert found.computed.unit == "people"
    assert found.verdict == "consistent"


def test_the_interval_of_people_follows_the_boundary():
    """B has 120 people on 5 squares: a boundary worth s km2 is worth 24 times s people."""
    ensemble = Ensemble(drawn_history(), BoundaryError(100.0, 50.0))
    area = {"quantity": "total", "by": ["B"], "day": day(1)}
    (km2,) = judge(claim_of(5, area), ensemble)
    (found,) = judge(claim_of(120, area, unit="people"), ensemble, people=by_column)
    half = km2.computed.high - km2.computed.value
    assert found.computed.high - found.computed.value == pytest.approx(24 * half)


def test_people_beyond_the_raster_are_not_known():
    def people(history):
        return np.where(by_column(history) > 35, np.nan, by_column(history))

    east = {"quantity": "total", "by": ["C"], "day": day(1)}
    (found,) = judge(claim_of(40, east, unit="people"), Ensemble(drawn_history()), people=people)
    assert found.verdict == "not checkable"
    assert "does not reach" in found.reason
    west = {"quantity": "total", "by": ["B"], "day": day(1), "area": "west"}
    (found,) = judge(claim_of(50, west, unit="people"), Ensemble(drawn_history()), people=people)
    assert found.computed.value == pytest.approx(50)


# ---- Summaries of shares and pairs -----------------------------------------------------------


def test_a_summary_has_the_digits_of_the_figure():
    reading = {"quantity": "share", "by": ["B"], "of": 26.26, "name": "one"}
    found = judge(
        claim_of(19.04, reading, unit="percent", day=day(1), precision="exact"),
        Ensemble(drawn_history()),
    )
    assert found[0].reason == (
        "19.04 % computed of the 26.26 km2 of the whole and 19.04 % published"
        " (19.035 to 19.045) overlap"
    )
    assert summary(found).startswith(
        "19.04 %: the computed figure is 19.04; the one reading agrees"
    )


# ---- In the words of the report --------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "more", "words"),
    [
        ({"quantity": "gained", "by": ["B"], "path": True}, {}, "; followed along every snapshot"),
        (
            {"quantity": "total", "by": ["B"], "status": ["held", "claimed"], "day": day(1)},
            {},
            "; counting what is held or claimed",
        ),
        (
            {"quantity": "net", "by": ["B"], "of": 603_628, "of_name": "Ukraine"},
            {"unit": "percent"},
            "; as a share of Ukraine, 603,628 km²",
        ),
        ({"quantity": "net", "by": ["B"]}, {"unit": "points", "of": "Syria"}, " share of Syria"),
        (
            {"quantity": "total", "by": ["B"], "plus": 26_689.32, "day": day(1)},
            {},
            "; with 26,689.32 km² that are not drawn",
        ),
        ({"quantity": "net", "by": ["B"], "same_map": True}, {}, "; on the polygons that the"),
        ({"quantity": "gained", "by": ["B"]}, {"unit": "people"}, "People on ground held by"),
        (
            {"quantity": "share", "by": ["B"], "day": day(1)},
            {"unit": "percent", "of": "Ukraine"},
            "Ground held by B on 2 January 2018, in percent, inside the area “Frame”; as a share",
        ),
        (
            {"quantity": "share", "by": ["B"], "day": day(1)},
            {"unit": "percent"},
            "Percent of the area held by B on",
        ),
    ],
)
def test_the_report_says_all_that_a_reading_asks_for(reading, more, words):
    claim = claim_of(5, reading, **more)
    assert words in meaning_of(claim.reading[0], claim).replace("\u00a0", " ")


def test_the_report_says_between():
    claim = claim_of(3000, FOUR, precision="between", value_high=3500)
    assert claim_wording(claim).replace("\u00a0", " ") == "between 3,000 and 3,500 km²"
    for low, high, words in (
        (3, 5, "the computed figure lies between the two"),
        (5, 9, "the computed figure lies below it"),
        (1, 3, "the computed figure lies above it"),
    ):
        claim = claim_of(low, FOUR, precision="between", value_high=high)
        assert words in answer(judge(claim, Ensemble(drawn_history())))

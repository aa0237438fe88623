"""The interval of a figure as drawn: the hour of the cut and tracing, inside that of the ground.

A row of squares of 1 km2 of which B has the first few; the number of a grid is what B holds.
"""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest
from hypothesis import given, settings
from squares import FIRST_DAY, day, history_of, squares
from strategies import grids

from territory.claims.model import Claim
from territory.claims.rows import VERDICT_COLUMNS, verdict_rows
from territory.claims.same_publisher import Interval
from territory.claims.summaries import summary
from territory.claims.verdicts import judge
from territory.errors import InputError
from territory.history.rim import RimError
from territory.holders import NOBODY, Holder
from territory.measure.boundary_error import BoundaryError
from territory.measure.budget import GROUND_CONTROL, HOUR, LINE, OTHER_MAP, RIM, TRACING, budget
from territory.measure.drawn import CUT_DAYS, hour_of_cut
from territory.measure.ensemble import Ensemble, estimate, hours_of
from territory.measure.estimate import Estimate
from territory.measure.rows import AREA_COLUMNS, CHANGE_COLUMNS, area_rows, change_rows
from territory.measure.tables import (
    area_estimates,
    area_measure,
    areas_with_intervals,
    transfer_estimates,
    transfer_measure,
)
from territory.publish.page.judgements import claim_content
from territory.publish.report.reading_list import claim_view
from territory.publish.review import claim_review
from territory.publish.write import csv_text, json_bytes

A, B = Holder("A"), Holder("B")
EXACT = BoundaryError(0.0)
LINES = BoundaryError(300.0, 1000.0)


def strip(length):
    return squares("B" * length + "A" * (20 - length))


def series(*lengths, days=None):
    """Return a strip of B that grows, on days given by their number."""
    history = history_of(*map(strip, lengths))
    return replace(history, days=tuple(map(day, days or range(len(lengths)))))


def limits(found):
    return found.drawn_low, found.drawn_high


# ---- The hour of the cut ---------------------------------------------------------------------


def test_six_hours_are_worth_their_share_of_the_change_before_and_after():
    """B has 2, 5, 6 km2 on the 1st, 2nd and 4th: 3 a day before the 2nd, half a one after it."""
    ensemble = Ensemble(series(2, 5, 6, days=(0, 1, 3)), EXACT)
    rows = areas_with_intervals(ensemble, ensemble.base.days, "frame")
    assert [limits(each[B]) for each in rows] == [
        pytest.approx((2, 2 + 3 * CUT_DAYS)),
        pytest.approx((5 - 3 * CUT_DAYS, 5 + CUT_DAYS / 2)),
        pytest.approx((6 - CUT_DAYS / 2, 6)),
    ]
    # What A loses B gains.
    assert limits(rows[1][A]) == pytest.approx((15 - CUT_DAYS / 2, 15 + 3 * CUT_DAYS))


def test_both_ends_of_a_change_count_and_add_up():
    """From 5 to 9 with 2 a day before, and 12 three days after."""
    ensemble = Ensemble(series(2, 5, 9, 12, days=(0, 1, 11, 14)), EXACT)
    found = transfer_estimates(ensemble, day(1), day(11), "frame")[A, B]
    start, end = (CUT_DAYS * 3, CUT_DAYS / 10 * 4), (CUT_DAYS / 10 * 4, CUT_DAYS / 3 * 3)
    # An earlier start adds what was taken before it, a later one takes away what comes then.
    assert limits(found) == pytest.approx((4 - start[1] - end[0], 4 + start[0] + end[1]))


def test_a_snapshot_that_is_not_believed_is_no_neighbour():
    plain = Ensemble(series(2, 19, 4, days=(0, 1, 2)), EXACT)
    doubted = replace(plain, corrupt=frozenset({day(1)}))
    low, high = limits(area_estimates(doubted, day(0), "frame")[B])
    assert (low, high) == pytest.approx((2, 2 + CUT_DAYS / 2 * 2))
    assert limits(area_estimates(plain, day(0), "frame")[B])[1] == pytest.approx(2 + CUT_DAYS * 17)


def test_a_figure_that_stands_still_is_known_as_drawn():
    ensemble = Ensemble(series(4, 4, 4), LINES)
    found = areas_with_intervals(ensemble, ensemble.base.days, "frame")
    assert [limits(each[B]) for each in found] == [(4.0, 4.0)] * 3
    assert found[1][B].low < 4 < found[1][B].high


def test_one_day_alone_has_no_hour():
    ensemble = Ensemble(series(4), EXACT)
    assert limits(area_estimates(ensemble, day(0), "frame")[B]) == (4.0, 4.0)


def test_a_path_is_cut_at_its_ends():
    """Taken, lost and taken again: along the path 3 + 3, a day longer nothing, one shorter 3."""
    history = series(2, 5, 2, 5, 5)
    claim = claim_of(6, {**gained(), "period": (day(0), day(3)), "path": True, "same_map": True})
    (found,) = judge(claim, Ensemble(history, LINES, publisher="X"))
    hour = {each.name: each for each in found.budget.components}[HOUR]
    assert (hour.low, hour.high) == pytest.approx((6 - 2 * CUT_DAYS * 3, 6))


@given(grids(days=4, actors="AB."))
@settings(max_examples=25, deadline=None)
def test_the_interval_as_drawn_lies_within_that_of_the_ground(days):
    history = history_of(*days)
    for error in (EXACT, LINES, BoundaryError(200.0, map_scale=400_000, bias_m=10)):
        ensemble = Ensemble(history, error)
        whole = history.km2(history.mask("frame"))
        for found in tables(ensemble, "frame"):
            low, high = limits(found)
            assert 0 <= found.low <= low <= found.value <= high <= found.high <= whole + 1e-9


@given(grids(days=3, actors="AB."))
@settings(max_examples=25, deadline=None)
def test_tables_give_each_figure_the_intervals_that_it_has_alone(days):
    ensemble = Ensemble(history_of(*days), BoundaryError(200.0, 900.0, georeference_error_m=40))
    base = ensemble.base
    for number, when in enumerate(base.days):
        for holder, found in areas_with_intervals(ensemble, base.days, "frame")[number].items():
            assert_alike(found, estimate(ensemble, area_measure(base, holder, when, "frame")))
    pair = base.days[0], base.days[-1]
    for cell, found in transfer_estimates(ensemble, *pair, "frame").items():
        assert_alike(found, estimate(ensemble, transfer_measure(base, pair, cell, "frame")))


@given(grids(days=4, actors="AB."))
@settings(max_examples=25, deadline=None)
def test_the_hours_of_a_net_change_are_those_of_its_two_ends(days):
    """B's net change is what it has less what it had, so each end carries over as it is."""
    ensemble = Ensemble(history_of(*days), LINES)
    base, ends = ensemble.base, (day(1), day(2))
    if B not in base.holders:
        return

    def held(each):
        return base.km2(base.holding(each, frozenset({B})), "frame")

    less, more = hour_of_cut(lambda d: held(d[1]) - held(d[0]), ends, base)
    before, after = (hours_of(ensemble, area_measure(base, B, each, "frame")) for each in ends)
    assert (float(less), float(more)) == pytest.approx(
        (after[0] - before[1], after[1] - before[0]), abs=1e-9
    )


def tables(ensemble, area):
    days = ensemble.base.days
    for row in areas_with_intervals(ensemble, days, area):
        yield from row.values()
    yield from transfer_estimates(ensemble, days[0], days[-1], area).values()
    yield from transfer_estimates(ensemble, days[0], days[1], area).values()


def assert_alike(found, expected):
    for name in ("value", "low", "high", "drawn_low", "drawn_high"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-9)


# ---- Ground, tracing, and nothing drawn ------------------------------------------------------


def test_the_ground_takes_the_hour_in_only_where_it_reaches_further():
    plain = Ensemble(series(4, 8, 8, days=(0, 1, 2)), LINES, corrupt=frozenset(map(day, range(3))))
    still = area_estimates(plain, day(0), "frame")[B]
    wide = area_estimates(replace(plain, corrupt=frozenset()), day(0), "frame")[B]
    assert still.high < 4 + 4 * CUT_DAYS == wide.high == wide.drawn_high
    assert still.low == wide.low < wide.drawn_low == 4
    slow = replace(plain.base, days=(day(0), day(100), day(200)))
    assert area_estimates(Ensemble(slow, LINES), day(0), "frame")[B].high == still.high


def test_the_hour_is_a_component_where_it_makes_the_interval():
    fast = Ensemble(series(4, 8), LINES)
    slow = Ensemble(series(4, 8, days=(0, 300)), LINES)
    for ensemble, there in ((fast, True), (slow, False)):
        found = budget(ensemble, area_measure(ensemble.base, B, day(0), "frame"))
        parts = {each.name: each for each in found.components}
        assert (HOUR in parts) == there
        assert found.estimate.drawn_high == pytest.approx(
            4 + 4 * CUT_DAYS / (ensemble.base.days[1] - day(0)).days
        )
    assert LINE in parts


def test_tracing_counts_as_drawn_and_what_the_publisher_knew_does_not():
    """300 m of knowledge and 400 m of tracing are 500 m together; 0.5 mm at 1:800,000 is 400."""
    ensemble = Ensemble(series(9), BoundaryError(300.0, map_scale=800_000))
    found = area_estimates(ensemble, day(0), "frame")[B]
    assert found.high - 9 == pytest.approx((found.drawn_high - 9) * 500 / 400)
    assert 9 - found.low == pytest.approx((9 - found.drawn_low) * 500 / 400)
    assert BoundaryError(300.0).drawn_m == BoundaryError(0.0).drawn_share == 0


def test_a_publishers_own_figure_counts_the_tracing_of_its_map():
    claim = claim_of(6, publisher="X")
    sharp, blurred = (
        judge(claim, Ensemble(series(3, 9, days=(0, 40)), error, publisher="X"))[0]
        for error in (LINES, replace(LINES, map_scale=200_000, georeference_error_m=50.0))
    )
    names = {each.name for each in blurred.budget.components}
    assert {TRACING, GROUND_CONTROL, HOUR} <= names
    assert LINE not in names
    assert blurred.computed.low < sharp.computed.low < 6 < sharp.computed.high
    assert blurred.computed.high > sharp.computed.high


def test_a_traced_map_counts_the_rim_of_an_area_once():
    """The rim is no traced line: it adds its own error and no part of that of tracing."""
    claim = claim_of(6, gained(area="frame"), publisher="X")
    traced = Ensemble(series(3, 9, days=(0, 40)), replace(LINES, map_scale=200_000), publisher="X")
    rimmed = replace(traced, rims={"frame": RimError(400.0, 1000.0)})
    plain, wide = (judge(claim, each)[0] for each in (traced, rimmed))
    one, other = ({e.name: e.sd for e in each.budget.components} for each in (plain, wide))
    assert other[TRACING] == pytest.approx(one[TRACING])
    [rim] = [each for each in wide.budget.components if each.name == RIM]
    assert rim.high > rim.low
    assert wide.computed.high == pytest.approx(plain.computed.high + rim.high - wide.computed.value)


def test_zones_that_nobody_drew_have_no_interval_as_drawn():
    history = series(2, 5)
    ensemble = Ensemble(history, draws=(history, series(3, 6)), sample_size=8, total=10)
    rows = [*area_rows("s", ensemble, history.days), *change_rows("s", ensemble, [history.days])]
    assert {(row["drawn_low"], row["drawn_high"]) for row in rows} == {(None, None)}
    assert all(line.endswith(",,") for line in csv_text(AREA_COLUMNS, rows[:2]).splitlines()[1:])


def test_borders_that_are_data_differ_by_the_hour_alone():
    """Units: no line is off, but a holder changes at some hour of the day."""
    ensemble = Ensemble(series(2, 5, days=(0, 1)), EXACT)
    [row] = [
        each
        for each in change_rows("s", ensemble, [ensemble.base.days])
        if (each["area"], each["from_actor"], each["to_actor"]) == ("frame", "A", "B")
    ]
    ends = 2 * CUT_DAYS * 3
    assert (row["low"], row["drawn_low"], row["drawn_high"]) == pytest.approx(
        (3 - ends, 3 - ends, 3)
    )


def test_columns_stand_at_the_end():
    assert AREA_COLUMNS[-5:] == CHANGE_COLUMNS[-5:] == (
        "km2", "low", "high", "drawn_low", "drawn_high",
    )  # fmt: skip
    assert VERDICT_COLUMNS[-2:] == ("interval", "series")


@pytest.mark.parametrize("drawn", [(3.0, 6.0), (5.5, 6.0), (4.0, 8.0), (4.0, 4.5)])
def test_an_interval_as_drawn_beyond_the_other_is_refused(drawn):
    with pytest.raises(InputError, match="as drawn lies within"):
        Estimate(5.0, 4.0, 7.0, "km2", *drawn)


# ---- Verdicts --------------------------------------------------------------------------------


def gained(**more):
    period = (FIRST_DAY, FIRST_DAY + timedelta(days=40))
    return {"name": "gained", "quantity": "gained", "by": ["B"], "period": period, **more}


def claim_of(value, *readings, publisher="X", **more):
    known = {"id": "c", "text": "t", "published": date(2019, 1, 1), "unit": "km2", **more}
    return Claim.model_validate(
        {**known, "publisher": publisher, "value": value, "reading": readings or (gained(),)}
    )


def on_map(publisher="DeepState", **more):
    return Ensemble(series(3, 9, days=(0, 40)), LINES, publisher=publisher, **more)


@pytest.mark.parametrize(
    ("claimed_by", "drawn_by", "same_map", "interval"),
    [
        ("DeepState", "DeepState", None, Interval.DRAWN),
        ("DeepState", "DeepState", False, Interval.GROUND),
        ("UA War Infographics", "DeepState", None, Interval.BOTH),
        ("UA War Infographics", "DeepState", True, Interval.DRAWN),
        ("AFP", "", None, Interval.GROUND),
    ],
)
def test_which_interval_judges_is_told_everywhere(claimed_by, drawn_by, same_map, interval):
    ensemble = on_map(drawn_by)
    group = judge(claim_of(6, publisher=claimed_by, same_map=same_map), ensemble)
    (found,) = group
    assert found.interval is interval
    text = csv_text(VERDICT_COLUMNS, verdict_rows(group))
    [row] = csv.DictReader(io.StringIO(text))
    assert row["interval"] == str(interval)
    assert (float(row["low"]), float(row["high"])) == pytest.approx(
        (found.computed.low, found.computed.high), abs=1e-6
    )
    [reading] = claim_content(group, ensemble.base, ())["readings"]
    assert reading["interval"] == str(interval)
    [of_review] = orjson.loads(json_bytes(claim_review(group)))["additionalProperty"]
    assert claim_view(group).rows[0].notes[-1].lower() == of_review["measurementTechnique"].lower()


def test_places_and_what_is_not_checkable():
    history = series(3, 9, days=(0, 40))
    ensemble = Ensemble(history, draws=(history, history), sample_size=8, total=10, publisher="X")
    assert judge(claim_of(6), ensemble)[0].interval is Interval.GROUND
    open_ = claim_of(6).model_copy(update={"reading": (), "not_checkable": "why"})
    [row] = verdict_rows(judge(open_, None))
    assert row["interval"] == ""


def test_the_error_of_another_publisher_counts_where_it_is_known():
    """Errors add in quadrature: 3 and 4 parts make 5; what is not known is as large as here."""
    claim = claim_of(6, publisher="AFP citing ISW")
    alone = judge(claim_of(6, same_map=False, publisher="DeepState"), on_map())[0].computed
    theirs = {"Institute for the Study of War": BoundaryError(400.0, 1000.0), "NZZ": EXACT}
    known = judge(claim, on_map(others=theirs))[0]
    assumed = judge(claim, on_map())[0]
    half = alone.high - 6
    other = budget(Ensemble(on_map().base, BoundaryError(400.0, 1000.0)), measure()).estimate
    assert known.computed.high - 6 == pytest.approx((half**2 + (other.high - 6) ** 2) ** 0.5)
    assert assumed.computed.high - 6 == pytest.approx(half * 2**0.5)
    notes = [
        {each.name: each.note for each in found.budget.components}[OTHER_MAP]
        for found in (known, assumed)
    ]
    assert notes == [
        "400 m across, correlated over 1,000 m",
        "taken to be as large as on this map",
    ]


def test_a_lean_of_the_other_map_is_added_in_full():
    claim = claim_of(6, publisher="ISW")
    plain, leaning = (
        judge(claim, on_map(others={"ISW": BoundaryError(300.0, 1000.0, bias_m=bias)}))[0]
        for bias in (0.0, 30.0)
    )
    (lean,) = (each for each in leaning.budget.components if each.name.startswith("a lean"))
    assert leaning.computed.high - plain.computed.high == pytest.approx((lean.high - lean.low) / 2)
    assert "0 m here and 30 m on the other map" in lean.note


def measure():
    return transfer_measure(on_map().base, on_map().base.days, (A, B), "all")


def test_a_figure_of_another_publisher_is_refused_by_a_map_and_says_with_which_errors():
    others = {"War Mapper": LINES}
    (found,) = group = judge(claim_of(60, publisher="War Mapper"), on_map(others=others))
    assert found.verdict == "inconsistent"
    assert found.reason.startswith("DeepState's map does not bear it out: 6.0 (")
    assert "km2 computed with the errors of both maps lies below 60 km2" in found.reason
    assert "War Mapper may have measured another map" in found.reason
    assert summary(group).endswith("km2, with the errors of both maps.")
    assumed = judge(claim_of(60, publisher="AFP"), on_map(is_assumed=True))
    assert "with errors of both maps that are only assumed" in summary(assumed)
    own = judge(claim_of(60, publisher="DeepState"), on_map())
    assert "of both maps" not in summary(own) + own[0].reason
    assert all("ground" not in summary(each) for each in (group, assumed, own))


def test_nobodys_ground_has_both_intervals_too():
    history = replace(history_of(squares("BB.."), squares("BBB.")), days=(day(0), day(1)))
    found = area_estimates(Ensemble(history, EXACT), day(0), "frame")[NOBODY]
    assert limits(found) == pytest.approx((2 - CUT_DAYS, 2))

"""Late and early redrawing: against squares counted section by section, and moved at random."""

import tracemalloc
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product
from math import exp, floor, sqrt

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import KM, PLANE, day, history_of, squares
from strategies import grids

from territory.claims.model import Claim, Reading
from territory.claims.net import net_claim, net_of
from territory.claims.readings import measure_of
from territory.claims.verdicts import judge
from territory.errors import InputError
from territory.geometry.rectangles import in_squares
from territory.history.history import from_coverage
from territory.history.sections import Sections, sections_of
from territory.holders import NOBODY, Holder, Status
from territory.maps.kinds.plan import Planner
from territory.measure import tables
from territory.measure.boundary_error import BoundaryError
from territory.measure.budget import LAG, LINE, OTHER_MAP, budget
from territory.measure.ensemble import Ensemble, estimate, lag_sd
from territory.measure.estimate import Z_95
from territory.measure.pair_tables import transfers_of_all_pairs
from territory.measure.redraw_lag import lag_variance
from territory.measure.tables import (
    area_estimates,
    area_lags,
    area_measure,
    transfer_estimates,
    transfer_measure,
)

SIDE_KM = 2
A, B = Holder("A"), Holder("B")


def late(lag_days, error_m=0.0):
    """Return an error of nothing but late redrawing, or of the line too."""
    return BoundaryError(error_m, SIDE_KM * KM, redraw_lag_days=lag_days)


# ---- An oracle that counts characters ------------------------------------------------------


def counted(rows, holders):
    """Count squares by section, of those days whose holders are these."""
    found = Counter()
    for r, c in product(range(len(rows[0])), range(len(rows[0][0]))):
        if all(grid[r][c] == holder for grid, holder in zip(rows, holders, strict=True)):
            found[c // SIDE_KM, floor(-(r + 1) / SIDE_KM)] += 1
    return found


def shown(days, at, lag):
    """Return by way the days, with weights, that make the map of a moment; the oracle's own."""
    last = len(days) - 1
    ways = {}
    for way in (-1, 1):
        moment = at + way * lag
        if 0 <= moment <= last:
            low = floor(moment)
            part = moment - low
            ways[way] = [(low, 1 - part)] + ([(low + 1, part)] if part else [])
    if not ways:
        for way, end in ((-1, 0), (1, last)):
            if end != at:
                ways[way] = [(end, lag / abs(end - at)), (at, 1 - lag / abs(end - at))]
    return ways


def expected_variance(days, at, holders, lag):
    """Return the variance of a count of squares, section by section."""
    value = counted([days[n] for n in at], holders)

    def off(moments):
        total = Counter()
        for choice in product(*moments):
            weight = np.prod([w for _, w in choice])
            for section, number in counted([days[n] for n, _ in choice], holders).items():
                total[section] += weight * number
        return sum((total[each] - value[each]) ** 2 for each in {*total, *value})

    still = [[(n, 1.0)] for n in at]
    ends = [shown(days, n, lag) for n in at]
    alone = 0.0
    for n, ways in enumerate(ends):
        found = [off([*still[:n], each, *still[n + 1 :]]) for each in ways.values()]
        alone += sum(found) / len(found) if found else 0.0
    both = [off([ways[way] for ways in ends]) for way in (-1, 1) if all(way in w for w in ends)]
    apart = (at[-1] - at[0]) / lag
    if len(at) == 1 or apart >= 5 or not both:
        return alone
    common = exp(-apart)
    return common * sum(both) / len(both) + (1 - common) * alone


def mark(holder):
    return "." if holder == NOBODY else holder.actor


LAGS = st.sampled_from([0.3, 1.0, 1.5, 2.0, 9.0])


@settings(max_examples=40)
@given(grids(days=5), LAGS, st.sampled_from(["all", "frame"]))
def test_areas_are_as_late_as_counted(days, lag, area):
    history = history_of(*days)
    found = area_lags(Ensemble(history, late(lag)), history.days, area)
    for n, (k, holder) in product(range(5), enumerate(history.holders)):
        if holder != NOBODY:  # beyond the squares nobody goes on
            expected = sqrt(expected_variance(days, (n,), mark(holder), lag))
            assert found[n, k] == pytest.approx(expected, abs=1e-6)


@settings(max_examples=40)
@given(grids(days=5, actors="AB."), LAGS, st.integers(0, 3), st.integers(1, 4))
def test_transfers_are_as_late_as_counted(days, lag, first, length):
    history, at = history_of(*days), (first, min(first + length, 4))
    ensemble = Ensemble(history, late(lag))
    for pair in product(history.holders, repeat=2):
        measure = transfer_measure(history, (day(at[0]), day(at[1])), pair, "frame")
        expected = sqrt(expected_variance(days, at, tuple(map(mark, pair)), lag))
        assert lag_sd(ensemble, measure) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=25)
@given(grids(days=5), LAGS, st.floats(0.0, 200.0))
def test_tables_have_the_intervals_of_each_figure(days, lag, error_m):
    history = history_of(*days)
    ensemble = Ensemble(history, late(lag, error_m))
    for n in range(5):
        for holder, found in area_estimates(ensemble, day(n), "frame").items():
            alone = estimate(ensemble, area_measure(history, holder, day(n), "frame"))
            assert (found.low, found.high) == pytest.approx((alone.low, alone.high), abs=1e-9)
    for pair, found in transfer_estimates(ensemble, day(1), day(4), "frame").items():
        alone = estimate(ensemble, transfer_measure(history, (day(1), day(4)), pair, "frame"))
        assert (found.low, found.high) == pytest.approx((alone.low, alone.high), abs=1e-9)


@settings(max_examples=25)
@given(grids(days=5), LAGS, st.sampled_from(["all", "frame"]))
def test_tables_are_the_same_however_many_are_worked_out_together(days, lag, area):
    ensemble = Ensemble(history_of(*days), late(lag, 50.0))
    pairs = list(combinations(ensemble.base.days, 2))
    found = []
    for at_once in (1, 3):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tables, "_LATE_DAYS", at_once)
            patch.setattr(tables, "_LATE_PAIRS", at_once)
            lags = area_lags(ensemble, ensemble.base.days, area).tolist()
            found.append((lags, list(tables.transfers_of_pairs(ensemble, pairs, area))))
    assert found[0] == found[1]


def test_of_many_faces_in_few_sections_fewer_tables_are_worked_out_together():
    """Every table looks at every face that changes: of a million, 32 would take gigabytes."""
    few, many = (
        Sections(np.zeros(faces, dtype=int), np.zeros(faces, dtype=int), np.ones(faces), 1)
        for faces in (100, 10**6)
    )
    assert [tables._at_once(32, 2, each) for each in (few, many)] == [32, 1]


@given(grids(days=4), st.lists(st.tuples(*[st.integers(0, 3)] * 2), min_size=1, max_size=4))
def test_sections_that_stay_the_same_are_in_every_table(days, ends):
    history = history_of(*days)
    sections, count = sections_of(history, SIDE_KM * KM), len(history.holders)
    cell = np.arange(count**2).reshape(count, count) - 1  # nobody's ground that stays is in none
    of_all, *of_each = (
        sections.by_cell(history.held_by, np.array(some), cell, count**2 - 1)
        for some in (ends, *([each] for each in ends))
    )
    assert of_all.tolist() == np.concatenate(of_each).tolist()
    for (before, after), table in zip(ends, of_all, strict=True):
        passed = cell[history.held_by[before], history.held_by[after]]
        expected = [sections.added_up((passed == n).astype(float)) for n in range(count**2 - 1)]
        assert table.tolist() == np.reshape(expected, table.shape).tolist()


# ---- By hand -------------------------------------------------------------------------------

ROW = [squares("AAAA...."), squares("AAAAA..."), squares("AAAAAA.."), squares("AAAAAAA.")]


def test_a_front_that_moves_a_kilometre_a_day_is_off_by_its_pace():
    history = history_of(*ROW)
    ensemble = Ensemble(history, late(1.0))
    measure = area_measure(history, A, day(1), "frame")
    assert lag_sd(ensemble, measure) == pytest.approx(1.0)
    assert estimate(ensemble, measure).high == pytest.approx(5 + Z_95)
    # As drawn it is as sure as the hour of the cut: a quarter of a day.
    assert estimate(ensemble, measure).drawn_high == pytest.approx(5.25)


def test_sections_are_late_independently():
    """Ground that two sections took counts in quadrature, that of one section in full."""
    near = history_of(squares("....", "...."), squares("AA..", "AA.."))
    far = history_of(squares("A...", "A..."), squares("AA.A", "AA.A"))
    for history, expected in ((near, 4.0), (far, sqrt(2**2 + 2**2))):
        measure = area_measure(history, A, day(1), "frame")
        assert lag_sd(Ensemble(history, late(1.0)), measure) == pytest.approx(expected)


def test_where_nothing_moves_nothing_is_late():
    history = history_of(*[squares("AAB")] * 3)
    ensemble = Ensemble(history, late(9.0))
    assert not area_lags(ensemble, history.days, "frame").any()
    assert area_estimates(ensemble, day(1), "frame")[A].high == pytest.approx(2.0)
    assert Ensemble(history, late(9.0)).sections.count == 0


def test_maps_that_are_not_believed_show_no_pace():
    odd = history_of(*ROW[:2], squares("A......."), *ROW[2:])
    ensemble = Ensemble(odd, late(1.0), corrupt=frozenset({day(2)}))
    # From day 1 to day 3 one square in two days.
    assert lag_sd(ensemble, area_measure(odd, A, day(1), "frame")) == pytest.approx(
        sqrt((1.0**2 + 0.5**2) / 2)
    )


def test_of_the_ends_of_a_short_period_both_are_late_together():
    """A front of one pace gains the same whenever it is looked at: only what is new counts."""
    history = history_of(*[squares("A" * n + "." * (30 - n)) for n in range(5, 25)])
    ensemble = Ensemble(history, BoundaryError(0.0, 100 * KM, redraw_lag_days=4.0))
    for length in (1, 2, 4, 8):
        measure = transfer_measure(history, (day(6), day(6 + length)), (NOBODY, A), "frame")
        loose = (1 - exp(-length / 4)) * (4**2 + min(4, length) ** 2 / 2 + 4**2 / 2)
        assert lag_sd(ensemble, measure) <= sqrt(loose) + 1e-9
        assert lag_sd(ensemble, measure) > 0


def test_what_passed_long_ago_has_two_ends_of_its_own():
    history = history_of(*[squares("A" * n + "." * (60 - n)) for n in range(5, 55)])
    ensemble = Ensemble(history, BoundaryError(0.0, 100 * KM, redraw_lag_days=3.0))
    measure = transfer_measure(history, (day(10), day(40)), (NOBODY, A), "frame")
    assert lag_sd(ensemble, measure) == pytest.approx(3 * sqrt(2))


def test_the_ends_of_a_series_are_as_late_as_the_day_beside_shows():
    history = history_of(*ROW)
    ensemble = Ensemble(history, late(2.0))
    # Two days on there is no map; two days before six squares less two in two sections.
    assert lag_sd(ensemble, area_measure(history, A, day(3), "frame")) == pytest.approx(sqrt(2))


def test_two_maps_far_apart_are_joined_by_a_straight_line():
    days = date(2018, 1, 1), date(2018, 4, 11)  # a hundred days
    boxes = np.array([shapely.box(0, 0, KM, KM)])
    history = from_coverage(
        boxes, np.array([[0], [1]], dtype=np.int16), days=days, holders=(NOBODY, A),
        projection=PLANE,
    )  # fmt: skip
    measure = transfer_measure(history, days, (NOBODY, A), "all")
    assert lag_sd(Ensemble(history, late(9.0)), measure) == pytest.approx(0.09 * sqrt(2))


def test_of_one_day_no_pace_is_known():
    history = history_of(ROW[0])
    assert lag_sd(Ensemble(history, late(9.0)), area_measure(history, A, day(0), "all")) == 0.0


@pytest.mark.parametrize("error", [None, BoundaryError(100.0)])
def test_without_a_lag_nothing_is_asked(error):
    history = history_of(*ROW)
    ensemble = Ensemble(history, error)
    assert ensemble.lag_days == 0.0
    assert lag_sd(ensemble, area_measure(history, A, day(1), "frame")) == 0.0


def test_zones_around_places_are_never_redrawn():
    history = history_of(*ROW)
    ensemble = Ensemble(history, late(9.0), counts={"": history})
    assert ensemble.lag_days == 0.0


def test_a_lag_below_nothing_is_refused():
    with pytest.raises(InputError, match="redraw_lag_days cannot be -1"):
        BoundaryError(redraw_lag_days=-1.0)


def test_all_pairs_of_many_holders_and_sections_take_little_memory():
    """A table of all givers, takers and sections for each pair of days would be 80 MB."""
    random = np.random.default_rng(3)
    rows = ["".join(random.choice(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 80))]
    for _ in range(24):  # two squares change hands a day
        row = list(rows[-1])
        for at in random.integers(0, 80, 2):
            row[at] = rows[0][random.integers(0, 80)]
        rows.append("".join(row))
    history = history_of(*[squares(row) for row in rows])
    ensemble = Ensemble(history, BoundaryError(0.0, KM, redraw_lag_days=3.0))
    ensemble.sections, ensemble.drawing  # noqa: B018 - known before
    tracemalloc.start()
    found = list(transfers_of_all_pairs(ensemble, history.days, "frame"))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 25 * 24 / 2
    assert most < 30e6


def test_areas_of_many_days_in_many_sections_take_little_memory():
    history = history_of(*[squares("A" * n + "B" * (60 - n)) for n in range(5, 45)])
    count = len(history.faces)
    many = Sections(np.arange(count), np.arange(count), history.area_m2 / 1e6, 300_000)
    ensemble = Ensemble(history, late(3.0), sectioned=many)
    tracemalloc.start()
    found = area_lags(ensemble, history.days, "all")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.max() == pytest.approx(sqrt(3))
    assert most < 140e6  # not the 290 MB of all days


# ---- In claims, budgets and nets -----------------------------------------------------------


def test_a_net_is_as_late_as_what_was_gained_and_lost():
    history = history_of(
        squares("AA..", "BB.."), squares("AAA.", "BB.."), squares("AAAA", "B..."),
        squares("AAAA", "....")
    )  # fmt: skip
    ensemble = Ensemble(history, late(1.0))
    claim = net_claim(["A"], (day(1), day(2)), "frame", [Status.HELD])
    measure = measure_of(claim, claim.reading[0], history)
    # At one end a square, at the other one; in one section, and half forgotten in a day.
    common = exp(-1)
    alone = (1 + 1) / 2 + (0 + 1) / 2
    together = 0.5 * ((1 - 1) ** 2 + (0 - 1) ** 2)
    assert lag_sd(ensemble, measure) == pytest.approx(
        sqrt(common * together + (1 - common) * alone), abs=1e-9
    )
    net = net_of(ensemble, claim).net
    assert net.high - net.value == pytest.approx(Z_95 * lag_sd(ensemble, measure))


def claim_of(value, *, unit="km2", quantity="total"):
    reading = Reading(name="held", quantity=quantity, by=("A",), area="frame")
    return Claim(
        id="x", text="", publisher="them", published=day(1), unit=unit, day=day(1),
        value=value, reading=(reading,),
    )  # fmt: skip


def test_a_verdict_counts_it_and_a_budget_names_it():
    history = history_of(*ROW)
    far, near = (judge(claim_of(6.9), Ensemble(history, late(lag, 1.0)))[0] for lag in (1.0, 0.0))
    assert (far.verdict, near.verdict) == ("consistent", "inconsistent")
    names = {each.name: each for each in far.budget.components}
    assert names[LAG].sd == pytest.approx(1.0)
    assert names[LAG].note == "1 days, section by section"
    assert LAG not in {each.name for each in near.budget.components}


def test_the_map_of_another_publisher_is_late_too():
    history = history_of(*ROW)
    measure = area_measure(history, A, day(1), "frame")
    ensemble = Ensemble(history, late(1.0, 10.0))
    found = budget(ensemble, measure, another_map=True, another=late(2.0, 10.0))
    parts = {each.name: each.sd for each in found.components}
    theirs = lag_sd(replace(ensemble, boundary=late(2.0)), measure)
    assert parts[OTHER_MAP] == pytest.approx(sqrt(parts[LINE] ** 2 + theirs**2))
    unknown = budget(ensemble, measure, another_map=True)
    other = next(each.sd for each in unknown.components if each.name == OTHER_MAP)
    assert other == pytest.approx(sqrt(parts[LINE] ** 2 + parts[LAG] ** 2))


def test_a_share_is_late_in_its_own_unit():
    history = history_of(*ROW)
    ensemble = Ensemble(history, late(1.0))
    claim = claim_of(60, unit="percent", quantity="share")
    measure = measure_of(claim, claim.reading[0], history)
    assert lag_sd(ensemble, measure) == pytest.approx(100 / 8)


def test_a_net_along_a_path_is_as_late_as_from_end_to_end():
    """Also where the days so much sooner and later put the last before the first."""
    history = history_of(*ROW, squares("AAA....."), squares("AA......"), squares("AAAAA..."))
    for lag, (first, last) in product((0.5, 1.0, 2.5, 9.0), combinations(range(7), 2)):
        ensemble = Ensemble(history, late(lag))
        plain = claim_along("net", (first, last), path=False)
        along = claim_along("net", (first, last), path=True)
        found, expected = (
            lag_sd(ensemble, measure_of(each, each.reading[0], history)) for each in (along, plain)
        )
        assert found == pytest.approx(expected)


@pytest.mark.parametrize("quantity", ["gained", "lost", "changed-hands"])
def test_of_a_path_shorter_than_the_lag_there_is_a_figure(quantity):
    history = history_of(*ROW, squares("AAB....."), squares("AAA....."))
    claim = claim_along(quantity, (1, 3), path=True)
    figure = judge(claim, Ensemble(history, late(2.5, 10.0)))[0].computed
    assert figure.low <= figure.value < figure.high


@pytest.mark.parametrize("quantity", ["ever-lost", "below-maximum"])
def test_before_the_first_day_nothing_was_lost_since_the_most(quantity):
    history = history_of(squares("AAAA"), squares("AAAA"), squares("AA.."), squares("AA.."))
    claim = claim_along(quantity, (1, 2), path=False)
    measure = measure_of(claim, claim.reading[0], history)
    assert measure.value(history) == 2.0
    # Two days sooner nothing was lost yet; two days later the series has ended.
    assert lag_sd(Ensemble(history, late(2.0)), measure) == pytest.approx(2.0)


def claim_along(quantity, ends, *, path):
    by = () if quantity == "changed-hands" else ("A",)
    reading = Reading(name="x", quantity=quantity, by=by, area="frame", path=path)
    return Claim(
        id="x", text="", publisher="them", published=day(9), unit="km2", value=1,
        period=tuple(map(day, ends)), reading=(reading,),
    )  # fmt: skip


def test_a_picture_says_what_the_table_says():
    ensemble = Ensemble(history_of(*ROW), late(1.0, 10.0))
    for n in range(4):
        shown = Planner(ensemble, "frame").held_by(frozenset({A}), day(n))
        assert shown == area_estimates(ensemble, day(n), "frame")[A]


def test_an_area_alone_has_the_lag_of_all():
    history = history_of(*ROW)
    ensemble = Ensemble(history, late(1.0))
    measure = area_measure(history, A, day(2), "frame")
    part = ensemble.inside("frame")
    assert lag_sd(part, measure) == lag_sd(ensemble, measure) > 0


# ---- Sections ------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(*[st.floats(-30, 30, allow_subnormal=False)] * 2, *[st.floats(0.5, 25)] * 2),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([3.0, 7.0, 10.0, 100.0]),
)
def test_pieces_in_squares_are_those_of_an_overlay(boxes, side):
    shapes = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes])
    found = in_squares(shapes, side)
    sums = np.bincount(found.shape, found.area, len(shapes))
    assert sums == pytest.approx(shapely.area(shapes), rel=1e-9)
    for shape, (column, row), area in zip(found.shape, found.square, found.area, strict=True):
        cell = shapely.box(column * side, row * side, (column + 1) * side, (row + 1) * side)
        assert area == pytest.approx(shapely.intersection(shapes[shape], cell).area, abs=1e-9)
    assert (np.diff(found.shape) >= 0).all()


def test_a_face_of_every_shape_lies_whole_in_its_squares():
    ring = shapely.Point(3, 4).buffer(40).difference(shapely.Point(5, 4).buffer(22))
    found = in_squares(np.array([ring]), 10.0)
    assert found.area.sum() == pytest.approx(ring.area)
    assert len(found.area) == len(np.unique(found.square, axis=0)) > 30


@pytest.mark.parametrize("width", [1e-10, 2e-10, 1e-9, 1e-6])
@pytest.mark.parametrize("west", [999.9, 123_456.7, 1_999_000.0])
def test_faces_thinner_than_geos_can_clip_lie_in_squares_too(west, width):
    thin = shapely.Polygon(
        [(west, 500_000.3), (west + 2500, 500_000.3 + width), (west + 2500, 500_000.3)]
    )
    found = in_squares(np.array([shapely.box(0, 0, 10, 10), thin, shapely.box(5, 5, 2500, 9)]), KM)
    sums = np.bincount(found.shape, found.area, 3)
    assert sums == pytest.approx([100.0, thin.area, 9980.0], abs=1e-6)
    assert np.isfinite(found.area).all()


def test_a_face_without_area_has_none_in_any_section():
    flat = shapely.Polygon([(100, 100), (600, 100), (300, 100)])
    history = from_coverage(
        np.array([flat, shapely.box(0, 200, KM, KM)]), np.array([[0, 0], [1, 1]], dtype=np.int16),
        days=(day(0), day(1)), holders=(NOBODY, A), projection=PLANE,
    )  # fmt: skip
    assert sections_of(history, KM).added_up(np.ones(2)).tolist() == pytest.approx([0.8])


def test_too_many_sections_are_refused():
    history = from_coverage(
        np.array([shapely.box(0, 0, 1000 * KM, 1000 * KM)]), np.array([[0], [1]], dtype=np.int16),
        days=(day(0), day(1)), holders=(NOBODY, A), projection=PLANE,
    )  # fmt: skip
    with pytest.raises(InputError, match="too many to look at; state a longer correlation_length"):
        sections_of(history, 10.0)


# ---- Does it hold? -------------------------------------------------------------------------


def test_the_interval_holds_what_a_late_publisher_leaves_out():
    """Fronts of many sections at paces of their own, each drawn late or early by chance."""
    random = np.random.default_rng(5)
    sections, length, lag = 40, 120, 6.0
    held = 0
    for _ in range(60):
        pace = random.gamma(0.8, 1.0, (sections, length + 1))
        truth = np.cumsum(pace, axis=1)
        off = random.normal(0, lag, (sections, 2))
        at = np.array([40, 80])
        moments = np.clip(at - off, 0, length)  # the map of a day shows the ground of another
        drawn = np.array(
            [np.interp(m, np.arange(length + 1), t) for m, t in zip(moments, truth, strict=True)]
        )
        days = tuple(date(2018, 1, 1) + timedelta(days=n) for n in range(length + 1))

        def figures(periods, drawn_line=truth, days=days):
            before, after = np.array([[days.index(d) for d in ends] for ends in periods]).T
            return (drawn_line[:, after] - drawn_line[:, before]).T

        history = type("Shown", (), {"days": days})
        sd = sqrt(lag_variance(figures, (days[40], days[80]), history, lag_days=lag))
        true = float((truth[:, 80] - truth[:, 40]).sum())
        shown_net = float((drawn[:, 1] - drawn[:, 0]).sum())
        held += abs(true - shown_net) <= Z_95 * sd
    assert 54 <= held <= 60


@pytest.mark.parametrize("error_m", [2.3e-308, 1e-300, 0.0])
def test_lines_that_are_all_but_exact_have_an_interval(error_m):
    history = history_of(*ROW)
    ensemble = Ensemble(history, late(1.0, error_m))
    found = transfer_estimates(ensemble, day(1), day(3), "frame")[NOBODY, A]
    assert found.low < found.value < found.high

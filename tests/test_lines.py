"""The lines that make a figure uncertain are those drawn, whatever else is asked for."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from squares import KM, day, drawn, frame, history_of, squares
from strategies import grids
from test_uncertainty import net_measure

from territory.history.drawing import drawing_of
from territory.history.history import from_coverage, from_snapshots
from territory.history.regions import Regions, with_regions
from territory.holders import NOBODY, Holder, Status
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble, carried, estimate
from territory.measure.tables import area_estimates, area_measure, transfer_estimates

A, B = Holder("A"), Holder("B")
ERROR = BoundaryError(120.0, 700.0, bias_m=8.0)


def provinces(grid, seed):
    """Return three provinces whose borders run askew through the grid."""
    random = np.random.default_rng(seed)
    west, south, east, north = frame(grid).bounds
    cuts = west + (east - west) * (np.array([1, 2]) / 3 + random.uniform(-0.1, 0.1, 2))
    lean = (east - west) * random.uniform(-0.1, 0.1, 2)
    low, top = south - KM, north + KM
    edges = [
        [(west - KM, low), (west - KM, top)],
        *([(x - d, low), (x + d, top)] for x, d in zip(cuts, lean, strict=True)),
        [(east + KM, low), (east + KM, top)],
    ]
    shapes = [shapely.Polygon([*a, *b[::-1]]) for a, b in pairwise(edges)]
    return Regions(("west", "middle", "east"), np.array([*shapes, None], dtype=object)[:-1])


def intervals(history, area):
    """Return every interval of areas and transfers, by what it is of."""
    # Without a snapshot beside the days the hour of the cut, which others decide, does nothing.
    ensemble = Ensemble(history, ERROR, corrupt=frozenset(history.days))
    found = {}
    for number in range(3):
        for holder, each in area_estimates(ensemble, day(number), area).items():
            found[number, holder] = each
    for pair, each in transfer_estimates(ensemble, day(0), day(2), area).items():
        found[pair] = each
    return found


def assert_same(found, expected):
    assert expected.keys() <= found.keys()
    for key, each in expected.items():
        for name in ("value", "low", "high"):
            assert getattr(found[key], name) == pytest.approx(
                getattr(each, name), rel=1e-9, abs=1e-9
            )


@given(grids(days=3, size=4), st.integers(0, 9))
@example([("AAAA", "AAAA", "AAAA"), ("AAAA",) * 3, ("AAAA", "CCCC", "ABBA")], 0)  # strips as wide
@settings(max_examples=12)
def test_regions_and_other_areas_leave_an_interval_as_it_is(days, seed):
    plain = from_snapshots(tuple(drawn(each, n) for n, each in enumerate(days)))
    asked = plain.with_areas({"frame": frame(days[0])})
    slanted = shapely.Polygon([(100, -9999), (2222, 50), (3333, -777)])
    for history, area in ((plain, "all"), (asked, "frame")):
        expected = intervals(history, area)
        if area == "all":
            # What nobody holds of everything that was drawn has no rim.
            expected = {k: v for k, v in expected.items() if NOBODY not in k}
        for more in (
            with_regions(history, provinces(days[0], seed)),
            history.with_areas({"other": slanted}),
            with_regions(history.with_areas({"other": slanted}), provinces(days[0], seed)),
        ):
            assert_same(intervals(more, area), expected)


@given(grids(days=3, size=4))
@settings(max_examples=15)
def test_a_province_has_the_interval_of_an_area_of_the_same_outline(days):
    plain = from_snapshots(tuple(drawn(each, n) for n, each in enumerate(days)))
    laid = provinces(days[0], 3)
    tabled = with_regions(plain, laid)
    for name, outline in zip(laid.names, laid.polygons, strict=True):
        alone = plain.with_areas({name: outline})
        assert_same(intervals(tabled, name), intervals(alone, name))


@given(grids(days=2, size=4))
def test_days_between_and_after_leave_an_interval_as_it_is(days):
    """Days that draw what is drawn on one of the two days add no line."""
    first, last = days
    two = history_of(first, last)
    many = history_of(first, first, last, first, last)
    expected = transfer_estimates(Ensemble(two, ERROR), day(0), day(1), "frame")
    found = transfer_estimates(Ensemble(many, ERROR), day(1), day(4), "frame")
    assert_same(found, expected)


@given(grids(days=3, size=4))
def test_a_day_with_lines_elsewhere_leaves_an_interval_as_it_is(days):
    """The third day cuts the faces of the two others, which makes no line of theirs longer."""
    two, three = history_of(*days[:2]), history_of(*days)
    expected = transfer_estimates(Ensemble(two, ERROR), day(0), day(1), "frame")
    unseen = frozenset({day(2)})  # else it tells how fast the figure changes after the second
    third = Ensemble(three, ERROR, corrupt=unseen)
    assert_same(transfer_estimates(third, day(0), day(1), "frame"), expected)


def test_other_statuses_leave_an_interval_as_it_is():
    """Claimed ground inside what is held elsewhere adds a row and no line to another's figure."""
    grid = squares("AAAA", "AAAA", "BBBB", "BBBC")
    history = history_of(grid)
    claimed = replace(
        history,
        holders=tuple(
            Holder("C", Status.CLAIMED) if each == Holder("C") else each for each in history.holders
        ),
    )
    for each in (history, claimed):
        found = estimate(Ensemble(each, ERROR), area_measure(each, A, day(0), "frame"))
        assert found.high - found.value == pytest.approx(0.6906, abs=0.2)
    assert_same(
        {A: area_estimates(Ensemble(claimed, ERROR), day(0), "frame")[A]},
        {A: area_estimates(Ensemble(history, ERROR), day(0), "frame")[A]},
    )


# ---- Cut at rims ---------------------------------------------------------------------------


def test_a_line_is_cut_where_the_rim_of_an_area_crosses_it():
    history = history_of(squares("AAAA", "BBBB")).with_areas(
        {"tilted": shapely.Polygon([(500, 100), (3500, 100), (2500, -1500), (1500, -1500)])}
    )
    drawing = drawing_of(history)
    inner = drawing.lines.inside["tilted"]
    front = inner & (drawing.lines.other >= 0)
    assert drawing.lines.length_m[front].sum() == pytest.approx(3000 - 2 * 1100 / 1600 * 1000)
    assert history.lines.length_m.sum() == pytest.approx(
        history_of(squares("AAAA", "BBBB")).lines.length_m.sum()
    )


def test_a_line_along_a_rim_is_in_no_area_even_a_millimetre_off():
    grid = squares("AABB", "AABB")
    for off in (0.0, 0.0002, -0.003):
        halves = {"west": shapely.box(-KM, -3 * KM, 2 * KM + off, KM)}
        history = history_of(grid).with_areas(halves)
        found = carried(Ensemble(history, ERROR), area_measure(history, A, day(0), "west"))
        assert found.length_m == pytest.approx(2 * KM + 2 * 2 * KM, abs=1)  # the outer sides


def test_the_rest_of_all_regions_has_its_own_lines():
    grid = squares("AAAA", "BBBB")
    history = history_of(grid)
    west = Regions(("west",), np.array([shapely.box(-KM, -9 * KM, 1500, KM), None])[:-1])
    found = with_regions(history, west)
    lengths = [
        carried(Ensemble(found, ERROR), area_measure(found, A, day(0), name)).length_m
        for name in ("west", "elsewhere", "frame")
    ]
    assert lengths == pytest.approx([1500 + 1500 + KM, 2500 + 2500 + KM, 4 * KM])


def test_where_a_coverage_ends_is_no_uncertain_line():
    """Two districts side by side: what each holder has hangs on the line between, not the rim."""
    halves = np.array([shapely.box(0, 0, KM, 2 * KM), shapely.box(KM, 0, 2 * KM, 2 * KM)])
    history = from_coverage(
        halves, np.array([[1, 2], [1, 1]], dtype=np.int16), days=(day(0), day(1)),
        holders=(NOBODY, A, B), projection=history_of(squares("A")).projection,
    )  # fmt: skip
    named = history.with_areas({"south": shapely.box(-KM, -KM, 3 * KM, KM)})
    for each, area, km in ((history, "all", 2.0), (named, "south", 1.0), (named, "all", 2.0)):
        ensemble = Ensemble(each, BoundaryError(1.0, 1.0))
        found = carried(ensemble, area_measure(each, A, day(0), area))
        assert found.length_m == pytest.approx(km * KM)
        assert carried(ensemble, area_measure(each, A, day(1), area)).length_m == 0


def test_ground_that_one_map_alone_draws_is_as_uncertain_as_on_its_day():
    """A pocket that was not there before has no second drawing to share an error with."""
    history = history_of(squares("AAA", "AAA", "AAA"), squares("AAA", "ABA", "AAA"))
    ensemble = Ensemble(history, BoundaryError(1500.0, 3000.0))
    held = area_estimates(ensemble, day(1), "frame")[B]
    taken = transfer_estimates(ensemble, day(0), day(1), "frame")[A, B]
    assert (taken.value, taken.low, taken.high) == pytest.approx((held.value, held.low, held.high))


def test_part_of_a_history_has_the_lines_between_its_own_faces():
    history = history_of(squares("AABB", "AABB")).with_areas(
        {"west": shapely.box(0, -3 * KM, 2 * KM, KM)}
    )
    west = drawing_of(history.part("west"))
    assert len(west.lines.one) <= len(drawing_of(history).lines.one)
    assert set(west.lines.one.tolist()) <= set(np.unique(west.history.origin).tolist())


def test_net_figures_do_not_depend_on_regions_either():
    days = squares("AABBA", "BBBAA"), squares("ABBBA", "AABBA")
    history = history_of(*days)
    cut = with_regions(history, provinces(days[0], 1))
    plain, tabled = (estimate(Ensemble(each, ERROR), net_measure(each)) for each in (history, cut))
    assert (tabled.low, tabled.high) == pytest.approx((plain.low, plain.high), rel=1e-9)

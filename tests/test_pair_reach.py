"""Many pairs of days at once: the lines they look at, and how far errors of these carry."""

from dataclasses import replace
from itertools import combinations, permutations, product

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import KM, day, history_of, squares
from strategies import grids

import territory
from territory.history.drawing import drawing_of
from territory.history.lines import Lines
from territory.history.merged_faces import COUNTED, merged_faces
from territory.holders import NOBODY, Holder
from territory.measure import pair_reach, tables
from territory.measure.boundary_error import (
    BoundaryError,
    reach,
    reach_of_each,
    reach_of_transfers,
)
from territory.measure.ensemble import Ensemble
from territory.measure.pair_reach import reach_of_pairs
from territory.measure.pair_tables import transfers_of_all_pairs
from territory.measure.rows import CHANGE_COLUMNS, change_rows, pair_rows
from territory.measure.tables import transfer_estimates
from territory.publish.write import csv_text

ERRORS = (
    BoundaryError(120.0, 700.0, bias_m=8.0, date_correlation=0.3, redraw_lag_days=1.5),
    BoundaryError(900.0, 400.0, date_correlation=-0.2),
    BoundaryError(0.0, 700.0, bias_m=5.0),
)
A, B = Holder("A"), Holder("B")


@settings(max_examples=40)
@given(grids(days=4), st.sampled_from(ERRORS), st.sampled_from(["all", "frame"]))
def test_errors_carry_as_far_as_in_each_pair_of_days(days, error, area):
    history = history_of(*days)
    drawing, count = drawing_of(history), len(history.holders)
    faces = merged_faces(drawing, np.arange(4), area)
    pairs = list(permutations(range(4), 2))
    rows = np.array(pairs).T
    parts = list(reach_of_pairs(faces, *rows, holders=count, error=error))
    found = {
        (*pairs[pair], giver, taker): (spread_m, length_m)
        for each in parts
        for pair, giver, taker, spread_m, length_m in zip(
            each.pair, each.giver, each.taker, each.spread_m, each.length_m, strict=True
        )
    }
    for a, b in pairs:
        for i, j in permutations(range(count), 2):
            weight = (history.held_by[a] == i) & (history.held_by[b] == j)
            one = reach(drawing, weight.astype(np.float64), area=area, maps=(a, b), error=error)
            expected = one.spread_m, one.length_m
            assert found.get((a, b, i, j), (0.0, 0.0)) == pytest.approx(expected, 1e-12, 1e-6)


@settings(max_examples=60)
@given(grids(days=2), st.sampled_from(ERRORS), st.sampled_from(["all", "frame"]), st.booleans())
def test_errors_carry_into_every_cell_of_a_table_as_into_each_alone(days, error, area, ends):
    history = replace(history_of(*days), outside_is_nobody=not ends)
    drawing, count = drawing_of(history), len(history.holders)
    cells = np.array(list(product(range(count), repeat=2)))
    found = reach_of_transfers(drawing, cells, area=area, maps=(0, 1), error=error)
    for (i, j), one in zip(cells.tolist(), found, strict=True):
        weight = ((history.held_by[0] == i) & (history.held_by[1] == j)).astype(np.float64)
        beyond = float(history.holders[i] == history.holders[j] == NOBODY)
        apart = reach(drawing, weight, area=area, beyond=beyond, maps=(0, 1), error=error)
        assert one == apart  # to the last digit: what stands in one table is asked for alone too


def test_what_is_looked_at_together_does_not_matter(monkeypatch):
    history = history_of(squares("AAB", "A.B"), squares("ABB", "AAB"), squares("BBB", "A.A"))
    faces = merged_faces(drawing_of(history), np.arange(3), "all")
    before, after = np.array(list(combinations(range(3), 2))).T

    def found():
        parts = list(reach_of_pairs(faces, before, after, holders=3, error=ERRORS[0]))
        names = ("pair", "giver", "taker", "spread_m", "length_m")
        return len(parts), [np.concatenate([getattr(p, n) for p in parts]).tolist() for n in names]

    together = found()
    monkeypatch.setattr(pair_reach, "_CELLS_AT_ONCE", 1)
    assert together[0] == 1
    assert found() == (3, together[1])


def test_what_days_do_not_tell_apart_is_one_face():
    between = squares("ABAB", "BABA")  # only on the second day, which is not looked at
    history = history_of(squares("AAA.", "AAA."), between, squares("AAB.", "AAB."))
    drawing = drawing_of(history)
    faces = merged_faces(drawing, np.array([0, 2]), "all")
    assert sorted(faces.held_by.T.tolist()) == [[0, 0], [1, 1], [1, 2]]
    assert sorted(faces.area_m2 / KM**2) == pytest.approx([2.0, 2.0, 4.0])
    assert len(drawing.lines.one) > len(faces.lines.one) == 3
    one, other = (
        faces.held_by[:, each].T.tolist() for each in (faces.lines.one, faces.lines.other)
    )
    around = zip(one, other, faces.lines.length_m / KM, strict=True)
    lengths = {frozenset(map(tuple, (a, b))): length for a, b, length in around}
    assert lengths == pytest.approx(
        {
            frozenset({(1, 1), (0, 0)}): 6.0,
            frozenset({(1, 1), (1, 2)}): 2.0,
            frozenset({(1, 2), (0, 0)}): 4.0,
        }
    )
    assert faces.lines.inside[COUNTED].all()


def test_two_lines_that_make_a_ring_end_where_they_differ():
    ends, ones = np.array([[0, 1], [1, 0]]), np.ones(2, dtype=np.int64)
    ring = Lines(np.array([1.0, 2.0]), ones, ones + 1, ends)
    assert ring.strung().length_m.tolist() == [3.0]
    assert len(set(ring.strung().ends.ravel().tolist())) == 1
    for part in (
        Lines(ring.length_m, ring.one, ring.other, ends, {"x": np.array([True, False])}),
        Lines(ring.length_m, ring.one, np.array([2, 3]), ends),
    ):
        assert sorted(part.strung().length_m.tolist()) == [1.0, 2.0]
        assert {tuple(sorted(each)) for each in part.strung().ends.tolist()} == {(0, 1)}


@settings(max_examples=15)
@given(grids(days=5), st.sampled_from(ERRORS))
def test_rows_of_all_pairs_are_written_like_those_of_each(days, error):
    ensemble = Ensemble(history_of(*days), error, corrupt=frozenset({day(2)}))
    pairs = combinations(ensemble.base.days, 2)
    each = change_rows("x", ensemble, pairs, stayed=False)
    found = pair_rows("x", ensemble, ensemble.base.days)
    assert csv_text(CHANGE_COLUMNS, found) == csv_text(CHANGE_COLUMNS, each)


def test_more_days_than_are_looked_at_at_once():
    moves = [squares("A" * n + "B" * (20 - n), "A" * 19 + "B") for n in range(1, 20)]
    ensemble = Ensemble(history_of(*moves), ERRORS[0])
    days = ensemble.base.days
    found = list(transfers_of_all_pairs(ensemble, days, "frame"))
    assert [each[:2] for each in found] == list(combinations(days, 2))
    for start, end, moved in found:
        expected = transfer_estimates(ensemble, start, end, "frame", stayed=False)
        assert list(moved) == list(expected) == [(B, A)]
        assert moved[B, A].value == expected[B, A].value
        assert moved[B, A].low == pytest.approx(expected[B, A].low, rel=1e-12)
        assert moved[B, A].drawn_high == expected[B, A].drawn_high


@settings(max_examples=30)
@given(grids(days=6), st.sampled_from(ERRORS), st.sampled_from(["all", "frame"]), st.integers(1, 7))
def test_tables_of_many_pairs_are_those_of_each_to_the_last_digit(days, error, area, at_once):
    history = history_of(*days)
    ensemble = Ensemble(history, error)
    pairs = [
        *zip(history.days, history.days[1:], strict=False),
        (history.days[0], history.days[-1]),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_PAIRS_AT_ONCE", at_once)
        patch.setattr(tables, "SETS_AT_ONCE", 2 * at_once)
        found = list(tables.transfers_of_pairs(ensemble, pairs, area))
    assert found == [transfer_estimates(Ensemble(history, error), *pair, area) for pair in pairs]


@settings(max_examples=30)
@given(grids(days=5), st.sampled_from(["all", "frame"]), st.booleans())
def test_lines_about_some_days_are_all_that_count_on_them(days, area, ends):
    history = replace(history_of(*days), outside_is_nobody=not ends)
    drawing, rows = drawing_of(history), (1, 3)
    some, count = drawing.about(rows), len(history.holders)
    cells = np.array(list(product(range(count), repeat=2)))
    whole, part = (
        reach_of_transfers(each, cells, area=area, maps=rows, error=ERRORS[0])
        for each in (drawing, some)
    )
    assert part == whole
    for k in range(count):
        sets, beyond = history.held_by[list(rows)] == k, history.holders[k] == NOBODY
        whole, part = (
            reach_of_each(each, sets, area=area, beyond=beyond, error=ERRORS[0])
            for each in (drawing, some)
        )
        assert part == whole


def test_lines_between_ground_that_stays_are_left_out():
    history = history_of(squares("AA.", "..."), squares("AAB", "..."), squares("AAB", ".B."))
    drawing = drawing_of(history)
    assert len(drawing.about((0,)).lines.one) < len(drawing.about((0, 1, 2)).lines.one)
    assert len(drawing.about((0, 1, 2)).lines.one) <= len(drawing.lines.one)


def test_faces_that_none_of_the_lines_is_beside_are_left_out():
    history = history_of(squares("A..."), squares("A.BB"), squares("A.BA"))
    drawing = drawing_of(history)
    assert [len(drawing.about((row,)).face) for row in range(3)] == [1, 3, 3]


@pytest.mark.filterwarnings("ignore::territory.TerritoryWarning")
def test_points_that_fall_together_in_the_plane_have_no_length_and_an_interval():
    """Corners that a program put beside one another by a rounding make lines of no length."""
    hole = shapely.box(-75.01, -10.016, -74.986, -9.991999999999999)
    outer = shapely.box(-75.018, -10.024, -74.978, -9.984).difference(hole)
    inner = shapely.Polygon([(-75.008, -9.99), (-75.01, -9.992), (-75.0, -9.996)])
    zones = geopandas.GeoDataFrame(
        {"actor": "B", "day": ["2024-01-04", "2024-01-15"]},
        geometry=[outer, inner],
        crs="EPSG:4326",
    )
    found = territory.History.from_geodataframe(zones, day="day").changes()
    assert np.isfinite(found[["km2", "low", "high"]]).all(axis=None)

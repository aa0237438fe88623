"""What is added up over tiles against counted squares, and against the history in one piece."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import KM, PLANE, counted_areas, counted_transitions, day, drawn, square, squares
from strategies import grids
from test_history import random_polygons

from territory.errors import GeometryError, InputError, OverlapError
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84, EqualArea
from territory.history.history import from_snapshots
from territory.history.overlaps import Overlap
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.history.tiles import MAX_EDGES, Tile, clipped, cut_into_tiles, tiled
from territory.holders import Holder
from territory.measure.change import areas_by_day, transition_matrix
from territory.measure.pairs import all_transitions
from territory.read.profile import read_profile
from territory.read.zones import read_series


def mark(holder):
    return "." if holder.actor == "nobody" else holder.actor


@settings(max_examples=30)
@given(grids(days=3), st.booleans(), st.sampled_from([4, 9, 30, MAX_EDGES]))
def test_tiles_add_up_to_the_number_of_squares(days, merged, max_edges):
    snapshots = tuple(drawn(grid, n, merged=merged) for n, grid in enumerate(days))
    found = tiled(snapshots, areas_by_day, max_edges=max_edges, projection=PLANE)
    for row, grid in zip(found.value, days, strict=True):
        counted = counted_areas(grid)
        for holder, km2 in zip(found.holders[1:], row[1:], strict=True):
            assert km2 == pytest.approx(counted[mark(holder)], abs=1e-9)
    moved = tiled(snapshots, all_transitions, max_edges=max_edges, projection=PLANE).value
    for a in range(3):
        for b in range(3):
            counted = counted_transitions(days[a], days[b])
            for i, one in enumerate(found.holders):
                for j, other in enumerate(found.holders):
                    if i or j:  # ground that is nobody's on both days may lie beyond all faces
                        assert moved[a, b, i, j] == pytest.approx(
                            counted[mark(one), mark(other)], abs=1e-9
                        )


halfway = st.integers(1, 9).map(lambda n: n * KM / 2)


@settings(max_examples=30)
@given(grids(days=1, actors="AB."), st.sampled_from([0, 1]), halfway)
def test_the_two_sides_of_a_cut_add_up_wherever_it_runs(days, axis, at):
    at = at if axis == 0 else -at
    snapshot = drawn(days[0])
    sides = [clipped(snapshot, axis, at, keep_low=low) for low in (True, False)]
    rows, columns = len(days[0]), len(days[0][0])
    for side, low in zip(sides, (True, False), strict=True):
        for actor in "AB":
            cells = [
                square(r, c) for r in range(rows) for c in range(columns) if days[0][r][c] == actor
            ]
            half = [-99 * KM, -99 * KM, 99 * KM, 99 * KM]
            half[axis + 2 if low else axis] = at
            expected = sum(shapely.intersection(cell, shapely.box(*half)).area for cell in cells)
            assert signed_area(side, Holder(actor)) == pytest.approx(expected, abs=1e-3)


def signed_area(snapshot, holder):
    """Return the area that the rings of one holder enclose, as they run."""
    total = 0.0
    for ring in range(len(snapshot.ring_layer)):
        if snapshot.holders[snapshot.ring_layer[ring]] == holder:
            x, y = snapshot.xy[snapshot.ring_start[ring] : snapshot.ring_start[ring + 1]].T
            total += float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)
    return total


def degrees(*shapes):
    return tuple(
        normalise(RawZones(day(n), WGS84, Source("x"), (Holder("A"),), np.array([shape])))
        for n, shape in enumerate(shapes)
    )


@pytest.mark.parametrize("seed", range(4))
def test_tiles_of_degrees_equal_one_piece(seed):
    snapshots = degrees(*random_polygons(seed, 6))
    whole = all_transitions(from_snapshots(snapshots))
    found = tiled(snapshots, all_transitions, max_edges=20)
    assert found.tiles > 4
    held = found.value[:, :, 1:, :], whole[:, :, 1:, :]
    assert held[0] == pytest.approx(held[1], rel=1e-9, abs=1e-9 * whole.max())


def test_the_border_of_a_tile_is_straight_where_zones_were_drawn():
    """A box ten degrees wide, cut along a meridian and each half along a parallel."""
    box = shapely.box(30, 40, 40, 50)
    plane = EqualArea(35.0, 45.0)
    true = geodesic_area_km2(np.array([box]), WGS84, max_chord_error_m=1e-4)[0]
    found = 0.0
    (whole,) = degrees(box)
    for west in (True, False):
        for south in (True, False):
            half = clipped(whole, 0, 34.3, keep_low=west)
            quarter = clipped(half, 1, 47.1, keep_low=south)
            found += areas_by_day(from_snapshots((quarter,), projection=plane))[0, 1]
    assert found == pytest.approx(true, rel=1e-9)


def test_tiles_are_small_enough_and_cover_everything():
    snapshots = degrees(*random_polygons(1, 6))
    bounds = tuple(shapely.total_bounds(random_polygons(1, 6)).tolist())
    found = list(cut_into_tiles(Tile(snapshots, bounds), max_edges=25))
    assert all(tile.edges <= 25 for tile in found)
    boxes = shapely.box(*np.array([tile.bounds for tile in found]).T)
    assert shapely.union_all(boxes).area == pytest.approx(shapely.area(boxes).sum())


def test_a_tile_that_cannot_be_halved_stays_whole():
    same = shapely.box(37, 35, 38, 36)
    (tile,) = cut_into_tiles(Tile(degrees(same), (37, 35, 38, 36)), max_edges=1)
    assert tile.edges == 4


def test_overlaps_are_refused_or_added_up_over_tiles():
    holders, shapes = [], []
    for east in range(0, 60, 10):
        shapes += [shapely.box(east * KM, 0, (east + 4) * KM, KM)]
        shapes += [shapely.box((east + 1) * KM, 0, (east + 5) * KM, KM)]
        holders += [Holder("A"), Holder("B")]
    raw = RawZones(day(0), PLANE.crs, Source("x"), tuple(holders), np.array(shapes))
    snapshot = normalise(raw)
    with pytest.raises(OverlapError):
        tiled((snapshot,), areas_by_day, max_edges=16, projection=PLANE)
    found = tiled(
        (snapshot,), areas_by_day, max_edges=16, projection=PLANE, overlap=Overlap.CONTESTED
    )
    assert found.tiles > 2
    assert [holder.actor for holder in found.holders] == ["nobody", "A", "B", "contested"]
    assert found.value[0, 1:] == pytest.approx([6, 6, 18])
    (told,) = found.audit
    assert (told.kind, told.km2) == ("overlap", pytest.approx(18))


def test_a_tile_can_be_sent_to_another_process():
    snapshots = degrees(*random_polygons(2, 6))
    tiles = list(cut_into_tiles(Tile(snapshots, (36, 35, 38, 37)), max_edges=40))
    assert pickle.loads(pickle.dumps(tiles[0])).edges == tiles[0].edges
    measure = partial(transition_matrix, from_day=day(0), to_day=day(1))
    alone = tiled(snapshots, measure, max_edges=40)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        together = tiled(snapshots, measure, max_edges=40, run=pool.map)
    assert np.array_equal(alone.value, together.value)


def test_nothing_to_measure():
    with pytest.raises(InputError, match="no snapshot"):
        tiled((), areas_by_day)
    with pytest.raises(GeometryError, match="no snapshot has any polygon"):
        tiled((drawn(squares(".")),), areas_by_day)


@pytest.mark.parametrize(
    ("profile", "path"),
    [
        ("deepstate-daily", "ukraine/deepstate_daily/*202408*.geojson"),
        ("isw", "ukraine/isw/RussianAssessedCoTinUkraine/*202204*.geojson"),
    ],
)
def test_tiles_of_real_series_equal_one_piece(shared_data, profile, path):
    raws = read_series((str(shared_data / path),), read_profile(profile)).raws
    snapshots = tuple(normalise(raw) for raw in raws[:8])
    whole = all_transitions(from_snapshots(snapshots))
    edges = sum(len(snapshot.xy) for snapshot in snapshots)
    found = tiled(snapshots, all_transitions, max_edges=edges // 10)
    assert found.tiles >= 10
    assert found.value[:, :, 1:] == pytest.approx(whole[:, :, 1:], rel=1e-9, abs=1e-7)

"""Figures put together from tiles, against counted squares and the history in one piece."""

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import (
    KM,
    PLANE,
    actor_mark,
    counted_areas,
    counted_transitions,
    day,
    drawn,
    frame,
    square,
    squares,
    write_two_boxes,
)
from strategies import grids
from test_history import random_polygons

from territory.cli import _code
from territory.errors import GeometryError, InputError, OverlapError
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84
from territory.history.clipped_rings import clipped
from territory.history.history import from_coverage, from_snapshots
from territory.history.memory_needs import needed_bytes
from territory.history.overlaps import Overlap
from territory.history.regions import DrawnRegions, resolve_regions, with_regions
from territory.history.repair import normalise
from territory.history.rim import RimError
from territory.history.snapshot import RawZones, Source
from territory.history.tile_figures import Areas
from territory.history.tiles import tiled_history
from territory.history.tiling import tiling_of
from territory.history.turned import opened_at
from territory.holders import NOBODY, Holder
from territory.job.checks import geodesic_sizes
from territory.job.memory import TILE_BYTES, WHOLE_BYTES, tile_points, tiles_at_once
from territory.job.workers import _Processes
from territory.measure.boundary_error import BoundaryError
from territory.measure.change import areas_by_day, zones
from territory.measure.ensemble import Ensemble
from territory.measure.rows import area_rows, change_rows, day_pairs
from territory.quality.check import check_history
from territory.read.profile import read_profile
from territory.read.zones import read_series

ERROR = BoundaryError(120.0, 700.0, redraw_lag_days=1.5)
SECTION_M = 90_000.0  # polygons of some degrees are some sections large


def rows_of(ensemble):
    """Return the tables of areas and of changes, with intervals."""
    days = ensemble.base.days
    pairs = day_pairs(days) if len(days) > 1 else ()
    return [*area_rows("", ensemble, days), *change_rows("", ensemble, pairs)]


def assert_same(found, expected, rel=1e-10, least=1e-7):
    """Assert that tables are the same, to the rounding of sums."""
    assert len(found) == len(expected)
    for ours, whole in zip(found, expected, strict=True):
        assert ours.keys() == whole.keys()
        for key, value in whole.items():
            if isinstance(value, float):
                assert ours[key] == pytest.approx(value, rel=rel, abs=least), (key, whole)
            else:
                assert ours[key] == value


def told(history, **how):
    """Return what is found in a history, without the last digits."""
    return [(each.kind, each.day, each.detail) for each in check_history(history, **how)]


def assert_as_whole(snapshots, error=ERROR, **how):
    """Assert that figures of tiles are those of one piece; return what was put together."""
    projection = how.pop("projection", None)
    whole = from_snapshots(snapshots, projection=projection)
    section_m = error.correlation_length_m if error.redraw_lag_days else 0.0
    found = tiled_history(snapshots, projection=projection, section_m=section_m, **how)
    ours = Ensemble(found.cut, error, drawn=found.drawing, sectioned=found.sections)
    assert_same(rows_of(ours), rows_of(Ensemble(whole, error)))
    assert told(found.whole, drawing=found.before) == told(whole)
    return found


# ---- Squares and shapes --------------------------------------------------------------------


@settings(max_examples=40)
@given(grids(days=3), st.booleans(), st.sampled_from([2, 5, 12, 10**6]))
def test_tiles_add_up_to_the_number_of_squares(days, merged, max_points):
    snapshots = tuple(drawn(grid, n, merged=merged) for n, grid in enumerate(days))
    areas = Areas(
        lambda each: each.with_areas({"frame": frame(days[0])}, is_drawn=False), (frame(days[0]),)
    )
    cut = tiled_history(snapshots, max_points=max_points, projection=PLANE, areas=areas).cut
    marks = [actor_mark(holder) for holder in cut.holders]
    for row, grid in zip(areas_by_day(cut, "frame"), days, strict=True):
        counted = counted_areas(grid)
        assert row.tolist() == pytest.approx([counted[mark] for mark in marks], abs=1e-9)
    for a in range(3):
        for b in range(3):
            counted = counted_transitions(days[a], days[b])
            inside = cut.mask("frame")
            for i, one in enumerate(marks):
                for j, other in enumerate(marks):
                    moved = (cut.held_by[a] == i) & (cut.held_by[b] == j) & inside
                    km2 = cut.area_m2[moved].sum() / 1e6
                    assert km2 == pytest.approx(counted[one, other], abs=1e-9)


@settings(max_examples=40)
@given(grids(days=3), st.booleans(), st.sampled_from([2, 5, 12]))
def test_tiles_of_squares_have_the_intervals_of_one_piece(days, merged, max_points):
    snapshots = tuple(drawn(grid, n, merged=merged) for n, grid in enumerate(days))
    assert_as_whole(snapshots, max_points=max_points, projection=PLANE)


@pytest.mark.parametrize("max_points", [2, 4, 8])
@pytest.mark.parametrize(
    "grid",
    [
        squares("AAAA", "A..A", "A..A", "AAAA"),  # a hole over four tiles
        squares("AABB", "A..B", "A..B", "AABB"),  # that two zones enclose together
        squares("AABB", "A..B", "A...", "AABB"),  # and do not
        squares("A.A.", ".B.B", "A.A.", ".B.B"),  # zones that touch at corners
        squares("AABB", "AABB", "CCDD", "CCDD"),  # borders in the middle of all
        squares("A...", "....", "....", "...A"),  # tiles where nothing is drawn
    ],
)
def test_shapes_across_the_borders_of_tiles(grid, max_points):
    later = tuple(row.replace("B", "A", 1) for row in grid)
    snapshots = drawn(grid), drawn(later, 1)
    found = assert_as_whole(snapshots, max_points=max_points, projection=PLANE)
    assert found.tiles > 1 or max_points == 8


def test_no_border_runs_through_a_corner():
    points = np.array([(x, y) for x in range(9) for y in range(5)], dtype=float)
    boxes = np.array(list(tiling_of(points, (-1.0, -1.0, 10.0, 6.0), max_points=3).tiles()))
    assert len(boxes) > 15
    inner = boxes[(boxes > 0) & (boxes < 5)]
    assert not np.isin(inner, np.arange(9)).any()
    assert shapely.union_all(shapely.box(*boxes.T)).area == pytest.approx(11 * 7)
    assert shapely.area(shapely.box(*boxes.T)).sum() == pytest.approx(11 * 7)
    west, south, east, north = boxes.T
    inside = (points[:, :1] > west) & (points[:, :1] < east)
    inside &= (points[:, 1:] > south) & (points[:, 1:] < north)
    assert inside.sum(axis=0).max() <= 3


def test_points_that_are_one_stay_in_one_tile():
    here = tiling_of(np.zeros((7, 2)), (-1.0, -1.0, 1.0, 1.0), max_points=2)
    assert list(here.tiles()) == [(-1.0, -1.0, 1.0, 1.0)]


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


# ---- Lines in degrees ----------------------------------------------------------------------


def degrees(*shapes):
    return tuple(
        normalise(RawZones(day(n), WGS84, Source("x"), (Holder("A"),), np.array([shape])))
        for n, shape in enumerate(shapes)
    )


@pytest.mark.parametrize("seed", range(4))
def test_tiles_of_degrees_equal_one_piece(seed):
    found = assert_as_whole(degrees(*random_polygons(seed, 6)), max_points=9)
    assert found.tiles > 4


def test_a_zone_that_ends_with_the_map_has_a_line_there():
    boxes = shapely.box(150, 60, 180, 70), shapely.box(160, 60, 180, 70)
    assert_as_whole(degrees(*boxes), BoundaryError(1300.0, 12000.0), max_points=3)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("by_region", [False, True])
def test_areas_are_cut_across_tiles(seed, by_region):
    """Areas that reach beyond all zones, and regions, with an error of their rims."""
    snapshots = degrees(*random_polygons(seed, 4))
    whole = from_snapshots(snapshots)
    west, south, east, north = shapely.total_bounds(whole.faces)
    middle, more = (west + east) / 2, (east - west) / 7
    named = {
        "west": shapely.box(west - more, south + more, middle + more, north),
        "tall": shapely.box(middle, south - more, middle + 2 * more, north + more),
    }
    low, high = south - more / 3, north - more / 3
    halves = np.array(
        [shapely.box(west - more, low, middle, high), shapely.box(middle, low, east + more, high)]
    )
    drawn_regions = DrawnRegions("r", whole.projection.crs, ("left", "right"), halves)

    def cut(history, *, is_drawn=False):
        found = history.with_areas(named, is_drawn=is_drawn)
        if not by_region:
            return found
        return with_regions(found, resolve_regions(drawn_regions, whole.projection))

    expected = cut(whole, is_drawn=True)
    grounds = (*named.values(), *(halves if by_region else ()))
    found = tiled_history(snapshots, max_points=7, areas=Areas(cut, grounds), section_m=SECTION_M)
    assert found.tiles > 3
    assert found.cut.area_names == expected.area_names
    rims = {name: RimError(90.0, 900.0) for name in ("west", "tall")}
    error = replace(ERROR, correlation_length_m=SECTION_M)
    known = {"drawn": found.drawing, "outlines": found.rims, "sectioned": found.sections}
    ours = Ensemble(found.cut, error, rims=rims, **known)
    # A piece of a face has its share of what the true area is more than that of the chords.
    assert_same(rows_of(ours), rows_of(Ensemble(expected, error, rims=rims)), 1e-8, 1e-5)
    for name, size in expected.requested_m2.items():
        assert found.cut.requested_m2[name] == pytest.approx(size, rel=1e-9)


def test_ground_beyond_is_unknown_where_front_lines_cut_it():
    snapshots = degrees(*random_polygons(1, 3))
    whole = replace(from_snapshots(snapshots), outside_is_nobody=False)
    error = replace(ERROR, correlation_length_m=SECTION_M)
    found = tiled_history(snapshots, max_points=9, outside_is_nobody=False, section_m=SECTION_M)
    ours = Ensemble(found.cut, error, drawn=found.drawing, sectioned=found.sections)
    assert_same(rows_of(ours), rows_of(Ensemble(whole, error)), 1e-8, 1e-5)


# ---- What is told --------------------------------------------------------------------------


def overlapping():
    holders, shapes = [], []
    for east in range(0, 60, 10):
        shapes += [shapely.box(east * KM, 0, (east + 4) * KM, KM)]
        shapes += [shapely.box((east + 1) * KM, 0, (east + 5) * KM, KM)]
        holders += [Holder("A"), Holder("B")]
    raw = RawZones(day(0), PLANE.crs, Source("x"), tuple(holders), np.array(shapes))
    return (normalise(raw),)


def test_overlaps_are_refused_or_added_up_over_tiles():
    with pytest.raises(OverlapError, match=r"A and B overlap by 18\.0 km2"):
        tiled_history(overlapping(), max_points=9, projection=PLANE)
    found = tiled_history(overlapping(), max_points=9, projection=PLANE, overlap=Overlap.CONTESTED)
    assert found.tiles > 2
    assert [holder.actor for holder in found.whole.holders] == ["nobody", "A", "B", "contested"]
    assert areas_by_day(found.whole)[0, 1:] == pytest.approx([6, 6, 18])
    (told,) = found.whole.audit
    assert (told.kind, told.km2) == ("overlap", pytest.approx(18))


def test_small_overlaps_of_many_tiles_are_one():
    """Each of six is less than is allowed, and all together are not."""
    holders, shapes = [], []
    for east in range(0, 60, 10):
        shapes += [shapely.box(east * KM, 0, east * KM + 1000.3, KM)]
        shapes += [shapely.box(east * KM + 1000, 0, (east + 2) * KM, KM)]
        holders += [Holder("A"), Holder("B")]
    raw = RawZones(day(0), PLANE.crs, Source("x"), tuple(holders), np.array(shapes))
    with pytest.raises(OverlapError):
        tiled_history((normalise(raw),), max_points=9, projection=PLANE)


def test_what_asks_for_shapes_fails_and_gives_nothing():
    found = tiled_history((drawn(squares("AB")),), max_points=3, projection=PLANE)
    with pytest.raises(TypeError):
        zones(found.whole, day(0))
    with pytest.raises(TypeError):
        _ = found.cut.edges


def test_nothing_to_measure():
    with pytest.raises(InputError, match="no snapshot"):
        tiled_history(())
    with pytest.raises(GeometryError, match="no snapshot has any polygon"):
        tiled_history((drawn(squares(".")),))


def test_held_ground_is_as_large_on_the_ellipsoid_as_its_faces():
    holders = (NOBODY, Holder("a"), Holder("b"))
    cells = np.array([square(r, c) for r in range(3) for c in range(3)])
    held = np.array([[0, 1, 1, 0, 2, 2, 1, 0, 0], [0, 1, 2, 0, 2, 1, 1, 0, 0]], dtype=np.int8)
    tile = from_coverage(cells, held, days=(day(0), day(1)), holders=holders, projection=PLANE)
    alone, found = geodesic_area_km2(tile.faces, PLANE.crs), geodesic_sizes(tile)
    ever = held.any(axis=0)
    assert found[ever].sum() == pytest.approx(alone[ever].sum(), rel=1e-12)
    assert found[~ever].tolist() == alone[~ever].tolist()


# ---- Which tiles, and the verbs ------------------------------------------------------------


def test_tiles_do_not_depend_on_the_machine(tmp_path, monkeypatch):
    snapshots = (drawn(squares("AB")), drawn(squares("AA"), 1))
    assert tile_points(snapshots, None, can_tile=True, root=tmp_path) is None
    monkeypatch.setattr("territory.history.memory_needs.EDGE_BYTES", 10**9)
    (tmp_path / "proc").mkdir()
    found = set()
    for free_kb in (10**10, 10**11):
        (tmp_path / "proc" / "meminfo").write_text(f"MemAvailable: {free_kb} kB\n")
        found.add(tile_points(snapshots, None, can_tile=True, root=tmp_path))
    assert found == {1000}
    assert TILE_BYTES / 2e9 < 1000
    assert tile_points(snapshots, None, root=tmp_path) is None  # there is room for the whole


def test_a_small_machine_cuts_no_tiles_where_others_cut_none(tmp_path, monkeypatch):
    snapshots = (drawn(squares("AB")), drawn(squares("AA"), 1))
    monkeypatch.setattr("territory.history.memory_needs.EDGE_BYTES", 2 * 10**8)
    assert 1e9 < needed_bytes(snapshots) < WHOLE_BYTES
    # Of one that does not say what is free, of a large one and of a small one.
    assert tile_points(snapshots, None, can_tile=True, root=tmp_path) is None
    (tmp_path / "proc").mkdir()
    free = tmp_path / "proc" / "meminfo"
    free.write_text("MemAvailable: 10000000 kB\n")
    assert tile_points(snapshots, None, can_tile=True, root=tmp_path) is None
    free.write_text("MemAvailable: 400000 kB\n")
    with pytest.raises(InputError, match=r"points together takes about .* GB is free; look at"):
        tile_points(snapshots, None, can_tile=True, root=tmp_path)


@pytest.mark.parametrize(
    "more", [[], *(["--area", box] for box in ("37.2,47.9,37.8,48.3", "30,40,31,41"))]
)
def test_verbs_print_the_same_by_tiles(tmp_path, capsys, monkeypatch, more):
    write_two_boxes(tmp_path)
    claims = tmp_path / "claims.toml"
    claims.write_text(
        '[[claim]]\nid = "a"\ntext = "all"\npublisher = "x"\npublished = 2024-01-04\nvalue = 2000\n'
        'unit = "km2"\nprecision = "roughly"\nday = 2024-01-03\n[[claim.reading]]\nname = "A"\n'
        'quantity = "total"\nby = ["A"]\n'
    )
    files = [str(tmp_path / "*.geojson"), "--profile", "zones"]
    ends = ["--from", "2024-01-01", "--to", "2024-01-03"]
    verbs = (
        ["areas", *files, *more],
        ["change", *files, *ends, *more],
        ["change", *files, *ends, "--components", *more],
        ["change", *files, "--all-pairs", *more],
        ["check", str(claims), *files, *more],
    )
    wholes = []
    for words in verbs:
        wholes.append((_code(words), capsys.readouterr().out))
    monkeypatch.setattr("territory.job.cut_zones.tile_points", lambda *_, can_tile, **__: 3)
    for words, whole in zip(verbs, wholes, strict=True):
        assert (_code(words), capsys.readouterr().out) == whole
        assert whole[1]


def test_claims_of_a_publisher_who_redraws_late_are_judged_the_same_by_tiles(
    tmp_path, capsys, monkeypatch
):
    """Of his map the sections are asked for, even if that of the series is never late."""
    write_two_boxes(tmp_path)
    claims = tmp_path / "claims.toml"
    claims.write_text(
        '[[claim]]\nid = "a"\ntext = "all"\npublisher = "DeepState"\npublished = 2024-01-04\n'
        'value = 2000\nunit = "km2"\nday = 2024-01-03\n[[claim.reading]]\nname = "A"\n'
        'quantity = "total"\nby = ["A"]\n'
    )
    profile = tmp_path / "mine.toml"
    profile.write_text(
        'name = "mine"\nabout = "x"\npublisher = "Another"\nlabel = "property"\n'
        'label_properties = ["actor"]\n',
        "utf-8",
    )
    words = ["check", str(claims), str(tmp_path / "*.geojson"), "--profile", str(profile)]
    whole = _code(words), capsys.readouterr().out
    assert "consistent" in whole[1]
    monkeypatch.setattr("territory.job.cut_zones.tile_points", lambda *_, can_tile, **__: 3)
    assert (_code(words), capsys.readouterr().out) == whole


@pytest.mark.parametrize("more", [[], ["--area", "37.2,47.9,37.8,48.3"]])
def test_tiles_cut_in_processes_give_the_same_bytes(tmp_path, capsys, monkeypatch, more):
    write_two_boxes(tmp_path)
    words = ["areas", str(tmp_path / "*.geojson"), "--profile", "zones", *more]
    monkeypatch.setattr("territory.job.cut_zones.tile_points", lambda *_, can_tile, **__: 3)
    alone = _code(words), capsys.readouterr()
    started, start = [], _Processes._start
    monkeypatch.setattr(_Processes, "_start", lambda pool: started.append(start(pool)))
    assert (_code([*words, "--workers", "2"]), capsys.readouterr()) == alone
    assert len(started) == 2  # not for the files, which are small
    assert (_code([*words, "--workers", "2", "--memory", "4GB"]), capsys.readouterr()) == alone
    assert len(started) == 2  # a tile at a time in what it may take


def test_as_many_tiles_are_cut_at_once_as_there_is_room_for(tmp_path):
    assert tiles_at_once(100, None, root=tmp_path) == 100  # where nobody says
    assert tiles_at_once(100, 10**12, root=tmp_path) == 1
    (tmp_path / "proc").mkdir()
    for free_kb, at_once in ((3_500_000, 3), (90_000_000, 4), (1_000, 1)):
        (tmp_path / "proc" / "meminfo").write_text(f"MemAvailable: {free_kb} kB\n")
        assert tiles_at_once(4, None, root=tmp_path) == at_once


def test_a_limit_smaller_than_one_tile_is_one_line(tmp_path, capsys):
    write_two_boxes(tmp_path)
    files = [str(tmp_path / "*.geojson"), "--profile", "zones"]
    assert _code(["areas", *files, "--memory", "1MB"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    line = next(each for each in said.err.splitlines() if "takes about" in each)
    assert "even tile by tile takes about 0.2 GB, and it may take 1 MB (--memory)" in line


@pytest.mark.parametrize(
    ("profile", "path"),
    [
        ("deepstate-daily", "ukraine/deepstate_daily/*202408*.geojson"),
        ("isw", "ukraine/isw/RussianAssessedCoTinUkraine/*202204*.geojson"),
    ],
)
def test_tiles_of_real_series_equal_one_piece(shared_data, profile, path):
    raws = read_series((str(shared_data / path),), read_profile(profile)).raws
    snapshots = tuple(normalise(raw) for raw in raws[:5])
    corners = len(np.unique(np.concatenate([each.xy for each in snapshots]), axis=0))
    error = BoundaryError(redraw_lag_days=1.5)
    found = assert_as_whole(snapshots, error, max_points=corners // 8)
    assert found.tiles >= 8


@pytest.mark.parametrize("grid", [1e-11, 1e-10])
def test_tiles_are_noded_on_a_grid_where_nothing_else_will_do(monkeypatch, grid):
    """On it borders move too, and both tiles move them alike."""
    monkeypatch.setattr("territory.history.tiles.grids", lambda _: (grid,))
    snapshots = degrees(*random_polygons(2, 4))
    found = tiled_history(snapshots, max_points=9)
    whole = areas_by_day(from_snapshots(snapshots))
    assert found.tiles > 3
    assert areas_by_day(found.whole)[:, 1:] == pytest.approx(whole[:, 1:], rel=1e-6)


# ---- Across 180 degrees --------------------------------------------------------------------


def across(*boxes):
    """Return days of one zone each, on both sides of 180 degrees and cut there, as files are."""
    return degrees(
        *(
            shapely.MultiPolygon([shapely.box(w, s, 180, n), shapely.box(-180, s, e, n)])
            for w, s, e, n in boxes
        )
    )


AROUND = ((179, -20, -179.8, -19.5), (179.2, -20, -179.5, -19.5), (179.2, -19.9, -179.5, -19.4))


@pytest.mark.parametrize("max_points", [3, 6, 10**6])
def test_tiles_across_180_degrees_are_as_the_whole(max_points):
    snapshots = across(*AROUND)
    found = assert_as_whole(snapshots, max_points=max_points)
    for row, (w, s, e, n) in zip(areas_by_day(found.whole), AROUND, strict=True):
        there = geodesic_area_km2(np.array([shapely.box(w - 180, s, e + 180, n)]), WGS84)
        assert row[1:].sum() == pytest.approx(float(there[0]), rel=1e-6)


@pytest.mark.parametrize("max_points", [3, 10**6])
def test_tiles_between_zones_to_both_sides_of_180_degrees_are_as_the_whole(max_points):
    both = shapely.MultiPolygon(
        [shapely.box(179, -77, 179.9, -76), shapely.box(-179, -76.5, -178, -76)]
    )
    assert_as_whole(degrees(both, both.buffer(0.01, join_style="mitre")), max_points=max_points)


@pytest.mark.parametrize("max_points", [2, 10**6])
def test_tiles_that_end_at_180_degrees_are_as_the_whole(max_points):
    assert_as_whole(
        degrees(shapely.box(179, 10, 180, 11), shapely.box(179.2, 10, 180, 11)),
        max_points=max_points,
    )


def test_the_globe_is_opened_where_nothing_is_drawn():
    assert opened_at(degrees(shapely.box(10, 0, 20, 1))) == -180.0
    assert opened_at(degrees(shapely.box(170, 0, 180, 1))) == -5.0
    assert opened_at(across((170, 0, -170, 1))) == 0.0
    assert opened_at(degrees(shapely.box(170, 0, 179, 1), shapely.box(-179, 0, -170, 1))) == 0.0
    assert opened_at(degrees(shapely.box(-170, 0, -9, 1), shapely.box(0, 0, 170, 1))) == -180.0
    assert opened_at(degrees(shapely.box(-180, 0, 0, 1), shapely.box(0, 0, 180, 1))) is None


@pytest.mark.parametrize("max_points", [2, 4])
def test_tiles_about_180_degrees_that_do_not_reach_it_are_as_the_whole(max_points):
    zone = shapely.MultiPolygon([shapely.box(175, -3, 179, 5), shapely.box(-179, -3, -175, 5)])
    assert_as_whole(degrees(zone, zone.buffer(-0.5, join_style="mitre")), max_points=max_points)


@pytest.mark.parametrize("end", [179, 180])
def test_on_a_cylinder_zones_about_180_degrees_are_cut_in_one_piece(
    tmp_path, capsys, monkeypatch, end
):
    halves = [shapely.box(175, 0, end, 5), shapely.box(-end, 0, -175, 5)]
    zone = gpd.GeoSeries([shapely.MultiPolygon(halves)], crs=4326).to_crs(3857)
    frame = gpd.GeoDataFrame({"actor": ["a"], "day": ["2024-01-01"]}, geometry=zone)
    frame.to_file(tmp_path / "zones.gpkg", driver="GPKG")
    words = ["areas", str(tmp_path), "--profile", "zones"]
    whole = _code(words), capsys.readouterr().out
    assert whole[1].count("\n") == 2
    monkeypatch.setattr(
        "territory.job.cut_zones.tile_points", lambda *_, can_tile, **__: 4 if can_tile else None
    )
    assert (_code(words), capsys.readouterr().out) == whole


def test_zones_all_around_the_globe_are_cut_in_one_piece(tmp_path, capsys, monkeypatch):
    boxes = [shapely.box(w, 86, w + 90, 87) for w in (-180, -90, 0, 90)]
    zones = [
        {"type": "Feature", "properties": {"actor": "a"}, "geometry": box.__geo_interface__}
        for box in boxes
    ]
    text = json.dumps({"type": "FeatureCollection", "features": zones})
    (tmp_path / "2024-01-01.geojson").write_text(text, encoding="utf-8")
    words = ["areas", str(tmp_path), "--profile", "zones"]
    whole = _code(words), capsys.readouterr().out
    monkeypatch.setattr("territory.job.memory.WHOLE_BYTES", 1.0)
    assert (_code(words), capsys.readouterr().out) == whole
    assert whole[1].count("\n") == 2


def test_verbs_print_the_same_by_tiles_across_180_degrees(tmp_path, capsys, monkeypatch):
    for n, east in enumerate((-178, -175)):
        zone = shapely.MultiPolygon([shapely.box(175, 0, 180, 5), shapely.box(-180, 0, east, 5)])
        one = {"type": "Feature", "properties": {"actor": "a"}, "geometry": zone.__geo_interface__}
        text = json.dumps({"type": "FeatureCollection", "features": [one]})
        (tmp_path / f"2024-01-0{n + 1}.geojson").write_text(text, encoding="utf-8")
    words = ["areas", str(tmp_path), "--profile", "zones", "--area", "177,1,-177,7"]
    tables = []
    for points in (None, 4):
        monkeypatch.setattr("territory.job.cut_zones.tile_points", lambda *_, n=points, **__: n)
        _code([*words, "--json"])
        tables.append(json.loads(capsys.readouterr().out))
    assert len(tables[0]) == 4
    assert_same(tables[1], tables[0], rel=1e-9)

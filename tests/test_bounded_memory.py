"""Memory that follows what changes, and not days times faces or edges times faces.

Each bound is checked beside the same figures worked out otherwise: from squares that are
counted, or with all of it at once.
"""

import tracemalloc
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import PLANE, cells_of, drawn, history_of, squares, write_two_boxes
from strategies import grids

from territory.cli import _code
from territory.errors import InputError
from territory.findings import FindingKind
from territory.geometry.arrays import holder_rows
from territory.geometry.crossings import PAIRS_AT_ONCE, winding_numbers
from territory.geometry.graphs import sparse_table
from territory.geometry.projection import WGS84
from territory.history.history import from_coverage, from_snapshots
from territory.history.memory_needs import (
    _RAYS_BYTES,
    _RAYS_EDGE_BYTES,
    CROSSED_BYTES,
    EDGE_BYTES,
    LIBRARIES_BYTES,
    POINT_BYTES,
    different_edges,
    needed_bytes,
)
from territory.history.overlaps import Overlap, resolve_overlaps
from territory.history.partition import partition
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Snapshot, Source
from territory.holders import NOBODY, Holder
from territory.job.memory import free_bytes, tile_points
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.measure.rows import area_rows
from territory.quality import connected_zones
from territory.quality.check import check_history
from territory.quality.connected_zones import SMALLEST_PIECE_KM2, Pieces, changed_pieces
from territory.quality.series_numbers import Series
from territory.read.formats.geojson import read_geojson
from territory.read.world import read_countries


def most_of(work):
    """Return what work returns, and the bytes of Python and numpy that it held at once."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# ---- Winding numbers ---------------------------------------------------------------------


@settings(max_examples=40)
@given(grids(days=4), st.booleans())
def test_winding_numbers_of_every_day_count_the_zones_around_each_face(days, merged):
    cut = partition(tuple(drawn(grid, n, merged=merged) for n, grid in enumerate(days)), PLANE)
    spots = shapely.point_on_surface(cut.faces)
    seen = 0
    for grid, (new, winding) in zip(days, cut.winding.by_day(), strict=True):
        cells = cells_of(grid)
        for layer, holder in enumerate(cut.holders):
            ground = shapely.union_all(cells.get(holder.actor, []))
            assert winding[layer].tolist() == shapely.covers(ground, spots).astype(int).tolist()
        assert new.tolist() == sorted(set(new.tolist()))
        seen += 1
    assert seen == cut.winding.days == 4
    assert np.array_equal(cut.winding.on(3), winding)


def lattice(wide):
    """Return a chequered lattice: its edges, each used by one of two layers, and its faces."""
    x, y = np.meshgrid(np.arange(wide, dtype=float), np.arange(wide, dtype=float))
    boxes = shapely.box(x.ravel(), y.ravel(), x.ravel() + 1, y.ravel() + 1)
    rings = shapely.get_coordinates(boxes).reshape(-1, 5, 2)
    ends = np.concatenate([rings[:, :-1], rings[:, 1:]], axis=2).reshape(-1, 4)
    layer = np.repeat((x + y).ravel().astype(int) % 2, 4)
    use = sparse_table(
        np.ones(len(ends), dtype=np.int16), layer, np.arange(len(ends)), (2, len(ends))
    )
    return use, ends, boxes


@pytest.mark.parametrize("pairs_at_once", [1, 37, 1000, PAIRS_AT_ONCE])
def test_winding_numbers_do_not_depend_on_how_many_are_looked_at_together(pairs_at_once):
    use, ends, boxes = lattice(9)
    found = winding_numbers(use, ends, boxes, pairs_at_once=pairs_at_once).toarray()
    turns = 1 if shapely.is_ccw(shapely.get_exterior_ring(boxes[0])) else -1
    chequer = np.add.outer(np.arange(9), np.arange(9)).ravel() % 2
    assert found.tolist() == [(turns * (chequer == layer)).tolist() for layer in (0, 1)]


@pytest.mark.parametrize("upwards", [0, 10**9])
def test_rays_to_the_right_and_upwards_find_the_same(monkeypatch, upwards):
    """Nested rings, some turned round, against a point in the polygon of each."""
    monkeypatch.setattr("territory.geometry.crossings._PAYS", upwards)
    chance = np.random.default_rng(8)
    shapes = [shapely.Point(*chance.uniform(0, 9, 2)).buffer(chance.uniform(1, 4)) for _ in "12345"]
    turned = [shape if n % 2 else shape.reverse() for n, shape in enumerate(shapes)]
    rings = [shapely.get_coordinates(shape) for shape in turned]
    ends = np.concatenate([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
    whose = np.repeat(np.arange(5), [len(ring) - 1 for ring in rings])
    use = sparse_table(
        np.ones(len(ends), dtype=np.int16), whose, np.arange(len(ends)), (5, len(ends))
    )
    noded = shapely.union_all([shapely.boundary(shape) for shape in shapes])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    found = winding_numbers(use, ends, faces).toarray()
    spots = shapely.point_on_surface(faces)
    for row, shape, each in zip(found, shapes, turned, strict=True):
        turns = 1 if shapely.is_ccw(shapely.get_exterior_ring(each)) else -1
        assert row.tolist() == (turns * shapely.contains(shape, spots)).tolist()
    assert (found != 0).any()


def test_a_lattice_needs_no_table_of_all_pairs_of_an_edge_and_a_face():
    use, ends, boxes = lattice(60)
    pairs = 2 * 60 * 60 * 60  # two upright edges a face, at the height of the faces of one row
    whole, at_once = most_of(lambda: winding_numbers(use, ends, boxes, pairs_at_once=10**9))
    found, in_blocks = most_of(lambda: winding_numbers(use, ends, boxes, pairs_at_once=20_000))
    assert np.array_equal(found.toarray(), whole.toarray())
    assert at_once > 8 * pairs
    assert in_blocks < at_once / 3


# ---- Long series -------------------------------------------------------------------------


def advance(days, *, points=120, moves=5):
    """Return the zones of a front of which a few corners go forward each day."""
    front, x = np.zeros(points), np.arange(points) * 1000.0
    chance = np.random.default_rng(5)
    for number in range(days):
        at = chance.choice(np.arange(number % 2, points, 2), moves, replace=False)
        front[at] += chance.uniform(50, 150, moves)
        line = np.column_stack([x, front])
        ring = np.vstack([line, [[x[-1], -9000.0], [x[0], -9000.0]]])
        shape = np.array([shapely.Polygon(ring)])
        when = date(2018, 1, 1) + timedelta(days=number)
        yield normalise(RawZones(when, PLANE.crs, Source("x"), (Holder("a"),), shape))


def test_a_long_series_takes_little_more_than_the_table_of_its_holders():
    snapshots = tuple(advance(400))
    days = tuple(each.day for each in snapshots)
    cut = partition(snapshots, PLANE)
    assert len(cut.faces) > 1900
    assert cut.winding.changes.nnz == len(cut.faces)  # a face is taken once, and stays
    (held_by, _, _), most = most_of(
        lambda: resolve_overlaps(cut, days, overlap=Overlap.ERROR, priority=())
    )
    assert held_by.nbytes == len(days) * len(cut.faces)  # a byte each
    assert most < 1.5 * held_by.nbytes
    history = from_snapshots(snapshots, projection=PLANE)
    assert np.array_equal(history.held_by, held_by)
    ground = [shapely.Polygon(each.xy).area / 1e6 for each in snapshots]
    assert history.held_km2()[:, 1] == pytest.approx(ground, rel=1e-9)


def test_the_same_days_share_their_table_of_holders():
    history = history_of(squares("AB"), squares("BB"))
    assert history.at_days(history.days).held_by is history.held_by
    assert history.at_days(history.days[:1]).held_by.shape[0] == 1


def test_two_bytes_where_there_are_more_holders_than_a_byte_can_number():
    shapes = np.array([shapely.box(x, 0, x + 900, 900) for x in np.arange(200) * 1000.0])
    names = tuple(Holder(f"actor {n:03}") for n in range(200))
    raw = RawZones(date(2018, 1, 1), PLANE.crs, Source("x"), names, shapes)
    history = from_snapshots((normalise(raw),), projection=PLANE)
    assert history.held_by.dtype == np.int16
    km2 = dict(zip(map(str, history.holders), history.held_km2()[0], strict=True))
    assert [km2[str(name)] for name in names] == pytest.approx([0.81] * 200)
    assert holder_rows(1, 1, 127).dtype == np.int8
    assert holder_rows(1, 1, 128).dtype == np.int16


@settings(max_examples=40)
@given(grids(days=3, actors="AB."), grids(days=3, actors="AC."))
def test_contested_ground_follows_the_days(one, other):
    """Two publishers' grids drawn over one another, against a count of the squares."""
    rows, columns = min(len(one[0]), len(other[0])), min(len(one[0][0]), len(other[0][0]))
    days = []
    for number, (a, b) in enumerate(zip(one, other, strict=True)):
        cells, names = [], []
        for grid in (a, b):
            part = tuple(row[:columns] for row in grid[:rows])
            for actor, found in sorted(cells_of(part).items()):
                cells += found
                names += [Holder(actor)] * len(found)
        shapes = np.array([*cells, None], dtype=object)[:-1]
        when = date(2018, 1, 1) + timedelta(days=number)
        days.append(normalise(RawZones(when, PLANE.crs, Source("x"), tuple(names), shapes)))
    if not any(len(each.xy) for each in days):
        return
    history = from_snapshots(tuple(days), projection=PLANE, overlap=Overlap.CONTESTED)
    for row, (a, b) in enumerate(zip(one, other, strict=True)):
        expected: dict[str, int] = {}
        for r in range(rows):
            for c in range(columns):
                there = {a[r][c], b[r][c]} - {"."}
                name = "contested" if len(there) > 1 else next(iter(there), "")
                expected[name] = expected.get(name, 0) + 1
        km2 = dict(zip(map(str, history.holders), history.held_km2()[row], strict=True))
        km2.pop("nobody")
        assert {name: round(each) for name, each in km2.items() if each > 0.5} == {
            name: count for name, count in expected.items() if name
        }
        overlaps = [
            each.km2
            for each in history.audit
            if each.kind == FindingKind.OVERLAP and each.day == history.days[row]
        ]
        assert round(sum(overlaps)) == expected.get("contested", 0)


# ---- Checks and intervals, a day or a block at a time ------------------------------------------


def wandering(days=14, faces=60):
    chance = np.random.default_rng(3)
    held = np.cumsum(chance.random((days, faces)) < 0.04, axis=0) % 3
    return from_coverage(
        np.array([shapely.box(x, 0, x + 4000, 9000) for x in 4000.0 * np.arange(faces)]),
        held.astype(np.int16),
        days=tuple(date(2018, 1, 1) + timedelta(days=n) for n in range(days)),
        holders=(NOBODY, Holder("a"), Holder("b")),
        projection=PLANE,
    )


@pytest.mark.parametrize("stretch", [1, 5, 64])
def test_zones_of_a_day_are_the_faces_that_hang_together(monkeypatch, stretch):
    monkeypatch.setattr(connected_zones, "STRETCH_DAYS", stretch)
    days = [tuple("".join(row) for row in grid) for grid in random_grids(12)]
    history = history_of(*days)
    pieces = Pieces.of(Series.of(history), history)
    for row, grid in enumerate(days):
        grounds = {actor: shapely.union_all(cells) for actor, cells in cells_of(grid).items()}
        zones = [
            (each.area / 1e6, actor)
            for actor, ground in grounds.items()
            for each in shapely.get_parts(ground)
        ]
        names = [str(history.holders[index]) for index in pieces.holder(row)]
        km2 = pieces.km2(row)
        found = [(km2[n], names[n]) for n in range(len(km2)) if km2[n] > 0]
        assert sorted((round(each, 3), name) for each, name in found) == sorted(
            (round(each, 3), name) for each, name in zones
        )
        label, spots = pieces.label(row), shapely.point_on_surface(history.faces)
        assert pieces.count(row) == (pieces.km2(row) > SMALLEST_PIECE_KM2).sum()
        for zone in np.unique(label[label >= 0]):
            around = shapely.covers(grounds[names[zone]], spots[label == zone])
            assert around.all()


def random_grids(days, *, size=7):
    """Return grids of which a few squares change each day."""
    chance = np.random.default_rng(11)
    grid = chance.choice(list("AB."), (size, size))
    for _ in range(days):
        yield grid
        grid = np.where(chance.random((size, size)) < 0.06, chance.choice(list("AB.")), grid)


def test_days_on_which_little_changed_are_not_looked_at_for_zones(monkeypatch):
    history = wandering(days=40)
    pieces = Pieces.of(Series.of(history), history)
    found = list(changed_pieces(pieces))
    monkeypatch.setattr(connected_zones, "_ROUNDING", 1.0)  # then every day with a change is
    assert list(changed_pieces(pieces)) == found
    assert len(found) > 1


def test_findings_do_not_depend_on_how_many_days_are_looked_at(monkeypatch):
    history = wandering()
    whole = check_history(history, countries=read_countries())
    monkeypatch.setattr(connected_zones, "STRETCH_DAYS", 3)
    monkeypatch.setattr(connected_zones, "_KEPT_DAYS", 1)
    assert check_history(history, countries=read_countries()) == whole
    assert len(whole) > 3


def test_intervals_do_not_depend_on_how_many_days_are_looked_at(monkeypatch):
    ensemble = Ensemble(wandering(days=70), BoundaryError(120.0, 700.0))
    whole = area_rows("x", ensemble, ensemble.base.days)
    monkeypatch.setattr("territory.measure.tables.SETS_AT_ONCE", 5)
    assert area_rows("x", ensemble, ensemble.base.days) == whole


# ---- Files -----------------------------------------------------------------------------------


def test_alike_properties_are_kept_once_and_as_they_stand(tmp_path):
    deep = '{"a":' * 300 + "1" + "}" * 300  # more deeply nested than is written
    rows = ['{"actor":"a","n":1.5}', '{"actor":"b","list":[1,"x",null]}', '{"actor":"a","n":1.5}']
    rows.append('{"actor":"c","deep":' + deep + "}")
    ring = "[[[0,0],[1,0],[1,1],[0,0]]]"
    geometry = f'"geometry":{{"type":"Polygon","coordinates":{ring}}}'
    features = (f'{{"type":"Feature","properties":{row},{geometry}}}' for row in rows)
    path = tmp_path / "a.geojson"
    path.write_text('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}")
    found = read_geojson(path).properties
    assert found[:3] == ({"actor": "a", "n": 1.5}, {"actor": "b", "list": [1, "x", None]}, found[0])
    assert found[0] is found[2]
    assert found[3]["actor"] == "c"


# ---- What is refused before it is tried --------------------------------------------------------


def test_edges_that_differ_are_counted_once_whichever_way_they_run():
    grids_of_days = (squares("AB", "A."), squares("AB", "AB"))
    snapshots = tuple(drawn(grid, n, merged=False) for n, grid in enumerate(grids_of_days))
    assert different_edges(snapshots[1:]) == 12  # of a lattice of 2 x 2: 6 level and 6 upright
    assert different_edges(snapshots) == 12
    assert different_edges(()) == 0
    one, both = needed_bytes(snapshots[:1]), needed_bytes(snapshots)
    assert (
        one
        < both
        < one + 30 * POINT_BYTES + 2 * (EDGE_BYTES + CROSSED_BYTES + _RAYS_EDGE_BYTES) + 100
    )
    assert needed_bytes(snapshots, limit=10**12) >= both  # nobody looked how many are alike


def fronts(*, days, points):
    """Return snapshots of a zone with so many corners, one of which moves each day."""
    x = np.linspace(30.0, 40.0, points)
    y = 46 + np.sin(x * 9) / 9
    found = []
    for n in range(days):
        y[n % points] += 1e-3
        ring = np.column_stack([np.append(x, [40, 30, 30]), np.append(y, [44, 44, y[0]])])
        ends = np.array([0, len(ring)]), np.zeros(1, dtype=np.int64)
        day = date(2018, 1, 1) + timedelta(n)
        found.append(Snapshot(day, WGS84, (Holder("a"),), ring, *ends))
    return tuple(found)


@pytest.mark.parametrize("points", [4, 60, 1_000])
def test_edges_are_counted_only_where_there_is_no_room_if_all_differ(monkeypatch, points):
    snapshots = fronts(days=40, points=points)
    needed, drawn = needed_bytes(snapshots), 40 * (points + 3)
    for limit in (needed / 2, needed - 1, needed):
        assert needed_bytes(snapshots, limit=limit) == needed
    monkeypatch.setattr("territory.history.memory_needs.different_edges", None)  # is not asked
    room = drawn * (POINT_BYTES + EDGE_BYTES + CROSSED_BYTES + 40) + LIBRARIES_BYTES
    room += min(_RAYS_BYTES, drawn * _RAYS_EDGE_BYTES)
    assert needed < needed_bytes(snapshots, limit=room) <= room


def kernel(folder, *, free_kb=8_000_000, most="max"):
    """Write the files in which Linux says how much memory there is."""
    group = folder / "sys" / "fs" / "cgroup"
    group.mkdir(parents=True)
    (folder / "proc").mkdir()
    (folder / "proc" / "meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable: {free_kb} kB\n")
    (group / "memory.max").write_text(f"{most}\n")
    return folder


@pytest.mark.parametrize(("most", "free"), [("max", 2048), ("1000", 1000), ("9999", 2048)])
def test_what_is_free_is_the_least_of_what_machine_and_container_leave(tmp_path, most, free):
    assert free_bytes(kernel(tmp_path, free_kb=2, most=most)) == free


def test_only_what_takes_far_more_than_is_free_is_refused(tmp_path, monkeypatch):
    snapshots = (drawn(squares("AB")),)
    tile_points(snapshots, None, root=kernel(tmp_path / "little", free_kb=1))  # small, and tried
    monkeypatch.setattr("territory.history.memory_needs.EDGE_BYTES", 10**9)
    needed = needed_bytes(snapshots)
    assert 7e9 < needed < 7.5e9
    tile_points(snapshots, None, root=kernel(tmp_path / "half", free_kb=needed // 2 // 1024 + 1))
    tile_points(snapshots, None, root=tmp_path / "nothing")  # where nobody says, all is tried
    with pytest.raises(
        InputError, match=r"^cutting a day of \d+ points together takes about 7\."
    ) as e:
        tile_points(
            snapshots, None, root=kernel(tmp_path / "less", free_kb=needed // 2 // 1024 - 1)
        )
    assert "and 3.6 GB is free; look at fewer days" in str(e.value)
    tile_points(snapshots, needed)
    with pytest.raises(InputError, match=r"it may take 7\.2 GB \(--memory\); look at fewer days"):
        tile_points(snapshots, needed - 1)


def test_a_limit_is_kept_by_verb_and_job(tmp_path, capsys):
    write_two_boxes(tmp_path)
    job = tmp_path / "job.toml"
    job.write_text('[series]\nprofile = "zones"\npath = "*.geojson"\n[maps]\nenabled = false\n')
    files = str(tmp_path / "*.geojson")
    out = str(tmp_path / "out")
    verbs = (
        ["areas", files, "--profile", "zones"],
        ["change", files, "--profile", "zones", "--from", "2024-01-01", "--to", "2024-01-03"],
        ["run", str(job), "--out", out],
    )
    for words in verbs:
        assert _code([*words, "--memory", "100MB"]) == 1
        said = capsys.readouterr()
        assert said.out == ""
        how = "together" if words[0] == "run" else "even tile by tile"
        assert f"{how} takes about 0.2 GB, and it may take 0.1 GB (--memory)" in said.err
        assert not (tmp_path / "out").exists()
        for wrong in ("much", "-4GB", "0"):
            assert _code([*words, "--memory", wrong]) == 2
            assert "is no size" in capsys.readouterr().err
        assert _code([*words, "--memory", "4GB"]) in {0, 3}
        capsys.readouterr()

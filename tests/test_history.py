"""The partition against counting squares, and against shapely's own overlay."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from squares import (
    KM,
    PLANE,
    actor_mark,
    counted_areas,
    counted_transitions,
    day,
    drawn,
    frame,
    history_of,
    square,
    squares,
)
from strategies import grids

from territory.errors import CRSError, GeometryError, InputError, OverlapError
from territory.geometry.area import in_plane, project
from territory.geometry.projection import WGS84, EqualArea
from territory.history import partition
from territory.history.history import from_coverage, from_snapshots
from territory.history.overlaps import Overlap
from territory.history.regions import Regions, with_regions
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder
from territory.measure.change import areas_by_day, gross_change, transfers, transition_matrix, zones


def as_counts(history, matrix):
    marks = [actor_mark(holder) for holder in history.holders]
    return {
        (a, b): round(matrix[i, j], 6)
        for i, a in enumerate(marks)
        for j, b in enumerate(marks)
        if matrix[i, j] > 1e-9
    }


@settings(max_examples=60)
@given(grids(days=3), st.booleans())
def test_areas_and_transitions_are_the_number_of_squares(days, merged):
    history = history_of(*days, merged=merged)
    marks = [actor_mark(holder) for holder in history.holders]
    for row, grid in zip(areas_by_day(history, "frame"), days, strict=True):
        found = {m: round(km2, 6) for m, km2 in zip(marks, row, strict=True) if km2 > 1e-9}
        assert found == counted_areas(grid)
    for a in range(3):
        for b in range(3):
            matrix = transition_matrix(history, day(a), day(b), "frame")
            assert as_counts(history, matrix) == counted_transitions(days[a], days[b])


@settings(max_examples=30)
@given(grids(days=4))
def test_gross_change_counts_every_step(days):
    history = history_of(*days)
    expected = {}
    for before, after in pairwise(days):
        for pair, count in counted_transitions(before, after).items():
            if pair[0] != pair[1]:
                expected[pair] = expected.get(pair, 0) + count
    assert as_counts(history, gross_change(history, day(0), day(3), "frame")) == expected


def test_gross_change_of_an_area_is_what_changed_in_it():
    """Two squares change hands in the west twice, three in the east once."""
    days = squares("AABBB", "AABBB"), squares("BAAAB", "BABBA"), squares("AAAAB", "AABBA")
    west = shapely.box(0, -2 * KM, 2 * KM, 0)
    history = history_of(*days).with_areas({"west": west, "none": shapely.box(9e3, 0, 9.5e3, 400)})
    whole = as_counts(history, gross_change(history, day(0), day(2), "frame"))
    assert whole == {("A", "B"): 2, ("B", "A"): 5}
    inside = as_counts(history, gross_change(history, day(0), day(2), "west"))
    assert inside == {("A", "B"): 2, ("B", "A"): 2}
    assert as_counts(history, gross_change(history, day(0), day(2), "none")) == {}


def test_pieces_of_a_face_have_its_true_area_and_not_that_of_its_chords():
    """Every face is a little larger than its chords say: so are its pieces, by the same share."""
    history = history_of(squares("AB", "BA"), squares("BB", "AA"))
    truth = history.area_m2 * np.linspace(1.001, 1.004, len(history.faces))
    curved = replace(history, area_m2=truth)
    askew = shapely.Polygon([(300, 500), (1700, 700), (1500, -2500), (100, -1900)])
    regions = Regions(("one",), np.array([askew, None], dtype=object)[:-1])
    for cut in (curved.with_areas({"askew": askew}), with_regions(curved, regions)):
        assert len(cut.faces) > len(history.faces)
        pieces = np.bincount(cut.origin[cut.origin >= 0], cut.area_m2[cut.origin >= 0])
        np.testing.assert_allclose(pieces, truth, rtol=1e-9)


@pytest.mark.parametrize("where", ["area", "region"])
def test_a_bare_strip_of_millimetres_goes_on_as_the_face_beside_it(where):
    """The rim of an area lies 4 mm outside the zones: one line drawn twice. 40 cm is ground."""

    def held(gap):
        history = from_snapshots((drawn(squares("AB", "AB")),), projection=PLANE)
        rim = shapely.box(-gap, -2 * KM - gap, 2 * KM + gap, gap)
        if where == "area":
            cut = history.with_areas({"named": rim})
        else:
            regions = Regions(("named",), np.array([rim, None], dtype=object)[:-1])
            cut = with_regions(history, regions)
        km2 = areas_by_day(cut, "named")[0]
        return {str(holder): m2 for holder, m2 in zip(cut.holders, km2 * 1e6, strict=True)}

    thin, wide = held(0.004), held(0.4)
    assert thin["nobody"] == pytest.approx(0, abs=1e-3)
    assert thin["A"] + thin["B"] == pytest.approx(4e6 + 4 * 2000 * 0.004, abs=1e-3)
    assert wide["nobody"] == pytest.approx(4 * 2000 * 0.4 + 4 * 0.4**2, abs=1e-3)


@settings(max_examples=30)
@given(grids(days=2), grids(days=1, actors="XY"))
def test_areas_of_interest_partition_the_whole(days, masks):
    """Two areas that fill the frame add up to it, whatever their outline."""
    history = history_of(*days)
    west = shapely.box(-KM, -10 * KM, 1.5 * KM, KM)
    east = shapely.box(1.5 * KM, -10 * KM, 99 * KM, KM)
    whole = frame(days[0])
    cut = history.with_areas(
        {"west": shapely.intersection(west, whole), "east": shapely.intersection(east, whole)}
    )
    parts = sum(transition_matrix(cut, day(0), day(1), name) for name in ("west", "east"))
    assert parts == pytest.approx(transition_matrix(history, day(0), day(1), "frame"), abs=1e-9)
    assert parts.sum() == pytest.approx(whole.area / 1e6, rel=1e-12)


def test_an_area_drawn_along_large_faces_leaves_no_empty_face():
    """The rounding of an area of a million km2 is more than a square millimetre."""
    turn = np.linspace(0, 2 * np.pi, 1234, endpoint=False)
    ring = 6e5 * np.column_stack([np.cos(turn) * (1 + 0.1 * np.sin(7 * turn)), np.sin(turn)])
    for start in range(0, 1234, 61):
        history = from_coverage(
            np.array([shapely.Polygon(ring)]),
            np.zeros((1, 1), dtype=np.int16),
            days=(day(0),),
            holders=(NOBODY,),
            projection=PLANE,
        )
        area = shapely.Polygon(np.roll(ring, start, axis=0))
        cut = history.with_areas({"same": shapely.union(area, shapely.box(-1, -1, 1, 1))})
        assert not shapely.is_empty(cut.faces).any()
        assert cut.area_m2.sum() == pytest.approx(history.area_m2.sum(), rel=1e-12)


def waved(history, width_m):
    """Return the outline of a history with its rim waving about that of the zones."""
    west, south, east, north = shapely.total_bounds(history.faces)
    x = np.linspace(west, east, 400)
    wave = width_m * np.cos(np.arange(400.0))
    return shapely.Polygon(np.vstack([np.c_[x, south + wave], np.c_[x[::-1], north + wave]]))


def test_a_line_drawn_twice_within_rounding_makes_no_face():
    history = history_of(squares("AB"), squares("BA"))
    cut = history.with_areas({"waved": waved(history, 1e-6)})
    assert len(cut.faces) == len(history.faces)
    assert cut.mask("waved").all()
    np.testing.assert_array_equal(cut.area_m2, history.area_m2)


@pytest.mark.parametrize("width_m", [1e-6, 1e-4, 1e-3, 1e-2, 1.0])
def test_an_area_is_the_same_whatever_else_is_named(width_m):
    """Bare ground along a rim, however thin, is counted once, and all of it is somebody's."""
    history = history_of(squares("AB"), squares("BA"))
    area = waved(history, width_m)
    sizes = []
    for count in (1, 2, 5):
        cut = history.with_areas({f"area {n}": area for n in range(count)})
        sizes += [cut.area_m2[cut.mask(f"area {n}")].sum() for n in range(count)]
        held = areas_by_day(cut, "area 0")
        assert held.sum(axis=1) == pytest.approx([area.area / 1e6] * 2, rel=2e-9)
    assert sizes == pytest.approx([area.area] * len(sizes), rel=2e-9)


def test_ground_beside_a_long_border_is_cut_off():
    """A face lies along an area for a thousand kilometres and has a tab of 100 m2 in it."""
    face = shapely.union(shapely.box(0, 0, 1e6, 1e3), shapely.box(10, -5, 30, 0))
    history = from_coverage(
        np.array([face]),
        np.zeros((1, 1), dtype=np.int16),
        days=(day(0),),
        holders=(NOBODY,),
        projection=PLANE,
    )
    cut = history.with_areas({"south": shapely.box(-1e3, -1e3, 1.1e6, 0)})
    assert cut.area_m2[cut.mask("south")].sum() == pytest.approx(100.0, rel=1e-9)
    assert cut.area_m2.sum() == pytest.approx(history.area_m2.sum(), rel=1e-12)


def test_faces_match_after_they_were_cut():
    """Neighbours run through the same points, though only one of them was cut there."""
    history = history_of(squares("AB", "BA"), squares("BA", "AA"))
    x = np.linspace(-9_000, 9_000, 1_000)
    areas = {
        str(number): shapely.Polygon(np.r_[np.c_[x, x / 3 + 1e-5 * np.cos(number * x)], [(0, 2e4)]])
        for number in (1, 2)
    }
    cut = history.with_areas(areas)
    assert len(cut.faces) > len(history.faces)
    assert shapely.coverage_is_valid(cut.faces)


def test_golden_two_by_two():
    before = squares(
        "AB",
        "A.",
    )
    after = squares(
        "BB",
        "A.",
    )
    history = history_of(before, after)
    assert as_counts(history, transition_matrix(history, day(0), day(1), "frame")) == {
        ("A", "A"): 1,
        ("A", "B"): 1,
        ("B", "B"): 1,
        (".", "."): 1,
    }
    (moved,) = transfers(history, day(0), day(1), "frame")
    assert (moved.giver, moved.taker, moved.km2) == (Holder("A"), Holder("B"), pytest.approx(1))
    assert moved.geometry.equals(square(0, 0))


def random_polygons(seed, count):
    """Star-shaped polygons with irrational vertices, so that nothing meets by chance."""
    random = np.random.default_rng(seed)
    shapes = []
    for _ in range(count):
        angle = np.sort(random.uniform(0, 2 * np.pi, 12))
        radius = random.uniform(0.2, 1.0, 12) * 0.4
        x = random.uniform(36.8, 37.6) + radius * np.cos(angle)
        y = random.uniform(35.4, 36.0) + radius * np.sin(angle)
        shapes.append(shapely.Polygon(np.column_stack([x, y])))
    return [shape for shape in shapes if shape.is_valid]


@pytest.mark.parametrize("seed", range(5))
def test_transitions_equal_pairwise_overlay(seed):
    """The oracle projects densely and overlays with shapely, polygon by polygon.

    A chord error of 1 cm along some kilometres of boundary is up to 20 m2.
    """
    shapes = random_polygons(seed, 6)
    snapshots = tuple(
        normalise(RawZones(day(n), WGS84, Source("x"), (Holder("A"),), np.array([shape])))
        for n, shape in enumerate(shapes)
    )
    history = from_snapshots(snapshots, projection=PLANE)
    transform = PLANE.transformer(WGS84).transform
    dense = [
        shapely.transform(
            shapely.segmentize(shape, 0.001), lambda c: np.column_stack(transform(c[:, 0], c[:, 1]))
        )
        for shape in shapes
    ]
    held = history.holders.index(Holder("A"))
    for a, first in enumerate(dense):
        for b, second in enumerate(dense):
            matrix = transition_matrix(history, day(a), day(b))
            assert matrix[held, held] * 1e6 == pytest.approx(
                shapely.intersection(first, second).area, rel=1e-6, abs=20
            )
            assert matrix[held, 0] * 1e6 == pytest.approx(
                shapely.difference(first, second).area, rel=1e-6, abs=20
            )


def test_half_an_edge_leaves_no_sliver():
    """One day's edge is a part of another's: they must not become two chords."""
    wide, half = shapely.box(37, 35, 38, 36), shapely.box(37, 35, 37.5, 36)
    snapshots = tuple(
        normalise(RawZones(day(n), WGS84, Source("x"), (Holder("A"),), np.array([shape])))
        for n, shape in enumerate([wide, half])
    )
    assert len(from_snapshots(snapshots).faces) == 2


def redrawn(number, reach):
    """A zone some hundred metres wide whose edges carry other points, up to rounding, each day."""
    random = np.random.default_rng(number)
    angle = np.linspace(0, 2 * np.pi, 150, endpoint=False)
    away = reach * np.random.default_rng(99).uniform(0.5, 1, len(angle))
    ring = np.column_stack([37.1 + away * np.cos(angle), 35.9 + away * np.sin(angle)])
    between = np.sort(random.uniform(0, 1, (3, len(ring), 1)), axis=0)
    more = ring + (np.roll(ring, -1, axis=0) - ring) * between
    points = np.stack([ring, *more], axis=1).reshape(-1, 2)
    return shapely.Polygon(points + random.normal(0, 1e-12, points.shape))


@pytest.mark.parametrize("reach", [1e-4, 3e-3])  # of a degree: 10 and 300 m
@pytest.mark.parametrize("crs", [WGS84, CRS.from_epsg(32637)])
def test_small_zones_whose_edges_cannot_be_noded_exactly(reach, crs, monkeypatch):
    shapes = np.array([redrawn(number, reach) for number in range(8)])
    plane = EqualArea(37.1, 35.9)
    drawn_in = project(shapes, WGS84, crs, max_chord_error=1e9)
    snapshots = tuple(
        normalise(RawZones(day(n), crs, Source("x"), (Holder("A"),), drawn_in[n : n + 1]))
        for n in range(len(shapes))
    )
    history = from_snapshots(snapshots, projection=plane)
    expected = in_plane(drawn_in, crs, plane.crs)[1] / 1e6
    assert areas_by_day(history)[:, 1] == pytest.approx(expected, rel=1e-9)
    monkeypatch.setattr("territory.history.partition._GRIDS", (1e-8,))
    with pytest.raises(GeometryError, match="does not conserve areas"):
        from_snapshots(snapshots, projection=plane)


def test_a_small_zone_is_not_lost_beside_a_large_one(monkeypatch):
    """A yard some ten metres wide, on the map of a country ten thousand million times as large."""
    country, village = shapely.box(30, 40, 40, 50), shapely.box(41, 45, 41.0001, 45.0001)
    shapes = np.array([country, village])
    zones = RawZones(day(0), WGS84, Source("x"), (Holder("A"), Holder("B")), shapes)
    snapshots = (normalise(zones),)
    assert len(from_snapshots(snapshots).faces) == 2

    def losing(lines, grid, *, found=partition.faces_between):
        faces = found(lines, grid)
        return faces[shapely.area(faces) > 1]

    monkeypatch.setattr(partition, "faces_between", losing)
    with pytest.raises(GeometryError, match="does not conserve areas"):
        from_snapshots(snapshots)


def test_overlap_policies():
    both = (Holder("A"), Holder("B"))
    shapes = np.array([shapely.box(0, 0, 2 * KM, KM), shapely.box(KM, 0, 3 * KM, KM)])
    snapshot = normalise(RawZones(day(0), PLANE.crs, Source("x"), both, shapes))

    def areas(**options):
        history = from_snapshots((snapshot,), projection=PLANE, **options)
        row = areas_by_day(history)[0]
        return {str(h): km2 for h, km2 in zip(history.holders, row, strict=True) if km2}, history

    with pytest.raises(OverlapError, match=r"A and B overlap by 1\.0 km2"):
        areas()
    assert areas(overlap=Overlap.FIRST)[0] == pytest.approx({"A": 2, "B": 1})
    assert areas(overlap=Overlap.FIRST, priority=("B",))[0] == pytest.approx({"A": 1, "B": 2})
    found, history = areas(overlap=Overlap.CONTESTED)
    assert found == pytest.approx({"A": 1, "B": 1, "contested": 1})
    assert [(f.kind, f.km2) for f in history.audit] == [("overlap", pytest.approx(1))]


def test_overlapping_polygons_of_one_actor_count_once():
    shapes = np.array([shapely.box(0, 0, 2 * KM, KM), shapely.box(KM, 0, 3 * KM, KM)])
    snapshot = normalise(RawZones(day(0), PLANE.crs, Source("x"), (Holder("A"),) * 2, shapes))
    assert areas_by_day(from_snapshots((snapshot,), projection=PLANE)).tolist() == [[0, 3]]


def test_an_area_beyond_the_zones_is_held_by_nobody():
    history = history_of(squares("A")).with_areas({"wide": shapely.box(-KM, -KM, KM, 0)})
    assert areas_by_day(history, "wide")[0].tolist() == [1, 1]


def test_an_area_beyond_a_coverage_is_not_covered():
    cover = from_coverage(
        np.array([square(0, 0)]),
        np.array([[1]], dtype=np.int16),
        days=(day(0),),
        holders=(NOBODY, Holder("A")),
        projection=PLANE,
    ).with_areas({"wide": shapely.box(-KM, -KM, KM, 0)})
    assert areas_by_day(cover, "wide")[0].tolist() == [0, 1]
    assert cover.covered_share("wide") == pytest.approx(0.5)


def test_zones_add_up_and_do_not_overlap():
    history = history_of(squares("AAB", "A.B"))
    found = dict(zones(history, day(0), "frame"))
    assert sum(z.area for z in found.values()) == pytest.approx(6e6)
    assert found[Holder("A")].area == pytest.approx(3e6)


def test_days_must_increase_and_be_known():
    grid = drawn(squares("A"))
    with pytest.raises(InputError, match="strictly increasing"):
        from_snapshots((grid, grid), projection=PLANE)
    with pytest.raises(InputError, match="nearest days are 2018-01-01"):
        history_of(squares("A"), squares("A")).at_days((date(2018, 1, 1), date(2017, 1, 1)))


def test_mixed_crs_is_an_error():
    degrees = normalise(
        RawZones(
            day(1), WGS84, Source("x"), (Holder("A"),), np.array([shapely.box(37, 35, 38, 36)])
        )
    )
    with pytest.raises(CRSError, match="WGS 84"):
        from_snapshots((drawn(squares("A")), degrees))


def test_nothing_to_measure():
    with pytest.raises(InputError, match="no snapshot"):
        from_snapshots(())


FLAT = shapely.Polygon([(37, 35), (38, 36), (37, 35)])


@pytest.mark.parametrize("shapes", [(), (shapely.Polygon(),), (FLAT,), (None,)])
def test_days_without_any_ground(shapes):
    def of(number, *shapes):
        holders = tuple(Holder("A") for _ in shapes)
        geometry = np.array([*shapes, None], dtype=object)[:-1]
        return normalise(RawZones(day(number), WGS84, Source("x"), holders, geometry))

    empty = of(0, *shapes)
    with pytest.raises(GeometryError, match="no snapshot has any polygon"):
        from_snapshots((empty,))
    history = from_snapshots((empty,), projection=PLANE).with_areas({"square": square(0, 0)})
    assert areas_by_day(history, "square").tolist() == [[1.0]]
    assert not areas_by_day(history)[:, 1:].any()
    history = from_snapshots((empty, of(1, shapely.box(37, 35, 38, 36)), of(2)))
    found = areas_by_day(history)
    assert found[:, 1] == pytest.approx([0, 10066.2752, 0], rel=1e-8)
    assert found.sum(axis=1) == pytest.approx(found[1].sum())


def test_history_checks_itself():
    history = history_of(squares("A"))
    with pytest.raises(InputError, match="one holder per day and face"):
        replace(history, held_by=np.zeros((2, 1), np.int16))
    with pytest.raises(InputError, match="no finite area"):
        replace(history, area_m2=np.full(len(history.faces), np.nan))


def test_the_boundary_of_faces_in_several_parts_counts():
    """ABA over CCC: the first face in two parts, the others in one."""
    parts = shapely.MultiPolygon([square(0, 0), square(0, 2)])
    below = shapely.Polygon(
        [(0, -KM), (KM, -KM), (2 * KM, -KM), (3 * KM, -KM), (3 * KM, -2 * KM), (0, -2 * KM)]
    )
    history = from_coverage(
        np.array([parts, square(0, 1), below]),
        np.array([[1, 2, 3]], dtype=np.int16),
        days=(day(0),),
        holders=(NOBODY, Holder("A"), Holder("B"), Holder("C")),
        projection=PLANE,
    )
    expected = {(0, 1): 2, (0, 2): 2, (1, 2): 1, (-1, 0): 4, (-1, 1): 1, (-1, 2): 5}
    assert by_pair(*history.borders) == expected
    lines = history.lines
    assert by_pair(lines.length_m, lines.one, lines.other) == expected


def by_pair(length, one, other):
    """Return the length of borders in kilometres by the faces on both sides."""
    found = Counter()
    for metres, *pair in zip(length.tolist(), one.tolist(), other.tolist(), strict=True):
        found[tuple(sorted(pair))] += round(metres / KM, 9)
    return found


def in_degrees(*zones):
    """Return the history of one day of zones of one holder, drawn in longitude and latitude."""
    holders = (Holder("a"),) * len(zones)
    return from_snapshots(
        (normalise(RawZones(day(0), WGS84, Source("drawn"), holders, np.array(zones))),)
    )


def test_faces_as_they_were_drawn_are_known_until_some_are_cut_or_left_out():
    whole = in_degrees(shapely.box(37, 35, 38, 36), shapely.box(39, 35, 40, 36))
    assert whole.as_drawn.crs == WGS84
    assert shapely.area(whole.as_drawn.faces).tolist() == [1.0, 1.0]
    middle = shapely.affinity.scale(shapely.box(*shapely.total_bounds(whole.faces)), 0.5)
    cut = whole.with_areas({"middle": middle})
    assert cut.as_drawn is None
    assert whole.with_areas({"all of it": middle.buffer(1e6)}).part("all of it").as_drawn is None
    assert replace(whole, faces=whole.faces[::-1]).as_drawn is None


def test_zones_that_go_on_beyond_180_degrees_are_in_no_crs_as_they_were_drawn():
    assert in_degrees(shapely.box(170, 50, 180, 60)).as_drawn is not None
    assert (
        in_degrees(shapely.box(170, 50, 180, 60), shapely.box(-180, 50, -170, 60)).as_drawn is None
    )

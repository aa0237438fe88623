"""Zones put together from lines against shapely's own union of the faces."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import PLANE, day, history_of, square, squares
from strategies import grids

from territory.geometry.area import geodesic_area_km2
from territory.geometry.edges import edges_of
from territory.geometry.outlines import all_ground, outlines_of
from territory.history.history import from_coverage
from territory.holders import NOBODY
from territory.job import checks
from territory.measure.change import zones


@settings(max_examples=60)
@given(grids(days=3), st.booleans())
def test_the_ground_of_every_holder_is_the_union_of_its_faces(days, merged):
    history = history_of(*days, merged=merged)
    for number in range(3):
        held = history.held_by[number]
        for index in range(len(history.holders)):
            found = history.outlines.around(held == index)
            expected = shapely.union_all(history.faces[held == index])
            assert found.is_valid
            assert shapely.normalize(found).equals(shapely.normalize(expected)), (found, expected)
            assert len(shapely.get_parts(found)) == len(shapely.get_parts(expected))


@settings(max_examples=40)
@given(grids(days=2), st.booleans())
def test_all_ground_is_the_union_of_all_faces(days, merged):
    history = history_of(*days, merged=merged)
    found = all_ground(history.faces, history.edges)
    expected = shapely.union_all(history.faces)
    assert shapely.is_valid(found).all()
    assert shapely.normalize(shapely.union_all(found)).equals(shapely.normalize(expected))
    assert shapely.area(found).sum() == pytest.approx(expected.area)


@st.composite
def partitions(draw):
    """Draw faces between boxes and circles: some left out, some rings begun elsewhere."""
    spot = st.integers(0, 6)
    corners = draw(
        st.lists(st.tuples(spot, spot, st.integers(1, 4), st.integers(1, 4)), max_size=4)
    )
    drawn = [shapely.box(x, y, x + wide, y + high) for x, y, wide, high in corners]
    drawn += [
        shapely.Point(x, y).buffer(2, quad_segs=2)
        for x, y in draw(st.sets(st.tuples(spot, spot), min_size=1, max_size=2))
    ]
    noded = shapely.union_all([each.boundary for each in drawn])
    faces = shapely.get_parts(shapely.polygonize([noded])).tolist()
    found = []
    for face, is_left_out, by in zip(
        faces,
        *(
            draw(st.lists(each, min_size=len(faces), max_size=len(faces)))
            for each in (st.booleans(), st.integers(0, 3))
        ),
        strict=True,
    ):
        ring = np.roll(shapely.get_coordinates(face.exterior)[:-1], by, axis=0)
        if draw(st.integers(0, 9)) == 9:  # a point twice in a row
            ring = ring[[0, *range(len(ring))]]
        found += [] if is_left_out else [shapely.Polygon(ring, face.interiors)]
    return np.array([*found, None], dtype=object)[:-1]


@settings(max_examples=200)
@given(partitions())
def test_lines_are_those_that_single_edges_string_together_to(faces):
    edges = edges_of(faces)
    single = shapely.get_parts(edges.line(np.ones(len(edges.one), dtype=bool)))
    assert (
        shapely.to_wkt(outlines_of(faces).lines, -1).tolist() == shapely.to_wkt(single, -1).tolist()
    )


def test_only_ground_of_faces_that_match_is_measured_by_its_outline():
    history = history_of(squares("AA", "AB"), squares("AB", "AB"))
    whole = history_of(squares("AA", "AB"), squares("AB", "AB")).before_cut
    for each in (history, replace(history, uncut=None)):  # cut along the frame, and as if not
        outline, beside_km2 = checks._outlined(each)
        assert shapely.area(outline).sum() == pytest.approx(shapely.area(history.faces).sum())
        assert len(outline) == 1
        assert beside_km2 == pytest.approx(0, abs=1e-9)
    beyond = history_of(squares("AA", "A."), squares("AA", "A."))  # the frame brings a square
    assert checks._outlined(beyond)[0] is beyond.faces
    twice = np.array([*whole.faces, whole.faces[0]])  # a face that lies on another
    overlapping = from_coverage(
        twice,
        np.zeros((1, len(twice)), dtype=np.int16),
        days=(day(0),),
        holders=(NOBODY,),
        projection=PLANE,
    )
    assert checks._outlined(overlapping)[0] is overlapping.faces


@pytest.mark.parametrize(("lacking", "is_outlined"), [(4e-10, True), (-4e-10, True), (1e-6, False)])
def test_what_an_outline_lacks_by_a_rounding_counts(monkeypatch, lacking, is_outlined):
    history = replace(history_of(squares("AA", "AB"), squares("AB", "AB")), uncut=None)
    faces = checks.ground_sizes(history)[1]
    whole = shapely.union_all(history.faces)
    west, south, east, north = whole.bounds
    less = shapely.box(west, south, east - lacking * (east - west), north)
    (box,) = geodesic_area_km2(np.array([shapely.box(*whole.bounds)]), PLANE.crs)
    monkeypatch.setattr(checks, "all_ground", lambda *_: np.array([less]))
    outline, beside_km2 = checks._outlined(history)
    assert (outline is not history.faces) == is_outlined
    assert beside_km2 == pytest.approx(lacking * whole.area / 1e6 if is_outlined else 0.0, rel=1e-3)
    expected = box if is_outlined else faces
    assert checks.ground_sizes(history)[1] == pytest.approx(expected, rel=1e-11)


def test_a_ring_a_hole_in_it_and_an_island_in_that():
    grid = squares("AAAAA", "A...A", "A.A.A", "A...A", "AAAAA")
    history = history_of(grid)
    ((holder, ground),) = zones(history, day(0), nobody=False)
    assert holder.actor == "A"
    assert ground.area == 17e6
    assert sorted(len(part.interiors) for part in ground.geoms) == [0, 1]
    assert [h for h, _ in zones(history, day(0))] == [NOBODY, holder]


def test_faces_in_parts_and_no_face_at_all():
    faces = np.array([shapely.MultiPolygon([square(0, 0), square(0, 2)]), square(0, 1)])
    found = outlines_of(faces)
    assert found.around(np.array([True, True])).equals(shapely.box(0, -1000, 3000, 0))
    assert len(found.around(np.array([True, False])).geoms) == 2
    assert found.around(np.array([False, False])).is_empty
    assert outlines_of(np.zeros(0, dtype=object)).around(np.zeros(0, dtype=bool)).is_empty


def test_faces_that_do_not_share_every_point_are_overlaid():
    """The long side of one face is two sides of its neighbours."""
    faces = np.array([shapely.box(0, 0, 2, 1), shapely.box(0, 1, 1, 2), shapely.box(1, 1, 2, 2)])
    found = outlines_of(faces).around(np.array([True, True, True]))
    assert found.area == pytest.approx(4)
    assert shapely.get_num_coordinates(shapely.simplify(found, 0)) == 5


def test_gaps_of_a_rounding_leave_no_hair(monkeypatch):
    """A gap within a zone, one at its rim and shells that overlap by a rounding."""
    hair = 1e-8
    faces = np.array(
        [
            shapely.box(0, 0, 1000, 1000),
            shapely.Polygon([(1000, 0), (2000, 0), (2000, 1000), (1000, 1000), (1000 + hair, 500)]),
            shapely.box(2000 - hair, 200, 3000, 800),
        ]
    )
    monkeypatch.setattr("territory.geometry.outlines.dissolved", None)  # not needed
    found = outlines_of(faces).around(np.ones(3, dtype=bool))
    assert found.is_valid
    assert found.area == pytest.approx(2.6e6, rel=1e-9)
    assert all(not part.interiors for part in shapely.get_parts(found))


def test_a_face_that_crosses_itself_by_a_rounding_keeps_its_side():
    """Its highest corner is that of a loop which runs the other way round."""
    loop = [(4 + 1e-7, 5), (4 - 1e-7, 5 + 1e-7), (4 + 1e-7, 5 + 1e-7), (4 - 1e-7, 5)]
    knot = shapely.Polygon([(0, 0), (9, 0), (9, 5), *loop, (0, 5)])
    assert not knot.is_valid
    assert not knot.exterior.is_ccw  # says GEOS, by the highest corner
    edges = edges_of(np.array([knot]))
    (bottom,) = np.flatnonzero((edges.ends == [0, 0, 9, 0]).all(axis=1))
    assert edges.on_left[edges.edge == bottom].tolist() == [True]

"""Dissolving faces, against an overlay."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from territory.geometry import coverage
from territory.geometry.coverage import (
    dissolved,
    is_coverage,
    matched,
    nearest_of,
    parts_of,
    union_of,
)
from territory.geometry.cutting import Overlays, cut_along, cut_along_all

SQUARES = np.array([shapely.box(x, y, x + 1, y + 1) for x in range(5) for y in range(5)])


@given(st.sets(st.integers(0, 24)))
def test_dissolved_squares_are_what_an_overlay_gives(chosen):
    faces = SQUARES[sorted(chosen)]
    whole = dissolved(faces)
    assert whole.is_valid
    assert whole.area == len(chosen)
    assert shapely.equals(whole, shapely.union_all(faces))


@pytest.mark.parametrize("off", [0.0, 1e-12, 1e-9])
def test_a_corner_on_a_neighbours_edge_leaves_no_hair(off):
    """A corner that the neighbour does not have, on its edge or a rounding beside it."""
    west = shapely.Polygon([(0, 0), (1000, 0), (1000 + off, 400), (1000, 1000), (0, 1000)])
    east = shapely.box(1000, 0, 2000, 1000)
    whole = dissolved(np.array([west, east]))
    assert whole.is_valid
    assert len(shapely.get_parts(whole)) == 1
    assert sum(2 * shapely.Polygon(ring).area / ring.length < 1 for ring in rings(whole)) == 0
    assert whole.area == pytest.approx(2e6, rel=1e-9)


@pytest.mark.parametrize("kind", ["", "Z", "M", "ZM"])
def test_parts_have_neither_heights_nor_measures(kind):
    point = " ".join("1" * (2 + len(kind)))
    drawn = np.array(
        [shapely.from_wkt(f"MULTIPOINT {kind} (({point}))"), None, shapely.Point(2, 2)]
    )
    parts, owner = parts_of(drawn)
    assert [part.wkt for part in parts] == ["POINT (1 1)", "POINT (2 2)"]
    assert owner.tolist() == [0, 2]


def rings(shape):
    return shapely.get_rings(shapely.get_parts(shape))


def test_faces_that_overlap_are_overlaid():
    faces = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    assert dissolved(faces).area == 3


def test_nothing_is_empty():
    assert dissolved(np.zeros(0, dtype=object)).is_empty


def test_faces_that_nearly_match_are_matched_without_losing_ground():
    west = shapely.Polygon([(0, 0), (1000, 0), (1000 + 1e-8, 400), (1000, 1000), (0, 1000)])
    faces = np.array([west, shapely.box(1000, 0, 2000, 1000)])
    assert not shapely.coverage_is_valid(faces)
    matching = matched(faces)
    assert shapely.coverage_is_valid(matching)
    np.testing.assert_allclose(shapely.area(matching), shapely.area(faces), atol=1e-4)
    assert matched(matching) is matching


@given(
    st.sets(st.integers(0, 24), min_size=1, max_size=9),
    st.lists(st.integers(0, 24), max_size=2),
    st.sampled_from(["nothing", "moved", "shrunk", "grown", "halved", "again"]),
)
def test_what_is_a_coverage_is_what_shapely_says(chosen, spoilt, how):
    """Squares of a grid of which some are moved, resized, cut in two or given twice."""
    faces = {index: [SQUARES[index]] for index in chosen}
    for index in spoilt:
        faces[index] = changed(SQUARES[index], how)
    drawn = np.array([each for several in faces.values() for each in several])
    assert is_coverage(drawn) == bool(shapely.coverage_is_valid(drawn))


def changed(square, how):
    west, south, east, north = square.bounds
    if how == "halved":
        middle = (south + north) / 2
        return [shapely.box(west, south, east, middle), shapely.box(west, middle, east, north)]
    if how == "again":
        return [square, square]
    by = {"nothing": (0, 0), "moved": (0.25, 0.25), "shrunk": (0.25, 0), "grown": (-0.25, 0)}[how]
    return [shapely.box(west + by[0], south + by[0], east + by[1], north + by[1])]


def test_a_face_that_crosses_itself_makes_no_coverage():
    knot = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert not is_coverage(np.array([knot, shapely.box(5, 5, 6, 6)]))


@pytest.mark.parametrize("fill", [True, False])
@pytest.mark.parametrize("shift", [0.0, 0.4, 1.0, 5.0])
def test_faces_cut_along_areas_lose_nothing_and_gain_what_no_face_covers(shift, fill):
    faces = np.array([shapely.box(x, y, x + 1, y + 1) for x in (0, 1) for y in (0, 1)])
    areas = np.array([shapely.box(shift, 0, shift + 1, 3), shapely.box(shift + 1, 0, shift + 2, 1)])
    whole = shapely.box(0, 0, 2, 2)
    for cut, cut_by in (
        (cut_along_all(faces, areas, fill=fill), areas),
        (cut_along(faces, areas[0], fill=fill), areas[:1]),
    ):
        count, size = len(cut.source), shapely.area(cut.faces)
        assert np.bincount(cut.source, size[:count]).tolist() == pytest.approx([1.0] * 4)
        assert shapely.covers(faces[cut.source], cut.faces[:count]).all()
        for number, area in enumerate(cut_by):
            expected = area.area if fill else area.intersection(whole).area
            assert size[cut.owner == number].sum() == pytest.approx(expected)
        assert len(cut.faces) == len(cut.owner) == count + len(cut.beside)
        assert fill or not len(cut.beside)


def test_a_strip_that_no_face_covers_goes_on_as_the_piece_beside_it():
    faces = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    cut = cut_along(faces, shapely.box(100, 0, 200.004, 100), fill=True)
    assert cut.beside.tolist() == [1]
    assert shapely.area(cut.faces[-1]) == pytest.approx(0.4)
    assert cut_along(faces, shapely.box(100, 0, 200.4, 100), fill=True).beside.tolist() == [-1]


def test_the_nearest_shape_is_the_one_of_the_least_distance():
    random = np.random.default_rng(7)
    corners = random.uniform(0, 100, (12, 2))
    shapes = shapely.buffer(shapely.points(corners), random.uniform(1, 9, 12), quad_segs=3)
    far = shapely.box(200, 200, 210, 210) - shapely.box(203, 203, 207, 207)
    shapes[0] = shapely.union(shapes[0], far)
    shapes[1:] = shapely.difference(shapes[1:], shapes[0])
    spots = [*random.uniform(0, 100, (300, 2)), (205, 205), (202, 202), *corners]
    parts = shapely.buffer(shapely.points(spots), 0.01)
    distance = shapely.distance(shapes[None, :], shapely.point_on_surface(parts)[:, None])
    found = distance[np.arange(len(parts)), nearest_of(shapes, parts)]
    np.testing.assert_allclose(found, distance.min(axis=1), rtol=0, atol=1e-9)


def test_faces_that_were_cut_before_are_cut_alike():
    """Partitions that share all faces but one, and two areas of which one is a copy."""
    west, east = shapely.box(0.3, 0.3, 3.7, 4.2), shapely.box(2.5, -1, 9, 2.1)
    overlays = Overlays()
    for number, area in enumerate((west, east, shapely.from_wkb(west.wkb), west)):
        faces = SQUARES.copy()
        faces[12] = shapely.box(2, 2, 3, 2.5 + number / 10)
        known = cut_along(faces, area, fill=True, overlays=overlays)
        fresh = cut_along(faces, area, fill=True)
        assert shapely.to_wkb(known.faces).tolist() == shapely.to_wkb(fresh.faces).tolist()
        assert known.owner.tolist() == fresh.owner.tolist()
        assert known.source.tolist() == fresh.source.tolist()


def test_a_face_is_laid_over_an_area_once():
    laid = []

    def overlay(faces, area):
        laid.extend(shapely.to_wkt(faces))
        return shapely.intersection(faces, area)

    overlays, area = Overlays(), shapely.box(0.5, 0, 4, 4)
    both = overlays.of(overlay, SQUARES[[0, 6, 0]], area)
    more = overlays.of(overlay, SQUARES[[6, 7]], shapely.from_wkb(area.wkb))
    assert shapely.area(both).tolist() == [0.5, 1, 0.5]
    assert shapely.area(more).tolist() == [1, 1]
    assert laid == shapely.to_wkt(SQUARES[[0, 6, 7]]).tolist()


def scattered(seed):
    """Return triangles that lie across one another, of sides from a millimetre to 100 km."""
    rng = np.random.default_rng(seed)
    middle = rng.uniform(0, 1e5, (12, 1, 2))
    corners = middle + rng.uniform(-1, 1, (12, 3, 2)) * 10 ** rng.uniform(-3, 5, (12, 1, 1))
    return shapely.polygons(corners)


@pytest.mark.parametrize("seed", range(20))
def test_borders_noded_on_a_grid_enclose_what_the_overlay_does(seed):
    """What is left to do where an overlay stops."""
    polygons = scattered(seed)
    whole, overlaid = coverage._noded(polygons), union_of(polygons)
    assert whole.is_valid
    assert whole.symmetric_difference(overlaid).area < 1e-9 * overlaid.area + 1


def test_what_one_union_cannot_do_another_does(monkeypatch):
    """Both overlays stop, as GEOS does where lines meet closer than coordinates are exact."""

    def stops(*_, **__):
        raise shapely.errors.GEOSException("TopologyException")

    faces = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3), shapely.box(5, 5, 6, 6)])
    noded = coverage._noded(faces)
    monkeypatch.setattr(coverage, "_noded", lambda _: noded)
    monkeypatch.setattr(shapely, "union_all", stops)
    assert (noded.area, union_of(faces), coverage._overlaid(faces)) == (8, noded, noded)

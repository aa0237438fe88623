"""Areas in the plane, where libraries and rounding are easily wrong."""

import numpy as np
import pytest
import shapely

from territory.errors import GeometryError
from territory.geometry.area import geodesic_area_km2, in_plane, project
from territory.geometry.densify import divided
from territory.geometry.projection import WGS84, EqualArea, choose_projection

PLANE = EqualArea(37.0, 35.0).crs
SQUARE = shapely.box(37.0, 35.0, 37.1, 35.1)


def test_small_polygons_far_apart_keep_their_digits() -> None:
    corners = [(-30.0, 10.0), (37.0, 35.0), (99.0, -20.0)]
    drawn = np.array([shapely.box(x, y, x + 1e-5, y + 1e-5) for x, y in corners])
    together = in_plane(drawn, WGS84, PLANE)[1]
    alone = [in_plane(drawn[[i]], WGS84, PLANE)[1][0] for i in range(len(drawn))]
    np.testing.assert_allclose(together, alone, rtol=1e-9)
    np.testing.assert_allclose(together / 1e6, geodesic_area_km2(drawn, WGS84), rtol=1e-6)


def test_empty_parts_among_others_have_no_area_and_do_no_harm() -> None:
    empty = shapely.Polygon()
    mixed = [empty, shapely.MultiPolygon([SQUARE]), shapely.MultiPolygon(), SQUARE]
    mixed.append(shapely.from_wkt(f"MULTIPOLYGON (EMPTY, {SQUARE.wkt.removeprefix('POLYGON ')})"))
    plane, area_m2 = in_plane(np.array(mixed, dtype=object), WGS84, PLANE)
    expected = in_plane(np.array([SQUARE]), WGS84, PLANE)[1][0]
    np.testing.assert_array_equal(area_m2, [0.0, expected, 0.0, expected, expected])
    assert shapely.is_empty(plane).tolist() == [True, False, True, False, False]


def test_no_polygon_at_all_is_no_area() -> None:
    plane, area_m2 = in_plane(np.zeros(0, dtype=object), WGS84, PLANE)
    assert len(plane) == len(area_m2) == 0


def test_more_than_half_the_earth_is_not_the_rest_of_it() -> None:
    large, strips = (
        geodesic_area_km2(np.array(boxes), WGS84, max_chord_error_m=10.0).sum()
        for boxes in (
            [shapely.box(-120, -80, 120, 80)],
            [shapely.box(west, -80, west + 60, 80) for west in (-120, -60, 0, 60)],
        )
    )
    assert large > 255_032_811  # km2, half of it
    assert large == pytest.approx(strips, rel=1e-6)


def test_coordinates_that_cannot_be_projected_are_one_error_without_warnings() -> None:
    around = np.array([shapely.box(-180, -90, 180, 90)])
    with pytest.raises(GeometryError, match="reach around the Earth"):
        in_plane(around, WGS84, EqualArea(0.0, 0.0).crs)


@pytest.mark.parametrize(
    "bounds", [(float("nan"), 0, 1, 1), (0, 0, float("nan"), 1), (0, 0, 181, 1)]
)
def test_an_extent_beyond_the_ranges_is_refused(bounds) -> None:
    with pytest.raises(GeometryError, match="is not in longitude and latitude"):
        choose_projection(bounds)


def test_more_than_a_third_of_the_earth_is_measured_as_drawn():
    lune = np.array([shapely.box(-72, -90, 72, 90)])  # between two meridians: 144 of 360 degrees
    earth_km2 = 510_065_621.724  # of the ellipsoid WGS 84
    assert geodesic_area_km2(lune, WGS84)[0] == pytest.approx(0.4 * earth_km2, rel=1e-6)


def test_every_geometry_has_an_area_empty_ones_too():
    box, nothing = shapely.box(0, 0, 1, 1), shapely.Polygon()
    area = geodesic_area_km2(np.array([nothing, box, nothing]), WGS84)
    assert area.tolist() == [0.0, pytest.approx(12_308.464, abs=0.001), 0.0]
    assert geodesic_area_km2(np.array([], dtype=object), WGS84).shape == (0,)


def test_the_chord_error_says_how_finely_edges_are_divided():
    plane = EqualArea(0.5, 0.5).crs
    box = np.array([shapely.box(0, 0, 1, 1)])
    coarse, fine = (
        shapely.get_num_coordinates(project(box, WGS84, plane, max_chord_error=error)).sum()
        for error in (1.0, 1e-6)
    )
    assert coarse < fine / 10


@pytest.mark.parametrize("far", [shapely.box(0, 91, 3, 95), shapely.box(0, 85, 3, 95)])
def test_what_lies_nowhere_is_refused_in_words(far):
    with pytest.raises(GeometryError, match="coordinates cannot be projected"):
        in_plane(np.array([far]), WGS84, PLANE)


class Counting:
    """Carries points nowhere, but up where x is large, and counts them."""

    def __init__(self) -> None:
        self.points = 0

    def transform(self, xx, yy, /):
        self.points += len(xx)
        return xx, yy + xx**2


@pytest.mark.parametrize("backwards", [False, True])
def test_an_edge_that_two_rings_have_is_divided_once(backwards):
    ring = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    both = np.concatenate([ring, ring[::-1] if backwards else ring])
    of_one, of_two = Counting(), Counting()
    one = divided(ring, np.array([0, 4]), of_one, max_chord_error=1e-3)
    two = divided(both, np.array([0, 4, 8]), of_two, max_chord_error=1e-3)
    assert len(one.xy) > 20
    assert len(two.xy) == 2 * len(one.xy)
    assert of_two.points == of_one.points
    other = two.plane[len(one.plane) :]
    assert np.array_equal(other[::-1] if backwards else other, one.plane)
    assert two.ring_areas().tolist() == pytest.approx([one.ring_areas()[0]] * 2, rel=1e-12)

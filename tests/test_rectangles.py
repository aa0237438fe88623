"""Clipping to a rectangle: held against the overlay, wherever outlines touch or cross corners."""

import numpy as np
import pytest
import shapely

from territory.geometry.projection import WGS84, EqualArea
from territory.geometry.rectangles import within_rectangle
from territory.maps.frame import Extent, carried

WINDOW = (2, 2, 6, 6)
CORNERS = {
    "through": "POLYGON ((4 5, 7 0, 8 6, 4 6, 1 6, 2 2, 4 5))",  # clipped: what is not in it
    "touched": "MULTIPOLYGON (((3 3, 2 2, 0.5 6.5, 7 0, 3 3)), ((0 7, 0 8, 0.5 6.5, 0 7)))",
    "along": "POLYGON ((2 2, 8 2, 8 8, 2 8, 2 2))",
}


def polygons(count):
    """Return valid polygons whose corners lie on whole numbers, as those of the rectangle do."""
    rng = np.random.default_rng(3)
    drawn = [shapely.Polygon(rng.integers(0, 9, (rng.integers(4, 12), 2))) for _ in range(count)]
    parts = [shapely.get_parts(each) for each in shapely.make_valid(drawn)]
    whole = [shapely.MultiPolygon([p for p in some if p.geom_type == "Polygon"]) for some in parts]
    return np.array([each for each in whole if each.is_valid], dtype=object)


@pytest.mark.parametrize("wkt", CORNERS.values(), ids=CORNERS)
def test_an_outline_at_a_corner_of_the_rectangle(wkt):
    shape = shapely.from_wkt(wkt)
    (found,) = within_rectangle(np.array([shape]), *WINDOW)
    assert found.is_valid
    assert found.area == pytest.approx(shape.intersection(shapely.box(*WINDOW)).area)


def test_polygons_on_a_grid_keep_the_area_of_the_overlay():
    shapes = polygons(4000)
    found = within_rectangle(shapes, *WINDOW)
    assert shapely.is_valid(found).all()
    truth = shapely.intersection(shapes, shapely.box(*WINDOW))
    assert shapely.area(found) == pytest.approx(shapely.area(truth))
    clipped = shapely.clip_by_rect(shapes, *WINDOW)
    assert not np.allclose(shapely.area(clipped), shapely.area(truth))  # why it is not used alone


def test_no_part_of_a_polygon_goes_as_it_is_carried_into_the_plane():
    """Divided as it is clipped by GEOS the shape loses ground: it overlaps itself there."""
    plane, extent = EqualArea(4.0, 4.0), Extent(-2e5, -2e5, 2e5, 2e5)
    shapes = polygons(1000)
    cut = within_rectangle(shapes, *WINDOW)
    found = carried(cut, plane, extent)
    truth = shapely.transform(
        cut, lambda xy: np.column_stack(plane.transformer(WGS84).transform(*xy.T))
    )
    assert shapely.area(found) == pytest.approx(
        shapely.area(truth), rel=1e-2
    )  # of edges in few pieces

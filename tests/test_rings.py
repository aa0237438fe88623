"""The rings of polygons as arrays."""

from datetime import date

import numpy as np
import pytest
import shapely

from territory.geometry.projection import WGS84
from territory.geometry.rings import rings_of
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder

HOLED = shapely.box(0, 0, 9, 9) - shapely.union_all(
    [shapely.box(1, 1, 2, 2), shapely.box(4, 4, 5, 6)]
)
EMPTY_HOLE = (
    "POLYGON ((37 35, 38 35, 38 36, 37 35), EMPTY, (37.5 35.2, 37.6 35.2, 37.6 35.3, 37.5 35.2))"
)


def polygons():
    return np.array([HOLED, shapely.box(20, 0, 21, 1), shapely.reverse(HOLED)])


def test_shells_run_counter_clockwise_and_holes_clockwise():
    rings = rings_of(polygons())
    wound = rings.wound()
    pieces = np.split(wound.xy, wound.start[1:-1])
    assert [shapely.LinearRing(each).is_ccw for each in pieces] == rings.is_shell.tolist()
    # As GEOS turns them, to the last corner; what was drawn is left as it was.
    turned = shapely.get_coordinates(shapely.orient_polygons(polygons()))
    assert np.array_equal(wound.xy, turned)
    assert np.array_equal(rings.xy, shapely.get_coordinates(polygons()))


def test_polygons_know_their_shells_and_holes():
    rings = rings_of(polygons())
    assert rings.shells.tolist() == [0, 3, 4]
    assert rings.holes.tolist() == [2, 0, 0, 0, 2, 0, 0]
    assert [rings.polygon_of(corner) for corner in (0, 14, 15, 19, 20)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("begin", "end"), [(0, 1), (1, 3), (0, 3), (2, 2)])
def test_polygons_beside_each_other_are_as_if_they_were_alone(begin, end):
    found, alone = rings_of(polygons()).between(begin, end), rings_of(polygons()[begin:end])
    for one, other in zip(
        (found.xy, found.start, found.polygon, found.holes, found.bounds),
        (alone.xy, alone.start, alone.polygon, alone.holes, alone.bounds),
        strict=True,
    ):
        assert np.array_equal(one, other)


def test_rings_that_are_taken_know_their_polygons():
    taken = rings_of(polygons()).taken(np.array([2, 3]))
    assert taken.polygon.tolist() == [0, 1]
    assert taken.start.tolist() == [0, 5, 10]


def test_a_hole_without_a_corner_is_none():
    """It ended as a fault of the program, or as a ring that is not closed."""
    zone = shapely.from_wkt([EMPTY_HOLE])
    assert rings_of(zone).start.tolist() == [0, 4, 8]
    raw = RawZones(date(2024, 1, 1), WGS84, Source("a.csv"), (Holder("Red"),), zone)
    assert normalise(raw).ring_start.tolist() == [0, 4, 8]

"""Dissolving faces, against an overlay."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from territory.coverage import dissolved, matched

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

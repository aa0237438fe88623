"""The frame of a map of changes: around the ground that changed hands.

What changes in a month is a thousandth of a country, and on a map of all of it that is a
row of specks. Unless an area is asked for, such a map is drawn around the changes, with a
margin and not closer than a reader can place; its locator shows where that is.

The plane is the equal-area plane of the history's projection, in metres.
"""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.geometry.projection import Floats
from territory.geometry.rectangles import within_rectangle
from territory.maps.frame import Extent, Geometries

LEFT_OUT = 0.005  # of the changed ground may lie beyond each side: redrawn coasts do
LEAST_M = 40_000.0  # of the longer side
_MARGIN = 0.1
_NEARLY_ALL = 0.7  # of the whole, from which the whole is shown
REGION_M = 150_000.0  # the longer side of ground that is shown whole whatever changed in it


def focus(changed: BaseGeometry, whole: Extent) -> Extent | None:
    """Return the extent that holds what changed, or None where the whole serves as well.

    Parameters
    ----------
    changed : Polygon or MultiPolygon
        In the plane, in metres.
    whole : Extent
        What the map would show otherwise.

    Examples
    --------
    >>> whole = Extent(0.0, 0.0, 9e5, 9e5)
    >>> focus(shapely.box(2e5, 2e5, 3e5, 2.5e5), whole)
    Extent(west=190000.0, south=190000.0, east=310000.0, north=260000.0)
    >>> focus(shapely.box(1e5, 1e5, 8e5, 8e5), whole) is None
    True
    """
    parts = shapely.get_parts(changed)
    parts = parts[shapely.area(parts) > 0]
    if not len(parts) or max(whole.width, whole.height) <= REGION_M:
        return None
    framed = Extent.around(_of_nearly_all(parts), margin=_MARGIN)
    short = max(0.0, LEAST_M - max(framed.width, framed.height)) / 2
    framed = framed.grown(short)
    side = max(framed.width / whole.width, framed.height / whole.height)
    return framed if side < _NEARLY_ALL else None


def _of_nearly_all(parts: Geometries) -> BaseGeometry:
    """Return the box of the parts, without what sticks out by next to nothing."""
    bounds, areas = shapely.bounds(parts), shapely.area(parts)
    west, south = (_least(bounds[:, side], areas) for side in (0, 1))
    east, north = (-_least(-bounds[:, side], areas) for side in (2, 3))
    return shapely.box(west, south, east, north)


def _least(values: Floats, areas: Floats) -> float:
    """Return the smallest value that is left when next to nothing of the area is dropped."""
    order = np.argsort(values, kind="stable")
    dropped = np.cumsum(areas[order]) <= LEFT_OUT * areas.sum()
    return float(values[order][int(dropped.sum())])


def beyond(changed: BaseGeometry, extent: Extent) -> tuple[int, float]:
    """Return how many parts of some ground reach beyond an extent, and how much of it, in km2.

    Parameters
    ----------
    changed : geometry
        In the plane.
    extent : Extent
        What the map shows of the plane, in metres.

    Examples
    --------
    >>> beyond(shapely.box(0, 0, 4e3, 1e3), Extent(0.0, 0.0, 3e3, 1e3))
    (1, 1.0)
    """
    parts = shapely.get_parts(changed)
    inside = within_rectangle(parts, extent.west, extent.south, extent.east, extent.north)
    left = (shapely.area(parts) - shapely.area(inside)) / 1e6
    out = left > 1e-9 * max(float(shapely.area(parts).sum()) / 1e6, 1.0)
    return int(out.sum()), float(left[out].sum())

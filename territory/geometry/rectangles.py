"""What of polygons lies in a rectangle."""

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.coverage import areal

_NEAR = 1e-9  # of the longer side: what is nearer to a corner may be rounded into it


def within_rectangle(
    shapes: NDArray[np.object_], west: float, south: float, east: float, north: float
) -> NDArray[np.object_]:
    """Return what of polygons lies in a rectangle.

    GEOS' own clipping is fast, but takes one side of an outline for the other where that runs
    through a corner of the rectangle, and counts ground twice where it touches one. Such
    polygons are laid over the rectangle instead.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        In any CRS.
    west, south, east, north : float
        Of the rectangle, in that CRS.

    Returns
    -------
    ndarray of geometry, shape (n,)
        Valid polygons where the shapes are; empty where nothing lies in the rectangle.

    Examples
    --------
    >>> kite = shapely.Polygon([(4, 5), (7, 0), (8, 6), (4, 6), (1, 6), (2, 2)])
    >>> float(round(within_rectangle(np.array([kite]), 2, 2, 6, 6)[0].area, 3))
    10.3
    """
    rectangle = shapely.box(west, south, east, north)
    found = np.asarray(shapely.clip_by_rect(shapes, west, south, east, north), dtype=object)
    corners = shapely.points(shapely.get_coordinates(rectangle)[:4])
    near = _NEAR * max(east - west, north - south)
    rims = shapely.boundary(shapes)
    doubtful = ~shapely.is_valid(found) | shapely.dwithin(rims[:, None], corners, near).any(axis=1)
    overlaid = shapely.intersection(shapely.make_valid(shapes[doubtful]), rectangle)
    found[doubtful] = areal(overlaid)
    return found

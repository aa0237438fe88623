"""What of polygons lies in a rectangle, or in each square of a grid."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.coverage import areal
from territory.geometry.projection import Floats, Ints

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
    found = _clipped(shapes, (west, south, east, north))
    corners = shapely.points(shapely.get_coordinates(rectangle)[:4])
    near = _NEAR * max(east - west, north - south)
    rims = shapely.boundary(shapes)
    doubtful = ~shapely.is_valid(found) | shapely.dwithin(rims[:, None], corners, near).any(axis=1)
    overlaid = shapely.intersection(shapely.make_valid(shapes[doubtful]), rectangle)
    found[doubtful] = areal(overlaid)
    return found


def _clipped(
    shapes: NDArray[np.object_], bounds: tuple[float, float, float, float]
) -> NDArray[np.object_]:
    """Return what GEOS clips polygons to; None where one is too thin for it."""
    try:
        return np.asarray(shapely.clip_by_rect(shapes, *bounds), dtype=object)
    except shapely.errors.GEOSException:
        if len(shapes) == 1:
            return np.array([None], dtype=object)
        halves = np.array_split(shapes, 2)
        return np.concatenate([_clipped(each, bounds) for each in halves])


@dataclass(frozen=True, eq=False)
class Pieces:
    """What of shapes lies in the squares of a grid.

    Attributes
    ----------
    shape : ndarray of int, shape (n,)
        The number of the shape that each piece is of.
    square : ndarray of int, shape (n, 2)
        Column and row of its square, counted from the origin of the CRS.
    area : ndarray, shape (n,)
        Of each piece, in square units of the CRS.
    """

    shape: Ints
    square: Ints
    area: Floats


def in_squares(shapes: NDArray[np.object_], side: float) -> Pieces:
    """Return how much of each shape lies in which square of a grid.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        Valid, not empty, in any CRS.
    side : float
        Of the squares, in units of the CRS.

    Returns
    -------
    Pieces
        In the order of the shapes; those of a shape add up to it.

    Examples
    --------
    >>> found = in_squares(np.array([shapely.box(1, 1, 2, 2), shapely.box(8, 1, 11, 2)]), 10)
    >>> found.shape.tolist(), found.square.tolist(), found.area.tolist()
    ([0, 1, 1], [[0, 0], [0, 0], [1, 0]], [1.0, 2.0, 1.0])
    """
    pieces, shape, column = _in_strips(shapes, side, 0)
    pieces, number, row = _in_strips(pieces, side, 1)
    order = np.argsort(shape[number], kind="stable")
    square = np.column_stack([column[number], row])
    return Pieces(shape[number][order], square[order], shapely.area(pieces)[order])


def _in_strips(
    shapes: NDArray[np.object_], side: float, axis: int
) -> tuple[NDArray[np.object_], Ints, Ints]:
    """Return the pieces of shapes between parallel lines, whose they are, and which strips."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    low, high = (np.floor(bounds[:, n] / side).astype(np.int64) for n in (axis, axis + 2))
    whole = np.flatnonzero(low == high)
    pieces, number, strip = [shapes[whole]], [whole], [low[whole]]
    wide = np.flatnonzero(low < high)
    strips: set[int] = set().union(*map(range, low[wide], high[wide] + 1))
    for k in sorted(strips):
        at = wide[(low[wide] <= k) & (k <= high[wide])]
        limits = [*bounds[at, :2].min(axis=0) - side, *bounds[at, 2:].max(axis=0) + side]
        limits[axis], limits[axis + 2] = k * side, (k + 1) * side
        found = within_rectangle(shapes[at], *limits)
        there = ~shapely.is_empty(found)
        pieces.append(found[there])
        number.append(at[there])
        strip.append(np.full(int(there.sum()), k))
    return np.concatenate(pieces), np.concatenate(number), np.concatenate(strip)


def box_around(geometries: NDArray[np.object_]) -> Floats:
    """Return the least x and y and the greatest x and y of all geometries.

    Parameters
    ----------
    geometries : ndarray of geometry, shape (n,)
        In any CRS.

    Returns
    -------
    ndarray of float, shape (4,)
        Not a number where there is nothing; `shapely.total_bounds` ends with an error there if
        there is no geometry at all (2.2).

    Examples
    --------
    >>> box_around(np.array([shapely.box(0, 0, 1, 1), shapely.Point(3, 2)])).tolist()
    [0.0, 0.0, 3.0, 2.0]
    >>> box_around(np.array([], dtype=object)).tolist()
    [nan, nan, nan, nan]
    """
    with_none = np.array([*geometries, None], dtype=object)
    return np.asarray(shapely.total_bounds(with_none), dtype=np.float64)

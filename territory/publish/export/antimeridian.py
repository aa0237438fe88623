"""Longitudes without a break, and shapes cut where a file must have one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.densify import Carrier
from territory.geometry.projection import Floats

HALF_TURN = 180.0


@dataclass(frozen=True)
class Unbroken:
    """Carries points to longitude and latitude; longitudes go on beyond 180 degrees.

    Attributes
    ----------
    carrier : Carrier
        Into longitude and latitude.
    middle : float
        Longitude of the middle of what is carried, in degrees.
    """

    carrier: Carrier
    middle: float

    def transform(self, xx: Any, yy: Any, /) -> tuple[Any, Any]:  # noqa: ANN401 - as pyproj's
        """Return longitudes within half a turn of the middle, and latitudes, in degrees.

        Parameters
        ----------
        xx, yy : ndarray of float, shape (n,)
            x and y in the source CRS.
        """
        east, north = self.carrier.transform(xx, yy)
        off = east - self.middle
        # What lies on the seam stays on its side of it.
        beyond = np.where(np.abs(off) > HALF_TURN, np.sign(off), 0.0)
        return east - 2 * HALF_TURN * beyond, north


def cut_at_antimeridian(shapes: NDArray[np.object_], decimals: int) -> NDArray[np.object_]:
    """Cut shapes at 180 degrees, where any reach beyond (RFC 7946, section 3.1.9).

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        Polygons or lines in longitude and latitude, at most half a turn beyond.
    decimals : int
        Of a degree, that moved points are rounded to again.

    Returns
    -------
    ndarray of geometry, shape (n,)
        Within 180 degrees east and west.

    Examples
    --------
    >>> across = np.array([shapely.box(179, 0, 182, 1)])
    >>> shapely.bounds(shapely.get_parts(cut_at_antimeridian(across, 11))).tolist()
    [[179.0, 0.0, 180.0, 1.0], [-180.0, 0.0, -178.0, 1.0]]
    """
    bounds = shapely.bounds(shapes)
    beyond = np.flatnonzero((bounds[:, 0] < -HALF_TURN) | (bounds[:, 2] > HALF_TURN))
    cut = shapes.copy()
    for index in beyond:
        cut[index] = _cut(shapes[index], decimals)
    return cut


def _cut(shape: BaseGeometry, decimals: int) -> BaseGeometry:
    """Return the parts of one shape on either side, of its own kind alone."""
    parts: list[BaseGeometry] = []
    for turns in (0, 1, -1):
        west = (2 * turns - 1) * HALF_TURN
        inside = shapely.intersection(shape, shapely.box(west, -90, west + 2 * HALF_TURN, 90))
        moved = inside if not turns else _moved(inside, -2 * HALF_TURN * turns, decimals)
        parts += shapely.get_parts(moved).tolist()
    kind = shapely.get_dimensions(shape)
    kept = [each for each in parts if shapely.get_dimensions(each) == kind and not each.is_empty]
    make: Any = shapely.multilinestrings if kind == 1 else shapely.multipolygons
    whole: BaseGeometry = make(np.array([*kept, None], dtype=object)[:-1])
    return whole


def _moved(shape: BaseGeometry, degrees: float, decimals: int) -> BaseGeometry:
    def east(xy: Floats) -> Floats:
        return np.column_stack([np.round(xy[:, 0] + degrees, decimals), xy[:, 1]])

    moved: BaseGeometry = shapely.transform(shape, east)
    return moved

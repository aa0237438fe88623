"""Polygons that were cut at 180 degrees, put together again."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.geometry.densify import Carrier
from territory.geometry.projection import HALF_TURN


@dataclass(frozen=True)
class OneMeridian:
    """Carries points to a plane; those of 180 degrees west as those of 180 degrees east.

    They are the same places, but their last digits would differ, and a seam between two parts of
    one zone would be a line.

    Attributes
    ----------
    carrier : Carrier
        From longitude and latitude.
    """

    carrier: Carrier

    def transform(self, xx: Any, yy: Any, /) -> tuple[Any, Any]:  # noqa: ANN401 - as pyproj's
        """Return where points lie in the plane.

        Parameters
        ----------
        xx, yy : ndarray of float, shape (n,)
            Longitude and latitude, in degrees.
        """
        return self.carrier.transform(np.where(xx == -HALF_TURN, HALF_TURN, xx), yy)


def is_across_seams(source: CRS, target: CRS) -> bool:
    """Return whether 180 degrees are no seam any more in a target CRS: an azimuthal plane.

    Parameters
    ----------
    source, target : CRS
        From which and into which points are carried.

    Examples
    --------
    >>> is_across_seams(CRS.from_epsg(4326), CRS.from_epsg(3035))
    True
    >>> is_across_seams(CRS.from_epsg(4326), CRS.from_epsg(6933))  # a cylinder
    False
    """
    operation = target.coordinate_operation
    method = operation.method_name if operation is not None else ""
    return source.is_geographic and "Azimuthal" in method


def without_seam(shapes: NDArray[np.object_], source: CRS) -> NDArray[np.object_]:
    """Return polygons whose parts on both sides of 180 degrees are one, as they are in a plane.

    Files must cut what lies across 180 degrees (RFC 7946, section 3.1.9). In a plane the parts
    then share an edge, which makes them invalid together, and overlays of them silently wrong.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        In `source`.
    source : CRS
        Any.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Longitudes of what was joined go on beyond 180; all else is as it was.

    Examples
    --------
    >>> halves = shapely.MultiPolygon([shapely.box(178, 0, 180, 1), shapely.box(-180, 0, -179, 1)])
    >>> without_seam(np.array([halves]), CRS.from_epsg(4326))[0].bounds
    (178.0, 0.0, 181.0, 1.0)
    """
    if not source.is_geographic:
        return shapes
    west, _, east, _ = shapely.bounds(shapes).T
    found = shapes.copy()
    for row in np.flatnonzero((west == -HALF_TURN) & (east == HALF_TURN)):
        found[row] = _joined(shapes[row])
    return found


def _joined(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    west, _, east, _ = shapely.bounds(parts).T
    beyond = (west == -HALF_TURN) & (east <= 0)
    touching = (east == HALF_TURN) & (west >= 0)
    if not (beyond.any() and touching.any()):
        return shape
    moved = shapely.transform(parts[beyond], lambda xy: xy + np.array([2 * HALF_TURN, 0.0]))
    whole = shapely.union_all(np.concatenate([parts[touching], moved]))
    rest = parts[~(beyond | touching)]
    return shapely.MultiPolygon([*shapely.get_parts(whole), *rest]) if len(rest) else whole

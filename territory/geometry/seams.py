"""Polygons that were cut at 180 degrees, put together again."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.geometry.densify import Carrier
from territory.geometry.projection import HALF_TURN, Floats, ends_of_world

_AT_THE_END = 0.01  # metres: files round the end of the world to centimetres


@dataclass(frozen=True)
class OneMeridian:
    """Carries points to a plane; those at one end of the world as those at the other.

    They are the same places, but their last digits would differ, and a seam between two parts of
    one zone would be a line.

    Attributes
    ----------
    carrier : Carrier
        From longitude and latitude, or from a cylinder.
    ends : (float, float)
        The x of 180 degrees west and of 180 degrees east; see `ends_of_world`.
    """

    carrier: Carrier
    ends: tuple[float, float] = (-HALF_TURN, HALF_TURN)

    def transform(self, xx: Any, yy: Any, /) -> tuple[Any, Any]:  # noqa: ANN401 - as pyproj's
        """Return where points lie in the plane.

        Parameters
        ----------
        xx, yy : ndarray of float, shape (n,)
            Longitude and latitude, in degrees, or metres on a cylinder.
        """
        here = _is_at(xx, self.ends[0]) | _is_at(xx, self.ends[1])
        return self.carrier.transform(np.where(here, self.ends[1], xx), yy)


def _is_at(xx: Any, end: float) -> Any:  # noqa: ANN401 - as numpy's
    """Return which x are an end of the world: degrees to the last digit, metres to centimetres."""
    return np.abs(xx - end) <= (_AT_THE_END if abs(end) > 2 * HALF_TURN else 0.0)


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
    >>> is_across_seams(CRS.from_epsg(3857), CRS.from_epsg(3035))
    True
    """
    operation = target.coordinate_operation
    method = operation.method_name if operation is not None else ""
    return "Azimuthal" in method and ends_of_world(source) is not None


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
        Longitudes of what was joined go on beyond 180, as x does on a cylinder; all else is
        as it was.

    Examples
    --------
    >>> halves = shapely.MultiPolygon([shapely.box(178, 0, 180, 1), shapely.box(-180, 0, -179, 1)])
    >>> without_seam(np.array([halves]), CRS.from_epsg(4326))[0].bounds
    (178.0, 0.0, 181.0, 1.0)
    """
    ends = ends_of_world(source)
    if ends is None:
        return shapes
    west, _, east, _ = shapely.bounds(shapes).T
    found = shapes.copy()
    for row in np.flatnonzero(_is_at(west, ends[0]) & _is_at(east, ends[1])):
        found[row] = _joined(shapes[row], ends)
    return found


def _joined(shape: BaseGeometry, ends: tuple[float, float]) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    west, _, east, _ = shapely.bounds(parts).T
    middle, width = (ends[0] + ends[1]) / 2, ends[1] - ends[0]
    beyond = _is_at(west, ends[0]) & (east <= middle)
    touching = _is_at(east, ends[1]) & (west >= middle)
    if not (beyond.any() and touching.any()):
        return shape
    parts = shapely.transform(parts, partial(_at_the_ends, ends=ends))
    moved = shapely.transform(parts[beyond], lambda xy: xy + np.array([width, 0.0]))
    whole = shapely.union_all(np.concatenate([parts[touching], moved]))
    rest = parts[~(beyond | touching)]
    return shapely.MultiPolygon([*shapely.get_parts(whole), *rest]) if len(rest) else whole


def _at_the_ends(xy: Floats, *, ends: tuple[float, float]) -> Floats:
    """Return points with those that lie at an end of the world at it to the last digit."""
    for end in ends:
        xy[_is_at(xy[:, 0], end), 0] = end
    return xy

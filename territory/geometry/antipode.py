"""The point opposite to the centre of a plane, where an azimuthal plane is torn.

A ring around it comes out inside out: what it encloses on the Earth lies outside it in the plane,
so an area that holds that point would be cut as all that it is not.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.geometry.arrays import Bools
from territory.geometry.projection import HALF_TURN, WGS84, EqualArea, transformation

_NEAR = 1.0  # degrees, far more than any datum shifts


def antipode_of(plane: EqualArea) -> tuple[float, float]:
    """Return the longitude and latitude opposite to the centre of a plane.

    Parameters
    ----------
    plane : EqualArea
        Any.

    Examples
    --------
    >>> antipode_of(EqualArea(37.0, 48.0)), antipode_of(EqualArea(-70.0, -33.0))
    ((-143.0, -48.0), (110.0, 33.0))
    """
    longitude = plane.longitude - HALF_TURN if plane.longitude > 0 else plane.longitude + HALF_TURN
    return longitude, -plane.latitude


def hold_antipode(shapes: NDArray[np.object_], source: CRS, plane: EqualArea) -> Bools:
    """Return which polygons hold the point that a plane is torn at.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        As drawn.
    source : CRS
        That of the polygons.
    plane : EqualArea
        Into which they are to be carried.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> boxes = np.array([shapely.box(-180, -90, 0, 90), shapely.box(0, -90, 180, 90)])
    >>> hold_antipode(boxes, WGS84, EqualArea(37.0, 48.0)).tolist()
    [True, False]
    """
    x, y = transformation(WGS84, source).transform(*antipode_of(plane))
    found = np.zeros(len(shapes), dtype=bool)
    if not (np.isfinite(x) and np.isfinite(y) and _is_there(x, y, source, antipode_of(plane))):
        return found
    turns = (-2 * HALF_TURN, 0.0, 2 * HALF_TURN) if source.is_geographic else (0.0,)
    for turn in turns:
        found |= shapely.intersects_xy(shapes, x + turn, y)
    return found


def _is_there(x: float, y: float, source: CRS, lonlat: tuple[float, float]) -> bool:
    """Tell whether a point is where it says: oblique cylinders fold the far side onto the near."""
    longitude, latitude = transformation(source, WGS84).transform(x, y)
    turned = (longitude - lonlat[0] + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN
    return bool(abs(latitude - lonlat[1]) < _NEAR and abs(turned) < _NEAR)


def about_antipode(plane: EqualArea) -> str:
    """Return what is wrong with an area that holds that point, and what to do.

    Parameters
    ----------
    plane : EqualArea
        Into which it was to be carried.

    Examples
    --------
    >>> about_antipode(EqualArea(37.0, 48.0)).split(",")[0]
    'it reaches round the Earth to the point opposite to the zones (-143'
    """
    longitude, latitude = antipode_of(plane)
    return (
        f"it reaches round the Earth to the point opposite to the zones ({longitude:g},"
        f" {latitude:g}), where no plane can show it; give a smaller one, or none for all ground"
    )

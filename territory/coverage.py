"""Faces that lie side by side, put together again.

Faces of a partition share their borders point by point, so dissolving them only has to
drop the edges that occur twice: ten times faster than an overlay, and no point moves.
Where faces do not match (cut along an area, a corner may lie a rounding away from its
neighbour's edge) they are overlaid after all.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_SAME = 1e-9  # relative difference of areas
HAIR_M = 1e-6


def dissolved(faces: NDArray[np.object_], *, hair: float = HAIR_M) -> BaseGeometry:
    """Return the ground of faces that do not overlap, without the borders between them.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n,)
        Of one partition, in any CRS.
    hair : float
        Rings thinner than this, in units of the CRS, are rounding: the faces did not match.

    Returns
    -------
    Polygon or MultiPolygon
        Empty where there is no face.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> dissolved(squares).area, len(shapely.get_parts(dissolved(squares)))
    (2.0, 1)
    """
    if not len(faces):
        return shapely.MultiPolygon()
    try:
        whole = shapely.coverage_union_all(faces)
    except shapely.errors.GEOSException:
        return _overlaid(faces, hair)
    return whole if _matched(whole, faces, hair) else _overlaid(faces, hair)


def _overlaid(faces: NDArray[np.object_], hair: float) -> BaseGeometry:
    try:
        return shapely.union_all(faces, grid_size=hair)
    except shapely.errors.GEOSException:  # where the grid itself brings lines together
        return shapely.union_all(faces)


def _matched(whole: BaseGeometry, faces: NDArray[np.object_], hair: float) -> bool:
    """Tell whether the edges between the faces are gone, without a hair left."""
    size = float(shapely.area(faces).sum())
    if not whole.is_valid or abs(whole.area - size) > _SAME * size:
        return False
    rings = shapely.polygons(shapely.get_rings(shapely.get_parts(whole)))
    return bool((2 * shapely.area(rings) > hair * shapely.length(rings)).all())

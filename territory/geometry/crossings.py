"""Which edges the ray to the right of a face crosses, and which way: winding numbers follow."""

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.graphs import sparse_table
from territory.geometry.projection import Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def crossings(faces: NDArray[np.object_], ends: Floats) -> "csr_array":
    """Return the signed crossings of each edge with the ray to the right of each face.

    Added up over the edges of a ring, they are the winding number of the ring around a point
    inside the face.

    Parameters
    ----------
    faces : ndarray of Polygon, shape (f,)
        In the plane of the edges.
    ends : ndarray, shape (e, 4)
        x and y of the start and of the end of each edge.

    Returns
    -------
    sparse array of int, shape (e, f)
        1 where an edge crosses the ray upwards, -1 where it does so downwards.

    Examples
    --------
    >>> side = np.array([[2.0, 0.0, 2.0, 1.0]])
    >>> crossings(np.array([shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1)]), side).toarray()
    array([[1, 0]], dtype=int16)
    """
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    order = np.argsort(inside[:, 1], kind="stable")
    x, y = inside[order].T
    x0, y0, x1, y1 = ends.T
    first = np.searchsorted(y, np.minimum(y0, y1), side="left")
    count = np.searchsorted(y, np.maximum(y0, y1), side="left") - first
    edge = np.repeat(np.arange(len(ends)), count)
    face = np.arange(len(edge)) + np.repeat(first - (np.cumsum(count) - count), count)
    height = (y[face] - y0[edge]) / (y1 - y0)[edge]
    hit = x0[edge] + height * (x1 - x0)[edge] > x[face]
    sign = np.where(y1 > y0, 1, -1).astype(np.int16)[edge[hit]]
    return sparse_table(sign, edge[hit], order[face[hit]], (len(ends), len(faces)))

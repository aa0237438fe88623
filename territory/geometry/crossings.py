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
    # One point inside each face, (f,), sorted by height: the faces whose ray may meet an edge
    # are then one run of neighbours.
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    order = np.argsort(inside[:, 1], kind="stable")
    x, y = inside[order].T
    # Of each edge, (e,): the first point at the height of its lower end or above, and how many
    # lie below its upper end. The lower end counts and the upper one does not ("left" twice), so
    # where two edges meet at the very height of a ray, one of them is crossed and not both. A
    # level edge has no such points, so that nothing is divided by zero below.
    x0, y0, x1, y1 = ends.T
    first = np.searchsorted(y, np.minimum(y0, y1), side="left")
    count = np.searchsorted(y, np.maximum(y0, y1), side="left") - first
    # All pairs of edge and point in its run, (p,), p = count.sum(). `cumsum - count` is the
    # place in that list where the run of an edge begins; what `face` needs there is `first`.
    edge = np.repeat(np.arange(len(ends)), count)
    face = np.arange(len(edge)) + np.repeat(first - (np.cumsum(count) - count), count)
    # Where each edge passes the height of the point, (p,): to the right of it, the ray is hit.
    height = (y[face] - y0[edge]) / (y1 - y0)[edge]
    hit = x0[edge] + height * (x1 - x0)[edge] > x[face]
    # Upwards counts 1, downwards -1, and faces get back the numbers they had before sorting.
    sign = np.where(y1 > y0, 1, -1).astype(np.int16)[edge[hit]]
    return sparse_table(sign, edge[hit], order[face[hit]], (len(ends), len(faces)))

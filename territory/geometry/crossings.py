"""Winding numbers: of each face, from the edges that a ray to its right, or upwards, crosses.

Of all faces and edges at once, the pairs are as many as the edges times the faces at the
height of each: a thousand million in a grid of a million squares. So faces are taken a block
at a time, and of each block only the winding numbers are kept, which are few.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.arrays import in_order
from territory.geometry.graphs import sparse_table, stacked
from territory.geometry.projection import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_PAYS = 2  # times as many pairs to the right as upwards, as of a front from west to east
PAIRS_AT_ONCE = 4_000_000  # of an edge and a face at its height: some 200 MB


def winding_numbers(
    use: "csr_array",
    ends: Floats,
    faces: NDArray[np.object_],
    *,
    pairs_at_once: int = PAIRS_AT_ONCE,
    upwards: bool | None = None,
) -> "csr_array":
    """Return how often sets of edges wind around a point inside each face.

    Parameters
    ----------
    use : sparse array of int, shape (r, e)
        How each set uses each edge: 1 along it, -1 against it.
    ends : ndarray, shape (e, 4)
        x and y of the start and of the end of each edge.
    faces : ndarray of Polygon, shape (f,)
        In the plane of the edges.
    pairs_at_once : int
        Bounds the memory; the result does not depend on it.
    upwards : bool, optional
        Which way rays run; by default upwards where that meets far fewer edges. The result does
        not depend on it, but for faces thinner than coordinates are exact.

    Returns
    -------
    sparse array of int, shape (r, f)
        Counter-clockwise counts positive. No zero is stored.

    Examples
    --------
    >>> from scipy import sparse
    >>> around = np.array([[0, 0, 2, 0], [2, 0, 2, 1], [0, 1, 2, 1], [0, 0, 0, 1]], dtype=float)
    >>> use = sparse.csr_array(np.array([[1, 1, -1, -1]]))
    >>> boxes = np.array([shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1)])
    >>> winding_numbers(use, around, boxes).toarray().tolist()
    [[1, 0]]
    """
    # Edges that nobody uses, as between two zones of one holder, are crossed for nothing.
    used = in_order(use.indices[use.data != 0])
    if len(used) < use.shape[1]:
        use, ends = use[:, used], ends[used]
    # One point inside each face, (f,), sorted by height: the faces whose ray may meet an edge
    # are then one run of neighbours.
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    sign = 1
    if pays_upwards(ends, inside) if upwards is None else upwards:
        # The rays go upwards: x and y change places, and so everything winds the other way.
        inside, ends, sign = inside[:, ::-1], ends[:, [1, 0, 3, 2]], -1
    order = np.argsort(inside[:, 1], kind="stable")
    x, y = inside[order].T
    blocks = []
    for block, table in _crossings(ends, x, y, pairs_at_once):
        found = (use @ table).tocoo()
        there = found.data != 0
        blocks.append((sign * found.data[there], found.row[there], order[block][found.col[there]]))
    return stacked(blocks, (use.shape[0], len(faces)))


def pays_upwards(ends: Floats, inside: Floats) -> bool:
    """Tell whether rays upwards from points meet far fewer edges than rays to the right.

    Parameters
    ----------
    ends : ndarray, shape (e, 4)
        x and y of both ends of each edge.
    inside : ndarray, shape (n, 2)
        x and y of the points.

    Examples
    --------
    >>> front = np.array([[float(x), 0.0, x + 1.0, 9.0] for x in range(5)])
    >>> pays_upwards(front, np.array([[0.5, 3.0], [1.5, 4.0]]))
    True
    """
    return _PAYS * _pairs(ends[:, ::2], inside[:, 0]) < _pairs(ends[:, 1::2], inside[:, 1])


def _pairs(ends: Floats, at: Floats) -> int:
    """Return how many pairs there are of an edge and a point between its ends, along one axis."""
    at = np.sort(at)
    low, high = (np.searchsorted(at, each) for each in (ends.min(axis=1), ends.max(axis=1)))
    return int((high - low).sum())


def _crossings(
    ends: Floats, x: Floats, y: Floats, pairs_at_once: int
) -> Iterator[tuple[slice, "csr_array"]]:
    """Yield which edges the rays from points cross, a block of points at a time.

    1 where an edge crosses the ray upwards, -1 where it does so downwards: a table of edges
    by the points of the block. Points are sorted by y.
    """
    # Of each edge, (e,): the first point at the height of its lower end or above, and how many
    # lie below its upper end. The lower end counts and the upper one does not ("left" twice), so
    # where two edges meet at the very height of a ray, one of them is crossed and not both. A
    # level edge has no such points, so that nothing is divided by zero below.
    x0, y0, x1, y1 = ends.T
    first = np.searchsorted(y, np.minimum(y0, y1), side="left")
    last = np.searchsorted(y, np.maximum(y0, y1), side="left")
    for low, high in _blocks(first, last, len(y), pairs_at_once):
        near = np.flatnonzero((first < high) & (last > low)) if high - low < len(y) else slice(None)
        begin = np.maximum(first[near], low)
        count = np.minimum(last[near], high) - begin
        # All pairs of edge and point in its run, (p,), p = count.sum(). `cumsum - count` is the
        # place in that list where the run of an edge begins; what `point` needs there is `begin`.
        edge = np.repeat(np.arange(len(ends))[near], count)
        point = np.arange(len(edge)) + np.repeat(begin - (np.cumsum(count) - count), count)
        # Where each edge passes the height of the point, (p,): to its right, the ray is hit.
        height = (y[point] - y0[edge]) / (y1 - y0)[edge]
        hit = x0[edge] + height * (x1 - x0)[edge] > x[point]
        edge, point = edge[hit], point[hit] - low
        sign = np.where(y1 > y0, 1, -1).astype(np.int16)[edge]
        yield slice(low, high), sparse_table(sign, edge, point, (len(ends), high - low))


def _blocks(first: Ints, last: Ints, count: int, pairs_at_once: int) -> Iterator[tuple[int, int]]:
    """Yield runs of points that together meet so many edges at most; at least one point each."""
    # How many edges begin at a point less how many end there: added up, its pairs, (count,).
    begun = np.bincount(first, minlength=count + 1) - np.bincount(last, minlength=count + 1)
    before = np.concatenate([[0], np.cumsum(np.cumsum(begun[:count]))])
    low = 0
    while low < count:
        high = int(np.searchsorted(before, before[low] + pairs_at_once, side="right")) - 1
        high = min(max(high, low + 1), count)
        yield low, high
        low = high

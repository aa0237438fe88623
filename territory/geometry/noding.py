"""Which lines on a grid must be noded; noding would give all others back as they are.

Snap rounding moves a line to the middle of every cell of the grid that it runs through and that
has a point in its middle. Lines of which none does so, and which meet in their ends alone, stay.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.arrays import Bools, unique_rows
from territory.geometry.projection import Floats, Ints

_CELL = 0.5  # from its middle to its sides
_NEAR = 1.0  # beyond its corners


def unnoded(lines: NDArray[np.object_], *, known: int = 0) -> Bools:
    """Tell which lines meet others elsewhere than in their ends, or run through a cell of theirs.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
        On whole numbers; none has the same point twice in a row.
    known : int
        How many of them, the first ones, are known not to do so among themselves.

    Returns
    -------
    ndarray of bool, shape (n,)
        True also of lines that share an edge, and of one that meets itself.

    Examples
    --------
    >>> beside = [shapely.LineString([(0, y), (9, y)]) for y in (0, 2)]
    >>> across = shapely.LineString([(4, 1), (5, 9)])
    >>> unnoded(np.array([*beside, across])).tolist()
    [False, True, True]
    """
    xy, line = shapely.get_coordinates(lines, return_index=True)
    point, bends = unique_rows(xy)[1], np.diff(line, prepend=-1, append=-1) == 0
    found = np.zeros(len(lines), dtype=bool)
    found[line[_shared(point, bends[:-1] & bends[1:])]] = True
    first = np.flatnonzero(line[:-1] == line[1:])
    edges = np.asarray(shapely.linestrings(np.stack([xy[first], xy[first + 1]], axis=1)))
    new = int(np.searchsorted(line[first], known))
    pairs = shapely.STRtree(edges).query(edges[new:], predicate="dwithin", distance=_NEAR)
    pairs[0] += new
    pairs = pairs[:, (pairs[0] < pairs[1]) | (pairs[1] < new)]
    ends = np.stack([first[pairs], first[pairs] + 1], axis=1)  # edge, end, pair
    meet = point[ends[0]][:, None] == point[ends[1]]
    near = np.flatnonzero(_near(xy, ends, meet))
    touch = near[_touch(xy, edges[pairs[:, near]], ends[:, :, near], meet[:, :, near])]
    found[line[first[pairs[:, touch]]]] = True
    return found


def _shared(point: Ints, inner: Bools) -> Bools:
    """Return which points lie where a line bends and another point is, shape (n,)."""
    bend = np.zeros(int(point.max(initial=-1)) + 1, dtype=bool)
    bend[point[inner]] = True
    shared: Bools = (bend & (np.bincount(point, minlength=len(bend)) > 1))[point]
    return shared


def _near(xy: Floats, ends: Ints, meet: Bools) -> Bools:
    """Return which pairs of edges are to be looked at closely, shape (n,).

    Those that do not meet; of two that meet, where an end lies close to the other one.
    """
    near = np.array(~meet.any(axis=(0, 1)), dtype=np.bool_)
    pair = np.flatnonzero(~near)
    i, j = np.divmod(meet[:, :, pair].reshape(4, -1).argmax(axis=0), 2)
    corner = xy[ends[0, i, pair]]
    u, v = xy[ends[0, 1 - i, pair]] - corner, xy[ends[1, 1 - j, pair]] - corner
    across = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    longer = np.maximum(np.hypot(*u.T), np.hypot(*v.T))
    near[pair] = ((u * v).sum(axis=1) > 0) & (across < _NEAR * longer)
    return near


def _touch(xy: Floats, edges: NDArray[np.object_], ends: Ints, meet: Bools) -> Bools:
    """Tell which edges cross or are the same, or one runs through the cell of another's end."""
    shared = meet.sum(axis=(0, 1))
    found = np.asarray((shared > 1) | (shapely.intersects(edges[0], edges[1]) & (shared == 0)))
    for side in (0, 1):
        (x, y), own = np.moveaxis(xy[ends[side]], 2, 0), meet.any(axis=1 - side)
        cells = shapely.box(x - _CELL, y - _CELL, x + _CELL, y + _CELL)
        found |= (shapely.intersects(cells, edges[1 - side]) & ~own).any(axis=0)
    return found

"""Where ground is cut into tiles: halved between corners of zones, until no tile has too many.

No edge lies along the border of a tile and no corner on it, so all that meets a border crosses
it. Borders are straight in the CRS that zones were drawn in, as all drawn edges are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.arrays import sorted_distinct
from territory.geometry.projection import Floats

Box = tuple[float, float, float, float]
_LOOKED_AT = 32  # coordinates on either side of the middle
_TWO = 2


@dataclass(frozen=True)
class Tiling:
    """Where ground is cut into tiles: a box, or two halves of one.

    Attributes
    ----------
    bounds : tuple of float
        West, south, east, north in the CRS of the snapshots.
    axis, at : int, float
        The halves lie on both sides of this x (0) or y (1).
    halves : tuple of Tiling
        Two, or none for a tile.
    """

    bounds: Box
    axis: int = 0
    at: float = 0.0
    halves: tuple["Tiling", ...] = ()

    def tiles(self) -> Iterator[Box]:
        """Yield the boxes of the tiles, west or south first."""
        if not self.halves:
            yield self.bounds
        for half in self.halves:
            yield from half.tiles()


def tiling_of(points: Floats, bounds: Box, *, max_points: int) -> Tiling:
    """Halve ground until no tile has more points than it may.

    A tile is halved across its longer side, between two coordinates that points have, so that
    none lies on a border and dense ground gets small tiles. A tile all of whose points are one
    stays whole.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Corners of zones that differ.
    bounds : tuple of float
        West, south, east, north of all of them and more.
    max_points : int
        In one tile.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> list(tiling_of(square, (-1.0, -1.0, 2.0, 2.0), max_points=2).tiles())
    [(-1.0, -1.0, 0.5, 2.0), (0.5, -1.0, 2.0, 2.0)]
    """
    if len(points) <= max_points:
        return Tiling(bounds)
    west, south, east, north = bounds
    axes = (0, 1) if east - west >= north - south else (1, 0)
    found = ((axis, _between(points[:, axis])) for axis in axes)
    axis, at = next(((axis, at) for axis, at in found if at is not None), (0, None))
    if at is None:
        return Tiling(bounds)
    is_low = points[:, axis] < at
    low, high = list(bounds), list(bounds)
    low[axis + 2] = high[axis] = at
    halves = tuple(
        tiling_of(points[side], (b[0], b[1], b[2], b[3]), max_points=max_points)
        for side, b in ((is_low, low), (~is_low, high))
    )
    return Tiling(bounds, axis, at, halves)


def _between(values: Floats) -> float | None:
    """Return a number between two values, nearly in the middle of all; None if all are one.

    Of the gaps about the middle the widest, so that what is snapped to a corner is not the border.
    """
    if not len(values):
        return None
    known = sorted_distinct(values)
    middle = int(np.searchsorted(known, np.median(values)))
    near = known[max(middle - _LOOKED_AT, 0) : middle + _LOOKED_AT]
    if len(near) < _TWO:
        return None
    widest = int(np.argmax(np.diff(near)))
    at = float((near[widest] + near[widest + 1]) / 2)
    return at if near[widest] < at < near[widest + 1] else None


def border_of(box: Box, tiling: Tiling) -> NDArray[np.object_]:
    """Return the border of a tile, through the corners of all tiles that lie on it.

    Parameters
    ----------
    box : tuple of float
        West, south, east, north of the tile.
    tiling : Tiling
        That it is of.

    Returns
    -------
    ndarray of LineString, shape (4,)
        So that tiles side by side have the same points on their border.
    """
    west, south, east, north = box
    corners = np.array([(b[i], b[j]) for b in tiling.tiles() for i in (0, 2) for j in (1, 3)])
    sides = []
    for start, end in (
        ((west, south), (east, south)),
        ((east, south), (east, north)),
        ((east, north), (west, north)),
        ((west, north), (west, south)),
    ):
        axis = 0 if start[1] == end[1] else 1
        low, high = sorted((start[axis], end[axis]))
        along, across = corners[:, axis], corners[:, 1 - axis]
        on = along[(across == start[1 - axis]) & (along > low) & (along < high)]
        between = sorted_distinct(on) if end[axis] > start[axis] else sorted_distinct(on)[::-1]
        line = np.tile(np.array(start), (len(between) + 2, 1))
        line[1:-1, axis], line[-1] = between, end
        sides.append(shapely.linestrings(line))
    return np.array(sides, dtype=object)

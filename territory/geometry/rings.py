"""The rings of polygons as one array of coordinates, so that they are taken out only once.

To take thousands of corners out of polygons costs as much as to look at each of them, and what
a day is checked for looks at all of them several times.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats, Ints

_LONG = 50  # corners of a ring, above which to turn it round by itself is faster


@dataclass(frozen=True, eq=False)
class Rings:
    """The rings of polygons, a shell before its holes, none of them empty.

    Attributes
    ----------
    lines : ndarray of LinearRing, shape (r,)
        As they were drawn.
    polygon : ndarray of int, shape (r,)
        Which polygon each is of.
    xy : ndarray, shape (n, 2)
        Corners of all rings, one ring after the other, each closed; without heights.
    start : ndarray of int, shape (r + 1,)
        Where each ring begins in `xy`; the last entry is n.
    """

    lines: NDArray[np.object_]
    polygon: Ints
    xy: Floats
    start: Ints

    @cached_property
    def is_shell(self) -> Bools:
        """Whether each ring is the outer one of its polygon, shape (r,)."""
        return np.append(True, self.polygon[1:] != self.polygon[:-1])[: len(self.polygon)]

    @cached_property
    def shells(self) -> Ints:
        """Which ring the shell of each polygon is, shape (p,)."""
        return np.flatnonzero(self.is_shell)

    @cached_property
    def holes(self) -> Ints:
        """How many holes follow each ring that is a shell, shape (r,)."""
        found = np.zeros(len(self.lines), dtype=np.int64)
        found[self.shells] = np.diff(np.append(self.shells, len(self.lines))) - 1
        return found

    @cached_property
    def bounds(self) -> Floats:
        """Least x, least y, greatest x and greatest y of each ring, shape (r, 4)."""
        found: Floats = shapely.bounds(self.lines)
        return found

    def between(self, begin: int, end: int) -> "Rings":
        """Return the rings of some polygons that follow each other, which are numbered anew.

        Parameters
        ----------
        begin, end : int
            The first of these polygons, and the first after them.

        Returns
        -------
        Rings
            Views of this one's arrays.
        """
        first, last = np.searchsorted(self.polygon, (begin, end)).tolist()
        start = self.start[first : last + 1]
        xy = self.xy[start[0] : start[-1]]
        return Rings(self.lines[first:last], self.polygon[first:last] - begin, xy, start - start[0])

    def taken(self, chosen: Ints) -> "Rings":
        """Return some of the rings.

        Parameters
        ----------
        chosen : ndarray of int
            Which of them, in order.

        Returns
        -------
        Rings
            Each with the number of the polygon that it was of, whose other rings may be missing.
        """
        return _rings(self.lines[chosen], self.polygon[chosen])

    def polygon_of(self, corner: int) -> int:
        """Return the polygon of which a corner is.

        Parameters
        ----------
        corner : int
            Row of `xy`.
        """
        return int(self.polygon[np.searchsorted(self.start, corner, side="right") - 1])

    def wound(self) -> "Rings":
        """Return the corners of shells counter-clockwise, and of holes clockwise.

        Returns
        -------
        Rings
            Its `lines` run as they were drawn.
        """
        astray = shapely.is_ccw(self.lines) != self.is_shell
        if not astray.any():
            return self
        begin, end, xy = self.start[:-1][astray], self.start[1:][astray], self.xy.copy()
        if (end - begin).sum() > _LONG * len(begin):
            for span in map(slice, begin, end):
                xy[span] = xy[span][::-1].copy()
        else:
            row = np.flatnonzero(np.repeat(astray, np.diff(self.start)))
            xy[row] = self.xy.take(np.repeat(begin + end - 1, end - begin) - row, 0)
        return replace(self, xy=xy)


def rings_of(polygons: NDArray[np.object_]) -> Rings:
    """Return the rings of polygons.

    Parameters
    ----------
    polygons : ndarray of Polygon, shape (p,)
        In any CRS; heights are left out.

    Returns
    -------
    Rings

    Examples
    --------
    >>> rings = rings_of(np.array([shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)]))
    >>> rings.start.tolist(), rings.is_shell.tolist()
    ([0, 5, 10], [True, False])
    >>> wound = rings.wound().xy
    >>> shapely.is_ccw(shapely.linearrings([wound[:5], wound[5:]])).tolist()
    [True, False]
    """
    lines, polygon = shapely.get_rings(polygons, return_index=True)
    drawn = ~shapely.is_empty(lines)
    if not drawn.all():  # a hole that is written down without a corner
        lines, polygon = lines[drawn], polygon[drawn]
    return _rings(lines, polygon)


def _rings(lines: NDArray[np.object_], polygon: Ints) -> Rings:
    start = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(lines))])
    return Rings(lines, polygon, shapely.get_coordinates(lines), start)

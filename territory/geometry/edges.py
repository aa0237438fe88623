"""The straight edges of the faces of a partition, each once, and the faces on its two sides.

Assumes faces that share the points of their borders to the last bit, as those of one
partition do; where neighbours of a coverage do not, an edge has a face on one side only.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.arrays import Bools, unique_rows
from territory.geometry.densify import is_forward
from territory.geometry.graphs import sparse_table
from territory.geometry.projection import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class Segments:
    """Straight pieces of the borders of faces, each once.

    Attributes
    ----------
    ends : ndarray, shape (n, 4)
        x and y of both ends, in the plane of the faces; in canonical direction.
    one, other : ndarray of int, shape (n,)
        The faces on both sides; `other` is -1 where nothing lies beyond.
    """

    ends: Floats
    one: Ints
    other: Ints

    @property
    def length(self) -> Floats:
        """The length of each edge, in units of the plane."""
        length: Floats = np.hypot(*(self.ends[:, 2:] - self.ends[:, :2]).T)
        return length


@dataclass(frozen=True, eq=False)
class Edges(Segments):
    """Straight edges, each once, and how they bound the faces.

    Attributes
    ----------
    edge, face : ndarray of int, shape (m,)
        Every edge of every ring: its number, and the face that it bounds.
    on_left : ndarray of bool, shape (m,)
        Whether that face lies on the left of the edge, in canonical direction.
    count : int
        How many faces there are.
    """

    edge: Ints
    face: Ints
    on_left: NDArray[np.bool_]
    count: int

    @cached_property
    def sides(self) -> "csr_array":
        """The faces beside each edge: 1 on its left, -1 on its right, shape (n, faces).

        A face on both sides of an edge is 0 there: it has no width, and its border no place
        in an outline. Faces that overlap may lie on one side together.
        """
        sign = np.where(self.on_left, 1, -1)
        shape = (len(self.ends), self.count)
        table = sparse_table(sign, self.edge, self.face, shape)
        table.eliminate_zeros()
        return table

    def line(self, chosen: NDArray[np.bool_]) -> BaseGeometry:
        """Return chosen edges strung together, in the plane.

        Parameters
        ----------
        chosen : ndarray of bool, shape (e,)
            Which of the edges.

        Returns
        -------
        LineString or MultiLineString
            Empty where none is chosen.
        """
        if not chosen.any():
            return shapely.MultiLineString()
        segments = shapely.linestrings(self.ends[chosen].reshape(-1, 2, 2))
        together = shapely.multilinestrings(np.asarray(segments, dtype=object))
        strung: BaseGeometry = np.asarray(shapely.line_merge(together), dtype=object).item()
        return strung


def edges_of(faces: NDArray[np.object_]) -> Edges:
    """Return the edges of faces.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        Of one partition, in one plane.

    Returns
    -------
    Edges
        Each edge once, with the faces on its two sides.

    Examples
    --------
    >>> found = edges_of(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]))
    >>> len(found.length), found.ends[found.other >= 0].tolist()
    (7, [[1.0, 0.0, 1.0, 1.0]])
    """
    parts, whole = shapely.get_parts(faces, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)  # of single polygons only
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inner = np.flatnonzero(ring[:-1] == ring[1:])
    start, end = xy.take(inner, 0), xy.take(inner + 1, 0)
    ends = canonical(start, end)
    first, inverse = unique_rows(ends)
    face = whole[part][ring[inner]]
    one, other = _sides(face, inverse, len(first))
    on_left = is_forward(start, end) == _inside_on_left(xy, ring, part)[ring[inner]]
    return Edges(ends[first], one, other, inverse, face, on_left, len(faces))


def lines_along(xy: Floats, edge: Ints, begins: Bools | None = None) -> NDArray[np.object_]:
    """Join edges that were drawn one after the other into lines.

    A few long lines are noded and polygonised twice as fast as many short ones, and no point
    moves.

    Parameters
    ----------
    xy : ndarray of float, shape (n, 2)
        Positions of rings, one ring after the other.
    edge : ndarray of int, shape (m,)
        Where in `xy` each edge starts, increasing; it ends at the position after that.
    begins : ndarray of bool, shape (m,), optional
        At which edges a line begins in any case.

    Returns
    -------
    ndarray of LineString, shape (k,)

    Examples
    --------
    >>> xy = np.array([[x, 0] for x in range(6)])
    >>> [line.wkt for line in lines_along(xy, np.array([0, 1, 4]))]
    ['LINESTRING (0 0, 1 0, 2 0)', 'LINESTRING (4 0, 5 0)']
    """
    parted = np.diff(edge, append=-1) != 1
    if begins is not None:
        parted[:-1] |= begins[1:]
    breaks = np.flatnonzero(parted)
    points = np.insert(edge, breaks + 1, edge[breaks] + 1)
    line = np.repeat(np.arange(len(breaks)), np.diff(breaks, prepend=-1) + 1)
    return np.asarray(shapely.linestrings(xy[points], indices=line), dtype=object)


def _inside_on_left(xy: Floats, ring: Ints, part: Ints) -> NDArray[np.bool_]:
    """Tell on which side of each ring its polygon lies: shells go around it, holes do not.

    A ring runs the way in which its area is above zero. That holds of one that crosses itself
    by a rounding too, where its highest corner may lie on the wrong side of the crossing.
    """
    shell = np.append(True, part[1:] != part[:-1])[: len(part)]
    first = np.searchsorted(ring, np.arange(len(part)))
    x, y = (xy - xy[first][ring]).T  # of small numbers less is rounded off
    swept = np.append(x[:-1] * y[1:] - x[1:] * y[:-1], 0.0)[: len(xy)]
    area = np.bincount(ring, swept, len(part))  # from the end of a ring to the next: zero
    return np.asarray((area > 0) == shell, dtype=np.bool_)


def parting(one: Ints, other: Ints, value: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which lines or edges have different values on their two sides.

    Parameters
    ----------
    one, other : ndarray of int, shape (n,)
        The faces on both sides; the second is -1 where nothing lies beyond.
    value : ndarray, shape (faces,)
        Of each face; beyond them it is zero.

    Examples
    --------
    >>> parting(np.array([0, 0, 1]), np.array([1, -1, -1]), np.array([0, 7])).tolist()
    [True, False, True]
    """
    there = np.where(other < 0, 0, value.take(other))
    return np.asarray(value.take(one) != there, dtype=np.bool_)


def canonical(start: Floats, end: Floats) -> Floats:
    """Return edges as rows of two points, so that one drawn either way is the same row.

    Parameters
    ----------
    start, end : ndarray of float, shape (e, 2)
        x and y of the ends of each edge, in any CRS.

    Returns
    -------
    ndarray of float, shape (e, 4)
        x and y of the western (or else southern) end, then of the other; never minus zero.

    Examples
    --------
    >>> canonical(np.array([[1.0, 0.0]]), np.array([[0.0, 0.0]])).tolist()
    [[0.0, 0.0, 1.0, 0.0]]
    """
    forward = is_forward(start, end)[:, None]
    return np.where(forward, np.hstack([start, end]), np.hstack([end, start])) + 0.0


def _sides(face: Ints, edge: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the faces on both sides of each edge; -1 where there is only one."""
    # `face` and `edge`, (m,), name every edge of every ring; an edge between two faces stands in
    # them twice, one on a rim once. Writing all of them leaves the last face of each edge, (n,);
    # writing them from behind leaves the first. Where both are the same there is only one.
    one, other = np.full(count, -1), np.full(count, -1)
    one[edge] = face
    other[edge[::-1]] = face[::-1]
    other[other == one] = -1
    return one, other

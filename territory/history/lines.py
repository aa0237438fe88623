"""The lines that publishers drew: between faces as they were before any area cut them.

A figure is uncertain because a drawn line may lie elsewhere. An area, a province or a table
by district only says which part of the lines is looked at. So lines are found between the
faces of the first partition and cut where they cross a rim, and whatever else was asked for
leaves them as they are. Faces that were cut would not do: both sides of a border get the
point where a rim crosses it by a computation of their own, and a rounding apart the border
would be two lines with nothing between.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.arrays import Bools, sorted_distinct, unique_rows
from territory.geometry.coverage import THIN_M
from territory.geometry.densify import cross
from territory.geometry.edges import Edges, Segments, edges_of
from territory.geometry.graphs import connected
from territory.geometry.projection import Floats, Ints

_EXTENT = "all"  # an area of this name is all that is looked at
_PASSED_THROUGH = 2  # segments that meet where a line merely bends


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines between the faces of a history as they were drawn.

    Attributes
    ----------
    length_m : ndarray, shape (n,)
        Of each line, from one meeting point of lines or rim to the next, or all round.
    one, other : ndarray of int, shape (n,)
        The faces on both sides, by the numbers of `History.before_cut`; the second is -1
        where nothing lies beyond.
    ends : ndarray of int, shape (n, 2)
        Number of the point at either end; twice the same for a line that is closed.
    inside : mapping of str to ndarray of bool, shape (n,)
        By named area, which lines lie in it. A line along its rim is in no area.
    """

    length_m: Floats
    one: Ints
    other: Ints
    ends: Ints
    inside: Mapping[str, Bools] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """How many points lines end at: one more than the largest number."""
        return int(self.ends.max(initial=-1)) + 1

    def chosen(self, which: Bools) -> "Lines":
        """Return some of the lines.

        Parameters
        ----------
        which : ndarray of bool, shape (n,)
            Those to keep.

        Returns
        -------
        Lines
            Their points are numbered anew.
        """
        at = np.flatnonzero(which)
        ends, used = self.ends.take(at, axis=0), np.zeros(self.points, dtype=bool)
        used[ends] = True
        return Lines(
            self.length_m.take(at),
            self.one.take(at),
            self.other.take(at),
            (np.cumsum(used) - 1).take(ends),
            {name: mask.take(at) for name, mask in self.inside.items()},
        )

    def strung(self) -> "Lines":
        """Return the lines joined where exactly two meet that lie in the same areas.

        Returns
        -------
        Lines
            Their points are numbered anew; a line that closes on itself has one of its own.
        """
        return self.strung_from()[0]

    def strung_from(self) -> tuple["Lines", Ints]:
        """Return the lines joined as `strung` does, and which point each of their points was.

        Returns
        -------
        lines : Lines
        point : ndarray of int, shape (`lines.points`,)
            Its number before; of a line that is closed, any that no point had.
        """
        count = len(self.one)
        if not count:
            return self, np.zeros(0, dtype=np.int64)
        bends, meeting = _bends(self)
        # Lines that bend into one another, however many, are one; `line`, (n,), says which one
        # each of them belongs to.
        total, line = connected(bends[:, 0], bends[:, 1], count)
        # Faces and areas are the same all along a line, so any part of it speaks for it; which
        # one (the last that is written) does not matter.
        any_of = np.empty(total, dtype=np.int64)
        any_of[line] = np.arange(count)
        point, ends = _line_ends(line, self.ends, meeting, total)
        found = Lines(
            np.bincount(line, weights=self.length_m, minlength=total).astype(
                np.float64, copy=False
            ),
            self.one[any_of],
            self.other[any_of],
            ends,
            {name: mask[any_of] for name, mask in self.inside.items()},
        )
        return found, point


@dataclass(frozen=True, eq=False)
class Uncut:
    """The faces of a history before they were cut along areas, and those areas.

    Attributes
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        In the plane of the history.
    area_m2 : ndarray, shape (f,)
        Area of each.
    origin : ndarray of int, shape (f,)
        See `History`.
    areas : mapping of str to Polygon or MultiPolygon
        The named areas that have a rim, in the plane.
    rest : mapping of str to tuple of str
        Areas that are what lies in none of others, and the names of those.
    before : Uncut, optional
        The same faces with fewer areas; their edges are the same and found once.
    """

    faces: NDArray[np.object_]
    area_m2: Floats
    origin: Ints
    areas: Mapping[str, BaseGeometry] = field(default_factory=dict)
    rest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: "Uncut | None" = None

    @cached_property
    def edges(self) -> Edges:
        """The straight edges of the faces, each once."""
        return self.before.edges if self.before else edges_of(self.faces)

    @cached_property
    def lines(self) -> Lines:
        """The lines between the faces, cut where they cross a rim.

        They are strung together from their edges: a line ends where it meets others or the
        rim of an area, and goes on where it merely bends.
        """
        return strung(*within(self.edges, self))[0]

    def and_areas(
        self,
        areas: Mapping[str, BaseGeometry],
        rest: Mapping[str, tuple[str, ...]] | None = None,
    ) -> "Uncut":
        """Return the same with more areas.

        Parameters
        ----------
        areas : mapping of str to Polygon or MultiPolygon
            More named areas, in the plane.
        rest : mapping of str to tuple of str, optional
            More areas that are what lies in none of others, and the names of those.

        Returns
        -------
        Uncut
            The faces are the same; an area of a known name takes its place.
        """
        both = {**self.areas, **areas}, {**self.rest, **(rest or {})}
        return replace(self, areas=both[0], rest=both[1], before=self)


# ---- Cut where they cross a rim ------------------------------------------------------------


def within(edges: Segments, drawn: Uncut) -> tuple[Segments, dict[str, Bools]]:
    """Cut edges where they cross the rims of areas; return which of them lie in each area.

    What runs along a rim, as near as two drawings of one line may lie, is in no area: who
    cut the zones by that border chose it.

    Parameters
    ----------
    edges : Segments
        In the plane of the areas.
    drawn : Uncut
        With the named areas that have a rim.

    Returns
    -------
    edges : Segments
        The same, or in pieces.
    inside : dict of str to ndarray of bool
        By named area, which of them lie in it.
    """
    if not drawn.areas:
        return edges, {}
    rims, area = _rims(drawn)
    edges = _cut(edges, rims)
    middle = (edges.ends[:, :2] + edges.ends[:, 2:]) / 2
    spots = np.asarray(shapely.points(middle), dtype=object)
    rim, edge = shapely.STRtree(spots).query(rims, predicate="dwithin", distance=THIN_M)
    inside, beside = {}, {}
    for number, (name, ground) in enumerate(drawn.areas.items()):
        along = np.zeros(len(middle), dtype=bool)
        along[edge[area[rim] == number]] = True
        covered = _covered(middle, ground)
        inside[name], beside[name] = covered & ~along, covered | along
    for name, others in drawn.rest.items():
        inside[name] = ~np.any([beside[each] for each in others], axis=0)
    if _EXTENT in inside:  # nothing that is named reaches beyond it
        inside = {name: mask & inside[_EXTENT] for name, mask in inside.items()}
    return edges, inside


def _rims(drawn: Uncut) -> tuple[NDArray[np.object_], Ints]:
    """Return the straight pieces of the rims of all areas, and the number of each one's area."""
    grounds = np.array([*drawn.areas.values(), None], dtype=object)[:-1]
    rings, area = shapely.get_parts(shapely.boundary(grounds), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    there = np.flatnonzero(ring[:-1] == ring[1:])
    pieces = np.stack([xy[there], xy[there + 1]], axis=1)
    return np.asarray(shapely.linestrings(pieces), dtype=object), area[ring[there]]


def _covered(xy: Floats, ground: BaseGeometry) -> Bools:
    """Return which points lie on ground."""
    west, south, east, north = ground.bounds
    near = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
    shapely.prepare(ground)
    near[near] = shapely.contains_xy(ground, xy[near])
    return near


def _cut(edges: Segments, rims: NDArray[np.object_]) -> Segments:
    """Cut edges where they cross straight pieces of rims."""
    drawn = np.asarray(shapely.linestrings(edges.ends.reshape(-1, 2, 2)), dtype=object)
    rim, edge = shapely.STRtree(drawn).query(rims, predicate="intersects")
    across = shapely.get_coordinates(rims).reshape(-1, 4)[rim]
    share = _crossed_at(edges.ends[edge], across)
    found = (share > 0) & (share < 1)
    if not found.any():
        return edges
    return _divided(edges, edge[found], share[found])


def _crossed_at(one: Floats, other: Floats) -> Floats:
    """Return after which share of one segment another crosses it; nan where they are parallel."""
    along, across = one[:, 2:] - one[:, :2], other[:, 2:] - other[:, :2]
    start = other[:, :2] - one[:, :2]
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = cross(start, across) / cross(along, across)
    return found


def _divided(edges: Segments, edge: Ints, share: Floats) -> Segments:
    """Return edges divided after given shares of their length, the others as they are."""
    cut = sorted_distinct(edge)
    number = np.concatenate([cut, edge, cut])
    at = np.concatenate([np.zeros(len(cut)), share, np.ones(len(cut))])
    order = np.lexsort((at, number))
    number, at = number[order], at[order, None]
    start, end = edges.ends[number, :2], edges.ends[number, 2:]
    point = np.where(at == 1, end, start + at * (end - start))
    first = np.flatnonzero((number[:-1] == number[1:]) & (point[:-1] != point[1:]).any(axis=1))
    pieces = np.hstack([point[first], point[first + 1]])
    whole = np.ones(len(edges.one), dtype=bool)
    whole[edge] = False
    whole_rows = np.flatnonzero(whole)
    source = np.concatenate([whole_rows, number[first]])
    ends = np.concatenate([edges.ends[whole_rows], pieces])
    return Segments(ends, edges.one[source], edges.other[source])


# ---- Strung together -----------------------------------------------------------------------


def strung(edges: Segments, inside: Mapping[str, Bools]) -> tuple[Lines, Floats]:
    """Join segments into lines where exactly two meet that lie in the same areas.

    Parameters
    ----------
    edges : Segments
        Straight pieces, which meet where their ends are the same to the last bit.
    inside : mapping of str to ndarray of bool
        By named area, which of them lie in it.

    Returns
    -------
    lines : Lines
    points : ndarray, shape (`lines.points`, 2)
        Where lines end; not a number for the point of a line that is closed.

    Examples
    --------
    >>> ends = np.array([[0.0, 0, 1, 0], [1, 0, 1, 1], [5, 5, 6, 5]])
    >>> segments = Segments(ends, np.array([0, 0, 0]), np.array([-1, -1, -1]))
    >>> lines, points = strung(segments, {})
    >>> lines.length_m.tolist(), points.tolist()
    ([2.0, 1.0], [[0.0, 0.0], [1.0, 1.0], [5.0, 5.0], [6.0, 5.0]])
    """
    spots = edges.ends.reshape(-1, 2)
    first, node = unique_rows(spots)
    apart = Lines(edges.length, edges.one, edges.other, node.reshape(-1, 2), inside)
    lines, was = apart.strung_from()
    points = np.full((len(was), 2), np.nan)
    known = was < len(first)
    points[known] = spots[first[was[known]]]
    return lines, points


def _bends(lines: Lines) -> tuple[Ints, Ints]:
    """Return the pairs of lines that bend into one another, and how many ends meet at each point.

    Where a line passes into an area it must end, and where other faces begin beside it.
    """
    # How many ends of lines, out of all (n, 2), lie at each point, (points,).
    point = lines.ends.ravel()
    meeting = np.bincount(point)
    # Ends sorted by their point. Those of points with exactly two lie side by side, so they fold
    # into pairs, (b, 2), and end number // 2 is the line: two lines that bend into one.
    order = np.argsort(point, kind="stable")
    ends = order[meeting[point[order]] == _PASSED_THROUGH].reshape(-1, 2)
    bends = ends // 2
    # Where the two differ the pair goes, and its point counts as one where more than two meet.
    parted = np.zeros(len(bends), dtype=bool)
    for value in (lines.one, lines.other, *lines.inside.values()):
        parted |= value[bends[:, 0]] != value[bends[:, 1]]
    meeting[point[ends[parted, 0]]] += 1
    return bends[~parted], meeting


def _line_ends(line: Ints, nodes: Ints, meeting: Ints, total: int) -> tuple[Ints, Ints]:
    """Return which point each point was, and the two points where each line ends.

    A line that is closed has one point of its own, and that was none.
    """
    ends = np.repeat(len(meeting) + np.arange(total), 2).reshape(-1, 2)
    at_end = meeting[nodes] != _PASSED_THROUGH
    whose = np.repeat(line, 2).reshape(-1, 2)[at_end]
    point = nodes[at_end]
    order = np.argsort(whose, kind="stable")
    ends[whose[order[::2]], 0] = point[order[::2]]
    ends[whose[order[1::2]], 1] = point[order[1::2]]
    was, number = np.unique(ends, return_inverse=True)
    return was, number.reshape(-1, 2)

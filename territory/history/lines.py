"""The lines that publishers drew: between faces as they were before any area cut them.

A figure is uncertain because a drawn line may lie elsewhere. An area, a province or a table
by district only says which part of the lines is looked at. So lines are found between the
faces of the first partition and cut where they cross a rim, and whatever else was asked for
leaves them as they are. Faces that were cut would not do: both sides of a border get the
point where a rim crosses it by a computation of their own, and a rounding apart the border
would be two lines with nothing between.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.arrays import Bools, unique_rows
from territory.geometry.edges import Segments, edges_of
from territory.geometry.graphs import connected
from territory.geometry.projection import Floats, Ints
from territory.history.history import (
    THIN_M,
    History,
    Uncut,
)

_PASSED_THROUGH = 2  # segments that meet where a line merely bends
_T = TypeVar("_T")


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
        """
        return Lines(
            self.length_m[which],
            self.one[which],
            self.other[which],
            np.unique(self.ends[which], return_inverse=True)[1].reshape(-1, 2),
            {name: mask[which] for name, mask in self.inside.items()},
        )


@dataclass(frozen=True, eq=False)
class Drawing:
    """The lines of a history, and who held which of the faces between them.

    Attributes
    ----------
    history : History
        As it is measured, cut along its areas.
    lines : Lines
        Between the faces as they were drawn.
    face : ndarray of int, shape (f,)
        For each face as it was drawn, one face of the history that is a piece of it.
    area_m2 : ndarray, shape (f,)
        Of the faces as they were drawn.
    """

    history: History
    lines: Lines
    face: Ints
    area_m2: Floats
    _latest: dict[Any, Any] = field(default_factory=dict, repr=False)

    def held_by(self, row: int) -> NDArray[np.int16]:
        """Return who held the faces as they were drawn on a day, shape (f,).

        Parameters
        ----------
        row : int
            Number of the day.
        """
        held: NDArray[np.int16] = self.history.held_by[row][self.face]
        return held

    def apart(self, row: int, at: Ints) -> Bools:
        """Return across which lines the holder changes on a day; beyond the faces is nobody.

        Parameters
        ----------
        row : int
            Number of the day.
        at : ndarray of int
            Numbers of lines.
        """
        held = self.history.held_by[row]
        one, other = self.lines.one[at], self.lines.other[at]
        there = np.where(other < 0, 0, held[self.face[other]])
        differ: Bools = held[self.face[one]] != there
        return differ

    def once(self, found: Callable[["Drawing", tuple[int, int]], _T], rows: tuple[int, int]) -> _T:
        """Return what a function finds of two days; asked again at once, what it found then.

        The cells of a table are all about the same days.

        Parameters
        ----------
        found : callable
            Of a drawing and the numbers of two days.
        rows : (int, int)
            Numbers of the days.
        """
        key = (found, rows)
        if key not in self._latest:
            self._latest.clear()
            self._latest[key] = found(self, rows)
        found_then: _T = self._latest[key]
        return found_then

    def inside(self, area: str) -> Lines:
        """Return the lines in an area; all of them where it has no rim."""
        mask = self.lines.inside.get(area)
        return self.lines if mask is None else self.lines.chosen(mask)

    def counted(self, lines: Lines, area: str) -> Bools:
        """Return which lines can make a figure about an area uncertain.

        Of an area with a rim those inside. Of everything all lines, but where a coverage
        ends: there the data end and not a zone.
        """
        looked_at = lines.inside.get(area, np.ones(len(lines.one), dtype=bool))
        return looked_at if self.history.outside_is_nobody else looked_at & (lines.other >= 0)


def drawing_of(history: History) -> Drawing:
    """Return the lines of a history with the holders of the faces between them.

    Parameters
    ----------
    history : History
        Any; of a part, the lines between faces that it has.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000)])
    >>> history = from_coverage(
    ...     squares, np.array([[0, 1]], dtype=np.int16), days=(date(2018, 1, 1),),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> found = drawing_of(history.with_areas({"south": shapely.box(0, 0, 2000, 250)}))
    >>> inner = found.lines.other >= 0
    >>> found.lines.length_m[inner].tolist(), found.lines.inside["south"][inner].tolist()
    ([250.0, 750.0], [True, False])
    """
    drawn = history.before_cut
    known = np.argsort(history.origin, kind="stable")
    at = np.searchsorted(history.origin[known], drawn.origin)
    face = known[np.minimum(at, len(known) - 1)] if len(known) else np.zeros(0, dtype=np.int64)
    lines = lines_of(history)
    missing = np.append(history.origin[face] != drawn.origin, False)  # beyond is never missing
    if missing.any():
        lines = lines.chosen(~(missing[lines.one] | missing[lines.other]))
    return Drawing(history, lines, face, drawn.area_m2)


def lines_of(history: History) -> Lines:
    """Return the lines between the faces of a history as they were drawn.

    They are strung together from their segments: a line ends where it meets others or the
    rim of an area, and goes on where it merely bends.

    Parameters
    ----------
    history : History
        Any.
    """
    drawn = history.before_cut
    edges: Segments = edges_of(drawn.faces)
    edges, inside = _within(edges, drawn) if drawn.areas else (edges, {})
    nodes = unique_rows(edges.ends.reshape(-1, 2))[1].reshape(-1, 2)
    return _strung(edges, nodes, inside)


# ---- Cut where they cross a rim ------------------------------------------------------------


def _within(edges: Segments, drawn: Uncut) -> tuple[Segments, dict[str, Bools]]:
    """Cut edges where they cross the rims of areas; return which of them lie in each area.

    What runs along a rim, as near as two drawings of one line may lie, is in no area: who
    cut the zones by that border chose it.
    """
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
        found: Floats = _cross(start, across) / _cross(along, across)
    return found


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _divided(edges: Segments, edge: Ints, share: Floats) -> Segments:
    """Return edges divided after given shares of their length, the others as they are."""
    cut = np.unique(edge)
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


def _strung(edges: Segments, nodes: Ints, inside: Mapping[str, Bools]) -> Lines:
    """Join segments where exactly two meet that lie in the same areas."""
    length, count = edges.length, len(edges.one)
    if not count:
        return Lines(length, edges.one, edges.other, nodes, inside)
    meeting = np.bincount(nodes.ravel())
    order = np.argsort(nodes.ravel(), kind="stable")
    bends = order[meeting[nodes.ravel()[order]] == _PASSED_THROUGH].reshape(-1, 2) // 2
    for mask in inside.values():
        parted = mask[bends[:, 0]] != mask[bends[:, 1]]
        meeting[_common(nodes, bends[parted])] += 1
        bends = bends[~parted]
    total, line = connected(bends[:, 0], bends[:, 1], count)
    any_of = np.empty(total, dtype=np.int64)
    any_of[line] = np.arange(count)
    return Lines(
        np.bincount(line, weights=length, minlength=total).astype(np.float64, copy=False),
        edges.one[any_of],
        edges.other[any_of],
        _line_ends(line, nodes, meeting, total),
        {name: mask[any_of] for name, mask in inside.items()},
    )


def _common(nodes: Ints, pairs: Ints) -> Ints:
    """Return the node at which two segments meet, for each pair of segments."""
    one, other = nodes[pairs[:, 0]], nodes[pairs[:, 1]]
    first = (one[:, :1] == other).any(axis=1)
    return np.where(first, one[:, 0], one[:, 1])


def _line_ends(line: Ints, nodes: Ints, meeting: Ints, total: int) -> Ints:
    """Return the two points where each line ends, or a point of its own where it is closed."""
    ends = np.repeat(len(meeting) + np.arange(total), 2).reshape(-1, 2)
    at_end = meeting[nodes] != _PASSED_THROUGH
    whose = np.repeat(line, 2).reshape(-1, 2)[at_end]
    point = nodes[at_end]
    order = np.argsort(whose, kind="stable")
    ends[whose[order[::2]], 0] = point[order[::2]]
    ends[whose[order[1::2]], 1] = point[order[1::2]]
    return np.unique(ends, return_inverse=True)[1].reshape(-1, 2)

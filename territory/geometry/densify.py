"""Straight edges of one CRS as curves in another: where to divide them, what lies beside.

Rings are given as one array of coordinates and where each ring begins, so that a whole
partition is one call. An edge that several rings have is divided once, and every edge in a
canonical direction, so that one shared by two days or two actors stays identical to the last
bit.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from territory.geometry.arrays import distinct_values, unique_rows

LONG_EDGE_M = 2_000.0
SHORTEST_SHARE = 0.1  # of the bound, however long an edge is
_MAX_PIECES = 100_000


class Carrier(Protocol):
    """What carries points to another CRS, as `pyproj.Transformer` does.

    A point must come out with the same bits wherever it stands in an array.
    """

    def transform(self, xx: Any, yy: Any, /) -> tuple[Any, Any]:  # noqa: ANN401 - as pyproj's
        """Return where points lie there.

        Parameters
        ----------
        xx, yy : ndarray of float, shape (n,)
            x and y in the source CRS.

        Returns
        -------
        tuple of two ndarray of float, shape (n,)
            x and y in the target CRS.
        """
        ...


@dataclass(frozen=True, eq=False)
class Curves:
    """Rings whose edges are so short that their chords serve for the curves.

    Attributes
    ----------
    xy : ndarray, shape (n, 2)
        Coordinates of all rings, one after the other, in the source CRS.
    plane : ndarray, shape (n, 2)
        The same in the target CRS.
    sagitta : ndarray, shape (n, 2)
        From the middle of the chord to the next point, to the middle of the curve.
    ring_start : ndarray of int, shape (r + 1,)
        Where each ring begins; the last entry is n.
    """

    xy: NDArray[np.float64]
    plane: NDArray[np.float64]
    sagitta: NDArray[np.float64]
    ring_start: NDArray[np.int64]

    def swept(self) -> NDArray[np.float64]:
        """Return the signed area that each edge sweeps about the first point of its ring.

        Between a chord and its curve lies, to fourth order, two thirds of chord times
        sagitta.

        Returns
        -------
        ndarray, shape (n,)
            Square units of the target CRS, of the edge that starts at each point; 0 from the end
            of a ring to the next one.
        """
        following = np.append(self.plane[1:], self.plane[:1], axis=0)
        # Far from its ring, an origin costs digits: the areas would be differences of large ones.
        origin = np.repeat(self.plane[self.ring_start[:-1]], np.diff(self.ring_start), axis=0)
        fan = cross(self.plane - origin, following - origin) / 2
        area = fan - 2 / 3 * cross(following - self.plane, self.sagitta)
        area[_ring_ends(self.ring_start)] = 0.0  # from the end of a ring to the next one
        return area

    def ring_areas(self) -> NDArray[np.float64]:
        """Return the area inside each ring, whichever way it runs, shape (r,)."""
        if not len(self.xy):
            return np.zeros(len(self.ring_start) - 1)
        return np.abs(np.add.reduceat(self.swept(), self.ring_start[:-1]))


def cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cross products of vectors, row by row.

    Parameters
    ----------
    a, b : ndarray of float, shape (n, 2)
        x and y of the vectors, in one unit.

    Returns
    -------
    ndarray of float, shape (n,)
        In that unit squared; positive where `b` lies to the left of `a`.
    """
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], dtype=np.float64)


def _ring_ends(ring_start: NDArray[np.int64]) -> NDArray[np.int64]:
    return ring_start[1:][np.diff(ring_start) > 0] - 1


def is_forward(
    start: NDArray[np.float64 | np.int64], end: NDArray[np.float64 | np.int64]
) -> NDArray[np.bool_]:
    """Return which edges run in canonical direction: east, or north where they run neither.

    Parameters
    ----------
    start, end : ndarray of float, shape (e, 2)
        x and y of the ends of each edge, in any CRS.

    Returns
    -------
    ndarray of bool, shape (e,)
        False also for an edge of no length.
    """
    east = start[:, 0] < end[:, 0]
    north = (start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1])
    return np.asarray(east | north, dtype=np.bool_)


def divided(
    xy: NDArray[np.float64],
    ring_start: NDArray[np.int64],
    transformer: Carrier,
    *,
    max_chord_error: float,
) -> Curves:
    """Divide edges until no chord is further than a bound from its curve.

    The distance between the projected middle of an edge and the middle of its chord is
    the sagitta s; in n pieces it falls to s / n squared. The area beside an edge grows
    with its length, so the bound falls with the length of edges over `LONG_EDGE_M`, down
    to a tenth.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Coordinates of all rings, one after the other, in the source CRS.
    ring_start : ndarray of int, shape (r + 1,)
        Where each ring begins in `xy`; the last entry is n.
    transformer : Carrier
        From the source CRS to the target CRS, the plane.
    max_chord_error : float
        Bound in units of the target CRS (metres).

    Returns
    -------
    Curves
        The drawn points are among its points, untouched by rounding.

    Examples
    --------
    >>> from pyproj import Transformer
    >>> edge = np.array([[0.0, 60.0], [10.0, 60.0], [0.0, 60.0]])
    >>> there = Transformer.from_crs(4326, 3035, always_xy=True)
    >>> len(divided(edge, np.array([0, 3]), there, max_chord_error=1000.0).xy) > 3
    True
    """
    if not len(xy):
        return Curves(xy, xy, xy, ring_start)
    corners, ends, line, forward = _edges_once(xy, ring_start)
    plane = _projected(corners, transformer).take(ends, 0)
    both = corners.take(ends, 0), plane
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is judged later
        middle, chord = ((each[:, 0] + each[:, 1]) / 2 for each in both)
        sagitta = _sagitta(middle, chord, transformer)
        pieces = _pieces(plane, sagitta, max_chord_error)
        lines = _in_pieces(*both, sagitta, pieces, transformer)
    return _along(lines, line, forward, ring_start)


def _edges_once(
    xy: NDArray[np.float64], ring_start: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return distinct corners, (u, 2), the two of each edge, (e, 2), and the edges of rings.

    Of each position of a ring, (n,): which edge starts there, one of no length at the end of a
    ring, and whether it runs from the first of its corners to the second.
    """
    first, start = unique_rows(xy)
    end = np.append(start[1:], start[:1])
    last = _ring_ends(ring_start)
    end[last] = start[last]
    line, pairs = distinct_values(np.minimum(start, end) * len(first) + np.maximum(start, end))
    ends = np.column_stack(np.divmod(pairs, len(first)))
    return xy.take(first, 0), ends, line, start <= end


def _sagitta(
    middle: NDArray[np.float64], chord: NDArray[np.float64], transformer: Carrier
) -> NDArray[np.float64]:
    """Return from the middle of the chord to that of the curve, of the middles of edges, (e, 2)."""
    found: NDArray[np.float64] = _projected(middle, transformer) - chord
    return found


def _pieces(
    plane: NDArray[np.float64], sagitta: NDArray[np.float64], max_chord_error: float
) -> NDArray[np.int64]:
    """Return in how many pieces the chords of an edge are near enough to its curve, (e,)."""
    length = np.hypot(*(plane[:, 1] - plane[:, 0]).T)
    share = np.clip(LONG_EDGE_M / np.maximum(length, LONG_EDGE_M), SHORTEST_SHARE, 1.0)
    bound = max_chord_error * share
    needed = np.ceil(np.sqrt(np.nan_to_num(np.hypot(*sagitta.T)) / bound))
    # Between two points that are nowhere nothing is known, not even how long the edge is.
    return np.asarray(np.clip(np.nan_to_num(needed), 1, _MAX_PIECES), dtype=np.int64)


def _in_pieces(
    ends: NDArray[np.float64],
    plane: NDArray[np.float64],
    sagitta: NDArray[np.float64],
    pieces: NDArray[np.int64],
    transformer: Carrier,
) -> Curves:
    """Divide edges of two ends, (e, 2, 2), into lines of a point more than they have pieces."""
    before = np.concatenate([[0], np.cumsum(pieces + 1)])
    edge = np.repeat(np.arange(len(pieces)), pieces + 1)
    step, count = np.arange(len(edge)) - before.take(edge), pieces.take(edge)
    # Rows are taken: numpy takes them ten times as fast as it looks them up by index.
    row = 2 * edge + (step == count)
    xy, flat = (each.reshape(-1, 2).take(row, 0) for each in (ends, plane))
    new = np.flatnonzero((step > 0) & (step < count))
    xy[new] = _between(ends, edge.take(new), step.take(new), count.take(new))
    flat[new] = _projected(xy.take(new, 0), transformer)
    bent, part = sagitta.take(edge, 0), np.flatnonzero((step < count) & (count > 1))
    middle, chord = (_middles(each).take(part, 0) for each in (xy, flat))
    bent[part] = _sagitta(middle, chord, transformer)
    return Curves(xy, flat, bent, before)


def _along(
    lines: Curves,
    line: NDArray[np.int64],
    forward: NDArray[np.bool_],
    ring_start: NDArray[np.int64],
) -> Curves:
    """Put rings together from lines: which one starts at each position, and which way it runs."""
    pieces = np.diff(lines.ring_start).take(line) - 1
    before = np.concatenate([[0], np.cumsum(pieces)])
    at = np.repeat(np.arange(len(line)), pieces)
    step, ahead = np.arange(len(at)) - before.take(at), forward.take(at)
    row = lines.ring_start.take(line).take(at) + np.where(ahead, step, pieces.take(at) - step)
    xy, plane = (each.take(row, 0) for each in (lines.xy, lines.plane))
    return Curves(xy, plane, lines.sagitta.take(row - ~ahead, 0), before[ring_start])


def _between(
    ends: NDArray[np.float64],
    edge: NDArray[np.int64],
    step: NDArray[np.int64],
    pieces: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the points that divide edges, reckoned from the smaller end of each."""
    start, end = ends.swapaxes(0, 1)
    forward = is_forward(start, end)
    low = np.where(forward[:, None], start, end)
    high = np.where(forward[:, None], end, start)
    share = np.where(forward.take(edge), step, pieces - step) / pieces
    between: NDArray[np.float64] = low.take(edge, 0) + (high - low).take(edge, 0) * share[:, None]
    return between


def _middles(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the middle of each position and the one after it, (n - 1, 2)."""
    found: NDArray[np.float64] = (xy[:-1] + xy[1:]) / 2
    return found


def _projected(xy: NDArray[np.float64], transformer: Carrier) -> NDArray[np.float64]:
    return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

"""Which lines make a figure uncertain, and how far their errors carry into it.

A figure adds up faces of a `History`, each with a weight: 1 for ground that counts, 0 for
ground that does not, -1 for what a net figure takes away. If a line between two faces lay
a little elsewhere, the figure would change by the difference of their weights. So a line
inside the ground that counts does not matter, nor does one that has not moved between two
days when only the change is asked for, and the rim of a named area is a choice and no
observation at all.

Lines are strung together where they meet, and sorted by the days whose map draws them:
what was drawn once and copied has one error, what was drawn on two days has two, which may
go together (`BoundaryError.date_correlation`).

Assumes that errors are small against the distance between lines, so that the change of an
area is the error integrated along its line (Chrisman and Yandell, 1988).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from territory.edges import edges_of
from territory.errors import InputError
from territory.estimate import (
    correlated_length_m,
    correlated_m2,
    digitising_error_m,
    together,
)
from territory.history import Bools, History
from territory.partition import unique_rows
from territory.projection import Floats, Ints

DEFAULT_ERROR_M = 500.0
DEFAULT_LENGTH_M = 2000.0
_AT_ONCE = 32  # sets of faces, to bound memory
_PASSED_THROUGH = 2  # segments that meet where a line merely bends


@dataclass(frozen=True)
class BoundaryError:
    """How far a drawn boundary may lie from the true one.

    Attributes
    ----------
    boundary_error_m : float
        Standard deviation across the line of what the publisher knew, in metres.
    correlation_length_m : float
        Distance along the line over which errors go together, in metres.
    map_scale : float
        Denominator of the scale of the map that the line was traced from; 0 for none.
        Adds `territory.estimate.digitising_error_m` in quadrature.
    georeference_error_m : float
        Standard deviation of where a map image was put on the ground, in metres; that of
        points left out, never the residual of the points used. Added in quadrature.
    bias_m : float
        How far all of the line may lie to one side, in metres. Adds its size times the
        length of the line to the interval, linearly.
    date_correlation : float
        Correlation of the errors of lines drawn on two days, -1 to 1. With 1 the ground
        between an old line and an equally long new one is known exactly.

    Raises
    ------
    InputError
        If an error is negative, or the correlation is none.

    Examples
    --------
    >>> BoundaryError(300.0, map_scale=800_000).total_m
    500.0
    """

    boundary_error_m: float = DEFAULT_ERROR_M
    correlation_length_m: float = DEFAULT_LENGTH_M
    map_scale: float = 0.0
    georeference_error_m: float = 0.0
    bias_m: float = 0.0
    date_correlation: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no error can be."""
        for name in ("boundary_error_m", "map_scale", "georeference_error_m"):
            if not 0 <= getattr(self, name) < np.inf:
                raise InputError(f"{name} cannot be {getattr(self, name)}")
        if not 0 < self.correlation_length_m < np.inf:
            raise InputError(f"correlation_length_m cannot be {self.correlation_length_m}")
        if not np.isfinite(self.bias_m):
            raise InputError(f"bias_m cannot be {self.bias_m}")
        if not -1 <= self.date_correlation <= 1:
            raise InputError(f"a correlation lies between -1 and 1, not {self.date_correlation}")

    @property
    def digitising_error_m(self) -> float:
        """Standard deviation of tracing the map, in metres."""
        return digitising_error_m(self.map_scale)

    @property
    def total_m(self) -> float:
        """Standard deviation across the line of all errors together, in metres."""
        return together(self.boundary_error_m, self.digitising_error_m, self.georeference_error_m)


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines between the faces of a history.

    Attributes
    ----------
    length_m : ndarray, shape (n,)
        Of each line, from one meeting point of lines to the next, or all round.
    one, other : ndarray of int, shape (n,)
        The faces on both sides; the second is -1 where nothing lies beyond.
    ends : ndarray of int, shape (n, 2)
        Number of the point at either end; twice the same for a line that is closed.
    """

    length_m: Floats
    one: Ints
    other: Ints
    ends: Ints

    @property
    def points(self) -> int:
        """How many points lines end at: one more than the largest number."""
        return int(self.ends.max(initial=-1)) + 1


@dataclass(frozen=True)
class Reach:
    """How far errors of lines carry into a figure.

    Attributes
    ----------
    spread_m : float
        What a standard deviation across the line is multiplied by, in metres, to give the
        standard deviation of the figure in square metres.
    length_m : float
        What a bias is multiplied by: the length of the lines that count.
    """

    spread_m: float
    length_m: float


def lines_of(history: History) -> Lines:
    """Return the lines between the faces of a history, strung together from their segments.

    Parameters
    ----------
    history : History
        Any; a line ends where it meets others, and goes on where it merely bends.
    """
    edges = edges_of(history.faces)
    nodes = unique_rows(edges.ends.reshape(-1, 2))[1].reshape(-1, 2)
    return _strung(edges.length, edges.one, edges.other, nodes)


def _strung(length: Floats, one: Ints, other: Ints, nodes: Ints) -> Lines:
    """Join segments where exactly two meet."""
    count = len(length)
    if not count:
        return Lines(length, one, other, nodes)
    meeting = np.bincount(nodes.ravel())
    order = np.argsort(nodes.ravel(), kind="stable")
    bends = order[meeting[nodes.ravel()[order]] == _PASSED_THROUGH].reshape(-1, 2) // 2
    joined = coo_array((np.ones(len(bends), dtype=bool), tuple(bends.T)), shape=(count, count))
    total, line = connected_components(joined, directed=False)
    any_of = np.empty(total, dtype=np.int64)
    any_of[line] = np.arange(count)
    return Lines(
        np.bincount(line, weights=length, minlength=total).astype(np.float64, copy=False),
        one[any_of],
        other[any_of],
        _line_ends(line.astype(np.int64), nodes, meeting, total),
    )


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


def reach(
    lines: Lines,
    history: History,
    weight: Floats,
    *,
    area: str,
    beyond: float = 0.0,
    days: tuple[int, ...] = (),
    error: BoundaryError,
) -> Reach:
    """Return how far errors of the lines carry into a figure.

    Parameters
    ----------
    lines : Lines
        Of the history.
    weight : ndarray, shape (faces,)
        What each face counts in the figure.
    area : str
        The area looked at. Of a named one, neither its rim counts nor what lies beyond.
    beyond : float
        What the ground beyond all faces counts, where zones are drawn: 1 in the figure of
        nobody's ground.
    days : tuple of int
        Rows of the one or two days the figure is about; lines of two days are then told
        apart. With none given they are taken as one map.
    error : BoundaryError
        For the correlation along the line and between days.
    """
    step = _steps(lines, history, weight, beyond, area)
    at = np.flatnonzero(step)
    if not at.size:
        return Reach(0.0, 0.0)
    drawn = _drawn(lines, history, at, days)
    old, new, both = (
        _spread(lines, at[drawn == each], step, error.correlation_length_m) for each in range(3)
    )
    variance = old**2 + new**2 + both**2 - 2 * error.date_correlation * old * new
    return Reach(sqrt(max(variance, 0.0)), float((lines.length_m[at] * step[at]).sum()))


def reach_of_each(
    lines: Lines,
    history: History,
    sets: Bools,
    *,
    area: str,
    beyond: bool,
    error: BoundaryError,
) -> list[Reach]:
    """Return how far errors of the lines carry into the areas of many sets of faces.

    The same as `reach` for each of them, each of one map, many times as fast: what takes
    long is to set out to find which lines meet, and that is done for all sets together.

    Parameters
    ----------
    sets : ndarray of bool, shape (n, faces)
        The faces that count.
    lines, history, area, beyond, error
        See `reach`.
    """
    found: list[Reach] = []
    for first in range(0, len(sets), _AT_ONCE):
        some = sets[first : first + _AT_ONCE]
        step = np.array([_steps(lines, history, each, beyond, area) for each in some], dtype=bool)
        which, at = np.nonzero(step)
        ends = lines.ends[at] + which[:, None] * lines.points
        length_m, closed, run = _strings(lines.length_m[at], ends, len(some) * lines.points)
        m2 = correlated_m2(length_m, error.correlation_length_m, closed=closed)
        whose = np.zeros(len(m2), dtype=np.int64)
        whose[run] = which
        variance = np.bincount(whose, weights=m2, minlength=len(some))
        whole = np.bincount(which, weights=lines.length_m[at], minlength=len(some))
        found += [Reach(sqrt(v), float(m)) for v, m in zip(variance, whole, strict=True)]
    return found


def _steps(
    lines: Lines, history: History, weight: Floats | Bools, outside: float, area: str
) -> Floats:
    """Return by how much the weight changes across each line; 0 where it does not count.

    Nothing beyond is the rim: of a named area, which is a choice, or of a coverage, which
    is where the data end. Around drawn zones it is ground held by nobody.
    """
    beyond = lines.other < 0
    there = np.where(beyond, outside, weight[lines.other])
    step = np.abs(weight[lines.one].astype(np.float64) - there)
    if area in history.within:
        inside = history.within[area]
        return np.where(inside[lines.one] & inside[lines.other] & ~beyond, step, 0.0)
    return step if history.outside_is_nobody else np.where(beyond, 0.0, step)


def _drawn(lines: Lines, history: History, at: Ints, days: tuple[int, ...]) -> Ints:
    """Return for each line whether the first day's map draws it (0), the last's (1) or both (2)."""
    if len(days) != 2:  # noqa: PLR2004 - one map, or a path that has no two ends
        return np.zeros(len(at), dtype=np.int64)
    one, other = lines.one[at], lines.other[at]
    before, after = (_apart(history.held_by[row], one, other) for row in days)
    return np.where(before & after, 2, np.where(after, 1, 0))


def _apart(held: Ints, one: Ints, other: Ints) -> Bools:
    """Return whether different holders stand on the two sides; beyond the faces is nobody."""
    differ: Bools = held[one] != np.where(other < 0, 0, held[other])
    return differ


def _spread(lines: Lines, at: Ints, step: Floats, correlation_length_m: float) -> float:
    """Return the spread of the lines of one map, strung together where they meet."""
    if not at.size:
        return 0.0
    steps = step[at]
    alike = bool((steps == steps[0]).all())  # nearly always; sorting would cost more
    found = []
    for size in steps[:1] if alike else np.unique(steps):
        length_m, closed = _runs(lines, at if alike else at[steps == size])
        found.append(size * correlated_length_m(length_m, correlation_length_m, closed=closed))
    return together(*found)


def _runs(lines: Lines, at: Ints) -> tuple[Floats, Bools]:
    """Return the lengths of connected lines, and which of them have no loose end."""
    length_m, closed, _ = _strings(lines.length_m[at], lines.ends[at], lines.points)
    return length_m, closed


def _strings(length_m: Floats, ends: Ints, points: int) -> tuple[Floats, Bools, Ints]:
    """Join lines where they meet.

    Returns
    -------
    lengths, closed : ndarray
        Of each string; points where no line ends count as strings without length.
    string : ndarray of int
        Which string each line belongs to.
    """
    one, other = ends.T
    table = coo_array((np.ones(len(one)), (one, other)), shape=(points, points))
    total, run = connected_components(table, directed=False)
    loose = np.bincount(one, minlength=points) + np.bincount(other, minlength=points)
    lengths = np.bincount(run[one], weights=length_m, minlength=total)
    closed = np.ones(total, dtype=bool)
    closed[run[loose % 2 == 1]] = False
    return lengths.astype(np.float64, copy=False), closed, run[one].astype(np.int64)

"""Which lines make a figure uncertain, and how far their errors carry into it.

A figure adds up faces of a `History`, each with a weight: 1 for ground that counts, 0 for
ground that does not, -1 for what a net figure takes away. If a line between two faces lay
a little elsewhere, the figure would change by the difference of their weights. So a line
inside the ground that counts does not matter, nor does one that has not moved between two
days when only the change is asked for, and the rim of a named area is none of the lines of
the map (`territory.measure.rim` is about its error).

Lines are strung together where they meet, and sorted by the days whose map draws them:
what was drawn once and copied has one error, what was drawn on two days has two. These go
together the more, the nearer the two lines lie (`territory.measure.strips`), and may do so wherever
they lie (`BoundaryError.date_correlation`).

Assumes that errors are small against the distance between lines, so that the change of an
area is the error integrated along its line (Chrisman and Yandell, 1988).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import sqrt
from numbers import Real

import numpy as np

from territory.errors import InputError
from territory.geometry.arrays import Bools
from territory.geometry.graphs import connected
from territory.geometry.projection import Floats, Ints
from territory.history.drawing import Drawing
from territory.history.lines import Lines
from territory.holders import NOBODY
from territory.measure.estimate import correlated_m2, digitising_error_m, together
from territory.measure.strips import Shares, Strips, shares, shares_along, strips_of

DEFAULT_ERROR_M = 1300.0
DEFAULT_LENGTH_M = 12000.0
"""Of lines of which nobody says anything: the rounded middle (geometric mean) of what the fronts
of three publishers in Ukraine gave (`data/line_errors.toml`)."""
SETS_AT_ONCE = 32  # sets of faces, to bound memory
_TWO = 2  # maps, whose lines are told apart
_BOTH = 2  # the number of lines that both of them draw
_KINDS = 3  # lines of the first map, of the last, and of both


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
        Adds `territory.measure.estimate.digitising_error_m` in quadrature.
    georeference_error_m : float
        Standard deviation of where a map image was put on the ground, in metres; that of
        points left out, never the residual of the points used. Added in quadrature.
    bias_m : float
        How far all of the line may lie to one side, in metres. Adds its size times the
        length of the line to the interval, linearly.
    date_correlation : float
        Correlation of the errors of lines drawn on two days, -1 to 1, however far apart they
        lie. With 1 the ground between an old line and an equally long new one is known
        exactly. Lines near one another share their errors besides.
    redraw_lag_days : float
        Standard deviation, in days, of when a section of the line is redrawn: that much later
        or sooner than its ground changed hands (`territory.measure.redraw_lag`).

    Raises
    ------
    InputError
        If an error or a lag is negative, or the correlation is none.

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
    redraw_lag_days: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no error can be."""
        for name, value in vars(self).items():
            if not isinstance(value, Real):
                raise InputError(f"{name} must be a number, not {value!r:.60}")
        for name in ("boundary_error_m", "map_scale", "georeference_error_m", "redraw_lag_days"):
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

    @property
    def is_none(self) -> bool:
        """Whether lines are taken as exact, so that no line need be looked at."""
        return not (self.total_m or self.bias_m)

    @property
    def drawn_m(self) -> float:
        """Standard deviation of copying the line from a picture of the map, in metres."""
        return together(self.digitising_error_m, self.georeference_error_m)

    @property
    def drawn_share(self) -> float:
        """What part of all errors is that of copying the line, 0 to 1."""
        return self.drawn_m / self.total_m if self.total_m else 0.0


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


def reach(
    drawing: Drawing,
    weight: Floats,
    *,
    area: str,
    beyond: float = 0.0,
    maps: tuple[int, ...] = (),
    error: BoundaryError,
) -> Reach:
    """Return how far errors of the lines carry into a figure.

    Parameters
    ----------
    drawing : Drawing
        The lines, and who held what between them.
    weight : ndarray, shape (faces,)
        What each face of the history counts in the figure.
    area : str
        The area looked at. Of a named one, neither its rim counts nor what lies beyond.
    beyond : float
        What the ground beyond all faces counts, where zones are drawn: 1 in the figure of
        nobody's ground.
    maps : tuple of int
        Rows of the one or two days whose maps the figure is about. Lines of two days are
        told apart and share their errors the more, the nearer they lie (see
        `territory.measure.strips`). With none given they are taken as one map.
    error : BoundaryError
        For the error of a line and its correlation along the line and between days.

    Returns
    -------
    Reach
        Nothing where no line counts.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.history.drawing import drawing_of
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> found = reach(drawing_of(history), np.array([1.0, 0.0]), area="all", error=BoundaryError())
    >>> found.length_m
    1000.0
    """
    lines, counts = drawing.lines, weight[drawing.face]
    along = error.correlation_length_m
    if len(maps) != _TWO:
        step = _steps(drawing, lines, counts, beyond, area)
        at = np.flatnonzero(step)
        found = _variance(lines, at, step, np.ones(len(step)), along)
        return Reach(sqrt(found), float((lines.length_m[at] * step[at]).sum()))
    strips = drawing.once(strips_of, (maps[0], maps[1]))
    some = _looked_at(strips, counts, beyond)
    step = _steps(drawing, lines, counts, beyond, area, some=some)
    at = np.arange(len(lines.one))[some][step > 0]
    if not at.size:
        return Reach(0.0, 0.0)
    part = shares(strips, lines, counts, beyond=beyond, error_m=error.total_m)
    there = Shares(part.own[None, at], part.common[None, at])
    crossed = _crossed(drawing, at, step[None, step > 0], there, maps=maps)
    return _reaches(lines, [crossed], error)[0][0]


def reach_of_transfers(
    drawing: Drawing,
    transfers: Ints,
    *,
    area: str,
    maps: tuple[int, int],
    error: BoundaryError,
) -> list[Reach]:
    """Return how far errors of the lines carry into the cells of a transition matrix.

    The same as `reach` for each of them; what is asked of the lines is asked once for all.

    Parameters
    ----------
    drawing : Drawing
        The lines, and who held what between them.
    transfers : ndarray of int, shape (n, 2)
        Numbers of the holders from whom to whom; twice the same for ground that stayed. No two
        are the same.
    area : str
        The area looked at. Of a named one, neither its rim counts nor what lies beyond.
    maps : tuple of int
        Rows of the two days.
    error : BoundaryError
        For the error of a line and its correlation along the line and between days.

    Returns
    -------
    list of Reach, length n

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.history.drawing import drawing_of
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> gained, stayed = reach_of_transfers(
    ...     drawing_of(history), np.array([[0, 1], [1, 1]]), area="all", maps=(0, 1),
    ...     error=BoundaryError())
    >>> gained == reach(
    ...     drawing_of(history), np.array([0.0, 1.0]), area="all", maps=(0, 1),
    ...     error=BoundaryError())
    True
    """
    return reach_by_pair(drawing, [(transfers, maps)], area=area, error=error)[0]


def reach_by_pair(
    drawing: Drawing,
    pairs: Sequence[tuple[Ints, tuple[int, int]]],
    *,
    area: str,
    error: BoundaryError,
) -> list[list[Reach]]:
    """Return what `reach_of_transfers` does for cells of several pairs of maps.

    Parameters
    ----------
    drawing : Drawing
        The lines, and who held what between them.
    pairs : sequence of (ndarray of int, (int, int))
        The transfers, and the rows of the two days.
    area, error
        See `reach_of_transfers`.

    Returns
    -------
    list of list of Reach
        By pair, one for each transfer.
    """
    counted = drawing.counted(drawing.lines, area)
    found = [_crossed_by(drawing, counted, *each, error_m=error.total_m) for each in pairs]
    return _reaches(drawing.lines, found, error)


@dataclass(frozen=True, eq=False)
class _Crossed:
    """The lines across which some figures about two maps change, one after the other.

    Attributes
    ----------
    count : int
        How many figures there are.
    figure, line, drawn : ndarray of int, shape (n,)
        By figure; which of the maps draws the line.
    step, own, common : ndarray, shape (n,)
        By how much the figure changes across the line, and the shares of its error.
    """

    count: int
    figure: Ints
    line: Ints
    drawn: Ints
    step: Floats
    own: Floats
    common: Floats


def _crossed_by(
    drawing: Drawing, counted: Bools, transfers: Ints, maps: tuple[int, int], *, error_m: float
) -> _Crossed:
    """Return the lines across which cells of a transition matrix change."""
    lines, holders = drawing.lines, drawing.history.holders
    before, after = (drawing.held_by(row).astype(np.int64) for row in maps)
    nobody = holders.index(NOBODY) if NOBODY in holders else -1
    # Which cell each face counts in; beyond all faces, at the end, that of ground nobody took.
    cell = np.append(before * len(holders) + after, nobody * len(holders) + nobody)
    wanted = (transfers @ (len(holders), 1))[:, None]
    one, other = cell.take(lines.one), cell.take(lines.other)
    at = np.flatnonzero((one != other) & counted)
    step = ((one.take(at) == wanted) | (other.take(at) == wanted)).astype(np.float64)
    strips = drawing.once(strips_of, maps)
    along = [(cell[side] == wanted).astype(np.float64) for side in (strips.within, strips.beyond)]
    figure, line, found = shares_along(strips, along[0] - along[1], error_m)
    place = np.full(len(one), -1)
    place[at] = np.arange(len(at))
    there = place[line] >= 0
    own, common = np.ones_like(step), np.zeros_like(step)
    for part, share in zip((own, common), found, strict=True):
        part[figure[there], place[line[there]]] = share[there]
    return _crossed(drawing, at, step, Shares(own, common), maps=maps)


def _crossed(
    drawing: Drawing, at: Ints, steps: Floats, part: Shares, *, maps: tuple[int, ...]
) -> _Crossed:
    """Return the lines across which figures change.

    `steps` are those across the lines `at`, shape (figures, lines), as are the shares.
    """
    there = np.flatnonzero(steps)
    figure, number = np.divmod(there, max(len(at), 1))
    step, own, common = (each.take(there) for each in (steps, part.own, part.common))
    drawn = _drawn(drawing, at, maps).take(number)
    return _Crossed(len(steps), figure, at.take(number), drawn, step, own, common)


def _reaches(lines: Lines, pairs: Sequence[_Crossed], error: BoundaryError) -> list[list[Reach]]:
    """Return how far errors of two maps carry into some figures, by pair of maps.

    Lines of different figures are never strung together, so all are strung in one go.
    """
    counts = [each.count for each in pairs]
    starts = [0, *accumulate(counts)]
    parts = [_by_kind(*each) for each in zip(pairs, starts, strict=False)]
    line, step, share, kind = map(np.concatenate, zip(*parts, strict=True))
    variances = _variances(
        lines, line, step, share, error.correlation_length_m, kind=kind, kinds=_KINDS * starts[-1]
    ).reshape(-1, _KINDS)
    return [
        _reach_of(lines, each, variances[first : first + each.count], error)
        for each, first in zip(pairs, starts, strict=False)
    ]


def _by_kind(crossed: _Crossed, first: int) -> tuple[Ints, Floats, Floats, Ints]:
    """Return lines, steps, shares of the error and kinds, of figures numbered from a first on."""
    # What two maps share goes with what both of them draw.
    ones = np.flatnonzero(crossed.drawn != _BOTH)
    kind = _KINDS * (crossed.figure + first)
    return (
        np.concatenate([crossed.line[ones], crossed.line]),
        np.concatenate([crossed.step[ones], crossed.step]),
        np.concatenate([crossed.own[ones], np.where(crossed.drawn == _BOTH, 1.0, crossed.common)]),
        np.concatenate([kind[ones] + crossed.drawn[ones], kind + _BOTH]),
    )


def _reach_of(
    lines: Lines, crossed: _Crossed, variances: Floats, error: BoundaryError
) -> list[Reach]:
    """Return how far errors carry into figures, of the variances of each kind of their lines."""
    counted = lines.length_m[crossed.line] * (crossed.step * (crossed.own + crossed.common))
    starts = np.searchsorted(crossed.figure, np.arange(1, crossed.count))
    found = []
    for (old, new, both), some in zip(variances.tolist(), np.split(counted, starts), strict=True):
        variance = old + new + both - 2 * error.date_correlation * sqrt(old * new)
        found.append(Reach(sqrt(max(variance, 0.0)), float(some.sum())))
    return found


def _looked_at(strips: Strips, counts: Floats, beyond: float) -> Ints | slice:
    """Return the lines across which a figure may change.

    Where only ground counts that changed hands, those are the lines beside it.
    """
    return slice(None) if beyond or counts[strips.stayed].any() else strips.near


def reach_along(
    drawing: Drawing,
    weights: Floats,
    *,
    area: str,
    maps: tuple[int, ...],
    error: BoundaryError,
) -> Reach:
    """Return how far errors of the lines carry into a figure that is added up along a path.

    A line that ground passed over twice counts for the step before and against the one
    after, so that it drops out. What two maps in a row share drops out of their step.

    Parameters
    ----------
    drawing : Drawing
        The lines, and who held what between them.
    weights : ndarray, shape (steps, faces)
        What each face of the history counts in each step.
    area : str
        The area looked at. Of a named one, neither its rim counts nor what lies beyond.
    maps : tuple of int
        Rows of the days of the path, one more than steps.
    error : BoundaryError
        For the error of a line and its correlation along the line.

    Returns
    -------
    Reach
        Nothing where no line counts.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.history.drawing import drawing_of
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> drawing, gained = drawing_of(history), np.array([[0.0, 1.0]])
    >>> found = reach_along(drawing, gained, area="all", maps=(0, 1), error=BoundaryError())
    >>> 0 < found.length_m < 1000  # the two maps share a part
    True
    """
    lines = drawing.lines
    change = np.zeros(len(lines.one))
    for rows, weight in zip(pairwise(maps), weights, strict=True):
        counts = weight[drawing.face]
        if not counts.any():
            continue
        there = np.where(lines.other < 0, 0.0, counts[lines.other])
        strips = strips_of(drawing, rows)
        part = shares(strips, lines, counts, beyond=0.0, error_m=error.total_m)
        change += (counts[lines.one] - there) * np.sqrt(part.own + part.common)
    change = np.where(drawing.counted(lines, area), np.abs(change), 0.0)
    at = np.flatnonzero(change)
    found = _variance(lines, at, np.ones(len(change)), change**2, error.correlation_length_m)
    return Reach(sqrt(found), float((lines.length_m[at] * change[at]).sum()))


def reach_of_each(
    drawing: Drawing,
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
    drawing : Drawing
        The lines, and who held what between them.
    sets : ndarray of bool, shape (n, faces)
        The faces of the history that count.
    area : str
        The area looked at. Of a named one, neither its rim counts nor what lies beyond.
    beyond : bool
        Whether the ground beyond all faces counts too, where zones are drawn.
    error : BoundaryError
        For the error of a line and its correlation along the line.

    Returns
    -------
    list of Reach, length n
        One for each set.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.history.drawing import drawing_of
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> drawing, sets = drawing_of(history), np.array([[True, False], [True, True]])
    >>> found = reach_of_each(drawing, sets, area="all", beyond=False, error=BoundaryError())
    >>> [each.length_m for each in found]
    [1000.0, 0.0]
    """
    found: list[Reach] = []
    lines = drawing.inside(area)
    counted = drawing.counted(lines, area)
    for first in range(0, len(sets), SETS_AT_ONCE):
        some = sets[first : first + SETS_AT_ONCE].take(drawing.face, axis=1)
        there = np.where(lines.other < 0, beyond, some.take(lines.other, axis=1))
        which, at = np.nonzero((some.take(lines.one, axis=1) != there) & counted)
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
    drawing: Drawing,
    lines: Lines,
    weight: Floats | Bools,
    outside: float,
    area: str,
    *,
    some: Ints | slice = slice(None),
) -> Floats:
    """Return by how much the weight changes across some lines; 0 where it does not count."""
    other = lines.other[some]
    there = np.where(other < 0, outside, weight[other])
    step = np.abs(weight[lines.one[some]].astype(np.float64) - there)
    return np.where(drawing.counted(lines, area)[some], step, 0.0)


def _drawn(drawing: Drawing, at: Ints, maps: tuple[int, ...]) -> Ints:
    """Return for each line whether the first map draws it (0), the last one (1) or both (2)."""
    before, after = (drawing.apart(row, at) for row in maps)
    return np.where(before & after, _BOTH, np.where(after, 1, 0))


def _variance(
    lines: Lines, at: Ints, step: Floats, share: Floats, correlation_length_m: float
) -> float:
    """Return the variance of the lines of one map, for a unit error."""
    kind = np.zeros(len(at), dtype=np.int64)
    found = _variances(lines, at, step[at], share[at], correlation_length_m, kind=kind, kinds=1)
    return float(found[0])


def _variances(
    lines: Lines,
    at: Ints,
    steps: Floats,
    share: Floats,
    correlation_length_m: float,
    *,
    kind: Ints,
    kinds: int,
) -> Floats:
    """Return the variance of the lines of each kind, for a unit error, shape (kinds,).

    Lines of one kind and step are strung together where they meet; of another step they are
    strings of their own. Of each line a share of the variance counts. It is averaged along a
    string, which is exact for long strings and errs on the wide side for short ones.
    """
    some = np.flatnonzero(share)
    at, kind = at.take(some), kind.take(some)
    steps, share = steps.take(some), share.take(some)
    group, groups = kind, kinds
    if at.size and (steps != steps[0]).any():  # rarely; sorting costs more
        sizes, number = np.unique(steps, return_inverse=True)
        group, groups = kind * len(sizes) + number, groups * len(sizes)
    ends, own_m = lines.ends.take(at, axis=0), lines.length_m.take(at)
    ends += (group * lines.points)[:, None]
    length_m, closed, string = _strings(own_m, ends, groups * lines.points)
    m2 = correlated_m2(length_m, correlation_length_m, closed=closed)
    weight = steps**2 * share * parts_of(own_m, length_m.take(string))
    return np.bincount(kind, m2.take(string) * weight, kinds).astype(np.float64)


def parts_of(length_m: Floats, string_m: Floats) -> Floats:
    """Return what part each line is of the string that it belongs to.

    A string between two points that fall together in the plane has no length, and none of it.

    Parameters
    ----------
    length_m : ndarray, shape (n,)
        Lengths of lines.
    string_m : ndarray, shape (n,)
        Lengths of the whole strings.

    Examples
    --------
    >>> parts_of(np.array([1.0, 0.0]), np.array([4.0, 0.0])).tolist()
    [0.25, 0.0]
    """
    return np.divide(length_m, string_m, out=np.zeros(len(length_m)), where=string_m > 0)


def _strings(length_m: Floats, ends: Ints, points: int) -> tuple[Floats, Bools, Ints]:
    """Do what `joined` does for lines whose points have large numbers, of which few occur."""
    used = np.zeros(points, dtype=bool)
    used[ends] = True
    there = np.flatnonzero(used)
    number = np.empty(points, dtype=np.int64)  # of those alone that are used
    number[there] = np.arange(len(there))
    one, other = number.take(ends.T)
    return joined(length_m, one, other, len(there))


def joined(length_m: Floats, one: Ints, other: Ints, count: int) -> tuple[Floats, Bools, Ints]:
    """Join lines where they meet.

    Parameters
    ----------
    length_m : ndarray, shape (n,)
        Of each line.
    one, other : ndarray of int, shape (n,)
        Number of the point at either end.
    count : int
        How many points there are.

    Returns
    -------
    lengths, closed : ndarray
        Of each string, and whether it has no loose end.
    string : ndarray of int, shape (n,)
        Which string each line belongs to.

    Examples
    --------
    >>> ends = np.array([0, 1, 3]), np.array([1, 2, 3])
    >>> lengths, closed, string = joined(np.array([1.0, 2.0, 5.0]), *ends, 4)
    >>> lengths.tolist(), closed.tolist(), string.tolist()
    ([3.0, 5.0], [False, True], [0, 0, 1])
    """
    total, run = connected(one, other, count)
    loose = np.bincount(one, minlength=count) + np.bincount(other, minlength=count)
    string = run.take(one)
    lengths = np.bincount(string, weights=length_m, minlength=total)
    closed = np.ones(total, dtype=bool)
    closed[run.take(np.flatnonzero(loose & 1))] = False
    return lengths.astype(np.float64, copy=False), closed, string

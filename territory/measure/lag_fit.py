"""How late or early publishers redraw their maps, from when two of them show the same change.

Ground that both show as passing to a side, or from it, once and for good, did so on one day; they
show it on two. How far these lie apart is seen only in steps from one common day to the next. So
what is used is how much of that ground both show in the same step. Lags are taken to be normal, as
`territory.measure.redraw_lag` takes them. If the days differ by a standard deviation s, ground
that one shows in a step of h days is shown in the same step by the other with probability
``2 Phi(h/s) - 1 + 2 (s/h) (phi(h/s) - phi(0))``, of which what the other shows before the first day
or after the last is left out; s is what makes that the share that is seen.

By how many steps the days differ is not used: where a front creeps, an error of the line of a few
hundred metres looks like months, and a mean square would be that and little else. What of it is
in the share makes the lag longer. Exponential delays, of which more are alike and some very long,
come out shorter than their standard deviation. What both publishers are late by together is not
seen.

Of two series each is taken to have half of the variance, ``s / sqrt(2)``; three have one of their
own each (`territory.measure.line_errors`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import pi, sqrt

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.arrays import Bools, cross_table
from territory.geometry.grid_points import grid_points
from territory.geometry.projection import Floats, Ints, transformation
from territory.history.history import History
from territory.measure.line_errors import Pair, own_variances

GRID_M = 250.0
"""Ground is counted at points so far apart; 500 m would leave a tenth of a day to the grid."""
LEAST_KM2 = 50.0
"""Of less ground no lag is made."""
_MOST_POINTS = 4e6  # that are looked at, however much ground changed hands
_FEWEST_STEPS = 2
_ROUGH = 1 / 3  # of a lag: one whose standard error is larger is not known
_NEVER, _AT_ONCE = 1.0, 1e-6  # of the days from first to last: the longest and the shortest lag

Days = tuple[date, ...]


@dataclass(frozen=True)
class LagFit:
    """What two series say of how late or early they are redrawn.

    Attributes
    ----------
    km2 : float
        Ground that both show as passing to the side, or from it, once and for good.
    same_share : float
        How much of it both show between the same two common days.
    lag_days : float or None
        Of each, one standard deviation, if both are redrawn equally late and early; None where
        it cannot be told.
    error_days : float or None
        Standard error of the lag, from leaving out one step at a time.
    unknown : str
        Why it cannot be told.
    """

    km2: float
    same_share: float
    lag_days: float | None = None
    error_days: float | None = None
    unknown: str = ""


@dataclass(frozen=True)
class OwnLag:
    """How late or early one series is redrawn.

    Attributes
    ----------
    days : float
        One standard deviation.
    hat_days2 : float or None
        Where three series gave a variance that is not above zero, that variance; the lag is then
        half of what parts the series from the nearest.
    """

    days: float
    hat_days2: float | None = None


def shown_km2(one: History, other: History, held: tuple[Bools, Bools]) -> Floats:
    """Return the ground that two series show as changing hands once, by when each shows it.

    Parameters
    ----------
    one, other : History
        In any planes.
    held : (ndarray of bool, ndarray of bool), each of shape (days, faces)
        Which faces of each the side holds, on days that go together.

    Returns
    -------
    ndarray, shape (days - 1, days - 1)
        In km2, by the step between two days in which the one shows it (row) and the other
        (column). Ground that changes hands again, or the other way in the other series, is in
        none.

    Examples
    --------
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> rows = np.array([[0, 0, 1], [1, 0, 0], [1, 1, 1]], dtype=np.int16)
    >>> history = from_coverage(
    ...     squares, rows, days=tuple(date(2018, 1, n) for n in (1, 11, 21)),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> shown_km2(history, history, (rows == 1, rows == 1))
    array([[1., 0.],
           [0., 1.]])
    """
    steps = len(held[0]) - 1
    face, step, gained = _changed_once(held[0])
    their_face, their_step, their_gained = _changed_once(held[1])
    if not (face.size and their_face.size):
        return np.zeros((steps, steps))
    shapes = one.faces[face]
    side_m = _step_m(shapes)
    points = grid_points(shapes, side_m)
    xy = transformation(one.projection.crs, other.projection.crs).transform(*points.xy.T)
    tree = shapely.STRtree(other.faces[their_face])
    at, theirs = tree.query(shapely.points(*xy), predicate="within")
    mine = points.shape[at]
    alike = gained[mine] == their_gained[theirs]
    pairs = step[mine[alike]], their_step[theirs[alike]]
    return cross_table(*pairs, np.full(len(pairs[0]), side_m**2 / 1e6), steps)


def _changed_once(held: Bools) -> tuple[Ints, Ints, Bools]:
    """Return the faces that change hands once, in which step, and whether they are gained."""
    changes = held[1:] != held[:-1]
    face = np.flatnonzero(changes.sum(axis=0) == 1)
    if not face.size:
        return face, face, np.zeros(0, dtype=bool)
    return face, changes[:, face].argmax(axis=0), held[-1, face]


def _step_m(shapes: NDArray[np.object_]) -> float:
    """Return how far points are apart, so that there are not too many."""
    west, south, east, north = shapely.bounds(shapes).T
    return max(GRID_M, sqrt(float(((east - west) * (north - south)).sum()) / _MOST_POINTS))


def fit_lag(km2: Floats, days: tuple[Days, Days]) -> LagFit:
    """Return how late or early two series are redrawn.

    Parameters
    ----------
    km2 : ndarray, shape (steps, steps)
        What `shown_km2` returns.
    days : (tuple of date, tuple of date)
        The days of each series, one more than there are steps.

    Returns
    -------
    LagFit

    Examples
    --------
    >>> days = tuple(date.fromordinal(730_000 + 15 * n) for n in range(4))
    >>> found = fit_lag(np.array([[90.0, 20, 5], [20, 60, 20], [5, 20, 30]]), (days, days))
    >>> round(found.same_share, 2), round(found.lag_days, 1), round(found.error_days, 1)
    (0.67, 6.0, 1.1)
    >>> fit_lag(np.diag([60.0, 60, 60]), (days, days)).unknown
    'both show all of it between the same days'
    """
    total = float(km2.sum())
    share = float(np.trace(km2) / total) if total else 0.0
    unknown = _too_little(total, len(km2))
    if unknown:
        return LagFit(total, share, unknown=unknown)
    lag = _lag_days(km2, days)
    if isinstance(lag, str):
        return LagFit(total, share, unknown=lag)
    error = _error_days(km2, days)
    if error is None or error > _ROUGH * lag:
        unknown = "its standard error would be more than a third of it"
        return LagFit(total, share, unknown=unknown)
    return LagFit(total, share, lag, error)


def _too_little(km2: float, steps: int) -> str:
    if steps < _FEWEST_STEPS:
        return "that needs three common days"
    return f"that needs {LEAST_KM2:g} km2" if km2 < LEAST_KM2 else ""


def _lag_days(km2: Floats, days: tuple[Days, Days]) -> float | str:
    """Return the lag that makes the share that is seen likely, or why there is none."""
    from scipy.optimize import brentq  # slow to load, and seldom needed

    share = np.trace(km2) / km2.sum()
    if share > 1 - _AT_ONCE:
        return "both show all of it between the same days"
    ends = [np.array([(day - own[0]).days for day in own], dtype=np.float64) for own in days]
    weights = km2.sum(axis=1), km2.sum(axis=0)

    def beyond(lag: float) -> float:
        likely = [_same(lag, own) @ each for own, each in zip(ends, weights, strict=True)]
        return float(sum(likely) / 2 / km2.sum() - share)

    longest = max(own[-1] for own in ends)
    if beyond(_NEVER * longest) > 0:
        return "they show it together no more than by chance"
    return float(brentq(beyond, _AT_ONCE * longest, _NEVER * longest))


def _same(lag_days: float, ends: Floats) -> Floats:
    """Return how likely what one series shows in each step the other shows in the same.

    That is, if it shows it between the first day and the last: the rest is not counted.
    """
    steps = ends[:-1], ends[1:]
    found: Floats = _within(steps, lag_days, *steps) / _within(
        (ends[:1], ends[-1:]), lag_days, *steps
    )
    return found


def _within(span: tuple[Floats, Floats], lag_days: float, before: Floats, after: Floats) -> Floats:
    """Return how likely the other shows in a span what one shows between two days.

    Times the days between these, over the standard deviation of the difference.
    """
    first, last = (
        _below((end - before) / (sqrt(2) * lag_days)) - _below((end - after) / (sqrt(2) * lag_days))
        for end in span
    )
    return last - first


def _below(z: Floats) -> Floats:
    """Return the integral of the normal distribution function up to z."""
    from scipy.special import ndtr  # slow to load, and seldom needed

    found: Floats = z * ndtr(z) + np.exp(-(z**2) / 2) / sqrt(2 * pi)
    return found


def _error_days(km2: Floats, days: tuple[Days, Days]) -> float | None:
    """Return the standard error of a lag by the jackknife over steps; None where there is none.

    Ground that the series show in two steps counts half in either.
    """
    seen = np.flatnonzero(km2.sum(axis=0) + km2.sum(axis=1))
    found = []
    for step in seen:
        left = np.ones(len(km2))
        left[step] = 0.0
        lag = _lag_days(km2 * (left[:, None] + left) / 2, days)
        if isinstance(lag, str):
            return None
        found.append(lag)
    return float(np.std(found) * sqrt(len(found) - 1))


def own_lags(pairs: Mapping[Pair, LagFit]) -> tuple[OwnLag | None, ...]:
    """Return how late or early each of two or three series is redrawn.

    Parameters
    ----------
    pairs : mapping of (int, int) to LagFit
        For every pair, by their numbers.

    Returns
    -------
    tuple of OwnLag or None
        One for each series; None for all where any pair says nothing.

    Examples
    --------
    >>> own_lags({(0, 1): LagFit(900.0, 0.5, 9.0)})
    (OwnLag(days=9.0, hat_days2=None), OwnLag(days=9.0, hat_days2=None))
    >>> lags = {(0, 1): 10**0.5, (0, 2): 20**0.5, (1, 2): 26**0.5}
    >>> found = own_lags({pair: LagFit(900.0, 0.5, lag) for pair, lag in lags.items()})
    >>> [round(each.days, 9) for each in found]
    [2.0, 4.0, 6.0]
    """
    count = max(max(pair) for pair in pairs) + 1
    variance = {
        pair: np.array([2 * each.lag_days**2]) for pair, each in pairs.items() if each.lag_days
    }
    if len(variance) < len(pairs):
        return (None,) * count
    found = own_variances(variance)
    return tuple(OwnLag(sqrt(own[0]), None if hat is None else float(hat[0])) for own, hat in found)

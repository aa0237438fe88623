"""What it does to a figure that maps are redrawn sooner or later than ground changes hands.

A line that was not redrawn is no news that nothing happened there. A publisher learns of a
change days later, or draws what is still fought over, and does so section by section. So each
section of the front (`territory.history.sections`) is taken to show the ground of another day: as
many days off as `redraw_lag_days` says, one standard deviation, no section going with another. How
much that changes a figure is read off the series itself: its days so much sooner and later. Where
nothing moves, nothing is uncertain in this way.

Both ends of a period are off. What a section is late by at one end it still is at the other if
that follows soon: the two go together by ``exp(-T / redraw_lag_days)``, T the days between them.

The two days either way of one standard deviation stand for all others: they have the mean and the
variance of a normal distribution (the quadrature of Gauss and Hermite of two points).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain, product
from math import exp, prod
from operator import methodcaller

import numpy as np

from territory.geometry.projection import Floats
from territory.history.history import History

_FORGOTTEN = 5.0  # lags between the ends of a period, after which they have nothing in common
_WAYS = (-1, 1)
Days = tuple[date, ...]
_Shown = tuple[tuple[date, float], ...]  # days whose maps make one, with their weights
_Mixed = dict[Days, float]  # the same of periods


def lag_variance(
    figures: Callable[[Sequence[Days]], Floats],
    days: Days,
    history: History,
    *,
    lag_days: float,
    corrupt: frozenset[date] = frozenset(),
) -> Floats:
    """Return the variance of a figure, as sections of the front are redrawn late or early.

    Parameters
    ----------
    figures : callable
        The figure, or a whole table of figures, of some periods (days of the history, as many as
        `days`), section by section: shape (periods, ..., sections). No two are the same.
    days : tuple of date
        The day it is about, or the ends of its period.
    history : History
        Whose snapshots show how fast it changes.
    lag_days : float
        How many days a section is off, one standard deviation.
    corrupt : frozenset of date
        Snapshots that are not believed.

    Returns
    -------
    ndarray, shape (...)
        In the square of the figure's unit.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[0, 0], [1, 0], [1, 1]], dtype=np.int16),
    ...     days=tuple(date(2018, 1, n) for n in (1, 11, 21)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> held = lambda periods: history.held_km2([day for day, in periods])[:, 1:]  # one section
    >>> float(lag_variance(held, history.days[1:2], history, lag_days=5.0))  # half a km2 either way
    0.25
    """
    (found,) = lag_variances(figures, [days], history, lag_days=lag_days, corrupt=corrupt)
    return np.asarray(found)


def lag_variances(
    figures: Callable[[Sequence[Days]], Floats],
    periods: Sequence[Days],
    history: History,
    *,
    lag_days: float,
    corrupt: frozenset[date] = frozenset(),
    at_once: int = 1,
) -> Floats:
    """Return what `lag_variance` does for each of some periods.

    Parameters
    ----------
    figures, history, lag_days, corrupt
        See `lag_variance`.
    periods : sequence of tuple of date
        Days of the figure, at least one.
    at_once : int
        Of how many periods the figures are asked for together, to bound memory.

    Returns
    -------
    ndarray, shape (periods, ...)
        In the square of the figure's unit.
    """
    believed = [d for d in history.days if d not in corrupt] if corrupt else history.days
    shown = cache(lambda day: _shown(day, lag_days, believed))
    found: list[Floats] = []
    for first in range(0, len(periods), at_once):
        some = periods[first : first + at_once]
        late = [_Late.of(days, [shown(day) for day in days], lag_days) for days in some]
        wanted = list(dict.fromkeys(chain.from_iterable(each.periods for each in late)))
        tables = dict(zip(wanted, figures(wanted), strict=True))
        found += [each.variance(tables) for each in late]
    return np.array(found)


@dataclass(frozen=True)
class _Late:
    """A period with the other ones that late and early maps at its ends show instead.

    Attributes
    ----------
    days : tuple of date
        The period itself.
    alone : list of list of mapping
        By end that is off, and by way: the periods that are shown together, with their weights.
    both : list of mapping
        The same where both ends are off, by way; empty if they have nothing in common.
    common : float
        What part of its lag a section has at both ends.
    """

    days: Days
    alone: list[list[_Mixed]]
    both: list[_Mixed]
    common: float

    @classmethod
    def of(cls, days: Days, ends: Sequence[Mapping[int, _Shown]], lag_days: float) -> "_Late":
        still: list[_Shown] = [((day, 1.0),) for day in days]
        alone = [
            [_mixed([*still[:n], each, *still[n + 1 :]]) for each in ways.values()]
            for n, ways in enumerate(ends)
        ]
        both = [[ways[way] for ways in ends] for way in _WAYS if all(way in ways for ways in ends)]
        common = _common(days, lag_days) if both else 0.0
        return cls(days, alone, [_mixed(each) for each in both] if common else [], common)

    @property
    def periods(self) -> list[Days]:
        """The period itself and all that are shown instead; some more than once."""
        return [self.days, *chain.from_iterable(chain(*self.alone, self.both))]

    def variance(self, tables: Mapping[Days, Floats]) -> Floats:
        """Return the variance of figures that are known section by section, by period."""
        value = tables[self.days]

        def off(mixed: _Mixed) -> Floats:
            """Return the squares of what other maps at the ends make of the figure."""
            first, *more = (
                tables[period] if weight == 1 else weight * tables[period]
                for period, weight in mixed.items()
            )
            square: Floats = ((sum(more, first) - value) ** 2).sum(axis=-1)
            return square

        alone = np.zeros(value.shape[:-1])  # as many as there are figures, even if no map is beside
        for ways in self.alone:
            alone += _mean([off(each) for each in ways])
        if not self.both:
            return alone
        both = _mean([off(each) for each in self.both])
        return np.asarray(self.common * both + (1 - self.common) * alone)


def _mixed(ends: Sequence[_Shown]) -> _Mixed:
    """Return the periods between maps that show their ends together, with their weights."""
    return {
        tuple(day for day, _ in each): prod(weight for _, weight in each) for each in product(*ends)
    }


def _common(days: Days, lag_days: float) -> float:
    """Return what part of its lag a section still has at the other end of a period."""
    apart = abs((days[-1] - days[0]).days) / lag_days
    return exp(-apart) if len(days) > 1 and apart < _FORGOTTEN else 0.0


def _mean(squares: Sequence[Floats]) -> Floats | float:
    return sum(squares) / len(squares) if squares else 0.0


def _shown(day: date, lag_days: float, believed: Sequence[date]) -> dict[int, _Shown]:
    """Return which maps together show a day that much sooner (-1) and later (1).

    By straight lines between maps. Where the series does not reach so far one way, the other
    stands for both; where it does neither way, lines go on as they do up to its ends.
    """
    within = {way: _between(day.toordinal() + way * lag_days, believed) for way in _WAYS}
    found = {way: each for way, each in within.items() if each}
    if found or not believed:
        return found
    ends = dict(zip(_WAYS, (believed[0], believed[-1]), strict=True))
    shares = {
        way: lag_days / abs((end - day).days)
        for way, end in ends.items()
        if way * (end - day).days > 0
    }
    return {way: ((ends[way], share), (day, 1 - share)) for way, share in shares.items()}


def _between(ordinal: float, believed: Sequence[date]) -> _Shown:
    """Return the maps before and after a moment with their weights; nothing beyond the series."""
    after = bisect_left(believed, ordinal, key=methodcaller("toordinal"))
    if after == len(believed) or (after == 0 and believed[0].toordinal() > ordinal):
        return ()
    last = believed[after]
    if last.toordinal() == ordinal:
        return ((last, 1.0),)
    first = believed[after - 1]
    share = (ordinal - first.toordinal()) / (last - first).days
    return ((first, 1 - share), (last, share))

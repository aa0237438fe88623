"""Ground sorted into classes: held since when, changed hands how often.

A class says of any history which of its faces belong to it, so that its area can be
measured on the best history and on every draw alike.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from territory.geometry.arrays import Bools
from territory.history.history import History
from territory.holders import NOBODY, Holder
from territory.measure.tenure import held_since, times_changed

MOST_CLASSES = 7
_ALL_TIMES = 10**9
_ONE_DAY = timedelta(1)
_BEGINS = (1, 2, 3, 4, 6, 11, 21)  # times; each the first of a class
_HARDLY_SEEN = 0.001  # of all changed ground
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600)  # months


@dataclass(frozen=True)
class Tenure:
    """Ground whose holder on a day has had it since a time between two maps.

    A map says who holds ground on its own day. What changed between two maps changed on some
    day after the one and up to the other; which, they do not say.

    Attributes
    ----------
    day : date
        The day looked at.
    after, until : date
        Days of the maps that the change lies between: after the first and up to the second.
    steps : int
        How many maps there are after the first up to the second.
    open_ended : bool
        Whether there is no map before `until`, so that the ground may have been held longer;
        `after` is then the same day.
    """

    day: date
    after: date
    until: date
    steps: int = 1
    open_ended: bool = False

    @property
    def since(self) -> date:
        """First day on which the ground may have been taken."""
        return self.until if self.open_ended else self.after + _ONE_DAY

    @property
    def is_one_day(self) -> bool:
        """Whether the change lies between two maps of neighbouring days."""
        return self.until - self.after == _ONE_DAY

    @property
    def ends(self) -> tuple[date, ...]:
        """The days of the two maps that tell of it; none where there is no map before."""
        return () if self.open_ended else (self.after, self.until)

    def between(self, days: tuple[date, ...]) -> "Tenure":
        """Return ground of the same day that was taken between two other maps.

        Parameters
        ----------
        days : tuple of date
            The days of these; nothing was taken where the second is not the later one.
        """
        return replace(self, after=days[0], until=days[1])

    def is_whole_months(self, first: date) -> bool:
        """Return whether the span is some whole months, with several maps in it.

        Parameters
        ----------
        first : date
            First day of the data, before which there is nothing to be told apart from.
        """
        begins = self.since.day == 1 or self.after == first
        ends = (self.until + _ONE_DAY).day == 1 or self.until == self.day
        return self.steps > 1 and begins and ends

    def faces(self, history: History) -> Bools:
        """Return which faces of a history belong here; nobody's ground does not.

        Parameters
        ----------
        history : History
            With the days of the class.

        Returns
        -------
        ndarray of bool, shape (faces,)
        """
        taken = held_since(history, self.day)
        low = np.searchsorted(_ordinals(history.days), self.since.toordinal())
        high = np.searchsorted(_ordinals(history.days), self.until.toordinal(), side="right")
        found: Bools = (taken >= low) & (taken < high) & ~_nobodys(history, self.day)
        return found


@dataclass(frozen=True)
class Times:
    """Ground that changed hands from `low` to `high` times between two days."""

    start: date
    end: date
    low: int
    high: int

    @property
    def ends(self) -> tuple[date, ...]:
        """The days between which ground changed hands."""
        return self.start, self.end

    def between(self, days: tuple[date, ...]) -> "Times":
        """Return ground that changed hands as often between two other days.

        Parameters
        ----------
        days : tuple of date
            Days of the history, in any order.
        """
        return replace(self, start=min(days), end=max(days))

    def faces(self, history: History) -> Bools:
        """Return which faces of a history belong here.

        Parameters
        ----------
        history : History
            With the days of the class.

        Returns
        -------
        ndarray of bool, shape (faces,)
        """
        count = times_changed(history, self.start, self.end)
        found: Bools = (count >= self.low) & (count <= self.high)
        return found

    @property
    def is_open(self) -> bool:
        """Whether the class has no upper end."""
        return self.high >= _ALL_TIMES


def _ordinals(days: tuple[date, ...]) -> list[int]:
    return [day.toordinal() for day in days]


def _nobodys(history: History, day: date) -> Bools:
    return history.holding(day, frozenset({NOBODY, Holder("unknown")}))


def tenure_classes(history: History, day: date) -> tuple[Tenure, ...]:
    """Return classes for a map of tenure: the start of the data, then what came between maps.

    Few maps make a class each. Many are put together by whole months; where no map stands
    at the turn of a month the class reaches to the next one that there is.

    Parameters
    ----------
    history : History
        Its days are those that have a map.
    day : date
        A day of the history.

    Returns
    -------
    tuple of Tenure
        At most `MOST_CLASSES`, the oldest first; together they have all ground that
        anyone holds on the day.

    Examples
    --------
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> import shapely
    >>> days = (date(2024, 7, 8), date(2024, 8, 1), date(2024, 9, 3))
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1, 1)]), np.zeros((3, 1), dtype=np.int16), days=days,
    ...     holders=(NOBODY,), projection=EqualArea(0.0, 0.0))
    >>> [f"{each.after} {each.until}" for each in tenure_classes(history, days[-1])]
    ['2024-07-08 2024-07-08', '2024-07-08 2024-08-01', '2024-08-01 2024-09-03']
    """
    days = history.days[: history.day_index(day) + 1]
    oldest = Tenure(day, days[0], days[0], open_ended=True)
    ends = _ends(days)
    return oldest, *(
        Tenure(day, days[low], days[high], steps=high - low) for low, high in pairwise((0, *ends))
    )


def _ends(days: tuple[date, ...]) -> tuple[int, ...]:
    """Return the last map of each class after the first map, few enough of them."""
    found = tuple(range(1, len(days)))
    for step in _STEPS:
        if len(found) < MOST_CLASSES:
            break
        spans = [(day.year * 12 + day.month - 1) // step for day in days]
        turns = (row for row in range(1, len(days) - 1) if spans[row] != spans[row + 1])
        found = (*turns, len(days) - 1)
    return found


def times_classes(
    history: History, start: date, end: date, area: str | None = None
) -> tuple[Times, ...]:
    """Return classes for a map of changes: once, twice and so on, the last without an end.

    A class begins only where it and those after it hold a share of the changed ground
    that can be seen.

    Parameters
    ----------
    history : History
        Its days are those that have a map.
    start, end : date
        Days of the history.
    area : str, optional
        A named area; the whole partition by default.

    Returns
    -------
    tuple of Times
        The fewest times first; none where nothing changed hands.

    Examples
    --------
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> import shapely
    >>> days = (date(2024, 7, 8), date(2024, 8, 1))
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1, 1)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=days, holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> [(each.low, each.high) for each in times_classes(history, *days)]
    [(1, 1)]
    """
    count = times_changed(history, start, end)
    inside = history.mask(area)
    most = int(count[inside].max(initial=0))
    changed = history.km2(count > 0, area)
    begins = [
        n for n in _BEGINS if n <= most and history.km2(count >= n, area) >= _HARDLY_SEEN * changed
    ]
    if not begins:
        return ()
    highs = [after - 1 for _, after in pairwise(begins)]
    last = _ALL_TIMES if most > begins[-1] else begins[-1]
    return tuple(
        Times(start, end, low, high) for low, high in zip(begins, [*highs, last], strict=True)
    )

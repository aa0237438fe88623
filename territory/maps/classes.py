"""Ground sorted into classes: held since when, changed hands how often.

A class says of any history which of its faces belong to it, so that its area can be
measured on the best history and on every draw alike.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from territory.actors import NOBODY, Holder
from territory.history import Bools, History
from territory.tenure import held_since, times_changed

MOST_CLASSES = 7
_ALL_TIMES = 10**9
_BEGINS = (1, 2, 3, 4, 6, 11, 21)  # times; each the first of a class
_HARDLY_SEEN = 0.001  # of all changed ground
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 600)  # months


@dataclass(frozen=True)
class Tenure:
    """Ground whose holder on a day has had it since a day in a span.

    Attributes
    ----------
    day : date
        The day looked at.
    since, until : date
        First and last day on which the ground may have been taken.
    open_ended : bool
        Whether `since` is the first day of the data, so that the ground may have been
        held longer.
    """

    day: date
    since: date
    until: date
    open_ended: bool = False

    def faces(self, history: History) -> Bools:
        """Return which faces of a history belong here; nobody's ground does not."""
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

    def faces(self, history: History) -> Bools:
        """Return which faces of a history belong here."""
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
    """Return classes for a map of tenure: the start of the data, then spans of whole months.

    Returns
    -------
    tuple of Tenure
        At most `MOST_CLASSES`, the oldest first; together they have all ground that
        anyone holds on the day.

    Examples
    --------
    >>> from territory.history import from_coverage
    >>> from territory.projection import EqualArea
    >>> import shapely
    >>> days = (date(2024, 7, 8), date(2024, 8, 1), date(2024, 9, 3))
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1, 1)]), np.zeros((3, 1), dtype=np.int16), days=days,
    ...     holders=(NOBODY,), projection=EqualArea(0.0, 0.0))
    >>> [f"{each.since} {each.until}" for each in tenure_classes(history, days[-1])]
    ['2024-07-08 2024-07-08', '2024-07-09 2024-07-31', '2024-08-01 2024-08-31',
     '2024-09-01 2024-09-03']
    """
    first = history.days[0]
    oldest = Tenure(day, first, first, open_ended=True)
    if day <= first:
        return (oldest,)
    begins = _begins(first, day)
    ends = [date.fromordinal(begin.toordinal() - 1) for begin in begins[1:]]
    spans = zip(begins, [*ends, day], strict=True)
    return oldest, *(Tenure(day, begin, end) for begin, end in spans)


def _begins(first: date, last: date) -> list[date]:
    """Return the first days of spans of so many months that there are few enough."""
    start = date.fromordinal(first.toordinal() + 1)
    found = [start]
    for step in _STEPS:
        number = (start.year * 12 + start.month - 1) // step + 1
        found = [start]
        while (begin := _month(number * step)) <= last:
            found.append(begin)
            number += 1
        if len(found) < MOST_CLASSES:
            break
    return found


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def times_classes(
    history: History, start: date, end: date, area: str | None = None
) -> tuple[Times, ...]:
    """Return classes for a map of changes: once, twice and so on, the last without an end.

    A class begins only where it and those after it hold a share of the changed ground
    that can be seen.

    Examples
    --------
    >>> from territory.history import from_coverage
    >>> from territory.projection import EqualArea
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

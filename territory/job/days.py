"""Which days of a series to read, and which of them to report."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from territory.errors import InputError, near_hint
from territory.findings import Finding
from territory.job.spec import DayRule

_WEEK = timedelta(days=7)
MOST_DAYS = 31  # that all have a map unasked
MOST_FRAMES = 60  # of the film of a job; `territory animate` shows every day


@dataclass(frozen=True)
class Period:
    """The days that are looked at of a series: from one to another, both included.

    Examples
    --------
    >>> Period(date(2024, 1, 2)).of((date(2024, 1, 1), date(2024, 1, 3)))
    (datetime.date(2024, 1, 3),)
    """

    first: date | None = None
    last: date | None = None

    def holds(self, day: date | None) -> bool:
        """Return whether a day lies inside; what has no day does.

        Parameters
        ----------
        day : date or None
            The day, if there is one.
        """
        return day is None or (self.first or day) <= day <= (self.last or day)

    def of(self, available: tuple[date, ...]) -> tuple[date, ...]:
        """Return the days that lie inside.

        Parameters
        ----------
        available : tuple of date
            Days that the series has, in order.

        Raises
        ------
        InputError
            If there are days, and none of them does.
        """
        inside = tuple(day for day in available if self.holds(day))
        if available and not inside:
            raise InputError(
                f"no day of the series lies {self}; it has {min(available)} to {max(available)}"
            )
        return inside

    def about(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings about these days, and those about all of the series.

        Parameters
        ----------
        findings : iterable of Finding
            Of any days, or of none in particular.
        """
        return tuple(each for each in findings if self.holds(each.day))

    def __str__(self) -> str:
        """Return the span in words."""
        if self.first and self.last:
            return f"from {self.first} to {self.last}"
        return f"on or after {self.first}" if self.first else f"on or before {self.last}"


ALL_DAYS = Period()


def select_days(rule: tuple[date, ...] | DayRule, available: tuple[date, ...]) -> tuple[date, ...]:
    """Apply a rule to the days a series has.

    Parameters
    ----------
    rule : tuple of date, or str
        Given days must be available. ``month-start`` takes the first available day of
        each month, ``week`` the first, then the next that is seven or more days later.
    available : tuple of date
        Days that the series has, in order; at least one.

    Raises
    ------
    InputError
        If a given day is not available; the message names the nearest ones.
    """
    if rule == "all":
        return available
    if rule == "first-and-last":
        return tuple(sorted({available[0], available[-1]}))
    if rule == "month-start":
        first: dict[tuple[int, int], date] = {}
        for day in available:
            first.setdefault((day.year, day.month), day)
        return tuple(first.values())
    if rule == "week":
        chosen = [available[0]]
        for day in available:
            if day - chosen[-1] >= _WEEK:
                chosen.append(day)
        return tuple(chosen)
    for day in rule:
        if day not in available:
            raise InputError(f"no snapshot for {day}; {near_hint(day, available)}")
    return tuple(rule)


def map_days(rule: tuple[date, ...] | DayRule | None, days: tuple[date, ...]) -> tuple[date, ...]:
    """Return which of the reported days have a map.

    Parameters
    ----------
    rule : tuple of date, or str, optional
        Days that are reported, or a rule as in `select_days`. By default all days of a short
        series; of a long one the first, the last and the first of each month.
    days : tuple of date
        Those that are reported, in order; at least one.

    Raises
    ------
    InputError
        If a day that is named is not reported; the message names the nearest ones.

    Examples
    --------
    >>> every = tuple(date(2024, 1, 5) + n * timedelta(days=1) for n in range(32))
    >>> [f"{day}" for day in map_days(None, every)], map_days(None, every[:31]) == every[:31]
    (['2024-01-05', '2024-02-01', '2024-02-05'], True)
    """
    if rule is None:
        starts = select_days("month-start", days)
        return days if len(days) <= MOST_DAYS else tuple(sorted({*starts, days[-1]}))
    for day in rule if isinstance(rule, tuple) else ():
        if day not in days:
            raise InputError(f"maps.days: {day} is not reported; {near_hint(day, days)}")
    return select_days(rule, days)

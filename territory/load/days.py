"""Which days of a series to report."""

from datetime import date, timedelta

from territory.errors import InputError, near_hint
from territory.read.jobfile import DayRule

_WEEK = timedelta(days=7)


def select_days(rule: tuple[date, ...] | DayRule, available: tuple[date, ...]) -> tuple[date, ...]:
    """Apply a rule to the days a series has.

    Parameters
    ----------
    rule : tuple of date, or str
        Given days must be available. ``month-start`` takes the first available day of
        each month, ``week`` the first, then the next that is seven or more days later.

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

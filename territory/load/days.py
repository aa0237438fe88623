"""Which days of a series to report."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from territory.errors import InputError
from territory.read.jobfile import DayRule

_WEEK = timedelta(days=7)


def select_days(
    rule: tuple[date, ...] | DayRule,
    available: tuple[date, ...],
    *,
    asked_by: Mapping[date, str] = MappingProxyType({}),
) -> tuple[date, ...]:
    """Apply a rule to the days a series has.

    Parameters
    ----------
    rule : tuple of date, or str
        Given days must be available. ``month-start`` takes the first available day of
        each month, ``week`` the first, then the next that is seven or more days later.
    asked_by : mapping of date to str
        Who asks for a given day, for the message.

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
            near = sorted(available, key=lambda other: abs(other - day))[:2]
            names = " and ".join(str(each) for each in sorted(near))
            who = f"{asked_by[day]}: " if day in asked_by else ""
            raise InputError(f"{who}no snapshot for {day}; the nearest days are {names}")
    return tuple(rule)

"""Days as a caller may write them: text, `date`, `datetime`, `Timestamp`, `datetime64`."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeAlias, cast, get_args

import numpy as np
import pandas as pd

from territory.ancient_days import day_on
from territory.errors import InputError, did_you_mean
from territory.job.days import Period
from territory.job.spec import DayRule
from territory.read.place_tables import parse_day

DayLike: TypeAlias = str | date | np.datetime64


def day_of(value: object, what: str = "a day") -> date:
    """Return the day that a value names.

    Parameters
    ----------
    value : str, date, datetime, Timestamp or datetime64
        Text is ``YYYY-MM-DD``. Of a time, its day as it is written, on its own clock.
    what : str
        What messages call it.

    Raises
    ------
    InputError
        If it is no day.

    Examples
    --------
    >>> day_of(np.datetime64("2025-11-01")), day_of("2025-11-01", "day")
    (datetime.date(2025, 11, 1), datetime.date(2025, 11, 1))
    """
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, pd.Timestamp) and not pd.isna(value):
        return stamp_day(value, what)
    if isinstance(value, str):
        return parse_day(value, file=what)
    if isinstance(value, datetime) and not pd.isna(value):
        return value.date()
    if isinstance(value, date) and not pd.isna(value):
        return value
    problem = f"{value!r:.60} is not a day; write it as 'YYYY-MM-DD', a date or a Timestamp"
    raise InputError(problem, file=what)


def stamp_day(stamp: pd.Timestamp, what: str = "a day") -> date:
    """Return the day of a timestamp on its own clock, which may lie before the year 1.

    Parameters
    ----------
    stamp : Timestamp
        Of any resolution; not NaT.
    what : str
        What messages call it.

    Raises
    ------
    InputError
        If its year is none that days are written with.

    Examples
    --------
    >>> str(stamp_day(pd.Timestamp(np.datetime64("-0044-03-15", "s"))))
    '-0044-03-15'
    """
    try:
        return day_on(stamp.year, stamp.month, stamp.day)
    except ValueError:
        raise InputError(f"the year {stamp.year} is too far off", file=what) from None


def optional_day(value: object, what: str) -> date | None:
    """Return a day, or None for None.

    Parameters
    ----------
    value : str, date, datetime, Timestamp, datetime64 or None
        As for `day_of`.
    what : str
        What messages call it.

    Raises
    ------
    InputError
        If it is neither a day nor None.
    """
    return None if value is None else day_of(value, what)


def period_of(first: object, last: object) -> Period:
    """Return the days from one to another, both included; None is without end.

    Parameters
    ----------
    first, last : str, date, datetime, Timestamp, datetime64 or None
        As for `day_of`.

    Raises
    ------
    InputError
        If one is no day, or the first comes after the last.
    """
    start, end = optional_day(first, "first_day"), optional_day(last, "last_day")
    if start and end and start > end:
        raise InputError(f"first_day {start} must come before last_day {end}")
    return Period(start, end)


def days_of(value: object, what: str = "days") -> tuple[date, ...] | DayRule:
    """Return the days of a list, the only day, or the rule that chooses them.

    Parameters
    ----------
    value : str, date, Timestamp or iterable of them
        A rule such as ``month-start``, one day, or several in any order.
    what : str
        What messages call it.

    Returns
    -------
    tuple of date or str
        Days in order, each once; or the rule as it stands.

    Raises
    ------
    InputError
        If it is neither a day nor a rule, or no day is named.

    Examples
    --------
    >>> days_of("month-start"), days_of(["2025-12-01", "2025-11-01"])
    ('month-start', (datetime.date(2025, 11, 1), datetime.date(2025, 12, 1)))
    """
    if isinstance(value, str):
        if value in get_args(DayRule):
            return cast("DayRule", value)
        if not any(mark.isdigit() for mark in value):
            hint = did_you_mean(value, get_args(DayRule))
            raise InputError(f"'{value}' is not a day (YYYY-MM-DD), nor a rule; {hint}", file=what)
    if isinstance(value, Iterable) and not isinstance(value, str):
        days = tuple(sorted({day_of(each, what) for each in value}))
        if not days:
            raise InputError("no day is named; leave it out for all of them", file=what)
        return days
    return (day_of(value, what),)

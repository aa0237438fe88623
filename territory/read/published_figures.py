"""A published series of figures: one column of days, one of values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from math import isfinite
from pathlib import Path

from territory.errors import InputError, did_you_mean
from territory.numbers import KM2_PER_UNIT, area_unit
from territory.read.day_order import DayOrder, order_of
from territory.read.moments import may_be_either, moment_of
from territory.read.text_files import csv_rows


@dataclass(frozen=True)
class Published:
    """Published figures by day.

    Attributes
    ----------
    name, location : str
        The file's name without its suffix, and the file as the user named it.
    km2 : mapping of date to float
        In order of the file.
    half_unit_km2 : float
        Half a unit of the last digit that any of them is given with.
    """

    name: str
    location: str
    km2: dict[date, float]
    half_unit_km2: float


def read_published(path: Path, *, day_column: str, value_column: str, unit: str) -> Published:
    """Read published figures from a CSV file.

    Parameters
    ----------
    path : Path
        A CSV file with a header and a row for each day; rows without a value are passed over.
    day_column, value_column : str
        Names of the columns. A day may be followed by a time.
    unit : str
        ``km2``, ``m2``, ``sqmi`` (square miles), ``ha``, ``acres`` or ``dunams``, or their
        usual names.

    Returns
    -------
    Published
        In square kilometres, by day.

    Raises
    ------
    InputError
        Naming file, line and column, for anything that is not a day or no figure, for a
        day that stands twice and for a file without figures.
    """
    factor = unit_factor(unit)
    figures: dict[date, float] = {}
    digits: list[int] = []
    rows = [each for each in csv_rows(path, (day_column, value_column)) if each[1][value_column]]
    order = order_of(row[day_column] for _, row in rows)
    for line, row in rows:
        day = _day(row[day_column], order, day_column, path, line)
        if day in figures:
            raise InputError(f"the day {day} stands twice", file=str(path), line=line)
        number = _number(row[value_column], value_column, path, line)
        figures[day] = float(number) * factor
        exponent = number.as_tuple().exponent
        digits.append(exponent if isinstance(exponent, int) else 0)
    if not figures:
        raise InputError(f"no figure in column '{value_column}'", file=str(path))
    return Published(path.stem, str(path), figures, 0.5 * 10.0 ** min(0, *digits, 0) * factor)


def read_columns(
    path: Path, *, day_column: str, columns: Mapping[str, str]
) -> dict[str, dict[date, float]]:
    """Read several published figures by day from a CSV file.

    Parameters
    ----------
    path : Path
        A CSV file with a header and a row for each day; cells without a figure are passed over.
    day_column : str
        Name of the column of days. A day may be followed by a time.
    columns : mapping of str to str
        By what the figures are to be known, the name of their column.

    Returns
    -------
    dict of str to dict of date to float
        The figures by day, in order of the days, in the unit of the file.

    Raises
    ------
    InputError
        Naming file, line and column, for anything that is not a day or no figure, for a figure
        below zero, for a day that stands twice and for a column without figures.
    """
    found: dict[str, dict[date, float]] = {name: {} for name in columns}
    days: set[date] = set()
    rows = list(csv_rows(path, (day_column, *columns.values())))
    order = order_of(row[day_column] for _, row in rows)
    for line, row in rows:
        day = _day(row[day_column], order, day_column, path, line)
        if day in days:
            raise InputError(f"the day {day} stands twice", file=str(path), line=line)
        days.add(day)
        for name, column in columns.items():
            if row[column]:
                found[name][day] = float(_number(row[column], column, path, line, least=0))
    for name, column in columns.items():
        if not found[name]:
            raise InputError(f"no figure in column '{column}'", file=str(path))
    return {name: dict(sorted(figures.items())) for name, figures in found.items()}


def unit_factor(unit: str) -> float:
    """Return how many km2 a unit is.

    Parameters
    ----------
    unit : str
        ``km2``, ``m2``, ``sqmi`` (square miles), ``ha``, ``acres`` or ``dunams``, or their
        usual names.

    Returns
    -------
    float
        In square kilometres.

    Raises
    ------
    InputError
        If it is no unit of area.

    Examples
    --------
    >>> unit_factor("ha")
    0.01
    """
    known = area_unit(unit)
    if known not in KM2_PER_UNIT:
        raise InputError(f"--unit: unknown unit '{unit}'; {did_you_mean(unit, KM2_PER_UNIT)}")
    return KM2_PER_UNIT[known]


def _day(text: str, order: DayOrder, column: str, path: Path, line: int) -> date:
    moment = moment_of(text, order=order.order)
    if moment is not None:
        return moment.first
    why = "is not a day (YYYY-MM-DD)"
    if may_be_either(text):
        why += ": day/month or month/day? no other value of the column says which"
    if order.is_contradicted:
        why = f"is not a day: {order.said()} contradict one another"
    raise InputError(f"{column}: '{text}' {why}", file=str(path), line=line)


def _number(
    text: str, column: str, path: Path, line: int, *, least: float | None = None
) -> Decimal:
    """Return a figure above zero, or not below `least`."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not isfinite(number):
        raise InputError(f"{column}: '{text}' is not a number", file=str(path), line=line)
    if least is not None and number < least:
        raise InputError(f"{column}: {text} is below {least:g}", file=str(path), line=line)
    if least is None and number <= 0:
        problem = f"{column}: {text} is not above zero; an area cannot be explained so"
        raise InputError(problem, file=str(path), line=line)
    return number

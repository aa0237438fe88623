"""Days before the year 1, which `datetime.date` has no room for.

An `AncientDay` is a `date` whose calendar is moved by whole cycles of 400 years, after which the
Gregorian calendar repeats to the day of the week. Years are counted as ISO 8601 counts them: the
year 0 is 1 BC, so 500 BC is -0499. It compares with other days, differs from them by days, and is
written as ISO 8601 writes it; what would read its moved year past these methods is told its own.
"""

import re
from datetime import date, timedelta
from typing import Any

_CYCLE_YEARS = 400
_CYCLE_DAYS = 146_097
_ISO = re.compile(r"(-\d{4,6}|\d{4})-(\d{2})-(\d{2})", re.ASCII)
EARLIEST_YEAR = -999_999


def day_on(year: int, month: int, day: int) -> date:
    """Return a day of any year, the year 0 being 1 BC.

    Parameters
    ----------
    year, month, day : int
        By the Gregorian calendar, reckoned back.

    Raises
    ------
    ValueError
        If there is no such day, or its year lies before `EARLIEST_YEAR`.

    Examples
    --------
    >>> str(day_on(-499, 1, 1)), day_on(2024, 2, 29), day_on(-499, 1, 1) < day_on(1914, 1, 1)
    ('-0499-01-01', datetime.date(2024, 2, 29), True)
    >>> (day_on(1, 1, 1) - day_on(0, 1, 1)).days
    366
    """
    if year >= 1:
        return date(year, month, day)
    if year < EARLIEST_YEAR:
        raise ValueError(f"the year {year} lies before {EARLIEST_YEAR}")
    cycles = -year // _CYCLE_YEARS + 1
    return AncientDay._moved(date(year + cycles * _CYCLE_YEARS, month, day), cycles)


def day_from_iso(text: str) -> date:
    """Return a day written as ``YYYY-MM-DD``, with a minus before the year where need be.

    Parameters
    ----------
    text : str
        Such as ``2024-01-31`` or ``-0499-01-01``.

    Raises
    ------
    ValueError
        If it is none.
    """
    found = _ISO.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is not a day (YYYY-MM-DD)")
    return day_on(int(found[1]), int(found[2]), int(found[3]))


def days_after(day: date, count: int) -> date:
    """Return the day so many days after another, whichever side of the year 1 it lies on.

    Parameters
    ----------
    day : date
        Any.
    count : int
        Negative for a day before it.

    Examples
    --------
    >>> str(days_after(date(1, 1, 1), -1))
    '0000-12-31'
    """
    return _from_ordinal(day.toordinal() + count)


def _from_ordinal(number: int) -> date:
    """Return the day with a number, of which 1 is the first day of the year 1."""
    if number >= 1:
        return date.fromordinal(number)
    cycles = -number // _CYCLE_DAYS + 1
    return AncientDay._moved(date.fromordinal(number + cycles * _CYCLE_DAYS), cycles)


class AncientDay(date):
    """A day before the year 1; made by `day_on`."""

    _cycles: int

    @classmethod
    def _moved(cls, day: date, cycles: int) -> "AncientDay":
        made = super().__new__(cls, day.year, day.month, day.day)
        made._cycles = cycles
        return made

    @property
    def year(self) -> int:
        """The year, 0 or negative."""
        return super().year - self._cycles * _CYCLE_YEARS

    def toordinal(self) -> int:
        """Return its number, 0 or negative."""
        return super().toordinal() - self._cycles * _CYCLE_DAYS

    def isoformat(self) -> str:
        """Return it as ISO 8601 writes it."""
        year = self.year
        return f"{'-' if year < 0 else ''}{abs(year):04d}-{self.month:02d}-{self.day:02d}"

    __str__ = isoformat

    def __repr__(self) -> str:
        """Return how it is made."""
        return f"day_on({self.year}, {self.month}, {self.day})"

    def __format__(self, how: str) -> str:
        """Return it as text; a year in a format is its own."""
        return self.strftime(how) if how else self.isoformat()

    def strftime(self, format: str) -> str:
        """Return it by a format."""
        alike = date(super().year, self.month, self.day)  # the same day of the week
        return alike.strftime(format.replace("%Y", self.isoformat()[:-6]))

    def __hash__(self) -> int:
        """Return what equal days share."""
        return hash(("AncientDay", self.toordinal()))

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same day."""
        return isinstance(other, AncientDay) and self.toordinal() == other.toordinal()

    def __ne__(self, other: object) -> bool:
        """Return whether it is another day."""
        return not self == other

    def __lt__(self, other: date) -> bool:
        """Return whether it is earlier."""
        return self.toordinal() < other.toordinal()

    def __le__(self, other: date) -> bool:
        """Return whether it is not later."""
        return self.toordinal() <= other.toordinal()

    def __gt__(self, other: date) -> bool:
        """Return whether it is later."""
        return self.toordinal() > other.toordinal()

    def __ge__(self, other: date) -> bool:
        """Return whether it is not earlier."""
        return self.toordinal() >= other.toordinal()

    def __add__(self, other: timedelta) -> date:  # type: ignore[override]
        """Return the day so much later."""
        return _from_ordinal(self.toordinal() + other.days)

    def __radd__(self, other: timedelta) -> date:  # type: ignore[override]
        """Return the day so much later."""
        return self + other

    def __sub__(self, other: Any) -> Any:  # noqa: ANN401 - as date has it
        """Return the time since another day, or the day so much earlier."""
        if isinstance(other, timedelta):
            return _from_ordinal(self.toordinal() - other.days)
        return timedelta(self.toordinal() - other.toordinal())

    def __rsub__(self, other: date) -> timedelta:
        """Return the time until another day."""
        return timedelta(other.toordinal() - self.toordinal())

    def replace(self, year: Any = None, month: Any = None, day: Any = None) -> date:  # type: ignore[override] # noqa: ANN401
        """Return it with another year, month or day."""
        own = self.year if year is None else year
        return day_on(own, month or self.month, day or self.day)

    def timetuple(self) -> Any:  # noqa: ANN401 - as date has it
        """Refuse: no clock goes back so far."""
        raise OverflowError(f"{self} lies before the first year that a clock knows")

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to make it again in another process."""
        return day_on, (self.year, self.month, self.day)

    def __copy__(self) -> "AncientDay":
        """Return itself: a day never changes."""
        return self

    def __deepcopy__(self, memo: object) -> "AncientDay":
        """Return itself: a day never changes."""
        return self

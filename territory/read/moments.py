r"""What one value of a column of days says: a day, a month, a year, or an instant with a clock.

Rules
-----
- The day of a time with a clock is the day as it is written, at its own offset.
- A unix time counts seconds or thousandths, millionths, billionths of them, in UTC.
  Numbers below (a year, a day as Excel counts it) are no days.
- With dots the day stands first (``01.02.2024`` is 1 February), with the year first all
  marks are read. ``01/02/2024`` and ``01-02-2024`` are read only in an order that is named, or
  that all values of a column allow alone (`territory.read.day_order`).
- Digits alone are YYYYMMDD, with hours (HH, HHMM, HHMMSS) behind where they fit the years
  1900 to 2100, else a unix time.
- Months are read in words (``1 Jan 2024``, ``January 1, 2024``, ``1 січня 2024``) in the
  languages of `territory.read.month_names`.
- Days before the year 1 have a minus before the year, 500 BC being ``-0499-01-01``.
- ``1914`` and ``1914-07`` are read only where a span is meant: from their first day, or
  until their last; else only in the format ``YYYY`` or ``YYYY-MM``, as their first day.

Midnight
--------
A day that somebody stamped as midnight of his own zone stands in UTC as 21:00 or 22:00 of
the day before (Kyiv, Moscow, Damascus). `midnights` finds such columns: every value in UTC
is on the same quarter of an hour, or on two an hour apart (summer time). Between 21:00 and
23:00 they count as midnights of the zones of Europe, Africa and the Middle East. Between
15:00 and 21:00 they do so only where the ground lies in such a zone: maps of Ukraine that
are all of 19:00 or 20:00 are of three in the afternoon in Washington.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from territory.ancient_days import day_on, days_after
from territory.read.month_names import month_of

DAY_S = 86_400
_HOUR_S, _QUARTER_S = 3_600, 900
_EARLIEST_MIDNIGHT_S = 15 * _HOUR_S  # nine hours east of Greenwich: Tokyo, Seoul
_NEAR_MIDNIGHT_S = 21 * _HOUR_S  # three hours: Moscow, Kyiv and Damascus in summer
_DEGREES_AN_HOUR = 15.0
_BEHIND_H, _AHEAD_H = 1.5, 1.2  # how far the clock of a zone may lie from its sun
_FIRST_UNIX = 100_000_000  # seconds, March 1973: below stand years, YYYYMMDD, days of Excel
_LAST_UNIX = 10_000_000_000  # seconds, November 2286: above stand finer units
_UNITS_OF_UNIX = (1, 1_000, 1_000_000, 1_000_000_000)  # seconds and finer
_CLOCK = (
    r"(?P<hour>\d{2}):?(?P<minute>\d{2})(:?(?P<second>\d{2})([.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)?"
)
_YEAR = r"(?:-\d{4,6}|\d{4})"  # before the year 0 with a minus, as ISO 8601 writes it
_ISO = re.compile(rf"({_YEAR})[-/](\d{{2}})[-/](\d{{2}})([T ]{_CLOCK})?", re.ASCII)
_DOTS = re.compile(rf"(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}})([T ]{_CLOCK})?", re.ASCII)
_EITHER_WAY = re.compile(rf"(\d{{1,2}})([/-])(\d{{1,2}})\2(\d{{4}})([T ]{_CLOCK})?", re.ASCII)
_MONTH = r"(?P<month>[^\W\d_]+(?: [^\W\d_]+)?)\.?"
_YEAR_WORD = r"(?: ?(?:г|р|года|року|م)\.?)?"  # as Russian, Ukrainian and Arabic add it
_DAY_FIRST = re.compile(
    rf"(?P<day>[0-9]{{1,2}})(?:\.|er)?[ -]{_MONTH},?[ -](?P<year>[0-9]{{4}}){_YEAR_WORD}"
    rf"([T ]{_CLOCK})?"
)
_MONTH_FIRST = re.compile(
    rf"{_MONTH} (?P<day>[0-9]{{1,2}}),? (?P<year>[0-9]{{4}}){_YEAR_WORD}([T ]{_CLOCK})?"
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})((\d{2})(\d{2})?(\d{2})?)?", re.ASCII)
_DAY_DIGITS = 8
_DAYS_OF_A_MONTH = 31
_MONTHS_OF_A_YEAR = 12
_YEARS_OF_DIGITS = range(1900, 2101)  # with a clock; as unix times they lie after 2030
_YEARS = range(1000, 2101)  # that a number, and not a text, may mean
_PART = re.compile(rf"({_YEAR})(?:-(\d{{2}}))?", re.ASCII)
_TOKENS = {"MM": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{1,2})"}
_OF_PERIODS = ((0, 0), (1, 0))  # how often a format of years, or of months, names those two
_YEAR_TOKENS = {"YYYY": r"(?P<year>\d{4})", "YY": r"(?P<short_year>\d{2})"}
_FIRST_SHORT_YEAR = 1969  # as POSIX reads two digits: 69 is 1969, 68 is 2068
_UTC = {"Z", "UTC", "GMT", "+00", "+0000", "+00:00", "-00", "-0000", "-00:00"}


class Order(StrEnum):
    """Which of the two numbers before a year is the day; as a format has it."""

    DAY_FIRST = "DD/MM/YYYY"
    MONTH_FIRST = "MM/DD/YYYY"


@dataclass(frozen=True, slots=True)
class Moment:
    """What one value of a column of days says.

    Attributes
    ----------
    first, last : date
        The first and the last day it names: one day but for a month or a year.
    clock_s : int or None
        Seconds after midnight; None where no clock is given.
    is_utc : bool
        Whether that clock is stated to be UTC, as a unix time always is.
    """

    first: date
    last: date
    clock_s: int | None = None
    is_utc: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether it is a month or a year."""
        return self.first != self.last

    def shifted(self, offset_s: int) -> "Moment":
        """Return the same instant on a clock so many seconds ahead of UTC, if it is in UTC.

        Parameters
        ----------
        offset_s : int
            In seconds.

        Examples
        --------
        >>> moment_of("2024-01-31T22:00:00Z").shifted(2 * 3600).first
        datetime.date(2024, 2, 1)
        """
        if not self.is_utc or self.clock_s is None:
            return self
        days, clock = divmod(self.clock_s + offset_s, DAY_S)
        day = self.first + timedelta(days)
        return replace(self, first=day, last=day, clock_s=clock)


def moment_of(
    value: object, *, day_format: str = "", partial: bool = False, order: Order | None = None
) -> Moment | None:
    """Return what a value says, or None where it is no day.

    Parameters
    ----------
    value : object
        As it stands in the file.
    day_format : str
        Such as ``DD/MM/YYYY``: how text gives the day, and then in no other way.
    partial : bool
        Whether a month or a year counts too.
    order : Order, optional
        Which of two numbers before the year is the day; without, such text is no day.

    Examples
    --------
    >>> moment_of("2022-04-01T10:00:00").first, moment_of(1648771200000).first
    (datetime.date(2022, 4, 1), datetime.date(2022, 4, 1))
    >>> moment_of("01.02.2024").first, moment_of("1 Feb 2024").first, moment_of("01/02/2024")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 1), None)
    >>> moment_of("01/02/2024", day_format="MM/DD/YYYY").first
    datetime.date(2024, 1, 2)
    >>> moment_of("01/02/2024", order=Order.DAY_FIRST).first, moment_of("1 лютого 2024").first
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 1))
    >>> moment_of("1914"), moment_of("1914-07", partial=True).last
    (None, datetime.date(1914, 7, 31))
    >>> moment_of(1914, day_format="YYYY").first
    datetime.date(1914, 1, 1)
    """
    text = value.strip() if isinstance(value, str) else _whole(value)
    if partial and (found := _PART.fullmatch(text)):
        is_year = isinstance(value, str) or (value == int(text) and int(text) in _YEARS)
        return _period(int(found[1]), int(found[2] or 0)) if is_year else None
    if day_format and not _names_days(day_format):
        return None if isinstance(value, float) and value % 1 else _of_text(text, day_format, order)
    moment = None if day_format else _of_digits(text)
    if moment is not None or (len(text) == _DAY_DIGITS and text.isdecimal()):
        return moment
    if not day_format and _is_no_day(text):
        return None
    if isinstance(value, str) and not re.fullmatch(r"\d{9,19}", text, re.ASCII):
        return _of_text(text, day_format, order)
    return _of_unix(text)


def is_year(value: object) -> bool:
    """Return whether a value is a year and nothing more.

    Parameters
    ----------
    value : object
        As it stands in the file.

    Examples
    --------
    >>> is_year(1914), is_year("1914"), is_year("1914-07"), is_year(3)
    (True, True, False, False)
    """
    whole = moment_of(value, partial=True)
    return whole is not None and (whole.last - whole.first).days > _DAYS_OF_A_MONTH


def may_be_either(value: object) -> bool:
    """Return whether a value is a day that by itself does not say which number is the month.

    Parameters
    ----------
    value : object
        As it stands in the file.

    Examples
    --------
    >>> may_be_either("01/02/2024"), may_be_either("2024/02/01")
    (True, False)
    """
    return isinstance(value, str) and _EITHER_WAY.fullmatch(value.strip()) is not None


def pattern_of(day_format: str) -> re.Pattern[str]:
    """Return the pattern of a format such as ``DD/MM/YYYY`` (or ``%d/%m/%Y``).

    Parameters
    ----------
    day_format : str
        Day, month and year once each, in any order, with anything between them; a year of two
        digits is ``YY`` (or ``%y``). Of a year of four alone, or a month of it, the first day
        counts.

    Returns
    -------
    re.Pattern of str
        With groups ``day``, ``month`` and ``year`` (or ``short_year``, see `year_in`), and
        those of a clock.

    Raises
    ------
    ValueError
        If it names anything else.

    Examples
    --------
    >>> pattern_of("DD/MM/YYYY").fullmatch("1/2/2024")["month"]
    '2'
    """
    return re.compile(rf"{_with_groups(day_format)}([T ]{_CLOCK})?", re.ASCII)


def name_pattern_of(day_format: str) -> re.Pattern[str]:
    """Return the pattern of a format in the name of a file, where any mark stands for a slash.

    Parameters
    ----------
    day_format : str
        As for `pattern_of`.

    Examples
    --------
    >>> name_pattern_of("DD/MM/YYYY").search("zones_01-02-2024.kml")["day"]
    '01'
    """
    loose = _with_groups(day_format).replace("/", "[-_. ]")
    return re.compile(rf"(?<!\d){loose}(?!\d)", re.ASCII)


def year_in(parts: Mapping[str, str | None]) -> str:
    """Return the year of what the pattern of a format found.

    Parameters
    ----------
    parts : mapping of str to str or None
        By group. Of two digits, 69 to 99 are 1969 to 1999, and 00 to 68 are 2000 to 2068.

    Examples
    --------
    >>> year_in(name_pattern_of("YY_MM_DD").search("Control_23_09_03.kml").groupdict())
    '2023'
    """
    if short := parts.get("short_year"):
        return str(_FIRST_SHORT_YEAR + (int(short) - _FIRST_SHORT_YEAR) % 100)
    return parts["year"] or ""


def _names_days(day_format: str) -> bool:
    return "day" in pattern_of(day_format).groupindex


def _with_groups(day_format: str) -> str:
    plain = day_format.replace("%d", "DD").replace("%m", "MM").replace("%Y", "YYYY")
    plain = plain.replace("%y", "YY")
    year = "YYYY" if "YYYY" in plain else "YY"
    tokens = {year: _YEAR_TOKENS[year], **_TOKENS}
    counts = tuple(plain.count(token) for token in _TOKENS)
    known = counts == (1, 1) or (year == "YYYY" and counts in _OF_PERIODS)
    if plain.count("Y") != len(year) or not known:
        raise ValueError(f"'{day_format}' is no format of days, such as DD/MM/YYYY")
    pattern = re.escape(plain)
    for token, group in tokens.items():
        pattern = pattern.replace(token, group)
    return pattern


def midnights(
    moments: Iterable[Moment], where: Callable[[], tuple[float, float]]
) -> frozenset[int]:
    """Return the clocks in UTC, in seconds, that are midnight of a zone east of Greenwich.

    Empty where the values of a column are anything else.

    Parameters
    ----------
    moments : iterable of Moment
        All values of a column.
    where : callable
        Returns the westernmost and the easternmost longitude of the ground, in degrees; it
        is asked only where that decides.

    Examples
    --------
    >>> kyiv = [moment_of("2024-01-31T22:00:00Z"), moment_of("2024-06-30T21:00:00Z")]
    >>> sorted(midnights(kyiv, lambda: (24, 38)))
    [75600, 79200]
    >>> in_washington = [moment_of("2024-01-31T20:00:00Z")]
    >>> sorted(midnights(in_washington, lambda: (24, 38)))
    []
    """
    clocks = set()
    for each in moments:
        if each.clock_s is None or not each.is_utc:
            return frozenset()
        clocks.add(each.clock_s)
    if not clocks or max(clocks) - min(clocks) not in (0, _HOUR_S):
        return frozenset()
    off_grid = any(clock % _QUARTER_S for clock in clocks)
    if off_grid or len(clocks) > 2 or min(clocks) < _EARLIEST_MIDNIGHT_S:  # noqa: PLR2004
        return frozenset()
    near = min(clocks) >= _NEAR_MIDNIGHT_S or _lies_in(clocks, *where())
    return frozenset(clocks if near else ())


def _lies_in(clocks: Collection[int], west: float, east: float) -> bool:
    """Return whether ground lies where zones have midnight at these clocks in UTC."""
    hours = (DAY_S - min(clocks)) / _HOUR_S
    sun = (hours - _AHEAD_H) * _DEGREES_AN_HOUR, (hours + _BEHIND_H) * _DEGREES_AN_HOUR
    return sun[0] <= west <= east <= sun[1]


def offset_of(clocks: frozenset[int]) -> int:
    """Return how many seconds ahead of UTC a zone is whose midnights are at these clocks.

    Parameters
    ----------
    clocks : frozenset of int
        Seconds after midnight in UTC; at least one.
    """
    return DAY_S - min(clocks)


def _of_digits(text: str) -> Moment | None:
    """Return a day written as YYYYMMDD, perhaps with hours, minutes and seconds."""
    found = _DIGITS.fullmatch(text)
    if found is None:
        return None
    moment = _moment(found[1], found[2], found[3])
    if moment is None or found[4] is None:
        return moment
    if moment.first.year not in _YEARS_OF_DIGITS:
        return None
    return _with_clock(moment, found[5], found[6], found[7])


def _is_no_day(text: str) -> bool:
    """Return whether digits are a day with hours that does not exist, as 30 February at 6."""
    found = _DIGITS.fullmatch(text)
    if found is None or int(found[1]) not in _YEARS_OF_DIGITS:
        return False
    return 1 <= int(found[2]) <= _MONTHS_OF_A_YEAR and 1 <= int(found[3]) <= _DAYS_OF_A_MONTH


def _of_unix(text: str) -> Moment | None:
    for unit in _UNITS_OF_UNIX:
        if text and _FIRST_UNIX <= int(text) // unit < _LAST_UNIX:
            instant = datetime.fromtimestamp(int(text) // unit, UTC)
            clock = instant.hour * _HOUR_S + instant.minute * 60 + instant.second
            return Moment(instant.date(), instant.date(), clock, is_utc=True)
    return None


def either_way(value: object) -> dict[Order, date]:
    """Return the days that two numbers before a year may mean, by the order they stand in.

    Parameters
    ----------
    value : object
        As it stands in the file.

    Examples
    --------
    >>> {f"{order}": f"{day}" for order, day in either_way("13/02/2024").items()}
    {'DD/MM/YYYY': '2024-02-13'}
    >>> len(either_way("01/02/2024")), either_way("2024-02-01")
    (2, {})
    """
    found = _EITHER_WAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return {}
    both = {order: _in_order(found, order) for order in Order}
    return {order: moment.first for order, moment in both.items() if moment is not None}


def has_dots(value: object) -> bool:
    """Return whether a value is a day with dots, day first.

    Parameters
    ----------
    value : object
        As it stands in the file.
    """
    return isinstance(value, str) and _DOTS.fullmatch(value.strip()) is not None


def _in_order(found: re.Match[str], order: Order) -> Moment | None:
    day, month = (found[1], found[3]) if order is Order.DAY_FIRST else (found[3], found[1])
    return _clocked(found, found[4], month, day)


def _of_text(text: str, day_format: str, order: Order | None) -> Moment | None:
    if day_format:
        found = pattern_of(day_format).fullmatch(text)
        parts = found.groupdict() if found else {}
        month, day = parts.get("month") or "1", parts.get("day") or "1"
        return found and _clocked(found, year_in(parts), month, day)
    if found := _ISO.fullmatch(text):
        return _clocked(found, found[1], found[2], found[3])
    if found := _DOTS.fullmatch(text):
        return _clocked(found, found[3], found[2], found[1])
    if found := _EITHER_WAY.fullmatch(text):
        return _in_order(found, order) if order else None
    return in_words(text)


def in_words(text: str) -> Moment | None:
    """Return a day whose month is written as a word, None where there is none.

    Parameters
    ----------
    text : str
        Nothing but the day; digits may be Arabic ones.

    Examples
    --------
    >>> in_words("1er janv. 2024").first, in_words("١ شباط ٢٠٢٤").first
    (datetime.date(2024, 1, 1), datetime.date(2024, 2, 1))
    """
    plain = "".join(map(_plain, text))
    found = _DAY_FIRST.fullmatch(plain) or _MONTH_FIRST.fullmatch(plain)
    month = month_of(found["month"]) if found else 0
    return _clocked(found, found["year"], str(month), found["day"]) if found and month else None


def _plain(letter: str) -> str:
    """Return a digit of any script as 0 to 9, and nothing for a mark of the direction."""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "" if unicodedata.category(letter) == "Cf" else letter


def _clocked(found: re.Match[str], year: str, month: str, day: str) -> Moment | None:
    """Return a day with the clock that a pattern found, if any."""
    moment = _moment(year, month, day)
    if moment is None or found["hour"] is None:
        return moment
    clocked = _with_clock(moment, found["hour"], found["minute"], found["second"])
    return clocked and replace(clocked, is_utc=(found["zone"] or "") in _UTC)


def _with_clock(moment: Moment, *parts: str | None) -> Moment | None:
    hour, minute, second = (int(part or 0) for part in parts)
    if hour > 24 or minute > 59 or second > 60:  # noqa: PLR2004 - 24:00 and leap seconds
        return None
    return replace(moment, clock_s=min(hour * _HOUR_S + minute * 60 + second, DAY_S - 1))


def _moment(year: str, month: str, day: str) -> Moment | None:
    try:
        named = day_on(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        return None
    return Moment(named, named)


def _period(year: int, month: int) -> Moment | None:
    """Return a whole month, or a whole year for month 0."""
    try:
        first = day_on(year, month or 1, 1)
        after = day_on(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    except (ValueError, OverflowError):
        return None
    return Moment(first, days_after(after, -1))


def _whole(value: object) -> str:
    """Return the digits of a positive number before its point, else nothing."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return ""
    return str(int(value)) if 0 < value < _LAST_UNIX * _UNITS_OF_UNIX[-1] else ""

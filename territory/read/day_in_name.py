"""The day in the name of a file, however it is written there.

``zones_2024-02-01``, ``zones_2024_02_01``, ``01.02.2024``, ``1 Feb 2024``, ``1-лютого-2024``,
``2024020106`` with hours behind, and unix times of ten or thirteen digits where all names of a
folder have one. Of ``01-02-2024`` the order is named, or follows from all names of the folder
together. What is plainer counts: other ways are looked for only where the name holds no day with
the year first. Of a month, a quarter or years alone no day is taken unless somebody says so.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from territory.read.day_order import DayOrder, order_of
from territory.read.moments import Moment, Order, in_words, moment_of
from territory.read.month_names import month_of

YEAR_FIRST = r"(?<!\d)(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})(?!\d)"
_MARKED = re.compile(r"(?<!\d)(\d{4})([_. ])(\d{2})\2(\d{2})(?!\d)", re.ASCII)
_DOTS = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", re.ASCII)
_EITHER_WAY = re.compile(r"(?<!\d)(\d{1,2})([-_ ])(\d{1,2})\2(\d{4})(?!\d)", re.ASCII)
_SHORT = re.compile(r"(?<!\d)\d{2}([-_. ])\d{2}\1\d{2}(?!\d)", re.ASCII)
_WORD = r"[^\W\d_]{3,}(?: [^\W\d_]+)?\.?"
_WORDS = (
    re.compile(rf"(?<!\d)([0-9]{{1,2}})(?:er|\.)?[ _.-]*({_WORD})[ _.,-]*([0-9]{{4}})(?!\d)"),
    re.compile(rf"(?<![^\W\d_])({_WORD})[ _.-]*([0-9]{{1,2}})[ _.,-]+([0-9]{{4}})(?!\d)"),
)
_STAMP = re.compile(r"(?<!\d)\d{8}T?(?:\d{2}){1,3}(?!\d)", re.ASCII)  # HH, HHMM, HHMMSS behind
UNIX = r"(?<!\d)(?P<unix>\d{10})(?:\d{3})?(?!\d)"

# Years alone, and what shows that more than a year is meant: 2024-02, 2024.032, 2024Q1, 2024-W05.
_YEAR = r"(?:1\d|20)\d{2}"
_YEARS = rf"{_YEAR}(?:(?:[-_ ]+(?:to[-_ ]+)?|to){_YEAR})"
YEAR = rf"(?<!\d)(?P<year>{_YEAR})(?!\d)"
SINCE_YEAR = rf"(?<!\d)(?P<year>{_YEAR})(?:(?:[-_ ]+(?:to[-_ ]+)?|to){_YEAR})?(?!\d)"
_PART_OF_YEAR = re.compile(
    rf"(?<!\d){_YEAR}[-_. ]?[0-9]{{1,3}}(?![^\W_])|(?<![^\W_])[0-9]{{1,2}}[-_. ]{_YEAR}(?!\d)"
    r"|(?<![^\W\d_])(?:q|w|h|kw)[-_ ]?[0-9]{1,2}(?![^\W_])",
    re.IGNORECASE,
)
_MONTHS = (
    (re.compile(rf"(?<!\d){_YEAR}([-_. ]?)(?:0[1-9]|1[0-2])(?![-_. ]?\d)"), "YYYY{}MM"),
    (re.compile(rf"(?<!\d)(?<!\d[-_. ])(?:0[1-9]|1[0-2])([-_. ]){_YEAR}(?!\d)"), "MM{}YYYY"),
)


def days_in(name: str, order: Order | None = None) -> set[date]:
    """Return the days that a name holds in other ways than year, month and day in digits.

    Parameters
    ----------
    name : str
        Of a file, without its folder.
    order : Order, optional
        Which of two numbers before a year is the day; without, such numbers are no day.

    Returns
    -------
    set of date
        Those of the first way of writing that finds any.

    Examples
    --------
    >>> sorted(map(str, days_in("z_01.02.2024.geojson") | days_in("Karte 3 März 2024.kml")))
    ['2024-02-01', '2024-03-03']
    >>> days_in("z_01-02-2024.geojson")
    set()
    """
    ways: tuple[Callable[[], Iterable[str]], ...] = (
        lambda: _stamps(name),
        lambda: ("-".join((m[1], m[3], m[4])) for m in _MARKED.finditer(name)),
        lambda: (m[0] for m in _DOTS.finditer(name)),
        lambda: _either_way(name),
        lambda: _in_words(name),
    )
    for way in ways:
        moments = (moment_of(text, order=order) for text in way())
        if found := {moment.first for moment in moments if moment is not None}:
            return found
    return set()


def instants_in(name: str) -> set[Moment]:
    """Return the days with hours behind that a name holds, such as ``2024020106``.

    Parameters
    ----------
    name : str
        Of a file, without its folder.

    Examples
    --------
    >>> [(f"{each.first}", each.clock_s) for each in instants_in("flood_2024020106.geojson")]
    [('2024-02-01', 21600)]
    """
    return {moment for text in _stamps(name) if (moment := moment_of(text)) is not None}


def is_year_alone(name: str) -> bool:
    """Return whether a year is all that a name says of when: of 2024-02 it would be a guess.

    Parameters
    ----------
    name : str
        Of a file, without its folder.

    Examples
    --------
    >>> [is_year_alone(each) for each in ("z_1914.kml", "1914_110m.kml", "z_1914-07.kml")]
    [True, True, False]
    """
    years = {found["year"] for found in re.finditer(YEAR, name, re.ASCII)}
    return len(years) == 1 and not _has_part_of_year(name)


def is_since_year(name: str) -> bool:
    """Return whether two years, from one until another, are all that a name says of when.

    Parameters
    ----------
    name : str
        Of a file, without its folder.

    Examples
    --------
    >>> is_since_year("1975-1979.geojson"), is_since_year("1979.geojson")
    (True, False)
    """
    spans = [re.findall(_YEAR, each, re.ASCII) for each in re.findall(_YEARS, name, re.ASCII)]
    alone = len(re.findall(SINCE_YEAR, name, re.ASCII)) == 1
    return alone and len(spans) == 1 and spans[0][0] < spans[0][1] and not _has_part_of_year(name)


def month_format(name: str) -> str:
    """Return the format that reads the month in a name; nothing where it holds none in digits.

    Parameters
    ----------
    name : str
        Of a file, without its folder; one that holds no day.

    Examples
    --------
    >>> month_format("burnt_2024-02.shp"), month_format("burnt_202402.shp"), month_format("2024")
    ('YYYY-MM', 'YYYYMM', '')
    """
    formats = (form.format(m[1]) for pattern, form in _MONTHS for m in pattern.finditer(name))
    return next(formats, "")


def _has_part_of_year(name: str) -> bool:
    words = re.findall(r"[^\W\d_]+", name.rsplit(".", 1)[0])
    part = _PART_OF_YEAR.search(name) is not None
    return part or may_be_either(name) or any(map(month_of, words))


def are_unix(names: Sequence[str]) -> bool:
    """Return whether every name holds one unix time, in seconds or in milliseconds.

    Digits that are a day with hours behind (``2024020106``) are none.

    Parameters
    ----------
    names : sequence of str
        Of files, without their folders; none holds a day in another way.

    Examples
    --------
    >>> are_unix(["z_1704067200.json", "z_1704153600000.json"]), are_unix(["z_2024.json"])
    (True, False)
    """
    found = [[m[0] for m in re.finditer(UNIX, name, re.ASCII)] for name in names]
    moments = [moment_of(each[0]) if len(each) == 1 else None for each in found]
    return bool(moments) and all(each is not None and each.is_utc for each in moments)


def order_of_names(names: Iterable[str]) -> DayOrder:
    """Return which of two numbers is the day, where all names of a folder together say so.

    Parameters
    ----------
    names : iterable of str
        Of files, without their folders.

    Examples
    --------
    >>> order_of_names(["z_01-02-2024.kml", "z_13-02-2024.kml"]).order.value
    'DD/MM/YYYY'
    """
    return order_of(text for name in names for text in _either_way(name))


def may_be_either(name: str) -> bool:
    """Return whether a name holds two numbers before a year, of which either may be the day.

    Parameters
    ----------
    name : str
        Of a file, without its folder.
    """
    return any(True for _ in _either_way(name))


@dataclass(frozen=True)
class ShortDay:
    """What in a name may be a day whose year has two digits.

    Attributes
    ----------
    text : str
        As it stands in the name.
    formats : tuple of str
        The ways in which `moment_of` may be told to read it.
    """

    text: str
    formats: tuple[str, ...]


def short_day_in(name: str) -> ShortDay | None:
    """Return what may be a day whose year has two digits, None where nothing is.

    Such a day is read only in a format that is named: ``23_09_03`` may be of 2023 or of 2003.

    Parameters
    ----------
    name : str
        Of a file, without its folder.

    Examples
    --------
    >>> short_day_in("Control_23_09_03.kml").formats
    ('YY_MM_DD', 'DD_MM_YY')
    """
    found = _SHORT.search(name)
    if found is None:
        return None
    orders = (("YY", "MM", "DD"), ("DD", "MM", "YY"), ("MM", "DD", "YY"))
    ways = (found[1].join(order) for order in orders)
    usable = tuple(way for way in ways if moment_of(found[0], day_format=way) is not None)
    return ShortDay(found[0], usable) if usable else None


def _stamps(name: str) -> Iterable[str]:
    """Yield digits of a day with hours behind, as a column would have them."""
    for found in _STAMP.finditer(name):
        moment = moment_of(text := found[0].replace("T", ""))
        if moment is not None and not moment.is_utc:  # else it is a unix time
            yield text


def _either_way(name: str) -> Iterable[str]:
    return (f"{m[1]}-{m[3]}-{m[4]}" for m in _EITHER_WAY.finditer(name))


def _in_words(name: str) -> Iterable[str]:
    """Yield what looks like a day in words, as a column would have it."""
    for pattern, (day, month) in zip(_WORDS, ((1, 2), (2, 1)), strict=True):
        for found in pattern.finditer(name):
            text = f"{found[day]} {found[month].rstrip('.')} {found[3]}"
            if in_words(text) is not None:
                yield text

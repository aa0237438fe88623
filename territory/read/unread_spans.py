"""Spans of time that nothing reads, as their properties have names of their own.

Ground whose span is not read counts on every day that is told. So a property whose name
says until when, and whose values are days, is refused with the way to name it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.read.column import bare
from territory.read.day_columns import DayColumns
from territory.read.formats.layer import Layer
from territory.read.moments import Moment, may_be_either, moment_of
from territory.read.profile import Profile

_ENDS = frozenset({
    "end", "ends", "ended", "until", "till", "to", "thru", "through", "stop", "stops", "stopped",
    "expire", "expires", "expired", "expiry", "expiration", "last", "close", "closes", "closed",
    "finish", "finished", "gweyear", "gwedate",
})  # fmt: skip
_BEGINS = frozenset({
    "start", "starts", "started", "from", "since", "begin", "begins", "began", "first", "open",
    "opens", "opened", "gwsyear", "gwsdate",
})  # fmt: skip
_UNITS = frozenset({"date", "day", "month", "year", "time", "datetime", "datum", "valid"})
_OF_THE_RECORD = (  # how words begin (shapefiles cut them) that tell of work on the file
    "creat", "upd", "edi", "modif", "publ", "releas", "access", "retriev", "download", "upload",
    "import", "export", "check", "verif", "review", "revis", "seen", "chang", "sync", "saved",
    "version", "today", "report",
)  # fmt: skip
MAY_BE_NUMBERS = "to"
_OPEN_WORDS = frozenset({"", "..", "-", "null", "none", "nan", "present", "now", "ongoing"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def refuse_unread(columns: DayColumns) -> None:
    """Refuse features with a property that says until when they hold, and that is not read.

    Layers of which an end is read are let be.

    Parameters
    ----------
    columns : DayColumns
        Of all layers of the series.

    Raises
    ------
    InputError
        Naming both properties, and what to say.
    """
    profile = columns.profile
    for number, layer in enumerate(columns.layers):
        keys = columns.keys[number]
        for until in () if columns.has_end(number) else sorted(filter(_says_until, keys)):
            ends = _days(layer, until, profile)
            if ends is None or (bare(until) == MAY_BE_NUMBERS and _any_partial(ends)):
                continue
            is_day = columns.has_day(number)
            for since in _begins(number, columns):
                begins = _days(layer, since, profile)
                if begins is not None and _may_span(begins, ends, strictly=is_day):
                    raise InputError(_problem(layer, since, until, profile), file=layer.file)


def unread_days(columns: DayColumns) -> Iterator[Finding]:
    """Warn of two columns of days, in whatever language, of features whose day is told instead.

    Parameters
    ----------
    columns : DayColumns
        Of all layers of the series.

    Yields
    ------
    Finding
        ``unread-days``, one warning about the first such layer.
    """
    for number, layer in enumerate(columns.layers):
        if columns.has_end(number) or columns.has_day(number):
            continue
        written = [name for name in days_seen(layer) if _is_text(layer, name)]
        days = {name: _days(layer, name, columns.profile) for name in written}
        for since, until in permutations(written, 2):
            begins, ends = days[since], days[until]
            if begins is not None and ends is not None and _may_span(begins, ends, strictly=True):
                detail = (
                    f"{layer.file}: '{since}' and '{until}' hold days and are not read, so all"
                    " features count on the day that is told; if they are a span, say --day-field"
                    f" {_quoted(since)} --until-field {_quoted(until)}"
                )
                yield Finding(FindingKind.UNREAD_DAYS, detail, Severity.WARNING)
                return


def _is_text(layer: Layer, name: str) -> bool:
    """Return whether a property is written as text: a number may count anything."""
    return all(isinstance(each.get(name), str | None) for each in layer.properties)


def days_seen(layer: Layer) -> tuple[str, ...]:
    """Return the properties of a layer that may say when its features hold, by their values.

    Parameters
    ----------
    layer : Layer
        Its properties are looked at, and the first value of each.
    """
    names = sorted(frozenset[str]().union(*layer.properties))
    return tuple(
        each for each in names if not _is_of_the_record(words_of(each)) and _first(layer, each)
    )


def _first(layer: Layer, name: str) -> bool:
    """Return whether the first value of a property is a day; a year by the name of it."""
    values = (each.get(name) for each in layer.properties)
    value = next((each for each in values if each not in (None, "")), None)
    return may_be_either(value) or moment_of(value, partial=may_be_year(name)) is not None


def may_be_year(name: str) -> bool:
    """Return whether a property by its name may hold years.

    Parameters
    ----------
    name : str
        Of the property.

    Examples
    --------
    >>> may_be_year("YEAR_"), may_be_year("population")
    (True, False)
    """
    return bool(words_of(name) & (_UNITS | _BEGINS | _ENDS))


def words_of(name: str) -> frozenset[str]:
    """Return the words of the name of a property.

    Parameters
    ----------
    name : str
        In camel case, with blanks, ``_`` or ``-``, or in one.

    Examples
    --------
    >>> sorted(words_of("validTo")), sorted(words_of("END_DATE")), sorted(words_of("todate"))
    (['to', 'valid'], ['date', 'end'], ['date', 'to'])
    """
    words = {each.casefold() for each in _WORD.findall(name)}
    return frozenset(part for word in words for part in _apart(word))


def begin_and_end(names: Iterable[str]) -> tuple[str, str] | None:
    """Return the properties that by their names say since and until when, None if none do.

    Parameters
    ----------
    names : iterable of str
        Properties that hold days.

    Examples
    --------
    >>> begin_and_end(["since", "until", "seen"])
    ('since', 'until')
    """
    known = sorted(names)
    since = [name for name in known if words_of(name) & _BEGINS]
    until = [name for name in known if _says_until(name) and name not in since]
    return (since[0], until[0]) if since and until else None


def _apart(word: str) -> tuple[str, ...]:
    """Split words written together, such as ``enddate`` and ``datefrom``."""
    known = _ENDS | _BEGINS
    if word in known or word.startswith(_OF_THE_RECORD):
        return (word,)
    for cut in range(2, len(word) - 1):
        one, other = word[:cut], word[cut:]
        if (one in known and other in _UNITS) or (one in _UNITS and other in known):
            return one, other
    return (word,)


def _is_of_the_record(words: frozenset[str]) -> bool:
    """Return whether a name tells when somebody worked on the file, not who held the ground."""
    return any(word.startswith(_OF_THE_RECORD) for word in words)


def _says_until(name: str) -> bool:
    """Return whether a name says until when, of the ground and not of the record."""
    words = words_of(name)
    return bool(words & _ENDS) and not _is_of_the_record(words)


def _begins(number: int, columns: DayColumns) -> Iterator[str]:
    """Yield what may say since when: what is read as the day, else what its name says."""
    read = [each.called(number) for each in columns.days if any(each.moments.get(number, ()))]
    if read:
        yield from read
        return
    plain = []
    for name in sorted(columns.keys[number]):
        words = words_of(name)
        if words & _ENDS or _is_of_the_record(words):
            continue
        if words & _BEGINS:
            yield name
        elif words & _UNITS:
            plain.append(name)
    yield from plain


def _days(layer: Layer, name: str, profile: Profile) -> list[Moment | str | None] | None:
    """Return what a column of days says, None where it is none.

    A day of which nobody can say which number is the month stays the text that it is.
    """
    found: list[Moment | str | None] = []
    for properties in layer.properties:
        value = properties.get(name)
        if value is None or str(value).strip().casefold() in _OPEN_WORDS:
            found.append(None)
            continue
        moment = moment_of(value, day_format=profile.day.format, partial=True)
        moment = moment or moment_of(value, partial=True)
        if moment is None and not may_be_either(value):
            return None
        found.append(moment or str(value))
    return found if any(found) else None


def _any_partial(found: Sequence[Moment | str | None]) -> bool:
    return any(isinstance(each, Moment) and each.is_partial for each in found)


def _may_span(
    begins: Sequence[Moment | str | None], ends: Sequence[Moment | str | None], *, strictly: bool
) -> bool:
    """Return whether no feature ends before it begins, and strictly one on a later day."""
    both = [(one, two) for one, two in zip(begins, ends, strict=True) if one and two]
    clear = [(a, b) for a, b in both if isinstance(a, Moment) and isinstance(b, Moment)]
    if any(end.last < begin.first for begin, end in clear):
        return False
    later = any(end.last > begin.first for begin, end in clear)
    return later or not strictly or len(clear) < len(both)


def _problem(layer: Layer, since: str, until: str, profile: Profile) -> str:
    problem = (
        f"features carry '{until}', which by its name says until when they hold, beside '{since}',"
        f" and it is not read; say --day-field {_quoted(since)} --until-field {_quoted(until)}"
        f' (properties = ["{since}"] with until_properties = ["{until}"] under [day] of a profile),'
        " or until_properties = [] there if it is no end"
    )
    values = (each.get(name) for each in layer.properties for name in (since, until))
    unclear = next((v for v in values if may_be_either(v)), None)
    if unclear is not None and not profile.day.format:
        problem += (
            f"; '{unclear}' is day/month or month/day: say which with --day-format DD/MM/YYYY or"
            " MM/DD/YYYY (format under [day])"
        )
    return problem


def _quoted(name: str) -> str:
    """Return a name as a shell takes it."""
    return f"'{name}'" if " " in name else name

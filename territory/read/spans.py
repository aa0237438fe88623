"""Since and until when features hold: spans of time, read from pairs of properties.

Rules
-----
- A pair counts where every value in it is a day or an empty end. One value among days that
  is none is refused by its feature; ``from`` and ``to`` may hold names, and are then let be.
- An empty or missing end is open: the feature holds from its begin on.
- An end that is a day is inclusive: ``2020-06-30`` still holds on 30 June. A column whose
  values are all midnight is one of days. A year or a month begins with its first day and
  ends with its last.
- An end with a clock is an instant, and the picture of a day is that of its last minute:
  an end at 15:00 leaves the day to whoever begins then, one at 23:59 or later does not. A
  span within one day holds on that day.
- ``until = "exclusive"`` in a profile: the feature no longer holds on the day of its end.
- A property that says since when without any that says until when is a day like any other.
  Where features of one file begin on several days, that could mean two things and is refused.
- A series whose spans are all of one day is a series of days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from territory.errors import InputError
from territory.read.column import PAIRS, Column, Pair, no_day
from territory.read.day_columns import DayColumns
from territory.read.formats.layer import Layer
from territory.read.moments import Moment
from territory.read.profile import DayRule

_OPEN_YEAR = 9000  # 9999-12-31 stands for no end
_LAST_MINUTE_S = 23 * 3600 + 59 * 60
_DAY = timedelta(1)
_SPELL = frozenset({"series", "piece", "actor", "valid_from", "valid_to"})
OPEN = date.max


@dataclass(frozen=True)
class Span:
    """When a feature holds: from its first day to its last, both included; `OPEN` has no end."""

    first: date
    last: date

    def holds_on(self, day: date) -> bool:
        """Return whether the feature holds on a day.

        Parameters
        ----------
        day : date
            Any day.
        """
        return self.first <= day <= self.last


def spans_of(
    columns: DayColumns,
) -> tuple[dict[int, tuple[Span | None, ...]], dict[int, InputError]]:
    """Return the span of every feature, by layer, and the layers whose days are not understood.

    Parameters
    ----------
    columns : DayColumns
        Of all layers of the series.

    Returns
    -------
    dict of int to tuple of Span or None
        Of layers that have any; one for each feature.
    dict of int to InputError
        Layers in which a value is no day, a feature ends before it begins, or two of its
        spans differ.
    """
    spans, refused = {}, {}
    for number, layer in enumerate(columns.layers):
        if not any(number in each.fields for pair in columns.pairs for each in pair.columns):
            continue
        try:
            _refuse_odd(columns, number)
            found = tuple(
                _span(layer, number, row, columns.pairs, columns.profile.day)
                for row in range(len(layer.properties))
            )
        except InputError as error:
            refused[number] = error
            continue
        if any(found):
            spans[number] = found
    return spans, refused


def _refuse_odd(columns: DayColumns, number: int) -> None:
    """Refuse a layer in which a value of a span is no day."""
    for pair in columns.pairs:
        for each in pair.columns:
            otherwise = "; an open end is an empty cell" if each in pair.until else ""
            for _, row, value in (odd for odd in each.odd if odd[0] == number):
                wrong = no_day(value, each.order, each.day_format)
                problem = f"'{value}' in '{each.called(number)}' {wrong}{otherwise}"
                file = columns.layers[number].file
                raise InputError(problem, file=file, feature=row + 1)


def _span(layer: Layer, number: int, row: int, pairs: Sequence[Pair], rule: DayRule) -> Span | None:
    """Return the span of one feature, None where it has none."""
    found = {}
    for pair in pairs:
        begin = next((c.at(number, row) for c in pair.since if c.at(number, row)), None)
        ending = next((c for c in pair.until if c.at(number, row)), None)
        if begin is None and ending is None:
            continue
        end = None if ending is None else ending.at(number, row)
        try:
            last = OPEN if end is None else _last(end, ending, rule)
            found[_checked(begin, end, last)] = pair
        except ValueError as error:
            problem = f"{error} ({pair.names()})"
            raise InputError(problem, file=layer.file, feature=row + 1) from None
    if len(found) > 1:
        one, other = (
            f"{span.first} to {span.last} by {p.names()}" for span, p in [*found.items()][:2]
        )
        problem = f"holds from {one}, but from {other}; name the one that counts in a profile"
        raise InputError(problem, file=layer.file, feature=row + 1)
    return next(iter(found), None)


def _checked(begin: Moment | None, end: Moment | None, last: date) -> Span:
    """Return a span, or say why there is none."""
    if begin is None:
        raise ValueError(f"ends on {end.first if end else ''}, and nothing says since when")
    if end is not None and last != OPEN:
        backwards = end.last < begin.first
        if end.last == begin.first and None not in (begin.clock_s, end.clock_s):
            backwards = (end.clock_s or 0) < (begin.clock_s or 0) and bool(end.clock_s)
        if backwards:
            raise ValueError(f"ends on {end.last}, before it begins on {begin.first}")
        last = max(last, begin.first)  # a span within one day holds on that day
    return Span(begin.first, last)


def _last(end: Moment, ending: Column | None, rule: DayRule) -> date:
    """Return the last day on which a feature holds, by the rules above."""
    if end.last.year >= _OPEN_YEAR:
        return OPEN
    is_day = end.clock_s is None or (ending is not None and ending.is_of_days)
    if is_day:
        return end.first - _DAY if rule.until == "exclusive" else end.last
    if rule.until == "inclusive":
        return end.first
    return end.first if (end.clock_s or 0) >= _LAST_MINUTE_S else end.first - _DAY


def are_snapshots(spans: Mapping[int, tuple[Span | None, ...]], columns: DayColumns) -> bool:
    """Return whether the spans only say how long each of a row of maps is to be shown.

    Either all are of one day; or every feature names its day besides, which is its begin,
    and all of one day end together, on the next day of the series at the latest: so
    `convert` and `run` once wrote zones. Each map is whole then, and no other day is answered.

    Parameters
    ----------
    spans : mapping of int to tuple of Span or None
        By layer, one for each feature; None where it has none.
    columns : DayColumns
        Of all layers of the series.
    """
    if not spans:
        return False
    ends: dict[date, set[date]] = {}
    named = []
    for number, rows in spans.items():
        for row, span in enumerate(rows):
            own = next((m.first for c in columns.days if (m := c.at(number, row))), None)
            if span is None or own not in (None, span.first):
                return False
            named.append(own is not None)
            ends.setdefault(span.first, set()).add(span.last)
    days = sorted(ends)
    if columns.are_inferred and all(ends[day] == {day} for day in days):
        return True
    if not all(named):
        return False
    return all(len(each) == 1 for each in ends.values()) and all(
        max(ends[one]) <= other for one, other in pairwise(days)
    )


def with_open_ends(columns: DayColumns) -> dict[int, InputError]:
    """Refuse layers whose features begin on several days, and nothing says until when.

    Parameters
    ----------
    columns : DayColumns
        Of all layers of the series.

    Returns
    -------
    dict of int to InputError
        By the number of the layer; for the caller to raise or to report.
    """
    refused = {}
    for since in columns.alone:
        until = next(end for start, end in PAIRS if start == since.name)
        for number, rows in since.moments.items():
            days = sorted({moment.first for moment in rows if moment is not None})
            if days[1:]:
                called = since.called(number)
                problem = (
                    f"features begin on {len(days)} days ('{called}', {days[0]} to {days[-1]}), and"
                    " none says until when; say under [day] of a profile"
                    f' properties = ["{called}"] with until_properties = ["{until}"] if each holds'
                    " from then on, or until_properties = [] if it holds on that day only"
                )
                refused[number] = InputError(problem, file=columns.layers[number].file)
    return refused


def with_misread_spells(columns: DayColumns) -> dict[int, InputError]:
    """Refuse spells, as `convert` and `run` write them, that would be read as something else.

    Where nothing says that ends are exclusive, ground would count for a day longer than
    anybody held it; several series would be taken for one.

    Parameters
    ----------
    columns : DayColumns
        Of all layers of the series.

    Returns
    -------
    dict of int to InputError
        By the number of the layer.
    """
    ends = {
        number
        for pair in columns.pairs
        for until in pair.until
        for number, rows in until.moments.items()
        if any(rows)
    }
    refused = {}
    for number, layer in enumerate(columns.layers):
        if not columns.keys[number] >= _SPELL:
            continue
        names = sorted({str(row.get("series")) for row in layer.properties})
        if names[1:]:
            problem = (
                f"it holds {len(names)} series ({', '.join(names)}); write each to its own file"
            )
        elif number in ends and columns.profile.day.until is None:
            problem = (
                "it holds pieces of ground whose 'valid_to' is exclusive, as convert and run write"
                " them; read it with profile spells, or say until under [day] of a profile"
            )
        else:
            continue
        refused[number] = InputError(problem, file=layer.file)
    return refused


def with_two_meanings(
    spans: Mapping[int, tuple[Span | None, ...]], columns: DayColumns
) -> dict[int, InputError]:
    """Refuse features that hold over a span and on a day of another property.

    Parameters
    ----------
    spans : mapping of int to tuple of Span or None
        By layer, one for each feature; None where it has none.
    columns : DayColumns
        Of all layers of the series.

    Returns
    -------
    dict of int to InputError
        By the number of the layer, about the first such feature of each.
    """
    refused = {}
    for number, rows in spans.items():
        for row, span in enumerate(rows):
            named = [each for each in columns.days if each.at(number, row)]
            if span is not None and named:
                called = named[0].called(number)
                problem = (
                    f"has a day in '{called}' and a span besides; say which counts under [day] of"
                    f' a profile: properties = ["{called}"], until_properties = [] for the day, or'
                    " name both properties of the span"
                )
                refused[number] = InputError(
                    problem, file=columns.layers[number].file, feature=row + 1
                )
                break
    return refused

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
from territory.read.day_columns import Column
from territory.read.formats.layer import Layer
from territory.read.moments import Moment
from territory.read.profile import Profile

PAIRS = (
    ("valid_from", "valid_to"),
    ("begin", "end"),
    ("start", "end"),
    ("start_date", "end_date"),
    ("start_datetime", "end_datetime"),
    ("from", "to"),
    ("gwsdate", "gwedate"),
)
MAY_BE_NAMES = "from"
_OPEN_YEAR = 9000  # 9999-12-31 stands for no end
_LAST_MINUTE_S = 23 * 3600 + 59 * 60
_DAY = timedelta(1)
OPEN = date.max


@dataclass(frozen=True)
class Span:
    """When a feature holds: from its first day to its last, both included; `OPEN` has no end."""

    first: date
    last: date

    def holds_on(self, day: date) -> bool:
        """Return whether the feature holds on a day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, eq=False)
class Pair:
    """The properties that say since when and until when; of several the first that is there."""

    since: tuple[Column, ...]
    until: tuple[Column, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """Both sides."""
        return (*self.since, *self.until)

    def names(self) -> str:
        """Name it for a message."""
        return " and ".join(
            f"'{each[0].called(next(iter(each[0].fields), 0))}'"
            for each in (self.since, self.until)
        )


def spans_of(
    layers: Sequence[Layer], number: int, pairs: Sequence[Pair], profile: Profile
) -> tuple[Span | None, ...]:
    """Return the span of every feature of a layer, None for those that have none.

    Raises
    ------
    InputError
        If a value is no day, a feature ends before it begins, or two spans differ.
    """
    for pair in pairs:
        for each in pair.since:
            each.refuse_odd(layers, number)
        for each in pair.until:
            each.refuse_odd(layers, number, is_end=True)
    return tuple(
        _span(layers[number], number, row, pairs, profile)
        for row in range(len(layers[number].properties))
    )


def _span(
    layer: Layer, number: int, row: int, pairs: Sequence[Pair], profile: Profile
) -> Span | None:
    """Return the span of one feature, None where it has none."""
    found = {}
    for pair in pairs:
        begin = next((c.at(number, row) for c in pair.since if c.at(number, row)), None)
        ending = next((c for c in pair.until if c.at(number, row)), None)
        if begin is None and ending is None:
            continue
        end = None if ending is None else ending.at(number, row)
        try:
            last = OPEN if end is None else _last(end, ending, profile)
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


def _last(end: Moment, ending: Column | None, profile: Profile) -> date:
    """Return the last day on which a feature holds, by the rules above."""
    if end.last.year >= _OPEN_YEAR:
        return OPEN
    is_day = end.clock_s is None or (ending is not None and ending.is_of_days)
    rule = profile.day.until
    if is_day:
        return end.first - _DAY if rule == "exclusive" else end.last
    if rule == "inclusive":
        return end.first
    return end.first if (end.clock_s or 0) >= _LAST_MINUTE_S else end.first - _DAY


def are_snapshots(
    spans: Mapping[int, tuple[Span | None, ...]],
    instants: Sequence[Column],
    pairs: Sequence[Pair],
    profile: Profile,
) -> bool:
    """Return whether the spans only say how long each of a row of maps is to be shown.

    Either all are of one day; or every feature names its day besides, which is its begin,
    and all of one day end together, on the next day of the series at the latest: so
    `convert` and `run` write zones. Each map is whole then, and no other day is answered.
    """
    if not spans:
        return False
    ends: dict[date, set[date]] = {}
    named = []
    for number, rows in spans.items():
        for row, span in enumerate(rows):
            own = next((m.first for c in instants if (m := c.at(number, row))), None)
            if span is None or own not in (None, span.first):
                return False
            named.append(own is not None)
            ends.setdefault(span.first, set()).add(span.last)
    days = sorted(ends)
    if profile.day.until_properties is None and all(ends[day] == {day} for day in days):
        return True
    if not all(named):
        return False
    return all(len(each) == 1 for each in ends.values()) and all(
        max(ends[one]) <= other for one, other in pairwise(days)
    )

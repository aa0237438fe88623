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

What is decided here is decided on all files of a series at once, so that one file an actor
means the same as all actors in one file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from territory.errors import InputError
from territory.findings import Finding, Severity
from territory.read.day_columns import Column, bare, column, local_midnights, no_day, on_its_clock
from territory.read.layer import Layer
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
_MAY_BE_NAMES = "from"
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


@dataclass(frozen=True, eq=False)
class Times:
    """When the features of a series hold.

    Attributes
    ----------
    layers : tuple of Layer
        Of all files.
    instants : tuple of Column
        What gives the one day of a feature; the first that is there counts.
    pairs : tuple of Pair
        What gives its span.
    spans : mapping of int to tuple of Span or None
        By layer, one for each feature; only of layers that have any.
    refused : mapping of int to InputError
        Layers whose days cannot be understood.
    findings : tuple of Finding
    """

    layers: tuple[Layer, ...]
    instants: tuple[Column, ...]
    pairs: tuple[Pair, ...]
    spans: Mapping[int, tuple[Span | None, ...]]
    refused: Mapping[int, InputError]
    findings: tuple[Finding, ...]

    def own_day(self, number: int, row: int) -> date | None:
        """Return the one day that a feature names, None where it names none.

        Raises
        ------
        InputError
            If what it names is no day.
        """
        for each in self.instants:
            if (moment := each.at(number, row)) is not None:
                return moment.first
            wrong = [value for n, r, value in each.odd if (n, r) == (number, row)]
            if wrong:
                problem = f"'{wrong[0]}' in '{each.called(number)}' {no_day(wrong[0])}"
                raise InputError(problem, file=self.layers[number].file, feature=row + 1)
        return None


def times_of(layers: Sequence[Layer], profile: Profile) -> Times:
    """Find out when the features of a series hold.

    Parameters
    ----------
    layers : sequence of Layer
        Of all files of the series.

    Raises
    ------
    InputError
        If the profile reads only the start of features that also carry an end.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.projection import WGS84
    >>> rows = {"valid_from": "2020-01-01", "valid_to": None}, {"valid_from": "2020-01-01",
    ...         "valid_to": "2020-06-30"}
    >>> layer = Layer("a.geojson", "a", WGS84, rows, np.array([shapely.box(0, 0, 1, 1)] * 2))
    >>> times = times_of([layer], Profile(name="p"))
    >>> [str(span.last) for span in times.spans[0]]
    ['9999-12-31', '2020-06-30']
    """
    keys = [frozenset[str]().union(*layer.properties) for layer in layers]
    named = profile.day.until_properties
    if named:
        pair = _named_pair(layers, keys, profile, named)
        return _settled(layers, (), (_on_its_clock(pair, layers, profile),), profile)
    instants = tuple(
        column(name, layers, keys, profile, loose=False) for name in profile.day.properties
    )
    instants = tuple(
        moved
        for each in instants
        if each.is_there
        for moved in on_its_clock([each], layers, profile)
    )
    usual = () if not _mention(keys) else _usual(layers, keys, profile)
    _refuse_start_only(layers, instants, usual, profile)
    if named is not None:
        return _settled(layers, instants, (), profile)
    complete = tuple(each for each in usual if _is_span(each))
    _refuse_half(layers, instants, usual, complete)
    alone = tuple(each.since[0] for each in usual if _is_start_alone(each, instants))
    alone = tuple(c for each in alone for c in on_its_clock([each], layers, profile))
    complete = tuple(_on_its_clock(each, layers, profile) for each in complete)
    times = _settled(layers, (*instants, *alone), complete, profile, weak=_half_names(usual))
    return replace(times, refused={**_with_open_ends(layers, alone), **times.refused})


def _named_pair(
    layers: Sequence[Layer],
    keys: Sequence[frozenset[str]],
    profile: Profile,
    named: tuple[str, ...],
) -> Pair:
    since, until = (
        tuple(column(name, layers, keys, profile, periods=True) for name in names)
        for names in (profile.day.properties, named)
    )
    return Pair(since, until)


def _on_its_clock(pair: Pair, layers: Sequence[Layer], profile: Profile) -> Pair:
    """Return a pair with the day of each time on the publisher's clock."""
    moved = on_its_clock(pair.columns, layers, profile)
    return Pair(moved[: len(pair.since)], moved[len(pair.since) :])


def _mention(keys: Sequence[frozenset[str]]) -> bool:
    """Return whether any property is one of a usual pair; most series have none."""
    every = {bare(key) for key in frozenset[str]().union(*keys)}
    return any(bare(name) in every for pair in PAIRS for name in pair)


def _usual(
    layers: Sequence[Layer], keys: Sequence[frozenset[str]], profile: Profile
) -> tuple[Pair, ...]:
    """Return the usual pairs of which one side is there at least."""
    found = []
    for since, until in PAIRS:
        periods = since != _MAY_BE_NAMES
        one, other = (
            column(name, layers, keys, profile, periods=periods) for name in (since, until)
        )
        if one.is_there or other.is_there:
            found.append(Pair((one,), (other,)))
    return tuple(found)


def _is_span(pair: Pair) -> bool:
    """Return whether a usual pair is about days; what is half about days is refused later."""
    (since,), (until,) = pair.since, pair.until
    if not (since.is_there and until.is_there and since.says_days):
        return False
    return since.name != _MAY_BE_NAMES or not (since.odd or until.odd)


def _is_start_alone(pair: Pair, instants: Sequence[Column]) -> bool:
    (since,), (until,) = pair.since, pair.until
    usable = since.says_days and not since.odd and since.name != _MAY_BE_NAMES
    return usable and not until.is_there and since.name not in {each.name for each in instants}


def _with_open_ends(layers: Sequence[Layer], alone: Sequence[Column]) -> dict[int, InputError]:
    """Refuse layers whose features begin on several days, and nothing says until when."""
    refused = {}
    for since in alone:
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
                refused[number] = InputError(problem, file=layers[number].file)
    return refused


def _half_names(usual: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return pairs of ``from`` and ``to`` in which some values are days and some are not."""
    return tuple(
        each
        for each in usual
        if each.since[0].name == _MAY_BE_NAMES
        and any(one.odd for one in each.columns)
        and each.since[0].says_days
    )


def _refuse_start_only(
    layers: Sequence[Layer],
    instants: Sequence[Column],
    usual: Sequence[Pair],
    profile: Profile,
) -> None:
    """Refuse a profile that reads since when features hold, where they also say until when."""
    ends = {bare(each.since[0].name): each.until[0] for each in usual}
    for start in instants:
        end = ends.get(bare(start.name))
        if end is None or not end.is_there or (end.odd and not end.says_days):
            continue
        both = sorted(set(start.fields) & set(end.fields))
        if not both:
            continue
        name, until = start.called(both[0]), end.called(both[0])
        raise InputError(
            f"the profile '{profile.name}' reads '{name}' as the day, but features also carry"
            f" '{until}', until when they hold; say until_properties = [\"{until}\"] beside"
            f' properties = ["{name}"] under [day] (or --until-field {until})',
            file=layers[both[0]].file,
        )


def _refuse_half(
    layers: Sequence[Layer],
    instants: Sequence[Column],
    usual: Sequence[Pair],
    complete: Sequence[Pair],
) -> None:
    """Refuse features that say until when they hold, and of the rest only one day.

    Where the day is that of the file, what it holds is a map of that day.
    """
    read = {number for pair in complete for each in pair.until for number in each.fields}
    for pair in usual:
        (since,), (until,) = pair.since, pair.until
        if since.says_days or not until.says_days or until.odd:
            continue
        for number in sorted(set(until.moments) - read):
            days = [each for each in instants if any(each.moments.get(number, ()))]
            if days:
                begin, end = days[0].called(number), until.called(number)
                raise InputError(
                    f"features carry '{end}', until when they hold, and only a day in '{begin}';"
                    f' say under [day] of a profile properties = ["{begin}"] with until_properties ='
                    f' ["{end}"] if that is since when, or until_properties = [] if it is no end',
                    file=layers[number].file,
                )


def _settled(
    layers: Sequence[Layer],
    instants: tuple[Column, ...],
    pairs: tuple[Pair, ...],
    profile: Profile,
    *,
    weak: tuple[Pair, ...] = (),
) -> Times:
    """Work out the span of every feature, and tell what was read."""
    spans: dict[int, tuple[Span | None, ...]] = {}
    refused: dict[int, InputError] = {}
    for number in range(len(layers)):
        if not any(number in each.fields for pair in pairs for each in pair.columns):
            continue
        try:
            found = _spans(layers, number, pairs, profile)
        except InputError as error:
            refused[number] = error
            continue
        if any(found):
            spans[number] = found
    columns = (*instants, *(each for pair in pairs for each in pair.columns))
    told = (*local_midnights(columns), *_names_told(layers, weak))
    if pairs and _are_snapshots(spans, instants, pairs, profile):
        begins = tuple(each for pair in pairs for each in pair.since)
        return Times(tuple(layers), (*instants, *begins), (), {}, refused, told)
    refused |= _with_two_meanings(layers, spans, instants)
    told += tuple(_about(layers, spans, pairs, profile))
    return Times(tuple(layers), instants, pairs, spans, refused, told)


def _spans(
    layers: Sequence[Layer], number: int, pairs: Sequence[Pair], profile: Profile
) -> tuple[Span | None, ...]:
    for pair in pairs:
        for each in pair.columns:
            each.refuse_odd(layers, number)
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


def _are_snapshots(
    spans: Mapping[int, tuple[Span | None, ...]],
    instants: Sequence[Column],
    pairs: Sequence[Pair],
    profile: Profile,
) -> bool:
    """Return whether the spans only say how long each of a row of maps is to be shown.

    Either all are of one day; or every feature names its day besides, which is its begin,
    and all of one day end on the next day of the series, those of the last on their own:
    so `convert` and `run` write zones.
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
    follow = all(ends[one] == {other} for one, other in pairwise(days))
    return follow and ends[days[-1]] == {days[-1]}


def _with_two_meanings(
    layers: Sequence[Layer],
    spans: Mapping[int, tuple[Span | None, ...]],
    instants: Sequence[Column],
) -> dict[int, InputError]:
    """Refuse features that hold over a span and on a day of another property."""
    refused = {}
    for number, rows in spans.items():
        for row, span in enumerate(rows):
            named = [each for each in instants if each.at(number, row)]
            if span is not None and named:
                called = named[0].called(number)
                problem = (
                    f"has a day in '{called}' and a span besides; say which counts under [day] of"
                    f' a profile: properties = ["{called}"], until_properties = [] for the day, or'
                    " name both properties of the span"
                )
                refused[number] = InputError(problem, file=layers[number].file, feature=row + 1)
                break
    return refused


def _about(
    layers: Sequence[Layer],
    spans: Mapping[int, tuple[Span | None, ...]],
    pairs: Sequence[Pair],
    profile: Profile,
) -> Iterator[Finding]:
    """Say what spans were read, and by which rule they end."""
    every = [span for rows in spans.values() for span in rows if span is not None]
    if not every:
        return
    used = [pair for pair in pairs if any(each.says_days for each in pair.columns)]
    instant = any(not each.is_of_days for pair in used for each in pair.until)
    rule = profile.day.until or (
        "exclusive where they have a clock (the picture of a day is that of its last minute)"
        if instant
        else "inclusive"
    )
    partial = any(m.is_partial for pair in used for each in pair.columns for m in each.all())
    detail = (
        f"{len(every)} features in {len(spans)} layer(s) hold over spans, by"
        f" {', '.join(pair.names() for pair in used)}; ends are {rule};"
        f" {sum(span.last == OPEN for span in every)} are open"
    )
    if partial:
        detail += "; a year or a month begins with its first day and ends with its last"
    yield Finding("spans", detail)
    begins = {span.first for span in every}
    meet = [s for s in every if s.last in begins and s.last > s.first]
    if meet and profile.day.until is None and not instant:
        detail = (
            f"{len(meet)} features still hold on the day on which others begin (such as"
            f" {min(span.last for span in meet)}), as ends are inclusive; if they no longer do,"
            ' say until = "exclusive" under [day] of a profile'
        )
        yield Finding("ends-meet", detail, Severity.WARNING)


def _names_told(layers: Sequence[Layer], weak: Sequence[Pair]) -> Iterator[Finding]:
    """Tell of ``from`` and ``to`` that were let be because not all of them are days."""
    for pair in weak:
        number, row, value = next(each for one in pair.columns for each in one.odd)
        detail = (
            f"{layers[number].file}, feature {row + 1}: '{value}' is no day, so {pair.names()} are"
            " not read as spans of time; name them in a profile if they are"
        )
        yield Finding("no-span", detail, Severity.WARNING)

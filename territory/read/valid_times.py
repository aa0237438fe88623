"""When the features of a series hold, decided on all of its files at once.

So one file an actor means the same as all actors in one file. The rules are those of
`territory.read.spans`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from territory.errors import InputError
from territory.findings import Finding
from territory.read.day_columns import Column, bare, column, local_midnights, no_day, on_its_clock
from territory.read.formats.layer import Layer
from territory.read.profile import Profile
from territory.read.span_faults import (
    refuse_end_only,
    refuse_start_only,
    with_open_ends,
    with_two_meanings,
)
from territory.read.span_findings import about_missing, about_names, about_spans, perhaps_ends
from territory.read.spans import MAY_BE_NAMES, PAIRS, Pair, Span, are_snapshots, spans_of
from territory.read.unread_spans import refuse_unread, unread_days


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
        What was read, and what may be misread.
    of_spans : bool
        Whether the one day of each feature is that of a span: no other day may replace it.
    """

    layers: tuple[Layer, ...]
    instants: tuple[Column, ...]
    pairs: tuple[Pair, ...]
    spans: Mapping[int, tuple[Span | None, ...]]
    refused: Mapping[int, InputError]
    findings: tuple[Finding, ...]
    of_spans: bool = False

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
        If the profile reads only the start of features that also carry an end, or nothing
        reads what by its name is one.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.geometry.projection import WGS84
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
        return _decided(layers, (), (_on_its_clock(pair, layers, profile),), profile)
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
    refuse_start_only(layers, instants, usual, profile)
    if named is not None:
        return _decided(layers, instants, (), profile)
    complete = tuple(each for each in usual if _is_span(each))
    refuse_end_only(layers, instants, usual, complete)
    alone = tuple(each.since[0] for each in usual if _is_start_alone(each, instants))
    alone = tuple(c for each in alone for c in on_its_clock([each], layers, profile))
    refuse_unread(layers, keys, (*instants, *alone), complete, profile)
    complete = tuple(_on_its_clock(each, layers, profile) for each in complete)
    times = _decided(layers, (*instants, *alone), complete, profile, weak=_half_names(usual))
    return replace(
        times,
        refused={**with_open_ends(layers, alone), **times.refused},
        findings=(
            *times.findings,
            *perhaps_ends(layers, keys, instants, profile),
            *unread_days(layers, keys, (*instants, *alone), complete, profile),
        ),
    )


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
        one, other = (column(name, layers, keys, profile, periods=True) for name in (since, until))
        if one.is_there or other.is_there:
            found.append(Pair((one,), (other,)))
    return tuple(found)


def _is_span(pair: Pair) -> bool:
    """Return whether a usual pair is about days; what is half about days is refused later."""
    (since,), (until,) = pair.since, pair.until
    if not (since.is_there and until.is_there and since.says_days):
        return False
    return since.name != MAY_BE_NAMES or not (_may_be_no_days(since) or _may_be_no_days(until))


def _may_be_no_days(found: Column) -> bool:
    """Return whether a column may hold names or numbers: not every value is a whole day."""
    return bool(found.odd) or any(moment.is_partial for moment in found.all())


def _is_start_alone(pair: Pair, instants: Sequence[Column]) -> bool:
    (since,), (until,) = pair.since, pair.until
    usable = since.says_days and not since.odd and since.name != MAY_BE_NAMES
    return usable and not until.is_there and since.name not in {each.name for each in instants}


def _half_names(usual: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return pairs of ``from`` and ``to`` in which only some values are days, or years."""
    return tuple(
        each
        for each in usual
        if each.since[0].name == MAY_BE_NAMES
        and any(_may_be_no_days(one) for one in each.columns)
        and each.since[0].says_days
    )


def _decided(
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
            found = spans_of(layers, number, pairs, profile)
        except InputError as error:
            refused[number] = error
            continue
        if any(found):
            spans[number] = found
    columns = (*instants, *(each for pair in pairs for each in pair.columns))
    about = (
        *about_missing(layers, columns, profile),
        *local_midnights(columns),
        *about_names(layers, weak),
    )
    if pairs and are_snapshots(spans, instants, pairs, profile):
        begins = tuple(each for pair in pairs for each in pair.since)
        return Times(tuple(layers), (*instants, *begins), (), {}, refused, about, of_spans=True)
    refused |= with_two_meanings(layers, spans, instants)
    about += tuple(about_spans(layers, spans, pairs, profile))
    return Times(tuple(layers), instants, pairs, spans, refused, about)

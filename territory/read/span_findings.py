"""What is said of the days of features: which spans were read, and what may be one."""

from collections.abc import Iterator, Mapping, Sequence

from territory.errors import did_you_mean
from territory.findings import Finding, FindingKind, Severity
from territory.read.column import MAY_BE_NAMES, PAIRS, Pair, bare, column, local_midnights
from territory.read.day_columns import DayColumns
from territory.read.formats.layer import Layer
from territory.read.moments import moment_of
from territory.read.profile import Profile
from territory.read.spans import OPEN, Span
from territory.read.text_files import near_miss
from territory.read.unread_spans import unread_days

_MAY_LACK = "status"  # the property that profile zones names, which files may go without


def about_columns(columns: DayColumns) -> tuple[Finding, ...]:
    """Tell of properties that are named and not there, and of clocks and names among days.

    Parameters
    ----------
    columns : DayColumns
        Of all layers of the series.
    """
    return (
        *_about_missing(columns),
        *local_midnights(columns.every),
        *_about_offset(columns),
        *_about_order(columns),
        *_about_names(columns),
    )


def _about_offset(columns: DayColumns) -> Iterator[Finding]:
    """Say that the offset of the publisher's clock moves nothing, as no time is in UTC."""
    hours = columns.profile.day.utc_offset_hours
    clocked = [
        (each, moment)
        for each in columns.every
        for moment in each.all()
        if moment.clock_s is not None
    ]
    if hours and clocked and not any(moment.is_utc for _, moment in clocked):
        first = clocked[0][0]
        detail = (
            f"utc_offset_hours = {hours:g} moves no time: none in"
            f" '{first.called(min(first.fields, default=0))}' says that it is in UTC (as"
            " 2024-05-01T22:00Z does), so all count as they stand"
        )
        yield Finding(FindingKind.IDLE_OFFSET, detail, Severity.WARNING)


def _about_order(columns: DayColumns) -> Iterator[Finding]:
    """Say which value gave away whether the day or the month stands first."""
    told = set()
    for each in columns.every:
        if each.order not in told:
            told.add(each.order)
            yield from each.order.about(f"days in '{each.called(min(each.fields, default=0))}'")


def about_guesses(columns: DayColumns) -> tuple[Finding, ...]:
    """Tell of further properties that may say until when, where the profile does not say.

    Parameters
    ----------
    columns : DayColumns
        Of all layers of the series.
    """
    if not columns.are_inferred:
        return ()
    return (*_perhaps_ends(columns), *unread_days(columns))


def about_spans(
    spans: Mapping[int, tuple[Span | None, ...]], columns: DayColumns
) -> Iterator[Finding]:
    """Say what spans were read, and by which rule they end.

    Parameters
    ----------
    spans : mapping of int to tuple of Span or None
        By layer, one for each feature; None where it has none.
    columns : DayColumns
        Of all layers of the series.

    Yields
    ------
    Finding
        ``spans``, and ``ends-meet`` where spans share a day; none without any span.
    """
    every = [span for rows in spans.values() for span in rows if span is not None]
    if not every:
        return
    used = [pair for pair in columns.pairs if any(each.says_days for each in pair.columns)]
    instant = any(not each.is_of_days for pair in used for each in pair.until)
    rule = columns.profile.day.until or (
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
    yield Finding(FindingKind.SPANS, detail)
    begins = {span.first for span in every}
    meet = [s for s in every if s.last in begins and s.last > s.first]
    if meet and columns.profile.day.until is None and not instant:
        detail = (
            f"{len(meet)} features still hold on the day on which others begin (such as"
            f" {min(span.last for span in meet)}), as ends are inclusive; if they no longer do,"
            ' say until = "exclusive" under [day] of a profile'
        )
        yield Finding(FindingKind.ENDS_MEET, detail, Severity.WARNING)


def _about_names(columns: DayColumns) -> Iterator[Finding]:
    """Tell of ``from`` and ``to`` that were let be because not all of them are days."""
    if not columns.are_inferred:
        return
    for pair in columns.usual:
        if not (pair.may_be_names and pair.since[0].says_days):
            continue
        number, row, value = _no_whole_day(columns.layers, pair)
        since, until = (each[0].called(number) for each in (pair.since, pair.until))
        file = columns.layers[number].file
        detail = (
            f"{file}, feature {row + 1}: '{value}' is no day, so {pair.names()} are"
            f' not read as spans of time; if they are, name them: properties = ["{since}"],'
            f' until_properties = ["{until}"] under [day] of a profile'
        )
        yield Finding(FindingKind.NO_SPAN, detail, Severity.WARNING)


def _no_whole_day(layers: Sequence[Layer], pair: Pair) -> tuple[int, int, object]:
    """Return layer, feature and value of the first that is no whole day."""
    odd = [each for one in pair.columns for each in one.odd]
    partial = [
        (number, row, layers[number].properties[row][one.called(number)])
        for one in pair.columns
        for number, rows in one.moments.items()
        for row, moment in enumerate(rows)
        if moment is not None and moment.is_partial
    ]
    return (odd or partial)[0]


def about_regions(layer: Layer, rows: Sequence[int]) -> Iterator[Finding]:
    """Tell of regions or areas that hold over spans: all are used, whatever their span.

    Parameters
    ----------
    layer : Layer
        The regions, or an area of interest.
    rows : sequence of int
        The features that are used.

    Yields
    ------
    Finding
        ``spans-unused``, a warning.
    """
    keys, plain = [frozenset[str]().union(*layer.properties)], Profile(name="regions")
    for names in PAIRS:
        since, until = (column(name, [layer], keys, plain, periods=True) for name in names)
        if since.odd or until.odd or not (since.is_there and until.is_there):
            continue
        if names[0] == MAY_BE_NAMES and any(m.is_partial for m in (*since.all(), *until.all())):
            continue
        if any(each.at(0, row) for each in (since, until) for row in rows):
            detail = (
                f"{layer.file}: features carry {Pair((since,), (until,)).names()}, and all are used"
                " whatever their span; choose those of the day, such as by where"
            )
            yield Finding(FindingKind.SPANS_UNUSED, detail, Severity.WARNING)


def _about_missing(columns: DayColumns) -> Iterator[Finding]:
    """Tell of a property that is named and in no file: what it says comes from elsewhere."""
    days = {each.name for each in columns.every if each.is_there}
    rule, status = columns.profile.day, columns.profile.status_property
    levels, called = columns.profile.levels, {""}.union(*columns.keys)
    spelled = {status} if status.casefold() in map(str.casefold, called) else set()
    for names, there, instead in (
        (rule.properties, days, "the names of the files, or --day, give the day"),
        (rule.until_properties or (), days, "every end is open"),
        ((status,), spelled | _unsaid(columns), "all zones count as held"),
        ((levels,), called, "features of all levels count"),
    ):
        if columns.layers and len(names) == 1 and names[0] not in there:
            known = did_you_mean(names[0], columns.keys[0])
            detail = f"no file has the property '{names[0]}', so {instead}; {known}"
            yield Finding(FindingKind.NO_PROPERTY, detail, Severity.WARNING)


def _unsaid(columns: DayColumns) -> frozenset[str]:
    """Return what files may do without, unless one has a property of nearly that name."""
    near = near_miss(_MAY_LACK, frozenset[str]().union(*columns.keys))
    return frozenset() if near else frozenset((_MAY_LACK,))


def _perhaps_ends(columns: DayColumns) -> Iterator[Finding]:
    """Tell of days in a further property, none before the day that is read: perhaps an end."""
    layers, keys, instants = columns.layers, columns.keys, columns.instants
    read = {bare(each) for pair in PAIRS for each in pair}
    if not instants:
        return
    days = {each.called(number) for each in instants for number in each.fields}
    for name in sorted(frozenset[str]().union(*keys) - days):
        if bare(name) in read or not _begins_with_a_day(layers, name):
            continue
        other = column(name, layers, keys, columns.profile, loose=False)
        both = [
            (begin.first, end.first)
            for day in instants
            for number, rows in day.moments.items()
            for begin, end in zip(rows, other.moments.get(number, ()), strict=False)
            if begin is not None and end is not None
        ]
        later = sum(end > begin for begin, end in both)
        if later and not other.odd and all(end >= begin for begin, end in both):
            called = instants[0].called(next(iter(instants[0].fields)))
            detail = (
                f"'{name}' holds days on or after those in '{called}', which count as the only day"
                f" of a feature; if it says until when they hold, say until_properties = "
                f'["{name}"] under [day] of a profile, or --until-field {name}'
            )
            yield Finding(FindingKind.PERHAPS_END, detail, Severity.WARNING)


def _begins_with_a_day(layers: Sequence[Layer], name: str) -> bool:
    """Return whether the first value of a property is a day, as far as it has any."""
    values = (
        value
        for layer in layers
        for properties in layer.properties
        if (value := properties.get(name)) not in (None, "")
    )
    return moment_of(next(values, None)) is not None

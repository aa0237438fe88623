"""One property that holds days, over all files of a series, and two that say since and until.

What a column means is decided on all of its values: whether it is about days at all,
whether its clocks are midnights (then they say nothing but the day), and whether those
are the midnights of a zone east of Greenwich.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import shapely

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import lonlat_bounds
from territory.read.day_order import NO_ORDER, DayOrder, order_of
from territory.read.formats.layer import Layer
from territory.read.moments import (
    DAY_S,
    Moment,
    is_year,
    may_be_either,
    midnights,
    moment_of,
    offset_of,
)
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
_HOUR_S = 3_600
_OPEN = {"", "..", "null", "none"}  # texts that stand for nothing, as STAC and OGR write them


@dataclass(frozen=True, eq=False)
class Column:
    """What the values of one property say.

    Attributes
    ----------
    name : str
        The property as the profile, or the list of pairs, has it.
    fields : mapping of int to str
        What each layer that has it calls it, by the number of the layer.
    moments : mapping of int to tuple of Moment or None
        By layer, one for each feature; None where there is no value, or one that is no day.
    odd : tuple of (int, int, object)
        Layer, feature and value of everything that is no day.
    local : frozenset of int
        The clocks in UTC that are midnights of another zone, whose day is the next one.
    order : DayOrder
        Which of two numbers before a year is the day.
    day_format : str
        How it was said that days are written; empty where nobody said it.
    """

    name: str
    fields: Mapping[int, str] = field(default_factory=dict)
    moments: Mapping[int, tuple[Moment | None, ...]] = field(default_factory=dict)
    odd: tuple[tuple[int, int, object], ...] = ()
    local: frozenset[int] = frozenset()
    order: DayOrder = NO_ORDER
    day_format: str = ""

    @property
    def is_there(self) -> bool:
        """Whether any layer has the property."""
        return bool(self.fields)

    @property
    def says_days(self) -> bool:
        """Whether any value is a day."""
        return next(self.all(), None) is not None

    @property
    def is_of_days(self) -> bool:
        """Whether no clock says more than the day: there is none, or all are midnight."""
        return all(not each.clock_s for each in self.all())

    def all(self) -> Iterator[Moment]:
        """Yield every day of the column."""
        return (each for rows in self.moments.values() for each in rows if each is not None)

    def at(self, layer: int, row: int) -> Moment | None:
        """Return what a feature says, None where it says nothing.

        Parameters
        ----------
        layer : int
            Number of the layer, from 0.
        row : int
            Number of the feature in it, from 0.
        """
        rows = self.moments.get(layer)
        return None if rows is None else rows[row]

    def called(self, layer: int) -> str:
        """Return what a layer calls it.

        Parameters
        ----------
        layer : int
            Number of the layer, from 0.
        """
        return self.fields.get(layer, self.name)

    def moved(self, local: frozenset[int], offset_s: int) -> "Column":
        """Return the column with its times in UTC on the clock of another zone.

        Parameters
        ----------
        local : frozenset of int
            Its midnights in UTC, where they are known to be such.
        offset_s : int
            Else how far ahead of UTC it is.
        """
        moments = {
            number: tuple(each and _moved(each, local, offset_s) for each in rows)
            for number, rows in self.moments.items()
        }
        return replace(self, moments=moments, local=local)


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

    @property
    def may_be_names(self) -> bool:
        """Whether ``from`` and ``to`` may hold names or numbers: not every value is a whole day."""
        return self.since[0].name == MAY_BE_NAMES and any(
            each.odd or any(moment.is_partial for moment in each.all()) for each in self.columns
        )

    @property
    def is_span(self) -> bool:
        """Whether a usual pair is about days; what is half about days is refused later."""
        (since,), (until,) = self.since, self.until
        there = since.is_there and until.is_there and since.says_days
        return there and not self.may_be_names

    @property
    def is_start(self) -> bool:
        """Whether a usual pair says since when, and nothing until when."""
        (since,), (until,) = self.since, self.until
        usable = since.says_days and not since.odd and since.name != MAY_BE_NAMES
        return usable and not until.is_there


def no_day(value: object, order: DayOrder, day_format: str = "") -> str:
    """Say what is wrong with a value that is no day.

    Parameters
    ----------
    value : object
        As it stands in the file.
    order : DayOrder
        What the other values of its column say of their order.
    day_format : str
        How it was said that days are written; empty where nobody said it.
    """
    if day_format:
        return (
            f"is not a day written as {day_format}, as --day-format (format under [day] of a"
            " profile) says; say it with the marks that the file has, such as DD.MM.YYYY"
        )
    if may_be_either(value) and order.is_contradicted:
        return f"is not a day: {order.said()} contradict one another; write days as YYYY-MM-DD"
    if order.order is None and may_be_either(value):
        return (
            "is not a day (YYYY-MM-DD): day/month or month/day? say which with --day-format"
            " DD/MM/YYYY or MM/DD/YYYY (format = 'DD/MM/YYYY' under [day] of a profile)"
        )
    if moment_of(value, partial=True) is not None:
        return (
            "is not a day (YYYY-MM-DD); a year or a month counts only as the begin or the end of a"
            " span, so name until when as well: --until-field, or until_properties under [day] of a"
            " profile; or say --day-format YYYY (or YYYY-MM) where its first day is meant"
        )
    return "is not a day (YYYY-MM-DD)"


def column(
    name: str,
    layers: Sequence[Layer],
    keys: Sequence[frozenset[str]],
    profile: Profile,
    *,
    periods: bool = False,
    loose: bool = True,
    order: DayOrder | None = None,
) -> Column:
    """Read one property of all layers.

    Parameters
    ----------
    name : str
        The property as the profile has it.
    layers : sequence of Layer
        All layers of the series.
    keys : sequence of frozenset of str
        The properties of each layer.
    profile : Profile
        Says how text gives a day.
    periods : bool
        Whether a month or a year is a day here.
    loose : bool
        Whether ``StartDate`` and ``start date`` are ``start_date``; else only letters
        may differ, and only where all values are days.
    order : DayOrder, optional
        Which of two numbers before a year is the day; what its own values say by default.

    Returns
    -------
    Column
        Without any field where no layer has the property.
    """
    fields, moments, odd = {}, {}, []
    there = _called(name, keys, loose=loose)
    order = order or _order(layers, [there], profile)
    for number, called in there.items():
        found, wrong = _read(layers[number], called, profile, order, periods=periods)
        if wrong and not loose and called != name:
            continue
        fields[number], moments[number] = called, found
        odd += [(number, row, value) for row, value in wrong]
    return Column(name, fields, moments, tuple(odd), order=order, day_format=profile.day.format)


def _called(name: str, keys: Sequence[frozenset[str]], *, loose: bool) -> dict[int, str]:
    """Return what each layer that has a property calls it, by the number of the layer."""
    folded = bare if loose else str.casefold
    found = ((number, _field(name, own, folded)) for number, own in enumerate(keys))
    return {number: called for number, called in found if called is not None}


def _order(
    layers: Sequence[Layer], there: Sequence[Mapping[int, str]], profile: Profile
) -> DayOrder:
    """Return the order that all values of some properties together allow."""
    if profile.day.format:
        return NO_ORDER
    values = (
        row.get(called)
        for of_layers in there
        for number, called in of_layers.items()
        for row in layers[number].properties
    )
    return order_of(dict.fromkeys(each for each in values if isinstance(each, str)))


def on_its_clock(
    columns: Sequence[Column], layers: Sequence[Layer], profile: Profile
) -> tuple[Column, ...]:
    """Return columns that belong together with the day of each time on the publisher's clock.

    That clock is told by the profile, or betrayed by times that are all midnight there: a
    begin at 22:00 and an end at 21:59:59 in UTC are the first and the last second of days
    in Kyiv.

    Parameters
    ----------
    columns : sequence of Column
        Such as since when and until when.
    layers : sequence of Layer
        All layers of the series; where their ground lies may decide.
    profile : Profile
        Says the offset of the publisher's clock from UTC, if it is known.

    Returns
    -------
    tuple of Column
        In the same order.
    """
    if profile.day.utc_offset_hours is not None:
        return tuple(each.moved(frozenset(), profile.day.offset_s) for each in columns)
    every = (_as_midnight(moment) for each in columns for moment in each.all())
    local = midnights(every, partial(longitudes, layers))
    return tuple(each.moved(local, 0) for each in columns) if local else tuple(columns)


def pair_of(
    since: Sequence[str],
    until: Sequence[str],
    layers: Sequence[Layer],
    keys: Sequence[frozenset[str]],
    profile: Profile,
) -> Pair:
    """Read the properties that say since when and until when; a month or a year is a day here.

    Parameters
    ----------
    since, until : sequence of str
        Names of properties; the first that is there counts.
    layers : sequence of Layer
        All layers of the series.
    keys : sequence of frozenset of str
        The properties of each layer.
    profile : Profile
        Says how text gives a day.
    """
    there = [_called(name, keys, loose=True) for name in (*since, *until)]
    order = _order(layers, there, profile)  # begins and ends are of one hand
    one, other = (
        tuple(column(name, layers, keys, profile, periods=True, order=order) for name in names)
        for names in (since, until)
    )
    return Pair(one, other)


def pair_on_its_clock(pair: Pair, layers: Sequence[Layer], profile: Profile) -> Pair:
    """Return a pair with the day of each time on the publisher's clock.

    Parameters
    ----------
    pair : Pair
        The properties that say since when and until when.
    layers : sequence of Layer
        All layers of the series; where their ground lies may decide.
    profile : Profile
        Says the offset of the publisher's clock from UTC, if it is known.
    """
    moved = on_its_clock(pair.columns, layers, profile)
    return Pair(moved[: len(pair.since)], moved[len(pair.since) :])


def each_on_its_clock(
    columns: Sequence[Column], layers: Sequence[Layer], profile: Profile
) -> tuple[Column, ...]:
    """Return columns with the day of each time on the publisher's clock, each by itself.

    Parameters
    ----------
    columns : sequence of Column
        Columns that do not belong together.
    layers : sequence of Layer
        All layers of the series; where their ground lies may decide.
    profile : Profile
        Says the offset of the publisher's clock from UTC, if it is known.

    Returns
    -------
    tuple of Column
        In the same order.
    """
    return tuple(one for each in columns for one in on_its_clock([each], layers, profile))


def _as_midnight(moment: Moment) -> Moment:
    """Return the last second of an hour as the beginning of the next."""
    return moment.shifted(1) if _is_last_second(moment) else moment


def _is_last_second(moment: Moment) -> bool:
    return moment.clock_s is not None and moment.clock_s % _HOUR_S == _HOUR_S - 1


def longitudes(layers: Sequence[Layer]) -> tuple[float, float]:
    """Return the westernmost and the easternmost longitude of some layers.

    Parameters
    ----------
    layers : sequence of Layer
        In any CRS.

    Returns
    -------
    (float, float)
        In degrees (WGS 84); -180 and 180 where no layer has a shape, or one lies across them.
    """
    bounds = [lonlat_bounds(layer.geometry, layer.crs) for layer in layers if _has_shapes(layer)]
    if not bounds or any(west > east for west, _, east, _ in bounds):  # across 180 degrees
        return -180.0, 180.0
    return min(b[0] for b in bounds), max(b[2] for b in bounds)


def _has_shapes(layer: Layer) -> bool:
    return not (shapely.is_missing(layer.geometry) | shapely.is_empty(layer.geometry)).all()


def bare(name: str) -> str:
    """Return a name without what differs between writers: case, blanks, ``_`` and ``-``.

    Parameters
    ----------
    name : str
        Of a property.

    Examples
    --------
    >>> bare("Start Date") == bare("start_date") == bare("startDate")
    True
    """
    return re.sub(r"[ _-]", "", name.casefold())


def local_midnights(found: Sequence[Column]) -> Iterator[Finding]:
    """Tell of columns whose clocks were taken as midnight of another zone.

    Parameters
    ----------
    found : sequence of Column
        As `on_its_clock` returns them.

    Yields
    ------
    Finding
        ``local-midnight``, a warning without a day.
    """
    for each in found:
        if each.local:
            clocks = " and ".join(
                f"{s // 3600:02d}:{s % 3600 // 60:02d}" for s in sorted(each.local)
            )
            hours = offset_of(each.local) / 3600
            detail = (
                f"every time in '{each.called(next(iter(each.fields)))}' is {clocks} UTC, which is"
                f" midnight {hours:g} hours east of Greenwich, so the day after counts; if that is"
                f" right, say utc_offset_hours = {hours:g} under [day] of a profile, else 0"
            )
            yield Finding(FindingKind.LOCAL_MIDNIGHT, detail, Severity.WARNING)


def _field(name: str, keys: frozenset[str], folded: Callable[[str], str]) -> str | None:
    """Return the property that is meant: the very name, or the first that folds to it."""
    if name in keys:
        return name
    return min((key for key in keys if folded(key) == folded(name)), default=None)


def _read(
    layer: Layer, called: str, profile: Profile, order: DayOrder, *, periods: bool
) -> tuple[tuple[Moment | None, ...], list[tuple[int, object]]]:
    found: list[Moment | None] = []
    wrong: list[tuple[int, object]] = []
    known: dict[object, Moment | None] = {}
    are_years = periods and _are_years(layer, called)
    for row, properties in enumerate(layer.properties):
        value = properties.get(called)
        if value is None or (isinstance(value, str) and value.strip().lower() in _OPEN):
            found.append(None)
            continue
        key = value if isinstance(value, str | int) and not isinstance(value, bool) else repr(value)
        if key not in known:
            known[key] = moment_of(
                _year(value) if are_years else value,
                day_format=profile.day.format,
                partial=periods,
                order=order.order,
            )
        if known[key] is None:
            wrong.append((row, value))
        found.append(known[key])
    return tuple(found), wrong


def _are_years(layer: Layer, called: str) -> bool:
    """Return whether small numbers are years: the name of the property says so, or others are."""
    if "year" in called.casefold():
        return True
    numbers = (properties.get(called) for properties in layer.properties)
    return any(is_year(each) for each in numbers if isinstance(each, int | float))


def _year(value: object) -> object:
    """Return a year before 1000 as text that is one, and anything else as it is."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    is_early = 0 < value < 1000 and not value % 1  # noqa: PLR2004 - years of three digits
    return f"{int(value):04d}" if is_early else value


def _moved(moment: Moment, local: frozenset[int], offset_s: int) -> Moment:
    if not local or moment.clock_s is None:
        return moment.shifted(offset_s)
    to_midnight = DAY_S - moment.clock_s  # one second for the last of a day
    return moment.shifted(to_midnight - 1 if _is_last_second(moment) else to_midnight)

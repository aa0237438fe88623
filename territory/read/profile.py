"""How a publisher's files are to be understood, as a TOML file.

A profile says how to find the day, what names the holder of a feature, what the names
mean (and since when, because publishers recolour their maps overnight), in which order
coordinates stand, and what several files for one day mean. The built-in ones lie in
`territory/read/profiles/`; any other is given by its path.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cached_property
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from territory.ancient_days import day_on
from territory.claims.figures import Settings
from territory.errors import InputError, SettingError, did_you_mean
from territory.history.front_sides import Sides, sides_of
from territory.history.overlaps import Overlap
from territory.history.repair import DOUBT_PERCENT, Repair
from territory.holders import NOBODY, Holder, Status
from territory.measure.boundary_error import BoundaryError
from territory.read.actor_looks import ActorLook
from territory.read.day_in_name import (
    YEAR_FIRST,
    days_in,
    is_since_year,
    is_year_alone,
    may_be_either,
    month_format,
    short_day_in,
)
from territory.read.marks import Marks
from territory.read.moments import Order, name_pattern_of, pattern_of, year_in
from territory.read.profiles import built_in
from territory.read.sources import located, place_text
from territory.read.text_files import read_toml, with_values

DROP = "drop"  # of `Profile.unnamed`: leave them out
_GROUPS_OF_DAY = ({"year"}, {"unix"})  # of a year alone, or a month, its first day
_LINES = (
    "boundary_error_m",
    "correlation_length_m",
    "map_scale",
    "georeference_error_m",
    "bias_m",
    "redraw_lag_days",
)


# What a profile of units may say, and what one of front lines may not.
_OF_UNITS = {"name", "about", "publisher", "licence", "units", "day", "rule", "marks", "actors"}
_OF_ZONES = (
    *("actor", "actor_field", "status_field", "label", "label_properties", "label_pattern"),
    *("status_property", "rule", "unnamed", "overlap", "priority", "repair", "doubt_percent"),
)


def _sides(value: object) -> Sides | None:
    return None if value is None or value == "" else sides_of(value)


class DayRule(Settings):
    """Where the day of a file or feature stands.

    Attributes
    ----------
    file_name : str
        Pattern with the groups ``year``, ``month`` and ``day`` (and, as one likes, ``hour``
        and ``minute``; of a year alone its first day counts, and where a group ``bc`` fits it is
        before Christ), or ``unix`` (seconds, read as UTC).
    properties : tuple of str
        Properties that hold a day or a unix time; the first
        that is there wins over the file name. With `until_properties`: since when.
    until_properties : tuple of str
        Properties that say until when; empty or missing is open. Where none are named,
        the usual pairs are looked for (``start`` and ``end`` and the like); an empty list says
        that no property is an end.
    until : {"inclusive", "exclusive"}, optional
        Whether a feature still holds on the day of its end. Inclusive by default where
        the ends are days; an end with a clock is the instant it says.
    format : str
        How text gives the day, such as ``DD/MM/YYYY``, where that is not plain; in the names
        of files, which hold no slash, with any mark.
    name_order : {"DD/MM/YYYY", "MM/DD/YYYY"}, optional
        The same for the names of files alone, before `format` and instead of `file_name`.
    utc_offset_hours : float, optional
        How far ahead of UTC the publisher's clock is; times in UTC are taken to it before
        their day counts.
    cut : str
        Time of day at which days are cut, such as ``14:00``, or ``14:00+02:00`` for another
        clock than the publisher's: of the snapshots of a day the last one until then counts,
        and a later one belongs to the next day. Without it a day ends at midnight.
    """

    file_name: str = YEAR_FIRST
    properties: tuple[str, ...] = ()
    until_properties: tuple[str, ...] | None = None
    until: Literal["inclusive", "exclusive"] | None = None
    format: str = ""
    name_order: Order | None = None
    utc_offset_hours: Annotated[float | None, Field(ge=-12, le=14)] = None
    cut: str = ""

    def days_in(self, name: str) -> set[date]:
        """Return the days that a file name holds in other ways than `file_name` says.

        Parameters
        ----------
        name : str
            Of a file, without its folder.
        """
        if self.name_order or not self.format:
            return days_in(name, self.name_order)
        found = name_pattern_of(self.format).finditer(name)
        parts = ({**each.groupdict(), "year": year_in(each.groupdict())} for each in found)
        of_format = {day for each in parts if (day := _day(each, self)) is not None}
        return of_format if self.has_format(name) else days_in(name)

    def has_format(self, name: str) -> bool:
        """Return whether a file name holds something that is written as `format` says.

        Parameters
        ----------
        name : str
            Of a file, without its folder.
        """
        of_format = bool(self.format) and self.file_name == YEAR_FIRST and not self.name_order
        return of_format and name_pattern_of(self.format).search(name) is not None

    @property
    def offset_s(self) -> int:
        """How far ahead of UTC the publisher's clock is, in seconds."""
        return round((self.utc_offset_hours or 0) * 3600)

    @property
    def cut_time(self) -> time | None:
        """The time of day at which days are cut, with the clock it is of if that is said."""
        return time.fromisoformat(self.cut) if self.cut else None

    @property
    def clock(self) -> tzinfo:
        """The clock by which days are told: that of the cut, else the publisher's."""
        own = timezone(timedelta(seconds=self.offset_s))
        return (self.cut_time and self.cut_time.tzinfo) or own

    @property
    def cut_words(self) -> str:
        """The time at which days are cut, as a message says it."""
        at = self.cut_time or time()
        return f"{at:%H:%M} {self.clock.tzname(None)}"

    def day_of(self, moment: datetime) -> date:
        """Return the day that a snapshot of some moment is of.

        Parameters
        ----------
        moment : datetime
            With its clock.
        """
        here, cut = moment.astimezone(self.clock), self.cut_time
        late = cut is not None and here.time() > cut.replace(tzinfo=None)
        return here.date() + timedelta(days=int(late))

    @field_validator("cut")
    @classmethod
    def _is_time(cls, value: str) -> str:
        try:
            if value:
                time.fromisoformat(value)
        except ValueError:
            hint = "such as 14:00, or 14:00+02:00"
            raise ValueError(f"cut = '{value}' is no time of day; {hint}") from None
        return value

    @model_validator(mode="after")
    def _has_times(self) -> Self:
        timed = {"unix", "hour"} & re.compile(self.file_name).groupindex.keys()
        if self.cut and (self.properties or not timed):
            raise ValueError(
                f"cut = '{self.cut}' needs the time of every snapshot in the name of its file"
                " (a profile with unix, or hour and minute, in file_name and without properties)"
            )
        return self

    @field_validator("format")
    @classmethod
    def _names_parts(cls, value: str) -> str:
        if value:
            pattern_of(value)
        return value

    @model_validator(mode="after")
    def _says_order_once(self) -> Self:
        if self.name_order and self.file_name != YEAR_FIRST:
            raise ValueError("'name_order' does nothing beside 'file_name'; give one of them")
        return self

    @model_validator(mode="after")
    def _says_since(self) -> Self:
        if self.until_properties and not self.properties:
            raise ValueError("until_properties says until when, and properties not since when")
        return self

    @field_validator("file_name")
    @classmethod
    def _names_a_day(cls, value: str) -> str:
        groups = _pattern(value).groupindex.keys()
        if not any(wanted <= groups for wanted in _GROUPS_OF_DAY):
            raise ValueError("the pattern needs the groups year, month and day, or unix")
        return value


class LabelRule(Settings):
    """What a label means.

    Attributes
    ----------
    label : str
        Pattern that must fit the whole label; upper and lower case are the same.
    actor, status
        Who holds it, and how firmly; what a property or column says of the status goes before.
    drop : bool
        Whether to leave it out; it is still reported, with its area.
    since, until : date, optional
        Days from and up to which the rule holds, both included.
    """

    label: str
    actor: str = ""
    status: Status = Status.HELD
    drop: bool = False
    since: date | None = None
    until: date | None = None

    @field_validator("label")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        return _pattern(value).pattern

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if bool(self.actor) == self.drop:
            raise ValueError(f"the rule for '{self.label}' needs an actor, or drop = true")
        if self.actor == NOBODY.actor:
            raise ValueError(f"the rule for '{self.label}': say drop = true, not actor = 'nobody'")
        if self.drop and "status" in self.model_fields_set:
            raise ValueError(f"the rule for '{self.label}': 'status' does nothing with drop = true")
        return self

    def fits(self, label: str, day: date) -> bool:
        """Return whether the rule speaks of this label on this day.

        Parameters
        ----------
        label : str
            As published.
        day : date
            The day that it is published for.
        """
        in_time = (self.since or date.min) <= day <= (self.until or date.max)
        return in_time and re.fullmatch(self.label, label, re.IGNORECASE) is not None


class UnitRule(Settings):
    """Fixed units and a table of who holds each: what columns are called, which files are which.

    Of several names the first that is there counts, in any case.

    Attributes
    ----------
    id_fields : tuple of str
        Properties of the polygons that may name the unit.
    unit_fields, day_fields, actor_fields, status_fields : tuple of str
        Columns of the table: the unit, since when, who holds it, and how firmly. A table may go
        without the last.
    polygons, holders : str
        Patterns of the names of files, such as ``control_latest*``, by which they are told
        apart in a folder, and by which the table is found beside the polygons.
    without_polygon : {"error", "leave-out"}
        What a unit of the table that no polygon has means: a mistake, or one that is left out
        with a finding.
    """

    id_fields: tuple[str, ...] = ("id", "unit")
    unit_fields: tuple[str, ...] = ("unit",)
    day_fields: tuple[str, ...] = ("day", "date")
    actor_fields: tuple[str, ...] = ("actor",)
    status_fields: tuple[str, ...] = ("status",)
    polygons: str = ""
    holders: str = "holders.*"
    without_polygon: Literal["error", "leave-out"] = "error"


class Profile(Settings):
    """How to understand the files of one publisher.

    Attributes
    ----------
    name, about, publisher, licence : str
        What it is called, what it reads, whose files they are, and under which licence; the last
        two stand below maps.
    label_pattern : str
        For ``layer``: pattern with the group ``label``, by which the label is found in a name.
    overlap : {"error", "first", "contested"}
        Ground that two holders have at once: a mistake, that of the first in `priority`, or
        contested. Of one actor what it has most firmly counts: held, contested, claimed.
    priority : tuple of str
        Actors, strongest first.
    hour_utc : int, optional
        The hour of its day, in UTC, that a file shows, where the publisher says so.
    container : {"features", "rings"}
        GeoJSON features (or what GDAL makes of other formats), or JSON lists of rings.
    inside : str
        Key under which the collection stands, where it is wrapped.
    rings : tuple of str
        For ``rings``: the keys that hold them; the key is the label.
    latitude_first : bool
        Whether coordinates are latitude, longitude.
    label : {"constant", "property", "layer"}
        What names the holder. ``layer`` is the layer of a file, or the folder or part of
        the file name that stands for one (see `label_pattern`).
    label_properties : tuple of str
        Properties that may hold the label; the first that is there counts.
    status_property : str
        Property that says held, claimed or contested.
    rule : tuple of LabelRule
        What labels mean. Without any rule a label is itself the actor.
    actors : dict of str to ActorLook
        What actors are called and which colour they have.
    boundary_error_m : float, optional
        How far a drawn line may lie off across itself, one standard deviation, in metres.
    correlation_length_m : float, optional
        Over what length along the line that error stays the same, in metres.
    map_scale : float, optional
        Denominator of the scale of a printed map: half a millimetre of it is the error.
    georeference_error_m : float, optional
        How far the map as a whole may have been put wrongly onto the ground, in metres.
    bias_m : float, optional
        How far the line leans to one side everywhere, in metres.
    redraw_lag_days : float, optional
        How many days before or after it changed hands ground is drawn so, one standard deviation.
    error_source : str
        Where those values come from; with `boundary_error_m`.
    where : str
        Which features count, as SQL has it, such as ``admin_level = '2'``; all without it. How
        many are left out is told.
    levels : str
        Property by whose values features lie on top of one another, such as states and their
        provinces: one value may be read at a time, and `where` says which.
    several : {"error", "last", "merge"}
        What several files for one day mean: a mistake, the last one counts, or parts of
        one picture (layers).
    units : UnitRule, optional
        For fixed units with a table of holders; without, zones are drawn.
    remainder : str
        Who holds the ground inside `remainder_area` that nobody drew.
    remainder_area : str
        The area that `remainder` is about: a country's name, or whatever areas are read from.
    repair : {"winding", "even-odd", "drop"}, optional
        What invalid polygons are read as whose area depends on it; without, a day on which
        that matters is refused.
    marks : tuple of Marks
        What the files are recognised by where nobody names a profile: one of these must fit. For
        profiles that come with the package; one of your own is always named.
    doubt_percent : float
        Of the ground of a holder on a day, up to where invalid polygons may leave open how much
        it is without the day being refused.
    unnamed : str
        Whose the features are that name no actor; ``drop`` leaves them out, with their area in
        the findings. Without it (and without a rule for the label ``""``) they are refused.
    sides : Sides, optional
        Who is on either side of front lines, such as ``{ west = "A", east = "B" }``.
    ground : str
        The ground that front lines cut, whatever an area of interest may be; the files hold
        zones where it is empty.
    reach_m : float
        A front that ends within the ground, no further than this from its rim, is drawn on to it.
    """

    name: str
    about: str = ""
    publisher: str = ""
    licence: str = ""
    hour_utc: Annotated[int | None, Field(ge=0, lt=24, strict=True)] = None
    container: Literal["features", "rings"] = "features"
    inside: str = ""
    rings: tuple[str, ...] = ()
    latitude_first: bool = False
    day: DayRule = DayRule()
    label: Literal["constant", "property", "layer"] = "property"
    label_properties: tuple[str, ...] = ("actor",)
    label_pattern: str = ""
    status_property: str = ""
    rule: tuple[LabelRule, ...] = ()
    units: UnitRule | None = None
    where: str = ""
    levels: str = ""
    several: Literal["error", "last", "merge"] = "error"
    overlap: Overlap = Overlap.ERROR
    priority: tuple[str, ...] = ()
    repair: Repair | None = None
    remainder: str = ""
    remainder_area: Annotated[str, BeforeValidator(place_text)] = ""
    marks: tuple[Marks, ...] = ()
    doubt_percent: Annotated[float, Field(ge=0, allow_inf_nan=False)] = DOUBT_PERCENT
    unnamed: str = ""
    sides: Annotated[Sides | None, BeforeValidator(_sides)] = None
    ground: Annotated[str, BeforeValidator(place_text)] = ""
    actors: dict[str, ActorLook] = Field(default_factory=dict)
    reach_m: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    boundary_error_m: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    correlation_length_m: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    map_scale: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    georeference_error_m: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    bias_m: Annotated[float | None, Field(allow_inf_nan=False)] = None
    redraw_lag_days: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    error_source: str = ""

    @property
    def boundary(self) -> dict[str, float]:
        """What is said about the lines, by name."""
        settings = {name: getattr(self, name) for name in _LINES}
        return {name: value for name, value in settings.items() if value is not None}

    @field_validator("label_pattern")
    @classmethod
    def _has_label(cls, value: str) -> str:
        if value and "label" not in _pattern(value).groupindex:
            raise ValueError("the pattern needs a group named label: (?P<label>...)")
        return value

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.label == "property" and not self.label_properties:
            raise ValueError("label_properties names no property")
        if self.container == "rings" and not self.rings:
            raise ValueError("container = 'rings' needs the keys that hold them: rings = [...]")
        return self

    @model_validator(mode="after")
    def _remainder_lies_somewhere(self) -> Self:
        if bool(self.remainder) != bool(self.remainder_area):
            raise ValueError(
                "'remainder' says who holds what nobody drew of 'remainder_area': give both"
            )
        if self.remainder == NOBODY.actor:
            raise ValueError("remainder = 'nobody' does nothing: nobody holds the rest anyway")
        return self

    @model_validator(mode="after")
    def _all_keys_do_something(self) -> Self:
        rings, first = self.container == "rings", self.overlap is Overlap.FIRST
        idle = {
            "rings": (not rings, "container = 'rings'"),
            "inside": (rings, "container = 'features'"),
            "where": (rings, "container = 'features'"),
            "levels": (rings, "container = 'features'"),
            "status_property": (rings, "container = 'features'"),
            "label_properties": (self.label != "property", "label = 'property'"),
            "label_pattern": (self.label != "layer", "label = 'layer'"),
            "priority": (not first, "overlap = 'first'"),
            "unnamed": (self.label != "property", "label = 'property'"),
            "reach_m": (not self.ground, "'ground' (the ground that front lines cut)"),
            "sides": (not self.ground, "'ground' (the ground that front lines cut)"),
        }
        if self.error_source and self.boundary_error_m is None:
            raise ValueError("'error_source' does nothing without 'boundary_error_m'")
        if self.unnamed == NOBODY.actor:
            raise ValueError(f"unnamed = '{NOBODY.actor}': say '{DROP}' to leave such features out")
        for key, (does_nothing, needed) in idle.items():
            if does_nothing and key in self.model_fields_set and getattr(self, key):
                raise ValueError(f"'{key}' does nothing without {needed}")
        return self

    @model_validator(mode="after")
    def _all_keys_are_of_units(self) -> Self:
        if self.units is not None:
            days = {f"day.{key}" for key in self.day.model_fields_set - {"format"}}
            for key in sorted((self.model_fields_set - _OF_UNITS - {*_LINES}) | days):
                raise ValueError(f"'{key}' does nothing in a profile of units ([units])")
        return self

    @cached_property
    def _known(self) -> dict[tuple[str, date], LabelRule | None]:
        return {}

    def meaning(self, label: str, day: date) -> LabelRule | None:
        """Return the rule for a label on a day, or None where no rule speaks of it.

        Parameters
        ----------
        label : str
            As published.
        day : date
            The day that it is published for.
        """
        if not label and self.label == "property":
            return self._of_unnamed(day)
        key = (label, day)
        if key not in self._known:
            fitting = (rule for rule in self.rule if rule.fits(label, day))
            self._known[key] = next(fitting, None)
        return self._known[key]

    def _of_unnamed(self, day: date) -> LabelRule | None:
        """Return what a feature without a label means: what is said of it, and of it alone.

        A pattern that fits any text speaks of labels, and not of their absence.
        """
        if self.unnamed:
            is_dropped = self.unnamed == DROP
            return LabelRule(label="", actor="" if is_dropped else self.unnamed, drop=is_dropped)
        return next((each for each in self.rule if not each.label and each.fits("", day)), None)

    def pattern_hint(self, labels: Iterable[str]) -> str:
        """Say how to write rules for labels that rules have letter by letter and do not fit.

        Parameters
        ----------
        labels : iterable of str
            Labels that no rule knows.
        """
        written = {rule.label for rule in self.rule}
        astray = (each for each in labels if each in written and not re.fullmatch(each, each))
        meant = [f"label = '{re.escape(each)}'" for each in astray]
        return f"a label of a rule is a pattern: write {' and '.join(meant)}" if meant else ""

    def holder(self, rule: LabelRule, status: Status | None = None) -> Holder:
        """Return whom a rule names.

        Parameters
        ----------
        rule : LabelRule
            One that leaves nothing out.
        status : Status, optional
            What is said of the feature itself; as the rule has it by default.
        """
        return Holder(rule.actor, status or rule.status)

    def unix_in_name(self, path: Path) -> int | None:
        """Return the unix time that a file name gives, in seconds, if it gives one.

        Parameters
        ----------
        path : Path
            Only its name is looked at.
        """
        found = re.search(self.day.file_name, path.name, re.ASCII)
        text = (found.groupdict().get("unix") or "") if found else ""
        return int(text) if text.isdecimal() else None

    def moment_in_name(self, path: Path) -> datetime | None:
        """Return the moment that a file name gives, by the clock of days, if it gives one.

        Parameters
        ----------
        path : Path
            Only its name is looked at.
        """
        found = re.finditer(self.day.file_name, path.name, re.ASCII)
        moments = {_moment(each.groupdict(), self.day) for each in found}
        return moments.pop() if len(moments) == 1 else None

    def day_in_name(self, path: Path, *, instead: str = "give --day for one file") -> date:
        """Return the day that a file name gives.

        Parameters
        ----------
        path : Path
            Only its name is looked at.
        instead : str
            What else may be done, for the message.

        Raises
        ------
        InputError
            If the name does not fit, or gives no such day.
        """
        found = [m.groupdict() for m in re.finditer(self.day.file_name, path.name, re.ASCII)]
        days = {day for parts in found if (day := _day(parts, self.day)) is not None}
        as_format = self.day.has_format(path.name)  # YYYY-DD-MM looks like YYYY-MM-DD
        if as_format or (not days and self.day.file_name == YEAR_FIRST):
            days = self.day.days_in(path.name)
        if len(days) != 1:
            listed = "".join(f"{day}, " for day in sorted(days))
            what = "no day" if not days else f"{len(days)} different days"
            better = f"such as {path.stem}_2024-01-31{path.suffix}"
            if as_format:
                better = f"as {self.day.format} says"
            elif self.day.file_name != YEAR_FIRST:
                better = "as the profile has it"
            elif days:
                better = "alone"
            elif may_be_either(path.name):
                instead = f"say which number is the day: --day-format DD/MM/YYYY; or {instead}"
            elif short := short_day_in(path.name):
                ways = " or ".join(f"--day-format {way}" for way in short.formats)
                instead = f"say how '{short.text}' is read, such as {ways}; or {instead}"
            elif month := month_format(path.name):
                instead = f"take the first day of its month: --day-format {month}; or {instead}"
            elif is_year_alone(path.name):
                instead = f"take the first day of its year: --day-format YYYY; or {instead}"
            elif is_since_year(path.name):
                instead = (
                    "let 'territory inspect FILES --out profile.toml' write a profile that takes"
                    f" the first day of its first year; or {instead}"
                )
            problem = (
                f"{what} in the file name ({listed}profile '{self.name}'); write its day there,"
                f" {better}, or {instead}"
            )
            raise InputError(problem, file=str(path))
        return days.pop()


def _moment(parts: Mapping[str, str], rule: DayRule) -> datetime | None:
    """Return the moment that the groups of a pattern give; None where they give no time."""
    try:
        if "unix" in parts:
            moment = datetime.fromtimestamp(int(parts["unix"]), UTC)
        else:
            day = date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
            clock = time(int(parts["hour"]), int(parts.get("minute") or 0))
            own = timezone(timedelta(seconds=rule.offset_s))
            moment = datetime.combine(day, clock, tzinfo=own)
        return moment.astimezone(rule.clock)
    except (ValueError, OverflowError, OSError, TypeError, KeyError):  # also groups without a match
        return None


def _day(parts: Mapping[str, str], rule: DayRule) -> date | None:
    moment = _moment(parts, rule)
    try:
        if moment is not None or "unix" in parts:
            return moment and rule.day_of(moment)
        year = int(parts["year"])
        if parts.get("bc"):
            year = 1 - year  # there is no year 0 between 1 BC and AD 1
        month, day = int(parts.get("month", "1")), int(parts.get("day", "1"))
        return day_on(year, month, day)
    except (ValueError, OverflowError, OSError, TypeError, KeyError):  # also groups without a match
        return None


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"'{text}' is no pattern ({error})") from None


def publishers_errors() -> dict[str, BoundaryError]:
    """Return the errors of the lines of publishers whose built-in profile states them.

    Returns
    -------
    dict of str to BoundaryError
        By publisher, in metres; for figures that are judged on the map of another.

    Examples
    --------
    >>> isinstance(publishers_errors(), dict)
    True
    """
    found: dict[str, BoundaryError] = {}
    for profile in map(read_profile, built_in()):
        if profile.publisher and "boundary_error_m" in profile.boundary:
            found.setdefault(profile.publisher, BoundaryError(**profile.boundary))
    return found


def refuse_of_zones(values: Mapping[str, object], usual: "Profile | None" = None) -> None:
    """Refuse keys that say how zones are read, where front lines are.

    Parameters
    ----------
    values : mapping of str to object
        What a profile, or a series, says beside `ground`, by key.
    usual : Profile, optional
        What holds where nothing is said; who says the same asks for nothing that is not done.

    Raises
    ------
    SettingError
        Naming the first that does nothing.
    """
    known = usual or Profile(name="as usual")
    present = {key for key, value in values.items() if getattr(known, key, None) != value}
    if idle := next((key for key in _OF_ZONES if key in present), ""):
        problem = (
            f"'{idle}' does nothing beside 'ground': front lines cut it, and no zones are read"
        )
        raise SettingError(problem)


def read_profile(
    name: str, folder: Path = Path(), settings: Mapping[str, object] = MappingProxyType({})
) -> Profile:
    """Read a profile by its built-in name or its path.

    Parameters
    ----------
    name : str
        A built-in name, or a path ending in ``.toml``.
    folder : Path
        What a relative path starts from.
    settings : mapping of str to object
        What is to differ, by the names of the profile; see `with_values`.

    Raises
    ------
    InputError
        If there is no such profile, or it is not understood.
    """
    is_built_in = not name.endswith(".toml")
    if is_built_in and name not in built_in():
        hint = did_you_mean(name, [*built_in(), "places"])
        raise InputError(f"unknown profile '{name}'; {hint}")
    with resources.as_file(resources.files("territory.read.profiles") / f"{name}.toml") as path:
        profile = read_toml(path if is_built_in else folder / name, Profile)
    if profile.ground:
        refuse_of_zones({key: getattr(profile, key) for key in profile.model_fields_set})
    places = {key: getattr(profile, key) for key in ("remainder_area", "ground")}
    own = {key: located(text, (folder / name).parent) for key, text in places.items() if text}
    return with_values(profile if is_built_in else profile.model_copy(update=own), settings)

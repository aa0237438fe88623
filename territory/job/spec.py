"""The job file: what to read, where, which days, what to check and what to draw."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    field_validator,
    model_validator,
)

from territory.claims.figures import Day, Settings, iso_day
from territory.errors import CRSError, InputError, did_you_mean
from territory.geometry.projection import EqualArea, file_crs
from territory.history.front_sides import Sides, sides_of
from territory.history.overlaps import Overlap
from territory.history.repair import Repair
from territory.history.rim import RimError
from territory.languages import FIRST, LANGUAGES, checked
from territory.measure.estimate import digitising_error_m
from territory.measure.pool import POOLED
from territory.read.actor_looks import ActorLook
from territory.read.aoi import extent_name
from territory.read.profiles import of_units
from territory.read.sources import CORNERS, find_source, place_text

DayRule = Literal["all", "month-start", "week", "first-and-last"]


def _sides(value: object) -> Sides | None:
    return None if value is None or value == "" else sides_of(value)


Metres = Annotated[float | None, Field(ge=0, allow_inf_nan=False)]


class _BoundaryKeys(Settings):
    """How far the drawn lines of a series may lie off.

    Attributes
    ----------
    boundary_error_m : float
        How far a line may lie off across itself, one standard deviation, in metres.
    correlation_length_m : float
        Over what length along the line that error stays the same, in metres.
    map_scale : float
        Denominator of the scale of a printed map: half a millimetre of it is the error.
    georeference_error_m : float
        How far the map as a whole may have been put wrongly onto the ground, in metres.
    bias_m : float
        How far the line leans to one side everywhere, in metres.
    date_correlation : float
        How alike the errors of two days are, from -1 to 1; by how near the lines lie by default.
    redraw_lag_days : float
        How many days before or after it changed hands ground is drawn so, one standard deviation.
    """

    boundary_error_m: Metres = None
    correlation_length_m: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    map_scale: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    georeference_error_m: Metres = None
    bias_m: Annotated[float | None, Field(allow_inf_nan=False)] = None
    date_correlation: Annotated[float | None, Field(ge=-1, le=1)] = None
    redraw_lag_days: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None

    @property
    def boundary(self) -> dict[str, float]:
        """What is said about the lines, by name."""
        settings = {name: getattr(self, name) for name in _BoundaryKeys.model_fields}
        return {name: value for name, value in settings.items() if value is not None}


_Some = Annotated[tuple[str, ...], Field(min_length=1)]


class Scenario(Settings):
    """Another reading of the places: rows left out, more places, other starts, further events.

    Attributes
    ----------
    name : str
        What it is called.
    family : str
        The choice that it is one way of, such as "who coded"; ways of one choice are one
        line of an error budget. A choice of its own by default.
    without : dict of str to tuple of str
        By column, which values: a row of the three tables that has one of them in every
        column named is left out. A place that loses its start or an event in this way, and
        has no row in `state` or `events` instead, is left out itself: its holder is not known.
    places, state, events : str
        Tables of further places, of other starting holders, and of further events.
    """

    name: Annotated[str, Field(min_length=1)]
    family: str = ""
    without: dict[str, _Some] = Field(default_factory=dict)
    places: str = ""
    state: str = ""
    events: str = ""

    @field_validator("family")
    @classmethod
    def _one_name(cls, value: str) -> str:
        if any(mark in value for mark in (":", ";")):
            raise ValueError(f"a name without colon and semicolon is wanted, not '{value}'")
        return value

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.without or self.files):
            raise ValueError(
                f"'{self.name}' is the series itself: it leaves nothing out ('without') and adds"
                " nothing ('places', 'state', 'events')"
            )
        return self

    @property
    def full_name(self) -> str:
        """Its name after that of its family, as tables have it."""
        return f"{self.family}: {self.name}" if self.family else self.name

    @property
    def files(self) -> tuple[str, ...]:
        """The tables it names."""
        return tuple(name for name in (self.places, self.state, self.events) if name)


DRAWN, PLACES, _UNITS = "drawn zones", "places", "units"
_LINES = (DRAWN, _UNITS)
# Which kinds of series a key is for; one that does not stand here is for all of them.
_FOR = {
    **dict.fromkeys(("state", "events", "first_day", "until", "gazetteer"), (PLACES,)),
    "extent": (PLACES, DRAWN),
    **dict.fromkeys(("evidence", "scenario"), (PLACES,)),
    **dict.fromkeys(("holders", "unit_field"), (PLACES, _UNITS)),
    **dict.fromkeys(("actor_field", "day_field", "day_format"), (DRAWN, PLACES, _UNITS)),
    **dict.fromkeys(("status_field",), _LINES),
    **dict.fromkeys(("id_field",), (_UNITS,)),
    **dict.fromkeys(("day", "overlap", "priority", "until_field", "cut", "repair"), (DRAWN,)),
    **dict.fromkeys(("doubt_percent", "unnamed", "ground", "reach_m", "sides"), (DRAWN,)),
    **dict.fromkeys(("actor", "where"), (DRAWN,)),
    **dict.fromkeys(("remainder", "remainder_area"), (DRAWN,)),
    **dict.fromkeys(_BoundaryKeys.model_fields, _LINES),
}
_EMPTY = (None, "", ())
_RATHER = {"first_day": "[days] first_day", "until": "[days] last_day"}  # for every profile


def kind_of(profile: str) -> str:
    """Return what a profile is for: places, units, or drawn zones.

    Parameters
    ----------
    profile : str
        Name of a built-in profile, or the path of one's own, which is taken for one of zones;
        see `territory.job.input_files.is_of_units`.

    Examples
    --------
    >>> kind_of("places"), kind_of("viina"), kind_of("isw"), kind_of("mine.toml")
    ('places', 'units', 'drawn zones', 'drawn zones')
    """
    return PLACES if profile == PLACES else _UNITS if profile in of_units() else DRAWN


def kinds_of(profile: str) -> tuple[str, ...]:
    """Return what a profile may be for; one's own says it only when it is read.

    Parameters
    ----------
    profile : str
        Name of a built-in profile, or the path of one's own; empty where they are recognised.
    """
    if not profile:  # who knows before the files are looked at
        return (DRAWN, PLACES, _UNITS)
    return _LINES if profile.endswith(".toml") else (kind_of(profile),)


def is_for(key: str, profile: str) -> bool:
    """Return whether a key of a series does anything under a profile.

    Parameters
    ----------
    key : str
        Of ``[[series]]``.
    profile : str
        Name of a built-in profile, or the path of one's own.

    Examples
    --------
    >>> is_for("holders", "viina"), is_for("holders", "isw")
    (True, False)
    """
    return key not in _FOR or not {*kinds_of(profile)}.isdisjoint(_FOR[key])


def refused_keys(profile: str, present: Iterable[str], known: Iterable[str]) -> str:
    """Say which keys do nothing under a profile, whose they are, and what to write instead.

    Parameters
    ----------
    profile : str
        Name of a built-in profile, or the path of one's own.
    present, known : iterable of str
        The keys that have a value, and all there are.

    Returns
    -------
    str
        Nothing where all of them are for such a profile.

    Examples
    --------
    >>> refused_keys("isw", ["path", "holders"], ["path", "holders", "overlap"])
    "'holders' (for places and units) does nothing under profile 'isw'; known are: overlap, path"
    """
    foreign = [key for key in present if not is_for(key, profile)]
    if not foreign:
        return ""
    mine = [key for key in known if is_for(key, profile)]
    listed = ", ".join(
        f"'{key}' (for {' and '.join(_FOR[key])}"
        + (f"; for any profile it is {_RATHER[key]})" if key in _RATHER else ")")
        for key in foreign
    )
    unsaid = [key for key in foreign if key not in _RATHER] or foreign
    hints = {did_you_mean(key, mine) for key in unsaid}
    near = sorted(hint for hint in hints if hint.startswith("did"))
    hint = " ".join(near) or min(hints)
    does = "do" if foreign[1:] else "does"
    return f"{listed} {does} nothing under profile '{profile}'; {hint}"


def foreign_keys(spec: "SeriesSpec", *, of_units: bool) -> tuple[str, ...]:
    """Return the keys of a series that do nothing under a profile of one's own.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    of_units : bool
        Whether the profile turned out to be for units.
    """
    kind = _UNITS if of_units else DRAWN
    return tuple(
        name
        for name in type(spec).model_fields
        if name in spec.model_fields_set
        and getattr(spec, name) not in _EMPTY
        and kind not in _FOR.get(name, (kind,))
    )


class SeriesSpec(_BoundaryKeys):
    """One publisher's series.

    The keys about errors of lines are for drawn zones and units; what a series says of them goes
    before what ``[uncertainty]`` says for all.

    Attributes
    ----------
    name : str
        What the series is called in tables; needed where there are several.
    path : str or tuple of str
        Files, folders, globs or zips, from the folder of the job.
    profile
        How the files are read; what they are recognised as by default.
    state
        For places: the table of who held them on the first day.
    events
        For places: the table of changes of holder.
    first_day
        For places: the day that `state` is about.
    until
        For places: the last day; later events are left aside.
    evidence
        For places: two or more classes of evidence in `events`, from firm to weak. Believing only
        the first, the first two and so on are scenarios.
    gazetteer
        For places: the table of all villages there are, reported of or not (``gazetteer.csv``
        beside the places by default).
    extent
        For places the name of the area that the cells fill (the first named area by default).
        For drawn zones the name of an area, or whatever an area may be: what lies beyond is
        cut off, and ``"all"`` is what remains.
    holders
        For units: one table or several of ``unit,day,actor[,status]``. For places: a panel
        ``place_id,day,holder`` instead of `state` and `events`.
    unit_field
        The column of `holders` that names the unit or the place.
    id_field
        The property of the polygons that names the unit.
    day
        The day of zones whose files do not say it.
    actor_field
        The property or column that says who holds.
    day_field
        The property or column of the day, or of the day since when.
    day_format
        How days are written, such as ``DD/MM/YYYY``, where that is not clear from the files.
    status_field
        For drawn zones and units: the property or column that says held, claimed or contested.
    actor
        Who holds all drawn zones, where no property says it.
    until_field
        For drawn zones: the property of the day until when.
    overlap
        For drawn zones: ground that two holders have at once is a mistake, that of the first in
        `priority`, or contested. The profile says it by default.
    priority
        For drawn zones: actors, strongest first, for ``overlap = "first"``.
    repair
        For drawn zones: what invalid polygons are read as whose area depends on it. Without it a
        day on which that matters is refused.
    doubt_percent
        For drawn zones: of the ground of a holder on a day, up to where invalid polygons may leave
        open how much it is without the day being refused; 0.1 by default.
    unnamed
        For drawn zones: whose the features are that name no actor; ``drop`` leaves them out,
        with their area in the findings.
    where
        For drawn zones: the features that are taken, as a filter in SQL, such as
        ``admin_level = '2'``; how many are left out is told.
    ground
        For dated front lines: the ground that they cut: a file, a country or a box.
    sides
        For dated front lines: who is on either side, such as ``{ west = "A", east = "B" }``.
    reach_m
        For dated front lines: one that ends within the ground, no further than this from its rim,
        is drawn on to it, in metres.
    cut
        For drawn zones with a time in their names: the time of day at which days are cut, such as
        ``"21:00"``.
    actors
        What actors of this series are called, and their colours; goes before that of the job.
    remainder
        For drawn zones: who holds the ground inside `remainder_area` that nobody drew.
    remainder_area
        The area that `remainder` is about: a country, or whatever an area may be.
    """

    name: str = ""
    profile: str = ""
    path: str | tuple[str, ...]
    state: str = ""
    events: str = ""
    first_day: Day | None = None
    until: Day | None = None
    extent: "Extent" = ""
    gazetteer: str = ""
    holders: str | tuple[str, ...] = ()
    unit_field: str = ""
    id_field: str = ""
    evidence: tuple[str, ...] = ()
    scenario: tuple[Scenario, ...] = ()
    day: Day | None = None
    actor_field: str = ""
    status_field: str = ""
    day_field: str = ""
    until_field: str = ""
    day_format: str = ""
    cut: str = ""
    overlap: Overlap | None = None
    repair: Repair | None = None
    remainder: str = ""
    remainder_area: Annotated[str, BeforeValidator(place_text)] = ""
    doubt_percent: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    actor: str = ""
    unnamed: str = ""
    where: str = ""
    ground: Annotated[str, BeforeValidator(place_text)] = ""
    reach_m: Metres = None
    sides: Annotated[Sides | None, BeforeValidator(_sides)] = None
    actors: dict[str, ActorLook] = Field(default_factory=dict)
    priority: tuple[str, ...] | None = None
    _recognised: str = PrivateAttr("")

    @property
    def recognised(self) -> str:
        """By what the profile was recognised, as a sentence; empty where it was named."""
        return self._recognised

    def recognised_by(self, why: str) -> Self:
        """Return the same series, whose profile was recognised.

        Parameters
        ----------
        why : str
            By what, as a sentence.
        """
        found = self.model_copy()
        found._recognised = why
        return found

    @model_validator(mode="before")
    @classmethod
    def _of_its_keys(cls, value: object) -> object:
        """Name the profile of tables that say who holds units, or what happened to places."""
        if not isinstance(value, dict) or value.get("profile"):
            return value
        needed = (kinds[0] for key in value if value[key] and len(kinds := _FOR.get(key, ())) == 1)
        kind = next((each for each in needed if each != DRAWN), "")
        return {**value, "profile": kind} if kind else value

    @model_validator(mode="after")
    def _of_its_profile(self) -> Self:
        present = [name for name in self.model_fields_set if getattr(self, name) not in _EMPTY]
        order = list(type(self).model_fields)
        problem = refused_keys(self.profile, sorted(present, key=order.index), order)
        if problem:
            raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if self.actor and self.actor_field:
            raise ValueError("'actor' (who holds all zones) contradicts 'actor_field'; give one")
        return self

    @field_validator("scenario")
    @classmethod
    def _named(cls, value: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
        if len({each.full_name for each in value}) < len(value):
            raise ValueError("two scenarios have the same name")
        return value

    @property
    def paths(self) -> tuple[str, ...]:
        """The files, folders or globs of the series."""
        return (self.path,) if isinstance(self.path, str) else self.path

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of holders that are named."""
        if isinstance(self.holders, str):
            return (self.holders,) if self.holders else ()
        return self.holders


Box = tuple[float, float, float, float]


class _Titled(Settings):
    """What readers are told something is called, in English and in every other language.

    Attributes
    ----------
    title, title_ar, title_fr, title_ru, title_uk : str
        What readers are told it is called, in English and in other languages; where one is
        missing, the English one.
    """

    title: str = ""
    title_ar: str = ""
    title_fr: str = ""
    title_ru: str = ""
    title_uk: str = ""

    def titles(self) -> dict[str, str]:
        """Return the title by language, in others the first there is; nothing where none is."""
        own = {code: getattr(self, _key(code)) for code in LANGUAGES}
        first = next(filter(None, own.values()), "")
        return {code: title or first for code, title in own.items()} if first else {}


def _key(code: str) -> str:
    return "title" if code == FIRST else f"title_{code}"


class AreaBox(_Titled):
    """An area given by west, south, east and north in degrees, with a title.

    Attributes
    ----------
    bbox : tuple of float
        West, south, east, north, in degrees.
    """

    bbox: Box


class _RimKeys(Settings):
    """How far the outlines of a file may lie off.

    Attributes
    ----------
    rim_error_m : float, optional
        Standard deviation across the rim, in metres.
    rim_scale : float, optional
        Denominator of the scale that the file was drawn at, instead: half a millimetre of it.
    rim_correlation_length_m : float, optional
        Over what length along the rim the error stays the same; by the resolution of the file.
    """

    rim_error_m: Metres = None
    rim_scale: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    rim_correlation_length_m: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None

    @model_validator(mode="after")
    def _one_error(self) -> Self:
        if self.rim_error_m is not None and self.rim_scale is not None:
            raise ValueError("rim_error_m and rim_scale say the same; give one of them")
        if self.rim_correlation_length_m is not None and self.rim is None:
            raise ValueError("rim_correlation_length_m does nothing without rim_error_m")
        return self

    @property
    def rim(self) -> RimError | None:
        """The error of the outlines, None where the job does not say it."""
        error_m = self.rim_error_m
        if error_m is None and self.rim_scale is not None:
            error_m = digitising_error_m(self.rim_scale)
        return None if error_m is None else RimError(error_m, self.rim_correlation_length_m or 0.0)


class AreaFile(_Titled, _RimKeys):
    """An area given by its polygons.

    Attributes
    ----------
    layer : str
        Of a file with several.
    file : str
        A file, ``FILE:LAYER``, a folder, a glob, a zip or a country.
    where : str
        Filter in SQL.
    within : str
        Name of another area that this one is cut to.
    """

    file: str
    where: str | None = None
    layer: str | None = None
    within: str = ""


class RegionsSpec(_RimKeys):
    """Provinces or districts for a table by region.

    Attributes
    ----------
    file : str
        A file, ``FILE:LAYER``, a folder, a glob, a zip or a country.
    name : str
        Property that names the region; the usual ones by default.
    even_odd : bool
        Whether an invalid polygon is read as the ground within an odd number of its
        rings, instead of by winding.
    """

    file: str
    name: str = "name"
    even_odd: bool = False


def _days_or_rule(value: object) -> object:
    """Return the days that a list names, in order; refuse a rule that there is none of."""
    if isinstance(value, str) and value not in get_args(DayRule):
        raise ValueError(f"unknown rule; {did_you_mean(value, get_args(DayRule))}")
    if not isinstance(value, list):
        return value
    days = [iso_day(each) for each in value]
    if not days:
        raise ValueError("no day is selected")
    if len(set(days)) < len(days):
        raise ValueError("a day is selected twice")
    return tuple(sorted(days))


ChosenDays = Annotated[tuple[Day, ...] | DayRule, BeforeValidator(_days_or_rule)]
ChosenIfAny = Annotated[tuple[Day, ...] | DayRule | None, BeforeValidator(_days_or_rule)]


class DaysSpec(Settings):
    """Which days to look at, and which of them to report.

    Attributes
    ----------
    select : tuple of date, or str
        Which days are reported: a list, or ``all``, ``month-start``, ``week``,
        ``first-and-last``.
    first_day, last_day : date, optional
        The days of the series before and after are left aside, whatever its profile.
    """

    select: ChosenDays = "all"
    first_day: Day | None = None
    last_day: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = self.first_day or date.min, self.last_day or date.max
        if first > last:
            raise ValueError(f"first_day {first} is after last_day {last}")
        days = self.select if isinstance(self.select, tuple) else ()
        for day in days:
            if not first <= day <= last:
                key = "first_day" if day < first else "last_day"
                raise ValueError(f"select names {day}, which {key} leaves out")
        return self


class ClaimsSpec(Settings):
    """Where the published figures are.

    Attributes
    ----------
    file : str
        A claims file.
    """

    file: str


class PopulationSpec(Settings):
    """A raster of people per cell, for claims about people.

    Attributes
    ----------
    file : str
        A GeoTIFF of people per cell, in any CRS.
    """

    file: str


def _spoken(value: str) -> str:
    """Refuse a language that there is no catalogue for."""
    try:
        return checked(value)
    except InputError as error:
        raise ValueError(str(error)) from None


Language = Annotated[str, AfterValidator(_spoken)]


class MapsSpec(Settings):
    """Which pictures to draw.

    Attributes
    ----------
    enabled : bool
        Whether there are pictures.
    before_after : tuple of date
        The two days that stand side by side, and between which ground changed hands; the first
        and the last by default.
    languages : tuple of str
        Of the pictures: ``en``, ``ar``, ``fr``, ``ru``, ``uk``.
    area : str
        The named area that pictures frame; what was ever held by default.
    source : str
        A line below every map: where its data are from.
    countries, regions, towns : str
        Files of what lies around; countries and towns of the package by default.
    formats : tuple of {"png", "svg", "pdf"}
        How each is written; PNG is always among them, because the report shows it.
    days : tuple of date, or str, optional
        Which of the reported days have a map, by the rules of ``[days] select``; of more than
        31 the first, the last and the first of each month by default.
    film : bool
        Whether there is a film of the days too, ``film.mp4``, of at most 60 of them.
    """

    enabled: bool = True
    formats: tuple[Literal["png", "svg", "pdf"], ...] = ("png",)
    days: ChosenIfAny = None
    film: bool = False
    before_after: tuple[Day, Day] | None = None
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = (FIRST,)
    area: str = ""
    source: str = ""
    countries: str = ""
    regions: str = ""
    towns: str = ""

    @field_validator("formats")
    @classmethod
    def _shown(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "png" not in value:
            raise ValueError("'png' is missing, which the report shows; add it")
        if len(set(value)) < len(value):
            raise ValueError("a format is named twice")
        return value

    @property
    def context_files(self) -> dict[str, str]:
        """What lies around the zones, by what it is: names of files, empty for none."""
        return {"countries": self.countries, "regions": self.regions, "towns": self.towns}


class ExportSpec(Settings):
    """What is written for other programs besides GeoPackage and GeoParquet, and in which CRS.

    Attributes
    ----------
    zones : tuple of date, or str, optional
        Which of the days that are reported are written as GeoJSON too, by the rules of
        ``[days] select``; none by default.
    crs : str
        Of the GeoPackage and GeoParquet files: longitude and latitude by default, ``"equal-area"``
        for the plane in which the series is measured, or whatever PROJ knows, such as
        ``"EPSG:3035"``.
    """

    zones: ChosenIfAny = None
    crs: str = ""

    @field_validator("crs")
    @classmethod
    def _known_crs(cls, value: str) -> str:
        try:
            file_crs(value, EqualArea(0.0, 0.0))
        except CRSError as error:
            raise ValueError(str(error)) from None
        return value


class BesideSpec(Settings):
    """A series that somebody else published, to stand beside the timeline of the first series.

    Attributes
    ----------
    title, source, note : str
        What it is called, who published it, and what a reader must know of it.
    file, day : str
        A CSV file, and its column of days.
    columns : dict of str to str
        By actor of the job, the column with what it held.
    unit : str
        ``percent`` or ``km2``.
    of_km2 : float
        For percent: the size of what the shares are of, in square kilometres.
    breaks : tuple of date
        Days from which the figures are of other ground; no change is taken across them.
    first_day : date, optional
        From when changes are taken; the first day that is reported by default.
    area : str
        Name of the area of the job that it is set beside.
    """

    title: Annotated[str, Field(min_length=1)]
    file: str
    day: str = "day"
    columns: Annotated[dict[str, str], Field(min_length=1)]
    unit: Literal["percent", "km2"]
    of_km2: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    breaks: tuple[Day, ...] = ()
    first_day: Day | None = None
    area: str = "all"
    source: Annotated[str, Field(min_length=1)]
    note: str = ""

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if (self.unit == "percent") != (self.of_km2 is not None):
            raise ValueError("'of_km2' says what percent are of: it goes with unit 'percent' alone")
        return self

    @property
    def km2_per_unit(self) -> float:
        """How many square kilometres one unit is."""
        return 1.0 if self.of_km2 is None else self.of_km2 / 100


class ReportSpec(Settings):
    """Whether to write the report, and what its author says of the data.

    With `explain` it also says which ways of measuring would give each published number,
    which takes some seconds. `beside` are series of others to set beside the timeline.

    Attributes
    ----------
    enabled : bool
        Whether there is a report.
    explain : bool
        Whether it says which ways of measuring give the published figures.
    headline : str
        Its headline; made from the figures by default.
    sources : tuple of str
        Where the data are from, a line each.
    weak : tuple of str
        What the author says is weak about them, a line each.
    """

    enabled: bool = True
    explain: bool = False
    headline: str = ""
    sources: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    beside: tuple[BesideSpec, ...] = ()


class WatchSpec(Settings):
    """What moved since the last run of the folder, on the days that are new, changed or gone.

    Attributes
    ----------
    enabled : bool
        Whether a run says so on standard error and in ``watch.csv``; the section alone is enough.
    """

    enabled: bool = True


class UncertaintySpec(_BoundaryKeys):
    """How places are resampled, how far drawn lines may lie off, which areas may be meant.

    Attributes
    ----------
    draws, share, seed
        For places: how many subsamples, which share of the places each keeps, and where
        the random numbers start.
    area_variants : dict of str to tuple of str
        By named area, the other named areas that may be meant by the same words (a
        governorate as drawn by another authority, with or without a district). Each gives
        one end of a range.
    """

    draws: Annotated[int, Field(ge=2)] = 200
    share: Annotated[float, Field(gt=0, lt=1)] = 0.8
    seed: int = 20180205
    area_variants: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def _as_option(value: object) -> object:
    """Return an area that is text as ``--area`` would take it: a box, or what a file is in."""
    if not isinstance(value, str):
        return value
    try:
        box = tuple(map(float, value.split(",")))
    except ValueError:
        return {"file": value}
    return box if len(box) == CORNERS else {"file": value}


def _kind_of_area(value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    if isinstance(value, AreaBox) or (isinstance(value, dict) and "bbox" in value):
        return "[bbox]"
    return "[file]" if isinstance(value, dict | AreaFile) else "[box]"


Area = Annotated[
    Annotated[Box, Tag("[box]")]
    | Annotated[AreaFile, Tag("[file]")]
    | Annotated[AreaBox, Tag("[bbox]")],
    Discriminator(_kind_of_area),
    BeforeValidator(_as_option),
]


Extent = Annotated[
    Annotated[str, Tag("[name]")]
    | Annotated[Box, Tag("[box]")]
    | Annotated[AreaFile, Tag("[file]")]
    | Annotated[AreaBox, Tag("[bbox]")],
    Discriminator(lambda value: "[name]" if isinstance(value, str) else _kind_of_area(value)),
]


SeriesSpec.model_rebuild()  # which names it before it is there


def extent_label(extent: str | Box | AreaFile | AreaBox, folder: Path = Path()) -> str:
    """Return what the ground that a series is looked at in is called.

    Parameters
    ----------
    extent : str, tuple of float, AreaFile or AreaBox
        Name of a file or country; west, south, east, north in degrees.
    folder : Path
        What a relative file name starts from.

    Examples
    --------
    >>> extent_label((36.6, 35.2, 37.8, 36.1)), extent_label("context/idlib.gpkg")
    ('36.6° to 37.8° E, 35.2° to 36.1° N', 'idlib')
    """
    if isinstance(extent, str):
        found = find_source(extent, folder)
        return (found and (found.country or found.layer)) or Path(extent).stem
    if isinstance(extent, AreaFile):
        return extent.layer or Path(extent.file).stem
    return extent_name(*(extent.bbox if isinstance(extent, AreaBox) else extent))


def extent_file(spec: SeriesSpec) -> str:
    """Return the file, or what may be one, that the extent of drawn zones is read from.

    Parameters
    ----------
    spec : SeriesSpec
        One of a job.
    """
    extent = "" if kind_of(spec.profile) == PLACES else spec.extent
    if isinstance(extent, AreaFile):
        return extent.file
    return extent if isinstance(extent, str) else ""


class Job(_Titled):
    """A job file; its title stands below those of the pictures."""

    series: tuple[SeriesSpec, ...]
    actors: dict[str, ActorLook] = Field(default_factory=dict)
    area: dict[str, Area] = Field(default_factory=dict)
    regions: RegionsSpec | None = None
    days: DaysSpec = DaysSpec()
    claims: ClaimsSpec | None = None
    population: PopulationSpec | None = None
    maps: MapsSpec = MapsSpec()
    export: ExportSpec = ExportSpec()
    report: ReportSpec = ReportSpec()
    uncertainty: UncertaintySpec = UncertaintySpec()
    watch: WatchSpec = WatchSpec(enabled=False)

    @model_validator(mode="after")
    def _all_keys_do_something(self) -> Self:
        kinds = {kind for each in self.series for kind in kinds_of(each.profile)}
        settings = self.uncertainty.model_fields_set
        for keys, wanted in (
            (("draws", "share", "seed"), {PLACES}),
            (tuple(_BoundaryKeys.model_fields), {*_LINES}),
        ):
            idle = [key for key in keys if key in settings]
            if idle and not kinds & wanted:
                named = ", ".join(f"'{key}'" for key in idle)
                raise ValueError(
                    f"uncertainty: {named} does nothing here: it is for"
                    f" {' and '.join(sorted(wanted))}, and no series is of that kind"
                )
        for table, present in (
            ("population", self.population is not None),
            ("report.explain", self.report.explain),
            ("uncertainty.area_variants", bool(self.uncertainty.area_variants)),
        ):
            if present and self.claims is None:
                problem = f"{table} does nothing without claims; name their file in [claims]"
                raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _known_days(self) -> Self:
        select, zones = self.days.select, self.export.zones
        if isinstance(select, tuple) and isinstance(zones, tuple):
            for day in zones:
                if day not in select:
                    raise ValueError(f"export.zones names {day}, which days.select leaves out")
        return self

    @model_validator(mode="after")
    def _known_areas(self) -> Self:
        if "all" in self.area:
            raise ValueError("an area cannot be named 'all': that is all ground; rename it")
        if self.maps.area and self.maps.area not in {*self.area, "all"}:
            hint = did_you_mean(self.maps.area, [*self.area, "all"])
            raise ValueError(f"maps.area: no area is named '{self.maps.area}'; {hint}")
        for beside in self.report.beside:
            if beside.area not in {*self.area, "all"}:
                hint = did_you_mean(beside.area, [*self.area, "all"])
                raise ValueError(f"report.beside: no area is named '{beside.area}'; {hint}")
        for each in self.series:
            if kind_of(each.profile) == PLACES and each.extent and each.extent not in self.area:
                hint = did_you_mean(str(each.extent), self.area)
                raise ValueError(f"series.extent: no area is named '{each.extent}'; {hint}")
        return self

    @model_validator(mode="after")
    def _one_extent(self) -> Self:
        extents = [each.extent for each in self.series if kind_of(each.profile) == DRAWN]
        if any(each != extents[0] for each in extents):
            raise ValueError(
                "series.extent: all series of drawn zones need the same one, for 'all' is what"
                " figures of several series are compared on"
            )
        return self

    @model_validator(mode="after")
    def _known_variants(self) -> Self:
        for name, others in self.uncertainty.area_variants.items():
            for each in (name, *others):
                if each not in self.area:
                    raise ValueError(
                        f"uncertainty.area_variants: no area is named '{each}';"
                        f" {did_you_mean(each, self.area)}"
                    )
        return self

    @property
    def area_titles(self) -> dict[str, dict[str, str]]:
        """The titles of the named areas that have one, by language."""
        named: dict[str, object] = {**self.area}
        for each in self.series:
            if isinstance(each.extent, _Titled):
                named.setdefault(extent_label(each.extent), each.extent)
        titled = {name: each for name, each in named.items() if isinstance(each, _Titled)}
        return {name: settings for name, each in titled.items() if (settings := each.titles())}

    @field_validator("series", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return [value] if isinstance(value, dict) else value

    @field_validator("series")
    @classmethod
    def _named(cls, value: tuple[SeriesSpec, ...]) -> tuple[SeriesSpec, ...]:
        names = [each.name for each in value]
        if not value:
            raise ValueError("no series is given")
        if len(set(names)) < len(names):
            raise ValueError("several series need a different 'name' each")
        if POOLED in names:
            raise ValueError(f"a series cannot be named '{POOLED}': that is all of them; rename it")
        return value

"""The job file: what to read, where, which days, what to check and what to draw."""

from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from territory.claims import Day, iso_day
from territory.errors import did_you_mean
from territory.normalise import Repair
from territory.overlaps import Overlap

DayRule = Literal["all", "month-start", "week", "first-and-last"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Metres = Annotated[float | None, Field(ge=0, allow_inf_nan=False)]


class _BoundaryKeys(_Strict):
    """How far the drawn lines of a series may lie off; see `territory.boundary`."""

    boundary_error_m: Metres = None
    correlation_length_m: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    map_scale: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    georeference_error_m: Metres = None
    bias_m: Annotated[float | None, Field(allow_inf_nan=False)] = None
    date_correlation: Annotated[float | None, Field(ge=-1, le=1)] = None

    @property
    def boundary(self) -> dict[str, float]:
        """What is said about the lines, by name."""
        said = {name: getattr(self, name) for name in _BoundaryKeys.model_fields}
        return {name: value for name, value in said.items() if value is not None}


class Scenario(_Strict):
    """Another reading of the places: other starting holders and further events."""

    name: Annotated[str, Field(min_length=1)]
    state: str = ""
    events: str = ""


class SeriesSpec(_BoundaryKeys):
    """One publisher's series.

    Attributes
    ----------
    state, events, first_day, until, extent, evidence, scenario
        For profile ``places``. `evidence` lists classes from firm to weak; believing
        only the first, the first two and so on are scenarios. `extent` names the area
        that the cells fill (the first named area by default).
    holders, id_field
        For profile ``units``: the table ``unit,day,actor[,status]``, and the property of
        the polygons that holds the unit.
    day
        The day of zones whose files do not say it.
    actor_field, status_field, overlap, priority, repair
        For drawn zones.
    day_field, until_field, day_format
        For drawn zones: what says the day, or since and until when, and how it is written.
    boundary_error_m, correlation_length_m, map_scale, georeference_error_m, bias_m,
    date_correlation
        For drawn zones and units: how far their lines may lie off. What a series says
        goes before what ``[uncertainty]`` says for all of them.
    """

    name: str = ""
    profile: str
    path: str | tuple[str, ...]
    state: str = ""
    events: str = ""
    first_day: Day | None = None
    until: Day | None = None
    extent: str = ""
    holders: str = ""
    id_field: str = "id"
    evidence: tuple[str, ...] = ()
    scenario: tuple[Scenario, ...] = ()
    day: Day | None = None
    actor_field: str = ""
    status_field: str = ""
    day_field: str = ""
    until_field: str = ""
    day_format: str = ""
    overlap: Overlap | None = None
    repair: Repair | None = None
    priority: tuple[str, ...] | None = None

    @field_validator("scenario")
    @classmethod
    def _named(cls, value: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
        if len({each.name for each in value}) < len(value):
            raise ValueError("two scenarios have the same name")
        return value

    @property
    def paths(self) -> tuple[str, ...]:
        """The files, folders or globs of the series."""
        return (self.path,) if isinstance(self.path, str) else self.path


Box = tuple[float, float, float, float]


class _Titled(_Strict):
    """What readers are told an area is called, in English and in Arabic; its name by default."""

    title: str = ""
    title_ar: str = ""

    def titles(self) -> dict[str, str]:
        """Return the title by language; nothing where there is none."""
        said = self.title or self.title_ar
        return {"en": self.title or said, "ar": self.title_ar or said} if said else {}


class AreaBox(_Titled):
    """An area given by west, south, east and north in degrees, with a title."""

    bbox: Box


class AreaFile(_Titled):
    """An area given by its polygons.

    Attributes
    ----------
    file : str
        A file, ``FILE:LAYER``, a folder, a glob, a zip or a country; see
        `territory.read.areas.read_area`.
    where : str
        Filter in SQL.
    within : str
        Name of another area that this one is cut to.
    """

    file: str
    where: str | None = None
    layer: str | None = None
    within: str = ""


class RegionsSpec(_Strict):
    """Provinces or districts for a table by region.

    Attributes
    ----------
    file : str
        As for `AreaFile`.
    name : str
        Property that names the region; the usual ones by default.
    even_odd : bool
        Whether an invalid polygon is read as the ground within an odd number of its
        rings, instead of by winding.
    """

    file: str
    name: str = "name"
    even_odd: bool = False


class DaysSpec(_Strict):
    """Which days to report."""

    select: tuple[date, ...] | DayRule = "all"

    @field_validator("select", mode="before")
    @classmethod
    def _iso_days(cls, value: object) -> object:
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


class ClaimsSpec(_Strict):
    """Where the published figures are."""

    file: str


class PopulationSpec(_Strict):
    """A raster of people per cell, for claims about people."""

    file: str


class MapsSpec(_Strict):
    """Which pictures to draw."""

    enabled: bool = True
    before_after: tuple[Day, Day] | None = None
    languages: tuple[Literal["en", "ar"], ...] = ("en",)
    area: str = ""
    source: str = ""
    countries: str = ""
    regions: str = ""
    towns: str = ""


class ReportSpec(_Strict):
    """Whether to write the report, and what its author says of the data.

    With `explain` it also says which ways of measuring would give each published number,
    which takes some seconds.
    """

    enabled: bool = True
    explain: bool = False
    headline: str = ""
    sources: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()


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
    area_variants: dict[str, tuple[str, ...]] = {}


def _kind_of_area(value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    if isinstance(value, AreaBox) or (isinstance(value, dict) and "bbox" in value):
        return "[bbox]"
    return "[file]" if isinstance(value, dict | AreaFile) else "[box]"


Area = Annotated[
    Annotated[Box, Tag("[box]")]
    | Annotated[AreaFile, Tag("[file]")]
    | Annotated[AreaBox, Tag("[bbox]")],
    Discriminator(_kind_of_area),
]


class Job(_Strict):
    """A job file."""

    title: str = ""
    series: tuple[SeriesSpec, ...]
    area: dict[str, Area] = {}
    regions: RegionsSpec | None = None
    days: DaysSpec = DaysSpec()
    claims: ClaimsSpec | None = None
    population: PopulationSpec | None = None
    maps: MapsSpec = MapsSpec()
    report: ReportSpec = ReportSpec()
    uncertainty: UncertaintySpec = UncertaintySpec()

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
        titled = {name: each for name, each in self.area.items() if isinstance(each, _Titled)}
        return {name: said for name, each in titled.items() if (said := each.titles())}

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
        return value

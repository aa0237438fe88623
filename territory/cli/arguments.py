"""What stands on the command line, as the library takes it."""

import os
from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast, get_args

import typer

from territory.cli.output import note, progress
from territory.errors import InputError, did_you_mean
from territory.findings import FindingKind

if TYPE_CHECKING:
    from territory.history.regions import DrawnRegions
    from territory.job.days import Period
    from territory.job.series import Loaded
    from territory.job.spec import DayRule, SeriesSpec
    from territory.maps.request import MapRequest, MapSource
    from territory.read.aoi import DrawnArea


def day_of(text: str, option: str) -> "date | None":
    """Return the day of an option, or None where it is not given.

    Raises
    ------
    typer.BadParameter
        If it is no day, which is wrong usage.
    """
    from territory.read.place_tables import parse_day

    try:
        return parse_day(text, file=option) if text else None
    except InputError as error:
        more = "; what is written goes to --out" if option == "--to" else ""
        raise typer.BadParameter(f"{option} takes a day: {error.problem}{more}") from None


def span_of(from_day: str, to_day: str) -> "Period":
    """Return the days from ``--from`` to ``--to``; without end where one is not given."""
    from territory.job.days import Period

    first, last = day_of(from_day, "--from"), day_of(to_day, "--to")
    if first and last and first > last:
        raise InputError(f"--from {first} must come before --to {last}")
    return Period(first, last)


def refuse(idle: Mapping[str, object], because: str) -> None:
    """Refuse options that would do nothing here.

    Parameters
    ----------
    idle : mapping of str to object
        What each of them is set to, by option; one without a value was not given.
    because : str
        Why they do nothing, and what to do.

    Raises
    ------
    typer.BadParameter
        Naming all that were given.
    """
    options_in_use = [option for option, value in idle.items() if value]
    if options_in_use:
        does = "do" if options_in_use[1:] else "does"
        raise typer.BadParameter(f"{', '.join(options_in_use)} {does} nothing here: {because}")


def job_file(paths: Sequence[str], options_in_use: Mapping[str, object]) -> Path:
    """Return the one job file among the arguments of `page`, or say what is missing."""
    if len(paths) != 1 or not paths[0].endswith(".toml"):
        raise InputError("name a job file (JOB.toml), or say how to read the files: --profile P")
    refuse(options_in_use, f"it is for files; a job names its own in {paths[0]}")
    return Path(paths[0])


def spec_of(
    paths: Sequence[str],
    profile: str,
    actor_field: str,
    day: str = "",
    *,
    lines: Mapping[str, float] = MappingProxyType({}),
    fields: Mapping[str, object] = MappingProxyType({}),
) -> "SeriesSpec":
    """Return which files to read, and how.

    Parameters
    ----------
    lines : mapping of str to float
        What is said about the drawn lines.
    fields : mapping of str to str
        What says the days; see `day_fields`.
    """
    from territory.job.spec import SeriesSpec
    from territory.read.place_tables import parse_day
    from territory.read.text_files import with_values

    for path in paths:
        if path.lower().endswith(".toml"):
            problem = (
                "a TOML file holds no zones; a job file is for 'run', 'map', 'page' and 'animate',"
                " and a claims file stands before the zones of 'check' and 'explain'"
            )
            raise InputError(problem, file=path)
    if profile == "places":
        refuse({option_of(name): True for name in lines}, "places have no lines that could be off")
    if profile in {"places", "units"}:
        own: dict[str, object] = {"--actor-field": actor_field, "--day": day}
        own |= {option_of(name): True for name in fields}
        refuse(own, f"it is for drawn zones; the tables of '{profile}' say it themselves")
    when = parse_day(day, file="--day") if day else None
    spec = SeriesSpec(profile=profile, path=tuple(paths), actor_field=actor_field, day=when)
    return with_values(spec, {**lines, **fields})


def zone_fields(
    day_field: str, until_field: str, day_format: str, repair: str
) -> dict[str, object]:
    """Return how drawn zones are to be read, by the names of the job file.

    Raises
    ------
    InputError
        If the format is none, or no such repair is known.
    """
    from territory.history.normalise import Repair
    from territory.read.moments import pattern_of

    if day_format:
        try:
            pattern_of(day_format)
        except ValueError as error:
            raise InputError(f"--day-format: {error}") from None
    if repair and repair not in tuple(Repair):
        hint = did_you_mean(repair, map(str, Repair))
        raise InputError(f"--repair: '{repair}' is no repair; {hint}")
    settings: dict[str, object] = {"day_field": day_field, "until_field": until_field}
    settings |= {"day_format": day_format, "repair": repair}
    return {name: value for name, value in settings.items() if value}


def lines_of(error_m: float | None, correlation_m: float | None) -> dict[str, float]:
    """Return what is said about the drawn lines, by the names of the job file."""
    settings = {"boundary_error_m": error_m, "correlation_length_m": correlation_m}
    options_in_use = {name: metres for name, metres in settings.items() if metres is not None}
    for name, metres in options_in_use.items():
        if not isfinite(metres) or (metres == 0 and name == "correlation_length_m"):
            raise InputError(f"{option_of(name)}: {metres:g} is no length in metres")
    return options_in_use


def option_of(name: str) -> str:
    """Return the option that a key of the job file has here."""
    return f"--{name.replace('_', '-')}"


def publisher_of(profile: str) -> str:
    """Return the publisher that a profile names, else the profile."""
    from territory.read.profile import read_profile

    if profile in ("places", "units"):
        return profile
    return read_profile(profile).publisher or profile


def areas_of(options: list[str] | None) -> "dict[str, DrawnArea]":
    """Parse ``AOI`` and ``NAME=AOI`` options."""
    from territory.read.aoi import parse_area

    named: dict[str, DrawnArea] = {}
    for option in options or []:
        name, place = _named(option, "--area")
        if name in named:
            raise InputError(f"--area: '{name or place}' is given twice; name each NAME=AOI")
        named[name] = parse_area(place)
    return named


def picture_areas_of(options: list[str] | None) -> "dict[str, DrawnArea]":
    """Parse the areas of something that is shown; each has a name, for its title must say it."""
    named = areas_of(options)
    unnamed = [each for each in options or [] if not _named(each, "--area")[0]]
    return {name or place_name(unnamed[0]): area for name, area in named.items()}


def place_name(aoi: str) -> str:
    """Return what an area without a name is called.

    Examples
    --------
    >>> place_name("36.6,35.2,37.8,36.1"), place_name("context/Idlib_Governorate.geojson")
    ('36.6° to 37.8° E, 35.2° to 36.1° N', 'Idlib_Governorate')
    >>> place_name("syria")
    'Syria'
    """
    from territory.read.sources import find_source

    try:
        west, south, east, north = map(float, aoi.split(","))
    except ValueError:
        found = find_source(aoi)
        return (found and (found.country or found.layer)) or Path(aoi).stem
    return f"{_degrees(west, east, 'EW')}, {_degrees(south, north, 'NS')}"


def _degrees(low: float, high: float, sides: str) -> str:
    """Return two degrees with the side of each, once if it is the same."""
    one, other = (sides[0] if each >= 0 else sides[1] for each in (low, high))
    first = f"{abs(low):g}°" + ("" if one == other else f" {one}")
    return f"{first} to {abs(high):g}° {other}"


def _named(option: str, which: str) -> tuple[str, str]:
    """Return the name and the place of ``NAME=PLACE``; what exists under all of it wins."""
    from territory.history.history import WHOLE
    from territory.read.sources import find_source

    name, equals, place = option.partition("=")
    if not equals or find_source(option):
        return "", option
    if not name.strip() or name.strip() == WHOLE:
        why = "stands for everything" if name.strip() else "is no name"
        raise InputError(f"{which}: '{name}' {why}; write NAME=PLACE with another name")
    return name, place


def regions_of(place: str | Path | None, name: str, *, even_odd: bool) -> "DrawnRegions | None":
    """Read the provinces of ``PLACE``, or those of ``NAME=PLACE`` as one region of that name."""
    from dataclasses import replace

    from territory.read.region_files import read_regions

    if place is None:
        return None
    one, where = _named(str(place), "--regions")
    if not one:
        return read_regions(where, name_field=name, even_odd=even_odd)
    drawn = read_regions(where, even_odd=even_odd, must_be_named=False)
    return replace(drawn, names=(one,) * len(drawn.names), titles={})


def day_rule(text: str) -> "tuple[date, ...] | DayRule":
    """Return the rule or the days of ``--days``."""
    from territory.job.spec import DayRule
    from territory.read.place_tables import parse_day

    if text in get_args(DayRule):
        return cast("DayRule", text)
    if not any(mark.isdigit() for mark in text):
        hint = did_you_mean(text, get_args(DayRule))
        raise InputError(f"--days: '{text}' is not a day (YYYY-MM-DD), nor a rule; {hint}")
    return tuple(sorted({parse_day(part.strip(), file="--days") for part in text.split(",")}))


def load(
    spec: "SeriesSpec",
    areas: "dict[str, DrawnArea]",
    rule: "tuple[date, ...] | DayRule",
    wanted_days: tuple[date, ...] = (),
    *,
    regions: "DrawnRegions | None" = None,
    span: "Period | None" = None,
    intervals: bool = True,
) -> "Loaded":
    """Read a series, and say what its intervals assume.

    Parameters
    ----------
    wanted_days : tuple of date
        See `territory.job.load.load_series`.
    span : Period, optional
        The days that are looked at; all by default.
    intervals : bool
        Whether figures with intervals are printed.
    """
    from territory.job.days import ALL_DAYS
    from territory.job.load import load_series
    from territory.job.spec import UncertaintySpec

    with progress() as show:
        loaded = load_series(
            spec,
            Path(),
            areas=areas,
            rule=rule,
            more_days=(),
            wanted_days=wanted_days,
            uncertainty=UncertaintySpec(),
            regions=regions,
            span=span or ALL_DAYS,
            workers=os.cpu_count() or 1,
            progress=lambda done, total: show("resampling places", done, total),
        )
    if intervals:
        tell_assumed(loaded)
    return loaded


def tell_assumed(loaded: "Loaded", *, job: bool = False) -> None:
    """Say that the error of the drawn lines is only assumed, and how to state it."""
    line = loaded.ensemble.boundary
    found = [each.detail for each in loaded.findings if each.kind == FindingKind.ASSUMED_ERROR]
    if line is None or not found:
        return
    if not line.boundary_error_m:  # a traced map: its own errors are stated
        note(found[0])
        return
    how = "boundary_error_m in the job" if job else "--boundary-error-m METRES"
    note(
        f"no boundary error stated: {line.total_m:,.0f} m assumed, correlated over"
        f" {line.correlation_length_m:,.0f} m; state it with {how}"
    )


def size_of(text: str) -> tuple[int, int]:
    """Return the width and the height of a film."""
    width, times, height = text.lower().partition("x")
    if not (times and width.isdecimal() and height.isdecimal()):
        raise InputError(f"--size: '{text}' is not WIDTHxHEIGHT, such as 1280x720")
    return int(width), int(height)


def days_of(text: str) -> tuple[date, ...]:
    """Return days separated by commas, sorted."""
    from territory.read.place_tables import parse_day

    return tuple(sorted({parse_day(part, file="a day") for part in listed(text)}))


def listed(text: str) -> list[str]:
    """Return words separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def map_options(**options: str) -> dict[str, str]:
    """Return what was given, files as seen from here and countries by name."""
    from territory.read.sources import find_source

    here = Path.cwd()

    def seen(value: str) -> str:
        found = find_source(value)
        return found.country if found and found.country else str(here / value)

    return {
        name: value if name == "source" else seen(value) for name, value in options.items() if value
    }


def read_request(map_request: "MapRequest") -> "MapSource":
    """Read what pictures are made from."""
    with progress() as show:
        source = map_request.read(
            workers=os.cpu_count() or 1,
            progress=lambda done, total: show("resampling places", done, total),
        )
    tell_assumed(source.loaded, job=map_request.is_job)
    return source

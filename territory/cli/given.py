"""What stands on the command line, as the library takes it."""

import os
from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast, get_args

from territory.cli.output import note, progress
from territory.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from territory.load import DrawnArea, Loaded
    from territory.read.jobfile import DayRule, SeriesSpec
    from territory.regions import DrawnRegions
    from territory.shown import Asked, Shown


def job_file(paths: Sequence[str], given: Mapping[str, object]) -> Path:
    """Return the one job file among the arguments of `page`, or say what is missing."""
    if len(paths) != 1 or not paths[0].endswith(".toml"):
        raise InputError("name a job file (JOB.toml), or say how to read the files: --profile P")
    for option, value in given.items():
        if value:
            raise InputError(f"{option} is for files; a job names its own in {paths[0]}")
    return Path(paths[0])


def spec_of(
    paths: Sequence[str],
    profile: str,
    actor_field: str,
    day: str = "",
    *,
    lines: Mapping[str, float] = MappingProxyType({}),
    fields: Mapping[str, str] = MappingProxyType({}),
) -> "SeriesSpec":
    """Return which files to read, and how.

    Parameters
    ----------
    lines : mapping of str to float
        What is said about the drawn lines.
    fields : mapping of str to str
        What says the days; see `day_fields`.
    """
    from territory.read.jobfile import SeriesSpec
    from territory.read.tables import parse_day
    from territory.read.text import with_values

    for path in paths:
        if path.lower().endswith(".toml"):
            problem = (
                "a TOML file holds no zones; a job file is for 'run', 'map', 'page' and 'animate',"
                " and a claims file stands before the zones of 'check' and 'explain'"
            )
            raise InputError(problem, file=path)
    if lines and profile == "places":
        raise InputError(f"{option_of(next(iter(lines)))} is for drawn zones; places have no lines")
    when = parse_day(day, file="--day") if day else None
    spec = SeriesSpec(profile=profile, path=tuple(paths), actor_field=actor_field, day=when)
    return with_values(spec, {**lines, **fields})


def day_fields(day_field: str, until_field: str, day_format: str) -> dict[str, str]:
    """Return what says the days, by the names of the job file.

    Raises
    ------
    InputError
        If the format is none.
    """
    from territory.read.moments import pattern_of

    if day_format:
        try:
            pattern_of(day_format)
        except ValueError as error:
            raise InputError(f"--day-format: {error}") from None
    said = {"day_field": day_field, "until_field": until_field, "day_format": day_format}
    return {name: value for name, value in said.items() if value}


def lines_of(error_m: float | None, correlation_m: float | None) -> dict[str, float]:
    """Return what is said about the drawn lines, by the names of the job file."""
    said = {"boundary_error_m": error_m, "correlation_length_m": correlation_m}
    given = {name: metres for name, metres in said.items() if metres is not None}
    for name, metres in given.items():
        if not isfinite(metres) or (metres == 0 and name == "correlation_length_m"):
            raise InputError(f"{option_of(name)}: {metres:g} is no length in metres")
    return given


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
    from territory.read.areas import parse_area

    named: dict[str, DrawnArea] = {}
    for option in options or []:
        name, place = _named(option, "--area")
        if name in named:
            raise InputError(f"--area: '{name or place}' is given twice; name each NAME=AOI")
        named[name] = parse_area(place)
    return named


def _named(option: str, which: str) -> tuple[str, str]:
    """Return the name and the place of ``NAME=PLACE``; what exists under all of it wins."""
    from territory.history import WHOLE
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

    from territory.read.regions import read_regions

    if place is None:
        return None
    one, where = _named(str(place), "--regions")
    if not one:
        return read_regions(where, name_field=name, even_odd=even_odd)
    drawn = read_regions(where, even_odd=even_odd, must_be_named=False)
    return replace(drawn, names=(one,) * len(drawn.names), titles={})


def day_rule(text: str) -> "tuple[date, ...] | DayRule":
    """Return the rule or the days of ``--days``."""
    from territory.read.jobfile import DayRule
    from territory.read.tables import parse_day

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
    intervals: bool = True,
) -> "Loaded":
    """Read a series, and print what warns about all of it."""
    from territory.findings import Severity
    from territory.load import load_series
    from territory.read.jobfile import UncertaintySpec

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
            workers=os.cpu_count() or 1,
            progress=lambda done, total: show("resampling places", done, total),
        )
    for finding in loaded.findings:
        if finding.severity is Severity.WARNING and finding.day is None:
            note(f"warning: {finding.detail}")
    if intervals:
        tell_assumed(loaded)
    return loaded


def tell_assumed(loaded: "Loaded", *, job: bool = False) -> None:
    """Say that the error of the drawn lines is only assumed, and how to state it."""
    line = loaded.ensemble.boundary
    found = [each.detail for each in loaded.findings if each.kind == "assumed-error"]
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
    from territory.read.tables import parse_day

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


def shown_by(asked: "Asked") -> "Shown":
    """Read what pictures are made from."""
    with progress() as show:
        shown = asked.read(
            workers=os.cpu_count() or 1,
            progress=lambda done, total: show("resampling places", done, total),
        )
    tell_assumed(shown.loaded, job=asked.is_job)
    return shown

"""What stands on the command line, as the library takes it."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import typer

from territory.cli.options import (
    DatedReading,
    DayRange,
    Lines,
    Provinces,
    Reading,
    Surroundings,
    Workers,
    ZoneRules,
    in_use,
    option_of,
    option_words,
)
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

_HERE = Workers()


def day_of(text: str, option: str) -> "date | None":
    """Return the day of an option, or None where it is not given.

    Parameters
    ----------
    text : str
        As ``YYYY-MM-DD``; empty where the option is not given.
    option : str
        Its name, for the message.

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


def span_of(days: DayRange) -> "Period":
    """Return the days from ``--from`` to ``--to``; without end where one is not given.

    Parameters
    ----------
    days : DayRange
        From and to, as ``YYYY-MM-DD``; empty where the option is not given.

    Raises
    ------
    typer.BadParameter
        If one is no day, which is wrong usage.
    InputError
        If the first day comes after the last.
    """
    from territory.job.days import Period

    first, last = day_of(days.from_day, "--from"), day_of(days.to_day, "--to")
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


def job_of(
    paths: Sequence[str], profile: str, *groups: ZoneRules | Lines, **for_files: object
) -> Path | None:
    """Return the job file that a verb is called with; None where it is called with files.

    Parameters
    ----------
    paths : sequence of str
        The words that name files.
    profile : str
        How to read files; empty for a job, and where they are to be recognised.
    *groups, **for_files
        Options that are for files, by the names of the job file: a job names its own.

    Raises
    ------
    InputError
        If a job comes with further files or a profile.
    typer.BadParameter
        If an option would do nothing beside a job.
    """
    jobs = [path for path in paths if path.lower().endswith(".toml")]
    if not jobs:
        return None
    if profile or paths[1:]:
        raise InputError("a job file is read alone and without --profile", file=jobs[0])
    idle = {option_of(name): value for name, value in for_files.items()}
    idle |= dict.fromkeys(map(option_of, in_use(*groups)), True)
    refuse(idle, f"it is for files; a job names its own in {jobs[0]}")
    return Path(jobs[0])


def spec_of(
    paths: Sequence[str], profile: str, *groups: ZoneRules | Lines, where: Workers = _HERE
) -> "SeriesSpec":
    """Return which files to read, and how.

    Parameters
    ----------
    paths : sequence of str
        Files, folders or globs.
    profile : str
        Name of a built-in profile, or the path of one's own; empty where they are to be
        recognised, which is said.
    *groups : ZoneRules or Lines
        How the zones are to be read, and what is said about their lines.
    where : Workers
        Where they are to be read, and in how many bytes.
    """
    from territory.job.profile_choice import with_profile
    from territory.job.series_profile import profile_of
    from territory.job.spec import DRAWN, SeriesSpec, kind_of
    from territory.read.profile import read_profile
    from territory.read.text_files import with_values

    settings = settings_of(profile, *groups)
    for path in paths:
        if path.lower().endswith(".toml"):
            problem = (
                "a TOML file holds no zones; a job file is for 'run', 'map', 'page' and 'animate',"
                " and a claims file stands before the zones of 'check' and 'explain'"
            )
            raise InputError(problem, file=path)
    with option_words():
        spec = with_values(SeriesSpec(profile=profile, path=tuple(paths)), settings)
        found = with_profile(spec)
        if kind_of(found.profile) == DRAWN and read_profile(found.profile).units is None:
            profile_of(found)  # refuses what does nothing under it, before anything is read
    if found.recognised:
        note(f"{paths[0]}: {found.recognised}")
    _check_where(where, found)
    return found


def _check_where(where: Workers, spec: "SeriesSpec") -> None:
    """Refuse what bounds or spreads work that such a series does not make."""
    from territory.job.input_files import is_of_units

    of_units = is_of_units(spec, Path())
    if of_units or spec.profile == "places":
        bound = {"--memory": where.memory is not None}
        refuse(
            bound, "it bounds how drawn zones are cut together, and these are none; leave it out"
        )
    if of_units:
        refuse(
            {"--scheduler": where.scheduler},
            "tables of units are read by this process alone; leave it out",
        )


def looks_of(colours: Path | None) -> dict[str, object]:
    """Return the colours and titles of a file, as the key ``actors`` of a series.

    Parameters
    ----------
    colours : Path or None
        A TOML file with ``[actors.NAME]``; None where the option is not given.
    """
    if colours is None:
        return {}
    from territory.read.actor_looks import read_looks

    looks = read_looks(colours)
    return {
        "actors": {name: look.model_dump(exclude_defaults=True) for name, look in looks.items()}
    }


def coloured(spec: "SeriesSpec", colours: Path | None) -> "SeriesSpec":
    """Return a series with the colours and titles of a file.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    colours : Path or None
        See `looks_of`.
    """
    from territory.read.text_files import with_values

    return with_values(spec, looks_of(colours))


def settings_of(profile: str, *groups: ZoneRules | Lines) -> dict[str, object]:
    """Return what some groups of options say of a series, by the names of the job file.

    Parameters
    ----------
    profile : str
        Name of a built-in profile, or the path of one's own.
    *groups : ZoneRules or Lines
        How the zones are to be read, and what is said about their lines.

    Raises
    ------
    InputError
        If a value is none that the option takes.
    typer.BadParameter
        If an option does nothing under the profile.
    """
    from territory.job.spec import is_for

    settings: dict[str, object] = {}
    for group in groups:
        of_group = in_use(group)
        idle = {option_of(key): not is_for(key, profile) for key in of_group}
        if isinstance(group, Lines):
            _check_lines(group)
            refuse(idle, "places have no lines that could be off")
        else:
            _check_rules(group)
            refuse(idle, f"it is not for the files of profile '{profile}'")
        settings |= of_group
    if "priority" in settings:
        settings["priority"] = tuple(listed(str(settings["priority"])))
    return settings


def _check_lines(lines: Lines) -> None:
    """Refuse lengths that are none; the least that one may be is said by the options."""
    for name, metres in in_use(lines).items():
        if not isfinite(metres) or (metres == 0 and name == "correlation_length_m"):
            raise InputError(f"{option_of(name)}: {metres:g} is no length in metres")


def _check_rules(rules: ZoneRules) -> None:
    """Refuse a repair, a policy or a side that nobody knows, and what `_check_reading` refuses."""
    from territory.history.front_sides import sides_of
    from territory.history.overlaps import Overlap
    from territory.history.repair import Repair

    known: tuple[tuple[str, str, type[StrEnum]], ...] = (
        ("repair", rules.repair, Repair),
        ("overlap", rules.overlap, Overlap),
    )
    for name, word, choices in known:
        if word and word not in list(choices):
            hint = did_you_mean(word, map(str, choices))
            raise InputError(f"--{name}: '{word}' is no {name}; {hint}")
    if rules.sides:
        try:
            sides_of(rules.sides)
        except ValueError as error:
            raise InputError(f"--sides: {error}") from None
    if isinstance(rules, Reading):
        _check_reading(rules)


def _check_reading(reading: Reading) -> None:
    """Refuse a format or a day that is none."""
    from territory.read.moments import pattern_of
    from territory.read.place_tables import parse_day

    if reading.day_format:
        try:
            pattern_of(reading.day_format)
        except ValueError as error:
            raise InputError(f"--day-format: {error}") from None
    if isinstance(reading, DatedReading) and reading.day:
        parse_day(reading.day, file="--day")


def rules_of(reading: Reading) -> Reading:
    """Return what is said of drawn zones whoever drew them, without what one publisher names.

    Parameters
    ----------
    reading : Reading
        Options of a call.
    """
    return Reading(**{each.name: getattr(reading, each.name) for each in fields(ZoneRules)})


def publisher_of(profile: str) -> str:
    """Return the publisher that a profile names, else the profile.

    Parameters
    ----------
    profile : str
        Name of a built-in profile, or the path of one's own.
    """
    from territory.read.profile import read_profile

    if profile == "places":
        return profile
    return read_profile(profile).publisher or profile


def publishers_of(profiles: Iterable[str]) -> list[str]:
    """Return the publishers of up to three series, marked A, B and C where two are alike.

    Parameters
    ----------
    profiles : iterable of str
        As for `publisher_of`, in the order of the series.

    Examples
    --------
    >>> publishers_of(["zones", "owl"]), publishers_of(["zones", "zones"])
    (['zones', 'Project Owl'], ['zones A', 'zones B'])
    """
    names = [publisher_of(each) for each in profiles]
    alike = len(set(names)) < len(names)
    return [f"{name} {mark}" if alike else name for name, mark in zip(names, "ABC", strict=False)]


def areas_of(options: list[str] | None) -> "dict[str, DrawnArea]":
    """Parse ``AOI`` and ``NAME=AOI`` options.

    Parameters
    ----------
    options : list of str or None
        A box ``W,S,E,N`` in degrees, a file, a layer of one or a country each, perhaps after
        ``NAME=``.

    Returns
    -------
    dict of str to DrawnArea
        By name; that of one without a name is empty.

    Raises
    ------
    InputError
        If a name is given twice, or an area is none.
    """
    from territory.read.aoi import parse_area

    named: dict[str, DrawnArea] = {}
    for option in options or []:
        name, place = _named(option, "--area")
        if name in named:
            raise InputError(f"--area: '{name or place}' is given twice; name each NAME=AOI")
        named[name] = parse_area(place)
    return named


def rims_of(
    areas: "dict[str, DrawnArea]", regions: "DrawnRegions | None", error_m: float | None
) -> "tuple[dict[str, DrawnArea], DrawnRegions | None]":
    """Return areas and regions with the error of their rims that ``--rim-error-m`` states.

    Parameters
    ----------
    areas : dict of str to DrawnArea
        By name.
    regions : DrawnRegions or None
        Provinces.
    error_m : float or None
        In metres; None where the option is not given.

    Raises
    ------
    typer.BadParameter
        If there is no outline that it could be of.
    """
    from territory.job.named_aoi import NO_RIM, is_choice, state_rims

    if regions is None and all(map(is_choice, areas.values())):
        refuse({"--rim-error-m": error_m is not None}, NO_RIM)
    return state_rims(areas, regions, error_m, "--rim-error-m")


def picture_areas_of(options: list[str] | None) -> "dict[str, DrawnArea]":
    """Parse the areas of something that is shown; each has a name, for its title must say it.

    Parameters
    ----------
    options : list of str or None
        As for `areas_of`.

    Returns
    -------
    dict of str to DrawnArea
        By name; none is empty.
    """
    from territory.read.aoi import place_name

    named = areas_of(options)
    unnamed = [each for each in options or [] if not _named(each, "--area")[0]]
    return {name or place_name(unnamed[0]): area for name, area in named.items()}


def refuse_further_areas(options: list[str] | None, why: str) -> None:
    """Refuse a second area where one is shown or compared.

    Parameters
    ----------
    options : list of str or None
        As for `areas_of`.
    why : str
        What there is one area of.

    Raises
    ------
    typer.BadParameter
        Naming all but the first.
    """
    refuse({f"--area {each}": True for each in (options or [])[1:]}, why)


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


def regions_of(provinces: Provinces) -> "DrawnRegions | None":
    """Read the provinces of ``PLACE``, or those of ``NAME=PLACE`` as one region of that name.

    Parameters
    ----------
    provinces : Provinces
        The options about the layer of provinces.

    Raises
    ------
    typer.BadParameter
        If something is said about the layer of provinces, and none is named.
    """
    from dataclasses import replace

    from territory.read.region_files import read_regions

    place, even_odd = provinces.regions, provinces.regions_even_odd
    if place is None:
        idle = {"--regions-name": provinces.regions_name, "--regions-even-odd": even_odd}
        refuse(idle, "it is about the layer of provinces, which --regions names")
        return None
    one, where = _named(place, "--regions")
    if not one:
        name = provinces.regions_name or "name"
        return read_regions(where, name_field=name, even_odd=even_odd)
    drawn = read_regions(where, even_odd=even_odd, must_be_named=False)
    return replace(drawn, names=(one,) * len(drawn.names), titles={})


def day_rule(text: str) -> "tuple[date, ...] | DayRule":
    """Return the rule or the days of ``--days``.

    Parameters
    ----------
    text : str
        A rule such as ``month-start``, or days as ``YYYY-MM-DD`` separated by commas.

    Raises
    ------
    InputError
        If it is neither.
    """
    from territory.job.spec import DayRule

    if text in get_args(DayRule):
        return cast("DayRule", text)
    if not any(mark.isdigit() for mark in text):
        hint = did_you_mean(text, get_args(DayRule))
        raise InputError(f"--days: '{text}' is not a day (YYYY-MM-DD), nor a rule; {hint}")
    return days_of(text, option="--days")


def load(
    spec: "SeriesSpec",
    areas: "dict[str, DrawnArea]",
    rule: "tuple[date, ...] | DayRule",
    wanted_days: tuple[date, ...] = (),
    *,
    regions: "DrawnRegions | None" = None,
    span: "Period | None" = None,
    intervals: bool = True,
    where: Workers = _HERE,
    only_areas: bool = False,
    changes: bool = True,
    uncut: bool = False,
    tiles: bool = False,
) -> "Loaded":
    """Read a series, and say what its intervals assume.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    areas : dict of str to DrawnArea
        Named areas as drawn.
    rule : tuple of date or DayRule
        Which days to report.
    wanted_days : tuple of date
        See `territory.job.load.load_series`.
    regions : DrawnRegions, optional
        For a table by region, with the rest of the ground as one more area.
    span : Period, optional
        The days that are looked at; all by default.
    intervals : bool
        Whether figures with intervals are printed.
    where : Workers
        The options about where the files are read.
    only_areas : bool
        Whether nothing else is printed of an area without a name than figures about it.
    changes : bool
        Whether figures of changes from one day to another are printed.
    uncut : bool
        Whether nothing is cut along areas but those that are given here.
    tiles : bool
        Whether only figures are printed, and nothing asks what shape ground has.

    Returns
    -------
    Loaded
        The series, ready to be measured.
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
            workers=where.workers or os.cpu_count() or 1,
            scheduler=where.scheduler,
            memory=where.memory,
            tiles=tiles,
            only_areas=only_areas and set(areas) == {""} and regions is None,
            changes=changes,
            uncut=uncut,
            progress=lambda done, total: show("resampling places", done, total),
        )
    tell_borders(loaded)
    if intervals:
        tell_assumed(loaded)
        _tell_one_day(loaded, by_day=spec.day is not None, by_span=span not in {None, ALL_DAYS})
    return loaded


def _tell_one_day(loaded: "Loaded", *, by_day: bool, by_span: bool) -> None:
    """Say what is not known of a day that was chosen so that no other is read."""
    base = loaded.ensemble.base
    of_series = {FindingKind.DAY_DIFFERS, FindingKind.SPANS}
    others = by_span or (by_day and any(each.kind in of_series for each in loaded.findings))
    if others and len(base.days) == 1 and loaded.ensemble.has_lines:
        day = base.days[0]
        note(
            f"only {day} is read: intervals leave out the hour of its cut, and 'nobody' what is"
            f" held on other days; --days {day} reads those too"
        )


def tell_borders(loaded: "Loaded") -> None:
    """Say within which border a country is measured that an option names.

    Parameters
    ----------
    loaded : Loaded
        The series, with what was found in it.
    """
    for each in loaded.findings:
        if each.kind == FindingKind.BORDER:
            note(each.detail)


def tell_assumed(loaded: "Loaded", *, job: bool = False) -> None:
    """Say that the error of the drawn lines is only assumed, and how to state it.

    Parameters
    ----------
    loaded : Loaded
        The series, with what was found in it.
    job : bool
        Whether a job file is where to state it.
    """
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
        f" {line.correlation_length_m:,.0f} m, as publishers of Ukraine's front differ; state it"
        f" with {how}"
    )


def size_of(text: str) -> tuple[int, int]:
    """Return the width and the height of a film.

    Parameters
    ----------
    text : str
        Such as ``1280x720``.

    Returns
    -------
    (int, int)
        In pixels.

    Raises
    ------
    InputError
        If it is not two whole numbers with an x between them.
    """
    width, times, height = text.lower().partition("x")
    if not (times and width.isdecimal() and height.isdecimal()):
        raise InputError(f"--size: '{text}' is not WIDTHxHEIGHT, such as 1280x720")
    return int(width), int(height)


def days_of(text: str, *, option: str = "a day") -> tuple[date, ...]:
    """Return days separated by commas, sorted.

    Parameters
    ----------
    text : str
        Days as ``YYYY-MM-DD`` separated by commas.
    option : str
        What messages call it.

    Raises
    ------
    InputError
        If one is no day.
    """
    from territory.read.place_tables import parse_day

    return tuple(sorted({parse_day(part, file=option) for part in listed(text)}))


def listed(text: str) -> list[str]:
    """Return words separated by commas.

    Parameters
    ----------
    text : str
        Blanks around a word are left out, and so are empty words.
    """
    return [part.strip() for part in text.split(",") if part.strip()]


def map_options(around: Surroundings) -> dict[str, str]:
    """Return what is set, files as seen from here and countries by name.

    Parameters
    ----------
    around : Surroundings
        The options about what lies around the zones.
    """
    from territory.read.sources import find_source

    def seen(value: str) -> str:
        found = find_source(value)
        return found.country if found and found.country else str(Path.cwd() / value)

    return {
        name: value if name == "source" else seen(value)
        for name, value in vars(around).items()
        if value
    }


def tell_choices(map_request: "MapRequest") -> None:
    """Say what the files are read as, where nobody named a profile.

    Parameters
    ----------
    map_request : MapRequest
        What is to be shown.
    """
    for line in map_request.choices:
        note(line if map_request.is_job else f"{map_request.paths[0]}: {line}")


def read_request(map_request: "MapRequest") -> "MapSource":
    """Read what pictures are made from.

    Parameters
    ----------
    map_request : MapRequest
        What is to be shown.

    Returns
    -------
    MapSource
        The loaded series with what its pictures need.
    """
    tell_choices(map_request)
    with progress() as show:
        source = map_request.read(
            workers=os.cpu_count() or 1,
            progress=lambda done, total: show("resampling places", done, total),
        )
    tell_borders(source.loaded)
    tell_assumed(source.loaded, job=map_request.is_job)
    return source

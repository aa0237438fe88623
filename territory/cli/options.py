"""Options that several verbs share, alone and in groups.

`--help` must not wait for the libraries that read, so the names of profiles are written out
here; tests hold them against those libraries.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from territory.errors import SettingError
from territory.read.profiles import built_in

PROFILES = tuple(sorted((*built_in(), "places")))
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d")
_PROFILES = (
    f"How to read them: {', '.join(PROFILES)}; or the path of a profile TOML. As they are"
    " recognised by default."
)


def bytes_of(text: str) -> int:
    """Return how many bytes a size is, as 4GB.

    Parameters
    ----------
    text : str
        A number and a unit: kB, MB, GB or, of 1,024 each, KiB, MiB, GiB.

    Raises
    ------
    typer.BadParameter
        If it is no size, or nothing.

    Examples
    --------
    >>> bytes_of("1.5 GB")
    1500000000
    """
    from pydantic import ByteSize, TypeAdapter, ValidationError

    try:
        found = int(TypeAdapter(ByteSize).validate_python(text))
    except ValidationError:
        found = 0
    if found < 1:
        raise typer.BadParameter(f"'{text}' is no size; write one as 4GB or 500MB")
    return found


Paths = Annotated[list[str], typer.Argument(help="Files, folders or globs.", metavar="PATH...")]
PathsOrJob = Annotated[
    list[str], typer.Argument(help="Files, folders or globs; or a JOB.toml.", metavar="PATH...")
]
Profile = Annotated[str, typer.Option("--profile", help=_PROFILES)]
ProfileIfFiles = Annotated[str, typer.Option("--profile", help=f"{_PROFILES} Not for a job.")]
AreaOption = Annotated[
    list[str] | None,
    typer.Option(
        "--area",
        metavar="AOI",
        help=(
            "W,S,E,N in degrees (across 180 degrees W is greater than E), a country's name, or"
            " polygons: a file, FILE:LAYER, a folder, a glob, a zip. NAME=AOI names it."
        ),
    ),
]
RimOption = Annotated[
    float | None,
    typer.Option(
        "--rim-error-m",
        min=0,
        metavar="METRES",
        help="How far the outlines of --area and --regions may lie off, one standard deviation.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DaysOption = Annotated[
    str, typer.Option("--days", help="all, month-start, week, first-and-last, or days.")
]
Colours = Annotated[
    Path | None,
    typer.Option(
        "--colours",
        metavar="FILE.toml",
        help=r"Colours and titles: \[actors.NAME] with colour, title, title_uk and the like.",
    ),
]
Language = Annotated[str, typer.Option("--language", help="ar, en, fr, ru or uk.")]


@dataclass(frozen=True)
class DayRange:
    """The days that are looked at."""

    from_day: Annotated[
        str, typer.Option("--from", metavar="DAY", help="First day that is looked at, YYYY-MM-DD.")
    ] = ""
    to_day: Annotated[
        str, typer.Option("--to", metavar="DAY", help="Last day that is looked at, YYYY-MM-DD.")
    ] = ""


@dataclass(frozen=True)
class Provinces:
    """A table by province."""

    regions: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help=(
                "Provinces, a row for each and the rest: whatever --area takes but a box."
                " NAME=PLACE makes one of all."
            ),
        ),
    ] = None
    regions_name: Annotated[
        str, typer.Option(help="Property that names the province; the usual ones.")
    ] = ""
    regions_even_odd: Annotated[
        bool,
        typer.Option(
            "--regions-even-odd",
            help="Read invalid provinces by the even-odd rule of their rings; else by winding.",
        ),
    ] = False


@dataclass(frozen=True)
class ZoneRules:
    """What is made of drawn zones that do not say it themselves."""

    repair: Annotated[
        str,
        typer.Option(
            metavar="RULE",
            help="winding, even-odd or drop: zones whose area depends on how they are mended.",
        ),
    ] = ""
    doubt_percent: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="PERCENT",
            help="Of a holder's ground, what invalid zones may leave open without --repair; 0.1.",
        ),
    ] = None
    overlap: Annotated[
        str,
        typer.Option(
            metavar="RULE", help="error, first or contested: ground that two holders have at once."
        ),
    ] = ""
    priority: Annotated[
        str, typer.Option(metavar="A,B", help="Actors, strongest first, for --overlap first.")
    ] = ""
    unnamed: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Whose zones without an actor's name are; 'drop' leaves them out."
        ),
    ] = ""
    where: Annotated[
        str,
        typer.Option(metavar="SQL", help="Which features count, such as \"admin_level = '2'\"."),
    ] = ""
    ground: Annotated[
        str,
        typer.Option(
            metavar="AOI", help="The ground that front lines divide; the files hold the lines."
        ),
    ] = ""
    reach_m: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="METRES", help="A front that ends so near the rim is drawn on to it."
        ),
    ] = None
    sides: Annotated[
        str,
        typer.Option(
            metavar="SIDE=ACTOR,...",
            help="Who is on which side of a front line: west=A,east=B; also north, south, or left"
            " and right as it is drawn.",
        ),
    ] = ""
    remainder: Annotated[
        str,
        typer.Option(metavar="ACTOR", help="Who holds what nobody drew of --remainder-area."),
    ] = ""
    remainder_area: Annotated[
        str,
        typer.Option("--remainder-area", metavar="AOI", help="A country's name, or polygons."),
    ] = ""


@dataclass(frozen=True)
class Reading(ZoneRules):
    """How files are to be read: drawn zones, and tables of units and places."""

    actor: Annotated[
        str,
        typer.Option(metavar="NAME", help="Who holds all zones, where no property says it."),
    ] = ""
    actor_field: Annotated[str, typer.Option(help="Property that names the actor.")] = ""
    day_field: Annotated[str, typer.Option(help="Property of the day, or since when.")] = ""
    until_field: Annotated[str, typer.Option(help="Property of until when.")] = ""
    day_format: Annotated[str, typer.Option(help="How they are written, such as DD/MM/YYYY.")] = ""
    cut: Annotated[
        str,
        typer.Option(
            metavar="HH:MM",
            help=(
                "Time at which days are cut, where files tell theirs: 14:00, or 14:00+02:00."
                " --from 2022-11-11T14:00 says it too."
            ),
        ),
    ] = ""
    holders: Annotated[
        list[str] | None,
        typer.Option(
            "--holders",
            metavar="CSV",
            help="Table of who holds each unit or place by day; can be repeated.",
        ),
    ] = None
    unit_field: Annotated[str, typer.Option(help="Its column that names the unit or place.")] = ""
    id_field: Annotated[
        str, typer.Option(help="Property of the polygons that does; like --unit-field by default.")
    ] = ""
    status_field: Annotated[str, typer.Option(help="Property or column of how firmly.")] = ""


@dataclass(frozen=True)
class DatedReading(Reading):
    """How they are to be read, where all of them may be of one day."""

    day: Annotated[
        str, typer.Option(help="Day of zones that do not say it; else the one that is read.")
    ] = ""


MemoryOption = Annotated[
    int | None,
    typer.Option(
        parser=bytes_of,
        metavar="SIZE",
        help="As 4GB: what takes more is cut into tiles, or refused where shapes are needed.",
    ),
]


@dataclass(frozen=True)
class Workers:
    """Where files are read and tiles cut; the figures do not depend on it."""

    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Processes that read large files and cut tiles; one a processor by default.",
        ),
    ] = None
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask scheduler whose workers do so.")
    ] = ""
    memory: MemoryOption = None


@dataclass(frozen=True)
class Lines:
    """How far the drawn lines may lie off."""

    boundary_error_m: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="METRES",
            help="How far the drawn lines may lie off, one standard deviation; for the intervals.",
        ),
    ] = None
    correlation_length_m: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="METRES",
            help="Over what length along a line that error stays the same.",
        ),
    ] = None


@dataclass(frozen=True)
class Surroundings:
    """What stands around the zones of a map or a film."""

    source: Annotated[str, typer.Option(help="The publisher by default.")] = ""
    countries: Annotated[
        str, typer.Option(help="Polygons with a name each, as --area takes them.")
    ] = ""
    regions: Annotated[
        str, typer.Option(help="Provinces with a name each, as --area takes them.")
    ] = ""
    towns: Annotated[
        str, typer.Option(help="CSV: name,lat,lon, and as one likes name_uk,rank (1 to 9).")
    ] = ""


@dataclass(frozen=True)
class Headings:
    """What is written above a map or a film."""

    title: Annotated[str, typer.Option(help="Instead of the finding.")] = ""
    subtitle: Annotated[str, typer.Option(help="What is shown, and where.")] = ""


_WORLDVIEW = Parameter(
    "worldview",
    Parameter.KEYWORD_ONLY,
    default="",
    annotation=Annotated[
        str,
        typer.Option(
            "--worldview",
            help="Border of a country named: standard (Crimea with Ukraine) or de-facto.",
        ),
    ],
)


def option_of(name: str) -> str:
    """Return the option that a key of the job file has here.

    Parameters
    ----------
    name : str
        Such as ``boundary_error_m``.
    """
    return f"--{name.replace('_', '-')}"


def in_options(text: str) -> str:
    """Return a message about keys of a job with the options that were typed in their place.

    Parameters
    ----------
    text : str
        A message that names keys as ``'unit_field'``, or with their value.

    Examples
    --------
    >>> in_options("'priority' does nothing without overlap = 'first'")
    '--priority does nothing without --overlap first'
    >>> in_options("day.cut: cut = '25:00' is no time of day")
    '--cut 25:00 is no time of day'
    """
    keys = "|".join(each.name for group in (DatedReading, Lines) for each in fields(group))
    with_value = re.sub(rf"\b({keys}) = '([^']*)'", lambda m: f"{option_of(m[1])} {m[2]}", text)
    alone = re.sub(rf"'({keys})'", lambda m: option_of(m[1]), with_value)
    return re.sub(r"^[a-z_.]+: (?=--)", "", alone)


@contextmanager
def option_words() -> Iterator[None]:
    """Let errors name options instead of keys of a job.

    Raises
    ------
    SettingError
        With the options in the place of the keys.
    """
    try:
        yield
    except SettingError as error:
        raise SettingError(in_options(error.problem), file=error.file) from None


def in_use(*groups: ZoneRules | Lines | Workers) -> dict[str, Any]:
    """Return what options of some groups are set to, by the names of the job file.

    Parameters
    ----------
    *groups : ZoneRules, Lines or Workers
        Groups of options, as the verbs take them.
    """
    return {
        name: value
        for group in groups
        for name, value in vars(group).items()
        if value not in (None, "", [])
    }


def cut_by_times(values: Mapping[str, object], of_day: Sequence[str]) -> dict[str, object]:
    """Return the options of a call with days alone, and the time of day that they gave.

    Parameters
    ----------
    values : mapping of str to object
        The options of a verb by name, `cut` among them.
    of_day : sequence of str
        Which options besides from, to and the list of days name a day of the series.

    Raises
    ------
    typer.BadParameter
        If they give different times: a series is cut at one.

    Examples
    --------
    >>> cut_by_times({"cut": "", "from_day": "2022-11-11T14:00", "to_day": "2022-11-12"}, ())
    {'cut': '14:00', 'from_day': '2022-11-11', 'to_day': '2022-11-12'}
    """
    cuts = {str(values["cut"]): None} if values["cut"] else {}
    found = dict(values)
    for name in ("from_day", "to_day", "days", *of_day):
        text = values.get(name)
        if isinstance(text, str) and _MOMENT.search(text):
            parts = [part.strip().partition("T") for part in text.split(",")]
            cuts |= {time: None for _, _, time in parts if time}
            found[name] = ",".join(day for day, _, _ in parts)
    if len(cuts) > 1:
        times = " and ".join(cuts)
        raise typer.BadParameter(f"a series is cut at one time of day, not at {times}")
    return {**found, "cut": next(iter(cuts), "")}


def by_worldview(values: Mapping[str, object]) -> dict[str, object]:
    """Return the options of a call with the worldview behind every name of a country.

    Parameters
    ----------
    values : mapping of str to object
        The options of a verb by name, `worldview` among them.

    Raises
    ------
    typer.BadParameter
        If it names no country.
    InputError
        If the worldview is none.
    """
    found = {name: value for name, value in values.items() if name != "worldview"}
    worldview = str(values["worldview"])
    if not worldview:
        return found
    from territory.read.world import check_worldview

    check_worldview(worldview, option="--worldview")
    for name in ("area", "regions", "remainder_area"):
        given = found.get(name)
        if isinstance(given, list):
            found[name] = [_viewed(str(each), worldview) for each in given]
        elif given:
            found[name] = _viewed(str(given), worldview)
    if all(found.get(name) == values.get(name) for name in found):
        why = "it says which border a country has that --area or another option names"
        raise typer.BadParameter(f"--worldview does nothing here: {why}")
    return found


def _viewed(place: str, worldview: str) -> str:
    """Return the name of a country with a worldview; anything else as it is."""
    from territory.read.sources import find_source

    source = find_source(place)
    if source is None and "=" in place:
        name, _, rest = place.partition("=")
        return f"{name}={_viewed(rest, worldview)}"
    is_plain = source is not None and source.country and ":" not in place
    return f"{place}:{worldview}" if is_plain else place


def with_groups(verb: Callable[..., int]) -> Callable[..., int]:
    """Return a verb as typer calls it: every group spelled out where it stands.

    Parameters
    ----------
    verb : callable
        It takes its own options, and dataclasses of options that it shares with others.

    Examples
    --------
    >>> def days(*, span: DayRange, as_json: Json = False) -> int:
    ...     print(span)
    ...     return 0
    >>> list(signature(with_groups(days)).parameters)
    ['from_day', 'to_day', 'as_json']
    >>> with_groups(days)(from_day="2024-01-01", to_day="", as_json=False)
    DayRange(from_day='2024-01-01', to_day='')
    0
    """
    groups: dict[str, type] = {}
    spelled: list[Parameter] = []
    for parameter in signature(verb, eval_str=True).parameters.values():
        group = parameter.annotation
        if isinstance(group, type) and is_dataclass(group):
            groups[parameter.name] = group
            own = signature(group).parameters.values()
            spelled += [each.replace(kind=Parameter.KEYWORD_ONLY) for each in own]
        else:
            spelled.append(parameter)

    named = {each.name for each in spelled}
    if "area" in named:
        spelled.append(_WORLDVIEW)
    dated = any(issubclass(group, DatedReading) for group in groups.values())

    @wraps(verb)
    def spelled_out(**values: object) -> int:
        if "worldview" in values:
            values = by_worldview(values)
        if "cut" in values:
            values = cut_by_times(values, () if dated else ("day",))
        collected = {
            name: group(**{each.name: values.pop(each.name) for each in fields(group)})
            for name, group in groups.items()
        }
        return verb(**values, **collected)

    spelled_out.__signature__ = Signature(spelled)  # type: ignore[attr-defined]
    return spelled_out

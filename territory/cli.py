"""The command line: every verb reads, calls one function of the library, and prints.

Data goes to standard output, messages and progress to standard error.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from typer.exceptions import Abort, Exit, TyperException

from territory import __version__
from territory.claims import Claims, summary
from territory.compare import compare as compared
from territory.compare import last_common_day
from territory.errors import InputError, TerritoryError
from territory.export import export
from territory.findings import Severity
from territory.job import run as run_job
from territory.load import DrawnArea, Loaded, load_series
from territory.maps.subject import is_framed
from territory.pictures import Wish, draw_comparison, draw_map
from territory.plans import KINDS, TENURE_KINDS
from territory.read.areas import parse_area
from territory.read.jobfile import DayRule, SeriesSpec, UncertaintySpec
from territory.read.profile import read_profile
from territory.read.regions import read_regions
from territory.read.tables import parse_day
from territory.read.text import read_toml
from territory.regions import DrawnRegions
from territory.results import (
    AREA_COLUMNS,
    CHANGE_COLUMNS,
    COMPARE_COLUMNS,
    QUALITY_COLUMNS,
    VERDICT_COLUMNS,
    Row,
    area_rows,
    change_rows,
    compare_rows,
    pair_rows,
    quality_rows,
    verdict_rows,
)
from territory.shown import Asked, Shown
from territory.study import judge_claims
from territory.uncertainty import BoundaryError
from territory.write import cell_text, csv_text, json_bytes

UNUSABLE = 3
INTERRUPTED = 130
FETCH_COLUMNS = ("day", "file", "sha256", "state")
_RULES: dict[str, DayRule] = {
    "all": "all",
    "month-start": "month-start",
    "week": "week",
    "first-and-last": "first-and-last",
}

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Recompute published figures about who held what territory, and when.",
)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

Paths = Annotated[list[str], typer.Argument(help="Files, folders or globs.", metavar="PATH...")]
Profile = Annotated[str, typer.Option("--profile", help="How to read them: places or zones.")]
AreaOption = Annotated[
    list[str] | None,
    typer.Option("--area", help="W,S,E,N in degrees or a vector file; NAME=... names it."),
]
RegionsOption = Annotated[
    Path | None,
    typer.Option("--regions", help="A layer of provinces: a row for each, and the rest."),
]
RegionsName = Annotated[
    str, typer.Option("--regions-name", help="Property that names the province.")
]
EvenOdd = Annotated[
    bool, typer.Option("--regions-even-odd", help="Read invalid provinces by their rings.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DaysOption = Annotated[
    str, typer.Option("--days", help="all, month-start, week, first-and-last, or days.")
]
PathsOrJob = Annotated[
    list[str], typer.Argument(help="Files, folders or globs; or a JOB.toml.", metavar="PATH...")
]
ProfileIfFiles = Annotated[str, typer.Option("--profile", help="How to read files.")]
Language = Annotated[str, typer.Option("--language", help="en or ar.")]
Title = Annotated[str, typer.Option("--title", help="Instead of the finding.")]
Subtitle = Annotated[str, typer.Option("--subtitle", help="What is shown, and where.")]
SourceOption = Annotated[str, typer.Option("--source", help="The publisher by default.")]
Countries = Annotated[str, typer.Option("--countries", help="Vector file, with name.")]
Regions = Annotated[str, typer.Option("--regions", help="Provinces, with name.")]
Towns = Annotated[str, typer.Option("--towns", help="CSV: name,lat,lon,rank.")]
ActorField = Annotated[str, typer.Option("--actor-field", help="Property that names the actor.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"territory {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    job: Annotated[Path, typer.Argument(help="The job file.", metavar="JOB.toml")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("out"),
    workers: Annotated[int, typer.Option("--workers", min=1, help="Threads.")] = 2,
    scheduler: Annotated[
        str, typer.Option("--scheduler", help="A Dask scheduler that resamples places.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Compute even if current.")] = False,
) -> int:
    """Run a whole job: tables, verdicts, maps and a report."""
    with _progress() as progress:
        outcome = run_job(
            job, out, workers=workers, scheduler=scheduler, force=force, progress=progress
        )
    if outcome.was_current:
        errors.print(f"{out} is up to date (nothing changed; --force computes anew)", markup=False)
    for sentence in outcome.summaries:
        errors.print(f"- {sentence}", markup=False)
    return _told(outcome.unusable)


@app.command()
def areas(
    paths: Paths,
    profile: Profile,
    area: AreaOption = None,
    days: DaysOption = "all",
    regions: RegionsOption = None,
    regions_name: RegionsName = "name",
    regions_even_odd: EvenOdd = False,
    actor_field: ActorField = "",
    as_json: Json = False,
) -> int:
    """Print the area every holder has on every day."""
    provinces = _regions(regions, regions_name, even_odd=regions_even_odd)
    spec = _spec(paths, profile, actor_field)
    loaded = _load(spec, _areas(area), _day_rule(days), regions=provinces)
    rows = area_rows("", loaded.ensemble, loaded.days)
    _print(_columns(AREA_COLUMNS, loaded), rows, as_json=as_json)
    return _told(loaded.unusable)


@app.command()
def change(
    paths: Paths,
    profile: Profile,
    from_day: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")] = "",
    to_day: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = "",
    all_pairs: Annotated[
        bool, typer.Option("--all-pairs", help="From every day to every later one.")
    ] = False,
    days: DaysOption = "all",
    area: AreaOption = None,
    regions: RegionsOption = None,
    regions_name: RegionsName = "name",
    regions_even_odd: EvenOdd = False,
    actor_field: ActorField = "",
    as_json: Json = False,
) -> int:
    """Print who lost how much to whom between two days, or between all pairs of days."""
    if all_pairs == bool(from_day or to_day) or bool(from_day) != bool(to_day):
        raise typer.BadParameter("give --from and --to, or --all-pairs with --days")
    rule: tuple[date, ...] | DayRule = _day_rule(days)
    if not all_pairs:
        start, end = parse_day(from_day, file="--from"), parse_day(to_day, file="--to")
        if start >= end:
            raise InputError(f"--from {start} must come before --to {end}")
        rule = (start, end)
    provinces = _regions(regions, regions_name, even_odd=regions_even_odd)
    loaded = _load(_spec(paths, profile, actor_field), _areas(area), rule, regions=provinces)
    if all_pairs:
        rows = pair_rows("", loaded.ensemble, loaded.days)
    else:
        rows = change_rows("", loaded.ensemble, [(start, end)])
    _print(_columns(CHANGE_COLUMNS, loaded), rows, as_json=as_json)
    return _told(loaded.unusable)


@app.command()
def check(
    claims: Annotated[Path, typer.Argument(help="The claims.", metavar="CLAIMS.toml")],
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or globs; none if no reading needs a map."),
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help="How to read them.")] = "",
    area: AreaOption = None,
    actor_field: ActorField = "",
    day: Annotated[str, typer.Option("--day", help="Day of zones that do not say it.")] = "",
    raster: Annotated[
        Path | None, typer.Option("--population", help="GeoTIFF of people per cell.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--claim", metavar="ID", help="Judge only these claims.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Judge published figures against the zones."""
    published = read_toml(claims, Claims).only(only or ())
    if bool(paths) != bool(profile):
        missing = "--profile (how to read the files)" if paths else "PATH (the files)"
        raise InputError(f"{missing} is missing")
    named = _areas(area)
    asked = {reading.area for _, reading in published.readings()} - {"all"}
    if set(named) == {""}:  # one area without a name stands for whatever the claims call it
        named = dict.fromkeys(sorted(asked) or [""], named[""])
    loaded = None
    if paths:
        spec = _spec(paths, profile, actor_field, day)
        asked_by = published.asked_by(str(claims))
        loaded = _load(spec, named, "first-and-last", published.days(), asked_by)
    judged = judge_claims(published, loaded, file=str(claims), raster=raster)
    _print(VERDICT_COLUMNS, verdict_rows(j for group in judged for j in group), as_json=as_json)
    for group in judged:
        errors.print(f"- {group[0].claim.id}: {summary(group)}", markup=False)
    return _told(loaded.unusable if loaded else ())


@app.command()
def inspect(
    paths: Paths,
    profile: Profile,
    actor_field: ActorField = "",
    as_json: Json = False,
) -> int:
    """Print what is in the files and what is wrong with them."""
    loaded = _load(_spec(paths, profile, actor_field), {}, "all")
    rows = quality_rows("", loaded.findings)
    _print(QUALITY_COLUMNS[1:], rows, as_json=as_json)
    history = loaded.ensemble.base
    held = ", ".join(str(holder) for holder in history.holders[1:])
    errors.print(
        f"{len(history.days)} days from {history.days[0]} to {history.days[-1]}; held by {held}",
        markup=False,
    )
    counts = Counter(str(finding.severity) for finding in loaded.findings)
    errors.print(", ".join(f"{counts[s]} {s}" for s in map(str, Severity)), markup=False)
    return UNUSABLE if loaded.unusable else 0


@app.command()
def convert(
    paths: Paths,
    profile: Profile,
    to: Annotated[
        Path,
        typer.Option("--to", help=".gpkg, .parquet, .fgb, .kml, .kmz, or a folder for GeoJSON."),
    ],
    area: AreaOption = None,
    days: DaysOption = "all",
    actor_field: ActorField = "",
) -> int:
    """Write the cleaned series as GeoPackage, GeoParquet, KML or GeoJSON."""
    loaded = _load(_spec(paths, profile, actor_field), _areas(area), _day_rule(days))
    export({profile: (loaded.ensemble.base, loaded.days)}, to)
    errors.print(f"{to}: {len(loaded.days)} days", markup=False)
    return _told(loaded.unusable)


@app.command()
def compare(
    path_a: Annotated[str, typer.Argument(help="Files of one publisher.", metavar="PATH_A")],
    path_b: Annotated[str, typer.Argument(help="Files of another.", metavar="PATH_B")],
    profile: Profile,
    profile_b: Annotated[str, typer.Option("--profile-b", help="How to read PATH_B.")],
    day: Annotated[str, typer.Option("--day", help="YYYY-MM-DD; the last common day.")] = "",
    area: AreaOption = None,
    picture: Annotated[Path | None, typer.Option("--map", help="Draw a map: FILE.png.")] = None,
    as_json: Json = False,
) -> int:
    """Print where two publishers differ, by pair of holders, and draw it."""
    named = _areas(area)
    one = _load(_spec([path_a], profile, ""), named, "all")
    other = _load(_spec([path_b], profile_b, ""), named, "all")
    when = (
        parse_day(day, file="--day")
        if day
        else last_common_day(one.ensemble.base, other.ensemble.base)
    )
    found = compared(
        one.ensemble.base,
        other.ensemble.base,
        day_one=when,
        day_other=when,
        area=next(iter(named), None),
    )
    _print(
        COMPARE_COLUMNS,
        compare_rows(found, one.ensemble.boundary or BoundaryError()),
        as_json=as_json,
    )
    share = found.agreed_km2 / found.total_km2
    errors.print(f"{when}: the two agree on {share:.1%} of the ground", markup=False)
    if picture is not None:
        names = _publisher(profile), _publisher(profile_b)
        framed = is_framed(one.ensemble.base, next(iter(named), None))
        draw_comparison(found, names, picture, framed=framed)
    return _told((*one.unusable, *other.unusable))


@app.command()
def fetch(
    source: Annotated[str, typer.Argument(help="deepstate, nzz, or a TOML file.")],
    since: Annotated[str, typer.Option("--since", help="First day, YYYY-MM-DD.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day; today by default.")] = "",
    to: Annotated[Path | None, typer.Option("--to", help="Folder; ./SOURCE by default.")] = None,
    as_json: Json = False,
) -> int:
    """Download a known public series; what is already there is not fetched again."""
    from territory.fetch import State
    from territory.fetch import fetch as fetched

    first = parse_day(since, file="--since") if since else None
    last = parse_day(until, file="--until") if until else datetime.now(UTC).date()
    folder = to or Path(Path(source).stem)
    with _progress() as progress:
        known, found = fetched(
            source,
            folder,
            since=first,
            until=last,
            progress=lambda done, total: progress("fetching", done, total),
        )
    rows = [{**vars(each), "state": str(each.state)} for each in found]
    if as_json or not sys.stdout.isatty():  # hundreds of lines are for a program
        _print(FETCH_COLUMNS, rows, as_json=as_json)
    counts = ", ".join(f"{n} {state}" for state, n in Counter(r["state"] for r in rows).items())
    errors.print(f"{folder}: {counts}", markup=False)
    errors.print(f"licence: {known.licence}; read with --profile {known.profile}", markup=False)
    return _told([f"{each.file}: {each.state}" for each in found if each.state is State.CHANGED])


@app.command()
def page(
    paths: Annotated[
        list[str], typer.Argument(help="A job file, or files, folders or globs.", metavar="PATH...")
    ],
    to: Annotated[Path, typer.Option("--to", help="The page: FILE.html.")],
    profile: Annotated[
        str, typer.Option("--profile", help="How to read them; not for a job.")
    ] = "",
    area: AreaOption = None,
    days: DaysOption = "all",
    claims: Annotated[
        Path | None, typer.Option("--claims", help="Published figures: CLAIMS.toml.")
    ] = None,
    regions: Annotated[
        Path | None, typer.Option("--regions", help="Provinces with a name each, for a table each.")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="What stands above the map.")] = "",
    language: Annotated[str, typer.Option("--language", help="en or ar.")] = "",
    actor_field: ActorField = "",
) -> int:
    """Write one HTML file in which a reader explores every day; it needs no network."""
    from territory.page import page_of_job, page_of_series, titled, write_page

    rule, workers = _day_rule(days), os.cpu_count() or 1
    with _progress() as progress:
        if not profile:
            given = {"--area": area, "--claims": claims, "--regions": regions}
            topic, loaded = page_of_job(
                _job_file(paths, given), rule=rule, workers=workers, progress=progress
            )
        else:
            topic, loaded = page_of_series(
                _spec(paths, profile, actor_field),
                areas=_areas(area),
                rule=rule,
                claims=claims,
                regions=regions,
                workers=workers,
                progress=progress,
            )
    size = write_page(titled(topic, title=title, language=language), to)
    errors.print(f"{to}: {len(loaded.days)} days, {size / 1e6:.1f} MB", markup=False)
    return _told(loaded.unusable)


def _job_file(paths: Sequence[str], given: Mapping[str, object]) -> Path:
    """Return the one job file among the arguments of `page`, or say what is missing."""
    if len(paths) != 1 or not paths[0].endswith(".toml"):
        raise InputError("name a job file (JOB.toml), or say how to read the files: --profile P")
    for option, value in given.items():
        if value:
            raise InputError(f"{option} is for files; a job names its own in {paths[0]}")
    return Path(paths[0])


def _spec(paths: Sequence[str], profile: str, actor_field: str, day: str = "") -> SeriesSpec:
    when = parse_day(day, file="--day") if day else None
    return SeriesSpec(profile=profile, path=tuple(paths), actor_field=actor_field, day=when)


def _publisher(profile: str) -> str:
    """Return the publisher that a profile names, else the profile."""
    return read_profile(profile).publisher or profile


def _told(unusable: Sequence[str]) -> int:
    """List what could not be used, and return the exit code that says so."""
    for line in unusable:
        errors.print(f"not used or not to be trusted: {line}", markup=False)
    return UNUSABLE if unusable else 0


def _areas(options: list[str] | None) -> dict[str, DrawnArea]:
    """Parse ``AOI`` and ``NAME=AOI`` options."""
    named: dict[str, DrawnArea] = {}
    for option in options or []:
        name, equals, place = option.partition("=")
        if not equals or Path(option).exists():
            name, place = "", option
        if name in named:
            raise InputError(f"--area: '{name or place}' is given twice; name each NAME=AOI")
        named[name] = parse_area(place)
    return named


def _regions(file: Path | None, name: str, *, even_odd: bool) -> DrawnRegions | None:
    return None if file is None else read_regions(file, name_field=name, even_odd=even_odd)


def _day_rule(text: str) -> tuple[date, ...] | DayRule:
    if text in _RULES:
        return _RULES[text]
    return tuple(sorted({parse_day(part.strip(), file="--days") for part in text.split(",")}))


def _load(
    spec: SeriesSpec,
    areas: dict[str, DrawnArea],
    rule: tuple[date, ...] | DayRule,
    more_days: tuple[date, ...] = (),
    asked_by: Mapping[date, str] = MappingProxyType({}),
    *,
    regions: DrawnRegions | None = None,
) -> Loaded:
    with _progress() as progress:
        loaded = load_series(
            spec,
            Path(),
            areas=areas,
            rule=rule,
            more_days=more_days,
            asked_by=asked_by,
            uncertainty=UncertaintySpec(),
            regions=regions,
            workers=os.cpu_count() or 1,
            progress=lambda done, total: progress("resampling places", done, total),
        )
    for finding in loaded.findings:
        if finding.severity is Severity.WARNING and finding.day is None:
            errors.print(f"warning: {finding.detail}", markup=False)
    return loaded


def _columns(columns: tuple[str, ...], loaded: Loaded) -> tuple[str, ...]:
    """Leave out what has one value only: the series, and the area unless several are named."""
    several = len(loaded.ensemble.base.area_names) > 1
    return tuple(c for c in columns if c != "series" and (c != "area" or several))


def _print(columns: tuple[str, ...], rows: Sequence[Row], *, as_json: bool) -> None:
    """Print a table: JSON if asked for, a table on a terminal, else CSV."""
    chosen = [{column: row[column] for column in columns} for row in rows]
    if as_json:
        sys.stdout.write(json_bytes(chosen).decode())
    elif sys.stdout.isatty():
        table = Table(*columns, header_style="bold")
        for row in chosen:
            table.add_row(*(_shown(row[column]) for column in columns))
        Console().print(table, markup=False)
    else:
        sys.stdout.write(csv_text(columns, chosen))


def _shown(cell: object) -> str:
    if not isinstance(cell, float):
        return cell_text(cell)  # type: ignore[arg-type]
    return f"{cell:.2g}" if 0 < abs(cell) < 0.1 else f"{cell:,.1f}"  # noqa: PLR2004


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows progress; it shows nothing unless on a terminal."""
    tasks: dict[str, TaskID] = {}
    with Progress(console=errors, transient=True, disable=not sys.stderr.isatty()) as bar:

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield show


@app.command("map")
def draw(
    paths: PathsOrJob,
    to: Annotated[Path, typer.Option("--to", help="FILE.png, .svg or .pdf, or a folder.")],
    profile: ProfileIfFiles = "",
    kind: Annotated[str, typer.Option("--kind", help=f"One of {', '.join(KINDS)}.")] = "day",
    day: Annotated[str, typer.Option("--day", help="YYYY-MM-DD; the last one.")] = "",
    from_day: Annotated[str, typer.Option("--from", help="First day of a change.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day of a change.")] = "",
    days: Annotated[str, typer.Option("--days", help="For front and multiples.")] = "",
    area: AreaOption = None,
    actors: Annotated[str, typer.Option("--actors", help="Whose line or area.")] = "",
    language: Language = "en",
    formats: Annotated[str, typer.Option("--format", help="png, svg, pdf or several.")] = "",
    dpi: Annotated[int, typer.Option("--dpi", help="Dots per inch of a PNG.")] = 300,
    title: Title = "",
    subtitle: Subtitle = "",
    source: SourceOption = "",
    countries: Countries = "",
    regions: Regions = "",
    towns: Towns = "",
    tiles: Annotated[bool, typer.Option("--tiles", help="Base map from the internet.")] = False,
    actor_field: ActorField = "",
) -> int:
    """Draw a map that can be printed as it is."""
    chosen = _days(days)
    one, start, end = (_days(each) for each in (day, from_day, until))
    wish = Wish(
        kind,
        day=next(iter(one), None),
        start=next(iter(start), None),
        end=next(iter(end), None),
        days=chosen,
        actors=tuple(_listed(actors)),
        language=language,
        title=title,
        subtitle=subtitle,
        formats=tuple(_listed(formats)) or (to.suffix[1:] or "png",),
        dpi=dpi,
        tiles=tiles,
    )
    maps = _given(source=source, countries=countries, regions=regions, towns=towns)
    needed = (*one, *start, *end, *chosen)
    rule: DayRule | None = "all" if kind in TENURE_KINDS else None
    asked = Asked(tuple(paths), profile, _areas(area), rule, needed, maps, actor_field)
    shown = _shown_by(asked)
    for path in draw_map(shown, wish, to):
        errors.print(f"{path}", markup=False)
    return _told(shown.loaded.unusable)


@app.command()
def animate(
    paths: PathsOrJob,
    to: Annotated[Path, typer.Option("--to", help="FILE.mp4 or FILE.gif.")],
    profile: ProfileIfFiles = "",
    days: Annotated[str, typer.Option("--days", help="A rule or days; all of them.")] = "",
    area: AreaOption = None,
    fps: Annotated[float | None, typer.Option("--fps", help="Days a second; 12.")] = None,
    size: Annotated[str, typer.Option("--size", help="Pixels, WxH.")] = "1280x720",
    language: Language = "en",
    title: Title = "",
    subtitle: Subtitle = "",
    source: SourceOption = "",
    countries: Countries = "",
    regions: Regions = "",
    towns: Towns = "",
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 2,
    actor_field: ActorField = "",
) -> int:
    """Make a film: a map with its date, totals and chart, day by day."""
    from territory.film import Take, animate

    take = Take(fps, _size(size), language, title, subtitle)
    maps = _given(source=source, countries=countries, regions=regions, towns=towns)
    rule = _day_rule(days) if days else None
    asked = Asked(tuple(paths), profile, _areas(area), rule, (), maps, actor_field)
    shown = _shown_by(asked)
    with _progress() as progress:
        path = animate(shown, take, to, workers=workers, progress=progress)
    errors.print(f"{path}", markup=False)
    return _told(shown.loaded.unusable)


def _size(text: str) -> tuple[int, int]:
    width, times, height = text.lower().partition("x")
    if not (times and width.isdecimal() and height.isdecimal()):
        raise InputError(f"--size: '{text}' is not WIDTHxHEIGHT, such as 1280x720")
    return int(width), int(height)


def _days(text: str) -> tuple[date, ...]:
    return tuple(sorted({parse_day(part, file="a day") for part in _listed(text)}))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _given(**options: str) -> dict[str, str]:
    """Return what was given, files as seen from here."""
    here = Path.cwd()
    return {
        name: value if name == "source" else str(here / value)
        for name, value in options.items()
        if value
    }


def _shown_by(asked: Asked) -> Shown:
    with _progress() as progress:
        return asked.read(
            workers=os.cpu_count() or 1,
            progress=lambda done, total: progress("resampling places", done, total),
        )


@app.command()
def explain(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="CLAIMS.toml, unless a figure is given, then PATH...", metavar="PATH..."
        ),
    ],
    profile: Profile,
    claim: Annotated[str, typer.Option("--claim", help="Only the claim with this id.")] = "",
    published: Annotated[
        Path | None, typer.Option("--published", help="CSV of published figures by day.")
    ] = None,
    day_column: Annotated[str, typer.Option("--day-column", help="Its column of days.")] = "day",
    value_column: Annotated[
        str, typer.Option("--value-column", help="Its column of figures.")
    ] = "value",
    value: Annotated[str, typer.Option("--value", help="One published figure instead.")] = "",
    day: Annotated[str, typer.Option("--day", help="Its day, YYYY-MM-DD.")] = "",
    precision: Annotated[
        str, typer.Option("--precision", help="exact, rounded, roughly, over or under.")
    ] = "exact",
    unit: Annotated[str, typer.Option("--unit", help="km2, m2, ha or sqmi.")] = "km2",
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Whose ground, if that is known.")
    ] = None,
    area: AreaOption = None,
    actor_field: ActorField = "",
    by_day: Annotated[
        bool, typer.Option("--by-day", help="Print the best recipe day by day.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Find which measuring recipe gives a published number."""
    from territory.explain import Figures, explain_claims, explain_figures, read_claims
    from territory.recipes.words import COLUMNS, DAY_COLUMNS, day_rows, rows, sentence

    if published is not None and value:
        raise InputError("give --published or --value, not both")
    if published is None and not value:
        if not paths[1:]:
            raise InputError("give the files that the claims are about after CLAIMS.toml")
        asked = read_claims(paths[0], claim)
        answers = explain_claims(asked, _spec(paths[1:], profile, actor_field), _areas(area))
    else:
        figures = (
            Figures.of_file(published, day_column, value_column, unit)
            if published is not None
            else Figures.of_value(value, unit, day, precision)
        )
        spec = _spec(paths, profile, actor_field)
        answers = (explain_figures(figures, spec, by=tuple(by or ())),)
    table = [row for each in answers for row in (day_rows(each) if by_day else rows(each))]
    _print(DAY_COLUMNS if by_day else COLUMNS, table, as_json=as_json)
    for each in answers:
        errors.print(f"- {sentence(each)}", markup=False)
    unused = _told(tuple(dict.fromkeys(line for each in answers for line in each.unused)))
    return UNUSABLE if unused or any(each.obstacle for each in answers) else 0


def main() -> None:
    """Run the command line and exit with its code.

    0 done; 1 the input is wrong; 2 wrong usage; 130 interrupted.
    """
    sys.exit(_code(sys.argv[1:]))


def _usage(error: TyperException) -> int:
    """Show what is wrong with the call, as typer words it."""
    show = getattr(error, "show", None)  # of the usage errors among them
    if callable(show):
        show()
    return getattr(error, "exit_code", 2)


def _code(arguments: list[str]) -> int:
    try:
        result = app(arguments, prog_name="territory", standalone_mode=False)
    except TerritoryError as error:
        errors.print(f"territory: {error}", markup=False)
        return 1
    except TyperException as error:
        return _usage(error)
    except Exit as stop:
        return stop.exit_code
    except (Abort, KeyboardInterrupt):
        errors.print("interrupted; nothing was written", markup=False)
        return INTERRUPTED
    return result if isinstance(result, int) else 0

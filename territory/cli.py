"""The command line: every verb reads, calls one function of the library, and prints.

Data goes to standard output, messages and progress to standard error.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from typer.exceptions import Abort, Exit, TyperException

from territory import __version__
from territory.claims import Claims, judge, summary
from territory.compare import compare as compared
from territory.compare import last_common_day
from territory.errors import InputError, TerritoryError
from territory.export import export
from territory.findings import Severity
from territory.job import run as run_job
from territory.load import DrawnArea, Loaded, load_series
from territory.pictures import draw_comparison
from territory.read.areas import parse_area
from territory.read.jobfile import DayRule, SeriesSpec, UncertaintySpec
from territory.read.profile import read_profile
from territory.read.tables import parse_day
from territory.read.text import read_toml
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
    quality_rows,
    verdict_rows,
)
from territory.uncertainty import BoundaryError
from territory.write import cell_text, csv_text, json_bytes

UNUSABLE = 3
INTERRUPTED = 130
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
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DaysOption = Annotated[
    str, typer.Option("--days", help="all, month-start, week, first-and-last, or days.")
]
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
    force: Annotated[bool, typer.Option("--force", help="Compute even if current.")] = False,
) -> int:
    """Run a whole job: tables, verdicts, maps and a report."""
    with _progress() as progress:
        outcome = run_job(job, out, workers=workers, force=force, progress=progress)
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
    actor_field: ActorField = "",
    as_json: Json = False,
) -> int:
    """Print the area every holder has on every day."""
    loaded = _load(_spec(paths, profile, actor_field), _areas(area), _day_rule(days))
    rows = area_rows("", loaded.ensemble, loaded.days)
    _print(_columns(AREA_COLUMNS, loaded), rows, as_json=as_json)
    return _told(loaded.unusable)


@app.command()
def change(
    paths: Paths,
    profile: Profile,
    from_day: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")],
    to_day: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")],
    area: AreaOption = None,
    actor_field: ActorField = "",
    as_json: Json = False,
) -> int:
    """Print who lost how much to whom between two days."""
    start, end = parse_day(from_day, file="--from"), parse_day(to_day, file="--to")
    if start >= end:
        raise InputError(f"--from {start} must come before --to {end}")
    loaded = _load(_spec(paths, profile, actor_field), _areas(area), (start, end))
    rows = change_rows("", loaded.ensemble, [(start, end)])
    _print(_columns(CHANGE_COLUMNS, loaded), rows, as_json=as_json)
    return _told(loaded.unusable)


@app.command()
def check(
    claims: Annotated[Path, typer.Argument(help="The claims.", metavar="CLAIMS.toml")],
    paths: Paths,
    profile: Profile,
    area: AreaOption = None,
    actor_field: ActorField = "",
    as_json: Json = False,
) -> int:
    """Judge published figures against the zones."""
    published = read_toml(claims, Claims)
    named = _areas(area)
    asked = {reading.area for claim in published.claim for reading in claim.reading} - {"all"}
    if set(named) == {""}:  # one area without a name stands for whatever the claims call it
        named = dict.fromkeys(sorted(asked) or [""], named[""])
    loaded = _load(_spec(paths, profile, actor_field), named, "first-and-last", published.days())
    judged = [judge(claim, loaded.ensemble) for claim in published.claim]
    _print(VERDICT_COLUMNS, verdict_rows(j for group in judged for j in group), as_json=as_json)
    for group in judged:
        errors.print(f"- {summary(group)}", markup=False)
    return _told(loaded.unusable)


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
        Path, typer.Option("--to", help=".gpkg, .parquet, .kml, .kmz, or a folder for GeoJSON.")
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
        draw_comparison(found, (_publisher(profile), _publisher(profile_b)), picture)
    return _told((*one.unusable, *other.unusable))


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


def _spec(paths: Sequence[str], profile: str, actor_field: str) -> SeriesSpec:
    return SeriesSpec(profile=profile, path=tuple(paths), actor_field=actor_field)


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


def _day_rule(text: str) -> tuple[date, ...] | DayRule:
    if text in _RULES:
        return _RULES[text]
    return tuple(sorted({parse_day(part.strip(), file="--days") for part in text.split(",")}))


def _load(
    spec: SeriesSpec,
    areas: dict[str, DrawnArea],
    rule: tuple[date, ...] | DayRule,
    more_days: tuple[date, ...] = (),
) -> Loaded:
    with _progress() as progress:
        loaded = load_series(
            spec,
            Path(),
            areas=areas,
            rule=rule,
            more_days=more_days,
            uncertainty=UncertaintySpec(),
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
    return f"{cell:,.1f}" if isinstance(cell, float) else cell_text(cell)  # type: ignore[arg-type]


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

"""Verbs that do more than print: run a job, fetch a series, write it anew."""

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from territory.cli.given import areas_of, day_rule, load, spec_of
from territory.cli.options import ActorField, AreaOption, DaysOption, Json, Paths, Profile, ZonesDay
from territory.cli.output import note, print_table, progress, told

FETCH_COLUMNS = ("day", "file", "sha256", "state")


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
    from territory.job import run as run_job
    from territory.write import check_place

    check_place(out, folder=True)
    with progress() as show:
        outcome = run_job(
            job, out, workers=workers, scheduler=scheduler, force=force, progress=show
        )
    if outcome.was_current:
        note(f"{out} is up to date (nothing changed; --force computes anew)")
    for sentence in outcome.summaries:
        note(f"- {sentence}")
    if not outcome.was_current:
        note(f"written to {out}")
    return told(outcome.unusable)


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
    from territory.read.tables import parse_day
    from territory.write import check_place

    first = parse_day(since, file="--since") if since else None
    last = parse_day(until, file="--until") if until else datetime.now(UTC).date()
    folder = to or Path(Path(source).stem)
    check_place(folder, folder=True)
    with progress() as show:
        known, found = fetched(
            source,
            folder,
            since=first,
            until=last,
            progress=lambda done, total: show("fetching", done, total),
        )
    rows = [{**vars(each), "state": str(each.state)} for each in found]
    if as_json or not sys.stdout.isatty():  # hundreds of lines are for a program
        print_table(FETCH_COLUMNS, rows, as_json=as_json)
    counts = ", ".join(f"{n} {state}" for state, n in Counter(r["state"] for r in rows).items())
    note(f"{folder}: {counts}")
    note(f"licence: {known.licence}; read with --profile {known.profile}")
    return told([f"{each.file}: {each.state}" for each in found if each.state is State.CHANGED])


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
    day: ZonesDay = "",
) -> int:
    """Write the cleaned series as GeoPackage, GeoParquet, KML or GeoJSON.

    With --area only the ground inside is written, each area as a series of its own.
    """
    from territory.export import export
    from territory.write import check_place

    check_place(to, folder=not to.suffix)
    named = areas_of(area)
    spec = spec_of(paths, profile, actor_field, day)
    loaded = load(spec, named, day_rule(days), intervals=False)
    whole = loaded.ensemble.base
    parts = {name or profile: whole.part(name) for name in named} or {profile: whole}
    with progress() as show:
        found = export(
            {name: (part, loaded.days) for name, part in parts.items()},
            to,
            progress=lambda done, total: show("writing", done, total),
        )
    note(f"{to}: {len(loaded.days)} days")
    for finding in found:
        note(f"{finding.severity}: {f'{finding.day}: ' if finding.day else ''}{finding.detail}")
    for name, part in parts.items():
        empty = [str(day) for day in loaded.days if not part.held_by[part.day_index(day)].any()]
        if empty:
            listed = ", ".join(empty[:3]) + ", ..." * bool(empty[3:])
            note(f"warning: nobody holds anything of '{name}' on {listed}; such days have no zones")
    return told(loaded.unusable)

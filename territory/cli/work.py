"""Verbs that do more than print: run a job, fetch a series, write it anew."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli.arguments import areas_of, coloured, day_of, day_rule, load, span_of, spec_of
from territory.cli.options import (
    AreaOption,
    Colours,
    DatedReading,
    DayRange,
    DaysOption,
    Json,
    MemoryOption,
    Paths,
    Profile,
)
from territory.cli.output import UNUSABLE, note, print_table, progress, tell
from territory.errors import InputError
from territory.extras import require

if TYPE_CHECKING:
    from territory.history.history import History
    from territory.job.series import Loaded

PREVIEW_COLUMNS = ("series", "days", "first_day", "last_day", "maps", "megabytes")
_FEW = 5  # files that are named
FETCH_COLUMNS = ("day", "file", "sha256", "state")


def run(
    job: Annotated[Path, typer.Argument(help="The job file.", metavar="JOB.toml")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("out"),
    workers: Annotated[
        int,
        typer.Option("--workers", min=1, help="Processes that read, clean, resample and draw."),
    ] = 2,
    scheduler: Annotated[
        str,
        typer.Option("--scheduler", metavar="ADDRESS", help="A Dask scheduler to use instead."),
    ] = "",
    memory: MemoryOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Compute even if current, and from nothing.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Write nothing if a snapshot or claim cannot be used."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how much it will be, and do nothing.")
    ] = False,
) -> int:
    """Run a whole job: tables, verdicts, maps and a report.

    For example: territory run job.toml --out out/mine
    """
    from territory.one_piece import check_place
    from territory.run import run as run_job

    if dry_run:
        return _preview(job)
    check_place(out, folder=True)
    with progress() as show:
        outcome = run_job(
            job,
            out,
            workers=workers,
            scheduler=scheduler,
            memory=memory,
            force=force,
            strict=strict,
            progress=show,
            announce=note,
        )
    if outcome.was_current:
        note(f"{out} is up to date (nothing changed; --force computes anew)")
    for sentence in outcome.summaries:
        note(f"- {sentence}")
    for line in outcome.moved:
        note(f"watch: {line}")
    if not outcome.was_current:
        note(f"written to {out}")
    for line in outcome.warnings:
        note(line)
    if outcome.strange:
        more = len(outcome.strange) - _FEW
        listed = ", ".join(outcome.strange[:_FEW]) + (f" and {more} more" if more > 0 else "")
        note(
            f"{out} holds files that no run wrote or that were edited since; none was removed,"
            f" and one that bears the name of a result was replaced by it: {listed}"
        )
    return 0 if outcome.is_sound else UNUSABLE


def init(
    job: Annotated[
        Path, typer.Argument(help="The job file to write.", metavar="[JOB.toml]")
    ] = Path("job.toml"),
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Its files, folders or globs; those beside it.", metavar="[PATH...]"),
    ] = None,
) -> int:
    """Write a job to fill in, with comments; it runs as it stands on the files beside it.

    Nothing is overwritten. Files that no built-in profile reads get a profile beside the job.
    For example: territory init && territory run job.toml
    """
    from territory.job.new_job import new_job, profile_place
    from territory.one_piece import check_place, file_in_one_piece

    if job.suffix.lower() != ".toml":
        raise InputError("name a .toml file: the job to write, then its files", file=str(job))
    beside = profile_place(job)
    for place in (job, beside):
        if os.path.lexists(place):
            raise InputError("is there already; nothing was written over it", file=str(place))
    check_place(job)
    found = new_job(job, paths or ())
    for place, text in ((beside, found.profile), (job, found.text)):
        if text:
            with file_in_one_piece(place) as part:
                part.write_text(text, encoding="utf-8", newline="\n")
            note(f"written: {place}")
    for remark in found.remarks:
        note(remark)
    if found.problem:
        note(f"the files cannot be read yet: {found.problem}")
        return UNUSABLE
    note(f"next: territory run {job}")
    return 0


def _preview(job: Path) -> int:
    """Print how many days, maps and megabytes a job will be; write nothing."""
    from territory.publish.preview import preview

    found = preview(job)
    rows = [
        {
            "series": name,
            "days": len(days),
            "first_day": days[0],
            "last_day": days[-1],
            "maps": found.maps if number == 0 else 0,
            "megabytes": round(found.megabytes, 1) if number == 0 else None,
        }
        for number, (name, days) in enumerate(found.days.items())
    ]
    print_table(PREVIEW_COLUMNS, rows, as_json=False)
    for line in (*found.choices, found.hint):
        if line:
            note(line)
    count = sum(map(len, found.days.values()))
    note(
        f"{count} days, {found.maps} maps, about {found.megabytes:,.0f} MB in all (give or take"
        " half); nothing was written"
    )
    return 0


def fetch(
    source: Annotated[str, typer.Argument(help="deepstate, nzz, or a TOML file.")],
    from_day: Annotated[
        str, typer.Option("--from", metavar="DAY", help="First day, YYYY-MM-DD.")
    ] = "",
    to_day: Annotated[
        str, typer.Option("--to", metavar="DAY", help="Last day; today by default.")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Folder; ./SOURCE by default.")] = None,
    as_json: Json = False,
) -> int:
    """Download a known public series; what is already there is not fetched again.

    For example: territory fetch deepstate --from 2025-11-01 --out deepstate
    """
    require("fetch")
    from territory.fetch import State
    from territory.fetch import fetch as fetched
    from territory.one_piece import check_place

    first = day_of(from_day, "--from")
    last = day_of(to_day, "--to") or datetime.now(UTC).date()
    folder = out or Path(Path(source).stem)
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
    return tell((), [f"{each.file}: {each.state}" for each in found if each.state is State.CHANGED])


def convert(
    *,
    paths: Paths,
    profile: Profile = "",
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="PATH",
            help=(
                ".gpkg, .parquet, .fgb, .geojson, .shp (or .shp.zip), .csv, .kml, .kmz, .pmtiles;"
                " .geojson.gz, .csv.gz, .kml.gz; a folder for GeoJSON day by day; or a database:"
                " postgresql://USER@HOST/DATABASE?schema=S&table=T."
            ),
        ),
    ],
    area: AreaOption = None,
    days: DaysOption = "all",
    span: DayRange,
    reading: DatedReading,
    crs: Annotated[
        str,
        typer.Option("--crs", help="EPSG code or equal-area; longitude and latitude by default."),
    ] = "",
    colours: Colours = None,
) -> int:
    """Write the cleaned series as GeoPackage, GeoParquet, GeoJSON, Shapefile, KML, tiles, PostGIS.

    For example: territory convert zones/ --profile zones --out series.gpkg

    What has the same holder on all days is one piece; a piece and the days from and until which
    one holder has it are one feature. They are read back with --profile spells. A folder gets
    zones day by day. With --area only the ground inside is written, each area as a series.

    A PostGIS database gets the tables spells, fronts and transfers, all three replaced in one
    transaction; with ?table=T in its address they are T, T_fronts and T_transfers, with ?schema=S
    they lie in that schema. The column valid is the range of days of a row, with an index:
    ... WHERE valid @> DATE '2025-01-31'. A table of such a name that was not written here is left
    alone. The password is best left to PGPASSWORD or ~/.pgpass. For example: territory convert
    zones/ --profile zones --out 'postgresql://me@localhost/maps?schema=front'
    """
    from territory.publish.export.series_files import destination_of, export, lacks_of

    place = destination_of(out)
    lacks = lacks_of(place)  # before the long work
    named = areas_of(area)
    spec, rule = coloured(spec_of(paths, profile, reading), colours), day_rule(days)
    loaded = load(spec, named, rule, span=span_of(span), intervals=False)
    whole = loaded.ensemble.base
    parts = {name or spec.profile: whole.part(name) for name in named} or {spec.profile: whole}
    with progress() as show:
        found = export(
            {name: (part, loaded.days) for name, part in parts.items()},
            place,
            crs=crs,
            looks=loaded.looks,
            progress=lambda done, total: show("writing", done, total),
        )
    note(f"{place}: {len(loaded.days)} days")
    for each in (*filter(None, [lacks]), *_not_in_files(loaded, parts)):
        note(each)
    concerning = loaded.concerning(loaded.days, by_name=not isinstance(rule, str))
    return tell((*concerning, *found))


def _not_in_files(loaded: "Loaded", parts: Mapping[str, "History"]) -> Iterator[str]:
    """Yield what files that were written do not say, and on which days they say nothing."""
    if not loaded.ensemble.is_drawn:
        yield (
            "nobody drew these lines, and files do not say so: read back, they have the same areas"
            " and the intervals of drawn ones; take intervals from what was converted"
        )
    for name, part in parts.items():
        empty = [str(day) for day in loaded.days if not part.held_by[part.day_index(day)].any()]
        if empty:
            listed = ", ".join(empty[:3]) + ", ..." * bool(empty[3:])
            yield f"warning: nobody holds anything of '{name}' on {listed}; such days have no zones"

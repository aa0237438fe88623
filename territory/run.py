"""The whole job: read, measure, judge, draw, write.

Decisions are made in the modules this one calls; here they are put in order, and what
was read and written is noted in `run.json`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from territory.claims.rows import BUDGET_COLUMNS, VERDICT_COLUMNS
from territory.findings import UNTRUSTED, Finding, finding_lines
from territory.history.history import WHOLE
from territory.job.days import select_days
from territory.job.installed import versions
from territory.job.several_maps import comparison, farthest_apart
from territory.job.spec import Job
from territory.job.study import (
    QUALITY,
    Progress,
    Results,
    compute,
    input_files,
    silent,
    uncheckable,
)
from territory.maps.film.film import ffmpeg
from territory.maps.kinds.differences import draw_comparison
from territory.maps.pictures import DrawingBoard, draw_pictures, drawing_board
from territory.maps.request import job_source
from territory.maps.subject import is_framed
from territory.measure.rows import AREA_COLUMNS, CHANGE_COLUMNS, QUALITY_COLUMNS, quality_rows
from territory.publish.crate import write_crate
from territory.publish.export.carried import carried_of
from territory.publish.export.daily_geojson import write_geojson
from territory.publish.export.series_files import crs_of
from territory.publish.export.table_files import write_geopackage, write_geoparquet
from territory.publish.export.tables import tables_of
from territory.publish.page.build import job_topic, write_page
from territory.publish.preview import many_maps
from territory.publish.record import (
    RECORD,
    input_record,
    leftovers,
    run_record,
    still_current,
    unfinished_record,
)
from territory.publish.report.captions import BETWEEN_MAPS
from territory.publish.report.measuring_ways import Explanations
from territory.publish.report.render import render
from territory.publish.review import claim_review
from territory.publish.rights import measured_on, rights_of
from territory.publish.write import (
    csv_text,
    folder_in_one_piece,
    json_bytes,
    move_in,
    remove_files,
    remove_left,
)
from territory.read.text_files import read_toml, with_values


@dataclass(frozen=True)
class Outcome:
    """What `run` did: whether anything was computed, and one sentence per claim.

    Attributes
    ----------
    folder : Path
        Where the results are.
    was_current : bool
        Whether nothing had changed since the last run, so that nothing was computed.
    summaries : tuple of str
        One sentence per claim.
    warnings : tuple of str
        Warnings and errors about the days that were used, and why claims could not be
        checked, one line each.
    is_sound : bool
        Whether every snapshot and claim could be used.
    strange : tuple of str
        Files of the folder that no run wrote, or that were edited since; they stay, unless
        this run wrote one of the same name.
    """

    folder: Path
    was_current: bool
    summaries: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    is_sound: bool = True
    strange: tuple[str, ...] = ()


def run(
    path: Path,
    out: Path,
    *,
    workers: int = 1,
    scheduler: str = "",
    force: bool = False,
    progress: Progress = silent,
    announce: Callable[[str], None] = lambda _line: None,
) -> Outcome:
    """Run a job file and write everything under a folder.

    Parameters
    ----------
    path : Path
        The job file.
    out : Path
        Folder for the results; made if missing.
    workers : int
        Processes that read, clean and draw, and threads that resample; the results do not
        depend on it.
    scheduler : str
        Address of a Dask scheduler whose workers do all of that instead.
    force : bool
        Compute even if nothing changed since the last run.
    progress : callable
        Told the stage and how far it is.
    announce : callable
        Told what will take long, before it begins.

    Returns
    -------
    Outcome
        Where the results are, and one sentence for each claim.

    Raises
    ------
    TerritoryError
        If anything in the job or its files is wrong; nothing is written then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> zone = '''{"type": "FeatureCollection", "features": [{"type": "Feature",
    ...   "properties": {"actor": "a", "day": "2018-01-01"}, "geometry": {"type": "Polygon",
    ...   "coordinates": [[[37, 36], [38, 36], [38, 37], [37, 37], [37, 36]]]}}]}'''
    >>> job = '''series = [{profile = "zones", path = "a.geojson"}]
    ... maps.enabled = false
    ... report.enabled = false'''
    >>> with TemporaryDirectory() as folder:
    ...     place = Path(folder)
    ...     _ = (place / "a.geojson").write_text(zone), (place / "job.toml").write_text(job)
    ...     found = run(place / "job.toml", place / "results")
    ...     table = (place / "results" / "areas.csv").read_text().splitlines()
    >>> found.is_sound, table[0]
    (True, 'series,area,day,actor,status,km2,low,high,drawn_low,drawn_high')
    """
    job = read_toml(path, Job)
    inputs = input_files(job, path)
    if not force and (record := still_current(out, inputs, path.parent)) is not None:
        remove_left(out)
        return Outcome(
            out,
            was_current=True,
            summaries=tuple(record["summaries"]),
            warnings=tuple(record["told"]),
            is_sound=not record["unusable"],
            strange=_strangers(out, record["outputs"]),
        )

    def on_days(days: tuple[date, ...]) -> None:
        if job.maps.enabled and job.maps.film:
            ffmpeg()  # without it there is no film, which is better known now
        if line := many_maps(job, days):
            announce(line)

    strange: list[str] = []

    def before(part: Path, fresh: tuple[str, ...]) -> None:
        stale, others = leftovers(out, fresh)
        _say_unfinished(out, part)
        remove_files(stale, below=out)
        strange.extend(path.relative_to(out).as_posix() for path in others)

    drawing = (workers, scheduler) if job.maps.enabled else (1, "")
    with drawing_board(*drawing) as board:
        results = compute(
            path, workers=workers, scheduler=scheduler, progress=progress, on_days=on_days
        )
        with folder_in_one_piece(out, last=RECORD, before=before) as part:
            write_results(results, path.parent, part, board=board, progress=progress)
            _write_crate(results, path.parent, part)
            record = run_record(part, results.inputs, path.parent, _settings(results))
            (part / RECORD).write_bytes(json_bytes(record))
    return Outcome(
        out,
        was_current=False,
        summaries=results.summaries,
        warnings=_warnings(results),
        is_sound=not results.unusable,
        strange=tuple(strange),
    )


def _say_unfinished(out: Path, part: Path) -> None:
    """Put a record in place that vouches for nothing until all files are moved in."""
    listed = orjson.loads((part / RECORD).read_bytes())["outputs"]
    journal = part / f".{RECORD}"
    journal.write_bytes(json_bytes(unfinished_record(out, listed)))
    move_in(journal, out / RECORD)


def _strangers(out: Path, fresh: Iterable[str]) -> tuple[str, ...]:
    _, others = leftovers(out, fresh)
    return tuple(path.relative_to(out).as_posix() for path in others)


def _warnings(results: Results) -> tuple[str, ...]:
    """Return what a reader of the results must know, one line each."""
    claims = (f"{UNTRUSTED}: {line}" for line in uncheckable(results.judgements))
    return (*finding_lines(results.concerning, all_in=QUALITY), *claims)


def write_results(
    results: Results, folder: Path, part: Path, *, board: DrawingBoard, progress: Progress
) -> None:
    """Write tables, layers, pictures and the report into a folder.

    Parameters
    ----------
    results : Results
        What was computed, with the job.
    folder : Path
        Of the job file: paths in the job are relative to it.
    part : Path
        Folder that everything is written into; it must exist.
    board : DrawingBoard
        What draws the maps.
    progress : callable
        Gets the stage and how far it is.
    """
    pictures: Callable[[], dict[str, Path]] = dict
    source = partial(job_source, results.loaded[0], results.job, folder)
    if results.job.maps.enabled:  # other processes draw while this one writes the rest
        pictures = draw_pictures(source(), part, board=board, progress=progress)
    results = _with_findings(results, _write_layers(results, part))
    _write_tables(results, part)
    _write_reviews(results, folder, part)
    if not results.job.report.enabled:
        pictures()
        return
    topic = job_topic(source(), folder, results.judgements, tables=False, listed=True)
    write_page(topic, part / "page.html")
    explanations = _explanations(results, folder)
    html = render(results, {**pictures(), **_drawn_apart(results, part)}, explanations=explanations)
    (part / "report.html").write_text(html, encoding="utf-8", newline="\n")


def _drawn_apart(results: Results, part: Path) -> dict[str, Path]:
    """Draw where the maps differ that lie farthest apart in the first figure, if any do."""
    pair = farthest_apart(results.judgements[0]) if results.judgements else None
    found = comparison(results.loaded, pair) if pair and results.job.maps.enabled else None
    if pair is None or found is None:
        return {}
    base = next(each for each in results.loaded if each.name == pair.one).ensemble.base
    inside = None if pair.area == WHOLE else pair.area
    title = results.titles("en").get(pair.area, inside or "")
    place = part / "maps" / f"{BETWEEN_MAPS}.png"
    names = pair.one, pair.other
    framed = is_framed(base, inside)
    return {BETWEEN_MAPS: draw_comparison(found, names, place, framed=framed, area=title)}


def _explanations(results: Results, folder: Path) -> Explanations:
    """Say which ways of measuring give each published number, if the job asks for it."""
    if not results.job.report.explain:
        return {}
    from territory.explain.recipes.sentences import rows, sentence
    from territory.explain.series_claims import explain_judged

    first = results.job.series[0]
    spec = with_values(first, {"path": tuple(str(folder / path) for path in first.paths)})
    claims = [group[0].claim for group in results.judgements]
    answers = explain_judged(claims, spec, results.loaded[0])
    return {each.id: (sentence(each), rows(each)) for each in answers if not each.obstacle}


def _write_tables(results: Results, part: Path) -> None:
    for name, columns, rows in (
        ("areas.csv", AREA_COLUMNS, results.areas),
        ("changes.csv", CHANGE_COLUMNS, results.changes),
        ("verdicts.csv", VERDICT_COLUMNS, results.verdicts),
        ("budget.csv", BUDGET_COLUMNS, results.budget),
        ("quality.csv", QUALITY_COLUMNS, results.quality),
    ):
        (part / name).write_text(csv_text(columns, rows), encoding="utf-8", newline="\n")


def _with_findings(results: Results, found: Mapping[str, tuple[Finding, ...]]) -> Results:
    """Return results with what writing them brought up, by series."""
    rows = (row for name, findings in found.items() for row in quality_rows(name, findings))
    return replace(results, quality=(*results.quality, *rows))


def _write_layers(results: Results, part: Path) -> dict[str, tuple[Finding, ...]]:
    """Write maps for other programs; return which ground is narrower than rounding."""
    histories = {each.name: (each.ensemble.base, each.days) for each in results.loaded}
    settings = results.job.export
    carried = carried_of(histories, crs=crs_of(settings.crs, histories))
    tables = tables_of(carried)
    write_geoparquet(tables, part / "history.parquet")
    write_geopackage(tables, part / "history.gpkg")
    if settings.zones is not None:
        days = {name: select_days(settings.zones, each.days) for name, each in carried.items()}
        write_geojson(carried_of(histories) if settings.crs else carried, part / "zones", days)
    return {name: series.rounded_away() for name, series in carried.items()}


def _write_reviews(results: Results, folder: Path, part: Path) -> None:
    (part / "claims").mkdir()
    data = measured_on(results.job, folder)
    for group in results.judgements:
        review = claim_review(group, data=data, newest=results.newest)
        (part / "claims" / f"{group[0].claim.id}.jsonld").write_bytes(json_bytes(review))


def _write_crate(results: Results, folder: Path, part: Path) -> None:
    published = (group[0].claim.published for group in results.judgements)
    write_crate(
        part,
        title=results.job.title,
        newest=max((results.newest, *published)),
        inputs=input_record(results.inputs, folder),
        about=rights_of(results.job, folder),
        versions=versions(),
    )


def _settings(results: Results) -> dict[str, Any]:
    base = results.loaded[0].ensemble.base
    return {
        "title": results.job.title,
        "projection": base.projection.name,
        "crs": base.projection.crs.to_wkt(),
        "seed": results.job.uncertainty.seed,
        "line_errors": [
            {
                "series": each.name,
                "source": each.ensemble.error_source,
                **(vars(each.ensemble.boundary) if each.ensemble.boundary else {}),
            }
            for each in results.loaded
            if each.ensemble.error_source
        ],
        "job": orjson.loads(results.job.model_dump_json()),
        "summaries": list(results.summaries),
        "told": list(_warnings(results)),
        "unusable": list(results.unusable),
    }

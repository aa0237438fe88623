"""Everything a job found out, written into a folder: tables, layers, pictures, page, report."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from territory.claims.rows import BUDGET_COLUMNS, VERDICT_COLUMNS
from territory.findings import UNTRUSTED, Finding, FindingKind, finding_lines
from territory.history.history import WHOLE
from territory.job.days import select_days
from territory.job.installed import versions
from territory.job.several_maps import comparison, farthest_apart
from territory.job.stages import Progress
from territory.job.study import QUALITY, Results, uncheckable
from territory.maps.kinds.catalogue import NARROW
from territory.maps.request import job_source
from territory.measure.rows import AREA_COLUMNS, CHANGE_COLUMNS, QUALITY_COLUMNS, quality_rows
from territory.publish.crate import write_crate
from territory.publish.export.carried import carried_of
from territory.publish.export.daily_geojson import write_geojson
from territory.publish.export.series_files import crs_of
from territory.publish.export.table_files import write_geopackage, write_geoparquet
from territory.publish.export.tables import tables_of
from territory.publish.page.build import job_topic, write_page
from territory.publish.report.captions import BETWEEN_MAPS
from territory.publish.report.measuring_ways import Explanations
from territory.publish.report.render import render
from territory.publish.review import claim_review
from territory.publish.rights import measured_on, rights_of
from territory.publish.write import csv_text, json_bytes
from territory.read.actor_looks import Looks, looks_together
from territory.read.text_files import with_values

if TYPE_CHECKING:
    from territory.maps.pictures import DrawingBoard


def warnings_of(results: Results) -> tuple[str, ...]:
    """Return what a reader of the results must know, one line each.

    Parameters
    ----------
    results : Results
        What was computed, with the job.
    """
    claims = (f"{UNTRUSTED}: {line}" for line in uncheckable(results.judgements))
    found = (each for loaded in results.loaded for each in loaded.findings)
    borders = dict.fromkeys(each.detail for each in found if each.kind == FindingKind.BORDER)
    return (*borders, *finding_lines(results.concerning, all_in=QUALITY), *claims)


def write_results(
    results: Results, folder: Path, part: Path, *, board: "DrawingBoard", progress: Progress
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
    source = cache(partial(job_source, results.loaded[0], results.job, results.context))
    if results.job.maps.enabled:  # other processes draw while this one writes the rest
        from territory.maps.pictures import draw_pictures

        pictures = draw_pictures(source(), part, board=board, progress=progress)
    results = _with_findings(results, _write_layers(results, part))
    _write_tables(results, part)
    _write_reviews(results, folder, part)
    if not results.job.report.enabled:
        pictures()
        return
    beside = tuple(each.name for each in results.loaded[1:])
    topic = job_topic(
        source(), folder, results.judgements, tables=False, listed=True, beside=beside
    )
    write_page(topic, part / "page.html")
    explanations = _explanations(results, folder)
    drawn = pictures()
    html = render(results, {**drawn, **_drawn_apart(results, part)}, explanations=explanations)
    (part / "report.html").write_text(html, encoding="utf-8", newline="\n")
    for key in [key for key in drawn if key.endswith(NARROW)]:
        drawn[key].unlink()  # it was for the report alone


def _drawn_apart(results: Results, part: Path) -> dict[str, Path]:
    """Draw where the maps differ that lie farthest apart in the first figure, if any do."""
    pair = farthest_apart(results.judgements[0]) if results.judgements else None
    found = comparison(results.loaded, pair) if pair and results.job.maps.enabled else None
    if pair is None or found is None:
        return {}
    from territory.maps.kinds.differences import draw_comparison
    from territory.maps.subject import is_framed

    base = next(each for each in results.loaded if each.name == pair.one).ensemble.base
    inside = None if pair.area == WHOLE else pair.area
    title = results.titles("en").get(pair.area, inside or "")
    place = part / "maps" / f"{BETWEEN_MAPS}.png"
    names = pair.one, pair.other
    framed = is_framed(base, inside)
    looks = looks_together(each.looks for each in reversed(results.loaded))
    figure = draw_comparison(found, names, place, framed=framed, area=title, looks=looks)
    return {BETWEEN_MAPS: figure}


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
    looks = looks_together(each.looks for each in reversed(results.loaded))
    carried = carried_of(histories, crs=crs_of(settings.crs, histories), looks=looks)
    tables = tables_of(carried)
    write_geoparquet(tables, part / "history.parquet")
    write_geopackage(tables, part / "history.gpkg")
    if settings.zones is not None:
        days = {name: select_days(settings.zones, each.days) for name, each in carried.items()}
        write_geojson(carried_of(histories) if settings.crs else carried, part / "zones", days)
    return {name: series.rounded_away() for name, series in carried.items()}


def _write_reviews(results: Results, folder: Path, part: Path) -> None:
    (part / "claims").mkdir()
    if not results.judgements:  # then nobody asks what they were measured on
        return
    data = measured_on(results.job, folder)
    for group in results.judgements:
        review = claim_review(group, data=data, newest=results.newest)
        (part / "claims" / f"{group[0].claim.id}.jsonld").write_bytes(json_bytes(review))


def write_crate_of(
    results: Results, folder: Path, part: Path, *, inputs: Mapping[str, str]
) -> None:
    """Describe all files of a folder of results as a research object crate.

    Parameters
    ----------
    results : Results
        What was computed, with the job.
    folder : Path
        Of the job file.
    part : Path
        The folder, with everything else written.
    inputs : mapping of str to str
        The sha256 of every input, by its path as seen from the job file.
    """
    published = (group[0].claim.published for group in results.judgements)
    write_crate(
        part,
        title=results.job.title,
        newest=max((results.newest, *published)),
        inputs=inputs,
        about=rights_of(results.job, folder),
        versions=versions(),
    )


def _looks(looks: Looks) -> dict[str, Any]:
    return {name: look.model_dump(exclude_defaults=True) for name, look in sorted(looks.items())}


def settings_of(results: Results) -> dict[str, Any]:
    """Return what `run.json` says besides files and versions.

    Parameters
    ----------
    results : Results
        What was computed, with the job.

    Returns
    -------
    dict
        Settings, summaries, warnings.
    """
    base = results.loaded[0].ensemble.base
    return {
        "title": results.job.title,
        "projection": base.projection.name,
        "crs": base.projection.crs.to_wkt(),
        "seed": results.job.uncertainty.seed,
        "all_ground": {each.name: each.ensemble.base.stands_for_all for each in results.loaded},
        "line_errors": [
            {
                "series": each.name,
                "source": each.ensemble.error_source,
                **(vars(each.ensemble.boundary) if each.ensemble.boundary else {}),
            }
            for each in results.loaded
            if each.ensemble.error_source
        ],
        "actors": {each.name: _looks(each.looks) for each in results.loaded},
        "job": orjson.loads(results.job.model_dump_json()),
        "summaries": list(results.summaries),
        "told": list(warnings_of(results)),
        "unusable": list(results.unusable),
    }

"""The page of a series or of a job: read, decide, write."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from territory.claims.model import Claims
from territory.claims.verdicts import Judgement
from territory.history.regions import DrawnRegions, Regions, resolve_regions
from territory.job.checks import no_region_reached
from territory.job.days import (
    ALL_DAYS,
    Period,
    select_days,
)
from territory.job.load import load_series
from territory.job.named_aoi import (
    load_areas,
    load_regions,
)
from territory.job.series import Loaded
from territory.job.spec import DayRule, Job, SeriesSpec, UncertaintySpec
from territory.job.study import Progress, judge_claims, silent
from territory.maps.map_text import Words
from territory.maps.request import assumes_error, source_line, with_source
from territory.publish.page.content import content
from territory.publish.page.document import document
from territory.publish.page.scopes import provinces
from territory.publish.page.topic import Topic
from territory.publish.write import file_in_one_piece
from territory.read.aoi import DrawnArea
from territory.read.basemap import (
    base_map,
    context_findings,
    frame_of,
    read_context,
)
from territory.read.text_files import read_toml


def page_html(topic: Topic) -> str:
    """Return the page as one HTML document that loads nothing.

    Parameters
    ----------
    topic : Topic
        What it is about.

    Returns
    -------
    str
        The same for the same topic.

    Raises
    ------
    InputError
        If a day or area is not in the history, or the page does not speak the language.
    """
    return document(content(topic))


def write_page(topic: Topic, path: Path) -> int:
    """Write the page, whole or not at all; return its size in bytes."""
    page = page_html(topic).encode("utf-8")
    with file_in_one_piece(path) as place:
        place.write_bytes(page)
    return len(page)


def job_topic(
    loaded: Loaded,
    job: Job,
    folder: Path,
    judgements: Sequence[tuple[Judgement, ...]],
    *,
    compared: tuple[date, ...] = (),
    tables: bool = True,
    listed: bool = False,
) -> Topic:
    """Return the page of a job whose first series is loaded.

    Parameters
    ----------
    folder : Path
        What the context files of the job start from.
    compared : tuple of date
        See `Topic`.
    tables, listed : bool
        See `Topic`.
    """
    context = read_context(folder, **job.maps.context_files)
    drawn = base_map(job.maps.regions, folder, "regions")
    return Topic(
        loaded.ensemble,
        job.title,
        days=loaded.days,
        compared=compared,
        source=with_source(job.maps, job.series[0], loaded).source,
        language=job.maps.languages[0],
        area=job.maps.area,
        pair=job.maps.before_after,
        context=context,
        titles=job.area_titles,
        regions=_provinces(drawn, loaded),
        tables=tables,
        judgements=tuple(judgements),
        assumed=assumes_error(loaded),
        listed=listed,
    )


def page_of_job(
    path: Path,
    *,
    rule: tuple[date, ...] | DayRule = "all",
    span: Period | None = None,
    workers: int = 1,
    progress: Progress = silent,
) -> tuple[Topic, Loaded]:
    """Read a job file and return the page of its first series, on every day by default.

    Raises
    ------
    TerritoryError
        If anything in the job or its files is wrong.
    """
    job, folder = read_toml(path, Job), path.parent
    claims = read_toml(folder / job.claims.file, Claims) if job.claims else Claims(claim=())
    pair = job.maps.before_after or ()
    loaded = load_series(
        job.series[0],
        folder,
        areas=load_areas(job.area, folder),
        rule=rule,
        more_days=pair,
        span=span or Period(job.days.first_day, job.days.last_day),
        wanted_days=claims.days(),
        uncertainty=job.uncertainty,
        regions=load_regions(job.regions, folder),
        workers=workers,
        progress=lambda done, total: progress("resampling places", done, total),
    )
    judgements = judge_claims(
        claims,
        loaded,
        file=job.claims.file if job.claims else "",
        raster=folder / job.population.file if job.population else None,
    )
    requested = select_days(job.days.select, loaded.days) if rule == "all" else loaded.days
    there = set(claims.days()) & set(loaded.ensemble.base.days)
    compared = tuple(sorted({*requested, *pair, *there}))
    topic = job_topic(loaded, job, folder, judgements, compared=compared)
    findings = (*loaded.findings, *context_findings(topic.context, loaded.ensemble.base))
    return topic, replace(loaded, findings=findings)


def page_of_series(
    spec: SeriesSpec,
    *,
    areas: dict[str, DrawnArea],
    rule: tuple[date, ...] | DayRule = "all",
    span: Period = ALL_DAYS,
    claims: Path | None = None,
    regions: DrawnRegions | None = None,
    workers: int = 1,
    progress: Progress = silent,
) -> tuple[Topic, Loaded]:
    """Read a series and return its page.

    Parameters
    ----------
    claims : Path, optional
        Published figures to judge.
    regions : DrawnRegions, optional
        Provinces for a table each.

    Raises
    ------
    TerritoryError
        If anything in the files cannot be used.
    """
    published = read_toml(claims, Claims) if claims else Claims(claim=())
    loaded = load_series(
        spec,
        Path(),
        areas=areas,
        rule=rule,
        more_days=(),
        span=span,
        wanted_days=published.days(),
        uncertainty=UncertaintySpec(),
        workers=workers,
        progress=lambda done, total: progress("resampling places", done, total),
    )
    resolved = _provinces(regions, loaded)
    if regions is not None and resolved is not None:
        reached = provinces(resolved, loaded.ensemble.base)
        beyond = () if reached else (no_region_reached(regions.file),)
        warnings = (*loaded.findings, *regions.findings, *resolved.audit, *beyond)
        loaded = replace(loaded, findings=warnings)
    topic = Topic(
        loaded.ensemble,
        _title(loaded.publisher, loaded.days),
        days=loaded.days,
        source=source_line(spec, loaded),
        area=next(iter(areas), ""),
        assumed=assumes_error(loaded),
        context=replace(read_context(Path()), regions=frame_of(regions)),
        regions=resolved,
        judgements=judge_claims(published, loaded, file=str(claims)),
    )
    return topic, loaded


def _provinces(drawn: DrawnRegions | None, loaded: Loaded) -> Regions | None:
    """Return provinces as the tables have them; one without a name is numbered."""
    if drawn is None:
        return None
    names = tuple(name or str(number) for number, name in enumerate(drawn.names, start=1))
    return resolve_regions(replace(drawn, names=names), loaded.ensemble.base.projection)


def titled(topic: Topic, *, title: str = "", language: str = "") -> Topic:
    """Return a topic under another title or in another language, where given."""
    return replace(topic, title=title or topic.title, language=language or topic.language)


def _title(publisher: str, days: tuple[date, ...]) -> str:
    who = f"Who held what, by {publisher}" if publisher else "Who held what"
    first, last = Words("en").day(days[0]), Words("en").day(days[-1])
    return f"{who}, {first} to {last}" if days[1:] else f"{who}, {first}"

"""The page of a series or of a job: read, decide, write."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from territory.claims.model import Claims
from territory.claims.verdicts import Judgement
from territory.extras import require
from territory.findings import Finding
from territory.history.regions import DrawnRegions, Regions, resolve_regions
from territory.job.checks import no_region_reached
from territory.job.days import select_days
from territory.job.input_files import series_files
from territory.job.named_aoi import load_regions
from territory.job.series import Loaded
from territory.job.several_maps import marked_for_pool
from territory.job.stages import Progress, silent
from territory.job.study import judge_claims
from territory.languages import FIRST, LANGUAGES, catalogue
from territory.maps.map_text import Words
from territory.maps.request import MapRequest, MapSource
from territory.one_piece import file_in_one_piece
from territory.publish.page.content import content
from territory.publish.page.document import document
from territory.publish.page.scopes import provinces
from territory.publish.page.topic import Topic
from territory.read.basemap import base_map, frame_of
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
    """Write the page, whole or not at all; return its size in bytes.

    Parameters
    ----------
    topic : Topic
        What the page is about.
    path : Path
        The HTML file; what is there is replaced.

    Raises
    ------
    InputError
        If a day or area is not in the history, or the language is not spoken.
    """
    page = page_html(topic).encode("utf-8")
    with file_in_one_piece(path) as place:
        place.write_bytes(page)
    return len(page)


def job_topic(
    source: MapSource,
    folder: Path,
    judgements: Sequence[tuple[Judgement, ...]],
    *,
    compared: tuple[date, ...] = (),
    tables: bool = True,
    listed: bool = False,
    beside: tuple[str, ...] = (),
) -> Topic:
    """Return the page of a job whose first series is loaded.

    Parameters
    ----------
    source : MapSource
        The loaded series with what its pictures need.
    folder : Path
        What the context files of the job start from.
    judgements : sequence of tuple of Judgement
        One group per claim, one judgement per reading.
    compared : tuple of date
        See `Topic`.
    tables, listed : bool
        See `Topic`.
    beside : tuple of str
        See `Topic`.
    """
    drawn = base_map(source.maps.regions, folder, "regions")
    return Topic(
        source,
        source.maps.languages[0],
        compared,
        _provinces(drawn, source.loaded),
        tables,
        tuple(judgements),
        listed,
        beside,
    )


def page_topic(
    request: MapRequest,
    *,
    claims: Path | None = None,
    regions: DrawnRegions | None = None,
    workers: int = 1,
    progress: Progress = silent,
) -> Topic:
    """Read a series or the first one of a job and return its page.

    Parameters
    ----------
    request : MapRequest
        A job file, or files with a profile.
    claims : Path, optional
        Published figures to judge; a job names its own.
    regions : DrawnRegions, optional
        Provinces for a table each; a job names its own.
    workers : int
        Threads for resampling; the results do not depend on it.
    progress : callable
        Told the stage and how far it is.

    Raises
    ------
    TerritoryError
        If anything in the files cannot be used.
    """
    job, folder = request.job, request.folder
    require("page", *["population"] * bool(job.population))
    name = job.claims.file if job.claims else str(claims or "")
    published = read_toml(folder / name, Claims) if name else Claims(claim=())
    source = request.read(
        wanted_days=published.days(),
        workers=workers,
        progress=lambda done, total: progress("resampling places", done, total),
    )
    loaded: tuple[Loaded, ...] = (source.loaded,)
    if published.claim and len(job.series) > 1:
        others = request.others(wanted_days=published.days(), workers=workers)
        loaded = marked_for_pool(
            (*loaded, *others), [series_files(spec, folder) for spec in job.series]
        )
    source = replace(source, loaded=loaded[0])
    judgements = judge_claims(
        published,
        source.loaded,
        file=name,
        raster=folder / job.population.file if job.population else None,
        others=loaded[1:],
        regions=load_regions(job.regions, folder),
    )
    if not request.is_job:
        return _series_topic(source, regions, judgements)
    days, base = source.loaded.days, source.base
    requested = select_days(job.days.select, days) if request.rule == "all" else days
    pair, there = job.maps.before_after or (), set(published.days()) & set(base.days)
    compared = tuple(sorted({*requested, *pair, *there}))
    return job_topic(source, folder, judgements, compared=compared)


def _series_topic(
    source: MapSource,
    regions: DrawnRegions | None,
    judgements: tuple[tuple[Judgement, ...], ...],
) -> Topic:
    """Return the page of files, with what was found about the provinces among the findings."""
    resolved = _provinces(regions, source.loaded)
    loaded = source.loaded
    if regions is not None and resolved is not None:
        reached = provinces(resolved, source.base)
        beyond: tuple[Finding, ...] = () if reached else (no_region_reached(regions.file),)
        found = (*loaded.findings, *regions.findings, *resolved.audit, *beyond)
        loaded = replace(loaded, findings=found)
    context = replace(source.context, regions=frame_of(regions))
    titles = {code: _title(loaded.publisher, loaded.days, code) for code in LANGUAGES}
    source = replace(source, loaded=loaded, context=context, title=titles[FIRST])
    source = replace(source, local_titles=titles)
    return Topic(source, regions=resolved, judgements=judgements)


def _provinces(drawn: DrawnRegions | None, loaded: Loaded) -> Regions | None:
    """Return provinces as the tables have them; one without a name is numbered."""
    if drawn is None:
        return None
    names = tuple(name or str(number) for number, name in enumerate(drawn.names, start=1))
    return resolve_regions(replace(drawn, names=names), loaded.ensemble.base.projection)


def titled(topic: Topic, *, title: str = "", language: str = "") -> Topic:
    """Return a topic under another title or in another language, where given.

    Parameters
    ----------
    topic : Topic
        It stays as it is.
    title : str
        Empty for that of the topic.
    language : str
        Code such as ``en``; empty for that of the topic.
    """
    own = dict.fromkeys(LANGUAGES, title) if title else topic.source.local_titles
    source = replace(topic.source, title=title or topic.source.title, local_titles=own)
    return replace(topic, source=source, language=language or topic.language)


def _title(publisher: str, days: tuple[date, ...], language: str) -> str:
    words, said = Words(language), catalogue(language)["page"]
    first, last = words.day(days[0]), words.day(days[-1])
    period = words.from_until(days[0], days[-1]) if days[1:] and first != last else first
    key = "made_title_by" if publisher else "made_title"
    return str(said[key]).format(publisher=publisher, period=period)

"""A job file to everything it finds out, before any of it is written."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from territory.claims.model import Claim, Claims, at
from territory.claims.pooled import judge_on_maps
from territory.claims.rows import area_budget_rows, budget_rows, verdict_rows
from territory.claims.summaries import summary
from territory.claims.verdicts import Judgement, claimed_days, judge
from territory.errors import ClaimError, JobError, did_you_mean
from territory.findings import Finding, FindingKind, Severity, lines_of, seen_from
from territory.history.regions import DrawnRegions
from territory.holders import NOBODY
from territory.job.days import Period
from territory.job.input_files import names_of_files, series_files
from territory.job.load import load_series
from territory.job.named_aoi import load_areas, load_regions
from territory.job.profile_choice import read_job
from territory.job.series import Loaded, OnDays
from territory.job.several_maps import Whereabouts, marked_for_pool, not_pooled
from territory.job.spec import Job
from territory.job.stages import Progress, silent
from territory.measure.rows import Row, area_rows, change_rows, day_pairs, quality_rows
from territory.memo import Memo
from territory.read.basemap import Context, context_findings, read_context
from territory.read.published_figures import read_columns
from territory.read.text_files import read_toml
from territory.read.world import known_sizes

Beside = tuple[dict[str, dict[date, float]], ...]
QUALITY = "quality.csv"  # lists every finding of a run


@dataclass(frozen=True, eq=False)
class Results:
    """Everything a job found out.

    Attributes
    ----------
    loaded : tuple of Loaded
        One per series; claims are judged on each, pictures are of the first.
    judgements : tuple of tuple of Judgement
        One group per claim, one judgement per reading.
    areas, changes, verdicts, budget, quality : tuple of Row
        The tables of the same names.
    beside : tuple of dict of str to dict of date to float
        For each series that the report sets beside its timeline, by actor, what others
        published by day, in their unit.
    context : Context
        What lies around the zones, where any picture or page is to be made.
    """

    job: Job
    loaded: tuple[Loaded, ...]
    judgements: tuple[tuple[Judgement, ...], ...]
    areas: tuple[Row, ...]
    changes: tuple[Row, ...]
    verdicts: tuple[Row, ...]
    budget: tuple[Row, ...]
    quality: tuple[Row, ...]
    beside: Beside = ()
    context: Context = field(default_factory=Context)

    @property
    def summaries(self) -> tuple[str, ...]:
        """One plain sentence per claim."""
        return tuple(f"{group[0].claim.id}: {summary(group)}" for group in self.judgements)

    def titles(self, language: str) -> dict[str, str]:
        """Return what named areas and regions that have a title are called in a language.

        Parameters
        ----------
        language : str
            Code of a language in which every title is, such as ``en``.

        Returns
        -------
        dict of str to str
            By the name of the area.
        """
        labels = (pair for loaded in self.loaded for pair in loaded.regions.items())
        regions = {name: each.titles[language] for name, each in labels if language in each.titles}
        areas = {name: titles[language] for name, titles in self.job.area_titles.items()}
        return {**regions, **areas}

    @property
    def newest(self) -> date:
        """The last day of the data."""
        return max(each.ensemble.base.days[-1] for each in self.loaded)

    @property
    def concerning(self) -> tuple[Finding, ...]:
        """The warnings and errors about the days that are used, and those without a day."""
        by_name = isinstance(self.job.days.select, tuple)
        first = self.loaded[0]
        claimed = claimed_days(each for group in self.judgements for each in group)
        more = self.job.maps.before_after or ()
        return tuple(
            found
            for each in self.loaded
            for found in each.concerning(
                {*each.days, *claimed, *(more if each is first else ())}, by_name=by_name
            )
        )

    @property
    def unusable(self) -> tuple[str, ...]:
        """Why snapshots or claims could not be used or trusted, one line each."""
        errors = lines_of(self.concerning, Severity.ERROR, all_in=QUALITY)
        return (*errors, *uncheckable(self.judgements))


def uncheckable(judgements: Iterable[Iterable[Judgement]]) -> tuple[str, ...]:
    """Return which readings the data have no day or no area for, one line each.

    Parameters
    ----------
    judgements : iterable of iterable of Judgement
        One group per claim, one judgement per reading.
    """
    return tuple(
        f"{at(each.claim, each.reading)}: cannot be checked: {each.lacking}"
        for group in judgements
        for each in group
        if each.lacking and each.reading
    )


def judge_claims(
    claims: Claims,
    loaded: Loaded | None,
    *,
    file: str,
    raster: Path | None = None,
    others: Sequence[Loaded] = (),
    regions: DrawnRegions | None = None,
) -> tuple[tuple[Judgement, ...], ...]:
    """Judge every claim of a file.

    Parameters
    ----------
    claims : Claims
        As published.
    loaded : Loaded or None
        What to measure on; None where no reading is to be measured.
    file : str
        The claims file as the user named it, for messages.
    raster : Path, optional
        People per cell, for claims about people.
    others : sequence of Loaded
        Further series, whose names differ: then every claim is judged on each and on all of
        them together, see `territory.claims.pooled.judge_on_maps`.
    regions : DrawnRegions, optional
        Provinces, by which it is said where maps differ.

    Returns
    -------
    tuple of tuple of Judgement
        One group per claim, one judgement per reading.

    Raises
    ------
    ClaimError
        Naming file, claim and key of what is wrong with it.
    """
    people = None
    if raster is not None:
        from territory.read.population import population  # its libraries are slow to load

        people = population(raster)
    sizes = known_sizes() if claims.names_countries() else {}
    judged: Callable[[Claim], tuple[Judgement, ...]] = partial(
        judge, ensemble=None, sizes=sizes, people=people
    )
    if loaded is not None:
        series = (loaded, *others)
        judged = partial(
            judge_on_maps,
            maps={each.name: each.ensemble for each in series},
            sizes=sizes,
            people=people,
            unasked=not_pooled(series),
            where=Whereabouts(series, regions),
        )
    try:
        return tuple(map(judged, claims.claim))
    except ClaimError as error:
        raise ClaimError(error.problem, file=file) from None


def _about_first(series: Loaded, loaded: tuple[Loaded, ...]) -> list[Finding]:
    """Say of the first of several series that pictures are about it alone."""
    if series is not loaded[0] or len(loaded) == 1:
        return []
    others = ", ".join(f"'{each.name}'" for each in loaded[1:])
    detail = f"pictures are about the series '{series.name}', not about {others}"
    return [Finding(FindingKind.FIRST_SERIES, detail)]


def _context(job: Job, folder: Path) -> Context:
    """Return what lies around the zones, if any picture or page is to be made."""
    drawn = job.maps.enabled or job.report.enabled
    return read_context(folder, **job.maps.context_files) if drawn else Context()


def _beside_series(job: Job, folder: Path) -> Beside:
    """Read the series that the report sets beside its timeline."""
    return tuple(
        read_columns(folder / each.file, day_column=each.day, columns=each.columns)
        for each in job.report.beside
        if job.report.enabled
    )


def _of_known_actors(beside: Beside, loaded: Loaded) -> Beside:
    """Refuse a series of somebody who holds nothing here."""
    known = sorted({each.actor for each in loaded.ensemble.base.holders} - {NOBODY.actor})
    for name in (name for each in beside for name in each if name not in known):
        raise JobError(f"report.beside: no actor is named '{name}'; {did_you_mean(name, known)}")
    return beside


def compute(
    path: Path,
    *,
    workers: int = 1,
    scheduler: str = "",
    memory: int | None = None,
    memo: Memo | None = None,
    progress: Progress = silent,
    on_days: OnDays = lambda _days: None,
) -> Results:
    """Do everything that needs no output folder.

    Parameters
    ----------
    path : Path
        The job file; relative names in it start from its folder.
    workers, scheduler
        Where zones are read and places resampled: see `territory.job.workers.spread`.
    memory : int, optional
        How many bytes each series of drawn zones may take; by default what is free.
    memo : Memo, optional
        The files and days of an earlier run.
    progress : callable
        Told the stage and how far it is.
    on_days : callable
        Told which days of the first series are reported, before the long work begins.

    Raises
    ------
    TerritoryError
        If the job, or a file it names, cannot be used as it stands; which one, and where in it.
    """
    job = read_job(path)
    folder = path.parent
    claims = read_toml(folder / job.claims.file, Claims) if job.claims else Claims(claim=())
    areas = load_areas(job.area, folder)
    regions = load_regions(job.regions, folder)
    context, beside = _context(job, folder), _beside_series(job, folder)  # before the long work
    load = partial(
        load_series,
        folder=folder,
        areas=areas,
        rule=job.days.select,
        wanted_days=claims.days(),
        uncertainty=job.uncertainty,
        regions=regions,
        span=Period(job.days.first_day, job.days.last_day),
        actors=job.actors,
        workers=workers,
        scheduler=scheduler,
        memory=memory,
        memo=memo,
        progress=partial(progress, "resampling places"),
    )
    first, *others = job.series
    loaded = (
        load(first, more_days=job.maps.before_after or (), on_days=on_days),
        *(load(spec, more_days=()) for spec in others),
    )
    if claims.claim and others:
        loaded = marked_for_pool(loaded, [series_files(spec, folder) for spec in job.series])
    from_it = _from_job(job, path)
    loaded = tuple(replace(s, findings=from_it(s.findings)) for s in loaded)
    around = from_it(context_findings(context, loaded[0].ensemble.base))
    judgements = judge_claims(
        claims,
        loaded[0],
        file=job.claims.file if job.claims else "",
        raster=folder / job.population.file if job.population else None,
        others=loaded[1:],
        regions=regions,
    )
    return _results(job, loaded, judgements, around, context=context, beside=beside)


def _from_job(job: Job, path: Path) -> Callable[[Iterable[Finding]], tuple[Finding, ...]]:
    """Return what makes findings name files as they are seen from the job file."""
    folder = f"{path.parent}{os.sep}" if path.parent.name else ""
    return partial(seen_from, folder=folder, files=names_of_files(job, path))


def _results(
    job: Job,
    loaded: tuple[Loaded, ...],
    judgements: tuple[tuple[Judgement, ...], ...],
    around: Iterable[Finding],
    *,
    context: Context,
    beside: Beside,
) -> Results:
    """Return the rows of all tables, and what they were made of."""
    return Results(
        job,
        loaded,
        judgements,
        areas=tuple(r for s in loaded for r in area_rows(s.name, s.ensemble, s.days)),
        changes=tuple(
            r for s in loaded for r in change_rows(s.name, s.ensemble, day_pairs(s.days))
        ),
        verdicts=tuple(verdict_rows(each for group in judgements for each in group)),
        budget=_budget(loaded, judgements),
        quality=tuple(_quality(loaded, around)),
        beside=_of_known_actors(beside, loaded[0]),
        context=context,
    )


def _quality(loaded: tuple[Loaded, ...], around: Iterable[Finding]) -> Iterator[Row]:
    """Return what was found in every series; what lies around is about the first."""
    for series in loaded:
        more = around if series is loaded[0] else ()
        found = (*series.findings, *_about_first(series, loaded), *more)
        yield from quality_rows(series.name, found)


def _budget(
    loaded: tuple[Loaded, ...], judgements: tuple[tuple[Judgement, ...], ...]
) -> tuple[Row, ...]:
    """Return the budgets of the claims; of the last day's areas where none was measured."""
    budgets = budget_rows(each for group in judgements for each in group)
    if budgets:
        return tuple(budgets)
    return tuple(r for s in loaded for r in area_budget_rows(s.name, s.ensemble, s.days))

"""From the files a job names to an `Ensemble`: a history, its draws and its scenarios.

One module for each kind of series (drawn zones, units, places), loaded when such a series is
read, and one for each thing that all of them need: named areas, days, checks.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from territory.findings import Finding, FindingKind
from territory.history.regions import DrawnRegions
from territory.job.checks import idle_names
from territory.job.days import ALL_DAYS, Period
from territory.job.input_files import is_of_units
from territory.job.named_aoi import with_extent
from territory.job.profile_choice import with_profile
from territory.job.reporting_days import preview_days
from territory.job.series import Loaded, OnDays, Progress, SeriesRequest
from territory.job.spec import DayRule, SeriesSpec, UncertaintySpec
from territory.memo import Memo
from territory.read.actor_looks import Looks, looks_together
from territory.read.aoi import DrawnArea


def series_days(
    spec: SeriesSpec,
    folder: Path,
    *,
    rule: tuple[date, ...] | DayRule,
    more_days: tuple[date, ...] = (),
    span: Period = ALL_DAYS,
) -> tuple[date, ...]:
    """Return the days that `load_series` would report, without measuring anything.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.
    rule : tuple of date, or str
        Which days to report.
    more_days : tuple of date
        Days that must be there besides.
    span : Period
        The days of the series that are looked at; the others are left aside.

    Returns
    -------
    tuple of date
        In order.

    Raises
    ------
    InputError
        As for `load_series`, as far as reading goes.
    """
    spec = with_profile(spec, folder)
    return preview_days(SeriesRequest(spec, folder, {}, rule, more_days, (), None, span))


def load_series(
    spec: SeriesSpec,
    folder: Path,
    *,
    areas: Mapping[str, DrawnArea],
    rule: tuple[date, ...] | DayRule,
    more_days: tuple[date, ...],
    uncertainty: UncertaintySpec,
    wanted_days: tuple[date, ...] = (),
    regions: DrawnRegions | None = None,
    span: Period = ALL_DAYS,
    on_days: OnDays = lambda _days: None,
    actors: Looks = MappingProxyType({}),
    only_areas: bool = False,
    changes: bool = True,
    uncut: bool = False,
    tiles: bool = False,
    workers: int = 1,
    scheduler: str = "",
    memory: int | None = None,
    memo: Memo | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Loaded:
    """Read a series and build its ensemble.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.
    areas : mapping of str to DrawnArea
        Named areas as drawn.
    rule : tuple of date, or str
        Which days to report.
    more_days : tuple of date
        Days that must be there besides.
    uncertainty : UncertaintySpec
        How many draws to make, and the error of drawn lines in metres.
    wanted_days : tuple of date
        Days that claims ask for; one without a snapshot is left out, so that the claims
        which need it cannot be checked and all others can.
    regions : DrawnRegions, optional
        For a table by region, with the rest of the ground as one more area.
    span : Period
        The days of the series that are looked at; the others are left aside.
    on_days : callable
        Told which days are reported, before the long work begins.
    actors : mapping of str to ActorLook
        What actors are called and which colour they have, for all series of a job.
    only_areas, changes, uncut, tiles
        Which figures are given, and that nothing else is: see `SeriesRequest`.
    workers, scheduler
        Where zones are read and places resampled: see `territory.job.workers.spread`.
    memory : int, optional
        How many bytes drawn zones may take; see `territory.job.memory.tile_points`.
    memo : Memo, optional
        The files and days of drawn zones of an earlier run.
    progress : callable
        Told how many of how many draws are done.

    Raises
    ------
    InputError
        If anything in the files cannot be used as it stands.
    """
    spec = with_profile(spec, folder)
    extent, areas = with_extent(spec, areas, folder)
    request = SeriesRequest(
        spec,
        folder,
        areas,
        rule,
        more_days,
        wanted_days,
        regions,
        span,
        on_days,
        only_areas,
        changes,
        extent,
        uncut and not (areas or regions or extent),
        tiles,
    )
    where = _Where(workers, scheduler, memory, memo)
    loaded = with_choice(_loaded(request, uncertainty, where, progress), spec)
    said = looks_together([actors, spec.actors])
    looks = looks_together([loaded.looks, said])
    named = {name: f"[actors.{name}]" for name in said}
    return replace(
        loaded,
        looks=looks,
        regions=regions.labels if regions else {},
        findings=(*loaded.findings, *idle_names(named, loaded.ensemble.base.holders)),
    )


def with_choice(loaded: Loaded, spec: SeriesSpec) -> Loaded:
    """Return a series with a finding that says what it is read as, where nobody named that.

    Parameters
    ----------
    loaded : Loaded
        The series.
    spec : SeriesSpec
        How it was read.
    """
    if not spec.recognised:
        return loaded
    finding = Finding(FindingKind.RECOGNISED, spec.recognised)
    return replace(loaded, findings=(finding, *loaded.findings))


class _Where(NamedTuple):
    """Where a series is worked on, in how many bytes, and what is known of it."""

    workers: int
    scheduler: str
    memory: int | None
    memo: Memo | None


def _loaded(
    request: SeriesRequest,
    uncertainty: UncertaintySpec,
    where: "_Where",
    progress: Progress,
) -> Loaded:
    """Read and measure a series by its kind, the code of which is loaded for it alone."""
    if request.spec.profile == "places":
        from territory.job.place_series import load_places

        return load_places(
            request,
            uncertainty,
            workers=where.workers,
            scheduler=where.scheduler,
            progress=progress,
        )
    if is_of_units(request.spec, request.folder):
        from territory.job.unit_series import load_units

        return load_units(request, uncertainty)
    from territory.job.zone_series import load_drawn

    return load_drawn(
        request,
        uncertainty,
        workers=where.workers,
        scheduler=where.scheduler,
        memory=where.memory,
        memo=where.memo,
    )

"""Cleaned days of drawn zones to one partition of all of them, checked over time."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from territory.errors import OverlapError, doing
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.graphs import with_row
from territory.history.clipping import histories_about, whole_history
from territory.history.history import History, from_snapshots, plane_over
from territory.history.remainder import with_remainder
from territory.history.snapshot import Snapshot
from territory.history.tile_figures import Areas as TileAreas
from territory.history.tiles import Run, Tiled, tiled_history
from territory.history.turned import opened_at
from territory.holders import Holder
from territory.job.checks import geodesic_sizes
from territory.job.clean_days import clean_days
from territory.job.memory import tile_points
from territory.job.named_aoi import plane_areas
from territory.job.series import SeriesRequest
from territory.memo import Memo
from territory.numbers import figure
from territory.quality.check import check_history
from territory.quality.countries import ground_in_countries
from territory.read.aoi import parse_area, place_name
from territory.read.profile import Profile
from territory.read.world import read_countries
from territory.read.zones import Series

if TYPE_CHECKING:
    from scipy.sparse import csr_array


_NO_KM2 = 1e-6  # a square metre


@dataclass(frozen=True, eq=False)
class CutZones:
    """Drawn zones of all days on one partition, before it is cut along any area.

    Attributes
    ----------
    series : Series
        What was found on the way, without what the files said.
    profile : Profile
        How it was read.
    history : History
        To measure in: every face, or those about the areas where nothing else is asked for.
    whole : History
        All ground in the same plane, perhaps drawn more roughly.
    days : tuple of date
        Those to report.
    over_time : tuple of Finding
        What the days say of one another.
    before : tuple of Finding
        What else was found, but for the repairs that the history lists.
    fills : mapping of str to str
        By holder, the colour in which the files draw it, if it is its alone.
    files : mapping of date to str
        The file of each day whose file says nothing of another.
    tiled : Tiled, optional
        What was added up over tiles; `history` is then cut along all areas.
    """

    series: Series
    profile: Profile
    history: History
    whole: History
    days: tuple[date, ...]
    over_time: tuple[Finding, ...]
    before: tuple[Finding, ...]
    fills: Mapping[str, str]
    files: Mapping[date, str]
    tiled: Tiled | None = None


def cut_zones(
    series: Series,
    profile: Profile,
    request: SeriesRequest,
    *,
    run: Run = map,
    tiles: Run = map,
    memory: int | None = None,
    memo: Memo | None = None,
    section_m: float = 0.0,
) -> CutZones:
    """Clean the zones of every day, cut them together, and check them over time.

    Parameters
    ----------
    series : Series
        As read, in any CRS.
    profile : Profile
        Says what to do about overlaps and invalid polygons.
    request : SeriesRequest
        The days that are asked for.
    run : callable
        Where days are cleaned; see `territory.job.workers.spread`.
    tiles : callable
        Where tiles are cut, if there are any.
    memory : int, optional
        How many bytes it may take; see `territory.job.memory.tile_points`.
    memo : Memo, optional
        The days of an earlier run.
    section_m : float
        How long a section of the front is, for tiles; 0 if nobody asks for them.

    Returns
    -------
    CutZones
        One partition in the equal-area plane of the zones.

    Raises
    ------
    InputError
        If no day can be used, one that is asked for was refused, or it takes more memory than
        it may.
    OverlapError
        If two holders have the same ground on a day, and no policy says whose it is.
    """
    cleaned = clean_days(series, profile, request, run=run, memo=memo)
    series = replace(series, raws=())  # cutting takes as much again, and nobody asks for them
    snapshots = cleaned.snapshots
    can_tile = request.tiles and not (profile.remainder or request.extent)
    points = tile_points(snapshots, memory, can_tile=can_tile)
    if points and opened_at(snapshots) is None:  # no border of tiles goes between them
        points = tile_points(snapshots, memory, can_tile=False)
    tiled: Tiled | None = None
    cutting = f"cutting the zones of {_span(snapshots)} together"
    with doing(cutting), _saying_ends_meet(series.findings):
        if points:
            tiled = _tiled(snapshots, profile, request, points, run=tiles, section_m=section_m)
            whole, history = tiled.whole, tiled.cut
        else:
            whole, history = _histories(snapshots, profile, request)
    with doing(f"checking {_span(snapshots)} for faults"):
        over_time = _checked(whole.at_days(cleaned.own), tiled, lasts=series.lasts)
    about_rest: tuple[Finding, ...] = ()
    if profile.remainder:
        history, about_rest = _with_rest(whole, profile)
        whole = history
    return CutZones(
        series,
        profile,
        history,
        whole,
        cleaned.days,
        over_time,
        (*cleaned.far, *about_rest, *cleaned.before),
        cleaned.fills,
        cleaned.files,
        tiled,
    )


def _checked(whole: History, tiled: Tiled | None, *, lasts: bool) -> tuple[Finding, ...]:
    """Return what the days of a series say of one another."""
    found = check_history(
        whole,
        countries=read_countries(),
        snapshots=not lasts,
        drawing=tiled.before if tiled else None,
        inside=tiled.sums[:-1] if tiled else None,
    )
    return tuple(found)


def _histories(
    snapshots: tuple[Snapshot, ...], profile: Profile, request: SeriesRequest
) -> tuple[History, History]:
    """Cut zones together; return all ground, and what of it is measured."""
    looked_at = request.areas
    if request.extent:
        looked_at = {request.extent: request.areas[request.extent]}
    if request.uncut and not profile.remainder:
        whole = whole_history(snapshots, overlap=profile.overlap, priority=profile.priority)
        found = whole, whole
    elif profile.remainder or not (request.extent or request.only_areas):
        whole = from_snapshots(snapshots, overlap=profile.overlap, priority=profile.priority)
        found = whole, whole
    else:
        found = histories_about(
            snapshots,
            plane_areas(looked_at, plane_over(snapshots)).values(),
            strips=request.changes,
            overlap=profile.overlap,
            priority=profile.priority,
        )
    if not profile.ground:
        return found
    # Beyond the ground that front lines cut nothing is known: its rim is no front.
    whole, history = (replace(each, outside_is_nobody=False) for each in found)
    return (whole, whole) if found[0] is found[1] else (whole, history)


def _tiled(
    snapshots: tuple[Snapshot, ...],
    profile: Profile,
    request: SeriesRequest,
    points: int,
    *,
    run: Run,
    section_m: float,
) -> Tiled:
    """Cut zones tile by tile, along the areas asked for too, and add up what figures need."""
    planar = request.in_plane(plane_over(snapshots))
    areas = TileAreas(partial(planar.cut, is_drawn=False), planar.grounds)
    return tiled_history(
        snapshots,
        max_points=points,
        areas=areas if planar.grounds else None,
        sums=_tile_sums,
        section_m=section_m,
        outside_is_nobody=not profile.ground,
        overlap=profile.overlap,
        priority=profile.priority,
        run=run,
    )


def _tile_sums(tile: History) -> "csr_array":
    """Return the ground of a tile in each country, and on the ellipsoid, by face."""
    return with_row(ground_in_countries(tile, read_countries()), geodesic_sizes(tile))


def _with_rest(history: History, profile: Profile) -> tuple[History, tuple[Finding, ...]]:
    """Give what nobody drew of an area to whoever holds it, and tell how much that is."""
    area = parse_area(profile.remainder_area, option="remainder_area")
    ground = plane_areas({"": area}, history.projection)[""]
    called = place_name(profile.remainder_area)
    holder = Holder(profile.remainder)
    with doing(f"giving the rest of {called} to {holder}"):
        found = with_remainder(history, ground, holder, called=called)
    rest = np.isin(found.origin, () if found.undrawn is None else found.undrawn)
    detail = (
        f"{holder}: holds what nobody drew of {called}, {figure(found.km2(rest))} km2 that no zone"
        f" of any day covers; the outline of {called} counts as exact"
    )
    severity = Severity.INFO
    if _sum_km2(found, holder) - _sum_km2(history, holder) < _NO_KM2:
        severity = Severity.WARNING
        detail = f"remainder gives nothing to {holder}: zones cover all of {called} on every day"
    return found, (*area.findings, Finding(FindingKind.REMAINDER, detail, severity))


def _sum_km2(history: History, holder: Holder) -> float:
    """Return what a holder has on all days together, 0 for one who is not there."""
    holders = history.holders
    return float(history.held_km2()[:, holders.index(holder)].sum()) if holder in holders else 0.0


@contextmanager
def _saying_ends_meet(findings: Iterable[Finding]) -> Iterator[None]:
    """Say of zones that overlap that it may come of ends that meet begins."""
    try:
        yield
    except OverlapError as error:
        meet = "; ".join(each.detail for each in findings if each.kind == FindingKind.ENDS_MEET)
        if not meet:
            raise
        problem = f"{error.problem}; {meet}"
        raise OverlapError(problem, file=error.file, feature=error.feature) from None


def _span(snapshots: tuple[Snapshot, ...]) -> str:
    """Name the days of snapshots."""
    first, last = snapshots[0].day, snapshots[-1].day
    return str(first) if first == last else f"{len(snapshots)} days, {first} to {last},"

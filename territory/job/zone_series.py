"""Series of drawn zones: files, snapshots, one partition, and what its figures rest on."""

from collections.abc import Collection, Mapping
from pathlib import Path

from territory.errors import JobError, doing
from territory.findings import Finding, FindingKind, Severity
from territory.history.drawing import Drawing, drawing_of
from territory.history.history import History
from territory.job.checks import (
    cover_findings,
    empty_findings,
    extent_findings,
    geodesic_findings,
    ground_sizes,
    idle_names,
)
from territory.job.cut_zones import CutZones, cut_zones
from territory.job.memory import tiles_at_once
from territory.job.series import Loaded, SeriesRequest
from territory.job.series_profile import profile_of
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.job.workers import spread, worth
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.measure.scenarios import status_scenarios
from territory.memo import Memo
from territory.quality.check import corrupt_days, day_doubts
from territory.read.actor_looks import ActorLook, looks_together
from territory.read.paths import expand
from territory.read.profile import Profile, publishers_errors
from territory.read.sources import find_source
from territory.read.world import STANDARD
from territory.read.zones import read_series


def load_drawn(
    request: SeriesRequest,
    uncertainty: UncertaintySpec,
    *,
    workers: int = 1,
    scheduler: str = "",
    memory: int | None = None,
    memo: Memo | None = None,
) -> Loaded:
    """Read drawn zones of every day, cut them together, and check them over time.

    Parameters
    ----------
    request : SeriesRequest
        The series, its areas and its days.
    uncertainty : UncertaintySpec
        Error of drawn lines, in metres, where neither the series nor its profile says one.
    workers, scheduler
        Where files are read, days cleaned and tiles cut: see `territory.job.workers.spread`.
        Small files are read by this process.
    memory : int, optional
        How many bytes it may take; see `territory.job.memory`.
    memo : Memo, optional
        The files and days of an earlier run.

    Returns
    -------
    Loaded
        Its history lies in the equal-area plane of its zones.

    Raises
    ------
    InputError
        If no day can be used, or it takes more memory than it may.
    """
    spec = request.spec
    profile = profile_of(spec, request.folder)
    paths = tuple(str(request.folder / path) for path in spec.paths)
    enough = worth(workers, expand(paths)) if workers > 1 else 1
    at_once = 1 if scheduler else tiles_at_once(workers, memory)
    late = _boundary(profile, spec, uncertainty)[0]
    with (
        spread(enough, scheduler, in_processes=True) as run,
        spread(at_once, in_processes=True) as cut,
    ):
        zones = cut_zones(  # what was read has no name here, so that it can go
            read_series(paths, profile, day=spec.day, also=request.named_days, run=run, memo=memo),
            profile,
            request,
            run=run,
            tiles=run if scheduler else cut,
            memory=memory,
            memo=memo,
            section_m=late.correlation_length_m if _is_late_for_anyone(late) else 0.0,
        )
    return measured(zones, request, uncertainty)


def _is_late_for_anyone(own: BoundaryError) -> bool:
    """Return whether a series is redrawn late, or a publisher is whose claims it may be asked."""
    known = (own, *publishers_errors().values())
    return any(each.redraw_lag_days > 0 for each in known)


def measured(zones: CutZones, request: SeriesRequest, uncertainty: UncertaintySpec) -> Loaded:
    """Cut a partition along the areas and regions asked for, and say what its figures rest on.

    Parameters
    ----------
    zones : CutZones
        One partition of all days.
    request : SeriesRequest
        The areas and regions that are asked for.
    uncertainty : UncertaintySpec
        Error of drawn lines, in metres, where neither the series nor its profile says one.

    Returns
    -------
    Loaded
        Its history lies in the equal-area plane of its zones.
    """
    spec, profile = request.spec, zones.profile
    with doing("cutting the zones along the areas asked for"):
        cut, about_regions = _along_areas(zones, request)
        history = cut.within_extent() if request.extent else cut
    unreached = _unreached(zones, history, request)
    _refuse_empty_extent(request, unreached)
    ensemble = _ensemble(zones, cut, history, request, uncertainty)
    looks, about_looks = _looks(zones.fills, profile, spec)
    findings = (
        *zones.over_time,
        *zones.before,
        *history.audit,
        *_boundary(profile, spec, uncertainty)[1],
        *about_regions,
        *empty_findings(unreached),
        *_about_what_is_beyond(history, request),
        *geodesic_findings(request.areas, history.projection, ground=_sizes(zones, history)),
        *request.about_rims(ensemble, zones.days),
        *about_looks,
        *_idle_priority(profile, spec, history),
    )
    return Loaded(
        spec.name,
        ensemble,
        zones.days,
        findings,
        profile.publisher,
        profile.licence,
        looks,
        _outline(profile) if profile.remainder else "",
        profile.remainder,
        files=zones.files,
        of_fronts=bool(profile.ground),
    )


def _along_areas(zones: CutZones, request: SeriesRequest) -> tuple[History, tuple[Finding, ...]]:
    """Return a partition cut along the areas asked for, as tiles are already."""
    if not zones.tiled:
        return request.cut(zones.history)
    planar = request.in_plane(zones.history.projection)
    return zones.history, request.about(planar, zones.history)


def _unreached(zones: CutZones, history: History, request: SeriesRequest) -> dict[str, bool]:
    """Return which areas no zone reaches, and whether they lie beyond all that is drawn."""
    unreached = history.unreached(request.areas)
    has_all = request.extent or zones.tiled or zones.whole is zones.history
    if not unreached or has_all:
        return unreached
    return request.cut(zones.whole)[0].unreached(request.areas)  # it is seen from all ground


def _ensemble(
    zones: CutZones,
    cut: History,
    history: History,
    request: SeriesRequest,
    uncertainty: UncertaintySpec,
) -> Ensemble:
    """Return what figures and their intervals rest on."""
    profile, series, tiled = zones.profile, zones.series, zones.tiled
    boundary, assumed = _boundary(profile, request.spec, uncertainty)
    # Of a day of spans whose layers are not all there, what is missing looks like a loss.
    of_days = (*zones.over_time, *history.audit, *(series.findings if series.lasts else ()))
    return Ensemble(
        history,
        boundary,
        scenarios=status_scenarios(history),
        drawn=_drawing(zones, cut, request),
        outlines=tiled.rims if tiled else {},
        sectioned=tiled.sections if tiled else None,
        corrupt=corrupt_days(of_days),
        hour_utc=profile.hour_utc,
        area_variants=uncertainty.area_variants,
        rims=request.rims(history),
        publisher=profile.publisher,
        is_assumed=any(each.kind == FindingKind.ASSUMED_ERROR for each in assumed),
        doubts=day_doubts(of_days),
        others=publishers_errors(),
        error_source=_error_source(profile, request.spec, uncertainty),
    )


def _drawing(zones: CutZones, cut: History, request: SeriesRequest) -> Drawing | None:
    """Return the lines that are known already, also those beyond an extent."""
    if zones.tiled:
        return zones.tiled.drawing
    return drawing_of(cut) if request.extent else None


def _sizes(zones: CutZones, history: History) -> tuple[float, float]:
    """Return all ground in the plane and on the ellipsoid, km2."""
    if zones.tiled:
        plane = float(zones.whole.area_m2.sum() / 1e6)
        return plane, float(zones.tiled.sums[-1:].sum())
    return ground_sizes(history)


def _about_what_is_beyond(history: History, request: SeriesRequest) -> list[Finding]:
    """Say which areas reach beyond the extent, or beyond the ground that front lines cut."""
    if not history.outside_is_nobody:
        return cover_findings(history)
    return extent_findings(history, request.extent) if request.extent else []


def _idle_priority(profile: Profile, spec: SeriesSpec, history: History) -> list[Finding]:
    """Say which names of a priority nobody bears; a profile may be of other files."""
    is_own = spec.priority or spec.profile.endswith(".toml")
    ranked = {name: f"priority '{name}'" for name in profile.priority if is_own}
    far = Severity.WARNING if spec.priority else Severity.INFO
    return list(idle_names(ranked, history.holders, far=far))


def _refuse_empty_extent(request: SeriesRequest, unreached: Collection[str]) -> None:
    """Refuse an extent in which nobody ever holds anything."""
    if request.extent in unreached and request.extent:
        problem = (
            f"no zone of any day lies in '{request.extent}'; is it another place, or are longitude"
            " and latitude swapped?"
        )
        raise JobError(problem, file="[series] extent")


def _looks(
    fills: Mapping[str, str], profile: Profile, spec: SeriesSpec
) -> tuple[dict[str, ActorLook], list[Finding]]:
    """Return what actors look like: as the series says, the profile, or the files themselves."""
    drawn = {name: ActorLook(colour=fill) for name, fill in fills.items()}
    looks = looks_together([drawn, profile.actors, spec.actors])
    taken = {n: each.colour for n, each in drawn.items() if n in looks and looks[n] == each}
    if not taken:
        return looks, []
    listed = ", ".join(f"{name} {colour}" for name, colour in taken.items())
    detail = f"colours as the files have them: {listed}; [actors.NAME] colour says otherwise"
    return looks, [Finding(FindingKind.COLOURS_TAKEN, detail)]


def _outline(profile: Profile) -> str:
    """Say where the outline of the remainder comes from, without folders."""
    source = find_source(profile.remainder_area)
    if source and source.country:
        view = f", {source.worldview}" if source.worldview != STANDARD else ""
        return f"Natural Earth 1:50m ({source.country}{view})"
    return Path(profile.remainder_area).name if source else ""


def _boundary(
    profile: Profile, spec: SeriesSpec, uncertainty: UncertaintySpec
) -> tuple[BoundaryError, list[Finding]]:
    """Return the boundary error of drawn zones, saying so where it is only assumed.

    What the series says goes before what the job says for all series, and that before
    what the profile says. That of other publishers is assumed only where nothing is known: a map
    that was traced tells its own error from its scale.
    """
    settings = {**profile.boundary, **uncertainty.boundary, **spec.boundary}
    if "boundary_error_m" in settings:
        return BoundaryError(**settings), []
    if {"map_scale", "georeference_error_m"} & settings.keys():
        error = BoundaryError(**{**settings, "boundary_error_m": 0.0})
        detail = (
            f"no boundary_error_m is given; intervals count the {error.total_m:,.0f} m of"
            " tracing the map and putting it on the ground, not how well the map knew the front"
        )
    else:
        error = BoundaryError(**settings)
        detail = (
            f"no boundary_error_m is given; intervals assume {error.boundary_error_m:g} m across"
            f" the line, correlated over {error.correlation_length_m:g} m, as publishers of"
            " Ukraine's front differ"
        )
    return error, [Finding(FindingKind.ASSUMED_ERROR, detail)]


def _error_source(profile: Profile, spec: SeriesSpec, uncertainty: UncertaintySpec) -> str:
    """Say where the error of the lines comes from; the order is that of `_boundary`."""
    known = "boundary_error_m"
    if known in spec.boundary or known in uncertainty.boundary:
        return "stated by whoever asked for the figures"
    if known in profile.boundary:
        source = f" ({profile.error_source})" if profile.error_source else ""
        return f"stated by the profile '{profile.name}'{source}"
    traced = {"map_scale", "georeference_error_m"}
    if traced & {*profile.boundary, *uncertainty.boundary, *spec.boundary}:
        return "the error of tracing the map alone"
    return "assumed, as publishers of Ukraine's front differ"

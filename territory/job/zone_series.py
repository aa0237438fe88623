"""Series of drawn zones: files, snapshots, one partition."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import (
    GeometryError,
    InputError,
    JobError,
    OverlapError,
    TerritoryError,
    doing,
)
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.area import geodesic_area_km2
from territory.geometry.coverage import polygons_in
from territory.geometry.graphs import with_row
from territory.geometry.projection import WGS84, transformation
from territory.history.clipping import histories_about, whole_history
from territory.history.drawing import Drawing, drawing_of
from territory.history.history import History, from_snapshots, plane_over
from territory.history.lost_geometry import has_lost
from territory.history.overlaps import Overlap
from territory.history.remainder import with_remainder
from territory.history.repair import DOUBT_PERCENT, Repair, normalise
from territory.history.snapshot import RawZones, Snapshot
from territory.history.tile_figures import Areas as TileAreas
from territory.history.tiles import Run, Tiled, tiled_history
from territory.history.turned import opened_at
from territory.holders import CONTESTED, NOBODY, Holder, Status
from territory.job.alike_days import alike_once
from territory.job.checks import (
    cover_findings,
    empty_findings,
    extent_findings,
    geodesic_findings,
    geodesic_sizes,
    ground_sizes,
    idle_names,
)
from territory.job.kept_days import days_form
from territory.job.memory import tile_points, tiles_at_once
from territory.job.named_aoi import plane_areas
from territory.job.series import Loaded, SeriesRequest
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.job.workers import spread, worth
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.measure.scenarios import status_scenarios
from territory.memo import Memo, answers
from territory.numbers import figure
from territory.quality.check import check_history, corrupt_days, day_doubts
from territory.quality.countries import ground_in_countries
from territory.quality.excluded_features import LeftOutClass, left_out_findings
from territory.quality.missing_days import far_days
from territory.quality.swapped_axes import mirrored_features
from territory.read.actor_looks import ActorLook, looks_together
from territory.read.aoi import parse_area, place_name
from territory.read.paths import expand
from territory.read.profile import Profile, publishers_errors, read_profile, refuse_of_zones
from territory.read.sources import find_source, located
from territory.read.world import STANDARD, read_countries
from territory.read.zones import Series, read_series

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_NEAR = 15  # days on each side among which a feature that lost its geometry is looked for
_NO_KM2 = 1e-6  # a square metre
_MAX_HOLDERS = 1000  # every one is a layer; far more than there are parties to a war


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


def _is_late_for_anyone(own: BoundaryError) -> bool:
    """Return whether a series is redrawn late, or a publisher is whose claims it may be asked."""
    known = (own, *publishers_errors().values())
    return any(each.redraw_lag_days > 0 for each in known)


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
    request.span.of(series.own_days)
    raws = tuple(raw for raw in series.raws if request.span.holds(raw.day))
    if not raws:  # every day in the span was refused
        refusals = (f.detail for f in series.findings if f.severity is Severity.ERROR)
        raise InputError(next(refusals, "no day can be used"))
    _refuse_many_actors(raws)
    snapshots, refused = normalised(
        raws,
        reserved=_reserved(profile),
        repair=profile.repair,
        doubt_percent=profile.doubt_percent,
        run=run,
        memo=memo,
    )
    _refuse_no_polygon(snapshots, raws[0].source.location)
    there = tuple(snapshot.day for snapshot in snapshots)
    of_series = set(series.own_days)
    own = tuple(day for day in there if day in of_series)
    _refuse_lost_days(request, (*series.findings, *refused), there)
    days = request.days(there, own)  # before the long work
    far = tuple(far_days(own, {raw.day: raw.source.location for raw in raws}))
    with doing("looking for zones that lie elsewhere"):
        mirrored = tuple(mirrored_features(raws, read_countries()))
        left_out = tuple(left_out_findings(_left_out(raws, own), read_countries()))
    fills, files = _own_fills(raws), _files_of_one_day(series.raws)
    del raws  # cutting takes as much again, and from here on nobody asks what a file said
    series = replace(series, raws=())
    can_tile = request.tiles and not (profile.remainder or request.extent)
    can_tile = can_tile and opened_at(snapshots) is not None
    points = tile_points(snapshots, memory, can_tile=can_tile)
    cutting = f"cutting the zones of {_span(snapshots)} together"
    tiled: Tiled | None = None
    with doing(cutting), _saying_ends_meet(series.findings):
        if points:
            tiled = _tiled(snapshots, profile, request, points, run=tiles, section_m=section_m)
            whole, history = tiled.whole, tiled.cut
        else:
            whole, history = _histories(snapshots, profile, request)
    with doing(f"checking {_span(snapshots)} for faults"):
        over_time = check_history(
            whole.at_days(own),
            countries=read_countries(),
            snapshots=not series.lasts,
            drawing=tiled.before if tiled else None,
            inside=tiled.sums[:-1] if tiled else None,
        )
    if profile.remainder:
        history, about_rest = _with_rest(whole, profile)
        whole = history
        far = (*far, *about_rest)
    found = (
        *far,
        *left_out,
        *request.span.about(series.findings),
        *mirrored,
        *refused,
    )
    checked = tuple(over_time)
    return CutZones(series, profile, history, whole, days, checked, found, fills, files, tiled)


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
    spec, profile, series = request.spec, zones.profile, zones.series
    boundary, assumed = _boundary(profile, spec, uncertainty)
    with doing("cutting the zones along the areas asked for"):
        if zones.tiled:
            planar = request.in_plane(zones.history.projection)
            cut, about_regions = zones.history, request.about(planar, zones.history)
        else:
            cut, about_regions = request.cut(zones.history)
        history = cut.within_extent() if request.extent else cut
    unreached = history.unreached(request.areas)
    _refuse_empty_extent(request, unreached)
    if (
        unreached and not (request.extent or zones.tiled) and zones.whole is not zones.history
    ):  # how far off is seen from all ground
        unreached = request.cut(zones.whole)[0].unreached(request.areas)
    # Of a day of spans whose layers are not all there, what is missing looks like a loss.
    of_days = (*zones.over_time, *history.audit, *(series.findings if series.lasts else ()))
    ensemble = Ensemble(
        history,
        boundary,
        scenarios=status_scenarios(history),
        drawn=_drawing(zones, cut, request),
        outlines=zones.tiled.rims if zones.tiled else {},
        sectioned=zones.tiled.sections if zones.tiled else None,
        corrupt=corrupt_days(of_days),
        hour_utc=profile.hour_utc,
        area_variants=uncertainty.area_variants,
        rims=request.rims(history),
        publisher=profile.publisher,
        is_assumed=any(each.kind == FindingKind.ASSUMED_ERROR for each in assumed),
        doubts=day_doubts(of_days),
        others=publishers_errors(),
        error_source=_error_source(profile, spec, uncertainty),
    )
    findings = (
        *zones.over_time,
        *zones.before,
        *history.audit,
        *assumed,
        *about_regions,
        *empty_findings(unreached),
        *_about_what_is_beyond(history, request),
        *geodesic_findings(request.areas, history.projection, ground=_sizes(zones, history)),
        *request.about_rims(ensemble, zones.days),
    )
    looks, about_looks = _looks(zones.fills, profile, spec)
    is_own = spec.priority or spec.profile.endswith(".toml")
    far = Severity.WARNING if spec.priority else Severity.INFO  # a profile may be of other files
    ranked = {name: f"priority '{name}'" for name in profile.priority if is_own}
    return Loaded(
        spec.name,
        ensemble,
        zones.days,
        (*findings, *about_looks, *idle_names(ranked, history.holders, far=far)),
        profile.publisher,
        profile.licence,
        looks,
        _outline(profile) if profile.remainder else "",
        profile.remainder,
        files=zones.files,
        of_fronts=bool(profile.ground),
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


def _own_fills(raws: Iterable[RawZones]) -> dict[str, str]:
    """Return the colour in which most features of each holder are drawn, if it is theirs alone."""
    counts: dict[str, Counter[str]] = {}
    for raw in raws:
        for holder, fill in zip(raw.holders, raw.fills, strict=False):
            counts.setdefault(str(holder), Counter())[fill] += 1
    most = {name: fills.most_common(1)[0][0] for name, fills in counts.items()}
    shared = Counter(most.values())
    return {name: fill for name, fill in sorted(most.items()) if fill and shared[fill] == 1}


def _outline(profile: Profile) -> str:
    """Say where the outline of the remainder comes from, without folders."""
    source = find_source(profile.remainder_area)
    if source and source.country:
        view = f", {source.worldview}" if source.worldview != STANDARD else ""
        return f"Natural Earth 1:50m ({source.country}{view})"
    return Path(profile.remainder_area).name if source else ""


def _files_of_one_day(raws: Iterable[RawZones]) -> dict[date, str]:
    """Return the file of each day, where it is of no other day."""
    located = [(raw.day, raw.source.location) for raw in raws]
    days = Counter(file for _, file in located)
    return {day: file for day, file in located if days[file] == 1}


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


def _refuse_empty_extent(request: SeriesRequest, unreached: Collection[str]) -> None:
    """Refuse an extent in which nobody ever holds anything."""
    if request.extent in unreached and request.extent:
        problem = (
            f"no zone of any day lies in '{request.extent}'; is it another place, or are longitude"
            " and latitude swapped?"
        )
        raise JobError(problem, file="[series] extent")


def _left_out(raws: Iterable[RawZones], days: Collection[date]) -> Iterator[LeftOutClass]:
    """Measure what the profile leaves out on the days of the series."""
    for raw in raws:
        for file, label, geometry in raw.left_out if raw.day in days else ():
            parts, _ = polygons_in(geometry)
            try:
                km2 = geodesic_area_km2(parts, raw.crs)
                lonlat = _lonlat(parts, raw.crs)
            except GeometryError:  # coordinates out of range; `left-out` has no area either
                continue
            yield LeftOutClass(raw.day, file, label, float(km2.sum()), lonlat, km2)


def _lonlat(parts: NDArray[np.object_], crs: CRS) -> NDArray[np.object_]:
    """Return polygons with their corners in longitude and latitude."""
    if crs == WGS84:
        return parts
    to_degrees = transformation(crs, WGS84)
    return np.asarray(
        shapely.transform(parts, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
    )


def _span(snapshots: tuple[Snapshot, ...]) -> str:
    """Name the days of snapshots."""
    first, last = snapshots[0].day, snapshots[-1].day
    return str(first) if first == last else f"{len(snapshots)} days, {first} to {last},"


def profile_of(spec: SeriesSpec, folder: Path = Path()) -> Profile:
    """Return the profile of a series with what the series says otherwise.

    Parameters
    ----------
    spec : SeriesSpec
        What it says goes before what the profile says.
    folder : Path
        What a relative path starts from.
    """
    settings: dict[str, object] = {
        name: getattr(spec, name)
        for name in (
            "overlap",
            "priority",
            "repair",
            "doubt_percent",
            "unnamed",
            "where",
            "reach_m",
            "sides",
        )
        if getattr(spec, name) not in {None, ""}
    }
    if settings.get("overlap", Overlap.FIRST) is not Overlap.FIRST:
        settings.setdefault("priority", ())  # of the profile, which another policy has no use for
    if spec.remainder:
        settings["remainder"] = spec.remainder
    if spec.remainder_area:
        settings["remainder_area"] = located(spec.remainder_area, folder)
    if spec.actor_field:  # instead of whatever the profile has
        of_labels = {"label_properties": (spec.actor_field,), "label_pattern": ""}
        settings |= {"label": "property", **of_labels}
    if spec.actor:
        settings |= _of_one(spec.actor)
    if spec.ground:
        settings["ground"] = located(spec.ground, folder)
    if spec.status_field:
        settings["status_property"] = spec.status_field
    days = {
        "properties": spec.day_field and (spec.day_field,),
        "until_properties": spec.until_field and (spec.until_field,),
        "format": spec.day_format,
        "cut": spec.cut,
    }
    settings["day"] = {name: value for name, value in days.items() if value}
    profile = read_profile(spec.profile, folder, settings)
    if profile.ground:
        present = {name: getattr(spec, name) for name in spec.model_fields_set}
        stated = {name: value for name, value in present.items() if value not in _UNSAID}
        refuse_of_zones(stated, read_profile(spec.profile, folder))
    return profile


_UNSAID = (None, "", ())


def _of_one(actor: str) -> dict[str, object]:
    """Return what a profile says of zones that are all of one holder."""
    rule = {"label": ".*", "actor": actor}
    return {"label": "constant", "label_properties": (), "label_pattern": "", "rule": (rule,)}


def _reserved(profile: Profile) -> frozenset[str]:
    """Return the names that no actor of a series may have."""
    contested = {CONTESTED.actor} if profile.overlap is Overlap.CONTESTED else set()
    return frozenset({NOBODY.actor, *contested})


def normalised(
    raws: Sequence[RawZones],
    *,
    reserved: frozenset[str] = frozenset({NOBODY.actor}),
    repair: Repair | None = None,
    doubt_percent: float = DOUBT_PERCENT,
    run: Run = map,
    memo: Memo | None = None,
) -> tuple[tuple[Snapshot, ...], list[Finding]]:
    """Clean every day; a day that cannot be cleaned is refused and listed.

    Parameters
    ----------
    raws : sequence of RawZones
        As read, days in order.
    reserved : frozenset of str
        Names that no actor may have, because they mean something here.
    repair : Repair, optional
        How to read polygons whose area depends on it; None refuses them.
    doubt_percent : float
        See `territory.history.repair.normalise`.
    run : callable
        Like ``map``; of processes and of a cluster, days are pickled.
    memo : Memo, optional
        The days of an earlier run: one that it has is not cleaned again.

    Returns
    -------
    snapshots : tuple of Snapshot
        The days that could be cleaned, in order.
    refused : list of Finding
        Why the others could not.

    Raises
    ------
    InputError
        If no day can be cleaned.
    """
    how = partial(normalise, repair=repair, doubt_percent=doubt_percent)
    clean = partial(_cleaned, reserved=reserved, how=how)
    near = [_near(raws, index) if has_lost(raw) else [] for index, raw in enumerate(raws)]
    days = list(zip(raws, near, strict=True))
    form = days_form(reserved, repair, doubt_percent)
    found = list(answers(memo, form, clean, days, alike_once(run)))
    snapshots = tuple(each for each in found if isinstance(each, Snapshot))
    refused = [each for each in found if isinstance(each, Finding)]
    if not snapshots:
        raise InputError(refused[0].detail)
    return snapshots, refused


def _cleaned(
    days: tuple[RawZones, list[RawZones]],
    *,
    reserved: frozenset[str],
    how: Callable[..., Snapshot],
) -> Snapshot | Finding:
    """Clean a day, with those about it, or say why it cannot be cleaned."""
    raw, near = days
    try:
        _refuse_reserved(raw, reserved)
        with doing(f"cleaning {raw.source.location} ({raw.day})"):
            return how(raw, others=near)
    except TerritoryError as error:
        return Finding(FindingKind.REFUSED, str(error), Severity.ERROR, raw.day)


def _near(raws: Sequence[RawZones], index: int) -> list[RawZones]:
    """Return the days about one of a series, the nearest first and the one before it foremost."""
    pairs = zip_longest(raws[max(index - _NEAR, 0) : index][::-1], raws[index + 1 :][:_NEAR])
    return [raw for pair in pairs for raw in pair if raw is not None]


def _refuse_lost_days(
    request: SeriesRequest, findings: Iterable[Finding], there: Collection[date]
) -> None:
    """Say why a day that is asked for was refused, rather than that it is not there."""
    lost = {each.day: each.detail for each in findings if each.severity is Severity.ERROR}
    named = () if isinstance(request.rule, str) else request.rule
    for day in (*named, *request.more_days):
        if day in lost and day not in there:
            raise InputError(f"the snapshot of {day} cannot be used: {lost[day]}")


def _refuse_many_actors(raws: Iterable[RawZones]) -> None:
    """Refuse a series in which every feature is an actor: its name stands elsewhere."""
    holders: set[Holder] = set()
    for raw in raws:
        holders |= set(raw.holders)
        if len(holders) > _MAX_HOLDERS:
            problem = f"{len(holders):,} different actors; does another property name them?"
            raise InputError(problem, file=raw.source.location)
    _refuse_one_name(holders)


def _refuse_one_name(holders: Collection[Holder]) -> None:
    """Refuse an actor that is called as another with its status: tables would mix them."""
    actors = {each.actor for each in holders}
    alike = sorted(str(each) for each in holders if each.status is not Status.HELD)
    if mixed := next((name for name in alike if name in actors), ""):
        problem = f"'{mixed}' is the name of an actor, and what another is called with its status"
        raise InputError(f"{problem}; rename the actor, or give it that status")


def _refuse_no_polygon(snapshots: tuple[Snapshot, ...], file: str) -> None:
    if not any(snapshot.holders for snapshot in snapshots):
        more = f" (nor on {len(snapshots) - 1} more days)" if snapshots[1:] else ""
        fronts = "front lines need the ground that they cut: --ground"
        raise InputError(f"there is no polygon in it{more}; {fronts}", file=file)


def _refuse_reserved(raw: RawZones, reserved: frozenset[str]) -> None:
    """Refuse an actor that would be taken for ground without a holder, or for an overlap."""
    for holder in raw.holders:
        if holder.actor in reserved:
            why = (
                "leave such zones out: what nobody holds is what no zone covers"
                if holder.actor == NOBODY.actor
                else "overlaps get that name here; rename the actor or choose another policy"
            )
            problem = f"an actor cannot be named '{holder.actor}'; {why}"
            raise InputError(problem, file=raw.source.location)


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

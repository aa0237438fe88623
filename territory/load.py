"""From the files a job names to an `Ensemble`: a history, its draws and its scenarios."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.actors import CONTESTED, NOBODY
from territory.errors import (
    InputError,
    JobError,
    OverlapError,
    TerritoryError,
    did_you_mean,
    near_hint,
    nearest_days,
)
from territory.findings import Finding, Severity
from territory.history import (
    OVERLAP_TOLERANCE_KM2,
    Bools,
    History,
    Overlap,
    from_coverage,
    from_snapshots,
)
from territory.normalise import normalise
from territory.places import (
    Dating,
    PlaceSeries,
    Sites,
    cell_history,
    changed,
    check_chain,
    place_counts,
    place_findings,
    sites,
    subsamples,
)
from territory.projection import (
    GEODESIC_TOLERANCE,
    MAX_CHORD_ERROR_M,
    WGS84,
    EqualArea,
    choose_projection,
    geodesic_area_km2,
    lonlat_bounds,
    project,
)
from territory.quality import check_history, corrupt_days
from territory.read.areas import box_area, read_area
from territory.read.jobfile import AreaFile, Box, DayRule, SeriesSpec, UncertaintySpec
from territory.read.layer import Layer
from territory.read.profile import Profile, read_profile
from territory.read.tables import read_events, read_places, read_starts
from territory.read.units import read_holders, unit_names
from territory.read.vector import expand, read_any, read_series, with_fields
from territory.read.world import read_countries
from territory.regions import DrawnRegions, Regions, laid_out, with_regions
from territory.snapshot import RawZones, Snapshot
from territory.uncertainty import BASE, BoundaryError, Ensemble, status_scenarios
from territory.workers import Run, spread

DrawnArea = tuple[BaseGeometry, CRS]
Progress = Callable[[int, int], None]
_WEEK = timedelta(days=7)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A series ready to be measured.

    Attributes
    ----------
    days : tuple of date
        The selected days, without those that only claims ask for.
    findings : tuple of Finding
        Everything found or repaired on the way.
    """

    name: str
    ensemble: Ensemble
    days: tuple[date, ...]
    findings: tuple[Finding, ...]

    @property
    def unusable(self) -> tuple[str, ...]:
        """Why snapshots could not be used or should not be trusted, one line each."""
        return tuple(
            f"{finding.kind}: {finding.detail}"
            for finding in self.findings
            if finding.severity is Severity.ERROR
        )


def load_areas(areas: Mapping[str, Box | AreaFile], folder: Path) -> dict[str, DrawnArea]:
    """Read the named areas of a job.

    Parameters
    ----------
    folder : Path
        What relative file names start from.

    Raises
    ------
    InputError
        If an area cannot be read or is named by nobody.
    """
    drawn: dict[str, DrawnArea] = {}
    for name, spec in areas.items():
        if isinstance(spec, AreaFile):
            area, crs = read_area(folder / spec.file, where=spec.where, layer=spec.layer)
            drawn[name] = _cut_to(area, crs, spec.within, drawn, name)
        else:
            drawn[name] = box_area(*spec, file=f"area '{name}'"), WGS84
    return drawn


def _cut_to(
    area: BaseGeometry, crs: CRS, within: str, drawn: Mapping[str, DrawnArea], name: str
) -> DrawnArea:
    if not within:
        return area, crs
    if within not in drawn:
        raise JobError(
            f"area '{name}' lies within '{within}', which must be named before it;"
            f" {did_you_mean(within, drawn)}"
        )
    other, other_crs = drawn[within]
    if crs != other_crs:
        raise JobError(f"areas '{name}' and '{within}' are in different CRS")
    cut = shapely.intersection(area, other)
    parts = shapely.get_parts(cut)
    parts = parts[shapely.area(parts) > 0]
    if not len(parts):
        raise JobError(f"nothing of area '{name}' lies within '{within}'")
    return shapely.union_all(parts), crs


def plane_areas(
    areas: Mapping[str, DrawnArea],
    projection: EqualArea,
    *,
    max_chord_error_m: float = MAX_CHORD_ERROR_M,
) -> dict[str, BaseGeometry]:
    """Carry named areas into the plane."""
    return {
        name: project(np.array([area]), crs, projection.crs, max_chord_error=max_chord_error_m)[0]
        for name, (area, crs) in areas.items()
    }


def geodesic_findings(areas: Mapping[str, DrawnArea], projection: EqualArea) -> list[Finding]:
    """Compare the planar area of every named area with its geodesic area."""
    found = []
    for name, (area, crs) in areas.items():
        plane = float(project(np.array([area]), crs, projection.crs)[0].area / 1e6)
        true = float(geodesic_area_km2(np.array([area]), crs)[0])
        found.append(_cross_check(f"area '{name}'", plane, true))
    return found


def _cross_check(what: str, plane_km2: float, geodesic_km2: float) -> Finding:
    off = abs(plane_km2 - geodesic_km2) / geodesic_km2
    detail = f"{what}: {plane_km2:,.3f} km2 in the plane, relative to geodesic off by {off:.1e}"
    severity = Severity.WARNING if off > GEODESIC_TOLERANCE else Severity.INFO
    return Finding("geodesic-check", detail, severity, km2=plane_km2 - geodesic_km2)


def select_days(rule: tuple[date, ...] | DayRule, available: tuple[date, ...]) -> tuple[date, ...]:
    """Apply a rule to the days a series has.

    Parameters
    ----------
    rule : tuple of date, or str
        Given days must be available. ``month-start`` takes the first available day of
        each month, ``week`` the first, then the next that is seven or more days later.

    Raises
    ------
    InputError
        If a given day is not available; the message names the nearest ones.
    """
    if rule == "all":
        return available
    if rule == "first-and-last":
        return tuple(sorted({available[0], available[-1]}))
    if rule == "month-start":
        first: dict[tuple[int, int], date] = {}
        for day in available:
            first.setdefault((day.year, day.month), day)
        return tuple(first.values())
    if rule == "week":
        chosen = [available[0]]
        for day in available:
            if day - chosen[-1] >= _WEEK:
                chosen.append(day)
        return tuple(chosen)
    for day in rule:
        if day not in available:
            raise InputError(f"no snapshot for {day}; {near_hint(day, available)}")
    return tuple(rule)


def series_files(spec: SeriesSpec, folder: Path) -> tuple[Path, ...]:
    """Return every file that a series is read from.

    Raises
    ------
    InputError
        If a path names no file.
    """
    if spec.profile == "units":
        return (*expand(tuple(str(folder / p) for p in spec.paths)), _holders_file(spec, folder))
    if spec.profile != "places":
        return expand(tuple(str(folder / path) for path in spec.paths))
    scenarios = [name for each in spec.scenario for name in (each.state, each.events) if name]
    return (*_place_files(spec, folder), *(folder / name for name in scenarios))


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
    workers: int = 1,
    scheduler: str = "",
    progress: Progress = lambda _done, _total: None,
) -> Loaded:
    """Read a series and build its ensemble.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.
    areas : mapping of str to (geometry, CRS)
        Named areas as drawn.
    rule : tuple of date, or str
        Which days to report.
    more_days : tuple of date
        Days that must be there besides.
    wanted_days : tuple of date
        Days that claims ask for; one without a snapshot is left out, so that the claims
        which need it cannot be checked and all others can.
    regions : DrawnRegions, optional
        For a table by region, with the rest of the ground as one more area.
    workers, scheduler
        Where places are resampled: see `territory.workers.spread`.
    progress : callable
        Told how many of how many draws are done.

    Raises
    ------
    InputError
        If anything in the files cannot be used as it stands.
    """
    asked = _Asked(spec, folder, areas, rule, more_days, wanted_days, regions)
    if spec.profile == "places":
        return _load_places(
            asked, uncertainty, workers=workers, scheduler=scheduler, progress=progress
        )
    if spec.profile == "units":
        return _load_units(asked, uncertainty)
    return _load_drawn(asked, uncertainty)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is asked of a series, whatever its profile."""

    spec: SeriesSpec
    folder: Path
    areas: Mapping[str, DrawnArea]
    rule: tuple[date, ...] | DayRule
    more_days: tuple[date, ...]
    wanted_days: tuple[date, ...]
    regions: DrawnRegions | None

    def cut(self, history: History) -> tuple[History, tuple[Finding, ...]]:
        """Cut a history along the areas and the regions."""
        cut = history.with_areas(plane_areas(self.areas, history.projection))
        if self.regions is None:
            return cut, ()
        laid = laid_out(self.regions, history.projection)
        return with_regions(cut, laid), (*self.regions.findings, *laid.audit)

    def days(self, available: tuple[date, ...]) -> tuple[date, ...]:
        """Select the days to report, and refuse further days that are not there."""
        select_days(self.more_days, available)
        return select_days(self.rule, available)

    def besides(self, available: tuple[date, ...]) -> tuple[date, ...]:
        """Return the further days; of a day that is not there, those nearest to it."""
        near = (nearest_days(day, available) for day in self.wanted_days)
        return (*self.more_days, *(each for days in near for each in days))


def _load_drawn(asked: _Asked, uncertainty: UncertaintySpec) -> Loaded:
    spec, areas = asked.spec, asked.areas
    profile = _profile(spec, asked.folder)
    paths = tuple(str(asked.folder / path) for path in spec.paths)
    series = read_series(paths, profile, day=spec.day)
    snapshots, refused = _normalised(series.raws, reserved=_reserved(profile))
    history = from_snapshots(snapshots, overlap=profile.overlap, priority=profile.priority)
    over_time = check_history(history, countries=read_countries())
    history, about_regions = asked.cut(history)
    boundary, assumed = _boundary(profile, asked.spec, uncertainty)
    days = asked.days(history.days)
    findings = (
        *over_time,
        *series.findings,
        *refused,
        *history.audit,
        *assumed,
        *about_regions,
        *empty_findings(history, areas),
        *geodesic_findings(areas, history.projection),
        *total_findings(history),
    )
    ensemble = Ensemble(
        history,
        boundary,
        scenarios=status_scenarios(history),
        corrupt=corrupt_days(over_time),
        area_variants=uncertainty.area_variants,
    )
    return Loaded(spec.name, ensemble, days, findings)


def _load_units(asked: _Asked, uncertainty: UncertaintySpec) -> Loaded:
    spec, areas = asked.spec, asked.areas
    layer = _unit_layer(spec, asked.folder)
    units = read_holders(_holders_file(spec, asked.folder), unit_names(layer, spec.id_field))
    projection = choose_projection(lonlat_bounds(layer.geometry, layer.crs))
    faces = project(shapely.force_2d(layer.geometry), layer.crs, projection.crs)
    coverage = from_coverage(
        faces, units.held_by, days=units.days, holders=units.holders, projection=projection
    )
    history, about_regions = asked.cut(coverage)
    findings = (
        *layer.findings,
        *about_regions,
        *coverage_findings(faces, layer.file),
        *geodesic_findings(areas, projection),
        *_cover_findings(history),
        *total_findings(history),
    )
    said = {**uncertainty.boundary, **spec.boundary}
    ensemble = Ensemble(
        history,
        BoundaryError(**{"boundary_error_m": 0.0, **said}),
        scenarios=status_scenarios(history),
        area_variants=uncertainty.area_variants,
    )
    return Loaded(spec.name, ensemble, asked.days(units.days), findings)


def _unit_layer(spec: SeriesSpec, folder: Path) -> Layer:
    layers = [each for path in spec.paths for each in read_any(folder / path)]
    if len(layers) != 1:
        raise InputError(f"{len(layers)} layers; units need one", file=spec.paths[0])
    kinds = shapely.get_type_id(layers[0].geometry)
    bad = np.flatnonzero(~np.isin(kinds, [3, 6]) | ~shapely.is_valid(layers[0].geometry))
    if bad.size:
        problem = "a unit needs a valid polygon"
        raise InputError(problem, file=layers[0].file, feature=int(bad[0]) + 1)
    return layers[0]


def _holders_file(spec: SeriesSpec, folder: Path) -> Path:
    if spec.holders:
        return folder / spec.holders
    return (folder / spec.paths[0]).with_name("holders.csv")


def coverage_findings(faces: NDArray[np.object_], file: str) -> list[Finding]:
    """Refuse units that overlap; slivers are reported.

    Raises
    ------
    OverlapError
        If the overlaps add up to more than `OVERLAP_TOLERANCE_KM2`.
    """
    if shapely.coverage_is_valid(faces):
        return []
    tree = shapely.STRtree(faces)
    one, other = tree.query(faces, predicate="intersects")
    pairs = one < other
    km2 = shapely.area(shapely.intersection(faces[one[pairs]], faces[other[pairs]])) / 1e6
    if km2.sum() > OVERLAP_TOLERANCE_KM2:
        worst = int(np.argmax(km2))
        raise OverlapError(
            f"units {one[pairs][worst] + 1} and {other[pairs][worst] + 1} overlap by"
            f" {km2[worst]:,.3f} km2; units must not overlap",
            file=file,
        )
    detail = f"{file}: neighbouring units do not share every point of their border"
    return [Finding("slivers", detail, Severity.INFO, km2=float(km2.sum()))]


def _profile(spec: SeriesSpec, folder: Path) -> Profile:
    """Return the profile of a series with what the job says otherwise."""
    profile = with_fields(read_profile(spec.profile, folder), spec.actor_field, spec.status_field)
    said = {
        name: getattr(spec, name)
        for name in ("overlap", "priority")
        if getattr(spec, name) is not None
    }
    return profile.model_copy(update=said)


def empty_findings(history: History, areas: Iterable[str]) -> list[Finding]:
    """Say which named areas no zone of any day reaches."""
    found = []
    for name in areas:
        if not history.held_by[:, history.mask(name)].any():
            named = f"the area '{name}'" if name else "the area"
            detail = (
                f"no zone of any day lies in {named}; is it another place, or are longitude and"
                " latitude swapped in one of the two?"
            )
            # An empty corner of the map is an answer; a place off the map is none.
            severity = Severity.ERROR if history.lies_outside(name) else Severity.WARNING
            found.append(Finding("nothing-held", detail, severity, None, 0.0))
    return found


def _reserved(profile: Profile) -> frozenset[str]:
    """Return the names that no actor of a series may have."""
    contested = {CONTESTED.actor} if profile.overlap is Overlap.CONTESTED else set()
    return frozenset({NOBODY.actor, *contested})


def _normalised(
    raws: Iterable[RawZones], *, reserved: frozenset[str] = frozenset({NOBODY.actor})
) -> tuple[tuple[Snapshot, ...], list[Finding]]:
    """Clean every day; a day that cannot be cleaned is refused and listed."""
    snapshots, refused = [], []
    for raw in raws:
        try:
            _refuse_reserved(raw, reserved)
            snapshots.append(normalise(raw))
        except TerritoryError as error:
            refused.append(Finding("refused", str(error), Severity.ERROR, raw.day))
    if not snapshots:
        raise InputError(refused[0].detail)
    return tuple(snapshots), refused


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


def total_findings(history: History) -> list[Finding]:
    """Compare the total of all faces with its geodesic area: the check of every run."""
    crs = history.projection.crs
    plane = float(history.area_m2.sum() / 1e6)
    return [_cross_check("all ground", plane, float(geodesic_area_km2(history.faces, crs).sum()))]


def _boundary(
    profile: Profile, spec: SeriesSpec, uncertainty: UncertaintySpec
) -> tuple[BoundaryError, list[Finding]]:
    """Return the boundary error of drawn zones, saying so where it is only assumed.

    What the series says goes before what the job says for all series, and that before
    what the profile says. Half a kilometre is assumed only where nothing is known: a map
    that was traced tells its own error from its scale.
    """
    of_profile = {
        name: getattr(profile, name)
        for name in ("boundary_error_m", "correlation_length_m")
        if getattr(profile, name) is not None
    }
    said = {**of_profile, **uncertainty.boundary, **spec.boundary}
    if "boundary_error_m" in said:
        return BoundaryError(**said), []
    if {"map_scale", "georeference_error_m"} & said.keys():
        given = BoundaryError(**{**said, "boundary_error_m": 0.0})
        detail = (
            f"no boundary_error_m is given; intervals count the {given.total_m:,.0f} m of"
            " tracing the map and putting it on the ground, not how well the map knew the front"
        )
    else:
        given = BoundaryError(**said)
        detail = (
            f"no boundary_error_m is given; intervals assume {given.boundary_error_m:g} m across"
            f" the line, correlated over {given.correlation_length_m:g} m"
        )
    return given, [Finding("assumed-error", detail)]


def _load_places(
    asked: _Asked,
    uncertainty: UncertaintySpec,
    *,
    workers: int,
    scheduler: str,
    progress: Progress,
) -> Loaded:
    spec, areas = asked.spec, asked.areas
    series, scenarios = _read_places(spec, asked.folder)
    projection = choose_projection(_place_bounds(series, spec, areas))
    laid = None if asked.regions is None else laid_out(asked.regions, projection)
    ground = replace(
        _ground(series, spec, areas, projection, max_chord_error_m=MAX_CHORD_ERROR_M), regions=laid
    )
    # A draw only serves to see how figures vary, so ten metres are fine enough for it.
    rough = replace(_ground(series, spec, areas, projection, max_chord_error_m=10.0), regions=laid)
    span = (series.last_day - series.first_day).days
    available = tuple(series.first_day + timedelta(days=n) for n in range(span + 1))
    days = asked.days(available)
    every_day = tuple(sorted({*days, *asked.besides(available)}))
    found = {
        name: sites(variant, every_day, projection=projection, dating=dating, evidence=evidence)
        for name, variant, dating, evidence in _variants(series, scenarios, spec.evidence)
    }
    masks = subsamples(
        len(series.places),
        share=uncertainty.share,
        draws=uncertainty.draws,
        seed=uncertainty.seed,
    )
    draws = [partial(rough.copy().history, found[BASE], mask) for mask in masks]
    with spread(workers, scheduler) as run:
        resampled = _in_parallel(draws, run, progress)
    base = ground.history(found[BASE])
    ensemble = Ensemble(
        base,
        draws=resampled,
        kept=int(masks[0].sum()),
        total=len(series.places),
        scenarios={
            name: _held_otherwise(base, found[BASE], each, ground)
            for name, each in found.items()
            if name != BASE
        },
        counts={name: place_counts(each, ground.named) for name, each in found.items()},
        area_variants=uncertainty.area_variants,
    )
    findings = [
        *place_findings(series, extent=ground.extent, projection=projection),
        *((*asked.regions.findings, *laid.audit) if asked.regions and laid else ()),
        *geodesic_findings(areas, projection),
        *_cover_findings(ensemble.base),
    ]
    return Loaded(spec.name, ensemble, days, tuple(findings))


@dataclass(frozen=True, eq=False)
class _Ground:
    """The extent that the cells fill and the named areas, in the plane.

    `filled` is the name of the area that is the extent, None where there is no area.
    """

    extent: BaseGeometry
    named: Mapping[str, BaseGeometry]
    filled: str | None
    regions: Regions | None = None

    def history(self, found: Sites, keep: Bools | None = None) -> History:
        """Divide the ground among the sites and cut it along the areas."""
        cells = cell_history(found, extent=self.extent, keep=keep)
        cut = cells.with_areas(self.named, filled=self.filled)
        return cut if self.regions is None else with_regions(cut, self.regions)

    def copy(self) -> "_Ground":
        """Return a copy for another thread: prepared geometries must not be shared."""

        def own(area: BaseGeometry) -> BaseGeometry:
            return shapely.from_wkb(shapely.to_wkb(area))

        named = {name: own(area) for name, area in self.named.items()}
        regions = self.regions
        if regions is not None:
            regions = replace(regions, polygons=np.array([own(p) for p in regions.polygons]))
        return _Ground(own(self.extent), named, self.filled, regions)


def _ground(
    series: PlaceSeries,
    spec: SeriesSpec,
    areas: Mapping[str, DrawnArea],
    projection: EqualArea,
    *,
    max_chord_error_m: float,
) -> _Ground:
    """Carry the extent and the areas into the plane."""
    plane = plane_areas(areas, projection, max_chord_error_m=max_chord_error_m)
    if not areas:
        return _Ground(_hull(series, projection), plane, None)
    filled = _extent_name(spec, areas)
    return _Ground(plane[filled], plane, filled)


def _held_otherwise(base: History, believed: Sites, other: Sites, ground: _Ground) -> History:
    """Return the history under another reading; the cells stay if the known places do."""
    if other.holders == believed.holders and np.array_equal(other.known, believed.known):
        return base.with_holders(other.held_by)
    return ground.history(other)


def _in_parallel(
    tasks: Sequence[Callable[[], History]], run: Run, progress: Progress
) -> tuple[History, ...]:
    """Run tasks wherever `run` does; the order is that of the tasks."""
    results = []
    for done, history in enumerate(run(_called, tasks), start=1):
        progress(done, len(tasks))
        results.append(history)
    return tuple(results)


def _called(task: Callable[[], History]) -> History:
    return task()


def _read_places(spec: SeriesSpec, folder: Path) -> tuple[PlaceSeries, dict[str, PlaceSeries]]:
    """Read the series and its scenario variants."""
    places, state, events = _place_files(spec, folder)
    series = read_places(places, state, events, first_day=spec.first_day, last_day=spec.until)
    known = {place.key: place for place in series.places}
    variants = {}
    for scenario in spec.scenario:
        starts = read_starts(folder / scenario.state, known) if scenario.state else {}
        more = read_events(folder / scenario.events, known) if scenario.events else {}
        variants[scenario.name] = changed(series, starts=starts, events=more)
        check_chain(variants[scenario.name], more)
    return series, variants


def _place_files(spec: SeriesSpec, folder: Path) -> tuple[Path, Path, Path]:
    """Return the three files; unnamed ones are looked for beside the places."""
    if len(spec.paths) != 1:
        raise InputError("profile 'places' reads one file or folder", file=spec.paths[1])
    places = folder / spec.paths[0]
    if places.is_dir():
        places = places / "places.csv"
    if spec.state:
        state = folder / spec.state
    else:
        beside = sorted(places.parent.glob("state_*.csv"))
        if len(beside) != 1:
            problem = (
                f"{len(beside)} files named state_YYYY-MM-DD.csv beside it; name one as 'state'"
            )
            raise InputError(problem, file=str(places))
        state = beside[0]
    return places, state, folder / spec.events if spec.events else places.parent / "events.csv"


def _variants(
    series: PlaceSeries, scenarios: Mapping[str, PlaceSeries], order: tuple[str, ...]
) -> list[tuple[str, PlaceSeries, Dating, frozenset[str] | None]]:
    """Cross dating, evidence and starting holders; the first is the base."""
    weights = _believed(series, order)
    found = []
    for (flip, variant), dating, (words, classes) in product(
        [("", series), *scenarios.items()], [Dating.MIDDLE, Dating.EARLIEST, Dating.LATEST], weights
    ):
        dated = "" if dating is Dating.MIDDLE else f"events dated {dating}"
        name = "; ".join(part for part in (dated, words, flip) if part)
        found.append((name or BASE, variant, dating, classes))
    return found


def _believed(
    series: PlaceSeries, order: tuple[str, ...]
) -> list[tuple[str, frozenset[str] | None]]:
    """Return what to believe, from everything to the firmest class only.

    Classes that `order` does not name are always believed.
    """
    always = series.evidence_classes - set(order)
    weaker = [
        (f"evidence: {' + '.join(order[:n])} only", always | frozenset(order[:n]))
        for n in range(len(order) - 1, 0, -1)
    ]
    return [("", None), *weaker]


def _extent_name(spec: SeriesSpec, areas: Mapping[str, DrawnArea]) -> str:
    name = spec.extent or next(iter(areas))
    if name not in areas:
        raise JobError(f"extent: no area is named '{name}'; {did_you_mean(name, areas)}")
    return name


def _place_bounds(
    series: PlaceSeries, spec: SeriesSpec, areas: Mapping[str, DrawnArea]
) -> tuple[float, float, float, float]:
    if areas:
        area, crs = areas[_extent_name(spec, areas)]
        return lonlat_bounds(np.array([area]), crs)
    lonlat = [(place.longitude, place.latitude) for place in series.places]
    return lonlat_bounds(np.array([shapely.multipoints(lonlat)]), WGS84)


def _hull(series: PlaceSeries, projection: EqualArea) -> BaseGeometry:
    """Return the convex hull of the places: nothing is claimed beyond the last of them."""
    lonlat = shapely.multipoints([(p.longitude, p.latitude) for p in series.places])
    hull = shapely.convex_hull(lonlat)
    if hull.geom_type != "Polygon":
        raise JobError("the places lie on a line; name an [area] for the zones to fill")
    filled: BaseGeometry = project(np.array([hull]), WGS84, projection.crs)[0]
    return filled


def _cover_findings(history: History) -> list[Finding]:
    """Say which named areas reach beyond the data."""
    found = []
    for name in history.within:
        share = history.covered_share(name)
        if share < 1 - GEODESIC_TOLERANCE:
            missing = history.asked_m2[name] / 1e6 * (1 - share)
            detail = f"the data cover {share:.1%} of the area '{name}'"
            severity = Severity.WARNING if share else Severity.ERROR
            found.append(Finding("partly-covered", detail, severity, km2=missing))
    return found

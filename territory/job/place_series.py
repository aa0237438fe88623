"""Series of places: nearest-place cells, resampled, and under every reading.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.errors import JobError, did_you_mean
from territory.findings import Finding, FindingKind
from territory.geometry.area import project
from territory.geometry.arrays import Bools
from territory.geometry.cutting import Overlays
from territory.geometry.projection import (
    MAX_CHORD_ERROR_M,
    WGS84,
    EqualArea,
    choose_projection,
    lonlat_bounds,
)
from territory.history.gazetteer import villages
from territory.history.history import History
from territory.history.places import Event, Place, PlaceSeries
from territory.history.regions import Regions, resolve_regions, with_regions
from territory.history.tiles import Run
from territory.history.voronoi import (
    Sites,
    cell_history,
    check_inside,
    place_counts,
    place_findings,
    sites,
    subsamples,
)
from territory.job.checks import cover_findings, geodesic_findings
from territory.job.named_aoi import area_findings, plane_areas
from territory.job.place_files import (
    EVIDENCE,
    gazetteer_file,
    panel_files,
    place_files,
    read_variants,
    readings,
)
from territory.job.rebalancing import (
    UNSEEN,
    Ground,
    Listing,
    by_gazetteer,
    changed_places,
    histories_under,
)
from territory.job.series import Loaded, Progress, SeriesRequest
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.job.workers import spread
from territory.measure.clustering import WIDER, clustering, variation_of_cells
from territory.measure.ensemble import BASE, Ensemble
from territory.measure.scenarios import JOINT
from territory.quality.missing_days import far_days
from territory.read.aoi import DrawnArea
from territory.read.gazetteer import read_gazetteer

_FEW = 3  # changes that a finding names
_STRIP_DEGREES = 0.1  # to each side of places on a line


def load_places(
    request: SeriesRequest,
    uncertainty: UncertaintySpec,
    *,
    workers: int,
    scheduler: str,
    progress: Progress,
) -> Loaded:
    """Read places, and divide the ground among them under every reading and for every draw.

    Parameters
    ----------
    request : SeriesRequest
        The series, its areas and its days.
    uncertainty : UncertaintySpec
        How many draws to make, what share of the places each keeps, and the seed.
    workers, scheduler
        Where places are resampled: see `territory.job.workers.spread`.
    progress : callable
        Told how many of how many draws are done.

    Returns
    -------
    Loaded
        Its history lies in the equal-area plane of its places, or of the area if there is one.

    Raises
    ------
    InputError
        If anything in the files cannot be used as it stands.
    """
    spec, folder = request.spec, request.folder
    series, scenarios, about_days = read_variants(spec, folder)
    listed, panel = gazetteer_file(spec, folder), panel_files(spec, folder)
    loaded = places_measured(
        series,
        scenarios,
        request,
        uncertainty,
        gazetteer=() if listed is None else read_gazetteer(listed),
        events=str(panel[1][0] if panel else place_files(spec, folder)[-1]),
        workers=workers,
        scheduler=scheduler,
        progress=progress,
    )
    loaded = replace(loaded, findings=(*about_days, *loaded.findings))
    return loaded if panel is None else _with_panel(loaded, series, panel)


def _with_panel(
    loaded: Loaded, series: PlaceSeries, panel: tuple[Path, tuple[Path, ...]]
) -> Loaded:
    """Say of what panel the changes are, and which there are."""
    few = "; ".join(
        f"{event.place} {event.giver} to {event.taker} {_range(event)}"
        for event in series.events[:_FEW]
    )
    detail = (
        f"{', '.join(map(str, panel[1]))}: holders of {len(series.places)} places from"
        f" {series.first_day} to {series.last_day}; changes that follow: {len(series.events)}"
        f"{few and f' ({few}'}{'; ...' * (len(series.events) > _FEW)}{')' * bool(few)}"
    )
    return replace(loaded, findings=(Finding(FindingKind.PANEL, detail), *loaded.findings))


def _range(event: Event) -> str:
    """Return between which days a change lies: the last of the one and the first of the other."""
    return f"between {event.earliest - timedelta(1)} and {event.latest}"


def places_measured(
    series: PlaceSeries,
    scenarios: Mapping[str, PlaceSeries],
    request: SeriesRequest,
    uncertainty: UncertaintySpec,
    *,
    events: str,
    gazetteer: tuple[Place, ...] = (),
    workers: int = 1,
    scheduler: str = "",
    progress: Progress = lambda _done, _total: None,
) -> Loaded:
    """Divide the ground among places under every reading and for every draw.

    Parameters
    ----------
    series : PlaceSeries
        Places and what was reported of them.
    scenarios : mapping of str to PlaceSeries
        Other readings, by name.
    request : SeriesRequest
        The areas and the days that are asked for.
    uncertainty : UncertaintySpec
        How many draws to make, what share of the places each keeps, and the seed.
    events : str
        What messages call the table of events.
    gazetteer : tuple of Place
        All villages, reported of or not; empty where nobody lists them.
    workers, scheduler
        Where places are resampled: see `territory.job.workers.spread`.
    progress : callable
        Told how many of how many draws are done.

    Returns
    -------
    Loaded
        Its history lies in the equal-area plane of its places, or of the area if there is one.

    Raises
    ------
    InputError
        If anything in them cannot be used as it stands.
    """
    spec, areas = request.spec, request.areas
    projection = choose_projection(_place_bounds(series, spec, areas))
    resolved = None if request.regions is None else resolve_regions(request.regions, projection)
    divided = partial(_ground, series, spec, areas, projection, resolved)
    ground = divided(max_chord_error_m=MAX_CHORD_ERROR_M)
    check_inside(series, extent=ground.extent, projection=projection)
    days, every_day = _days(series, request)
    ways = readings(series, scenarios, spec.evidence)
    variants = {name: variant for name, variant, _, _ in ways}
    found = {
        name: sites(variant, every_day, projection=projection, dating=dating, evidence=evidence)
        for name, variant, dating, evidence in ways
    }
    keeps = subsamples(
        len(series.places),
        share=uncertainty.share,
        draws=uncertainty.draws,
        seed=uncertainty.seed,
    )
    # A draw only serves to see how figures vary, so ten metres are fine enough for it.
    draw = partial(_draw, divided(max_chord_error_m=10.0), found[BASE])
    with spread(workers, scheduler) as run:
        resampled = _in_parallel(draw, keeps, run, progress)
    plain, clustered = _resampled(ground, found, resampled, keeps)
    plain = replace(plain, area_variants=uncertainty.area_variants, rims=request.rims(plain.base))
    ensemble, shares = _weighed(plain, variants, gazetteer, found, keeps=keeps, ground=ground)
    if not ensemble.is_rebalanced:  # whose readings are others
        readings_of = partial(ground.history, is_drawn=False)
        ensemble = replace(ensemble, scenarios=histories_under(plain.base, found, readings_of))
    findings = (
        *place_findings(series, extent=ground.extent, projection=projection),
        *area_findings(areas),
        *_left_out(found),
        *((*request.regions.findings, *resolved.audit) if request.regions and resolved else ()),
        *geodesic_findings(areas, projection),
        *cover_findings(ensemble.base),
        *_far_events(series, events),
        *clustered,
        *shares,
        *request.about_rims(ensemble, days),
    )
    return Loaded(spec.name, ensemble, days, findings)


def _resampled(
    ground: "_Ground",
    found: Mapping[str, Sites],
    draws: tuple[History, ...],
    keeps: tuple[Bools, ...],
) -> tuple[Ensemble, tuple[Finding, ...]]:
    """Return the ground with its draws, and say whether places lie in clusters."""
    base = ground.history(found[BASE])
    clustered = clustering(variation_of_cells(base.area_m2, base.origin))
    ensemble = Ensemble(
        base,
        draws=draws,
        sample_size=int(keeps[0].sum()),
        total=len(keeps[0]),
        counts={name: place_counts(each, ground.named) for name, each in found.items()},
        widening=WIDER if clustered else 1.0,
    )
    return ensemble, clustered


def _weighed(
    plain: Ensemble,
    variants: Mapping[str, PlaceSeries],
    gazetteer: tuple[Place, ...],
    found: Mapping[str, Sites],
    *,
    keeps: tuple[Bools, ...],
    ground: "_Ground",
) -> tuple[Ensemble, tuple[Finding, ...]]:
    """Hold the places of every reading against a gazetteer, if there is one."""
    projection = found[BASE].projection
    if not gazetteer:
        changes = changed_places(variants[BASE], projection).any()
        return plain, (UNSEEN,) if changes else ()

    def listing(name: str) -> Listing:
        series, xy = variants[name], found[name].xy
        keys = [place.key for place in series.places]
        there = villages(xy, keys, gazetteer, extent=ground.extent, projection=projection)
        return Listing(there, changed_places(series, projection))

    names = {id(series): name for name, series in variants.items()}  # many readings of few lists
    listings = {key: listing(name) for key, name in names.items()}
    return by_gazetteer(
        plain,
        found,
        {name: listings[id(series)] for name, series in variants.items()},
        keeps=keeps,
        ground=Ground(
            ground.history,
            partial(ground.history, is_drawn=False),
            partial(place_counts, areas=ground.named),
        ),
    )


def _far_events(series: PlaceSeries, file: str) -> Iterator[Finding]:
    """Warn of events whose day lies far from all others."""
    dated = {day for event in series.events for day in (event.earliest, event.latest)}
    days = sorted({series.first_day, *dated})
    yield from far_days(days, dict.fromkeys(days, file))


def _days(series: PlaceSeries, request: SeriesRequest) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Return the days to report, and those with all that must be there besides."""
    span = (series.last_day - series.first_day).days
    available = request.span.of(
        tuple(series.first_day + timedelta(days=n) for n in range(span + 1))
    )
    days = request.days(available)
    return days, tuple(sorted({*days, *request.besides(available)}))


def _left_out(found: Mapping[str, Sites]) -> Iterator[Finding]:
    """Tell of places that one reading leaves out besides those the best one does."""
    for name, each in found.items():
        alone = name.startswith(EVIDENCE) and JOINT not in name
        less = int((found[BASE].known & ~each.known).sum()) if alone else 0
        if less:
            detail = (
                f"{name}: {less} of {len(each.known)} places have no known holder on every day,"
                " so their ground goes to their neighbours"
            )
            yield Finding(FindingKind.UNKNOWN_HOLDER, detail)


@dataclass(frozen=True, eq=False)
class _Ground:
    """The extent that the cells fill and the named areas, in the plane.

    `filled` is the name of the area that is the extent, None where there is no area.
    Readings and draws have most of their cells in common, whose `overlays` are kept.
    """

    extent: BaseGeometry
    named: Mapping[str, BaseGeometry]
    filled: str | None
    regions: Regions | None = None
    overlays: Overlays = field(default_factory=Overlays)

    def history(self, found: Sites, keep: Bools | None = None, *, is_drawn: bool = True) -> History:
        """Divide the ground among the sites and cut it along the areas."""
        cells = cell_history(found, extent=self.extent, keep=keep, overlays=self.overlays)
        is_drawn = is_drawn or self.regions is not None  # which are cut along matching faces
        cut = cells.with_areas(
            self.named, filled=self.filled, is_drawn=is_drawn, overlays=self.overlays
        )
        return cut if self.regions is None else with_regions(cut, self.regions)

    def copy(self) -> "_Ground":
        """Return a copy for another thread: prepared geometries must not be shared."""

        def own(area: BaseGeometry) -> BaseGeometry:
            return shapely.from_wkb(shapely.to_wkb(area))

        named = {name: own(area) for name, area in self.named.items()}
        regions = self.regions
        if regions is not None:
            regions = replace(regions, polygons=np.array([own(p) for p in regions.polygons]))
        return _Ground(own(self.extent), named, self.filled, regions, self.overlays)


def _ground(
    series: PlaceSeries,
    spec: SeriesSpec,
    areas: Mapping[str, DrawnArea],
    projection: EqualArea,
    regions: Regions | None,
    *,
    max_chord_error_m: float,
) -> _Ground:
    """Carry the extent and the areas into the plane, where the regions lie already."""
    plane = plane_areas(areas, projection, max_chord_error_m=max_chord_error_m)
    if not areas:
        return _Ground(_hull(series, projection), plane, None, regions)
    filled = _extent_name(spec, areas)
    return _Ground(plane[filled], plane, filled, regions)


def _in_parallel(
    draw: Callable[[Bools], History], masks: Sequence[Bools], run: Run, progress: Progress
) -> tuple[History, ...]:
    """Make every draw wherever `run` does; the order is that of the masks."""
    results = []
    for done, history in enumerate(run(draw, masks), start=1):
        progress(done, len(masks))
        results.append(history)
    return tuple(results)


def _draw(ground: _Ground, found: Sites, keep: Bools) -> History:
    return ground.copy().history(found, keep, is_drawn=False)


def _extent_name(spec: SeriesSpec, areas: Mapping[str, DrawnArea]) -> str:
    name = str(spec.extent) or next(iter(areas))
    if name not in areas:
        raise JobError(f"extent: no area is named '{name}'; {did_you_mean(name, areas)}")
    return name


def _place_bounds(
    series: PlaceSeries, spec: SeriesSpec, areas: Mapping[str, DrawnArea]
) -> tuple[float, float, float, float]:
    if areas:
        area = areas[_extent_name(spec, areas)]
        return lonlat_bounds(np.array([area.geometry]), area.crs)
    lonlat = [(place.longitude, place.latitude) for place in series.places]
    return lonlat_bounds(np.array([shapely.multipoints(lonlat)]), WGS84)


def strip_along(spec: SeriesSpec, folder: Path) -> DrawnArea | None:
    """Return ground along places that lie on a line, so that they can be looked at.

    Figures are not to be given of it: how wide it is says nothing.

    Parameters
    ----------
    spec : SeriesSpec
        Of places.
    folder : Path
        What relative file names start from.

    Returns
    -------
    DrawnArea or None
        None where the places enclose ground of their own.
    """
    places = read_variants(spec, folder)[0].places
    points = shapely.multipoints([(each.longitude, each.latitude) for each in places])
    if shapely.convex_hull(points).geom_type == "Polygon":
        return None
    return DrawnArea(shapely.box(*points.bounds).buffer(_STRIP_DEGREES), WGS84)


def _hull(series: PlaceSeries, projection: EqualArea) -> BaseGeometry:
    """Return the convex hull of the places: nothing is claimed beyond the last of them."""
    lonlat = shapely.multipoints([(p.longitude, p.latitude) for p in series.places])
    hull = shapely.convex_hull(lonlat)
    if hull.geom_type != "Polygon":
        raise JobError("the places lie on a line; name an [area] for the zones to fill")
    west, _, east, _ = lonlat_bounds(np.array([lonlat]), WGS84)
    if west > east:  # in degrees the hull would run round the Earth the other way
        problem = (
            "the places lie on both sides of 180 degrees; name an area for the zones to fill, such"
            f" as a box whose west is greater than its east ([area], --area {west:g},S,{east:g},N)"
        )
        raise JobError(problem)
    filled: BaseGeometry = project(np.array([hull]), WGS84, projection.crs)[0]
    return filled

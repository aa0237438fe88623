"""Do the intervals of nearest places keep their word? Places are sampled on real polygons.

Villages are strewn at random over a box in which ground changed hands between two days of a
published series. Some are known, by a design; what the known ones make of the ground that
changed is held against what the polygons say. Everything goes through the product's own code.

    python scripts/intervals/places.py ../shared/data/ukraine/deepstate_daily --cases 200
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from itertools import islice
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.area import project
from territory.geometry.arrays import Bools
from territory.geometry.projection import WGS84, EqualArea, Floats
from territory.history.gazetteer import villages
from territory.history.history import History
from territory.history.places import Event, Place, PlaceSeries, Start
from territory.history.voronoi import cell_history, place_counts, sites, subsamples
from territory.job.place_series import places_measured
from territory.job.rebalancing import Ground, Listing, by_gazetteer, changed_places
from territory.job.series import SeriesRequest
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.measure.ensemble import BASE, Ensemble, Measure, estimate
from territory.measure.estimate import Estimate
from territory.read.aoi import DrawnArea

DEFAULT = Path(__file__).resolve().parents[2] / "../shared/data/ukraine/deepstate_daily"
COLUMNS = ("design", "gazetteer", "cases", "bias_pct", "coverage_pct", "width_pct", "warned_pct")
APART = timedelta(days=80)  # between the days that are looked at, at least
SIDES_KM = (72.0, 68.0)
VILLAGES = 576  # as densely as in the countryside of Idlib
CHANGED = (0.1, 0.6)  # of a box, at least and at most
DRAWS = 60
HOLE_KM = 10.0


@dataclass(frozen=True)
class Design:
    """Which villages are known, and how well.

    Attributes
    ----------
    changed, unchanged : float
        Share known of the villages whose ground changed hands, and of the others.
    unreported : float
        Share of the known ones that changed of which nobody reports it.
    hole : bool
        Whether nobody knows anything around one spot where ground changed hands.
    clusters : int
        Around how many spots the villages lie; 0 for anywhere.
    """

    changed: float
    unchanged: float
    unreported: float = 0.0
    hole: bool = False
    clusters: int = 0


DESIGNS = {
    "even": Design(0.45, 0.45),
    "as shipped, by the coding": Design(0.30, 0.43),
    "as shipped, by the gazetteer": Design(0.27, 0.50),
    "as now coded": Design(0.56, 0.54),
    "a tenth unreported": Design(0.56, 0.54, unreported=0.1),
    "a hole at the front": Design(0.56, 0.54, hole=True),
    "clustered villages": Design(0.56, 0.54, clusters=40),
    "clustered villages, as shipped": Design(0.27, 0.50, clusters=40),
}


@dataclass(frozen=True, eq=False)
class Scene:
    """A box in which ground changed hands.

    Attributes
    ----------
    plane : EqualArea
        Of all geometries here.
    box : Polygon
        The ground that is divided.
    held : tuple of geometry
        What one side holds in the box on the first and on the last day.
    truth_km2 : float
        How much of the box changed hands.
    days : tuple of date
        Those two.
    """

    plane: EqualArea
    box: BaseGeometry
    held: tuple[BaseGeometry, BaseGeometry]
    truth_km2: float
    days: tuple[date, date]


def zones_of(folder: Path) -> dict[date, BaseGeometry]:
    """Return what is held on days some months apart, in degrees (WGS 84)."""
    found: dict[date, BaseGeometry] = {}
    for path in sorted(folder.glob("*.geojson")):
        digits = path.stem.rsplit("_", 1)[-1]
        day = date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}")
        if not found or day - max(found) >= APART:
            found[day] = gpd.read_file(path).to_crs(4326).make_valid().union_all()
    return found


def scenes(zones: Mapping[date, BaseGeometry], random: np.random.Generator) -> Iterator[Scene]:
    """Yield boxes around random spots that changed hands between two random days."""
    days, plane = sorted(zones), EqualArea(36.0, 48.5)
    flat = [project(np.array([zones[day]]), WGS84, plane.crs)[0] for day in days]
    between = cache(lambda one, other: shapely.symmetric_difference(flat[one], flat[other]))
    while True:
        first, last = sorted(random.choice(len(days), 2, replace=False).tolist())
        changed = between(first, last)
        across, up = np.array(SIDES_KM) * 500.0
        west, south, east, north = changed.bounds
        x, y = random.uniform(west, east), random.uniform(south, north)
        box = shapely.box(x - across, y - up, x + across, y + up)
        truth = shapely.intersection(changed, box).area
        if CHANGED[0] < truth / box.area < CHANGED[1]:
            held = shapely.intersection(flat[first], box), shapely.intersection(flat[last], box)
            yield Scene(plane, box, held, truth / 1e6, (days[first], days[last]))


def strewn(scene: Scene, design: Design, random: np.random.Generator) -> Floats:
    """Return where the villages lie."""
    west, south, east, north = scene.box.bounds
    xy = random.uniform((west, south), (east, north), (VILLAGES, 2))
    if not design.clusters:
        return xy
    spots = random.uniform((west, south), (east, north), (design.clusters, 2))
    near = spots[random.integers(design.clusters, size=20 * VILLAGES)]
    near = near + random.normal(0.0, 4e3, near.shape)
    return near[shapely.contains_xy(scene.box, near)][:VILLAGES]


def case(
    scene: Scene, design: Design, random: np.random.Generator
) -> tuple[PlaceSeries, tuple[Place, ...]]:
    """Return the known places with what is reported of them, and the gazetteer."""
    xy = strewn(scene, design, random)
    held = np.array([shapely.contains_xy(each, xy) for each in scene.held])
    changed: Bools = held[0] != held[1]
    known = random.random(len(xy)) < np.where(changed, design.changed, design.unchanged)
    if design.hole and changed.any():
        middle = xy[random.choice(np.flatnonzero(changed))]
        known &= np.hypot(*(xy - middle).T) > HOLE_KM * 1e3
    told = changed & (random.random(len(xy)) >= design.unreported)
    inverse = scene.plane.transformer(WGS84)
    lonlat = np.column_stack(inverse.transform(xy[:, 0], xy[:, 1], direction="INVERSE")).tolist()
    keys = [f"V{n:03}" for n in range(len(xy))]
    places = tuple(Place(key, key, *at) for key, at in zip(keys, lonlat, strict=True))
    side = np.where(held, "a", "b")
    starts = {keys[n]: Start(str(side[0, n]), "") for n in np.flatnonzero(known)}
    events = tuple(
        Event(keys[n], scene.days[1], scene.days[1], str(side[0, n]), str(side[1, n]), "")
        for n in np.flatnonzero(known & told)
    )
    listed = tuple(places[n] for n in np.flatnonzero(known))
    return PlaceSeries(listed, starts, events, *scene.days), places


def measured(
    scene: Scene, series: PlaceSeries, gazetteer: tuple[Place, ...], seed: int
) -> tuple[tuple[Ensemble, tuple[Finding, ...]], tuple[Ensemble, tuple[Finding, ...]]]:
    """Return what the figures rest on without the gazetteer and with it."""
    area = DrawnArea(scene.box, scene.plane.crs)
    request = SeriesRequest(
        SeriesSpec(profile="places", path="places"),
        Path(),
        {"box": area},
        scene.days,
        (),
        (),
        None,
    )
    settings = UncertaintySpec(draws=DRAWS, seed=seed)
    plain = places_measured(series, {}, request, settings, events="events")
    history = plain.ensemble.base
    extent = project(np.array([scene.box]), scene.plane.crs, history.projection.crs)[0]
    found = {BASE: sites(series, history.days, projection=history.projection)}
    keys = [place.key for place in series.places]
    there = villages(found[BASE].xy, keys, gazetteer, extent=extent, projection=history.projection)
    divide = partial(cell_history, extent=extent)
    balanced = by_gazetteer(
        plain.ensemble,
        found,
        {BASE: Listing(there, changed_places(series, history.projection))},
        keeps=subsamples(len(keys), share=settings.share, draws=DRAWS, seed=seed),
        ground=Ground(divide, divide, partial(place_counts, areas={})),
    )
    return (plain.ensemble, plain.findings), balanced


def changed_ground(history: History) -> float:
    """Return the km2 that changed hands from the first day to the last."""
    return history.km2(history.held_by[0] != history.held_by[-1])


def figure_of(ensemble: Ensemble) -> Estimate:
    """Return the ground that changed hands, with its interval."""
    measure = Measure(
        changed_ground, lambda each: each.held_by[0] != each.held_by[-1], "all", days=()
    )
    return estimate(ensemble, measure)


def rows(
    folder: Path, *, cases: int = 200, seed: int = 20180205, designs: Mapping[str, Design] = DESIGNS
) -> list[dict[str, object]]:
    """Return how often the intervals hold the truth, by design, without and with a gazetteer.

    Parameters
    ----------
    folder : Path
        GeoJSON files of one side's ground, with a day as YYYYMMDD at the end of each name.
    cases : int
        How many boxes for each design; the same for all designs.
    seed : int
        Of the random numbers.
    designs : mapping of str to Design
        By name.

    Returns
    -------
    list of dict
        By `COLUMNS`; bias and mean width of the interval in percent of the truth.
    """
    boxes = boxes_of(folder, cases=cases, seed=seed)
    return [row for name in designs for row in rows_of(name, designs[name], boxes, seed=seed)]


def boxes_of(folder: Path, *, cases: int, seed: int) -> tuple[Scene, ...]:
    """Return the boxes of all designs."""
    return tuple(islice(scenes(zones_of(folder), np.random.default_rng(seed)), cases))


def rows_of(
    name: str, design: Design, boxes: tuple[Scene, ...], *, seed: int
) -> Iterator[dict[str, object]]:
    """Yield the two rows of a design, without and with a gazetteer."""
    found: dict[str, list[tuple[float, bool, float, bool]]] = {"no": [], "yes": []}
    for number, scene in enumerate(boxes):
        random = np.random.default_rng([seed, number])
        series, gazetteer = case(scene, design, random)
        both = measured(scene, series, gazetteer, seed + number)
        for has, (ensemble, findings) in zip(found, both, strict=True):
            found[has].append(_result(figure_of(ensemble), scene.truth_km2, findings))
    for has, results in found.items():
        error, holds, width, warned = (np.array(part) for part in zip(*results, strict=True))
        values = (100 * float(each.mean()) for each in (error, holds, width, warned))
        cells = (name, has, len(boxes), *(round(value, 1) for value in values))
        yield dict(zip(COLUMNS, cells, strict=True))


def _result(
    figure: Estimate, truth: float, findings: tuple[Finding, ...]
) -> tuple[float, bool, float, bool]:
    kinds = (FindingKind.KNOWN_SHARES, FindingKind.NO_GAZETTEER)
    warned = any(f.kind in kinds and f.severity is Severity.WARNING for f in findings)
    holds = figure.low <= truth <= figure.high
    return figure.value / truth - 1, holds, (figure.high - figure.low) / truth, warned


def main() -> None:
    """Print the table as CSV."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20180205)
    parser.add_argument("--design", action="append", choices=DESIGNS)
    options = parser.parse_args()
    if not options.folder.is_dir():
        parser.error(f"{options.folder}: no such folder")
    out = csv.DictWriter(sys.stdout, COLUMNS)
    out.writeheader()
    boxes = boxes_of(options.folder, cases=options.cases, seed=options.seed)
    for name in options.design or DESIGNS:
        for row in rows_of(name, DESIGNS[name], boxes, seed=options.seed):
            out.writerow(row)
            sys.stdout.flush()


if __name__ == "__main__":
    main()

"""What several series of one job have in common: which cover one region, and where they differ.

The plane of a comparison is the equal-area plane of its first series, in metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.claims.model import days_of
from territory.claims.pooled import give_one_figure
from territory.claims.verdicts import Judgement
from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.coverage import dissolved
from territory.geometry.projection import WGS84, EqualArea, transformation
from territory.history.history import WHOLE, History
from territory.history.regions import DrawnRegions, resolve_regions
from territory.job.series import Loaded
from territory.measure.compare import Comparison, compare_on
from territory.measure.disputes import Ground, pieces
from territory.numbers import figure
from territory.read.basemap import usual_towns
from territory.read.text_files import sha256_of
from territory.read.world import read_countries

Files = tuple[Path, ...]
_NEAR_M = 60_000.0  # a town farther away says little about where something is
_LEAST_KM2 = 0.05  # less is 0 as it is printed


def marked_for_pool(loaded: tuple[Loaded, ...], files: Sequence[Files]) -> tuple[Loaded, ...]:
    """Return series, with a finding about each that must not be pooled with the others.

    One of another region says nothing about the ground of the others; one with the content of
    an earlier one would count the same map twice.

    Parameters
    ----------
    loaded : tuple of Loaded
        In the order of the job. Where none lies with another, all but the first are apart.
    files : sequence of tuple of Path
        What each is read from.

    Returns
    -------
    tuple of Loaded
        The same ones, in the same order.
    """
    boxes = [_box(each.ensemble.base) for each in loaded]
    meets = [box.is_empty or sum(map(box.intersects, boxes)) > 1 for box in boxes]
    together = meets if any(meets) else [number == 0 for number in range(len(loaded))]
    found = []
    for number, series in enumerate(loaded):
        twin = next((n for n in range(number) if same_content(files[n], files[number])), None)
        if twin is not None:
            why = f"has the same files as '{loaded[twin].name}'"
            found.append(_not_pooled(series, f"{why}; it counts once"))
        elif together[number]:
            found.append(series)
        else:
            found.append(_not_pooled(series, "covers another region than the others"))
    return tuple(found)


def same_content(one: Files, other: Files) -> bool:
    """Return whether two series are read from the same bytes, whatever the files are called.

    Parameters
    ----------
    one, other : tuple of Path
        Files that are there; none for zones in memory, which are never the same.
    """
    sizes = [sorted(file.stat().st_size for file in files) for files in (one, other)]
    if sizes[0] != sizes[1] or not one:
        return False
    return sorted(map(sha256_of, one)) == sorted(map(sha256_of, other))


def not_pooled(loaded: Sequence[Loaded]) -> dict[str, str]:
    """Return which series must not be pooled, by name, and the sentence that says why.

    Parameters
    ----------
    loaded : sequence of Loaded
        As `marked_for_pool` returns them.
    """
    return {
        each.name: found.detail
        for each in loaded
        for found in each.findings
        if found.kind is FindingKind.NOT_POOLED
    }


def _not_pooled(series: Loaded, why: str) -> Loaded:
    detail = f"the series '{series.name}' {why}; no claim is judged on it"
    found = Finding(FindingKind.NOT_POOLED, detail, Severity.WARNING)
    return replace(series, findings=(*series.findings, found))


def _box(history: History) -> BaseGeometry:
    """Return the box of all ground that anybody ever holds, in degrees."""
    held = history.faces[history.held_by.any(axis=0)]
    if not len(held):
        return shapely.Polygon()
    to_degrees = transformation(history.projection.crs, WGS84)
    west, south, east, north = to_degrees.transform_bounds(*shapely.total_bounds(held))
    return shapely.box(*((west, south, east, north) if west <= east else (-180, south, 180, north)))


@dataclass(frozen=True)
class Pair:
    """Two series that lie farthest apart in a figure, and the day and the area it is about."""

    one: str
    other: str
    day: date
    area: str


def farthest_apart(judgements: Sequence[Judgement]) -> Pair | None:
    """Return which two maps give the smallest and the largest figure; None where all give one.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim; its first reading that was measured on several maps counts.
    """
    for each in judgements:
        found = [(m.computed.value, m.series) for m in each.maps if m.computed]
        if each.reading and found and not give_one_figure([value for value, _ in found]):
            day = days_of(each.reading, each.claim)[-1]
            return Pair(min(found)[1], max(found)[1], day, each.reading.area)
    return None


def comparison(loaded: Sequence[Loaded], pair: Pair) -> Comparison | None:
    """Compare two series on a day; None where that cannot be done.

    Parameters
    ----------
    loaded : sequence of Loaded
        The series of a job.
    pair : Pair
        Which two, on which day, in which area.

    Returns
    -------
    Comparison or None
        None where one comes from places or lacks the day, or neither holds anything there.
    """
    by_name = {each.name: each.ensemble for each in loaded}
    area = None if pair.area == WHOLE else pair.area
    try:
        return compare_on(by_name[pair.one], by_name[pair.other], day=pair.day, area=area)[0]
    except InputError:
        return None


@dataclass(frozen=True, eq=False)
class Whereabouts:
    """Says where two series differ most on a day; it remembers what it said.

    Attributes
    ----------
    loaded : tuple of Loaded
        The series.
    regions : DrawnRegions or None
        Provinces to say it by; else the nearest town, else a position.
    """

    loaded: tuple[Loaded, ...]
    regions: DrawnRegions | None = None
    known: dict[Pair, str] = field(default_factory=dict)

    def __call__(self, one: str, other: str, day: date, area: str) -> str:
        """Return where two series differ most, as a part of a sentence.

        Parameters
        ----------
        one, other : str
            Names of the series.
        day : date
            On which they are compared.
        area : str
            A named area of both, or all.

        Returns
        -------
        str
            Empty where they cannot be compared (one comes from places, or lacks the day), or
            do not differ on ground that both speak of.
        """
        pair = Pair(one, other, day, area)
        if pair not in self.known:
            self.known[pair] = self._sentence(pair)
        return self.known[pair]

    def _sentence(self, pair: Pair) -> str:
        found = comparison(self.loaded, pair)
        if found is None:
            return ""
        ground = [
            each.geometry
            for each in pieces(found, read_countries())
            if each.ground is Ground.BOTH and each.one != each.other
        ]
        disputed = dissolved(np.array([*ground, None], dtype=object)[:-1])
        all_km2 = float(disputed.area / 1e6)
        if all_km2 < _LEAST_KM2:
            return ""
        place, km2 = self._place(found, disputed)
        part = f", the largest part {place} ({figure(km2)})"
        where = f", all {place}" if figure(km2) == figure(all_km2) else part
        maps = f"on {pair.day} '{pair.one}' and '{pair.other}'"
        return f"{maps} give {figure(all_km2)} km2 to different holders{where}"

    def _place(self, found: Comparison, disputed: BaseGeometry) -> tuple[str, float]:
        if self.regions is not None:
            regions = resolve_regions(self.regions, found.projection)
            inside = shapely.area(shapely.intersection(regions.polygons, disputed)) / 1e6
            if inside.max(initial=0.0) >= _LEAST_KM2:
                name = regions.names[int(inside.argmax())]
                return f"in {self.regions.title(name, 'en')}", float(inside.max())
        parts = shapely.get_parts(disputed)
        largest = parts[int(shapely.area(parts).argmax())]
        return _near(largest.representative_point(), found.projection), float(largest.area / 1e6)


def _near(point: shapely.Point, plane: EqualArea) -> str:
    """Return what a point lies near, as it stands in a sentence: a town, else its degrees."""
    towns = usual_towns()
    x, y = transformation(WGS84, plane.crs).transform(towns.geometry.x, towns.geometry.y)
    away = np.hypot(x - point.x, y - point.y)
    if away.min(initial=_NEAR_M) < _NEAR_M:
        return f"near {towns['name'].iloc[int(away.argmin())]}"
    longitude, latitude = transformation(plane.crs, WGS84).transform(point.x, point.y)
    return f"near {latitude:.2f}, {longitude:.2f} (latitude, longitude)"

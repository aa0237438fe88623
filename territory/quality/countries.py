"""Holders against the countries of the world: ground at sea, abroad, or too large."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools, HolderRows
from territory.geometry.graphs import sparse_table
from territory.geometry.projection import WGS84, Floats, Ints, transformation
from territory.history.history import History
from territory.numbers import figure, percent
from territory.quality.series_numbers import FLOOR_KM2, HALF, LONGEST_SPELL, Series, runs_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

IMPOSSIBLE = 1.5  # times the country that a holder mostly lies in
LARGER = 1.02
SEA_SHARE = 0.05  # of all held ground; less beyond the coast is a coast drawn roughly
BIG_FACE_KM2 = 50.0  # faces above it are cut along countries, others go by one point
NAMED = 3  # countries that are named, each with more than
LEAST_SHARE = 0.005
_EARTH_RADIUS_DEGREES = 180.0 / np.pi
_ALL_AROUND = 359.0  # degrees
_ROUND = 360.0  # degrees
_LEEWAY = 1e-6  # degrees: far more than rounding


@dataclass(frozen=True, eq=False)
class Countries:
    """Countries to hold a series against.

    Attributes
    ----------
    names : tuple of str, length n
        In English.
    km2 : ndarray, shape (n,)
        Area in square kilometres.
    polygons : ndarray of Polygon or MultiPolygon, shape (n,)
        In degrees (WGS 84), valid.

    Raises
    ------
    InputError
        If the lengths differ or an area is not positive.
    """

    names: tuple[str, ...]
    km2: Floats
    polygons: NDArray[np.object_]

    def __post_init__(self) -> None:
        """Check what the comparison relies on."""
        if not len(self.names) == len(self.km2) == len(self.polygons):
            raise InputError("countries need one name, one area and one polygon each")
        if not (self.km2 > 0).all():
            raise InputError("a country has no area")


def against_countries(
    series: Series,
    history: History,
    countries: Countries,
    *,
    inside: "csr_array | None" = None,
) -> Iterator[Finding]:
    """Compare every holder's ground with the country that it mostly lies in.

    Parameters
    ----------
    series : Series
        The numbers of `history`.
    history : History
        Whose faces are compared.
    countries : Countries
        To compare with.
    inside : sparse array, shape (countries, faces), optional
        How much of each face lies in each country, km2; see `ground_in_countries`.

    Yields
    ------
    Finding
        In which countries the ground lies; then, by holder and run of days, what does not fit.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 2000, 2000)]), np.array([[1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1),), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> land = Countries(("Land",), np.array([1.0]), np.array([shapely.box(-1, -1, 1, 1)]))
    >>> [str(found.kind) for found in against_countries(Series.of(history), history, land)]
    ['place', 'larger-than-country']
    """
    inside = ground_in_countries(history, countries) if inside is None else inside
    yield from _located(series, history, countries, inside)
    for index in range(1, len(series.holders)):
        total = series.areas[:, index]
        ground = _ground_of(series.held_by, index, inside)
        main = ground.argmax(axis=1)
        share = ground.max(axis=1) / np.maximum(total, FLOOR_KM2)
        at_sea = 1 - ground.sum(axis=1) / np.maximum(total, FLOOR_KM2)
        ratio = total / countries.km2[main]
        much = at_sea * total > SEA_SHARE * float(np.median(series.held))
        verdict = np.select(
            [total < FLOOR_KM2, ratio > IMPOSSIBLE, (at_sea > HALF) & much, ratio > LARGER],
            [0, 1, 2, 3],
            default=np.where(share < HALF, 4, 0),
        )
        for code, (kind, severity, text) in enumerate(_OUTGROWN, start=1):
            for first, length in runs_of((verdict == code).tolist()):
                sure = severity
                usual = (verdict != code) & (total >= FLOOR_KM2)
                if code == _HUGE and not _is_contradicted(usual, first, length):
                    sure = Severity.WARNING  # large, not corrupt: no other day says otherwise
                for at, day, has in _told(series, index, first, length):
                    said = text if share[at] > 0 else _NOWHERE
                    message = said.format(
                        country=countries.names[main[at]],
                        size=figure(countries.km2[main[at]]),
                        share=percent(share[at]),
                        sea=percent(at_sea[at]),
                    )
                    lands = _lands(ground[at], total[at], countries)
                    where = "" if lands == _NO_COUNTRY else f"; it lies in {lands}"
                    detail = f"{has}: {message}{where}; {_PERHAPS}"
                    yield Finding(kind, detail, sure, day, float(total[at]))


def _ground_of(held_by: HolderRows, index: int, inside: "csr_array") -> Floats:
    """Return how much a holder has in each country on each day, km2, shape (d, countries).

    A day at a time: as numbers, the faces of all days would take eight times their memory.
    """
    cells, count = inside.tocoo(), inside.shape[0]
    rows = []
    for held in held_by:
        there = np.flatnonzero(held.take(cells.col) == index)
        rows.append(np.bincount(cells.row.take(there), cells.data.take(there), count))
    return np.array(rows, dtype=np.float64).reshape(-1, count)


def _is_contradicted(usual: NDArray[np.bool_], first: int, length: int) -> bool:
    """Return whether a short spell stands between days on which the holder is smaller.

    One map proves no corruption: a holder in several countries is larger than each of them,
    and may have grown to that.
    """
    short = length <= LONGEST_SPELL
    return short and bool(usual[:first].any() and usual[first + length :].any())


def _lands(km2: Floats, total: float, countries: Countries) -> str:
    """Name the countries in which most of some ground lies, the largest part first."""
    largest = np.argsort(-km2, kind="stable")[:NAMED]
    share = km2 / max(total, FLOOR_KM2)
    named = [
        f"{countries.names[k]} ({percent(share[k])})" for k in largest if share[k] > LEAST_SHARE
    ]
    return ", ".join(named) or _NO_COUNTRY


def place_of(history: History, countries: Countries) -> Iterator[Finding]:
    """Say in which countries the ground lies that was ever held.

    Parameters
    ----------
    history : History
        Whose faces are looked at, on all days together.
    countries : Countries
        To name the places.

    Yields
    ------
    Finding
        For information, about the whole series.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 2000, 2000)]), np.array([[1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1),), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> land = Countries(("Land",), np.array([12_000.0]), np.array([shapely.box(-1, -1, 1, 1)]))
    >>> [found.detail[:30] for found in place_of(history, land)]
    ['what was ever held lies in Lan']
    """
    yield from _located(
        Series.of(history), history, countries, ground_in_countries(history, countries)
    )


def _located(
    series: Series, history: History, countries: Countries, inside: "csr_array"
) -> Iterator[Finding]:
    """Say in which countries the ground lies that was ever held.

    Longitude and latitude that are swapped, or a wrong CRS, often give another place on
    land, which no figure betrays; the name of the country does.
    """
    ever = series.held_by.any(axis=0)
    total = float(history.area_m2[ever].sum() / 1e6)
    if total < FLOOR_KM2:
        return
    where = _lands(inside @ np.asarray(ever, dtype=np.float64), total, countries)
    detail = f"what was ever held lies in {where}; if that is another place, mend the coordinates"
    yield Finding(FindingKind.PLACE, detail, Severity.INFO, None, total)


_NO_COUNTRY = "no country"
_NOWHERE = "{sea} of it lie in no country"  # and none need be named
_HUGE = 1  # the place of the first of these
_TOO_LARGE = "{country}, where it mostly lies, has {size} km2"
_OUTGROWN = (
    (FindingKind.LARGER_THAN_COUNTRY, Severity.ERROR, _TOO_LARGE),
    (FindingKind.OUTSIDE_COUNTRY, Severity.ERROR, _NOWHERE),
    (FindingKind.LARGER_THAN_COUNTRY, Severity.WARNING, _TOO_LARGE),
    (
        FindingKind.OUTSIDE_COUNTRY,
        Severity.WARNING,
        "{share} of it lie in {country}, {sea} in no country",
    ),
)


_PERHAPS = "a stray polygon, a class that is no ground held, or ground in several countries"


def _told(
    series: Series, index: int, first: int, length: int
) -> Iterator[tuple[int, date | None, str]]:
    """Yield the days of a run that are told, and who has how much on them.

    A short run is told day by day, and a long one as a matter of the whole series: by the day
    on which the holder has most.
    """
    name, total = series.holders[index], series.areas[first : first + length, index]
    if length <= LONGEST_SPELL:
        for at, day in enumerate(series.days[first : first + length], start=first):
            yield at, day, f"{name} has {figure(total[at - first])} km2"
        return
    most = figure(total.max())
    up_to = "" if figure(total.min()) == most else "up to "
    has = f"{name} has {up_to}{most} km2 ({series.spell(first, length)})"
    yield first + int(total.argmax()), None, has


def ground_in_countries(history: History, countries: Countries) -> "csr_array":
    """Return how much of each face lies in each country, km2, shape (countries, faces).

    Small faces go whole to the country of one point inside; big ones are cut. Everything
    is laid out on a cylinder on which areas are true.

    Parameters
    ----------
    history : History
        Whose faces are looked at.
    countries : Countries
        To lay them on.
    """
    carrier, middle = transformation(history.projection.crs, WGS84), history.projection.longitude

    def to_degrees(xy: Floats) -> Floats:
        east, north = carrier.transform(*xy.T)
        turns = np.round((east - middle) / _ROUND)  # a face across 180 degrees stays in one piece
        return np.column_stack([east - turns * _ROUND, north])

    km2 = history.area_m2 / 1e6
    is_big = km2 > BIG_FACE_KM2
    small, big = np.flatnonzero(~is_big), np.flatnonzero(is_big)
    points = shapely.get_coordinates(shapely.point_on_surface(history.faces[small]))
    spots = _cylinder(_points(to_degrees(points)))
    laid_out = shapely.transform(history.faces[big], to_degrees)
    # A band all around the Earth is no shape on a cylinder, and in no country that could be named.
    west, _, east, _ = shapely.bounds(laid_out).T
    laid_out[east - west > _ALL_AROUND] = shapely.Polygon()
    shapes = _cylinder(laid_out)
    land, country = _about(countries, np.concatenate([spots, shapes]))
    # Countries look for what lies in them, not the other way round: a country is prepared once.
    of_small, spot = shapely.STRtree(spots).query(land, predicate="contains")
    of_big, which = shapely.STRtree(shapes).query(land, predicate="intersects")
    part = _part_of(shapes[which], land[of_big]) / shapely.area(shapes)[which] * km2[big[which]]
    return sparse_table(
        np.concatenate([km2[small[spot]], part]),
        country[np.concatenate([of_small, of_big])],
        np.concatenate([small[spot], big[which]]),
        (len(countries.names), len(km2)),
    )


def _about(countries: Countries, shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], Ints]:
    """Return countries on the cylinder, and which each is; once more beyond 180 degrees.

    Only on the side, if any, on which some shape lies there.
    """
    west, _, east, _ = shapely.total_bounds(shapes)
    turns = [0, *([-1] if west < -_ROUND / 2 else []), *([1] if east > _ROUND / 2 else [])]
    near = np.flatnonzero(_are_near(countries.polygons, shapes, turns))
    land = _cylinder(countries.polygons[near])
    moves = np.outer(turns[1:], [_ROUND, 0.0])
    beside = [shapely.transform(land, move.__add__) for move in moves]
    return np.concatenate([land, *beside]), np.tile(near, len(turns))


def _are_near(
    polygons: NDArray[np.object_], shapes: NDArray[np.object_], turns: list[int]
) -> Bools:
    """Tell which polygons in degrees may reach some shapes on the cylinder, turned round or not."""
    west, south, east, north = shapely.total_bounds(shapes)
    left, low, right, high = shapely.bounds(polygons).T
    bottom, top = (_unrolled(np.column_stack([each, each]))[:, 1] for each in (low, high))
    beside = [
        (left + turn * _ROUND <= east + _LEEWAY) & (right + turn * _ROUND >= west - _LEEWAY)
        for turn in turns
    ]
    level = (bottom <= north + _LEEWAY) & (top >= south - _LEEWAY)
    return np.asarray(level & np.any(beside, axis=0), dtype=np.bool_)


def _part_of(shapes: NDArray[np.object_], land: NDArray[np.object_]) -> Floats:
    """Return how much of each shape lies in the country beside it; only what juts out is cut."""
    shapely.prepare(land)
    part = shapely.area(shapes)
    juts = np.flatnonzero(~shapely.covers(land, shapes))
    part[juts] = shapely.area(shapely.intersection(shapes[juts], land[juts]))
    return np.asarray(part, dtype=np.float64)


def _points(xy: Floats) -> NDArray[np.object_]:
    return np.asarray(shapely.points(xy), dtype=object)


def _cylinder(lonlat: NDArray[np.object_]) -> NDArray[np.object_]:
    """Lay longitude and latitude on a cylinder on which areas are true (on a sphere)."""
    return np.asarray(shapely.make_valid(shapely.transform(lonlat, _unrolled)), dtype=object)


def _unrolled(xy: Floats) -> Floats:
    sine = np.sin(np.deg2rad(xy[:, 1])) * _EARTH_RADIUS_DEGREES
    return np.column_stack([xy[:, 0], sine])

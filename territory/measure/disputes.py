"""Of the ground on which two publishers differ, what both of them speak of.

Where one draws a zone and the other draws nothing, it may mean that the other gives the
ground to nobody (a dispute), that it draws its coast or border more roughly, or that it
draws nothing in that country at all. The last two are no dispute. They are told apart by
the outlines of countries, which are rough themselves: along a coast or border they tell
a strip of some hundred metres wrongly.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.area import project
from territory.geometry.coverage import areal, dissolved
from territory.geometry.projection import WGS84, transformation
from territory.holders import NOBODY, Holder
from territory.measure.compare import UNKNOWN, Comparison
from territory.numbers import figure, percent
from territory.quality.countries import Countries

DRAWS_SHARE = 0.01  # of all it gives to somebody: with less in a country it only spills over
_MARGIN = 1.0  # degrees around the ground within which countries are looked at
_CHORD_M = 10.0  # outlines of countries are rounded to some hundred metres
_LEAST_KM2 = 0.5  # less is 0 as it is printed


class Ground(StrEnum):
    """Which of two publishers speak of a piece of ground."""

    BOTH = "both"
    ONE = "one"  # in a country in which only one of them draws zones
    SEA = "sea"  # in no country: a coast drawn roughly, or water


@dataclass(frozen=True)
class Piece:
    """Ground by who holds it in one series and in the other, and who speaks of it.

    Attributes
    ----------
    one, other : Holder
        Who holds it in the one series and in the other.
    ground : Ground
        Who speaks of it.
    geometry : Polygon or MultiPolygon
        In the plane of the comparison, in metres.
    """

    one: Holder
    other: Holder
    ground: Ground
    geometry: BaseGeometry

    @property
    def km2(self) -> float:
        """Its area in the plane of the comparison."""
        return float(self.geometry.area / 1e6)


def pieces(found: Comparison, countries: Countries | None = None) -> tuple[Piece, ...]:
    """Return all ground that was compared by pair of holders and by who speaks of it.

    Parameters
    ----------
    found : Comparison
        Of one day of each series.
    countries : Countries, optional
        Without them all ground that both series cover is ground that both speak of.

    Returns
    -------
    tuple of Piece
        Sorted. The pieces of a pair add up to it.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.measure.compare import compare
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> plane, day = EqualArea(0.0, 0.0), date(2022, 8, 22)
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> def says(*held):
    ...     rows = np.array([held], dtype=np.int16)
    ...     holders = (NOBODY, Holder("russia"))
    ...     return from_coverage(squares, rows, days=(day,), holders=holders, projection=plane)
    >>> both = compare(says(0, 1), says(1, 1), day_one=day, day_other=day)
    >>> [(str(each.one), str(each.other), str(each.ground)) for each in pieces(both)]
    [('nobody', 'russia', 'both'), ('russia', 'russia', 'both')]
    """
    same = [(holder, holder, ground) for holder, ground in found.agreed()]
    apart = [(each.one, each.other, each.geometry) for each in found.differences()]
    land = _Land.around(found, countries) if countries is not None else None
    parts = [
        Piece(one, other, kind, part)
        for one, other, geometry in (*same, *apart)
        for kind, part in _parts(one, other, geometry, land)
        if part.area > 0
    ]
    return tuple(sorted(parts, key=lambda each: (each.one, each.other, each.ground)))


def sentence(ground: Iterable[Piece]) -> str:
    """Say in one sentence how far two publishers agree, and what of their difference is none.

    Of ground that somebody holds: that neither draws any zone somewhere is no agreement.

    Parameters
    ----------
    ground : iterable of Piece
        All pieces of one comparison.

    Returns
    -------
    str
        Without a capital in front and a stop at its end.

    Examples
    --------
    >>> a, box = Holder("a"), shapely.box(0, 0, 1000, 1000)
    >>> print(sentence([Piece(a, a, Ground.BOTH, box), Piece(NOBODY, a, Ground.SEA, box)]))
    they agree on 100 % of the 1.0 km2 that both speak of; besides, 1.0 km2 at sea or along coasts
    """
    km2 = dict.fromkeys(Ground, 0.0)
    agreed = 0.0
    for piece in ground:
        if piece.one == piece.other == NOBODY:  # there is no end to what neither of them draws
            continue
        km2[piece.ground] += piece.km2
        agreed += piece.km2 if piece.one == piece.other else 0.0
    both = km2[Ground.BOTH]
    share = both and f"{percent(agreed / both)} of the {figure(both)} km2 that both speak of"
    words = {Ground.SEA: "at sea or along coasts", Ground.ONE: "where only one of them draws"}
    besides = [
        f"{figure(km2[kind])} km2 {where}"
        for kind, where in words.items()
        if km2[kind] >= _LEAST_KM2
    ]
    rest = f"; besides, {' and '.join(besides)}" if besides else ""
    return f"they agree on {share or 'nothing'}{rest}"


@dataclass(frozen=True, eq=False)
class _Land:
    """Countries near the ground, in its plane, by whether each of the two series draws there.

    Attributes
    ----------
    spoken, silent : tuple of Polygon or MultiPolygon
        Those in which the one and the other series draws, and all the rest of them.
    """

    spoken: tuple[BaseGeometry, ...]
    silent: tuple[BaseGeometry, ...]

    @classmethod
    def around(cls, found: Comparison, countries: Countries) -> "_Land":
        """Cut countries to the surroundings of a comparison."""
        land = _near(found, countries)
        drawn = [_drawn(found, side, land) for side in range(2)]
        return cls(
            tuple(shapely.union_all(land[each]) for each in drawn),
            tuple(shapely.union_all(land[~each]) for each in drawn),
        )


def _near(found: Comparison, countries: Countries) -> NDArray[np.object_]:
    """Return the countries around the ground of a comparison, in its plane."""
    to_degrees = transformation(found.projection.crs, WGS84)
    west, south, east, north = to_degrees.transform_bounds(*shapely.total_bounds(found.faces))
    if west > east:  # across the antimeridian
        west, east = -180.0, 180.0
    box = west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN
    near = areal(shapely.make_valid(shapely.clip_by_rect(countries.polygons, *box)))
    near = near[~shapely.is_empty(near)]
    plane = project(near, WGS84, found.projection.crs, max_chord_error=_CHORD_M)
    return np.asarray(shapely.make_valid(plane), dtype=object)


def _drawn(found: Comparison, side: int, land: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return in which countries a series gives ground to somebody."""
    silent = [index for index, holder in enumerate(found.holders) if holder in (NOBODY, UNKNOWN)]
    held = dissolved(found.faces[~np.isin(found.held_by[side], silent)])
    inside = shapely.area(shapely.intersection(land, held))
    return np.asarray(inside > DRAWS_SHARE * held.area, dtype=bool)


def _parts(
    one: Holder, other: Holder, ground: BaseGeometry, land: _Land | None
) -> Iterator[tuple[Ground, BaseGeometry]]:
    """Divide the ground of one pair of holders by who speaks of it."""
    if UNKNOWN in (one, other):
        yield Ground.ONE, ground
        return
    if land is None or one == other or NOBODY not in (one, other):
        yield Ground.BOTH, ground
        return
    nobody = 0 if one == NOBODY else 1
    outside = shapely.difference(ground, land.spoken[nobody])
    yield Ground.BOTH, shapely.intersection(ground, land.spoken[nobody])
    yield Ground.ONE, shapely.intersection(outside, land.silent[nobody])
    yield Ground.SEA, shapely.difference(outside, land.silent[nobody])

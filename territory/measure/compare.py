"""Where two publishers differ: ground by who holds it in one series and in the other.

The zones of both days become the layers of one snapshot, which is cut once; who holds a
face in each series is then read off its winding numbers, so no pair of zones is overlaid.
*The plane* is the equal-area plane of the first series, in metres.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.geometry.area import project
from territory.geometry.arrays import Bools, cross_table
from territory.geometry.coverage import dissolved
from territory.geometry.projection import EqualArea, Floats, Ints
from territory.geometry.rings import rings_of
from territory.history.history import History
from territory.history.partition import Partition, partition
from territory.history.snapshot import Snapshot, snapshot_of
from territory.holders import NOBODY, Holder
from territory.measure.boundary_error import BoundaryError
from territory.measure.change import zones
from territory.measure.ensemble import Ensemble

UNKNOWN = Holder("unknown")
"""Who holds ground beyond the end of a coverage: the series does not say."""

_ONE, _OTHER = "a:", "b:"
_Zones = tuple[tuple[Holder, BaseGeometry], ...]


@dataclass(frozen=True)
class Difference:
    """Ground that two series give to different holders.

    Attributes
    ----------
    one, other : Holder
        Who holds it in the one series and in the other.
    km2 : float
        True area, in square kilometres.
    geometry : Polygon or MultiPolygon
        In the plane of the comparison.
    """

    one: Holder
    other: Holder
    km2: float
    geometry: BaseGeometry


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two series on one day each, cut together.

    Attributes
    ----------
    projection : EqualArea
        The plane of `faces`: that of the first series.
    days : (date, date)
        The day of the first series and the day of the other.
    holders : tuple of Holder
        Of both; `NOBODY` first, `UNKNOWN` last if there is any such ground.
    faces : ndarray of Polygon, shape (f,)
        In metres.
    area_m2 : ndarray, shape (f,)
        Area of each face.
    held_by : ndarray of int, shape (2, f)
        Index into `holders`, in the first series and in the other.
    """

    projection: EqualArea
    days: tuple[date, date]
    holders: tuple[Holder, ...]
    faces: NDArray[np.object_]
    area_m2: Floats
    held_by: NDArray[np.int16]

    @cached_property
    def km2(self) -> Floats:
        """Square kilometres by holder in the first series (row) and the other (column).

        Rows add up to the areas of the first series and columns to those of the other.
        """
        return cross_table(self.held_by[0], self.held_by[1], self.area_m2 / 1e6, len(self.holders))

    @property
    def total_km2(self) -> float:
        """All ground that was compared."""
        return float(self.area_m2.sum() / 1e6)

    @property
    def agreed_km2(self) -> float:
        """Ground that both series give to the same holder."""
        return float(np.trace(self.km2))

    def differences(self) -> tuple[Difference, ...]:
        """Return the ground on which the series differ by pair of holders, the largest first."""
        found = [
            self._difference(int(row), int(column))
            for row, column in zip(*np.nonzero(self.km2), strict=True)
            if row != column
        ]
        return tuple(sorted(found, key=lambda each: (-each.km2, each.one, each.other)))

    def agreed(self) -> tuple[tuple[Holder, BaseGeometry], ...]:
        """Return the ground that both series give to the same holder, by holder."""
        found = np.flatnonzero(np.diag(self.km2)).tolist()
        return tuple((self.holders[index], self._ground(index, index)) for index in found)

    def _difference(self, row: int, column: int) -> Difference:
        pair = self.holders[row], self.holders[column]
        return Difference(*pair, float(self.km2[row, column]), self._ground(row, column))

    def _ground(self, row: int, column: int) -> BaseGeometry:
        chosen = (self.held_by[0] == row) & (self.held_by[1] == column)
        return dissolved(self.faces[chosen])


def compare(
    one: History,
    other: History,
    *,
    day_one: date,
    day_other: date,
    area: str | None = None,
) -> Comparison:
    """Cut two series on one day each together.

    Ground that neither series covers is not looked at unless `area` has it. Where only
    one covers it, the other says nobody, or, if it is a coverage that ends there, that it
    does not know (`UNKNOWN`).

    Parameters
    ----------
    one, other : History
        In any planes; the other is carried into the plane of the first.
    day_one, day_other : date
        A day of each.
    area : str, optional
        A named area that both histories have.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If a day or the area is not in its history, or there is nothing to compare.
    GeometryError
        If areas are not conserved by the cut.

    Examples
    --------
    >>> from territory.history.history import from_coverage
    >>> plane, day = EqualArea(0.0, 0.0), date(2022, 8, 22)
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> def says(*held):
    ...     rows = np.array([held], dtype=np.int16)
    ...     holders = (NOBODY, Holder("russia"))
    ...     return from_coverage(squares, rows, days=(day,), holders=holders, projection=plane)
    >>> compare(says(0, 1, 1), says(0, 0, 1), day_one=day, day_other=day).km2
    array([[1., 0.],
           [1., 1.]])
    """
    plane = one.projection
    theirs = _zones_of(other, day_other, area)
    sides = _zones_of(one, day_one, area), _carried(theirs, other.projection, plane)
    snapshot = _layers(sides, day_one, plane)
    if not len(snapshot.xy):
        raise InputError("there is no ground to compare")
    cut = partition((snapshot,), plane)
    seen: Bools = np.any(cut.winding.on(0) > 0, axis=0)
    holders, held_by = _held(cut, seen, sides, (_beyond(one), _beyond(other)))
    days = (day_one, day_other)
    return Comparison(plane, days, holders, cut.faces[seen], cut.area_m2[seen], held_by)


def compare_on(
    one: Ensemble, other: Ensemble, *, day: date | None = None, area: str | None = None
) -> tuple[Comparison, BoundaryError]:
    """Compare two series on one day, and say how far the lines may be off that it counts.

    Parameters
    ----------
    one, other : Ensemble
        The two series, of drawn zones.
    day : date, optional
        The last one that both have by default.
    area : str, optional
        A named area of both; else all ground that either covers.

    Returns
    -------
    Comparison, BoundaryError
        Between the day in one series and the same day in the other.

    Raises
    ------
    InputError
        If a series comes from places, or does not have the day.
    """
    boundary = compared_lines(one, other)
    when = day or last_common_day(one.base, other.base)
    return compare(one.base, other.base, day_one=when, day_other=when, area=area), boundary


def compared_lines(one: Ensemble, other: Ensemble) -> BoundaryError:
    """Return the error of the lines that a comparison counts: that of the first series.

    Parameters
    ----------
    one, other : Ensemble
        The two series.

    Raises
    ------
    InputError
        If one comes from places: the doubt about its ground is not that of any line.
    """
    if not (one.is_drawn and other.is_drawn):
        raise InputError(
            "the ground around places cannot be compared: how sure it is depends on the places,"
            " not on drawn lines; compare drawn zones, or look at the areas of both series"
        )
    return one.boundary or BoundaryError()


def _zones_of(history: History, day: date, area: str | None) -> _Zones:
    """Return who holds what; nobody's ground only where it is a statement of the series.

    In drawn zones without a named area it is what they happen to enclose.
    """
    happens = area is None and history.is_endless
    return tuple(pair for pair in zones(history, day, area) if pair[0] != NOBODY or not happens)


def _beyond(history: History) -> Holder:
    return NOBODY if history.is_endless else UNKNOWN


def _carried(held: _Zones, own: EqualArea, plane: EqualArea) -> _Zones:
    """Carry zones into another plane."""
    if own == plane or not held:
        return held
    shapes = np.array([*(shape for _, shape in held), None], dtype=object)[:-1]
    carried = project(shapes, own.crs, plane.crs)
    return tuple(zip((holder for holder, _ in held), carried, strict=True))


def _layers(sides: Iterable[_Zones], day: date, plane: EqualArea) -> Snapshot:
    """Return the zones of both sides as layers of one snapshot, named apart by a mark."""
    marked = [
        (replace(holder, actor=mark + holder.actor), shape)
        for mark, held in zip((_ONE, _OTHER), sides, strict=True)
        for holder, shape in held
    ]
    shapes = np.array([*(shape for _, shape in marked), None], dtype=object)[:-1]
    parts, layer = shapely.get_parts(shapes, return_index=True)
    holders = tuple(holder for holder, _ in marked)
    return snapshot_of(rings_of(parts), layer, day=day, crs=plane.crs, holders=holders)


def _named(sides: Iterable[_Zones]) -> list[Holder]:
    found = {holder for holder, _ in chain.from_iterable(sides)}
    return sorted(found - {NOBODY, UNKNOWN})


def _held(
    cut: Partition, seen: Bools, sides: tuple[_Zones, _Zones], beyond: tuple[Holder, Holder]
) -> tuple[tuple[Holder, ...], NDArray[np.int16]]:
    """Return the holders of both series, and who holds each face that either has drawn."""
    holders = (NOBODY, *_named(sides), UNKNOWN)
    rows = [
        _side(cut, mark, holders, each) for mark, each in zip((_ONE, _OTHER), beyond, strict=True)
    ]
    held_by = np.array(rows, dtype=np.int16)[:, seen]
    known = not (held_by == len(holders) - 1).any()
    return (holders[:-1] if known else holders), held_by


def _side(cut: Partition, mark: str, holders: tuple[Holder, ...], beyond: Holder) -> Ints:
    """Return who holds each face on one side, as an index into the holders of both."""
    held = np.full(len(cut.faces), holders.index(beyond))
    covers = cut.winding.on(0) > 0
    for layer, holder in enumerate(cut.holders):
        if holder.actor.startswith(mark):
            own = replace(holder, actor=holder.actor.removeprefix(mark))
            held[covers[layer]] = holders.index(own)
    return held


def last_common_day(one: History, other: History) -> date:
    """Return the last day that both series have.

    Parameters
    ----------
    one, other : History
        Two series, on any planes.

    Raises
    ------
    InputError
        If they share no day; the message says from when to when each runs.

    Examples
    --------
    >>> from territory.history.history import from_coverage
    >>> def series(*days):
    ...     square = np.array([shapely.box(0, 0, 1000, 1000)])
    ...     return from_coverage(
    ...         square, np.zeros((len(days), 1), dtype=np.int16), days=days, holders=(NOBODY,),
    ...         projection=EqualArea(0.0, 0.0))
    >>> a, b, c = date(2018, 1, 1), date(2018, 1, 2), date(2018, 1, 3)
    >>> last_common_day(series(a, b), series(b, c))
    datetime.date(2018, 1, 2)
    """
    common = set(one.days) & set(other.days)
    if not common:
        raise InputError(
            f"the series share no day: {one.days[0]} to {one.days[-1]}"
            f" and {other.days[0]} to {other.days[-1]}; name a day that both have"
        )
    return max(common)

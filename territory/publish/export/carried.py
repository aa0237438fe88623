"""Series carried to the CRS of a file, once for all days, and rounded once for all shapes.

The lines between the faces are carried and rounded, not each shape for itself (see
`territory.geometry.rounding`). Whatever is written is made of whole lines: shapes that meet
share every point of their border, and none has to be united, mended or left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import GeometryError
from territory.findings import Finding, FindingKind
from territory.geometry.area import in_plane
from territory.geometry.arrays import Bools
from territory.geometry.coverage import are_thin
from territory.geometry.densify import Carrier, divided
from territory.geometry.graphs import sparse_table
from territory.geometry.outlines import Outlines, by_group, grounds
from territory.geometry.projection import (
    WGS84,
    Floats,
    Ints,
    same_crs,
    transformation,
)
from territory.geometry.rounding import Rounded, snap_rounded
from territory.history.history import History
from territory.history.spells import Spells, spells_of
from territory.holders import NOBODY
from territory.publish.export.antimeridian import Unbroken, cut_at_antimeridian
from territory.publish.export.digits import digits_of
from territory.publish.export.progress import Progress, silent
from territory.read.actor_looks import Looks

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Histories = Mapping[str, tuple[History, tuple[date, ...]]]

_GROSS = 1e-3  # of all ground: more is no matter of rounding
_FAR_M = 1e8  # around the Earth it is 4e7; a pole of Mercator's is 2.4e8 m off
_FAIR_M = 1.0  # off a curve: enough to tell what is as large as that


@dataclass(frozen=True, eq=False)
class CarriedSeries:
    """A series in the CRS of a file.

    Attributes
    ----------
    history : History
        What was carried.
    days : tuple of date
        The days to write, in order.
    crs : CRS
        Of the shapes, x before y.
    rounded : Rounded
        Its faces on the grid of the digits that are written; longitudes go on beyond 180
        degrees.
    looks : mapping of str to ActorLook
        Colours and titles of actors, where somebody says so.
    """

    history: History
    days: tuple[date, ...]
    crs: CRS
    rounded: Rounded
    looks: Looks = field(default_factory=dict)

    @cached_property
    def spells(self) -> Spells:
        """Pieces and spells of the days to write."""
        return spells_of(self.history, self.days)

    @cached_property
    def piece_km2(self) -> Floats:
        """True area of each piece in square kilometres, shape (pieces,)."""
        spells, area_m2 = self.spells, self.history.area_m2
        found = np.bincount(spells.piece_of_face, area_m2, spells.pieces) / 1e6
        return found.astype(np.float64, copy=False)

    @cached_property
    def sides(self) -> "csr_array":
        """The pieces beside each line: 1 on its left, -1 on its right, shape (lines, pieces)."""
        return by_group(self.rounded.sides, self.spells.piece_of_face, self.spells.pieces)

    @cached_property
    def uncut(self) -> NDArray[np.object_]:
        """The ground of each piece, shape (pieces,); longitudes go on beyond 180 degrees."""
        return grounds(self.rounded.lines, self.sides)

    @cached_property
    def pieces(self) -> NDArray[np.object_]:
        """The ground of each piece, as `shapes` gives it."""
        return self._written(self.uncut)

    @cached_property
    def line_km(self) -> Floats:
        """Length of each line in the plane of the history, in kilometres, shape (lines,)."""
        lines, plane = self.rounded.lines, self.history.projection.crs
        if not same_crs(self.crs, plane):
            there = transformation(self.crs, plane).transform
            lines = shapely.transform(lines, lambda xy: np.column_stack(there(*xy.T)))
        return np.asarray(shapely.length(lines), dtype=np.float64) / 1000

    def shapes(self, piece: Ints, group: Ints, count: int) -> NDArray[np.object_]:
        """Return the ground of groups of pieces, without the borders within a group.

        Parameters
        ----------
        piece, group : ndarray of int, shape (n,)
            Which piece is in which group; it may be in several.
        count : int
            How many groups there are.

        Returns
        -------
        ndarray of MultiPolygon, shape (count,)
            Valid, in canonical form, shells counter-clockwise; empty where rounding leaves
            nothing.
        """
        ones = np.ones(len(piece), dtype=np.int64)
        member = sparse_table(ones, piece, group, (self.spells.pieces, count))
        beside = (self.sides @ member).tocsr()
        beside.eliminate_zeros()
        return self._written(grounds(self.rounded.lines, beside))

    def lines(self, line: Ints, group: Ints, count: int) -> NDArray[np.object_]:
        """Return groups of lines, strung together where two meet.

        Parameters
        ----------
        line, group : ndarray of int, shape (n,)
            Which line is in which group.
        count : int
            How many groups there are; each has a line.

        Returns
        -------
        ndarray of MultiLineString, shape (count,)
            In canonical form.
        """
        order = np.argsort(group, kind="stable")
        chosen = self.rounded.lines[line[order]]
        found = _collected(shapely.multilinestrings, chosen, group[order], count)
        strung = self._cut(np.asarray(shapely.line_merge(found), dtype=object))
        parts, whole = shapely.get_parts(shapely.normalize(strung), return_index=True)
        return _collected(shapely.multilinestrings, parts, whole, count)

    def zones(self, day: date) -> tuple[Ints, NDArray[np.object_]]:
        """Return the ground of every holder but nobody on a day.

        Parameters
        ----------
        day : date
            One of the days to write.

        Returns
        -------
        holder : ndarray of int, shape (n,)
            Index into the holders of the history, in their order. A holder of whose ground
            rounding leaves nothing is not among them.
        shape : ndarray of MultiPolygon, shape (n,)
        """
        row = self.history.held_by[self.history.day_index(day)]
        held = row[self.spells.first_face].astype(np.int64)
        shapes = self.shapes(np.arange(len(held)), held, len(self.history.holders))
        there = np.flatnonzero(~shapely.is_empty(shapes))
        there = there[[self.history.holders[index] != NOBODY for index in there]]
        return there, shapes[there]

    def rounded_away(self) -> tuple[Finding, ...]:
        """Tell which ground is narrower than rounding, so that no shape has it.

        Returns
        -------
        tuple of Finding
            One about all faces that vanished, if any did, and one for each day and holder of
            whose ground nothing is left.
        """
        gone = self.rounded.vanished & (self.history.area_m2 > 0)
        if not gone.any():
            return ()
        km2, grid = float(self.history.area_m2[gone].sum() / 1e6), digits_of(self.crs)
        pieces = f"{gone.sum():,} pieces of ground" if gone.sum() > 1 else "a piece of ground"
        detail = f"{pieces} narrower than {grid}: {km2:.2g} km2 stand in no written zone"
        return (Finding(FindingKind.ROUNDED_AWAY, detail, km2=km2), *self._without_zone())

    def _without_zone(self) -> list[Finding]:
        """Tell which holders have ground on a day, all of which rounding takes."""
        history, grid, found = self.history, digits_of(self.crs), []
        there, left = (
            self._holding(which) for which in (history.area_m2 > 0, ~self.rounded.vanished)
        )
        for number, index in np.argwhere(there & ~left):
            day, holder = self.days[number], history.holders[index]
            if holder != NOBODY:
                km2 = float(history.held_km2((day,))[0, index])
                detail = f"{holder}: no zone is written; all its ground is narrower than {grid}"
                found.append(Finding(FindingKind.ROUNDED_AWAY, detail, day=day, km2=km2))
        return found

    def _holding(self, which: Bools) -> Bools:
        """Return who holds any of some faces on the days to write, shape (days, holders)."""
        history, size = self.history, len(self.history.holders)
        rows = map(history.day_index, self.days)
        held = [np.bincount(history.held_by[row][which], minlength=size) for row in rows]
        return np.array(held, dtype=np.bool_).reshape(-1, size)

    def _written(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return ground as multipolygons in canonical form."""
        parts, whole = shapely.get_parts(shapely.normalize(self._cut(shapes)), return_index=True)
        turned = np.asarray(shapely.orient_polygons(parts), dtype=object)
        return _collected(shapely.multipolygons, turned, whole, len(shapes))

    def _cut(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        if not self.crs.is_geographic:
            return shapes
        return cut_at_antimeridian(shapes, digits_of(self.crs).decimals)


def _collected(
    make: Callable[..., Any], parts: NDArray[np.object_], whole: Ints, count: int
) -> NDArray[np.object_]:
    """Return parts put together as multi-geometries; empty where there is none."""
    empty = make(np.zeros(0, dtype=object))
    out = np.full(count, empty, dtype=object)
    if len(parts):
        make(parts, indices=whole, out=out)
    return out


def carried_of(
    histories: Histories,
    *,
    crs: CRS = WGS84,
    looks: Looks = MappingProxyType({}),
    progress: Progress = silent,
) -> dict[str, CarriedSeries]:
    """Carry every series to the CRS of a file.

    Parameters
    ----------
    histories : mapping of str to (History, tuple of date)
        Each series by name, and the days to write.
    crs : CRS
        Geographic or projected; longitude and latitude by default.
    looks : mapping of str to ActorLook
        Colours and titles of actors, of all series.
    progress : callable
        Told how many of how many days are carried.

    Returns
    -------
    dict of str to CarriedSeries
        By the same names.

    Raises
    ------
    GeometryError
        If a point cannot be carried there, or the ground does not keep its size, as around a
        pole in longitude and latitude.
    """
    total, done = sum(len(days) for _, days in histories.values()), 0
    progress(done, total)
    found = {}
    for name, (history, days) in histories.items():
        found[name] = _carried(history, days, crs, looks)
        done += len(days)
        progress(done, total)
    return found


def on_earth(history: History) -> CarriedSeries:
    """Carry all days of a history to longitude and latitude.

    Parameters
    ----------
    history : History
        Its faces lie in its equal-area plane, in metres.

    Returns
    -------
    CarriedSeries
        In longitude and latitude, WGS 84.

    Raises
    ------
    GeometryError
        See `carried_of`.
    """
    return _carried(history, history.days, WGS84)


def _carried(
    history: History,
    days: tuple[date, ...],
    crs: CRS,
    looks: Looks = MappingProxyType({}),
) -> CarriedSeries:
    """Carry the lines between the faces, and round them.

    Lines straight in the plane are divided until they are straight in the other CRS too, to
    under 2 mm, and every point is rounded to a micrometre. Points that only served to bend
    a line in the plane are left out again; in the CRS in which lines were drawn they are as
    they were drawn.
    """
    straight, digits = _as_drawn(history, crs), digits_of(crs)
    drawn = history.outlines if straight is None else straight
    rounded = snap_rounded(
        _lines(drawn.lines, history, crs) if straight is None else drawn.lines,
        drawn.sides,
        per_unit=10.0**digits.decimals,
        straight=digits.straight,
    )
    found = CarriedSeries(history, days, crs, rounded, looks)
    if straight is None:  # what was not carried cannot run around a pole
        _check_size(found)
    return found


def _as_drawn(history: History, crs: CRS) -> Outlines | None:
    """Return the lines between faces as they were drawn, if that was in this CRS."""
    straight = history.as_drawn
    return straight.outlines if straight is not None and same_crs(straight.crs, crs) else None


def _lines(lines: NDArray[np.object_], history: History, crs: CRS) -> NDArray[np.object_]:
    """Carry lines from the plane of a history."""
    plane = history.projection
    if same_crs(plane.crs, crs):
        return lines
    xy, line = shapely.get_coordinates(lines, return_index=True)
    start = np.searchsorted(line, np.arange(len(lines) + 1))
    carrier: Carrier = transformation(plane.crs, crs)
    if crs.is_geographic:
        carrier = Unbroken(carrier, plane.longitude)
    curves = divided(xy, start, _Reaching(carrier, crs), max_chord_error=digits_of(crs).chord)
    number = np.repeat(np.arange(len(lines)), np.diff(curves.ring_start))
    return np.asarray(shapely.linestrings(curves.plane, indices=number), dtype=object)


@dataclass(frozen=True)
class _Reaching:
    """Carries points that a CRS reaches; lines to one beyond would be divided without end."""

    carrier: Carrier
    crs: CRS

    def transform(self, xx: Any, yy: Any, /) -> tuple[Any, Any]:  # noqa: ANN401 - as pyproj's
        found = self.carrier.transform(xx, yy)
        if not (np.abs(found) * self.crs.axis_info[0].unit_conversion_factor < _FAR_M).all():
            problem = f"the series reaches beyond {self.crs.name}; write it in another CRS"
            raise GeometryError(problem)
        return found


def _check_size(series: CarriedSeries) -> None:
    """Refuse shapes that are not as large as the ground: they run around a pole, or a seam."""
    history = series.history
    plane = history.projection.crs
    drawn = in_plane(series.uncut, series.crs, plane, max_chord_error=_FAIR_M)[1].sum() / 1e6
    true = series.piece_km2.sum()
    # Ground around a pole may vanish all at once, which is no matter of rounding either.
    gone = history.area_m2[series.rounded.vanished & are_thin(history.faces, _FAIR_M)].sum() / 1e6
    if abs(drawn - true) > _GROSS * true + gone:
        raise GeometryError(
            f"the shapes would have {drawn:,.1f} km2 in {series.crs.name} instead of {true:,.1f};"
            " they run around a pole or over a seam of that CRS: write another, such as equal-area"
        )

"""All edges of all days, noded once, and the faces between them.

Method
------
1. An edge that stands in many snapshots is kept once, in a canonical direction, with
   a sparse table of the days (and layers) that use it and which way.
2. The unique edges are noded and polygonised in the CRS they were drawn in, where they
   are straight: half an edge drawn on one day then lies exactly on the whole edge of
   another. Only the faces are projected (after projection the two would be different
   chords of one curve, with a sliver between them).
3. A ray runs from a point inside each face. The winding number of a layer around the
   face on a day is the signed count of that day's edges which the ray crosses. Ray
   crossings are found once per unique edge; of the days only what differs from the day
   before is multiplied, so a day that repeats the day before costs nothing.
4. The sum of winding number times face area must equal the signed area of the rings, to
   `CONSERVATION`. Where it does not (noding failed), the edges are noded again on a grid,
   the finest of `_GRIDS` on which it does: a point moves by less than its spacing, from
   10 nm to 1 mm, and no area by more than the bound. Where none will do, as with zones a
   few metres wide, the partition is refused.

Winding numbers need no repair first: overlapping polygons of one holder give 2, a hole
outside its shell gives -1, and only ground with a positive number is held.

*The plane* is the equal-area plane of the projection, in metres; only faces lie in it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import CRSError, GeometryError
from territory.geometry.area import in_plane
from territory.geometry.arrays import (
    Bools,
    distinct_values,
    first_of,
    in_blocks,
    sorted_distinct,
    unique_rows,
)
from territory.geometry.crossings import winding_numbers
from territory.geometry.densify import is_forward
from territory.geometry.edges import lines_along
from territory.geometry.graphs import piled, sparse_table
from territory.geometry.outlines import StraightFaces
from territory.geometry.projection import EqualArea, Floats, Ints, same_crs
from territory.history.snapshot import Snapshot
from territory.history.winding_numbers import WindingNumbers, differences
from territory.holders import Holder

if TYPE_CHECKING:
    from scipy.sparse import csr_array

CONSERVATION = 1e-9  # of the area of a layer on a day, above which noding counts as failed
_TOGETHER = 400_000  # positions of days that are looked at together
_DIGITS = 1e-13  # what rounding leaves of a sum of areas swept by edges
_GRIDS = tuple(10.0**power for power in range(-13, -7))  # degrees; of metres, times _METRES
_METRES = 1e5  # in a degree, in round numbers


@dataclass(frozen=True, eq=False)
class Partition:
    """Faces, and how often each layer covers each face on each day.

    Attributes
    ----------
    faces : ndarray of Polygon, shape (f,)
        In the plane, covering everything that any snapshot covers.
    area_m2 : ndarray, shape (f,)
        True area of each face, of which the drawn edges are the boundary and not their
        chords.
    holders : tuple of Holder, length k
        The layers, sorted.
    winding : WindingNumbers
        Of each layer around each face, day by day.
    straight : StraightFaces, optional
        The faces in the CRS of the snapshots.
    """

    faces: NDArray[np.object_]
    area_m2: Floats
    holders: tuple[Holder, ...]
    winding: WindingNumbers
    straight: StraightFaces | None = None


@dataclass(frozen=True, eq=False)
class DrawnEdges:
    """The edges of all zones of all days, each once, in canonical direction.

    Attributes
    ----------
    ends : ndarray, shape (e, 4)
        x and y of both ends, in the CRS they were drawn in.
    use : sparse array of int, shape (days * layers, e)
        1 where a layer is drawn along an edge on a day, -1 where it is drawn against it.
    drawn : ndarray, shape (n, 2)
        Corners as they follow each other in rings, those where an edge is first drawn.
    place : ndarray of int, shape (e,)
        Where in `drawn` each edge begins.
    layers : int
        How many there are.
    """

    ends: Floats
    use: "csr_array"
    drawn: Floats
    place: Ints
    layers: int

    def lines(self, chosen: Ints | slice = slice(None)) -> NDArray[np.object_]:
        """Return edges as lines.

        Parameters
        ----------
        chosen : ndarray of int, optional
            Numbers of edges, in order; all of them by default.
        """
        return lines_along(self.drawn, self.place[chosen])

    def conserves(self, enclosed: Floats) -> bool:
        """Tell whether faces enclose what the rings do, for every layer on every day.

        Parameters
        ----------
        enclosed : ndarray, shape (days * layers,)
            Winding numbers less those of the day before, times the areas of the faces.
        """
        swept, layers = _signed_areas(self.ends), max(self.layers, 1)
        signed = (self.use @ swept).reshape(-1, layers)
        # Days are added up one after the other, so the largest says what rounding leaves of each.
        rounding = (abs(self.use) @ np.abs(swept)).reshape(-1, layers).max(axis=0, initial=0.0)
        total = np.cumsum(enclosed.reshape(-1, layers), axis=0)
        allowed = CONSERVATION * np.abs(signed) + _DIGITS * rounding
        return bool((np.abs(total - signed) <= allowed).all())


def partition(snapshots: tuple[Snapshot, ...], projection: EqualArea) -> Partition:
    """Cut all snapshots together into one planar partition.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        All in one CRS.
    projection : EqualArea
        The plane of the faces.

    Returns
    -------
    Partition

    Raises
    ------
    CRSError
        If the snapshots are not all in one CRS.
    GeometryError
        If areas are not conserved by the cut.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.repair import normalise
    >>> from territory.history.snapshot import RawZones, Source
    >>> def drawn(day, east):
    ...     zone = np.array([shapely.box(37, 35, east, 36)])
    ...     return normalise(RawZones(day, WGS84, Source("drawn"), (Holder("a"),), zone))
    >>> days = drawn(date(2018, 1, 1), 38), drawn(date(2018, 2, 1), 37.5)
    >>> cut = partition(days, EqualArea(37.0, 35.0))
    >>> len(cut.faces), [int(winding.sum()) for _, winding in cut.winding.by_day()]
    (2, [2, 1])
    """
    crs = common_crs(snapshots)
    holders = layers_of(snapshots)
    edges = drawn_edges(snapshots, holders)
    lines, changes = edges.lines(), differences(edges.use, len(holders))
    for grid in grids(crs):
        faces = faces_between(lines, grid)
        winding = WindingNumbers(winding_numbers(changes, edges.ends, faces), len(holders))
        if edges.conserves(winding.changes @ shapely.area(faces)):
            plane, area_m2 = in_plane(faces, crs, projection.crs)
            straight = StraightFaces(faces, crs, plane)
            return Partition(plane, area_m2, holders, winding, straight)
    raise not_noded()


def layers_of(snapshots: tuple[Snapshot, ...]) -> tuple[Holder, ...]:
    """Return the holders that snapshots draw, sorted.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        All days.
    """
    return tuple(sorted({holder for snapshot in snapshots for holder in snapshot.holders}))


def grids(crs: CRS) -> tuple[float | None, ...]:
    """Return on which grids edges are noded, until areas are conserved: on none first.

    Parameters
    ----------
    crs : CRS
        In which they were drawn; its unit is that of the grids.
    """
    unit = 1.0 if crs.is_geographic else _METRES
    return (None, *(unit * spacing for spacing in _GRIDS))


def not_noded() -> GeometryError:
    """Return what is raised where no grid will do."""
    return GeometryError("the partition does not conserve areas; the boundaries cannot be noded")


def common_crs(snapshots: tuple[Snapshot, ...]) -> CRS:
    """Return the CRS that all snapshots share.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        At least one.

    Returns
    -------
    CRS
        That of the first.

    Raises
    ------
    CRSError
        If two differ.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.geometry.projection import WGS84
    >>> nothing = np.zeros((0, 2)), np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64)
    >>> common_crs((Snapshot(date(2018, 1, 1), WGS84, (), *nothing),)).name
    'WGS 84'
    """
    first = snapshots[0].crs
    for snapshot in snapshots[1:]:
        if not same_crs(snapshot.crs, first):
            raise CRSError(
                f"{snapshots[0].day} is in {first.name} but {snapshot.day} in {snapshot.crs.name}"
            )
    return first


def drawn_edges(snapshots: tuple[Snapshot, ...], holders: tuple[Holder, ...]) -> DrawnEdges:
    """Find each distinct edge of all days, and which days are drawn along it.

    Days are looked at in blocks, for from one to the next nearly all edges are the same: only
    what differs within a block is held against the others, so that no array is as long as all
    days together. To touch memory for the first time costs more than what is reckoned in it.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        All in one CRS.
    holders : tuple of Holder
        The layers.
    """
    sizes = (len(each.xy) for each in snapshots)
    blocks = [_edges_of(days, holders) for days in in_blocks(snapshots, sizes, _TOGETHER)]
    before = np.cumsum([0, *(len(each.ends) for each in blocks)])
    above = np.cumsum([0, *(len(each.drawn) for each in blocks)])
    ends = np.concatenate([each.ends for each in blocks])
    first, number = unique_rows(ends)
    place = np.concatenate([each.place + at for each, at in zip(blocks, above, strict=False)])
    # Summed up by day and layer, (d * k, e): what a day draws both ways (two zones of one holder
    # side by side) is 0 there and no border.
    use = piled(
        sparse_table(each.sign, each.row, number[at:].take(each.edge), (each.rows, len(first)))
        for each, at in zip(blocks, before, strict=False)
    )
    drawn = np.concatenate([each.drawn for each in blocks])
    return DrawnEdges(ends.take(first, 0), use, drawn, place.take(first), len(holders))


@dataclass(frozen=True, eq=False)
class _EdgesOfDays:
    """The edges of some days, each once, as in `DrawnEdges`, and every time they are drawn.

    Attributes
    ----------
    ends, drawn, place
        As there.
    edge, row, sign : ndarray of int, shape (m,)
        Which edge is drawn, in which row of the table of uses, and whether along it or against.
    rows : int
        How many rows that table has for these days.
    """

    ends: Floats
    drawn: Floats
    place: Ints
    edge: NDArray[np.int32]
    row: NDArray[np.int32]
    sign: NDArray[np.int16]
    rows: int


def _edges_of(snapshots: list[Snapshot], holders: tuple[Holder, ...]) -> _EdgesOfDays:
    """Give each distinct point a number, and then each distinct pair of points."""
    # All positions of all rings of the days, (n, 2), one after the other.
    drawn = np.concatenate([snapshot.xy for snapshot in snapshots])
    drawn += 0.0  # -0.0 becomes 0.0
    # Each as a whole number, (n,), the same for the same position to the last bit: from here on
    # nothing is compared but whole numbers. `first`, (u,), is a place where each one stands.
    first, point = unique_rows(drawn, np.concatenate([each.numbers for each in snapshots]))
    row, closes = _rows(snapshots, holders)
    # An edge runs from each position to the next, (m,), but not from the end of a ring into the
    # ring after it, nor where a position is repeated.
    start, end = point[:-1], point[1:]
    runs = ~closes[:-1] & (start != end)
    start, end, row = start[runs], end[runs], row[:-1][runs]
    # A pair of points is one number, smaller * u + larger, so that an edge drawn either way is
    # the same one. `number`, (m,), says which distinct edge each is; `pairs`, (e,), are these in
    # the order in which they are first drawn, from which the points are had back by division.
    number, pairs = distinct_values(np.minimum(start, end) * len(first) + np.maximum(start, end))
    low, high = (drawn.take(first[each], 0) for each in np.divmod(pairs, max(len(first), 1)))
    # Numbers of points mean nothing on the map, so each edge is turned the way that its
    # coordinates say, (e, 4), which is the same in whatever order files were read.
    forward = is_forward(low, high)
    ends = np.where(forward[:, None], np.hstack([low, high]), np.hstack([high, low]))
    # Drawn along that direction or against it, (m,): from the smaller number to the larger is
    # along, exactly where the smaller one is where the edge now begins.
    sign = ((start < end) == forward.take(number)) * np.int16(2) - np.int16(1)
    # Of the corners, only those are kept where an edge is first drawn.
    place = np.flatnonzero(runs).take(first_of(number, len(ends)))
    kept = sorted_distinct(np.concatenate([place, place + 1]))
    return _EdgesOfDays(
        ends,
        drawn.take(kept, 0),
        np.searchsorted(kept, place),
        number.astype(np.int32),
        row.astype(np.int32),
        sign,
        len(holders) * len(snapshots),
    )


def _rows(snapshots: list[Snapshot], holders: tuple[Holder, ...]) -> tuple[Ints, Bools]:
    """Return the row in the table of uses of each drawn point, and which ones close a ring."""
    position = {holder: index for index, holder in enumerate(holders)}
    layers = [
        np.array([day * len(holders) + position[h] for h in snapshot.holders], dtype=np.int64)
        for day, snapshot in enumerate(snapshots)
    ]
    rows = [layer[each.ring_layer] for layer, each in zip(layers, snapshots, strict=True)]
    sizes = np.concatenate([np.diff(snapshot.ring_start) for snapshot in snapshots])
    closes = np.zeros(int(sizes.sum()), dtype=bool)
    closes[np.cumsum(sizes) - 1] = True
    return np.repeat(np.concatenate(rows), sizes), closes


def _signed_areas(ends: Floats) -> Floats:
    middle = ends[:, :2].sum(axis=0) / max(len(ends), 1)  # of small numbers less is rounded off
    x0, y0, x1, y1 = (ends - np.tile(middle, 2)).T
    return np.asarray((x0 * y1 - x1 * y0) / 2)


def faces_between(lines: NDArray[np.object_], grid: float | None) -> NDArray[np.object_]:
    """Node lines and return the faces between them.

    Parameters
    ----------
    lines : ndarray of LineString
        In any CRS.
    grid : float or None
        Spacing of the grid that they are noded on, in the unit of that CRS.
    """
    noded = shapely.union_all(lines, grid_size=grid)
    with np.errstate(invalid="ignore"):  # noding that failed shows in the areas
        return np.asarray(shapely.get_parts(shapely.polygonize([noded])), dtype=object)

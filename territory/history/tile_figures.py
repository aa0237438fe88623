"""What figures need of one tile: ground by its history, and the lines between histories.

Edges are noded as they were drawn, not clipped, and rays that tell who holds a face go on beyond
the tile, so what lies in it is what lies there in the whole.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.geometry.area import in_plane
from territory.geometry.arrays import Bools, HolderRows, distinct_values, first_of, mixed
from territory.geometry.crossings import winding_numbers
from territory.geometry.edges import Edges, Segments
from territory.geometry.graphs import connected, sparse_table
from territory.geometry.projection import EqualArea, Floats, Ints
from territory.geometry.rectangles import Pieces, box_around
from territory.history.drawn_edges import DrawnEdges
from territory.history.history import WHOLE, History
from territory.history.lines import Lines, Uncut, strung, within
from territory.history.overlaps import Overlap, Overlapping, settled
from territory.history.partition import Partition, faces_between
from territory.history.rim import Rim, rim_of
from territory.history.sections import pieces_of
from territory.history.tiling import Box
from territory.history.winding_numbers import WindingNumbers
from territory.holders import Holder

if TYPE_CHECKING:
    from scipy.sparse import csc_array, csr_array

Sums = Callable[[History], "csr_array"]


@dataclass(frozen=True, eq=False)
class Areas:
    """What a history is cut along.

    Attributes
    ----------
    cut : callable
        From a history to the same cut along all areas, where nothing is added beyond its faces.
    grounds : tuple of Polygon or MultiPolygon
        Every area, in the plane.
    """

    cut: Callable[[History], History]
    grounds: tuple[BaseGeometry, ...] = ()


@dataclass(frozen=True, eq=False)
class TileFigures:
    """What figures need of a tile.

    Attributes
    ----------
    table : ndarray of int, shape (h, days)
        The different histories in it: index into the holders.
    history : ndarray of int, shape (f,)
        The row of `table` of each face; faces side by side have different ones, if anybody ever
        holds them.
    area_m2 : ndarray, shape (f,)
        Of each face.
    lines : Lines
        Between faces.
    points : ndarray, shape (p, 2)
        Where lines end; not a number where they are closed.
    border, beside : ndarray, shape (b, 4) and (b,)
        Pieces of the border of the tile, and the face inside each.
    parts : ndarray, shape (q, 2)
        Face, and row of `names`, of all that areas cut the faces into.
    part_m2 : ndarray, shape (q,)
        The area of each.
    names : tuple of tuple of str
        The names of the areas that a part lies in.
    order : tuple of str
        The names of all areas; the same in all tiles.
    sums : sparse array, shape (n, f)
        What else is added up over ground.
    overlapping : Overlapping
        Ground that is covered more than once.
    holders : tuple of Holder
        The same in all tiles.
    uncut : Uncut
        The areas, and no faces.
    rims : mapping of str to Rim
        By named area, the rim, with rows of `parts` for faces.
    held : ndarray, shape (4,)
        West, south, east, north of what is ever held, in the plane; not a number if nothing is.
    enclosed : ndarray
        See `DrawnEdges.conserves`.
    pieces : Pieces or None
        What of the parts that ever change hands lies in which section of the front.
    """

    table: HolderRows
    history: Ints
    area_m2: Floats
    lines: Lines
    points: Floats
    border: Floats
    beside: Ints
    parts: Ints
    part_m2: Floats
    names: tuple[tuple[str, ...], ...]
    order: tuple[str, ...]
    sums: "csr_array"
    overlapping: Overlapping
    holders: tuple[Holder, ...]
    uncut: Uncut
    rims: Mapping[str, Rim]
    held: Floats
    enclosed: Floats
    pieces: Pieces | None

    @property
    def keys(self) -> list[bytes]:
        """A hash of each of the histories."""
        rows = np.ascontiguousarray(self.table)
        return [blake2b(row.tobytes(), digest_size=16).digest() for row in rows]


@dataclass(frozen=True, eq=False)
class Tile:
    """What is drawn in a tile, and nothing of what is drawn elsewhere.

    Attributes
    ----------
    box : tuple of float
        West, south, east, north.
    lines : ndarray of LineString
        The edges that reach into it, as they were drawn, and its border.
    ends : ndarray, shape (n, 4)
        The edges that rays from its faces may cross.
    changes : sparse array, shape (days * layers, n)
        Their use less that of the day before.
    """

    box: Box
    lines: NDArray[np.object_]
    ends: Floats
    changes: "csr_array"


@dataclass(frozen=True, eq=False)
class DrawnTiles:
    """What is drawn on all days, from which tiles are taken.

    Attributes
    ----------
    edges : DrawnEdges
        Of all days.
    changes : sparse array, shape (days * layers, e)
        Their use less that of the day before.
    upwards : bool
        Which way rays run.
    """

    edges: DrawnEdges
    changes: "csc_array"
    upwards: bool

    def tile(self, box: Box, border: NDArray[np.object_]) -> Tile:
        """Take out what is drawn in a tile.

        Parameters
        ----------
        box : tuple of float
            West, south, east, north of the tile.
        border : ndarray of LineString
            Its border, which cuts faces too: so the ground that no zone covers is faces as well.
        """
        ends = self.edges.ends
        low, high = np.minimum(ends[:, :2], ends[:, 2:]), np.maximum(ends[:, :2], ends[:, 2:])
        met = ((low <= box[2:]) & (high >= box[:2])).all(axis=1)
        lines = np.concatenate([self.edges.lines(np.flatnonzero(met)), border])
        along, across = (0, 1) if self.upwards else (1, 0)
        met = (low[:, along] <= box[along + 2]) & (high[:, along] >= box[along])
        some = np.flatnonzero(met & (high[:, across] >= box[across]))
        return Tile(box, lines, ends[some], self.changes[:, some].tocsr())


@dataclass(frozen=True, eq=False)
class TileWork:
    """What is done with each tile.

    Attributes
    ----------
    upwards : bool
        Which way rays run.
    crs : CRS
        In which the edges are straight.
    plane : EqualArea
        Of the figures.
    days : tuple of date
        In order.
    layers : tuple of Holder
        Who is drawn.
    overlap, priority
        See `territory.history.history.from_snapshots`.
    areas : Areas or None
        What the ground is cut along.
    sums : callable or None
        From the history of a tile to what else is added up, by face.
    section_m : float
        How long a section of the front is; 0 if nobody asks for them.
    grid : float or None
        That edges are noded on.
    """

    upwards: bool
    crs: CRS
    plane: EqualArea
    days: tuple[date, ...]
    layers: tuple[Holder, ...]
    overlap: Overlap
    priority: tuple[str, ...]
    areas: Areas | None
    sums: Sums | None
    section_m: float = 0.0
    grid: float | None = None

    def partition(self, tile: Tile) -> tuple[Partition, Floats]:
        """Cut what is drawn in a tile; return what it encloses too, as `conserves` wants it.

        Parameters
        ----------
        tile : Tile
            See `DrawnTiles.tile`.
        """
        faces = faces_between(tile.lines, self.grid)
        west, south, east, north = tile.box
        moved = self.grid or 0.0  # so far may the border be
        left, bottom, right, top = shapely.bounds(faces).reshape(-1, 4).T
        inside = (left >= west - moved) & (right <= east + moved)
        faces = faces[inside & (bottom >= south - moved) & (top <= north + moved)]
        found = winding_numbers(tile.changes, tile.ends, faces, upwards=self.upwards)
        enclosed = np.asarray(found @ shapely.area(faces), dtype=np.float64)
        plane, area_m2 = in_plane(faces, self.crs, self.plane.crs)
        winding = WindingNumbers(found, len(self.layers))
        return Partition(plane, area_m2, self.layers, winding), enclosed

    def history(self, cut: Partition) -> tuple[History, Overlapping]:
        """Settle who holds the faces of a tile; return what overlaps too.

        Parameters
        ----------
        cut : Partition
            See `partition`.
        """
        held_by, holders, overlapping = settled(
            cut, len(self.days), overlap=self.overlap, priority=self.priority
        )
        found = History(
            self.plane,
            self.days,
            holders,
            cut.faces,
            cut.area_m2,
            held_by,
            np.arange(len(cut.faces)),
            outside_is_nobody=False,  # faces of the tile are all there is, and nothing is added
        )
        return found, overlapping


def tile_figures(work: TileWork, tile: Tile) -> TileFigures:
    """Cut one tile, and keep what figures need of it.

    Parameters
    ----------
    work : TileWork
        What is done with each.
    tile : Tile
        Plain data, as is what is returned: it does not matter where this is done.
    """
    cut, enclosed = work.partition(tile)
    history, overlapping = work.history(cut)
    number, table = _histories(history.held_by)
    ever = np.asarray(table.any(axis=1), dtype=np.bool_)[number]
    edges = history.edges
    face, count = _merged(edges, number, ever)
    own = np.zeros(count, dtype=np.int64)
    own[face] = number
    measured = work.areas.cut(history) if work.areas else history
    uncut = _without_faces(measured.before_cut)
    lines, points = strung(*within(_between_histories(edges, number, face), uncut))
    inside, names = _memberships(measured)
    parts, part = np.unique(
        np.column_stack([face[measured.origin], inside]), axis=0, return_inverse=True
    )
    part = part.ravel()
    outer = edges.other < 0
    return TileFigures(
        table,
        small(own),
        np.bincount(face, cut.area_m2, count).astype(np.float64),
        replace(lines, one=small(lines.one), other=small(lines.other), ends=small(lines.ends)),
        points,
        edges.ends[outer],
        small(face[edges.one[outer]]),
        small(parts),
        np.bincount(part, measured.area_m2, len(parts)).astype(np.float64),
        names,
        tuple(measured.within),
        _by_face(work.sums(history) if work.sums else None, face, count),
        overlapping,
        history.holders,
        uncut,
        _rims(measured, part),
        box_around(cut.faces[ever]),
        enclosed,
        _sectioned(measured, part, work.section_m) if work.section_m else None,
    )


def _sectioned(history: History, part: Ints, section_m: float) -> Pieces:
    """Return what of parts lies in which section, each section of a part once."""
    found = pieces_of(history, section_m)
    key = np.column_stack([part[found.shape], found.square])
    rows, which = np.unique(key, axis=0, return_inverse=True)
    m2 = np.bincount(which.ravel(), found.area, len(rows)).astype(np.float64)
    return Pieces(rows[:, 0], rows[:, 1:], m2)


def small(numbers: Ints) -> Ints:
    """Return numbers in half the bytes.

    Parameters
    ----------
    numbers : ndarray of int
        Of faces, lines or points, of which no machine holds 2,000 million.
    """
    return cast("Ints", numbers.astype(np.int32))


def _histories(held_by: HolderRows) -> tuple[Ints, HolderRows]:
    """Return the number of each face's history, and the different ones, shape (h, days)."""
    rows = (row.astype(np.uint64) for row in held_by)
    number, found = distinct_values(mixed(rows, held_by.shape[1]))
    columns = np.ascontiguousarray(held_by.T)
    table = columns[first_of(number, len(found))]
    if not np.array_equal(table[number], columns):  # two histories of one hash
        table, number = np.unique(columns, axis=0, return_inverse=True)
    return number.ravel(), table


def _merged(edges: Edges, number: Ints, ever: Bools) -> tuple[Ints, int]:
    """Put faces together that lie side by side and are always held by the same.

    What nobody ever holds stays apart: one such face may lie beyond all zones, and one beside it
    may be enclosed.
    """
    inner = edges.other >= 0
    one, other = edges.one[inner], edges.other[inner]
    same = (number[one] == number[other]) & ever[one]
    count, face = connected(one[same], other[same], edges.count)
    return face, count


def _between_histories(edges: Edges, number: Ints, face: Ints) -> Segments:
    """Return the edges that part ground of different histories."""
    inner = edges.other >= 0
    parting = inner & (number[edges.one] != number[np.where(inner, edges.other, 0)])
    return Segments(edges.ends[parting], face[edges.one[parting]], face[edges.other[parting]])


def _without_faces(uncut: Uncut) -> Uncut:
    none = np.zeros(0)
    faces, origin = none.astype(object), none.astype(np.int64)
    return replace(uncut, faces=faces, area_m2=none, origin=origin, before=None)


def _memberships(history: History) -> tuple[Ints, tuple[tuple[str, ...], ...]]:
    """Return by face which set of areas it lies in, and the sets."""
    masks = (mask.astype(np.uint64) for mask in history.within.values())
    number, found = distinct_values(mixed(masks, len(history.faces)))
    sets = tuple(
        tuple(name for name, mask in history.within.items() if mask[face])
        for face in first_of(number, len(found)).tolist()
    )
    return number, sets


def _rims(history: History, part: Ints) -> dict[str, Rim]:
    """Return the rims of areas, with parts for faces."""
    found = {
        name: rim_of(history, name)
        for name, mask in history.within.items()
        if name != WHOLE and mask.any()
    }
    return {name: replace(rim, face=part[rim.face]) for name, rim in found.items()}


def _by_face(sums: "csr_array | None", face: Ints, count: int) -> "csr_array":
    """Return sums by the faces that others were merged into."""
    if sums is None:
        none = np.zeros(0, dtype=np.int64)
        return sparse_table(none.astype(np.float64), none, none, (0, count))
    cells = sums.tocoo()
    row, column = cells.row.astype(np.int64), face[cells.col]
    return sparse_table(cells.data, row, column, (sums.shape[0], count))

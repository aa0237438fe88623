"""Histories too large for one partition: cut into tiles one after another, and put together.

What takes memory is the noding, the faces and their holders on every day. Figures need none of
that once they are added up: the ground of each history (faces that one holder has after another
on the same days are one row), and the lines between faces of different histories. So each tile is
cut alone, what its figures need is kept, and all else goes before the next one is cut.

Method
------
1. Edges are found once, as for the history in one piece, and ground is halved until no tile has
   more corners than it may (`territory.history.tiling`).
2. In each tile faces are cut, also along its border, and settled (`TileWork`). Faces side by side
   that have the same holders on all days are one, and the edges between them go. What is left is
   strung into lines (`territory.history.tile_figures`).
3. Every piece of a border has a face on each side, in two tiles. These are one face: a border has
   no length, strips of ground that changed hands go on across it, lines are joined where they
   cross it, and ground that zones enclose is told from what lies beyond. Both faces must have the
   same holders on all days, to the last one, and what has a face on one side only must be the
   outer border, or the tiles are refused.
4. What faces enclose in all tiles together must be what the rings do, as in one piece.

Edges are noded on a grid of a micrometre from the start. Without one it is chance whether lines
that touch to the last digit meet, and in tiles the chance is another one: of 536 days of daily
maps the intervals of 463 rows came out otherwise in 36 tiles, and on the grid of none.

So areas, lines, the strips between them and their lengths are those of the history in one piece,
and so are the figures, but for the last digits.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from territory.errors import GeometryError, InputError
from territory.findings import Finding
from territory.geometry.area import project
from territory.geometry.arrays import HolderRows, unique_rows
from territory.geometry.crossings import pays_upwards
from territory.geometry.edges import Segments
from territory.geometry.graphs import connected, sparse_table
from territory.geometry.projection import HALF_TURN, EqualArea, Floats, Ints
from territory.geometry.rectangles import Pieces
from territory.history.drawing import Drawing
from territory.history.drawn_edges import drawn_edges
from territory.history.history import History, plane_over, size_m2
from territory.history.lines import Lines, strung
from territory.history.overlaps import Overlap, Overlapping
from territory.history.partition import common_crs, grids, layers_of, not_noded
from territory.history.rim import Rim
from territory.history.sections import Sections, numbered
from territory.history.snapshot import Snapshot, drawn_bounds
from territory.history.tile_figures import (
    Areas,
    DrawnTiles,
    Sums,
    TileFigures,
    TileWork,
    small,
    tile_figures,
)
from territory.history.tiling import Box, border_of, tiling_of
from territory.history.turned import opened_at, snapshots_from, turned
from territory.holders import Holder

if TYPE_CHECKING:
    from scipy.sparse import csr_array

MAX_POINTS = 200_000  # that differ, in one tile
_MARGIN = 0.01  # of the extent, beyond all that is drawn
_ROUNDING = 1e-9  # of the length of the outer border
_PAIR = 2
_FIRST_GRID = 3  # of those of a partition: 1e-11 degrees, a micrometre

Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


class NoFace:
    """Stands for a face of which only figures are kept; what asks for its shape fails."""

    def __repr__(self) -> str:
        """Say what it is."""
        return "<ground added up over tiles>"


@dataclass(frozen=True, eq=False)
class Tiled:
    """A history put together from tiles: figures and lines, and no faces.

    Attributes
    ----------
    whole : History
        A face for each different history of ground.
    cut : History
        The same, cut along areas.
    drawing : Drawing
        The lines of `cut`.
    before : Drawing
        The same lines, of `whole`.
    sums : sparse array, shape (n, faces of `whole`)
        What else was added up.
    rims : mapping of str to Rim
        The rim of each named area, with the faces of `cut` inside.
    tiles : int
        How many there were.
    sections : Sections or None
        The ground of `cut` that changed hands, by section of the front.
    """

    whole: History
    cut: History
    drawing: Drawing
    before: Drawing
    sums: "csr_array"
    rims: Mapping[str, Rim]
    tiles: int
    sections: Sections | None


def tiled_history(
    snapshots: tuple[Snapshot, ...],
    *,
    max_points: int = MAX_POINTS,
    projection: EqualArea | None = None,
    areas: Areas | None = None,
    sums: Sums | None = None,
    section_m: float = 0.0,
    outside_is_nobody: bool = True,
    overlap: Overlap = Overlap.ERROR,
    priority: tuple[str, ...] = (),
    run: Run = map,
) -> Tiled:
    """Cut snapshots tile by tile and put together what figures need.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        Strictly ordered by day, all in one CRS.
    max_points : int
        Tiles are halved until none has more that differ.
    projection : EqualArea, optional
        Chosen from the extent by default, as for a history in one piece.
    areas : Areas, optional
        What the ground is cut along.
    sums : callable, optional
        From the history of a tile to what else is added up, by face.
    section_m : float
        How long a section of the front is, in metres; without it there are none.
    outside_is_nobody : bool
        See `History`.
    overlap, priority
        See `territory.history.history.from_snapshots`.
    run : callable
        Like ``map``: where tiles are cut. Of processes and of a cluster tiles are pickled, and so
        are `areas` and `sums`.

    Returns
    -------
    Tiled

    Raises
    ------
    InputError
        If there is no snapshot.
    GeometryError
        If no snapshot has any polygon, or areas are not conserved by the cut.
    OverlapError
        If two holders overlap and `overlap` is ``"error"``.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.measure.change import areas_by_day
    >>> from territory.history.repair import normalise
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.snapshot import RawZones, Source
    >>> from territory.holders import Holder
    >>> def drawn(day, west):
    ...     zone = np.array([shapely.box(west, 35, west + 1, 36)])
    ...     return normalise(RawZones(day, WGS84, Source("drawn"), (Holder("isis"),), zone))
    >>> found = tiled_history(
    ...     (drawn(date(2018, 1, 1), 37), drawn(date(2018, 2, 1), 38)), max_points=4)
    >>> found.tiles, areas_by_day(found.whole).round(2).tolist()
    (2, [[10066.28, 10066.28], [10066.28, 10066.28]])
    """
    if not snapshots:
        raise InputError("there is no snapshot to measure")
    crs, plane = common_crs(snapshots), projection or plane_over(snapshots)
    west = opened_at(snapshots)
    if west is None:
        raise GeometryError("zones lie all around the globe, which no tile borders part")
    snapshots = snapshots_from(snapshots, west)
    layers = layers_of(snapshots)
    edges = drawn_edges(snapshots, layers)
    upwards = pays_upwards(edges.ends, (edges.ends[:, :2] + edges.ends[:, 2:]) / 2)
    drawn = DrawnTiles(edges, edges.changes.tocsc(), upwards)
    work = TileWork(
        upwards,
        crs,
        plane,
        tuple(each.day for each in snapshots),
        layers,
        overlap,
        priority,
        areas,
        sums,
        section_m,
    )
    bounds = _about(snapshots, plane, areas, west)
    tiling = tiling_of(_corners(edges.ends), bounds, max_points=max_points)
    outer_m = float(project(np.array([shapely.box(*bounds)]), crs, plane.crs)[0].length)
    audit = tuple(finding for snapshot in snapshots for finding in snapshot.audit)
    spacings = grids(crs)
    for grid in (*spacings[_FIRST_GRID:], *spacings[:_FIRST_GRID]):
        figures, pieces = partial(tile_figures, replace(work, grid=grid)), _Pieces()
        for found in run(figures, (drawn.tile(b, border_of(b, tiling)) for b in tiling.tiles())):
            pieces.add(found)
            del found  # before the next one is made
        if edges.conserves(pieces.enclosed) and (joint := pieces.joint(outer_m)):
            return pieces.together(work, joint, audit, outside_is_nobody=outside_is_nobody)
    raise not_noded()


def _corners(ends: Floats) -> Floats:
    """Return the points where edges end, each once."""
    points = ends.reshape(-1, 2)
    return points[unique_rows(points)[0]]


def _about(
    snapshots: tuple[Snapshot, ...], plane: EqualArea, areas: Areas | None, opened: float
) -> Box:
    """Return a box with room around all that is drawn, and around all areas."""
    boxes, crs = [drawn_bounds(snapshots)], snapshots[0].crs
    if areas and areas.grounds:
        grounds = np.array([*areas.grounds, None], dtype=object)[:-1]
        there = shapely.get_coordinates(project(grounds, plane.crs, crs))
        there = there if opened == -HALF_TURN else turned(there, opened)
        boxes.append((*there.min(axis=0).tolist(), *there.max(axis=0).tolist()))
    low, high = np.min(boxes, axis=0)[:2], np.max(boxes, axis=0)[2:]
    margin = _MARGIN * float((high - low).max())
    most = np.array([opened + 2 * HALF_TURN, 90.0]) if crs.is_geographic else np.full(2, np.inf)
    least = np.array([opened, -90.0]) if crs.is_geographic else np.full(2, -np.inf)
    west, south = np.maximum(low - margin, np.minimum(least, low)).tolist()
    east, north = np.minimum(high + margin, np.maximum(most, high)).tolist()
    return west, south, east, north


# ---- Put together --------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Joint:
    """Faces of all tiles, joined across borders.

    Attributes
    ----------
    number : ndarray of int, shape (f,)
        Of each face of each tile, which one it is a piece of; -1 beyond all zones.
    history : ndarray of int, shape (f,)
        Of each face of each tile.
    first : ndarray of int, shape (tiles + 1,)
        Where the faces of each tile begin.
    rim : Segments
        Pieces of the outer border beside zones, where these end with the map.
    """

    number: Ints
    history: Ints
    first: Ints
    rim: Segments


@dataclass(eq=False)
class _Pieces:
    """What is kept of all tiles so far."""

    tables: list[HolderRows] = field(default_factory=list)
    known: dict[bytes, int] = field(default_factory=dict)
    sets: dict[tuple[str, ...], int] = field(default_factory=dict)
    tiles: list[TileFigures] = field(default_factory=list)
    own_km2: dict[tuple[int, int], float] = field(default_factory=dict)
    shared_km2: dict[tuple[int, int, int], float] = field(default_factory=dict)
    enclosed: Floats = field(default_factory=lambda: np.zeros(1))

    def add(self, tile: TileFigures) -> None:
        """Take in a tile: histories and sets of areas get the numbers they have everywhere."""
        keys = tile.keys
        new = [n for n, key in enumerate(keys) if key not in self.known]
        for n in new:
            self.known[keys[n]] = len(self.known)
        self.tables.append(tile.table[new])
        numbers = np.array([self.known[key] for key in keys], dtype=np.int64)
        names = [self.sets.setdefault(each, len(self.sets)) for each in tile.names]
        parts = tile.parts.copy()
        parts[:, 1] = np.array(names, dtype=np.int32)[parts[:, 1]]
        self.enclosed = self.enclosed + tile.enclosed
        for own, km2 in tile.overlapping.own_km2.items():
            self.own_km2[own] = self.own_km2.get(own, 0.0) + km2
        for pair, km2 in tile.overlapping.shared_km2.items():
            self.shared_km2[pair] = self.shared_km2.get(pair, 0.0) + km2
        ours = small(numbers[tile.history])
        kept = replace(tile, table=tile.table[:0], history=ours, parts=parts)
        self.tiles.append(kept)

    def joint(self, outer_m: float) -> _Joint | None:
        """Join faces across borders; None where rounding parted what crosses one."""
        first = _starts([len(each.area_m2) for each in self.tiles])
        history = np.concatenate([each.history for each in self.tiles])
        held = np.asarray(np.concatenate(self.tables).any(axis=1), dtype=np.bool_)
        ends = np.concatenate([each.border for each in self.tiles])
        beside = np.concatenate([t.beside + n for t, n in zip(self.tiles, first, strict=False)])
        _, piece = unique_rows(ends)
        times = np.bincount(piece)[piece]
        order = np.argsort(piece, kind="stable")
        one, other = beside[order[times[order] == _PAIR]].reshape(-1, 2).T
        outer = Segments(ends[times == 1], beside[times == 1], np.full((times == 1).sum(), -1))
        off = abs(float(outer.length.sum()) - outer_m) > _ROUNDING * outer_m
        if off or (times > _PAIR).any() or (history[one] != history[other]).any():
            return None
        count, group = connected(one, other, len(history))
        bare = ~held[history[outer.one]]
        outside = np.zeros(count, dtype=bool)
        outside[group[outer.one[bare]]] = True
        number = np.where(outside, -1, np.cumsum(~outside) - 1)[group]
        rim = Segments(outer.ends[~bare], number[outer.one[~bare]], outer.other[~bare])
        return _Joint(number, history, first, rim)

    def together(
        self,
        work: TileWork,
        joint: _Joint,
        audit: tuple[Finding, ...],
        *,
        outside_is_nobody: bool,
    ) -> Tiled:
        """Join ground and lines across borders."""
        table = np.concatenate(self.tables)  # (histories, days)
        there = joint.number >= 0
        number, history = joint.number[there], joint.history[there]
        count = int(number.max(initial=-1)) + 1
        of_face = np.zeros(count, dtype=np.int64)
        of_face[number] = history
        area_m2 = np.concatenate([each.area_m2 for each in self.tiles])[there]
        drawn_m2 = np.bincount(number, area_m2, count).astype(np.float64)
        used, which = np.unique(of_face, return_inverse=True)
        overlapping = Overlapping(self.own_km2, self.shared_km2)
        found = overlapping.findings(work.layers, work.days, work.overlap)
        whole = _figures_only(
            work,
            table[used],
            np.bincount(which, drawn_m2, len(used)).astype(np.float64),
            holders=self.tiles[0].holders,
        )
        whole = replace(whole, outside_is_nobody=outside_is_nobody, audit=(*audit, *found))
        before = Drawing(whole, self._lines(joint), which, drawn_m2)
        cut, drawing, rims, of_part = self._cut(work, table, joint, before)
        sums = self._sums(joint, which, len(used))
        sections = self._sections(of_part) if work.section_m else None
        return Tiled(whole, cut, drawing, before, sums, rims, len(self.tiles), sections)

    def _held(self) -> Box:
        """Return the box of all that is ever held."""
        held = np.array([each.held for each in self.tiles])
        low, high = np.fmin.reduce(held[:, :2]).tolist(), np.fmax.reduce(held[:, 2:]).tolist()
        return low[0], low[1], high[0], high[1]

    def _sums(self, joint: _Joint, which: Ints, count: int) -> "csr_array":
        """Return what else is added up, by history."""
        data, rows, columns = [], [], []
        for each, first in zip(self.tiles, joint.first, strict=False):
            cells = each.sums.tocoo()
            face = joint.number[first + cells.col]
            there = face >= 0
            data.append(cells.data[there])
            rows.append(cells.row[there])
            columns.append(which[face[there]])
        shape = (self.tiles[0].sums.shape[0], count)
        values = np.concatenate(data)
        return sparse_table(values, np.concatenate(rows), np.concatenate(columns), shape)

    def _lines(self, joint: _Joint) -> Lines:
        """Join lines across borders."""
        tiles, names = self.tiles, self.tiles[0].lines.inside
        rim, rim_points = strung(joint.rim, {})
        all_lines = [*(each.lines for each in tiles), rim]
        ours = [joint.number[n:] for n in joint.first[:-1]]
        one = [face[each.lines.one] for face, each in zip(ours, tiles, strict=True)]
        other = [face[each.lines.other] for face, each in zip(ours, tiles, strict=True)]
        left, right = np.concatenate([*one, rim.one]), np.concatenate([*other, rim.other])
        points = np.concatenate([*(each.points for each in tiles), rim_points])
        ends = _ends(all_lines, points)
        inside = {
            name: np.concatenate(
                [*(each.lines.inside[name] for each in tiles), np.zeros(len(rim.one), dtype=bool)]
            )
            for name in names
        }
        length_m = np.concatenate([each.length_m for each in all_lines])
        # Of the two sides of a line in two tiles either may come first; beyond all zones last.
        sides = np.maximum(left, right), np.minimum(left, right)
        return Lines(length_m, *sides, ends, inside).strung()

    def _cut(
        self, work: TileWork, table: HolderRows, joint: _Joint, before: Drawing
    ) -> tuple[History, Drawing, dict[str, Rim], Ints]:
        """Return the history cut along its areas, with the same lines, their rims and its parts."""
        whole, uncut = before.history, self.tiles[0].uncut
        if not uncut.areas:
            return whole, before, {}, self._of_parts(joint, before)
        starts = zip(self.tiles, joint.first, strict=False)
        parts = np.concatenate([each.parts + np.array([[n, 0]]) for each, n in starts])
        sets = tuple(self.sets)
        named = np.array([bool(uncut.areas.keys() & set(each)) for each in sets])
        outside = joint.number[parts[:, 0]] < 0
        # Ground that no zone reaches counts in the areas that it lies in.
        kept = ~outside | (named[parts[:, 1]] & whole.outside_is_nobody)
        key = np.column_stack([joint.history[parts[:, 0]], parts[:, 1], outside])[kept]
        rows, group = np.unique(key, axis=0, return_inverse=True)
        of_part = np.full(len(parts), -1)
        of_part[kept] = group.ravel()
        part_m2 = np.concatenate([each.part_m2 for each in self.tiles])
        area_m2 = np.bincount(of_part[kept], part_m2[kept], len(rows)).astype(np.float64)
        cut = _figures_only(work, table[rows[:, 0]], area_m2, holders=whole.holders)
        lies_in = {name: np.array([name in each for each in sets]) for name in self.tiles[0].order}
        within = {name: mask[rows[:, 1]] for name, mask in lies_in.items()}
        added = rows[:, 2].astype(bool)
        cut = replace(
            cut,
            within=within,
            requested_m2={
                name: size_m2(ground, float(area_m2[within[name]].sum()))
                for name, ground in uncut.areas.items()
            },
            outside_is_nobody=whole.outside_is_nobody,
            audit=whole.audit,
            held_box=self._held(),
            added=added if added.any() else None,
            uncut=uncut,
        )
        one_of = np.full(len(before.face), -1)
        one_of[joint.number[parts[~outside, 0]]] = of_part[~outside]
        drawing = Drawing(cut, before.lines, one_of, before.area_m2)
        return cut, drawing, self._rims(of_part), of_part

    def _of_parts(self, joint: _Joint, before: Drawing) -> Ints:
        """Return which face of a history that no area cuts each part is of; -1 beyond all zones."""
        starts = zip(self.tiles, joint.first, strict=False)
        number = joint.number[np.concatenate([each.parts[:, 0] + n for each, n in starts])]
        return np.where(number < 0, -1, before.face[number])

    def _sections(self, of_part: Ints) -> Sections:
        """Put the pieces of all sections together."""
        first = _starts([len(each.parts) for each in self.tiles])
        there = [
            (each.pieces, n) for each, n in zip(self.tiles, first, strict=False) if each.pieces
        ]
        face = of_part[np.concatenate([each.shape + n for each, n in there])]
        square = np.concatenate([each.square for each, _ in there])
        area = np.concatenate([each.area for each, _ in there])
        key, which = np.unique(np.column_stack([square, face]), axis=0, return_inverse=True)
        m2 = np.bincount(which.ravel(), area, len(key)).astype(np.float64)
        kept = key[:, 2] >= 0
        return numbered(Pieces(key[kept, 2], key[kept, :2], m2[kept]))

    def _rims(self, of_part: Ints) -> dict[str, Rim]:
        """Put the pieces of rims together that tiles have."""
        first = _starts([len(each.parts) for each in self.tiles])
        pieces: dict[str, list[tuple[Rim, int]]] = {}
        for each, start in zip(self.tiles, first.tolist(), strict=False):
            for name, rim in each.rims.items():
                pieces.setdefault(name, []).append((rim, start))
        return {name: _rim_of(each, of_part) for name, each in pieces.items()}


def _rim_of(pieces: list[tuple[Rim, int]], of_part: Ints) -> Rim:
    """Put the pieces of one rim in order."""
    face = np.concatenate([of_part[rim.face + start] for rim, start in pieces])
    start, end = (
        np.concatenate([getattr(rim, name) for rim, _ in pieces]) for name in ("start_m", "end_m")
    )
    order = np.argsort(start + end, kind="stable")
    order = order[face[order] >= 0]
    return Rim(pieces[0][0].ring_m, start[order], end[order], face[order])


def _ends(lines: list[Lines], points: Floats) -> Ints:
    """Return the ends of lines, by numbers that the same point has in all tiles."""
    known = np.isfinite(points[:, 0])
    number = np.full(len(points), -1)
    first, number[known] = unique_rows(points[known])
    number[~known] = len(first) + np.arange(len(points) - int(known.sum()))
    starts = _starts([each.points for each in lines])
    return np.concatenate([number[n:][each.ends] for each, n in zip(lines, starts, strict=False)])


def _starts(sizes: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _figures_only(
    work: TileWork, table: HolderRows, area_m2: Floats, *, holders: tuple[Holder, ...]
) -> History:
    """Return a history without faces, one for each row of a table of holders by day."""
    return History(
        work.plane,
        work.days,
        holders,
        np.full(len(table), NoFace(), dtype=object),
        area_m2,
        np.ascontiguousarray(table.T),
        np.arange(len(table)),
    )

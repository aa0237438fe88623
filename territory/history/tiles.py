"""Histories too large for one partition: cut into tiles, measured alone, added up.

Every figure that is a sum over ground (areas by day, transition matrices, gains between
all pairs of days) is the sum of the same figure over tiles. Rings are clipped along
parallels or meridians (along x or y of whatever CRS they were drawn in), where tile
borders are straight as all drawn edges are, so areas stay true; an edge is cut at the
very same point on every day and on both sides. Clipping never needs valid polygons: a
clipped ring may run back and forth along the border of its tile, which encloses nothing
and leaves the winding numbers as they are.

Tiles come one by one, so memory holds the snapshots and the tiles being worked on. A
tile is plain data and can be sent to another process: hand the ``map`` of a
``ProcessPoolExecutor``, or one made of a Dask client, to `tiled` as `run`.

Lengths of boundaries are no sums over tiles, because a tile's own border is not a
boundary of any zone; intervals need the whole history.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.errors import GeometryError, InputError
from territory.findings import Finding
from territory.geometry.densify import is_forward
from territory.geometry.projection import EqualArea, Floats, Ints
from territory.history.history import History, from_snapshots, plane_over
from territory.history.overlaps import Overlap
from territory.history.partition import common_crs
from territory.history.snapshot import Snapshot, drawn_bounds
from territory.holders import NOBODY, Holder

MAX_EDGES = 500_000  # of all days in one tile, each counted as often as it is drawn
_CORNERS = 3  # a ring with fewer encloses nothing

Measure = Callable[[History], Floats]
Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, eq=False)
class Tile:
    """What all days drew in one tile.

    Attributes
    ----------
    snapshots : tuple of Snapshot
        All days, with their rings clipped to the tile.
    bounds : tuple of float
        West, south, east, north in the CRS of the snapshots.
    """

    snapshots: tuple[Snapshot, ...]
    bounds: tuple[float, float, float, float]

    @property
    def edges(self) -> int:
        """The number of edges of all days."""
        return sum(len(snapshot.xy) - len(snapshot.ring_layer) for snapshot in self.snapshots)


@dataclass(frozen=True, eq=False)
class Tiled:
    """A figure added up over tiles.

    Attributes
    ----------
    value : ndarray
        Whatever the measure returns, added up.
    holders : tuple of Holder
        What the holder axes of `value` mean, `NOBODY` first.
    tiles : int
        How many tiles had anything in them.
    audit : tuple of Finding
        Overlaps by day and pair of holders, km2 added up.
    """

    value: Floats
    holders: tuple[Holder, ...]
    tiles: int
    audit: tuple[Finding, ...]


def tiled(
    snapshots: tuple[Snapshot, ...],
    measure: Measure,
    *,
    max_edges: int = MAX_EDGES,
    projection: EqualArea | None = None,
    overlap: Overlap = Overlap.ERROR,
    priority: tuple[str, ...] = (),
    run: Run = map,
) -> Tiled:
    """Measure snapshots tile by tile and add up.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        Strictly ordered by day, all in one CRS.
    measure : callable
        From a history to an array that adds up over ground, such as ``areas_by_day`` or
        ``all_transitions``. It sees the same holders in every tile. Ground that nobody
        ever holds counts only where zones enclose it, which depends on the tiles; all
        other cells do not.
    max_edges : int
        Tiles are halved until none has more.
    projection : EqualArea, optional
        Chosen from the extent by default, as for a history in one piece.
    overlap : Overlap
        What to do where two holders have the same ground on the same day. Overlaps are
        allowed their tolerance in each tile.
    priority : tuple of str
        Actors, strongest first, for ``overlap="first"``.
    run : callable
        Like ``map``; of a process pool, both `measure` and the tiles are pickled.

    Returns
    -------
    Tiled
        The sum over all tiles.

    Raises
    ------
    InputError
        If there is no snapshot.
    GeometryError
        If no snapshot has any polygon.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.measure.change import areas_by_day
    >>> import shapely
    >>> from territory.history.repair import normalise
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.snapshot import RawZones, Source
    >>> def drawn(day, west):
    ...     zone = np.array([shapely.box(west, 35, west + 1, 36)])
    ...     return normalise(RawZones(day, WGS84, Source("drawn"), (Holder("isis"),), zone))
    >>> found = tiled((drawn(date(2018, 1, 1), 37), drawn(date(2018, 2, 1), 38)),
    ...               areas_by_day, max_edges=4)
    >>> found.tiles, found.value.round(2).tolist()
    (2, [[10066.28, 10066.28], [10066.28, 10066.28]])
    """
    if not snapshots:
        raise InputError("there is no snapshot to measure")
    common_crs(snapshots)
    whole, plane = Tile(snapshots, drawn_bounds(snapshots)), projection or plane_over(snapshots)
    drawn = sorted({holder for snapshot in snapshots for holder in snapshot.holders})
    contested = [Holder("contested")] if overlap is Overlap.CONTESTED else []
    holders = (NOBODY, *drawn, *contested)
    work = partial(
        _measured,
        measure=measure,
        holders=holders,
        how={"projection": plane, "overlap": overlap, "priority": priority},
    )
    measured = run(work, cut_into_tiles(whole, max_edges=max_edges))
    return _total(measured, holders)


def _total(
    measured: Iterable[tuple[Floats, tuple[Finding, ...]]], holders: tuple[Holder, ...]
) -> Tiled:
    """Add up what tiles give, as it comes."""
    total: Floats | None = None
    audit: list[Finding] = []
    count = 0
    for value, found in measured:
        total = value if total is None else total + value
        audit += found
        count += 1
    if total is None:
        raise GeometryError("no snapshot has any polygon")
    return Tiled(total, holders, count, _added_up(audit))


def cut_into_tiles(whole: Tile, *, max_edges: int = MAX_EDGES) -> Iterator[Tile]:
    """Yield tiles of at most so many edges, west or south first; empty ones are left out.

    A tile is halved across its longer side at the median of its points, so that dense
    ground gets small tiles. A tile that halving does not make smaller stays whole.

    Parameters
    ----------
    whole : Tile
        All days, with their bounds in the CRS of the snapshots.
    max_edges : int
        Edges of all days together that one tile may have.

    Yields
    ------
    Tile
        They do not overlap, and together have all ground of `whole`.
    """
    halves = _halves(whole) if whole.edges > max_edges else ()
    if halves and max(half.edges for half in halves) < whole.edges:
        for half in halves:
            yield from cut_into_tiles(half, max_edges=max_edges)
    elif whole.edges:
        yield whole


def _halves(tile: Tile) -> tuple[Tile, ...]:
    west, south, east, north = tile.bounds
    axis = 0 if east - west >= north - south else 1
    points = np.concatenate([snapshot.xy[:, axis] for snapshot in tile.snapshots])
    at = float(np.median(points))
    if not tile.bounds[axis] < at < tile.bounds[axis + 2]:
        return ()
    low, high = list(tile.bounds), list(tile.bounds)
    low[axis + 2] = high[axis] = at
    return tuple(
        Tile(
            tuple(clipped(each, axis, at, keep_low=keep_low) for each in tile.snapshots),
            (bounds[0], bounds[1], bounds[2], bounds[3]),
        )
        for bounds, keep_low in ((low, True), (high, False))
    )


def clipped(snapshot: Snapshot, axis: int, at: float, *, keep_low: bool) -> Snapshot:
    """Return what a snapshot has on one side of a line along an axis of its CRS.

    Every ring is clipped on its own (Sutherland and Hodgman 1974). Where it leaves the
    kept side and comes back it runs along the line.

    Parameters
    ----------
    snapshot : Snapshot
        Of any CRS; edges are straight in it.
    axis : int
        0 to cut along a line of one x (a meridian), 1 for one y (a parallel).
    at : float
        Where, in units of the CRS.
    keep_low : bool
        Whether to keep the side below `at`.

    Returns
    -------
    Snapshot
        In the same CRS; rings wholly on the other side are gone.

    References
    ----------
    Sutherland, I. E. and Hodgman, G. W. (1974). Reentrant polygon clipping.
    Communications of the ACM 17, 32-42.
    """
    xy, ring_of = snapshot.xy, _ring_of(snapshot)
    inside = xy[:, axis] <= at if keep_low else xy[:, axis] >= at
    first = np.flatnonzero(ring_of[:-1] == ring_of[1:])  # of each edge
    leaves = inside[first] != inside[first + 1]
    crossing = _crossing(xy[first[leaves]], xy[first[leaves] + 1], axis, at)
    # Every edge gives its first point, if kept, and then its crossing, if there is one.
    start = first[inside[first]]
    points = np.concatenate([xy[start], crossing])
    order = np.argsort(np.concatenate([2 * start, 2 * first[leaves] + 1]), kind="stable")
    owner = np.concatenate([ring_of[start], ring_of[first[leaves]]])[order]
    return _closed(snapshot, points[order], owner)


def _ring_of(snapshot: Snapshot) -> Ints:
    """Return which ring each point belongs to."""
    size = np.diff(snapshot.ring_start)
    return np.repeat(np.arange(len(size)), size)


def _crossing(start: Floats, end: Floats, axis: int, at: float) -> Floats:
    """Return where edges meet the line, the same whichever way they run."""
    forward = is_forward(start, end)[:, None]
    low, high = np.where(forward, start, end), np.where(forward, end, start)
    share = (at - low[:, axis]) / (high[:, axis] - low[:, axis])
    points = low + share[:, None] * (high - low)
    points[:, axis] = at
    return np.asarray(points, dtype=np.float64)


def _closed(snapshot: Snapshot, points: Floats, owner: Ints) -> Snapshot:
    """Close the rings that are left; `owner` says which ring each point came from."""
    ring, first, count = np.unique(owner, return_index=True, return_counts=True)
    flat = np.zeros(0, dtype=bool)
    if len(ring):  # what only touches the line is left as points on it
        low, high = (each.reduceat(points, first) for each in (np.minimum, np.maximum))
        flat = (low == high).any(axis=1)
    on_corners = np.isin(owner, ring[~flat & (count >= _CORNERS)])
    points, owner = points[on_corners], owner[on_corners]
    ring, first, count = np.unique(owner, return_index=True, return_counts=True)
    closed = np.insert(points, first + count, points[first], axis=0)
    start = np.concatenate([[0], np.cumsum(count + 1)])
    return replace(
        snapshot, xy=closed, ring_start=start, ring_layer=snapshot.ring_layer[ring], audit=()
    )


def _measured(
    tile: Tile, *, measure: Measure, holders: tuple[Holder, ...], how: dict[str, Any]
) -> tuple[Floats, tuple[Finding, ...]]:
    """Cut one tile, and measure it under the holders of all tiles."""
    history = from_snapshots(tile.snapshots, **how)
    number = np.array([holders.index(holder) for holder in history.holders], dtype=np.int16)
    held_by: NDArray[np.int16] = number[history.held_by]
    same = replace(history, holders=holders, held_by=held_by)
    return np.asarray(measure(same), dtype=np.float64), history.audit


def _added_up(audit: Iterable[Finding]) -> tuple[Finding, ...]:
    """Put the findings of all tiles on one pair of holders and day together."""
    total: dict[Finding, float] = {}
    for finding in audit:
        kind = replace(finding, km2=None)
        total[kind] = total.get(kind, 0.0) + (finding.km2 or 0.0)
    return tuple(replace(finding, km2=km2) for finding, km2 in total.items())

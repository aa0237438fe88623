"""About how much memory it takes to cut snapshots together, before it is tried.

Measured with `scripts/benchmark.py --commands large edges` on series of one day and of
thousands, of squares side by side and of fronts: the memory follows the points as drawn, the
edges that differ, and the table of holders by day and face.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from territory.geometry.arrays import distinct_values, unique_rows
from territory.history.snapshot import Snapshot

LIBRARIES_BYTES = 150_000_000  # loaded
_RAYS_BYTES, _RAYS_EDGE_BYTES = 200_000_000, 10_000  # of a block of rays, of few edges fewer
POINT_BYTES = 100  # of a point as drawn, on each day anew
EDGE_BYTES = 2_100  # of an edge that differs from all others, with its line and half a face
CROSSED_BYTES = 800  # of the same in one piece, where edges of many days cross and become several
KEPT_POINT_BYTES = 60  # of a point as drawn, added up over tiles
KEPT_EDGE_BYTES = 400  # of an edge that differs: its lines, and half a face of which none is kept
_FACES_PER_EDGE = 0.5
_EDGES_PER_POINT = 2
_SAMPLED = 16
_DEVIATIONS = 6  # standard ones, that a sample may be off
_TABLES = 2  # of holders: as cut, and cut again along areas


def needed_bytes(snapshots: Sequence[Snapshot], *, limit: float = 0.0) -> int:
    """Return about how many bytes it takes to cut snapshots together and to measure them.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        All days.
    limit : float
        Bytes. Where it takes fewer even if no two edges were alike, or by a sample of them, it is
        not looked at how many are, and too many are returned.

    Examples
    --------
    >>> from datetime import date
    >>> import shapely
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.repair import normalise
    >>> from territory.history.snapshot import RawZones, Source
    >>> from territory.holders import Holder
    >>> zone = np.array([shapely.box(37, 35, 38, 36)])
    >>> drawn = normalise(RawZones(date(2018, 1, 1), WGS84, Source("x"), (Holder("a"),), zone))
    >>> needed_bytes((drawn, drawn)) - needed_bytes((drawn,)) < EDGE_BYTES  # the same edges
    True
    """
    points, days = sum(len(each.xy) for each in snapshots), len(snapshots)
    if (most := _bytes(points, points, days)) <= limit:
        return most
    if points and limit and (about := _bytes(points, _edges_at_most(snapshots), days)) <= limit:
        return about
    return _bytes(points, different_edges(snapshots), days)


def tile_needs(snapshots: Sequence[Snapshot]) -> tuple[int, float]:
    """Return about how many bytes it takes to add snapshots up over tiles.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        All days.

    Returns
    -------
    kept : int
        What is there all the time, or at the end: the snapshots, and what is kept of tiles.
    per_point : float
        For each point that differs in a tile, while it is worked on.
    """
    points, days = sum(len(each.xy) for each in snapshots), len(snapshots)
    edges = different_edges(snapshots)
    kept = LIBRARIES_BYTES + KEPT_POINT_BYTES * points + KEPT_EDGE_BYTES * edges
    return int(kept), _EDGES_PER_POINT * (EDGE_BYTES + _FACES_PER_EDGE * days)


def _edges_at_most(snapshots: Sequence[Snapshot]) -> int:
    """Return a number that hardly ever so many edges differ as, in a fifth of the time to count.

    One edge in `_SAMPLED` is counted, chosen by the bits of its ends: alike ones all or none.
    From the end of a ring to the next one is taken for an edge too.
    """
    point = np.concatenate([each.numbers for each in snapshots])
    edge = point[:-1] + point[1:]  # whichever way it runs
    found = len(distinct_values(edge[edge < np.iinfo(np.uint64).max // _SAMPLED])[1])
    return int(_SAMPLED * (found + _DEVIATIONS * (sqrt(found) + _DEVIATIONS)))


def different_edges(snapshots: Sequence[Snapshot]) -> int:
    """Return how many edges differ, whichever way they run.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        All days.
    """
    if not any(len(each.xy) for each in snapshots):
        return 0
    first, point = unique_rows(np.concatenate([each.xy for each in snapshots]) + 0.0)
    ends = [np.diff(each.ring_start) for each in snapshots]
    last = np.cumsum(np.concatenate(ends)) - 1  # of each ring: from there no edge begins
    inner = np.ones(len(point), dtype=bool)
    inner[last] = False
    start, end = point[:-1][inner[:-1]], point[1:][inner[:-1]]
    apart = start != end
    low, high = np.minimum(start, end)[apart], np.maximum(start, end)[apart]
    return len(distinct_values(low * len(first) + high)[1])


def _bytes(points: int, edges: int, days: int) -> int:
    table = days * edges * _FACES_PER_EDGE
    rays = min(_RAYS_BYTES, _RAYS_EDGE_BYTES * edges)
    cut = (EDGE_BYTES + CROSSED_BYTES) * edges
    return int(LIBRARIES_BYTES + rays + POINT_BYTES * points + cut + _TABLES * table)

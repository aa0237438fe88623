"""About how much memory it takes to cut snapshots together, before it is tried.

Measured with `scripts/benchmark.py --commands large edges` on series of one day and of
thousands, of squares side by side and of fronts: the memory follows the points as drawn, the
edges that differ, and the table of holders by day and face.
"""

from collections.abc import Sequence

import numpy as np

from territory.geometry.arrays import unique_rows
from territory.history.drawn_edges import edges_anew
from territory.history.partition import layers_of
from territory.history.redrawn import stretches
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
_TABLES = 2  # of holders: as cut, and cut again along areas


def needed_bytes(snapshots: Sequence[Snapshot], *, limit: float = 0.0) -> int:
    """Return about how many bytes it takes to cut snapshots together and to measure them.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        All days.
    limit : float
        Bytes. Where it takes fewer even if no two edges were alike, it is not looked at how many
        are, and too many are returned.

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
    most = _bytes(points, points, days)
    return most if most <= limit else _bytes(points, different_edges(snapshots), days)


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


def different_edges(snapshots: Sequence[Snapshot]) -> int:
    """Return how many edges differ, whichever way they run.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        All days.
    """
    if not snapshots:
        return 0
    anew = tuple(stretches(snapshots, layers_of(tuple(snapshots))))
    return len(unique_rows(np.concatenate([each.ends for each in edges_anew(anew)]))[0])


def _bytes(points: int, edges: int, days: int) -> int:
    table = days * edges * _FACES_PER_EDGE
    rays = min(_RAYS_BYTES, _RAYS_EDGE_BYTES * edges)
    cut = (EDGE_BYTES + CROSSED_BYTES) * edges
    return int(LIBRARIES_BYTES + rays + POINT_BYTES * points + cut + _TABLES * table)

"""Rings clipped along a line of one x or y, in the CRS they were drawn in.

A clipped ring may run back and forth along the line, which encloses nothing and leaves the
winding numbers as they are.
"""

from dataclasses import replace

import numpy as np

from territory.geometry.densify import is_forward
from territory.geometry.projection import Floats, Ints
from territory.history.snapshot import Snapshot

_CORNERS = 3  # a ring with fewer encloses nothing


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

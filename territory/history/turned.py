"""Snapshots across 180 degrees with longitudes that go on there, for tiles to be cut in.

The border of a tile must not run along an edge of a zone, and zones across 180 degrees end there
in files (RFC 7946, section 3.1.9). So the globe is opened where nothing is drawn instead.
"""

from dataclasses import replace

import numpy as np

from territory.geometry.projection import HALF_TURN, Floats, ends_of_world
from territory.history.snapshot import Snapshot, drawn_bounds, ring_spans

_ROOM = 0.01  # degrees between zones where the globe is opened, at least
_TURN = 2 * HALF_TURN


def opened_at(snapshots: tuple[Snapshot, ...]) -> float | None:
    """Return the longitude from which on zones lie eastwards: -180, but where they lie about it.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        All in one CRS, with a polygon at least.

    Returns
    -------
    float or None
        Degrees from -180 to 180, in the middle of the widest gap between zones; None where they
        lie all around the globe, or on both sides of 180 degrees on a cylinder, which is not
        turned.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import WGS84
    >>> from territory.geometry.rings import rings_of
    >>> from territory.history.snapshot import snapshot_of
    >>> from territory.holders import Holder
    >>> both = np.array([shapely.box(170, 0, 180, 1), shapely.box(-180, 0, -170, 1)])
    >>> about = {"day": date(2024, 1, 1), "crs": WGS84, "holders": (Holder("a"),)}
    >>> opened_at((snapshot_of(rings_of(both), np.zeros(2, dtype=int), **about),))
    0.0
    """
    (west, _, east, _), crs = drawn_bounds(snapshots), snapshots[0].crs
    ends = ends_of_world(crs)
    is_wide = ends is not None and east - west > (ends[1] - ends[0]) / 2
    if not crs.is_geographic:
        return None if is_wide else -HALF_TURN
    # Around what is wide lies the point opposite to the zones, where the plane is torn.
    if not is_wide and west > -HALF_TURN and east < HALF_TURN:
        return -HALF_TURN
    starts, stops = ring_spans(snapshots)
    order = np.argsort(starts)
    reach = np.maximum.accumulate(stops[order])
    following = np.append(starts[order][1:], starts[order][0] + _TURN)
    gaps = following - reach  # the last one lies across 180 degrees
    widest = int(np.argmax(gaps))
    if gaps[widest] < _ROOM:
        return None
    middle = float(reach[widest] + gaps[widest] / 2)
    return middle if middle < HALF_TURN else middle - _TURN


def turned(xy: Floats, west: float) -> Floats:
    """Return coordinates with longitudes from one longitude on eastwards.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Longitude and latitude; longitudes from -180 to 180.
    west : float
        Less than this is moved around the globe.

    Examples
    --------
    >>> turned(np.array([[-180.0, 1.0], [10.0, 2.0]]), 0.0).tolist()
    [[180.0, 1.0], [10.0, 2.0]]
    """
    return np.column_stack([np.where(xy[:, 0] < west, xy[:, 0] + _TURN, xy[:, 0]), xy[:, 1]])


def snapshots_from(snapshots: tuple[Snapshot, ...], west: float) -> tuple[Snapshot, ...]:
    """Return snapshots with longitudes from one longitude on eastwards.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        In longitude and latitude, none with a ring across `west`.
    west : float
        See `opened_at`.
    """
    if west == -HALF_TURN:
        return snapshots
    return tuple(replace(each, xy=turned(each.xy, west)) for each in snapshots)

"""Histories of the ground about areas: what lies outside is cut off before edges are divided.

An edge of a large zone is a curve of thousands of points in the plane, and every point costs in
all that comes after. So the edges of all days are noded first, where they are straight; who
holds what, and where zones overlap, is settled there. Where borders are long, as on maps of
the world, there are two histories from then on: one of all ground, drawn roughly, to find
faults in; and one of the ground in a box, drawn as exactly as ever, to measure. Both lie in
one plane, which is that of all ground, so that no figure depends on where a series was clipped.

A change of hands beside an area may go on far beyond it, and how wide it is decides how much two
maps share of their errors (`territory.measure.strips`). So the box is widened until no ground
that ever changed hands, and hangs together with such ground in the box, reaches beyond.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError
from territory.geometry.area import in_plane, project
from territory.geometry.arrays import Bools
from territory.geometry.edges import edges_of
from territory.geometry.graphs import connected
from territory.geometry.outlines import StraightFaces
from territory.geometry.projection import MAX_CHORD_ERROR_M, WGS84, EqualArea, transformation
from territory.history.clipped_rings import clipped
from territory.history.history import History, from_snapshots, history_of, plane_over
from territory.history.overlaps import Overlap
from territory.history.partition import Partition, common_crs, partition
from territory.history.snapshot import Snapshot, drawn_bounds

Box = tuple[float, float, float, float]

_ROUGH_M = 1.0  # chords of what is only looked at for faults; areas are those of the curves
_FAIR_M = 0.1  # the same, where the totals are held against geodesic areas
_MARGIN = 0.01  # of the box, beyond its sides
_PAYS = 0.5  # of the edges that remain: more is no less work than all of them
_LONG = 2_000.0  # degrees of borders: from there on to divide them all takes seconds
_DEGREE_M = 1e5  # in round numbers


@dataclass(frozen=True)
class _AsDrawn(EqualArea):
    """Stands for the plane of faces that stay in the CRS they were drawn in."""

    drawn: CRS = WGS84

    @property
    def crs(self) -> CRS:
        """The CRS of the zones."""
        return self.drawn


def histories_about(
    snapshots: tuple[Snapshot, ...],
    areas: Iterable[BaseGeometry],
    *,
    strips: bool = True,
    overlap: Overlap = Overlap.ERROR,
    priority: tuple[str, ...] = (),
) -> tuple[History, History]:
    """Return the history of all ground, to find faults in, and one to measure areas in.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        Strictly ordered by day, all in one CRS.
    areas : iterable of Polygon or MultiPolygon
        What will be measured, in the plane of the snapshots (`plane_over`).
    strips : bool
        Whether changes from one day to another will be.
    overlap, priority
        See `territory.history.history.from_snapshots`.

    Returns
    -------
    whole, near : History
        In one plane. The first has all faces, drawn roughly where that saves anything, and
        all findings; the second has the same holders and findings, and no less ground than
        the areas. Where little is to be saved they are the same.

    Raises
    ------
    OverlapError
        If two holders overlap anywhere and `overlap` is ``"error"``.
    GeometryError
        If no snapshot has any polygon, or areas are not conserved by the cut.
    """
    plane, crs = plane_over(snapshots), common_crs(snapshots)
    box = _box_about(areas, plane, crs)
    if box is None or _holds(box, drawn_bounds(snapshots)):
        whole = from_snapshots(snapshots, projection=plane, overlap=overlap, priority=priority)
        return whole, whole
    drawn = partition(snapshots, _AsDrawn(0.0, 0.0, crs))
    near = _near(snapshots, box, drawn, crs, strips=strips)
    error_m = MAX_CHORD_ERROR_M if near is None else _ROUGH_M
    cut = _carried(drawn, crs, plane, max_chord_error=error_m)
    whole = history_of(snapshots, cut, plane, overlap=overlap, priority=priority)
    if near is None:
        return whole, whole
    measured = from_snapshots(near, projection=plane, overlap=overlap, priority=priority)
    return whole, replace(measured, audit=whole.audit)


def whole_history(
    snapshots: tuple[Snapshot, ...],
    *,
    overlap: Overlap = Overlap.ERROR,
    priority: tuple[str, ...] = (),
) -> History:
    """Return the history of all ground, along which nothing will be cut.

    The areas of its faces are as true as ever; where borders are long, as on maps of the world,
    its lines are drawn roughly, so that a map of the world takes a hundredth of the points.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        Strictly ordered by day, all in one CRS.
    overlap, priority
        See `territory.history.history.from_snapshots`.
    """
    if max(map(_length, snapshots), default=0.0) <= _LONG:
        return from_snapshots(snapshots, overlap=overlap, priority=priority)
    plane, crs = plane_over(snapshots), common_crs(snapshots)
    drawn = partition(snapshots, _AsDrawn(0.0, 0.0, crs))
    cut = _carried(drawn, crs, plane, max_chord_error=_FAIR_M)
    return history_of(snapshots, cut, plane, overlap=overlap, priority=priority)


def _carried(drawn: Partition, crs: CRS, plane: EqualArea, *, max_chord_error: float) -> Partition:
    """Return a partition with its faces in a plane."""
    faces, area_m2 = in_plane(drawn.faces, crs, plane.crs, max_chord_error=max_chord_error)
    straight = StraightFaces(drawn.faces, crs, faces)
    return replace(drawn, faces=faces, area_m2=area_m2, straight=straight)


def _length(snapshot: Snapshot) -> float:
    """Return how long the borders of a snapshot are, in degrees in round numbers."""
    steps = np.hypot(*np.diff(snapshot.xy, axis=0).T)
    ends = snapshot.ring_start[1:-1] - 1  # from the end of a ring to the next one
    steps[ends[ends >= 0]] = 0.0
    return float(steps.sum()) / (1.0 if snapshot.crs.is_geographic else _DEGREE_M)


def _near(
    snapshots: tuple[Snapshot, ...], box: Box, drawn: Partition, crs: CRS, *, strips: bool
) -> tuple[Snapshot, ...] | None:
    """Return what snapshots have about a box; None where to cut off the rest saves too little."""
    if not _is_long(drawn, crs):
        return None
    wide = _with_strips(box, drawn) if strips else box
    near = tuple(_in_box(snapshot, wide) for snapshot in snapshots)
    return near if 0 < _edges(near) <= _PAYS * _edges(snapshots) else None


def _box_about(areas: Iterable[BaseGeometry], plane: EqualArea, crs: CRS) -> Box | None:
    """Return a box in a CRS that holds areas in the plane; None where no box of it does.

    None holds a pole or both sides of the antimeridian, so the box is carried back and looked at.
    """
    grounds = np.array([*areas, None], dtype=object)[:-1]
    xy = shapely.get_coordinates(grounds)
    x, y = transformation(plane.crs, crs).transform(*xy.T)
    if not (len(xy) and np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
    margin = _MARGIN * (high - low).max()
    limit = np.array([180.0, 90.0]) if crs.is_geographic else np.full(2, np.inf)
    west, south = np.maximum(low - margin, -limit).tolist()
    east, north = np.minimum(high + margin, limit).tolist()
    try:
        ground = project(np.array([shapely.box(west, south, east, north)]), crs, plane.crs)[0]
    except GeometryError:
        return None
    held = ground.is_valid and bool(shapely.covers(ground, grounds).all())
    return (west, south, east, north) if held else None


def _holds(box: Box, bounds: Box) -> bool:
    """Tell whether a box holds all of another."""
    low = box[0] <= bounds[0] and box[1] <= bounds[1]
    return low and box[2] >= bounds[2] and box[3] >= bounds[3]


def _with_strips(box: Box, drawn: Partition) -> Box:
    """Widen a box by the ground that ever changed hands and hangs together with such in it."""
    faces = drawn.faces[_ever_changed(drawn)]
    if not len(faces):
        return box
    edges = edges_of(faces)
    inner = edges.other >= 0
    _, group = connected(edges.one[inner], edges.other[inner], len(faces))
    low, high = np.split(shapely.bounds(faces), 2, axis=1)
    touches = ((low <= box[2:]) & (high >= box[:2])).all(axis=1)
    inside = np.isin(group, group[touches])
    west, south = np.minimum(low[inside].min(axis=0, initial=np.inf), box[:2]).tolist()
    east, north = np.maximum(high[inside].max(axis=0, initial=-np.inf), box[2:]).tolist()
    return west, south, east, north


def _ever_changed(drawn: Partition) -> Bools:
    """Return which faces are not covered by the same layers on all days."""
    first = drawn.winding.on(0) > 0
    changed = np.zeros(len(drawn.faces), dtype=bool)
    for new, winding in drawn.winding.by_day():
        changed[new] |= ((winding[:, new] > 0) != first[:, new]).any(axis=0)
    return changed


def _in_box(snapshot: Snapshot, box: Box) -> Snapshot:
    """Return what a snapshot has in a box."""
    for side, at in enumerate(box):
        axis, keep_low = side % 2, side > 1
        if len(snapshot.xy):
            along = snapshot.xy[:, axis]
            if (along.max() > at) if keep_low else (along.min() < at):
                snapshot = clipped(snapshot, axis, at, keep_low=keep_low)
    return snapshot


def _is_long(drawn: Partition, crs: CRS) -> bool:
    """Tell whether the borders of faces are so long that dividing all their edges takes long.

    Where it does not, nothing is cut off: a figure then is the same to the last digit whatever
    is looked at besides.
    """
    unit = 1.0 if crs.is_geographic else _DEGREE_M
    return float(shapely.length(drawn.faces).sum()) / unit > _LONG


def _edges(snapshots: tuple[Snapshot, ...]) -> int:
    return sum(len(each.xy) - len(each.ring_layer) for each in snapshots)

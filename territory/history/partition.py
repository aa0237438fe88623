"""All edges of all days, noded once, and the faces between them.

Method
------
1. An edge that stands in many snapshots is kept once, in a canonical direction, with
   a sparse table of the days (and layers) on which its use changes, and how
   (`territory.history.drawn_edges`).
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

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import CRSError, GeometryError
from territory.geometry.area import in_plane
from territory.geometry.crossings import winding_numbers
from territory.geometry.outlines import StraightFaces
from territory.geometry.projection import EqualArea, Floats, same_crs
from territory.history.drawn_edges import drawn_edges
from territory.history.snapshot import Snapshot
from territory.history.winding_numbers import WindingNumbers
from territory.holders import Holder

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
    lines = edges.lines()
    for grid in grids(crs):
        faces = faces_between(lines, grid)
        winding = WindingNumbers(winding_numbers(edges.changes, edges.ends, faces), len(holders))
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

"""What one publisher drew for one day: as found (`RawZones`) and cleaned (`Snapshot`).

A `Snapshot` keeps the edges in the CRS they were drawn in. They are projected and cut
by `territory.history.partition`, all days together, because an edge shared by a hundred days
then costs one projection and stays one edge.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import GeometryError
from territory.findings import Finding
from territory.geometry.projection import Floats, Ints
from territory.geometry.rings import Rings
from territory.holders import Holder


@dataclass(frozen=True)
class Source:
    """Where a file came from.

    Attributes
    ----------
    location : str
        The file as the user named it.
    publisher, licence : str
        As far as known, else empty.
    """

    location: str
    publisher: str = ""
    licence: str = ""


@dataclass(frozen=True, eq=False)
class RawZones:
    """What a file said on one day, untrusted.

    Attributes
    ----------
    day : date
        That the zones are of.
    crs : CRS
        That they are drawn in, as the file says.
    source : Source
        The file they were read from.
    holders : tuple of Holder, length n
        Who is said to hold each feature.
    geometry : ndarray of shapely geometry, shape (n,)
        As found, in `crs`, axis order x, y.
    findings : tuple of Finding
        What the reader left out or noticed.
    spots : tuple of (str, int), length n, or empty
        File, and number from 1, of each feature as they were found; where empty, that of
        `source` and their order here.
    left_out : tuple of (str, str, ndarray of shapely geometry)
        File, label and geometry of each class that the profile drops.
    identities : tuple of str, length n, or empty
        Id or name of each feature, by which it is known again on another day; empty where
        it has none.
    fills : tuple of str, length n, or empty
        Colour in which each feature is drawn (``#rrggbb``), where the file says it.
    """

    day: date
    crs: CRS
    source: Source
    holders: tuple[Holder, ...]
    geometry: NDArray[np.object_]
    findings: tuple[Finding, ...] = ()
    spots: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, str, NDArray[np.object_]], ...] = ()
    identities: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()

    def identity(self, index: int) -> str:
        """Return the id or name of a feature, or nothing.

        Parameters
        ----------
        index : int
            Of the feature in `geometry`, from 0.
        """
        return self.identities[index] if self.identities else ""

    def spot(self, index: int) -> tuple[str, int]:
        """Return the file and the number, from 1, of a feature.

        Parameters
        ----------
        index : int
            Of the feature in `geometry`, from 0.
        """
        return self.spots[index] if self.spots else (self.source.location, index + 1)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The boundary of every holder on one day: closed, finite, wound the same way.

    Shells run counter-clockwise and holes clockwise, so that the winding number of a
    point is the number of polygons that cover it.

    Attributes
    ----------
    day : date
        That the zones are of.
    crs : CRS
        That they are drawn in; edges are straight in it.
    holders : tuple of Holder, length k
        The layers, each once.
    xy : ndarray, shape (n, 2)
        Coordinates of all rings, one after the other, in `crs`, axis order x, y.
    ring_start : ndarray of int, shape (r + 1,)
        Where each ring begins in `xy`; the last entry is n.
    ring_layer : ndarray of int, shape (r,)
        Index into `holders` of each ring.
    audit : tuple of Finding
        Every repair, with its effect in square kilometres.

    Raises
    ------
    GeometryError
        If a coordinate is not finite or a ring is not closed.
    """

    day: date
    crs: CRS
    holders: tuple[Holder, ...]
    xy: Floats
    ring_start: Ints
    ring_layer: Ints
    audit: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        """Check what every later step relies on."""
        if not np.isfinite(self.xy).all():
            raise GeometryError(f"{self.day}: a coordinate is not finite")
        first, last = self.ring_start[:-1], self.ring_start[1:] - 1
        if not np.array_equal(self.xy[first], self.xy[last]):
            raise GeometryError(f"{self.day}: a ring is not closed")


def snapshot_of(
    rings: Rings,
    layer: Ints,
    *,
    day: date,
    crs: CRS,
    holders: tuple[Holder, ...],
    audit: tuple[Finding, ...] = (),
) -> Snapshot:
    """Return a snapshot of polygons, their rings turned the way it wants them.

    Parameters
    ----------
    rings : Rings
        Of n polygons, in `crs`.
    layer : ndarray of int, shape (n,)
        Index into `holders` of each polygon.
    day, crs, holders, audit
        See `Snapshot`.
    """
    wound = rings.wound()
    return Snapshot(day, crs, holders, wound.xy, wound.start, layer[wound.polygon], audit)


def drawn_bounds(snapshots: tuple[Snapshot, ...]) -> tuple[float, float, float, float]:
    """Return west, south, east, north of all that snapshots draw, in their CRS.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        All in one CRS.

    Returns
    -------
    (float, float, float, float)
        In the units of that CRS.

    Raises
    ------
    GeometryError
        If no snapshot has any polygon.
    """
    drawn = [snapshot.xy for snapshot in snapshots if len(snapshot.xy)]
    if not drawn:
        raise GeometryError("no snapshot has any polygon")
    columns = [xy.T for xy in drawn]  # many times faster one by one than along the rows
    west, south = (float(min(each[axis].min() for each in columns)) for axis in (0, 1))
    east, north = (float(max(each[axis].max() for each in columns)) for axis in (0, 1))
    return west, south, east, north


def ring_spans(snapshots: tuple[Snapshot, ...]) -> Floats:
    """Return the least and the greatest x of every ring of all snapshots, one after the other.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        All in one CRS, with a polygon at least.

    Returns
    -------
    ndarray, shape (2, r)
        In the unit of that CRS.
    """
    drawn = [(each.xy[:, 0], each.ring_start[:-1]) for each in snapshots if len(each.xy)]
    least, most = (
        np.concatenate([end.reduceat(x, start) for x, start in drawn])
        for end in (np.minimum, np.maximum)
    )
    return np.array([least, most])

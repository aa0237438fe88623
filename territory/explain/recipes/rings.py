"""Rings of many polygons in longitude and latitude, each point kept once.

What a recipe measures is rings: the area inside a shell less the areas inside its holes,
as every tool does it, whether the polygon is valid or not. Points are shared by days and
by recipes, so each is projected once per recipe. Assumes that a point of a boundary is
where it is drawn and that the source CRS, where it is not WGS 84, is only a way to write
longitude and latitude down.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import GeometryError
from territory.geometry.coverage import polygons_in
from territory.geometry.projection import WGS84, Floats, Ints, is_wgs84, transformation
from territory.geometry.rings import rings_of as drawn_rings

_FEW_CORNERS = 8


@dataclass(frozen=True, eq=False)
class Rings:
    """Rings grouped into atoms: the pieces whose areas every recipe adds up.

    Attributes
    ----------
    lonlat : ndarray, shape (u, 2)
        Points in degrees, each once.
    corner : ndarray of int, shape (n,)
        Index into `lonlat` of every corner of every ring, one ring after the other.
    start : ndarray of int, shape (r + 1,)
        Where each ring begins in `corner`; the last entry is n.
    sign : ndarray, shape (r,)
        +1 for shells, -1 for holes.
    atom : ndarray of int, shape (r,)
        Which atom each ring belongs to.
    atoms : int
        How many atoms there are; one may have no ring.
    """

    lonlat: Floats
    corner: Ints
    start: Ints
    sign: Floats
    atom: Ints
    atoms: int

    @cached_property
    def closing(self) -> Ints:
        """Positions in `corner` of the last corner of each ring, where no edge begins."""
        return np.asarray(self.start[1:] - 1, dtype=np.int64)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        west, south = self.lonlat.min(axis=0)
        east, north = self.lonlat.max(axis=0)
        return float(west), float(south), float(east), float(north)

    @cached_property
    def radians(self) -> tuple[Floats, Floats]:
        """Longitude and latitude of every corner, in radians."""
        lon, lat = np.radians(self.lonlat).T
        return lon[self.corner], lat[self.corner]

    def thinned(self, every: int) -> "Rings":
        """Return rings with only every so many-th corner; those with few corners keep all.

        Parameters
        ----------
        every : int
            Of each ring the first corner of so many is kept, and the one that closes it.
        """
        size = np.diff(self.start)
        place = np.arange(len(self.corner)) - np.repeat(self.start[:-1], size)
        keep = (place % every == 0) | np.repeat(size <= _FEW_CORNERS * every, size)
        keep[self.closing] = True
        used, corner = np.unique(self.corner[keep], return_inverse=True)
        start = np.append(0, np.cumsum(keep))[self.start]
        return replace(self, lonlat=self.lonlat[used], corner=corner, start=start)

    def swept(self, edges: Floats) -> Floats:
        """Add the signed areas swept by edges up to one unsigned area per ring.

        Parameters
        ----------
        edges : ndarray, shape (n,)
            For the edge from each corner to the next one.

        Returns
        -------
        ndarray, shape (r,)
            In the unit of the areas.
        """
        edges[self.closing] = 0.0
        return np.asarray(np.abs(np.add.reduceat(edges, self.start[:-1])), dtype=np.float64)

    def by_atom(self, areas: Floats) -> Floats:
        """Return the area of each atom from the unsigned areas of its rings, shape (atoms,).

        Parameters
        ----------
        areas : ndarray, shape (r,)
            One for each ring, in any unit of area.
        """
        return np.bincount(self.atom, self.sign * areas, self.atoms).astype(np.float64)


def rings_of(geometries: NDArray[np.object_], atom: Ints, *, crs: CRS, atoms: int) -> Rings:
    """Take polygons apart into rings.

    Parameters
    ----------
    geometries : ndarray of geometry, shape (n,)
        Parts that are no polygons are left out; they have no area.
    atom : ndarray of int, shape (n,)
        Which atom each geometry belongs to.
    crs : CRS
        Of the coordinates, axis order x, y.
    atoms : int
        How many atoms there are; one may have no polygon.

    Returns
    -------
    Rings
        In degrees (WGS 84).

    Raises
    ------
    GeometryError
        If a point has no longitude and latitude.

    Examples
    --------
    >>> import shapely
    >>> boxes = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> rings = rings_of(boxes, np.array([0, 0]), crs=WGS84, atoms=1)
    >>> len(rings.lonlat), len(rings.corner), rings.atoms
    (6, 10, 1)
    """
    parts, feature = polygons_in(geometries)
    drawn = drawn_rings(parts)
    points, corner = _each_once(drawn.xy)
    if not is_wgs84(crs) and len(points):
        points = np.column_stack(transformation(crs, WGS84).transform(*points.T))
    if not np.isfinite(points).all():
        raise GeometryError("a point cannot be carried into longitude and latitude")
    return Rings(
        points,
        corner,
        drawn.start,
        np.where(drawn.is_shell, 1.0, -1.0),
        np.asarray(atom, dtype=np.int64)[feature[drawn.polygon]],
        atoms,
    )


def _each_once(xy: Floats) -> tuple[Floats, Ints]:
    """Return the different points, and for every point which of them it is."""
    as_one = np.ascontiguousarray(xy).view(np.complex128).ravel()
    unique, index = np.unique(as_one, return_inverse=True)
    return unique.view(np.float64).reshape(-1, 2), np.asarray(index, dtype=np.int64)

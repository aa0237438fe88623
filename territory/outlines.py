"""The ground of a holder on many days, from lines strung together once for all days.

The borders between the faces of a partition are cut where more than two of them meet. A
line between two such points has one face on either side, so the outline of any set of
faces is made of whole lines: those with one side in the set. Stringing edges together is
what takes long, and it is done once; a day then costs a few milliseconds.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.coverage import HAIR_M, SAME, are_thin, dissolved
from territory.edges import Edges, canonical, edges_of
from territory.partition import Bools, unique_rows
from territory.projection import Floats, Ints


@dataclass(frozen=True, eq=False)
class Outlines:
    """Lines between the faces of a partition.

    Attributes
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        Of one partition.
    lines : ndarray of LineString, shape (n,)
        From one meeting point to the next, or all round.
    one, other : ndarray of int, shape (n,)
        The faces on both sides; `other` is -1 where nothing lies beyond.
    tree : STRtree
        Of the faces.
    hair : float
        Rings thinner than this, in units of the CRS, are rounding.
    """

    faces: NDArray[np.object_]
    lines: NDArray[np.object_]
    one: Ints
    other: Ints
    tree: shapely.STRtree
    hair: float

    def around(self, chosen: Bools) -> BaseGeometry:
        """Return the ground of some faces without the borders between them.

        Faces that do not match point by point are dissolved by
        `territory.coverage.dissolved` instead.

        Parameters
        ----------
        chosen : ndarray of bool, shape (f,)

        Returns
        -------
        Polygon or MultiPolygon
            Empty where no face is chosen.
        """
        beyond = np.where(self.other < 0, False, chosen[self.other])
        rim = self.lines[chosen[self.one] != beyond]
        rings = np.asarray(shapely.get_parts(shapely.polygonize(rim)), dtype=object)
        whole = _together(rings[self._within(rings, chosen)], self.hair)
        if not whole.is_valid:  # cut faces may gape by a rounding, so that shells overlap
            mended = shapely.make_valid(whole, method="structure", keep_collapsed=False)
            whole = _together(shapely.get_parts(mended), self.hair)
        size = float(shapely.area(self.faces[chosen]).sum())
        if whole.is_valid and abs(whole.area - size) <= SAME * size:
            return whole
        return dissolved(self.faces[chosen], hair=self.hair)

    def _within(self, rings: NDArray[np.object_], chosen: Bools) -> Bools:
        """Tell which polygons are made of chosen faces, by the face at one point inside."""
        found = np.zeros(len(rings), dtype=bool)
        spot, face = self.tree.query(shapely.point_on_surface(rings), predicate="intersects")
        found[spot] = chosen[face]
        return found


def _together(polygons: NDArray[np.object_], hair: float) -> BaseGeometry:
    """Return polygons as one geometry, without the rings that are no wider than a hair."""
    kept = [whole for each in polygons if (whole := _without_hairs(each, hair)) is not None]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def _without_hairs(polygon: shapely.Polygon, hair: float) -> shapely.Polygon | None:
    """Return a polygon without such rings; None where its shell is one."""
    rings = np.asarray(shapely.get_rings(polygon), dtype=object)
    wide = ~are_thin(np.asarray(shapely.polygons(rings)), hair)
    if wide.all():
        return polygon
    return shapely.Polygon(rings[0], rings[1:][wide[1:]]) if wide[0] else None


def outlines_of(faces: NDArray[np.object_], *, hair: float = HAIR_M) -> Outlines:
    """Return the lines between faces.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        Of one partition, in one plane.
    hair : float
        Rings thinner than this, in units of the plane, are rounding.

    Examples
    --------
    >>> found = outlines_of(np.array([shapely.box(x, 0, x + 1, 1) for x in range(3)]))
    >>> len(found.lines), found.around(np.array([True, True, False])).area
    (6, 2.0)
    """
    edges = edges_of(faces)
    strung = edges.line(np.ones(len(edges.one), dtype=bool))
    lines = np.asarray(shapely.get_parts(strung), dtype=object)
    first = _edge_at_start(lines, edges)
    tree = shapely.STRtree(faces)
    return Outlines(faces, lines, edges.one[first], edges.other[first], tree, hair)


def _edge_at_start(lines: NDArray[np.object_], edges: Edges) -> Ints:
    """Return the number of the first edge of each line."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    start = np.searchsorted(line, np.arange(len(lines)))
    a: Floats = xy[start]
    b: Floats = xy[start + 1] if len(lines) else a
    _, number = unique_rows(np.concatenate([edges.ends, canonical(a, b)]))
    return number[len(edges.ends) :]

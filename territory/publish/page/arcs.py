"""Faces to arcs: every stretch of border once, with the group of faces on either side.

The page draws any grouping of the faces from the arcs alone: an arc belongs to the outline
of a zone where one side is in it and the other is not. So neighbours never overlap or gape,
and nothing is drawn between faces of one holder. Geometry here is for looking only; areas
are never taken from it.

The plane is the equal-area plane of the history's projection, in metres.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.area import in_plane
from territory.geometry.arrays import sorted_rows
from territory.geometry.coverage import SAME
from territory.geometry.densify import is_forward
from territory.geometry.outlines import Outlines, by_group, grounds
from territory.geometry.projection import Floats, Ints
from territory.geometry.rounding import snap_rounded
from territory.history.history import History
from territory.maps.frame import Extent

OUTSIDE = -1
_LINE, _POLYGON = 1, 3  # as GEOS numbers kinds of geometry
_CELLS = 2**16  # of the drawing grid along the longer side of the map
_DETAIL = 2.0  # cells: the square root of the smallest triangle that is kept
_BEND = 0.25  # cells: an edge that bends less may be straight
_MOST_POINTS = 160_000
_PER_METRE = 100.0  # of the grid that corners are rounded to before anything is left out


@dataclass(frozen=True)
class Grid:
    """The whole-number grid that the page draws on, y downwards.

    Attributes
    ----------
    west, north : float
        Its origin in the plane, in metres.
    cell : float
        Its step, in metres.
    """

    west: float
    north: float
    cell: float

    @classmethod
    def over(cls, extent: Extent) -> "Grid":
        """Return a grid fine enough for an extent seen many times enlarged.

        Parameters
        ----------
        extent : Extent
            What the map shows first, in the plane, in metres.
        """
        return cls(extent.west, extent.north, max(extent.width, extent.height) / _CELLS)

    def at(self, xy: Floats) -> Ints:
        """Return the nearest grid points of points in the plane, shape (n, 2).

        Parameters
        ----------
        xy : ndarray, shape (n, 2)
            In the plane, in metres.

        Returns
        -------
        ndarray of int, shape (n, 2)
            Steps to the east and to the south of the origin of the grid.
        """
        scaled = np.column_stack([xy[:, 0] - self.west, self.north - xy[:, 1]]) / self.cell
        return np.rint(scaled).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Arcs:
    """Stretches of border on the grid.

    Attributes
    ----------
    left, right : ndarray of int, shape (n,)
        The group on either side, `OUTSIDE` where there is none; left is the smaller.
    points : tuple of ndarray, length n
        Grid points of each arc, shape (m, 2).
    """

    left: Ints
    right: Ints
    points: tuple[Ints, ...]


def dissolved(history: History, group: Ints, count: int, grid: Grid) -> NDArray[np.object_]:
    """Return one geometry per group of faces; neighbours share every point of their border.

    Faces as they were drawn are put together where their edges are straight, and only then
    carried into the plane. Where faces do not match, because they were cut along areas or one is
    thinner than coordinates are true, their points are rounded to centimetres, all at once.

    Parameters
    ----------
    history : History
        Whose faces they are.
    group : ndarray of int, shape (f,)
        The group of each face, from 0 to `count` less one.
    count : int
        How many groups there are.
    grid : Grid
        Its step decides how far an edge may lie off its curve in the plane.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (count,)
        In the plane.
    """
    found = _as_drawn(history, group, count, _BEND * grid.cell)
    return _in_plane(history.outlines, group, count) if found is None else found


def _as_drawn(history: History, group: Ints, count: int, bend: float) -> NDArray[np.object_] | None:
    """Return the groups put together as they were drawn; None where they bend too far for that."""
    straight = history.as_drawn
    if straight is None:
        return None
    drawn, plane = straight.outlines, history.projection.crs
    whole = grounds(drawn.lines, by_group(drawn.sides, group, count))
    shapes = in_plane(whole, straight.crs, plane, max_chord_error=bend)[0]
    # On the other side of the Earth an edge may bend more than its middle shows.
    off = np.abs(shapely.area(shapes) - np.bincount(group, history.area_m2, count))
    return shapes if (off <= bend * shapely.length(shapes)).all() else None


def _in_plane(drawn: Outlines, group: Ints, count: int) -> NDArray[np.object_]:
    """Return the groups put together in the plane."""
    sides = by_group(drawn.sides, group, count)
    shapes = grounds(drawn.lines, sides)
    size = np.bincount(group, shapely.area(drawn.faces), count)
    off = np.abs(shapely.area(shapes) - size) > SAME * size
    if not off.any() and shapely.is_valid(shapes).all():
        return shapes
    return snap_rounded(drawn.lines, sides, per_unit=_PER_METRE, passes=1).faces()


def simplified(shapes: NDArray[np.object_], grid: Grid) -> NDArray[np.object_]:
    """Return a coverage with the detail that a screen shows; borders stay shared.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (g,)
        One per group, borders shared, in the plane.
    grid : Grid
        Its step decides what is too small to be seen.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (g,)
        In the plane.
    """
    tolerance = _DETAIL * grid.cell
    while True:
        plain: NDArray[np.object_] = shapely.coverage_simplify(shapes, tolerance)
        if shapely.get_num_coordinates(plain).sum() <= _MOST_POINTS:
            return plain
        tolerance *= 2


def arcs_of(shapes: NDArray[np.object_], grid: Grid) -> Arcs:
    """Return the arcs between groups.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (g,)
        One per group, borders shared.
    grid : Grid
        What the arcs are drawn on.

    Returns
    -------
    Arcs
        Points in steps of the grid.

    Notes
    -----
    A shape too small for the grid has no arc; what runs there and back cancels out.
    """
    start, end, face = _edges(shapes, grid)
    start, end, left, right = _sides(start, end, face)
    swap = left > right
    start[swap], end[swap] = end[swap], start[swap].copy()
    left, right = np.minimum(left, right), np.maximum(left, right)
    pairs, pair = sorted_rows(np.column_stack([left, right]))
    order = np.argsort(pair, kind="stable")
    ends = np.stack([start, end], axis=1)[order].astype(np.float64)
    edges: Any = shapely.linestrings(ends)
    lines = shapely.multilinestrings(edges, indices=pair[order])
    merged = np.asarray(shapely.line_merge(lines, directed=True))
    parts, whose = shapely.get_parts(merged, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    ends_of = np.flatnonzero(np.diff(part)) + 1
    points = tuple(np.split(xy.astype(np.int64), ends_of))
    return Arcs(pairs[whose, 0], pairs[whose, 1], points)


def _edges(shapes: NDArray[np.object_], grid: Grid) -> tuple[Ints, Ints, Ints]:
    """Return every edge of every shape on the grid, the shape on its left in the plane."""
    parts, whose = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    points = grid.at(xy)
    inner = np.flatnonzero((ring[:-1] == ring[1:]) & (points[:-1] != points[1:]).any(axis=1))
    return points[inner], points[inner + 1], whose[part[ring[inner]]]


def _sides(start: Ints, end: Ints, face: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return every edge once, with the shapes on its left and right.

    A shape that runs an edge there and back, having no width on the grid, drops out. Where
    several then remain on one side, the edge is returned several times, so that the outline
    of every shape stays closed.
    """
    # Every edge of every shape, (m,), the smaller end first, so that both sides write it alike.
    forward = is_forward(start, end)
    low, high = np.where(forward[:, None], start, end), np.where(forward[:, None], end, start)
    # Each edge of each shape once, (r, 5): its two points and the shape. How much more often the
    # shape runs it forwards than backwards, (r,): 0 where it runs there and back.
    rows, inverse = sorted_rows(np.column_stack([low, high, face]))
    net = np.bincount(inverse, np.where(forward, 1, -1)).astype(np.int64)
    # The same edge of different shapes gets one number, (r,), as `rows` are sorted by it first.
    # A shape that runs it forwards lies on its left, one that runs it backwards on its right.
    _, edge = sorted_rows(rows[:, :4])
    on_left, on_right = (_repeated(rows[:, 4], edge, np.maximum(sign * net, 0)) for sign in (1, -1))
    # The first shape on the left goes with the first on the right, and so on; what has nobody
    # on the other side has `OUTSIDE` there.
    both = np.concatenate([on_left[:, :2], on_right[:, :2]])
    places, place = sorted_rows(both)
    sides = np.full((2, len(places)), OUTSIDE)
    sides[0, place[: len(on_left)]] = on_left[:, 2]
    sides[1, place[len(on_left) :]] = on_right[:, 2]
    first = np.searchsorted(edge, places[:, 0])
    return rows[first, 0:2].copy(), rows[first, 2:4].copy(), *sides


def _repeated(face: Ints, edge: Ints, times: Ints) -> Ints:
    """Return rows of edge, how many shapes were on this side of it before, and shape."""
    faces, edges = np.repeat(face, times), np.repeat(edge, times)
    before = np.arange(len(edges)) - np.searchsorted(edges, edges)
    return np.column_stack([edges, before, faces])


def line_points(geometry: BaseGeometry, grid: Grid) -> list[Ints]:
    """Return the lines or rings of a geometry on the grid, without repeated points.

    Parameters
    ----------
    geometry : geometry
        In the plane, in metres; points are left out.
    grid : Grid
        What the lines are drawn on.

    Returns
    -------
    list of ndarray of int, shape (n, 2)
        In steps of the grid; lines within one step are left out.
    """
    parts = shapely.get_parts(geometry)
    kinds = shapely.get_type_id(parts)
    rings = shapely.get_rings(parts[kinds == _POLYGON])
    open_lines = parts[kinds == _LINE]
    found = []
    for line in [*rings, *open_lines]:
        points = grid.at(shapely.get_coordinates(line))
        moved = np.append(True, (points[1:] != points[:-1]).any(axis=1))
        if moved.sum() > 1:
            found.append(points[moved])
    return found

"""The ground of a holder on many days, from lines strung together once for all days.

The borders between the faces of a partition are cut where more than two of them meet. A
line between two such points has one face on either side, so the outline of any set of
faces is made of whole lines: those with one side in the set. Stringing edges together is
what takes long, and it is done once; a day then costs a few milliseconds. Faces and lines are
in one plane, that of a history (metres) or any other.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.geometry.arrays import Bools, first_of, sorted_distinct, unique_rows
from territory.geometry.coverage import HAIR, SAME, are_thin, dissolved
from territory.geometry.densify import is_forward
from territory.geometry.edges import Edges, canonical, edges_of, lines_along
from territory.geometry.graphs import sparse_table
from territory.geometry.projection import HALF_TURN, Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array


_BENDS = 2  # edges meet where a line merely bends


@dataclass(frozen=True, eq=False)
class Outlines:
    """Lines between the faces of a partition.

    Attributes
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        Of one partition.
    lines : ndarray of LineString, shape (n,)
        From one meeting point to the next, or all round.
    sides : sparse array of int, shape (n, f)
        The faces beside each line: 1 on its left, -1 on its right.
    """

    faces: NDArray[np.object_]
    lines: NDArray[np.object_]
    sides: "csr_array"

    def around(self, chosen: Bools) -> BaseGeometry:
        """Return the ground of some faces without the borders between them.

        Faces that do not match point by point are dissolved by
        `territory.geometry.coverage.dissolved` instead.

        Parameters
        ----------
        chosen : ndarray of bool, shape (f,)
            Which of the faces.

        Returns
        -------
        Polygon or MultiPolygon
            Empty where no face is chosen.
        """
        side = self.sides @ chosen.astype(np.int16)
        at = np.flatnonzero(side)
        whole = _wide(enclosed(self.lines[at], side[at]))
        if not whole.is_valid:  # cut faces may gape by a rounding, so that shells overlap
            mended = shapely.make_valid(whole, method="structure", keep_collapsed=False)
            whole = _wide(shapely.get_parts(mended))
        size = float(shapely.area(self.faces[chosen]).sum())
        if whole.is_valid and abs(whole.area - size) <= SAME * size:
            return whole
        return dissolved(self.faces[chosen])


@dataclass(frozen=True, eq=False)
class StraightFaces:
    """Faces in the CRS in which their edges are straight, as they were drawn.

    In a plane every edge is a curve of many points, which stand for nothing that anybody drew.

    Attributes
    ----------
    faces : ndarray of Polygon, shape (f,)
        Of one partition.
    crs : CRS
        Of these.
    plane : ndarray of Polygon, shape (f,)
        What they became in a plane, face by face.
    """

    faces: NDArray[np.object_]
    crs: CRS
    plane: NDArray[np.object_]

    @cached_property
    def outlines(self) -> Outlines:
        """The lines between them, in their own CRS."""
        return outlines_of(self.faces)

    def is_within(self, middle: float) -> bool:
        """Tell whether all longitudes are less than half a turn from a middle.

        Parameters
        ----------
        middle : float
            In degrees; of a projected CRS it says nothing.
        """
        if not self.crs.is_geographic:
            return True
        west, _, east, _ = shapely.total_bounds(self.faces)
        return bool(middle - HALF_TURN < west and east < middle + HALF_TURN)


def enclosed(lines: NDArray[np.object_], side: Ints) -> NDArray[np.object_]:
    """Return the polygons of ground that has lines for its outline.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
        That meet in their ends alone.
    side : ndarray of int, shape (n,)
        Above zero where the ground lies on the left of the line, below where on its right.

    Returns
    -------
    ndarray of Polygon, shape (p,)
        With their holes.

    Examples
    --------
    >>> around = np.array([shapely.LineString([(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)])])
    >>> [len(enclosed(around, np.array([side]))) for side in (1, -1)]
    [1, 0]
    """
    one_group = np.zeros(len(lines), dtype=np.int64)
    return _enclosed(lines, side, one_group, 1)[0]


def _enclosed(
    lines: NDArray[np.object_], side: Ints, group: Ints, count: int
) -> tuple[NDArray[np.object_], Ints]:
    """Return the polygons of ground of many groups of lines, and the group of each.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
        Those of a group meet in their ends alone; a line may be there in several groups.
    side : ndarray of int, shape (n,)
        As for `enclosed`.
    group : ndarray of int, shape (n,)
        From 0 to `count` less one, increasing.
    count : int
        How many groups there are.
    """
    start = np.searchsorted(group, np.arange(count + 1))
    made, size = np.empty(count, dtype=object), np.diff(start)
    for each in np.unique(size):  # a call takes as long as the lines of many a group
        alike = np.flatnonzero(size == each)
        made[alike] = shapely.polygonize(lines[start[alike][:, None] + np.arange(each)])
    parts, whose = shapely.get_parts(made, return_index=True)
    rings = np.asarray(parts, dtype=object)
    ground = _within(rings, whose, lines, side, group)
    return rings[ground], whose[ground]


def all_ground(faces: NDArray[np.object_], edges: Edges) -> NDArray[np.object_]:
    """Return the ground of all faces without the borders between them.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        Of one partition, in one plane.
    edges : Edges
        Of these faces.

    Returns
    -------
    ndarray of Polygon, shape (p,)
        With their holes; as large as the faces only where these match point by point.

    Examples
    --------
    >>> squares = np.array([shapely.box(x, 0, x + 1, 1) for x in (0, 1, 5)])
    >>> sorted(shapely.area(all_ground(squares, edges_of(squares))).tolist())
    [1.0, 2.0]
    """
    rings = shapely.get_rings(shapely.get_parts(faces))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inner = np.flatnonzero(ring[:-1] == ring[1:])  # every edge of every ring, as in `edges.edge`
    alone = np.flatnonzero(edges.other[edges.edge] < 0)
    start = inner[alone]
    first = np.flatnonzero(np.diff(start, prepend=-2) != 1)  # of each line along the rim
    forward = is_forward(xy[start[first]], xy[start[first] + 1])
    side = np.where(edges.on_left[alone[first]] == forward, 1, -1)
    return enclosed(lines_along(xy, start), side)


def together(polygons: NDArray[np.object_]) -> BaseGeometry:
    """Return polygons as one geometry.

    Parameters
    ----------
    polygons : ndarray of Polygon, shape (n,)
        In any CRS.

    Returns
    -------
    Polygon or MultiPolygon
        The polygon itself where there is one; nothing is dissolved.

    Examples
    --------
    >>> together(np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])).geom_type
    'MultiPolygon'
    """
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(list(polygons))


def grounds(lines: NDArray[np.object_], sides: "csr_array") -> NDArray[np.object_]:
    """Return the ground of every face, or group of faces, that has sides of lines.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
        That meet in their ends alone.
    sides : sparse array of int, shape (n, f)
        The faces beside each line: 1 on its left, -1 on its right.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (f,)
        Empty where nothing is beside any line.

    Examples
    --------
    >>> from scipy import sparse
    >>> around = np.array([shapely.LineString([(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)])])
    >>> grounds(around, sparse.csr_array(np.array([[1]])))[0].area
    4.0
    """
    by_face = sides.tocsc()
    count = by_face.shape[1]
    face = np.repeat(np.arange(count), np.diff(by_face.indptr))
    polygons, whose = _enclosed(lines[by_face.indices], by_face.data, face, count)
    found = np.full(count, shapely.MultiPolygon(), dtype=object)
    if len(polygons):
        shapely.multipolygons(polygons, indices=whose, out=found)
    alone = np.bincount(whose, minlength=count) == 1
    found[alone] = polygons[alone[whose]]
    return found


def by_group(sides: "csr_array", group: Ints, count: int) -> "csr_array":
    """Return the groups of faces beside lines; within a group there is none.

    Parameters
    ----------
    sides : sparse array of int, shape (n, f)
        The faces beside each line: 1 on its left, -1 on its right.
    group : ndarray of int, shape (f,)
        The group of each face, from 0 to `count` less one; -1 for none.
    count : int
        How many groups there are.

    Returns
    -------
    sparse array of int, shape (n, count)

    Examples
    --------
    >>> from scipy import sparse
    >>> sides = sparse.csr_array(np.array([[1, -1, 0], [0, 1, -1]]))
    >>> by_group(sides, np.array([0, 0, 1]), 2).toarray().tolist()
    [[0, 0], [1, -1]]
    """
    grouped = np.flatnonzero(group >= 0)
    ones = np.ones(len(grouped), int)
    member = sparse_table(ones, grouped, group[grouped], (len(group), count))
    found: csr_array = (sides @ member).tocsr()
    found.eliminate_zeros()
    return found


def _within(
    rings: NDArray[np.object_],
    whose: Ints,
    rim: NDArray[np.object_],
    side: Ints,
    group: Ints,
) -> Bools:
    """Tell which polygons made of lines are ground, by the side of one edge of each.

    Parameters
    ----------
    rings : ndarray of Polygon, shape (r,)
        Put together from the lines, and so made of their edges.
    whose : ndarray of int, shape (r,)
        The group whose lines they are made of.
    rim : ndarray of LineString, shape (n,)
        Lines with ground on one side.
    side : ndarray of int, shape (n,)
        Above zero where the ground lies on the left of the line, else below.
    group : ndarray of int, shape (n,)
        Of each line.
    """
    if not len(rings):
        return np.zeros(0, dtype=bool)
    xy, line = shapely.get_coordinates(rim, return_index=True)
    # A ring begins at the end of a line, so its first edge is the first or the last of one.
    outer = np.flatnonzero(np.diff(line, prepend=-1, append=-1))
    at = sorted_distinct(np.append(outer[:-1], outer[1:] - 2))
    start, end = xy[at], xy[at + 1]
    on_left = (side[line[at]] > 0) == is_forward(start, end)
    shells = shapely.get_exterior_ring(rings)
    points, shell = shapely.get_coordinates(shells, return_index=True)
    first = np.searchsorted(shell, np.arange(len(rings)))
    a, b = points[first], points[first + 1]
    # An edge may be part of several groups, with ground on either side: it counts once in each.
    edges = np.column_stack([canonical(start, end), group[line[at]]])
    begins = np.column_stack([canonical(a, b), whose])
    _, number = unique_rows(np.concatenate([edges, begins]))
    ground_on_left = on_left[number[len(at) :]] == is_forward(a, b)
    return np.asarray(ground_on_left == shapely.is_ccw(shells), dtype=np.bool_)


def _wide(polygons: NDArray[np.object_]) -> BaseGeometry:
    """Return polygons as one geometry, without the rings that are no wider than a hair."""
    remaining = [whole for each in polygons if (whole := _without_hairs(each)) is not None]
    return together(np.array([*remaining, None], dtype=object)[:-1])


def _without_hairs(polygon: shapely.Polygon) -> shapely.Polygon | None:
    """Return a polygon without such rings; None where its shell is one."""
    rings = np.asarray(shapely.get_rings(polygon), dtype=object)
    wide = ~are_thin(np.asarray(shapely.polygons(rings)), HAIR)
    if wide.all():
        return polygon
    return shapely.Polygon(rings[0], rings[1:][wide[1:]]) if wide[0] else None


def outlines_of(
    faces: NDArray[np.object_],
    *,
    edges: Edges | None = None,
    lines: NDArray[np.object_] | None = None,
) -> Outlines:
    """Return the lines between faces.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        Of one partition, in one plane.
    edges : Edges, optional
        Of these faces, where they are known already.
    lines : ndarray of LineString, shape (n,), optional
        The lines that the faces were made from, each ending where faces meet; those beside no
        face are left out. By default the edges are strung together.

    Returns
    -------
    Outlines
        From which the outline of any of the faces follows quickly.

    Examples
    --------
    >>> found = outlines_of(np.array([shapely.box(x, 0, x + 1, 1) for x in range(3)]))
    >>> len(found.lines), found.around(np.array([True, True, False])).area
    (6, 2.0)
    """
    edges = edges or edges_of(faces)
    if lines is None:
        strung = shapely.line_merge(shapely.multilinestrings(_nearly_strung(faces, edges)))
        lines = np.asarray(shapely.get_parts(strung), dtype=object)
    first, along = _edge_at_start(lines, edges)
    beside = first < len(edges.ends)
    sides = edges.sides[first[beside]].multiply(np.where(along[beside], 1, -1)[:, None]).tocsr()
    return Outlines(faces, lines[beside], sides)


def _nearly_strung(faces: NDArray[np.object_], edges: Edges) -> NDArray[np.object_]:
    """Return the edges of faces, those from one meeting point to the next as one line.

    GEOS takes its time by the number of lines that it strings together, and out of these it
    makes what it makes of single edges, point by point and in the same order. It begins a line
    at the lesser of its ends, and turns one round of which more edges run back than forward;
    so does this. Rings, and what begins within a line, are left to it edge by edge.
    """
    xy, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(faces)), return_index=True
    )
    xy, at = xy + 0.0, np.flatnonzero(ring[:-1] == ring[1:])  # never minus zero, as in `edges`
    distinct, point = unique_rows(xy)
    one, other = point[at], point[at + 1]
    if (one == other).any():  # an edge of no length, which no line is made of
        return _pieces(edges.ends)
    new = first_of(edges.edge, len(edges.one))[edges.edge] == np.arange(len(at))
    meets = np.bincount(np.append(one[new], other[new]), minlength=len(distinct)) != _BENDS
    begins = meets[one] | (np.diff(ring[at], prepend=-1) > 0)
    ends = np.append(begins[1:], True)[: len(at)]
    run = np.cumsum(begins) - 1
    size, fresh = np.bincount(run), np.bincount(run, new)
    whole = meets[one[begins]] & meets[other[ends]] & (one[begins] != other[ends]) & (fresh == size)
    lines = lines_along(xy, at[whole[run]], begins[whole[run]])
    forward = 2 * np.bincount(run, is_forward(xy[at], xy[at + 1]))
    ahead = is_forward(xy[at[begins]], xy[at[ends] + 1])
    back = ((forward < size) | ((forward == size) & ~ahead))[whole]
    lines[back] = shapely.reverse(lines[back])
    return np.concatenate([lines, _pieces(edges.ends[edges.edge[new & ~whole[run]]])])


def _pieces(ends: Floats) -> NDArray[np.object_]:
    """Return each edge as a line."""
    return np.asarray(shapely.linestrings(ends.reshape(-1, 2, 2)), dtype=object)


def _edge_at_start(lines: NDArray[np.object_], edges: Edges) -> tuple[Ints, Bools]:
    """Return the number of the first edge of each line, and whether it runs the way of the line.

    Edges of no face have numbers beyond the last.
    """
    xy, line = shapely.get_coordinates(lines, return_index=True)
    start = np.searchsorted(line, np.arange(len(lines)))
    a: Floats = xy[start]
    b: Floats = xy[start + 1] if len(lines) else a
    _, number = unique_rows(np.concatenate([edges.ends, canonical(a, b)]))
    return number[len(edges.ends) :], is_forward(a, b)

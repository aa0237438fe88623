"""Faces that lie side by side, put together again.

Faces of a partition share their borders point by point, so dissolving them only has to
drop the edges that occur twice: ten times faster than an overlay, and no point moves.
Where faces do not match (cut along an area, a corner may lie a rounding away from its
neighbour's edge) they are matched first. Where even that does not help, as beside faces
thinner than coordinates are exact, their borders are noded on a grid and the ground between
them is put together from there: an odd face costs time, never a result.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.arrays import sorted_distinct
from territory.geometry.projection import MAX_CHORD_ERROR_M

SAME = 1e-9  # relative difference of areas
HAIR = 1e-6  # in units of a CRS: thinner rings are rounding, and so far a point may move
NOISE_M2 = 1e-6  # a square millimetre: rounding, not ground
THIN_M = 0.01  # forty times the chord error: a strip this thin goes on as what lies beside it
_ROUNDING = 1e-9  # of an area: rows below it are left out of tables too
_POLYGON = 3  # shapely's number for the type
_FLAT = 2  # coordinates of a point without height or measure


def dissolved(faces: NDArray[np.object_]) -> BaseGeometry:
    """Return the ground of faces that do not overlap, without the borders between them.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n,)
        Of one partition, in any CRS.

    Returns
    -------
    Polygon or MultiPolygon
        Empty where there is no face.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> dissolved(squares).area, len(shapely.get_parts(dissolved(squares)))
    (2.0, 1)
    """
    if not len(faces):
        return shapely.MultiPolygon()
    whole = _united(faces)
    if whole is None:
        whole = _united(matched(faces))
    return _overlaid(faces) if whole is None else whole


def matched(faces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return faces whose shared borders run through the same points.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n,)
        Of one partition, in any CRS; where they were cut, a corner of one may lie a
        rounding beside the border of the next.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Faces thinner than `HAIR` may have become empty. As given where they match
        already, or where they differ by more than a hair.

    Examples
    --------
    >>> faces = np.array([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 3, 1)])
    >>> is_coverage(faces), is_coverage(matched(faces))
    (False, True)
    """
    if not len(faces) or is_coverage(faces):
        return faces
    return _cleaned(faces)


def joined(faces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return faces of which borders that differ by a rounding are one line.

    A gap of less than `HAIR` between two faces leaves no ground out, so it is no mistake in an
    area; but neither face then has a neighbour there, and the error of the border between them
    counts for nothing.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n,)
        In any CRS.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        As given where they differ by more than that: an area is to stay to `SAME` of it.

    Examples
    --------
    >>> faces = np.array([shapely.box(0, 0, 200, 200), shapely.box(200 + 1e-8, 0, 300, 200)])
    >>> len(shapely.get_parts(shapely.coverage_union_all(faces)))
    2
    >>> len(shapely.get_parts(shapely.coverage_union_all(joined(faces))))
    1
    """
    found, area = _cleaned(faces), shapely.area(faces)
    return found if bool((abs(shapely.area(found) - area) <= SAME * area).all()) else faces


def _cleaned(faces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return faces with what lies a hair apart put together; as given where GEOS cannot.

    At times it drops a whole face whose corners all lie on others, so what it made is held
    against what there was.
    """
    try:
        clean = shapely.coverage_clean  # type: ignore[attr-defined]  # stubs are of shapely 2.1
        found = np.asarray(clean(faces, snapping_distance=HAIR), dtype=object)
    except shapely.errors.GEOSException:
        return faces
    moved = np.abs(shapely.area(found) - shapely.area(faces))
    return faces if (moved > HAIR * shapely.length(faces)).any() else found


def is_coverage(faces: NDArray[np.object_]) -> bool:
    """Tell whether faces do not overlap and share the points of their borders.

    Where borders that occur twice drop out and leave the outline of valid ground, as large
    as all faces together, nothing lies twice. `shapely.coverage_is_valid` says the same
    of all but overlaps below `SAME`, and looks through all of a large face for each small
    one beside it: minutes for the faces of detailed maps.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n,)
        In any CRS.

    Returns
    -------
    bool
        True where they are valid and nothing lies twice.

    Examples
    --------
    >>> west, east = shapely.box(0, 0, 2, 2), shapely.box(2, 0, 3, 1)
    >>> is_coverage(np.array([west, shapely.box(2, 0, 3, 2)])), is_coverage(np.array([west, east]))
    (True, False)
    """
    return outline_of(faces) is not None


def outline_of(faces: NDArray[np.object_]) -> BaseGeometry | None:
    """Return the outline of faces that are a coverage, None of others; see `is_coverage`.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n,)
        In any CRS.

    Returns
    -------
    Polygon or MultiPolygon or None
        As large as all faces together.
    """
    whole = _outline(faces)
    return whole if whole is not None and bool(shapely.is_valid(faces).all()) else None


def sound(faces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return valid faces: one so thin that projecting it crossed its sides is mended.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n,)
        In any CRS.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        As given where all are valid; else a copy.

    Examples
    --------
    >>> knot = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> sound(np.array([knot]))[0].area
    2.0
    """
    broken = ~shapely.is_valid(faces)
    if not broken.any():
        return faces
    mended = faces.copy()
    mended[broken] = shapely.make_valid(faces[broken], method="structure", keep_collapsed=False)
    return mended


def union_of(polygons: NDArray[np.object_]) -> BaseGeometry:
    """Return the union of polygons of any kind; an odd one costs time, never a result.

    An overlay stops at a polygon that crosses its own border by less than coordinates are
    exact. Lines can always be noded on a grid, and what lies between noded lines always
    matches.

    Parameters
    ----------
    polygons : ndarray of Polygon or MultiPolygon, shape (n,)
        That may overlap, in any CRS.

    Returns
    -------
    Polygon or MultiPolygon
        In the CRS of `polygons`.

    Examples
    --------
    >>> knot = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> union_of(np.array([knot, shapely.box(0, 0, 2, 1)])).area
    3.0
    """
    whole = sound(polygons)
    try:
        return shapely.union_all(whole)
    except shapely.errors.GEOSException:
        return _noded(whole)


def _overlaid(faces: NDArray[np.object_]) -> BaseGeometry:
    """Return the ground of faces that do not match, at the price of an overlay."""
    try:
        return shapely.union_all(faces, grid_size=HAIR)
    except shapely.errors.GEOSException:  # where the grid itself brings lines together
        return _noded(sound(faces))


def _noded(polygons: NDArray[np.object_]) -> BaseGeometry:
    """Return what lies between the borders of polygons, noded on a grid, and in one of them."""
    rings = np.asarray(shapely.get_rings(polygons_in(polygons)[0]), dtype=object)
    noded = shapely.get_parts(shapely.union_all(rings, grid_size=HAIR))
    pieces = np.asarray(shapely.get_parts(shapely.polygonize(noded)), dtype=object)
    inside = shapely.STRtree(polygons).query(shapely.point_on_surface(pieces), "intersects")[0]
    whole: BaseGeometry = shapely.coverage_union_all(pieces[sorted_distinct(inside)])
    return whole


def _united(faces: NDArray[np.object_]) -> BaseGeometry | None:
    """Drop the borders between faces; None where that loses ground or leaves a hair."""
    whole = _outline(faces)
    if whole is None:
        return None
    rings = np.asarray(shapely.polygons(shapely.get_rings(shapely.get_parts(whole))))
    return None if are_thin(rings, HAIR).any() else whole


def are_thin(polygons: NDArray[np.object_], width: float) -> NDArray[np.bool_]:
    """Return which polygons are on average no wider than a width, in their own unit.

    Parameters
    ----------
    polygons : ndarray of Polygon or MultiPolygon, shape (n,)
        In any CRS; in the plane the width is in metres.
    width : float
        In units of the CRS.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether twice the area is no more than the width times the length of all rings.

    Examples
    --------
    >>> are_thin(np.array([shapely.box(0, 0, 9, 1), shapely.box(0, 0, 9, 3)]), 1.0).tolist()
    [True, False]
    """
    thin: NDArray[np.bool_] = 2 * shapely.area(polygons) <= width * shapely.length(polygons)
    return thin


def nearest_of(shapes: NDArray[np.object_], parts: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the number of the shape that a point inside each part is nearest to.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (s,)
        At least one; in the CRS of `parts`.
    parts : ndarray of Polygon or MultiPolygon, shape (n,)
        None of them empty.

    Returns
    -------
    ndarray of int, shape (n,)
        Index into `shapes`.

    Examples
    --------
    >>> shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    >>> nearest_of(shapes, np.array([shapely.box(1.9, 0, 2, 1)])).tolist()
    [1]
    """
    points = shapely.point_on_surface(parts)
    edges, shape = _edges(shapes)  # a tree of edges: each shape has many, all measured otherwise
    nearest: NDArray[np.intp] = shape[shapely.STRtree(edges).nearest(points)]
    around, inside = shapely.STRtree(points).query(shapes, predicate="contains")
    nearest[inside] = around
    return nearest


def _edges(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Return every edge of the rims of shapes as a line, and the shape it belongs to."""
    rims, shape = shapely.get_parts(shapely.boundary(shapes), return_index=True)
    xy, rim = shapely.get_coordinates(rims, return_index=True)
    goes_on = np.flatnonzero(rim[1:] == rim[:-1])
    lines = shapely.linestrings(np.stack([xy[goes_on], xy[goes_on + 1]], axis=1))
    return np.asarray(lines, dtype=object), shape[rim[goes_on]]


def _outline(faces: NDArray[np.object_]) -> BaseGeometry | None:
    """Drop the borders that occur twice; None where that loses ground."""
    try:
        whole = shapely.coverage_union_all(faces)
    except shapely.errors.GEOSException:
        return None
    size = float(shapely.area(faces).sum())
    return whole if whole.is_valid and abs(whole.area - size) <= SAME * size else None


def areal(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Keep only the polygons of what an overlay returned.

    Parameters
    ----------
    geometries : ndarray of geometry, shape (n,)
        Of any kind, in any CRS; lines and points are dropped.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Empty where a geometry has no polygon.

    Examples
    --------
    >>> met = shapely.from_wkt("GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1))")
    >>> areal(np.array([met]))[0].wkt
    'MULTIPOLYGON EMPTY'
    """
    outcome = np.full(len(geometries), shapely.MultiPolygon(), dtype=object)
    simple = are_areal(geometries) & ~shapely.is_empty(geometries) & ~shapely.has_z(geometries)
    outcome[simple] = geometries[simple]
    others = np.flatnonzero(~simple)
    polygons, owner = polygons_in(geometries[others])
    alone = np.bincount(owner, minlength=len(others))[owner] == 1
    owner = others[owner]
    outcome[owner[alone]] = polygons[alone]
    shapely.multipolygons(polygons[~alone], indices=owner[~alone], out=outcome)
    return outcome


def parts_of(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the single parts of geometries of any kind, flat, and which geometry each is from.

    Parameters
    ----------
    geometries : ndarray of geometry, shape (n,)
        Of any kind, in any CRS; None has no parts.

    Returns
    -------
    parts : ndarray of geometry, shape (p,)
        Points, lines and polygons, without heights.
    owner : ndarray of int, shape (p,)
        Index into `geometries`.

    Examples
    --------
    >>> nested = shapely.GeometryCollection([shapely.MultiPoint([(0, 0), (1, 1)])])
    >>> parts, owner = parts_of(np.array([nested, shapely.box(0, 0, 1, 1)]))
    >>> [part.geom_type for part in parts], owner.tolist()
    (['Point', 'Point', 'Polygon'], [0, 0, 1])
    """
    is_flat = shapely.get_coordinate_dimension(geometries).max(initial=_FLAT) == _FLAT
    flat = geometries if is_flat else shapely.force_2d(geometries)
    parts, owner = shapely.get_parts(flat, return_index=True)
    while (shapely.get_type_id(parts) > _POLYGON).any():  # collections in collections
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    return parts, np.asarray(owner, dtype=np.int64)


def are_areal(parts: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which single parts are polygons, and no lines or points.

    Parameters
    ----------
    parts : ndarray of geometry, shape (n,)
        In any CRS; no collections.

    Returns
    -------
    ndarray of bool, shape (n,)
        True also for an empty polygon.
    """
    areal: NDArray[np.bool_] = shapely.get_type_id(parts) == _POLYGON
    return areal


def polygons_in(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the polygons in geometries of any kind, flat, and which geometry each is from.

    Parameters
    ----------
    geometries : ndarray of geometry, shape (n,)
        Of any kind, in any CRS; heights are dropped.

    Returns
    -------
    polygons : ndarray of Polygon, shape (p,)
        In the order of the geometries, none empty.
    owner : ndarray of int, shape (p,)
        Index into `geometries`.

    Examples
    --------
    >>> nested = shapely.GeometryCollection([shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])])
    >>> polygons, owner = polygons_in(np.array([shapely.Point(0, 0), nested]))
    >>> shapely.area(polygons).tolist(), owner.tolist()
    ([1.0], [1])
    """
    parts, owner = parts_of(geometries)
    is_area = are_areal(parts) & ~shapely.is_empty(parts)
    return parts[is_area], owner[is_area]


def has_polygon(geometry: BaseGeometry | None) -> bool:
    """Return whether there is any polygon in a geometry, be it an empty one.

    Parameters
    ----------
    geometry : geometry or None
        Of any kind, in any CRS.

    Examples
    --------
    >>> has_polygon(shapely.from_wkt("GEOMETRYCOLLECTION (POINT (0 0), POLYGON EMPTY)"))
    True
    >>> has_polygon(shapely.Point(0, 0)), has_polygon(None)
    (False, False)
    """
    return bool(are_areal(parts_of(np.array([geometry]))[0]).any())


def is_ground(parts: NDArray[np.object_], whole_m2: float) -> NDArray[np.bool_]:
    """Tell which parts of an area are ground, and not a line that was drawn twice.

    A strip thinner than the chords are true says that two drawings of one line were
    divided at different points. That is believed only as long as all such strips together
    are less of the area than the rounding of its tables.

    Parameters
    ----------
    parts : ndarray of Polygon, shape (n,)
        In the plane; whatever has no area is no ground.
    whole_m2 : float
        Size of the area.
    """
    size = shapely.area(parts)
    there = size > NOISE_M2
    strip = there & (2 * size <= MAX_CHORD_ERROR_M * shapely.length(parts))
    return there & ~strip if size[strip].sum() <= _ROUNDING * whole_m2 else there


def holds_ground(pieces: NDArray[np.object_], whole_m2: float) -> NDArray[np.bool_]:
    """Tell which pieces have a part that is ground (see `is_ground`).

    Parameters
    ----------
    pieces : ndarray of Polygon or MultiPolygon, shape (n,)
        In the plane.
    whole_m2 : float
        Area that they are pieces of, in square metres.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    parts, piece = shapely.get_parts(pieces, return_index=True)
    return np.bincount(piece[is_ground(parts, whole_m2)], minlength=len(pieces)) > 0


def ground_of(geometry: BaseGeometry, whole_m2: float) -> NDArray[np.object_]:
    """Return the polygons in a geometry that are ground (see `is_ground`).

    Parameters
    ----------
    geometry : geometry
        Of any kind, in the plane.
    whole_m2 : float
        Area that it is a part of, in square metres.

    Returns
    -------
    ndarray of Polygon, shape (n,)
        In the plane; empty where there is no ground.
    """
    parts = np.asarray(shapely.get_parts(areal(np.array([geometry], dtype=object))))
    return parts[is_ground(parts, whole_m2)]

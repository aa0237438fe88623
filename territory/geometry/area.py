"""The area of polygons whose edges are straight in their own CRS: in the plane, and geodesic.

In the plane an edge is a curve: it is divided to a chord error, and the true area of the ring is
summed beside that of its chords (`territory.geometry.densify`). The geodesic area (Karney 2013)
knows no projection and is what every run is checked against.
"""

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import GeometryError
from territory.geometry.densify import Carrier, divided
from territory.geometry.projection import (
    GEOD,
    MAX_CHORD_ERROR_M,
    WGS84,
    Floats,
    Ints,
    choose_projection,
    ends_of_world,
    lonlat_bounds,
    transformation,
)
from territory.geometry.rings import rings_of
from territory.geometry.seams import OneMeridian, is_across_seams

_EARTH_M2 = 510_065_621_724_089  # of the WGS 84 ellipsoid


def project(
    geometries: NDArray[np.object_],
    source: CRS,
    target: CRS,
    *,
    max_chord_error: float = MAX_CHORD_ERROR_M,
) -> NDArray[np.object_]:
    """Carry polygons from one CRS to another, dividing edges that would bend.

    Parameters
    ----------
    geometries : ndarray of Polygon or MultiPolygon
        In `source`, axis order x, y.
    source, target : CRS
        From which and into which; edges are straight in `source`.
    max_chord_error : float
        Largest distance of a chord from the curve, in units of `target`.

    Returns
    -------
    ndarray of geometry
        Same shape, in `target`.

    Raises
    ------
    GeometryError
        If a coordinate cannot be projected.

    Examples
    --------
    >>> from territory.geometry.projection import EqualArea
    >>> box = np.array([shapely.box(36.0, 35.0, 37.0, 36.0)])
    >>> plane = EqualArea(36.5, 35.5)
    >>> float(round(shapely.area(project(box, WGS84, plane.crs))[0] / 1e6, 1))
    10066.3
    """
    return in_plane(geometries, source, target, max_chord_error=max_chord_error)[0]


def in_plane(
    geometries: NDArray[np.object_],
    source: CRS,
    target: CRS,
    *,
    max_chord_error: float = MAX_CHORD_ERROR_M,
) -> tuple[NDArray[np.object_], Floats]:
    """Carry polygons to an equal-area CRS; return them and their true areas in m2.

    The polygons have chords for edges, the areas belong to the curves: even a polygon of
    a few metres is right to 1e-9.

    Parameters
    ----------
    geometries : ndarray of Polygon or MultiPolygon, shape (n,)
        In `source`; shells and holes may run either way.
    source : CRS
        In which edges are straight.
    target : CRS
        Equal-area, in metres: the plane.
    max_chord_error : float
        Largest distance of a chord from the curve, in units of `target`.

    Returns
    -------
    ndarray of geometry, shape (n,), and ndarray of float, shape (n,)

    Raises
    ------
    GeometryError
        If a coordinate cannot be projected.

    Examples
    --------
    >>> from territory.geometry.projection import EqualArea
    >>> box = np.array([shapely.box(36.0, 35.0, 37.0, 36.0)])
    >>> shapes, area_m2 = in_plane(box, WGS84, EqualArea(36.5, 35.5).crs)
    >>> len(shapes), float(round(area_m2[0] / 1e6, 1))
    (1, 10066.3)
    """
    if not len(geometries):
        return np.zeros(0, dtype=object), np.zeros(0)
    kind, xy, offsets = shapely.to_ragged_array(geometries, include_z=False)
    outer = _without_empty_parts([np.asarray(each, dtype=np.int64) for each in offsets])
    carrier: Carrier = transformation(source, target)
    if is_across_seams(source, target) and (ends := ends_of_world(source)):
        carrier = OneMeridian(carrier, ends)
    curves = divided(xy, outer[0], carrier, max_chord_error=max_chord_error)
    if not np.isfinite(curves.plane).all():
        problem = "are they in the stated CRS, and do they not reach around the Earth?"
        raise GeometryError(f"coordinates cannot be projected; {problem}")
    plane = shapely.from_ragged_array(kind, curves.plane, [curves.ring_start, *outer[1:]])
    return np.asarray(plane, dtype=object), _enclosed(curves.ring_areas(), outer[1:])


def _without_empty_parts(starts: list[Ints]) -> list[Ints]:
    """Drop polygons without rings from multipolygons: shapely 2.2 crashes on the way back."""
    if len(starts) < 3:  # noqa: PLR2004 - rings, polygons, multipolygons
        return starts
    rings, polygons, whole = starts
    drawn = np.diff(polygons) > 0
    number = np.concatenate([[0], np.cumsum(drawn)])
    return [rings, np.append(polygons[:-1][drawn], polygons[-1]), number[whole]]


def _enclosed(ring_areas: Floats, starts: list[Ints]) -> Floats:
    """Return shells less holes, by geometry; `starts` says where polygons, geometries begin."""
    signed = -ring_areas
    signed[starts[0][:-1][np.diff(starts[0]) > 0]] *= -1
    owner = np.repeat(np.arange(len(starts[0]) - 1), np.diff(starts[0]))
    if len(starts) > 1:
        owner = np.repeat(np.arange(len(starts[1]) - 1), np.diff(starts[1]))[owner]
    return np.bincount(owner, signed, len(starts[-1]) - 1).astype(np.float64)


def geodesic_area_km2(
    geometries: NDArray[np.object_], source: CRS, *, max_chord_error_m: float = MAX_CHORD_ERROR_M
) -> Floats:
    """Return the area on the WGS 84 ellipsoid, by Karney (2013).

    An edge straight in `source` is not a geodesic, so it is divided first. Shells count
    positive and holes negative whichever way they are wound.

    Parameters
    ----------
    geometries : ndarray of Polygon or MultiPolygon
        In `source`.
    source : CRS
        In which edges are straight.
    max_chord_error_m : float
        Edges are divided until no chord in the plane is further from its curve, in metres.

    Returns
    -------
    ndarray, shape (n,)
        Square kilometres.

    Raises
    ------
    GeometryError
        If the extent is not finite or reaches beyond longitude/latitude ranges.

    References
    ----------
    Karney, C. F. F. (2013). Algorithms for geodesics. Journal of Geodesy 87, 43-55.

    Examples
    --------
    >>> box = np.array([shapely.box(36.0, 35.0, 37.0, 36.0)])
    >>> float(round(geodesic_area_km2(box, WGS84)[0], 2))
    10066.28
    """
    parts, geometry = shapely.get_parts(geometries, return_index=True)
    rings = rings_of(parts)
    if not len(rings.lines):
        return np.zeros(len(geometries))
    plane = choose_projection(lonlat_bounds(geometries, source))
    transformer, to_degrees = plane.transformer(source), transformation(source, WGS84)
    curves = divided(rings.xy, rings.start, transformer, max_chord_error=max_chord_error_m)
    lon, lat = to_degrees.transform(curves.xy[:, 0], curves.xy[:, 1])
    areas = np.array(
        [
            abs(GEOD.polygon_area_perimeter(lon[a:b], lat[a:b])[0])
            for a, b in pairwise(curves.ring_start)
        ]
    )
    # Of the two sides of a ring the smaller one is given; the plane knows which is inside.
    areas = np.where(curves.ring_areas() > _EARTH_M2 / 2, _EARTH_M2 - areas, areas)
    signed = np.where(rings.is_shell, areas, -areas) / 1e6
    return np.bincount(geometry[rings.polygon], signed, len(geometries)).astype(np.float64)

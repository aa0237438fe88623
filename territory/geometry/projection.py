"""Equal-area projection of what was drawn, and the geodesic check on it.

Assumes that edges are straight in the source CRS (for GeoJSON: straight in longitude
and latitude, RFC 7946 section 3.1.1). Such an edge is curved in the plane, so it is
divided until the chord is nowhere further than `MAX_CHORD_ERROR_M` from the curve.
*The plane* is the equal-area CRS that it is carried to, in metres.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from threading import get_ident

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import LambertAzimuthalEqualAreaConversion

from territory.errors import GeometryError
from territory.geometry.densify import divided

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WGS84 = CRS.from_epsg(4326)
GEOD = Geod(ellps="WGS84")
MAX_CHORD_ERROR_M = 0.00025
GEODESIC_TOLERANCE = 1e-6  # relative disagreement above which a run warns
_EARTH_M2 = 510_065_621_724_089  # of the WGS 84 ellipsoid
_CENTRE_DIGITS = 1  # of a degree; a round centre can be quoted and repeated


@dataclass(frozen=True)
class EqualArea:
    """A Lambert azimuthal equal-area projection of the WGS 84 ellipsoid, in metres.

    Attributes
    ----------
    longitude, latitude : float
        The centre, in degrees.
    """

    longitude: float
    latitude: float

    @property
    def crs(self) -> CRS:
        """The projected CRS, axes easting and northing in metres."""
        return _crs_of(self)

    @property
    def name(self) -> str:
        """The projection as a map's source line gives it."""
        return (
            f"Lambert azimuthal equal-area, centred on {abs(self.latitude):g}° "
            f"{'N' if self.latitude >= 0 else 'S'}, {abs(self.longitude):g}° "
            f"{'E' if self.longitude >= 0 else 'W'} (WGS 84)"
        )

    def transformer(self, source: CRS) -> Transformer:
        """Return the transformation from a source CRS (x, y order) into this plane.

        Parameters
        ----------
        source : CRS
            Of the coordinates to carry into the plane.

        Returns
        -------
        Transformer
            Takes x and y in units of `source`; gives easting and northing in metres.
        """
        return transformation(source, self.crs)


def is_wgs84(crs: CRS) -> bool:
    """Return whether a CRS is longitude and latitude on WGS 84, by whatever name.

    Heights and the order of axes make no difference: zones have no heights, and every
    reader gives x before y.

    Parameters
    ----------
    crs : CRS
        Any, with heights or without.

    Examples
    --------
    >>> [is_wgs84(CRS.from_user_input(name)) for name in ("EPSG:4979", "OGC:CRS84h", "EPSG:4258")]
    [True, True, False]
    """
    return crs is WGS84 or bool(crs.to_2d().equals(WGS84, ignore_axis_order=True))


def same_crs(one: CRS, other: CRS) -> bool:
    """Return whether two CRS place the same x and y on the same spot.

    Parameters
    ----------
    one, other : CRS
        Heights and the order of axes make no difference.

    Examples
    --------
    >>> same_crs(CRS.from_epsg(4326), CRS.from_epsg(4979))
    True
    >>> same_crs(CRS.from_epsg(4326), CRS.from_epsg(3857))
    False
    """
    if one is other or one == other:
        return True
    if is_wgs84(one) or is_wgs84(other):
        return is_wgs84(one) and is_wgs84(other)
    return bool(one.to_2d().equals(other.to_2d(), ignore_axis_order=True))


@lru_cache(maxsize=64)
def _crs_of(plane: EqualArea) -> CRS:
    """Return the CRS of a plane; PROJ takes some milliseconds to make one."""
    conversion = LambertAzimuthalEqualAreaConversion(plane.latitude, plane.longitude)
    named = ProjectedCRS(conversion, name=plane.name.replace("°", ""), geodetic_crs=WGS84)
    return CRS.from_wkt(named.to_wkt())


def transformation(source: CRS, target: CRS) -> Transformer:
    """Return the transformation between two CRS, axes in x, y order.

    Looking one up costs PROJ about 10 ms, so it is kept; each thread has its own, because
    a transformer must not be used by two at once.

    Parameters
    ----------
    source, target : CRS
        From which and into which; coordinates go in and come out as x, y.

    Returns
    -------
    Transformer
        For the calling thread alone.

    Examples
    --------
    >>> transformation(WGS84, CRS.from_epsg(3857)).transform(0.0, 0.0)[0]
    0.0
    """
    return _transformation(source.to_wkt(), target.to_wkt(), get_ident())


@lru_cache(maxsize=64)
def _transformation(source: str, target: str, _thread: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def choose_projection(bounds: tuple[float, float, float, float]) -> EqualArea:
    """Choose the projection for an extent: azimuthal, centred on it, round to 0.1 degrees.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in degrees; west is larger than east where it crosses the
        antimeridian.

    Returns
    -------
    EqualArea
        The plane in which the extent is to be measured.

    Raises
    ------
    GeometryError
        If the extent is not finite or reaches beyond longitude/latitude ranges.

    Examples
    --------
    >>> choose_projection((36.60, 35.22, 37.75, 36.10))
    EqualArea(longitude=37.2, latitude=35.7)
    >>> choose_projection((176.0, -20.0, -178.0, -12.0))
    EqualArea(longitude=179.0, latitude=-16.0)
    """
    west, south, east, north = bounds
    in_range = abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90  # noqa: PLR2004
    if not in_range:  # NaN compares false, so it ends here too
        raise GeometryError(f"extent {bounds} is not in longitude and latitude")
    longitude, latitude = (west + east) / 2, (south + north) / 2
    if west > east:  # across the antimeridian: the middle lies on the other side
        longitude += 180 if longitude <= 0 else -180
    return EqualArea(round(longitude, _CENTRE_DIGITS), round(latitude, _CENTRE_DIGITS))


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
    >>> box = np.array([shapely.box(36.0, 35.0, 37.0, 36.0)])
    >>> shapes, area_m2 = in_plane(box, WGS84, EqualArea(36.5, 35.5).crs)
    >>> len(shapes), float(round(area_m2[0] / 1e6, 1))
    (1, 10066.3)
    """
    if not len(geometries):
        return np.zeros(0, dtype=object), np.zeros(0)
    kind, xy, offsets = shapely.to_ragged_array(geometries, include_z=False)
    outer = _without_empty_parts([np.asarray(each, dtype=np.int64) for each in offsets])
    transformer = transformation(source, target)
    curves = divided(xy, outer[0], transformer, max_chord_error=max_chord_error)
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
    rings, part = shapely.get_rings(parts, return_index=True)
    if not len(rings):
        return np.zeros(len(geometries))
    plane = choose_projection(lonlat_bounds(geometries, source))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.searchsorted(ring, np.arange(len(rings) + 1))
    transformer, to_degrees = plane.transformer(source), transformation(source, WGS84)
    curves = divided(xy, start, transformer, max_chord_error=max_chord_error_m)
    lon, lat = to_degrees.transform(curves.xy[:, 0], curves.xy[:, 1])
    areas = np.array(
        [
            abs(GEOD.polygon_area_perimeter(lon[a:b], lat[a:b])[0])
            for a, b in pairwise(curves.ring_start)
        ]
    )
    # Of the two sides of a ring the smaller one is given; the plane knows which is inside.
    areas = np.where(curves.ring_areas() > _EARTH_M2 / 2, _EARTH_M2 - areas, areas)
    is_shell = np.append(True, part[1:] != part[:-1])
    signed = np.where(is_shell, areas, -areas) / 1e6
    return np.bincount(geometry[part], signed, len(geometries)).astype(np.float64)


def lonlat_bounds(
    geometries: NDArray[np.object_], source: CRS
) -> tuple[float, float, float, float]:
    """Return west, south, east, north in degrees of geometries in any CRS.

    Parameters
    ----------
    geometries : ndarray of geometry
        In `source`, axis order x, y; of any shape.
    source : CRS
        Any.

    Returns
    -------
    tuple of float
        West, south, east, north; degrees of `source` itself where it is geographic, else of
        WGS 84.

    Examples
    --------
    >>> plane = EqualArea(36.5, 35.5)
    >>> box = project(np.array([shapely.box(36.0, 35.0, 37.0, 36.0)]), WGS84, plane.crs)
    >>> [round(each, 1) for each in lonlat_bounds(box, plane.crs)]
    [36.0, 35.0, 37.0, 36.0]
    """
    bounds = shapely.total_bounds(geometries)
    if source.is_geographic:
        return tuple(map(float, bounds))  # type: ignore[return-value]  # four by construction
    to_degrees = transformation(source, WGS84)
    west, south, east, north = map(float, bounds)
    return to_degrees.transform_bounds(west, south, east, north)

"""Equal-area projection of what was drawn, and the geodesic check on it.

Assumes that edges are straight in the source CRS (for GeoJSON: straight in longitude
and latitude, RFC 7946 section 3.1.1). Such an edge is curved in the plane, so it is
divided until the chord is nowhere further than `MAX_CHORD_ERROR_M` from the curve.
Every edge is divided in a canonical direction, so that an edge shared by two days or
two actors stays identical to the last bit.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from threading import get_ident

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import LambertAzimuthalEqualAreaConversion

from territory.errors import CRSError, GeometryError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WGS84 = CRS.from_epsg(4326)
GEOD = Geod(ellps="WGS84")
MAX_CHORD_ERROR_M = 0.001
LONG_EDGE_M = 10_000.0
GEODESIC_TOLERANCE = 1e-6  # relative disagreement above which a run warns
_CENTRE_DIGITS = 1  # of a degree; a round centre can be quoted and repeated
_MAX_PIECES = 100_000
_EQUAL_AREA_METHODS = (
    "Lambert Azimuthal Equal Area",
    "Albers Equal Area",
    "Lambert Cylindrical Equal Area",
    "Equal Earth",
    "Sinusoidal",
    "Mollweide",
)


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

    @cached_property
    def crs(self) -> CRS:
        """The projected CRS, axes easting and northing in metres."""
        conversion = LambertAzimuthalEqualAreaConversion(self.latitude, self.longitude)
        named = ProjectedCRS(conversion, name=self.name.replace("°", ""), geodetic_crs=WGS84)
        return CRS.from_wkt(named.to_wkt())

    @property
    def name(self) -> str:
        """The projection as a map's source line gives it."""
        return (
            f"Lambert azimuthal equal-area, centred on {abs(self.latitude):g}° "
            f"{'N' if self.latitude >= 0 else 'S'}, {abs(self.longitude):g}° "
            f"{'E' if self.longitude >= 0 else 'W'} (WGS 84)"
        )

    def transformer(self, source: CRS) -> Transformer:
        """Return the transformation from a source CRS (x, y order) into this plane."""
        return transformation(source, self.crs)


def transformation(source: CRS, target: CRS) -> Transformer:
    """Return the transformation between two CRS, axes in x, y order.

    Looking one up costs PROJ about 10 ms, so it is kept; each thread has its own, because
    a transformer must not be used by two at once.
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
        West, south, east, north in degrees.

    Raises
    ------
    GeometryError
        If the extent is not finite or reaches beyond longitude/latitude ranges.

    Examples
    --------
    >>> choose_projection((36.60, 35.22, 37.75, 36.10))
    EqualArea(longitude=37.2, latitude=35.7)
    """
    west, south, east, north = bounds
    in_range = -180 <= west <= east <= 180 and -90 <= south <= north <= 90  # noqa: PLR2004
    if not in_range:  # NaN compares false, so it ends here too
        raise GeometryError(f"extent {bounds} is not in longitude and latitude")
    longitude, latitude = (west + east) / 2, (south + north) / 2
    return EqualArea(round(longitude, _CENTRE_DIGITS), round(latitude, _CENTRE_DIGITS))


def require_equal_area(crs: CRS) -> None:
    """Refuse a CRS in which areas are not true.

    Raises
    ------
    CRSError
        If the CRS is not a projected equal-area CRS.

    Examples
    --------
    >>> require_equal_area(CRS.from_epsg(3857))
    Traceback (most recent call last):
    territory.errors.CRSError: WGS 84 / Pseudo-Mercator is not equal-area
    """
    operation = crs.coordinate_operation
    method = operation.method_name if operation is not None else ""
    if not method.startswith(_EQUAL_AREA_METHODS):
        raise CRSError(f"{crs.name} is not equal-area")


def pieces_per_edge(
    start: Floats, end: Floats, transformer: Transformer, *, max_chord_error: float
) -> Ints:
    """Return into how many pieces each edge must be divided.

    The distance between the projected middle of an edge and the middle of its chord is
    the sagitta s; in n pieces it falls to s / n squared.

    Parameters
    ----------
    start, end : ndarray, shape (n, 2)
        Ends of the edges in the source CRS.
    max_chord_error : float
        Bound in units of the target CRS (metres).

    Returns
    -------
    ndarray of int, shape (n,)
    """
    points = np.concatenate([start, (start + end) / 2, end])
    x, y = transformer.transform(points[:, 0], points[:, 1])
    first, centre, last = np.column_stack([x, y]).reshape(3, -1, 2)
    sagitta = np.hypot(*(centre - (first + last) / 2).T)
    # The area beside a chord grows with its length, so long edges are held to a tenth.
    is_long = np.hypot(*(last - first).T) > LONG_EDGE_M
    bound = np.where(is_long, max_chord_error / 10, max_chord_error)
    pieces = np.ceil(np.sqrt(np.nan_to_num(sagitta) / bound))
    clipped: Ints = np.clip(pieces, 1, _MAX_PIECES).astype(np.int64)
    return clipped


def densify(
    xy: Floats, ring_start: Ints, transformer: Transformer, *, max_chord_error: float
) -> tuple[Floats, Ints]:
    """Return rings with points added where their edges would bend in the target CRS.

    Each edge is divided from its smaller end, whichever way the ring runs, so that two
    rings sharing an edge share every added point.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        Coordinates of all rings, one after the other, in the source CRS.
    ring_start : ndarray of int, shape (r + 1,)
        Where each ring begins in `xy`; the last entry is n.
    max_chord_error : float
        Bound in units of the target CRS.

    Returns
    -------
    xy, ring_start
        The same with m >= n points, still in the source CRS.
    """
    if not len(xy):
        return xy, ring_start
    following = np.append(xy[1:], xy[:1], axis=0)
    ends_ring = np.zeros(len(xy), dtype=bool)
    ends_ring[ring_start[1:][np.diff(ring_start) > 0] - 1] = True
    forward = is_forward(xy, following)[:, None]
    low, high = np.where(forward, xy, following), np.where(forward, following, xy)
    pieces = pieces_per_edge(low, high, transformer, max_chord_error=max_chord_error)
    pieces[ends_ring] = 1
    before = np.concatenate([[0], np.cumsum(pieces)])
    edge = np.repeat(np.arange(len(xy)), pieces)
    step = np.arange(len(edge)) - before[edge]
    share = np.where(forward[edge, 0], step, pieces[edge] - step) / pieces[edge]
    dense = low[edge] + (high - low)[edge] * share[:, None]
    dense[step == 0] = xy  # the drawn points themselves stay untouched by rounding
    return dense, before[ring_start]


def is_forward(start: Floats, end: Floats) -> NDArray[np.bool_]:
    """Return which edges run in canonical direction: east, or north where they run neither."""
    east = start[:, 0] < end[:, 0]
    north = (start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1])
    return np.asarray(east | north, dtype=np.bool_)


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
    transformer = transformation(source, target)
    kind, xy, offsets = shapely.to_ragged_array(geometries, include_z=False)
    ring_start = np.asarray(offsets[0], dtype=np.int64)
    dense, start = densify(xy, ring_start, transformer, max_chord_error=max_chord_error)
    plane = np.column_stack(transformer.transform(dense[:, 0], dense[:, 1]))
    if not np.isfinite(plane).all():
        raise GeometryError("coordinates cannot be projected; are they in the stated CRS?")
    outer = [np.asarray(each, dtype=np.int64) for each in offsets[1:]]
    projected = shapely.from_ragged_array(kind, plane, [start, *outer])
    return np.asarray(projected, dtype=object)


def equal_areas_m2(geometries: NDArray[np.object_], source: CRS, target: CRS) -> Floats:
    """Return areas in an equal-area CRS of edges that are straight in the source CRS.

    The polygons of `project` have chords for edges. Between a chord and its curve lies,
    to fourth order, two thirds of chord times sagitta; with it even a polygon of a few
    metres is right to 1e-9.

    Parameters
    ----------
    geometries : ndarray of Polygon or MultiPolygon
        In `source`; shells and holes may run either way.

    Returns
    -------
    ndarray, shape (n,)
        Square metres.
    """
    parts, geometry = shapely.get_parts(geometries, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    if not len(rings):
        return np.zeros(len(geometries))
    transformer = transformation(source, target)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.searchsorted(ring, np.arange(len(rings) + 1))
    dense, start = densify(xy, start, transformer, max_chord_error=MAX_CHORD_ERROR_M)
    swept = _swept(dense, transformer)
    swept[start[1:] - 1] = 0.0  # from the end of a ring to the next one
    areas = np.abs(np.add.reduceat(swept, start[:-1]))
    is_shell = np.append(True, part[1:] != part[:-1])
    signed = np.where(is_shell, areas, -areas)
    return np.bincount(geometry[part], signed, len(geometries)).astype(np.float64)


def _swept(xy: Floats, transformer: Transformer) -> Floats:
    """Return the signed area that each edge, as a curve, sweeps about the first point."""
    middle = (xy + np.append(xy[1:], xy[:1], axis=0)) / 2
    ends = np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    between = np.column_stack(transformer.transform(middle[:, 0], middle[:, 1]))
    following = np.append(ends[1:], ends[:1], axis=0)
    sagitta = between - (ends + following) / 2
    chord = following - ends
    origin = ends[0]
    fan = _cross(ends - origin, following - origin) / 2
    return np.asarray(fan - 2 / 3 * _cross(chord, sagitta), dtype=np.float64)


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], dtype=np.float64)


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

    Returns
    -------
    ndarray, shape (n,)
        Square kilometres.

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
    dense, start = densify(xy, start, plane.transformer(source), max_chord_error=max_chord_error_m)
    to_degrees = transformation(source, WGS84)
    lon, lat = to_degrees.transform(dense[:, 0], dense[:, 1])
    areas = np.array(
        [abs(GEOD.polygon_area_perimeter(lon[a:b], lat[a:b])[0]) for a, b in pairwise(start)]
    )
    is_shell = np.append(True, part[1:] != part[:-1])
    signed = np.where(is_shell, areas, -areas) / 1e6
    return np.bincount(geometry[part], signed, len(geometries)).astype(np.float64)


def lonlat_bounds(
    geometries: NDArray[np.object_], source: CRS
) -> tuple[float, float, float, float]:
    """Return west, south, east, north in degrees of geometries in any CRS."""
    bounds = shapely.total_bounds(geometries)
    if source.is_geographic:
        return tuple(map(float, bounds))  # type: ignore[return-value]  # four by construction
    to_degrees = transformation(source, WGS84)
    west, south, east, north = map(float, bounds)
    return to_degrees.transform_bounds(west, south, east, north)

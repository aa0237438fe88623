"""Equal-area projection of what was drawn, and the geodesic check on it.

Assumes that edges are straight in the source CRS (for GeoJSON: straight in longitude
and latitude, RFC 7946 section 3.1.1). Such an edge is curved in the plane, so it is
divided until the chord is nowhere further than `MAX_CHORD_ERROR_M` from the curve.
Every edge is divided in a canonical direction, so that an edge shared by two days or
two actors stays identical to the last bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, GeometryError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RingMap = Callable[[Floats], Floats]

WGS84 = CRS.from_epsg(4326)
GEOD = Geod(ellps="WGS84")
MAX_CHORD_ERROR_M = 0.01
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
        return CRS.from_proj4(
            f"+proj=laea +lat_0={self.latitude} +lon_0={self.longitude}"
            " +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
        )

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
        return Transformer.from_crs(source, self.crs, always_xy=True)


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
    middle = (start + end) / 2
    points = np.concatenate([start, middle, end])
    x, y = transformer.transform(points[:, 0], points[:, 1])
    first, centre, last = np.split(np.column_stack([x, y]), 3)
    sagitta = np.hypot(*(centre - (first + last) / 2).T)
    pieces = np.ceil(np.sqrt(sagitta / max_chord_error))
    return np.clip(np.nan_to_num(pieces, nan=1.0), 1, _MAX_PIECES).astype(np.int64)


def densify(coords: Floats, transformer: Transformer, *, max_chord_error: float) -> Floats:
    """Return a line with points added where its edges would bend in the target CRS.

    Each edge is divided from its smaller end, whichever way the line runs, so that two
    lines sharing an edge share every added point.

    Parameters
    ----------
    coords : ndarray, shape (n, 2)
        The line in the source CRS.

    Returns
    -------
    ndarray, shape (m, 2)
        In the source CRS, m >= n.
    """
    start, end = coords[:-1], coords[1:]
    forward = (start[:, 0] < end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1]))
    low = np.where(forward[:, None], start, end)
    high = np.where(forward[:, None], end, start)
    pieces = pieces_per_edge(low, high, transformer, max_chord_error=max_chord_error)
    edge = np.repeat(np.arange(len(pieces)), pieces)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = np.where(forward[edge], step, pieces[edge] - step)
    points = low[edge] + (high - low)[edge] * (step / pieces[edge])[:, None]
    # The ends themselves stay untouched by rounding.
    points[step == 0] = low[edge[step == 0]]
    points[step == pieces[edge]] = high[edge[step == pieces[edge]]]
    return np.concatenate([points, coords[-1:]])


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
    transformer = Transformer.from_crs(source, target, always_xy=True)

    def carry(coords: Floats) -> Floats:
        dense = densify(coords, transformer, max_chord_error=max_chord_error)
        x, y = transformer.transform(dense[:, 0], dense[:, 1])
        return np.column_stack([x, y])

    projected = map_rings(geometries, carry)
    if not np.isfinite(shapely.total_bounds(projected)).all():
        raise GeometryError("coordinates cannot be projected; are they in the stated CRS?")
    return projected


def map_rings(geometries: NDArray[np.object_], change: RingMap) -> NDArray[np.object_]:
    """Apply a function to the coordinates of every ring; it may add or drop points."""
    return np.array([_map_one(geometry, change) for geometry in geometries], dtype=object)


def _map_one(geometry: BaseGeometry, change: RingMap) -> BaseGeometry:
    polygons = []
    for part in shapely.get_parts(geometry):
        shell, *holes = (change(shapely.get_coordinates(r)) for r in shapely.get_rings(part))
        polygons.append(shapely.Polygon(shell, holes))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


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
    west, south, east, north = lonlat_bounds(geometries, source)
    plane = choose_projection((west, south, east, north)).crs
    to_plane = Transformer.from_crs(source, plane, always_xy=True)
    to_degrees = Transformer.from_crs(source, WGS84, always_xy=True)

    def ring_area(ring: BaseGeometry) -> float:
        dense = densify(
            shapely.get_coordinates(ring), to_plane, max_chord_error=max_chord_error_m
        )
        lon, lat = to_degrees.transform(dense[:, 0], dense[:, 1])
        return abs(GEOD.polygon_area_perimeter(lon, lat)[0]) / 1e6

    def area(geometry: BaseGeometry) -> float:
        total = 0.0
        for part in shapely.get_parts(geometry):
            shell, *holes = shapely.get_rings(part)
            total += ring_area(shell) - sum(map(ring_area, holes))
        return total

    return np.array([area(geometry) for geometry in geometries])


def lonlat_bounds(
    geometries: NDArray[np.object_], source: CRS
) -> tuple[float, float, float, float]:
    """Return west, south, east, north in degrees of geometries in any CRS."""
    bounds = shapely.total_bounds(geometries)
    if source.is_geographic:
        return tuple(map(float, bounds))  # type: ignore[return-value]  # four by construction
    to_degrees = Transformer.from_crs(source, WGS84, always_xy=True)
    return to_degrees.transform_bounds(*map(float, bounds))

"""The equal-area plane of what was drawn, and CRSs; areas stand in `territory.geometry.area`.

Assumes that edges are straight in the source CRS (for GeoJSON: straight in longitude
and latitude, RFC 7946 section 3.1.1). Such an edge is curved in the plane, so it is
divided until the chord is nowhere further than `MAX_CHORD_ERROR_M` from the curve.
*The plane* is the equal-area CRS that it is carried to, in metres.
"""

from dataclasses import dataclass
from functools import lru_cache
from threading import get_ident

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import LambertAzimuthalEqualAreaConversion
from pyproj.exceptions import CRSError as UnknownCRS

from territory.errors import CRSError, GeometryError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WGS84 = CRS.from_epsg(4326)
GEOD = Geod(ellps="WGS84")
MAX_CHORD_ERROR_M = 0.00025
GEODESIC_TOLERANCE = 1e-6  # relative disagreement above which a run warns
HALF_TURN = 180.0  # degrees
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


EQUAL_AREA = "equal-area"


def file_crs(name: str, plane: EqualArea) -> CRS:
    """Return the CRS that a file is to have.

    Parameters
    ----------
    name : str
        Longitude and latitude (WGS 84) if empty, ``"equal-area"`` for the plane, else what
        PROJ knows, such as ``EPSG:3035``.
    plane : EqualArea
        In which the series is measured.

    Raises
    ------
    CRSError
        If PROJ does not know it, or it has no flat coordinates.

    Examples
    --------
    >>> file_crs("", EqualArea(37.0, 36.0)) == WGS84, file_crs("EPSG:3035", EqualArea(37, 36)).name
    (True, 'ETRS89-extended / LAEA Europe')
    """
    if name in {"", EQUAL_AREA}:
        return plane.crs if name else WGS84
    try:
        crs = CRS.from_user_input(name).to_2d()
    except UnknownCRS:
        crs = None
    if crs is None or not (crs.is_geographic or crs.is_projected):
        raise CRSError(
            f"'{name}' is no CRS that a file can have; write '{EQUAL_AREA}' or such as EPSG:3035,"
            " or leave it out for longitude and latitude"
        )
    return WGS84 if is_wgs84(crs) else crs


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
        WGS 84. West is larger than east where they cross the antimeridian.

    Examples
    --------
    >>> plane = EqualArea(36.5, 35.5)
    >>> from territory.geometry.area import project
    >>> box = project(np.array([shapely.box(36.0, 35.0, 37.0, 36.0)]), WGS84, plane.crs)
    >>> [round(each, 1) for each in lonlat_bounds(box, plane.crs)]
    [36.0, 35.0, 37.0, 36.0]
    """
    west, south, east, north = map(float, shapely.total_bounds(geometries))
    if not source.is_geographic:
        return transformation(source, WGS84).transform_bounds(west, south, east, north)
    if east - west > HALF_TURN:
        each = shapely.bounds(shapely.get_parts(np.ravel(geometries)))
        west, east = shortest_arc(each[:, 0], each[:, 2])
    return west, south, east, north


_CYLINDERS = ("Mercator", "Popular Visualisation", "Equidistant Cyl", "Lambert Cylindrical")


def ends_of_world(crs: CRS) -> tuple[float, float] | None:
    """Return the x of 180 degrees west and of 180 degrees east, where those are two.

    Parameters
    ----------
    crs : CRS
        Longitude and latitude, or a cylinder about the meridian of Greenwich, on which x is
        proportional to longitude: there the world ends at 180 degrees, on both sides.

    Returns
    -------
    (float, float) or None
        In the unit of the CRS; None for every other CRS.

    Examples
    --------
    >>> ends_of_world(WGS84), [round(x, 2) for x in ends_of_world(CRS.from_epsg(3857))]
    ((-180.0, 180.0), [-20037508.34, 20037508.34])
    >>> ends_of_world(CRS.from_epsg(3035)) is None
    True
    """
    return (-HALF_TURN, HALF_TURN) if crs.is_geographic else _ends_of_cylinder(crs.to_wkt())


@lru_cache(maxsize=64)
def _ends_of_cylinder(wkt: str) -> tuple[float, float] | None:
    crs = CRS.from_wkt(wkt)
    operation, degrees = crs.coordinate_operation, crs.geodetic_crs
    if operation is None or degrees is None or not operation.method_name.startswith(_CYLINDERS):
        return None
    turned = [each.value for each in operation.params if each.name.startswith("Longitude")]
    if any(turned) or (degrees.prime_meridian and degrees.prime_meridian.longitude):
        return None
    inverse = transformation(crs, degrees)
    (middle, far), _ = inverse.transform(np.array([0.0, 1e6]), np.zeros(2))
    per_degree = 1e6 / float(far - middle)
    centre = -float(middle) * per_degree
    return centre - HALF_TURN * per_degree, centre + HALF_TURN * per_degree


def shortest_arc(west: Floats, east: Floats) -> tuple[float, float]:
    """Return from which longitude eastwards to which some spans of longitude lie.

    Parameters
    ----------
    west, east : ndarray of float, shape (n,)
        Ends of each span, in degrees from -180 to 180; the first is not above the second.

    Returns
    -------
    (float, float)
        The first is larger than the second where the spans lie on both sides of the
        antimeridian, and in less than half a turn about it.

    Examples
    --------
    >>> shortest_arc(np.array([177.0, -180.0]), np.array([180.0, -178.0]))
    (177.0, -178.0)
    >>> shortest_arc(np.array([-120.0, 100.0]), np.array([-60.0, 170.0]))
    (-120.0, 170.0)
    """
    order = np.argsort(west)
    start, reach = west[order], np.maximum.accumulate(east[order])
    gaps = start[1:] - reach[:-1]
    widest = int(np.argmax(gaps)) if len(gaps) else 0
    if not len(gaps) or gaps[widest] <= HALF_TURN:
        return float(start[0]), float(reach[-1])
    return float(start[widest + 1]), float(reach[widest])

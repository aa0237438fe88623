"""Ways to measure a polygon: the right one and those that tools and habits offer.

Each `Metric` names a documented function from rings to areas, says in plain words what it
does and why it goes wrong, and where it is found in use. Only one of them is right:
`equal_area`. Corners are taken as drawn and nothing is added between them, because that is
what the tools do.

Where it is documented what the tools do:

========================  ==================================================================
tool                      source
========================  ==================================================================
turf.area                 github.com/Turfjs/turf, issue 2045 and pull request 2166: 6,378,137 m
                          up to version 6, 6,371,008.8 m from version 7
OpenLayers getArea        openlayers.org/en/latest/apidoc/module-ol_sphere.html: 6,371,008.8 m
Leaflet.draw              github.com/Leaflet/Leaflet.draw, src/ext/GeometryUtil.js: 6,378,137 m
geojson-area              github.com/mapbox/geojson-area, index.js: 6,378,137 m
Google Maps computeArea   developers.google.com/maps/documentation/javascript/reference/geometry:
                          6,378,137 m
S2 in R                   r-spatial.github.io/s2/reference/s2_earth_radius_meters.html: 6,371.01 km
BigQuery ST_AREA          its documented example, 9.564128913265508e13 m2, is a sphere of
                          6,371,010 m (see the tests)
PostGIS geography         postgis.net/docs/ST_Area.html: GeographicLib, on the ellipsoid
========================  ==================================================================
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from threading import get_ident

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from pyproj.transformer import AreaOfInterest

from territory.explain.recipes.rings import Rings
from territory.geometry.projection import GEOD, WGS84, Floats

Measuring = Callable[[Rings], Floats]

MEAN_RADIUS_M = 6_371_008.8  # (2a + b) / 3 of WGS 84
AUTHALIC_RADIUS_M = 6_371_007.2  # of the sphere with the area of WGS 84
EQUATOR_RADIUS_M = 6_378_137.0
S2_RADIUS_M = 6_371_010.0
_LEGENDRE = np.polynomial.legendre.leggauss(8)
_ZONES, _ZONE_DEGREES = 60, 6
ZONES_OFF = 3  # how far somebody may err in the UTM zone


@dataclass(frozen=True, eq=False)
class Metric:
    """A way to measure.

    Attributes
    ----------
    id : str
        Short and stable.
    does : str
        Completes "The number is what one gets by measuring ...".
    wrong : str
        Completes "..., which ...": why it goes wrong, for a reader without GIS.
    source : str
        Where the method is defined or found in use.
    measure : callable
        Gives the unsigned area in m2 of each ring.
    known : bool
        Whether it is a method in common use; the others are grids of the EPSG database.
    alias : tuple of str
        Grids that measure exactly the same.
    """

    id: str
    does: str
    wrong: str
    source: str
    measure: Measuring
    known: bool = True
    alias: tuple[str, ...] = ()

    def km2(self, rings: Rings) -> Floats:
        """Return the area of each atom in km2; NaN where the method cannot be used.

        Parameters
        ----------
        rings : Rings
            In degrees (WGS 84).

        Returns
        -------
        ndarray, shape (atoms,)
            In square kilometres; holes are taken off.
        """
        if not len(rings.sign):
            return np.zeros(rings.atoms)
        with np.errstate(invalid="ignore", over="ignore"):  # corners beyond a projection
            return rings.by_atom(self.measure(rings)) / 1e6


def equal_area(rings: Rings) -> Floats:
    """Return true areas on the WGS 84 ellipsoid of edges straight in longitude and latitude.

    The area south of an edge is the integral of the authalic function q over longitude
    (Snyder 1987, eq. 3-12), here by eight-point Gauss-Legendre quadrature along the edge.

    Parameters
    ----------
    rings : Rings
        In degrees (WGS 84).

    Returns
    -------
    ndarray, shape (r,)
        In square metres, unsigned, one for each ring.
    """
    eccentricity = np.sqrt(GEOD.es)

    def q(latitude: Floats) -> Floats:
        sine = np.sin(latitude)
        return np.asarray(
            (1 - GEOD.es)
            * (sine / (1 - GEOD.es * sine**2) + np.arctanh(eccentricity * sine) / eccentricity)
        )

    return rings.swept(GEOD.a**2 / 2 * _along_edges(rings, q))


def _along_edges(rings: Rings, height: Callable[[Floats], Floats]) -> Floats:
    """Integrate a function of latitude over the longitude that each edge runs through."""
    lon, lat = rings.radians
    step, rise = _following(lon) - lon, _following(lat) - lat
    total = np.zeros(len(lon))
    for node, weight in zip(*_LEGENDRE, strict=True):
        total += weight / 2 * height(lat + rise * (node + 1) / 2)
    return np.asarray(total * step, dtype=np.float64)


def geodesic(rings: Rings) -> Floats:
    """Return areas on the WGS 84 ellipsoid of edges that are shortest lines (Karney 2013).

    Parameters
    ----------
    rings : Rings
        In degrees (WGS 84).

    Returns
    -------
    ndarray, shape (r,)
        In square metres, unsigned, one for each ring.
    """
    lon, lat = rings.lonlat[rings.corner].T
    return np.array(
        [abs(GEOD.polygon_area_perimeter(lon[a:b], lat[a:b])[0]) for a, b in pairwise(rings.start)]
    )


def sphere_chords(rings: Rings, *, radius_m: float) -> Floats:
    """Return areas on a sphere by the trapezoids of Chamberlain & Duquette (2007).

    Each edge sweeps its longitudes times the mean of the sines of its two latitudes.

    Parameters
    ----------
    rings : Rings
        In degrees; latitudes are taken as they are.
    radius_m : float
        Of the sphere, in metres.

    Returns
    -------
    ndarray, shape (r,)
        In square metres, unsigned, one for each ring.
    """
    lon, lat = rings.radians
    sine = np.sin(lat)
    return rings.swept(radius_m**2 / 2 * (_following(lon) - lon) * (sine + _following(sine)))


def sphere_great_circles(rings: Rings, *, radius_m: float) -> Floats:
    """Return areas on a sphere of edges that are great circles, from the spherical excess.

    Parameters
    ----------
    rings : Rings
        In degrees; latitudes are taken as they are.
    radius_m : float
        Of the sphere, in metres.

    Returns
    -------
    ndarray, shape (r,)
        In square metres, unsigned, one for each ring.
    """
    lon, lat = rings.radians
    half = np.tan(lat / 2)
    product, total = half * _following(half), half + _following(half)
    excess = 2 * np.arctan2(np.tan((_following(lon) - lon) / 2) * total, 1 + product)
    return rings.swept(radius_m**2 * excess)


def plate_carree(rings: Rings, *, km_per_degree: float, latitude: float) -> Floats:
    """Return flat areas in degrees, those of longitude as long as at one latitude.

    Parameters
    ----------
    rings : Rings
        In degrees.
    km_per_degree : float
        Length of a degree of latitude, in kilometres.
    latitude : float
        In degrees; 0 takes degrees of longitude as long as those of latitude.

    Returns
    -------
    ndarray, shape (r,)
        In square metres, unsigned, one for each ring.
    """
    scale = km_per_degree * 1000
    return _shoelace(rings, rings.lonlat * [scale * np.cos(np.radians(latitude)), scale])


def planar(rings: Rings, *, crs: CRS) -> Floats:
    """Return flat areas in a projected CRS: corners are projected, edges straight in the plane.

    NaN where PROJ cannot do it, because then nobody else will have done it.

    Parameters
    ----------
    rings : Rings
        In degrees (WGS 84).
    crs : CRS
        The projected CRS, in any unit of length.

    Returns
    -------
    ndarray, shape (r,)
        In square metres of the map, unsigned, one for each ring.
    """
    unit = crs.axis_info[0].unit_conversion_factor
    try:
        xy = np.column_stack(_to_plane(*rings.lonlat.T, crs=crs)) * unit
    except ProjError:
        return np.full(len(rings.sign), np.nan)
    return _shoelace(rings, xy)


def _to_plane(lon: Floats, lat: Floats, *, crs: CRS) -> tuple[Floats, Floats]:
    """Project points as PROJ does it from WGS 84 in one step, which takes twice as long to find.

    The shift from datum to datum is the one for the area that the grid is made for.
    """
    base, area = crs.geodetic_crs, crs.area_of_use
    if base is not None and base != WGS84 and area is not None:
        lon, lat = _shift(base, area.bounds, get_ident()).transform(lon, lat)
    else:
        base = WGS84
    return Transformer.from_crs(base, crs, always_xy=True).transform(lon, lat)


@lru_cache(maxsize=64)  # grids of one country are often made for all of it; each thread's own
def _shift(base: CRS, bounds: tuple[float, float, float, float], _thread: int) -> Transformer:
    there = AreaOfInterest(*bounds)
    return Transformer.from_crs(WGS84, base, always_xy=True, area_of_interest=there)


def _shoelace(rings: Rings, xy: Floats) -> Floats:
    corners = xy[rings.corner]
    origin = corners[rings.start[:-1]]  # keeps digits where coordinates are large
    x, y = (corners - np.repeat(origin, np.diff(rings.start), axis=0)).T
    return rings.swept((x * _following(y) - y * _following(x)) / 2)


def _following(values: Floats) -> Floats:
    return np.append(values[1:], values[:1])


TRUE = Metric(
    "equal-area",
    "true areas on the ellipsoid",
    "is right",
    "Snyder 1987, USGS Professional Paper 1395, eq. 3-12",
    equal_area,
)


def known_metrics(bounds: tuple[float, float, float, float]) -> tuple[Metric, ...]:
    """Return the methods in common use, the true one first.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north of what is measured, in degrees.

    Examples
    --------
    >>> [metric.id for metric in known_metrics((36.6, 35.2, 37.8, 36.1))][:3]
    ['equal-area', 'geodesic', 'web-mercator']
    """
    west, south, east, north = bounds
    middle = (south + north) / 2
    home = utm_zone((west + east) / 2, middle)
    degrees = [_degrees(km, at, why) for km, why in _CONSTANTS for at in (middle, 0.0)]
    return (TRUE, *_ELLIPSOID, *_WORLD_MAPS, *_SPHERES, *degrees, _utm(home))


def utm_zone(longitude: float, latitude: float) -> int:
    """Return the EPSG code of the UTM zone (WGS 84) of a point.

    Parameters
    ----------
    longitude, latitude : float
        In degrees (WGS 84).

    Examples
    --------
    >>> utm_zone(37.2, 35.7), utm_zone(-60, -3)
    (32637, 32721)
    """
    zone = int((longitude + 180) // _ZONE_DEGREES) % _ZONES + 1
    return (32600 if latitude >= 0 else 32700) + zone


def next_zones(code: int, reach: int = ZONES_OFF) -> tuple[int, ...]:
    """Return the EPSG codes of the UTM zones west and east of one, the nearest first.

    Parameters
    ----------
    code : int
        EPSG code of a UTM zone on WGS 84: 32601 to 32660 north, 32701 to 32760 south.
    reach : int
        How many zones either way.

    Examples
    --------
    >>> next_zones(32637, 2), next_zones(32660, 1)
    ((32636, 32638, 32635, 32639), (32659, 32601))
    """
    base, zone = code // 100 * 100, code % 100
    steps = (side * off for off in range(1, reach + 1) for side in (-1, 1))
    return tuple(base + (zone - 1 + step) % _ZONES + 1 for step in steps)


def _utm(code: int) -> Metric:
    return Metric(
        f"epsg:{code}",
        f"on the flat UTM grid of the zone in the middle (EPSG:{code})",
        "is almost right inside its zone of six degrees and stretches what lies beyond it",
        "Snyder 1987, USGS Professional Paper 1395, p. 57",
        partial(planar, crs=CRS.from_epsg(code)),
    )


_ELLIPSOID = (
    Metric(
        "geodesic",
        "on the ellipsoid along shortest lines between the corners",
        "is right but for the little ground between a shortest line and a straight line on the map",
        "Karney 2013; pyproj.Geod, PostGIS geography",
        geodesic,
    ),
)
_WORLD_MAPS = (
    Metric(
        "web-mercator",
        "in Web Mercator, the projection of web maps",
        "stretches everything away from the equator: by half again at 35 degrees north, to double"
        " at 45, to four times at 60",
        "EPSG:3857, ST_Area or .area of web-map coordinates",
        partial(planar, crs=CRS.from_epsg(3857)),
        alias=("epsg:3857",),
    ),
    Metric(
        "world-cylindrical",
        "in the world cylindrical equal-area projection",
        "keeps areas, but cuts corners: edges are taken as straight on that map",
        "EPSG:6933, ESRI:54034, +proj=cea",
        partial(planar, crs=CRS.from_epsg(6933)),
        alias=("epsg:6933", "esri:54034"),
    ),
    Metric(
        "mollweide",
        "in the Mollweide projection of the world",
        "keeps areas, but cuts corners: edges are taken as straight on that map",
        "ESRI:54009",
        partial(planar, crs=CRS.from_user_input("ESRI:54009")),
        alias=("esri:54009",),
    ),
)


def _sphere(
    name: str, method: Callable[..., Floats], radius_m: float, why: str, source: str
) -> Metric:
    great = method is sphere_great_circles
    along = " along great circles" if great else ""
    return Metric(
        name,
        f"on a ball of radius {radius_m / 1000:,.10g} km{along}",
        why,
        source,
        partial(method, radius_m=radius_m),
    )


_FLATTENED = "forgets that the earth is flattened: some tenths of a percent, by latitude"
_EQUATOR = "takes the whole earth to be as wide as the equator, and forgets that it is flattened"
_SPHERES = (
    _sphere(
        "sphere-6378.137",
        sphere_chords,
        EQUATOR_RADIUS_M,
        _EQUATOR,
        "turf.area up to version 6, Leaflet.draw, Mapbox geojson-area",
    ),
    _sphere(
        "sphere-6371.0088",
        sphere_chords,
        MEAN_RADIUS_M,
        _FLATTENED,
        "turf.area from version 7, OpenLayers ol/sphere getArea",
    ),
    _sphere(
        "sphere-6371.0072",
        sphere_chords,
        AUTHALIC_RADIUS_M,
        _FLATTENED,
        "the sphere with the surface of the earth (authalic)",
    ),
    _sphere(
        "great-circle-6378.137",
        sphere_great_circles,
        EQUATOR_RADIUS_M,
        _EQUATOR,
        "Google Maps JavaScript API, geometry.spherical.computeArea",
    ),
    _sphere(
        "great-circle-6371.0088",
        sphere_great_circles,
        MEAN_RADIUS_M,
        _FLATTENED,
        "d3.geoArea times the square of the mean radius",
    ),
    _sphere(
        "great-circle-6371.01",
        sphere_great_circles,
        S2_RADIUS_M,
        _FLATTENED,
        "S2: R sf::st_area by default, BigQuery ST_AREA",
    ),
)


def _degrees(km: float, latitude: float, source: str) -> Metric:
    """Return the metric with a fixed length of the degree; at the equator for latitude 0."""
    measure = partial(plate_carree, km_per_degree=km, latitude=latitude)
    if latitude:
        how = f"and degrees of longitude as short as at latitude {latitude:.1f}"
        why = "is right for one latitude only, too much to the one side of it, too little beyond"
        return Metric(
            f"degrees-{km:g}-cos", f"with {km:g} km to the degree, {how}", why, source, measure
        )
    how = "for degrees of longitude and latitude alike"
    why = "forgets that meridians draw together: 22 % too much at 35 degrees, double at 60"
    return Metric(f"degrees-{km:g}", f"with {km:g} km to the degree, {how}", why, source, measure)


_CONSTANTS = (
    (111.32, "the equator's degree (WGS 84)"),
    (111.195, "the degree of a ball of 6,371 km"),
    (111.12, "sixty nautical miles"),
    (111.0, "rule of thumb"),
)

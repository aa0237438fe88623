"""What part of the plane a map shows, and what lies around in it.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import floor, isfinite, log10
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.geometry.projection import (
    GEOD,
    HALF_TURN,
    WGS84,
    EqualArea,
    Floats,
    lonlat_bounds,
    transformation,
)
from territory.geometry.rectangles import within_rectangle
from territory.geometry.seams import without_seam
from territory.maps.map_text import clean
from territory.read.basemap import Context

if TYPE_CHECKING:
    import geopandas as gpd

Geometries = NDArray[np.object_]

MARGIN = 0.075  # of the longer side of the area, on every side
_METRES_PER_DEGREE = 111_000.0
_FINEST_STEP = 0.05  # degrees between the points of a context outline
_LABEL_DETAIL = 1e-3  # of the width of a map
_LABEL_LIMIT = 40  # characters of a name on the map
_WIDEST = 89.0  # degrees of latitude that the context is cut to
_GLOBE = (-180.0, -_WIDEST, 180.0, _WIDEST)


@dataclass(frozen=True)
class Extent:
    """A rectangle of the plane, in metres."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, geometry: BaseGeometry, *, margin: float = MARGIN) -> "Extent":
        """Return the extent of a geometry with a margin.

        Parameters
        ----------
        geometry : geometry
            In the plane, in metres.
        margin : float
            On every side, as a share of the longer side.

        Raises
        ------
        InputError
            If the geometry is empty or a point.
        """
        west, south, east, north = geometry.bounds if not geometry.is_empty else (0.0,) * 4
        side = max(east - west, north - south)
        if not isfinite(side) or side <= 0:
            raise InputError("there is no ground to frame; is the area outside the data?")
        pad = margin * side
        return cls(west - pad, south - pad, east + pad, north + pad)

    @property
    def width(self) -> float:
        """East to west, in metres."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """North to south, in metres."""
        return self.north - self.south

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    @property
    def box(self) -> BaseGeometry:
        """The rectangle as a polygon."""
        return shapely.box(self.west, self.south, self.east, self.north)

    def grown(self, metres: float) -> "Extent":
        """Return the extent with so much more on every side.

        Parameters
        ----------
        metres : float
            In metres; it may be below zero.
        """
        return Extent(
            self.west - metres, self.south - metres, self.east + metres, self.north + metres
        )

    def fitted(self, aspect: float) -> "Extent":
        """Return the smallest extent about the same middle with width / height = `aspect`.

        Parameters
        ----------
        aspect : float
            Width over height.
        """
        x, y = self.centre
        half_width = max(self.width, self.height * aspect) / 2
        half_height = half_width / aspect
        return Extent(x - half_width, y - half_height, x + half_width, y + half_height)

    def lonlat(self, plane: EqualArea) -> tuple[float, float, float, float]:
        """Return bounds in degrees that hold the extent; the globe where it has none.

        Parameters
        ----------
        plane : EqualArea
            The equal-area plane that the extent is of.

        Returns
        -------
        (float, float, float, float)
            West, south, east, north in degrees (WGS 84).
        """
        boxes = self.lonlat_boxes(plane)
        return boxes[0] if len(boxes) == 1 else _GLOBE

    def lonlat_boxes(self, plane: EqualArea) -> tuple[tuple[float, float, float, float], ...]:
        """Return boxes in degrees that hold the extent together: two if it lies across 180.

        Parameters
        ----------
        plane : EqualArea
            The equal-area plane that the extent is of.

        Returns
        -------
        tuple of (float, float, float, float)
            West, south, east, north of each in degrees (WGS 84).
        """
        west, south, east, north = lonlat_bounds(np.array([self.box]), plane.crs)
        if not np.isfinite([west, south, east, north]).all() or west == east:
            return (_GLOBE,)
        south, north = max(south, -_WIDEST), min(north, _WIDEST)
        if west < east:
            return ((west, south, east, north),)
        return (west, south, HALF_TURN, north), (-HALF_TURN, south, east, north)


@dataclass(frozen=True)
class Named:
    """A thing on the map with its name and rank."""

    name: str
    geometry: BaseGeometry
    rank: int = 2


@dataclass(frozen=True, eq=False)
class Seen:
    """What of a context lies in an extent, carried into the plane; the same in any language."""

    plane: EqualArea
    extent: Extent
    context: Context

    @cached_property
    def countries(self) -> Geometries:
        """A polygon for each country, empty where it is not seen."""
        return self._polygons(self.context.countries)

    @cached_property
    def regions(self) -> Geometries:
        """A polygon for each region, empty where it is not seen."""
        return self._polygons(self.context.regions)

    @cached_property
    def towns(self) -> Geometries:
        """A point for each town, empty where it is not seen."""
        layer = self.context.towns
        if layer is None or layer.empty:
            return _none()
        points = carried(np.asarray(layer.geometry), self.plane, self.extent)
        points[~shapely.contains(self.extent.box, points)] = shapely.Point()
        if "widest_km" in layer:
            points[layer["widest_km"].to_numpy() * 1e3 < self.extent.width] = shapely.Point()
        return points

    @cached_property
    def country_borders(self) -> BaseGeometry:
        """The outlines of the countries, every shared stretch once."""
        return rims(self.countries)

    @cached_property
    def region_borders(self) -> BaseGeometry:
        """The outlines of the regions, every shared stretch once."""
        return rims(self.regions)

    @cached_property
    def water_is_known(self) -> bool:
        """Whether ground without a country is water, and not merely beyond the layer."""
        layer = self.context.countries
        if layer is None or layer.empty:
            return False
        known = shapely.box(*layer.total_bounds)
        return bool(known.contains(shapely.box(*self.extent.lonlat(self.plane))))

    def _polygons(self, layer: "gpd.GeoDataFrame | None") -> Geometries:
        if layer is None or layer.empty:
            return _none()
        shapes = np.asarray(layer.geometry)
        boxes = self.extent.lonlat_boxes(self.plane)
        cuts = [within_rectangle(shapes, *box) for box in boxes]
        if len(cuts) == 1:
            return _valid(carried(cuts[0], self.plane, self.extent))
        halves = [shapely.get_parts(list(pair)) for pair in zip(*cuts, strict=True)]
        cut = np.array([shapely.MultiPolygon(list(each)) for each in halves], dtype=object)
        return _valid(carried(without_seam(cut, WGS84), self.plane, self.extent))


def _valid(polygons: Geometries) -> Geometries:
    """Mend polygons that cross themselves in the plane, as some do near its far side."""
    bad = np.flatnonzero(~shapely.is_valid(polygons))
    polygons[bad] = shapely.make_valid(polygons[bad], method="structure")
    return polygons


@lru_cache(maxsize=16)
def look(plane: EqualArea, extent: Extent, context: Context) -> Seen:
    """Return what is seen of a context; kept, because many maps share one extent.

    Parameters
    ----------
    plane : EqualArea
        The equal-area plane to carry the context into.
    extent : Extent
        What the map shows of the plane, in metres.
    context : Context
        In longitude and latitude.
    """
    return Seen(plane, extent, context)


@dataclass(frozen=True, eq=False)
class View:
    """An extent of the plane with the context that is seen in it."""

    plane: EqualArea
    extent: Extent
    context: Context
    language: str

    @property
    def seen(self) -> Seen:
        """The context in the plane."""
        return look(self.plane, self.extent, self.context)

    @property
    def countries(self) -> tuple[Named, ...]:
        """Country polygons in the plane."""
        return self._named(self.context.countries, self.seen.countries)

    @property
    def regions(self) -> tuple[Named, ...]:
        """Region polygons in the plane."""
        return self._named(self.context.regions, self.seen.regions)

    @property
    def towns(self) -> tuple[Named, ...]:
        """Towns inside the extent, the largest first."""
        found = self._named(self.context.towns, self.seen.towns)
        return tuple(sorted(found, key=lambda town: (town.rank, town.name)))

    def simplified(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry of the plane with the detail that placing names needs.

        Parameters
        ----------
        geometry : geometry
            In the plane, in metres.

        Returns
        -------
        geometry
            In the plane, in metres.
        """
        return _simplified(geometry, self.extent.width * _LABEL_DETAIL)

    def mainland(self, place: BaseGeometry) -> BaseGeometry | None:
        """Return the connected land of the country about a point of the plane, in the plane.

        Parameters
        ----------
        place : geometry
            A point of the plane, in metres.

        Returns
        -------
        Polygon or MultiPolygon or None
            None where no country is.
        """
        (x, y), *_ = shapely.get_coordinates(place)
        return _mainland(self.plane, self.extent, self.context, float(x), float(y))

    def _named(self, layer: "gpd.GeoDataFrame | None", shapes: Geometries) -> tuple[Named, ...]:
        if layer is None or layer.empty:
            return ()
        plain = layer["name"] if "name" in layer else [""] * len(layer)
        local = layer.get(f"name_{self.language}", plain)
        ranks = layer["rank"] if "rank" in layer else [2] * len(layer)
        return tuple(
            Named(clean(_text(own) or _text(usual), _LABEL_LIMIT), shape, int(rank))
            for own, usual, shape, rank in zip(local, plain, shapes, ranks, strict=True)
            if not shape.is_empty
        )


@lru_cache(maxsize=64)
def _simplified(geometry: BaseGeometry, tolerance: float) -> BaseGeometry:
    """Return a geometry with less detail; kept, because names are placed in many languages."""
    return geometry.simplify(tolerance)


def _none() -> Geometries:
    return np.zeros(0, dtype=object)


@lru_cache(maxsize=16)
def _mainland(
    plane: EqualArea, extent: Extent, context: Context, x: float, y: float
) -> BaseGeometry | None:
    layer = context.countries
    if layer is None or layer.empty:
        return None
    at = shapely.Point(transformation(plane.crs, WGS84).transform(x, y))
    parts = shapely.get_parts(np.asarray(layer.geometry))
    about = parts[shapely.intersects(parts, at)]
    if not len(about):
        return None
    land: BaseGeometry = carried(about[:1], plane, extent)[0]
    return None if land.is_empty else land


def carried(shapes: Geometries, plane: EqualArea, extent: Extent) -> Geometries:
    """Carry shapes in degrees into the plane; what has no place in it becomes empty.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        In longitude and latitude (WGS 84); polygons are valid: GEOS drops part of others as it
        divides their edges.
    plane : EqualArea
        The equal-area plane to carry them into.
    extent : Extent
        What the map shows of it, in metres; it decides how finely edges are divided.

    Returns
    -------
    ndarray of geometry, shape (n,)
        In the plane.
    """
    transformer = plane.transformer(WGS84)
    step = max(extent.width / _METRES_PER_DEGREE / 40, _FINEST_STEP)

    def carry(degrees: Floats) -> Floats:
        return np.column_stack(transformer.transform(degrees[:, 0], degrees[:, 1]))

    found = shapely.transform(shapely.segmentize(shapes, step), carry)
    xy, shape = shapely.get_coordinates(found, return_index=True)
    found[np.unique(shape[~np.isfinite(xy).all(axis=1)])] = shapely.Point()
    return np.asarray(found, dtype=object)


def rims(geometries: Iterable[BaseGeometry]) -> BaseGeometry:
    """Return the outlines of polygons, every shared stretch once.

    Parameters
    ----------
    geometries : iterable of geometry
        Polygons of the plane.

    Returns
    -------
    LineString or MultiLineString
        In the plane.
    """
    each = shapely.boundary(np.array(list(geometries), dtype=object))
    return shapely.line_merge(shapely.union_all(each))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def metres_per_unit(plane: EqualArea, extent: Extent) -> float:
    """Return the geodesic length of one metre of the plane, eastwards at the middle of a map.

    Parameters
    ----------
    plane : EqualArea
        The equal-area plane that the extent is of.
    extent : Extent
        What the map shows of it, in metres.

    Returns
    -------
    float
        1 where the middle has no longitude and latitude.
    """
    x, y = extent.centre
    half = extent.width / 20
    back = transformation(plane.crs, WGS84)
    (lon0, lon1), (lat0, lat1) = back.transform([x - half, x + half], [y, y])
    if not np.isfinite([lon0, lon1, lat0, lat1]).all():
        return 1.0
    return float(GEOD.inv(lon0, lat0, lon1, lat1)[2]) / (2 * half)


@dataclass(frozen=True)
class North:
    """Where north lies on a map, in degrees clockwise from straight up.

    Attributes
    ----------
    middle : float
        At the middle of the map.
    spread : float
        By how much it differs between places of the map; not finite where it has none.
    """

    middle: float
    spread: float


def north_at(plane: EqualArea, extent: Extent) -> North:
    """Return where north lies on a map.

    Parameters
    ----------
    plane : EqualArea
        The equal-area plane that the extent is of.
    extent : Extent
        What the map shows of it, in metres.

    Returns
    -------
    North
        In degrees; not a number where part of the map has no longitude and latitude.

    Examples
    --------
    >>> north_at(EqualArea(37.0, 35.7), Extent(-1e5, -1e5, 1e5, 1e5)).middle
    0.0
    """
    across, up = np.meshgrid(
        np.linspace(extent.west, extent.east, 3), np.linspace(extent.south, extent.north, 3)
    )
    x, y = across.ravel(), up.ravel()
    lon, lat = transformation(plane.crs, WGS84).transform(x, y)
    step = 0.001  # degrees
    with np.errstate(invalid="ignore"):
        to_x, to_y = plane.transformer(WGS84).transform(lon, np.asarray(lat) + step)
        turned = np.degrees(np.arctan2(to_x - x, to_y - y))
    return North(round(float(turned[4]), 3) + 0.0, float(np.ptp(turned)))


def round_length(largest: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is not above `largest`.

    Parameters
    ----------
    largest : float
        Above zero, in any unit.

    Returns
    -------
    float
        In the same unit.

    Examples
    --------
    >>> round_length(27_000.0)
    20000.0
    """
    power = 10.0 ** floor(log10(largest))
    return max(step * power for step in (1, 2, 5) if step * power <= largest * (1 + 1e-9))

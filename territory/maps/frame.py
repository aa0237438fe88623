"""What part of the plane a map shows, and what lies around in it."""

from dataclasses import dataclass
from functools import cached_property
from math import floor, isfinite, log10

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, InputError
from territory.maps.words import clean
from territory.projection import GEOD, WGS84, EqualArea, Floats, lonlat_bounds, transformation

MARGIN = 0.075  # of the longer side of the area, on every side
_METRES_PER_DEGREE = 111_000.0
_FINEST_STEP = 0.05  # degrees between the points of a context outline
_LABEL_DETAIL = 1e-3  # of the width of a map
_LABEL_LIMIT = 40  # characters of a name on the map
_WIDEST = 89.0  # degrees of latitude that the context is cut to
_GLOBE = (-180.0, -_WIDEST, 180.0, _WIDEST)


@dataclass(frozen=True)
class Context:
    """Everything around the zones, in longitude and latitude; any may be missing.

    Attributes
    ----------
    countries, regions : GeoDataFrame, optional
        Polygons with `name` and, for Arabic, `name_ar`. Regions are governorates.
    towns : GeoDataFrame, optional
        Points with `name`, `name_ar` and `rank` (1 is the largest).

    Raises
    ------
    CRSError
        If a layer has no CRS or is not in longitude and latitude.
    """

    countries: gpd.GeoDataFrame | None = None
    regions: gpd.GeoDataFrame | None = None
    towns: gpd.GeoDataFrame | None = None

    def __post_init__(self) -> None:
        """Refuse layers that would land in the wrong place."""
        for name in ("countries", "regions", "towns"):
            layer = getattr(self, name)
            if layer is not None and (layer.crs is None or not layer.crs.is_geographic):
                raise CRSError(f"{name} must be in longitude and latitude, not {layer.crs}")


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

    def fitted(self, aspect: float) -> "Extent":
        """Return the smallest extent about the same middle with width / height = `aspect`."""
        x, y = self.centre
        half_width = max(self.width, self.height * aspect) / 2
        half_height = half_width / aspect
        return Extent(x - half_width, y - half_height, x + half_width, y + half_height)

    def lonlat(self, plane: EqualArea) -> tuple[float, float, float, float]:
        """Return bounds in degrees that hold the extent; the globe where it has none."""
        west, south, east, north = lonlat_bounds(np.array([self.box]), plane.crs)
        usable = bool(np.isfinite([west, south, east, north]).all()) and west < east
        return (west, max(south, -_WIDEST), east, min(north, _WIDEST)) if usable else _GLOBE


@dataclass(frozen=True)
class Named:
    """A thing on the map with its name and rank."""

    name: str
    geometry: BaseGeometry
    rank: int = 2


@dataclass(frozen=True, eq=False)
class View:
    """An extent of the plane with the context that is seen in it."""

    plane: EqualArea
    extent: Extent
    context: Context
    language: str

    @cached_property
    def countries(self) -> tuple[Named, ...]:
        """Country polygons in the plane."""
        return self._polygons(self.context.countries)

    def simplified(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry of the plane with the detail that placing names needs."""
        return geometry.simplify(self.extent.width * _LABEL_DETAIL)

    @property
    def water_is_known(self) -> bool:
        """Whether ground without a country is water, and not merely beyond the layer."""
        layer = self.context.countries
        if layer is None or layer.empty:
            return False
        known = shapely.box(*layer.total_bounds)
        return bool(known.contains(shapely.box(*self.extent.lonlat(self.plane))))

    def mainland(self, place: BaseGeometry) -> BaseGeometry | None:
        """Return the connected land of the country about a point of the plane, in the plane."""
        layer = self.context.countries
        if layer is None or layer.empty:
            return None
        back = transformation(self.plane.crs, WGS84)
        (x, y), *_ = shapely.get_coordinates(place)
        at = shapely.Point(back.transform(x, y))
        parts = shapely.get_parts(np.asarray(layer.geometry))
        about = parts[shapely.intersects(parts, at)]
        if not len(about):
            return None
        carried = self._carried(about[:1])[0]
        return None if carried.is_empty else carried

    @cached_property
    def regions(self) -> tuple[Named, ...]:
        """Region polygons in the plane."""
        return self._polygons(self.context.regions)

    @cached_property
    def towns(self) -> tuple[Named, ...]:
        """Towns inside the extent, the largest first."""
        layer = self.context.towns
        if layer is None or layer.empty:
            return ()
        points = self._carried(np.asarray(layer.geometry))
        ranks = layer["rank"] if "rank" in layer else [2] * len(layer)
        seen = [
            Named(name, point, int(rank))
            for name, point, rank in zip(self._names(layer), points, ranks, strict=True)
            if not point.is_empty and self.extent.box.contains(point)
        ]
        return tuple(sorted(seen, key=lambda town: (town.rank, town.name)))

    def _polygons(self, layer: gpd.GeoDataFrame | None) -> tuple[Named, ...]:
        if layer is None or layer.empty:
            return ()
        cut = shapely.clip_by_rect(np.asarray(layer.geometry), *self.extent.lonlat(self.plane))
        seen = []
        for name, shape in zip(self._names(layer), self._carried(cut), strict=True):
            if not shape.is_empty:
                seen.append(Named(name, shape))
        return tuple(seen)

    def _names(self, layer: gpd.GeoDataFrame) -> list[str]:
        """Return names in the language, else the plain ones, else nothing."""
        plain = layer["name"] if "name" in layer else [""] * len(layer)
        own = f"name_{self.language}"
        local = layer.get(own, plain)
        both = zip(local, plain, strict=True)
        return [clean(_text(first) or _text(second), _LABEL_LIMIT) for first, second in both]

    def _carried(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Carry shapes into the plane; what has no place in it becomes empty."""
        transformer = self.plane.transformer(WGS84)
        step = max(self.extent.width / _METRES_PER_DEGREE / 40, _FINEST_STEP)

        def carry(degrees: Floats) -> Floats:
            return np.column_stack(transformer.transform(degrees[:, 0], degrees[:, 1]))

        carried = shapely.transform(shapely.segmentize(shapes, step), carry)
        finite = [bool(np.isfinite(shapely.get_coordinates(shape)).all()) for shape in carried]
        carried[~np.array(finite, dtype=bool)] = shapely.Point()
        return np.asarray(carried, dtype=object)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def metres_per_unit(plane: EqualArea, extent: Extent) -> float:
    """Return the geodesic length of one metre of the plane, eastwards at the middle of a map."""
    x, y = extent.centre
    half = extent.width / 20
    back = transformation(plane.crs, WGS84)
    (lon0, lon1), (lat0, lat1) = back.transform([x - half, x + half], [y, y])
    if not np.isfinite([lon0, lon1, lat0, lat1]).all():
        return 1.0
    return float(GEOD.inv(lon0, lat0, lon1, lat1)[2]) / (2 * half)


def round_length(largest: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is not above `largest`.

    Examples
    --------
    >>> round_length(27_000.0)
    20000.0
    """
    power = 10.0 ** floor(log10(largest))
    return max(step * power for step in (1, 2, 5) if step * power <= largest * (1 + 1e-9))

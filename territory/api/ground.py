"""Areas of interest and regions as a caller may give them."""

from collections.abc import Mapping, Set
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.api.layers import bare_layer, check_column, layer_of
from territory.api.texts import text_of
from territory.errors import CRSError, InputError
from territory.geometry.coverage import areal
from territory.geometry.projection import WGS84, same_crs
from territory.history.history import WHOLE
from territory.history.regions import DrawnRegions
from territory.history.rim import RimError
from territory.read.aoi import DrawnArea, area_of, box_area, parse_area
from territory.read.polygons import polygons_of
from territory.read.region_files import read_regions, regions_of
from territory.read.region_names import any_names

UNNAMED = ""  # an area that is asked for instead of the whole
_CORNERS = 4


def drawn_area(aoi: object, what: str = "aoi") -> DrawnArea:
    """Return an area of interest.

    Parameters
    ----------
    aoi : GeoDataFrame, GeoSeries, Polygon, MultiPolygon, sequence of float, str or Path
        Polygons with a CRS; a shape, or west, south, east, north, in longitude and
        latitude; or a file, a country, and whatever else ``--area`` takes.
    what : str
        What messages call it.

    Raises
    ------
    InputError
        If it is nothing of the kind, or there is no polygon in it.
    CRSError
        If a frame has no CRS.
    GeometryError
        If coordinates are out of range or have no area.

    Examples
    --------
    >>> drawn_area((36.6, 35.2, 37.7, 36.1)).geometry.bounds
    (36.6, 35.2, 37.7, 36.1)
    """
    if isinstance(aoi, DrawnArea):
        return aoi
    if isinstance(aoi, str | Path):
        return parse_area(str(aoi), option=what)
    if isinstance(aoi, gpd.GeoDataFrame):
        return area_of(polygons_of([layer_of(aoi, what)], file=what))
    if isinstance(aoi, gpd.GeoSeries):
        if aoi.crs is None:
            raise CRSError("it has no CRS; name it with .set_crs(...)", file=what)
        return _of_shapes(list(aoi), CRS.from_user_input(aoi.crs), what)
    if isinstance(aoi, BaseGeometry):
        return _of_shapes([aoi], WGS84, what)
    numbers = _four(aoi)
    if numbers is not None:
        return DrawnArea(box_area(*numbers, file=what), WGS84, rim=RimError(0.0))
    raise InputError(
        f"{aoi!r:.60} ({type(aoi).__name__}) is no area; give a GeoDataFrame, a shape or"
        " (west, south, east, north) in degrees, a file, or the name of a country",
        file=what,
    )


def _of_shapes(shapes: list[BaseGeometry], crs: CRS, what: str) -> DrawnArea:
    array = np.array([*shapes, None], dtype=object)[:-1]
    return area_of(polygons_of([bare_layer(array, crs, what)], file=what))


def _four(value: object) -> tuple[float, float, float, float] | None:
    """Return four numbers in order, or None for anything else."""
    if isinstance(value, Set | Mapping):
        return None
    try:
        west, south, east, north = (float(each) for each in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return None
    return west, south, east, north


def named_areas(aoi: object) -> dict[str, DrawnArea]:
    """Return areas of interest by name; one without a name stands instead of the whole.

    Parameters
    ----------
    aoi : mapping of str to area, an area, or None
        See `drawn_area`.

    Raises
    ------
    InputError
        If a name is none, or stands for everything.
    """
    if aoi is None:
        return {}
    if not isinstance(aoi, Mapping):
        return {UNNAMED: drawn_area(aoi)}
    for name in aoi:
        if not isinstance(name, str) or not name.strip() or name == WHOLE:
            why = "stands for everything" if name == WHOLE else "is no name"
            raise InputError(f"aoi: {name!r} {why}; choose another name")
    return {name: drawn_area(area, f"aoi '{name}'") for name, area in aoi.items()}


def common_ground(one: DrawnArea | None, other: DrawnArea) -> DrawnArea:
    """Return the part of an area that lies within another.

    Parameters
    ----------
    one : DrawnArea or None
        The area looked at; None for everything.
    other : DrawnArea
        The area of which a part is wanted, in the same CRS.

    Returns
    -------
    DrawnArea
        In that CRS, with the findings of `other`.

    Raises
    ------
    CRSError
        If they are in different CRS.
    InputError
        If they have no ground in common.
    """
    if one is None:
        return other
    if not same_crs(one.crs, other.crs):
        problem = f"it is in {other.crs.name}, the area within which it lies in {one.crs.name}"
        raise CRSError(f"{problem}; give both in one CRS", file="aoi")
    cut = shapely.intersection(one.geometry, other.geometry)
    parts = shapely.get_parts(cut)
    parts = parts[shapely.area(parts) > 0]
    if not len(parts):
        raise InputError("nothing of it lies within the area looked at", file="aoi")
    return replace(other, geometry=shapely.union_all(parts))


def clipped(regions: DrawnRegions, area: DrawnArea) -> DrawnRegions:
    """Return regions as far as they lie in an area.

    Parameters
    ----------
    regions : DrawnRegions
        In the CRS of `area`.
    area : DrawnArea
        The area looked at.

    Returns
    -------
    DrawnRegions
        Without those that lie outside, in the same CRS.

    Raises
    ------
    CRSError
        If they are in another CRS.
    InputError
        If none of them lies in it.
    """
    if not same_crs(regions.crs, area.crs):
        problem = f"they are in {regions.crs.name}, the area looked at in {area.crs.name}"
        raise CRSError(f"{problem}; give both in one CRS", file=regions.file)
    cut = areal(shapely.intersection(regions.geometry, area.geometry))
    there = ~shapely.is_empty(cut)
    if not there.any():
        raise InputError("none of them lies within the area looked at", file=regions.file)
    names = tuple(name for name, kept in zip(regions.names, there, strict=True) if kept)
    return replace(regions, names=names, geometry=cut[there], spots=())


def drawn_regions(regions: object, name: str = "") -> DrawnRegions | None:
    """Return named regions.

    Parameters
    ----------
    regions : GeoDataFrame, str, Path or None
        Polygons in any CRS, with a name each; or what ``--regions`` takes.
    name : str
        The column that names them; one of the usual ones by default.

    Raises
    ------
    InputError
        If they have no names, it is nothing of the kind, or only `name` is there.
    CRSError
        If a frame has no CRS.
    """
    name = text_of(name, "regions_name")
    if regions is None:
        if name:
            raise InputError("regions_name= says which column names the regions: give regions=")
        return None
    if isinstance(regions, str | Path):
        return read_regions(regions, name_field=name or "name", option="regions")
    what = "regions"
    layer = layer_of(regions, what)
    columns = list(layer.properties[0])
    if name:
        check_column(columns, name, "regions_name", what)
    elif not all(any_names(layer, range(len(layer.properties)))):
        listed = ", ".join(columns) or "none"
        raise InputError(
            f"not every region has a name; say which column holds it with regions_name="
            f" (columns: {listed})",
            file=what,
        )
    return regions_of(polygons_of([layer], file=what), what, name_field=name or "name")

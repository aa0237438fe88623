"""A layer of provinces, districts or other named regions for a table by region."""

from functools import reduce
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError, InputError, asked, did_you_mean
from territory.findings import Finding, Severity
from territory.normalise import check_coordinates, map_crs
from territory.projection import geodesic_area_km2
from territory.read.layer import Layer
from territory.read.vector import read_any
from territory.regions import DrawnRegions

_POLYGON, _MULTIPOLYGON = 3, 6
_DEGREE_LIMITS = (180.0, 90.0)


def read_regions(path: Path, *, name_field: str = "", even_odd: bool = False) -> DrawnRegions:
    """Read a layer of named regions.

    Parameters
    ----------
    path : Path
        Of any format that zones are read from, with one layer.
    name_field : str
        Property that names the region; ``name`` by default.
    even_odd : bool
        Read an invalid polygon by its rings alone: ground within an odd number of them
        belongs to the region. This mends islands given as shells around which the
        mainland is a hole.

    Returns
    -------
    DrawnRegions

    Raises
    ------
    InputError
        If the file has several layers or a feature has no name.
    GeometryError
        If a feature is no polygon, is invalid (unless `even_odd`) or out of range.
    """
    layers = read_any(path)
    if len(layers) != 1:
        named = ", ".join(layer.name for layer in layers)
        raise InputError(f"{len(layers)} layers ({named}); regions need one", file=str(path))
    layer = layers[0]
    findings = list(layer.findings)
    names = tuple(_name(layer, index, name_field) for index in range(len(layer.properties)))
    geometry = np.empty(len(names), dtype=object)
    for index, name in enumerate(names):
        geometry[index], told = _region(layer, index, name, even_odd=even_odd)
        findings += told
    if not names:
        raise InputError("no region in it", file=str(path))
    return DrawnRegions(layer.file, layer.crs, names, geometry, tuple(findings))


def _name(layer: Layer, index: int, name_field: str) -> str:
    properties = layer.properties[index]
    field = name_field or "name"
    value = properties.get(field)
    if value is None or not str(value).strip():
        told = did_you_mean(field, properties) if properties else "it has no properties"
        hint = "" if field in properties else f"; {asked(told, '--regions-name')}"
        problem = f"a region without a name in '{field}'{hint}"
        raise InputError(problem, file=layer.file, feature=index + 1)
    return str(value).strip()


def _region(
    layer: Layer, index: int, name: str, *, even_odd: bool
) -> tuple[BaseGeometry, list[Finding]]:
    """Return the ground of one feature, valid and in range."""

    def error(problem: str) -> GeometryError:
        return GeometryError(f"region '{name}' {problem}", file=layer.file, feature=index + 1)

    shape = shapely.force_2d(layer.geometry[index])
    if (
        shape is None
        or shape.is_empty
        or shapely.get_type_id(shape) not in {_POLYGON, _MULTIPOLYGON}
    ):
        raise error("is no polygon")
    xy = shapely.get_coordinates(shape)
    if not np.isfinite(xy).all():
        raise error("has a coordinate that is not a finite number")
    if layer.crs.is_geographic and (np.abs(xy) > _DEGREE_LIMITS).any():
        raise error("is not in longitude and latitude; metres declared as degrees, or swapped?")
    parts = shapely.get_parts(shape)
    crs = map_crs(layer.crs, layer.file)
    owner = np.zeros(len(parts), dtype=np.int64)
    check_coordinates(parts, owner, crs, lambda why, _: error(f"lies nowhere: {why}"))
    if shapely.is_valid(shape):
        return shape, []
    reason = shapely.is_valid_reason(shape).split("[")[0].strip()
    if not even_odd:
        raise error(
            f"is an invalid polygon ({reason}); mend it at the source, or ask for even-odd"
            " (ground within an odd number of its rings)"
        )
    mended = _even_odd(shape)
    km2 = float(geodesic_area_km2(np.array([mended]), layer.crs)[0])
    detail = (
        f"{layer.file}, feature {index + 1}: region '{name}' is an invalid polygon ({reason}),"
        f" read as the ground within an odd number of its rings: {km2:,.3f} km2"
    )
    return mended, [Finding("repaired", detail, Severity.WARNING, None, km2)]


def _even_odd(shape: BaseGeometry) -> BaseGeometry:
    rings = [shapely.Polygon(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    mended = reduce(shapely.symmetric_difference, shapely.make_valid(rings))
    parts = shapely.get_parts(mended)
    return shapely.union_all(parts[shapely.get_type_id(parts) == _POLYGON])

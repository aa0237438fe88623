"""Drawn zones of any format: the reader is chosen by extension, and the content must fit it."""

import codecs
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import shapely

from territory.errors import InputError, did_you_mean, understood
from territory.read.formats.archive import read_zip
from territory.read.formats.csv_wkt import has_geometry_column, read_wkt
from territory.read.formats.geojson import NOT_A_COLLECTION, read_geojson
from territory.read.formats.geometries import has_heights, heights_left_out
from territory.read.formats.gzipped import is_packed, kind_of_file
from territory.read.formats.kml import read_kml, read_kmz
from territory.read.formats.layer import Layer
from territory.read.formats.topojson import read_topojson
from territory.read.text_files import read_bytes

_GEOMETRY_KEYS = {"features", "coordinates", "geometry", "geometries", "arcs"}
_PLAIN_JSON = frozenset({".json", ".geojson"})
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".gif"})
_MAX_DEPTH = 50  # JSON nested deeper is looked at by its reader


def read_layers(path: Path) -> tuple[Layer, ...]:
    """Read every layer of a file.

    Parameters
    ----------
    path : Path
        With one of the extensions in `SUFFIXES`, or one of them and ``.gz``.

    Returns
    -------
    tuple of Layer
        In the order of the file; geometry in x, y order in each layer's own CRS.

    Raises
    ------
    InputError
        If the file is missing, empty, damaged, or not what its extension says.
    CRSError
        If it does not say its CRS, where its format requires that.
    GeometryError
        If a geometry is malformed.
    """
    reader = _READERS.get(kind_of_file(path))
    if is_packed(path) and reader not in (None, *TEXTS.values()):
        problem = f"a packed {kind_of_file(path)} is not read; unpack it first"
        raise InputError(problem, file=str(path))
    if reader is None:
        raise InputError(_why_not(path), file=str(path))
    with np.errstate(invalid="ignore", over="ignore"):  # such coordinates are judged later
        return tuple(map(_without_heights, reader(path)))


def _without_heights(layer: Layer) -> Layer:
    """Leave out the heights that a reader has kept, and tell of those that are not zero."""
    if not shapely.has_z(layer.geometry).any():
        return layer
    raised = sum(map(has_heights, layer.geometry))
    findings = (*layer.findings, *heights_left_out(layer.file, raised))
    return replace(layer, geometry=shapely.force_2d(layer.geometry), findings=findings)


def _why_not(path: Path) -> str:
    """Say that a file holds no zones, and what makes zones of a picture."""
    kind = path.suffix.lower()
    if kind in _PICTURES or kind == ".svg":
        first = "" if kind in _PICTURES else "save it as PNG, and then "
        return (
            f"a picture holds no zones; {first}make zones of it: territory trace IMAGE --legend"
            " LEGEND.toml --points POINTS.csv"
        )
    return f"not a file of zones this reads ({_kinds(path)})"


def _kinds(path: Path) -> str:
    return did_you_mean(kind_of_file(path) or "?", SUFFIXES)


def read_json(path: Path) -> tuple[Layer, ...]:
    """Read GeoJSON (see `read_geojson`), or TopoJSON under the same extension.

    Parameters
    ----------
    path : Path
        A file of JSON, whatever its extension.

    Returns
    -------
    tuple of Layer
        One of GeoJSON, one for each object of TopoJSON.

    Raises
    ------
    InputError
        If it is neither.
    GeometryError
        If a geometry is malformed.
    """
    try:
        return (read_geojson(path),)
    except InputError as error:
        if error.problem != NOT_A_COLLECTION or b'"Topology"' not in read_bytes(path):
            raise
    return read_topojson(path)


def read_any(path: Path) -> tuple[Layer, ...]:
    """Return the layers of a file of any kind this reads, as they stand.

    Parameters
    ----------
    path : Path
        GeoJSON, TopoJSON, or any other format that is known by its extension.

    Returns
    -------
    tuple of Layer
        Each in its own CRS.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    with understood(str(path)):
        return read_json(path) if kind_of_file(path) in _PLAIN_JSON else read_layers(path)


def _by_gdal(path: Path) -> tuple[Layer, ...]:
    """Read what GDAL reads; it is loaded for such a file alone."""
    from territory.read.formats.gdal import READERS

    return READERS[path.suffix.lower()](path)


def _by_arrow(path: Path) -> tuple[Layer, ...]:
    """Read GeoParquet; its library is loaded for such a file alone."""
    from territory.read.formats.geoparquet import read_parquet

    return read_parquet(path)


def _archive(path: Path) -> tuple[Layer, ...]:
    return read_zip(path, read_layers, SUFFIXES, packed=frozenset(TEXTS), is_other=_is_other)


def _is_other(name: str, content: bytes) -> bool:
    """Return whether a member of an archive clearly holds no zones, such as a table beside them.

    In doubt it is not: a damaged file, or one with anything like positions in it, is read
    and refused.
    """
    if name.lower().endswith(".json"):
        try:
            found = orjson.loads(content.removeprefix(codecs.BOM_UTF8))
        except orjson.JSONDecodeError:
            return False
        return not _has_positions(found)
    if name.lower().endswith(".csv"):
        return not has_geometry_column(content)
    return False


def _has_positions(found: object, depth: int = 0) -> bool:
    """Return whether JSON holds GeoJSON, TopoJSON, or lists of pairs of numbers anywhere."""
    if depth > _MAX_DEPTH:
        return True
    if isinstance(found, dict):
        named = bool(_GEOMETRY_KEYS & found.keys())
        return named or any(_has_positions(each, depth + 1) for each in found.values())
    if isinstance(found, list):
        pair = len(found) in {2, 3} and all(type(each) in {int, float} for each in found)
        return pair or any(_has_positions(each, depth + 1) for each in found)
    return False


TEXTS: dict[str, Callable[[Path], tuple[Layer, ...]]] = {
    ".geojson": read_json,
    ".json": read_json,
    ".geojsonl": read_json,
    ".geojsons": read_json,
    ".ndjson": read_json,
    ".topojson": read_topojson,
    ".kml": read_kml,
    ".csv": read_wkt,
}
_READERS: dict[str, Callable[[Path], tuple[Layer, ...]]] = {
    **TEXTS,
    ".kmz": read_kmz,
    ".shp": _by_gdal,
    ".gpkg": _by_gdal,
    ".fgb": _by_gdal,
    ".parquet": _by_arrow,
    ".geoparquet": _by_arrow,
    ".zip": _archive,
}
SUFFIXES = frozenset(_READERS)


def is_readable(path: Path) -> bool:
    """Return whether a file is one of zones, to judge by its name; it may be packed with gzip.

    Parameters
    ----------
    path : Path
        Only its name is looked at.
    """
    return kind_of_file(path) in (TEXTS if is_packed(path) else SUFFIXES)

"""Drawn zones of any format: the reader is chosen by extension, and the content must fit it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from territory.errors import InputError, did_you_mean
from territory.read.archive import read_zip
from territory.read.gdal import read_flatgeobuf, read_geopackage, read_shapefile
from territory.read.geojson import read_geojson
from territory.read.kml import read_kml, read_kmz
from territory.read.layer import Layer
from territory.read.parquet import read_parquet
from territory.read.text import read_bytes
from territory.read.topojson import read_topojson
from territory.read.wkt import read_wkt


def read_layers(path: Path) -> tuple[Layer, ...]:
    """Read every layer of a file.

    Parameters
    ----------
    path : Path
        With one of the extensions in `SUFFIXES`.

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
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"not a file of zones this reads ({_kinds(path)})", file=str(path))
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers are judged later
        return reader(path)


def _kinds(path: Path) -> str:
    return did_you_mean(path.suffix.lower() or "?", SUFFIXES)


def _json(path: Path) -> tuple[Layer, ...]:
    """Read GeoJSON, or TopoJSON under the same extension."""
    if b'"Topology"' in read_bytes(path):
        try:
            return read_topojson(path)
        except InputError as error:
            if error.problem != "not a TopoJSON topology":
                raise
    return (read_geojson(path),)


def _archive(path: Path) -> tuple[Layer, ...]:
    return read_zip(path, read_layers, SUFFIXES)


_READERS: dict[str, Callable[[Path], tuple[Layer, ...]]] = {
    ".geojson": _json,
    ".json": _json,
    ".topojson": read_topojson,
    ".kml": read_kml,
    ".kmz": read_kmz,
    ".shp": read_shapefile,
    ".gpkg": read_geopackage,
    ".fgb": read_flatgeobuf,
    ".parquet": read_parquet,
    ".geoparquet": read_parquet,
    ".csv": read_wkt,
    ".zip": _archive,
}
SUFFIXES = frozenset(_READERS)

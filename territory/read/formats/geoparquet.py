"""GeoParquet."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import CRSError, InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import WGS84, same_crs
from territory.read.formats.gdal_guard import first_bytes
from territory.read.formats.geometries import flat_crs, library_words, plain, shapes_of
from territory.read.formats.layer import Layer

_MAGIC = b"PAR1"
_MAX_ROWS = 10_000_000
_MAX_UNPACKED = 1_000_000_000  # bytes
_FAULTS = (
    pa.ArrowException,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    NotImplementedError,
    AttributeError,  # geopandas, of a column that is not what its encoding says
)


def read_parquet(path: Path) -> tuple[Layer, ...]:
    """Read a GeoParquet file; its primary geometry column is the geometry.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of Layer
        One, in the CRS that its metadata names, heights as they stand.

    Raises
    ------
    InputError
        If it is no Parquet, damaged, too large, or says nothing about its geometry.
    CRSError
        If its CRS is null, which means unknown, or not known.
    GeometryError
        If a geometry is malformed.
    """
    if not first_bytes(path).startswith(_MAGIC):
        raise InputError(f"is not a {path.suffix} file, whatever its name says", file=str(path))
    try:
        with pq.ParquetFile(path) as file:
            _check_size(file.metadata, path)
            geo = _geo(file.metadata.metadata or {}, path)
            table = file.read(use_threads=True)
            rows = file.metadata.num_rows
    except _FAULTS as error:
        raise InputError(_why(error), file=str(path)) from None
    if table.num_rows != rows:
        problem = f"{rows} features are in the file, but only {table.num_rows} can be read"
        raise InputError(problem, file=str(path))
    return (_layer(table, geo, path),)


def _check_size(metadata: Any, path: Path) -> None:  # noqa: ANN401 - pyarrow has no types
    unpacked = sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups))
    if metadata.num_rows > _MAX_ROWS or unpacked > _MAX_UNPACKED:
        problem = f"{metadata.num_rows} rows and {unpacked / 1e6:.0f} MB unpacked are too many"
        raise InputError(problem, file=str(path))


def _geo(metadata: Mapping[bytes, bytes], path: Path) -> dict[str, Any]:
    """Return what the file says of its geometry columns."""
    if b"geo" not in metadata:
        problem = "Parquet without geometry (no 'geo' in its metadata); write it as GeoParquet"
        raise InputError(problem, file=str(path))
    try:
        geo = json.loads(metadata[b"geo"])
        geo["columns"][geo["primary_column"]]["encoding"]
    except (ValueError, KeyError, TypeError):
        problem = "its 'geo' metadata are not those of GeoParquet"
        raise InputError(problem, file=str(path)) from None
    return dict(geo)


def _layer(table: Any, geo: dict[str, Any], path: Path) -> Layer:  # noqa: ANN401 - a pyarrow table
    primary = geo["primary_column"]
    about = geo["columns"][primary]
    if primary not in table.column_names:
        raise InputError(f"no column '{primary}', where the geometry should be", file=str(path))
    doubled = [name for name in table.column_names if table.column_names.count(name) > 1]
    if doubled:
        raise InputError(f"column '{doubled[0]}' stands twice", file=str(path))
    crs = _crs(about, path)
    shapes, findings = _shapes(table, primary, about, path)
    _check_srid(shapes, crs, path)
    for name in sorted(set(geo["columns"]) - {primary}):
        detail = f"{path}: the second geometry column '{name}' was not read"
        findings.append(Finding(FindingKind.NOT_READ, detail, Severity.WARNING))
    if about.get("edges", "planar") != "planar":
        detail = f"{path}: its edges are {about['edges']}; they are taken as straight in the CRS"
        findings.append(Finding(FindingKind.CURVED_EDGES, detail, Severity.WARNING))
    properties = _properties(table.drop_columns(_geometric(table, geo)), path)
    return Layer(str(path), path.stem, crs, properties, shapes, tuple(findings))


def _geometric(table: Any, geo: dict[str, Any]) -> list[str]:  # noqa: ANN401 - a pyarrow table
    """Return the columns of geometries and of their bounding boxes."""
    boxes = [
        covering["bbox"]["xmin"][0]
        for column in geo["columns"].values()
        if (covering := column.get("covering")) and covering.get("bbox")
    ]
    return [name for name in table.column_names if name in {*geo["columns"], *boxes}]


def _crs(about: dict[str, Any], path: Path) -> CRS:
    """Return the CRS: longitude/latitude on WGS 84 where the file says nothing."""
    if "crs" not in about:
        return WGS84
    if about["crs"] is None:
        raise CRSError("its CRS is null, which means unknown; write it with a CRS", file=str(path))
    return flat_crs(about["crs"], str(path))


def _check_srid(shapes: NDArray[np.object_], crs: CRS, path: Path) -> None:
    """Refuse a geometry that names another CRS than the file (EWKB)."""
    named = shapely.get_srid(shapes)
    for row in np.flatnonzero(named > 0).tolist():
        if not same_crs(flat_crs(f"EPSG:{named[row]}", str(path)), crs):
            problem = f"says it is in EPSG:{named[row]}, but the file in {crs.name}"
            raise CRSError(problem, file=str(path), feature=row + 1)


def _shapes(
    table: Any,  # noqa: ANN401 - a pyarrow table
    primary: str,
    about: dict[str, Any],
    path: Path,
) -> tuple[NDArray[np.object_], list[Finding]]:
    if about["encoding"] == "WKB":
        return shapes_of(table.column(primary).to_pylist(), str(path))
    try:
        found = geopandas.read_parquet(path, columns=[primary])
    except _FAULTS as error:
        raise InputError(_why(error), file=str(path)) from None
    return np.asarray(found.geometry.array, dtype=object), []


def _properties(table: Any, path: Path) -> tuple[Mapping[str, object], ...]:  # noqa: ANN401 - a pyarrow table
    try:
        rows = table.to_pylist() if table.num_columns else [{} for _ in range(table.num_rows)]
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise InputError(_why(error), file=str(path)) from None
    return tuple({str(key): plain(value) for key, value in row.items()} for row in rows)


def _why(error: Exception) -> str:
    if isinstance(error, InputError):
        raise error
    return f"cannot be read ({library_words(error)}); is the file truncated?"

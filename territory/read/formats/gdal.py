"""Shapefile, GeoPackage and FlatGeobuf, through GDAL.

GDAL leaves out what it cannot read, often without a word. So every file is counted
without it first, and what it returns is held against that count.
"""

import json
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyogrio
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import CRSError, GeometryError, InputError
from territory.findings import Finding, FindingKind, Severity
from territory.read.formats.gdal_guard import driver_path
from territory.read.formats.geometries import (
    flat_crs,
    library_words,
    one_line,
    plain,
    shapes_of,
)
from territory.read.formats.layer import Layer
from territory.read.formats.shapefile import Counted, count_shapefile, holes_as_ground

_CLOSED_TO_THE_NETWORK: dict[str, object] = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
    "SHAPE_RESTORE_SHX": "NO",
    "OGR_ARC_STEPSIZE": "0.05",  # degrees of an arc: areas to 2e-7, by default to 1e-3
    # By default GDAL takes a CRS that was superseded for the one that superseded it, which is
    # another: EPSG:2163 is on a sphere, 9311 is not, and places the same numbers 20 km off.
    "OSR_USE_NON_DEPRECATED": "NO",
}

# pyogrio raises what it meets on the way; its own errors are RuntimeErrors
_FAULTS = (ValueError, RuntimeError, LookupError, TypeError, NameError, OverflowError)


@contextmanager
def closed_gdal() -> Iterator[None]:
    """Keep GDAL from the network, and from settings of the environment, for a while."""
    before = {key: pyogrio.get_gdal_config_option(key) for key in _CLOSED_TO_THE_NETWORK}
    pyogrio.set_gdal_config_options(_CLOSED_TO_THE_NETWORK)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def read_shapefile(path: Path) -> tuple[Layer, ...]:
    """Read a shapefile.

    Parameters
    ----------
    path : Path
        The ``.shp``; its other parts lie beside it.

    Returns
    -------
    tuple of Layer
        One, in the CRS of the .prj, heights as they stand.

    Raises
    ------
    InputError
        If a part is missing or cut short, the parts disagree in number, or the labels
        are in an encoding that no part names.
    CRSError
        If the .prj is missing or unknown.
    GeometryError
        If GDAL makes nothing of a shape that is there.
    """
    source = driver_path(path)
    counted = count_shapefile(path)
    if counted.prj is None:
        problem = f"does not say its CRS; add {path.stem}.prj with the CRS as WKT"
        raise CRSError(problem, file=str(path))
    if "[" not in counted.prj:
        raise CRSError(f"{path.stem}.prj is no WKT", file=str(path))
    flat_crs(counted.prj, str(path))
    layer = _layer(path, source, path.stem, counted)
    findings = (*layer.findings, *holes_as_ground(layer, counted.holes))
    return (replace(layer, findings=findings),)


def read_geopackage(path: Path) -> tuple[Layer, ...]:
    """Read every layer of features of a GeoPackage.

    Parameters
    ----------
    path : Path
        The ``.gpkg``; nothing is written beside it.

    Returns
    -------
    tuple of Layer
        In the order of the file, each in its own CRS, heights as they stand.

    Raises
    ------
    InputError
        If it is damaged, holds no layer, or GDAL returns fewer features than it holds.
    CRSError
        If a layer does not say its CRS.
    GeometryError
        If GDAL makes nothing of a shape that is there.
    """
    source = driver_path(path)
    if (wal := path.with_name(f"{path.name}-wal")).exists() and wal.stat().st_size:
        problem = f"{wal.name} holds changes not yet in it; close the program that writes it"
        raise InputError(problem, file=str(path))
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            counts = _table_counts(database, path)
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        problem = f"a damaged GeoPackage ({library_words(error)}); is the file truncated?"
        raise InputError(problem, file=str(path)) from None
    return tuple(_layer(path, source, name, counted) for name, counted in counts.items())


def read_flatgeobuf(path: Path) -> tuple[Layer, ...]:
    """Read a FlatGeobuf file.

    Parameters
    ----------
    path : Path
        The ``.fgb``.

    Returns
    -------
    tuple of Layer
        One, in the CRS of the file, heights as they stand.

    Raises
    ------
    InputError
        If it is damaged or cut short.
    CRSError
        If it does not say its CRS.
    """
    source = driver_path(path)
    try:
        with closed_gdal(), warnings.catch_warnings(action="ignore"):
            count = int(pyogrio.read_info(source, force_feature_count=True)["features"])
    except _FAULTS as error:
        raise InputError(_why(error), file=str(path)) from None
    return (_layer(path, source, "", Counted(count)),)


READERS: Mapping[str, Callable[[Path], tuple[Layer, ...]]] = {
    ".shp": read_shapefile,
    ".gpkg": read_geopackage,
    ".fgb": read_flatgeobuf,
}


# ---- What the file itself says -----------------------------------------------------------


def _table_counts(database: sqlite3.Connection, path: Path) -> dict[str, Counted]:
    """Return how many features, and how many without geometry, each layer holds."""
    faults = [row[0] for row in database.execute("PRAGMA quick_check(1)")]
    if faults != ["ok"]:
        raise InputError(f"a damaged GeoPackage ({one_line(faults[0])})", file=str(path))
    rows = database.execute(
        "SELECT c.table_name, g.column_name FROM gpkg_contents c"
        " LEFT JOIN gpkg_geometry_columns g ON lower(g.table_name) = lower(c.table_name)"
        " WHERE c.data_type = 'features'"
    ).fetchall()
    if not rows:
        raise InputError("no layer of features in it", file=str(path))
    return {table: _counted(database, table, column, path) for table, column in rows}


def _counted(database: sqlite3.Connection, table: str, column: object, path: Path) -> Counted:
    found = database.execute(
        "SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(?)", (table,)
    ).fetchone()
    if found is None or "VIRTUAL" in found[0][:40].upper() or not isinstance(column, str):
        raise InputError(f"the layer '{table}' is no plain table of features", file=str(path))
    name, geometry = _quoted(table), _quoted(column)
    count, filled = database.execute(f"SELECT count(*), count({geometry}) FROM {name}").fetchone()
    for row in database.execute(f"PRAGMA table_info({name})").fetchall():
        _refuse_nul(database, table, str(row[1]), path)
    return Counted(int(count), int(count - filled))


def _refuse_nul(database: sqlite3.Connection, table: str, column: str, path: Path) -> None:
    """Refuse texts that GDAL would cut: everything after a NUL is lost."""
    field = _quoted(column)
    found = database.execute(
        f"SELECT count(*) FROM {_quoted(table)} WHERE typeof({field}) = 'text'"
        f" AND instr(CAST({field} AS BLOB), x'00') > 0"
    ).fetchone()
    if found[0]:
        problem = f"layer '{table}': a text in column '{column}' holds a NUL character"
        raise InputError(problem, file=str(path))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# ---- What GDAL makes of it ---------------------------------------------------------------


def _layer(path: Path, source: str, name: str, counted: Counted) -> Layer:
    """Read one layer and hold it against what was counted."""
    with warnings.catch_warnings(record=True) as warnings_seen:
        warnings.simplefilter("always")
        try:
            meta, _, blobs, columns = _raw(path, source, name, counted.encoding)
        except _FAULTS as error:
            raise InputError(_why(error), file=str(path)) from None
    rows = len(blobs) if blobs is not None else max(map(len, columns), default=0)
    if rows != counted.features or blobs is None:
        problem = f"{counted.features} features are in the file, but only {rows} can be read"
        raise InputError(problem, file=str(path))
    shapes, closed = shapes_of(blobs, str(path))
    _check_empty(shapes, counted, path)
    warned = [_warned(path, each.message) for each in warnings_seen]
    findings = (*counted.findings, *warned, *closed)
    crs = _crs(meta["crs"], path)
    label = name or path.stem
    return Layer(str(path), label, crs, _properties(meta, columns, rows, path), shapes, findings)


def _raw(path: Path, source: str, name: str, encoding: str | None) -> Any:  # noqa: ANN401 - four arrays
    options: dict[str, object] = {"VERIFY_BUFFERS": "YES"} if path.suffix.lower() == ".fgb" else {}
    with closed_gdal():
        return pyogrio.raw.read(
            source,
            layer=name if path.suffix.lower() == ".gpkg" else None,
            encoding=encoding,
            datetime_as_string=True,
            **options,
        )


def _check_empty(shapes: NDArray[np.object_], counted: Counted, path: Path) -> None:
    """Refuse a layer some of whose shapes GDAL has dropped."""
    if counted.without_geometry is None:
        return
    empty = [index for index, shape in enumerate(shapes, start=1) if shape is None]
    if len(empty) != counted.without_geometry:
        lost = len(empty) - counted.without_geometry
        problem = f"unusable geometry ({lost} of the shapes in the file cannot be read)"
        raise GeometryError(problem, file=str(path), feature=empty[0] if empty else None)


def _crs(found: str | None, path: Path) -> CRS:
    if not found:
        raise CRSError("the file does not say its CRS", file=str(path))
    crs = flat_crs(found, str(path))
    if crs.name.lower().startswith(("undefined", "unknown", "unnamed")) and not crs.to_epsg():
        problem = f"the CRS is '{crs.name}'; write the file with a CRS"
        raise CRSError(problem, file=str(path))
    return crs


def _warned(path: Path, message: object) -> Finding:
    warning = str(message)
    for name in (str(path.resolve()), str(path)):
        warning = warning.removeprefix(name)
    text = one_line(warning.replace(str(path.resolve()), str(path)))
    return Finding(FindingKind.READER_WARNING, f"{path}: {text}", Severity.WARNING)


def _properties(
    meta: Mapping[str, Any], columns: list[NDArray[Any]], rows: int, path: Path
) -> tuple[Mapping[str, object], ...]:
    """Return the attributes of each feature as plain values."""
    whole = [str(dtype).startswith(("int", "uint")) for dtype in meta["dtypes"]]
    as_json = [str(kind) == "OFSTJSON" for kind in meta.get("ogr_subtypes", whole)]
    values = [
        [_value(value, is_whole, is_json) for value in column]
        for column, is_whole, is_json in zip(columns, whole, as_json, strict=True)
    ]
    names = [str(name) for name in meta["fields"]]
    if doubled := [name for name in names if names.count(name) > 1]:
        raise InputError(f"column '{doubled[0]}' stands twice", file=str(path))
    return tuple(
        dict(zip(names, (column[row] for column in values), strict=True)) for row in range(rows)
    )


def _value(value: object, is_whole: bool, is_json: bool) -> object:
    """Return one value; integers with gaps come as floats, and JSON as text."""
    found = plain(value)
    if is_whole and isinstance(found, float):
        return int(found)
    if is_json and isinstance(found, str):
        try:
            return json.loads(found)
        except ValueError:
            return found
    return found


def _why(error: Exception) -> str:
    """Say what GDAL refused, in one line and without the path, which stands before it."""
    return f"cannot be read ({library_words(error)}); is the file truncated?"

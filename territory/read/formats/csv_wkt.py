"""CSV with a column of geometries as WKT, or as the hexadecimal WKB that databases write."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import WGS84
from territory.read.formats.geometries import (
    MAX_BYTES,
    Spot,
    closed_ring,
    flat_crs,
    shape_of_wkb,
    srid_of_wkb,
)
from territory.read.formats.geometry_faults import CURVED, wkt_fault
from territory.read.formats.gzipped import stem_of
from territory.read.formats.layer import Layer
from territory.read.text_files import csv_rows

_GEOMETRY = ("wkt", "geometry", "geom", "the_geom")
_SRID = ("srid", "epsg")
_EWKT = re.compile(r"\s*SRID\s*=\s*(\d+)\s*;", re.ASCII | re.IGNORECASE)
_WKT = re.compile(rb"POLYGON\s*Z?M?\s*\(", re.IGNORECASE)
_HEX = re.compile(r"\s*(?:\\x|0x)?([0-9a-f]{10,})\s*", re.ASCII | re.IGNORECASE)
_RING = re.compile(r"\(([^()]+)\)")


def read_wkt(path: Path) -> tuple[Layer, ...]:
    """Read a CSV file with a column `wkt`, `geometry`, `geom` or `the_geom`.

    The geometries are WKT, or WKB in hexadecimal digits. The CRS is an EPSG code in a column
    `srid` or `epsg`, before the WKT (``SRID=4326;``) or in the WKB (EWKB); WGS 84, with a
    finding, where there is none.

    Parameters
    ----------
    path : Path
        A CSV file with a header.

    Returns
    -------
    tuple of Layer
        One, in the CRS of its rows.

    Raises
    ------
    InputError
        If there is no such column, or more than one, or no row.
    CRSError
        If a code is unknown, or the rows differ in it.
    GeometryError
        If a WKT or WKB is malformed; the message names the line.
    """
    with _long_cells():
        rows = list(csv_rows(path, ()))
    if not rows:
        raise InputError("no row below the header", file=str(path))
    column = _column(tuple(rows[0][1]), path)
    srid = next((name for name in rows[0][1] if name.lower() in _SRID), None)
    geometry = np.empty(len(rows), dtype=object)
    codes: list[tuple[int, str]] = []
    findings: list[Finding] = []
    for index, (line, cells) in enumerate(rows):
        code, shape = _shape(cells[column], Spot(str(path), index + 1, line, findings))
        codes.append((line, code or (cells[srid] if srid else "")))
        geometry[index] = shape
    crs, assumed = _crs(codes, path)
    left_out = {column, srid}
    properties = tuple(
        {key: value for key, value in cells.items() if key not in left_out} for _, cells in rows
    )
    return (Layer(str(path), stem_of(path), crs, properties, geometry, (*assumed, *findings)),)


def has_geometry_column(content: bytes) -> bool:
    r"""Return whether the text of a CSV file may hold zones: a column or a value of WKT.

    Parameters
    ----------
    content : bytes
        The whole file, or enough of it.

    Examples
    --------
    >>> has_geometry_column(b"day,people\n2024-01-01,5"), has_geometry_column(b"id,WKT\n")
    (False, True)
    """
    header = content.split(b"\n", 1)[0].lower()
    named = any(re.search(rb"\b%s\b" % name.encode(), header) for name in _GEOMETRY)
    return named or bool(_WKT.search(content)) or b"\0" in content


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let cells be as long as a file; by default they end at 131 072 characters."""
    before = csv.field_size_limit(MAX_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _column(header: tuple[str, ...], path: Path) -> str:
    found = [name for name in header if name.lower() in _GEOMETRY]
    if len(found) != 1:
        which = " and ".join(f"'{name}'" for name in found) or "none"
        problem = f"one column of geometries is needed ({', '.join(_GEOMETRY)}), not {which}"
        problem += "" if found else "; a table of who holds which polygon is named with --holders"
        raise InputError(problem, file=str(path), line=1)
    return found[0]


def _split(cell: str) -> tuple[str, str]:
    """Return the EPSG code before a WKT, if there is one, and the WKT."""
    prefix = _EWKT.match(cell)
    return (prefix.group(1), cell[prefix.end() :]) if prefix else ("", cell)


def _crs(codes: list[tuple[int, str]], path: Path) -> tuple[CRS, list[Finding]]:
    """Return the one CRS of all rows."""
    first = codes[0][1].strip()
    for line, code in codes:
        if code.strip() != first:
            problem = f"the CRS changes from '{first}' to '{code}'; one file needs one CRS"
            raise CRSError(problem, file=str(path), line=line)
    if not first:
        detail = f"{path}: nothing names its CRS; read as longitude, latitude (WGS 84)"
        return WGS84, [Finding(FindingKind.CRS_ASSUMED, detail, Severity.WARNING)]
    number = first.upper().removeprefix("EPSG:")
    if not (number.isascii() and number.isdigit()):
        raise CRSError(f"'{first}' is no EPSG code", file=str(path), line=codes[0][0])
    return flat_crs(f"EPSG:{number}", str(path)), []


def _shape(cell: str, spot: Spot) -> tuple[str, BaseGeometry | None]:
    """Return the EPSG code that a cell names, if it does, and its geometry."""
    if not (written := _HEX.fullmatch(cell)):
        code, text = _split(cell)
        return code, _shape_of_wkt(text, spot)
    digits = written.group(1)
    if len(digits) % 2:
        spot.refuse(f"its WKB has {len(digits)} hexadecimal digits, not an even count; cut short?")
    blob = bytes.fromhex(digits)
    shape = shape_of_wkb(blob, spot)
    return str(srid_of_wkb(blob) or ""), None if shape is None else shapely.set_srid(shape, 0)


def _shape_of_wkt(text: str, spot: Spot) -> BaseGeometry | None:
    """Return one geometry, its rings closed where they are not."""
    if not text.strip():
        return None
    try:
        return shapely.from_wkt(text)
    except NotImplementedError:
        spot.refuse(CURVED)
    except shapely.GEOSException as error:
        polygonal = text.lstrip().upper().startswith(("POLYGON", "MULTIPOLYGON"))
        if not ("closed linestring" in str(error) and polygonal):
            spot.refuse(wkt_fault(text))
    try:
        return shapely.from_wkt(_RING.sub(lambda ring: _closed(ring.group(1), spot), text))
    except shapely.GEOSException:
        spot.refuse(wkt_fault(text))


def _closed(ring: str, spot: Spot) -> str:
    positions = ring.split(",")
    try:
        xy = np.array([position.split()[:2] for position in positions], dtype=np.float64)
    except ValueError:
        spot.refuse("a position is no pair of numbers")
    if len(closed_ring(xy.reshape(len(positions), 2), spot)) > len(positions):
        positions.append(positions[0])
    return f"({','.join(positions)})"

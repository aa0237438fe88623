"""What the readers of several formats share: rings, WKB, attribute values and bytes.

A ring whose end lies near its beginning is closed and the closing is told; one whose end
lies further off is cut short and refused.
"""

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, GeometryError, InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import WGS84, Floats, is_wgs84
from territory.read.formats.gdal_guard import bytes_of
from territory.read.formats.geometry_faults import (
    CURVED,
    EWKB_M,
    EWKB_SRID,
    EWKB_Z,
    NO_PAIR,
    wkb_fault,
)

MAX_BYTES = 200_000_000  # of one file held in memory
_OPEN_SHARE = 0.01  # of the perimeter: a ring that ends further off than this is cut short
_CORNERS = 4  # positions of the smallest closed ring
_FEW = 10  # positions below which any open ring is closed
_POLYGON, _MULTIPOLYGON = 3, 6
_INSIDE_A_LIBRARY = re.compile(r"Exception|thrift|base64")  # what Parquet is packed with


@dataclass
class Spot:
    """Where in a file a geometry stands, and what was repaired there.

    Attributes
    ----------
    file : str
        The file as the user named it.
    feature : int
        Number of the feature, from 1.
    line : int or None
        Line of a text file, from 1.
    findings : list of Finding
        Repairs are added to it.
    heights : bool
        Set where a height other than zero was left out.
    """

    file: str
    feature: int
    line: int | None = None
    findings: list[Finding] = field(default_factory=list)
    heights: bool = False

    def refuse(self, problem: str) -> NoReturn:
        """Raise the error about this geometry.

        Parameters
        ----------
        problem : str
            Completes "unusable geometry (...)".

        Raises
        ------
        GeometryError
            Always.
        """
        message = f"unusable geometry ({problem})"
        raise GeometryError(message, file=self.file, line=self.line, feature=self.feature)


def whole_file(path: Path) -> bytes:
    """Return the bytes of a file that is to be held in memory.

    Parameters
    ----------
    path : Path
        A plain file, which may be missing.

    Raises
    ------
    InputError
        If it is missing, empty, unreadable or larger than `MAX_BYTES`.
    """
    content = bytes_of(path, MAX_BYTES)
    if not content:
        raise InputError("the file is empty", file=str(path))
    return content


def flat_crs(found: object, file: str) -> CRS:
    """Return a CRS without its heights; longitude/latitude on WGS 84 is `WGS84`.

    Parameters
    ----------
    found : object
        Name, WKT, PROJJSON or CRS.
    file : str
        For messages.

    Raises
    ------
    CRSError
        If it is not known, or not a place on the Earth.
    """
    try:
        crs = _crs(found).to_2d()
    except (ProjError, TypeError, ValueError, LookupError):
        raise CRSError(f"unknown CRS '{one_line(found, 80)}'", file=file) from None
    if not (crs.is_geographic or crs.is_projected):
        raise CRSError(f"the CRS '{crs.name}' is no place on the Earth", file=file)
    return WGS84 if is_wgs84(crs) else crs


def _crs(found: object) -> CRS:
    """Return a CRS of WKT, PROJJSON or a name; a PROJ string may name a local file."""
    if isinstance(found, dict):
        plausible = isinstance(found.get("type"), str) and not {"init", "proj"} & set(found)
        return CRS.from_json_dict(found if plausible else {"type": ""})
    if isinstance(found, str) and "[" in found:
        return CRS.from_wkt(found)
    return CRS.from_user_input("" if {"=", "{"} & set(str(found)) else found)


def one_line(found: object, length: int = 200) -> str:
    r"""Return what another library says as the part of a sentence.

    Parameters
    ----------
    found : object
        An error, or a text that may hold anything.
    length : int
        Most characters to keep.

    Examples
    --------
    >>> one_line("two\nlines")
    'two lines'
    """
    text = " ".join(str(found).split())[:length]
    return "".join(c if c.isprintable() else "?" for c in text)


def library_words(error: Exception) -> str:
    """Return what a library says of a file, but not what only its programmers understand.

    Parameters
    ----------
    error : Exception
        Raised while a file was read. One of Python's own tells where a library stumbled, such
        as an index out of bounds, and nothing of the file.

    Examples
    --------
    >>> library_words(IndexError("index 4 is out of bounds for axis 0 with size 4"))
    'its content is damaged'
    >>> library_words(OSError("Corrupt snappy compressed data."))
    'Corrupt snappy compressed data'
    """
    if isinstance(error, UnicodeDecodeError):
        return "a text in it is not UTF-8"
    stumbled = (LookupError, TypeError, AttributeError, ArithmeticError, NotImplementedError)
    if isinstance(error, stumbled) and type(error).__module__ == "builtins":
        return "its content is damaged"
    said = one_line(error).rstrip(".")
    return "its content is damaged" if _INSIDE_A_LIBRARY.search(said) else said


def heights_left_out(file: str, features: int) -> list[Finding]:
    """Return the finding that heights were left out, or nothing where there were none.

    Parameters
    ----------
    file : str
        For the message.
    features : int
        How many features have a height other than zero.
    """
    if not features:
        return []
    some = "1 feature" if features == 1 else f"{features} features"
    detail = f"{file}: heights of {some} left out; areas are those of the ground plan"
    return [Finding(FindingKind.HEIGHTS, detail, Severity.INFO, None, 0.0)]


def has_heights(shape: BaseGeometry | None) -> bool:
    """Return whether a geometry has a height other than zero.

    Parameters
    ----------
    shape : geometry or None
        With or without a third coordinate, in metres.

    Examples
    --------
    >>> has_heights(shapely.Point(1, 2, 3)), has_heights(shapely.Point(1, 2, 0))
    (True, False)
    """
    if shape is None or not shapely.has_z(shape):
        return False
    return bool(np.nan_to_num(shapely.get_coordinates(shape, include_z=True)[:, 2]).any())


def closed_ring(xy: Floats, spot: Spot) -> Floats:
    """Return a ring closed, or refuse it.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
    spot : Spot
        Where the ring stands; a repair is added to its findings.

    Returns
    -------
    ndarray, shape (m, 2)
        The last position is the first; m is n or n + 1.

    Raises
    ------
    GeometryError
        If it has too few positions, or ends far from where it began.
    """
    if len(xy) < _CORNERS - 1:
        spot.refuse(f"a ring of {len(xy)} positions has no area")
    if not np.array_equal(xy[0], xy[-1], equal_nan=True):
        if not _nearly_whole(xy):
            spot.refuse("a ring does not end where it began; is it cut short?")
        detail = f"{spot.file}, feature {spot.feature}: an open ring was closed"
        spot.findings.append(Finding(FindingKind.UNCLOSED_RING, detail, Severity.INFO, None, 0.0))
        xy = np.concatenate([xy, xy[:1]])
    if len(xy) < _CORNERS:
        spot.refuse(f"a ring of {len(xy)} positions has no area")
    return xy


def _nearly_whole(xy: Floats) -> bool:
    steps = np.hypot(*np.diff(xy[:, :2], axis=0).T)
    gap = float(np.hypot(*(xy[-1] - xy[0])[:2]))
    return len(xy) < _FEW or gap <= max(_OPEN_SHARE * steps.sum(), 2 * steps.max())


def polygon(rings: Sequence[Floats], spot: Spot) -> BaseGeometry:
    """Return a polygon of its outer ring and its holes.

    Parameters
    ----------
    rings : sequence of ndarray, shape (n, 2)
        The outer ring first, then holes; in the coordinates of the file.
    spot : Spot
        Where the polygon stands; repairs are added to its findings.

    Returns
    -------
    Polygon
        In the coordinates of the rings; it may be invalid.

    Raises
    ------
    GeometryError
        If there is no ring, or one that cannot be closed.
    """
    if not rings:
        spot.refuse("a polygon without an outer ring")
    whole = [closed_ring(ring, spot) for ring in rings]
    try:
        return shapely.Polygon(whole[0], whole[1:])
    except (shapely.GEOSException, ValueError):
        finite = all(np.isfinite(ring).all() for ring in whole)
        spot.refuse("its rings make no polygon" if finite else NO_PAIR)


def gathered(shapes: Sequence[BaseGeometry | None]) -> BaseGeometry | None:
    """Return one geometry of several: of their common kind where they have one.

    Parameters
    ----------
    shapes : sequence of geometry or None
        Empty ones and None are left out.

    Returns
    -------
    geometry or None
        None where nothing is left; a collection where kinds differ.
    """
    present = [shape for shape in shapes if shape is not None and not shape.is_empty]
    parts = [part for shape in present for part in shapely.get_parts(shape)]
    if len(parts) <= 1:
        return parts[0] if parts else None
    kinds = {part.geom_type for part in parts}
    many = {
        "Polygon": shapely.multipolygons,
        "LineString": shapely.multilinestrings,
        "Point": shapely.multipoints,
    }
    build: Any = many.get(kinds.pop()) if len(kinds) == 1 else None
    shape: BaseGeometry = (build or shapely.geometrycollections)(parts)
    return shape


def shapes_of(
    blobs: Iterable[bytes | None], file: str
) -> tuple[NDArray[np.object_], list[Finding]]:
    """Return geometries of WKB, None where there is none, and what was repaired.

    Parameters
    ----------
    blobs : iterable of bytes or None
        WKB of each feature, in order; None where it has no geometry.
    file : str
        For messages.

    Returns
    -------
    shapes : ndarray of geometry, shape (n,)
        None where there is none.
    findings : list of Finding
        Repairs.

    Raises
    ------
    GeometryError
        Naming the feature, if one is malformed.
    """
    listed = [_bytes(blob, Spot(file, row)) for row, blob in enumerate(blobs, start=1)]
    findings: list[Finding] = []
    try:
        found = shapely.from_wkb(np.array([*listed, None], dtype=object)[:-1])
    except (shapely.GEOSException, TypeError, ValueError, NotImplementedError):
        found = np.empty(len(listed), dtype=object)
        for index, blob in enumerate(listed):
            found[index] = shape_of_wkb(blob, Spot(file, index + 1, None, findings))
    return np.asarray(found, dtype=object), findings


def _bytes(blob: object, spot: Spot) -> bytes | None:
    if blob is None or isinstance(blob, bytes):
        return blob
    if isinstance(blob, bytearray | memoryview):
        return bytes(blob)
    spot.refuse(f"no WKB but '{one_line(blob, 40)}'")


def shape_of_wkb(blob: bytes | None, spot: Spot) -> BaseGeometry | None:
    """Return one geometry, its rings closed where they are not.

    Parameters
    ----------
    blob : bytes or None
        WKB or EWKB; None where there is no geometry.
    spot : Spot
        Where it stands; repairs are added to its findings.

    Raises
    ------
    GeometryError
        If it is malformed.
    """
    if blob is None:
        return None
    try:
        return shapely.from_wkb(blob)
    except NotImplementedError:
        spot.refuse(CURVED)
    except (shapely.GEOSException, TypeError, ValueError) as error:
        if "closed linestring" not in str(error):
            spot.refuse(wkb_fault(blob))
    try:
        shape, _ = _polygonal(blob, 0, spot)
    except struct.error:
        spot.refuse(wkb_fault(blob))
    return shape


def srid_of_wkb(blob: bytes) -> int:
    """Return the EPSG code that EWKB names; 0 where it names none.

    Parameters
    ----------
    blob : bytes
        WKB or EWKB of a geometry that can be read.

    Examples
    --------
    >>> point = shapely.set_srid(shapely.Point(1, 2), 4326)
    >>> srid_of_wkb(shapely.to_wkb(point, include_srid=True)), srid_of_wkb(shapely.to_wkb(point))
    (4326, 0)
    """
    order = ">" if blob[:1] == b"\0" else "<"
    code, named = struct.unpack_from(f"{order}II", blob, 1)
    return int(named) if code & EWKB_SRID else 0


def _polygonal(blob: bytes, at: int, spot: Spot) -> tuple[BaseGeometry | None, int]:
    """Return the polygon or multipolygon that stands at a byte, and where it ends."""
    order = "<" if blob[at : at + 1] == b"\x01" else ">"
    code, count = struct.unpack_from(f"{order}II", blob, at + 1)
    at += 9
    if code & EWKB_SRID:
        (count,) = struct.unpack_from(f"{order}I", blob, at)
        at += 4
    more, kind = divmod(code & 0xFFFF, 1000)
    dimensions = 2 + (more in {1, 3}) + (more in {2, 3})  # heights, measures
    dimensions += bool(code & EWKB_Z) + bool(code & EWKB_M)
    if kind == _MULTIPOLYGON:
        parts = []
        for _ in range(count):
            part, at = _polygonal(blob, at, spot)
            parts.append(part)
        return gathered(parts), at
    if kind != _POLYGON:
        spot.refuse("a ring is not closed")
    rings, at = _wkb_rings(blob, at, (order, count, dimensions))
    return polygon(rings, spot), at


def _wkb_rings(blob: bytes, at: int, how: tuple[str, int, int]) -> tuple[list[Floats], int]:
    """Return the rings of a WKB polygon without heights, and where they end."""
    order, count, dimensions = how
    rings = []
    for _ in range(count):
        (size,) = struct.unpack_from(f"{order}I", blob, at)
        values = struct.unpack_from(f"{order}{size * dimensions}d", blob, at + 4)
        rings.append(np.array(values, dtype=np.float64).reshape(-1, dimensions)[:, :2])
        at += 4 + 8 * size * dimensions
    return rings, at


def plain(value: object) -> object:
    """Return an attribute as a plain value: days and times as ISO text, NaN as None.

    Parameters
    ----------
    value : object
        As a reader gives it.

    Examples
    --------
    >>> plain(np.datetime64("2024-01-05")), plain(np.int32(3)), plain(float("nan"))
    ('2024-01-05', 3, None)
    """
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, float) and np.isnan(value):
        return None
    return value


def positions_of(ring: Any) -> Floats | None:  # noqa: ANN401 - JSON
    """Return the positions of a JSON list as an array, heights and all, or None if malformed.

    Parameters
    ----------
    ring : object
        What should be a list of lists of numbers; an array is returned as it is.

    Returns
    -------
    ndarray, shape (n, 2) or wider, or None
        In the coordinates of the file.

    Examples
    --------
    >>> positions_of([[1, 2], [3, 4.5, 100]]).tolist(), positions_of([[1, True]])
    ([[1.0, 2.0, 0.0], [3.0, 4.5, 100.0]], None)
    """
    if isinstance(ring, np.ndarray):
        return ring
    try:
        columns = _columns(ring)
        values = np.array(columns)
    except (TypeError, ValueError, LookupError):
        return None
    if values.ndim != 2 or len(values) < 2 or values.dtype.kind not in "fi":  # noqa: PLR2004
        return None
    if _holds_bools(values, columns):
        return None
    return values.T.astype(np.float64, copy=False)


def _columns(ring: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    """Return the first numbers of all positions, the second ones, and so on."""
    try:
        return [*zip(*ring, strict=True)]
    except ValueError:  # some positions carry a height and some do not
        width = 3 if min(map(len, ring)) > 1 else 1
        return [*zip(*([*position[:3], 0][:width] for position in ring), strict=True)]


def _holds_bools(values: NDArray[Any], columns: list[tuple[Any, ...]]) -> bool:
    """Tell whether a number was ``true`` or ``false``, which numpy takes for 1 and 0."""
    if not ((values == 0) | (values == 1)).any():
        return False
    return bool in set(map(type, chain.from_iterable(columns)))

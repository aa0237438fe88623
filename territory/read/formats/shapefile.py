"""The parts of a shapefile, counted without GDAL.

A .shp cut short gives GDAL null geometries, a short .dbf drops rows and an unnamed code
page gives unreadable labels, all without a word.
"""

import codecs
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import Floats, Ints
from territory.read.formats.geometries import one_line, whole_file
from territory.read.formats.layer import Layer, km2_of

_HEADER = 100
_MAX_PRJ = 100_000  # bytes
_SHX_RECORD = 8
_POLYGONS = frozenset({5, 15, 25})
_RING_STARTS = 44  # bytes into a polygon
_DBF_HEADER, _DBF_FIELD = 32, 32
_END_OF_FIELDS = 0x0D
_DELETED = ord("*")
# Language driver of dBase: encoding. 0x57 stands for whatever the writer used.
_DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x26: "cp866", 0x64: "cp852",
    0x65: "cp866", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253",
    0x7D: "cp1255", 0x7E: "cp1256",
}  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """What a file holds, by its own count.

    Attributes
    ----------
    features : int
    without_geometry : int or None
        None where the format does not tell cheaply.
    encoding : str or None
        Of the labels, where GDAL must be told.
    prj : str or None
        Content of the .prj.
    findings : tuple of Finding
    holes : mapping of int to ndarray, shape (n, 4)
        Bounds of the rings that are wound as holes, of features (from 0) which have others.
    """

    features: int
    without_geometry: int | None = None
    encoding: str | None = None
    prj: str | None = None
    findings: tuple[Finding, ...] = ()
    holes: Mapping[int, Floats] = field(default_factory=dict)


def count_shapefile(path: Path) -> Counted:
    """Count the records of the three parts and find the encoding of the labels.

    Parameters
    ----------
    path : Path
        The ``.shp``; its other parts lie beside it.

    Returns
    -------
    Counted
        Records that are not deleted, and what the parts say of CRS, encoding and holes.

    Raises
    ------
    InputError
        If a part is missing or cut short, or the counts disagree, or the labels are in
        an unknown encoding.
    """
    shx, dbf = _part(path, ".shx"), _part(path, ".dbf")
    shapes = _shapes(path)
    records, fields = _table(dbf, path)
    index = (shx.stat().st_size - _HEADER) // _SHX_RECORD
    if not len(shapes) == index == len(records):
        problem = (
            f"the parts disagree: {len(shapes)} shapes in the .shp, {index} in the .shx and "
            f"{len(records)} rows in the .dbf; is one truncated, or of another export?"
        )
        raise InputError(problem, file=str(path))
    if not _in_order(shx, shapes):
        problem = f"{shx.name} names the shapes in another order than they stand in; write it anew"
        raise InputError(problem, file=str(path))
    present = records[:, 0] != _DELETED
    there = [
        shape for shape, is_present in zip(shapes, present.tolist(), strict=True) if is_present
    ]
    empty = sum(_kind(shape) == 0 for shape in there)
    encoding, findings = _encoding(path, dbf, _texts(records[present], fields, path))
    if not present.all():
        detail = f"{path}: {int((~present).sum())} rows are marked as deleted and were left out"
        findings.append(Finding(FindingKind.DELETED_ROWS, detail, Severity.INFO))
    prj = _found(path, ".prj")
    crs = prj.read_bytes()[:_MAX_PRJ].decode("utf-8-sig", "replace") if prj else None
    holes = {row: found for row, shape in enumerate(there) if len(found := _holes(shape))}
    return Counted(int(present.sum()), empty, encoding, crs, tuple(findings), holes)


def holes_as_ground(layer: Layer, holes: Mapping[int, Floats]) -> Iterator[Finding]:
    """Tell of rings that are wound as holes and lie in no shell.

    GDAL takes each for ground, turns it round and names no feature.

    Parameters
    ----------
    layer : Layer
        What GDAL made of a shapefile.
    holes : mapping of int to ndarray
        See `Counted`.
    """
    for row, bounds in holes.items():
        parts = shapely.get_parts(layer.geometry[row : row + 1])
        outside = set(map(tuple, bounds.tolist()))
        is_hole = np.array([tuple(each) in outside for each in shapely.bounds(parts).tolist()])
        if is_hole.any():
            detail = (
                f"{layer.file}, feature {row + 1}: {is_hole.sum()} of its rings are wound as holes"
                " but lie in no shell; counted as ground"
            )
            km2 = km2_of(parts[is_hole], layer.crs)
            yield Finding(FindingKind.HOLE_OUTSIDE, detail, Severity.WARNING, None, km2)


def _found(path: Path, suffix: str) -> Path | None:
    for each in (suffix, suffix.upper()):
        if (beside := path.with_suffix(each)).is_file():
            return beside
    return None


def _part(path: Path, suffix: str) -> Path:
    beside = _found(path, suffix)
    if beside is None:
        problem = f"{path.stem}{suffix} is missing beside it; a shapefile needs .shx and .dbf"
        raise InputError(problem, file=str(path))
    return beside


def _shapes(path: Path) -> list[memoryview]:
    """Return the content of each record of a .shp."""
    content = memoryview(whole_file(path))
    if len(content) < _HEADER or struct.unpack_from(">i", content, 24)[0] * 2 != len(content):
        raise InputError("its length is not what its header says; is it truncated?", file=str(path))
    shapes = []
    at = _HEADER
    while at + 12 <= len(content):
        size = 2 * struct.unpack_from(">i", content, at + 4)[0]
        if size < 4 or at + 8 + size > len(content):  # noqa: PLR2004 - a shape type has four bytes
            break
        shapes.append(content[at + 8 : at + 8 + size])
        at += 8 + size
    if at != len(content):
        problem = f"shape {len(shapes) + 1} is cut short or damaged"
        raise InputError(problem, file=str(path), feature=len(shapes) + 1)
    return shapes


def _in_order(shx: Path, shapes: list[memoryview]) -> bool:
    """Return whether the index, which GDAL goes by, names the shapes one after the other.

    If not, each row of the table would get the shape of another one.
    """
    sizes = np.array([0, *map(len, shapes)]) + _SHX_RECORD
    starts = _HEADER - _SHX_RECORD + np.cumsum(sizes)[:-1]
    index = np.frombuffer(shx.read_bytes(), ">i4", 2 * len(shapes), _HEADER)
    return bool((2 * index[::2].astype(np.int64) == starts).all())


def _kind(shape: memoryview) -> int:
    return int(struct.unpack_from("<i", shape)[0])


def _holes(shape: memoryview) -> Floats:
    """Return the bounds of the rings wound as holes, if there are rings wound as shells too."""
    none = np.zeros((0, 4))
    if _kind(shape) not in _POLYGONS or len(shape) < _RING_STARTS:
        return none
    parts, points = struct.unpack_from("<ii", shape, _RING_STARTS - 8)
    end = _RING_STARTS + 4 * parts
    if parts < 2 or points < 1 or end + 16 * points > len(shape):  # noqa: PLR2004 - shell and hole
        return none
    start = np.append(np.frombuffer(shape, "<i4", parts, _RING_STARTS), points).astype(np.int64)
    if start[0] != 0 or (np.diff(start) < 1).any():
        return none
    xy = np.frombuffer(shape, "<f8", 2 * points, end).reshape(-1, 2)
    swept = _swept(xy, start)
    wound = np.add.reduceat(swept, start[:-1]) > 0
    if wound.all():
        return none
    low, high = (each.reduceat(xy, start[:-1]) for each in (np.minimum, np.maximum))
    bounds = np.hstack([low, high])
    shells = set(map(tuple, bounds[~wound].tolist()))  # which may fill a hole
    holes = sorted(set(map(tuple, bounds[wound].tolist())) - shells)
    return np.array(holes, dtype=np.float64).reshape(-1, 4)


def _swept(xy: Floats, start: Ints) -> Floats:
    """Return the doubled area that each edge sweeps about the first point."""
    x, y = (xy - xy[0]).T
    swept = x * np.roll(y, -1) - np.roll(x, -1) * y
    swept[start[1:] - 1] = 0.0  # from the end of a ring to the next one
    return np.asarray(swept, dtype=np.float64)


def _table(dbf: Path, path: Path) -> tuple[NDArray[np.uint8], list[tuple[str, int, int]]]:
    """Return the rows of a .dbf as bytes, and name, start and width of its text columns."""
    content = whole_file(dbf)
    if len(content) < _DBF_HEADER:
        raise InputError(f"{dbf.name} is truncated", file=str(path))
    count, head, width = struct.unpack_from("<IHH", content, 4)
    if width < 1 or head < _DBF_HEADER or head + count * width > len(content):
        rows = max(0, len(content) - head) // max(width, 1)
        problem = f"{dbf.name} should hold {count} rows and holds {rows}; is it truncated?"
        raise InputError(problem, file=str(path))
    fields, at, start = [], _DBF_HEADER, 1
    while at + _DBF_FIELD <= head and content[at] != _END_OF_FIELDS:
        name = content[at : at + 11].split(b"\0")[0].decode("ascii", "replace")
        if content[at + 11 : at + 12] == b"C":
            size = content[at + 16] + 256 * content[at + 17]
            fields.append((name, start, size))
            start += size
        else:
            start += content[at + 16]
        at += _DBF_FIELD
    rows_of_bytes = np.frombuffer(content, np.uint8, count * width, head).reshape(count, width)
    return rows_of_bytes, fields


def _texts(
    records: NDArray[np.uint8], fields: list[tuple[str, int, int]], path: Path
) -> list[bytes]:
    """Return the texts that are not plain ASCII; a NUL within a text would cut it."""
    found = []
    for name, start, size in fields:
        for row in range(len(records)):
            text = records[row, start : start + size].tobytes().rstrip(b" \0")
            if b"\0" in text:
                problem = f"a text in column '{name}' holds a NUL character"
                raise InputError(problem, file=str(path), feature=row + 1)
            if not text.isascii():
                found.append(text)
    return found


def _encoding(path: Path, dbf: Path, texts: list[bytes]) -> tuple[str | None, list[Finding]]:
    """Return the encoding of the labels: of the .cpg, else what the .dbf tells."""
    if not texts:
        return "UTF-8", []
    if (cpg := _found(path, ".cpg")) is not None:
        name = _codec(cpg.read_bytes()[:100].decode("ascii", "replace").strip(), path)
        _check_labels(texts, name, path)
        return name, []
    with dbf.open("rb") as stream:
        driver = stream.read(30)[29]
    for guess in ("utf-8", _DRIVERS.get(driver, "")):
        if guess and _decodes(texts, guess):
            detail = f"{path}: no .cpg names the encoding of the labels; read as {guess}"
            return guess, [Finding(FindingKind.ENCODING_ASSUMED, detail, Severity.WARNING)]
    problem = (
        f"the labels are not ASCII and nothing says in which encoding; add {path.stem}.cpg "
        "with its name, such as UTF-8 or windows-1251"
    )
    raise InputError(problem, file=str(path))


def _codec(name: str, path: Path) -> str:
    """Return the encoding that a .cpg names in one of its many ways.

    Examples
    --------
    >>> [_codec(name, Path("a.shp")) for name in ("UTF-8", "1251", "ANSI 1251", "88595")]
    ['utf-8', 'cp1251', 'cp1251', 'iso8859-5']
    """
    bare = name.lower().removeprefix("ansi").removeprefix("oem").strip(" _-")
    if bare.startswith("8859") and bare[4:].strip("-_").isdigit():
        bare = f"iso8859-{bare[4:].strip('-_')}"
    for each in (bare, f"cp{bare}"):
        try:
            return codecs.lookup(each).name
        except (LookupError, ValueError):
            continue
    raise InputError(f"its .cpg names an unknown encoding, '{one_line(name)}'", file=str(path))


def _check_labels(texts: list[bytes], encoding: str, path: Path) -> None:
    if not _decodes(texts, encoding):
        problem = f"its .cpg says {encoding}, but the labels are in another encoding"
        raise InputError(problem, file=str(path))


def _decodes(texts: list[bytes], encoding: str) -> bool:
    try:
        for text in texts:
            text.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True

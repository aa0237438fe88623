"""What is wrong with a geometry that cannot be read, in words.

GEOS says it in its own: which of its readers met which byte or word. Asked here is only what it
has refused already, so nothing of this costs time while all is well.
"""

import re
import struct
from math import isfinite
from typing import Any

CURVED = "curved edges; write it with straight ones, as closely divided as its area needs"
SHORT_LINE = "a line of one position"
NO_PAIR = "a position is no pair of numbers"
EWKB_Z, EWKB_M, EWKB_SRID = 0x80000000, 0x40000000, 0x20000000
_POINT, _LINE, _POLYGON, _COLLECTION = 1, 2, 3, 7
_PART_OF = {4: _POINT, 5: _LINE, 6: _POLYGON}  # of each kind of several
_CURVES = range(8, 15)
_CORNERS = 4  # positions of the smallest closed ring
_DEPTH = {  # lists of lists around a position
    "Point": 0,
    "LineString": 1,
    "MultiPoint": 1,
    "Polygon": 2,
    "MultiLineString": 2,
    "MultiPolygon": 3,
}
_WKT_KINDS = frozenset({*(kind.upper() for kind in _DEPTH), "GEOMETRYCOLLECTION", "LINEARRING"})
_HEAD = re.compile(r"\s*([A-Za-z]+)(?:\s*(?:ZM|Z|M))?\s*", re.IGNORECASE)
_PLAIN_GROUP = re.compile(r"\(([^()]*)\)")
_FEW = 40  # characters that are quoted
_MOST_ORDINATES = 4


class _FaultError(Exception):
    """What was found."""


def _quoted(found: object) -> str:
    text = " ".join(str(found).split())
    printable = "".join(c if c.isprintable() else "?" for c in text)
    return f"'{printable[:_FEW]}{'…' if len(printable) > _FEW else ''}'"


# ---- WKB -------------------------------------------------------------------------------------


def wkb_fault(blob: bytes) -> str:
    """Return what is wrong with the WKB of a geometry.

    Parameters
    ----------
    blob : bytes
        WKB or EWKB that could not be read.

    Returns
    -------
    str
        Completes "unusable geometry (...)".

    Examples
    --------
    >>> wkb_fault(bytes.fromhex("0103000000"))
    'its WKB ends too early; is it cut short?'
    >>> wkb_fault(b"POINT (1 2)")
    'no WKB, which begins with a byte 00 or 01 and not 50'
    """
    try:
        _walk(blob, 0, None)
    except struct.error:
        return "its WKB ends too early; is it cut short?"
    except RecursionError:
        return "its WKB holds collections within collections without end"
    except _FaultError as fault:
        return str(fault)
    return "its WKB is damaged; write it anew"


def _walk(blob: bytes, at: int, wanted: int | None) -> int:
    """Return where the geometry that stands at a byte ends."""
    (first,) = struct.unpack_from("B", blob, at)
    if first > 1:
        raise _FaultError(f"no WKB, which begins with a byte 00 or 01 and not {first:02X}")
    order = "<" if first else ">"
    (code,) = struct.unpack_from(f"{order}I", blob, at + 1)
    at += 9 if code & EWKB_SRID else 5
    more, kind = divmod(code & 0xFFFF, 1000)
    size = 8 * (2 + (more in {1, 3}) + (more in {2, 3}) + bool(code & EWKB_Z))
    size += 8 * bool(code & EWKB_M)
    if wanted not in {None, kind}:
        raise _FaultError("a part of it is of another kind than its WKB says")
    if kind == _POINT:
        return _passed(blob, at, size)
    if kind in {_LINE, _POLYGON}:
        return _walk_lines(blob, at, kind, (order, size))
    if kind in _PART_OF or kind == _COLLECTION:
        (count,) = struct.unpack_from(f"{order}I", blob, at)
        at += 4
        for _ in range(count):
            at = _walk(blob, at, _PART_OF.get(kind))
        return at
    raise _FaultError(CURVED if kind in _CURVES else _other_kind(kind))


def _other_kind(kind: int) -> str:
    return f"type {kind} of WKB is no kind that can be read; write POLYGON or MULTIPOLYGON"


def _walk_lines(blob: bytes, at: int, kind: int, how: tuple[str, int]) -> int:
    """Return where the positions of a line, or the rings of a polygon, end."""
    order, size = how
    count = 1
    if kind == _POLYGON:
        (count,) = struct.unpack_from(f"{order}I", blob, at)
        at += 4
    for _ in range(count):
        (positions,) = struct.unpack_from(f"{order}I", blob, at)
        if kind == _LINE and positions == 1:
            raise _FaultError(SHORT_LINE)
        if kind == _POLYGON and 0 < positions < _CORNERS:
            raise _FaultError(_small_ring(positions))
        at = _passed(blob, at + 4, positions * size)
    return at


def _passed(blob: bytes, at: int, size: int) -> int:
    if at + size > len(blob):
        raise struct.error
    return at + size


def _small_ring(positions: int) -> str:
    return f"a ring of {positions} position{'s' if positions > 1 else ''} has no area"


# ---- WKT -------------------------------------------------------------------------------------


def wkt_fault(text: str) -> str:
    """Return what is wrong with the WKT of a geometry.

    Parameters
    ----------
    text : str
        WKT that could not be read.

    Returns
    -------
    str
        Completes "unusable geometry (...)".

    Examples
    --------
    >>> wkt_fault("POLYGON ((36 35, 37 35")
    'the brackets of its WKT do not close; is it cut short?'
    >>> wkt_fault("CIRCLE (36 35, 2)")
    "'CIRCLE' is no kind of geometry that can be read as WKT; write POLYGON or MULTIPOLYGON"
    """
    head = _HEAD.match(text)
    if head is None:
        return f"neither WKT nor hexadecimal WKB but {_quoted(text)}"
    kind = head.group(1).upper()
    if kind not in _WKT_KINDS and kind.rstrip("ZM") not in _WKT_KINDS:
        said = "can be read as WKT; write POLYGON or MULTIPOLYGON"
        return f"{_quoted(head.group(1))} is no kind of geometry that {said}"
    rest = text[head.end() :]
    if not rest.startswith("("):
        return f"no bracket follows {kind} in its WKT, but {_quoted(rest) if rest else 'nothing'}"
    behind = _behind(rest)
    if behind is None:
        return "the brackets of its WKT do not close; is it cut short?"
    if behind:
        return f"{_quoted(behind)} stands behind the end of its WKT"
    return _fault_of_positions(kind, rest)


def _behind(text: str) -> str | None:
    """Return what follows the bracket that closes the first one; None where none does."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if not depth:
            return text[at + 1 :].strip()
    return None


def _fault_of_positions(kind: str, text: str) -> str:
    for group in _PLAIN_GROUP.findall(text):
        positions = group.split(",")
        for position in positions:
            if not _is_position(position):
                return f"{_quoted(position)} is no position, as '36.5 35.2' is, in its WKT"
        if "POLYGON" in kind and len(positions) < _CORNERS:
            return _small_ring(len(positions))
        if "LINE" in kind and len(positions) == 1:
            return SHORT_LINE
    return f"no WKT but {_quoted(kind + text)}"


def _is_position(text: str) -> bool:
    try:
        found = [float(each) for each in text.split()]
    except ValueError:
        return False
    return 2 <= len(found) <= _MOST_ORDINATES and all(map(isfinite, found))  # noqa: PLR2004


# ---- GeoJSON ---------------------------------------------------------------------------------


def geojson_fault(geometry: Any) -> str:  # noqa: ANN401 - JSON
    """Return what is wrong with a GeoJSON geometry that is no collection.

    Parameters
    ----------
    geometry : object
        What could not be read.

    Returns
    -------
    str
        Completes "unusable geometry (...)".

    Examples
    --------
    >>> geojson_fault({"type": "Polygon"})
    'it has no coordinates'
    >>> geojson_fault({"type": "Point", "coordinates": ["36", 35]})
    'a position is no pair of numbers'
    """
    if not isinstance(geometry, dict):
        return f"no object with type and coordinates, but {_quoted(geometry)}"
    kind = geometry.get("type")
    if not isinstance(kind, str):
        return f"its type is {_quoted(kind)}" if "type" in geometry else "it has no type"
    if geometry.get("coordinates") is None:
        return "it has no coordinates"
    return _fault_of_lists(kind, geometry["coordinates"])


def _fault_of_lists(kind: str, coordinates: object) -> str:
    lists: list[Any] = [coordinates]
    for _ in range(_DEPTH.get(kind, 0)):
        if not all(isinstance(each, list) for each in lists):
            return f"its coordinates are not nested as those of a {kind} are"
        lists = [each for listed in lists for each in listed]
    if not all(_is_pair(each) for each in lists):
        return NO_PAIR
    if "Line" in kind:
        return SHORT_LINE
    return f"its coordinates make no {kind}"


def _is_pair(found: object) -> bool:
    return (
        isinstance(found, list) and len(found) > 1 and all(type(n) in (int, float) for n in found)
    )

"""JSON whose rings become arrays, without a Python number in between.

Nearly all of a map's JSON is positions. simdjson hands out all numbers below a list in one piece,
so a ring is an array before any of its numbers is an object. How the numbers were grouped is lost
on the way: `[[1, 2], [3, 4, 5], [6]]` are as many numbers as three pairs. So the brackets of the
text are counted against those of the content. Whatever is not sure is left to the parser that
keeps everything, which also finds the words for what is wrong.
"""

from codecs import BOM_UTF8
from collections.abc import Collection
from functools import cache
from typing import Any, Final

import numpy as np
import orjson

from territory.geometry.projection import Floats

_LISTS_ABOVE_RINGS: Final = {"Polygon": 1, "MultiPolygon": 2}
_DIMENSIONS: Final = (2, 3)  # numbers of a position, without a height or with one
_RAISED: Final = 3
_MOST_KEYS: Final = 100  # each is looked for from the first one on
_NO_STRUCTURE: Final = bytes(set(range(256)) - set(b'"[]{},:'))
_STRUCTURED: Final = (dict, list, str, np.ndarray)
_AS_THEY_ARE: Final = ("properties", "crs")  # whatever these members hold is no ground
_REFUSALS: Final = (TypeError, AttributeError, ValueError, RuntimeError, ArithmeticError, KeyError)


def content_with_rings(data: bytes, *, ring_lists: Collection[str] = ()) -> Any:  # noqa: ANN401
    """Return what JSON holds, the rings of its polygons as arrays; None if that is not sure.

    Parameters
    ----------
    data : bytes
        JSON in UTF-8.
    ring_lists : collection of str
        Keys of the outermost object that hold lists of rings, for JSON that is not GeoJSON.

    Returns
    -------
    dict, list or None
        As the parser of the standard library has it, but for the rings of polygons: each is an
        array of shape (n, 2) or (n, 3), in the coordinates of the file. None if it is no JSON,
        or a ring in it is not made of as many numbers for each position.

    Examples
    --------
    >>> triangle = b'{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 1], [0, 0]]]}'
    >>> content_with_rings(triangle)["coordinates"][0].tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    >>> content_with_rings(triangle.replace(b"[1, 0], [0, 1]", b"[1, 0, 0], [1]")) is None
    True
    """
    library = _simdjson()
    if library is None or data.startswith(BOM_UTF8):  # which it would pass over
        return None
    try:
        content = _converted(library.Parser().parse(data), ring_lists)
    except _REFUSALS:
        return None
    return content if _lists_in_text(data) == _lists_in(content) else None


def loaded(data: bytes, *, ring_lists: Collection[str] = ()) -> Any:  # noqa: ANN401
    """Return what JSON holds, the rings of its polygons as arrays where that is sure.

    Parameters
    ----------
    data, ring_lists
        See `content_with_rings`.

    Raises
    ------
    orjson.JSONDecodeError
        If it is no JSON.

    Examples
    --------
    >>> loaded(b'{"type": "Polygon", "coordinates": [[[1, 2], [3, 4, 5]]]}')["coordinates"]
    [[[1, 2], [3, 4, 5]]]
    """
    found = content_with_rings(data, ring_lists=ring_lists)
    return orjson.loads(data) if found is None else found


@cache
def _simdjson() -> Any:  # noqa: ANN401 - a module
    """Return the parser, or None where it is not installed: all is read the slow way then."""
    try:
        import simdjson
    except ImportError:
        return None
    return simdjson


def _converted(found: Any, ring_lists: Collection[str] = ()) -> Any:  # noqa: ANN401 - JSON
    if _is_object(found) and len(found) <= _MOST_KEYS:
        return {key: _member(found, key, ring_lists) for key in found.keys()}  # noqa: SIM118
    if _is_list(found) and len(found) and _is_object(found[0]):
        return [_converted(each) for each in found]
    return _plain(found)


def _member(owner: Any, key: str, ring_lists: Collection[str]) -> Any:  # noqa: ANN401 - JSON
    """Return one member of an object; among properties nothing is a ring."""
    if "\0" in key:  # names another member: the library looks for what stands before it
        raise ValueError(key)
    value = owner[key]
    if key == "coordinates" and (depth := _LISTS_ABOVE_RINGS.get(owner.get("type"))):
        return _nested(value, depth)
    if key in ring_lists:
        return _nested(value, 1)
    return _plain(value) if key in _AS_THEY_ARE else _converted(value)


def _nested(found: Any, depth: int) -> Any:  # noqa: ANN401 - JSON
    """Return lists of rings, this deep."""
    if not _is_list(found):
        raise TypeError(found)
    return [_nested(each, depth - 1) for each in found] if depth else _ring(found)


def _ring(found: Any) -> Floats:  # noqa: ANN401 - JSON
    values = np.frombuffer(found.as_buffer(of_type="d"))
    dimensions, rest = divmod(len(values), len(found))
    if rest or dimensions not in _DIMENSIONS:
        raise ValueError(dimensions)
    return values.reshape(-1, dimensions)


def _plain(found: Any) -> Any:  # noqa: ANN401 - JSON
    if _is_object(found):
        return found.as_dict()
    return found.as_list() if _is_list(found) else found


def _is_object(found: object) -> bool:
    return hasattr(found, "as_dict")


def _is_list(found: object) -> bool:
    return hasattr(found, "as_list")


def _lists_in_text(data: bytes) -> tuple[int, int]:
    """Count lists that are no position, and positions of three numbers.

    A bracket within a text counts too, so there may seem to be more than there are, never fewer.
    What makes up for a position that is none (a list, a list within it, a number between positions
    of three) is more of the one or of the other too.
    """
    structure = np.frombuffer(data.translate(None, _NO_STRUCTURE), dtype=np.uint8)
    opens, commas, closes = (structure == ord(each) for each in "[,]")
    pairs = np.count_nonzero(opens[:-2] & commas[1:-1] & closes[2:])
    triples = np.count_nonzero(opens[:-3] & commas[1:-2] & commas[2:-1] & closes[3:])
    return int(np.count_nonzero(opens) - pairs - triples), int(triples)


def _lists_in(content: object) -> tuple[int, int]:
    """Count the same in what was parsed; a ring is one list."""
    lists, triples, left = 0, 0, [content]
    while left:
        found = left.pop()
        if isinstance(found, dict):
            left += found.values()
        elif isinstance(found, np.ndarray):
            lists += 1
            triples += len(found) if found.shape[1] == _RAISED else 0
        elif isinstance(found, list) and _is_position(found):
            triples += len(found) == _RAISED
        elif isinstance(found, list):
            lists += 1
            left += found
    return lists, triples


def _is_position(found: list[Any]) -> bool:
    return len(found) in _DIMENSIONS and not any(isinstance(each, _STRUCTURED) for each in found)

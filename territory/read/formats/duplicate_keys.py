"""JSON in which a key stands twice: parsers keep the last one without a word.

A file with two lists of features, or a feature with two actors, would lose one of them.
Looking at every key takes a slow parser, so colons are counted first: there are as many
outside of texts as there are keys.
"""

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from territory.errors import InputError
from territory.read.formats.json_rings import loaded
from territory.read.text_files import read_bytes

_HOLDS_COLONS = (dict, str, list)  # numbers are most of what an object holds
_ESCAPED_COLON = re.compile(rb"\\u003a", re.IGNORECASE)


def read_json_content(path: Path, *, ring_lists: Collection[str] | None = None) -> Any:  # noqa: ANN401
    """Return what a file of JSON holds.

    Parameters
    ----------
    path : Path
        A file in UTF-8, or in UTF-16 with a byte-order mark.
    ring_lists : collection of str, optional
        If given, rings of polygons become arrays where they can (`json_rings.loaded`), and so do
        those in lists under these keys.

    Returns
    -------
    dict, list, str, float, int, bool or None
        As the file has it.

    Raises
    ------
    InputError
        If it is not JSON, or a key stands twice in one object.
    """
    data = read_bytes(path)
    try:
        content = orjson.loads(data) if ring_lists is None else loaded(data, ring_lists=ring_lists)
    except orjson.JSONDecodeError as error:
        detail = f"not JSON: {error.msg}; is the file truncated?"
        raise InputError(detail, file=str(path), line=error.lineno) from None
    refuse_doubled_keys(data, content, path)
    return content


def refuse_doubled_keys(data: bytes, content: object, path: Path) -> None:
    """Refuse JSON in which a key stands twice in one object.

    Parameters
    ----------
    data : bytes
        The JSON, in UTF-8.
    content : object
        What was parsed from it.
    path : Path
        For the message.

    Raises
    ------
    InputError
        Naming the key.

    Examples
    --------
    >>> refuse_doubled_keys(b'{"actor": "a", "actor": "b"}', {"actor": "b"}, Path("a.geojson"))
    Traceback (most recent call last):
    territory.errors.InputError: a.geojson: the key 'actor' stands twice in one object; keep one
    """
    # One byte is looked for seven times as fast as six of them, and hardly any file has it.
    escaped = len(_ESCAPED_COLON.findall(data)) if b"\\" in data else 0
    # Colons are many times as fast counted by numpy where there are few of them.
    written = int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == ord(":")))
    if written + escaped == _colons(content):
        return
    try:
        json.loads(data, object_pairs_hook=_once)
    except _DoubledError as error:
        problem = f"the key '{error}' stands twice in one object; keep one"
        raise InputError(problem, file=str(path)) from None
    except (ValueError, RecursionError):  # has been parsed already, so it is nothing new
        return


class _DoubledError(Exception):
    """Carries a key that stands twice."""


def _once(pairs: list[tuple[str, Any]]) -> None:
    names: set[str] = set()
    for name, _ in pairs:
        if name in names:
            raise _DoubledError(name)
        names.add(name)


def _colons(content: object) -> int:
    """Count keys, and colons in texts; lists of numbers have none."""
    count, left = 0, [content]
    while left:
        found = left.pop()
        if isinstance(found, dict):
            count += len(found) + "".join(found).count(":")
            left += [each for each in found.values() if isinstance(each, _HOLDS_COLONS)]
        elif isinstance(found, str):
            count += found.count(":")
        elif isinstance(found, list) and not _is_numbers(found):
            left += found
    return count


def _is_numbers(found: object) -> bool:
    while isinstance(found, list) and found:
        found = found[0]
    return isinstance(found, int | float | np.ndarray)  # a ring is an array, and so are all beside

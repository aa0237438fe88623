r"""Newline-delimited GeoJSON: one feature a line, or each behind a record separator (RFC 8142)."""

from pathlib import Path
from typing import Any

import orjson

from territory.errors import InputError
from territory.read.formats.duplicate_keys import read_json_content, refuse_doubled_keys
from territory.read.formats.json_rings import loaded
from territory.read.text_files import read_bytes

_SEPARATOR = b"\x1e"
_NOT_A_FEATURE = "no GeoJSON Feature; of a file of one feature a line, every line is one"


def read_features(path: Path) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what a file of JSON holds; of one that is a sequence of features, a collection.

    It is the content that tells, whatever the name of the file. Rings of polygons are arrays, but
    where their positions are not alike.

    Parameters
    ----------
    path : Path
        A file in UTF-8, or in UTF-16 with a byte-order mark.

    Returns
    -------
    dict, list, str, float, int, bool or None
        As the file has it, or a FeatureCollection of the features of a sequence.

    Raises
    ------
    InputError
        If it is not JSON, a line of a sequence is no feature, or a key stands twice in one
        object.
    """
    try:
        return read_json_content(path, ring_lists=())
    except InputError:
        records = _records(read_bytes(path))
        if not _is_sequence(records):
            raise
    features = [_feature(text, line, path) for line, text in records]
    return {"type": "FeatureCollection", "features": features}


def _records(data: bytes) -> list[tuple[int, bytes]]:
    """Return the texts of a sequence and the line on which each begins, without blank ones."""
    if not data.lstrip().startswith(_SEPARATOR):
        return [(n, text) for n, text in enumerate(data.split(b"\n"), start=1) if text.strip()]
    found, line = [], 1
    for text in data.split(_SEPARATOR):
        if text.strip():
            found.append((line, text))
        line += text.count(b"\n")
    return found


def _is_sequence(records: list[tuple[int, bytes]]) -> bool:
    """Return whether the first text is a feature by itself."""
    try:
        first = orjson.loads(records[0][1])
    except (IndexError, orjson.JSONDecodeError):
        return False
    return isinstance(first, dict) and first.get("type") == "Feature"


def _feature(text: bytes, line: int, path: Path) -> dict[str, Any]:
    try:
        found = loaded(text)
    except orjson.JSONDecodeError as error:
        at = line + error.lineno - 1
        problem = f"not JSON: {error.msg}; is the file truncated?"
        raise InputError(problem, file=str(path), line=at) from None
    if not isinstance(found, dict) or found.get("type") != "Feature":
        raise InputError(_NOT_A_FEATURE, file=str(path), line=line)
    refuse_doubled_keys(text, found, path)
    return found

"""Findings, numbers and geometries as bytes that come back the same, without any folder in them.

Made for `territory.memo`: nothing is kept as an object of Python, which whoever wrote the file
could make do anything on being read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import PurePath
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from pyproj import CRS

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import WGS84

Packed = bytes | memoryview  # a part of a whole need not be copied
_FOLDER = "\0"  # stands for the folder of a file; no text that is packed has it
_KINDS = {str(kind): kind for kind in FindingKind}
_LENGTH = 8  # bytes that say how long the beginning is


@dataclass(frozen=True)
class Unnamed:
    """Texts about a file, without the folder that it lies in.

    Attributes
    ----------
    location : str
        The file as the user named it.

    Examples
    --------
    >>> about = Unnamed("maps/2024/a.geojson")
    >>> about.put(about.taken("maps/2024/a.geojson: closed"))
    'maps/2024/a.geojson: closed'
    """

    location: str

    @cached_property
    def name(self) -> str:
        """The last part of the name."""
        return PurePath(self.location).name

    @cached_property
    def folder(self) -> str:
        """All of the name but its last part, the separator with it."""
        return self.location.removesuffix(self.name)

    def taken(self, text: str) -> str:
        """Return a text without the folder, the same wherever the file is named from.

        Parameters
        ----------
        text : str
            About the file.

        Raises
        ------
        ValueError
            If it has the mark that stands for the folder.
        """
        if _FOLDER in text:
            raise ValueError("the text has a mark in it that stands for a folder")
        if not self.location:
            return text
        if self.location not in text:
            return text
        folder, name = self.folder, self.name
        if text == folder + name:  # by far the most, and no pattern has to be made for them
            return _FOLDER + name
        named = rf"{re.escape(folder)}(?={re.escape(name)}(?!\w))"
        # Not within the name of another file: 'a.kml' ends 'data.kml' too.
        return re.sub(rf"(?<![\w./\\-]){named}", _FOLDER, text)

    def put(self, text: str) -> str:
        """Return a text with the folder in its place.

        Parameters
        ----------
        text : str
            As `taken` gives it.
        """
        return text.replace(_FOLDER, self.folder)

    def cells(self, findings: Sequence[Finding]) -> list[list[Any]]:
        """Return findings as lists of plain values.

        Parameters
        ----------
        findings : sequence of Finding
            About the file.
        """
        return [
            [
                str(each.kind),
                self.taken(each.detail),
                str(each.severity),
                None if each.day is None else each.day.isoformat(),
                None if each.km2 is None else float(each.km2),
            ]
            for each in findings
        ]

    def findings(self, cells: Sequence[Sequence[Any]]) -> tuple[Finding, ...]:
        """Return the findings of such lists.

        Parameters
        ----------
        cells : sequence of list
            As `cells` gives them.
        """
        kinds = (_KINDS[text] for text, *_ in cells)
        return tuple(
            Finding(
                kind,
                self.put(detail),
                Severity(severity),
                None if day is None else date.fromisoformat(day),
                km2,
            )
            for kind, (_, detail, severity, day, km2) in zip(kinds, cells, strict=True)
        )


def is_usual(crs: CRS) -> bool:
    """Return whether a CRS is longitude and latitude on WGS 84, which need not be kept.

    What another process has read has another object for it.

    Parameters
    ----------
    crs : CRS
        Of a file or a day.
    """
    return crs is WGS84 or bool(crs.to_wkt() == WGS84.to_wkt())


def joined(head: object, *parts: bytes) -> bytes:
    """Return plain values and some bytes as one piece.

    Parameters
    ----------
    head : object
        What JSON can say.
    *parts : bytes
        Any.

    Raises
    ------
    TypeError
        If JSON cannot say it.

    Examples
    --------
    >>> parted(joined({"a": 1}, b"one", b"two"))
    ({'a': 1}, [b'one', b'two'])
    """
    first = orjson.dumps([head, [len(part) for part in parts]])
    return b"".join((len(first).to_bytes(_LENGTH, "little"), first, *parts))


def parted(content: Packed) -> tuple[Any, list[Packed]]:
    """Return what was joined.

    Parameters
    ----------
    content : bytes or memoryview
        As `joined` gives it.
    """
    start = _LENGTH + int.from_bytes(content[:_LENGTH], "little")
    head, lengths = orjson.loads(content[_LENGTH:start])
    parts: list[Packed] = []
    for length in lengths:
        parts.append(content[start : start + length])
        start += length
    return head, parts


def numbers(content: Packed, kind: str) -> NDArray[Any]:
    """Return numbers of which the bytes are known; they cannot be written to.

    Parameters
    ----------
    content : bytes or memoryview
        Of the numbers, one after the other.
    kind : str
        As numpy calls it, such as ``<f8``.
    """
    found = np.frombuffer(content, dtype=np.dtype(kind))
    # Other libraries take numbers for what lies where a number may lie.
    return found if found.flags.aligned else np.frombuffer(bytes(content), dtype=found.dtype)

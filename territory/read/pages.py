"""Pages of one answer: a server that gives some features at a time, each answer in a file.

Files are pages of one another where all but the last say that they were cut, all have the same
properties, none is longer than those that were cut, and no object stands in two of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import shapely

from territory.findings import Finding, FindingKind, Severity
from territory.read.formats.layer import Layer

_IDS = frozenset({"objectid", "globalid", "fid", "gid", "uuid"})


@dataclass(frozen=True)
class Pages:
    """Files that may be pages of one answer.

    Attributes
    ----------
    files : tuple of str
        In the order in which they are read.
    is_whole : bool
        Whether together they are all of it, as the server says.
    repeated : str
        What stands in two of them, so that they are no pages, or fetched while the order changed.
    """

    files: tuple[str, ...]
    is_whole: bool
    repeated: str = ""

    def as_finding(self, day: date | None) -> Finding:
        """Say that they were put together.

        Parameters
        ----------
        day : date or None
            That they are of.
        """
        more = "" if self.is_whole else "; the server had more"
        detail = (
            f"{self.files[0]} and {len(self.files) - 1} more: pages of one answer, put together"
            f" as one snapshot{more}"
        )
        severity = Severity.INFO if self.is_whole else Severity.WARNING
        return Finding(FindingKind.PAGES_MERGED, detail, severity, day)


def pages_of(layers: Sequence[Layer]) -> Pages | None:
    """Return several files as pages of one answer; None where nothing speaks for it.

    Parameters
    ----------
    layers : sequence of Layer
        One for each file.
    """
    cut = [layer for layer in layers if layer.page is not None]
    rest = [layer for layer in layers if layer.page is None]
    if len(layers) < 2 or not cut or rest[1:]:  # noqa: PLR2004
        return None
    longest = max(len(layer.properties) for layer in cut)
    if any(len(layer.properties) > longest for layer in rest):
        return None
    if len({_keys(layer) for layer in layers if layer.properties}) > 1:
        return None
    files = tuple(layer.file for layer in layers)
    return Pages(files, _is_whole(layers), _in_two(layers))


def _keys(layer: Layer) -> frozenset[str]:
    return frozenset[str]().union(*layer.properties)


def _is_whole(layers: Sequence[Layer]) -> bool:
    """Return whether all features are here: as many as there are, or with a last page."""
    counts = {layer.page.matched for layer in layers if layer.page and layer.page.matched}
    if counts:
        return counts == {sum(len(layer.properties) for layer in layers)}
    return any(layer.page is None for layer in layers)


def _in_two(layers: Sequence[Layer]) -> str:
    """Name an object that stands in two files, by its id or else by its outline."""
    seen: set[object] = set()
    for layer in layers:
        here = {*_ids(layer), *shapely.to_wkb(layer.geometry).tolist()} - {None}
        if again := seen & here:
            ids = sorted(str(each) for each in again if not isinstance(each, bytes))
            return ids[0] if ids else "the same outline"
        seen |= here
    return ""


def _ids(layer: Layer) -> Iterable[str]:
    for row in layer.properties:
        for key, value in row.items():
            if key.lower() in _IDS and isinstance(value, int | str):
                yield f"{key} {value}"


def without_cut(
    findings: Iterable[Finding], files: Iterable[str], day: date | None
) -> list[Finding]:
    """Return findings without those that say a page of a whole answer is not all of it.

    Parameters
    ----------
    findings : iterable of Finding
        What readers of files noticed.
    files : iterable of str
        The pages.
    day : date or None
        That they are of; None for every day.
    """
    starts = tuple(f"{file}: " for file in files)
    return [
        each
        for each in findings
        if each.kind != FindingKind.CUT_ANSWER
        or not each.detail.startswith(starts)
        or (day is not None and each.day != day)
    ]


def put_together(layers: Sequence[Layer]) -> Sequence[Layer]:
    """Return layers that are read as one, which say no more that they are cut if all are there.

    Parameters
    ----------
    layers : sequence of Layer
        One for each file.
    """
    pages = pages_of(layers)
    if pages is None or pages.repeated or not pages.is_whole:
        return layers
    return [
        replace(each, findings=tuple(without_cut(each.findings, pages.files, None)))
        for each in layers
    ]

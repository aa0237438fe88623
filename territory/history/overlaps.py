"""Who holds ground that two holders claim on the same day: winding numbers to one holder."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from territory.errors import OverlapError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools
from territory.history.partition import Partition
from territory.holders import NOBODY, Holder
from territory.numbers import figure

OVERLAP_TOLERANCE_KM2 = 1e-3  # below this an overlap is reported but never refused


class Overlap(StrEnum):
    """What to do where two holders claim the same ground on the same day."""

    ERROR = "error"
    FIRST = "first"  # the holder named first in `priority`, else the first by name
    CONTESTED = "contested"


def resolve_overlaps(
    cut: Partition, days: tuple[date, ...], *, overlap: Overlap, priority: tuple[str, ...]
) -> tuple[NDArray[np.int16], tuple[Holder, ...], list[Finding]]:
    """Turn winding numbers into one holder per day and face.

    Parameters
    ----------
    cut : Partition
        Of snapshots.
    days : tuple of date
        Of those snapshots, for messages.
    overlap : Overlap
        What to do where two holders have the same ground on the same day.
    priority : tuple of str
        Actors, strongest first, for ``overlap="first"``.

    Returns
    -------
    held_by, holders, audit
        As a `territory.history.history.History` has them.

    Raises
    ------
    OverlapError
        If two holders overlap and `overlap` is ``"error"``.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import WGS84, EqualArea
    >>> from territory.history.repair import normalise
    >>> from territory.history.partition import partition
    >>> from territory.history.snapshot import RawZones, Source
    >>> day, both = date(2018, 1, 1), (Holder("a"), Holder("b"))
    >>> boxes = np.array([shapely.box(37, 35, 38, 36), shapely.box(37, 35, 37.5, 36)])
    >>> cut = partition(
    ...     (normalise(RawZones(day, WGS84, Source("drawn"), both, boxes)),), EqualArea(37.0, 35.0))
    >>> held_by, holders, audit = resolve_overlaps(
    ...     cut, (day,), overlap=Overlap.FIRST, priority=("b",))
    >>> sorted(str(holders[index]) for index in held_by[0]), len(audit)
    (['a', 'b'], 1)
    """
    covers = cut.winding > 0
    audit = [*_own_overlaps(cut, days), *_overlaps(cut, covers, days, overlap)]
    order = sorted(
        range(len(cut.holders)),
        key=lambda k: (_rank(cut.holders[k], priority), k),
    )
    contested = Holder("contested")
    holders = (NOBODY, *cut.holders, *([contested] if overlap is Overlap.CONTESTED else []))
    held_by = np.zeros(covers.shape[1:], dtype=np.int16)
    for layer in reversed(order):
        held_by[covers[layer]] = layer + 1
    if overlap is Overlap.CONTESTED:
        held_by[covers.sum(axis=0) > 1] = len(holders) - 1
    return held_by, holders, audit


def _rank(holder: Holder, priority: tuple[str, ...]) -> int:
    return priority.index(holder.actor) if holder.actor in priority else len(priority)


def _own_overlaps(cut: Partition, days: tuple[date, ...]) -> Iterator[Finding]:
    """Tell of ground that one holder's zones cover more than once, which counts once."""
    for layer, day in np.argwhere((cut.winding > 1).any(axis=2)).tolist():
        again = np.maximum(cut.winding[layer, day] - 1, 0)
        km2 = float(again @ cut.area_m2 / 1e6)
        if km2 > OVERLAP_TOLERANCE_KM2:
            detail = f"zones of {cut.holders[layer]} lie over one another; the ground counts once"
            yield Finding(FindingKind.OWN_OVERLAP, detail, Severity.INFO, days[day], km2)


def _overlaps(
    cut: Partition, covers: Bools, days: tuple[date, ...], policy: Overlap
) -> list[Finding]:
    """Report every pair of holders on the same ground; refuse it where asked to."""
    area = cut.area_m2 / 1e6
    findings = []
    for day in np.flatnonzero((covers.sum(axis=0) > 1).any(axis=1)):
        for a in range(len(cut.holders)):
            for b in range(a + 1, len(cut.holders)):
                km2 = float(area[covers[a, day] & covers[b, day]].sum())
                if km2 == 0.0:
                    continue
                text = f"{cut.holders[a]} and {cut.holders[b]} overlap; policy '{policy}'"
                if policy is Overlap.ERROR and km2 > OVERLAP_TOLERANCE_KM2:
                    raise OverlapError(
                        f"{days[day]}: {cut.holders[a]} and {cut.holders[b]} overlap by"
                        f" {figure(km2)} km2; mend it at the source, or choose an overlap policy"
                        " (overlap = 'first' or 'contested' in a profile or a job)"
                    )
                findings.append(
                    Finding(FindingKind.OVERLAP, text, Severity.WARNING, days[day], km2)
                )
    return findings

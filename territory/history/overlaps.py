"""Who holds ground that two holders claim on the same day: winding numbers to one holder."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from territory.errors import OverlapError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools, HolderRows, holder_rows
from territory.geometry.projection import Ints
from territory.history.partition import Partition
from territory.holders import NOBODY, Holder, Status
from territory.numbers import figure

OVERLAP_TOLERANCE_KM2 = 1e-3  # below this an overlap is reported but never refused
_FIRMEST_FIRST = (Status.HELD, Status.CONTESTED, Status.CLAIMED)


class Overlap(StrEnum):
    """What to do where two holders claim the same ground on the same day."""

    ERROR = "error"
    FIRST = "first"  # the actor named first in `priority`, else the first by name
    CONTESTED = "contested"  # of nobody in particular; of one actor what it has most firmly


def resolve_overlaps(
    cut: Partition, days: tuple[date, ...], *, overlap: Overlap, priority: tuple[str, ...]
) -> tuple[HolderRows, tuple[Holder, ...], list[Finding]]:
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
    held_by, holders, found = settled(cut, len(days), overlap=overlap, priority=priority)
    return held_by, holders, found.findings(cut.holders, days, overlap)


@dataclass(frozen=True)
class Overlapping:
    """How much ground is covered more than once: sums over ground.

    Attributes
    ----------
    own_km2 : mapping of (int, int) to float
        By layer and day, what zones of that layer cover again.
    shared_km2 : mapping of (int, int, int) to float
        By day and two layers, what both of them cover.
    """

    own_km2: Mapping[tuple[int, int], float]
    shared_km2: Mapping[tuple[int, int, int], float]

    def findings(
        self, layers: tuple[Holder, ...], days: tuple[date, ...], policy: Overlap
    ) -> list[Finding]:
        """Tell of it, or refuse it.

        Parameters
        ----------
        layers : tuple of Holder
            By number.
        days : tuple of date
            By number.
        policy : Overlap
            What is done where two holders have the same ground.

        Raises
        ------
        OverlapError
            If two holders overlap and the policy is ``"error"``.
        """
        shared = [
            _shared(km2, days[day], (layers[a], layers[b]), policy)
            for (day, a, b), km2 in sorted(self.shared_km2.items())
        ]
        return [*_own_overlaps(layers, self.own_km2, days), *shared]


def settled(
    cut: Partition, days: int, *, overlap: Overlap, priority: tuple[str, ...]
) -> tuple[HolderRows, tuple[Holder, ...], Overlapping]:
    """Turn winding numbers into one holder per day and face, and measure what overlaps.

    Parameters
    ----------
    cut : Partition
        Of snapshots, or of what they have in a tile.
    days : int
        How many there are.
    overlap, priority
        See `resolve_overlaps`; nothing is refused here.

    Returns
    -------
    held_by, holders, overlapping
    """
    order = sorted(
        range(len(cut.holders)),
        key=lambda k: _rank(cut.holders[k], priority),
    )
    contested = Holder("contested")
    holders = (NOBODY, *cut.holders, *([contested] if overlap is Overlap.CONTESTED else []))
    held_by = holder_rows(days, len(cut.faces), len(holders))
    own: dict[tuple[int, int], float] = {}
    shared: dict[tuple[int, int, int], float] = {}
    doubled = _Doubled(cut)
    actors = np.unique([each.actor for each in cut.holders], return_inverse=True)[1]
    for day, (new, winding) in enumerate(cut.winding.by_day()):
        # Where nothing changed, a face has the holder of the day before.
        covers = winding[:, new] > 0
        held_by[day] = held_by[day - 1] if day else 0
        held_by[day, new] = 0
        for layer in reversed(order):
            held_by[day, new[covers[layer]]] = layer + 1
        if overlap is Overlap.CONTESTED:
            held_by[day, new[_of_several(covers, actors)]] = len(holders) - 1
        doubled.look_at(new, winding)
        own |= {(layer, day): km2 for layer, km2 in enumerate(doubled.own_km2) if km2}
        for pair, km2 in _overlaps(cut, doubled.shared(winding)):
            shared[day, *pair] = km2
    return held_by, holders, Overlapping(own, shared)


def _of_several(covers: Bools, actors: Ints) -> Bools:
    """Return which faces several actors cover: what one has twice over, nobody contests.

    `actors` are numbers, one for each layer.
    """
    last = np.where(covers, actors[:, np.newaxis], -1).max(axis=0, initial=-1)
    found: Bools = (covers & (actors[:, np.newaxis] != last)).any(axis=0)
    return found


class _Doubled:
    """Follows, day by day, the ground that is covered more than once.

    ``own_km2`` is, layer by layer, the ground in km2 that zones of one layer cover again.
    """

    def __init__(self, cut: Partition) -> None:
        self.own_km2 = [0.0] * len(cut.holders)
        self._area_m2 = cut.area_m2
        self._again = np.zeros((len(cut.holders), len(cut.faces)), dtype=bool)
        self._several = np.zeros(len(cut.faces), dtype=bool)

    def look_at(self, new: Ints, winding: NDArray[np.int16]) -> None:
        """Take in the faces that are new on a day."""
        again = winding[:, new] > 1
        self._several[new] = (winding[:, new] > 0).sum(axis=0) > 1
        for layer in np.flatnonzero((again | self._again[:, new]).any(axis=1)):
            self._again[layer, new] = again[layer]
            more = np.maximum(winding[layer] - 1, 0)
            self.own_km2[layer] = float(more @ self._area_m2 / 1e6)

    def shared(self, winding: NDArray[np.int16]) -> tuple[Ints, Bools]:
        """Return the faces that several layers cover, and which of them each layer does."""
        at = np.flatnonzero(self._several)
        return at, winding[:, at] > 0


def _rank(holder: Holder, priority: tuple[str, ...]) -> tuple[int, str, int]:
    """Return what strongest holders come first by: of one actor what it has most firmly."""
    at = priority.index(holder.actor) if holder.actor in priority else len(priority)
    return at, holder.actor, _FIRMEST_FIRST.index(holder.status)


def _own_overlaps(
    layers: tuple[Holder, ...], again: Mapping[tuple[int, int], float], days: tuple[date, ...]
) -> Iterator[Finding]:
    """Tell of ground that one holder's zones cover more than once, which counts once."""
    for (layer, day), km2 in sorted(again.items()):
        if km2 > OVERLAP_TOLERANCE_KM2:
            detail = f"zones of {layers[layer]} lie over one another; the ground counts once"
            yield Finding(FindingKind.OWN_OVERLAP, detail, Severity.INFO, days[day], km2)


def _overlaps(
    cut: Partition, shared: tuple[Ints, Bools]
) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield every pair of layers on the same ground on a day, with the km2."""
    at, covers = shared
    area = cut.area_m2[at] / 1e6
    for a, b in combinations(np.flatnonzero(covers.any(axis=1)).tolist(), 2):
        km2 = float(area[covers[a] & covers[b]].sum())
        if km2 != 0.0:
            yield (a, b), km2


def _shared(km2: float, day: date, pair: tuple[Holder, Holder], policy: Overlap) -> Finding:
    """Report two holders on the same ground on a day; refuse it where asked to."""
    one, other = pair
    if policy is Overlap.ERROR and km2 > OVERLAP_TOLERANCE_KM2:
        raise OverlapError(
            f"{day}: {one} and {other} overlap by"
            f" {figure(km2)} km2; mend it at the source, or choose an overlap policy"
            " (--overlap contested, or overlap = 'first' or 'contested' in a profile or a job)"
        )
    rule = f"policy '{policy}'" if one.actor != other.actor else "what it has most firmly counts"
    text = f"{one} and {other} overlap; {rule}"
    return Finding(FindingKind.OVERLAP, text, Severity.WARNING, day, km2)

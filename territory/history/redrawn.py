"""Where a day is drawn otherwise than the day before.

From one day to the next nearly all edges stay: a front moves in a few places. What two days
have in common, from their first positions on and from their last ones back, is found by holding
positions against each other, which takes far less than looking up which edge each one begins.

Only what is surely the same is left out: positions that are equal, in rings of the same holders
that end at the same places. What is taken for drawn anew and is not (between two changes, or
where a file lists its zones in another order) is taken away from the day before and added
again, and so changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory.geometry.arrays import Bools, points_of, shared_ends
from territory.geometry.projection import Floats
from territory.history.snapshot import Snapshot
from territory.holders import Holder

Kinds = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Stretch:
    """What is drawn on a day instead of something that was drawn on the day before.

    The edges that begin at positions `begin` to `stop` less one stand for those that began, on the
    day before, at positions `begin` to `until` less one.

    Attributes
    ----------
    xy : ndarray, shape (n, 2)
        Positions from `begin` on, in the CRS of the snapshot: those at which these edges begin,
        and one more, where the last of them ends, if what follows is drawn as on the day before.
    kind : ndarray of int, shape (n,)
        See `kinds`; the last of them is marked as an end in any case.
    begin, stop, until : int
        See above.
    gone : ndarray of int, shape (until - begin,)
        The kinds of the positions of the day before.
    """

    xy: Floats
    kind: Kinds
    begin: int
    stop: int
    until: int
    gone: Kinds


def stretches(snapshots: Sequence[Snapshot], holders: Sequence[Holder]) -> Iterator[Stretch]:
    """Yield what each day draws anew, one stretch a day; of the first day that is all.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        All in one CRS.
    holders : sequence of Holder
        The layers, in the order of their numbers.

    Examples
    --------
    >>> from datetime import date
    >>> import shapely
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.repair import normalise
    >>> from territory.history.snapshot import RawZones, Source
    >>> def drawn(day, top):
    ...     zone = np.array([shapely.Polygon([(37, 35), (38, 35), (38, top), (37, 36)])])
    ...     return normalise(RawZones(day, WGS84, Source("drawn"), (Holder("a"),), zone))
    >>> days = [drawn(date(2018, month, 1), top) for month, top in ((1, 36), (2, 36), (3, 36.5))]
    >>> [each.stop - each.begin for each in stretches(days, [Holder("a")])]
    [5, 0, 2]
    """
    number = {holder: index for index, holder in enumerate(holders)}
    before, was = np.zeros((0, 2)), np.zeros(0, dtype=np.int32)
    for snapshot in snapshots:
        kind = kinds(snapshot, number)
        yield _stretch(before, was, snapshot.xy, kind)
        before, was = snapshot.xy, kind


def _stretch(before: Floats, was: Kinds, xy: Floats, kind: Kinds) -> Stretch:
    """Return what is drawn instead of something before, of positions and their kinds."""
    old, new = points_of(before), points_of(xy)
    head, tail = shared_ends((old, new), (was, kind))
    if head == len(old) == len(new):
        nothing = np.zeros(0, dtype=np.int32)
        return Stretch(xy[:0], nothing, head, head, head, nothing)
    # The edge that ends at the first position that differs does so too.
    begin, stop, until = max(head - 1, 0), len(new) - tail, len(old) - tail
    own = kind[begin : stop + 1].copy()
    own[-1:] |= 1
    return Stretch(xy[begin : stop + 1], own, begin, stop, until, was[begin:until].copy())


def kinds(snapshot: Snapshot, number: Mapping[Holder, int]) -> Kinds:
    """Return of each position twice the number of its layer, and one more where a ring ends.

    Parameters
    ----------
    snapshot : Snapshot
        One day.
    number : mapping of Holder to int
        Of each layer.
    """
    found = np.repeat(2 * layers_of_rings(snapshot, number), np.diff(snapshot.ring_start))
    found[snapshot.ring_start[1:] - 1] |= 1
    return found


def layers_of_rings(snapshot: Snapshot, number: Mapping[Holder, int]) -> Kinds:
    """Return the number of the layer of each ring.

    Parameters
    ----------
    snapshot : Snapshot
        One day.
    number : mapping of Holder to int
        Of each layer.
    """
    layers = np.array([number[holder] for holder in snapshot.holders], dtype=np.int32)
    return layers[snapshot.ring_layer]


def are_ends(kind: Kinds) -> Bools:
    """Tell at which positions a ring or a stretch ends.

    Parameters
    ----------
    kind : ndarray of int, shape (n,)
        See `kinds`.
    """
    return (kind & 1).astype(np.bool_)


def layers_of_kinds(kind: Kinds) -> Kinds:
    """Return the number of the layer of each position.

    Parameters
    ----------
    kind : ndarray of int, shape (n,)
        See `kinds`.
    """
    return kind >> 1

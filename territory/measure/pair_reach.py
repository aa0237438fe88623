"""How far errors of the drawn lines carry into what changed hands, for many pairs of days.

The same as `territory.measure.boundary_error.reach` for the transfers between two days, in
vectors over all pairs of a block: the strips of ground that changed hands (see
`territory.measure.strips`), the lines along them, what these share, and how they hang together.
Every array has the lines, strips or transfers of all pairs one after the other.

For the transfer from one holder to another its strips count 1 and all other ground 0. So the
weights on both sides of a line along such a strip differ by 1 all along it, which makes the
formulas of `territory.measure.strips.shares` short: what both sides of the strip itself share
cancels. Along a strip of another transfer, which borders on it, what the two sides share stays
as far as the side across does not border on it too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from territory.geometry.arrays import Bools, HolderRows, distinct_values
from territory.geometry.graphs import connected
from territory.geometry.projection import Floats, Ints
from territory.history.merged_faces import COUNTED, MergedFaces
from territory.measure.boundary_error import BoundaryError, joined, parts_of
from territory.measure.estimate import correlated_m2
from territory.measure.strips import AS_WIDE, correlation, hairline

_CELLS_AT_ONCE = 400_000  # of a table of pairs and lines, to bound memory
_BEFORE, _AFTER, _BOTH = range(3)  # which of the two maps draw a line
_KINDS = 3


@dataclass(frozen=True, eq=False)
class TransferReaches:
    """How far errors of the lines carry into every transfer between some pairs of days.

    Attributes
    ----------
    pair : ndarray of int, shape (n,)
        Number of the pair of days.
    giver, taker : ndarray of int, shape (n,)
        Numbers of the holders; no pair of days has the same two twice.
    spread_m, length_m : ndarray, shape (n,)
        See `territory.measure.boundary_error.Reach`.
    """

    pair: Ints
    giver: Ints
    taker: Ints
    spread_m: Floats
    length_m: Floats


@dataclass(frozen=True, eq=False)
class _Strips:
    """Strips of ground that changed hands alike, of all pairs of days.

    `pair` and `key` (giver and taker in one number) of each; `of_face` has the strip of each
    face by pair, -1 where it did not change hands, and `keys` the key of each face.
    """

    pair: Ints
    key: Ints
    area_m2: Floats
    of_face: Ints
    keys: Ints


@dataclass(frozen=True, eq=False)
class _Sides:
    """The lines around strips, once for each strip that they lie beside.

    `strip` and `beyond` (the strip on the other side, -1 where that ground did not change
    hands), `key` and `key_beyond`, and which of the two maps draw the line, its `kind`.
    """

    line: Ints
    strip: Ints
    beyond: Ints
    key: Ints
    key_beyond: Ints
    kind: Ints
    length_m: Floats


def reach_of_pairs(
    faces: MergedFaces, before: Ints, after: Ints, *, holders: int, error: BoundaryError
) -> Iterator[TransferReaches]:
    """Yield how far errors of the lines carry into the transfers between pairs of days.

    Parameters
    ----------
    faces : MergedFaces
        As far as the days of the pairs tell them apart.
    before, after : ndarray of int, shape (pairs,)
        Rows of the first and of the second day of each pair.
    holders : int
        How many there are.
    error : BoundaryError
        For the error of a line and its correlation along the line and between days.

    Yields
    ------
    TransferReaches
        Of some pairs at a time, to bound memory; one that no ground passed between is not there.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.history.drawing import drawing_of
    >>> from territory.history.merged_faces import merged_faces
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> faces = merged_faces(drawing_of(history), np.array([0, 1]), "all")
    >>> both = np.array([0, 1])  # there and back
    >>> (found,) = reach_of_pairs(faces, both, both[::-1], holders=2, error=BoundaryError(50.0))
    >>> found.giver.tolist(), found.taker.tolist(), found.spread_m.round().tolist()
    ([0, 1], [1, 0], [986.0, 986.0])
    """
    wide = max(len(faces.lines.one), faces.held_by.shape[1], 1)
    step = max(1, _CELLS_AT_ONCE // wide)
    for first in range(0, len(before), step):
        some = slice(first, first + step)
        held = faces.held_by[before[some]], faces.held_by[after[some]]
        strips = _strips_of(faces, *held, holders)
        sides = _sides_of(faces, strips, holders)
        yield _reaches(faces, strips, sides, first=first, holders=holders, error=error)


def _strips_of(faces: MergedFaces, before: HolderRows, after: HolderRows, holders: int) -> _Strips:
    """Return the faces that changed hands, joined where they hang together and did so alike."""
    keys = before.astype(np.int32) * holders + after
    changed = before != after
    pair, face = np.nonzero(changed)
    number = np.where(changed, np.cumsum(changed).reshape(changed.shape) - 1, -1)
    one, other = faces.lines.one, faces.lines.other
    at, line = np.nonzero(changed[:, one] & (keys[:, one] == keys[:, other]))
    count, strip = connected(number[at, one[line]], number[at, other[line]], len(face))
    of_pair, key = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    of_pair[strip], key[strip] = pair, keys[pair, face]
    area_m2 = np.bincount(strip, faces.area_m2[face], count).astype(np.float64)
    number[pair, face] = strip
    return _Strips(of_pair, key, area_m2, number, keys)


def _sides_of(faces: MergedFaces, strips: _Strips, holders: int) -> _Sides:
    """Return the lines around strips, with what lies on their other side."""
    one, other = faces.lines.one, faces.lines.other
    apart = strips.keys[:, one] != strips.keys[:, other]
    found = []
    for within, beyond in ((one, other), (other, one)):
        pair, line = np.nonzero(apart & (strips.of_face[:, within] >= 0))
        there = pair, beyond[line]
        strip = strips.of_face[pair, within[line]]
        found.append((line, strip, strips.of_face[there], strips.keys[there]))
    line, strip, across, key_beyond = map(np.concatenate, zip(*found, strict=True))
    key = strips.key[strip]
    by_before = key // holders != key_beyond // holders
    by_after = key % holders != key_beyond % holders
    kind = np.where(by_before & by_after, _BOTH, np.where(by_after, _AFTER, _BEFORE))
    return _Sides(line, strip, across, key, key_beyond, kind, faces.lines.length_m[line])


def _reaches(
    faces: MergedFaces,
    strips: _Strips,
    sides: _Sides,
    *,
    first: int,
    holders: int,
    error: BoundaryError,
) -> TransferReaches:
    own, common = _shares(strips, sides, holders, error.total_m)
    keys = holders * holders
    ids, transfer = np.unique(strips.pair * keys + strips.key, return_inverse=True)
    counted = np.flatnonzero(faces.lines.inside[COUNTED][sides.line])
    of_line = transfer[sides.strip[counted]]
    alone = counted[(sides.kind[counted] != _BOTH) & (own[counted] != 0)]
    # What two maps share goes with what both of them draw.
    shared = np.where(sides.kind == _BOTH, 1.0, common)
    together = counted[shared[counted] != 0]
    old, new, both = _variances(
        faces,
        sides,
        np.concatenate([alone, together]),
        share=np.concatenate([own[alone], shared[together]]),
        group=np.concatenate(
            [
                transfer[sides.strip[alone]] * _KINDS + sides.kind[alone],
                transfer[sides.strip[together]] * _KINDS + _BOTH,
            ]
        ),
        groups=len(ids) * _KINDS,
        along=error.correlation_length_m,
    )
    variance = old + new + both - 2 * error.date_correlation * np.sqrt(old * new)
    part = (sides.length_m * (own + common))[counted]
    length_m = np.bincount(of_line, part, len(ids)).astype(np.float64)
    pair, key = np.divmod(ids, keys)
    spread_m = np.sqrt(np.maximum(variance, 0.0))
    return TransferReaches(first + pair, key // holders, key % holders, spread_m, length_m)


def _variances(
    faces: MergedFaces,
    sides: _Sides,
    at: Ints,
    *,
    share: Floats,
    group: Ints,
    groups: int,
    along: float,
) -> Floats:
    """Return the variance of the lines of each kind, for a unit error, shape (kinds, transfers).

    Lines of one transfer and kind are strung together where they meet.
    """
    ends = faces.lines.ends[sides.line[at]] + (group * faces.lines.points)[:, None]
    number, points = distinct_values(ends.ravel())
    one, other = number.reshape(-1, 2).T
    length = sides.length_m[at]
    length_m, closed, string = joined(length, one, other, len(points))
    m2 = correlated_m2(length_m, along, closed=closed)
    weight = m2[string] * share * parts_of(length, length_m[string])
    return np.bincount(group, weight, groups).reshape(-1, _KINDS).T.astype(np.float64)


def _shares(strips: _Strips, sides: _Sides, holders: int, error_m: float) -> tuple[Floats, Floats]:
    """Return the parts of each line's variance that are its own, and that go with another.

    See `territory.measure.strips.Shares`. A line that both maps draw lies along no strip.
    """
    along = sides.kind != _BOTH
    number = 2 * sides.strip + sides.kind  # of the side of the strip that the line is part of
    count = 2 * len(strips.key)
    long_m = np.bincount(number[along], sides.length_m[along], count).astype(np.float64)
    r = _correlations(strips.area_m2, long_m, error_m)
    own, common = np.ones(len(along)), np.zeros(len(along))
    own[along] = 1 - r[sides.strip[along]]
    two = np.flatnonzero(along & (sides.beyond >= 0))
    if two.size:
        stays = _stays(sides, two, long_m, holders**2)
        ours, theirs = r[sides.strip[two]], r[sides.beyond[two]]
        # Of two strips the narrower one counts, of two as wide what errs on the wide side.
        apart = theirs.round(AS_WIDE) - ours.round(AS_WIDE)
        wins = (apart > 0) | ((apart == 0) & (theirs * stays > 0))
        own[two[wins]], common[two[wins]] = 1 - theirs[wins], (theirs * stays)[wins]
    return own, common


def _correlations(area_m2: Floats, long_m: Floats, error_m: float) -> Floats:
    """Return the correlation of the errors of the two sides of each strip.

    Where one map alone drew all of the outline, only those of a hairline go together.
    """
    sides_m = long_m[::2] + long_m[1::2]
    width: Floats = np.full(len(area_m2), np.inf)
    np.divide(2 * area_m2, sides_m, out=width, where=sides_m > 0)
    two: Bools = (long_m[::2] > 0) & (long_m[1::2] > 0)
    return np.where(two, correlation(width, error_m), hairline(width, error_m))


def _stays(sides: _Sides, at: Ints, long_m: Floats, keys: int) -> Floats:
    """Return how much of what a line shares along the strip beyond it carries into the figure.

    All of it but for the part of the strip's side across that borders on ground of the same
    transfer as the line: that is moved together with it.
    """
    side = 2 * sides.beyond[at] + sides.kind[at]
    across = np.where(long_m[side ^ 1] > 0, side ^ 1, side)
    bordering = (2 * sides.strip[at] + sides.kind[at]) * keys + sides.key_beyond[at]
    known, number = np.unique(bordering, return_inverse=True)
    border_m = np.bincount(number, sides.length_m[at], len(known))
    wanted = across * keys + sides.key[at]
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    same_m = np.where(known[place] == wanted, border_m[place], 0.0)
    return np.maximum(1 - same_m / long_m[across], 0.0)

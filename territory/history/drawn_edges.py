"""The edges of all zones of all days, each once, and how days use them.

From one day to the next nearly all edges are the same, so only what a day draws otherwise than
the one before is looked up (`territory.history.redrawn`), and what is kept is what changes: so
many numbers as there are changes, and not days times edges. What the rings of each day enclose is
added up from all their positions, whatever was looked up: by that it shows if an edge were lost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory.geometry.arrays import (
    distinct_values,
    first_of,
    in_blocks,
    points_of,
    sorted_distinct,
    unique_rows,
)
from territory.geometry.densify import is_forward
from territory.geometry.edges import lines_along
from territory.geometry.graphs import piled, sparse_table
from territory.geometry.projection import Floats, Ints
from territory.history.redrawn import Stretch, are_ends, layers_of_kinds, layers_of_rings, stretches
from territory.history.snapshot import Snapshot
from territory.holders import Holder

if TYPE_CHECKING:
    from scipy.sparse import csr_array

CONSERVATION = 1e-9  # of the area of a layer on a day, above which noding counts as failed
_DIGITS = 1e-13  # what rounding leaves of a sum of areas swept by edges
_TOGETHER = 400_000  # positions that are looked up together


@dataclass(frozen=True, eq=False)
class DrawnEdges:
    """The edges of all zones of all days, each once, in canonical direction.

    Attributes
    ----------
    ends : ndarray, shape (e, 4)
        x and y of both ends, in the CRS they were drawn in.
    changes : sparse array of int, shape (days * layers, e)
        How a layer uses an edge on a day (1 where it is drawn along it, -1 where against) less
        how it did on the day before. No zero is stored.
    drawn : ndarray, shape (n, 2)
        Corners as they follow each other in rings, those where an edge is first drawn.
    place : ndarray of int, shape (e,)
        Where in `drawn` each edge begins.
    signed : ndarray, shape (days, layers)
        The area that rings enclose, in the square of the unit of the CRS.
    swept : ndarray, shape (layers,)
        The sum of the products of which that area is made up, on the day on which it is largest:
        so much may be rounded off by a share.
    """

    ends: Floats
    changes: "csr_array"
    drawn: Floats
    place: Ints
    signed: Floats
    swept: Floats

    def lines(self, chosen: Ints | slice = slice(None)) -> NDArray[np.object_]:
        """Return edges as lines.

        Parameters
        ----------
        chosen : ndarray of int, optional
            Numbers of edges, in order; all of them by default.
        """
        return lines_along(self.drawn, self.place[chosen])

    def conserves(self, enclosed: Floats) -> bool:
        """Tell whether faces enclose what the rings do, for every layer on every day.

        Parameters
        ----------
        enclosed : ndarray, shape (days * layers,)
            Winding numbers less those of the day before, times the areas of the faces.
        """
        # Days are added up one after the other, so the largest says what rounding leaves of each.
        total = np.cumsum(enclosed.reshape(self.signed.shape), axis=0)
        allowed = CONSERVATION * np.abs(self.signed) + _DIGITS * self.swept
        return bool((np.abs(total - self.signed) <= allowed).all())


def drawn_edges(snapshots: tuple[Snapshot, ...], holders: tuple[Holder, ...]) -> DrawnEdges:
    """Find each distinct edge of all days, and how their use changes from day to day.

    Positions are looked up in blocks, so that few arrays are as long as all that is drawn anew:
    to touch memory for the first time costs more than what is reckoned in it.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        All in one CRS.
    holders : tuple of Holder
        The layers.
    """
    anew = tuple(stretches(snapshots, holders))
    blocks = edges_anew(anew)
    ends = np.concatenate([each.ends for each in blocks])
    drawn = np.concatenate([each.drawn for each in blocks])
    first, number = unique_rows(ends)
    own = np.split(number, np.cumsum([len(each.ends) for each in blocks])[:-1])
    used = np.concatenate([_renumbered(b.used, n) for b, n in zip(blocks, own, strict=True)])
    above = accumulate((len(each.drawn) for each in blocks), initial=0)
    place = np.concatenate([b.place + n for b, n in zip(blocks, above, strict=False)])
    del blocks, number, own
    changes = _changes(anew, used, (len(holders), len(first)))
    ends = ends.take(first, 0)
    return DrawnEdges(ends, changes, drawn, place.take(first), *_enclosed(snapshots, holders))


@dataclass(frozen=True, eq=False)
class EdgesAnew:
    """The edges of what some days draw anew, each once, as in `DrawnEdges`.

    Attributes
    ----------
    ends, drawn, place
        As there.
    used : ndarray of int32, shape (n,)
        For each position which edge begins at it, numbers from 1: above zero where it is drawn
        along, below where against; 0 where none begins.
    """

    ends: Floats
    drawn: Floats
    place: Ints
    used: NDArray[np.int32]


def edges_anew(anew: Sequence[Stretch]) -> list[EdgesAnew]:
    """Return the edges of what is drawn anew, some days at a time.

    Parameters
    ----------
    anew : sequence of Stretch
        One for each day.

    Returns
    -------
    list of EdgesAnew
        Each edge once in each of them.
    """
    sizes = (len(each.xy) for each in anew)
    return [_edges_of(some) for some in in_blocks(anew, sizes, _TOGETHER)]


def _edges_of(anew: Sequence[Stretch]) -> EdgesAnew:
    """Give each distinct point a number, and then each distinct pair of points."""
    # All positions of all stretches, (n, 2), one after the other.
    drawn = np.concatenate([each.xy for each in anew])
    drawn += 0.0  # -0.0 becomes 0.0
    # Each as a whole number, (n,), the same for the same position to the last bit: from here on
    # nothing is compared but whole numbers. `first`, (u,), is a place where each one stands.
    first, point = unique_rows(drawn)
    closes = are_ends(np.concatenate([each.kind for each in anew]))
    # An edge runs from each position to the next, (m,), but not from the end of a ring into the
    # ring after it, nor where a position is repeated.
    begins = np.flatnonzero(~closes[:-1] & (point[:-1] != point[1:]))
    start, end = point.take(begins), point.take(begins + 1)
    # A pair of points is one number, smaller * u + larger, so that an edge drawn either way is
    # the same one. `number`, (m,), says which distinct edge each is; `pairs`, (e,), are these in
    # the order in which they are first drawn, from which the points are had back by division.
    number, pairs = distinct_values(np.minimum(start, end) * len(first) + np.maximum(start, end))
    low, high = (drawn.take(first[each], 0) for each in np.divmod(pairs, max(len(first), 1)))
    # Numbers of points mean nothing on the map, so each edge is turned the way that its
    # coordinates say, (e, 4), which is the same in whatever order files were read.
    forward = is_forward(low, high)
    ends = np.where(forward[:, None], np.hstack([low, high]), np.hstack([high, low]))
    # Drawn along that direction or against it, (m,): from the smaller number to the larger is
    # along, exactly where the smaller one is where the edge now begins.
    used = np.zeros(len(drawn), dtype=np.int32)
    used[begins] = np.where((start < end) == forward.take(number), number + 1, -1 - number)
    # Of the corners, only those are kept where an edge is first drawn.
    place = begins.take(first_of(number, len(ends)))
    kept = sorted_distinct(np.concatenate([place, place + 1]))
    return EdgesAnew(ends, drawn.take(kept, 0), np.searchsorted(kept, place), used)


def _renumbered(used: NDArray[np.int32], number: Ints) -> NDArray[np.int32]:
    """Return what `EdgesAnew.used` says, with other numbers of the edges."""
    known = np.append(0, number + 1).astype(np.int32)
    return np.sign(used) * known.take(np.abs(used))


def _changes(
    anew: Sequence[Stretch], used: NDArray[np.int32], shape: tuple[int, int]
) -> "csr_array":
    """Return how each layer uses each edge on each day, less how it did the day before.

    Of how many layers and edges they are says `shape`.
    """
    sizes = (len(each.xy) + len(each.gone) for each in anew)
    tables = []
    for days in in_blocks(_by_day(anew, used), sizes, _TOGETHER):
        row = np.concatenate([n * shape[0] + layer for n, (layer, _) in enumerate(days)])
        edge = np.concatenate([of_day for _, of_day in days])
        there = np.flatnonzero(edge)
        row, edge = row.take(there), edge.take(there)
        size = len(days) * shape[0], shape[1]
        tables.append(sparse_table(np.sign(edge).astype(np.int16), row, np.abs(edge) - 1, size))
        tables[-1].eliminate_zeros()
    return piled(tables)


def _by_day(
    anew: Sequence[Stretch], used: NDArray[np.int32]
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Yield layers and numbers of the edges that come and, the other way round, of those that go.

    The numbers are those of `EdgesAnew.used`, of which `used` holds one for each position.
    """
    whole, start = used[:0], 0  # of each position of the day before, which edge begins there
    for each in anew:
        new = used[start : start + each.stop - each.begin]
        layer = layers_of_kinds(np.concatenate([each.kind[: len(new)], each.gone]))
        yield layer, np.concatenate([new, -whole[each.begin : each.until]])
        whole = np.concatenate([whole[: each.begin], new, whole[each.until :]])
        start += len(each.xy)


def _enclosed(snapshots: Sequence[Snapshot], holders: Sequence[Holder]) -> tuple[Floats, Floats]:
    """Return what the rings of each layer enclose on each day, and what may be rounded of it.

    Steps are small, and taken exactly; where they begin is reckoned from some corner of the day.
    So a zone of some metres, far from all others, keeps nine digits of its area.
    """
    number = {holder: index for index, holder in enumerate(holders)}
    signed, swept = np.zeros((2, len(snapshots), len(holders)))
    for day, each in enumerate(snapshots):
        if not len(each.xy):
            continue
        at, ends, layer = points_of(each.xy), each.ring_start[1:] - 1, layers_of_rings(each, number)
        step, from_first = np.append(np.diff(at), 0.0), at - at[0]
        step[ends] = 0.0  # from the end of a ring none leads to the next
        along, across = from_first.real * step.imag, from_first.imag * step.real
        for table, parts in ((signed, along - across), (swept, abs(along) + abs(across))):
            of_rings = np.add.reduceat(parts, each.ring_start[:-1]) / 2
            table[day] = np.bincount(layer, of_rings, len(holders))
    return signed, swept.max(axis=0, initial=0.0)

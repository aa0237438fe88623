"""The edges of all zones of all days, each once, and how days use them.

From one day to the next nearly all edges are the same, so only what a day draws otherwise than
the one before is looked up (`territory.history.redrawn`), and what is kept is what changes: so
many numbers as there are changes, and not days times edges. What the rings of each day enclose is
added up from all their positions, whatever was looked up: by that it shows if an edge were lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
from territory.geometry.graphs import sparse_table
from territory.geometry.projection import Floats, Ints
from territory.history.redrawn import Stretch, are_ends, layers_in, layers_of_kinds, stretches
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
        What their edges sweep, whichever way they run, on the day on which they sweep most.
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

    Positions are looked up in blocks, so that no array is as long as all that is drawn anew: to
    touch memory for the first time costs more than what is reckoned in it.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        All in one CRS.
    holders : tuple of Holder
        The layers.
    """
    anew = tuple(stretches(snapshots, holders))
    blocks = edges_anew(anew)
    before = np.cumsum([0, *(len(each.ends) for each in blocks)])
    above = np.cumsum([0, *(len(each.drawn) for each in blocks)])
    ends = np.concatenate([each.ends for each in blocks])
    first, number = unique_rows(ends)
    used = [_renumbered(each.used, number[at:]) for each, at in zip(blocks, before, strict=False)]
    place = np.concatenate([each.place + at for each, at in zip(blocks, above, strict=False)])
    shape = (len(holders) * len(snapshots), len(first))
    return DrawnEdges(
        ends.take(first, 0),
        _changes(anew, np.concatenate(used), shape),
        np.concatenate([each.drawn for each in blocks]),
        place.take(first),
        *_enclosed(snapshots, holders),
    )


@dataclass(frozen=True, eq=False)
class EdgesAnew:
    """The edges of what some days draw anew, each once, as in `DrawnEdges`.

    Attributes
    ----------
    ends, drawn, place
        As there.
    used : ndarray of int, shape (n,)
        For each position which edge begins at it, numbers from 1: above zero where it is drawn
        along, below where against; 0 where none begins.
    """

    ends: Floats
    drawn: Floats
    place: Ints
    used: Ints


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
    used = np.zeros(len(drawn), dtype=np.int64)
    used[begins] = np.where((start < end) == forward.take(number), number + 1, -1 - number)
    # Of the corners, only those are kept where an edge is first drawn.
    place = begins.take(first_of(number, len(ends)))
    kept = sorted_distinct(np.concatenate([place, place + 1]))
    return EdgesAnew(ends, drawn.take(kept, 0), np.searchsorted(kept, place), used)


def _renumbered(used: Ints, number: Ints) -> NDArray[np.int32]:
    """Return what `EdgesAnew.used` says, with other numbers of the edges."""
    known = np.append(0, number + 1).astype(np.int32)
    found: NDArray[np.int32] = np.sign(used).astype(np.int32) * known.take(np.abs(used))
    return found


def _changes(
    anew: Sequence[Stretch], used: NDArray[np.int32], shape: tuple[int, int]
) -> "csr_array":
    """Return how each layer uses each edge on each day, less how it did the day before."""
    layers, at = shape[0] // len(anew), np.cumsum([0, *(len(each.xy) for each in anew)])
    rows, edges = [], []
    whole = used[:0]  # of each position of a day, which edge begins there
    for day, (each, start) in enumerate(zip(anew, at.tolist(), strict=False)):
        new = used[start : start + each.stop - each.begin]
        edges += [new, -whole[each.begin : each.until]]
        layer = layers_of_kinds(np.concatenate([each.kind[: len(new)], each.gone]))
        rows.append(day * layers + layer)
        whole = np.concatenate([whole[: each.begin], new, whole[each.until :]])
    row, edge = np.concatenate(rows), np.concatenate(edges)
    there = np.flatnonzero(edge)
    row, edge = row.take(there), edge.take(there)
    changes = sparse_table(np.sign(edge).astype(np.int16), row, np.abs(edge) - 1, shape)
    changes.eliminate_zeros()
    return changes


def _enclosed(snapshots: Sequence[Snapshot], holders: Sequence[Holder]) -> tuple[Floats, Floats]:
    """Return what the rings of each layer enclose on each day, and sweep on any day at most."""
    # Of small numbers less is rounded off, so all are taken from somewhere in their midst.
    middle = next((points_of(each.xy).mean() for each in snapshots if len(each.xy)), 0.0)
    number = {holder: index for index, holder in enumerate(holders)}
    signed, swept = np.zeros((2, len(snapshots), len(holders)))
    for day, each in enumerate(snapshots):
        at, layer = points_of(each.xy) - middle, layers_in(each, number)[each.ring_layer]
        area = np.zeros(len(at))  # swept from each position to the next
        area[:-1] = (at[:-1].conj() * at[1:]).imag / 2
        area[each.ring_start[1:] - 1] = 0.0
        for table, of_edges in ((signed, area), (swept, np.abs(area))):
            of_rings = np.add.reduceat(of_edges, each.ring_start[:-1]) if len(layer) else area
            table[day] = np.bincount(layer, of_rings, len(holders))
    return signed, swept.max(axis=0, initial=0.0)

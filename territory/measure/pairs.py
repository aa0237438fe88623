"""What changed hands between any two days at once, by matrix products.

With the faces as rows, a holder's ground is a table of zeros and ones with a column for
each day. The ground that left one holder and came to another between any two days is then
one product of two such tables, weighted by face areas: all pairs of 536 days cost about
as much as reading a few of the files. Faces are taken in blocks, so that memory stays
bounded whatever the number of faces.

Most pairs of holders never have the same ground, whatever the days: between 100 actors it is
the neighbours that do. Only what passes between those that do is worked out and kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from territory.geometry.arrays import Bools, HolderRows, first_of
from territory.geometry.projection import Floats
from territory.history.history import History
from territory.history.spells import same_columns

BLOCK_BYTES = 64_000_000  # of one table of ones and zeros


def all_transitions(
    history: History,
    area: str | None = None,
    *,
    stayed: bool = True,
    block_bytes: int = BLOCK_BYTES,
) -> Floats:
    """Return the transition matrix between any two days.

    Parameters
    ----------
    history : History
        Any.
    area : str, optional
        A named area; the whole partition by default.
    stayed : bool
        Whether to work out what did not change hands, or leave it at zero, which is quicker.
    block_bytes : int
        Size of the tables worked on at a time. The result does not depend on it but for
        the rounding of sums.

    Returns
    -------
    ndarray, shape (days, days, holders, holders)
        Square kilometres: ``[a, b]`` is ``transition_matrix(history, days[a], days[b])``.

    Raises
    ------
    InputError
        If the area is not in the history.

    Examples
    --------
    >>> from datetime import date
    >>> import shapely
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> held_by = np.array([[1, 0, 0], [1, 1, 1], [0, 1, 0]], dtype=np.int16)
    >>> history = from_coverage(
    ...     squares, held_by, days=tuple(date(2018, 1, n) for n in (1, 2, 3)),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> all_transitions(history)[:, :, 0, 1]
    array([[0., 2., 1.],
           [0., 0., 0.],
           [1., 2., 0.]])
    """
    found = transitions(history, area, stayed=stayed, block_bytes=block_bytes)
    days, count = len(history.days), len(history.holders)
    moved = np.zeros((days, days, count, count))
    for (one, other), km2 in found.km2.items():
        moved[:, :, other, one] = km2.T
        moved[:, :, one, other] = km2
    return moved


@dataclass(frozen=True, eq=False)
class Transitions:
    """Ground that passed between holders, for any two days.

    Attributes
    ----------
    days, holders : int
        How many there are.
    km2 : mapping of (int, int) to ndarray, shape (days, days)
        Square kilometres from the first holder (never the larger number) on the day of the row
        to the second on the day of the column. Turned round it is what passed the other way. Two
        holders that never had the same ground are not there.
    """

    days: int
    holders: int
    km2: Mapping[tuple[int, int], Floats]


def transitions(
    history: History,
    area: str | None = None,
    *,
    stayed: bool = True,
    block_bytes: int = BLOCK_BYTES,
) -> Transitions:
    """Return what passed between holders, for any two days.

    What `all_transitions` returns is days times days times holders times holders, 23 GB for 536
    days and 100 holders; this is as large as there are pairs of holders that had the same ground.

    Parameters
    ----------
    history, area, stayed, block_bytes
        See `all_transitions`.

    Raises
    ------
    InputError
        If the area is not in the history.

    Examples
    --------
    >>> from datetime import date
    >>> import shapely
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0, 2], [1, 1, 2]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 1, 2)),
    ...     holders=(NOBODY, Holder("a"), Holder("b")), projection=EqualArea(0.0, 0.0))
    >>> found = transitions(history, stayed=False)
    >>> list(found.km2), found.km2[0, 1].tolist()
    ([(0, 1)], [[0.0, 1.0], [0.0, 0.0]])
    """
    days, count = len(history.days), len(history.holders)
    moved: dict[tuple[int, int], Floats] = {}
    for held_by, km2 in _blocks(history, history.mask(area), block_bytes // count):
        group = same_columns(held_by)
        weight = np.bincount(group, km2)
        same = held_by[:, first_of(group, len(weight))]
        held = {index: (same == index).astype(np.float64) for index in np.unique(same).tolist()}
        for one, other in _sharing(held):
            if stayed or one != other:
                total = moved.setdefault((one, other), np.zeros((days, days)))
                total += held[one] @ (weight * held[other]).T
    return Transitions(days, count, moved)


def _sharing(held: Mapping[int, Floats]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of holders, the smaller number first, that ever had the same ground."""
    ever = {index: each.any(axis=0) for index, each in held.items()}
    for one, other in combinations_with_replacement(sorted(held), 2):
        if (ever[one] & ever[other]).any():
            yield one, other


def _blocks(
    history: History, inside: Bools, block_bytes: int
) -> Iterator[tuple[HolderRows, Floats]]:
    """Yield holders by day and face, and areas in km2, of some faces at a time."""
    faces = np.flatnonzero(inside)
    size = max(1, block_bytes // (8 * len(history.days)))
    for start in range(0, len(faces), size):
        chosen = faces[start : start + size]
        yield history.held_by[:, chosen], history.area_m2[chosen] / 1e6

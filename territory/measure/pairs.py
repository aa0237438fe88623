"""What changed hands between any two days at once, by matrix products.

With the faces as rows, a holder's ground is a table of zeros and ones with a column for
each day. The ground that left one holder and came to another between any two days is then
one product of two such tables, weighted by face areas: all pairs of 536 days cost about
as much as reading a few of the files. Faces are taken in blocks, so that memory stays
bounded whatever the number of faces.
"""

from collections.abc import Iterator

import numpy as np

from territory.geometry.arrays import Bools, HolderRows
from territory.geometry.projection import Floats, Ints
from territory.history.history import History

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
    days, count = len(history.days), len(history.holders)
    moved = np.zeros((days, days, count, count))
    for held_by, km2 in _blocks(history, history.mask(area), block_bytes // count):
        group = held_alike(held_by)
        same = held_by[:, np.unique(group, return_index=True)[1]]
        weight = np.bincount(group, km2)
        held = [(same == index).astype(np.float64) for index in range(count)]
        for one in range(count):
            for other in range(one if stayed else one + 1, count):
                product = held[one] @ (weight * held[other]).T
                moved[:, :, one, other] += product
                if one != other:
                    moved[:, :, other, one] += product.T
    return moved


def _blocks(
    history: History, inside: Bools, block_bytes: int
) -> Iterator[tuple[HolderRows, Floats]]:
    """Yield holders by day and face, and areas in km2, of some faces at a time."""
    faces = np.flatnonzero(inside)
    size = max(1, block_bytes // (8 * len(history.days)))
    for start in range(0, len(faces), size):
        chosen = faces[start : start + size]
        yield history.held_by[:, chosen], history.area_m2[chosen] / 1e6


def held_alike(held_by: HolderRows) -> Ints:
    """Return a number for each face, the same for faces with the same holders on all days.

    Parameters
    ----------
    held_by : ndarray of int, shape (days, faces)

    Examples
    --------
    >>> held_alike(np.array([[1, 0, 1], [2, 0, 2]], dtype=np.int16)).tolist()
    [0, 1, 0]
    """
    columns = np.ascontiguousarray(held_by.T)
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(each.tobytes(), len(known)) for each in columns], dtype=int)

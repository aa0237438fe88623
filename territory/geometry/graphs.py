"""Sparse tables of numbers, and what hangs together through pairs.

Scipy is loaded when the first table is made, for that takes as long as to read a small file.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from territory.geometry.projection import Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def sparse_table(
    values: NDArray[Any],
    rows: Ints | NDArray[np.int32],
    columns: Ints,
    shape: tuple[int, int],
) -> "csr_array":
    """Return a table of numbers that is zero but in some cells.

    Parameters
    ----------
    values : ndarray of number, shape (n,)
        Those of one cell are added up.
    rows, columns : ndarray of int, shape (n,)
        The cell of each value.
    shape : tuple of int
        How many rows and columns there are.

    Returns
    -------
    sparse array, of the given shape and the type of the values

    Examples
    --------
    >>> one = np.array([1, 1, 1])
    >>> sparse_table(one, np.array([0, 1, 1]), np.array([0, 1, 1]), (2, 2)).toarray().tolist()
    [[1, 0], [0, 2]]
    """
    from scipy.sparse import coo_array

    table = coo_array((values, (rows, columns)), shape=shape)
    if np.issubdtype(values.dtype, np.integer):  # which add up to the same in any order
        return table.tocsc().tocsr()  # sorted by counting, twice, and not by comparing
    return table.tocsr()


def stacked(
    blocks: Iterable[tuple[NDArray[Any], Ints, Ints]], shape: tuple[int, int]
) -> "csr_array":
    """Return one table of numbers that are had a block at a time.

    Parameters
    ----------
    blocks : iterable of (ndarray of number, ndarray of int, ndarray of int)
        Values, and the row and column of each; no cell stands twice.
    shape : tuple of int
        How many rows and columns there are.

    Returns
    -------
    sparse array of int, of the given shape

    Examples
    --------
    >>> one, other = np.array([1]), np.array([0])
    >>> stacked([(one, other, other), (one, one, other)], (2, 1)).toarray().tolist()
    [[1], [1]]
    """
    none = np.zeros(0, dtype=np.int16), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    values, rows, columns = map(np.concatenate, zip(none, *blocks, strict=True))
    return sparse_table(values, rows, columns, shape)


def piled(tables: "Iterable[csr_array]") -> "csr_array":
    """Return tables as one, each below the one before.

    Parameters
    ----------
    tables : iterable of sparse array, each of shape (r, n)
        At least one, all with as many columns.

    Returns
    -------
    sparse array, of shape (sum of r, n)

    Examples
    --------
    >>> one = sparse_table(np.array([1]), np.array([0]), np.array([1]), (1, 2))
    >>> piled([one, one]).toarray().tolist()
    [[0, 1], [0, 1]]
    """
    from scipy.sparse import vstack

    found: csr_array = vstack(list(tables), format="csr")
    return found


def with_row(table: "csr_array", row: NDArray[Any]) -> "csr_array":
    """Return a table with a row more, the last.

    Parameters
    ----------
    table : sparse array, shape (r, n)
    row : ndarray of number, shape (n,)

    Examples
    --------
    >>> one = np.array([1, 1])
    >>> table = sparse_table(one, np.array([0, 0]), np.array([0, 2]), (1, 3))
    >>> with_row(table, np.array([4, 0, 5])).toarray().tolist()
    [[1, 0, 1], [4, 0, 5]]
    """
    cells, (rows, count) = table.tocoo(), table.shape
    at = np.flatnonzero(row)
    values = np.concatenate([cells.data, row[at]])
    places = np.concatenate([cells.row, np.full(len(at), rows)]), np.concatenate([cells.col, at])
    return sparse_table(values, *places, (rows + 1, count))


def connected(one: Ints, other: Ints, count: int) -> tuple[int, Ints]:
    """Return how many groups hang together through pairs, and the group of each thing.

    Parameters
    ----------
    one, other : ndarray of int, shape (n,)
        The two things of each pair.
    count : int
        How many things there are; one that is in no pair is a group of its own.

    Returns
    -------
    groups : int
    group : ndarray of int, shape (count,)
        From 0 on, in the order of the first thing of each group.

    Examples
    --------
    >>> groups, group = connected(np.array([0, 3]), np.array([2, 2]), 5)
    >>> groups, group.tolist()
    (3, [0, 1, 0, 0, 2])
    """
    first = np.arange(count)  # each thing points at the least that it is paired with
    if not len(one):
        return count, first
    low, high = np.minimum(one, other), np.maximum(one, other)
    # The least of all wins: with any other, the pairs of one thing with many take turns. Few
    # things have a lesser one than that which is written last.
    first[high] = low
    less = np.flatnonzero(low < first.take(high))
    np.minimum.at(first, high.take(less), low.take(less))
    while not np.array_equal(further := first.take(first), first):
        first = further
    number = np.cumsum(first == np.arange(count)) - 1
    group = number.take(first)
    one, other = group.take(one), group.take(other)
    apart = np.flatnonzero(one != other)
    groups, whole = connected(one.take(apart), other.take(apart), int(number[-1]) + 1)
    return groups, whole.take(group)

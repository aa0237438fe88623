"""Plain arrays: the type of a mask, rows of numbers each kept once, what hangs together."""

from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from territory.geometry.projection import Floats, Ints

Bools = NDArray[np.bool_]
Points = NDArray[np.complex128]  # x and y as one number, so that one look compares both
Thing = TypeVar("Thing")
_LARGEST = np.iinfo(np.int64).max
HolderRows = NDArray[np.int8 | np.int16]  # numbers of holders: few, and as many as days times faces


def holder_rows(days: int, faces: int, holders: int) -> HolderRows:
    """Return a table of holders by day and face, all of them the first.

    Parameters
    ----------
    days, faces : int
        Its shape.
    holders : int
        How many there are: a byte holds the numbers of 127, and of a long series with many faces
        every byte counts.

    Examples
    --------
    >>> holder_rows(2, 3, 5).dtype, holder_rows(2, 3, 500).dtype
    (dtype('int8'), dtype('int16'))
    """
    small = holders <= np.iinfo(np.int8).max
    return np.zeros((days, faces), dtype=np.int8 if small else np.int16)


def unique_rows(rows: Floats) -> tuple[Ints, Ints]:
    """Return the index of the first of each distinct row, and each row's distinct index.

    Looks up one 64-bit hash per row, which is many times faster than sorting rows; a
    collision is detected and the rows are sorted.

    Parameters
    ----------
    rows : ndarray of float, shape (n, m)
        Rows are the same where all their bits are.

    Returns
    -------
    first : ndarray of int, shape (u,)
        Where each distinct row stands for the first time.
    inverse : ndarray of int, shape (n,)
        Which of the u distinct rows each row is.

    Examples
    --------
    >>> first, inverse = unique_rows(np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]]))
    >>> len(first), bool(inverse[0] == inverse[2])
    (2, True)
    """
    columns = np.ascontiguousarray(rows).view(np.uint64).T
    inverse, distinct = distinct_values(mixed(columns, len(rows)))
    first = first_of(inverse, len(distinct))
    if not np.array_equal(rows.take(first, 0).take(inverse, 0), rows):
        _, first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return first, inverse.ravel()


def mixed(columns: Iterable[NDArray[np.uint64]], count: int) -> NDArray[np.uint64]:
    """Return one number for each row of a table, nearly always another for another row.

    Parameters
    ----------
    columns : iterable of ndarray of uint64, shape (n,)
        Of the table; one at a time, so that it need not be there as a whole.
    count : int
        How many rows there are.

    Returns
    -------
    ndarray of uint64, shape (n,)

    Examples
    --------
    >>> one, other, same = mixed(np.array([[1, 2, 1], [3, 3, 3]], dtype=np.uint64), 3).tolist()
    >>> one == same, one == other
    (True, False)
    """
    found = np.zeros(count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            found = (found ^ column) * np.uint64(0x9E3779B97F4A7C15)
            found ^= found >> np.uint64(29)
    return found


def sorted_rows(rows: Ints) -> tuple[Ints, Ints]:
    """Return the distinct rows of whole numbers in order, and which of them each row is.

    What `numpy.unique` does along an axis, on one number for each row: many times as fast.

    Parameters
    ----------
    rows : ndarray of int, shape (n, m)
        Ordered by the first column, then by the second, and so on.

    Returns
    -------
    distinct : ndarray of int, shape (u, m)
    inverse : ndarray of int, shape (n,)

    Examples
    --------
    >>> distinct, inverse = sorted_rows(np.array([[2, -1], [1, 7], [2, -1]]))
    >>> distinct.tolist(), inverse.tolist()
    ([[1, 7], [2, -1]], [1, 0, 1])
    """
    key = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T if len(rows) else ():
        size = int(column.max()) - int(column.min()) + 1
        if (int(key.max()) + 1) * size > _LARGEST:
            key = np.unique(key, return_inverse=True)[1].ravel()
        key = key * size + (column.astype(np.int64) - column.min())
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return rows[first], inverse.ravel()


def sorted_distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Return the distinct values in order.

    As `numpy.unique` does, which looks for them with a hash table since numpy 2.3: where most
    values of a million are distinct that takes a hundred times as long as sorting them.

    Parameters
    ----------
    values : ndarray of number, shape (n,)
        None of them NaN.

    Returns
    -------
    ndarray, shape (distinct,)

    Examples
    --------
    >>> sorted_distinct(np.array([7, 3, 7])).tolist()
    [3, 7]
    """
    row = np.sort(values)
    new = np.ones(len(row), dtype=bool)
    new[1:] = row[1:] != row[:-1]
    return row[new]


def distinct_values(values: NDArray[Any]) -> tuple[Ints, NDArray[Any]]:
    """Return the number of each value, and the distinct values in the order they first stand.

    Arrow hashes them many times faster than numpy sorts them. Pandas does so too, but to load it
    takes as long as to cut a small series, and Arrow is there whenever files are read.

    Parameters
    ----------
    values : ndarray of number, shape (n,)

    Returns
    -------
    number : ndarray of int, shape (n,)
        Where each value stands among the distinct ones.
    found : ndarray, shape (distinct,)

    Examples
    --------
    >>> number, found = distinct_values(np.array([7, 3, 7]))
    >>> number.tolist(), found.tolist()
    ([0, 1, 0], [7, 3])
    """
    import pyarrow as pa

    # From one library to the other by their buffers: Arrow's own ways load pandas first.
    row = np.ascontiguousarray(values)
    column = pa.Array.from_buffers(
        pa.from_numpy_dtype(row.dtype), len(row), [None, pa.py_buffer(row)]
    )
    found = column.dictionary_encode()
    number: Ints = np.from_dlpack(found.indices).astype(np.int64)
    return number, np.from_dlpack(found.dictionary)


def first_of(number: Ints, count: int) -> Ints:
    """Return where each number stands for the first time.

    Parameters
    ----------
    number : ndarray of int, shape (n,)
        Numbers from 0 to `count` less one, each at least once.
    count : int
        How many numbers there are.

    Returns
    -------
    ndarray of int, shape (count,)
        Index into `number`.

    Examples
    --------
    >>> first_of(np.array([1, 0, 1]), 2).tolist()
    [1, 0]
    """
    first = np.empty(count, dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return first


def in_blocks(things: Iterable[Thing], sizes: Iterable[int], most: int) -> Iterator[list[Thing]]:
    """Yield things in order, some at a time.

    Parameters
    ----------
    things : iterable
    sizes : iterable of int
        Of each.
    most : int
        How large a block is at most, but for the last thing in it.

    Examples
    --------
    >>> list(in_blocks("abcd", [1, 1, 1, 1], 2))
    [['a'], ['b', 'c'], ['d']]
    """
    blocks = (total // most for total in accumulate(sizes))
    for _, block in groupby(zip(things, blocks, strict=True), key=itemgetter(1)):
        yield [thing for thing, _ in block]


def cross_table(one: Ints, other: Ints, weight: Floats, count: int) -> Floats:
    """Return weights added up by two numbers from 0 to `count` less one.

    Parameters
    ----------
    one, other : ndarray of int, shape (n,)
        Row and column of each weight, from 0 to `count` less one.
    weight : ndarray of float, shape (n,)
        In any unit.
    count : int
        How many rows there are, and columns.

    Returns
    -------
    ndarray of float, shape (count, count)
        In the unit of the weights.

    Examples
    --------
    >>> cross_table(np.array([0, 1, 1]), np.array([1, 1, 1]), np.array([5.0, 1.0, 2.0]), 2)
    array([[0., 5.],
           [0., 3.]])
    """
    flat = np.bincount(one.astype(np.int64) * count + other, weight, count * count)
    return flat.reshape(count, count).astype(np.float64, copy=False)


def points_of(xy: Floats) -> Points:
    """Return positions as one number each, x and y: the same memory, where it can be.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)

    Returns
    -------
    ndarray of complex, shape (n,)

    Examples
    --------
    >>> points_of(np.array([[1.0, 2.0]])).tolist()
    [(1+2j)]
    """
    return np.ascontiguousarray(xy, dtype=np.float64).view(np.complex128).ravel()


def shared_ends(*pairs: tuple[NDArray[Any], NDArray[Any]]) -> tuple[int, int]:
    """Return how many values two rows have in common, from the first on and from the last back.

    Parameters
    ----------
    *pairs : tuple of ndarray
        The rows; several of the same lengths are looked at as one.

    Returns
    -------
    head, tail : int
        Together no more than the shorter row has.

    Examples
    --------
    >>> shared_ends((np.array([1, 2, 3, 4]), np.array([1, 7, 7, 3, 4])))
    (1, 2)
    >>> shared_ends((np.array([1, 1]), np.array([1, 1, 1])))
    (2, 0)
    """
    head = min(_agreeing(one, other) for one, other in pairs)
    tail = min(_agreeing(one[::-1], other[::-1]) for one, other in pairs)
    return head, min(tail, min(map(len, pairs[0])) - head)


def _agreeing(one: NDArray[Any], other: NDArray[Any]) -> int:
    """Return how many values agree before the first that does not, or one row ends."""
    most = min(len(one), len(other))
    differs = one[:most] != other[:most]
    return int(differs.argmax()) if differs.any() else most

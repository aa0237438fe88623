"""Whole numbers as short text: variable-length bytes in base64.

Small numbers take one byte, so rows of differences take little room. The page's
``data.js`` reads the same format.
"""

from base64 import b64encode
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from territory.geometry.projection import Ints

_LONGEST = 8  # bytes: 56 bits; what JavaScript counts exactly ends at 53


def packed(*columns: ArrayLike) -> str:
    """Return whole numbers from zero up as text, one column after the other.

    Seven bits to the byte, the least first; the eighth says that more follow (LEB128).

    Parameters
    ----------
    *columns : array_like
        Whole numbers from zero up, of any length.

    Examples
    --------
    >>> packed([1, 300])
    'AawC'
    """
    values = np.concatenate([np.zeros(0), *(np.ravel(np.asarray(column)) for column in columns)])
    rest = values.astype(np.uint64)[:, None] >> (7 * np.arange(_LONGEST, dtype=np.uint64))
    length = np.maximum((rest > 0).sum(axis=1), 1)[:, None]
    place = np.arange(_LONGEST)[None, :]
    coded = (rest & np.uint64(127)).astype(np.uint8)
    coded[place < length - 1] |= 128
    return b64encode(coded[place < length].tobytes()).decode("ascii")


def zigzag(values: ArrayLike) -> Ints:
    """Return signed numbers as numbers from zero up: 0, -1, 1, -2 become 0, 1, 2, 3.

    Parameters
    ----------
    values : array_like
        Whole numbers, of any shape.

    Returns
    -------
    ndarray of int
        In the same shape.

    Examples
    --------
    >>> zigzag([0, -1, 1, -2]).tolist()
    [0, 1, 2, 3]
    """
    signed = np.asarray(values, dtype=np.int64)
    return np.where(signed < 0, -2 * signed - 1, 2 * signed)


def steps(values: ArrayLike) -> Ints:
    """Return how far each number lies from the one before, the first from zero.

    Parameters
    ----------
    values : array_like, shape (n,)
        Whole numbers.

    Returns
    -------
    ndarray of int, shape (n,)
    """
    numbers: Ints = np.asarray(values, dtype=np.int64)
    before: Ints = np.append(0, numbers[:-1])
    return numbers - before[: len(numbers)]


def packed_lines(lines: Sequence[NDArray[np.int64]]) -> str:
    """Return lines of whole-number points as text.

    Per line: how many points, the first point, then the steps to each further point.

    Parameters
    ----------
    lines : sequence of ndarray of int, shape (n, 2)
        Points of each line; n may differ.

    Examples
    --------
    >>> packed_lines([np.array([[0, 0], [1, 0]])])
    'AgAAAgA='
    """
    if not lines:
        return ""
    counts = np.array([len(line) for line in lines])
    starts = np.cumsum(counts) - counts
    points = np.concatenate(lines)
    moves = points.copy()
    moves[1:] -= points[:-1]
    moves[starts] = points[starts]
    return packed(np.insert(zigzag(moves.ravel()), 2 * starts, counts))

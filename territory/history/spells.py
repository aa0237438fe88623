"""A history as spells: pieces of ground, and from when to when one holder has each.

Most ground keeps its holder most of the time. Faces that have the same holder as one another
on every day are one *piece*; a piece and an unbroken run of days with one holder is a
*spell*. The ground of a holder on a day is that of the spells that cover the day, so a series
is stored whole, and each piece of ground once for each of its spells instead of once a day.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from territory.geometry.arrays import HolderRows, distinct_values, first_of, mixed
from territory.geometry.projection import Ints
from territory.history.history import History

_COLUMNS_AT_ONCE = 2048


@dataclass(frozen=True, eq=False)
class Spells:
    """Pieces of ground, and the runs of days on which each has one holder.

    Attributes
    ----------
    piece_of_face : ndarray of int, shape (f,)
        The piece that each face is part of, numbered from 0 by their first faces.
    piece : ndarray of int, shape (s,)
        The piece of each spell; spells stand by piece, and those of a piece in order of time.
    holder : ndarray of int, shape (s,)
        Index into the holders of the history; nobody has spells too.
    first, last : ndarray of int, shape (s,)
        Rows of the chosen days, both included.
    """

    piece_of_face: Ints
    piece: Ints
    holder: Ints
    first: Ints
    last: Ints

    @property
    def pieces(self) -> int:
        """How many pieces there are."""
        return int(self.piece_of_face.max(initial=-1)) + 1

    @cached_property
    def first_face(self) -> Ints:
        """The first face of each piece, shape (pieces,), which speaks for all of it."""
        return first_of(self.piece_of_face, self.pieces)


def spells_of(history: History, days: Sequence[date] | None = None) -> Spells:
    """Put a history together as spells.

    Parameters
    ----------
    history : History
        Drawn zones, or a coverage whose holders change.
    days : sequence of date, optional
        Days of the history, in order; all of them by default. What happens between them
        does not part faces.

    Returns
    -------
    Spells
        Every face on every chosen day is in exactly one of them.

    Raises
    ------
    InputError
        If a day is not in the history.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 1, 2], [1, 1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)),
    ...     holders=(NOBODY, Holder("a"), Holder("b")), projection=EqualArea(0.0, 0.0))
    >>> found = spells_of(history)
    >>> found.piece_of_face.tolist(), found.holder.tolist(), found.last.tolist()
    ([0, 0, 1], [1, 2, 1], [1, 0, 1])
    """
    rows = history.held_by
    if days is not None and tuple(days) != history.days:  # a copy of all days would be as large
        rows = rows[[history.day_index(day) for day in days]]
    piece_of_face = same_columns(rows)
    first_face = first_of(piece_of_face, int(piece_of_face.max(initial=-1)) + 1)
    return Spells(piece_of_face, *runs(lambda some: rows[:, first_face[some]], len(first_face)))


def same_columns(rows: HolderRows) -> Ints:
    """Return which columns of a table are the same, row by row.

    Parameters
    ----------
    rows : ndarray of int, shape (d, f)
        Such as holders by day and face.

    Returns
    -------
    ndarray of int, shape (f,)
        The same number for the same columns; from 0, by the first column of each.

    Examples
    --------
    >>> same_columns(np.array([[1, 2, 1], [3, 3, 3]], dtype=np.int16)).tolist()
    [0, 1, 0]
    """
    number, found = distinct_values(mixed(_words(rows), rows.shape[1]))
    first = first_of(number, len(found))
    if any((word[first][number] != word).any() for word in _words(rows)):  # two mixed to one number
        _, first, number = np.unique(rows, axis=1, return_index=True, return_inverse=True)
        number = distinct_values(number.ravel())[0]
    return number.astype(np.int64, copy=False)


def _words(rows: HolderRows) -> Iterator[NDArray[np.uint64]]:
    """Yield as many rows at once as a word has room for; all would be as large as the table."""
    size = 8 // rows.itemsize
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        word = np.zeros((rows.shape[1], size), dtype=rows.dtype)
        word[:, : len(some)] = some.T
        yield word.view(np.uint64).ravel()


def runs(
    columns: Callable[[slice], HolderRows | Ints], count: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the runs of one value in every column of a table.

    Parameters
    ----------
    columns : callable
        Gives some columns, shape (d, n), so that the table need not be there as a whole; with
        at least one row.
    count : int
        How many columns there are.

    Returns
    -------
    column, value, first, last : ndarray of int, shape (s,)
        By column, then by row; the first and the last row of each run, both included.

    Examples
    --------
    >>> table = np.array([[5, 7], [5, 8]])
    >>> [each.tolist() for each in runs(lambda some: table[:, some], 2)]
    [[0, 1, 1], [5, 7, 8], [0, 0, 1], [1, 0, 1]]
    """
    none = np.zeros(0, dtype=np.int64)
    found: list[tuple[Ints, Ints, Ints, Ints]] = [(none, none, none, none)]
    for start in range(0, count, _COLUMNS_AT_ONCE):
        column, value, first, last = _runs(columns(slice(start, start + _COLUMNS_AT_ONCE)))
        found.append((column + start, value, first, last))
    column, value, first, last = map(np.concatenate, zip(*found, strict=True))
    return column, value, first, last


def _runs(rows: HolderRows | Ints) -> tuple[Ints, Ints, Ints, Ints]:
    begins = np.ones(rows.shape, dtype=bool)
    begins[1:] = rows[1:] != rows[:-1]
    column, first = np.nonzero(begins.T)
    value = rows[first, column].astype(np.int64)
    goes_on = np.append(column[1:] == column[:-1], False)[: len(column)]
    last = np.where(goes_on, np.append(first[1:], 0)[: len(first)], len(rows)) - 1
    return column, value, first, last

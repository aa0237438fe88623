"""Ground that changed hands, by section of the front.

What was redrawn late in one place says little about places far from it. So figures of which
ground changed hands are also asked for section by section: the squares of a grid whose sides are
as long as errors go together along a line.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely

from territory.errors import InputError
from territory.geometry.arrays import Bools, HolderRows
from territory.geometry.projection import Floats, Ints
from territory.geometry.rectangles import Pieces, in_squares
from territory.history.history import History

_MOST_SQUARES = 2e6  # beside one another and of all faces; a million take 0.6 GB


@dataclass(frozen=True, eq=False)
class Sections:
    """The pieces of all faces that ever change hands, each in one section.

    Attributes
    ----------
    face, section : ndarray of int, shape (n,)
        The face that each piece is of, and the number of its section.
    km2 : ndarray, shape (n,)
        True area.
    count : int
        How many sections there are.
    """

    face: Ints
    section: Ints
    km2: Floats
    count: int

    def of_part(self, inside: Bools) -> "Sections":
        """Return the same of some faces alone, which are then numbered anew.

        Parameters
        ----------
        inside : ndarray of bool, shape (faces,)
            Which faces of the history are left.
        """
        left, number = self.within(inside), np.cumsum(inside) - 1
        return replace(left, face=number[left.face])

    def within(self, inside: Bools) -> "Sections":
        """Return the same of some faces alone, which keep their numbers.

        Parameters
        ----------
        inside : ndarray of bool, shape (faces,)
            Which faces of the history count.
        """
        at = np.flatnonzero(inside[self.face])
        return Sections(self.face[at], self.section[at], self.km2[at], self.count)

    def added_up(self, weight: Floats) -> Floats:
        """Return a figure section by section, but for what ground that never changes adds to it.

        Parameters
        ----------
        weight : ndarray, shape (faces,)
            What each face counts in the figure.

        Returns
        -------
        ndarray, shape (count,)
            In km2.
        """
        found = np.bincount(self.section, self.km2 * weight[self.face], self.count)
        return found.astype(np.float64, copy=False)

    def by_cell(self, held: HolderRows, ends: Ints, cell: Ints, count: int) -> Floats:
        """Return how much of each section lies in which cell of some tables.

        Sections in which nothing changes on any of the days are added up for the first table alone.

        Parameters
        ----------
        held : ndarray of int, shape (days, faces)
            Who holds the faces of the history on the days that the tables are about.
        ends : ndarray of int, shape (tables, k)
            Rows of `held`: the day of each table, or the ends of its period. At least one table.
        cell : ndarray of int, shape (holders, ...), k times
            The cell that ground counts in by its holders on those days; below 0 for none.
        count : int
            How many cells a table has.

        Returns
        -------
        ndarray, shape (tables, count, sections)
            In km2.
        """
        own = np.arange(ends.shape[1])[None]
        first = self._tables(held[ends[0]], own, cell, count)
        found = np.repeat(first, len(ends), axis=0)
        changing, some = self._changing((held != held[0]).any(axis=0))
        found[1:, :, changing] = some._tables(held, ends[1:], cell, count)
        return found

    def _changing(self, changes: Bools) -> tuple[Ints, "Sections"]:
        """Return the sections that some faces lie in, and their pieces, by the place among them."""
        touched = np.zeros(self.count, dtype=bool)
        touched[self.section[changes.take(self.face)]] = True
        at, number = np.flatnonzero(touched.take(self.section)), np.cumsum(touched) - 1
        section = number.take(self.section.take(at))
        changing = np.flatnonzero(touched)
        return changing, Sections(self.face.take(at), section, self.km2.take(at), len(changing))

    def _tables(self, held: HolderRows, ends: Ints, cell: Ints, count: int) -> Floats:
        """Do what `by_cell` does, every section added up for every table."""
        there = held.take(self.face, axis=1)
        key = there[ends[:, 0]].astype(np.int64)
        for end in ends.T[1:]:
            key *= len(cell)
            key += there[end]
        place = np.where(cell < 0, count, cell) * self.count  # of none beyond the table
        size = (count + 1) * self.count
        key = place.take(key) + self.section
        key += (np.arange(len(ends)) * size)[:, None]
        found = np.bincount(key.ravel(), np.tile(self.km2, len(ends)), len(ends) * size)
        tables = found.astype(np.float64, copy=False).reshape(len(ends), count + 1, self.count)
        return tables[:, :count]


def sections_of(history: History, side_m: float) -> Sections:
    """Return the sections of ground that changed hands.

    Parameters
    ----------
    history : History
        Any.
    side_m : float
        How long a section is, in metres.

    Returns
    -------
    Sections
        Their numbers are in the order of columns and rows of a grid about the centre of the
        plane. No pieces where nothing ever changed hands.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 900, 0, i * 900 + 900, 900) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0, 0], [1, 1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> found = sections_of(history, 1000.0)
    >>> found.added_up(np.ones(3)).round(2).tolist()
    [0.09, 0.9, 0.63]
    """
    return numbered(pieces_of(history, side_m))


def numbered(pieces: Pieces) -> Sections:
    """Return sections with numbers, in the order of columns and rows.

    Parameters
    ----------
    pieces : Pieces
        Of faces, in square metres.
    """
    squares, section = np.unique(pieces.square, axis=0, return_inverse=True)
    return Sections(pieces.shape, section.reshape(-1), pieces.area / 1e6, len(squares))


def pieces_of(history: History, side_m: float) -> Pieces:
    """Return what of the faces that ever change hands lies in which square of a grid.

    Parameters
    ----------
    history : History
        Any.
    side_m : float
        Of the squares, in metres.

    Returns
    -------
    Pieces
        By the number of the face; true areas in square metres.

    Raises
    ------
    InputError
        If there were more squares than can be looked at.
    """
    held = history.held_by
    at = np.flatnonzero((held != held[0]).any(axis=0))
    shapes = history.faces[at]
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    across = np.floor(bounds[:, 2:] / side_m) - np.floor(bounds[:, :2] / side_m) + 1
    if (squares := float(across.prod(axis=1).sum())) > _MOST_SQUARES:
        raise InputError(
            f"sections of the front of {side_m:g} m are {squares:,.0f} squares, too many to look"
            " at; state a longer correlation_length_m, or no redraw_lag_days"
        )
    found = in_squares(shapes, side_m)
    drawn = np.bincount(found.shape, found.area, len(at))
    true = np.divide(history.area_m2[at], drawn, out=np.zeros(len(at)), where=drawn > 0)
    return Pieces(at[found.shape], found.square, found.area * true[found.shape])

"""The lines of a history together with who held what beside them, day by day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from territory.geometry.arrays import Bools, HolderRows
from territory.geometry.edges import parting
from territory.geometry.projection import Floats, Ints
from territory.history.history import History
from territory.history.lines import Lines

_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class Drawing:
    """The lines of a history, and who held which of the faces between them.

    Attributes
    ----------
    history : History
        As it is measured, cut along its areas.
    lines : Lines
        Between the faces as they were drawn.
    face : ndarray of int, shape (f,)
        For each face as it was drawn, one face of the history that is a piece of it.
    area_m2 : ndarray, shape (f,)
        Of the faces as they were drawn.
    number : ndarray of int, shape (f,), optional
        Numbers of the faces by `History.before_cut`, where these are some of them.
    """

    history: History
    lines: Lines
    face: Ints
    area_m2: Floats
    number: Ints | None = None
    _latest: dict[Any, Any] = field(default_factory=dict, repr=False)

    def held_by(self, row: int) -> HolderRows:
        """Return who held the faces as they were drawn on a day, shape (f,).

        Parameters
        ----------
        row : int
            Number of the day.
        """
        held: HolderRows = self.history.held_by[row].take(self.face)
        return held

    def apart(self, row: int, at: Ints) -> Bools:
        """Return across which lines the holder changes on a day; beyond the faces is nobody.

        Parameters
        ----------
        row : int
            Number of the day.
        at : ndarray of int
            Numbers of lines.
        """
        return parting(self.lines.one.take(at), self.lines.other.take(at), self.held_by(row))

    def once(self, found: Callable[["Drawing", tuple[int, int]], _T], rows: tuple[int, int]) -> _T:
        """Return what a function finds of two days; asked again at once, what it found then.

        The cells of a table are all about the same days.

        Parameters
        ----------
        found : callable
            Of a drawing and the numbers of two days.
        rows : (int, int)
            Numbers of the days.
        """
        key = (found, rows)
        if key not in self._latest:
            self._latest.clear()
            self._latest[key] = found(self, rows)
        found_then: _T = self._latest[key]
        return found_then

    def about(self, rows: Sequence[int]) -> "Drawing":
        """Return the same with those lines alone that can count in a figure about some days.

        Lines across which nothing ever changes on these days count in none of them, and of a
        long series they are nearly all; nor do faces that no such line is beside. Those that are
        left stand in their order, so that what is added up along them is the same to the last bit.

        Parameters
        ----------
        rows : sequence of int
            Numbers of the days, at least one.

        Returns
        -------
        Drawing
            For figures about these days and no others.
        """
        lines, held = self.lines, self.history.held_by[list(rows)].take(self.face, axis=1)
        changing = (held != held[0]).any(axis=0)
        # Where nothing changes on either side, one day is as all.
        count = parting(lines.one, lines.other, held[0]) | changing[lines.one]
        count |= changing[lines.other] & (lines.other >= 0)
        return self._beside(lines.chosen(count))

    def _beside(self, lines: Lines) -> "Drawing":
        """Return the same with some of the lines, and with the faces beside them."""
        beyond = lines.other < 0
        beside = np.zeros(len(self.face), dtype=bool)
        beside[lines.one] = beside[lines.other[~beyond]] = True
        at, number = np.flatnonzero(beside), np.cumsum(beside) - 1
        other = np.where(beyond, -1, number[lines.other])
        return Drawing(
            self.history,
            replace(lines, one=number[lines.one], other=other),
            self.face[at],
            self.area_m2[at],
            at if self.number is None else self.number[at],
        )

    def inside(self, area: str) -> Lines:
        """Return the lines in an area; all of them where it has no rim.

        Parameters
        ----------
        area : str
            Name of an area.

        Returns
        -------
        Lines
            Their points are numbered anew.
        """
        mask = self.lines.inside.get(area)
        return self.lines if mask is None else self.lines.chosen(mask)

    def counted(self, lines: Lines, area: str) -> Bools:
        """Return which lines can make a figure about an area uncertain.

        Of an area with a rim those inside. Of everything all lines, but where a coverage
        ends, or ground that nobody drew: there the data end and not a zone.

        Parameters
        ----------
        lines : Lines
            Those of this drawing, or some of them.
        area : str
            Name of an area.

        Returns
        -------
        ndarray of bool, shape (n,)
            One for each of `lines`.
        """
        looked_at = lines.inside.get(area, np.ones(len(lines.one), dtype=bool))
        looked_at = looked_at & self.drawn(lines)  # not in place: it is kept
        return looked_at if self.history.outside_is_nobody else looked_at & (lines.other >= 0)

    def drawn(self, lines: Lines) -> Bools:
        """Return which lines are no outer rim of ground that nobody drew.

        Parameters
        ----------
        lines : Lines
            Those of this drawing, or some of them.

        Returns
        -------
        ndarray of bool, shape (n,)
            One for each of `lines`.
        """
        if self.history.undrawn is None:
            return np.ones(len(lines.one), dtype=bool)
        inner: Bools = lines.other >= 0
        one = lines.one if self.number is None else self.number[lines.one]
        origin = self.history.before_cut.origin[one]
        return inner | ~np.isin(origin, self.history.undrawn)


def drawing_of(history: History) -> Drawing:
    """Return the lines of a history with the holders of the faces between them.

    Parameters
    ----------
    history : History
        Any; of a part, the lines between faces that it has.

    Examples
    --------
    >>> from datetime import date
    >>> import shapely
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000)])
    >>> history = from_coverage(
    ...     squares, np.array([[0, 1]], dtype=np.int16), days=(date(2018, 1, 1),),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> found = drawing_of(history.with_areas({"south": shapely.box(0, 0, 2000, 250)}))
    >>> inner = found.lines.other >= 0
    >>> found.lines.length_m[inner].tolist(), found.lines.inside["south"][inner].tolist()
    ([250.0, 750.0], [True, False])
    """
    drawn = history.before_cut
    known = np.argsort(history.origin, kind="stable")
    at = np.searchsorted(history.origin[known], drawn.origin)
    face = known[np.minimum(at, len(known) - 1)] if len(known) else np.zeros(0, dtype=np.int64)
    lines = history.lines
    missing = np.append(history.origin[face] != drawn.origin, False)  # beyond is never missing
    if missing.any():
        lines = lines.chosen(~(missing[lines.one] | missing[lines.other]))
    return Drawing(history, lines, face, drawn.area_m2)

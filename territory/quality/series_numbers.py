"""The numbers of a history that all checks of quality read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools, HolderRows
from territory.geometry.projection import Floats
from territory.history.history import History
from territory.holders import Holder

LONGEST_SPELL = 3  # snapshots; a state that lasts longer is taken as meant
FLOOR_KM2 = 1.0  # less never counts
BACK_PART = 0.5  # of what left must come back
FEWEST_STEPS = 4  # with fewer changes there is no "usual"; `SHORT_SHARE` stands for it
HALF = 0.5
MAD_TO_SD = 1.4826


@dataclass(frozen=True, eq=False)
class Series:
    """The numbers of a history that the checks read.

    Attributes
    ----------
    days : tuple of date, length d
        Strictly increasing.
    holders : tuple of Holder, length k
        `NOBODY` first.
    held_by : ndarray of int, shape (d, f)
        Index into `holders`.
    face_km2 : ndarray, shape (f,)
        True area of each face, in square kilometres.
    areas : ndarray, shape (d, k)
        Ground of each holder on each day, in square kilometres.
    drawn : bool
        Whether zones were drawn, as opposed to a fixed coverage.
    """

    days: tuple[date, ...]
    holders: tuple[Holder, ...]
    held_by: HolderRows  # (d, f)
    face_km2: Floats  # (f,)
    areas: Floats  # (d, k)
    drawn: bool  # as opposed to a fixed coverage

    @classmethod
    def of(cls, history: History) -> "Series":
        """Read the numbers of a history.

        Parameters
        ----------
        history : History
            Any.
        """
        return cls(
            history.days,
            history.holders,
            history.held_by,
            history.area_m2 / 1e6,
            history.held_km2(),
            history.outside_is_nobody,
        )

    def without(self, days: Iterable[date | None]) -> "Series":
        """Return the series without some days.

        Parameters
        ----------
        days : iterable of date or None
            Days to leave out; None, and what is no day of the series, leaves out nothing.
        """
        drop = set(days)
        if drop.isdisjoint(self.days):
            return self  # as nearly always, and the holders of a long series are large
        rows = [row for row, day in enumerate(self.days) if day not in drop]
        remaining = tuple(self.days[row] for row in rows)
        return replace(self, days=remaining, held_by=self.held_by[rows], areas=self.areas[rows])

    @cached_property
    def held(self) -> Floats:
        """Ground held by anybody, km2 by day."""
        return np.asarray(self.areas[:, 1:].sum(axis=1))

    @cached_property
    def steps(self) -> Floats:
        """Ground lost and taken by each holder from day to day, km2, shape (d - 1, k)."""
        rows = [self.between(row, row + 1) for row in range(len(self.days) - 1)]
        return np.array(rows).reshape(-1, len(self.holders))

    def exchanged(self, one: HolderRows, other: HolderRows, faces: Bools) -> Floats:
        """Return what each holder has on only one of two days among some faces, km2.

        Parameters
        ----------
        one, other : ndarray of int, shape (f,)
            Holder of each face on the two days, as in `held_by`.
        faces : ndarray of bool, shape (f,)
            Faces to count: those that change hands, for each counts once lost and once taken.

        Returns
        -------
        ndarray of float, shape (k,)
            Square kilometres lost and taken, added up.
        """
        size, at = len(self.holders), np.flatnonzero(faces)
        weight = self.face_km2.take(at)
        lost = np.bincount(one.take(at), weights=weight, minlength=size)
        taken = np.bincount(other.take(at), weights=weight, minlength=size)
        return np.asarray(lost + taken)

    def between(self, one: int, other: int) -> Floats:
        """Return what each holder has on only one of two days, km2, shape (k,).

        Parameters
        ----------
        one, other : int
            Index of each day.
        """
        here, there = self.held_by[one], self.held_by[other]
        return self.exchanged(here, there, here != there)

    def finding(
        self, kind: FindingKind, row: int, km2: float, detail: str, how: Severity = Severity.WARNING
    ) -> Finding:
        """Return a finding about a day: its row, the ground concerned and how sure it is.

        Parameters
        ----------
        kind : FindingKind
            What is found.
        row : int
            Index into the days of the series.
        km2 : float
            The ground concerned, in square kilometres.
        detail : str
            In words.
        how : Severity
            How sure it is.
        """
        return Finding(kind, detail, how, self.days[row], float(km2))

    def spell(self, first: int, length: int) -> str:
        """Name the days of a spell.

        Parameters
        ----------
        first : int
            Index of the first day.
        length : int
            In snapshots, at least 1.
        """
        return span(self.days[first], self.days[first + length - 1])


def span(first: date, last: date) -> str:
    """Name a stretch of days.

    Parameters
    ----------
    first, last : date
        Both are named, unless they are the same.

    Examples
    --------
    >>> span(date(2024, 1, 1), date(2024, 1, 3))
    '2024-01-01 to 2024-01-03'
    """
    return str(first) if first == last else f"{first} to {last}"


def usual_limit(values: Floats, spreads: float) -> Floats:
    """Return median plus some scaled MAD of what is not zero, by column.

    Parameters
    ----------
    values : ndarray of float, shape (n, k)
        Such as km2 a day, of each step and holder.
    spreads : float
        How many scaled median absolute deviations above the median.

    Returns
    -------
    ndarray of float, shape (k,)
        In the unit of `values`; 0 where fewer than `FEWEST_STEPS` of a column are not zero.

    Examples
    --------
    >>> usual_limit(np.array([[1.0], [2.0], [3.0], [4.0]]), 0.0).tolist()
    [2.5]
    """
    limit = np.zeros(values.shape[1])
    for column, series in enumerate(values.T):
        moved = series[series > 0]
        if len(moved) >= FEWEST_STEPS:  # else it is quiet, and one step is not its usual
            middle = np.median(moved)
            limit[column] = middle + spreads * MAD_TO_SD * np.median(np.abs(moved - middle))
    return limit


def runs_of(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield where each run of true values begins, and its length.

    Parameters
    ----------
    flags : sequence of bool, length n
        Such as one for each day, in order.

    Yields
    ------
    tuple of int
        Index of the first, and how many.

    Examples
    --------
    >>> list(runs_of([False, True, True, False, True]))
    [(1, 2), (4, 1)]
    """
    padded = np.concatenate([[0], np.asarray(flags, dtype=np.int8), [0]])
    edges = np.diff(padded)
    for start, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        yield int(start), int(end - start)

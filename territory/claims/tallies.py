"""What a reading of a claim adds up: which faces count, how often, and of what a share is.

Every quantity is a number of times that each face counts: once for ground held or gained,
once less for ground lost, as often as it happened along a path. Weighed with the km2 of
the faces (or with the people who live there, or with one for every place) and added up,
that is the figure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, pairwise

import numpy as np

from territory.claims.model import SINCE_MOST, Kind
from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats, Ints
from territory.history.history import History
from territory.holders import Holder

_BLOCK = 256  # tallies that are added up at a time, to bound memory


@dataclass(frozen=True)
class Query:
    """A reading with its days: all that is needed to look it up in any history.

    Attributes
    ----------
    by : frozenset of Holder
        Whose ground it is about.
    giver, taker : frozenset of Holder or None
        From whom and to whom it passes; None for anyone else.
    path : bool
        Whether to follow the ground along every snapshot from `start` to `end`.
    skip : frozenset of date
        Days that the path leaves out, because their snapshot is wrong.
    """

    kind: Kind
    by: frozenset[Holder]
    giver: frozenset[Holder] | None
    taker: frozenset[Holder] | None
    start: date
    end: date
    area: str
    path: bool = False
    skip: frozenset[date] = frozenset()

    def days(self, history: History) -> tuple[date, ...]:
        """Return the days that are looked at, in order.

        Parameters
        ----------
        history : History
            Whose days between the two are on a path.

        Returns
        -------
        tuple of date
            The two ends, twice the same for a figure of one day; along a path every day from
            one to the other that is not in `skip`, as where the most of them counts. Where late
            redrawing puts the last day before the first, a path goes backwards, and since the
            most there is that day alone.
        """
        if not self.is_along:
            return (self.start, self.end)
        first, last = sorted((self.start, self.end))
        found = [day for day in history.days if first <= day <= last and day not in self.skip]
        if self.end < self.start:
            return tuple(found[::-1]) if self.path else (self.end,)
        return tuple(found)

    @property
    def is_along(self) -> bool:
        """Whether every snapshot from one day to the other is looked at."""
        return self.path or self.kind in SINCE_MOST

    def times(self, history: History) -> Ints:
        """Return how often each face counts.

        Parameters
        ----------
        history : History
            With the days of the query.

        Returns
        -------
        ndarray of int, shape (f,)
            Negative for ground that a net figure takes away.
        """
        gained, lost = self.moved(history)
        return gained - lost

    def weights(self, history: History) -> Floats:
        """Return how often each face counts, for the error of the lines between them.

        Parameters
        ----------
        history : History
            With the days of the query.

        Returns
        -------
        ndarray of float, shape (f,)
        """
        return self.times(history).astype(np.float64)

    def counted(self, history: History) -> Ints:
        """Return how often each face counts, none beyond the area.

        Parameters
        ----------
        history : History
            With the days and the area of the query.

        Returns
        -------
        ndarray of int, shape (f,)
        """
        return np.where(history.mask(self.area), self.times(history), 0)

    def divided(self, history: History) -> Bools:
        """Return the faces that a share is of, where no size is named for its whole.

        Parameters
        ----------
        history : History
            With the days and the area of the query.

        Returns
        -------
        ndarray of bool, shape (f,)
            The area, or what the giver held of it at the start.
        """
        inside = history.mask(self.area)
        if self.kind is Kind.SHARE and self.giver is not None:
            return inside & history.holding(self.start, self.giver)
        if self.kind is Kind.EVER_LOST:
            ever: Bools = np.logical_or.reduce(self._held(history), axis=0)
            return inside & ever
        if self.kind is Kind.BELOW_MAXIMUM:
            return inside & history.holding(self.largest(history), self.by)
        return inside

    def largest(self, history: History) -> date:
        """Return the day on which `by` holds most in the area, the last of several.

        Parameters
        ----------
        history : History
            With the days and the area of the query.
        """
        km2 = self.held_km2(history)
        return self.days(history)[len(km2) - 1 - int(np.argmax(km2[::-1]))]

    def held_km2(self, history: History) -> Floats:
        """Return what `by` holds in the area on each day that is looked at.

        Parameters
        ----------
        history : History
            With the days and the area of the query.

        Returns
        -------
        ndarray of float, shape (days,)
            Square kilometres.
        """
        inside = history.mask(self.area)
        held: Floats = self._held(history)[:, inside] @ (history.area_m2[inside] / 1e6)
        return held

    def _held(self, history: History) -> Bools:
        """Return what `by` holds on each day that is looked at, shape (days, faces)."""
        rows = [history.day_index(day) for day in self.days(history)]
        return _among(self.by, history)[history.held_by[rows]]

    def each_step(self, history: History) -> Floats:
        """Return how often each face counts in each step of a path, shape (steps, faces).

        Parameters
        ----------
        history : History
            With the days of the query.
        """
        if self.kind is Kind.EVER_LOST:
            return _last_losses(self._held(history)).astype(np.float64)
        if self.kind is Kind.BELOW_MAXIMUM:
            return self.weights(history)[np.newaxis]  # from the largest day to the last
        pairs = pairwise(self.days(history))
        steps = [replace(self, start=a, end=b, path=False).weights(history) for a, b in pairs]
        return np.array(steps)

    @property
    def ends(self) -> tuple[date, ...]:
        """The day, or the first and the last; none for a path, which has more than two maps."""
        if self.is_along:
            return ()
        return (self.start,) if self.start == self.end else (self.start, self.end)

    def moved(self, history: History) -> tuple[Ints, Ints]:
        """Return how often each face counts for the figure, and how often against it.

        Parameters
        ----------
        history : History
            With the days of the query.

        Returns
        -------
        tuple of two ndarray of int, shape (f,)
            Not negative, and also beyond the area.

        Raises
        ------
        InputError
            If a day is not in the history.
        """
        if self.kind is Kind.EVER_LOST:
            lost = _last_losses(self._held(history)).sum(axis=0)
            return lost, np.zeros_like(lost)
        if self.kind is Kind.BELOW_MAXIMUM:
            had, has = (history.holding(day, self.by) for day in (self.largest(history), self.end))
            return (had & ~has).astype(np.int64), (has & ~had).astype(np.int64)
        rows = history.held_by[[history.day_index(day) for day in self.days(history)]]
        before, after = rows[:-1], rows[1:]
        none = np.zeros(len(history.faces), dtype=np.int64)
        if self.kind is Kind.CHANGED_HANDS:
            return _times(before != after), none
        by = _among(self.by, history)
        if self.kind in (Kind.TOTAL, Kind.SHARE) and self.giver is None:
            return by[rows[-1]].astype(np.int64), none
        had, has = by[before], by[after]
        gained = lost = none
        if self.kind is not Kind.LOST:
            gained = _times(~had & has & _among(self.giver, history)[before])
        if self.kind in (Kind.LOST, Kind.NET):
            lost = _times(had & ~has & _among(self.taker, history)[after])
        return (lost, none) if self.kind is Kind.LOST else (gained, lost)


def _last_losses(held: Bools) -> Bools:
    """Return in which step ground was lost for good, shape (steps, faces).

    Ground that was held once and is not at the end was lost for good in exactly one step,
    so these add up to it.
    """
    later = np.logical_or.accumulate(held[::-1], axis=0)[::-1]  # held on that day or after
    return held[:-1] & ~later[1:]


def _times(steps: Bools) -> Ints:
    """Return in how many steps of a path something happened to each face."""
    one = len(steps) == 1  # a path of one day has none
    counted: Ints = steps[0].astype(np.int64) if one else np.count_nonzero(steps, axis=0)
    return counted


def _among(holders: frozenset[Holder] | None, history: History) -> Bools:
    """Return which holders of a history are meant; all of them for None."""
    return np.array([holders is None or holder in holders for holder in history.holders])


@dataclass(frozen=True)
class Tally:
    """The figure of a reading from the areas of faces, whichever way these were measured.

    This is the one definition of a reading: `check` judges it with true areas, `explain`
    asks what it comes to with others.

    Attributes
    ----------
    query : Query
        Which faces count, and how often.
    plus_km2 : float
        Ground that is not drawn, and added.
    in_percent : bool
        Whether it is a share.
    whole_km2 : float or None
        Of what a share is taken; None for the ground that `Query.divided` gives.
    """

    query: Query
    plus_km2: float = 0.0
    in_percent: bool = False
    whole_km2: float | None = None

    def figure(self, history: History, face_km2: Floats) -> float:
        """Return the figure, in km2 or percent.

        Parameters
        ----------
        history : History
            Whose faces are counted.
        face_km2 : ndarray, shape (faces,)
            The area of each.
        """
        times = self.query.counted(history)
        counted = np.flatnonzero(times)  # an area that is not known elsewhere does not matter
        amount = float(np.dot(face_km2[counted], times[counted])) + self.plus_km2
        return amount * self.per_km2(history, face_km2) if self.in_percent else amount

    def per_km2(self, history: History, face_km2: Floats) -> float:
        """Return the percent that a km2 is of the whole; 0 where that is nothing.

        Parameters
        ----------
        history : History
            Whose faces are counted.
        face_km2 : ndarray, shape (faces,)
            The area of each.
        """
        whole = self.whole_km2
        if whole is None:
            whole = float(face_km2[self.query.divided(history)].sum())
        return 100 / whole if whole else 0.0


def face_km2(history: History) -> Floats:
    """Return the true area of each face.

    Parameters
    ----------
    history : History
        Any.

    Returns
    -------
    ndarray, shape (f,)
        Square kilometres.
    """
    return history.area_m2 / 1e6


def figures(tallies: Sequence[Tally], history: History, face_km2: Floats) -> Floats:
    """Return the figures of many tallies, with areas measured in many ways, at once.

    Parameters
    ----------
    tallies : sequence of Tally
        All in km2, or all in percent.
    history : History
        Whose faces are counted.
    face_km2 : ndarray, shape (metrics, faces)
        The area of each face under every metric; not a number where there is none.

    Returns
    -------
    ndarray, shape (metrics, tallies)
        As `Tally.figure` gives them.
    """
    counted = _product(face_km2, (each.query.counted(history) for each in tallies), len(tallies))
    counted += np.array([each.plus_km2 for each in tallies])
    if any(each.in_percent for each in tallies):
        counted *= 100 / _wholes(tallies, history, face_km2)
    return counted


def _wholes(tallies: Sequence[Tally], history: History, face_km2: Floats) -> Floats:
    """Return what each share is of: infinite where that is nothing, NaN where it is not known."""
    size = _product(face_km2, (each.query.divided(history) for each in tallies), len(tallies))
    for column, each in enumerate(tallies):
        if each.whole_km2 is not None:
            size[:, column] = each.whole_km2
    return np.where(size == 0, np.inf, size)


def _product(face_km2: Floats, columns: Iterable[Ints | Bools], count: int) -> Floats:
    """Multiply face areas with how often each counts, some columns at a time.

    A face that a metric cannot measure makes NaN only of what counts it.
    """
    unknown = ~np.isfinite(face_km2)
    known = np.where(unknown, 0.0, face_km2)
    result = np.empty((len(face_km2), count))
    columns = iter(columns)
    for first in range(0, count, _BLOCK):
        times = np.array(list(islice(columns, _BLOCK)), dtype=np.float64).T
        here = slice(first, first + times.shape[1])
        result[:, here] = known @ times
        if unknown.any():
            result[:, here][unknown.astype(np.float64) @ np.abs(times) > 0] = np.nan
    return result

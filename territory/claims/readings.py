"""What is to be read off a history for a reading of a claim.

Every quantity is a number of times that each face counts: once for ground held or gained,
once less for ground lost, as often as it happened along a path. Weighed with the km2 of
the faces (or with the people who live there, or with one for every place) and added up,
that is the figure.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from math import inf

import numpy as np

from territory.claims.figures import Unit
from territory.claims.model import Claim, Kind, Reading, days_of
from territory.claims.plausibility import whole_for
from territory.errors import InputError
from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats, Ints
from territory.history.history import History
from territory.holders import Holder, Status
from territory.measure.ensemble import Measure

People = Callable[[History], Floats]
_WITH_STATUS = re.compile(rf"(?P<actor>.+) \((?P<status>{'|'.join(Status)})\)")


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
        """Return the days that are looked at, in order."""
        if not self.path:
            return (self.start, self.end)
        return tuple(
            day for day in history.days if self.start <= day <= self.end and day not in self.skip
        )

    def times(self, history: History) -> Ints:
        """Return how often each face counts."""
        gained, lost = self.moved(history)
        return gained - lost

    def weights(self, history: History) -> Floats:
        """Return how often each face counts, for the error of the lines between them."""
        return self.times(history).astype(np.float64)

    def counted(self, history: History) -> Ints:
        """Return how often each face counts, none beyond the area."""
        return np.where(history.mask(self.area), self.times(history), 0)

    def divided(self, history: History) -> Bools:
        """Return the faces that a share is of, where no size is named for its whole."""
        inside = history.mask(self.area)
        if self.kind is Kind.SHARE and self.giver is not None:
            return inside & history.holding(self.start, self.giver)
        return inside

    def each_step(self, history: History) -> Floats:
        """Return how often each face counts in each step of a path, shape (steps, faces)."""
        pairs = pairwise(self.days(history))
        steps = [replace(self, start=a, end=b, path=False).weights(history) for a, b in pairs]
        return np.array(steps)

    @property
    def ends(self) -> tuple[date, ...]:
        """The day, or the first and the last; none for a path, which has more than two maps."""
        if self.path:
            return ()
        return (self.start,) if self.start == self.end else (self.start, self.end)

    def moved(self, history: History) -> tuple[Ints, Ints]:
        """Return how often each face counts for the figure, and how often against it."""
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


def _times(steps: Bools) -> Ints:
    """Return in how many steps of a path something happened to each face."""
    counted: Ints = np.count_nonzero(steps, axis=0) if len(steps) > 1 else steps[0].astype(np.int64)
    return counted


def _among(holders: frozenset[Holder] | None, history: History) -> Bools:
    """Return which holders of a history are meant; all of them for None."""
    return np.array([holders is None or holder in holders for holder in history.holders])


def holders_named(names: tuple[str, ...], status: tuple[Status, ...]) -> frozenset[Holder]:
    """Return whom a reading means by names of actors.

    Parameters
    ----------
    names : tuple of str
        ``"russia"``, or ``"russia (claimed)"`` for one status of it.
    status : tuple of Status
        What counts for a name without a status.

    Examples
    --------
    >>> [str(each) for each in holders_named(("isis (claimed)",), (Status.HELD,))]
    ['isis (claimed)']
    """
    found = set()
    for name in names:
        if exact := _WITH_STATUS.fullmatch(name):
            found.add(Holder(exact["actor"], Status(exact["status"])))
        else:
            found |= {Holder(name, each) for each in status}
    return frozenset(found)


def query_of(
    claim: Claim,
    reading: Reading,
    *,
    days: tuple[date, ...] = (),
    skip: frozenset[date] = frozenset(),
) -> Query:
    """Return what a reading looks up.

    Parameters
    ----------
    days : tuple of date
        Other days than those of the reading: how a figure changes with them.
    skip : frozenset of date
        Days that a path leaves out.
    """
    days = days or days_of(reading, claim)
    giver = holders_named(reading.from_, reading.status)
    taker = holders_named(reading.to or reading.from_, reading.status)
    by = holders_named(reading.by, reading.status)
    return Query(
        reading.quantity,
        by,
        giver or None,
        taker or None,
        days[0],
        days[-1],
        reading.area,
        reading.path,
        skip,
    )


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
        """Return the percent that a km2 is of the whole; 0 where that is nothing."""
        whole = self.whole_km2
        if whole is None:
            whole = float(face_km2[self.query.divided(history)].sum())
        return 100 / whole if whole else 0.0


def tally_of(
    claim: Claim,
    reading: Reading,
    *,
    days: tuple[date, ...] = (),
    sizes: Mapping[str, float] | None = None,
    skip: frozenset[date] = frozenset(),
) -> Tally:
    """Return how the figure of a reading follows from the areas of faces.

    Parameters
    ----------
    claim, reading
        In km2, percent or percentage points.
    days, sizes, skip
        As for `measure_of`.

    Raises
    ------
    ClaimError
        If a share is of a country whose size is not known.
    """
    query = query_of(claim, reading, days=days, skip=skip)
    if claim.unit not in (Unit.PERCENT, Unit.POINTS):
        return Tally(query, reading.plus)
    whole = whole_for(claim, reading, sizes or {})
    return Tally(query, 0.0, in_percent=True, whole_km2=whole.km2 if whole else None)


def measure_of(
    claim: Claim,
    reading: Reading,
    history: History,
    *,
    days: tuple[date, ...] = (),
    sizes: Mapping[str, float] | None = None,
    people: People | None = None,
    skip: frozenset[date] = frozenset(),
) -> Measure:
    """Return what to read off a history for a reading.

    Parameters
    ----------
    claim, reading
        The reading, with the claim's period or day as its default.
    history : History
        Only asked for the size of the area.
    days : tuple of date
        Other days than those of the reading.
    sizes : mapping of str to float
        Sizes of countries in km2, by name, for readings that take a share of one.
    people : callable
        The people on each face of a history, for claims about people.
    skip : frozenset of date
        Days that a path leaves out.

    Raises
    ------
    ClaimError
        If a share is of a country whose size is not known.
    InputError
        If people are to be counted and `people` is not given.
    """
    if claim.unit is Unit.PEOPLE:
        if people is None:
            raise InputError("counting people needs a population raster")
        people_on = query_of(claim, reading, days=days, skip=skip)
        return _along(people_on, _headcount(people_on, people), history)
    tally = tally_of(claim, reading, days=days, sizes=sizes, skip=skip)
    query = tally.query
    if tally.in_percent:
        return _along(query, _share(claim, tally), history)
    ceiling = inf if reading.path else history.km2(history.mask(reading.area)) + reading.plus
    total = Measure(
        _figure(tally),
        _faces(query),
        query.area,
        floor=_floor(query, ceiling - reading.plus),
        ceiling=ceiling,
        weights=query.weights,
        days=query.ends,
    )
    return _along(query, total, history)


def _along(query: Query, measure: Measure, history: History) -> Measure:
    """Return the measure with the steps of its path, where it is added up along one."""
    days = query.days(history)
    if not query.path or query.kind in (Kind.TOTAL, Kind.SHARE) or len(days) < 2:  # noqa: PLR2004
        return measure
    return replace(measure, path=days, steps=query.each_step)


def face_km2(history: History) -> Floats:
    """Return the true area of each face."""
    return history.area_m2 / 1e6


def _figure(tally: Tally) -> Callable[[History], float]:
    return lambda history: tally.figure(history, face_km2(history))


def _floor(query: Query, ceiling: float) -> float:
    """Return the least that a figure can be: only gains less losses fall below zero."""
    return -ceiling if query.kind is Kind.NET else 0.0


def _faces(query: Query) -> Callable[[History], Bools]:
    """Return which faces make the figure: those whose boundary makes it uncertain."""

    def faces(history: History) -> Bools:
        gained, lost = query.moved(history)
        counted: Bools = (gained > 0) | (lost > 0)
        return counted

    return faces


def _share(claim: Claim, tally: Tally) -> Measure:
    query = tally.query
    ceiling = inf if query.path else 100.0
    return Measure(
        _figure(tally),
        _faces(query),
        query.area,
        floor=_floor(query, ceiling),
        ceiling=ceiling,
        unit=str(claim.unit),
        per_km2=lambda history: tally.per_km2(history, face_km2(history)),
        weights=query.weights,
        days=query.ends,
    )


def _headcount(query: Query, people: People) -> Measure:
    """Return the measure of people, whose boundary error is that of the ground they are on."""
    faces, tally = _faces(query), Tally(query)

    def amount(history: History) -> float:
        return tally.figure(history, people(history))

    def per_km2(history: History) -> float:
        inside = faces(history) & history.mask(query.area)
        ground = history.km2(inside)
        return float(people(history)[inside].sum()) / ground if ground else 0.0

    return Measure(
        amount,
        faces,
        query.area,
        floor=_floor(query, inf),
        unit="people",
        per_km2=per_km2,
        weights=query.weights,
        days=query.ends,
    )


def whole_measure(claim: Claim, reading: Reading, history: History) -> float:
    """Return the km2 that a reading's share is of, where no reference is named."""
    query = query_of(claim, reading)
    return history.km2(query.divided(history), query.area)

"""What is to be read off a history for a reading of a claim: its tally, and as a measure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from math import inf

from territory.claims.figures import SHARES, Unit
from territory.claims.model import Claim, Kind, Reading, days_of
from territory.claims.plausibility import whole_for
from territory.claims.tallies import Query, Tally, face_km2
from territory.errors import InputError
from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats
from territory.history.history import History
from territory.holders import Holder, Status
from territory.measure.ensemble import Measure

People = Callable[[History], Floats]
_WITH_STATUS = re.compile(rf"(?P<actor>.+) \((?P<status>{'|'.join(Status)})\)")


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
    if claim.unit not in SHARES:
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

"""What is to be read off a history for a reading of a claim: its tally, and as a measure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from math import inf

from territory.claims.figures import AREAS, MOST_PERCENT, SHARES, Unit
from territory.claims.model import SINCE_MOST, Claim, Kind, Reading, days_of
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
    claim : Claim
        Whose days hold where the reading names none.
    reading : Reading
        One of its readings.
    days : tuple of date
        Other days than those of the reading: how a figure changes with them.
    skip : frozenset of date
        Days that a path leaves out.

    Examples
    --------
    >>> import numpy as np
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> query_of(claim, claim.reading[0]).times(history).tolist()
    [1]
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
    claim : Claim
        In km2, percent or percentage points; its days hold where the reading names none.
    reading : Reading
        One of its readings.
    days : tuple of date
        Other days than those of the reading.
    sizes : mapping of str to float
        Sizes of countries in km2, by name, for readings that take a share of one.
    skip : frozenset of date
        Days that a path leaves out.

    Returns
    -------
    Tally
        In percent where the claim is in percent or percentage points, else in km2.

    Raises
    ------
    ClaimError
        If a share is of a country whose size is not known.

    Examples
    --------
    >>> import numpy as np
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> tally_of(claim, claim.reading[0]).figure(history, face_km2(history))
    1.0
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
    claim : Claim
        With the unit that is counted; its days hold where the reading names none.
    reading : Reading
        One of its readings.
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

    Returns
    -------
    Measure
        In the unit of the claim.

    Raises
    ------
    ClaimError
        If a share is of a country whose size is not known.
    InputError
        If people are to be counted and `people` is not given.

    Examples
    --------
    >>> import numpy as np
    >>> import shapely
    >>> from territory.claims.model import Reading
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> day, reading = date(2018, 1, 1), Reading(name="held", quantity="total", by=("a",))
    >>> claim = Claim(id="x", text="", publisher="", published=day, value=1, unit="km2", day=day,
    ...               reading=(reading,))
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[1]], dtype=np.int16),
    ...     days=(day,), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> measure_of(claim, reading, history).value(history)
    1.0
    """
    own = days or days_of(reading, claim)

    def by_days(each: History, other: tuple[date, ...]) -> Measure:
        other = (*own[: -len(other)], *other)  # since the most only the last day is a choice
        return measure_of(claim, reading, each, days=other, sizes=sizes, people=people, skip=skip)

    if claim.unit is Unit.PEOPLE:
        if people is None:
            raise InputError("counting people needs a population raster")
        people_on = query_of(claim, reading, days=days, skip=skip)
        return _along(people_on, replace(_headcount(people_on, people), by_days=by_days), history)
    tally = tally_of(claim, reading, days=days, sizes=sizes, skip=skip)
    query = tally.query
    if tally.in_percent:
        return _along(query, replace(_share(claim, tally), by_days=by_days), history)
    per_km2 = 1 / claim.unit.km2
    ceiling = inf if reading.path else history.km2(history.mask(reading.area)) + reading.plus
    total = Measure(
        _figure(tally, per_km2),
        _faces(query),
        query.area,
        floor=_floor(query, (ceiling - reading.plus) * per_km2),
        ceiling=ceiling * per_km2,
        unit=str(claim.unit) if claim.unit in AREAS else "km2",
        per_km2=lambda _: per_km2,
        weights=query.weights,
        days=query.ends,
        by_days=by_days,
    )
    return _along(query, total, history)


def limits_of(claim: Claim, reading: Reading) -> tuple[float, float]:
    """Return what no figure of a reading can be below or above, whatever the ground.

    Parameters
    ----------
    claim : Claim
        With the unit.
    reading : Reading
        One of its readings: only gains less losses fall below zero, and only a path, which
        counts ground as often as it passes, makes more than 100 %.
    """
    most = MOST_PERCENT if claim.unit in SHARES and not reading.path else inf
    return -most if reading.quantity is Kind.NET else 0.0, most


def _along(query: Query, measure: Measure, history: History) -> Measure:
    """Return the measure with the steps of its path, where it is added up along one."""
    days = query.days(history)
    if query.kind is Kind.BELOW_MAXIMUM:
        days = tuple(dict.fromkeys((query.largest(history), query.end)))
    if query.kind in SINCE_MOST and len(days) > 1:  # the day's cut is a choice for the last alone
        return replace(measure, days=(query.end,), path=days, steps=query.each_step)
    if not query.path or len(days) < 2:  # noqa: PLR2004
        return measure
    return replace(measure, path=days, steps=query.each_step)


def _figure(tally: Tally, per_km2: float = 1.0) -> Callable[[History], float]:
    return lambda history: tally.figure(history, face_km2(history)) * per_km2


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
        divided=query.divided if tally.whole_km2 is None else None,
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
    """Return the km2 that a reading's share is of, where no reference is named.

    Parameters
    ----------
    claim : Claim
        Whose days hold where the reading names none.
    reading : Reading
        In percent or percentage points.
    history : History
        With the days and the area of the reading.

    Returns
    -------
    float
        Square kilometres.

    Examples
    --------
    >>> import numpy as np
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> day, reading = date(2018, 1, 1), Reading(name="held", quantity="share", by=("a",))
    >>> claim = Claim(id="x", text="", publisher="", published=day, value=50, unit="percent",
    ...               day=day, reading=(reading,))
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0]], dtype=np.int16), days=(day,),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> whole_measure(claim, reading, history)
    2.0
    """
    query = query_of(claim, reading)
    return history.km2(query.divided(history), query.area)

"""Places and what was reported of them.

A place is a point with a holder on a first day and dated changes of holder, each with a
class of evidence. The zones that follow are made in `territory.history.voronoi`.

Assumes that the changes at one place are listed in the order they happened.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from territory.errors import InputError
from territory.holders import NOBODY, Holder

UNKNOWN = "unknown"


class Dating(StrEnum):
    """Which day of its range an event counts from.

    The middle of a range of whole days may be noon of a day: `MIDDLE` counts from that day,
    `NOON` from the next.
    """

    EARLIEST = "earliest"
    MIDDLE = "middle"
    NOON = "from noon"
    LATEST = "latest"


@dataclass(frozen=True)
class Place:
    """A named point; degrees on WGS 84.

    Attributes
    ----------
    key, name : str
        By which tables know it, and what it is called.
    longitude, latitude : float
        In degrees (WGS 84).
    """

    key: str
    name: str
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Start:
    """Who held a place on the first day, and how that is known.

    Attributes
    ----------
    actor : str
        Who held it; `UNKNOWN` where nobody knows.
    evidence : str
        Class of the evidence.
    """

    actor: str
    evidence: str


@dataclass(frozen=True, eq=False)
class Event:
    """A place changed hands on some day from `earliest` to `latest`.

    Compared by identity: the same change may happen twice on one day.

    Attributes
    ----------
    place : str
        Key of the place.
    earliest, latest : date
        Between which days it happened, both included.
    giver, taker : str
        The actors that had it before and after.
    evidence : str
        Class of the evidence.
    """

    place: str
    earliest: date
    latest: date
    giver: str
    taker: str
    evidence: str

    def counts_from(self, dating: Dating) -> date:
        """Return the day from which the new holder counts.

        Parameters
        ----------
        dating : Dating
            Which day of the span from `earliest` to `latest` to take.

        Examples
        --------
        >>> event = Event("P1", date(2018, 1, 1), date(2018, 1, 4), "a", "b", "reported")
        >>> event.counts_from(Dating.MIDDLE), event.counts_from(Dating.NOON)
        (datetime.date(2018, 1, 2), datetime.date(2018, 1, 3))
        """
        span = (self.latest - self.earliest).days
        days = {
            Dating.EARLIEST: 0,
            Dating.MIDDLE: span // 2,
            Dating.NOON: (span + 1) // 2,
            Dating.LATEST: span,
        }
        return self.earliest + timedelta(days=days[dating])


@dataclass(frozen=True, eq=False)
class PlaceSeries:
    """Everything known about a set of places over a period.

    Attributes
    ----------
    places : tuple of Place
        Sorted by key, each key once.
    starts : mapping of key to Start
        Holder on `first_day`.
    events : tuple of Event
        In order within each place; some may precede `first_day` and explain it.
    first_day, last_day : date
        The period in which the holders are known.
    """

    places: tuple[Place, ...]
    starts: Mapping[str, Start]
    events: tuple[Event, ...]
    first_day: date
    last_day: date

    @property
    def actors(self) -> tuple[str, ...]:
        """Every actor that holds a place at any time, sorted."""
        named = {start.actor for start in self.starts.values()}
        named |= {actor for event in self.events for actor in (event.giver, event.taker)}
        return tuple(sorted(named - {UNKNOWN}))

    @property
    def evidence_classes(self) -> frozenset[str]:
        """Every class of evidence that an event or a start carries."""
        return frozenset(
            [event.evidence for event in self.events]
            + [start.evidence for start in self.starts.values()]
        )


def left_out(
    series: PlaceSeries,
    *,
    places: Collection[str] = (),
    starts: Collection[str] = (),
    events: Collection[Event] = (),
) -> PlaceSeries:
    """Return the series without some of what is known.

    Parameters
    ----------
    series : PlaceSeries
        Stays as it is.
    places : collection of str
        Keys of places that go, with all that was reported of them.
    starts : collection of str
        Keys of places whose start goes.
    events : collection of Event
        Changes of holder that go.

    Returns
    -------
    PlaceSeries
        Not checked; see `check_chain`.

    Examples
    --------
    >>> day = date(2018, 1, 5)
    >>> here, there = Place("P1", "Here", 37.0, 36.0), Place("P2", "There", 37.1, 36.0)
    >>> series = PlaceSeries((here, there), {"P2": Start("a", "reported")}, (), day, day)
    >>> rest = left_out(series, places={"P2"})
    >>> [place.name for place in rest.places], rest.starts
    (['Here'], {})
    """
    gone = {*places, *starts}
    return replace(
        series,
        places=tuple(each for each in series.places if each.key not in places),
        starts={key: start for key, start in series.starts.items() if key not in gone},
        events=tuple(
            each for each in series.events if each not in events and each.place not in places
        ),
    )


def changed(
    series: PlaceSeries,
    *,
    places: Iterable[Place] = (),
    starts: Mapping[str, Start],
    events: Iterable[Event],
) -> PlaceSeries:
    """Return the series with more places, other starts for some places and more events.

    Parameters
    ----------
    series : PlaceSeries
        Stays as it is.
    places : iterable of Place
        With keys that no place of the series has.
    starts : mapping of str to Start
        By key of the place; each takes the place of what was known.
    events : iterable of Event
        In order within each place, after those of the series.

    Returns
    -------
    PlaceSeries
        Not checked; see `check_chain`.

    Examples
    --------
    >>> day = date(2018, 1, 5)
    >>> series = PlaceSeries((Place("P1", "Here", 37.0, 36.0),), {}, (), day, day)
    >>> changed(series, starts={"P1": Start("a", "reported")}, events=()).actors
    ('a',)
    """
    return replace(
        series,
        places=tuple(sorted((*series.places, *places), key=lambda each: each.key)),
        starts={**series.starts, **starts},
        events=(*series.events, *events),
    )


def check_chain(series: PlaceSeries, position: Mapping[Event, str] | None = None) -> None:
    """Refuse events that contradict the start or one another.

    Parameters
    ----------
    series : PlaceSeries
        With its events in order within each place.
    position : mapping of Event to str, optional
        Where each event stands, for the message.

    Raises
    ------
    InputError
        Naming the place and both holders, or the two days out of order.

    Examples
    --------
    >>> day = date(2018, 1, 5)
    >>> series = PlaceSeries(
    ...     (Place("P1", "Here", 37.0, 36.0),), {"P1": Start("c", "reported")},
    ...     (Event("P1", day, day, "a", "b", "reported"),), date(2018, 1, 1), day)
    >>> check_chain(series)
    Traceback (most recent call last):
    territory.errors.InputError: place P1 was held by 'c', so it cannot pass from 'a' on 2018-01-05
    """
    at = position or {}
    for key, events in events_by_place(series).items():
        start = series.starts.get(key)
        known = start.actor if start and start.actor != UNKNOWN else None
        earlier = [event for event in events if _before(event, series)]
        later = events[len(earlier) :]
        _check_order(events, at)
        _check_givers(earlier, None, at)
        _check_givers(later, known or (earlier[-1].taker if earlier else None), at)
        if earlier and known and earlier[-1].taker != known:
            raise InputError(
                f"{at.get(earlier[-1], '')}place {key} passed to {earlier[-1].taker} before"
                f" {series.first_day}, but the state of that day says {known}"
            )


def _check_order(events: list[Event], at: Mapping[Event, str]) -> None:
    for previous, event in pairwise(events):
        if event.earliest < previous.earliest or event.latest < previous.latest:
            raise InputError(
                f"{at.get(event, '')}place {event.place}: the change to {event.taker} on"
                f" {event.earliest} is listed after one on {previous.latest}"
            )


def _check_givers(events: list[Event], holder: str | None, at: Mapping[Event, str]) -> None:
    for event in events:
        if holder is not None and event.giver != holder:
            raise InputError(
                f"{at.get(event, '')}place {event.place} was held by '{holder}',"
                f" so it cannot pass from '{event.giver}' on {event.earliest}"
            )
        holder = event.taker


def _before(event: Event, series: PlaceSeries) -> bool:
    return event.earliest < series.first_day


def events_by_place(series: PlaceSeries) -> dict[str, list[Event]]:
    """Return the changes at each place that has any, in order.

    Parameters
    ----------
    series : PlaceSeries
        With its events in order within each place.

    Returns
    -------
    dict of str to list of Event
        By key of the place.

    Examples
    --------
    >>> day = date(2018, 1, 5)
    >>> fell = Event("P1", day, day, "a", "b", "reported")
    >>> series = PlaceSeries((Place("P1", "Here", 37.0, 36.0),), {}, (fell,), day, day)
    >>> [(key, len(events)) for key, events in events_by_place(series).items()]
    [('P1', 1)]
    """
    grouped: dict[str, list[Event]] = {}
    for event in series.events:
        grouped.setdefault(event.place, []).append(event)
    return grouped


def holders_by_day(
    series: PlaceSeries,
    days: tuple[date, ...],
    *,
    dating: Dating = Dating.MIDDLE,
    evidence: frozenset[str] | None = None,
) -> tuple[tuple[Holder, ...], NDArray[np.int16]]:
    """Return who holds every place on every day.

    Parameters
    ----------
    series : PlaceSeries
        Checked.
    days : tuple of date
        Any days of the period.
    dating : Dating
        Which day of its range an event counts from.
    evidence : frozenset of str, optional
        Classes that are believed; all by default. After an event of another class the
        holder of its place is not known, until a believed one. A start of another class
        falls back to what the believed events before the first day say.

    Returns
    -------
    holders : tuple of Holder
        `NOBODY` first; nobody stands for a place whose holder is unknown.
    held_by : ndarray of int, shape (days, places)

    Raises
    ------
    InputError
        If a day lies outside the period.

    Examples
    --------
    >>> start, day, later = date(2018, 1, 1), date(2018, 1, 5), date(2018, 1, 9)
    >>> series = PlaceSeries(
    ...     (Place("P1", "Here", 37.0, 36.0),), {"P1": Start("a", "reported")},
    ...     (Event("P1", day, day, "a", "b", "reported"),), start, later)
    >>> holders, held_by = holders_by_day(series, (start, later))
    >>> [str(holders[row[0]]) for row in held_by]
    ['a', 'b']
    """
    for day in days:
        if not series.first_day <= day <= series.last_day:
            raise InputError(
                f"{day} lies outside the period of the places,"
                f" {series.first_day} to {series.last_day}"
            )
    holders = (NOBODY, *(Holder(actor) for actor in series.actors))
    code = {holder.actor: index for index, holder in enumerate(holders)}
    events = events_by_place(series)
    belief = _Belief(dating, evidence)
    ordinals = np.array([day.toordinal() for day in days])
    held_by = np.zeros((len(days), len(series.places)), dtype=np.int16)
    for column, key in zip(held_by.T, (place.key for place in series.places), strict=True):
        first, changes = _replayed(series, key, events.get(key, []), belief)
        column[:] = code.get(first, 0)
        for since, taker in changes:
            column[ordinals >= since.toordinal()] = code.get(taker, 0)
    return holders, held_by


@dataclass(frozen=True)
class _Belief:
    """One reading of the evidence: which day of a range counts, and which classes do."""

    dating: Dating
    classes: frozenset[str] | None

    def accepts(self, evidence: str) -> bool:
        return self.classes is None or evidence in self.classes


def _replayed(
    series: PlaceSeries, key: str, events: list[Event], belief: _Belief
) -> tuple[str, list[tuple[date, str]]]:
    """Return the first holder of one place, and by whom it is held since when, in turn.

    From an event that is not believed to the next that is, nobody knows: that the place
    stayed as it was is not what was reported. A start that is not believed leaves what a
    believed first event says of the holder before it.
    """
    start = series.starts.get(key)
    if start and start.actor != UNKNOWN and belief.accepts(start.evidence):
        holder = start.actor
        events = [event for event in events if not _before(event, series)]
    else:
        holder = events[0].giver if events and belief.accepts(events[0].evidence) else UNKNOWN
    return holder, [
        (
            event.counts_from(belief.dating),
            event.taker if belief.accepts(event.evidence) else UNKNOWN,
        )
        for event in events
    ]

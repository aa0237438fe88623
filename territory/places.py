"""Places, what was reported of them, and the zones that follow.

A place is a point with a holder on a first day and dated changes of holder, each with a
class of evidence. On any day the ground belongs to whoever holds the nearest place: a
cell of the Voronoi diagram in the equal-area plane, cut to an extent. Cells never move,
so a history of places is a coverage whose holders change, and needs no overlay.

Assumes that the changes at one place are listed in the order they happened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.actors import NOBODY, Holder
from territory.errors import GeometryError, InputError
from territory.findings import Finding, Severity
from territory.history import Bools, History, from_coverage
from territory.projection import WGS84, EqualArea, Floats

UNKNOWN = "unknown"
_AREAL = ("Polygon", "MultiPolygon")


class Dating(StrEnum):
    """Which day of its range an event counts from."""

    EARLIEST = "earliest"
    MIDDLE = "middle"
    LATEST = "latest"


@dataclass(frozen=True)
class Place:
    """A named point; degrees on WGS 84."""

    key: str
    name: str
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Start:
    """Who held a place on the first day, and how that is known."""

    actor: str
    evidence: str


@dataclass(frozen=True, eq=False)
class Event:
    """A place changed hands on some day from `earliest` to `latest`.

    Compared by identity: the same change may happen twice on one day.
    """

    place: str
    earliest: date
    latest: date
    giver: str
    taker: str
    evidence: str

    def counts_from(self, dating: Dating) -> date:
        """Return the day from which the new holder counts.

        Examples
        --------
        >>> event = Event("P1", date(2018, 1, 1), date(2018, 1, 4), "a", "b", "reported")
        >>> event.counts_from(Dating.MIDDLE)
        datetime.date(2018, 1, 2)
        """
        span = (self.latest - self.earliest).days
        days = {Dating.EARLIEST: 0, Dating.MIDDLE: span // 2, Dating.LATEST: span}[dating]
        return self.earliest + timedelta(days=days)


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


def changed(
    series: PlaceSeries, *, starts: Mapping[str, Start], events: Iterable[Event]
) -> PlaceSeries:
    """Return the series with other starts for some places and more events."""
    return replace(series, starts={**series.starts, **starts}, events=(*series.events, *events))


def check_chain(series: PlaceSeries, position: Mapping[Event, str] | None = None) -> None:
    """Refuse events that contradict the start or one another.

    Parameters
    ----------
    position : mapping of Event to str, optional
        Where each event stands, for the message.

    Raises
    ------
    InputError
        Naming the place and both holders, or the two days out of order.
    """
    at = position or {}
    for key, events in _by_place(series).items():
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


def _by_place(series: PlaceSeries) -> dict[str, list[Event]]:
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
        Classes that are believed; all by default. A start of a class that is not
        believed falls back to what the believed events before the first day say.

    Returns
    -------
    holders : tuple of Holder
        `NOBODY` first; nobody stands for a place whose holder is unknown.
    held_by : ndarray of int, shape (days, places)

    Raises
    ------
    InputError
        If a day lies outside the period.
    """
    for day in days:
        if not series.first_day <= day <= series.last_day:
            raise InputError(
                f"{day} lies outside the period of the places,"
                f" {series.first_day} to {series.last_day}"
            )
    holders = (NOBODY, *(Holder(actor) for actor in series.actors))
    code = {holder.actor: index for index, holder in enumerate(holders)}
    events = _by_place(series)
    belief = _Belief(dating, evidence)
    columns = [
        [code.get(actor, 0) for actor in _replayed(series, key, events.get(key, []), days, belief)]
        for key in (place.key for place in series.places)
    ]
    return holders, np.array(columns, dtype=np.int16).reshape(len(columns), len(days)).T


@dataclass(frozen=True)
class _Belief:
    """One reading of the evidence: which day of a range counts, and which classes do."""

    dating: Dating
    classes: frozenset[str] | None

    def accepts(self, evidence: str) -> bool:
        return self.classes is None or evidence in self.classes


def _replayed(
    series: PlaceSeries, key: str, events: list[Event], days: tuple[date, ...], belief: _Belief
) -> list[str]:
    """Return the holder of one place on each day, by replaying its believed events."""
    believed = [event for event in events if belief.accepts(event.evidence)]
    start = series.starts.get(key)
    if start and start.actor != UNKNOWN and belief.accepts(start.evidence):
        holder = start.actor
        believed = [event for event in believed if not _before(event, series)]
    else:
        holder = events[0].giver if events else UNKNOWN
    changes = [(event.counts_from(belief.dating), event.taker) for event in believed]
    return [
        next((taker for since, taker in reversed(changes) if since <= day), holder) for day in days
    ]


def points(series: PlaceSeries, projection: EqualArea) -> Floats:
    """Return the places in the plane, shape (places, 2), metres."""
    lon = [place.longitude for place in series.places]
    lat = [place.latitude for place in series.places]
    x, y = projection.transformer(WGS84).transform(lon, lat)
    return np.column_stack([x, y])


def cells(sites: Floats, extent: BaseGeometry) -> NDArray[np.object_]:
    """Return the ground nearest to each site within an extent.

    Parameters
    ----------
    sites : ndarray, shape (n, 2)
        Points in an equal-area plane; they may lie outside the extent. Of several at
        one position the first has the cell and the others are empty.
    extent : Polygon or MultiPolygon
        In the same plane.

    Returns
    -------
    ndarray of geometry, shape (n,)

    Raises
    ------
    GeometryError
        If there is no site.

    Examples
    --------
    >>> two = cells(np.array([[1.0, 1.0], [3.0, 1.0]]), shapely.box(0, 0, 4, 2))
    >>> shapely.area(two).tolist()
    [4.0, 4.0]
    """
    if not len(sites):
        raise GeometryError("no place to draw zones from")
    _, first = np.unique(_spots(sites), axis=0, return_index=True)
    first.sort()
    result = np.full(len(sites), shapely.Polygon(), dtype=object)
    reach = shapely.box(*shapely.total_bounds(np.array([extent, shapely.multipoints(sites)])))
    diagram = shapely.voronoi_polygons(
        shapely.multipoints(sites[first]), extend_to=reach, ordered=True
    )
    result[first] = shapely.get_parts(diagram) if len(first) > 1 else extent
    return clip(result, extent)


def _spots(sites: Floats) -> Floats:
    """Return positions to a micrometre; closer sites cannot be told apart."""
    return np.round(sites, 6) + 0.0


def clip(polygons: NDArray[np.object_], area: BaseGeometry) -> NDArray[np.object_]:
    """Return polygons cut to an area; those wholly inside are passed through.

    Lines and points where a polygon merely touches the area are left out.
    """
    shapely.prepare(area)
    result = polygons.copy()
    crossing = np.flatnonzero(~shapely.contains_properly(area, polygons))
    cut = shapely.intersection(polygons[crossing], area)
    for index, part in zip(crossing, cut, strict=True):
        result[index] = part if part.geom_type in _AREAL else _areal(part)
    return result


def _areal(geometry: BaseGeometry) -> BaseGeometry:
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


@dataclass(frozen=True, eq=False)
class Sites:
    """Places in the plane with who holds them, day by day, under one reading of the evidence.

    Attributes
    ----------
    xy : ndarray, shape (places, 2)
        Metres.
    held_by : ndarray of int, shape (days, places)
        Index into `holders`, whose first is `NOBODY` (not known).
    """

    projection: EqualArea
    days: tuple[date, ...]
    holders: tuple[Holder, ...]
    xy: Floats
    held_by: NDArray[np.int16]

    @property
    def known(self) -> Bools:
        """Which places have a known holder on every day, shape (places,).

        The others are left out on all days. Cells are the same on every day, so a place
        that dropped out on one would hand its ground to its neighbours on that day: a
        change of holder that nobody reported.
        """
        return np.asarray((self.held_by > 0).all(axis=0), dtype=np.bool_)


def sites(
    series: PlaceSeries,
    days: tuple[date, ...],
    *,
    projection: EqualArea,
    dating: Dating = Dating.MIDDLE,
    evidence: frozenset[str] | None = None,
) -> Sites:
    """Put the places into the plane and replay their events.

    Parameters
    ----------
    days : tuple of date
        Strictly increasing.
    dating, evidence
        See `holders_by_day`.

    Raises
    ------
    InputError
        If a day lies outside the period of the series.
    """
    holders, held_by = holders_by_day(series, days, dating=dating, evidence=evidence)
    return Sites(projection, days, holders, points(series, projection), held_by)


def cell_history(found: Sites, *, extent: BaseGeometry, keep: Bools | None = None) -> History:
    """Return the history of nearest-place zones.

    Parameters
    ----------
    extent : Polygon or MultiPolygon
        Ground to divide, in the plane of the sites.
    keep : ndarray of bool, shape (places,), optional
        Use only these places (for resampling).

    Raises
    ------
    GeometryError
        If no place with a known holder is left.
    """
    usable = np.flatnonzero(found.known if keep is None else found.known & keep)
    ground = cells(found.xy[usable], extent)
    real = shapely.area(ground) > 0
    return from_coverage(
        ground[real],
        found.held_by[:, usable[real]],
        days=found.days,
        holders=found.holders,
        projection=found.projection,
        origin=usable[real],
    )


def place_findings(
    series: PlaceSeries, *, extent: BaseGeometry, projection: EqualArea
) -> tuple[Finding, ...]:
    """Report places that share a position, lie outside the extent or have no known holder."""
    sites = points(series, projection)
    _, inverse = np.unique(_spots(sites), axis=0, return_inverse=True)
    inside = shapely.contains_xy(extent, sites)
    events = _by_place(series)
    findings = []
    first_at: dict[int, Place] = {}
    for place, position, within in zip(series.places, inverse.ravel(), inside, strict=True):
        label = f"{place.key} {place.name}"
        if (other := first_at.setdefault(int(position), place)) is not place:
            detail = f"{label} stands at the position of {other.key}; {other.key} has the cell"
            findings.append(Finding("same-position", detail, Severity.WARNING))
        if not within:
            detail = f"{label} lies outside the extent; it still shapes the cells along the rim"
            findings.append(Finding("outside-extent", detail))
        if unknown := _why_unknown(series.starts.get(place.key), events.get(place.key, [])):
            detail = f"{label} {unknown}; the ground goes to its neighbours"
            findings.append(Finding("unknown-holder", detail, Severity.WARNING))
    return tuple(findings)


def _why_unknown(start: Start | None, events: list[Event]) -> str:
    """Say since when no holder is known; nothing where one is known on every day.

    The first event tells who held a place before it.
    """
    first = start.actor if start else UNKNOWN
    if first == UNKNOWN and events:
        first = events[0].giver
    if first == UNKNOWN:
        since = next((event.earliest for event in events if event.taker != UNKNOWN), None)
        return "has no known holder" + (
            f" before {since}, so it is left out on all days" if since else ""
        )
    lost = next((event.earliest for event in events if event.taker == UNKNOWN), None)
    return f"has no known holder from {lost} on, so it is left out on all days" if lost else ""


def subsamples(count: int, *, share: float, draws: int, seed: int) -> tuple[Bools, ...]:
    """Return random subsets of places, the same for the same seed.

    Parameters
    ----------
    count : int
        Number of places.
    share : float
        Share kept in each draw, above 0 and below 1.

    Returns
    -------
    tuple of ndarray of bool, shape (count,), length `draws`
        Each leaves at least one place out.

    Raises
    ------
    InputError
        If the share is out of range, or there are fewer than two places.
    """
    if not 0 < share < 1:
        raise InputError(f"the share of places kept must lie between 0 and 1, not {share}")
    if count < 2:  # noqa: PLR2004
        raise InputError(f"resampling needs two places or more, not {count}")
    random = np.random.default_rng(seed)
    kept = min(max(1, round(share * count)), count - 1)
    masks = []
    for _ in range(draws):
        mask = np.zeros(count, dtype=bool)
        mask[random.choice(count, kept, replace=False)] = True
        masks.append(mask)
    return tuple(masks)


def place_counts(found: Sites, areas: Mapping[str, BaseGeometry]) -> History:
    """Return a history in which every place is a point that weighs one unit.

    What `History.km2` gives on it is a number of places.
    """
    return History(
        found.projection,
        found.days,
        found.holders,
        np.asarray(shapely.points(found.xy), dtype=object),
        np.full(len(found.xy), 1e6),
        found.held_by,
        np.arange(len(found.xy)),
        within={name: shapely.contains_xy(area, found.xy) for name, area in areas.items()},
        outside_is_nobody=False,
    )

"""The error of publishers' lines, from how far their fronts lie apart on common days.

Two or three series that drew the same side's ground are laid over one another, day by day.
Along each front the signed distance to the others is taken at stations; where another has no
front within `reach_m` the stretch is its publisher's alone (a pocket, a salient) and is counted
in kilometres instead. `territory.measure.line_errors` makes errors of the distances, and
`territory.measure.lag_fit` lags of when the series show the same ground changing hands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

import numpy as np
import shapely

from territory.errors import InputError
from territory.geometry.area import project
from territory.geometry.arrays import Bools
from territory.geometry.coverage import areal
from territory.geometry.edges import parting
from territory.geometry.fronts import STEP_M, Front, Land, front_of
from territory.geometry.projection import (
    WGS84,
    EqualArea,
    Floats,
    Ints,
    choose_projection,
    lonlat_bounds,
    transformation,
)
from territory.geometry.rectangles import within_rectangle
from territory.history.history import History
from territory.holders import NOBODY, Status
from territory.measure.compare import compare
from territory.measure.ensemble import Ensemble
from territory.measure.lag_fit import LagFit, OwnLag, fit_lag, own_lags, shown_km2
from territory.measure.line_errors import (
    Pair,
    autocovariance,
    correlation_length_m,
    own_errors,
)
from territory.quality.countries import Countries

REACH_M = 30_000.0
"""Fronts farther apart are not two drawings of one line."""
_SAME_LINES_M = 1.0  # stretches that lie no farther apart are one drawing
_COPIED = 0.9  # of the front: of a copy too some stations find another line of it nearer
_MOSTLY = 0.5  # of an actor's ground
_MARGIN = 1.0  # degrees around the ground within which countries are looked at
_CHORD_M = 10.0  # outlines of countries are rounded to some hundred metres
_MOST_SERIES = 3

Days = tuple[date, ...]
Side = tuple[str, ...]


@dataclass(frozen=True)
class LineFit:
    """What was found of the lines of one series.

    Attributes
    ----------
    series : str
        Its name.
    error_m : float
        Standard deviation across the line, in metres.
    length_m : float
        Correlation length along the line, in metres.
    offset_m : float
        How far its side's ground reaches beyond the mean of all series, in metres. Whose
        mistake that is cannot be known from the lines.
    lines_km : float
        Length of its front that was compared, mean of the days.
    hat_m2 : float or None
        See `territory.measure.line_errors.OwnError`.
    lag : OwnLag or None
        How late or early it is redrawn; None where that cannot be told.
    """

    series: str
    error_m: float
    length_m: float
    offset_m: float
    lines_km: float
    hat_m2: float | None = None
    lag: OwnLag | None = None


@dataclass(frozen=True)
class PairFit:
    """How far the fronts of two series lie apart.

    Attributes
    ----------
    one, other : str
        Names of the series.
    offset_m : float
        Mean distance, above zero where the ground of the other reaches farther, in metres.
    sd_m : float
        Standard deviation of the distance, in metres.
    length_m : float
        Its correlation length along the line, in metres.
    lines_km : float
        Length of front that was compared, mean of both series and of the days.
    alone_km : (float, float)
        Length of front of each that has none of the other in reach, mean of the days.
    redrawing : float or None
        Correlation of the moves of both lines at the same place, from one day that was used to
        the next; None where nothing moved or only one day was used.
    lag : LagFit
        How late or early they are redrawn, from when they show the same ground changing hands.
    """

    one: str
    other: str
    offset_m: float
    sd_m: float
    length_m: float
    lines_km: float
    alone_km: tuple[float, float]
    redrawing: float | None
    lag: LagFit


@dataclass(frozen=True)
class Calibration:
    """The errors of two or three series, and what they rest on.

    Attributes
    ----------
    fits : tuple of LineFit
        One for each series.
    pairs : tuple of PairFit
        One for each pair of them.
    days : tuple of tuple of date
        The days that were used, one of each series together.
    sides : tuple of tuple of str
        The actors of each series whose ground was taken for one side's.
    reach_m : float
        How far from a front that of another was looked for.
    """

    fits: tuple[LineFit, ...]
    pairs: tuple[PairFit, ...]
    days: tuple[Days, ...]
    sides: tuple[Side, ...]
    reach_m: float


def calibrate(
    series: Mapping[str, Ensemble],
    countries: Countries | None = None,
    *,
    side: Sequence[str] = (),
    within_days: int = 1,
    reach_m: float = REACH_M,
) -> Calibration:
    """Find the error of the lines of each series, and how late or early they are redrawn.

    Parameters
    ----------
    series : mapping of str to Ensemble
        Two or three of drawn zones, by name. Days whose snapshot is judged wrong are left out.
    countries : Countries, optional
        Their coasts and borders are no front; without them all outline is.
    side : sequence of str
        Actors whose ground together the front is the edge of. By default the one that all
        series have and that has most ground, and of each series those whose ground lies for
        the most part in that one's in another series.
    within_days : int
        How many days apart two maps may be that are laid over one another.
    reach_m : float
        Front that has none of the other within so many metres is counted apart.

    Returns
    -------
    Calibration

    Raises
    ------
    InputError
        If nobody drew the lines, or the series have no common day, side or front, or are the
        same drawing.

    Examples
    --------
    >>> from territory.history.history import from_coverage
    >>> from dataclasses import replace
    >>> from territory.holders import Holder
    >>> def drawn(edge):
    ...     history = from_coverage(
    ...         np.array([shapely.box(0, 0, 50_000, edge)]), np.array([[1]], dtype=np.int16),
    ...         days=(date(2024, 1, 1),), holders=(NOBODY, Holder("a")),
    ...         projection=EqualArea(0.0, 0.0))
    ...     return Ensemble(replace(history, outside_is_nobody=True))
    >>> found = calibrate({"one": drawn(20_000), "other": drawn(20_400)})
    >>> round(found.pairs[0].offset_m) > 0, found.days
    (True, ((datetime.date(2024, 1, 1), datetime.date(2024, 1, 1)),))
    """
    _refuse_undrawn(series)
    names = tuple(series)
    histories = tuple(each.base for each in series.values())
    days = common_days(
        [sorted(set(each.base.days) - each.corrupt) for each in series.values()], within_days
    )
    if not days:
        raise InputError(_no_day(series, within_days))
    sides = _sides(series, days[0], tuple(side))
    plane = _plane(histories[0], days[0][0], sides[0])
    land = None if countries is None else _land(countries, histories, days[0], plane)
    fronts = [
        tuple(
            _front(each, day, own, plane, land)
            for each, day, own in zip(histories, together, sides, strict=True)
        )
        for together in days
    ]
    lags = _lags(histories, days, sides)
    return _fitted(names, fronts, days, sides, reach_m, lags=lags)


def common_days(days: Sequence[Sequence[date]], within: int) -> tuple[Days, ...]:
    """Return days of several series that go together, each day once.

    Parameters
    ----------
    days : sequence of sequence of date
        Of each series, in order.
    within : int
        How many days those of the others may be from that of the first; the nearest counts.

    Returns
    -------
    tuple of tuple of date
        One day of each series.

    Examples
    --------
    >>> a, b, c = date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 31)
    >>> common_days([[a, c], [b, c]], 1) == ((a, b), (c, c))
    True
    >>> common_days([[a], [b]], 0)
    ()
    """
    found: list[Days] = []
    for day in days[0]:
        nearest = [
            min(other, key=lambda each: (abs((each - day).days), each), default=None)
            for other in days[1:]
        ]
        near = [each for each in nearest if each and abs((each - day).days) <= within]
        together = (day, *near)
        if len(together) < len(days):
            continue
        if not (found and any(a == b for a, b in zip(found[-1], together, strict=True))):
            found.append(together)
        elif _apart(together) < _apart(found[-1]):
            found[-1] = together
    return tuple(found)


def _apart(days: Days) -> int:
    return sum(abs((each - days[0]).days) for each in days)


def _refuse_undrawn(series: Mapping[str, Ensemble]) -> None:
    """Refuse series whose lines nobody drew, and more or fewer than can be told apart."""
    if not 1 < len(series) <= _MOST_SERIES:
        raise InputError(f"two or three series are needed, not {len(series)}")
    for name, each in series.items():
        if not (each.is_drawn and each.base.outside_is_nobody):
            raise InputError(
                f"{name}: nobody drew these lines: the ground around places and fixed units have"
                " none of their own; calibrate compares drawn zones"
            )


def _no_day(series: Mapping[str, Ensemble], within: int) -> str:
    """Say from when to when each series runs that shares no day with the others."""
    runs = (f"{name} {each.base.days[0]} to {each.base.days[-1]}" for name, each in series.items())
    near = f" or {within} day(s) apart" if within else ""
    return (
        f"the series have no common day ({', '.join(runs)}); give maps of the same days{near},"
        " or more of them"
    )


# ---- Whose front ---------------------------------------------------------------------------


def _sides(series: Mapping[str, Ensemble], days: Days, side: Side) -> tuple[Side, ...]:
    """Return the actors of each series whose ground is one side's."""
    held = [_held_km2(each.base, day) for each, day in zip(series.values(), days, strict=True)]
    if side:
        found = tuple(tuple(name for name in side if name in each) for each in held)
        for name, own, each in zip(series, found, held, strict=True):
            if not own:
                has = ", ".join(each) or "nobody"
                raise InputError(f"{name}: no ground of {' or '.join(side)}; it has {has}")
        return found
    shared = set.intersection(*map(set, held))
    if not shared:
        pairs = zip(series, held, strict=True)
        have = "; ".join(f"{name}: {', '.join(each)}" for name, each in pairs)
        raise InputError(f"the series have no actor in common ({have}); --side names whose front")
    actor = max(sorted(shared), key=lambda name: sum(each[name] for each in held))
    return tuple((actor, *_also(number, actor, series, days)) for number in range(len(held)))


def _held_km2(history: History, day: date) -> dict[str, float]:
    """Return the km2 that each actor holds on a day, by name; what is only claimed is not held."""
    found: dict[str, float] = {}
    for holder, km2 in zip(history.holders, history.held_km2((day,))[0], strict=True):
        if holder != NOBODY and holder.status is Status.HELD and km2 > 0:
            found[holder.actor] = found.get(holder.actor, 0.0) + float(km2)
    return found


def _also(number: int, actor: str, series: Mapping[str, Ensemble], days: Days) -> Side:
    """Return whose ground lies for the most part in that of an actor of another series."""
    own = tuple(series.values())[number].base
    if set(_held_km2(own, days[number])) == {actor}:
        return ()
    found: set[str] = set()
    for other, day in zip(series.values(), days, strict=True):
        if other.base is own:
            continue
        both = compare(own, other.base, day_one=days[number], day_other=day)
        theirs = [each.actor == actor and each.status is Status.HELD for each in both.holders]
        for holder, row in zip(both.holders, both.km2, strict=True):
            is_held = holder != NOBODY and holder.status is Status.HELD and holder.actor != actor
            if is_held and row[theirs].sum() > _MOSTLY * row.sum():
                found.add(holder.actor)
    return tuple(sorted(found))


# ---- Fronts in one plane -------------------------------------------------------------------


def _ground(history: History, day: date, side: Side) -> Bools:
    """Return which faces a side holds on a day."""
    held = frozenset(
        each for each in history.holders if each.actor in side and each.status is Status.HELD
    )
    return history.holding(day, held)


def _lags(
    histories: Sequence[History], days: Sequence[Days], sides: Sequence[Side]
) -> dict[Pair, LagFit]:
    """Return what every pair of series says of how late or early they are redrawn."""
    used = tuple(zip(*days, strict=True))
    held = [
        np.array([_ground(history, day, side) for day in own])
        for history, own, side in zip(histories, used, sides, strict=True)
    ]
    return {
        (a, b): fit_lag(
            shown_km2(histories[a], histories[b], (held[a], held[b])), (used[a], used[b])
        )
        for a, b in combinations(range(len(histories)), 2)
    }


def _plane(history: History, day: date, side: Side) -> EqualArea:
    """Return a plane about a side's ground: far from its centre distances would be distorted."""
    held = history.faces[_ground(history, day, side)]
    return choose_projection(lonlat_bounds(held, history.projection.crs))


def _land(countries: Countries, histories: Iterable[History], days: Days, plane: EqualArea) -> Land:
    """Return the countries around the ground of several series, in the plane."""
    boxes = [
        lonlat_bounds(each.faces[each.held_by[each.day_index(day)] > 0], each.projection.crs)
        for each, day in zip(histories, days, strict=True)
    ]
    west, south = (min(box[at] for box in boxes) - _MARGIN for at in (0, 1))
    east, north = (max(box[at] for box in boxes) + _MARGIN for at in (2, 3))
    if west > east:  # across the antimeridian
        west, east = -180.0, 180.0
    near = within_rectangle(countries.polygons, west, south, east, north)
    near = areal(shapely.make_valid(near))
    shapes = project(near[~shapely.is_empty(near)], WGS84, plane.crs, max_chord_error=_CHORD_M)
    return Land(np.asarray(shapely.make_valid(shapes), dtype=object))


def _front(history: History, day: date, side: Side, plane: EqualArea, land: Land | None) -> Front:
    """Return the front of a side on a day, in the plane."""
    held = _ground(history, day, side)
    edges = history.edges
    outline = edges.ends[parting(edges.one, edges.other, held)]
    to_plane = transformation(history.projection.crs, plane.crs)

    def carried(xy: Floats) -> Floats:
        return np.column_stack(to_plane.transform(*xy.T))

    ground = np.asarray(shapely.transform(history.faces[held], carried), dtype=object)
    return front_of(carried(outline.reshape(-1, 2)).reshape(-1, 4), ground, land)


# ---- Distances, and what they say ----------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Distances:
    """Distances between the fronts of one day, at the stations of each.

    Attributes
    ----------
    signed_m : mapping of (int, int) to ndarray
        At the stations of the first, how far the second lies; nan where it is out of reach.
    """

    fronts: tuple[Front, ...]
    signed_m: Mapping[tuple[int, int], Floats]

    @classmethod
    def of(cls, fronts: tuple[Front, ...], reach_m: float) -> "_Distances":
        count = range(len(fronts))
        return cls(
            fronts,
            {
                (a, b): fronts[b].signed_m(fronts[a].xy, reach_m)
                for a in count
                for b in count
                if a != b
            },
        )

    def compared(self, one: int) -> Bools:
        """Return at which stations of a front all the others are in reach."""
        others = [each for (a, _), each in self.signed_m.items() if a == one]
        return np.asarray(np.isfinite(others).all(axis=0), dtype=bool)

    def alone_km(self, one: int, other: int) -> float:
        return float(np.isnan(self.signed_m[one, other]).sum()) * STEP_M / 1e3


def _fitted(
    names: Side,
    fronts: Sequence[tuple[Front, ...]],
    days: tuple[Days, ...],
    sides: tuple[Side, ...],
    reach_m: float,
    *,
    lags: Mapping[Pair, LagFit],
) -> Calibration:
    """Return the errors of series from their fronts, and their lags from those of the pairs."""
    apart = [_Distances.of(each, reach_m) for each in fronts]
    moved = [
        tuple(_moves(one, other, reach_m) for one, other in zip(a, b, strict=True))
        for a, b in pairwise(fronts)
    ]
    pairs, covariance = [], {}
    for one, other in combinations(range(len(names)), 2):
        values, line, station = _along(apart, one, other)
        both = f"{names[one]} and {names[other]}"
        if not len(values):
            raise InputError(
                f"{both} have no common front: nowhere do lines inside a country lie within"
                f" {reach_m / 1e3:g} km of one another; are they of the same region and side?"
            )
        copied = float(np.mean(np.abs(values) < _SAME_LINES_M))
        if copied > _COPIED:
            raise InputError(
                f"{both} draw the same lines along {100 * copied:.0f} % of their front; a copy"
                " tells nothing of errors"
            )
        found = covariance[one, other] = autocovariance(values, line, station)
        pairs.append(
            PairFit(
                names[one],
                names[other],
                float(values.mean()),
                float(np.sqrt(found[0])),
                correlation_length_m(found, STEP_M),
                len(values) / 2 / len(days) * STEP_M / 1e3,
                (_mean_alone(apart, one, other), _mean_alone(apart, other, one)),
                _redrawing(apart, moved, one, other),
                lags[one, other],
            )
        )
    own = own_errors(covariance, STEP_M)
    offsets = _offsets(pairs, names)
    fits = (
        LineFit(
            name,
            each.error_m,
            each.length_m,
            offsets[name],
            float(np.mean([day.compared(number).sum() for day in apart])) * STEP_M / 1e3,
            each.hat_m2,
            lag,
        )
        for number, (name, each, lag) in enumerate(zip(names, own, own_lags(lags), strict=True))
    )
    return Calibration(tuple(fits), tuple(pairs), days, sides, reach_m)


def _along(apart: Sequence[_Distances], one: int, other: int) -> tuple[Floats, Ints, Ints]:
    """Return the distances of two series at the stations of both, with lines and stations.

    Taken from one line alone, a bulge of the other would seem narrower than it is deep.
    """
    values: list[Floats] = []
    lines: list[Ints] = []
    stations: list[Ints] = []
    first = 0
    for day in apart:
        for own, sign in ((one, 1.0), (other, -1.0)):
            theirs = other if own == one else one
            at, front = day.compared(own), day.fronts[own]
            values.append(sign * day.signed_m[own, theirs][at])
            lines.append(front.line[at] + first)
            stations.append(front.station[at])
            first += int(front.line.max(initial=-1)) + 1
    return np.concatenate(values), np.concatenate(lines), np.concatenate(stations)


def _mean_alone(apart: Sequence[_Distances], one: int, other: int) -> float:
    return float(np.mean([day.alone_km(one, other) for day in apart]))


def _offsets(pairs: Iterable[PairFit], names: Side) -> dict[str, float]:
    """Return how far the ground of each series reaches beyond the mean of all."""
    beyond = dict.fromkeys(names, 0.0)
    for pair in pairs:
        beyond[pair.one] -= pair.offset_m / len(names)
        beyond[pair.other] += pair.offset_m / len(names)
    return beyond


def _moves(before: Front, after: Front, reach_m: float) -> Floats:
    """Return how far a front moved at its stations; above zero where the side gained."""
    return after.signed_m(before.xy, reach_m)


def _redrawing(
    apart: Sequence[_Distances],
    moved: Sequence[tuple[Floats, ...]],
    one: int,
    other: int,
) -> float | None:
    """Return the correlation of the moves of two fronts at the same places."""
    mine, theirs = [np.zeros(0)], [np.zeros(0)]
    for day, moves in zip(apart, moved, strict=False):
        at = np.flatnonzero(np.isfinite(day.signed_m[one, other]))
        beside = np.asarray(shapely.points(day.fronts[other].xy))
        if not (at.size and beside.size):
            continue
        nearest = shapely.STRtree(beside).nearest(shapely.points(day.fronts[one].xy[at]))
        mine.append(moves[one][at])
        theirs.append(moves[other][nearest])
    a, b = np.concatenate(mine), np.concatenate(theirs)
    there = np.isfinite(a) & np.isfinite(b)
    if not there.any() or a[there].std() == 0 or b[there].std() == 0:
        return None
    return float(np.corrcoef(a[there], b[there])[0, 1])

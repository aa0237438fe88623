"""One best history, and the other histories that could as well be true.

An `Ensemble` holds what is needed to put an interval on any figure:

* `draws`: the same history from random subsamples of the places (delete-d jackknife);
* `boundary`: how far a drawn boundary may lie from the true one;
* `scenarios`: other readings of the evidence. They give a range, which is shown beside
  the interval and not inside it, because a choice of definition is not a random error.

`alternatives` adds the choices that follow from the figure itself: the day's cut a day
earlier or later, and the other areas that may be meant.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import pairwise, product
from math import inf

import numpy as np

from territory.actors import NOBODY, Holder, Status
from territory.boundary import BoundaryError, Lines, Reach, lines_of, reach, reach_of_each
from territory.change import transition_matrix
from territory.estimate import Estimate, around, delete_d_sd
from territory.history import Bools, History
from territory.projection import Floats

__all__ = ["BASE", "BoundaryError", "Ensemble", "Measure", "alternatives", "estimate"]

BASE = ""  # name of the best reading among the scenarios
NEGLIGIBLE_SHARE = 1e-9  # of the area looked at; less is the rounding of coordinates
JOINT = "; "  # between the choices that a scenario combines
DAY_CUT = "the day's cut: "  # begins the name of an alternative, as does the next
AREA_MEANT = "the area meant: "
_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """A history with everything needed to put an interval on its figures.

    Attributes
    ----------
    base : History
        The best reading of the evidence.
    boundary : BoundaryError or None
        For drawn zones; None where the zones come from places.
    draws : tuple of History
        From subsamples of `kept` out of `total` places.
    scenarios : mapping of str to History
        Other readings of the evidence, by name.
    counts : mapping of str to History
        Point histories (every place weighs one), under `BASE` and under
        the scenario's name otherwise; empty where there are no places.
    corrupt : frozenset of date
        Days whose snapshot is judged wrong; claims about them are not checked.
    hour_utc : int or None
        Hour of its day that a snapshot shows, where the publisher says so.
    area_variants : mapping of str to tuple of str
        By named area, the other named areas that may be meant instead.
    """

    base: History
    boundary: BoundaryError | None = None
    draws: tuple[History, ...] = ()
    kept: int = 0
    total: int = 0
    scenarios: Mapping[str, History] = field(default_factory=dict)
    counts: Mapping[str, History] = field(default_factory=dict)
    corrupt: frozenset[date] = frozenset()
    hour_utc: int | None = None
    area_variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def lines(self) -> Lines:
        """The lines between the faces of the base."""
        return lines_of(self.base)

    def inside(self, area: str) -> "Ensemble":
        """Return what intervals of a named area rest on: its own faces and their lines.

        Neither the rim of the area nor what lies beyond counts, so the figures are the same.
        Of a table by province that makes each row as quick as the province is small.

        Parameters
        ----------
        area : str
            The only area whose figures may be asked for.

        Returns
        -------
        Ensemble
            Without scenarios; the same one where it has draws or the area is everything.
        """
        base = self.base
        if self.draws or area not in base.within or base.within[area].all():
            return self
        mask = base.within[area]
        part = replace(
            base,
            faces=base.faces[mask],
            area_m2=base.area_m2[mask],
            held_by=base.held_by[:, mask],
            origin=base.origin[mask],
            within={area: np.ones(int(mask.sum()), dtype=bool)},
        )
        return Ensemble(part, self.boundary, corrupt=self.corrupt, hour_utc=self.hour_utc)

    @cached_property
    def counted(self) -> "Ensemble":
        """The same for counts of places: no random error, the same scenarios."""
        others = {name: each for name, each in self.counts.items() if name != BASE}
        return Ensemble(self.counts[BASE], scenarios=others, corrupt=self.corrupt)


@dataclass(frozen=True, eq=False)
class Measure:
    """A figure that can be read off any history.

    Attributes
    ----------
    value : callable
        The figure itself.
    faces : callable
        The faces whose boundary makes the figure uncertain.
    area : str
        The named area looked at.
    floor, ceiling : float
        What is physically possible.
    beyond_too : bool
        Whether the ground beyond all faces would be among `faces`.
    per_km2 : callable
        Factor from km2 to the unit of the figure (1 for km2).
    weights : callable, optional
        What each face counts, where it is not 1 for `faces` and 0 for others: -1 for
        ground that a net figure takes away.
    days : tuple of date
        The days the figure is about: one, or the two ends of a period. Without them the
        lines of two days are not told apart and the day's cut is no choice.
    """

    value: Callable[[History], float]
    faces: Callable[[History], Bools]
    area: str
    floor: float = 0.0
    ceiling: float = inf
    unit: str = "km2"
    beyond_too: bool = False
    per_km2: Callable[[History], float] = lambda _history: 1.0
    weights: Callable[[History], Floats] | None = None
    days: tuple[date, ...] = ()


def estimate(ensemble: Ensemble, measure: Measure) -> Estimate:
    """Return a figure with its 95 % interval.

    Parameters
    ----------
    ensemble : Ensemble
        From places (resampled) or drawn zones (boundary error).
    measure : Measure
        What to read off.
    """
    value = measure.value(ensemble.base)
    return interval_about(ensemble, measure, value, *error_of(ensemble, measure))


def interval_about(
    ensemble: Ensemble, measure: Measure, value: float, sd: float, bias: float
) -> Estimate:
    """Return a value of a measure with its 95 % interval, cut to what is possible.

    Parameters
    ----------
    ensemble : Ensemble
        Tells whether the area looked at has an end.
    measure : Measure
        Whose limits and unit hold.
    value, sd, bias : float
        In that unit; see `error_of`.
    """
    floor, ceiling = _limits(ensemble.base, measure)
    return around(
        value,
        sd,
        bias=bias,
        unit=measure.unit,
        floor=min(floor, value),
        ceiling=max(ceiling, value),
    )


def _limits(base: History, measure: Measure) -> tuple[float, float]:
    """Return what is possible. Ground beyond the drawn zones is ground, unless an area is named.

    All faces together are no limit there: they end where the zones happen to be drawn.
    """
    endless = base.outside_is_nobody and measure.area not in base.within
    if not endless or measure.unit != "km2":
        return measure.floor, measure.ceiling
    return (0.0 if measure.floor >= 0 else -inf), inf


def error_of(ensemble: Ensemble, measure: Measure) -> tuple[float, float]:
    """Return the standard deviation of a figure and the size of its bias, in its unit."""
    if ensemble.draws:
        drawn = [measure.value(draw) for draw in ensemble.draws]
        return delete_d_sd(drawn, kept=ensemble.kept, total=ensemble.total), 0.0
    if ensemble.boundary is None:
        return 0.0, 0.0
    found, scale = carried(ensemble, measure), measure.per_km2(ensemble.base) / 1e6
    bias_m = abs(ensemble.boundary.bias_m)
    return ensemble.boundary.total_m * found.spread_m * scale, bias_m * found.length_m * scale


def carried(ensemble: Ensemble, measure: Measure) -> Reach:
    """Return how far errors of the drawn lines carry into a figure.

    Parameters
    ----------
    ensemble : Ensemble
        Of drawn zones.
    measure : Measure
        What to read off.
    """
    base = ensemble.base
    weight = measure.weights(base) if measure.weights else measure.faces(base).astype(np.float64)
    return reach(
        ensemble.lines,
        base,
        weight,
        area=measure.area,
        beyond=float(measure.beyond_too),
        days=tuple(base.day_index(day) for day in measure.days),
        error=ensemble.boundary or BoundaryError(),
    )


def alternatives(ensemble: Ensemble, measure: Measure) -> dict[str, float]:
    """Return the figure under every other choice of definition, by name.

    Other readings of the evidence, the day's cut a day earlier or later (where the series
    has that day and it is not judged corrupt), and the other areas that may be meant.

    Parameters
    ----------
    ensemble : Ensemble
        Any.
    measure : Measure
        With its `days`, if their cut shall be a choice.
    """
    others = {name: measure.value(each) for name, each in ensemble.scenarios.items()}
    for name, each in (*_other_cuts(ensemble, measure), *_other_areas(ensemble, measure)):
        others[name] = measure.value(each)
    return others


def _other_cuts(ensemble: Ensemble, measure: Measure) -> Iterator[tuple[str, History]]:
    """Yield the base with each day of a figure read a day earlier or later, in every way."""
    base, usable = ensemble.base, set(ensemble.base.days) - ensemble.corrupt
    near = [
        [day + n * _DAY for n in (0, -1, 1) if day + n * _DAY in usable] for day in measure.days
    ]
    for cut in product(*near):
        if cut and cut != measure.days and all(a < b for a, b in pairwise(cut)):
            rows = base.held_by.copy()
            for day, other in zip(measure.days, cut, strict=True):
                rows[base.day_index(day)] = base.held_by[base.day_index(other)]
            yield DAY_CUT + " to ".join(map(str, cut)), replace(base, held_by=rows)


def _other_areas(ensemble: Ensemble, measure: Measure) -> Iterator[tuple[str, History]]:
    """Yield the base with another area under the name of the one that a figure is about."""
    base = ensemble.base
    for name in ensemble.area_variants.get(measure.area, ()):
        within = {**base.within, measure.area: base.mask(name)}
        yield AREA_MEANT + name, replace(base, within=within)


def choices(name: str, names: Mapping[str, object]) -> tuple[str, ...]:
    """Return the choices that a scenario combines.

    A name is a combination where both sides of a `JOINT` are names themselves; a name of
    its own may hold one.

    Examples
    --------
    >>> known = dict.fromkeys(["dated late", "a; b", "dated late; a; b"])
    >>> choices("dated late; a; b", known), choices("a; b", known)
    (('dated late', 'a; b'), ('a; b',))
    """
    at = name.find(JOINT)
    while at >= 0:
        head, tail = name[:at], name[at + len(JOINT) :]
        if head in names and tail in names:
            return (*choices(head, names), *choices(tail, names))
        at = name.find(JOINT, at + 1)
    return (name,)


def status_scenarios(history: History) -> dict[str, History]:
    """Return the history with ground that is only claimed or contested counted as held.

    Empty where a series tells no such statuses.

    Parameters
    ----------
    history : History
        Whose figures count what is held and nothing else.
    """
    said = {holder.status for holder in history.holders}
    parts = {
        f"{status} ground counted as held": frozenset({status})
        for status in (Status.CLAIMED, Status.CONTESTED)
        if status in said
    }
    if len(parts) > 1:
        parts[JOINT.join(parts)] = frozenset({Status.CLAIMED, Status.CONTESTED})
    return {name: _counted_as_held(history, statuses) for name, statuses in parts.items()}


def _counted_as_held(history: History, statuses: frozenset[Status]) -> History:
    meant = [Holder(each.actor) if each.status in statuses else each for each in history.holders]
    holders = tuple(dict.fromkeys((*history.holders, *meant)))
    code = np.array([holders.index(each) for each in meant], dtype=np.int16)
    return replace(history, holders=holders, held_by=code[history.held_by])


def area_measure(history: History, holder: Holder, day: date, area: str) -> Measure:
    """Return the measure of what one holder has on one day."""
    wanted = frozenset({holder})

    def faces(each: History) -> Bools:
        return each.holding(day, wanted)

    return _measure(history, faces, area, days=(day,), beyond_too=wanted == {NOBODY})


def transfer_measure(
    history: History, days: tuple[date, date], pair: tuple[Holder, Holder], area: str
) -> Measure:
    """Return the measure of what passed from one holder to another."""
    giver, taker = frozenset({pair[0]}), frozenset({pair[1]})

    def faces(each: History) -> Bools:
        return each.holding(days[0], giver) & each.holding(days[1], taker)

    return _measure(history, faces, area, days=days, beyond_too=giver == taker == {NOBODY})


def _measure(
    history: History,
    faces: Callable[[History], Bools],
    area: str,
    *,
    days: tuple[date, ...],
    beyond_too: bool,
) -> Measure:
    return Measure(
        lambda each: each.km2(faces(each), area),
        faces,
        area,
        ceiling=history.km2(history.mask(area)),
        beyond_too=beyond_too,
        days=days,
    )


def area_estimates(ensemble: Ensemble, day: date, area: str) -> dict[Holder, Estimate]:
    """Return what every holder has on a day, with intervals; holders with nothing are left out."""
    return areas_with_intervals(ensemble, (day,), area)[0]


def areas_with_intervals(
    ensemble: Ensemble, days: tuple[date, ...], area: str
) -> tuple[dict[Holder, Estimate], ...]:
    """Return what every holder has on each of many days; holders with nothing are left out.

    Parameters
    ----------
    days : tuple of date
        Of the base; what is drawn on them is looked at together, which is quick.
    """
    base = ensemble.base
    rows = np.array([_held_km2(base, day, area) for day in days])
    spreads = [_spread_of(ensemble, partial(_held_km2, day=day, area=area)) for day in days]
    found: list[dict[Holder, Estimate]] = [{} for _ in days]
    for k, holder in enumerate(base.holders):
        there = np.flatnonzero(rows[:, k] > NEGLIGIBLE_SHARE * rows.sum(axis=1))
        drawn = _drawn_errors(ensemble, tuple(days[n] for n in there), k, area)
        for n, error in zip(there, drawn, strict=True):
            measure, spread = area_measure(base, holder, days[n], area), spreads[n]
            known = error if spread is None else (float(spread[k]), 0.0)
            errors = known or error_of(ensemble, measure)
            found[n][holder] = interval_about(ensemble, measure, measure.value(base), *errors)
    return tuple(found)


def _drawn_errors(
    ensemble: Ensemble, days: tuple[date, ...], k: int, area: str
) -> list[tuple[float, float] | None]:
    """Return the deviation and bias of what one holder has on each day, None where not drawn."""
    error, base = ensemble.boundary, ensemble.base
    if ensemble.draws or error is None or not days:
        return [None] * len(days)
    reaches = reach_of_each(
        ensemble.lines,
        base,
        base.held_by[[base.day_index(day) for day in days]] == k,
        area=area,
        beyond=base.holders[k] == NOBODY,
        error=error,
    )
    bias_m = abs(error.bias_m)
    return [(error.total_m * r.spread_m / 1e6, bias_m * r.length_m / 1e6) for r in reaches]


def _held_km2(history: History, day: date, area: str) -> Floats:
    """Return the area of every holder on one day, shape (holders,)."""
    inside = history.mask(area)
    held = history.held_by[history.day_index(day), inside]
    km2 = np.bincount(held, history.area_m2[inside] / 1e6, len(history.holders))
    return km2.astype(np.float64, copy=False)


def transfer_estimates(
    ensemble: Ensemble, from_day: date, to_day: date, area: str, *, stayed: bool = True
) -> dict[tuple[Holder, Holder], Estimate]:
    """Return every cell of the transition matrix that is not empty, with intervals.

    Parameters
    ----------
    stayed : bool
        Whether to include the diagonal (ground that did not change hands).
    """
    base, days = ensemble.base, (from_day, to_day)
    matrix = transition_matrix(base, from_day, to_day, area)
    spread = _spread_of(ensemble, lambda each: transition_matrix(each, from_day, to_day, area))
    return {
        (giver, taker): _told(
            ensemble, transfer_measure(base, days, (giver, taker), area), spread, (i, j)
        )
        for i, giver in enumerate(base.holders)
        for j, taker in enumerate(base.holders)
        if matrix[i, j] > NEGLIGIBLE_SHARE * matrix.sum() and (stayed or i != j)
    }


def _told(
    ensemble: Ensemble, measure: Measure, spread: Floats | None, cell: int | tuple[int, int]
) -> Estimate:
    """Return the estimate of one cell of a table, whose spreads may be known already."""
    if spread is None:
        return estimate(ensemble, measure)
    value = measure.value(ensemble.base)
    return interval_about(ensemble, measure, value, float(spread[cell]), 0.0)


def _spread_of(ensemble: Ensemble, table: Callable[[History], Floats]) -> Floats | None:
    """Return the standard deviations of all cells of a table at once, where there are draws.

    None where there are none, or where a draw has other holders and so another table.
    """
    holders = ensemble.base.holders
    if not ensemble.draws or any(draw.holders != holders for draw in ensemble.draws):
        return None
    drawn = np.array([table(draw) for draw in ensemble.draws])
    cells = [
        delete_d_sd(each, kept=ensemble.kept, total=ensemble.total) for each in _columns(drawn)
    ]
    return np.reshape(cells, drawn.shape[1:])


def _columns(drawn: Floats) -> Floats:
    columns: Floats = drawn.reshape(len(drawn), -1).T
    return columns

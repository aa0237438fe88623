"""One best history, and the other histories that could as well be true.

An `Ensemble` holds what is needed to put an interval on any figure:

* `draws`: the same history from random subsamples of the places (delete-d jackknife);
* `boundary`: how far a drawn boundary may lie from the true one;
* `scenarios`: other readings of the evidence. They give a range, which is shown beside
  the interval and not inside it, because a choice of definition is not a random error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import inf

from territory.actors import NOBODY, Holder
from territory.change import areas_by_day, transition_matrix
from territory.estimate import Estimate, around, boundary_sd_km2, delete_d_sd
from territory.history import Bools, History

BASE = ""  # name of the best reading among the scenarios
NEGLIGIBLE_SHARE = 1e-9  # of the area looked at; less is the rounding of coordinates


@dataclass(frozen=True)
class BoundaryError:
    """How far a drawn boundary may lie from the true one.

    Attributes
    ----------
    boundary_error_m : float
        Standard deviation across the line, in metres.
    correlation_length_m : float
        Distance along the line over which errors go together, in metres.
    """

    boundary_error_m: float = 500.0
    correlation_length_m: float = 2000.0


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
    """

    base: History
    boundary: BoundaryError | None = None
    draws: tuple[History, ...] = ()
    kept: int = 0
    total: int = 0
    scenarios: Mapping[str, History] = field(default_factory=dict)
    counts: Mapping[str, History] = field(default_factory=dict)
    corrupt: frozenset[date] = frozenset()


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
    """

    value: Callable[[History], float]
    faces: Callable[[History], Bools]
    area: str
    floor: float = 0.0
    ceiling: float = inf
    unit: str = "km2"
    beyond_too: bool = False
    per_km2: Callable[[History], float] = lambda _history: 1.0


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
    sd = _sd(ensemble, measure)
    ceiling = max(measure.ceiling, value)
    return around(value, sd, unit=measure.unit, floor=measure.floor, ceiling=ceiling)


def _sd(ensemble: Ensemble, measure: Measure) -> float:
    if ensemble.draws:
        drawn = [measure.value(draw) for draw in ensemble.draws]
        return delete_d_sd(drawn, kept=ensemble.kept, total=ensemble.total)
    if ensemble.boundary is None:
        return 0.0
    length = ensemble.base.boundary_length_m(
        measure.faces(ensemble.base), measure.area, beyond_too=measure.beyond_too
    )
    km2 = boundary_sd_km2(
        length,
        boundary_error_m=ensemble.boundary.boundary_error_m,
        correlation_length_m=ensemble.boundary.correlation_length_m,
    )
    return km2 * measure.per_km2(ensemble.base)


def area_measure(history: History, holder: Holder, day: date, area: str) -> Measure:
    """Return the measure of what one holder has on one day."""
    wanted = frozenset({holder})

    def faces(each: History) -> Bools:
        return each.holding(day, wanted)

    return _measure(history, faces, area, beyond_too=wanted == {NOBODY})


def transfer_measure(
    history: History, days: tuple[date, date], pair: tuple[Holder, Holder], area: str
) -> Measure:
    """Return the measure of what passed from one holder to another."""
    giver, taker = frozenset({pair[0]}), frozenset({pair[1]})

    def faces(each: History) -> Bools:
        return each.holding(days[0], giver) & each.holding(days[1], taker)

    return _measure(history, faces, area, beyond_too=giver == taker == {NOBODY})


def _measure(
    history: History, faces: Callable[[History], Bools], area: str, *, beyond_too: bool
) -> Measure:
    return Measure(
        lambda each: each.km2(faces(each), area),
        faces,
        area,
        ceiling=history.km2(history.mask(area)),
        beyond_too=beyond_too,
    )


def area_estimates(ensemble: Ensemble, day: date, area: str) -> dict[Holder, Estimate]:
    """Return what every holder has on a day, with intervals; holders with nothing are left out."""
    base = ensemble.base
    row = areas_by_day(base.at_days((day,)), area)[0]
    return {
        holder: estimate(ensemble, area_measure(base, holder, day, area))
        for holder, km2 in zip(base.holders, row, strict=True)
        if km2 > NEGLIGIBLE_SHARE * row.sum()
    }


def transfer_estimates(
    ensemble: Ensemble, from_day: date, to_day: date, area: str, *, stayed: bool = True
) -> dict[tuple[Holder, Holder], Estimate]:
    """Return every cell of the transition matrix that is not empty, with intervals.

    Parameters
    ----------
    stayed : bool
        Whether to include the diagonal (ground that did not change hands).
    """
    base = ensemble.base
    matrix = transition_matrix(base, from_day, to_day, area)
    return {
        (giver, taker): estimate(
            ensemble, transfer_measure(base, (from_day, to_day), (giver, taker), area)
        )
        for i, giver in enumerate(base.holders)
        for j, taker in enumerate(base.holders)
        if matrix[i, j] > NEGLIGIBLE_SHARE * matrix.sum() and (stayed or i != j)
    }

"""A history with everything that an interval rests on, and the interval of any figure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats
from territory.history.drawing import Drawing, drawing_of
from territory.history.history import History
from territory.measure.boundary_error import BoundaryError, Reach, reach, reach_along
from territory.measure.estimate import Estimate, around, delete_d_sd

BASE = ""  # name of the best reading among the scenarios
NEGLIGIBLE_SHARE = 1e-9  # of the area looked at; less is the rounding of coordinates


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
        From subsamples of `sample_size` out of `total` places.
    scenarios : mapping of str to History
        Other readings of the evidence, by name.
    counts : mapping of str to History
        Point histories (every place weighs one), under `BASE` and under
        the scenario's name otherwise; empty where there are no places. With a gazetteer
        its villages are the points, else the places.
    count_draws : tuple of History
        Those of the draws, with a gazetteer; without one there are none, and a count has
        no random error.
    widening, count_widening : float
        What the deviations of figures and of counts from the draws are multiplied by.
    beside : mapping of str to History
        The base by another estimator, by what that is called.
    is_rebalanced : bool
        Whether villages that are not known are spread over the places by how many are known.
    corrupt : frozenset of date
        Days whose snapshot is judged wrong; claims about them are not checked.
    hour_utc : int or None
        Hour of its day that a snapshot shows, where the publisher says so.
    area_variants : mapping of str to tuple of str
        By named area, the other named areas that may be meant instead.
    drawn : Drawing, optional
        The lines of the base, where they are known already.
    publisher : str
        Who drew the zones, where that is known.
    is_assumed : bool
        Whether the error of the lines is assumed, for want of a stated one.
    doubts : mapping of date to str
        Why a corrupt day is judged wrong.
    """

    base: History
    boundary: BoundaryError | None = None
    draws: tuple[History, ...] = ()
    sample_size: int = 0
    total: int = 0
    scenarios: Mapping[str, History] = field(default_factory=dict)
    counts: Mapping[str, History] = field(default_factory=dict)
    count_draws: tuple[History, ...] = ()
    widening: float = 1.0
    count_widening: float = 1.0
    beside: Mapping[str, History] = field(default_factory=dict)
    is_rebalanced: bool = False
    corrupt: frozenset[date] = frozenset()
    hour_utc: int | None = None
    area_variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drawn: Drawing | None = None
    publisher: str = ""
    is_assumed: bool = False
    doubts: Mapping[date, str] = field(default_factory=dict)

    def sd_of(self, drawn: ArrayLike) -> float:
        """Return the standard deviation of a figure from its values in the draws.

        Parameters
        ----------
        drawn : array_like, shape (draws,)
            In the unit of the figure.
        """
        sd = delete_d_sd(drawn, sample_size=self.sample_size, total=self.total)
        return self.widening * sd

    @property
    def is_drawn(self) -> bool:
        """Whether somebody drew the zones; those around places nobody drew."""
        return not (self.draws or self.counts)

    @cached_property
    def drawing(self) -> Drawing:
        """The lines of the base as they were drawn."""
        return self.drawn or drawing_of(self.base)

    def inside(self, area: str) -> "Ensemble":
        """Return what intervals of a named area rest on: its own faces, and all lines.

        What lies beyond the area does not count, so the figures are the same. Of a table by
        province that makes each row as quick as the province is small.

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
        drawn = self.drawing if self.boundary else None
        return replace(self, base=base.part(area), scenarios={}, drawn=drawn)

    @cached_property
    def counted(self) -> "Ensemble":
        """The same for counts of places: the same scenarios, and draws with a gazetteer."""
        others = {name: each for name, each in self.counts.items() if name != BASE}
        return Ensemble(
            self.counts[BASE],
            draws=self.count_draws,
            sample_size=self.sample_size,
            total=self.total,
            scenarios=others,
            widening=self.count_widening,
            corrupt=self.corrupt,
            publisher=self.publisher,
            doubts=self.doubts,
        )


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
    unit : str
        Of the figure, as in a claims file.
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
    path : tuple of date
        Every day of a figure that is added up along a path; it has no `days`.
    steps : callable, optional
        What each face counts in each step of the path, shape (steps, faces).
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
    path: tuple[date, ...] = ()
    steps: Callable[[History], Floats] | None = None


def estimate(ensemble: Ensemble, measure: Measure) -> Estimate:
    """Return a figure with its interval.

    Parameters
    ----------
    ensemble : Ensemble
        From places (resampled) or drawn zones (boundary error).
    measure : Measure
        What to read off.

    Returns
    -------
    Estimate
        In the unit of the measure.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> day, wanted = date(2018, 1, 1), frozenset({Holder("a")})
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0]], dtype=np.int16), days=(day,),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> measure = Measure(
    ...     lambda each: each.km2(each.holding(day, wanted)),
    ...     lambda each: each.holding(day, wanted), "all", days=(day,))
    >>> print(estimate(Ensemble(history, BoundaryError(50.0)), measure))
    1.0 (0.9 to 1.1) km2
    """
    value = measure.value(ensemble.base)
    return interval_about(ensemble, measure, value, *error_of(ensemble, measure))


def interval_about(
    ensemble: Ensemble, measure: Measure, value: float, sd: float, bias: float
) -> Estimate:
    """Return a value of a measure with its interval, cut to what is possible.

    Parameters
    ----------
    ensemble : Ensemble
        Tells whether the area looked at has an end.
    measure : Measure
        Whose limits and unit hold.
    value, sd, bias : float
        In that unit; see `error_of`.

    Returns
    -------
    Estimate
        In the unit of the measure, with the interval of 95 %.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.tables import area_measure
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> measure = area_measure(history, Holder("a"), date(2018, 1, 1), "all")
    >>> print(interval_about(Ensemble(history), measure, 1.0, 0.05, 0.0))
    1.0 (0.9 to 1.1) km2
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
    endless = base.outside_is_nobody and not base.has_rim(measure.area)
    if not endless or measure.unit != "km2":
        return measure.floor, measure.ceiling
    return (0.0 if measure.floor >= 0 else -inf), inf


def error_of(ensemble: Ensemble, measure: Measure) -> tuple[float, float]:
    """Return the standard deviation of a figure and the size of its bias, in its unit.

    Parameters
    ----------
    ensemble : Ensemble
        From places (resampled) or drawn zones (boundary error); no error where it has neither.
    measure : Measure
        What to read off.

    Returns
    -------
    sd, bias : float
        Both in the unit of the measure and not negative. Places have no bias.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.tables import area_measure
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> measure = area_measure(history, Holder("a"), date(2018, 1, 1), "all")
    >>> sd, bias = error_of(Ensemble(history, BoundaryError(50.0, bias_m=10.0)), measure)
    >>> round(sd, 3), bias
    (0.046, 0.01)
    """
    if ensemble.draws:
        drawn = [measure.value(draw) for draw in ensemble.draws]
        return ensemble.sd_of(drawn), 0.0
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

    Returns
    -------
    Reach
        In metres, to be multiplied by what the lines may lie off.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.tables import area_measure
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> measure = area_measure(history, Holder("a"), date(2018, 1, 1), "all")
    >>> carried(Ensemble(history, BoundaryError(50.0)), measure).length_m
    1000.0
    """
    drawing, error = ensemble.drawing, ensemble.boundary or BoundaryError()
    base = drawing.history
    if measure.steps is not None:
        path = tuple(base.day_index(day) for day in measure.path)
        return reach_along(drawing, measure.steps(base), area=measure.area, maps=path, error=error)
    weight = measure.weights(base) if measure.weights else measure.faces(base).astype(np.float64)
    return reach(
        drawing,
        weight,
        area=measure.area,
        beyond=float(measure.beyond_too),
        maps=tuple(base.day_index(day) for day in measure.days),
        error=error,
    )

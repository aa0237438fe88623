"""A history with everything that an interval rests on, and the interval of any figure."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from math import inf, sqrt
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats
from territory.history.drawing import Drawing, drawing_of
from territory.history.history import History
from territory.history.rim import Rim, RimError, rim_of
from territory.history.sections import Sections, sections_of
from territory.measure.boundary_error import BoundaryError, Reach, reach, reach_along
from territory.measure.drawn import hour_of_cut
from territory.measure.estimate import Z_95, Estimate, around, delete_d_sd, together, without
from territory.measure.redraw_lag import Days, lag_variance
from territory.measure.rim import RimReach
from territory.numbers import KM2_PER_UNIT

_T = TypeVar("_T")
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
    others : mapping of str to BoundaryError
        Errors of other publishers' lines that are known, by publisher.
    hour_utc : int or None
        Hour of its day that a snapshot shows, where the publisher says so.
    area_variants : mapping of str to tuple of str
        By named area, the other named areas that may be meant instead.
    units : mapping of str to History
        The same as `counts` for the units of a fixed coverage; empty where there are none.
    drawn : Drawing, optional
        The lines of the base, where they are known already.
    publisher : str
        Who drew the zones, where that is known.
    is_assumed : bool
        Whether the error of the lines is assumed, for want of a stated one.
    doubts : mapping of date to str
        Why a corrupt day is judged wrong.
    rims : mapping of str to RimError
        By named area, how far its rim may lie off; one that is not there is exact.
    error_source : str
        Where the error of the lines comes from, to follow "that is".
    outlines : mapping of str to Rim
        By named area, its rim with the faces of the base inside, where it is known already: of
        ground that was added up over tiles nothing else tells it.
    sectioned : Sections, optional
        The ground that changed hands by section, where it is known already, as of tiles.
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
    units: Mapping[str, History] = field(default_factory=dict)
    drawn: Drawing | None = None
    publisher: str = ""
    is_assumed: bool = False
    doubts: Mapping[date, str] = field(default_factory=dict)
    others: Mapping[str, BoundaryError] = field(default_factory=dict)
    rims: Mapping[str, RimError] = field(default_factory=dict)
    error_source: str = ""
    outlines: Mapping[str, Rim] = field(default_factory=dict)
    sectioned: Sections | None = None
    _reaches: dict[str, RimReach] = field(default_factory=dict, init=False, repr=False)
    _tables: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

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

    @property
    def has_lines(self) -> bool:
        """Whether somebody drew the zones, and how far their lines may lie off is known."""
        return self.is_drawn and self.boundary is not None

    @cached_property
    def drawing(self) -> Drawing:
        """The lines of the base as they were drawn."""
        return self.drawn or drawing_of(self.base)

    @property
    def lag_days(self) -> float:
        """How late or early sections are redrawn, in days; 0 where nobody drew them."""
        return self.boundary.redraw_lag_days if self.is_drawn and self.boundary else 0.0

    @property
    def sections(self) -> Sections:
        """The ground that changed hands, by section of the front; worked out once."""
        side_m = (self.boundary or BoundaryError()).correlation_length_m
        return self.sectioned or self.once(Sections, lambda: sections_of(self.base, side_m))

    def sections_in(self, area: str) -> Sections:
        """Return the ground of a named area that changed hands, by section; worked out once.

        Parameters
        ----------
        area : str
            A named area, or ``"all"``.
        """
        found = self.sections
        return self.once((Sections, area), lambda: found.within(self.base.mask(area)))

    def rim(self, area: str) -> RimReach:
        """Return how far the error of a rim carries; worked out once.

        Parameters
        ----------
        area : str
            One of `rims` that has an error.
        """
        if area not in self._reaches:
            length_m = self.rims[area].correlation_length_m
            found = self.outline(area)
            self._reaches[area] = RimReach(found, length_m, len(self.base.faces))
        return self._reaches[area]

    def once(self, key: Hashable, found: Callable[[], _T]) -> _T:
        """Return a table of figures that is worked out the first time it is asked for.

        Parameters
        ----------
        key : hashable
            Which table it is.
        found : callable
            Works it out; who gets the table must not change it.
        """
        if key not in self._tables:
            self._tables[key] = found()
        kept: _T = self._tables[key]
        return kept

    def outline(self, area: str) -> Rim:
        """Return the rim of a named area, with the faces of the base inside.

        Parameters
        ----------
        area : str
            Name of an area.
        """
        return self.outlines[area] if area in self.outlines else rim_of(self.base, area)

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
        lines = self.boundary is not None and not self.boundary.is_none
        drawn = self.drawing if lines else None
        sectioned = self.sections.of_part(base.within[area]) if self.lag_days else None
        part = replace(
            self,
            base=base.part(area),
            scenarios={},
            drawn=drawn,
            outlines={},
            sectioned=sectioned,
        )
        if _has_rim_error(self, area):  # found once for all tables
            part._reaches[area] = self.rim(area).of_part(base.within[area])
        return part

    def counting(self, counts: Mapping[str, History]) -> "Ensemble":
        """Return the same for counts of places or units: the same scenarios.

        Villages of a gazetteer have draws; other counts have no random error.

        Parameters
        ----------
        counts : mapping of str to History
            `counts` or `units`.
        """
        others = {name: each for name, each in counts.items() if name != BASE}
        return Ensemble(
            counts[BASE],
            draws=self.count_draws if counts is self.counts else (),
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
        Every day of a figure that is added up along a path; its `days` are those alone whose
        cut is a choice.
    steps : callable, optional
        What each face counts in each step of the path, shape (steps, faces).
    by_days : callable, optional
        The same measure by other days than its own, for the hour of the cut and late redrawing.
    divided : callable, optional
        The faces that a share is of, where their area depends on the rim.
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
    by_days: "Callable[[History, tuple[date, ...]], Measure] | None" = None
    divided: Callable[[History], Bools] | None = None


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
    sd, bias = error_of(ensemble, measure)
    hours = hours_of(ensemble, measure) if ensemble.has_lines else None
    lag = lag_sd(ensemble, measure)
    return interval_about(ensemble, measure, value, sd, bias, hours=hours, other_sd=lag)


def hours_of(ensemble: Ensemble, measure: Measure) -> tuple[float, float]:
    """Return by how much less and more the hour of the cut can make a figure.

    Parameters
    ----------
    ensemble : Ensemble
        With the snapshots before and after.
    measure : Measure
        What to read off; without `by_days` nobody knows, and it is nothing.

    Returns
    -------
    less, more : float
        In the unit of the measure; not above and not below zero.

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
    ...     days=(date(2018, 1, 1), date(2018, 1, 2)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> hours_of(Ensemble(history), area_measure(history, Holder("a"), date(2018, 1, 1), "all"))
    (0.0, 0.25)
    """
    base, by_days, days = ensemble.base, measure.by_days, _ends(measure)
    if by_days is None or not days:
        return 0.0, 0.0
    less, more = hour_of_cut(
        lambda other: by_days(base, other).value(base), days, base, corrupt=ensemble.corrupt
    )
    return float(less), float(more)


def _ends(measure: Measure) -> tuple[date, ...]:
    """Return the days of a figure that another cut would change."""
    return measure.days or measure.path[:1] + measure.path[-1:]


def lag_sd(ensemble: Ensemble, measure: Measure) -> float:
    """Return the standard deviation that late and early redrawing gives a figure.

    Parameters
    ----------
    ensemble : Ensemble
        With the snapshots before and after, and how many days sections are off.
    measure : Measure
        What to read off; without `by_days` nobody knows, and it is nothing.

    Returns
    -------
    float
        In the unit of the measure; see `territory.measure.redraw_lag`.

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
    ...     days=(date(2018, 1, 1), date(2018, 1, 11)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> late = Ensemble(history, BoundaryError(50.0, redraw_lag_days=5.0))
    >>> lag_sd(late, area_measure(history, Holder("a"), date(2018, 1, 1), "all"))
    0.5
    """
    base, by_days, days = ensemble.base, measure.by_days, _ends(measure)
    if not (ensemble.lag_days and days) or by_days is None:
        return 0.0
    sections = ensemble.sections_in(measure.area)

    def figures(others: Sequence[Days]) -> Floats:
        weights = (_weight(by_days(base, other), base) for other in others)
        return np.array([sections.added_up(weight) for weight in weights])

    variance = lag_variance(
        figures, days, base, lag_days=ensemble.lag_days, corrupt=ensemble.corrupt
    )
    return sqrt(variance) * measure.per_km2(base)


def interval_about(
    ensemble: Ensemble,
    measure: Measure,
    value: float,
    sd: float,
    bias: float,
    *,
    hours: tuple[float, float] | None = None,
    other_sd: float = 0.0,
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
    hours : tuple of float, optional
        By how much less and more the hour of the cut can make it; see `hours_of`. With it, the
        interval as drawn is that and the error of tracing, and the one on the ground is not
        narrower.
    other_sd : float
        Standard deviation of what counts on the ground too and is no error of these lines:
        late redrawing, and the same figure on another map.

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
    floor, ceiling = _limits(ensemble, measure)
    floor, ceiling = min(floor, value), max(ceiling, value)
    both = together(sd, other_sd) if other_sd else sd
    ground = around(value, both, bias=bias, unit=measure.unit, floor=floor, ceiling=ceiling)
    if hours is None or ensemble.boundary is None:
        return ground
    traced = Z_95 * _traced_sd(ensemble, measure, sd)
    low = min(value, max(floor, value + hours[0] - traced))
    high = max(value, min(ceiling, value + hours[1] + traced))
    least, most = min(ground.low, low), max(ground.high, high)
    return Estimate(value, least, most, measure.unit, low, high)


def _traced_sd(ensemble: Ensemble, measure: Measure, sd: float) -> float:
    """Return what tracing the map leaves, and the rim of the area, which nobody drew there."""
    share = ensemble.boundary.drawn_share if ensemble.boundary else 0.0
    rim = rim_sd(ensemble, measure)
    return together(share * without(sd, rim), rim)


def _limits(ensemble: Ensemble, measure: Measure) -> tuple[float, float]:
    """Return what is possible. Ground beyond the drawn zones is ground, unless an area is named.

    All faces together are no limit there: they end where the zones happen to be drawn. An
    area whose rim may lie further out may be larger.
    """
    base = ensemble.base
    if measure.unit not in KM2_PER_UNIT:
        return measure.floor, measure.ceiling
    if base.is_endless and not base.has_rim(measure.area):
        return (0.0 if measure.floor >= 0 else -inf), inf
    more = 0.0
    if _has_rim_error(ensemble, measure.area):
        error_m = ensemble.rims[measure.area].error_m
        more_km2 = Z_95 * error_m * ensemble.rim(measure.area).whole_m / 1e6
        more = more_km2 * measure.per_km2(base)
    return measure.floor - (more if measure.floor < 0 else 0.0), measure.ceiling + more


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
        Both in the unit of the measure and not negative. Places have no bias. The error of
        the rim is in the deviation.

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
    >>> sd, bias = error_of(Ensemble(history, BoundaryError(50.0, 2000.0, bias_m=10.0)), measure)
    >>> round(sd, 3), bias
    (0.046, 0.01)
    """
    sd, bias = error_within_rim(ensemble, measure)
    return together(sd, rim_sd(ensemble, measure)), bias


def error_within_rim(ensemble: Ensemble, measure: Measure) -> tuple[float, float]:
    """Return what `error_of` does for an area whose rim is exact.

    Parameters
    ----------
    ensemble : Ensemble
        From places (resampled) or drawn zones (boundary error).
    measure : Measure
        What to read off.

    Returns
    -------
    sd, bias : float
        Both in the unit of the measure and not negative.
    """
    if ensemble.draws:
        return ensemble.sd_of([measure.value(draw) for draw in ensemble.draws]), 0.0
    if ensemble.boundary is None or ensemble.boundary.is_none:
        return 0.0, 0.0
    found, scale = carried(ensemble, measure), measure.per_km2(ensemble.base) / 1e6
    bias_m = abs(ensemble.boundary.bias_m)
    return ensemble.boundary.total_m * found.spread_m * scale, bias_m * found.length_m * scale


def rim_sd(ensemble: Ensemble, measure: Measure) -> float:
    """Return the standard deviation that the rim of its area gives a figure, in its unit.

    Parameters
    ----------
    ensemble : Ensemble
        With the error of the rims.
    measure : Measure
        What to read off.

    Returns
    -------
    float
        0 where the rim is exact, or nothing that counts touches it.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.tables import area_measure
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 9000, 9000)]), np.array([[1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1),), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0)).with_areas({"west": shapely.box(0, 0, 1000, 9000)})
    >>> measure = area_measure(history, Holder("a"), date(2018, 1, 1), "west")
    >>> round(rim_sd(Ensemble(history, rims={"west": RimError(100.0, 1000.0)}), measure), 2)
    0.63
    """
    if not _has_rim_error(ensemble, measure.area):
        return 0.0
    base = ensemble.base
    weight = _weight(measure, base)
    if measure.divided is not None:  # a share of an area: both move with the rim
        divided, inside = measure.divided(base).astype(np.float64), base.mask(measure.area)
        whole = float(divided[inside] @ base.area_m2[inside])
        share = float(weight[inside] @ base.area_m2[inside]) / whole if whole else 0.0
        weight = weight - share * divided
    error_m, spread_m = ensemble.rims[measure.area].error_m, ensemble.rim(measure.area).spread_m
    return error_m * spread_m(weight) / 1e6 * measure.per_km2(base)


def _has_rim_error(ensemble: Ensemble, area: str) -> bool:
    """Return whether the rim of an area may lie off; places are counted, and have no ground."""
    return area in ensemble.rims and ensemble.rims[area].error_m > 0


def _weight(measure: Measure, base: History) -> Floats:
    """Return what each face counts in a figure, all steps of its path together."""
    if measure.steps is not None:
        in_all: Floats = measure.steps(base).sum(axis=0)
        return in_all
    return measure.weights(base) if measure.weights else measure.faces(base).astype(np.float64)


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
    return reach(
        drawing,
        _weight(measure, base),
        area=measure.area,
        beyond=float(measure.beyond_too),
        maps=tuple(base.day_index(day) for day in measure.days),
        error=error,
    )

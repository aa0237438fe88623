"""Where the doubt about a figure comes from: an error budget, one line to a component.

Three kinds of component stand side by side and are never mixed:

* ``random``: independent errors, which add in quadrature;
* ``bias``: what may be off to one side everywhere, which adds as it is;
* ``choice``: what depends on what is meant, which has no probability. It gives a range
  beside the interval, not inside it (Pontius and Santacruz, 2014, and Olofsson et al.,
  2014, keep sampling error and class definition apart for the same reason).

Two lines of sums follow: the interval of the first two kinds, and the range of all
choices together. What dominates is the component with the widest span.

References
----------
JCGM 100:2008. Evaluation of measurement data: guide to the expression of uncertainty in
measurement (GUM), section 5.1 and annex H.
Pontius, R. G. and Santacruz, A. (2014). Quantity, exchange, and shift components of
difference in a square contingency table. Int. Journal of Remote Sensing 35, 7543-7554.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf
from types import MappingProxyType

from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import (
    Ensemble,
    Measure,
    carried,
    error_within_rim,
    hours_of,
    interval_about,
    lag_sd,
    rim_sd,
)
from territory.measure.estimate import Z_95, Estimate, together
from territory.measure.scenarios import AREA_MEANT, DAY_CUT, alternatives, choices
from territory.numbers import figure as digits

PLACES = "which places are on the list"
LINE = "where the line ran"
TRACING = "tracing the map"
GROUND_CONTROL = "putting the map on the ground"
RIM = "the rim of the area"
LEAN = "a lean of the line to one side"
DATES = "when the changes happened"
EVIDENCE = "which reports are believed"
CUT = "the day's cut"
AREA = "the area meant"
WHOLE = "what it is a share of"
HOUR = "the hour of the map"
LAG = "when the map was redrawn"
MEASURING = "how the area is measured"
HOUR_NOTE = "six hours either way, at each end"
OUTLINE = "the outline of the country"
PEAK = "which day was the maximum"
OTHER_MAP = "where the other publisher drew the line"
INTERVAL = "the interval"
RANGE = "the range of all choices"
_FAMILIES = (
    ("events dated from noon", HOUR),
    ("events dated ", DATES),
    ("evidence: ", EVIDENCE),
    (DAY_CUT, CUT),
    (AREA_MEANT, AREA),
    ("of the smallest size", WHOLE),
    ("of the largest size", WHOLE),
)


class Kind(StrEnum):
    """What sort of doubt a component is."""

    RANDOM = "random"
    BIAS = "bias"
    CHOICE = "choice"
    SUM = "sum"


@dataclass(frozen=True)
class Component:
    """One source of doubt about a figure, alone.

    Attributes
    ----------
    name : str
        As tables and charts call it.
    kind : Kind
        How it adds to others.
    sd : float or None
        Standard deviation in the unit of the figure, for random components.
    low, high : float
        The limits of its interval for a random component, else the smallest and largest figure.
    share : float or None
        The part of its span in the spans of all components, 0 to 1; they add up to 1.
        It says what dominates. It is no share of a variance, which choices do not have.
    note : str
        What it rests on.
    """

    name: str
    kind: Kind
    sd: float | None
    low: float
    high: float
    share: float | None
    note: str

    @property
    def span(self) -> float:
        """How far apart its limits are."""
        return self.high - self.low


@dataclass(frozen=True)
class Budget:
    """A figure and every source of doubt about it, the widest first.

    Attributes
    ----------
    estimate : Estimate
        The figure with its interval.
    components : tuple of Component
        The widest first.
    interval, spread : Component
        The two sums: what is random or a lean, and what is a choice.
    others : mapping of str to float
        The figure under every other choice, combinations included.
    """

    estimate: Estimate
    components: tuple[Component, ...]
    interval: Component
    spread: Component
    others: Mapping[str, float] = field(default_factory=dict)

    @property
    def dominant(self) -> Component | None:
        """The component with the widest span, None for a figure without any doubt."""
        return self.components[0] if self.components and self.components[0].span > 0 else None


def budget(
    ensemble: Ensemble,
    measure: Measure,
    *,
    more: Mapping[str, float] = MappingProxyType({}),
    another_map: bool = False,
    another: BoundaryError | None = None,
) -> Budget:
    """Return the error budget of a figure.

    Parameters
    ----------
    ensemble : Ensemble
        From places (resampled) or drawn zones (boundary error); `Ensemble.counting` for
        numbers of places or units.
    measure : Measure
        What to read off; with its `days`, the day's cut is a choice.
    more : mapping of str to float
        The figure under further choices that are no history, by name.
    another_map : bool
        Whether it is to be held against a figure from another publisher's map. The error
        of that map counts too, in quadrature.
    another : BoundaryError, optional
        That of the lines of the other map; without it they are taken to lie off as far as
        these.

    Returns
    -------
    Budget
        Components in the unit of the figure. The interval is that of `estimate`, or wider
        for the error of another map. The hour of the map is a component where it reaches
        further than all the others, which makes the interval that of the map as drawn
        (`territory.measure.drawn`).

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.boundary_error import BoundaryError
    >>> from territory.measure.tables import area_measure
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0]], dtype=np.int16), days=(date(2018, 1, 1),),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> measure = area_measure(history, Holder("a"), date(2018, 1, 1), "all")
    >>> [each.name for each in budget(Ensemble(history, BoundaryError(50.0)), measure).components]
    ['where the line ran']
    """
    sd, bias = error_within_rim(ensemble, measure)
    rim = rim_sd(ensemble, measure)
    whole = together(sd, rim)
    value = measure.value(ensemble.base)
    hours = hours_of(ensemble, measure) if ensemble.has_lines else None
    other_sd, other_bias, note = 0.0, 0.0, "taken to be as large as on this map"
    lag = lag_sd(ensemble, measure)
    if another_map and another:
        theirs = _drawn_by(another, ensemble)
        other_sd, other_bias = error_within_rim(theirs, measure)
        other_sd, note = together(other_sd, lag_sd(theirs, measure)), _line_note(another)
    elif another_map:
        other_sd = together(sd, lag)
    lean, more_sd = bias + other_bias, together(other_sd, lag)
    lines = interval_about(ensemble, measure, value, whole, lean, other_sd=more_sd)
    figure = interval_about(ensemble, measure, value, whole, lean, other_sd=more_sd, hours=hours)
    found = [
        *_random(ensemble, measure, figure, sd),
        *_rim(ensemble, measure, figure, rim),
        *_lean(ensemble, figure, lean, another),
    ]
    if other_sd:
        found.append(_normal(OTHER_MAP, other_sd, figure, note))
    if lag:
        found.append(_normal(LAG, lag, figure, f"{ensemble.lag_days:g} days, section by section"))
    if hours and (figure.low < lines.low or figure.high > lines.high):
        found.append(_within(Component(HOUR, Kind.BIAS, None, *hours, None, HOUR_NOTE), figure))
    return _summed(figure, found, {**alternatives(ensemble, measure), **more})


def _summed(figure: Estimate, causes: list[Component], others: Mapping[str, float]) -> Budget:
    """Return the budget of a figure: what its interval is made of, and what is a choice."""
    found = [*causes, *_choices(others, figure.value)]
    whole = sum(each.span for each in found)
    shared = [replace(each, share=each.span / whole if whole else 0.0) for each in found]
    return Budget(
        figure,
        tuple(sorted(shared, key=lambda each: -each.span)),
        Component(INTERVAL, Kind.SUM, None, figure.low, figure.high, None, ""),
        _chosen(RANGE, others, figure.value, Kind.SUM),
        others,
    )


def traced_components(ensemble: Ensemble, measure: Measure, figure: Estimate) -> list[Component]:
    """Return what taking the lines from a picture of a map puts into a figure.

    Parameters
    ----------
    ensemble : Ensemble
        Of drawn zones; nothing where they were not traced.
    measure : Measure
        What was read off.
    figure : Estimate
        It, with the limits of what is possible.

    Returns
    -------
    list of Component
        In the unit of the figure.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.tables import area_measure
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0]], dtype=np.int16), days=(date(2018, 1, 1),),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> measure = area_measure(history, Holder("a"), date(2018, 1, 1), "all")
    >>> ensemble, figure = Ensemble(history, BoundaryError(map_scale=1e5)), Estimate(1.0, 0.0, 2.0)
    >>> [each.name for each in traced_components(ensemble, measure, figure)]
    ['tracing the map']
    """
    if ensemble.boundary is None or not ensemble.boundary.drawn_m:
        return []
    sd, _ = error_within_rim(ensemble, measure)
    return [each for each in _random(ensemble, measure, figure, sd) if each.name != LINE]


def caused_budget(
    figure: Estimate,
    causes: Mapping[str, tuple[float, float, str]],
    *,
    chances: Sequence[Component] = (),
    more: Mapping[str, float] = MappingProxyType({}),
) -> Budget:
    """Return the budget of a figure whose interval adds up from causes that are known.

    Parameters
    ----------
    figure : Estimate
        With its interval.
    causes : mapping of str to (float, float, str)
        By name: the smallest and the largest figure that each leaves, and what it rests on.
    chances : sequence of Component
        What else the interval is made of; see `traced_components`.
    more : mapping of str to float
        The figure under other choices, by name.

    Returns
    -------
    Budget
        Causes that change nothing are left out.

    Examples
    --------
    >>> figure = Estimate(100.0, 90.0, 110.0)
    >>> found = caused_budget(figure, {"the hour": (90.0, 110.0, "six hours either way")})
    >>> [(each.name, each.span) for each in found.components]
    [('the hour', 20.0)]
    """
    found = [
        Component(name, Kind.BIAS, None, low, high, None, note)
        for name, (low, high, note) in causes.items()
        if high > low
    ]
    return _summed(figure, [*found, *chances], more)


def random_budget(figure: Estimate, causes: Mapping[str, tuple[float, str]]) -> Budget:
    """Return the budget of a figure whose interval comes from independent errors alone.

    Parameters
    ----------
    figure : Estimate
        With its interval.
    causes : mapping of str to (float, str)
        By name: the standard deviation in the unit of the figure, and what it rests on.

    Returns
    -------
    Budget
        Causes without an error are left out; none reaches beyond the interval.

    Examples
    --------
    >>> found = random_budget(Estimate(100.0, 90.0, 110.0), {"the line": (4.0, "50 m across")})
    >>> [(each.name, round(each.span, 1)) for each in found.components]
    [('the line', 15.7)]
    """
    found = [_normal(name, sd, figure, note) for name, (sd, note) in causes.items() if sd]
    return _summed(figure, found, {})


def with_cause(
    budget_so_far: Budget,
    name: str,
    low: float,
    high: float,
    note: str,
    *,
    floor: float = -inf,
    ceiling: float = inf,
) -> Budget:
    """Return a budget with one more cause, which adds in full to its interval.

    Parameters
    ----------
    budget_so_far : Budget
        Stays as it is.
    name : str
        Of the cause.
    low, high : float
        The smallest and the largest figure that the cause leaves, alone.
    note : str
        What it rests on.
    floor, ceiling : float
        No figure can be smaller or larger, such as a share than 0 and 100 %.

    Returns
    -------
    Budget
        With the shares of all components worked out anew.

    Examples
    --------
    >>> figure = caused_budget(Estimate(100.0, 95.0, 105.0), {})
    >>> print(with_cause(figure, "the outline", 90.0, 110.0, "as others draw it").estimate)
    100 (85 to 115) km2
    """
    value = budget_so_far.estimate.value
    floor = min(floor, budget_so_far.estimate.low)
    ceiling = max(ceiling, budget_so_far.estimate.high)
    low, high = max(low, floor), min(high, ceiling)
    cause = Component(name, Kind.BIAS, None, low, high, None, note)
    figure = replace(
        budget_so_far.estimate,
        low=max(floor, budget_so_far.estimate.low + min(low - value, 0.0)),
        high=min(ceiling, budget_so_far.estimate.high + max(high - value, 0.0)),
    )
    causes = [each for each in budget_so_far.components if each.kind is not Kind.CHOICE]
    return _summed(figure, [*causes, cause], budget_so_far.others)


def _random(ensemble: Ensemble, measure: Measure, figure: Estimate, sd: float) -> list[Component]:
    if ensemble.draws:
        return [_normal(PLACES, sd, figure, _of_draws(ensemble, measure))]
    if ensemble.boundary is None:
        return []
    error, km = ensemble.boundary, carried(ensemble, measure).length_m / 1e3
    over = f"{_across(error)}, along {km:,.0f} km of line"
    parts = (
        (LINE, error.boundary_error_m, over),
        (TRACING, error.digitising_error_m, f"0.5 mm on a map of 1:{error.map_scale:,.0f}"),
        (GROUND_CONTROL, error.georeference_error_m, f"{error.georeference_error_m:,.0f} m"),
    )
    return [
        _normal(name, sd * across_m / error.total_m, figure, note)
        for name, across_m, note in parts
        if across_m
    ]


def _drawn_by(other: BoundaryError, ensemble: Ensemble) -> Ensemble:
    """Return the same map as another publisher may have drawn it.

    In the sections of this one: of ground added up over tiles no others are known.
    """
    sectioned = ensemble.sections if other.redraw_lag_days else None
    return replace(ensemble, boundary=other, drawn=ensemble.drawing, sectioned=sectioned)


def _line_note(error: BoundaryError) -> str:
    late = f", redrawn {error.redraw_lag_days:g} days off" if error.redraw_lag_days else ""
    return _across(error) + late


def _across(error: BoundaryError) -> str:
    over = f"correlated over {error.correlation_length_m:,.0f} m"
    return f"{error.boundary_error_m:,.0f} m across, {over}"


def _rim(ensemble: Ensemble, measure: Measure, figure: Estimate, sd: float) -> list[Component]:
    if not sd:
        return []
    error = ensemble.rims[measure.area]
    over = f"correlated over {error.correlation_length_m:,.0f} m"
    return [_normal(RIM, sd, figure, f"{error.error_m:,.0f} m across the rim, {over}")]


def _of_draws(ensemble: Ensemble, measure: Measure) -> str:
    note = (
        f"{len(ensemble.draws):,} draws of {ensemble.sample_size:,} of {ensemble.total:,}"
        " places (delete-d jackknife)"
    )
    if ensemble.widening != 1:
        note += f", times {ensemble.widening:.2f}"
    for name, other in ensemble.beside.items():
        if measure.area in other.area_names:
            note += f"; {name} it is {digits(measure.value(other))}"
    return note


def _lean(
    ensemble: Ensemble, figure: Estimate, bias: float, another: BoundaryError | None
) -> list[Component]:
    if ensemble.boundary is None or not bias:
        return []
    across = f"{abs(ensemble.boundary.bias_m):,.0f} m"
    if another and another.bias_m:
        across += f" here and {abs(another.bias_m):,.0f} m on the other map,"
    note = f"{across} everywhere, added as it is and not in quadrature"
    return [_within(Component(LEAN, Kind.BIAS, None, -bias, bias, None, note), figure)]


def _normal(name: str, sd: float, figure: Estimate, note: str) -> Component:
    return _within(Component(name, Kind.RANDOM, sd, -Z_95 * sd, Z_95 * sd, None, note), figure)


def _within(component: Component, figure: Estimate) -> Component:
    """Put limits about the figure, cut to those of the whole interval: what is possible."""
    low = max(figure.low, figure.value + component.low)
    high = min(figure.high, figure.value + component.high)
    return replace(component, low=low, high=high)


def _choices(others: Mapping[str, float], value: float) -> list[Component]:
    """Return one component for each choice, with its ways together; combinations are left out."""
    families: dict[str, dict[str, float]] = {}
    for name, other in others.items():
        if len(choices(name, others)) == 1:
            family, way = _family(name)
            families.setdefault(family, {})[way] = other
    return [_chosen(family, ways, value, Kind.CHOICE) for family, ways in families.items()]


def _family(name: str) -> tuple[str, str]:
    """Return the choice that a way of reading belongs to, and the way.

    Examples
    --------
    >>> _family("events dated latest"), _family("a doubtful start")
    (('when the changes happened', 'latest'), ('a doubtful start', 'a doubtful start'))
    >>> _family("who coded: the first coder")  # as a job names a family of its own
    ('who coded', 'the first coder')
    """
    for start, family in _FAMILIES:
        if name.startswith(start):
            return family, name.removeprefix(start) or name
    family, _, way = name.partition(": ")
    return family, way or name


def _chosen(name: str, ways: Mapping[str, float], value: float, kind: Kind) -> Component:
    low, high = min((value, *ways.values())), max((value, *ways.values()))
    note = f"{len(ways)} other ways" if kind is Kind.SUM else _ends(ways, value)
    return Component(name, kind, None, low, high, None, note)


def _ends(ways: Mapping[str, float], value: float) -> str:
    """Say which ways give the smallest and the largest figure, where that is not the figure.

    Examples
    --------
    >>> _ends({"earliest": 12.0, "latest": 9.0}, 10.0)
    'smallest with latest, largest with earliest'
    """
    least, most = min(ways, key=lambda way: ways[way]), max(ways, key=lambda way: ways[way])
    notes = [
        *([f"smallest with {least}"] if ways[least] < value else []),
        *([f"largest with {most}"] if ways[most] > value else []),
    ]
    return ", ".join(notes) or "changes nothing"

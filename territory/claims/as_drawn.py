"""What can differ in a figure that its publisher measured on these very polygons."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from math import inf, radians, sin

from territory.claims.figures import AREAS, MOST_PERCENT, SHARES
from territory.claims.model import Claim, Kind, Reading, at
from territory.claims.plausibility import whole_for
from territory.claims.readings import measure_of
from territory.errors import ClaimError
from territory.measure.budget import (
    HOUR,
    HOUR_NOTE,
    MEASURING,
    Budget,
    caused_budget,
    traced_components,
)
from territory.measure.ensemble import Ensemble, Measure, error_within_rim, hours_of
from territory.measure.estimate import Z_95, Estimate
from territory.measure.scenarios import DAY_CUT, alternatives
from territory.numbers import figure, unit_words

MEASURED_TO = 0.001  # how far the usual ways of measuring one polygon lie apart, of its area
_EVEN = 6  # decimals to which two figures are as near
_E2 = 0.00669437999014  # first eccentricity squared of the WGS 84 ellipsoid


def cut_budget(
    claim: Claim,
    reading: Reading,
    ensemble: Ensemble,
    *,
    sizes: Mapping[str, float] | None = None,
    more: Mapping[str, float] | None = None,
) -> Budget:
    """Return a figure measured on the publisher's own map, with what can differ in it.

    That is its interval as drawn (`territory.measure.drawn`): a snapshot shows the map at one
    hour of its day, a publisher cuts its months and weeks at another, and polygons that were
    traced from a picture of the map lie off by that. How the publisher measures is allowed for
    too: grids that keep areas nearly true, lines drawn straight in one projection or another,
    the sphere of web maps (see `web_sphere`). Nothing else is: the line of these polygons is
    the line that was measured.

    Parameters
    ----------
    claim : Claim
        About the publisher's own map.
    reading : Reading
        One of its readings.
    ensemble : Ensemble
        Of drawn zones.
    sizes : mapping of str to float
        As for `judge`.
    more : mapping of str to float
        The figure under other choices, by name.

    Returns
    -------
    Budget
        In the unit of the claim; its interval adds up from the hour, the way of measuring, and
        tracing if there was any.

    Raises
    ------
    ClaimError
        If the zones come from places, which nobody drew.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> found = cut_budget(claim, claim.reading[0], Ensemble(history))
    >>> [each.name for each in found.components]
    ['the hour of the map', 'how the area is measured']
    """
    if not ensemble.is_drawn:
        raise ClaimError(
            f"{at(claim, reading)}: 'same_map' is for zones that a"
            " publisher drew, and these come from places"
        )
    measure = measure_of(claim, reading, ensemble.base, sizes=sizes, skip=ensemble.corrupt)
    value, hour = measure.value(ensemble.base), hours_of(ensemble, measure)
    traced = _traced(ensemble, measure)
    signed = reading.quantity is Kind.NET
    most = MOST_PERCENT if reading.quantity is Kind.SHARE else inf
    method = _method(claim, reading, ensemble, value, sizes or {})

    def about(low: float, high: float) -> tuple[float, float]:
        least = value + min(low, 0.0)
        return (least if signed else max(0.0, least)), max(value, min(most, value + max(high, 0.0)))

    found = Estimate(
        value, *about(hour[0] - method - traced, hour[1] + method + traced), str(claim.unit)
    )
    causes = {
        HOUR: (*about(*hour), f"{HOUR_NOTE}, on the publisher's own polygons"),
        MEASURING: (*about(-method, method), "another grid, or the sphere of web maps"),
    }
    chances = traced_components(ensemble, measure, found)
    return caused_budget(found, causes, chances=chances, more=more or {})


def _traced(ensemble: Ensemble, measure: Measure) -> float:
    """Return how far taking the lines from a picture of the map puts a figure off."""
    if ensemble.boundary is None or not ensemble.boundary.drawn_m:
        return 0.0
    lines, _ = error_within_rim(ensemble, measure)
    return Z_95 * lines * ensemble.boundary.drawn_share


def web_sphere(latitude: float) -> float:
    """Return how much larger areas are on the sphere of web maps than they are.

    Libraries for maps on the web measure on a sphere of 6,378.137 km, the longer axis of
    the ellipsoid. The ellipsoid is flatter, so by latitude that makes areas too small (by
    0.4 % towards the poles) or too large (by 0.7 % at the equator).

    Parameters
    ----------
    latitude : float
        Of the ground, in degrees.

    Returns
    -------
    float
        Relative to the true area, 0 where they agree.

    Examples
    --------
    >>> [round(100 * web_sphere(latitude), 2) for latitude in (0, 35, 48)]
    [0.67, 0.23, -0.07]
    """
    flat = 1 - _E2 * sin(radians(latitude)) ** 2
    return flat**2 / (1 - _E2) - 1


def _method(
    claim: Claim,
    reading: Reading,
    ensemble: Ensemble,
    value: float,
    sizes: Mapping[str, float],
) -> float:
    """Return how far ways of measuring lie apart: not at all for a share of what is drawn."""
    if claim.unit in SHARES and whole_for(claim, reading, sizes) is None:
        return 0.0
    drawn = value - reading.plus / claim.unit.km2 if claim.unit in AREAS else value
    return abs(drawn) * max(MEASURED_TO, abs(web_sphere(ensemble.base.projection.latitude)))


def day_cuts(ensemble: Ensemble, measure: Measure, doubt: Budget) -> dict[str, float]:
    """Return a figure with its days read a day earlier or later, by those days.

    A period is cut at other days at one end, or at both in the same direction; one that is
    drawn out at both ends is another period.

    Parameters
    ----------
    ensemble : Ensemble
        What the figure was read off.
    measure : Measure
        The figure, with its days.
    doubt : Budget
        Of the figure; that of a figure on its publisher's own map has no cuts in it.

    Returns
    -------
    dict of str to float
        By the days, such as ``2025-11-02`` or ``2025-11-02 to 2025-12-01``; in the unit of the
        measure.
    """
    others = doubt.others
    if not any(name.startswith(DAY_CUT) for name in others) and ensemble.is_drawn:
        others = alternatives(replace(ensemble, scenarios={}), measure)
    cuts = {
        name.removeprefix(DAY_CUT): each
        for name, each in others.items()
        if name.startswith(DAY_CUT)
    }
    return {days: each for days, each in cuts.items() if _is_as_long(days, measure.days)}


def _is_as_long(days: str, own: tuple[date, ...]) -> bool:
    """Return whether days named as in a cut are as long a period as others, to a day."""
    named = [date.fromisoformat(each) for each in days.split(" to ")]
    return abs((named[-1] - named[0]) - (own[-1] - own[0])) <= timedelta(1)


def day_cut_of(
    claim: Claim, own: tuple[date, ...], computed: Estimate, cuts: Mapping[str, float]
) -> str:
    """Say that the choice of the day alone spans a published figure, or nothing.

    Parameters
    ----------
    claim : Claim
        With the published figure and its unit.
    own : tuple of date
        The days that the figure was computed by.
    computed : Estimate
        The figure by its own days, in the unit of the claim.
    cuts : mapping of str to float
        The figure by other days; see `day_cuts`.

    Returns
    -------
    str
        The middle of a sentence; empty where no other day reaches the published figure.
    """
    days = day_that_reaches(cuts, claim.published_interval(), computed.value, own=own)
    if days is None:
        return ""
    by = cuts[days]
    text = f"{figure(by, beside=claim.value, unit=claim.unit)} {unit_words(claim.unit, by)}"
    maps = f"the maps of {days.replace(' to ', ' and ')}" if " to " in days else f"that of {days}"
    return f"the day's cut alone spans it: by {maps} it is {text}"


def day_that_reaches(
    figures: Mapping[str, float],
    published: tuple[float, float],
    computed: float,
    *,
    own: tuple[date, ...] = (),
) -> str | None:
    """Return by which days a figure gets to where words allow it, None if by none.

    Parameters
    ----------
    figures : mapping of str to float
        The figure with a day of it read a day earlier or later, by those days.
    published : tuple of float
        The lowest and the highest figure that the published words allow.
    computed : float
        The figure by its own days.
    own : tuple of date
        Those days: of figures that are as near, the one that changes fewest of them is taken.

    Returns
    -------
    str or None
        One of the keys of `figures`; None also where the figure agrees by its own days.

    Examples
    --------
    >>> day_that_reaches({"the 1st": 470.0, "the 2nd": 556.5}, (555.5, 556.5), 498.0)
    'the 2nd'
    >>> day_that_reaches({"the 1st": 470.0, "the 2nd": 540.0}, (555.5, 556.5), 498.0)
    """
    low, high = published
    if low <= computed <= high:
        return None
    beyond = [
        days
        for days, figure in figures.items()
        if (figure >= low if computed < low else figure <= high)
    ]

    def order(days: str) -> tuple[float, int, str]:
        off = abs(figures[days] - (low + high) / 2)
        return round(off, _EVEN), -sum(str(day) in days for day in own), days

    return min(beyond, key=order, default=None)

"""From a published series, or one published area, to the recipe that gives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from territory.explain.published_zones import (
    Bounds,
    Progress,
    Zones,
    areas,
    lonlat_polygons,
    metrics_for,
    rough_areas,
    silent,
)
from territory.explain.recipes.counting import (
    MAX_SHIFT,
    Counted,
    counted,
    label_of,
    label_subsets,
    require_days,
    zone_table,
)
from territory.explain.recipes.explanation import Explanation, metric_bits
from territory.explain.recipes.figure_search import Recipes
from territory.explain.recipes.known_land import constants, namer
from territory.explain.recipes.metrics import TRUE, Metric
from territory.explain.recipes.series_search import explain_series, recipe_costs, shortlist
from territory.geometry.projection import Floats
from territory.history.snapshot import RawZones
from territory.read.published_figures import Published

SAMPLE = 5  # days on which every metric is tried


def explain_published(
    published: Published,
    zones: Zones,
    *,
    by: Sequence[str] = (),
    progress: Progress = silent,
) -> tuple[Explanation, ...]:
    """Find the one recipe behind a series of published figures.

    Every metric is tried on a few days spread over the series, the best of them on all.

    Parameters
    ----------
    published : Published
        In km2.
    zones : Zones
        The files label by label, in degrees, of days that are to be trusted.
    by : sequence of str
        Whose ground it is about, if that is known.
    progress : callable
        Told what is being done, and how much of it is.

    Returns
    -------
    tuple of Explanation
        The likeliest first.

    Raises
    ------
    InputError
        If no published day has a file.
    """
    require_days(published.km2, zones.days)
    used = [raw for raw in zones.raws if raw.day in published.km2]
    subsets = label_subsets(_labels(used), zones.of(by))
    spread = _spread(used)
    every, bounds = metrics_for(lonlat_polygons(spread))
    sample = counted(spread)
    first = zone_table(
        sample,
        rough_areas(sample.rings, every, progress),
        subsets,
        published.km2,
        meaning=zones.meaning,
    )
    costs = metric_bits(every)
    half_unit = published.half_unit_km2
    figures, name = published.km2, namer(bounds)
    found = explain_series(
        every, first, figures, half_unit=half_unit, name_constant=name, at_most=40
    )
    chosen = shortlist(every, found)
    metrics = [every[i] for i in chosen]
    all_days = counted(used)
    return explain_series(
        metrics,
        zone_table(
            all_days,
            areas(all_days.rings, metrics, progress),
            subsets,
            figures,
            meaning=zones.meaning,
        ),
        figures,
        half_unit=half_unit,
        costs=costs[list(chosen)],
        all_costs=recipe_costs(costs, first),
        name_constant=name,
    )


@dataclass(frozen=True, eq=False)
class DrawnDay:
    """What is drawn on a day and the days beside it, measured in every way.

    Attributes
    ----------
    atoms : ndarray, shape (metrics, atoms)
        Areas in km2.
    """

    day: date
    drawn: Counted
    metrics: tuple[Metric, ...]
    bounds: Bounds
    atoms: Floats
    meaning: Mapping[str, str]

    def recipes(
        self,
        plain: Mapping[str, frozenset[str]],
        *,
        truly_km2: float | None = None,
        plus_km2: float = 0.0,
    ) -> Recipes:
        """Return every recipe for a figure about the day.

        Parameters
        ----------
        plain : mapping of str to frozenset of str
            As for `label_subsets`.
        truly_km2 : float, optional
            What the plain recipe gives, where that is measured on the cleaned zones.
        plus_km2 : float
            What the publisher adds for ground it does not draw.
        """
        subsets = label_subsets(self.drawn.labels, plain)
        table = zone_table(self.drawn, self.atoms, subsets, (self.day,), meaning=self.meaning)
        table = table.adding(plus_km2)
        if truly_km2 is not None:
            table = table.with_plain(self.metrics.index(TRUE), truly_km2)
        return Recipes.of(self.metrics, table, constants(self.bounds))


def measured_day(day: date, zones: Zones, progress: Progress = silent) -> DrawnDay:
    """Measure what is drawn on a day and the days beside it in every way.

    Parameters
    ----------
    day : date
        The day that the figure is about.
    zones : Zones
        The files label by label, in degrees.
    progress : callable
        Told what is being done, and how much of it is.

    Returns
    -------
    DrawnDay
        Areas in square kilometres, shape (metrics, atoms), of the day and of up to `MAX_SHIFT`
        days either way.

    Raises
    ------
    InputError
        If there is no file for the day.
    """
    require_days((day,), zones.days)
    near = timedelta(days=MAX_SHIFT)
    used = [raw for raw in zones.raws if day - near <= raw.day <= day + near]
    drawn = counted(used)
    metrics, bounds = metrics_for(lonlat_polygons(used))
    measured = areas(drawn.rings, metrics, progress)
    return DrawnDay(day, drawn, metrics, bounds, measured, zones.meaning)


def _labels(raws: Sequence[RawZones]) -> tuple[str, ...]:
    return tuple(sorted({label_of(holder) for raw in raws for holder in raw.holders}))


def _spread(raws: Sequence[RawZones]) -> list[RawZones]:
    """Return a few days spread over all of them, the first and the last included."""
    rows = np.unique(np.linspace(0, len(raws) - 1, SAMPLE).round().astype(int))
    return [raws[row] for row in rows]

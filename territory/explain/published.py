"""From a published series, or one published area, to the recipe that gives it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from territory.explain.zones import Zones, areas, lonlat_polygons, metrics_for
from territory.read.published import Published
from territory.recipes.counting import (
    MAX_SHIFT,
    Counted,
    Subset,
    Table,
    counted,
    label_of,
    label_subsets,
    require_days,
    zone_table,
)
from territory.recipes.explanation import SHOWN, Explanation, metric_bits
from territory.recipes.figure import explain_figure
from territory.recipes.known_land import constants, namer
from territory.recipes.metrics import Metric
from territory.recipes.series import explain_series, recipe_costs, shortlist
from territory.snapshot import RawZones

SAMPLE = 5  # days on which every metric is tried


def explain_published(
    published: Published, zones: Zones, *, by: Sequence[str] = ()
) -> tuple[Explanation, ...]:
    """Find the one recipe behind a series of published figures.

    Every metric is tried on a few days spread over the series, the best of them on all.

    Parameters
    ----------
    published : Published
        In km2.
    by : sequence of str
        Whose ground it is about, if that is known.

    Raises
    ------
    InputError
        If no published day has a file.
    """
    require_days(published.km2, zones.days)
    used = [raw for raw in zones.raws if raw.day in published.km2]
    spread = _spread(used)
    every, bounds = metrics_for(lonlat_polygons(spread))
    sample = counted(spread)
    subsets = label_subsets(_labels(used), zones.of(by))
    first = _table(sample, every, subsets, published.km2, zones.meaning)
    costs = metric_bits(every)
    half_unit = published.half_unit_km2
    found = explain_series(every, first, half_unit=half_unit, name_constant=namer(bounds), shown=40)
    if len(spread) == len(used):
        return found[:SHOWN]
    chosen = shortlist(every, found)
    metrics = [every[i] for i in chosen]
    return explain_series(
        metrics,
        _table(counted(used), metrics, subsets, published.km2, zones.meaning),
        half_unit=half_unit,
        costs=costs[list(chosen)],
        all_costs=recipe_costs(costs, first),
        name_constant=namer(bounds),
    )


def explain_total(
    day: date, km2: float, half_unit_km2: float, zones: Zones, *, by: Sequence[str] = ()
) -> tuple[Explanation, ...]:
    """Find the recipes for one published area of a day.

    Parameters
    ----------
    km2, half_unit_km2 : float
        What was published, and how far its rounding or wording reaches.

    Raises
    ------
    InputError
        If there is no file for the day.
    """
    published = {day: km2}
    require_days(published, zones.days)
    near = timedelta(days=MAX_SHIFT)
    used = [raw for raw in zones.raws if day - near <= raw.day <= day + near]
    drawn = counted(used)
    metrics, bounds = metrics_for(lonlat_polygons(used))
    table = _table(
        drawn, metrics, label_subsets(drawn.labels, zones.of(by)), published, zones.meaning
    )
    return explain_figure(metrics, table, half_unit=half_unit_km2, constants=constants(bounds))


def _labels(raws: Sequence[RawZones]) -> tuple[str, ...]:
    return tuple(sorted({label_of(holder) for raw in raws for holder in raw.holders}))


def _spread(raws: Sequence[RawZones]) -> list[RawZones]:
    """Return a few days spread over all of them, the first and the last included."""
    rows = np.unique(np.linspace(0, len(raws) - 1, SAMPLE).round().astype(int))
    return [raws[row] for row in rows]


def _table(
    zones: Counted,
    metrics: Sequence[Metric],
    subsets: Sequence[Subset],
    published: Mapping[date, float],
    meaning: Mapping[str, str],
) -> Table:
    return zone_table(zones, areas(zones.rings, metrics), subsets, published, meaning=meaning)

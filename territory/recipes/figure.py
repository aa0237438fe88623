"""The search for the recipe of one published figure."""

from collections.abc import Sequence
from math import log2, log10

import numpy as np

from territory.projection import Floats, Ints
from territory.recipes.chance import LOOKS, covered, half_window
from territory.recipes.counting import Table
from territory.recipes.explanation import (
    CONSTANT_BITS,
    SHOWN,
    Constant,
    Explanation,
    metric_bits,
    ranked,
)
from territory.recipes.metrics import TRUE, Metric

_WEIGHED = 150  # for how many recipes the exact chance is computed
_TINY = 1e-9


def explain_figure(
    metrics: Sequence[Metric],
    table: Table,
    *,
    half_unit: float,
    constants: Sequence[Constant] = (),
    shown: int = SHOWN,
) -> tuple[Explanation, ...]:
    """Rank the recipes for one published figure.

    Parameters
    ----------
    metrics : sequence of Metric
        As in the table, the true one among them.
    table : Table
        With one published figure, whatever the file's day.
    half_unit : float
        How far the published figure may be off by its rounding or wording.
    constants : sequence of Constant
        Land that may have been added; only known land, so that nothing is fitted.

    Returns
    -------
    tuple of Explanation
        The best first; none where no recipe gives anything.
    """
    row, column = np.nonzero(np.isfinite(table.published))
    added = np.array([0.0, *(each.km2 for each in constants)])
    by_recipe = table.values[:, row, column][:, :, None] + added
    truly = by_recipe[[metric is TRUE for metric in metrics].index(True)]
    computed = by_recipe.ravel()
    bits = _bits(metrics, table, row, len(constants)).ravel()
    index = np.flatnonzero(np.isfinite(computed) & (computed > 0))
    if not len(index):
        return ()
    values, costs = computed[index], bits[index]
    published = float(table.published[row[0], column[0]])
    half_width = _half_width(values, costs, published)
    weighed = _weighed(values, costs, published, half_unit)
    farthest = max(half_unit, float(np.abs(values[weighed] - published).max())) / published
    in_order = np.argsort(values, kind="stable")
    logs = np.log(values[in_order])
    in_reach = np.abs(logs - np.log(published)) <= half_width + np.log1p(farthest)
    logs, log_costs = logs[in_reach], costs[in_order][in_reach]
    found = []
    for at in weighed:
        m, c, k = np.unravel_index(index[at], (len(metrics), len(row), len(added)))
        simple = costs <= costs[at] + _TINY
        error = abs(values[at] / published - 1)
        share = covered(
            logs[log_costs <= costs[at] + _TINY],
            published,
            max(error, half_unit / published),
            half_width,
        )
        found.append(
            Explanation(
                metric=metrics[m],
                choice=table.choices[row[c]],
                constant=constants[k - 1] if k else None,
                days=tuple(table.days[row[c], [column[c]]].tolist()),
                published=(published,),
                computed=(float(values[at]),),
                error=float(error),
                odd_days=(),
                bits=float(costs[at]),
                tried=len(index),
                as_simple=int(simple.sum()),
                truly=float(truly[c, k]),
                allowed=half_unit / published,
                log10_chance=log10(min(max(LOOKS * share, 1e-300), 1.0)),
            )
        )
    return ranked(found, shown)


def _bits(metrics: Sequence[Metric], table: Table, row: Ints, constants: int) -> Floats:
    """Return the bits of every recipe, shape (metrics, choices, constants + 1)."""
    extra = [0.0] + [CONSTANT_BITS + log2(max(constants, 1))] * constants
    counted = np.array([table.choices[each].bits for each in row])
    return np.asarray(
        metric_bits(metrics)[:, None, None] + counted[None, :, None] + np.array(extra)
    )


def _half_width(values: Floats, costs: Floats, published: float) -> float:
    """Return the window of luck; of several plain measurements the nearest counts."""
    plain = values[costs <= costs.min() + _TINY]
    return min(half_window(published, float(each)) for each in plain)


def _weighed(values: Floats, costs: Floats, published: float, half_unit: float) -> Ints:
    """Return the recipes worth an exact chance: those with the smallest upper bound of it."""
    as_simple = np.searchsorted(np.sort(costs), costs + _TINY, side="right")
    off = np.maximum(np.abs(values - published), half_unit)
    order = np.lexsort((np.abs(values - published), costs, as_simple * off))
    return np.asarray(order[:_WEIGHED], dtype=np.int64)

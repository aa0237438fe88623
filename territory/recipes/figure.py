"""The search for the recipe of one published figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    search = _search(metrics, table, half_unit, constants)
    if not len(search.index):
        return ()
    weighed = _weighed(search.values, search.costs, search.published, half_unit)
    luck = _luck(search, weighed)
    found = (_explanation(search, int(at), luck) for at in weighed)
    return ranked(found, shown)


@dataclass(frozen=True, eq=False)
class _Search:
    """Every recipe that gives anything, with what it gives and how complicated it is.

    Attributes
    ----------
    row, column : ndarray
        Where the table has a figure.
    index : ndarray
        Of each recipe among metrics, figures and constants, of which `shape` says how many.
    truly : ndarray, shape (figures, constants)
        The same ground measured truly.
    """

    metrics: Sequence[Metric]
    table: Table
    constants: Sequence[Constant]
    row: Ints
    column: Ints
    shape: tuple[int, int, int]
    index: Ints
    values: Floats
    costs: Floats
    truly: Floats
    published: float
    half_unit: float


def _search(
    metrics: Sequence[Metric], table: Table, half_unit: float, constants: Sequence[Constant]
) -> _Search:
    row, column = np.nonzero(np.isfinite(table.published))
    added = np.array([0.0, *(each.km2 for each in constants)])
    by_recipe = table.values[:, row, column][:, :, None] + added
    truly = by_recipe[[metric is TRUE for metric in metrics].index(True)]
    computed = by_recipe.ravel()
    bits = _bits(metrics, table, row, len(constants)).ravel()
    index = np.flatnonzero(np.isfinite(computed) & (computed > 0))
    published = float(table.published[row[0], column[0]]) if len(row) else 0.0
    shape = (len(metrics), len(row), len(added))
    values, costs = computed[index], bits[index]
    return _Search(
        metrics=metrics,
        table=table,
        constants=constants,
        row=row,
        column=column,
        shape=shape,
        index=index,
        values=values,
        costs=costs,
        truly=truly,
        published=published,
        half_unit=half_unit,
    )


def _luck(search: _Search, weighed: Ints) -> Callable[[float, float], float]:
    """Return a function from bits and error to the share of the window that luck covers."""
    values, published = search.values, search.published
    half_width = _half_width(values, search.costs, published)
    off = float(np.abs(values[weighed] - published).max())
    farthest = max(search.half_unit, off) / published
    in_order = np.argsort(values, kind="stable")
    logs = np.log(values[in_order])
    in_reach = np.abs(logs - np.log(published)) <= half_width + np.log1p(farthest)
    logs, costs = logs[in_reach], search.costs[in_order][in_reach]

    def luck(bits: float, error: float) -> float:
        tolerance = max(error, search.half_unit / published)
        return covered(logs[costs <= bits + _TINY], published, tolerance, half_width)

    return luck


def _explanation(search: _Search, at: int, luck: Callable[[float, float], float]) -> Explanation:
    m, c, k = np.unravel_index(search.index[at], search.shape)
    bits, value, published = float(search.costs[at]), float(search.values[at]), search.published
    error = abs(value / published - 1)
    row, column = search.row[c], search.column[c]
    return Explanation(
        metric=search.metrics[m],
        choice=search.table.choices[row],
        constant=search.constants[k - 1] if k else None,
        days=tuple(search.table.days[row, [column]].tolist()),
        published=(published,),
        computed=(value,),
        error=error,
        odd_days=(),
        bits=bits,
        tried=len(search.index),
        as_simple=int((search.costs <= bits + _TINY).sum()),
        truly=float(search.truly[c, k]),
        allowed=search.half_unit / published,
        log10_chance=log10(min(max(LOOKS * luck(bits, error), 1e-300), 1.0)),
    )


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

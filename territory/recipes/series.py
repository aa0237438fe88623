"""The search for the one recipe behind a published series of figures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from territory.projection import Floats, Ints
from territory.recipes.chance import LOOKS, half_window, odd_days_allowed, series_log10
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

SHORTLIST = 10  # metrics that are tried on all days
_WEIGHED = 60
_FEWEST_TO_FIT = 3  # days; with fewer, a constant would fit anything
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class _Fit:
    """How one way to count fits under every metric, with and without a constant.

    Shapes are (metrics, 2), and (metrics, 2, days).
    """

    choice: int
    log10_luck: Floats
    error: Floats
    odd: Ints
    constant: Floats
    computed: Floats


def explain_series(
    metrics: Sequence[Metric],
    table: Table,
    *,
    half_unit: float,
    costs: Floats | None = None,
    all_costs: Floats | None = None,
    name_constant: Callable[[float], str] = lambda _km2: "fitted",
    shown: int = SHOWN,
) -> tuple[Explanation, ...]:
    """Rank the recipes for a published series; each may have one constant fitted.

    Parameters
    ----------
    metrics : sequence of Metric
        As in the table.
    half_unit : float
        How far a published figure may be off by its rounding.
    costs : ndarray, optional
        Bits of each metric, where they are a choice of more that were tried.
    all_costs : ndarray, optional
        Bits of every recipe that was tried, where more were tried than the table has.
    name_constant : callable
        Gives a name to a constant in km2.

    Returns
    -------
    tuple of Explanation
        The best first; none where no day has both a figure and a file.
    """
    costs = metric_bits(metrics) if costs is None else costs
    everything = np.sort(recipe_costs(costs, table) if all_costs is None else all_costs)
    half_width = _half_width(metrics, table)
    fits = [
        fit
        for c in range(len(table.choices))
        if (fit := _fit(table, c, half_unit, half_width)) is not None
    ]
    if not fits:
        return ()
    bits = np.stack(
        [(costs + table.choices[fit.choice].bits)[:, None] + [0.0, CONSTANT_BITS] for fit in fits]
    )
    best = [
        _explanation(
            metrics=metrics,
            table=table,
            fit=fits[which],
            at=(m, k),
            weight=(float(bits[which, m, k]), weight),
            half_unit=half_unit,
            everything=everything,
            name_constant=name_constant,
        )
        for which, m, k, weight in _likeliest(fits, bits, everything)
    ]
    return ranked(best, shown)


def _likeliest(
    fits: Sequence[_Fit], bits: Floats, everything: Floats
) -> Iterator[tuple[int, int, int, float]]:
    """Yield the likeliest recipes: which fit, metric, with a constant or not, and the chance."""
    weights = np.stack([fit.log10_luck for fit in fits])
    weights = weights + np.log10(LOOKS * np.searchsorted(everything, bits + _TINY))
    for index in np.lexsort((bits.ravel(), weights.ravel()))[:_WEIGHED]:
        which, m, k = map(int, np.unravel_index(index, weights.shape))
        if np.isfinite(weights[which, m, k]):
            yield which, m, k, float(weights[which, m, k])


def recipe_costs(costs: Floats, table: Table) -> Floats:
    """Return the bits of every recipe, with and without a constant, in no order."""
    counted = np.array([choice.bits for choice in table.choices])
    plain = (costs[:, None] + counted[None, :]).ravel()
    return np.concatenate([plain, plain + CONSTANT_BITS])


def shortlist(metrics: Sequence[Metric], found: Sequence[Explanation]) -> tuple[int, ...]:
    """Return which metrics deserve all days, in their own order: the true and the best."""
    named = dict.fromkeys(each.metric.id for each in found)
    chosen = {metrics[0].id, *list(named)[:SHORTLIST]}
    return tuple(i for i, metric in enumerate(metrics) if metric.id in chosen)


def _half_width(metrics: Sequence[Metric], table: Table) -> float:
    """Return the window of the first day; of several plain measurements the nearest counts."""
    least = min(choice.bits for choice in table.choices) + _TINY
    found = []
    for c, choice in enumerate(table.choices):
        values = table.values[_true(metrics), c]
        both = np.isfinite(table.published[c]) & np.isfinite(values)
        if choice.bits <= least and values[both].sum() > 0:
            said, plain = table.published[c, both].sum(), values[both].sum()
            found.append(half_window(float(said), float(plain)))
    return min(found, default=half_window(1.0, 1.0))


def _true(metrics: Sequence[Metric]) -> int:
    return [metric is TRUE for metric in metrics].index(True)


def _fit(table: Table, choice: int, half_unit: float, half_width: float) -> _Fit | None:
    there = np.isfinite(table.published[choice])
    days = int(there.sum())
    if not days:
        return None
    published = table.published[choice, there]
    values = table.values[:, choice, there]
    constant = np.zeros((len(values), 2))
    constant[:, 1] = np.median(published - values, axis=1)
    computed = values[:, None, :] + constant[:, :, None]
    error = np.abs(computed / published - 1)
    error = np.where(np.isfinite(error), error, np.inf)
    in_order = np.sort(np.maximum(error, half_unit / np.abs(published)), axis=2)
    luck = np.full(constant.shape, np.inf)
    odd = np.zeros(constant.shape, dtype=np.int64)
    for count in range(odd_days_allowed(days) + 1):
        for k in range(2 if days >= _FEWEST_TO_FIT else 1):
            worst = in_order[:, k, days - 1 - count]
            each = series_log10(worst, published, odd=count, fitted=bool(k), half_width=half_width)
            better = each < luck[:, k] - _TINY
            luck[better, k], odd[better, k] = each[better], count
    raw = np.sort(error, axis=2)
    at = (days - 1 - odd)[:, :, None]
    return _Fit(choice, luck, np.take_along_axis(raw, at, axis=2)[:, :, 0], odd, constant, computed)


def _explanation(
    *,
    metrics: Sequence[Metric],
    table: Table,
    fit: _Fit,
    at: tuple[int, int],
    weight: tuple[float, float],
    half_unit: float,
    everything: Floats,
    name_constant: Callable[[float], str],
) -> Explanation:
    bits, luck = weight
    there = np.isfinite(table.published[fit.choice])
    published, days = table.published[fit.choice, there], table.days[fit.choice, there]
    computed = fit.computed[at]
    off = np.abs(computed / published - 1)
    worst_first = np.argsort(-off, kind="stable")[: fit.odd[at]]
    order = np.argsort(days)
    added = float(fit.constant[at])
    return Explanation(
        metric=metrics[at[0]],
        choice=table.choices[fit.choice],
        constant=Constant(name_constant(added), added) if at[1] else None,
        days=tuple(days[order]),
        published=tuple(published[order].tolist()),
        computed=tuple(computed[order].tolist()),
        error=float(fit.error[at]),
        odd_days=tuple(sorted(days[worst_first])),
        bits=bits,
        tried=len(everything),
        as_simple=int(np.searchsorted(everything, bits + _TINY, side="right")),
        truly=float(fit.computed[_true(metrics), 0].mean()) + added,
        allowed=half_unit / float(published.min()),
        log10_chance=luck,
    )

"""The search for the one recipe behind a published series of figures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from territory.explain.recipes.chance import LOOKS, half_window, series_log10, usual_width
from territory.explain.recipes.counting import Table
from territory.explain.recipes.explanation import (
    CONSTANT_BITS,
    SHOWN,
    Constant,
    Explanation,
    metric_bits,
    ranked,
    with_plain,
)
from territory.explain.recipes.metrics import TRUE, Metric
from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats, Ints

SHORTLIST = 10  # metrics that are tried on all days
_WEIGHED = 60
_FEWEST_TO_FIT = 3  # days; with fewer, a constant would fit anything
_TINY = 1e-9
_DIGITS = 9  # of a logarithm; of chances that agree so far, that with fewer odd days counts


@dataclass(frozen=True, eq=False)
class _Fit:
    """How one way to count fits under every metric, with and without a constant.

    Shapes are (metrics, 2), and (metrics, 2, days).

    Attributes
    ----------
    log10_weight, log10_luck : ndarray
        How easily a wrong recipe would hit the changes themselves, which recipes are ranked
        by, and how easily any map of the same front would: their chance.
    """

    choice: int
    log10_weight: Floats
    log10_luck: Floats
    error: Floats
    odd: Ints
    constant: Floats
    computed: Floats


def explain_series(
    metrics: Sequence[Metric],
    table: Table,
    figures: Mapping[date, float],
    *,
    half_unit: float,
    costs: Floats | None = None,
    all_costs: Floats | None = None,
    name_constant: Callable[[float], str] = lambda _km2: "fitted",
    at_most: int = SHOWN,
) -> tuple[Explanation, ...]:
    """Rank the recipes for a published series; each may have one constant fitted.

    Parameters
    ----------
    metrics : sequence of Metric
        As in the table.
    table : Table
        What every choice gives under every metric, day by day, in the unit of the figures.
    figures : mapping of date to float
        What was published, by day.
    half_unit : float
        How far a published figure may be off by its rounding.
    costs : ndarray, optional
        Bits of each metric, where they are a choice of more that were tried.
    all_costs : ndarray, optional
        Bits of every recipe that was tried, where more were tried than the table has.
    name_constant : callable
        Gives a name to a constant in km2.
    at_most : int
        How many to return, plain measurements aside.

    Returns
    -------
    tuple of Explanation
        The best first; none where no day has both a figure and a file.
    """
    costs = metric_bits(metrics) if costs is None else costs
    everything = np.sort(recipe_costs(costs, table) if all_costs is None else all_costs)
    published = table.published(figures)
    null = _null(metrics, table, published)
    fits = [
        fit
        for c in range(len(table.choices))
        if (fit := _fit(table, c, published[c], half_unit, null)) is not None
    ]
    if not fits:
        return ()
    bits = np.stack(
        [(costs + table.choices[fit.choice].bits)[:, None] + [0.0, CONSTANT_BITS] for fit in fits]
    )
    looks = np.log10(LOOKS * np.searchsorted(everything, bits + _TINY))
    chosen = dict.fromkeys((*_likeliest(fits, bits, looks), *_plain(fits, table, _true(metrics))))
    best = [
        _explanation(
            metrics=metrics,
            table=table,
            published_values=published[fits[at[0]].choice],
            fit=fits[at[0]],
            at=at[1:],
            bits=float(bits[at]),
            looks=float(looks[at]),
            half_unit=half_unit,
            everything=everything,
            name_constant=name_constant,
        )
        for at in chosen
    ]
    return with_plain(ranked(best, at_most), (each for each in best if each.is_plain))


At = tuple[int, int, int]


def _likeliest(fits: Sequence[_Fit], bits: Floats, looks: Floats) -> Iterator[At]:
    """Yield which recipes are the likeliest: fit, metric, with a constant or not."""
    weights = np.stack([fit.log10_weight for fit in fits]) + looks
    for index in np.lexsort((bits.ravel(), weights.ravel()))[:_WEIGHED]:
        which, m, k = map(int, np.unravel_index(index, weights.shape))
        if np.isfinite(weights[which, m, k]):
            yield which, m, k


def _plain(fits: Sequence[_Fit], table: Table, true: int) -> Iterator[At]:
    """Yield the plain measurements, however unlikely."""
    for which, fit in enumerate(fits):
        if table.choices[fit.choice].plain:
            yield which, true, 0


def recipe_costs(costs: Floats, table: Table) -> Floats:
    """Return the bits of every recipe, with and without a constant, in no order.

    Parameters
    ----------
    costs : ndarray, shape (metrics,)
        Bits of each metric.
    table : Table
        Its choices have bits of their own.

    Returns
    -------
    ndarray, shape (2 * metrics * c,)
        With c choices.
    """
    counted = np.array([choice.bits for choice in table.choices])
    plain = (costs[:, None] + counted[None, :]).ravel()
    return np.concatenate([plain, plain + CONSTANT_BITS])


def shortlist(metrics: Sequence[Metric], found: Sequence[Explanation]) -> tuple[int, ...]:
    """Return which metrics deserve all days, in their own order: the true and the best.

    Parameters
    ----------
    metrics : sequence of Metric
        The true one first.
    found : sequence of Explanation
        The best first.

    Returns
    -------
    tuple of int
        Indices into `metrics`.
    """
    named = dict.fromkeys(each.metric.id for each in found)
    chosen = {metrics[0].id, *list(named)[:SHORTLIST]}
    return tuple(i for i, metric in enumerate(metrics) if metric.id in chosen)


@dataclass(frozen=True)
class _Null:
    """What a series that has nothing to do with any recipe looks like.

    Attributes
    ----------
    half_width : float
        Of the window that its first day is drawn from, in logarithms.
    left : float
        Width of what the plain measurement leaves of its changes; any map of the same front
        comes as close.
    true, plain : int, frozenset of int
        The metric and the choices of the plain measurement itself.
    """

    half_width: float
    left: float
    true: int
    plain: frozenset[int]

    def exempt(self, choice: int, fits: Bools) -> Bools:
        """Return which recipes are weighed by the changes themselves, shape (metrics, 2).

        The plain measurement is; with a constant only where it fits to the last digit, since
        otherwise that is what any other map of the same front gives.
        """
        found = np.zeros(fits.shape, dtype=bool)
        if choice in self.plain:
            found[self.true] = [True, fits[self.true, 1]]
        return found


def _null(metrics: Sequence[Metric], table: Table, published: Floats) -> _Null:
    """Return what luck is measured against; of several plain measurements the nearest counts."""
    true = _true(metrics)
    least = min(choice.bits for choice in table.choices) + _TINY
    plain = [c for c, choice in enumerate(table.choices) if choice.bits <= least]
    half_width, left = [], []
    for c in plain:
        published_values, values = published[c], table.values[true, c]
        both = np.isfinite(published_values) & np.isfinite(values)
        if values[both].sum() > 0:
            half_width.append(
                half_window(float(published_values[both].sum()), float(values[both].sum()))
            )
            left.append(usual_width(np.diff(published_values[both] - values[both])))
    return _Null(
        min(half_width, default=half_window(1.0, 1.0)),
        min(left, default=np.inf),
        true,
        frozenset(plain),
    )


def _true(metrics: Sequence[Metric]) -> int:
    return [metric is TRUE for metric in metrics].index(True)


def _fit(table: Table, choice: int, figures: Floats, half_unit: float, null: _Null) -> _Fit | None:
    there = np.isfinite(figures)
    days = int(there.sum())
    if not days:
        return None
    published = figures[there]
    values = table.values[:, choice, there]
    constant = np.zeros((len(values), 2))
    constant[:, 1] = np.median(published - values, axis=1)
    computed = values[:, None, :] + constant[:, :, None]
    error = np.abs(computed / published - 1)
    error = np.where(np.isfinite(error), error, np.inf)
    rounding = half_unit / np.abs(published)
    best_first = np.sort(np.maximum(error, rounding), axis=2)
    fitted = np.array([[False], [True]])
    too_few = fitted & (days - np.arange(days) < _FEWEST_TO_FIT)

    def by_odd(width: float | None) -> Floats:
        """Return the luck by number of odd days, as many as its own chance allows."""
        found = series_log10(
            best_first[:, :, ::-1],
            published,
            fitted=fitted,
            half_width=null.half_width,
            width=width,
        )
        return np.where(too_few, np.inf, found)

    every = by_odd(None)
    odd = np.argmin(np.round(every, _DIGITS), axis=2)

    def chosen(by_day: Floats, at: Ints = odd) -> Floats:
        return np.take_along_axis(by_day, at[:, :, None], axis=2)[:, :, 0]

    worst = chosen(np.sort(error, axis=2), days - 1 - odd)
    strict = by_odd(min(null.left, usual_width(np.diff(published))))
    exempt = null.exempt(choice, worst <= rounding.max())
    weight = chosen(every)
    luck = np.where(exempt, weight, chosen(strict))
    return _Fit(choice, weight, luck, worst, odd, constant, computed)


def _explanation(
    *,
    metrics: Sequence[Metric],
    table: Table,
    published_values: Floats,
    fit: _Fit,
    at: tuple[int, int],
    bits: float,
    looks: float,
    half_unit: float,
    everything: Floats,
    name_constant: Callable[[float], str],
) -> Explanation:
    there = np.isfinite(published_values)
    published, days = published_values[there], table.days[fit.choice, there]
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
        fits=float(fit.error[at]) <= half_unit / float(published.min()),
        log10_chance=min(float(fit.log10_luck[at]) + looks, 0.0),
        log10_weight=float(fit.log10_weight[at]) + looks,
    )

"""The search for the recipe of one published figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log2, log10

import numpy as np

from territory.explain.recipes.chance import Luck, half_window
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

_NEAR = 5000  # recipes that are sorted at all
_WEIGHED = 150  # for how many recipes the merit is computed, and
_CHANCES = 2 * SHOWN  # for how many of them the chance
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Recipes:
    """Every recipe for a figure that gives anything, whatever was published.

    Attributes
    ----------
    metrics : sequence of Metric
        As in the table, the true one among them.
    row, column : ndarray
        Where the table has a figure.
    index : ndarray, shape (n,)
        Of each recipe among metrics, figures and constants, of which `shape` says how many.
    values, bits : ndarray, shape (n,)
        What each gives, and how complicated it is.
    truly : ndarray, shape (figures, constants)
        The same ground measured truly.
    plain : ndarray of bool, shape (n,)
        The plain measurement of each reading, whose figure may also be zero or below.
    """

    metrics: Sequence[Metric]
    table: Table
    constants: Sequence[Constant]
    row: Ints
    column: Ints
    shape: tuple[int, int, int]
    index: Ints
    values: Floats
    bits: Floats
    truly: Floats
    plain: Bools

    @cached_property
    def in_order(self) -> Floats:
        """The bits of all recipes, ascending."""
        return np.sort(self.bits)

    @classmethod
    def of(
        cls, metrics: Sequence[Metric], table: Table, constants: Sequence[Constant] = ()
    ) -> "Recipes":
        """Put together every metric, choice and constant.

        Parameters
        ----------
        metrics : sequence of Metric
            As in the table, the true one among them.
        table : Table
            What every choice gives under every metric, in km2 or in percent.
        constants : sequence of Constant
            Land that may have been added; only known land, so that nothing is fitted.
        """
        row, column = np.nonzero(table.days != None)  # noqa: E711 - element by element
        added = np.array([0.0, *(each.km2 for each in constants)])
        by_recipe = table.values[:, row, column][:, :, None] + added
        true = [metric is TRUE for metric in metrics].index(True)
        plain = np.zeros(by_recipe.shape, dtype=bool)
        plain[true, [table.choices[each].plain for each in row], 0] = True
        bits = _bits(metrics, table, row, len(constants)).ravel()
        computed, plain = by_recipe.ravel(), plain.ravel()
        index = np.flatnonzero(np.isfinite(computed) & ((computed > 0) | plain))
        return cls(
            metrics,
            table,
            constants,
            row=row,
            column=column,
            shape=(len(metrics), len(row), len(added)),
            index=index,
            values=computed[index],
            bits=bits[index],
            truly=by_recipe[true],
            plain=plain[index],
        )


@dataclass(frozen=True)
class Figure:
    """A published figure, and what its rounding or wording allows.

    Attributes
    ----------
    value, low, high : float
        In the unit of the recipes; `value` is above zero.
    """

    value: float
    low: float
    high: float

    @property
    def middle(self) -> float:
        """What a recipe is compared with: the middle of what is allowed."""
        return (self.low + self.high) / 2

    @property
    def half(self) -> float:
        """How far what is allowed reaches from there."""
        return (self.high - self.low) / 2

    def allows(self, value: float) -> bool:
        """Return whether a value is what was published, up to rounding of the computer.

        Parameters
        ----------
        value : float
            In the unit of the figure.
        """
        slack = _TINY * self.middle
        return self.low - slack <= value <= self.high + slack


def explain_figure(
    recipes: Recipes, figure: Figure, *, at_most: int = SHOWN
) -> tuple[Explanation, ...]:
    """Rank the recipes for one published figure.

    Parameters
    ----------
    recipes : Recipes
        Everything that may have been measured, in the unit of the figure.
    figure : Figure
        What was published.
    at_most : int
        How many to return, plain measurements aside.

    Returns
    -------
    tuple of Explanation
        The best first, and the plain measurement in any case; none where no recipe gives
        anything.
    """
    if not len(recipes.index):
        return ()
    luck, middle = _luck(recipes, figure), figure.middle

    def explanation(at: int) -> Explanation:
        bits, error = float(recipes.bits[at]), abs(float(recipes.values[at]) / middle - 1)
        return _explanation(recipes, at, figure, luck.chance(bits, error))

    weighed = _weighed(recipes, figure)
    off = np.abs(recipes.values[weighed] / middle - 1)
    merit = [
        luck.merit(bits, error)
        for bits, error in zip(recipes.bits[weighed].tolist(), off.tolist(), strict=True)
    ]
    best = weighed[np.lexsort((off, recipes.bits[weighed], np.array(merit)))][:_CHANCES]
    found = ranked((explanation(int(at)) for at in best), at_most)
    return with_plain(found, [explanation(int(at)) for at in np.flatnonzero(recipes.plain)])


def _luck(recipes: Recipes, figure: Figure) -> Luck:
    above = recipes.values > 0
    values, bits = recipes.values[above], recipes.bits[above]
    plain = recipes.values[recipes.plain & above]
    near = plain if len(plain) else values[bits <= bits.min() + _TINY]
    return Luck.of(
        np.log(values / figure.middle),
        bits,
        widest=min(half_window(figure.middle, float(each)) for each in near),
        rounding=figure.half / figure.middle,
    )


def _explanation(recipes: Recipes, at: int, figure: Figure, chance: float) -> Explanation:
    m, c, k = np.unravel_index(recipes.index[at], recipes.shape)
    bits, value = float(recipes.bits[at]), float(recipes.values[at])
    row, column = recipes.row[c], recipes.column[c]
    return Explanation(
        metric=recipes.metrics[m],
        choice=recipes.table.choices[row],
        constant=recipes.constants[k - 1] if k else None,
        days=tuple(recipes.table.days[row, [column]].tolist()),
        published=(figure.value,),
        computed=(value,),
        error=abs(value / figure.value - 1),
        odd_days=(),
        bits=bits,
        tried=len(recipes.index),
        as_simple=int(np.searchsorted(recipes.in_order, bits + _TINY, side="right")),
        truly=float(recipes.truly[c, k]),
        fits=figure.allows(value),
        log10_chance=log10(min(max(chance, 1e-300), 1.0)),
    )


def _bits(metrics: Sequence[Metric], table: Table, row: Ints, constants: int) -> Floats:
    """Return the bits of every recipe, shape (metrics, choices, constants + 1)."""
    extra = [0.0] + [CONSTANT_BITS + log2(max(constants, 1))] * constants
    counted = np.array([table.choices[each].bits for each in row])
    return np.asarray(
        metric_bits(metrics)[:, None, None] + counted[None, :, None] + np.array(extra)
    )


def _weighed(recipes: Recipes, figure: Figure) -> Ints:
    """Return the recipes worth a closer look: those with the smallest bound of their chance."""
    values, bits = recipes.values, recipes.bits
    as_simple = np.searchsorted(recipes.in_order, bits + _TINY, side="right")
    off = np.abs(values - figure.middle)
    bound = as_simple * np.maximum(off, figure.half)
    near = np.argpartition(bound, min(_NEAR, len(bound) - 1))[:_NEAR]
    order = np.lexsort((near, off[near], bits[near], bound[near]))
    return np.asarray(near[order[:_WEIGHED]], dtype=np.int64)

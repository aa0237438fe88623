"""What a search for recipes finds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from territory.explain.recipes.counting import Choice
from territory.explain.recipes.metrics import TRUE, Metric
from territory.geometry.projection import Floats

IS = 1 / 1000  # below this chance a number "is" what a recipe gives, and below
MAY_BE = 1 / 50  # this one it "may be"; otherwise nobody can tell
CONSTANT_BITS = 2.0  # that one is added, and with which sign
SHOWN = 10
_SAME = 1e-9  # relative: recipes that agree so closely measure the same


@dataclass(frozen=True)
class Constant:
    """A piece of land that a publisher may add without drawing it.

    Attributes
    ----------
    km2 : float
        To be added; negative to be taken off.
    """

    name: str
    km2: float


@dataclass(frozen=True, eq=False)
class Explanation:
    """A recipe and how well it explains what was published.

    Attributes
    ----------
    days, published, computed : tuples of one length
        Where both are known, in order of day; in the unit of the question.
    error : float
        Relative, the largest over all days but the odd ones.
    odd_days : tuple of date
        Days on which it does not hold.
    bits : float
        How complicated it is.
    tried, as_simple : int
        How many recipes were tried, and how many of them were no more complicated.
    truly : float
        The same ground measured truly; a mean over the days.
    fits : bool
        Whether it is as close as the rounding or the wording of what was published allows.
    log10_chance : float
        Logarithm of the chance that a search over all that was tried finds one as good by
        luck (see `territory.explain.recipes.chance`).
    log10_weight : float or None
        What it is ranked by, where that is not the chance.
    """

    metric: Metric
    choice: Choice
    constant: Constant | None
    days: tuple[date | None, ...]
    published: tuple[float, ...]
    computed: tuple[float, ...]
    error: float
    odd_days: tuple[date, ...]
    bits: float
    tried: int
    as_simple: int
    truly: float
    fits: bool
    log10_chance: float
    log10_weight: float | None = None

    @property
    def chance(self) -> float:
        """Chance that the search finds a recipe as good by luck, 0 to 1."""
        return float(10.0 ** min(max(self.log10_chance, -300.0), 0.0))

    @property
    def is_plain(self) -> bool:
        """Whether it is the plain measurement, with no departure at all."""
        return self.metric is TRUE and self.choice.plain and self.constant is None

    @property
    def id(self) -> str:
        """The recipe in one line."""
        parts = [" = ".join([self.metric.id, *self.metric.alias]), self.choice.id]
        if self.constant is not None:
            sign = "plus" if self.constant.km2 > 0 else "minus"
            parts.append(f"{sign} {abs(self.constant.km2):,.2f} km2")
        return "; ".join(part for part in parts if part)

    @property
    def days_met(self) -> int:
        """On how many days it holds."""
        return len(self.days) - len(self.odd_days)


def metric_bits(metrics: Sequence[Metric]) -> Floats:
    """Return how many bits it takes to name each metric: none for the true one.

    Parameters
    ----------
    metrics : sequence of Metric
        All that were tried, the true one among them.

    Returns
    -------
    ndarray, shape (metrics,)

    Examples
    --------
    >>> metric_bits([TRUE])
    array([0.])
    """
    known = sum(metric.known for metric in metrics if metric is not TRUE)
    other = sum(not metric.known for metric in metrics)
    return np.array(
        [
            0.0 if each is TRUE else 1 + np.log2(max(known if each.known else other, 1))
            for each in metrics
        ]
    )


def ranked(found: Iterable[Explanation], at_most: int = SHOWN) -> tuple[Explanation, ...]:
    """Order explanations by chance, the simpler and then the closer first.

    One that gives the same figures as an earlier one is left out.

    Parameters
    ----------
    found : iterable of Explanation
        In any order.
    at_most : int
        How many to keep.
    """
    order = sorted(found, key=_order)
    chosen: list[Explanation] = []
    for each in order:
        if len(chosen) == at_most:
            break
        if not any(_alike(each, other) for other in chosen):
            chosen.append(each)
    return tuple(chosen)


def with_plain(
    found: tuple[Explanation, ...], plain: Iterable[Explanation]
) -> tuple[Explanation, ...]:
    """Return explanations with the plain measurements that are not among them at the end.

    Parameters
    ----------
    found : tuple of Explanation
        The best, already in order.
    plain : iterable of Explanation
        Plain measurements, in any order.
    """
    listed = {each.id for each in found}
    return (*found, *(each for each in ranked(plain) if each.id not in listed))


def _order(each: Explanation) -> tuple[float, float, float, float, str]:
    """Return what to sort by; where luck is certain to do as well, closeness is all there is."""
    weight = each.log10_chance if each.log10_weight is None else each.log10_weight
    weight = round(weight, 6)
    if weight >= 0:
        return 0.0, 0.0 if each.fits else each.error, each.bits, each.error, each.id
    return weight, 0.0, each.bits, each.error, each.id


def _alike(one: Explanation, other: Explanation) -> bool:
    return len(one.computed) == len(other.computed) and bool(
        np.allclose(one.computed, other.computed, rtol=_SAME, atol=0.0)
    )

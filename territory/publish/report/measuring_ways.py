"""Which ways of measuring give a published number, as the page tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from territory.claims.summaries import sentence_case
from territory.measure.rows import Row
from territory.numbers import fixed
from territory.publish.report.report_text import number, prose, with_unit

Explanations = Mapping[str, tuple[str, Sequence[Row]]]
_SHOWN = 5
_CERTAIN = 1e-4  # chances below this are said as "less than"


@dataclass(frozen=True)
class Recipe:
    """One way of measuring: what it gives, how far off, and how often by luck."""

    name: str
    gives: str
    off: str
    luck: str


@dataclass(frozen=True)
class Explained:
    """What the search for a number's origin came to, and the best of what was tried."""

    sentence: str
    recipes: tuple[Recipe, ...]


def explained(claim_id: str, unit: str, found: Explanations) -> Explained | None:
    """Return what is known of how the figure of a claim came about, or None.

    Parameters
    ----------
    claim_id, unit : str
        Of the claim.
    found : mapping of str to (str, sequence of Row)
        By claim, a sentence and the rows of `territory explain`: ``recipe``, ``computed``,
        ``error_pct`` and ``chance``, the best first.
    """
    if claim_id not in found:
        return None
    sentence, rows = found[claim_id]
    text = prose(sentence.removeprefix(f"{claim_id}: ").removeprefix(f"{claim_id}, "))
    return Explained(sentence_case(text), tuple(_recipe(row, unit) for row in rows[:_SHOWN]))


def _recipe(row: Row, unit: str) -> Recipe:
    keys = ("computed", "error_pct", "chance")
    computed, off, chance = (cast(float, row[key]) for key in keys)
    return Recipe(
        str(row["recipe"]),
        with_unit(number(computed, unit=unit), unit),
        with_unit(number(abs(off)), "percent"),
        _luck(chance),
    )


def _luck(chance: float) -> str:
    """Return a chance as a reader would say it.

    Examples
    --------
    >>> _luck(0.25).replace("\u00a0", " "), _luck(0.004), _luck(1e-9)
    ('25 % of cases', '1 in 250', 'less than 1 in 10,000')
    """
    if chance < _CERTAIN:
        return f"less than 1 in {1 / _CERTAIN:,.0f}"
    if chance < 0.1:  # noqa: PLR2004 - rarer chances are said as one in so many
        return f"1 in {1 / chance:,.0f}"
    return f"{fixed(100 * chance, 0)}\u00a0% of cases"

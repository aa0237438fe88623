"""What a search for recipes found, as a table and in words for readers without GIS."""

from collections.abc import Mapping
from dataclasses import dataclass

from territory.recipes.explanation import CANNOT_TELL, CERTAIN, Explanation
from territory.recipes.metrics import TRUE

Cell = str | float | int | None
COLUMNS = (
    "claim_id",
    "rank",
    "recipe",
    "computed",
    "published",
    "error_pct",
    "tried",
    "chance",
    "as_simple",
    "log10_chance",
    "days",
    "odd_days",
)
DAY_COLUMNS = ("claim_id", "day", "recipe", "computed", "published", "error_pct")
_MANY_ODD = 3
_AS_GOOD_AS_TRUE = 1e-5


@dataclass(frozen=True, eq=False)
class Answer:
    """What became of one question.

    Attributes
    ----------
    id : str
        Of the claim, or the name of the published file.
    unit : str
        Of the figures as they are computed: km2 or percent.
    found : tuple of Explanation
        The best first.
    obstacle : str
        Why it could not be looked for; empty where it was.
    unused : tuple of str
        Why files were not used.
    """

    id: str
    unit: str
    found: tuple[Explanation, ...] = ()
    obstacle: str = ""
    unused: tuple[str, ...] = ()


def rows(answer: Answer) -> list[Mapping[str, Cell]]:
    """Return one row per recipe; of a series, the figures are means over its days."""
    return [
        {
            "claim_id": answer.id,
            "rank": rank,
            "recipe": each.id,
            "computed": sum(each.computed) / len(each.computed),
            "published": sum(each.published) / len(each.published),
            "error_pct": 100 * each.error,
            "tried": each.tried,
            "chance": each.chance,
            "as_simple": each.as_simple,
            "log10_chance": each.log10_chance,
            "days": len(each.days),
            "odd_days": " ".join(map(str, each.odd_days)),
        }
        for rank, each in enumerate(answer.found, start=1)
    ]


def day_rows(answer: Answer) -> list[Mapping[str, Cell]]:
    """Return the figures of the best recipe day by day."""
    return [
        {
            "claim_id": answer.id,
            "day": str(day),
            "recipe": best.id,
            "computed": computed,
            "published": published,
            "error_pct": 100 * (computed / published - 1),
        }
        for best in answer.found[:1]
        for day, computed, published in zip(best.days, best.computed, best.published, strict=True)
    ]


def sentence(answer: Answer) -> str:
    """Return what the search came to, for a reader without GIS."""
    found, unit = answer.found, answer.unit
    if answer.obstacle:
        return f"{answer.id}: not explained. {answer.obstacle}"
    if not found:
        return f"{answer.id}: cannot tell. No recipe gives anything for these days."
    best = found[0]
    figure = f"{_number(best.published[-1])} {'%' if unit == 'percent' else unit}"
    said = answer.id if answer.id.endswith(f" {unit}") else f"{answer.id}, {figure}"
    if len(best.days) > 1:
        said = f"{answer.id}, {len(best.days)} figures"
    searched = f"{best.tried:,} recipes were tried"
    if best.is_plain and best.error <= best.allowed:
        return (
            f"{said}: there is nothing to explain. It is what one gets by {_recipe(best)}:"
            f" {_closeness(best)}."
        )
    if best.chance >= CANNOT_TELL and best.is_plain:
        return (
            f"{said}: cannot tell. {searched}, and none says more than the plain measurement"
            f" does: {_closeness(best)}; so far off, another recipe as simple would do as well by"
            f" luck {_odds(best)}."
        )
    if best.chance >= CANNOT_TELL:
        return (
            f"{said}: cannot tell. {searched}; the best is off by {_percent(best.error)}"
            f" ({_recipe(best)}), and one as simple comes that close by luck {_odds(best)}, so"
            f" a match proves nothing.{_truly(best, unit)}"
        )
    lead = "is" if best.chance < CERTAIN else "is most likely"
    whole = "the number" if len(best.days) == 1 else "each of them"
    return (
        f"{said}: {whole} {lead} what one gets by {_recipe(best)}. {_closeness(best).capitalize()}"
        f"{_odd(best)}. {searched}; that one as simple as this comes as close by luck happens"
        f" {_odds(best)}.{_truly(best, unit)}"
    )


def _truly(best: Explanation, unit: str) -> str:
    """Say what the same ground is, measured truly, where it was not."""
    published = sum(best.published) / len(best.published)
    off = best.truly / published - 1
    if best.metric.id == TRUE.id or abs(off) < _AS_GOOD_AS_TRUE:
        return ""
    mean = "" if len(best.days) == 1 else " on average"
    side = "more" if off > 0 else "less"
    return (
        f" The same ground, measured truly, is {_number(round(best.truly, 1))} {unit}{mean},"
        f" {_percent(abs(off))} {side} than published."
    )


def _recipe(best: Explanation) -> str:
    metric = best.metric
    how = f"measuring {metric.does}"
    if metric.alias and not metric.known:
        how += f", the same as {', '.join(metric.alias).upper()}"
    if metric is not TRUE:
        used = f" (used by or found as {metric.source})" if metric.known else ""
        how += f"{used}, which {metric.wrong}"
    parts = [how]
    if best.choice.words:
        parts.append(best.choice.words)
    if best.constant is not None:
        sign = "adding" if best.constant.km2 > 0 else "taking off"
        parts.append(f"{sign} {abs(best.constant.km2):,.2f} km2 ({best.constant.name})")
    return "; ".join(parts)


def _closeness(best: Explanation) -> str:
    if len(best.days) == 1:
        return f"it gives {_number(best.computed[0])}, off by {_percent(best.error)}"
    return (
        f"it is off by at most {_percent(best.error)} on {best.days_met} of {len(best.days)} days"
    )


def _odd(best: Explanation) -> str:
    if not best.odd_days:
        return ""
    listed = ", ".join(map(str, best.odd_days[:_MANY_ODD]))
    more = ", ..." if len(best.odd_days) > _MANY_ODD else ""
    return f" (not on {listed}{more}: another file than the one published from, perhaps)"


def _odds(best: Explanation) -> str:
    """Say a chance.

    Small ones are said as powers of ten.
    """
    chance = best.chance
    if best.log10_chance < -6:  # noqa: PLR2004 - one in a million
        return f"once in 10^{-best.log10_chance:.0f} times"
    if chance < 0.1:  # noqa: PLR2004
        return f"once in {1 / chance:,.0f} times"
    return f"in {chance:.0%} of cases"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")

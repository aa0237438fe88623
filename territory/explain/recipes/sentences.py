"""What a search for recipes found, as a table and in words for readers without GIS."""

from collections.abc import Mapping
from dataclasses import dataclass

from territory.explain.recipes.explanation import IS, MAY_BE, Explanation
from territory.explain.recipes.metrics import TRUE
from territory.findings import Finding
from territory.numbers import figure, fixed, percent, unit_words, written

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
COLUMN_WORDS = {
    "claim_id": "the claim or figure",
    "rank": "1 is the likeliest",
    "recipe": "a way of measuring",
    "computed": "what it gives (of a series, the mean)",
    "published": "what was published",
    "error_pct": "how far it is off, in percent (of a series, on the worst day but the odd ones)",
    "tried": "ways of measuring that were tried",
    "chance": "how often the whole search finds one as good by luck, 0 to 1",
    "as_simple": "how many of them are as simple as this one",
    "log10_chance": "the power of ten of that chance",
    "days": "days compared",
    "odd_days": "days on which it does not hold",
}
WITHIN = 0.05  # relative: what is further off reproduces nothing, and is left out
_MANY_ODD = 3
_NEARLY_ALWAYS = 0.95
_MOST_DECIMALS = 2  # a figure that was published in another unit has any number of them
_AS_GOOD_AS_TRUE = 1e-5
_TRULY = "The same ground, measured truly"


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
        Why files and days were not used or are not to be trusted.
    findings : tuple of Finding
        What was found on the days that were used, and on no day in particular.
    """

    id: str
    unit: str
    found: tuple[Explanation, ...] = ()
    obstacle: str = ""
    unused: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def column_words() -> str:
    """Return in one line what the columns of the table mean.

    Examples
    --------
    >>> column_words().split("; ")[1]
    'rank: 1 is the likeliest'
    """
    return "; ".join(f"{name}: {words}" for name, words in COLUMN_WORDS.items())


def comes_close(each: Explanation, within: float = WITHIN) -> bool:
    """Return whether a recipe gives the figure, within a bound or its own rounding.

    Parameters
    ----------
    each : Explanation
        A recipe and how far it is off.
    within : float
        Relative bound of its error.
    """
    return each.error <= within or each.fits


def rows(answer: Answer, *, within: float = WITHIN) -> list[Mapping[str, Cell]]:
    """Return one row per recipe that comes close; of a series, the figures are means.

    Parameters
    ----------
    answer : Answer
        What the search came to.
    within : float
        Relative; a recipe further off is left out, unless the rounding or the wording of
        the published figure allows for as much. The plain measurement is always there.

    Returns
    -------
    list of mapping of str to Cell
        Figures in the unit of the answer, ``error_pct`` in percent.
    """
    worth_naming = [each for each in answer.found if comes_close(each, within) or each.is_plain]
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
        for rank, each in enumerate(worth_naming, start=1)
    ]


def day_rows(answer: Answer) -> list[Mapping[str, Cell]]:
    """Return the figures of the best recipe day by day.

    Parameters
    ----------
    answer : Answer
        What the search came to.

    Returns
    -------
    list of mapping of str to Cell
        Days in order, figures in the unit of the answer; none where nothing was found.
    """
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


def sentence(answer: Answer, *, within: float = WITHIN) -> str:
    """Return what the search came to, for a reader without GIS.

    Parameters
    ----------
    answer : Answer
        What the search came to.
    within : float
        As for `rows`.
    """
    if answer.obstacle:
        return f"{answer.id}: not explained. {answer.obstacle}"
    if not answer.found:
        return f"{answer.id}: cannot tell. No way of measuring gives anything for these days."
    best, question = answer.found[0], _question(answer)
    measured = [each for each in answer.found if each.is_plain]
    plain = min(measured, key=lambda each: (not each.fits, each.error), default=None)
    if plain is not None and plain.fits:
        return (
            f"{question}: there is nothing to explain. {_measured_plainly(plain, answer.unit)},"
            f" off by {percent(plain.error)}{_as_worded(plain)}{_odd(plain)}."
        )
    if not comes_close(best, within) or best.chance >= MAY_BE:
        wording = _why_not(answer, within)
        if plain and not best.is_plain and _TRULY not in wording:
            wording += f" {_measured_plainly(plain, answer.unit)}."
        return f"{question}: cannot tell. {wording}"
    lead = "is" if best.chance < IS else "may be"
    whole = "the number" if len(best.days) == 1 else "each of them"
    return (
        f"{question}: {whole} {lead} what one gets by {_recipe(best)}."
        f" {_closeness(best).capitalize()}{_odd(best)}. {_searched(best)}. If the"
        " number had nothing to do with any of them, some"
        f" way as good as this would be found by luck {_odds(best)}.{_truly(best, answer.unit)}"
    )


def _measured_plainly(plain: Explanation, unit: str) -> str:
    """Say what the plain measurement gives."""
    mean = "" if len(plain.days) == 1 else " on average"
    value = _beside(sum(plain.computed) / len(plain.computed), plain)
    what = f" of {plain.choice.id}" if plain.choice.id else ""
    return f"True areas{what} give {value} {unit_words(unit)}{mean}"


def _question(answer: Answer) -> str:
    """Return what was asked: the claim and its figure, or how many figures."""
    best, unit = answer.found[0], answer.unit
    if len(best.days) > 1:
        return f"{answer.id}, {len(best.days)} figures"
    if answer.id.endswith(f" {unit}"):
        return answer.id
    return f"{answer.id}, {written(best.published[-1])} {unit_words(unit)}"


def _searched(best: Explanation) -> str:
    return f"{best.tried:,} ways of measuring were tried"


def _why_not(answer: Answer, within: float) -> str:
    """Say why nothing that was found explains the figure."""
    best = answer.found[0]
    if not any(comes_close(each, within) for each in answer.found):
        nearest = min(each.error for each in answer.found)
        return (
            f"{_searched(best)}, and none of the likely ones gives it within"
            f" {written(100 * within)} %; the closest is off by {percent(nearest)}."
        )
    if not comes_close(best, within):
        return (
            f"{_searched(best)}; some come within {written(100 * within)} %, but no closer than"
            f" luck brings one of so many."
        )
    if best.is_plain:
        return (
            f"{_searched(best)}, and none says more than the plain one does: {_closeness(best)}."
            f" Some other as good would be found by luck {_odds(best)}."
        )
    return (
        f"{_searched(best)}; the likeliest is off by {percent(best.error)}: {_recipe(best)}."
        f" Some way as good would be found by luck {_odds(best)}, so a match proves"
        f" nothing.{_truly(best, answer.unit)}"
    )


def _as_worded(best: Explanation) -> str:
    """Say that a figure is put so loosely that even this is as close as its words go."""
    return ", which its wording allows" if best.error > WITHIN else ""


def _truly(best: Explanation, unit: str) -> str:
    """Say what the same ground is, measured truly, where it was not."""
    published = sum(best.published) / len(best.published)
    off = best.truly / published - 1
    if best.metric.id == TRUE.id or abs(off) < _AS_GOOD_AS_TRUE:
        return ""
    mean = "" if len(best.days) == 1 else " on average"
    side = "more" if off > 0 else "less"
    truly = f"{_beside(best.truly, best)} {unit_words(unit)}{mean}"
    return f" {_TRULY}, is {truly}, {percent(abs(off))} {side} than published."


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
        parts.append(f"{sign} {_beside(abs(best.constant.km2), best)} km2 ({best.constant.name})")
    return "; ".join(parts)


def _closeness(best: Explanation) -> str:
    if len(best.days) == 1:
        return f"it gives {_beside(best.computed[0], best)}, off by {percent(best.error)}"
    return f"it is off by at most {percent(best.error)} on {best.days_met} of {len(best.days)} days"


def _odd(best: Explanation) -> str:
    if not best.odd_days:
        return ""
    listed = ", ".join(map(str, best.odd_days[:_MANY_ODD]))
    more = ", ..." if len(best.odd_days) > _MANY_ODD else ""
    return f" (not on {listed}{more}: another file than the one published from, perhaps)"


def _odds(best: Explanation) -> str:
    """Say a chance; the exact power of ten stands in the table."""
    chance = best.chance
    if best.log10_chance < -6:  # noqa: PLR2004 - one in a million
        return "less than once in a million tries"
    if chance < 0.1:  # noqa: PLR2004
        return f"about once in {1 / chance:,.0f} tries"
    return "nearly always" if chance > _NEARLY_ALWAYS else f"in {fixed(100 * chance, 0)} % of cases"


def _beside(value: float, each: Explanation) -> str:
    """Return a figure with at least the decimals that the published one is worth."""
    return figure(value, beside=round(each.published[-1], _MOST_DECIMALS))

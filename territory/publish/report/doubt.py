"""Where the doubt about a figure comes from: an error budget as bars, and in words."""

from collections.abc import Iterable, Sequence

from territory.claims.pooled import DISAGREEMENT, OWN_ERRORS
from territory.claims.summaries import sentence_case
from territory.claims.verdicts import Judgement
from territory.measure.budget import (
    AREA,
    CUT,
    DATES,
    EVIDENCE,
    GROUND_CONTROL,
    HOUR,
    INTERVAL,
    LAG,
    LEAN,
    LINE,
    MEASURING,
    OTHER_MAP,
    OUTLINE,
    PEAK,
    PLACES,
    RANGE,
    RIM,
    TRACING,
    WHOLE,
    Budget,
    Component,
    Kind,
)
from territory.publish.report.axis import Axis, axis_for
from territory.publish.report.bars import Bar, BarChart, bar_chart
from territory.publish.report.report_text import listing, span, with_unit

_MEANING = {
    PLACES: "How the figure varies if some of the places happened not to be on the list",
    LINE: "Nobody surveyed the front; the publisher drew it as well as it was known",
    TRACING: "A line on a map is half a millimetre wide, and so is what a hand can follow",
    GROUND_CONTROL: "A picture of a map is never put back on the ground exactly",
    RIM: "An outline is drawn at some scale, and ground beside it may lie in or out",
    LAG: "A section is redrawn some days before or after its ground changed hands",
    LEAN: "If all of the line were drawn too far to one side",
    DATES: "A report may say only between which days; earliest and latest",
    EVIDENCE: "Only firm reports, or weaker ones too",
    CUT: "The map of the day before or after, where there is one",
    AREA: "The same words may mean another outline",
    MEASURING: "Another grid, or the sphere that maps on the web are measured on",
    OUTLINE: "The size of a country that is only named is that of a coarse outline",
    PEAK: "The largest of many areas, each with an error, may be that of another day",
    OTHER_MAP: "The figure stems from another map, whose line has an error of its own",
    HOUR: "The map is cut at one hour of the day, the figure perhaps at another",
    OWN_ERRORS: "Every map has lines of its own, and each is off by chance",
    DISAGREEMENT: "The maps lie farther apart than the errors of their lines explain",
    WHOLE: "Sources give the country or region other sizes",
    INTERVAL: "All chance together, and any lean",
    RANGE: "All choices together: everything that the words and the reports may mean",
}
_NEAR = 1.5  # the published figure is drawn if it lies within so many times the doubt


def doubts_of(judgements: Sequence[Judgement]) -> tuple[BarChart, ...]:
    """Return the budget of every reading of a claim that has any doubt, in bars and words.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim, one per reading.
    """
    return tuple(
        _doubt(each, each.budget) for each in judgements if each.budget and each.budget.dominant
    )


def _doubt(judgement: Judgement, budget: Budget) -> BarChart:
    figure = budget.estimate
    parts = [each for each in budget.components if _counts(each, figure.value)]
    sums = _sums(budget, parts)
    ends = [figure.value, *(end for each in (*parts, *sums) for end in (each.low, each.high))]
    bounds = judgement.published
    near = _near(bounds, ends)
    axis = axis_for([*ends, *bounds] if near else ends)
    bars = [_bar(each, figure.value, figure.unit, axis) for each in (*parts, *sums)]
    words = dominant_doubt(budget)
    return bar_chart(judgement, figure.value, axis, bars, banded=near, summary=words)


def _sums(budget: Budget, parts: Sequence[Component]) -> list[Component]:
    """Return the sums that say more than their parts."""
    choices = sum(each.kind is Kind.CHOICE for each in parts)
    chances = len(parts) - choices
    return [budget.interval] * (chances > 1 or choices > 1) + [budget.spread] * (choices > 1)


def _counts(component: Component, value: float) -> bool:
    """Return whether a component is more than the rounding of coordinates."""
    return component.span > 1e-6 * max(abs(value), 1e-6)


def _near(bounds: tuple[float, float], ends: Sequence[float]) -> bool:
    low, high = min(ends), max(ends)
    reach = _NEAR * (high - low)
    return bounds[1] >= low - reach and bounds[0] <= high + reach


def _bar(component: Component, value: float, unit: str, axis: Axis) -> Bar:
    label = sentence_case(component.name)
    return Bar(
        label,
        with_unit(span(component.low, component.high, like=value, unit=unit), unit),
        str(component.kind),
        axis.at(component.low),
        axis.at(component.high),
        meaning=_meaning(component),
    )


def _meaning(component: Component) -> str:
    """Say what a source of doubt is; of a choice that the job names, what its ends are."""
    ends = sentence_case(component.note) if component.note else "Another reading of the data"
    return _MEANING.get(component.name, ends)


def dominant_doubt(budget: Budget) -> str:
    """Return what dominates the doubt about a figure, in words.

    Parameters
    ----------
    budget : Budget
        With at least one component.
    """
    value, unit = budget.estimate.value, budget.estimate.unit

    def spanned(each: Component) -> str:
        return with_unit(span(each.low, each.high, like=value, unit=unit), unit)

    parts = [each for each in budget.components if _counts(each, value)]
    if not parts:
        return "Nothing that is counted here is in doubt."
    first, *others = parts
    if not others:
        return f"The doubt comes from one thing alone: {first.name}, from {spanned(first)}."
    least = f"; {_rest(others[1:])}" if others[1:] else ""
    return (
        f"What matters most is {first.name}: alone it leaves anything from {spanned(first)}."
        f" Next comes {others[0].name}, from {spanned(others[0])}{least}."
    )


def _rest(parts: Iterable[Component]) -> str:
    names = listing(each.name for each in parts)
    return f"less hangs on {names}"

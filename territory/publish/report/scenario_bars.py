"""What moves the figure: scenarios one at a time, then the extremes of all together."""

from collections.abc import Mapping, Sequence

from territory.claims.summaries import checked, sentence_case
from territory.claims.verdicts import Judgement
from territory.measure.scenarios import choices
from territory.numbers import change, printed
from territory.publish.report.axis import Axis, axis_for
from territory.publish.report.bars import Bar, BarChart, bar_chart
from territory.publish.report.report_text import number, with_unit

_ONLY = "evidence: "
_SAME = 3  # decimals to which two figures are told apart


def tornadoes(judgements: Sequence[Judgement]) -> tuple[BarChart, ...]:
    """Return what moves each reading that fits, or each that was checked where none fits.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim.
    """
    decided = [each for each in checked(judgements) if each.scenarios]
    chosen = [each for each in decided if each.agrees] or decided
    return tuple(_tornado(each) for each in chosen)


def plain(choice: str) -> str:
    """Return one choice in words.

    Parameters
    ----------
    choice : str
        One of `choices`.
    """
    dated = {
        "events dated earliest": "every change on its earliest possible day",
        "events dated latest": "every change on its latest possible day",
        "events dated from noon": "changes whose middle is noon counted from the next day",
    }
    if choice.startswith(_ONLY):
        return f"only this evidence believed: {choice.removeprefix(_ONLY).removesuffix(' only')}"
    return dated.get(choice, choice)


def _tornado(judgement: Judgement) -> BarChart:
    found = judgement.computed
    base = found.value if found else 0.0
    scenarios, bounds = judgement.scenarios, judgement.published
    axis = axis_for([base, *scenarios.values(), *bounds, judgement.claim.value])
    alone = [name for name in scenarios if len(choices(name, scenarios)) == 1]
    alone.sort(key=lambda name: -abs(scenarios[name] - base))
    effects = [_effect(plain(name), scenarios[name], judgement, axis) for name in alone]
    return bar_chart(
        judgement,
        base,
        axis,
        [*effects, *_extremes(judgement, axis)],
        summary=f"{len(scenarios)}",
    )


def _extremes(judgement: Judgement, axis: Axis) -> list[Bar]:
    """Return the smallest and the largest figure where it takes several choices to get there."""
    scenarios = judgement.scenarios
    simple = sorted(scenarios, key=lambda name: (len(choices(name, scenarios)), name))
    ends = (
        ("smallest of all", min(simple, key=lambda name: round(scenarios[name], _SAME))),
        ("largest of all", max(simple, key=lambda name: round(scenarios[name], _SAME))),
    )
    return [
        _effect(f"{word}: {_combined(name, scenarios)}", value, judgement, axis, extreme=True)
        for word, name in ends
        if len(choices(name, scenarios)) > 1
        for value in [scenarios[name]]
    ]


def _combined(name: str, scenarios: Mapping[str, float]) -> str:
    return "; ".join(plain(each) for each in choices(name, scenarios))


def _effect(
    label: str, value: float, judgement: Judgement, axis: Axis, *, extreme: bool = False
) -> Bar:
    base = judgement.computed.value if judgement.computed else 0.0
    unit = judgement.claim.said_unit
    kind = "same" if value == base else "more" if value > base else "less"
    return Bar(
        sentence_case(label),
        with_unit(number(value, unit=unit), unit),
        f"{kind} extreme" if extreme else kind,
        axis.at(min(value, base)),
        axis.at(max(value, base)),
        difference=printed(change(value - base, like=base, unit=unit)),
    )

"""What moves the figure: scenarios one at a time, then the extremes of all together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from territory.claims.summaries import checked, sentence_case
from territory.claims.verdicts import Judgement
from territory.measure.scenarios import choices
from territory.numbers import change, printed
from territory.publish.report.axis import Axis, Tick, axis_for
from territory.publish.report.report_text import number, with_unit

_ONLY = "evidence: "
_SAME = 3  # decimals to which two figures are told apart


@dataclass(frozen=True)
class Effect:
    """One scenario: the figure, how far it is from the base, and the bar between them."""

    label: str
    figure: str
    difference: str
    kind: str
    start: str
    end: str
    extreme: bool = False


@dataclass(frozen=True)
class Tornado:
    """All effects on one reading, on one axis."""

    reading: str
    base: str
    base_at: str
    band: tuple[str, str, str]
    effects: tuple[Effect, ...]
    ticks: tuple[Tick, ...]
    count: int


def tornadoes(judgements: Sequence[Judgement]) -> tuple[Tornado, ...]:
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
    """Return one choice in words."""
    dated = {
        "events dated earliest": "every change on its earliest possible day",
        "events dated latest": "every change on its latest possible day",
    }
    if choice.startswith(_ONLY):
        return f"only this evidence believed: {choice.removeprefix(_ONLY).removesuffix(' only')}"
    return dated.get(choice, choice)


def _tornado(judgement: Judgement) -> Tornado:
    found = judgement.computed
    base = found.value if found else 0.0
    scenarios, bounds = judgement.scenarios, judgement.published
    axis = axis_for([base, *scenarios.values(), *bounds, judgement.claim.value])
    alone = [name for name in scenarios if len(choices(name, scenarios)) == 1]
    alone.sort(key=lambda name: -abs(scenarios[name] - base))
    effects = [_effect(plain(name), scenarios[name], judgement, axis) for name in alone]
    low, high = bounds
    return Tornado(
        judgement.reading.name if judgement.reading else "",
        with_unit(number(base, unit=judgement.claim.unit), judgement.claim.unit),
        axis.at(base),
        (axis.at(low), axis.at(judgement.claim.value), axis.at(high)),
        (*effects, *_extremes(judgement, axis)),
        axis.ticks,
        len(scenarios),
    )


def _extremes(judgement: Judgement, axis: Axis) -> list[Effect]:
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
) -> Effect:
    base = judgement.computed.value if judgement.computed else 0.0
    unit = judgement.claim.unit
    kind = "same" if value == base else "more" if value > base else "less"
    return Effect(
        sentence_case(label),
        with_unit(number(value, unit=unit), unit),
        printed(change(value - base, like=base, unit=unit)),
        kind,
        axis.at(min(value, base)),
        axis.at(max(value, base)),
        extreme,
    )

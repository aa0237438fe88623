"""What moves the figure: scenarios one at a time, then the extremes of all together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from territory.claims.summaries import checked
from territory.claims.verdicts import Judgement
from territory.publish.report.answer import agrees
from territory.publish.report.axis import Axis, Tick, axis_for
from territory.publish.report.report_text import change, number, with_unit

_JOINT = "; "  # between the choices that a scenario combines
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


def tornadoes(judgements: Sequence[Judgement], alternatives: Iterable[str]) -> tuple[Tornado, ...]:
    """Return what moves each reading that fits, or each that was checked where none fits.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim.
    alternatives : iterable of str
        Names of the scenarios that the job names, which may hold any character.
    """
    decided = [each for each in checked(judgements) if each.scenarios]
    chosen = [each for each in decided if agrees(each)] or decided
    names = tuple(alternatives)
    return tuple(_tornado(each, names) for each in chosen)


def choices(name: str, alternatives: Iterable[str]) -> tuple[str, ...]:
    """Return the choices that a scenario combines.

    Examples
    --------
    >>> choices("events dated latest; a; b", ["a; b"])
    ('events dated latest', 'a; b')
    """
    for flip in alternatives:
        if name == flip:
            return (name,)
        if name.endswith(_JOINT + flip):
            return (*name.removesuffix(_JOINT + flip).split(_JOINT), flip)
    return tuple(name.split(_JOINT))


def plain(choice: str) -> str:
    """Return one choice in words."""
    dated = {
        "events dated earliest": "every change on its earliest possible day",
        "events dated latest": "every change on its latest possible day",
    }
    if choice.startswith(_ONLY):
        return f"only this evidence believed: {choice.removeprefix(_ONLY).removesuffix(' only')}"
    return dated.get(choice, choice)


def _tornado(judgement: Judgement, alternatives: tuple[str, ...]) -> Tornado:
    found = judgement.computed
    base = found.value if found else 0.0
    scenarios, bounds = judgement.scenarios, judgement.published
    axis = axis_for([base, *scenarios.values(), *bounds, judgement.claim.value])
    alone = [name for name in scenarios if len(choices(name, alternatives)) == 1]
    alone.sort(key=lambda name: -abs(scenarios[name] - base))
    effects = [_effect(plain(name), scenarios[name], judgement, axis) for name in alone]
    low, high = bounds
    return Tornado(
        judgement.reading.name if judgement.reading else "",
        with_unit(number(base, unit=judgement.claim.unit), judgement.claim.unit),
        axis.at(base),
        (axis.at(low), axis.at(judgement.claim.value), axis.at(high)),
        (*effects, *_extremes(judgement, alternatives, axis)),
        axis.ticks,
        len(scenarios),
    )


def _extremes(judgement: Judgement, alternatives: tuple[str, ...], axis: Axis) -> list[Effect]:
    """Return the smallest and the largest figure where it takes several choices to get there."""
    values = judgement.scenarios
    simple = sorted(values, key=lambda name: (len(choices(name, alternatives)), name))
    ends = (
        ("smallest of all", min(simple, key=lambda name: round(values[name], _SAME))),
        ("largest of all", max(simple, key=lambda name: round(values[name], _SAME))),
    )
    return [
        _effect(f"{word}: {_combined(name, alternatives)}", value, judgement, axis, extreme=True)
        for word, name in ends
        if len(choices(name, alternatives)) > 1
        for value in [judgement.scenarios[name]]
    ]


def _combined(name: str, alternatives: tuple[str, ...]) -> str:
    return "; ".join(plain(each) for each in choices(name, alternatives))


def _effect(
    label: str, value: float, judgement: Judgement, axis: Axis, *, extreme: bool = False
) -> Effect:
    base = judgement.computed.value if judgement.computed else 0.0
    unit = judgement.claim.unit
    kind = "same" if value == base else "more" if value > base else "less"
    return Effect(
        label[:1].upper() + label[1:],
        with_unit(number(value, unit=unit), unit),
        change(value - base, like=base, unit=unit),
        kind,
        axis.at(min(value, base)),
        axis.at(max(value, base)),
        extreme,
    )

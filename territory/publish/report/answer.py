"""What the judgements of a claim amount to, in a sentence or two that take no side.

They name what fits and what does not, and where all readings and scenarios lie
together. They follow from the judgements alone; nothing in them is chosen.
"""

from collections.abc import Sequence
from enum import StrEnum

from territory.claims.caveats import FAR
from territory.claims.summaries import (
    checked,
    conclusion,
    ends_of,
    every,
    figures_named,
    further,
    lack,
    left_out,
)
from territory.claims.verdicts import Judgement
from territory.publish.report.report_text import (
    claim_wording,
    listing,
    number,
    prose,
    span,
    with_unit,
)

Group = tuple[str, tuple[tuple[str, Judgement], ...]]
_FEW = 2  # readings, or places with their readings, that a sentence can exclude besides


class Outcome(StrEnum):
    """How a claim came out over all its readings."""

    ALL = "every reading fits"
    MEASURED = "every reading that could be measured fits"
    SOME = "some readings fit"
    NONE = "no reading fits"
    OPEN = "no reading that could be measured fits, others are open"
    UNCHECKED = "not checkable"


def outcome(judgements: Sequence[Judgement]) -> Outcome:
    """Return how a claim came out over all its readings.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim, one per reading.
    """
    if any(each.fault for each in judgements):
        return Outcome.NONE
    decided = checked(judgements)
    if not decided:
        return Outcome.UNCHECKED
    fitting = sum(each.agrees for each in decided)
    whole = len(decided) == len(judgements)
    if fitting == len(decided):
        return Outcome.ALL if whole else Outcome.MEASURED
    if fitting:
        return Outcome.SOME
    return Outcome.NONE if whole else Outcome.OPEN


def answer(judgements: Sequence[Judgement]) -> str:
    """Return the answer to one claim.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim.
    """
    figure = f"The figure of {claim_wording(judgements[0].claim)}"
    if judgements[0].fault:
        why = judgements[0].reason.removeprefix(f"{judgements[0].fault}: ")
        return f"{figure} cannot be true: {prose(why)}."
    decided = checked(judgements)
    if not decided:
        reasons = dict.fromkeys(prose(each.reason).rstrip(".") for each in judgements)
        return f"{figure} cannot be checked with these data: {'; '.join(reasons)}."
    so, sides = prose(conclusion(judgements)), _sides(decided, len(judgements) - len(decided))
    rest = f"{prose(further(decided))}{left_out(judgements)}{prose(lack(judgements[0].claim))}"
    phrases = f"{_fits(decided)}{sides and f'; {sides}'}{so and f', so {so}'}"
    return f"{figure} {phrases}.{rest}"


def _fits(decided: tuple[Judgement, ...]) -> str:
    yes = [each for each in _groups(decided) if each[1][0][1].agrees]
    no = [each for each in _groups(decided) if not each[1][0][1].agrees]
    if not yes:
        return f"does not fit {listing((_spread(each) for each in no), last='or')}"
    fits = f"fits {listing(_one_by_one(each) for each in yes)}"
    if not no:
        return fits
    others = listing((_spread(each) for each in no), last="or")
    # A sentence of many readings cannot be quoted: what fits stands by itself then.
    return f"{fits} but not {others}" if len(no) <= _FEW else f"{fits}. It does not fit {others}"


def _groups(decided: tuple[Judgement, ...]) -> list[Group]:
    """Put readings named "who, where" together by where, if they came out alike.

    Readings whose names have no such ending stand alone.
    """
    ends: dict[str, list[tuple[str, Judgement]]] = {}
    for each in decided:
        who, _, where = _name(each).rpartition(", ")
        ends.setdefault(where, []).append((who, each))
    groups: list[Group] = []
    for where, members in ends.items():
        alike = len({each.agrees for _, each in members}) == 1
        if len(members) > 1 and alike and all(who for who, _ in members):
            groups.append((where, tuple(members)))
        else:
            groups += [(_name(each), (("", each),)) for _, each in members]
    return groups


def _name(judgement: Judgement) -> str:
    return judgement.reading.name if judgement.reading else judgement.claim.id


def _one_by_one(group: Group) -> str:
    name, members = group
    phrases = ((who, _figure(each)) for who, each in members)
    found = [f"{figure} for {who}" if who else figure for who, figure in phrases if figure]
    return f"“{name}” with {listing(found)}" if found else f"“{name}”"


def _spread(group: Group) -> str:
    """Return a group with the range of its figures, or the one figure with its interval."""
    name, members = group
    if len(members) == 1:
        return _one_by_one(group)
    values = [each.computed.value for _, each in members if each.computed]
    unit = members[0][1].claim.said_unit
    return f"“{name}” with {with_unit(span(min(values), max(values), unit=unit), unit)}"


def _figure(judgement: Judgement) -> str:
    found = judgement.computed
    if found is None:
        return ""
    value = with_unit(number(found.value, unit=found.unit), found.unit)
    least = "at least " if judgement.reading and judgement.reading.lower_bound else ""
    if found.low == found.high:
        return f"{least}{value}"
    return f"{least}{value} ({span(found.low, found.high, like=found.value, unit=found.unit)})"


def _sides(decided: tuple[Judgement, ...], left: int) -> str:
    """Say where the readings and scenarios lie; nothing where the fit says it all.

    A figure that fits lies on no side of the published one: its interval holds it.
    """
    claim, what = decided[0].claim, figures_named(decided, left=left)
    ends = ends_of(decided)
    phrases = {k: with_unit(span(*v, unit=claim.unit), claim.said_unit) for k, v in ends.items()}
    if "losses" in ends:
        return f"{what} give {' and '.join(f'{kind} of {each}' for kind, each in phrases.items())}"
    low, high = ends[""]
    top = claim.value if claim.value_high is None else claim.value_high
    if claim.value < top and claim.value <= low and high <= top:
        one = "the computed figure lies" if low == high else f"{every(what)} lie"
        return f"{one} between the two"
    if low < top and claim.value < high:
        return f"{what} lie on both sides of it, from {phrases['']}"
    if any(each.agrees and each.caveat not in FAR for each in decided):
        return "" if low == high else f"{what} come to {phrases['']}"
    side = _side(low, high, claim.value if high <= claim.value else top)
    if low == high:
        return f"the computed figure lies {side}"
    return f"{every(what)} lie {side}, from {phrases['']}"


def _side(low: float, high: float, value: float) -> str:
    if low == high == value:
        return "exactly on it"
    if high <= value:
        return "below it" if high < value else "at or below it"
    return "above it" if low > value else "at or above it"

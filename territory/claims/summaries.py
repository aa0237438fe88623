"""What a claim comes to, in one plain sentence that never picks the friendlier reading."""

from collections.abc import Iterable, Sequence

from territory.claims.caveats import of_all
from territory.claims.closeness import Fit
from territory.claims.model import Verdict
from territory.claims.verdicts import Judgement
from territory.claims.words import number, written


def summary(judgements: tuple[Judgement, ...]) -> str:
    """Return one plain sentence on a claim, which never picks the friendlier reading.

    Parameters
    ----------
    judgements : tuple of Judgement
        All of one claim.
    """
    first = judgements[0]
    claim, figure = first.claim, first.claim.said()
    decided = checked(judgements)
    if first.fault:
        return f"{figure}: {first.reason}."
    if not decided:
        return f"{figure}: not checkable. {first.reason[:1].upper()}{first.reason[1:]}."
    values = [v for each in decided for v in _values(each)]
    agreeing = [each for each in decided if each.verdict.startswith(Verdict.CONSISTENT)]
    top = claim.value if claim.value_high is None else claim.value_high
    lies = _lies(min(values), max(values), (claim.value, top))
    so = conclusion(decided)
    names = [each.reading.name for each in agreeing if each.reading]
    rest = f"{further(decided)}{left_out(judgements)}"
    return f"{figure}: {lies}; {_agreement(names, len(decided))}{so and f', so {so}'}.{rest}"


def checked(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Return the judgements that say yes or no."""
    return tuple(
        each for each in judgements if each.computed and each.verdict != Verdict.NOT_CHECKABLE
    )


def left_out(judgements: Sequence[Judgement]) -> str:
    """Say how many readings of a claim could not be checked; empty where all could."""
    left = len(judgements) - len(checked(judgements))
    return f" {left} of {len(judgements)} readings could not be checked." if left else ""


def further(decided: Sequence[Judgement]) -> str:
    """Return the sentences that must follow the conclusion: which fits are loose, later maps.

    Parameters
    ----------
    decided : sequence of Judgement
        Of one claim, those that say yes or no.
    """
    agreeing = [each for each in decided if each.verdict.startswith(Verdict.CONSISTENT)]
    return f"{_loose(agreeing)}{_hindsight(decided, agreeing)}"


def _loose(agreeing: Sequence[Judgement]) -> str:
    """Say which of the readings that agree do so only in the outer half of their interval."""
    loose = [each for each in agreeing if each.fit is Fit.LOOSE]
    if not loose:
        return ""
    if len(loose) == len(agreeing):
        return " Whatever agrees with it is only a loose fit."
    names = "; ".join(f"“{each.reading.name}”" for each in loose if each.reading)
    return f" The fit is only loose for {names}."


def _hindsight(decided: Sequence[Judgement], agreeing: Sequence[Judgement]) -> str:
    """Say so where whatever decides a claim rests on maps dated after it was published."""
    if not all(each.later for each in agreeing or decided):
        return ""
    which = "Whatever agrees with it" if agreeing else "This"
    return f" {which} rests on a map dated after the figure was published."


def conclusion(judgements: Sequence[Judgement]) -> str:
    """Return what follows for a claim, in the one wording of table, report, review and page.

    Parameters
    ----------
    judgements : sequence of Judgement
        Of one claim, those that say yes or no.

    Returns
    -------
    str
        To be put after "so"; empty where the verdict says all.
    """
    agreeing = [each for each in judgements if each.verdict.startswith(Verdict.CONSISTENT)]
    if not agreeing:
        if any(_would_fit(each) for each in judgements):
            return "the data as they stand speak against it, though not in every scenario"
        return "the data speak against it"
    if len(agreeing) < len(judgements):
        return "it depends on what the sentence means"
    if limit := of_all([each.caveat for each in agreeing]):
        return limit
    values = [v for each in judgements for v in _values(each)]
    claim = judgements[0].claim
    top = claim.value if claim.value_high is None else claim.value_high
    split = min(values) < top and max(values) > claim.value and claim.value == top
    return "the data do not speak against it" if split else ""


def _would_fit(judgement: Judgement) -> bool:
    """Return whether the published interval lies within the range of the scenarios."""
    low, high = judgement.published
    values = _values(judgement)
    return min(values) <= high and max(values) >= low


def _values(judgement: Judgement) -> tuple[float, ...]:
    """Return the ends of what a reading comes to over all scenarios."""
    return judgement.range or (_value(judgement),)


def _lies(low: float, high: float, said: tuple[float, float]) -> str:
    """Say on which side of the published figure everything computed lies.

    Examples
    --------
    >>> _lies(2.0, 4.0, (3.0, 3.0))
    'readings and scenarios lie on both sides of it, from 2 to 4'
    >>> _lies(63.978, 63.978, (64.12, 64.12))
    'the computed figure is 63.98'
    """
    finest = max(1, *map(_decimals, said))
    least, most = (_as_fine(each, finest) for each in (low, high))
    spread = f"from {least} to {most}"
    if least == most:
        return f"the computed figure is {least}"
    if said[0] <= low and high <= said[1] and said[0] < said[1]:
        return f"every reading and scenario lies between the two, {spread}"
    if low < said[1] and high > said[0]:
        return f"readings and scenarios lie on both sides of it, {spread}"
    side = "at or above" if low >= said[1] else "at or below"
    return f"every reading and scenario lies {side} it, {spread}"


def _as_fine(value: float, decimals: int) -> str:
    """Return a figure with the digits its size deserves, or with those of a finer one."""
    return number(round(value, 1)) if decimals == 1 else number(value, decimals=decimals)


def _decimals(value: float) -> int:
    return len(written(value).partition(".")[2])


def _agreement(agreeing: list[str], readings: int) -> str:
    """Say how many readings agree, and which, where they are not all of one kind.

    Examples
    --------
    >>> _agreement(["a"], 1)
    'the one reading agrees with it within the intervals'
    >>> _agreement(["a"], 2), _agreement([], 2)
    ('1 of 2 readings agrees with it within the intervals (a)',
     'none of 2 readings agrees with it within the intervals')
    """
    if readings == 1:
        verb = "agrees" if agreeing else "does not agree"
        return f"the one reading {verb} with it within the intervals"
    verb = "agree" if len(agreeing) > 1 else "agrees"
    named = 0 < len(agreeing) < readings
    which = f" ({'; '.join(agreeing)})" if named else ""
    many = len(agreeing) or "none"
    return f"{many} of {readings} readings {verb} with it within the intervals{which}"


def _value(judgement: Judgement) -> float:
    return judgement.computed.value if judgement.computed else 0.0

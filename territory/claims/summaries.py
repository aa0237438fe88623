"""What a claim comes to, in one plain sentence that never picks the friendlier reading."""

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
    computed = [each for each in judgements if each.computed is not None]
    if first.fault:
        return f"{figure}: {first.reason}."
    if not computed or all(each.verdict == Verdict.NOT_CHECKABLE for each in judgements):
        return f"{figure}: not checkable. {first.reason[:1].upper()}{first.reason[1:]}."
    values = [v for each in computed for v in (each.range or (_value(each),) * 2)]
    agreeing = [each for each in computed if each.verdict.startswith(Verdict.CONSISTENT)]
    top = claim.value if claim.value_high is None else claim.value_high
    lies = _lies(min(values), max(values), (claim.value, top))
    return f"{figure}: {lies}; {_agreement(len(agreeing), len(computed))} within the intervals."


def _lies(low: float, high: float, said: tuple[float, float]) -> str:
    """Say on which side of the published figure everything computed lies.

    Examples
    --------
    >>> _lies(2.0, 4.0, (3.0, 3.0))
    'readings and scenarios lie on both sides of it, from 2 to 4, so the data do not decide it'
    """
    finest = max(1, *map(_decimals, said))
    if finest == 1:  # as many digits as the size deserves
        spread = f"from {number(round(low, 1))} to {number(round(high, 1))}"
    else:
        spread = f"from {number(low, decimals=finest)} to {number(high, decimals=finest)}"
    if said[0] <= low and high <= said[1] and said[0] < said[1]:
        return f"every reading and scenario lies between the two, {spread}"
    if low < said[1] and high > said[0]:
        where = "readings and scenarios lie on both sides of it"
        return f"{where}, {spread}, so the data do not decide it"
    side = "at or above" if low >= said[1] else "at or below"
    return f"every reading and scenario lies {side} it, {spread}"


def _decimals(value: float) -> int:
    return len(written(value).partition(".")[2])


def _agreement(agreeing: int, readings: int) -> str:
    """Say how many readings agree.

    Examples
    --------
    >>> _agreement(1, 1), _agreement(2, 6)
    ('the one reading agrees with it', '2 of 6 readings agree with it')
    """
    if readings == 1:
        return f"the one reading {'agrees' if agreeing else 'does not agree'} with it"
    return f"{agreeing or 'none'} of {readings} readings agree with it"


def _value(judgement: Judgement) -> float:
    return judgement.computed.value if judgement.computed else 0.0

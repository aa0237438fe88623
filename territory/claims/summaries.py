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
    split = 0 < len(agreeing) < len(computed)
    lies = _lies(min(values), max(values), (claim.value, top), split=split)
    names = [each.reading.name for each in agreeing if each.reading]
    return f"{figure}: {lies}; {_agreement(names, len(computed))}."


def _lies(low: float, high: float, said: tuple[float, float], *, split: bool) -> str:
    """Say on which side of the published figure everything computed lies.

    Parameters
    ----------
    split : bool
        Whether some readings agree with the figure and some do not.

    Examples
    --------
    >>> _lies(2.0, 4.0, (3.0, 3.0), split=False)
    'readings and scenarios lie on both sides of it, from 2 to 4, so the data do not decide it'
    >>> _lies(63.978, 63.978, (64.12, 64.12), split=False)
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
        so = "it depends on what the sentence means" if split else "the data do not decide it"
        return f"readings and scenarios lie on both sides of it, {spread}, so {so}"
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

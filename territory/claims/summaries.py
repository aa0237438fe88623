"""What a claim comes to, in one plain sentence that never picks the friendlier reading."""

from collections.abc import Iterable, Sequence

from territory.claims.caveats import of_all
from territory.claims.closeness import Fit
from territory.claims.figures import COUNTED
from territory.claims.model import SINCE_MOST, Claim, Kind, Verdict, days_of
from territory.claims.same_publisher import Interval
from territory.claims.verdicts import Judgement
from territory.numbers import decimals_apart, decimals_of, figure, fixed, is_narrow, written

_EVEN = 6  # decimals to which two readings are as near


def summary(judgements: tuple[Judgement, ...]) -> str:
    """Return one plain sentence on a claim, which never picks the friendlier reading.

    Parameters
    ----------
    judgements : tuple of Judgement
        All of one claim.

    Returns
    -------
    str
        With the published figure in front and a stop at its end.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.claims.verdicts import judge
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 8), value=250,
    ...               unit="km2", not_checkable="the data begin later")
    >>> summary(judge(claim, None))
    '250 km2: not checkable. The data begin later.'
    """
    first = judgements[0]
    claim, figure = first.claim, first.claim.wording()
    decided = checked(judgements)
    if first.fault:
        return f"{figure}: {first.reason}."
    if not decided:
        return f"{figure}: not checkable. {sentence_case(first.reason)}."
    so = conclusion(judgements)
    names = [each.reading.name for each in decided if each.agrees and each.reading]
    left = len(judgements) - len(decided)
    agreement = _agreement(names, len(decided), left=left)
    lies = f"{_lies(decided, left=left)}; {agreement}{so and f', so {so}'}"
    return f"{figure}: {lies}.{further(decided)}{left_out(judgements)}{lack(claim)}"


def sentence_case(text: str) -> str:
    """Return a text with a capital at its start.

    Parameters
    ----------
    text : str
        Any, also empty.
    """
    return f"{text[:1].upper()}{text[1:]}"


def lack(claim: Claim) -> str:
    """Return the sentence on what the data are known to lack, empty where the claim has none.

    Parameters
    ----------
    claim : Claim
        With its caveat.

    Returns
    -------
    str
        With a blank before it and a stop at its end.

    Examples
    --------
    >>> from datetime import date
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 8), value=250,
    ...               unit="km2", not_checkable="-", caveat="the north is not drawn")
    >>> lack(claim)
    ' The north is not drawn.'
    """
    return f" {sentence_case(claim.caveat.rstrip('.'))}." if claim.caveat else ""


def checked(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """Return the judgements that say yes or no.

    Parameters
    ----------
    judgements : iterable of Judgement
        Of one claim or of many.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.claims.verdicts import judge
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 8), value=250,
    ...               unit="km2", not_checkable="the data begin later")
    >>> checked(judge(claim, None))
    ()
    """
    return tuple(
        each for each in judgements if each.computed and each.verdict != Verdict.NOT_CHECKABLE
    )


def left_out(judgements: Sequence[Judgement]) -> str:
    """Say how many readings of a claim could not be checked; empty where all could.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.claims.verdicts import judge
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 8), value=250,
    ...               unit="km2", not_checkable="the data begin later")
    >>> left_out(judge(claim, None))
    ' 1 of 1 readings could not be checked.'
    """
    left = len(judgements) - len(checked(judgements))
    return f" {left} of {len(judgements)} readings could not be checked." if left else ""


def further(decided: Sequence[Judgement]) -> str:
    """Return the sentences that must follow the conclusion.

    They say which fits are loose, which maps are later, and how far several maps lie apart.

    Parameters
    ----------
    decided : sequence of Judgement
        Of one claim, those that say yes or no.

    Returns
    -------
    str
        Each with a blank before it; empty where there is nothing to add.
    """
    agreeing = [each for each in decided if each.agrees]
    return f"{_loose(agreeing)}{_hindsight(decided, agreeing)}{_apart(decided)}"


def _apart(decided: Sequence[Judgement]) -> str:
    """Say how far several maps lie apart, of the reading that comes nearest to the figure."""
    nearest = min(decided, key=_distance)
    if not nearest.apart or not nearest.reading:
        return ""
    of = f"For “{nearest.reading.name}” {nearest.apart}" if decided[1:] else nearest.apart
    return f" {sentence_case(of)}."


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
        All of one claim.

    Returns
    -------
    str
        To be put after "so"; empty where the verdict says all.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.claims.model import Reading
    >>> from territory.claims.verdicts import judge
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.ensemble import Ensemble
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> conclusion(judge(claim, Ensemble(history)))  # the verdict says all
    ''
    """
    decided = checked(judgements)
    agreeing = [each for each in decided if each.agrees]
    if not decided:
        return ""
    if not agreeing:
        return _refusal(decided, stays_open=len(decided) < len(judgements))
    if len(agreeing) < len(decided):
        return f"it depends on {_what_differs(decided)}"
    if limit := of_all([each.caveat for each in agreeing]):
        return limit
    values = [v for each in decided for v in _values(each)]
    value, top = _published(decided[0].claim)
    split = min(values) < top and max(values) > value and value == top
    return f"{decided[0].whose} does not speak against it" if split else ""


def _refusal(decided: Sequence[Judgement], *, stays_open: bool) -> str:
    """Say whose map does not bear a figure out, with the number that comes nearest to it."""
    nearest = min(decided, key=_distance)
    claim, whose = nearest.claim, nearest.whose
    best = nearest.computed.beside(claim.value) if nearest.computed else ""
    number = f"{best} at the nearest" if len(decided) > 1 else best
    scenarios = any(_would_fit(each) for each in decided)
    cut = next((each.day_cut for each in decided if each.day_cut), "")
    parts = (
        f"{whose} does not bear {'out what could be measured' if stays_open else 'it out'}"
        f"{' as it stands' if scenarios else ''}: {number}",
        _errors(nearest),
        ", though the range of its scenarios reaches it" if scenarios else "",
        f"; {cut}" if cut else "",
    )
    return f"it stays open, though {''.join(parts)}" if stays_open else "".join(parts)


def _errors(judgement: Judgement) -> str:
    """Say which errors a figure comes with, where that is not the plain case."""
    if judgement.interval is Interval.BOTH:
        if judgement.is_assumed:
            return ", with errors of both maps that are only assumed"
        return ", with the errors of both maps"
    return ", with an error of its lines that is only assumed" if judgement.is_assumed else ""


def _distance(judgement: Judgement) -> tuple[float, str]:
    """Return how far a reading is from what was published, then its name."""
    low, high = judgement.published
    off = max(low - _value(judgement), _value(judgement) - high, 0.0)
    return round(off, _EVEN), judgement.reading.name if judgement.reading else ""


def _what_differs(decided: Sequence[Judgement]) -> str:
    """Say what the readings of a claim differ in: what is meant, or only on which days."""
    readings = [(each.claim, each.reading) for each in decided if each.reading]
    days = {days_of(reading, claim) for claim, reading in readings}
    plain = {"name": "", "day": None, "period": None}
    alike = {reading.model_copy(update=plain).model_dump_json() for _, reading in readings}
    only_days = len(alike) == 1 and len(days) > 1
    return "which days are meant" if only_days else "what the sentence means"


def _would_fit(judgement: Judgement) -> bool:
    """Return whether the published interval lies within the range of the scenarios."""
    low, high = judgement.published
    values = _values(judgement)
    return min(values) <= high and max(values) >= low


def _values(judgement: Judgement) -> tuple[float, ...]:
    """Return the ends of what a reading comes to over all scenarios."""
    return judgement.range or (_value(judgement),)


def _published(claim: Claim) -> tuple[float, float]:
    """Return the published figure, or both of "between"."""
    return claim.value, claim.value if claim.value_high is None else claim.value_high


def ends_of(decided: Sequence[Judgement]) -> dict[str, tuple[float, float]]:
    """Return how far the figures of a claim reach: of gains and of losses each for itself.

    A figure below zero is that of a net loss, and a reading of what was lost is about
    losses too. Figures of the two are never put into one range.

    Parameters
    ----------
    decided : sequence of Judgement
        Of one claim, those that say yes or no.

    Returns
    -------
    dict of str to (float, float)
        Under ``"gains"`` and ``"losses"`` where there are both, sizes without a sign, or under
        ``"losses"`` alone where a net loss stands beside readings of what was lost; else
        under ``""``.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from datetime import date
    >>> from territory.claims.model import Reading
    >>> from territory.claims.verdicts import judge
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.ensemble import Ensemble
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> ends_of(judge(claim, Ensemble(history)))
    {'': (1.0, 1.0)}
    """
    values = [(each, value) for each in decided for value in _values(each)]
    lost = [abs(value) for each, value in values if _is_loss(each, value)]
    other = [value for each, value in values if not _is_loss(each, value)]
    if lost and other:
        return {"gains": (min(other), max(other)), "losses": (min(lost), max(lost))}
    plain = [value for _, value in values]
    if min(plain) < 0 < max(plain) and not other:
        return {"losses": (min(lost), max(lost))}
    return {"": (min(plain), max(plain))}


def _is_loss(judgement: Judgement, value: float) -> bool:
    reading = judgement.reading
    return value < 0 or (reading is not None and reading.quantity in (Kind.LOST, *SINCE_MOST))


def _lies(decided: Sequence[Judgement], *, left: int = 0) -> str:
    """Say where the figures lie from the published one, and how far apart they are."""
    claim = decided[0].claim
    figures = _published(claim)
    finest = max(figures, key=decimals_of)
    ends = {kind: _spread(*each, finest, claim.unit) for kind, each in ends_of(decided).items()}
    what = figures_named(decided, left=left)
    if "losses" in ends:
        return f"{what} give {' and '.join(f'{kind} {each}' for kind, each in ends.items())}"
    (low, high), each = ends_of(decided)[""], ends[""]
    if not each.startswith("from"):
        computed = "pooled" if all(one.is_pooled for one in decided) else "computed"
        return f"the {computed} figure is {each.removeprefix('of ')}"
    if figures[0] <= low and high <= figures[1] and figures[0] < figures[1]:
        return f"{every(what)} lie between the two, {each}"
    if low < figures[1] and high > figures[0]:
        return f"{what} lie on both sides of it, {each}"
    return f"{every(what)} lie {_side(low, high, figures)} it, {each}"


def _side(low: float, high: float, figures: tuple[float, float]) -> str:
    """Return the side of a published figure on which all others lie.

    Examples
    --------
    >>> _side(2.0, 4.0, (9.0, 9.0)), _side(2.0, 4.0, (2.0, 2.0)), _side(2.0, 4.0, (1.0, 1.0))
    ('below', 'at or above', 'above')
    """
    if low >= figures[1]:
        return "above" if round(low - figures[1], _EVEN) > 0 else "at or above"
    return "below" if round(figures[0] - high, _EVEN) > 0 else "at or below"


def every(what: str) -> str:
    """Return what there is as the subject of what holds for all of it.

    Parameters
    ----------
    what : str
        In the plural, such as ``readings`` or ``the reading and its scenarios``.
    """
    return what if what.startswith("the ") else f"all {what}"


def figures_named(decided: Sequence[Judgement], *, left: int = 0) -> str:
    """Name what figures there are: of readings, and of scenarios where there are any.

    Parameters
    ----------
    decided : sequence of Judgement
        Those of one claim that have a figure.
    left : int
        How many of its readings have none: then those that have are not all of them.
    """
    readings = "measured readings" if left else "readings"
    if not any(each.scenarios for each in decided):
        return readings
    return f"{readings} and scenarios" if len(decided) > 1 else "the reading and its scenarios"


def _spread(low: float, high: float, beside: float, unit: str) -> str:
    """Return two ends, or one figure where they are written alike."""
    least, most = (figure(each, beside=beside, unit=unit) for each in (low, high))
    if least == most:
        return f"of {least}"
    return f"from {_end(low, beside, unit)} to {_end(high, beside, unit)}"


def _end(value: float, beside: float, unit: str) -> str:
    """Write an end with as many decimals as tell it from the published figure.

    Examples
    --------
    >>> _end(363.49, 363, "km2"), _end(363.0, 363, "km2"), _end(360.2, 363, "km2")
    ('363.5', '363', '360')
    """
    text = figure(value, beside=beside, unit=unit)
    if unit in COUNTED or text != written(beside):
        return text
    least, most = sorted((value, beside))
    return fixed(value, decimals_apart(least, most, 0)) if not is_narrow(least, most) else text


def _agreement(agreeing: list[str], readings: int, *, left: int = 0) -> str:
    """Say how many readings agree, and which, where they are not all of one kind.

    Parameters
    ----------
    agreeing : list of str
        Their names.
    readings, left : int
        How many were measured, and how many could not be.

    Examples
    --------
    >>> _agreement(["a"], 1)
    'the one reading agrees with it within the intervals'
    >>> _agreement(["a"], 2), _agreement([], 2)
    ('1 of 2 readings agrees with it within the intervals (a)',
     'none of 2 readings agrees with it within the intervals')
    >>> _agreement(["a"], 1, left=1)
    'the one reading that could be measured agrees with it within the intervals'
    """
    those = " that could be measured" if left else ""
    if readings == 1:
        verb = "agrees" if agreeing else "does not agree"
        return f"the one reading{those} {verb} with it within the intervals"
    verb = "agree" if len(agreeing) > 1 else "agrees"
    named = 0 < len(agreeing) < readings
    which = f" ({'; '.join(agreeing)})" if named else ""
    many = len(agreeing) or "none"
    return f"{many} of {readings} readings{those} {verb} with it within the intervals{which}"


def _value(judgement: Judgement) -> float:
    return judgement.computed.value if judgement.computed else 0.0

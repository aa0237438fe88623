"""What a page says in thirty seconds: a headline that answers, and one sentence that measures it.

Both follow from the judgements of the first claim, or from what changed hands where there is
none. The sentence has three figures at most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from territory.claims.closeness import Fit
from territory.claims.model import days_of
from territory.claims.summaries import checked, sentence_case
from territory.claims.verdicts import Judgement
from territory.history.history import WHOLE
from territory.holders import NOBODY
from territory.job.study import Results
from territory.maps.map_text import Words
from territory.measure.rows import Row, change_rows
from territory.publish.report.answer import Outcome, outcome
from territory.publish.report.folding import triple
from territory.publish.report.reading_list import meaning_of
from territory.publish.report.report_text import (
    Titles,
    actor,
    area,
    claim_wording,
    long_day,
    number,
    span,
    with_unit,
)
from territory.read.actor_looks import Looks, looks_together

_NAMED = 1  # readings that a headline has room for


@dataclass(frozen=True)
class Headline:
    """The answer in a line, and the sentence below it."""

    answer: str
    sentence: str


def headline_of(results: Results) -> Headline:
    """Return what the page begins with.

    Parameters
    ----------
    results : Results
        Everything a job found out; its first claim leads. A headline of the job goes before
        the one that is made.
    """
    group = results.judgements[0] if results.judgements else ()
    titles = results.titles("en")
    looks = looks_of(results)
    made = _of_claim(group, _pair(results), titles, looks) if group else _of_change(results)
    return Headline(results.job.report.headline or made.answer, made.sentence)


def _pair(results: Results) -> tuple[date, date]:
    """Return the days between which the pictures show what changed."""
    days = results.loaded[0].days
    return results.job.maps.before_after or (days[0], days[-1])


# ---- With a published figure ---------------------------------------------------------------


def looks_of(results: Results) -> Looks:
    """Return what a job calls its actors, those of its first series before the others'.

    Parameters
    ----------
    results : Results
        Everything a job found out.
    """
    return looks_together(each.looks for each in reversed(results.loaded))


def _of_claim(
    group: Sequence[Judgement], pair: tuple[date, date], titles: Titles, looks: Looks
) -> Headline:
    figure, found = claim_wording(group[0].claim), outcome(group)
    if group[0].fault:
        return Headline(f"The figure of {figure} cannot be true", _reason(group))
    decided = checked(group)
    if not decided:
        return Headline(f"The figure of {figure} cannot be checked with these data", _reason(group))
    fitting = [each for each in decided if each.agrees]
    chosen = _nearest(fitting or decided, pair)
    others = len(fitting) < len(decided)
    answers = {
        Outcome.ALL: f"The figure of {figure} fits",
        Outcome.MEASURED: f"The figure of {figure} fits, as far as it could be measured",
        Outcome.SOME: f"The figure of {figure} fits {_only_as(fitting, decided)}",
        Outcome.NONE: f"The figure of {figure} does not fit",
        Outcome.OPEN: f"The figure of {figure} fits nothing that could be measured",
    }
    measured = _measured(chosen, fits=bool(fitting), others=others)
    return Headline(
        answers[found], f"{measured}{_counted(chosen, titles, looks)}" if measured else ""
    )


def _counted(judgement: Judgement, titles: Titles, looks: Looks) -> str:
    """Return a sentence on what a reading counts: whose ground, from whom, when and where."""
    reading = judgement.reading
    meaning = meaning_of(reading, judgement.claim, titles, looks) if reading else ""
    return f" Counted: {meaning[0].lower()}{meaning[1:]}." if meaning else ""


def _reason(group: Sequence[Judgement]) -> str:
    """Return why a figure is not compared with any map, as its first reading says."""
    reason = group[0].reason.removeprefix(f"{group[0].fault}: ").rstrip(".")
    return f"{sentence_case(reason)}.".replace("km2", "km²")


def _only_as(fitting: Sequence[Judgement], decided: Sequence[Judgement]) -> str:
    names = [f"“{each.reading.name}”" for each in fitting if each.reading]
    if len(names) == _NAMED:
        return f"only as {names[0]}"
    return f"in {len(fitting)} of {len(decided)} readings"


def _nearest(decided: Sequence[Judgement], pair: tuple[date, date]) -> Judgement:
    """Return the reading that the pictures show, else the one nearest to what was published."""

    def order(each: Judgement) -> tuple[bool, bool, float]:
        days = days_of(each.reading, each.claim) if each.reading else ()
        value = each.computed.value if each.computed else 0.0
        return tuple(days) != pair, each.fit is Fit.LOOSE, abs(value - each.claim.value)

    return min(decided, key=order)


def _measured(judgement: Judgement, *, fits: bool, others: bool) -> str:
    """Return one sentence: what a reading comes to, with its interval."""
    found, name = judgement.computed, judgement.reading and judgement.reading.name
    if found is None:
        return ""
    unit = judgement.claim.said_unit
    value = with_unit(number(found.value, unit=unit), unit)
    low_high = span(found.low, found.high, like=found.value, unit=unit)
    interval = f" ({low_high})" if found.low < found.high else ""
    least = "at least " if judgement.reading and judgement.reading.lower_bound else ""
    read = f"Read as “{name}”, it comes to" if name else "Measured here, it comes to"
    loosely = ", a loose fit" if judgement.fit is Fit.LOOSE else ""
    rest = "; not every reading fits" if fits and others else ""
    return f"{read} {least}{value}{interval}{_maps_of(judgement)}{loosely}{rest}."


def _maps_of(judgement: Judgement) -> str:
    """Say on which maps a figure was measured, where there are several."""
    if not judgement.maps:
        return ""
    if not judgement.is_pooled:
        return f" on “{judgement.series}” alone"
    return f" on {sum(bool(each.computed) for each in judgement.maps)} maps together"


# ---- Without one ---------------------------------------------------------------------------


def _of_change(results: Results) -> Headline:
    """Say who took most from whom, and what went the other way."""
    start, end = _pair(results)
    rows = _transfers(results, start, end)
    shown, period = _shown(results), Words("en").from_until(start, end)
    place = "" if shown == WHOLE else f"{area(shown, results.titles('en'))}: "
    if start == end or not rows:
        if start == end:
            return Headline(f"{place}Who held what on {long_day(start)}", _held(results, start))
        same = "Everyone has the same ground at the end as at the beginning"
        return Headline(f"{place}{same}, {period}", "")
    most = max(rows, key=lambda row: triple(row)[0])
    giver, taker = str(most["from_actor"]), str(most["to_actor"])
    value, low, high = triple(most)
    said = _took(giver, taker, with_unit(number(value), "km2"), results.loaded[0].looks)
    back = next((r for r in rows if (r["from_actor"], r["to_actor"]) == (taker, giver)), None)
    other = f"; {with_unit(number(triple(back)[0]), 'km2')} went the other way" if back else ""
    interval = f"It may be {with_unit(span(low, high, like=value), 'km2')}{other}."
    return Headline(f"{place}{said}, {period}", interval)


def _took(giver: str, taker: str, figure: str, looks: Looks) -> str:
    if taker == NOBODY.actor:
        return f"{actor(giver, looks)} lost {figure} to others or nobody"
    source = "others or nobody" if giver == NOBODY.actor else actor(giver, looks)
    return f"{actor(taker, looks)} took {figure} from {source}"


def _shown(results: Results) -> str:
    """Return the area that the pictures are about."""
    return results.job.maps.area or results.loaded[0].ensemble.base.stands_for_all


def _transfers(results: Results, start: date, end: date) -> list[Row]:
    """Return what changed hands between two days, on the ground that the pictures show."""
    if start == end:
        return []
    first, keys = results.loaded[0], ("series", "from_day", "to_day")
    wanted = (first.name, start, end)
    there = [row for row in results.changes if tuple(row[key] for key in keys) == wanted]
    found = there or change_rows(first.name, first.ensemble, [(start, end)])
    own = [row for row in found if row["area"] == _shown(results)]
    return [row for row in own if row["from_actor"] != row["to_actor"] and triple(row)[0] > 0]


def _held(results: Results, day: date) -> str:
    """Return what the largest holder had on a day."""
    first = results.loaded[0]
    shown = _shown(results)
    rows: list[Mapping[str, object]] = [
        row
        for row in results.areas
        if (row["series"], row["area"], row["day"]) == (first.name, shown, day)
        and row["actor"] != NOBODY.actor
    ]
    if not rows:
        return "Nobody is shown to hold any of this ground."
    most = max(rows, key=lambda row: triple(row)[0])  # type: ignore[arg-type]
    value, low, high = triple(most)  # type: ignore[arg-type]
    figure = f"{with_unit(number(value), 'km2')} ({span(low, high, like=value)})"
    return f"{actor(str(most['actor']), first.looks)} held most: {figure}."

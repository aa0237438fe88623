"""What each reading of a claim means and how it came out, ready to be set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from territory.claims.closeness import FIT_SENTENCES, Fit
from territory.claims.figures import SHARES, Reference, Unit
from territory.claims.model import Claim, Kind, Reading, Verdict, days_of
from territory.claims.same_publisher import INTERVAL_SENTENCES
from territory.claims.summaries import sentence_case
from territory.claims.verdicts import Judgement
from territory.holders import Status
from territory.numbers import span as allowed
from territory.numbers import unit_words, written
from territory.publish.report.axis import Axis, Tick, axis_for
from territory.publish.report.bars import Band, published_band
from territory.publish.report.report_text import (
    NO_LOOKS,
    NO_TITLES,
    Titles,
    actor,
    area,
    claim_wording,
    listing,
    long_day,
    number,
    prose,
    ratio,
    span,
    with_unit,
)
from territory.read.actor_looks import Looks
from territory.untrusted import web_address

_MARKS = {
    Verdict.CONSISTENT: ("yes", "✓"),
    Verdict.ONLY_AS: ("partly", "◐"),
    Verdict.INCONSISTENT: ("no", "✕"),
    Verdict.NOT_CHECKABLE: ("open", "?"),
}
_LOOSE = ("partly", "≈")

_WHAT = {Unit.PLACES: "Places", Unit.UNITS: "Units", Unit.PEOPLE: "People on ground"}


@dataclass(frozen=True)
class VerdictMark:
    """A verdict as a word, a mark and a class for its colour."""

    kind: str
    mark: str
    word: str


@dataclass(frozen=True)
class Whisker:
    """Where a figure, its interval and its range lie on an axis."""

    value: str
    low: str
    high: str
    range_low: str
    range_high: str


@dataclass(frozen=True)
class ReadingRow:
    """One reading, with figures as text; those that do not exist are empty.

    Attributes
    ----------
    notes : tuple of str
        What must be said beside the verdict, a sentence each, without the full stop.
    """

    name: str
    meaning: str
    figure: str
    interval: str
    scenarios: str
    ratio: str
    verdict: VerdictMark
    reason: str
    whisker: Whisker | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ClaimView:
    """One claim with its readings.

    Attributes
    ----------
    band : tuple of str or None
        The published interval on the axis: low, figure, high.
    """

    id: str
    text: str
    publisher: str
    day: str
    url: str
    figure: str
    bounds: str
    rows: tuple[ReadingRow, ...]
    ticks: tuple[Tick, ...]
    band: Band | None
    is_between: bool = False

    @property
    def said(self) -> str:
        """The figure with what its words allow; two figures say that themselves."""
        return self.figure if self.is_between else f"{self.figure} ({self.bounds})"


def claim_view(
    judgements: Sequence[Judgement], titles: Titles = NO_TITLES, looks: Looks = NO_LOOKS
) -> ClaimView:
    """Return a claim as the page shows it; `titles` are those of the named areas.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim, at least one.
    titles : mapping of str to str
        What named areas are called.
    looks : mapping of str to ActorLook
        What a job calls its actors.
    """
    claim = judgements[0].claim
    low, high = judgements[0].published
    axis = _axis(judgements)
    return ClaimView(
        claim.id,
        claim.text,
        claim.publisher,
        long_day(claim.published),
        web_address(claim.url),
        claim_wording(claim),
        with_unit(allowed(low, high), claim.said_unit),
        tuple(_row(each, axis, titles, looks) for each in judgements),
        axis.ticks(claim.said_unit) if axis else (),
        published_band(judgements[0], axis) if axis else None,
        claim.value_high is not None,
    )


def _axis(judgements: Sequence[Judgement]) -> Axis | None:
    """Return an axis that holds everything there is to draw, or None without any figure."""
    values = [
        value
        for each in judgements
        if each.computed
        for value in (each.computed.low, each.computed.high, *(each.range or ()))
    ]
    return axis_for([*values, *judgements[0].published]) if values else None


def _row(judgement: Judgement, axis: Axis | None, titles: Titles, looks: Looks) -> ReadingRow:
    reading, found, spread = judgement.reading, judgement.computed, judgement.range
    name = reading.name if reading else ""
    meaning = meaning_of(reading, judgement.claim, titles, looks) if reading else ""
    mark_of, reason = verdict_mark(judgement), prose(judgement.reason)
    notes = tuple(sentence_case(each) for each in _notes(judgement))
    if found is None:
        return ReadingRow(name, meaning, "", "", "", "", mark_of, reason, None, notes)
    like, unit = found.value, found.unit
    return ReadingRow(
        name,
        meaning,
        with_unit(number(found.value, unit=unit), unit),
        span(found.low, found.high, like=like, unit=unit) if found.low < found.high else "",
        span(*spread, like=max(map(abs, spread)), unit=unit) if spread else "",
        ratio(judgement.ratio) if judgement.ratio is not None else "",
        mark_of,
        reason,
        _whisker(judgement, axis),
        notes,
    )


def _notes(judgement: Judgement) -> Iterator[str]:
    """Yield what must be said beside a verdict."""
    if judgement.fit:
        yield FIT_SENTENCES[judgement.fit]
    if judgement.later:
        yield judgement.later.sentence
    if judgement.interval:
        yield INTERVAL_SENTENCES[judgement.interval]


def _whisker(judgement: Judgement, axis: Axis | None) -> Whisker | None:
    found = judgement.computed
    if found is None or axis is None:
        return None
    spread = judgement.range or (found.value, found.value)
    return Whisker(*(axis.at(each) for each in (found.value, found.low, found.high, *spread)))


def verdict_mark(judgement: Judgement) -> VerdictMark:
    """Return a verdict with its mark; the name of the reading stands beside it anyway.

    Parameters
    ----------
    judgement : Judgement
        Of one reading.
    """
    verdict = judgement.kind
    word = str(verdict)
    if verdict is Verdict.ONLY_AS and judgement.reading:
        alone = judgement.verdict == f"{verdict} {judgement.reading.name}"
        word = f"{verdict} this reading" if alone else "consistent as this reading, not as all"
    limited = verdict is Verdict.CONSISTENT and judgement.caveats
    kind, mark = _MARKS[Verdict.ONLY_AS if limited else verdict]
    if judgement.fit is Fit.LOOSE:
        kind, mark = _LOOSE
    return VerdictMark(kind, mark, f"{word}{judgement.limits}")


def meaning_of(
    reading: Reading, claim: Claim, titles: Titles = NO_TITLES, looks: Looks = NO_LOOKS
) -> str:
    """Return what a reading counts, in a sentence without jargon.

    Parameters
    ----------
    reading : Reading
        Of the claim.
    claim : Claim
        Its period or day is the default of the reading.
    titles : mapping of str to str
        What named areas are called.
    looks : mapping of str to ActorLook
        What a job calls its actors.

    Returns
    -------
    str
        Empty where the reading names no day.

    Examples
    --------
    >>> from datetime import date
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 5), value=3035,
    ...               unit="km2", not_checkable="-", day=date(2018, 1, 20))
    >>> meaning_of(Reading(name="a", quantity="total", by=("isis",)), claim)
    'Ground held by Islamic State on 20 January 2018'
    """
    days = days_of(reading, claim)
    if not days:
        return ""
    where = "" if reading.area == "all" else f", inside the area “{area(reading.area, titles)}”"
    what = sentence_case(unit_words(claim.said_unit)) if claim.unit_name else _WHAT.get(claim.unit)
    sentence = _sentence(reading, what or "Ground", days, looks)
    if reading.quantity is Kind.SHARE and len(days) == 1 and _of(reading, claim).of is not None:
        sentence = f"Ground held by {_names(reading.by, looks)} on {long_day(days[0])}, in percent"
    return sentence + where + _conditions(reading, claim)


def _conditions(reading: Reading, claim: Claim) -> str:
    """Say what else a reading asks for, beyond whose ground it is and when."""
    parts = []
    if reading.path:
        parts.append("followed along every snapshot, so that what is taken twice counts twice")
    if reading.status != (Status.HELD,):
        parts.append(f"counting what is {listing(map(str, reading.status), last='or')}")
    of = _of(reading, claim)
    if of.of is not None and claim.unit in SHARES:
        parts.append(f"as a share of {_whole(of)}")
    if reading.plus:
        parts.append(f"with {with_unit(written(reading.plus), 'km2')} that are not drawn")
    if reading.same_map:
        parts.append("on the polygons that the publisher measured")
    return "".join(f"; {part}" for part in parts)


def _of(reading: Reading, claim: Claim) -> Reference:
    """Return what says of what a share is taken: the reading before its claim."""
    return reading if reading.of is not None else claim


def _whole(of: Reference) -> str:
    """Name what a share is of, with its size where that is stated."""
    if isinstance(of.of, float):
        return f"{f'{of.of_name}, ' if of.of_name else ''}{with_unit(written(of.of), 'km2')}"
    return of.of_name or listing(of.countries)


def _sentence(reading: Reading, what: str, days: tuple[date, ...], looks: Looks) -> str:
    start, end = long_day(days[0]), long_day(days[-1])
    by, giver, taker = (_names(each, looks) for each in (reading.by, reading.from_, reading.to))
    net = f"{what} that {by} gained from {giver} less what {by} lost to {taker}"
    most = f"{what} held by {by} on the day of most, from {start} to {end}"
    share = f"Percent of what was held by {giver} on {start} that is held by {by} on {end}"
    if start == end:
        share = f"Percent of the area held by {by} on {end}"
    return {
        Kind.GAINED: f"{what} held by {giver} on {start} and by {by} on {end}",
        Kind.LOST: f"{what} held by {by} on {start} and by {taker} on {end}",
        Kind.NET: f"{net}, {start} to {end}",
        Kind.TOTAL: f"{what} held by {by} on {end}",
        Kind.SHARE: share,
        Kind.EVER_LOST: f"{what} held by {by} on any day from {start} to {end}, not on the last",
        Kind.BELOW_MAXIMUM: f"{most}, less that of the last day",
        Kind.CHANGED_HANDS: f"{what} held by another side on {end} than on {start}",
    }[reading.quantity]


def _names(actors: tuple[str, ...], looks: Looks) -> str:
    named = (actor(each, looks) for each in actors)
    return listing(named, last="or") if actors else "anyone else"

"""What was published, what it may mean, and whether the ground bears it out.

A `Claim` is one published figure. Each of its `Reading`s says exactly what the sentence
may mean: which actors, which area, which days, which quantity. `judge` measures every
reading and compares two intervals, the published and the computed one.

How words widen a published figure (the rule is fixed, so that no verdict can be tuned):

========  =============================================================================
word      interval
========  =============================================================================
exact     half a unit of the last digit written, either way
rounded   half a unit of the last digit that is not zero, either way
roughly   the larger of that and 5 % of the figure, either way
over      from the figure up, by the larger of one unit of its last non-zero digit and 10 %
under     from the figure down, by as much
========  =============================================================================
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from territory.actors import Holder
from territory.errors import ClaimError, did_you_mean
from territory.estimate import Estimate
from territory.history import Bools, History
from territory.uncertainty import Ensemble, Measure, estimate

ROUGHLY = 0.05
BEYOND = 0.10  # how far "over" and "under" reach: as wide as "roughly", to one side
COVERED_ENOUGH = 0.99
OUTSIDE = "outside"


class Unit(StrEnum):
    """What a published figure counts."""

    KM2 = "km2"
    PERCENT = "percent"
    PLACES = "places"
    PEOPLE = "people"


class Precision(StrEnum):
    """How firmly the publisher put the figure."""

    EXACT = "exact"
    ROUNDED = "rounded"
    ROUGHLY = "roughly"
    OVER = "over"
    UNDER = "under"


class Kind(StrEnum):
    """What is measured."""

    GAINED = "gained"
    LOST = "lost"
    NET = "net"
    TOTAL = "total"
    SHARE = "share"
    CHANGED_HANDS = "changed-hands"


# What a reading may name besides its quantity: anything else would have no effect.
_TAKES = {
    Kind.GAINED: ("by", "from"),
    Kind.LOST: ("by", "to"),
    Kind.NET: ("by", "from", "to"),
    Kind.TOTAL: ("by",),
    Kind.SHARE: ("by", "from"),
    Kind.CHANGED_HANDS: (),
}


class Verdict(StrEnum):
    """How a reading came out."""

    CONSISTENT = "consistent"
    ONLY_AS = "consistent only as"
    INCONSISTENT = "inconsistent"
    NOT_CHECKABLE = "not checkable"


def iso_day(value: object) -> date:
    """Return a day written as a date or as ``YYYY-MM-DD``; nothing looser is a day.

    Raises
    ------
    ValueError
        If it is anything else, such as a number of seconds.
    """
    text = str(value)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or str(day) != text:
        raise ValueError(f"'{value}' is not a day (YYYY-MM-DD)")
    return day


Day = Annotated[date, BeforeValidator(iso_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Reading(_Strict):
    """One exact meaning of a published sentence.

    Attributes
    ----------
    quantity : Kind
        ``gained``: ground that `by` holds at the end and did not at the start (from
        `from`, or from anyone). ``lost``: the other way round (to `to`, or to anyone).
        ``net``: gained less lost. ``total``: ground held on a day. ``share``: on a day,
        percent of the area; over a period, percent of what `from` held at its start
        that `by` holds at its end. ``changed-hands``: ground whose holder differs.
    area : str
        A named area of the job; the whole by default.
    period, day
        Override those of the claim.
    lower_bound : str
        Why the computed figure is only a lower bound; empty where it is not.
    """

    name: str
    quantity: Kind
    by: tuple[str, ...] = ()
    from_: Annotated[tuple[str, ...], Field(alias="from")] = ()
    to: tuple[str, ...] = ()
    area: str = "all"
    period: tuple[Day, Day] | None = None
    day: Day | None = None
    lower_bound: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.quantity is not Kind.CHANGED_HANDS and not self.by:
            raise ValueError(f"a reading of '{self.quantity}' needs 'by' (whose ground)")
        if self.quantity is Kind.LOST and self.from_:
            raise ValueError("a reading of 'lost' takes 'to' (who got it), not 'from'")
        for key, actors in (("by", self.by), ("from", self.from_), ("to", self.to)):
            if actors and key not in _TAKES[self.quantity]:
                raise ValueError(f"a reading of '{self.quantity}' takes no '{key}'")
        for actor in {*self.by} & {*self.from_, *self.to}:
            raise ValueError(f"'{actor}' cannot be in 'by' and in 'from' or 'to'")
        return self


class Claim(_Strict):
    """One published figure.

    Attributes
    ----------
    not_checkable : str
        Why these data cannot answer it; such a claim has no reading.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    text: str
    publisher: str
    published: Day
    url: str = ""
    value: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
    unit: Unit
    precision: Precision = Precision.ROUNDED
    period: tuple[Day, Day] | None = None
    day: Day | None = None
    not_checkable: str = ""
    reading: tuple[Reading, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if bool(self.reading) == bool(self.not_checkable):
            raise ValueError("a claim needs readings, or 'not_checkable' with the reason")
        if self.unit is Unit.PERCENT and self.value > 100:  # noqa: PLR2004
            raise ValueError(f"a share cannot be {self.value:g} percent")
        names = [reading.name for reading in self.reading]
        if len(set(names)) < len(names):
            raise ValueError("two readings of one claim have the same name")
        for reading in self.reading:
            _check_dates(reading, self)
            if (reading.quantity is Kind.SHARE) != (self.unit is Unit.PERCENT):
                raise ValueError(
                    f"reading '{reading.name}': quantity '{reading.quantity}'"
                    f" does not fit unit '{self.unit}'"
                )
        return self

    def published_interval(self) -> tuple[float, float]:
        """Return what the published words allow, by the rule of this module.

        Examples
        --------
        >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 5),
        ...               value=3035, unit="km2", precision="roughly", not_checkable="-")
        >>> claim.published_interval()
        (2883.25, 3186.75)
        """
        low, high = published_interval(self.value, self.precision)
        return low, min(high, 100.0) if self.unit is Unit.PERCENT else high


def _check_dates(reading: Reading, claim: Claim) -> None:
    days = days_of(reading, claim)
    this = f"reading '{reading.name}' of '{reading.quantity}'"
    if not days:
        needed = "day" if reading.quantity is Kind.TOTAL else "period"
        raise ValueError(f"{this} needs a {needed}")
    if days[0] >= days[-1] and len(days) > 1:
        raise ValueError(f"the period {days[0]} to {days[1]} runs backwards or is empty")
    if reading.quantity is Kind.SHARE and bool(reading.from_) != (len(days) > 1):
        raise ValueError(
            f"{this} needs 'from' (whose ground is the whole) over a period, and none on a day"
        )


class Claims(_Strict):
    """A claims file."""

    claim: tuple[Claim, ...]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        seen: set[str] = set()
        for claim in self.claim:
            if claim.id in seen:
                raise ValueError(f"two claims have the id '{claim.id}'")
            seen.add(claim.id)
        return self

    def days(self) -> tuple[date, ...]:
        """Return every day that any reading needs, sorted."""
        return tuple(
            sorted(
                {day for claim in self.claim for r in claim.reading for day in days_of(r, claim)}
            )
        )


def days_of(reading: Reading, claim: Claim) -> tuple[date, ...]:
    """Return the days a reading needs: one, or the two ends of its period.

    What the reading says goes before what the claim says, and a day before a period.
    """
    for each in (reading, claim):
        if each.day and reading.quantity in (Kind.TOTAL, Kind.SHARE):
            return (each.day,)
        if each.period and reading.quantity is not Kind.TOTAL:
            return each.period
    return ()


def published_interval(value: float, precision: Precision) -> tuple[float, float]:
    """Return the interval that a published figure and its word allow.

    Examples
    --------
    >>> published_interval(3000, Precision.OVER)
    (3000.0, 4000.0)
    >>> published_interval(53.4, Precision.ROUNDED)
    (53.35, 53.45)
    >>> published_interval(1200, Precision.ROUGHLY)
    (1140.0, 1260.0)
    """
    number = Decimal(repr(value)).normalize()
    exponent = number.as_tuple().exponent
    unit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    last_written = min(unit, Decimal(1))
    half = {
        Precision.EXACT: last_written / 2,
        Precision.ROUNDED: unit / 2,
        Precision.ROUGHLY: max(unit / 2, number * Decimal(str(ROUGHLY))),
    }
    reach = max(unit, number * Decimal(str(BEYOND)))
    if precision is Precision.OVER:
        return float(number), float(number + reach)
    if precision is Precision.UNDER:
        return float(max(number - reach, Decimal(0))), float(number)
    spread = half[precision]
    return float(max(number - spread, Decimal(0))), float(number + spread)


@dataclass(frozen=True)
class Judgement:
    """How one reading of one claim came out.

    Attributes
    ----------
    computed : Estimate or None
        None where it is not checkable.
    scenarios : mapping of str to float
        The figure under every other reading of the evidence.
    verdict : str
        As published in `verdicts.csv`.
    reason : str
        The sentence that decides.
    """

    claim: Claim
    reading: Reading | None
    computed: Estimate | None
    scenarios: Mapping[str, float]
    verdict: str
    reason: str

    @property
    def published(self) -> tuple[float, float]:
        """The interval that the published words allow."""
        return self.claim.published_interval()

    @property
    def ratio(self) -> float | None:
        """Computed over published."""
        if self.computed is None or not self.claim.value:
            return None
        return self.computed.value / self.claim.value

    @property
    def range(self) -> tuple[float, float] | None:
        """Smallest and largest figure over the base and all scenarios."""
        if self.computed is None or not self.scenarios:
            return None
        values = [self.computed.value, *self.scenarios.values()]
        return min(values), max(values)


def judge(claim: Claim, ensemble: Ensemble) -> tuple[Judgement, ...]:
    """Measure every reading of a claim and compare.

    Parameters
    ----------
    claim : Claim
        As published.
    ensemble : Ensemble
        With the days and areas that the readings name.

    Returns
    -------
    tuple of Judgement
        One per reading, or a single one that says why there is none.

    Raises
    ------
    ClaimError
        If a reading names an actor, an area or a day that the data do not have.
    """
    if claim.not_checkable:
        verdict = str(Verdict.NOT_CHECKABLE)
        return (Judgement(claim, None, None, {}, verdict, claim.not_checkable),)
    measured = [_measured(claim, reading, ensemble) for reading in claim.reading]
    checkable = [each for each in measured if each.verdict != Verdict.NOT_CHECKABLE]
    agreeing = [each for each in checkable if each.verdict == Verdict.CONSISTENT]
    if not agreeing or len(agreeing) == len(checkable):
        return tuple(measured)
    return tuple(_only_as(each) for each in measured)


def _only_as(judgement: Judgement) -> Judgement:
    if judgement.verdict != Verdict.CONSISTENT or judgement.reading is None:
        return judgement
    verdict = f"{Verdict.ONLY_AS} {judgement.reading.name}"
    return Judgement(
        judgement.claim,
        judgement.reading,
        judgement.computed,
        judgement.scenarios,
        verdict,
        judgement.reason,
    )


def _measured(claim: Claim, reading: Reading, ensemble: Ensemble) -> Judgement:
    _check_names(claim, reading, ensemble.base)
    reason = _obstacle(claim, reading, ensemble)
    if reason:
        return Judgement(claim, reading, None, {}, str(Verdict.NOT_CHECKABLE), reason)
    measure = measure_of(claim, reading, ensemble.base)
    if claim.unit is Unit.PLACES:
        count = measure.value(ensemble.counts[""])
        computed = Estimate(count, count, count, "places")
        others = {n: measure.value(h) for n, h in ensemble.counts.items() if n}
    else:
        computed = estimate(ensemble, measure)
        others = {name: measure.value(each) for name, each in ensemble.scenarios.items()}
    verdict, why = decide(claim, reading, computed)
    return Judgement(claim, reading, computed, others, str(verdict), why)


def _check_names(claim: Claim, reading: Reading, history: History) -> None:
    """Refuse actors, areas and days that never occur."""
    at = f"claim '{claim.id}', reading '{reading.name}': "
    actors = {holder.actor for holder in history.holders}
    for actor in (*reading.by, *reading.from_, *reading.to):
        if actor not in actors:
            raise ClaimError(f"{at}unknown actor '{actor}'; {did_you_mean(actor, actors)}")
    if reading.area not in history.area_names and reading.area != "all":
        raise ClaimError(
            f"{at}unknown area '{reading.area}'; {did_you_mean(reading.area, history.area_names)}"
        )
    for day in days_of(reading, claim):
        if day not in history.days:
            first, last = history.days[0], history.days[-1]
            raise ClaimError(f"{at}no snapshot covers {day}; the data run from {first} to {last}")


def _obstacle(claim: Claim, reading: Reading, ensemble: Ensemble) -> str:
    """Return why a reading cannot be measured, or an empty string."""
    if claim.unit is Unit.PEOPLE:
        return "counting people needs a population raster, and none was given"
    if claim.unit is Unit.PLACES and not ensemble.counts:
        return "the data are zones, not places, so places cannot be counted"
    for day in days_of(reading, claim):
        if day in ensemble.corrupt:
            return f"the snapshot of {day} is judged corrupt (see quality.csv)"
    share = ensemble.base.covered_share(reading.area)
    if share < COVERED_ENOUGH and not ensemble.base.outside_is_nobody:
        return f"the data cover only {share:.0%} of the area '{reading.area}'"
    return _empty_whole(claim, reading, ensemble.base)


def _empty_whole(claim: Claim, reading: Reading, base: History) -> str:
    """Return why there is nothing to take a share of, or an empty string."""
    if reading.quantity is not Kind.SHARE:
        return ""
    start, giver = days_of(reading, claim)[0], _held_by(reading.from_)
    whole = base.holding(start, giver) if giver else base.mask(reading.area)
    if base.km2(whole, reading.area):
        return ""
    named = " and ".join(reading.from_)
    return f"{named or 'the area'} had nothing in '{reading.area}' on {start} to take a share of"


def measure_of(claim: Claim, reading: Reading, history: History) -> Measure:
    """Return what to read off a history for a reading.

    Parameters
    ----------
    claim, reading
        The reading, with the claim's period or day as its default.
    history : History
        Only asked for the size of the area.
    """
    days = days_of(reading, claim)
    by, giver = _held_by(reading.by), _held_by(reading.from_)
    area = reading.area
    ceiling = history.km2(history.mask(area))
    start, end = days[0], days[-1]

    def gained(each: History) -> Bools:
        source = each.holding(start, giver) if reading.from_ else ~each.holding(start, by)
        return source & each.holding(end, by) & ~each.holding(start, by)

    def lost(each: History) -> Bools:
        named = reading.to or reading.from_
        sink = each.holding(end, _held_by(named)) if named else ~each.holding(end, by)
        return each.holding(start, by) & sink & ~each.holding(end, by)

    def moved(each: History) -> Bools:
        before, after = each.day_index(start), each.day_index(end)
        changed: Bools = each.held_by[before] != each.held_by[after]
        return changed

    def held(each: History) -> Bools:
        return each.holding(end, by)

    def plain(faces: Callable[[History], Bools]) -> Measure:
        return Measure(lambda h: h.km2(faces(h), area), faces, area, ceiling=ceiling)

    if reading.quantity is Kind.NET:
        return Measure(
            lambda h: h.km2(gained(h), area) - h.km2(lost(h), area),
            lambda h: gained(h) | lost(h),
            area,
            floor=-ceiling,
            ceiling=ceiling,
        )
    if reading.quantity is Kind.SHARE:
        numerator = held if len(days) == 1 else gained

        def whole(each: History) -> float:
            inside = each.holding(start, giver) if len(days) > 1 else each.mask(area)
            return each.km2(inside, area)

        return _share(numerator, whole, area)
    return plain(
        {
            Kind.GAINED: gained,
            Kind.LOST: lost,
            Kind.TOTAL: held,
            Kind.CHANGED_HANDS: moved,
        }[reading.quantity]
    )


def _share(
    faces: Callable[[History], Bools], whole: Callable[[History], float], area: str
) -> Measure:
    def percent(each: History) -> float:
        size = whole(each)
        return 100 * each.km2(faces(each), area) / size if size else 0.0

    def per_km2(each: History) -> float:
        size = whole(each)
        return 100 / size if size else 0.0

    return Measure(percent, faces, area, ceiling=100.0, unit="percent", per_km2=per_km2)


def _held_by(actors: tuple[str, ...]) -> frozenset[Holder]:
    return frozenset(Holder(actor) for actor in actors)


def decide(claim: Claim, reading: Reading, computed: Estimate) -> tuple[Verdict, str]:
    """Compare two intervals and give the sentence that decides.

    Examples
    --------
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 5), value=3035,
    ...               unit="km2", precision="roughly", not_checkable="-")
    >>> reading = Reading(name="a", quantity="gained", by=("a",))
    >>> decide(claim, reading, Estimate(2000.0, 1900.0, 2100.0))[0].value
    'inconsistent'
    """
    low, high = claim.published_interval()
    said = f"{_number(claim.value)} {_unit(claim)} published ({_number(low)} to {_number(high)})"
    found = f"{computed} computed"
    if reading.lower_bound:
        return _lower_bound(claim, reading, computed, found)
    if computed.low <= high and computed.high >= low:
        return Verdict.CONSISTENT, f"{found} and {said} overlap"
    if computed.high < low:
        return Verdict.INCONSISTENT, f"{found} lies below {said}"
    far = ", further than the word 'over' suggests" if claim.precision is Precision.OVER else ""
    return Verdict.INCONSISTENT, f"{found} lies above {said}{far}"


def _lower_bound(
    claim: Claim, reading: Reading, computed: Estimate, found: str
) -> tuple[Verdict, str]:
    low, high = claim.published_interval()
    if computed.low > high:
        said = f"{_number(claim.value)} published (at most {_number(high)})"
        return Verdict.INCONSISTENT, f"at least {found}, already above {said}"
    if computed.high >= low:
        return Verdict.CONSISTENT, f"at least {found}; {reading.lower_bound}"
    return (
        Verdict.NOT_CHECKABLE,
        f"{computed} counted, which is a lower bound and can neither confirm nor refute"
        f" {_number(claim.value)}: {reading.lower_bound}",
    )


def _number(value: float) -> str:
    """Return a figure with as many digits as its size deserves."""
    if value >= 100 or value == int(value):  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _unit(claim: Claim) -> str:
    return "%" if claim.unit is Unit.PERCENT else str(claim.unit)


def summary(judgements: tuple[Judgement, ...]) -> str:
    """Return one plain sentence on a claim, which never picks the friendlier reading.

    Parameters
    ----------
    judgements : tuple of Judgement
        All of one claim.
    """
    claim = judgements[0].claim
    computed = [each for each in judgements if each.computed is not None]
    figure = f"{_number(claim.value)} {_unit(claim)}"
    if not computed or all(each.verdict == Verdict.NOT_CHECKABLE for each in judgements):
        reason = judgements[0].reason
        return f"{figure}: not checkable. {reason[:1].upper()}{reason[1:]}."
    values = [v for each in computed for v in (each.range or (_value(each),) * 2)]
    agreeing = [each for each in computed if each.verdict.startswith(Verdict.CONSISTENT)]
    spread = f"from {_number(round(min(values), 1))} to {_number(round(max(values), 1))}"
    if min(values) < claim.value < max(values):
        verdict = (
            f"readings and scenarios lie on both sides of it, {spread},"
            " so the data do not decide it"
        )
    else:
        side = "at or above" if min(values) >= claim.value else "at or below"
        verdict = f"every reading and scenario lies {side} it, {spread}"
    return f"{figure}: {verdict}; {_agreement(len(agreeing), len(computed))} within the intervals."


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

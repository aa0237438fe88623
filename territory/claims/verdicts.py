"""How each reading of a claim comes out; what decides stands in `territory.claims.decision`.

Two intervals are compared. The published one follows from the words
(`territory.claims.precision`), the computed one from the errors of the data on the ground
(`territory.measure`); of another publisher's figure from those of both maps; or, where the
publisher measured these very polygons, from what can differ on the map as it is drawn
(`territory.claims.as_drawn`). A verdict speaks of a map and says whose it is, and by which
interval (`territory.claims.same_publisher.interval_of`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isnan

from territory.claims.as_drawn import cut_budget, day_cut_of, day_cuts
from territory.claims.caveats import CAVEAT_WORDS, Caveat, LaterMap, caveat_of, later_map
from territory.claims.closeness import FIT_WORDS, Fit, fit_of
from territory.claims.decision import decide
from territory.claims.figures import AREAL, SHARES, Unit
from territory.claims.model import Claim, Kind, Reading, Verdict, days_of
from territory.claims.obstacles import check_names, lacking, obstacle
from territory.claims.peak import excess_km2
from territory.claims.plausibility import OUTLINE_SPREAD, Fault, Whole, contradiction, whole_for
from territory.claims.readings import People, limits_of, measure_of, query_of
from territory.claims.same_publisher import (
    Interval,
    error_of_other,
    interval_of,
    is_same_map,
    map_of,
)
from territory.history.history import History
from territory.measure.budget import OUTLINE, PEAK, RIM, Budget, budget, with_cause
from territory.measure.ensemble import BASE, Ensemble, Measure, rim_sd
from territory.measure.estimate import Z_95, Estimate
from territory.measure.scenarios import DAY_CUT
from territory.measure.slivers import LEAST_PERCENT, slivers_of
from territory.numbers import figure, written


@dataclass(frozen=True)
class Judgement:
    """How one reading of one claim came out.

    Attributes
    ----------
    claim : Claim
        As published.
    reading : Reading or None
        None where the claim was judged as a whole.
    computed : Estimate or None
        None where it is not checkable.
    scenarios : mapping of str to float
        The figure under every other reading of the evidence.
    verdict : str
        As published in `verdicts.csv`.
    reason : str
        The sentence that decides.
    fault : Fault
        Why the figure cannot be true whatever the polygons say; empty where it can.
    budget : Budget or None
        Where the doubt about the computed figure comes from.
    caveat : Caveat
        What limits a verdict of "consistent"; see `territory.claims.caveats`.
    later : LaterMap or None
        The map it rests on, if that is dated after the figure was published.
    lacking : str
        Which day or area of the reading the data do not have; empty where they have all.
    whose : str
        The map that it speaks of, as it stands in a sentence.
    is_assumed : bool
        Whether its interval rests on an error of the lines that nobody stated.
    day_cut : str
        What the choice of the day alone makes of a figure that is not borne out, where
        that spans what was published; else empty.
    interval : Interval or None
        Which interval of the figure it was judged by; None without a figure.
    series : str
        Name of the series it was measured on; `POOLED` where that is several together.
    maps : tuple of Judgement
        Where there are several series: the same reading on each of them.
    apart : str
        How far these lie apart and how many of them bear the figure out.
    """

    claim: Claim
    reading: Reading | None
    computed: Estimate | None
    scenarios: Mapping[str, float]
    verdict: str
    reason: str
    fault: Fault = Fault.NONE
    budget: Budget | None = None
    caveat: Caveat = Caveat.NONE
    later: LaterMap | None = None
    lacking: str = ""
    whose: str = "this map"
    is_assumed: bool = False
    day_cut: str = ""
    interval: Interval | None = None
    series: str = ""
    maps: "tuple[Judgement, ...]" = ()
    apart: str = ""

    @property
    def kind(self) -> Verdict:
        """The verdict without the readings that it holds for."""
        only = self.verdict.startswith(Verdict.ONLY_AS)
        return Verdict.ONLY_AS if only else Verdict(self.verdict)

    @property
    def agrees(self) -> bool:
        """Whether the published figure fits the reading."""
        return self.kind in (Verdict.CONSISTENT, Verdict.ONLY_AS)

    @property
    def is_pooled(self) -> bool:
        """Whether it is about several maps together, and not about one of them."""
        return bool(self.maps) and self.series not in {each.series for each in self.maps}

    @property
    def with_limits(self) -> str:
        """The verdict with what limits it."""
        return f"{self.verdict}{self.limits}"

    @property
    def limits(self) -> str:
        """What limits the verdict, as the end of a phrase; empty where nothing does."""
        loose = FIT_WORDS[self.fit]
        cut = ", though the day's cut reaches it" if self.day_cut else ""
        later = ", on a later map" if self.later else ""
        return f"{loose}{CAVEAT_WORDS[self.caveat]}{cut}{later}{self._only_together}"

    @property
    def _only_together(self) -> str:
        """Say that several maps bear a figure out which they do not bear out one by one."""
        asked = [each for each in self.maps if each.computed] if self.agrees else []
        own = [each for each in asked if each.interval is Interval.DRAWN]
        if own and not any(each.agrees for each in own):
            return ", though its publisher's own map does not bear it out"
        alone = asked and not any(each.agrees for each in asked)
        return ", though no map by itself bears it out" if alone else ""

    @property
    def fit(self) -> Fit:
        """How well the two intervals of a verdict of "consistent" agree."""
        if self.computed is None or not self.agrees:
            return Fit.NONE
        return fit_of(self.published, self.computed)

    @property
    def caveats(self) -> str:
        """What limits the verdict, as it stands in `verdicts.csv`."""
        cut = f"day's cut: {self.day_cut}" if self.day_cut else ""
        later = f"later map: {self.later.sentence}" if self.later else ""
        return "; ".join(filter(None, (str(self.caveat), cut, later)))

    @property
    def published(self) -> tuple[float, float]:
        """The interval that the published words allow."""
        return self.claim.published_interval()

    @property
    def ratio(self) -> float | None:
        """Computed over published (over the middle of two figures)."""
        middle = (self.claim.value + (self.claim.value_high or self.claim.value)) / 2
        if self.computed is None or not middle:
            return None
        return self.computed.value / middle

    @property
    def range(self) -> tuple[float, float] | None:
        """Smallest and largest figure over the base and all scenarios."""
        if self.computed is None or not self.scenarios:
            return None
        values = [self.computed.value, *self.scenarios.values()]
        return min(values), max(values)


def claimed_days(judgements: Iterable[Judgement]) -> tuple[date, ...]:
    """Return the days that the readings of claims are about, sorted.

    Parameters
    ----------
    judgements : iterable of Judgement
        Of one claim or of many; those of a claim as a whole name no day.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> [str(day) for day in claimed_days(judge(claim, Ensemble(history)))]
    ['2018-01-01', '2018-02-01']
    """
    each = (days_of(found.reading, found.claim) for found in judgements if found.reading)
    return tuple(sorted({day for days in each for day in days}))


def judge(
    claim: Claim,
    ensemble: Ensemble | None,
    *,
    sizes: Mapping[str, float] | None = None,
    people: People | None = None,
) -> tuple[Judgement, ...]:
    """Ask whether a claim can be true, measure every reading of it and compare.

    Parameters
    ----------
    claim : Claim
        As published.
    ensemble : Ensemble or None
        With the days and areas that the readings name; None where no reading is to be
        measured.
    sizes : mapping of str to float
        Sizes of countries in km2, by name, for claims that name one under `of`.
    people : callable
        The people on each face of a history, for claims about people.

    Returns
    -------
    tuple of Judgement
        One per reading, or a single one that says why there is none. A reading whose day
        or area the data do not have cannot be checked (`Judgement.lacking`). Where the figure
        cannot be true, every reading is inconsistent, whatever was measured.

    Raises
    ------
    ClaimError
        If a reading names an actor that never occurs, or a country of unknown size.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.claims.model import Reading
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[0, 0, 1], [1, 1, 1]], dtype=np.int16), days=(start, end),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=2, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> [judgement] = judge(claim, Ensemble(history))
    >>> judgement.verdict, judgement.computed.value
    ('consistent', 2.0)
    """
    return concluded(claim, measured_readings(claim, ensemble, sizes=sizes, people=people), sizes)


def measured_readings(
    claim: Claim,
    ensemble: Ensemble | None,
    *,
    sizes: Mapping[str, float] | None = None,
    people: People | None = None,
) -> tuple[Judgement, ...]:
    """Measure every reading of a claim, each for itself; the arguments are those of `judge`.

    Parameters
    ----------
    claim : Claim
        As published.
    ensemble : Ensemble or None
        None where no reading is to be measured.
    sizes : mapping of str to float
        Sizes of countries in km2, by name.
    people : callable
        The people on each face of a history.

    Returns
    -------
    tuple of Judgement
        One per reading; none where no reading is to be measured.

    Raises
    ------
    ClaimError
        As for `judge`.
    """
    if claim.not_checkable or ensemble is None:
        return ()
    return tuple(
        _measured(claim, reading, ensemble, sizes=sizes or {}, people=people)
        for reading in claim.reading
    )


def concluded(
    claim: Claim, measured: tuple[Judgement, ...], sizes: Mapping[str, float] | None = None
) -> tuple[Judgement, ...]:
    """Say how readings came out as a whole: whether it can be true, and as which of them.

    Parameters
    ----------
    claim : Claim
        As published.
    measured : tuple of Judgement
        One per reading, see `measured_readings`; empty where none was to be measured.
    sizes : mapping of str to float
        Sizes of countries in km2, by name.

    Returns
    -------
    tuple of Judgement
        As of `judge`.
    """
    fault, why = contradiction(claim, sizes or {})
    if not measured:
        verdict = Verdict.INCONSISTENT if fault else Verdict.NOT_CHECKABLE
        reason = why or claim.not_checkable or "no map was given to measure it on"
        return (Judgement(claim, None, None, {}, str(verdict), reason, fault),)
    if fault:
        return tuple(_cannot_be(each, fault, why) for each in measured)
    checkable = [each for each in measured if each.verdict != Verdict.NOT_CHECKABLE]
    agreeing = [each for each in checkable if each.verdict == Verdict.CONSISTENT]
    if not agreeing or len(agreeing) == len(checkable):
        return measured
    names = " or ".join(each.reading.name for each in agreeing if each.reading)
    return tuple(
        replace(each, verdict=f"{Verdict.ONLY_AS} {names}") if each in agreeing else each
        for each in measured
    )


def _cannot_be(judgement: Judgement, fault: Fault, why: str) -> Judgement:
    measured = f"; measured all the same: {judgement.reason}" if judgement.computed else ""
    reason = f"{why}{measured}"
    verdict = str(Verdict.INCONSISTENT)
    plain = replace(judgement, caveat=Caveat.NONE, later=None, day_cut="")  # no polygon decides
    return replace(plain, verdict=verdict, reason=reason, fault=fault)


def _measured(
    claim: Claim,
    reading: Reading,
    ensemble: Ensemble,
    *,
    sizes: Mapping[str, float],
    people: People | None,
) -> Judgement:
    if claim.unit is Unit.PLACES and ensemble.count_draws:  # a gazetteer lists all of them
        reading = reading.model_copy(update={"lower_bound": ""})
    check_names(claim, reading, ensemble.base)
    whole = whole_for(claim, reading, sizes)
    if missing := lacking(claim, reading, ensemble.base):
        verdict = str(Verdict.NOT_CHECKABLE)
        return Judgement(claim, reading, None, {}, verdict, missing, lacking=missing)
    if reason := obstacle(claim, reading, ensemble, whole, people):
        return Judgement(claim, reading, None, {}, str(Verdict.NOT_CHECKABLE), reason)
    if is_same_map(claim, reading, ensemble):
        reading = reading.model_copy(update={"same_map": True})

    def measured(history: History) -> Measure:
        return measure_of(
            claim, reading, history, sizes=sizes, people=people, skip=ensemble.corrupt
        )

    def figure(history: History) -> float:
        return measured(history).value(history)

    if claim.unit is Unit.PEOPLE and isnan(figure(ensemble.base)):
        reason = "the population raster does not reach all of the ground"
        return Judgement(claim, reading, None, {}, str(Verdict.NOT_CHECKABLE), reason)
    doubt = _budget(claim, reading, ensemble, measured, whole=whole, sizes=sizes)
    cuts = day_cuts(ensemble, measured(ensemble.base), doubt)
    return _judged(claim, reading, ensemble, doubt, whole=whole, cuts=cuts)


def _judged(
    claim: Claim,
    reading: Reading,
    ensemble: Ensemble,
    doubt: Budget,
    *,
    whole: Whole | None,
    cuts: Mapping[str, float],
) -> Judgement:
    """Compare what was computed with what was published, and say all that limits it."""
    whose, interval = map_of(ensemble, claim.unit), interval_of(claim, reading, ensemble)
    days = days_of(reading, claim)
    cut = day_cut_of(claim, days, doubt.estimate, cuts)
    verdict, why = decide(
        claim,
        reading,
        doubt.estimate,
        whole=whole,
        whose=whose,
        interval=interval,
        day_cut=cut,
        about=_about(claim, reading, ensemble),
    )
    why += _of_slivers(claim, reading, ensemble, days[-1]) if whole is None else ""
    fits = verdict is Verdict.CONSISTENT
    return Judgement(
        claim,
        reading,
        doubt.estimate,
        _readings(doubt),
        str(verdict),
        why,
        budget=doubt,
        caveat=caveat_of(claim, doubt.estimate) if fits else Caveat.NONE,
        later=later_map(claim.published, days, hour_utc=ensemble.hour_utc),
        whose=whose,
        is_assumed=ensemble.is_assumed and not reading.same_map,
        day_cut=cut if verdict is Verdict.INCONSISTENT else "",
        interval=interval,
    )


def _of_slivers(claim: Claim, reading: Reading, ensemble: Ensemble, day: date) -> str:
    """Say what part of the area of a share lies in slivers along its rim, if that is anything."""
    if claim.unit not in SHARES:
        return ""
    found = slivers_of(ensemble, reading.area, day)
    return f"; {found.sentence}" if found.percent >= LEAST_PERCENT else ""


def _budget(
    claim: Claim,
    reading: Reading,
    ensemble: Ensemble,
    measured: Callable[[History], Measure],
    *,
    whole: Whole | None,
    sizes: Mapping[str, float],
) -> Budget:
    """Return a figure with where the doubt about it comes from."""
    if claim.unit in (Unit.PLACES, Unit.UNITS):  # counted as if each were a km2
        counts = ensemble.counting(_counts(claim, ensemble))
        return budget(counts, replace(measured(counts.base), unit=claim.said_unit))
    measure = measured(ensemble.base)
    value = measure.value(ensemble.base)
    more = dict(_other_wholes(value, whole, claim))
    floor, ceiling = limits_of(claim, reading)
    possible = {"floor": floor, "ceiling": ceiling}
    if reading.same_map:
        doubt = cut_budget(claim, reading, ensemble, sizes=sizes, more=more)
        off = Z_95 * rim_sd(ensemble, measure)
        if off:  # the outline is not the publisher's
            note = "of the outline that the map was cut along"
            least = value - (off if reading.quantity is Kind.NET else min(off, doubt.estimate.low))
            doubt = with_cause(doubt, RIM, least, value + off, note, **possible)
    else:
        theirs = interval_of(claim, reading, ensemble) is Interval.BOTH
        error = error_of_other(claim, ensemble)
        doubt = budget(ensemble, measure, more=more, another_map=theirs, another=error)
        if reading.quantity is Kind.BELOW_MAXIMUM and claim.unit in AREAL:
            per_km2 = measure.per_km2(ensemble.base)
            most = value + excess_km2(claim, reading, ensemble) * per_km2
            note = "the upper bound of the fall since other days of the period"
            if most > value:
                doubt = with_cause(doubt, PEAK, value, most, note, **possible)
    if whole is None or not whole.by_outline or claim.unit not in SHARES:
        return doubt
    one, other = value * whole.km2 / whole.low, value * whole.km2 / whole.high
    note = f"{100 * OUTLINE_SPREAD:g} % of the size of {whole.name} by the packaged outlines"
    low, high = min(one, other), max(one, other)
    return with_cause(doubt, OUTLINE, low, high, note, **possible)


def _about(claim: Claim, reading: Reading, ensemble: Ensemble) -> str:
    """Say of how many units a number is, and which day was that of the largest extent."""
    if reading.quantity is Kind.BELOW_MAXIMUM:
        query = query_of(claim, reading, skip=ensemble.corrupt)
        return f" below the maximum of {query.largest(ensemble.base)}"
    if claim.unit is not Unit.UNITS:
        return ""
    units = ensemble.units[BASE]
    return f" of {written(units.km2(units.mask(), reading.area))}"


def _counts(claim: Claim, ensemble: Ensemble) -> Mapping[str, History]:
    """Return the point histories of what a claim counts."""
    return ensemble.units if claim.unit is Unit.UNITS else ensemble.counts


def _readings(doubt: Budget) -> dict[str, float]:
    """Return the figure under other readings of the evidence, of the words and of the whole.

    The day's cut stands in the budget alone: it lies on both sides of every figure, and a
    range that always does would say of every claim that the data do not decide it.
    """
    return {name: each for name, each in doubt.others.items() if not name.startswith(DAY_CUT)}


def _other_wholes(value: float, whole: Whole | None, claim: Claim) -> Iterator[tuple[str, float]]:
    """Yield the figure as a share of the smallest and largest size given for the whole."""
    if whole is None or whole.by_outline or claim.unit not in SHARES:
        return
    for word, size in (("smallest", whole.low), ("largest", whole.high)):
        if size != whole.km2:
            name = f"of the {word} size of {whole.name}, {figure(size)} km2"
            yield name, value * whole.km2 / size

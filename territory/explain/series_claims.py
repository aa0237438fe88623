"""Claims about a series that is loaded: what they have in common is measured once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from territory.claims.model import Claim, Claims, at
from territory.claims.summaries import sentence_case
from territory.explain.claims import (
    ClaimTallies,
    explain_claim,
    measured_ground,
    obstacle,
    tallies_of,
    truly_km2,
)
from territory.explain.published_series import DrawnDay, measured_day
from territory.explain.published_zones import Progress, Zones, silent
from territory.explain.recipes.explanation import Explanation
from territory.explain.recipes.sentences import Answer
from territory.explain.soundness import around, drawn_zones, is_drawn, with_findings
from territory.job.series import Loaded
from territory.job.spec import SeriesSpec
from territory.quality.check import corrupt_days
from territory.read.world import known_sizes


def explain_judged(
    claims: Sequence[Claim], spec: SeriesSpec, loaded: Loaded, *, progress: Progress = silent
) -> tuple[Answer, ...]:
    """Find the recipes for claims about a series that is loaded already.

    Parameters
    ----------
    claims : sequence of Claim
        As published, in their order.
    spec : SeriesSpec
        Where its files are, for claims that are asked of the zones as they are drawn.
    loaded : Loaded
        The series, with the days and areas of the claims.
    progress : callable
        Told what is being done, and how much of it is.

    Returns
    -------
    tuple of Answer
        One for each claim, in their order; figures in the unit of the claim.

    Raises
    ------
    ClaimError
        For an actor that never occurs, or a country of unknown size.
    """
    countries = Claims(claim=tuple(claims)).names_countries()
    sizes = known_sizes() if countries else {}
    open_ones = [
        tallies_of(claim, loaded.ensemble, sizes) for claim in claims if not obstacle(claim)
    ]
    measured = [each for each in open_ones if each.readings]
    found = dict(_found(measured, spec, loaded, progress))
    answers = {each.claim.id: _answer(each, found, loaded) for each in open_ones}
    return tuple(answers.get(claim.id) or stopped(claim) for claim in claims)


def stopped(claim: Claim) -> Answer:
    """Return the answer to a claim that no measuring can explain.

    Parameters
    ----------
    claim : Claim
        One that `territory.explain.claims.obstacle` names an obstacle for.
    """
    return Answer(claim.id, "", obstacle=obstacle(claim))


def _answer(
    claim: ClaimTallies, found: Mapping[str, tuple[Explanation, ...]], loaded: Loaded
) -> Answer:
    """Return what was found for a claim, and what could not be looked at."""
    name, unit = claim.claim.id, str(claim.claim.unit)
    if not claim.readings:
        why = next(iter(claim.unmeasured.values()))
        stopped = Answer(name, unit, obstacle=f"{sentence_case(why)}.")
        return with_findings(stopped, loaded.findings, ())
    lost = tuple(
        f"{at(claim.claim, reading)}: not explained: {claim.unmeasured[reading.name]}"
        for reading in claim.claim.reading
        if reading.name in claim.unmeasured
    )
    answer = Answer(name, unit, found[name], unused=lost)
    return with_findings(answer, loaded.findings, _days_used(claim, loaded))


def _days_used(claim: ClaimTallies, loaded: Loaded) -> frozenset[date]:
    """Return the days that the readings of a claim look at."""
    history = loaded.ensemble.base
    return frozenset(day for _, tally in claim.readings for day in tally.query.days(history))


def _found(
    claims: Sequence[ClaimTallies], spec: SeriesSpec, loaded: Loaded, progress: Progress
) -> Iterator[tuple[str, tuple[Explanation, ...]]]:
    """Yield the recipes of claims by id; what claims have in common is measured once."""
    zones = None
    if is_drawn(spec) and not spec.extent and any(each.is_drawn_total for each in claims):
        days = Claims(claim=tuple(each.claim for each in claims)).days()
        zones = drawn_zones(spec, progress, also=days)
    drawn = [each for each in claims if zones and _is_drawn(each, zones)]
    others = [each for each in claims if each not in drawn]
    done = 0
    if zones:
        zones = zones.without(corrupt_days(loaded.findings))
        for day, of_day in groupby(sorted(drawn, key=_drawn_key), key=_day):
            there = measured_day(day, zones, progress)
            for claim, explained in _of_day(list(of_day), there, zones, loaded):
                done += 1
                progress("explaining claims", done, len(claims))
                yield claim, explained
    if others:
        ground = measured_ground(loaded.ensemble, progress)
        for each in others:
            explained = explain_claim(each, ground)
            done += 1
            progress("explaining claims", done, len(claims))
            yield each.claim.id, explained


def _of_day(
    claims: Sequence[ClaimTallies], drawn: DrawnDay, zones: Zones, loaded: Loaded
) -> Iterator[tuple[str, tuple[Explanation, ...]]]:
    """Yield the recipes of claims about one day; those of one party and one addition at once."""
    for _, alike in groupby(claims, key=_drawn_key):
        first, *others = alike
        ((_, tally),) = first.readings
        recipes = drawn.recipes(
            {"": zones.labels_of(tally.query.by)},
            truly_km2=truly_km2(first, loaded.ensemble),
            plus_km2=tally.plus_km2,
        )
        for each in (first, *others):
            yield each.claim.id, each.explained(recipes)


def _is_drawn(claim: ClaimTallies, zones: Zones) -> bool:
    """Return whether a claim is about all ground held on a day that has labels for it."""
    if not claim.is_drawn_total:
        return False
    near, wanted = around([_day(claim)]), zones.labels_of(claim.readings[0][1].query.by)
    return any(
        str(holder) in wanted for raw in zones.raws if raw.day in near for holder in raw.holders
    )


def _day(claim: ClaimTallies) -> date:
    return claim.readings[0][1].query.end


def _drawn_key(claim: ClaimTallies) -> tuple[date, list[str], float]:
    """Return what decides the recipes of a claim about a day: the day, who, and what is added."""
    ((_, tally),) = claim.readings
    return _day(claim), sorted(map(str, tally.query.by)), tally.plus_km2

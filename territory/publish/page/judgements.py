"""Published figures with their verdicts, as the page reads them."""

from collections.abc import Sequence
from typing import Any

from territory.claims.caveats import FAR, Caveat
from territory.claims.model import Claim, Verdict, days_of
from territory.claims.summaries import summary
from territory.claims.verdicts import Judgement
from territory.history.history import History
from territory.measure.estimate import Estimate
from territory.numbers import decimals_between, written
from territory.publish.page.scopes import Scope
from territory.untrusted import clean, web_address

_KINDS = {
    Verdict.CONSISTENT: "yes",
    Verdict.ONLY_AS: "partly",
    Verdict.INCONSISTENT: "no",
    Verdict.NOT_CHECKABLE: "open",
}


def claim_content(
    group: tuple[Judgement, ...], base: History, scopes: Sequence[Scope]
) -> dict[str, Any]:
    """Return one claim with how each of its readings came out.

    Parameters
    ----------
    group : tuple of Judgement
        All judgements of one claim, at least one.
    base : History
        The history, whose days and holders are numbered.
    scopes : sequence of Scope
        What a reader may look at; a reading is numbered by its area among them.

    Returns
    -------
    dict
        Figures in the unit of the claim.
    """
    claim = group[0].claim
    low, high = claim.published_interval()
    return {
        "id": claim.id,
        "text": clean(claim.text),
        "publisher": clean(claim.publisher),
        "published": str(claim.published),
        "url": web_address(claim.url),
        "figures": _as_published(claim),
        "unit": str(claim.unit),
        "called": [clean(each) for each in claim.unit_name],
        "precision": str(claim.precision),
        "bounds": [low, high],
        "summary": clean(summary(group)),
        "lack": clean(claim.caveat),
        "fault": bool(group[0].fault),
        "readings": [_reading(claim, each, base, scopes) for each in group],
    }


def _reading(
    claim: Claim, judgement: Judgement, base: History, scopes: Sequence[Scope]
) -> dict[str, Any]:
    reading, computed = judgement.reading, judgement.computed
    days = days_of(reading, claim) if reading else ()
    known = [base.day_index(day) for day in days if day in base.days]
    keys = [scope.key for scope in scopes]
    area = reading.area if reading else ""
    return {
        "name": clean(reading.name) if reading else "",
        "kind": _KINDS[judgement.kind],
        "reason": clean(judgement.reason),
        "computed": [computed.value, computed.low, computed.high] if computed else None,
        "digits": _digits(computed, claim) if computed else 0,
        "unit": computed.unit if computed else "",
        "fit": str(judgement.fit),
        "interval": str(judgement.interval or ""),
        "weak": judgement.caveat is Caveat.WEAK,
        "far": judgement.caveat in FAR,
        "maps": [_on_map(each, claim) for each in judgement.maps],
        "pooled": bool(judgement.maps)
        and judgement.series not in {each.series for each in judgement.maps},
        "later": _later(judgement),
        "least": bool(reading and reading.lower_bound),
        "days": known if len(known) == len(days) else [],
        "scope": keys.index(area) if area in keys else 0,
    }


def _on_map(judgement: Judgement, claim: Claim) -> dict[str, Any]:
    """Return how a reading came out on one of several maps."""
    computed = judgement.computed
    return {
        "name": clean(judgement.series),
        "kind": _KINDS[judgement.kind],
        "fit": str(judgement.fit),
        "weak": judgement.caveat is Caveat.WEAK,
        "far": judgement.caveat in FAR,
        "computed": [computed.value, computed.low, computed.high] if computed else None,
        "digits": _digits(computed, claim) if computed else 0,
    }


def _later(judgement: Judgement) -> dict[str, str] | None:
    """Return the map that a verdict rests on though it came after the figure, if so."""
    if (later := judgement.later) is None:
        return None
    hour = f"{later.hour_utc:02d}" if later.is_of_the_night_after else ""
    return {"day": str(later.day), "hour": hour}


def _as_published(claim: Claim) -> list[str]:
    """Return the figure, or both of "between", with the digits it was published with."""
    return [written(each) for each in (claim.value, claim.value_high) if each is not None]


def _digits(computed: Estimate, claim: Claim) -> int:
    """Return how many decimals a computed figure needs beside a published one."""
    ends = computed.low, computed.high
    return decimals_between(*ends, like=computed.value, beside=claim.value, unit=computed.unit)

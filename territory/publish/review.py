"""A verdict as schema.org ClaimReview, for fact-checking databases and search engines.

The vocabulary has a rating and a sentence. What it lacks stands in terms that JSON-LD
allows beside it: every reading is a `PropertyValue` with the computed figure, its interval
and the published one, and carries the reading itself (`territory:reading`) as it stands in
the claims file. `isBasedOn` names the data and the program.

There is no clock here: a review is dated by the newest fact it rests on, which is the
publication of the claim or the last snapshot, whichever is later. Who publishes it adds
`url`, the address where it appears.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from territory.claims.figures import Unit
from territory.claims.model import Verdict
from territory.claims.plausibility import Fault
from territory.claims.rows import each_map
from territory.claims.same_publisher import INTERVAL_SENTENCES
from territory.claims.summaries import summary
from territory.claims.verdicts import Judgement
from territory.numbers import unit_words
from territory.version import __version__

_RATINGS = {Verdict.CONSISTENT: 5, Verdict.ONLY_AS: 3, Verdict.INCONSISTENT: 1}
_BEST, _WORST = 5, 1
_UNIT_CODES = {  # UN/CEFACT Recommendation 20; a metric dunam is its decare
    Unit.KM2: "KMK",
    Unit.SQMI: "MIK",
    Unit.HA: "HAR",
    Unit.ACRES: "ACR",
    Unit.DUNAMS: "DAA",
    Unit.PERCENT: "P1",
    Unit.POINTS: "P1",
}
_UNIT_TEXTS = {
    Unit.KM2: "km2",
    Unit.SQMI: "sq mi",
    Unit.PERCENT: "%",
    Unit.POINTS: "percentage points",
}
_CONTEXT = [
    "https://schema.org",
    {"territory": "urn:territory:", "territory:reading": {"@type": "@json"}},
]
Thing = dict[str, Any]


def claim_review(
    judgements: tuple[Judgement, ...], *, data: Iterable[Thing] = (), newest: date | None = None
) -> Thing:
    """Return a schema.org ClaimReview of one claim.

    Parameters
    ----------
    judgements : tuple of Judgement
        All of one claim.
    data : iterable of dict
        What it was measured on, as schema.org Datasets.
    newest : date, optional
        The last day of the data.

    Returns
    -------
    dict
        JSON-LD. ``reviewRating`` runs from 1 (inconsistent) to 5 (consistent), 3 being
        consistent only under some readings; without a number nothing could be checked, or
        nothing that could be agrees and other readings are open.
    """
    claim = judgements[0].claim
    program = {
        "@type": "SoftwareApplication",
        "name": "territory",
        "softwareVersion": __version__,
        "applicationCategory": "GIS",
    }
    return {
        "@context": _CONTEXT,
        "@type": "ClaimReview",
        "@id": f"{claim.id}.jsonld",
        "datePublished": max(claim.published, newest or claim.published).isoformat(),
        "inLanguage": "en",
        "claimReviewed": claim.text,
        "reviewBody": summary(judgements),
        "itemReviewed": {
            "@type": "Claim",
            "identifier": claim.id,
            "text": claim.text,
            "datePublished": claim.published.isoformat(),
            "author": {"@type": "Organization", "name": claim.publisher},
            **({"appearance": {"@type": "CreativeWork", "url": claim.url}} if claim.url else {}),
        },
        "author": {"@type": "Organization", "name": "territory"},
        "reviewRating": _rating(judgements),
        "isBasedOn": [*data, program],
        "additionalProperty": [
            *(
                _property(each, on=each.series if judgement.maps else "")
                for judgement in judgements
                for each in each_map(judgement)
            ),
            *_fault(judgements),
        ],
    }


def _rating(judgements: tuple[Judgement, ...]) -> Thing:
    reached = [_RATINGS.get(each.kind) for each in judgements]
    best = max((rank for rank in reached if rank), default=None)
    if best == _WORST and None in reached:
        best = None  # what could not be measured may still agree
    number = {"ratingValue": best, "bestRating": _BEST, "worstRating": _WORST} if best else {}
    return {
        "@type": "Rating",
        "alternateName": "; ".join(dict.fromkeys(each.with_limits for each in judgements)),
        "ratingExplanation": "; ".join(dict.fromkeys(each.reason for each in judgements)),
        **number,
    }


def _property(judgement: Judgement, *, on: str = "") -> Thing:
    """Return how a reading came out; `on` is the series, where that is one of several."""
    claim, computed, reading = judgement.claim, judgement.computed, judgement.reading
    low, high = judgement.published
    code = {"unitCode": _UNIT_CODES[claim.unit]} if claim.unit in _UNIT_CODES else {}
    unit = {"unitText": _UNIT_TEXTS.get(claim.unit, unit_words(claim.said_unit)), **code}
    references = [_value("published", low, float(claim.value), high, unit)]
    if judgement.range and computed:
        least, most = judgement.range
        name = "range over other readings of the evidence"
        references.append(_value(name, least, computed.value, most, unit))
    return {
        **(_value("", computed.low, computed.value, computed.high, unit) if computed else unit),
        "@type": "PropertyValue",
        "propertyID": "territory:computed",
        "name": ", ".join(filter(None, (reading.name if reading else "claim", on))),
        "description": f"{judgement.with_limits}: {judgement.reason}",
        **_technique(judgement),
        "valueReference": references,
        **({"territory:reading": _as_in_file(judgement)} if reading else {}),
    }


def _technique(judgement: Judgement) -> Thing:
    """Return by which interval the figure was judged."""
    if judgement.interval is None:
        return {}
    return {"measurementTechnique": INTERVAL_SENTENCES[judgement.interval]}


def _value(name: str, low: float, value: float, high: float, unit: Thing) -> Thing:
    bounds = {"minValue": low, "value": value, "maxValue": high}
    return {"@type": "PropertyValue", "name": name, **bounds, **unit}


def _as_in_file(judgement: Judgement) -> Thing:
    """Return the reading as it stands in a claims file, with the days it got from its claim."""
    claim, reading = judgement.claim, judgement.reading
    if reading is None:
        return {}
    own = reading.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    days = {"period": claim.period, "day": claim.day}
    fields = {
        key: [str(each) for each in value] if isinstance(value, tuple) else str(value)
        for key, value in days.items()
        if value is not None
    }
    return {**fields, **own} if not (reading.period or reading.day) else own


def _fault(judgements: tuple[Judgement, ...]) -> list[Thing]:
    """Say in a word that a machine can read why the figure cannot be true, if so."""
    fault = judgements[0].fault
    if fault is Fault.NONE:
        return []
    return [{"@type": "PropertyValue", "propertyID": "territory:fault", "value": str(fault)}]

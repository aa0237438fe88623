"""The rows of every table that leaves the library: figures with low and high.

Pure: from ensembles and judgements to rows; `territory.write` puts them into files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise, permutations

import numpy as np
from shapely.geometry.base import BaseGeometry

from territory.claims import Judgement
from territory.compare import Comparison
from territory.estimate import Estimate, around, boundary_sd_km2
from territory.findings import Finding
from territory.pairs import all_transitions, boundary_lengths_m
from territory.uncertainty import (
    NEGLIGIBLE_SHARE,
    BoundaryError,
    Ensemble,
    area_estimates,
    transfer_estimates,
)

Cell = str | float | int | date | None
Row = Mapping[str, Cell]

AREA_COLUMNS = ("series", "area", "day", "actor", "status", "km2", "low", "high")
CHANGE_COLUMNS = (
    "series",
    "area",
    "from_day",
    "to_day",
    "from_actor",
    "to_actor",
    "km2",
    "low",
    "high",
)
VERDICT_COLUMNS = (
    "claim_id",
    "reading",
    "unit",
    "published",
    "published_low",
    "published_high",
    "computed",
    "low",
    "high",
    "ratio",
    "verdict",
    "range_low",
    "range_high",
    "reason",
)
COMPARE_COLUMNS = ("day_a", "day_b", "actor_a", "actor_b", "km2", "low", "high")
QUALITY_COLUMNS = ("series", "day", "kind", "severity", "km2", "detail")


def area_rows(series: str, ensemble: Ensemble, days: Iterable[date]) -> list[Row]:
    """Return the area of every holder, by named area and day."""
    return [
        {
            "series": series,
            "area": area,
            "day": day,
            "actor": holder.actor,
            "status": str(holder.status),
            **_figures(estimate),
        }
        for area in ensemble.base.area_names
        for day in days
        for holder, estimate in area_estimates(ensemble, day, area).items()
    ]


def change_rows(series: str, ensemble: Ensemble, pairs: Iterable[tuple[date, date]]) -> list[Row]:
    """Return the transition matrix of each pair of days, by named area.

    Rows with the same actor twice are ground that did not change hands.
    """
    return [
        {
            "series": series,
            "area": area,
            "from_day": start,
            "to_day": end,
            "from_actor": str(giver),
            "to_actor": str(taker),
            **_figures(estimate),
        }
        for area in ensemble.base.area_names
        for start, end in pairs
        for (giver, taker), estimate in transfer_estimates(ensemble, start, end, area).items()
    ]


def pair_rows(series: str, ensemble: Ensemble, days: tuple[date, ...]) -> list[Row]:
    """Return what changed hands from every day to every later one, by named area.

    The same figures as `change_rows` gives pair by pair, without the ground that stayed;
    drawn zones are measured all pairs at once.
    """
    if ensemble.draws:
        rows = change_rows(series, ensemble, combinations(days, 2))
        return [row for row in rows if row["from_actor"] != row["to_actor"]]
    base = replace(ensemble, base=ensemble.base.at_days(days))
    return [row for area in ensemble.base.area_names for row in _area_pairs(series, base, area)]


def _area_pairs(series: str, ensemble: Ensemble, area: str) -> list[Row]:
    history = ensemble.base
    moved = all_transitions(history, area)
    whole = float(history.area_m2[history.mask(area)].sum() / 1e6)
    found = {}
    for giver, taker in permutations(range(len(history.holders)), 2):
        km2 = np.triu(moved[:, :, giver, taker], k=1)
        there = np.argwhere(km2 > NEGLIGIBLE_SHARE * whole)
        pair = history.holders[giver], history.holders[taker]
        lengths = boundary_lengths_m(history, *pair, area) if len(there) else km2
        for a, b in there.tolist():
            sd = _boundary_sd(lengths[a, b], ensemble.boundary)
            estimate = around(float(km2[a, b]), sd, ceiling=max(whole, float(km2[a, b])))
            found[a, b, giver, taker] = estimate
    return [
        {
            "series": series,
            "area": area,
            "from_day": history.days[a],
            "to_day": history.days[b],
            "from_actor": str(history.holders[giver]),
            "to_actor": str(history.holders[taker]),
            **_figures(found[a, b, giver, taker]),
        }
        for a, b, giver, taker in sorted(found)
    ]


def _boundary_sd(length_m: float, boundary: BoundaryError | None) -> float:
    if boundary is None:
        return 0.0
    return boundary_sd_km2(
        float(length_m),
        boundary_error_m=boundary.boundary_error_m,
        correlation_length_m=boundary.correlation_length_m,
    )


def day_pairs(days: tuple[date, ...]) -> tuple[tuple[date, date], ...]:
    """Return consecutive pairs of days, and first to last where that is another pair.

    Examples
    --------
    >>> a, b, c = date(2018, 1, 1), date(2018, 1, 2), date(2018, 1, 3)
    >>> len(day_pairs((a, b, c))), len(day_pairs((a, b)))
    (3, 1)
    """
    pairs = list(pairwise(days))
    whole = (days[0], days[-1])
    return tuple(pairs if len(pairs) <= 1 else [*pairs, whole])


def compare_rows(found: Comparison, boundary: BoundaryError) -> list[Row]:
    """Return the ground by who holds it in one series and in the other.

    The interval is that of the whole outline of each piece of ground, so it errs on the
    wide side where the outline is the rim of the area.
    """
    same = {(holder, holder): ground for holder, ground in found.agreed()}
    apart = {(each.one, each.other): each.geometry for each in found.differences()}
    return [
        {
            "day_a": found.days[0],
            "day_b": found.days[1],
            "actor_a": str(one),
            "actor_b": str(other),
            **_figures(_outlined(ground, found.total_km2, boundary)),
        }
        for (one, other), ground in sorted({**same, **apart}.items(), key=lambda item: item[0])
        if ground.area / 1e6 > NEGLIGIBLE_SHARE * found.total_km2
    ]


def _outlined(ground: BaseGeometry, total_km2: float, boundary: BoundaryError) -> Estimate:
    sd = _boundary_sd(ground.length, boundary)
    return around(ground.area / 1e6, sd, ceiling=max(total_km2, ground.area / 1e6))


def verdict_rows(judgements: Iterable[Judgement]) -> list[Row]:
    """Return one row per reading of every claim."""
    return [_verdict_row(judgement) for judgement in judgements]


def _verdict_row(judgement: Judgement) -> Row:
    claim, computed = judgement.claim, judgement.computed
    low, high = judgement.published
    scenario_range = judgement.range or (None, None)
    return {
        "claim_id": claim.id,
        "reading": judgement.reading.name if judgement.reading else "",
        "unit": str(claim.unit),
        "published": claim.value,
        "published_low": low,
        "published_high": high,
        "computed": computed.value if computed else None,
        "low": computed.low if computed else None,
        "high": computed.high if computed else None,
        "ratio": judgement.ratio,
        "verdict": judgement.verdict,
        "range_low": scenario_range[0],
        "range_high": scenario_range[1],
        "reason": judgement.reason,
    }


def quality_rows(series: str, findings: Iterable[Finding]) -> list[Row]:
    """Return every finding, in order of day, kind and detail."""
    ordered = sorted(findings, key=lambda f: (f.day or date.min, f.kind, f.detail))
    return [
        {
            "series": series,
            "day": finding.day,
            "kind": finding.kind,
            "severity": str(finding.severity),
            "km2": finding.km2,
            "detail": finding.detail,
        }
        for finding in ordered
    ]


def _figures(estimate: Estimate) -> dict[str, Cell]:
    return {"km2": estimate.value, "low": estimate.low, "high": estimate.high}

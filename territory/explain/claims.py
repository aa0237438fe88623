"""From claims and the history they are about to the recipes that give their figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2

import numpy as np
import shapely

from territory.actors import Holder
from territory.claims import Claim, Kind, Reading, Unit, days_of
from territory.errors import ClaimError, did_you_mean, near_hint
from territory.explain.published import explain_total
from territory.explain.zones import Bounds, Zones, areas, metrics_for
from territory.history import WHOLE, History
from territory.projection import WGS84, Floats, transformation
from territory.recipes.explanation import Explanation
from territory.recipes.figure import explain_figure
from territory.recipes.known_land import constants
from territory.recipes.metrics import Metric
from territory.recipes.readings import Asked, Quantity, reading_table, variants
from territory.recipes.rings import rings_of


@dataclass(frozen=True, eq=False)
class Ground:
    """A history with the area of its faces under every metric.

    Attributes
    ----------
    face_km2 : ndarray, shape (metrics, faces)
    """

    history: History
    metrics: tuple[Metric, ...]
    bounds: Bounds
    face_km2: Floats


def measured_ground(history: History) -> Ground:
    """Measure every face of a history in every way.

    The corners of the faces are those of the equal-area plane, which follow the drawn
    lines to a millimetre.
    """
    to_degrees = transformation(history.projection.crs, WGS84)
    faces = np.asarray(
        shapely.transform(history.faces, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
    )
    held = faces[(history.held_by > 0).any(axis=0)]
    metrics, bounds = metrics_for(held if len(held) else faces)
    number = np.arange(len(faces))
    rings = rings_of(faces, number, crs=WGS84, atoms=len(faces))
    return Ground(history, metrics, bounds, areas(rings, metrics))


def explain_claim(claim: Claim, ground: Ground) -> tuple[Explanation, ...]:
    """Find the recipes for the figure of a claim, under all its readings.

    Parameters
    ----------
    claim : Claim
        In km2 or percent.

    Raises
    ------
    ClaimError
        If a reading names an actor or a day that the history does not have.
    """
    cost = log2(len(claim.reading))
    wanted = [
        variant
        for reading in claim.reading
        for variant in variants(
            replace(asked(claim, reading, ground.history), bits=cost), ground.history
        )
    ]
    table = reading_table(ground.history, ground.face_km2, wanted, claim.value)
    added = constants(ground.bounds) if _is_total(claim) else ()
    return explain_figure(ground.metrics, table, half_unit=half_unit(claim), constants=added)


def explain_drawn(claim: Claim, zones: Zones) -> tuple[Explanation, ...]:
    """Find the recipes for a claim about all ground held on a day, in zones as drawn.

    Raises
    ------
    ClaimError
        As for `explain_claim`.
    """
    (reading,) = claim.reading
    (day,) = days_of(reading, claim)
    return explain_total(day, claim.value, half_unit(claim), zones, by=reading.by)


def is_drawn_total(claim: Claim) -> bool:
    """Return whether a claim can be asked of zones as they are drawn, before any cleaning."""
    return _is_total(claim) and len(claim.reading) == 1 and claim.reading[0].area == WHOLE


def _is_total(claim: Claim) -> bool:
    return all(reading.quantity is Kind.TOTAL for reading in claim.reading)


def half_unit(claim: Claim) -> float:
    """Return how far the figure of a claim may be off by the way it is put."""
    low, high = claim.published_interval()
    return max(high - claim.value, claim.value - low)


def obstacle(claim: Claim) -> str:
    """Return why a claim cannot be explained by any measuring, or an empty string."""
    if claim.not_checkable or not claim.reading:
        return claim.not_checkable or "It has no reading."
    if claim.unit not in (Unit.KM2, Unit.PERCENT):
        return f"It counts {claim.unit}; only areas are measured."
    return "" if claim.value > 0 else f"A figure of {claim.value:g} can come about in any way."


def asked(claim: Claim, reading: Reading, history: History) -> Asked:
    """Return a reading in the terms of the search.

    An area that nobody named stands for the whole map.

    Raises
    ------
    ClaimError
        If the actor or the day is not in the history.
    """
    days = days_of(reading, claim)
    at = f"claim '{claim.id}', reading '{reading.name}': "
    actors = {holder.actor for holder in history.holders}
    for actor in (*reading.by, *reading.from_, *reading.to):
        if actor not in actors:
            raise ClaimError(f"{at}unknown actor '{actor}'; {did_you_mean(actor, actors)}")
    for day in days:
        if day not in history.days:
            raise ClaimError(f"{at}no snapshot for {day}; {near_hint(day, history.days)}")
    return Asked(
        Quantity(str(reading.quantity)),
        by=_holders(reading.by),
        other=_holders(reading.from_ or reading.to),
        start=days[0],
        end=days[-1],
        area=reading.area if reading.area in history.area_names else WHOLE,
        name=reading.name,
    )


def _holders(actors: Sequence[str]) -> frozenset[Holder]:
    return frozenset(Holder(actor) for actor in actors)

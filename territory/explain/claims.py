"""From claims and the history they are about to the recipes that give their figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import log2

import numpy as np
import shapely

from territory.claims.figures import AREAL
from territory.claims.model import Claim, Kind, Reading, days_of
from territory.claims.obstacles import check_names, lacking
from territory.claims.obstacles import obstacle as obstacle_to_measuring
from territory.claims.plausibility import whole_for
from territory.claims.readings import tally_of
from territory.claims.tallies import Tally, face_km2
from territory.explain.published_zones import Bounds, Progress, areas, metrics_for, silent
from territory.explain.recipes.change_readings import Variant, reading_table, variants
from territory.explain.recipes.explanation import Explanation
from territory.explain.recipes.figure_search import Figure, Recipes, explain_figure
from territory.explain.recipes.known_land import constants
from territory.explain.recipes.metrics import TRUE, Metric
from territory.explain.recipes.rings import rings_of
from territory.geometry.projection import WGS84, Floats, transformation
from territory.history.history import WHOLE
from territory.measure.ensemble import Ensemble


@dataclass(frozen=True)
class ClaimTallies:
    """A claim with what its readings add up, as they are judged.

    Attributes
    ----------
    readings : tuple of (Reading, Tally)
        Those that can be measured.
    unmeasured : mapping of str to str
        By name, why other readings cannot be.
    """

    claim: Claim
    readings: tuple[tuple[Reading, Tally], ...]
    unmeasured: Mapping[str, str]

    @property
    def figure(self) -> Figure:
        """What was published: in km2 if it is an area, else in percent."""
        km2 = self.claim.unit.km2
        low, high = self.claim.published_interval()
        value = self.claim.value if km2 == 1 else self.claim.value * km2  # with its digits
        return Figure(value, low * km2, high * km2)

    def explained(self, recipes: Recipes) -> tuple[Explanation, ...]:
        """Return which recipes give what was published, in the unit of the claim.

        Parameters
        ----------
        recipes : Recipes
            Their figures in km2, or in percent where the claim is about a share.
        """
        found, km2 = explain_figure(recipes, self.figure), self.claim.unit.km2
        if km2 == 1:
            return found
        return tuple(
            replace(
                each,
                published=(self.claim.value,),
                computed=tuple(value / km2 for value in each.computed),
                truly=each.truly / km2,
            )
            for each in found
        )

    @property
    def is_drawn_total(self) -> bool:
        """Whether it can be asked of zones as they are drawn, before any cleaning."""
        return self.is_total and len(self.readings) == 1 and self.readings[0][0].area == WHOLE

    @property
    def is_total(self) -> bool:
        """Whether it is about ground held on a day, not about a change or a share."""
        return all(reading.quantity is Kind.TOTAL for reading, _ in self.readings)

    @property
    def days(self) -> frozenset[date]:
        """The days that its readings name."""
        return frozenset(d for each, _ in self.readings for d in days_of(each, self.claim))


def tallies_of(claim: Claim, ensemble: Ensemble, sizes: Mapping[str, float]) -> ClaimTallies:
    """Return what the readings of a claim add up, those that can be measured.

    Parameters
    ----------
    claim : Claim
        As published, with its readings.
    ensemble : Ensemble
        The history of drawn zones that the readings are asked of, and its corrupt days, which a
        path leaves out.
    sizes : mapping of str to float
        Sizes of countries in km2, by name.

    Returns
    -------
    ClaimTallies
        The readings that can be measured, and why the others cannot.

    Raises
    ------
    ClaimError
        As `territory.claims.verdicts.judge` does: for an actor that never occurs, or a country of
        unknown size.
    """
    found: list[tuple[Reading, Tally]] = []
    unmeasured = {}
    for reading in claim.reading:
        check_names(claim, reading, ensemble.base)
        whole = whole_for(claim, reading, sizes)
        why = lacking(claim, reading, ensemble.base) or obstacle_to_measuring(
            claim, reading, ensemble, whole, None
        )
        if why:
            unmeasured[reading.name] = why
        else:
            tally = tally_of(claim, reading, sizes=sizes, skip=ensemble.corrupt)
            found.append((reading, tally))
    return ClaimTallies(claim, tuple(found), unmeasured)


@dataclass(frozen=True, eq=False)
class Ground:
    """A history with the area of its faces under every metric.

    Attributes
    ----------
    face_km2 : ndarray, shape (metrics, faces)
    """

    ensemble: Ensemble
    metrics: tuple[Metric, ...]
    bounds: Bounds
    face_km2: Floats


def measured_ground(ensemble: Ensemble, progress: Progress = silent) -> Ground:
    """Measure every face of a history in every way.

    The corners of the faces are those of the equal-area plane, which follow the drawn
    lines to a millimetre. True areas are those that every other verb measures.

    Parameters
    ----------
    ensemble : Ensemble
        Of its history, in the equal-area plane in metres, every face is measured.
    progress : callable
        Told what is being done, and how much of it is.

    Returns
    -------
    Ground
        With areas in square kilometres, shape (metrics, faces); NaN where a method cannot be
        used.
    """
    history = ensemble.base
    to_degrees = transformation(history.projection.crs, WGS84)
    faces = np.asarray(
        shapely.transform(history.faces, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
    )
    held = faces[history.held_by.any(axis=0)]
    metrics, bounds = metrics_for(held if len(held) else faces)
    number = np.arange(len(faces))
    rings = rings_of(faces, number, crs=WGS84, atoms=len(faces))
    measured = areas(rings, metrics, progress)
    measured[metrics.index(TRUE)] = face_km2(history)
    return Ground(ensemble, metrics, bounds, measured)


def explain_claim(claim: ClaimTallies, ground: Ground) -> tuple[Explanation, ...]:
    """Find the recipes for the figure of a claim, under all its readings.

    Parameters
    ----------
    claim : ClaimTallies
        The claim with its readings, in its own unit (km2, percent or percentage points).
    ground : Ground
        The history that the readings were made for, measured in every way.

    Returns
    -------
    tuple of Explanation
        The likeliest first, and the plain measurement in any case; none where no recipe gives
        anything.
    """
    return claim.explained(recipes_of(claim, ground))


def recipes_of(claim: ClaimTallies, ground: Ground) -> Recipes:
    """Return every recipe for the figure of a claim, under all its readings.

    Parameters
    ----------
    claim : ClaimTallies
        The claim with its readings.
    ground : Ground
        The history that the readings were made for, measured in every way.

    Returns
    -------
    Recipes
        In km2, or in percent where the claim is about a share. Known pieces of land may be
        added to a total only.
    """
    history = ground.ensemble.base
    wanted = [variant for reading in _plain(claim) for variant in variants(reading, history)]
    table = reading_table(history, ground.face_km2, wanted)
    added = constants(ground.bounds) if claim.is_total else ()
    return Recipes.of(ground.metrics, table, added)


def _plain(claim: ClaimTallies) -> Iterator[Variant]:
    bits = log2(len(claim.readings))
    for reading, tally in claim.readings:
        yield Variant(tally, reading.name, bits=bits)


def truly_km2(claim: ClaimTallies, ensemble: Ensemble) -> float:
    """Return what the one reading of a claim comes to, as it is judged.

    Parameters
    ----------
    claim : ClaimTallies
        With exactly one reading that can be measured, about a total.
    ensemble : Ensemble
        With the history that the reading is asked of.

    Returns
    -------
    float
        In square kilometres on the true, equal-area faces.
    """
    ((_, tally),) = claim.readings
    return tally.figure(ensemble.base, face_km2(ensemble.base))


def obstacle(claim: Claim) -> str:
    """Return why a claim cannot be explained by any measuring, or an empty string.

    Parameters
    ----------
    claim : Claim
        As published.
    """
    if claim.not_checkable or not claim.reading:
        return claim.not_checkable or "It has no reading."
    if claim.unit not in AREAL:
        return f"It counts {claim.unit}; only areas are measured."
    return "" if claim.value > 0 else f"A figure of {claim.value:g} can come about in any way."

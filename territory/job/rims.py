"""What is told of the rims of areas: that one is taken as exact, and slivers along it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from territory.findings import Finding, FindingKind
from territory.history.regions import DrawnRegions
from territory.history.rim import RimError
from territory.job.checks import area_words
from territory.job.named_aoi import rim_errors
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import correlated_m2
from territory.measure.slivers import LEAST_PERCENT, slivers_of
from territory.numbers import figure
from territory.read.aoi import DrawnArea

_SUPPOSED_M = 100.0  # what the error of a rim might be, to say what it would make


def rim_findings(
    ensemble: Ensemble, areas: Mapping[str, DrawnArea], regions: DrawnRegions | None, day: date
) -> Iterator[Finding]:
    """Yield what is to be told of the rims of areas and regions on a day.

    Parameters
    ----------
    ensemble : Ensemble
        Cut along all of them.
    areas : mapping of str to DrawnArea
        Named areas as drawn.
    regions : DrawnRegions or None
        Provinces as drawn.
    day : date
        A day of the base, as a rule the last that is reported.
    """
    yield from _exact(ensemble, areas, regions, day)
    for name in (*areas, *(dict.fromkeys(regions.names) if regions else ())):
        if name in ensemble.outlines:  # slivers are faces, and of sums over tiles there are none
            continue
        found = slivers_of(ensemble, name, day)
        if found.percent >= LEAST_PERCENT:
            yield Finding(
                FindingKind.RIM_SLIVERS,
                f"{area_words(name)} on {day}: {found.sentence}",
                day=day,
                km2=found.km2,
            )


def _exact(
    ensemble: Ensemble, areas: Mapping[str, DrawnArea], regions: DrawnRegions | None, day: date
) -> Iterator[Finding]:
    """Say of files that state no error of their rims what one would make."""
    supposed = RimError(_SUPPOSED_M)
    unstated = {
        name: replace(area, rim=supposed) for name, area in areas.items() if area.rim is None
    }
    for name, rim in rim_errors(unstated, None, ensemble.base.projection).items():
        sd_km2 = _held_rim_km2(ensemble, name, rim, day)
        if sd_km2:
            yield _told(area_words(name), sd_km2, "")
    if regions is not None and regions.rim is None:
        as_if = replace(regions, rim=supposed)
        rims = rim_errors({}, as_if, ensemble.base.projection)
        most = max(
            (_held_rim_km2(ensemble, name, rims[name], day), name)
            for name in dict.fromkeys(regions.names)
        )
        if most[0]:
            yield _told(f"regions of {regions.file}", most[0], f" at most ('{most[1]}')")


def _told(whose: str, sd_km2: float, which: str) -> Finding:
    detail = (
        f"{whose}: no rim_error_m is stated, so the rim is taken as exact; an error of"
        f" {_SUPPOSED_M:g} m would make {figure(sd_km2)} km2 (one standard deviation){which}"
    )
    return Finding(FindingKind.RIM_EXACT, detail)


def _held_rim_km2(ensemble: Ensemble, area: str, rim: RimError, day: date) -> float:
    """Return the deviation that an error of the rim would give the ground held on a day.

    As of one line: where the rim is beside held ground in many pieces it errs on the wide side.
    """
    base = ensemble.base
    if not (area in base.within and base.mask(area).any()):
        return 0.0
    if (
        base.outside_is_nobody and area not in ensemble.outlines
    ):  # the faces fill the area, so their outline is the rim
        part = base.part(area)
        outer = part.edges.other < 0
        face, length = part.edges.one[outer], part.edges.length[outer]
    else:
        part, found = base, ensemble.outline(area)
        face, length = found.face, found.end_m - found.start_m
    held = part.held_by[part.day_index(day)][face] > 0
    beside = np.array([length[held].sum()])
    m2 = correlated_m2(beside, rim.correlation_length_m, closed=np.array([False]))
    return float(rim.error_m * np.sqrt(m2[0]) / 1e6)

"""Features that lost their geometry: ground that would go to nobody without a word.

A feature that names a holder and has no geometry is either ground that was lost on the
way (an export that failed, a shape the program could not read) or a line of a table that
never had any. The other days tell which, where they hold the same feature: by its id or
name, else by what its holder has.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.errors import GeometryError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.area import geodesic_area_km2
from territory.geometry.coverage import polygons_in
from territory.history.snapshot import RawZones
from territory.numbers import figure

_NOTHING_KM2 = 0.01  # a holder that has shrunk by less has lost no feature


def lost_features(raw: RawZones, others: Sequence[RawZones] = ()) -> Iterator[Finding]:
    """Report the features of a day that have no geometry.

    Parameters
    ----------
    raw : RawZones
        The day.
    others : sequence of RawZones
        Other days of the series, the nearest first.

    Yields
    ------
    Finding
        ``null-geometry`` or ``empty-geometry``: an error where ground seems to be lost, with
        its km2 where another day gives it, else a warning.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.holders import Holder
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.snapshot import Source
    >>> box = np.array([shapely.box(37, 35, 38, 36), None], dtype=object)
    >>> days = [RawZones(date(2018, 2, n), WGS84, Source(f"{n}.geojson"), (Holder("isis"),), zone)
    ...         for n, zone in ((5, box[:1]), (6, box[1:]))]
    >>> [found] = lost_features(days[1], days[:1])
    >>> found.severity, round(found.km2, 2)
    (<Severity.ERROR: 'error'>, 10066.28)
    """
    gone = _without_geometry(raw)
    for index in np.flatnonzero(gone).tolist():
        if bool(shapely.is_missing(raw.geometry[index])):
            kind, what = FindingKind.NULL_GEOMETRY, "no geometry"
        else:
            kind, what = FindingKind.EMPTY_GEOMETRY, "an empty geometry"
        severity, why, km2 = _judged(raw, index, others)
        file, number = raw.spot(index)
        detail = f"{file}, feature {number} (held by {raw.holders[index]}) has {what}; {why}"
        yield Finding(kind, detail, severity, raw.day, km2)


def has_lost(raw: RawZones) -> bool:
    """Return whether a day has features without geometry, which other days tell about.

    Parameters
    ----------
    raw : RawZones
        The day.
    """
    return bool(_without_geometry(raw).any())


def _without_geometry(raw: RawZones) -> NDArray[np.bool_]:
    return np.asarray(shapely.is_missing(raw.geometry) | shapely.is_empty(raw.geometry))


def _judged(
    raw: RawZones, index: int, others: Sequence[RawZones]
) -> tuple[Severity, str, float | None]:
    """Say whether ground was lost with a feature, why, and how much."""
    same = [(other, _like(raw, index, other)) for other in others]
    same = [(other, rows) for other, rows in same if rows.any()]
    if raw.identity(index) and same:
        return _by_itself(same)
    same = [(other, _of_holder(raw, index, other)) for other in others]
    same = [(other, rows) for other, rows in same if rows.any()]
    if same:
        return _by_its_holder(raw, _of_holder(raw, index, raw), same)
    own = _km2(raw, _of_holder(raw, index, raw))
    if own > _NOTHING_KM2 and shapely.is_empty(raw.geometry[index]):
        return Severity.WARNING, "its holder has other ground on that day", None
    return Severity.ERROR, "the ground it held, if any, is lost; mend it at the source", None


def _by_itself(
    same: list[tuple[RawZones, NDArray[np.bool_]]],
) -> tuple[Severity, str, float | None]:
    """Judge by the same feature on other days."""
    for other, rows in same:
        if (km2 := _km2(other, rows)) > 0:
            return Severity.ERROR, f"on {other.day} it held {figure(km2)} km2, which vanished", km2
    return Severity.WARNING, "it never held any ground on the days next to it", 0.0


def _by_its_holder(
    raw: RawZones, mine: NDArray[np.bool_], same: list[tuple[RawZones, NDArray[np.bool_]]]
) -> tuple[Severity, str, float | None]:
    """Judge by what its holder has on the nearest day with fewer of its features so."""
    own, (areas, empty) = _km2(raw, mine), _counted(raw, mine)
    for other, rows in same:
        areas_then, empty_then = _counted(other, rows)
        if empty_then >= empty:
            continue
        before = _km2(other, rows)
        if before - own > _NOTHING_KM2:
            why = f"on {other.day} its holder had {figure(before)} km2, now {figure(own)}"
            return Severity.ERROR, f"{why}: {figure(before - own)} km2 vanished", before - own
        if areas < areas_then:
            why = f"on {other.day} its holder had {areas_then} features with one, now {areas}"
            return Severity.ERROR, why, None
        return Severity.WARNING, f"its holder has no less than on {other.day}", 0.0
    return Severity.WARNING, "so it is on the days next to it, and nothing was lost with it", 0.0


def _counted(raw: RawZones, rows: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many of some features have a geometry, and how many have none."""
    gone = _without_geometry(raw)
    return int(np.count_nonzero(rows & ~gone)), int(np.count_nonzero(rows & gone))


def _like(raw: RawZones, index: int, other: RawZones) -> NDArray[np.bool_]:
    """Return which features of another day have the id or name, and the holder, of one."""
    name = raw.identity(index)
    mine = _of_holder(raw, index, other)
    return np.array([bool(own) and other.identity(row) == name for row, own in enumerate(mine)])


def _of_holder(raw: RawZones, index: int, other: RawZones) -> NDArray[np.bool_]:
    return np.array([holder == raw.holders[index] for holder in other.holders], dtype=bool)


def _km2(raw: RawZones, rows: NDArray[np.bool_]) -> float:
    """Return the ground of some features, as well as it can be told."""
    polygons, _ = polygons_in(raw.geometry[rows & ~_without_geometry(raw)])
    try:
        return float(geodesic_area_km2(polygons, raw.crs).sum())
    except GeometryError:
        return 0.0

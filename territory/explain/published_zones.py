"""The zones of a publisher as they are published, and the ways to measure them.

Label by label and before any cleaning, because that is what the publisher measured; with
the grids that the EPSG database has for the country.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.claims.readings import holders_named
from territory.errors import ClaimError, InputError, did_you_mean
from territory.explain.recipes.counting import label_of
from territory.explain.recipes.grids import grid_metrics, zone_metrics
from territory.explain.recipes.metrics import TRUE, Metric, known_metrics, next_zones, utm_zone
from territory.explain.recipes.rings import Rings
from territory.geometry.coverage import polygons_in
from territory.geometry.projection import WGS84, Floats, is_wgs84, transformation
from territory.history.snapshot import RawZones
from territory.holders import Holder, Status
from territory.job.workers import spread
from territory.read.aoi import DrawnArea
from territory.read.profile import LabelRule, Profile
from territory.read.world import read_countries
from territory.read.zones import Series, read_series

Bounds = tuple[float, float, float, float]
Progress = Callable[[str, int, int], None]
_BESIDE = 1.0  # degrees around a country, so that those beside it count
_THIN = 4
_MANY_CORNERS = 20_000  # unique ones; with fewer, nothing is gained


class _Labels(Profile):
    """A profile under which every label is its own actor, dropped ones included."""

    def meaning(self, label: str, day: date) -> LabelRule | None:
        """Return a rule that keeps the label as it is published."""
        label_meaning = super().meaning(label, day)
        if label_meaning is None or not label:
            return label_meaning
        return LabelRule(label=label, actor=label)


@dataclass(frozen=True, eq=False)
class Zones:
    """The files of a publisher, label by label.

    Attributes
    ----------
    raws : tuple of RawZones
        One per day; the actor of a holder is its published label.
    plain : mapping of Holder to frozenset of str
        For each actor and status, the labels that mean it has the ground so, as the profile
        says.
    meaning : mapping of str to str
        What the profile makes of each label, where that is another word.
    """

    raws: tuple[RawZones, ...]
    plain: Mapping[Holder, frozenset[str]]
    meaning: Mapping[str, str]

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days there are files for."""
        return tuple(raw.day for raw in self.raws)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """All labels that occur."""
        return tuple(sorted({label_of(h) for raw in self.raws for h in raw.holders}))

    def without(self, days: Collection[date]) -> "Zones":
        """Return the files without those of some days.

        Parameters
        ----------
        days : collection of date
            Days to leave out; those without a file do nothing.
        """
        return replace(self, raws=tuple(raw for raw in self.raws if raw.day not in days))

    def labels_of(self, holders: Iterable[Holder]) -> frozenset[str]:
        """Return the labels that mean any of some holders.

        Parameters
        ----------
        holders : iterable of Holder
            Actors, each with its status.

        Returns
        -------
        frozenset of str
            As published; none for a holder that no label stands for.
        """
        return frozenset[str]().union(*(self.plain.get(each, frozenset()) for each in holders))

    def of(self, actors: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Return the labels of some actors taken together; of each, where none is named.

        Parameters
        ----------
        actors : sequence of str
            ``"russia"`` for what it holds, or ``"russia (claimed)"`` for one status of it.

        Returns
        -------
        mapping of str to frozenset of str
            By actor; under all their names where some are taken together.

        Raises
        ------
        ClaimError
            If an actor has no ground on any day.
        """
        known = {str(holder): holder for holder in self.plain}
        for actor in actors:
            if actor not in known:
                raise ClaimError(f"unknown actor '{actor}'; {did_you_mean(actor, known)}")
        if not actors:
            return {
                name: self.plain[holder]
                for name, holder in known.items()
                if holder.status is Status.HELD
            }
        named = holders_named(tuple(actors), (Status.HELD,))
        return {" and ".join(actors): self.labels_of(named)}


def read_labels(
    paths: Sequence[str],
    profile: Profile,
    *,
    also: Iterable[date] = (),
    ground: DrawnArea | None = None,
) -> Zones:
    """Read zones as published, whatever the profile makes of the labels.

    Parameters
    ----------
    paths : sequence of str
        Files, folders or globs.
    profile : Profile
        Says what a label means and where it stands; here every label is its own actor.
    also : iterable of date
        Further days to be there, where zones hold over spans of time.
    ground : DrawnArea, optional
        What front lines cut, where it is in memory.

    Returns
    -------
    Zones
        One set of polygons for each day, in degrees (WGS 84), before any cleaning.

    Raises
    ------
    InputError
        If no file can be used.
    """
    settings = {name: getattr(profile, name) for name in profile.model_fields_set}
    as_published = _Labels.model_validate(settings)
    found = read_series(tuple(paths), as_published, also=also, ground=ground)
    return labels_of(found, profile, paths[0])


def labels_of(found: Series, profile: Profile, file: str) -> Zones:
    """Return zones that were read label by label; see `read_labels`.

    Parameters
    ----------
    found : Series
        Read with a profile under which every label is its own actor.
    profile : Profile
        Says what the labels mean.
    file : str
        What messages call them.

    Returns
    -------
    Zones
        In degrees (WGS 84), one set of polygons for each day.

    Raises
    ------
    InputError
        If there is no zone.
    """
    raws = tuple(_in_degrees(raw) for raw in found.raws if len(raw.geometry))
    if not raws:
        raise InputError("the files hold no zones", file=file)
    return Zones(raws, _plain(raws, profile), _meaning(raws, profile))


def _plain(raws: Sequence[RawZones], profile: Profile) -> dict[Holder, frozenset[str]]:
    """Return which labels mean that an actor has the ground, by actor and status."""
    plain: dict[Holder, set[str]] = {}
    for raw in raws:
        for holder in set(raw.holders):
            rule = profile.meaning(holder.actor, raw.day) if profile.rule else None
            said = None if holder.status is Status.HELD else holder.status
            meant = profile.holder(rule, said) if rule else holder
            if not (rule and rule.drop):
                plain.setdefault(meant, set()).add(label_of(holder))
    return {holder: frozenset(plain[holder]) for holder in sorted(plain, key=str)}


def _meaning(raws: Sequence[RawZones], profile: Profile) -> dict[str, str]:
    """Return what the profile makes of labels."""
    found: dict[str, str] = {}
    for raw in raws:
        for label in {holder.actor for holder in raw.holders}:
            rule = profile.meaning(label, raw.day) if profile.rule else None
            if rule is not None:
                found[label] = "not counted" if rule.drop else str(profile.holder(rule))
    return found


def metrics_for(
    polygons_lonlat: NDArray[np.object_],
) -> tuple[tuple[Metric, ...], Bounds]:
    """Return every metric to try, and the extent of the ground it is about.

    The methods in common use come first, then the grids of the EPSG database whose area of
    use meets the country that most of the ground lies in.

    Parameters
    ----------
    polygons_lonlat : ndarray of Polygon
        The ground, in degrees.

    Returns
    -------
    metrics : tuple of Metric
        The true one first.
    bounds : (float, float, float, float)
        West, south, east, north in degrees (WGS 84).
    """
    ground, country = _extents(polygons_lonlat)
    known = known_metrics(ground)
    measured_otherwise = ("epsg:3857", "epsg:6933", *(metric.id for metric in known))
    west, south, east, north = country
    around = (west - _BESIDE, south - _BESIDE, east + _BESIDE, north + _BESIDE)
    grids = grid_metrics(around, without=measured_otherwise)
    listed = {code for metric in (*known, *grids) for code in (metric.id, *metric.alias)}
    home = utm_zone((ground[0] + ground[2]) / 2, (ground[1] + ground[3]) / 2)
    beside = tuple(code for code in next_zones(home) if f"epsg:{code}" not in listed)
    return (*known, *grids, *zone_metrics(beside)), ground


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report no progress.

    Parameters
    ----------
    _stage : str
        What is being done.
    _done, _total : int
        How much of how much is done.
    """


def areas(rings: Rings, metrics: Sequence[Metric], progress: Progress = silent) -> Floats:
    """Return the area in km2 of each atom under each metric, shape (metrics, atoms).

    Many points on threads, because PROJ projects without the interpreter's lock; what it has to
    look up before, it would look up in each.

    Parameters
    ----------
    rings : Rings
        Rings of all atoms, in degrees (WGS 84).
    metrics : sequence of Metric
        The ways to measure.
    progress : callable
        Told how many of the metrics are done.

    Returns
    -------
    ndarray, shape (metrics, atoms)
        In square kilometres; NaN where a method cannot be used.
    """
    rings.radians  # noqa: B018 - cached before threads share it
    found: list[Floats] = []
    threads = 1 if len(rings.lonlat) < _MANY_CORNERS else os.cpu_count() or 1
    with spread(threads) as run:
        for measured in run(lambda metric: metric.km2(rings), metrics):
            found.append(measured)
            progress("measuring in every way", len(found), len(metrics))
    return np.stack(found)


def rough_areas(rings: Rings, metrics: Sequence[Metric], progress: Progress = silent) -> Floats:
    """Return about what `areas` does, four times as fast where there are many corners.

    How much a metric stretches a piece hardly depends on the bays of its outline, so it
    is measured with a quarter of the corners and multiplied with the true area.

    Parameters
    ----------
    rings : Rings
        Rings of all atoms, in degrees (WGS 84).
    metrics : sequence of Metric
        The ways to measure.
    progress : callable
        Told how many of the metrics are done.

    Returns
    -------
    ndarray, shape (metrics, atoms)
        In square kilometres; NaN where a method cannot be used.
    """
    if len(rings.lonlat) < _MANY_CORNERS:
        return areas(rings, metrics, progress)
    thin = rings.thinned(_THIN)
    true, rough = TRUE.km2(rings), TRUE.km2(thin)
    stretch = areas(thin, metrics, progress) / np.where(rough > 0, rough, 1.0)
    return np.asarray(stretch * true, dtype=np.float64)


def _extents(parts: NDArray[np.object_]) -> tuple[Bounds, Bounds]:
    """Return the extent of the ground in the country with most of it, and of that country.

    Ground elsewhere (some maps show other conflicts besides) does not count.
    """
    _, south, _, north = shapely.bounds(parts).T
    size = shapely.area(parts) * np.cos(np.radians((south + north) / 2))
    countries = read_countries()
    part, country = shapely.STRtree(countries.polygons).query(
        shapely.point_on_surface(parts), predicate="within"
    )
    if not len(part):
        whole = _four(shapely.total_bounds(parts))
        return whole, whole
    most = int(np.argmax(np.bincount(country, size[part])))
    ground = parts[part[country == most]]
    return _four(shapely.total_bounds(ground)), _four(shapely.bounds(countries.polygons[most]))


def lonlat_polygons(raws: Sequence[RawZones]) -> NDArray[np.object_]:
    """Return all polygons of some days.

    Parameters
    ----------
    raws : sequence of RawZones
        In degrees; at least one day.

    Returns
    -------
    ndarray of Polygon, shape (n,)
        Day by day, collections taken apart.
    """
    return np.concatenate([polygons_in(raw.geometry)[0] for raw in raws])


def _in_degrees(raw: RawZones) -> RawZones:
    """Return zones with their corners in longitude and latitude."""
    if is_wgs84(raw.crs):
        return raw
    to_degrees = transformation(raw.crs, WGS84)

    def carried(xy: Floats) -> Floats:
        return np.column_stack(to_degrees.transform(*xy.T))

    there = shapely.force_2d(raw.geometry)
    return replace(raw, crs=WGS84, geometry=np.asarray(shapely.transform(there, carried)))


def _four(bounds: NDArray[np.float64]) -> Bounds:
    west, south, east, north = map(float, bounds)
    return west, south, east, north

"""From published figures and the files behind them to the recipes that give the figures.

Reads the zones as they are published, label by label and before any cleaning, because
that is what the publisher measured; asks the EPSG database for grids around the country;
and lets `territory.recipes` search.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.actors import Status
from territory.errors import ClaimError, InputError, did_you_mean
from territory.projection import WGS84, Floats, transformation
from territory.read.profile import LabelRule, Profile
from territory.read.published import Published
from territory.read.vector import read_series
from territory.read.world import read_countries
from territory.recipes.counting import (
    MAX_SHIFT,
    Counted,
    Subset,
    Table,
    counted,
    label_of,
    label_subsets,
    require_days,
    zone_table,
)
from territory.recipes.explanation import Explanation, metric_bits
from territory.recipes.figure import explain_figure
from territory.recipes.grids import grid_metrics
from territory.recipes.known_land import constants, namer
from territory.recipes.metrics import Metric, known_metrics
from territory.recipes.rings import polygons
from territory.recipes.series import explain_series, recipe_costs, shortlist
from territory.snapshot import RawZones

SAMPLE = 6  # days on which every metric is tried
Bounds = tuple[float, float, float, float]


class _Labels(Profile):
    """A profile under which every label is its own actor, dropped ones included."""

    def meaning(self, label: str, day: date) -> LabelRule | None:
        """Return a rule that keeps the label as it is published."""
        said = super().meaning(label, day)
        if said is None or not label:
            return said
        return LabelRule(label=label, actor=label)


@dataclass(frozen=True, eq=False)
class Zones:
    """The files of a publisher, label by label.

    Attributes
    ----------
    raws : tuple of RawZones
        One per day; the actor of a holder is its published label.
    plain : mapping of str to frozenset of str
        For each actor, the labels that mean it holds the ground, as the profile says.
    """

    raws: tuple[RawZones, ...]
    plain: Mapping[str, frozenset[str]]

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days there are files for."""
        return tuple(raw.day for raw in self.raws)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """All labels that occur."""
        return tuple(sorted({label_of(h) for raw in self.raws for h in raw.holders}))

    def of(self, actors: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Return the labels of some actors taken together; of each, where none is named.

        Raises
        ------
        ClaimError
            If an actor has no ground on any day.
        """
        for actor in actors:
            if actor not in self.plain:
                raise ClaimError(f"unknown actor '{actor}'; {did_you_mean(actor, self.plain)}")
        if not actors:
            return self.plain
        return {" and ".join(actors): frozenset[str]().union(*(self.plain[a] for a in actors))}


def read_labels(paths: Sequence[str], profile: Profile) -> Zones:
    """Read zones as published, whatever the profile makes of the labels.

    Parameters
    ----------
    paths : sequence of str
        Files, folders or globs.

    Raises
    ------
    InputError
        If no file can be used.
    """
    as_published = _Labels.model_validate(profile.model_dump())
    found = read_series(tuple(paths), as_published)
    raws = tuple(raw for raw in found.raws if len(raw.geometry))
    if not raws:
        raise InputError("the files hold no zones", file=paths[0])
    return Zones(raws, _plain(raws, profile))


def _plain(raws: Sequence[RawZones], profile: Profile) -> dict[str, frozenset[str]]:
    """Return which labels mean that an actor holds the ground."""
    plain: dict[str, set[str]] = {}
    for raw in raws:
        for holder in set(raw.holders):
            rule = profile.meaning(holder.actor, raw.day) if profile.rule else None
            actor = rule.actor if rule else holder.actor
            status = rule.status if rule else holder.status
            if status is Status.HELD and not (rule and rule.drop):
                plain.setdefault(actor, set()).add(label_of(holder))
    return {actor: frozenset(labels) for actor, labels in sorted(plain.items())}


def metrics_for(raws: Sequence[RawZones]) -> tuple[tuple[Metric, ...], Bounds]:
    """Return every metric to try, and the extent of the ground it is about.

    The methods in common use come first, then the grids of the EPSG database whose area of
    use meets the country that most of the ground lies in.
    """
    ground, country = _extents(raws)
    known = known_metrics(ground)
    measured_otherwise = ("epsg:3857", "epsg:6933", *(metric.id for metric in known))
    return (*known, *grid_metrics(country, without=measured_otherwise)), ground


def _extents(raws: Sequence[RawZones]) -> tuple[Bounds, Bounds]:
    """Return the extent of the ground in the country with most of it, and of that country.

    Ground elsewhere (some maps show other conflicts besides) does not count.
    """
    parts = np.concatenate([_lonlat(raw) for raw in raws])
    west, south, _, north = shapely.bounds(parts).T
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


def _lonlat(raw: RawZones) -> NDArray[np.object_]:
    parts, _ = polygons(raw.geometry)
    if raw.crs == WGS84:
        return parts
    to_degrees = transformation(raw.crs, WGS84)
    moved = shapely.transform(parts, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
    return np.asarray(moved, dtype=object)


def _four(bounds: NDArray[np.float64]) -> Bounds:
    west, south, east, north = map(float, bounds)
    return west, south, east, north


def explain_published(
    published: Published, zones: Zones, *, by: Sequence[str] = ()
) -> tuple[Explanation, ...]:
    """Find the one recipe behind a series of published figures.

    Every metric is tried on a few days spread over the series, the best of them on all.

    Parameters
    ----------
    published : Published
        In km2.
    by : sequence of str
        Whose ground it is about, if that is known.

    Raises
    ------
    InputError
        If no published day has a file.
    """
    require_days(published.km2, zones.days)
    used = [raw for raw in zones.raws if raw.day in published.km2]
    plain = zones.of(by)
    subsets = label_subsets(zones.labels, plain)
    spread = _spread(used)
    every, bounds = metrics_for(spread)
    sample = counted(spread)
    first = _table(sample, every, subsets, published.km2)
    costs = metric_bits(every)
    half_unit = published.half_unit_km2
    found = explain_series(every, first, half_unit=half_unit, name_constant=namer(bounds), shown=40)
    if len(used) <= SAMPLE:
        return found[:10]
    chosen = shortlist(every, found)
    metrics = [every[i] for i in chosen]
    return explain_series(
        metrics,
        _table(counted(used), metrics, subsets, published.km2),
        half_unit=half_unit,
        costs=costs[list(chosen)],
        all_costs=recipe_costs(costs, first),
        name_constant=namer(bounds),
    )


def explain_total(
    day: date, km2: float, half_unit_km2: float, zones: Zones, *, by: Sequence[str] = ()
) -> tuple[Explanation, ...]:
    """Find the recipes for one published area of a day.

    Parameters
    ----------
    km2, half_unit_km2 : float
        What was published, and how far its rounding or wording reaches.

    Raises
    ------
    InputError
        If there is no file for the day.
    """
    published = {day: km2}
    require_days(published, zones.days)
    near = timedelta(days=MAX_SHIFT)
    used = [raw for raw in zones.raws if day - near <= raw.day <= day + near]
    drawn = counted(used)
    metrics, bounds = metrics_for(used)
    table = _table(drawn, metrics, label_subsets(zones.labels, zones.of(by)), published)
    return explain_figure(
        metrics, table, half_unit=half_unit_km2, constants=constants(bounds)
    )


def _spread(raws: Sequence[RawZones]) -> list[RawZones]:
    """Return a few days spread over all of them, the first and the last included."""
    rows = np.unique(np.linspace(0, len(raws) - 1, SAMPLE).round().astype(int))
    return [raws[row] for row in rows]


def _table(
    zones: Counted,
    metrics: Sequence[Metric],
    subsets: Sequence[Subset],
    published: Mapping[date, float],
) -> Table:
    atoms: Floats = np.stack([metric.km2(zones.rings) for metric in metrics])
    return zone_table(zones, atoms, subsets, published)

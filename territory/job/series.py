"""What is asked of a series, and the series as it is ready to be measured."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from territory.errors import nearest_days
from territory.findings import Finding, Severity, lines_of
from territory.geometry.projection import EqualArea
from territory.history.history import WHOLE, History
from territory.history.regions import (
    ELSEWHERE,
    DrawnRegions,
    RegionLabel,
    Regions,
    resolve_regions,
    with_regions,
)
from territory.history.rim import RimError
from territory.job.checks import no_region_reached
from territory.job.days import ALL_DAYS, Period, select_days
from territory.job.named_aoi import area_findings, plane_areas, rim_errors
from territory.job.rims import rim_findings
from territory.job.spec import DayRule, SeriesSpec
from territory.measure.ensemble import Ensemble
from territory.read.actor_looks import Looks
from territory.read.aoi import DrawnArea

Progress = Callable[[int, int], None]
OnDays = Callable[[tuple[date, ...]], None]


@dataclass(frozen=True, eq=False)
class Loaded:
    """A series ready to be measured.

    Attributes
    ----------
    days : tuple of date
        The selected days, without those that only claims ask for.
    findings : tuple of Finding
        Everything found or repaired on the way.
    publisher, licence : str
        As the profile of drawn zones gives them.
    looks : mapping of str to ActorLook
        What actors are called and which colour they have, where somebody says so.
    rest : str
        The actor that has what nobody drew of an area; nothing where nobody is said to.
    regions : mapping of str to RegionLabel
        Names in other languages and codes of the regions that it is cut along, by name.
    beside : str
        What else its ground comes from, such as the outline of a remainder, for source lines.
    files : mapping of date to str
        The file of each day whose file says nothing of another.
    of_fronts : bool
        Whether front lines cut a ground, and nobody drew zones.
    """

    name: str
    ensemble: Ensemble
    days: tuple[date, ...]
    findings: tuple[Finding, ...]
    publisher: str = ""
    licence: str = ""
    looks: Looks = field(default_factory=dict)
    beside: str = ""
    rest: str = ""
    regions: Mapping[str, RegionLabel] = field(default_factory=dict)
    files: Mapping[date, str] = field(default_factory=dict)
    of_fronts: bool = False

    @property
    def unusable(self) -> tuple[str, ...]:
        """Why snapshots could not be used or should not be trusted, one line each."""
        return lines_of(self.findings, Severity.ERROR)

    def concerning(self, days: Iterable[date], *, by_name: bool) -> tuple[Finding, ...]:
        """Return the warnings and errors about some days, and those without a day.

        Parameters
        ----------
        days : iterable of date
            Those that figures are given of.
        by_name : bool
            Whether each was asked for. Where a rule chose them, a day that was lost is
            their concern too: the rule might have chosen it.
        """
        reported, there = set(days), set(self.ensemble.base.days)

        def used(day: date | None) -> bool:
            return day is None or day in reported or not (by_name or day in there)

        return tuple(
            each for each in self.findings if each.severity is not Severity.INFO and used(each.day)
        )


@dataclass(frozen=True, eq=False)
class PlanarAreas:
    """Named areas and regions in the plane of a history.

    Attributes
    ----------
    areas : mapping of str to Polygon or MultiPolygon
        In metres.
    regions : Regions, optional
        That do not overlap.
    """

    areas: Mapping[str, BaseGeometry]
    regions: Regions | None

    def cut(self, history: History, extent: str = "", *, is_drawn: bool = True) -> History:
        """Cut a history along the areas, and then along the regions.

        Parameters
        ----------
        history : History
            In the same plane.
        extent : str
            The area that is all there is, if there is one.
        is_drawn : bool
            Whether outlines are wanted besides figures; see `History.with_areas`.
        """
        others = dict(self.areas)
        if extent:
            history = history.with_extent(extent, others.pop(extent))
        cut = history.with_areas(others, is_drawn=is_drawn)
        return cut if self.regions is None else with_regions(cut, self.regions)

    @property
    def grounds(self) -> tuple[BaseGeometry, ...]:
        """Every area and region."""
        return (*self.areas.values(), *(self.regions.polygons if self.regions else ()))


@dataclass(frozen=True, eq=False)
class SeriesRequest:
    """What is asked of a series, whatever its profile.

    Attributes
    ----------
    span : Period
        The days that are looked at.
    on_days : callable
        Told which days are reported, before the long work begins.
    only_areas : bool
        Whether figures are given of the areas alone, so that drawn zones are looked at beyond
        them only for faults.
    changes : bool
        Whether figures are given of changes from one day to another.
    extent : str
        Name of the area that is all that drawn zones are looked at in; everything if empty.
    uncut : bool
        Whether no area is measured or will be, so that the lines of zones need not be exact to
        be cut.
    tiles : bool
        Whether nothing but figures is asked for, so that drawn zones may be added up over tiles.
    """

    spec: SeriesSpec
    folder: Path
    areas: Mapping[str, DrawnArea]  # the extent of drawn zones among them
    rule: tuple[date, ...] | DayRule
    more_days: tuple[date, ...]
    wanted_days: tuple[date, ...]
    regions: DrawnRegions | None
    span: Period = ALL_DAYS
    on_days: OnDays = lambda _days: None
    only_areas: bool = False
    changes: bool = True
    extent: str = ""
    uncut: bool = False
    tiles: bool = False

    def cut(
        self, history: History, *, is_drawn: bool = True
    ) -> tuple[History, tuple[Finding, ...]]:
        """Cut a history along the areas and the regions; return what was found in these.

        Parameters
        ----------
        history : History
            In its equal-area plane, into which the areas and the regions are carried.
        is_drawn : bool
            Whether outlines are wanted besides figures, as they are of what regions cut.

        Returns
        -------
        history : History
            With the areas and the regions; faces beyond an extent are still there.
        findings : tuple of Finding
            About the areas and the regions.
        """
        planar = self.in_plane(history.projection)
        is_drawn = is_drawn or self.regions is not None
        cut = planar.cut(history, self.extent, is_drawn=is_drawn)
        return cut, self.about(planar, cut)

    def in_plane(self, projection: EqualArea) -> "PlanarAreas":
        """Carry the areas and the regions into a plane.

        Parameters
        ----------
        projection : EqualArea
            That of a history.
        """
        regions = resolve_regions(self.regions, projection) if self.regions else None
        return PlanarAreas(plane_areas(self.areas, projection), regions)

    def about(self, planar: "PlanarAreas", cut: History) -> tuple[Finding, ...]:
        """Return what was found in the areas and the regions.

        Parameters
        ----------
        planar : PlanarAreas
            The same in the plane.
        cut : History
            Cut along them.
        """
        warnings = area_findings(self.areas)
        if self.regions is None or planar.regions is None:
            return warnings
        beyond = [no_region_reached(self.regions.file)] if cut.holds_only(ELSEWHERE) else []
        return (*warnings, *self.regions.findings, *planar.regions.audit, *beyond)

    def rims(self, history: History) -> dict[str, RimError]:
        """Return how far the rims of the areas and the regions may lie off, by name.

        Parameters
        ----------
        history : History
            In its equal-area plane.
        """
        found = rim_errors(self.areas, self.regions, history.projection)
        return {**found, WHOLE: found[self.extent]} if self.extent in found else found

    def about_rims(self, ensemble: Ensemble, days: tuple[date, ...]) -> tuple[Finding, ...]:
        """Return what is to be told of the rims of the areas and the regions.

        Parameters
        ----------
        ensemble : Ensemble
            Cut along them.
        days : tuple of date
            Those that are reported; what is told is about the last.
        """
        return tuple(rim_findings(ensemble, self.areas, self.regions, max(days)))

    def days(
        self, available: tuple[date, ...], own: tuple[date, ...] | None = None
    ) -> tuple[date, ...]:
        """Select the days to report, and refuse further days that are not there.

        Parameters
        ----------
        available : tuple of date
            Days that the series has, in order; at least one.
        own : tuple of date, optional
            The days that a rule chooses from, where others are there only because they
            are asked for.

        Returns
        -------
        tuple of date
            In order of the rule, or as they were given.

        Raises
        ------
        InputError
            If a day that is asked for is not there; the message names the nearest ones.
        """
        select_days(self.more_days, available)
        by_rule = own is not None and isinstance(self.rule, str)
        chosen = select_days(self.rule, own if by_rule and own else available)
        self.on_days(chosen)
        return chosen

    @property
    def named_days(self) -> frozenset[date]:
        """Every day that is asked for by itself, and not by a rule."""
        chosen = () if isinstance(self.rule, str) else self.rule
        return frozenset((*chosen, *self.more_days, *self.wanted_days))

    def besides(self, available: tuple[date, ...]) -> tuple[date, ...]:
        """Return the further days; of a day that is not there, those nearest to it.

        Parameters
        ----------
        available : tuple of date
            Days that the series has, in order.
        """
        near = (nearest_days(day, available) for day in self.wanted_days)
        return (*self.more_days, *(each for days in near for each in days))

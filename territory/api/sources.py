"""What a history is made from: drawn zones, fixed units, or places; in files or in memory.

A source keeps what was read and cut. What is asked for afterwards (an area, regions, a day
that lies within a span) is measured by the same functions as on the command line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Protocol

from territory.errors import InputError
from territory.explain.published_zones import Zones, labels_of, read_labels
from territory.history.places import Place, PlaceSeries
from territory.history.regions import DrawnRegions
from territory.job.cut_zones import CutZones, cut_zones
from territory.job.days import ALL_DAYS, Period
from territory.job.input_files import is_of_units
from territory.job.load import load_series, with_choice
from territory.job.place_series import places_measured
from territory.job.series import Loaded, SeriesRequest
from territory.job.series_profile import profile_of
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.job.unit_series import units_measured
from territory.job.zone_series import measured
from territory.read.aoi import DrawnArea
from territory.read.formats.layer import Layer
from territory.read.profile import Profile
from territory.read.text_files import with_values
from territory.read.units import Units
from territory.read.zones import Series, read_series, series_of_layer

Areas = Mapping[str, DrawnArea]
HERE = Path()
EXTENT = "(extent)"  # the area that the ground around places fills


class Source(Protocol):
    """A series that can be measured on any ground."""

    @property
    def spec(self) -> SeriesSpec:
        """How it was read."""

    def loaded(self, areas: Areas, regions: DrawnRegions | None, days: tuple[date, ...]) -> Loaded:
        """Measure it.

        Parameters
        ----------
        areas : mapping of str to DrawnArea
            Named areas, in any CRS.
        regions : DrawnRegions or None
            For figures by region.
        days : tuple of date
            Days that are asked for, where zones hold over spans of time.
        """

    def zones(self, days: tuple[date, ...]) -> Zones:
        """Return the zones as drawn, label by label.

        Parameters
        ----------
        days : tuple of date
            Further days to be there, where zones hold over spans of time.

        Returns
        -------
        Zones
            In degrees (WGS 84), before any cleaning.

        Raises
        ------
        InputError
            If nobody drew them.
        """


@dataclass(frozen=True, eq=False)
class ZoneSource:
    """Drawn zones of files, or of a frame.

    Attributes
    ----------
    layer : Layer or None
        Zones in memory; None where `spec` names files.
    profile : Profile
        How their properties are understood.
    ground : DrawnArea or None
        What front lines cut, where it is in memory.
    """

    spec: SeriesSpec
    profile: Profile
    span: Period = ALL_DAYS
    layer: Layer | None = None
    ground: DrawnArea | None = None

    def loaded(self, areas: Areas, regions: DrawnRegions | None, days: tuple[date, ...]) -> Loaded:
        """Measure it; see `Source`.

        Parameters
        ----------
        areas, regions, days
            See `Source`.

        Returns
        -------
        Loaded
            Its history lies in the equal-area plane of the zones.

        Raises
        ------
        InputError
            If no day can be used, or one that is asked for was refused.
        """
        cut = self._cut
        if cut.series.lasts and not set(days) <= set(cut.history.days):
            cut = self._cut_with(days)
        request = SeriesRequest(self.spec, HERE, areas, "all", (), (), regions, self.span)
        return with_choice(measured(cut, request, UncertaintySpec()), self.spec)

    def zones(self, days: tuple[date, ...]) -> Zones:
        """Return the zones as drawn; see `Source`.

        Parameters
        ----------
        days
            See `Source`.
        """
        if self.layer is None:
            return read_labels(self.spec.paths, self.profile, also=days, ground=self.ground)
        return labels_of(self._series(days), self.profile, self.layer.file)

    @cached_property
    def _cut(self) -> CutZones:
        return self._cut_with(())

    def _cut_with(self, days: tuple[date, ...]) -> CutZones:
        request = SeriesRequest(self.spec, HERE, {}, "all", (), days, None, self.span)
        return cut_zones(self._series(days), self.profile, request)

    def _series(self, days: tuple[date, ...]) -> Series:
        day, ground = self.spec.day, self.ground
        if self.layer is None:
            paths = self.spec.paths
            return read_series(paths, self.profile, day=day, also=days, ground=ground)
        return series_of_layer(self.layer, self.profile, day=day, also=days, ground=ground)


def zone_source(
    spec: SeriesSpec,
    span: Period,
    layer: Layer | None = None,
    *,
    utc_offset_hours: float | None = None,
    ground: DrawnArea | None = None,
) -> ZoneSource:
    """Return drawn zones with the profile that a series names.

    Parameters
    ----------
    spec : SeriesSpec
        How to read them; it names files if `layer` is None.
    span : Period
        The days that are looked at.
    layer : Layer, optional
        Zones in memory, in any CRS.
    utc_offset_hours : float, optional
        East of Greenwich, of the clock by which times are days; as the profile says by default.
    ground : DrawnArea, optional
        What front lines cut, in any CRS, where `spec` names no file of it.

    Raises
    ------
    InputError
        If there is no such profile, or it cannot be used.
    """
    profile = profile_of(spec, HERE)
    if utc_offset_hours is not None:
        profile = with_values(profile, {"day": {"utc_offset_hours": utc_offset_hours}})
    return ZoneSource(spec, profile, span, layer, ground)


@dataclass(frozen=True, eq=False)
class OtherSource:
    """Units or places, which are measured anew for every ground.

    Attributes
    ----------
    measure : callable
        From what is asked for to what was found.
    areas : mapping of str to DrawnArea
        The extent of places, which goes before all areas that are asked for.
    """

    spec: SeriesSpec
    measure: Callable[[SeriesRequest], Loaded]
    span: Period = ALL_DAYS
    areas: Areas = field(default_factory=dict)

    def loaded(self, areas: Areas, regions: DrawnRegions | None, days: tuple[date, ...]) -> Loaded:
        """Measure it; see `Source`.

        Parameters
        ----------
        areas, regions, days
            See `Source`.

        Returns
        -------
        Loaded
            Its history lies in the equal-area plane of the units or places.
        """
        every = {**self.areas, **areas}
        return self.measure(
            SeriesRequest(self.spec, HERE, every, "all", (), days, regions, self.span)
        )

    def zones(self, days: tuple[date, ...]) -> Zones:
        """Refuse: nobody drew zones.

        Parameters
        ----------
        days
            See `Source`.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError(f"'{self.spec.profile}' are no drawn zones, so nobody measured any")


def unit_source(spec: SeriesSpec, layer: Layer, units: Units, table: str) -> OtherSource:
    """Return fixed units in memory, with who holds them.

    Parameters
    ----------
    spec : SeriesSpec
        Says what is known about the lines between units.
    layer : Layer
        The units, polygons in any CRS.
    units : Units
        Who holds each, in the same order.
    table : str
        What messages call the table of holders.
    """

    def measure(request: SeriesRequest) -> Loaded:
        return units_measured(layer, units, request, UncertaintySpec(), table=table)

    return OtherSource(spec, measure)


def place_source(
    spec: SeriesSpec,
    series: PlaceSeries,
    extent: DrawnArea | None,
    gazetteer: tuple[Place, ...] = (),
) -> OtherSource:
    """Return places in memory, with what was reported of them.

    Parameters
    ----------
    spec : SeriesSpec
        Names the profile.
    series : PlaceSeries
        Places and what was reported of them.
    extent : DrawnArea or None
        The ground that is divided among the places, in any CRS; None for their convex hull, or
        the first area that is asked for.
    gazetteer : tuple of Place
        All villages, reported of or not; empty where nobody lists them.
    """

    def measure(request: SeriesRequest) -> Loaded:
        settings = UncertaintySpec()
        return places_measured(series, {}, request, settings, events="events", gazetteer=gazetteer)

    return OtherSource(spec, measure, ALL_DAYS, {} if extent is None else {EXTENT: extent})


def file_source(
    spec: SeriesSpec,
    span: Period,
    extent: DrawnArea | None,
    *,
    utc_offset_hours: float | None = None,
    ground: DrawnArea | None = None,
) -> Source:
    """Return the series that files hold, as its profile says.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    span : Period
        The days that are looked at.
    extent : DrawnArea or None
        The ground that is divided among places, in any CRS; drawn zones go without.
    utc_offset_hours : float, optional
        As for `zone_source`; times of units and places are refused.
    ground : DrawnArea, optional
        As for `zone_source`.

    Raises
    ------
    InputError
        If there is no such profile, or it cannot be used.
    """
    if spec.profile != "places" and not is_of_units(spec, HERE):
        return zone_source(spec, span, utc_offset_hours=utc_offset_hours, ground=ground)
    if utc_offset_hours is not None:
        raise InputError("utc_offset_hours is for the times of drawn zones")

    def measure(request: SeriesRequest) -> Loaded:
        return load_series(
            request.spec,
            request.folder,
            areas=request.areas,
            rule="all",
            more_days=(),
            wanted_days=request.wanted_days,
            uncertainty=UncertaintySpec(),
            regions=request.regions,
            span=request.span,
        )

    return OtherSource(spec, measure, span, {} if extent is None else {EXTENT: extent})

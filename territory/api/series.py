"""A series that was read, and what is asked of it: ground, days, and the rows about them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from pyproj import CRS

from territory.api.days import day_of
from territory.api.ground import UNNAMED, clipped, common_ground, drawn_regions, named_areas
from territory.api.inputs import FromFrames
from territory.api.sources import EXTENT, OtherSource, Source, ZoneSource
from territory.api.tables import table
from territory.api.wording import caution, in_python, python_words
from territory.errors import InputError, did_you_mean
from territory.findings import Finding, Severity, finding_lines
from territory.geometry.projection import lonlat_bounds
from territory.history.history import WHOLE
from territory.history.history import History as Partition
from territory.history.regions import ELSEWHERE
from territory.job.days import select_days
from territory.job.named_aoi import state_rims
from territory.job.series import Loaded
from territory.measure.rows import QUALITY_COLUMNS, Row, quality_rows
from territory.read.aoi import DrawnArea, extent_name, place_name

Days = TypeVar("Days", bound=tuple[date, ...])
_MADE_BY = "use History.from_geodataframe, from_coverage, from_places, or territory.read"
AOI = "aoi"  # what an area without a name is called in frames


class Series(FromFrames):
    """What every question to a history needs; see `territory.api.history.History`.

    Parameters
    ----------
    source : Source
        What was read.
    within : DrawnArea, optional
        The only ground that is looked at.
    called : str
        What titles call that ground; its extent by default.
    known : iterable of Finding
        What was warned of before.
    """

    def __init__(
        self,
        source: Source,
        within: DrawnArea | None = None,
        *,
        called: str = "",
        known: Iterable[Finding] = (),
    ) -> None:
        if not isinstance(source, ZoneSource | OtherSource):
            kind = type(source).__name__
            raise InputError(f"{_MADE_BY}, not History({kind})")
        super().__init__(source)
        self._within = within
        self._called = called
        with python_words():
            self._base = source.loaded({} if within is None else {UNNAMED: within}, None, ())
        before = set(known)
        _warn((each for each in self._base.findings if each not in before), all_in=".findings")

    @property
    def days(self) -> tuple[date, ...]:
        """The days there are, in order.

        Examples
        --------
        >>> import territory as tt
        >>> len(tt.example().days)
        2
        """
        return self._base.days

    @property
    def actors(self) -> tuple[str, ...]:
        """Who holds ground on any day, as named by the caller.

        Examples
        --------
        >>> import territory as tt
        >>> tt.example().actors
        ('Blue', 'Red')
        """
        held = self._partition.holders[1:]
        return tuple(dict.fromkeys(holder.actor for holder in held))

    @property
    def crs(self) -> CRS:
        """The equal-area CRS of every frame with a geometry.

        Examples
        --------
        >>> import territory as tt
        >>> tt.example().crs.is_projected
        True
        """
        return self._partition.projection.crs

    @property
    def findings(self) -> pd.DataFrame:
        """Everything that was repaired, left out, or is in doubt; columns as in quality.csv.

        Examples
        --------
        >>> import territory as tt
        >>> sorted(set(tt.example().findings.severity))
        ['info']
        """
        return table(quality_rows("", self._base.findings), QUALITY_COLUMNS[1:])

    def __repr__(self) -> str:
        """Return days, holders and faces in one line, and how many errors and warnings."""
        base, days = self._partition, self.days
        when = f"{days[0]}..{days[-1]}" if days[1:] else f"{days[0]}"
        found = Counter(each.severity for each in self._base.findings)
        doubts = [
            _counted(found[s], str(s)) for s in (Severity.ERROR, Severity.WARNING) if found[s]
        ]
        return (
            f"<History {_counted(len(days), 'day')} {when},"
            f" {_counted(len(base.holders) - 1, 'holder')}, {_counted(len(base.faces), 'face')}"
            + (f"; {' and '.join(doubts)} in .findings>" if doubts else ">")
        )

    @property
    def _partition(self) -> Partition:
        return self._base.ensemble.base

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(str(holder) for holder in self._partition.holders)

    def _loaded(
        self,
        aoi: object,
        regions: object,
        regions_name: str,
        days: tuple[date, ...],
        rim_error_m: float | None = None,
    ) -> Loaded:
        """Measure the series on the ground and the days that are asked for."""
        with python_words():
            return self._measured(aoi, regions, regions_name, days, rim_error_m)

    def _measured(
        self,
        aoi: object,
        regions: object,
        regions_name: str,
        days: tuple[date, ...],
        rim_error_m: float | None,
    ) -> Loaded:
        drawn = drawn_regions(regions, regions_name)
        areas, drawn = state_rims(self._areas_within(aoi), drawn, rim_error_m, "rim_error_m")
        if drawn is not None and self._within is not None:
            drawn = clipped(drawn, self._within)
        if drawn is not None and UNNAMED in areas and AOI in drawn.names:
            problem = f"rows of the area are called '{AOI}', so a region cannot be; rename it"
            raise InputError(problem, file=drawn.file)
        if not areas.keys() - {UNNAMED} and aoi is None and drawn is None and self._has(days):
            return self._base
        loaded = self._source.loaded(areas, drawn, days)
        self._warn_of_new(loaded)
        return loaded

    def _areas_within(self, aoi: object) -> dict[str, DrawnArea]:
        """Return the areas of a question, none of which reaches beyond the series' own."""
        areas = named_areas(aoi)
        if self._within is None:
            return areas
        inside = {name: common_ground(self._within, each) for name, each in areas.items()}
        return {UNNAMED: self._within, **inside}

    def _has(self, days: tuple[date, ...]) -> bool:
        return set(days) <= set(self._partition.days)

    def _one_area(self, aoi: object, days: tuple[date, ...]) -> tuple[Loaded, str]:
        """Return the series with one area, and what that is called."""
        loaded = self._loaded(aoi, None, "", days)
        areas = self._areas(aoi)
        if len(areas) > 1:
            raise InputError("aoi: give one area; shapes of several overlap one another")
        return loaded, areas[0]

    def _map_area(self, aoi: object, days: tuple[date, ...]) -> tuple[Loaded, str]:
        """Return the series cut along the one area of a map, and how a title calls that."""
        areas = self._areas_within(aoi)
        if not areas:
            return self._loaded(None, None, "", days), "" if self._all == WHOLE else self._all
        name, area = list(areas.items())[-1]
        if len(areas.keys() - {UNNAMED}) > 1:
            raise InputError("aoi: a map shows one area")
        if name == UNNAMED:
            name = (self._called if aoi is None else called_as(aoi)) or _extent(area)
        loaded = self._source.loaded({name: area}, None, days)
        self._warn_of_new(loaded)
        return loaded, name

    def _areas(self, aoi: object) -> list[str]:
        """Return the areas that rows are wanted of, where no regions are asked for."""
        if isinstance(aoi, Mapping) and aoi:
            return list(aoi)
        if aoi is not None and not isinstance(aoi, Mapping):
            return [UNNAMED]
        return [UNNAMED] if self._within is not None else [self._all]

    @property
    def _all(self) -> str:
        """All ground; around places it is their extent."""
        return EXTENT if EXTENT in self._partition.within else WHOLE

    def _wanted(self, rows: Iterable[Row], aoi: object, regions: object) -> list[Row]:
        """Keep the rows of what was asked for, with a name for an area that has none."""
        wanted = set(self._areas(aoi))
        if UNNAMED not in wanted:
            wanted.add(self._all if self._within is None else UNNAMED)
        others = {WHOLE, EXTENT, UNNAMED, *([] if self._within is None else [ELSEWHERE])}
        kept = (
            row
            for row in rows
            if row["area"] in wanted or (regions is not None and row["area"] not in others)
        )
        names = {UNNAMED: AOI, EXTENT: WHOLE}
        return [{**row, "area": names.get(str(row["area"]), row["area"])} for row in kept]

    def _check_actor(self, name: object) -> None:
        """Refuse a name that nobody has."""
        if not isinstance(name, str):
            raise InputError(f"actor: {name!r:.60} is no name; ask of one at a time")
        known = {*self.actors, *self._names}
        if name not in known:
            raise InputError(f"unknown actor '{name}'; {did_you_mean(name, known)}")

    def _pair(self, start: object, end: object) -> tuple[date, date]:
        first = self.days[0] if start is None else day_of(start, "start")
        last = self.days[-1] if end is None else day_of(end, "end")
        if first == last and {first} == set(self.days):
            raise InputError(f"two days are needed; there is one, {first}")
        if first >= last:
            raise InputError(f"the first day must come before the last, but {first} >= {last}")
        return first, last

    def _selected(self, chosen: object, loaded: Loaded) -> tuple[date, ...]:
        if isinstance(chosen, str):
            return select_days(chosen, loaded.days)  # type: ignore[arg-type]
        return self._there(chosen, loaded)  # type: ignore[arg-type]

    def _there(self, days: Days, loaded: Loaded) -> Days:
        """Return days that the series has; of one that it lost, say why."""
        lost = {f.day: f.detail for f in loaded.findings if f.severity is Severity.ERROR}
        for day in days:
            if day in lost and day not in loaded.ensemble.base.days:
                raise InputError(f"the zones of {day} cannot be used: {lost[day]}")
            loaded.ensemble.base.day_index(day)
        return days

    def _warn_of_new(self, loaded: Loaded) -> None:
        known = set(self._base.findings)
        _warn((each for each in loaded.findings if each not in known), all_in="")


def _warn(findings: Iterable[Finding], *, all_in: str) -> None:
    """Warn of what cannot be used or trusted, in the lines of the command line."""
    for line in finding_lines(findings, all_in=all_in):
        caution(in_python(line).removeprefix("warning: "))  # which Python says by itself


def called_as(aoi: object) -> str:
    """Return what titles call an area: a country, a file without its suffix, or nothing.

    Parameters
    ----------
    aoi : area
        See `territory.History.areas`.
    """
    return place_name(str(aoi)) if isinstance(aoi, str | Path) else ""


def _extent(area: DrawnArea) -> str:
    """Name an area by its extent, to a hundredth of a degree."""
    bounds = lonlat_bounds(np.array([area.geometry]), area.crs)
    return extent_name(*(round(each, 2) for each in bounds))


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"

"""What pictures and films are made from: a job file, or files read with a profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from territory.findings import FindingKind
from territory.job.days import (
    ALL_DAYS,
    Period,
)
from territory.job.load import load_series
from territory.job.named_aoi import (
    load_areas,
    load_regions,
)
from territory.job.series import Loaded
from territory.job.spec import DayRule, Job, MapsSpec, SeriesSpec, UncertaintySpec
from territory.maps.titles import Speaker
from territory.read.aoi import DrawnArea
from territory.read.basemap import (
    Context,
    context_findings,
    read_context,
)
from territory.read.text_files import read_toml, with_values

Progress = Callable[[int, int], None]
Titles = Mapping[str, Mapping[str, str]]
_MOST_FILES = 3  # named in a source line


@dataclass(frozen=True, eq=False)
class MapSource:
    """A series with what its pictures need besides.

    Attributes
    ----------
    context : Context
        What lies around the zones.
    titles : mapping of str to mapping of str to str
        What readers are told the named areas are called, by language.
    """

    loaded: Loaded
    maps: MapsSpec
    context: Context
    title: str = ""
    titles: Titles = field(default_factory=dict)


def source_line(series: SeriesSpec, loaded: Loaded) -> str:
    """Say whose data are shown: publisher and licence, or else the files and their days.

    It reads the same in every language. Files are given without their folders.
    """
    if loaded.publisher:
        return ", ".join(part for part in (loaded.publisher, loaded.licence) if part)
    days = loaded.ensemble.base.days
    names = [Path(path).name or path for path in series.paths]
    more = len(names) - _MOST_FILES
    listed = ", ".join(names[:_MOST_FILES]) + (f" (+{more})" if more > 0 else "")
    when = f"{days[0]}" if days[0] == days[-1] else f"{days[0]} – {days[-1]}"
    return f"{listed} ({Path(series.profile).stem}), {when}"


def with_source(maps: MapsSpec, series: SeriesSpec, loaded: Loaded) -> MapsSpec:
    """Return what a map shows with a source, whether or not one is given."""
    source = maps.source or source_line(series, loaded)
    return with_values(maps, {"source": source})


def data_note(say: Speaker, loaded: Loaded, *, listed: bool = False) -> str:
    """Say what kind of zones these are and what their intervals assume.

    Parameters
    ----------
    listed : bool
        Whether the repairs are listed in a file beside what is shown.
    """
    ensemble = loaded.ensemble
    notes = [say.note(ensemble.total, listed=listed)]
    if assumes_error(loaded) and ensemble.boundary is not None:
        notes.append(say.assumed(ensemble.boundary))
    return " ".join(notes)


def assumes_error(loaded: Loaded) -> bool:
    """Return whether the error of the lines is assumed, because nobody gives it."""
    return any(finding.kind == FindingKind.ASSUMED_ERROR for finding in loaded.findings)


@dataclass(frozen=True, eq=False)
class MapRequest:
    """What is to be shown, as the command line has it.

    Attributes
    ----------
    paths : tuple of str
        Files, folders or globs; or one job file.
    profile : str
        How to read them; nothing for a job file.
    areas : mapping of str to (geometry, CRS)
        The first is shown; the one of the job by default.
    rule : tuple of date or str, optional
        Days to load; those of the job, or all, by default.
    more_days : tuple of date
        Days that must be there besides.
    maps : mapping of str to str
        What to put in place of the maps section of a job.
    settings : mapping of str to object
        How drawn zones are to be read, and what is said about their lines, by the names of
        the job file.
    span : Period, optional
        The days that are looked at; those of the job, or all, by default.
    """

    paths: tuple[str, ...]
    profile: str
    areas: Mapping[str, DrawnArea]
    rule: tuple[date, ...] | DayRule | None
    more_days: tuple[date, ...]
    maps: Mapping[str, str]
    settings: Mapping[str, object] = field(default_factory=dict)
    span: Period | None = None

    @property
    def is_job(self) -> bool:
        """Whether the first path is a job file."""
        return self.paths[0].endswith(".toml")

    def read(
        self, *, workers: int = 1, progress: Progress = lambda _done, _total: None
    ) -> MapSource:
        """Read the series and what its pictures need.

        Raises
        ------
        TerritoryError
            If anything in the files cannot be used as it stands.
        """
        return self._job(workers, progress) if self.is_job else self._files(workers, progress)

    def _job(self, workers: int, progress: Progress) -> MapSource:
        path = Path(self.paths[0])
        job = read_toml(path, Job)
        areas = {**load_areas(job.area, path.parent), **self.areas}
        named = {"area": next(iter(self.areas))} if self.areas else {}
        maps = with_values(job.maps, {**self.maps, **named})
        context = read_context(path.parent, **maps.context_files)  # before the long work
        loaded = load_series(
            job.series[0],
            path.parent,
            areas=areas,
            regions=load_regions(job.regions, path.parent),
            rule=self.rule or job.days.select,
            more_days=(*self.more_days, *(job.maps.before_after or ())),
            span=self.span or Period(job.days.first_day, job.days.last_day),
            uncertainty=job.uncertainty,
            workers=workers,
            progress=progress,
        )
        maps = with_source(maps, job.series[0], loaded)
        return _map_source(loaded, maps, context, job.title, job.area_titles)

    def _files(self, workers: int, progress: Progress) -> MapSource:
        series = with_values(SeriesSpec(profile=self.profile, path=self.paths), self.settings)
        maps = MapsSpec.model_validate({**self.maps, "area": next(iter(self.areas), "")})
        context = read_context(Path(), **maps.context_files)  # before the long work
        loaded = load_series(
            series,
            Path(),
            areas=self.areas,
            rule=self.rule or "all",
            more_days=self.more_days,
            span=self.span or ALL_DAYS,
            uncertainty=UncertaintySpec(),
            workers=workers,
            progress=progress,
        )
        return _map_source(loaded, with_source(maps, series, loaded), context, "", {})


def _map_source(
    loaded: Loaded, maps: MapsSpec, context: Context, title: str, titles: Titles
) -> MapSource:
    """Return what is shown, with what was repaired around it among the findings."""
    findings = (*loaded.findings, *context_findings(context, loaded.ensemble.base))
    return MapSource(replace(loaded, findings=findings), maps, context, title, titles)

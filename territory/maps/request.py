"""What pictures and films are made from: a job file, or files read with a profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from territory.findings import FindingKind
from territory.history.history import History
from territory.holders import Holder
from territory.job.days import Period
from territory.job.load import load_series
from territory.job.named_aoi import load_areas, load_regions
from territory.job.profile_choice import choices_of, read_job, with_profile
from territory.job.series import Loaded
from territory.job.spec import DayRule, Job, MapsSpec, SeriesSpec
from territory.maps.map_text import MapText
from territory.maps.style import Style, styles_for
from territory.maps.titles import Speaker, Titles
from territory.read.aoi import DrawnArea
from territory.read.basemap import Context, context_findings, read_context, usual_towns
from territory.read.text_files import with_values

if TYPE_CHECKING:
    from territory.maps.subject import Subject

Progress = Callable[[int, int], None]
_MOST_FILES = 3  # named in a source line


@dataclass(frozen=True, eq=False)
class MapSource:
    """A series with what its pictures, its film and its page need besides.

    Attributes
    ----------
    context : Context
        What lies around the zones.
    title : str
        What it is about, as its publisher words it.
    local_titles : mapping of str to str
        The same by language, where a job says so.
    titles : mapping of str to mapping of str to str
        What readers are told the named areas are called, by language.
    styles : mapping of Holder to Style, optional
        Wins over the conventional look.
    for_report : bool
        Whether a report shows the pictures, on telephones too.
    """

    loaded: Loaded
    maps: MapsSpec
    context: Context = field(default_factory=Context)
    title: str = ""
    titles: Titles = field(default_factory=dict)
    styles: Mapping[Holder, Style] | None = None
    for_report: bool = False
    local_titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> History:
        """The best history."""
        return self.loaded.ensemble.base

    @property
    def area(self) -> str:
        """The area that is shown: the one that is named, else what stands for all ground."""
        return self.maps.area or self.base.stands_for_all

    @property
    def assumed(self) -> bool:
        """Whether the error of the lines is assumed, because nobody gives it."""
        return any(finding.kind == FindingKind.ASSUMED_ERROR for finding in self.loaded.findings)

    @property
    def with_towns(self) -> "MapSource":
        """The same with the towns of the package, where none are named and the map is of today."""
        if self.context.towns is not None or self.context.past:
            return self
        return replace(self, context=replace(self.context, towns=usual_towns()))

    def on(self, day: date) -> "MapSource":
        """Return the same for pictures whose last day this is, with what lay around then.

        Parameters
        ----------
        day : date
            The last that is shown.
        """
        return replace(self, context=self.context.on(day))

    def subject(self, text: MapText, area: str = "") -> "Subject":
        """Return what a picture shows, with its source, and this title where there is no subtitle.

        Parameters
        ----------
        text : MapText
            Language, and what is written above; its source is replaced.
        area : str
            A named area; empty for that of the pictures.
        """
        from territory.maps.subject import Subject  # with all that draws, slow to load

        subtitle = text.subtitle or self.local_titles.get(text.language, self.title)
        text = replace(text, subtitle=subtitle, source=self.maps.source)
        area = area or self.area
        return Subject(self.base, self.context, text, area, self.styles, self.titles)

    def captioned(
        self,
        subject: "Subject",
        worded: Callable[[Speaker], str],
        *,
        more: Callable[[Speaker], str] = lambda _speaker: "",
        period: tuple[date, ...] = (),
        listed: bool = False,
    ) -> "Subject":
        """Return a subject with its finding for a title, where it has none, and its notes.

        Parameters
        ----------
        subject : Subject
            What a picture shows.
        worded : callable
            From who speaks to one sentence.
        more : callable
            The same for a further note.
        period : tuple of date
            The first and the last day, where the finding is about what changed between them.
        listed : bool
            Whether the repairs are listed in a file beside the picture.
        """
        ensemble = self.loaded.ensemble
        say = subject.between(period).say
        kind = say.note(
            ensemble.total,
            listed=listed,
            is_rebalanced=ensemble.is_rebalanced,
            of_fronts=self.loaded.of_fronts,
        )
        notes = [kind]
        if self.loaded.rest:
            name = subject.name(Holder(self.loaded.rest))
            notes.append(say.rest(name, self.loaded.beside))
        if self.assumed and ensemble.boundary is not None:
            notes.append(say.assumed(ensemble.boundary))
        words = worded(say)
        said = say.dated(words, *period) if period else words
        title = subject.text.title or say.placed(said)
        note = " ".join([*notes, more(say)]).strip()
        return replace(subject, text=replace(subject.text, title=title, note=note))


def job_source(loaded: Loaded, job: Job, context: Context) -> MapSource:
    """Return what the pictures of a job show, once its first series is loaded.

    Parameters
    ----------
    loaded : Loaded
        The first series of the job, as it is measured.
    job : Job
        What to draw, and how.
    context : Context
        What lies around the zones.
    """
    maps = with_source(job.maps, job.series[0], loaded)
    shown, own = job.report.enabled, job.titles()
    source = MapSource(
        loaded, maps, context, job.title, job.area_titles, looks_of(loaded), local_titles=own
    )
    return replace(source, for_report=shown).on(source.base.days[-1])


def looks_of(loaded: Loaded) -> dict[Holder, Style]:
    """Return the styles of holders whose colour or title somebody says.

    Parameters
    ----------
    loaded : Loaded
        With its looks.
    """
    holders, looks = loaded.ensemble.base.holders, loaded.looks
    said = {each for each in holders if str(each) in looks or each.actor in looks}
    styles = styles_for(holders, looks=looks) if said else {}
    return {holder: style for holder, style in styles.items() if holder in said}


def source_line(series: SeriesSpec, loaded: Loaded) -> str:
    """Say whose data are shown: publisher and licence, or else the files and their days.

    It reads the same in every language. Files are given without their folders.

    Parameters
    ----------
    series : SeriesSpec
        Names the files and the profile.
    loaded : Loaded
        Names the publisher, the licence and the days.
    """
    also = f" + {loaded.beside}" if loaded.beside else ""
    if loaded.publisher:
        return ", ".join(part for part in (loaded.publisher, loaded.licence) if part) + also
    days = loaded.ensemble.base.days
    names = [Path(path).name or path for path in series.paths]
    more = len(names) - _MOST_FILES
    listed = ", ".join(names[:_MOST_FILES]) + (f" (+{more})" if more > 0 else "")
    when = f"{days[0]}" if days[0] == days[-1] else f"{days[0]} – {days[-1]}"
    return f"{listed} ({Path(series.profile).stem}), {when}{also}"


def with_source(maps: MapsSpec, series: SeriesSpec, loaded: Loaded) -> MapsSpec:
    """Return what a map shows with a source, whether or not one is given.

    Parameters
    ----------
    maps : MapsSpec
        Its own source goes before any other.
    series : SeriesSpec
        Names the files and the profile.
    loaded : Loaded
        Names the publisher, the licence and the days.
    """
    source = maps.source or source_line(series, loaded)
    return with_values(maps, {"source": source})


@dataclass(frozen=True, eq=False)
class MapRequest:
    """What is to be shown, as the command line has it.

    Attributes
    ----------
    paths : tuple of str
        Files, folders or globs; or one job file.
    profile : str
        How to read them; nothing for a job file.
    areas : mapping of str to DrawnArea
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
    only_areas : bool
        Whether nothing beyond `areas` is shown, so that drawn zones are looked at there only for
        faults.
    """

    paths: tuple[str, ...]
    profile: str = ""
    areas: Mapping[str, DrawnArea] = field(default_factory=dict)
    rule: tuple[date, ...] | DayRule | None = None
    more_days: tuple[date, ...] = ()
    maps: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    span: Period | None = None
    only_areas: bool = False

    @property
    def is_job(self) -> bool:
        """Whether the first path is a job file."""
        return self.paths[0].lower().endswith(".toml")

    @property
    def folder(self) -> Path:
        """What relative file names start from."""
        return Path(self.paths[0]).parent if self.is_job else Path()

    @cached_property
    def job(self) -> Job:
        """The job file, or one that says of the files no more than the request does."""
        if self.is_job:
            return read_job(Path(self.paths[0]))
        spec = SeriesSpec(profile=self.profile, path=self.paths)
        return Job(series=(with_profile(with_values(spec, self.settings)),))

    @property
    def choices(self) -> tuple[str, ...]:
        """What the series are read as whose profile was recognised, and why."""
        return choices_of(self.job)

    def read(
        self,
        *,
        wanted_days: tuple[date, ...] = (),
        workers: int = 1,
        progress: Progress = lambda _done, _total: None,
    ) -> MapSource:
        """Read the series and what its pictures need.

        Parameters
        ----------
        wanted_days : tuple of date
            Days that claims ask for; see `territory.job.load.load_series`.
        workers : int
            Threads for resampling; the results do not depend on it.
        progress : callable
            Told how many of how many draws are done.

        Raises
        ------
        TerritoryError
            If anything in the files cannot be used as it stands.
        """
        job, folder = self.job, self.folder
        areas = {**load_areas(job.area, folder), **self.areas}
        named = {"area": next(iter(self.areas))} if self.areas else {}
        maps = with_values(job.maps, {**self.maps, **named})
        context = read_context(folder, **maps.context_files)  # before the long work
        loaded = self._series(0, areas, wanted_days, workers, progress)
        maps = with_source(maps, job.series[0], loaded)
        findings = (*loaded.findings, *context_findings(context, loaded.ensemble.base))
        loaded = replace(loaded, findings=findings)
        styles, own = looks_of(loaded), job.titles()
        source = MapSource(
            loaded, maps, context, job.title, job.area_titles, styles, local_titles=own
        )
        return source.on(source.base.days[-1])

    def others(
        self,
        *,
        wanted_days: tuple[date, ...] = (),
        workers: int = 1,
        progress: Progress = lambda _done, _total: None,
    ) -> tuple[Loaded, ...]:
        """Read the further series of a job, which claims are judged on too.

        Parameters
        ----------
        wanted_days, workers, progress
            See `read`.

        Raises
        ------
        TerritoryError
            If anything in the files cannot be used as it stands.
        """
        areas = {**load_areas(self.job.area, self.folder), **self.areas}
        return tuple(
            self._series(number, areas, wanted_days, workers, progress)
            for number in range(1, len(self.job.series))
        )

    def _series(
        self,
        number: int,
        areas: Mapping[str, DrawnArea],
        wanted_days: tuple[date, ...],
        workers: int,
        progress: Progress,
    ) -> Loaded:
        job = self.job
        more = (*self.more_days, *(job.maps.before_after or ())) if number == 0 else ()
        return load_series(
            job.series[number],
            self.folder,
            areas=areas,
            regions=load_regions(job.regions, self.folder),
            rule=self.rule or job.days.select,
            more_days=more,
            span=self.span or Period(job.days.first_day, job.days.last_day),
            wanted_days=wanted_days,
            uncertainty=job.uncertainty,
            actors=job.actors,
            only_areas=self.only_areas and bool(self.areas) and job.regions is None,
            uncut=True,
            workers=workers,
            progress=progress,
        )

"""What pictures and films are made from: a job file, or files read with a profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from territory.errors import InputError
from territory.load import DrawnArea, Loaded, load_areas, load_series
from territory.read.jobfile import DayRule, Job, MapsSpec, SeriesSpec, UncertaintySpec
from territory.read.profile import read_profile
from territory.read.text import read_toml

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Shown:
    """A series with what its pictures need besides.

    Attributes
    ----------
    folder : Path
        What the context files of `maps` start from.
    """

    loaded: Loaded
    maps: MapsSpec
    folder: Path
    title: str = ""


@dataclass(frozen=True, eq=False)
class Asked:
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
    lines : mapping of str to float
        What is said about the drawn lines of files, by the names of the job file.

    Raises
    ------
    InputError
        If files come without a profile, or a job file with further files or a profile.
    """

    paths: tuple[str, ...]
    profile: str
    areas: Mapping[str, DrawnArea]
    rule: tuple[date, ...] | DayRule | None
    more_days: tuple[date, ...]
    maps: Mapping[str, str]
    actor_field: str = ""
    lines: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could mean two things."""
        if self.is_job and (len(self.paths) > 1 or self.profile):
            raise InputError("a job file is read alone and without --profile", file=self.paths[0])
        if self.is_job and self.lines:
            problem = f"a job names its own {next(iter(self.lines))}; that option is for files"
            raise InputError(problem, file=self.paths[0])
        if not self.is_job and not self.profile:
            raise InputError("say how to read the files: --profile, or give a job file")

    @property
    def is_job(self) -> bool:
        """Whether the first path is a job file."""
        return self.paths[0].endswith(".toml")

    def read(self, *, workers: int = 1, progress: Progress = lambda _done, _total: None) -> Shown:
        """Read the series and what its pictures need.

        Raises
        ------
        TerritoryError
            If anything in the files cannot be used as it stands.
        """
        return self._job(workers, progress) if self.is_job else self._files(workers, progress)

    def _job(self, workers: int, progress: Progress) -> Shown:
        path = Path(self.paths[0])
        job = read_toml(path, Job)
        areas = {**load_areas(job.area, path.parent), **self.areas}
        named = {"area": next(iter(self.areas))} if self.areas else {}
        loaded = load_series(
            job.series[0],
            path.parent,
            areas=areas,
            rule=self.rule or job.days.select,
            more_days=self.more_days,
            uncertainty=job.uncertainty,
            workers=workers,
            progress=progress,
        )
        maps = job.maps.model_copy(update={**self.maps, **named})
        return Shown(loaded, maps, path.parent, job.title)

    def _files(self, workers: int, progress: Progress) -> Shown:
        spec = SeriesSpec(profile=self.profile, path=self.paths, actor_field=self.actor_field)
        loaded = load_series(
            spec.model_copy(update=dict(self.lines)),
            Path(),
            areas=self.areas,
            rule=self.rule or "all",
            more_days=self.more_days,
            uncertainty=UncertaintySpec(),
            workers=workers,
            progress=progress,
        )
        return Shown(
            loaded, MapsSpec.model_validate({"source": self._source(), **self.maps}), Path()
        )

    def _source(self) -> str:
        """Return publisher and licence as the profile gives them."""
        if self.profile in {"places", "units"}:
            return ""
        profile = read_profile(self.profile)
        return ", ".join(part for part in (profile.publisher, profile.licence) if part)

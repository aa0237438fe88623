"""A job file to everything it finds out, before any of it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from territory.claims import Claims, Judgement, judge, summary
from territory.load import Loaded, load_areas, load_series, series_files
from territory.read.jobfile import AreaFile, Job
from territory.read.text import read_toml
from territory.results import (
    Budgets,
    Row,
    area_budget_rows,
    area_rows,
    budget_rows,
    change_rows,
    claim_budgets,
    day_pairs,
    quality_rows,
    verdict_rows,
)

Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, eq=False)
class Results:
    """Everything a job found out.

    Attributes
    ----------
    loaded : tuple of Loaded
        One per series; claims and pictures are about the first.
    judgements : tuple of tuple of Judgement
        One group per claim, one judgement per reading.
    budgets : mapping of (str, Reading) to Budget
        Where the doubt about each computed reading comes from, by claim and reading.
    areas, changes, verdicts, budget, quality : tuple of Row
        The tables of the same names.
    inputs : tuple of Path
        Every file the job names.
    """

    job: Job
    loaded: tuple[Loaded, ...]
    judgements: tuple[tuple[Judgement, ...], ...]
    budgets: Budgets
    areas: tuple[Row, ...]
    changes: tuple[Row, ...]
    verdicts: tuple[Row, ...]
    budget: tuple[Row, ...]
    quality: tuple[Row, ...]
    inputs: tuple[Path, ...]

    @property
    def summaries(self) -> tuple[str, ...]:
        """One plain sentence per claim."""
        return tuple(f"{group[0].claim.id}: {summary(group)}" for group in self.judgements)

    @property
    def unusable(self) -> tuple[str, ...]:
        """Why snapshots could not be used or should not be trusted, one line each."""
        return tuple(line for each in self.loaded for line in each.unusable)


def input_files(job: Job, path: Path) -> tuple[Path, ...]:
    """Return every file that a job names and that is there, sorted."""
    named = [path.name, job.claims.file if job.claims else ""]
    for area in job.area.values():
        named += [area.file] if isinstance(area, AreaFile) else []
    named += [name for name in (job.maps.countries, job.maps.regions, job.maps.towns) if name]
    files = {path.parent / name for name in named if name}
    for spec in job.series:
        files |= set(series_files(spec, path.parent))
    return tuple(sorted(file for file in files if file.is_file()))


def compute(path: Path, *, workers: int = 1, progress: Progress = silent) -> Results:
    """Do everything that needs no output folder."""
    job = read_toml(path, Job)
    folder = path.parent
    claims = read_toml(folder / job.claims.file, Claims) if job.claims else Claims(claim=())
    areas = load_areas(job.area, folder)
    loaded = tuple(
        load_series(
            spec,
            folder,
            areas=areas,
            rule=job.days.select,
            more_days=(*claims.days(), *(job.maps.before_after or ())) if number == 0 else (),
            uncertainty=job.uncertainty,
            workers=workers,
            progress=lambda done, total: progress("resampling places", done, total),
        )
        for number, spec in enumerate(job.series)
    )
    judgements = tuple(judge(claim, loaded[0].ensemble) for claim in claims.claim)
    budgets = claim_budgets((j for group in judgements for j in group), loaded[0].ensemble)
    return Results(
        job,
        loaded,
        judgements,
        budgets,
        areas=tuple(r for s in loaded for r in area_rows(s.name, s.ensemble, s.days)),
        changes=tuple(
            r for s in loaded for r in change_rows(s.name, s.ensemble, day_pairs(s.days))
        ),
        verdicts=tuple(verdict_rows(each for group in judgements for each in group)),
        budget=_budget(loaded, budgets),
        quality=tuple(r for s in loaded for r in quality_rows(s.name, s.findings)),
        inputs=input_files(job, path),
    )


def _budget(loaded: tuple[Loaded, ...], budgets: Budgets) -> tuple[Row, ...]:
    """Return the budgets of the claims; of the last day's areas where there is none."""
    if budgets:
        return tuple(budget_rows(loaded[0].name, budgets))
    return tuple(r for s in loaded for r in area_budget_rows(s.name, s.ensemble, s.days))

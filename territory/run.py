"""The whole job: read, measure, judge, draw, write.

Decisions are made in the modules this one calls; here they are put in order, and what
was read and written is noted in `run.json`. What computes and writes is loaded only if
something has changed since the last run.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from territory.errors import InputError
from territory.extras import require
from territory.job.extras_of_job import extras_of
from territory.job.input_files import input_files, is_of_units
from territory.job.profile_choice import choices_of, read_job
from territory.job.spec import PLACES, Job, SeriesSpec
from territory.job.stages import Progress, silent
from territory.memo import Memo
from territory.one_piece import folder_in_one_piece, move_in, remove_files, remove_left
from territory.publish.record import (
    RECORD,
    input_record,
    leftovers,
    run_record,
    still_current,
    unfinished_record,
)
from territory.publish.write import json_bytes

if TYPE_CHECKING:
    from territory.maps.pictures import DrawingBoard
    from territory.publish.watch import Watcher

Announce = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What `run` did: whether anything was computed, and one sentence per claim.

    Attributes
    ----------
    folder : Path
        Where the results are.
    was_current : bool
        Whether nothing had changed since the last run, so that nothing was computed.
    summaries : tuple of str
        One sentence per claim.
    warnings : tuple of str
        Warnings and errors about the days that were used, and why claims could not be
        checked, one line each.
    is_sound : bool
        Whether every snapshot and claim could be used.
    strange : tuple of str
        Files of the folder that no run wrote, or that were edited since; they stay, unless
        this run wrote one of the same name.
    moved : tuple of str
        What moved since the last run of the folder, one line for each day, if the job watches.
    """

    folder: Path
    was_current: bool
    summaries: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    is_sound: bool = True
    strange: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


def run(
    path: Path,
    out: Path,
    *,
    workers: int = 1,
    scheduler: str = "",
    memory: int | None = None,
    force: bool = False,
    strict: bool = False,
    progress: Progress = silent,
    announce: Announce = lambda _line: None,
) -> Outcome:
    """Run a job file and write everything under a folder.

    Parameters
    ----------
    path : Path
        The job file.
    out : Path
        Folder for the results; made if missing.
    workers : int
        Processes that read, clean and draw, and threads that resample; the results do not
        depend on it.
    scheduler : str
        Address of a Dask scheduler whose workers do all of that instead.
    memory : int, optional
        How many bytes each series of drawn zones may take; by default what is free.
    force : bool
        Compute even if nothing changed since the last run, and everything anew.
    strict : bool
        Refuse to write anything if a snapshot or a claim cannot be used.
    progress : callable
        Told the stage and how far it is.
    announce : callable
        Told what will take long, before it begins.

    Returns
    -------
    Outcome
        Where the results are, and one sentence for each claim.

    Raises
    ------
    TerritoryError
        If anything in the job or its files is wrong; nothing is written then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> zone = '''{"type": "FeatureCollection", "features": [{"type": "Feature",
    ...   "properties": {"actor": "a", "day": "2018-01-01"}, "geometry": {"type": "Polygon",
    ...   "coordinates": [[[37, 36], [38, 36], [38, 37], [37, 37], [37, 36]]]}}]}'''
    >>> job = '''series = [{profile = "zones", path = "a.geojson"}]
    ... maps.enabled = false
    ... report.enabled = false'''
    >>> with TemporaryDirectory() as folder:
    ...     place = Path(folder)
    ...     _ = (place / "a.geojson").write_text(zone), (place / "job.toml").write_text(job)
    ...     found = run(place / "job.toml", place / "results")
    ...     table = (place / "results" / "areas.csv").read_text().splitlines()
    >>> found.is_sound, table[0]
    (True, 'series,area,day,actor,status,km2,low,high,drawn_low,drawn_high')
    """
    job = read_job(path)
    inputs = input_files(job, path)
    if not force and (record := still_current(out, inputs, path.parent)) is not None:
        remove_left(out)
        _refuse_unusable(record["unusable"], path, strict=strict)
        return _unchanged(record, out)
    if memory is not None and not any(_is_drawn(each, path.parent) for each in job.series):
        announce(
            "--memory (memory) does nothing here: it bounds how drawn zones are cut together, and"
            " the job has none; leave it out"
        )
    return _compute(
        path,
        job,
        out,
        inputs,
        workers=workers,
        scheduler=scheduler,
        memory=memory,
        afresh=force,
        strict=strict,
        progress=progress,
        announce=announce,
    )


def _is_drawn(spec: SeriesSpec, folder: Path) -> bool:
    """Return whether a series is of drawn zones, not of units or places."""
    return spec.profile != PLACES and not is_of_units(spec, folder)


def _compute(
    path: Path,
    job: Job,
    out: Path,
    inputs: tuple[Path, ...],
    *,
    workers: int,
    scheduler: str,
    memory: int | None,
    afresh: bool,
    strict: bool,
    progress: Progress,
    announce: Announce,
) -> Outcome:
    """Do the whole job, and move what it wrote into its folder."""
    require(*extras_of(job, scheduler=scheduler))
    from territory.job.state import nothing_fits, write_state
    from territory.job.study import compute
    from territory.publish.results import settings_of, warnings_of, write_crate_of, write_results
    from territory.publish.watch import Watcher

    for line in choices_of(job):
        announce(line)
    memo = _kept(out, afresh=afresh, announce=announce)
    watcher = Watcher(out, path.parent) if job.watch.enabled else None
    # Before any is read: of one that changes meanwhile the next run then knows that it did.
    read = input_record(inputs, path.parent)
    strange: list[str] = []
    with _drawing_board(job, workers, scheduler) as board:
        results = compute(
            path,
            workers=workers,
            scheduler=scheduler,
            memory=memory,
            memo=memo,
            progress=progress,
            on_days=partial(_say_how_much, job, announce),
        )
        if memo.is_useless:
            announce(nothing_fits(out))
        _refuse_unusable(results.unusable, path, strict=strict)
        before = partial(_make_room, out, watcher, strange)
        with folder_in_one_piece(out, last=RECORD, before=before) as part:
            write_results(results, path.parent, part, board=board, progress=progress)
            write_state(memo, part)
            settings = settings_of(results)
            if watcher:
                settings |= watcher.write(part, results.loaded, read)
            write_crate_of(results, path.parent, part, inputs=read)
            record = run_record(part, read, settings)
            (part / RECORD).write_bytes(json_bytes(record))
    return Outcome(
        out,
        was_current=False,
        summaries=results.summaries,
        warnings=warnings_of(results),
        is_sound=not results.unusable,
        strange=tuple(strange),
        moved=watcher.lines if watcher else (),
    )


def _kept(out: Path, *, afresh: bool, announce: Announce) -> Memo:
    """Return the answers that the last run of a folder kept, if they are to be used."""
    from territory.job.state import read_state

    memo, about_state = (Memo(), "") if afresh else read_state(out)
    if about_state:
        announce(about_state)
    return memo


def _say_how_much(job: Job, announce: Announce, days: tuple[date, ...]) -> None:
    """Say how many maps there will be, and find out whether a film can be made at all."""
    from territory.publish.preview import many_maps

    if job.maps.enabled and job.maps.film:
        from territory.maps.film.film import ffmpeg  # slow to load

        ffmpeg()  # without it there is no film, which is better known now
    if line := many_maps(job, days):
        announce(line)


def _make_room(
    out: Path, watcher: "Watcher | None", strange: list[str], part: Path, fresh: tuple[str, ...]
) -> None:
    """Take away what the last run wrote and this one does not; list what others wrote."""
    stale, others = leftovers(out, fresh)
    _say_unfinished(out, part, watcher)
    remove_files(stale, below=out)
    strange.extend(path.relative_to(out).as_posix() for path in others)


def _drawing_board(
    job: Job, workers: int, scheduler: str
) -> AbstractContextManager["DrawingBoard"]:
    """Give something to draw on; what draws is loaded only if the job wants maps."""
    if not job.maps.enabled:
        return nullcontext(map)
    from territory.maps.pictures import drawing_board

    return drawing_board(workers, scheduler)


def _unchanged(record: dict[str, Any], out: Path) -> Outcome:
    """Return what the last run said, which this one would say again."""
    return Outcome(
        out,
        was_current=True,
        summaries=tuple(record["summaries"]),
        warnings=tuple(record["told"]),
        is_sound=not record["unusable"],
        strange=_strangers(out, record["outputs"]),
    )


def _refuse_unusable(lines: Sequence[str], job: Path, *, strict: bool) -> None:
    """Stop where a snapshot or claim cannot be used and everything must be usable."""
    if strict and lines:
        more = f" (and {len(lines) - 1} more)" if lines[1:] else ""
        raise InputError(f"--strict: nothing was written; {lines[0]}{more}", file=str(job))


def _say_unfinished(out: Path, part: Path, watcher: "Watcher | None") -> None:
    """Put a record in place that vouches for nothing until all files are moved in."""
    more = watcher.for_the_next if watcher else {}
    listed = orjson.loads((part / RECORD).read_bytes())["outputs"]
    journal = part / f".{RECORD}"
    journal.write_bytes(json_bytes(unfinished_record(out, listed, more)))
    move_in(journal, out / RECORD)


def _strangers(out: Path, fresh: Iterable[str]) -> tuple[str, ...]:
    _, others = leftovers(out, fresh)
    return tuple(path.relative_to(out).as_posix() for path in others)

"""The commands that are measured, in groups, and their table."""

import json
import math
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from commands.drawn import advancing_series, front_series, many_features
from commands.measure import Command, Took, took

_DAILY = "ukraine/deepstate_daily"
_DETAILED = "ukraine/isw"
_PROFILE = ("--profile", "deepstate-daily")
_EUROPE = "10,47,28,56"
Say = Callable[[str], None]


def daily(data: Path, root: Path, scratch: Path) -> Iterator[Command]:
    """Yield the verbs and the job on the daily maps, and the founding job.

    What one day more costs beyond starting up is its row less that of one small map, for which
    the same is loaded and next to nothing computed.
    """
    files = data / _DAILY
    first, last = (sorted(files.glob("*.geojson"))[n].stem[-8:] for n in (0, -1))
    ends = ("--from", _iso(first), "--to", _iso(last))
    yield Command("`areas`, 536 days", ("areas", str(files), *_PROFILE))
    yield Command("`change`, 536 days", ("change", str(files), *_PROFILE, *ends))
    plain = _job(scratch / "plain.toml", files, "[maps]\nenabled = false\n")
    out = scratch / "plain"
    yield _run("`run`, 536 days, no pictures", plain, out, partial(_gone, out))
    yield _run("the same, nothing changed", plain, out)
    small, drawn, little = scratch / "small.toml", scratch / "one-map", scratch / "little"
    front_series(drawn, days=1, points=10, moves=0)
    _job(small, drawn, "[maps]\nenabled = false\n", profile="zones")
    yield _run("the same of one small map: starting up", small, little, partial(_gone, little))
    growing, folder = scratch / "growing", scratch / "days"
    job = _job(scratch / "growing.toml", folder, "[maps]\nenabled = false\n")
    yield _run(
        "the same, one day added", job, growing, partial(_one_day_less, files, folder, job, growing)
    )
    whole, everything = _job(scratch / "whole.toml", files, ""), scratch / "whole"
    yield _run("`run`, 536 days, defaults", whole, everything, partial(_gone, everything))
    founding = scratch / "founding"
    yield _run(
        "the founding job", root / "data/idlib-2018/job.toml", founding, partial(_gone, founding)
    )


def pairs(data: Path, root: Path, scratch: Path) -> Iterator[Command]:
    """Yield all pairs of the daily maps, with intervals."""
    del root, scratch
    words = ("change", str(data / _DAILY), *_PROFILE, "--all-pairs")
    yield Command("`change --all-pairs`, 536 days", words)


def detailed(data: Path, root: Path, scratch: Path) -> Iterator[Command]:
    """Yield the verbs on maps of 40,000 points and more."""
    del root, scratch
    yield Command("`areas`, detailed maps", ("areas", str(data / _DETAILED), "--profile", "isw"))


def large(data: Path, root: Path, scratch: Path) -> Iterator[Command]:
    """Yield what is large in one way or another; all of it is drawn."""
    del data, root
    zones = ("--profile", "zones", "--boundary-error-m", "1000")
    world = _world(scratch / "world" / "2020-01-01.geojson")
    yield Command(
        "one area of a map of the world", ("areas", str(world), *zones, "--area", _EUROPE)
    )
    million = scratch / "million" / "2020-01-01.geojson"
    many = partial(_once, million, partial(many_features, million, count=1_000_000))
    yield Command("a million small features", ("areas", str(million), *zones), prepare=many)
    for days in (2_500, 10_000):
        folder = scratch / f"days-{days}"
        drawn = partial(advancing_series, folder, days=days, points=300, moves=17)
        yield Command(
            f"{days:,} days", ("areas", str(folder), *zones), prepare=partial(_once, folder, drawn)
        )
    for actors in (3, 30, 100):
        folder = scratch / f"actors-{actors}"
        drawn = partial(front_series, folder, days=100, points=1_000, moves=50, actors=actors)
        yield Command(
            f"100 days, {actors} actors",
            ("areas", str(folder), *zones),
            prepare=partial(_once, folder, drawn),
        )


def edges(data: Path, root: Path, scratch: Path) -> Iterator[Command]:
    """Yield series of one to eight million distinct edges."""
    del data, root
    zones = ("--profile", "zones", "--boundary-error-m", "1000")
    for million in (1, 2, 4, 8):
        folder = scratch / f"edges-{million}"
        drawn = partial(advancing_series, folder, days=100 * million, points=10_000, moves=5_000)
        yield Command(
            f"{million} million edges",
            ("areas", str(folder), *zones, "--memory", "6GB"),
            prepare=partial(_once, folder, drawn),
        )


def workers(data: Path, root: Path, scratch: Path) -> Iterator[Command]:
    """Yield one series of a million edges, and a job, with one worker and with two."""
    del root
    million = scratch / "edges-1"
    drawn = partial(advancing_series, million, days=100, points=10_000, moves=5_000)
    for count in (1, 2):
        zones = ("--profile", "zones", "--boundary-error-m", "1000", "--workers", str(count))
        yield Command(
            f"a million edges, {_counted(count)}",
            ("areas", str(million), *zones),
            prepare=partial(_once, million, drawn),
        )
    job = _job(scratch / "spread.toml", data / _DAILY, "[maps]\nenabled = true\n")
    for count in (1, 2):
        out = scratch / f"spread-{count}"
        name = f"`run`, 536 days, {_counted(count)}"
        command = ("run", str(job), "--out", str(out), "--workers", str(count))
        yield Command(name, command, out, partial(_gone, out))


def _counted(workers: int) -> str:
    return f"{workers} worker{'s' if workers > 1 else ''}"


GROUPS = {
    "daily": daily,
    "pairs": pairs,
    "detailed": detailed,
    "large": large,
    "edges": edges,
    "workers": workers,
}


def commands_table(
    groups: list[str], *, data: Path, root: Path, scratch: Path, repeats: int, say: Say
) -> str:
    """Measure commands and return Markdown.

    Parameters
    ----------
    groups : list of str
        Names in `GROUPS`.
    data : Path
        Folder of the published series.
    root : Path
        The checkout whose code is run.
    scratch : Path
        Folder for drawn series and results.
    repeats : int
        How often each is run; medians are given.
    say : callable
        Told what is being measured.
    """
    lines = [
        "| What | Processor s | Wall s | Peak GB | Written MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for group in groups:
        for command in GROUPS[group](data, root, scratch):
            say(f"{group}: {command.name}")
            lines.append(_row(command, [took(command, root) for _ in range(repeats)]))
    return "\n".join(lines)


def _row(command: Command, found: list[Took]) -> str:
    failed = next((each.failure for each in found if each.failure), "")
    if failed:
        return f"| {command.name} | failed: {failed.splitlines()[-1]} | | | |"
    processor, wall = (median(times) for times in _times(found))
    peak = max(each.peak_gb for each in found)
    written = f"{found[-1].written_mb:.1f}" if command.out else ""
    return f"| {command.name} | {processor:.2f} | {wall:.2f} | {peak:.2f} | {written} |"


def _times(found: list[Took]) -> tuple[list[float], list[float]]:
    return [each.processor_s for each in found], [each.wall_s for each in found]


def _run(name: str, job: Path, out: Path, prepare: Callable[[], object] = lambda: None) -> Command:
    """Return a run of a job on one worker."""
    words = ("run", str(job), "--out", str(out), "--workers", "1")
    return Command(name, words, out, prepare)


def _job(path: Path, files: Path, more: str, *, profile: str = "deepstate-daily") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    series = f'[series]\nprofile = "{profile}"\npath = {json.dumps(str(files))}\n'
    path.write_text(series + more, encoding="utf-8")
    return path


def _gone(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _once(place: Path, make: Callable[[], object]) -> None:
    """Draw a series unless it is there."""
    if not place.exists():
        make()


def _one_day_less(files: Path, folder: Path, job: Path, out: Path) -> None:
    """Run a job on all days but the last, and then put the last one in."""
    _gone(folder)
    _gone(out)
    shutil.copytree(files, folder)
    last = max(folder.glob("*.geojson"))
    kept = last.rename(folder.parent / last.name)
    took(_run("", job, out), Path(__file__).resolve().parents[2])
    kept.rename(last)


def _world(path: Path) -> Path:
    """Draw sixty boxes around the earth, of which only two lie in the area."""
    path.parent.mkdir(parents=True, exist_ok=True)
    features = []
    for n in range(60):
        west, south = -180 + 18 * (n % 20), -60 + 40 * math.floor(n / 20)
        east, north = west + 18, south + 40
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append(
            {"type": "Feature", "properties": {"actor": f"state {n}"}, "geometry": shape}
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def _iso(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"

"""Time and memory of territory beside other tools, on the same files, in one run.

Usage: ``python scripts/benchmark.py [--data FOLDER] [--peers FOLDER] [--repeats N]`` with the
Python that has territory's dependencies. Prints Markdown; progress goes to standard error.
With ``--commands GROUP ...`` whole commands are measured instead, start-up and all: processor
seconds, memory and megabytes written, of the published daily maps, of detailed ones, and of
drawn series that are large in one way or another (`scripts/commands`).

Method
------
- Every measurement is a process of its own, so that its peak memory is its own. Time runs
  from the first file (or, where a row says so, from loaded polygons) to the figures; starting
  Python and importing libraries is left out, for all tools alike.
- The tools take turns, repetition by repetition, and a ratio is taken within a repetition:
  single times on a shared machine say little.
- Totals, gains and losses must agree to `TOLERANCE` before any time is printed.
- Edges are straight where they were drawn, in longitude and latitude. The peers therefore
  overlay there and divide the edges of the result before they project it for its area.
  Overlaying projected polygons as they stand gives areas that differ by up to 1e-5.
- The peers live in an environment of their own, made on first use from
  ``benchmark_peers.txt``. What cannot be had there is reported and left out.
"""

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from commands.table import GROUPS, commands_table

if TYPE_CHECKING:
    import geopandas

    from territory.history.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "scripts" / "benchmark_peers.txt"
DAILY = "ukraine/deepstate_daily"
DETAILED = "ukraine/isw/RussianAssessedCoTinUkraine"
TOLERANCE = 1e-6  # relative, of totals, gains and losses
SHARES = (0.25, 0.5, 1.0)  # of the days, for the growth curve
COPIES = (1, 2, 4)  # of the detailed maps side by side, for the growth curve
APART_DEGREES = 12.0  # from one copy to the next
MIN_REPEATS = 3
SAMPLED_PAIRS = 500
STEP_DEGREES = 0.01  # longest edge of a whole day that the peers project; leaves 1e-8
FINE_DEGREES = 0.001  # and of a difference, which is small and thin
EQUAL_AREA = "+proj=laea +lat_0=47.6 +lon_0=36.4 +datum=WGS84 +units=m +no_defs"
CONSECUTIVE = """
    SELECT a.i, {wkb}(ST_Difference(b.geometry, a.geometry)) AS gained,
                {wkb}(ST_Difference(a.geometry, b.geometry)) AS lost
    FROM drawn a JOIN drawn b ON b.i = a.i + 1
"""


@dataclass(frozen=True)
class Outcome:
    """What one process measured.

    Attributes
    ----------
    seconds : dict of str to float
        By stage, in order.
    peak_mb : float
        Peak memory of the whole process when the work was done.
    figures : dict of str to list of float
        Square kilometres, to compare with those of other tools.
    edges : int
        Unique edges of all days, where counted.
    missing : str
        Why the tool could not be measured, if so.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    figures: dict[str, list[float]] = field(default_factory=dict)
    edges: int = 0
    missing: str = ""

    @property
    def total(self) -> float:
        """Seconds of all stages together."""
        return sum(self.seconds.values())


class Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, stage: str) -> None:
        """Book the time since the last call to a stage."""
        now = perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now

    def restart(self) -> None:
        """Forget the time since the last call."""
        self._last = perf_counter()


def peak_mb() -> float:
    """Return the peak memory of this process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def day_of(path: Path) -> date:
    """Return the day in a file's name.

    Examples
    --------
    >>> day_of(Path("deepstatemap_data_20240708.geojson"))
    datetime.date(2024, 7, 8)
    """
    digits = re.search(r"\d{8}", path.name)
    if digits is None:
        raise SystemExit(f"{path}: no date in the file's name")
    return date.fromisoformat(digits[0])


def sampled_pairs(days: int) -> list[tuple[int, int]]:
    """Return the same random ordered pairs of days in every process."""
    chance = random.Random(0)
    return [(a, b) for a, b in (chance.sample(range(days), 2) for _ in range(SAMPLED_PAIRS))]


# --- territory ------------------------------------------------------------------------------


def snapshots_of(files: list[Path], watch: Stopwatch) -> "tuple[Snapshot, ...]":
    """Read and clean every file; libraries are loaded before, as those of the peers are."""
    import pandas  # noqa: F401
    import scipy.sparse.csgraph  # noqa: F401

    from territory.history.snapshot import RawZones, Source
    from territory.holders import Holder
    from territory.job.clean_days import normalised
    from territory.read.formats.geojson import read_geojson

    watch.restart()
    layers = [read_geojson(path) for path in files]
    watch.lap("read")
    raws = []
    for path, layer in zip(files, layers, strict=True):
        holders = (Holder("russia"),) * len(layer.geometry)
        raw = RawZones(day_of(path), layer.crs, Source(layer.file), holders, layer.geometry)
        raws.append(raw)
    snapshots, _ = normalised(raws)
    watch.lap("clean")
    return snapshots


def territory_drawn(files: list[Path]) -> Outcome:
    """From files to totals and gross change."""
    from territory.history.history import from_snapshots
    from territory.measure import change

    watch = Stopwatch()
    snapshots = snapshots_of(files, watch)
    history = from_snapshots(snapshots)
    watch.lap("cut")
    total = change.areas_by_day(history)[:, 1]
    gross = change.gross_change(history, history.days[0], history.days[-1])
    watch.lap("count")
    figures = {"total": total.tolist(), "gain": [float(gross[0, 1])], "loss": [float(gross[1, 0])]}
    return Outcome(watch.seconds, peak_mb(), figures, unique_edges(snapshots))


def territory_copies(copies: int, files: list[Path]) -> Outcome:
    """From cleaned snapshots to totals, the same ground drawn several times side by side."""
    from territory.history.history import from_snapshots
    from territory.measure.change import areas_by_day

    watch = Stopwatch()
    snapshots = tuple(beside(each, copies) for each in snapshots_of(files, watch))
    watch.restart()
    history = from_snapshots(snapshots)
    watch.lap("cut")
    total = areas_by_day(history)[:, 1]
    watch.lap("count")
    return Outcome(watch.seconds, peak_mb(), {"total": total.tolist()}, unique_edges(snapshots))


def beside(snapshot: "Snapshot", copies: int) -> "Snapshot":
    """Return a snapshot with its zones drawn again further east."""
    import numpy as np

    size = len(snapshot.xy)
    shifts = [np.array([n * APART_DEGREES, 0.0]) for n in range(copies)]
    starts = [snapshot.ring_start[:-1] + n * size for n in range(copies)]
    return replace(
        snapshot,
        xy=np.concatenate([snapshot.xy + shift for shift in shifts]),
        ring_start=np.append(np.concatenate(starts), size * copies),
        ring_layer=np.tile(snapshot.ring_layer, copies),
    )


def unique_edges(snapshots: "tuple[Snapshot, ...]") -> int:
    """Count the edges that differ, whichever way they run."""
    import numpy as np

    found = []
    for snapshot in snapshots:
        ends = np.hstack([snapshot.xy[:-1], snapshot.xy[1:]])
        inside = np.ones(len(ends), dtype=bool)
        inside[snapshot.ring_start[1:-1] - 1] = False
        swapped = np.where((ends[:, :2] > ends[:, 2:])[:, :1], ends[:, [2, 3, 0, 1]], ends)
        found.append(swapped[inside])
    return len({edge.tobytes() for edge in np.concatenate(found)})


def territory_overlay(files: list[Path]) -> Outcome:
    """From cleaned snapshots to totals and gross change."""
    outcome = territory_drawn(files)
    stages = {stage: outcome.seconds[stage] for stage in ("cut", "count")}
    return Outcome(stages, outcome.peak_mb, outcome.figures)


def territory_pairs(files: list[Path]) -> Outcome:
    """All pairs of days from a history that is there."""
    from territory.history.history import from_snapshots
    from territory.measure.pairs import all_transitions

    watch = Stopwatch()
    history = from_snapshots(snapshots_of(files, watch))
    watch = Stopwatch()
    moved = all_transitions(history, stayed=False)
    watch.lap("all pairs")
    lost = [float(moved[a, b, 1:, 0].sum()) for a, b in sampled_pairs(len(files))]
    return Outcome(watch.seconds, peak_mb(), {"loss": [sum(lost)], "each": lost})


def territory_detailed(files: list[Path]) -> Outcome:
    """From files to totals, gross change and all pairs."""
    from territory.history.history import from_snapshots
    from territory.measure.pairs import all_transitions

    watch = Stopwatch()
    history = from_snapshots(snapshots_of(files, watch))
    watch.lap("cut")
    moved = all_transitions(history)
    watch.lap("all pairs")
    following = [moved[day, day + 1] for day in range(len(files) - 1)]
    figures = {
        "total": [float(moved[day, day, 1, 1]) for day in range(len(files))],
        "gain": [sum(float(each[0, 1]) for each in following)],
        "loss": [sum(float(each[1, 0]) for each in following)],
    }
    return Outcome(watch.seconds, peak_mb(), figures)


# --- peers ----------------------------------------------------------------------------------


def orjson_kept(files: list[Path]) -> Outcome:
    """Parse the JSON of the whole archive into memory."""
    orjson = import_module("orjson")
    watch = Stopwatch()
    kept = [orjson.loads(path.read_bytes()) for path in files]
    watch.lap("parse")
    return Outcome(watch.seconds, peak_mb(), edges=len(kept))


def orjson_dropped(files: list[Path]) -> Outcome:
    """Parse the JSON file by file and forget each at once."""
    orjson = import_module("orjson")
    watch = Stopwatch()
    for path in files:
        orjson.loads(path.read_bytes())
    watch.lap("parse")
    return Outcome(watch.seconds, peak_mb())


def drawn_by_day(files: list[Path], watch: Stopwatch) -> "list[geopandas.GeoDataFrame]":
    """Read, mend and dissolve every file with geopandas; one row per day."""
    import geopandas

    watch.restart()
    frames = [geopandas.read_file(path) for path in files]
    watch.lap("read")
    found = []
    for frame in frames:
        kept = ~(frame.geometry.isna() | frame.geometry.is_empty)
        there = geopandas.GeoSeries(frame.geometry[kept])
        whole = there.make_valid().union_all()
        found.append(geopandas.GeoDataFrame(geometry=[whole], crs=frame.crs))
    watch.lap("clean")
    return found


def km2(shapes: "Iterable[Any]", step: float = FINE_DEGREES) -> list[float]:
    """Return areas of what was drawn in longitude and latitude."""
    import geopandas

    drawn = geopandas.GeoSeries(list(shapes), crs="EPSG:4326")
    plane = drawn.segmentize(step).to_crs(EQUAL_AREA)
    return [float(area) / 1e6 for area in plane.area]


def figures_of(
    days: "list[geopandas.GeoDataFrame]", gained: "Iterable[Any]", lost: "Iterable[Any]"
) -> dict[str, list[float]]:
    """Return what is compared: totals by day, gains and losses added up."""
    return {
        "total": km2((day.geometry.iloc[0] for day in days), STEP_DEGREES),
        "gain": [sum(km2(gained))],
        "loss": [sum(km2(lost))],
    }


def geopandas_drawn(files: list[Path]) -> Outcome:
    """From files to totals and gross change, by overlay of consecutive days both ways."""
    import geopandas

    watch = Stopwatch()
    days = drawn_by_day(files, watch)
    gained: list[Any] = []
    lost: list[Any] = []
    for before, after in pairwise(days):
        gained.extend(geopandas.overlay(after, before, how="difference").geometry)
        lost.extend(geopandas.overlay(before, after, how="difference").geometry)
    watch.lap("overlay")
    figures = figures_of(days, gained, lost)
    watch.lap("measure")
    return Outcome(watch.seconds, peak_mb(), figures)


def shapely_overlay(files: list[Path]) -> Outcome:
    """Differences of loaded polygons, in two calls on whole arrays; areas not counted in."""
    import numpy as np
    import shapely

    days = drawn_by_day(files, Stopwatch())
    shapes = np.array([day.geometry.iloc[0] for day in days], dtype=object)
    watch = Stopwatch()
    gained = shapely.difference(shapes[1:], shapes[:-1])
    lost = shapely.difference(shapes[:-1], shapes[1:])
    watch.lap("overlay")
    peak = peak_mb()
    return Outcome(watch.seconds, peak, figures_of(days, gained, lost))


def sedonadb_overlay(files: list[Path]) -> Outcome:
    """Differences of loaded polygons by SQL; areas not counted in."""
    import geopandas
    import shapely

    database = import_module("sedona.db").connect()
    days = drawn_by_day(files, Stopwatch())
    shapes = [day.geometry.iloc[0] for day in days]
    table = geopandas.GeoDataFrame({"i": range(len(shapes))}, geometry=shapes)
    database.create_data_frame(table).to_memtable().to_view("drawn")
    watch = Stopwatch()
    found = database.sql(CONSECUTIVE.format(wkb="ST_AsBinary")).to_pandas()
    watch.lap("overlay")
    peak = peak_mb()
    gained, lost = shapely.from_wkb(list(found["gained"])), shapely.from_wkb(list(found["lost"]))
    return Outcome(watch.seconds, peak, figures_of(days, gained, lost))


def duckdb_overlay(files: list[Path]) -> Outcome:
    """Differences of loaded polygons by SQL; areas not counted in."""
    import shapely

    duckdb = import_module("duckdb")
    database = duckdb.connect()
    import_module("duckdb_extensions").import_extension("spatial", con=database)
    database.execute("LOAD spatial")
    days = drawn_by_day(files, Stopwatch())
    rows = [[i, day.geometry.iloc[0].wkb] for i, day in enumerate(days)]
    database.execute("CREATE TABLE drawn (i INTEGER, geometry GEOMETRY)")
    database.executemany("INSERT INTO drawn VALUES (?, ST_GeomFromWKB(?))", rows)
    watch = Stopwatch()
    found = database.execute(CONSECUTIVE.format(wkb="ST_AsWKB")).fetchall()
    watch.lap("overlay")
    peak = peak_mb()
    gained = shapely.from_wkb([bytes(row[1]) for row in found])
    lost = shapely.from_wkb([bytes(row[2]) for row in found])
    return Outcome(watch.seconds, peak, figures_of(days, gained, lost))


def shapely_pairs(files: list[Path]) -> Outcome:
    """All ordered pairs of days, extrapolated from a random sample."""
    import numpy as np
    import shapely

    days = drawn_by_day(files, Stopwatch())
    shapes = np.array([day.geometry.iloc[0] for day in days], dtype=object)
    first, second = np.array(sampled_pairs(len(files))).T
    watch = Stopwatch()
    found = shapely.difference(shapes[first], shapes[second])
    watch.lap("all pairs")
    scale = len(files) * (len(files) - 1) / SAMPLED_PAIRS
    peak = peak_mb()
    lost = km2(found, STEP_DEGREES)
    seconds = {stage: value * scale for stage, value in watch.seconds.items()}
    return Outcome(seconds, peak, {"loss": [sum(lost)], "each": lost})


# --- running them ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """One row of the table.

    Attributes
    ----------
    group, tool : str
        What is done, and by what.
    run : callable
        The measurement.
    folder : str
        Of the files, below the data folder.
    ours : bool
        Whether it is territory, the base of the ratios of its group.
    share : float
        Of the days.
    """

    group: str
    tool: str
    run: Callable[[list[Path]], Outcome]
    folder: str = DAILY
    ours: bool = False
    share: float = 1.0


FILES = "a) daily archive, files to totals and gross change"
LOADED = "a) the same from loaded polygons"
PAIRS = "b) all pairs of its days, from loaded"
REPAIRED = "c) detailed archive, with repair, from files"
GROWTH = "growth"
TASKS = (
    Task(FILES, "territory", territory_drawn, ours=True),
    Task(FILES, "geopandas", geopandas_drawn),
    Task(FILES, "orjson, parsing the archive into memory", orjson_kept),
    Task(FILES, "orjson, parsing file by file and dropping each", orjson_dropped),
    *(
        Task(GROWTH, f"daily, first {share:.0%} of the days", territory_drawn, share=share)
        for share in SHARES
    ),
    *(
        Task(GROWTH, f"detailed, {n} side by side", partial(territory_copies, n), DETAILED)
        for n in COPIES
    ),
    Task(LOADED, "territory", territory_overlay, ours=True),
    Task(LOADED, "shapely.difference", shapely_overlay),
    Task(LOADED, "SedonaDB", sedonadb_overlay),
    Task(LOADED, "DuckDB spatial", duckdb_overlay),
    Task(PAIRS, "territory", territory_pairs, ours=True),
    Task(PAIRS, f"shapely.difference ({SAMPLED_PAIRS} pairs, scaled up)", shapely_pairs),
    Task(REPAIRED, "territory, all pairs", territory_detailed, DETAILED, ours=True),
    Task(REPAIRED, "geopandas, consecutive days only", geopandas_drawn, DETAILED),
)


def base_of(task: Task) -> int:
    """Return the position of territory's task that a task is compared with."""
    return next(i for i, other in enumerate(TASKS) if other.ours and other.group == task.group)


def files_of(data: Path, task: Task) -> list[Path]:
    """Return the files of a task, by day."""
    files = sorted((data / task.folder).glob("*.geojson"), key=day_of)
    return files[: round(len(files) * task.share)]


def measure(position: int, data: Path) -> None:
    """Do one task in this process and print what came of it."""
    task = TASKS[position]
    try:
        outcome = task.run(files_of(data, task))
    except ImportError as error:
        outcome = Outcome(missing=str(error))
    print(json.dumps(asdict(outcome)))


def measured(position: int, data: Path, peers: Path) -> Outcome:
    """Do one task in a process of its own."""
    task = TASKS[position]
    ours = task.ours or task.group == GROWTH
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if ours:
        environment["PYTHONPATH"] = str(ROOT)
    python = sys.executable if ours else str(python_in(peers))
    command = [python, __file__, "--data", str(data), "--measure", str(position)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{task.group}, {task.tool}: failed\n{done.stderr}")
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))


def python_in(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    windows = sys.platform == "win32"
    return environment / ("Scripts/python.exe" if windows else "bin/python")


def prepare(peers: Path) -> None:
    """Make the peers' environment, unless it is there as required.

    What cannot be installed is left out; its measurement then reports that.
    """
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    stamp = peers / "installed.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    say(f"making the peers' environment in {peers}")
    subprocess.run([sys.executable, "-m", "venv", str(peers)], check=True)
    install = [str(python_in(peers)), "-m", "pip", "install", "--quiet"]
    whole = subprocess.run([*install, "-r", str(REQUIREMENTS)], check=False, capture_output=True)
    if whole.returncode:
        for name in filter(None, (line.split("#")[0].strip() for line in wanted.splitlines())):
            if subprocess.run([*install, name], check=False, capture_output=True).returncode:
                say(f"cannot be installed here: {name}")
    else:
        stamp.write_text(wanted, encoding="utf-8")


def say(text: str) -> None:
    """Report progress."""
    print(text, file=sys.stderr, flush=True)


# --- checking and printing ------------------------------------------------------------------


def check(outcomes: list[Outcome]) -> None:
    """Stop if a tool found other areas than territory did."""
    for position, (task, outcome) in enumerate(zip(TASKS, outcomes, strict=True)):
        if task.group == GROWTH or not outcome.figures or base_of(task) == position:
            continue
        ours = outcomes[base_of(task)].figures
        for name, theirs in outcome.figures.items():
            # Single pairs may hardly differ: they are held to the largest of them.
            scale = max(map(abs, ours[name])) if name == "each" else 0.0
            for a, b in zip(ours[name], theirs, strict=True):
                if abs(a - b) > TOLERANCE * max(abs(a), scale):
                    raise SystemExit(f"{task.tool}: {name} is {b}, not {a} km2; nothing is timed")


def spread(values: list[float]) -> str:
    """Return the median with the extremes, to three digits.

    Examples
    --------
    >>> spread([1.0, 3.0, 2.0])
    '2.00 (1.00-3.00)'
    """
    return f"{short(median(values))} ({short(min(values))}-{short(max(values))})"


def short(value: float) -> str:
    """Return a positive number to three digits.

    Examples
    --------
    >>> short(12345.6), short(12.345), short(0.00123)
    ('12346', '12.3', '0.00123')
    """
    return f"{value:#.3g}".rstrip(".") if value < 999.5 else f"{value:.0f}"  # noqa: PLR2004


def comparison(rounds: list[list[Outcome]]) -> list[str]:
    """Return the table of ratios."""
    lines = [
        "| What | Tool | Seconds: median (min-max) | Times territory's | Peak memory |",
        "|---|---|---:|---:|---:|",
    ]
    for position, task in enumerate(TASKS):
        if task.group == GROWTH:
            continue
        missing = rounds[0][position].missing
        if missing:
            lines.append(f"| {task.group} | {task.tool} | not available here: {missing} | | |")
            continue
        seconds = [each[position].total for each in rounds]
        ratios = [each[position].total / each[base_of(task)].total for each in rounds]
        peak = median(each[position].peak_mb for each in rounds)
        ratio = "1" if task.ours else f"**{spread(ratios)}**"
        lines.append(
            f"| {task.group} | {task.tool} | {spread(seconds)} | {ratio} | {peak:.0f} MB |"
        )
    return lines


def growth(rounds: list[list[Outcome]]) -> list[str]:
    """Return the table of the time to cut, and of memory, against unique edges."""
    lines = [
        "| Maps | Unique edges | Seconds to cut: median (min-max) | µs per edge | Peak memory |",
        "|---|---:|---:|---:|---:|",
    ]
    for position, task in enumerate(TASKS):
        if task.group != GROWTH:
            continue
        seconds = [each[position].seconds["cut"] for each in rounds]
        edges = rounds[0][position].edges
        peak = median(each[position].peak_mb for each in rounds)
        each_us = median(seconds) / edges * 1e6
        lines.append(
            f"| {task.tool} | {edges:,} | {spread(seconds)} | {each_us:.1f} | {peak:.0f} MB |"
        )
    return lines


def stages(rounds: list[list[Outcome]]) -> list[str]:
    """Return where the time of the tools goes that have more than one stage."""
    lines = ["| What | Tool | Median seconds by stage |", "|---|---|---|"]
    for position, task in enumerate(TASKS):
        names = list(rounds[0][position].seconds)
        if task.group == GROWTH or len(names) < 2:  # noqa: PLR2004
            continue
        parts = [(n, median(each[position].seconds[n] for each in rounds)) for n in names]
        told = ", ".join(f"{name} {short(value)}" for name, value in parts)
        lines.append(f"| {task.group} | {task.tool} | {told} |")
    return lines


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description="territory's time and memory beside other tools")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--peers", type=Path, default=ROOT / ".benchmark")
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS)
    parser.add_argument("--commands", nargs="+", choices=sorted(GROUPS), help="whole commands")
    parser.add_argument("--scratch", type=Path, default=ROOT / ".benchmark-scratch")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.repeats < MIN_REPEATS:
        parser.error(f"--repeats must be at least {MIN_REPEATS}")
    return asked


def main() -> None:
    """Measure everything in turns, check that all agree, and print the tables."""
    asked = arguments()
    data = asked.data.resolve()
    for folder in sorted({task.folder for task in TASKS}):
        if not any((data / folder).glob("*.geojson")):
            raise SystemExit(
                f"no data: {data / folder} holds no .geojson files; name the folder above"
                f" '{folder}' with --data"
            )
    if asked.measure is not None:
        measure(asked.measure, data)
        return
    if asked.commands:
        scratch, repeats = asked.scratch.resolve(), asked.repeats
        where = {"data": data, "root": ROOT, "scratch": scratch}
        print(commands_table(asked.commands, **where, repeats=repeats, say=say))
        return
    peers = asked.peers.resolve()
    prepare(peers)
    rounds: list[list[Outcome]] = []
    try:
        for turn in range(asked.repeats):
            rounds.append(one_round(f"{turn + 1}/{asked.repeats}", data, peers))
    except KeyboardInterrupt:
        if not rounds:
            raise SystemExit("interrupted before the first repetition was done") from None
        print(f"Interrupted after {len(rounds)} of {asked.repeats} repetitions.\n")
    for table in (comparison, growth, stages):
        print("\n".join(table(rounds)), end="\n\n")


def one_round(turn: str, data: Path, peers: Path) -> list[Outcome]:
    """Measure every task once and check that all tools agree."""
    outcomes = []
    for position, task in enumerate(TASKS):
        say(f"{turn}: {task.group}, {task.tool}")
        outcomes.append(measured(position, data, peers))
    check(outcomes)
    return outcomes


if __name__ == "__main__":
    main()

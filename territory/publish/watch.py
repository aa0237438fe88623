"""What moved since the last run of a folder: days that are new, changed or gone, and by how much.

The last run left all that is needed: its tables and the sha256 of its inputs. A run that is
killed while its files are moved in leaves files of two runs; so what it compared with goes into
the record that stands for it until all are there, and the next run compares with the same.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from territory.findings import Severity
from territory.holders import NOBODY, Status
from territory.job.installed import own_code, versions
from territory.job.series import Loaded
from territory.measure.rows import Row
from territory.numbers import change, figure
from territory.publish.record import RECORD, named
from territory.publish.write import csv_text
from territory.read.text_files import sha256_of

WATCH_COLUMNS = (
    *("series", "area", "day", "state", "file", "figure", "from_day", "to_day"),
    *("actor", "status", "before", "after", "moved"),
)
WATCH = "watch.csv"
BEFORE = "before"  # key of a record that stands until all files are moved in
_AREAS, _QUALITY, _WHOLE = "areas.csv", "quality.csv", "all"
_ROUNDING_KM2, _ROUNDING = 1e-4, 1e-7  # of a figure: another day may shift the plane a little
_MOST_DAYS, _FEW = 20, 3  # that have a line each; actors and files that a line names

Day = tuple[str, str]  # series, day
Holding = tuple[str, str]  # actor, status
Totals = Mapping[tuple[str, str, str], Mapping[Holding, float]]  # by series, area, day


@dataclass(frozen=True)
class Figures:
    """What a run said, as its files have it.

    Attributes
    ----------
    areas, quality : str
        The tables ``areas.csv`` and ``quality.csv``.
    inputs : mapping of str to str
        Sha256 of every input, by its path as seen from the job file.
    files : mapping of str to mapping of str to str
        By series and day the one file that says nothing of another day, where there is one.
    program : str
        What tells versions of `territory` and of its libraries apart.
    """

    areas: str
    quality: str
    inputs: Mapping[str, str]
    files: Mapping[str, Mapping[str, str]]
    program: str = ""

    @cached_property
    def totals(self) -> Totals:
        """The km2 of every holder."""
        found: dict[tuple[str, str, str], dict[Holding, float]] = {}
        for row in csv.DictReader(StringIO(self.areas, newline="")):
            held = found.setdefault((row["series"], row["area"], row["day"]), {})
            held[row["actor"], row["status"]] = float(row["km2"])
        return found

    @cached_property
    def days(self) -> dict[str, list[str]]:
        """The days of each series, in order."""
        found: dict[str, set[str]] = {}
        for series, _, day in self.totals:
            found.setdefault(series, set()).add(day)
        return {series: sorted(days) for series, days in found.items()}

    @cached_property
    def doubts(self) -> Mapping[Day, Counter[str]]:
        """How many warnings and errors there are about each day, by kind."""
        found: dict[Day, Counter[str]] = {}
        for row in csv.DictReader(StringIO(self.quality, newline="")):
            if row["day"] and row["severity"] != Severity.INFO:
                found.setdefault((row["series"], row["day"]), Counter())[row["kind"]] += 1
        return found

    def change(self, series: str, area: str, start: str, end: str) -> Mapping[Holding, float]:
        """Return how much more or less everyone has at the end of a period, in km2.

        Parameters
        ----------
        series, area, start, end : str
            As in the tables.

        Returns
        -------
        mapping of (str, str) to float
            Nothing where one of the two days is not there.
        """
        first, last = (self.totals.get((series, area, day)) for day in (start, end))
        if first is None or last is None:
            return {}
        return {who: last.get(who, 0.0) - first.get(who, 0.0) for who in {**first, **last}}

    def sha256(self, day: Day) -> str:
        """Return the sha256 of the file of a day; empty where no file is of that day alone.

        Parameters
        ----------
        day : (str, str)
            Series and day.
        """
        return self.inputs.get(self.file(day), "")

    def file(self, day: Day) -> str:
        """Return the file of a day, as seen from the job file.

        Parameters
        ----------
        day : (str, str)
            Series and day.
        """
        return self.files.get(day[0], {}).get(day[1], "")


@dataclass(frozen=True)
class Watch:
    """What moved, for a table and for a reader.

    Attributes
    ----------
    rows : tuple of Row
        By `WATCH_COLUMNS`.
    lines : tuple of str
        One for each day, and what else there is to say.
    """

    rows: tuple[Row, ...]
    lines: tuple[str, ...]


def last_figures(out: Path) -> Figures | None:
    """Return what the last run of a folder said; None where none is there as it was left.

    Parameters
    ----------
    out : Path
        The folder of the results.
    """
    try:
        record: dict[str, Any] = orjson.loads((out / RECORD).read_bytes())
        if BEFORE in record:
            return Figures(**record[BEFORE]) if record[BEFORE] else None
        tables = [out / _AREAS, out / _QUALITY]
        if any(sha256_of(path) != record["outputs"][path.name] for path in tables):
            return None
        areas, quality = (path.read_text(encoding="utf-8") for path in tables)
        files = record.get("watch", {}).get("files", {})
        return Figures(areas, quality, record["inputs"], files, program_of(record))
    except (OSError, KeyError, TypeError, AttributeError, ValueError):
        return None


def program_of(record: Mapping[str, Any]) -> str:
    """Return what tells apart the programs that runs were made with.

    Parameters
    ----------
    record : mapping of str to object
        As in ``run.json``.
    """
    return f"{record['code']} {sorted(record['versions'].items())}"


def watch(before: Figures | None, now: Figures, *, folder: str) -> Watch:
    """Compare a run with the one before it.

    Parameters
    ----------
    before, now : Figures or None
        None where there was none.
    folder : str
        Of the results, for the message.
    """
    if before is None:
        line = f"nothing to compare with: '{folder}' holds no earlier run whose files are unchanged"
        return Watch((), (line,))
    states = dict(_states(before, now))
    rows = [row for day in states for row in _rows(day, states, before, now)]
    days = [_line(day, states[day], rows, before, now) for day in states]
    if len(days) > _MOST_DAYS:
        more = len(days) - _MOST_DAYS
        days = [*days[:_MOST_DAYS], f"and {more} more days (watch.csv lists all)"]
    found = days or ["no day is new, changed or gone"]
    return Watch(tuple(rows), (*found, *_besides(states, before, now)))


def _states(before: Figures, now: Figures) -> Iterator[tuple[Day, str]]:
    """Yield the days that are to be told of, with what became of them."""
    for series in sorted({*before.days, *now.days}):
        old, new = (set(each.days.get(series, ())) for each in (before, now))
        for day in sorted(old | new):
            if state := _state((series, day), day in old, day in new, before, now):
                yield (series, day), state


def _state(day: Day, was: bool, is_there: bool, before: Figures, now: Figures) -> str:
    if not was:
        return "new"
    if not is_there:
        return "vanished"
    old, new = before.sha256(day) or before.inputs.get(now.file(day), ""), now.sha256(day)
    if new and old != new:
        return "changed"
    return "moved" if _has_moved(day, before, now) else ""


def _has_moved(day: Day, before: Figures, now: Figures) -> bool:
    """Tell whether a total of a day is another, in an area that both runs have.

    All ground is whatever anybody ever held: one more day adds to what nobody has of it on
    every other, and that is no news of theirs.
    """
    there = ((series, area, when) for series, area, when in now.totals if (series, when) == day)
    for key in there:
        old, new = before.totals.get(key), now.totals[key]
        if old is None:
            continue
        holders = {w for w in {**old, **new} if (key[1], w[0]) != (_WHOLE, NOBODY.actor)}
        if any(_differ(old.get(w, 0), new.get(w, 0)) for w in holders):
            return True
    return False


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > max(_ROUNDING_KM2, _ROUNDING * max(abs(one), abs(other)))


def _rows(day: Day, states: Mapping[Day, str], before: Figures, now: Figures) -> Iterator[Row]:
    """Yield the rows of a day: totals, then changes from and to the days beside it, findings."""
    series, when = day
    about: dict[str, Any] = {
        "series": series,
        "day": when,
        "state": states[day],
        "file": now.file(day) or before.file(day),
    }
    areas = dict.fromkeys(a for s, a, d in (*now.totals, *before.totals) if (s, d) == day)
    for area in areas:
        old, new = (each.totals.get((series, area, when), {}) for each in (before, now))
        yield from _of_holders({**about, "area": area, "figure": "total"}, old, new)
    for area in areas:
        for start, end in _periods(day, states, before, now):
            old, new = (each.change(series, area, start, end) for each in (before, now))
            period = {"figure": "change", "from_day": start, "to_day": end}
            yield from _of_holders({**about, "area": area, **period}, old, new)
    counts = [each.doubts.get(day, Counter()).total() for each in (before, now)]
    old_count = None if states[day] == "new" else counts[0]
    new_count = None if states[day] == "vanished" else counts[1]
    yield _row({**about, "figure": "findings"}, old_count, new_count)


def _periods(
    day: Day, states: Mapping[Day, str], before: Figures, now: Figures
) -> Iterator[tuple[str, str]]:
    """Yield the periods from the day before and to the day after, each for one day alone."""
    series, when = day
    days = (before if states[day] == "vanished" else now).days[series]
    for start, end in pairwise(days):
        if end == when or (start == when and (series, end) not in states):
            yield start, end


def _of_holders(
    about: Mapping[str, Any], old: Mapping[Holding, float], new: Mapping[Holding, float]
) -> Iterator[Row]:
    for actor, status in sorted({**old, **new}):
        who = actor, status
        values = (None if not each else each.get(who, 0.0) for each in (old, new))
        yield _row({**about, "actor": actor, "status": status}, *values)


def _row(about: Mapping[str, Any], before: float | None, after: float | None) -> Row:
    moved = None if before is None or after is None else after - before
    return {
        **dict.fromkeys(WATCH_COLUMNS),
        **about,
        "before": before,
        "after": after,
        "moved": moved,
    }


def _line(day: Day, state: str, rows: Iterable[Row], before: Figures, now: Figures) -> str:
    """Return what is said of a day; figures are of all ground."""
    mine = [row for row in rows if (row["series"], row["day"]) == day]
    file = now.file(day) or before.file(day)
    parts = [_FIGURES.get(state, _moves)(mine), _doubts(day, before, now)]
    of_series = f"series '{day[0]}', " if day[0] else ""
    where = f" ({file})" if file else ""
    return f"{of_series}{day[1]} {_BECAME[state]}{where}: {'; '.join(filter(None, parts))}"


def _has(rows: Iterable[Row]) -> str:
    """Say what everyone has on a new day, and how much more or less than before."""
    rows = list(rows)
    since = {
        _name(row): f" ({change(_km2(row['after']))} since {row['from_day']})"
        for row in _of_all(rows, "change")
        if row["to_day"] == row["day"]
    }
    return _listed(
        f"{_name(row)} {figure(_km2(row['after']))} km2{since.get(_name(row), '')}"
        for row in _largest(_of_all(rows, "total"), "after")
    )


def _had(rows: Iterable[Row]) -> str:
    """Say what everyone had on a day that is gone."""
    there = _largest(_of_all(rows, "total"), "before")
    return _listed(f"{_name(row)} had {figure(_km2(row['before']))} km2" for row in there)


def _moves(rows: Iterable[Row]) -> str:
    """Say by how much the totals and changes of a day are others than in the last run."""
    rows = list(rows)
    totals = [row for row in _of_all(rows, "total") if _is_moved(row)]
    changes = [abs(_km2(row["moved"])) for row in _of_all(rows, "change") if _is_moved(row)]
    if not totals:
        return "no total of all ground moved"
    moved = (f"{_name(row)} {change(_km2(row['moved']))}" for row in _largest(totals, "moved"))
    more = f", changes by up to {figure(max(changes))} km2" if changes else ""
    return f"totals moved by {_listed(moved)} km2{more}"


_FIGURES = {"new": _has, "vanished": _had}
_BECAME = {
    "new": "is new",
    "vanished": "is gone",
    "changed": "has changed",
    "moved": "has other figures, not by a file of its own",
}


def _of_all(rows: Iterable[Row], kind: str) -> list[Row]:
    """Return the rows of one figure about all ground, of those who hold any."""
    return [
        row
        for row in rows
        if (row["figure"], row["area"]) == (kind, _WHOLE) and row["actor"] != NOBODY.actor
    ]


def _km2(cell: object) -> float:
    return cell if isinstance(cell, float) else 0.0


def _is_moved(row: Row) -> bool:
    if row["moved"] is None:  # somebody who had nothing, or has nothing left
        return row["before"] is not row["after"]
    return _differ(_km2(row["before"]), _km2(row["after"]))


def _largest(rows: Iterable[Row], column: str) -> list[Row]:
    return sorted(rows, key=lambda row: -abs(_km2(row[column])))


def _name(row: Row) -> str:
    return f"{row['actor']}" + ("" if row["status"] == Status.HELD else f" ({row['status']})")


def _listed(words: Iterable[str]) -> str:
    """Name a few, and say how many more there are."""
    every = list(words)
    more = len(every) - _FEW
    return ", ".join(every[:_FEW]) + (f" and {more} more" if more > 0 else "")


def _doubts(day: Day, before: Figures, now: Figures) -> str:
    """Say which warnings and errors about a day came or went."""
    old, new = (each.doubts.get(day, Counter()) for each in (before, now))
    came, went = new - old, old - new
    words = [
        f"{'+' if some is came else '-'}{some[kind]} {kind}"
        for some in (came, went)
        for kind in sorted(some)
    ]
    return f"warnings: {_listed(words)}" if words else ""


def _besides(states: Iterable[Day], before: Figures, now: Figures) -> Iterator[str]:
    """Say what else is another than in the last run, and may be why figures moved."""
    told = {each.file(day) for each in (before, now) for day in states}
    both = {**before.inputs, **now.inputs}
    other = [
        name
        for name in sorted(both)
        if before.inputs.get(name) != now.inputs.get(name) and name not in told
    ]
    if other:
        yield f"other than in the last run, and of no one day: {_listed(other)}"
    if before.program != now.program:
        yield "territory or a library is another version than in the last run"


class Watcher:
    """Compares a run with the last one of its folder, which it reads before anything is written.

    Parameters
    ----------
    out : Path
        The folder of the results.
    folder : Path
        Of the job file.
    """

    def __init__(self, out: Path, folder: Path) -> None:
        self._before, self._out, self._folder = last_figures(out), out, folder
        self.lines: tuple[str, ...] = ()

    @property
    def for_the_next(self) -> dict[str, Any]:
        """What the record says until all files are moved in, for a run that goes on then."""
        return {BEFORE: {} if self._before is None else asdict(self._before)}

    def write(
        self, part: Path, loaded: Iterable[Loaded], inputs: Mapping[str, str]
    ) -> dict[str, Any]:
        """Write ``watch.csv`` beside the other tables.

        Parameters
        ----------
        part : Path
            With the other tables in it.
        loaded : iterable of Loaded
            Every series of the job.
        inputs : mapping of str to str
            Sha256 of every input, by its path as seen from the job file.

        Returns
        -------
        dict
            What the next run needs to know, for ``run.json``.
        """
        areas, quality = ((part / name).read_text(encoding="utf-8") for name in (_AREAS, _QUALITY))
        files = {
            each.name: {
                str(day): named(Path(file), self._folder) for day, file in each.files.items()
            }
            for each in loaded
        }
        program = program_of({"code": own_code(), "versions": versions()})
        now = Figures(areas, quality, inputs, files, program)
        found = watch(self._before, now, folder=str(self._out))
        self.lines = found.lines
        table = csv_text(WATCH_COLUMNS, found.rows)
        (part / WATCH).write_text(table, encoding="utf-8", newline="\n")
        return {"watch": {"files": files}}

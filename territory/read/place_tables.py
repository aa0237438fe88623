"""Places, their starting holders and their changes of holder, from three CSV files.

Days are read as in any other table. Those of events are a range, so a month or a year is one too:
from its first day, or until its last.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from territory.ancient_days import day_from_iso
from territory.errors import InputError, did_you_mean
from territory.findings import Finding
from territory.history.places import Event, Place, PlaceSeries, Start, check_chain
from territory.holders import NOBODY
from territory.read.column import no_day
from territory.read.day_order import DayOrder, order_of
from territory.read.moments import Moment, moment_of
from territory.read.profile import DayRule, Profile
from territory.read.text_files import csv_rows

_PLACE_COLUMNS = ("place_id", "name", "lat", "lon")
_STATE_COLUMNS = ("place_id", "holder", "evidence")
_EVENT_COLUMNS = (
    "place_id",
    "date_earliest",
    "date_latest",
    "from_actor",
    "to_actor",
    "evidence",
    "source",
)
_RANGE = ("date_earliest", "date_latest")
_FEW = 20  # places that a message may list
_ACTOR = re.compile(r"[a-z0-9][a-z0-9_-]*", re.ASCII)


def read_places(
    places: Path,
    state: Path,
    events: Path,
    *,
    first_day: date | None,
    last_day: date | None,
    day_format: str = "",
) -> tuple[PlaceSeries, tuple[Finding, ...]]:
    """Read a series of places.

    Parameters
    ----------
    places : Path
        CSV with ``place_id,name,lat,lon`` (degrees, WGS 84).
    state : Path
        CSV with ``place_id,holder,evidence``: holders on the first day.
    events : Path
        CSV with ``place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source``.
    first_day : date or None
        Day of the state; taken from its file name by default.
    last_day : date or None
        Until when the holders are known; the last event by default. Not before the
        first day.
    day_format : str
        How the days of events and of the file name are written, such as ``DD/MM/YYYY``, where
        that is not plain.

    Returns
    -------
    series : PlaceSeries
        From the first day to the last.
    findings : tuple of Finding
        How days were read.

    Raises
    ------
    InputError
        Naming file, line and value, for anything that cannot be used as it stands.
    """
    begin = first_day or day_in_name(state, day_format=day_format)
    known = read_positions(places)
    starts = read_starts(state, known)
    changes, findings = read_events(events, known, day_format=day_format)
    listed = tuple(changes)
    end = last_day or max([begin, *(event.latest for event in listed)])
    if end < begin:
        raise InputError(f"the state is of {begin}, after the last day, {end}", file=str(state))
    series = PlaceSeries(tuple(known[key] for key in sorted(known)), starts, listed, begin, end)
    check_chain(series, changes)
    return series, findings


def day_in_name(path: Path, *, day_format: str = "") -> date:
    """Return the day in a file name, however it is written there.

    Parameters
    ----------
    path : Path
        Only its name is looked at.
    day_format : str
        How it is written, such as ``DD/MM/YYYY``, where that is not plain.

    Raises
    ------
    InputError
        If there is none, or more than one.
    """
    profile = Profile(name="places", day=DayRule(format=day_format))
    return profile.day_in_name(path, instead="say first_day under [days] of a job")


def parse_day(text: str, *, file: str, line: int | None = None) -> date:
    """Return an ISO day; nothing looser is accepted.

    Parameters
    ----------
    text : str
        What should be a day.
    file : str
        For the message.
    line : int, optional
        Line of the file, from 1, for the message.

    Raises
    ------
    InputError
        If the text is not ``YYYY-MM-DD`` or no such day exists.
    """
    try:
        return day_from_iso(text)
    except ValueError:
        pass
    raise InputError(f"'{text}' is not a day (YYYY-MM-DD)", file=file, line=line)


def read_positions(path: Path, *, other_than: Collection[str] = ()) -> dict[str, Place]:
    """Read where places lie.

    Parameters
    ----------
    path : Path
        CSV with ``place_id,name,lat,lon`` (degrees, WGS 84) and any further columns.
    other_than : collection of str
        Ids that are taken.

    Returns
    -------
    dict of str to Place
        By id, in the order of the file.

    Raises
    ------
    InputError
        If there is no place, an id is empty, taken or stands twice, or a degree is none.
    """
    known: dict[str, Place] = {}
    for line, row in csv_rows(path, _PLACE_COLUMNS):
        key = row["place_id"]
        if not key or key in known or key in other_than:
            problem = "stands twice" if key in known else "is on the list already"
            problem = f"place_id '{key}' {problem}" if key else "place_id is empty"
            raise InputError(problem, file=str(path), line=line)
        longitude = degrees(row["lon"], 180, "lon", path, line)
        latitude = degrees(row["lat"], 90, "lat", path, line)
        known[key] = Place(key, row["name"], longitude, latitude)
    if not known:
        raise InputError("no place in the file", file=str(path))
    return known


def degrees(text: str, limit: float, column: str, path: Path, line: int) -> float:
    """Return an angle in degrees.

    Parameters
    ----------
    text : str
        What should be a number.
    limit : float
        How large it may be, either way: 180 for longitude, 90 for latitude.
    column : str
        For the message, as are the next two.
    path : Path
        The file.
    line : int
        Its line, from 1.

    Raises
    ------
    InputError
        If it is no number, or too large.
    """
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -limit <= value <= limit:
        raise InputError(f"{column} '{text}' is no degree", file=str(path), line=line)
    return value


def matching_rows(
    files: Sequence[Path], values: Mapping[str, Collection[str]], label: str
) -> list[tuple[tuple[str, bool], ...]]:
    """Tell which rows of tables have one of some values in every column that is named.

    Parameters
    ----------
    files : sequence of Path
        CSV files with ``place_id`` and any further columns; in one that lacks a column
        that is named, no row matches.
    values : mapping of str to collection of str
        By column.
    label : str
        Who asks, for messages.

    Returns
    -------
    list of tuple of (str, bool)
        For each file, in its order: the place of each row, and whether the row matches.

    Raises
    ------
    InputError
        If no file has a column, no row has a value, or a cell of such a column is empty.
    """
    tables = [(path, list(csv_rows(path, ("place_id",)))) for path in files]
    for column, wanted in values.items():
        _check_values(tables, column, wanted, label)
    return [
        tuple(
            (row["place_id"], all(row.get(name) in each for name, each in values.items()))
            for _, row in rows
        )
        for _, rows in tables
    ]


def _check_values(
    tables: Sequence[tuple[Path, list[tuple[int, dict[str, str]]]]],
    column: str,
    wanted: Iterable[str],
    label: str,
) -> None:
    """Refuse a column that no table has, a value that no row has, and empty cells."""
    columns = dict.fromkeys(name for _, rows in tables for _, row in rows[:1] for name in row)
    if column not in columns:
        problem = f"{label}: no table has a column '{column}'; {did_you_mean(column, columns)}"
        raise InputError(problem, file=str(tables[0][0]))
    present = set()
    for path, rows in tables:
        for line, row in rows:
            if row.get(column) == "":
                problem = f"{column} is empty, and {label} leaves rows out by it"
                raise InputError(problem, file=str(path), line=line)
            present |= {row[column]} if column in row else set()
    for value in wanted:
        if value not in present:
            few = sorted(present) if len(present) < _FEW else ()
            problem = f"{label}: no row has {column} '{value}'"
            hint = f"; {did_you_mean(value, few)}" if few else ""
            raise InputError(problem + hint, file=str(tables[0][0]))


def read_starts(path: Path, known: Mapping[str, Place]) -> dict[str, Start]:
    """Read who holds each place on the first day.

    Parameters
    ----------
    path : Path
        CSV with ``place_id,holder,evidence``: holders on the first day.
    known : mapping of str to Place
        Places by their id.

    Returns
    -------
    dict of str to Start
        By the id of the place, in the order of the file.

    Raises
    ------
    InputError
        If a place is not known or stands twice, or a holder is no actor name.
    """
    starts: dict[str, Start] = {}
    for line, row in csv_rows(path, _STATE_COLUMNS):
        key = _known_place(row["place_id"], known, path, line)
        if key in starts:
            raise InputError(f"place '{key}' stands twice", file=str(path), line=line)
        actor = _actor(row["holder"], path, line)
        starts[key] = Start(actor, row["evidence"])
    return starts


def read_events(
    path: Path, known: Mapping[str, Place], *, day_format: str = ""
) -> tuple[dict[Event, str], tuple[Finding, ...]]:
    """Read the changes of holder in file order, with where each stands.

    Parameters
    ----------
    path : Path
        CSV with ``place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source``.
    known : mapping of str to Place
        Places by their id.
    day_format : str
        How days are written, such as ``DD/MM/YYYY``, where that is not plain.

    Returns
    -------
    events : dict of Event to str
        Each with its file and line, as a message begins.
    findings : tuple of Finding
        How days were read.

    Raises
    ------
    InputError
        If a place is not known, or a row is no change of holder on a day.
    """
    rows = list(csv_rows(path, _EVENT_COLUMNS))
    texts = [row[column] for _, row in rows for column in _RANGE]
    order = order_of(() if day_format else dict.fromkeys(texts))
    events: dict[Event, str] = {}
    for line, row in rows:
        event = _event(row, _Days(order, day_format, path, line), known)
        events[event] = f"{path}, line {line}: "
    return events, order.about(f"days in {' and '.join(map(repr, _RANGE))} of {path}")


@dataclass(frozen=True)
class _Days:
    """How the days of a row of events are read, and where it stands."""

    order: DayOrder
    day_format: str
    path: Path
    line: int

    def of(self, row: Mapping[str, str], column: str) -> Moment:
        """Return what a column says: a day, a month or a year."""
        text, order = row[column], self.order
        found = moment_of(
            text, day_format=self.day_format, order=order.order, partial=not self.day_format
        )
        if found is None:
            problem = f"'{text}' in '{column}' {no_day(text, order, self.day_format)}"
            raise InputError(problem, file=str(self.path), line=self.line)
        return found


def _event(row: dict[str, str], days: _Days, known: Mapping[str, Place]) -> Event:
    path, line = days.path, days.line
    earliest, latest = days.of(row, _RANGE[0]).first, days.of(row, _RANGE[1]).last
    giver = _actor(row["from_actor"], path, line)
    taker = _actor(row["to_actor"], path, line)
    problem = (
        f"the dates run backwards, {earliest} to {latest}"
        if earliest > latest
        else f"a change from '{giver}' to '{taker}' changes nothing"
        if giver == taker
        else "an event needs a source"
        if not row["source"]
        else ""
    )
    if problem:
        raise InputError(problem, file=str(path), line=line)
    key = _known_place(row["place_id"], known, path, line)
    return Event(key, earliest, latest, giver, taker, row["evidence"])


def _known_place(key: str, known: Mapping[str, Place], path: Path, line: int) -> str:
    if key not in known:
        hint = f"; {did_you_mean(key, known)}" if len(known) < _FEW else _nearest(key, known)
        raise InputError(f"unknown place '{key}'{hint}", file=str(path), line=line)
    return key


def _nearest(key: str, known: Mapping[str, Place]) -> str:
    hint = did_you_mean(key, known)
    return f"; {hint}" if hint.startswith("did") else ""


def _actor(text: str, path: Path, line: int) -> str:
    if not _ACTOR.fullmatch(text):
        raise InputError(
            f"'{text}' is no actor name (lower-case letters, digits, - and _)",
            file=str(path),
            line=line,
        )
    if text == NOBODY.actor:
        problem = "an actor cannot be named 'nobody'; write 'unknown', or leave the place out"
        raise InputError(problem, file=str(path), line=line)
    return text

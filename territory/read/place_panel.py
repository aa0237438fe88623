"""Places whose holder is stated day by day: the changes between two rows, and their range.

A row says who holds a place on a day. Where the next row of the place names another, the place
changed hands on some day after the one and until the other: that range is the date of the event.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from territory.errors import InputError
from territory.findings import Finding
from territory.history.places import UNKNOWN, Event, Place, PlaceSeries, Start, check_chain
from territory.holders import NOBODY
from territory.read.place_tables import read_positions
from territory.read.profile import Profile, UnitRule
from territory.read.units import Stated, UnitFields, read_stated

EVIDENCE = "panel"
RULE = UnitRule(
    unit_fields=("place_id", "place", "id"),
    day_fields=("day", "date"),
    actor_fields=("holder", "actor"),
    status_fields=(),
)


def read_panel(
    places: Path, tables: Sequence[Path], fields: UnitFields
) -> tuple[PlaceSeries, tuple[Finding, ...]]:
    """Read places, and who holds them day by day.

    Parameters
    ----------
    places : Path
        CSV with ``place_id,name,lat,lon`` (degrees, WGS 84).
    tables : sequence of Path
        CSV with a row for each place and day: ``place_id,day,holder``, or as `fields` says. A
        row without a holder says nothing.
    fields : UnitFields
        What the series calls the columns.

    Returns
    -------
    series : PlaceSeries
        From the first day of the tables to the last.
    findings : tuple of Finding
        How days were read, and rows that repeat others.

    Raises
    ------
    InputError
        Naming file, line and value, for anything that cannot be used as it stands.
    """
    known = read_positions(places)
    keys = tuple(known)
    profile = Profile(name="places", units=RULE)
    stated = read_stated(tables, keys, profile, fields, missing="place in the file of places")
    starts, events = _changes(stated, keys)
    if not starts:
        raise InputError("no row names a holder", file=str(tables[0]))
    ordered = tuple(known[key] for key in sorted(known))
    first, last = stated.days[0], stated.days[-1]
    series = PlaceSeries(ordered, _known(starts, first, known), events, first, last)
    check_chain(series)
    return series, stated.findings


def _changes(
    stated: Stated, keys: tuple[str, ...]
) -> tuple[dict[str, tuple[date, str]], tuple[Event, ...]]:
    """Return the first day and holder of each place, and every change after it."""
    days = stated.days
    names = [UNKNOWN if holder == NOBODY else holder.actor for holder in stated.holders]
    said = np.where(stated.held_by > 0, stated.held_by, -1)  # an empty cell says nothing
    starts: dict[str, tuple[date, str]] = {}
    events: list[Event] = []
    for key, column in zip(keys, said.T, strict=True):
        rows = np.flatnonzero(column >= 0).tolist()
        if not rows:
            continue
        starts[key] = days[rows[0]], names[column[rows[0]]]
        if rows[0]:  # not known before, however long that is
            first = days[rows[0]]
            events.append(Event(key, first, first, UNKNOWN, names[column[rows[0]]], EVIDENCE))
        for before, row in pairwise(rows):
            if column[before] != column[row]:
                giver, taker = names[column[before]], names[column[row]]
                since = days[before] + timedelta(1)
                events.append(Event(key, since, days[row], giver, taker, EVIDENCE))
    return starts, tuple(events)


def _known(
    starts: Mapping[str, tuple[date, str]], first: date, known: Mapping[str, Place]
) -> dict[str, Start]:
    """Return who holds each place on the first day, where a row says so."""
    there = {key: actor for key, (day, actor) in starts.items() if day == first}
    return {key: Start(there.get(key, UNKNOWN), EVIDENCE) for key in known}

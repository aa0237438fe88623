"""A profile for districts or cells and a table of who holds each, whatever its columns are called.

The table is known by its units: a column of it and a property of the polygons have the same codes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from territory.errors import TerritoryError
from territory.holders import Status
from territory.read.formats.by_extension import read_any
from territory.read.formats.csv_wkt import has_geometry_column
from territory.read.formats.gdal_guard import first_bytes
from territory.read.formats.layer import Layer
from territory.read.paths import expand
from territory.read.proposal import Proposal, likely_actor
from territory.read.sight import ColumnSeen, Sight, count_values
from territory.read.text_files import csv_rows
from territory.read.units import unit_names
from territory.read.unread_spans import words_of

_ROWS = 20_000  # of a table are looked at, and of one larger than this none:
_MOST_BYTES = 64_000_000
_HEAD_BYTES = 100_000
_MOST_WITHOUT = 0.1  # of the units of a table have no polygon
_SINCE = frozenset({"day", "date", "datum", "since", "from"})

Ids = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Table:
    """Which columns of a table say what; `id` is the property of the polygons."""

    path: Path
    id: str
    unit: str
    day: str
    actor: str
    status: str


def units_proposed(paths: Sequence[str]) -> Proposal | None:
    """Return a profile for polygons and tables of who holds them, None where these are none.

    Parameters
    ----------
    paths : sequence of str
        Files, folders or globs: polygons, and tables unless they lie beside the first of those.

    Returns
    -------
    Proposal or None
        It says which table, and what its columns are called.
    """
    files = expand(tuple(paths))
    drawn = [each for each in files if not _is_table(each)]
    if not drawn:
        return None
    named = [each for each in files if each not in drawn]
    beside = (each for each in sorted(drawn[0].parent.glob("*.csv")) if _is_table(each))
    ids = _ids(drawn)
    found = [table for each in named or beside if (table := _looked_at(each, ids)) is not None]
    return _proposal(found) if found else None


def _proposal(found: Sequence[_Table]) -> Proposal:
    names = [each.path.name for each in found]
    one = found[0]
    remarks = (
        f"units: {' and '.join(names)} says who holds what; '{one.unit}' is '{one.id}' of the"
        " polygons",
        f"label: '{one.actor}' names the holder, from '{one.day}' on",
    )
    rule: dict[str, object] = {
        "id_fields": _once(each.id for each in found),
        "unit_fields": _once(each.unit for each in found),
        "day_fields": _once(each.day for each in found),
        "actor_fields": _once(each.actor for each in found),
        "status_fields": _once(each.status for each in found if each.status),
        "holders": _pattern(names),
    }
    about = "Proposed from polygons and a table; the actors are called as in the table."
    return Proposal({"name": one.path.stem, "about": about}, remarks=remarks, units=rule)


def _pattern(names: Sequence[str]) -> str:
    """Return the pattern of the names of tables: what stands before a year, if that is the same."""
    start = re.split(r"\d", names[0])[0]
    same = all(each.startswith(start) for each in names)
    return names[0] if len(names) == 1 else f"{start if same else ''}*.csv"


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _is_table(path: Path) -> bool:
    if path.suffix.lower() != ".csv" or path.stat().st_size > _MOST_BYTES:
        return False
    return not has_geometry_column(first_bytes(path, _HEAD_BYTES).replace(b"\0", b""))


def _ids(drawn: Sequence[Path]) -> dict[str, frozenset[str]]:
    """Return the properties that tell all polygons apart, with their values."""
    found: dict[str, frozenset[str]] = {}
    for path in drawn:
        try:
            layers = read_any(path)
        except TerritoryError:
            continue
        for layer in layers:
            for name in dict.fromkeys(name for row in layer.properties for name in row):
                found[name] = found.get(name, frozenset()) | _names(layer, name)
    return found


def _names(layer: Layer, field: str) -> frozenset[str]:
    try:
        return frozenset(unit_names(layer, field))
    except TerritoryError:
        return frozenset()


def _looked_at(path: Path, ids: Ids) -> _Table | None:
    """Return what the columns of a table say; None where one is wanting."""
    try:
        rows = [row for _, row in islice(csv_rows(path, ()), _ROWS)]
    except TerritoryError:
        return None
    columns: dict[str, ColumnSeen] = {}
    count_values(rows, columns)
    pairs = (
        (_shared(seen, ids[name]), name, seen.name) for seen in columns.values() for name in ids
    )
    (share, _), id_field, unit = max(pairs, default=((0.0, 0), "", ""), key=lambda each: each[0])
    if share < 1 - _MOST_WITHOUT:
        return None
    others = [each for name, each in columns.items() if name != unit]
    days = sorted((c for c in others if c.are_days), key=lambda c: not words_of(c.name) & _SINCE)
    status = next((c.name for c in others if c.counts and set(c.counts) <= set(Status)), "")
    left = {c.name: c for c in others if not c.are_days and c.name != status}
    sight = Sight((path.name,), left, {}, (), (frozenset({path.stem}),), (), len(rows))
    actor = likely_actor(sight)
    if not days or actor is None:
        return None
    return _Table(path, id_field, unit, days[0].name, actor.name, status)


def _shared(column: ColumnSeen, ids: frozenset[str]) -> tuple[float, int]:
    """Return the share of the values of a column that are ids, and how many are."""
    both = len(ids.intersection(column.counts))
    return both / max(len(column.counts), 1), both

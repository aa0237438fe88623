"""Fixed polygons (districts, cells) and tables of who holds each from which day.

A table is columns of distinct texts and codes, so that days are parsed and labels looked up once
each, whether it has ten rows or twelve million. What is wrong is looked for among the distinct
texts too, and only then for the line on which it stands.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from territory.errors import GeometryError, InputError, did_you_mean, hint_with_option
from territory.findings import Finding, FindingKind, Severity
from territory.holders import NOBODY, Holder, Status
from territory.read.column import no_day
from territory.read.day_order import order_of
from territory.read.formats.layer import Layer
from territory.read.large_tables import Texts, header_of, line_of, read_columns
from territory.read.moments import moment_of
from territory.read.profile import Profile, UnitRule
from territory.read.row_position import Position
from territory.read.text_files import refuse_near_misses

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WHOLE = re.compile(r"(-?\d+)\.0+")
_FEW = 3  # that a message names

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class UnitFields:
    """What a series calls the columns of its table; empty where its profile says it.

    Attributes
    ----------
    id, unit, day, actor, status : str
        The property of the polygons, and columns of the table.
    day_format : str
        How the days are written, such as ``DD/MM/YYYY``.
    """

    id: str = ""
    unit: str = ""
    day: str = ""
    actor: str = ""
    status: str = ""
    day_format: str = ""


@dataclass(frozen=True, eq=False)
class Units:
    """Who holds each unit on each day.

    Attributes
    ----------
    held_by : ndarray of int, shape (days, units)
        Index into `holders`, whose first is `NOBODY`; a row of the table counts until the
        next one for its unit.
    first : ndarray of int, shape (units,)
        The first day on which a row names each unit, as an index into `days`; their number
        where none does.
    findings : tuple of Finding
        Rows that were left out, and how days were read.
    """

    days: tuple[date, ...]
    holders: tuple[Holder, ...]
    held_by: NDArray[np.int16]
    first: NDArray[np.int64]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, eq=False)
class Stated:
    """What the rows of tables of holders say, on their very days.

    Attributes
    ----------
    held_by : ndarray of int, shape (days, units)
        Index into `holders`, whose first is `NOBODY`; -1 where no row says anything.
    findings : tuple of Finding
        Rows that were left out, and how days were read.
    """

    days: tuple[date, ...]
    holders: tuple[Holder, ...]
    held_by: NDArray[np.int16]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, eq=False)
class HolderTable:
    """The columns of one or more tables of holders, one after the other.

    Attributes
    ----------
    columns : mapping of str to Texts
        By what they say: ``unit``, ``day``, ``actor`` and, perhaps, ``status``.
    place : callable
        Returns where a row stands, counted from 0, for messages.
    names : mapping of str to str
        What the files call the columns.
    """

    columns: Mapping[str, Texts]
    place: Callable[[int], Position]
    names: Mapping[str, str] = field(default_factory=dict)

    def refuse(self, bad: Rows, column: str, problem: str, hint: str = "") -> None:
        """Refuse the first of some rows.

        Parameters
        ----------
        bad : ndarray of bool, shape (n,)
            Which rows.
        column : str
            Whose value is named.
        problem, hint : str
            What is wrong with it, and what to do.

        Raises
        ------
        InputError
            If there is any; naming its file, line and value.
        """
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            texts = self.columns[column]
            value = texts.texts[texts.codes[row]]
            raise self.place(row).error(f"{problem}: {value!r}{hint and '; '}{hint}")

    def refuse_texts(
        self, column: str, bad: Callable[[str], bool], problem: str, hint: str = ""
    ) -> None:
        """Refuse the first row whose text in a column is not to be.

        Parameters
        ----------
        column : str
            Which.
        bad : callable
            Whether a text is not to be.
        problem, hint : str
            What is wrong with it, and what to do.
        """
        texts = self.columns[column]
        wrong = np.array([bad(text) for text in texts.texts], dtype=bool)
        if wrong.any():
            self.refuse(wrong[texts.codes], column, problem, hint)


def id_property(layer: Layer, rule: UnitRule, fields: UnitFields) -> str:
    """Return the property of the polygons that names the unit.

    Parameters
    ----------
    layer : Layer
        The polygons.
    rule : UnitRule
        What it may be called.
    fields : UnitFields
        What the series says it is called.
    """
    present = dict.fromkeys(name for row in layer.properties for name in row)
    usual = (fields.unit, *rule.id_fields, *rule.unit_fields)
    wanted = (fields.id,) if fields.id else tuple(name for name in usual if name)
    return _present(wanted, list(present)) or wanted[0]


def unit_names(layer: Layer, id_field: str) -> tuple[str, ...]:
    """Return the unit of every polygon.

    Parameters
    ----------
    layer : Layer
        The polygons, one feature for each unit.
    id_field : str
        Property that holds the name of the unit.

    Returns
    -------
    tuple of str
        In the order of the features.

    Raises
    ------
    InputError
        If a polygon has no unit, or two have the same.
    GeometryError
        If a polygon has no geometry.
    """
    names: list[str] = []
    for number, properties in enumerate(layer.properties, start=1):
        value = properties.get(id_field)
        if value is None or str(value) == "":
            hint = hint_with_option(
                did_you_mean(id_field, properties), "--id-field, or id_field in a job file"
            )
            raise InputError(f"no unit in '{id_field}'; {hint}", file=layer.file, feature=number)
        names.append(_plain(str(value).strip()))
        if layer.geometry[number - 1] is None:
            raise GeometryError("a unit without geometry", file=layer.file, feature=number)
    first = {name: number for number, name in reversed(tuple(enumerate(names)))}
    again = next((number for number, name in enumerate(names) if first[name] < number), None)
    if again is not None:
        problem = f"unit '{names[again]}' stands twice"
        raise InputError(problem, file=layer.file, feature=again + 1)
    return tuple(names)


def read_holders(
    paths: Sequence[Path],
    names: tuple[str, ...],
    profile: Profile,
    fields: UnitFields = UnitFields(),
) -> Units:
    """Read tables of holders.

    Parameters
    ----------
    paths : sequence of Path
        CSV, plain, zipped or gzipped, with the columns that the profile or the series names;
        by default ``unit,day,actor`` and, optionally, ``status``. An empty actor is nobody.
    names : tuple of str
        The units, in the order of their polygons.
    profile : Profile
        One for units.
    fields : UnitFields
        What the series says otherwise.

    Raises
    ------
    InputError
        Naming line and value: an unknown unit, a day that is none, a label that no rule
        knows, an unknown status, or two rows that give a unit two holders on one day.
    """
    return _lasting(read_stated(paths, names, profile, fields))


def read_stated(
    paths: Sequence[Path],
    names: tuple[str, ...],
    profile: Profile,
    fields: UnitFields,
    *,
    missing: str = "polygon",
) -> Stated:
    """Read what tables of holders say of the very days of their rows.

    Parameters
    ----------
    paths, names, profile, fields
        As for `read_holders`.
    missing : str
        What a unit that is not among the names has none of.

    Raises
    ------
    InputError
        As for `read_holders`.
    """
    tables = [_read(path, profile.units or UnitRule(), fields) for path in paths]
    return _stated(_joined(tables), names, profile, fields, missing)


def holders_of(
    table: HolderTable,
    names: tuple[str, ...],
    profile: Profile,
    fields: UnitFields = UnitFields(),
) -> Units:
    """Return who holds every unit on every day.

    Parameters
    ----------
    table : HolderTable
        What the tables say.
    names, profile, fields
        As for `read_holders`.

    Raises
    ------
    InputError
        As for `read_holders`.
    """
    return _lasting(_stated(table, names, profile, fields, "polygon"))


def _stated(
    table: HolderTable,
    names: tuple[str, ...],
    profile: Profile,
    fields: UnitFields,
    missing: str,
) -> Stated:
    for column in table.columns:
        table.refuse_texts(
            column, lambda t: bool(_CONTROL.search(t)), "a line break or another control character"
        )
    table, unit, about_units = _units(table, names, profile.units or UnitRule(), missing)
    codes, days, about_days = _days(table, fields.day_format or profile.day.format)
    holder, holders = _holders(table, profile, codes, days, chosen=bool(fields.actor))
    held_by = np.full((len(days), len(names)), -1, dtype=np.int16)
    cell = codes.astype(np.int64) * len(names) + unit
    held_by.ravel()[cell] = holder
    about_twice = _twice(table, cell, holder, held_by)
    silent = _silent(table) if fields.actor or profile.rule else []
    findings = (*about_units, *about_days, *about_twice, *silent)
    return Stated(days, holders, held_by, findings)


def _lasting(stated: Stated) -> Units:
    """Let every row count until the next one of its unit."""
    days, held_by = stated.days, stated.held_by
    named = held_by >= 0
    first = np.where(named.any(axis=0), named.argmax(axis=0), len(days))
    return Units(days, stated.holders, _carried_forward(held_by), first, stated.findings)


def _read(path: Path, rule: UnitRule, fields: UnitFields) -> HolderTable:
    header = header_of(path)
    wanted = {
        "unit": (fields.unit, rule.unit_fields + ((fields.id,) if fields.id else ())),
        "day": (fields.day, rule.day_fields),
        "actor": (fields.actor, rule.actor_fields),
        "status": (fields.status, rule.status_fields),
    }
    called = {
        what: _column(what, (chosen,) if chosen else usual, header, path, is_named=bool(chosen))
        for what, (chosen, usual) in wanted.items()
    }
    taken = {what: name for what, name in called.items() if name}
    if not called["status"]:
        left = [name for name in header if name not in taken.values()]
        hint = ", or name the one that is meant with --status-field"
        refuse_near_misses(left, rule.status_fields, str(path), hint=hint)
    if taken.get("status") == taken["actor"]:
        del taken["status"]
    found = read_columns(path, tuple(dict.fromkeys(taken.values())))
    columns = {what: found[name] for what, name in taken.items()}
    columns["unit"] = _plain_units(columns["unit"])
    return _without_empty(
        HolderTable(columns, lambda row: Position(str(path), line_of(path, row)), taken)
    )


def _column(
    what: str, names: tuple[str, ...], header: Sequence[str], path: Path, *, is_named: bool
) -> str:
    """Return what a table calls a column; nothing for a status that it does not have."""
    found = _present(names, header)
    if found or (what == "status" and not is_named):
        return found
    option = f"--{what}-field"
    hint = hint_with_option(did_you_mean(names[0], [name for name in header if name]), option)
    raise InputError(f"no column '{names[0]}'; {hint}", file=str(path), line=1)


def _present(names: Sequence[str], present: Sequence[str]) -> str:
    """Return the first name that is there, in whatever case; nothing where none is."""
    folded = {name.casefold(): name for name in reversed(present)}
    found = (name if name in present else folded.get(name.casefold(), "") for name in names)
    return next(filter(None, found), "")


def _plain(name: str) -> str:
    """Return a whole number that some program wrote with a point as it was."""
    found = _WHOLE.fullmatch(name)
    return found[1] if found else name


def _plain_units(units: Texts) -> Texts:
    return Texts.of(units.codes, [_plain(text) for text in units.texts])


def _without_empty(table: HolderTable) -> HolderTable:
    """Pass over rows that say nothing at all, as spreadsheets leave them."""
    empty = [
        np.array([not text for text in each.texts], dtype=bool)[each.codes]
        for each in table.columns.values()
        if "" in each.texts
    ]
    if len(empty) < len(table.columns):
        return table
    return _of_rows(table, ~np.logical_and.reduce(empty))


def _of_rows(table: HolderTable, rows: Rows) -> HolderTable:
    if rows.all():
        return table
    kept = np.flatnonzero(rows)
    columns = {what: each.of_rows(rows) for what, each in table.columns.items()}
    return HolderTable(columns, lambda row: table.place(int(kept[row])), table.names)


def _joined(tables: Sequence[HolderTable]) -> HolderTable:
    """Put tables one after the other; a status that one of them lacks is that of plain ground."""
    if len(tables) == 1:
        return tables[0]
    sizes = [len(each.columns["unit"].codes) for each in tables]
    whats = dict.fromkeys(what for each in tables for what in each.columns)
    columns = {}
    for what in whats:
        nothing = [Texts(np.zeros(size, dtype=np.int32), ("",)) for size in sizes]
        parts = [each.columns.get(what, none) for each, none in zip(tables, nothing, strict=True)]
        before = np.cumsum([0, *(len(each.texts) for each in parts)])[:-1]
        codes = np.concatenate(
            [each.codes + int(start) for each, start in zip(parts, before, strict=True)]
        )
        columns[what] = Texts.of(codes, [text for each in parts for text in each.texts])
    starts = np.cumsum([0, *sizes])

    def place(row: int) -> Position:
        which = int(np.searchsorted(starts, row, side="right")) - 1
        return tables[which].place(row - int(starts[which]))

    return HolderTable(columns, place, tables[0].names)


def _units(
    table: HolderTable, names: tuple[str, ...], rule: UnitRule, missing: str
) -> tuple[HolderTable, NDArray[np.int32], list[Finding]]:
    """Return the rows that count, the polygon of each, and which units have none."""
    texts = table.columns["unit"]
    table.refuse_texts("unit", lambda text: not text, "no unit")
    number = {name: which for which, name in enumerate(names)}
    index = np.array([number.get(text, -1) for text in texts.texts], dtype=np.int32)
    unknown = [text for text, at in zip(texts.texts, index, strict=True) if at < 0]
    if not unknown:
        return table, index[texts.codes], []
    known = len(unknown) < len(texts.texts)
    if rule.without_polygon == "error" or not known:
        column = f"'{table.names.get('unit', 'unit')}'"
        none = f"no {missing} has any of {column}; name other columns: --unit-field, --id-field"
        hint = f"no {missing} has it" if known else none
        table.refuse_texts("unit", set(unknown).__contains__, "unknown unit", hint)
    rows = index[texts.codes] >= 0
    detail = (
        f"{len(unknown)} of {len(texts.texts)} units of the table have no polygon and are left out"
        f" with {(~rows).sum():,} of {len(rows):,} rows: {', '.join(unknown[:_FEW])}"
        f"{', ...' * (len(unknown) > _FEW)}"
    )
    kept = _of_rows(table, rows)
    found = Finding(FindingKind.LEFT_OUT, detail, Severity.WARNING)
    return kept, index[kept.columns["unit"].codes], [found]


def _days(
    table: HolderTable, day_format: str
) -> tuple[NDArray[np.int32], tuple[date, ...], tuple[Finding, ...]]:
    """Return the day of every row, as an index into the days in order."""
    texts = table.columns["day"]
    order = order_of(() if day_format else texts.texts)
    moments = [moment_of(text, day_format=day_format, order=order.order) for text in texts.texts]
    for text, moment in zip(texts.texts, moments, strict=True):
        if moment is None:
            called = table.names.get("day", "day")
            row = int(np.flatnonzero(texts.codes == texts.texts.index(text))[0])
            problem = f"'{text}' in '{called}' {no_day(text, order, day_format)}"
            raise table.place(row).error(problem)
    found = [moment.first for moment in moments if moment is not None]
    days = tuple(sorted(set(found)))
    at = {day: number for number, day in enumerate(days)}
    codes = np.array([at[day] for day in found], dtype=np.int32)[texts.codes]
    return codes, days, order.about(f"days in '{table.names.get('day', 'day')}'")


def _holders(
    table: HolderTable,
    profile: Profile,
    codes: NDArray[np.int32],
    days: tuple[date, ...],
    *,
    chosen: bool,
) -> tuple[NDArray[np.int16], tuple[Holder, ...]]:
    """Return the holder of every row, as an index into all of them, nobody first."""
    actors = table.columns["actor"]
    _refuse_nothing(table)
    status = _statuses(table, chosen=chosen)
    by_day = _ruled_by_day(profile)
    # Rows with the same label, status and (where rules depend on it) day are one case.
    sizes = len(actors.texts), len(status.texts), len(days) if by_day else 1
    case = (actors.codes * np.int32(sizes[1]) + status.codes) * np.int32(sizes[2])
    case += codes if by_day else 0
    there = np.zeros(int(np.prod(sizes)), dtype=bool)
    there[case] = True
    named: dict[int, Holder] = {}
    for each in np.flatnonzero(there).tolist():
        label, firm, day = (int(at) for at in np.unravel_index(each, sizes))
        text = actors.texts[label]
        found = _holder(text, status.texts[firm], profile, days[day])
        if found is None:
            near = did_you_mean(text, [rule.label for rule in profile.rule])
            hint = profile.pattern_hint([text]) or near
            problem = f"no rule of profile '{profile.name}' knows the label"
            table.refuse(case == each, "actor", problem, hint)
        named[each] = found or NOBODY
    holders = (NOBODY, *sorted({*named.values()} - {NOBODY}))
    position = np.zeros(len(there), dtype=np.int16)
    for each, holder in named.items():
        position[each] = holders.index(holder)
    return position[case], holders


def _ruled_by_day(profile: Profile) -> bool:
    return any(rule.since or rule.until for rule in profile.rule)


def _refuse_nothing(table: HolderTable) -> None:
    """Refuse a column that names nobody anywhere: it is another one that is meant."""
    if not any(table.columns["actor"].texts):
        called = table.names.get("actor", "actor")
        problem = f"column '{called}' is empty on every row; name another: --actor-field"
        raise InputError(problem, file=table.place(0).file)


def _holder(label: str, status: str, profile: Profile, day: date) -> Holder | None:
    """Return whom a label means; None where rules are given and none of them knows it."""
    if not label:
        return NOBODY
    if not profile.rule:
        if label == NOBODY.actor:
            return NOBODY
        return Holder(label, Status(status or Status.HELD))
    rule = profile.meaning(label, day)
    if rule is None:
        return None
    return NOBODY if rule.drop else Holder(rule.actor, Status(status or rule.status))


def _statuses(table: HolderTable, *, chosen: bool) -> Texts:
    """Return the column of statuses; one without any status beside a chosen actor is another."""
    plain = Texts(np.zeros(len(table.columns["unit"].codes), dtype=np.int32), ("",))
    status = table.columns.get("status", plain)
    known = {"", *map(str, Status)}
    if chosen and not known.intersection(status.texts) - {""}:
        return plain  # such as the opinion of another publisher
    table_has = "status" in table.columns
    if table_has:
        table.refuse_texts("status", lambda text: text not in known, "unknown status")
    return status


def _twice(
    table: HolderTable,
    cell: NDArray[np.int64],
    holder: NDArray[np.int16],
    held_by: NDArray[np.int16],
) -> list[Finding]:
    """Refuse two holders of one unit on one day; tell of rows that merely repeat others."""
    count = len(cell) - int((held_by >= 0).sum())
    if not count:
        return []
    last = held_by.ravel()[cell]
    differ = last != holder
    if differ.any():
        unit = int(cell[np.flatnonzero(differ)[0]])
        rows = np.flatnonzero(cell == unit)
        other = int(rows[holder[rows] != holder[rows[0]]][0])
        wrong = np.zeros(len(cell), dtype=bool)
        wrong[other] = True
        first = table.place(int(rows[0])).beside(table.place(other))
        problem = f"a second row for this day and unit, with another holder than {first}"
        table.refuse(wrong, "unit", problem)
    detail = (
        f"{count:,} of {len(cell):,} rows repeat another of their unit and day; they count once"
    )
    return [Finding(FindingKind.LEFT_OUT, detail, Severity.WARNING)]


def _silent(table: HolderTable) -> list[Finding]:
    """Tell of rows without a label: a publisher who has no opinion says not that nobody holds."""
    actors = table.columns["actor"]
    if "" not in actors.texts:
        return []
    count = int((actors.codes == actors.texts.index("")).sum())
    detail = (
        f"'{table.names.get('actor', 'actor')}' is empty on {count:,} of {len(actors.codes):,}"
        " rows; their units count as nobody's until the next row"
    )
    return [Finding(FindingKind.NO_HOLDER, detail, Severity.WARNING)] if count else []


def _carried_forward(held_by: NDArray[np.int16]) -> NDArray[np.int16]:
    """Let every row count until the next; before the first it is nobody's."""
    current = np.zeros(held_by.shape[1], dtype=np.int16)
    for row in held_by:
        stated = row >= 0
        current[stated] = row[stated]
        row[:] = current
    return held_by

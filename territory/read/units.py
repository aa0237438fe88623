"""Fixed polygons (districts, cells) and a table of who holds each from which day."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory.errors import GeometryError, InputError, did_you_mean, hint_with_option
from territory.holders import NOBODY, Holder, Status
from territory.read.formats.layer import Layer
from territory.read.place_tables import parse_day
from territory.read.text_files import csv_rows

_COLUMNS = ("unit", "day", "actor")
_OPTIONAL = ("status",)
_CONTROL = r"[\x00-\x1f\x7f]"
_BETWEEN = "\x1f"  # the unit separator stands in no name


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
    """

    days: tuple[date, ...]
    holders: tuple[Holder, ...]
    held_by: NDArray[np.int16]
    first: NDArray[np.int64]


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
            hint = hint_with_option(did_you_mean(id_field, properties), "id_field in a job file")
            raise InputError(f"no unit in '{id_field}'; {hint}", file=layer.file, feature=number)
        names.append(str(value))
        if layer.geometry[number - 1] is None:
            raise GeometryError("a unit without geometry", file=layer.file, feature=number)
    doubled = pd.Index(names).duplicated()
    if doubled.any():
        first = int(np.flatnonzero(doubled)[0])
        problem = f"unit '{names[first]}' stands twice"
        raise InputError(problem, file=layer.file, feature=first + 1)
    return tuple(names)


def read_holders(path: Path, names: tuple[str, ...]) -> Units:
    """Read a table of holders.

    Parameters
    ----------
    path : Path
        CSV with ``unit,day,actor`` and, optionally, ``status``. An empty actor is nobody.
    names : tuple of str
        The units, in the order of their polygons.

    Raises
    ------
    InputError
        Naming line and value: an unknown unit, a day that is none, an unknown status, or
        two rows for one unit and day.
    """
    return holders_of(_table(path), names, path)


def holders_of(table: pd.DataFrame, names: tuple[str, ...], path: Path) -> Units:
    """Read a table of holders that is in memory.

    Parameters
    ----------
    table : DataFrame of str
        With the columns of the file; a row with index i stands on line i + 2.
    names : tuple of str
        As for `read_holders`.
    path : Path
        What messages call it.

    Raises
    ------
    InputError
        As for `read_holders`.
    """
    unit = pd.Index(names).get_indexer(pd.Index(table["unit"]))
    _refuse(unit < 0, table, "unit", "unknown unit", path)
    codes, days = _days(table, path)
    twice = pd.Series(codes * len(names) + unit).duplicated().to_numpy()
    _refuse(twice, table, "unit", "a second row for this day and unit", path)
    holder, holders = _holders(table, path)
    held_by = np.full((len(days), len(names)), -1, dtype=np.int16)
    held_by[codes, unit] = holder
    named = held_by >= 0
    first = np.where(named.any(axis=0), named.argmax(axis=0), len(days))
    return Units(days, holders, _carried_forward(held_by), first)


def _table(path: Path) -> pd.DataFrame:
    rows = list(csv_rows(path, _COLUMNS))
    if not rows:
        raise InputError("no row in the table", file=str(path))
    lines, cells = zip(*rows, strict=True)
    table = pd.DataFrame(cells, index=np.array(lines) - 2)
    for name in {*_COLUMNS, *_OPTIONAL} & set(table.columns):
        odd = table[name].str.contains(_CONTROL, regex=True).to_numpy(dtype=bool)
        _refuse(odd, table, name, "a line break or another control character", path)
    return table


def _refuse(
    bad: NDArray[np.bool_], table: pd.DataFrame, column: str, problem: str, path: Path
) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        line = int(table.index[row]) + 2
        raise InputError(f"{problem}: {table[column].iloc[row]!r}", file=str(path), line=line)


def _days(table: pd.DataFrame, path: Path) -> tuple[NDArray[np.int64], tuple[date, ...]]:
    codes, texts = pd.factorize(table["day"], sort=True)
    found = []
    for code, text in enumerate(texts):
        line = int(table.index[np.flatnonzero(codes == code)[0]]) + 2
        found.append(parse_day(str(text), file=str(path), line=line))
    return codes.astype(np.int64), tuple(found)


def _holders(table: pd.DataFrame, path: Path) -> tuple[NDArray[np.int16], tuple[Holder, ...]]:
    status = table["status"] if "status" in table else pd.Series([""] * len(table))
    known = {"", *map(str, Status)}
    _refuse(~status.isin(list(known)).to_numpy(), table, "status", "unknown status", path)
    pairs = table["actor"].str.cat(status.replace("", str(Status.HELD)), sep=_BETWEEN)
    codes, texts = pd.factorize(pairs, sort=True)
    actors = [str(text).split(_BETWEEN) for text in texts]
    named = [NOBODY if not actor else Holder(actor, Status(firm)) for actor, firm in actors]
    holders = (NOBODY, *sorted({holder for holder in named if holder != NOBODY}))
    position = np.array([holders.index(holder) for holder in named], dtype=np.int16)
    return position[codes], holders


def _carried_forward(held_by: NDArray[np.int16]) -> NDArray[np.int16]:
    """Let every row count until the next; before the first it is nobody's."""
    current = np.zeros(held_by.shape[1], dtype=np.int16)
    for row in held_by:
        stated = row >= 0
        current[stated] = row[stated]
        row[:] = current
    return held_by

"""Spells, fronts and transfers as typed tables.

`valid_from` is the first day of a spell, `valid_to` the next day of the series after its
last: from then on somebody else has the ground, or nobody. It is empty where the spell lasts
to the end of the series. Days are dates (no time of day and no time zone), so that the
Temporal Controller of QGIS plays them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import shapely
from pyproj import CRS

from territory.ancient_days import AncientDay
from territory.geometry.arrays import HolderRows, sorted_rows
from territory.geometry.projection import Ints
from territory.history.history import History
from territory.history.spells import runs
from territory.holders import NOBODY, Holder
from territory.maps.style import Style, styles_for
from territory.publish.export.carried import CarriedSeries

_SPAN = [("valid_from", pa.date32()), ("valid_to", pa.date32())]
_SERIES, _SHAPE = ("series", pa.string()), ("geometry", pa.binary())
_WHO = [("actor", pa.string()), ("status", pa.string()), ("holder", pa.string())]
_KM2 = ("km2", pa.float64())
SPELLS = pa.schema([_SERIES, ("piece", pa.int32()), *_WHO, *_SPAN, _KM2, _SHAPE])
FRONTS = pa.schema(
    [_SERIES, ("one", pa.string()), ("other", pa.string()), *_SPAN, ("km", pa.float64()), _SHAPE]
)
TRANSFERS = pa.schema(
    [
        *(_SERIES, ("day", pa.string()), *_SPAN),
        *(("from_actor", pa.string()), ("to_actor", pa.string()), _KM2, _SHAPE),
    ]
)


@dataclass(frozen=True, eq=False)
class Tables:
    """What is written of all series, in one CRS.

    Attributes
    ----------
    crs : CRS
        Of the geometries (WKB, x before y).
    styles : mapping of Holder to Style
        As the maps show them.
    spells, fronts, transfers : pyarrow.Table
        By the schemas `SPELLS`, `FRONTS` and `TRANSFERS`; sorted by series and time.
    """

    crs: CRS
    styles: Mapping[Holder, Style]
    spells: pa.Table
    fronts: pa.Table
    transfers: pa.Table


def tables_of(series: Mapping[str, CarriedSeries], *, spells_alone: bool = False) -> Tables:
    """Return spells, fronts and transfers of every series.

    Parameters
    ----------
    series : mapping of str to CarriedSeries
        By name, all in one CRS; at least one.
    spells_alone : bool
        Whether the tables of fronts and transfers stay empty.

    Returns
    -------
    Tables
        Areas in square kilometres, lengths in kilometres.
    """
    others: Mapping[str, CarriedSeries] = {} if spells_alone else series
    return Tables(
        next(iter(series.values())).crs,
        styles_of(series),
        _together([spell_table(name, each) for name, each in series.items()], SPELLS),
        _together([_fronts(name, each) for name, each in others.items()], FRONTS),
        _together([_transfers(name, each) for name, each in others.items()], TRANSFERS),
    )


def styles_of(series: Mapping[str, CarriedSeries]) -> dict[Holder, Style]:
    """Return how the maps show the holders of all series.

    Parameters
    ----------
    series : mapping of str to CarriedSeries
        By name; at least one.
    """
    holders = (each.history.holders for each in series.values())
    return styles_for(*holders, looks=next(iter(series.values())).looks)


def _together(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    if not tables:
        return schema.empty_table()
    ancient = [each.schema for each in tables if each.schema.types != schema.types]
    return pa.concat_tables([each.cast(ancient[0]) for each in tables] if ancient else tables)


def spell_table(name: str, series: CarriedSeries) -> pa.Table:
    """Return the spells of a series, without those of nobody.

    Parameters
    ----------
    name : str
        Of the series.
    series : CarriedSeries
        In the CRS of the shapes.

    Returns
    -------
    pyarrow.Table
        By the schema `SPELLS`.
    """
    spells, holders = series.spells, series.history.holders
    order = np.lexsort((spells.piece, spells.first))
    at = order[spells.holder[order] != holders.index(NOBODY)]
    piece, held = spells.piece[at], spells.holder[at]
    columns = {
        "series": [name] * len(at),
        "piece": piece,
        "actor": _named([each.actor for each in holders], held),
        "status": _named([str(each.status) for each in holders], held),
        "holder": _named([str(each) for each in holders], held),
        **_span(series.days, spells.first[at], spells.last[at]),
        "km2": series.piece_km2[piece],
        "geometry": pa.array(shapely.to_wkb(series.pieces), pa.binary()).take(pa.array(piece)),
    }
    return pa.table(columns, schema=_dated(SPELLS, columns))


def _named(names: Sequence[str], index: Ints) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(index))


def _span(days: tuple[date, ...], first: Ints, last: Ints) -> dict[str, pa.Array]:
    """Return from when to when rows hold, of the first and last day of each; an end is open."""
    every = (
        pa.array([*map(str, days), None], pa.string())
        if any(isinstance(day, AncientDay) for day in days)
        else pa.array([*days, None], pa.date32())
    )
    return {
        "valid_from": every.take(pa.array(first)),
        "valid_to": every.take(pa.array(last + 1)),
    }


def _fronts(name: str, series: CarriedSeries) -> pa.Table:
    """Return the lines between holders: where the same two meet over the same days, one row."""
    line, pair, first, last = _meetings(series)
    keys = np.column_stack([first, last, pair])
    found, group = sorted_rows(keys)
    first, last, pair = found.T
    one, other = np.divmod(pair, len(series.history.holders))
    shapes = series.lines(line, group, len(found))
    names = [str(each) for each in series.history.holders]
    columns = {
        "series": [name] * len(found),
        "one": _named(names, one),
        "other": _named(names, other),
        **_span(series.days, first, last),
        "km": np.bincount(group, series.line_km[line], len(found)),
        "geometry": pa.array(shapely.to_wkb(shapes), pa.binary()),
    }
    return pa.table(columns, schema=_dated(FRONTS, columns))


def _meetings(series: CarriedSeries) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the lines along which two holders meet, which two, and the rows from and to.

    Returns
    -------
    line, pair, first, last : ndarray of int, shape (n,)
        A line stands once for every run of days with the same two holders beside it; `pair`
        is the smaller of them times the number of holders, and the larger.
    """
    one, other = _beside(series)
    beside, number = sorted_rows(np.column_stack([one, other]))
    held = _held_by(series)
    count = len(series.history.holders)

    def pairs(some: slice) -> Ints:
        one, other = (held(side) for side in beside[some].T)
        return np.minimum(one, other).astype(np.int64) * count + np.maximum(one, other)

    column, value, first, last = runs(pairs, len(beside))
    parted = value // count != value % count
    column, value, first, last = (each[parted] for each in (column, value, first, last))
    # Each pair of pieces has its runs, and each line one pair: every line takes the runs of its.
    order = np.argsort(number, kind="stable")
    lines = np.bincount(number, minlength=len(beside))
    start = np.cumsum(lines) - lines
    times = lines[column]
    row = np.repeat(np.arange(len(column)), times)
    step = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    line = order[start[column[row]] + step]
    return line, value[row], first[row], last[row]


def _held_by(series: CarriedSeries) -> Callable[[Ints], HolderRows]:
    """Return what gives the holders of some pieces on all days, shape (days, n); -1 is nobody."""
    history, face = series.history, series.spells.first_face
    rows = history.held_by[[history.day_index(day) for day in series.days]]

    def held(piece: Ints) -> HolderRows:
        there = rows.take(face[piece], axis=1)
        if (beyond := piece < 0).any():
            there[:, beyond] = history.holders.index(NOBODY)
        return there

    return held


def _beside(series: CarriedSeries) -> tuple[Ints, Ints]:
    """Return the pieces on the left and on the right of each line, shape (lines,) each.

    Beyond drawn zones is nobody, -1. The end of a coverage and the rim of an area that was cut
    out are no fronts: there the piece stands on both sides.
    """
    found = series.sides.tocoo()
    sides = np.full((2, series.sides.shape[0]), -1)
    sides[0, found.row[found.data > 0]] = found.col[found.data > 0]
    sides[1, found.row[found.data < 0]] = found.col[found.data < 0]
    if not _ends_with_nobody(series.history):
        sides = np.where(sides < 0, sides[::-1], sides)
    return sides[0], sides[1]


def _ends_with_nobody(history: History) -> bool:
    return history.outside_is_nobody and not any(mask.all() for mask in history.within.values())


def _transfers(name: str, series: CarriedSeries) -> pa.Table:
    """Return the ground that changed hands from each day to the next, by giver and taker."""
    holders, days = series.history.holders, series.days
    spells = series.spells
    next_of = np.flatnonzero(spells.piece[1:] == spells.piece[:-1])
    piece, step = spells.piece[next_of], spells.last[next_of]
    keys = np.column_stack([step, spells.holder[next_of], spells.holder[next_of + 1]])
    found, group = sorted_rows(keys)
    step, giver, taker = found.T
    shapes = series.shapes(piece, group, len(found))
    names = [str(each) for each in holders]
    columns = {
        "series": [name] * len(found),
        "day": pa.array([str(days[each + 1]) for each in step], pa.string()),
        **_span(days, step, step),
        "from_actor": _named(names, giver),
        "to_actor": _named(names, taker),
        "km2": np.bincount(group, series.piece_km2[piece], len(found)),
        "geometry": pa.array(shapely.to_wkb(shapes), pa.binary()),
    }
    return pa.table(columns, schema=_dated(TRANSFERS, columns))


def _dated(schema: pa.Schema, columns: Mapping[str, pa.Array]) -> pa.Schema:
    """Return a schema whose days are text where some lie before the year 1.

    The dates of files know no such day: a GeoPackage would be left empty there, and what reads
    Arrow's would not start.
    """
    for at, field in enumerate(schema):
        if field.type == pa.date32() and columns[field.name].type == pa.string():
            schema = schema.set(at, field.with_type(pa.string()))
    return schema

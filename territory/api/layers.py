"""GeoDataFrames of a caller as the layers that readers return; nothing of theirs is changed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.api.days import stamp_day
from territory.api.texts import check_writable
from territory.errors import CRSError, GeometryError, InputError, did_you_mean
from territory.read.formats.layer import Layer

_FEW = 5  # rows that a message names
_ROOMY = ("Polygon", "MultiPolygon", "GeometryCollection")  # kinds that may hold ground
_LINES = ("LineString", "MultiLineString", "LinearRing")


def layer_of(frame: object, what: str, *, lines: bool = False) -> Layer:
    """Return a GeoDataFrame as a layer.

    Parameters
    ----------
    frame : GeoDataFrame
        Polygons in any CRS, with their attributes.
    what : str
        What messages call it.
    lines : bool
        Whether they are lines instead.

    Raises
    ------
    InputError
        If it is something else than a GeoDataFrame, or has no row.
    CRSError
        If it has no CRS.
    GeometryError
        If a row is a point or a line, or no line where lines are wanted.
    """
    table = _checked(frame, what)
    geometry = np.array([*table.geometry, None], dtype=object)[:-1]
    (_refuse_others if lines else _refuse_thin)(geometry, what)
    columns = [name for name in table.columns if name != table.geometry.name]
    values = [[plain(each) for each in table[name]] for name in columns]
    names = [str(name) for name in columns]
    properties = tuple(dict(zip(names, row, strict=True)) for row in zip(*values, strict=True))
    if not columns:
        properties = tuple({} for _ in geometry)
    return Layer(what, what, CRS.from_user_input(table.crs), properties, geometry)


def _checked(frame: object, what: str) -> gpd.GeoDataFrame:
    """Return a GeoDataFrame that has rows, geometry, a CRS and each column once."""
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(_not_a_frame(frame), file=what)
    refuse_doubled(frame, what)
    check_active(frame, what)
    crs = frame.geometry.crs
    if not len(frame):
        raise InputError("it has no row, so there is nothing to measure", file=what)
    if crs is None:
        problem = (
            "it has no CRS, so nobody can say where it lies; name that of its coordinates with"
            " .set_crs(...), such as .set_crs('EPSG:4326') for longitude and latitude"
        )
        raise CRSError(problem, file=what)
    return frame


def check_active(frame: gpd.GeoDataFrame, what: str) -> None:
    """Refuse a GeoDataFrame of which no column is its geometry.

    Parameters
    ----------
    frame : GeoDataFrame
        As it comes from the caller.
    what : str
        What messages call it.

    Raises
    ------
    InputError
        If there is none.
    """
    try:
        frame.geometry  # noqa: B018 - asking for it is the question
    except AttributeError:
        problem = "no column of it is its geometry; name it with .set_geometry(COLUMN)"
        raise InputError(problem, file=what) from None


def _not_a_frame(value: object) -> str:
    """Say what stands in the place of a GeoDataFrame, and what to do."""
    kind = type(value).__name__
    if isinstance(value, pd.Series):
        return (
            f"a {kind} is one column; give a GeoDataFrame with a row for every zone, and columns"
            " that say whose it is and when"
        )
    if isinstance(value, pd.DataFrame):
        return (
            f"a {kind} has no geometry; make it one that has:"
            " geopandas.GeoDataFrame(frame, geometry=..., crs=...)"
        )
    hint = "; files are read by territory.read(...)" if isinstance(value, str) else ""
    return f"a GeoDataFrame is needed, not {value!r:.60} ({kind}){hint}"


def refuse_doubled(frame: pd.DataFrame, what: str) -> None:
    """Refuse a table in which two columns have one name.

    Parameters
    ----------
    frame : DataFrame
        As it comes from the caller.
    what : str
        What messages call it.

    Raises
    ------
    InputError
        Naming the first such column.
    """
    names = Counter(map(str, frame.columns))
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise InputError(f"{names[twice[0]]} columns are named '{twice[0]}'; rename", file=what)


def _refuse_thin(geometry: NDArray[np.object_], what: str) -> None:
    """Refuse points and lines among polygons."""
    kinds = [each.geom_type for each in geometry if each is not None and not each.is_empty]
    thin = Counter(kind for kind in kinds if kind not in _ROOMY)
    if thin:
        listed = ", ".join(f"{count} {kind}" for kind, count in sorted(thin.items()))
        raise GeometryError(
            f"{thin.total()} of {len(geometry)} rows have no area ({listed}); keep the polygons:"
            " gdf[gdf.geom_type.isin(['Polygon', 'MultiPolygon'])]",
            file=what,
        )


def _refuse_others(geometry: NDArray[np.object_], what: str) -> None:
    """Refuse whatever is no line among lines."""
    for row, shape in enumerate(geometry, start=1):
        if shape is None or shape.is_empty or shape.geom_type not in _LINES:
            found = "nothing" if shape is None or shape.is_empty else shape.geom_type
            problem = f"a front line is needed (LineString or MultiLineString), not {found}"
            raise GeometryError(problem, file=what, feature=row)


def plain(value: object) -> object:
    """Return a cell as files have it: text, a number, or None where there is nothing.

    Days and times become text, so that they are understood by the same rules as in files.

    Parameters
    ----------
    value : object
        A cell of a frame.

    Examples
    --------
    >>> plain(pd.Timestamp("2025-11-01")), plain(pd.NaT), plain(np.int64(5))
    ('2025-11-01', None, 5)
    """
    if isinstance(value, str):
        if not value.isascii():
            check_writable(value, "a text")
        return value
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(cast("float", value))):
        return None
    if isinstance(value, date | pd.Period):
        return _day_text(value)
    # Also of numpy's numbers. A list of a Parquet file is an array, neither true nor false.
    return np.asarray(value).tolist() if hasattr(value, "__array__") else value


def _day_text(value: date | pd.Period) -> str:
    """Return a day or a time as ISO 8601 writes it; of midnight the day alone."""
    if isinstance(value, pd.Timestamp) and not MINYEAR <= value.year <= MAXYEAR:
        return str(stamp_day(value))
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("T00:00:00")
    return str(value)


def check_column(columns: Iterable[object], name: object, option: str, what: str) -> None:
    """Refuse a column that is not there.

    Parameters
    ----------
    columns : iterable of object
        The names there are.
    name : str
        The column that is wanted.
    option : str
        The argument that names it, for the message.
    what : str
        What messages call the table.

    Raises
    ------
    InputError
        With the nearest name there is.
    """
    known = [str(each) for each in columns]
    if not isinstance(name, str) and str(name) in known:
        raise InputError(f"{option}: write the name of the column as text, '{name}'", file=what)
    if not isinstance(name, str) or name not in known:
        hint = did_you_mean(str(name), known)
        raise InputError(f"{option}: there is no column '{name}'; {hint}", file=what)


def check_filled(layer: Layer, name: str, thing: str) -> None:
    """Refuse rows that say nothing in a column that must say something.

    Parameters
    ----------
    layer : Layer
        Rows of a table, with or without shapes.
    name : str
        A column.
    thing : str
        What the column says, such as ``day``.

    Raises
    ------
    InputError
        Naming a few of the empty rows.
    """
    empty = [
        row
        for row, properties in enumerate(layer.properties, start=1)
        if properties.get(name) is None or not str(properties[name]).strip()
    ]
    if empty:
        problem = f"no {thing} in '{name}' in {rows_named(empty)}; fill it in, or drop such rows"
        raise InputError(problem, file=layer.file)


def check_text(layer: Layer, name: str, thing: str, *, optional: bool = False) -> None:
    """Refuse values that are no text, such as codes, where a name is wanted.

    Parameters
    ----------
    layer : Layer
        Rows of a table, with or without shapes.
    name : str
        A column.
    thing : str
        What the column says, such as ``actor``.
    optional : bool
        Whether a row may say nothing.

    Raises
    ------
    InputError
        Naming the first row whose value is no text.
    """
    for row, properties in enumerate(layer.properties, start=1):
        if optional and properties.get(name) is None:
            continue
        if not isinstance(properties.get(name), str):
            problem = (
                f"the {thing} in '{name}' is {properties.get(name)!r}, not a name;"
                f" write names, or make text of it: gdf['{name}'].astype(str)"
            )
            raise InputError(problem, file=layer.file, feature=row)


def rows_named(rows: Sequence[int]) -> str:
    """Name rows, counted from 1, a few of them.

    Parameters
    ----------
    rows : sequence of int
        Numbers of rows, counted from 1; at least one.

    Examples
    --------
    >>> rows_named([2, 5])
    'rows 2 and 5 (counted from 1)'
    """
    shown = [str(each) for each in rows[:_FEW]]
    more = f" and {len(rows) - _FEW} more" if len(rows) > _FEW else ""
    listed = shown[0] if len(rows) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    listed = f"{', '.join(shown)}{more}" if more else listed
    return f"row{'s' if rows[1:] else ''} {listed} (counted from 1)"


def bare_layer(shapes: NDArray[np.object_], crs: CRS, what: str) -> Layer:
    """Return shapes without attributes as a layer.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        Polygons in `crs`; heights are dropped.
    crs : CRS
        That of the shapes.
    what : str
        What messages call them.

    Raises
    ------
    GeometryError
        If one is a point or a line.
    """
    _refuse_thin(shapes, what)
    return Layer(what, what, crs, tuple({} for _ in shapes), shapely.force_2d(shapes))

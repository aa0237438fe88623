"""Rows of the tables as frames: the columns of the CSV files, days as `datetime64`."""

from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.measure.rows import Row

_COMPONENTS = ("quantity", "exchange", "shift", "quantity_low", "quantity_high")
_FIGURES = (
    *("km2", "low", "high", "drawn_low", "drawn_high", "km", "gained", "lost"),
    *_COMPONENTS,
)


def table(rows: Iterable[Row], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows as a frame.

    Parameters
    ----------
    rows : iterable of mapping
        From column to cell.
    columns : sequence of str
        Which of them, in which order.

    Returns
    -------
    DataFrame
        Columns of days are ``datetime64``; figures are floats, not rounded.

    Examples
    --------
    >>> from datetime import date
    >>> table([{"day": date(2025, 11, 1), "km2": 2.0}], ["day", "km2"]).dtypes.map(str).tolist()
    ['datetime64[s]', 'float64']
    """
    found = list(rows)
    data: dict[str, object] = {}
    for name in columns:
        cells = [row[name] for row in found]
        data[name] = _days(cells) if _is_day(name) else _cells(cells, name)
    return pd.DataFrame(data, columns=list(columns))


def geo_table(
    rows: Iterable[Row], columns: Sequence[str], shapes: Sequence[BaseGeometry], crs: CRS
) -> gpd.GeoDataFrame:
    """Return rows with their shapes as a frame that can be drawn and written.

    Parameters
    ----------
    rows : iterable of Row
        As the functions that make tables give them.
    columns : sequence of str
        In the order of the frame.
    shapes : sequence of geometry
        One for each row, in `crs`.
    crs : CRS
        That of the shapes.
    """
    geometry = gpd.GeoSeries(list(shapes), crs=crs)
    return gpd.GeoDataFrame(table(rows, columns), geometry=geometry, crs=crs)


def html_of(frame: pd.DataFrame) -> str:
    """Return a frame as HTML for a notebook, figures with one decimal.

    Parameters
    ----------
    frame : DataFrame
        A table; its index is not shown.

    Examples
    --------
    >>> "1,234.6" in html_of(pd.DataFrame({"km2": [1234.56]}))
    True
    """
    return frame.to_html(index=False, float_format="{:,.1f}".format)


def _is_day(name: str) -> bool:
    return name in ("day", "from_day", "to_day", "day_a", "day_b")


def _days(cells: Sequence[object]) -> pd.Series:
    return pd.Series(np.array(cells, dtype="datetime64[s]"))  # any year; ns has 1678 to 2262


def _cells(cells: Sequence[object], name: str) -> pd.Series:
    dtype: object = np.float64 if name in _FIGURES else None if cells else object
    return pd.Series(cells, dtype=dtype)  # type: ignore[call-overload, no-any-return]

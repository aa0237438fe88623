"""Spells as text: one GeoJSON file, or CSV with WKT; both in longitude and latitude."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import shapely
from matplotlib.colors import to_hex
from shapely.geometry.base import BaseGeometry

from territory.ancient_days import day_from_iso
from territory.geometry.projection import WGS84
from territory.publish.export.digits import digits_of
from territory.publish.export.tables import Tables
from territory.publish.write import csv_text

_EPSG = 4326
_COLUMNS = ("series", "piece", "actor", "status", "valid_from", "valid_to", "km2")


def write_spell_geojson(tables: Tables, path: Path) -> None:
    """Write the spells as one GeoJSON file, each with the colour of its holder (``fill``).

    Parameters
    ----------
    tables : Tables
        In longitude and latitude.
    path : Path
        What is there is replaced.
    """
    features = [
        {
            "type": "Feature",
            "properties": {**row, "fill": fill},
            "geometry": orjson.Fragment(shapely.to_geojson(shape)),
        }
        for row, fill, shape in _rows(tables)
    ]
    content = {"type": "FeatureCollection", "features": features}
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE))


def write_spell_csv(tables: Tables, path: Path) -> None:
    """Write the spells as CSV, the ground as WKT with its EPSG code beside it.

    Parameters
    ----------
    tables : Tables
        In longitude and latitude.
    path : Path
        What is there is replaced.
    """
    decimals = digits_of(WGS84).decimals
    rows = [
        {
            **row,
            **_days_of(row),
            "srid": _EPSG,
            "wkt": shapely.to_wkt(shape, rounding_precision=decimals),
        }
        for row, _, shape in _rows(tables)
    ]
    text = csv_text((*_COLUMNS, "srid", "wkt"), rows)
    path.write_text(text, encoding="utf-8", newline="")


def _days_of(row: Mapping[str, Any]) -> dict[str, date | None]:
    """Return the days of a spell as days: the minus of one before the year 1 is no formula."""
    cells = {column: row[column] for column in ("valid_from", "valid_to")}
    return {
        column: day_from_iso(cell) if isinstance(cell, str) else cell
        for column, cell in cells.items()
    }


def _rows(tables: Tables) -> Iterator[tuple[dict[str, Any], str, BaseGeometry]]:
    """Yield each spell that has a shape, the colour of its holder, and the shape."""
    fills = fills_of(tables)
    for row in tables.spells.to_pylist():
        shape = shapely.from_wkb(row["geometry"])
        if not shape.is_empty:
            yield {column: row[column] for column in _COLUMNS}, fills[row["holder"]], shape


def fills_of(tables: Tables) -> Mapping[str, str]:
    """Return the colour of each holder, as ``#rrggbb``.

    Parameters
    ----------
    tables : Tables
        With the styles of all holders.
    """
    return {str(holder): to_hex(style.colour) for holder, style in tables.styles.items()}

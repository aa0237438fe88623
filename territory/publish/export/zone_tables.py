"""Zones and transfers as typed tables, and those as GeoPackage, GeoParquet and FlatGeobuf.

All keep the equal-area plane of the first series. Days are dates (no time of day and no
time zone), so that the Temporal Controller of QGIS plays them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.findings import Finding, FindingKind
from territory.geometry.area import project
from territory.geometry.coverage import polygons_in
from territory.geometry.projection import EqualArea
from territory.history.history import History
from territory.holders import Holder
from territory.maps.style import Style, styles_for
from territory.measure.change import transfers, zones
from territory.publish.export.progress import Progress, Ticks, silent
from territory.publish.export.qml import transfer_style, zone_style

Histories = Mapping[str, tuple[History, tuple[date, ...]]]
Row = dict[str, Any]

_SPAN = [("day", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32())]
_MEASURED = [("km2", pa.float64()), ("geometry", pa.binary())]
_WHO = [("actor", pa.string()), ("status", pa.string()), ("holder", pa.string())]
_PAIR = [("from_actor", pa.string()), ("to_actor", pa.string())]
ZONES = pa.schema([("series", pa.string()), *_WHO, *_SPAN, *_MEASURED])
TRANSFERS = pa.schema([("series", pa.string()), *_SPAN, *_PAIR, *_MEASURED])

_GEOPARQUET_VERSION = "1.1.0"
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_ROWS_AT_ONCE = 32
_ROWS_OF_A_GROUP = 64  # of a Parquet file, of which the writer holds one at a time
_FIXED = datetime(2000, 1, 1, tzinfo=UTC)  # GeoPackage wants a time of change; ours has none


@dataclass(frozen=True, eq=False)
class Tables:
    """What is written of all series, in one plane.

    Attributes
    ----------
    projection : EqualArea
        The plane of the geometries (WKB, metres).
    styles : mapping of Holder to Style
        As the maps show them.
    zones, transfers : pyarrow.Table
        By the schemas `ZONES` and `TRANSFERS`.
    """

    projection: EqualArea
    styles: Mapping[Holder, Style]
    zones: pa.Table
    transfers: pa.Table


def days_in(histories: Histories) -> int:
    """Return how many days are written of all series together.

    Parameters
    ----------
    histories : mapping of str to (History, tuple of date)
        Each series by name, and the days to write.
    """
    return sum(len(days) for _, days in histories.values())


def tables_of(
    histories: Histories, *, with_transfers: bool = True, progress: Progress = silent
) -> Tables:
    """Return zones and transfers of every series.

    `day` and `valid_from` are the day a zone stands for, `valid_to` is the next day of the
    series, or the same day for the last one. Ground that changed hands did so between
    `valid_from` and `valid_to`; its `day` is the second.

    Parameters
    ----------
    histories : mapping of str to (History, tuple of date)
        Each series by name, and the days to write.
    with_transfers : bool
        Whether they are wanted; without, their table is empty.
    progress : callable
        Told how many of how many days are done, those of the two tables apart.

    Returns
    -------
    Tables
        Shapes of all series in the equal-area plane of the first, areas in square kilometres.

    Raises
    ------
    InputError
        If there is no series.
    """
    if not histories:
        raise InputError("there is no series to write")
    plane = next(iter(histories.values()))[0].projection
    ticks = Ticks(days_in(histories) * (1 + with_transfers), progress)
    moved = _transfer_rows(histories, plane, ticks) if with_transfers else iter(())
    return Tables(
        plane,
        styles_for(*(each.holders for each, _ in histories.values())),
        _table(_zone_rows(histories, plane, ticks), ZONES),
        _table(moved, TRANSFERS),
    )


def _table(rows: Iterator[Row], schema: pa.Schema) -> pa.Table:
    """Return rows as a table, taking a few at a time: shapes of many days fill the memory."""
    batches = []
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        batches.append(pa.RecordBatch.from_pylist(some, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)


def spans(days: tuple[date, ...]) -> Iterable[tuple[date, date]]:
    """Return from when to when the zones of each day are shown.

    Parameters
    ----------
    days : tuple of date
        In order.

    Returns
    -------
    iterable of (date, date)
        The last day ends on itself.

    Examples
    --------
    >>> [(a.day, b.day) for a, b in spans((date(2018, 1, 1), date(2018, 1, 5)))]
    [(1, 5), (5, 5)]
    """
    return zip(days, (*days[1:], *days[-1:]), strict=True)


def _zone_rows(histories: Histories, plane: EqualArea, ticks: Ticks) -> Iterator[Row]:
    for name, (history, days) in histories.items():
        km2 = history.held_km2()
        for start, end in ticks.of(spans(days)):
            row = dict(zip(history.holders, km2[history.day_index(start)].tolist(), strict=True))
            for holder, zone in zones(history, start, nobody=False):
                yield {
                    "series": name,
                    "actor": holder.actor,
                    "status": str(holder.status),
                    "holder": str(holder),
                    **_span(start, start, end),
                    "km2": row[holder],
                    "geometry": _shape(zone, history.projection, plane),
                }


def _transfer_rows(histories: Histories, plane: EqualArea, ticks: Ticks) -> Iterator[Row]:
    for name, (history, days) in histories.items():
        for start, end in ticks.of(spans(days)):  # from the last day to itself nothing moves
            for moved in transfers(history, start, end):
                yield {
                    "series": name,
                    **_span(end, start, end),
                    "from_actor": str(moved.giver),
                    "to_actor": str(moved.taker),
                    "km2": moved.km2,
                    "geometry": _shape(moved.geometry, history.projection, plane),
                }


def _span(day: date, start: date, end: date) -> Row:
    return {"day": day.isoformat(), "valid_from": start, "valid_to": end}


def _shape(geometry: BaseGeometry, own: EqualArea, plane: EqualArea) -> bytes:
    """Return a shape in the plane of all series."""
    multi = _multi(geometry)
    if own != plane:
        multi = project(np.array([multi], dtype=object), own.crs, plane.crs)[0]
    return shapely.to_wkb(multi)


def _multi(geometry: BaseGeometry) -> BaseGeometry:
    polygons, _ = polygons_in(np.array([shapely.normalize(geometry)]))
    return shapely.MultiPolygon(list(shapely.orient_polygons(polygons)))


def write_geopackage(tables: Tables, path: Path) -> None:
    """Write zones, transfers and their QGIS styles into one new GeoPackage.

    Parameters
    ----------
    tables : Tables
        In one plane, which becomes the CRS of the file.
    path : Path
        The ``.gpkg``; it must not be there yet.
    """
    styles = {
        "zones": zone_style(tables.styles),
        "transfers": transfer_style(tables.styles),
    }
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{_FIXED:%Y-%m-%dT%H:%M:%SZ}"})
    try:
        for name in styles:
            _append_layer(getattr(tables, name), name, tables.projection, path, driver="GPKG")
        pyogrio.write_arrow(_style_table(styles), path, **_style_options())
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_flatgeobuf(tables: Tables, path: Path) -> None:
    """Write the zones as FlatGeobuf, which a browser reads piece by piece.

    Parameters
    ----------
    tables : Tables
        In one plane, which becomes the CRS of the file.
    path : Path
        The ``.fgb``.
    """
    shaped = tables.zones.filter(pc.invert(_is_empty(tables.zones)))  # its index wants a shape
    _append_layer(shaped, "zones", tables.projection, path, driver="FlatGeobuf")


def without_shape(tables: Tables) -> tuple[Finding, ...]:
    """Tell which zones have km2 but no shape, because they are narrower than coordinates are true.

    Parameters
    ----------
    tables : Tables
        Zones and transfers as they are written.

    Returns
    -------
    tuple of Finding
        One for each day and holder.
    """
    empty = tables.zones.filter(_is_empty(tables.zones))
    return tuple(
        Finding(
            FindingKind.ROUNDED_AWAY,
            f"{row['holder']}: its ground is so narrow that the zone has no shape",
            day=row["valid_from"],
            km2=row["km2"],
        )
        for row in empty.select(["holder", "valid_from", "km2"]).to_pylist()
    )


def _is_empty(table: pa.Table) -> pa.Array:
    shapes = (shapely.from_wkb(each) for each in table["geometry"].to_pylist())
    return pa.array([shape.is_empty for shape in shapes], type=pa.bool_())


def _append_layer(table: pa.Table, name: str, plane: EqualArea, path: Path, *, driver: str) -> None:
    pyogrio.write_arrow(
        table,
        path,
        layer=name,
        driver=driver,
        geometry_name="geometry",
        geometry_type="MultiPolygon",
        crs=plane.crs.to_wkt(),
        append=path.exists(),
    )


def _style_table(styles: Mapping[str, str]) -> pa.Table:
    """Return the table in which QGIS looks for the style of a layer that it opens."""
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer,
            "f_geometry_column": "geom",
            "styleName": layer,
            "styleQML": style,
            "styleSLD": "",
            "useAsDefault": True,
            "description": "one colour for each holder",
            "owner": "",
            "ui": "",
            "update_time": _FIXED,
        }
        for layer, style in styles.items()
    ]
    types = {"useAsDefault": pa.bool_(), "update_time": pa.timestamp("ms", tz="UTC")}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in rows[0]])
    return pa.Table.from_pylist(rows, schema=schema)


def _style_options() -> dict[str, Any]:
    return {"layer": "layer_styles", "driver": "GPKG", "append": True, "FID": "id"}


def write_geoparquet(tables: Tables, path: Path) -> None:
    """Write the zones as GeoParquet with a covering box for each row.

    Parameters
    ----------
    tables : Tables
        In one plane, which becomes the CRS of the file.
    path : Path
        The ``.parquet``; what is there is replaced.
    """
    bounds = np.concatenate([np.zeros((0, 4)), *map(_bounds, tables.zones.to_batches())])
    boxes = pa.StructArray.from_arrays([pa.array(each) for each in bounds.T], names=_CORNERS)
    table = tables.zones.append_column("bbox", boxes)
    geo = orjson.dumps(_geo_metadata(tables.projection, bounds), option=orjson.OPT_SORT_KEYS)
    described = table.replace_schema_metadata({b"geo": geo})
    with pq.ParquetWriter(path, described.schema, compression="zstd") as writer:
        for first in range(0, max(len(described), 1), _ROWS_OF_A_GROUP):
            writer.write_table(described.slice(first, _ROWS_OF_A_GROUP))


def _bounds(batch: pa.RecordBatch) -> NDArray[np.float64]:
    shapes = shapely.from_wkb(batch["geometry"].to_numpy(zero_copy_only=False))
    return np.asarray(shapely.bounds(shapes))


def _geo_metadata(plane: EqualArea, bounds: NDArray[np.float64]) -> dict[str, Any]:
    column = {
        "encoding": "WKB",
        "geometry_types": ["MultiPolygon"],
        "crs": plane.crs.to_json_dict(),
        "edges": "planar",
        "orientation": "counterclockwise",
        "covering": {"bbox": {corner: ["bbox", corner] for corner in _CORNERS}},
    }
    if len(bounds):
        low, high = np.nanmin(bounds[:, :2], axis=0), np.nanmax(bounds[:, 2:], axis=0)
        column["bbox"] = [*low.tolist(), *high.tolist()]
    return {
        "version": _GEOPARQUET_VERSION,
        "primary_column": "geometry",
        "columns": {"geometry": column},
    }

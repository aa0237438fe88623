"""Tables of spells as GeoPackage, GeoParquet and FlatGeobuf."""

from collections.abc import Mapping
from datetime import UTC, datetime
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
from pyproj import CRS

from territory.geometry.projection import is_wgs84
from territory.publish.export.qml import front_style, spell_style, transfer_style
from territory.publish.export.tables import Tables

_GEOPARQUET_VERSION = "1.1.0"
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_ROWS_OF_A_GROUP = 16_384  # of a Parquet file, of which a reader loads one at a time
_FIXED = datetime(2000, 1, 1, tzinfo=UTC)  # GeoPackage wants a time of change; ours has none
_LAYERS = {"spells": "MultiPolygon", "fronts": "MultiLineString", "transfers": "MultiPolygon"}


def write_geopackage(tables: Tables, path: Path) -> None:
    """Write spells, fronts, transfers and their QGIS styles into one new GeoPackage.

    Parameters
    ----------
    tables : Tables
        In one CRS, which becomes that of the file.
    path : Path
        The ``.gpkg``; it must not be there yet.
    """
    styles = {
        "spells": spell_style(tables.styles),
        "fronts": front_style(),
        "transfers": transfer_style(tables.styles),
    }
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{_FIXED:%Y-%m-%dT%H:%M:%SZ}"})
    try:
        for name in _LAYERS:
            _append_layer(getattr(tables, name), name, tables.crs, path, driver="GPKG")
        pyogrio.write_arrow(_style_table(styles), path, **_style_options())
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_flatgeobuf(tables: Tables, path: Path) -> None:
    """Write the spells as FlatGeobuf, which a browser reads piece by piece.

    Parameters
    ----------
    tables : Tables
        In one CRS, which becomes that of the file.
    path : Path
        The ``.fgb``.
    """
    empty = shapely.is_empty(_shapes(tables.spells))
    shaped = tables.spells.filter(pc.invert(pa.array(empty)))  # its index wants a shape
    _append_layer(shaped, "spells", tables.crs, path, driver="FlatGeobuf")


def _append_layer(table: pa.Table, name: str, crs: CRS, path: Path, *, driver: str) -> None:
    pyogrio.write_arrow(
        table,
        path,
        layer=name,
        driver=driver,
        geometry_name="geometry",
        geometry_type=_LAYERS[name],
        crs=crs.to_wkt(),
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
    """Write the spells as GeoParquet with a covering box for each row.

    Parameters
    ----------
    tables : Tables
        In one CRS, which becomes that of the file.
    path : Path
        The ``.parquet``; what is there is replaced.
    """
    bounds = np.asarray(shapely.bounds(_shapes(tables.spells))).reshape(-1, 4)
    boxes = pa.StructArray.from_arrays([pa.array(each) for each in bounds.T], names=_CORNERS)
    table = tables.spells.append_column("bbox", boxes)
    geo = orjson.dumps(_geo_metadata(tables.crs, bounds), option=orjson.OPT_SORT_KEYS)
    described = table.replace_schema_metadata({b"geo": geo})
    pq.write_table(described, path, compression="zstd", row_group_size=_ROWS_OF_A_GROUP)


def _shapes(table: pa.Table) -> NDArray[np.object_]:
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    return np.asarray(shapes, dtype=object)


def _geo_metadata(crs: CRS, bounds: NDArray[np.float64]) -> dict[str, Any]:
    named = CRS.from_user_input("OGC:CRS84") if is_wgs84(crs) else crs  # of which x comes first
    column = {
        "encoding": "WKB",
        "geometry_types": ["MultiPolygon"],
        "crs": named.to_json_dict(),
        "edges": "planar",
        "orientation": "counterclockwise",
        "covering": {"bbox": {corner: ["bbox", corner] for corner in _CORNERS}},
    }
    if np.isfinite(bounds).any():
        low, high = np.nanmin(bounds[:, :2], axis=0), np.nanmax(bounds[:, 2:], axis=0)
        column["bbox"] = [*low.tolist(), *high.tolist()]
    return {
        "version": _GEOPARQUET_VERSION,
        "primary_column": "geometry",
        "columns": {"geometry": column},
    }

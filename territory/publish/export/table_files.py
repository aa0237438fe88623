"""Tables of spells as GeoPackage, GeoParquet, FlatGeobuf, Shapefile and vector tiles."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import ProjError

from territory.errors import CRSError, InputError
from territory.geometry.projection import WGS84, is_wgs84, transformation
from territory.geometry.rectangles import box_around
from territory.publish.export.qml import front_style, spell_style, transfer_style
from territory.publish.export.spell_texts import fills_of
from territory.publish.export.tables import Tables

_GEOPARQUET_VERSION = "1.1.0"
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_ROWS_OF_A_GROUP = 16_384  # of a Parquet file, of which a reader loads one at a time
_FIXED = datetime(2000, 1, 1, tzinfo=UTC)  # GeoPackage wants a time of change; ours has none
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can carry; ours has none
BESIDE_SHP = (".shx", ".dbf", ".prj", ".cpg")
INDEXES_OF_SHP = (".qix", ".sbn", ".sbx")  # of the shapes that were there before
_MOST_TEXT = 254  # bytes of a text in a Shapefile
_MOST_TILES = 4_096  # that cover the ground at the closest zoom
_CLOSEST = 14
# By default GDAL writes in place of a superseded CRS the one that superseded it, another one.
_AS_NAMED: dict[str, object] = {"OSR_USE_NON_DEPRECATED": "NO"}
_SAME_PLACE = 1e-7  # degrees, a centimetre
_MERCATOR = CRS.from_epsg(3857)
_MERCATOR_HALF_M = 20_037_508.342789244
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
    with _configured({"OGR_CURRENT_DATE": f"{_FIXED:%Y-%m-%dT%H:%M:%SZ}"}):
        for name in _LAYERS:
            _append_layer(getattr(tables, name), name, tables.crs, path, driver="GPKG")
        pyogrio.write_arrow(_style_table(styles), path, **_style_options())


@contextmanager
def _configured(options: dict[str, object]) -> Iterator[None]:
    """Set options of GDAL for a while."""
    before = {key: pyogrio.get_gdal_config_option(key) for key in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def write_flatgeobuf(tables: Tables, path: Path) -> None:
    """Write the spells as FlatGeobuf, which a browser reads piece by piece.

    Parameters
    ----------
    tables : Tables
        In one CRS, which becomes that of the file.
    path : Path
        The ``.fgb``.
    """
    _append_layer(_shaped(tables.spells), "spells", tables.crs, path, driver="FlatGeobuf")


def write_shapefile(tables: Tables, path: Path) -> None:
    """Write the spells as a Shapefile: four files beside the ``.shp``, texts in UTF-8.

    Parameters
    ----------
    tables : Tables
        In one CRS, which becomes that of the file.
    path : Path
        The ``.shp``; it must not be there yet.

    Raises
    ------
    InputError
        If a name is longer than the format can hold: cut, two could become one.
    CRSError
        If the .prj cannot say the CRS.
    """
    for name in ("series", "actor", "holder"):
        for text in pc.unique(tables.spells[name]).to_pylist():
            if (size := len(text.encode())) > _MOST_TEXT:
                problem = (
                    f"'{text[:40]}...' is {size} bytes long, and a Shapefile holds {_MOST_TEXT} of"
                    " a text; write .gpkg"
                )
                raise InputError(problem, file=path.name)
    fixed = {"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": f"{_FIXED:%Y-%m-%d}"}
    shaped = _shaped(tables.spells)
    _append_layer(shaped, path.stem, tables.crs, path, driver="ESRI Shapefile", options=fixed)
    _check_crs(shaped, tables.crs, path)


def write_zipped_shapefile(tables: Tables, path: Path) -> None:
    """Write the spells as a Shapefile in a zip archive, the same to the byte each time.

    Parameters
    ----------
    tables : Tables
        In one CRS, which becomes that of the file.
    path : Path
        Such as ``zones.shp.zip``; what is there is replaced.
    """
    name = path.name.removesuffix(".zip").removesuffix(".shp")
    folder = path.with_name(f"{name}-parts")
    folder.mkdir()
    write_shapefile(tables, folder / f"{name}.shp")
    with ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            entry = ZipInfo(part.name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3  # unix, wherever it was written
            archive.writestr(entry, part.read_bytes())


def write_pmtiles(tables: Tables, path: Path) -> None:
    """Write the spells as vector tiles in one archive, which a web map reads piece by piece.

    Days are texts there, and ``fill`` is the colour of the holder. Ground is rounded to a
    4,096th of a tile: a picture, not a measure.

    Parameters
    ----------
    tables : Tables
        In longitude and latitude.
    path : Path
        The ``.pmtiles``; it must not be there yet.
    """
    table = _shaped(tables.spells)
    for name in ("valid_from", "valid_to"):
        column = table.schema.get_field_index(name)
        table = table.set_column(column, name, pc.cast(table[name], pa.string()))
    fills = fills_of(tables)
    table = table.append_column(
        "fill", pa.array([fills[each] for each in table["holder"].to_pylist()], pa.string())
    )
    if not len(table):
        problem = "no day has a zone, and PMTiles cannot be without any; write .gpkg"
        raise InputError(problem, file=path.name)
    zoom = closest_zoom(box_around(_shapes(table)))
    # By default a tile that is full loses features.
    wanted = {"MINZOOM": "0", "MAXZOOM": str(zoom), "MAX_SIZE": "50000000", "NAME": path.stem}
    wanted |= {"MAX_FEATURES": "10000000", "DESCRIPTION": "who held what ground, and when"}
    _append_layer(table, "spells", tables.crs, path, driver="PMTiles", of_dataset=wanted)


def closest_zoom(bounds: NDArray[np.float64]) -> int:
    """Return the zoom at which some ground is covered by no more than 4,096 tiles, at most 14.

    Parameters
    ----------
    bounds : ndarray of float, shape (4,)
        West, south, east and north in degrees.

    Examples
    --------
    >>> closest_zoom(np.array([31.5, 44.4, 40.2, 51.2])), closest_zoom(np.array([0, 0, 0.1, 0.1]))
    (11, 14)
    """
    to_metres = transformation(WGS84, _MERCATOR).transform
    west, south, east, north = bounds
    (left, right), (low, high) = to_metres([west, east], [south, north])
    for zoom in range(_CLOSEST, 0, -1):
        side_m = 2 * _MERCATOR_HALF_M / 2**zoom
        if ((right - left) / side_m + 1) * ((high - low) / side_m + 1) <= _MOST_TILES:
            return zoom
    return 0


def _shaped(table: pa.Table) -> pa.Table:
    """Return the rows that have a shape; some formats hold none without."""
    return table.filter(pc.invert(pa.array(shapely.is_empty(_shapes(table)))))


def _append_layer(
    table: pa.Table,
    name: str,
    crs: CRS,
    path: Path,
    *,
    driver: str,
    options: Mapping[str, str] = MappingProxyType({}),
    of_dataset: Mapping[str, str] = MappingProxyType({}),
) -> None:
    with _configured(_AS_NAMED):
        pyogrio.write_arrow(
            table,
            path,
            layer=name,
            driver=driver,
            geometry_name="geometry",
            geometry_type=_LAYERS.get(name, "MultiPolygon"),
            crs=crs.to_wkt(),
            append=path.exists(),
            layer_options=dict(options),
            dataset_options=dict(of_dataset),
        )


def _check_crs(table: pa.Table, crs: CRS, path: Path) -> None:
    """Refuse a CRS that the file does not hold: what reads it would place it elsewhere."""
    bounds = box_around(_shapes(table))
    if not np.isfinite(bounds).all():
        return
    with _configured(_AS_NAMED):
        found = pyogrio.read_info(path)["crs"] or ""
    west, south, east, north = bounds
    corners = [west, west, east, east], [south, north, south, north]
    meant = np.array(transformation(crs, WGS84).transform(*corners))
    try:
        there = np.array(transformation(CRS.from_user_input(found), WGS84).transform(*corners))
    except ProjError:
        there = np.full_like(meant, np.nan)
    off = np.abs(there - meant)[np.isfinite(meant)].max(initial=0.0)
    if not off <= _SAME_PLACE:
        problem = f"a {path.suffix} cannot hold the CRS '{crs.name}'"
        hint = "which names no CRS but describes it; write .gpkg or .parquet, or choose another CRS"
        raise CRSError(f"{problem}, {hint}", file=path.name)


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

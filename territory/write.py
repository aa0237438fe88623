"""Tables and layers to files: all or nothing, and the same bytes every time.

A folder of results is written beside its place and moved in when everything is there, so
that an interrupted run leaves what was there before.
"""

import csv
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pyogrio
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.actors import NOBODY
from territory.change import transfers, zones
from territory.history import History
from territory.projection import WGS84, project
from territory.results import Cell, Row

Geometries = NDArray[np.object_]
DECIMALS = 6  # of a km2: one square metre
_LONLAT_DECIMALS = 9
_CHORD_DEGREES = 1e-9
_GRID_M = 1e-4
_GRID_DEGREES = 1e-9
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
_FIXED_DATE = "2000-01-01T00:00:00Z"  # GeoPackage wants a time of change; ours has none


def cell_text(cell: Cell) -> str:
    """Return a cell as it stands in a CSV file.

    Numbers are rounded to `DECIMALS`; text that a spreadsheet would run as a formula is
    put behind an apostrophe.

    Examples
    --------
    >>> cell_text(0.1 + 0.2), cell_text(3035.0), cell_text("=1+1"), cell_text(None)
    ('0.3', '3035', "'=1+1", '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float):
        text = f"{cell:.{DECIMALS}f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def csv_text(columns: tuple[str, ...], rows: Iterable[Row]) -> str:
    """Return a table as CSV text with line feeds."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell_text(row[column]) for column in columns] for row in rows)
    return out.getvalue()


def json_bytes(content: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
    """Return JSON with sorted keys and numbers rounded like those of the tables."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(_rounded(content), option=options)


def _rounded(content: Any) -> Any:  # noqa: ANN401
    if isinstance(content, float):
        return round(content, DECIMALS)
    if isinstance(content, Mapping):
        return {str(key): _rounded(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_rounded(value) for value in content]
    return content


@contextmanager
def folder_in_one_piece(target: Path) -> Iterator[Path]:
    """Give a folder to write into; move its files to `target` when all went well.

    Files of `target` that were not written anew are left alone.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield part
        for source in sorted(path for path in part.rglob("*") if path.is_file()):
            place = target / source.relative_to(part)
            place.parent.mkdir(parents=True, exist_ok=True)
            source.replace(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def zone_collection(history: History, day: date) -> bytes:
    """Return the zones of a day as GeoJSON, one feature per holder.

    Edges straight in the plane are divided until they are straight in longitude and
    latitude too, to 1e-9 degrees (a tenth of a millimetre), and coordinates are rounded
    to that. Zones are put on a grid as fine before, so that neighbours share every point
    of their border.
    """
    held = history.held_by[history.day_index(day)]
    found = [index for index in np.unique(held) if history.holders[index] != NOBODY]
    plane = [shapely.union_all(history.faces[held == i], grid_size=_GRID_M) for i in found]
    shapes = _lonlat(np.array([*plane, None], dtype=object)[:-1], history)
    features = [
        {
            "type": "Feature",
            "properties": {
                "actor": history.holders[index].actor,
                "status": str(history.holders[index].status),
                "day": day.isoformat(),
            },
            "geometry": orjson.Fragment(shapely.to_geojson(shape)),
        }
        for index, shape in zip(found, shapes, strict=True)
    ]
    content = {"type": "FeatureCollection", "features": features}
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def _lonlat(zones: Geometries, history: History) -> Geometries:
    """Carry zones to longitude and latitude, rounded, in canonical form."""
    if not len(zones):
        return zones
    carried = project(zones, history.projection.crs, WGS84, max_chord_error=_CHORD_DEGREES)
    rounded = shapely.set_precision(carried, _GRID_DEGREES)
    clean = shapely.transform(rounded, lambda xy: np.round(xy, _LONLAT_DECIMALS))
    return np.asarray(shapely.orient_polygons(shapely.normalize(clean)), dtype=object)


def zone_frame(histories: Mapping[str, tuple[History, tuple[date, ...]]]) -> gpd.GeoDataFrame:
    """Return the zones of every series and day with the time they stand for.

    `valid_to` is the next day of the series, or the same day for the last one. The
    geometry is in the equal-area plane of the first series.
    """
    rows: list[dict[str, Any]] = []
    for name, (history, days) in histories.items():
        for day, following in zip(days, [*days[1:], days[-1]], strict=True):
            for holder, zone in zones(history, day):
                rows.append(
                    {
                        "series": name,
                        "actor": holder.actor,
                        "status": str(holder.status),
                        "valid_from": np.datetime64(day, "D"),
                        "valid_to": np.datetime64(following, "D"),
                        "km2": zone.area / 1e6,
                        "geometry": _multi(zone),
                    }
                )
    return _frame(rows, histories)


def transfer_frame(
    histories: Mapping[str, tuple[History, tuple[date, ...]]],
) -> gpd.GeoDataFrame:
    """Return the ground that changed hands between consecutive days of every series."""
    rows: list[dict[str, Any]] = []
    for name, (history, days) in histories.items():
        for start, end in pairwise(days):
            for moved in transfers(history, start, end):
                rows.append(
                    {
                        "series": name,
                        "valid_from": np.datetime64(start, "D"),
                        "valid_to": np.datetime64(end, "D"),
                        "from_actor": str(moved.giver),
                        "to_actor": str(moved.taker),
                        "km2": moved.km2,
                        "geometry": _multi(moved.geometry),
                    }
                )
    return _frame(rows, histories)


def _frame(
    rows: list[dict[str, Any]], histories: Mapping[str, tuple[History, tuple[date, ...]]]
) -> gpd.GeoDataFrame:
    first, _ = next(iter(histories.values()))
    if not rows:
        return gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=first.projection.crs)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=first.projection.crs)


def _multi(geometry: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.normalize(geometry))
    return shapely.MultiPolygon(list(parts[shapely.get_type_id(parts) == 3]))  # noqa: PLR2004


def write_geopackage(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Write layers into one GeoPackage; empty ones are left out."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _FIXED_DATE})
    try:
        for name, frame in layers.items():
            if len(frame):
                pyogrio.write_dataframe(
                    frame, path, layer=name, driver="GPKG", append=path.exists()
                )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})

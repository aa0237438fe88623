"""Zones of one day in longitude and latitude, and as GeoJSON."""

from datetime import date
from pathlib import Path

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.actors import NOBODY, Holder
from territory.errors import GeometryError, InputError
from territory.export.tables import Histories
from territory.history import History
from territory.projection import WGS84, project

DECIMALS = 9  # of a degree: a tenth of a millimetre
_CHORD_DEGREES = 1e-9
_GRID_M = 1e-4
_GRID_DEGREES = 1e-9
_MENDED_SHARE = 1e-9  # of the area of a zone


def lonlat_zones(history: History, day: date) -> tuple[tuple[Holder, BaseGeometry], ...]:
    """Return the ground of every holder but nobody, in longitude and latitude.

    Edges straight in the plane are divided until they are straight in longitude and
    latitude too, to 1e-9 degrees (a tenth of a millimetre), and coordinates are rounded
    to that. Zones are put on a grid as fine before, so that neighbours share every point
    of their border.

    Returns
    -------
    tuple of (Holder, Polygon or MultiPolygon)
        In the order of the holders of the history; shells counter-clockwise.

    Raises
    ------
    InputError
        If the day is not in the history.
    """
    held = history.held_by[history.day_index(day)]
    found = [index for index in np.unique(held) if history.holders[index] != NOBODY]
    plane = [_on_grid(history.faces[held == index]) for index in found]
    shapes = _lonlat(np.array([*plane, None], dtype=object)[:-1], history)
    there = [(history.holders[i], shape) for i, shape in zip(found, shapes, strict=True)]
    return tuple((holder, shape) for holder, shape in there if not shape.is_empty)


def _on_grid(faces: NDArray[np.object_]) -> BaseGeometry:
    """Return faces dissolved, with coordinates on a grid of a tenth of a millimetre.

    Faces finer than the grid can defeat dissolving on it; then it is done before.
    """
    try:
        return shapely.union_all(faces, grid_size=_GRID_M)
    except shapely.errors.GEOSException:
        return shapely.set_precision(shapely.union_all(faces), _GRID_M)


def _lonlat(zones: NDArray[np.object_], history: History) -> NDArray[np.object_]:
    """Carry zones to longitude and latitude, rounded, in canonical form."""
    if not len(zones):
        return zones
    carried = project(zones, history.projection.crs, WGS84, max_chord_error=_CHORD_DEGREES)
    rounded = np.array([*map(_rounded, carried), None], dtype=object)[:-1]
    clean = shapely.transform(rounded, lambda xy: np.round(xy, DECIMALS))
    return np.asarray(shapely.orient_polygons(shapely.normalize(clean)), dtype=object)


def _rounded(zone: BaseGeometry) -> BaseGeometry:
    """Return a zone on the grid of degrees.

    Where two borders lie closer than the grid, dividing their edges can make them cross by
    less than it; such a zone is mended first.

    Raises
    ------
    GeometryError
        If mending would change its area by more than rounding does.
    """
    try:
        return shapely.set_precision(zone, _GRID_DEGREES)
    except shapely.errors.GEOSException:
        mended = shapely.buffer(zone, 0)
    if abs(mended.area - zone.area) > _MENDED_SHARE * zone.area:
        raise GeometryError("a zone cannot be written in longitude and latitude: it is invalid")
    return shapely.set_precision(mended, _GRID_DEGREES)


def zone_collection(history: History, day: date) -> bytes:
    """Return the zones of a day as GeoJSON, one feature per holder.

    Raises
    ------
    InputError
        If the day is not in the history.
    """
    features = [
        {
            "type": "Feature",
            "properties": {
                "actor": holder.actor,
                "status": str(holder.status),
                "day": day.isoformat(),
            },
            "geometry": orjson.Fragment(shapely.to_geojson(shape)),
        }
        for holder, shape in lonlat_zones(history, day)
    ]
    content = {"type": "FeatureCollection", "features": features}
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def write_geojson(histories: Histories, folder: Path) -> None:
    """Write one GeoJSON file per day: ``SERIES/DAY.geojson``, or ``DAY.geojson`` without a name.

    Raises
    ------
    InputError
        If the name of a series cannot be the name of a folder.
    """
    for name, (history, days) in histories.items():
        if name in {".", ".."} or set(name) & set("/\\:\0"):
            raise InputError(f"a series named '{name}' cannot have a folder of its own")
        (folder / name).mkdir(parents=True, exist_ok=True)
        for day in days:
            (folder / name / f"{day}.geojson").write_bytes(zone_collection(history, day))

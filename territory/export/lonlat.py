"""Zones of one day in longitude and latitude, and as GeoJSON."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.actors import NOBODY, Holder
from territory.edges import edges_of
from territory.errors import GeometryError, InputError
from territory.export.progress import Progress, Ticks, silent
from territory.export.tables import Histories, days_in
from territory.history import Bools, History
from territory.outlines import Outlines, outlines_of
from territory.projection import WGS84, Floats, Ints, project

DECIMALS = 9  # of a degree: a tenth of a millimetre
_CHORD_DEGREES = 1.5e-8  # above the bound to which the plane itself is divided
_GRID_DEGREES = 1e-9
_HAIR_DEGREES = 1e-11
_MENDED_SHARE = 1e-8  # of the area of a zone
_STRAIGHT_DEGREES = 1e-7  # corners that make a triangle smaller than its square are straight


@dataclass(frozen=True, eq=False)
class OnEarth:
    """A history carried to longitude and latitude, once for all days.

    Attributes
    ----------
    history : History
        What was carried.
    outlines : Outlines
        Its faces in degrees, rounded; neighbours share every point of their border.
    origin : ndarray of int, shape (n,)
        Which face of the history each of them is (a piece of); -1 for a gap between faces.
    size : ndarray of float, shape (f,)
        What each face of the history was before it was rounded, in square degrees.
    """

    history: History
    outlines: Outlines
    origin: Ints
    size: Floats

    def zones(self, day: date) -> tuple[tuple[Holder, BaseGeometry], ...]:
        """Return the ground of every holder but nobody.

        Returns
        -------
        tuple of (Holder, Polygon or MultiPolygon)
            In the order of the holders of the history; shells counter-clockwise.

        Raises
        ------
        InputError
            If the day is not in the history.
        """
        held, holders = self.history.held_by[self.history.day_index(day)], self.history.holders
        found = [index for index in np.unique(held) if holders[index] != NOBODY]
        there = [(holders[index], self._ground(held == index)) for index in found]
        return tuple((holder, shape) for holder, shape in there if not shape.is_empty)

    def _ground(self, chosen: Bools) -> BaseGeometry:
        """Return the ground of some faces of the history."""
        pieces = np.append(chosen, False)[self.origin]  # the last stands for gaps
        return _clean(self.outlines.around(pieces), float(self.size[chosen].sum()))


def on_earth(history: History) -> OnEarth:
    """Carry the faces of a history to longitude and latitude.

    Edges straight in the plane are divided until they are straight in longitude and
    latitude too, to 1.5e-8 degrees (under 2 mm), and coordinates are rounded to 1e-9
    degrees. Points that only served to bend an edge in the plane are left out again.
    """
    plane = history.projection.crs
    carried = project(history.faces, plane, WGS84, max_chord_error=_CHORD_DEGREES)
    plain = _straightened(carried)
    faces = _noded(plain)
    outlines = outlines_of(faces, hair=_HAIR_DEGREES)
    return OnEarth(history, outlines, _origin(faces, plain), shapely.area(plain))


def _straightened(faces: NDArray[np.object_]) -> NDArray[np.object_]:
    try:
        plain = shapely.coverage_simplify(faces, _STRAIGHT_DEGREES)
    except shapely.errors.GEOSException:  # of a face thinner than rounding nothing is left
        return faces
    return np.asarray(plain, dtype=object)


def _noded(faces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the faces between the borders of faces when these are rounded.

    Rounding makes borders cross that run within a rounding of one another, so that they
    are noded on the grid of rounding; where none do, the faces stay the same.
    """
    edges = edges_of(faces)
    borders = edges.line(np.ones(len(edges.one), dtype=bool))
    noded = shapely.get_parts(shapely.union_all([borders], grid_size=_GRID_DEGREES))
    return _rounded(np.asarray(shapely.get_parts(shapely.polygonize(noded)), dtype=object))


def _origin(pieces: NDArray[np.object_], faces: NDArray[np.object_]) -> Ints:
    """Return the face in which each piece lies, the first of several; -1 if it lies in none."""
    spots = shapely.STRtree(shapely.point_on_surface(pieces))
    face, piece = spots.query(faces, "intersects")  # the other way round takes ten times as long
    origin = np.full(len(pieces), len(faces))
    np.minimum.at(origin, piece, face)
    return np.where(origin < len(faces), origin, -1)


def _rounded(faces: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.asarray(shapely.transform(faces, lambda xy: np.round(xy, DECIMALS)), dtype=object)


def _clean(whole: BaseGeometry, size: float) -> BaseGeometry:
    """Return a rounded zone valid and in canonical form.

    Raises
    ------
    GeometryError
        If mending would change the area by more than rounding does.
    """
    if not whole.is_valid:
        whole = _on_grid(whole)
    allowed = _MENDED_SHARE * size + _GRID_DEGREES * whole.length
    if abs(whole.area - size) > allowed:
        raise GeometryError("a zone cannot be written in longitude and latitude: it is invalid")
    polygons = shapely.orient_polygons(shapely.get_parts(shapely.normalize(whole)))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(list(polygons))


def _on_grid(zone: BaseGeometry) -> BaseGeometry:
    """Return a zone valid with its coordinates on the grid of rounding."""
    try:
        gridded = shapely.set_precision(zone, _GRID_DEGREES)
    except shapely.errors.GEOSException:
        gridded = shapely.make_valid(zone, method="structure", keep_collapsed=False)
    return shapely.transform(gridded, lambda xy: np.round(xy, DECIMALS))


def zone_collection(carried: OnEarth, day: date) -> bytes:
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
        for holder, shape in carried.zones(day)
    ]
    content = {"type": "FeatureCollection", "features": features}
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def write_geojson(histories: Histories, folder: Path, *, progress: Progress = silent) -> None:
    """Write one GeoJSON file per day: ``SERIES/DAY.geojson``, or ``DAY.geojson`` without a name.

    Parameters
    ----------
    progress : callable
        Told how many of how many days are written.

    Raises
    ------
    InputError
        If the name of a series cannot be the name of a folder.
    """
    ticks = Ticks(days_in(histories), progress)
    for name, (history, days) in histories.items():
        if name in {".", ".."} or set(name) & set("/\\:\0"):
            raise InputError(f"a series named '{name}' cannot have a folder of its own")
        (folder / name).mkdir(parents=True, exist_ok=True)
        carried = on_earth(history)
        for day in ticks.of(days):
            (folder / name / f"{day}.geojson").write_bytes(zone_collection(carried, day))

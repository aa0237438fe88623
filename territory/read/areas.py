"""Areas of interest: a box in degrees, or polygons of a vector file."""

from pathlib import Path

import numpy as np
import orjson
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, GeometryError, InputError, did_you_mean
from territory.normalise import check_coordinates, map_crs
from territory.projection import WGS84
from territory.read.formats import SUFFIXES, read_layers
from territory.read.geojson import declared_crs, parsed, parsed_geometry
from territory.read.safe import driver_path

_DEGREE_LIMITS = (180.0, 90.0, 180.0, 90.0)
_BOX_COMMAS = 3
_GDAL_READS = frozenset({".geojson", ".json", ".gpkg", ".fgb", ".shp"})


def box_area(west: float, south: float, east: float, north: float, *, file: str) -> BaseGeometry:
    """Return a box of longitudes and latitudes.

    Raises
    ------
    InputError
        If the numbers are out of range or not in the order west, south, east, north.
    """
    numbers = (west, south, east, north)
    in_range = all(abs(n) <= limit for n, limit in zip(numbers, _DEGREE_LIMITS, strict=True))
    if not (in_range and west < east and south < north):
        problem = f"{list(numbers)} is no box; write west, south, east, north in degrees"
        raise InputError(problem, file=file)
    return shapely.box(*numbers)


def parse_area(text: str) -> tuple[BaseGeometry, CRS]:
    """Return the area that a command line option names: ``W,S,E,N`` or a vector file."""
    if Path(text).exists():
        return read_area(Path(text), where=None, layer=None)
    if text.count(",") != _BOX_COMMAS:
        problem = f"'{text}' is no file, and no box (west,south,east,north in degrees)"
        raise InputError(problem, file="--area")
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        problem = f"'{text}' is no box; write west, south, east, north in degrees"
        raise InputError(problem, file="--area") from None
    return box_area(west, south, east, north, file="--area"), WGS84


def read_area(path: Path, *, where: str | None, layer: str | None) -> tuple[BaseGeometry, CRS]:
    """Return the union of the polygons of a vector file, and its CRS.

    Parameters
    ----------
    where : str, optional
        Filter in SQL, such as ``name = 'Idlib'``.
    layer : str, optional
        The first layer by default.

    Raises
    ------
    InputError
        If the file, layer or filter gives no polygon.
    CRSError
        If the file does not say its CRS.
    """
    if path.suffix.lower() in SUFFIXES - _GDAL_READS and not (where or layer):
        return _read_layer(path)
    source, declared = _source(path)
    if declared and layer:
        raise InputError(f"GeoJSON has no layers; leave out '{layer}'", file=str(path))
    try:
        frame = pyogrio.read_dataframe(source, where=where, layer=layer, fid_as_index=False)
    except (ValueError, RuntimeError) as error:
        raise InputError(_why(error, source, layer), file=str(path)) from None
    if frame.empty:
        wanted = f" where {where}" if where else ""
        raise InputError(f"no feature{wanted}", file=str(path))
    if frame.crs is None:
        raise CRSError("the file does not say its CRS", file=str(path))
    crs = declared or CRS.from_user_input(frame.crs)
    geometry = shapely.force_2d(np.asarray(frame.geometry.array))
    _check(geometry, crs, path)
    return shapely.union_all(geometry), crs


def _read_layer(path: Path) -> tuple[BaseGeometry, CRS]:
    """Return the union of the polygons of a file of any kind that holds zones."""
    layers = read_layers(path)
    if len(layers) > 1:
        known = ", ".join(f"'{layer.name}'" for layer in layers)
        raise InputError(f"an area needs a file of one layer, not {known}", file=str(path))
    shapes = layers[0].geometry[~shapely.is_missing(layers[0].geometry)]
    if not len(shapes):
        raise InputError("no feature with a polygon", file=str(path))
    _check(shapes, layers[0].crs, path)
    return shapely.union_all(shapes), layers[0].crs


def _source(path: Path) -> tuple[str | bytes, CRS | None]:
    """Return what to hand to GDAL; of GeoJSON only features, with the CRS read here.

    GDAL follows a link in any `crs` member and takes an unknown one for WGS 84.
    """
    source = driver_path(path)
    if path.suffix.lower() not in {".geojson", ".json"}:
        return source, None
    content = parsed(path)
    features = [
        {
            "type": "Feature",
            "properties": feature.get("properties"),
            "geometry": _plain(feature.get("geometry"), path, number),
        }
        for number, feature in enumerate(content["features"], start=1)
    ]
    plain = orjson.dumps({"type": "FeatureCollection", "features": features})
    return plain, declared_crs(content, path)


def _plain(found: object, path: Path, number: int) -> object:
    """Return a GeoJSON geometry without foreign members."""
    shape = parsed_geometry(found, path, number)
    return None if shape is None else orjson.loads(shapely.to_geojson(shape))


def _check(geometry: NDArray[np.object_], crs: CRS, path: Path) -> None:
    """Refuse what is no valid polygon, and degrees that cannot be degrees."""
    areal = np.isin(shapely.get_type_id(geometry), [3, 6]).all()
    if not (areal and shapely.is_valid(geometry).all()):
        raise GeometryError("an area needs valid polygons", file=str(path))
    parts, feature = shapely.get_parts(geometry, return_index=True)

    def refused(problem: str, row: int) -> GeometryError:
        return GeometryError(problem, file=str(path), feature=row + 1)

    check_coordinates(parts, feature, map_crs(crs, str(path)), refused)


def _why(error: Exception, source: str | bytes, layer: str | None) -> str:
    """Say what GDAL refused in words a user can act on."""
    if layer is not None:
        try:
            known = [str(name) for name, _ in pyogrio.list_layers(source)]
        except (ValueError, RuntimeError):
            known = []
        if known and layer not in known:
            return f"no layer '{layer}'; {did_you_mean(layer, known)}"
    return f"cannot be read ({str(error).splitlines()[0]})"

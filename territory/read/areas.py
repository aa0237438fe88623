"""Areas of interest: a box in degrees, or polygons of a vector file."""

import re
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, GeometryError, InputError, did_you_mean
from territory.projection import WGS84
from territory.read.safe import driver_path

_DEGREE_LIMITS = (180.0, 90.0, 180.0, 90.0)


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
    if re.fullmatch(r"\s*-?[\d.]+\s*(,\s*-?[\d.]+\s*){3}", text):
        west, south, east, north = (float(part) for part in text.split(","))
        return box_area(west, south, east, north, file="--area"), WGS84
    return read_area(Path(text), where=None, layer=None)


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
    source = driver_path(path)
    try:
        frame = pyogrio.read_dataframe(source, where=where, layer=layer, fid_as_index=False)
    except (ValueError, RuntimeError) as error:
        raise InputError(_why(error, source, layer), file=str(path)) from None
    if frame.empty:
        wanted = f" where {where}" if where else ""
        raise InputError(f"no feature{wanted}", file=str(path))
    if frame.crs is None:
        raise CRSError("the file does not say its CRS", file=str(path))
    geometry = shapely.force_2d(np.asarray(frame.geometry.array))
    if not (np.isin(shapely.get_type_id(geometry), [3, 6]).all() and shapely.is_valid(geometry).all()):
        raise GeometryError("an area needs valid polygons", file=str(path))
    return shapely.union_all(geometry), CRS.from_user_input(frame.crs)


def _why(error: Exception, source: str, layer: str | None) -> str:
    """Say what GDAL refused in words a user can act on."""
    if layer is not None:
        try:
            known = [str(name) for name, _ in pyogrio.list_layers(source)]
        except (ValueError, RuntimeError):
            known = []
        if known and layer not in known:
            return f"no layer '{layer}'; {did_you_mean(layer, known)}"
    return f"cannot be read ({str(error).splitlines()[0]})"

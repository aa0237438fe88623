"""Areas of interest: a box in degrees, or the polygons of whatever zones are read from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.findings import Finding
from territory.geometry.projection import WGS84
from territory.history.rim import RimError
from territory.read.formats.gzipped import stem_of
from territory.read.polygons import Polygons, read_polygons
from territory.read.sources import find_source, source_of
from territory.read.world import COUNTRY_RIM

_DEGREE_LIMITS = (180.0, 90.0, 180.0, 90.0)
_BOX_COMMAS = 3
_ROUND = 360.0  # degrees
_WIDEST_ACROSS = 180.0  # degrees; what is wider was more likely written in another order


@dataclass(frozen=True, eq=False)
class DrawnArea:
    """An area of interest as read.

    Attributes
    ----------
    geometry : Polygon or MultiPolygon
        Valid, in `crs`, axis order x, y; overlapping polygons count once.
    findings : tuple of Finding
        What was repaired or dropped, without a day.
    rim : RimError or None
        How far its rim may lie off: nothing for a box, which is a choice; None where nobody
        says it.
    """

    geometry: BaseGeometry
    crs: CRS
    findings: tuple[Finding, ...] = ()
    rim: RimError | None = None


def box_area(west: float, south: float, east: float, north: float, *, file: str) -> BaseGeometry:
    """Return a box of longitudes and latitudes.

    Parameters
    ----------
    west, south, east, north : float
        In degrees (WGS 84), south less than north. A west that is greater than the east means a
        box across 180 degrees, as in a bbox of GeoJSON (RFC 7946, section 5.2).
    file : str
        The option or key that names the box, for the message.

    Returns
    -------
    Polygon or MultiPolygon
        In longitude and latitude; cut at 180 degrees.

    Raises
    ------
    InputError
        If the numbers are out of range or not in the order west, south, east, north; also if
        the box would reach round more than half of the Earth from west to east across 180.

    Examples
    --------
    >>> box_area(177, -20, -178, -12, file="--area").bounds
    (-180.0, -20.0, 180.0, -12.0)
    """
    numbers = (west, south, east, north)
    in_range = all(abs(n) <= limit for n, limit in zip(numbers, _DEGREE_LIMITS, strict=True))
    no_box = f"{list(numbers)} is no box; write west, south, east, north in degrees"
    if not (in_range and east - west not in (0.0, -_ROUND) and south < north):
        raise InputError(no_box, file=file)
    if west < east:
        return shapely.box(*numbers)
    if (width := east - west + _ROUND) > _WIDEST_ACROSS:
        across = f"across 180 degrees it reaches round {width:g} degrees"
        raise InputError(f"{no_box}: {across}; are west and east swapped?", file=file)
    halves = (west, south, 180.0, north), (-180.0, south, east, north)
    return shapely.MultiPolygon([shapely.box(*half) for half in halves if half[0] < half[2]])


def parse_area(text: str, *, option: str = "--area") -> DrawnArea:
    """Return the area that a command line option names.

    Parameters
    ----------
    text : str
        ``W,S,E,N``, or whatever `read_area` takes.
    option : str
        The option that names the area, for the message.

    Returns
    -------
    DrawnArea
        A box in WGS 84, or the polygons in the CRS of their file.

    Raises
    ------
    InputError
        If it is none of these.

    Examples
    --------
    >>> parse_area("36.6,35.2,37.7,36.1").geometry.bounds
    (36.6, 35.2, 37.7, 36.1)
    >>> parse_area("Syira")
    Traceback (most recent call last):
    territory.errors.InputError: --area: 'Syira' is no file, and no box (west,south,east,north
    in degrees), and no country; did you mean 'Syria'?
    """
    if text.count(",") == _BOX_COMMAS and find_source(text) is None:
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            problem = f"'{text}' is no box; write west, south, east, north in degrees"
            raise InputError(problem, file=option) from None
        box = box_area(west, south, east, north, file=option)
        return DrawnArea(box, WGS84, rim=RimError(0.0))
    return read_area(text, option=option)


def place_name(aoi: str) -> str:
    """Return what an area without a name is called.

    Parameters
    ----------
    aoi : str
        A box ``W,S,E,N`` in degrees, a file, a layer of one or a country.

    Examples
    --------
    >>> place_name("36.6,35.2,37.8,36.1"), place_name("context/Idlib_Governorate.geojson")
    ('36.6° to 37.8° E, 35.2° to 36.1° N', 'Idlib_Governorate')
    >>> place_name("syria")
    'Syria'
    """
    try:
        west, south, east, north = map(float, aoi.split(","))
    except ValueError:
        found = find_source(aoi)
        return (found and (found.country or found.layer)) or stem_of(Path(aoi))
    return extent_name(west, south, east, north)


def extent_name(west: float, south: float, east: float, north: float) -> str:
    """Return an extent in degrees as readers are told it.

    Parameters
    ----------
    west, south, east, north : float
        In degrees (WGS 84).

    Examples
    --------
    >>> extent_name(-70.5, -8.5, 3.0, -2.0)
    '70.5° W to 3° E, 8.5° to 2° S'
    """
    return f"{_degrees(west, east, 'EW')}, {_degrees(south, north, 'NS')}"


def _degrees(low: float, high: float, sides: str) -> str:
    """Return two degrees with the side of each, once if it is the same."""
    one, other = (sides[0] if each >= 0 else sides[1] for each in (low, high))
    first = f"{abs(low):g}°" + ("" if one == other else f" {one}")
    return f"{first} to {abs(high):g}° {other}"


def read_area(
    named: str | Path,
    folder: Path = Path(),
    *,
    where: str | None = None,
    layer: str | None = None,
    option: str = "--area",
) -> DrawnArea:
    """Return the union of the polygons of a file, folder, glob, zip, layer or country.

    Parameters
    ----------
    named : str or Path
        A file with one layer, ``FILE:LAYER``, a folder, a glob, or the name of a country
        of the package.
    folder : Path
        What relative names start from.
    where : str, optional
        Filter in SQL, such as ``name = 'Idlib'``.
    layer : str, optional
        Where a file has several.
    option : str
        The option or key that names it, for messages.

    Raises
    ------
    InputError
        If nothing of that name is there, or there is no polygon in it.
    CRSError
        If a file does not say its CRS, or several are in different ones.
    GeometryError
        If a coordinate is not finite or out of range.
    """
    also = "and no box (west,south,east,north in degrees), "
    source = source_of(str(named), folder, written_in=option, also=also)
    area = area_of(read_polygons(source, layer=layer or "", where=where or ""))
    return replace(area, rim=COUNTRY_RIM) if source.country else area


def area_of(read: Sequence[Polygons]) -> DrawnArea:
    """Return the union of polygons as one area.

    Parameters
    ----------
    read : sequence of Polygons
        All in one CRS; at least one.

    Returns
    -------
    DrawnArea
        In the CRS of the polygons.
    """
    union = shapely.union_all(np.concatenate([each.geometry for each in read]))
    return DrawnArea(union, read[0].crs, tuple(f for each in read for f in each.findings))

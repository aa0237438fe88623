"""Control points: a CSV of pixels and degrees, or what the georeferencer of QGIS saves."""

from pathlib import Path

from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError

from territory.errors import CRSError, InputError
from territory.geometry.projection import WGS84, transformation
from territory.read.text_files import csv_rows, read_text
from territory.trace.image.control_points import ControlPoint

_COLUMNS = ("x", "y", "lon", "lat")
_MAP = ("mapX", "mapY")
_OLD, _NEW = ("pixelX", "pixelY"), ("sourceX", "sourceY")
_CRS_LINE = "#CRS:"
MOST = 100  # leaving out each of many more takes minutes and tells no more
_NAME = 60  # characters


def read_controls(path: Path) -> tuple[ControlPoint, ...]:
    r"""Read control points.

    Parameters
    ----------
    path : Path
        A CSV with ``x,y,lon,lat`` and perhaps ``name``: pixels to the right of and below the
        upper left corner, and degrees (WGS 84). Or a ``.points`` file of QGIS, whose rows
        count below zero, in the CRS that it names (degrees, if it names none).

    Returns
    -------
    tuple of ControlPoint
        In the order of the file, in degrees (WGS 84); not yet checked.

    Raises
    ------
    InputError
        If a column is missing, or a cell is no number; naming the line.
    CRSError
        If a ``.points`` file names a CRS that is not known.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "points.csv"
    ...     _ = file.write_text("x,y,lon,lat,name\n10,20,37.5,36.25,Aleppo\n")
    ...     [point] = read_controls(file)
    >>> point.name, point.lon, point.lat
    ('Aleppo', 37.5, 36.25)
    """
    found = _of_qgis(path) if path.suffix.lower() == ".points" else _of_csv(path)
    if len(found) > MOST:
        raise InputError(f"{len(found):,} points; {MOST:,} are more than enough", file=str(path))
    return found


def _of_csv(path: Path) -> tuple[ControlPoint, ...]:
    found = []
    for line, row in csv_rows(path, _COLUMNS):
        x, y, lon, lat = (_number(row[column], column, path, line) for column in _COLUMNS)
        found.append(ControlPoint(x, y, lon, lat, _name(row.get("name", "")), line))
    return tuple(found)


def _name(text: str) -> str:
    """Return a name as a message may show it."""
    return "".join(each for each in text if each.isprintable())[:_NAME]


def _of_qgis(path: Path) -> tuple[ControlPoint, ...]:
    crs = _crs(path)
    found = []
    for line, row in csv_rows(path, _MAP, comment="#", optional=("enable",)):
        columns = _NEW if _NEW[0] in row else _OLD
        if columns[0] not in row:
            problem = "no column 'sourceX' (or 'pixelX'); is it a file of QGIS's georeferencer?"
            raise InputError(problem, file=str(path), line=1)
        if row.get("enable", "1") == "0":
            continue
        x, y, east, north = (_number(row[c], c, path, line) for c in (*columns, *_MAP))
        lon, lat = transformation(crs, WGS84).transform(east, north) if crs else (east, north)
        found.append(ControlPoint(x, abs(y), lon, lat, line=line))
    return tuple(found)


def _crs(path: Path) -> CRS | None:
    """Return the CRS that a file of QGIS names in its first line."""
    first = read_text(path).partition("\n")[0]
    if not first.startswith(_CRS_LINE):
        return None
    try:
        return CRS.from_user_input(first.removeprefix(_CRS_LINE).strip())
    except ProjError:
        raise CRSError("its CRS is not understood", file=str(path), line=1) from None


def _number(text: str, column: str, path: Path, line: int) -> float:
    try:
        return float(text)
    except ValueError:
        problem = f"{column} '{text}' is no number"
        raise InputError(problem, file=str(path), line=line) from None

"""A gazetteer: every village of a country or a district, whoever reports of it or not."""

from collections.abc import Iterable
from pathlib import Path

from territory.errors import InputError
from territory.history.places import Place
from territory.read.place_tables import degrees
from territory.read.text_files import csv_rows

ID, LAT, LON = ("place_id", "id", "pcode"), ("lat", "latitude"), ("lon", "longitude")
COLUMNS = (*ID, "name", *LAT, *LON)


def read_gazetteer(path: Path) -> tuple[Place, ...]:
    """Read a gazetteer.

    Parameters
    ----------
    path : Path
        CSV with an id (``place_id``, ``id`` or ``pcode``), ``lat`` and ``lon`` (degrees,
        WGS 84) and, if wanted, ``name``; further columns are passed over.

    Returns
    -------
    tuple of Place
        In the order of the file.

    Raises
    ------
    InputError
        If a column is missing, a row has no coordinates, or an id or a position stands twice.
    """
    return gazetteer_of(csv_rows(path, ()), path)


def gazetteer_of(rows: Iterable[tuple[int, dict[str, str]]], path: Path) -> tuple[Place, ...]:
    """Return the villages of a table.

    Parameters
    ----------
    rows : iterable of (int, dict of str to str)
        Lines and cells, as `csv_rows` gives them.
    path : Path
        For messages.

    Returns
    -------
    tuple of Place
        In the order of the rows.

    Raises
    ------
    InputError
        As for `read_gazetteer`.

    Examples
    --------
    >>> gazetteer_of([(2, {"pcode": "C1", "lat": "36", "lon": "37"})], Path("villages.csv"))
    (Place(key='C1', name='C1', longitude=37.0, latitude=36.0),)
    """
    found: dict[str, Place] = {}
    positions = set()
    for line, row in rows:
        key, lat, lon = (_column(names, row, path) for names in (ID, LAT, LON))
        longitude = degrees(row[lon], 180, lon, path, line)
        latitude = degrees(row[lat], 90, lat, path, line)
        place = Place(row[key], row.get("name") or row[key], longitude, latitude)
        problem = (
            f"{key} is empty"
            if not place.key
            else f"{key} '{place.key}' stands twice"
            if place.key in found
            else f"another village lies at {row[lat]}, {row[lon]} too; keep one of them"
            if (longitude, latitude) in positions
            else ""
        )
        if problem:
            raise InputError(problem, file=str(path), line=line)
        found[place.key] = place
        positions.add((longitude, latitude))
    if not found:
        raise InputError("no village in the file", file=str(path))
    return tuple(found.values())


def _column(names: tuple[str, ...], row: dict[str, str], path: Path) -> str:
    """Return by which of its names a column goes."""
    for name in names:
        if name in row:
            return name
    listed = " or ".join(f"'{name}'" for name in names)
    raise InputError(f"no column {listed}; it has {', '.join(row)}", file=str(path), line=1)

"""Towns on a map, from a CSV file."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path

from territory.errors import InputError
from territory.languages import LANGUAGES
from territory.read.text_files import csv_rows

_COLUMNS = ("name", "lat", "lon")
_LIMITS = {"lat": 90.0, "lon": 180.0}
_USUAL_RANK = 2
_LOWEST_RANK = 9


@dataclass(frozen=True)
class Town:
    """A town by its names, also in other languages, in degrees; rank 1 is the largest."""

    name: str
    names: Mapping[str, str]
    longitude: float
    latitude: float
    rank: int


def read_towns(path: Path) -> tuple[Town, ...]:
    """Read the towns of a map.

    Parameters
    ----------
    path : Path
        CSV with ``name,lat,lon`` (degrees, WGS 84), and as one likes ``name_ar`` and
        other languages and ``rank`` (1 for the largest towns to 9; 2 where it is empty or missing).

    Raises
    ------
    InputError
        Naming row, column and value, for anything that cannot be used as it stands; also
        if a town stands twice or there is none.
    """
    lines: dict[tuple[str, float, float], int] = {}
    towns = []
    for line, row in csv_rows(path, _COLUMNS, optional=("rank",)):
        town = _town(row, path, line)
        key = town.name, town.longitude, town.latitude
        if key in lines:
            problem = f"'{town.name}' stands twice, first in line {lines[key]}; remove one"
            raise InputError(problem, file=str(path), line=line)
        lines[key] = line
        towns.append(town)
    if not towns:
        raise InputError("no town in the file", file=str(path))
    return tuple(towns)


def _town(row: dict[str, str], path: Path, line: int) -> Town:
    if not row["name"]:
        raise _no(path, line, "name", "", "is empty; a town needs a name")
    degrees = {column: _degrees(row, column, path, line) for column in _LIMITS}
    rank = row.get("rank") or str(_USUAL_RANK)
    if not (rank.isascii() and rank.isdecimal() and 1 <= int(rank) <= _LOWEST_RANK):
        raise _no(path, line, "rank", rank, "is no rank (1, the largest, to 9)")
    names = {code: row.get(f"name_{code}", "") for code in LANGUAGES}
    return Town(row["name"], names, degrees["lon"], degrees["lat"], int(rank))


def _degrees(row: dict[str, str], column: str, path: Path, line: int) -> float:
    text, limit = row[column], _LIMITS[column]
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not isfinite(value):
        raise _no(path, line, column, text, "is no number of degrees, such as 35.93")
    if not -limit <= value <= limit:
        swapped = column == "lat" and abs(value) <= _LIMITS["lon"]
        hint = "; are lat and lon swapped?" if swapped else ""
        raise _no(path, line, column, text, f"is beyond {limit:g} degrees{hint}")
    return value


def _no(path: Path, line: int, column: str, value: str, why: str) -> InputError:
    return InputError(f"column '{column}': '{value}' {why}", file=str(path), line=line)

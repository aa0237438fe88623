"""Zones of one day as GeoJSON, in longitude and latitude, and a folder with a file for each day."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import orjson
import shapely

from territory.errors import InputError
from territory.one_piece import files_below
from territory.publish.export.carried import CarriedSeries
from territory.publish.export.progress import Progress, Ticks, silent

_WRITTEN = re.compile(  # how a file of `zone_collection` begins
    rb'\{"type":"FeatureCollection","features":\[(?:\]\}|\{"type":"Feature","properties":'
    rb'\{"actor":"(?:[^"\\]|\\.)*","status":"[a-z]+","day":"(?P<day>[0-9-]{10})"\})'
)
_HEAD_BYTES = 4096


def zone_collection(carried: CarriedSeries, day: date) -> bytes:
    """Return the zones of a day as GeoJSON, one feature per holder.

    Parameters
    ----------
    carried : CarriedSeries
        In longitude and latitude, WGS 84.
    day : date
        One of its days.

    Returns
    -------
    bytes
        In UTF-8.
    """
    holders = carried.history.holders
    features = [
        {
            "type": "Feature",
            "properties": {
                "actor": holders[index].actor,
                "status": str(holders[index].status),
                "day": day.isoformat(),
            },
            "geometry": orjson.Fragment(shapely.to_geojson(_plain(shape))),
        }
        for index, shape in zip(*carried.zones(day), strict=True)
    ]
    content = {"type": "FeatureCollection", "features": features}
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def _plain(shape: shapely.MultiPolygon) -> shapely.MultiPolygon | shapely.Polygon:
    return shape.geoms[0] if len(shape.geoms) == 1 else shape


def write_geojson(
    carried: Mapping[str, CarriedSeries],
    folder: Path,
    days: Mapping[str, tuple[date, ...]],
    *,
    progress: Progress = silent,
) -> None:
    """Write one GeoJSON file per day: ``SERIES/DAY.geojson``, or ``DAY.geojson`` without a name.

    Parameters
    ----------
    carried : mapping of str to CarriedSeries
        By name, in longitude and latitude.
    folder : Path
        Made if missing; files of the same names are replaced.
    days : mapping of str to tuple of date
        By series, which of its days.
    progress : callable
        Told how many of how many days are written.

    Raises
    ------
    InputError
        If the name of a series cannot be the name of a folder.
    """
    ticks = Ticks(sum(map(len, days.values())), progress)
    for name, series in carried.items():
        if name in {".", ".."} or set(name) & set("/\\:\0"):
            raise InputError(f"a series named '{name}' cannot have a folder of its own")
        (folder / name).mkdir(parents=True, exist_ok=True)
        for day in ticks.of(days[name]):
            (folder / name / f"{day}.geojson").write_bytes(zone_collection(series, day))


def written_before(folder: Path) -> tuple[Path, ...]:
    """Return the files of a folder, all of which an earlier `write_geojson` wrote.

    Parameters
    ----------
    folder : Path
        It may be missing. Hidden files in it are passed over.

    Raises
    ------
    InputError
        If there are others, which nobody may remove, or read back as days of the series.
    """
    there = ((path, path.relative_to(folder).parts) for path in files_below(folder))
    files = tuple(path for path, parts in there if not any(n.startswith(".") for n in parts))
    foreign = [path.relative_to(folder).as_posix() for path in files if not _is_ours(path)]
    if foreign:
        more = f" and {len(foreign) - 1} more" if foreign[1:] else ""
        problem = f"it holds files that no export wrote ('{foreign[0]}'{more}); name a new folder"
        raise InputError(problem, file=str(folder))
    return files


def _is_ours(path: Path) -> bool:
    """Tell whether a file is one day of `write_geojson`."""
    if path.is_symlink() or not path.is_file() or path.suffix != ".geojson":
        return False
    with path.open("rb") as file:
        found = _WRITTEN.match(file.read(_HEAD_BYTES))
    return found is not None and found["day"] in (None, path.stem.encode())

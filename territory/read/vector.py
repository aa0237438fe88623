"""Dated polygons: one file, or one part of a file, for each day.

GeoJSON is parsed here and not by GDAL, which would follow links and take whatever a file
holds for what its name says.
"""

import glob
import re
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError
from shapely.geometry.base import BaseGeometry

from territory.actors import Holder, Status
from territory.errors import CRSError, GeometryError, InputError, did_you_mean
from territory.projection import WGS84
from territory.read.tables import day_in_name, parse_day
from territory.read.text import read_text
from territory.snapshot import RawZones, Source

_DAY_FIELDS = ("day", "date")
_GLOB_MARKS = "*?["
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def expand(paths: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the files that paths, folders and globs name, sorted, each once.

    Raises
    ------
    InputError
        If one of them names no file.
    """
    found: set[Path] = set()
    for text in paths:
        path = Path(text)
        if path.is_dir():
            matches = [p for p in path.iterdir() if p.suffix.lower() in {".geojson", ".json"}]
        elif any(mark in text for mark in _GLOB_MARKS) and not path.exists():
            matches = [Path(name) for name in glob.glob(text, recursive=True)]  # noqa: PTH207
        else:
            matches = [path] if path.is_file() else []
        if not matches:
            raise InputError("no such file or no GeoJSON file in it", file=text)
        found.update(matches)
    return tuple(sorted(found))


def read_zones(
    paths: tuple[str, ...],
    *,
    actor_field: str = "actor",
    status_field: str = "status",
    day: date | None = None,
) -> tuple[RawZones, ...]:
    """Read dated zones with an actor on every feature.

    Parameters
    ----------
    paths : tuple of str
        Files, folders or globs.
    actor_field, status_field : str
        Property that names the actor, and the one that says held, claimed or contested
        (held where a feature has none).
    day : date, optional
        Day of everything read; else a ``day`` or ``date`` property, else the day in the
        file name.

    Returns
    -------
    tuple of RawZones
        In order of day.

    Raises
    ------
    InputError
        Naming file and feature, or two files for one day.
    """
    by_day: dict[date, RawZones] = {}
    for path in expand(paths):
        for raw in read_geojson(path, actor_field, status_field, day):
            if raw.day in by_day:
                other = by_day[raw.day].source.location
                raise InputError(f"{raw.day} is also given by {other}", file=str(path))
            by_day[raw.day] = raw
    return tuple(by_day[key] for key in sorted(by_day))


def read_geojson(
    path: Path, actor_field: str, status_field: str, day: date | None
) -> tuple[RawZones, ...]:
    """Read one GeoJSON file; see `read_zones`."""
    content = parsed(path)
    crs = declared_crs(content, path)
    rows: defaultdict[date, list[tuple[Holder, object]]] = defaultdict(list)
    features = content["features"]
    for number, feature in enumerate(features, start=1):
        properties = _properties(feature, path, number)
        holder = _holder(properties, actor_field, status_field, path, number)
        when = day or _day_of(properties, path, number)
        rows[when].append((holder, parsed_geometry(feature.get("geometry"), path, number)))
    if not features:
        rows[day or day_in_name(path)] = []
    return tuple(
        RawZones(
            when,
            crs,
            Source(str(path)),
            tuple(holder for holder, _ in pairs),
            np.array([shape for _, shape in pairs] + [None], dtype=object)[:-1],
        )
        for when, pairs in rows.items()
    )


def parsed(path: Path) -> dict[str, Any]:
    """Return the content of a GeoJSON FeatureCollection.

    Raises
    ------
    InputError
        If the file is not JSON, or not a collection of features.
    """
    try:
        content = orjson.loads(read_text(path))
    except orjson.JSONDecodeError as error:
        detail = f"not JSON: {error.msg}; is the file truncated?"
        raise InputError(detail, file=str(path), line=error.lineno) from None
    is_collection = isinstance(content, dict) and content.get("type") == "FeatureCollection"
    if not is_collection or not isinstance(content.get("features"), list):
        raise InputError("not a GeoJSON FeatureCollection", file=str(path))
    if not all(isinstance(feature, dict) for feature in content["features"]):
        raise InputError("a feature is not an object", file=str(path))
    return dict(content)


def declared_crs(content: dict[str, Any], path: Path) -> CRS:
    """Return the CRS: WGS 84 by RFC 7946, or what the older `crs` member names.

    A PROJ string (``+init=FILE:...``) is not taken, because it may name a local file.

    Raises
    ------
    CRSError
        If the member names no CRS (a null, a link), or an unknown one.
    """
    if "crs" not in content:
        return WGS84
    found = content["crs"]
    properties = found.get("properties") if isinstance(found, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        problem = f"the crs member names no CRS ({found}); remove it or name one"
        raise CRSError(problem, file=str(path))
    try:
        return CRS.from_user_input("" if "=" in name else name)
    except ProjError:
        raise CRSError(f"unknown CRS '{name}'", file=str(path)) from None


def _properties(feature: dict[str, Any], path: Path, number: int) -> dict[str, Any]:
    properties = feature.get("properties")
    if properties is None:
        return {}
    if not isinstance(properties, dict):
        problem = f"its properties are no object (found {properties!r})"
        raise InputError(problem, file=str(path), feature=number)
    return properties


def _holder(
    properties: dict[str, Any], actor_field: str, status_field: str, path: Path, number: int
) -> Holder:
    actor = properties.get(actor_field)
    if not isinstance(actor, str) or not actor.strip() or _CONTROL.search(actor):
        hint = "" if actor_field in properties else f"; {did_you_mean(actor_field, properties)}"
        problem = f"no actor in '{actor_field}' (found {actor!r}){hint}"
        raise InputError(problem, file=str(path), feature=number)
    status = properties.get(status_field) or Status.HELD
    if status not in list(Status):
        problem = f"unknown status '{status}'; {did_you_mean(str(status), list(Status))}"
        raise InputError(problem, file=str(path), feature=number)
    return Holder(actor.strip(), Status(status))


def _day_of(properties: dict[str, Any], path: Path, number: int) -> date:
    for field in _DAY_FIELDS:
        if isinstance(text := properties.get(field), str):
            try:
                return parse_day(re.split("[T ]", text)[0], file=str(path))
            except InputError:
                problem = f"'{text}' in '{field}' is not a day (YYYY-MM-DD)"
                raise InputError(problem, file=str(path), feature=number) from None
    return day_in_name(path)


def parsed_geometry(geometry: object, path: Path, number: int) -> BaseGeometry | None:
    """Return one GeoJSON geometry, or None for a null.

    Raises
    ------
    GeometryError
        Naming the feature, if it is malformed (an unclosed ring, a text for a number).
    """
    if geometry is None:
        return None
    try:
        return shapely.from_geojson(orjson.dumps(geometry))
    except (shapely.GEOSException, TypeError) as error:
        detail = str(error).splitlines()[0]
        problem = f"unusable geometry ({detail})"
        raise GeometryError(problem, file=str(path), feature=number) from None

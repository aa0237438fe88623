"""Esri JSON: what an ArcGIS server answers to a query with ``f=json``.

Parsed here, with the guards of GeoJSON. Rings stand in one list: those wound clockwise are
shells, the others holes of the shell that they lie in. Writers who turn them the other way
throughout are recognised by rings that enclose the shells which they should be holes of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools
from territory.geometry.projection import WGS84, Floats, Ints, is_wgs84, same_crs
from territory.read.formats.geometries import (
    Spot,
    closed_ring,
    flat_crs,
    gathered,
    heights_left_out,
    positions_of,
)
from territory.read.formats.geometry_faults import CURVED
from territory.read.formats.layer import Layer, km2_of

_MARKS = ("geometryType", "spatialReference", "objectIdFieldName", "fields")
_CURVES = ("curveRings", "curvePaths")
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = "esriFieldTypeDate"  # milliseconds since 1970, in UTC


def is_esri(content: object) -> bool:
    """Return whether JSON is a feature set of Esri's, and not GeoJSON.

    Parameters
    ----------
    content : object
        As parsed.

    Examples
    --------
    >>> is_esri({"features": [{"attributes": {}}]}), is_esri({"type": "FeatureCollection"})
    (True, False)
    """
    if not isinstance(content, dict) or "type" in content:
        return False
    features = content.get("features")
    if not isinstance(features, list):
        return False
    marked = any(mark in content for mark in _MARKS)
    first = features[0] if features else None
    if not isinstance(first, dict):
        return marked
    return "attributes" in first or (marked and "type" not in first)


def esri_layer(content: Mapping[str, Any], path: Path) -> Layer:
    """Return the features of an ArcGIS server's answer.

    Parameters
    ----------
    content : mapping
        One for which `is_esri` holds.
    path : Path
        For messages.

    Returns
    -------
    Layer
        In the CRS of its ``spatialReference``, without heights. Dates are ISO text in UTC.

    Raises
    ------
    InputError
        If a feature is no object.
    CRSError
        If the CRS is missing or not known, or a geometry has another.
    GeometryError
        If a geometry is malformed; the message names the feature.
    """
    features = content["features"]
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict):
            raise InputError("a feature is no object", file=str(path), feature=number)
    crs = _crs(content, path)
    geometry = np.empty(len(features), dtype=object)
    findings: list[Finding] = []
    raised = 0
    for index, feature in enumerate(features):
        spot = Spot(str(path), index + 1, None, findings)
        found = feature.get("geometry")
        _refuse_other_crs(found, crs, spot)
        with np.errstate(invalid="ignore", over="ignore"):  # such coordinates are judged later
            geometry[index] = _shape(found, _has_heights(content, found), crs, spot)
        raised += spot.heights
    dates = _dates(content)
    properties = tuple(
        _attributes(feature, dates, Spot(str(path), number))
        for number, feature in enumerate(features, start=1)
    )
    about = (*findings, *heights_left_out(str(path), raised))
    return Layer(str(path), path.stem, crs, properties, geometry, about)


def _crs(content: Mapping[str, Any], path: Path) -> CRS:
    """Return the CRS of an answer; of a geometry's own where the answer has none."""
    own = (each.get("geometry") for each in content["features"])
    candidates = [content, *(each for each in own if isinstance(each, dict))]
    reference = next((c["spatialReference"] for c in candidates if c.get("spatialReference")), None)
    if reference is not None:
        return _referenced(reference, str(path))
    if not any(each.get("geometry") for each in content["features"]):
        return WGS84  # nothing lies anywhere
    problem = "an Esri answer that names no CRS (spatialReference); ask the server with outSR=4326"
    raise CRSError(problem, file=str(path))


def _referenced(reference: object, file: str) -> CRS:
    """Return the CRS of a ``spatialReference``: by its newest number, else its text."""
    found = reference if isinstance(reference, dict) else {}
    for key in ("latestWkid", "wkid"):
        code = str(found.get(key))
        if code.isascii() and code.isdigit() and (crs := _numbered(int(code))) is not None:
            return crs
    text = found.get("wkt") or found.get("wkt2")
    if isinstance(text, str) and "[" in text:
        return flat_crs(text, file)
    raise CRSError(f"unknown CRS (spatialReference {reference!r:.80})", file=file)


@lru_cache(maxsize=64)
def _numbered(code: int) -> CRS | None:
    """Return the CRS of a number, which Esri shares with EPSG but for its own."""
    for authority in ("EPSG", "ESRI"):
        try:
            crs = CRS.from_authority(authority, code).to_2d()
        except ProjError:
            continue
        return WGS84 if is_wgs84(crs) else crs
    return None


def _refuse_other_crs(geometry: object, crs: CRS, spot: Spot) -> None:
    reference = geometry.get("spatialReference") if isinstance(geometry, dict) else None
    if reference and not same_crs(own := _referenced(reference, spot.file), crs):
        problem = f"its geometry is in {own.name}, but the file in {crs.name}"
        raise CRSError(problem, file=spot.file, feature=spot.feature)


def _has_heights(content: Mapping[str, Any], geometry: object) -> bool:
    """Return whether the third number of positions is a height, and not a measure."""
    own = geometry.get("hasZ") if isinstance(geometry, dict) else None
    return bool(content.get("hasZ") if own is None else own)


def _dates(content: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the attributes that are dates."""
    fields = content.get("fields")
    listed = fields if isinstance(fields, list) else []
    return frozenset(
        str(each.get("name"))
        for each in listed
        if isinstance(each, dict) and each.get("type") == _DATE
    )


def _attributes(feature: Mapping[str, Any], dates: frozenset[str], spot: Spot) -> dict[str, Any]:
    found = feature.get("attributes")
    if found is None:
        return {}
    if not isinstance(found, dict):
        problem = f"its attributes are no object (found {found!r:.40})"
        raise InputError(problem, file=spot.file, feature=spot.feature)
    return {key: _moment(value) if key in dates else value for key, value in found.items()}


def _moment(value: object) -> object:
    """Return a date as ISO text; one that is none as it stands, to be judged later.

    Examples
    --------
    >>> _moment(1704067200000), _moment(-1746144000000), _moment("soon")
    ('2024-01-01T00:00:00Z', '1914-09-02T00:00:00Z', 'soon')
    """
    if type(value) not in (int, float):
        return value
    try:
        moment = _UNIX + timedelta(milliseconds=value)  # type: ignore[arg-type]
    except (OverflowError, ValueError):
        return value
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z".zfill(20)


# ---- Geometry ----------------------------------------------------------------------------


def _shape(found: object, heights: bool, crs: CRS, spot: Spot) -> BaseGeometry | None:
    """Return one geometry, None where a feature has none."""
    if found is None or found == {}:
        return None
    if not isinstance(found, dict):
        spot.refuse("its geometry is no object")
    if any(found.get(each) for each in _CURVES):
        spot.refuse(CURVED)
    if "rings" in found:
        rings = [_line(each, heights, spot) for each in _listed(found["rings"], "rings", spot)]
        return _polygons([closed_ring(each, spot) for each in rings], crs, spot)
    if "paths" in found:
        paths = [_line(each, heights, spot) for each in _listed(found["paths"], "paths", spot)]
        return gathered([shapely.LineString(each) for each in paths if len(each) > 1])
    if "points" in found:
        return _points(_listed(found["points"], "points", spot), spot)
    if "x" in found or {"xmin", "ymin", "xmax", "ymax"} <= found.keys():
        return _point_or_box(found, spot)
    spot.refuse("neither rings, paths, points nor x and y")


def _listed(found: object, what: str, spot: Spot) -> Sequence[Any]:
    if found is None:
        return ()
    if not isinstance(found, list):
        spot.refuse(f"{what} is no list")
    return found


def _line(found: object, heights: bool, spot: Spot) -> Floats:
    """Return the positions of a ring or a path; its heights are noted and left out."""
    cut = [p[:2] if isinstance(p, list) else p for p in _listed(found, "a ring", spot)]
    xy = positions_of(cut) if cut else None
    if xy is None or xy.shape[1] != 2:  # noqa: PLR2004
        spot.refuse("a position is no pair of numbers")
    if heights and any(_height(position) for position in _listed(found, "a ring", spot)):
        spot.heights = True
    return xy


def _height(position: Sequence[Any]) -> bool:
    value = position[2] if len(position) > 2 else 0  # noqa: PLR2004
    return type(value) in (int, float) and value != 0


def _points(found: Sequence[Any], spot: Spot) -> BaseGeometry | None:
    if not found:
        return None
    return shapely.MultiPoint(_line(list(found), False, spot))


def _point_or_box(found: Mapping[str, Any], spot: Spot) -> BaseGeometry | None:
    keys = ("x", "y") if "x" in found else ("xmin", "ymin", "xmax", "ymax")
    if found[keys[0]] in (None, "NaN"):
        return None  # how an empty point is written
    if not all(type(found.get(key)) in (int, float) for key in keys):
        spot.refuse("a position is no pair of numbers")
    x, y, *others = (float(found[key]) for key in keys)
    return shapely.box(x, y, others[0], others[1]) if others else shapely.Point(x, y)


def _polygons(rings: Sequence[Floats], crs: CRS, spot: Spot) -> BaseGeometry | None:
    """Return the ground of rings: each hole with the shell that it lies in."""
    if not rings:
        return None
    ground = shapely.polygons([shapely.LinearRing(ring) for ring in rings])
    pairs = _meeting(rings, ground)
    shells = ~np.array([shapely.is_ccw(each.exterior) for each in ground], dtype=bool)
    if _is_turned(shells, pairs):
        within = np.bincount(pairs.inner[pairs.share == 1], minlength=len(rings))
        shells = within % 2 == 0  # by how many others a ring lies in
    owners = _owners(shells, pairs, shapely.area(ground))
    holes: dict[int, list[Floats]] = {index: [] for index in np.flatnonzero(shells).tolist()}
    orphans = [index for index in np.flatnonzero(~shells).tolist() if index not in owners]
    for hole, shell in owners.items():
        holes[shell].append(rings[hole])
    if orphans:
        spot.findings.append(_about(ground[orphans], crs, spot))
    found = [shapely.Polygon(rings[shell], inner) for shell, inner in holes.items()]
    return gathered([*found, *ground[orphans]])


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Rings of one feature that meet.

    Attributes
    ----------
    outer, inner : ndarray of int, shape (n,)
        Which two; every pair stands here twice.
    share : ndarray, shape (n,)
        Of the positions of `inner`, how many lie in `outer` or on it.
    """

    outer: Ints
    inner: Ints
    share: Floats


def _meeting(rings: Sequence[Floats], ground: NDArray[np.object_]) -> _Pairs:
    inner, outer = shapely.STRtree(ground).query(shapely.get_exterior_ring(ground), "intersects")
    apart = inner != outer
    inner, outer = inner[apart], outer[apart]
    shapely.prepare(ground)
    pairs = zip(outer.tolist(), inner.tolist(), strict=True)
    share = [float(shapely.intersects_xy(ground[o], rings[i]).mean()) for o, i in pairs]
    return _Pairs(outer, inner, np.array(share, dtype=np.float64))


def _is_turned(shells: Bools, pairs: _Pairs) -> bool:
    """Return whether rings are wound the other way: no shells, or one that lies in a hole alone."""
    if not shells.any():
        return True
    inside = (pairs.share == 1) & shells[pairs.inner]
    in_holes = set(pairs.inner[inside & ~shells[pairs.outer]].tolist())
    in_shells = set(pairs.inner[inside & shells[pairs.outer]].tolist())
    return bool(in_holes - in_shells)


def _owners(shells: Bools, pairs: _Pairs, sizes: Floats) -> dict[int, int]:
    """Return the shell that has most of each hole, and of several the smallest."""
    wanted = shells[pairs.outer] & ~shells[pairs.inner]
    outer, inner, share = pairs.outer[wanted], pairs.inner[wanted], pairs.share[wanted]
    best_last = np.lexsort((-sizes[outer], share))
    return dict(zip(inner[best_last].tolist(), outer[best_last].tolist(), strict=True))


def _about(orphans: NDArray[np.object_], crs: CRS, spot: Spot) -> Finding:
    detail = (
        f"{spot.file}, feature {spot.feature}: {len(orphans)} of its rings are wound as holes but"
        " lie in no shell; counted as ground"
    )
    km2 = km2_of(orphans, crs)
    return Finding(FindingKind.HOLE_OUTSIDE, detail, Severity.WARNING, None, km2)

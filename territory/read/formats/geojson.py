"""GeoJSON, plain, wrapped in another object or a feature a line, and JSON lists of rings.

Parsed here and not by GDAL, which would follow links and take a file for what it holds.
Rings are closed where they are not, and coordinates go straight into arrays: a GeoJSON
file takes no longer to read than its JSON.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError
from shapely.geometry.base import BaseGeometry

from territory.errors import CRSError, GeometryError, InputError
from territory.findings import Finding, FindingKind, Severity
from territory.garbage import no_collection
from territory.geometry.projection import WGS84, Floats, is_wgs84, same_crs
from territory.read.formats.duplicate_keys import read_json_content
from territory.read.formats.esri_json import esri_layer, is_esri
from territory.read.formats.geometries import (
    Spot,
    closed_ring,
    has_heights,
    heights_left_out,
    one_line,
    positions_of,
)
from territory.read.formats.geometry_faults import geojson_fault
from territory.read.formats.gzipped import stem_of
from territory.read.formats.json_sequence import read_features
from territory.read.formats.layer import Layer, Page

# How servers say that there is more: features beyond a limit, or how many there are.
_CUT = ("exceededTransferLimit", "truncated", "partial", "incomplete", "has_more", "hasMore")
_MATCHED = ("numberMatched", "totalFeatures", "numberOfFeatures", "total_count", "matched")
_ABOUT = ("properties", "context", "meta", "metadata", "paging", "pagination")
NOT_A_COLLECTION = "not a GeoJSON FeatureCollection"
_POINTS = {"Point", "MultiPoint", "LineString", "MultiLineString"}
_KINDS = frozenset({*_POINTS, "Polygon", "MultiPolygon", "GeometryCollection"})
_KINDS_KNOWN = 10_000  # of properties that are the same for many features
_CORNERS = 4  # positions of the smallest closed ring


def read_geojson(path: Path, *, inside: str = "") -> Layer:
    """Read a FeatureCollection, a sequence of features, or what an ArcGIS server answers.

    Parameters
    ----------
    path : Path
        A file of JSON, in UTF-8 or UTF-16; the content tells which it is.
    inside : str
        Key of the outer object under which the collection stands.

    Returns
    -------
    Layer
        In the CRS that the file names, WGS 84 by default; without heights.

    Raises
    ------
    InputError
        If the file holds no features.
    CRSError
        If it names a CRS that is not known.
    GeometryError
        If a geometry is malformed; the message names the feature.
    """
    with no_collection():  # JSON has no cycles
        return _read(path, inside)


def _read(path: Path, inside: str) -> Layer:
    whole = read_features(path)
    content = _inner(whole, path, inside=inside)
    if is_esri(content):
        layer = esri_layer(content, path)
    else:
        content = _collection(content, path)
        layer = _layer(content, _Builder(path))
        if _is_feature_of_features(whole, inside):
            layer = replace(layer, findings=(*layer.findings, _both(path, len(layer.geometry))))
    page = page_of(whole, content)
    if page is None:
        return layer
    detail = (
        f"{path}: the server cut its answer ({page.why}), so features are missing; fetch the other"
        " pages and put them together, or beside it in one folder"
    )
    severity = Severity.ERROR if page.is_sure else Severity.WARNING
    finding = Finding(FindingKind.CUT_ANSWER, detail, severity)
    return replace(layer, findings=(*layer.findings, finding), page=page)


def _is_feature_of_features(whole: object, inside: str) -> bool:
    """Return whether the outermost object is a feature, and holds others."""
    found = whole.get(inside) if inside and isinstance(whole, dict) else whole
    return isinstance(found, dict) and found.get("type") == "Feature" and "features" in found


def _both(path: Path, count: int) -> Finding:
    detail = (
        f"{path}: its outermost object is a feature and holds others, which GeoJSON does not know;"
        f" all {count} are read"
    )
    return Finding(FindingKind.READER_WARNING, detail, Severity.WARNING)


def page_of(whole: object, collection: Mapping[str, Any]) -> Page | None:
    """Return by what a server said that it did not send all features; None if it did.

    Parameters
    ----------
    whole, collection : object
        What the file holds, and the collection in it.

    Examples
    --------
    >>> page_of({}, {"features": [{}], "numberMatched": 3, "numberReturned": 1}).why
    '"numberMatched": 3, and 1 is here'
    >>> page_of({}, {"features": [{}], "exceededTransferLimit": True}).why
    '"exceededTransferLimit": true'
    """
    outer = [each for each in (whole, collection) if isinstance(each, dict)]
    inner = [each[key] for each in outer for key in _ABOUT if isinstance(each.get(key), dict)]
    count = len(collection["features"])
    for object_ in (*outer, *inner):
        for key in _CUT:
            if object_.get(key) is True:
                return Page(f'"{key}": true')
        for key in _MATCHED:
            total = object_.get(key)
            if type(total) is int and total > count:
                here = f"{count} {'is' if count == 1 else 'are'} here"
                return Page(f'"{key}": {total}, and {here}', total)
        if _has_next(object_):
            return Page("it names a next page")
    return None


def _has_next(object_: Mapping[str, Any]) -> bool:
    """Return whether an answer links to a next page, as OGC API, STAC and others do."""
    links = object_.get("links")
    if isinstance(links, list):
        named = [each.get("rel") for each in links if isinstance(each, dict) and each.get("href")]
        return "next" in named
    found = links.get("next") if isinstance(links, dict) else None
    pages = [object_.get("next"), object_.get("next_page"), found]
    return any(isinstance(page, str) and page.startswith(("http", "/", "?")) for page in pages)


def _layer(content: dict[str, Any], builder: "_Builder") -> Layer:
    path = builder.path
    crs = declared_crs(content, path)
    _refuse_other_crs(content["features"], crs, path)
    for number, feature in enumerate(content["features"], start=1):
        builder.add(feature.get("geometry"), number)
    known: dict[bytes, Mapping[str, object]] = {}
    properties = tuple(
        _apart(properties_of(feature, path, number), known)
        for number, feature in enumerate(content["features"], start=1)
    )
    return Layer(str(path), stem_of(path), crs, properties, builder.geometry(), builder.found())


def _apart(
    properties: Mapping[str, object], known: dict[bytes, Mapping[str, object]]
) -> Mapping[str, object]:
    """Return properties that do not lie among the coordinates of the file; alike ones once.

    Memory is given back in large pieces. One text left in each of them, between the numbers that
    were parsed with it, would keep all of them: 1.3 kB for each of a million features.
    """
    try:
        text = orjson.dumps(properties)
    except orjson.JSONEncodeError:  # nested more deeply than it writes
        return properties
    if text in known:
        return known[text]
    found: Mapping[str, object] = orjson.loads(text)
    if len(known) < _KINDS_KNOWN:
        known[text] = found
    return found


def read_rings(path: Path, *, keys: tuple[str, ...], latitude_first: bool) -> Layer:
    """Read JSON whose keys hold lists of rings without holes; the key is the layer property.

    Parameters
    ----------
    path : Path
        A file of one JSON object.
    keys : tuple of str
        The keys to read, in this order; not all need be there.
    latitude_first : bool
        Whether positions are latitude, longitude.

    Returns
    -------
    Layer
        In longitude and latitude, WGS 84; one polygon for each ring, its key as ``layer``.

    Raises
    ------
    InputError
        If the file is no JSON object or holds none of the keys.
    GeometryError
        If a ring is malformed.
    """
    content = read_json_content(path, ring_lists=keys)
    if not isinstance(content, dict) or not any(key in content for key in keys):
        raise InputError(f"no key '{keys[0]}' with rings in it", file=str(path))
    builder = _Builder(path, latitude_first=latitude_first)
    properties = []
    for key in keys:
        rings = content.get(key) or []
        if not isinstance(rings, list):
            raise InputError(f"'{key}' is no list of rings", file=str(path))
        for ring in rings:
            properties.append({"layer": key})
            builder.add({"type": "Polygon", "coordinates": [ring]}, len(properties))
    geometry = builder.geometry()
    return Layer(str(path), stem_of(path), WGS84, tuple(properties), geometry, builder.found())


def _inner(content: Any, path: Path, *, inside: str) -> Any:  # noqa: ANN401 - JSON
    """Return what stands under a key, or all there is."""
    if not inside:
        return content
    if not isinstance(content, dict) or inside not in content:
        raise InputError(f"no key '{inside}' in the file", file=str(path))
    return content[inside]


def _collection(content: Any, path: Path) -> dict[str, Any]:  # noqa: ANN401 - JSON
    if isinstance(content, dict) and content.get("type") == "Feature":
        within = content.get("features")
        features = [content, *(within if isinstance(within, list) else [])]
        content = {"type": "FeatureCollection", "features": features}
    is_collection = isinstance(content, dict) and content.get("type") == "FeatureCollection"
    if not is_collection or not isinstance(content.get("features"), list):
        raise InputError(_servers_error(content) or NOT_A_COLLECTION, file=str(path))
    if not all(isinstance(feature, dict) for feature in content["features"]):
        raise InputError("a feature is not an object", file=str(path))
    return dict(content)


def _servers_error(content: object) -> str:
    """Say what a server answered in place of features; nothing if that is no such answer."""
    error = content.get("error") if isinstance(content, dict) else None
    if not isinstance(error, dict) or not {"code", "message"} & error.keys():
        return ""
    said = one_line(f"{error.get('code', '')} {error.get('message', '')}".strip(), 80)
    return f"a server's error and no features ({said}); fetch it again"


def declared_crs(content: dict[str, Any], path: Path) -> CRS:
    """Return the CRS: WGS 84 by RFC 7946, or what the older `crs` member names.

    A PROJ string (``+init=FILE:...``) is not taken, because it may name a local file.

    Parameters
    ----------
    content : dict of str to object
        The outermost object of the file.
    path : Path
        For messages.

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
        return named_crs("" if "=" in name else name)
    except ProjError:
        raise CRSError(f"unknown CRS '{name}'", file=str(path)) from None


def _refuse_other_crs(features: list[dict[str, Any]], crs: CRS, path: Path) -> None:
    """Refuse a feature or geometry that names a CRS of its own, unlike that of the file."""
    for number, feature in enumerate(features, start=1):
        for part in (feature, feature.get("geometry")):
            if not (isinstance(part, dict) and "crs" in part):
                continue
            if not same_crs(declared_crs(part, path), crs):
                problem = f"names a CRS of its own ({part['crs']}), but the file is in {crs.name}"
                raise CRSError(problem, file=str(path), feature=number)


@lru_cache(maxsize=64)
def named_crs(name: str) -> CRS:
    """Return a CRS by name; longitude/latitude on WGS 84 is one CRS, however it is called.

    Parameters
    ----------
    name : str
        As a `crs` member has it, such as ``urn:ogc:def:crs:EPSG::32637``.

    Raises
    ------
    ProjError
        If PROJ does not know the name.
    """
    crs = CRS.from_user_input(name)
    return WGS84 if is_wgs84(crs) else crs


def properties_of(feature: dict[str, Any], path: Path, number: int) -> Mapping[str, object]:
    """Return the properties of a feature.

    Parameters
    ----------
    feature : dict of str to object
        One object of the file.
    path : Path
        For messages.
    number : int
        Number of the feature, from 1.

    Raises
    ------
    InputError
        If they are no object.
    """
    properties = feature.get("properties")
    if properties is None:
        return {}
    if not isinstance(properties, dict):
        problem = f"its properties are no object (found {properties!r})"
        raise InputError(problem, file=str(path), feature=number)
    return properties


def parsed_geometry(geometry: object, path: Path, number: int) -> BaseGeometry | None:
    """Return one GeoJSON geometry of any kind, or None for a null.

    Parameters
    ----------
    geometry : object
        What stands in the file for it.
    path : Path
        For messages.
    number : int
        Number of the feature, from 1.

    Returns
    -------
    geometry or None
        In the coordinates of the file.

    Raises
    ------
    GeometryError
        Naming the feature, if it is malformed (an unclosed ring, a text for a number).
    """
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if isinstance(kind, str) and kind not in _KINDS:
        problem = f"unusable geometry ('{kind}' is none; ground is a Polygon or MultiPolygon)"
        raise GeometryError(problem, file=str(path), feature=number)
    try:
        return shapely.from_geojson(orjson.dumps(geometry, option=orjson.OPT_SERIALIZE_NUMPY))
    except (shapely.GEOSException, TypeError):
        problem = f"unusable geometry ({geojson_fault(geometry)})"
        raise GeometryError(problem, file=str(path), feature=number) from None


def _is_filled(coordinates: list[Any]) -> bool:
    """Return whether there are polygons, none of which is empty."""
    return bool(coordinates) and all(coordinates)


class _Builder:
    """Collects the geometries of one file.

    Polygons go into one long array of coordinates; anything else takes the slow way.
    """

    def __init__(self, path: Path, *, latitude_first: bool = False) -> None:
        self.path, self.latitude_first = path, latitude_first
        self.findings: list[Finding] = []
        self._rings: list[Floats] = []
        self._polygons: list[int] = []  # rings of each polygon
        self._features: list[tuple[int, int]] = []  # first and last polygon of each feature
        self._others: dict[int, BaseGeometry | None] = {}
        self._raised: set[int] = set()  # features with a height other than zero

    def add(self, geometry: object, number: int) -> None:
        """Take the next feature's geometry."""
        first = len(self._polygons)
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
        if kind == "Polygon" and coordinates:
            self._polygon(coordinates, number)
        elif kind == "MultiPolygon" and isinstance(coordinates, list) and _is_filled(coordinates):
            for polygon in coordinates:
                self._polygon(polygon, number)
        elif kind == "GeometryCollection" and isinstance(geometry, dict):
            self._others[len(self._features)] = self._collection(geometry, number)
        else:
            self._other(parsed_geometry(geometry, self.path, number), number)
        self._features.append((first, len(self._polygons)))

    def _other(self, shape: BaseGeometry | None, number: int) -> None:
        if has_heights(shape):
            self._raised.add(number)
        self._others[len(self._features)] = None if shape is None else shapely.force_2d(shape)

    def _collection(self, geometry: dict[str, Any], number: int) -> BaseGeometry:
        members = geometry.get("geometries") or []
        if not isinstance(members, list):
            raise self._error("a collection without a list of geometries", number)
        inner = _Builder(self.path, latitude_first=self.latitude_first)
        for member in members:
            inner.add(member, number)  # what is wrong with it is so with the feature
        self.findings += inner.findings
        if inner._raised:
            self._raised.add(number)
        found = [shape for shape in inner.geometry() if shape is not None]
        return shapely.GeometryCollection(found)

    def _polygon(self, rings: Any, number: int) -> None:  # noqa: ANN401 - JSON
        if not isinstance(rings, list):
            raise self._error("a polygon is no list of rings", number)
        filled = [ring for ring in rings if isinstance(ring, np.ndarray) or ring]
        if len(filled) < len(rings):
            raise self._error("a ring without positions", number)
        self._rings += [self._ring(ring, number) for ring in filled]
        self._polygons.append(len(filled))

    def _ring(self, ring: Any, number: int) -> Floats:  # noqa: ANN401 - JSON
        positions = positions_of(ring)
        if positions is None:
            raise self._error("a position is no pair of numbers", number)
        xy = positions[:, :2]
        if positions.shape[1] > xy.shape[1] and positions[:, 2].any():
            self._raised.add(number)
        if self.latitude_first:
            xy = xy[:, ::-1]
        if len(xy) >= _CORNERS and xy[0, 0] == xy[-1, 0] and xy[0, 1] == xy[-1, 1]:
            return xy  # as nearly all are, and quickly seen
        return closed_ring(xy, Spot(str(self.path), number, findings=self.findings))

    def _error(self, problem: str, number: int) -> GeometryError:
        return GeometryError(f"unusable geometry ({problem})", file=str(self.path), feature=number)

    def found(self) -> tuple[Finding, ...]:
        """Return what was mended and left out."""
        return (*self.findings, *heights_left_out(str(self.path), len(self._raised)))

    def geometry(self) -> NDArray[np.object_]:
        """Return one geometry per feature."""
        polygons = self._all_polygons()
        shapes = np.empty(len(self._features), dtype=object)
        for index, (first, last) in enumerate(self._features):
            if index in self._others:
                shapes[index] = self._others[index]
            elif last - first == 1:
                shapes[index] = polygons[first]
            else:
                shapes[index] = shapely.multipolygons(polygons[first:last])
        return shapes

    def _all_polygons(self) -> NDArray[np.object_]:
        if not self._rings:
            return np.empty(0, dtype=object)
        ring_start = np.concatenate([[0], np.cumsum([len(ring) for ring in self._rings])])
        polygon_start = np.concatenate([[0], np.cumsum(self._polygons)])
        xy = np.ascontiguousarray(np.concatenate(self._rings))
        kind = shapely.GeometryType.POLYGON
        built = shapely.from_ragged_array(kind, xy, (ring_start, polygon_start))
        return np.asarray(built, dtype=object)

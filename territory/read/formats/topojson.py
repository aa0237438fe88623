"""TopoJSON: zones as chains of shared arcs, decoded here.

Two zones that share an arc share its coordinates to the last bit.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError, InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import Floats
from territory.read.formats.duplicate_keys import read_json_content
from territory.read.formats.geojson import declared_crs, properties_of
from territory.read.formats.geometries import Spot, gathered, one_line, polygon
from territory.read.formats.layer import Layer

_MAX_POSITIONS = 50_000_000  # few arcs may be used again and again
_MAX_DEPTH = 20  # of collections within collections


def read_topojson(path: Path) -> tuple[Layer, ...]:
    """Read a TopoJSON topology; each of its objects is a layer.

    Parameters
    ----------
    path : Path
        A file of JSON, in UTF-8 or UTF-16.

    Returns
    -------
    tuple of Layer
        In longitude and latitude, WGS 84, without heights.

    Raises
    ------
    InputError
        If the file is no topology, or its arcs are not what they should be.
    GeometryError
        If a geometry is malformed; the message names layer and feature.
    """
    content = _content(path)
    topology = _Topology(content, path)
    crs = declared_crs(content, path)
    layers: list[Layer] = []
    for name, found in content["objects"].items():
        features = _features(found, path)
        findings: list[Finding] = []
        geometry = np.empty(len(features), dtype=object)
        for index, feature in enumerate(features):
            geometry[index] = topology.shape(feature, Spot(str(path), index + 1, None, findings))
        properties = tuple(_properties(each, path, n) for n, each in enumerate(features, start=1))
        if not layers and topology.heights:
            findings.append(_heights(path))
        layers.append(Layer(str(path), name, crs, properties, geometry, tuple(findings)))
    return tuple(layers)


def _heights(path: Path) -> Finding:
    detail = f"{path}: heights of arcs left out; areas are those of the ground plan"
    return Finding(FindingKind.HEIGHTS, detail, Severity.INFO, None, 0.0)


def _content(path: Path) -> dict[str, Any]:
    content = read_json_content(path)
    if not isinstance(content, dict) or content.get("type") != "Topology":
        raise InputError("not a TopoJSON topology", file=str(path))
    objects = content.get("objects")
    if not isinstance(objects, dict) or not objects or not isinstance(content.get("arcs"), list):
        raise InputError("a topology needs 'objects' and 'arcs'", file=str(path))
    return dict(content)


def _features(found: object, path: Path) -> list[dict[str, Any]]:
    """Return the features of one object: of a collection each member."""
    is_collection = isinstance(found, dict) and found.get("type") == "GeometryCollection"
    features = found.get("geometries") if is_collection and isinstance(found, dict) else [found]
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise InputError("an object of the topology is malformed", file=str(path))
    return features


def _properties(feature: dict[str, Any], path: Path, number: int) -> Mapping[str, object]:
    properties = properties_of(feature, path, number)
    if feature.get("id") is not None and "id" not in properties:
        return {"id": feature["id"], **properties}
    return properties


class _Topology:
    """The arcs of one file, in degrees."""

    def __init__(self, content: dict[str, Any], path: Path) -> None:
        self.scale, self.shift = _transform(content.get("transform"), path)
        self.positions = 0
        self.is_quantised = content.get("transform") is not None
        self.heights = any(map(_has_heights, content["arcs"]))
        self.arcs = [self._arc(arc, n, path) for n, arc in enumerate(content["arcs"])]

    def _arc(self, arc: object, number: int, path: Path) -> Floats:
        xy = _array(arc)
        if xy is None:
            raise GeometryError(f"arc {number} is no list of positions", file=str(path))
        return self._degrees(np.cumsum(xy, axis=0)) if self.is_quantised else xy

    def _degrees(self, xy: Floats) -> Floats:
        return np.asarray(xy * self.scale + self.shift, dtype=np.float64)

    def shape(self, geometry: Any, spot: Spot, depth: int = 0) -> BaseGeometry | None:  # noqa: ANN401 - JSON
        """Return one geometry, or None for a null.

        Raises
        ------
        GeometryError
            If it is malformed.
        """
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        if kind is None and isinstance(geometry, dict):
            return None
        if depth > _MAX_DEPTH:
            spot.refuse("collections are nested too deep")
        if not isinstance(kind, str):
            spot.refuse(f"unknown type {one_line(kind, 40)}")
        if kind == "GeometryCollection":
            found = [self.shape(each, spot, depth + 1) for each in _listed(geometry, spot)]
            return shapely.GeometryCollection([each for each in found if each is not None])
        if kind in {"Point", "MultiPoint"}:
            return self._points(geometry, kind, spot)
        if kind in {"Polygon", "MultiPolygon", "LineString", "MultiLineString"}:
            return self._of_arcs(geometry.get("arcs"), kind, spot)
        spot.refuse(f"unknown type '{kind}'")

    def _points(self, geometry: dict[str, Any], kind: str, spot: Spot) -> BaseGeometry:
        found = geometry.get("coordinates")
        xy = _array([found] if kind == "Point" else found)
        if xy is None:
            spot.refuse("a position is no pair of numbers")
        placed = self._degrees(xy) if self.is_quantised else xy
        return shapely.Point(placed[0]) if kind == "Point" else shapely.MultiPoint(placed)

    def _of_arcs(self, arcs: Any, kind: str, spot: Spot) -> BaseGeometry | None:  # noqa: ANN401 - JSON
        if not isinstance(arcs, list):
            spot.refuse("its arcs are no list")
        if kind == "Polygon":
            return self._polygon(arcs, spot)
        if kind == "MultiPolygon":
            return gathered([self._polygon(each, spot) for each in arcs])
        chains = [arcs] if kind == "LineString" else arcs
        return gathered([shapely.LineString(self._chain(each, spot)) for each in chains])

    def _polygon(self, rings: Any, spot: Spot) -> BaseGeometry:  # noqa: ANN401 - JSON
        if not isinstance(rings, list):
            spot.refuse("its rings are no list")
        return polygon([self._chain(ring, spot) for ring in rings], spot)

    def _chain(self, indices: Any, spot: Spot) -> Floats:  # noqa: ANN401 - JSON
        """Return the positions of arcs one after the other; ~n is arc n backwards."""
        if not isinstance(indices, list) or not indices:
            spot.refuse("a ring without arcs")
        pieces: list[Floats] = []
        for index in indices:
            piece = self._piece(index, spot)
            if pieces and not np.array_equal(pieces[-1][-1], piece[0]):
                spot.refuse(f"arc {index} does not begin where the one before it ends")
            pieces.append(piece[1:] if pieces else piece)
            self.positions += len(piece)
            if self.positions > _MAX_POSITIONS:
                spot.refuse(f"more than {_MAX_POSITIONS} positions in the file")
        xy = np.concatenate(pieces)
        if len(xy) <= 1:
            spot.refuse("a line of one position")
        return xy

    def _piece(self, index: Any, spot: Spot) -> Floats:  # noqa: ANN401 - JSON
        if type(index) is not int or not -len(self.arcs) <= index < len(self.arcs):
            spot.refuse(f"there is no arc {index}")
        return self.arcs[index] if index >= 0 else self.arcs[~index][::-1]


def _transform(found: Any, path: Path) -> tuple[Floats, Floats]:  # noqa: ANN401 - JSON
    """Return scale and shift of quantised positions."""
    if found is None:
        return np.ones(2), np.zeros(2)
    try:
        scale = np.array(found["scale"], dtype=np.float64)
        shift = np.array(found["translate"], dtype=np.float64)
    except (TypeError, ValueError, KeyError, IndexError):
        scale = shift = np.empty(0)
    if not scale.shape == shift.shape == (2,):
        raise InputError(
            "the transform needs 'scale' and 'translate', two numbers each", file=str(path)
        )
    return scale, shift


def _listed(geometry: dict[str, Any], spot: Spot) -> list[Any]:
    found = geometry.get("geometries")
    if not isinstance(found, list):
        spot.refuse("a collection without geometries")
    return found


def _has_heights(arc: Any) -> bool:  # noqa: ANN401 - JSON
    """Return whether a position of an arc has a third number other than zero."""
    if not isinstance(arc, list):
        return False
    return any(isinstance(each, list) and any(each[2:3]) for each in arc)


def _array(positions: Any) -> NDArray[np.float64] | None:  # noqa: ANN401 - JSON
    """Return positions as numbers, without heights; None if they are none."""
    try:
        numbers = all(type(v) in {int, float} for position in positions for v in position)
        xy = np.array([position[:2] for position in positions], dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return xy if numbers and len(xy) and xy.shape[1:] == (2,) else None

"""KML and KMZ: every folder, nested document and placemark, in order.

Read by a parser that refuses document types and entities. Nothing that a file links to
is fetched: links and pictures laid over the ground are told and left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import WGS84
from territory.read.formats.archive import members, open_archive, read_member
from territory.read.formats.geometries import Spot, heights_left_out, whole_file
from territory.read.formats.gzipped import stem_of
from territory.read.formats.kml_elements import Element, root_of
from territory.read.formats.kml_geometry import kml_geometry
from territory.read.formats.layer import Layer

_MAX_MAPS = 8  # style maps that lead to one another
_CONTAINERS = ("Document", "Folder")
_LEFT_OUT = {
    "NetworkLink": "a link to another file was not followed",
    "GroundOverlay": "a picture laid over the ground was left out",
}
_NOT_DRAWN = ("Model", "gx:Track", "gx:MultiTrack")
_NUMBERS = {"int": int, "uint": int, "short": int, "ushort": int, "float": float, "double": float}
_COLOUR = re.compile(r"#?([0-9a-fA-F]{8})", re.ASCII)


def read_kml(path: Path) -> tuple[Layer, ...]:
    """Read a KML file; each folder that holds placemarks is a layer.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of Layer
        In longitude and latitude, WGS 84, without heights.

    Raises
    ------
    InputError
        If it is no KML, has entities, or holds no placemark.
    GeometryError
        If a geometry is malformed; the message names placemark and line.
    """
    layers, findings = _parsed(whole_file(path), str(path), stem_of(path))
    return _layers_with(layers, findings, str(path))


def read_kmz(path: Path) -> tuple[Layer, ...]:
    """Read every KML file of a KMZ archive.

    Parameters
    ----------
    path : Path
        The archive.

    Returns
    -------
    tuple of Layer
        In longitude and latitude, WGS 84, without heights.

    Raises
    ------
    InputError
        As `read_kml`; also if the archive is damaged, encrypted or too large.
    GeometryError
        If a geometry is malformed.
    """
    layers: list[Layer] = []
    findings: list[Finding] = []
    with open_archive(path) as archive:
        for member in members(archive, path):
            if member.filename.lower().endswith(".kml"):
                label = f"{path}/{member.filename}"
                content = read_member(archive, member, path)
                more, about = _parsed(content, label, Path(member.filename).stem)
                layers, findings = layers + more, findings + about
    return _layers_with(layers, findings, str(path))


def _layers_with(layers: list[Layer], findings: list[Finding], file: str) -> tuple[Layer, ...]:
    """Put the findings of the whole file with its first layer."""
    if not layers:
        linked = any(finding.kind == FindingKind.NOT_READ for finding in findings)
        hint = "; it only links to other files" if linked else ""
        raise InputError(f"no placemark in it{hint}", file=file)
    first = replace(layers[0], findings=(*findings, *layers[0].findings))
    return (first, *layers[1:])


# ---- Folders and placemarks --------------------------------------------------------------


@dataclass(frozen=True)
class _Scope:
    """What a placemark takes from the folders around it."""

    folder: tuple[str, ...]
    styles: Mapping[str, Element]
    times: Mapping[str, object]

    def inside(self, container: Element, *, named: bool) -> "_Scope":
        name = container.value("name") if named else ""
        own = {
            each.attributes["id"]: each
            for each in container.all("Style", "StyleMap")
            if "id" in each.attributes
        }
        folder = (*self.folder, name) if name else self.folder
        return _Scope(folder, {**self.styles, **own}, _times(container) or self.times)


class _Placemarks:
    """Walks the containers of one file and collects placemarks by folder."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.number = 0
        self.raised = 0  # placemarks with heights
        self.switched_off = 0
        self.findings: list[Finding] = []
        self.schemas: dict[str, dict[str, str]] = {}
        self.found: dict[str, list[tuple[dict[str, object], BaseGeometry | None]]] = {}

    def walk(self, container: Element, scope: _Scope, *, depth: int) -> None:
        for each in container.children:
            if each.tag in _CONTAINERS:
                named = each.tag == "Folder" or depth > 0
                self.walk(each, scope.inside(each, named=named), depth=depth + 1)
            elif each.tag == "Placemark":
                self._placemark(each, scope)
            elif each.tag in _LEFT_OUT:
                self._tell(
                    FindingKind.NOT_READ, f"{_LEFT_OUT[each.tag]} ('{each.value('name')}')", each
                )

    def _placemark(self, element: Element, scope: _Scope) -> None:
        self.number += 1
        spot = Spot(self.file, self.number, element.line, self.findings)
        folder = "/".join(scope.folder)
        properties = self._properties(element, scope, folder)
        for each in element.all(*_NOT_DRAWN):
            self._tell(FindingKind.NOT_READ, f"a {each.tag} was left out", each)
        self.switched_off += element.value("visibility") == "0"
        self.found.setdefault(folder, []).append((properties, kml_geometry(element, spot)))
        self.raised += spot.heights

    def _properties(self, element: Element, scope: _Scope, folder: str) -> dict[str, object]:
        own: dict[str, object] = {
            "name": element.value("name"),
            "description": element.value("description"),
            "folder": folder,
            **self._colours(element, scope),
            **(_times(element) or scope.times),
        }
        properties = {key: value for key, value in own.items() if value != ""}
        for key, value in self._extended(element):
            clash = properties.get(key, value) != value
            properties[f"data:{key}" if clash else key] = value
        return properties

    def _extended(self, element: Element) -> Iterator[tuple[str, object]]:
        for data in element.all("ExtendedData"):
            for each in data.all("Data"):
                yield each.attributes.get("name", ""), each.value("value")
            for table in data.all("SchemaData"):
                kinds = self.schemas.get(table.attributes.get("schemaUrl", "").lstrip("#"), {})
                for each in table.all("SimpleData"):
                    key = each.attributes.get("name", "")
                    yield key, _typed(each.text, kinds.get(key, "string"))

    def _colours(self, element: Element, scope: _Scope) -> dict[str, object]:
        """Return fill and stroke: of the inline style, else of the shared one."""
        styles: list[Element] = []
        if url := element.value("styleUrl"):
            styles += self._shared(url, scope, element)
        for inline in element.all("StyleMap"):
            styles += self._normal(inline, scope)
        colours: dict[str, object] = {}
        for style in [*styles, *element.all("Style")]:
            for key, part in (("fill", "PolyStyle"), ("stroke", "LineStyle")):
                colours.update(self._colour(style, key, part))
        return {key: value for key, value in colours.items() if value}

    def _colour(self, style: Element, key: str, part: str) -> dict[str, object]:
        found = style.child(part)
        if found is None:
            return {}
        if key == "fill" and found.value("fill") in {"0", "false"}:
            return {"fill": ""}
        written = found.value("color")
        if not written:
            return {}
        digits = _COLOUR.fullmatch(written)
        if digits is None:
            self._tell(FindingKind.ODD_COLOUR, f"'{written[:40]}' is no colour (aabbggrr)", found)
            return {}
        _, blue, green, red = re.findall("..", digits.group(1).lower())
        return {key: f"#{red}{green}{blue}"}

    def _shared(
        self, url: str, scope: _Scope, at: Element, seen: tuple[str, ...] = ()
    ) -> list[Element]:
        before, _, name = url.rpartition("#")
        found = scope.styles.get(name)
        if before or found is None or len(seen) > _MAX_MAPS:
            self._tell(FindingKind.NO_STYLE, f"the style '{url[:80]}' is not in the file", at)
            return []
        return [found] if found.tag == "Style" else self._normal(found, scope, (*seen, url))

    def _normal(
        self, style_map: Element, scope: _Scope, seen: tuple[str, ...] = ()
    ) -> list[Element]:
        """Return the styles of a style map for what is not pointed at."""
        pairs = style_map.all("Pair")
        pair = next((each for each in pairs if each.value("key") == "normal"), None)
        if pair is None:
            return []
        url = pair.value("styleUrl")
        return [*(self._shared(url, scope, pair, seen) if url else []), *pair.all("Style")]

    def _tell(self, kind: FindingKind, what: str, at: Element) -> None:
        detail = f"{self.file}, line {at.line}: {what}"
        self.findings.append(Finding(kind, detail, Severity.WARNING))


def _parsed(content: bytes, file: str, stem: str) -> tuple[list[Layer], list[Finding]]:
    """Return the layers of one KML text and what was found in the whole of it."""
    root = root_of(content, file)
    placemarks = _Placemarks(file)
    shared: dict[str, Element] = {}
    for each in root.within():
        if each.tag in {"Style", "StyleMap"} and "id" in each.attributes:
            shared.setdefault(each.attributes["id"], each)
        elif each.tag == "Schema":
            fields = {f.attributes.get("name", ""): f for f in each.all("SimpleField")}
            kinds = {name: f.attributes.get("type", "string") for name, f in fields.items()}
            for key in ("id", "name"):
                placemarks.schemas.setdefault(each.attributes.get(key, ""), kinds)
    placemarks.walk(root, _Scope((), shared, {}), depth=0)
    layers = [_layer(rows, file, folder or stem) for folder, rows in placemarks.found.items()]
    if placemarks.switched_off:
        detail = f"{file}: {placemarks.switched_off} placemarks are switched off, and counted"
        placemarks.findings.append(Finding(FindingKind.SWITCHED_OFF, detail, Severity.WARNING))
    return layers, [*placemarks.findings, *heights_left_out(file, placemarks.raised)]


def _layer(
    rows: list[tuple[dict[str, object], BaseGeometry | None]], file: str, name: str
) -> Layer:
    geometry = np.array([*(shape for _, shape in rows), None], dtype=object)[:-1]
    return Layer(file, name, WGS84, tuple(properties for properties, _ in rows), geometry)


def _times(element: Element) -> dict[str, object]:
    """Return begin and end, as ISO text, of a time span or a single time; None where it is open."""
    if (span := element.child("TimeSpan")) is not None:
        times: dict[str, object] = {key: span.value(key) or None for key in ("begin", "end")}
        return times if any(times.values()) else {}
    if (stamp := element.child("TimeStamp")) is not None and (when := stamp.value("when")):
        return {"begin": when, "end": when}
    return {}


def _typed(text: str, kind: str) -> object:
    """Return a value as its schema says, or the text where it does not fit.

    Examples
    --------
    >>> _typed("3", "int"), _typed("x", "int"), _typed("1", "bool")
    (3, 'x', True)
    """
    written = text.strip()
    if kind == "bool" and written.lower() in {"0", "1", "true", "false"}:
        return written.lower() in {"1", "true"}
    convert: Any = _NUMBERS.get(kind, str)
    try:
        return convert(written)
    except ValueError:
        return written

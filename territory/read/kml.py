"""KML and KMZ: every folder, nested document and placemark, in order.

Read by a parser that refuses document types and entities. Nothing that a file links to
is fetched: links and pictures laid over the ground are told and left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.findings import Finding, Severity
from territory.projection import WGS84, Floats
from territory.read.archive import members, open_archive, read_member
from territory.read.layer import Layer
from territory.read.rings import Spot, gathered, heights_left_out, polygon, whole_file

_MAX_DEPTH = 200  # of elements within elements
_MAX_ELEMENTS = 3_000_000
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
    layers, findings = _parsed(whole_file(path), str(path), path.stem)
    return _told(layers, findings, str(path))


def read_kmz(path: Path) -> tuple[Layer, ...]:
    """Read every KML file of a KMZ archive.

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
                more, told = _parsed(content, label, Path(member.filename).stem)
                layers, findings = layers + more, findings + told
    return _told(layers, findings, str(path))


def _told(layers: list[Layer], findings: list[Finding], file: str) -> tuple[Layer, ...]:
    """Put the findings of the whole file with its first layer."""
    if not layers:
        linked = any(finding.kind == "not-read" for finding in findings)
        hint = "; it only links to other files" if linked else ""
        raise InputError(f"no placemark in it{hint}", file=file)
    first = replace(layers[0], findings=(*findings, *layers[0].findings))
    return (first, *layers[1:])


# ---- The elements ------------------------------------------------------------------------


class _Element:
    """An element with its line; names without the prefix of KML itself."""

    __slots__ = ("attributes", "children", "line", "pieces", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag, self.attributes, self.line = tag, attributes, line
        self.children: list[_Element] = []
        self.text = ""
        self.pieces: list[str] = []

    def child(self, tag: str) -> "_Element | None":
        return next((each for each in self.children if each.tag == tag), None)

    def all(self, *tags: str) -> "list[_Element]":
        return [each for each in self.children if each.tag in tags]

    def value(self, tag: str) -> str:
        found = self.child(tag)
        return found.text.strip() if found is not None else ""

    def within(self) -> "Iterator[_Element]":
        yield self
        for each in self.children:
            yield from each.within()


class _Reader:
    """Builds the tree and refuses what no KML file needs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[_Element] = []
        self.root: _Element | None = None
        self.prefix = ""
        self.count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype

    def read(self, content: bytes) -> _Element:
        try:
            self.parser.Parse(content, True)
        except expat.ExpatError as error:
            problem = f"not KML: {expat.ErrorString(error.code)}; is the file truncated?"
            raise InputError(problem, file=self.file, line=error.lineno) from None
        except (LookupError, ValueError) as error:
            raise InputError(f"not KML: {error}", file=self.file) from None
        if self.root is None:  # the parser has refused such a file already
            raise InputError("not KML", file=self.file)
        return self.root

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.root is None:
            before, colon, name = tag.rpartition(":")
            self.prefix = before + colon
            if name != "kml":
                self._refuse(f"is not KML, whatever its name says (it begins with <{tag}>)")
        if len(self.stack) > _MAX_DEPTH:
            self._refuse(f"elements are nested more than {_MAX_DEPTH} deep")
        self.count += 1
        if self.count > _MAX_ELEMENTS:
            self._refuse(f"more than {_MAX_ELEMENTS} elements")
        name = tag.removeprefix(self.prefix)
        element = _Element(name, attributes, self.parser.CurrentLineNumber)
        if self.stack:
            self.stack[-1].children.append(element)
        self.root = self.root or element
        self.stack.append(element)

    def _end(self, _tag: str) -> None:
        element = self.stack.pop()
        element.text = "".join(element.pieces)
        element.pieces.clear()

    def _characters(self, text: str) -> None:
        self.stack[-1].pieces.append(text)

    def _doctype(self, *_: object) -> None:
        self._refuse("declares a document type or entities, which KML does not need")

    def _refuse(self, problem: str) -> None:
        raise InputError(problem, file=self.file, line=self.parser.CurrentLineNumber)


# ---- Folders and placemarks --------------------------------------------------------------


@dataclass(frozen=True)
class _Scope:
    """What a placemark takes from the folders around it."""

    folder: tuple[str, ...]
    styles: Mapping[str, _Element]
    times: Mapping[str, object]

    def inside(self, container: _Element, *, named: bool) -> "_Scope":
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

    def walk(self, container: _Element, scope: _Scope, *, depth: int) -> None:
        for each in container.children:
            if each.tag in _CONTAINERS:
                named = each.tag == "Folder" or depth > 0
                self.walk(each, scope.inside(each, named=named), depth=depth + 1)
            elif each.tag == "Placemark":
                self._placemark(each, scope)
            elif each.tag in _LEFT_OUT:
                self._tell("not-read", f"{_LEFT_OUT[each.tag]} ('{each.value('name')}')", each)

    def _placemark(self, element: _Element, scope: _Scope) -> None:
        self.number += 1
        spot = Spot(self.file, self.number, element.line, self.findings)
        folder = "/".join(scope.folder)
        properties = self._properties(element, scope, folder)
        for each in element.all(*_NOT_DRAWN):
            self._tell("not-read", f"a {each.tag} was left out", each)
        self.switched_off += element.value("visibility") == "0"
        self.found.setdefault(folder, []).append((properties, _geometry(element, spot)))
        self.raised += spot.heights

    def _properties(self, element: _Element, scope: _Scope, folder: str) -> dict[str, object]:
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

    def _extended(self, element: _Element) -> Iterator[tuple[str, object]]:
        for data in element.all("ExtendedData"):
            for each in data.all("Data"):
                yield each.attributes.get("name", ""), each.value("value")
            for table in data.all("SchemaData"):
                kinds = self.schemas.get(table.attributes.get("schemaUrl", "").lstrip("#"), {})
                for each in table.all("SimpleData"):
                    key = each.attributes.get("name", "")
                    yield key, _typed(each.text, kinds.get(key, "string"))

    def _colours(self, element: _Element, scope: _Scope) -> dict[str, object]:
        """Return fill and stroke: of the inline style, else of the shared one."""
        styles: list[_Element] = []
        if url := element.value("styleUrl"):
            styles += self._shared(url, scope, element)
        for inline in element.all("StyleMap"):
            styles += self._normal(inline, scope)
        colours: dict[str, object] = {}
        for style in [*styles, *element.all("Style")]:
            for key, part in (("fill", "PolyStyle"), ("stroke", "LineStyle")):
                colours.update(self._colour(style, key, part))
        return {key: value for key, value in colours.items() if value}

    def _colour(self, style: _Element, key: str, part: str) -> dict[str, object]:
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
            self._tell("odd-colour", f"'{written[:40]}' is no colour (aabbggrr)", found)
            return {}
        _, blue, green, red = re.findall("..", digits.group(1).lower())
        return {key: f"#{red}{green}{blue}"}

    def _shared(
        self, url: str, scope: _Scope, at: _Element, seen: tuple[str, ...] = ()
    ) -> list[_Element]:
        before, _, name = url.rpartition("#")
        found = scope.styles.get(name)
        if before or found is None or len(seen) > _MAX_MAPS:
            self._tell("no-style", f"the style '{url[:80]}' is not in the file", at)
            return []
        return [found] if found.tag == "Style" else self._normal(found, scope, (*seen, url))

    def _normal(
        self, style_map: _Element, scope: _Scope, seen: tuple[str, ...] = ()
    ) -> list[_Element]:
        """Return the styles of a style map for what is not pointed at."""
        pairs = style_map.all("Pair")
        pair = next((each for each in pairs if each.value("key") == "normal"), None)
        if pair is None:
            return []
        url = pair.value("styleUrl")
        return [*(self._shared(url, scope, pair, seen) if url else []), *pair.all("Style")]

    def _tell(self, kind: str, what: str, at: _Element) -> None:
        detail = f"{self.file}, line {at.line}: {what}"
        self.findings.append(Finding(kind, detail, Severity.WARNING))


def _parsed(content: bytes, file: str, stem: str) -> tuple[list[Layer], list[Finding]]:
    """Return the layers of one KML text and what was found in the whole of it."""
    root = _Reader(file).read(content)
    placemarks = _Placemarks(file)
    shared: dict[str, _Element] = {}
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
        placemarks.findings.append(Finding("switched-off", detail, Severity.WARNING))
    return layers, [*placemarks.findings, *heights_left_out(file, placemarks.raised)]


def _layer(
    rows: list[tuple[dict[str, object], BaseGeometry | None]], file: str, name: str
) -> Layer:
    geometry = np.array([*(shape for _, shape in rows), None], dtype=object)[:-1]
    return Layer(file, name, WGS84, tuple(properties for properties, _ in rows), geometry)


def _times(element: _Element) -> dict[str, object]:
    """Return begin and end, as ISO text, of a time span or a single time."""
    if (span := element.child("TimeSpan")) is not None:
        times = {key: span.value(key) for key in ("begin", "end")}
        return {key: value for key, value in times.items() if value}
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


# ---- Geometry ----------------------------------------------------------------------------


def _geometry(element: _Element, spot: Spot) -> BaseGeometry | None:
    """Return the geometry that stands in a placemark or a MultiGeometry."""
    shapes: list[BaseGeometry | None] = []
    for each in element.children:
        if each.tag == "Polygon":
            shapes.append(_polygon(each, spot))
        elif each.tag == "MultiGeometry":
            shapes.append(_geometry(each, spot))
        elif each.tag == "Point":
            shapes.append(shapely.Point(_positions(each, spot)[0]))
        elif each.tag in {"LineString", "LinearRing"}:
            shapes.append(_line(each, spot))
    return gathered(shapes)


def _line(element: _Element, spot: Spot) -> BaseGeometry:
    xy = _positions(element, spot)
    if len(xy) == 1:
        spot.refuse("a line of one position")
    return shapely.LineString(xy)


def _polygon(element: _Element, spot: Spot) -> BaseGeometry:
    outer = [ring for each in element.all("outerBoundaryIs") for ring in each.all("LinearRing")]
    inner = [ring for each in element.all("innerBoundaryIs") for ring in each.all("LinearRing")]
    if len(outer) != 1:
        spot.refuse(f"a polygon with {len(outer)} outer rings")
    return polygon([_positions(ring, spot) for ring in (*outer, *inner)], spot)


def _positions(element: _Element, spot: Spot) -> Floats:
    """Return longitudes and latitudes, without heights."""
    text = element.value("coordinates")
    if ", " in text or " ," in text:
        text = re.sub(r"\s*,\s*", ",", text)
    positions = text.split()
    if not positions:
        spot.refuse("no positions")
    widths = {position.count(",") for position in positions}
    if not widths <= {1, 2}:
        spot.refuse("a position is no pair of numbers")
    if len(widths) > 1:  # some positions carry a height and some do not
        positions = [p if p.count(",") > 1 else f"{p},0" for p in positions]
    try:
        flat = np.array(",".join(positions).split(","), dtype=np.float64)
    except ValueError:
        spot.refuse("a position is no pair of numbers")
    numbers = flat.reshape(len(positions), -1)
    spot.heights |= bool(np.nan_to_num(numbers[:, 2:]).any())
    return numbers[:, :2]

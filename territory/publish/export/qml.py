"""Styles for QGIS: one colour for each holder, hatched where ground is claimed or contested.

The texts go into the table `layer_styles` of a GeoPackage, from which QGIS takes the look
of a layer, and when to show which feature, as it opens it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from matplotlib.colors import to_rgb

from territory.holders import NOBODY, Holder
from territory.maps.paint import Paint
from territory.maps.style import Style

_VERSION = "3.28.0"  # of QGIS: the earliest that reads all that is written here
_OPACITY = 0.85
_TIMED_BY_FIELDS = "2"  # an empty end is open there, as it is not in expressions
_END_IS_OUTSIDE = "0"  # start <= t < end
_WIDTH = "0.26"  # millimetres
_NO_OUTLINE = {"outline_style": "no"}
_LINE = {"line_color": "45,45,45,255", "line_width": _WIDTH, "line_style": "solid"}
_BRUSHES = {
    "/": "b_diagonal",
    "\\": "f_diagonal",
    "|": "vertical",
    "-": "horizontal",
    "+": "cross",
    "x": "diagonal_x",
    ".": "dense6",
    "o": "dense5",
    "*": "dense4",
}


@dataclass(frozen=True)
class _Category:
    value: str
    label: str
    style: Style


def spell_style(styles: Mapping[Holder, Style]) -> str:
    """Return the style of the layer of spells, coloured by who holds the ground.

    The pieces of one holder look like one zone: the outline of each has the colour of its fill,
    which closes the hairlines between them and lies under the front, and the layer is translucent
    as a whole.

    Parameters
    ----------
    styles : mapping of Holder to Style
        As on the maps.

    Returns
    -------
    str
        QML, as QGIS reads it.
    """
    return _qml("holder", _categories(styles), seamless=True)


def front_style() -> str:
    """Return the style of the layer of lines between holders: one dark line for all.

    Returns
    -------
    str
        QML, as QGIS reads it.
    """
    root = _timed()
    renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol")
    symbol = _symbol(ET.SubElement(renderer, "symbols"), "0", "line")
    _layer(symbol, "SimpleLine", _LINE)
    return _text(root)


def transfer_style(styles: Mapping[Holder, Style]) -> str:
    """Return the style of the layer of transfers, coloured by who took the ground.

    Parameters
    ----------
    styles : mapping of Holder to Style
        As on the maps.

    Returns
    -------
    str
        QML, as QGIS reads it.
    """
    return _qml("to_actor", _categories(styles, nobody=True))


def _categories(styles: Mapping[Holder, Style], *, nobody: bool = False) -> list[_Category]:
    return [
        _Category(legal(str(holder)), legal(style.name("en")), style)
        for holder, style in styles.items()
        if nobody or holder != NOBODY
    ]


def legal(text: str) -> str:
    r"""Return a text without the control codes that XML cannot hold.

    Parameters
    ----------
    text : str
        Any text.

    Examples
    --------
    >>> legal("a\x07\tb")
    'a\tb'
    """
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))


def _qml(field: str, categories: Iterable[_Category], *, seamless: bool = False) -> str:
    root = _timed()
    if seamless:
        ET.SubElement(root, "layerOpacity").text = f"{_OPACITY:g}"
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=field)
    listed = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, category in enumerate(categories):
        names = {"value": category.value, "label": category.label}
        ET.SubElement(listed, "category", names, symbol=str(number), render="true", type="string")
        symbol = _symbol(symbols, str(number), "fill", opacity=1 if seamless else _OPACITY)
        _fill(symbol, category.style, seamless=seamless)
    return _text(root)


def _timed() -> ET.Element:
    """Return a style that shows each feature from its first day to the day of its end."""
    root = ET.Element("qgis", version=_VERSION, styleCategories="Symbology|Rendering|Temporal")
    ET.SubElement(
        root,
        "temporal",
        enabled="1",
        mode=_TIMED_BY_FIELDS,
        limitMode=_END_IS_OUTSIDE,
        startField="valid_from",
        endField="valid_to",
        accumulate="0",
    )
    return root


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return "<!DOCTYPE qgis>\n" + ET.tostring(root, encoding="unicode") + "\n"


def _symbol(symbols: ET.Element, name: str, kind: str, *, opacity: float = _OPACITY) -> ET.Element:
    return ET.SubElement(symbols, "symbol", type=kind, name=name, alpha=f"{opacity:g}")


def _fill(symbol: ET.Element, style: Style, *, seamless: bool) -> None:
    paint = Paint.of(style)
    edge = paint.fill if seamless else paint.edge
    line = {"outline_color": _rgba(edge), "outline_style": "solid", "outline_width": _WIDTH}
    options = {"color": _rgba(paint.fill), "style": "solid"}
    _layer(symbol, "SimpleFill", {**options, **line})
    for mark in dict.fromkeys(style.hatch.lower()):
        hatch = {"color": _rgba(paint.hatch_colour), "style": _BRUSHES[mark]}
        _layer(symbol, "SimpleFill", {**hatch, **_NO_OUTLINE})


def _layer(symbol: ET.Element, kind: str, options: Mapping[str, str]) -> None:
    layer = ET.SubElement(symbol, "layer", {"class": kind}, enabled="1", locked="0")
    layer.set("pass", "0")
    settings = ET.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(settings, "Option", type="QString", name=key, value=value)


def _rgba(colour: str) -> str:
    return ",".join(str(round(255 * channel)) for channel in to_rgb(colour)) + ",255"

"""Styles for QGIS: one colour for each holder, hatched where ground is claimed or contested.

The texts go into the table `layer_styles` of a GeoPackage, from which QGIS takes the look
of a layer, and when to show which feature, as it opens it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from matplotlib.colors import to_rgb

from territory.holders import NOBODY, Holder
from territory.maps.sheet import Paint
from territory.maps.style import Style

_VERSION = "3.28.0"  # of QGIS: the earliest that reads all that is written here
_OPACITY = 0.85
_TIMED_BY_EXPRESSION = "4"
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
_START = 'to_datetime("valid_from")'
_END = (
    'to_datetime("valid_to") + '
    "to_interval(if(\"valid_to\" = \"valid_from\", '1 day', '0 days'))"  # the last day is shown
)


@dataclass(frozen=True)
class _Category:
    value: str
    label: str
    style: Style


def zone_style(styles: Mapping[Holder, Style]) -> str:
    """Return the style of the layer of zones, coloured by who holds them.

    Parameters
    ----------
    styles : mapping of Holder to Style
        As on the maps.

    Returns
    -------
    str
        QML, as QGIS reads it.
    """
    return _qml("holder", _categories(styles))


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


def _qml(field: str, categories: Iterable[_Category]) -> str:
    root = ET.Element("qgis", version=_VERSION, styleCategories="Symbology|Temporal")
    _timing(root)
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=field)
    listed = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, category in enumerate(categories):
        names = {"value": category.value, "label": category.label}
        ET.SubElement(listed, "category", names, symbol=str(number), render="true", type="string")
        _symbol(symbols, str(number), category.style)
    ET.indent(root)
    return "<!DOCTYPE qgis>\n" + ET.tostring(root, encoding="unicode") + "\n"


def _timing(root: ET.Element) -> None:
    """Show each feature from its day until the next; the last for one day."""
    ET.SubElement(
        root,
        "temporal",
        enabled="1",
        mode=_TIMED_BY_EXPRESSION,
        limitMode="0",
        startField="valid_from",
        endField="valid_to",
        startExpression=_START,
        endExpression=_END,
        accumulate="0",
    )


def _symbol(symbols: ET.Element, name: str, style: Style) -> None:
    paint = Paint.of(style)
    symbol = ET.SubElement(symbols, "symbol", type="fill", name=name, alpha=f"{_OPACITY:g}")
    options = {
        "color": _rgba(paint.fill),
        "style": "solid",
        "outline_color": _rgba(paint.edge),
        "outline_style": "solid",
        "outline_width": "0.26",
    }
    _layer(symbol, options)
    for mark in dict.fromkeys(style.hatch.lower()):
        hatch = {"color": _rgba(paint.hatch_colour), "style": _BRUSHES[mark]}
        _layer(symbol, {**hatch, "outline_style": "no"})


def _layer(symbol: ET.Element, options: Mapping[str, str]) -> None:
    layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill"}, enabled="1", locked="0")
    layer.set("pass", "0")
    settings = ET.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(settings, "Option", type="QString", name=key, value=value)


def _rgba(colour: str) -> str:
    return ",".join(str(round(255 * channel)) for channel in to_rgb(colour)) + ",255"

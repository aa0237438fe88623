"""What becomes of the files that the command wrote."""

from __future__ import annotations

import csv
import os
import re
from typing import TYPE_CHECKING, Any

from osgeo import gdal
from qgis.core import (
    QgsLayerTreeLayer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsVectorLayer,
    QgsWkbTypes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Values = dict[str, Any]
_STYLES = "layer_styles"  # the table that QGIS looks for
_DAYS = frozenset({"day", "from_day", "to_day"})
_NUMBERS = frozenset(
    {
        *("km2", "low", "high", "drawn_low", "drawn_high", "gained", "lost", "net", "share"),
        *("quantity", "exchange", "shift", "quantity_low", "quantity_high", "fit", "ratio"),
        *("published", "published_low", "published_high", "computed", "range_low", "range_high"),
    }
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?")
LAYERS = {"spells": "Who held what", "fronts": "Front line", "transfers": "Changed hands"}


class Styled(QgsProcessingLayerPostProcessorInterface):
    """Gives a layer that is loaded the style and the time that its file holds.

    Parameters
    ----------
    is_shown : bool
        Whether it is ticked in the list of layers.
    """

    def __init__(self, *, is_shown: bool = True) -> None:
        super().__init__()
        self._is_shown = is_shown

    def postProcessLayer(  # noqa: N802 - of QGIS
        self, layer: QgsVectorLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        """Take them from the file, in place of QGIS' own colours.

        Parameters
        ----------
        layer : QgsVectorLayer
            As it is loaded.
        context : QgsProcessingContext
            Of the run.
        feedback : QgsProcessingFeedback
            Of the run.
        """
        layer.loadDefaultStyle()
        layer.triggerRepaint()
        project = context.project()
        node = project.layerTreeRoot().findLayer(layer.id()) if project else None
        if node is None:
            return
        node.setItemVisibilityChecked(self._is_shown)
        if layer.geometryType() != QgsWkbTypes.LineGeometry:
            _put_below_lines(node)


def _put_below_lines(node: QgsLayerTreeLayer) -> None:
    """Move a layer in the list of layers below the lines of the same file, which it would hide."""
    group, file = node.parent(), _file_of(node)
    beside = group.children()
    lines = [
        place
        for place, each in enumerate(beside)
        if isinstance(each, QgsLayerTreeLayer)
        and _file_of(each) == file
        and each.layer().geometryType() == QgsWkbTypes.LineGeometry
    ]
    if lines and beside.index(node) < lines[-1]:
        group.insertChildNode(lines[-1] + 1, node.clone())
        group.removeChildNode(node)


def _file_of(node: QgsLayerTreeLayer) -> str:
    layer = node.layer()
    return layer.source().partition("|")[0] if isinstance(layer, QgsVectorLayer) else ""


def write_types(table: Path) -> None:
    """Write a .csvt beside a table, which says what its columns hold: GDAL takes all for texts.

    A column is of numbers or days by its name, and only if all of its cells are such.

    Parameters
    ----------
    table : Path
        As the command printed it.
    """
    with table.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    columns = zip(*rows) if len(rows) > 1 else ([name] for name in rows[0] if rows)
    types = ",".join(f'"{_type_of(*column)}"' for column in columns)
    table.with_suffix(".csvt").write_text(f"{types}\n", encoding="ascii")


def _type_of(name: str, *cells: str) -> str:
    filled = [cell for cell in cells if cell]
    if name in _DAYS and all(_DAY.fullmatch(cell) for cell in filled):
        return "Date(10)"
    if name in _NUMBERS and all(_NUMBER.fullmatch(cell) for cell in filled):
        return "Real"
    return "String"


def take_layer(series: Path, name: str, made: Path) -> None:
    """Copy one layer of a series, with its style, to a file of its own.

    Coordinates and figures are copied as they are, bit by bit. Taking the other layers away
    instead would need a GDAL as new as the one that wrote them.

    Parameters
    ----------
    series : Path
        As ``territory convert`` wrote it.
    name : str
        Of the layer.
    made : Path
        The GeoPackage to write.

    Raises
    ------
    QgsProcessingException
        If the series has no such layer, or there is no room.
    """
    styles = f"SELECT * FROM {_STYLES} WHERE f_table_name = '{name}'"
    steps: tuple[Values, ...] = (
        {"format": "GPKG", "layers": [name]},
        {"accessMode": "update", "SQLStatement": styles, "layerName": _STYLES},
    )
    for step in steps:
        gdal.ErrorReset()
        try:
            copied = gdal.VectorTranslate(str(made), str(series), **step)
        except RuntimeError:
            copied = None
        if copied is None:
            problem = gdal.GetLastErrorMsg() or "nothing was said"
            raise QgsProcessingException(f"the layer '{name}' cannot be copied: {problem}")
        del copied  # which writes it


def put(made: Path, place: Path) -> None:
    """Put a finished file in its place, whole or not at all.

    Parameters
    ----------
    made : Path
        On the same disk.
    place : Path
        Where it is to be; what is there is replaced.

    Raises
    ------
    QgsProcessingException
        If it cannot be replaced.
    """
    beside = _beside(place)
    if beside:
        raise QgsProcessingException(
            f"{place}: is open, and {beside[0].name} beside it holds changes to it; close the"
            " layers of that file, or choose another name"
        )
    try:
        os.replace(made, place)  # noqa: PTH105 - the same on Windows
    except OSError as error:
        raise QgsProcessingException(
            f"{place}: cannot be written ({error.strerror}); if a layer of it is open, close it or"
            " choose another name"
        ) from None


def _beside(place: Path) -> list[Path]:
    journals: Iterable[Path] = (place.with_name(place.name + end) for end in ("-wal", "-journal"))
    return [each for each in journals if each.exists() and each.stat().st_size]

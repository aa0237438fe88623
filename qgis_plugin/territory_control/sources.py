"""A layer of QGIS as a file that the command reads: its own file, or a copy of what it shows."""

from __future__ import annotations

import re
from pathlib import Path

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProviderRegistry,
    QgsVectorFileWriter,
    QgsVectorLayer,
)


def file_of(layer: QgsVectorLayer, folder: Path, context: QgsProcessingContext) -> str:
    """Return a file with what a layer shows.

    Parameters
    ----------
    layer : QgsVectorLayer
        With zones, an area or regions.
    folder : Path
        Where a copy is written if its own file is not what it shows.
    context : QgsProcessingContext
        Of the run.

    Raises
    ------
    QgsProcessingException
        If the copy cannot be written.
    """
    return own_file(layer) or _copied(layer, folder, context)


def own_file(layer: QgsVectorLayer) -> str:
    """Return the file that a layer shows whole and as it is; empty if there is none.

    It is not what the layer shows where features are filtered or edited, fields are joined or
    computed, another CRS is set, the file holds other layers too, or lies in an archive.

    Parameters
    ----------
    layer : QgsVectorLayer
        Any.
    """
    data = layer.dataProvider()
    if layer.providerType() != "ogr" or layer.subsetString() or layer.isModified():
        return ""
    path = QgsProviderRegistry.instance().decodeUri("ogr", layer.source()).get("path") or ""
    as_it_is = (
        Path(path).is_file()
        and _layers_in(path) == 1
        and layer.crs() == data.crs()
        and layer.fields().names() == data.fields().names()
    )
    return path if as_it_is else ""


def _layers_in(path: str) -> int:
    """Return how many layers are in a file; one with several sorts of shapes is one."""
    layers = QgsProviderRegistry.instance().querySublayers(path)
    return len({each.name() for each in layers if each.providerKey() == "ogr"} - {"layer_styles"})


def _copied(layer: QgsVectorLayer, folder: Path, context: QgsProcessingContext) -> str:
    # The name is kept, for a day may stand in it.
    name = re.sub(r"[^\w.-]+", "_", layer.name()).strip("._") or "layer"
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", name
    options.layerOptions = ["FID=fid_of_the_copy"]  # a field 'fid' need not be a number
    path = folder / f"{name}.gpkg"
    error, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(path), context.transformContext(), options
    )
    if error != QgsVectorFileWriter.NoError:
        raise QgsProcessingException(f"{layer.name()}: the layer cannot be copied: {message}")
    return str(path)

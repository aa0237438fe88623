"""The group of algorithms in the toolbox, and the setting that says where the command is."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from processing.core.ProcessingConfig import ProcessingConfig, Setting
from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .algorithm import TerritoryAlgorithm
from .catalogue import ALGORITHMS
from .results import Styled
from .settings import COMMAND, GROUP

_ICON = Path(__file__).with_name("icon.svg")


class TerritoryProvider(QgsProcessingProvider):
    """All algorithms of the catalogue, as ``territory:...``."""

    def __init__(self) -> None:
        super().__init__()
        self._post_processors: deque[Styled] = deque(maxlen=64)

    def post_processor(self, *, is_shown: bool = True) -> Styled:
        """Return a new one for one layer, and keep it alive, for QGIS deletes it but does not.

        Parameters
        ----------
        is_shown : bool
            Whether the layer is ticked in the list of layers.
        """
        self._post_processors.append(Styled(is_shown=is_shown))
        return self._post_processors[-1]

    def id(self) -> str:
        """Return what stands before the name of an algorithm."""
        return "territory"

    def name(self) -> str:
        """Return the heading in the toolbox."""
        return GROUP

    def icon(self) -> QIcon:
        """Return the icon of the toolbox."""
        return QIcon(str(_ICON))

    def svgIconPath(self) -> str:  # noqa: N802 - of QGIS
        """Return the same icon as a file."""
        return str(_ICON)

    def load(self) -> bool:
        """Add the setting and the algorithms."""
        ProcessingConfig.settingIcons[GROUP] = self.icon()
        where = Setting(
            GROUP,
            COMMAND,
            "The program 'territory' (empty: it is looked for)",
            "",
            valuetype=Setting.FILE,
        )
        ProcessingConfig.addSetting(where)
        ProcessingConfig.readSettings()
        self.refreshAlgorithms()
        return True

    def unload(self) -> None:
        """Take the setting away."""
        ProcessingConfig.removeSetting(COMMAND)

    def loadAlgorithms(self) -> None:  # noqa: N802 - of QGIS
        """Add the algorithms of the catalogue."""
        for task in ALGORITHMS:
            self.addAlgorithm(TerritoryAlgorithm(task))

    def defaultVectorFileExtension(self, hasGeometry: bool = True) -> str:  # noqa: N802, N803
        """Return the suffix of files that no name was given."""
        return "gpkg" if hasGeometry else "csv"

    def supportedOutputVectorLayerExtensions(self) -> list[str]:  # noqa: N802 - of QGIS
        """Return which files layers are written to; others cannot hold style and time."""
        return ["gpkg"]

    def supportedOutputTableExtensions(self) -> list[str]:  # noqa: N802 - of QGIS
        """Return which files tables are written to: as the command line prints them."""
        return ["csv"]

    def supportsNonFileBasedOutput(self) -> bool:  # noqa: N802 - of QGIS
        """Return that results are files."""
        return False

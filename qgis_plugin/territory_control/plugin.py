"""What QGIS starts and stops: it only puts the provider into the toolbox."""

from __future__ import annotations

from qgis.core import QgsApplication

from .provider import TerritoryProvider


class TerritoryPlugin:
    """The plugin, with or without a window."""

    def __init__(self) -> None:
        self._provider: TerritoryProvider | None = None

    def initProcessing(self) -> None:  # noqa: N802 - QGIS calls it, by this name
        """Add the algorithms; all that ``qgis_process`` calls."""
        self._provider = TerritoryProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:  # noqa: N802 - QGIS calls it, by this name
        """Add the algorithms where there is a window."""
        self.initProcessing()

    def unload(self) -> None:
        """Take the algorithms away."""
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None

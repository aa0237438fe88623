"""Algorithms for QGIS that run the command ``territory`` and load what it finds."""

from __future__ import annotations

from typing import Any


def classFactory(iface: Any) -> Any:  # noqa: ANN401, N802 - QGIS calls it, by this name
    """Return the plugin, as QGIS asks every plugin for it.

    Parameters
    ----------
    iface : QgisInterface or None
        The window of QGIS; None where there is none.
    """
    from .plugin import TerritoryPlugin

    return TerritoryPlugin()

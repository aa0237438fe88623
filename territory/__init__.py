"""Recompute published figures about who held what territory, and when.

Zones drawn by a publisher are read, cut for all days together into one planar
partition in an equal-area projection, and every area, transfer, verdict and map
is read off that partition. See `territory.history.history.History`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from territory.errors import TerritoryError
    from territory.history.history import History
    from territory.measure.change import areas_by_day, gross_change, transition_matrix
    from territory.measure.estimate import Estimate

__all__ = [
    "Estimate",
    "History",
    "TerritoryError",
    "areas_by_day",
    "gross_change",
    "transition_matrix",
]
__version__ = "0.1.0"
_HOMES = {
    "Estimate": "measure.estimate",
    "History": "history.history",
    "TerritoryError": "errors",
    "areas_by_day": "measure.change",
    "gross_change": "measure.change",
    "transition_matrix": "measure.change",
}


def __getattr__(name: str) -> object:
    """Load what is asked for; `territory --version` waits for nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

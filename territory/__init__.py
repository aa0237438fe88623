"""Recompute published figures about who held what territory, and when.

Zones drawn by a publisher are read, cut for all days together into one planar
partition in an equal-area projection, and every area, transfer, verdict and map
is read off that partition. See `territory.history.History`.
"""

from territory.change import areas_by_day, gross_change, transition_matrix
from territory.errors import TerritoryError
from territory.estimate import Estimate
from territory.history import History

__all__ = [
    "Estimate",
    "History",
    "TerritoryError",
    "areas_by_day",
    "gross_change",
    "transition_matrix",
]
__version__ = "0.1.0"

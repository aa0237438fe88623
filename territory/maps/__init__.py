"""Maps that can be printed as they are: one day, before and after, transfers, comparisons.

Each map carries its title, date, legend with intervals, scale, locator, source and
projection, in English or Arabic. The functions return a matplotlib figure and touch no
global state; `save` writes it.
"""

from territory.maps.comparison import comparison_map
from territory.maps.figures import before_after_map, day_map, transfers_map
from territory.maps.files import save
from territory.maps.frame import Context
from territory.maps.furniture import MapText
from territory.maps.style import Style, styles_for

__all__ = [
    "Context",
    "MapText",
    "Style",
    "before_after_map",
    "comparison_map",
    "day_map",
    "save",
    "styles_for",
    "transfers_map",
]

"""Maps that can be printed as they are: a day, two days, transfers, lines, tenure, many days.

Each map carries its title, date, legend with intervals, scale, locator, source and
projection, in English or Arabic. The functions return a matplotlib figure and touch no
global state; `save` writes it.
"""

from territory.maps.agreement import disagreement, draws_map
from territory.maps.comparison import comparison_map
from territory.maps.figures import before_after_map, day_map, transfers_map
from territory.maps.files import save
from territory.maps.frame import Context
from territory.maps.fronts import front_map, uncertainty_map
from territory.maps.furniture import MapText
from territory.maps.grounds import changes_map, held_since_map
from territory.maps.multiples import multiples_map
from territory.maps.style import Style, styles_for

__all__ = [
    "Context",
    "MapText",
    "Style",
    "before_after_map",
    "changes_map",
    "comparison_map",
    "day_map",
    "disagreement",
    "draws_map",
    "front_map",
    "held_since_map",
    "multiples_map",
    "save",
    "styles_for",
    "transfers_map",
    "uncertainty_map",
]

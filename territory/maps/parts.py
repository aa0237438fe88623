"""Ground in many parts: those that a reader can see, and those that are too small for it.

Publishers redraw their coasts, and the slivers of that are most of the parts that changed
hands between two days and next to none of the ground. They are drawn, counted and measured,
but not hatched and not named.

The plane is the equal-area plane of the history's projection, in metres.
"""

from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from territory.geometry.projection import Floats
from territory.maps.frame import round_length

_SEEN = 3.0  # points on the map: a side of the smallest square whose hatch can be seen


@dataclass(frozen=True, eq=False)
class Parts:
    """Ground taken apart by the size of its parts.

    Attributes
    ----------
    large, small : MultiPolygon
        The parts of a size, and all below it.
    count : int
        How many small ones there are.
    small_km2 : float
        Their area.
    """

    large: BaseGeometry
    small: BaseGeometry
    count: int
    small_km2: float


def parted(ground: BaseGeometry, limit_km2: float) -> Parts:
    """Take ground apart into parts of a size and smaller ones.

    Parameters
    ----------
    ground : geometry
        In the plane, in metres.
    limit_km2 : float
        In square kilometres.

    Examples
    --------
    >>> ground = shapely.MultiPolygon([shapely.box(0, 0, 3e3, 3e3), shapely.box(5e3, 0, 6e3, 1e3)])
    >>> found = parted(ground, 2.0)
    >>> len(found.large.geoms), found.count, found.small_km2
    (1, 1, 1.0)
    """
    every = shapely.get_parts(ground)
    km2: Floats = shapely.area(every) / 1e6
    is_small = km2 < limit_km2
    large, small = (shapely.MultiPolygon(list(every[each])) for each in (~is_small, is_small))
    return Parts(large, small, int(is_small.sum()), float(km2[is_small].sum()))


def limit_km2(metres_per_point: float) -> float:
    """Return the size below which a part is too small for a map, a round number of km2.

    Parameters
    ----------
    metres_per_point : float
        Metres of the ground to a point of the printed map.

    Examples
    --------
    >>> limit_km2(1580.0), limit_km2(250.0)
    (20.0, 0.5)
    """
    return round_length((_SEEN * metres_per_point / 1e3) ** 2)

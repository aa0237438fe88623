"""Districts and cells as points, so that they can be counted instead of measured."""

from dataclasses import replace

import numpy as np
import shapely

from territory.geometry.arrays import Bools
from territory.history.history import History

_UNIT_M2 = 1e6  # so that what `History.km2` adds up is a number of units


def unit_counts(units: History, cut: History) -> History:
    """Return a history in which every unit is a point that weighs one.

    A unit is in a named area if more than half of its ground is.

    Parameters
    ----------
    units : History
        A fixed coverage, with a face for each unit.
    cut : History
        The same, cut along named areas; its `origin` numbers the faces of `units`.

    Returns
    -------
    History
        In the plane of `units`, with the named areas of `cut`.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> day, a = date(2018, 1, 1), Holder("a")
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> units = from_coverage(
    ...     squares, np.array([[1, 1, 0]], dtype=np.int16), days=(day,), holders=(NOBODY, a),
    ...     projection=EqualArea(0.0, 0.0))
    >>> west = units.with_areas({"west": shapely.box(0, 0, 1400, 1000)})
    >>> counted = unit_counts(units, west)
    >>> held = counted.holding(day, frozenset({a}))
    >>> counted.km2(held), counted.km2(held, "west")
    (2.0, 1.0)
    """
    count = len(units.faces)
    return replace(
        units,
        faces=shapely.point_on_surface(units.faces),
        area_m2=np.full(count, _UNIT_M2),
        within={name: _mostly_in(mask, cut, count) for name, mask in cut.within.items()},
        requested_m2={},
        uncut=None,
    )


def _mostly_in(mask: Bools, cut: History, count: int) -> Bools:
    """Return which of so many units have more than half of their ground in an area."""
    inside = mask & (cut.origin >= 0)
    there = np.bincount(cut.origin[inside], cut.area_m2[inside], count)
    known = cut.origin >= 0
    return there > np.bincount(cut.origin[known], cut.area_m2[known], count) / 2

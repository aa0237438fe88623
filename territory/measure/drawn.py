"""How well a figure follows from the map it was read off: what may differ *as drawn*.

Two questions have two intervals. *On the ground*: how far may the truth be off
(`territory.measure.boundary_error`)? *As drawn*: how well does the figure follow from this
very map? Two things count there:

* the hour of the cut: a snapshot shows the map at one hour of its day, and whoever reads it
  cuts days, weeks and months at another (`hour_of_cut`);
* tracing, where the polygons were taken from a picture of the map: the width of a drawn line
  and where the picture was put on the ground (`drawn_m` of
  `territory.measure.boundary_error.BoundaryError`), carried along the lines as other errors are.

Zones around places nobody drew. The borders of units are data; only their holders change.

A re-export with five decimals of a degree moves each point by 0.3 m, by chance. Over 1,500 km
of line with a point every 100 m that is some 0.004 km2, and is left out; lines that near are
one line (`territory.measure.strips`). Ways of measuring the same polygon differ too, but our
own areas are true: that counts only where a published figure is held against them
(`territory.claims.as_drawn`).

The truth of a day is off by the hour as well. So where the interval as drawn reaches further
than the errors of the lines on the ground, as between two days or where borders are known
exactly, the interval on the ground takes it in, and never is the narrower one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date

import numpy as np

from territory.geometry.projection import Floats
from territory.history.history import History

CUT_DAYS = 0.25  # how far another cut may lie from the hour of the snapshot


def hour_of_cut(
    figure: Callable[[tuple[date, ...]], Floats | float],
    days: tuple[date, ...],
    history: History,
    *,
    corrupt: frozenset[date] = frozenset(),
) -> tuple[Floats, Floats]:
    """Return by how much less and more the hour of the cut can make a figure.

    Up to `CUT_DAYS` (six hours) either way are allowed for at each end, during which the figure
    is taken to change as fast as between the snapshots before and after. What the ends do adds up.

    Parameters
    ----------
    figure : callable
        The figure, or a whole table of figures, by its days: for days of the history.
    days : tuple of date
        The day it is about, or the ends of its period.
    history : History
        Whose snapshots lie before and after.
    corrupt : frozenset of date
        Snapshots that are not believed.

    Returns
    -------
    less, more : ndarray
        Of the shape of the figure and in its unit; not above and not below zero.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[0, 0], [1, 0], [1, 1]], dtype=np.int16),
    ...     days=tuple(date(2018, 1, n) for n in (1, 2, 4)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> less, more = hour_of_cut(
    ...     lambda days: history.held_km2(days)[0, 1], history.days[1:2], history)
    >>> float(less), float(more)  # a km2 a day before, half a km2 a day after
    (-0.25, 0.125)
    """
    value = np.asarray(figure(days), dtype=np.float64)
    less, more = np.zeros_like(value), np.zeros_like(value)
    for end, day in enumerate(days):
        low, high = np.zeros_like(value), np.zeros_like(value)
        for other in snapshots_beside(day, history, corrupt):
            share = min(1.0, CUT_DAYS / abs((other - day).days))
            step = share * (np.asarray(figure((*days[:end], other, *days[end + 1 :]))) - value)
            low, high = np.minimum(low, step), np.maximum(high, step)
        less, more = less + low, more + high
    return less, more


def snapshots_beside(
    day: date, history: History, corrupt: frozenset[date] = frozenset()
) -> list[date]:
    """Return the snapshots before and after a day, as far as there are any.

    Parameters
    ----------
    day : date
        Any.
    history : History
        With the snapshots.
    corrupt : frozenset of date
        Those that are not believed.

    Returns
    -------
    list of date
        Two at most, in order.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1, 1)]), np.zeros((2, 1), dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 1, 4)), holders=(NOBODY,),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [str(each) for each in snapshots_beside(date(2018, 1, 1), history)]
    ['2018-01-04']
    """
    days = history.days  # of a long series only those near the day are looked at
    first, last = bisect_left(days, day), bisect_right(days, day)
    before = (days[n] for n in range(first - 1, -1, -1))
    after = (days[n] for n in range(last, len(days)))
    found = (next((d for d in side if d not in corrupt), None) for side in (before, after))
    return [each for each in found if each is not None]

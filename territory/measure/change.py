"""Areas by day, transfers between any two days, gross change along the path.

Everything here is read off a `History` by counting face areas; nothing is overlaid. *The
plane* is the equal-area plane of the history's projection, in metres.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from shapely.geometry.base import BaseGeometry

from territory.geometry.arrays import cross_table
from territory.geometry.coverage import dissolved
from territory.geometry.projection import Floats
from territory.history.history import History
from territory.holders import NOBODY, Holder
from territory.measure.ensemble import NEGLIGIBLE_SHARE


@dataclass(frozen=True)
class Transfer:
    """Ground that passed from one holder to another between two days.

    Attributes
    ----------
    giver, taker : Holder
        Who had it on the first day, and who has it on the last.
    km2 : float
        True area, in square kilometres.
    geometry : Polygon or MultiPolygon
        In the plane of the history.
    """

    giver: Holder
    taker: Holder
    km2: float
    geometry: BaseGeometry


def areas_by_day(history: History, area: str | None = None) -> Floats:
    """Return the area of every holder on every day.

    Parameters
    ----------
    history : History
        Any.
    area : str, optional
        A named area; the whole partition by default.

    Returns
    -------
    ndarray, shape (days, holders)
        Square kilometres. Each row adds up to the area looked at.

    Examples
    --------
    >>> import shapely
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> held_by = np.array([[1, 1, 2], [1, 2, 2]], dtype=np.int16)
    >>> history = from_coverage(
    ...     squares, held_by, days=(date(2018, 1, 1), date(2018, 2, 1)),
    ...     holders=(NOBODY, Holder("a"), Holder("b")), projection=EqualArea(0.0, 0.0))
    >>> areas_by_day(history)
    array([[0., 2., 1.],
           [0., 1., 2.]])
    >>> transition_matrix(history, date(2018, 1, 1), date(2018, 2, 1))
    array([[0., 0., 0.],
           [0., 1., 1.],
           [0., 0., 1.]])
    """
    return history.held_km2(area=area)


def transition_matrix(
    history: History,
    from_day: date,
    to_day: date,
    area: str | None = None,
    *,
    stayed: bool = True,
) -> Floats:
    """Return the area that went from each holder to each between two days.

    Parameters
    ----------
    history : History
        Any.
    from_day, to_day : date
        Days of the history, in either order.
    area : str, optional
        A named area; the whole partition by default.
    stayed : bool
        Whether ground that did not change hands is counted; else the diagonal is zero.

    Returns
    -------
    ndarray, shape (holders, holders)
        Square kilometres, from (row) to (column); the diagonal stayed. With it, the sum is
        the area looked at.

    Raises
    ------
    InputError
        If a day or the area is not in the history.

    Examples
    --------
    >>> import shapely
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> days = date(2018, 1, 1), date(2018, 2, 1)
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 1, 0], [1, 0, 0]], dtype=np.int16), days=days,
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> transition_matrix(history, *days)
    array([[1., 0.],
           [1., 1.]])
    """
    before = history.held_by[history.day_index(from_day)]
    after = history.held_by[history.day_index(to_day)]
    counted = history.mask(area) if stayed else history.mask(area) & (before != after)
    km2 = history.area_m2
    if not counted.all():
        at = np.flatnonzero(counted)
        before, after, km2 = before.take(at), after.take(at), km2.take(at)
    return cross_table(before, after, km2 / 1e6, len(history.holders))


def gross_change(history: History, from_day: date, to_day: date, area: str | None = None) -> Floats:
    """Return the transfers added up over every consecutive pair of days on the way.

    Ground taken and retaken counts each time, which end points alone do not show.

    Parameters
    ----------
    history : History
        Any.
    from_day, to_day : date
        Days of the history, in order.
    area : str, optional
        A named area; the whole partition by default.

    Returns
    -------
    ndarray, shape (holders, holders)
        Square kilometres, from (row) to (column), zero on the diagonal.

    Raises
    ------
    InputError
        If a day or the area is not in the history.

    Examples
    --------
    >>> import shapely
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> days = tuple(date(2018, 1, n) for n in (1, 2, 3))
    >>> history = from_coverage(  # taken and retaken
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1], [0]], dtype=np.int16),
    ...     days=days, holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> gross_change(history, days[0], days[-1])
    array([[0., 1.],
           [1., 0.]])
    """
    first, last = history.day_index(from_day), history.day_index(to_day)
    inside, count = history.mask(area), len(history.holders)
    total = np.zeros((count, count))
    for before, after in pairwise(history.held_by[first : last + 1]):
        moved = np.flatnonzero((before != after) & inside)
        total += cross_table(before[moved], after[moved], history.area_m2[moved] / 1e6, count)
    return total


def transfers(
    history: History, from_day: date, to_day: date, area: str | None = None
) -> tuple[Transfer, ...]:
    """Return the ground that changed hands, dissolved by pair of holders.

    Parameters
    ----------
    history : History
        Any.
    from_day, to_day : date
        Days of the history, in either order.
    area : str, optional
        A named area; the whole partition by default.

    Returns
    -------
    tuple of Transfer
        Sorted by giver and taker, without the rounding of coordinates that tables leave out
        too; geometry in the plane of the history.

    Raises
    ------
    InputError
        If a day or the area is not in the history.

    Examples
    --------
    >>> import shapely
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> days = date(2018, 1, 1), date(2018, 2, 1)
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 1, 2], [1, 2, 2]], dtype=np.int16), days=days,
    ...     holders=(NOBODY, Holder("a"), Holder("b")), projection=EqualArea(0.0, 0.0))
    >>> [(str(each.giver), str(each.taker), each.km2) for each in transfers(history, *days)]
    [('a', 'b', 1.0)]
    """
    matrix = transition_matrix(history, from_day, to_day, area, stayed=False)
    before = history.held_by[history.day_index(from_day)]
    after = history.held_by[history.day_index(to_day)]
    inside = history.mask(area)
    found = []
    for giver, taker in np.argwhere(matrix > NEGLIGIBLE_SHARE * history.km2(inside)):
        moved = dissolved(history.faces[(before == giver) & (after == taker) & inside])
        pair = history.holders[giver], history.holders[taker]
        found.append(Transfer(*pair, float(matrix[giver, taker]), moved))
    return tuple(sorted(found, key=lambda transfer: (transfer.giver, transfer.taker)))


def zones(
    history: History, day: date, area: str | None = None, *, nobody: bool = True
) -> tuple[tuple[Holder, BaseGeometry], ...]:
    """Return the ground of every holder on a day, in the plane of the history.

    Parameters
    ----------
    history : History
        Any.
    day : date
        A day of the history.
    area : str, optional
        A named area; the whole partition by default.
    nobody : bool
        Whether to include the ground that nobody holds.

    Returns
    -------
    tuple of (Holder, Polygon or MultiPolygon)
        Only holders that have ground there, in the order of the history.

    Raises
    ------
    InputError
        If the day or the area is not in the history.

    Examples
    --------
    >>> import shapely
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 1, 2]], dtype=np.int16), days=(date(2018, 1, 1),),
    ...     holders=(NOBODY, Holder("a"), Holder("b")), projection=EqualArea(0.0, 0.0))
    >>> [(str(holder), ground.area / 1e6) for holder, ground in zones(history, date(2018, 1, 1))]
    [('a', 2.0), ('b', 1.0)]
    """
    held = history.held_by[history.day_index(day)]
    inside = history.mask(area)
    there = [
        index for index in np.unique(held[inside]) if nobody or history.holders[index] != NOBODY
    ]
    return tuple(
        (history.holders[index], history.outlines.around((held == index) & inside))
        for index in there
    )

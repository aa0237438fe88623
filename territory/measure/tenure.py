"""How ground changed hands along the path: how often, since when, and there and back.

End points alone do not show ground that was taken and retaken. Everything here follows a
face through all the days of a `History`; nothing is overlaid.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from territory.geometry.arrays import Bools
from territory.geometry.projection import Ints
from territory.history.history import History
from territory.holders import Holder


@dataclass(frozen=True, eq=False)
class Churn:
    """What a group of holders took, lost and took back on the way between two days.

    Attributes
    ----------
    taken_km2, lost_km2 : float
        Gross, every time counted.
    gained_km2 : float
        Ground that was somebody else's on the first day and is the group's on the last.
    ceded_km2 : float
        The other way round.
    passing_km2 : float
        Ground that was taken or lost on the way and is as it was on the first day.
    """

    taken_km2: float
    lost_km2: float
    gained_km2: float
    ceded_km2: float
    passing_km2: float


def times_changed(history: History, from_day: date, to_day: date) -> Ints:
    """Return how often each face changed hands after one day and up to another.

    Parameters
    ----------
    history : History
        Any.
    from_day, to_day : date
        Days of the history, in order.

    Returns
    -------
    ndarray of int, shape (f,)
        Zero where the holder never changed.

    Raises
    ------
    InputError
        If a day is not in the history.

    Examples
    --------
    >>> import shapely
    >>> from territory.holders import NOBODY
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> days = tuple(date(2018, month, 1) for month in (1, 2, 3))
    >>> history = from_coverage(
    ...     squares, np.array([[1, 2], [2, 2], [1, 2]], dtype=np.int16), days=days,
    ...     holders=(NOBODY, Holder("a"), Holder("b")), projection=EqualArea(0.0, 0.0))
    >>> times_changed(history, days[0], days[2])
    array([2, 0])
    >>> held_since(history, days[2])
    array([2, 0])
    >>> churn(history, days[0], days[2], frozenset({Holder("a")})).passing_km2
    1.0
    """
    rows = history.held_by[history.day_index(from_day) : history.day_index(to_day) + 1]
    changes: Ints = np.count_nonzero(rows[1:] != rows[:-1], axis=0)
    return changes


def held_since(history: History, day: date) -> Ints:
    """Return since which day each face has had the holder it has on a day.

    Returns
    -------
    ndarray of int, shape (f,)
        Index into `history.days` of the first day of the unbroken tenure; 0 means the
        first day of the data, so "at least since".
    """
    last = history.day_index(day)
    same = history.held_by[: last + 1] == history.held_by[last]
    broken = ~same[::-1]
    return np.where(broken.any(axis=0), last + 1 - broken.argmax(axis=0), 0)


def churn(
    history: History,
    from_day: date,
    to_day: date,
    holders: frozenset[Holder],
    area: str | None = None,
) -> Churn:
    """Return what a group of holders took and lost on the way between two days.

    Parameters
    ----------
    holders : frozenset of Holder
        Taken together: ground that passes between two of them does not change hands.
    area : str, optional
        A named area; the whole partition by default.

    Raises
    ------
    InputError
        If a day or the area is not in the history.
    """
    wanted = np.array([holder in holders for holder in history.holders])
    rows = history.held_by[history.day_index(from_day) : history.day_index(to_day) + 1]
    held: Bools = wanted[rows]
    km2 = np.where(history.mask(area), history.area_m2 / 1e6, 0.0)
    taken = np.count_nonzero(held[1:] & ~held[:-1], axis=0)
    lost = np.count_nonzero(~held[1:] & held[:-1], axis=0)
    first, last = held[0], held[-1]
    passing: Bools = (first == last) & (taken > 0)

    def of(weight: Ints | Bools) -> float:
        return float(np.dot(km2, weight.astype(float)))

    return Churn(of(taken), of(lost), of(~first & last), of(first & ~last), of(passing))

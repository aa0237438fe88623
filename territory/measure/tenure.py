"""How ground changed hands along the path: how often, and since when.

End points alone do not show ground that was taken and retaken. Everything here follows a
face through all the days of a `History`; nothing is overlaid.
"""

from datetime import date

import numpy as np

from territory.geometry.projection import Ints
from territory.history.history import History


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
    >>> from territory.holders import NOBODY, Holder
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
    """
    rows = history.held_by[history.day_index(from_day) : history.day_index(to_day) + 1]
    changes: Ints = np.count_nonzero(rows[1:] != rows[:-1], axis=0)
    return changes


def held_since(history: History, day: date) -> Ints:
    """Return since which day each face has had the holder it has on a day.

    Parameters
    ----------
    history : History
        Any.
    day : date
        A day of the history.

    Returns
    -------
    ndarray of int, shape (f,)
        Index into `history.days` of the first day of the unbroken tenure; 0 means the
        first day of the data, so "at least since".

    Raises
    ------
    InputError
        If the day is not in the history.

    Examples
    --------
    >>> from territory.holders import Holder
    >>> import shapely
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1], [1, 1]], dtype=np.int16),
    ...     days=tuple(date(2018, 1, n) for n in (1, 2, 3)),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> held_since(history, date(2018, 1, 3)).tolist()
    [0, 1]
    """
    last = history.day_index(day)
    same = history.held_by[: last + 1] == history.held_by[last]
    broken = ~same[::-1]
    return np.where(broken.any(axis=0), last + 1 - broken.argmax(axis=0), 0)

"""How much larger the fall from a maximum may be because another day was the true maximum.

The largest of many areas with errors is not the area of the largest day with its error: where
an area hardly moves for months, the true maximum may lie on any day of them.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np

from territory.claims.model import Claim, Reading
from territory.claims.net import net_claim, net_of
from territory.claims.readings import query_of
from territory.claims.tallies import Query
from territory.history.history import History
from territory.measure.ensemble import Ensemble

_STRETCHES = 12  # of the period, in each of which the largest day is looked at


def excess_km2(claim: Claim, reading: Reading, ensemble: Ensemble) -> float:
    """Return how far the upper bound of the fall from another day is above that of the largest.

    Parameters
    ----------
    claim : Claim
        Its period holds where the reading names none.
    reading : Reading
        Of the quantity ``below-maximum``.
    ensemble : Ensemble
        What the figure is read off, with what its interval rests on.

    Returns
    -------
    float
        Square kilometres, not negative; 0 where nothing has an error.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.boundary_error import BoundaryError
    >>> days = tuple(date(2018, 1, n) for n in (1, 2, 3))
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(4)])
    >>> history = from_coverage(  # the last day is the largest, by little
    ...     squares, np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 1]], dtype=np.int16),
    ...     days=days, holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> reading = Reading(name="fell", quantity="below-maximum", by=("a",))
    >>> claim = Claim(id="x", text="", publisher="", published=days[2], value=1, unit="km2",
    ...               period=(days[0], days[2]), reading=(reading,))
    >>> excess_km2(claim, reading, Ensemble(history))  # a is known to a square metre
    0.0
    >>> 0 < excess_km2(claim, reading, Ensemble(history, BoundaryError(500.0))) < 1
    True
    """
    part = ensemble.inside(reading.area)
    query = query_of(claim, reading, skip=ensemble.corrupt)
    largest = query.largest(part.base)
    own = _fall_km2(reading, part, largest, query.end)
    falls = (_fall_km2(reading, part, day, query.end) for day in _candidates(query, part.base))
    more = max(falls, default=own) - own
    return max(more, 0.0)


def _candidates(query: Query, history: History) -> Iterator[date]:
    """Yield the largest day of each stretch of the period, but for its last day."""
    days = query.days(history)[:-1]
    km2 = query.held_km2(history)[:-1]
    for rows in np.array_split(np.arange(len(days)), min(_STRETCHES, max(len(days), 1))):
        if rows.size:
            yield days[rows[int(np.argmax(km2[rows]))]]


def _fall_km2(reading: Reading, part: Ensemble, day: date, end: date) -> float:
    """Return by how much the area may have fallen at most from a day to the end."""
    if day == end:
        return 0.0
    return -net_of(part, net_claim(reading.by, (day, end), reading.area, reading.status)).net.low

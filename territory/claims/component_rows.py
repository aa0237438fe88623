"""The table of quantity, exchange and shift, with the interval of the quantity."""

from collections.abc import Iterable

import numpy as np

from territory.claims.net import Pair, net_claim, net_of
from territory.holders import Status
from territory.measure.change import transition_matrix
from territory.measure.components import components
from territory.measure.ensemble import NEGLIGIBLE_SHARE, Ensemble
from territory.measure.estimate import Estimate
from territory.measure.rows import Row

COMPONENT_COLUMNS = (
    *("series", "area", "from_day", "to_day", "actor", "quantity", "exchange", "shift"),
    *("quantity_low", "quantity_high"),
)
EVERYONE = "everyone"


def component_rows(series: str, ensemble: Ensemble, pairs: Iterable[Pair]) -> list[Row]:
    """Return what the change of each pair of days is made of, of all ground and by named area.

    Parameters
    ----------
    series : str
        Name of the series, for its column.
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    pairs : iterable of (date, date)
        From which day to which, days of the history.

    Returns
    -------
    list of mapping
        By `COMPONENT_COLUMNS`; in km2. A row for each holder with ground on one of the two
        days, and one for all of them, `EVERYONE`, whose difference counts what changed hands
        once. Only the quantity has an interval. Exchange and shift have none: they are sums of
        what cannot be below nothing, which an error of the lines makes larger on the whole.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 2, 2], [2, 1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), projection=EqualArea(0.0, 0.0),
    ...     holders=(NOBODY, Holder("a"), Holder("b")))
    >>> for row in component_rows("mine", Ensemble(history), [history.days]):
    ...     row["actor"], row["quantity"], row["exchange"], row["shift"]
    ('a', 1.0, 2.0, 0.0)
    ('b', 1.0, 2.0, 0.0)
    ('everyone', 1.0, 2.0, 0.0)
    """
    return [
        {"series": series, "area": area, "from_day": pair[0], "to_day": pair[1], **row}
        for pair in pairs
        for area in ensemble.base.area_names
        for row in _of_area(ensemble, pair, area)
    ]


def _of_area(ensemble: Ensemble, pair: Pair, area: str) -> list[Row]:
    """Return the rows of one pair of days in one area."""
    matrix = transition_matrix(ensemble.base, *pair, area)
    parts = components(matrix)
    there = matrix.sum(axis=0) + matrix.sum(axis=1) > NEGLIGIBLE_SHARE * matrix.sum()
    rows = [
        _cells(
            str(ensemble.base.holders[n]),
            (float(parts.quantity[n]), float(parts.exchange[n]), float(parts.shift[n])),
            net_of(
                ensemble, net_claim([str(ensemble.base.holders[n])], pair, area, [Status.HELD])
            ).net,
        )
        for n in np.flatnonzero(there)
    ]
    return [*rows, _cells(EVERYONE, parts.overall, None)] if rows else []


def _cells(actor: str, parts: tuple[float, float, float], net: Estimate | None) -> Row:
    """Return a row; the quantity is the size of the net, whichever way it goes."""
    low = high = None
    if net is not None:
        ends = sorted((abs(net.low), abs(net.high)))
        low, high = 0.0 if net.low <= 0 <= net.high else ends[0], ends[1]
    names = ("actor", "quantity", "exchange", "shift", "quantity_low", "quantity_high")
    return dict(zip(names, (actor, *parts, low, high), strict=True))

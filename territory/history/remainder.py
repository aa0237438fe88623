"""Ground that nobody drew, inside an area whose holder is known: the rest of a country.

Many publishers draw one side alone. Whoever holds the rest of the country then has no zone, and
no figure. Here the ground of the area that no zone covers on a day is theirs on that day, so
that all that is held there adds up to the area.
"""

from dataclasses import replace

import numpy as np
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.geometry.cutting import cut_along, without_gaps
from territory.history.history import History
from territory.holders import NOBODY, Holder

_AREA = "(remainder)"


def with_remainder(history: History, area: BaseGeometry, holder: Holder, *, called: str) -> History:
    """Return a history in which a holder has what nobody drew of an area.

    Parameters
    ----------
    history : History
        Drawn zones, not yet cut along any area.
    area : Polygon or MultiPolygon
        In the plane of the history.
    holder : Holder
        Who has the rest; it may have zones of its own too.
    called : str
        What messages call the area.

    Returns
    -------
    History
        Its faces are those that were drawn, cut along the area, and the rest of it.

    Raises
    ------
    InputError
        If the area lies far from all that was drawn.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> zone = History(
    ...     EqualArea(0.0, 0.0), (date(2018, 1, 1), date(2018, 2, 1)), (NOBODY, Holder("a")),
    ...     np.array([shapely.box(0, 0, 2000, 1000)]), np.array([2e6]),
    ...     np.array([[1], [0]], dtype=np.int16), np.array([0]))
    >>> country = shapely.box(1000, 0, 5000, 1000)
    >>> found = with_remainder(zone, country, Holder("b"), called="country")
    >>> found.held_km2().round(6).tolist()
    [[0.0, 2.0, 3.0], [1.0, 0.0, 4.0]]
    """
    cut = history.of_pieces(cut_along(history.faces, area, fill=True), {_AREA: area})
    if cut.lies_outside(_AREA):
        problem = f"remainder_area: {called} lies beyond all that is drawn; name another area"
        raise InputError(problem)
    holders = cut.holders if holder in cut.holders else (*cut.holders, holder)
    rest = cut.mask(_AREA) & (cut.held_by == cut.holders.index(NOBODY))
    held_by = np.where(rest, holders.index(holder), cut.held_by).astype(np.int16)
    return replace(
        cut,
        holders=holders,
        faces=without_gaps(cut.faces),
        held_by=held_by,
        origin=np.arange(len(cut.faces)),
        within={},
        requested_m2={},
        uncut=None,
        added=None,
        undrawn=np.flatnonzero(cut.origin < 0),
    )

"""Lines between parties: where a front runs on a day, and which stretches ever moved.

Read off the edges of the faces of a `History`, so a line drawn on two days is the same to
the last bit. The rim of a named area is a choice and no front; nor is the end of a
coverage.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.geometry.arrays import Bools
from territory.geometry.edges import parting
from territory.history.history import WHOLE, History
from territory.holders import Holder


def front(history: History, row: int, side: frozenset[Holder], area: str | None = None) -> Bools:
    """Return which edges part a side from everyone else.

    Parameters
    ----------
    history : History
        In its equal-area plane, in metres.
    row : int
        Index into the days of the history.
    side : frozenset of Holder
        Taken together.
    area : str, optional
        A named area; only lines inside it count.

    Returns
    -------
    ndarray of bool
        One for each of `History.edges`.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.holders import NOBODY
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 2, 2]], dtype=np.int16), days=(date(2018, 1, 1),),
    ...     holders=(NOBODY, Holder("a"), Holder("b")), projection=EqualArea(0.0, 0.0))
    >>> chosen = front(history, 0, frozenset({Holder("a")}))
    >>> history.edges.line(chosen).length
    1000.0
    """
    wanted = np.array([holder in side for holder in history.holders])
    edges, held = history.edges, wanted[history.held_by[row]]
    return parting(edges.one, edges.other, held) & _counted(history, area)


def _counted(history: History, area: str | None) -> Bools:
    """Return which edges lie inside an area and can be a line between parties.

    A named area is filled with faces, so what ends there is its rim. Without one, drawn
    zones end where nobody's ground begins, but a coverage just ends.
    """
    found, inside = history.edges, history.mask(area)
    ends = area in {None, WHOLE} and history.is_endless
    past = found.other < 0
    if ends:  # what fills a named area beyond the zones is nobody's ground too
        drawn: Bools = inside[found.one] | (~past & inside[found.other])
        return drawn
    within: Bools = inside[found.one] & ~past & inside[found.other]
    return within


def between(history: History, row: int, area: str | None = None) -> Bools:
    """Return which edges part any two holders on a day; see `front`.

    Parameters
    ----------
    history : History
        In its equal-area plane, in metres.
    row : int
        Index into the days of the history.
    area : str, optional
        A named area; only lines inside it count.

    Returns
    -------
    ndarray of bool
        One for each of `History.edges`.
    """
    edges = history.edges
    return parting(edges.one, edges.other, history.held_by[row]) & _counted(history, area)


def near(lines: Sequence[BaseGeometry], tolerance_m: float) -> BaseGeometry:
    """Return the ground that is near to every one of some lines.

    Parameters
    ----------
    lines : sequence of geometry
        In the plane; at least one.
    tolerance_m : float
        How near, in metres.

    Returns
    -------
    Polygon or MultiPolygon
        In the plane.
    """
    first, *others = (line.buffer(tolerance_m, quad_segs=2) for line in lines)
    common: BaseGeometry = first
    for other in others:
        common = shapely.intersection(common, other)
    return common

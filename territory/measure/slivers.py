"""Slivers along the rim of an area: where its outline and the zones were drawn apart.

A publisher who draws a front to the border of a province, and a file of provinces, draw one
border twice, at two scales. Between the two lie strips that belong to nobody, or to whoever
has the neighbouring province. They say nothing about the ground, and a province that is held
whole comes out as 98.8 %.

A sliver is a connected piece of one holder's ground in the area that lies along the rim with
at least two fifths of its outline (a strip does with half), is five times as long as wide,
and narrower than three standard deviations of the two lines together.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from territory.geometry.graphs import connected
from territory.geometry.projection import Floats
from territory.history.history import WHOLE, History
from territory.history.rim import RimError
from territory.holders import NOBODY
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import together
from territory.numbers import figure, percent

UNSTATED_RIM_M = 200.0  # how far a rim may lie off where nobody says it, to find slivers alone
LEAST_PERCENT = 0.01  # of an area; smaller slivers change no share that is published
_DEVIATIONS = 3
_ALONG = 0.4  # of the outline of a sliver lies on the rim
_SLIM = 5  # times as long as wide


@dataclass(frozen=True)
class Slivers:
    """The slivers along the rim of an area on one day.

    Attributes
    ----------
    count : int
        How many there are.
    km2 : float
        Their area.
    bare_km2 : float
        The part of it that nobody holds; in the rest the zones of a neighbour reach in.
    percent : float
        Their area in percent of that of the area.
    """

    count: int
    km2: float
    bare_km2: float
    percent: float

    @property
    def sentence(self) -> str:
        """How many there are, and how large, as the end of a sentence."""
        strips = "1 sliver" if self.count == 1 else f"{self.count:,} slivers"
        lie = "lies" if self.count == 1 else "lie"
        return (
            f"{strips} along the rim, {figure(self.km2)} km2 or {percent(self.percent / 100)},"
            f" {lie} between its outline and the zones, which were drawn apart"
        )


def slivers_of(ensemble: Ensemble, area: str, day: date) -> Slivers:
    """Return the slivers along the rim of a named area.

    Parameters
    ----------
    ensemble : Ensemble
        Of drawn zones; of others there are none, as nobody drew their ends.
    area : str
        Name of an area. Along a rim that is exact, such as that of a box, there are none.
    day : date
        A day of the base.

    Returns
    -------
    Slivers
        None of them (a count of 0) where outline and zones agree.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_snapshots
    >>> from territory.history.repair import normalise
    >>> from territory.history.snapshot import RawZones, Source
    >>> from territory.holders import Holder
    >>> from territory.measure.boundary_error import BoundaryError
    >>> plane, day = EqualArea(0.0, 0.0), date(2018, 1, 1)
    >>> zone = np.array([shapely.box(0, 0, 9900, 20000)])
    >>> raw = RawZones(day, plane.crs, Source("zones"), (Holder("a"),), zone)
    >>> history = from_snapshots((normalise(raw),), projection=plane)
    >>> whole = history.with_areas({"province": shapely.box(0, 0, 10000, 20000)})
    >>> slivers_of(Ensemble(whole, BoundaryError(50.0)), "province", day)
    Slivers(count=1, km2=2.0, bare_km2=2.0, percent=1.0)
    """
    base = ensemble.base
    rim = ensemble.rims.get(area, RimError(UNSTATED_RIM_M))
    drawn = base.outside_is_nobody and ensemble.boundary is not None
    if not (drawn and rim.error_m and area in base.within and area != WHOLE):
        return Slivers(0, 0.0, 0.0, 0.0)
    part = base if base.mask(area).all() else base.part(area)
    held = part.held_by[part.day_index(day)]
    line_m = ensemble.boundary.total_m if ensemble.boundary else 0.0
    narrow_m = _DEVIATIONS * together(rim.error_m, line_m)
    km2, holder = _slivers(part, held, narrow_m)
    bare = float(km2[part.holders.index(NOBODY) == holder].sum())
    whole = float(part.area_m2.sum()) / 1e6
    found = float(km2.sum())
    return Slivers(len(km2), found, bare, 100 * found / whole if whole else 0.0)


def _slivers(
    part: History, held: NDArray[np.int16], narrow_m: float
) -> tuple[Floats, NDArray[np.int16]]:
    """Return the km2 of each sliver among the faces of an area, and who holds it."""
    edges = part.edges
    one, other, length = edges.one, edges.other, edges.length
    same = (other >= 0) & (held[one] == held[other])
    count, piece = connected(one[same], other[same], len(held))
    outer = ~same
    beside = outer & (other >= 0)
    outline = np.bincount(piece[one[outer]], length[outer], count)
    outline += np.bincount(piece[other[beside]], length[beside], count)
    along = np.bincount(piece[one[other < 0]], length[other < 0], count)
    area_m2 = np.bincount(piece, part.area_m2, count)
    width = np.divide(2 * area_m2, outline, out=np.zeros(count), where=outline > 0)
    slim = (width < narrow_m) & (outline / 2 > _SLIM * width) & (along > _ALONG * outline)
    thin = slim & (area_m2 > 0)
    holder = np.zeros(count, dtype=held.dtype)
    holder[piece] = held
    return area_m2[thin] / 1e6, holder[thin]

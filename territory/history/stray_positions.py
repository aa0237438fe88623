"""Single positions that lie far from their ring: a slip of a digit that draws a spike.

One coordinate that flew away adds a triangle of any size to a polygon that stays valid, so
nothing else tells. A position is in question where the ring without it is small against how
far it lies off, or where it is a needle: two edges far longer than the others, almost one
on the other. Real zones have long straight edges, so all limits are generous; nothing is
mended, and the area with and without the position is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import GeometryError
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import Floats, Ints
from territory.geometry.rings import Rings
from territory.numbers import bounds

FAR = 1.0  # extents of the rest of the ring that a position lies off it
FAR_OF_FEW = 2.5  # likewise in rings of few positions, which may be slim by themselves
FEW = 8  # positions
FAR_OF_ORIGIN = 0.2  # likewise for 0, 0, where programs put what they do not know
NEEDLE = 0.15  # of its length that a needle is wide at its root
LONG = 15.0  # mean edges of its ring that a needle is long
LEAST_KM2 = 20.0  # what a position adds or takes away
LEAST_SHARE = 0.01  # of its ring, likewise
_CORNERS = 4  # positions of an open ring; a triangle without one is none


@dataclass(frozen=True)
class Stray:
    """A position far from its ring.

    Attributes
    ----------
    part : int
        Index of the polygon.
    ring, position : int
        Numbers from 1 within the polygon and the ring; the first ring is the shell.
    x, y : float
        The position.
    km2, without_km2 : float
        Area of the ring with it and without it.
    """

    part: int
    ring: int
    position: int
    x: float
    y: float
    km2: float
    without_km2: float

    def __str__(self) -> str:
        """Return the sentence about it."""
        where = "" if self.ring == 1 else f" of hole {self.ring - 1}"
        drawn, without = bounds(self.km2, self.without_km2, like=self.km2)
        return (
            f"position {self.position}{where} ({self.x:g}, {self.y:g}) lies far from the others:"
            f" the ring has {drawn} km2 with it and {without} km2 without;"
            " is a digit wrong?"
        )


def strays(rings: Rings, crs: CRS, among: Ints | None = None) -> Iterator[Stray]:
    """Find positions that lie far from the rest of their ring.

    Parameters
    ----------
    rings : Rings
        Of polygons in `crs`, x before y.
    crs : CRS
        Any of the Earth; areas with and without the position are measured on the ground.
    among : ndarray of int, optional
        The rings that `may_stray` gives, where it was asked already.

    Yields
    ------
    Stray
        In the order of the polygons.

    Examples
    --------
    >>> from territory.geometry.projection import WGS84
    >>> from territory.geometry.rings import rings_of
    >>> ring = [(35, 48), (36, 48), (36, 49), (35.5, 49), (75, 48.9), (35, 49), (35, 48)]
    >>> [found] = strays(rings_of(np.array([shapely.Polygon(ring)])), WGS84)
    >>> found.position, round(found.without_km2)
    (5, 8218)
    """
    chosen = np.flatnonzero(may_stray(rings, crs)) if among is None else among
    if not len(chosen):
        return
    few = rings.taken(chosen)
    for row, at in _far_off(few, crs):
        own = few.xy[few.start[row] : few.start[row + 1] - 1]
        position = at - int(few.start[row])
        with_km2, without_km2 = _areas_km2(own, position, crs)
        least = max(LEAST_KM2, LEAST_SHARE * min(with_km2, without_km2))
        if abs(with_km2 - without_km2) > least:
            whose = few.polygon[row]
            number = int(np.count_nonzero(rings.polygon[: chosen[row]] == whose)) + 1
            x, y = own[position].tolist()
            yield Stray(int(whose), number, position + 1, x, y, with_km2, without_km2)


def may_stray(rings: Rings, crs: CRS) -> NDArray[np.bool_]:
    """Return which rings have two edges at a position so long that it may be far off.

    By far most have none, and this is all that they cost.

    Parameters
    ----------
    rings : Rings
        Of polygons in `crs`, x before y.
    crs : CRS
        Any of the Earth.

    Returns
    -------
    ndarray of bool, shape (r,)
        False also where corners are not finite.
    """
    if not len(rings.lines):
        return np.zeros(0, dtype=bool)
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is refused elsewhere
        return _has_long_edges(rings, crs)


def _has_long_edges(rings: Rings, crs: CRS) -> NDArray[np.bool_]:
    first, last = rings.start[:-1], rings.start[1:] - 1
    x, y = np.ascontiguousarray(rings.xy.T)
    across, up = np.diff(x), np.diff(y)
    step = np.zeros(len(x))
    np.sqrt(across * across + up * up, out=step[:-1])
    step[last] = 0.0  # from the end of a ring to the begin of the next
    beyond, needles, matters = _limits(rings.bounds, step, first, last, crs)
    before = np.concatenate([step[-1:], step[:-1]])
    before[first] = step[last - 1]
    longest = np.maximum.reduceat(np.minimum(step, before), first)  # of the shorter edges
    far: NDArray[np.bool_] = longest * (1 + 1e-12) > np.minimum(beyond, needles)  # of rounding
    apart = x.min() > 0 or x.max() < 0 or y.min() > 0 or y.max() < 0  # never of what is no number
    if not apart:
        far |= matters & np.logical_or.reduceat((x == 0) & (y == 0), first)
    return far


def _limits(
    bounds: Floats, step: Floats, first: Ints, last: Ints, crs: CRS
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return how long both edges of a far position are at least, and which rings matter.

    Returns
    -------
    beyond, needles : ndarray of float, shape (rings,)
        The least for one that lies off the others, and for the tip of a needle; infinite
        for rings that cannot have one.
    matters : ndarray of bool, shape (rings,)
        Rings that are large enough.
    """
    length, size = np.add.reduceat(step, first), last - first
    wide, high = (bounds[:, 2:] - bounds[:, :2]).T
    matters = (size >= _CORNERS) & (wide * high * _km2_of_unit(crs) > LEAST_KM2)
    share = np.where(size > FEW, 2 + 1 / FAR, 1 + 2 / FAR_OF_FEW)
    beyond = np.where(matters, np.hypot(wide, high) / share, np.inf)
    # The edges of a needle differ by its root at most, and the others share what is left.
    tip = LONG * length / (size - 2 + LONG * (2 + NEEDLE))
    needles = np.where(matters & (size > FEW), tip, np.inf)
    return beyond, needles, matters


def _far_off(rings: Rings, crs: CRS) -> list[tuple[int, int]]:
    """Return the ring and the row of the worst position of each ring that has one far off it.

    All positions are looked at together first, by limits that follow from those that count:
    a position that lies off the others by more than their extent has two edges of at least a
    third of the whole extent.
    """
    xy, first, last = rings.xy, rings.start[:-1], rings.start[1:] - 1
    ring = np.repeat(np.arange(len(first)), np.diff(rings.start))
    step = np.append(np.hypot(*np.diff(xy, axis=0).T), 0.0)
    step[last] = 0.0  # from the end of a ring to the begin of the next
    before = np.arange(-1, len(xy) - 1)
    before[first] = last - 1
    shorter = np.minimum(step, step[before])  # of the two edges of each position
    beyond, needles, matters = _limits(rings.bounds, step, first, last, crs)
    length, size = np.add.reduceat(step, first), last - first
    at_origin = (xy == 0).all(axis=1) & matters[ring]
    may_be_off = ((shorter > beyond[ring]) | at_origin) & (step > 0)
    likely = np.flatnonzero((shorter > needles[ring]) & (step > 0))
    others = (length[ring] - step - step[before])[likely] / (size[ring[likely]] - 2)
    root = np.hypot(*(xy[likely + 1] - xy[before[likely]]).T)
    is_needle = (shorter[likely] > LONG * others) & (root < NEEDLE * shorter[likely])
    found: dict[int, int] = {}
    sure = set(likely[is_needle].tolist())
    for at in sorted(
        sure.union(np.flatnonzero(may_be_off).tolist()), key=lambda at: (-shorter[at], at)
    ):
        row = int(ring[at])
        own = xy[first[row] : last[row]]
        if row not in found and (at in sure or _is_off(own, at - int(first[row]))):
            found[row] = at
    return sorted(found.items())


def _km2_of_unit(crs: CRS) -> float:
    """Return about how many km2 a square of one unit of a CRS has at the most."""
    if crs.is_geographic or not crs.axis_info:
        return 12_365.0
    return 1e-6 * crs.axis_info[0].unit_conversion_factor ** 2


def _is_off(own: Floats, position: int) -> bool:
    """Return whether a position of an open ring lies off all others."""
    off, extent = _off(own, position)
    far = FAR if len(own) > FEW else FAR_OF_FEW
    return off > extent * (far if own[position].any() else FAR_OF_ORIGIN)


def _off(own: Floats, position: int) -> tuple[float, float]:
    """Return how far a position lies off the box of the others, and how wide that box is."""
    rest = np.delete(own, position, axis=0)
    low, high = rest.min(axis=0), rest.max(axis=0)
    beyond = np.maximum(0, np.maximum(low - own[position], own[position] - high))
    return float(np.hypot(*beyond)), float(np.hypot(*(high - low)))


def _areas_km2(own: Floats, position: int, crs: CRS) -> tuple[float, float]:
    """Return the area of an open ring with a position and without it."""
    rest = np.delete(own, position, axis=0)
    pair = np.array([shapely.Polygon(own), shapely.Polygon(rest)], dtype=object)
    try:
        whole, without = geodesic_area_km2(pair, crs).tolist()
    except GeometryError:
        return 0.0, 0.0
    return whole, without

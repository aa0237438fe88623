"""What days draw, taken out of their zones many days at a time.

From one day to the next nearly all of a map stays as it was, and what a day is looked at for
takes a hundred calls, most of them about a few polygons. So days are looked at together: their
polygons are taken apart at once, and of the large ones most are valid because those of the day
before are (`territory.geometry.changed_stretch`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.arrays import Bools
from territory.geometry.changed_stretch import stay_valid
from territory.geometry.coverage import are_areal, parts_of
from territory.geometry.projection import Ints
from territory.geometry.rings import Rings, rings_of
from territory.history.snapshot import RawZones
from territory.history.stray_positions import may_stray

_MANY = 200  # corners of a polygon: to look at one with fewer is no work


@dataclass(frozen=True, eq=False)
class Drawn:
    """The polygons of a day, as they were drawn.

    Attributes
    ----------
    parts : ndarray of Polygon, shape (n,)
        None of them empty; without heights.
    feature : ndarray of int, shape (n,)
        Which feature of the day each is a part of.
    valid : ndarray of bool, shape (n,)
        Whether it is valid, as `shapely.is_valid` says.
    rings : Rings
        Of the polygons.
    may_stray : ndarray of int
        Which of the rings may have a position that lies far from the others.
    others : tuple of (int, str)
        Feature and type of what has no area.
    """

    parts: NDArray[np.object_]
    feature: Ints
    valid: Bools
    rings: Rings
    may_stray: Ints
    others: tuple[tuple[int, str], ...]


def drawn_days(days: Sequence[RawZones]) -> list[Drawn]:
    """Take apart what some days draw.

    Parameters
    ----------
    days : sequence of RawZones
        In order, all in one CRS.

    Returns
    -------
    list of Drawn
        One for each day.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.geometry.projection import WGS84
    >>> from territory.history.snapshot import Source
    >>> from territory.holders import Holder
    >>> bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    >>> zones = np.array([shapely.box(37, 35, 38, 36), bow])
    >>> day = RawZones(date(2018, 2, 5), WGS84, Source("a"), (Holder("a"), Holder("b")), zones)
    >>> [each.valid.tolist() for each in drawn_days([day, day])]
    [[True, False], [True, False]]
    """
    every = np.concatenate([np.zeros(0, dtype=object), *(each.geometry for each in days)])
    features = np.cumsum([0, *(len(each.geometry) for each in days)])
    parts, feature = parts_of(every)
    there, areal = ~shapely.is_empty(parts), are_areal(parts)
    others = list(zip(feature[there & ~areal].tolist(), parts[there & ~areal], strict=True))
    polygons, feature = parts[there & areal], feature[there & areal]
    rings = rings_of(polygons)
    stray = may_stray(rings, days[0].crs)
    ends = np.searchsorted(feature, features)
    valid = _valid(polygons, rings, ends)
    found = []
    for (first, last), (begin, end) in zip(pairwise(features), pairwise(ends), strict=True):
        own = rings.between(begin, end)
        may = np.flatnonzero(stray[np.searchsorted(rings.polygon, begin) :][: len(own.lines)])
        left = tuple((row - first, part.geom_type) for row, part in others if first <= row < last)
        of = feature[begin:end] - first
        found.append(Drawn(polygons[begin:end], of, valid[begin:end], own, may, left))
    return found


def _valid(polygons: NDArray[np.object_], rings: Rings, ends: Ints) -> Bools:
    """Tell which polygons of some days are valid; `ends` says where each day begins.

    The first large polygon of a day is taken to resemble the first one of the day before, the
    second the second, and so on.
    """
    many = shapely.get_num_coordinates(polygons) > _MANY
    large = [begin + np.flatnonzero(many[begin:end]) for begin, end in pairwise(ends.tolist())]
    most = max(map(len, large), default=0)
    chain = np.array([row[n] for n in range(most) for row in large if n < len(row)], dtype=np.int64)
    valid = np.zeros(len(polygons), dtype=bool)
    valid[~many] = shapely.is_valid(polygons[~many])
    before = False
    for polygon, follows in zip(chain, stay_valid(rings, chain).tolist(), strict=True):
        before = (follows and before) or bool(shapely.is_valid(polygons[polygon]))
        valid[polygon] = before
    return valid

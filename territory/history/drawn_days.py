"""What days draw, taken out of their zones many days at a time.

From one day to the next nearly all of a map stays as it was, and what a day is looked at for
takes a hundred calls, most of them about a few polygons. So days are looked at together: their
polygons are taken apart at once, and of the large ones most are valid because those of the day
before are (`territory.geometry.changed_stretch`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

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
        In order, at least one, all in one CRS as their files state it.

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
    every = np.concatenate([each.geometry for each in days])
    first = np.cumsum([0, *(len(each.geometry) for each in days)])
    parts, feature = parts_of(every)
    there, areal = ~shapely.is_empty(parts), are_areal(parts)
    odd, odd_of = parts[there & ~areal], feature[there & ~areal]
    parts, feature = parts[there & areal], feature[there & areal]
    rings, ends = rings_of(parts), np.searchsorted(feature, first)
    by_day = zip(
        first.tolist(),
        pairwise(ends.tolist()),
        _split(parts, ends),
        _split(feature, ends),
        _split(_valid(parts, rings, ends), ends),
        _split(may_stray(rings, days[0].crs), np.searchsorted(rings.polygon, ends)),
        _split(odd, np.searchsorted(odd_of, first)),
        _split(odd_of, np.searchsorted(odd_of, first)),
        strict=False,  # of `first` there is one more: the end of the last day
    )
    return [
        Drawn(
            own,
            of - at,
            valid,
            rings.between(*polygons),
            np.flatnonzero(stray),
            tuple(zip((others_of - at).tolist(), (each.geom_type for each in others), strict=True)),
        )
        for at, polygons, own, of, valid, stray, others, others_of in by_day
    ]


def _split(values: NDArray[Any], ends: Ints) -> list[NDArray[Any]]:
    """Return the values of each day; `ends` says where each begins, and where the last ends."""
    return np.split(values, ends[1:-1])


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

"""Villages that a gazetteer lists beside the places that somebody reports of.

Nearest places go by the places that are known. Where villages on ground that changed hands are
known less often than the others, the others reach too far, and what changed comes out too
small. A gazetteer lists all villages, known or not: each that is not known follows one of the
known places near it, and every village speaks for the ground nearest to it.

Which place it follows makes the difference. Known places of one density are on average
``1 / (2 sqrt(density))`` away, so a distance is multiplied by the square root of the share of
villages that are known on such ground; then places that are known rarely reach as far as
those that are known often. The shares follow from who follows whom, so both are found in turn.

References
----------
Okabe, A. et al. (2000). Spatial tessellations. Wiley, 2nd ed., section 3.1.1
(multiplicatively weighted diagrams).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError, InputError
from territory.geometry.arrays import Bools
from territory.geometry.projection import WGS84, EqualArea, Floats, Ints
from territory.history.places import Place
from territory.history.voronoi import Sites, inside_of

SAME_M = 1000.0  # a place and a village nearest to one another and no further apart are one
UNEVEN = 1.2  # times as often known on the one kind of ground: too much to go by nearest places
_ROUNDS = 50  # shares and followers settle in fewer than ten


@dataclass(frozen=True, eq=False)
class Villages:
    """Places, and beside them the villages of a gazetteer at which none of them lies.

    Attributes
    ----------
    xy : ndarray, shape (n, 2)
        Metres; the places first, in their order.
    listed : ndarray of bool, shape (n,)
        Which stand in the gazetteer and lie in the extent.
    """

    xy: Floats
    listed: Bools

    @cached_property
    def points(self) -> NDArray[np.object_]:
        """The same as points, shape (n,)."""
        return np.asarray(shapely.points(self.xy), dtype=object)


@dataclass(frozen=True)
class KnownShares:
    """How many villages are known, where ground changed hands and where it did not.

    Attributes
    ----------
    changed, unchanged : float
        Share of the listed villages that are known, 0 to 1; 1 where there is none. A place
        that the gazetteer lacks does not count: nobody knows how many like it there are.
    """

    changed: float
    unchanged: float

    @property
    def ratio(self) -> float:
        """How many times the larger is the smaller; 1 where they are equal."""
        low, high = sorted((self.changed, self.unchanged))
        return high / low if low else np.inf


def villages(
    xy: Floats,
    keys: Sequence[str],
    gazetteer: Sequence[Place],
    *,
    extent: BaseGeometry,
    projection: EqualArea,
) -> Villages:
    """Find which villages of a gazetteer the places are, and put the others beside them.

    A place is the village of its key. Else the two are one if each is the nearest to the
    other and they lie at most `SAME_M` apart: another source puts a village elsewhere.

    Parameters
    ----------
    xy : ndarray, shape (places, 2)
        The places in the plane.
    keys : sequence of str
        By which tables know them.
    gazetteer : sequence of Place
        Every village once.
    extent : Polygon or MultiPolygon
        In the plane; villages beyond it are left out.
    projection : EqualArea
        The plane.

    Returns
    -------
    Villages
        A place that the gazetteer lacks is a village too, but not a listed one.

    Raises
    ------
    InputError
        If hardly any village lies in the extent.

    Examples
    --------
    >>> plane, extent = EqualArea(37.0, 36.0), shapely.box(-50_000, -50_000, 50_000, 50_000)
    >>> names = [Place("V1", "West", 36.9, 36.0), Place("V2", "East", 37.1, 36.0)]
    >>> found = villages(np.array([[-9_000.0, 0.0]]), ["P1"], names,
    ...                  extent=extent, projection=plane)
    >>> found.listed.tolist()
    [True, True]
    """
    lon, lat = [v.longitude for v in gazetteer], [v.latitude for v in gazetteer]
    listed_xy = np.column_stack(projection.transformer(WGS84).transform(lon, lat))
    inside, known_here = inside_of(extent, listed_xy), inside_of(extent, xy)
    here = int(inside.sum())
    if here < max(2, int(known_here.sum()) // 2):
        raise InputError(
            f"{here} of its {len(gazetteer):,} villages lie in the extent, where"
            f" {int(known_here.sum()):,} places are known; name the gazetteer of this country,"
            " or check lon and lat",
            file="gazetteer",
        )
    place, village = _same(xy, keys, listed_xy, [v.key for v in gazetteer])
    of_place = np.zeros(len(xy), dtype=bool)
    of_place[place] = True
    inside[village] = False  # they stand among the places
    more = listed_xy[inside]
    everywhere = np.ones(len(more), dtype=bool)
    return Villages(
        np.vstack([xy, more]),
        np.append(known_here & of_place, everywhere),
    )


def _same(
    xy: Floats, keys: Sequence[str], listed_xy: Floats, listed: Sequence[str]
) -> tuple[Ints, Ints]:
    """Return which place is which village, by key and then by nearness."""
    number = {key: n for n, key in enumerate(listed)}
    named = [(n, number[key]) for n, key in enumerate(keys) if key in number]
    place, village = np.array(named, dtype=np.int64).reshape(-1, 2).T
    left = np.setdiff1d(np.arange(len(xy)), place)
    free = np.setdiff1d(np.arange(len(listed_xy)), village)
    if not (len(left) and len(free)):
        return place, village
    places, villages = (np.asarray(shapely.points(each)) for each in (xy[left], listed_xy[free]))
    to, away = _nearest(places, villages)
    back, _ = _nearest(villages, places)
    same = (back[to] == np.arange(len(left))) & (away <= SAME_M)
    return np.append(place, left[same]), np.append(village, free[to[same]])


def _nearest(points: NDArray[np.object_], sites: NDArray[np.object_]) -> tuple[Ints, Floats]:
    """Return which site is nearest to each point, and how far; no site is endlessly far."""
    if not len(sites):
        return np.zeros(len(points), dtype=np.int64), np.full(len(points), np.inf)
    (_, found), away = shapely.STRtree(sites).query_nearest(
        points, all_matches=False, return_distance=True
    )
    return found, away


def followed(
    there: Villages, known: Bools, changed: Bools, *, rebalance: bool = True
) -> tuple[Ints, KnownShares]:
    """Return which known place each village follows, and the shares that are known.

    Parameters
    ----------
    there : Villages
        Of `known` places and others.
    known, changed : ndarray of bool, shape (places,)
        Which places are known, and which changed hands between the first and the last day.
    rebalance : bool
        Whether a distance is weighed by the share that is known; the nearest otherwise.

    Returns
    -------
    place : ndarray of int, shape (n,)
        Number of a known place for every village; its own for a known one.
    shares : KnownShares

    Raises
    ------
    GeometryError
        If no place is known.

    Examples
    --------
    >>> xy = np.array([[0.0, 0.0], [10.0, 0.0], [11.0, 0.0], [4.0, 0.0], [-1.0, 0.0]])
    >>> there = Villages(xy, np.full(5, True))
    >>> changed = np.array([True, False, False])
    >>> place, shares = followed(there, np.full(3, True), changed)
    >>> place.tolist(), round(shares.changed, 2), shares.unchanged
    ([0, 1, 2, 0, 0], 0.33, 1.0)
    """
    if not known.any():
        raise GeometryError("no place to draw zones from")
    kinds = [np.flatnonzero(known & changed), np.flatnonzero(known & ~changed)]
    own = np.zeros(len(there.xy), dtype=bool)
    own[: len(known)] = known
    free = np.flatnonzero(~own)
    nearest = [_nearest(there.points[free], there.points[kind]) for kind in kinds]
    follows = np.zeros(len(there.xy), dtype=bool)  # one that changed hands
    follows[kinds[0]] = True
    reach = np.ones(2)
    for _ in range(_ROUNDS):
        follows[free] = nearest[0][1] * reach[0] < nearest[1][1] * reach[1]
        shares = KnownShares(*(_share(own, follows == kind, there.listed) for kind in (1, 0)))
        before, reach = reach, np.sqrt([shares.changed, shares.unchanged])
        if not rebalance or not reach.all() or (reach == before).all():
            break
    place = np.arange(len(there.xy))
    closer = follows[free]
    for kind, some, (site, _) in zip(kinds, (closer, ~closer), nearest, strict=True):
        if some.any():
            place[free[some]] = kind[site[some]]
    return place, shares


def _share(known: Bools, kind: Bools, listed: Bools) -> float:
    of_kind = int((kind & listed).sum())
    return int((known & kind & listed).sum()) / of_kind if of_kind else 1.0


def spread_over(found: Sites, there: Villages, place: Ints) -> Sites:
    """Return villages as places, each held by whoever holds the place that it follows.

    Parameters
    ----------
    found : Sites
        Of the places.
    there : Villages
        In the plane of the places.
    place : ndarray of int, shape (n,)
        See `followed`.

    Returns
    -------
    Sites
        All of them known.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.holders import NOBODY, Holder
    >>> found = Sites(
    ...     EqualArea(0.0, 0.0), (date(2018, 1, 1),), (NOBODY, Holder("a")),
    ...     np.array([[500.0, 500.0]]), np.array([[1]], dtype=np.int16))
    >>> there = Villages(np.zeros((3, 2)), np.full(3, True))
    >>> spread_over(found, there, np.zeros(3, dtype=np.int64)).held_by.tolist()
    [[1, 1, 1]]
    """
    return replace(found, xy=there.xy, held_by=found.held_by[:, place])


def changed_m2(area_m2: Floats, origin: Ints, changed: NDArray[np.bool_]) -> float:
    """Return how much ground goes by sites that changed hands, in square metres.

    Parameters
    ----------
    area_m2 : ndarray, shape (faces,)
        Of a history of nearest-place zones.
    origin : ndarray of int, shape (faces,)
        Number of the site of each face.
    changed : ndarray of bool, shape (sites,)
        Which changed hands.

    Examples
    --------
    >>> changed_m2(np.array([2.0, 3.0, 4.0]), np.array([1, 0, 1]), np.array([False, True]))
    6.0
    """
    return float(area_m2[changed[origin]].sum())

"""Polygons that are valid if those before them are, since one stretch of their shell differs.

From one day to the next a publisher redraws a few places of an outline of thousands of corners.
Whether the whole is valid follows then from what lies between the first place and the last.

Method
------
Let a polygon be valid, and another have the same holes, and a shell that is the same but for one
path between two of its corners. What both have meets itself nowhere that it may not, since the
one polygon is valid. So the other is valid too if its path meets neither itself, nor what is left
of the shell but at its two ends, which lie apart, nor a hole, and if every hole begins inside its
shell: then the shell is one closed curve, all of each hole lies inside, and touches at most what
it touched.

Nothing is said of polygons that differ in any other way, though they may be valid. All are looked
at together: one by one, the calls would take longer than to look at the whole of each.
"""

from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass
from itertools import chain, compress, pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.arrays import Bools, points_of, shared_ends
from territory.geometry.projection import Floats, Ints
from territory.geometry.rings import Rings

_LONGEST = 0.5  # of a shell: to look at a longer path takes as long as to look at the whole


def stay_valid(rings: Rings, order: Ints) -> Bools:
    """Tell which polygons are known to be valid if the one before each is.

    Parameters
    ----------
    rings : Rings
        Of polygons in one CRS, none of them empty.
    order : ndarray of int, shape (n,)
        Polygons, each after the one that it may resemble.

    Returns
    -------
    ndarray of bool, shape (n,)
        Never True of an invalid polygon that follows a valid one. False of the first, and where
        nothing is known.

    Examples
    --------
    >>> from territory.geometry.rings import rings_of
    >>> square = [(9, 0), (9, 9), (0, 9), (0, 0)]
    >>> dented, crossed = ([*square[:2], (4, y), *square[2:]] for y in (8, -1))
    >>> days = [shapely.Polygon(ring) for ring in (square, square, dented, crossed)]
    >>> stay_valid(rings_of(np.array(days)), np.arange(4)).tolist()
    [False, True, True, False]
    """
    found = np.zeros(len(order), dtype=bool)
    stretches = list(_stretches(rings, order))
    if not stretches or not np.isfinite(rings.xy).all():
        return found
    known = list(compress(stretches, _holes_kept(rings, stretches)))
    if known:
        with np.errstate(invalid="ignore", over="ignore"):  # of places beyond any map
            found[[each.place for each in known]] = shapely.is_simple(_drawn(rings, known))
    return found


@dataclass(frozen=True)
class _Stretch:
    """The path by which a shell differs from the one before, and where both stand.

    Attributes
    ----------
    place : int
        In the order of polygons.
    shell, before : int
        Which rings they are.
    first, last : int
        Row of the first corner of the shell, and of the last, which is the same once more.
    begin, end : int
        Rows of the two ends of the path, which are corners of what is left too.
    """

    place: int
    shell: int
    before: int
    first: int
    last: int
    begin: int
    end: int


def _stretches(rings: Rings, order: Ints) -> Iterator[_Stretch]:
    """Yield where shells differ from the one before, if by one short path."""
    corners = points_of(rings.xy)
    for place, (before, shell) in enumerate(pairwise(rings.shells[order].tolist()), 1):
        (start, stop), (first, last) = (_ends(rings, ring) for ring in (before, shell))
        old, new = corners[start:stop], corners[first:last]
        ahead, behind = shared_ends((old, new))
        begin, end = first + ahead - 1, last - behind
        # Between two ends at one place, all that is left may be that place.
        if ahead and end - begin - 1 <= _LONGEST * len(new) and corners[begin] != corners[end]:
            yield _Stretch(place, shell, before, first, last, begin, end)


def _ends(rings: Rings, ring: int) -> tuple[int, int]:
    """Return the rows of the first corner of a ring, and of the same at its end."""
    return int(rings.start[ring]), int(rings.start[ring + 1]) - 1


def _holes_kept(rings: Rings, stretches: Sequence[_Stretch]) -> Bools:
    """Return which polygons have the holes of the one before, all of them begun inside."""
    shell, before = np.array([(each.shell, each.before) for each in stretches]).T
    count = rings.holes.take(shell)
    kept = count == rings.holes.take(before)
    own = np.repeat(np.arange(len(shell)), np.where(kept, count, 0))
    number = np.arange(len(own)) - np.searchsorted(own, own) + 1
    hole = shell[own] + number
    same = shapely.equals_identical(rings.lines[hole], rings.lines[before[own] + number])
    ground = np.asarray(shapely.polygons(rings.lines[shell]), dtype=object)
    inside = shapely.contains_xy(ground[own], *rings.xy[rings.start[hole]].T)
    kept[own[~(same & inside)]] = False
    return np.asarray(kept, dtype=np.bool_)


def _drawn(rings: Rings, stretches: Sequence[_Stretch]) -> NDArray[np.object_]:
    """Return each path, and what of its polygon it may meet, as a MultiLineString."""
    x, y = np.ascontiguousarray(rings.xy.T)
    edges = [end(along[:-1], along[1:]) for along in (x, y) for end in (np.minimum, np.maximum)]
    drawn = [list(_lines(rings, edges, each)) for each in stretches]
    rows = list(chain.from_iterable(drawn))
    corners = rings.xy.take(np.concatenate(rows), 0)
    lines = np.asarray(shapely.linestrings(corners, indices=_repeated(rows)), dtype=object)
    return np.asarray(shapely.multilinestrings(lines, indices=_repeated(drawn)))


def _repeated(parts: Sequence[Sized]) -> Ints:
    """Return the number of each part as often as it has members."""
    return np.repeat(np.arange(len(parts)), [len(each) for each in parts])


def _lines(rings: Rings, edges: Sequence[Floats], stretch: _Stretch) -> Iterator[Ints]:
    """Yield the rows of the corners of a path, and of each line that it may meet."""
    path = rings.xy[stretch.begin : stretch.end + 1]
    box = np.concatenate([path.min(axis=0), path.max(axis=0)])
    yield np.arange(stretch.begin, stretch.end + 1)
    row = _beside(edges, stretch, box)
    if len(row):  # what ends where the path begins does not go on where it ends
        yield from np.split(row, np.flatnonzero((np.diff(row) > 1) | (row[1:] == stretch.end)) + 1)
    for hole in range(stretch.shell + 1, stretch.shell + 1 + rings.holes[stretch.shell]):
        west, south, east, north = rings.bounds[hole]
        if west <= box[2] and south <= box[3] and east >= box[0] and north >= box[1]:
            yield np.arange(*rings.start[hole : hole + 2])


def _beside(edges: Sequence[Floats], stretch: _Stretch, box: Floats) -> Ints:
    """Return the rows of corners left from before whose edges may meet the box of a path.

    Of edges stand the least x, the greatest x, the least y and the greatest y.
    """
    west, east, south, north = (each[stretch.first : stretch.last] for each in edges)
    near = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
    near[stretch.begin - stretch.first : stretch.end - stretch.first] = False
    return stretch.first + np.flatnonzero(np.append(near, False) | np.append(False, near))

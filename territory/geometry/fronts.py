"""How far apart two drawings of one front lie: signed distances at stations along the line.

A front is the part of the outline of a side's ground behind which there is land of the same
country. Coasts, country borders and gaps inside the ground are outline too, and everybody
copies them from somewhere: they tell nothing of how well a front is known.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats, Ints

STEP_M = 250.0
"""Distance of stations along a front; gaps and spits that are narrower are no front."""
RIM_M = 3000.0
"""A line as near to a coast or border may be a copy of it; outlines of countries are rough."""

_HAIR = 1e-6  # of a step


@dataclass(frozen=True, eq=False)
class Land:
    """Where a front may lie: the polygons of countries, in the plane of the fronts.

    Attributes
    ----------
    polygons : ndarray of Polygon or MultiPolygon, shape (n,)
        In metres.
    """

    polygons: NDArray[np.object_]

    @cached_property
    def rims(self) -> shapely.STRtree:
        """The straight pieces of all coasts and borders."""
        xy, ring = shapely.get_coordinates(shapely.boundary(self.polygons), return_index=True)
        return shapely.STRtree(_pieces(xy, ring))

    def inland(self, xy: Floats) -> Bools:
        """Return which points lie on land, and not within `RIM_M` of a coast or border.

        Parameters
        ----------
        xy : ndarray, shape (n, 2)
            In the plane, in metres.
        """
        far = np.isnan(_distance_m(self.rims, xy, RIM_M))
        far[far] = covered(self.polygons, xy[far])
        return far


@dataclass(frozen=True, eq=False)
class Front:
    """The edge of one side's ground on one day.

    Attributes
    ----------
    ground : ndarray of Polygon or MultiPolygon, shape (g,)
        What the side holds, in metres of an equal-area plane.
    edges : ndarray, shape (n, 4)
        x and y of both ends of the straight pieces that are front.
    xy : ndarray, shape (s, 2)
        Stations every `STEP_M` along the front.
    line, station : ndarray of int, shape (s,)
        The line that each lies on, and its number along that line; numbers are left out where
        the line is no front.
    """

    ground: NDArray[np.object_]
    edges: Floats
    xy: Floats
    line: Ints
    station: Ints

    @property
    def length_m(self) -> float:
        """Length of the front."""
        return float(np.hypot(*(self.edges[:, 2:] - self.edges[:, :2]).T).sum())

    @cached_property
    def pieces(self) -> shapely.STRtree:
        """The straight pieces, to look up the nearest."""
        return shapely.STRtree(np.asarray(shapely.linestrings(self.edges.reshape(-1, 2, 2))))

    def signed_m(self, xy: Floats, within_m: float) -> Floats:
        """Return how far this front lies from points, above zero where it lies beyond them.

        Parameters
        ----------
        xy : ndarray, shape (n, 2)
            Points on another drawing of the front, in the same plane.
        within_m : float
            Points without this front that near have none.

        Returns
        -------
        ndarray, shape (n,)
            Metres to the nearest point of the front: positive where the point is this side's
            ground already, negative where it is not yet; nan where there is none.
        """
        distance = _distance_m(self.pieces, xy, within_m)
        return np.where(covered(self.ground, xy), distance, -distance)


def front_of(outline: Floats, ground: NDArray[np.object_], land: Land | None = None) -> Front:
    """Return the front in the outline of a side's ground.

    Parameters
    ----------
    outline : ndarray, shape (n, 4)
        x and y of both ends of the straight pieces of the outline, in metres.
    ground : ndarray of Polygon or MultiPolygon, shape (g,)
        What the side holds, in the same plane.
    land : Land, optional
        Where a front may lie; everywhere by default.

    Returns
    -------
    Front

    Examples
    --------
    >>> box = shapely.box(0, 0, 2000, 2000)
    >>> xy = shapely.get_coordinates(box)
    >>> found = front_of(np.hstack([xy[:-1], xy[1:]]), np.array([box]))
    >>> found.length_m, len(found.xy)
    (8000.0, 32)
    >>> found.signed_m(np.array([[1000.0, 1900.0], [1000.0, 2100.0]]), 500.0).tolist()
    [100.0, -100.0]
    """
    xy, along, line, station = _stations(outline)
    there = _is_front(xy, along, ground, land)
    middle, across = (outline[:, :2] + outline[:, 2:]) / 2, outline[:, 2:] - outline[:, :2]
    drawn = _is_front(middle, across, ground, land)
    return Front(ground, outline[drawn], xy[there], line[there], station[there])


def covered(ground: NDArray[np.object_], xy: Floats) -> Bools:
    """Return which points lie on any of some polygons.

    Parameters
    ----------
    ground : ndarray of Polygon or MultiPolygon, shape (g,)
        In the plane of the points.
    xy : ndarray, shape (n, 2)
    """
    found = np.zeros(len(xy), dtype=bool)
    # Polygons are looked up among points and not the other way: what is looked up is prepared.
    points = shapely.STRtree(np.asarray(shapely.points(xy)))
    found[points.query(ground, predicate="intersects")[1]] = True
    return found


def _is_front(xy: Floats, along: Floats, ground: NDArray[np.object_], land: Land | None) -> Bools:
    """Tell at which points an outline has the ground on one side only, and land around it."""
    size = np.maximum(np.hypot(*along.T), np.finfo(float).tiny)[:, None]
    aside = np.column_stack([-along[:, 1], along[:, 0]]) / size * STEP_M
    one_side: Bools = covered(ground, xy + aside) != covered(ground, xy - aside)
    return one_side if land is None else one_side & land.inland(xy)


def _stations(outline: Floats) -> tuple[Floats, Floats, Ints, Ints]:
    """Return points along the lines of an outline, its direction there, the line and number."""
    whole = shapely.multilinestrings(np.asarray(shapely.linestrings(outline.reshape(-1, 2, 2))))
    lines = np.asarray(shapely.get_parts(shapely.line_merge(whole)), dtype=object)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    # All lines end to end: how far along each corner lies, and where each line begins.
    leg = np.hypot(*np.diff(xy, axis=0).T)
    leg[line[1:] != line[:-1]] = 0.0
    far = np.concatenate([[0.0], np.cumsum(leg)])
    begin = far[np.searchsorted(line, np.arange(len(lines)))]
    count = np.floor(np.diff(np.append(begin, far[-1])) / STEP_M).astype(np.int64)
    of = np.repeat(np.arange(len(lines)), count)
    station = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)

    def point(steps: float) -> Floats:
        where = begin[of] + (station + steps) * STEP_M
        return np.column_stack([np.interp(where, far, axis) for axis in xy.T])

    # A hair within its own line at both ends, where another line begins as far along.
    along = np.subtract(point(1 - _HAIR), point(_HAIR))
    return point(0.5), along, of, station


def _pieces(xy: Floats, line: Ints) -> NDArray[np.object_]:
    """Return the straight pieces of lines."""
    there = np.flatnonzero(line[:-1] == line[1:])
    return np.asarray(shapely.linestrings(np.stack([xy[there], xy[there + 1]], axis=1)))


def _distance_m(pieces: shapely.STRtree, xy: Floats, within_m: float) -> Floats:
    """Return the distance of points from the nearest of some lines; nan where none is near."""
    found = np.full(len(xy), np.nan)
    nearest, distance = pieces.query_nearest(
        shapely.points(xy), max_distance=within_m, return_distance=True, all_matches=False
    )
    found[nearest[0]] = distance
    return found

"""Front lines to zones: the ground that the lines of a day cut, side by side.

The lines and the rim of the ground are noded together, and every piece of the ground goes to
whoever is named on its side of the lines about it. Nothing is guessed: a line that ends within
the ground (further from its rim than a caller allows), crosses itself or another, or leaves a
piece with two holders is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError
from territory.geometry.projection import Floats, Ints
from territory.history.front_sides import Heading

_ALONG = 0.25  # of the length across: a line that advances less has no such sides
_NEAR = 1e-10  # of the extent of the ground: an edge as near to a line lies on it
_HALF_TURN = 180.0
DEGREE_M = 111_195.0  # of latitude, on the mean sphere
_BEYOND = 1e-6  # of what a line is drawn on by
Refused = Callable[[str, int], GeometryError]


@dataclass(frozen=True, eq=False)
class FrontLine:
    """One front line of a day.

    Attributes
    ----------
    geometry : LineString or MultiLineString
        In the CRS of the ground.
    left, right : str
        Whose ground lies on either side of it, once it is turned.
    feature : int
        Index that a refusal names.
    called : str
        What the refusal of another line calls it.
    """

    geometry: BaseGeometry
    left: str
    right: str
    feature: int
    called: str = ""


@dataclass(frozen=True, eq=False)
class Division:
    """A ground that front lines have cut.

    Attributes
    ----------
    holders : tuple of str, length n
        Who holds each piece.
    pieces : ndarray of Polygon, shape (n,)
    features : tuple of int, length n
        A line beside each piece.
    untouched : ndarray of Polygon, shape (m,)
        Parts of the ground that no line reaches.
    outside : tuple of int
        Lines that do not reach the ground.
    drawn_on_m : float
        By how much a line was drawn on to the rim, at most.
    """

    holders: tuple[str, ...]
    pieces: NDArray[np.object_]
    features: tuple[int, ...]
    untouched: NDArray[np.object_]
    outside: tuple[int, ...]
    drawn_on_m: float = 0.0


def divide(
    ground: BaseGeometry,
    lines: Sequence[FrontLine],
    heading: Heading,
    crs: CRS,
    refused: Refused,
    *,
    reach_m: float = 0.0,
) -> Division:
    """Cut a ground along the front lines of one day.

    Parameters
    ----------
    ground : Polygon or MultiPolygon
        Valid, in `crs`.
    lines : sequence of FrontLine
        At least one.
    heading : Heading
        How lines are turned before their left and right are told apart; pieces of one line
        that meet end to end are turned together.
    crs : CRS
        Of both.
    refused : callable
        Makes the error of a problem and a line.
    reach_m : float
        A line that ends within the ground, no further than this from its rim, is drawn on to the
        nearest point of the rim.

    Raises
    ------
    GeometryError
        If a line crosses itself or another, ends within the ground, has no such sides, or no
        line cuts the ground; also if a piece would have two holders.

    Examples
    --------
    >>> line = FrontLine(shapely.LineString([(1, -1), (1, 3)]), "a", "b", 0)
    >>> def refused(problem, feature):
    ...     return GeometryError(problem, feature=feature + 1)
    >>> found = divide(shapely.box(0, 0, 4, 2), [line], Heading.NORTH, CRS.from_epsg(4326), refused)
    >>> sorted(zip(found.holders, shapely.area(found.pieces).tolist()))
    [('a', 2.0), ('b', 6.0)]
    """
    lines = [replace(line, geometry=p) for line in lines for p in shapely.get_parts(line.geometry)]
    for line in lines:
        _check(line, crs, refused)
    shapely.prepare(ground)
    inside = [line for line in lines if shapely.intersects(ground, line.geometry)]
    outside = tuple(sorted({each.feature for each in lines} - {each.feature for each in inside}))
    if not inside:
        raise refused("does not cross the ground; do they lie side by side?", lines[0].feature)
    _refuse_crossings(inside, refused)
    turned = _turned(inside, heading, crs, refused)
    metres = _Metres(crs, float(np.mean(ground.bounds[1::2])))
    drawn_on = [_drawn_on(line, ground, turned, metres, reach_m) for line in turned]
    turned = [line for line, _ in drawn_on]
    pieces = _pieces(ground, turned, refused, metres)
    named = _sides(pieces, turned, _NEAR * max(np.ptp(np.reshape(ground.bounds, (2, 2)), axis=0)))
    if not any(named):
        raise refused("does not cut the ground in two", inside[0].feature)
    _refuse_two_holders(pieces, named, turned, refused)
    held = np.array([bool(each) for each in named])
    first = [next(iter(each.items())) for each in named if each]
    return Division(
        tuple(holder for holder, _ in first),
        pieces[held],
        tuple(feature for _, feature in first),
        pieces[~held],
        outside,
        max(most for _, most in drawn_on),
    )


@dataclass(frozen=True, eq=False)
class _Metres:
    """Distances about a ground, in its own CRS.

    Attributes
    ----------
    crs : CRS
        In degrees, metres or feet.
    latitude : float
        Of the middle of the ground, in degrees; without meaning in a projected CRS.
    """

    crs: CRS
    latitude: float

    @property
    def scale(self) -> Floats:
        """How many metres a unit is, along x and along y."""
        if not self.crs.is_geographic:
            unit = float(self.crs.axis_info[0].unit_conversion_factor)
            return np.array([unit, unit])
        return DEGREE_M * np.array([cos(radians(self.latitude)), 1.0])

    def to_rim(self, xy: Floats, ground: BaseGeometry) -> tuple[float, Floats]:
        """Return how far it is from a position to the rim of a ground, in metres, and to where."""
        rim = shapely.transform(shapely.boundary(ground), lambda each: each * self.scale)
        there = shapely.shortest_line(shapely.Point(xy * self.scale), rim)
        ends = shapely.get_coordinates(there)
        return float(np.hypot(*(ends[1] - ends[0]))), ends[1] / self.scale


def _drawn_on(
    line: FrontLine,
    ground: BaseGeometry,
    lines: Sequence[FrontLine],
    metres: _Metres,
    reach_m: float,
) -> tuple[FrontLine, float]:
    """Return a line with its loose ends drawn on to the rim, and by how much at most."""
    xy, most = shapely.get_coordinates(line.geometry), 0.0
    others = [other.geometry for other in lines if other is not line]
    for end in (0, -1):
        point = shapely.Point(xy[end])
        meets = any(shapely.intersects(point, other) for other in others)
        if not reach_m or meets or not shapely.contains_properly(ground, point):
            continue
        off_m, rim = metres.to_rim(xy[end], ground)
        if off_m <= reach_m:
            at = 0 if end == 0 else len(xy)
            xy, most = np.insert(xy, at, _on_rim(xy[end], rim, ground), axis=0), max(most, off_m)
    return replace(line, geometry=shapely.LineString(xy)), most


def _on_rim(xy: Floats, rim: Floats, ground: BaseGeometry) -> Floats:
    """Return where a line from within a ground is to end so that it meets the rim.

    A little beyond it, since no position on an edge is exact; at a spike of the rim, behind
    which the ground goes on, at its point.
    """
    beyond = rim + _BEYOND * (rim - xy)
    if not shapely.contains_properly(ground, shapely.Point(beyond)):
        return beyond
    corners = shapely.get_coordinates(shapely.boundary(ground))
    nearest: Floats = corners[int(np.argmin(np.hypot(*(corners - rim).T)))]
    return nearest


def _check(line: FrontLine, crs: CRS, refused: Refused) -> None:
    xy = shapely.get_coordinates(line.geometry)
    if not np.isfinite(xy).all():
        raise refused("a coordinate is not a finite number", line.feature)
    if crs.is_geographic and (np.abs(np.diff(xy[:, 0])) > _HALF_TURN).any():
        raise refused("runs across the antimeridian; split it at 180 degrees", line.feature)
    if not shapely.is_simple(line.geometry):
        raise refused(f"crosses itself at {_at(_own_crossing(line.geometry))}", line.feature)


def _own_crossing(line: BaseGeometry) -> Floats:
    """Return where a line crosses itself: a node that is not one of its ends."""
    ends = {tuple(each) for each in shapely.get_coordinates(line)[[0, -1]]}
    parts = shapely.get_parts(shapely.node(line))
    nodes = [tuple(xy) for part in parts for xy in shapely.get_coordinates(part)[[0, -1]]]
    return np.array(next((each for each in nodes if each not in ends), nodes[0]))


def _at(xy: Floats) -> str:
    return f"({xy[0]:.6g}, {xy[1]:.6g})"


def _refuse_crossings(lines: Sequence[FrontLine], refused: Refused) -> None:
    shapes = np.array([line.geometry for line in lines], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="crosses")
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        where = shapely.get_coordinates(shapely.intersection(shapes[a], shapes[b]))[0]
        raise refused(
            f"crosses {lines[b].called or 'itself'} at {_at(where)}: what lies"
            " between them would be held twice; draw them so that they meet at their ends",
            lines[a].feature,
        )


def _turned(
    lines: Sequence[FrontLine], heading: Heading, crs: CRS, refused: Refused
) -> list[FrontLine]:
    """Return single lines, those that meet end to end as one, turned to their heading."""
    groups: dict[tuple[str, str], list[FrontLine]] = {}
    for line in lines:
        groups.setdefault((line.left, line.right), []).append(line)
    found = []
    for group in groups.values():
        shapes = shapely.multilinestrings([line.geometry for line in group])
        merged = shapely.line_merge(shapes, directed=heading is Heading.AS_DRAWN)
        for part in shapely.get_parts(merged):
            whole = replace(_nearest(part, group), geometry=part)
            found.append(_headed(whole, heading, crs, refused))
    return found


def _nearest(part: BaseGeometry, lines: Sequence[FrontLine]) -> FrontLine:
    (middle,) = shapely.line_interpolate_point(np.array([part]), 0.5, normalized=True)
    return min(lines, key=lambda line: float(shapely.distance(line.geometry, middle)))


def _headed(line: FrontLine, heading: Heading, crs: CRS, refused: Refused) -> FrontLine:
    """Return a line that runs northwards or eastwards, or as it was drawn."""
    if heading is Heading.AS_DRAWN:
        return line
    xy = shapely.get_coordinates(line.geometry)
    if (xy[0] == xy[-1]).all():
        problem = "is closed, so it has an inside and no side of the compass; name left and right"
        raise refused(problem, line.feature)
    east, north = xy[-1] - xy[0]
    if crs.is_geographic:
        east *= cos(radians(float(xy[:, 1].mean())))
    along, across = (north, east) if heading is Heading.NORTH else (east, north)
    if abs(along) < _ALONG * abs(across):
        runs, better = (
            ("west to east", "north and south")
            if heading is Heading.NORTH
            else ("south to north", "west and east")
        )
        problem = f"runs from {runs}, and its sides are named otherwise: name {better}"
        raise refused(problem, line.feature)
    return line if along > 0 else replace(line, geometry=shapely.reverse(line.geometry))


def _pieces(
    ground: BaseGeometry, lines: Sequence[FrontLine], refused: Refused, metres: _Metres
) -> NDArray[np.object_]:
    """Return the pieces that lines make of a ground; refuse one that ends within."""
    shapes = [line.geometry for line in lines]
    network = shapely.union_all([shapely.boundary(ground), *shapes])
    polygons, bridges, dangles, _ = shapely.polygonize_full(shapely.get_parts(network))
    for each in _inside(shapely.get_parts(bridges), ground)[
        :1
    ]:  # to a hole of the ground, and not on from it
        where = _at(shapely.get_coordinates(each)[0])
        problem = f"has the same ground on both its sides, at {where}; does it go on?"
        raise refused(problem, _nearest(each, lines).feature)
    for each in _inside(shapely.get_parts(dangles), ground)[:1]:
        line = _nearest(each, lines)
        ends = shapely.get_coordinates(line.geometry)[[0, -1]]
        near = shapely.distance(each, np.asarray(shapely.points(ends), dtype=object))
        end = ends[int(np.argmin(near))]
        off_m, _ = metres.to_rim(end, ground)
        raise refused(
            f"ends inside the ground, at {_at(end)}, {off_m:,.0f} m from its rim; draw it across"
            " the rim, or say how far a front is drawn on to it: --reach-m METRES",
            line.feature,
        )
    found = shapely.get_parts(polygons)
    within = shapely.contains(ground, shapely.point_on_surface(found))
    return np.asarray(shapely.orient_polygons(found[within]), dtype=object)


def _inside(lines: NDArray[np.object_], ground: BaseGeometry) -> NDArray[np.object_]:
    """Return the lines that lie inside the ground, of a network that does not cross its rim."""
    middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    found: NDArray[np.object_] = lines[shapely.contains_properly(ground, middles)]
    return found


def _sides(
    pieces: NDArray[np.object_], lines: Sequence[FrontLine], near: float
) -> list[dict[str, int]]:
    """Return who holds each piece by the lines about it, and a line that says so.

    The ground of a piece lies left of its rings. Where an edge of it lies on a front line and
    runs the same way, it is on the left of that line too, else on its right.
    """
    segments, line_of = _segments([line.geometry for line in lines])
    rings, piece_of_ring = shapely.get_rings(pieces, return_index=True)
    edges, ring_of = _segments(list(rings))
    # Where a corner of the rim all but touches a line, the edge to it is near whatever its course.
    tells = np.hypot(*(edges[:, 1] - edges[:, 0]).T) > 2 * near
    edges, ring_of = edges[tells], ring_of[tells]
    middles = np.asarray(shapely.points((edges[:, 0] + edges[:, 1]) / 2), dtype=object)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(segments), dtype=object))
    edge, segment = tree.query_nearest(middles, max_distance=near, all_matches=False)
    along = ((edges[edge, 1] - edges[edge, 0]) * np.diff(segments[segment], axis=1)[:, 0]).sum(1)
    named: list[dict[str, int]] = [{} for _ in pieces]
    found = zip(piece_of_ring[ring_of[edge]], line_of[segment], along > 0, strict=True)
    for piece, at, is_left in sorted({tuple(map(int, each)) for each in found}):
        line = lines[at]
        named[piece].setdefault(line.left if is_left else line.right, line.feature)
    return named


def _segments(shapes: Sequence[BaseGeometry]) -> tuple[Floats, Ints]:
    """Return the straight pieces of lines, shape (n, 2, 2), and the line of each."""
    xy, number = shapely.get_coordinates(shapes, return_index=True)
    same = number[1:] == number[:-1]
    return np.stack([xy[:-1], xy[1:]], axis=1)[same], number[1:][same]


def _refuse_two_holders(
    pieces: NDArray[np.object_],
    named: Sequence[dict[str, int]],
    lines: Sequence[FrontLine],
    refused: Refused,
) -> None:
    called = {line.feature: line.called for line in lines}
    for piece, holders in zip(pieces, named, strict=True):
        if len(holders) > 1:
            (one, first), (other, second), *_ = holders.items()
            where = _at(shapely.get_coordinates(shapely.point_on_surface(piece))[0])
            raise refused(
                f"leaves the ground at {where} to {one}, and {called[second] or 'another'} to"
                f" {other}; are their sides named the same way, and drawn in the same direction?",
                first,
            )

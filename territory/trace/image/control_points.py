"""Control points: places in a picture whose longitude and latitude are known."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from territory.errors import InputError
from territory.geometry.projection import Floats

FEWEST = 4  # three points fit exactly, whatever is wrong with them
_LATITUDE, _LONGITUDE = 90.0, 180.0
_THIN = 0.03  # of the spread of points; less across than this is a line
_SAME_PX = 0.5
_SAME_DEGREES = 1e-6
_WIDEST = 180.0  # degrees; beyond, a map may run across the antimeridian


@dataclass(frozen=True)
class ControlPoint:
    """A place in the picture and on the ground.

    Attributes
    ----------
    x, y : float
        Pixels to the right of and below the upper left corner of the picture.
    lon, lat : float
        Degrees, WGS 84.
    name : str
        As the file names it.
    line : int
        Line of the file.
    """

    x: float
    y: float
    lon: float
    lat: float
    name: str = ""
    line: int = 0

    def __str__(self) -> str:
        """Return how a message calls the point."""
        return f"point '{self.name}'" if self.name else f"the point at pixel {self.x:g}, {self.y:g}"


def pixels(points: tuple[ControlPoint, ...]) -> Floats:
    """Return where points lie in the picture, shape (n, 2).

    Parameters
    ----------
    points : tuple of ControlPoint, length n
        In any order.

    Examples
    --------
    >>> pixels((ControlPoint(10.0, 20.0, 37.0, 36.0),)).tolist()
    [[10.0, 20.0]]
    """
    return np.array([(each.x, each.y) for each in points], dtype=np.float64).reshape(-1, 2)


def degrees(points: tuple[ControlPoint, ...]) -> Floats:
    """Return longitude and latitude of points, shape (n, 2).

    Parameters
    ----------
    points : tuple of ControlPoint, length n
        In any order.

    Examples
    --------
    >>> degrees((ControlPoint(10.0, 20.0, 37.0, 36.0),)).tolist()
    [[37.0, 36.0]]
    """
    return np.array([(each.lon, each.lat) for each in points], dtype=np.float64).reshape(-1, 2)


def check_points(points: tuple[ControlPoint, ...], size: tuple[int, int], *, file: str) -> None:
    """Refuse points that no map can be placed by.

    Parameters
    ----------
    points : tuple of ControlPoint, length n
        As read.
    size : tuple of int
        Width and height of the picture in pixels.
    file : str
        For messages.

    Raises
    ------
    InputError
        If there are too few points; one is no number, off the globe or outside the
        picture; two are the same or contradict each other; all lie on one line; or the
        map would be a mirror image.

    Examples
    --------
    >>> point = ControlPoint(10, 20, float("inf"), 36, "A", line=2)
    >>> check_points((point,), (100, 100), file="a.csv")
    Traceback (most recent call last):
    territory.errors.InputError: a.csv, line 2: point 'A': (10, 20, inf, 36) are not all numbers
    """
    for point in points:
        if problem := _problem(point, size):
            raise InputError(f"{point}: {problem}", file=file, line=point.line)
    _check_pairs(points, file)
    if len(points) < FEWEST:
        found = f"{len(points)} point{'s' if len(points) != 1 else ''}"
        why = "three fit exactly, so nothing would tell how well the map is placed"
        raise InputError(f"{found}; give {FEWEST} or more, better 8 to 12 ({why})", file=file)
    if np.ptp(degrees(points)[:, 0]) > _WIDEST:
        problem = "the points lie on both sides of 180 degrees; cut the picture there"
        raise InputError(problem, file=file)
    _check_spread(points, file)
    _check_mirror(points, file)


def _problem(point: ControlPoint, size: tuple[int, int]) -> str:
    """Return what is wrong with a point by itself."""
    numbers = (point.x, point.y, point.lon, point.lat)
    if not np.isfinite(numbers).all():
        return f"{numbers} are not all numbers"
    if abs(point.lat) > _LATITUDE and abs(point.lon) <= _LATITUDE:
        return f"latitude {point.lat:g} is beyond the pole; are lon and lat swapped?"
    if abs(point.lat) > _LATITUDE or abs(point.lon) > _LONGITUDE:
        return f"{point.lon:g}, {point.lat:g} are no degrees of longitude and latitude"
    width, height = size
    if not (0 <= point.x <= width and 0 <= point.y <= height):
        return (
            f"pixel {point.x:g}, {point.y:g} lies outside the picture of {width} x {height};"
            " count from its upper left corner, in pixels of this very file"
        )
    return ""


def _check_pairs(points: tuple[ControlPoint, ...], file: str) -> None:
    """Refuse a place that stands twice, in the picture or on the ground."""
    for one, other in combinations(points, 2):
        same_pixel = max(abs(one.x - other.x), abs(one.y - other.y)) <= _SAME_PX
        same_place = max(abs(one.lon - other.lon), abs(one.lat - other.lat)) <= _SAME_DEGREES
        if not (same_pixel or same_place):
            continue
        problem = (
            "are the same point; leave one out"
            if same_pixel and same_place
            else f"contradict each other: one {'pixel' if same_pixel else 'place'},"
            f" two {'places' if same_pixel else 'pixels'}"
        )
        raise InputError(f"lines {one.line} and {other.line} {problem}", file=file)


def _check_spread(points: tuple[ControlPoint, ...], file: str) -> None:
    """Refuse points on one line, in the picture or on the ground."""
    for at in (pixels(points), degrees(points)):
        if thinness(at) < _THIN:
            problem = "all points lie on one line; add some well beside it"
            raise InputError(problem, file=file)


def thinness(at: Floats) -> float:
    """Return how wide a cloud of points is across its longer axis, as a share of that.

    Parameters
    ----------
    at : ndarray, shape (n, 2)
        x and y of two points or more, in one unit.

    Returns
    -------
    float
        0 for points on one line or all at one place, up to 1.

    Examples
    --------
    >>> thinness(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])) < 1e-9
    True
    """
    spread = np.linalg.svd(at - at.mean(axis=0), compute_uv=False)
    return float(spread[1] / spread[0]) if spread[0] > 0 else 0.0


def _check_mirror(points: tuple[ControlPoint, ...], file: str) -> None:
    """Refuse points by which the map would be seen from below.

    East is right where north is up; rows count downwards. A mirror image means that two
    axes are swapped, or that rows were counted from the bottom.
    """
    at, where = pixels(points), degrees(points)
    design = np.column_stack([np.ones(len(at)), at])
    turn = np.linalg.lstsq(design, where, rcond=None)[0][1:]
    if np.linalg.det(turn) < 0:
        return
    swapped = abs(turn[0, 1]) + abs(turn[1, 0]) > abs(turn[0, 0]) + abs(turn[1, 1])
    why = (
        "are lon and lat swapped?"
        if swapped
        else "is y counted from the bottom? Count from the upper left corner of the picture"
    )
    raise InputError(f"by these points the map is a mirror image; {why}", file=file)

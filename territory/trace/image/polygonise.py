"""Classes of pixels as polygons that share their borders point by point.

The border between pixels of different classes is a staircase. It is replaced by the line
through the middles of its steps, twice, which cuts as much off one class as it adds to the
other, and then thinned as a coverage (Visvalingam and Whyatt), so that neighbours keep one border.
What that changes is measured.

Each point is carried to the ground once, whoever's border it is on, and long edges are
divided where the ground would bend them.

References
----------
Visvalingam, M. and Whyatt, J. D. (1993). Line generalisation by repeated elimination of
points. The Cartographic Journal 30, 46-51.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.errors import GeometryError
from territory.extras import require
from territory.geometry.densify import divided
from territory.geometry.projection import HALF_TURN, WGS84, Floats, choose_projection
from territory.trace.image.georeference import Placement
from territory.trace.image.palette import NOT_LAND, Labels

THINNED_PX = 0.7  # square root of the area of the triangles left out: half a step
_DEGREE_M = 111_000.0
_BEND_PX = 0.01  # largest distance of a chord from the curve
_DECIMALS = 9  # of a degree: a tenth of a millimetre
_BLOCK = 32  # pixels; of blocks over which a pixel has one size
_CUTS = 2  # how often corners are cut: a step of one in two becomes straight
_PARTS = 8  # of a pixel, in which corners are whole numbers
_JUNCTION = 3  # borders that meet there, or more


@dataclass(frozen=True, eq=False)
class Outlines:
    """Zones as polygons.

    Attributes
    ----------
    label : ndarray of int, shape (n,)
        The class of each polygon.
    drawn : ndarray of Polygon, shape (n,)
        In pixels, x to the right and y down.
    smoothed_px : ndarray, shape (classes,)
        By how many pixels smoothing has changed the area of each class.
    """

    label: NDArray[np.int64]
    drawn: NDArray[np.object_]
    smoothed_px: Floats


def outlined(label: Labels, classes: int) -> Outlines:
    """Return the polygons of every class from 0 on.

    Parameters
    ----------
    label : ndarray of int, shape (height, width)
        Class of each pixel; `NOT_LAND` is none.
    classes : int
        How many there are.

    Returns
    -------
    Outlines
        In pixels, and how many pixels smoothing adds to each class.

    Raises
    ------
    GeometryError
        If a polygon would hold pixels of two classes; that cannot happen.

    Examples
    --------
    >>> label = np.zeros((20, 20), dtype=np.int16)
    >>> label[:, 10:] = 1
    >>> sorted(outlined(label, 2).label.tolist())
    [0, 1]
    """
    faces = shapely.get_parts(shapely.polygonize(_borders(label)))
    if not len(faces):
        return Outlines(np.zeros(0, dtype=np.int64), faces, np.zeros(classes))
    whose = _whose(faces, label)
    faces, whose = faces[whose != NOT_LAND], whose[whose != NOT_LAND]
    thin = np.asarray(shapely.coverage_simplify(faces, THINNED_PX), dtype=object)
    pixels = np.bincount(label[label >= 0], minlength=classes)
    areas = np.bincount(whose, shapely.area(thin), classes)
    return Outlines(whose, thin, np.asarray(areas - pixels, dtype=np.float64))


def _borders(label: Labels) -> NDArray[np.object_]:
    """Return the lines between pixels of different classes, with their steps cut off."""
    padded = np.pad(label, 1, constant_values=NOT_LAND)
    level = np.argwhere(padded[:-1] != padded[1:])[:, ::-1]  # above row y, from column x on
    upright = np.argwhere(padded[:, :-1] != padded[:, 1:])[:, ::-1]
    across = np.stack([level - [1, 0], level], axis=1)
    down = np.stack([upright - [0, 1], upright], axis=1)
    edges = np.concatenate([across, down]).astype(np.float64)
    for _ in range(_CUTS):
        edges = _through_middles(edges)
    return np.asarray(shapely.linestrings(edges), dtype=object)


def _through_middles(edges: Floats) -> Floats:
    """Join the middles of edges at corners where two meet; run into where more do.

    Parameters
    ----------
    edges : ndarray, shape (n, 2, 2)
        Their ends, x before y, in whole parts of `_PARTS` of a pixel.
    """
    ends = np.round(edges.reshape(-1, 2) * _PARTS).astype(np.int64)
    low, high = ends.min(axis=0, initial=0), ends.max(axis=0, initial=0)
    corner = (ends[:, 1] - low[1]) * (high[0] - low[0] + 1) + ends[:, 0] - low[0]
    order = np.argsort(corner, kind="stable")
    _, where, count = np.unique(corner[order], return_inverse=True, return_counts=True)
    middle = edges.mean(axis=1)
    edge = order // 2
    passes = count[where] < _JUNCTION
    turns = middle[edge[passes].reshape(-1, 2)]
    stops = np.stack([middle[edge[~passes]], edges.reshape(-1, 2)[order[~passes]]], axis=1)
    return np.concatenate([turns, stops])


def _whose(faces: NDArray[np.object_], label: Labels) -> NDArray[np.int64]:
    """Return the class of each face: that of the pixels whose middles lie in it."""
    require("trace")
    from rasterio.features import rasterize

    numbers = np.arange(1, len(faces) + 1)
    burnt = rasterize(
        zip(faces, numbers, strict=True), out_shape=label.shape, dtype="int32", fill=0
    )
    found, first = np.unique(burnt, return_index=True)
    whose = np.full(len(faces) + 1, NOT_LAND, dtype=np.int64)
    whose[found] = label.ravel()[first]
    whose[0] = NOT_LAND
    if (whose[burnt] != label).any():
        raise GeometryError("the borders between the classes of the picture do not close")
    return whose[1:]


def on_ground(outlines: Outlines, placement: Placement) -> NDArray[np.object_]:
    """Return the polygons in longitude and latitude, with edges that bend divided.

    Parameters
    ----------
    outlines : Outlines
        In pixels.
    placement : Placement
        Where the picture lies.

    Returns
    -------
    ndarray of Polygon, shape (n,)
        In degrees (WGS 84), in the order of `outlines`.

    Raises
    ------
    GeometryError
        If a zone reaches to where the projection of the map does not, or across 180 degrees.

    Examples
    --------
    >>> from territory.trace.image.control_points import ControlPoint
    >>> from territory.trace.image.georeference import placed
    >>> at = [(0, 0), (900, 0), (0, 900), (900, 900), (450, 450), (200, 700)]
    >>> points = tuple(ControlPoint(x, y, 36 + x / 1000, 37 - y / 1000) for x, y in at)
    >>> placement = placed(points, file="points.csv", kind="affine", map_crs="EPSG:4326")
    >>> label = np.zeros((20, 20), dtype=np.int16)
    >>> [zone] = on_ground(outlined(label, 1), placement)
    >>> [round(each, 3) for each in zone.bounds]
    [36.0, 36.98, 36.02, 37.0]
    """
    if not len(outlines.drawn):
        return outlines.drawn
    kind, xy, offsets = shapely.to_ragged_array(outlines.drawn, include_z=False)
    starts = [np.asarray(each, dtype=np.int64) for each in offsets]
    bend = _BEND_PX * placement.pixel_m / _DEGREE_M
    curves = divided(xy, starts[0], placement, max_chord_error=bend)
    if not np.isfinite(curves.plane).all():
        raise GeometryError("a zone reaches to where the projection of the map has no ground")
    plane = np.round(curves.plane, _DECIMALS)
    if _is_across_180(plane[:, 0], curves.ring_start):
        problem = "a zone reaches across 180 degrees, or around a pole; cut the picture there"
        raise GeometryError(problem)
    shapes = shapely.from_ragged_array(kind, plane, [curves.ring_start, *starts[1:]])
    return np.asarray(shapes, dtype=object)


def _is_across_180(longitude: Floats, ring_start: NDArray[np.int64]) -> bool:
    """Return whether a ring goes beyond 180 degrees, or from there to the other side."""
    steps = np.abs(np.diff(longitude))
    steps[ring_start[1:-1] - 1] = 0.0  # from one ring to the next
    return bool((np.abs(longitude) > HALF_TURN).any() or (steps > HALF_TURN).any())


def pixel_km2(placement: Placement, shape: tuple[int, int]) -> tuple[Floats, int]:
    """Return the ground of a pixel by blocks of the picture, in km2.

    Parameters
    ----------
    placement : Placement
        Where the picture lies on the ground.
    shape : tuple of int
        Height and width of the picture in pixels.

    Returns
    -------
    km2 : ndarray
        Of one pixel of each block; 0 where the projection of the map has no ground.
    block : int
        Pixels along the side of a block.

    Examples
    --------
    >>> from territory.trace.image.control_points import ControlPoint
    >>> from territory.trace.image.georeference import placed
    >>> at = [(0, 0), (900, 0), (0, 900), (900, 900), (450, 450), (200, 700)]
    >>> points = tuple(ControlPoint(x, y, 36 + x / 1000, 37 - y / 1000) for x, y in at)
    >>> placement = placed(points, file="points.csv", kind="affine", map_crs="EPSG:4326")
    >>> km2, block = pixel_km2(placement, (900, 900))
    >>> round(float(km2[0, 0]), 4)
    0.0099
    """
    rows, columns = (np.arange(0, size + _BLOCK, _BLOCK, dtype=np.float64) for size in shape)
    x, y = np.meshgrid(columns, rows)
    lon, lat = placement.transform(x, y)
    near = [(each.lon, each.lat) for each in placement.points]
    (west, south), (east, north) = np.min(near, axis=0), np.max(near, axis=0)
    plane = choose_projection((west, south, east, north)).transformer(WGS84)
    e, n = plane.transform(lon, lat)
    across = (e[1:, 1:] - e[:-1, :-1]) * (n[1:, :-1] - n[:-1, 1:])
    down = (e[1:, :-1] - e[:-1, 1:]) * (n[1:, 1:] - n[:-1, :-1])
    km2 = np.abs(across - down) / 2 / _BLOCK**2 / 1e6
    return np.where(np.isfinite(km2), km2, 0.0), _BLOCK

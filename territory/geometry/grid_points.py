"""Points of a regular grid in polygons: what is counted at them is an area, near enough."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.projection import Floats, Ints


@dataclass(frozen=True, eq=False)
class GridPoints:
    """Points of a grid, each in a shape.

    Attributes
    ----------
    shape : ndarray of int, shape (n,)
        The number of the shape that each lies in.
    xy : ndarray, shape (n, 2)
        Where.
    """

    shape: Ints
    xy: Floats


def grid_points(shapes: NDArray[np.object_], step: float) -> GridPoints:
    """Return which points of a grid lie in shapes.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        In any CRS. A point in two of them is given twice, one on an outline not at all.
    step : float
        Distance of the points, in units of the CRS. They are the centres of the squares that
        have corners at multiples of it.

    Returns
    -------
    GridPoints
        In the order of the shapes.

    Examples
    --------
    >>> found = grid_points(np.array([shapely.box(0, 0, 1, 1), shapely.box(0, 4, 12, 9)]), 5.0)
    >>> found.shape.tolist(), found.xy.tolist()
    ([1, 1], [[2.5, 7.5], [7.5, 7.5]])
    """
    bounds = shapely.bounds(shapes).reshape(-1, 2, 2)
    first = np.ceil(bounds[:, 0] / step - 0.5).astype(np.int64)
    across, up = (np.floor(bounds[:, 1] / step - 0.5).astype(np.int64) - first + 1).T
    number = np.repeat(np.arange(len(shapes)), np.maximum(across, 0) * np.maximum(up, 0))
    within = np.arange(len(number)) - np.searchsorted(number, number)
    column = np.column_stack(np.divmod(within, up[number]))
    xy = (first[number] + column + 0.5) * step
    shapely.prepare(shapes)
    inside = shapely.contains_xy(shapes[number], xy[:, 0], xy[:, 1])
    return GridPoints(number[inside], xy[inside])

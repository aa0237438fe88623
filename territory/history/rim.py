"""The rim of a named area, with the ground just inside it.

A rim is drawn like any other line, at some scale, and may lie elsewhere. What a figure about
the area then gains or loses is what counts just inside the rim.
"""

from dataclasses import dataclass
from math import inf

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.errors import InputError
from territory.geometry.coverage import THIN_M, dissolved
from territory.geometry.edges import edges_of
from territory.geometry.projection import Floats, Ints
from territory.history.history import History

_PER_ERROR = 4.0  # lengths go together over four times the error, as is assumed of front lines


@dataclass(frozen=True)
class RimError:
    """How far the rim of an area may lie from the true one.

    Attributes
    ----------
    error_m : float
        Standard deviation across the rim, in metres; 0 for one that is a choice.
    correlation_length_m : float
        Distance along the rim over which errors go together, in metres; 0 for that which the
        resolution of the outline tells.

    Raises
    ------
    InputError
        If one of them is negative, infinite or not a number.

    Examples
    --------
    >>> RimError(100.0).resolved(1500.0)
    RimError(error_m=100.0, correlation_length_m=1500.0)
    """

    error_m: float
    correlation_length_m: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no length can be."""
        for name, value in (("error", self.error_m), ("length", self.correlation_length_m)):
            if not 0 <= value < inf:
                raise InputError(f"the {name} of a rim cannot be {value} metres")

    def resolved(self, spacing_m: float) -> "RimError":
        """Return the same with a correlation length.

        Parameters
        ----------
        spacing_m : float
            Mean distance between the corners of the outline, in metres: between two of
            them it is one straight line. The length is that, and at least four errors.
        """
        if self.correlation_length_m or not self.error_m:
            return self
        return RimError(self.error_m, max(spacing_m, _PER_ERROR * self.error_m))


@dataclass(frozen=True, eq=False)
class Rim:
    """The rim of a named area, and which face lies inside each piece of it.

    Attributes
    ----------
    ring_m : ndarray, shape (r,)
        Length of each ring. Positions run along all rings, one after another.
    start_m, end_m : ndarray, shape (m,)
        Where pieces begin and end, in order; nothing is known beside the rest of the rim.
    face : ndarray of int, shape (m,)
        The face of the history that lies inside each piece.
    """

    ring_m: Floats
    start_m: Floats
    end_m: Floats
    face: Ints


def rim_of(history: History, area: str) -> Rim:
    """Return the rim of a named area.

    Parameters
    ----------
    history : History
        Cut along the area; a part of it serves as well.
    area : str
        Name of the area. The rim of what lies in no other is that of the others.

    Returns
    -------
    Rim
        In the plane of the history, in metres.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0]], dtype=np.int16), days=(date(2018, 1, 1),),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> found = rim_of(history.with_areas({"west": shapely.box(0, 0, 500, 1000)}), "west")
    >>> found.ring_m.tolist(), float((found.end_m - found.start_m).sum())
    ([3000.0], 3000.0)
    """
    inside = np.flatnonzero(history.mask(area))
    edges = edges_of(history.faces[inside])
    outer = np.flatnonzero(edges.other < 0)
    ends, length = edges.ends[outer], edges.length[outer]
    pieces, start, ring_m = _pieces(_outlines(history, area))
    middle = (ends[:, :2] + ends[:, 2:]) / 2
    tree = shapely.STRtree(np.asarray(shapely.linestrings(pieces), dtype=object))
    there, at = tree.query_nearest(
        np.asarray(shapely.points(middle), dtype=object), max_distance=THIN_M, all_matches=False
    )
    along = pieces[at, 1] - pieces[at, 0]
    piece_m = np.hypot(*along.T)
    share = ((middle[there] - pieces[at, 0]) * along).sum(axis=1) / piece_m
    centre, half = start[at] + share, length[there] / 2
    order = np.argsort(centre)
    face = inside[edges.one[outer[there]]]
    return Rim(ring_m, (centre - half)[order], (centre + half)[order], face[order])


def _outlines(history: History, area: str) -> NDArray[np.object_]:
    """Return the polygons whose rims are that of an area."""
    drawn = history.before_cut
    names = drawn.rest.get(area, (area,))
    known = [drawn.areas[name] for name in names if name in drawn.areas]
    if not known:  # an area that the faces fill was never cut out
        known = [dissolved(history.faces[history.mask(area)])]
    return np.array([*known, None], dtype=object)[:-1]


def _pieces(grounds: NDArray[np.object_]) -> tuple[Floats, Floats, Floats]:
    """Return the straight pieces of rims, where each begins along all of them, and the rings."""
    rings = shapely.get_parts(shapely.boundary(grounds))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    there = np.flatnonzero((ring[:-1] == ring[1:]) & (xy[:-1] != xy[1:]).any(axis=1))
    pieces = np.stack([xy[there], xy[there + 1]], axis=1)
    length = np.hypot(*(pieces[:, 1] - pieces[:, 0]).T)
    ring_m = np.bincount(ring[there], length, len(rings)).astype(np.float64)
    return pieces, np.cumsum(length) - length, ring_m

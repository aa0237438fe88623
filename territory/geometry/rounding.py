"""Faces on a grid: every point rounded once, for all faces that use it.

Method
------
Snap rounding (Hobby 1999; Guibas and Marimont 1998), on the lines between faces and not face
by face:

1. Corners move to the nearest point of the grid. Lines that then touch or cross are noded
   there, and once more until nothing moves: every point is then at least half a step of the
   grid away from every line that does not end in it, so that no later rounding of a number
   can make two lines cross.
2. The pieces between the lines are a coverage by construction. Whose a piece is, the winding
   numbers of the rounded faces say (as in `territory.history.partition`). Where rounding folded a
   face over another, several claim a piece and the first has it; a gap no wider than the
   grid, which rounding opened between two faces, goes to the neighbour along which it lies.
3. A face narrower than the grid may be left without a piece: it has vanished.

References
----------
Hobby, J. D. (1999). Practical segment intersection with finite precision output.
Computational Geometry 13, 199-214.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from territory.geometry.arrays import Bools
from territory.geometry.coverage import are_thin
from territory.geometry.crossings import winding_numbers
from territory.geometry.edges import edges_of
from territory.geometry.graphs import sparse_table
from territory.geometry.noding import unnoded
from territory.geometry.outlines import by_group, grounds, outlines_of
from territory.geometry.projection import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_NARROW = 2.0  # steps of the grid: a gap that rounding may open is on average no wider
_PASSES = 8  # of noding at most; two are the rule


@dataclass(frozen=True, eq=False)
class Rounded:
    """Faces on a grid.

    Attributes
    ----------
    pieces : ndarray of Polygon, shape (n,)
        Polygons that share every point of their borders.
    origin : ndarray of int, shape (n,)
        Which face each piece is (part of); -1 for a gap between faces.
    lines : ndarray of LineString, shape (m,)
        The borders of the pieces, which meet in their ends alone.
    sides : sparse array of int, shape (m, f)
        The faces beside each line: 1 on its left, -1 on its right.
    """

    pieces: NDArray[np.object_]
    origin: Ints
    lines: NDArray[np.object_]
    sides: "csr_array"

    def faces(self) -> NDArray[np.object_]:
        """Return the ground of each face, shape (f,); empty where the face has vanished."""
        return grounds(self.lines, self.sides)

    @property
    def vanished(self) -> Bools:
        """Which faces nothing is left of, shape (f,)."""
        left = np.bincount(self.origin[self.origin >= 0], minlength=self.sides.shape[1])
        return np.asarray(left == 0, dtype=np.bool_)


def snap_rounded(
    lines: NDArray[np.object_],
    sides: "csr_array",
    *,
    per_unit: float,
    straight: float = 0.0,
    passes: int = _PASSES,
) -> Rounded:
    """Return faces with their corners on a grid.

    Parameters
    ----------
    lines : ndarray of LineString, shape (n,)
        The borders of the faces, as of `territory.geometry.outlines.Outlines`.
    sides : sparse array of int, shape (n, f)
        The faces beside each line: 1 on its left, -1 on its right. A line that has none
        is left out.
    per_unit : float
        Steps of the grid in one unit of the CRS: 1e9 rounds to nine decimals.
    straight : float
        Points of a line that lie no farther than this off it are left out, in units of the
        CRS. The ends of lines stay.
    passes : int
        How often lines are noded at most. One pass makes a coverage; only with more is it
        certain to outlast another rounding, as of decimals in a file.

    Returns
    -------
    Rounded
        A coverage, whatever the faces were.

    Examples
    --------
    >>> from territory.geometry.outlines import outlines_of
    >>> drawn = outlines_of(np.array([shapely.box(0, 0, 1.04, 1), shapely.box(1.04, 0, 2, 1)]))
    >>> found = snap_rounded(drawn.lines, drawn.sides, per_unit=10)
    >>> shapely.area(found.faces()).tolist()
    [1.0, 1.0]
    """
    between = np.flatnonzero(np.diff(sides.indptr))
    plain = shapely.simplify(lines[between], straight, preserve_topology=False)
    xy, line = _on_grid(np.asarray(plain, dtype=object), per_unit)
    edge = np.flatnonzero(line[:-1] == line[1:])
    ends = np.hstack([xy[edge], xy[edge + 1]])
    drawn = np.asarray(shapely.linestrings(xy, indices=_numbered(line)), dtype=object)
    noded = _noded(drawn, passes)
    pieces = np.asarray(shapely.get_parts(shapely.polygonize(noded)), dtype=object)
    origin = _without_gaps(pieces, _origin(pieces, ends, sides[between[line[edge]]]))
    pieces, noded = (shapely.transform(each, lambda at: at / per_unit) for each in (pieces, noded))
    found = outlines_of(pieces, lines=noded)
    return Rounded(pieces, origin, found.lines, by_group(found.sides, origin, sides.shape[1]))


def _on_grid(lines: NDArray[np.object_], per_unit: float) -> tuple[Floats, Ints]:
    """Return the points of lines in steps of the grid, and the line that each is part of.

    A point is there once in a row, and a line that has become a point not at all.
    """
    xy, line = shapely.get_coordinates(lines, return_index=True)
    points = np.rint(xy * per_unit) + 0.0  # -0.0 becomes 0.0
    moved = np.append(True, (line[1:] != line[:-1]) | (points[1:] != points[:-1]).any(axis=1))
    points, line = points[moved[: len(xy)]], line[moved[: len(xy)]]
    there = np.bincount(line, minlength=len(lines))[line] > 1
    return points[there], line[there]


def _numbered(line: Ints) -> Ints:
    """Return numbers of lines from zero up without a gap."""
    return np.cumsum(np.diff(line, prepend=line[:1]) != 0)


def _noded(lines: NDArray[np.object_], passes: int) -> NDArray[np.object_]:
    """Return lines on whole numbers that meet in their ends alone.

    GEOS would give back as they are those that do already, and takes its time.
    """
    noded, known = lines, 0
    for _ in range(passes):
        at = unnoded(noded, known=known)
        if not at.any():
            break
        found = shapely.get_parts(shapely.union_all(noded[at], grid_size=1.0))
        if len(found) == at.sum() and shapely.equals_identical(found, noded[at]).all():
            break
        noded, known = np.concatenate([noded[~at], found]), int(np.count_nonzero(~at))
    return noded


def _origin(pieces: NDArray[np.object_], ends: Floats, sides: "csr_array") -> Ints:
    """Return the face that winds around each piece, the first of several; -1 where none does."""
    winding = winding_numbers(sides.T.tocsr(), ends, pieces).tocoo()
    origin = np.full(len(pieces), sides.shape[1])
    inside = winding.data > 0
    np.minimum.at(origin, winding.col[inside], winding.row[inside])
    return np.where(origin < sides.shape[1], origin, -1)


def _without_gaps(pieces: NDArray[np.object_], origin: Ints) -> Ints:
    """Give each narrow piece that is nobody's to the neighbour along which most of it lies."""
    gap = (origin < 0) & are_thin(pieces, _NARROW)
    if not gap.any():
        return origin
    edges = edges_of(pieces)
    beyond = np.where(edges.other < 0, -1, origin[edges.other])
    this = np.concatenate([edges.one, edges.other[edges.other >= 0]])
    face = np.concatenate([beyond, origin[edges.one][edges.other >= 0]])
    length = np.concatenate([edges.length, edges.length[edges.other >= 0]])
    shape = (len(pieces), int(origin.max()) + 2)  # the first column is no face at all
    shared = sparse_table(length[gap[this]], this[gap[this]], face[gap[this]] + 1, shape)
    filled = origin.copy()
    filled[gap] = np.ravel(shared[np.flatnonzero(gap)].argmax(axis=1)) - 1
    return filled

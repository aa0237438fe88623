"""A drawing as far as some days tell its faces apart: far fewer faces and lines.

Between the first and the last of 536 days most lines of a front are drawn and gone again. To
whoever looks at a few of the days the faces that had the same holders on all of these, and
hang together, are one face; the lines within it are none, and what is left of the others goes
on where one of those ended.
"""

from dataclasses import dataclass

import numpy as np

from territory.geometry.arrays import HolderRows, first_of
from territory.geometry.graphs import connected
from territory.geometry.projection import Floats, Ints
from territory.history.drawing import Drawing
from territory.history.lines import Lines
from territory.history.spells import same_columns

COUNTED = "counted"  # the lines that can make a figure about the area uncertain


@dataclass(frozen=True, eq=False)
class MergedFaces:
    """Faces that some days tell apart, and the lines between them.

    Attributes
    ----------
    held_by : ndarray of int, shape (days, f)
        Who held each face, by day. The ground beyond all drawn faces is part of one of them.
    area_m2 : ndarray, shape (f,)
        Of each face; what lies beyond has none.
    lines : Lines
        Between them, with the area `COUNTED`.
    """

    held_by: HolderRows
    area_m2: Floats
    lines: Lines


def merged_faces(drawing: Drawing, rows: Ints, area: str) -> MergedFaces:
    """Return the faces of a drawing as far as some days tell them apart.

    Parameters
    ----------
    drawing : Drawing
        The lines of all days.
    rows : ndarray of int, shape (days,)
        Numbers of the days.
    area : str
        The area looked at, which says which lines count.

    Returns
    -------
    MergedFaces
        Ground that changed hands between two of these days hangs together as in the drawing,
        and its outline is as long.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.history.drawing import drawing_of
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 1, 1], [1, 0, 1], [0, 0, 1]], dtype=np.int16),
    ...     days=tuple(date(2018, 1, n) for n in (1, 2, 3)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> found = merged_faces(drawing_of(history), np.array([0, 2]), "all")  # the second day is not
    >>> found.held_by.tolist(), found.lines.length_m.tolist()
    ([[1, 1, 0], [0, 1, 0]], [5000.0, 1000.0, 3000.0])
    """
    drawn, lines = drawing.history.held_by[rows][:, drawing.face], drawing.lines
    beyond = drawn.shape[1]  # one more face, which nobody holds
    held_by = np.concatenate([drawn, np.zeros_like(drawn, shape=(len(drawn), 1))], axis=1)
    one, other = lines.one, np.where(lines.other < 0, beyond, lines.other)
    group = same_columns(held_by)
    apart = group[one] != group[other]
    count, merged = connected(one[~apart], other[~apart], beyond + 1)
    sides = merged[one[apart]], merged[other[apart]]
    left = Lines(
        lines.length_m[apart],
        np.minimum(*sides),
        np.maximum(*sides),
        np.unique(lines.ends[apart], return_inverse=True)[1].reshape(-1, 2),
        {COUNTED: drawing.counted(lines, area)[apart]},
    )
    area_m2 = np.bincount(merged, np.append(drawing.area_m2, 0.0), count).astype(np.float64)
    return MergedFaces(held_by[:, first_of(merged, count)], area_m2, left.strung())

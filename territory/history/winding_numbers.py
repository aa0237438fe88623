"""Winding numbers of every layer around every face on every day, stored as what changes.

Most ground keeps its holder most of the time, and so its winding numbers. Written out they are
layers times days times faces: 18 GB where a front goes forward for 10,000 days. What changes
from one day to the next is a few faces.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from territory.geometry.arrays import sorted_distinct
from territory.geometry.projection import Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class WindingNumbers:
    """How often layers cover faces, day by day.

    Attributes
    ----------
    changes : sparse array of int, shape (d * k, f)
        Row ``day * k + layer`` is the winding numbers of a layer on a day less those on the day
        before; on the first day they stand as they are.
    layers : int
        How many there are: k.
    """

    changes: "csr_array"
    layers: int

    @property
    def days(self) -> int:
        """How many days there are."""
        return int(self.changes.shape[0]) // max(self.layers, 1)

    def by_day(self) -> Iterator[tuple[Ints, NDArray[np.int16]]]:
        """Yield the winding numbers of each day in turn, and the faces where they are new.

        Yields
        ------
        new : ndarray of int, shape (n,)
            Faces where a layer covers the ground more or less often than on the day before
            (on the first day, at all), in order.
        winding : ndarray of int, shape (layers, faces)
            Of this day; the same array every time, changed in place.
        """
        winding = np.zeros((self.layers, self.changes.shape[1]), dtype=np.int16)
        bounds, face = self.changes.indptr, self.changes.indices
        for day in range(self.days):
            rows = range(day * self.layers, (day + 1) * self.layers)
            for layer, row in enumerate(rows):
                at = slice(bounds[row], bounds[row + 1])
                winding[layer, face[at]] += self.changes.data[at].astype(np.int16)
            yield sorted_distinct(face[bounds[rows.start] : bounds[rows.stop]]), winding

    def on(self, day: int) -> NDArray[np.int16]:
        """Return the winding numbers of one day, shape (layers, faces).

        Parameters
        ----------
        day : int
            Row of the days, from 0.

        Examples
        --------
        >>> from scipy import sparse
        >>> gone = sparse.csr_array(np.array([[1, 1], [0, -1]]))
        >>> WindingNumbers(gone, layers=1).on(1).tolist()
        [[1, 0]]
        """
        return next(winding for row, (_, winding) in enumerate(self.by_day()) if row == day)

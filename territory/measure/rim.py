"""How far the error of the rim of an area carries into a figure about it.

A rim that lies a little further out adds to a figure what counts just inside: 1 for ground
that counts, 0 for other ground, and for a share of the area that less the share itself, as
the area grows too. The share of a province that one side holds whole is exact, whatever its
rim.

The error goes together along each ring as ``exp(-d / l)`` with the shorter way d round it,
as for the lines that publishers draw (`territory.measure.estimate.correlated_m2`). What
counts may change every few metres where an outline and a zone were drawn one along the other,
so the rim is divided into cells much shorter than l and their covariances are summed, by the
Fourier transform.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from territory.geometry.arrays import Bools, sorted_distinct
from territory.geometry.graphs import sparse_table
from territory.geometry.projection import Floats, Ints
from territory.history.rim import Rim
from territory.measure.estimate import correlated_m2

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_CELLS = 4  # in a correlation length
_MOST_CELLS = 1 << 16  # of a ring; of longer ones what counts is averaged over more


@dataclass(frozen=True, eq=False)
class RimReach:
    """How far the error of one rim, of one correlation length, carries into figures.

    Attributes
    ----------
    rim : Rim
        With the faces inside.
    correlation_length_m : float
        Over which errors go together along the rim.
    faces : int
        How many faces the history has.
    """

    rim: Rim
    correlation_length_m: float
    faces: int

    def spread_m(self, weight: Floats) -> float:
        """Return what the error of the rim is multiplied by to give that of a figure.

        Parameters
        ----------
        weight : ndarray, shape (faces,)
            What each face of the history counts in the figure.

        Returns
        -------
        float
            In metres: times the standard deviation across the rim, that of the figure in
            square metres.

        Examples
        --------
        >>> ends = np.array([0.0, 50_000.0]), np.array([50_000.0, 100_000.0])
        >>> rim = Rim(np.array([100_000.0]), *ends, np.array([0, 1]))
        >>> reach = RimReach(rim, 1_000.0, faces=2)
        >>> [round(reach.spread_m(np.array(each))) for each in ([1.0, 1.0], [1.0, 0.0])]
        [14142, 9899]
        """
        if not weight[self.rim.face].any():
            return 0.0
        ring_m, count = self.rim.ring_m, self._count
        amounts = np.asarray(self._table @ weight)
        first = np.cumsum(count) - count
        alone = np.flatnonzero(count == 1)
        closed = np.ones(len(alone), dtype=bool)
        whole = correlated_m2(ring_m[alone], self.correlation_length_m, closed=closed)
        variance = float((whole * (amounts[first[alone]] / ring_m[alone]) ** 2).sum())
        for ring in np.flatnonzero(count > 1):
            of_ring = amounts[first[ring] : first[ring] + count[ring]]
            if of_ring.any():
                cell_m = ring_m[ring] / count[ring]
                variance += _round(of_ring, cell_m, self.correlation_length_m)
        return float(np.sqrt(variance))

    @cached_property
    def whole_m(self) -> float:
        """The same for the size of the area itself."""
        return self.spread_m(np.ones(self.faces))

    def of_part(self, inside: Bools) -> "RimReach":
        """Return the same by the numbers of a part of the history.

        Parameters
        ----------
        inside : ndarray of bool, shape (faces,)
            The faces of the part, with all that lie along the rim.
        """
        face = (np.cumsum(inside) - 1)[self.rim.face]
        rim = replace(self.rim, face=face)
        return RimReach(rim, self.correlation_length_m, int(inside.sum()))

    @cached_property
    def _count(self) -> Ints:
        """Into how many cells each ring is divided; into one where it moves as a whole."""
        wanted = np.ceil(_CELLS * self.rim.ring_m / self.correlation_length_m)
        return np.clip(wanted, 1, _MOST_CELLS).astype(np.int64)

    @cached_property
    def _table(self) -> "csr_array":
        """How many metres of each cell lie beside each face, shape (cells, faces)."""
        rim, count = self.rim, self._count
        before = np.cumsum(rim.ring_m) - rim.ring_m
        ring = np.repeat(np.arange(len(count)), count)
        number = np.arange(len(ring)) - (np.cumsum(count) - count)[ring]
        cells = before[ring] + rim.ring_m[ring] * number / count[ring]
        cuts = sorted_distinct(np.concatenate([cells, rim.start_m, rim.end_m]))
        middle = (cuts[:-1] + cuts[1:]) / 2
        cell = np.searchsorted(cells, middle, side="right") - 1
        piece = np.searchsorted(rim.start_m, middle, side="right") - 1
        known = (cell >= 0) & (piece >= 0) & (middle < rim.end_m[piece])
        shape = (len(cells), self.faces)
        return sparse_table(np.diff(cuts)[known], cell[known], rim.face[piece[known]], shape)


def _round(amounts: Floats, cell_m: float, length_m: float) -> float:
    """Return the variance of a sum over equal cells round a ring, for a unit error."""
    count = len(amounts)
    apart = np.minimum(np.arange(count), count - np.arange(count))
    ratio = cell_m / length_m
    covariance = (np.expm1(-ratio) / ratio) ** 2 * np.exp(-(apart - 1) * ratio)
    covariance[0] = correlated_m2(np.array([cell_m]), length_m, closed=np.array([False]))[0]
    covariance[0] /= cell_m**2
    power = np.abs(np.fft.fft(amounts)) ** 2 * np.fft.fft(covariance).real
    return float(max(power.sum() / count, 0.0))

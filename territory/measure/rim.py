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

from dataclasses import dataclass

import numpy as np

from territory.geometry.projection import Floats, Ints
from territory.history.rim import Rim
from territory.measure.estimate import correlated_m2

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
    """

    rim: Rim
    correlation_length_m: float

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
        >>> reach = RimReach(rim, 1_000.0)
        >>> [round(reach.spread_m(np.array(each))) for each in ([1.0, 1.0], [1.0, 0.0])]
        [14142, 9950]
        """
        rim, length_m = self.rim, self.correlation_length_m
        if not rim.ring_m.size or not weight[rim.face].any():
            return 0.0
        count = _cells(rim.ring_m, length_m)
        amounts = _amounts(rim, weight, count)
        first = np.cumsum(count) - count
        alone = count == 1
        whole = correlated_m2(rim.ring_m[alone], length_m, closed=np.ones(alone.sum(), dtype=bool))
        variance = float((whole * (amounts[first[alone]] / rim.ring_m[alone]) ** 2).sum())
        for ring in np.flatnonzero(~alone):
            of_ring = amounts[first[ring] : first[ring] + count[ring]]
            if of_ring.any():
                variance += _round(of_ring, rim.ring_m[ring] / count[ring], length_m)
        return float(np.sqrt(variance))


def _cells(ring_m: Floats, length_m: float) -> Ints:
    """Return into how many cells each ring is divided; into one where it moves as a whole."""
    return np.clip(np.ceil(_CELLS * ring_m / length_m), 1, _MOST_CELLS).astype(np.int64)


def _amounts(rim: Rim, weight: Floats, count: Ints) -> Floats:
    """Return the length of rim in each cell, each metre times what counts inside it."""
    before = np.cumsum(rim.ring_m) - rim.ring_m
    ring = np.repeat(np.arange(len(count)), count + 1)
    step = np.arange(len(ring)) - np.repeat(np.cumsum(count + 1) - count - 1, count + 1)
    border = before[ring] + rim.ring_m[ring] * step / count[ring]
    at = np.maximum.accumulate(np.column_stack([rim.start_m, rim.end_m]).ravel())
    counted = np.cumsum((rim.end_m - rim.start_m) * weight[rim.face])
    so_far = np.column_stack([np.append(0.0, counted[:-1]), counted]).ravel()
    found: Floats = np.diff(np.interp(border, at, so_far))[ring[:-1] == ring[1:]]
    return found


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

"""Which control points agree with each other: the most of them, by the least median of squares.

One wrong point is seen by leaving every point out in turn; two hide each other, because
each bends what is fitted to the others. So every three points place the picture once, and
the three are taken for which most of the points lie nearest to where they should be
(Rousseeuw 1984); what lies far from there is wrong.
"""

from itertools import combinations
from math import ceil

import numpy as np
from numpy.typing import NDArray

from territory.geometry.projection import Floats, Ints

OUTLIER, OUTLIER_PX = 5.0, 4.0  # times the error of the points that agree; pixels
FEWEST = 5  # points that must agree, and
_MOST_WRONG = 0.4  # of all points, that may not
_MOST_TRIPLES = 20_000
_ROUNDS = 5
_FLAT = 1e-3  # of the square of their extent: three points on a line


def agreeing(at: Floats, where: Floats) -> NDArray[np.bool_]:
    """Return which points lie where the most of them put each other.

    Parameters
    ----------
    at, where : ndarray, shape (n, 2)
        Points in pixels, and in the plane of the map.

    Returns
    -------
    ndarray of bool, shape (n,)
        True for all where too few agree to tell.

    References
    ----------
    Rousseeuw, P. J. (1984). Least median of squares regression. Journal of the American
    Statistical Association 79, 871-880.

    Examples
    --------
    >>> at = np.array([(0, 0), (9, 0), (9, 9), (0, 9), (4, 4), (2, 7), (8, 3), (5, 1)]) * 100.0
    >>> where = at * 3 + 1
    >>> where[[2, 5]] += [[900, 0], [0, -1500]]
    >>> np.flatnonzero(~agreeing(at, where)).tolist()
    [2, 5]
    """
    count = len(at)
    most = max(FEWEST, ceil(count * (1 - _MOST_WRONG)))
    everything = np.ones(count, dtype=bool)
    if count <= FEWEST:
        return everything
    triples = _triples(at)
    if not len(triples):
        return everything
    off = _off_by(triples, at, where)
    best = int(np.argmin(np.partition(off, most - 1, axis=1)[:, most - 1]))
    row = off[best]
    for _ in range(_ROUNDS):
        nearest = np.argsort(row, kind="stable")[:most]
        row = _off(at, where, nearest)
        if row is None:
            return everything
        error = float(np.sqrt((row[nearest] ** 2).sum() / max(most - 3, 1)))
    agreed = row <= max(OUTLIER * error, OUTLIER_PX)
    return agreed if agreed.sum() >= most else everything


def _triples(at: Floats) -> Ints:
    """Return three points each that do not lie on a line, shape (m, 3); not too many."""
    found = np.array(list(combinations(range(len(at)), 3)), dtype=np.int64)
    found = found[:: max(1, ceil(len(found) / _MOST_TRIPLES))]
    one, two, three = (at[found[:, k]] for k in range(3))
    (ax, ay), (bx, by) = (two - one).T, (three - one).T
    extent = float(np.ptp(at, axis=0).max())
    return np.asarray(found[np.abs(ax * by - ay * bx) > _FLAT * extent**2])


def _off_by(triples: Ints, at: Floats, where: Floats) -> Floats:
    """Return how far every point lies off where each three put it, in pixels, shape (m, n)."""
    design = np.column_stack([np.ones(len(at)), at])
    terms = np.linalg.solve(design[triples], where[triples])
    apart = np.einsum("nk,mkd->mnd", design, terms) - where
    pixel = np.sqrt(np.abs(np.linalg.det(terms[:, 1:])))
    off = np.hypot(apart[..., 0], apart[..., 1]) / np.maximum(pixel, 1e-300)[:, None]
    return np.asarray(off)


def _off(at: Floats, where: Floats, chosen: Ints) -> Floats | None:
    """Return how far every point lies off where some of them put it, in pixels."""
    design = np.column_stack([np.ones(len(at)), at])
    terms, _, rank, _ = np.linalg.lstsq(design[chosen], where[chosen], rcond=None)
    pixel = float(np.sqrt(abs(np.linalg.det(terms[1:]))))
    if rank < design.shape[1] or not pixel:
        return None
    return np.asarray(np.hypot(*(design @ terms - where).T) / pixel)

"""The error of drawn lines from how far several drawings of one front lie apart.

The distance between two lines varies along them as both errors together do. So the
autocovariance of the distance is the sum of those of the two errors, as far as these are
independent. Three lines give three such sums and so each one's own autocovariance (the
three-cornered hat: Gray and Allan, 1974); of two lines each is taken to have half. The error
is the square root at no distance, and the correlation length the integral of the
autocovariance over the variance: what the area beside a line depends on.

Publishers who look at one another share errors. What they share does not part their lines,
so what is found is a lower bound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from territory.geometry.projection import Floats, Ints

LAGS = 241
"""Over so many steps an autocovariance is looked at; 60 km in steps of 250 m."""
_HAT = 3  # series, each of which has a variance of its own then

Pair = tuple[int, int]


@dataclass(frozen=True)
class OwnError:
    """The error of one publisher's lines.

    Attributes
    ----------
    error_m : float
        Standard deviation across the line, in metres.
    length_m : float
        Correlation length along the line, in metres.
    hat_m2 : float or None
        Where three series gave a variance that is not above zero, that variance, in square
        metres; the error is then half of what parts the line from its nearest neighbour.
    """

    error_m: float
    length_m: float
    hat_m2: float | None = None


def autocovariance(values: Floats, line: Ints, station: Ints) -> Floats:
    """Return the autocovariance of values at stations along lines, by number of steps.

    Parameters
    ----------
    values : ndarray, shape (n,)
        At stations; their mean over all lines is taken off.
    line, station : ndarray of int, shape (n,)
        The line of each station, and its number along that line. Lines are in order.

    Returns
    -------
    ndarray, shape (LAGS,)
        The variance first; nan where no two stations lie that far apart.

    Examples
    --------
    >>> found = autocovariance(np.array([1.0, -1.0] * 4), np.zeros(8, int), np.arange(8))
    >>> found[:3].round(9).tolist()
    [1.0, -1.0, 1.0]
    """
    _, number = np.unique(line, return_inverse=True)
    reach = np.zeros(number.max(initial=-1) + 1, dtype=np.int64)
    np.maximum.at(reach, number, station + LAGS)
    # All lines in one row, each as far from the next as two stations are ever compared.
    at = station + np.concatenate([[0], np.cumsum(reach)[:-1]])[number]
    row = np.full(int(reach.sum()), np.nan)
    row[at] = values - values.mean()
    there = np.isfinite(row)
    total, count = _lagged(np.where(there, row, 0.0)), np.round(_lagged(there.astype(float)))
    return np.where(count > 0, total / np.maximum(count, 1.0), np.nan)


def _lagged(row: Floats) -> Floats:
    """Return the sums of products of a row with itself, shifted by up to `LAGS` steps."""
    size = next_fast_len(len(row) + LAGS, real=True)  # zeros behind, so that no end meets a start
    sums: Floats = irfft(np.abs(rfft(row, size)) ** 2, size)[:LAGS]
    return sums


def correlation_length_m(covariance: Floats, step_m: float) -> float:
    """Return the correlation length that an autocovariance has as far as areas go.

    The variance of the area beside a long line is twice its length times the integral of the
    autocovariance; so the length is that integral over the variance, which for an exponential
    one is its own. The integral runs until the autocovariance first falls to nothing:
    further out there is hardly more than noise.

    Parameters
    ----------
    covariance : ndarray, shape (k,)
        By number of steps; nan where it is not known. The first is the variance, above zero.
    step_m : float
        Length of a step, in metres.

    Returns
    -------
    float
        In metres; half a step where neighbours have nothing in common.

    Examples
    --------
    >>> round(correlation_length_m(np.exp(-np.arange(200) / 24), 250.0), -2)
    6000.0
    """
    share = covariance / covariance[0]
    ends = np.flatnonzero(~(share > 0))  # also where it is not known
    known = share[: ends[0] if ends.size else len(share)]
    return float((known.sum() - 0.5) * step_m)


def own_errors(pairs: Mapping[Pair, Floats], step_m: float) -> tuple[OwnError, ...]:
    """Return the error of each line from the autocovariances of their distances.

    Parameters
    ----------
    pairs : mapping of (int, int) to ndarray, shape (k,)
        For every pair of two or three lines, by their numbers, that of the distance between
        them, by number of steps.
    step_m : float
        Length of a step, in metres.

    Returns
    -------
    tuple of OwnError
        One for each line.

    Examples
    --------
    >>> falling = np.exp(-np.arange(100) / 24)
    >>> [each.error_m for each in own_errors({(0, 1): 2 * 300.0**2 * falling}, 250.0)]
    [300.0, 300.0]
    >>> sums = {(0, 1): 5e4 * falling, (0, 2): 1e5 * falling, (1, 2): 1.3e5 * falling}
    >>> [round(each.error_m) for each in own_errors(sums, 250.0)]
    [100, 200, 300]
    """
    return tuple(
        OwnError(
            sqrt(own[0]),
            correlation_length_m(own, step_m),
            None if hat is None else float(hat[0]),
        )
        for own, hat in own_variances(pairs)
    )


def own_variances(pairs: Mapping[Pair, Floats]) -> tuple[tuple[Floats, Floats | None], ...]:
    """Return the variance of each of two or three series from those of what parts them.

    Parameters
    ----------
    pairs : mapping of (int, int) to ndarray, shape (k,)
        For every pair, by their numbers: the variance first, and whatever goes with it.

    Returns
    -------
    tuple of (ndarray, ndarray or None)
        One for each series. The second is what three series gave where its variance is not above
        zero; the first is then half of what parts the series from its nearest.

    Examples
    --------
    >>> own_variances({(0, 1): np.array([8.0])})
    ((array([4.]), None), (array([4.]), None))
    >>> pairs = {(0, 1): np.array([2.0]), (0, 2): np.array([3.0]), (1, 2): np.array([9.0])}
    >>> own_variances(pairs)[0]
    (array([1.]), array([-2.]))
    """
    count = max(max(pair) for pair in pairs) + 1
    if count < _HAT:
        half = pairs[0, 1] / 2
        return (half, None), (half, None)
    return tuple(_own(number, pairs) for number in range(count))


def _own(number: int, pairs: Mapping[Pair, Floats]) -> tuple[Floats, Floats | None]:
    """Return the variance of one of three series."""
    mine = [pair for pair in combinations(range(_HAT), 2) if number in pair]
    theirs = next(pair for pair in combinations(range(_HAT), 2) if number not in pair)
    hat = (pairs[mine[0]] + pairs[mine[1]] - pairs[theirs]) / 2
    if hat[0] > 0:
        return hat, None
    return min((pairs[pair] for pair in mine), key=lambda each: float(each[0])) / 2, hat

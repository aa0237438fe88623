"""Figures with their intervals, and the formulas that give the intervals.

Two sources of error are modelled here, both as closed formulas without geometry:

* the position of a boundary (`boundary_sd_km2`), after Chrisman and Yandell (1988),
  with errors that are correlated along the line;
* the choice of places behind a nearest-place surface (`delete_d_sd`), by the delete-d
  jackknife of Shao and Wu (1989).

References
----------
Chrisman, N. R. and Yandell, B. S. (1988). Effects of point error on area calculations:
a statistical model. Surveying and Mapping 48, 241-246.
Shao, J. and Wu, C. F. J. (1989). A general theory for jackknife variance estimation.
Annals of Statistics 17, 1176-1197.
"""

from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np
from numpy.typing import ArrayLike

from territory.errors import InputError

Z_95 = 1.959963984540054  # two-sided 95 % quantile of the normal distribution


@dataclass(frozen=True)
class Estimate:
    """A figure that may leave the library: a value, its 95 % interval and its unit.

    Raises
    ------
    InputError
        If a bound is not a number or the three are not in order.

    Examples
    --------
    >>> print(Estimate(2578.0, 2190.4, 2965.9, "km2"))
    2,578 (2,190 to 2,966) km2
    """

    value: float
    low: float
    high: float
    unit: str = "km2"

    def __post_init__(self) -> None:
        """Refuse an estimate that contradicts itself."""
        if not isfinite(self.value) or not self.low <= self.value <= self.high:
            raise InputError(f"an estimate needs low <= value <= high, not {self!r}")

    def __str__(self) -> str:
        """Return the figure as a reader would write it."""
        digits = 0 if abs(self.value) >= 100 or self.unit == "places" else 1  # noqa: PLR2004
        unit = {"percent": "%", "places": "place" if self.value == 1 else "places"}.get(
            self.unit, self.unit
        )
        if self.low == self.value == self.high:
            return f"{self.value:,.{digits}f} {unit}"
        return (
            f"{self.value:,.{digits}f} ({self.low:,.{digits}f} to {self.high:,.{digits}f}) {unit}"
        )


def around(
    value: float, sd: float, *, unit: str = "km2", floor: float = 0.0, ceiling: float = inf
) -> Estimate:
    """Return the normal 95 % interval about a value, cut to what is possible.

    Parameters
    ----------
    value, sd : float
        The figure and its standard deviation, in `unit`.
    floor, ceiling : float
        Physical limits, such as 0 and the area looked at.

    Raises
    ------
    InputError
        If the deviation is negative or not a number.

    Examples
    --------
    >>> around(10.0, 1.0, floor=9.0).low
    9.0
    """
    if not sd >= 0:
        raise InputError(f"a standard deviation cannot be {sd}")
    half = Z_95 * sd
    low, high = max(floor, value - half), min(ceiling, value + half)
    return Estimate(value, min(low, value), max(high, value), unit)


def delete_d_sd(draws: ArrayLike, *, kept: int, total: int) -> float:
    """Return the delete-d jackknife standard deviation of a statistic.

    A subsample keeping 80 % of the places varies less than a new sample of places
    would; the jackknife scales the spread by ``sqrt(kept / (total - kept))``, which is
    2 for 80 %. Without that factor a "95 %" interval covers the truth about 70 % of
    the time on simulated fronts.

    Parameters
    ----------
    draws : array_like, shape (n,)
        The statistic on each subsample.
    kept, total : int
        Size of a subsample and of the whole sample.

    Raises
    ------
    InputError
        If a subsample is empty or keeps everything, or fewer than two draws are given.

    Examples
    --------
    >>> round(delete_d_sd([1.0, 3.0], kept=8, total=10), 3)
    2.0
    """
    values = np.asarray(draws, dtype=float)
    if not 0 < kept < total or values.size < 2:  # noqa: PLR2004
        raise InputError(f"cannot resample: {values.size} draws of {kept} out of {total}")
    return float(values.std() * sqrt(kept / (total - kept)))


def boundary_sd_km2(
    length_m: float, *, boundary_error_m: float, correlation_length_m: float
) -> float:
    """Return the standard deviation of an area whose boundary is uncertain.

    ``sd(A) = sigma * sqrt(2 L l)`` for a normal error sigma across the line with an
    exponential correlation of length l along an uncertain line of length L, for L well
    above l; it can never exceed ``sigma * L`` (the whole line moving as one).

    Parameters
    ----------
    length_m : float
        Length of the uncertain boundary in metres.
    boundary_error_m, correlation_length_m : float
        Sigma and l in metres.

    Examples
    --------
    >>> boundary_sd_km2(100_000, boundary_error_m=500, correlation_length_m=2_000)
    10.0
    """
    independent = sqrt(2 * length_m * correlation_length_m)
    return boundary_error_m * min(independent, length_m) / 1e6

"""Figures with their intervals, and the formulas that give the intervals.

Three sources of error are modelled here, all as closed formulas without geometry:

* the position of a boundary (`correlated_m2`), after Chrisman and Yandell (1988), with
  errors that are correlated along the line;
* the drawing of a map (`digitising_error_m`), by the usual half millimetre on paper;
* the choice of places behind a nearest-place surface (`delete_d_sd`), by the delete-d
  jackknife of Shao and Wu (1989).

References
----------
Chrisman, N. R. and Yandell, B. S. (1988). Effects of point error on area calculations:
a statistical model. Surveying and Mapping 48, 241-246.
Goodchild, M. F. and Hunter, G. J. (1997). A simple positional accuracy measure for linear
features. International Journal of Geographical Information Science 11, 299-306.
Olofsson, P. et al. (2014). Good practices for estimating area and assessing accuracy of
land change. Remote Sensing of Environment 148, 42-57.
Shao, J. and Wu, C. F. J. (1989). A general theory for jackknife variance estimation.
Annals of Statistics 17, 1176-1197.
"""

from dataclasses import dataclass
from math import hypot, inf, isfinite, sqrt
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from territory.errors import InputError
from territory.numbers import interval

Z_95 = 1.959963984540054  # two-sided 95 % quantile of the normal distribution
LINE_WIDTH_M = 0.0005  # half a millimetre on paper: as fine as a line is drawn and traced

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A figure that may leave the library: a value, its interval and its unit.

    Attributes
    ----------
    value : float
        The figure.
    low, high : float
        Limits of its interval of 95 %, in the same unit; they hold the value between them.
    unit : str
        As in a claims file, such as ``km2`` or ``percent``.
    drawn_low, drawn_high : float, optional
        Limits of how well the figure follows from the map as it is drawn, in the same unit;
        they lie between `low` and `high`. None where nobody drew the zones.

    Raises
    ------
    InputError
        If a bound is not a number or they are not in order.

    Examples
    --------
    >>> print(Estimate(2578.0, 2190.4, 2965.9, "km2"))
    2,578 (2,190 to 2,966) km2
    """

    value: float
    low: float
    high: float
    unit: str = "km2"
    drawn_low: float | None = None
    drawn_high: float | None = None

    def __post_init__(self) -> None:
        """Refuse an estimate that contradicts itself."""
        # A float is a number too; asked for first, as nearly all are and Real takes its time.
        if not all(isinstance(each, float | Real) for each in (self.value, self.low, self.high)):
            raise InputError(
                f"an estimate needs three numbers, not {self.value!r:.60},"
                f" {self.low!r:.60} and {self.high!r:.60}"
            )
        drawn = [each for each in (self.drawn_low, self.drawn_high) if each is not None]
        if not all(isinstance(each, float | Real) for each in drawn):
            limits = " and ".join(f"{each!r:.60}" for each in drawn)
            raise InputError(f"limits of what is drawn are numbers or None, not {limits}")
        if not isfinite(self.value) or not self.low <= self.value <= self.high:
            raise InputError(f"an estimate needs low <= value <= high, not {self!r}")
        least = self.value if self.drawn_low is None else self.drawn_low
        most = self.value if self.drawn_high is None else self.drawn_high
        if not self.low <= least <= self.value <= most <= self.high:
            raise InputError(f"an interval as drawn lies within the other one, not {self!r}")

    def __str__(self) -> str:
        """Return the figure as a reader would write it."""
        return interval(self.value, self.low, self.high, self.unit)

    def beside(self, published: float) -> str:
        """Return the figure as finely as it can be compared with a published one.

        Parameters
        ----------
        published : float
            In the same unit; the computed figure has at least as many decimals.

        Examples
        --------
        >>> Estimate(498.02, 498.0, 498.04).beside(556)
        '498.02 (498.00 to 498.04) km2'
        """
        return interval(self.value, self.low, self.high, self.unit, beside=published)


def around(
    value: float,
    sd: float,
    *,
    bias: float = 0.0,
    unit: str = "km2",
    floor: float = 0.0,
    ceiling: float = inf,
) -> Estimate:
    """Return the normal interval about a value, cut to what is possible.

    It reaches `Z_95` deviations either way. How often that holds the truth only a
    validation tells.

    Parameters
    ----------
    value, sd : float
        The figure and its standard deviation, in `unit`.
    bias : float
        How far all of it may be off to one side or the other. It is added to the half
        width as it is, not in quadrature: it does not average out.
    unit : str
        Of all figures here.
    floor, ceiling : float
        Physical limits, such as 0 and the area looked at.

    Returns
    -------
    Estimate
        That holds the value, even where the value is beyond a limit.

    Raises
    ------
    InputError
        If the deviation or the bias is negative or not a number.

    Examples
    --------
    >>> around(10.0, 1.0, floor=9.0).low
    9.0
    >>> around(10.0, 0.0, bias=2.0).high
    12.0
    """
    if not sd >= 0:
        raise InputError(f"a standard deviation cannot be {sd}")
    if not bias >= 0:
        raise InputError(f"the size of a bias cannot be {bias}")
    half = Z_95 * sd + bias
    low, high = max(floor, value - half), min(ceiling, value + half)
    return Estimate(value, min(low, value), max(high, value), unit)


def delete_d_sd(draws: ArrayLike, *, sample_size: int, total: int) -> float:
    """Return the delete-d jackknife standard deviation of a statistic.

    A subsample keeping 80 % of the places varies less than a new sample of places
    would; the jackknife scales the spread by ``sqrt(sample_size / (total - sample_size))``,
    which is 2 for 80 %. Without that factor a "95 %" interval covers the truth about 70 %
    of the time on simulated fronts.

    Parameters
    ----------
    draws : array_like, shape (n,)
        The statistic on each subsample.
    sample_size, total : int
        Size of a subsample and of the whole sample.

    Returns
    -------
    float
        In the unit of the statistic.

    Raises
    ------
    InputError
        If a subsample is empty or keeps everything, or fewer than two draws are given.

    Examples
    --------
    >>> round(delete_d_sd([1.0, 3.0], sample_size=8, total=10), 3)
    2.0
    """
    values = np.asarray(draws, dtype=float)
    if not 0 < sample_size < total or values.size < 2:  # noqa: PLR2004
        raise InputError(f"cannot resample: {values.size} draws of {sample_size} out of {total}")
    return float(values.std() * sqrt(sample_size / (total - sample_size)))


def digitising_error_m(scale: float) -> float:
    """Return how far a line on a map of some scale lies off, in metres on the ground.

    Half a millimetre on paper: the width of a drawn line and what a hand can follow
    (Goodchild and Hunter, 1997, give the same order for the epsilon band of a map).

    Parameters
    ----------
    scale : float
        Denominator of the scale, 1000000 for 1:1 000 000; 0 where there is no map.

    Returns
    -------
    float
        Metres.

    Raises
    ------
    InputError
        If the denominator is negative or not a number.

    Examples
    --------
    >>> digitising_error_m(1_000_000)
    500.0
    """
    if not 0 <= scale < inf:
        raise InputError(f"a map cannot have the scale 1:{scale}")
    return LINE_WIDTH_M * scale


def correlated_m2(
    length_m: Floats, correlation_length_m: float, *, closed: NDArray[np.bool_]
) -> Floats:
    """Return the variance of the area beside each uncertain line, for an error of one metre.

    The line lies off by a normal error sigma whose correlation falls as ``exp(-d / l)``
    with the distance d along it, and the error of the area is the integral of that along
    the length L. Exactly, for a line with two ends::

        var(A) = 2 sigma^2 l (L - l (1 - exp(-L / l)))

    and for one that closes on itself, where d goes the shorter way round::

        var(A) = 2 sigma^2 l L (1 - exp(-L / (2 l)))

    Both tend to ``2 sigma^2 L l`` for long lines and to ``sigma^2 L^2`` (the whole line
    moving as one) for short ones. They do not depend on how many vertices a line has:
    the formula for independent vertices shrinks as vertices are added and must not be
    used on dense lines. Errors of separate lines are independent, so their variances add up.

    Parameters
    ----------
    length_m : ndarray, shape (n,)
        Lengths L of the lines.
    correlation_length_m : float
        Distance l along a line over which errors go together.
    closed : ndarray of bool, shape (n,)
        Which of them close on themselves.

    Returns
    -------
    ndarray, shape (n,)
        Square metres: times sigma squared in square metres, the variance in m4.

    Examples
    --------
    >>> lines, closed = np.array([100_000.0, 100_000.0]), np.array([False, True])
    >>> sd_m2 = 500 * np.sqrt(correlated_m2(lines, 2_000.0, closed=closed))
    >>> (sd_m2 / 1e6).round(2).tolist()
    [9.9, 10.0]
    """
    ratio = np.asarray(length_m, dtype=float) / correlation_length_m
    # expm1 keeps its digits on short lines, where the two terms nearly cancel.
    open_line = _less_its_start(ratio)
    ring = -ratio * np.expm1(-ratio / 2)
    return 2 * correlation_length_m**2 * np.where(closed, ring, open_line)


def _less_its_start(x: Floats) -> Floats:
    """Return ``x - (1 - exp(-x))``, by its series where that would cancel."""
    series = x**2 * (1 / 2 - x / 6 + x**2 / 24)
    return np.where(x < 1e-3, series, x + np.expm1(-x))  # noqa: PLR2004 - relative error 1e-11


def together(*sds: float) -> float:
    """Return the standard deviation of the sum of independent errors.

    Parameters
    ----------
    *sds : float
        Standard deviations, in one unit.

    Examples
    --------
    >>> together(3.0, 4.0)
    5.0
    """
    return hypot(*sds)


def without(sd: float, part: float) -> float:
    """Return what is left of a standard deviation without one of its independent parts.

    Parameters
    ----------
    sd, part : float
        Standard deviations, in one unit.

    Examples
    --------
    >>> without(5.0, 3.0)
    4.0
    """
    return sqrt(max(sd**2 - part**2, 0.0)) if part else sd

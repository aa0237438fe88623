"""How easily a recipe comes close to a number by luck.

A recipe is a metric, a choice of what is counted, and perhaps a constant added. How
complicated it is, is counted in bits: what it takes to say in which respects it departs
from the plain measurement, and to which of the possible alternatives. Of two recipes that
come equally close, the one with fewer bits is the better explanation; how much closeness
makes up for a bit is no matter of taste but of chance:

**One figure.** Suppose the figure had nothing to do with any recipe: drawn at random, on a
log scale, from those no further from the published one than the plain measurement is, but
at least two percent either way. The chance that a recipe as simple as this one, or
simpler, comes as close as this one does is the share of that window which such recipes
cover, times `LOOKS`, because the best is taken over several degrees of simplicity. "As
close" is never closer than the figure is rounded. In simulations of figures that come from
nowhere, the best recipe was given a chance of five percent or less about one time in twenty.

**A series.** The first day as above, by the union bound; every further change of the
published value is one more test, which a wrong recipe passes with the chance of hitting a
change of the usual size as closely. Some days may be odd (a file replaced later), and in
how many ways they could have been chosen is counted too. A constant fitted to the series
uses up the first day.
"""

from math import comb, log, log1p, log10, sqrt

import numpy as np

from territory.projection import Floats

WINDOW = 0.02  # relative; the least half width of the window that luck is measured in
LOOKS = 2
ODD_SHARE = 0.1
FEW_DAYS = 5  # from this many on, one may be odd
_SMALL = 1e-11  # relative; closer than this is rounding of the computer


def half_window(published: float, plain: float) -> float:
    """Return the half width, in logarithms, of the window that luck is measured in.

    Parameters
    ----------
    published, plain : float
        What was published, and what the plain measurement gives.

    Examples
    --------
    >>> round(half_window(4600, 3035), 3), round(half_window(3035, 3000), 3)
    (0.416, 0.02)
    """
    return max(abs(log(published / plain)), log1p(WINDOW))


def covered(logs: Floats, published: float, tolerance: float, half_width: float) -> float:
    """Return the share of the window around a figure that lies close to any recipe.

    Parameters
    ----------
    logs : ndarray
        Natural logarithms of what the recipes give, in any order.
    tolerance : float
        Relative; how close is close.
    half_width : float
        Of the window, in logarithms.

    Examples
    --------
    >>> round(covered(np.log([100.0]), 100.0, 0.01, np.log(1.1)), 3)
    0.104
    """
    low, high = log(published) - half_width, log(published) + half_width
    centre = np.sort(logs, kind="stable")  # quick where it is sorted already
    reach = log1p(tolerance)
    start, end = np.clip(centre - reach, low, high), np.clip(centre + reach, low, high)
    before = np.append(low, end[:-1])
    return float(np.maximum(end - np.maximum(start, before), 0).sum() / (high - low))


def odd_days_allowed(days: int) -> int:
    """Return on how many of some days a recipe may fail.

    Examples
    --------
    >>> [odd_days_allowed(days) for days in (4, 5, 21)]
    [0, 1, 2]
    """
    return max(int(days * ODD_SHARE), int(days >= FEW_DAYS))


def series_log10(
    tolerance: Floats, published: Floats, *, odd: int, fitted: bool, half_width: float
) -> Floats:
    """Return the logarithm of the chance that one wrong recipe fits a series as closely.

    Parameters
    ----------
    tolerance : ndarray
        Relative error of each recipe on the worst day that is not odd.
    published : ndarray, shape (days,)
        In order of day.
    odd : int
        On how many days the recipe may fail.
    fitted : bool
        Whether a constant was fitted.
    """
    close = np.maximum(tolerance, _SMALL)
    changes = np.diff(published)
    changes = changes[changes != 0]
    tests = max(len(changes) - 2 * odd, 0)  # an odd day spoils the change to it and from it
    total = np.full(np.shape(close), log10(comb(len(published), odd)))
    if not fitted:
        total += np.log10(np.minimum(1.0, close / half_width))
    if tests:
        spread = 2 * sqrt(3) * float(np.sqrt(np.mean(changes**2)))  # of a uniform law
        hit = 2 * close * float(np.mean(published)) / spread
        total += tests * np.log10(np.minimum(1.0, hit))
    return total

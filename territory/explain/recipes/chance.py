"""How easily a search over so many recipes comes so close to a number by luck.

A recipe is a metric, a choice of what is counted, and perhaps a constant added. How
complicated it is, is counted in bits: what it takes to say in which respects it departs
from the plain measurement, and to which of the possible alternatives. Of two recipes that
come equally close, the one with fewer bits is the better explanation; how much closeness
makes up for a bit is no matter of taste but of chance:

**One figure.** Suppose the figure had nothing to do with any recipe: drawn at random, on a
log scale, from a window around the published one. The *merit* of a recipe is the share of
the window that all recipes as simple as it, or simpler, cover when each reaches as far as
this one is off ("as close" is never closer than the figure is rounded). The chance of a
recipe is how often a figure drawn so would find *any* recipe of as much merit, among all
that were tried and at every degree of simplicity: the share of the window that recipes
cover when each reaches as far as that merit lets it. This is exact, not simulated. How
wide the window of unrelated figures should be nobody knows, so the chance is the largest
over windows from two percent to as far as the plain measurement is from the figure; and as
such figures are not spread evenly in it, but crowd where recipes do, it is taken `LOOKS`
times.

**A series.** The first day as above, by the union bound; every further change of the
published value is one more test, which a wrong recipe passes with the chance of hitting a
change of the usual size as closely. As any map of the same front changes with it, what
must be hit is not the change itself but what the plain measurement leaves of it. Some days
may be odd (a file replaced later): in how many ways so many of them could have been chosen,
and that any number of them might have been, is counted, and nothing else limits how many
there are. A constant fitted to the series uses up the first day.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, lgamma, log, log1p, log10

import numpy as np

from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats, Ints

WINDOW = 0.02  # relative; the least half width of the window that luck is measured in
WIDER = 3.0  # from one window to the next
LOOKS = 3
SATURATED = 0.25  # of a window: recipes that cover so much by rounding alone say nothing
_SMALL = 1e-11  # relative; closer than this is rounding of the computer
_TINY = 1e-9
_HALVINGS = 60
_UNIFORM = 4  # the width of a uniform law in medians of its distance from the middle


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


def windows(widest: float) -> tuple[float, ...]:
    """Return the half widths of the windows that luck is measured in, in logarithms.

    Parameters
    ----------
    widest : float
        Half width of the widest one, in logarithms.

    Returns
    -------
    tuple of float
        Ascending; the widest one last.

    Examples
    --------
    >>> [round(each, 3) for each in windows(0.5)]
    [0.02, 0.059, 0.178, 0.5]
    """
    found = [log1p(WINDOW)]
    while found[-1] * WIDER < widest:
        found.append(found[-1] * WIDER)
    return tuple(found if widest <= found[-1] else [*found, widest])


def covered(centres: Floats, reach: Floats | float, half_width: float) -> float:
    """Return the share of a window about zero that lies close to any of some points.

    Parameters
    ----------
    centres : ndarray, shape (n,)
        In any order.
    reach : float or ndarray, shape (n,)
        How close is close.
    half_width : float
        Of the window.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> round(covered(np.array([0.0, 0.5]), 0.05, 1.0), 3)
    0.1
    """
    start = np.clip(centres - reach, -half_width, half_width)
    end = np.clip(centres + reach, -half_width, half_width)
    order = np.argsort(start, kind="stable")
    start, end = start[order], end[order]
    before = np.maximum.accumulate(np.append(-half_width, end[:-1]))
    return float(np.maximum(end - np.maximum(start, before), 0).sum() / (2 * half_width))


@dataclass(frozen=True, eq=False)
class Window:
    """What recipes cover of a window around a figure that has nothing to do with them.

    Attributes
    ----------
    off : ndarray, shape (n,)
        By how much each recipe is off, in logarithms, ascending; all in the window.
    level : ndarray of int, shape (n,)
        How complicated each is: see `levels`.
    half_width, rounding : float
        Of the window, and how closely the figure is known at best, both in logarithms.
    """

    off: Floats
    level: Ints
    half_width: float
    rounding: float

    @cached_property
    def _gaps(self) -> dict[int, tuple[Floats, Floats]]:
        """By level, half the gaps between all recipes as simple, ascending, and their sums.

        Levels at which rounding alone covers too much to tell anything are left out.
        """
        found: dict[int, tuple[Floats, Floats]] = {}
        for level in np.unique(self.level):
            off = self.off[self.level <= level]
            ends = (off[0] + self.half_width, self.half_width - off[-1])
            half = np.concatenate([np.diff(off), ends])
            half[:-2] /= 2
            sides = np.where(np.arange(len(half)) < len(half) - 2, 2.0, 1.0)
            if (np.minimum(half, self.rounding) * sides).sum() > SATURATED * 2 * self.half_width:
                break
            order = np.argsort(half, kind="stable")
            half, sides = half[order], sides[order]
            total = np.concatenate([[0.0], np.cumsum(half * sides)])
            weight = np.concatenate([np.cumsum(sides[::-1])[::-1], [0.0]])
            found[int(level)] = (half, np.stack([total, weight]))
        return found

    def merit(self, level: int, off: float) -> float:
        """Return the share of the window that recipes as simple cover, reaching so far.

        Parameters
        ----------
        level : int
            How complicated a recipe is: see `levels`.
        off : float
            By how much it is off, in logarithms; never counted as less than the rounding.

        Returns
        -------
        float
            0 to 1; 0 where no recipe in the window is as simple, 1 where rounding alone covers
            too much.
        """
        known = max((each for each in self._gaps if each <= level), default=None)
        if any(each <= level for each in self._levels_lost):
            return 1.0
        if known is None:  # there is none as simple in the window
            return 0.0
        reach = max(off, self.rounding)
        half, (total, weight) = self._gaps[known]
        at = int(np.searchsorted(half, reach))
        return float((total[at] + reach * weight[at]) / (2 * self.half_width))

    @cached_property
    def _levels_lost(self) -> tuple[int, ...]:
        return tuple(int(each) for each in np.unique(self.level) if int(each) not in self._gaps)

    def _reach(self, level: int, merit: float) -> float:
        """Return how far recipes of a level may reach for a merit; 0 where rounding forbids."""
        if self.merit(level, 0.0) > merit * (1 + _TINY):
            return 0.0
        low, high = 0.0, 2 * self.half_width
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.merit(level, middle) <= merit else (low, middle)
        return high

    def chance(self, merit: float) -> float:
        """Return how often an unrelated figure finds any recipe of so much merit, or more.

        Parameters
        ----------
        merit : float
            A share of the window, 0 to 1, as `merit` gives it.

        Returns
        -------
        float
            0 to 1.
        """
        if merit > SATURATED:
            return 1.0
        reach = {level: self._reach(level, merit) for level in self._gaps}
        reaching = np.array([reach.get(int(each), 0.0) for each in range(self._top + 1)])
        radius = reaching[self.level]
        there = radius > 0
        return covered(self.off[there], radius[there], self.half_width) if there.any() else merit

    @property
    def _top(self) -> int:
        return int(self.level.max(initial=0))


def levels(bits: Floats) -> Ints:
    """Return degrees of simplicity: whole bits, rounded up.

    Parameters
    ----------
    bits : ndarray, shape (n,)
        How complicated each recipe is.

    Returns
    -------
    ndarray of int, shape (n,)

    Examples
    --------
    >>> levels(np.array([0.0, 1.0, 5.3, 8.6])).tolist()
    [0, 1, 6, 9]
    """
    return np.ceil(bits - _TINY).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Luck:
    """The chance that a search over all recipes comes as close to a figure by luck."""

    windows: tuple[Window, ...]

    @classmethod
    def of(cls, logs: Floats, bits: Floats, *, widest: float, rounding: float) -> "Luck":
        """Prepare the windows for a figure.

        Parameters
        ----------
        logs : ndarray, shape (n,)
            Logarithm of what each recipe gives, less that of the published figure.
        bits : ndarray, shape (n,)
            How complicated each is.
        widest : float
            Half width of the widest window, in logarithms.
        rounding : float
            Relative; how far the figure may be off by its rounding or wording.
        """
        inside = np.flatnonzero(np.abs(logs) <= widest * (1 + _TINY))
        order = inside[np.argsort(logs[inside], kind="stable")]
        off, level = logs[order], levels(bits[order])
        near = [(np.abs(off) <= width * (1 + _TINY), width) for width in windows(widest)]
        return cls(tuple(Window(off[here], level[here], w, log1p(rounding)) for here, w in near))

    def merit(self, bits: float, error: float) -> float:
        """Return the share that recipes as good cover, in the window where it is most.

        Parameters
        ----------
        bits : float
            How complicated the recipe is.
        error : float
            By how much it is off, relative.

        Returns
        -------
        float
            0 to 1; the smaller the better.
        """
        level = ceil(bits - _TINY)
        return max(each.merit(level, log1p(error)) for each in self.windows)

    def chance(self, bits: float, error: float) -> float:
        """Return how often the search comes upon something as good by luck, 0 to 1.

        Parameters
        ----------
        bits, error : float
            How complicated the recipe is, and by how much it is off, relative.
        """
        level = ceil(bits - _TINY)
        found = max(each.chance(each.merit(level, log1p(error))) for each in self.windows)
        return min(1.0, LOOKS * found)


def odd_ways_log10(days: int) -> Floats:
    """Return by number of odd days the logarithm of in how many ways they may be chosen.

    That any number of days might have been odd is counted too.

    Parameters
    ----------
    days : int
        How many days the series has; at least one.

    Returns
    -------
    ndarray, shape (days,)
        For none, one, ... and all but one.

    Examples
    --------
    >>> [round(10**each) for each in odd_ways_log10(21)[:3]]
    [21, 441, 4410]
    """
    chosen = [lgamma(days + 1) - lgamma(n + 1) - lgamma(days - n + 1) for n in range(days)]
    return np.asarray(np.array(chosen) / log(10) + log10(days))


def usual_width(changes: Floats) -> float:
    """Return the width of the uniform law that changes follow, whatever a few odd ones do.

    Parameters
    ----------
    changes : ndarray, shape (days - 1,)
        From each published value to the next, in their unit; zeros are no changes.

    Returns
    -------
    float
        In the same unit; 0 where nothing changed.

    Examples
    --------
    >>> usual_width(np.array([1.0, -2.0, 3.0, 500.0, 0.0]))
    10.0
    """
    moved = np.abs(changes[changes != 0])
    return float(_UNIFORM * np.median(moved)) if len(moved) else 0.0


def series_log10(
    tolerance: Floats,
    published: Floats,
    *,
    fitted: bool | Bools,
    half_width: float,
    width: float | Floats | None = None,
) -> Floats:
    """Return the logarithm of the chance that one wrong recipe fits a series as closely.

    Parameters
    ----------
    tolerance : ndarray, shape (..., days)
        Relative error of each recipe on the worst day that is not odd: where none is odd,
        where one is, and so on.
    published : ndarray, shape (days,)
        In order of day.
    fitted : bool, or ndarray of bool that broadcasts
        Whether a constant was fitted.
    half_width : float
        Of the window that the first day is drawn from, in logarithms.
    width : float or ndarray that broadcasts, optional
        Of the uniform law that is hit by luck, by default that of the changes; less where
        any map of the same front would come close to them.

    Returns
    -------
    ndarray, shape (..., days)
    """
    close = np.maximum(tolerance, _SMALL)
    changes = np.diff(published)
    within = np.asarray(usual_width(changes) if width is None else width)
    odd = np.arange(len(published))
    tests = np.maximum(np.count_nonzero(changes) - 2 * odd, 0)  # it spoils the changes beside it
    with np.errstate(divide="ignore"):
        hit = np.log10(np.minimum(1.0, 2 * close * float(np.mean(published)) / within))
    level = np.where(fitted, 0.0, np.log10(np.minimum(1.0, close / half_width)))
    return np.asarray(odd_ways_log10(len(published)) + level + tests * hit)

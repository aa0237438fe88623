"""How well two intervals that agree agree: a good fit, or a loose one.

A verdict of "consistent" says that the published and the computed interval overlap, and
two intervals that merely touch do that too. So a second thing is stated beside it, by one
fixed rule. Every figure that the published words allow is as good as any other, so what
counts is the one nearest to the computed figure:

* *good*: it lies within half of the way from the computed figure to the end of its
  interval, or is the computed figure itself;
* *loose*: it lies further out, so that the two intervals overlap only in the outer half of
  the computed one.

Half of such an interval is one standard uncertainty, the whole is the expanded one with
coverage factor 2 (JCGM 100:2008, "Guide to the expression of uncertainty in measurement",
2.3.5 and 6.3). That two such intervals overlap is no test at 5 % (Schenker and Gentleman
2001, The American Statistician 55:182-186). Of true figures one in three at most comes
out loose, so a loose fit is no reproach; several together are a hint.
"""

from enum import StrEnum

from territory.measure.estimate import Estimate

GOOD_UP_TO = 0.5  # of the way from the computed figure to the end of its interval


class Fit(StrEnum):
    """How well what was published and what was computed agree."""

    NONE = ""
    GOOD = "good"
    LOOSE = "loose"


FIT_WORDS = {Fit.NONE: "", Fit.GOOD: "", Fit.LOOSE: ", a loose fit"}
FIT_SENTENCES = {
    Fit.NONE: "",
    Fit.GOOD: "a good fit: a figure that the words allow lies near the computed one",
    Fit.LOOSE: "a loose fit: the two intervals overlap only in the outer half of the computed one",
}


def way_out(published: tuple[float, float], computed: Estimate) -> float | None:
    """Return how far out in a computed interval the nearest figure that words allow lies.

    Parameters
    ----------
    published : tuple of float
        The lowest and the highest figure that the published words allow.
    computed : Estimate
        In the unit of `published`.

    Returns
    -------
    float or None
        0 where the words allow the computed figure itself, 1 where the intervals just
        touch; None where they do not overlap.

    Examples
    --------
    >>> way_out((2883.25, 3186.75), Estimate(3000.0, 2500.0, 3500.0))
    0.0
    >>> way_out((2883.25, 3186.75), Estimate(2578.0, 2133.0, 3022.0)) < 0.7
    True
    >>> way_out((110.0, 120.0), Estimate(100.0, 90.0, 109.0)) is None
    True
    """
    low, high = published
    if computed.high < low or computed.low > high:
        return None
    if computed.value < low:
        return (low - computed.value) / (computed.high - computed.value)
    if computed.value > high:
        return (computed.value - high) / (computed.value - computed.low)
    return 0.0


def fit_of(published: tuple[float, float], computed: Estimate) -> Fit:
    """Return how well two intervals agree, by the rule above; nothing where they do not.

    Parameters
    ----------
    published : tuple of float
        The lowest and the highest figure that the published words allow.
    computed : Estimate
        In the unit of `published`.

    Examples
    --------
    >>> fit_of((95.0, 105.0), Estimate(100.0, 80.0, 120.0)).value
    'good'
    >>> fit_of((115.0, 125.0), Estimate(100.0, 80.0, 120.0)).value
    'loose'
    """
    out = way_out(published, computed)
    if out is None:
        return Fit.NONE
    return Fit.GOOD if out <= GOOD_UP_TO else Fit.LOOSE

"""What must be said beside a verdict, so that nobody takes it for more.

Three rules, fixed like those of `territory.claims.precision`; the first two are about verdicts
of "consistent", the third about any that rests on a map:

* *far beyond the word*: "over 400" is true of 921, and "under 400" of 80. Such a figure is
  not refuted, but who writes "over" usually means a tenth more at most, so a computed
  interval that lies wholly beyond what the word allows is told.
* *weak test*: an interval wider than the published figure itself reaches from about half of
  it to half as much again, or further, so that hardly any figure could have failed.
* *later map*: nobody can have used a map dated after the day of publication. Where the
  publisher states the hour of its snapshots, the map of the next day shows what its own map
  may have looked like the evening before; that is said, and it is told all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from territory.claims.model import Claim
from territory.claims.precision import Precision
from territory.measure.estimate import Estimate

WEAK_FROM = 1.0  # width of the computed interval over the published figure


class Caveat(StrEnum):
    """What limits a verdict of "consistent"."""

    NONE = ""
    FAR_ABOVE = "far above"
    FAR_BELOW = "far below"
    WEAK = "weak test"


CAVEAT_WORDS = {
    Caveat.NONE: "",
    Caveat.FAR_ABOVE: ", though far above",
    Caveat.FAR_BELOW: ", though far below",
    Caveat.WEAK: ", but a weak test",
}
FAR = (Caveat.FAR_ABOVE, Caveat.FAR_BELOW)
_ONE_DAY = timedelta(1)


@dataclass(frozen=True)
class LaterMap:
    """A map that a verdict rests on and that is dated after the figure was published.

    Attributes
    ----------
    day, published : date
        Of the map, and of the figure.
    hour_utc : int or None
        Hour of its day that a map shows, where its publisher says so.

    Examples
    --------
    >>> LaterMap(date(2025, 10, 2), date(2025, 10, 1)).sentence.partition(", ")[2]
    'so the publisher cannot have used it'
    """

    day: date
    published: date
    hour_utc: int | None = None

    @property
    def is_of_the_night_after(self) -> bool:
        """Whether it is the map of the next day, with an hour that its publisher states."""
        return self.hour_utc is not None and self.day - self.published == _ONE_DAY

    @property
    def sentence(self) -> str:
        """What that means for the verdict."""
        dated = f"the map of {self.day} is dated after the figure was published ({self.published})"
        if not self.is_of_the_night_after:
            return f"{dated}, so the publisher cannot have used it"
        return (
            f"{dated}; it shows {self.hour_utc:02d}:00 UTC of its day, so the publisher cannot"
            " have used this file, though its own map may have looked nearly the same the"
            " evening before"
        )


def later_map(
    published: date, days: Sequence[date], *, hour_utc: int | None = None
) -> LaterMap | None:
    """Return the last day that a figure is measured on, if it was published before that day.

    Parameters
    ----------
    published : date
        Day on which the figure was published.
    days : sequence of date
        Days that it is measured on; where there is none, no map is later.
    hour_utc : int, optional
        Hour of its day that a map shows, where its publisher says so.

    Returns
    -------
    LaterMap or None
        None where the last day is that of publication, or before it.

    Examples
    --------
    >>> later_map(date(2025, 10, 1), (date(2025, 9, 1), date(2025, 10, 1))) is None
    True
    """
    last = max(days, default=published)
    return LaterMap(last, published, hour_utc) if last > published else None


def far_beyond(claim: Claim, computed: Estimate) -> Caveat:
    """Return whether a figure is true to its word "over" or "under", though far beyond it.

    Parameters
    ----------
    claim : Claim
        With the published figure and its word.
    computed : Estimate
        In the unit of the claim.

    Returns
    -------
    Caveat
        ``FAR_ABOVE``, ``FAR_BELOW`` or ``NONE``.

    Examples
    --------
    >>> from datetime import date
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 1, 14), value=400,
    ...               unit="km2", precision="over", not_checkable="-")
    >>> str(far_beyond(claim, Estimate(921.0, 579.0, 1263.0)))
    'far above'
    >>> far_beyond(claim, Estimate(380.0, 300.0, 460.0)) is Caveat.NONE
    True
    """
    low, high = claim.published_interval()
    if claim.precision is Precision.OVER and computed.low > high:
        return Caveat.FAR_ABOVE
    if claim.precision is Precision.UNDER and computed.high < low:
        return Caveat.FAR_BELOW
    return Caveat.NONE


def caveat_of(claim: Claim, computed: Estimate) -> Caveat:
    """Return what must be said beside a verdict of "consistent".

    Parameters
    ----------
    claim : Claim
        With the published figure and its word.
    computed : Estimate
        In the unit of the claim; the two intervals overlap, or the claim is true to its word.

    Examples
    --------
    >>> from datetime import date
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 8), value=250,
    ...               unit="km2", not_checkable="-")
    >>> str(caveat_of(claim, Estimate(176.0, 0.0, 351.0)))
    'weak test'
    """
    middle = (claim.value + (claim.value if claim.value_high is None else claim.value_high)) / 2
    if far := far_beyond(claim, computed):
        return far
    return Caveat.WEAK if computed.high - computed.low > WEAK_FROM * middle else Caveat.NONE


def of_all(caveats: Sequence[Caveat]) -> str:
    """Return what limits every one of some verdicts, as the end of a sentence, or nothing.

    Parameters
    ----------
    caveats : sequence of Caveat
        One for each verdict.

    Examples
    --------
    >>> of_all([Caveat.WEAK, Caveat.WEAK]), of_all([Caveat.WEAK, Caveat.NONE])
    ('the test is weak: the interval is wider than the figure itself', '')
    """
    if caveats and all(each is Caveat.WEAK for each in caveats):
        return "the test is weak: the interval is wider than the figure itself"
    if caveats and all(each in FAR for each in caveats):
        return "it is true as it is worded, though far from what the word suggests"
    return ""

"""The sentence that decides: two intervals are compared, and it is said whose map it is."""

from territory.claims.caveats import Caveat, far_beyond
from territory.claims.figures import COUNTED, SHARES, Unit
from territory.claims.model import Claim, Reading, Verdict
from territory.claims.plausibility import Whole
from territory.claims.same_publisher import Interval
from territory.measure.estimate import Estimate
from territory.numbers import decimals_between, fixed, span, written


def decide(
    claim: Claim,
    reading: Reading,
    computed: Estimate,
    *,
    whole: Whole | None = None,
    whose: str = "this map",
    interval: Interval = Interval.GROUND,
    day_cut: str = "",
    about: str = "",
    maps: str = "both maps",
) -> tuple[Verdict, str]:
    """Compare two intervals and give the sentence that decides.

    Parameters
    ----------
    claim : Claim
        With the published figure and its word.
    reading : Reading
        What was measured.
    computed : Estimate
        In the unit of the claim.
    whole : Whole, optional
        What a share was taken of, where it is not the area.
    whose : str
        The map that it was computed on, as it stands in a sentence.
    interval : Interval
        Which interval `computed` has; see `territory.claims.same_publisher.interval_of`.
    day_cut : str
        What the choice of the day alone makes of it, where that spans what was published.
    about : str
        What else stands behind the figure: of how many, or since which day.
    maps : str
        Whose errors count where the figure stems from another map.

    Returns
    -------
    tuple of Verdict and str
        The verdict, and the sentence without a stop at its end.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 5), value=3035,
    ...               unit="km2", precision="roughly", not_checkable="-")
    >>> reading = Reading(name="a", quantity="gained", by=("a",))
    >>> verdict, why = decide(claim, reading, Estimate(2000.0, 1900.0, 2100.0))
    >>> print(f"{verdict}: {why}")  # doctest: +NORMALIZE_WHITESPACE
    inconsistent: this map does not bear it out: 2,000 (1,900 to 2,100) km2 computed lies below
    3,035 km2 published (2,883 to 3,187)
    """
    low, high = claim.published_interval()
    allowed = "" if claim.value_high is not None else f" ({span(low, high)})"
    published = f"{claim.wording()} published{allowed}"
    least = "at least " if reading.lower_bound else ""
    got = f"{least}{computed.beside(claim.value)}{about} computed{_basis(claim, reading, whole)}"
    far = far_beyond(claim, computed)
    another_map = interval is Interval.BOTH
    who = claim.publisher or "its publisher"
    theirs = f"; {who} may have measured another map, so an error of that counts too"
    two = theirs if another_map else ""
    errors = f" with the errors of {maps}" if another_map else ""
    if reading.lower_bound and far is not Caveat.FAR_ABOVE:  # at least that much is "over" it
        return _lower_bound(claim, reading, computed, got, whose)
    if computed.low <= high and computed.high >= low:
        here = f" on {whose}" if another_map else ""
        return Verdict.CONSISTENT, f"{got}{here}{errors} and {published} overlap{two}"
    side = "below" if computed.high < low else "above"
    if far:
        more = "more" if side == "above" else "less"
        word = f"true of '{claim.precision}', which usually means a tenth {more} at most"
        return Verdict.CONSISTENT, f"{got} lies far {side} {published}; {word}{two}"
    other = _measured_otherwise(claim, computed) if reading.same_map and not day_cut else two
    cut = f"; {day_cut}" if day_cut else ""
    lies = f"{got}{errors} lies {_just(claim, computed)}{side} {published}"
    return Verdict.INCONSISTENT, f"{_refuses(whose)}: {lies}{other}{cut}"


def _just(claim: Claim, computed: Estimate) -> str:
    """Say that two intervals do not meet though their ends are written alike."""
    low, high = claim.published_interval()
    ends = (computed.high, low) if computed.high < low else (computed.low, high)
    decimals = decimals_between(
        computed.low,
        computed.high,
        like=computed.value,
        beside=claim.value,
        unit=str(claim.unit),
    )
    alike = fixed(ends[0], decimals) == fixed(ends[1], decimals)
    return "just " if alike else ""


def _refuses(whose: str) -> str:
    return f"{whose} does not bear it out"


def _basis(claim: Claim, reading: Reading, whole: Whole | None) -> str:
    """Say on what a figure was computed, where that is not the plain case."""
    of = f" of {whole}" if whole and claim.unit in SHARES else ""
    path = " along the path" if reading.path else ""
    plus = f", with the {written(reading.plus)} km2 not drawn," if reading.plus else ""
    return f"{path}{of}{plus}{' on these very polygons' if reading.same_map else ''}"


def _measured_otherwise(claim: Claim, computed: Estimate) -> str:
    times = f", {computed.value / claim.value:.3f} times it" if claim.value else ""
    return (
        f"{times}: more than rounding, the hour of the map and the way of measuring can"
        " explain, so it was measured on another map, over other days or by another rule"
    )


def _lower_bound(
    claim: Claim, reading: Reading, computed: Estimate, got: str, whose: str
) -> tuple[Verdict, str]:
    low, high = claim.published_interval()
    if computed.low > high:
        published = f"{claim.wording()} published (at most {written(high)})"
        return Verdict.INCONSISTENT, f"{_refuses(whose)}: {got}, already above {published}"
    if computed.high >= low:
        return Verdict.CONSISTENT, f"{got}; {reading.lower_bound}"
    done = "counted" if claim.unit in COUNTED else "computed"
    needed = "; a gazetteer of all villages would" if claim.unit is Unit.PLACES else ""
    return (
        Verdict.NOT_CHECKABLE,
        f"{computed.beside(claim.value)} {done}, which is a lower bound and can neither"
        f" confirm nor refute {claim.wording()}: {reading.lower_bound}{needed}",
    )

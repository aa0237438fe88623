"""Whether a figure can be true at all, before any polygon is touched.

Two questions, answered from the sentence alone and the size of the place it names:

* *physically possible*: no part is larger than the whole (1,158 km2 of a place that has
  365);
* *consistent in itself*: an area and its percentage are the same amount (7,463 km2 is not
  1.28 % of a country of 603,700 km2), and so are two figures in one unit.

The interval of an exact or rounded figure is taken twice as wide here as elsewhere, so that
one that was cut off instead of rounded is not called a contradiction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from territory.claims.figures import AREAS, Published, Reference, Unit
from territory.claims.model import Claim, Reading
from territory.claims.precision import Precision
from territory.errors import ClaimError, did_you_mean
from territory.numbers import figure, span, written

ROUNDING = 1e-9  # relative, of sums and products
OUTLINE_SPREAD = 0.02  # how far the packaged outlines of countries may be off in area
_CUT_OFF = (Precision.EXACT, Precision.ROUNDED)
Interval = tuple[float, float]


class Fault(StrEnum):
    """Why a figure cannot be true."""

    NONE = ""
    IMPOSSIBLE = "impossible"
    CONTRADICTION = "contradicts itself"


@dataclass(frozen=True)
class Whole:
    """What a figure is a part of: its size in km2, and the smallest and largest it may have.

    Attributes
    ----------
    name : str
        As it stands in a sentence.
    km2, low, high : float
        Its size; `low` and `high` are sizes that others give for it, or, `by_outline`, how
        far the packaged outlines may be off.
    by_outline : bool
        Whether the size is that of the packaged outlines, for want of a stated one.
    """

    name: str
    km2: float
    low: float
    high: float
    by_outline: bool = False

    def __str__(self) -> str:
        """Return it as it stands in a sentence."""
        km2 = figure(self.km2) if self.by_outline else written(self.km2)
        size = f"the {km2} km2 of {self.name}"
        if self.by_outline:
            return f"{size} (as the outlines packaged here have it, to {100 * OUTLINE_SPREAD:g} %)"
        if self.low == self.km2 == self.high:
            return size
        return f"{size} (given as {span(self.low, self.high)} by others)"


def whole_of(
    reference: Reference, sizes: Mapping[str, float], *, claim_id: str = ""
) -> Whole | None:
    """Return what a claim, reading or companion is a part of, None if it does not say.

    Parameters
    ----------
    reference : Reference
        A claim, a reading or a companion.
    sizes : mapping of str to float
        Sizes of countries in km2, by name.
    claim_id : str
        For the message; the id of the claim it belongs to.

    Returns
    -------
    Whole or None
        In square kilometres.

    Raises
    ------
    ClaimError
        If it names a country whose size is not known.

    Examples
    --------
    >>> print(whole_of(Published(value=1.28, unit="percent", of=603_700), {}))
    the 603,700 km2 of the whole
    >>> two = Published(value=9, unit="percent", of=["Iraq", "Syria"])
    >>> print(whole_of(two, {"Iraq": 437_367.0, "Syria": 185_887.0}))
    the 623,254 km2 of Iraq and Syria (as the outlines packaged here have it, to 2 %)
    """
    if reference.of is None:
        return None
    if reference.countries:
        return _of_countries(reference, sizes, claim_id)
    size = float(reference.of)  # type: ignore[arg-type]  # no country
    name, low, high = reference.of_name or "the whole", reference.of_low, reference.of_high
    return Whole(name, size, low or size, high or size)


def _of_countries(reference: Reference, sizes: Mapping[str, float], claim_id: str) -> Whole:
    """Return the countries that a reference names, together."""
    names = reference.countries
    for each in names:
        if each not in sizes:
            hint = did_you_mean(each, sizes) if sizes else "give its size in km2"
            at = f"claim '{claim_id}': " if claim_id else ""
            raise ClaimError(f"{at}no country '{each}' is known to take 'of'; {hint}")
    size = sum(sizes[each] for each in names)
    name = reference.of_name or f"{', '.join(names[:-1])} and {names[-1]}".removeprefix(" and ")
    low, high = reference.of_low, reference.of_high
    if low or high:
        return Whole(name, size, min(low or size, size), max(high or size, size))
    return Whole(name, size, size * (1 - OUTLINE_SPREAD), size * (1 + OUTLINE_SPREAD), True)


def whole_for(claim: Claim, reading: Reading, sizes: Mapping[str, float]) -> Whole | None:
    """Return what a reading's share is taken of, by itself or by its claim.

    Parameters
    ----------
    claim : Claim
        The claim of the reading.
    reading : Reading
        What it says goes before what the claim says.
    sizes : mapping of str to float
        Sizes of countries in km2, by name.

    Returns
    -------
    Whole or None
        None where neither says it.

    Raises
    ------
    ClaimError
        If it names a country whose size is not known.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.claims.model import Reading
    >>> reading = Reading(name="held", quantity="share", by=("a",))
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 1), value=20, of=500,
    ...               unit="percent", day=date(2018, 2, 1), reading=(reading,))
    >>> whole_for(claim, reading, {}).km2
    500.0
    """
    return whole_of(reading, sizes, claim_id=claim.id) or whole_of(claim, sizes, claim_id=claim.id)


def contradiction(claim: Claim, sizes: Mapping[str, float]) -> tuple[Fault, str]:
    """Return why a claim cannot be true, and nothing if it can.

    Parameters
    ----------
    claim : Claim
        With its companions, and the place that it is about.
    sizes : mapping of str to float
        Sizes of countries in km2, by name.

    Returns
    -------
    tuple of Fault and str
        ``(Fault.NONE, "")`` where there is nothing to say against it.

    Raises
    ------
    ClaimError
        If it names a country whose size is not known.

    Examples
    --------
    >>> from datetime import date
    >>> claim = Claim(id="x", text="", publisher="", published=date(2024, 1, 30), value=1158,
    ...               unit="km2", of=365, of_name="the Gaza Strip", not_checkable="-",
    ...               also=[{"value": 41, "unit": "percent"}])
    >>> fault, why = contradiction(claim, {})
    >>> print(why)
    impossible: 1,158 km2 is more than the 365 km2 of the Gaza Strip; 41 % of it is 150 km2
    """
    whole = _place_of(claim, sizes)
    figures: tuple[Published, ...] = (claim, *claim.also)
    if (there := units_of(claim)) is not None and _widened(claim)[0] > there:
        problem = f"{claim.wording()} are more than the {written(there)} that there are"
        return Fault.IMPOSSIBLE, f"{Fault.IMPOSSIBLE}: {problem}"
    for each in figures:
        if each.unit in AREAS and whole and _widened(each)[0] * each.unit.km2 > whole.high:
            problem = f"{each.wording()} is more than {whole}{_percent_of(figures, whole)}"
            return Fault.IMPOSSIBLE, f"{Fault.IMPOSSIBLE}: {problem}"
    why = next(_disagreements(claim, sizes), "")
    return (Fault.CONTRADICTION, f"{Fault.CONTRADICTION}: {why}") if why else (Fault.NONE, "")


def units_of(claim: Claim) -> float | None:
    """Return how many units there are by the words of a claim that counts them.

    Parameters
    ----------
    claim : Claim
        In any unit.

    Returns
    -------
    float or None
        None where it counts no units, or does not say of how many.

    Examples
    --------
    >>> from datetime import date
    >>> claim = Claim(id="x", text="224 of 421 districts", publisher="", value=224, of=421,
    ...               unit="units", published=date(2021, 8, 15), not_checkable="-")
    >>> units_of(claim)
    421.0
    """
    return claim.of if claim.unit is Unit.UNITS and isinstance(claim.of, float) else None


def _place_of(claim: Claim, sizes: Mapping[str, float]) -> Whole | None:
    """Return the ground that a claim is a part of; a number of units is no ground."""
    return None if claim.unit is Unit.UNITS else whole_of(claim, sizes, claim_id=claim.id)


def _percent_of(figures: tuple[Published, ...], whole: Whole) -> str:
    """Say what the percentage of the sentence comes to, if it has one."""
    for each in figures:
        if each.unit is Unit.PERCENT:
            return f"; {each.wording()} of it is {figure(each.value * whole.km2 / 100)} km2"
    return ""


def _disagreements(claim: Claim, sizes: Mapping[str, float]) -> Iterator[str]:
    """Yield what two figures of one sentence cannot both be."""
    figures: tuple[Published, ...] = (claim, *claim.also)
    areas = [each for each in figures if each.unit in AREAS]
    shares = [each for each in figures if each.unit is Unit.PERCENT]
    for area in areas:
        for share in shares:
            whole = whole_of(share, sizes, claim_id=claim.id) or _place_of(claim, sizes)
            if whole and not _meet(_km2(area), _part(share, whole)):
                really = figure(100 * area.value * area.unit.km2 / whole.km2, beside=share.value)
                yield f"{area.wording()} is {really} % of {whole}, not {share.wording()}"
    if there := units_of(claim):
        yield from _shares_of_units(claim, shares, there)
    for units in (AREAS, *((unit,) for unit in Unit if unit not in AREAS)):
        same = [each for each in figures if each.unit in units and each.of is None]
        for other in same[1:]:
            if not _meet(_km2(same[0]), _km2(other)):
                yield f"the same amount cannot be {same[0].wording()} and {other.wording()}"


def _shares_of_units(claim: Claim, shares: list[Published], there: float) -> Iterator[str]:
    """Yield which percentages cannot be the number of units of a claim, of so many."""
    for share in shares:
        low, high = (each * there / 100 for each in _widened(share))
        if share.of is None and not _meet(_widened(claim), (low, high)):
            really = figure(100 * claim.value / there, beside=share.value)
            yield f"{claim.wording()} are {really} % of {written(there)}, not {share.wording()}"


def _part(share: Published, whole: Whole) -> Interval:
    low, high = _widened(share)
    return low * whole.low / 100, high * whole.high / 100


def _widened(figure: Published) -> Interval:
    """Return the published interval, twice as wide where the figure may have been cut off."""
    low, high = figure.published_interval()
    half = (high - low) / 2 if figure.precision in _CUT_OFF else 0.0
    return max(low - half, 0.0), high + half


def _km2(figure: Published) -> Interval:
    """Return the widened interval in km2; of what is no area as it is."""
    low, high = _widened(figure)
    return low * figure.unit.km2, high * figure.unit.km2


def _meet(one: Interval, other: Interval) -> bool:
    slack = ROUNDING * max(one[1], other[1])
    return one[0] <= other[1] + slack and other[0] <= one[1] + slack

"""What a published figure and its word allow.

How words widen a published figure (the rule is fixed, so that no verdict can be tuned):

=========  ============================================================================
word       interval
=========  ============================================================================
exact      half a unit of the last digit written, either way
rounded    the same; of whole areas or counts that end in zeros, half a unit of the last
           digit that is not zero, but 5 % of the figure at most
roughly    5 % of the figure, or half of that unit if it is more, but 10 % at most; never less
           than the same figure without a word
over       from the figure up, by 10 %; what lies farther up is true as worded, and told
under      from the figure down, by as much; what lies farther down likewise
just over  as ``over``, but what lies farther up is refuted
nearly     as ``under``, but what lies farther down is refuted
between    from the one figure to the other, and nothing beyond
=========  ============================================================================

What else publishers write, such as "about" or "at least", means one of these: `WORDS`.

The digits as written count: 1.0 has a decimal, and 1 has none. A `Numeral` keeps them; TOML
files are read so, and Python says it with text.
"""

import re
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from territory.errors import did_you_mean
from territory.numbers import KM2_PER_UNIT, decimal_of, exponent_of

ROUGHLY = Decimal("0.05")
ROUGHLY_AT_MOST = Decimal("0.10")  # what the digits alone may add to "roughly"
ROUND_AT_MOST = Decimal("0.05")  # and to a whole figure that ends in zeros
BEYOND = Decimal("0.10")  # how far "over" and "under" reach: as wide as "roughly", to one side
_ROUND = (
    *KM2_PER_UNIT,
    "places",
    "units",
    "people",
)  # rounded to tens and hundreds when it is said


class Precision(StrEnum):
    """How firmly the publisher put the figure."""

    EXACT = "exact"
    ROUNDED = "rounded"
    ROUGHLY = "roughly"
    OVER = "over"
    UNDER = "under"
    JUST_OVER = "just over"
    NEARLY = "nearly"
    BETWEEN = "between"


# What publishers write, by what it means here. A word stands once.
WORDS = MappingProxyType(
    {
        Precision.EXACT: ("exactly", "precisely"),
        Precision.ROUNDED: (),
        Precision.ROUGHLY: (
            *("about", "around", "some", "approximately", "approx", "circa", "ca", "close to"),
            *("an estimated", "estimated", "in the region of", "or so", "~"),
        ),
        Precision.OVER: (
            *("more than", "at least", "above", "upwards of", "in excess of", "exceeding"),
            *("no less than", "not less than", "no fewer than", "a minimum of", "well over", ">"),
        ),
        Precision.UNDER: (
            *("less than", "fewer than", "below", "up to", "at most", "no more than"),
            *("not more than", "as much as", "as many as", "a maximum of", "well under", "<"),
        ),
        Precision.JUST_OVER: ("a little over", "slightly over", "slightly more than"),
        Precision.NEARLY: ("almost", "just under", "close on", "slightly less than"),
        Precision.BETWEEN: (),
    }
)
_MEANING = {word: each for each, words in WORDS.items() for word in (str(each), *words)}


def precision_of(word: str) -> Precision:
    """Return what a word before a published figure means.

    Parameters
    ----------
    word : str
        One of `Precision`, or of `WORDS`; letters of any case.

    Raises
    ------
    ValueError
        If it is neither, with what is known.

    Examples
    --------
    >>> str(precision_of("More than")), str(precision_of("almost")), str(precision_of("approx."))
    ('over', 'nearly', 'roughly')
    >>> precision_of("abuot")
    Traceback (most recent call last):
    ValueError: unknown word 'abuot'; did you mean 'about'?
    """
    written = f"{word:s}".strip().lower() if isinstance(word, str) else repr(word)
    found = _MEANING.get(re.sub(r"[\s_.-]+", " ", written).strip())
    if found is not None:
        return found
    hint = did_you_mean(written, _MEANING)
    raise ValueError(f"unknown word '{word}'; {hint}")


def published_interval(
    value: float, precision: Precision, *, upper: float | None = None, unit: str = "km2"
) -> tuple[float, float]:
    """Return the interval that a published figure and its word allow.

    Parameters
    ----------
    value : float
        As published, see `decimal_of`; with ``between`` the lower of the two figures.
    precision : Precision
        The word that the figure was published with.
    upper : float, optional
        The higher of the two figures, for ``between`` only.
    unit : str
        What it counts: zeros at the end of a percentage were measured, those of "1,000 km2"
        hardly ever.

    Returns
    -------
    tuple of float
        The lowest and the highest figure that it allows, in its unit.

    Examples
    --------
    >>> published_interval(3000, Precision.OVER)
    (3000.0, 3300.0)
    >>> published_interval(53.4, Precision.ROUNDED)
    (53.35, 53.45)
    >>> published_interval(1200, Precision.ROUGHLY)
    (1140.0, 1260.0)
    >>> published_interval(2, Precision.ROUGHLY)  # as 2 without a word: a tenth would be less
    (1.5, 2.5)
    >>> published_interval(20, Precision.ROUNDED, unit="percent")
    (19.5, 20.5)
    >>> published_interval(3000, Precision.BETWEEN, upper=3500)
    (3000.0, 3500.0)
    """
    number, precision = decimal_of(value), Precision(precision)
    if precision is Precision.BETWEEN:
        return float(number), float(number if upper is None else upper)
    if precision in {Precision.OVER, Precision.JUST_OVER}:
        return float(number), float(number * (1 + BEYOND))
    if precision in {Precision.UNDER, Precision.NEARLY}:
        return float(number * (1 - BEYOND)), float(number)
    spread = _spread(number, precision, unit)
    return float(max(number - spread, Decimal(0))), float(number + spread)


def _spread(number: Decimal, precision: Precision, unit: str) -> Decimal:
    """Return how far a figure reaches to either side."""
    exponent = exponent_of(number)
    half = Decimal(1).scaleb(min(exponent, 0)) / 2
    if precision is Precision.EXACT or not number:
        return half
    whole = exponent >= 0 and unit in _ROUND
    coarse = Decimal(1).scaleb(max(exponent_of(number.normalize()), 0)) / 2 if whole else half
    rounded = max(half, min(coarse, number * ROUND_AT_MOST))
    if precision is Precision.ROUGHLY:
        return max(number * ROUGHLY, min(coarse, number * ROUGHLY_AT_MOST), rounded)
    return rounded

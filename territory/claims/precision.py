"""What a published figure and its word allow, and how figures are written.

How words widen a published figure (the rule is fixed, so that no verdict can be tuned):

========  =============================================================================
word      interval
========  =============================================================================
exact     half a unit of the last digit written, either way
rounded   the same; of whole km2, places or people that end in zeros, half a unit of the
          last digit that is not zero, but 5 % of the figure at most
roughly   5 % of the figure, or half of that unit if it is more, but 10 % at most
over      from the figure up, by 10 %
under     from the figure down, by as much
between   from the one figure to the other, and nothing beyond
========  =============================================================================

The digits as written count: 1.0 has a decimal, and 1 has none. A `Numeral` keeps them; TOML
files are read so, and Python says it with text.
"""

import re
from decimal import Decimal
from enum import StrEnum
from math import floor, isfinite, log10
from typing import Self

from territory.measure.estimate import Estimate, decimals_apart, fixed, is_narrow

ROUGHLY = Decimal("0.05")
ROUGHLY_AT_MOST = Decimal("0.10")  # what the digits alone may add to "roughly"
ROUND_AT_MOST = Decimal("0.05")  # and to a whole figure that ends in zeros
BEYOND = Decimal("0.10")  # how far "over" and "under" reach: as wide as "roughly", to one side
MOST_DECIMALS = 4
_SMALLEST_EXPONENT = -30  # of ten: digits beyond are no measurement
_WHOLE_FROM = 100.0  # figures from here on are written without decimals, if they are whole
_COUNTED = ("places", "people")
_ROUND = ("km2", *_COUNTED)  # what is rounded to tens and hundreds when it is said
_AS_PUBLISHED = re.compile(
    r"[1-9][0-9]{0,2}(?:(?P<mark>[,_'\u2019 \u00a0\u2009\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3})*)?"
    r"(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
)


class Numeral(float):
    """A number with the digits it was written with.

    Attributes
    ----------
    decimal : Decimal
        The number with every digit, zeros at its end included.

    Examples
    --------
    >>> Numeral("1.0").decimal, Numeral("1.0") == 1
    (Decimal('1.0'), True)
    """

    __slots__ = ("decimal",)
    decimal: Decimal

    def __new__(cls, text: str) -> Self:
        """Read a number as Python, TOML and JSON write it.

        Raises
        ------
        ValueError
            If it is none.
        """
        self = super().__new__(cls, text)
        self.decimal = _decimal(text, float(self))
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        """Return what makes the same number in another process."""
        return type(self), (str(self.decimal),)

    @classmethod
    def published(cls, text: str) -> Self:
        """Read a figure as it stands in a sentence, with commas or spaces between thousands.

        Raises
        ------
        ValueError
            If it is anything but digits, such as a number with its unit.

        Examples
        --------
        >>> [Numeral.published(each).decimal for each in ("3,035", "20.0", "108 651")]
        [Decimal('3035'), Decimal('20.0'), Decimal('108651')]
        """
        found = _AS_PUBLISHED.fullmatch(text.strip())
        if not found:
            raise ValueError(
                f"'{text}' is no figure; write digits alone, with commas between thousands"
                " and a point before decimals"
            )
        mark = found["mark"]
        return cls(found[0].replace(mark, "") if mark else found[0])


def _decimal(text: str, value: float) -> Decimal:
    """Return every digit of a number; of one with absurdly many, those of the float."""
    try:
        exact = Decimal(text)
    except ArithmeticError:
        return Decimal(repr(value))
    exponent = exact.as_tuple().exponent
    usual = not isinstance(exponent, int) or exponent >= _SMALLEST_EXPONENT
    return exact if usual else Decimal(repr(value))


def decimal_of(value: float) -> Decimal:
    """Return a figure with the digits it was written with.

    Parameters
    ----------
    value : float or int
        A `Numeral` keeps its digits. Any other number has those it needs: a float that
        is whole, such as 1.0, may come from a table or a sum, so it has no decimals.

    Examples
    --------
    >>> decimal_of(20.0), decimal_of(19.5), decimal_of(Numeral("1.0"))
    (Decimal('20'), Decimal('19.5'), Decimal('1.0'))
    """
    if isinstance(value, Numeral):
        return value.decimal
    whole = isfinite(value) and value == int(value)
    return Decimal(int(value)) if whole else Decimal(repr(float(value)))


class Precision(StrEnum):
    """How firmly the publisher put the figure."""

    EXACT = "exact"
    ROUNDED = "rounded"
    ROUGHLY = "roughly"
    OVER = "over"
    UNDER = "under"
    BETWEEN = "between"


def published_interval(
    value: float, precision: Precision, *, upper: float | None = None, unit: str = "km2"
) -> tuple[float, float]:
    """Return the interval that a published figure and its word allow.

    Parameters
    ----------
    value : float
        As published, see `decimal_of`; with ``between`` the lower of the two figures.
    upper : float, optional
        The higher of the two figures, for ``between`` only.
    unit : str
        What it counts: zeros at the end of a percentage were measured, those of "1,000 km2"
        hardly ever.

    Examples
    --------
    >>> published_interval(3000, Precision.OVER)
    (3000.0, 3300.0)
    >>> published_interval(53.4, Precision.ROUNDED)
    (53.35, 53.45)
    >>> published_interval(1200, Precision.ROUGHLY)
    (1140.0, 1260.0)
    >>> published_interval(20, Precision.ROUNDED, unit="percent")
    (19.5, 20.5)
    >>> published_interval(3000, Precision.BETWEEN, upper=3500)
    (3000.0, 3500.0)
    """
    number, precision = decimal_of(value), Precision(precision)
    if precision is Precision.BETWEEN:
        return float(number), float(number if upper is None else upper)
    if precision is Precision.OVER:
        return float(number), float(number * (1 + BEYOND))
    if precision is Precision.UNDER:
        return float(number * (1 - BEYOND)), float(number)
    spread = _spread(number, precision, unit)
    return float(max(number - spread, Decimal(0))), float(number + spread)


def _spread(number: Decimal, precision: Precision, unit: str) -> Decimal:
    """Return how far a figure reaches to either side."""
    exponent = _exponent(number)
    half = Decimal(1).scaleb(min(exponent, 0)) / 2
    if precision is Precision.EXACT or not number:
        return half
    whole = exponent >= 0 and unit in _ROUND
    coarse = Decimal(1).scaleb(max(_exponent(number.normalize()), 0)) / 2 if whole else half
    if precision is Precision.ROUGHLY:
        return max(number * ROUGHLY, min(coarse, number * ROUGHLY_AT_MOST))
    return max(half, min(coarse, number * ROUND_AT_MOST))


def _exponent(number: Decimal) -> int:
    """Return the power of ten of the last digit of a number."""
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def unit_words(unit: str, value: float = 2, *, spelt: bool = False) -> str:
    """Return a unit as it stands in a sentence, spelt out if asked for.

    Examples
    --------
    >>> unit_words("percent"), unit_words("points"), unit_words("places", 1)
    ('%', 'percentage points', 'place')
    """
    if unit == "places" and value == 1:
        return "place"
    percent = "percent" if spelt else "%"
    return {"percent": percent, "points": "percentage points"}.get(unit, unit)


def number(value: float, *, decimals: int | None = None) -> str:
    """Return a figure with as many digits as its size deserves, or as asked for.

    Examples
    --------
    >>> number(3035), number(8.77), number(19.0352, decimals=3), number(362.5, decimals=2)
    ('3,035', '8.77', '19.035', '362.5')
    """
    if decimals is None:
        decimals = 0 if abs(value) >= _WHOLE_FROM or value == int(value) else 2
    text = fixed(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(value: float) -> str:
    """Return a published figure with the digits it was published with.

    Examples
    --------
    >>> written(3035.0), written(19.04), written(538.8), written(Numeral("1.0"))
    ('3,035', '19.04', '538.8', '1.0')
    """
    if isinstance(value, Numeral) and value.decimal.is_finite():
        return f"{value.decimal:,f}"
    return number(value, decimals=_decimals(value))


def span(low: float, high: float) -> str:
    """Return an interval with the digits that its width deserves.

    Examples
    --------
    >>> span(362.5, 363.5), span(19.035, 19.045), span(2883.25, 3186.75)
    ('362.5 to 363.5', '19.035 to 19.045', '2,883 to 3,187')
    """
    decimals = decimals_apart(low, high, _decimals_for(high - low))
    return f"{number(low, decimals=decimals)} to {number(high, decimals=decimals)}"


def found(estimate: Estimate, *, like: float) -> str:
    """Return a computed figure with its interval, as finely as it can be compared.

    Parameters
    ----------
    like : float
        The published figure: the computed one has at least as many decimals.

    Examples
    --------
    >>> found(Estimate(19.0504, 19.028, 19.073, "percent"), like=19.04)
    '19.050 (19.028 to 19.073) %'
    >>> found(Estimate(2578.0, 2190.4, 2965.9), like=3035)
    '2,578 (2,190 to 2,966) km2'
    >>> found(Estimate(498.02, 498.0, 498.04), like=556)
    '498.02 (498.00 to 498.04) km2'
    """
    narrow = is_narrow(estimate.low, estimate.high)
    decimals = 0 if estimate.unit in _COUNTED and narrow else _digits(estimate, like)
    unit = unit_words(estimate.unit, estimate.value)
    value, low, high = (
        fixed(each, decimals) for each in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value} {unit}" if narrow else f"{value} ({low} to {high}) {unit}"


def _digits(estimate: Estimate, like: float) -> int:
    low, high = estimate.low, estimate.high
    if estimate.unit in _COUNTED:
        return decimals_apart(low, high, 0)
    plain = 0 if abs(estimate.value) >= _WHOLE_FROM else 1
    fine = 0 if is_narrow(low, high) else _decimals_for(high - low)
    return decimals_apart(low, high, max(plain, _decimals(like), min(fine, _decimals(like) + 1)))


def _decimals(value: float) -> int:
    """Return how many decimals a figure is written with; those of a plain float as it needs."""
    exact = value.decimal if isinstance(value, Numeral) else Decimal(repr(float(value))).normalize()
    return min(MOST_DECIMALS, max(0, -_exponent(exact)))


def _decimals_for(width: float) -> int:
    """Return the decimals that show half of a width to two digits."""
    if width <= 0:
        return 0
    return min(MOST_DECIMALS, max(0, 1 - floor(log10(width / 2))))

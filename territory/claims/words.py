"""What a published figure and its word allow, and how figures are written.

How words widen a published figure (the rule is fixed, so that no verdict can be tuned):

========  =============================================================================
word      interval
========  =============================================================================
exact     half a unit of the last digit written, either way
rounded   half a unit of the last digit that is not zero, either way
roughly   the larger of that and 5 % of the figure, either way
over      from the figure up, by the larger of one unit of its last non-zero digit and 10 %
under     from the figure down, by as much
between   from the one figure to the other, and nothing beyond
========  =============================================================================
"""

from decimal import Decimal
from enum import StrEnum
from math import floor, log10

from territory.estimate import Estimate

ROUGHLY = 0.05
BEYOND = 0.10  # how far "over" and "under" reach: as wide as "roughly", to one side
MOST_DECIMALS = 4
_WHOLE_FROM = 100.0  # figures from here on are written without decimals, if they are whole
_COUNTED = ("places", "people")


class Precision(StrEnum):
    """How firmly the publisher put the figure."""

    EXACT = "exact"
    ROUNDED = "rounded"
    ROUGHLY = "roughly"
    OVER = "over"
    UNDER = "under"
    BETWEEN = "between"


def published_interval(
    value: float, precision: Precision, *, upper: float | None = None
) -> tuple[float, float]:
    """Return the interval that a published figure and its word allow.

    Parameters
    ----------
    value : float
        As published; with ``between`` the lower of the two figures.
    upper : float, optional
        The higher of the two figures, for ``between`` only.

    Examples
    --------
    >>> published_interval(3000, Precision.OVER)
    (3000.0, 4000.0)
    >>> published_interval(53.4, Precision.ROUNDED)
    (53.35, 53.45)
    >>> published_interval(1200, Precision.ROUGHLY)
    (1140.0, 1260.0)
    >>> published_interval(3000, Precision.BETWEEN, upper=3500)
    (3000.0, 3500.0)
    """
    number = Decimal(repr(float(value))).normalize()
    if precision is Precision.BETWEEN:
        return float(number), float(number if upper is None else upper)
    exponent = number.as_tuple().exponent
    unit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    last_written = min(unit, Decimal(1))
    half = {
        Precision.EXACT: last_written / 2,
        Precision.ROUNDED: unit / 2,
        Precision.ROUGHLY: max(unit / 2, number * Decimal(str(ROUGHLY))),
    }
    reach = max(unit, number * Decimal(str(BEYOND)))
    if precision is Precision.OVER:
        return float(number), float(number + reach)
    if precision is Precision.UNDER:
        return float(max(number - reach, Decimal(0))), float(number)
    spread = half[precision]
    return float(max(number - spread, Decimal(0))), float(number + spread)


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
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(value: float) -> str:
    """Return a published figure with the digits it was published with.

    Examples
    --------
    >>> written(3035.0), written(19.04), written(538.8)
    ('3,035', '19.04', '538.8')
    """
    return number(value, decimals=_decimals(value))


def span(low: float, high: float) -> str:
    """Return an interval with the digits that its width deserves.

    Examples
    --------
    >>> span(362.5, 363.5), span(19.035, 19.045), span(2883.25, 3186.75)
    ('362.5 to 363.5', '19.035 to 19.045', '2,883 to 3,187')
    """
    decimals = _decimals_for(high - low)
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
    """
    decimals = 0 if estimate.unit in _COUNTED else _digits(estimate, like)
    unit = unit_words(estimate.unit, estimate.value)
    value, low, high = (
        f"{each:,.{decimals}f}" for each in (estimate.value, estimate.low, estimate.high)
    )
    if estimate.low == estimate.high:
        return f"{value} {unit}"
    return f"{value} ({low} to {high}) {unit}"


def _digits(estimate: Estimate, like: float) -> int:
    plain = 0 if abs(estimate.value) >= _WHOLE_FROM else 1
    fine = _decimals_for(estimate.high - estimate.low) if estimate.high > estimate.low else 0
    return max(plain, _decimals(like), min(fine, _decimals(like) + 1))


def _decimals(value: float) -> int:
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    return min(MOST_DECIMALS, max(0, -exponent)) if isinstance(exponent, int) else 0


def _decimals_for(width: float) -> int:
    """Return the decimals that show half of a width to two digits."""
    if width <= 0:
        return 0
    return min(MOST_DECIMALS, max(0, 1 - floor(log10(width / 2))))

"""Numbers as text: the one place that writes an area, an interval, a percentage or a span.

A computed figure is written with at least two significant digits, as far as a square metre:

===========================  ==================================  ======================
size                         digits                              for example
===========================  ==================================  ======================
100 and more                 none after the point                2,578
1 to 100                     one after the point                 8.3, 64.0
below 1                      two significant ones                0.14, 0.040, 0.0012
what rounds to nothing       none, and no sign                   0
places, units, people        none after the point                79
===========================  ==================================  ======================

Beside a published figure it has at least the decimals of that; the ends of an interval have
more where they would be written alike. A published figure has the digits it was published
with, and a `Numeral` keeps them. Nothing that is written here is read back.
"""

import re
from decimal import Decimal
from math import floor, isfinite, log10
from typing import Self

MOST_DECIMALS = 6  # of a km2: a square metre
MINUS = "−"  # as printed; a terminal and a table have a hyphen
_SMALLEST_EXPONENT = -30  # of ten: digits beyond are no measurement
_WHOLE_FROM = 99.95  # what rounds to 100 has no decimals
_FINEST = 9  # decimals, to tell the ends of an interval apart
_SAME = 1e-9  # relative; an interval that is narrower is the rounding of sums
_COUNTED = ("places", "units", "people")
_ONE = {
    "places": "place",
    "units": "unit",
    "people": "person",
    "points": "percentage point",
    "acres": "acre",
    "dunams": "dunam",
}
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

        Parameters
        ----------
        text : str
            Such as ``3,035``, without a unit.

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


def fixed(value: float, decimals: int) -> str:
    """Return a figure with so many decimals; what rounds to nothing has none, and no sign.

    Parameters
    ----------
    value : float
        In any unit.
    decimals : int
        Digits after the point.

    Examples
    --------
    >>> fixed(1234.56, 1), fixed(4.0, 1), fixed(-0.04, 1)
    ('1,234.6', '4.0', '0')
    """
    text = f"{value:z,.{decimals}f}"
    return text if text.strip("0.") else "0"


def decimals_for(value: float, unit: str = "km2") -> int:
    """Return how many decimals a computed figure deserves by its size.

    Parameters
    ----------
    value : float
        In `unit`.
    unit : str
        Places, units and people are counted, so they have none.

    Examples
    --------
    >>> [decimals_for(each) for each in (2578.4, 99.96, 64.0, 0.14, 0.04, 0.0)]
    [0, 0, 1, 2, 3, 1]
    """
    if unit in _COUNTED or abs(value) >= _WHOLE_FROM:
        return 0
    exponent = int(f"{value:.1e}".partition("e")[2])
    return min(max(1, 1 - exponent), MOST_DECIMALS)


def decimals_of(value: float) -> int:
    """Return how many decimals a figure was written with; a plain float, how many it needs.

    Parameters
    ----------
    value : float
        A `Numeral` has those it was published with.

    Examples
    --------
    >>> decimals_of(3035.0), decimals_of(19.04), decimals_of(Numeral("1.0"))
    (0, 2, 1)
    """
    if isinstance(value, Numeral):
        return min(MOST_DECIMALS, max(0, -exponent_of(value.decimal)))
    needed = Decimal(repr(round(float(value), MOST_DECIMALS))).normalize()
    return max(0, -exponent_of(needed))


def exponent_of(number: Decimal) -> int:
    """Return the power of ten of the last digit of a number.

    Parameters
    ----------
    number : Decimal
        Any; 0 for one that is not finite.
    """
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def figure(
    value: float, *, like: float | None = None, beside: float | None = None, unit: str = "km2"
) -> str:
    """Return a computed figure as it is written everywhere, without its unit.

    Parameters
    ----------
    value : float
        In `unit`.
    like : float, optional
        A figure whose digits it takes instead of those by its own size.
    beside : float, optional
        A published figure that it is compared with: it has at least the decimals of that.
    unit : str
        See `decimals_for`.

    Examples
    --------
    >>> figure(2577.53), figure(8.77), figure(0.04), figure(9, unit="places")
    ('2,578', '8.8', '0.040', '9')
    >>> figure(0.07, like=175.7), figure(498.02, beside=556.1)
    ('0', '498.0')
    """
    decimals = decimals_for(value if like is None else like, unit)
    return fixed(value, decimals if beside is None else max(decimals, decimals_of(beside)))


def change(value: float, *, like: float | None = None, unit: str = "km2") -> str:
    """Return a difference with its sign.

    Parameters
    ----------
    value, like, unit
        See `figure`.

    Examples
    --------
    >>> change(604.4), change(-67.9, like=3000), change(0.0)
    ('+604', '-68', '0')
    """
    text = figure(value, like=like, unit=unit)
    return f"+{text}" if value > 0 and text != "0" else text


def is_narrow(low: float, high: float) -> bool:
    """Return whether an interval is no more than the rounding of sums.

    Parameters
    ----------
    low, high : float
        The bounds, in one unit.

    Examples
    --------
    >>> is_narrow(5.0, 5.0), is_narrow(5.0, 5.1)
    (True, False)
    """
    return abs(high - low) <= _SAME * max(abs(low), abs(high))


def decimals_apart(low: float, high: float, decimals: int) -> int:
    """Return how many decimals it takes to tell two bounds apart, at least so many.

    Parameters
    ----------
    low, high : float
        The bounds, in one unit.
    decimals : int
        The fewest.

    Returns
    -------
    int
        `decimals` where the two are the same but for rounding.

    Examples
    --------
    >>> decimals_apart(5.72, 5.74, 1), decimals_apart(4.0, 6.0, 1), decimals_apart(5.0, 5.0, 1)
    (2, 1, 1)
    """
    if is_narrow(low, high):
        return decimals
    enough = (n for n in range(decimals, _FINEST) if fixed(low, n) != fixed(high, n))
    return next(enough, decimals)


def decimals_between(
    low: float, high: float, *, like: float, beside: float | None = None, unit: str = "km2"
) -> int:
    """Return how many decimals the ends of an interval are written with.

    Parameters
    ----------
    low, high : float
        The ends, in `unit`.
    like : float
        The figure that they belong to; digits that their distance does not deserve go.
    beside : float, optional
        A published figure: they have its decimals, and one more if their distance does.
    unit : str
        See `decimals_for`.

    Examples
    --------
    >>> decimals_between(2190.4, 2965.9, like=2578.0), decimals_between(0.0, 350.0, like=0.04)
    (0, 1)
    >>> decimals_between(-105.4, 105.4, like=0.0)
    0
    >>> decimals_between(19.028, 19.073, like=19.05, beside=19.04)
    3
    """
    least = int(figure(like, unit=unit) != "0")  # beside "0" a wide interval has none at all
    decimals = decimals_for(like, unit)
    if not is_narrow(low, high):
        decimals = min(decimals, max(least, decimals_for(high - low, unit)))
    if beside is not None and unit not in _COUNTED:
        least = decimals_of(beside)
        fine = 0 if is_narrow(low, high) else _decimals_of_width(high - low)
        decimals = max(decimals, least, min(fine, least + 1))
    return decimals_apart(low, high, decimals)


def bounds(low: float, high: float, *, like: float, unit: str = "km2") -> tuple[str, str]:
    """Return the ends of an interval, or two areas to compare; never alike where they are not.

    Parameters
    ----------
    low, high, like, unit
        See `decimals_between`.

    Examples
    --------
    >>> bounds(2133.1, 3021.9, like=2578), bounds(497.96, 498.04, like=498)
    (('2,133', '3,022'), ('497.96', '498.04'))
    """
    decimals = decimals_between(low, high, like=like, unit=unit)
    return fixed(low, decimals), fixed(high, decimals)


def interval(
    value: float, low: float, high: float, unit: str = "km2", *, beside: float | None = None
) -> str:
    """Return a computed figure with its interval and unit; alone where that has no width.

    Parameters
    ----------
    value, low, high : float
        In `unit`, in order.
    unit : str
        As in the tables: km2, percent, points, places, units or people.
    beside : float, optional
        A published figure that it is compared with.

    Examples
    --------
    >>> interval(2578.0, 2190.4, 2965.9), interval(0.04, 0.031, 0.049)
    ('2,578 (2,190 to 2,966) km2', '0.040 (0.031 to 0.049) km2')
    >>> interval(19.0504, 19.028, 19.073, "percent", beside=19.04)
    '19.050 (19.028 to 19.073) %'
    >>> interval(1.0, 1.0, 1.0, "places")
    '1 place'
    """
    narrow = is_narrow(low, high)
    decimals = decimals_between(low, high, like=value, beside=beside, unit=unit)
    if unit in _COUNTED and narrow:
        decimals = 0
    text = fixed(value, max(decimals, decimals_for(value, unit)))
    ends = "" if narrow else f" ({fixed(low, decimals)} to {fixed(high, decimals)})"
    return f"{text}{ends} {unit_words(unit, value)}"


def written(value: float) -> str:
    """Return a published or a round figure with the digits it has.

    Parameters
    ----------
    value : float
        In any unit; a `Numeral` keeps the digits it was published with.

    Examples
    --------
    >>> written(3035.0), written(19.04), written(538.8), written(Numeral("1.0"))
    ('3,035', '19.04', '538.8', '1.0')
    """
    if isinstance(value, Numeral) and value.decimal.is_finite():
        return f"{value.decimal:,f}"
    return fixed(value, decimals_of(value))


def span(low: float, high: float) -> str:
    """Return what published words allow, with the digits that its width deserves.

    Parameters
    ----------
    low, high : float
        Its ends, in one unit.

    Examples
    --------
    >>> span(362.5, 363.5), span(19.035, 19.045), span(2883.25, 3186.75)
    ('362.5 to 363.5', '19.035 to 19.045', '2,883 to 3,187')
    """
    decimals = decimals_apart(low, high, _decimals_of_width(high - low))
    return " to ".join(written(round(each, decimals)) for each in (low, high))


def _decimals_of_width(width: float) -> int:
    """Return the decimals that show half of a width to two digits."""
    return 0 if width <= 0 else min(MOST_DECIMALS, max(0, 1 - floor(log10(width / 2))))


def printed(text: str) -> str:
    """Return a written figure with the minus sign of a printed page.

    Parameters
    ----------
    text : str
        With hyphens for minus signs.
    """
    return text.replace("-", MINUS)


def percent(share: float) -> str:
    """Return a share in percent.

    Parameters
    ----------
    share : float
        0 to 1.

    Examples
    --------
    >>> percent(0.5344), percent(1.0), percent(0.0026)
    ('53.4 %', '100 %', '0.26 %')
    """
    return f"{figure(100 * share)} %"


KM2_PER_UNIT = {
    "km2": 1.0,
    "m2": 1e-6,
    "sqmi": 2.589988110336,  # of the international mile, 1,609.344 m
    "ha": 0.01,
    "acres": 0.0040468564224,  # international
    "dunams": 0.001,  # metric; the older ones of the Ottomans were smaller
}
_ALSO_CALLED = {
    "km2": ("km²", "sq km", "sqkm", "square kilometres", "square kilometers"),
    "sqmi": ("mi2", "mi²", "sq mi", "sq miles", "square mile", "square miles"),
    "ha": ("hectare", "hectares"),
    "acres": ("acre", "ac"),
    "dunams": ("dunam", "dunum", "dunums", "donum", "donums", "dönüm", "decare", "decares"),
}
_UNIT_OF = {name: unit for unit, names in _ALSO_CALLED.items() for name in names}


def area_unit(name: str) -> str:
    """Return a unit of area as tables call it; any other word as it is.

    Parameters
    ----------
    name : str
        Such as ``square miles``, in letters of any case.

    Examples
    --------
    >>> area_unit("square miles"), area_unit("Hectares"), area_unit("percent")
    ('sqmi', 'ha', 'percent')
    """
    word = " ".join(name.lower().replace(".", " ").split())
    return word if word in KM2_PER_UNIT else _UNIT_OF.get(word, name)


class CalledUnit(str):
    """A unit as tables have it, with what a claim calls one of it and several.

    Attributes
    ----------
    one, several : str
        Such as ``district`` and ``districts``.

    Examples
    --------
    >>> unit = CalledUnit("units", "district", "districts")
    >>> unit == "units", unit_words(unit, 1), unit_words(unit, 12)
    (True, 'district', 'districts')
    """

    __slots__ = ("one", "several")
    one: str
    several: str

    def __new__(cls, unit: str, one: str, several: str) -> Self:
        """Give a unit its names."""
        self = super().__new__(cls, unit)
        self.one, self.several = one, several
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str]]:
        """Return what makes the same unit in another process."""
        return type(self), (str(self), self.one, self.several)


def unit_words(unit: str, value: float = 2, *, spelt: bool = False) -> str:
    """Return a unit as it stands in a sentence, spelt out if asked for.

    Parameters
    ----------
    unit : str
        As in a claims file, such as ``km2`` or ``percent``.
    value : float
        The figure before it: one place is no "places".
    spelt : bool
        Whether to write "percent" and not "%".

    Examples
    --------
    >>> unit_words("percent"), unit_words("points"), unit_words("places", 1), unit_words("sqmi")
    ('%', 'percentage points', 'place', 'sq mi')
    """
    if isinstance(unit, CalledUnit):
        return unit.one if value == 1 else unit.several
    if value == 1 and unit in _ONE:
        return _ONE[unit]
    sign = "percent" if spelt else "%"
    return {"percent": sign, "points": "percentage points", "sqmi": "sq mi"}.get(unit, unit)

"""Published figures: a number, its unit and word, and what it is a part of."""

import re
from datetime import date
from enum import StrEnum
from math import inf
from typing import Annotated, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from territory.ancient_days import day_from_iso
from territory.claims.precision import Precision, precision_of, published_interval
from territory.numbers import (
    KM2_PER_UNIT,
    CalledUnit,
    Numeral,
    area_unit,
    decimal_of,
    unit_words,
    written,
)

MOST_PERCENT = 100.0
_WITH_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
Figure = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]


def _as_written(value: object, check: ValidatorFunctionWrapHandler) -> Numeral:
    """Return a published figure with its digits, from a number or from text."""
    if str(value).lstrip().startswith(("-", "\N{MINUS SIGN}")):
        raise ValueError(
            f"a published figure has no sign, not {value}; for a loss say quantity = 'lost', for a"
            " net loss 'net' of whoever gained"
        )
    if isinstance(value, str):
        value = Numeral.published(value)
    number = check(value)
    return value if isinstance(value, Numeral) else Numeral(str(decimal_of(number)))


def _meant(word: object) -> object:
    """Return what a word means; what is no text is judged by the field."""
    return precision_of(word) if isinstance(word, str) else word


AsPublished = Annotated[Figure, WrapValidator(_as_written)]


def _one_and_several(value: object) -> object:
    """Return what one unit and several are called, from one name for both or a pair."""
    names = (value, value) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or len(names) not in (0, 2):
        raise ValueError("'unit_name' is a word such as 'districts', or one for one and several")
    if not all(isinstance(each, str) and each.strip() and each.isprintable() for each in names):
        raise ValueError("'unit_name' is empty, or has characters that cannot be printed")
    return tuple(names)


Names = Annotated[tuple[str, ...], BeforeValidator(_one_and_several)]


class Unit(StrEnum):
    """What a published figure counts; `POINTS` are percentage points.

    Areas are known under their usual names too, such as ``square miles``.

    Examples
    --------
    >>> Unit("square miles"), Unit("dunam").km2
    (<Unit.SQMI: 'sqmi'>, 0.001)
    """

    KM2 = "km2"
    SQMI = "sqmi"
    HA = "ha"
    ACRES = "acres"
    DUNAMS = "dunams"
    PERCENT = "percent"
    POINTS = "points"
    PLACES = "places"
    UNITS = "units"
    PEOPLE = "people"

    @classmethod
    def _missing_(cls, value: object) -> "Unit | None":
        known = area_unit(value) if isinstance(value, str) else ""
        return cls(known) if known != value and known in list(cls) else None

    @property
    def km2(self) -> float:
        """How many square kilometres one is; 1 for what is no area."""
        return KM2_PER_UNIT.get(self, 1.0)


AREAS = (Unit.KM2, Unit.SQMI, Unit.HA, Unit.ACRES, Unit.DUNAMS)
AREAL = (*AREAS, Unit.PERCENT, Unit.POINTS)
COUNTED = (Unit.PLACES, Unit.UNITS, Unit.PEOPLE)
SHARES = (Unit.PERCENT, Unit.POINTS)


def iso_day(value: object) -> date:
    """Return a day written as a date or as ``YYYY-MM-DD``; nothing looser is a day.

    Parameters
    ----------
    value : object
        Such as ``2025-11-01``.

    Raises
    ------
    ValueError
        If it is anything else, such as a number of seconds.

    Examples
    --------
    >>> iso_day("2025-11-01")
    datetime.date(2025, 11, 1)
    """
    text = str(value)
    try:
        day = day_from_iso(text)
    except ValueError:
        day = None
    if day is None or str(day) != text:
        timed = "; the time of day is that of the series: cut = 'HH:MM'"
        more = timed if _WITH_TIME.match(text) else ""
        raise ValueError(f"'{value}' is not a day (YYYY-MM-DD){more}")
    return day


Day = Annotated[date, BeforeValidator(iso_day), PlainSerializer(str, when_used="json")]


def _size_or_country(value: object) -> object:
    """Return a size in km2 as a number, or the names of one or several countries."""
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, list | tuple) and value:
        if all(isinstance(each, str) and each.strip() for each in value):
            return _different(tuple(value))
        raise ValueError(f"{list(value)!r} is no list of names of countries")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < inf:
        return float(value)
    raise ValueError(f"{value!r} is no size in km2 above 0, and no name of a country")


def _different(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a country that would count twice."""
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"'{twice[0]}' stands twice among the countries of 'of'")
    return names


Size = Annotated[float | str | tuple[str, ...], BeforeValidator(_size_or_country)]


class Strict(BaseModel):
    """A table in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Settings(Strict):
    """A table in which true and false are no numbers: they would count as 1 and 0."""

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: object, about: ValidationInfo) -> object:
        """Refuse true and false where they are not meant."""
        kind = cls.model_fields[about.field_name or ""].annotation
        if isinstance(value, bool) and bool not in (kind, *get_args(kind)):
            raise ValueError(f"a number or text is wanted, not {str(value).lower()}")
        return value


class Reference(Strict):
    """What a figure is a part of, or a percentage of.

    Attributes
    ----------
    of : float, str or tuple of str
        Its size in km2 as somebody states it (an official figure, that of the sentence),
        or the name of a country, whose size is then that of the packaged outlines. Several
        names mean those countries together. Of a figure in units, how many units there are
        ("224 of 421 districts").
    of_low, of_high : float
        The smallest and largest size that others give for it, in km2.
    of_name : str
        What it is called in sentences.
    """

    of: Size | None = None
    of_low: Positive | None = None
    of_high: Positive | None = None
    of_name: str = ""

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries that are named without a size."""
        names = (self.of,) if isinstance(self.of, str) else self.of
        return names if isinstance(names, tuple) else ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.of is None and (self.of_low or self.of_high or self.of_name):
            raise ValueError("'of_low', 'of_high' and 'of_name' need 'of' (the size in km2)")
        if isinstance(self.of, float):
            low, high = self.of_low or self.of, self.of_high or self.of
            if not low <= self.of <= high:
                raise ValueError(f"'of' must lie between 'of_low' and 'of_high', not {self.of:g}")
        return self


class Published(Reference):
    """A figure with its unit and its word.

    Attributes
    ----------
    value, value_high : Numeral
        As published, with the digits it was written with: a number, or text such as
        ``"3,035"`` or ``"1.0"``. `value_high` is the higher figure where `precision` is
        ``between``.
    unit : Unit
        What the figure counts.
    unit_name : str or tuple of str
        What its units are called in sentences, such as ``"districts"``, or one and several:
        ``["district", "districts"]``. For unit ``units`` only.
    precision : Precision
        The word that it was published with. ``roughly`` is also "about", "around", "some",
        "approximately", "an estimated"; ``over`` (a lower bound) "more than", "at least", "above",
        "no less than"; ``under`` (an upper bound) "less than", "fewer than", "up to", "at most";
        ``nearly`` "almost" and "just under", ``just over`` "slightly more than"; ``exact``
        "exactly". Any of them may be written; without a word it is ``rounded``.
    """

    value: AsPublished
    value_high: AsPublished | None = None
    unit: Unit
    unit_name: Names = ()
    precision: Annotated[Precision, BeforeValidator(_meant)] = Precision.ROUNDED

    @model_validator(mode="after")
    def _possible(self) -> Self:
        top = self.value if self.value_high is None else self.value_high
        if self.unit in SHARES and top > MOST_PERCENT:
            raise ValueError(f"a share cannot be {top:g} {unit_words(self.unit, spelt=True)}")
        if self.unit in COUNTED and (self.value % 1 or top % 1):
            odd = self.value if self.value % 1 else top
            raise ValueError(f"{self.unit} are counted, so {odd:g} is no figure")
        if (self.precision is Precision.BETWEEN) != (self.value_high is not None):
            raise ValueError("precision 'between' and 'value_high' (the higher figure) go together")
        sizes = (self.of_low, self.of_high, self.of_name)
        whole = isinstance(self.of, float) and not self.of % 1 and not any(sizes)
        if self.unit is Unit.UNITS and self.of is not None and not whole:
            raise ValueError("'of' is how many units there are, a whole number alone")
        if self.unit_name and self.unit is not Unit.UNITS:
            raise ValueError(f"'unit_name' is for unit 'units', not for '{self.unit}'")
        if top < self.value:
            raise ValueError(f"'value_high' {written(top)} is below 'value' {written(self.value)}")
        return self

    @property
    def said_unit(self) -> str:
        """The unit with what it is called in sentences."""
        return CalledUnit(self.unit, *self.unit_name) if self.unit_name else str(self.unit)

    def published_interval(self) -> tuple[float, float]:
        """Return what the published words allow, by the rule of `territory.claims.precision`.

        Examples
        --------
        >>> Published(value=3035, unit="km2", precision="roughly").published_interval()
        (2883.25, 3186.75)
        """
        low, high = published_interval(
            self.value, self.precision, upper=self.value_high, unit=self.unit
        )
        return low, min(high, MOST_PERCENT) if self.unit in SHARES else high

    def wording(self) -> str:
        """Return the figure as it was published.

        Examples
        --------
        >>> Published(value=2, value_high=3, unit="percent", precision="between").wording()
        '2 to 3 %'
        >>> Published(value="1.0", unit="percent").wording()
        '1.0 %'
        """
        top = "" if self.value_high is None else f" to {written(self.value_high)}"
        return f"{written(self.value)}{top} {unit_words(self.said_unit, self.value)}"


class Companion(Published):
    """The same amount said another way in the same breath, such as its percentage.

    A claim whose companions cannot all be true at once contradicts itself.
    """

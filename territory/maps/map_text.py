"""What the maps say, in one of the languages, and how untrusted text is made safe to draw.

Texts stand in the catalogues of `territory.languages`. Nothing that comes from data is ever
read as mathematics, markup or a control code: `clean` takes those meanings away and keeps the
words.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from territory.errors import InputError
from territory.geometry.projection import EqualArea
from territory.history.history import WHOLE
from territory.holders import Holder, Status
from territory.languages import (
    before_era,
    catalogue,
    checked,
    localised,
    months,
    plural_of,
    reads_rtl,
)
from territory.measure.estimate import Estimate
from territory.numbers import bounds, figure, printed

FONT = "DejaVu Sans"  # the one family with Latin, Arabic and Cyrillic that is always there
ELLIPSIS = "…"
_MISSING_GLYPH = "□"
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\u200e", "\u200f"
DIRECTIONS = _LEFT_TO_RIGHT + _RIGHT_TO_LEFT
_JOINERS = "\u200c\u200d"  # Persian and Kurdish spelling needs them
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")  # a figure keeps the spaces that hold it together
_SMALL_WORDS = frozenset({"and", "of", "the", "in", "on", "at", "to", "with"})


@cache
def _glyphs() -> frozenset[int]:
    from matplotlib import font_manager, ft2font  # slow to load

    try:
        path = font_manager.findfont(FONT, fallback_to_default=False)
    except ValueError as error:
        raise InputError(f"the font {FONT}, part of matplotlib, is gone; reinstall it") from error
    return frozenset(ft2font.FT2Font(path).get_charmap())


def clean(text: str, limit: int | None = None) -> str:
    r"""Return text from data as plain words on one line.

    Control codes and direction overrides go, runs of white space become one space, and
    a character that the font lacks becomes a box.

    Parameters
    ----------
    text : str
        As it stands in the data.
    limit : int, optional
        Largest number of characters; a longer text ends in an ellipsis.

    Examples
    --------
    >>> clean("a\x07 b\n\tc")
    'a b c'
    >>> clean("Ma'arrat al-Nu'man", limit=10)
    "Ma'arrat…"
    """
    spaced = _SPACES.sub(" ", str(text)).strip()
    safe = "".join(_safe_character(character) for character in spaced)
    if limit is not None and len(safe) > limit:
        return safe[: limit - 1].rstrip() + ELLIPSIS
    return safe


def _safe_character(character: str) -> str:
    if character in _JOINERS:
        return character
    if unicodedata.category(character).startswith("C"):
        return ""
    return character if ord(character) in _glyphs() else _MISSING_GLYPH


def is_rtl(text: str) -> bool:
    """Return whether a text has any letter that is written from right to left.

    Parameters
    ----------
    text : str
        Any text.
    """
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)


@dataclass(frozen=True)
class Words:
    """The texts of one language.

    Attributes
    ----------
    language : str
        Its code, one of `territory.languages.LANGUAGES`.

    Raises
    ------
    InputError
        If the maps do not speak the language.

    Examples
    --------
    >>> Words("en").day(date(2018, 2, 5))
    '5 February 2018'
    >>> Words("en").area(2578.4)
    '2,578 km²'
    """

    language: str

    def __post_init__(self) -> None:
        """Refuse a language without texts."""
        checked(self.language)

    @property
    def rtl(self) -> bool:
        """Whether the language is written from right to left."""
        return reads_rtl(self.language)

    def say(self, key: str, **values: str) -> str:
        """Return a text with its gaps filled.

        Parameters
        ----------
        key : str
            Name of the text.
        **values : str
            What fills each gap, by its name.
        """
        return str(self.texts[key]).format(**values)

    @property
    def texts(self) -> Mapping[str, Any]:
        """What maps say, by name: a text, or plural forms of one."""
        found: Mapping[str, Any] = catalogue(self.language)["maps"]
        return found

    def counted(self, key: str, number: int, **values: str) -> str:
        """Return a text about so many, in the form that the number takes, its gaps filled.

        Parameters
        ----------
        key : str
            Name of a text with plural forms.
        number : int
            How many; it fills the gap ``count``.
        **values : str
            What fills the other gaps, by name.

        Examples
        --------
        >>> Words("en").counted("together", 1), Words("uk").counted("times", 3, low="3")
        ('1 other', '3 рази')
        """
        form = plural_of(self.texts[key], number, self.language)
        return form.format(**{"count": self.number(f"{number:,}"), **values})

    def number(self, figure: str) -> str:
        """Return a written figure with the marks of the language.

        Parameters
        ----------
        figure : str
            With commas between thousands and a point before decimals.

        Examples
        --------
        >>> Words("en").number("2,578.4"), Words("uk").number("0.5")
        ('2,578.4', '0,5')
        """
        return localised(figure, self.language)

    def directed(self, text: str) -> str:
        """Return a text that keeps the direction of the language whatever it begins with.

        Parameters
        ----------
        text : str
            One line, or more that belong together.
        """
        if self.rtl:
            return _RIGHT_TO_LEFT + text
        return _LEFT_TO_RIGHT + text if is_rtl(text) else text

    def day(self, day: date) -> str:
        """Return a date as it is said.

        Parameters
        ----------
        day : date
            Any day.
        """
        return self.say("day", **self._parts(day), year=self.year(day))

    def year(self, day: date) -> str:
        """Return the year of a date; before the year 1 in its own era, not with a minus.

        Parameters
        ----------
        day : date
            Any day.

        Examples
        --------
        >>> from territory.ancient_days import day_on
        >>> Words("en").year(day_on(-499, 1, 1)), Words("uk").year(date(2025, 11, 1))
        ('500 BC', '2025')
        """
        if day.year >= 1:
            return str(day.year)
        return f"{1 - day.year} {before_era(self.language)}"

    def month(self, day: date) -> str:
        """Return the month of a date with its year.

        Parameters
        ----------
        day : date
            Any day of the month.
        """
        name = months(self.language, alone=True)[day.month - 1]
        return self.say("month", month=name, year=self.year(day))

    def _parts(self, day: date) -> dict[str, str]:
        first = catalogue(self.language)["language"]["first_of_month"]
        number = first if day.day == 1 else str(day.day)
        return {"day": number, "month": months(self.language)[day.month - 1]}

    def span(self, start: date, end: date) -> str:
        """Return whole months from one to another, once if they are the same.

        Parameters
        ----------
        start, end : date
            Any day of the first and of the last month.
        """
        first, last = self.month(start), self.month(end)
        return first if first == last else self.say("span", start=first, end=last)

    def times(self, low: int, high: int | None) -> str:
        """Return how often something happened; without end if `high` is None.

        Parameters
        ----------
        low, high : int
            The fewest and the most times.
        """
        if high is None:
            return self.say("times_open" if low > 1 else "times_any", low=str(low))
        if low != high:
            return self.say("times_range", low=str(low), high=str(high))
        return self.counted("times", low, low=str(low))

    def listed(self, names: Iterable[str]) -> str:
        """Return names as a list in a sentence.

        Parameters
        ----------
        names : iterable of str
            In their order.
        """
        return self.say("list_and").join(names)

    def period(self, start: date, end: date) -> tuple[str, str]:
        """Return from when to when, in two lines.

        Parameters
        ----------
        start, end : date
            The first and the last day.
        """
        return self.say("start", day=self.day(start)), self.say("end", day=self.day(end))

    def from_until(self, start: date, end: date) -> str:
        """Return from which day to which in one phrase, a year that both share once.

        Parameters
        ----------
        start, end : date
            The first and the last day.

        Examples
        --------
        >>> Words("en").from_until(date(2025, 11, 1), date(2025, 12, 1))
        '1 November to 1 December 2025'
        """
        same_year = start.year == end.year
        first = self.day_of_month(start) if same_year else self.day(start)
        return self.say("from_until", start=first, end=self.day(end))

    def day_of_month(self, day: date) -> str:
        """Return a date without its year.

        Parameters
        ----------
        day : date
            Any day.
        """
        return self.say("day_of_month", **self._parts(day))

    def area(self, km2: float) -> str:
        """Return an area with its unit.

        Parameters
        ----------
        km2 : float
            In square kilometres.
        """
        return self.say("area", value=self.number(printed(figure(km2))))

    def interval(self, estimate: Estimate) -> str:
        """Return the bounds of an estimate.

        Parameters
        ----------
        estimate : Estimate
            In any unit.
        """
        low, high = map(printed, bounds(estimate.low, estimate.high, like=estimate.value))
        return self.say("interval", low=self.number(low), high=self.number(high))

    def share(self, ratio: float) -> str:
        """Return a share of the area in percent.

        Parameters
        ----------
        ratio : float
            0 to 1.
        """
        return self.say("share", value=self.number(figure(100 * ratio)))

    def length(self, metres: float) -> str:
        """Return a round length.

        Parameters
        ----------
        metres : float
            In metres; from 1000 on it is given in kilometres, with a decimal where it has one.
        """
        if metres >= 1000:  # noqa: PLR2004
            return self.say("km", value=self.number(f"{metres / 1000:,.1f}".removesuffix(".0")))
        return self.say("m", value=self.number(f"{metres:,.0f}"))

    def actor(self, holder: Holder) -> str:
        """Return the usual name of a holder, or its identifier made readable.

        Parameters
        ----------
        holder : Holder
            The actor and how firmly it holds the ground.
        """
        known = catalogue(self.language)["actors"]
        plain = holder.actor.replace("_", " ")
        name = known.get(holder.actor, plain[:1].upper() + plain[1:])
        return self.status(name, holder.status)

    def status(self, name: str, status: Status) -> str:
        """Return a name with how firmly the ground is held.

        Parameters
        ----------
        name : str
            Of the actor.
        status : Status
            How firmly it holds the ground.
        """
        return name if status is Status.HELD else self.say(status.value, actor=name)

    def projection(self, plane: EqualArea) -> str:
        """Return the line that names the projection.

        Parameters
        ----------
        plane : EqualArea
            The equal-area plane of the history.
        """
        return self.say(
            "projection",
            latitude=self.number(f"{abs(plane.latitude):g}"),
            longitude=self.number(f"{abs(plane.longitude):g}"),
            north=self.say("north" if plane.latitude >= 0 else "south"),
            east=self.say("east" if plane.longitude >= 0 else "west"),
        )


def area_title(name: str) -> str:
    """Return the name of an area as a heading.

    Parameters
    ----------
    name : str
        As a job has it.

    Examples
    --------
    >>> area_title("idlib-and-hama"), area_title("Kyiv Oblast")
    ('Idlib and Hama', 'Kyiv Oblast')
    """
    if " " in name or name != name.lower():
        return name
    words = name.replace("_", "-").split("-")
    return " ".join(
        word if word in _SMALL_WORDS and place else word[:1].upper() + word[1:]
        for place, word in enumerate(words)
    )


def title_of(name: str, titles: Mapping[str, Mapping[str, str]], language: str) -> str:
    """Return what readers of a language are told an area is called; nothing for all ground.

    Parameters
    ----------
    name : str
        As a job has it; ``all`` is all ground.
    titles : mapping of str to mapping of str to str
        By name and language, where a job says so; nothing for ground that needs no name.
    language : str
        Code such as ``en``.

    Examples
    --------
    >>> title_of("the-bend", {}, "en"), title_of("all", {}, "en")
    ('The Bend', '')
    """
    if name == WHOLE:
        return ""
    title = titles.get(name, {}).get(language)
    return area_title(name) if title is None else title


@dataclass(frozen=True)
class MapText:
    """What the publisher of a map says with it.

    Attributes
    ----------
    title : str
        The finding, in one sentence.
    subtitle : str
        What is measured, where and when.
    source : str
        Who published the data, and under which licence.
    language : str
        Language of everything on the map.
    note : str
        What a reader must know to read the zones rightly.

    Raises
    ------
    InputError
        If the maps do not speak the language.
    """

    title: str = ""
    subtitle: str = ""
    source: str = ""
    language: str = "en"
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a language without texts."""
        Words(self.language)

    @property
    def words(self) -> Words:
        """The texts of the language."""
        return Words(self.language)

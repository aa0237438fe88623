"""The languages that maps, films and pages speak: a catalogue each, and the CLDR for the rest.

Every sentence of a language stands in one file beside this module, ``uk.toml`` for Ukrainian: a
new language is a new file. Where a text counts something it is a table of plural forms, named
as in the CLDR (``one``, ``few``, ``many``, ``other``) or by a number of its own (``2``). The
names of months, the marks in numbers, which plural form a number takes and what countries are
called come from the CLDR, through Babel.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from territory.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from babel import Locale

FIRST = "en"
LANGUAGES: tuple[str, ...] = tuple(
    sorted(
        (
            each.name[:-5]
            for each in resources.files(__name__).iterdir()
            if each.name[-5:] == ".toml"
        ),
        key=lambda code: (code != FIRST, code),
    )
)
"""Codes of the languages, English first."""

_DIGITS = "latn"  # the same digits in every language, as in the tables
_FIGURE = re.compile(r"\d[\d,.]*")
_RTL = "right-to-left"
_LONGEST = 20  # characters of a code in a message


def checked(code: str) -> str:
    """Return a code that there is a catalogue for.

    Parameters
    ----------
    code : str
        Such as ``uk``.

    Raises
    ------
    InputError
        If there is none; the message names those that there are.

    Examples
    --------
    >>> checked("uk")
    'uk'
    """
    if code in LANGUAGES:
        return code
    said = "".join(c for c in str(code)[:_LONGEST] if c.isprintable())
    raise InputError(f"maps do not speak '{said}'; {did_you_mean(code, LANGUAGES)}")


@cache
def catalogue(code: str) -> Mapping[str, Any]:
    """Return everything that is said in a language, by section and name.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.

    Raises
    ------
    InputError
        If there is no catalogue.
    """
    file = resources.files(__name__).joinpath(f"{checked(code)}.toml")
    return tomllib.loads(file.read_text("utf-8"))


@cache
def _locale(code: str) -> "Locale":
    from babel import Locale  # a moment, which calls without a sentence need not wait for

    return Locale.parse(checked(code))


@cache
def reads_rtl(code: str) -> bool:
    """Return whether a language is written from right to left.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> [code for code in LANGUAGES if reads_rtl(code)]
    ['ar']
    """
    return bool(_locale(code).character_order == _RTL)


def plural_of(forms: Mapping[str, str], number: float, code: str) -> str:
    """Return the form of a text that goes with a number.

    Parameters
    ----------
    forms : mapping of str to str
        By plural form or by the number itself; ``other`` is always there.
    number : float
        How many.
    code : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> days = {"one": "день", "few": "дні", "many": "днів", "other": "дня"}
    >>> [plural_of(days, n, "uk") for n in (1, 3, 12, 22, 0.5)]
    ['день', 'дні', 'днів', 'дні', 'дня']
    """
    own = forms.get(f"{number:g}")
    return own if own is not None else forms.get(_locale(code).plural_form(number), forms["other"])


def marks(code: str) -> tuple[str, str]:
    r"""Return what stands between thousands and before decimals.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> marks("en"), marks("uk")
    ((',', '.'), ('\xa0', ','))
    """
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = _locale(code)
    return (
        str(get_group_symbol(locale, numbering_system=_DIGITS)),
        str(get_decimal_symbol(locale, numbering_system=_DIGITS)),
    )


def localised(figure: str, code: str) -> str:
    r"""Return a figure, as `territory.numbers` writes it, with the marks of a language.

    Parameters
    ----------
    figure : str
        With commas between thousands and a point before decimals; other words stay.
    code : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> localised("2,578.4", "fr"), localised("115,737", "uk"), localised("0.14", "en")
    ('2\u202f578,4', '115\xa0737', '0.14')
    """
    if code == FIRST:
        return figure
    thousands, point = _marks(code)
    turned = {",": thousands, ".": point}
    return _FIGURE.sub(lambda found: "".join(turned.get(c, c) for c in found[0]), figure)


_marks = cache(marks)


@cache
def months(code: str, *, alone: bool = False) -> tuple[str, ...]:
    """Return the names of the months, as they stand in a date or alone.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.
    alone : bool
        Without a day, which some languages tell apart.

    Examples
    --------
    >>> months("uk")[1], months("uk", alone=True)[1]
    ('лютого', 'лютий')
    """
    own = catalogue(code)["language"].get("months")
    if own:
        return tuple(own)
    from babel.dates import get_month_names

    names = get_month_names("wide", "stand-alone" if alone else "format", _locale(code))
    return tuple(str(names[number]) for number in range(1, 13))


@cache
def short_months(code: str) -> tuple[str, ...]:
    """Return names of the months for a narrow axis.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> short_months("en")[8], short_months("fr")[1]
    ('Sep', 'févr.')
    """
    if code == FIRST:
        return tuple(name[:3] for name in months(code))
    if catalogue(code)["language"].get("months"):
        return tuple(name.partition("/")[0] for name in months(code))
    from babel.dates import get_month_names

    names = get_month_names("abbreviated", "stand-alone", _locale(code))
    return tuple(str(names[number]) for number in range(1, 13))


@cache
def before_era(code: str) -> str:
    """Return what stands behind a year before the year 1.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> before_era("en"), before_era("fr")
    ('BC', 'av. J.-C.')
    """
    from babel.dates import get_era_names

    return str(get_era_names("abbreviated", _locale(code))[0])


def country(letters: str, code: str) -> str:
    """Return what a country is called; nothing where the CLDR does not know it.

    Parameters
    ----------
    letters : str
        ISO 3166-1 alpha-2.
    code : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> country("UA", "ru"), country("", "uk")
    ('Украина', '')
    """
    return str(_locale(code).territories.get(letters, ""))


def language_name(code: str) -> str:
    """Return what a language is called in English.

    Parameters
    ----------
    code : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> language_name("uk")
    'Ukrainian'
    """
    return str(_locale(code).get_display_name(FIRST))

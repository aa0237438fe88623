"""Names of months in the languages of those who map the wars, from Unicode's CLDR."""

import unicodedata
from functools import cache

LANGUAGES = ("en", "uk", "ru", "ar", "ar_SY", "ar_IQ", "ar_DZ", "ar_MA", "fr", "de")
_FEWEST_LETTERS = 3  # of the beginning of a name that may stand for it


def month_of(word: str) -> int:
    """Return the number of a month by its name, or by the beginning of it.

    Parameters
    ----------
    word : str
        In English, Ukrainian, Russian, Arabic, French or German, in any case; a dot behind an
        abbreviation does not count.

    Returns
    -------
    int
        From 1; 0 where it is no month, or where names of several begin so.

    Examples
    --------
    >>> month_of("Feb"), month_of("февраля"), month_of("лют."), month_of("آذار"), month_of("ma")
    (2, 2, 2, 3, 0)
    """
    plain = _bare(word)
    names = _numbers()
    if plain in names:
        return names[plain]
    if len(plain) < _FEWEST_LETTERS:
        return 0
    found = {number for name, number in names.items() if name.startswith(plain)}
    return found.pop() if len(found) == 1 else 0


@cache
def _numbers() -> dict[str, int]:
    """Return the number of every name; one that stands for two months is left out."""
    from babel.dates import get_month_names  # its tables take a while to load

    found: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for context in ("format", "stand-alone"):  # genitive and nominative
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, language).items():
                    found.setdefault(_bare(name), set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


def _bare(name: str) -> str:
    """Return a name without case, accents, points and the marks of right-to-left text."""
    marks = unicodedata.normalize("NFKD", name.casefold())
    kept = (each for each in marks if unicodedata.category(each) not in ("Mn", "Cf"))
    return " ".join("".join(kept).replace(".", " ").split())

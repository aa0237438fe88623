"""The words of the page in its languages; those of the maps are used where they fit."""

from typing import Any

from territory.languages import (
    LANGUAGES,
    before_era,
    catalogue,
    marks,
    months,
    reads_rtl,
    short_months,
)

_OF_THE_MAPS = ("at_centre", "day", "gained_since")


def interface_words() -> dict[str, dict[str, Any]]:
    """Return every text of the interface by language and key."""
    return {language: _words(language) for language in LANGUAGES}


def _words(language: str) -> dict[str, Any]:
    """Return the texts of a language, with the months and marks that the page writes with."""
    found = catalogue(language)
    thousands, point = marks(language)
    return {
        **found["page"],
        **{key: found["maps"][key] for key in _OF_THE_MAPS},
        "language_name": found["language"]["name"],
        "first_of_month": found["language"]["first_of_month"],
        "rtl": reads_rtl(language),
        "thousands": thousands,
        "point": point,
        "months": list(months(language)),
        "before_era": before_era(language),
        "months_alone": list(months(language, alone=True)),
        "months_short": list(short_months(language)),
    }

"""The words of the page in its languages; those of the maps are used where they fit."""

import tomllib
from importlib import resources
from typing import Any

from territory.publish.page.scopes import LANGUAGES

_OF_THE_MAPS = ("at_centre", "day", "gained_since")


def interface_words() -> dict[str, dict[str, Any]]:
    """Return every text of the interface by language and key."""
    return {language: _words(language) for language in LANGUAGES}


def _words(language: str) -> dict[str, Any]:
    own, maps = _texts("territory.publish.page")[language], _texts("territory.maps")[language]
    return {**own, **{key: maps[key] for key in _OF_THE_MAPS}, "months": maps["months"]}


def _texts(package: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files(package).joinpath("words.toml").read_text("utf-8"))

"""The words of the page in its languages; those of the maps are used where they fit."""

import re
import tomllib
import unicodedata
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from territory.maps.words import Words
from territory.page.scopes import LANGUAGES

_OF_THE_MAPS = ("at_centre", "day")
_SPACE = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"  # Persian and Kurdish spelling needs them


def interface_words() -> dict[str, dict[str, Any]]:
    """Return every text of the interface by language and key."""
    return {language: _words(language) for language in LANGUAGES}


def _words(language: str) -> dict[str, Any]:
    own, maps = _texts("territory.page")[language], _texts("territory.maps")[language]
    return {**own, **{key: maps[key] for key in _OF_THE_MAPS}, "months": maps["months"]}


def _texts(package: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files(package).joinpath("words.toml").read_text("utf-8"))


def said(key: str, **values: str) -> dict[str, str]:
    """Return a text of the maps in every language, with its gaps filled."""
    return {language: Words(language).say(key, **values) for language in LANGUAGES}


def plain(text: str) -> str:
    r"""Return text from data on one line, without control codes and direction overrides.

    Examples
    --------
    >>> plain("a\x07 b\n\tc")
    'a b c'
    """
    kept = (c for c in text if c.isspace() or c in _JOINERS or unicodedata.category(c)[0] != "C")
    return _SPACE.sub(" ", "".join(kept)).strip()


def web_address(url: str) -> str:
    """Return an address that is safe to link to, or nothing.

    Examples
    --------
    >>> web_address("javascript:alert(1)"), web_address("https://example.org/a")
    ('', 'https://example.org/a')
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""

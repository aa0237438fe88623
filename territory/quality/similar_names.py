"""Actors whose names differ only in how they are written: one party counted as two."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from territory.findings import Finding, FindingKind, Severity
from territory.holders import NOBODY

# Letters that look like those of another script, or have two codes, and marks typed in many ways.
_ALIKE = str.maketrans(
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧοیىک’‘ʼʹ`´–—‑−",
    "ABEKMHOPCTYXIJSaeopcyxijsABEZHIKMNOPTYXoييك''''''----",
)


def similar_names(actors: Iterable[str]) -> Iterator[Finding]:
    """Tell of actors that differ only in case, blanks, marks, or how letters are encoded.

    A Cyrillic letter in a Latin name is one of them: nobody sees it.

    Parameters
    ----------
    actors : iterable of str
        As labelled.

    Yields
    ------
    Finding
        ``similar-names``, a warning about the whole series.

    Examples
    --------
    >>> [found.detail for found in similar_names(["Free  Army", "free army", "army"])]
    ["'Free  Army' and 'free army' differ only in how they are written; counted as 2 actors"]
    """
    alike: dict[str, set[str]] = {}
    for actor in {*actors, NOBODY.actor}:
        alike.setdefault(_bare(actor), set()).add(actor)
    for names in sorted(sorted(group) for group in alike.values() if len(group) > 1):
        listed = " and ".join(ascii(name) if _looks_alike(names) else f"'{name}'" for name in names)
        detail = f"{listed} differ only in how they are written; counted as {len(names)} actors"
        yield Finding(FindingKind.SIMILAR_NAMES, detail, Severity.WARNING)


def _looks_alike(names: list[str]) -> bool:
    """Return whether names cannot be told apart as they are printed."""
    shown = {unicodedata.normalize("NFC", _visible(name)).translate(_ALIKE) for name in names}
    return len(shown) < len(names)


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKC", _visible(name)).translate(_ALIKE).casefold()
    return re.sub(r"[\s_-]+", " ", folded).strip()


def _visible(name: str) -> str:
    """Return a name without marks that have no width, and with plain blanks."""
    letters = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return re.sub(r"\s", " ", letters)

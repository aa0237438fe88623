"""What a user's words for polygons name: files, a layer of a file, or a country."""

import glob
import os
from dataclasses import dataclass
from pathlib import Path

from territory.errors import InputError, did_you_mean
from territory.read.paths import GLOB_MARKS, expand
from territory.read.world import STANDARD, check_worldview, read_countries

CORNERS = 4  # west, south, east, north


@dataclass(frozen=True)
class Source:
    """Where polygons are read from.

    Attributes
    ----------
    text : str
        As the user named it, for messages.
    files : tuple of Path
        Sorted; none for a country of the package.
    place : str
        The file, folder or glob as named, without a layer.
    layer : str
        The one layer to take; all there are if empty.
    country : str
        A country of the package, as the package spells it.
    worldview : str
        Whose border it has; see `territory.read.world.WORLDVIEWS`.
    """

    text: str
    files: tuple[Path, ...] = ()
    place: str = ""
    layer: str = ""
    country: str = ""
    worldview: str = STANDARD


def find_source(text: str, folder: Path = Path()) -> Source | None:
    """Return what is there under a name, None if nothing is.

    What exists under the whole name wins, colons and all; then ``FILE:LAYER``; then a
    country of the package, whatever the case of its letters, or ``COUNTRY:WORLDVIEW``.

    Parameters
    ----------
    text : str
        A file, a folder, a glob, ``FILE:LAYER`` or a country.
    folder : Path
        What relative names start from.

    Raises
    ------
    InputError
        If a folder is there, but nothing in it can be read, or a worldview is none.

    Examples
    --------
    >>> find_source("ukraine").country, find_source("Ukraine:de-facto").worldview
    ('Ukraine', 'de-facto')
    """
    if not text.strip():  # and no country need be looked up
        return None
    if files := _files(text, folder):
        return Source(text, files, place=text)
    for at in reversed([index for index, mark in enumerate(text) if mark == ":"]):
        place, layer = text[:at], text[at + 1 :]
        if layer and not layer.startswith(("/", "\\")) and (files := _files(place, folder)):
            return Source(text, files, place=place, layer=layer)
    names = {name.casefold(): name for name in read_countries().names}
    name, colon, worldview = text.partition(":")
    country = names.get(name.strip().casefold())
    if not country:
        return None
    if colon:
        check_worldview(worldview, option=text)
    return Source(text, country=country, worldview=worldview or STANDARD)


def source_of(text: str, folder: Path = Path(), *, written_in: str = "", also: str = "") -> Source:
    """Return what a name means.

    Parameters
    ----------
    text : str
        A file, a folder, a glob, ``FILE:LAYER`` or a country.
    folder : Path
        What relative file names start from.
    written_in : str
        The option or key that gives the name, for the message.
    also : str
        What else would have been understood there.

    Raises
    ------
    InputError
        If nothing of that name is there; the message names the nearest country.
    """
    if found := find_source(text, folder):
        return found
    if _is_path(text):
        raise InputError("no such file", file=str(folder / text))
    hint = did_you_mean(text.strip().title(), read_countries().names)
    near = f"; {hint}" if hint.startswith("did") else ""
    raise InputError(f"'{text}' is no file, {also}and no country{near}", file=written_in or None)


def place_text(value: object) -> object:
    """Return a box of four numbers as ``--area`` takes it; anything else as it is.

    Parameters
    ----------
    value : object
        What a key of a file that names a place holds.

    Examples
    --------
    >>> place_text([36.9, 46.9, 38, 48]), place_text("Ukraine")
    ('36.9,46.9,38,48', 'Ukraine')
    """
    corners = value if isinstance(value, list | tuple) else ()
    box = len(corners) == CORNERS and all(isinstance(each, int | float) for each in corners)
    return ",".join(map(str, corners)) if box else value


def located(text: str, folder: Path) -> str:
    """Return the name of a source as seen from here; of a country or a box as it is.

    Parameters
    ----------
    text : str
        A file, a folder, a glob, ``FILE:LAYER``, a country or a box.
    folder : Path
        What relative file names start from.

    Examples
    --------
    >>> located("ukraine", Path("job")), located("ground.geojson", Path("job"))
    ('ukraine', 'job/ground.geojson')
    """
    found = find_source(text, folder)
    is_file = bool(found.files) if found else _is_path(text) and "," not in text
    return str(folder / text) if is_file else text


def source_files(text: str, folder: Path) -> tuple[Path, ...]:
    """Return the files that a name stands for; none for a country, or if none is there.

    Parameters
    ----------
    text : str
        A file, a folder, a glob, ``FILE:LAYER`` or a country.
    folder : Path
        What relative file names start from.
    """
    found = find_source(text, folder)
    return found.files if found else ()


def _files(text: str, folder: Path) -> tuple[Path, ...]:
    """Return the files under a name that is a file, a folder or a glob."""
    if not text.strip():
        return ()
    whole = str(folder / text)
    matches = any(mark in text for mark in GLOB_MARKS) and glob.glob(whole, recursive=True)  # noqa: PTH207
    return expand((whole,)) if os.path.lexists(whole) or matches else ()


def _is_path(text: str) -> bool:
    """Return whether a name can only have been meant as a file, to judge by its marks."""
    marked = any(mark in text for mark in ("/", "\\", *GLOB_MARKS))
    return marked or any(Path(part).suffix[1:].isalpha() for part in text.split(":"))

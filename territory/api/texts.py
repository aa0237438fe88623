"""Text as a caller may give it: names of columns and actors, words, units."""

from pathlib import Path

from territory.errors import InputError


def text_of(value: object, what: str) -> str:
    """Return a text; nothing for None.

    Frames, arrays and what pandas has for a missing value are asked for no truth here, which
    they have not: they are no text.

    Parameters
    ----------
    value : str or None
        As the caller gives it.
    what : str
        The argument, for the message.

    Raises
    ------
    InputError
        If it is something else, or has half a character that no file can hold.

    Examples
    --------
    >>> text_of("Red", "actor"), text_of(None, "actor")
    ('Red', '')
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"{what}: {value!r:.60} is no text")
    check_writable(value, what)
    return value


def check_writable(text: str, what: str) -> None:
    """Refuse a text that cannot be written as UTF-8: one of two surrogates stands alone in it.

    Parameters
    ----------
    text : str
        As the caller gives it.
    what : str
        The argument, for the message.

    Raises
    ------
    InputError
        If it cannot.

    Examples
    --------
    >>> check_writable("Червоні", "actor")
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        problem = f"{what}: {text!r:.60} holds half a character, which cannot be written"
        raise InputError(problem) from None


def check_path(path: str | Path, what: str) -> None:
    """Refuse what no file can be called.

    Parameters
    ----------
    path : str or Path
        As the caller gives it.
    what : str
        The argument, for the message.

    Raises
    ------
    InputError
        If it cannot be written, holds a NUL, or is longer than file systems take.

    Examples
    --------
    >>> check_path("out.gpkg", "path")
    """
    check_writable(str(path), what)
    if "\0" in str(path):
        raise InputError(f"{what}: {str(path)!r:.60} holds a NUL, so no file is called so")
    if any(len(part.encode()) > _LONGEST for part in Path(path).parts):
        raise InputError(f"{what}: {str(path)!r:.60} is longer than the name of a file can be")


_LONGEST = 255  # bytes, of nearly every file system

"""Whether a call would write over a file that it reads."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from territory.errors import InputError

_NO_FILES = ("--out", "--title", "--subtitle", "--source")  # options whose words name none


def refuse_overwriting(arguments: Sequence[str]) -> None:
    """Refuse a call whose ``--out`` is one of the files that its other words name.

    Parameters
    ----------
    arguments : sequence of str
        The words of the call, the verb first.

    Raises
    ------
    InputError
        Naming the file, which would be gone once the call is done.
    """
    words = [part for each in arguments[1:] for part in _parts(each)]
    pairs = list(zip(["", *words], words, strict=False))
    for place in (word for option, word in pairs if option == "--out" and _is_file(word)):
        named = (word for option, word in pairs if option not in _NO_FILES)
        if Path(place).resolve() in (path for word in named for path in _files(word)):
            raise InputError("this call reads it; name another file for --out", file=place)


def _parts(word: str) -> list[str]:
    """Return an option and its value as two words."""
    return word.split("=", 1) if word.startswith("--") else [word]


def _is_file(word: str) -> bool:
    with suppress(OSError, ValueError):  # too long for a name, or with a NUL
        return Path(word).is_file()
    return False


def _files(word: str) -> Iterator[Path]:
    """Yield what a word stands for: a file, those of a folder or glob, NAME=FILE, FILE:LAYER."""
    from territory.read.paths import expand  # slow to load, and few calls write over anything

    for each in filter(None, (word, word.partition("=")[2], word.rpartition(":")[0])):
        with suppress(InputError, OSError, ValueError):
            yield from (path.resolve() for path in expand((each,)))

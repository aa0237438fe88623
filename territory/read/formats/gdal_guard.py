"""What may be handed to GDAL, and under which driver.

GDAL looks at the content and not at the extension: a file named `.gpkg` that holds a
virtual data set can read other local files or make network requests. So a file is let
through only when its first bytes fit its extension, and the driver is then named. GeoJSON
never gets there: it is parsed here.
"""

import re
import stat
from collections.abc import Callable
from pathlib import Path

from territory.errors import InputError
from territory.read.formats.gzipped import is_named_gz, unpacked

_HEAD_BYTES = 512
_TAKEN_OUT = re.compile(r"[\t\r\n]")  # of a path, and another file is looked for
# Extension: (GDAL driver prefix, what the first bytes must be)
_KNOWN: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    ".gpkg": ("GPKG:", lambda head: head.startswith(b"SQLite format 3\0")),
    ".fgb": ("", lambda head: head.startswith(b"fgb\x03fgb")),
    ".shp": ("", lambda head: head.startswith(b"\x00\x00\x27\x0a")),
}


def driver_path(path: Path) -> str:
    """Return what to hand to GDAL for a vector file.

    Parameters
    ----------
    path : Path
        The file; its extension says which driver may read it.

    Raises
    ------
    InputError
        If the file is missing, of an unknown kind, or not what its extension says.
    """
    known = _KNOWN.get(path.suffix.lower())
    if known is None:
        kinds = ", ".join(sorted(_KNOWN))
        raise InputError(f"not a vector file this reads (one of {kinds})", file=str(path))
    prefix, fits = known
    if not fits(first_bytes(path)):
        raise InputError(f"is not a {path.suffix} file, whatever its name says", file=str(path))
    place = str(path.resolve())
    if _TAKEN_OUT.search(place) or (prefix and '"' in place):
        problem = "a quotation mark, tab or line feed stands in its path, which GDAL takes out"
        raise InputError(f"{problem}; rename the file or folder", file=str(path))
    # After a prefix GDAL would take what follows a colon for a layer.
    return f'{prefix}"{place}"' if prefix and ":" in place else f"{prefix}{place}"


def first_bytes(path: Path, count: int = _HEAD_BYTES) -> bytes:
    """Return the first bytes of a file.

    Parameters
    ----------
    path : Path
        A plain file, which may be missing.
    count : int
        How many bytes to return; fewer where the file is shorter.

    Raises
    ------
    InputError
        If it cannot be read, or is no plain file: a pipe or a device may never end.
    """
    if problem := no_plain_file(path):
        raise InputError(problem, file=str(path))
    try:
        with path.open("rb") as stream:
            # Room is made for all that is asked for, so that is no more than seems to be there.
            found = stream.read(min(count, path.stat().st_size))
            more = stream.read(1) if len(found) < count else b""
            return found + more + stream.read(count - len(found) - 1) if more else found
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=str(path)) from None


def bytes_of(path: Path, limit: int) -> bytes:
    """Return the bytes of a plain file that must not be larger than a limit.

    No more is read than that, however much a file has grown since it was looked at. Of a file
    named ``.gz`` it is what is packed in it.

    Parameters
    ----------
    path : Path
        A plain file, which may be missing.
    limit : int
        In bytes.

    Raises
    ------
    InputError
        If it cannot be read, is no plain file, or is larger; if it is named ``.gz`` and is none.
    """
    content = first_bytes(path, limit + 1)
    if len(content) > limit:
        raise InputError(f"larger than {limit / 1e6:.0f} MB", file=str(path))
    return unpacked(content, path, limit) if is_named_gz(path) else content


def no_plain_file(path: Path) -> str:
    """Return why a path names nothing that can be read like a file; nothing if it does.

    Parameters
    ----------
    path : Path
        Anything, which may be missing.

    Returns
    -------
    str
        Completes a sentence about the file, without its name.

    Examples
    --------
    >>> no_plain_file(Path("/dev/null"))
    'is a device, not a file; save its content in a file first'
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if not path.is_symlink():
            return "no such file"
        return f"is a link to {path.readlink()}, which is not there"
    except (OSError, ValueError) as error:  # a link to itself, a NUL in the name
        return f"cannot be read ({getattr(error, 'strerror', None) or error})"
    if stat.S_ISDIR(mode):
        return "is a folder, not a file"
    kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "")
    return f"is a {kind}, not a file; save its content in a file first" if kind else ""


_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)

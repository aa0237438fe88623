"""What may be handed to GDAL, and under which driver.

GDAL looks at the content and not at the extension: a file named `.gpkg` that holds a
virtual data set can read other local files or make network requests. So a file is let
through only when its first bytes fit its extension, and the driver is then named. GeoJSON
never gets there: it is parsed here.
"""

from collections.abc import Callable
from pathlib import Path

from territory.errors import InputError

_HEAD_BYTES = 512
# Extension: (GDAL driver prefix, what the first bytes must be)
_KNOWN: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    ".gpkg": ("GPKG:", lambda head: head.startswith(b"SQLite format 3\0")),
    ".fgb": ("", lambda head: head.startswith(b"fgb\x03fgb")),
    ".shp": ("", lambda head: head.startswith(b"\x00\x00\x27\x0a")),
}


def driver_path(path: Path) -> str:
    """Return what to hand to GDAL for a vector file.

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
    # After a prefix GDAL would take what follows a colon for a layer.
    return f'{prefix}"{place}"' if prefix and ":" in place else f"{prefix}{place}"


def first_bytes(path: Path) -> bytes:
    """Return the first bytes of a file.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise InputError("no such file", file=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=str(path)) from None

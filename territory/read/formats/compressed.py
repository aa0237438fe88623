"""Files that gzip has made smaller: unpacked into a folder of our own, their size limited."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from territory.errors import InputError
from territory.read.formats.archive import renamed
from territory.read.formats.gdal_guard import bytes_of
from territory.read.formats.geometries import MAX_BYTES, one_line
from territory.read.formats.layer import Layer

SUFFIX = ".gz"
_MAGIC = b"\x1f\x8b"
_DAMAGED = (EOFError, OSError, zlib.error)


def inner_suffix(path: Path) -> str:
    """Return the extension of a file once it is unpacked, in small letters.

    Parameters
    ----------
    path : Path
        Only its name is looked at.

    Examples
    --------
    >>> inner_suffix(Path("zones.GeoJSON.gz")), inner_suffix(Path("zones.kml"))
    ('.geojson', '.kml')
    """
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() if suffix == SUFFIX else suffix


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield a file that can be read: the file itself, or what gzip made smaller in it.

    Parameters
    ----------
    path : Path
        With or without ``.gz``.

    Yields
    ------
    Path
        For one ``with`` statement; another name than `path` if it was unpacked.

    Raises
    ------
    InputError
        If it is named ``.gz`` and is none, is damaged, or is too large when unpacked.
    """
    if path.suffix.lower() != SUFFIX:
        yield path
        return
    with TemporaryDirectory(prefix="territory-") as folder:
        target = Path(folder) / path.stem
        target.write_bytes(_content(path))
        yield target


def read_gz(path: Path, read: Callable[[Path], tuple[Layer, ...]]) -> tuple[Layer, ...]:
    """Read a file that gzip has made smaller.

    Parameters
    ----------
    path : Path
        Named by what it holds and ``.gz``, such as ``zones.geojson.gz``.
    read : callable
        Reads the file once it is unpacked; what it says names `path` instead.

    Returns
    -------
    tuple of Layer
        Of the file within.

    Raises
    ------
    InputError
        As for `unpacked`, or if the file within cannot be read.
    """
    with unpacked(path) as plain:
        return tuple(renamed(read, plain, str(path)))


def _content(path: Path) -> bytes:
    """Return what is packed in a file, no longer than a file may be."""
    packed = bytes_of(path, MAX_BYTES)
    if not packed:
        raise InputError("the file is empty", file=str(path))
    if not packed.startswith(_MAGIC):
        raise InputError("is not a .gz file, whatever its name says", file=str(path))
    try:
        with gzip.open(path) as stream:
            content = stream.read(MAX_BYTES + 1)
    except _DAMAGED as error:
        problem = f"a damaged .gz file ({one_line(error)}); is the file truncated?"
        raise InputError(problem, file=str(path)) from None
    if len(content) > MAX_BYTES:
        problem = f"larger than {MAX_BYTES / 1e6:.0f} MB when unpacked"
        raise InputError(problem, file=str(path))
    return content

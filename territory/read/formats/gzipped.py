"""Files packed with gzip: unpacked in memory, no further than a file of that size may be."""

import gzip
import zlib
from io import BytesIO
from pathlib import Path, PurePath

from territory.errors import InputError

MAX_RATIO = 200  # drawn zones as text shrink to a tenth; only made-up files to a thousandth
SMALL = 1_000_000  # bytes up to which the ratio does not matter
SUFFIX = ".gz"
_MAGIC = b"\x1f\x8b"
_DAMAGED = (OSError, EOFError, zlib.error)


def is_named_gz(path: Path) -> bool:
    """Return whether a file is packed with gzip, to judge by its name.

    Parameters
    ----------
    path : Path
        Only its name is looked at.
    """
    return path.suffix.lower() == SUFFIX


def kind_of_file(path: Path) -> str:
    """Return the suffix of a file in small letters, or of what is packed in it.

    Parameters
    ----------
    path : Path
        Only its name is looked at.

    Examples
    --------
    >>> kind_of_file(Path("a.2024.GeoJSON.gz")), kind_of_file(Path("a.shp"))
    ('.geojson', '.shp')
    """
    return Path(path.stem).suffix.lower() if is_named_gz(path) else path.suffix.lower()


def stem_of(path: PurePath) -> str:
    """Return the name of a file without its suffix, and without that of what is packed in it.

    Parameters
    ----------
    path : PurePath
        Only its name is looked at.

    Examples
    --------
    >>> stem_of(Path("b/a.2024.geojson.gz")), stem_of(Path("a.b.shp"))
    ('a.2024', 'a.b')
    """
    return Path(path.stem).stem if path.suffix.lower() == SUFFIX else path.stem


def unpacked(content: bytes, path: Path, limit: int) -> bytes:
    """Return what is packed in the bytes of a file.

    Parameters
    ----------
    content : bytes
        The whole file.
    path : Path
        For messages.
    limit : int
        Bytes that may come of it.

    Raises
    ------
    InputError
        If it is no gzip, damaged or cut short, or if more comes of it than is plausible.
    """
    if not content.startswith(_MAGIC):
        problem = "is not a .gz file, whatever its name says; name it without .gz"
        raise InputError(problem if content else "the file is empty", file=str(path))
    plausible = max(SMALL, MAX_RATIO * len(content))
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as stream:
            found = stream.read(min(limit, plausible) + 1)
    except _DAMAGED as error:
        why = " ".join(str(error).split())[:80]
        problem = f"a damaged .gz file ({why}); is the file truncated?"
        raise InputError(problem, file=str(path)) from None
    if len(found) > limit:
        raise InputError(f"larger than {limit / 1e6:.0f} MB when unpacked", file=str(path))
    if len(found) > plausible:
        raise InputError(f"unpacks to more than {MAX_RATIO} times its size", file=str(path))
    return found

"""Zip archives: members in memory or in a folder of our own, their sizes checked first."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.read.formats.gdal_guard import first_bytes
from territory.read.formats.geometries import MAX_BYTES, one_line
from territory.read.formats.gzipped import MAX_RATIO, SMALL, kind_of_file
from territory.read.formats.gzipped import SUFFIX as GZIP
from territory.read.formats.layer import Layer

_MAX_MEMBERS = 10_000
_MAX_NAME = 200
_ENCRYPTED = 0x1
_ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz")
_MAY_BE_OTHER = (".json", ".csv")  # anything may stand in these
_BESIDE_SHP = (".shx", ".dbf", ".prj", ".cpg")
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    LookupError,
    struct.error,
)


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive.

    Parameters
    ----------
    path : Path
        The archive; its first bytes must be those of one.

    Yields
    ------
    ZipFile
        For one ``with`` statement.

    Raises
    ------
    InputError
        If it is none, or damaged.
    """
    head = first_bytes(path)
    if not head:
        raise InputError("the file is empty", file=str(path))
    if not head.startswith(b"PK"):
        problem = f"is not a {path.suffix} file, whatever its name says"
        raise InputError(problem, file=str(path))
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        problem = f"a damaged archive ({one_line(error)}); is the file truncated?"
        raise InputError(problem, file=str(path)) from None
    with archive:
        yield archive


def members(
    archive: zipfile.ZipFile, path: Path, *, limit: int = MAX_BYTES
) -> list[zipfile.ZipInfo]:
    """Return the files of an archive, after a look at their names and sizes.

    Parameters
    ----------
    archive : ZipFile
        Open.
    path : Path
        For messages.
    limit : int
        Bytes that all of them may have when unpacked.

    Returns
    -------
    list of ZipInfo
        In the order of the archive, without folders and hidden files.

    Raises
    ------
    InputError
        If a name leads out of the archive or stands twice, if a member is encrypted or a
        link, or if they are too many or too large when unpacked.
    """
    listed = [each for each in archive.infolist() if not each.filename.endswith("/")]
    if len(listed) > _MAX_MEMBERS:
        raise InputError(f"an archive of more than {_MAX_MEMBERS} files", file=str(path))
    if sum(each.file_size for each in listed) > limit:
        problem = f"larger than {limit / 1e6:.0f} MB when unpacked"
        raise InputError(problem, file=str(path))
    names: set[str] = set()
    for each in listed:
        problem = _why_not(each, names)
        if problem:
            raise InputError(problem, file=f"{path}/{one_line(each.filename)}")
        names.add(each.filename.lower())
    return [each for each in listed if not _is_hidden(each.filename)]


def _why_not(member: zipfile.ZipInfo, names: set[str]) -> str:
    """Say why a member is refused; nothing if it is not."""
    if problem := _bad_name(member.filename, names):
        return problem
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link, not a file"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted; unpack it first"
    if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
        return f"unpacks to more than {MAX_RATIO} times its size"
    return ""


def _bad_name(name: str, names: set[str]) -> str:
    parts = PurePosixPath(name).parts
    if "\\" in name or name[1:2] == ":" or name.startswith("/") or ".." in parts:
        return "its name leads out of the archive"
    if any(len(part.encode(errors="replace")) > _MAX_NAME for part in parts):
        return f"its name is longer than {_MAX_NAME} bytes"
    if not name or not name.isprintable() or name.lower() in names:
        return "its name stands twice or holds control characters"
    return ""


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> bytes:
    """Return a member's content, no longer than it was declared.

    Parameters
    ----------
    archive : ZipFile
        Open.
    member : ZipInfo
        One of `members`, so its size has been checked.
    path : Path
        For messages.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        return archive.read(member)
    except DAMAGED as error:
        problem = f"damaged in the archive ({one_line(error)})"
        raise InputError(problem, file=f"{path}/{member.filename}") from None


def read_zip(
    path: Path,
    read: Callable[[Path], tuple[Layer, ...]],
    suffixes: frozenset[str],
    *,
    packed: frozenset[str] = frozenset(),
    is_other: Callable[[str, bytes], bool] = lambda _name, _content: False,
) -> tuple[Layer, ...]:
    """Read every file of drawn zones in a zip archive, in its order.

    Each is unpacked, with what belongs to it, into a folder of its own under a name of
    ours, so nothing else can lie beside it.

    Parameters
    ----------
    path : Path
        The archive.
    read : callable
        Reads one file.
    suffixes : frozenset of str
        Of the files to read.
    packed : frozenset of str
        Of those that are read where they are packed with gzip, too.
    is_other : callable
        Whether a member of that name and content clearly holds no zones (a table or a
        description beside them); it is left out with a finding.

    Raises
    ------
    TerritoryError
        Naming the member, as ``a.zip/b.shp``.
    InputError
        If there is no file of zones in it, or an archive within it.
    """
    layers: list[Layer] = []
    left_out: list[Finding] = []
    with open_archive(path) as archive:
        listed = members(archive, path)
        for member in listed:
            name = PurePosixPath(member.filename)
            suffix = name.suffix.lower()
            if suffix == GZIP and kind_of_file(Path(name)) in packed:
                layers += _read_one(archive, member, path, (read, listed))
            elif suffix in _ARCHIVES:
                problem = "an archive within the archive; unpack it first"
                raise InputError(problem, file=f"{path}/{member.filename}")
            elif suffix in _MAY_BE_OTHER and is_other(
                member.filename, read_member(archive, member, path)
            ):
                detail = f"{path}/{member.filename}: left out; there are no zones in it"
                left_out.append(Finding(FindingKind.LEFT_OUT, detail, Severity.WARNING))
            elif suffix in suffixes:
                layers += _read_one(archive, member, path, (read, listed))
    if not layers:
        kinds = ", ".join(sorted(suffixes - set(_ARCHIVES)))
        raise InputError(f"nothing in the archive that this reads ({kinds})", file=str(path))
    first = replace(layers[0], findings=(*left_out, *layers[0].findings))
    return (first, *layers[1:])


def _read_one(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    path: Path,
    how: tuple[Callable[[Path], tuple[Layer, ...]], list[zipfile.ZipInfo]],
) -> list[Layer]:
    read, listed = how
    inner = PurePosixPath(member.filename)
    wanted = [member, *_beside(inner, listed)]
    with TemporaryDirectory(prefix="territory-") as folder:
        for each in wanted:
            suffix = PurePosixPath(each.filename).suffix.lower()
            target = Path(folder) / f"{inner.stem}{suffix}"
            _unpack(read_member(archive, each, path), target, path)
        unpacked = Path(folder) / f"{inner.stem}{inner.suffix.lower()}"
        return renamed(read, unpacked, f"{path}/{member.filename}")


def _unpack(content: bytes, target: Path, path: Path) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        problem = (
            f"cannot be unpacked in '{target.parent.parent}' ({error.strerror});"
            " name a folder with more room in the environment variable TMPDIR"
        )
        raise InputError(problem, file=str(path)) from None


def _beside(inner: PurePosixPath, listed: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Return the members that belong to a shapefile."""
    if inner.suffix.lower() != ".shp":
        return []
    names = {str(inner.with_suffix(suffix)).lower() for suffix in _BESIDE_SHP}
    return [each for each in listed if each.filename.lower() in names]


def renamed(read: Callable[[Path], tuple[Layer, ...]], unpacked: Path, label: str) -> list[Layer]:
    """Read an unpacked file; whatever is said of it names the member instead.

    Parameters
    ----------
    read : callable
        Reads one file.
    unpacked : Path
        Where it lies now.
    label : str
        What it is called, such as ``a.zip/b.shp``.
    """
    here = str(unpacked)
    try:
        layers = read(unpacked)
    except InputError as error:
        file = (error.file or here).replace(here, label)
        problem = error.problem.replace(here, label)
        raise type(error)(problem, file=file, line=error.line, feature=error.feature) from None
    return [
        replace(
            layer,
            file=layer.file.replace(here, label),
            findings=tuple(_relabelled(each, here, label) for each in layer.findings),
        )
        for layer in layers
    ]


def _relabelled(finding: Finding, here: str, label: str) -> Finding:
    return replace(finding, detail=finding.detail.replace(here, label))

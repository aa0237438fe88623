"""Columns of large CSV tables, plain, in a zip or gzipped: millions of rows within seconds.

Arrow reads and counts the distinct texts of each column; nothing is looked at row by row. Where
something is wrong, the file is read again to find the line.
"""

import codecs
import csv
import gzip
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase, BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from territory.errors import InputError
from territory.read.formats.archive import DAMAGED, members, open_archive
from territory.read.formats.gdal_guard import first_bytes
from territory.read.formats.geometries import one_line
from territory.read.text_files import check_header, read_bytes

if TYPE_CHECKING:
    import pyarrow as pa

MAX_TABLE_BYTES = 4_000_000_000  # unpacked
_ZIP, _GZIP, _BOM_16 = b"PK", b"\x1f\x8b", (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD_BYTES, _BLOCK_BYTES = 1_000_000, 1 << 24


@dataclass(frozen=True, eq=False)
class Texts:
    """One column: each distinct text once, and which of them every row has.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        Index into `texts`.
    texts : tuple of str
        Without blanks around them.
    """

    codes: NDArray[np.int32]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, codes: NDArray[np.int32], texts: Sequence[str]) -> "Texts":
        """Return a column whose texts are stripped, each of them once.

        Parameters
        ----------
        codes : ndarray of int, shape (n,)
            Index into `texts`.
        texts : sequence of str
            As they stand in the file.
        """
        bare = [text.strip() for text in texts]
        order = {text: number for number, text in enumerate(dict.fromkeys(bare))}
        taken = np.array([order[text] for text in bare], dtype=np.int32)
        return cls(taken[codes] if len(taken) else codes, tuple(order))

    def of_rows(self, rows: NDArray[np.bool_]) -> "Texts":
        """Return some rows of the column.

        Parameters
        ----------
        rows : ndarray of bool, shape (n,)
            Which.
        """
        return self if rows.all() else Texts(self.codes[rows], self.texts)


def begins_packed(path: Path) -> bool:
    """Return whether a file is a zip or gzipped, by its first bytes.

    Parameters
    ----------
    path : Path
        A file that is there.
    """
    return first_bytes(path).startswith((_ZIP, _GZIP))


def tables_in_zip(path: Path) -> tuple[str, ...]:
    """Return the names of the CSV files in a zip.

    Parameters
    ----------
    path : Path
        The archive.

    Raises
    ------
    InputError
        If it is none, or unsafe to unpack.
    """
    with open_archive(path) as archive:
        return tuple(each.filename for each in _csv_members(archive, path))


def header_of(path: Path) -> list[str]:
    """Return the names of the columns of a table.

    Parameters
    ----------
    path : Path
        CSV, in a zip or gzipped if need be.

    Raises
    ------
    InputError
        If the table cannot be read, is empty, or has a column twice.
    """
    header = [name.strip() for name in _header(path)]
    check_header(header, (), path)
    return header


def _header(path: Path) -> list[str]:
    """Return the names of the columns as they stand in the file."""
    with _stream(path) as stream:
        first, newline, rest = stream.read(_HEAD_BYTES).partition(b"\n")
    if not newline and len(first) == _HEAD_BYTES:
        raise InputError("no line break in its first million bytes; is it CSV?", file=str(path))
    if rest and first.count(b'"') % 2:
        raise InputError("a line break in the name of a column", file=str(path), line=1)
    try:
        return next(csv.reader([first.decode("utf-8-sig").strip("\r\n")]), [])
    except UnicodeDecodeError as error:
        detail = f"not UTF-8 at byte {error.start}; save it as UTF-8"
        raise InputError(detail, file=str(path)) from None


def read_columns(path: Path, names: Sequence[str]) -> dict[str, Texts]:
    """Read columns of a table.

    Parameters
    ----------
    path : Path
        CSV, in a zip or gzipped if need be.
    names : sequence of str
        Of columns that it has, without blanks around them.

    Returns
    -------
    dict of str to Texts
        By name; empty lines are passed over.

    Raises
    ------
    InputError
        Naming the line that has too many or too few cells, or is no UTF-8.
    """
    import pyarrow as pa  # slow to load, and to find the files of a job needs their headers only

    header = _header(path)
    wanted = {name.strip(): name for name in header if name.strip() in names}
    try:
        with _stream(path) as stream:
            table = _read(stream, tuple(wanted.values()))
    except pa.ArrowInvalid as error:
        raise _with_line(error, path, len(header)) from None
    if not table.num_rows:
        raise InputError("no row in the table", file=str(path))
    table = table.unify_dictionaries()
    return {name: _texts(table.column(called)) for name, called in wanted.items()}


def line_of(path: Path, row: int) -> int:
    """Return the line on which a row of a table ends.

    Parameters
    ----------
    path : Path
        The table.
    row : int
        From 0, as `read_columns` counts them.
    """
    with _rows(path) as rows:
        next(rows, None)  # the header
        found = (number for number, cells in _numbered(rows) if cells)
        return next(islice(found, row, None), row + 2)


def _read(stream: IO[bytes] | BufferedIOBase, wanted: Sequence[str]) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    text = pa.dictionary(pa.int32(), pa.string())
    return arrow_csv.read_csv(
        stream,
        read_options=arrow_csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=list(wanted),
            column_types=dict.fromkeys(wanted, text),
            strings_can_be_null=False,
        ),
    )


def _texts(column: "pa.ChunkedArray") -> Texts:
    chunks = [chunk for chunk in column.chunks if len(chunk)]
    if not chunks:
        return Texts(np.zeros(0, dtype=np.int32), ())
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
    return Texts.of(codes.astype(np.int32, copy=False), chunks[0].dictionary.to_pylist())


def _with_line(error: Exception, path: Path, cells: int) -> InputError:
    """Return the error that names the line, which Arrow cannot."""
    with _rows(path) as rows:
        for line, found in _numbered(rows):
            if found and len(found) != cells:
                problem = f"{len(found)} cells where the header has {cells}"
                return InputError(problem, file=str(path), line=line)
    return InputError(f"not CSV: {one_line(error)}", file=str(path))


def _numbered(rows: "_Rows") -> Iterator[tuple[int, list[str]]]:
    for cells in rows:
        yield rows.line, cells


class _Rows:
    """Rows of a table, and the line that the last one ended on."""

    def __init__(self, text: TextIOWrapper, path: Path) -> None:
        # A line is read in parts where it is longer than any can be.
        self._reader = csv.reader(iter(lambda: text.readline(_BLOCK_BYTES), ""))
        self._path = path

    @property
    def line(self) -> int:
        return self._reader.line_num

    def __iter__(self) -> "_Rows":
        return self

    def __next__(self) -> list[str]:
        try:
            return next(self._reader)
        except csv.Error as error:
            raise InputError(f"not CSV: {error}", file=str(self._path), line=self.line) from None
        except UnicodeDecodeError:
            problem = "not UTF-8; save it as UTF-8"
            raise InputError(problem, file=str(self._path), line=self.line + 1) from None


class _Unpacked(BufferedIOBase):
    """What comes out of an archive: no more than a table may have, and nothing damaged."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream, self._path, self._count = stream, path, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        try:
            part = self._stream.read(_BLOCK_BYTES if size is None or size < 0 else size)
        except DAMAGED as error:
            problem = f"damaged in the archive ({one_line(error)})"
            raise InputError(problem, file=str(self._path)) from None
        self._count += len(part)
        if self._count > MAX_TABLE_BYTES:
            problem = f"larger than {MAX_TABLE_BYTES / 1e6:,.0f} MB when unpacked"
            raise InputError(problem, file=str(self._path))
        return part

    read1 = read


@contextmanager
def _rows(path: Path) -> Iterator[_Rows]:
    with _stream(path) as stream:
        yield _Rows(TextIOWrapper(cast("IO[bytes]", stream), "utf-8-sig", newline=""), path)


@contextmanager
def _stream(path: Path) -> Iterator[IO[bytes] | BufferedIOBase]:
    """Open a table as UTF-8 bytes, unpacked if need be."""
    head = first_bytes(path)
    if head.startswith(_ZIP):
        with open_archive(path) as archive, archive.open(_only_table(archive, path)) as stream:
            yield _Unpacked(stream, path)
    elif head.startswith(_GZIP):
        with gzip.open(path) as unpacked:
            yield _Unpacked(cast("IO[bytes]", unpacked), path)
    elif head.startswith(_BOM_16):
        yield BytesIO(read_bytes(path))
    elif path.suffix.lower() in (".gz", ".zip"):
        problem = f"is not a {path.suffix} file, whatever its name says"
        raise InputError(problem, file=str(path))
    else:
        with path.open("rb") as plain:
            yield plain


def _csv_members(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    listed = members(archive, path, limit=MAX_TABLE_BYTES)
    return [each for each in listed if PurePosixPath(each.filename).suffix.lower() == ".csv"]


def _only_table(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    found = _csv_members(archive, path)
    if len(found) != 1:
        problem = f"{len(found)} CSV files in the archive; a table of holders is one"
        raise InputError(problem, file=str(path))
    return found[0]

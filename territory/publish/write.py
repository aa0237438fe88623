"""Tables to files: all or nothing, and the same bytes every time.

A folder of results is written beside its place and moved in when everything is there, so
that an interrupted run leaves what was there before.
"""

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import orjson

from territory.errors import InputError
from territory.measure.rows import Cell, Row

DECIMALS = 6  # of a km2: one square metre
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def cell_text(cell: Cell) -> str:
    """Return a cell as it stands in a CSV file.

    Numbers are rounded to `DECIMALS`; text that a spreadsheet would run as a formula is
    put behind an apostrophe.

    Parameters
    ----------
    cell : Cell
        Text, a number, a day, or nothing.

    Examples
    --------
    >>> cell_text(0.1 + 0.2), cell_text(3035.0), cell_text("=1+1"), cell_text(None)
    ('0.3', '3035', "'=1+1", '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float):
        text = f"{cell:.{DECIMALS}f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def csv_text(columns: tuple[str, ...], rows: Iterable[Row]) -> str:
    """Return a table as CSV text with line feeds.

    Parameters
    ----------
    columns : tuple of str
        In their order.
    rows : iterable of Row
        Each with a cell for every column; others are left out.
    """
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell_text(row[column]) for column in columns] for row in rows)
    return out.getvalue()


def json_bytes(content: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
    """Return JSON with sorted keys and numbers rounded like those of the tables.

    Parameters
    ----------
    content : object
        Anything that JSON can hold.

    Returns
    -------
    bytes
        In UTF-8, indented by two.
    """
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(_rounded(content), option=options)


def _rounded(content: Any) -> Any:  # noqa: ANN401
    if isinstance(content, float):
        return round(content, DECIMALS) + 0.0  # -0.0 becomes 0.0
    if isinstance(content, Mapping):
        return {str(key): _rounded(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_rounded(value) for value in content]
    return content


def check_place(target: Path, *, folder: bool = False) -> None:
    """Refuse a place that nothing can be written to, before the work is done.

    Parameters
    ----------
    target : Path
        Where a file or a folder is to be written; it may be there already.
    folder : bool
        Whether a folder is to be written, not a file.

    Raises
    ------
    InputError
        Naming what stands in the way.
    """
    if target.is_dir() and not folder:
        raise InputError("this is a folder; name a file", file=str(target))
    if target.exists() and not target.is_dir() and folder:
        raise InputError("this is a file; name a folder", file=str(target))
    there = next(each for each in (target, *target.absolute().parents) if each.is_dir())
    above = next(each for each in target.absolute().parents if each.exists())
    if not above.is_dir():
        raise InputError(f"'{above}' is a file, so nothing can lie below it", file=str(target))
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        problem = f"nothing can be written in '{there}': {error.strerror}"
        raise InputError(problem, file=str(target)) from None


@contextmanager
def folder_in_one_piece(
    target: Path,
    *,
    last: str = "",
    before: Callable[[tuple[str, ...]], None] = lambda _names: None,
) -> Iterator[Path]:
    """Give a folder to write into; move its files to `target` when all went well.

    Files of `target` that were not written anew are left alone.

    Parameters
    ----------
    target : Path
        Made if missing.
    last : str
        The file that is moved in after all others: what vouches for them.
    before : callable
        Told the names of the new files just before they are moved in.

    Yields
    ------
    Path
        A folder beside it, which is gone at the end.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield part
        found = (path for path in part.rglob("*") if path.is_file())
        sources = sorted(found, key=lambda path: (path.name == last, path))
        before(tuple(source.relative_to(part).as_posix() for source in sources))
        for source in sources:
            place = target / source.relative_to(part)
            place.parent.mkdir(parents=True, exist_ok=True)
            source.replace(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def remove_files(paths: Iterable[Path], *, below: Path) -> None:
    """Remove files, and the folders that are empty then, but not the one they lie below.

    Parameters
    ----------
    paths : iterable of Path
        Files below that folder; one that is missing is passed over.
    below : Path
        The folder that stays.
    """
    for path in paths:
        path.unlink(missing_ok=True)
        for folder in path.relative_to(below).parents[:-1]:
            if any((below / folder).iterdir()):
                break
            (below / folder).rmdir()


@contextmanager
def file_in_one_piece(target: Path) -> Iterator[Path]:
    """Give a place to write a file to; move it to `target` when all went well.

    Parameters
    ----------
    target : Path
        What is there is replaced; its folder is made if missing.

    Yields
    ------
    Path
        A place of the same name in a folder beside it, which is gone at the end.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as part:
        place = Path(part) / target.name
        yield place
        place.replace(target)

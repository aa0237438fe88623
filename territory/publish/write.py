"""Tables as text: the same bytes every time."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from io import StringIO
from numbers import Number
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from territory.measure.rows import Cell, Row

DECIMALS = 6  # of a km2: one square metre
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def cell_text(cell: "Cell") -> str:
    """Return a cell as it stands in a CSV file.

    Numbers are rounded to `DECIMALS`; text that a spreadsheet would run as a formula is
    put behind an apostrophe.

    Parameters
    ----------
    cell : Cell
        Text, a number, a day, or nothing.

    Examples
    --------
    >>> cell_text(0.1 + 0.2), cell_text(3035.0), cell_text("=1+1"), cell_text(-2)
    ('0.3', '3035', "'=1+1", '-2')
    """
    if cell is None:
        return ""
    if isinstance(cell, float):
        text = f"{cell:.{DECIMALS}f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    text = str(cell)
    if isinstance(cell, date | Number):  # a minus of theirs is no formula, nor is year -44
        return text
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def csv_text(columns: tuple[str, ...], rows: "Iterable[Row]") -> str:
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
    return orjson.dumps(_rounded(content), default=_day_text, option=options)


def _day_text(value: object) -> str:
    """Return a day that orjson does not know as one, since it lies before the year 1."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _rounded(content: Any) -> Any:  # noqa: ANN401
    if isinstance(content, float):
        return round(content, DECIMALS) + 0.0  # -0.0 becomes 0.0
    if isinstance(content, Mapping):
        return {str(key): _rounded(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_rounded(value) for value in content]
    return content

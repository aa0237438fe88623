"""Which features of a layer a filter in SQL keeps, in any format alike."""

import re
import sqlite3
from contextlib import closing
from datetime import date

import orjson

from territory.errors import InputError, did_you_mean
from territory.read.formats.layer import Layer

_LARGEST = 2**63
_MOST_NAMES = 20  # that a message lists
_STEPS = 10_000  # of the database between two looks
_MOST_LOOKS = 10_000
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"((?:[^"]|"")*)\"""")
"""A text, or a name in double quotes, which is the group."""


def rows_where(layer: Layer, where: str) -> list[int]:
    """Return the numbers, from 0, of the features that a condition holds for; all without one.

    Parameters
    ----------
    layer : Layer
        Its properties are the columns; names differ in more than case.
    where : str
        As SQLite has it: ``name IN ('Idlib', 'Hama')``.

    Raises
    ------
    InputError
        If it is no condition, or names a property that no feature has.
    """
    if not where:
        return list(range(len(layer.properties)))
    names = list(dict.fromkeys(name for each in layer.properties for name in each))
    folded = [name.casefold() for name in names]
    if twice := [n for n, each in zip(names, folded, strict=True) if folded.count(each) > 1]:
        problem = f"'{twice[0]}' and '{twice[1]}' are one name in SQL; rename one"
        raise InputError(problem, file=layer.where)
    _refuse_unknown(where, names, layer.where)
    values = [
        [row, *(_value(each.get(name)) for name in names)]
        for row, each in enumerate(layer.properties)
    ]
    key = "_"
    while key in folded:
        key += "_"
    columns = "".join(f", {_quoted(name)}" for name in names)
    marks = ", ".join("?" * (len(names) + 1))
    statement = f"SELECT {key} FROM layer WHERE ({where})"  # last, so that errors quote `where`
    looks = iter(range(_MOST_LOOKS))
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute(f"CREATE TABLE layer ({key} INTEGER{columns})")
            database.executemany(f"INSERT INTO layer VALUES ({marks})", values)
            database.set_progress_handler(lambda: next(looks, None) is None, _STEPS)
            return sorted(row for (row,) in database.execute(statement).fetchall())
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            problem = f"where = {where}: {_why(str(error), where, names)}"
            raise InputError(problem, file=layer.where) from None


def _refuse_unknown(where: str, names: list[str], file: str) -> None:
    """Refuse a name in double quotes that no property has: SQLite would take it for a text."""
    known = {name.casefold() for name in names}
    for found in _QUOTED.finditer(where):
        name = found[1] and found[1].replace('""', '"')
        if name and name.casefold() not in known:
            raise InputError(f"where = {where}: {_unknown(name, names)}", file=file)


def _unknown(name: str, names: list[str]) -> str:
    return f"no property '{name}'; {did_you_mean(name, names)}; a text stands in single quotes"


def _why(message: str, where: str, names: list[str]) -> str:
    """Say what is wrong with a condition, and of which properties there may be one."""
    unknown = message.removeprefix("no such column: ")
    if unknown != message:
        return _unknown(unknown, names)
    if "unrecognized token" in message and (where.count("'") % 2 or where.count('"') % 2):
        message = "a quotation mark is not closed"
    elif message == "incomplete input" or message.startswith('near ")"'):
        message = "it ends before it is complete, or a bracket has no other"
    elif "bindings" in message:
        message = "'?' and ':' stand for nothing here"
    more = f" and {len(names) - _MOST_NAMES} more" if names[_MOST_NAMES:] else ""
    listed = f"its properties are {', '.join(names[:_MOST_NAMES])}{more}" if names else ""
    return f"no condition in SQL ({message}); {listed or 'no feature has a property'}"


def _value(value: object) -> object:
    """Return a property as a database holds it."""
    if value is None or isinstance(value, str | float | bytes):
        return value
    if isinstance(value, int):
        return value if -_LARGEST <= value < _LARGEST else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return orjson.dumps(value, default=str).decode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""Small text files: CSV with line numbers, TOML with line numbers in its errors."""

import codecs
import csv
import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from territory.errors import InputError, JobError, SettingError, did_you_mean
from territory.numbers import Numeral
from territory.read.formats.gdal_guard import bytes_of

Model = TypeVar("Model", bound=BaseModel)
MAX_TEXT_BYTES = 200_000_000


def read_bytes(path: Path) -> bytes:
    """Return a text file's content as UTF-8 bytes, without a byte-order mark.

    UTF-16 is recognised by its byte-order mark.

    Parameters
    ----------
    path : Path
        A file of at most `MAX_TEXT_BYTES` bytes.

    Raises
    ------
    InputError
        If the file is missing, too large or unreadable.
    """
    content = bytes_of(path, MAX_TEXT_BYTES)
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _decoded(content, "utf-16", path).encode()
    return content.removeprefix(codecs.BOM_UTF8)


def read_text(path: Path) -> str:
    """Return a text file's content, without a byte-order mark.

    Parameters
    ----------
    path : Path
        A file of at most `MAX_TEXT_BYTES` bytes.

    Raises
    ------
    InputError
        If it is missing, too large, or not UTF-8.
    """
    return _decoded(read_bytes(path), "utf-8", path)


def _decoded(content: bytes, encoding: str, path: Path) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        detail = f"not {encoding.upper()} at byte {error.start}; save it as UTF-8"
        raise InputError(detail, file=str(path)) from None


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file as hexadecimal digits.

    Parameters
    ----------
    path : Path
        A file that can be read; of any size.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def csv_rows(
    path: Path,
    required: tuple[str, ...],
    *,
    comment: str = "",
    optional: tuple[str, ...] = (),
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line number and the cells of each row of a CSV file.

    Parameters
    ----------
    path : Path
        A CSV file with a header.
    required : tuple of str
        Columns that must be there.
    comment : str, optional
        What lines before the header begin with, if there may be any.
    optional : tuple of str, optional
        Columns that are read if they are there; one that is nearly called so is refused.

    Yields
    ------
    (int, dict of str to str)
        The line, from 1, on which the row ends, and its cells by column, without blanks around
        them. Empty rows are passed over.

    Raises
    ------
    InputError
        If a column is missing, doubled or misspelt, or a row has too many or too few cells.
    """
    stream = StringIO(read_text(path), newline="")
    above = _skip(stream, comment) if comment else 0
    reader = csv.reader(stream, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        check_header(header, required, path)
        refuse_near_misses(header, optional, str(path))
        for cells in reader:
            line = above + reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                detail = f"{len(cells)} cells where the header has {len(header)}"
                raise InputError(detail, file=str(path), line=line)
            yield line, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        line = above + reader.line_num
        raise InputError(f"not CSV: {error}", file=str(path), line=line) from None


def _skip(stream: StringIO, comment: str) -> int:
    """Move past the lines that begin with a mark; return how many there are."""
    count, at = 0, stream.tell()
    while stream.readline().startswith(comment):
        count, at = count + 1, stream.tell()
    stream.seek(at)
    return count


def check_header(header: Sequence[str], required: tuple[str, ...], path: Path) -> None:
    """Refuse the first line of a table in which a column is missing or doubled.

    Parameters
    ----------
    header : sequence of str
        Names of the columns, in order.
    required : tuple of str
        Columns that must be there.
    path : Path
        For the message.

    Raises
    ------
    InputError
        If the line is empty, or a column is missing or stands twice.
    """
    if not any(header):
        raise InputError("the file is empty or has no header", file=str(path), line=1)
    _refuse_other_separators(header, path)
    for name in required:
        if name not in header:
            hint = did_you_mean(name, [h for h in header if h])
            raise InputError(f"no column '{name}'; {hint}", file=str(path), line=1)
    doubled = [name for name in header if header.count(name) > 1]
    if doubled:
        raise InputError(f"column '{doubled[0]}' stands twice", file=str(path), line=1)


def _refuse_other_separators(header: Sequence[str], path: Path) -> None:
    """Refuse what spreadsheets part by semicolons: its numbers mostly have decimal commas too."""
    mark = next((each for each in _SEPARATORS if each in header[0]), "")
    if len(header) == 1 and mark:
        problem = f"cells are separated by {_SEPARATORS[mark]}, not by commas; save it with commas"
        raise InputError(f"{problem}, and numbers with decimal points", file=str(path), line=1)


_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_NEAR = 0.8  # of all letters, in their order


def near_miss(wanted: str, names: Iterable[str]) -> str:
    """Return the name that is most nearly another, whatever the case; nothing if none is.

    Names with more than letters (``evidence_url``, ``status2``) are of something else, as are
    those that begin otherwise (``substatus``, ``residence``).

    Parameters
    ----------
    wanted : str
        In lower case.
    names : iterable of str
        Names of columns or properties.

    Examples
    --------
    >>> near_miss("status", ["state", "Stauts"]), near_miss("status", ["state", "status2"])
    ('Stauts', '')
    """
    letters = ((name.strip().casefold(), name) for name in names)
    plain = {each: name for each, name in letters if each.isalpha() and each[0] == wanted[0]}
    near = get_close_matches(wanted, plain, n=1, cutoff=_NEAR)
    return plain[near[0]] if near else ""


def refuse_near_misses(
    header: Sequence[str],
    optional: Sequence[str],
    file: str,
    *,
    line: int | None = 1,
    hint: str = "",
) -> None:
    """Refuse a column that is nearly called as one that would be read: it would not be.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    optional : sequence of str
        Columns that are read if they are there.
    file : str
        For the message.
    line : int or None
        That of the header; None where a table is no file.
    hint : str
        What else can be done about it.

    Raises
    ------
    InputError
        If one of those columns is not there, and one of nearly that name is.

    Examples
    --------
    >>> refuse_near_misses(["unit", "stauts"], ["status"], "holders.csv")
    Traceback (most recent call last):
    territory.errors.InputError: holders.csv, line 1: column 'stauts' would not be read; did you
    mean 'status'? Rename it
    """
    for wanted in optional:
        near = near_miss(wanted, header)
        if near and wanted not in header:
            problem = f"column '{near}' would not be read; did you mean '{wanted}'?"
            raise InputError(f"{problem} Rename it{hint}", file=file, line=line)


def read_toml(path: Path, model: type[Model]) -> Model:
    """Parse and validate a TOML file.

    Parameters
    ----------
    path : Path
        The file; one that ends in ``.yml``, ``.yaml`` or ``.json`` is refused.
    model : type
        What the file must hold.

    Returns
    -------
    Model
        What stands in the file, checked.

    Raises
    ------
    JobError
        Naming the line, the key, what was found and the nearest known word.
    InputError
        If the file is missing, too large or unreadable.
    """
    text = read_text(path)
    if path.suffix.lower() in {".yml", ".yaml", ".json"}:
        raise JobError("this is not TOML; write it as a .toml file", file=str(path))
    try:
        content = _parsed(text, path)
        _refuse_other_kind(content, model, path)
        return model.model_validate(content)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place.group(1)) if place else None
        detail = re.sub(r"\s*\(at [^)]*\)", "", str(error))
        raise JobError(f"not TOML: {detail}", file=str(path), line=line) from None
    except ValidationError as error:
        # A misspelt key is also a missing one; the spelling is what helps.
        first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        location = tuple(part for part in first["loc"] if not _is_tag(part))
        line = toml_line(text, location)
        detail = _explained({**first, "loc": location}, model)
        raise JobError(detail, file=str(path), line=line) from None


def _parsed(text: str, path: Path) -> dict[str, Any]:
    """Return the content of TOML; what its parser cannot hold is refused."""
    try:
        return tomllib.loads(text, parse_float=Numeral)  # 1.0 is not 1
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise JobError("not TOML: nested too deep", file=str(path)) from None
    except (ValueError, OverflowError) as error:  # a number or a time that Python has no room for
        raise JobError(f"not TOML: {str(error).split(';')[0]}", file=str(path)) from None


def with_values(model: Model, values: Mapping[str, Any]) -> Model:
    """Return a copy of a model with other values, checked as if it had been read so.

    Parameters
    ----------
    model : Model
        The one to copy; it stays as it is.
    values : mapping of str to object
        By the names of the fields; those not named stay. Of a field that is a model itself,
        a mapping replaces what it names.

    Raises
    ------
    SettingError
        If a value is not one that the field takes.

    Examples
    --------
    >>> from territory.job.spec import SeriesSpec
    >>> spec = SeriesSpec(profile="zones", path="a.geojson")
    >>> with_values(spec, {"overlap": "largest"})
    Traceback (most recent call last):
    territory.errors.SettingError: unknown overlap 'largest'; known are: contested, error, first
    """
    present = _as_set(model)
    for name, value in values.items():
        inner = getattr(model, name, None)
        if isinstance(value, Mapping) and isinstance(inner, BaseModel):
            present[name] = {**_as_set(inner), **value}
        else:
            present[name] = value
    try:
        return type(model).model_validate(present)
    except ValidationError as error:
        detail = _explained(dict(error.errors()[0]), type(model))
        raise SettingError(detail) from None


def _as_set(model: BaseModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in model.model_fields_set}


# What each kind of TOML file is called, and the key that gives it away.
_KINDS = {"Job": ("a job file", "series"), "Claims": ("a claims file", "claim")}


def _refuse_other_kind(content: Mapping[str, Any], model: type[BaseModel], path: Path) -> None:
    """Refuse a claims file where a job is wanted, and a job where claims are."""
    wanted = _KINDS.get(model.__name__)
    for name, (found, key) in _KINDS.items():
        if wanted and name != model.__name__ and key in content and wanted[1] not in content:
            raise JobError(f"this is {found}, and {wanted[0]} is wanted here", file=str(path))


def _is_tag(part: str | int) -> bool:
    """Return whether a part of a location names a choice of pydantic and not a key."""
    return isinstance(part, str) and "[" in part


def _explained(error: dict[str, Any], model: type[BaseModel]) -> str:
    """Turn one validation error into a sentence."""
    keys = [part for part in error["loc"] if isinstance(part, str)]
    key, found = ".".join(keys), error["input"]
    if error["type"] == "extra_forbidden":
        return f"unknown key '{key}'; {_where_it_belongs(model, error['loc'], keys)}"
    if error["type"] == "missing":
        whole = error["loc"][-1:] == tuple(keys[-1:])
        return f"the key '{key}' is missing" if whole else f"{key}: {found!r} is too short"
    if error["type"] == "enum":
        allowed = re.findall(r"'([^']+)'", error["ctx"]["expected"])
        return f"unknown {keys[-1]} '{found}'; {did_you_mean(str(found), allowed)}"
    message = error["msg"].removeprefix("Value error, ")
    says_it = error["type"] == "value_error" or not isinstance(found, str | int | float | list)
    value = "" if says_it else f", not {found!r}"
    return f"{key}: {message}{value}" if key else message


def _where_it_belongs(
    model: type[BaseModel], location: tuple[str | int, ...], keys: Sequence[str]
) -> str:
    """Name the one table below in which an unknown key is known, else what it may have meant."""
    current = _model_at(model, location)
    below = [
        field.alias or name
        for name, field in current.model_fields.items()
        if (inner := _inner_model(field.annotation)) and keys[-1] in _keys(inner)
    ]
    if len(below) == 1:
        return f"it belongs into '{'.'.join([*keys[:-1], *below])}'"
    return did_you_mean(keys[-1], _keys(current))


def _model_at(model: type[BaseModel], location: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the table in which an unknown key was found."""
    current: Any = model
    for part in location[:-1]:
        if isinstance(part, str) and part in getattr(current, "model_fields", {}):
            current = _inner_model(current.model_fields[part].annotation) or current
    return cast("type[BaseModel]", current)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _inner_model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - typing objects
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if found := _inner_model(argument):
            return found
    return None


def toml_line(text: str, location: tuple[str | int, ...]) -> int | None:
    r"""Return the line on which a key path of a TOML text stands, if it can be found.

    Parameters
    ----------
    text : str
        The whole TOML text.
    location : tuple of str or int
        Keys from the outermost to the innermost; a number, from 0, says which of several tables
        of one name.

    Returns
    -------
    int or None
        From 1; the nearest key above where the last one is not written.

    Examples
    --------
    >>> toml_line("[[claim]]\nid = 'a'\n[[claim]]\nid = 'b'", ("claim", 1, "id"))
    4
    """
    counts: dict[str, int] = {}
    here: tuple[str | int, ...] = ()
    best, best_depth = None, 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if header := re.match(r"(\[\[?)\s*([^\]]+?)\s*\]\]?", line):
            here = _header_path(header.group(2), header.group(1) == "[[", counts)
            path = here
        elif key := re.match(r"([A-Za-z0-9_-]+)\s*=", line):
            path = (*here, key.group(1))
        else:
            continue
        if _leads_to(path, location) and len(path) > best_depth:
            best, best_depth = number, len(path)
    return best


def _leads_to(path: tuple[str | int, ...], location: tuple[str | int, ...]) -> bool:
    """Return whether a path is the start of a location; one table may stand for a list of one."""
    rest = list(location)
    for part in path:
        if rest[:1] == [0] and part != 0:
            rest.pop(0)
        if rest[:1] != [part]:
            return False
        rest.pop(0)
    return True


def _header_path(name: str, is_array: bool, counts: dict[str, int]) -> tuple[str | int, ...]:
    """Return the full path of a table header, numbering arrays of tables."""
    if is_array:
        counts[name] = counts.get(name, -1) + 1
        for other in [key for key in counts if key.startswith(f"{name}.")]:
            del counts[other]
    path: list[str | int] = []
    parts = name.split(".")
    for depth, part in enumerate(parts, start=1):
        path.append(part)
        prefix = ".".join(parts[:depth])
        if prefix in counts:
            path.append(counts[prefix])
    return tuple(path)

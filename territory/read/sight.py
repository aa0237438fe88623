"""What stands in the files of a series that nobody described: columns, values, days, layers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import shapely

from territory.errors import InputError, TerritoryError
from territory.geometry.coverage import has_polygon
from territory.read.day_in_name import (
    SINCE_YEAR,
    YEAR,
    days_in,
    is_since_year,
    is_year_alone,
    order_of_names,
)
from territory.read.formats.by_extension import read_any
from territory.read.formats.duplicate_keys import read_json_content
from territory.read.formats.geojson import NOT_A_COLLECTION, read_geojson
from territory.read.formats.layer import Layer
from territory.read.marks import plain_path
from territory.read.moments import is_year, may_be_either, moment_of
from territory.read.paths import expand
from territory.read.unread_spans import days_seen, may_be_year

_MONTHS = 12
_MOST_SHOWN = 6  # values of a column


@dataclass
class ColumnSeen:
    """One property over all features that have ground.

    Attributes
    ----------
    name : str
        As the files have it.
    counts : Counter of str
        How many features have each text; other values are not in it.
    others : int
        How many have a value that is no text.
    years : int
        How many have nothing but a year, in a column that by its name may hold years.
    also : list of str
        How other files spell the name, in other case.
    """

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    others: int = 0
    years: int = 0
    also: list[str] = field(default_factory=list)

    @property
    def filled(self) -> int:
        """How many features have a text in it."""
        return self.counts.total()

    @cached_property
    def are_days(self) -> bool:
        """Whether every text is a day, or one of two days."""
        return bool(self.counts) and all(
            moment_of(each) is not None or may_be_either(each) for each in self.counts
        )

    def words(self) -> str:
        """Say how many values there are, and the most frequent."""
        if not self.counts:
            return f"{self.name} (numbers)" if self.others else f"{self.name} (empty)"
        shown = ", ".join(f"{text} {n}" for text, n in self.counts.most_common(_MOST_SHOWN))
        more = ", ..." if len(self.counts) > _MOST_SHOWN else ""
        count = len(self.counts)
        return f"{self.name} ({count} value{'s' * (count > 1)}: {shown}{more})"


@dataclass(frozen=True, eq=False)
class Sight:
    """What stands in the files.

    Attributes
    ----------
    files : tuple of str
        Those that could be read, with ``/`` between folders.
    columns : mapping of str to ColumnSeen
        By property, in the order of the files.
    named_by_colour : mapping of str to Counter of str
        By fill colour, the names of its features.
    day_columns : tuple of str
        Properties whose values are days, but for days of work on the file.
    layers : tuple of frozenset of str
        By file, the names of its layers that have ground.
    crs : tuple of str
        Names of the CRS.
    features : int
        How many features have ground.
    inside : str
        The key under which the collections stand, where they are wrapped.
    unreadable : tuple of str
        Why files could not be read, a line each.
    """

    files: tuple[str, ...]
    columns: dict[str, ColumnSeen]
    named_by_colour: dict[str, Counter[str]]
    day_columns: tuple[str, ...]
    layers: tuple[frozenset[str], ...]
    crs: tuple[str, ...]
    features: int
    inside: str = ""
    unreadable: tuple[str, ...] = ()

    @property
    def size(self) -> str:
        """How many files and features there are, in words."""
        files, features = len(self.files), self.features
        return (
            f"{files} file{'s' * (files > 1)}, {features} feature{'s' * (features != 1)} of ground"
        )

    def full(self) -> list[ColumnSeen]:
        """Return the columns that have a text on every feature with ground."""
        return [each for each in self.columns.values() if each.filled == self.features]

    def lines(self) -> tuple[str, ...]:
        """Say what is there, in a few lines."""
        columns = "; ".join(each.words() for each in self.columns.values())
        named = [layer for layers in self.layers for layer in sorted(layers)]
        layers = ", ".join(dict.fromkeys(named)) if len(set(named)) > 1 else ""
        return tuple(
            line
            for line in (
                f"{self.size}, {' and '.join(self.crs)}",
                f"columns: {columns}" if columns else "no columns",
                f"layers: {layers}" if layers and len(layers) < 500 else "",  # noqa: PLR2004
                f"days in: {', '.join(self.day_columns)}" if self.day_columns else "",
                *self.unreadable,
            )
            if line
        )


def sight_of(paths: Sequence[str]) -> Sight:
    """Look through all files of a series.

    Parameters
    ----------
    paths : sequence of str
        Files, folders or globs.

    Raises
    ------
    InputError
        If no file can be read.
    """
    layers, unreadable, inside = _read(expand(tuple(paths)))
    if not layers:
        raise InputError(unreadable[0] if unreadable else "nothing to read")
    columns: dict[str, ColumnSeen] = {}
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    features = 0
    of_files: dict[str, set[str]] = {}
    for layer in layers:
        rows = [row for row, shape in _with_ground(layer)]
        features += len(rows)
        of_files.setdefault(layer.file, set()).update({layer.name} if rows else ())
        count_values(_as_spelled_first(rows, columns), columns)
        _count_names(rows, names)
    return Sight(
        tuple(map(plain_path, of_files)),
        columns,
        dict(names),
        tuple(dict.fromkeys(name for layer in layers for name in days_seen(layer))),
        tuple(map(frozenset, of_files.values())),
        tuple(dict.fromkeys(layer.crs.name for layer in layers)),
        features,
        inside,
        tuple(unreadable),
    )


def _read(files: Iterable[Path]) -> tuple[list[Layer], list[str], str]:
    layers: list[Layer] = []
    unreadable: list[str] = []
    inside = ""
    for path in files:
        try:
            found, key = _layers(path)
        except TerritoryError as error:
            unreadable.append(str(error))
            continue
        layers += found
        inside = inside or key
    return layers, unreadable, inside


def _layers(path: Path) -> tuple[tuple[Layer, ...], str]:
    """Read a file, and find the collection that is wrapped in another object."""
    try:
        return read_any(path), ""
    except InputError as error:
        if error.problem != NOT_A_COLLECTION:
            raise
        content = read_json_content(path)
        for key, value in content.items() if isinstance(content, dict) else ():
            if isinstance(value, dict) and "features" in value:
                return (read_geojson(path, inside=str(key)),), str(key)
        raise


def _with_ground(layer: Layer) -> Iterable[tuple[dict[str, object], object]]:
    for row, shape in zip(layer.properties, layer.geometry, strict=True):
        if shape is not None and has_polygon(shape) and not shapely.is_empty(shape):
            yield dict(row), shape


def _as_spelled_first(
    rows: Iterable[dict[str, object]], columns: dict[str, ColumnSeen]
) -> list[dict[str, object]]:
    """Return rows whose columns are spelled as in earlier files, NAME as name.

    Columns of one layer that differ in case only are two, and stay so.
    """
    rows = list(rows)
    names = dict.fromkeys(name for row in rows for name in row)
    here = Counter(name.casefold() for name in names)
    known = {name.casefold(): name for name in reversed(columns) if here[name.casefold()] == 1}
    first = {name: known.get(name.casefold(), name) for name in names}
    for name, column in ((name, columns.get(said)) for name, said in first.items()):
        if column is not None and name not in (column.name, *column.also):
            column.also.append(name)
    return [{first[name]: value for name, value in row.items()} for row in rows]


_NAMES = ("name", "title", "label", "description")


def count_values(rows: Iterable[Mapping[str, object]], columns: dict[str, ColumnSeen]) -> None:
    """Count the values of all columns.

    Parameters
    ----------
    rows : iterable of mapping of str to object
        Of features, or of a table.
    columns : dict of str to ColumnSeen
        By name; added to.
    """
    for row in rows:
        for name, value in row.items():
            column = columns.setdefault(name, ColumnSeen(name))
            if isinstance(value, str) and value.strip():
                column.counts[value.strip()] += 1
            elif value is not None and value != "":
                column.others += 1
            column.years += may_be_year(name) and is_year(value)


def _count_names(
    rows: Iterable[Mapping[str, object]], names: defaultdict[str, Counter[str]]
) -> None:
    """Count what features of each colour are called."""
    for row in rows:
        fill = row.get("fill")
        said = next((row[each] for each in _NAMES if isinstance(row.get(each), str)), None)
        if isinstance(fill, str) and isinstance(said, str) and said.strip():
            names[fill.strip()][said.strip()] += 1


# ---- Days in names -------------------------------------------------------------------------

_DAY_FIRST = r"(?<!\d)(?P<day>\d{1,2})[-_](?P<month>\d{1,2})[-_](?P<year>\d{4})(?!\d)"
_OF_FILES = (
    r"(?<!\d)(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})(?!\d)",  # as without a profile
    r"(?<!\d)(?P<unix>\d{10})(?!\d)",
    r"(?<!\d)(?P<year>\d{4})(?P<mark>[._ /-])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)",
    r"(?<!\d)(?P<day>\d{1,2})[.](?P<month>\d{1,2})[.](?P<year>\d{4})(?!\d)",
    _DAY_FIRST,
)
USUAL = _OF_FILES[0]


def name_pattern(files: Sequence[str]) -> str:
    r"""Return the pattern by which the names of all files give a day each; nothing if none does.

    Parameters
    ----------
    files : sequence of str
        Paths; only the last part of each is looked at.

    Examples
    --------
    >>> name_pattern(["a/front_31.01.2024.kml", "a/front_01.02.2024.kml"])
    '(?<!\\d)(?P<day>\\d{1,2})[.](?P<month>\\d{1,2})[.](?P<year>\\d{4})(?!\\d)'
    >>> name_pattern(["Front 5 Nov 2017.kml"]) == USUAL, name_pattern(["zones.geojson"])
    (True, '')
    """
    names = [file.rsplit("/", 1)[-1] for file in files]
    fitting = (each for each in _OF_FILES if all(_gives(each, name) for name in names))
    certain = (each for each in fitting if each != _DAY_FIRST or _is_certain(names))
    return next(certain, "") or _of_other_names(names)


def _of_other_names(names: Sequence[str]) -> str:
    """Return the usual pattern where all names are read without one; else years, if no more."""
    order = order_of_names(names).order
    if all(_gives(USUAL, name) or len(days_in(name, order)) == 1 for name in names):
        return USUAL
    if all(map(is_year_alone, names)):
        return YEAR
    are_years = all(is_since_year(name) or is_year_alone(name) for name in names)
    return SINCE_YEAR if are_years and names else ""


def _is_certain(names: Iterable[str]) -> bool:
    """Return whether 01-02-2024 is the first of February, as another name has a 13th or later."""
    found = (re.search(_DAY_FIRST, name, re.ASCII) for name in names)
    return any(int(each["day"]) > _MONTHS for each in found if each)


def _gives(pattern: str, name: str) -> bool:
    found = list(re.finditer(pattern, name, re.ASCII))
    return bool(found) and len({_day(each.groupdict()) for each in found} - {None}) == 1


def _day(parts: dict[str, str]) -> date | None:
    try:
        if "unix" in parts:
            moment = moment_of(parts["unix"])  # a text, which may be a day with hours behind
            return moment.first if moment is not None and moment.is_utc else None
        return date(int(parts["year"]), int(parts.get("month", 1)), int(parts.get("day", 1)))
    except ValueError:
        return None

"""Whose files these are, where nobody names a profile.

Some of the files are looked at. The built-in publisher whose marks fit all of them is it;
otherwise they are read as `zones`, for which a property must say who holds what.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from territory.errors import InputError, TerritoryError, UnrecognisedError
from territory.read.formats.gzipped import kind_of_file
from territory.read.marks import Look, Marks, plain_path
from territory.read.paths import expand
from territory.read.profile import Profile, read_profile
from territory.read.profiles import built_in, of_units
from territory.read.text_files import csv_rows, read_bytes

FALLBACK, PLACES, UNITS = "zones", "places", "units"
_ACTOR = "actor"
_LOOKED_AT = 5  # files, spread over the series
_FEATURES = 5_000  # of a file, whose values are looked at
_MANY = 1_000  # values of a property that are kept
_NAMED = 12  # properties that a message lists
_JSON = frozenset({".json", ".geojson"})
_WHY = {  # by the key that says who holds zones, which an option or an argument may be too
    "actor_field": "it is said which property names the actor",
    "actor": "one actor is named for all of them",
    "unnamed": "it is said whose those without a name are",
    "ground": "the ground is named that front lines cut",
}
_PLACE_COLUMNS = ("place_id", "lat", "lon")


@dataclass(frozen=True)
class Recognised:
    """How files are read, and why.

    Attributes
    ----------
    profile : str
        Name of a built-in profile.
    why : str
        One sentence.
    actor_field : str
        What the files call the actor, where that differs from the profile only in the case
        of its letters.
    """

    profile: str
    why: str
    actor_field: str = ""


def recognised(paths: Sequence[str], *, told: str = "", tables: Sequence[str] = ()) -> Recognised:
    """Find out how files are to be read.

    Parameters
    ----------
    paths : sequence of str
        Files, folders or globs.
    told : str
        The key that says who holds zones, if one does: then they are `zones`.
    tables : sequence of str
        Tables of who holds each unit or place, if they are named.

    Returns
    -------
    Recognised
        With the profile.

    Raises
    ------
    UnrecognisedError
        If no publisher's marks fit, and no property names the actor.
    InputError
        If the marks of two publishers fit, or there is no file.
    """
    if told == _ACTOR:
        refuse_named(paths, (_ACTOR,))
    if told and not tables:
        return Recognised(FALLBACK, f"read as '{FALLBACK}': {_WHY[told]}")
    looks = looks_at(paths)
    if looks and all(each.keys.issuperset(_PLACE_COLUMNS) for each in looks):
        return Recognised(PLACES, f"read as '{PLACES}': a table of places")
    fitting = _fitting(looks)
    if tables:
        return _of_tables(fitting)
    if fitting[1:]:
        raise InputError(_several(list(dict(fitting))), file=paths[0])
    if fitting:
        return _of_marks(*fitting[0])
    return _as_zones(looks, paths)


def refuse_named(paths: Sequence[str], fields: Iterable[str]) -> None:
    """Refuse files whose features name actors, where all zones are said to be of one.

    Parameters
    ----------
    paths : sequence of str
        Files, folders or globs.
    fields : iterable of str
        The properties that may name an actor, in whatever case.

    Raises
    ------
    InputError
        Naming the property.
    """
    wanted = {each.casefold() for each in fields}
    for look in looks_at(paths):
        for name in sorted(look.properties):
            if name.casefold() in wanted and any(each.strip() for each in look.values[name]):
                problem = (
                    f"its features name actors in '{name}'; --actor is for zones that name none"
                )
                raise InputError(problem, file=paths[0])


def _of_marks(name: str, marks: Marks) -> Recognised:
    return Recognised(name, f"read as '{name}'{_of(name)}: recognised by {marks.words()}")


def _of_tables(fitting: Sequence[tuple[str, Marks]]) -> Recognised:
    """Return the profile of units whose marks fit, else that for any units."""
    known = [(name, marks) for name, marks in fitting if name in of_units()]
    if known:
        return _of_marks(*known[0])
    return Recognised(UNITS, f"read as '{UNITS}': a table of holders is named")


def _fitting(looks: Sequence[Look]) -> list[tuple[str, Marks]]:
    """Return the built-in profiles whose marks fit all files, with what they fit by."""
    found = []
    for profile in _marked():
        by = [next((m for m in profile.marks if m.fit(look)), None) for look in looks]
        if by and by[0] is not None and all(by):
            found.append((profile.name, by[0]))
    return found


@cache
def _marked() -> tuple[Profile, ...]:
    profiles = (read_profile(name) for name in built_in())
    return tuple(profile for profile in profiles if profile.marks)


def _of(name: str) -> str:
    publisher = read_profile(name).publisher
    return f" ({publisher})" if publisher else ""


def _several(names: Sequence[str]) -> str:
    listed = " and of ".join(f"'{name}'" for name in names)
    ways = " or ".join(f"--profile {name}" for name in names)
    return f"the files fit the marks of {listed}; say which: {ways}"


def _as_zones(looks: Sequence[Look], paths: Sequence[str]) -> Recognised:
    """Return the profile for any zones, if all files say who holds what."""
    if not any(look.features for look in looks):  # its reader says what is wrong with them
        return Recognised(FALLBACK, f"read as '{FALLBACK}': no publisher's marks fit")
    named = _named_actor(looks)
    usable = named if named and _all_have(looks, named) else ""
    if not usable:
        if beside := _holders_beside(paths):
            return Recognised(UNITS, f"read as '{UNITS}': {beside} lies beside them")
        raise UnrecognisedError(_mixture(looks) or _no_actor(looks), file=paths[0])
    why = f"read as '{FALLBACK}': no publisher's marks fit, and '{usable}' names the actor"
    return Recognised(FALLBACK, why, "" if usable == _ACTOR else usable)


def _named_actor(looks: Iterable[Look]) -> str:
    """Return the property that is called the actor, in whatever case; empty if there is none."""
    names = {name for look in looks for name in look.properties if name.casefold() == _ACTOR}
    return min(names, default="")


def _holders_beside(paths: Sequence[str]) -> str:
    """Return the table of holders that lies beside the first of the files, if one does."""
    first = expand(tuple(paths))[0]
    rule = read_profile(UNITS).units
    found = sorted(first.parent.glob(rule.holders)) if rule else []
    return found[0].name if found else ""


def _all_have(looks: Sequence[Look], name: str) -> bool:
    """Return whether every file has a property; one that cannot be looked at is let be."""
    return all(name in look.properties for look in looks if look.features)


def _mixture(looks: Sequence[Look]) -> str:
    """Say that the files are of several publishers; nothing where they are not."""
    first: dict[str, str] = {}
    for look in looks:
        for profile in _marked():
            if any(marks.fit(look) for marks in profile.marks):
                first.setdefault(profile.name, look.name)
    if len(first) < 2:  # noqa: PLR2004 - one is no mixture
        return ""
    listed = ", ".join(f"{file} of '{name}'" for name, file in first.items())
    return f"files of several publishers ({listed}); read them apart"


def _no_actor(looks: Iterable[Look]) -> str:
    """Say that nothing tells who holds what, and the ways out."""
    seen = sorted({name for look in looks for name in look.properties})
    more = f" and {len(seen) - _NAMED} more" if len(seen) > _NAMED else ""
    has = f"the properties are {', '.join(seen[:_NAMED])}{more}" if seen else "there are none"
    if any("pcode" in name.casefold() for name in seen):
        has += "; districts with pcodes are regions, which --regions takes beside zones;"
        has += " a table of who holds each goes with --holders CSV"
    return (
        f"no built-in publisher's marks fit, and no property '{_ACTOR}' says who holds what"
        f" ({has}); name one with --actor-field, the holder of all with --actor, a publisher with"
        " --profile, or let 'territory inspect FILES --out profile.toml' write a profile that reads"
        " them"
    )


# ---- Looking at files --------------------------------------------------------------------


def looks_at(paths: Sequence[str]) -> tuple[Look, ...]:
    """Look at some files of a series: the first, the last, and some between.

    Parameters
    ----------
    paths : sequence of str
        Files, folders or globs.

    Returns
    -------
    tuple of Look
        A file that cannot be read shows nothing and is not among them.

    Raises
    ------
    InputError
        If a path names no file.
    """
    files = expand(tuple(paths))
    drawn = [each for each in files if kind_of_file(each) != ".csv"] or list(files)
    last = len(drawn) - 1
    chosen = sorted({round(n * last / (_LOOKED_AT - 1)) for n in range(_LOOKED_AT)})
    found = (_look_or_none(drawn[index]) for index in chosen)
    return tuple(each for each in found if each is not None)


def _look_or_none(path: Path) -> Look | None:
    try:
        return look_at(path)
    except TerritoryError:  # what is wrong with it is said where it is read
        return None


def look_at(path: Path) -> Look | None:
    """Look at a file.

    Parameters
    ----------
    path : Path
        Of any format that is read.

    Returns
    -------
    Look or None
        None where it holds nothing that could be zones, such as a table.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    if kind_of_file(path) == ".csv" and _is_places(path):
        return Look(plain_path(str(path)), frozenset(_PLACE_COLUMNS))
    if kind_of_file(path) in _JSON:
        content = _json(path)
        if isinstance(content, dict) and content.get("type") != "Topology":
            return _of_json(plain_path(str(path)), content)
    return _of_layers(path)


def _is_places(path: Path) -> bool:
    """Return whether a table is one of places, to judge by its header."""
    try:
        return next(csv_rows(path, _PLACE_COLUMNS), None) is not None
    except InputError:
        return False


def _json(path: Path) -> Any:  # noqa: ANN401 - whatever JSON can hold
    try:
        return orjson.loads(read_bytes(path))
    except orjson.JSONDecodeError:  # lines of JSON, or none; its reader says
        return None


def _of_json(name: str, content: Mapping[str, Any]) -> Look | None:
    """Look at JSON; its collection may stand below one of the outermost keys."""
    inner = [each for each in content.values() if isinstance(each, dict) and "features" in each]
    features = (content if "features" in content else inner[0] if inner else {}).get("features")
    rows = [
        each.get("properties") or each.get("attributes") or {}
        for each in (features if isinstance(features, list) else [])
        if isinstance(each, dict)
    ]
    keys = frozenset(map(str, content))
    return Look(name, keys, (), values_of(rows), len(rows)) if rows or keys else None


def _of_layers(path: Path) -> Look | None:
    from territory.read.formats.by_extension import read_any  # which is slow to load

    layers = read_any(path)
    if not layers:
        return None
    rows = [row for layer in layers for row in layer.properties]
    name = plain_path(str(path))
    return Look(name, frozenset(), tuple(each.name for each in layers), values_of(rows), len(rows))


def values_of(rows: Iterable[object]) -> dict[str, frozenset[str]]:
    """Return the values of every property that are text or whole numbers, as text.

    Parameters
    ----------
    rows : iterable of object
        Properties of features; what is no mapping is passed over.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in islice(rows, _FEATURES):
        for name, value in _items(row):
            known = found[name]
            if isinstance(value, str | int) and not isinstance(value, bool) and len(known) < _MANY:
                known.add(str(value).strip())
    return {name: frozenset(values) for name, values in found.items()}


def _items(row: object) -> Iterator[tuple[str, object]]:
    if isinstance(row, Mapping):
        yield from ((str(name), value) for name, value in row.items())

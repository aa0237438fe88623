"""Dated zones of one publisher: files to raw zones, as a profile says.

A file that cannot be used does not spoil the series: it is refused with a finding that
says why.
"""

import glob
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

import numpy as np
import shapely

from territory.errors import CRSError, InputError, TerritoryError, doing
from territory.findings import Finding, Severity
from territory.read.formats import SUFFIXES, read_json, read_layers
from territory.read.geojson import read_geojson, read_rings
from territory.read.labels import held
from territory.read.layer import Layer, km2_of
from territory.read.profile import Profile, day_of_value
from territory.read.text import with_values
from territory.read.wkt import has_geometry_column
from territory.snapshot import RawZones

_GLOB_MARKS = "*?["
_SPANS = {"valid_from": "valid_to", "begin": "end"}  # properties that say since and until when
_JSON = frozenset({".json", ".geojson"})


@dataclass(frozen=True, eq=False)
class Series:
    """What the files of a series said, and what could not be used.

    Attributes
    ----------
    raws : tuple of RawZones
        One per day, in order.
    findings : tuple of Finding
        Refused files and features, and what the readers noticed.
    """

    raws: tuple[RawZones, ...]
    findings: tuple[Finding, ...]


def expand(paths: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the files that paths, folders and globs name, sorted, each once.

    A folder stands for the files in it and in the folders below it.

    Raises
    ------
    InputError
        If one of them names no file.
    """
    found: set[Path] = set()
    for text in paths:
        path = Path(text)
        if path.is_dir():
            matches = [p for p in path.rglob("*") if p.suffix.lower() in {*_JSON, *SUFFIXES}]
        elif any(mark in text for mark in _GLOB_MARKS) and not path.exists():
            matches = [Path(name) for name in glob.glob(text, recursive=True)]  # noqa: PTH207
        else:
            matches = [path]
        matches = [match for match in matches if match.is_file()]
        if not matches:
            raise InputError("no such file, or no file in it that this reads", file=text)
        found.update(matches)
    return tuple(sorted(found))


def with_fields(profile: Profile, actor_field: str = "", status_field: str = "") -> Profile:
    """Return a profile that looks for the actor and the status in other properties."""
    changes: dict[str, object] = {}
    if actor_field:
        named = {"label": "property", "label_properties": (actor_field,), "label_pattern": ""}
        changes |= named  # instead of whatever the profile has
    if status_field:
        changes["status_property"] = status_field
    return with_values(profile, changes)


def read_series(paths: tuple[str, ...], profile: Profile, *, day: date | None = None) -> Series:
    """Read the files of one publisher.

    Parameters
    ----------
    paths : tuple of str
        Files, folders or globs.
    profile : Profile
        How to understand them.
    day : date, optional
        Day of everything read.

    Raises
    ------
    InputError
        If a path names no file, or no file can be used.
    """
    parts: list[RawZones] = []
    findings: list[Finding] = []
    for path in expand(paths):
        if _is_table_beside(path, paths):
            detail = f"{path}: left aside; it is a table without zones"
            findings.append(Finding("left-out", detail, Severity.WARNING))
            continue
        try:
            with doing(f"reading {path}"):
                layers, left_out = _of_zones(_layers(path, profile), profile)
                findings += left_out
                for layer in layers:
                    parts += _dated(layer, path, profile, day)
                    findings += layer.findings
        except TerritoryError as error:
            findings.append(_refusal(error, path, profile, day))
    _refuse_other_crs(parts)
    raws, settled = _one_per_day(parts, profile)
    findings += settled
    if not raws:
        for finding in findings:
            if finding.severity is Severity.ERROR:
                raise InputError(finding.detail)
        raise InputError("nothing to read", file=paths[0])
    return Series(raws, tuple(findings))


def _refuse_other_crs(parts: list[RawZones]) -> None:
    """Refuse a series in several CRS: a line is the same line on all days only within one."""
    for part in parts[1:]:
        first = parts[0]
        if part.crs is not first.crs and part.crs != first.crs:
            problem = (
                f"is in {part.crs.name}, but {first.source.location} in {first.crs.name};"
                " write all files in one CRS"
            )
            raise CRSError(problem, file=part.source.location)


def _is_table_beside(path: Path, paths: tuple[str, ...]) -> bool:
    """Return whether a file is a table that merely lies in a folder of zones."""
    if path.suffix.lower() != ".csv" or str(path) in paths:
        return False
    return not has_geometry_column(path.read_bytes())


def read_any(path: Path) -> tuple[Layer, ...]:
    """Return the layers of a file of any kind this reads, as they stand."""
    return read_json(path) if path.suffix.lower() in _JSON else read_layers(path)


def _layers(path: Path, profile: Profile) -> tuple[Layer, ...]:
    if profile.container == "rings":
        return (read_rings(path, keys=profile.rings, latitude_first=profile.latitude_first),)
    if profile.inside:
        return (read_geojson(path, inside=profile.inside),)
    return read_any(path)


def _of_zones(
    layers: tuple[Layer, ...], profile: Profile
) -> tuple[tuple[Layer, ...], list[Finding]]:
    """Leave out the layers of a file in which no feature has a label, if others have."""
    if profile.label != "property" or len(layers) == 1:
        return layers, []
    labelled = [layer for layer in layers if _has_label(layer, profile)]
    if not labelled:
        return layers, []
    left_out = [layer for layer in layers if layer not in labelled]
    return tuple(labelled), [_layer_left_out(layer, profile) for layer in left_out]


def _has_label(layer: Layer, profile: Profile) -> bool:
    return any(
        field in properties for properties in layer.properties for field in profile.label_properties
    )


def _layer_left_out(layer: Layer, profile: Profile) -> Finding:
    rows = list(range(len(layer.properties)))
    field = profile.label_properties[0]
    detail = f"{layer.file}: layer '{layer.name}' left out; none of its features has '{field}'"
    return Finding("left-out", detail, Severity.INFO, km2=km2_of(layer.geometry[rows], layer.crs))


def _refusal(error: TerritoryError, path: Path, profile: Profile, day: date | None) -> Finding:
    """Say why a file is not used, on its day if the name tells it."""
    try:
        when = day or profile.day_in_name(path)
    except InputError:
        when = None
    return Finding("refused", str(error), Severity.ERROR, when)


def _dated(layer: Layer, path: Path, profile: Profile, day: date | None) -> list[RawZones]:
    """Split one layer by day and say who holds what."""
    if profile.latitude_first and profile.container == "features":
        layer = replace(layer, geometry=_swapped(layer))
    days = _days(layer, path, profile, day)
    found = []
    for when in dict.fromkeys(days):
        rows = np.array([each == when for each in days])
        found.append(held(layer, rows, when, profile))
    if not days:
        empty = np.zeros(0, dtype=bool)
        found.append(held(layer, empty, day or _day_in_name(layer, path, profile), profile))
    if day is None and len(found) == 1:
        found = [_held_against_name(found[0], layer, path, profile)]
    return found


def _held_against_name(raw: RawZones, layer: Layer, path: Path, profile: Profile) -> RawZones:
    """Tell of features that name one day in a file whose name is of another."""
    try:
        named = _day_in_name(layer, path, profile)
    except InputError:
        return raw
    if named == raw.day:
        return raw
    detail = f"{layer.file}: its name says {named}, its features say {raw.day}, which counts"
    told = Finding("day-differs", detail, Severity.WARNING, raw.day)
    return replace(raw, findings=(*raw.findings, told))


def _day_in_name(layer: Layer, path: Path, profile: Profile) -> date:
    """Return the day in the name of a file, or of the archive that it lies in."""
    if layer.file != str(path):
        try:
            return profile.day_in_name(Path(layer.file))
        except InputError:
            pass
    return profile.day_in_name(path)


def _swapped(layer: Layer) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.asarray(shapely.transform(layer.geometry, lambda xy: xy[:, ::-1]), dtype=object)


def _days(layer: Layer, path: Path, profile: Profile, day: date | None) -> list[date]:
    """Return the day of every feature: given, its own, or that of the file name."""
    if day is not None:
        return [day] * len(layer.properties)
    found: list[date] = []
    named: date | None = None
    for number, properties in enumerate(layer.properties, start=1):
        own = _own_day(properties, profile, layer.file, number)
        if own is None:
            named = named or _day_in_name(layer, path, profile)
        found.append(own or named or date.min)
    _refuse_spans(layer, found, profile)
    return found


def _refuse_spans(layer: Layer, days: list[date], profile: Profile) -> None:
    """Refuse zones that last beyond the first day of others: a day would miss some of them."""
    firsts = sorted(set(days))
    if len(firsts) == 1:
        return
    for number, (day, properties) in enumerate(zip(days, layer.properties, strict=True), start=1):
        for field, end in _SPANS.items():
            last = day_of_value(properties.get(end))
            if field not in profile.day.properties or last is None:
                continue
            if within := [each for each in firsts if day < each < last]:
                problem = (
                    f"lasts from {day} to {last} ('{field}', '{end}'), but other zones begin on"
                    f" {within[0]}; spans are not read, so give every zone anew for each day"
                )
                raise InputError(problem, file=layer.file, feature=number)


def _own_day(
    properties: Mapping[str, object], profile: Profile, file: str, number: int
) -> date | None:
    for field in profile.day.properties:
        value = properties.get(field)
        if value is None or value == "":
            continue
        day = day_of_value(value)
        if day is None:
            problem = f"'{value}' in '{field}' is not a day (YYYY-MM-DD)"
            raise InputError(problem, file=file, feature=number)
        return day
    return None


def _one_per_day(
    parts: Iterable[RawZones], profile: Profile
) -> tuple[tuple[RawZones, ...], list[Finding]]:
    """Settle what several pictures of one day mean."""
    raws: list[RawZones] = []
    findings: list[Finding] = []
    ordered = sorted(parts, key=lambda raw: (raw.day, raw.source.location))
    for day, group in groupby(ordered, key=lambda raw: raw.day):
        same_day, told = _layers_merged(list(group))
        findings += told
        if len(same_day) == 1 or profile.several == "merge":
            raws.append(merged(same_day))
            continue
        files = [raw.source.location for raw in same_day]
        if profile.several == "last":
            detail = f"{len(files)} snapshots; the last one counts ({files[-1]})"
            findings.append(Finding("several-snapshots", detail, Severity.INFO, day))
            raws.append(same_day[-1])
            continue
        problem = f"{day} is also given by {files[0]}"
        findings.append(Finding("refused", f"{files[1]}: {problem}", Severity.ERROR, day))
    return tuple(raws), findings


def _layers_merged(parts: list[RawZones]) -> tuple[list[RawZones], list[Finding]]:
    """Put the layers of each file together: folders of a KML are parts of one map."""
    files = [list(group) for _, group in groupby(parts, key=lambda raw: raw.source.location)]
    told = [
        Finding(
            "layers-merged",
            f"{file[0].source.location}: {len(file)} layers put together as one map",
            Severity.INFO,
            file[0].day,
        )
        for file in files
        if len(file) > 1
    ]
    return [merged(file) for file in files], told


def merged(parts: list[RawZones]) -> RawZones:
    """Put layers of one day together, which are in one CRS."""
    first = parts[0]
    if len(parts) == 1:
        return first
    return replace(
        first,
        holders=tuple(holder for part in parts for holder in part.holders),
        geometry=np.concatenate([part.geometry for part in parts]),
        findings=tuple(finding for part in parts for finding in part.findings),
        spots=tuple(part.spot(row) for part in parts for row in range(len(part.holders))),
    )

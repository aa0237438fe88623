"""Who holds each feature, by its labels and the rules of a profile."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date

import numpy as np

from territory.errors import InputError, did_you_mean, hint_with_option
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.coverage import are_areal, parts_of
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder, Status
from territory.numbers import figure
from territory.read.formats.layer import Layer, km2_of
from territory.read.profile import Profile, layer_label

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_IDENTITIES = ("globalid", "uuid", "id", "name", "name_en", "title")
_MAX_LABEL = 500  # characters; far more than a name, and pictures are drawn of it


def held(
    layer: Layer, rows: np.ndarray[tuple[int], np.dtype[np.bool_]], day: date, profile: Profile
) -> RawZones:
    """Read who holds the features of one day; leave out and report what the profile drops."""
    holders: list[Holder] = []
    matching: list[int] = []
    dropped: dict[str, list[int]] = defaultdict(list)
    unknown: dict[str, list[int]] = defaultdict(list)
    beside: list[int] = []  # features without an area, which need no holder
    for index in np.flatnonzero(rows):
        label = _label(layer, int(index), profile)
        if label is None:
            beside.append(int(index))
            continue
        rule = profile.meaning(label, day) if profile.rule else None
        if profile.rule and rule is None:
            if is_area(layer, int(index)):
                unknown[label].append(int(index))
        elif rule is not None and rule.drop:
            dropped[label].append(int(index))
        else:
            matching.append(int(index))
            holders.append(_holder(layer, int(index), label, profile, day))
    _refuse_unknown(layer, unknown, day, profile)
    findings = [_dropped(layer, label, rows, day) for label, rows in dropped.items()]
    if beside and not profile.rule:
        detail = f"{layer.where}: {len(beside)} features without an area or a holder left out"
        findings.append(Finding(FindingKind.LEFT_OUT, detail, Severity.INFO, day, 0.0))
    return RawZones(
        day,
        layer.crs,
        Source(layer.file, profile.publisher, profile.licence),
        tuple(holders),
        layer.geometry[matching],
        tuple(findings),
        tuple((layer.where, index + 1) for index in matching),
        tuple((layer.file, label, layer.geometry[rows]) for label, rows in dropped.items()),
        tuple(_identity(layer.properties[index]) for index in matching),
    )


def _identity(properties: Mapping[str, object]) -> str:
    """Return what a feature is known by on every day: its id, else its name."""
    lower = {name.lower(): value for name, value in properties.items()}
    for field in _IDENTITIES:
        value = lower.get(field)
        if isinstance(value, str | int) and str(value).strip():
            return f"{field} {value}"
    return ""


def is_area(layer: Layer, index: int) -> bool:
    """Return whether a feature has any area at all; points and lines need no holder."""
    return bool(are_areal(parts_of(layer.geometry[index : index + 1])[0]).any())


def _label(layer: Layer, index: int, profile: Profile) -> str | None:
    """Return what names the holder of a feature; None if it has none and needs none."""
    if profile.label == "constant":
        return ""
    if profile.label == "layer":
        return layer_label(profile, layer)
    properties = layer.properties[index]
    for field in profile.label_properties:
        value = properties.get(field)
        if isinstance(value, str) and value.strip() and not _CONTROL.search(value):
            return _not_too_long(value.strip(), field, layer.where, index)
    if not is_area(layer, index):
        return None
    field = profile.label_properties[0]
    known = did_you_mean(field, properties) if properties else "the feature has no properties"
    how = hint_with_option(known, "--actor-field, or in a profile")
    hint = "" if field in properties else f"; {how}"
    problem = f"no actor in '{field}' (found {properties.get(field)!r}){hint}"
    raise InputError(problem, file=layer.where, feature=index + 1)


def _not_too_long(label: str, field: str, file: str, index: int) -> str:
    if len(label) > _MAX_LABEL:
        problem = f"'{field}' holds {len(label):,} characters; is it the property of the actor?"
        raise InputError(problem, file=file, feature=index + 1)
    return label


def _holder(layer: Layer, index: int, label: str, profile: Profile, day: date) -> Holder:
    rule = profile.meaning(label, day) if profile.rule else None
    if rule is not None:
        return Holder(rule.actor, rule.status)
    status = layer.properties[index].get(profile.status_property)
    if status is None or status == "":
        status = Status.HELD
    if status not in list(Status):
        problem = f"unknown status '{status}'; {did_you_mean(str(status), list(Status))}"
        raise InputError(problem, file=layer.where, feature=index + 1)
    return Holder(label, Status(str(status)))


def _refuse_unknown(
    layer: Layer, unknown: Mapping[str, list[int]], day: date, profile: Profile
) -> None:
    """Refuse labels that the profile does not know, with their number and area."""
    if not unknown:
        return
    listing = "; ".join(
        f"'{label}' on {len(rows)} features, {figure(km2_of(layer.geometry[rows], layer.crs))} km2"
        for label, rows in sorted(unknown.items())
    )
    raise InputError(
        f"{day}: the profile '{profile.name}' does not know {listing};"
        " add a rule for it, or drop = true",
        file=layer.file,
    )


def _dropped(layer: Layer, label: str, rows: list[int], day: date) -> Finding:
    km2 = km2_of(layer.geometry[rows], layer.crs)
    detail = f"{layer.file}: {len(rows)} features labelled '{label}' left out, as the profile says"
    return Finding(FindingKind.LEFT_OUT, detail, Severity.INFO, day, km2)

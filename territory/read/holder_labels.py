"""Who holds each feature, by its labels and the rules of a profile."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from territory.errors import InputError, did_you_mean, hint_with_option
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools
from territory.geometry.coverage import has_polygon
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder, Status
from territory.numbers import figure
from territory.read.formats.gzipped import kind_of_file
from territory.read.formats.layer import Layer, km2_of
from territory.read.profile import DROP, Profile
from territory.untrusted import clean

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BREAKS = re.compile(r"\s*[\t\r\n]\s*")  # a label is one line
_IDENTITIES = ("globalid", "uuid", "id", "name", "name_en", "title")
_PAINTED = (".kml", ".kmz")
_MAX_LABEL = 500  # characters; far more than a name, and pictures are drawn of it
_LAYOUT, _ACTOR, _STATUS = "zones", ("actor",), "status"
_SHOWN = 3  # values of a property, each of at most so many characters:
_MAX_SHOWN = 40


def without_other_status(
    profile: Profile, layers: Sequence[Layer]
) -> tuple[Profile, tuple[Finding, ...]]:
    """Return the profile without a ``status`` by which files of another layout mean something else.

    Parameters
    ----------
    profile : Profile
        That of zones, with the property that names actors as somebody said it; others are let be.
    layers : sequence of Layer
        All of the series.

    Returns
    -------
    Profile, tuple of Finding
        The same where any of the values says how firmly ground is held.
    """
    is_usual = profile.name == _LAYOUT and profile.status_property == _STATUS
    is_ours = profile.label_properties == _ACTOR
    if not is_usual or (is_ours and any(_STATUS in r for each in layers for r in each.properties)):
        return profile, ()
    rows = (row for layer in layers for row in layer.properties)
    of_rows = (row.get(_spelled(_STATUS, tuple(row))) for row in rows)
    values = sorted({str(each) for each in of_rows if each not in (None, "")})
    if not values or not set(Status).isdisjoint(values):
        return profile, ()
    listed = ", ".join(clean(each)[:_MAX_SHOWN] for each in values[:_SHOWN])
    detail = (
        f"'{_STATUS}' says {listed}{', ...' * (len(values) > _SHOWN)} and nowhere held, claimed or"
        " contested, so it is not read, and all zones count as held"
    )
    plain = profile.model_copy(update={"status_property": ""})
    return plain, (Finding(FindingKind.NOT_READ, detail, Severity.WARNING),)


class Labels(Protocol):
    """What says who holds the features of a day."""

    @property
    def profile(self) -> Profile:
        """How the publisher is read."""

    def needs_day(self, layer: Layer, index: int) -> bool:
        """Return whether a feature must say its day, because it counts.

        Parameters
        ----------
        layer : Layer
            In any CRS.
        index : int
            Of the feature, from 0.
        """

    def held(self, layer: Layer, rows: Bools, day: date) -> RawZones:
        """Return what the features of one day say.

        Parameters
        ----------
        layer : Layer
            All its features.
        rows : ndarray of bool, shape (n,)
            The features of the layer that are of the day.
        day : date
            The day.
        """


@dataclass(frozen=True, eq=False)
class HolderLabels:
    """Who holds what, as the labels of features say by the rules of a profile.

    Attributes
    ----------
    profile : Profile
        What names the holder of a feature, and what the names mean.
    """

    profile: Profile

    def needs_day(self, layer: Layer, index: int) -> bool:
        """Return whether a feature has ground; see `Labels.needs_day`.

        Parameters
        ----------
        layer, index
            The feature.
        """
        return has_polygon(layer.geometry[index])

    def held(self, layer: Layer, rows: Bools, day: date) -> RawZones:
        """Read who holds the features of one day; leave out and report what the profile drops.

        Parameters
        ----------
        layer : Layer
            All its features, in any CRS.
        rows : ndarray of bool, shape (n,)
            The features of the layer that are of the day.
        day : date
            The day that they are published for.

        Returns
        -------
        RawZones
            In the CRS of the layer.

        Raises
        ------
        InputError
            If a feature with an area has no label, one that is far too long or that no rule
            knows, or an unknown status.
        """
        profile = self.profile
        holders: dict[int, Holder] = {}
        dropped: dict[str, list[int]] = defaultdict(list)
        unknown: dict[str, list[int]] = defaultdict(list)
        unnamed: list[int] = []  # features that somebody has by rule
        beside = 0  # features without an area, which need no holder
        for index in map(int, np.flatnonzero(rows)):
            label = self._label(layer, index, day)
            if label is None:
                beside += 1
                continue
            has_rules = bool(profile.rule) or (not label and profile.label == "property")
            rule = profile.meaning(label, day) if has_rules else None
            if has_rules and rule is None:
                if has_polygon(layer.geometry[index]):
                    unknown[label].append(index)
            elif rule is not None and rule.drop:
                dropped[label].append(index)
            elif rule is not None:
                holders[index] = profile.holder(rule, self._status(layer, index))
                unnamed += [] if label or profile.label != "property" else [index]
            else:
                holders[index] = Holder(label, self._status(layer, index) or Status.HELD)
        self._refuse_unknown(layer, unknown, day)
        findings = [_dropped(layer, label, rows, day) for label, rows in dropped.items()]
        findings += _named(layer, unnamed, holders, day)
        if beside and not profile.rule:
            detail = f"{layer.where}: {beside} features without an area or a holder left out"
            findings.append(Finding(FindingKind.LEFT_OUT, detail, Severity.INFO, day, 0.0))
        matching = list(holders)
        return RawZones(
            day,
            layer.crs,
            Source(layer.file, profile.publisher, profile.licence),
            tuple(holders.values()),
            layer.geometry[matching],
            tuple(findings),
            tuple((layer.where, index + 1) for index in matching),
            tuple((layer.file, label, layer.geometry[rows]) for label, rows in dropped.items()),
            tuple(_identity(layer.properties[index]) for index in matching),
            _fills(layer, matching),
        )

    def _label(self, layer: Layer, index: int, day: date) -> str | None:
        """Return what names the holder of a feature; None if it has none and needs none."""
        if self.profile.label == "constant":
            return ""
        if self.profile.label == "layer":
            return self._of_layer(layer)
        properties = layer.properties[index]
        for field in self.profile.label_properties:
            value = properties.get(field)
            label = _BREAKS.sub(" ", value.strip()) if isinstance(value, str) else ""
            if label and not _CONTROL.search(label):
                if len(label) <= _MAX_LABEL:
                    return label
                problem = (
                    f"'{field}' holds {len(label):,} characters; is it the property of the actor?"
                )
                raise InputError(problem, file=layer.where, feature=index + 1)
        if not has_polygon(layer.geometry[index]):
            return None
        if self._is_unnamed(layer, index) and self.profile.meaning("", day) is not None:
            return ""
        field = self.profile.label_properties[0]
        known = did_you_mean(field, properties) if properties else "the feature has no properties"
        how = hint_with_option(known, "--actor-field, or in a profile")
        hint = "" if field in properties else f"; {how}"
        if self._is_unnamed(layer, index):
            hint = self._choice(layer)
        problem = f"no actor in '{field}' (found {properties.get(field)!r}){hint}"
        raise InputError(problem, file=layer.where, feature=index + 1)

    def _is_unnamed(self, layer: Layer, index: int) -> bool:
        """Return whether a feature names nobody, though its layer has a property for it.

        One that has a property of nearly that name names somebody in the wrong place.
        """
        fields, row = self.profile.label_properties, layer.properties[index]
        if fields[0] not in row and did_you_mean(fields[0], row).startswith("did"):
            return False
        values = [row.get(field) for field in fields]
        empty = all(each is None or each != each or not str(each).strip() for each in values)  # noqa: PLR0124
        return empty and any(field in row for field in fields for row in layer.properties)

    def _choice(self, layer: Layer) -> str:
        """Say what may be done about the features of a layer that name nobody."""
        every = range(len(layer.properties))
        rows = [n for n in every if has_polygon(layer.geometry[n]) and self._is_unnamed(layer, n)]
        km2 = figure(km2_of(layer.geometry[rows], layer.crs))
        such = "1 such feature" if len(rows) == 1 else f"{len(rows)} such features"
        return (
            f"; {such}, {km2} km2: say whose they are with --unnamed NAME, or leave them out with"
            f" --unnamed {DROP} (unnamed in a profile or job)"
        )

    def _of_layer(self, layer: Layer) -> str:
        """Return the label that a layer's name, folder or file gives."""
        if not self.profile.label_pattern:
            return layer.name
        for text in (layer.name, layer.file):
            if found := re.search(self.profile.label_pattern, text):
                return found.group("label")
        problem = f"no layer name in '{layer.name}' that profile '{self.profile.name}' knows"
        raise InputError(problem, file=layer.file)

    def _status(self, layer: Layer, index: int) -> Status | None:
        """Return how firmly a feature is held, if its property says it."""
        row = layer.properties[index]
        status = row.get(_spelled(self.profile.status_property, tuple(row)))
        if status is None or status == "":
            return None
        if status not in list(Status):
            problem = f"unknown status '{status}'; {did_you_mean(str(status), list(Status))}"
            raise InputError(problem, file=layer.where, feature=index + 1)
        return Status(str(status))

    def _refuse_unknown(self, layer: Layer, unknown: Mapping[str, list[int]], day: date) -> None:
        """Refuse labels that the profile does not know, with their number and area."""
        if not unknown:
            return
        listing = "; ".join(
            f"'{label}' on {len(rows)} features,"
            f" {figure(km2_of(layer.geometry[rows], layer.crs))} km2"
            for label, rows in sorted(unknown.items())
        )
        raise InputError(
            f"{day}: the profile '{self.profile.name}' does not know {listing};"
            f" {self.profile.pattern_hint(unknown) or 'add a rule for it, or drop = true'}",
            file=layer.file,
        )


@lru_cache(maxsize=256)  # asked for every feature, and those of a file have the same names
def _spelled(name: str, names: tuple[str, ...]) -> str:
    """Return what a row calls a property: in other case, as a Shapefile does, if nothing else."""
    if name in names:
        return name
    alike = [each for each in names if each.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else name


def _fills(layer: Layer, rows: list[int]) -> tuple[str, ...]:
    """Return the colours of the features of a KML file; of others, `fill` may be anything."""
    if kind_of_file(Path(layer.file)) not in _PAINTED:
        return ()
    return tuple(str(layer.properties[row].get("fill") or "") for row in rows)


def _identity(properties: Mapping[str, object]) -> str:
    """Return what a feature is known by on every day: its id, else its name."""
    lower = {name.lower(): value for name, value in properties.items()}
    for field in _IDENTITIES:
        value = lower.get(field)
        if isinstance(value, str | int) and str(value).strip():
            return f"{field} {value}"
    return ""


def _named(
    layer: Layer, rows: list[int], holders: Mapping[int, Holder], day: date
) -> list[Finding]:
    """Tell of features without a name that were given one."""
    if not rows:
        return []
    detail = (
        f"{layer.file}: {len(rows)} features that name no actor are taken for"
        f" '{holders[rows[0]]}', as was asked for"
    )
    km2 = km2_of(layer.geometry[rows], layer.crs)
    return [Finding(FindingKind.UNNAMED, detail, Severity.INFO, day, km2)]


def _dropped(layer: Layer, label: str, rows: list[int], day: date) -> Finding:
    km2 = km2_of(layer.geometry[rows], layer.crs)
    what = f"labelled '{label}' left out, as the profile says"
    if not label:
        what = "that name no actor left out, as was asked for"
    detail = f"{layer.file}: {len(rows)} features {what}"
    return Finding(FindingKind.LEFT_OUT, detail, Severity.INFO, day, km2)

"""Which day each layer of a file is of: as it is told, as its features say, or by its name.

A day that is told, or that stands in the name of a file, chooses among features that hold
over spans of time and never replaces their spans. Of features that name their one day, a
day that is told takes those of that day; where none is of it, it stands in their place, and
a finding says so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import shapely

from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.history.snapshot import RawZones
from territory.read.column import longitudes
from territory.read.day_in_name import UNIX, YEAR_FIRST, are_unix, order_of_names
from territory.read.formats.layer import Layer
from territory.read.holder_labels import Labels
from territory.read.moments import midnights, moment_of, offset_of
from territory.read.profile import Profile
from territory.read.spans import Span
from territory.read.spans_to_days import Lasting
from territory.read.times_of_day import same_zone_twice
from territory.read.unread_spans import days_seen
from territory.read.valid_times import Times

Rows = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class Dating:
    """One layer of a series, and what says when it holds.

    Attributes
    ----------
    times : Times
        Of the whole series; the layer is the one with `number`.
    path : Path
        The file, or the archive it lies in.
    labels : HolderLabels
        What says who holds it.
    day : date or None
        As it is told.
    """

    times: Times
    number: int
    path: Path
    labels: Labels
    day: date | None

    @cached_property
    def layer(self) -> Layer:
        """The layer with x before y."""
        layer = self.times.layers[self.number]
        profile = self.labels.profile
        if profile.latitude_first and profile.container == "features":
            return replace(layer, geometry=_swapped(layer))
        return layer

    def lasting(self) -> Lasting | None:
        """Return the layer with its spans; None where it is of one day, or of several.

        Raises
        ------
        InputError
            If its days cannot be understood, or only some features have a span.
        """
        if self.number in self.times.refused:
            raise self.times.refused[self.number]
        spans = self.times.spans.get(self.number)
        if spans is None:
            return None
        if (day := self.day) is not None:
            return Lasting(self.layer, tuple(span or Span(day, day) for span in spans))
        if self._named is not None:
            return None
        for row in (row for row, span in enumerate(spans) if span is None):
            if self.labels.needs_day(self.layer, row):
                problem = (
                    "has no span of time, and others of its layer have one; say since and until"
                    " when it holds (an empty end is open), or name the day of the file"
                )
                raise InputError(problem, file=self.layer.where, feature=row + 1)
        return Lasting(self.layer, spans)

    def parts(self) -> list[RawZones]:
        """Split the layer by day and say who holds what.

        Raises
        ------
        InputError
            If a feature names no day and the file name neither.
        """
        layer = self.layer
        spans = self.times.spans.get(self.number)
        if spans is not None and (named := self._named) is not None:
            rows = np.array([span is None or span.holds_on(named) for span in spans])
            return [_with_findings(self.labels.held(layer, rows, named), self._choice(named, rows))]
        if self.day is not None:
            rows, findings = self._of_named_day()
            return [_with_findings(self.labels.held(layer, rows, self.day), *findings)]
        days = self._days()
        found = [
            self._told_of_times(
                self.labels.held(layer, np.array([each == when for each in days], dtype=bool), when)
            )
            for when in dict.fromkeys(days or [self._in_name])
        ]
        return [self._against_name(found[0])] if len(found) == 1 else found

    def _told_of_times(self, raw: RawZones) -> RawZones:
        """Tell of zones that stand there as of several times of their day."""
        rows = [row - 1 for _, row in raw.spots]
        clocks = np.array([self.times.own_clock(self.number, row) for row in rows], dtype=float)
        return _with_findings(raw, *same_zone_twice(raw, clocks))

    @property
    def _named(self) -> date | None:
        """The day in the name of the file, which chooses among spans."""
        try:
            return self._in_name
        except InputError:
            return None

    def _choice(self, day: date, rows: Rows) -> Finding:
        detail = (
            f"{self.layer.where}: {rows.sum()} of {len(rows)} features hold on {day}, the day in"
            " its name"
        )
        return Finding(FindingKind.SPANS, detail, Severity.INFO, day)

    def _of_named_day(self) -> tuple[Rows, list[Finding]]:
        """Return the features of the day that is told: all, where none says another."""
        days = [self.times.own_day(self.number, row) for row in range(len(self.layer.properties))]
        others = sorted({each for each in days if each not in (None, self.day)})
        every = np.ones(len(days), dtype=bool)
        if not others:
            return every, []
        listed = ", ".join(map(str, others[:3])) + ", ..." * bool(others[3:])
        if self.times.of_spans and self.day not in days:
            problem = f"nothing holds on {self.day}; the spans of its features are of {listed}"
            raise InputError(problem, file=self.layer.file)
        if self.day in days:
            rows = np.array([each in (None, self.day) for each in days])
            detail = (
                f"{self.layer.file}: {(~rows).sum()} features of other days left out ({listed})"
            )
        else:
            rows = every
            detail = f"{self.layer.file}: its features say {listed}; {self.day} is told and counts"
        return rows, [Finding(FindingKind.DAY_DIFFERS, detail, Severity.WARNING, self.day)]

    def _days(self) -> list[date]:
        """Return the day of every feature: its own, or that of the file name."""
        found: list[date] = []
        named: date | None = None
        for row in range(len(self.layer.properties)):
            own = self.times.own_day(self.number, row)
            if own is None:
                named = named or self._in_name
            found.append(own or named or date.min)
        return found

    @cached_property
    def _in_name(self) -> date:
        """The day in the name of a file, of the archive that it lies in, or of the layer."""
        file, profile = self.layer.file, self.labels.profile
        others = (*((Path(file),) if file != str(self.path) else ()), self.path)
        for name in (*others, *self.layer.own_name):
            try:
                return profile.day_in_name(name)
            except InputError:
                pass
        try:
            return profile.day_in_name(self.path, **self._instead)
        except InputError as error:
            hints = [
                each.detail for each in self.times.findings if each.kind == FindingKind.NO_SPAN
            ]
            problem = "; ".join([error.problem, *hints])
            raise InputError(problem, file=error.file) from None

    @cached_property
    def _instead(self) -> dict[str, str]:
        """What to do where the name of the file has no day: name a property of days, if any."""
        seen = days_seen(self.layer)
        if not seen:
            return {}
        listed = ", ".join(f"'{each}'" for each in seen)
        return {
            "instead": f"say which of {listed}, which hold days, says when: --day-field, with"
            " --until-field where another says until when"
        }

    def _against_name(self, raw: RawZones) -> RawZones:
        """Tell of features that name one day in a file whose name is of another."""
        try:
            named = self._in_name
        except InputError:
            return raw
        if named == raw.day:
            return raw
        detail = (
            f"{self.layer.file}: its name says {named}, its features say {raw.day}, which counts"
        )
        return _with_findings(
            raw, Finding(FindingKind.DAY_DIFFERS, detail, Severity.WARNING, raw.day)
        )


def with_local_names(
    names: Iterable[Path], layers: Sequence[Layer], profile: Profile
) -> tuple[Profile, list[Finding]]:
    """Return the profile by which the names of files give their day, and what is to be told.

    Unix times that are all midnight of a zone east of Greenwich stand for the next day, as
    in a column; see `territory.read.moments`.

    Parameters
    ----------
    names : iterable of Path
        Files of the series; only their names are looked at.
    layers : sequence of Layer
        All layers of the series; where their ground lies may decide.
    profile : Profile
        Says how the name of a file gives its day.
    """
    names = tuple(names)
    profile, findings = _as_written(names, profile)
    if profile.day.utc_offset_hours is not None:
        return profile, findings
    unix = (profile.unix_in_name(name) for name in names)
    moments = (moment_of(each) for each in unix if each is not None)
    clocks = midnights(filter(None, moments), partial(longitudes, layers))
    if not clocks:
        return profile, findings
    hours = offset_of(clocks) / 3600
    detail = (
        f"every unix time in the names of the files is midnight {hours:g} hours east of Greenwich,"
        f" so the day after counts; if that is right, say utc_offset_hours = {hours:g} under [day]"
        " of the profile, else 0"
    )
    day = profile.day.model_copy(update={"utc_offset_hours": hours})
    moved = profile.model_copy(update={"day": day})
    return moved, [*findings, Finding(FindingKind.LOCAL_MIDNIGHT, detail, Severity.WARNING)]


def _as_written(names: Sequence[Path], profile: Profile) -> tuple[Profile, list[Finding]]:
    """Return the profile with how names without a plain day write theirs, where all allow one way.

    Raises
    ------
    InputError
        If two names contradict one another.
    """
    rule = profile.day
    if rule.file_name != YEAR_FIRST or rule.format or rule.name_order:
        return profile, []
    unread = [each.name for each in names if not re.search(YEAR_FIRST, each.name, re.ASCII)]
    order = order_of_names(unread)
    if order.is_contradicted:
        problem = f"the names of files contradict one another: {order.said()}"
        raise InputError(f"{problem}; write their days as YYYY-MM-DD, or read them apart")
    if order.order is not None:
        return _with_rule(profile, name_order=order.order), list(
            order.about("days in the names of files")
        )
    if any(map(rule.days_in, unread)) or not are_unix(unread):
        return profile, []
    detail = f"the days in the names of files are read from unix times, such as {unread[0]}"
    return _with_rule(profile, file_name=UNIX), [Finding(FindingKind.DAY_ORDER, detail)]


def _with_rule(profile: Profile, **values: object) -> Profile:
    return profile.model_copy(update={"day": profile.day.model_copy(update=values)})


def _with_findings(raw: RawZones, *findings: Finding) -> RawZones:
    return replace(raw, findings=(*raw.findings, *findings))


def _swapped(layer: Layer) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.asarray(shapely.transform(layer.geometry, lambda xy: xy[:, ::-1]), dtype=object)

"""Dated zones of one publisher: files to raw zones, as a profile says.

A file that cannot be used does not spoil the series: it is refused with a finding that
says why.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import count, groupby
from pathlib import Path, PurePath

from pyproj import CRS

from territory.errors import CRSError, InputError, TerritoryError, doing, understood
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.projection import same_crs
from territory.history.snapshot import RawZones
from territory.history.tiles import Run
from territory.memo import Form, Memo, answers
from territory.read.aoi import DrawnArea, parse_area
from territory.read.chosen_features import chosen, refuse_levels
from territory.read.day_in_name import may_be_either
from territory.read.formats.by_extension import read_any
from territory.read.formats.csv_wkt import has_geometry_column
from territory.read.formats.geojson import read_geojson, read_rings
from territory.read.formats.gzipped import kind_of_file
from territory.read.formats.layer import Layer, km2_of
from territory.read.front_layers import FrontLabels
from territory.read.holder_labels import HolderLabels, Labels, without_other_status
from territory.read.kept_files import file_key, files_form
from territory.read.layer_days import Dating, with_local_names
from territory.read.pages import Pages, pages_of, without_cut
from territory.read.paths import expanded
from territory.read.profile import Profile
from territory.read.shared_files import SharedFile, shared_file
from territory.read.spans_to_days import Lasting, merged, over_days, reach_of
from territory.read.text_files import read_bytes
from territory.read.valid_times import Times, times_of


@dataclass(frozen=True, eq=False)
class Series:
    """What the files of a series said, and what could not be used.

    Attributes
    ----------
    raws : tuple of RawZones
        One per day, in order.
    findings : tuple of Finding
        Refused files and features, and what the readers noticed.
    own_days : tuple of date
        The days of the series itself; `raws` may hold others that were asked for.
    lasts : bool
        Whether the features hold over spans of time, and no day was drawn by itself.
    """

    raws: tuple[RawZones, ...]
    findings: tuple[Finding, ...]
    own_days: tuple[date, ...]
    lasts: bool = False


def read_series(
    paths: tuple[str, ...],
    profile: Profile,
    *,
    day: date | None = None,
    also: Iterable[date] = (),
    run: Run = map,
    memo: Memo | None = None,
    ground: DrawnArea | None = None,
) -> Series:
    """Read the files of one publisher.

    Every file is read once, whatever the number of days on which its features hold.

    Parameters
    ----------
    paths : tuple of str
        Files, folders or globs.
    profile : Profile
        How to understand them.
    day : date, optional
        Day of everything read; of features that hold over spans, those that hold on it.
    also : iterable of date
        Further days to be there, where the features hold over spans of time.
    run : callable
        Like ``map``; of processes and of a cluster, what was read is pickled.
    memo : Memo, optional
        What an earlier run read: a file that it has is not parsed again.
    ground : DrawnArea, optional
        What front lines cut, where it is in memory; the profile names it otherwise.

    Raises
    ------
    InputError
        If a path names no file, or no file can be used.
    """
    reader = _Reader(profile, day, ground)
    files, findings = reader.files(paths, run, memo)
    return reader.series(files, findings, also, where=paths[0])


def series_of_layer(
    layer: Layer,
    profile: Profile,
    *,
    day: date | None = None,
    also: Iterable[date] = (),
    ground: DrawnArea | None = None,
) -> Series:
    """Return the series of zones that are in memory, by the rules for those of a file.

    Parameters
    ----------
    layer : Layer
        All zones of all days; its file is what messages call it.
    profile : Profile
        How to understand its properties.
    day, also, ground
        As for `read_series`.

    Raises
    ------
    InputError
        If it cannot be used.
    """
    file = _File(Path(layer.file), *chosen((layer,), profile.where))
    return _Reader(profile, day, ground).series([file], [], also, where=layer.file)


@dataclass(frozen=True, eq=False)
class _File:
    """One file as it was read, before anything is dated."""

    path: Path
    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...]
    is_layer: bool = False

    @property
    def names(self) -> tuple[Path, ...]:
        """What may name the day: the file, what lies in an archive, or the layer that it is."""
        if self.is_layer:
            return self.layers[0].own_name
        inside = {Path(layer.file) for layer in self.layers}
        return tuple(sorted(inside)) or (self.path,)

    def by_day(self, profile: Profile) -> "tuple[_File, ...]":
        """Split it into its layers, where their names say days and that of the file does not."""
        named = all(_says_day(each.own_name, profile) for each in self.layers)
        if len(self.layers) < 2 or not named or _says_day(self.names, profile):  # noqa: PLR2004
            return (self,)
        first, *others = (_File(self.path, (each,), (), is_layer=True) for each in self.layers)
        return (replace(first, findings=self.findings), *others)


_Read = tuple[_File | None, tuple[Finding, ...]]


@dataclass(frozen=True, eq=False)
class _Reader:
    """What reads the files of one publisher, by its profile.

    Attributes
    ----------
    day : date, optional
        Day of everything read.
    ground : DrawnArea, optional
        What front lines cut, where it is in memory.
    """

    profile: Profile
    day: date | None = None
    ground: DrawnArea | None = None

    def files(
        self, paths: tuple[str, ...], run: Run, memo: Memo | None
    ) -> tuple[list[_File], list[Finding]]:
        """Read every file; one that cannot be read is refused with a finding."""
        found, unreadable = expanded(paths)
        shared = [shared_file(each) for each in found]
        read = list(answers(memo, self._form(paths), partial(self._file, paths), shared, run))
        files = [file for file, _ in read if file is not None]
        return files, [*unreadable, *(each for _, about in read for each in about)]

    def _form(self, paths: tuple[str, ...]) -> Form[SharedFile, _Read]:
        """Return how files are kept: those of which there is nothing to say but their layers."""
        profile = self.profile  # all of it, whatever reading may come to ask, but for folders
        beside = {"ground": profile.ground, "remainder_area": profile.remainder_area}
        names = {key: PurePath(value).name for key, value in beside.items()}
        settings = profile.model_copy(update=names).model_dump_json()

        def key(shared: SharedFile) -> bytes | None:
            return file_key(shared, settings, str(shared.path) in paths)

        def layers(read: _Read) -> tuple[Layer, ...] | None:
            file, about = read
            return None if file is None or file.findings or about else file.layers

        return files_form(key, layers, lambda shared, found: (_File(shared.path, found, ()), ()))

    def _file(self, paths: tuple[str, ...], shared: SharedFile) -> _Read:
        """Read a file, and name it as it was named, wherever that is done."""
        path, there = shared.path, shared.found()
        if str(path) not in paths and _is_table_beside(there):
            detail = f"{path}: left aside; it is a table without zones"
            return None, (Finding(FindingKind.LEFT_OUT, detail, Severity.WARNING),)
        try:
            with doing(f"reading {path}"), understood(str(there)):
                return self._of_zones(path, shared.layers(self._layers(there))), ()
        except TerritoryError as error:
            return None, shared.about([self._refusal(error, path)])

    def _layers(self, path: Path) -> tuple[Layer, ...]:
        profile = self.profile
        if profile.container == "rings":
            return (read_rings(path, keys=profile.rings, latitude_first=profile.latitude_first),)
        if profile.inside:
            return (read_geojson(path, inside=profile.inside),)
        return read_any(path)

    def _of_zones(self, path: Path, layers: tuple[Layer, ...]) -> _File:
        """Leave out the layers of a file in which no feature has a label, if others have."""
        layers, of_where = chosen(layers, self.profile.where)
        fields = self.profile.label_properties
        labelled = [
            layer for layer in layers if any(f in row for row in layer.properties for f in fields)
        ]
        if self.profile.label != "property" or len(layers) == 1 or not labelled:
            return _File(path, layers, of_where)
        left_out = [_layer_left_out(each, fields[0]) for each in layers if each not in labelled]
        return _File(path, tuple(labelled), (*of_where, *left_out))

    def series(
        self,
        files: Sequence[_File],
        findings: Sequence[Finding],
        also: Iterable[date],
        *,
        where: str = "",
    ) -> Series:
        """Date the layers of all files and put those of a day together."""
        apart = [part for file in files for part in file.by_day(self.profile)]
        files, of_others, known = self._of_told_day(apart)
        layers = [layer for file in files for layer in file.layers]
        refuse_levels(layers, self.profile.levels)
        times = known or times_of(layers, self.profile)
        profile, of_names = with_local_names(
            [name for file in files for name in file.names], layers, self.profile
        )
        of_names = [*of_names, *_idle_format(files, times, profile)]
        profile, of_status = without_other_status(profile, layers)
        labels, ground = _labels(profile, self.ground)
        parts, lasting, of_files = self._dated(files, times, labels)
        _refuse_other_crs([(each.crs, each.source.location) for each in parts])
        _refuse_other_crs([(each.crs, each.file) for each in lasting])
        _refuse_mixture(parts, lasting)
        if lasting:
            own, raws, of_days = over_days(lasting, labels, also, self.day)
            whole = _whole_answer([each.layer for each in lasting])
        else:
            by_file = {each.file: each for each in layers}
            raws, of_days, whole = _one_per_day(parts, profile, by_file)
            own = tuple(raw.day for raw in raws)
        for pages, day in whole:
            of_files = without_cut(of_files, pages.files, day)
        if isinstance(labels, FrontLabels):
            raws, refused = labels.cut(raws)
            of_days = [*of_days, *ground, *refused]
            own = tuple(day for day in own if day not in {each.day for each in refused})
        every = (*findings, *of_others, *times.findings, *of_names, *of_status, *of_files, *of_days)
        if not raws:
            nothing = f"no feature where {profile.where}" if profile.where else "nothing to read"
            raise _why_nothing(findings, every) or InputError(nothing, file=where)
        return Series(raws, every, own, lasts=bool(lasting))

    def _of_told_day(
        self, files: Sequence[_File]
    ) -> tuple[Sequence[_File], list[Finding], Times | None]:
        """Leave aside the files of other days, where several say theirs and a day is told.

        The times that all layers say are returned too, if they were asked for and all are left.
        """
        if self.day is None or len(files) == 1:
            return files, [], None
        times = times_of([layer for file in files for layer in file.layers], self.profile)
        if times.of_spans:
            return files, [], times
        own = self._own_days(files, times)
        of_day = [file for file, days in zip(files, own, strict=True) if self.day in days]
        said = sorted({day for days in own for day in days})
        if not of_day and len(said) > 1:
            problem = f"no file is of {self.day}; they say days from {said[0]} to {said[-1]}"
            raise InputError(problem, file=str(files[0].path))
        undated = [file for file, days in zip(files, own, strict=True) if not days]
        others = len(files) - len(of_day) - len(undated)
        if not of_day or not others:
            return files, [], times
        detail = f"{others} files of other days left aside, as {self.day} is told"
        left = [Finding(FindingKind.DAY_DIFFERS, detail, day=self.day)]
        return [*of_day, *undated], left, None

    def _own_days(self, files: Sequence[_File], times: Times) -> list[set[date]]:
        """Return the days that each file says, in its features or else in its name."""
        numbers, found = count(), []
        for file in files:
            rows = [
                (n, len(each.properties)) for each, n in zip(file.layers, numbers, strict=False)
            ]
            try:
                days = {times.own_day(n, row) for n, size in rows for row in range(size)}
            except InputError:  # such a file is refused when it is dated
                days = set()
            found.append({day for day in days if day} or self._days_in_names(file))
        return found

    def _days_in_names(self, file: _File) -> set[date]:
        return _days_in(file.names, self.profile)

    def _dated(
        self, files: Sequence[_File], times: Times, labels: Labels
    ) -> tuple[list[RawZones], list[Lasting], list[Finding]]:
        """Date every layer of every file; one that cannot be dated is refused with a finding."""
        parts: list[RawZones] = []
        lasting: list[Lasting] = []
        findings: list[Finding] = []
        numbers = count()
        for file in files:
            dating = [
                Dating(times, number, file.path, labels, self.day)
                for _, number in zip(file.layers, numbers, strict=False)
            ]
            findings += file.findings
            try:
                spans = [each.lasting() for each in dating]
                of_layers = [
                    each.parts() if over is None else []
                    for each, over in zip(dating, spans, strict=True)
                ]
                of_file = [part for parts_of in of_layers for part in parts_of]
                _refuse_nothing(of_file, times, [each.number for each in dating])
            except TerritoryError as error:
                findings.append(self._refusal(error, file.path))
                continue
            parts += of_file
            lasting += [each for each in spans if each is not None]
            for layer, dated in zip(file.layers, of_layers, strict=True):
                findings += _on_their_day(layer.findings, dated)
        return parts, lasting, findings

    def _refusal(self, error: TerritoryError, path: Path) -> Finding:
        """Say why a file is not used, on its day if the name tells it."""
        try:
            when = self.day or self.profile.day_in_name(path)
        except InputError:
            when = None
        return Finding(FindingKind.REFUSED, str(error), Severity.ERROR, when)


def _days_in(names: Iterable[Path], profile: Profile) -> set[date]:
    """Return the days that all of some names say; none if one says none."""
    try:
        return {profile.day_in_name(name) for name in names}
    except InputError:
        return set()


def _says_day(names: Sequence[Path], profile: Profile) -> bool:
    """Return whether names say a day, be it one of which the order is known from others alone."""
    return bool(_days_in(names, profile)) or any(may_be_either(each.name) for each in names)


def _idle_format(files: Iterable[_File], times: Times, profile: Profile) -> Iterator[Finding]:
    """Tell of a format of days that no column and no name of a file has."""
    of_names = (profile.day.has_format(name.name) for file in files for name in file.names)
    of_text = profile.day.format and not profile.day.name_order
    if of_text and not (times.instants or times.spans or any(of_names)):
        detail = (
            f"no day is written as {profile.day.format}, as --day-format (format under [day] of a"
            " profile) says: no column holds days, and the names of files write them otherwise"
        )
        yield Finding(FindingKind.DAY_ORDER, detail, Severity.WARNING)


def _labels(profile: Profile, ground: DrawnArea | None) -> tuple[Labels, tuple[Finding, ...]]:
    """Return what says who holds what, and what was found in the ground that fronts cut."""
    if not profile.ground:
        return HolderLabels(profile), ()
    ground = ground or parse_area(profile.ground, option="ground")
    if ground.rim is not None:  # a choice, or known
        return FrontLabels(profile, ground), ground.findings
    detail = (
        f"the rim of the ground '{profile.ground}' is taken as exact; for an error of it name the"
        " ground as --area too, with --rim-error-m METRES"
    )
    exact = Finding(FindingKind.RIM_EXACT, detail)
    return FrontLabels(profile, ground), (*ground.findings, exact)


def _on_their_day(findings: Iterable[Finding], dated: Sequence[RawZones]) -> Iterator[Finding]:
    """Give what a reader warns of the days that the file is about."""
    for finding in findings:
        days = sorted({raw.day for raw in dated})
        if finding.severity is Severity.INFO or not days:
            yield finding
        else:
            yield from (replace(finding, day=day) for day in days)


def _refuse_other_crs(found: Sequence[tuple[CRS, str]]) -> None:
    """Refuse a series in several CRS: a line is the same line on all days only within one."""
    for crs, file in found[1:]:
        first, first_file = found[0]
        if not same_crs(crs, first):
            problem = (
                f"is in {crs.name}, but {first_file} in {first.name}; write all files in one CRS"
            )
            raise CRSError(problem, file=file)


def _refuse_nothing(parts: Sequence[RawZones], times: Times, numbers: Iterable[int]) -> None:
    """Refuse a file of whose features none holds on the day in its name."""
    spans = {span for n in numbers for span in times.spans.get(n, ()) if span is not None}
    if parts and spans and not any(len(part.geometry) for part in parts):
        problem = f"nothing holds on {parts[0].day}, the day in its name; {reach_of(spans)}"
        raise InputError(problem, file=parts[0].source.location)


def _why_nothing(unread: Sequence[Finding], every: Sequence[Finding]) -> InputError | None:
    """Return why there is nothing: what most files were refused for, read or not yet read."""
    errors = [each for each in every if each.severity is Severity.ERROR]
    refused = [each for each in errors if each.kind == FindingKind.REFUSED]
    before = [each for each in refused if each in unread]
    after = [each for each in refused if each not in unread]
    told = [*after, *before] if len(after) >= len(before) else [*before, *after]
    return next((InputError(each.detail) for each in (*told, *errors)), None)


def _refuse_mixture(parts: Sequence[RawZones], lasting: Sequence[Lasting]) -> None:
    """Refuse maps of one day beside features that hold over spans: a day would miss some."""
    if parts and lasting:
        problem = (
            f"is of {parts[0].day}, but the features of {lasting[0].file} hold over spans of time;"
            " read them apart, or give every feature its span"
        )
        raise InputError(problem, file=parts[0].source.location)


def _is_table_beside(path: Path) -> bool:
    """Return whether a file is a table that merely lies in a folder of zones."""
    try:
        return kind_of_file(path) == ".csv" and not has_geometry_column(read_bytes(path))
    except InputError:  # its reader says why
        return False


def _layer_left_out(layer: Layer, field: str) -> Finding:
    detail = f"{layer.file}: layer '{layer.name}' left out; none of its features has '{field}'"
    km2 = km2_of(layer.geometry, layer.crs)
    return Finding(FindingKind.LEFT_OUT, detail, Severity.INFO, km2=km2)


def _whole_answer(layers: Sequence[Layer]) -> list[tuple[Pages, date | None]]:
    """Return the files of spans as pages, if together they are all of an answer."""
    pages = pages_of(layers)
    return [(pages, None)] if pages and pages.is_whole and not pages.repeated else []


def _one_per_day(
    parts: Iterable[RawZones], profile: Profile, layers: Mapping[str, Layer]
) -> tuple[tuple[RawZones, ...], list[Finding], list[tuple[Pages, date | None]]]:
    """Settle what several pictures of one day mean; name those that are pages of a whole answer."""
    raws: list[RawZones] = []
    whole: list[tuple[Pages, date | None]] = []
    findings = [_of_cut(profile)] if profile.day.cut else []
    several = "last" if profile.day.cut and profile.several == "error" else profile.several
    ordered = sorted(parts, key=lambda raw: (raw.day, _moment_of(raw, profile)))
    for day, group in groupby(ordered, key=lambda raw: raw.day):
        same_day, about = _layers_merged(list(group))
        findings += about
        if len(same_day) == 1:
            raws.append(same_day[0])
            continue
        files = [raw.source.location for raw in same_day]
        pages = pages_of([layers[file] for file in files])
        if pages and not pages.repeated:
            raws.append(merged(same_day))
            findings.append(pages.as_finding(day))
            whole += [(pages, day)] if pages.is_whole else []
            continue
        if several == "merge":
            raws.append(merged(same_day))
            continue
        if several == "last":
            times = _times(same_day, profile)
            detail = f"{len(files)} snapshots; the last one counts ({files[-1]}){times}"
            findings.append(Finding(FindingKind.SEVERAL_SNAPSHOTS, detail, Severity.INFO, day))
            raws.append(same_day[-1])
            continue
        problem = f"{day} is also given by {files[0]}"
        if pages:
            problem += (
                f"; both were cut by the server and hold {pages.repeated}, so they are no pages of"
                " one answer: fetch all pages anew, in one order"
            )
        else:
            problem += (
                '; keep one of them, or say in a profile what they are: several = "merge" (parts of'
                ' one map) or "last" (the last one counts)'
            )
        findings.append(Finding(FindingKind.REFUSED, f"{files[1]}: {problem}", Severity.ERROR, day))
    return tuple(raws), findings, whole


def _moment_of(raw: RawZones, profile: Profile) -> tuple[float, str]:
    """Return what snapshots of one day are ordered by: their time, as far as names tell it."""
    moment = profile.moment_in_name(Path(raw.source.location))
    return (0.0 if moment is None else moment.timestamp()), raw.source.location


def _times(same_day: Sequence[RawZones], profile: Profile) -> str:
    """List the times of the snapshots of one day, where the names of their files tell them."""
    moments = [profile.moment_in_name(Path(raw.source.location)) for raw in same_day]
    known = [each for each in moments if each is not None]
    if len(known) < len(moments):
        return ""
    day = same_day[0].day
    texts = [f"{each:%H:%M}" if each.date() == day else f"{each:%Y-%m-%d %H:%M}" for each in known]
    return f"; they are of {', '.join(texts)} {profile.day.clock.tzname(None)}"


def _of_cut(profile: Profile) -> Finding:
    detail = (
        f"days are cut at {profile.day.cut_words}: the last snapshot until then counts, and a later"
        " one belongs to the next day"
    )
    return Finding(FindingKind.SEVERAL_SNAPSHOTS, detail, Severity.INFO)


def _layers_merged(parts: list[RawZones]) -> tuple[list[RawZones], list[Finding]]:
    """Put the layers of each file together: folders of a KML are parts of one map."""
    files = [list(group) for _, group in groupby(parts, key=lambda raw: raw.source.location)]
    about = [
        Finding(
            FindingKind.LAYERS_MERGED,
            f"{file[0].source.location}: {len(file)} layers put together as one map",
            Severity.INFO,
            file[0].day,
        )
        for file in files
        if len(file) > 1
    ]
    return [merged(file) for file in files], about

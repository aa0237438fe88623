"""Days as files say them to days that can be cut together: every one cleaned, or refused in words.

All that is asked of what files said is asked here, so that it can go before the days are cut.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import zip_longest

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import GeometryError, InputError, TerritoryError, doing
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.area import geodesic_area_km2
from territory.geometry.coverage import polygons_in
from territory.geometry.projection import WGS84, transformation
from territory.history.drawn_days import Drawn
from territory.history.lost_geometry import has_lost
from territory.history.overlaps import Overlap
from territory.history.repair import DOUBT_PERCENT, Repair, normalise
from territory.history.snapshot import RawZones, Snapshot
from territory.history.tiles import Run
from territory.holders import CONTESTED, NOBODY, Holder, Status
from territory.job.consecutive_days import cleaned_in_turn
from territory.job.kept_days import days_form
from territory.job.series import SeriesRequest
from territory.memo import Memo, answers
from territory.quality.excluded_features import LeftOutClass, left_out_findings
from territory.quality.missing_days import far_days
from territory.quality.swapped_axes import mirrored_features
from territory.read.profile import Profile
from territory.read.world import read_countries
from territory.read.zones import Series

_NEAR = 15  # days on each side among which a feature that lost its geometry is looked for
_MAX_HOLDERS = 1000  # every one is a layer; far more than there are parties to a war


@dataclass(frozen=True, eq=False)
class CleanDays:
    """Cleaned days, and all that is asked of what files said, which then may go.

    Attributes
    ----------
    snapshots : tuple of Snapshot
        Days in order.
    own : tuple of date
        Those that the series has, without what else was read.
    days : tuple of date
        Those to report.
    far, before : tuple of Finding
        Days that lie far from the others, and what else was found.
    fills, files
        As of `territory.job.cut_zones.CutZones`.
    """

    snapshots: tuple[Snapshot, ...]
    own: tuple[date, ...]
    days: tuple[date, ...]
    far: tuple[Finding, ...]
    before: tuple[Finding, ...]
    fills: Mapping[str, str]
    files: Mapping[date, str]


def clean_days(
    series: Series, profile: Profile, request: SeriesRequest, *, run: Run, memo: Memo | None
) -> CleanDays:
    """Clean the days that are asked for, and look at what their files said.

    Parameters
    ----------
    series : Series
        As read, in any CRS.
    profile : Profile
        Says what to do about invalid polygons, and which names mean something here.
    request : SeriesRequest
        The days that are asked for.
    run : callable
        Like ``map``; see `territory.job.workers.spread`.
    memo : Memo, optional
        The days of an earlier run.

    Returns
    -------
    CleanDays
        In the CRS of the files.

    Raises
    ------
    InputError
        If no day can be used, or one that is asked for was refused.
    """
    raws = _asked_for(series, request)
    _refuse_many_actors(raws)
    snapshots, refused = normalised(
        raws,
        reserved=_reserved(profile),
        repair=profile.repair,
        doubt_percent=profile.doubt_percent,
        run=run,
        memo=memo,
    )
    _refuse_no_polygon(snapshots, raws[0].source.location)
    there, of_series = tuple(each.day for each in snapshots), set(series.own_days)
    own = tuple(day for day in there if day in of_series)
    _refuse_lost_days(request, (*series.findings, *refused), there)
    days = request.days(there, own)  # before the long work
    far = tuple(far_days(own, {raw.day: raw.source.location for raw in raws}))
    with doing("looking for zones that lie elsewhere"):
        mirrored = mirrored_features(raws, read_countries())
        left_out = left_out_findings(_left_out(raws, own), read_countries())
        before = (*left_out, *request.span.about(series.findings), *mirrored, *refused)
    return CleanDays(
        snapshots, own, days, far, before, _own_fills(raws), _files_of_one_day(series.raws)
    )


def _asked_for(series: Series, request: SeriesRequest) -> tuple[RawZones, ...]:
    """Return the days in the span that is asked for; refuse a span without any."""
    request.span.of(series.own_days)
    raws = tuple(raw for raw in series.raws if request.span.holds(raw.day))
    if not raws:  # every day in the span was refused
        refusals = (f.detail for f in series.findings if f.severity is Severity.ERROR)
        raise InputError(next(refusals, "no day can be used"))
    return raws


def _reserved(profile: Profile) -> frozenset[str]:
    """Return the names that no actor of a series may have."""
    contested = {CONTESTED.actor} if profile.overlap is Overlap.CONTESTED else set()
    return frozenset({NOBODY.actor, *contested})


def normalised(
    raws: Sequence[RawZones],
    *,
    reserved: frozenset[str] = frozenset({NOBODY.actor}),
    repair: Repair | None = None,
    doubt_percent: float = DOUBT_PERCENT,
    run: Run = map,
    memo: Memo | None = None,
) -> tuple[tuple[Snapshot, ...], list[Finding]]:
    """Clean every day; a day that cannot be cleaned is refused and listed.

    Parameters
    ----------
    raws : sequence of RawZones
        As read, days in order.
    reserved : frozenset of str
        Names that no actor may have, because they mean something here.
    repair : Repair, optional
        How to read polygons whose area depends on it; None refuses them.
    doubt_percent : float
        See `territory.history.repair.normalise`.
    run : callable
        Like ``map``; of processes and of a cluster, days are pickled.
    memo : Memo, optional
        The days of an earlier run: one that it has is not cleaned again.

    Returns
    -------
    snapshots : tuple of Snapshot
        The days that could be cleaned, in order.
    refused : list of Finding
        Why the others could not.

    Raises
    ------
    InputError
        If no day can be cleaned.
    """
    how = partial(normalise, repair=repair, doubt_percent=doubt_percent)
    clean = partial(_cleaned, reserved=reserved, how=how)
    near = [_near(raws, index) if has_lost(raw) else [] for index, raw in enumerate(raws)]
    days = list(zip(raws, near, strict=True))
    form = days_form(reserved, repair, doubt_percent)
    found = list(answers(memo, form, clean, days, cleaned_in_turn(run)))
    snapshots = tuple(each for each in found if isinstance(each, Snapshot))
    refused = [each for each in found if isinstance(each, Finding)]
    if not snapshots:
        raise InputError(refused[0].detail)
    return snapshots, refused


def _cleaned(
    days: tuple[RawZones, list[RawZones]],
    drawn: Drawn | None = None,
    *,
    reserved: frozenset[str],
    how: Callable[..., Snapshot],
) -> Snapshot | Finding:
    """Clean a day, with those about it and what it draws, or say why it cannot be cleaned."""
    raw, near = days
    try:
        _refuse_reserved(raw, reserved)
        with doing(f"cleaning {raw.source.location} ({raw.day})"):
            return how(raw, others=near, drawn=drawn)
    except TerritoryError as error:
        return Finding(FindingKind.REFUSED, str(error), Severity.ERROR, raw.day)


def _near(raws: Sequence[RawZones], index: int) -> list[RawZones]:
    """Return the days about one of a series, the nearest first and the one before it foremost."""
    pairs = zip_longest(raws[max(index - _NEAR, 0) : index][::-1], raws[index + 1 :][:_NEAR])
    return [raw for pair in pairs for raw in pair if raw is not None]


def _refuse_reserved(raw: RawZones, reserved: frozenset[str]) -> None:
    """Refuse an actor that would be taken for ground without a holder, or for an overlap."""
    for holder in raw.holders:
        if holder.actor in reserved:
            why = (
                "leave such zones out: what nobody holds is what no zone covers"
                if holder.actor == NOBODY.actor
                else "overlaps get that name here; rename the actor or choose another policy"
            )
            problem = f"an actor cannot be named '{holder.actor}'; {why}"
            raise InputError(problem, file=raw.source.location)


def _refuse_many_actors(raws: Iterable[RawZones]) -> None:
    """Refuse a series in which every feature is an actor: its name stands elsewhere."""
    holders: set[Holder] = set()
    for raw in raws:
        holders |= set(raw.holders)
        if len(holders) > _MAX_HOLDERS:
            problem = f"{len(holders):,} different actors; does another property name them?"
            raise InputError(problem, file=raw.source.location)
    _refuse_one_name(holders)


def _refuse_one_name(holders: Collection[Holder]) -> None:
    """Refuse an actor that is called as another with its status: tables would mix them."""
    actors = {each.actor for each in holders}
    alike = sorted(str(each) for each in holders if each.status is not Status.HELD)
    if mixed := next((name for name in alike if name in actors), ""):
        problem = f"'{mixed}' is the name of an actor, and what another is called with its status"
        raise InputError(f"{problem}; rename the actor, or give it that status")


def _refuse_no_polygon(snapshots: tuple[Snapshot, ...], file: str) -> None:
    if not any(snapshot.holders for snapshot in snapshots):
        more = f" (nor on {len(snapshots) - 1} more days)" if snapshots[1:] else ""
        fronts = "front lines need the ground that they cut: --ground"
        raise InputError(f"there is no polygon in it{more}; {fronts}", file=file)


def _refuse_lost_days(
    request: SeriesRequest, findings: Iterable[Finding], there: Collection[date]
) -> None:
    """Say why a day that is asked for was refused, rather than that it is not there."""
    lost = {each.day: each.detail for each in findings if each.severity is Severity.ERROR}
    named = () if isinstance(request.rule, str) else request.rule
    for day in (*named, *request.more_days):
        if day in lost and day not in there:
            raise InputError(f"the snapshot of {day} cannot be used: {lost[day]}")


def _left_out(raws: Iterable[RawZones], days: Collection[date]) -> Iterator[LeftOutClass]:
    """Measure what the profile leaves out on the days of the series."""
    for raw in raws:
        for file, label, geometry in raw.left_out if raw.day in days else ():
            parts, _ = polygons_in(geometry)
            try:
                km2 = geodesic_area_km2(parts, raw.crs)
                lonlat = _lonlat(parts, raw.crs)
            except GeometryError:  # coordinates out of range; `left-out` has no area either
                continue
            yield LeftOutClass(raw.day, file, label, float(km2.sum()), lonlat, km2)


def _lonlat(parts: NDArray[np.object_], crs: CRS) -> NDArray[np.object_]:
    """Return polygons with their corners in longitude and latitude."""
    if crs == WGS84:
        return parts
    to_degrees = transformation(crs, WGS84)
    return np.asarray(
        shapely.transform(parts, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
    )


def _own_fills(raws: Iterable[RawZones]) -> dict[str, str]:
    """Return the colour in which most features of each holder are drawn, if it is theirs alone."""
    counts: dict[str, Counter[str]] = {}
    for raw in raws:
        for holder, fill in zip(raw.holders, raw.fills, strict=False):
            counts.setdefault(str(holder), Counter())[fill] += 1
    most = {name: fills.most_common(1)[0][0] for name, fills in counts.items()}
    shared = Counter(most.values())
    return {name: fill for name, fill in sorted(most.items()) if fill and shared[fill] == 1}


def _files_of_one_day(raws: Iterable[RawZones]) -> dict[date, str]:
    """Return the file of each day, where it is of no other day."""
    located = [(raw.day, raw.source.location) for raw in raws]
    days = Counter(file for _, file in located)
    return {day: file for day, file in located if days[file] == 1}

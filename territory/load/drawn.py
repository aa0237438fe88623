"""Series of drawn zones: files, snapshots, one partition."""

from collections.abc import Iterable
from pathlib import Path

from territory.actors import CONTESTED, NOBODY, Holder
from territory.errors import InputError, TerritoryError, doing
from territory.findings import Finding, Severity
from territory.history import from_snapshots
from territory.load.asked import Asked, Loaded
from territory.load.checks import empty_findings, geodesic_findings, total_findings
from territory.normalise import normalise
from territory.overlaps import Overlap
from territory.quality import check_history, corrupt_days
from territory.read.jobfile import SeriesSpec, UncertaintySpec
from territory.read.profile import Profile, read_profile
from territory.read.text import with_values
from territory.read.vector import read_series, with_fields
from territory.read.world import read_countries
from territory.snapshot import RawZones, Snapshot
from territory.uncertainty import BoundaryError, Ensemble, status_scenarios

_MAX_HOLDERS = 1000  # every one is a layer; far more than there are parties to a war


def load_drawn(asked: Asked, uncertainty: UncertaintySpec) -> Loaded:
    """Read drawn zones of every day, cut them together, and check them over time.

    Raises
    ------
    InputError
        If no day can be used.
    """
    spec, areas = asked.spec, asked.areas
    profile = _profile(spec, asked.folder)
    paths = tuple(str(asked.folder / path) for path in spec.paths)
    series = read_series(paths, profile, day=spec.day)
    asked.span.of(tuple(raw.day for raw in series.raws))
    raws = tuple(raw for raw in series.raws if asked.span.holds(raw.day))
    _refuse_many_actors(raws)
    snapshots, refused = normalised(raws, reserved=_reserved(profile))
    _refuse_no_polygon(snapshots, raws[0].source.location)
    days = asked.days(tuple(snapshot.day for snapshot in snapshots))  # before the long work
    with doing(f"cutting the zones of {_span(snapshots)} together"):
        history = from_snapshots(snapshots, overlap=profile.overlap, priority=profile.priority)
    with doing(f"checking {_span(snapshots)} for faults"):
        over_time = check_history(history, countries=read_countries())
    with doing("cutting the zones along the areas asked for"):
        history, about_regions = asked.cut(history)
    boundary, assumed = _boundary(profile, asked.spec, uncertainty)
    findings = (
        *over_time,
        *asked.span.about(series.findings),
        *refused,
        *history.audit,
        *assumed,
        *about_regions,
        *empty_findings(history, areas),
        *geodesic_findings(areas, history.projection),
        *total_findings(history),
    )
    ensemble = Ensemble(
        history,
        boundary,
        scenarios=status_scenarios(history),
        corrupt=corrupt_days(over_time),
        hour_utc=profile.hour_utc,
        area_variants=uncertainty.area_variants,
    )
    return Loaded(spec.name, ensemble, days, findings, profile.publisher, profile.licence)


def _span(snapshots: tuple[Snapshot, ...]) -> str:
    """Name the days of snapshots."""
    first, last = snapshots[0].day, snapshots[-1].day
    return str(first) if first == last else f"{len(snapshots)} days, {first} to {last},"


def _profile(spec: SeriesSpec, folder: Path) -> Profile:
    """Return the profile of a series with what the job says otherwise."""
    profile = with_fields(read_profile(spec.profile, folder), spec.actor_field, spec.status_field)
    said = {
        name: getattr(spec, name)
        for name in ("overlap", "priority")
        if getattr(spec, name) is not None
    }
    if "overlap" in said and "priority" not in said and said["overlap"] is not Overlap.FIRST:
        said["priority"] = ()  # of the profile, which another policy has no use for
    return with_values(profile, said)


def _reserved(profile: Profile) -> frozenset[str]:
    """Return the names that no actor of a series may have."""
    contested = {CONTESTED.actor} if profile.overlap is Overlap.CONTESTED else set()
    return frozenset({NOBODY.actor, *contested})


def normalised(
    raws: Iterable[RawZones], *, reserved: frozenset[str] = frozenset({NOBODY.actor})
) -> tuple[tuple[Snapshot, ...], list[Finding]]:
    """Clean every day; a day that cannot be cleaned is refused and listed."""
    snapshots, refused = [], []
    for raw in raws:
        try:
            _refuse_reserved(raw, reserved)
            with doing(f"cleaning {raw.source.location} ({raw.day})"):
                snapshots.append(normalise(raw))
        except TerritoryError as error:
            refused.append(Finding("refused", str(error), Severity.ERROR, raw.day))
    if not snapshots:
        raise InputError(refused[0].detail)
    return tuple(snapshots), refused


def _refuse_many_actors(raws: Iterable[RawZones]) -> None:
    """Refuse a series in which every feature is an actor: its name stands elsewhere."""
    holders: set[Holder] = set()
    for raw in raws:
        holders |= set(raw.holders)
        if len(holders) > _MAX_HOLDERS:
            problem = f"{len(holders):,} different actors; does another property name them?"
            raise InputError(problem, file=raw.source.location)


def _refuse_no_polygon(snapshots: tuple[Snapshot, ...], file: str) -> None:
    if not any(snapshot.holders for snapshot in snapshots):
        more = f" (nor on {len(snapshots) - 1} more days)" if snapshots[1:] else ""
        raise InputError(f"there is no polygon in it{more}", file=file)


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


def _boundary(
    profile: Profile, spec: SeriesSpec, uncertainty: UncertaintySpec
) -> tuple[BoundaryError, list[Finding]]:
    """Return the boundary error of drawn zones, saying so where it is only assumed.

    What the series says goes before what the job says for all series, and that before
    what the profile says. Half a kilometre is assumed only where nothing is known: a map
    that was traced tells its own error from its scale.
    """
    said = {**profile.boundary, **uncertainty.boundary, **spec.boundary}
    if "boundary_error_m" in said:
        return BoundaryError(**said), []
    if {"map_scale", "georeference_error_m"} & said.keys():
        given = BoundaryError(**{**said, "boundary_error_m": 0.0})
        detail = (
            f"no boundary_error_m is given; intervals count the {given.total_m:,.0f} m of"
            " tracing the map and putting it on the ground, not how well the map knew the front"
        )
    else:
        given = BoundaryError(**said)
        detail = (
            f"no boundary_error_m is given; intervals assume {given.boundary_error_m:g} m across"
            f" the line, correlated over {given.correlation_length_m:g} m"
        )
    return given, [Finding("assumed-error", detail)]

"""What the command line asks: a file of figures, one figure, or claims."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path

from territory.claims import Claim, Claims, Precision, at, days_of, published_interval
from territory.errors import ClaimError, InputError, OverlapError, did_you_mean
from territory.explain.claims import (
    Asked,
    asked,
    explain_claim,
    measured_ground,
    obstacle,
    truly_km2,
)
from territory.explain.published import DrawnDay, explain_published, measured_day
from territory.explain.zones import Progress, Zones, read_labels, silent
from territory.findings import Finding, Severity
from territory.history import WHOLE
from territory.load import DrawnArea, Loaded, load_series
from territory.overlaps import Overlap
from territory.read.jobfile import SeriesSpec, UncertaintySpec
from territory.read.profile import read_profile
from territory.read.published import Published, read_published, unit_factor
from territory.read.tables import parse_day
from territory.read.text import read_toml, with_values
from territory.read.vector import with_fields
from territory.read.world import known_sizes
from territory.recipes.counting import MAX_SHIFT
from territory.recipes.explanation import Explanation
from territory.recipes.figure import Figure, explain_figure
from territory.recipes.words import Answer

_NOT_DRAWN = ("places", "units")
_FEWEST_DRAWS = 2
LEAST_KM2, MOST_KM2 = 1e-6, 5.101e8  # a square metre, and the surface of the WGS 84 ellipsoid


@dataclass(frozen=True, eq=False)
class Figures:
    """Published figures in km2, of a series or of one day.

    Attributes
    ----------
    published : Published or None
        A series.
    value : str
        A single figure as written, with its unit.
    km2 : Figure or None
        The same in km2.
    day : str
        Of a single figure; empty for the only day there is a file of.
    """

    published: Published | None = None
    value: str = ""
    km2: Figure | None = None
    day: str = ""

    @classmethod
    def of_file(cls, path: Path, day_column: str, value_column: str, unit: str) -> "Figures":
        """Read a CSV file."""
        return cls(
            read_published(path, day_column=day_column, value_column=value_column, unit=unit)
        )

    @classmethod
    def of_value(cls, value: str, unit: str, day: str, precision: str) -> "Figures":
        """Take one figure as it is written.

        Raises
        ------
        InputError
            If it is not above zero, or a word is unknown.
        """
        if precision not in list(Precision):
            hint = did_you_mean(precision, list(Precision))
            raise InputError(f"--precision: unknown word '{precision}'; {hint}")
        try:
            number = Decimal(value.replace(",", ""))
        except InvalidOperation:
            number = Decimal("NaN")
        if not (number.is_finite() and number > 0):
            raise InputError(f"--value: '{value}' is not a number above zero")
        factor = unit_factor(unit)
        if not LEAST_KM2 <= float(number) * factor <= MOST_KM2:
            raise InputError(
                f"--value: {value} {unit} is no area on Earth (1 m2 to 510 million km2)"
            )
        low, high = published_interval(float(number), Precision(precision))
        km2 = Figure(float(number) * factor, low * factor, high * factor)
        return cls(None, f"{value} {unit}", km2, day)


def explain_figures(
    figures: Figures, spec: SeriesSpec, *, by: Sequence[str] = (), progress: Progress = silent
) -> Answer:
    """Find the recipe for a published series or for one published area.

    Days that `inspect` calls errors are left out of a series, and named in the answer. The
    day of a single figure is looked at all the same, since there is no other.

    Parameters
    ----------
    spec : SeriesSpec
        The files, which must be zones as drawn.
    by : sequence of str
        Whose ground the figures are about, if that is known.
    progress : callable
        Told what is being done, and how much of it is.

    Raises
    ------
    InputError
        If the files are not zones, or no figure has a file of its day that can be used.
    """
    if spec.profile in _NOT_DRAWN:
        raise InputError(
            f"the profile '{spec.profile}' gives zones only after a choice of method;"
            " write the figure into a claims file to have it explained"
        )
    zones = _zones(spec, progress)
    published, km2 = figures.published, figures.km2
    if published is not None or km2 is None:
        return _of_series(published or Published("", "", {}, 0.0), zones, spec, by, progress)
    day = parse_day(figures.day, file="--day") if figures.day else _only_day(zones)
    found = _found_faults(spec, progress)
    bad = _bad_days(found) - {day}
    drawn = measured_day(day, zones.without(bad), progress)
    recipes = drawn.recipes(zones.of(by))
    answer = Answer(figures.value, "km2", explain_figure(recipes, km2))
    return _with_findings(answer, found, _around([day]))


def _of_series(
    published: Published,
    zones: Zones,
    spec: SeriesSpec,
    by: Sequence[str],
    progress: Progress,
) -> Answer:
    """Explain a published series on the days that are sound."""
    found = [
        each
        for each in _found_faults(spec, progress)
        if not each.detail.startswith((f"{published.location}:", f"{published.location},"))
    ]  # the file of figures may lie among the zones
    bad = _bad_days(found)
    lost = {day: published.km2[day] for day in published.km2 if day in bad}
    _refuse_all_bad(published, zones, found, bad)
    explained = explain_published(published, zones.without(bad), by=by, progress=progress)
    told = _with_findings(Answer(published.name, "km2", explained), found, _around(published.km2))
    left = tuple(f"{day}: left out, for its map is not sound" for day in sorted(lost))
    return replace(told, unused=(*told.unused, *left))


def _refuse_all_bad(
    published: Published, zones: Zones, found: Iterable[Finding], bad: frozenset[date]
) -> None:
    """Refuse figures whose every day has a map that is not sound."""
    common = set(published.km2) & set(zones.days)
    if common and common <= bad:
        why = next(_told(each) for each in found if each.day in common and _is_error(each))
        raise InputError(f"no day that has a figure has a sound map; {why}")


def _found_faults(spec: SeriesSpec, progress: Progress) -> tuple[Finding, ...]:
    """Return what `inspect` finds in the files."""
    progress("checking the series", 0, 1)
    try:
        found = _tolerant(spec).findings
    except InputError as error:  # it says why no day can be used, but labels can be read
        found = (Finding("refused", str(error), Severity.ERROR),)
    progress("checking the series", 1, 1)
    return found


def _tolerant(spec: SeriesSpec) -> Loaded:
    """Load a series; zones that overlap are as they were published, and no fault of a day."""
    try:
        return _loaded((), spec, {})
    except OverlapError:
        return _loaded((), with_values(spec, {"overlap": Overlap.CONTESTED}), {})


def _bad_days(findings: Iterable[Finding]) -> frozenset[date]:
    return frozenset(each.day for each in findings if each.day is not None and _is_error(each))


def _is_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR


def _around(days: Iterable[date]) -> frozenset[date]:
    """Return days and those beside them whose maps are tried too."""
    steps = range(-MAX_SHIFT, MAX_SHIFT + 1)
    return frozenset(day + timedelta(step) for day in days for step in steps)


def _with_findings(answer: Answer, findings: Iterable[Finding], days: Collection[date]) -> Answer:
    """Return an answer with the findings of some days, and of no day in particular."""
    about = tuple(each for each in findings if each.day is None or each.day in days)
    errors = filter(_is_error, about)
    return replace(answer, findings=about, unused=(*answer.unused, *map(_told, errors)))


def _told(finding: Finding) -> str:
    day = str(finding.day or "")
    when = f" on {day}" if day not in finding.detail else ""
    return f"{finding.kind}{when}: {finding.detail}"


def _zones(spec: SeriesSpec, progress: Progress) -> Zones:
    progress("reading the zones as they are drawn", 0, 1)
    profile = with_fields(read_profile(spec.profile), spec.actor_field, spec.status_field)
    zones = read_labels(spec.paths, profile)
    progress("reading the zones as they are drawn", 1, 1)
    return zones


def _only_day(zones: Zones) -> date:
    if len(zones.days) != 1:
        raise InputError(
            f"the files are of {len(zones.days)} days, {zones.days[0]} to {zones.days[-1]};"
            " say with --day which one the figure is about"
        )
    return zones.days[0]


def read_claims(path: str, wanted: str = "") -> tuple[Claim, ...]:
    """Read a claims file, or one claim of it.

    Raises
    ------
    InputError
        If the file is not understood or has no such claim.
    """
    claims = read_toml(Path(path), Claims).claim
    chosen = tuple(claim for claim in claims if wanted in ("", claim.id))
    if not chosen:
        hint = did_you_mean(wanted, [claim.id for claim in claims])
        raise ClaimError(f"no claim '{wanted}'; {hint}", file=path)
    return chosen


def explain_claims(
    claims: Sequence[Claim],
    spec: SeriesSpec,
    areas: Mapping[str, DrawnArea],
    *,
    progress: Progress = silent,
) -> tuple[Answer, ...]:
    """Find the recipes for claims.

    The readings are those that `check` judges. A claim about all ground held on a day is
    asked of the zones as they are drawn besides, any other of the cleaned history alone.

    Parameters
    ----------
    areas : mapping of str to (geometry, CRS)
        Named areas of the readings. One without a name stands for all.
    progress : callable
        Told what is being done, and how much of it is.

    Raises
    ------
    InputError
        If a reading names an actor that the files do not have.
    """
    if all(obstacle(claim) for claim in claims):
        return tuple(_stopped(claim) for claim in claims)
    progress("reading and cutting the zones", 0, 1)
    loaded = _loaded(claims, spec, areas)
    progress("reading and cutting the zones", 1, 1)
    return explain_judged(claims, spec, loaded, progress=progress)


def explain_judged(
    claims: Sequence[Claim], spec: SeriesSpec, loaded: Loaded, *, progress: Progress = silent
) -> tuple[Answer, ...]:
    """Find the recipes for claims about a series that is loaded already.

    Parameters
    ----------
    spec : SeriesSpec
        Where its files are, for claims that are asked of the zones as they are drawn.
    loaded : Loaded
        The series, with the days and areas of the claims.
    """
    countries = Claims(claim=tuple(claims)).names_countries()
    sizes = known_sizes() if countries else {}
    open_ones = [asked(claim, loaded.ensemble, sizes) for claim in claims if not obstacle(claim)]
    measured = [each for each in open_ones if each.readings]
    found = dict(_found(measured, spec, loaded, progress))
    answers = {each.claim.id: _answer(each, found, loaded) for each in open_ones}
    return tuple(answers.get(claim.id) or _stopped(claim) for claim in claims)


def _stopped(claim: Claim) -> Answer:
    return Answer(claim.id, "", obstacle=obstacle(claim))


def _answer(claim: Asked, found: Mapping[str, tuple[Explanation, ...]], loaded: Loaded) -> Answer:
    """Return what was found for a claim, and what could not be looked at."""
    name, unit = claim.claim.id, str(claim.claim.unit)
    if not claim.readings:
        why = next(iter(claim.unmeasured.values()))
        stopped = Answer(name, unit, obstacle=f"{why[:1].upper()}{why[1:]}.")
        return _with_findings(stopped, loaded.findings, ())
    lost = tuple(
        f"{at(claim.claim, reading)}: not explained: {claim.unmeasured[reading.name]}"
        for reading in claim.claim.reading
        if reading.name in claim.unmeasured
    )
    answer = Answer(name, unit, found[name], unused=lost)
    return _with_findings(answer, loaded.findings, _days_used(claim, loaded))


def _days_used(claim: Asked, loaded: Loaded) -> frozenset[date]:
    """Return the days that the readings of a claim look at."""
    history = loaded.ensemble.base
    return frozenset(day for _, tally in claim.readings for day in tally.query.days(history))


def _found(
    claims: Sequence[Asked], spec: SeriesSpec, loaded: Loaded, progress: Progress
) -> Iterator[tuple[str, tuple[Explanation, ...]]]:
    """Yield the recipes of claims by id; what claims have in common is measured once."""
    zones = None
    if spec.profile not in _NOT_DRAWN and any(each.is_drawn_total for each in claims):
        zones = _zones(spec, progress)
    drawn = [each for each in claims if zones and _is_drawn(each, zones)]
    others = [each for each in claims if each not in drawn]
    done = 0
    if zones:
        zones = zones.without(_bad_days(loaded.findings))
        for day, of_day in groupby(sorted(drawn, key=_drawn_key), key=_day):
            there = measured_day(day, zones, progress)
            for claim, explained in _of_day(list(of_day), there, zones, loaded):
                done += 1
                progress("explaining claims", done, len(claims))
                yield claim, explained
    if others:
        ground = measured_ground(loaded.ensemble, progress)
        for each in others:
            explained = explain_claim(each, ground)
            done += 1
            progress("explaining claims", done, len(claims))
            yield each.claim.id, explained


def _of_day(
    claims: Sequence[Asked], drawn: DrawnDay, zones: Zones, loaded: Loaded
) -> Iterator[tuple[str, tuple[Explanation, ...]]]:
    """Yield the recipes of claims about one day; those of one party and one addition at once."""
    for _, alike in groupby(claims, key=_drawn_key):
        first, *others = alike
        ((_, tally),) = first.readings
        recipes = drawn.recipes(
            {"": zones.labels_of(tally.query.by)},
            truly_km2=truly_km2(first, loaded.ensemble),
            plus_km2=tally.plus_km2,
        )
        for each in (first, *others):
            yield each.claim.id, explain_figure(recipes, each.figure)


def _is_drawn(claim: Asked, zones: Zones) -> bool:
    """Return whether a claim is about all ground held on a day that has labels for it."""
    if not claim.is_drawn_total:
        return False
    near, wanted = _around([_day(claim)]), zones.labels_of(claim.readings[0][1].query.by)
    return any(
        str(holder) in wanted for raw in zones.raws if raw.day in near for holder in raw.holders
    )


def _day(claim: Asked) -> date:
    return claim.readings[0][1].query.end


def _drawn_key(claim: Asked) -> tuple[date, list[str], float]:
    """Return what decides the recipes of a claim about a day: the day, who, and what is added."""
    ((_, tally),) = claim.readings
    return _day(claim), sorted(map(str, tally.query.by)), tally.plus_km2


def _loaded(claims: Sequence[Claim], spec: SeriesSpec, areas: Mapping[str, DrawnArea]) -> Loaded:
    named = dict(areas)
    if set(named) == {""}:
        wanted = {reading.area for claim in claims for reading in claim.reading} - {WHOLE}
        named = dict.fromkeys(sorted(wanted) or [""], named[""])
    return load_series(
        spec,
        Path(),
        areas=named,
        rule="all",
        more_days=(),
        wanted_days=tuple(
            sorted({d for each in claims for r in each.reading for d in days_of(r, each)})
        ),
        uncertainty=UncertaintySpec(draws=_FEWEST_DRAWS),
    )

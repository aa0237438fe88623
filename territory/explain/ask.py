"""What the command line asks: a file of figures, one figure, or claims."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from territory.claims import Claim, Claims, Numeral, Precision, days_of, published_interval
from territory.errors import ClaimError, InputError, did_you_mean, near_hint
from territory.explain.claims import (
    explain_claim,
    explain_drawn,
    is_drawn_total,
    measured_ground,
    obstacle,
)
from territory.explain.published import explain_published, explain_total
from territory.explain.zones import Zones, read_labels
from territory.history import WHOLE
from territory.load import DrawnArea, Loaded, load_series
from territory.read.jobfile import SeriesSpec, UncertaintySpec
from territory.read.profile import read_profile
from territory.read.published import Published, read_published, unit_factor
from territory.read.tables import parse_day
from territory.read.text import read_toml
from territory.read.vector import with_fields
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
    day : str
        Of a single figure; empty for the only day there is a file of.
    """

    published: Published | None = None
    value: str = ""
    km2: float = 0.0
    half_unit_km2: float = 0.0
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
        low, high = published_interval(Numeral(str(number)), Precision(precision))
        half = max(high - float(number), float(number) - low) * factor
        return cls(None, f"{value} {unit}", float(number) * factor, half, day)


def explain_figures(figures: Figures, spec: SeriesSpec, *, by: Sequence[str] = ()) -> Answer:
    """Find the recipe for a published series or for one published area.

    Parameters
    ----------
    spec : SeriesSpec
        The files, which must be zones as drawn.
    by : sequence of str
        Whose ground the figures are about, if that is known.

    Raises
    ------
    InputError
        If the files are not zones, or no figure has a file of its day.
    """
    if spec.profile in _NOT_DRAWN:
        raise InputError(
            f"the profile '{spec.profile}' gives zones only after a choice of method;"
            " write the figure into a claims file to have it explained"
        )
    zones = _zones(spec)
    if figures.published is not None:
        found = explain_published(figures.published, zones, by=by)
        own = figures.published.location  # may lie among the zones
        unused = tuple(
            each
            for each in zones.unused(figures.published.km2)
            if not each.startswith(f"{own}:") and not each.startswith(f"{own},")
        )
        return Answer(figures.published.name, "km2", found, unused=unused)
    day = _only_day(zones) if not figures.day else parse_day(figures.day, file="--day")
    found = explain_total(day, figures.km2, figures.half_unit_km2, zones, by=by)
    return Answer(figures.value, "km2", found, unused=zones.unused([day]))


def _zones(spec: SeriesSpec) -> Zones:
    return read_labels(spec.paths, with_fields(read_profile(spec.profile), spec.actor_field))


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
    claims: Sequence[Claim], spec: SeriesSpec, areas: Mapping[str, DrawnArea]
) -> tuple[Answer, ...]:
    """Find the recipes for claims.

    A claim about all ground held on a day is asked of the zones as they are drawn, any
    other of the cleaned history.

    Parameters
    ----------
    areas : mapping of str to (geometry, CRS)
        Named areas of the readings. One without a name stands for all; without any, the
        readings are measured on the whole map.

    Raises
    ------
    InputError
        If a reading names an actor or a day that the files do not have.
    """
    return _answers(claims, spec, lambda others: _loaded(others, spec, areas))


def explain_judged(claims: Sequence[Claim], spec: SeriesSpec, loaded: Loaded) -> tuple[Answer, ...]:
    """Find the recipes for claims about a series that is loaded already.

    Parameters
    ----------
    spec : SeriesSpec
        Where its files are, for claims that are asked of the zones as they are drawn.
    loaded : Loaded
        The series, with the days and areas of the claims.
    """
    return _answers(claims, spec, lambda _others: loaded)


def _answers(
    claims: Sequence[Claim], spec: SeriesSpec, load: Callable[[Sequence[Claim]], Loaded]
) -> tuple[Answer, ...]:
    open_ones = [claim for claim in claims if not obstacle(claim)]
    drawn = [c for c in open_ones if spec.profile not in _NOT_DRAWN and is_drawn_total(c)]
    others = [claim for claim in open_ones if claim not in drawn]
    reasons = {claim.id: obstacle(claim) for claim in claims}
    answers = {name: Answer(name, "", obstacle=why) for name, why in reasons.items() if why}
    if drawn:
        zones = _zones(spec)
        for claim in drawn:
            days = days_of(claim.reading[0], claim)
            lost = _without(claim, zones.days)
            found = () if lost else explain_drawn(claim, zones)
            unused = zones.unused(days)
            answers[claim.id] = Answer(claim.id, "km2", found, obstacle=lost, unused=unused)
    if others:
        loaded = load(others)
        ground = measured_ground(loaded.ensemble.base)
        days = loaded.ensemble.base.days
        for claim in others:
            lost = _without(claim, days)
            found = () if lost else explain_claim(_with_days(claim, days), ground)
            unit, unused = str(claim.unit), loaded.unusable
            answers[claim.id] = Answer(claim.id, unit, found, obstacle=lost, unused=unused)
    return tuple(answers[claim.id] for claim in claims)


def _with_days(claim: Claim, days: Sequence[date]) -> Claim:
    """Return a claim with the readings that there are snapshots for."""
    kept = tuple(each for each in claim.reading if set(days_of(each, claim)) <= set(days))
    return claim.model_copy(update={"reading": kept})


def _without(claim: Claim, days: Sequence[date]) -> str:
    """Return why no reading of a claim has its snapshots, or an empty string."""
    if _with_days(claim, days).reading:
        return ""
    wanted = {day for each in claim.reading for day in days_of(each, claim)}
    lost = min(wanted - set(days))
    return f"There is no snapshot of {lost}; {near_hint(lost, days)}."


def _loaded(claims: Sequence[Claim], spec: SeriesSpec, areas: Mapping[str, DrawnArea]) -> Loaded:
    named = dict(areas)
    if set(named) == {""}:
        asked = {reading.area for claim in claims for reading in claim.reading} - {WHOLE}
        named = dict.fromkeys(sorted(asked) or [""], named[""])
    return load_series(
        spec,
        Path(),
        areas=named,
        rule="all",
        more_days=(),
        uncertainty=UncertaintySpec(draws=_FEWEST_DRAWS),
    )

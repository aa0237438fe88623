"""What the command line asks: a file of figures, one figure, or claims."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from territory.claims.model import Claim, Claims
from territory.claims.precision import Precision, precision_of, published_interval
from territory.errors import ClaimError, InputError, did_you_mean
from territory.explain.claims import obstacle
from territory.explain.published_series import explain_published, measured_day
from territory.explain.published_zones import Progress, Zones, silent
from territory.explain.recipes.figure_search import Figure, explain_figure
from territory.explain.recipes.sentences import Answer
from territory.explain.series_claims import explain_judged, stopped
from territory.explain.soundness import (
    around,
    drawn_zones,
    found_faults,
    is_drawn,
    loaded_for,
    with_findings,
)
from territory.findings import Finding, Severity, line_of
from territory.job.spec import SeriesSpec
from territory.numbers import Numeral
from territory.quality.check import corrupt_days
from territory.read.aoi import DrawnArea
from territory.read.place_tables import parse_day
from territory.read.published_figures import Published, read_published, unit_factor
from territory.read.text_files import read_toml

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
        """Read a CSV file.

        Parameters
        ----------
        path : Path
            A CSV file with a row for each day.
        day_column, value_column : str
            Names of the columns of the day and of the published area.
        unit : str
            ``km2``, ``m2``, ``ha`` or ``sqmi`` (square miles), of all values.

        Raises
        ------
        InputError
            If the file cannot be read, or a day or a value in it is not understood.
        """
        return cls(
            read_published(path, day_column=day_column, value_column=value_column, unit=unit)
        )

    @classmethod
    def of_value(cls, value: str, unit: str, day: str, precision: str) -> "Figures":
        """Take one figure as it is written.

        Parameters
        ----------
        value : str
            The number as published, above zero; a comma stands between thousands.
        unit : str
            See `territory.read.published_figures.unit_factor`.
        day : str
            As ``YYYY-MM-DD``; empty for the only day there is a file of.
        precision : str
            How exactly the figure is meant, such as ``rounded`` or ``about``; see
            `territory.claims.precision.precision_of`.

        Raises
        ------
        InputError
            If it is not above zero, has a comma elsewhere, or a word is unknown.
        """
        try:
            meant = precision_of(precision)
        except ValueError as error:
            raise InputError(f"--precision: {error}") from None
        if meant is Precision.BETWEEN:
            raise InputError("--precision: 'between' needs two figures; explain one at a time")
        number = _above_zero(value)
        factor = unit_factor(unit)
        if not LEAST_KM2 <= float(number) * factor <= MOST_KM2:
            raise InputError(
                f"--value: {value} {unit} is no area on Earth (1 m2 to 510 million km2)"
            )
        low, high = published_interval(Numeral(str(number)), meant)
        km2 = Figure(float(number) * factor, low * factor, high * factor)
        return cls(None, f"{value} {unit}", km2, day)

    def days(self) -> tuple[date, ...]:
        """Return the days that the figures name.

        Returns
        -------
        tuple of date
            In the order of the file; none for a figure without a day.
        """
        if self.published is not None:
            return tuple(self.published.km2)
        return (parse_day(self.day, file="--day"),) if self.day else ()


def _above_zero(value: str) -> Decimal:
    """Return a figure with every digit, as it stands in a sentence or as a program writes it."""
    try:
        number = Decimal(value) if "," not in value else Numeral.published(value).decimal
    except (InvalidOperation, ValueError):
        number = Decimal("NaN")
    whole, comma, rest = value.strip().partition(",")
    if comma and not number.is_finite() and whole.isdecimal() and rest.isdecimal():
        rather = f"write {whole}.{rest} or {int(whole + rest):,}"
        raise InputError(f"--value: '{value}': a comma stands between thousands; {rather}")
    if not (number.is_finite() and number > 0):
        raise InputError(f"--value: '{value}' is not a number above zero")
    return number


def explain_figures(
    figures: Figures, spec: SeriesSpec, *, by: Sequence[str] = (), progress: Progress = silent
) -> Answer:
    """Find the recipe for a published series or for one published area.

    Days that `inspect` calls errors are left out of a series, and named in the answer. The
    day of a single figure is looked at all the same, since there is no other.

    Parameters
    ----------
    figures : Figures
        One series or one figure, in km2.
    spec : SeriesSpec
        The files, which must be zones as drawn.
    by : sequence of str
        Whose ground the figures are about, if that is known.
    progress : callable
        Told what is being done, and how much of it is.

    Returns
    -------
    Answer
        The recipes in km2, the likeliest first, with the faults of the days they are about.

    Raises
    ------
    InputError
        If the files are not zones, or no figure has a file of its day that can be used.
    """
    if not is_drawn(spec):
        raise InputError(
            f"the profile '{spec.profile}' gives zones only after a choice of method;"
            " write the figure into a claims file to have it explained"
        )
    zones = drawn_zones(spec, progress, also=figures.days())

    def faults(days: Iterable[date]) -> tuple[Finding, ...]:
        return found_faults(spec, progress, also=days)

    return explain_zones(figures, zones, faults, by=by, progress=progress)


def explain_zones(
    figures: Figures,
    zones: Zones,
    faults: Callable[[Iterable[date]], tuple[Finding, ...]],
    *,
    by: Sequence[str] = (),
    progress: Progress = silent,
) -> Answer:
    """Find the recipe for published figures about zones that are read already.

    Parameters
    ----------
    figures : Figures
        One series or one figure, in km2.
    zones : Zones
        As drawn, label by label.
    faults : callable
        Returns what is wrong with the zones; it takes further days to look at.
    by, progress
        As for `explain_figures`.

    Raises
    ------
    InputError
        As for `explain_figures`.
    """
    if figures.published is not None:
        return _of_series(figures.published, zones, faults, by, progress)
    if figures.km2 is None:
        raise InputError("there is no figure to explain")
    day = figures.days()[0] if figures.day else _only_day(zones)
    found = faults((day,))
    bad = corrupt_days(found) - {day}
    drawn = measured_day(day, zones.without(bad), progress)
    recipes = drawn.recipes(zones.of(by))
    answer = Answer(figures.value, "km2", explain_figure(recipes, figures.km2))
    return with_findings(answer, found, around([day]))


def _of_series(
    published: Published,
    zones: Zones,
    faults: Callable[[Iterable[date]], tuple[Finding, ...]],
    by: Sequence[str],
    progress: Progress,
) -> Answer:
    """Explain a published series on the days that are sound."""
    found = [
        each
        for each in faults(published.km2)
        if not each.detail.startswith((f"{published.location}:", f"{published.location},"))
    ]  # the file of figures may lie among the zones
    bad = corrupt_days(found)
    lost = {day: published.km2[day] for day in published.km2 if day in bad}
    _refuse_all_bad(published, zones, found, bad)
    explained = explain_published(published, zones.without(bad), by=by, progress=progress)
    with_warnings = with_findings(
        Answer(published.name, "km2", explained), found, around(published.km2)
    )
    left = tuple(f"{day}: left out, for its map is not sound" for day in sorted(lost))
    return replace(with_warnings, unused=(*with_warnings.unused, *left))


def _refuse_all_bad(
    published: Published, zones: Zones, found: Iterable[Finding], bad: frozenset[date]
) -> None:
    """Refuse figures whose every day has a map that is not sound."""
    common = set(published.km2) & set(zones.days)
    if common and common <= bad:
        errors = (each for each in found if each.severity is Severity.ERROR)
        why = next(line_of(each) for each in errors if each.day in common)
        raise InputError(f"no day that has a figure has a sound map; {why}")


def _only_day(zones: Zones) -> date:
    if len(zones.days) != 1:
        raise InputError(
            f"the files are of {len(zones.days)} days, {zones.days[0]} to {zones.days[-1]};"
            " say with --day which one the figure is about"
        )
    return zones.days[0]


def read_claims(path: str, wanted: str = "") -> tuple[Claim, ...]:
    """Read a claims file, or one claim of it.

    Parameters
    ----------
    path : str
        The claims file.
    wanted : str
        The id of one claim; empty for all.

    Returns
    -------
    tuple of Claim
        In the order of the file; never none.

    Raises
    ------
    InputError
        If the file is not understood or has no such claim.
    ClaimError
        If it has no such claim; the message names the nearest.
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
    claims : sequence of Claim
        As published, in their order.
    spec : SeriesSpec
        Which files, and how to read them.
    areas : mapping of str to DrawnArea
        Named areas of the readings. One without a name stands for all.
    progress : callable
        Told what is being done, and how much of it is.

    Returns
    -------
    tuple of Answer
        One for each claim, in their order.

    Raises
    ------
    InputError
        If a reading names an actor that the files do not have.
    """
    if all(obstacle(claim) for claim in claims):
        return tuple(stopped(claim) for claim in claims)
    progress("reading and cutting the zones", 0, 1)
    loaded = loaded_for(claims, spec, areas)
    progress("reading and cutting the zones", 1, 1)
    return explain_judged(claims, spec, loaded, progress=progress)

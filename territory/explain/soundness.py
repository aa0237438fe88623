"""A series as it is asked about: read, loaded, and what is wrong with its days."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from territory.claims.model import Claim, Claims
from territory.errors import InputError, OverlapError
from territory.explain.published_zones import Progress, Zones, read_labels
from territory.explain.recipes.counting import MAX_SHIFT
from territory.explain.recipes.sentences import Answer
from territory.findings import Finding, FindingKind, Severity, line_of
from territory.history.history import WHOLE
from territory.history.overlaps import Overlap
from territory.job.input_files import is_of_units
from territory.job.load import load_series
from territory.job.series import Loaded
from territory.job.series_profile import profile_of
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.read.aoi import DrawnArea
from territory.read.text_files import with_values

_FEWEST_DRAWS = 2


def is_drawn(spec: SeriesSpec, folder: Path = Path()) -> bool:
    """Return whether somebody drew the zones of a series: it is neither of places nor of units.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    folder : Path
        What relative file names start from.
    """
    return spec.profile != "places" and not is_of_units(spec, folder)


def drawn_zones(spec: SeriesSpec, progress: Progress, *, also: Iterable[date] = ()) -> Zones:
    """Read the files of a series label by label.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them; its profile must be one of drawn zones.
    progress : callable
        Told when reading begins and when it is done.
    also : iterable of date
        Days that a series of spans is asked for besides its own.

    Returns
    -------
    Zones
        In degrees, one set of polygons for each day.

    Raises
    ------
    InputError
        If no file can be used.
    """
    progress("reading the zones as they are drawn", 0, 1)
    zones = read_labels(spec.paths, profile_of(spec), also=also)
    progress("reading the zones as they are drawn", 1, 1)
    return zones


def loaded_for(
    claims: Sequence[Claim],
    spec: SeriesSpec,
    areas: Mapping[str, DrawnArea],
    *,
    also: tuple[date, ...] = (),
) -> Loaded:
    """Load the series that claims are about, with their days and areas, and further days.

    Parameters
    ----------
    claims : sequence of Claim
        Their days and areas are loaded besides those of the series.
    spec : SeriesSpec
        Which files, and how to read them.
    areas : mapping of str to DrawnArea
        Named areas as drawn. One without a name stands for every area that the claims name.
    also : tuple of date
        Further days; one on which nothing holds is left out.

    Returns
    -------
    Loaded
        With as few draws as are allowed, as no interval is wanted.

    Raises
    ------
    InputError
        If anything in the files cannot be used as it stands.
    """
    named = dict(areas)
    if set(named) == {""}:  # one area without a name stands for whatever the claims call it
        wanted = {reading.area for claim in claims for reading in claim.reading} - {WHOLE}
        named = dict.fromkeys(sorted(wanted) or [""], named[""])
    return load_series(
        spec,
        Path(),
        areas=named,
        rule="all",
        more_days=(),
        wanted_days=(*Claims(claim=tuple(claims)).days(), *also),
        uncertainty=UncertaintySpec(draws=_FEWEST_DRAWS),
    )


def found_faults(
    spec: SeriesSpec, progress: Progress, *, also: Iterable[date] = ()
) -> tuple[Finding, ...]:
    """Return what `inspect` finds in the files, and on further days of a series of spans.

    Parameters
    ----------
    spec : SeriesSpec
        Which files, and how to read them.
    progress : callable
        Told when checking begins and when it is done.
    also : iterable of date
        Days that a series of spans is asked for besides its own.

    Returns
    -------
    tuple of Finding
        A series that cannot be loaded at all is one finding that says why.
    """
    progress("checking the series", 0, 1)
    try:
        found = _tolerant(spec, tuple(also)).findings
    except InputError as error:  # it says why no day can be used, but labels can be read
        found = (Finding(FindingKind.REFUSED, str(error), Severity.ERROR),)
    progress("checking the series", 1, 1)
    return found


def _tolerant(spec: SeriesSpec, also: tuple[date, ...]) -> Loaded:
    """Load a series; zones that overlap are as they were published, and no fault of a day."""
    try:
        return loaded_for((), spec, {}, also=also)
    except OverlapError:
        contested = with_values(spec, {"overlap": Overlap.CONTESTED})
        return loaded_for((), contested, {}, also=also)


def around(days: Iterable[date]) -> frozenset[date]:
    """Return days and those beside them whose maps are tried too.

    Parameters
    ----------
    days : iterable of date
        Any days; they need no file.

    Returns
    -------
    frozenset of date
        Up to `MAX_SHIFT` days either way.
    """
    steps = range(-MAX_SHIFT, MAX_SHIFT + 1)
    return frozenset(day + timedelta(step) for day in days for step in steps)


def with_findings(answer: Answer, findings: Iterable[Finding], days: Collection[date]) -> Answer:
    """Return an answer with the findings of some days, and of no day in particular.

    Parameters
    ----------
    answer : Answer
        What the search came to.
    findings : iterable of Finding
        Of the whole series.
    days : collection of date
        The days that the answer is about.

    Returns
    -------
    Answer
        Errors among the findings are listed as what could not be used, too.
    """
    about = tuple(each for each in findings if each.day is None or each.day in days)
    errors = (line_of(each) for each in about if each.severity is Severity.ERROR)
    return replace(answer, findings=about, unused=(*answer.unused, *errors))

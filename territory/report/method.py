"""How the figures came about, in plain words, and what the reader should know of the data."""

from collections.abc import Sequence
from math import sqrt

from territory.findings import Severity
from territory.load import Loaded
from territory.report.words import number
from territory.results import Row
from territory.uncertainty import Ensemble

GEODESIC = "geodesic-check"
WORD_RULE = (
    ("exact", "half a unit of the last digit written, either way"),
    ("rounded", "half a unit of the last digit that is not zero, either way"),
    ("roughly", "the same or 5 % of the figure, whichever is more, either way"),
    ("over", "from the figure up to one unit of its last non-zero digit above it"),
    ("under", "from one unit of its last non-zero digit below the figure up to it"),
)
_SMALLEST = 0.01  # km2; a smaller difference is written in square metres


def method(loaded: Loaded) -> tuple[tuple[str, str], ...]:
    """Return headings and paragraphs on how the figures of a series came about."""
    ensemble = loaded.ensemble
    found = [("Zones", _zones(ensemble)), ("Areas", _areas(loaded))]
    found.append(("The 95 % interval", _interval(ensemble)))
    if ensemble.scenarios:
        found.append(("The scenario range", _scenarios(len(ensemble.scenarios))))
    return tuple(found)


def _zones(ensemble: Ensemble) -> str:
    if ensemble.total:
        return (
            f"Every point of the ground counts as held by whoever held the nearest of"
            f" {ensemble.total:,} places on that day. These nearest-place zones are an estimate,"
            " not a surveyed front line: where places are few, one of them speaks for much ground."
        )
    return (
        "The zones are those that the publisher drew. The outlines of all days are laid over one"
        " another and cut into faces that never overlap, so no ground is counted twice."
    )


def _areas(loaded: Loaded) -> str:
    plane = loaded.ensemble.base.projection.name
    text = f"Areas are measured on a map that keeps areas true ({plane})."
    apart = [abs(f.km2) for f in loaded.findings if f.kind == GEODESIC and f.km2 is not None]
    if not apart:
        return text
    return (
        f"{text} As a check, the named areas were measured again on the curved Earth: the two"
        f" differ by at most {_small(max(apart))}."
    )


def _small(km2: float) -> str:
    """Return a tiny area in the unit that suits it.

    Examples
    --------
    >>> _small(0.000722), _small(3.2)
    ('722 m²', '3.2 km²')
    """
    return f"{km2 * 1e6:,.0f} m²" if km2 < _SMALLEST else f"{number(km2)} km²"


def _interval(ensemble: Ensemble) -> str:
    if ensemble.draws:
        return _resampled(ensemble)
    if ensemble.boundary is None:
        return "No interval was computed for these data."
    across, along = ensemble.boundary.boundary_error_m, ensemble.boundary.correlation_length_m
    return (
        f"A drawn boundary is taken to lie {across:,.0f} m from the true one (standard"
        f" deviation), with errors that go together over {along:,.0f} m along the line. The"
        " longer the boundary of a zone, the wider the interval of its area. Parties that drew"
        " the front wrongly on purpose are not covered by this."
    )


def _resampled(ensemble: Ensemble) -> str:
    factor = sqrt(ensemble.kept / (ensemble.total - ensemble.kept))
    share = f"{100 * ensemble.kept / ensemble.total:.0f}\u00a0%"
    return (
        f"Everything was computed {len(ensemble.draws):,} more times, each time with only"
        f" {ensemble.kept:,} of the {ensemble.total:,} places ({share}), drawn at random from a"
        f" fixed seed. The spread of the results, multiplied by {factor:.2g} because so few places"
        " are left out each time (the delete-d jackknife), gives the interval. It says how much"
        " hangs on which places happen to be on the list, and nothing about mistakes in the"
        " reports."
    )


def _scenarios(count: int) -> str:
    return (
        f"The reports can be read in other ways: events on their earliest or latest possible day,"
        f" only the firmer evidence, other holders at the start. {count:,} such readings were"
        " computed. Their range stands beside the interval and not inside it, because a choice of"
        " definition is not a random error."
    )


def doubts(quality: Sequence[Row]) -> tuple[Row, ...]:
    """Return the findings that a reader must know of, errors first."""
    order = [str(Severity.ERROR), str(Severity.WARNING)]
    found = [row for row in quality if row["severity"] in order]
    return tuple(sorted(found, key=lambda row: order.index(str(row["severity"]))))

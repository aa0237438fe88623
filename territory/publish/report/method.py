"""How the figures came about, in plain words, and what the reader should know of the data."""

from collections.abc import Sequence
from math import sqrt

from territory.findings import FindingKind, Severity
from territory.history.regions import ELSEWHERE
from territory.job.series import Loaded
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import BASE, Ensemble
from territory.measure.rows import Row
from territory.measure.strips import same_line_m
from territory.publish.report.report_text import listing, number

WORD_RULE = (
    ("exact", "half a unit of the last digit written, either way: “1.0” is 0.95 to 1.05"),
    (
        "rounded",
        "the same; of whole km² or counts that end in zeros, half a unit of the last digit"
        " that is not zero, but at most 5 %",
    ),
    (
        "roughly",
        "5 % of the figure, or half of that unit if it is more, but at most 10 %; never less than"
        " without a word",
    ),
    ("over", "from the figure up by 10 %"),
    ("under", "from the figure down by 10 %"),
    ("just over, nearly", "the same, and what lies farther off is not true of them"),
)
_SMALLEST = 0.01  # km2; a smaller difference is written in square metres


def method(loaded: Loaded) -> tuple[tuple[str, str], ...]:
    """Return headings and paragraphs on how the figures of a series came about.

    Parameters
    ----------
    loaded : Loaded
        The series, as it is measured.

    Returns
    -------
    tuple of (str, str)
        Each heading with its paragraph.
    """
    ensemble = loaded.ensemble
    found = [("Zones", _zones(ensemble)), ("Areas", _areas(loaded))]
    found += _given(loaded)
    if ensemble.count_draws:
        found.append(("Villages", _villages(ensemble)))
    interval = f"{_interval(ensemble)}{_rims(ensemble)} It covers what is counted here and nothing"
    found.append(("The interval", f"{interval} else. {_held(ensemble)}"))
    if ensemble.scenarios:
        found.append(("The scenario range", _scenarios(ensemble)))
    found.append(("What dominates", _DOMINATES))
    return tuple(found)


def _given(loaded: Loaded) -> list[tuple[str, str]]:
    """Return what is said of borders and of ground that nobody drew, if anything is."""
    kinds = {"Borders": FindingKind.BORDER, "The rest": FindingKind.REMAINDER}
    found = []
    for heading, kind in kinds.items():
        said = dict.fromkeys(each.detail for each in loaded.findings if each.kind == kind)
        if said:
            found.append((heading, f"{'. '.join(said)}.".replace("km2", "km²")))
    return found


# The figures are those of data/interval_coverage.csv, which a test holds them to.
_HELD_WITH_A_GAZETTEER = (
    "It is one of 95 %: where villages were sampled on real maps and known as unevenly as here or"
    " more so, intervals made like this held the truth in 93 to 96 of 100 cases. Where a tenth of"
    " the changes was missing they held it in 72, with no village known along a stretch of front"
    " in 88."
)
_HELD_WITHOUT_ONE = (
    "No percentage goes with it: where villages were sampled on real maps, intervals made like this"
    " held the truth in 69 to 96 of 100 cases, by how evenly villages are known, which only a"
    " gazetteer tells."
)
_HELD_BY_A_FIT = (
    "Two publishers of the front in Ukraine differed by less than both errors in quadrature in 98"
    " of 100 half-monthly gains in a province, 97 monthly ones and 99 totals, on days that the"
    " errors were not fitted on; of the whole front in 97 and 97. That is no proof for another war."
)
_TRIED = frozenset({"DeepState", "Project Owl"})
_HELD_NOWHERE = (
    "How often such intervals hold the truth on maps like this one has not been tried, so no"
    " percentage goes with them."
)
_DOMINATES = (
    "Every source of doubt is measured alone, with everything else as it is, and the widest is"
    " named first. Chance adds up as independent errors do; choices are put side by side."
    " All of it stands in budget.csv."
)


def _held(ensemble: Ensemble) -> str:
    """Say how often intervals like these held the truth when they were tried on real maps."""
    if ensemble.total:
        return _HELD_WITH_A_GAZETTEER if ensemble.count_draws else _HELD_WITHOUT_ONE
    tried = ensemble.publisher in _TRIED and "fitted" in ensemble.error_source
    return _HELD_BY_A_FIT if tried else _HELD_NOWHERE


def _zones(ensemble: Ensemble) -> str:
    if ensemble.is_rebalanced:
        return (
            "Villages on ground that changed hands are known more or less often than the others, so"
            " the figures are rebalanced to a gazetteer, which lists all of them. Every point of"
            " the ground goes by the nearest village, and a village of which nothing is known by"
            f" one of {ensemble.total:,} known places: the nearest, with distances weighed by how"
            " often villages are known on such ground. What nearest places alone give stands beside"
            " it in budget.csv and quality.csv."
        )
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


def _villages(ensemble: Ensemble) -> str:
    """Say how places are counted where a gazetteer lists all of them."""
    return (
        "A number of villages is counted on a gazetteer, a list of all villages:"
        f" {len(ensemble.counts[BASE].faces):,} of them lie in the ground covered. Of many"
        " nothing is known; each of these counts for whoever held the known place that it goes by."
        " The interval of a number says how much hangs on which villages happen to be known."
    )


def _areas(loaded: Loaded) -> str:
    plane = loaded.ensemble.base.projection.name
    text = f"Areas are measured on a map that keeps areas true ({plane})."
    apart = [
        abs(f.km2)
        for f in loaded.findings
        if f.kind == FindingKind.GEODESIC_CHECK and f.km2 is not None
    ]
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
    return _drawn(ensemble.boundary, ensemble.error_source)


def _drawn(error: BoundaryError, source: str) -> str:
    parts = (
        (error.boundary_error_m, "of what the publisher knew"),
        (error.digitising_error_m, f"of tracing a map of 1:{error.map_scale:,.0f}"),
        (error.georeference_error_m, "of putting that map on the ground"),
    )
    made_of = [f"{metres:,.0f} m {what}" for metres, what in parts if metres]
    of = f" ({listing(made_of)})" if len(made_of) > 1 or error.map_scale else ""
    near = same_line_m(error.total_m)
    text = (
        f"A drawn boundary is taken to lie {error.total_m:,.0f} m from the true one{of} (standard"
        f" deviation), with errors that go together over {error.correlation_length_m:,.0f} m along"
        f" the line{source and f'; that is {source}'}. The longer the boundary of a zone, the wider"
        " the interval of its area. Only"
        " lines that could change the figure count: where a front did not move, what changed"
        " hands does not depend on it, and the rim of an area is none of them. An old and a new"
        f" line share their errors the more, the nearer they lie: up to {near:,.0f} m apart they"
        f" are one line, {error.total_m:,.0f} m further apart they share little more than a third."
    )
    if error.bias_m:
        text += (
            f" All of the line may also lie {abs(error.bias_m):,.0f} m to one side; that does not"
            " average out and is added in full."
        )
    if error.date_correlation:
        text += (
            " Errors of the lines of two days go together with a correlation of"
            f" {error.date_correlation:g}."
        )
    if error.redraw_lag_days:
        text += (
            f" Sections of the front, each {error.correlation_length_m / 1e3:,.1f} km square, are"
            " drawn as the ground was some days sooner or later, each by itself (standard"
            f" deviation {error.redraw_lag_days:g} days); the maps of those days show what that"
            " does to a figure."
        )
    hour = (
        " A publisher's own figure is judged by the map as it is drawn instead: six hours either"
        " way at each end, and tracing. That interval stands in the tables too, and the one on the"
        " ground is never the narrower."
    )
    return f"{text}{hour} Parties that drew the front wrongly on purpose are not covered by this."


def _rims(ensemble: Ensemble) -> str:
    """Say which rims may lie off, those with the same error together; nothing where none may."""
    named: dict[float, list[str]] = {}
    for name, rim in ensemble.rims.items():
        if rim.error_m and name != ELSEWHERE:
            named.setdefault(rim.error_m, []).append(name)
    if not named:
        return ""
    of = [f"{metres:,.0f} m for {listing(names)}" for metres, names in named.items()]
    return (
        f" The rims of areas are taken to lie off too (standard deviation): {'; '.join(of)}. That"
        " counts where ground of the figure lies beside them; a share of an area depends on them"
        " only where its parts differ along the rim."
    )


def _resampled(ensemble: Ensemble) -> str:
    factor = sqrt(ensemble.sample_size / (ensemble.total - ensemble.sample_size))
    share = f"{100 * ensemble.sample_size / ensemble.total:.0f}\u00a0%"
    return (
        f"Everything was computed {len(ensemble.draws):,} more times, each time with only"
        f" {ensemble.sample_size:,} of the {ensemble.total:,} places, {share}, drawn at random"
        f" from a fixed seed. The spread of the results, multiplied by {factor:.2g} because so"
        f" few places are left out each time (the delete-d jackknife){_widened(ensemble)}, gives"
        " the interval. It says"
        " how much hangs on which places happen to be on the list, and nothing about mistakes in"
        " the reports."
    )


def _widened(ensemble: Ensemble) -> str:
    if ensemble.widening == 1:
        return ""
    times = f" and by {ensemble.widening:.2f}"
    if ensemble.widening > 1:
        return f"{times} because the places are clustered"
    return f"{times} because of so many of all villages something is known"


def _scenarios(ensemble: Ensemble) -> str:
    count = len(ensemble.scenarios)
    beside = (
        " Their range stands beside the interval and not inside it, because a choice of definition"
        " is not a random error."
    )
    if not ensemble.total:
        return (
            "The publisher marks some ground as only claimed or contested. It does not count as"
            f" held; {count:,} other reading{'s were' if count > 1 else ' was'} computed in which"
            f" it does.{beside}"
        )
    return (
        "The reports can be read in other ways: events on their earliest or latest possible day,"
        " only the firmer evidence, other holders at the start."
        f" {count:,} such readings were computed.{beside}"
    )


def doubts(quality: Sequence[Row]) -> tuple[Row, ...]:
    """Return the findings that a reader must know of, errors first.

    Parameters
    ----------
    quality : sequence of Row
        Rows of the table of findings. What several series say alike is said once.
    """
    order = [str(Severity.ERROR), str(Severity.WARNING)]
    once = {(row["severity"], row["day"], row["detail"]): row for row in quality}
    found = [row for row in once.values() if row["severity"] in order]
    return tuple(sorted(found, key=lambda row: order.index(str(row["severity"]))))

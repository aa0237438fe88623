"""The rows of every table that leaves the library: figures with low and high.

Pure: from ensembles and judgements to rows; `territory.publish.write` puts them into files.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise

import numpy as np
import shapely

from territory.findings import Finding
from territory.history.history import WHOLE, History
from territory.holders import Holder
from territory.measure.boundary_error import BoundaryError
from territory.measure.compare import Comparison
from territory.measure.disputes import Piece
from territory.measure.ensemble import NEGLIGIBLE_SHARE, Ensemble
from territory.measure.estimate import Estimate, around, correlated_m2
from territory.measure.pair_tables import transfers_of_all_pairs
from territory.measure.strips import correlation
from territory.measure.tables import areas_once, transfers_of_pairs

Cell = str | float | int | date | None
Row = Mapping[str, Cell]

_FIGURES = ("km2", "low", "high")  # on the ground
_DRAWN = ("drawn_low", "drawn_high")  # how well they follow from the map; empty without one
AREA_COLUMNS = ("series", "area", "day", "actor", "status", *_FIGURES, *_DRAWN)
_CHANGE = ("from_day", "to_day", "from_actor", "to_actor")
CHANGE_COLUMNS = ("series", "area", *_CHANGE, *_FIGURES, *_DRAWN)
COMPARE_COLUMNS = ("day_a", "day_b", "actor_a", "actor_b", "km2", "low", "high", "ground")
CALIBRATE_COLUMNS = (
    "series",
    "boundary_error_m",
    "correlation_length_m",
    "bias_m",
    "days",
    "lines_km",
)
QUALITY_COLUMNS = ("series", "day", "kind", "severity", "km2", "detail")


def area_rows(series: str, ensemble: Ensemble, days: Iterable[date]) -> list[Row]:
    """Return the area of every holder on every day: of all ground, then of every named area.

    Parameters
    ----------
    series : str
        Name of the series, for its column.
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    days : iterable of date
        Days of the history, in order.

    Returns
    -------
    list of mapping
        By `AREA_COLUMNS`; in km2.

    Examples
    --------
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1),), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> [row] = area_rows("mine", Ensemble(history), history.days)
    >>> row["area"], row["actor"], row["km2"]
    ('all', 'a', 1.0)
    """
    reported = tuple(days)

    def rows_of(area: str) -> list[Row]:
        by_day = areas_once(ensemble.inside(area), reported, area)
        return [
            {
                "series": series,
                "area": area,
                "day": day,
                "actor": holder.actor,
                "status": str(holder.status),
                **figures_of(estimate),
            }
            for day, held in zip(reported, by_day, strict=True)
            for holder, estimate in held.items()
        ]

    return _by_area(ensemble.base, rows_of)


def change_rows(
    series: str, ensemble: Ensemble, pairs: Iterable[tuple[date, date]], *, stayed: bool = True
) -> list[Row]:
    """Return the transition matrix of each pair of days, of all ground and by named area.

    Rows with the same actor twice are ground that did not change hands.

    Parameters
    ----------
    series : str
        Name of the series, for its column.
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    pairs : iterable of (date, date)
        From which day to which, days of the history.
    stayed : bool
        Whether to include the ground that did not change hands, whose intervals take longest:
        they rest on all lines of both maps.

    Returns
    -------
    list of mapping
        By `CHANGE_COLUMNS`; in km2.

    Examples
    --------
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[1], [0]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [row] = change_rows("mine", Ensemble(history), [history.days])
    >>> row["from_actor"], row["to_actor"], row["km2"]
    ('a', 'nobody', 1.0)
    """
    reported = tuple(pairs)

    def rows_of(area: str) -> list[Row]:
        found = transfers_of_pairs(ensemble.inside(area), reported, area, stayed=stayed)
        return [
            row
            for pair, moved in zip(reported, found, strict=True)
            for row in _change_rows(series, area, pair, moved)
        ]

    return _by_area(ensemble.base, rows_of)


def _change_rows(
    series: str,
    area: str,
    days: tuple[date, date],
    moved: Mapping[tuple[Holder, Holder], Estimate],
) -> Iterator[Row]:
    for (giver, taker), estimate in moved.items():
        yield {
            "series": series,
            "area": area,
            "from_day": days[0],
            "to_day": days[1],
            "from_actor": str(giver),
            "to_actor": str(taker),
            **figures_of(estimate),
        }


def _by_area(base: History, rows_of: Callable[[str], list[Row]]) -> list[Row]:
    """Return the rows of all ground and of every named area.

    Where an area is all the ground of a coverage, both have the same rows, which are worked
    out once. Of drawn zones without an extent they have other intervals: the rim of an area is
    no line that somebody observed, and the outline of the zones is.
    """
    whole = base.area_names[0] if base.is_endless else base.stands_for_all
    made = {area: rows_of(area) for area in base.area_names if area in {whole, *base.within}}
    made[WHOLE] = [{**row, "area": WHOLE} for row in made[whole]]
    return [row for area in base.area_names for row in made[area]]


def pair_rows(series: str, ensemble: Ensemble, days: tuple[date, ...]) -> list[Row]:
    """Return what changed hands from every day to every later one, by named area.

    The same figures as `change_rows`, without the ground that stayed.

    Parameters
    ----------
    series : str
        Name of the series, for its column.
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    days : tuple of date
        Days of the history, in order.

    Returns
    -------
    list of mapping
        By `CHANGE_COLUMNS`; in km2.

    Examples
    --------
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [row] = pair_rows("mine", Ensemble(history), history.days)
    >>> row["from_actor"], row["to_actor"], row["km2"]
    ('nobody', 'a', 1.0)
    """

    def rows_of(area: str) -> list[Row]:
        found = transfers_of_all_pairs(ensemble.inside(area), days, area)
        return [
            row
            for start, end, moved in found
            for row in _change_rows(series, area, (start, end), moved)
        ]

    return _by_area(ensemble.base, rows_of)


def day_pairs(days: tuple[date, ...]) -> tuple[tuple[date, date], ...]:
    """Return consecutive pairs of days, and first to last where that is another pair.

    Parameters
    ----------
    days : tuple of date
        At least one, in order.

    Returns
    -------
    tuple of (date, date)
        None for one day.

    Examples
    --------
    >>> a, b, c = date(2018, 1, 1), date(2018, 1, 2), date(2018, 1, 3)
    >>> len(day_pairs((a, b, c))), len(day_pairs((a, b)))
    (3, 1)
    """
    pairs = list(pairwise(days))
    whole = (days[0], days[-1])
    return tuple(pairs if len(pairs) <= 1 else [*pairs, whole])


def compare_rows(found: Comparison, ground: Iterable[Piece], boundary: BoundaryError) -> list[Row]:
    """Return the ground by who holds it in one series and in the other.

    The interval is that of the whole outline of each piece of ground, so it errs on the
    wide side where the outline is the rim of the area. Where the series differ, the two
    lines along a narrow part share their errors (see `territory.measure.strips`): series that draw
    one line with more or fewer decimals hardly differ.

    Parameters
    ----------
    found : Comparison
        The two series, cut together.
    ground : iterable of Piece
        See `territory.measure.disputes.pieces`.
    boundary : BoundaryError
        Of the lines of both series.

    Returns
    -------
    list of mapping
        By `COMPARE_COLUMNS`; in km2.

    Examples
    --------
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> from territory.measure.compare import compare
    >>> from territory.measure.disputes import pieces
    >>> days = {"day_one": date(2018, 1, 1), "day_other": date(2018, 2, 1)}
    >>> found = compare(history, history, **days)
    >>> rows = compare_rows(found, pieces(found), BoundaryError())
    >>> [(row["actor_a"], row["actor_b"]) for row in rows]
    [('a', 'a'), ('nobody', 'a')]
    """
    return [
        {
            "day_a": found.days[0],
            "day_b": found.days[1],
            "actor_a": str(piece.one),
            "actor_b": str(piece.other),
            **figures_of(_outlined(piece, found.total_km2, boundary)),
            "ground": str(piece.ground),
        }
        for piece in ground
        if piece.km2 > NEGLIGIBLE_SHARE * found.total_km2
    ]


def _outlined(piece: Piece, total_km2: float, boundary: BoundaryError) -> Estimate:
    """Return the area of a piece with the interval of its outline."""
    parts = shapely.get_parts(piece.geometry)
    outlines, part = shapely.get_parts(shapely.boundary(parts), return_index=True)
    length_m = shapely.length(outlines)
    width_m = 2 * shapely.area(parts) / shapely.length(parts)
    apart = np.ones(len(parts))
    if piece.one != piece.other:
        apart = 1 - correlation(width_m, boundary.total_m)
    rings = np.ones(len(outlines), dtype=bool)
    m2 = correlated_m2(length_m, boundary.correlation_length_m, closed=rings)
    sd = boundary.total_m * float(np.sqrt((m2 * apart[part]).sum())) / 1e6
    bias = abs(boundary.bias_m) * float((length_m * apart[part]).sum()) / 1e6
    return around(piece.km2, sd, bias=bias, ceiling=max(total_km2, piece.km2))


def quality_rows(series: str, findings: Iterable[Finding]) -> list[Row]:
    """Return every finding, in order of day, kind and detail.

    Parameters
    ----------
    series : str
        Name of the series, for its column.
    findings : iterable of Finding
        In any order.

    Returns
    -------
    list of mapping
        By `QUALITY_COLUMNS`; findings without a day first.

    Examples
    --------
    >>> quality_rows("a", [Finding("place", "it lies in Syria", km2=3.0)])[0]["detail"]
    'it lies in Syria'
    """
    ordered = sorted(findings, key=lambda f: (f.day or date.min, f.kind, f.detail))
    return [
        {
            "series": series,
            "day": finding.day,
            "kind": str(finding.kind),
            "severity": str(finding.severity),
            "km2": finding.km2,
            "detail": finding.detail,
        }
        for finding in ordered
    ]


def figures_of(estimate: Estimate) -> dict[str, Cell]:
    """Return a figure with its two intervals, as in the columns of the tables.

    Parameters
    ----------
    estimate : Estimate
        In km2.

    Examples
    --------
    >>> figures_of(Estimate(5.0, 3.0, 7.0, drawn_low=4.0, drawn_high=5.0))["drawn_low"]
    4.0
    """
    return {
        "km2": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "drawn_low": estimate.drawn_low,
        "drawn_high": estimate.drawn_high,
    }

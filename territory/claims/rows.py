"""The rows of what was judged: a verdict for each reading, and where its doubt comes from."""

from collections.abc import Iterable, Sequence
from datetime import date

from territory.claims.verdicts import Judgement
from territory.measure.budget import Budget, Component, budget
from territory.measure.ensemble import Ensemble
from territory.measure.rows import Cell, Row
from territory.measure.tables import area_estimates, area_measure

VERDICT_COLUMNS = (
    "claim_id",
    "reading",
    "unit",
    "published",
    "published_low",
    "published_high",
    "computed",
    "low",
    "high",
    "ratio",
    "verdict",
    "range_low",
    "range_high",
    "reason",
    "fault",
    "caveat",
    "fit",
    "interval",
    "series",
)
BUDGET_COLUMNS = (
    "series",
    "claim_id",
    "reading",
    "unit",
    "value",
    "component",
    "kind",
    "sd",
    "low",
    "high",
    "share",
    "note",
)


def verdict_rows(judgements: Iterable[Judgement]) -> list[Row]:
    """Return one row per reading of every claim, and of several maps one for each besides.

    Parameters
    ----------
    judgements : iterable of Judgement
        In the order of the rows.

    Returns
    -------
    list of mapping
        By `VERDICT_COLUMNS`; figures in the unit of their claim. ``interval`` says which
        interval ``low`` and ``high`` are: drawn, ground or both; empty without a figure.

    Examples
    --------
    >>> from territory.claims.model import Claim
    >>> from territory.claims.verdicts import judge
    >>> claim = Claim(id="x", text="", publisher="", published=date(2018, 2, 8), value=250,
    ...               unit="km2", not_checkable="the data begin later")
    >>> [row] = verdict_rows(judge(claim, None))
    >>> row["published"], row["verdict"]
    (250.0, 'not checkable')
    """
    return [_verdict_row(each) for judgement in judgements for each in each_map(judgement)]


def each_map(judgement: Judgement) -> tuple[Judgement, ...]:
    """Return a reading on every map, the pooled one last; a reading on one map alone is that.

    Parameters
    ----------
    judgement : Judgement
        Of one reading, see `territory.claims.pooled.judge_on_maps`.
    """
    one_of_them = judgement.maps and not judgement.is_pooled
    return judgement.maps if one_of_them else (*judgement.maps, judgement)


def _verdict_row(judgement: Judgement) -> Row:
    claim, computed = judgement.claim, judgement.computed
    low, high = judgement.published
    scenario_range = judgement.range or (None, None)
    return {
        "claim_id": claim.id,
        "reading": judgement.reading.name if judgement.reading else "",
        "unit": str(claim.unit),
        "published": float(claim.value),
        "published_low": low,
        "published_high": high,
        "computed": computed.value if computed else None,
        "low": computed.low if computed else None,
        "high": computed.high if computed else None,
        "ratio": judgement.ratio,
        "verdict": judgement.verdict,
        "range_low": scenario_range[0],
        "range_high": scenario_range[1],
        "reason": judgement.reason,
        "fault": str(judgement.fault),
        "caveat": judgement.caveats,
        "fit": str(judgement.fit),
        "interval": str(judgement.interval or ""),
        "series": judgement.series,
    }


def budget_rows(judgements: Iterable[Judgement]) -> list[Row]:
    """Return every component of every measured reading, the widest first, then the two sums.

    Parameters
    ----------
    judgements : iterable of Judgement
        Those without a budget have no row.

    Returns
    -------
    list of mapping
        By `BUDGET_COLUMNS`; figures in the unit of their claim.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.claims.model import Claim, Reading
    >>> from territory.claims.verdicts import judge
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.boundary_error import BoundaryError
    >>> start, end = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(start, end), holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> claim = Claim(id="x", text="", publisher="", published=end, value=1, unit="km2",
    ...               period=(start, end),
    ...               reading=(Reading(name="taken", quantity="gained", by=("a",)),))
    >>> rows = budget_rows(judge(claim, Ensemble(history, BoundaryError(50.0))))
    >>> [row["component"] for row in rows if row["kind"] == "sum"]
    ['the interval', 'the range of all choices']
    """
    return [
        row
        for judgement in judgements
        for each in each_map(judgement)
        if each.budget is not None and each.reading is not None
        for row in _budget_rows(each.series, each.claim.id, each.reading.name, each.budget)
    ]


def area_budget_rows(series: str, ensemble: Ensemble, days: Sequence[date]) -> list[Row]:
    """Return the budgets of what every holder has on the last day, by named area.

    For a job that has no claims; the column of the reading says what is measured.

    Parameters
    ----------
    series : str
        Name of the series, for its column.
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    days : sequence of date
        Days of the history, in order; only the last counts.

    Returns
    -------
    list of mapping
        By `BUDGET_COLUMNS`; in km2.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.measure.boundary_error import BoundaryError
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> rows = area_budget_rows("mine", Ensemble(history, BoundaryError(50.0)), history.days)
    >>> rows[0]["reading"]
    'a, all, 2018-02-01'
    """
    day = days[-1]
    return [
        row
        for area in ensemble.base.distinct_areas
        for holder in area_estimates(ensemble, day, area)
        for row in _budget_rows(
            series,
            "",
            f"{holder}, {area}, {day}",
            budget(ensemble, area_measure(ensemble.base, holder, day, area)),
        )
    ]


def _budget_rows(series: str, claim_id: str, reading: str, found: Budget) -> list[Row]:
    figure: dict[str, Cell] = {
        "series": series,
        "claim_id": claim_id,
        "reading": reading,
        "unit": found.estimate.unit,
        "value": found.estimate.value,
    }
    lines = (*found.components, found.interval, found.spread)
    return [{**figure, **_component(each)} for each in lines]


def _component(component: Component) -> dict[str, Cell]:
    return {
        "component": component.name,
        "kind": str(component.kind),
        "sd": component.sd,
        "low": component.low,
        "high": component.high,
        "share": component.share,
        "note": component.note,
    }

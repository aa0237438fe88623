"""Whole tables with intervals: what everyone holds on a day, who lost what to whom.

Cells of one table share their draws and lines, so all of them together are quick.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

import numpy as np

from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats, Ints
from territory.history.history import History
from territory.history.sections import Sections
from territory.holders import NOBODY, Holder
from territory.measure.boundary_error import (
    SETS_AT_ONCE,
    Reach,
    reach_by_pair,
    reach_of_each,
)
from territory.measure.change import transition_matrix
from territory.measure.drawn import hour_of_cut, snapshots_beside
from territory.measure.ensemble import (
    NEGLIGIBLE_SHARE,
    Ensemble,
    Measure,
    error_of,
    interval_about,
    rim_sd,
)
from territory.measure.estimate import Estimate, together
from territory.measure.redraw_lag import Days, lag_variances

_TWO = 2  # holders: somebody and nobody
_KM2 = 1 / 1e6  # of a square metre
_PAIRS_BESIDE = 8  # pairs of days whose tables are kept
_LATE_DAYS, _LATE_PAIRS = 32, 4  # whose tables by section are worked out together, if they take
_LATE_BYTES = 5_000_000  # no more each than this: of days far apart fewer sections are alike
_PAIRS_AT_ONCE = 32  # of which the lines are looked for together


def area_measure(history: History, holder: Holder, day: date, area: str) -> Measure:
    """Return the measure of what one holder has on one day.

    Parameters
    ----------
    history : History
        Whose areas are the limits of what is possible.
    holder : Holder
        Whose ground; `NOBODY` for ground of no holder.
    day : date
        A day of the history.
    area : str
        A named area, or ``"all"``.

    Returns
    -------
    Measure
        In km2.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> area_measure(history, Holder("a"), date(2018, 2, 1), "all").value(history)
    2.0
    """
    wanted = frozenset({holder})

    def faces(each: History) -> Bools:
        return each.holding(day, wanted)

    def by_days(each: History, days: tuple[date, ...]) -> Measure:
        return area_measure(each, holder, days[0], area)

    beyond_too = wanted == {NOBODY}
    return _measure(history, faces, area, days=(day,), beyond_too=beyond_too, by_days=by_days)


def transfer_measure(
    history: History, days: tuple[date, date], pair: tuple[Holder, Holder], area: str
) -> Measure:
    """Return the measure of what passed from one holder to another.

    Parameters
    ----------
    history : History
        Whose areas are the limits of what is possible.
    days : tuple of date
        From which day to which.
    pair : tuple of Holder
        From whom and to whom; twice the same for ground that stayed.
    area : str
        A named area, or ``"all"``.

    Returns
    -------
    Measure
        In km2.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> taken = transfer_measure(history, history.days, (NOBODY, Holder("a")), "all")
    >>> taken.value(history)
    1.0
    """
    giver, taker = frozenset({pair[0]}), frozenset({pair[1]})

    def faces(each: History) -> Bools:
        return each.holding(days[0], giver) & each.holding(days[1], taker)

    def by_days(each: History, days: tuple[date, ...]) -> Measure:
        return transfer_measure(each, (days[0], days[1]), pair, area)

    beyond_too = giver == taker == {NOBODY}
    return _measure(history, faces, area, days=days, beyond_too=beyond_too, by_days=by_days)


def _measure(
    history: History,
    faces: Callable[[History], Bools],
    area: str,
    *,
    days: tuple[date, ...],
    beyond_too: bool,
    by_days: Callable[[History, tuple[date, ...]], Measure],
) -> Measure:
    return Measure(
        lambda each: each.km2(faces(each), area),
        faces,
        area,
        ceiling=history.whole_km2(area),
        beyond_too=beyond_too,
        days=days,
        by_days=by_days,
    )


def areas_once(
    ensemble: Ensemble, days: tuple[date, ...], area: str
) -> tuple[dict[Holder, Estimate], ...]:
    """Return what `areas_with_intervals` does, worked out once for all who ask.

    Parameters
    ----------
    ensemble : Ensemble
        Keeps the table.
    days, area
        See `areas_with_intervals`.
    """
    return ensemble.once(("areas", days, area), lambda: areas_with_intervals(ensemble, days, area))


def area_estimates(ensemble: Ensemble, day: date, area: str) -> dict[Holder, Estimate]:
    """Return what every holder has on a day, with intervals; holders with nothing are left out.

    Parameters
    ----------
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    day : date
        A day of the base.
    area : str
        A named area, or ``"all"``.

    Returns
    -------
    dict of Holder to Estimate
        In km2.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.measure.boundary_error import BoundaryError
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0]], dtype=np.int16), days=(date(2018, 1, 1),),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> found = area_estimates(Ensemble(history, BoundaryError(50.0)), date(2018, 1, 1), "all")
    >>> print(found[Holder("a")])
    1.0 (0.9 to 1.1) km2
    """
    return areas_with_intervals(ensemble, (day,), area)[0]


def areas_with_intervals(
    ensemble: Ensemble, days: tuple[date, ...], area: str
) -> tuple[dict[Holder, Estimate], ...]:
    """Return what every holder has on each of many days; holders with nothing are left out.

    Parameters
    ----------
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    days : tuple of date
        Of the base; what is drawn on them is looked at together, which is quick.
    area : str
        A named area, or ``"all"``.

    Returns
    -------
    tuple of dict of Holder to Estimate
        One for each day, in km2.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> found = areas_with_intervals(Ensemble(history), history.days, "all")
    >>> [each[Holder("a")].value for each in found]
    [1.0, 2.0]
    """
    base = ensemble.base
    rows = base.held_km2(days, area)
    spread = _spread_of(ensemble, lambda each: each.held_km2(days, area))
    hours = _area_hours(ensemble, days, rows, area)
    lags = area_lags(ensemble, days, area)
    found: list[dict[Holder, Estimate]] = [{} for _ in days]
    least = NEGLIGIBLE_SHARE * rows.sum(axis=1)
    there = [np.flatnonzero(held > least).tolist() for held in rows.T]
    drawn = _drawn_errors(ensemble, days, there, area)
    for k, (holder, errors) in enumerate(zip(base.holders, drawn, strict=True)):
        for n, error in zip(there[k], errors, strict=True):
            measure = area_measure(base, holder, days[n], area)
            value = base.km2(base.held_by[base.day_index(days[n])] == k, area)
            known = error if spread is None else (float(spread[n, k]), 0.0)
            found[n][holder] = _estimate(
                ensemble, measure, value, known, hours=_cell(hours, (n, k)), lag=lags[n, k]
            )
    return tuple(found)


def area_lags(ensemble: Ensemble, days: tuple[date, ...], area: str) -> Floats:
    """Return the standard deviations that late and early redrawing gives all areas of days.

    Parameters
    ----------
    ensemble, days, area
        See `areas_with_intervals`.

    Returns
    -------
    ndarray, shape (days, holders)
        In km2; see `territory.measure.redraw_lag`.
    """
    base, lag_days = ensemble.base, ensemble.lag_days
    if not (lag_days and days):
        return np.zeros((len(days), len(base.holders)))
    sections, count = ensemble.sections_in(area), len(base.holders)

    def held(periods: Sequence[Days]) -> Floats:
        rows = np.array([base.day_index(day) for (day,) in periods])
        own, cell = np.arange(len(rows))[:, None], np.arange(count)
        return sections.by_cell(base.held_by[rows], own, cell, count)

    variances = lag_variances(
        held,
        [(day,) for day in days],
        base,
        lag_days=lag_days,
        corrupt=ensemble.corrupt,
        at_once=_at_once(_LATE_DAYS, count, sections),
    )
    return np.sqrt(variances)


def _at_once(most: int, cells: int, sections: Sections) -> int:
    """Return of how many periods tables are worked out together.

    Of many faces in few sections the pieces take the memory, and not the tables.
    """
    table = 8 * max(cells * sections.count, len(sections.face))
    return max(1, min(most, _LATE_BYTES // max(table, 1)))


def _area_hours(
    ensemble: Ensemble, days: tuple[date, ...], rows: Floats, area: str
) -> tuple[Floats, Floats] | None:
    """Return what the hour of the cut does to all areas of days, shape (days, holders) twice.

    `rows` are the areas themselves, shape (days, holders). None where the hour is not known; see
    `territory.measure.ensemble.hours_of`.
    """
    if not ensemble.has_lines:
        return None
    base, corrupt = ensemble.base, ensemble.corrupt
    near = {other for day in days for other in snapshots_beside(day, base, corrupt)}
    beside = tuple(sorted(near.difference(days)))
    known = dict(zip((*days, *beside), (*rows, *base.held_km2(beside, area)), strict=True))
    each = [hour_of_cut(lambda d: known[d[0]], (day,), base, corrupt=corrupt) for day in days]
    less, more = np.reshape(each, (len(days), 2, -1)).swapaxes(0, 1)
    return less, more


def _cell(hours: tuple[Floats, Floats] | None, cell: tuple[int, int]) -> tuple[float, float] | None:
    return None if hours is None else (float(hours[0][cell]), float(hours[1][cell]))


def _drawn_errors(
    ensemble: Ensemble, days: tuple[date, ...], there: list[list[int]], area: str
) -> Iterator[list[tuple[float, float] | None]]:
    """Yield by holder the deviation and bias of what it has on each of its days.

    Of two holders every line parts one from the other, so that both have the same errors.
    """
    if len(there) != _TWO:
        for k, numbers in enumerate(there):
            yield _errors_of_holder(ensemble, [days[n] for n in numbers], k, area)
        return
    numbers = sorted({*there[0], *there[1]})
    found = _errors_of_holder(ensemble, [days[n] for n in numbers], 1, area)
    of_day = dict(zip(numbers, found, strict=True))
    yield from ([of_day[n] for n in each] for each in there)


def _errors_of_holder(
    ensemble: Ensemble, days: list[date], k: int, area: str
) -> list[tuple[float, float] | None]:
    """Return the deviation and bias of what one holder has on each day, None where not drawn."""
    error = ensemble.boundary
    if ensemble.draws or error is None or not days:
        return [None] * len(days)
    if error.is_none:
        return [(0.0, 0.0)] * len(days)
    drawing = ensemble.drawing
    base = drawing.history
    rows = [base.day_index(day) for day in days]
    reaches: list[Reach] = []
    for first in range(0, len(rows), SETS_AT_ONCE):  # of all days a copy is as large as all
        some = rows[first : first + SETS_AT_ONCE]
        reaches += reach_of_each(
            drawing.about(some),
            base.held_by[some] == k,
            area=area,
            beyond=base.holders[k] == NOBODY,
            error=error,
        )
    bias_m = abs(error.bias_m)
    return [(error.total_m * r.spread_m / 1e6, bias_m * r.length_m / 1e6) for r in reaches]


def transfers_of_pairs(
    ensemble: Ensemble, pairs: Sequence[tuple[date, date]], area: str, *, stayed: bool = True
) -> Iterator[dict[tuple[Holder, Holder], Estimate]]:
    """Yield what `transfer_estimates` returns for each pair of days.

    The lines that count on any of some days are looked for once for all their pairs, which is
    quick where these follow one another.

    Parameters
    ----------
    ensemble, area, stayed
        See `transfer_estimates`.
    pairs : sequence of (date, date)
        Days of the base.

    Yields
    ------
    dict of (Holder, Holder) to Estimate
        In km2, by who had the ground and who has it.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> days = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[1], [2]], dtype=np.int16),
    ...     days=days, holders=(NOBODY, Holder("a"), Holder("b")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [found] = transfers_of_pairs(Ensemble(history), [days], "all")
    >>> found == transfer_estimates(Ensemble(history), *days, "all")
    True
    """
    for first in range(0, len(pairs), _PAIRS_AT_ONCE):
        some = pairs[first : first + _PAIRS_AT_ONCE]
        tables = [_transition(ensemble, pair, area, stayed=stayed) for pair in some]
        errors = iter(_transfer_errors(ensemble, tables, area))
        lags = _transfer_lags(ensemble, tables, area)
        for table, lag in zip(tables, lags, strict=True):
            yield _estimates(ensemble, table, errors, lag, area)


def transfer_estimates(
    ensemble: Ensemble, from_day: date, to_day: date, area: str, *, stayed: bool = True
) -> dict[tuple[Holder, Holder], Estimate]:
    """Return every cell of the transition matrix that is not empty, with intervals.

    Parameters
    ----------
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    from_day, to_day : date
        Days of the base.
    area : str
        A named area, or ``"all"``.
    stayed : bool
        Whether to include the diagonal (ground that did not change hands).

    Returns
    -------
    dict of (Holder, Holder) to Estimate
        In km2, by who had the ground and who has it.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> days = date(2018, 1, 1), date(2018, 2, 1)
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 1000)]), np.array([[1], [2]], dtype=np.int16),
    ...     days=days, holders=(NOBODY, Holder("a"), Holder("b")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> found = transfer_estimates(Ensemble(history), *days, "all")  # no error is known
    >>> found[Holder("a"), Holder("b")].value
    1.0
    """
    return next(transfers_of_pairs(ensemble, [(from_day, to_day)], area, stayed=stayed))


@dataclass(frozen=True, eq=False)
class _Transition:
    """What passed between two days.

    Attributes
    ----------
    days : tuple of date
    cells : ndarray of int, shape (n, 2)
        Numbers of the holders, of each cell that is not empty.
    spread : ndarray, optional
        Standard deviations of all cells, where there are draws.
    hours : tuple of ndarray, optional
        What the hour of the cut does to all cells, less and more.
    """

    days: tuple[date, date]
    cells: Ints
    spread: Floats | None
    hours: tuple[Floats, Floats] | None


def _transition(
    ensemble: Ensemble, days: tuple[date, date], area: str, *, stayed: bool
) -> _Transition:
    base = ensemble.base
    table = partial(transition_matrix, area=area, stayed=stayed)
    # The days before and after are those of the next pair that is asked about.
    moved = ensemble.once(
        ("transitions", area, stayed), lambda: lru_cache(_PAIRS_BESIDE)(partial(table, base))
    )
    cells = np.argwhere(moved(*days) > NEGLIGIBLE_SHARE * base.whole_km2(area))
    hours = None
    if ensemble.has_lines:
        hours = hour_of_cut(lambda d: moved(*d), days, base, corrupt=ensemble.corrupt)
    spread = _spread_of(ensemble, lambda each: table(each, *days))
    return _Transition(days, cells, spread, hours)


def _transfer_lags(
    ensemble: Ensemble, tables: Sequence[_Transition], area: str
) -> list[list[float]]:
    """Return the standard deviations that late and early redrawing gives cells, in km2."""
    base, lag_days = ensemble.base, ensemble.lag_days
    if not lag_days:
        return [[0.0] * len(table.cells) for table in tables]
    sections, holders = ensemble.sections_in(area), len(base.holders)
    keys = [table.cells @ (holders, 1) for table in tables]
    wanted = np.unique(np.concatenate(keys))
    cell = np.full((holders, holders), -1)
    cell.flat[wanted] = np.arange(len(wanted))

    def passed(periods: Sequence[Days]) -> Floats:
        numbers = [[base.day_index(day) for day in each] for each in periods]
        rows, ends = np.unique(numbers, return_inverse=True)
        return sections.by_cell(base.held_by[rows], ends.reshape(-1, 2), cell, len(wanted))

    variances = lag_variances(
        passed,
        [table.days for table in tables],
        base,
        lag_days=lag_days,
        corrupt=ensemble.corrupt,
        at_once=_at_once(_LATE_PAIRS, len(wanted), sections),
    )
    found = zip(keys, np.sqrt(variances), strict=True)
    return [sd[np.searchsorted(wanted, own)].tolist() for own, sd in found]


def _estimates(
    ensemble: Ensemble,
    table: _Transition,
    errors: Iterator[tuple[float, float] | None],
    lags: list[float],
    area: str,
) -> dict[tuple[Holder, Holder], Estimate]:
    """Return the cells of a transition matrix with intervals; the next errors are theirs."""
    base, found = ensemble.base, {}
    before, after = (base.held_by[base.day_index(day)] for day in table.days)
    for (i, j), lag in zip(table.cells.tolist(), lags, strict=True):
        pair, error = (base.holders[i], base.holders[j]), next(errors)
        measure = transfer_measure(base, table.days, pair, area)
        value = base.km2((before == i) & (after == j), area)
        known = error if table.spread is None else (float(table.spread[i, j]), 0.0)
        hours = _cell(table.hours, (i, j))
        found[pair] = _estimate(ensemble, measure, value, known, hours=hours, lag=lag)
    return found


def _transfer_errors(
    ensemble: Ensemble, tables: Sequence[_Transition], area: str
) -> list[tuple[float, float] | None]:
    """Return the deviation and bias of all cells of tables, None where not drawn."""
    error, count = ensemble.boundary, sum(len(table.cells) for table in tables)
    if ensemble.draws or error is None:
        return [None] * count
    if error.is_none:
        return [(0.0, 0.0)] * count
    drawing, number = ensemble.drawing, ensemble.drawing.history.day_index
    wanted = [(table.cells, (number(table.days[0]), number(table.days[1]))) for table in tables]
    if wanted[1:]:
        drawing = drawing.about(sorted({row for _, rows in wanted for row in rows}))
    reaches = (
        reach
        for some in _few_at_once(wanted)
        for of_pair in reach_by_pair(drawing, some, area=area, error=error)
        for reach in of_pair
    )
    bias_m = abs(error.bias_m)
    return [(error.total_m * r.spread_m * _KM2, bias_m * r.length_m * _KM2) for r in reaches]


def _few_at_once(
    wanted: Iterable[tuple[Ints, tuple[int, int]]],
) -> Iterator[list[tuple[Ints, tuple[int, int]]]]:
    """Yield cells of pairs of days, so many at a time that they are `SETS_AT_ONCE` at most."""
    some: list[tuple[Ints, tuple[int, int]]] = []
    for cells, rows in wanted:
        for start in range(0, len(cells), SETS_AT_ONCE):
            part = cells[start : start + SETS_AT_ONCE]
            if sum(len(each) for each, _ in some) + len(part) > SETS_AT_ONCE:
                yield some
                some = []
            some.append((part, rows))
    if some:
        yield some


def _estimate(
    ensemble: Ensemble,
    measure: Measure,
    value: float,
    known: tuple[float, float] | None,
    *,
    hours: tuple[float, float] | None,
    lag: float,
) -> Estimate:
    """Return the estimate of a cell of a table, whose deviation and bias may be known already.

    They are those of an area whose rim is exact.
    """
    sd, bias = known or error_of(ensemble, measure)
    both = together(sd, rim_sd(ensemble, measure)) if known else sd
    return interval_about(ensemble, measure, value, both, bias, hours=hours, other_sd=lag)


def _spread_of(ensemble: Ensemble, table: Callable[[History], Floats]) -> Floats | None:
    """Return the standard deviations of all cells of a table at once, where there are draws.

    None where there are none, or where a draw has other holders and so another table.
    """
    holders = ensemble.base.holders
    if not ensemble.draws or any(draw.holders != holders for draw in ensemble.draws):
        return None
    drawn = np.array([table(draw) for draw in ensemble.draws])
    cells = [ensemble.sd_of(each) for each in _columns(drawn)]
    return np.reshape(cells, drawn.shape[1:])


def _columns(drawn: Floats) -> Floats:
    columns: Floats = drawn.reshape(len(drawn), -1).T
    return columns

"""The intervals of the page: as published for areas, and what is needed for the rest.

For days and named areas the intervals are those of the tables. For provinces, and for
transfers between any two days, there are two ways:

* drawn zones: the page itself carries the boundary error into the figure, as
  `territory.boundary.reach` does, for which it gets the lines between groups of faces;
* zones from places: the standard deviations over the draws are worked out here for all
  pairs of days at once, as products of holders by day with face areas.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import numpy as np

from territory.boundary import Lines, lines_of
from territory.change import areas_by_day
from territory.estimate import around, delete_d_sd
from territory.history import History
from territory.page.scopes import Region, cut_along
from territory.projection import Floats, Ints
from territory.uncertainty import NEGLIGIBLE_SHARE, Ensemble, area_estimates

_MOST_CELLS = 1000  # days times holders: pairs of days beyond that go without intervals


@dataclass(frozen=True)
class Moved:
    """An interval of what passed from one holder to another between two days, in km2.

    Days and holders are indices.
    """

    from_day: int
    to_day: int
    giver: int
    taker: int
    low: float
    high: float


def lines_between(history: History, group: Ints) -> Lines:
    """Return the lines of a history that lie between two groups of faces.

    Parameters
    ----------
    group : ndarray of int, shape (faces,)
        The group of each face; the lines name groups instead of faces.
    """
    lines = lines_of(history)
    one = group[lines.one]
    other = np.where(lines.other < 0, -1, group[lines.other])
    keep = one != other
    _, ends = np.unique(lines.ends[keep], return_inverse=True)
    return Lines(lines.length_m[keep], one[keep], other[keep], ends.reshape(-1, 2))


def area_bounds(ensemble: Ensemble, days: Sequence[date], area: str) -> Floats:
    """Return low and high of every holder by day, shape (days, holders, 2), in km2.

    The same figures as `territory.uncertainty.area_estimates`; zero where a holder has
    nothing.
    """
    if ensemble.draws:
        return _drawn_bounds(ensemble, days, area)
    holders = ensemble.base.holders
    bounds = np.zeros((len(days), len(holders), 2))
    for row, day in enumerate(days):
        for holder, each in area_estimates(ensemble, day, area).items():
            bounds[row, holders.index(holder)] = each.low, each.high
    return bounds


def _drawn_bounds(ensemble: Ensemble, days: Sequence[date], area: str) -> Floats:
    """Return the same from the draws, all days at once."""
    base = ensemble.base
    values = _areas(base, base, days, area)
    drawn = np.array([_areas(base, draw, days, area) for draw in ensemble.draws])
    bounds = np.zeros((*values.shape, 2))
    for row, column in zip(*np.nonzero(values > NEGLIGIBLE_SHARE * values[0].sum()), strict=True):
        sd = delete_d_sd(drawn[:, row, column], kept=ensemble.kept, total=ensemble.total)
        value, total = float(values[row, column]), float(values[row].sum())
        each = around(value, sd, ceiling=max(total, value))
        bounds[row, column] = each.low, each.high
    return bounds


def _areas(base: History, history: History, days: Sequence[date], area: str) -> Floats:
    """Return km2 by day and holder, holders numbered as in `base`."""
    number = [base.holders.index(holder) for holder in history.holders]
    found = np.zeros((len(days), len(base.holders)))
    found[:, number] = areas_by_day(history.at_days(tuple(days)), area)
    return found


def with_regions(ensemble: Ensemble, cut: History, regions: Mapping[str, Region]) -> Ensemble:
    """Return the ensemble cut along provinces, draws included."""
    draws = tuple(cut_along(draw, regions) for draw in ensemble.draws)
    return replace(ensemble, base=cut, draws=draws)


def moved_bounds(ensemble: Ensemble, days: Sequence[date], area: str) -> tuple[Moved, ...]:
    """Return the interval of every transfer between any two days, from the draws.

    The same figures as `territory.uncertainty.transfer_estimates`, for all pairs at once;
    days are numbered as in the history.
    """
    base, count = ensemble.base, len(ensemble.base.holders)
    if not ensemble.draws or len(days) * count > _MOST_CELLS:
        return ()
    values = _matrix(base, base, days, area)
    total = base.km2(base.mask(area), area)
    cells = [
        (i * count + giver, j * count + taker)
        for i, j in combinations(range(len(days)), 2)
        for giver in range(count)
        for taker in range(count)
        if giver != taker
        and values[i * count + giver, j * count + taker] > NEGLIGIBLE_SHARE * total
    ]
    rows, columns = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    drawn = np.array([_matrix(base, draw, days, area)[rows, columns] for draw in ensemble.draws])
    numbers = [base.day_index(day) for day in days]
    found = []
    for number, (row, column) in enumerate(cells):
        sd = delete_d_sd(drawn[:, number], kept=ensemble.kept, total=ensemble.total)
        each = around(float(values[row, column]), sd, ceiling=max(total, values[row, column]))
        (i, giver), (j, taker) = divmod(row, count), divmod(column, count)
        found.append(Moved(numbers[i], numbers[j], giver, taker, each.low, each.high))
    return tuple(found)


def _matrix(base: History, history: History, days: Sequence[date], area: str) -> Floats:
    """Return km2 by (day, holder) and (day, holder), holders numbered as in `base`."""
    inside = history.mask(area)
    number = np.array([base.holders.index(holder) for holder in history.holders])
    held = number[history.held_by[[history.day_index(day) for day in days]]][:, inside]
    flags = held[:, None, :] == np.arange(len(base.holders))[None, :, None]
    by_day = flags.astype(np.float64)
    flat = by_day.reshape(-1, by_day.shape[-1])
    weighted = (flat * (history.area_m2[inside] / 1e6)).T
    # Day by day: a single large product would be spread over threads that mostly wait.
    return np.concatenate([each @ weighted for each in by_day])

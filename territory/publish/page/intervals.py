"""The intervals of the page: as published for areas, and what is needed for the rest.

For days and named areas the intervals are those of the tables. For provinces, and for
transfers between any two days, there are two ways:

* drawn zones: the page itself carries the boundary error into the figure, as
  `territory.measure.boundary.reach` and `territory.measure.strips` do, for which it gets the
  lines between patches of ground and the areas of these;
* zones from places: the standard deviations over the draws are worked out here for all
  pairs of days at once, as products of holders by day with face areas.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from territory.geometry.graphs import connected
from territory.geometry.projection import Floats, Ints
from territory.history.history import History
from territory.history.lines import Lines, drawing_of
from territory.measure.change import areas_by_day
from territory.measure.ensemble import (
    NEGLIGIBLE_SHARE,
    Ensemble,
)
from territory.measure.estimate import around, delete_d_sd
from territory.measure.tables import area_estimates
from territory.publish.page.scopes import Region, cut_along

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


@dataclass(frozen=True, eq=False)
class Borders:
    """The lines between patches of ground, for the page to work out intervals from.

    A patch is ground that hangs together and always has the same holder, as it was drawn,
    before any area cut it.

    Attributes
    ----------
    lines : Lines
        Between patches, which their sides name.
    group : ndarray of int, shape (p,)
        The group that the holders of each patch are those of.
    area_m2 : ndarray, shape (p,)
        Of each patch.
    """

    lines: Lines
    group: Ints
    area_m2: Floats


def borders_between(history: History, group: Ints) -> Borders:
    """Return the lines of a history that lie between two patches.

    Parameters
    ----------
    group : ndarray of int, shape (faces,)
        The group of each face; faces of one group have the same holders on all days.
    """
    drawing = drawing_of(history)
    lines, face = drawing.lines, drawing.face
    alike = _alike(history.held_by)[face]
    there = np.maximum(lines.other, 0)
    same = (lines.other >= 0) & (alike[lines.one] == alike[there])
    count, patch = connected(lines.one[same], lines.other[same], len(face))
    changing = lines.chosen(~same)
    between = replace(
        changing,
        one=patch[changing.one],
        other=np.where(changing.other < 0, -1, patch[changing.other]),
    )
    of_patch = np.empty(count, dtype=np.int64)
    of_patch[patch] = group[face]
    area_m2 = np.bincount(patch, drawing.area_m2, count).astype(np.float64)
    return Borders(between, of_patch, area_m2)


def _alike(held_by: NDArray[np.int16]) -> Ints:
    """Return a number for each face, the same for faces with the same holders on all days."""
    columns = np.ascontiguousarray(held_by.T)
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(each.tobytes(), len(known)) for each in columns], dtype=int)


def area_bounds(ensemble: Ensemble, days: Sequence[date], area: str) -> Floats:
    """Return low and high of every holder by day, shape (days, holders, 2), in km2.

    The same figures as `territory.measure.area_estimates`; zero where a holder has
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
        sd = delete_d_sd(
            drawn[:, row, column], sample_size=ensemble.sample_size, total=ensemble.total
        )
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

    The same figures as `territory.measure.transfer_estimates`, for all pairs at once;
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
        sd = delete_d_sd(drawn[:, number], sample_size=ensemble.sample_size, total=ensemble.total)
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

"""The intervals of the page: as published for areas, and what is needed for the rest.

For days and named areas the intervals are those of the tables. For provinces, and for
transfers between any two days, there are two ways:

* drawn zones: the page itself carries the boundary error into the figure, as
  `territory.measure.boundary_error.reach` and `territory.measure.strips` do, for which it gets the
  lines between patches of ground and the areas of these;
* zones from places: the standard deviations over the draws are worked out here for all
  pairs of days at once, as products of holders by day with face areas.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import numpy as np

from territory.geometry.graphs import connected
from territory.geometry.projection import Floats, Ints
from territory.history.drawing import drawing_of
from territory.history.history import WHOLE, History
from territory.history.lines import Lines
from territory.history.spells import same_columns
from territory.measure.ensemble import NEGLIGIBLE_SHARE, Ensemble, interval_about, rim_sd
from territory.measure.estimate import around, together
from territory.measure.pairs import all_transitions
from territory.measure.tables import areas_once, transfer_measure
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
    history : History
        In its equal-area plane, in metres.
    group : ndarray of int, shape (faces,)
        The group of each face; faces of one group have the same holders on all days.

    Returns
    -------
    Borders
        Lines in metres, areas of the patches in square metres.
    """
    drawing = drawing_of(history)
    lines, face = drawing.lines, drawing.face
    alike = same_columns(history.held_by)[face]
    there = np.maximum(lines.other, 0)
    same = (lines.other >= 0) & (alike[lines.one] == alike[there])
    count, patch = connected(lines.one[same], lines.other[same], len(face))
    changing = lines.chosen(~same & drawing.drawn(lines))
    between = replace(
        changing,
        one=patch[changing.one],
        other=np.where(changing.other < 0, -1, patch[changing.other]),
    )
    of_patch = np.empty(count, dtype=np.int64)
    of_patch[patch] = group[face]
    area_m2 = np.bincount(patch, drawing.area_m2, count).astype(np.float64)
    return Borders(between, of_patch, area_m2)


def area_bounds(ensemble: Ensemble, days: Sequence[date], area: str) -> Floats:
    """Return low and high of every holder by day, shape (days, holders, 2), in km2.

    The same figures as `territory.measure.tables.areas_with_intervals`; zero where a holder
    has nothing.

    Parameters
    ----------
    ensemble : Ensemble
        Of drawn zones or of places.
    days : sequence of date
        Days of the history.
    area : str
        A named area, or ``all``.

    Returns
    -------
    ndarray, shape (days, holders, 2)
        In square kilometres; holders as in the history.
    """
    holders = ensemble.base.holders
    bounds = np.zeros((len(days), len(holders), 2))
    for row, held in enumerate(areas_once(ensemble, tuple(days), area)):
        for holder, each in held.items():
            bounds[row, holders.index(holder)] = each.low, each.high
    return bounds


def with_regions(ensemble: Ensemble, cut: History, regions: Mapping[str, Region]) -> Ensemble:
    """Return the ensemble cut along provinces, draws included.

    Parameters
    ----------
    ensemble : Ensemble
        It stays as it is.
    cut : History
        Its history, cut along the provinces already.
    regions : mapping of str to Region
        Provinces by name, in the plane of the history.
    """
    draws = tuple(cut_along(draw, regions) for draw in ensemble.draws)
    return replace(ensemble, base=cut, draws=draws)


def moved_bounds(ensemble: Ensemble, days: Sequence[date], area: str) -> tuple[Moved, ...]:
    """Return the interval of every transfer between any two days, from the draws.

    The same figures as `territory.measure.tables.transfer_estimates`, for all pairs at once;
    days are numbered as in the history.

    Parameters
    ----------
    ensemble : Ensemble
        Of places; without draws there is nothing to return.
    days : sequence of date
        Days of the history, in order.
    area : str
        A named area, or ``all``.

    Returns
    -------
    tuple of Moved
        Low and high in square kilometres; none where days and holders are too many.
    """
    base, count = ensemble.base, len(ensemble.base.holders)
    if not ensemble.draws or len(days) * count > _MOST_CELLS:
        return ()
    values = _transitions(base, base, days, area)
    total = base.km2(base.mask(area), area)
    later = np.triu(np.ones((len(days), len(days)), dtype=bool), 1)[:, :, None, None]
    cells = np.nonzero((values > NEGLIGIBLE_SHARE * total) & later)
    drawn = np.array([_transitions(base, draw, days, area)[cells] for draw in ensemble.draws])
    numbers = [base.day_index(day) for day in days]
    found = []
    for cell, sample in zip(np.transpose(cells).tolist(), drawn.T, strict=True):
        i, j, giver, taker = cell
        value = float(values[i, j, giver, taker])
        sd = ensemble.sd_of(sample)
        each = around(value, sd, ceiling=max(total, value))
        if area in ensemble.rims:
            pair = base.holders[giver], base.holders[taker]
            measure = transfer_measure(base, (days[i], days[j]), pair, area)
            sd = together(sd, rim_sd(ensemble, measure))
            each = interval_about(ensemble, measure, value, sd, 0.0)
        found.append(Moved(numbers[i], numbers[j], giver, taker, each.low, each.high))
    return tuple(found)


@dataclass(frozen=True)
class Net:
    """An interval of what a holder gained less what it lost between two days, in km2.

    Days and holders are indices.
    """

    from_day: int
    to_day: int
    holder: int
    low: float
    high: float


def net_bounds(ensemble: Ensemble, days: Sequence[date]) -> tuple[Net, ...]:
    """Return the interval of every net change on all ground between any two days, from draws.

    The same figures as those of `territory.claims.net.net_of`, for all pairs at once; days are
    numbered as in the history.

    Parameters
    ----------
    ensemble : Ensemble
        Of places; without draws there is nothing to return.
    days : sequence of date
        Days of the history, in order.

    Returns
    -------
    tuple of Net
        Low and high in square kilometres; none where days and holders are too many.
    """
    base, days = ensemble.base, tuple(days)
    if not ensemble.draws or len(days) * len(base.holders) > _MOST_CELLS:
        return ()
    total, numbers = base.km2(base.mask()), [base.day_index(day) for day in days]
    held = base.held_km2(days, WHOLE)
    drawn = np.array([_held(base, draw, days) for draw in ensemble.draws])
    found = []
    for i, j in combinations(range(len(days)), 2):
        values, samples = held[j] - held[i], drawn[:, j] - drawn[:, i]
        for holder, value in enumerate(values.tolist()):
            sd = ensemble.sd_of(samples[:, holder])
            each = around(value, sd, floor=min(-total, value), ceiling=max(total, value))
            found.append(Net(numbers[i], numbers[j], holder, each.low, each.high))
    return tuple(found)


def _held(base: History, draw: History, days: tuple[date, ...]) -> Floats:
    """Return the km2 of every holder on days in a draw, holders numbered as in `base`."""
    found = np.zeros((len(days), len(base.holders)))
    found[:, [base.holders.index(holder) for holder in draw.holders]] = draw.held_km2(days, WHOLE)
    return found


def _transitions(base: History, history: History, days: Sequence[date], area: str) -> Floats:
    """Return km2 by day, day, holder and holder, holders numbered as in `base`."""
    number = np.array([base.holders.index(holder) for holder in history.holders])
    found = np.zeros((len(days), len(days), len(base.holders), len(base.holders)))
    moved = all_transitions(history.at_days(tuple(days)), area, stayed=False)
    found[:, :, number[:, None], number] = moved
    return found

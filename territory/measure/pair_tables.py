"""What changed hands between all pairs of days, with intervals.

The same figures as `territory.measure.tables.transfer_estimates`, a block of days by another
at a time. What two pairs of days have in common is done once: the faces and lines that the days
of two blocks do not tell apart are merged, lines are looked at for all pairs of a block together,
and what passed between two days counts for the hour of the cut on the days beside them too.
Areas are added up pair by pair, in the order of the faces, so that they are the same to the bit.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from territory.geometry.arrays import HolderRows
from territory.geometry.projection import Floats, Ints
from territory.history.merged_faces import merged_faces
from territory.history.sections import Sections
from territory.holders import Holder
from territory.measure.boundary_error import BoundaryError, Reach
from territory.measure.drawn import hour_of_cut
from territory.measure.ensemble import NEGLIGIBLE_SHARE, Ensemble, Measure, interval_about, rim_sd
from territory.measure.estimate import Estimate, together
from territory.measure.pair_reach import reach_of_pairs
from territory.measure.redraw_lag import Days, lag_variance
from territory.measure.tables import transfer_estimates, transfer_measure

_DAYS_AT_ONCE = 16  # of more days fewer faces are alike, of fewer days more is done again
_DAYS_KEPT, _PAIRS_KEPT = 128, 2048  # whose holders and transfers by section are kept
_M2_TO_KM2 = 1 / 1e6
_NONE = Reach(0.0, 0.0)  # no line counts
Transfers = dict[tuple[Holder, Holder], Estimate]
Pairs = tuple[tuple[date, date], ...]


def transfers_of_all_pairs(
    ensemble: Ensemble, days: tuple[date, ...], area: str
) -> Iterator[tuple[date, date, Transfers]]:
    """Yield what changed hands from every day to every later one, with intervals.

    Parameters
    ----------
    ensemble : Ensemble
        What the figures are read off, with what their intervals rest on.
    days : tuple of date
        Days of the base, in order.
    area : str
        A named area, or ``"all"``.

    Yields
    ------
    from_day, to_day : date
    transfers : dict of (Holder, Holder) to Estimate
        In km2, by who had the ground and who has it; without what stayed.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY
    >>> from territory.measure.boundary_error import BoundaryError
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> ensemble = Ensemble(history, BoundaryError(50.0))
    >>> [(_, _, found)] = transfers_of_all_pairs(ensemble, history.days, "all")
    >>> print(found[NOBODY, Holder("a")])
    1.0 (0.9 to 1.1) km2
    """
    if ensemble.draws or not ensemble.has_lines:
        for n, start in enumerate(days):
            for end in days[n + 1 :]:
                yield start, end, transfer_estimates(ensemble, start, end, area, stayed=False)
        return
    blocks = [days[n : n + _DAYS_AT_ONCE] for n in range(0, len(days), _DAYS_AT_ONCE)]
    for n, starts in enumerate(blocks):
        block = _Block(ensemble, area)  # what it keeps is as much as one day by all others
        found: dict[tuple[date, date], Transfers] = {}
        for ends in blocks[n:]:
            pairs = tuple((a, b) for a in starts for b in ends if a < b)
            found.update(zip(pairs, block.transfers(pairs), strict=True))
        yield from ((*pair, found[pair]) for pair in sorted(found))


@dataclass(frozen=True)
class _Passed:
    """Ground that passed from one holder to another, in km2, twice.

    `in_table` is added up one face after the other, as in a table of all transfers, and `alone`
    as figures are: the last digits differ.
    """

    in_table: float
    alone: float


class _Block:
    """Transfers between days that lie near one another, and others that do.

    Parameters
    ----------
    ensemble : Ensemble
        Of drawn zones.
    area : str
        A named area, or ``"all"``.
    """

    def __init__(self, ensemble: Ensemble, area: str) -> None:
        base = ensemble.base
        self._ensemble, self._area = ensemble, area
        self._inside = base.mask(area)
        self._weight = base.area_m2 / 1e6
        self._least = NEGLIGIBLE_SHARE * base.km2(self._inside)
        self._known: dict[tuple[date, date], dict[int, _Passed]] = {}
        self._by_section = lru_cache(_PAIRS_KEPT)(self._sectioned)
        self._pieces_held = lru_cache(_DAYS_KEPT)(self._held_of_pieces)

    def transfers(self, pairs: Pairs) -> Iterator[Transfers]:
        """Yield what changed hands between the days of each pair."""
        if not pairs:
            return
        carried = self._carried(pairs)
        for number, days in enumerate(pairs):
            found = sorted(self._passed(days).items())
            keys = [key for key, each in found if each.in_table > self._least]
            reach = [carried.get((number, key), _NONE) for key in keys]
            hours, lags = self._hours(days, keys), self._lags(days, keys)
            yield {
                self._holders(key): self._estimate(days, key, reach=r, hours=h, lag=lag)
                for key, r, h, lag in zip(keys, reach, hours, lags, strict=True)
            }

    def _passed(self, days: tuple[date, date]) -> dict[int, _Passed]:
        """Return what passed between two days, by giver and taker in one number."""
        if days not in self._known:
            base = self._ensemble.base
            before, after = (base.held_by[base.day_index(day)] for day in days)
            at = np.flatnonzero((before != after) & self._inside)
            key = before[at].astype(np.int64) * len(base.holders) + after[at]
            table = np.bincount(key, self._weight[at])
            self._known[days] = {
                n: _Passed(float(table[n]), float(base.area_m2[at[key == n]].sum() / 1e6))
                for n in np.flatnonzero(table).tolist()
            }
        return self._known[days]

    def _sectioned(self, days: Days) -> tuple[Ints, Ints, Floats]:
        """Return by which giver and taker in one number, and section, how much passed.

        Only where anything did: of all holders and sections it would be a large table each.
        """
        count, sections = len(self._ensemble.base.holders), self._sections
        before, after = (self._pieces_held(day) for day in days)
        at = np.flatnonzero(before != after)
        key = (before[at].astype(np.int64) * count + after[at]) * sections.count
        found = np.bincount(key + sections.section[at], sections.km2[at]).astype(np.float64)
        there = np.flatnonzero(found)
        return *np.divmod(there, max(sections.count, 1)), found[there]

    def _passed_by_section(self, periods: Sequence[Days], keys: list[int]) -> Floats:
        """Return what passed by giver and taker, and section: (periods, keys, sections)."""
        count = self._sections.count
        first = np.full(len(self._ensemble.base.holders) ** 2, len(keys) * count)  # of none the end
        first[keys] = np.arange(len(keys)) * count
        tables = np.zeros((len(periods), (len(keys) + 1) * count))
        for table, days in zip(tables, periods, strict=True):
            passed, section, km2 = self._by_section(days)
            table[first.take(passed) + section] = km2
        return tables.reshape(len(periods), len(keys) + 1, count)[:, :-1]

    def _held_of_pieces(self, day: date) -> HolderRows:
        """Return who held the pieces of all sections on a day."""
        base = self._ensemble.base
        held: HolderRows = base.held_by[base.day_index(day)][self._sections.face]
        return held

    @cached_property
    def _sections(self) -> Sections:
        """The ground of the area that changed hands; its faces keep their numbers."""
        return self._ensemble.sections_in(self._area)

    def _holders(self, key: int) -> tuple[Holder, Holder]:
        holders = self._ensemble.base.holders
        return holders[key // len(holders)], holders[key % len(holders)]

    def _estimate(
        self,
        days: tuple[date, date],
        key: int,
        *,
        reach: Reach,
        hours: tuple[float, float],
        lag: float,
    ) -> Estimate:
        ensemble = self._ensemble
        boundary = ensemble.boundary or BoundaryError()
        measure = self._measure(days, key)
        sd = boundary.total_m * reach.spread_m * _M2_TO_KM2
        return interval_about(
            ensemble,
            measure,
            self._passed(days)[key].alone,
            together(sd, rim_sd(ensemble, measure)),
            abs(boundary.bias_m) * reach.length_m * _M2_TO_KM2,
            hours=hours,
            other_sd=lag,
        )

    def _measure(self, days: tuple[date, date], key: int) -> Measure:
        """Return the measure of a transfer; where the rim is exact its limits are all it is for."""
        if self._area in self._ensemble.rims:
            return transfer_measure(self._ensemble.base, days, self._holders(key), self._area)
        return self._any

    @cached_property
    def _any(self) -> Measure:
        base = self._ensemble.base
        days, holder = base.days[0], base.holders[0]
        return transfer_measure(base, (days, days), (holder, holder), self._area)

    def _hours(self, days: tuple[date, date], keys: list[int]) -> Iterable[tuple[float, float]]:
        """Return by how much less and more the hour of the cut can make each transfer."""

        def figures(other: tuple[date, ...]) -> Floats:
            passed = self._passed((other[0], other[1]))
            return np.array([passed[key].in_table if key in passed else 0.0 for key in keys])

        base, corrupt = self._ensemble.base, self._ensemble.corrupt
        less, more = hour_of_cut(figures, days, base, corrupt=corrupt)
        return zip(less.tolist(), more.tolist(), strict=True)

    def _lags(self, days: tuple[date, date], keys: list[int]) -> list[float]:
        """Return the standard deviations that late and early redrawing gives transfers."""
        ensemble = self._ensemble
        if not (ensemble.lag_days and keys):
            return [0.0] * len(keys)
        variance = lag_variance(
            lambda periods: self._passed_by_section(periods, keys),
            days,
            ensemble.base,
            lag_days=ensemble.lag_days,
            corrupt=ensemble.corrupt,
        )
        found: list[float] = np.sqrt(variance).tolist()
        return found

    def _carried(self, pairs: Pairs) -> dict[tuple[int, int], Reach]:
        """Return how far errors of the lines carry, by number of the pair and of the transfer."""
        ensemble, error = self._ensemble, self._ensemble.boundary
        if error is None or error.is_none:
            return {}
        base = ensemble.drawing.history
        numbers = np.array([[base.day_index(day) for day in pair] for pair in pairs])
        rows, at = np.unique(numbers, return_inverse=True)
        faces = merged_faces(ensemble.drawing, rows, self._area)
        before, after = at.reshape(-1, 2).T
        count = len(base.holders)
        return {
            (pair, giver * count + taker): Reach(spread_m, length_m)
            for found in reach_of_pairs(faces, before, after, holders=count, error=error)
            for pair, giver, taker, spread_m, length_m in zip(
                found.pair.tolist(),
                found.giver.tolist(),
                found.taker.tolist(),
                found.spread_m.tolist(),
                found.length_m.tolist(),
                strict=True,
            )
        }

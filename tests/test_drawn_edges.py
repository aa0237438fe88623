"""Edges of all days, found in blocks of days: the same as of all days at once."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
import shapely

from territory.geometry.projection import WGS84
from territory.history.partition import drawn_edges, layers_of
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder

DAYS = 12


def day(number, chance):
    """Return zones of two holders on a grid, beside each other, with holes and lost corners."""
    cells = chance.integers(0, 3, (4, 4))
    zones = [
        shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in np.argwhere(cells == who)])
        for who in (1, 2)
    ]
    holders, drawn = (Holder("a"), Holder("b")), np.array(zones, dtype=object)
    there = ~shapely.is_empty(drawn)
    own = tuple(holder for holder, is_there in zip(holders, there, strict=True) if is_there)
    on = date(2024, 1, 1) + timedelta(number)
    return normalise(RawZones(on, WGS84, Source("drawn"), own, drawn[there]))


@pytest.mark.parametrize("together", [1, 30, 100])
def test_blocks_of_days_give_the_edges_of_all_days(monkeypatch, together):
    chance = np.random.default_rng(5)
    days = tuple(day(number, chance) for number in range(DAYS))
    whole = drawn_edges(days, layers_of(days))
    monkeypatch.setattr("territory.history.partition._TOGETHER", together)
    found = drawn_edges(days, layers_of(days))
    assert np.array_equal(found.ends, whole.ends)
    assert found.use.shape == whole.use.shape == (2 * DAYS, len(whole.ends))
    assert np.array_equal(found.use.toarray(), whole.use.toarray())
    for chosen in (slice(None), np.arange(0, len(whole.ends), 3)):
        one, other = found.lines(chosen), whole.lines(chosen)
        assert shapely.to_wkb(one).tolist() == shapely.to_wkb(other).tolist()


def test_edges_are_those_of_the_rings_each_once():
    chance = np.random.default_rng(6)
    days = tuple(day(number, chance) for number in range(DAYS))
    found = drawn_edges(days, layers_of(days))
    drawn = set()
    for snapshot in days:
        for begin, end in pairwise(snapshot.ring_start):
            ring = snapshot.xy[begin:end].tolist()
            drawn |= {tuple(sorted(map(tuple, pair))) for pair in pairwise(ring)}
    edges = [tuple(sorted([tuple(each[:2]), tuple(each[2:])])) for each in found.ends.tolist()]
    assert len(edges) == len(set(edges))
    assert set(edges) == drawn

"""Edges of all days, found where days differ and in blocks: the same as of each day by itself."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
import shapely

from territory.geometry.projection import WGS84, EqualArea
from territory.history.drawn_edges import drawn_edges
from territory.history.partition import layers_of, partition
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Snapshot, Source
from territory.holders import Holder

DAYS = 12
A, B = Holder("a"), Holder("b")


def zones_on(number, cells):
    """Return the zones of two holders on a grid of cells, beside each other."""
    zones = [
        shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in np.argwhere(cells == who)])
        for who in (1, 2)
    ]
    drawn = np.array(zones, dtype=object)
    there = ~shapely.is_empty(drawn)
    own = tuple(holder for holder, is_there in zip((A, B), there, strict=True) if is_there)
    on = date(2024, 1, 1) + timedelta(number)
    return normalise(RawZones(on, WGS84, Source("drawn"), own, drawn[there]))


def redrawn_everywhere(chance):
    """Return days of which each is drawn anew, with holes and lost corners."""
    return tuple(zones_on(n, chance.integers(0, 3, (4, 4))) for n in range(DAYS))


def redrawn_here_and_there(chance):
    """Return days on which a few cells change hands, or none, or all are gone for a day."""
    cells, days = chance.integers(0, 3, (6, 6)), []
    for number in range(DAYS):
        for _ in range(chance.integers(0, 3)):
            cells[tuple(chance.integers(0, 6, 2))] = chance.integers(0, 3)
        days.append(zones_on(number, cells * (number != DAYS // 2)))
    return tuple(days)


def shuffled(chance):
    """Return days whose rings begin anywhere, and stand in any order, though few change."""
    return tuple(
        in_other_order(day, chance) if chance.random() < 0.5 else day
        for day in redrawn_here_and_there(chance)
    )


def in_other_order(snapshot, chance):
    spans = [*pairwise(snapshot.ring_start)]
    order = chance.permutation(len(spans))
    rings = []
    for at in order:
        open_ring = snapshot.xy[slice(*spans[at])][:-1]
        turned = np.roll(open_ring, chance.integers(len(open_ring)), axis=0)
        rings.append(np.concatenate([turned, turned[:1]]))
    sizes = [len(ring) for ring in rings]
    xy = np.concatenate(rings) if rings else snapshot.xy
    start, layer = np.cumsum([0, *sizes]), snapshot.ring_layer[order]
    return replace(snapshot, xy=xy, ring_start=start, ring_layer=layer)


def told_of(snapshots, layers):
    """Return how often each layer draws each pair of points along, less against, day by day."""
    days = []
    for snapshot in snapshots:
        use = Counter()
        for ring, (begin, end) in zip(
            snapshot.ring_layer, pairwise(snapshot.ring_start), strict=True
        ):
            layer = layers.index(snapshot.holders[ring])
            for one, other in pairwise(map(tuple, snapshot.xy[begin:end].tolist())):
                if one != other:
                    along = one < other
                    use[layer, min(one, other) + max(one, other)] += 1 if along else -1
        days.append({key: count for key, count in use.items() if count})
    return days


def found_of(edges, layers):
    """Return the same of edges that were found."""
    ends = [tuple(each) for each in edges.ends.tolist()]
    table = edges.changes.toarray().reshape(-1, len(layers), len(ends)).cumsum(axis=0)
    return [
        {(layer, ends[edge]): int(day[layer, edge]) for layer, edge in np.argwhere(day).tolist()}
        for day in table
    ]


SERIES = [redrawn_everywhere, redrawn_here_and_there, shuffled]


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("seed", range(8))
def test_what_changes_adds_up_to_what_each_day_draws(series, seed):
    days = series(np.random.default_rng(seed))
    layers = layers_of(days)
    found = drawn_edges(days, layers)
    assert (found.changes.data != 0).all()
    assert found_of(found, layers) == told_of(days, layers)


@pytest.mark.parametrize("together", [1, 30, 100])
@pytest.mark.parametrize("series", SERIES)
def test_blocks_of_days_give_the_edges_of_all_days(monkeypatch, together, series):
    days = series(np.random.default_rng(5))
    whole = drawn_edges(days, layers_of(days))
    monkeypatch.setattr("territory.history.drawn_edges._TOGETHER", together)
    found = drawn_edges(days, layers_of(days))
    assert np.array_equal(found.ends, whole.ends)
    assert np.array_equal(found.changes.toarray(), whole.changes.toarray())
    for chosen in (slice(None), np.arange(0, len(whole.ends), 3)):
        one, other = found.lines(chosen), whole.lines(chosen)
        assert shapely.to_wkb(one).tolist() == shapely.to_wkb(other).tolist()


def test_edges_are_those_of_the_rings_each_once():
    chance = np.random.default_rng(6)
    for series in SERIES:
        days = series(chance)
        found = drawn_edges(days, layers_of(days))
        drawn = set()
        for snapshot in days:
            for begin, end in pairwise(snapshot.ring_start):
                ring = snapshot.xy[begin:end].tolist()
                drawn |= {tuple(sorted(map(tuple, pair))) for pair in pairwise(ring)}
        edges = [tuple(sorted([tuple(each[:2]), tuple(each[2:])])) for each in found.ends.tolist()]
        assert len(edges) == len(set(edges))
        assert set(edges) == drawn


def snapshot_of_rings(number, *rings, holders=(A,), layers=None):
    xy = np.concatenate([np.array(ring, dtype=float) for ring in rings])
    start = np.cumsum([0, *(len(ring) for ring in rings)])
    layer = np.zeros(len(rings), dtype=np.int64) if layers is None else np.array(layers)
    return Snapshot(date(2024, 1, 1) + timedelta(number), WGS84, holders, xy, start, layer)


LEFT, RIGHT = [(0, 0), (2, 0), (2, 2), (0, 0)], [(0, 0), (0, 2), (-2, 2), (0, 0)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # The same positions one after the other, of other holders.
        (
            {"rings": (LEFT, RIGHT), "holders": (A, B), "layers": [0, 1]},
            {"rings": (LEFT, RIGHT), "holders": (A, B), "layers": [1, 0]},
        ),
        # The same holders under other numbers.
        (
            {"rings": (LEFT, RIGHT), "holders": (A, B), "layers": [0, 1]},
            {"rings": (LEFT, RIGHT), "holders": (B, A), "layers": [0, 1]},
        ),
        # The same positions in rings that end elsewhere.
        ({"rings": (LEFT, RIGHT)}, {"rings": ([*LEFT, *RIGHT],)}),
        # Less and more, at the front and at the end.
        ({"rings": (LEFT, RIGHT)}, {"rings": (LEFT,)}),
        ({"rings": (LEFT, RIGHT)}, {"rings": (RIGHT,)}),
        ({"rings": (RIGHT,)}, {"rings": (LEFT, RIGHT)}),
        ({"rings": (LEFT,)}, {"rings": (LEFT, RIGHT)}),
        ({"rings": (LEFT,)}, {"rings": (LEFT, LEFT)}),
        ({"rings": (LEFT, LEFT)}, {"rings": (LEFT,)}),
        # One position only, the first and the last of a ring.
        ({"rings": (LEFT,)}, {"rings": ([(0, 1), (2, 0), (2, 2), (0, 1)],)}),
        # Nothing but the sign of zero.
        ({"rings": (LEFT,)}, {"rings": ([(-0.0, 0), (2, -0.0), (2, 2), (0, -0.0)],)}),
        ({"rings": (LEFT,)}, {"rings": (LEFT, [(-0.0, 0), (2, 2), (0, 2), (-0.0, 0)])}),
        # A position twice in a row.
        ({"rings": (LEFT,)}, {"rings": ([(0, 0), (2, 0), (2, 0), (2, 2), (0, 0)],)}),
    ],
)
def test_a_day_is_as_drawn_whatever_it_has_in_common_with_the_day_before(before, after):
    one, other = (
        snapshot_of_rings(n, *each["rings"], **{k: v for k, v in each.items() if k != "rings"})
        for n, each in enumerate((before, after))
    )
    for days in ((one, other), (other, one), (one, other, one)):
        layers = layers_of(days)
        assert found_of(drawn_edges(days, layers), layers) == told_of(days, layers)


@pytest.mark.parametrize("series", SERIES)
def test_what_rings_enclose_is_added_up_apart_from_the_edges(series):
    days = series(np.random.default_rng(9))
    layers = layers_of(days)
    found = drawn_edges(days, layers)
    for snapshot, signed in zip(days, found.signed, strict=True):
        enclosed = dict.fromkeys(layers, 0.0)
        for ring, (begin, end) in zip(
            snapshot.ring_layer, pairwise(snapshot.ring_start), strict=True
        ):
            x, y = snapshot.xy[begin:end].T
            area = (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2
            enclosed[snapshot.holders[ring]] += area
        assert signed.tolist() == pytest.approx(list(enclosed.values()), abs=1e-12)
    grown = np.diff(found.signed, axis=0, prepend=0.0)
    assert found.conserves(grown.ravel())
    grown[-1, 0] += 1e-6
    assert not found.conserves(grown.ravel())


def test_a_small_zone_far_from_all_others_is_cut_as_any_other():
    """What is rounded off a sum of large numbers is more than all of its area."""
    west, east = (
        shapely.box(-5, 30, 5, 38),
        shapely.Polygon([(40, 34), (40.0001, 34), (40, 34.0002)]),
    )
    for zones in ([west], [west, east]), ([west, east], [west, east]):
        days = tuple(
            normalise(
                RawZones(
                    date(2024, 1, 1 + n),
                    WGS84,
                    Source("drawn"),
                    (A, B)[: len(each)],
                    np.array(each),
                )
            )
            for n, each in enumerate(zones)
        )
        layers = layers_of(days)
        found = drawn_edges(days, layers)
        assert found.signed[-1, 1] == pytest.approx(east.area, rel=1e-12)
        assert partition(days, EqualArea(20.0, 34.0)).winding.on(1)[1].any()


def test_a_ring_of_one_place_encloses_nothing():
    days = (snapshot_of_rings(0, LEFT, [(5, 5)], holders=(A, B), layers=[0, 1]),)
    found = drawn_edges(days, (A, B))
    assert found.signed.tolist() == [[2.0, 0.0]]
    assert found.conserves(found.signed.ravel())

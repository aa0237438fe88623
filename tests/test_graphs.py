"""What hangs together through pairs, against a flood from thing to thing."""

from time import process_time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from territory.geometry import arrays
from territory.geometry.arrays import distinct_values, sorted_distinct
from territory.geometry.graphs import connected, sparse_table
from territory.history import tile_figures

COUNT = 8
PAIRS = st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), max_size=12)


def flooded(pairs):
    """Return the group of each thing: groups are numbered by the first thing in them."""
    group = [-1] * COUNT
    both_ways = [*pairs, *(pair[::-1] for pair in pairs)]
    for start in range(COUNT):
        reached = {start} if group[start] < 0 else set()
        while beyond := {other for one, other in both_ways if one in reached} - reached:
            reached |= beyond
        for thing in reached:
            group[thing] = max(group[:start], default=-1) + 1
    return group


@given(PAIRS)
def test_groups_are_what_a_flood_reaches(pairs):
    one, other = np.array(pairs, dtype=int).reshape(-1, 2).T
    groups, group = connected(one, other, COUNT)
    assert group.tolist() == flooded(pairs)
    assert groups == max(group) + 1


@given(st.integers(0, 2**32 - 1), st.integers(1, 400))
def test_groups_are_those_of_scipy_in_the_same_order(seed, count):
    pairs = np.random.default_rng(seed).integers(0, count, (2, count))
    table = sparse_table(np.ones(count, dtype=bool), *pairs, (count, count))
    expected = connected_components(table, directed=False)
    for found, wanted in zip(connected(*pairs, count), expected, strict=True):
        assert np.array_equal(found, wanted)


def test_a_thing_that_hangs_with_many_takes_no_longer_than_others():
    things = np.arange(50_000)
    begun = process_time()
    assert connected(things, np.full(len(things), len(things)), len(things) + 1)[0] == 1
    assert process_time() - begun < 1  # a turn for each of them takes half a minute


def test_nothing_hangs_together_where_nothing_is():
    none = np.zeros(0, dtype=int)
    assert connected(none, none, 3)[1].tolist() == [0, 1, 2]


@given(PAIRS)
def test_a_table_adds_up_what_stands_in_one_cell(pairs):
    rows, columns = np.array(pairs, dtype=int).reshape(-1, 2).T
    values = np.arange(1, len(pairs) + 1)
    added = np.zeros((COUNT, COUNT), dtype=int)
    np.add.at(added, (rows, columns), values)
    assert sparse_table(values, rows, columns, (COUNT, COUNT)).toarray().tolist() == added.tolist()


@given(st.lists(st.integers(0, 6)))
def test_distinct_values_stand_in_the_order_they_first_do(values):
    number, found = distinct_values(np.array(values, dtype=np.int64))
    assert found.tolist() == list(dict.fromkeys(values))
    assert found[number].tolist() == values


@given(st.lists(st.integers(-3, 3) | st.floats(allow_nan=False)))
def test_values_stand_in_order_and_once(values):
    assert sorted_distinct(np.array(values)).tolist() == sorted(set(map(float, values)))


def test_rows_and_histories_of_one_hash_are_told_apart(monkeypatch):
    """A hash only sorts; who holds what is never taken from it."""
    rows = np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [5.0, 0.0]])
    held_by = np.array([[1, 0, 1, 2], [1, 1, 1, 0]], dtype=np.int16)  # days, faces
    for module in (arrays, tile_figures):
        monkeypatch.setattr(module, "mixed", lambda words, count: np.zeros(count, dtype=np.uint64))
    first, inverse = arrays.unique_rows(rows)
    assert rows[first][inverse].tolist() == rows.tolist()
    number, table = tile_figures._histories(held_by)
    assert len(table) == 3
    assert table[number].T.tolist() == held_by.tolist()

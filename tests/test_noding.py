"""Lines that are noded already: noding them would change no point, no order and no direction."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from territory.geometry.arrays import sorted_rows
from territory.geometry.noding import unnoded
from territory.geometry.rounding import _noded

POINTS = st.tuples(st.integers(0, 12), st.integers(0, 12))
LINES = st.lists(st.lists(POINTS, min_size=2, max_size=4), min_size=1, max_size=6)


def lines_of(drawn):
    """Return lines without repeated points; what is a point then is left out."""
    apart = (
        [p for p, before in zip(line, [None, *line], strict=False) if p != before] for line in drawn
    )
    return np.array([shapely.LineString(line) for line in apart if line[1:]], dtype=object)


def noded(lines):
    return np.asarray(shapely.get_parts(shapely.union_all(lines, grid_size=1.0)), dtype=object)


@settings(max_examples=400)
@given(LINES)
@example([[(0, 0), (9, 0)], [(0, 0), (9, 1)]])  # they part, and no end lies in the way
@example([[(0, 0), (4, 0), (4, 4), (0, 0)]])
def test_what_is_noded_comes_back_as_it_is(drawn):
    lines = lines_of(drawn)
    if len(lines) and not unnoded(lines).any():
        found = noded(lines)
        assert len(found) == len(lines)
        assert shapely.equals_identical(found, lines).all()


@settings(max_examples=400)
@given(LINES, LINES)
def test_what_is_known_to_be_noded_is_not_looked_at_again(drawn, more):
    first = lines_of(drawn)
    kept = first[~unnoded(first)] if len(first) else first
    every = np.concatenate([kept, lines_of(more)])
    if len(every):
        assert unnoded(every, known=len(kept)).tolist() == unnoded(every).tolist()


@pytest.mark.parametrize(
    "drawn",
    [
        [[(0, 0), (9, 9)], [(0, 9), (9, 0)]],  # across
        [[(0, 0), (9, 0)], [(4, 0), (4, 5)]],  # an end on an edge
        [[(0, 0), (4, 0), (9, 0)], [(4, 0), (4, 5)]],  # an end on a bend
        [[(0, 0), (9, 1)], [(4, 0), (4, -5)]],  # an end in whose cell an edge runs
        [[(0, 0), (90, 3)], [(0, 0), (45, 1)]],  # they part too slowly
        [[(0, 0), (9, 0)], [(9, 0), (0, 0)]],  # twice the same
        [[(0, 0), (9, 0), (4, 0)]],  # there and back
    ],
)
def test_what_noding_changes_is_not_noded(drawn):
    lines = lines_of(drawn)
    assert unnoded(lines).any()
    assert [line.wkt for line in noded(lines)] != [line.wkt for line in lines]


def test_lines_far_from_the_origin_are_told_apart():
    far = np.array([36_000_000_000, 5_000_000_000])
    one, other = (
        shapely.LineString(np.array(ends) + far)
        for ends in ([(0, 0), (10**8, 10**8)], [(2, 0), (10**8, 10**8 - 2)])
    )
    assert not unnoded(np.array([one, other])).any()


def edges(lines):
    """Return the edges of lines, whichever way they run."""
    each = (shapely.get_coordinates(line).tolist() for line in lines)
    return {tuple(sorted(map(tuple, edge))) for line in each for edge in pairwise(line)}


@settings(max_examples=400)
@given(LINES)
@example([[(0, 0), (9, 9)], [(0, 9), (9, 0)], [(2, 0), (4, 0)]])  # one that stays
@example([[(0, 5), (2, 2)], [(1, 5), (2, 3)], [(1, 4), (3, 5)]])  # as many lines, not the same
def test_noding_lines_that_must_be_is_noding_all(drawn):
    lines = lines_of(drawn)
    if not len(lines):
        return
    found, before = noded(lines), lines
    while len(found) != len(before) or not shapely.equals_identical(found, before).all():
        found, before = noded(found), found
    assert edges(_noded(lines, passes=50)) == edges(found)


@given(st.lists(st.tuples(*[st.integers(-(2**40), 2**40) | st.integers(-1, 1)] * 3)))
def test_rows_are_sorted_as_numpy_sorts_them(rows):
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    distinct, inverse = sorted_rows(table)
    expected, number = np.unique(table, axis=0, return_inverse=True)
    assert distinct.tolist() == expected.tolist()
    assert inverse.tolist() == number.ravel().tolist()

"""All pairs of days at once, against one pair after the other and against counted squares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import actor_mark, counted_transitions, history_of, squares
from strategies import grids

from territory.actors import NOBODY, Holder
from territory.change import transition_matrix
from territory.errors import InputError
from territory.pairs import all_pairs, all_transitions

FEW_BYTES = 100  # blocks of two or three faces


def group_of(history, marks):
    return frozenset(holder for holder in history.holders if actor_mark(holder) in marks)


@settings(max_examples=60)
@given(grids(days=4), st.sets(st.sampled_from("AB.")), st.sampled_from([FEW_BYTES, 10**6]))
def test_gains_are_the_number_of_squares(days, marks, block_bytes):
    history = history_of(*days)
    gained = all_pairs(history, group_of(history, marks), "frame", block_bytes=block_bytes)
    held = {actor_mark(holder) for holder in history.holders} & marks
    for a, before in enumerate(days):
        for b, after in enumerate(days):
            counted = counted_transitions(before, after)
            expected = sum(n for (x, y), n in counted.items() if x not in held and y in held)
            assert gained[a, b] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=30)
@given(grids(days=4), st.sampled_from([FEW_BYTES, 10**6]))
def test_transitions_of_all_pairs_are_those_of_each(days, block_bytes):
    history = history_of(*days)
    moved = all_transitions(history, "frame", block_bytes=block_bytes)
    for a, one in enumerate(history.days):
        for b, other in enumerate(history.days):
            expected = transition_matrix(history, one, other, "frame")
            assert moved[a, b] == pytest.approx(expected, abs=1e-9)


def test_what_passes_within_the_group_is_no_gain():
    history = history_of(squares("AB."), squares("BAA"))
    pair = group_of(history, "AB")
    assert all_pairs(history, pair).round(9).tolist() == [[0, 1], [0, 0]]
    assert all_pairs(history, frozenset({Holder("A")})).round(9).tolist() == [[0, 2], [1, 0]]
    assert all_pairs(history, frozenset({NOBODY})).round(9).tolist() == [[0, 0], [1, 0]]


def test_nothing_gained_is_exactly_zero():
    history = history_of(squares("AB"), squares("AB"))
    assert not np.any(all_pairs(history, group_of(history, "A"), "frame"))


def test_unknown_holders_and_areas_are_refused():
    history = history_of(squares("A"))
    with pytest.raises(InputError, match="did you mean 'A'"):
        all_pairs(history, frozenset({Holder("AA")}))
    with pytest.raises(InputError, match="no area is named 'x'"):
        all_transitions(history, "x")

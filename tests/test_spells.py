"""Spells against loops over days and faces."""

from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from squares import KM, PLANE

import territory.history.spells as module
from territory.errors import InputError
from territory.history.history import from_coverage
from territory.history.spells import runs, same_columns, spells_of
from territory.holders import NOBODY, Holder

HOLDERS = (NOBODY, Holder("a"), Holder("b"))
held = st.tuples(st.integers(1, 6), st.integers(1, 9)).flatmap(
    lambda shape: arrays(np.int16, shape, elements=st.integers(0, 2))
)


def a_history(held_by):
    faces = np.array([shapely.box(i * KM, 0, (i + 1) * KM, KM) for i in range(held_by.shape[1])])
    days = tuple(date(2018, 1, 1) + timedelta(days=2 * n) for n in range(len(held_by)))
    return from_coverage(faces, held_by, days=days, holders=HOLDERS, projection=PLANE)


def by_loops(held_by):
    """Return (faces, holder, first, last) of every spell, found face by face and day by day."""
    pieces = {}
    for face in range(held_by.shape[1]):
        pieces.setdefault(tuple(held_by[:, face].tolist()), []).append(face)
    found = []
    for column, faces in pieces.items():
        first = 0
        for row in range(1, len(column) + 1):
            if row == len(column) or column[row] != column[first]:
                found.append((tuple(faces), column[first], first, row - 1))
                first = row
    return found


def rows_of(spells):
    found = []
    for piece, holder, first, last in zip(
        spells.piece, spells.holder, spells.first, spells.last, strict=True
    ):
        faces = tuple(np.flatnonzero(spells.piece_of_face == piece).tolist())
        found.append((faces, int(holder), int(first), int(last)))
    return found


@given(held)
def test_spells_are_the_runs_of_equal_columns(held_by):
    assert rows_of(spells_of(a_history(held_by))) == by_loops(held_by)


@given(held, st.data())
def test_spells_of_chosen_days_are_those_of_these_rows_alone(held_by, data):
    rows = data.draw(st.sets(st.integers(0, len(held_by) - 1), min_size=1).map(sorted))
    history = a_history(held_by)
    found = spells_of(history, [history.days[row] for row in rows])
    assert rows_of(found) == by_loops(held_by[rows])


@given(held)
def test_the_first_face_of_a_piece_speaks_for_it(held_by):
    spells = spells_of(a_history(held_by))
    assert (held_by[:, spells.first_face[spells.piece_of_face]] == held_by).all()


@given(held)
def test_columns_that_are_mixed_to_one_number_stay_apart(held_by):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "mixed", lambda _rows, count: np.zeros(count, dtype=np.uint64))
        assert rows_of(spells_of(a_history(held_by))) == by_loops(held_by)


def test_no_face_has_no_spell():
    assert [len(each) for each in runs(lambda some: np.zeros((3, 0)), 0)] == [0, 0, 0, 0]


@given(held)
def test_a_few_columns_at_a_time_give_the_same(held_by):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_COLUMNS_AT_ONCE", 2)
        assert rows_of(spells_of(a_history(held_by))) == by_loops(held_by)


def test_a_day_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="no snapshot for 2017"):
        spells_of(a_history(np.array([[1]], dtype=np.int16)), [date(2017, 1, 1)])


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int64])
@pytest.mark.parametrize("days", [1, 7, 8, 9, 17])
def test_columns_are_told_apart_by_every_row(days, kind):
    rows = np.random.default_rng(days).integers(-1, 3, (days, 1)).repeat(2 * days + 1, axis=1)
    rows[np.arange(days), np.arange(days)] += 1  # each column but the last ones is another
    assert same_columns(rows.astype(kind)).tolist() == [*range(days), *[days] * (days + 1)]

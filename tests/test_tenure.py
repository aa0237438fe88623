"""Ground followed face by face along the path, against counting day after day."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from territory.geometry.projection import EqualArea
from territory.history.history import History, from_coverage
from territory.holders import NOBODY, Holder
from territory.measure.change import areas_by_day, gross_change, transition_matrix
from territory.measure.tenure import churn, held_since, times_changed

HOLDERS = (NOBODY, Holder("a"), Holder("b"))


def squares(rows: list[list[int]]) -> History:
    """Square kilometres in a row, and who holds each on the first of every month."""
    held_by = np.array(rows, dtype=np.int16)
    boxes = [shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(held_by.shape[1])]
    days = tuple(date(2018, month + 1, 1) for month in range(len(rows)))
    return from_coverage(
        np.array(boxes), held_by, days=days, holders=HOLDERS, projection=EqualArea(0.0, 0.0)
    )


paths = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 2), min_size=width, max_size=width), min_size=2, max_size=8
    )
)


@given(paths)
def test_each_face_is_as_if_followed_by_hand(rows):
    history = squares(rows)
    first, last = history.days[0], history.days[-1]
    changed, since = times_changed(history, first, last), held_since(history, last)
    for face, path in enumerate(zip(*rows, strict=True)):
        assert changed[face] == sum(a != b for a, b in pairwise(path))
        start = len(path) - 1
        while start and path[start - 1] == path[-1]:
            start -= 1
        assert since[face] == start


@given(paths, st.sets(st.sampled_from(HOLDERS)))
def test_churn_agrees_with_the_matrices(rows, group):
    history = squares(rows)
    first, last = history.days[0], history.days[-1]
    found = churn(history, first, last, frozenset(group))
    inside = np.array([holder in group for holder in HOLDERS])
    gross = gross_change(history, first, last)
    ends = transition_matrix(history, first, last)
    assert found.taken_km2 == gross[np.ix_(~inside, inside)].sum()
    assert found.lost_km2 == gross[np.ix_(inside, ~inside)].sum()
    assert found.gained_km2 == ends[np.ix_(~inside, inside)].sum()
    assert found.ceded_km2 == ends[np.ix_(inside, ~inside)].sum()
    held = areas_by_day(history)[:, inside].sum(axis=1)
    assert found.taken_km2 - found.lost_km2 == pytest.approx(held[-1] - held[0])


def test_ground_taken_and_retaken_is_passing():
    history = squares([[1, 1, 2], [2, 1, 2], [1, 1, 1]])
    found = churn(history, history.days[0], history.days[2], frozenset({Holder("a")}))
    assert (found.taken_km2, found.lost_km2) == (2.0, 1.0)
    assert (found.gained_km2, found.ceded_km2, found.passing_km2) == (1.0, 0.0, 1.0)


def test_an_area_limits_what_is_counted():
    west = squares([[1, 2], [2, 1]]).with_areas({"west": shapely.box(0, 0, 1000, 1000)})
    found = churn(west, west.days[0], west.days[1], frozenset({Holder("a")}), "west")
    assert (found.taken_km2, found.lost_km2) == (0.0, 1.0)

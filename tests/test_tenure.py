"""Ground followed face by face along the path, against counting day after day."""

from datetime import date
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from territory.geometry.projection import EqualArea
from territory.history.history import History, from_coverage
from territory.holders import NOBODY, Holder
from territory.measure.change import gross_change
from territory.measure.tenure import held_since, times_changed

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


@given(paths)
def test_gross_change_counts_every_time(rows):
    history = squares(rows)
    counted = np.zeros((3, 3))
    for path in zip(*rows, strict=True):
        for one, other in pairwise(path):
            counted[one, other] += one != other
    gross = gross_change(history, history.days[0], history.days[-1])
    assert gross.tolist() == counted.tolist()


def test_an_area_limits_what_is_counted():
    west = squares([[1, 2], [2, 1]]).with_areas({"west": shapely.box(0, 0, 1000, 1000)})
    gross = gross_change(west, *west.days, "west")
    assert gross.tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 0]]


def test_what_comes_after_the_last_day_that_is_asked_for_does_not_count():
    history = squares([[1, 2], [2, 2], [1, 2], [2, 1], [1, 1]])
    days = history.days
    assert times_changed(history, days[0], days[2]).tolist() == [2, 0]
    assert times_changed(history, days[1], days[2]).tolist() == [1, 0]
    assert held_since(history, days[2]).tolist() == [2, 0]
    assert held_since(history, days[1]).tolist() == [1, 0]

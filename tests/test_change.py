"""Areas, transfers and gross change of five strips of 1, 2, 4, 8 and 16 km2, over three days::

    A A B . A
    B A A . A
    A B A A B

No two sets of strips have the same size, so a figure tells which of them it counts. The area `west`
is the first two strips.
"""

import numpy as np
import pytest
import shapely
from squares import KM, PLANE, actor_mark, day

from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder
from territory.measure.change import (
    areas_by_day,
    gross_change,
    transfers,
    transition_matrix,
    zones,
)

STRIPS = np.array([shapely.box(2**n * KM, 0, 2 ** (n + 1) * KM, KM) for n in range(5)])
WHO = (NOBODY, Holder("A"), Holder("B"))


@pytest.fixture(scope="module")
def history():
    rows = np.array([[".AB".index(mark) for mark in row] for row in ("AAB.A", "BAA.A", "ABAAB")])
    days = tuple(day(n) for n in range(3))
    cut = from_coverage(STRIPS, rows.astype(np.int16), days=days, holders=WHO, projection=PLANE)
    return cut.with_areas({"west": shapely.union_all(STRIPS[:2])})


def by_pair(matrix):
    """Return the figures of a matrix that are not zero, by giver and taker."""
    found = (("".join(".AB"[n] for n in pair), matrix[*pair]) for pair in np.argwhere(matrix))
    return {pair: pytest.approx(km2) for pair, km2 in found}


@pytest.mark.parametrize(
    ("area", "km2"),
    [(None, [[8, 19, 4], [8, 22, 1], [0, 13, 18]]), ("west", [[0, 3, 0], [0, 2, 1], [0, 1, 2]])],
)
def test_areas_are_those_of_each_day_within_the_area(history, area, km2):
    np.testing.assert_allclose(areas_by_day(history, area), km2)


@pytest.mark.parametrize(
    ("first", "last", "area", "km2"),
    [
        (0, 1, None, {"AB": 1, "BA": 4}),  # what comes after the last day is not counted
        (1, 2, None, {"BA": 1, "AB": 18, ".A": 8}),
        (0, 2, None, {"BA": 5, "AB": 19, ".A": 8}),
        (0, 2, "west", {"BA": 1, "AB": 3}),
        (0, 1, "west", {"AB": 1}),
        (1, 1, None, {}),
    ],
)
def test_every_step_of_the_way_counts_and_nothing_beyond(history, first, last, area, km2):
    assert by_pair(gross_change(history, day(first), day(last), area)) == km2


@pytest.mark.parametrize(
    ("area", "stayed", "km2"),
    [
        (None, True, {"AA": 1, "AB": 18, "BA": 4, ".A": 8}),
        (None, False, {"AB": 18, "BA": 4, ".A": 8}),
        ("west", True, {"AA": 1, "AB": 2}),
        ("west", False, {"AB": 2}),
    ],
)
def test_ground_that_stayed_is_counted_where_it_is_asked_for(history, area, stayed, km2):
    assert by_pair(transition_matrix(history, day(0), day(2), area, stayed=stayed)) == km2


@pytest.mark.parametrize(
    ("area", "expected"),
    [(None, {"AB": [1, 4], "BA": [2], ".A": [3]}), ("west", {"AB": [1]})],
)
def test_a_transfer_has_the_ground_and_the_km2_of_the_area_alone(history, area, expected):
    found = transfers(history, day(0), day(2), area)
    assert [actor_mark(each.giver) + actor_mark(each.taker) for each in found] == [*expected]
    for each, strips in zip(found, expected.values(), strict=True):
        assert each.km2 == pytest.approx(sum(2**n for n in strips))
        assert each.geometry.equals(shapely.union_all(STRIPS[strips]))


def test_no_transfer_is_a_rounding_of_coordinates():
    """As in tables: a billionth of the ground; pictures listed such pairs as 0 km2."""
    crumb = shapely.box(-1e-4, 0, 0, 0.1)  # square metres of 31 km2
    cut = from_coverage(
        np.array([crumb, *STRIPS[[0, 4]]]),
        np.array([[1, 1, 1], [0, 2, 1]], dtype=np.int16),
        days=(day(0), day(1)),
        holders=WHO,
        projection=PLANE,
    )
    (found,) = transfers(cut, day(0), day(1))
    assert (str(found.giver), str(found.taker), found.km2) == ("A", "B", 1.0)


@pytest.mark.parametrize(
    ("area", "options", "held"),
    [
        (None, {}, {".": [3], "A": [1, 2, 4], "B": [0]}),
        (None, {"nobody": False}, {"A": [1, 2, 4], "B": [0]}),
        ("west", {}, {"A": [1], "B": [0]}),
    ],
)
def test_zones_are_those_of_the_day_within_the_area(history, area, options, held):
    found = zones(history, day(1), area, **options)
    assert [actor_mark(holder) for holder, _ in found] == [*held]
    for (_, ground), strips in zip(found, held.values(), strict=True):
        assert ground.equals(shapely.union_all(STRIPS[strips]))

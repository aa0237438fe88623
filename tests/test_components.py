"""Quantity, exchange and shift, against squares that are swapped and sent round one by one."""

import csv
from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from squares import day, history_of, squares, write_two_boxes

import territory as tt
from territory.claims.component_rows import EVERYONE, component_rows
from territory.cli import _code
from territory.measure.boundary_error import BoundaryError
from territory.measure.components import components
from territory.measure.ensemble import Ensemble

COUNT = 4
MATRICES = st.lists(
    st.lists(st.integers(0, 6), min_size=COUNT, max_size=COUNT), min_size=COUNT, max_size=COUNT
)


def decomposed(matrix):
    """Take squares that changed hands one by one: swap what can be swapped, then look at the rest.

    Returns the three components of each category by counting, never by a formula of sums.
    """
    moved = [(i, j) for i, row in enumerate(matrix) for j, n in enumerate(row) for _ in range(n)]
    moved = [each for each in moved if each[0] != each[1]]
    exchange, shift, quantity = ([0] * len(matrix) for _ in range(3))
    left = []
    while moved:
        i, j = moved.pop()
        if (j, i) in moved:
            moved.remove((j, i))
            for each in (i, j):
                exchange[each] += 2  # one square gained, one lost
        else:
            left.append((i, j))
    for category in range(len(matrix)):
        gained = sum(j == category for _, j in left)
        lost = sum(i == category for i, _ in left)
        shift[category] = 2 * min(gained, lost)  # it came from one and went to another
        quantity[category] = max(gained, lost) - min(gained, lost)
    return quantity, exchange, shift


@given(MATRICES)
def test_components_are_what_swapping_squares_gives(matrix):
    found = components(np.array(matrix, dtype=float))
    quantity, exchange, shift = decomposed(matrix)
    assert found.quantity.tolist() == quantity
    assert found.exchange.tolist() == exchange
    assert found.shift.tolist() == shift


@given(MATRICES)
def test_they_add_up_to_the_difference(matrix):
    table = np.array(matrix, dtype=float)
    found = components(table)
    assert sum(found.overall) == pytest.approx(table.sum() - np.trace(table))
    # the least ground that must change hands for everyone to have what they have at the end
    assert found.overall[0] == np.maximum(table.sum(0) - table.sum(1), 0).sum()


@pytest.mark.parametrize(
    ("matrix", "overall"),
    [
        ([[5, 3], [0, 5]], (3, 0, 0)),  # all one way
        ([[5, 3], [3, 5]], (0, 6, 0)),  # swapped
        ([[0, 2, 0], [0, 0, 2], [2, 0, 0]], (0, 0, 6)),  # round three
        ([[0, 2, 0], [0, 0, 2], [0, 0, 0]], (2, 0, 2)),  # handed on by the second
        ([[9, 0], [0, 9]], (0, 0, 0)),
    ],
)
def test_by_hand(matrix, overall):
    assert components(np.array(matrix, dtype=float)).overall == overall


def rows_of(before, after, **more):
    history = history_of(squares(before), squares(after))
    ensemble = Ensemble(history, BoundaryError(**more) if more else None)
    rows = component_rows("", ensemble, [(day(0), day(1))])
    return {row["actor"]: row for row in rows if row["area"] == "frame"}


def test_a_row_for_each_holder_and_one_for_all():
    found = rows_of("AAB.C", "BAA.C")
    assert [*found] == ["nobody", "A", "B", "C", EVERYONE]
    for actor, parts in (("A", (0, 2, 0)), ("C", (0, 0, 0)), (EVERYONE, (0, 2, 0))):
        row = found[actor]
        assert (row["quantity"], row["exchange"], row["shift"]) == pytest.approx(parts)


def test_the_interval_of_the_quantity_is_that_of_the_net_without_its_sign():
    row = rows_of("AAA" + "." * 9, "A" * 9 + "...", boundary_error_m=100.0)["A"]
    assert 0 < row["quantity_low"] < 6 < row["quantity_high"]
    back = rows_of("A" * 9 + "...", "AAA" + "." * 9, boundary_error_m=100.0)["A"]
    assert back["quantity_low"] == pytest.approx(row["quantity_low"])
    swapped = rows_of("AB........", "BA........", boundary_error_m=100.0)["A"]
    assert swapped["quantity_low"] == 0 <= swapped["quantity_high"]
    assert rows_of("AB", "BA")[EVERYONE]["quantity_low"] is None


def test_the_command_line_and_python_print_the_same(tmp_path, capsys):
    write_two_boxes(tmp_path)
    paths = [str(tmp_path / f"2024-01-0{n}.geojson") for n in (1, 3)]
    words = ["change", *paths, "--profile", "zones", "--from", "2024-01-01", "--to", "2024-01-03"]
    assert _code([*words, "--components"]) == 0
    rows = {row["actor"]: row for row in csv.DictReader(StringIO(capsys.readouterr().out))}
    with pytest.warns(tt.TerritoryWarning):
        history = tt.read(paths, profile="zones")
    frame = history.components().set_index("actor")
    assert [*rows] == frame.index.tolist() == ["A", "B", EVERYONE]
    for actor, row in rows.items():
        assert float(row["quantity"]) == pytest.approx(frame.quantity[actor], abs=1e-6)
    assert np.isnan(frame.quantity_low[EVERYONE])
    assert _code([*words, "--components", "--by", "region", "--regions", paths[0]]) == 2
    assert "--components does nothing here" in capsys.readouterr().err

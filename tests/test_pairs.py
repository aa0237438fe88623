"""All pairs of days at once, against one pair after the other and against counted squares."""

import json
import tracemalloc
from datetime import date, timedelta
from itertools import combinations, product

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import PLANE, history_of, squares
from strategies import grids

from territory.cli import _code
from territory.errors import InputError
from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder
from territory.measure.boundary_error import BoundaryError
from territory.measure.change import transition_matrix
from territory.measure.ensemble import Ensemble
from territory.measure.pairs import all_transitions, transitions
from territory.measure.rows import CHANGE_COLUMNS, change_rows, pair_rows
from territory.publish.write import csv_text

FEW_BYTES = 100  # blocks of two or three faces


@settings(max_examples=30)
@given(grids(days=4), st.sampled_from([FEW_BYTES, 10**6]))
def test_transitions_of_all_pairs_are_those_of_each(days, block_bytes):
    history = history_of(*days)
    moved = all_transitions(history, "frame", block_bytes=block_bytes)
    for a, one in enumerate(history.days):
        for b, other in enumerate(history.days):
            expected = transition_matrix(history, one, other, "frame")
            assert moved[a, b] == pytest.approx(expected, abs=1e-9)


def test_what_is_lost_one_way_round_is_gained_the_other():
    history = history_of(squares("AB"), squares("BB"))
    moved = all_transitions(history, "frame")
    assert np.array_equal(moved, moved.transpose(1, 0, 3, 2))
    assert not np.any(moved[0, 0] * (1 - np.eye(3)))
    gone = all_transitions(history, "frame", stayed=False)
    assert np.array_equal(gone, moved * (1 - np.eye(3)))


@settings(max_examples=30)
@given(grids(days=4), st.booleans())
def test_only_pairs_that_had_the_same_ground_are_kept(days, stayed):
    history = history_of(*days)
    found = transitions(history, "frame", stayed=stayed)
    dense = all_transitions(history, "frame", stayed=stayed)
    whole = history.held_by[:, history.mask("frame")]
    met = {
        (one, other)
        for one in range(len(history.holders))
        for other in range(one if stayed else one + 1, len(history.holders))
        if ((whole == one).any(axis=0) & (whole == other).any(axis=0)).any()
    }
    assert found.km2.keys() == met
    for i, j in product(range(len(history.holders)), repeat=2):
        km2 = found.km2.get((min(i, j), max(i, j)), np.zeros((4, 4)))
        assert np.array_equal(km2 if i <= j else km2.T, dense[:, :, i, j])


def test_a_hundred_neighbours_need_no_table_of_all_pairs_of_them():
    count, days = 100, 60
    columns = np.arange(2 * count)
    held = np.array([(columns + day % 2) // 2 % count + 1 for day in range(days)], dtype=np.int8)
    history = from_coverage(
        np.array([shapely.box(x, 0, x + 1000, 1000) for x in 1000.0 * columns]),
        held,
        days=tuple(date(2018, 1, 1) + timedelta(days=n) for n in range(days)),
        holders=(NOBODY, *(Holder(f"actor {n:03}") for n in range(count))),
        projection=PLANE,
    )
    tracemalloc.start()
    found = transitions(history, stayed=False)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.km2) == count  # a ring: the last beside the first
    assert most < days**2 * count**2 * 8 / 20
    assert sum(km2[0, 1] + km2[1, 0] for km2 in found.km2.values()) == count


@settings(max_examples=10)
@given(grids(days=3))
def test_rows_of_all_pairs_are_those_of_each_without_what_stayed(days):
    ensemble = Ensemble(history_of(*days), BoundaryError(120.0, 700.0))
    each = change_rows("x", ensemble, combinations(ensemble.base.days, 2))
    moved = [row for row in each if row["from_actor"] != row["to_actor"]]
    found = pair_rows("x", ensemble, ensemble.base.days)
    assert csv_text(CHANGE_COLUMNS, found) == csv_text(CHANGE_COLUMNS, moved)


def test_all_pairs_on_the_command_line(tmp_path, capsys):
    for number, grid in enumerate((0.2, 0.4, 0.4, 0.5)):
        shape = {"type": "Polygon", "coordinates": [shapely.box(37, 35, 37 + grid, 36)]}
        shape["coordinates"] = [list(shape["coordinates"][0].exterior.coords)]
        row = {"type": "Feature", "properties": {"actor": "a"}, "geometry": shape}
        text = json.dumps({"type": "FeatureCollection", "features": [row]})
        (tmp_path / f"zones_2018-01-0{number + 1}.geojson").write_text(text)
    asked = ["change", str(tmp_path), "--profile", "zones"]
    assert _code([*asked, "--all-pairs"]) == 0
    rows = [line.split(",") for line in capsys.readouterr().out.splitlines()]
    actors, figures = ["from_actor", "to_actor"], ["km2", "low", "high", "drawn_low", "drawn_high"]
    assert rows[0] == ["from_day", "to_day", *actors, *figures]
    assert len(rows) == 6  # of six pairs of days one has no change
    assert _code([*asked, "--from", "2018-01-01", "--to", "2018-01-04"]) == 0
    single = [line.split(",") for line in capsys.readouterr().out.splitlines()[1:]]
    (moved,) = [row for row in single if row[2] != row[3]]
    (same,) = [row for row in rows if row[:2] == moved[:2]]
    assert same[:4] == moved[:4]
    assert [float(n) for n in same[4:]] == pytest.approx([float(n) for n in moved[4:]], abs=1e-6)
    assert _code([*asked, "--all-pairs", "--days", "first-and-last"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize(
    "options", [[], ["--from", "2018-01-01"], ["--all-pairs", "--to", "2018-01-01"]]
)
def test_either_two_days_or_all_pairs(tmp_path, options):
    assert _code(["change", str(tmp_path), "--profile", "zones", *options]) == 2


def test_an_unknown_area_is_refused():
    with pytest.raises(InputError, match="no area is named 'x'"):
        all_transitions(history_of(squares("A")), "x")

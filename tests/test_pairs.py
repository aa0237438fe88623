"""All pairs of days at once, against one pair after the other and against counted squares."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import actor_mark, counted_transitions, history_of, squares
from strategies import grids

from territory.cli import _code
from territory.errors import InputError
from territory.holders import NOBODY, Holder
from territory.measure.change import transition_matrix
from territory.measure.pairs import all_pairs, all_transitions

FEW_BYTES = 100  # blocks of two or three faces


def group_of(history, marks):
    return frozenset(holder for holder in history.holders if actor_mark(holder) in marks)


@settings(max_examples=40)
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
    assert rows[0] == ["from_day", "to_day", "from_actor", "to_actor", "km2", "low", "high"]
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


def test_unknown_holders_and_areas_are_refused():
    history = history_of(squares("A"))
    with pytest.raises(InputError, match="did you mean 'A'"):
        all_pairs(history, frozenset({Holder("AA")}))
    with pytest.raises(InputError, match="no area is named 'x'"):
        all_transitions(history, "x")

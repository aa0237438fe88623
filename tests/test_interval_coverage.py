"""What the report says of how often intervals hold is what was measured."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from squares import history_of, squares

from territory.job.series import Loaded
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import BASE, Ensemble
from territory.publish.report.method import method

TABLE = Path(__file__).parent.parent / "data" / "interval_coverage.csv"
HELD_OUT = "DeepState against Project Owl, held out: "
THREE = "Donetsk, Luhansk, Zaporizhzhia together"
HISTORY = history_of(squares("AB"), squares("AA"))


def coverage():
    with TABLE.open(encoding="utf-8") as lines:
        return {row["design"]: float(row["coverage_pct"]) for row in csv.DictReader(lines)}


def said_of(ensemble):
    """Return what the report says of the interval, and the numbers in its last sentences."""
    text = dict(method(Loaded("", ensemble, HISTORY.days, ())))["The interval"]
    text = text.partition("nothing else. ")[2]
    return text, [int(each) for each in re.findall(r"(?<!of )\b\d+\b(?! %)", text)]


def places(**more):
    return Ensemble(HISTORY, draws=(HISTORY, HISTORY), sample_size=8, total=10, **more)


def test_places_with_a_gazetteer_are_said_to_hold_as_often_as_was_measured():
    found = coverage()
    known = [v for name, v in found.items() if name.endswith("with a gazetteer")]
    text, numbers = said_of(places(counts={BASE: HISTORY}, count_draws=(HISTORY, HISTORY)))
    fair = [
        value
        for name, value in found.items()
        if name.endswith("with a gazetteer") and name.startswith(("even", "as ", "clustered"))
    ]
    assert known
    assert "95 %" in text
    assert all(90 <= each <= 99 for each in fair)
    missing, hole = (
        found[f"{name}, with a gazetteer"] for name in ("a tenth unreported", "a hole at the front")
    )
    assert numbers == [int(min(fair)), round(max(fair)), int(missing), int(hole)]


def test_places_without_one_are_given_no_percentage():
    bare = [value for name, value in coverage().items() if name.endswith("without one")]
    text, numbers = said_of(places())
    assert "95 %" not in text
    assert numbers == [int(min(bare)), round(max(bare))]


def test_lines_of_publishers_that_were_tried_are_said_to_hold_as_often_as_was_measured():
    found = coverage()
    names = [f"{each}, {THREE}" for each in ("half-monthly net", "monthly net", "total")]
    names += [f"{each}, the whole front" for each in ("half-monthly net", "monthly net")]
    drawn = Ensemble(HISTORY, BoundaryError(), publisher="DeepState", error_source="fitted so")
    text, numbers = said_of(drawn)
    assert "95 %" not in text
    assert numbers == [round(found[HELD_OUT + name]) for name in names]


@pytest.mark.parametrize("more", [{"publisher": "Somebody"}, {"error_source": "stated"}])
def test_any_other_map_is_given_no_percentage(more):
    drawn = Ensemble(HISTORY, BoundaryError(), publisher="DeepState", error_source="fitted so")
    text, numbers = said_of(replace(drawn, **more))
    assert "has not been tried" in text
    assert not numbers


def test_months_of_two_publishers_are_bridged_by_the_errors_of_both():
    """What was asked: 88 to 99 of 100 in the provinces, on days the errors were not fitted on."""
    found = coverage()
    for name in ("half-monthly net", "monthly net", "total"):
        assert 88 <= found[f"{HELD_OUT}{name}, {THREE}"] <= 99
    assert np.isfinite(list(found.values())).all()

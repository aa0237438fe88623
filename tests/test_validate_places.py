"""The validation of nearest places, on a strip that was drawn instead of a real front."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
import shapely

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "intervals" / "places.py"


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two days of a side that takes a strip of 0.3 degrees."""
    place = tmp_path_factory.mktemp("zones")
    for day, east in (("20240101", 36.0), ("20240105", 36.1), ("20240601", 36.3)):
        held = shapely.segmentize(shapely.box(34.0, 46.5, east, 50.5), 0.05)
        feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(held)}
        text = json.dumps({"type": "FeatureCollection", "features": [feature]})
        (place / f"zones_{day}.geojson").write_text(text, encoding="utf-8")
    return place


def test_days_that_lie_close_are_left_out(script, folder):
    assert [str(day) for day in script["zones_of"](folder)] == ["2024-01-01", "2024-06-01"]


def test_the_truth_is_the_area_that_changed_hands(script, folder):
    for scene in script["boxes_of"](folder, cases=3, seed=5):
        west, south, east, north = scene.box.bounds
        spots = np.random.default_rng(1).uniform((west, south), (east, north), (40_000, 2))
        first, last = (shapely.contains_xy(each, spots) for each in scene.held)
        share = (first != last).mean()
        assert share == pytest.approx(scene.truth_km2 * 1e6 / scene.box.area, abs=0.01)
        assert 0.1 < share < 0.6


def test_without_a_gazetteer_a_bias_is_warned_of_and_with_one_it_is_mended(script, folder):
    name = "as shipped, by the gazetteer"
    without, with_one = script["rows"](
        folder, cases=12, seed=1, designs={name: script["DESIGNS"][name]}
    )
    assert tuple(without) == script["COLUMNS"]
    assert (without["gazetteer"], without["cases"], without["warned_pct"]) == ("no", 12, 100.0)
    assert without["bias_pct"] < -4
    assert abs(with_one["bias_pct"]) < 4
    assert with_one["coverage_pct"] >= 80

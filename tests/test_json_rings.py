"""Rings read straight into arrays: the same as without, and never where that is not sure."""

import json
import sys

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from territory.errors import TerritoryError
from territory.read.formats import json_rings
from territory.read.formats.geojson import read_geojson, read_rings
from territory.read.formats.json_rings import content_with_rings

pytest.importorskip("simdjson")

SQUARE = [[0, 0], [2.5, 0], [2.5, 1e-7], [0, 1], [0, 0]]
RAISED = [[x, y, 7.25] for x, y in SQUARE]

numbers = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
texts = st.text(alphabet='ab[],:{}"\\ й', max_size=6)
anything = st.one_of(numbers, st.none(), st.booleans(), texts, st.lists(numbers, max_size=3))
positions = st.lists(numbers, min_size=2, max_size=2)
rings = st.lists(positions, min_size=1, max_size=5)
odd_rings = st.lists(st.one_of(positions, st.lists(anything, max_size=4), anything), max_size=4)
lists_of_rings = st.lists(st.one_of(rings, rings, odd_rings, anything), max_size=3)
geometries = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Polygon", "MultiPolygon", "LineString", "Point", "", 3]),
        "coordinates": st.one_of(lists_of_rings, st.lists(lists_of_rings, max_size=3), anything),
    }
)
properties = st.dictionaries(texts, st.one_of(anything, geometries), max_size=3)
features = st.fixed_dictionaries({"geometry": st.one_of(geometries, st.none())}) | st.builds(
    lambda shape, found, box: {"properties": found, "geometry": shape, "bbox": box},
    geometries,
    properties,
    st.lists(numbers, max_size=4),
)


def unpacked(content):
    """Return JSON as it was before rings became arrays."""
    if isinstance(content, dict):
        return {key: unpacked(value) for key, value in content.items()}
    if isinstance(content, list):
        return [unpacked(each) for each in content]
    return content.tolist() if isinstance(content, np.ndarray) else content


def written(tmp_path, shape, properties=None):
    path = tmp_path / "zones.geojson"
    feature = {"type": "Feature", "properties": properties or {}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


@given(st.lists(features, max_size=3), st.lists(st.one_of(rings, odd_rings), max_size=2))
def test_what_is_taken_is_what_the_file_says(found, zones):
    text = json.dumps({"features": found, "zones": zones}).encode()
    taken = content_with_rings(text, ring_lists=("zones",))
    if taken is not None:
        again = json.loads(json.dumps(unpacked(taken)), parse_int=float)
        assert again == json.loads(text, parse_int=float)


@pytest.mark.parametrize("ring", [SQUARE, RAISED, [[1, 2], [-0.0, 5e-324], [2**63, 1e308]]])
@pytest.mark.parametrize("about", [{}, {"bbox": [1, 2, 3, 4]}, {"pairs": [[1, 2], ["a", "b"]]}])
def test_rings_are_arrays(ring, about):
    shape = {"type": "MultiPolygon", "coordinates": [[ring, ring], [ring]]}
    text = json.dumps({"features": [{"geometry": shape, "properties": about, **about}]}).encode()
    taken = content_with_rings(text)
    (feature,) = taken["features"]
    arrays = [each for polygon in feature["geometry"]["coordinates"] for each in polygon]
    assert all(isinstance(each, np.ndarray) for each in arrays)
    assert unpacked(taken) == orjson.loads(text)


@pytest.mark.parametrize(
    "ring",
    [
        [[1, 2], [3, 4, 5], [6]],  # as many numbers as three pairs
        [[1, 2, 3, 4], [], [5, 6]],
        [[[1, 2]], [[3, 4]], [[1, 2]]],  # as deep as another kind
        [[1, [2]], [3, 4]],
        [[1, 2], 3, 4],
        [[1, 2, 3], 4],
        [1, 2, 3, 4],
        [[1, True], [3, 4]],
        [[1, None], [3, 4]],
        [[1, "2"], [3, 4]],
        [[1, 2, 3, 4], [5, 6, 7, 8]],
        [],
        None,
    ],
)
def test_what_is_not_sure_is_left(ring):
    # texts and lists beside it must not make up for a bracket that is missing
    for beside in ({}, {"a": "]", "b": "[,]"}, {"a": [1, 2], "b": [[1, 2], [3, 4]]}):
        shape = {"type": "Polygon", "coordinates": [ring]}
        text = json.dumps({"features": [{"geometry": shape, "properties": beside}]}).encode()
        assert content_with_rings(text) is None


def test_a_bracket_within_a_text_is_no_list(tmp_path):
    path = written(tmp_path, {"type": "Polygon", "coordinates": [SQUARE]}, {"note": "a [sic]"})
    layer = read_geojson(path)
    assert layer.properties == ({"note": "a [sic]"},)
    assert shapely.get_coordinates(layer.geometry).tolist() == SQUARE


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "Polygon", "coordinates": [RAISED]},
        {"type": "Polygon", "coordinates": [SQUARE[:-1]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[SQUARE], []]},
        {"type": "MultiPolygon", "coordinates": [SQUARE]},
        {"type": "Polygon", "coordinates": [[SQUARE]]},
        {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "coordinates": [RAISED]},
                {"type": "Point", "coordinates": [1, 2]},
            ],
        },
        {"type": "LineString", "coordinates": SQUARE},
        {"type": "Circle", "coordinates": SQUARE},
    ],
)
def test_with_and_without_the_library_alike(tmp_path, monkeypatch, shape):
    path = written(tmp_path, shape, {"actor": "Red"})
    found = [outcome(path)]
    monkeypatch.setattr(json_rings, "_simdjson", lambda: None)
    assert content_with_rings(path.read_bytes()) is None
    assert [outcome(path)] == found


def outcome(path):
    try:
        layer = read_geojson(path)
    except TerritoryError as error:
        return str(error)
    return layer.properties, layer.findings, shapely.to_wkb(layer.geometry, hex=True).tolist()


def test_the_library_may_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "simdjson", None)
    assert json_rings._simdjson.__wrapped__() is None


def test_lists_of_rings_under_a_key(tmp_path):
    path = tmp_path / "2024-01-01.json"
    path.write_text(json.dumps({"zones": [SQUARE], "names": [["a", 1]]}))
    assert isinstance(
        content_with_rings(path.read_bytes(), ring_lists=("zones",))["zones"][0], np.ndarray
    )
    layer = read_rings(path, keys=("zones",), latitude_first=True)
    assert shapely.get_coordinates(layer.geometry).tolist() == [[y, x] for x, y in SQUARE]


@pytest.mark.parametrize(
    "text",
    [
        '{"a\\u0000b": 1, "a": 2}',  # a key that the library would take for another
        '{"features": [], "x\\u0000": 1}',
        '\ufeff{"features": []}',
    ],
)
def test_what_the_library_takes_for_something_else_is_left(text):
    assert content_with_rings(text.encode()) is None


def test_no_array_stands_in_a_message(tmp_path):
    shape = {"type": "Polygon", "coordinates": [SQUARE]}
    path = written(tmp_path, shape)
    content = {**json.loads(path.read_text()), "crs": shape}
    path.write_text(json.dumps(content))
    with pytest.raises(
        TerritoryError, match=r"names no CRS \(\{'type': 'Polygon', 'coo.*\[\[\[0, 0\]"
    ):
        read_geojson(path)


def test_a_mark_of_byte_order_begins_no_later_line(tmp_path):
    line = json.dumps({"type": "Feature", "properties": {}, "geometry": None})
    path = tmp_path / "zones.geojsonl"
    path.write_text(f"{line}\n\ufeff{line}\n", encoding="utf-8")
    with pytest.raises(TerritoryError, match="not JSON"):
        read_geojson(path)


def test_an_object_of_many_keys_takes_no_longer_for_each():
    shape = {"type": "Polygon", "coordinates": [SQUARE]}
    text = json.dumps({**dict.fromkeys(map(str, range(200_000)), 0), "geometry": shape}).encode()
    assert content_with_rings(text) == json.loads(text)

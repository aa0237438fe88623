"""Answers of servers that say themselves that features are missing."""

import json
from datetime import date

import pytest
from test_sweep import BOX, OTHER, geojson

from territory import cli
from territory.findings import Severity
from territory.read.profile import read_profile
from territory.read.zones import read_series

NEXT = {"rel": "next", "href": "https://example.org/items?offset=2"}


def told(folder, **more):
    content = {**json.loads(geojson([BOX, OTHER], ["a", "a"])), **more}
    path = folder / "z_2024-01-01.geojson"
    path.write_text(json.dumps(content))
    found = read_series((str(path),), read_profile("zones")).findings
    return [each for each in found if each.kind == "cut-answer"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"exceededTransferLimit": True}, '"exceededTransferLimit": true'),
        ({"properties": {"exceededTransferLimit": True}}, '"exceededTransferLimit": true'),
        ({"numberMatched": 5, "numberReturned": 2}, '"numberMatched": 5, and 2 are here'),
        ({"totalFeatures": 3}, '"totalFeatures": 3'),
        ({"context": {"matched": 9, "returned": 2}}, '"matched": 9'),
        ({"truncated": True}, '"truncated": true'),
        ({"links": [{"rel": "self", "href": "a"}, NEXT]}, "next page"),
        ({"links": {"next": "https://example.org/?page=2"}}, "next page"),
        ({"count": 20, "next": "https://example.org/?page=2", "previous": None}, "next page"),
    ],
)
def test_a_cut_answer_is_told_on_its_day(tmp_path, more, why):
    (found,) = told(tmp_path, **more)
    # What says itself that it was cut is an error; a count may be of more than was asked for.
    sure = Severity.ERROR if why.endswith("true") else Severity.WARNING
    assert (found.severity, found.day) == (sure, date(2024, 1, 1))
    assert "z_2024-01-01.geojson: the server cut its answer (" in found.detail
    assert why in found.detail
    assert "fetch the other pages" in found.detail


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"exceededTransferLimit": False},
        {"numberMatched": 2, "numberReturned": 2},
        {"numberMatched": "unknown"},
        {"totalFeatures": True},
        {"links": [{"rel": "self", "href": "a"}, {"rel": "next"}, 5]},
        {"next": None},
        {"links": None, "properties": None, "context": [1]},
    ],
)
def test_a_whole_answer_is_none(tmp_path, more):
    assert not told(tmp_path, **more)


def test_an_answer_that_is_wrapped_is_looked_at_too(tmp_path):
    profile = read_profile("zones").model_copy(update={"inside": "value"})
    path = tmp_path / "z_2024-01-01.json"
    path.write_text(f'{{"value": {geojson([BOX], ["a"])}, "exceededTransferLimit": true}}')
    found = read_series((str(path),), profile).findings
    assert [each.kind for each in found] == ["cut-answer"]


def test_inspect_says_so(tmp_path, capsys):
    told(tmp_path, exceededTransferLimit=True)
    cli.guarded(["inspect", str(tmp_path), "--profile", "zones"])
    assert "exceededTransferLimit" in capsys.readouterr().out

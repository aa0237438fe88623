"""Which features of zones count: filters, and levels that lie on top of one another."""

import geopandas
import pandas
import pytest
import shapely

import territory as tt
from territory.cli import _code
from territory.errors import InputError

WEST, EAST = shapely.box(37, 48, 37.5, 48.5), shapely.box(37.5, 48, 38, 48.5)
STATES = {"boundary": "administrative", "start_date": "1867-06-08", "end_date": "1918-11-11"}


def _written(path, rows, shapes):
    geopandas.GeoDataFrame(rows, geometry=shapes, crs=4326).to_file(path)
    return path


@pytest.fixture
def states(tmp_path):
    """Two states, and a province of the first."""
    rows = [
        {"name": name, "admin_level": level, **STATES}
        for name, level in (("Red", "2"), ("Blue", "2"), ("Red province", "4"))
    ]
    shapes = [WEST, EAST, shapely.box(37, 48, 37.25, 48.5)]
    return _written(tmp_path / "export.geojson", rows, shapes)


def test_levels_on_top_of_one_another_are_refused_with_the_option_that_reads_one(states, capsys):
    assert _code(["areas", str(states)]) == 1
    message = capsys.readouterr().err
    assert "several values of 'admin_level' ('2', '4')" in message
    assert "--where \"admin_level = '2'\"" in message


def test_levels_that_are_numbers_are_named_as_such(tmp_path, capsys):
    rows = [{"name": "Red", "admin_level": level, **STATES} for level in (2, 4)]
    path = _written(tmp_path / "export.geojson", rows, [WEST, EAST])
    assert _code(["areas", str(path)]) == 1
    assert '--where "admin_level = 2"' in capsys.readouterr().err
    assert _code(["areas", str(path), "--where", "admin_level = 2"]) == 0
    assert _code(["areas", str(path), "--where", '"ADMIN_level" = 2']) == 0


def test_a_filter_takes_what_counts_and_says_what_it_left_out(states):
    history = tt.read(str(states), where="admin_level = '2'")
    held = history.areas().query("actor != 'nobody'")
    assert set(held["actor"]) == {"Red", "Blue"}
    left_out = history.findings.query("kind == 'left-out'")
    assert list(left_out["detail"]) == [
        f"{states}: 1 of 3 features left out; the others have admin_level = '2'"
    ]
    provinces = tt.read(str(states), where="admin_level = '4'").areas()
    assert set(provinces["actor"]) == {"Red province"}


def test_a_file_of_which_nothing_counts_is_left_aside(tmp_path):
    for day, kind in (("2024-01-01", "held"), ("2024-02-01", "sea")):
        _written(tmp_path / f"z_{day}.geojson", [{"actor": "Red", "kind": kind}], [WEST])
    with pytest.warns(tt.TerritoryWarning, match="it has no feature where kind = 'held'"):
        history = tt.read(str(tmp_path), profile="zones", where="kind = 'held'")
    assert {str(day)[:10] for day in history.areas()["day"]} == {"2024-01-01"}


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("kind = 'lake'", "no feature where kind = 'lake'"),
        ("knd = 'held'", "did you mean 'kind'"),
        ("\"knd\" <> 'lake'", "no property 'knd'; did you mean 'kind'"),
        ('\'"\' = kind OR kind = "held"', "no property 'held'; .*stands in single quotes"),
    ],
)
def test_a_filter_that_keeps_nothing_or_is_none_is_refused(where, said, tmp_path):
    _written(tmp_path / "z_2024-01-01.geojson", [{"actor": "Red", "kind": "held"}], [WEST])
    with pytest.raises(InputError, match=said):
        tt.read(str(tmp_path), profile="zones", where=where)


@pytest.mark.parametrize(
    ("seen", "where"),
    [
        (["2024-01-05", "2023-01-05"], "seen >= '2024-01-01'"),
        (["2024-01-05T10:00", "2023-01-05T10:00"], "seen > '2024-01-05' AND seen < '2024-01-06'"),
    ],
)
def test_days_and_times_are_texts_that_sort(seen, where, tmp_path):
    path = tmp_path / "z_2024-01-06.gpkg"
    times = pandas.to_datetime(seen)
    days = times if "T" in seen[0] else times.date
    _written(path, {"actor": ["Red", "Blue"], "seen": days}, [WEST, EAST])
    assert set(tt.read(str(path), profile="zones", where=where).areas()["actor"]) == {"Red"}


@pytest.mark.parametrize("where", ["tags LIKE '%\"c\"%'", "json_extract(tags, '$[0]') = 'c'"])
def test_lists_are_their_json(where, tmp_path):
    path = tmp_path / "z_2024-01-06.geojson"
    tags = [["a", "b"], ["c"]]
    _written(path, {"actor": ["Red", "Blue"], "tags": tags}, [WEST, EAST])
    assert set(tt.read(str(path), profile="zones", where=where).areas()["actor"]) == {"Blue"}

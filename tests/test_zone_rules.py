"""What is made of zones that name nobody, are invalid or overlap: option, job, profile, Python.

Boxes of one degree by one, of the same size, side by side in Ukraine.
"""

import csv
import json
import warnings
from io import StringIO

import geopandas
import numpy as np
import pytest
import shapely

import territory as tt
from territory import cli
from territory.errors import InputError
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84


def box(column, width=1.0):
    return shapely.box(29 + column, 49, 29 + column + width, 50)


KM2 = float(geodesic_area_km2(np.array([box(0)]), WGS84)[0])


def written(path, *rows):
    """Write features of an actor (None: the key is there and empty) and a shape."""
    features = [
        {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
        for row, shape in rows
    ]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def run(capsys, *words, code=0):
    assert cli.guarded([str(word) for word in words]) == code
    return capsys.readouterr()


def table(found):
    return list(csv.DictReader(StringIO(found.out)))


def areas(found):
    return {row["actor"]: float(row["km2"]) for row in table(found)}


# ---- Zones that name nobody ----------------------------------------------------------------------


@pytest.fixture
def world(tmp_path):
    rows = [({"NAME": "Red"}, box(0)), ({"NAME": None}, box(1)), ({"NAME": "Blue"}, box(2))]
    return written(tmp_path / "world_1914-07-01.geojson", *rows)


CALL = ("--profile", "zones", "--actor-field", "NAME")
THREE = {"Red": KM2, "Blue": KM2, "unnamed": KM2}
TWO = {"Red": KM2, "Blue": KM2}


def test_without_a_choice_the_message_says_which_there_is(world, capsys):
    said = run(capsys, "areas", world, *CALL, code=1).err
    assert f"feature 2: no actor in 'NAME' (found None); 1 such feature, {KM2:,.0f} km2" in said
    assert "--unnamed NAME" in said
    assert "--unnamed drop" in said


def test_named_or_left_out(world, capsys):
    assert areas(run(capsys, "areas", world, *CALL, "--unnamed", "unnamed")) == pytest.approx(THREE)
    assert areas(run(capsys, "areas", world, *CALL, "--unnamed", "drop")) == pytest.approx(TWO)


@pytest.mark.parametrize(
    ("choice", "kind", "words"),
    [
        ("nemo", "unnamed", "1 features that name no actor are taken for 'nemo', as was asked for"),
        ("drop", "left-out", "1 features that name no actor left out, as was asked for"),
    ],
)
def test_the_choice_is_told_with_its_area(world, capsys, choice, kind, words):
    found = table(run(capsys, "inspect", world, *CALL, "--unnamed", choice))
    (row,) = (row for row in found if row["kind"] == kind)
    assert words in row["detail"]
    assert (row["day"], float(row["km2"])) == ("1914-07-01", pytest.approx(KM2))


def test_a_rule_for_no_label(world, tmp_path, capsys):
    profile = tmp_path / "p.toml"
    rules = '[[rule]]\nlabel = "Red"\nactor = "Red"\n[[rule]]\nlabel = ".*"\nactor = "Blue"\n'
    head = 'name = "p"\nlabel_properties = ["NAME", "ABBREVN"]\n'
    profile.write_text(head + rules)
    said = run(capsys, "areas", world, "--profile", profile, code=1).err
    assert "no actor in 'NAME'" in said  # a pattern for any label is none for its absence
    profile.write_text(f'{head}[[rule]]\nlabel = ""\nactor = "unnamed"\n{rules}')
    assert areas(run(capsys, "areas", world, "--profile", profile)) == pytest.approx(THREE)
    profile.write_text(f'{head}unnamed = "drop"\n{rules}')
    assert areas(run(capsys, "areas", world, "--profile", profile)) == pytest.approx(TWO)
    profile.write_text(f'{head}unnamed = "nobody"\n')
    assert "say 'drop'" in run(capsys, "areas", world, "--profile", profile, code=1).err


def test_a_misspelt_field_is_not_a_world_without_names(world, capsys):
    call = ("--profile", "zones", "--actor-field", "NAMES", "--unnamed", "x")
    said = run(capsys, "areas", world, *call, code=1).err
    assert "no actor in 'NAMES'" in said
    assert "did you mean 'NAME'?" in said


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_what_is_empty(tmp_path, capsys, empty):
    path = written(
        tmp_path / "w_1914-07-01.geojson", ({"NAME": empty}, box(0)), ({"NAME": "a"}, box(1))
    )
    found = run(capsys, "areas", path, *CALL, "--unnamed", "x")
    assert areas(found) == pytest.approx({"x": KM2, "a": KM2})


def test_a_misspelt_property_of_one_feature_is_no_empty_name(tmp_path, capsys):
    rows = [({"NAMES": "b"}, box(0)), ({"NAME": "a"}, box(1))]
    path = written(tmp_path / "w_1914-07-01.geojson", *rows)
    said = run(capsys, "areas", path, *CALL, "--unnamed", "x", code=1).err
    assert "did you mean 'NAMES'?" in said


def test_a_number_is_no_empty_name(tmp_path, capsys):
    path = written(
        tmp_path / "w_1914-07-01.geojson", ({"NAME": 5}, box(0)), ({"NAME": "a"}, box(1))
    )
    assert "(found 5)" in run(capsys, "areas", path, *CALL, "--unnamed", "x", code=1).err


def test_unnamed_in_python(world):
    with warnings.catch_warnings(action="ignore"):
        history = tt.read(world, actor="NAME", unnamed="unnamed")
        frame = geopandas.read_file(world).assign(day="1914-07-01")
        both = tt.History.from_geodataframe(frame, actor="NAME", day="day", unnamed="unnamed")
        left = tt.History.from_geodataframe(frame, actor="NAME", day="day", unnamed="drop")
    for each in (history, both):
        found = each.areas()
        assert dict(zip(found.actor, found.km2, strict=True)) == pytest.approx(THREE)
    assert set(left.actors) == {"Red", "Blue"}
    with pytest.raises(InputError, match="no actor in 'NAME' in row 2"):
        tt.History.from_geodataframe(frame, actor="NAME", day="day")


# ---- Invalid zones -------------------------------------------------------------------------------

# Beside four columns: a bow-tie of half a column, which one repair reads as a quarter.
TIE = shapely.Polygon([(35, 49), (36, 50), (35, 50), (36, 49), (35, 49)])


@pytest.fixture
def doubtful(tmp_path):
    return written(
        tmp_path / "z_2024-01-01.geojson", ({"actor": "red"}, box(0, 4)), ({"actor": "red"}, TIE)
    )


ZONES = ("--profile", "zones")


def test_how_much_doubt_is_borne_is_a_setting(doubtful, tmp_path, capsys):
    said = run(capsys, "areas", doubtful, *ZONES, code=1).err
    assert "more than 0.1 % of its holder's ground" in said
    said = run(capsys, "areas", doubtful, *ZONES, "--doubt-percent", "5", code=1).err
    assert "more than 5 % of its holder's ground" in said
    found = run(capsys, "areas", doubtful, *ZONES, "--doubt-percent", "20")
    assert areas(found)["red"] == pytest.approx(4.5 * KM2, rel=0.01)
    assert "repairs give" in found.err
    profile = tmp_path / "p.toml"
    profile.write_text('name = "p"\ndoubt_percent = 20.0\n')
    assert areas(run(capsys, "areas", doubtful, "--profile", profile)) == areas(found)
    said = run(capsys, "areas", doubtful, "--profile", profile, "--doubt-percent", "0", code=1).err
    assert "more than 0 % of" in said


def test_a_job_and_python_take_the_same_keys(doubtful, tmp_path, capsys):
    job = tmp_path / "job.toml"
    head = '[series]\nprofile = "zones"\npath = "z_2024-01-01.geojson"\n'
    rest = "[maps]\nenabled = false\n[report]\nenabled = false\n"
    for key, columns in (('repair = "drop"', 4), ("doubt_percent = 20.0", 4.5)):
        job.write_text(f"{head}{key}\n{rest}")
        run(capsys, "run", job, "--out", tmp_path / "out")
        (row,) = csv.DictReader(StringIO((tmp_path / "out" / "areas.csv").read_text()))
        assert float(row["km2"]) == pytest.approx(columns * KM2, rel=0.01)
        assert "repaired" in (tmp_path / "out" / "quality.csv").read_text()
    with warnings.catch_warnings(action="ignore"):
        assert tt.read(doubtful, doubt_percent=20).areas().km2.sum() == pytest.approx(
            4.5 * KM2, rel=0.01
        )
        assert tt.read(doubtful, repair="drop").areas().km2.sum() == pytest.approx(4 * KM2)


# ---- Overlaps ------------------------------------------------------------------------------------


@pytest.fixture
def overlapping(tmp_path):
    return written(
        tmp_path / "z_2024-01-01.geojson",
        ({"actor": "blue"}, box(0, 2)),
        ({"actor": "red"}, box(1, 2)),
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--overlap", "contested"), {"blue": 1, "red": 1, "contested": 1}),
        (("--overlap", "first"), {"blue": 2, "red": 1}),
        (("--overlap", "first", "--priority", "red,blue"), {"blue": 1, "red": 2}),
    ],
)
def test_overlaps_by_option(overlapping, tmp_path, capsys, options, expected):
    said = run(capsys, "areas", overlapping, *ZONES, code=1).err
    assert "overlap" in said
    found = run(capsys, "areas", overlapping, *ZONES, *options)
    assert areas(found) == pytest.approx({who: n * KM2 for who, n in expected.items()})
    assert "overlap" in run(capsys, "inspect", overlapping, *ZONES, *options).out
    out = tmp_path / "z.gpkg"
    run(capsys, "convert", overlapping, *ZONES, *options, "--out", out)
    spells = geopandas.read_file(out, layer="spells")
    assert dict(zip(spells.actor, spells.km2, strict=True)) == pytest.approx(areas(found))
    pair = run(
        capsys, "compare", overlapping, overlapping, "--profile-b", "zones", *ZONES, *options
    )
    assert {row["actor_a"] for row in table(pair)} == set(expected)


@pytest.mark.filterwarnings("ignore::territory.TerritoryWarning")
@pytest.mark.parametrize("overlap", ["first", "contested"])
@pytest.mark.parametrize("order", [1, -1])
def test_of_one_actor_what_is_held_counts_before_what_is_contested_or_claimed(
    tmp_path, order, overlap
):
    rows = [("held", box(0)), ("contested", box(0, 2)), ("claimed", box(0, 3))][::order]
    drawn = [({"actor": "red", "status": how}, shape) for how, shape in rows]
    file = written(tmp_path / "z_2024-01-01.geojson", *drawn)
    found = tt.read(file, overlap=overlap).areas().set_index("status").km2
    assert found.to_dict() == pytest.approx({"held": KM2, "contested": KM2, "claimed": KM2})


def test_only_what_two_actors_have_is_contested(tmp_path, capsys):
    """What one has twice over, it has most firmly; nobody contests it."""
    file = written(
        tmp_path / "z_2024-01-01.geojson",
        ({"actor": "red"}, box(0)),
        ({"actor": "red", "status": "claimed"}, box(0, 3)),
        ({"actor": "blue"}, box(2, 2)),
    )
    found = table(run(capsys, "areas", file, *ZONES, "--overlap", "contested"))
    each = {(row["actor"], row["status"]): float(row["km2"]) for row in found}
    expected = [("red", "held"), ("red", "claimed"), ("contested", "held"), ("blue", "held")]
    assert each == pytest.approx(dict.fromkeys(expected, KM2))
    told = run(capsys, "inspect", file, *ZONES, "--overlap", "contested").out
    assert "red (claimed) and red overlap; what it has most firmly counts" in told
    assert "red (claimed) overlap; policy 'contested'" in told


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (("--overlap", "largest"), "--overlap: 'largest' is no overlap; known are: contested"),
        (("--priority", "red"), "--priority does nothing without --overlap first"),
        (("--reach-m", "9"), "--reach-m does nothing without --ground (the ground that"),
        (("--remainder", "red"), "--remainder says who holds what nobody drew of --remainder-area"),
        (("--cut", "25:00"), "territory: --cut 25:00 is no time of day"),
        (("--cut", "14:00"), "territory: --cut 14:00 needs the time of every snapshot"),
        (("--repair", "buffer"), "--repair: 'buffer' is no repair; known are: drop, even-odd"),
    ],
)
def test_choices_that_are_none(overlapping, capsys, options, part):
    assert part in run(capsys, "areas", overlapping, *ZONES, *options, code=1).err


# ---- One CRS under many names --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["EPSG::4979", "OGC:1.3:CRS84", "OGC::CRS84h", "EPSG::4326"])
def test_longitude_and_latitude_is_one_crs(tmp_path, capsys, name):
    first = written(tmp_path / "a" / "z_2024-01-01.geojson", ({"actor": "red"}, box(0)))
    other = written(tmp_path / "a" / "z_2024-01-02.geojson", ({"actor": "red"}, box(0, 1.5)))
    for path, crs in ((first, "OGC:1.3:CRS84"), (other, name)):
        content = json.loads(path.read_text())
        content["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs}"}}
        path.write_text(json.dumps(content))
    found = table(run(capsys, "areas", tmp_path / "a", *ZONES, "--area", other))
    held = {row["day"]: float(row["km2"]) for row in found if row["actor"] == "red"}
    assert held == pytest.approx({"2024-01-01": KM2, "2024-01-02": 1.5 * KM2}, rel=1e-6)
    pair = run(
        capsys,
        "compare",
        first,
        other,
        "--profile-b",
        "zones",
        *ZONES,
        "--day",
        "2024-01-01",
        code=1,
    )
    assert "2024-01-02" in pair.err  # no common day, and nothing about a CRS

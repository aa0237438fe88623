"""Built-in profiles, recognised by their marks and held to drawn samples; proposed profiles."""

import filecmp
import json
import re
import runpy
import shutil
from pathlib import Path

import geopandas
import orjson
import pytest
import shapely

import territory as tt
from territory.cli import _code
from territory.errors import InputError, UnrecognisedError
from territory.read.day_in_name import SINCE_YEAR, YEAR
from territory.read.marks import Look, Marks
from territory.read.profile import read_profile
from territory.read.profiles import built_in
from territory.read.proposal import likely_actor
from territory.read.recognise import looks_at, recognised
from territory.read.samples import samples
from territory.read.sight import USUAL, name_pattern, sight_of

SAMPLES = {each.profile: each for each in samples()}
SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "draw_samples.py"


def test_every_built_in_profile_has_a_sample_with_figures_a_source_and_a_day():
    assert set(SAMPLES) == set(built_in())
    for sample in SAMPLES.values():
        assert sample.held and sample.source and sample.seen_in
        size = sum(path.stat().st_size for path in sample.folder.rglob("*") if path.is_file())
        assert 0 < size < 8_000


def test_the_samples_are_those_that_the_script_draws(tmp_path):
    runpy.run_path(str(SCRIPT))["main"](tmp_path)
    drawn = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    kept = SAMPLES["zones"].folder.parent
    assert drawn == sorted(path.relative_to(kept) for path in kept.rglob("*") if path.is_file())
    _, differ, failed = filecmp.cmpfiles(tmp_path, kept, map(str, drawn), shallow=False)
    assert not differ and not failed


@pytest.mark.parametrize("name", sorted(built_in()))
def test_a_sample_is_recognised_and_gives_the_right_figures(name, capsys):
    sample = SAMPLES[name]
    assert recognised([str(sample.folder)]).profile == name
    code = _code(["areas", str(sample.folder), "--json"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    assert f"read as '{name}'" in printed.err
    found = {
        (row["day"], row["actor"], row["status"]): row["km2"]
        for row in orjson.loads(printed.out)
        if row["actor"] != "nobody"
    }
    right = {(str(each.day), each.actor, str(each.status)): each.km2 for each in sample.held}
    assert set(found) == set(right)
    assert found == pytest.approx(right, rel=1e-6)


@pytest.mark.parametrize("name", sorted(built_in()))
def test_a_sample_fits_the_marks_of_no_other_publisher(name):
    others = [each for each in built_in() if read_profile(each).marks]
    look_like = [each for each in others if _fits(each, SAMPLES[name].folder)]
    assert look_like == ([name] if name in others else [])


def _fits(profile, folder):
    looks = looks_at([str(folder)])
    return all(any(m.fit(look) for m in read_profile(profile).marks) for look in looks)


# ---- Recognised --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "look", "fits"),
    [
        ({"keys": ("value",)}, {"keys": {"value"}}, True),
        ({"keys": ("value",)}, {"keys": {"values"}}, False),
        ({"properties": ("a", "b")}, {"values": {"a": {"1"}, "b": set()}}, True),
        ({"properties": ("a", "b")}, {"values": {"a": {"1"}}}, False),
        ({"properties": ("a",)}, {"values": {"A": {"1"}}}, False),
        ({"values": {"a": "x|y"}}, {"values": {"a": {"z", "Y"}}}, True),
        ({"values": {"a": "x|y"}}, {"values": {"a": {"z", "yy"}}}, False),
        ({"file_name": "zones", "without": ".*"}, {}, True),
        ({"file_name": "zones", "without": ".*"}, {"values": {"a": set()}}, False),
        ({"file_name": r"front_\\d"}, {}, False),
        ({"layer": "^Front"}, {"layers": ("FrontA", "FrontB")}, True),
        ({"layer": "^Front"}, {"layers": ("FrontA", "Towns")}, False),
    ],
)
def test_marks_fit_only_if_all_that_they_name_is_there(marks, look, fits):
    values = {name: frozenset(each) for name, each in look.get("values", {}).items()}
    seen = Look("a/zones.geojson", frozenset(look.get("keys", ())), look.get("layers", ()), values)
    assert Marks(**marks).fit(seen) is fits


@pytest.mark.parametrize("marks", [{}, {"without": ".*"}, {"file_name": "("}, {"colour": "red"}])
def test_marks_that_say_nothing_or_no_pattern_are_refused(marks):
    with pytest.raises(ValueError, match=r"fit any file|is no pattern|Extra inputs"):
        Marks(**marks)


WEST, EAST = shapely.box(37, 48, 37.5, 48.5), shapely.box(37.5, 48, 38, 48.5)
_box_km2 = runpy.run_path(str(SCRIPT))["box_km2"]
KM2 = {"west": _box_km2(WEST.bounds), "east": _box_km2(EAST.bounds)}


def written(path, rows, shapes=(WEST, EAST)):
    """Write zones with these properties."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = geopandas.GeoDataFrame(list(rows), geometry=list(shapes), crs=4326)
    frame.to_file(path)
    return path


def areas(capsys, *call):
    """Return the code, the areas by day and actor, and what was said."""
    code = _code(["areas", *map(str, call), "--json"])
    printed = capsys.readouterr()
    rows = orjson.loads(printed.out) if printed.out else []
    found = {(r["day"], r["actor"]): r["km2"] for r in rows if r["actor"] != "nobody"}
    return code, found, printed.err


def test_a_profile_says_how_late_maps_are_redrawn(tmp_path):
    more = shapely.box(37.5, 48, 37.6, 48.5)
    for day, shapes in (("2024-01-01", [WEST]), ("2024-02-01", [WEST, more])):
        written(tmp_path / f"z_{day}.geojson", [{"actor": "a"}] * len(shapes), shapes)
    own, found = tmp_path / "own.toml", []
    for lag in ("", "redraw_lag_days = 9"):
        own.write_text(f'name = "own"\nboundary_error_m = 1\n{lag}\n')
        found.append(tt.read(tmp_path / "*.geojson", own).net("a").iloc[0])
    exact, late = found
    assert late.high - late.low > 20 * (exact.high - exact.low)
    assert late.drawn_high == exact.drawn_high


def test_files_that_two_publishers_could_have_made_are_refused_with_the_ways_out(tmp_path):
    rows = [{"type": "nochange", "layer_type": "russian_advances", "date": "2024-01-01"}] * 2
    inner = json.loads(geopandas.GeoDataFrame(rows, geometry=[WEST, EAST], crs=4326).to_json())
    path = tmp_path / "a_2024-01-01.json"
    path.write_text(json.dumps({"value": inner}))
    with pytest.raises(InputError, match="'isw-layers' and of 'nzz'; say which: --profile isw-la"):
        recognised([str(path)])


def test_files_of_two_publishers_are_to_be_read_apart(tmp_path):
    for name in ("nzz", "cshapes"):
        shutil.copytree(SAMPLES[name].folder, tmp_path, dirs_exist_ok=True)
    with pytest.raises(InputError, match=r"several publishers \(.*json of '.*\); read them apart"):
        recognised([str(tmp_path)])


def test_zones_with_an_actor_need_no_profile_whatever_the_case_of_the_letters(tmp_path, capsys):
    written(tmp_path / "z_2024-01-01.shp", [{"ACTOR": "a"}, {"ACTOR": "b"}])
    code, found, said = areas(capsys, tmp_path)
    assert code == 0
    assert set(found) == {("2024-01-01", "a"), ("2024-01-01", "b")}
    assert "read as 'zones': no publisher's marks fit, and 'ACTOR' names the actor" in said


def test_zones_without_an_actor_are_refused_in_one_line_that_names_the_ways_out(tmp_path, capsys):
    path = written(tmp_path / "z_2024-01-01.geojson", [{"who": "a"}, {"who": "b"}])
    for verb in (
        ["areas", str(path)],
        ["change", str(path), "--from", "2024-01-01", "--to", "2024-01-02"],
        ["map", str(path), "--out", str(tmp_path / "m.png")],
        ["page", str(path), "--out", str(tmp_path / "p.html")],
        ["convert", str(path), "--out", str(tmp_path / "c.gpkg")],
        ["compare", str(path), str(path)],
        ["explain", "--value", "5", str(path)],
    ):
        assert _code(verb) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "the properties are who" in line
        assert "--actor-field" in line and "territory inspect FILES --out profile.toml" in line
    with pytest.raises(UnrecognisedError, match="name one with actor="):
        tt.read(path)
    assert areas(capsys, path, "--actor-field", "who")[0] == 0


def test_a_file_that_cannot_be_read_is_refused_for_what_is_wrong_with_it(tmp_path, capsys):
    (tmp_path / "z_2024-01-01.geojson").write_text("{")
    code, _, said = areas(capsys, tmp_path)
    assert code == 1
    assert "not JSON" in said.splitlines()[-1]


def test_an_actor_field_that_is_named_makes_zones_of_any_publishers_files(capsys):
    folder = SAMPLES["isw-layers"].folder / "kursk"
    code, found, said = areas(capsys, folder, "--actor-field", "layer_type", "--day-field", "date")
    assert code == 0
    assert set(found) == {("2024-09-11", "kursk_russian_advances")}
    assert "read as 'zones': it is said which property names the actor" in said


def test_a_job_without_a_profile_says_what_its_files_are_read_as(tmp_path, capsys):
    shutil.copytree(SAMPLES["nzz"].folder, tmp_path / "maps")
    job = tmp_path / "job.toml"
    job.write_text('series.path = "maps"\nmaps.enabled = false\nreport.enabled = false\n')
    assert _code(["run", str(job), "--out", str(tmp_path / "out")]) == 0
    assert "read as 'nzz' (NZZ): recognised by" in capsys.readouterr().err
    record = orjson.loads((tmp_path / "out" / "run.json").read_bytes())
    assert record["job"]["series"][0]["profile"] == "nzz"
    assert "recognised,info" in (tmp_path / "out" / "quality.csv").read_text()
    assert _code(["run", str(job), "--out", str(tmp_path / "out")]) == 0
    assert "up to date" in capsys.readouterr().err
    assert _code(["run", str(job), "--dry-run"]) == 0
    assert "read as 'nzz'" in capsys.readouterr().err


def test_keys_of_places_name_their_profile():
    from territory.job.spec import SeriesSpec

    assert SeriesSpec(path="a.csv", events="e.csv").profile == "places"
    assert SeriesSpec(path="a.csv", overlap="first").profile == ""
    assert SeriesSpec(path="a.gpkg", holders="h.csv").profile == ""
    with pytest.raises(ValueError, match=r"'overlap' .* does nothing under profile 'places'"):
        SeriesSpec(path="a.csv", events="e.csv", overlap="first")


def test_a_table_of_holders_makes_units_of_polygons(tmp_path, capsys):
    shutil.copytree(SAMPLES["units"].folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / "holders.csv").rename(tmp_path / "who.csv")
    polygons, table = tmp_path / "districts.geojson", tmp_path / "who.csv"
    assert areas(capsys, polygons)[0] == 1
    code, found, said = areas(capsys, polygons, "--holders", table)
    assert code == 0
    assert "read as 'units': a table of holders is named" in said
    assert set(found) == {("2021-07-01", "a"), ("2021-07-01", "b"), ("2021-08-15", "a")}
    assert areas(capsys, polygons, "--holders", table, "--overlap", "first")[0] == 1


def test_python_reads_without_a_profile_and_findings_say_what_it_was(tmp_path):
    history = tt.read(SAMPLES["nzz"].folder)
    assert history.actors == ("russia",)
    said = history.findings.query("kind == 'recognised'").detail
    assert list(said) == [
        "read as 'nzz' (NZZ): recognised by the properties 'type' and the key 'value'"
    ]


# ---- Proposed ----------------------------------------------------------------------------------


def _fill(folder):
    colours = {"fill": "#a52714", "name": "Held"}, {"fill": "#0f9d58", "name": "Freed"}
    more = {"fill": "#a52714", "name": "Held"}, {"fill": "#0f9d58", "name": "Area 51 (freed)"}
    third = {"fill": "#a52714", "name": "Held"}, {"fill": "#0f9d58", "name": "Freed"}
    return [
        written(folder / f"map_2024-0{n}-01.geojson", rows)
        for n, rows in enumerate((colours, more, third), start=1)
    ]


def _colours(folder):
    rows = [{"fill": "#a52714", "name": "Polygon 1"}, {"fill": "#00aabb", "name": "Polygon 2"}]
    return [written(folder / "map_2024-01-01.geojson", rows * 2, [WEST, EAST] * 2)]


def _names(folder):
    rows = [{"NAME": "Red", "note": "seen"}, {"NAME": "Blue", "note": "seen"}]
    return [written(folder / f"Karte {day}.geojson", rows) for day in ("31.01.2024", "01.02.2024")]


def _folders(folder):
    return [
        written(folder / side / "zones_2024-01-01.geojson", [{}], [shape])
        for side, shape in (("Red", WEST), ("Blue", EAST))
    ]


def _file_names(folder):
    return [
        written(folder / f"{side}_20240101.geojson", [{}], [shape])
        for side, shape in (("Red", WEST), ("Blue", EAST))
    ]


def _layers(folder):
    path = folder / "fronts_2024-01-01.gpkg"
    for side, shape in (("Red", WEST), ("Blue", EAST)):
        frame = geopandas.GeoDataFrame({"k": [1]}, geometry=[shape], crs=4326)
        frame.to_file(path, layer=side)
    return [path]


def _day_column(folder):
    rows = [{"party": "Red", "DATE": "2024-01-13"}, {"party": "Blue", "DATE": "2024-01-13"}]
    return [written(folder / "zones.geojson", rows)]


def _slashes(folder):
    rows = [{"party": "Red", "DATE": "13/01/2024"}, {"party": "Blue", "DATE": "13/01/2024"}]
    return [written(folder / "zones.shp", rows)]


def _spans(folder):
    rows = [
        {"country": "Red", "since": "2024-01-01", "until": "2024-02-01"},
        {"country": "Blue", "since": "2024-01-01", "until": "2024-03-01"},
    ]
    return [written(folder / "states.geojson", rows)]


def _usual_spans(folder):
    rows = [
        {"country": "Red", "start": "2024-01-01", "end": "2024-02-01"},
        {"country": "Blue", "start": "2024-01-01", "end": None},
    ]
    return [written(folder / "states.geojson", rows)]


def _unix(folder):
    rows = [{"title": "Red"}, {"title": "Blue"}]
    return [written(folder / "1704110400.geojson", rows)]


def _wrapped(folder):
    inner = geopandas.GeoDataFrame({"side": ["Red", "Blue"]}, geometry=[WEST, EAST], crs=4326)
    path = folder / "api_2024-01-01.json"
    path.write_text(json.dumps({"map": json.loads(inner.to_json()), "id": 5}))
    return [path]


def _nothing(folder):
    return [written(folder / "held_2024-01-01.geojson", [{}], [WEST.union(EAST)])]


def _overlapping(folder):
    rows = [{"side": "Red"}, {"side": "Blue"}]
    wide = shapely.box(37, 48, 37.75, 48.5)
    return [written(folder / "zones_2024-01-01.geojson", rows, [wide, EAST])]


def _years(folder):
    rows = [{"country": side, "year": year} for year in (1914, 1920) for side in ("Red", "Blue")]
    return [written(folder / "states.geojson", rows, [WEST, EAST] * 2)]


def _a_year_a_file(folder):
    rows = [{"country": "Red", "year": 1914.0}, {"country": "Blue", "year": 1914.0}]
    return [written(folder / "states_1914.geojson", rows)]


def _a_file_a_side(folder):
    return [
        written(folder / f"{side}.geojson", [{"date": "2024-01-13"}], [shape])
        for side, shape in (("Red", WEST), ("Blue", EAST))
    ]


def _a_layer_a_day(folder):
    path = folder / "zones.gpkg"
    for day in ("2024_01_31", "2024_02_01"):
        frame = geopandas.GeoDataFrame({"side": ["Red", "Blue"]}, geometry=[WEST, EAST], crs=4326)
        frame.to_file(path, layer=f"zones_{day}")
    return [path]


def _histories(folder):
    rows = [
        {"name": side, "status": "drawn", "start_date": f"{year}", "end_date": f"{year + 9}"}
        for year in (1900, 1910, 1920)
        for side in ("Red", "Blue")
    ]
    rows[0]["status"] = "guessed"
    return [written(folder / "states.geojson", rows, [WEST, EAST] * 3)]


ALL = KM2["west"] + KM2["east"]
VARIANTS = {
    _years: {("1914-01-01", "Red"): "west", ("1920-01-01", "Blue"): "east"},
    _a_year_a_file: {("1914-01-01", "Red"): "west", ("1914-01-01", "Blue"): "east"},
    _a_file_a_side: {("2024-01-13", "Red"): "west", ("2024-01-13", "Blue"): "east"},
    _a_layer_a_day: {("2024-01-31", "Red"): "west", ("2024-02-01", "Blue"): "east"},
    _histories: {("1900-01-01", "Red"): "west", ("1920-01-01", "Blue"): "east"},
    _fill: {("2024-01-01", "Held"): "west", ("2024-02-01", "Freed"): "east"},
    _colours: {("2024-01-01", "red"): "west", ("2024-01-01", "turquoise"): "east"},
    _names: {("2024-01-31", "Red"): "west", ("2024-02-01", "Blue"): "east"},
    _folders: {("2024-01-01", "Red"): "west", ("2024-01-01", "Blue"): "east"},
    _file_names: {("2024-01-01", "Red"): "west", ("2024-01-01", "Blue"): "east"},
    _layers: {("2024-01-01", "Red"): "west", ("2024-01-01", "Blue"): "east"},
    _day_column: {("2024-01-13", "Red"): "west", ("2024-01-13", "Blue"): "east"},
    _slashes: {("2024-01-13", "Red"): "west", ("2024-01-13", "Blue"): "east"},
    _spans: {("2024-01-01", "Red"): "west", ("2024-02-02", "Blue"): "east"},
    _usual_spans: {("2024-01-01", "Red"): "west", ("2024-02-02", "Blue"): "east"},
    _unix: {("2024-01-01", "Red"): "west", ("2024-01-01", "Blue"): "east"},
    _wrapped: {("2024-01-01", "Red"): "west", ("2024-01-01", "Blue"): "east"},
    _nothing: {("2024-01-01", "held"): ALL},
    _overlapping: {("2024-01-01", "contested"): KM2["east"] / 2},
}


@pytest.mark.parametrize("draw", VARIANTS, ids=lambda draw: draw.__name__.strip("_"))
def test_a_proposed_profile_reads_the_files_it_was_made_from(draw, tmp_path, capsys):
    folder, profile = tmp_path / "maps", tmp_path / "mine.toml"
    folder.mkdir()
    draw(folder)
    assert _code(["inspect", str(folder), "--out", str(profile)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == "day,kind,severity,km2,detail"
    assert f"read the files with --profile {profile}" in printed.err
    code, found, _ = areas(capsys, folder, "--profile", profile)
    assert code == 0
    for key, km2 in VARIANTS[draw].items():
        assert found[key] == pytest.approx(KM2.get(km2, km2), rel=1e-4)


TABLES = [
    {
        "control.csv": "pcode,since,Controlled by,how\n"
        "7,2021-05-01,Gov,held\n9,2021-05-01,Rebels,held\n"
    },
    {
        "held_2021.csv": "Code,Date,Owner,note\n7,01/05/2021,Gov,x\n9,13/05/2021,Rebels,y\n",
        "held_2022.csv": "unit,day,Side\n7,2022-01-01,Rebels\n",
        "people.csv": "unit,count\n7,3\n9,4\n",
    },
]


@pytest.mark.parametrize("tables", TABLES)
def test_a_table_of_holders_is_found_by_its_units_whatever_its_columns_are_called(
    tables, tmp_path, monkeypatch, capsys
):
    written(tmp_path / "cells.geojson", [{"no": 7, "title": "W"}, {"no": 9, "title": "E"}])
    for name, text in tables.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert _code(["inspect", "cells.geojson", "--out", "mine.toml"]) == 0
    capsys.readouterr()
    code, found, _ = areas(capsys, tmp_path / "cells.geojson", "--profile", "mine.toml")
    assert code == 0
    assert found["2021-05-01", "Gov"] == pytest.approx(KM2["west"], rel=1e-4)
    last = max(day for day, _ in found)
    rebels = ALL if last == "2022-01-01" else KM2["east"]
    assert found[last, "Rebels"] == pytest.approx(rebels, rel=1e-4)
    assert _code(["init"]) == 0
    assert "holders = " in (tmp_path / "job-profile.toml").read_text()


def test_why_nothing_can_be_proposed_is_said(tmp_path, capsys):
    rows = [{"nation": "Red"}, {"nation": "Blue"}]
    path = written(tmp_path / "states.geojson", rows)
    content = json.loads(path.read_text())
    del content["features"][1]["geometry"]["coordinates"]
    path.write_text(json.dumps(content))
    assert _code(["inspect", str(path)]) == 1
    said = capsys.readouterr().err
    assert "no built-in publisher's marks fit" in said
    assert "states.geojson, feature 2: unusable geometry" in said


def test_a_table_of_other_units_is_no_table_of_holders(tmp_path, capsys):
    written(tmp_path / "cells.geojson", [{"no": 7, "title": "W"}, {"no": 9, "title": "E"}])
    (tmp_path / "control.csv").write_text("code,date,side\n1,2021-05-01,Gov\n7,2021-05-01,Gov\n")
    assert _code(["inspect", str(tmp_path / "cells.geojson")]) == 1
    assert "[units]" not in capsys.readouterr().err


def test_how_days_are_written_stands_in_the_proposed_profile(tmp_path, capsys):
    folder, profile = tmp_path / "maps", tmp_path / "mine.toml"
    folder.mkdir()
    for name in ("Control_23_09_03", "Control_25_09_27"):
        written(folder / f"{name}.geojson", [{"side": "Red"}, {"side": "Blue"}])
    assert _code(["inspect", str(folder), "--out", str(profile)]) == 1
    assert "--day-format YY_MM_DD" in capsys.readouterr().err
    told = ["--day-format", "YY_MM_DD"]
    assert _code(["inspect", str(folder), *told, "--out", str(profile)]) == 0
    capsys.readouterr()
    code, found, _ = areas(capsys, folder, "--profile", profile)
    assert code == 0
    assert {day for day, _ in found} == {"2023-09-03", "2025-09-27"}


@pytest.mark.parametrize("code", ["gwcode", "cowcode"])
def test_cshapes_is_recognised_as_its_package_of_r_has_it(code, tmp_path, capsys):
    row = {"status": "independent", "owner": "1", "b_def": 1, "fid": 1}
    span = {"start": "1886-01-01", "end": "1918-11-11"}
    rows = [{code: n, "country_name": name, **row, **span} for n, name in enumerate(("A", "B"))]
    written(tmp_path / "cshapes_2.geojson", rows)
    code, found, err = areas(capsys, tmp_path)
    assert "read as 'cshapes'" in err
    assert code == 0 and set(found) == {("1886-01-01", "A"), ("1886-01-01", "B")}


def test_inspect_shows_what_it_sees_and_the_profile_on_standard_error(tmp_path, capsys):
    _fill(tmp_path)
    assert _code(["inspect", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == "day,kind,severity,km2,detail"
    assert "3 files, 6 features of ground, WGS 84" in printed.err
    assert "fill (2 values: #a52714 3, #0f9d58 3)" in printed.err
    assert '[[rule]]\nlabel = "\\\\#a52714"' in printed.err


def test_what_no_proposal_can_read_is_said_and_nothing_is_guessed(tmp_path, capsys):
    rows = [{"side": "Red", "date": "01/02/2024"}, {"side": "Blue", "date": "03/04/2024"}]
    written(tmp_path / "zones.geojson", rows)
    assert _code(["inspect", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["day,kind,severity,km2,detail"]
    assert "the proposal does not read them yet" in printed.err
    assert "day" in printed.err.splitlines()[-1]


def test_inspect_of_a_publishers_files_writes_a_copy_of_its_profile(tmp_path, capsys):
    mine = tmp_path / "mine.toml"
    assert _code(["inspect", str(SAMPLES["owl"].folder), "--out", str(mine)]) == 0
    capsys.readouterr()
    assert mine.read_text().startswith("# a copy of 'owl'; change it as you like")
    assert areas(capsys, SAMPLES["owl"].folder, "--profile", mine)[0] == 0
    assert _code(["inspect", str(SAMPLES["owl"].folder), "--out", str(tmp_path / "m.csv")]) == 1
    assert "name a .toml file" in capsys.readouterr().err


def test_a_publishers_label_that_no_rule_knows_is_refused_and_its_profile_written_to_be_mended(
    tmp_path, capsys
):
    rows = [{"layer_type": "ukraine_control_map", "date": "2024-01-01"}]
    rows.append({"layer_type": "moon_bases", "date": "2024-01-01"})
    path, mine = written(tmp_path / "a.geojson", rows), tmp_path / "mine.toml"
    assert _code(["inspect", str(path), "--out", str(mine)]) == 1
    assert "'isw-layers' does not know 'moon_bases'" in capsys.readouterr().err
    mine.write_text(mine.read_text() + '\n[[rule]]\nlabel = "moon_bases"\ndrop = true\n')
    assert areas(capsys, path, "--profile", mine)[0] == 0


def test_a_year_before_christ_is_a_year_like_others(tmp_path, capsys):
    shutil.copytree(SAMPLES["historical-basemaps"].folder, tmp_path, dirs_exist_ok=True)
    shutil.copy(tmp_path / "world_1914.geojson", tmp_path / "world_bc500.geojson")
    code, found, _ = areas(capsys, tmp_path)
    assert code == 0
    assert {day for day, _ in found} == {"-0499-01-01", "1914-01-01", "1920-01-01"}
    assert {who: km2 for (day, who), km2 in found.items() if day == "-0499-01-01"} == {
        who: km2 for (day, who), km2 in found.items() if day == "1914-01-01"
    }


def test_a_year_alone_is_never_guessed_and_the_message_says_what_to_do(tmp_path, capsys):
    path = written(tmp_path / "front_1914.geojson", [{"side": "a"}, {"side": "b"}])
    code, _, said = areas(capsys, path, "--actor-field", "side")
    assert code == 1
    assert "take the first day of its year: --day-format YYYY" in said
    code, found, _ = areas(capsys, path, "--actor-field", "side", "--day-format", "YYYY")
    assert (code, {day for day, _ in found}) == (0, {"1914-01-01"})
    profile = tmp_path / "mine.toml"
    assert _code(["inspect", str(path), "--out", str(profile)]) == 0
    capsys.readouterr()
    code, found, _ = areas(capsys, path, "--profile", profile)
    assert code == 0
    assert {day for day, _ in found} == {"1914-01-01"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("map.png", "make zones of it: territory trace IMAGE"),
        ("map.SVG", "save it as PNG, and then make zones of it"),
        ("map.docx", "not a file of zones this reads"),
    ],
)
def test_a_picture_is_refused_with_the_verb_that_makes_zones_of_it(name, said, tmp_path, capsys):
    (tmp_path / name).write_bytes(b"x")
    code, _, err = areas(capsys, tmp_path / name)
    assert code == 1
    assert said in err


def test_districts_are_refused_as_zones_with_the_option_that_takes_them(tmp_path, capsys):
    rows = [{"ADM1_PCODE": "SY01", "ADM1_EN": "a"}, {"ADM1_PCODE": "SY02", "ADM1_EN": "b"}]
    path = written(tmp_path / "syr_admin1.geojson", rows)
    code, _, said = areas(capsys, path)
    assert code == 1
    assert "districts with pcodes are regions, which --regions takes" in said
    assert _code(["inspect", str(path), "--out", str(tmp_path / "p.toml")]) == 1
    assert "p.toml; mend it first" in capsys.readouterr().err


def test_zones_that_name_nobody_are_all_of_the_actor_that_is_told(tmp_path, capsys):
    path = written(tmp_path / "z_2024-01-01.geojson", [{"note": "x"}, {"note": "y"}])
    code, found, said = areas(capsys, path, "--actor", "Red")
    assert code == 0
    assert found == {("2024-01-01", "Red"): pytest.approx(ALL, rel=1e-6)}
    assert "read as 'zones': one actor is named for all of them" in said
    assert tt.read(path, holder="Red").actors == ("Red",)
    named = written(tmp_path / "named_2024-01-01.geojson", [{"actor": "a"}, {"actor": "b"}])
    code, _, said = areas(capsys, named, "--actor", "Red")
    assert code == 1
    assert "name actors in 'actor'; --actor is for zones that name none" in said


@pytest.mark.parametrize(
    ("names", "reads"),
    [
        (("Front 5 November 2017.kml", "Front 5 February 2018.kml"), USUAL),  # never years alone
        (("a_2017-11-05.kml", "b 5 Feb 2018.kml"), USUAL),
        (("z_01-02-2024.kml", "z_02-03-2024.kml"), ""),  # the order is not known
        (("Feb 2024.kml", "March 2024.kml"), ""),  # which day of them?
        (("z_2022-06.kml", "z_2023-06.kml"), ""),
        (("z_06_2022.kml", "z_06_2023.kml"), ""),
        (("2022Q1.kml", "2023Q1.kml"), ""),
        (("2022-W05.kml", "2023-W05.kml"), ""),
        (("A2022.032.kml", "A2023.032.kml"), ""),  # the day of the year
        (("2022-01-01_2022-06-01.kml", "2023-01-01_2023-06-01.kml"), ""),
        (("1914_110m.kml", "1920_110m.kml"), YEAR),
        (("1975-1979.kml", "1979-1991.kml", "1991.kml"), SINCE_YEAR),
        (("1979-1975.kml", "1991.kml"), ""),
        (("2022020100.kml", "2022020200.kml"), USUAL),  # hours behind, and no unix time
        (("1706745600.kml", "1706832000.kml"), r"(?<!\d)(?P<unix>\d{10})(?!\d)"),
    ],
)
def test_a_day_in_a_name_is_never_proposed_as_its_year(names: tuple[str, ...], reads: str) -> None:
    assert name_pattern(names) == reads


def test_maps_of_several_hours_of_a_day_are_no_parts_of_one_map(tmp_path, capsys):
    for hour, shape in (("00", WEST), ("06", EAST)):
        for side in "ab":
            written(tmp_path / f"20220201{hour}_{side}.geojson", [{"side": side}], (shape,))
    assert _code(["inspect", str(tmp_path), "--out", str(tmp_path / "p.toml")]) == 1
    said = capsys.readouterr()
    assert "2022-02-01 is also given by" in said.err
    assert 'several = "merge" (parts of one map) or "last"' in said.err
    assert "merge" not in (tmp_path / "p.toml").read_text()


def test_who_is_sovereign_counts_before_what_kind_of_ground_it_is(tmp_path):
    rows = [{"type": "state", "sovereignty": "Red"}, {"type": "colony", "sovereignty": "Blue"}]
    path = written(tmp_path / "z_1914.geojson", [*rows, *rows], (WEST, EAST) * 2)
    assert likely_actor(sight_of([str(path)])).name == "sovereignty"  # type: ignore[union-attr]


def test_columns_that_differ_in_case_from_file_to_file_are_one(tmp_path, capsys):
    written(tmp_path / "z_2024-01-01.geojson", [{"name": "Red"}, {"name": "Blue"}])
    written(tmp_path / "z_2024-02-01.geojson", [{"NAME": "Blue"}, {"NAME": "Blue"}])
    profile = tmp_path / "p.toml"
    assert _code(["inspect", str(tmp_path), "--out", str(profile)]) == 0
    assert 'label_properties = ["name", "NAME"]' in profile.read_text()
    capsys.readouterr()
    code, found, _ = areas(capsys, tmp_path, "--profile", profile)
    assert (code, found["2024-02-01", "Blue"]) == (0, pytest.approx(ALL, rel=1e-6))


def test_a_status_that_files_spell_in_other_case_is_read_of_all(tmp_path, capsys):
    """Else what one of them calls contested would count as held, and nobody would hear of it."""
    for day, actor, status in ((1, "Side", "Status"), (2, "SIDE", "STATUS")):
        rows = [{actor: "a", status: "contested"}, {actor: "b", status: "held"}]
        written(tmp_path / f"z_2024-01-0{day}.geojson", rows)
    profile = tmp_path / "p.toml"
    assert _code(["inspect", str(tmp_path), "--out", str(profile)]) == 0
    capsys.readouterr()
    assert _code(["areas", str(tmp_path), "--profile", str(profile), "--json"]) == 0
    rows = orjson.loads(capsys.readouterr().out)
    assert {(row["actor"], row["status"]) for row in rows} == {("a", "contested"), ("b", "held")}
    of_actors = ["areas", str(tmp_path), "--actor-field", "SIDE", "--status-field", "status"]
    written(tmp_path / "z_2024-01-01.geojson", [{"SIDE": "a", "Status": "claimed"}], [WEST])
    assert _code([*of_actors, "--json"]) == 0
    assert "claimed" in capsys.readouterr().out


def test_columns_of_one_file_that_differ_in_case_stay_two(tmp_path):
    rows = [{"name": "a", "Name": "1"}, {"name": "b", "Name": "2"}]
    for day in (1, 2):
        written(tmp_path / f"z_2024-01-0{day}.geojson", rows)
    columns = sight_of([str(tmp_path)]).columns
    assert {each: dict(seen.counts) for each, seen in columns.items()} == {
        "name": {"a": 2, "b": 2}, "Name": {"1": 2, "2": 2},
    }  # fmt: skip


def test_of_files_without_a_polygon_it_is_said_what_they_need(tmp_path, capsys):
    line = shapely.LineString([(30, 48), (31, 49)])
    path = written(tmp_path / "front_2024-01-01.geojson", [{"name": "x"}], [line])
    assert _code(["inspect", str(path)]) == 1
    said = "".join(capsys.readouterr())
    assert "1 file, 0 features of ground" in said
    assert "there is no polygon in the files; front lines need the ground that they cut" in said


def test_the_first_of_two_years_is_the_day_and_that_is_said(tmp_path, capsys):
    written(tmp_path / "1975-1979.geojson", [{"side": "a"}, {"side": "b"}])
    written(tmp_path / "1979-1991.geojson", [{"side": "b"}, {"side": "b"}])
    profile = tmp_path / "p.toml"
    assert _code(["inspect", str(tmp_path), "--out", str(profile)]) == 0
    assert "until when it held is not read" in profile.read_text()
    capsys.readouterr()
    code, found, _ = areas(capsys, tmp_path, "--profile", profile)
    assert (code, {day for day, _ in found}) == (0, {"1975-01-01", "1979-01-01"})
    _, _, said = areas(capsys, tmp_path, "--actor-field", "side")
    assert "write a profile that takes the first day of its first year" in said


def test_a_year_alone_in_every_name_is_proposed() -> None:
    pattern = name_pattern(["world_1914.geojson", "world_1920.geojson"])
    assert re.search(pattern, "world_1914.geojson")["year"] == "1914"  # type: ignore[index]

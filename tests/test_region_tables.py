"""Regions as people hold them: folder, glob, zip; names, codes, and the table that comes first."""

import csv
import json
import zipfile
from io import StringIO
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from territory.cli import _code
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.publish.report.region_table import region_table
from territory.read.region_files import read_regions

NAMES = ("Alpha", "Beta", "Gamma", "Delta")
BOXES = [shapely.box(36 + i / 2, 35, 36.5 + i / 2, 36) for i in range(4)]
COLUMNS = "from_day,to_day,region,actor,gained,lost,net,share,low,high"


def frame(**columns):
    return gpd.GeoDataFrame(columns, geometry=BOXES, crs=4326)


def one_file_each(folder, **columns):
    folder.mkdir()
    for number, name in enumerate(NAMES):
        whole = frame(**columns)
        whole.iloc[[number]].to_file(folder / f"{name}.geojson")
    return folder


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for each in files:
            archive.write(each, each.name)
    return path


@pytest.fixture
def zones(tmp_path, monkeypatch):
    """Red takes the east of Beta and the west of Gamma."""
    monkeypatch.chdir(tmp_path)
    for day, east in (("2024-01-01", 36.7), ("2024-02-01", 37.2)):
        zone = gpd.GeoDataFrame(
            {"actor": ["red"]}, geometry=[shapely.box(36, 35, east, 36)], crs=4326
        )
        zone.to_file(tmp_path / f"z_{day}.geojson")
    return tmp_path


def by_region(capsys, regions, *more):
    call = ["change", "z_*.geojson", "--profile", "zones", "--from", "2024-01-01"]
    call += ["--to", "2024-02-01", "--regions", str(regions), "--by", "region", *more]
    assert _code(call) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == COLUMNS
    rows = list(csv.DictReader(StringIO(printed.out)))
    return {row["region"]: round(float(row["net"])) for row in rows}, printed.err


LOCAL = [f"{name} обл." for name in NAMES]


@pytest.mark.parametrize("form", ["folder", "glob", "zip", "shapefile", "zipped shapefile"])
def test_regions_in_every_form_give_one_table(zones, capsys, form):
    if "shapefile" in form:
        frame(ADM1_EN=NAMES, ADM1_UA=LOCAL).to_file(zones / "r.shp", encoding="UTF-8")
        path = zones / "r.shp"
        if "zip" in form:
            parts = [path.with_suffix(each) for each in (".shp", ".shx", ".dbf", ".prj", ".cpg")]
            path = zipped(zones / "r.zip", parts)
    else:
        folder = one_file_each(zones / "r", name=NAMES)
        path = {"folder": folder, "glob": f"{folder}/*.geojson"}.get(form) or zipped(
            zones / "r.zip", sorted(folder.iterdir())
        )
    found, _ = by_region(capsys, path)
    assert found == {"Alpha": 0, "Beta": 3020, "Gamma": 2013}


def test_files_without_names_are_called_by_their_own(zones, capsys):
    one_file_each(zones / "r", population=range(4))
    assert by_region(capsys, "r")[0] == {"Alpha": 0, "Beta": 3020, "Gamma": 2013}


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"ADM1_EN": NAMES, "ADM1_AR": LOCAL, "ADM1_PCODE": ["S1", "S2", "S3", "S4"]}, "S2"),
        ({"name": LOCAL, "name:en": NAMES, "ISO3166-2": ["UA-1", "UA-2", "UA-3", "UA-4"]}, "UA-2"),
        ({"name": LOCAL, "name_en": NAMES}, ""),
        ({"NAME_0": ["X"] * 4, "NAME_1": NAMES, "GID_1": ["X.1", "X.2", "X.3", "X.4"]}, "X.2"),
        ({"shapeName": NAMES, "shapeISO": ["A", "B", "C", "D"]}, "B"),
        ({"ADM1_EN": NAMES, "ADM0_PCODE": ["S"] * 4}, ""),
    ],
)
def test_english_names_and_codes_are_found_by_themselves(zones, columns, code):
    frame(**columns).to_file(zones / "r.geojson")
    drawn = read_regions("r.geojson")
    second = drawn.names[1]
    assert drawn.title(second, "en") == "Beta"
    assert drawn.codes.get(second, "") == code


def test_another_property_may_name_them(zones, capsys):
    frame(ADM1_EN=NAMES, ADM1_PCODE=["S1", "S2", "S3", "S4"]).to_file(zones / "r.geojson")
    found, _ = by_region(capsys, "r.geojson", "--regions-name", "ADM1_PCODE")
    assert found == {"S1": 0, "S2": 3020, "S3": 2013}


# ---- Two regions of one name -----------------------------------------------------------------


def test_regions_of_one_name_are_told_apart_by_their_codes(zones, capsys):
    names, codes = ["Center", "North", "Center", "West"], ["S1", "S2", "T1", "T2"]
    frame(ADM2_EN=names, ADM1_PCODE=["S", "S", "T", "T"], ADM2_PCODE=codes).to_file("r.geojson")
    found, told = by_region(capsys, "r.geojson")
    assert found == {"Center (S1)": 0, "North": 3020, "Center (T1)": 2013}
    (line,) = (each for each in told.splitlines() if "Center" in each)
    assert "2 regions named 'Center' are told apart by their codes" in line


def test_parts_of_one_region_with_one_code_are_one_region(zones, capsys):
    frame(ADM1_EN=["A", "B", "B", "C"], ADM1_PCODE=["1", "2", "2", "3"]).to_file("r.geojson")
    found, told = by_region(capsys, "r.geojson")
    assert found == {"A": 0, "B": 5033}
    assert "'B'" not in told


def test_without_codes_one_name_is_one_region_and_a_warning(zones, capsys):
    frame(name=["A", "B", "B", "C"]).to_file("r.geojson")
    found, told = by_region(capsys, "r.geojson")
    assert found == {"A": 0, "B": 5033}
    assert "warning: r.geojson: 2 features named 'B' are one region; if they are several" in told


@pytest.mark.parametrize("where", ["ADM1_PCODE = 'S9'", "ADM1_PCODE IN ('S8', 'S9')"])
def test_a_code_that_no_polygon_has_is_one_line(zones, capsys, where):
    frame(ADM1_EN=NAMES, ADM1_PCODE=["S1", "S2", "S3", "S4"]).to_file("r.gpkg")
    (zones / "job.toml").write_text(
        f'[series]\nprofile = "zones"\npath = "z_*.geojson"\n'
        f'[area]\nx = {{ file = "r.gpkg", where = "{where}" }}\n'
    )
    assert _code(["run", "job.toml", "--out", "o"]) == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.endswith(f"r.gpkg: no feature where {where}")


# ---- The table of report and page ------------------------------------------------------------


def loaded(regions):
    spec = SeriesSpec(profile="zones", path="z_*.geojson")
    return load_series(
        spec,
        Path(),
        areas={},
        rule="all",
        more_days=(),
        uncertainty=UncertaintySpec(),
        regions=regions,
    )


def test_the_table_says_name_local_name_and_code(zones):
    codes = ["S1", "S2", "S3", "S4"]
    frame(ADM1_EN=NAMES, ADM1_AR=LOCAL, ADM1_PCODE=codes).to_file("r.geojson")
    table = region_table(loaded(read_regions("r.geojson")))
    assert (table.since, table.until) == ("1 January 2024", "1 February 2024")
    beta, gamma = table.rows
    assert (beta.name, beta.local, beta.code, beta.actor) == ("Beta", LOCAL[1], "S2", "Red")
    assert (beta.gained, beta.lost, beta.net, beta.share) == ("3,020", "0", "+3,020", "60 %")
    assert (gamma.net, gamma.share) == ("+2,013", "40 %")
    assert table.unchanged == ("Alpha",)
    assert not table.lacks_shares


def test_the_largest_change_comes_first_and_shares_are_whole(zones):
    late = gpd.GeoDataFrame(
        {"actor": ["red"]}, geometry=[shapely.box(36.001, 35, 37.45, 36)], crs=4326
    )
    late.to_file(zones / "z_2024-03-01.geojson")
    frame(name=NAMES).to_file("r.geojson")
    table = region_table(loaded(read_regions("r.geojson")))
    assert [row.name for row in table.rows] == ["Gamma", "Beta", "Alpha"]
    assert [row.share for row in table.rows] == ["60 %", "40 %", "<1 %"]


@pytest.fixture
def swayed(zones):
    """Red takes a strip in Gamma and loses one nearly as large in Alpha; Blue stays."""
    for day, west, east in (("2024-01-01", 36, 37.2), ("2024-02-01", 36.2, 37.401)):
        zone = gpd.GeoDataFrame(
            {"actor": ["red", "blue"]},
            geometry=[shapely.box(west, 35, east, 36), shapely.box(37.6, 35, 37.7, 36)],
            crs=4326,
        )
        zone.to_file(zones / f"z_{day}.geojson")
    frame(name=NAMES).to_file("r.geojson")
    return zones


def test_where_the_net_may_be_nothing_the_report_has_a_dash_and_a_table_nothing(swayed, capsys):
    call = ["change", "z_*.geojson", "--profile", "zones", "--from", "2024-01-01"]
    call += ["--to", "2024-02-01", "--regions", "r.geojson", "--by", "region"]
    assert _code(call) == 0
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert {row["region"]: round(float(row["net"])) for row in rows if row["actor"] == "red"} == {
        "Alpha": -2013, "Beta": 0, "Gamma": 2023,
    }  # fmt: skip
    assert {row["share"] for row in rows} == {""}
    assert _code([*call, "--json"]) == 0
    assert {row["share"] for row in json.loads(capsys.readouterr().out)} == {None}
    table = region_table(loaded(read_regions("r.geojson")))
    assert [(row.net, row.share) for row in table.rows] == [("+2,023", ""), ("−2,013", "")]
    assert table.lacks_shares


def test_a_dash_in_the_report_is_explained(swayed):
    (swayed / "job.toml").write_text(
        '[series]\nprofile = "zones"\npath = "z_*.geojson"\n[regions]\nfile = "r.geojson"\n'
    )
    assert _code(["run", "job.toml", "--out", "o"]) == 0
    report = (swayed / "o" / "report.html").read_text()
    assert report.count('data-label="Share">–<') == 2
    assert "No share (–) where the interval of a side" in report


def test_without_regions_there_is_none(zones):
    assert region_table(loaded(None)) is None


def test_report_and_page_show_it_first_and_unfolded(zones):
    frame(name=NAMES).to_file("r.geojson")
    (zones / "job.toml").write_text(
        '[series]\nprofile = "zones"\npath = "z_*.geojson"\n[regions]\nfile = "r.geojson"\n'
    )
    assert _code(["run", "job.toml", "--out", "o"]) == 0
    report = (zones / "o" / "report.html").read_text()
    at = report.index("Who gained and lost where")
    assert at < min(report.index("<table"), report.index("<details"))
    page = (zones / "o" / "page.html").read_text()
    assert page.index('id="regions-box"') < page.index('id="holders-box"')
    assert '"region":true' in page


def test_report_and_pictures_have_the_titles_of_their_language(zones):
    frame(name=LOCAL, name_en=NAMES).to_file("r.geojson")
    (zones / "job.toml").write_text(
        'title = "The east"\ntitle_uk = "Схід"\n'
        '[series]\nprofile = "zones"\npath = "z_*.geojson"\n'
        '[regions]\nfile = "r.geojson"\n'
        '[maps]\nlanguages = ["en", "uk"]\nformats = ["png", "svg"]\n'
    )
    assert _code(["run", "job.toml", "--out", "o"]) == 0
    maps = zones / "o" / "maps"
    for suffix, title in (("", "The east"), (".uk", "Схід")):
        assert title in (maps / f"before_after{suffix}.svg").read_text()
    report = (zones / "o" / "report.html").read_text()
    assert report.count("Beta, 1 January 2024 to 1 February 2024")
    assert f"{LOCAL[1]}, 1 January 2024" not in report

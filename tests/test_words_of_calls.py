"""The same word means the same in every verb: --from and --to a period, --out what is written."""

import json

import numpy as np
import pytest
import shapely
from squares import write_two_boxes

from territory.cli import VERBS, _code, misused
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84
from territory.read.aoi import place_name


@pytest.fixture
def folder(tmp_path, monkeypatch):
    write_two_boxes(tmp_path, prefix="z_")
    (tmp_path / "job.toml").write_text(
        '[series]\nprofile = "zones"\npath = "z_*.geojson"\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--until", "2024-01-01"], "say --to DAY"),
        (["--since=2024-01-01"], "say --from DAY"),
        (["--to", "page.html"], "'page.html' is none; what is written goes to --out"),
        (["--to=maps/"], "'maps/' is none; what is written goes to --out"),
        (["--out", "2024-09-02"], "'2024-09-02' looks like a day; the last day"),
        (["--out=20240902"], "looks like a day"),
        (["--out", "02.09.2024"], "looks like a day"),
    ],
)
def test_a_word_that_means_something_else_is_wrong_usage(folder, capsys, verb, options, words):
    before = sorted(folder.iterdir())
    assert _code([verb, "z_2024-01-01.geojson", *options]) == 2
    assert words in capsys.readouterr().err
    assert sorted(folder.iterdir()) == before


def test_the_picture_of_compare_goes_to_out(folder, capsys):
    two = ["z_2024-01-01.geojson"] * 2
    read = ["--profile", "zones", "--profile-b", "zones"]
    assert _code(["compare", *two, *read, "--map", "m.png"]) == 2
    assert "--out FILE.png" in capsys.readouterr().err
    assert _code(["compare", *two, *read, "--out", "m.png"]) == 0
    assert (folder / "m.png").exists()


def test_two_series_of_one_profile_are_told_apart_on_the_picture(folder):
    two = ["z_2024-01-01.geojson"] * 2
    read = ["--profile", "zones", "--profile-b", "zones"]
    assert _code(["compare", *two, *read, "--out", "m.svg"]) == 0
    assert "zones A and zones B agree on 100" in (folder / "m.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("day", ["2024-02-31", "2024-13-01"])
def test_a_day_that_is_none_is_wrong_usage(folder, capsys, day):
    call = ["change", "z_*.geojson", "--profile", "zones", "--from", "2024-01-01", "--to", day]
    assert _code(call) == 2
    assert "what is written goes to --out" in " ".join(capsys.readouterr().err.split())


def test_a_period_may_end_before_the_year_1():
    assert misused(["change", "x", "--from", "-0499-01-01", "--to", "-0450-06-01"]) == ""
    assert "takes a day" in misused(["change", "x", "--to", "-049-06-01"])


def test_a_file_that_is_named_like_a_day_can_still_be_written():
    assert misused(["convert", "x", "--out", "./2024-09-02"]) == ""
    assert misused(["convert", "x", "--out", "2024-09-02.gpkg"]) == ""
    assert misused(["map", "--map-crs", "EPSG:3857"]) == ""


def test_the_words_of_change_draw_that_period(folder):
    period = ["--from", "2024-01-01", "--to", "2024-01-03"]
    call = ["map", "z_*.geojson", "--profile", "zones", *period, "--out", "m.svg"]
    assert _code(call) == 0
    text = (folder / "m.svg").read_text(encoding="utf-8")
    assert "1 January 2024 to" in text and "A took" in text
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == []


@pytest.mark.parametrize("verb", ["areas", "convert", "page", "animate"])
def test_a_period_limits_the_days_of_every_verb(folder, capsys, verb):
    place = {"convert": "c.gpkg", "page": "p.html", "animate": "f.gif"}
    out = ["--out", place[verb]] if verb in place else []
    call = [verb, "z_*.geojson", "--profile", "zones", "--from", "2024-01-02", *out]
    assert _code(call) == 0
    printed = capsys.readouterr()
    if verb == "areas":
        assert {line.split(",")[0] for line in printed.out.splitlines()[1:]} == {"2024-01-03"}
    if verb in ("convert", "page"):
        assert ": 1 days" in printed.err
    assert _code([*call, "--to", "2024-01-01"]) == 1
    assert "must come before" in capsys.readouterr().err


def test_a_place_without_a_name_is_called_by_its_degrees_or_its_file():
    assert place_name("-1,-2,3,4") == "1° W to 3° E, 2° S to 4° N"
    assert place_name("a/b/Kherson.geojson") == "Kherson"


@pytest.mark.parametrize(("rule", "km2"), [("winding", 14.0), ("even-odd", 12.0)])
def test_a_repair_may_be_chosen_in_every_verb(tmp_path, capsys, rule, km2):
    """A shell drawn over itself: what it goes around twice is ground by one rule alone."""
    loop = [(0, 0), (4, 0), (4, 4), (2, 4), (2, 1), (3, 1), (3, 3), (0, 3), (0, 0)]
    ring = [(36 + x / 100, 35 + y / 100) for x, y in loop]
    square = geodesic_area_km2(np.array([shapely.box(36, 35, 36.01, 35.01)]), WGS84)[0]
    feature = {"type": "Feature", "properties": {"actor": "a"}}
    feature["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    zones = tmp_path / "z_2024-01-01.geojson"
    zones.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    call = [str(zones), "--profile", "zones"]
    assert _code(["areas", *call]) == 1
    assert "--repair" in capsys.readouterr().err
    assert _code(["areas", *call, "--repair", rule]) == 0
    rows = [row.split(",") for row in capsys.readouterr().out.splitlines()]
    (held,) = (float(row[3]) for row in rows if row[1] == "a")
    assert held == pytest.approx(km2 * square, rel=1e-3)
    assert _code(["page", *call, "--repair", rule, "--out", str(tmp_path / "p.html")]) == 0
    assert _code(["map", *call, "--repair", rule, "--out", str(tmp_path / "m.svg")]) == 0
    assert _code(["areas", *call, "--repair", "winding up"]) == 1
    assert "'winding up' is no repair" in capsys.readouterr().err

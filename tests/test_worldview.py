"""Countries by name: which border, said in the answer; another worldview where one is asked for."""

import csv
import json
from io import StringIO

import geopandas as gpd
import numpy as np
import pytest
import shapely

import territory as tt
from territory.cli import _code
from territory.errors import InputError
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84
from territory.read.aoi import place_name, read_area
from territory.read.world import DE_FACTO, STANDARD, border_sentence, read_countries

INNER, MAINLAND = shapely.box(33.7, 45, 34.8, 45.6), shapely.box(34, 46.8, 35, 47.2)
CRIMEA_KM2 = 27_000  # with its isthmus; by the encyclopaedias


def shape_of(country, worldview):
    world = read_countries(worldview)
    return world.polygons[world.names.index(country)]


def km2(shape):
    """Return the area of a shape, to a hundred-millionth of it."""
    parts = shapely.get_parts(np.array([shape]))
    return float(geodesic_area_km2(parts, WGS84, max_chord_error_m=0.1).sum())


def test_only_crimea_differs():
    standard, de_facto = read_countries(STANDARD), read_countries(DE_FACTO)
    assert standard.names == de_facto.names
    other = np.flatnonzero(standard.km2 != de_facto.km2)
    assert [standard.names[each] for each in other] == ["Russia", "Ukraine"]
    moved = standard.km2[other[1]] - de_facto.km2[other[1]]
    assert moved == pytest.approx(CRIMEA_KM2, rel=0.01)
    assert standard.km2.sum() == pytest.approx(de_facto.km2.sum())


def test_the_ground_goes_from_one_to_the_other_whole():
    sevastopol, kyiv = shapely.Point(33.6, 44.65), shapely.Point(30.5, 50.4)
    for worldview, owner in ((STANDARD, "Ukraine"), (DE_FACTO, "Russia")):
        assert shape_of(owner, worldview).contains(sevastopol)
        assert shape_of("Ukraine", worldview).contains(kyiv)
        for country in ("Ukraine", "Russia"):
            shape = shape_of(country, worldview)
            assert shape.is_valid
            world = read_countries(worldview)
            kept = world.km2[world.names.index(country)]
            assert km2(shape) == pytest.approx(kept, rel=1e-5)
        both = shapely.intersection(shape_of("Ukraine", worldview), shape_of("Russia", worldview))
        assert both.area == 0


@pytest.mark.parametrize(
    ("country", "worldview", "end"),
    [
        ("Ukraine", STANDARD, "with Crimea"),
        ("Ukraine", DE_FACTO, "without Crimea"),
        ("Russia", STANDARD, "without Crimea"),
        ("Russia", DE_FACTO, "with Crimea"),
        ("Syria", STANDARD, "without the Golan Heights"),
        ("Jordan", STANDARD, "1:50m"),
    ],
)
def test_the_sentence_says_what_belongs_to_it(country, worldview, end):
    assert border_sentence(country, worldview).endswith(f" {end}")


def test_what_the_sentences_say_of_others_is_so():
    golan, pristina = shapely.Point(35.78, 33.0), shapely.Point(21.15, 42.66)
    assert not shape_of("Syria", STANDARD).contains(golan)
    assert shape_of("Israel", STANDARD).contains(golan)
    laayoune, tifariti = shapely.Point(-13.1, 27.1), shapely.Point(-10.6, 26.15)
    assert shape_of("Morocco", STANDARD).contains(laayoune)
    assert not shape_of("Morocco", STANDARD).contains(tifariti)
    assert not shape_of("Serbia", STANDARD).contains(pristina)
    for country, town in (
        ("Somalia", (44.06, 9.56)),
        ("Cyprus", (33.3, 35.3)),
        ("Israel", (35.25, 31.9)),
        ("Israel", (34.45, 31.5)),
    ):
        assert not shape_of(country, STANDARD).contains(shapely.Point(town))


def test_a_worldview_may_stand_behind_a_country():
    assert place_name("Ukraine:de-facto") == "Ukraine"
    area = read_area("Ukraine:de-facto")
    assert not area.geometry.contains(shapely.Point(34.1, 45.2))
    (finding,) = area.findings
    assert finding.kind == "border"
    assert finding.detail == border_sentence("Ukraine", DE_FACTO)
    with pytest.raises(
        InputError, match=r"unknown worldview 'kremlin'; known are: standard \(Crim"
    ):
        read_area("Ukraine:kremlin")


# ---- In the verbs ----------------------------------------------------------------------------


@pytest.fixture
def zones(tmp_path, monkeypatch):
    """Ground in the middle of Crimea, and as much on the mainland, on one day."""
    monkeypatch.chdir(tmp_path)
    south = gpd.GeoDataFrame({"actor": ["a", "a"]}, geometry=[INNER, MAINLAND], crs=4326)
    south.to_file(tmp_path / "z_2024-01-01.geojson")
    return tmp_path


ZONES = ("z_2024-01-01.geojson", "--profile", "zones")


def held(capsys, *arguments):
    assert _code(["areas", *ZONES, *arguments]) == 0
    printed = capsys.readouterr()
    rows = csv.DictReader(StringIO(printed.out))
    return {
        row.get("area", ""): float(row["km2"]) for row in rows if row["actor"] == "a"
    }, printed.err


def test_the_answer_says_which_border(zones, capsys):
    found, told = held(capsys, "--area", "Ukraine")
    other, told_other = held(capsys, "--area", "Ukraine", "--worldview", "de-facto")
    assert found[""] - other[""] == pytest.approx(km2(INNER), rel=1e-4)
    assert border_sentence("Ukraine", STANDARD) in told
    assert border_sentence("Ukraine", DE_FACTO) in told_other


def test_named_areas_and_the_rest_follow_the_worldview(zones, capsys):
    found, told = held(capsys, "--area", "ua=Ukraine", "--worldview", "de-facto")
    assert found["ua"] == pytest.approx(held(capsys, "--area", "Ukraine:de-facto")[0][""])
    assert told.count("without Crimea") == 1
    call = ["--remainder", "b", "--remainder-area", "Ukraine", "--worldview", "de-facto"]
    assert "without Crimea" in held(capsys, *call)[1]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--area", "Ukraine", "--worldview", "un"), 1, "known are: standard"),
        (("--area", "32,44,37,47", "--worldview", "de-facto"), 2, "does nothing here"),
        (("--worldview", "de-facto"), 2, "does nothing here"),
        (("--area", "Ukraine:un"), 1, "unknown worldview 'un'"),
    ],
)
def test_what_is_no_worldview_is_told(zones, capsys, arguments, code, told):
    assert _code(["areas", *ZONES, *arguments]) == code
    assert told in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_a_run_says_it_on_the_way_in_the_record_and_in_the_report(zones, capsys):
    (zones / "job.toml").write_text(
        '[series]\nprofile = "zones"\npath = "z_2024-01-01.geojson"\n'
        '[area]\nua = { file = "Ukraine:de-facto" }\n[maps]\nenabled = false\n'
    )
    assert _code(["run", "job.toml", "--out", "o"]) == 0
    sentence = border_sentence("Ukraine", DE_FACTO)
    assert sentence in capsys.readouterr().err
    assert sentence in (zones / "o" / "quality.csv").read_text().replace('"', "")
    assert sentence in json.loads((zones / "o" / "run.json").read_bytes())["told"]
    assert sentence.replace("km2", "km²") in (zones / "o" / "report.html").read_text()


def test_python_takes_the_worldview_too(zones):
    h = tt.read("z_2024-01-01.geojson")
    found, other = (h.areas(aoi=f"Ukraine{each}") for each in ("", ":de-facto"))
    first, second = (each.query("actor == 'a'").km2.item() for each in (found, other))
    assert first - second == pytest.approx(km2(INNER), rel=1e-4)

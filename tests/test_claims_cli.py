"""`territory check` on small files: verdicts, and one clear message for every bad claim."""

import csv
import json
from io import StringIO

import numpy as np
import pytest
import rasterio
from rasterio import Affine
from squares import write_two_boxes

from territory.cli import _code

CLAIMS = """
[[claim]]
id = "first"
text = "t"
publisher = "p"
published = 2024-01-10
value = 50
unit = "percent"
day = 2024-01-01
[[claim.reading]]
name = "share of A"
quantity = "share"
by = ["A"]

[[claim]]
id = "second"
text = "t"
publisher = "p"
published = 2024-01-10
value = 100
unit = "km2"
precision = "over"
period = [2024-01-01, 2024-01-03]
[[claim.reading]]
name = "A from B"
quantity = "gained"
by = ["A"]
from = ["B"]
"""


@pytest.fixture
def folder(tmp_path):
    write_two_boxes(tmp_path)
    (tmp_path / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


def check(folder, *options, claims="claims.toml"):
    paths = [str(folder / "2024-01-01.geojson"), str(folder / "2024-01-03.geojson")]
    return _code(["check", str(folder / claims), *paths, "--profile", "zones", *options])


def test_check_prints_a_row_for_each_reading_and_a_sentence_for_each_claim(folder, capsys):
    assert check(folder) == 0
    out = capsys.readouterr()
    rows = list(csv.DictReader(StringIO(out.out)))
    assert [row["verdict"] for row in rows] == ["consistent", "consistent"]
    assert [row["caveat"] for row in rows] == ["", "far above"]
    assert "true of 'over'" in rows[1]["reason"]
    assert float(rows[0]["computed"]) == pytest.approx(50, abs=1e-6)
    assert "- first: 50 %: the computed figure is 50.0;" in out.err
    assert check(folder, "--claim", "second", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["claim_id"] == "second"


def test_people_are_counted_with_a_raster(folder, capsys):
    """A thousand people in a cell of half a degree: one box."""
    text = CLAIMS.replace('unit = "km2"\nprecision = "over"', 'unit = "people"')
    (folder / "claims.toml").write_text(text.replace("value = 100", "value = 1000"))
    assert check(folder, "--claim", "second") == 0
    assert "needs a population raster" in capsys.readouterr().out
    with rasterio.open(
        folder / "people.tif",
        "w",
        driver="GTiff",
        width=4,
        height=4,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=Affine(0.5, 0, 36.5, 0, -0.5, 49.5),
    ) as out:
        out.write(np.full((4, 4), 1000, dtype="float32"), 1)
    assert check(folder, "--claim", "second", "--population", str(folder / "people.tif")) == 0
    (row,) = csv.DictReader(StringIO(capsys.readouterr().out))
    # An edge of the raster's grid is straight in degrees, as the box is.
    assert float(row["computed"]) == pytest.approx(1000, rel=1e-4)
    assert (row["unit"], row["verdict"]) == ("people", "consistent")


def test_what_needs_no_map_needs_no_path(folder, capsys):
    text = (
        '[[claim]]\nid = "c"\ntext = "t"\npublisher = "p"\npublished = 2024-01-30\nvalue = 1158\n'
        'unit = "km2"\nof = 365\nnot_checkable = "no map"\n'
    )
    (folder / "gaza.toml").write_text(text, encoding="utf-8")
    assert _code(["check", str(folder / "gaza.toml")]) == 0
    out = capsys.readouterr()
    assert "1158,1157.5,1158.5,,,,,inconsistent,,,impossible" in out.out.replace('"', "")
    assert "- c: 1,158 km2: impossible: 1,158 km2 is more than the 365 km2" in out.err


def test_a_job_counts_people_too(folder, capsys):
    (folder / "job.toml").write_text(
        '[series]\nprofile = "zones"\npath = "*.geojson"\n[claims]\nfile = "claims.toml"\n'
        '[population]\nfile = "none.tif"\n[maps]\nenabled = false\n[report]\nenabled = false\n',
        encoding="utf-8",
    )
    assert _code(["run", str(folder / "job.toml"), "--out", str(folder / "out")]) == 1
    assert "none.tif: no such file" in capsys.readouterr().err


def test_a_holder_in_several_countries_is_large_and_not_corrupt(tmp_path, capsys):
    """Three times the country in which most of it lies, on one map, and meant so."""
    west, south, east, north = 3.0, 49.5, 7.0, 53.0
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {
        "type": "Feature",
        "properties": {"actor": "A"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (tmp_path / "2024-01-01.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )
    (tmp_path / "claims.toml").write_text(
        '[[claim]]\nid = "c"\ntext = "t"\npublisher = "p"\npublished = 2024-01-10\n'
        'value = "108,000"\nunit = "km2"\nprecision = "roughly"\nday = 2024-01-01\n'
        'of = ["Belgium", "France", "Germany", "Netherlands"]\n'
        '[[claim.reading]]\nname = "all"\nquantity = "total"\nby = ["A"]\n',
        encoding="utf-8",
    )
    paths = [str(tmp_path / "claims.toml"), str(tmp_path / "2024-01-01.geojson")]
    assert _code(["check", *paths, "--profile", "zones"]) == 0
    out = capsys.readouterr()
    (row,) = csv.DictReader(StringIO(out.out))
    assert row["verdict"] == "consistent"
    assert float(row["computed"]) > 100_000
    assert "corrupt" not in out.out + out.err
    assert "quality.csv" not in out.out + out.err


LACKING = [
    # What is changed, which claim it concerns, and what must be said of it.
    ("day = 2024-01-01", "day = 2024-01-02", 0, "there is no snapshot of 2024-01-02;"
        " the nearest days are 2024-01-01 and 2024-01-03"),
    ("[2024-01-01, 2024-01-03]", "[2024-01-01, 2025-01-03]", 1,
        "there is no snapshot of 2025-01-03; the nearest days are 2024-01-01 and 2024-01-03"),
    ('by = ["A"]\nfrom', 'by = ["A"]\narea = "her"\nfrom', 1,
        "the area 'her' that it is about was not given"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "which", "why"), LACKING)
def test_a_claim_beyond_the_data_does_not_keep_others_from_being_judged(
    folder, capsys, old, new, which, why
):
    (folder / "claims.toml").write_text(CLAIMS.replace(old, new, 1), encoding="utf-8")
    assert check(folder) == 3
    out = capsys.readouterr()
    rows = list(csv.DictReader(StringIO(out.out)))
    assert rows[which]["verdict"] == "not checkable"
    assert rows[which]["reason"] == why
    assert rows[1 - which]["verdict"] != "not checkable"
    assert f"cannot be checked: {why}" in out.err


def test_an_area_that_a_claim_needs_is_asked_for(folder, capsys):
    text = CLAIMS.replace('by = ["A"]\nfrom', 'by = ["A"]\narea = "her"\nfrom')
    (folder / "claims.toml").write_text(text, encoding="utf-8")
    assert check(folder) == 3
    asked = capsys.readouterr().err
    assert "--area her=W,S,E,N or her=FILE: claim 'second', reading 'A from B'" in asked
    assert check(folder, "--area", "her=37,48,37.6,48.5") == 0
    assert check(folder, "--area", "his=37,48,37.6,48.5") == 3
    assert "was not given; known are: his" in capsys.readouterr().out


def test_an_area_off_the_map_is_not_nobodys_ground(folder, capsys):
    text = CLAIMS.replace('by = ["A"]\nfrom', 'by = ["A"]\narea = "her"\nfrom')
    (folder / "claims.toml").write_text(text, encoding="utf-8")
    assert check(folder, "--area", "her=30,40,31,41") == 3
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert rows[1]["verdict"] == "not checkable"
    assert "the data do not reach the area 'her'" in rows[1]["reason"]
    paths = [str(folder / "2024-01-01.geojson"), "--profile", "zones"]
    assert _code(["areas", *paths, "--area", "30,40,31,41"]) == 3
    assert "no zone of any day lies in the area" in capsys.readouterr().err


def test_an_area_beside_the_zones_may_well_be_nobodys_ground(folder, capsys):
    text = CLAIMS.replace('by = ["A"]\nfrom', 'by = ["A"]\narea = "her"\nfrom')
    (folder / "claims.toml").write_text(text, encoding="utf-8")
    assert check(folder, "--area", "her=38.2,48,38.4,49") == 0
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert float(rows[1]["computed"]) == 0


def test_a_job_judges_what_it_can(folder, capsys):
    text = CLAIMS.replace("day = 2024-01-01", "day = 2024-01-02")
    (folder / "claims.toml").write_text(text, encoding="utf-8")
    (folder / "job.toml").write_text(
        '[series]\nprofile = "zones"\npath = "*.geojson"\n[claims]\nfile = "claims.toml"\n'
        "[maps]\nenabled = false\n[report]\nexplain = true\n",
        encoding="utf-8",
    )
    out = folder / "out"
    assert _code(["run", str(folder / "job.toml"), "--out", str(out)]) == 3
    why = "there is no snapshot of 2024-01-02; the nearest days are 2024-01-01 and 2024-01-03"
    assert f"'share of A': cannot be checked: {why}" in capsys.readouterr().err
    rows = list(csv.DictReader(StringIO((out / "verdicts.csv").read_text(encoding="utf-8"))))
    assert rows[0]["verdict"] == "not checkable"
    assert float(rows[1]["computed"]) > 0
    assert any(why in line for line in json.loads((out / "run.json").read_text())["unusable"])
    assert why in (out / "report.html").read_text(encoding="utf-8")
    assert _code(["run", str(folder / "job.toml"), "--out", str(out)]) == 3  # from the cache
    page = folder / "page.html"
    assert _code(["page", str(folder / "job.toml"), "--out", str(page)]) == 3


BAD = [
    # What is changed, and what the one message must say besides the file.
    ('unit = "km2"', 'unit = "percent"', ["claim", "'gained' does not fit unit 'percent'"]),
    ('unit = "percent"', 'unit = "km2"', ["claim", "'share' does not fit unit 'km2'"]),
    ('unit = "km2"', 'unit = "miles"', ["unknown unit 'miles'", "km2"]),
    ('unit = "km2"', 'unit = "km"', ["unknown unit 'km'", "did you mean 'km2'?"]),
    ("value = 100", "value = -100", ["claim.value", "no sign, not -100", "quantity = 'lost'"]),
    ("value = 100", "value = nan", ["claim.value", "finite number"]),
    ("value = 100", "value = inf", ["claim.value", "finite number"]),
    ("value = 100", 'value = "100 km2"', ["claim.value", "'100 km2' is no figure", "digits alone"]),
    ("value = 50", "value = 150", ["claim", "a share cannot be 150 percent"]),
    (
        "[2024-01-01, 2024-01-03]",
        "[2024-01-03, 2024-01-01]",
        ["'A from B'", "period 2024-01-03 to 2024-01-01 runs backwards"],
    ),
    ("[2024-01-01, 2024-01-03]", "[2024-01-03, 2024-01-03]", ["'A from B'", "is empty"]),
    ("[2024-01-01, 2024-01-03]", "[2024-01-01]", ["claim.period", "too short"]),
    (
        'from = ["B"]',
        'from = ["b"]',
        ["claim 'second', reading 'A from B', 'from'", "unknown actor 'b'", "known are: A, B"],
    ),
    ('by = ["A"]\nfrom', 'by = ["nobdy"]\nfrom', ["'by'", "did you mean 'nobody'?"]),
    ('by = ["A"]\nfrom', 'by = ["A"]\nstatus = ["claimed"]\nfrom',
        ["'by'", "'A' has no ground that is claimed, only held", 'status = ["held"]']),
    ('by = ["A"]\nfrom', 'by = ["A"]\nstatus = ["claim"]\nfrom', ["status", "'claimed'"]),
    ('by = ["A"]\nfrom', 'by = ["A"]\nof = 12\nfrom', ["claim", "'of' is for shares"]),
    ("day = 2024-01-01", 'day = 2024-01-01\nof = "Ukrain"',
        ["claim 'first'", "did you mean 'Ukraine'?"]),
    ("day = 2024-01-01", "day = 2024-01-01\nof = -3", ["claim.of", "-3 is no size in km2"]),
    ("value = 100", "value = 100\nvalue_high = 200", ["'between' and 'value_high'"]),
    ('quantity = "gained"', 'quantity = "gaind"', ["unknown quantity 'gaind'", "'gained'?"]),
    ('precision = "over"', 'precison = "over"', ["unknown key 'claim.precison'", "'precision'?"]),
    ("value = 100", 'value = 100\nby = ["A"]',
        ["unknown key 'claim.by'; it belongs into 'claim.reading'"]),
    ('id = "second"', 'id = "first"', ["two claims have the id 'first'"]),
    ("[[claim]]", "claim:\n  - id: first", ["not TOML", "line 2"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), BAD)
def test_a_bad_claim_gives_one_message_with_file_and_key(folder, capsys, old, new, words):
    assert CLAIMS.count(old) >= 1
    (folder / "claims.toml").write_text(CLAIMS.replace(old, new, 1), encoding="utf-8")
    assert check(folder) == 1
    out = capsys.readouterr()
    lines = [line for line in out.err.splitlines() if line]
    assert len(lines) == 1, out.err
    assert not out.out
    assert lines[0].startswith("territory: ")
    for word in ("claims.toml", *words):
        assert word in lines[0], lines[0]


@pytest.mark.parametrize("suffix", [".yaml", ".yml", ".json"])
def test_other_formats_are_named(folder, capsys, suffix):
    (folder / f"claims{suffix}").write_text("claim:\n  - id: first\n", encoding="utf-8")
    assert check(folder, claims=f"claims{suffix}") == 1
    message = capsys.readouterr().err
    assert f"claims{suffix}: this is not TOML; write it as a .toml file" in message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--claim", "secnd"], "no claim has the id 'secnd'; did you mean 'second'?"),
        (["--population", "none.tif"], "none.tif: no such file"),
        (["--day", "yesterday"], "--day"),
    ],
)
def test_bad_options(folder, capsys, options, message):
    assert check(folder, *options) == 1
    assert message in capsys.readouterr().err


def test_files_are_recognised_and_a_path_is_needed(folder, capsys):
    assert _code(["check", str(folder / "claims.toml"), str(folder)]) == 0
    assert "read as 'zones': no publisher's marks fit" in capsys.readouterr().err
    assert _code(["check", str(folder / "claims.toml"), "--profile", "zones"]) == 1
    assert "PATH (the files) is missing" in capsys.readouterr().err


def test_an_area_without_a_name_bounds_claims_that_name_none(folder, capsys):
    """The figures are those of the same claims with the area's name in every reading."""
    west = "37,48,37.6,48.5"
    assert check(folder) == 0
    whole = capsys.readouterr().out
    assert check(folder, "--area", west) == 0
    bounded = capsys.readouterr().out
    text = (folder / "claims.toml").read_text(encoding="utf-8")
    named = text.replace("quantity = ", 'area = "west"\nquantity = ')
    (folder / "claims.toml").write_text(named, encoding="utf-8")
    assert check(folder, "--area", f"west={west}") == 0
    assert capsys.readouterr().out == bounded != whole

"""Colours and titles of actors: from a job, a profile, a file, or the drawing itself."""

import json
import sqlite3

import geopandas as gpd
import pytest
import shapely

import territory as tt
from territory.cli import _code
from territory.holders import Holder, Status
from territory.maps.request import MapRequest
from territory.maps.style import CONVENTIONAL, styles_for, tint
from territory.read.actor_looks import ActorLook, looks_together

RED, BLUE = "#ff0000", "#0099ff"


def kml(east, *, colours=(RED, BLUE)):
    """Return two zones in folders, each in its own colour, which meet at a longitude."""
    styles, folders = "", ""
    for name, colour, west, end in (
        ("north", colours[0], 36, east),
        ("south", colours[1], east, 38),
    ):
        code = f"80{colour[5:7]}{colour[3:5]}{colour[1:3]}"
        styles += f'<Style id="{name}"><PolyStyle><color>{code}</color></PolyStyle></Style>'
        ring = f"{west},35 {end},35 {end},36 {west},36 {west},35"
        folders += (
            f"<Folder><name>{name}</name><Placemark><styleUrl>#{name}</styleUrl><Polygon>"
            f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
            "</outerBoundaryIs></Polygon></Placemark></Folder>"
        )
    return (
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{styles}{folders}</Document></kml>'
    )


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m_2024-01-01.kml").write_text(kml(36.5))
    (tmp_path / "m_2024-02-01.kml").write_text(kml(36.8))
    return tmp_path


FOLDERS = ("--profile", "zones", "--actor-field", "folder")
SAID = '[actors.north]\ntitle = "Northern Army"\ntitle_ar = "جيش الشمال"\ncolour = "#228833"\n'


def fills(path):
    found = json.loads(path.read_bytes())["features"]
    return {each["properties"]["actor"]: each["properties"]["fill"] for each in found}


# ---- Which colour wins -----------------------------------------------------------------------


def test_the_colours_of_a_kml_are_taken_over_and_told(drawn, capsys):
    assert _code(["convert", "m_*.kml", *FOLDERS, "--out", "o.geojson"]) == 0
    assert fills(drawn / "o.geojson") == {"north": RED, "south": BLUE}
    assert _code(["inspect", "m_*.kml", *FOLDERS]) == 0
    assert f"north {RED}, south {BLUE}" in capsys.readouterr().out


def test_colours_are_those_of_the_days_asked_for(drawn):
    for day in ("2024-03-01", "2024-04-01", "2024-05-01"):
        (drawn / f"m_{day}.kml").write_text(kml(36.8, colours=(BLUE, RED)))
    for span, expected in (
        (("--from", "2024-01-01", "--to", "2024-02-01"), {"north": RED, "south": BLUE}),
        (("--from", "2024-03-01"), {"north": BLUE, "south": RED}),
    ):
        assert _code(["convert", "m_*.kml", *FOLDERS, *span, "--out", "o.geojson"]) == 0
        assert fills(drawn / "o.geojson") == expected


def test_one_colour_for_all_says_nothing(drawn):
    for day in ("2024-01-01", "2024-02-01"):
        (drawn / f"m_{day}.kml").write_text(kml(36.5, colours=(RED, RED)))
    assert _code(["convert", "m_*.kml", *FOLDERS, "--out", "o.geojson"]) == 0
    found = fills(drawn / "o.geojson")
    assert RED not in found.values()
    assert len(set(found.values())) == 2


def test_fill_of_other_files_is_no_colour_of_theirs(drawn):
    """In GeoJSON it may be a label; DeepState's says who holds the ground."""
    frame = gpd.GeoDataFrame(
        {"actor": ["a"], "fill": [RED]}, geometry=[shapely.box(36, 35, 37, 36)], crs=4326
    )
    frame.to_file(drawn / "z_2024-01-01.geojson")
    zones = ("z_2024-01-01.geojson", "--profile", "zones")
    assert _code(["convert", *zones, "--out", "o.geojson"]) == 0
    assert fills(drawn / "o.geojson")["a"] != RED


def test_a_file_of_colours_goes_before_the_drawing(drawn):
    (drawn / "c.toml").write_text(SAID)
    colours = ("--colours", "c.toml")
    assert _code(["convert", "m_*.kml", *FOLDERS, *colours, "--out", "o.geojson"]) == 0
    assert fills(drawn / "o.geojson") == {"north": "#228833", "south": BLUE}
    assert _code(["convert", "m_*.kml", *FOLDERS, *colours, "--out", "o.kml"]) == 0
    text = (drawn / "o.kml").read_text()
    assert "<name>Northern Army</name>" in text
    assert "338822</color>" in text  # blue, green, red
    assert _code(["convert", "m_*.kml", *FOLDERS, *colours, "--out", "o.gpkg"]) == 0
    with sqlite3.connect(drawn / "o.gpkg") as database:
        ((style,),) = database.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = 'spells'"
        ).fetchall()
    assert "34,136,51,255" in style
    assert 'label="Northern Army"' in style


def test_a_profile_may_say_it(drawn):
    keys = 'name = "mine"\nlabel_properties = ["folder"]\n'
    (drawn / "mine.toml").write_text(keys + SAID)
    assert _code(["convert", "m_*.kml", "--profile", "mine.toml", "--out", "o.geojson"]) == 0
    assert fills(drawn / "o.geojson") == {"north": "#228833", "south": BLUE}


# ---- Where it is seen ------------------------------------------------------------------------


@pytest.fixture
def job(drawn):
    (drawn / "job.toml").write_text(
        '[series]\nprofile = "zones"\npath = "m_*.kml"\nactor_field = "folder"\n'
        + SAID
        + '[maps]\nformats = ["png", "svg"]\nlanguages = ["en", "ar"]\n'
    )
    return drawn / "job.toml"


def test_a_run_uses_them_everywhere(job, drawn):
    assert _code(["run", str(job), "--out", str(drawn / "out")]) == 0
    out = drawn / "out"
    page = (out / "page.html").read_text()
    assert '"colour":"#228833"' in page
    assert "Northern Army" in page
    assert "جيش الشمال" in page
    assert "#228833" in (out / "report.html").read_text()
    for name in ("2024-02-01.svg", "transfers.svg"):
        assert "#228833" in (out / "maps" / name).read_text()
    with sqlite3.connect(out / "history.gpkg") as database:
        assert "34,136,51,255" in str(
            database.execute("SELECT styleQML FROM layer_styles").fetchall()
        )
    record = json.loads((out / "run.json").read_bytes())
    assert record["actors"][""] == {
        "north": {"title": "Northern Army", "title_ar": "جيش الشمال", "colour": "#228833"},
        "south": {"colour": BLUE},
    }


def test_pictures_of_a_job_call_actors_by_their_titles(job):
    source = MapRequest((str(job),)).read()
    from territory.maps.map_text import MapText

    for language, title in (("en", "Northern Army"), ("ar", "جيش الشمال")):
        subject = source.subject(MapText(language=language))
        assert subject.name(Holder("north")) == title
        assert subject.styles[Holder("north")].colour == "#228833"


def test_python_writes_the_colours_too(drawn):
    h = tt.read("m_*.kml", actor="folder", actors={"south": {"colour": "gold"}})
    h.to_file(drawn / "o.geojson")
    assert fills(drawn / "o.geojson") == {"north": RED, "south": "#ffd700"}


# ---- Claims, titles, mistakes ----------------------------------------------------------------


def test_a_claim_is_paler_and_keeps_its_status():
    looks = {"red": ActorLook(title="Reds", title_ar="الحمر", colour="#aa0000")}
    held, claimed = Holder("red"), Holder("red", Status.CLAIMED)
    styles = styles_for([held, claimed], looks=looks)
    assert styles[held].colour == "#aa0000"
    assert styles[claimed].colour == tint("#aa0000", 0.45)
    assert styles[claimed].hatch == "////"
    assert styles[held].name("ar") == "الحمر"
    assert "Reds" in styles[claimed].name("en") != "Reds"
    exact = {**looks, "red (claimed)": ActorLook(title="Said by reds", colour="#123456")}
    assert styles_for([claimed], looks=exact)[claimed].name("en") == "Said by reds"
    assert styles_for([claimed], looks=exact)[claimed].colour == "#123456"


def test_a_title_alone_leaves_the_colour():
    looks = {"isis": ActorLook(title="Daesh")}
    style = styles_for([Holder("isis")], looks=looks)[Holder("isis")]
    assert (style.colour, style.name("en"), style.name("ar")) == (
        CONVENTIONAL["isis"],
        "Daesh",
        "Daesh",
    )


def test_whoever_says_less_fills_in_what_is_not_said():
    together = looks_together(
        [{"a": ActorLook(colour="red")}, {"a": ActorLook(title="A")}, {"b": ActorLook(title="B")}]
    )
    assert together["a"] == ActorLook(colour="red", title="A")
    assert together["b"] == ActorLook(title="B")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[actors.north]\ncolour = "#22883"\n', "line 2: actors.north.colour: '#22883' is not a"),
        ('[actors.north]\ncolour = "#22883380"\n', "'#22883380' is not a colour"),
        ('[actors.north]\ncolour = "rainbow"\n', "'rainbow' is not a colour"),
        ("[actors.north]\n", "neither a colour nor a title"),
        ('[actors.north]\ncolor = "red"\n', "did you mean 'colour'?"),
    ],
)
def test_what_is_no_colour_is_one_line(drawn, capsys, text, told):
    (drawn / "c.toml").write_text(text)
    call = ["convert", "m_*.kml", *FOLDERS, "--colours", "c.toml", "--out", "o.geojson"]
    assert _code(call) == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert told in line
    assert not (drawn / "o.geojson").exists()


def test_a_name_slightly_wrong_is_told(job, drawn, capsys):
    job.write_text(job.read_text() + '[actors.suoth]\ncolour = "red"\n')
    assert _code(["run", str(job), "--out", str(drawn / "out")]) == 0
    assert "[actors.suoth]: nobody of that name holds ground; did you mean 'south'?" in (
        capsys.readouterr().err
    )


def test_a_job_names_its_own(job, capsys):
    for verb, out in (("map", "x.png"), ("page", "x.html"), ("animate", "x.mp4")):
        assert _code([verb, str(job), "--colours", "c.toml", "--out", out]) == 2
        assert "--colours does nothing here" in capsys.readouterr().err

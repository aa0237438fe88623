"""The same word means the same in every verb: --from and --to a period, --out what is written."""

import pytest
from squares import write_two_boxes

from territory.cli import VERBS, _code, misused
from territory.cli.given import place_name


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


@pytest.mark.parametrize("day", ["2024-02-31", "2024-13-01"])
def test_a_day_that_is_none_is_wrong_usage(folder, capsys, day):
    call = ["change", "z_*.geojson", "--profile", "zones", "--from", "2024-01-01", "--to", day]
    assert _code(call) == 2
    assert "what is written goes to --out" in " ".join(capsys.readouterr().err.split())


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

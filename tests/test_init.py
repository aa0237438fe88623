"""A new job: written once, with every section as an example, running on what lies beside it."""

import csv
import json
import re
import shutil
import tomllib

import pytest

from territory.claims.model import Claims
from territory.cli import _code
from territory.job.spec import Job
from territory.read.samples import samples
from territory.read.text_files import read_toml

SAMPLES = {each.profile: each for each in samples()}
EXAMPLE = re.compile(r"^#(?=[\[a-z])", re.MULTILINE)


def zones(folder, name, *sides, **more):
    """Write boxes of a fifth of a degree, one for each side."""
    features = [
        {
            "type": "Feature",
            "properties": {"who": side, **more},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[37 + n, 48], [37.2 + n, 48], [37.2 + n, 48.2], [37 + n, 48]]],
            },
        }
        for n, side in enumerate(sides)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps({"type": "FeatureCollection", "features": features}))


@pytest.mark.parametrize("name", ["isw", "owl", "cshapes", "deepstate-unified", "zones"])
def test_it_runs_as_it_stands_on_the_files_beside_it(name, tmp_path, monkeypatch, capsys):
    shutil.copytree(SAMPLES[name].folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    assert _code(["init"]) == 0
    said = capsys.readouterr().err
    assert f"read as '{name}'" in said and "next: territory run job.toml" in said
    assert _code(["run", "job.toml"]) == 0
    with (tmp_path / "out" / "areas.csv").open() as file:
        rows = {(r["day"], r["actor"], r["status"]): float(r["km2"]) for r in csv.DictReader(file)}
    for held in SAMPLES[name].held:
        found = rows[str(held.day), held.actor, str(held.status)]
        assert found == pytest.approx(held.km2, rel=1e-6)
    assert _code(["run", "job.toml"]) == 0  # what it wrote is not read as maps
    assert "up to date" in capsys.readouterr().err


def test_files_of_nobody_known_get_a_profile_beside_it(tmp_path, monkeypatch, capsys):
    zones(tmp_path, "front_2024-01-01.geojson", "Red", "Blue")
    zones(tmp_path, "front_2024-02-01.geojson", "Red", "Red")
    monkeypatch.chdir(tmp_path)
    assert _code(["init", "mine.toml"]) == 0
    assert "mine-profile.toml is proposed" in capsys.readouterr().err
    assert "overlap" not in (tmp_path / "mine-profile.toml").read_text()
    assert _code(["run", "mine.toml", "--out", "results"]) == 0
    assert "Blue" in (tmp_path / "results" / "areas.csv").read_text()


def test_nothing_is_overwritten(tmp_path, monkeypatch, capsys):
    zones(tmp_path, "front_2024-01-01.geojson", "Red")
    monkeypatch.chdir(tmp_path)
    for taken in ("job.toml", "job-profile.toml"):
        (tmp_path / taken).write_text("mine")
        assert _code(["init"]) == 1
        assert f"{taken}: is there already" in capsys.readouterr().err
        assert (tmp_path / taken).read_text() == "mine"
        assert not (tmp_path / "job.toml").exists() or taken == "job.toml"
        (tmp_path / taken).unlink()
    assert _code(["init", "maps.geojson"]) == 1
    assert "name a .toml file" in capsys.readouterr().err


def test_files_elsewhere_are_named_as_seen_from_the_job(tmp_path, monkeypatch, capsys):
    zones(tmp_path / "maps", "front_2024-01-01.geojson", "Red", "Blue")
    (tmp_path / "jobs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert _code(["init", "jobs/a.toml", "maps"]) == 0
    written = tomllib.loads((tmp_path / "jobs" / "a.toml").read_text())
    assert written["series"] == {"path": "../maps", "profile": "a-profile.toml"}
    assert written["title"] == "jobs, 2024-01-01"
    assert _code(["run", "jobs/a.toml", "--dry-run"]) == 0
    assert _code(["init", "b.toml", "none"]) == 1
    assert "none: no such file" in capsys.readouterr().err
    assert not (tmp_path / "b.toml").exists()


def test_what_cannot_be_read_stands_in_the_job_and_is_said(tmp_path, monkeypatch, capsys):
    zones(tmp_path, "front.geojson", "Red", "Blue")
    monkeypatch.chdir(tmp_path)
    assert _code(["init"]) == 3
    assert "the files cannot be read yet: front.geojson: no day" in capsys.readouterr().err
    assert "# front.geojson: no day in the file name" in (tmp_path / "job.toml").read_text()


def test_every_example_in_it_is_a_key_that_a_job_takes(tmp_path, monkeypatch):
    (tmp_path / "claims.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert _code(["init"]) == 0
    text = (tmp_path / "job.toml").read_text()
    assert tomllib.loads(text)["claims"] == {"file": "claims.toml"}
    with_examples = tomllib.loads(EXAMPLE.sub("", text))
    job = Job.model_validate(with_examples)
    assert {"area", "regions", "export", "claims"} <= job.model_fields_set
    assert job.series[0].overlap == "contested"
    assert len(EXAMPLE.findall(text)) > 20


def test_the_claim_it_shows_is_one_that_check_takes(tmp_path, monkeypatch):
    zones(tmp_path, "z_2024-01-01.geojson", "A", "B")
    zones(tmp_path, "z_2024-02-01.geojson", "A", "B")
    monkeypatch.chdir(tmp_path)
    assert _code(["init"]) == 0
    text = (tmp_path / "job.toml").read_text("utf-8")
    lines = re.findall(r"^#   (.*)$", text, re.MULTILINE)
    (tmp_path / "claims.toml").write_text("\n".join(lines), "utf-8")
    (claim,) = read_toml(tmp_path / "claims.toml", Claims).claim
    assert claim.reading[0].quantity == "gained"
    assert [str(day) for day in claim.period] == ["2024-01-01", "2024-02-01"]

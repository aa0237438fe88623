"""Every verb tells the warnings and errors of the days it uses, as `inspect` lists them."""

import csv
import json
from datetime import date, timedelta
from io import StringIO

import pytest
import shapely

from territory.cli import _code
from territory.findings import Finding, Severity, finding_lines

FIRST = date(2024, 1, 1)
CLAIM = """[[claim]]
id = "total"
text = "t"
publisher = "p"
published = 2024-01-12
value = 2000
unit = "km2"
day = {day}
reading = [{{ name = "A", quantity = "total", by = ["A"] }}]
"""


def write_day(folder, day, *boxes):
    features = [
        {"type": "Feature", "properties": {"actor": a}, "geometry": box.__geo_interface__}
        for a, box in boxes
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / f"z_{day}.geojson").write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Twelve days: A leaps forward for one day, and is gone on another."""
    for n in range(12):
        day, east = FIRST + timedelta(days=n), 38.0 if n == 4 else 37.5 + 0.0001 * n
        b = ("B", shapely.box(39, 48, 39.5, 48.5))
        write_day(tmp_path, day, *([] if n == 7 else [("A", shapely.box(37, 48, east, 48.5))]), b)
    monkeypatch.chdir(tmp_path)
    return tmp_path


ODD, FINE = "2024-01-05", ("2024-01-02", "2024-01-03")
READ = ["z_*.geojson", "--profile", "zones", "--boundary-error-m", "100"]
SMALL = ["--size", "320x240"]


def listed(capsys, severity="warning"):
    """Return what `inspect` lists: (day, detail)."""
    capsys.readouterr()
    _code(["inspect", *READ[:3]])
    rows = csv.DictReader(StringIO(capsys.readouterr().out))
    return [(row["day"], row["detail"]) for row in rows if row["severity"] == severity]


def calls(day, other):
    """Return a call of every verb that uses two days, or the first of them."""
    first, last = sorted((day, other))
    return {
        "areas": ["areas", *READ, "--days", f"{day},{other}"],
        "change": ["change", *READ, "--from", first, "--to", last],
        "check": ["check", f"claims_{day}.toml", *READ],
        "map": ["map", *READ, "--day", day, "--out", "m.svg"],
        "map-pair": ["map", *READ, "--from", first, "--to", last, "--out", "m.svg"],
        "page": ["page", *READ, "--days", f"{day},{other}", "--out", "p.html"],
        "animate": ["animate", *READ, "--days", f"{day},{other}", "--out", "f.gif", *SMALL],
        "convert": ["convert", *READ[:3], "--days", f"{day},{other}", "--out", "c.gpkg"],
        "compare": ["compare", READ[0], *READ, "--profile-b", "zones", "--day", day],
    }


VERBS = list(calls("a", "b"))


@pytest.mark.parametrize("verb", VERBS)
def test_a_warning_of_a_used_day_is_told_by_every_verb_as_inspect_lists_it(folder, capsys, verb):
    (folder / f"claims_{ODD}.toml").write_text(CLAIM.format(day=ODD), encoding="utf-8")
    mine = [detail for day, detail in listed(capsys) if day == ODD]
    assert mine
    assert _code(calls(ODD, FINE[0])[verb]) == 0
    err = capsys.readouterr().err
    for detail in mine:
        assert f"warning: {ODD}: {detail}" in err or f"warning: {detail}" in err


@pytest.mark.parametrize("verb", VERBS)
def test_a_warning_of_another_day_is_not_told(folder, capsys, verb):
    (folder / f"claims_{FINE[0]}.toml").write_text(CLAIM.format(day=FINE[0]), encoding="utf-8")
    assert _code(calls(*FINE)[verb]) == 0
    assert "warning: 2024" not in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["areas", "page", "animate", "convert"])
def test_a_day_that_was_lost_is_told_where_a_rule_chose_the_days(folder, capsys, verb):
    (folder / f"z_{ODD}.geojson").write_text("{", encoding="utf-8")
    call = calls(*FINE)[verb]
    assert _code(call) == 0  # days asked for by name, and this is none of them
    assert "not used" not in capsys.readouterr().err
    at = call.index("--days")
    assert _code([*call[:at], *call[at + 2 :]]) == 3
    assert "not used or not to be trusted: refused" in capsys.readouterr().err


def test_a_claim_about_a_lost_day_is_told_why(folder, capsys):
    (folder / f"z_{ODD}.geojson").write_text("{", encoding="utf-8")
    (folder / "c.toml").write_text(CLAIM.format(day=ODD), encoding="utf-8")
    assert _code(["check", "c.toml", *READ]) == 3
    err = capsys.readouterr().err
    assert f"z_{ODD}.geojson" in err and "cannot be checked" in err


def test_a_run_tells_the_same_and_again_when_it_is_up_to_date(folder, capsys):
    job = '[series]\nprofile = "zones"\npath = "z_*.geojson"\nboundary_error_m = 100\n'
    job += "[maps]\nenabled = false\n[report]\nenabled = false\n"
    (folder / "job.toml").write_text(job, encoding="utf-8")
    mine = listed(capsys)
    for _ in range(2):
        assert _code(["run", "job.toml", "--out", "out"]) == 0
        err = capsys.readouterr().err
        assert all(detail in err for _, detail in mine)
    days = f'[days]\nselect = ["{FINE[0]}"]\n'
    (folder / "job.toml").write_text(job + days, encoding="utf-8")
    assert _code(["run", "job.toml", "--out", "out"]) == 0
    assert "warning: 2024" not in capsys.readouterr().err


# ---- Many of one kind ------------------------------------------------------------------------


def many(count, severity=Severity.WARNING, kind="jump"):
    return [
        Finding(kind, f"detail {n}", severity, FIRST + timedelta(days=n), 1.5) for n in range(count)
    ]


@pytest.mark.parametrize(("count", "lines"), [(0, 0), (1, 1), (3, 3), (4, 1), (1000, 1)])
def test_many_findings_of_one_kind_are_one_line(count, lines):
    assert len(finding_lines(many(count))) == lines


def test_the_one_line_has_count_days_km2_and_where_all_are_listed():
    (line,) = finding_lines(many(1000), all_in="quality.csv")
    assert "1000 times 'jump'" in line
    assert "on 2024-01-01, 2024-01-02, 2024-01-03 and 997 more days" in line
    assert "1,500 km2 together" in line
    assert line.endswith("the first: detail 0 (quality.csv lists all)")


def test_errors_come_first_and_what_is_for_information_is_left_out():
    lines = finding_lines(
        [*many(2), *many(9, Severity.INFO), *many(1, Severity.ERROR, "refused"), *many(2)]
    )
    assert lines == (
        "not used or not to be trusted: refused on 2024-01-01: detail 0",
        "warning: 2024-01-01: detail 0",
        "warning: 2024-01-02: detail 1",
    )


def test_findings_without_a_day_are_told_without_one():
    assert finding_lines([Finding("place", "far away", Severity.WARNING)]) == ("warning: far away",)

"""What a job with [watch] says moved since the last run of its folder, and --fail-on of inspect."""

import csv
import json
import shutil

import pytest
import shapely
from squares import write_two_boxes

from territory import one_piece
from territory.cli import _code
from territory.run import run

JOB = (
    'title = "Rows"\nmaps.enabled = false\nreport.enabled = false\n'
    '[[series]]\nprofile = "zones"\npath = "z*.geojson"\nboundary_error_m = 100\n'
)
DEGREE = 1.0  # width of a square; all of a row have one size
FIRST = {"2024-01-01": "AABB", "2024-01-03": "AABB", "2024-01-05": "AAAB"}


def write_row(path, row, **more):
    features = [
        {
            "type": "Feature",
            "properties": {"actor": actor, **more},
            "geometry": json.loads(shapely.to_geojson(shapely.box(n, 48, n + 1, 49))),
        }
        for n, actor in enumerate(row)
        if actor != "."
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return features


@pytest.fixture
def job(tmp_path):
    for day, row in FIRST.items():
        write_row(tmp_path / f"z{day}.geojson", row)
    (tmp_path / "job.toml").write_text(JOB + "[watch]\n", "utf-8")
    return tmp_path / "job.toml"


@pytest.fixture
def square(job):
    """The km2 of one square, as the first run has it."""
    run(job, job.parent / "out")
    with (job.parent / "out" / "areas.csv").open(encoding="utf-8", newline="") as file:
        return float(next(csv.DictReader(file))["km2"]) / 2


def table(folder):
    with (folder / "out" / "watch.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figures(folder, day, figure="total"):
    """Return (before, after, moved) by actor and period of the rows of a day."""
    return {
        (row["actor"], *filter(None, (row["from_day"], row["to_day"]))): tuple(
            float(row[name]) if row[name] else None for name in ("before", "after", "moved")
        )
        for row in table(folder)
        if (row["day"], row["figure"], row["area"]) == (day, figure, "all")
    }


def test_a_first_run_has_nothing_to_compare_with(job):
    found = run(job, job.parent / "out")
    (line,) = found.moved
    assert line.startswith("nothing to compare with")
    assert table(job.parent) == []


def test_a_run_in_which_nothing_changed_says_so(job):
    out = job.parent / "out"
    run(job, out)
    assert run(job, out).moved == ()  # it is current
    assert run(job, out, force=True).moved == ("no day is new, changed or gone",)
    assert table(job.parent) == []


def test_a_new_day_is_one_line_with_the_change_since_the_day_before(job, square):
    folder = job.parent
    write_row(folder / "z2024-01-08.geojson", "AAAA")
    (line,) = run(job, folder / "out").moved
    assert line.startswith("2024-01-08 is new (z2024-01-08.geojson): A ")
    assert f"(+{square:,.0f} since 2024-01-05)" in line
    assert "warnings: +1" in line  # B has nothing left
    found = figures(folder, "2024-01-08")
    assert found == {("A",): (None, pytest.approx(4 * square), None)}
    change = figures(folder, "2024-01-08", "change")
    assert change["A", "2024-01-05", "2024-01-08"][1] == pytest.approx(square)
    assert change["B", "2024-01-05", "2024-01-08"][1] == pytest.approx(-square)
    assert {row["state"] for row in table(folder)} == {"new"}


def test_a_changed_file_says_by_how_much_totals_changes_and_findings_moved(job, square):
    folder = job.parent
    write_row(folder / "z2024-01-03.geojson", "ABBB")
    (line,) = run(job, folder / "out").moved
    assert line.startswith("2024-01-03 has changed (z2024-01-03.geojson): totals moved by A -")
    assert f"changes by up to {square:,.0f} km2" in line
    assert "warnings: +" in line
    found = figures(folder, "2024-01-03")
    assert found["A",] == tuple(map(pytest.approx, (2 * square, square, -square)))
    assert found["B",] == tuple(map(pytest.approx, (2 * square, 3 * square, square)))
    change = figures(folder, "2024-01-03", "change")
    near = pytest.approx
    assert change["A", "2024-01-01", "2024-01-03"] == (near(0), near(-square), near(-square))
    assert change["A", "2024-01-03", "2024-01-05"] == (near(square), near(2 * square), near(square))
    (counted,) = [row for row in table(folder) if row["figure"] == "findings"]
    assert int(counted["after"]) - int(counted["before"]) == int(counted["moved"]) > 0


def test_a_day_that_is_gone_says_what_it_had(job, square):
    folder = job.parent
    (folder / "z2024-01-03.geojson").unlink()
    (line,) = run(job, folder / "out").moved
    assert line.startswith("2024-01-03 is gone (z2024-01-03.geojson): A had")
    found = figures(folder, "2024-01-03")
    assert found["A",] == (pytest.approx(2 * square), None, None)
    assert {row["state"] for row in table(folder)} == {"vanished"}


def test_a_file_written_anew_with_the_same_ground_moves_nothing(job):
    folder = job.parent
    run(job, folder / "out")
    path = folder / "z2024-01-03.geojson"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    found = run(job, folder / "out").moved
    assert found == ("2024-01-03 has changed (z2024-01-03.geojson): no total of all ground moved",)


def test_a_day_that_adds_ground_is_no_news_of_the_days_before(job):
    folder = job.parent
    run(job, folder / "out")
    write_row(folder / "z2024-01-09.geojson", "AABBB")  # a square that nobody held before
    found = run(job, folder / "out").moved
    assert [line[:20] for line in found] == ["2024-01-09 is new (z"]
    assert {row["day"] for row in table(folder)} == {"2024-01-09"}


def test_a_file_under_another_name_is_no_change(job):
    folder = job.parent
    run(job, folder / "out")
    (folder / "z2024-01-03.geojson").rename(folder / "zz_2024-01-03.geojson")
    found = run(job, folder / "out").moved
    assert found[0] == "no day is new, changed or gone"
    assert "z2024-01-03.geojson, zz_2024-01-03.geojson" in found[1]


def test_days_of_one_file_are_told_apart_by_their_figures(tmp_path):
    job = tmp_path / "job.toml"
    job.write_text(JOB + "[watch]\n", "utf-8")

    def write_days(rows):
        features = [
            each
            for day, row in rows.items()
            for each in write_row(tmp_path / "scratch", row, date=day)
        ]
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (tmp_path / "z.geojson").write_text(text, "utf-8")

    write_days(FIRST)
    run(job, tmp_path / "out")
    write_days({**FIRST, "2024-01-05": "AABB", "2024-01-06": "AABB"})
    moved, new, other = run(job, tmp_path / "out").moved
    assert moved.startswith("2024-01-05 has other figures, not by a file of its own: totals moved")
    assert new.startswith("2024-01-06 is new: A ")
    assert other == "other than in the last run, and of no one day: z.geojson"


def test_series_and_areas_are_told_apart(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        for day, row in FIRST.items():
            write_row(tmp_path / name / f"z{day}.geojson", row)
    series = JOB.partition("[[series]]")[2].replace('"z*', '"NAME/z*')
    text = JOB.partition("[[series]]")[0]
    for name in ("one", "other"):
        text += f'[[series]]\nname = "{name}"{series.replace("NAME", name)}'
    job = tmp_path / "job.toml"
    job.write_text(text + "[watch]\n[area]\nwest = [0, 48, 2, 49]\n", "utf-8")
    run(job, tmp_path / "out")
    write_row(tmp_path / "other" / "z2024-01-05.geojson", "AABB")
    (line,) = run(job, tmp_path / "out").moved
    assert line.startswith("series 'other', 2024-01-05 has changed (other/z2024-01-05.geojson)")
    rows = table(tmp_path)
    assert {row["series"] for row in rows} == {"other"}
    assert {row["area"] for row in rows} == {"all", "west", ""}
    assert {row["moved"] for row in rows if (row["area"], row["figure"]) == ("west", "total")} == {
        "0"
    }


def test_many_days_are_not_a_line_each(tmp_path):
    job = tmp_path / "job.toml"
    job.write_text(JOB + "[watch]\n", "utf-8")
    write_row(tmp_path / "z2024-01-01.geojson", "AB")
    run(job, tmp_path / "out")
    for day in range(2, 32):
        write_row(tmp_path / f"z2024-01-{day:02}.geojson", "AB")
    found = run(job, tmp_path / "out").moved
    assert len(found) == 21
    assert found[-1] == "and 10 more days (watch.csv lists all)"
    assert len({row["day"] for row in table(tmp_path)}) == 30


def test_tables_that_were_edited_are_not_compared_with(job):
    folder = job.parent
    run(job, folder / "out")
    areas = folder / "out" / "areas.csv"
    areas.write_text(areas.read_text("utf-8").replace("A,held", "Z,held"), "utf-8")
    assert run(job, folder / "out").moved[0].startswith("nothing to compare with")


class _Killed(BaseException):
    pass


@pytest.mark.parametrize("moves", [0, 1, 3, 5, 6])
def test_a_run_that_is_killed_while_files_are_moved_in_loses_no_alert(job, monkeypatch, moves):
    folder = job.parent
    run(job, folder / "out")
    shutil.copytree(folder / "out", folder / "kept")
    write_row(folder / "z2024-01-03.geojson", "ABBB")
    expected = run(job, folder / "out").moved
    whole = {path.name: path.read_bytes() for path in (folder / "out").iterdir() if path.is_file()}
    shutil.rmtree(folder / "out")
    shutil.copytree(folder / "kept", folder / "out")
    move_in, done = one_piece.move_in, []

    def killed(source, place):
        if len(done) == moves:
            raise _Killed
        done.append(place)
        move_in(source, place)

    with monkeypatch.context() as patched:
        patched.setattr(one_piece, "move_in", killed)
        with pytest.raises(_Killed):
            run(job, folder / "out")
    assert run(job, folder / "out").moved == expected
    again = {path.name: path.read_bytes() for path in (folder / "out").iterdir() if path.is_file()}
    assert again == whole


def test_without_the_section_nothing_is_watched(job):
    folder = job.parent
    job.write_text(JOB, "utf-8")
    assert run(job, folder / "out").moved == ()
    assert not (folder / "out" / "watch.csv").exists()
    job.write_text(JOB + "[watch]\nenabled = false\n", "utf-8")
    assert run(job, folder / "out").moved == ()
    job.write_text(JOB + "[watch]\n", "utf-8")  # what the run before wrote is enough
    assert run(job, folder / "out").moved[0] == "no day is new, changed or gone"


def test_lines_go_to_standard_error(job, capsys):
    assert _code(["run", str(job), "--out", str(job.parent / "out")]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "watch: nothing to compare with" in captured.err


@pytest.mark.parametrize(
    ("word", "code", "says"),
    [
        ("warning", 3, "--fail-on warning: 2024-01-03: A changes by"),
        ("jump", 3, "--fail-on jump: 2024-01-03: A changes by"),
        ("vanished-actor", 3, "--fail-on vanished-actor: 2024-01-03: B has none"),
        ("error", 0, ""),
        ("overlap", 0, ""),
        ("", 0, ""),
    ],
)
def test_inspect_fails_on_what_it_is_told_to(tmp_path, capsys, word, code, says):
    write_two_boxes(tmp_path)
    words = ["--fail-on", word] if word else []
    assert _code(["inspect", str(tmp_path), "--profile", "zones", *words]) == code
    err = capsys.readouterr().err
    assert says in err
    assert ("--fail-on" in err) == bool(says)


@pytest.mark.parametrize(
    ("word", "hint"), [("jum", "did you mean 'jump'?"), ("info", "say warning, error, or one of")]
)
def test_what_inspect_cannot_fail_on_is_wrong_usage(tmp_path, capsys, word, hint):
    assert _code(["inspect", str(tmp_path), "--profile", "zones", "--fail-on", word]) == 2
    assert hint in " ".join(capsys.readouterr().err.split())

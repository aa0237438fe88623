"""A folder of results holds one run: what the last one left is removed, and nothing else."""

import itertools
import json
import os
import pathlib
import signal
import tempfile
from pathlib import Path

import pytest
from squares import write_two_boxes

import territory.job.study
from territory.cli import _code
from territory.job.input_files import input_files
from territory.job.study import read_job
from territory.one_piece import folder_in_one_piece
from territory.publish.record import all_named
from territory.run import run

JOB = '[series]\nprofile = "zones"\npath = "z_*.geojson"\nboundary_error_m = 100\n'
BARE = '[maps]\nenabled = false\n[report]\nenabled = false\n[export]\nzones = "all"\n'
ONE_DAY = '[days]\nselect = ["2024-01-01"]\n'


@pytest.fixture
def folder(tmp_path):
    write_two_boxes(tmp_path, prefix="z_")
    (tmp_path / "a.toml").write_text(JOB + BARE, encoding="utf-8")
    (tmp_path / "b.toml").write_text(JOB + BARE + ONE_DAY, encoding="utf-8")
    return tmp_path


def files(out):
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def test_the_folder_holds_the_second_job_alone(folder):
    out = folder / "out"
    run(folder / "a.toml", out)
    (later,) = files(out) & {"zones/2024-01-03.geojson"}
    assert run(folder / "b.toml", out).strange == ()
    assert later not in files(out)
    assert files(out) == set(json.loads((out / "run.json").read_bytes())["outputs"]) | {"run.json"}
    run(folder / "b.toml", folder / "fresh")
    for name in files(out):
        assert (out / name).read_bytes() == (folder / "fresh" / name).read_bytes()
    assert files(out) == files(folder / "fresh")


def test_a_folder_that_is_empty_then_goes_too(folder):
    out = folder / "out"
    with_maps = JOB + "[report]\nenabled = false\n[area.w]\nbbox = [37, 48, 37.2, 48.2]\n"
    (folder / "m.toml").write_text(with_maps + '[maps]\narea = "w"\n', encoding="utf-8")
    run(folder / "m.toml", out)
    assert (out / "maps" / "w").is_dir()
    run(folder / "b.toml", out)
    assert not (out / "maps").exists()


def test_what_a_stranger_put_there_or_edited_stays_and_is_named(folder, capsys):
    out = folder / "out"
    run(folder / "a.toml", out)
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    (out / "zones" / "2024-01-03.geojson").write_text("edited", encoding="utf-8")
    outside = folder / "outside.txt"
    outside.write_text("elsewhere", encoding="utf-8")
    if hasattr(os, "symlink"):
        (out / "link").symlink_to(outside)
    assert _code(["run", str(folder / "b.toml"), "--out", str(out)]) == 0
    err = capsys.readouterr().err
    assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert (out / "zones" / "2024-01-03.geojson").read_text(encoding="utf-8") == "edited"
    assert outside.exists()
    for name in ("mine.txt", "zones/2024-01-03.geojson", "link"):
        assert name in err
    assert _code(["run", str(folder / "b.toml"), "--out", str(out)]) == 0  # up to date
    err = capsys.readouterr().err
    assert "up to date" in err and "mine.txt" in err


def test_a_record_that_lists_what_lies_elsewhere_removes_nothing_there(folder):
    out = folder / "out"
    run(folder / "a.toml", out)
    victim = folder / "victim.txt"
    victim.write_text("v", encoding="utf-8")
    from territory.read.text_files import sha256_of

    record = json.loads((out / "run.json").read_bytes())
    record["outputs"] |= {"../victim.txt": sha256_of(victim), str(victim): sha256_of(victim)}
    (out / "run.json").write_text(json.dumps(record), encoding="utf-8")
    run(folder / "b.toml", out)
    assert victim.exists()


@pytest.mark.parametrize("record", ["[]", "{}", '{"outputs": []}', "nonsense", '{"outputs": 3}'])
def test_a_folder_without_a_sound_record_loses_nothing(folder, record):
    out = folder / "out"
    out.mkdir()
    (out / "run.json").write_text(record, encoding="utf-8")
    (out / "old.csv").write_text("x", encoding="utf-8")
    outcome = run(folder / "b.toml", out)
    assert (out / "old.csv").exists()
    assert "old.csv" in outcome.strange


def test_a_run_that_dies_while_it_moves_files_is_run_again(folder, monkeypatch):
    out = folder / "out"
    run(folder / "a.toml", out)
    replace, seen = Path.replace, []

    def dies(self, target):
        seen.append(Path(target).name)
        if Path(target).name == "verdicts.csv":  # among the last, but for the record
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        run(folder / "b.toml", out)
    monkeypatch.undo()
    assert seen.count("run.json") == 1  # which says that the run is not finished
    assert "unfinished" in json.loads((out / "run.json").read_bytes())
    outcome = run(folder / "b.toml", out)
    assert not outcome.was_current and outcome.strange == ()
    assert "zones/2024-01-03.geojson" not in files(out)


def test_another_job_or_another_profile_is_never_up_to_date(folder):
    out = folder / "out"
    profile = folder / "mine.toml"
    profile.write_text('name = "mine"\nboundary_error_m = 50\n', encoding="utf-8")
    own = JOB.replace('"zones"', '"mine.toml"').replace("boundary_error_m = 100\n", "")
    (folder / "p.toml").write_text(own + BARE, encoding="utf-8")
    assert not run(folder / "p.toml", out).was_current
    assert run(folder / "p.toml", out).was_current
    profile.write_text('name = "mine"\nboundary_error_m = 60\n', encoding="utf-8")
    assert not run(folder / "p.toml", out).was_current
    assert not run(folder / "a.toml", out).was_current
    assert not run(folder / "p.toml", out).was_current


def bytes_of(out):
    return {name: (out / name).read_bytes() for name in files(out)}


def dies_at_move(job, out, number):
    """Run a job in a process that is killed as it moves in a certain file; tell whether it was."""
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        return os.WIFSIGNALED(status)
    replace, count = os.replace, itertools.count()

    def dies(source, place, **more):
        if next(count) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(source, place, **more)

    pathlib.os.replace = dies
    try:
        run(job, out)
    finally:
        os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.parametrize("another", ["a.toml", "b.toml"])
def test_whatever_move_a_run_is_killed_at_the_next_ends_as_if_nothing_was(folder, another):
    run(folder / another, folder / "undisturbed")
    out, number = folder / "out", 0
    run(folder / "b.toml", out)
    while dies_at_move(folder / "a.toml", out, number):
        outcome = run(folder / another, out)
        assert outcome.strange == (), number
        assert bytes_of(out) == bytes_of(folder / "undisturbed"), number
        assert not [each for each in folder.iterdir() if each.name.startswith(".")], number
        run(folder / "b.toml", out, force=True)
        number += 1
    assert number > len(bytes_of(out))  # all of them, and the record twice


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_the_unfinished_folder_of_a_run_that_lives_is_left_alone(folder):
    out = folder / "out"
    with folder_in_one_piece(out) as part:
        (part / "a.csv").write_text("a", encoding="utf-8")
        pid = os.fork()
        if not pid:
            try:
                run(folder / "b.toml", out)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        assert (part / "a.csv").exists()
    assert files(out) > {"a.csv", "run.json"}


def test_the_folder_that_one_works_in_takes_results_like_any_other(folder, monkeypatch):
    out = folder / "out"
    out.mkdir()
    monkeypatch.chdir(out)
    for place in (".", "../out", "."):
        outcome = run(folder / "a.toml", pathlib.Path(place), force=True)
        assert outcome.strange == (), place
        assert not [each for each in files(out) if each.startswith(".")], place
    run(folder / "a.toml", folder / "undisturbed")
    assert bytes_of(out) == bytes_of(folder / "undisturbed")


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_results_go_to_another_disk_through_a_link(folder):
    """As from a home folder to a large disk, or into what a container has mounted."""
    try:
        disk = tempfile.TemporaryDirectory(dir="/dev/shm")
    except OSError:
        pytest.skip("there is no second disk here")
    with disk as there:
        if pathlib.Path(there).stat().st_dev == folder.stat().st_dev:
            pytest.skip("there is no second disk here")
        (folder / "out").symlink_to(there)
        run(folder / "a.toml", folder / "out")
        assert (folder / "out").is_symlink()
        run(folder / "a.toml", folder / "undisturbed")
        assert bytes_of(pathlib.Path(there)) == bytes_of(folder / "undisturbed")


def test_a_strangers_folder_of_a_similar_name_stays(folder):
    stranger = folder / ".out-12345678"
    stranger.mkdir()
    (stranger / "mine.txt").write_text("mine", encoding="utf-8")
    run(folder / "b.toml", folder / "out")
    assert (stranger / "mine.txt").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root sees everything")
def test_a_folder_that_nobody_may_look_into_stays(folder):
    closed = folder / ".out-12345678"
    closed.mkdir(mode=0)
    run(folder / "b.toml", folder / "out")
    assert closed.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root sees everything")
def test_results_go_into_a_folder_whose_neighbours_cannot_be_listed(folder):
    out = folder / "closed" / "out"
    out.mkdir(parents=True)
    out.parent.chmod(0o111)
    try:
        run(folder / "b.toml", out)
    finally:
        out.parent.chmod(0o755)
    assert (out / "run.json").exists() and [*out.parent.iterdir()] == [out]


def test_a_file_that_changes_while_a_job_runs_is_read_again_by_the_next(folder, monkeypatch):
    out, measured = folder / "out", (folder / "out" / "areas.csv")
    place, day = folder / "z_2024-01-01.geojson", folder / "z_2024-01-03.geojson"
    known = territory.job.study.compute

    def compute(*given, **more):
        results = known(*given, **more)
        place.write_bytes(day.read_bytes())  # after it was read
        return results

    monkeypatch.setattr("territory.job.study.compute", compute)
    run(folder / "a.toml", out)
    before = measured.read_bytes()
    monkeypatch.undo()
    assert not run(folder / "a.toml", out).was_current
    assert measured.read_bytes() != before
    assert run(folder / "a.toml", out).was_current


def test_strict_writes_nothing_where_a_snapshot_cannot_be_used(folder, capsys):
    out = folder / "out"
    (folder / "z_2024-01-02.geojson").write_text(
        '{"type": "FeatureCollection", "features": [', "utf-8"
    )
    words = ["run", str(folder / "a.toml"), "--out", str(out)]
    assert _code([*words, "--strict"]) == 1
    assert "z_2024-01-02.geojson" in capsys.readouterr().err and not out.exists()
    assert _code(words) == 3
    before = bytes_of(out)
    assert _code([*words, "--strict"]) == 1  # also where nothing has changed
    assert "z_2024-01-02.geojson" in capsys.readouterr().err and bytes_of(out) == before


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_inputs_are_named_by_where_they_lie_and_each_folder_is_looked_up_once(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.csv").touch()
    (tmp_path / "file").symlink_to(tmp_path / "a" / "x.csv")
    (tmp_path / "folder").symlink_to(tmp_path / "a")
    job = tmp_path / "job"
    job.mkdir()
    ways = [
        tmp_path / "a" / "x.csv",
        tmp_path / "file",
        tmp_path / "folder" / "x.csv",
        job / ".." / "a" / "x.csv",
    ]
    assert list(all_named(ways, job)) == ["../a/x.csv"] * 4
    assert list(all_named([job / "y.csv", job / ".."], tmp_path)) == ["job/y.csv", "."]
    on_the_way = [job / "y.csv", tmp_path / "z.csv", job, tmp_path]
    assert list(all_named(on_the_way, job)) == ["y.csv", "../z.csv", ".", ".."]


def test_an_actor_called_like_the_folder_of_a_job_keeps_its_name(tmp_path, monkeypatch):
    here = tmp_path / "Red"
    here.mkdir()
    write_two_boxes(here, prefix="z_")
    for path in here.iterdir():  # all of it is held twice, and a finding says by whom
        drawn = json.loads(path.read_text(encoding="utf-8"))
        others = [{**each, "properties": {"actor": "Red/Blue"}} for each in drawn["features"]]
        drawn["features"] += others
        path.write_text(json.dumps(drawn), encoding="utf-8")
    (here / "a.toml").write_text(JOB + 'overlap = "contested"\n' + BARE, encoding="utf-8")
    for where, job in ((here, "a.toml"), (tmp_path, "Red/a.toml")):
        monkeypatch.chdir(where)
        run(Path(job), here / f"out_{where.name == 'Red'}")
    inside, beside = ((here / f"out_{each}/quality.csv").read_text() for each in (True, False))
    assert "and Red/Blue" in inside
    assert beside == inside


@pytest.mark.parametrize("key", ["ground", "remainder_area"])
def test_a_ground_that_a_profile_names_is_an_input_of_the_job(folder, key):
    """Or a run after it was drawn anew would be called up to date, with the areas of before."""
    more = {"ground": "reach_m = 1000\n", "remainder_area": 'remainder = "R"\n'}
    (folder / "p").mkdir()
    profile = f'name = "p"\n{key} = "ground.geojson"\n{more[key]}'
    (folder / "p/p.toml").write_text(profile, encoding="utf-8")
    (folder / "p/ground.geojson").write_text("{}", encoding="utf-8")
    path = folder / "a.toml"
    path.write_text(JOB.replace("zones", "p/p.toml"), encoding="utf-8")
    assert folder / "p/ground.geojson" in input_files(read_job(path), path)


def test_an_empty_hidden_folder_is_removed_only_if_its_name_is_one_of_ours(tmp_path):
    out = tmp_path / "out"
    strangers = [tmp_path / f".out-{name}" for name in ("original", "backups2", "aaaaaaaa")]
    for each in strangers:
        each.mkdir()
    with folder_in_one_piece(out) as part:
        hidden = part.parent
    assert not hidden.exists()
    hidden.mkdir()  # as of a process that was killed before it put anything into it
    with folder_in_one_piece(out):
        assert not hidden.exists()
    assert all(each.is_dir() for each in strangers)

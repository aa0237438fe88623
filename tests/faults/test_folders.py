"""Folders that cannot be written to, and folders that several write to at once.

Fault: the folder is read-only, or four runs write their results into it at the same time. Right
end: exit 1 with one line before anything is computed, and nothing changed; and a folder that
holds one whole run.
"""

import os
import pwd
import shutil
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path

import orjson
import pytest
from fault_calls import (
    BARE,
    bytes_of,
    forked,
    hidden_in,
    in_a_fork,
    needs_linux,
    waited,
    write_job,
)

from territory.one_piece import folder_in_one_piece
from territory.publish.record import leftovers
from territory.read.text_files import sha256_of
from territory.run import run

pytestmark = needs_linux
READ = ["z_2024-01-02.geojson", "--profile", "zones"]
WRITERS = {
    "run": ["run", "job.toml", "--out", "shut/out"],
    "run again": ["run", "job.toml", "--force", "--out", "shut"],
    "convert": ["convert", *READ, "--out", "shut/out.gpkg"],
    "folder": ["convert", *READ, "--out", "shut/out"],
    "map": ["map", *READ, "--kind", "day", "--out", "shut/out.png"],
    "film": ["animate", *READ, "--out", "shut/out.mp4"],
    "page": ["page", *READ, "--out", "shut/out.html"],
    "compare": [
        *["compare", READ[0], *READ, "--profile-b", "zones", "--day", "2024-01-02"],
        *["--out", "shut/out.png"],
    ],
    "calibrate": ["calibrate", READ[0], *READ, "--profile-b", "zones", "--out", "shut/out.toml"],
    "fetch": ["fetch", "deepstate", "--from", "2024-07-08", "--to", "2024-07-08", "--out", "shut"],
}


def nobody():
    """Become a user who may not write everywhere; root may."""
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody")
        os.environ["HOME"] = "/"
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)


@pytest.fixture
def desk(tmp_path):
    """Lay out a job beside a folder of its results that is shut."""
    job = write_job(tmp_path, settings=BARE)
    run(job, tmp_path / "shut")
    (tmp_path / "shut").chmod(0o555)
    opened = []
    for folder in tmp_path.parents:  # that nobody may come here at all
        if folder.owner() == Path.home().owner() and folder.stat().st_mode & 0o777 == 0o700:
            folder.chmod(0o711)
            opened.append(folder)
    yield tmp_path
    for folder in opened:
        folder.chmod(0o700)
    (tmp_path / "shut").chmod(0o755)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_read_only_folder_is_one_line_and_stays_as_it_was(writer, desk):
    before = bytes_of(desk)
    done = in_a_fork(*WRITERS[writer], cwd=desk, prepare=nobody)
    assert done.code == 1
    assert "shut" in done.line
    assert "Permission denied" in done.line
    assert bytes_of(desk) == before
    assert hidden_in(desk) == hidden_in(desk / "shut") == []


def four_at_once(work):
    """Do something in four processes; return what they ended with."""
    return [waited(pid, "one of four") for pid in [forked(partial(work, n)) for n in range(4)]]


def test_four_runs_of_one_job_leave_one_run(tmp_path):
    job = write_job(tmp_path, settings=BARE)
    run(job, tmp_path / "alone")
    out = tmp_path / "out"
    assert four_at_once(lambda _: run(job, out, workers=2, force=True)) == [0] * 4
    assert bytes_of(out) == bytes_of(tmp_path / "alone")
    assert run(job, out).was_current
    assert hidden_in(tmp_path) == []


def test_four_jobs_in_one_folder_leave_one_whole_job(tmp_path):
    """Which of them was last is not known, but nothing of the others may vouch for it."""
    write_job(tmp_path, settings=BARE)
    jobs = []
    for number in range(4):
        settings = f'title = "{number}"\n' + (tmp_path / "job.toml").read_text("utf-8")
        jobs.append(tmp_path / f"{number}.toml")
        zones = ["all", ["2024-01-02"]][number % 2]
        jobs[-1].write_text(settings + f"[export]\nzones = {zones!r}\n", encoding="utf-8")
    out = tmp_path / "out"
    for _ in range(3):
        shutil.rmtree(out, ignore_errors=True)
        assert four_at_once(lambda number: run(jobs[number], out)) == [0] * 4
        record = orjson.loads((out / "run.json").read_bytes())
        found = {name: sha256_of(out / name) for name in bytes_of(out) if name != "run.json"}
        assert found == record["outputs"]
        assert hidden_in(tmp_path) == []


def write_and_stop(out):
    """Write into a folder in one piece, again and again, and never finish."""
    while True:
        with suppress(KeyError), folder_in_one_piece(out) as part:
            for number in range(20):
                (part / str(number)).mkdir()
                (part / str(number) / "file").touch()
            raise KeyError


def test_what_lies_in_a_folder_is_seen_while_another_writes_there(tmp_path):
    """Its hidden folder comes and goes while this one looks; neither stumbles or names it."""
    out = tmp_path / "out"
    (out / "deep").mkdir(parents=True)
    (out / "deep" / "note.txt").touch()
    other = forked(partial(write_and_stop, out))
    try:
        seen = {leftovers(out, ()) for _ in range(2000)}
    finally:
        os.kill(other, signal.SIGKILL)
        os.waitpid(other, 0)
    assert seen == {((), (out / "deep" / "note.txt",))}


@pytest.mark.parametrize("name", ["out.png", "out.mp4", "out.gpkg"])
def test_four_that_write_one_file_leave_a_whole_one(name, tmp_path):
    write_job(tmp_path)
    verb = {"out.png": ["map", "--kind", "day"], "out.mp4": ["animate"]}.get(name, ["convert"])
    words = [verb[0], *READ, *verb[1:], "--out"]
    assert in_a_fork(*words, f"alone{Path(name).suffix}", cwd=tmp_path).code == 0
    right = (tmp_path / f"alone{Path(name).suffix}").read_bytes()

    def work(_number):
        os._exit(in_a_fork(*words, name, cwd=tmp_path).code)

    assert four_at_once(work) == [0] * 4
    assert (tmp_path / name).read_bytes() == right
    assert hidden_in(tmp_path) == []

"""Runs that are killed: the same command again ends as if nothing had been.

Fault: SIGKILL for a run and all its processes, at moments spread by chance over the whole of it,
among them just before and just after its last file is moved in. Right end: the next run of the
job gives the bytes of a run that nobody disturbed, names no stranger's file, and leaves no
hidden folder; no process of the killed one lives on.

What is killed at every single move of a file is in `test_one_run_one_folder`.
"""

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest
from fault_calls import (
    BARE,
    assert_no_process_left,
    begun,
    bytes_of,
    forked,
    hidden_in,
    in_a_fork,
    needs_linux,
    write_job,
)
from fault_calls import territory as call
from test_fetch import NAMES, UNTIL, archive, source  # noqa: F401 - a server and what it is called

import territory.fetch
from territory.maps import image_files
from territory.run import run

pytestmark = needs_linux
SEED = 14
MOMENTS = 50
PICTURES = '[maps]\ndays = ["2024-01-02"]\n[report]\nenabled = false\n'
EARLIER = '[days]\nselect = ["2024-01-02"]\n[export]\nzones = "all"\n'


def moments(count):
    """Return parts of a run's time: one by chance in each of so many equal stretches."""
    chance = random.Random(SEED)
    return [(number + chance.random()) / count for number in range(count)]


def killed_after(seconds, work):
    """Begin something in a group of its own and kill that; tell whether it was still at it."""
    pid = forked(work)
    time.sleep(seconds)
    done, _ = os.waitpid(pid, os.WNOHANG)
    if not done:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert_no_process_left(pid)
    return not done


class Trial:
    """A job with two processes, the folder of a run that nobody disturbed, and how long it took."""

    def __init__(self, folder, settings):
        self.folder, self.out = folder, folder / "out"
        self.job = write_job(folder, settings=settings)
        self.earlier = folder / "earlier.toml"
        self.earlier.write_text(self.job.read_text("utf-8") + EARLIER, encoding="utf-8")
        self.run(folder / "warm")  # what is loaded is loaded
        begun_at = time.monotonic()
        os.waitpid(forked(lambda: self.run(folder / "undisturbed")), 0)
        self.seconds = time.monotonic() - begun_at
        self.right = bytes_of(folder / "undisturbed")

    def run(self, out):
        return run(self.job, out, workers=2)

    def prepare(self, number):
        """Let the folder be missing, hold another job, or hold this one."""
        shutil.rmtree(self.out, ignore_errors=True)
        if number % 3 == 1:
            run(self.earlier, self.out)
        elif number % 3 == 2:
            shutil.copytree(self.folder / "undisturbed", self.out)

    def assert_resumes(self, number):
        begun_at = time.monotonic()
        outcome = self.run(self.out)
        if not outcome.was_current:  # a machine is faster at times than at others
            self.seconds = time.monotonic() - begun_at
        assert outcome.strange == (), number
        assert bytes_of(self.out) == self.right, number
        assert hidden_in(self.folder) == [], number


@pytest.fixture
def bare(tmp_path):
    return Trial(tmp_path, BARE)


@pytest.mark.parametrize("part", range(2))  # which may be tried at once
def test_killed_at_any_moment_the_next_run_ends_the_same(bare, part):
    undone = 0
    for number, moment in [*enumerate(moments(MOMENTS))][part::2]:
        bare.prepare(number)
        work = lambda: run(bare.job, bare.out, workers=2, force=True)  # noqa: E731
        undone += killed_after(moment * bare.seconds, work)
        bare.assert_resumes(number)
    assert (
        undone > MOMENTS // 4
    )  # of the half; whether a machine was slow for once is its own affair


def test_killed_while_processes_draw_the_next_run_ends_the_same(tmp_path):
    drawing = Trial(tmp_path, PICTURES)
    for number, moment in enumerate(moments(4)):
        drawing.prepare(number)
        killed_after(moment * drawing.seconds, lambda: drawing.run(drawing.out))
        drawing.assert_resumes(number)


@pytest.mark.parametrize("after", [False, True])
def test_killed_beside_the_last_rename(bare, after):
    """The record that vouches for all other files is moved in last."""
    bare.prepare(1)
    replace, moved = os.replace, []

    def dies(file, place, **more):
        moved.append(Path(place).name)
        last = moved.count("run.json") == 2  # the first says that the run is not finished
        if last and not after:
            os.killpg(0, signal.SIGKILL)
        replace(file, place, **more)
        if last:
            os.killpg(0, signal.SIGKILL)

    def work():
        sys.modules["pathlib"].os.replace = dies
        bare.run(bare.out)

    _, status = os.waitpid(forked(work), 0)
    assert os.WIFSIGNALED(status)
    assert hidden_in(bare.folder)  # what it could not remove any more
    assert bare.run(bare.out).was_current == after
    bare.assert_resumes("last")


def test_a_picture_that_is_killed_leaves_nothing_beside_the_next(tmp_path):
    write_job(tmp_path)
    words = ["map", "z_2024-01-02.geojson", "--profile", "zones", "--kind", "day", "--out", "a.png"]

    def dies(_figure, place, _dpi):
        place.write_bytes(b"half of it")
        os.killpg(0, signal.SIGKILL)

    def prepare():
        image_files._write_png = dies

    assert in_a_fork(*words, cwd=tmp_path, prepare=prepare).code == -signal.SIGKILL
    assert hidden_in(tmp_path)
    assert not (tmp_path / "a.png").exists()
    assert in_a_fork(*words, cwd=tmp_path).code == 0
    assert hidden_in(tmp_path) == []


def test_a_fetch_that_is_killed_leaves_nothing_beside_the_next(archive, source, tmp_path):  # noqa: F811
    to = tmp_path / "to"

    def dies(_url, output, _pooch):
        Path(output).write_bytes(b"half of it")
        os.killpg(0, signal.SIGKILL)

    def work():
        territory.fetch._get = dies
        territory.fetch.fetch(str(source), to, until=UNTIL)

    _, status = os.waitpid(forked(work), 0)
    assert os.WIFSIGNALED(status)
    assert hidden_in(to)
    territory.fetch.fetch(str(source), to, until=UNTIL)
    assert sorted(bytes_of(to)) == [*NAMES, "SHA256SUMS"]
    assert hidden_in(to) == []


@pytest.mark.long_form
def test_the_founding_job_killed_at_any_moment(repo, tmp_path):
    """The real command, with its pictures, report and page."""
    job = repo / "data" / "idlib-2018" / "job.toml"

    def words(name):
        return ["run", job, "--out", tmp_path / name]

    begun_at = time.monotonic()
    assert call(*words("undisturbed")).code in (0, 3)
    seconds, right, undone = time.monotonic() - begun_at, bytes_of(tmp_path / "undisturbed"), 0
    for number, moment in enumerate(moments(MOMENTS)):
        process = begun(words("out"))
        time.sleep(moment * seconds)
        undone += process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert_no_process_left(process.pid)
        assert call(*words("out")).code in (0, 3)
        assert bytes_of(tmp_path / "out") == right, number
        assert hidden_in(tmp_path) == [], number
        shutil.rmtree(tmp_path / "out")
    assert undone > MOMENTS // 2

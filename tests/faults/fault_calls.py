"""Whole commands under a fault: what they end with, and that nothing of them is left.

A command runs in a group of processes of its own, so that all of it can be killed and whatever
is left of it be seen, and it may take only so long: a test never waits for ever.
"""

import os
import signal
import subprocess
import sys
import time
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryFile

import pytest

import territory.api
import territory.maps.film.film
import territory.maps.pictures
import territory.publish.export.series_files
import territory.publish.page.build
import territory.publish.results
from territory.cli import guarded

ENDS_S = 300  # what takes longer hangs; machines that test are slow at times
ZONE = (
    '{"type": "Feature", "properties": {"actor": "%s"}, "geometry": {"type": "Polygon",'
    ' "coordinates": [[[%s, 48], [%s, 48], [%s, 48.5], [%s, 48.5], [%s, 48]]]}}'
)
SERIES = '[series]\nprofile = "zones"\npath = "z_*.geojson"\nboundary_error_m = 100\n'
BARE = "[maps]\nenabled = false\n[report]\nenabled = false\n"
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the fault is made as on Linux")


def zones(*boxes):
    """Return zones as GeoJSON: actor, west, east of boxes from 48 to 48.5 degrees north."""
    drawn = ", ".join(ZONE % (actor, west, east, east, west, west) for actor, west, east in boxes)
    return f'{{"type": "FeatureCollection", "features": [{drawn}]}}'


def write_job(folder, *, days=3, settings=BARE):
    """Write a job in which a front moves east from day to day; return its path."""
    folder.mkdir(exist_ok=True)
    for day in range(1, days + 1):
        front = 37.5 + 0.4 * day / days
        drawn = zones(("A", 37, front), ("B", front, 38))
        (folder / f"z_2024-{1 + day // 28:02}-{1 + day % 28:02}.geojson").write_text(drawn, "utf-8")
    job = folder / "job.toml"
    job.write_text(SERIES + settings, encoding="utf-8")
    return job


def bytes_of(folder):
    """Return the content of every file below a folder, by its name there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def hidden_in(folder):
    """Return what a run that was not finished would have left in a folder, and below it."""
    return [each.name for each in folder.rglob(".*")]


@dataclass(frozen=True)
class Ended:
    """What a command ended with."""

    code: int
    out: str
    err: str

    @property
    def line(self):
        """The one line that says what is wrong; there must be no traceback, nor any other."""
        lines = [each for each in self.err.splitlines() if each.startswith("territory:")]
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        assert "fault of territory" not in self.err
        return lines[0]


def begun(words, **options):
    """Begin a command of territory in a group of its own."""
    environment = {**os.environ, "MPLBACKEND": "Agg", **options.pop("env", {})}
    before = options.pop("before", ())  # another program, which starts it
    command = [*before, sys.executable, "-m", "territory", *map(str, words)]
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=options.pop("stderr", subprocess.PIPE),
        text=True,
        encoding="utf-8",
        start_new_session=True,
        **options,
    )


def ended(process):
    """Wait for a command that was begun, and see that no process of it is left."""
    try:
        out, err = process.communicate(timeout=ENDS_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        pytest.fail(f"did not end within {ENDS_S} s: {process.args}")
    assert_no_process_left(process.pid)
    return Ended(process.returncode, out or "", err or "")


def territory(*words, **options):
    """Run a command of territory to its end."""
    return ended(begun(words, **options))


def in_a_fork(*words, cwd, prepare=lambda: None):
    """Run a command as `territory` does, but in a copy of this process: nothing is loaded anew."""
    words = [*map(str, words)]
    with TemporaryFile() as out, TemporaryFile() as err:

        def work():
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            os.chdir(cwd)
            prepare()
            code = guarded(words)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

        code = waited(forked(work), words)
        out.seek(0)
        err.seek(0)
        return Ended(code, out.read().decode(), err.read().decode())


def waited(pid, words):
    """Return the code that a group of processes ended with, and see that none is left."""
    deadline = time.monotonic() + ENDS_S
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            assert_no_process_left(pid)
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    pytest.fail(f"did not end within {ENDS_S} s: {words}")


def assert_no_process_left(group):
    """Fail if a process of a group still lives some seconds after what led it."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    pytest.fail("a process is left")


def forked(work):
    """Do something in a process like this one, but in a group of its own; return its number."""
    pid = os.fork()
    if pid:
        with suppress(OSError):  # whichever of the two is first
            os.setpgid(pid, pid)
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        work()
        code = 0
    except Exception:
        traceback.print_exc()  # pytest shows it where the test fails
        sys.stderr.flush()
    finally:
        os._exit(code)


@contextmanager
def at_most(seconds):
    """End what waits for something that never comes."""

    def stop(_number, _frame):
        raise AssertionError(f"did not end within {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)

"""Where and when a run is done.

Fault: another time zone, another locale, another seed of Python's hashes, another clock (where
``faketime`` is installed), other names for the same folder, another number of workers. Right
end: the same bytes. And an input that was edited without a new time stamp or size, or a result
that was, is seen: what is current is told by content alone.
"""

import os
import shutil

import pytest
from fault_calls import begun, bytes_of, ended, needs_linux, territory, write_job

from territory.run import run

pytestmark = needs_linux
SETTINGS = (
    '[maps]\ndays = ["2024-01-02"]\nlanguages = ["en", "ar"]\n[claims]\nfile = "claims.toml"\n'
)
CLAIMS = """[[claim]]
id = "a"
text = "A took 2,000 square kilometres"
publisher = "Agency"
published = 2024-01-05
value = 2000
unit = "km2"
precision = "roughly"
period = [2024-01-02, 2024-01-04]
[[claim.reading]]
name = "A from B"
quantity = "gained"
by = ["A"]
from = ["B"]
"""
FAR_EAST = {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"}
FAR_WEST = {"TZ": "Etc/GMT+12", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "2"}


@pytest.fixture
def desk(tmp_path):
    write_job(tmp_path, settings=SETTINGS)
    (tmp_path / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


def test_zone_locale_and_seed_change_no_byte(desk):
    """Both at once, as they are two processes."""
    calls = {"east": (FAR_EAST, 2), "west": (FAR_WEST, 1)}
    processes = [
        begun(["run", "job.toml", "--workers", workers, "--out", name], cwd=desk, env=env)
        for name, (env, workers) in calls.items()
    ]
    assert [ended(process).code for process in processes] == [0, 0]
    assert bytes_of(desk / "east") == bytes_of(desk / "west")
    assert len(bytes_of(desk / "east")) > 10


def test_the_clock_changes_no_byte(desk):
    if shutil.which("faketime") is None:
        pytest.skip("another clock takes faketime (Debian: apt install faketime)")
    then = ("faketime", "-f", "@2001-02-03 04:05:06")
    assert territory("run", "job.toml", "--out", "now", cwd=desk).code == 0
    assert territory("run", "job.toml", "--out", "then", cwd=desk, before=then).code == 0
    assert bytes_of(desk / "now") == bytes_of(desk / "then")


def edited(path, old, new):
    """Change a file, but neither its size nor its times."""
    before = path.stat()
    content = path.read_bytes()
    assert len(old) == len(new) and old in content
    path.write_bytes(content.replace(old, new))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_size == before.st_size


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("z_2024-01-03.geojson", b'"B"', b'"C"'),
        ("claims.toml", b"2000", b"2001"),
        ("job.toml", b"= 100", b"= 900"),
        ("out/areas.csv", b"A", b"Z"),
    ],
)
def test_what_is_edited_without_a_new_time_is_seen(name, old, new, desk):
    job, out = desk / "job.toml", desk / "out"
    job.write_text(job.read_text("utf-8") + "[report]\nenabled = false\n", encoding="utf-8")
    bare = job.read_text("utf-8").replace("[maps]", "[maps]\nenabled = false")
    job.write_text(bare, encoding="utf-8")
    run(job, out)
    assert run(job, out).was_current
    edited(desk / name, old, new)
    assert not run(job, out).was_current
    run(job, desk / "fresh")
    assert bytes_of(out) == bytes_of(desk / "fresh")

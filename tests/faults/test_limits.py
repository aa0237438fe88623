"""Memory that is limited.

Fault: a limit of addresses (``ulimit -v``), from one with which not even Python's libraries load
to one that is nearly enough. Right end: done, with the bytes of a run without limits, or exit 1
with one line that speaks of memory; nothing half-written, no process left, and nobody waits.
"""

import resource

import pytest
from fault_calls import bytes_of, hidden_in, needs_linux, territory, write_job

pytestmark = needs_linux
PICTURES = '[maps]\ndays = ["2024-01-02"]\n[report]\nenabled = false\n'
FILM = PICTURES.replace("[report]", "film = true\n[report]")
SHORT_MB = (100, 800)
LONG_MB = (300, 400, 500, 550, 650, 700, 750, 850, 900, 950, 1000, 1100, 1300, 1600, 2000)


def limited(megabytes, *words, cwd):
    def limit():
        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))

    return territory(*words, cwd=cwd, preexec_fn=limit)


def assert_done_or_short(done, out, right):
    if done.code == 0:
        assert bytes_of(out) == right
        return
    assert done.code == 1, done
    assert "memory" in done.err.lower(), done
    assert "Traceback" not in done.err
    assert "fault of territory" not in done.err
    assert not out.exists()


@pytest.mark.parametrize(
    "megabytes",
    [*SHORT_MB, *(pytest.param(each, marks=pytest.mark.long_form) for each in LONG_MB)],
)
def test_a_job_with_pictures_ends(megabytes, tmp_path):
    job = write_job(tmp_path, settings=PICTURES if megabytes in SHORT_MB else FILM)
    right = {}
    if megabytes not in SHORT_MB:
        assert territory("run", job, "--out", "right", cwd=tmp_path).code == 0
        right = bytes_of(tmp_path / "right")
    done = limited(megabytes, "run", job, "--workers", 2, "--out", "out", cwd=tmp_path)
    assert_done_or_short(done, tmp_path / "out", right)
    assert hidden_in(tmp_path) == []


def test_600_mb_are_too_little_and_it_says_so(tmp_path):
    job = write_job(tmp_path, settings=PICTURES)
    done = limited(600, "run", job, "--workers", 2, "--out", "out", cwd=tmp_path)
    assert done.code == 1
    assert done.line.endswith("is it limited (ulimit -v)?")

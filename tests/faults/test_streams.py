"""Standard streams that are closed or full, or whose reader has gone.

Fault: the standard output is closed (``>&-``), full (``/dev/full``) or a pipe that nobody reads
any more; the error stream or the input is closed. Right end: where there are data that cannot be
given, exit 1 and one line that names the standard output; else the same end as ever. Nothing
that is written to a file ever holds what was meant for a stream.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from fault_calls import (
    BARE,
    ENDS_S,
    begun,
    bytes_of,
    ended,
    in_a_fork,
    needs_linux,
    territory,
    write_job,
)

pytestmark = needs_linux
AREAS = ["areas", "days", "--profile", "zones", "--boundary-error-m", "100"]
RUN = ["run", "days/job.toml", "--out"]


@pytest.fixture
def desk(tmp_path):
    write_job(tmp_path / "days", settings=BARE)
    return tmp_path


def closing(streams, *words, cwd):
    """Run a command from a shell that closes streams for it."""
    call = f'exec "$@" {streams}'
    command = ["sh", "-c", call, "sh", sys.executable, "-m", "territory", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=ENDS_S, check=False
    )


def test_a_closed_output_is_one_line(desk):
    done = closing(">&-", *AREAS, cwd=desk)
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("territory:")]
    assert lines == ["territory: standard output: is closed"]
    assert "Traceback" not in done.stderr


def test_a_full_output_is_one_line(desk):
    with Path("/dev/full").open("w") as full:
        done = territory(*AREAS, cwd=desk, stdout=full)
    assert done.code == 1
    assert done.line == "territory: standard output: No space left on device"


def test_a_reader_that_has_gone_is_no_fault_to_speak_of(desk):
    process = begun(AREAS, cwd=desk)
    process.stdout.close()
    process.stdout = None
    done = ended(process)
    assert done.code == 1
    assert "territory:" not in done.err and "Traceback" not in done.err


def test_a_run_needs_no_stream(desk):
    assert in_a_fork(*RUN, "open", cwd=desk).code == 0
    for number, streams in enumerate((">&-", "2>&-", "<&- >&- 2>&-")):
        assert closing(streams, *RUN, f"closed-{number}", cwd=desk).returncode == 0
        assert bytes_of(desk / f"closed-{number}") == bytes_of(desk / "open")

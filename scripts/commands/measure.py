"""One command in a process of its own: what it took, and what it wrote."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

_SHOWN_CHARACTERS = 300  # of what a command that failed says last


@dataclass(frozen=True)
class Took:
    """What a command took.

    Attributes
    ----------
    processor_s : float
        User and system time of the process and of all that it started and waited for.
    wall_s : float
        From start to end.
    peak_gb : float
        Of the largest of its processes.
    written_mb : float
        What lies under its folder of results.
    failure : str
        Why there is no result.
    """

    processor_s: float
    wall_s: float
    peak_gb: float
    written_mb: float = 0.0
    failure: str = ""


@dataclass(frozen=True)
class Command:
    """A command of territory that is measured.

    Attributes
    ----------
    name : str
        What the table calls it.
    words : sequence of str
        What follows ``territory``.
    out : Path, optional
        Its folder of results.
    prepare : callable
        Done before, every time, and not measured.
    codes : tuple of int
        Exit codes of a command that did what it should.
    """

    name: str
    words: Sequence[str]
    out: Path | None = None
    prepare: Callable[[], object] = tuple
    codes: tuple[int, ...] = (0, 3)


def took(command: Command, root: Path) -> Took:
    """Run a command and return what it took.

    Parameters
    ----------
    command : Command
        What to run.
    root : Path
        The checkout whose code is run.
    """
    command.prepare()
    environment = {**os.environ, "PYTHONPATH": str(root), "MPLBACKEND": "Agg"}
    started = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "territory", *command.words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=root,
    )
    stderr = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = code = os.waitstatus_to_exitcode(status)
    wall = perf_counter() - started
    failure = "" if code in command.codes else f"exit {code}: {_last(stderr)}"
    return Took(usage.ru_utime + usage.ru_stime, wall, _gb(usage), _megabytes(command.out), failure)


def _last(stderr: bytes) -> str:
    return stderr.decode("utf-8", "replace").strip()[-_SHOWN_CHARACTERS:]


def _gb(usage: resource.struct_rusage) -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 1e9


def _megabytes(folder: Path | None) -> float:
    if folder is None:
        return 0.0
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / 1e6

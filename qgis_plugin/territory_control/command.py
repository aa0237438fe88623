"""Finds the command ``territory`` and runs it as a process of its own; knows nothing of QGIS.

QGIS brings a Python with libraries of its own, older than those that the command needs. So
nothing of the command is imported here, and what makes QGIS find its libraries is kept from it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from pathlib import Path

NAME = "territory"
VARIABLE = "TERRITORY"  # environment variable: where the command is
OLDEST = (0, 1)  # version of the command whose words and layers this plugin knows

DONE, WRONG_INPUT, WRONG_USAGE, UNUSABLE, INTERRUPTED = 0, 1, 2, 3, 130

_HOW = (
    "Install the Python package territory-control, and if QGIS does not find its program"
    " 'territory' by itself, say where it is: Settings > Options > Processing > Providers >"
    f" Territory, or the environment variable {VARIABLE}"
)
_USUAL = ("~/.local/bin", "/opt/homebrew/bin", "/usr/local/bin")  # not in the PATH of a desktop

# What QGIS sets, or whoever starts it, so that it finds its own Python, GDAL, PROJ and Qt.
_OF_QGIS = re.compile(
    r"PYTHON.*|__PYVENV_LAUNCHER__|(GDAL|OGR|PROJ|CPL|GEOTIFF|OSGEO|QGIS|QT|GISBASE|GRASS)(_.*|$)"
    r"|LD_LIBRARY_PATH|LD_PRELOAD|DYLD_.*|VIRTUAL_ENV|CONDA_.*",
    re.IGNORECASE,
)
_VERSION = re.compile(rf"{NAME} (\d+)\.(\d+)")
_PATIENCE_S = 10  # for a command that is asked to stop
_LOOK_S = 0.2  # between two looks whether it is to stop
_WITHOUT_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of a console, on Windows
_FIRST_CALL_S = 120  # Python may compile its libraries


class CommandError(Exception):
    """The command is not there, is another program, or is too old."""


def find(setting: str = "") -> str:
    """Return the path of the command.

    The environment variable comes before the setting, and the setting before what is found.

    Parameters
    ----------
    setting : str
        What the settings of QGIS say; empty where they say nothing.

    Raises
    ------
    CommandError
        If there is none, or there is nothing where it is said to be.
    """
    said = {f"the environment variable {VARIABLE}": os.environ.get(VARIABLE, "")}
    said["the setting 'The program territory'"] = setting
    for where, name in said.items():
        if name:
            found = shutil.which(os.path.expanduser(name))  # noqa: PTH111 - a name stays a name
            if found is None:
                raise CommandError(f"{where} is '{name}', and no program is there. {_HOW}.")
            return found
    places = [os.environ.get("PATH", ""), *map(os.path.expanduser, _USUAL)]
    found = shutil.which(NAME, path=os.pathsep.join(places))
    if found is None:
        raise CommandError(f"The program '{NAME}' was not found. {_HOW}.")
    return found


def check_version(command: str) -> str:
    """Return the version of the command, as it prints it.

    Parameters
    ----------
    command : str
        Its path.

    Raises
    ------
    CommandError
        If it is another program, cannot be run, or is too old.
    """
    try:
        done = subprocess.run(
            [command, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(os.environ),
            timeout=_FIRST_CALL_S,
            check=False,
            creationflags=_WITHOUT_WINDOW,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandError(f"{command} cannot be run: {error}. {_HOW}.") from None
    printed = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    match = _VERSION.match(printed)
    if match is None:
        first = printed.splitlines()[-1] if printed else "nothing"
        raise CommandError(
            f"{command} is not the command that this plugin runs: asked for its version it"
            f" prints '{first}'. {_HOW}."
        )
    if (int(match[1]), int(match[2])) < OLDEST:
        needed = ".".join(map(str, OLDEST))
        raise CommandError(
            f"{command} is {printed}; this plugin needs {needed} or newer. Upgrade it:"
            " pip install --upgrade territory-control."
        )
    return printed


def environment(of_qgis: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the command: that of QGIS without what is for QGIS alone.

    Parameters
    ----------
    of_qgis : mapping of str to str
        The environment of this process.

    Examples
    --------
    >>> found = environment({"HOME": "/h", "PYTHONHOME": "/q", "PROJ_LIB": "/q", "GDAL_DATA": ""})
    >>> sorted(found)
    ['HOME', 'NO_COLOR', 'PYTHONUTF8', 'TYPER_USE_RICH']
    """
    own = {name: value for name, value in of_qgis.items() if not _OF_QGIS.fullmatch(name)}
    # Texts in UTF-8 on every system, and errors of usage as plain lines.
    return {**own, "PYTHONUTF8": "1", "NO_COLOR": "1", "TYPER_USE_RICH": "0"}


def run(
    words: Sequence[str],
    *,
    printed: Path,
    tell: Callable[[str], None],
    is_cancelled: Callable[[], bool],
) -> int:
    """Run a command without a shell and return its exit code.

    Parameters
    ----------
    words : sequence of str
        The path of the program, and its arguments.
    printed : Path
        File that gets what it prints, byte by byte.
    tell : callable
        Takes each line of its messages as it comes.
    is_cancelled : callable
        Returns whether it is to stop; it is asked five times a second.

    Raises
    ------
    OSError
        If it cannot be started.
    """
    with (
        printed.open("wb") as out,
        subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            env=environment(os.environ),
            creationflags=_WITHOUT_WINDOW,
        ) as process,
    ):
        lines: SimpleQueue[bytes] = SimpleQueue()
        reader = Thread(target=_forward, args=(process.stderr, lines), daemon=True)
        reader.start()
        while reader.is_alive() or not lines.empty():
            with contextlib.suppress(Empty):
                tell(lines.get(timeout=_LOOK_S).decode("utf-8", "replace").rstrip("\r\n"))
            if is_cancelled():
                _stop(process)
                return INTERRUPTED
        return process.wait()


def problem_of(messages: Sequence[str], code: int) -> str:
    """Return what the messages of a command that failed say is wrong.

    Parameters
    ----------
    messages : sequence of str
        All lines that it wrote.
    code : int
        Its exit code; negative where a signal ended it.

    Examples
    --------
    >>> problem_of(["a.geojson: read as 'zones'", "territory: a.geojson: no day"], 1)
    'a.geojson: no day'
    >>> problem_of(["Usage: territory areas", "", "Error: No such option: --x"], 2)
    'No such option: --x'
    >>> problem_of([], -9)
    'territory was ended by signal 9; was memory short?'
    """
    if code < 0:
        return f"{NAME} was ended by signal {-code}; was memory short?"
    for start in (f"{NAME}: ", "Error: "):
        found = [number for number, line in enumerate(messages) if line.startswith(start)]
        if found:
            return "\n".join(messages[found[-1] :])[len(start) :].strip()
    last = next((line for line in reversed(messages) if line.strip()), "nothing was said")
    return f"{NAME} ended with code {code}: {last}"


def _forward(pipe: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    for line in pipe:
        lines.put(line)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a command to stop, so that it leaves nothing half-written; end it if it does not."""
    if sys.platform == "win32":
        process.terminate()
    else:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()

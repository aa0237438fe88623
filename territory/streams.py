"""Standard streams that are closed or full.

A closed stream is None in Python, and its number goes to the next file that is opened, into
which whatever a library or another process prints would go.
"""

import errno
import os
import sys
from io import StringIO, TextIOWrapper

OUTPUT = "standard output"


class _Closed(StringIO):
    """What stands for a standard output that is closed: nothing can be written to it."""

    def write(self, text: str, /) -> int:
        if text:
            raise OSError(errno.EBADF, "is closed", OUTPUT)
        return 0


def open_closed_streams() -> None:
    """Put something in the place of standard streams that are closed.

    Nothing is read from a closed input, what is written to a closed output fails, and messages
    to a closed error stream are lost.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # the next that is opened gets the lowest number, which is this
            os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def speak_utf8() -> None:
    """Make the standard output UTF-8 with bare line feeds, as files are, on every machine.

    Of a terminal the encoding is its own; what it cannot show is written as an escape.
    """
    if not isinstance(sys.stdout, TextIOWrapper):
        return
    if sys.stdout.isatty():
        sys.stdout.reconfigure(errors="backslashreplace")
    else:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")


def write_out(text: str) -> None:
    """Write data to the standard output, at once.

    Parameters
    ----------
    text : str
        With its line feeds.

    Raises
    ------
    OSError
        Naming the standard output, if it is closed or full.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        raise OSError(error.errno, error.strerror, OUTPUT) from None


def discard(number: int) -> None:
    """Lose what could not be written to a stream, so that ending does not try it again.

    Parameters
    ----------
    number : int
        1 is the standard output, 2 is for errors.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)

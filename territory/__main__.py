"""``python -m territory`` and the command ``territory``.

Little is imported here, so that there is one line even where memory is too short to load
the command line.
"""

import os
import sys

from territory.errors import is_short_of_memory
from territory.garbage import collect_seldom
from territory.little_memory import be_frugal
from territory.streams import open_closed_streams, speak_utf8


def main() -> None:
    """Run the command line and exit with its code."""
    open_closed_streams()
    speak_utf8()
    collect_seldom()
    # Products of matrices are small here: between them further threads would only spin.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        be_frugal()
        from territory.cli import main as command
    except (MemoryError, ImportError) as error:
        if not is_short_of_memory(error):
            raise
        sys.exit("territory: not enough memory to begin; is it limited (ulimit -v)?")
    command()


if __name__ == "__main__":
    main()

"""``python -m territory`` and the command ``territory``.

Little is imported here, so that there is one line even where memory is too short to load
the command line.
"""

import os
import sys

from territory.errors import is_short_of_memory
from territory.streams import open_closed_streams


def main() -> None:
    """Run the command line and exit with its code."""
    open_closed_streams()
    try:
        _be_frugal()
        from territory.cli import main as command
    except (MemoryError, ImportError) as error:
        if not is_short_of_memory(error):
            raise
        sys.exit("territory: not enough memory to begin; is it limited (ulimit -v)?")
    command()


def _be_frugal() -> None:
    """Prepare for little memory where addresses are limited."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # its own takes a gigabyte ahead
    # The first exception of C++ in a thread asks for memory, and where that is what has run out
    # the C library ends the process with code 127. So the first one comes now.
    import shapely

    shapely.from_wkt("nothing", on_invalid="ignore")


if __name__ == "__main__":
    main()

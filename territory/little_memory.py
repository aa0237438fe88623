"""Memory that is limited: taken sparingly, and its end met in order.

A limit of addresses (``ulimit -v``) is met by libraries in ways of their own: some take a
gigabyte ahead, some wait for threads that never began, and the C library ends the process.
"""

import os
from contextlib import suppress
from mmap import mmap

_ROOM_BYTES = 256_000_000  # for each place to work in, at least


def be_frugal() -> None:
    """Prepare this process for little memory, where addresses are limited.

    It is to be called before any library is loaded that takes memory ahead.
    """
    try:
        import resource
    except ImportError:  # not on Windows
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # its own takes a gigabyte
    prepare_thread()
    _prepare_products()


def _prepare_products() -> None:
    """Let BLAS take its room, for it ends the process at once where it finds none later."""
    import numpy as np

    with suppress(MemoryError):
        some = np.ones((256, 256))
        some @ some


def prepare_thread() -> None:
    """Let C++ raise its first exception in this thread, which asks for memory.

    Where memory is what has run out then, the C library ends the process with code 127.
    """
    import numpy as np  # noqa: F401 - by itself: what it lacks shapely would print and not raise
    import shapely

    with suppress(MemoryError):
        shapely.from_wkt("nothing", on_invalid="ignore")


def have_room(places: int) -> bool:
    """Tell whether there is memory to work in several threads or processes at once.

    Parameters
    ----------
    places : int
        How many of them.
    """
    try:
        mmap(-1, places * _ROOM_BYTES).close()  # pages that nobody touches cost addresses only
    except (OSError, ValueError):
        return False
    return True

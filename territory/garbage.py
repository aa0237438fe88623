"""The collector of cycles, kept from work that makes much and hardly any cycle."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_LOADED = 300_000  # objects, of libraries nearly all, before it begins
_MADE = 20_000  # objects, more than are gone, before it looks; Python's own number is 700
_LOOKS = 50  # at what is new, before it looks at what stayed then; Python's own number is 10


@contextmanager
def no_collection() -> Iterator[None]:
    """Pause the collector: a search goes through every position, and every library loaded.

    What was made must be gone at the end, or the collector catches up there.

    Examples
    --------
    >>> with no_collection():
    ...     gc.isenabled()
    False
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def collect_seldom() -> None:
    """Let the collector wait for more than Python does, for the life of this process.

    Loading libraries and drawing make many objects that stay, through which it would go again
    and again: a twentieth of the time of a job. What is in cycles waits a little longer. When it
    would look for the first time, all that is there is taken for what stays, and is never looked
    at. At the end of the process it looks for nothing: all memory goes back at once then.
    """
    gc.set_threshold(_LOADED, _LOOKS, gc.get_threshold()[2])
    gc.callbacks.append(_begin)
    atexit.register(gc.freeze)


def _begin(_phase: str, _info: object) -> None:
    """Take all that is there for what stays, and look at what is made from now on."""
    gc.callbacks.remove(_begin)
    gc.freeze()
    gc.set_threshold(_MADE, *gc.get_threshold()[1:])

"""How much memory a series may take, and the refusal of one that takes more.

What the kernel kills says nothing, and takes the night's work with it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from territory.errors import InputError
from territory.history.memory_needs import needed_bytes
from territory.history.snapshot import Snapshot

_FAR_ABOVE = 2.0  # times what is free: an estimate may be wrong, and memory may become free
_NEVER_BYTES = 1e9  # below that nothing is refused unasked
_GROUPS = ("memory.max", "memory/memory.limit_in_bytes")  # what a container may take, 2nd and 1st
_LARGE = 1e8  # bytes that are told in GB


def refuse_too_much(
    snapshots: Sequence[Snapshot], asked: int | None, root: Path = Path("/")
) -> None:
    """Refuse to cut what takes more memory than it may.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        All days.
    asked : int or None
        How many bytes it may take; by default what is free, and then only what takes far more is
        refused.
    root : Path
        Where the files of the kernel lie.

    Raises
    ------
    InputError
        In one line: what it takes, what it may, and what would help.
    """
    free = None if asked else free_bytes(root)
    limit = asked or max(_FAR_ABOVE * (free or 0), _NEVER_BYTES)
    if (asked or free) is None or (needed := needed_bytes(snapshots, limit=limit)) <= limit:
        return
    drawn = sum(len(each.xy) for each in snapshots)
    days = f"{len(snapshots):,} days" if len(snapshots) > 1 else "a day"
    may = f"it may take {_gb(asked)} (--memory)" if asked else f"{_gb(free or 0)} is free"
    raise InputError(
        f"cutting {days} of {drawn:,} points together takes about {_gb(needed)}, and {may}; look at"
        " fewer days (--from and --to, first_day and last_day in a job), at the files of a part of"
        " the ground, or allow more (--memory)"
    )


def free_bytes(root: Path = Path("/")) -> int | None:
    """Return how much memory this process may still take; None where nobody says.

    Parameters
    ----------
    root : Path
        Where the files of the kernel lie.

    Returns
    -------
    int or None
        The least of what the machine has free, what the container may take in all (what it has
        taken holds files that it gives back), and what the address space is limited to.
    """
    return min(_limits(root), default=None)


def _limits(root: Path) -> Iterator[int]:
    for line in _text(root / "proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024
    for name in _GROUPS:
        most = _text(root / "sys/fs/cgroup" / name).strip()
        if most.isdigit():  # "max" is no limit
            yield int(most)
    with suppress(ImportError):  # not on Windows
        import resource

        space, _ = resource.getrlimit(resource.RLIMIT_AS)
        if space != resource.RLIM_INFINITY:
            yield space


def _text(path: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text(encoding="ascii")
    return ""


def _gb(count: float) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= _LARGE else f"{count / 1e6:,.3g} MB"

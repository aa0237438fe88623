"""How much memory a series may take: cut into tiles, or refused, where it takes more.

What the kernel kills says nothing, and takes the night's work with it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import inf
from pathlib import Path

from territory.errors import InputError
from territory.history.memory_needs import needed_bytes, tile_needs
from territory.history.snapshot import Snapshot

_FAR_ABOVE = 2.0  # times what is free: an estimate may be wrong, and memory may become free
_NEVER_BYTES = 1e9  # below that nothing is refused unasked
_GROUPS = ("memory.max", "memory/memory.limit_in_bytes")  # what a container may take, 2nd and 1st
WHOLE_BYTES = 2e9  # what takes more is cut into tiles, where figures are all that is asked for
TILE_BYTES = 0.5e9  # of the one that is worked on, where nobody asks for less
_LEAST_POINTS = 1_000  # in a tile; smaller ones take no less
_LARGE = 1e8  # bytes that are told in GB


def tile_points(
    snapshots: Sequence[Snapshot],
    asked: int | None,
    *,
    can_tile: bool = False,
    root: Path = Path("/"),
) -> int | None:
    """Return how many points a tile may have; refuse what takes more memory than it may.

    Figures added up over tiles are those of the whole but for the rounding of sums, so where they
    are all that is asked for, what takes more than the limit is cut into tiles, and refused only
    where not even one tile has room. Which tiles depends on the files and on what is asked for,
    never on the machine, so that it gives the same bytes everywhere.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        All days.
    asked : int or None
        How many bytes it may take. By default what is free, of which only far more is refused.
    can_tile : bool
        Whether nothing but figures is asked for.
    root : Path
        Where the files of the kernel lie.

    Returns
    -------
    int or None
        None where they are to be cut together as a whole.

    Raises
    ------
    InputError
        In one line: what it takes, what it may, and what would help.
    """
    free = None if asked else free_bytes(root)
    limit = asked or (inf if free is None else max(_FAR_ABOVE * free, _NEVER_BYTES))
    whole = WHOLE_BYTES if can_tile and not asked else limit
    needed, how = needed_bytes(snapshots, limit=min(whole, limit)), "together takes"
    if needed <= min(whole, limit):
        return None
    if can_tile and needed > whole:
        kept, per_point = tile_needs(snapshots)
        usual = max(int(TILE_BYTES / per_point), _LEAST_POINTS)
        points = min(usual, int((limit - kept) / per_point)) if asked else usual
        needed = int(kept + max(points, _LEAST_POINTS) * per_point)
        if points >= _LEAST_POINTS and needed <= limit:
            return points
        how = "even tile by tile takes"
    drawn = sum(len(each.xy) for each in snapshots)
    days = f"{len(snapshots):,} days" if len(snapshots) > 1 else "a day"
    may = f"it may take {_gb(asked)} (--memory)" if asked else f"{_gb(free or 0)} is free"
    raise InputError(
        f"cutting {days} of {drawn:,} points {how} about {_gb(needed)}, and {may}; look at"
        " fewer days (--from and --to, first_day and last_day in a job), at the files of a part of"
        " the ground, or allow more (--memory)"
    )


def tiles_at_once(workers: int, asked: int | None, *, root: Path = Path("/")) -> int:
    """Return how many tiles may be cut at the same time; what comes of them is the same.

    Parameters
    ----------
    workers : int
        How many there may be.
    asked : int or None
        How many bytes all may take: there is one tile at a time then.
    root : Path
        Where the files of the kernel lie.

    Returns
    -------
    int
        At most so many that they take half of what is free.
    """
    if asked:
        return 1
    free = free_bytes(root)
    return workers if free is None else max(1, min(workers, int(free / 2 / TILE_BYTES)))


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

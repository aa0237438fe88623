"""Where work that falls into independent pieces is done: here, in processes, or on a cluster.

What the pieces give does not depend on where they were worked out, nor in which order they
finished. A cluster is used only if one is named; see `territory.job.cluster`.
"""

import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from territory.errors import InputError
from territory.history.tiles import Run
from territory.job.pieces import Result, Submit, Work, answers, in_order

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_WORTH_BYTES = 64_000_000  # of files; reading fewer costs more processor time than it saves
_CHUNK = 16  # pieces that go to a process together, at most


def spread(
    workers: int = 1, scheduler: str = "", *, in_processes: bool = False
) -> AbstractContextManager[Run]:
    """Return where to run independent pieces of work, to be used in a ``with`` statement.

    Parameters
    ----------
    workers : int
        Threads or processes to use here; one needs neither.
    scheduler : str
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``, to use instead; its
        workers need the same version of this package.
    in_processes : bool
        Whether the work holds Python's lock most of the time (reading and cleaning files,
        drawing), so that threads would only wait for one another. GEOS works without it.

    Returns
    -------
    context manager
        Gives a function like ``map``, whose results come in the order of what goes in. Work
        begins at once; of pieces that are made one by one, few are made ahead.

    Raises
    ------
    InputError
        If Dask is not installed, or nothing that can be used answers at the address.

    Examples
    --------
    >>> with spread(2) as run:
    ...     list(run(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    if scheduler:
        from territory.job.cluster import cluster

        return cluster(scheduler, one_at_a_time=in_processes)
    if workers <= 1:
        return nullcontext(map)
    return _processes(workers) if in_processes else _threads(workers)


def worth(workers: int, files: Iterable[Path]) -> int:
    """Return how many processes are worth starting to read files.

    Parameters
    ----------
    workers : int
        As many as there may be.
    files : iterable of Path
        What is to be read; one file is read in one piece.

    Returns
    -------
    int
        One where reading takes no longer than starting more.
    """
    sizes = [path.stat().st_size for path in files if path.is_file()]
    return min(workers, len(sizes)) if sum(sizes) >= _WORTH_BYTES else 1


@contextmanager
def processes(workers: int) -> "Iterator[ProcessPoolExecutor]":
    """Give processes to work in; what is still waiting when an error comes is dropped.

    An interruption from the keyboard reaches all of them; they leave it to this process,
    which would otherwise end among their tracebacks.

    Parameters
    ----------
    workers : int
        How many processes.

    Yields
    ------
    ProcessPoolExecutor
        For one ``with`` statement.

    Raises
    ------
    InputError
        If one of them ends before its work is done, as where memory is short.
    """
    from concurrent.futures import ProcessPoolExecutor  # threads do not need all that it loads

    pool = ProcessPoolExecutor(workers, initializer=_begin_to_work)
    try:
        yield pool
    except BrokenExecutor:
        problem = "a process ended before its work was done (too little memory?); ask for fewer"
        raise InputError(problem, file=f"{workers} workers") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_to_work() -> None:
    """Leave interruptions to the process that started this one, and end when it has ended.

    A process that waits for work would wait for ever after one that was killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _processes(workers: int) -> Iterator[Run]:
    with processes(workers) as pool:
        yield in_order(partial(_begin, pool), workers, chunk=_CHUNK)


@contextmanager
def _threads(workers: int) -> Iterator[Run]:
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        yield in_order(partial(_begin, pool), workers)
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(pool: Executor, work: Work) -> Submit:
    def submit(chunk: tuple[Any, ...]) -> Result:
        return pool.submit(answers, work, chunk)

    return submit

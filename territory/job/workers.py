"""Where work that falls into independent pieces is done: threads here, or a Dask cluster.

What the pieces give does not depend on where they were worked out, nor in which order they
finished. A cluster is used only if one is named, and needs the package `distributed`.
"""

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from territory.errors import InputError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
_PATIENCE = "10s"


def spread(workers: int = 1, scheduler: str = "") -> AbstractContextManager[Run]:
    """Return where to run independent pieces of work, to be used in a ``with`` statement.

    Parameters
    ----------
    workers : int
        Threads to use here (GEOS works outside Python's lock).
    scheduler : str
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``; its workers need
        the same version of this package.

    Returns
    -------
    context manager
        Gives a function like ``map``, whose results come in the order of what goes in.

    Raises
    ------
    InputError
        If Dask is not installed, or nothing answers at the address.

    Examples
    --------
    >>> with spread(2) as run:
    ...     list(run(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    return _cluster(scheduler) if scheduler else _threads(workers)


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
    """
    from concurrent.futures import ProcessPoolExecutor  # threads do not need all that it loads

    pool = ProcessPoolExecutor(workers, initializer=_leave_interruptions)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interruptions() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _threads(workers: int) -> Iterator[Run]:
    pool = ThreadPoolExecutor(max_workers=max(1, workers))
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[Run]:
    try:
        distributed = import_module("distributed")
    except ImportError:
        problem = "a scheduler needs Dask, which is not installed: pip install 'territory[dask]'"
        raise InputError(problem, file="--scheduler") from None
    try:
        client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        problem = f"no Dask scheduler answers at '{address}' ({str(error).splitlines()[0]})"
        raise InputError(problem, file="--scheduler") from None

    def run(work: Callable[[Any], Any], pieces: Iterable[Any]) -> Iterator[Any]:
        futures = client.map(work, list(pieces), pure=False)
        for future in futures:
            yield future.result()

    with client:
        yield run

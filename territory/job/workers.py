"""Where work that falls into independent pieces is done: here, in processes, or on a cluster.

What the pieces give does not depend on where they were worked out, nor in which order they
finished. A cluster is used only if one is named; see `territory.job.cluster`.
"""

import os
import signal
from _thread import start_new_thread
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from multiprocessing import Pipe, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from territory.errors import InputError
from territory.history.tiles import Run
from territory.job.pieces import Result, Submit, Work, answers, in_order
from territory.little_memory import have_room, prepare_thread

_WORTH_BYTES = 64_000_000  # of files; reading fewer costs more processor time than it saves
_CHUNK = 16  # pieces that go to a process together, at most


def spread(
    workers: int = 1, scheduler: str = "", *, in_processes: bool = False
) -> AbstractContextManager[Run]:
    """Return where to run independent pieces of work, to be used in a ``with`` statement.

    Parameters
    ----------
    workers : int
        Threads or processes to use here; one needs neither, and there are none where memory
        is short.
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
        If Dask is not installed, nothing that can be used answers at the address, or a
        process ends before its work is done.

    Examples
    --------
    >>> with spread(2) as run:
    ...     list(run(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    if scheduler:
        from territory.job.cluster import cluster

        return cluster(scheduler, one_at_a_time=in_processes)
    if workers <= 1 or not have_room(workers):
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


class _Processes:
    """Processes that work on what they are given, each with a thread here that waits for it.

    Python's own pool has threads besides that hand out the work. Where memory is short they
    may not start, or end, and then everybody waits for ever.

    Parameters
    ----------
    count : int
        How many processes; they start when there is something to do.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._started: list[tuple[BaseProcess, Connection]] = []
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        self._threads = ThreadPoolExecutor(count)

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:  # noqa: ANN401
        """Let a process do something as soon as one is free.

        Parameters
        ----------
        work : callable
            What can be pickled, as can its arguments and its result.
        *arguments : object
            What it is called with.

        Returns
        -------
        Future
            Of the result.
        """
        while len(self._started) < self._count:
            self._start()
        return self._threads.submit(self._ask, work, arguments)

    def _start(self) -> None:
        ours, theirs = Pipe()
        process = get_context().Process(target=_serve, args=(theirs,))
        process.start()
        theirs.close()  # so that nobody has it but the process, and it ends with it
        self._started.append((process, ours))
        self._idle.put(ours)

    def _ask(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401
        pipe = self._idle.get()
        try:
            pipe.send((work, arguments))
            found, error = pipe.recv()
        except (EOFError, ConnectionError):
            raise _EndedError from None
        finally:
            self._idle.put(pipe)
        if error is not None:
            raise error
        return found

    def end(self) -> None:
        """End the processes, whatever they are doing; what is still waiting is dropped."""
        for process, _ in self._started:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process, pipe in self._started:
            process.join()
            process.close()
            pipe.close()


class _EndedError(Exception):
    """A process ended before it had answered."""


def _serve(pipe: Connection) -> None:
    """Work on what comes through a pipe, until whoever holds its other end has ended."""
    try:
        _begin_to_work()
        while True:
            work, arguments = pipe.recv()
            _answer(pipe, work, arguments)
    except BaseException:  # that this process has ended says all that can be said
        os._exit(1)


def _answer(pipe: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        pipe.send((work(*arguments), None))
    except Exception as error:  # also where the result cannot be pickled
        pipe.send((None, error))


def _begin_to_work() -> None:
    """Leave interruptions to the process that started this one, and end when it has ended.

    A process that waits for work would wait for ever after one that was killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start_new_thread(_end_with_parent, ())  # and wait for no sign of it: memory may be short


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _processes(workers: int) -> Iterator[Run]:
    """Give processes to work in; what they are doing when an error comes is dropped.

    An interruption from the keyboard reaches all of them; they leave it to this process,
    which would otherwise end among their tracebacks.
    """
    pool = _Processes(workers)
    try:
        yield in_order(partial(_begin, pool), workers, chunk=_CHUNK)
    except _EndedError:
        problem = "a process ended before its work was done (too little memory?); ask for fewer"
        raise InputError(problem, file=f"{workers} workers") from None
    finally:
        pool.end()


@contextmanager
def _threads(workers: int) -> Iterator[Run]:
    pool = ThreadPoolExecutor(max_workers=workers, initializer=prepare_thread)
    try:
        yield in_order(partial(_begin, pool), workers)
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(pool: _Processes | ThreadPoolExecutor, work: Work) -> Submit:
    def submit(chunk: tuple[Any, ...]) -> Result:
        return pool.submit(answers, work, chunk)

    return submit

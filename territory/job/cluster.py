"""A Dask cluster as a place to work in; it needs the package `distributed`.

Scheduling, retries, spilling and the dashboard are Dask's. A worker that is lost costs only the
time to do its pieces again, since every piece travels with its task, and what is common to
all pieces lies with every worker and is sent again where all of them are lost.
"""

import asyncio
import hashlib
import logging
import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from territory.errors import InputError
from territory.extras import require
from territory.history.tiles import Run
from territory.job.installed import differences, installation
from territory.job.pieces import Submit, Work, answers, in_order

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE_S = 10
_RETRIES = 3  # of a piece whose worker had no memory, or could not read
_CHUNK = 16  # pieces in one task, at most
_LARGE_BYTES = 1_000_000  # of what is common to all pieces, above which it is sent but once
_SETTINGS = {
    "distributed.comm.timeouts.connect": f"{_PATIENCE_S}s",
    "distributed.admin.large-graph-warning-threshold": "1 TiB",  # a piece may be a tile
}
_LOGGERS = ("distributed", "distributed.client")  # each has a level of its own
_Installation = tuple[tuple[str, str], ...]


@contextmanager
def cluster(address: str, *, one_at_a_time: bool) -> Iterator[Run]:
    """Give a Dask cluster to work on.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://10.0.0.5:8786``.
    one_at_a_time : bool
        Whether a process works on one piece at a time, however many threads it has.

    Yields
    ------
    callable
        Like ``map``; see `territory.job.workers.spread`.

    Raises
    ------
    InputError
        If Dask is not installed, nothing answers at the address, there is no worker or one of
        another version, or the scheduler or worker after worker is lost in the middle.
    """
    require("dask")
    import dask.utils
    import distributed

    alone = dask.utils.SerializableLock("territory") if one_at_a_time else None
    lost = (CancelledError, distributed.comm.CommClosedError)
    with dask.config.set(_SETTINGS), _quiet():
        try:
            with _connected(address) as client:
                threads = _checked(client, address)
                begin = partial(_begin, client, alone or nullcontext())
                yield in_order(begin, threads, chunk=_CHUNK)
        except distributed.KilledWorker:
            problem = (
                "worker after worker was lost with the same piece of work (too little memory?)"
            )
            raise InputError(problem, file=address) from None
        except lost:
            problem = "the Dask scheduler was lost before all was done; start it and call again"
            raise InputError(problem, file=address) from None


def _connected(address: str) -> "Client":
    import distributed

    try:
        with ThreadPoolExecutor(1) as beside:  # a notebook has a loop of its own in this thread
            beside.submit(asyncio.run, _greeted(distributed, address)).result()
        return distributed.Client(address, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as error:  # a time-out is an OSError without a text
        why = [*str(error).splitlines(), "what answers there is something else"][0]
        problem = f"no Dask scheduler answers at '{address}' ({why})"
        raise InputError(problem, file="--scheduler") from None


async def _greeted(distributed: ModuleType, address: str) -> None:
    """See whether a scheduler answers; a client would wait for another program for ever."""
    how = distributed.Security().get_connection_args("client")
    greeting = distributed.comm.connect(address, timeout=_PATIENCE_S, **how)
    await (await asyncio.wait_for(greeting, 2 * _PATIENCE_S)).close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what Dask logs about a lost connection to itself: it is said in one line."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _checked(client: "Client", address: str) -> int:
    """Refuse a cluster that cannot do the work; return how many threads it has."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_S)
    except TimeoutError:
        raise InputError("the Dask scheduler has no workers", file=address) from None
    found = client.run(differences, installation(), on_error="return")
    for worker, unlike in sorted(found.items()):
        if isinstance(unlike, Exception):  # an old one has no `differences`
            raise InputError(
                _unlike(worker, f"no territory like this one ({unlike})"), file=address
            )
        if unlike:
            raise InputError(_unlike(worker, unlike), file=address)
    _name_dashboard(client.dashboard_link)
    return sum(client.nthreads().values())


def _unlike(worker: str, unlike: str) -> str:
    return f"the worker {worker} has {unlike}; install the same on all machines"


@lru_cache
def _name_dashboard(dashboard: str) -> None:
    """Say once where Dask shows what it does."""
    print(f"Dask shows its progress at {dashboard}", file=sys.stderr)


def _begin(client: "Client", alone: AbstractContextManager[Any], work: Work) -> Submit:
    """Send what is common to all pieces, once if it is large."""
    packed: Any = pickle.dumps(work)
    if len(packed) > _LARGE_BYTES:
        # By a task, not scattered: what a task gave is made again if all that have it are lost.
        key = f"territory-{hashlib.sha256(packed).hexdigest()}"
        packed = client.submit(bytes, packed, key=key)
        client.replicate([packed])
    task = partial(_answered, here=installation(), alone=alone)
    return partial(client.submit, task, packed, pure=False, retries=_RETRIES)


def _answered(
    packed: bytes,
    chunk: tuple[Any, ...],
    *,
    here: _Installation,
    alone: AbstractContextManager[Any],
) -> list[Any]:
    """Work on some pieces on a worker."""
    with alone:
        return answers(partial(_worked_on, packed, here), chunk)


def _worked_on(packed: bytes, here: _Installation, piece: object) -> object:
    """Work on one piece, unless this worker has joined since all were asked, and is another."""
    if unlike := differences(here):
        from distributed import get_worker

        raise InputError(_unlike(get_worker().address, unlike))
    return _opened(packed)(piece)


@lru_cache(maxsize=1)
def _opened(packed: bytes) -> Work:
    """Return what is common to all pieces; a worker opens it once."""
    work: Work = pickle.loads(packed)
    return work

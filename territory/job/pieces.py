"""Independent pieces of work, sent away and their results taken in order: a ``map``."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from territory.errors import TerritoryError
from territory.history.tiles import Run

Work = Callable[[Any], Any]
_SHARES = 8  # chunks for each worker, so that none waits long for the last
_AHEAD = 2  # pieces for each worker that are made before they are needed


class Result(Protocol):
    """What is to come of some pieces."""

    def result(self) -> list[Any]:
        """Wait for it."""


Submit = Callable[[tuple[Any, ...]], Result]


def in_order(begin: Callable[[Work], Submit], workers: int, *, chunk: int = 1) -> Run:
    """Make a function like ``map`` of one that submits.

    Parameters
    ----------
    begin : callable
        From the work to what submits some pieces of it; see `answers`.
    workers : int
        How many pieces are worked on at once.
    chunk : int
        Pieces that may go together, at most.

    Returns
    -------
    callable
        Like ``map``.
    """

    def run(work: Work, pieces: Iterable[Any]) -> Iterator[Any]:
        size, ahead = 1, _AHEAD * workers
        if isinstance(pieces, Sized):
            ahead = len(pieces)
            size = max(1, min(chunk, ahead // (_SHARES * workers)))
        submit, chunks = begin(work), _chunks(iter(pieces), size)
        waiting = deque(map(submit, islice(chunks, ahead)))  # before anybody waits for a result
        return _results(waiting, map(submit, chunks))

    return run


def _chunks(pieces: Iterator[Any], size: int) -> Iterator[tuple[Any, ...]]:
    while chunk := tuple(islice(pieces, size)):
        yield chunk


def _results(waiting: deque[Result], more: Iterator[Result]) -> Iterator[Any]:
    while waiting:
        found = waiting.popleft().result()
        waiting.extend(islice(more, 1))
        for each in found:
            if isinstance(each, _Failure):
                raise each.error
            yield each


@dataclass(frozen=True)
class _Failure:
    """Stands for the result of a piece that cannot be worked on, wherever it is tried."""

    error: TerritoryError


def answers(work: Work, chunk: tuple[Any, ...]) -> list[Any]:
    """Work on some pieces, until one cannot be worked on.

    Parameters
    ----------
    work : callable
        Takes one piece.
    chunk : tuple
        Pieces.

    Returns
    -------
    list
        A result for each, or what `in_order` makes an error of.
    """
    found: list[Any] = []
    try:
        found.extend(map(work, chunk))
    except TerritoryError as error:
        found.append(_Failure(error))
    return found

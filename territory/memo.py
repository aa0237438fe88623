"""What a function gave before, found again by the sha256 of all that its answer depends on.

A memo is given what an earlier run kept, and keeps what this one asked for: no more, so that it
holds the same whether the answers were found in it or worked out anew, and nothing that nobody
asks for any longer. Answers are kept as bytes. One that would not come back the same is not kept.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")
Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
Kept = bytes | memoryview  # of what an earlier run kept, without a copy

MOST_BYTES = 256_000_000  # of all that is kept: a memo must not be what takes the memory


@dataclass(frozen=True)
class Form(Generic[Piece, Answer]):
    """How the answers of one function are kept.

    Attributes
    ----------
    key : callable
        The sha256 of all that the answer about a piece of work depends on; None if it is not to
        be kept.
    pack : callable
        From a piece and its answer to bytes; None where they would not come back the same.
    unpack : callable
        From a piece and such bytes to the answer.
    lasts : bool
        Whether a piece cannot change while its answer is worked out, as a file can. Otherwise its
        key is worked out again then, and an answer about something else is not kept.
    """

    key: Callable[[Piece], bytes | None]
    pack: Callable[[Piece, Answer], bytes | None]
    unpack: Callable[[Piece, Kept], Answer]
    lasts: bool = False


class Memo:
    """Answers of an earlier run, and those of this one.

    Parameters
    ----------
    known : mapping of bytes to bytes or memoryview
        What an earlier run kept.
    most : int
        How many bytes are kept; what is asked for after that is worked out every time.

    Examples
    --------
    >>> form = Form(lambda n: key_of("square", n), lambda n, answer: b"%d" % answer,
    ...             lambda n, kept: int(kept))
    >>> first = Memo()
    >>> list(first.answers(form, lambda n: n * n, [2, 3]))
    [4, 9]
    >>> later = Memo(first.kept)
    >>> list(later.answers(form, lambda n: 1 / 0, [3]))  # nothing is worked out
    [9]
    >>> len(first.kept), len(later.kept)
    (2, 1)
    """

    def __init__(
        self, known: Mapping[bytes, Kept] = MappingProxyType({}), *, most: int = MOST_BYTES
    ) -> None:
        self._known, self._most = known, most
        self._kept: dict[bytes, Kept] = {}
        self._size = 0
        self.found = 0

    @property
    def kept(self) -> Mapping[bytes, Kept]:
        """The answers that this run asked for, by their keys, in the order it did."""
        return self._kept

    @property
    def is_useless(self) -> bool:
        """Whether an earlier run kept something, and this one found nothing of use in it."""
        return bool(self._known) and not self.found

    def answers(
        self,
        form: Form[Piece, Answer],
        work: Callable[[Piece], Answer],
        pieces: Iterable[Piece],
        run: Run = map,
    ) -> Iterator[Answer]:
        """Yield the answer about each piece of work, in order.

        Parameters
        ----------
        form : Form
            How answers are kept.
        work : callable
            Works out those that are not known. It must depend on nothing but what is in the key.
        pieces : iterable
            What is asked about.
        run : callable
            Like ``map``: where they are worked out.
        """
        every: Sequence[Piece] = list(pieces)
        keys = [form.key(piece) for piece in every]
        known = [None if key is None else self._known.get(key) for key in keys]
        missing = [piece for piece, there in zip(every, known, strict=True) if there is None]
        made = iter(run(work, missing) if missing else ())
        for piece, key, there in zip(every, keys, known, strict=True):
            if there is None:
                answer: Answer = next(made)
                same = key and (form.lasts or form.key(piece) == key)
                packed: Kept | None = form.pack(piece, answer) if same else None
            else:
                answer, packed = form.unpack(piece, there), there
                self.found += 1
            if key and packed is not None:
                self._keep(key, packed)
            yield answer

    def _keep(self, key: bytes, packed: Kept) -> None:
        if key not in self._kept and self._size + len(packed) <= self._most:
            self._kept[key] = packed
            self._size += len(packed)


def answers(
    memo: Memo | None,
    form: Form[Piece, Answer],
    work: Callable[[Piece], Answer],
    pieces: Iterable[Piece],
    run: Run = map,
) -> Iterable[Answer]:
    """Return the answer about each piece of work, in order, from a memo if there is one.

    Parameters
    ----------
    memo : Memo or None
        Where answers are kept; without one nothing is, and no key is worked out.
    form, work, pieces, run
        See `Memo.answers`.
    """
    return run(work, pieces) if memo is None else memo.answers(form, work, pieces, run)


def key_of(*parts: object) -> bytes:
    """Return the sha256 of some values, each told apart from the next.

    Parameters
    ----------
    *parts : object
        Bytes, or what the same text always stands for.

    Examples
    --------
    >>> key_of("a", "bc") == key_of("ab", "c")
    False
    """
    whole = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else repr(part).encode("utf-8", "surrogatepass")
        whole.update(f"{len(content)}:".encode())
        whole.update(content)
    return whole.digest()

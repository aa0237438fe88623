"""How many of the days of all series are written."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Progress = Callable[[int, int], None]
Each = TypeVar("Each")


def silent(_done: int, _total: int) -> None:
    """Report no progress.

    Parameters
    ----------
    _done, _total : int
        How many of how many days are written.
    """


class Ticks:
    """Reports progress as items are done.

    Parameters
    ----------
    total : int
        How many items there are in all.
    progress : callable
        Told how many of how many are done, at once and after each item.

    Examples
    --------
    >>> ticks = Ticks(2, print)
    0 2
    >>> list(ticks.of("ab"))
    1 2
    2 2
    ['a', 'b']
    """

    def __init__(self, total: int, progress: Progress) -> None:
        self.done, self.total, self.progress = 0, total, progress
        progress(0, total)

    def of(self, items: Iterable[Each]) -> Iterator[Each]:
        """Give items one by one; one is done when the next is asked for.

        Parameters
        ----------
        items : iterable
            In the order in which they are done.
        """
        for item in items:
            yield item
            self.done += 1
            self.progress(self.done, self.total)

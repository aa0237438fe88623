"""How far the stages of a job are."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Report no progress.

    Parameters
    ----------
    _stage : str
        What is being done.
    _done, _total : int
        How much of how much is done.
    """

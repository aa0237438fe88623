"""The one tree of errors.

Every error says where it was found, what was found and what to do. The command
line prints the message and exits with code 1; a library user catches
`TerritoryError` or one of its branches.
"""

import errno
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches

_FEW = 3  # words that a hint names
_MOST_LETTERS = 200  # characters of what another library says
_MOST_OF_A_MESSAGE = 1000  # characters at either end; a cell that it quotes may hold a whole book
_LINE_ENDS = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]\s*")  # of a name, an array, a frame


class TerritoryError(Exception):
    """Base of every error this package raises on purpose."""


class TerritoryWarning(UserWarning):
    """Something in the data cannot be used or trusted, and figures are given all the same."""


class InputError(TerritoryError):
    """A file cannot be used as it is.

    Parameters
    ----------
    problem : str
        What was found and what to do about it.
    file : str, optional
        The file as the user named it.
    line : int, optional
        Line in that file, counted from 1 with the header as line 1.
    feature : int or str, optional
        Feature (row) in that file, where lines mean nothing.

    Examples
    --------
    >>> raise InputError("unknown place 'P999'", file="events.csv", line=7)
    Traceback (most recent call last):
    territory.errors.InputError: events.csv, line 7: unknown place 'P999'
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | None = None,
        line: int | None = None,
        feature: int | str | None = None,
    ) -> None:
        problem = _one_line(problem)
        self.problem, self.file, self.line, self.feature = problem, file, line, feature
        where = [
            part
            for part in (
                file,
                f"line {line}" if line is not None else None,
                f"feature {feature}" if feature is not None else None,
            )
            if part
        ]
        place = _LINE_ENDS.sub(" ", ", ".join(where))
        super().__init__(f"{place}: {problem}" if where else problem)


def _one_line(problem: str) -> str:
    """Return a message on one line, the middle of a very long one left out."""
    line = _LINE_ENDS.sub(" ", problem)
    if len(line) <= 2 * _MOST_OF_A_MESSAGE:
        return line
    return f"{line[:_MOST_OF_A_MESSAGE]} ... {line[-_MOST_OF_A_MESSAGE:]}"


class UnrecognisedError(InputError):
    """Files whose profile nobody names fit no publisher's marks, and nothing names an actor."""


class SettingError(InputError):
    """A key of a job or profile, or what stands for one, has a value that it cannot have."""


class JobError(InputError):
    """The job file asks for something that cannot be done."""


class ClaimError(InputError):
    """A claim cannot be evaluated as written (unknown actor or unit, contradictory keys)."""


class GeometryError(InputError):
    """A geometry has no defensible area (not finite, out of range, ambiguous repair)."""


class CRSError(InputError):
    """A coordinate reference system is missing, unknown, mismatched or not equal-area."""


class OverlapError(InputError):
    """Two actors hold the same ground on the same day and the policy forbids it."""


class MissingLibraryError(InputError):
    """A library is not installed that only some verbs need; the message names its extra."""


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Note on any error that is not one of ours what was being done.

    Libraries raise errors of their own in rare cases, and do not know which file or day
    they were given.

    Parameters
    ----------
    what : str
        Such as ``reading a.geojson``.

    Examples
    --------
    >>> try:
    ...     with doing("reading a.geojson"):
    ...         raise RuntimeError("IllegalArgumentException")
    ... except RuntimeError as error:
    ...     print(error.__notes__)
    ['reading a.geojson']
    """
    try:
        yield
    except TerritoryError:
        raise
    except Exception as error:
        error.add_note(what)
        raise


# What reading raises where a file holds something else than its format has at that place.
_NOT_AS_THE_FORMAT = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@contextmanager
def understood(file: str) -> Iterator[None]:
    """Turn what reading stumbles over into one line about the file.

    Readers check what they know to go wrong; whatever else a file may hold where its format
    has a number, a list or a text ends here.

    Parameters
    ----------
    file : str
        The file that is read, as the user named it.

    Raises
    ------
    InputError
        Naming the file and what did not fit.

    Examples
    --------
    >>> with understood("a.geojson"):
    ...     len(5)
    Traceback (most recent call last):
    territory.errors.InputError: a.geojson: malformed (TypeError: object of type 'int' has no len())
    """
    try:
        yield
    except RecursionError:
        raise InputError("malformed (nested too deep)", file=file) from None
    except _NOT_AS_THE_FORMAT as error:
        message = " ".join(str(error).split())[:_MOST_LETTERS]
        kind = type(error).__name__
        raise InputError(f"malformed ({kind}: {message})", file=file) from error


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def room_for(file: str) -> Iterator[None]:
    """Turn a full disk into one line about the file that does not fit.

    Parameters
    ----------
    file : str
        The file or folder that is written, as the user named it.

    Raises
    ------
    InputError
        If the disk, a quota or the greatest size of a file is used up.

    Examples
    --------
    >>> with room_for("map.png"):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    territory.errors.InputError: map.png: no space left to write it (No space left on device)
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        problem = f"no space left to write it ({error.strerror})"
        raise InputError(problem, file=file) from error


# How libraries say that memory is short, where they do not raise MemoryError.
_SHORT_OF_MEMORY = (
    "bad_alloc",
    "bad allocation",
    "can't start new thread",
    "cannot allocate memory",
    "failed to launch worker thread",
    "failed to map segment",
    "out of memory",
)


def is_short_of_memory(error: BaseException) -> bool:
    """Tell whether an error, or the one that it came from, says that memory is short.

    Parameters
    ----------
    error : BaseException
        Whatever was raised.

    Examples
    --------
    >>> is_short_of_memory(ImportError("libgdal.so: failed to map segment from shared object"))
    True
    >>> is_short_of_memory(ImportError("No module named 'dask'"))
    False
    """
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    if any(each in str(error).lower() for each in _SHORT_OF_MEMORY):
        return True
    before = error.__cause__ or error.__context__
    return before is not None and is_short_of_memory(before)


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return a hint naming the nearest known word, or all of them.

    Parameters
    ----------
    word : object
        What was written, text as a rule.
    known : iterable of str
        What may be written; words that begin with `word` come before those spelt like it.

    Returns
    -------
    str
        Without a capital, to stand after a semicolon.

    Examples
    --------
    >>> did_you_mean("goverment", ["government", "opposition"])
    "did you mean 'government'?"
    >>> did_you_mean("x", ["a", "b"])
    'known are: a, b'
    >>> did_you_mean("deepstate", ["deepstate-daily", "deepstate-raw"])
    "did you mean 'deepstate-daily' or 'deepstate-raw'?"
    """
    choices, word = sorted(known), str(word)
    begun = [each for each in choices if word and each.startswith(word)]
    near = begun[:_FEW] or get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        quoted = (f"'{each}'" for each in near)
        return f"did you mean {' or '.join(quoted)}?"
    return f"known are: {', '.join(choices)}" if choices else "there is none to choose from"


def hint_with_option(hint: str, option: str) -> str:
    """Return a hint followed by where the right word is to be named.

    Parameters
    ----------
    hint : str
        As `did_you_mean` gives it.
    option : str
        Option or key, as the user writes it.

    Examples
    --------
    >>> hint_with_option(did_you_mean("x", ["a", "b"]), "--actor-field")
    'known are: a, b; name it with --actor-field'
    >>> hint_with_option(did_you_mean("acter", ["actor"]), "--actor-field")
    "did you mean 'actor'? Name it with --actor-field"
    """
    return (
        f"{hint} Name it with {option}" if hint.endswith("?") else f"{hint}; name it with {option}"
    )


def nearest_days(day: date, known: Iterable[date]) -> tuple[date, ...]:
    """Return a day if it is known, else the known days before and after it, in order.

    Of a day beyond all others, the two nearest to it.

    Parameters
    ----------
    day : date
        The day that is looked for.
    known : iterable of date
        Days that there are, in any order.

    Returns
    -------
    tuple of date
        At most two, in order; none where none is known.

    Examples
    --------
    >>> days = [date(2024, 1, 1), date(2024, 1, 5), date(2024, 2, 1)]
    >>> [str(each) for each in nearest_days(date(2024, 1, 4), days)]
    ['2024-01-01', '2024-01-05']
    >>> [str(each) for each in nearest_days(date(2024, 1, 6), days)]
    ['2024-01-05', '2024-02-01']
    """
    days = sorted(known)
    if day in days:
        return (day,)
    before, after = [each for each in days if each < day], [each for each in days if each > day]
    return tuple(before[-1:] + after[:1]) if before and after else tuple(before[-2:] or after[:2])


def near_hint(day: date, known: Iterable[date]) -> str:
    """Return a hint naming the known days nearest to one that is not known.

    Parameters
    ----------
    day : date
        A day that is not among `known`.
    known : iterable of date
        Days that there are, in any order; at least one.

    Examples
    --------
    >>> near_hint(date(2024, 1, 4), [date(2024, 1, 1), date(2024, 1, 5)])
    'the nearest days are 2024-01-01 and 2024-01-05'
    """
    near = nearest_days(day, known)
    return f"the nearest day{'s are' if near[1:] else ' is'} {' and '.join(map(str, near))}"

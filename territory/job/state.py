"""The state beside the results: what a later run of the same job starts from.

One file of answers (`territory.memo`), in the order in which they were asked for, compressed all
together, because days in a row are nearly the same. It begins with a line that says by which
program on what kind of machine it was made, and the sha256 of the rest: a state of another
program or machine, or a damaged one, is not used. It may be deleted; the next run then works out
everything, and writes the same.
"""

import platform
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from territory.errors import InputError
from territory.job.installed import installation
from territory.memo import Kept, Memo, key_of

FOLDER = "state"
STATE = f"{FOLDER}/days.bin"
_FORM = 1  # of the file
_KEY = 32  # bytes of a sha256
_LENGTH = 8  # and of how long an answer is
_LEVEL = 3  # of compression
_AT_MOST = 1_000_000_000  # bytes that a state unpacks to


def program() -> str:
    """Return what tells apart programs and machines whose answers may differ in a last digit."""
    return key_of(installation(), platform.system(), platform.machine(), _instructions()).hex()


def _instructions() -> str:
    """Return which instructions of the processor numpy uses, which sums depend on."""
    try:
        from numpy.lib.introspect import opt_func_info
    except ImportError:  # numpy 2.0
        return platform.processor()
    return repr(opt_func_info(func_name="^(add|multiply|sqrt|sin)$", signature="float64"))


def packed_state(kept: Mapping[bytes, Kept], made_by: str) -> bytes:
    """Return answers as the content of a file.

    Parameters
    ----------
    kept : mapping of bytes to bytes or memoryview
        As of `Memo.kept`.
    made_by : str
        See `program`.

    Examples
    --------
    >>> content = packed_state({bytes(32): b"answer"}, "this program")
    >>> dict(unpacked_state(content, "this program")) == {bytes(32): b"answer"}
    True
    >>> unpacked_state(content, "another")
    Traceback (most recent call last):
    territory.errors.InputError: it is of another version, or of another kind of machine
    """
    import pyarrow as pa

    lengths = (len(each).to_bytes(_LENGTH, "little") for each in kept.values())
    whole = b"".join((len(kept).to_bytes(_LENGTH, "little"), *kept, *lengths, *kept.values()))
    body = bytes(pa.Codec("zstd", compression_level=_LEVEL).compress(whole))
    head = {
        "state": _FORM,
        "program": made_by,
        "size": len(whole),
        "sha256": key_of(body).hex(),
    }
    return orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE) + body


def unpacked_state(content: bytes, made_by: str) -> Mapping[bytes, Kept]:
    """Return the answers in the content of a file.

    Parameters
    ----------
    content : bytes
        As `packed_state` gives it.
    made_by : str
        See `program`.

    Raises
    ------
    InputError
        If it is of another program or machine, or damaged.
    """
    first, _, body = content.partition(b"\n")
    head = _head(first)
    if (head.get("state"), head.get("program")) != (_FORM, made_by):
        known = isinstance(head.get("program"), str)
        why = "it is of another version, or of another kind of machine" if known else _DAMAGED
        raise InputError(why)
    size = head.get("size")
    if head.get("sha256") != key_of(body).hex() or not isinstance(size, int) or size > _AT_MOST:
        raise InputError(_DAMAGED)
    import pyarrow as pa

    return _answers(memoryview(pa.Codec("zstd").decompress(body, decompressed_size=size)))


_DAMAGED = "it is damaged"


def _head(line: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _answers(whole: memoryview) -> dict[bytes, Kept]:
    """Return answers by their keys; the sha256 of it all was the right one.

    They are not copied, as each is looked at once; and nobody can write to them.
    """
    whole = whole.toreadonly()
    count = int.from_bytes(whole[:_LENGTH], "little")
    keys, lengths = _LENGTH, _LENGTH + count * _KEY
    start = lengths + count * _LENGTH
    found: dict[bytes, Kept] = {}
    for number in range(count):
        at = lengths + number * _LENGTH
        end = start + int.from_bytes(whole[at : at + _LENGTH], "little")
        found[bytes(whole[keys + number * _KEY : keys + (number + 1) * _KEY])] = whole[start:end]
        start = end
    return found


def read_state(out: Path) -> tuple[Memo, str]:
    """Return what the last run of a folder kept, and why that is nothing if it is not used.

    Parameters
    ----------
    out : Path
        The folder of the results.

    Returns
    -------
    memo : Memo
        Empty where there is no state that can be used.
    line : str
        One line for whoever runs the job; empty where there is nothing to say.
    """
    place, why = out / STATE, ""
    known: Mapping[bytes, Kept] = MappingProxyType({})
    try:
        known = unpacked_state(place.read_bytes(), program()) if place.is_file() else known
    except InputError as error:
        why = error.problem
    except OSError as error:
        why = f"it cannot be read ({error.strerror})"
    line = f"{place}: {why}; it is not used, and everything is worked out anew" if why else ""
    return Memo(known), line


def nothing_fits(out: Path) -> str:
    """Say that nothing of a state was of use.

    Parameters
    ----------
    out : Path
        The folder of the results.
    """
    return f"{out / STATE}: it is of other files or settings; everything is worked out anew"


def write_state(memo: Memo, part: Path) -> None:
    """Write what a run asked for, if that is anything.

    Parameters
    ----------
    memo : Memo
        Of the run.
    part : Path
        The folder of the results, before they are moved in.
    """
    if memo.kept:
        (part / FOLDER).mkdir(exist_ok=True)
        (part / STATE).write_bytes(packed_state(memo.kept, program()))

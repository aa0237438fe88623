"""Files and folders in one piece: all or nothing, whoever else writes there and whatever ends.

What is written is written beside its place and moved in when everything is there, so that an
interrupted run leaves what was there before. What a killed process left beside the place goes
when somebody writes there again.
"""

import errno
import glob
import os
import re
import secrets
import shutil
import sys
import tempfile
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from territory.errors import InputError, room_for

_RANDOM = 8  # characters that tell hidden folders apart
_CHECK = 4  # of them follow from those before
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_HIDDEN = re.compile(rf"\..*-.{{{_RANDOM}}}", re.DOTALL)
_PART = "unfinished"
_PROBE_BYTES = 1_000_000  # a disk without room for them is full
_TAKEN_OUT = re.compile(r"[\t\r\n]")  # of a path by GDAL, which then writes elsewhere


_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")  # of two letters at least: C:/ is a disk


def address_scheme(text: str) -> str:
    """Return what a text begins with before ``:/`` if it is an address, not a file.

    Parameters
    ----------
    text : str
        As the user wrote it, perhaps made a path since, which has one slash of two.

    Examples
    --------
    >>> address_scheme("postgresql://me@host/db"), address_scheme("C:/maps/out.gpkg")
    ('postgresql', '')
    """
    found = _ADDRESS.match(text)
    return found[1].lower() if found else ""


def check_place(target: Path, *, folder: bool = False) -> None:
    """Refuse a place that nothing can be written to, before the work is done.

    Parameters
    ----------
    target : Path
        Where a file or a folder is to be written; it may be there already.
    folder : bool
        Whether a folder is to be written, not a file.

    Raises
    ------
    InputError
        Naming what stands in the way.
    """
    if scheme := address_scheme(str(target)):  # not repeated: it may hold a password
        problem = (
            f"'{scheme}:' begins an address, and this is written to a file or folder; 'convert'"
            " writes to databases"
        )
        raise InputError(problem)
    if _TAKEN_OUT.search(str(target.absolute())):
        raise InputError("a tab or line feed stands in its path; name another", file=str(target))
    if target.is_dir() and not folder:
        raise InputError("this is a folder; name a file", file=str(target))
    if target.exists() and not target.is_dir() and folder:
        raise InputError("this is a file; name a folder", file=str(target))
    there = next(each for each in (target, *target.absolute().parents) if each.is_dir())
    above = next(each for each in target.absolute().parents if each.exists())
    if not above.is_dir():
        raise InputError(f"'{above}' is a file, so nothing can lie below it", file=str(target))
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        problem = f"nothing can be written in '{there}': {error.strerror}"
        raise InputError(problem, file=str(target)) from None


@contextmanager
def folder_in_one_piece(
    target: Path,
    *,
    last: str = "",
    before: Callable[[Path, tuple[str, ...]], None] = lambda _part, _names: None,
) -> Iterator[Path]:
    """Give a folder to write into; move its files to `target` when all went well.

    Files of `target` that were not written anew are left alone. Of several processes that
    write to one folder at a time, one after the other moves its files in.

    Parameters
    ----------
    target : Path
        Made if missing.
    last : str
        The file that is moved in after all others: what vouches for them.
    before : callable
        Gets the folder and the names of the new files just before they are moved in.

    Yields
    ------
    Path
        A folder beside it, which is gone at the end; one that a killed process left there
        goes too.
    """
    with _part_beside(target) as part:
        yield part
        found = (path for path in part.rglob("*") if path.is_file())
        sources = sorted(found, key=lambda path: (path.name == last, path))
        names = tuple(source.relative_to(part).as_posix() for source in sources)
        target.mkdir(parents=True, exist_ok=True)
        with _locked(target):
            before(part, names)
            for source in sources:
                place = target / source.relative_to(part)
                place.parent.mkdir(parents=True, exist_ok=True)
                move_in(source, place)


def move_in(source: Path, place: Path) -> None:
    """Move a file to its place, in one piece even if the machine stops.

    Parameters
    ----------
    source : Path
        A file on the same disk.
    place : Path
        What is there is replaced.
    """
    _to_disk(source)
    source.replace(place)
    _to_disk(place.parent)


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and sys.platform == "win32":  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:  # some network disks know no such thing
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:
            raise
    finally:
        os.close(handle)


@contextmanager
def _part_beside(target: Path) -> Iterator[Path]:
    """Give a folder in a hidden one beside a place; both are gone at the end.

    In a folder that is there already the hidden one lies inside: what is beside may be another
    disk (it is linked or mounted), or may take no files.
    The hidden one is locked as long as this process lives, so that whoever writes to the
    same place next can tell it from one that a killed process left, which is removed.
    """
    home = target if target.is_dir() else target.parent
    with room_for(str(target)), ExitStack() as held:
        home.mkdir(parents=True, exist_ok=True)
        remove_left(target)
        with _locked(home):  # nobody may take a new folder for one that was left
            hidden = _new_hidden(home, _prefix(target))
            held.callback(shutil.rmtree, hidden, ignore_errors=True)
            held.enter_context(_locked(hidden))
        part = hidden / _PART
        part.mkdir()
        with _disk_errors(part):
            yield part


@contextmanager
def _disk_errors(part: Path) -> Iterator[None]:
    """Ask the disk whether it is full where a library that writes does not say why it failed.

    Raises
    ------
    OSError
        In the place of the error, if nothing more can be written.
    """
    try:
        yield
    except (OSError, RuntimeError):
        with tempfile.TemporaryFile(dir=part) as probe:
            probe.write(bytes(_PROBE_BYTES))
        raise


def _prefix(target: Path) -> str:
    return f".{target.absolute().name}-"  # of '.' the name of the folder


def _new_hidden(home: Path, prefix: str) -> Path:
    """Make a hidden folder of a name that nobody else gives: its last letters follow from it."""
    while True:
        drawn = prefix + "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM - _CHECK))
        with suppress(FileExistsError):
            (hidden := home / (drawn + _check(drawn))).mkdir(mode=0o700)
            return hidden


def _check(text: str) -> str:
    """Return the letters that end the name of a hidden folder that begins with a text."""
    return b32encode(sha256(os.fsencode(text)).digest()).decode().lower()[:_CHECK]


def holds_unfinished(folder: Path) -> bool:
    """Tell whether a folder is a hidden one, with what some process is about to move elsewhere.

    Parameters
    ----------
    folder : Path
        It may be gone.
    """
    return bool(_HIDDEN.fullmatch(folder.name)) and (folder / _PART).is_dir()


def files_below(folder: Path) -> tuple[Path, ...]:
    """Return the files and links below a folder, in order, but what is about to be moved elsewhere.

    Others may write there and take their hidden folders away meanwhile: what is gone before it
    was looked into was never there, and what cannot be listed is left.

    Parameters
    ----------
    folder : Path
        It may be missing. Links to folders are not followed.
    """
    found: list[Path] = []
    for above, folders, names in os.walk(folder):
        places = [Path(above, name) for name in folders]
        found += (Path(above, name) for name in names)
        found += (place for place in places if place.is_symlink())
        folders[:] = [place.name for place in places if not _is_anothers(place)]
    return tuple(sorted(found))


def _is_anothers(folder: Path) -> bool:
    """Tell whether a folder is a hidden one; its name tells before and after it holds anything."""
    is_named_by_us = folder.name.endswith(_check(folder.name[:-_CHECK]))
    return bool(_HIDDEN.fullmatch(folder.name)) and (is_named_by_us or holds_unfinished(folder))


def remove_left(target: Path) -> None:
    """Remove what killed processes left beside or in a place that they were to write to.

    Parameters
    ----------
    target : Path
        The file or folder.
    """
    for home in (target.parent, target):
        if home.is_dir() and os.access(home, os.R_OK):  # what cannot be listed is left
            with _locked(home):
                _remove_left(home, _prefix(target))


def _remove_left(home: Path, prefix: str) -> None:
    """Remove the hidden folders in a folder that no living process holds."""
    if sys.platform == "win32":  # where nothing is locked, nobody knows who lives
        return
    for folder in sorted(home.glob(glob.escape(prefix) + "?" * _RANDOM)):
        try:
            if folder.is_symlink() or not _is_hidden_part(folder):
                continue
            with _locked(folder, wait=False):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # somebody writes into it, has just removed it, or lets nobody look
            continue


def _is_hidden_part(folder: Path) -> bool:
    """Tell whether a folder is one of ours: by the one folder that it holds.

    A process that was killed between making the two left none; then its name tells.
    """
    if not folder.is_dir():
        return False
    names = {each.name for each in folder.iterdir()}
    is_named_by_us = folder.name.endswith(_check(folder.name[:-_CHECK]))
    return names == {_PART} or (not names and is_named_by_us)


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a folder for this process alone; a process that ends lets go of it.

    Raises
    ------
    BlockingIOError
        If another process holds it and nobody is to wait.
    """
    if sys.platform == "win32":  # folders cannot be opened there
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)


def remove_files(paths: Iterable[Path], *, below: Path) -> None:
    """Remove files, and the folders that are empty then, but not the one they lie below.

    Parameters
    ----------
    paths : iterable of Path
        Files below that folder; one that is missing is passed over.
    below : Path
        The folder that stays.
    """
    for path in paths:
        path.unlink(missing_ok=True)
        for folder in path.relative_to(below).parents[:-1]:
            if any((below / folder).iterdir()):
                break
            (below / folder).rmdir()


@contextmanager
def file_in_one_piece(target: Path, *, beside: Iterable[str] = ()) -> Iterator[Path]:
    """Give a place to write a file to; move it to `target` when all went well.

    Parameters
    ----------
    target : Path
        What is there is replaced; its folder is made if missing.
    beside : iterable of str
        Suffixes of files of the same name that are written with it, and moved in before it.

    Yields
    ------
    Path
        A place of the same name in a folder beside it, which is gone at the end.
    """
    with _part_beside(target) as part:
        place = part / target.name
        yield place
        for suffix in beside:
            move_in(place.with_suffix(suffix), target.with_suffix(suffix))
        move_in(place, target)

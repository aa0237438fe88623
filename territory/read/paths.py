"""From paths, folders and globs to files; what cannot be read is told, never skipped."""

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from territory.errors import InputError
from territory.findings import Finding, FindingKind, Severity
from territory.one_piece import holds_unfinished
from territory.read.formats.by_extension import is_readable
from territory.read.formats.gdal_guard import no_plain_file

GLOB_MARKS = "*?["
_MOST_NAMED = 20  # of what cannot be read; the rest is counted
_RESULTS = "holds the results of a run, which are no input unless they are named"
_OF_RESULTS = ("run.json", "quality.csv")  # that every run writes


def expand(paths: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the files that paths, folders and globs name, sorted, each once.

    A folder stands for the files in it and in the folders below it, but for what a run wrote.

    Parameters
    ----------
    paths : tuple of str
        Files, folders or globs.

    Raises
    ------
    InputError
        If one of them names no file.
    """
    return expanded(paths)[0]


def expanded(paths: tuple[str, ...]) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """Return the files that paths, folders and globs name, and what in them is no file.

    Parameters
    ----------
    paths : tuple of str
        Files, folders or globs.

    Returns
    -------
    files : tuple of Path
        Sorted, each once.
    findings : tuple of Finding
        ``unreadable``: links to what is not there, pipes, sockets, devices, and folders that
        cannot be listed. They have no day, since they are on none that is measured.

    Raises
    ------
    InputError
        If one of the paths names no file, or one that is named by itself is none.
    """
    found: set[Path] = set()
    odd: dict[Path, str] = {}
    for text in paths:
        matches = list(_matches(text))
        good = [path for path, problem in matches if not problem]
        bad = {path: problem for path, problem in matches if problem}
        if Path(text) in bad and os.path.lexists(text):  # named by itself
            raise InputError(bad[Path(text)], file=text)
        if not good:
            there = [(path, problem) for path, problem in bad.items() if os.path.lexists(path)]
            why = "".join(f"; {path} {problem}" for path, problem in there[:1])
            raise InputError(f"no such file, or no file in it that this reads{why}", file=text)
        found.update(good)
        odd |= bad
    return tuple(sorted(found)), tuple(_about(odd))


def names_under(text: str) -> tuple[str, ...]:
    """Return what a path, a folder or a glob names, be it a file or not.

    Parameters
    ----------
    text : str
        A file, a folder or a glob.
    """
    return tuple(str(path) for path, _ in _matches(text))


def _about(odd: dict[Path, str]) -> Iterator[Finding]:
    results = sorted(path for path, problem in odd.items() if problem == _RESULTS)
    for path in results:
        yield Finding(FindingKind.LEFT_OUT, f"{path}: left aside; it {_RESULTS}")
    others = sorted(path for path in odd if path not in results)
    for path in others[:_MOST_NAMED]:
        yield Finding(FindingKind.UNREADABLE, f"{path}: left out; it {odd[path]}", Severity.WARNING)
    if more := others[_MOST_NAMED:]:
        detail = f"{more[0]} and {len(more) - 1} more: left out; they cannot be read either"
        yield Finding(FindingKind.UNREADABLE, detail, Severity.WARNING)


def _matches(text: str) -> Iterator[tuple[Path, str]]:
    """Yield what a path, a folder or a glob names, and why it is no file."""
    path = Path(text)
    if path.is_dir():
        yield from _in_folder(path)
    elif any(mark in text for mark in GLOB_MARKS) and not path.exists():
        for name in glob.glob(text, recursive=True):  # noqa: PTH207
            if not Path(name).is_dir():
                yield Path(name), no_plain_file(Path(name))
    else:
        yield path, no_plain_file(path)


def _in_folder(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield what lies in a folder and below it.

    Folders that are linked are followed, each once: a link may lead back to where it lies.
    """
    failed: list[OSError] = []
    seen = {folder.resolve()}
    for above, folders, names in os.walk(folder, onerror=failed.append, followlinks=True):
        folders[:] = [name for name in sorted(folders) if _is_new(Path(above, name), seen)]
        results = [name for name in folders if _holds_results(Path(above, name))]
        yield from ((Path(above, name), _RESULTS) for name in results)
        folders[:] = [
            name
            for name in folders
            if name not in results and not holds_unfinished(Path(above, name))
        ]
        for path in (Path(above, name) for name in sorted(names)):
            problem = no_plain_file(path)
            is_dead = bool(problem) and path.is_symlink() and not path.exists()
            if path.name.startswith(".#") and is_dead:  # the lock of an editor
                continue
            if is_dead or is_readable(path):
                yield path, problem
    for error in failed:
        yield Path(error.filename), f"cannot be listed ({error.strerror})"


def _holds_results(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _OF_RESULTS)


def _is_new(folder: Path, seen: set[Path]) -> bool:
    """Return whether a folder has not been looked into, and note that it will be."""
    real = folder.resolve()
    if real in seen:
        return False
    seen.add(real)
    return True

"""What a run was made of: versions, settings, and the sha256 of everything in and out.

The same record tells a later run that nothing has changed.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from territory.job.installed import own_code, versions
from territory.job.state import STATE
from territory.one_piece import files_below
from territory.read.text_files import sha256_of

RECORD = "run.json"
_UNFINISHED = "a run was stopped while its files were moved in; run the job again"


def input_record(inputs: tuple[Path, ...], folder: Path) -> dict[str, str]:
    """Return the sha256 of every input, by its path as seen from the job file.

    Parameters
    ----------
    inputs : tuple of Path
        Files that are there.
    folder : Path
        Of the job file.

    Returns
    -------
    dict of str to str
        As hexadecimal digits.
    """
    return _sha256_by_name(tuple(all_named(inputs, folder)), inputs)


def _sha256_by_name(names: tuple[str, ...], inputs: tuple[Path, ...]) -> dict[str, str]:
    return {name: sha256_of(path) for name, path in zip(names, inputs, strict=True)}


def run_record(
    part: Path, inputs: Mapping[str, str], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the content of `run.json`.

    Parameters
    ----------
    part : Path
        The folder of the results, before they are moved in.
    inputs : mapping of str to str
        The sha256 of every input; see `input_record`.
    settings : mapping of str to object
        What else the record says.
    """
    outputs = sorted(path for path in part.rglob("*") if path.is_file())
    return {
        **settings,
        "versions": versions(),
        "code": own_code(),
        "inputs": dict(inputs),
        "outputs": {path.relative_to(part).as_posix(): sha256_of(path) for path in outputs},
    }


def named(path: Path, folder: Path) -> str:
    """Return a path as seen from the job file, so that a moved checkout reads the same.

    Parameters
    ----------
    path : Path
        Of an input.
    folder : Path
        Of the job file.
    """
    return next(all_named([path], folder))


def all_named(paths: Iterable[Path], folder: Path) -> Iterator[str]:
    """Yield paths as seen from the job file; each folder is looked up once.

    Parameters
    ----------
    paths : iterable of Path
        Of inputs.
    folder : Path
        Of the job file.
    """
    start = folder.resolve()
    above = set(start.parents)  # what lies in them may be on the way to it
    known: dict[str, tuple[Path, str]] = {}
    for path in paths:
        before, name = os.path.split(path)
        if name in {"", ".", ".."} or path.is_symlink():
            yield _seen_from(start, path.resolve())
            continue
        if before not in known:
            parent = Path(before).resolve()
            known[before] = parent, "" if parent == start else f"{_seen_from(start, parent)}/"
        parent, seen = known[before]
        yield _seen_from(start, parent / name) if parent in above else f"{seen}{name}"


def _seen_from(start: Path, place: Path) -> str:
    return Path(os.path.relpath(place, start)).as_posix()


def leftovers(out: Path, fresh: Iterable[str]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return which files of a folder a new run takes away, and which it must not touch.

    Parameters
    ----------
    out : Path
        The folder of the results, before the new ones are moved in.
    fresh : iterable of str
        The files of the new run, as seen from the folder.

    Returns
    -------
    stale : tuple of Path
        Files that the last run lists, that are as it left them, and that the new one does
        not write. They alone may be removed.
    strange : tuple of Path
        Other files: somebody put them there, or edited them since.
    """
    listed, coming = _outputs(out), {*fresh, RECORD}
    stale, strange = [], []
    for path in (each for each in files_below(out) if each.is_symlink() or each.is_file()):
        name = path.relative_to(out).as_posix()
        ours = name == RECORD or _is_as_left(path, listed.get(name, frozenset()))
        if ours and name not in coming:
            stale.append(path)
        elif not ours:
            strange.append(path)
    return tuple(stale), tuple(strange)


def _is_as_left(path: Path, known: Collection[str]) -> bool:
    """Tell whether a file is one of those a run wrote; one that was just taken away is not."""
    with suppress(FileNotFoundError):
        return not path.is_symlink() and bool(known) and sha256_of(path) in known
    return False


def unfinished_record(
    out: Path, fresh: Mapping[str, str], more: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what stands in the place of `run.json` while the files of a run are moved in.

    A run that is killed then leaves files of two runs. The record says so, and which they
    are, so that the next run knows them for its own.

    Parameters
    ----------
    out : Path
        The folder of the results.
    fresh : mapping of str to str
        The sha256 of the files that are coming, by name.
    more : mapping of str to object
        What else the next run must know.
    """
    ours = {name: set(known) for name, known in _outputs(out).items()}
    for name, sha256 in fresh.items():
        ours.setdefault(name, set()).add(sha256)
    outputs = {name: sorted(ours[name]) for name in ours}
    return {**more, "unfinished": _UNFINISHED, "outputs": outputs}


def _outputs(out: Path) -> dict[str, frozenset[str]]:
    """Return what the files that the last run of a folder wrote may be, by their sha256.

    One for each file, two where the last run was killed while it moved them in; none if
    there was no run.
    """
    try:
        listed = orjson.loads((out / RECORD).read_bytes())["outputs"]
        known = {name: (sha,) if isinstance(sha, str) else sha for name, sha in listed.items()}
        return {name: frozenset(map(str, sha)) for name, sha in known.items()}
    except (OSError, KeyError, TypeError, AttributeError, orjson.JSONDecodeError):
        return {}


def still_current(out: Path, inputs: tuple[Path, ...], folder: Path) -> dict[str, Any] | None:
    """Return the last record if inputs, outputs, code and versions are unchanged, else None.

    Parameters
    ----------
    out : Path
        The folder of the results.
    inputs : tuple of Path
        Files that are there.
    folder : Path
        Of the job file.
    """
    try:
        record: dict[str, Any] = orjson.loads((out / "run.json").read_bytes())
        names = tuple(all_named(inputs, folder))
        same = (
            record["versions"] == versions()
            and record["code"] == own_code()
            and record["inputs"].keys() == set(names)  # before any is read
            and record["inputs"] == _sha256_by_name(names, inputs)
            and all(
                sha256_of(out / name) == sha
                for name, sha in record["outputs"].items()
                if name != STATE  # which may be deleted, and which nobody reads for its figures
            )
        )
    except (OSError, KeyError, TypeError, AttributeError, orjson.JSONDecodeError):
        return None
    return record if same else None

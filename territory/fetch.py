"""Download a known public series, file by file, so that it can be stopped and gone on with.

A source is a TOML file: an address with the day in it, the publisher, the licence and the
profile that reads its files. The built-in ones lie in `territory/data/sources/`, with the
sha256 of the files that are known; any other is given by its path.

What is already there and has the right sha256 is not fetched again: the one that is known,
or the one that was noted in `SHA256SUMS` beside the files when they were fetched. `pooch`
writes to another name and moves a file in place when all of it is there and right.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from http import HTTPStatus
from importlib import resources
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

from territory.claims.figures import Day
from territory.errors import InputError, did_you_mean
from territory.extras import require
from territory.one_piece import file_in_one_piece
from territory.publish.rights import manifest
from territory.read.text_files import read_text, read_toml, sha256_of

SUMS = "SHA256SUMS"
TIMEOUT_S = 60
CHUNK_BYTES = 65_536
AT_ONCE = 4  # connections: archives are kept by volunteers
Progress = Callable[[int, int], None]
_PROBE = date(2001, 2, 3)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _address(url: str) -> str:
    """Check that an address has a day in it, and a file name at its end."""
    try:
        one, other = url.format(day=_PROBE), url.format(day=_PROBE + timedelta(days=31))
    except (KeyError, IndexError, ValueError):
        raise ValueError(f"'{url}' may have only {{day}} in braces, as {{day:%Y%m%d}}") from None
    parts = urlsplit(one)
    if parts.scheme not in ("https", "http") or not parts.netloc:
        raise ValueError(f"'{url}' is no address (https://...)")
    if one == other or file_name(one) == file_name(other):
        raise ValueError(f"'{url}' needs the day in its file name, as {{day:%Y%m%d}}")
    return url


class Source(BaseModel):
    """A public series with a file for each day.

    Attributes
    ----------
    name, about : str
        What it is called, and a sentence on it.
    publisher, licence : str
        Who draws the series, and under what terms.
    profile : str
        How its files are read.
    url : str
        Address of the file of a day, with the day as in ``{day:%Y%m%d}``.
    first, last : date
        The days between which there are files; up to now without a last one.
    checksums : str
        File beside this one that lists the sha256 of the files that are known, as
        `sha256sum` writes it. Days before the last of them that it leaves out have no file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str = ""
    publisher: str
    licence: str
    profile: str
    url: Annotated[str, AfterValidator(_address)]
    first: Day
    last: Day | None = None
    checksums: str = ""

    def address(self, day: date) -> str:
        """Return where the file of a day is.

        Parameters
        ----------
        day : date
            Any; whether it has a file is not checked.
        """
        return self.url.format(day=day)


class State(StrEnum):
    """What became of the file of one day."""

    FETCHED = "fetched"
    KEPT = "already there"
    MISSING = "no file for this day"
    CHANGED = "not the bytes that are known"


@dataclass(frozen=True)
class Fetched:
    """What became of the file of one day; `sha256` is empty where there is none.

    Attributes
    ----------
    day : date
        Of the file.
    file : str
        Its name in the folder.
    sha256 : str
        In hexadecimal digits; empty where there is no file.
    state : State
        What became of it.
    """

    day: date
    file: str
    sha256: str
    state: State


def file_name(url: str) -> str:
    """Return the file name at the end of an address.

    Parameters
    ----------
    url : str
        With or without a query.

    Examples
    --------
    >>> file_name("https://example.org/data/20240708.geojson?raw=1")
    '20240708.geojson'
    """
    return urlsplit(url).path.rpartition("/")[2]


def built_in_sources() -> tuple[str, ...]:
    """Return the names of the built-in sources."""
    folder = resources.files("territory") / "data" / "sources"
    return tuple(
        sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))
    )


def read_source(name: str) -> tuple[Source, dict[str, str]]:
    """Read a source by its built-in name or its path.

    Parameters
    ----------
    name : str
        One of `built_in_sources`, or the path of a TOML file, which ends in ``.toml``.

    Returns
    -------
    tuple of Source and dict of str to str
        The source, and the sha256 of every file that is known.

    Raises
    ------
    InputError
        If there is no such source, or it is not understood.

    Examples
    --------
    >>> source, known = read_source(built_in_sources()[0])
    >>> source.url.startswith("https://")
    True
    """
    if name.endswith(".toml"):
        return _read_source(Path(name))
    if name not in built_in_sources():
        raise InputError(f"unknown source '{name}'; {did_you_mean(name, built_in_sources())}")
    with resources.as_file(resources.files("territory") / "data" / "sources") as folder:
        return _read_source(folder / f"{name}.toml")


def _read_source(path: Path) -> tuple[Source, dict[str, str]]:
    source = read_toml(path, Source)
    return source, read_sums(path.parent / source.checksums) if source.checksums else {}


def read_sums(path: Path) -> dict[str, str]:
    """Return the sha256 of every file that a list in the format of `sha256sum` names.

    Parameters
    ----------
    path : Path
        A line for each file: sha256, two spaces, file name.

    Returns
    -------
    dict of str to str
        File name to sha256, in hexadecimal digits.

    Raises
    ------
    InputError
        Naming the line that is not of that format.
    """
    sums = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        sha, gap, name = line.partition("  ")
        if not gap or not _SHA256.fullmatch(sha):
            problem = "a line needs a sha256, two spaces and a file name"
            raise InputError(problem, file=str(path), line=number)
        sums[name] = sha
    return sums


def fetch(
    name: str,
    folder: Path,
    *,
    since: date | None = None,
    until: date,
    progress: Progress = lambda _done, _total: None,
) -> tuple[Source, tuple[Fetched, ...]]:
    """Download what is not there yet of a public series.

    Parameters
    ----------
    name : str
        A built-in source, or the path of a TOML file that describes one.
    folder : Path
        Where the files go; made if missing.
    since, until : date
        First and last day wanted; all days by default, up to `until`.
    progress : callable
        Told how many of how many days are done.

    Returns
    -------
    tuple of Source and tuple of Fetched
        The source, and what became of each day.

    Raises
    ------
    InputError
        If there is no such source, no day to fetch, or the publisher cannot be reached.
        What was fetched until then stays and is not fetched again.
    """
    require("fetch")
    source, known = read_source(name)
    days = tuple(_days(source, known, since, until))
    if not days:
        first, last = source.first, source.last or until
        raise InputError(f"'{source.name}' has no day from {since} to {until}: {first} to {last}")
    folder.mkdir(parents=True, exist_ok=True)
    noted = read_sums(folder / SUMS) if (folder / SUMS).is_file() else {}
    pool = ThreadPoolExecutor(max_workers=AT_ONCE)
    one = _fetcher(source, folder, known, noted)
    tasks = [pool.submit(one, day) for day in days]
    try:
        for done, task in enumerate(tasks, start=1):
            task.result()
            progress(done, len(tasks))
    finally:
        pool.shutdown(cancel_futures=True)
        found = tuple(each.result() for each in tasks if _went_well(each))
        _note(folder, noted, found)
    return source, found


def _went_well(task: Future[Fetched]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _days(
    source: Source, known: Mapping[str, str], since: date | None, until: date
) -> Iterator[date]:
    """Yield the days that may have a file."""
    day = max(source.first, since or source.first)
    last = min(source.last or until, until)
    last_known = max(known, default="")
    while day <= last:
        file = file_name(source.address(day))
        if file in known or file > last_known:
            yield day
        day += timedelta(days=1)


def _note(folder: Path, noted: Mapping[str, str], found: Iterable[Fetched]) -> None:
    """Write down the sha256 of what is there."""
    sums = {**noted, **{each.file: each.sha256 for each in found if each.sha256}}
    if sums:
        with file_in_one_piece(folder / SUMS) as part:
            part.write_text(manifest(sums), encoding="utf-8", newline="\n")


def _fetcher(
    source: Source, folder: Path, known: Mapping[str, str], noted: Mapping[str, str]
) -> Callable[[date], Fetched]:
    """Return what fetches the file of one day."""

    def one(day: date) -> Fetched:
        url = source.address(day)
        file = file_name(url)
        place, right = folder / file, known.get(file, "")
        wanted = right or noted.get(file, "")
        if wanted and place.is_file() and sha256_of(place) == wanted:
            return Fetched(day, file, wanted, State.KEPT)
        state = _download(url, place, right)
        there = state is State.FETCHED
        return Fetched(day, file, sha256_of(place) if there else "", state)

    return one


def _download(url: str, place: Path, sha256: str) -> State:
    """Fetch one file, in one piece or not at all."""
    require("fetch")
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.ERROR)  # it would print every file
    try:
        with file_in_one_piece(place) as part:
            pooch.retrieve(
                url,
                known_hash=f"sha256:{sha256}" if sha256 else None,
                fname=part.name,
                path=part.parent,
                downloader=_get,
            )
    except requests.HTTPError as error:
        if error.response is not None and error.response.status_code == HTTPStatus.NOT_FOUND:
            return State.MISSING
        raise _unreachable(url, error) from None
    except requests.RequestException as error:
        raise _unreachable(url, error) from None
    except ValueError:  # the sha256 is another one
        return State.CHANGED
    return State.FETCHED


def _get(url: str, output: str, _pooch: object) -> None:
    """Write what an address answers to a file; unlike pooch's own, close the connection."""
    import requests

    with requests.get(url, stream=True, timeout=TIMEOUT_S) as response:
        response.raise_for_status()
        with Path(output).open("wb") as file:
            for chunk in response.iter_content(CHUNK_BYTES):
                file.write(chunk)


def _unreachable(url: str, error: Exception) -> InputError:
    """Say in one line that a publisher cannot be reached, and how to go on."""
    import requests

    host, why = urlsplit(url).netloc, "no answer"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        why = f"it answers {error.response.status_code}"
    elif isinstance(error, requests.Timeout):
        why = f"no answer within {TIMEOUT_S} s"
    elif isinstance(error, requests.ConnectionError):
        why = "no connection; is this machine offline?"
    return InputError(
        f"cannot fetch from {host} ({why}); what was fetched stays, and the same command goes on",
        file=file_name(url),
    )

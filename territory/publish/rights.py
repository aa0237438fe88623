"""Who published what a job was measured on, under which licence, and exactly which bytes."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from territory.job.input_files import series_files
from territory.job.spec import Job, SeriesSpec
from territory.publish.record import all_named, input_record
from territory.read.profile import read_profile

_OWN = ("places", "units")  # read without a profile: what they are is said by the job
Thing = dict[str, Any]


def rights_of(job: Job, folder: Path) -> dict[str, Thing]:
    """Return publisher, licence and description of every file of a series.

    Parameters
    ----------
    job : Job
        Says who published each series, under which licence.
    folder : Path
        What relative names in the job start from.

    Returns
    -------
    dict of str to dict
        By the name of the file as seen from the job, in words of schema.org.
    """
    entries = [(spec, _entry(spec, job, folder)) for spec in job.series]
    return {
        name: entry
        for spec, entry in entries
        for name in all_named(series_files(spec, folder), folder)
    }


def measured_on(job: Job, folder: Path) -> list[Thing]:
    """Return every series of a job as a schema.org Dataset.

    Its identifier is that of the list of its files with their sha256, as the program
    `sha256sum` writes it: two people who name the same identifier measured the same bytes.

    Parameters
    ----------
    job : Job
        Says who published each series, under which licence.
    folder : Path
        What relative names in the job start from.

    Returns
    -------
    list of dict
        In words of schema.org, in the order of the job.
    """
    return [_dataset(spec, job, folder) for spec in job.series]


def _dataset(spec: SeriesSpec, job: Job, folder: Path) -> Thing:
    files = input_record(series_files(spec, folder), folder)
    entry = _entry(spec, job, folder)
    publisher = entry.pop("publisher", None)
    creator = {"creator": {"@type": "Organization", "name": publisher}} if publisher else {}
    return {
        "@type": "Dataset",
        "name": spec.name or job.title or spec.profile,
        "identifier": named_by(hashlib.sha256(manifest(files).encode()).hexdigest()),
        "size": f"{len(files)} files",
        **entry,
        **creator,
    }


def _entry(spec: SeriesSpec, job: Job, folder: Path) -> Thing:
    if spec.profile in _OWN:
        sources = " ".join(job.report.sources)
        return {"description": sources} if sources else {}
    profile = read_profile(spec.profile, folder)
    entry = {
        "publisher": profile.publisher,
        "license": profile.licence,
        "description": profile.about,
    }
    return {key: value for key, value in entry.items() if value}


def manifest(files: Mapping[str, str]) -> str:
    r"""Return files with their sha256, sorted by name, as `sha256sum` writes them.

    Parameters
    ----------
    files : mapping of str to str
        The sha256 of each, as hexadecimal digits, by name.

    Examples
    --------
    >>> manifest({"b.csv": "12", "a.csv": "34"})
    '34  a.csv\n12  b.csv\n'
    """
    return "".join(f"{sha}  {name}\n" for name, sha in sorted(files.items()))


def named_by(sha256: str) -> str:
    """Return the name that RFC 6920 gives to content with this sha256.

    Parameters
    ----------
    sha256 : str
        As hexadecimal digits.

    Examples
    --------
    >>> named_by("00" * 32)
    'ni:///sha-256;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    digest = urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}"

"""The registry of built-in profiles: a drawn sample of each, its right figures, its source."""

from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from territory.holders import Status
from territory.read.text_files import read_toml


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SampleArea(_Strict):
    """What one holder has on one day of a sample, in km2."""

    day: date
    actor: str
    status: Status
    km2: float


class Sample(_Strict):
    """A few kilobytes in the layout of a publisher, drawn for this library.

    Attributes
    ----------
    profile : str
        The built-in profile that reads it.
    source, licence : str
        Where the publisher's own files are, and under what.
    last_seen : date
        When the layout was last seen.
    seen_in : str
        In what: the files themselves, or a description of them.
    held : tuple of SampleArea
        All right figures, by geometry alone.
    """

    profile: str
    source: str
    licence: str
    last_seen: date
    seen_in: str
    held: tuple[SampleArea, ...]

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        with as_file(_FOLDER / self.profile) as path:
            return path


class _Registry(_Strict):
    sample: tuple[Sample, ...]


_FOLDER = files("territory") / "data" / "samples"


def samples() -> tuple[Sample, ...]:
    """Return the samples of all built-in profiles.

    Examples
    --------
    >>> "zones" in {each.profile for each in samples()}
    True
    """
    with as_file(_FOLDER / "registry.toml") as path:
        return read_toml(path, _Registry).sample

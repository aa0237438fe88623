"""Files that another process is to read, maybe on another machine: found there, named as here.

A process elsewhere may stand in another folder, and may see another file under the same
path or none. The first makes no difference to what it says; the others are errors, since a
day that is silently missing or old makes wrong figures.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from platform import node

from territory.errors import InputError
from territory.findings import Finding
from territory.read.formats.layer import Layer

_SAME = "every worker must see the same files under the same paths"


@dataclass(frozen=True)
class SharedFile:
    """A file as it was named and as it lay there when it was.

    Attributes
    ----------
    path : Path
        As the user named it.
    folder : Path
        What a relative path starts from.
    stamp : tuple of int
        Size in bytes, and when it was last changed in seconds.
    """

    path: Path
    folder: Path
    stamp: tuple[int, int]

    @property
    def place(self) -> Path:
        """Where it lies, seen from this process."""
        return self.path if Path.cwd() == self.folder else self.folder / self.path

    def found(self) -> Path:
        """Return where it lies, seen from this process.

        Raises
        ------
        InputError
            If it is not there, or another file is.
        """
        there = self.place
        if not there.is_file():
            problem = f"is not there on {node()}; {_SAME}"
            raise InputError(problem, file=str(self.path))
        if _stamp(there) != self.stamp:
            problem = f"is another file on {node()}, or was changed while it was read; {_SAME}"
            raise InputError(problem, file=str(self.path))
        return there

    def named(self, text: str) -> str:
        """Return a text about the file with the name that the user gave it.

        Parameters
        ----------
        text : str
            Written by this process.
        """
        return text.replace(str(self.place), str(self.path))

    def about(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return findings with the name that the user gave the file.

        Parameters
        ----------
        findings : iterable of Finding
            Of this process.
        """
        return tuple(replace(each, detail=self.named(each.detail)) for each in findings)

    def layers(self, found: Iterable[Layer]) -> tuple[Layer, ...]:
        """Return layers with the name that the user gave the file.

        Parameters
        ----------
        found : iterable of Layer
            Read by this process.
        """
        return tuple(
            replace(each, file=self.named(each.file), findings=self.about(each.findings))
            for each in found
        )


def shared_file(path: Path) -> SharedFile:
    """Return a file for another process to find.

    Parameters
    ----------
    path : Path
        As the user named it; it must be there.
    """
    return SharedFile(path, Path.cwd(), _stamp(path))


def _stamp(path: Path) -> tuple[int, int]:
    known = path.stat()
    return known.st_size, int(known.st_mtime)

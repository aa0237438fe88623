"""Make a release: number, changelog, tests, wheel and source distribution, commit and tag.

What it does, in this order, and what must hold: the tree is clean and the new version is above
the old one; ``scripts/test`` is green; the version is written wherever it stands and
``Unreleased`` of CHANGELOG.md becomes it; what git holds, and nothing else, is built twice into
the same bytes, with the time of the commit for every file (``SOURCE_DATE_EPOCH``); ``twine
check`` finds both files good; the commit is tagged. Nothing is uploaded or pushed: what
to call for that is printed. Where something is wrong, the tree and the branch are as they were.

Run it with ``scripts/release 0.2.0``; with ``--dry-run`` all but the tests is done in a clone
that is thrown away.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from packaging.version import InvalidVersion, Version

PLACES: Final = {
    "territory/version.py": r'(?m)^(__version__ = ")([^"]+)(")$',
    "pyproject.toml": r'(?m)^(version = ")([^"]+)(")$',
    "CITATION.cff": r"(?m)^(version: )(\S+)()$",
    "recipe/recipe.yaml": r"(?m)^(  version: )(\S+)()$",
}
"""Where the version stands, in files that are there: what is before it, itself, what follows."""
UNRELEASED: Final = "## Unreleased\n"


class ReleaseError(Exception):
    """What keeps a release from being made; the message says what to do."""


def git(root: Path, *words: str) -> str:
    """Return what a call of git prints.

    Parameters
    ----------
    root : Path
        The repository.
    *words : str
        The command and its options.
    """
    command = ["git", "-C", str(root), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def _places(root: Path) -> dict[str, str]:
    return {name: pattern for name, pattern in PLACES.items() if (root / name).exists()}


def current_version(root: Path) -> str:
    """Return the version that a tree has, which stands in several places.

    Parameters
    ----------
    root : Path
        The repository.

    Raises
    ------
    ReleaseError
        If a place has none, or the places differ.
    """
    found: dict[str, str] = {}
    for name, pattern in _places(root).items():
        matches = re.findall(pattern, (root / name).read_text(encoding="utf-8"))
        if len(matches) != 1:
            raise ReleaseError(f"{name}: one line with the version is expected, not {len(matches)}")
        found[name] = matches[0][1]
    if len(set(found.values())) > 1:
        told = ", ".join(f"{version} in {name}" for name, version in found.items())
        raise ReleaseError(f"the version is {told}; write the same everywhere")
    return next(iter(found.values()))


def check_before(root: Path, version: str) -> None:
    """See that a release can be begun.

    Parameters
    ----------
    root : Path
        The repository.
    version : str
        The version to be released.

    Raises
    ------
    ReleaseError
        If the version is none or not above the current one, something is not committed, or the
        tag is taken.
    """
    current = current_version(root)
    try:
        if str(Version(version)) != version:
            raise ReleaseError(f"'{version}' is written {Version(version)}")
    except InvalidVersion as error:
        raise ReleaseError(f"'{version}' is no version such as 1.2.0 or 1.2.0rc1") from error
    first = not git(root, "tag", "--list", "v*")
    if Version(version) < Version(current) or (version == current and not first):
        raise ReleaseError(f"{version} is not above {current}, which the tree has")
    if changed := git(root, "status", "--porcelain"):
        raise ReleaseError(f"commit or remove first what is not committed:\n{changed}")
    if git(root, "tag", "--list", f"v{version}"):
        raise ReleaseError(f"the tag v{version} is there already")


def write_version(root: Path, version: str, day: str) -> None:
    """Write the version wherever it stands, and close the changelog's section with it.

    Parameters
    ----------
    root : Path
        The repository.
    version : str
        The version to be released.
    day : str
        The day of the release, such as ``2026-11-29``.

    Raises
    ------
    ReleaseError
        If the changelog has no section of what is unreleased, or nothing stands in it.
    """
    changelog = root / "CHANGELOG.md"
    before, heading, after = changelog.read_text(encoding="utf-8").partition(UNRELEASED)
    if not heading or not after.partition("\n## ")[0].strip():
        raise ReleaseError("CHANGELOG.md: nothing stands under '## Unreleased'")
    for name, pattern in _places(root).items():
        text = (root / name).read_text(encoding="utf-8")
        (root / name).write_text(re.sub(pattern, rf"\g<1>{version}\g<3>", text), encoding="utf-8")
    released = f"{before}{UNRELEASED}\n## {version} ({day})\n{after}"
    changelog.write_text(released, encoding="utf-8")


def built(root: Path, into: Path) -> list[Path]:
    """Build wheel and source distribution from what the last commit holds; return the files.

    Parameters
    ----------
    root : Path
        The repository.
    into : Path
        The folder that they go to.

    Raises
    ------
    ReleaseError
        If building a second time gives other bytes.
    """
    seconds = git(root, "log", "-1", "--format=%ct")
    times = [_build(root, seconds) for _ in range(2)]
    if times[0] != times[1]:
        raise ReleaseError("the files built differ from one time to the next; nothing is released")
    into.mkdir(exist_ok=True)
    for name, content in times[0].items():
        (into / name).write_bytes(content)
    return [into / name for name in times[0]]


def _build(root: Path, seconds: str) -> dict[str, bytes]:
    """Build in an empty folder; return the files' bytes by name."""
    with tempfile.TemporaryDirectory() as work:
        packed = subprocess.run(
            ["git", "-C", root, "archive", "HEAD"], stdout=subprocess.PIPE, check=True
        )
        subprocess.run(["tar", "-x", "-C", work], input=packed.stdout, check=True)
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build"],
            cwd=work,
            env={**os.environ, "SOURCE_DATE_EPOCH": seconds},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return {each.name: each.read_bytes() for each in sorted(Path(work, "dist").iterdir())}


def release(root: Path, version: str, *, test: Sequence[str | Path]) -> list[Path]:
    """Make a release in a repository; return the files that it is given away as.

    Parameters
    ----------
    root : Path
        The repository.
    version : str
        The version to be released.
    test : sequence of str or Path
        The command that must end with 0.

    Raises
    ------
    ReleaseError
        If anything is wrong; the repository is as it was.
    """
    check_before(root, version)
    _call("the tests", test, root)  # before pyproject.toml is changed, by which .venv is made anew
    check_before(root, version)
    start = git(root, "rev-parse", "HEAD")
    try:
        write_version(root, version, datetime.now(UTC).date().isoformat())
        git(root, "commit", "--quiet", "--all", "--message", f"Release {version}")
        files = built(root, root / "dist")
        _call("twine check", [sys.executable, "-m", "twine", "check", "--strict", *files], root)
        git(root, "tag", "--annotate", f"v{version}", "--message", f"Version {version}")
    except BaseException:
        git(root, "reset", "--quiet", "--hard", start)
        raise
    return files


def _call(name: str, command: Sequence[str | Path], root: Path) -> None:
    if subprocess.run(command, cwd=root, check=False).returncode:
        raise ReleaseError(f"{name}: not green; nothing is released")


def main() -> int:
    """Make a release as the command line says."""
    parser = argparse.ArgumentParser(prog="scripts/release", description="Make a release.")
    parser.add_argument("version", help="the version, such as 0.2.0")
    parser.add_argument(
        "--dry-run", action="store_true", help="all but the tests, in a clone that is thrown away"
    )
    given = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    try:
        if given.dry_run:
            with tempfile.TemporaryDirectory() as work:
                check_before(root, given.version)
                git(root, "clone", "--quiet", str(root), work)
                files = release(Path(work), given.version, test=["true"])
                sizes = [f"{each.name}: {each.stat().st_size / 1e6:.1f} MB" for each in files]
            print("\n".join([*sizes, "Nothing was changed: it was a dry run, without the tests."]))
            return 0
        files = release(root, given.version, test=[root / "scripts" / "test"])
    except (ReleaseError, subprocess.CalledProcessError) as error:
        print(f"scripts/release: {error}", file=sys.stderr)
        return 1
    print(f"v{given.version} is committed and tagged here; nothing has left this machine. Next:")
    print(f"  git push origin HEAD v{given.version}")
    print(f"  twine upload {' '.join(str(each.relative_to(root)) for each in files)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

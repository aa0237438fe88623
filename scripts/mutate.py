"""Break changed modules in every small way, and tell which breaks no test sees.

What it does: copies what git knows into ``out/mutate``, lets mutmut change each operator, number,
text and call of the modules that differ from a revision, and runs for each change the tests that
reach it: those in files of tests that import the module, its own examples, and files named by
``--tests``. A change that no test sees is printed; it matters unless nobody can tell the two
apart. Ends with 1 where there are such changes.

Run it with ``scripts/mutate``, ``scripts/mutate v0.1.0`` or
``scripts/mutate territory/geometry/area.py --tests tests/test_projection.py``.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
WORK: Final = ROOT / "out" / "mutate"
BESIDE: Final = ("data", "docs", "notebooks", "scripts")
"""Folders that tests read, besides the package and themselves."""


def changed_modules(revision: str, root: Path = ROOT) -> list[str]:
    """Return the modules of the package that differ from a revision, committed or not.

    Parameters
    ----------
    revision : str
        What git calls it.
    root : Path
        The repository.
    """
    command = ["git", "-C", str(root), "diff", "--name-only", "--diff-filter=d", revision]
    done = subprocess.run(
        [*command, "--", "territory/*.py"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"scripts/mutate: {done.stderr.strip()}")
    return done.stdout.splitlines()


def tests_of(modules: Iterable[str], root: Path = ROOT) -> list[str]:
    """Return the files of tests that import one of the modules.

    Parameters
    ----------
    modules : iterable of str
        Paths in the repository.
    root : Path
        The repository.
    """
    names = [re.escape(name.removesuffix(".py").replace("/", ".")) for name in modules]
    imports = re.compile(rf"\b({'|'.join(names)})\b(?!\.)")
    files = sorted((root / "tests").glob("test_*.py"))
    found = (each for each in files if imports.search(each.read_text(encoding="utf-8")))
    return [each.relative_to(root).as_posix() for each in found]


def settings(modules: Sequence[str], tests: Sequence[str]) -> str:
    """Return the table of pyproject.toml that tells mutmut what to do.

    Parameters
    ----------
    modules, tests : sequence of str
        Paths in the repository.
    """
    values: dict[str, object] = {
        "source_paths": ["territory"],
        "only_mutate": list(modules),
        "also_copy": [*BESIDE, *(each.name for each in ROOT.glob("*.*") if each.is_file())],
        "pytest_add_cli_args": ["-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": [*tests, *modules],
        "track_dependencies": False,  # of a copy nothing is known from before
        "use_git_change_detection": False,
    }
    lines = (f"{key} = {json.dumps(value)}" for key, value in values.items())
    return "\n[tool.mutmut]\n" + "\n".join(lines) + "\n"


def copy_tree(work: Path, root: Path = ROOT) -> None:
    """Copy what git knows, as it stands, into an empty folder.

    Parameters
    ----------
    work : Path
        The folder; what was in it goes.
    root : Path
        The repository.
    """
    shutil.rmtree(work, ignore_errors=True)
    listed = [
        "git",
        "-C",
        str(root),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    names = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (root / name).is_file():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, work / name)


def survivors(work: Path) -> list[str]:
    """Return the names of the changes that no test saw, or that no test reaches.

    Parameters
    ----------
    work : Path
        Where mutmut was run.
    """
    told = _mutmut(work, "results").splitlines()
    lines = (line.strip().rpartition(": ") for line in told if "__mutmut_" in line)
    return [name for name, _, end in lines if end in ("survived", "no tests")]


def _mutmut(work: Path, *words: str) -> str:
    command = [sys.executable, "-m", "mutmut", *words]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    return done.stdout


def main() -> int:
    """Do what the command line says; return 1 where a change was not seen."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__.split("\n")[0])
    parser.add_argument("what", nargs="*", default=["main"], help="a revision, or modules")
    parser.add_argument("--tests", nargs="+", default=[], help="further files of tests")
    parser.add_argument("--only-these-tests", action="store_true", help="no others than --tests")
    given = parser.parse_args()
    named = all(each.endswith(".py") for each in given.what)
    modules = given.what if named else changed_modules(given.what[0])
    if not modules:
        print("No module of the package differs.")
        return 0
    tests = [*given.tests] if given.only_these_tests else [*tests_of(modules), *given.tests]
    copy_tree(WORK)
    with (WORK / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write(settings(modules, [*dict.fromkeys(tests)]))
    print(f"Modules: {' '.join(modules)}\nTests: {' '.join(tests)}", flush=True)
    run = [sys.executable, "-m", "mutmut", "run", "--max-children", "2"]
    with (WORK / "run.log").open("wb") as log:
        code = subprocess.run(run, cwd=WORK, stdout=log, stderr=log, check=False).returncode
    last = (WORK / "run.log").read_text(encoding="utf-8", errors="replace").split("\r")[-1]
    counted = re.findall(r"(\d+)/(\d+)", last)
    if code or not counted:
        print(f"scripts/mutate: the run failed; see {WORK / 'run.log'}", file=sys.stderr)
        return 2
    left = survivors(WORK)
    for name in left:
        print("\n".join([f"\n{name}", *_changed_lines(_mutmut(WORK, "show", name))]))
    print(f"\n{counted[-1][1]} changes, {len(left)} of them not seen by any test.")
    return 1 if left else 0


def _changed_lines(diff: str) -> list[str]:
    lines = (line for line in diff.splitlines() if line[:1] in "-+@")
    return [line for line in lines if not line.startswith(("---", "+++"))]


if __name__ == "__main__":
    sys.exit(main())

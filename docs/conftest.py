"""Runs every command and every block of Python in the guides, each page in a folder of its own.

In a block ``console`` a line that begins with ``$`` is a command of a shell; what follows it is
what it prints, standard error among it, where ``...`` stands for anything. Blocks ``python`` are
run as they stand; a block ``pycon`` is compared like any doctest.
"""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import generate
import pytest
from sybil import Example, Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser

_ROOT = Path(__file__).parent.parent
_ALIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Unpack the sample and go into it, as a reader does."""
    folder = tmp_path_factory.mktemp("docs") / "sample"
    for name, source in generate.sample_files().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


def _run_console(example: Example) -> None:
    for command, expected in _commands(example.parsed):
        printed = _printed(command)
        alike = doctest.OutputChecker().check_output(f"{expected}\n", printed, _ALIKE)
        if not alike:
            raise AssertionError(f"$ {command}\nexpected:\n{expected}\nprinted:\n{printed}")


def _commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield every command with what it is said to print."""
    for block in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        match = re.match(r"((?:.*\\\n)*.*)\n?", block)
        command = match[1] if match else block
        yield command, block[len(command) :].strip("\n")


def _printed(command: str) -> str:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment |= {"COLUMNS": "100", "PYTHONPATH": str(_ROOT), "MPLBACKEND": "Agg"}
    done = subprocess.run(
        ["bash", "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        check=False,
        timeout=600,
    )
    return done.stdout


pytest_collect_file = Sybil(
    parsers=[CodeBlockParser(language="console", evaluator=_run_console), PythonCodeBlockParser()],
    pattern="*.md",
    excludes=["made/*", "build/*"],
    fixtures=["sample"],
).pytest()
collect_ignore = ["conf.py", "conftest.py", "generate.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a page show what the library tells of the sample, as a reader sees it too."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::territory.TerritoryWarning"))

"""Break changed modules in every small way, and tell which breaks no test sees.

What it does: lets mutmut think up a change of each operator, number, text and call in the functions
of the modules that differ from a revision. The tests that may see one are collected once: those in
files of tests that import the module, its own examples, and files named by ``--tests``. For each
change a copy of that process takes the changed code of one function into its memory and runs the
tests that call it, the quickest first, until one fails. No file is touched, so nothing has to be
put back. What no test sees is printed; it matters unless nobody can tell the two apart.

Ends with 0 where every change is seen, 1 where some are not, 2 where nothing can be said (a test
fails as it is), 130 where it is interrupted; what was found until then is printed.

Run it with ``scripts/mutate``, ``scripts/mutate v0.1.0`` or
``scripts/mutate territory/geometry/area.py --tests tests/test_projection.py``.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import gc
import inspect
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
UNSEEN, SEEN, UNTRIED = 0, 1, 3
STOPS: Final = (signal.SIGINT, signal.SIGTERM)
NOT_SEEN: Final = {UNSEEN: "", UNTRIED: "\n  (cannot be tried so)"}
Key = tuple[str, str]
"""A function: its file and its qualified name."""


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


@dataclass(frozen=True)
class Mutant:
    """A change of one module.

    Attributes
    ----------
    path : str
        Of the module.
    line : int
        Where it is changed, from 1.
    before, after : str
        The text of the module, with empty lines in place of decorators.
    """

    path: str
    line: int
    before: str
    after: str

    def __str__(self) -> str:
        """Return where the change is, and the lines that it changes."""
        lines = difflib.unified_diff(self.before.split("\n"), self.after.split("\n"), n=0)
        changed = [f"  {line}" for line in lines if not line.startswith(("---", "+++", "@@"))]
        return "\n".join([f"{self.path}:{self.line}", *changed])


def mutants_of(path: str, root: Path = ROOT) -> list[Mutant]:
    """Return every small change of a module.

    Parameters
    ----------
    path : str
        In the repository.
    root : Path
        The repository.
    """
    # Only developers have these, and the tests of this do without.
    from libcst import FunctionDef
    from libcst.metadata import MetadataWrapper, PositionProvider
    from mutmut.mutation.file_mutation import create_mutations, deep_replace

    text = undecorated((root / path).read_text(encoding="utf-8"))
    module, mutations, *_ = create_mutations(path, text)
    lines = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    found = []
    for each in mutations:
        if isinstance(each.contained_by_top_level_function, FunctionDef):
            after = deep_replace(module, each.original_node, each.mutated_node)
            found.append(Mutant(path, lines[each.original_node].start.line, text, after.code))
    return found


def undecorated(text: str) -> str:
    r"""Return a module with empty lines in place of decorators, as mutmut skips what has one.

    Parameters
    ----------
    text : str
        Of the module; only the code of its functions is ever used.

    Examples
    --------
    >>> undecorated("class A:\n    @property\n    def a(self): pass\n")
    'class A:\n\n    def a(self): pass\n'
    """
    lines = text.split("\n")
    for node in ast.walk(ast.parse(text)):
        for each in getattr(node, "decorator_list", []):
            lines[each.lineno - 1 : each.end_lineno] = [""] * (each.end_lineno - each.lineno + 1)
    return "\n".join(lines)


@dataclass(frozen=True)
class Body:
    """What a function does: its code, and those defaults that are plain values."""

    code: CodeType
    defaults: tuple[object, ...]
    named: Mapping[str, object]

    def put_into(self, function: FunctionType) -> None:
        """Let a function of this process do this from now on."""
        function.__code__ = self.code
        old = function.__defaults__ or ()
        given = zip(old, self.defaults, strict=True)
        function.__defaults__ = tuple(one if other is ... else other for one, other in given)
        plain = {name: value for name, value in self.named.items() if value is not ...}
        function.__kwdefaults__ = {**(function.__kwdefaults__ or {}), **plain}


def bodies_of(text: str, path: str) -> dict[Key, Body]:
    """Return the functions and methods of a module, without running it.

    Parameters
    ----------
    text : str
        Of the module, without decorators.
    path : str
        Of its file.
    """
    arguments = {
        node.lineno: node.args
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    codes = _codes(compile(text, path, "exec"))
    return {(path, each.co_qualname): _body(each, arguments) for each in codes}


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the functions of a module and of its classes, not what is inside functions."""
    for each in code.co_consts:
        if isinstance(each, CodeType) and each.co_flags & inspect.CO_NEWLOCALS:
            yield each
        elif isinstance(each, CodeType):  # a class
            yield from _codes(each)


def _body(code: CodeType, arguments: Mapping[int, ast.arguments]) -> Body:
    of = arguments.get(code.co_firstlineno)
    if of is None:  # a lambda of the module
        return Body(code, (), {})
    named = zip(of.kwonlyargs, of.kw_defaults, strict=True)
    return Body(
        code,
        tuple(_literal(each) for each in of.defaults),
        {name.arg: _literal(each) for name, each in named if each is not None},
    )


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ...


def changed_bodies(mutant: Mutant) -> dict[Key, Body]:
    """Return the functions that a mutant changes, as it has them.

    Parameters
    ----------
    mutant : Mutant
        The change.
    """
    before, after = (bodies_of(text, mutant.path) for text in (mutant.before, mutant.after))
    return {key: body for key, body in after.items() if body != before.get(key)}


def loaded_functions(paths: Iterable[str], root: Path = ROOT) -> dict[Key, list[FunctionType]]:
    """Return the functions of modules in this process, as often as they are there.

    Parameters
    ----------
    paths : iterable of str
        Of the modules, in the repository.
    root : Path
        The repository.
    """
    gc.unfreeze()  # what is frozen is not listed
    names = {str(root / path): path for path in paths}
    found = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename in names:
            found[names[each.__code__.co_filename], each.__qualname__].append(each)
    return dict(found)


class Trial:
    """A plugin of pytest that tries mutants on the tests which it collected.

    Parameters
    ----------
    mutants : sequence of Mutant
        To try.
    workers : int
        How many at a time.
    patience : float
        The seconds of a processor that the tests of a mutant may take beyond ten times as long as
        they do without it.
    root : Path
        The repository.
    """

    def __init__(
        self,
        mutants: Sequence[Mutant],
        *,
        workers: int = 1,
        patience: float = 10,
        root: Path = ROOT,
    ) -> None:
        self.mutants = mutants
        self.workers = workers
        self.patience = patience
        self.paths = {mutant.path for mutant in mutants}
        self.root = root
        self.results: dict[Mutant, int] = {}
        self.failed: list[str] = []
        self._on_failure: Callable[[pytest.TestReport], None] = self._note

    def _note(self, report: pytest.TestReport) -> None:
        self.failed.append(f"{report.nodeid}\n{report.longreprtext}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file of tests that cannot be read."""
        if report.failed:
            self.failed.append(f"{report.nodeid}\n{report.longreprtext}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails, or end with it."""
        if report.failed:
            self._on_failure(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests once as they are, and then those that call what a mutant changes."""
        if self.failed:
            return True
        with tempfile.TemporaryDirectory() as folder:
            told = Path(folder) / "reach"
            for _ in in_copies([lambda: self._reach(session.items, told)], workers=1):
                reach, self.failed = pickle.loads(told.read_bytes())
        if not self.failed:
            self._try_all(session.items, reach)
        return True

    def _reach(self, items: Sequence[pytest.Item], told: Path) -> int:
        """Write which tests call which function, and how long each takes."""
        reach: dict[Key, list[tuple[float, int]]] = defaultdict(list)
        for at, item in enumerate(items):
            start = time.process_time()
            for key in self._called_by(item):
                reach[key].append((time.process_time() - start, at))
        told.write_bytes(pickle.dumps((dict(reach), self.failed)))
        return 0

    def _called_by(self, item: pytest.Item) -> set[Key]:
        """Run a test, and return the functions of the modules that it calls."""
        names = {str(self.root / path): path for path in self.paths}
        called = set()

        def look(frame: FrameType, event: str, _: object) -> None:
            code = frame.f_code
            if event == "call" and code.co_filename in names:
                called.add((names[code.co_filename], code.co_qualname.split(".<locals>")[0]))

        sys.setprofile(look)
        # All fixtures are made anew, so that whoever uses one is known to call what it calls.
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        sys.setprofile(None)
        return called

    def _try_all(
        self, items: Sequence[pytest.Item], reach: Mapping[Key, list[tuple[float, int]]]
    ) -> None:
        loaded = loaded_functions(self.paths, self.root)
        tasks = [
            lambda mutant=each: self._try(mutant, items, reach, loaded) for each in self.mutants
        ]
        for at, code in in_copies(tasks, workers=self.workers):
            self.results[self.mutants[at]] = code
            if code in NOT_SEEN:
                print(f"\n{self.mutants[at]}{NOT_SEEN[code]}", flush=True)

    def _try(
        self,
        mutant: Mutant,
        items: Sequence[pytest.Item],
        reach: Mapping[Key, list[tuple[float, int]]],
        loaded: Mapping[Key, Sequence[FunctionType]],
    ) -> int:
        """Try a mutant in this process, which is a copy of its own."""
        changed = changed_bodies(mutant)
        if not changed.keys() <= loaded.keys():
            return UNTRIED
        for key, body in changed.items():
            for function in loaded[key]:
                body.put_into(function)
        calling = sorted({each for key in changed for each in reach.get(key, [])})
        # Whoever does not come to an end is stopped by the system: that is seen too.
        enough = self.patience + 10 * sum(seconds for seconds, _ in calling)
        signal.setitimer(signal.ITIMER_PROF, enough)
        self._on_failure = lambda _: os._exit(SEEN)
        for _, at in calling:
            items[at].config.hook.pytest_runtest_protocol(item=items[at], nextitem=None)
        return UNSEEN


def in_copies(tasks: Sequence[Callable[[], int]], *, workers: int) -> Iterator[tuple[int, int]]:
    """Do tasks in copies of this process; yield which has ended, and with what.

    Parameters
    ----------
    tasks : sequence of callable
        Each returns a number from 0 to 255.
    workers : int
        How many at a time.

    Yields
    ------
    tuple of int
        Which of them, and its number; minus the signal that has ended it.
    """
    running: dict[int, int] = {}
    with _interrupts() as noted:
        try:
            for at, task in enumerate(tasks):
                if len(running) == workers:
                    yield _ended(running, noted)
                running[_copy(task)] = at
            while running:
                yield _ended(running, noted)
        finally:
            for pid in running:
                _end(pid)


@contextmanager
def _interrupts() -> Iterator[Sequence[int]]:
    """Note interrupts, which are lost where they raise in what Python calls at a fork."""
    noted: list[int] = []
    before = {each: signal.signal(each, lambda number, _: noted.append(number)) for each in STOPS}
    try:
        yield noted
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _ended(running: dict[int, int], noted: Sequence[int]) -> tuple[int, int]:
    """Wait for a copy, but never inside the system: it is not told what came just before."""
    while not noted:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            shutil.rmtree(_folder_of(pid), ignore_errors=True)
            return running.pop(pid), os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    raise KeyboardInterrupt


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):  # it leads no group yet
        os.killpg(pid, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    shutil.rmtree(_folder_of(pid), ignore_errors=True)


def _folder_of(pid: int) -> Path:
    """Return where a copy of this process may write."""
    return Path(tempfile.gettempdir()) / f"mutate-{pid}"


def _copy(task: Callable[[], int]) -> int:
    """Return the number of a new process that does a task and ends."""
    pid = os.fork()
    if pid:
        return pid
    code = UNTRIED
    try:
        os.setsid()  # so that whatever it starts can be ended with it
        for stop in STOPS:
            signal.signal(stop, signal.default_int_handler)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_folder_of(os.getpid()))
        _folder_of(os.getpid()).mkdir()
        quiet = os.open(os.devnull, os.O_RDWR)
        for each in (0, 1, 2):
            os.dup2(quiet, each)
        code = task()
    finally:
        os._exit(code)


def main() -> int:
    """Do what the command line says; return 1 where a change was not seen."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__.split("\n")[0])
    parser.add_argument("what", nargs="*", default=["main"], help="a revision, or modules")
    parser.add_argument("--tests", nargs="+", default=[], help="further files of tests")
    parser.add_argument("--only-these-tests", action="store_true", help="no others than --tests")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="at a time")
    given = parser.parse_args()
    os.chdir(ROOT)
    named = all(each.endswith(".py") for each in given.what)
    modules = given.what if named else changed_modules(given.what[0])
    if not modules:
        print("No module of the package differs.")
        return 0
    tests = [*given.tests] if given.only_these_tests else [*tests_of(modules), *given.tests]
    print(f"Modules: {' '.join(modules)}\nTests: {' '.join(tests)}", flush=True)
    mutants = [mutant for each in modules for mutant in mutants_of(each)]
    trial = Trial(mutants, workers=given.workers)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stopped is stopped
    code = run(trial, [*dict.fromkeys([*tests, *modules])])
    return report(trial, interrupted=code == pytest.ExitCode.INTERRUPTED)


def run(trial: Trial, tests: Sequence[str], root: Path = ROOT) -> int:
    """Let pytest collect tests and try mutants on them.

    Parameters
    ----------
    trial : Trial
        With the mutants.
    tests : sequence of str
        Files of tests, in the repository.
    root : Path
        The repository.
    """
    os.environ["CI"] = "1"  # the same examples of hypothesis for everyone
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a copy of a process has one thread
    quiet = ["-p", "no:terminal", "-p", "no:cacheprovider", "--capture=sys"]
    return pytest.main([*quiet, *tests], plugins=[trial])


def report(trial: Trial, *, interrupted: bool = False) -> int:
    """Print how many changes no test sees, and return what to end with.

    Parameters
    ----------
    trial : Trial
        After its run.
    interrupted : bool
        Whether some mutants were not tried because somebody stopped it.
    """
    if trial.failed:
        print("\n\n".join(["These tests fail as it is:", *trial.failed]), file=sys.stderr)
        return 2
    for path in sorted(trial.paths):
        codes = [code for mutant, code in trial.results.items() if mutant.path == path]
        unseen, none = codes.count(UNSEEN), codes.count(UNTRIED)
        print(f"\n{path}: {len(codes)} changes, {unseen} not seen by any test, {none} not tried")
    if interrupted or len(trial.results) < len(trial.mutants):
        print(f"Interrupted: {len(trial.results)} of {len(trial.mutants)} changes were tried.")
        return 130
    return 1 if UNSEEN in trial.results.values() else 0


if __name__ == "__main__":
    sys.exit(main())

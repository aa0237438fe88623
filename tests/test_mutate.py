"""What `scripts/mutate.py` would break, and by which tests it would be seen."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("mutate", ROOT / "scripts" / "mutate.py")
mutate = importlib.util.module_from_spec(spec)
sys.modules["mutate"] = mutate  # its dataclasses look there for their types
spec.loader.exec_module(mutate)

AREA = """\
class Square:
    @property
    def area(self, times=1):
        return self.side * self.side * times


def doubled(x, *, by=2):
    def inner(y):
        return y * by

    return inner(x)


def unused():
    return 1


a = Square()
"""
TESTS = """\
import pytest
from territory.area import Square, doubled


@pytest.fixture(scope="module")
def three():
    square = Square()
    square.side = 3
    return square.area


def test_nothing(three):
    pass


def test_area(three):
    assert three == 9


def test_doubled():
    assert doubled(4) == 8
"""
DRIVER = """\
import pathlib, sys
sys.path.insert(0, {scripts!r})
sys.path.insert(0, str(pathlib.Path.cwd()))
import mutate

text = mutate.undecorated(pathlib.Path("territory/area.py").read_text())
mutants = [
    mutate.Mutant("territory/area.py", text[: text.index(old)].count("\\n") + 1, text,
                  text.replace(old, new, 1))
    for old, new in {changes!r}
]
root = pathlib.Path.cwd()
{before}
trial = mutate.Trial(mutants, workers=2, patience=3, root=root)
code = mutate.run(trial, ["tests/test_area.py"])
sys.exit(mutate.report(trial, interrupted=code == 2))
"""


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Lay out a repository with two modules, one test of each, and something that git ignores."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.org")
    files = {
        "territory/__init__.py": "",
        "territory/area.py": AREA,
        "territory/area_words.py": "b = 1\n",
        "tests/test_area.py": TESTS,
        "tests/test_area_words.py": "import territory.area_words\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "First"]):
        subprocess.run(["git", "-C", tmp_path, *words], check=True)
    return tmp_path


def test_modules_that_differ_are_broken_by_their_own_tests(tree):
    assert mutate.changed_modules("HEAD", tree) == []
    (tree / "territory" / "area.py").write_text("a = 2\n")
    (tree / "tests" / "test_area.py").write_text("from territory.area import a  # again\n")
    modules = mutate.changed_modules("HEAD", tree)
    assert modules == ["territory/area.py"]
    assert mutate.tests_of(modules, tree) == ["tests/test_area.py"]


def test_a_revision_that_is_none_is_told(tree):
    with pytest.raises(SystemExit, match="nonsense"):
        mutate.changed_modules("nonsense", tree)


def started(tree, changes, *, before=""):
    """Start to try changes of `territory/area.py` on its tests, in a process of its own."""
    driver = DRIVER.format(scripts=str(ROOT / "scripts"), changes=changes, before=before)
    words = [sys.executable, "-B", "-c", driver]
    return subprocess.Popen(
        words, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip


def test_what_no_test_sees_is_told_with_its_line_and_nothing_else(tree):
    changes = [
        ("self.side * self.side", "self.side + self.side"),  # of a property, through a fixture
        ("times=1", "times=2"),
        ("y * by", "y / by"),
        ("by=2", "by=3"),
        ("* times", "/ times"),  # by one: nobody can tell the two apart
        ("return 1", "return 2"),  # called by no test
        ("return inner(x)", "while True: pass"),
    ]
    process = started(tree, changes)
    out, err = process.communicate(timeout=300)
    assert err == ""
    *told, last = (each.strip() for each in out.split("\n\n"))
    assert sorted(told) == [  # two are tried at a time, and told as they end
        "territory/area.py:15\n  -    return 1\n  +    return 2",
        "territory/area.py:4\n"
        "  -        return self.side * self.side * times\n"
        "  +        return self.side * self.side / times",
    ]
    assert last == "territory/area.py: 7 changes, 2 not seen by any test, 0 not tried"
    assert process.returncode == 1
    status = ["git", "-C", tree, "status", "--porcelain", "--ignored"]
    assert subprocess.run(status, capture_output=True, check=True, text=True).stdout == ""


def test_nothing_is_said_where_a_test_fails_as_it_is(tree):
    test = tree / "tests" / "test_area.py"
    test.write_text(TESTS.replace("== 8", "== 9"))
    process = started(tree, [("y * by", "y / by")])
    out, err = process.communicate(timeout=300)
    assert (out, process.returncode) == ("", 2)
    assert "test_area.py::test_doubled" in err


WAITING = """
    import pathlib, time
    if doubled(4) != 8:
        pathlib.Path("waiting").touch()
        time.sleep(100)
"""
FORKS = """
import os, signal
forks = []

def interrupt_the_second():
    forks.append(1)
    if len(forks) == 2:
        os.kill(os.getpid(), signal.SIGINT)

os.register_at_fork(after_in_parent=interrupt_the_second)
"""


@pytest.fixture
def waiting(tree):
    """Let the test of a change wait for longer than anyone does."""
    test = tree / "tests" / "test_area.py"
    test.write_text(TESTS.replace("\n    assert doubled(4) == 8\n", WAITING))
    return tree


def assert_interrupted(process):
    """Hold that a process has ended by an interrupt, a minute later at most."""
    try:
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert out.endswith("Interrupted: 0 of 1 changes were tried.\n")


def alive_in(folder):
    """Return the processes that work in a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cwd"):
        try:
            found += [each] if each.resolve(strict=True) == folder else []
        except OSError:  # another's, or it has ended
            continue
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_interrupts_it_is_told_how_far_it_came(waiting, number):
    process = started(waiting, [("y * by", "y / by")])
    patience = time.monotonic() + 60
    while not (waiting / "waiting").exists() and time.monotonic() < patience:
        time.sleep(0.05)
    process.send_signal(number)
    assert_interrupted(process)
    assert (waiting / "waiting").exists()
    assert alive_in(waiting) == []


def test_an_interrupt_is_not_lost_where_a_copy_is_made(waiting):
    assert_interrupted(started(waiting, [("y * by", "y / by")], before=FORKS))
    assert alive_in(waiting) == []

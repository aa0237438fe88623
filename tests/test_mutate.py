"""What `scripts/mutate.py` would break, and by which tests it would be seen."""

import importlib.util
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("mutate", ROOT / "scripts" / "mutate.py")
mutate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mutate)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Lay out a repository with two modules, one test of each, and something that git ignores."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.org")
    files = {
        "territory/area.py": "a = 1\n",
        "territory/area_words.py": "b = 1\n",
        "tests/test_area.py": "from territory.area import a\n",
        "tests/test_area_words.py": "import territory.area_words\n",
        ".gitignore": "out/\n",
        "out/old.txt": "",
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


def test_what_is_copied_is_what_git_knows_as_it_stands(tree, tmp_path):
    (tree / "territory" / "area.py").write_text("a = 2\n")
    (tree / "new.py").touch()
    copy = tmp_path / "out" / "copy"
    mutate.copy_tree(copy, tree)
    assert (copy / "territory" / "area.py").read_text() == "a = 2\n"
    assert (copy / "new.py").exists()
    assert not (copy / "out").exists()


def test_a_module_s_own_examples_are_tests_too():
    text = mutate.settings(["territory/geometry/area.py"], ["tests/test_projection.py"])
    table = tomllib.loads(text)["tool"]["mutmut"]
    assert table["only_mutate"] == ["territory/geometry/area.py"]
    selected = table["pytest_add_cli_args_test_selection"]
    assert selected == ["tests/test_projection.py", "territory/geometry/area.py"]
    assert {"data", "README.md", "constraints.txt"} < set(table["also_copy"])

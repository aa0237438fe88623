"""What `scripts/release.py` does to a small repository that has the same files."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("release", ROOT / "scripts" / "release.py")
release = importlib.util.module_from_spec(spec)
spec.loader.exec_module(release)

PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "territory"
version = "0.1.0"
[tool.other]
minimum_version = "9"
"""
CHANGES = "# Changelog\n\n## Unreleased\n\n- A change.\n\n## 0.1.0 (2026-01-01)\n\n- The first.\n"
GREEN, RED = ["true"], ["false"]


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Lay out a repository with one commit, and one file that git ignores."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "somebody@example.org")
    root = tmp_path / "tree"
    (root / "territory").mkdir(parents=True)
    (root / "territory" / "__init__.py").write_text('"""A package."""\n')
    (root / "territory" / "version.py").write_text('__version__ = "0.1.0"\n')
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 0.1.0\n")
    (root / "recipe").mkdir()
    (root / "recipe" / "recipe.yaml").write_text("context:\n  version: 0.1.0\n")
    (root / "CHANGELOG.md").write_text(CHANGES)
    (root / ".gitignore").write_text("/dist/\nsecret.py\n")
    (root / "territory" / "secret.py").write_text("PASSWORD = 1\n")
    release.git(root, "init", "--quiet")
    release.git(root, "add", "--all")
    release.git(root, "commit", "--quiet", "--message", "First")
    release.git(root, "tag", "v0.1.0")
    return root


@pytest.fixture
def checks(monkeypatch):
    """Note which files would be given to `twine check`, which only `prepare dev` installs."""
    given = []
    call = release._call

    def noted(name, command, root):
        if name == "twine check":
            given.extend(command[5:])
        else:
            call(name, command, root)

    monkeypatch.setattr(release, "_call", noted)
    return given


def state(root):
    """Return what a release may change: the files, the commit, the tags."""
    files = {p: p.read_bytes() for p in root.rglob("*") if p.is_file() and ".git" not in p.parts}
    return files, release.git(root, "rev-parse", "HEAD"), release.git(root, "tag")


def test_the_version_of_this_tree_is_the_same_in_every_place():
    assert release.current_version(ROOT)


def test_a_release_is_a_commit_a_tag_and_two_files(tree, checks):
    files = release.release(tree, "0.2.0", test=GREEN)
    assert [each.suffix for each in files] == [".whl", ".gz"]
    assert checks == files
    assert release.current_version(tree) == "0.2.0"
    assert 'minimum_version = "9"' in (tree / "pyproject.toml").read_text()
    assert "cff-version: 1.2.0" in (tree / "CITATION.cff").read_text()
    changes = (tree / "CHANGELOG.md").read_text()
    assert re.search(
        r"## Unreleased\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- A change\.\n\n## 0\.1\.0", changes
    )
    assert release.git(tree, "describe", "--exact-match") == "v0.2.0"
    assert release.git(tree, "status", "--porcelain") == ""
    with zipfile.ZipFile(files[0]) as wheel:
        assert "territory/version.py" in wheel.namelist()
        assert not any("secret" in name for name in wheel.namelist())
        assert b'"0.2.0"' in wheel.read("territory/version.py")
    with tarfile.open(files[1]) as source:
        assert not any("secret" in name for name in source.getnames())


def test_the_first_release_may_have_the_version_that_the_tree_has(tree, checks):
    release.git(tree, "tag", "--delete", "v0.1.0")
    release.release(tree, "0.1.0", test=GREEN)
    assert release.git(tree, "describe", "--exact-match") == "v0.1.0"
    assert len(checks) == 2


def test_the_same_commit_gives_the_same_bytes(tree, tmp_path):
    first = [each.read_bytes() for each in release.built(tree, tmp_path / "a")]
    again = tmp_path / "again"
    subprocess.run(["git", "clone", "--quiet", tree, again], check=True)
    assert [each.read_bytes() for each in release.built(again, tmp_path / "b")] == first


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("0.1.0", "0.1.0 is not above 0.1.0"),
        ("0.0.9", "0.0.9 is not above 0.1.0"),
        ("v0.2", "'v0.2' is written 0.2"),
        ("next", "'next' is no version such as 1.2.0"),
    ],
)
def test_a_version_that_cannot_be_released_changes_nothing(tree, version, message):
    before = state(tree)
    with pytest.raises(release.ReleaseError, match=re.escape(message)):
        release.release(tree, version, test=GREEN)
    assert state(tree) == before


def test_what_is_not_committed_keeps_it_from_being_released(tree):
    (tree / "new.py").touch()
    with pytest.raises(release.ReleaseError, match=r"not committed:\n\?\? new\.py"):
        release.release(tree, "0.2.0", test=GREEN)


def test_what_the_tests_leave_behind_keeps_it_from_being_released(tree):
    with pytest.raises(release.ReleaseError, match="not committed"):
        release.release(tree, "0.2.0", test=["touch", "left_behind"])


def test_versions_that_differ_are_told(tree):
    (tree / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 0.1.1\n")
    with pytest.raises(release.ReleaseError, match=r"0\.1\.1 in CITATION\.cff"):
        release.release(tree, "0.2.0", test=GREEN)


def test_red_tests_change_nothing(tree):
    before = state(tree)
    with pytest.raises(release.ReleaseError, match="the tests: not green"):
        release.release(tree, "0.2.0", test=RED)
    assert state(tree) == before


@pytest.mark.parametrize("fault", ["empty changelog", "another build", "twine"])
def test_what_fails_late_is_undone(tree, monkeypatch, fault):
    if fault == "empty changelog":
        (tree / "CHANGELOG.md").write_text(CHANGES.replace("- A change.\n", ""))
        release.git(tree, "commit", "--quiet", "--all", "--message", "Empty")
    builds = iter(range(9))
    different = fault == "another build"
    content = lambda *_: {"a.whl": b"%d" % (next(builds) if different else 0)}  # noqa: E731
    monkeypatch.setattr(release, "_build", content)
    monkeypatch.setattr(release.sys, "executable", shutil.which("false"))  # which checks
    before = state(tree)
    with pytest.raises(release.ReleaseError):
        release.release(tree, "0.2.0", test=GREEN)
    (tree / "dist" / "a.whl").unlink(missing_ok=True)
    assert state(tree) == before


def test_a_dry_run_changes_nothing(tree, checks, monkeypatch, capsys):
    (tree / "scripts").mkdir()
    monkeypatch.setattr(release, "__file__", str(tree / "scripts" / "release.py"))
    monkeypatch.setattr(sys, "argv", ["release", "--dry-run", "0.2.0"])
    before = state(tree)
    assert release.main() == 0
    assert state(tree) == before
    assert len(checks) == 2
    assert "Nothing was changed" in capsys.readouterr().out

"""What a commit is held to is what the build runs, by the tools that constraints.txt pins."""

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
CONFIG = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
HOOKS = [hook for each in CONFIG["repos"] for hook in each["hooks"]]
BUILD = (ROOT / "scripts" / "test").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = {
    line.partition("==")[0].lower().replace("_", "-"): line.partition("==")[2]
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
}


def test_no_hook_brings_a_version_of_its_own():
    assert {each["repo"] for each in CONFIG["repos"]} == {"local"}
    assert {hook["language"] for hook in HOOKS} == {"system"}
    assert not any("additional_dependencies" in hook for hook in HOOKS)


def test_hooks_are_the_checks_of_the_build():
    entries = [hook["entry"] for hook in HOOKS]
    assert entries == ["scripts/lint ruff", "scripts/lint format", "scripts/lint types"]
    assert all(f"\n{entry}" in BUILD for entry in entries)


@pytest.mark.parametrize("extra", ["dev", "docs", "test"])
def test_every_tool_is_pinned_to_a_version_that_will_do(extra):
    for text in PROJECT["optional-dependencies"][extra]:
        wanted = Requirement(text)
        assert PINNED[wanted.name.lower()] in wanted.specifier, text

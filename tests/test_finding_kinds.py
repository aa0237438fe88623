"""The kinds of findings: one enumeration, of which every member is emitted, and nothing else."""

import ast
import csv
import io
import pickle
import re
from pathlib import Path

import pytest

from territory.cli import _code
from territory.findings import Finding, FindingKind
from territory.measure.rows import quality_rows
from territory.publish.write import json_bytes
from territory.quality.check import check_history

PACKAGE = Path(__file__).resolve().parent.parent / "territory"
MAKERS = {"Finding", "finding", "_tell"}  # the last two put a file or feature before the words
TREES = {
    path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))
}


def called(node):
    """Return the name of what a call calls."""
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def members(node):
    """Yield the members that an expression or statement names, but for those it compares with."""
    if isinstance(node, ast.Compare):
        return
    if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "FindingKind":
        yield node.attr
    for child in ast.iter_child_nodes(node):
        yield from members(child)


def test_every_kind_is_emitted_somewhere():
    emitted = {name for tree in TREES.values() for name in members(tree)}
    assert emitted == {kind.name for kind in FindingKind}


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_emitted_kind_is_a_member(path):
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Call) and called(node) in MAKERS and node.args:
            kind = node.args[0]
            is_passed_on = isinstance(kind, ast.Name) and kind.id == "kind"
            if called(node) == "finding" and isinstance(kind, ast.Call):
                continue  # of a doubt, which makes the kind itself
            assert is_passed_on or list(members(kind)), f"{path}:{node.lineno}"


@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_has_a_sentence(kind):
    assert kind.name == kind.value.upper().replace("-", "_")
    assert re.fullmatch(r"[A-Z][^\n]{10,95}\.", kind.meaning)


def test_kinds_stand_in_order_and_no_sentence_twice():
    kinds = list(FindingKind)
    assert kinds == sorted(kinds)
    assert len({kind.meaning for kind in kinds}) == len(kinds)


def test_a_kind_is_its_text_in_files_and_between_processes():
    finding = Finding(FindingKind.EMPTY_DAY, "nobody holds anything")
    again = pickle.loads(pickle.dumps(finding))
    assert again == finding
    assert again.kind.meaning == FindingKind.EMPTY_DAY.meaning
    assert hash(FindingKind.EMPTY_DAY) == hash("empty-day")
    (row,) = quality_rows("", [again])
    assert type(row["kind"]) is str
    assert b'"kind":"empty-day"' in json_bytes([row]).replace(b": ", b":")


def test_inspect_prints_what_each_kind_means(capsys):
    assert _code(["inspect", "--kinds"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["kind"], row["meaning"]) for row in rows] == [
        (kind.value, kind.meaning) for kind in FindingKind
    ]


def test_the_kinds_that_the_checks_list_are_members():
    named = set(re.findall(r"``([a-z]+(?:-[a-z]+)*)`` \(", check_history.__doc__))
    assert len(named) > 5
    assert named <= set(FindingKind)

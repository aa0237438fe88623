"""Docstrings name what is there: every parameter of a public function, and none that is gone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from territory import cli

PACKAGE = Path(__file__).resolve().parent.parent / "territory"
TREES = {
    path.relative_to(PACKAGE.parent).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}
IMPORTED = {
    alias.name
    for tree in TREES.values()
    for node in ast.walk(tree)
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("territory")
    for alias in node.names
}
CLASSES = [
    node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
]
_ENTRY = re.compile(r"^([\w*][\w*, ]*?)(?: : .*)?$", re.MULTILINE)
_NEXT_SECTION = re.compile(r"\n\n?[A-Z][\w ]*\n-{4,}")


def section(docstring: str, title: str) -> list[str]:
    """Return the names in one section of a docstring in the style of numpydoc."""
    _, _, text = docstring.partition(f"{title}\n{'-' * len(title)}\n")
    entries = _ENTRY.findall(_NEXT_SECTION.split(text)[0])
    names = [name.strip(" *") for entry in entries for name in entry.split(",")]
    return [name for name in names if name]


def parameters(function: ast.FunctionDef) -> list[str]:
    """Return the names of the parameters of a function, without self."""
    own = function.args
    extra = [each for each in (own.vararg, own.kwarg) if each is not None]
    names = [each.arg for each in (*own.posonlyargs, *own.args, *own.kwonlyargs, *extra)]
    return [name for name in names if name not in {"self", "cls"}]


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield every function of a module, in classes too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node


def gone(tree: ast.Module) -> list[str]:
    """List what docstrings name as a parameter or an attribute and what is neither."""
    faults = [
        f"{function.name}: {name}"
        for function in functions(tree)
        for name in section(ast.get_docstring(function) or "", "Parameters")
        if name not in parameters(function)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            named = section(ast.get_docstring(node) or "", "Attributes")
            faults += [f"{node.name}: {name}" for name in named if name not in members(node)]
    return faults


def members(node: ast.ClassDef) -> set[str]:
    """Return the names of what a class has, from its bases too."""
    names = {base.id for base in node.bases if isinstance(base, ast.Name)}
    bases = [each for each in CLASSES if each.name in names]
    found = set().union(*map(members, bases))
    for each in node.body:
        if isinstance(each, ast.FunctionDef):
            found.add(each.name)
        elif isinstance(each, ast.AnnAssign | ast.Assign):
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def options() -> tuple[set[str], set[str]]:
    """Return the names of single options and of groups of them that verbs share."""
    single, groups = set(), set()
    for node in TREES["territory/cli/options.py"].body:
        if isinstance(node, ast.Assign) and "typer." in ast.unparse(node.value):
            single |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ClassDef) and "typer." in ast.unparse(node):
            groups.add(node.name)
    return single, groups


def is_verb(function: ast.FunctionDef) -> bool:
    """Return whether typer documents every parameter, of which one is an option of its own."""
    single, groups = options()
    own = (*function.args.args, *function.args.kwonlyargs)
    kinds = [ast.unparse(each.annotation) if each.annotation else "" for each in own]
    alone = [kind for kind in kinds if "typer." in kind or kind in single]
    return bool(alone) and all(kind in alone or kind in groups for kind in kinds)


def missing(tree: ast.Module) -> list[str]:
    """List parameters that the docstring of a function used elsewhere does not name."""
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and node.name in IMPORTED
        and not node.name.startswith("_")
        and node not in VERBS  # the help of each option says it, and --help shows that
    ]
    return [
        f"{function.name}: {name}"
        for function in public
        for name in parameters(function)
        if name not in section(ast.get_docstring(function) or "", "Parameters")
    ]


VERBS = {
    function
    for path, tree in TREES.items()
    if path.startswith("territory/cli/")
    for function in functions(tree)
    if is_verb(function) and not function.name.startswith("_")
}


def test_only_verbs_of_the_command_line_are_left_out():
    assert {each.name for each in VERBS} == {each.__name__ for each in cli.VERBS.values()}


@pytest.mark.parametrize("path", TREES)
def test_docstrings_name_nothing_that_is_gone(path):
    assert gone(TREES[path]) == []


@pytest.mark.parametrize("path", TREES)
def test_functions_that_others_use_say_what_each_parameter_is(path):
    assert missing(TREES[path]) == []


def test_the_checks_find_what_is_wrong():
    text = '''
def shift(points, by):
    """Move points.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        In metres.
    distance : float
        Gone.

    Returns
    -------
    ndarray
    """
'''
    tree = ast.parse(text)
    assert gone(tree) == ["shift: distance"]
    IMPORTED.add("shift")
    try:
        assert missing(tree) == ["shift: by"]
    finally:
        IMPORTED.discard("shift")

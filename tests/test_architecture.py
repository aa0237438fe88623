"""What may import what, and which modules must stay pure.

The rooms stand in the order of the pipeline, and a module may import only from rooms above its
own line, or from its own room. Up to `claims`, and in `explain/recipes`, a room computes and
nothing else: no paths, plots, prints, clock or environment.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

# One line per room, lowest first. A name stands for a folder with all that is in it, or for a
# module beside the folders.
ROOMS = """
    numbers
    ancient_days errors findings garbage holders version
    geometry
    history
    quality
    measure
    claims
    extras languages little_memory memo name_clash one_piece packed streams untrusted
    read
    job
    explain
    maps
    publish
    trace
    fetch
    run
    api
    cli __init__
    __main__
"""
LAST_PURE = "claims"
PURE_ROOMS = ("explain.recipes",)  # pure, though their room is not
APART = frozenset({("maps", "explain")})  # neither knows the other, in whatever order they stand

IMPURE = """
    pathlib os sys io logging matplotlib rich typer click
    subprocess time tempfile shutil requests urllib
"""
IMPURE_MODULES = frozenset(IMPURE.split())
IMPURE_CALLS = frozenset({"open", "print", "input"})
CLOCK_CALLS = frozenset({"now", "today", "utcnow"})

RANK = {name: rank for rank, line in enumerate(ROOMS.split("\n")) for name in line.split()}
PACKAGE = Path(__file__).resolve().parent.parent / "territory"


def module_name(path: Path) -> str:
    """Name a file of the package: `territory/read/zones.py` is `territory.read.zones`."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def group(module: str) -> str:
    """Name the entry of the table that a module belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imported(tree: ast.AST, module: str, *, is_package: bool) -> Iterator[tuple[int, str, str]]:
    """Yield (line, module, name) for every import; `name` is empty for a plain `import`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                up = node.level - 1 if is_package else node.level
                parts = module.split(".")
                base = ".".join(parts[: len(parts) - up])
                source = f"{base}.{source}" if source else base
            for alias in node.names:
                yield node.lineno, source, alias.name


def dependencies(
    tree: ast.AST, module: str, known: Iterable[str], *, is_package: bool
) -> Iterator[tuple[int, str]]:
    """Yield (line, module of this package) for every import of it, wherever it stands."""
    for line, source, name in imported(tree, module, is_package=is_package):
        if source.split(".")[0] != "territory":
            continue
        submodule = f"{source}.{name}"
        is_module = submodule in known or (source == "territory" and name in RANK)
        yield line, submodule if is_module else source


def import_faults(tree: ast.AST, module: str, known: Iterable[str], is_package: bool) -> list[str]:
    """List the imports that do not go up the table of rooms."""
    own = group(module)
    if own not in RANK:
        return [f"{module}: add `{own}` to ROOMS in tests/test_architecture.py, on its line"]
    faults = []
    for line, target in dependencies(tree, module, known, is_package=is_package):
        other = group(target)
        if other not in RANK:
            faults.append(f"{module}:{line}: imports {target}: add `{other}` to ROOMS")
        elif other != own and (RANK[other] >= RANK[own] or (own, other) in APART):
            faults.append(f"{module}:{line}: imports {target}, which does not rank below `{own}`")
    return faults


def is_pure(module: str) -> bool:
    """Tell whether a module must not touch the world outside."""
    inside = module.partition(".")[2]
    early = RANK.get(group(module), 0) <= RANK[LAST_PURE] and group(module) != "__init__"
    return early or any(inside == room or inside.startswith(f"{room}.") for room in PURE_ROOMS)


def purity_faults(tree: ast.AST, module: str, *, is_package: bool) -> list[str]:
    """List what a pure module must not import or call."""
    if not is_pure(module):
        return []
    faults = [
        f"{module}:{line}: a pure module imports {source}"
        for line, source, _ in imported(tree, module, is_package=is_package)
        if source.split(".")[0] in IMPURE_MODULES
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name) and function.id in IMPURE_CALLS:
                faults.append(f"{module}:{node.lineno}: a pure module calls {function.id}()")
            elif isinstance(function, ast.Attribute) and function.attr in CLOCK_CALLS:
                faults.append(f"{module}:{node.lineno}: a pure module reads the clock")
        elif isinstance(node, ast.Attribute) and node.attr == "environ":
            faults.append(f"{module}:{node.lineno}: a pure module reads the environment")
    return faults


def error_faults(tree: ast.AST, module: str) -> list[str]:
    """List `assert`, bare `except:` and `raise Exception`: no way to treat a reader's input."""
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            faults.append(f"{module}:{node.lineno}: assert; raise an error of territory.errors")
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            faults.append(f"{module}:{node.lineno}: bare except:; name what is expected")
        elif isinstance(node, ast.Raise):
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(raised, ast.Name) and raised.id in {"Exception", "BaseException"}:
                faults.append(f"{module}:{node.lineno}: raise {raised.id}; name the error")
    return faults


def faults_of(
    source: str, module: str, *, known: Iterable[str] = (), is_package: bool = False
) -> list[str]:
    """List every broken rule in the text of one module."""
    tree = ast.parse(source)
    return [
        *import_faults(tree, module, known, is_package),
        *purity_faults(tree, module, is_package=is_package),
        *error_faults(tree, module),
    ]


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules of one import cycle, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("module", FILES)
def test_module_keeps_the_rules(module):
    path = FILES[module]
    source = path.read_text(encoding="utf-8")
    faults = faults_of(source, module, known=FILES, is_package=path.name == "__init__.py")
    assert not faults, "\n".join(faults)


def test_no_module_imports_itself_through_others():
    graph = {
        module: {
            target
            for _, target in dependencies(
                ast.parse(path.read_text(encoding="utf-8")),
                module,
                FILES,
                is_package=path.name == "__init__.py",
            )
        }
        for module, path in FILES.items()
    }
    assert cycle(graph) == []


def test_the_checker_finds_a_cycle():
    assert cycle({"a": {"b"}, "b": {"a"}}) != []
    assert cycle({"a": {"b"}, "b": set()}) == []


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("territory.history.history", "from territory.cli import main", "does not rank below"),
        ("territory.history.history", "import territory.claims", "does not rank below"),
        ("territory.history.history", "from territory import job", "does not rank below"),
        ("territory.history.history", "from ..read.zones import load", "does not rank below"),
        ("territory.history.history", "from territory import History", "does not rank below"),
        (
            "territory.holders",
            "from territory.measure.estimate import Estimate",
            "does not rank below",
        ),
        ("territory.read.zones", "from territory.maps import draw", "does not rank below"),
        ("territory.read.zones", "from ..publish.report import page", "does not rank below"),
        ("territory.run", "def f():\n    from territory.cli import main", "does not rank below"),
        ("territory.newcomer", "", "add `newcomer` to ROOMS"),
        ("territory.run", "import territory.newcomer", "add `newcomer` to ROOMS"),
        ("territory.claims", "import os.path", "imports os"),
        ("territory.measure.change", "from pathlib import Path", "imports pathlib"),
        ("territory.measure.change", "from matplotlib import pyplot", "imports matplotlib"),
        ("territory.explain.recipes", "print(1)", "calls print()"),
        ("territory.history.places", "with open('x') as f:\n    pass", "calls open()"),
        ("territory.quality.check", "date.today()", "reads the clock"),
        ("territory.quality.check", "datetime.datetime.now(UTC)", "reads the clock"),
        ("territory.quality.check", "x = elsewhere.environ['HOME']", "reads the environment"),
        ("territory.cli", "assert True", "assert"),
        ("territory.cli", "try:\n    f()\nexcept:\n    pass", "bare except"),
        ("territory.cli", "raise Exception('no')", "raise Exception"),
        ("territory.cli", "raise Exception", "raise Exception"),
    ],
)
def test_the_checker_finds(module, source, fault):
    faults = faults_of(source, module)
    assert len(faults) == 1
    assert fault in faults[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "territory.history.history",
            "import numpy\nfrom territory.history.snapshot import Snapshot",
        ),
        ("territory.history.history", "from territory import errors"),
        ("territory.read.zones", "from . import place_tables\nfrom .points import load"),
        ("territory.publish.report", "from pathlib import Path\nprint(Path('x').open())"),
        ("territory.publish.report", "from territory.version import __version__"),
        ("territory.cli", "import time\ntime.time()\nraise SystemExit(1)"),
        ("territory.history.repair", "try:\n    f()\nexcept ValueError as error:\n    raise"),
    ],
)
def test_the_checker_allows(module, source):
    assert faults_of(source, module, known=["territory.read.place_tables"]) == []


def test_a_file_name_stands_once_in_its_room():
    names = Counter((group(module), path.stem) for module, path in FILES.items())
    again = [name for name, count in names.items() if count > 1 and name[1] != "__init__"]
    assert again == []

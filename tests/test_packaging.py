"""What the package promises whoever installs it: its name, its few libraries, its extras."""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
import tomllib
import zipfile
from functools import cache
from importlib.metadata import requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from squares import write_two_boxes

from territory.errors import MissingLibraryError
from territory.extras import DISTRIBUTION, EXTRAS, require
from territory.job.extras_of_job import extras_of
from territory.job.spec import Job
from territory.name_clash import clash
from territory.version import __version__

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "territory"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FOR_DEVELOPERS = {"dev", "docs", "test"}
MOST = 12  # libraries that the core brings

# What is installed under another name than it is imported by.
INSTALLED_AS = {
    "PIL": "pillow",
    "dask": "distributed",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "matplotlib_scalebar": "matplotlib-scalebar",
    "simdjson": "pysimdjson",
}
# What is imported and not listed, since something listed always brings it.
BROUGHT_BY = {
    "markupsafe": "jinja2",
    "pandas": "geopandas",
    "pillow": "matplotlib",
    "pyogrio": "geopandas",
    "requests": "pooch",
    "rich": "typer",
}
# Where what an extra brings may be imported, and which extras a user of that module has.
WITH_EXTRAS = {
    "fetch": {"fetch"},
    "job.cluster": {"dask"},
    "maps.film.film": {"film"},
    "maps.film.raster": {"film"},
    "maps.web_tiles": {"tiles"},
    "publish.crate": {"run"},
    "publish.export.database": {"postgis"},
    "publish.export.postgis": {"postgis"},
    "publish.page.document": {"page"},
    "publish.report.embed": {"run"},
    "publish.report.render": {"run"},
    "read.formats.json_rings": {"performance"},
    "read.population": {"population"},
    "trace.audit": {"trace"},
    "trace.image.polygonise": {"trace"},
}


def names_of(requirements):
    return {canonicalize_name(Requirement(each).name) for each in requirements}


CORE = names_of(PROJECT["dependencies"])
OPTIONAL = {
    name: names_of(libraries) for name, libraries in PROJECT["optional-dependencies"].items()
}


def test_the_name_is_free_and_the_import_is_not_the_name():
    assert PROJECT["name"] == DISTRIBUTION == "territory-control"
    assert PROJECT["scripts"] == {"territory": "territory.__main__:main"}


def test_the_core_brings_twelve_libraries_at_most():
    assert len(PROJECT["dependencies"]) == len(CORE) <= MOST


def test_what_carries_a_gpl_program_is_for_films_only():
    with_it = {name for name, libraries in OPTIONAL.items() if "imageio-ffmpeg" in libraries}
    assert with_it == {"film"}
    assert "imageio-ffmpeg" not in CORE


def test_extras_are_those_that_messages_name():
    assert set(OPTIONAL) == {"all", *EXTRAS, *FOR_DEVELOPERS}
    for name, extra in EXTRAS.items():
        assert set(extra.libraries.values()) <= OPTIONAL[name] | {"distributed"}
    (everything,) = PROJECT["optional-dependencies"]["all"]
    assert Requirement(everything).name == DISTRIBUTION
    assert Requirement(everything).extras == set(EXTRAS)


def test_versions_are_told_once():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["version"] == citation["version"] == __version__
    assert PROJECT["license"] == citation["license"]


@pytest.mark.parametrize(("library", "bringer"), BROUGHT_BY.items())
def test_what_is_not_listed_is_always_brought(library, bringer):
    needed = [Requirement(each) for each in requires(bringer) or ()]
    assert library in {
        canonicalize_name(each.name)
        for each in needed
        if each.marker is None or each.marker.evaluate({"extra": ""})
    }


# Every import of a library is covered by the core, or by the extra of its module.


def is_for_types_only(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


@cache
def libraries_imported(source):
    """Return (line, library, whether inside a function) of every import that is run."""
    found, ahead = [], [(ast.parse(source), False)]
    while ahead:
        node, inside = ahead.pop()
        for name in names_imported(node):
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "territory":
                found.append((node.lineno, canonicalize_name(INSTALLED_AS.get(top, top)), inside))
        inside |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        children = (each for each in ast.iter_child_nodes(node) if not is_for_types_only(each))
        ahead += [(each, inside) for each in children]
    return found


def names_imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [node.module or ""]
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
        return [each.value for each in node.args[:1] if isinstance(each, ast.Constant)]
    return []


def listed(library, names):
    return library in names or BROUGHT_BY.get(library) in names


def import_faults(module, source):
    faults = []
    extras = WITH_EXTRAS.get(module, set())
    brought = {each for name in extras for each in OPTIONAL[name]}
    for line, library, inside in libraries_imported(source):
        if listed(library, CORE):
            continue
        if not listed(library, brought):
            faults.append(f"{module}:{line}: {library} is in no extra of this module")
        elif not inside:
            faults.append(f"{module}:{line}: {library} is optional; import it where it is used")
    return faults


MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def test_every_import_is_of_the_core_or_of_an_extra():
    faults = [
        fault
        for module, path in MODULES.items()
        for fault in import_faults(module, path.read_text(encoding="utf-8"))
    ]
    assert not faults, "\n".join(faults)
    assert set(WITH_EXTRAS) <= set(MODULES)


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("run", "import rasterio", "in no extra of this module"),
        ("run", "def f():\n    import rasterio.features", "in no extra of this module"),
        ("run", "x = import_module('cabbage.leaf')", "in no extra of this module"),
        ("trace.audit", "from rasterio.features import rasterize", "where it is used"),
        ("trace.audit", "if True:\n    import rasterio", "where it is used"),
        ("trace.audit", "def f():\n    import rocrate", "in no extra of this module"),
    ],
)
def test_the_checker_finds(module, source, fault):
    (found,) = import_faults(module, source)
    assert fault in found


def test_the_checker_allows():
    lazily = "import PIL, numpy\ndef f():\n    from rasterio.features import rasterize"
    assert import_faults("trace.audit", lazily) == []
    assert import_faults("run", "if TYPE_CHECKING:\n    from rocrate import model") == []


def test_no_library_of_the_core_is_idle():
    used = {
        library
        for path in MODULES.values()
        for _, library, _ in libraries_imported(path.read_text(encoding="utf-8"))
    }
    assert used >= CORE


# With the core alone: a process in which what an extra brings cannot be found.

ONLY_CORE = """
import sys
refused = set(sys.argv.pop(1).split(","))
class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in refused:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Refusal())
"""
ALL_OPTIONAL = sorted(
    {
        name
        for extra in EXTRAS.values()
        for name in (*extra.libraries, "markupsafe", "requests", "dask")
    }
)


def with_core_only(script, *arguments, cwd, refused=ALL_OPTIONAL):
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-c", ONLY_CORE + script, ",".join(refused), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_module_can_be_imported_with_the_core_alone(tmp_path):
    script = textwrap.dedent(
        """
        from importlib import import_module
        for module in sys.argv[1:]:
            import_module(module)
        """
    )
    modules = [f"territory.{name}".removesuffix(".__init__") for name in MODULES]
    found = with_core_only(script, *(m for m in modules if m != "territory.__main__"), cwd=tmp_path)
    assert (found.returncode, found.stderr) == (0, "")


VERBS = """
import contextlib, io, json
from territory.cli import guarded
results = []
for call in sys.argv[1:]:
    told = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(told):
        results.append((guarded(call.split()), told.getvalue()))
print(json.dumps(results))
"""
ZONES = ("zones", "--profile", "zones")
JOB = '[series]\nprofile = "zones"\npath = "zones/*.geojson"\n'


def called_with_core_only(calls, *, cwd):
    """Return the exit code of each call, and what it told."""
    found = with_core_only(VERBS, *(" ".join(call) for call in calls), cwd=cwd)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "zones").mkdir()
    write_two_boxes(tmp_path / "zones")
    film = "[maps]\nfilm = true\n"
    people = '[claims]\nfile = "claims.toml"\n[population]\nfile = "people.tif"\n'
    for name, more in {"job": "", "film": film, "people": people}.items():
        (tmp_path / f"{name}.toml").write_text(JOB + more, encoding="utf-8")
    (tmp_path / "claims.toml").write_text("claim = []\n", encoding="utf-8")
    (tmp_path / "people.tif").write_bytes(b"")
    return tmp_path


# What is missed first is told, so that a call may lack more than one extra.
TOLD = [
    ("dask", ["areas", *ZONES, "--scheduler", "tcp://127.0.0.1:1"], "distributed"),
    ("run,dask", ["run", "job.toml", "--scheduler", "tcp://127.0.0.1:1"], "distributed, "),
    ("fetch", ["fetch", "deepstate"], "pooch"),
    ("film", ["animate", "nowhere", "--out", "film.mp4"], "imageio-ffmpeg, rasterio"),
    ("run,film", ["run", "film.toml"], "imageio-ffmpeg, "),
    ("page", ["page", "nowhere", "--out", "page.html"], "jinja2"),
    ("population", ["check", "no.toml", "--population", "no.tif"], "exactextract, rasterio"),
    ("run,population", ["run", "people.toml"], "exactextract, "),
    ("postgis", ["convert", "nowhere", "--out", "postgresql://me@host/db"], "psycopg"),
    ("run", ["run", "job.toml"], "jinja2, rocrate"),
    ("tiles", ["map", "nowhere", "--out", "map.png", "--tiles"], "contextily"),
    ("trace", ["trace", "no.png", "--legend", "no.toml", "--points", "no.csv"], "rasterio"),
]


def test_a_verb_names_the_extra_that_it_lacks_and_does_nothing(place):
    before = sorted(place.rglob("*"))
    results = called_with_core_only([call for _, call, _ in TOLD], cwd=place)
    for (extras, call, libraries), (code, told) in zip(TOLD, results, strict=True):
        assert code == 1, call
        (line,) = [each for each in told.splitlines() if not each.startswith("zones: read as")]
        assert re.search(rf"needs? what is not installed \({libraries}", line), call
        assert line.endswith(f": pip install '{DISTRIBUTION}[{extras}]'"), call
    assert sorted(place.rglob("*")) == before
    told_of = {extra for extras, _, _ in TOLD for extra in extras.split(",")}
    assert told_of == set(EXTRAS) - {"performance"}  # nothing asks for that one


def test_the_core_alone_measures_converts_and_draws(place):
    period = ["--from", "2024-01-01", "--to", "2024-01-03"]
    calls = [
        ["areas", *ZONES],
        ["change", *ZONES, *period],
        ["inspect", *ZONES],
        ["check", "claims.toml", *ZONES],
        ["explain", *ZONES, "--value", "100", "--day", "2024-01-01"],
        ["convert", *ZONES, "--out", "series.gpkg"],
        ["convert", *ZONES, "--out", "series.parquet"],
        ["map", *ZONES, "--kind", "transfers", *period, "--out", "map.png", "--dpi", "60"],
        ["run", "job.toml", "--dry-run"],
    ]
    results = called_with_core_only(calls, cwd=place)
    assert [code for code, _ in results] == [0] * len(calls), results
    assert (place / "map.png").stat().st_size > 0


def test_what_is_missing_is_listed_together(monkeypatch):
    for name in ("rocrate", "jinja2", "imageio_ffmpeg"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingLibraryError) as raised:
        require("run", "film", "fetch")
    assert str(raised.value) == (
        "a run and a film need what is not installed (imageio-ffmpeg, jinja2, rocrate):"
        " pip install 'territory-control[run,film]'"
    )


def test_a_job_needs_what_it_asks_for():
    series = {"profile": "zones", "path": "a.geojson"}
    assert extras_of(Job.model_validate({"series": [series]})) == ("run",)
    film = {"series": [series], "maps": {"film": True}}
    assert extras_of(Job.model_validate(film)) == ("run", "film")
    film["maps"]["enabled"] = False
    assert extras_of(Job.model_validate(film), scheduler="tcp://a") == ("run", "dask")


# Beside the other package of the index, which installs `territory` too.

OTHER = ("__init__", "__main__", "api_client", "c", "cli", "files", "git", "go", "python")


@pytest.fixture
def shared_folder(tmp_path):
    """Both packages in one folder, ours with nothing lost."""
    folder = tmp_path / "site"
    (folder / "territory").mkdir(parents=True)
    for each in PACKAGE.iterdir():
        if each.name != "__pycache__":
            (folder / "territory" / each.name).symlink_to(each)
    for name in OTHER[2:]:
        (folder / "territory" / f"{name}.py").write_text("main = print", encoding="utf-8")
    (folder / "territory-1.6.0.dist-info").mkdir()
    return folder


def started(folder, *words):
    return subprocess.run(
        [sys.executable, "-P", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("is_last", [True, False])
def test_beside_the_other_package_nothing_starts(shared_folder, is_last):
    if not is_last:
        for name, text in (
            ("__init__", "__version__ = '1.6.0'"),
            ("__main__", "from .cli import main\nmain()"),
        ):
            file = shared_folder / "territory" / f"{name}.py"
            file.unlink()
            file.write_text(text, encoding="utf-8")
    told = clash(shared_folder / "territory")
    assert told.startswith("another package, 'territory' 1.6.0, is installed in ")
    verb = started(shared_folder, "-m", "territory", "--version")
    assert (verb.returncode, verb.stdout, verb.stderr) == (1, "", f"territory: {told}\n")
    door = "from territory import History" if is_last else "import territory.api.history"
    code = started(shared_folder, "-c", door)
    assert code.returncode == 1
    assert code.stderr.splitlines()[-1] == f"ImportError: {told}"


def test_alone_in_its_folder_it_starts(shared_folder):
    (shared_folder / "territory-1.6.0.dist-info").rename(
        shared_folder / "territory_control-0.1.0.dist-info"
    )
    assert clash(shared_folder / "territory") == ""
    verb = started(shared_folder, "-m", "territory", "--version")
    assert (verb.returncode, verb.stdout) == (0, f"territory {__version__}\n")


# What is built, and what others build from it.


def test_the_wheel_holds_every_file_of_the_package(tmp_path):
    pytest.importorskip("hatchling")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("territory_control-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith("territory/")}
    assert inside == {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


# Of the index, as conda-forge calls it where the names differ.
CONDA = {"matplotlib": "matplotlib-base", "psycopg": "psycopg", "distributed": "distributed"}


def bounds(requirements):
    """Return a name and a version at least for each requirement, as pip or conda writes it."""
    found = {}
    for each in requirements:
        requirement = Requirement(each.replace(" ", ""))
        name = canonicalize_name(requirement.name)
        found[CONDA.get(name, name)] = str(requirement.specifier)
    return found


def test_the_conda_recipe_says_what_the_package_says():
    recipe = yaml.safe_load((ROOT / "recipe" / "recipe.yaml").read_text(encoding="utf-8"))
    assert recipe["context"]["version"] == __version__
    assert recipe["context"]["name"] == DISTRIBUTION
    core, everything = (output["requirements"]["run"] for output in recipe["outputs"])
    python = f"python {PROJECT['requires-python']}".replace("3.11", "${{ python_min }}")
    assert core[0] == python
    assert bounds(core[1:]) == bounds(PROJECT["dependencies"])
    extras = [each for name in EXTRAS for each in PROJECT["optional-dependencies"][name]]
    assert everything[0] == '${{ pin_subpackage("territory-control", exact=True) }}'
    assert bounds(everything[1:]) == bounds(extras)
    assert recipe["about"]["license"] == PROJECT["license"]


def test_the_container_installs_what_it_copies():
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    for name in re.findall(r"^COPY (?!--from)(.+) \S+$", text, flags=re.MULTILINE):
        for each in name.split():
            assert (ROOT / each).exists(), each
    assert "USER root" not in text
    assert re.search(r"^USER ", text, flags=re.MULTILINE)
    assert '".[all]"' in text


def test_the_documentation_lists_every_extra_with_what_it_brings():
    page = (ROOT / "docs" / "reference" / "install.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|(?:[^|]*)\|(.*)\|$", page, flags=re.MULTILINE))
    assert set(rows) == {"all", *EXTRAS}
    for name in EXTRAS:
        for library in OPTIONAL[name]:
            assert library in rows[name].lower(), f"{name}: {library}"
    core = page.partition("The core brings")[2].partition("With it")[0].lower()
    assert all(library in core for library in CORE)


INSTALLED = re.compile(r"pip install [^\n`]*?(territory[\w-]*)(?:\[([\w,]+)\])?")


def test_what_is_told_to_install_can_be_installed():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *PACKAGE.rglob("*.py")]
    for page in pages:
        if page.name in {"CHANGELOG.md", "name_clash.py"} or "made" in page.parts:
            continue
        for name, extras in INSTALLED.findall(page.read_text(encoding="utf-8")):
            assert name == DISTRIBUTION, f"{page}: {name}"
            assert set(filter(None, extras.split(","))) <= set(OPTIONAL), f"{page}: {extras}"

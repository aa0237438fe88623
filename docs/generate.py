"""Pages of the reference that are written from the code: keys, verbs, findings, pictures.

What is written goes to `made/` beside this file, which is not kept: it is made anew for every
build. A key without a description, or a description without a key, stops the build.
"""

import enum
import inspect
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import typing
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from pkgutil import resolve_name

import typer.main
from numpydoc.docscrape import NumpyDocString
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from territory.claims.figures import Companion
from territory.claims.model import Claim, Reading
from territory.claims.precision import WORDS
from territory.cli import app, guarded
from territory.findings import FindingKind
from territory.job import spec
from territory.maps.kinds.catalogue import KINDS
from territory.read.actor_looks import ActorLook
from territory.read.marks import Marks
from territory.read.profile import DayRule, LabelRule, Profile, UnitRule
from territory.trace.legend_file import Legend, Zone

ROOT = Path(__file__).parent.parent
Models = dict[str, type[BaseModel]]

JOB: Models = {
    "(top)": spec.Job,
    "[series]": spec.SeriesSpec,
    "[[series.scenario]]": spec.Scenario,
    "[area.NAME] of a box": spec.AreaBox,
    "[area.NAME] of a file": spec.AreaFile,
    "[regions]": spec.RegionsSpec,
    "[days]": spec.DaysSpec,
    "[claims]": spec.ClaimsSpec,
    "[population]": spec.PopulationSpec,
    "[maps]": spec.MapsSpec,
    "[export]": spec.ExportSpec,
    "[report]": spec.ReportSpec,
    "[[report.beside]]": spec.BesideSpec,
    "[uncertainty]": spec.UncertaintySpec,
    "[watch]": spec.WatchSpec,
    "[actors.NAME]": ActorLook,
}
CLAIMS: Models = {
    "[[claim]]": Claim,
    "[[claim.reading]]": Reading,
    "[[claim.also]]": Companion,
}
PROFILE: Models = {
    "(top)": Profile,
    "[day]": DayRule,
    "[[rule]]": LabelRule,
    "[units]": UnitRule,
    "[[marks]]": Marks,
    "[actors.NAME]": ActorLook,
}
LEGEND: Models = {"(top)": Legend, "[[zone]]": Zone}


def pages(folder: Path) -> None:
    """Write every page that comes from the code, and the sample files.

    Parameters
    ----------
    folder : Path
        The folder of the documentation.
    """
    made = folder / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    for name, models in (
        ("job", JOB),
        ("claims", CLAIMS),
        ("profile", PROFILE),
        ("legend", LEGEND),
    ):
        (made / f"{name}-keys.inc").write_text("\n".join(_keys(models)), encoding="utf-8")
    words = ((f"`{each}`", ", ".join(words)) for each, words in WORDS.items())
    table = "\n".join(_table(("word", "also written"), words))
    (made / "claims-words.inc").write_text(table, encoding="utf-8")
    (made / "verbs.inc").write_text("\n".join(_verbs()), encoding="utf-8")
    (made / "columns.inc").write_text("\n".join(_columns(folder)), encoding="utf-8")
    (made / "findings.inc").write_text("\n".join(_findings()), encoding="utf-8")
    pack_sample(made / "sample.zip")
    pack_plugin(made / "territory_control.zip")
    draw_gallery(made)


def _keys(models: Models) -> Iterator[str]:
    """Yield a section a table of a file, with what each of its keys is."""
    for title, model in models.items():
        yield f"## `{title}`\n" if title != "(top)" else "## Keys of the file itself\n"
        yield f"{_summary(model)}\n"
        yield from _table(("key", "value", "what it says"), _rows(model))


def _rows(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each key, or for the keys that are described together."""
    described, together = _described(model), defaultdict[str, list[tuple[str, str]]](list)
    for name in sorted(model.model_fields, key=lambda each: each not in model.__annotations__):
        field = model.model_fields[name]
        if _is_table(field):
            continue
        words, where = described.get(name, ""), f"{model.__module__}.{model.__name__}"
        if not words or "`territory." in words:
            raise SystemExit(f"{where}: what {name} is, is not said to somebody who knows no code")
        key = f"`{field.alias or name}`"
        together[words].append((key, f"{_kind(field.annotation)}{_default(field)}"))
    for words, keys in together.items():
        yield *(_lines(column) for column in zip(*keys, strict=True)), words


def _lines(column: Iterable[str]) -> str:
    """Return what stands in a cell about several keys: once where it is the same for all."""
    column = tuple(column)
    return column[0] if len(set(column)) == 1 else "<br>".join(column)


def _described(model: type[BaseModel]) -> dict[str, str]:
    """Return what the docstrings of a model and of its bases say of each key."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        own = each.__dict__.get("__doc__")
        if not own or not issubclass(each, BaseModel):
            continue
        for parameter in NumpyDocString(inspect.cleandoc(own))["Attributes"]:
            words = " ".join(parameter.desc).strip()
            found |= dict.fromkeys(re.findall(r"\w+", parameter.name), words)
    return found


def _summary(model: type[BaseModel]) -> str:
    text = NumpyDocString(inspect.cleandoc(model.__doc__ or ""))
    return " ".join([*text["Summary"], *text["Extended Summary"]])


def _is_table(field: FieldInfo) -> bool:
    """Whether a key is a table of its own, which has its own section, and never a text."""
    choices = (typing.get_args(each) for each in typing.get_args(field.annotation))
    if any(each[:1] == (str,) for each in choices):
        return False
    return any(isinstance(each, type) and issubclass(each, BaseModel) for each in _parts(field))


def _parts(field: FieldInfo) -> Iterator[object]:
    waiting: list[object] = [field.annotation]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += typing.get_args(each)


_NAMES = {"str": "text", "bool": "true or false", "int": "whole number", "float": "number"}
_NAMES |= {"date": "day", "Numeral": "number", "Sides": "table of text"}
_NAMES |= {"AreaFile": "table with `file`", "AreaBox": "table with `bbox`"}


def _kind(annotation: object) -> str:
    """Return in words what a value may be."""
    inner = [each for each in typing.get_args(annotation) if each is not type(None)]
    origin = typing.get_origin(annotation)
    if isinstance(annotation, enum.EnumType):
        return ", ".join(f"`{each.value}`" for each in annotation)  # type: ignore[attr-defined]
    if origin is typing.Literal:
        return ", ".join(f"`{each}`" for each in inner)
    if origin is tuple:
        some = f"list of {_kind(inner[0])}"
        return some if Ellipsis in inner else f"{some}, {len(inner)} of them"
    if origin is dict:
        return f"table of {_kind(inner[1])}"
    if inner:  # a union, or a value with a check
        wanted = inner[:1] if origin is typing.Annotated else inner
        return " or ".join(dict.fromkeys(_kind(each) for each in wanted))
    name = getattr(annotation, "__name__", str(annotation))
    return _NAMES.get(name, name)


def _default(field: FieldInfo) -> str:
    """Return what is taken where a key is not given, as TOML writes it."""
    if field.is_required():
        return "; required"
    value = field.get_default(call_default_factory=True)
    if value in (None, "", (), {}):
        return ""
    return f"; `{json.dumps(value, ensure_ascii=False)}` by default"


def _table(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a table in Markdown."""
    head = tuple(head)
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_cell(each) for each in row)} |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("``", "`").split())


def _verbs() -> Iterator[str]:
    """Yield a section a verb: its help, arguments and options, as `--help` prints them."""
    group = typer.main.get_command(app)
    for name, verb in group.commands.items():  # type: ignore[attr-defined]
        yield f"## `territory {name}`\n"
        yield f"{_with_code((verb.help or '').strip())}\n"
        yield from _table(("option", "meaning"), _options(verb))


def _with_code(text: str) -> str:
    """Set the calls that a verb's help shows, each at the end of a paragraph, as code."""
    calls = re.compile(r"(?<=For example: )(territory .+?)(?=\n\n|\Z)", re.DOTALL)
    return calls.sub(lambda call: f"`{' '.join(call[1].split())}`", text)


def _options(verb: object) -> Iterator[tuple[str, ...]]:
    for each in verb.params:  # type: ignore[attr-defined]
        if each.name == "help" or getattr(each, "hidden", False):
            continue
        is_argument = each.param_type_name == "argument"
        names = f"`{each.metavar or each.name}`" if is_argument else _names(each.opts)
        yield names, getattr(each, "help", "") or ""


def _names(options: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in options)


def _findings() -> Iterator[str]:
    yield from _table(("kind", "what it means"), ((f"`{k}`", k.meaning) for k in FindingKind))


def _columns(folder: Path) -> Iterator[str]:
    """Yield a section a table; what is described must be what the code writes, in its order."""
    described = tomllib.loads((folder / "columns.toml").read_text(encoding="utf-8"))
    figures = described.pop("figures")
    for title, columns in described.items():
        names = resolve_name(columns.pop("columns"))
        words = {name: columns.pop(name, figures.get(name)) for name in names}
        if unknown := [*columns, *(name for name, said in words.items() if not said)]:
            raise SystemExit(f"columns.toml: '{title}' and the code differ by: {unknown}")
        yield f"## {title.replace(' and `', ', `')}\n"
        yield from _table(("column", "meaning"), ((f"`{k}`", v) for k, v in words.items()))


def pack_sample(path: Path) -> None:
    """Write the files that the guides work on into one zip, the same bytes each time.

    Parameters
    ----------
    path : Path
        The zip.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, source in sample_files().items():
            packed.writestr(zipfile.ZipInfo(f"sample/{name}"), source.read_bytes())


def pack_plugin(path: Path) -> None:
    """Write the plugin for QGIS, as its own script packs it.

    Parameters
    ----------
    path : Path
        The zip.
    """
    build = [sys.executable, str(ROOT / "scripts" / "build_qgis.py"), str(path.parent)]
    done = subprocess.run(build, check=True, capture_output=True, text=True)
    Path(done.stdout.strip()).rename(path)


def sample_files() -> dict[str, Path]:
    """Return the files of the sample, by the names that the guides call them by."""
    case, own = ROOT / "data/idlib-2018", Path(__file__).parent / "sample"
    zones = {f"zones/{each.name}": each for each in sorted(case.glob("zones/*.geojson"))}
    tables = ("places.csv", "events.csv", "state_2017-10-01.csv", "gazetteer.csv")
    places = {f"places/{name}": case / name for name in tables}
    files = (each for each in sorted(own.rglob("*")) if each.is_file())
    return zones | places | {each.relative_to(own).as_posix(): each for each in files}


def draw_gallery(folder: Path) -> None:
    """Draw one picture of each kind by the very command that the gallery shows.

    Parameters
    ----------
    folder : Path
        Where the pictures and the page that shows them go.
    """
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as work:
        for name, source in sample_files().items():
            target = Path(work, name)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
        for kind in KINDS:
            command = ["map", "zones", "--kind", kind]
            command += ["--boundary-error-m", "2500", "--out", f"{kind}.png"]
            _call(command, Path(work))
            shutil.copy(Path(work, f"{kind}.png"), folder / f"{kind}.png")
            lines += [f"## {kind}\n", f"```sh\nterritory {' '.join(command)}\n```\n"]
            lines += [f"![A map of the kind {kind}]({kind}.png)\n"]
    (folder / "gallery.inc").write_text("\n".join(lines), encoding="utf-8")


def _call(command: list[str], folder: Path) -> None:
    """Run a command of territory in a folder; in this process, as its libraries are loaded once."""
    printed = io.StringIO()
    with chdir(folder), redirect_stdout(printed), redirect_stderr(printed):
        code = guarded(command)
    if code:
        raise SystemExit(f"territory {' '.join(command)} ended with {code}:\n{printed.getvalue()}")

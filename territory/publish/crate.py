"""The output folder of a run as an RO-Crate: what was made, from what, with which programs.

`ro-crate-metadata.json` follows RO-Crate 1.2 and the profile Process Run Crate: one
action, its inputs (named by their sha256, because they lie outside the folder), its
results and the programs that made them. It describes every file of the folder but itself.
`run.json` is written after it and holds its sha256, so the crate lists `run.json` without.

Nothing in it tells the clock: the crate is dated by the newest fact it rests on, and the
same run gives the same bytes.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from territory.publish.rights import named_by
from territory.publish.write import json_bytes
from territory.read.text_files import sha256_of

METADATA = "ro-crate-metadata.json"
RECORD = "run.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
SPECIFICATION = "https://w3id.org/ro/crate/1.2"
_RIGHTS = (
    "Figures, tables and drawings were computed from the inputs, which carry the rights of"
    " their publishers; who passes them on needs to follow these."
)
_FORMATS = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".html": "text/html",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".qml": "application/xml",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
}
Properties = dict[str, Any]
Entity = dict[str, Any]  # properties, with what it is called in the crate and what it is


def write_crate(
    folder: Path,
    *,
    title: str,
    newest: date,
    inputs: Mapping[str, str],
    about: Mapping[str, Properties],
    versions: Mapping[str, str],
) -> None:
    """Write the metadata file of an RO-Crate for a folder of results.

    Parameters
    ----------
    folder : Path
        With everything but `run.json` in it.
    title : str
        What the run was about.
    newest : date
        The newest fact it rests on.
    inputs : mapping of str to str
        Sha256 of every input, by its name as seen from the job file.
    about : mapping of str to dict
        Publisher, licence and description of inputs, by the same names.
    versions : mapping of str to str
        Of `territory` and of everything that could change a figure.
    """
    called = title or "Areas of control"
    rights = _entity("#rights", "CreativeWork", name="Rights", text=_RIGHTS)
    profile = _entity(PROFILE, "CreativeWork", name="Process Run Crate", version="0.5")
    results = [_file(folder, path) for path in _outputs(folder)]
    results.append(_entity(RECORD, "File", **_described(RECORD)))
    said = {name: about.get(name, {}) for name in sorted(inputs)}
    publishers = [_organization(each["publisher"]) for each in said.values() if _is_named(each)]
    used = [_input(name, inputs[name], each) for name, each in said.items()]
    program, *others = _programs(versions)
    action = _entity(
        "#run",
        "CreateAction",
        name=f"territory run: {called}",
        instrument=_named(program),
        object=list(map(_named, used)),
        result=list(map(_named, results)),
    )
    root = _entity(
        "./",
        "Dataset",
        name=called,
        description=f"{called}: areas, changes and verdicts, recomputed by territory",
        datePublished=newest.isoformat(),
        license=_named(rights),
        hasPart=list(map(_named, results)),
        conformsTo=_named(profile),
        mentions=_named(action),
    )
    parts = (rights, *results, *publishers, *used, profile, program, *others, action)
    graph = [_descriptor(root), root, *_each_once(parts)]
    content = {"@context": f"{SPECIFICATION}/context", "@graph": graph}
    (folder / METADATA).write_bytes(json_bytes(content))


def _outputs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != METADATA)


def _file(folder: Path, path: Path) -> Entity:
    name = path.relative_to(folder).as_posix()
    return _entity(
        quote(name),
        "File",
        **_described(name),
        sha256=sha256_of(path),
        contentSize=str(path.stat().st_size),
    )


def _described(name: str) -> Properties:
    format_ = _FORMATS.get(Path(name).suffix.lower())
    return {"name": name, **({"encodingFormat": format_} if format_ else {})}


def _input(name: str, sha256: str, about: Properties) -> Entity:
    properties = {**_described(name), **about, "sha256": sha256}
    if _is_named(about):
        properties["publisher"] = _named(_organization(about["publisher"]))
    return _entity(named_by(sha256), "CreativeWork", **properties)


def _is_named(about: Properties) -> bool:
    """Return whether somebody is said to have published an input."""
    return bool(about.get("publisher"))


def _organization(name: str) -> Entity:
    return _entity(f"#{quote('-'.join(name.lower().split()))}", "Organization", name=name)


def _programs(versions: Mapping[str, str]) -> list[Entity]:
    """Return the programs, `territory` first; those that it is made with are its requirements."""
    entities = {
        name: _entity(f"#{name}", "SoftwareApplication", name=name, softwareVersion=version)
        for name, version in sorted(versions.items())
    }
    territory, others = entities.pop("territory"), list(entities.values())
    return [{**territory, "softwareRequirements": list(map(_named, others))}, *others]


def _entity(identifier: str, kind: str, **properties: object) -> Entity:
    return {"@id": identifier, "@type": kind, **properties}


def _descriptor(root: Entity) -> Entity:
    """Return what says that the file is the metadata of a crate."""
    conforms = {"@id": SPECIFICATION}
    return _entity(METADATA, "CreativeWork", about=_named(root), conformsTo=conforms)


def _named(entity: Entity) -> dict[str, str]:
    """Return what stands for an entity where another speaks of it."""
    return {"@id": entity["@id"]}


def _each_once(entities: Iterable[Entity]) -> list[Entity]:
    """Return entities in the order of their names; two files with the same bytes are one."""
    found = {each["@id"]: each for each in entities}
    return [found[name] for name in sorted(found)]

"""The output folder of a run as an RO-Crate: what was made, from what, with which programs.

`ro-crate-metadata.json` follows RO-Crate 1.2 and the profile Process Run Crate: one
action, its inputs (named by their sha256, because they lie outside the folder), its
results and the programs that made them. It describes every file of the folder but itself.
`run.json` is written after it and holds its sha256, so the crate lists `run.json` without.

Nothing in it tells the clock: the crate is dated by the newest fact it rests on, and the
same run gives the same bytes. `rocrate` is loaded when it is needed, for it takes its time.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from territory.extras import require
from territory.publish.rights import named_by
from territory.publish.write import json_bytes
from territory.read.text_files import sha256_of

if TYPE_CHECKING:
    from rocrate.model import ContextEntity
    from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
RECORD = "run.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
VERSION = "1.2"
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
    require("run")
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version=VERSION)
    crate.name = title or "Areas of control"
    crate.description = f"{crate.name}: areas, changes and verdicts, recomputed by territory"
    crate.datePublished = newest.isoformat()
    crate.license = _entity(crate, "#rights", "CreativeWork", name="Rights", text=_RIGHTS)
    results = [_file(crate, folder, path) for path in _outputs(folder)]
    results.append(crate.add_file(dest_path=RECORD, properties=_described(RECORD)))
    input_entities = [
        _input(crate, name, sha, about.get(name, {})) for name, sha in sorted(inputs.items())
    ]
    crate.root_dataset["conformsTo"] = _entity(
        crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
    )
    action = crate.add_action(
        _programs(crate, versions),
        identifier="#run",
        object=input_entities,
        result=results,
        properties={"name": f"territory run: {crate.name}"},
    )
    crate.root_dataset["mentions"] = action
    (folder / METADATA).write_bytes(json_bytes(_in_order(crate.metadata.generate())))


def _outputs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != METADATA)


def _file(crate: "ROCrate", folder: Path, path: Path) -> Any:  # noqa: ANN401 - rocrate is untyped
    name = path.relative_to(folder).as_posix()
    properties = {
        **_described(name),
        "sha256": sha256_of(path),
        "contentSize": str(path.stat().st_size),
    }
    return crate.add_file(dest_path=name, properties=properties)


def _described(name: str) -> Properties:
    format_ = _FORMATS.get(Path(name).suffix.lower())
    return {"name": name, **({"encodingFormat": format_} if format_ else {})}


def _input(crate: "ROCrate", name: str, sha256: str, about: Properties) -> "ContextEntity":
    """Add an input; two files with the same bytes are one."""
    properties = {**_described(name), **about, "sha256": sha256}
    if publisher := about.get("publisher"):
        slug = quote("-".join(publisher.lower().split()))
        properties["publisher"] = _entity(crate, f"#{slug}", "Organization", name=publisher)
    return _entity(crate, named_by(sha256), "CreativeWork", **properties)


def _programs(crate: "ROCrate", versions: Mapping[str, str]) -> "ContextEntity":
    """Add the programs, those that `territory` is made with as its requirements."""
    entities = {
        name: _entity(crate, f"#{name}", "SoftwareApplication", name=name, softwareVersion=version)
        for name, version in sorted(versions.items())
    }
    territory = entities.pop("territory")
    territory["softwareRequirements"] = list(entities.values())
    return territory


def _entity(crate: "ROCrate", identifier: str, kind: str, **properties: object) -> "ContextEntity":
    from rocrate.model import ContextEntity

    entity = ContextEntity(crate, identifier, {"@type": kind, **properties})
    return crate.add(entity)


def _in_order(metadata: Properties) -> Properties:
    """Put the entities in one order, the descriptor and the root first."""
    first = (METADATA, "./")
    graph = sorted(
        metadata["@graph"],
        key=lambda each: (
            first.index(each["@id"]) if each["@id"] in first else len(first),
            each["@id"],
        ),
    )
    return {**metadata, "@graph": graph}

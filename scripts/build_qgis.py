"""Pack the plugin for QGIS as a zip, the same to the byte each time.

Usage: ``python scripts/build_qgis.py [FOLDER]`` (``dist`` by default). QGIS installs the file
under *Plugins, Manage and Install Plugins, Install from ZIP*.
"""

import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "qgis_plugin" / "territory_control"
KINDS = {".py", ".svg", ".txt"}
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can hold
FILE_FOR_ALL = 0o100644 << 16


def version() -> str:
    """Return the version of the package, which the plugin shares."""
    text = (ROOT / "territory" / "version.py").read_text(encoding="utf-8")
    found: list[str] = re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    return found[0]


def contents() -> dict[str, bytes]:
    """Return every file of the zip by its name in it, sorted."""
    found = {path.name: path.read_bytes() for path in PLUGIN.iterdir() if path.suffix in KINDS}
    stated = found["metadata.txt"].decode().replace("=VERSION\n", f"={version()}\n")
    found |= {"metadata.txt": stated.encode(), "LICENSE": (ROOT / "LICENSE").read_bytes()}
    return {f"{PLUGIN.name}/{name}": found[name] for name in sorted(found)}


def build(folder: Path) -> Path:
    """Write the zip into a folder and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{PLUGIN.name}-{version()}.zip"
    # Stored, not packed: what packs is not the same in every Python.
    with zipfile.ZipFile(place, "w", zipfile.ZIP_STORED) as packed:
        for name, text in contents().items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr, entry.create_system = FILE_FOR_ALL, 3
            packed.writestr(entry, text)
    return place


if __name__ == "__main__":
    print(build(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "dist"))

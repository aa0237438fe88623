"""Build the codes of the countries, ``territory/data/country_codes.csv``, from npm.

What it does: runs ``npm pack`` in a temporary directory, checks the SHA-256 of the tarball,
reads one member in memory (Natural Earth 1:50m admin 0 as TopoJSON, in the public domain) and
writes one CSV file with the columns ``name`` (as in ``countries.parquet``) and ``code`` (ISO
3166-1 alpha-2, empty for those that have none), sorted by name. Numbers of ISO 3166-1 are
turned into letters by the aliases of the CLDR, which Babel carries; the names of the countries
in other languages are looked up there by these letters.

The same package version and the same CLDR give the same bytes.

Run it with ``python scripts/build_country_codes.py``.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pyogrio
from babel import Locale
from babel.core import get_global
from build_context import BuildError, download, extract
from build_world import SOURCE

WITHOUT_NUMBER: Final = {"Kosovo": "XK"}
"""Countries without a number, which the CLDR names all the same."""


def letters(name: str, number: Any) -> str:  # noqa: ANN401 - whatever the file holds
    """Return the two letters of a country; nothing for one that has none.

    Parameters
    ----------
    name
        In Natural Earth.
    number
        Of ISO 3166-1, as text of three digits; None where it has none.
    """
    if name in WITHOUT_NUMBER:
        return WITHOUT_NUMBER[name]
    found = get_global("territory_aliases").get(f"{number or ''}", [])
    return str(found[0]) if len(found) == 1 else ""


def distinct(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the rows with each code once: a territory must not be called as its country is.

    Parameters
    ----------
    rows
        Name and code; of several with one code that keeps it which the CLDR calls so.
    """
    codes = Counter(code for _, code in rows)
    english = Locale("en").territories
    return [
        (name, code if codes[code] == 1 or english.get(code) == name else "") for name, code in rows
    ]


def build(path: Path) -> None:
    """Download, convert and write the file.

    Parameters
    ----------
    path
        The file to write.
    """
    with tempfile.TemporaryDirectory() as scratch:
        topology = extract(download(SOURCE, Path(scratch)), SOURCE.member)
    frame = pyogrio.read_dataframe(topology, layer="countries")
    pairs = zip(frame["name"], frame["id"], strict=True)
    rows = sorted((name, letters(name, number)) for name, number in pairs if name != "Antarctica")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("name", "code"), *distinct(rows)])


def main() -> int:
    """Run the build from the command line.

    Returns
    -------
    int
        Exit code: 0 done, 1 something missing or wrong.
    """
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=root / "territory/data/country_codes.csv")
    path: Path = parser.parse_args().out
    try:
        build(path)
    except BuildError as error:
        print(f"build_country_codes: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

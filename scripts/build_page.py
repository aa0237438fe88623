"""Put the drawing library of the page, D3, into ``territory/publish/page/vendor`` from npm.

What it does: runs ``npm pack`` in a temporary directory, checks the SHA-256 of the tarball,
and writes the minified file with the licence of the library as a comment before it, because
the licence must go with every copy and every page is a copy.

What it assumes: npm is installed and can reach its registry. The same version gives the same
bytes.

Run it with ``python scripts/build_page.py``.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Final

from build_context import BuildError, Package, download, extract

D3: Final = Package(
    name="d3",
    version="7.9.0",
    sha256="7e36605710a2ba54846797c8c6d888911341b215ae53257dc32a49a0b824355e",
    member="package/dist/d3.min.js",
)
LICENCE: Final = "package/LICENSE"
TARGET: Final = Path(__file__).resolve().parent.parent / "territory" / "page" / "vendor"


def with_licence(library: str, licence: str) -> str:
    """Return a script with a licence as a comment before it.

    Parameters
    ----------
    library
        Minified JavaScript.
    licence
        Plain text.

    Returns
    -------
    str
        JavaScript that can stand inside a script element.
    """
    if "*/" in licence or "</script" in library.lower():
        raise BuildError("the library cannot stand inside a page as it is")
    return f"/*! D3 7.9.0, ISC licence\n\n{licence.strip()}\n*/\n{library.strip()}\n"


def main() -> int:
    """Write the library; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        tarball = download(D3, Path(folder))
        library = extract(tarball, D3.member).decode("utf-8")
        licence = extract(tarball, LICENCE).decode("utf-8")
    TARGET.mkdir(parents=True, exist_ok=True)
    path = TARGET / "d3.min.js"
    path.write_text(with_licence(library, licence), encoding="utf-8", newline="\n")
    print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as error:
        print(f"build_page: {error}", file=sys.stderr)
        sys.exit(1)

"""A PostgreSQL server with PostGIS for tests, from the packages of the system, on a socket."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

PASSWORD = "s3cret/@:?"
_ENCODED = quote(PASSWORD, safe="")
_BINARIES = "/usr/lib/postgresql/{}/bin"
_POSTGIS = "/usr/share/postgresql/{}/extension/postgis.control"


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL here that has PostGIS, as Debian lays it out."""
    versions = [path.name for path in Path("/usr/lib/postgresql").glob("*") if path.name.isdigit()]
    able = [each for each in versions if Path(_POSTGIS.format(each)).exists()]
    return Path(_BINARIES.format(max(able, key=int))) if able else None


def _as_owner() -> list[str]:
    """Return what a command is put behind to be run by somebody else than root."""
    if os.geteuid():
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@contextmanager
def running_server() -> Iterator[str]:
    """Give the folder of the socket of a server that is gone at the end."""
    tools = binaries()
    if tools is None:
        raise FileNotFoundError("no PostgreSQL with PostGIS")
    folder = Path(tempfile.mkdtemp(prefix="territory-pg-", dir="/tmp"))  # others may look into it
    try:
        (folder / "password").write_text(PASSWORD)
        if not os.geteuid():
            shutil.chown(folder, "postgres", "postgres")
            shutil.chown(folder / "password", "postgres", "postgres")
        data = f"--pgdata={folder / 'data'}"
        control = [str(tools / "pg_ctl"), data, "--wait"]
        made = ["--username=boss", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
        quick = ["--no-sync", "--encoding=UTF8", "--locale=C"]
        _call([str(tools / "initdb"), data, *made, *quick])
        settings = f"-F -c listen_addresses='' -c unix_socket_directories={folder}"
        _call([*control, "-o", settings, "-l", str(folder / "log"), "start"])
        try:
            yield str(folder)
        finally:
            _call([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _call(command: list[str]) -> None:
    subprocess.run(
        [*_as_owner(), *command], check=True, cwd="/tmp", stdout=subprocess.DEVNULL, timeout=60
    )


def address(socket: str, database: str = "maps", **query: str) -> str:
    """Return the address of a database, with the password, and with what else it asks for."""
    more = "".join(f"&{key}={quote(value, safe='')}" for key, value in query.items())
    return f"postgresql://boss:{_ENCODED}@/{database}?host={socket}{more}"

"""Addresses of PostgreSQL databases, and what goes wrong there in words of one line.

No message holds a password: the address is taken apart by libpq itself, messages name it
without, and what libpq says of an address that it cannot read is never repeated.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from territory.errors import InputError, did_you_mean
from territory.extras import require
from territory.one_piece import address_scheme

if TYPE_CHECKING:
    import psycopg

_SCHEMES = ("postgresql", "postgres")
_OURS = ("schema", "table")
_MOST_BYTES = 63  # of a name in PostgreSQL, which cuts off what is longer
_WAIT_S = 10  # for an answer, unless the address or PGCONNECT_TIMEOUT says otherwise
_WAIT_FOR_OTHERS = "60s"  # who hold the tables
_FORM = "write postgresql://USER@HOST:PORT/DATABASE"
_NOT_CHANGED = "nothing was changed"
_UNKNOWN = "whether all was written is not known; write it again"  # lost while it was confirmed
_MOST_LETTERS = 300  # of what a server says


@dataclass(frozen=True)
class Database:
    """A PostgreSQL database, and which tables of it are meant.

    Attributes
    ----------
    parameters : mapping of str to str
        How to connect, by libpq's names; may hold a password, so it is in no `repr`.
    schema : str
        Where the tables are; the first of the search path if empty.
    table : str
        What they are called; see `territory.publish.export.postgis.table_names`.
    """

    parameters: Mapping[str, str] = field(repr=False)
    schema: str = ""
    table: str = ""

    def __str__(self) -> str:
        """Return the address without the password."""
        user, host, port, name = map(self._plain, ("user", "host", "port", "dbname"))
        socket = host.startswith("/")
        at = f"{user}@" if user else ""
        where = ("" if socket else host) + (f":{port}" if port and not socket else "")
        return f"postgresql://{at}{where}/{name}" + (f"?host={host}" if socket else "")

    def _plain(self, key: str) -> str:
        return quote(self.parameters.get(key, ""), safe="/,:")


def database_of(text: str) -> Database:
    """Return the database that an address names.

    Parameters
    ----------
    text : str
        ``postgresql://USER@HOST:PORT/DATABASE``, with ``schema``, ``table`` and whatever libpq
        knows after a question mark. What is not there comes from libpq's environment
        variables, such as PGPASSWORD, and from ``~/.pgpass``.

    Raises
    ------
    InputError
        If it is no such address, or psycopg is not installed.
    """
    if address_scheme(text) not in _SCHEMES or "://" not in text:
        problem = f"'{address_scheme(text)}:' is no address that is written to; {_FORM}, or a file"
        raise InputError(problem)
    head, _, query = text.partition("?")
    if "@" in head.partition("://")[2].partition("/")[2]:  # the rest of a password with a slash
        raise InputError(_unreadable())
    ours, theirs = _parted(query)
    plain = "postgresql" + head[head.index(":") :]  # whatever the case of the scheme
    names = {key: _name(ours.get(key, ""), key) for key in _OURS}
    return Database(_parameters("?".join([plain, *([theirs] if theirs else [])])), **names)


def _parted(query: str) -> tuple[dict[str, str], str]:
    """Return our own keys of a query, and the rest of it as it is."""
    psycopg = _installed()
    known = {each.keyword.decode() for each in psycopg.pq.Conninfo.get_defaults()} | {"ssl"}
    ours: dict[str, str] = {}
    theirs = []
    for part in filter(None, query.split("&")):
        key, equals, value = part.partition("=")
        if key not in {*_OURS, *known} or not equals or key in ours:
            raise InputError(_no_key(key, equals, known, again=key in ours))
        if key in _OURS:
            ours[key] = value
        else:
            theirs.append(part)
    return ours, "&".join(theirs)


def _no_key(key: str, equals: str, known: set[str], *, again: bool) -> str:
    if not re.fullmatch("[a-z_]+", key) or not equals:  # perhaps the end of a password
        return _unreadable()
    if again:
        return f"'{key}' stands twice in the address"
    return f"unknown '{key}' in the address; {did_you_mean(key, {*known, *_OURS})}"


def _unreadable() -> str:
    """Say that an address is none, without a word of it: any may be a part of a password."""
    return (
        f"the address of the database cannot be read; {_FORM}?KEY=VALUE, and in a password @ as"
        " %40, : as %3A, / as %2F, ? as %3F, % as %25"
    )


def _name(value: str, key: str) -> str:
    try:
        name = unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise InputError(f"'{key}' in the address is not in UTF-8") from None
    longest = _MOST_BYTES - (len("_transfers") if key == "table" else 0)
    if len(name.encode()) > longest:
        raise InputError(f"'{key}' in the address is longer than {longest} bytes: '{name}'")
    if "\0" in name:
        raise InputError(f"'{key}' in the address holds a NUL, which no name may have")
    return name


def _parameters(address: str) -> dict[str, str]:
    psycopg = _installed()
    try:
        found = psycopg.conninfo.conninfo_to_dict(address)
    except psycopg.Error:  # it repeats parts of the address, perhaps of the password
        raise InputError(_unreadable()) from None
    if not re.fullmatch("[0-9,]*", found.get("port") or ""):  # no number: a password without a host
        raise InputError(_unreadable())
    return {key: str(value) for key, value in found.items() if value is not None}


def _installed() -> ModuleType:
    require("postgis")
    import psycopg.conninfo

    return psycopg


@contextmanager
def connected(database: Database) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Connect, and do all that follows in one transaction or not at all.

    Parameters
    ----------
    database : Database
        Where to.

    Yields
    ------
    psycopg.Connection
        Committed at the end; if anything fails, or this process dies, nothing was changed.

    Raises
    ------
    InputError
        If nobody answers, lets nobody in, or the server refuses anything.
    """
    psycopg = _installed()
    settings = {"client_encoding": "utf8", "application_name": "territory"}
    waits = {} if _waits(psycopg) else {"connect_timeout": str(_WAIT_S)}
    outcome = ""
    try:
        with psycopg.connect(
            **{**waits, **database.parameters, **settings}, prepare_threshold=None
        ) as connection:
            outcome = _NOT_CHANGED
            connection.execute(f"SET LOCAL lock_timeout = '{_WAIT_FOR_OTHERS}'")
            yield connection
            outcome = _UNKNOWN
            connection.commit()
    except psycopg.Error as error:
        raise InputError(_problem(error, outcome), file=str(database)) from None


def _waits(psycopg: ModuleType) -> bool:
    """Tell whether the environment says how long to wait for an answer."""
    defaults = psycopg.pq.Conninfo.get_defaults()
    return any(each.keyword == b"connect_timeout" and each.val for each in defaults)


_SAID_BY = {  # by SQLSTATE
    "28P01": "the server does not take this user with this password; name both, the password"
    " best in PGPASSWORD or ~/.pgpass",
    "28000": "the server does not let this user in",
    "3D000": "there is no such database; make it with createdb",
    "25006": "the database is read-only (a standby?)",
    "55P03": f"somebody has held the tables for {_WAIT_FOR_OTHERS}",
    "53100": "the server has no space left",
    "2BP01": "the tables are of an earlier version or in another CRS, and something was built on"
    " them (a view?); drop that first",
}


def _problem(error: Exception, outcome: str) -> str:
    """Say in one line what the server, or the way to it, is at odds with, and what came of it."""
    state = getattr(error, "sqlstate", None) or ""
    said = _one_line(str(error))
    if not outcome and not state:
        state = _state_of_refusal(said)
    told = _SAID_BY.get(state) or (said if outcome or state else f"no server answers ({said})")
    return f"{told}; {outcome}" if outcome else told


def _state_of_refusal(said: str) -> str:
    """Return the state that is meant where the library gives none: on the way in."""
    if "password" in said:
        return "28P01"
    return "3D000" if "database" in said and "does not exist" in said else ""


def _one_line(said: str) -> str:
    lines = " ".join(said.split()).removeprefix("connection failed: ")
    lines = lines.partition(" Is the server running")[0]
    return lines if len(lines) <= _MOST_LETTERS else f"{lines[:_MOST_LETTERS]} ..."

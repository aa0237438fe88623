"""Tables of spells, fronts and transfers in a PostGIS database, replaced in one transaction.

Each table has the columns of the GeoPackage's layer, a number for each row, and `valid`, the
days of the row as a range: from the first day to the day before `valid_to`, without end where a
spell lasts. So ``WHERE valid @> DATE '2025-01-31'`` gives the ground of a day, by an index. A
table whose comment says that it is ours has its rows replaced, so that views on it, rights to it
and further indexes stay; any other table is left alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely
from pyproj import CRS

from territory.errors import InputError
from territory.publish.export.database import Database, connected
from territory.publish.export.tables import FRONTS, SPELLS, TRANSFERS, Tables

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composable, Composed, Identifier

_LAYERS = {
    "spells": (SPELLS, "MultiPolygon"),
    "fronts": (FRONTS, "MultiLineString"),
    "transfers": (TRANSFERS, "MultiPolygon"),
}
_SQL_TYPES = {
    pa.string(): "text",
    pa.int32(): "integer",
    pa.float64(): "double precision",
    pa.date32(): "date",
}
_DAYS = {"day": "date"}  # text in files, where a date would be taken for the time of a row
_OF_DAYS = ("valid_from", "valid_to", "day")
_VALID = "valid daterange GENERATED ALWAYS AS (daterange(valid_from, valid_to)) STORED"
_SHAPE, _END = "geometry", "valid_to"
_MARK = "Written by territory"  # begins the comment of each of our tables
_ROWS_AT_ONCE = 1024
_OLDEST = 120000  # of PostgreSQL: the first with generated columns
_OWN_SRIDS = (910_000, 998_999)  # free for whoever defines a CRS


@dataclass(frozen=True)
class _Place:
    """Where tables go: a schema, that of PostGIS, and the tables of ours that are there."""

    schema: str
    postgis: str
    comments: Mapping[str, str]
    is_new: bool


@dataclass(frozen=True)
class _Target:
    """One table, and the CRS of its shapes."""

    schema: str
    name: str
    srid: int


def table_names(database: Database) -> dict[str, str]:
    """Return what the tables are called, by layer.

    Parameters
    ----------
    database : Database
        With the ``table`` of its address.

    Examples
    --------
    >>> list(table_names(Database({})).values())
    ['spells', 'fronts', 'transfers']
    >>> list(table_names(Database({}, table="idlib")).values())
    ['idlib', 'idlib_fronts', 'idlib_transfers']
    """
    if not database.table:
        return {layer: layer for layer in _LAYERS}
    of_spells, *others = _LAYERS
    return {of_spells: database.table, **{each: f"{database.table}_{each}" for each in others}}


def check_database(database: Database) -> None:
    """Refuse a database that nothing can be written to, before the work is done.

    Parameters
    ----------
    database : Database
        Where tables are to be written.

    Raises
    ------
    InputError
        If nobody answers or lets us in, PostGIS is not there, or a table is not ours.
    """
    with connected(database) as connection:
        _place(connection, database)


def write_postgis(tables: Tables, database: Database) -> None:
    """Write spells, fronts and transfers, in the place of what was written there before.

    Parameters
    ----------
    tables : Tables
        In one CRS, which becomes that of the columns.
    database : Database
        Where they go; a schema that is not there is made.

    Raises
    ------
    InputError
        As `check_database`, or if the server refuses anything; then nothing was changed.
    """
    from psycopg.sql import SQL, Identifier

    with connected(database) as connection:
        names = table_names(database)
        # One after the other; also where there is no table yet that could be locked.
        lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
        connection.execute(lock, [f"territory {database.schema}.{names['spells']}"])
        place = _place(connection, database)
        if place.is_new:
            connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(place.schema)))
        srid = _srid(connection, tables.crs, place)
        for layer, name in names.items():
            target = _Target(place.schema, name, srid)
            _fill(connection, getattr(tables, layer), layer, target, place)


def _place(connection: "Connection[Any]", database: Database) -> _Place:
    """Look at a database, and refuse what cannot be written to."""
    where = str(database)
    if connection.info.server_version < _OLDEST:
        raise InputError("PostgreSQL 12 or newer is needed", file=where)
    schema = database.schema or _one(connection, "SELECT current_schema()")
    if not schema:
        raise InputError("it has no schema to write to; name one: ?schema=NAME", file=where)
    postgis = _one(
        connection,
        "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
        " WHERE extname = 'postgis'",
    )
    if not postgis:
        problem = "it has no PostGIS; its owner adds it with: CREATE EXTENSION postgis"
        raise InputError(problem, file=where)
    is_new = not _one(connection, "SELECT 1 FROM pg_namespace WHERE nspname = %s", schema)
    _refuse_no_right(connection, schema, is_new=is_new, where=where)
    comments = {}
    for name in table_names(database).values():
        comment = _comment(connection, schema, name, where)
        if comment:
            comments[name] = comment
    return _Place(schema, postgis, comments, is_new)


def _refuse_no_right(
    connection: "Connection[Any]", schema: str, *, is_new: bool, where: str
) -> None:
    """Refuse a database in which this user may make no table."""
    if is_new:
        may = _one(connection, "SELECT has_database_privilege(current_database(), 'CREATE')")
        what = f"the schema '{schema}', which is not there"
    else:
        may = _one(connection, "SELECT has_schema_privilege(%s, 'CREATE')", schema)
        what = f"tables in the schema '{schema}'"
    if not may:
        raise InputError(f"this user may not make {what}", file=where)


def _comment(connection: "Connection[Any]", schema: str, name: str, where: str) -> str:
    """Return the comment of a table of ours; nothing if there is none of that name."""
    found = connection.execute(
        "SELECT c.relkind IN ('r', 'p'), coalesce(obj_description(c.oid, 'pg_class'), ''),"
        " has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'DELETE')"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s",
        [schema, name],
    ).fetchone()
    if found is None:
        return ""
    is_table, comment, may = found
    if not is_table or not comment.startswith(_MARK):
        problem = (
            f"'{schema}.{name}' is there and was not written by territory, so it was left alone;"
            " name other tables: ?table=NAME"
        )
        raise InputError(problem, file=where)
    if not may:
        raise InputError(f"this user may not replace the rows of '{schema}.{name}'", file=where)
    return str(comment)


def _one(connection: "Connection[Any]", query: str, *values: object) -> Any:  # noqa: ANN401
    row = connection.execute(query, values).fetchone()
    return None if row is None else row[0]


def _srid(connection: "Connection[Any]", crs: CRS, place: _Place) -> int:
    """Return the number of a CRS in the database; one that has none there gets one."""
    from psycopg.sql import SQL, Identifier

    systems = Identifier(place.postgis, "spatial_ref_sys")
    authority = crs.to_authority(min_confidence=100)
    text = crs.to_wkt("WKT1_GDAL")
    found = connection.execute(
        SQL(
            "SELECT srid FROM {} WHERE (auth_name, auth_srid::text) = (%s, %s) OR srtext = %s"
            " ORDER BY srid LIMIT 1"
        ).format(systems),
        [*(authority or ("", "")), text],
    ).fetchone()
    if found is not None:
        return int(found[0])
    made = connection.execute(
        SQL(
            "INSERT INTO {0} (srid, auth_name, auth_srid, srtext)"
            " SELECT n, 'territory', n, %s FROM (SELECT coalesce(max(srid), %s) + 1 AS n"
            " FROM {0} WHERE srid BETWEEN %s AND %s) AS free RETURNING srid"
        ).format(systems),
        [text, _OWN_SRIDS[0], *_OWN_SRIDS],
    ).fetchone()
    return int(made[0])  # type: ignore[index]  # one row, or an error


def _fill(
    connection: "Connection[Any]", table: pa.Table, layer: str, target: _Target, place: _Place
) -> None:
    """Put rows into a table, which is emptied if it is as we would make it, and else made."""
    from psycopg.sql import SQL, Identifier

    comment = _comment_of(layer, target.srid)
    named = Identifier(target.schema, target.name)
    if place.comments.get(target.name) == comment:
        connection.execute(SQL("DELETE FROM {}").format(named))
    else:
        connection.execute(SQL("DROP TABLE IF EXISTS {}").format(named))
        for statement in _making(layer, named, place, target.srid):
            connection.execute(statement)
    columns = SQL(", ").join(map(Identifier, ["id", *table.column_names]))
    copy = SQL("COPY {} ({}) FROM STDIN").format(named, columns)
    with connection.cursor().copy(copy) as rows:
        for row in _rows(table, target.srid):
            rows.write_row(row)


def _comment_of(layer: str, srid: int) -> str:
    return (
        f"{_MARK} ({layer}, form 1, SRID {srid}). To write the series again replaces all rows."
        " A row holds on the days of its column valid."
    )


def _making(layer: str, named: "Identifier", place: _Place, srid: int) -> Iterator["Composed"]:
    """Yield what makes a table, its indexes and its comment."""
    from psycopg.sql import SQL, Identifier, Literal

    schema, kind = _LAYERS[layer]
    shape = SQL("{}.geometry({}, {})").format(Identifier(place.postgis), SQL(kind), Literal(srid))
    columns: list[Composable] = [SQL("id integer PRIMARY KEY")]
    for each in schema:
        form = shape if each.name == _SHAPE else SQL(_sql_type(each))
        filled = SQL("" if each.name == _END else "NOT NULL")
        columns.append(SQL("{} {} {}").format(Identifier(each.name), form, filled))
        if each.name == _END:
            columns.append(SQL(_VALID))
    yield SQL("CREATE TABLE {} ({})").format(named, SQL(", ").join(columns))
    for column in (_SHAPE, "valid"):
        yield SQL("CREATE INDEX ON {} USING gist ({})").format(named, Identifier(column))
    yield SQL("COMMENT ON TABLE {} IS {}").format(named, Literal(_comment_of(layer, srid)))


def _sql_type(column: pa.Field) -> str:
    return _DAYS.get(column.name) or _SQL_TYPES[column.type]


def _sql_day(day: object) -> object:
    """Return a day as the server reads it, which counts years before the year 1 as BC.

    Parameters
    ----------
    day : date, str or None
        Text is in ISO 8601, where the year 0 is 1 BC.

    Examples
    --------
    >>> _sql_day("-0499-01-01"), _sql_day("0000-12-31"), _sql_day("2024-01-31")
    ('0500-01-01 BC', '0001-12-31 BC', '2024-01-31')
    """
    if not isinstance(day, str):
        return day
    year, month, of_month = day.rsplit("-", 2)
    return day if int(year) > 0 else f"{1 - int(year):04}-{month}-{of_month} BC"


def _rows(table: pa.Table, srid: int) -> Iterator[tuple[object, ...]]:
    """Yield rows with a number, and with shapes as PostGIS takes them."""
    number = 0
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        columns = [batch.column(name).to_pylist() for name in table.column_names]
        at = table.column_names.index(_SHAPE)
        shapes = shapely.set_srid(shapely.from_wkb(columns[at]), srid)
        columns[at] = shapely.to_wkb(shapes, hex=True, include_srid=True).tolist()
        for place, name in enumerate(table.column_names):
            if name in _OF_DAYS:
                columns[place] = list(map(_sql_day, columns[place]))
        for row in zip(*columns, strict=True):
            number += 1
            yield number, *row

"""A series in PostGIS says the same as `territory areas`, and is there as a whole or not at all."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from threading import Thread
from urllib.parse import quote

import pandas as pd
import pyogrio
import pytest
import shapely
from postgis_server import PASSWORD, address, binaries, running_server
from squares import write_two_boxes

import territory as tt
from territory.cli import _code
from territory.errors import InputError
from territory.publish.export import postgis
from territory.publish.export.database import database_of

psycopg = pytest.importorskip("psycopg")
SQL_NAMES = 'T"x;--', 'Füße "1"'
HOSTILE = "x'); DROP TABLE spells;--\\N \\t \"é🏴 {} %s"
DAYS = ("2024-01-01", "2024-01-03", "2024-01-04", "2024-02-01")


@pytest.fixture(scope="module")
def socket():
    if binaries() is None:
        pytest.skip("needs PostgreSQL with PostGIS (Debian: apt install postgresql-NN-postgis-3)")
    with running_server() as folder:
        with psycopg.connect(address(folder, "postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE maps")
            connection.execute("CREATE DATABASE bare")
            connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
        for name in ("maps", "latin"):
            with psycopg.connect(address(folder, name)) as connection:
                connection.execute("CREATE SCHEMA gis")
                connection.execute("CREATE EXTENSION postgis SCHEMA gis")
        yield folder


@pytest.fixture
def ask(socket):
    """Return what runs a statement in the database and returns all rows."""
    with psycopg.connect(address(socket), autocommit=True) as connection:
        connection.execute("SET search_path = public, gis")
        connection.execute("DROP SCHEMA IF EXISTS one CASCADE")

        def rows(statement, *values):
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

        yield rows


@pytest.fixture
def zones(tmp_path):
    """Four days on which boxes change hands, one of them back again, and one holder comes late."""
    holders = ("AABB.", "ABBB.", "ABBBC", "AA.BC")
    for written, row in zip(DAYS, holders, strict=True):
        write_row(tmp_path / f"{written}.geojson", row)
    return tmp_path


def write_row(path, row):
    features = [
        {
            "type": "Feature",
            "properties": {"actor": actor},
            "geometry": json.loads(shapely.to_geojson(shapely.box(n, 48, n + 1, 49.5))),
        }
        for n, actor in enumerate(row)
        if actor != "."
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")


def convert(paths, out, *words):
    """Return the exit code; one that only says that figures jump is none here."""
    code = _code(["convert", str(paths), "--profile", "zones", "--out", out, *words])
    return 0 if code == 3 else code


def printed_areas(capsys, paths, *words):
    """Return km2 by day and actor as `territory areas` prints them."""
    capsys.readouterr()
    assert _code(["areas", str(paths), "--profile", "zones", "--json", *words]) in {0, 3}
    rows = json.loads(capsys.readouterr().out)
    return {(row["day"], row["actor"]): row["km2"] for row in rows if row["actor"] != "nobody"}


def test_every_day_has_the_areas_that_the_verb_prints(socket, ask, zones, capsys):
    assert convert(zones, address(socket, schema="one"), "--crs", "equal-area") == 0
    found = ask(
        "SELECT day::date::text, actor, sum(km2), sum(ST_Area(geometry)) / 1e6"
        " FROM one.spells, unnest(%s::date[]) AS day WHERE valid @> day GROUP BY 1, 2",
        list(DAYS),
    )
    printed = printed_areas(capsys, zones)
    assert {(day, actor): km2 for day, actor, km2, _ in found} == pytest.approx(printed, rel=1e-9)
    assert {(day, actor): m for day, actor, _, m in found} == pytest.approx(printed, rel=1e-7)


def test_longitude_and_latitude_carried_by_postgis_has_these_areas_too(
    socket, ask, tmp_path, capsys
):
    write_two_boxes(tmp_path)
    assert convert(tmp_path, address(socket, schema="one")) == 0
    plane = "+proj=laea +lon_0=37.5 +lat_0=48.3 +datum=WGS84"
    found = ask(
        "SELECT day::date::text, actor, sum(ST_Area(ST_Transform("
        " ST_Segmentize(geometry, 0.001), %s::text))) / 1e6 FROM one.spells,"
        " unnest(ARRAY['2024-01-01', '2024-01-03']::date[]) AS day WHERE valid @> day"
        " GROUP BY 1, 2",
        plane,
    )
    printed = printed_areas(capsys, tmp_path)
    assert {(day, actor): m for day, actor, m in found} == pytest.approx(printed, rel=1e-7)


def test_spells_are_ranges_open_where_they_last(socket, ask, zones):
    assert convert(zones, address(socket, schema="one")) == 0
    found = ask("SELECT actor, valid::text FROM one.spells ORDER BY ST_XMin(geometry), valid")
    assert found == [
        ("A", "[2024-01-01,)"),
        ("A", "[2024-01-01,2024-01-03)"),
        ("B", "[2024-01-03,2024-02-01)"),
        ("A", "[2024-02-01,)"),
        ("B", "[2024-01-01,2024-02-01)"),
        ("B", "[2024-01-01,)"),
        ("C", "[2024-01-04,)"),
    ]
    assert ask("SELECT count(*) FROM one.spells WHERE valid @> DATE '2030-01-01'") == [(4,)]


def plain(cell):
    """Return a cell as both readers may have it; days are text."""
    if cell is None or pd.isna(cell):
        return None
    return str(cell)[:10] if isinstance(cell, date) else cell


@pytest.mark.parametrize("layer", ["spells", "fronts", "transfers"])
def test_tables_are_those_of_the_geopackage(socket, ask, zones, tmp_path, layer):
    assert convert(zones, address(socket, schema="one"), "--crs", "EPSG:3035") == 0
    assert convert(zones, str(tmp_path / "out.gpkg"), "--crs", "EPSG:3035") == 0
    frame = pyogrio.read_dataframe(tmp_path / "out.gpkg", layer=layer)
    columns = frame.columns.drop("geometry")
    rows = ask(f"SELECT {', '.join(columns)}, ST_AsBinary(geometry) FROM one.{layer} ORDER BY id")
    assert [row[-1] for row in rows] == shapely.to_wkb(frame.geometry.to_numpy()).tolist()
    for number, name in enumerate(columns):
        assert [plain(row[number]) for row in rows] == [plain(each) for each in frame[name]]


def test_days_before_the_year_one_are_days_too(socket, ask, tmp_path):
    for year, row in (("-0499", "AB"), ("0000", "AA"), ("0300", "AA")):
        write_row(tmp_path / f"of{year}.geojson", row)
        there = json.loads((tmp_path / f"of{year}.geojson").read_text("utf-8"))
        for feature in there["features"]:
            feature["properties"]["day"] = f"{year}-01-01"
        (tmp_path / f"of{year}.geojson").write_text(json.dumps(there), "utf-8")
    assert convert(tmp_path, address(socket, schema="one")) == 0
    found = ask("SELECT actor, valid::text FROM one.spells s ORDER BY actor, lower(s.valid)")
    assert found == [
        ("A", '["0500-01-01 BC",)'),
        ("A", '["0001-01-01 BC",)'),
        ("B", '["0500-01-01 BC","0001-01-01 BC")'),
    ]
    days = ask("SELECT day = DATE '0001-01-01 BC' FROM one.transfers")
    assert days == [(True,)]


def test_tables_have_a_srid_and_indexes(socket, ask, zones):
    assert convert(zones, address(socket, schema="one"), "--crs", "EPSG:3035") == 0
    assert ask("SELECT DISTINCT srid FROM geometry_columns") == [(3035,)]
    assert ask("SELECT DISTINCT ST_SRID(geometry) FROM one.spells") == [(3035,)]
    indexes = ask("SELECT indexdef FROM pg_indexes WHERE schemaname = 'one'")
    for column in ("geometry", "valid"):
        assert sum(f"USING gist ({column})" in each for (each,) in indexes) == 3
    ask("SET enable_seqscan = off")
    plan = ask("EXPLAIN SELECT 1 FROM one.spells WHERE valid @> DATE '2024-01-03'")
    assert any("spells_valid_idx" in line for (line,) in plan)


def test_actors_and_tables_may_be_called_anything(socket, ask, tmp_path):
    schema, table = SQL_NAMES
    ask('DROP SCHEMA IF EXISTS "T""x;--" CASCADE')
    write_row(tmp_path / "2024-01-01.geojson", [HOSTILE, "B"])
    assert convert(tmp_path, address(socket, schema=schema, table=table)) == 0
    found = ask('SELECT actor FROM "T""x;--"."Füße ""1""" ORDER BY ST_XMin(geometry)')
    assert found == [(HOSTILE,), ("B",)]
    assert ask("SELECT count(*) FROM pg_tables WHERE schemaname = %s", schema) == [(3,)]


def test_writing_again_replaces_all_and_keeps_what_was_built_on_it(socket, ask, zones):
    out = address(socket, schema="one", table="front")
    assert convert(zones, out) == 0
    before = ask("SELECT * FROM one.front ORDER BY id")
    ask("CREATE VIEW one.now AS SELECT actor, km2 FROM one.front WHERE upper_inf(valid)")
    (zones / "2024-02-01.geojson").unlink()
    assert convert(zones, out) == 0
    after = ask("SELECT * FROM one.front ORDER BY id")
    assert (len(before), len(after)) == (7, 5)
    assert ask("SELECT max(valid_from) FROM one.front_transfers") == [(date(2024, 1, 3),)]
    assert ask("SELECT count(*) FROM one.now") == [(4,)]
    assert convert(zones, out) == 0
    assert ask("SELECT * FROM one.front ORDER BY id") == after


def test_another_crs_makes_the_tables_anew_unless_something_is_built_on_them(
    socket, ask, zones, capsys
):
    out = address(socket, schema="one")
    assert convert(zones, out) == 0
    assert convert(zones, out, "--crs", "EPSG:3035") == 0
    assert ask("SELECT DISTINCT ST_SRID(geometry) FROM one.spells") == [(3035,)]
    ask("CREATE VIEW one.now AS SELECT actor FROM one.spells")
    assert convert(zones, out) == 1
    assert "drop that first; nothing was changed" in capsys.readouterr().err
    assert ask("SELECT DISTINCT ST_SRID(geometry) FROM one.fronts") == [(3035,)]


def test_a_write_that_fails_half_way_changes_nothing(socket, ask, zones, monkeypatch):
    out = address(socket, schema="one")
    assert convert(zones, out) == 0
    before = ask("SELECT * FROM one.spells ORDER BY id")
    write_row(zones / "2024-03-01.geojson", "CCCCC")
    rows = postgis._rows

    def fails(table, srid):
        yield from rows(table, srid)
        raise KeyboardInterrupt

    monkeypatch.setattr(postgis, "_rows", fails)
    assert convert(zones, out) == 130
    assert ask("SELECT * FROM one.spells ORDER BY id") == before


def test_a_write_that_is_killed_changes_nothing_and_can_be_done_again(socket, ask, zones):
    out = address(socket, schema="one")
    assert convert(zones, out) == 0
    before = [ask(f"SELECT * FROM one.{each} ORDER BY id") for each in ("spells", "transfers")]
    write_row(zones / "2024-03-01.geojson", "CCCCC")
    with psycopg.connect(address(socket)) as other:
        other.execute("LOCK TABLE one.transfers IN EXCLUSIVE MODE")  # the last to be filled
        words = ["convert", str(zones), "--profile", "zones", "--out", out]
        child = subprocess.Popen([sys.executable, "-m", "territory", *words])
        until = time.monotonic() + 60
        while not ask("SELECT 1 FROM pg_locks WHERE NOT granted"):
            assert time.monotonic() < until
            assert child.poll() is None
            time.sleep(0.05)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    after = [ask(f"SELECT * FROM one.{each} ORDER BY id") for each in ("spells", "transfers")]
    assert after == before
    assert convert(zones, out) == 0
    assert ask("SELECT actor, km2 > 0 FROM one.spells WHERE valid_from = '2024-03-01'")


def test_two_writers_at_once_end_with_one_whole_series(socket, ask, zones):
    out = address(socket, schema="one")
    with pytest.warns(tt.TerritoryWarning):
        series = tt.read(str(zones), profile="zones")
    faults = []

    def write():
        try:
            series.to_file(out)
        except Exception as error:
            faults.append(error)

    writers = [Thread(target=write) for _ in range(3)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert faults == []
    assert ask("SELECT count(*), max(id) FROM one.spells") == [(7, 7)]


def test_python_writes_the_same_as_the_command(socket, ask, zones):
    assert convert(zones, address(socket, schema="one")) == 0
    statement = "SELECT actor, valid, km2, geometry::text FROM one.spells ORDER BY id"
    by_command = ask(statement)
    with pytest.warns(tt.TerritoryWarning):
        series = tt.read(str(zones), profile="zones")
    series.to_file(address(socket, schema="one"))
    assert ask(statement) == by_command


@pytest.mark.parametrize("made", ["TABLE one.fronts (a int)", "VIEW one.fronts AS SELECT 1"])
def test_a_table_of_somebody_else_is_left_alone(socket, ask, tmp_path, capsys, made):
    ask("CREATE SCHEMA one")
    ask(f"CREATE {made}")
    assert convert(tmp_path / "missing", address(socket, schema="one")) == 1  # before it reads
    err = capsys.readouterr().err
    assert "'one.fronts' is there and was not written by territory" in err
    assert "missing" not in err
    assert ask("SELECT count(*) FROM pg_class WHERE relname = 'spells'") == [(0,)]


@pytest.mark.parametrize(
    ("database", "user", "password", "says"),
    [
        ("bare", "boss", PASSWORD, "it has no PostGIS; its owner adds it with: CREATE EXTENSION"),
        ("maps", "boss", "wr0ng", "the server does not take this user with this password"),
        ("maps", "boss", "", "the server does not take this user with this password"),
        ("maps", "nobody", "wr0ng", "the server does not take this user with this password"),
        ("none", "boss", PASSWORD, "there is no such database; make it with createdb"),
        ("maps", "weak", "weak", "this user may not make tables in the schema 'public'"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(
    socket, ask, tmp_path, capsys, database, user, password, says
):
    ask("DROP USER IF EXISTS weak")
    ask("CREATE USER weak PASSWORD 'weak'")
    secret = f":{quote(password, safe='')}" if password else ""
    code = convert(tmp_path, f"postgresql://{user}{secret}@/{database}?host={socket}")
    assert code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"territory: postgresql://{user}@/{database}?host={socket}: {says}")
    assert not password or password not in line.replace("weak@", "")


def test_a_text_that_the_database_cannot_hold_is_one_line(socket, tmp_path, capsys):
    write_row(tmp_path / "2024-01-01.geojson", ["Україна"])
    assert convert(tmp_path, address(socket, "latin")) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert "LATIN1" in line
    assert line.endswith("nothing was changed")


def test_a_server_that_goes_away_is_one_line(socket, ask, zones, capsys, monkeypatch):
    out = address(socket, schema="one")
    rows = postgis._rows

    def cut_off(table, srid):
        yield from rows(table, srid)
        ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'territory'"
        )
        time.sleep(0.2)

    monkeypatch.setattr(postgis, "_rows", cut_off)
    assert convert(zones, out) == 1
    (line,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("territory:")]
    assert line.endswith("nothing was changed")
    assert ask("SELECT count(*) FROM pg_namespace WHERE nspname = 'one'") == [(0,)]


def test_no_server_is_one_line(tmp_path, capsys):
    out = f"postgresql://me:s3cret@/maps?host={tmp_path}"
    assert convert(tmp_path, out) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "no server answers" in line
    assert "s3cret" not in line


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:s3/cret@host/db",
        "postgresql://me:s3?cret@host/db",
        "postgresql://me:s3%zzcret@host/db",
        "postgresql://me:s3cret",
        "postgresql://me:s3cret@[host/db",
        "postgresql+psycopg://me:s3cret@host/db",
        "postgresql:/me:s3cret@host/db",
        "mysql://me:s3cret@host/db",
        "postgresql://me:s3cret@host/db?shema=x",
        "postgresql://me:s3cret@host/db?schema=x&schema=y",
        "postgresql://me:s3cret@host/db?table=" + 54 * "x",
        "postgresql://me:s3cret@host/db?table=%00",
        "postgresql://me:s3cret@host/db?table=%ff",
    ],
)
def test_an_address_that_is_none_is_one_line_without_its_password(tmp_path, capsys, address):
    assert convert(tmp_path, address) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "address" in line
    assert not any(part in line for part in ("s3", "cret"))


def test_a_database_shows_no_password():
    database = database_of("postgres://me:s3cret@host:5433/db?schema=a&sslmode=require")
    assert str(database) == "postgresql://me@host:5433/db"
    assert "s3cret" not in repr(database)
    assert database.parameters["sslmode"] == "require"


@pytest.mark.parametrize("verb", ["map", "page", "animate", "run"])
def test_other_verbs_refuse_an_address_and_make_no_folder_of_it(
    tmp_path, capsys, monkeypatch, verb
):
    monkeypatch.chdir(tmp_path)
    write_two_boxes(tmp_path)
    files = ["job.toml"] if verb == "run" else [".", "--profile", "zones"]
    (tmp_path / "job.toml").write_text('[series]\nprofile = "zones"\npath = "*.geojson"\n')
    assert _code([verb, *files, "--out", "postgresql://me:s3cret@host/db"]) == 1
    err = capsys.readouterr().err
    assert "'postgresql:' begins an address" in err
    assert "s3cret" not in err
    assert not (tmp_path / "postgresql:").exists()


def test_without_the_library_the_extra_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert convert(tmp_path, "postgresql://me:s3cret@host/db") == 1
    assert "pip install 'territory-control[postgis]'" in capsys.readouterr().err
    with pytest.raises(InputError, match=r"territory-control\[postgis\]"):
        tt.example().to_file("postgresql://me@host/db")

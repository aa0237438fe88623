"""The plugin in the QGIS that is installed: its figures are those of the command line."""

import csv
import doctest
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import shapely
from squares import write_two_boxes

from territory.cli import _code
from territory.version import __version__

REPO = Path(__file__).parent.parent
PYTHON = Path("/usr/bin/python3")  # of the system, which Debian's QGIS is for
QGIS_PROCESS = shutil.which("qgis_process.bin") or shutil.which("qgis_process")  # as the guide says
MISLEADING = ("PYTHONPATH", "PROJ_LIB", "GDAL_DATA")  # what is right for QGIS alone
DAYS = ("2024-01-01", "2024-01-03")
# A box of half a degree of longitude from 48 to 48.5 north on WGS 84, by the formula of a zone.
BOX_KM2 = 2064.4457

CLAIMS = """
[[claim]]
id = "east"
text = "A has taken 2,060 km2 from B"
publisher = "Somebody"
published = 2024-01-04
value = 2060
unit = "km2"
precision = "rounded"
period = [2024-01-01, 2024-01-03]
  [[claim.reading]]
  name = "all"
  quantity = "gained"
  by = ["A"]
  from = ["B"]
"""


@pytest.fixture(scope="module")
def boxes(tmp_path_factory):
    """Return a folder with a map a day: A in the west and B in the east, then A alone."""
    folder = tmp_path_factory.mktemp("zones of two")
    write_two_boxes(folder)
    return folder


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """Return the settings of a new user of QGIS, with the plugin installed from its zip."""
    if not QGIS_PROCESS:
        pytest.skip("needs QGIS (Debian: apt install --no-install-recommends qgis)")
    folder = tmp_path_factory.mktemp("qgis")
    built = [sys.executable, str(REPO / "scripts" / "build_qgis.py"), str(folder)]
    subprocess.run(built, check=True, stdout=subprocess.DEVNULL)
    home = folder / "profiles" / "default"
    with zipfile.ZipFile(folder / f"territory_control-{__version__}.zip") as packed:
        packed.extractall(home / "python" / "plugins")
    return folder


def _outside(folders):
    """Return the folders without that of our Python, which QGIS would take for its own."""
    own = Path(sys.executable).parent
    return [each for each in folders if Path(each) != own]


@pytest.fixture(scope="module")
def environment(profile):
    """Return an environment in which what is for QGIS' Python would break the command."""
    command = profile / "territory"
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH="{REPO}:$PYTHONPATH" exec "{sys.executable}" -m territory "$@"\n'
    )
    command.chmod(0o755)
    poison = profile / "poison"
    poison.mkdir()
    (poison / "shapely.py").write_text("raise ImportError('this is for the Python of QGIS')\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    kept["PATH"] = os.pathsep.join(_outside(os.environ["PATH"].split(os.pathsep)))
    found = {
        **kept,
        "TERRITORY": str(command),
        **dict(zip(MISLEADING, (str(poison), "/usr/share/proj", "/usr/share/gdal"), strict=True)),
        "QGIS_CUSTOM_CONFIG_PATH": str(profile),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(profile),
        "HOME": str(profile),
    }
    enable = [QGIS_PROCESS, "plugins", "enable", "territory_control"]
    subprocess.run(enable, env=found, check=True, capture_output=True, timeout=120)
    return found


@pytest.fixture(scope="module")
def processed(environment):
    """Return what runs an algorithm with `qgis_process`."""

    def run(name, **parameters):
        words = [f"--{key}={value}" for key, value in parameters.items()]
        return subprocess.run(
            [QGIS_PROCESS, "run", f"territory:{name}", *words],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture(scope="module")
def session(environment, profile):
    """Return what does steps in a session of QGIS."""

    def do(*steps):
        done = subprocess.run(
            [
                PYTHON,
                REPO / "tests" / "qgis_session.py",
                profile / "profiles/default/python/plugins",
            ],
            input=json.dumps(steps),
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        found = [line for line in done.stdout.splitlines() if line.startswith("found ")]
        assert found, done.stdout + done.stderr
        return json.loads(found[0][len("found ") :])

    return do


def printed(capfd, *words, code=0):
    """Return the bytes that the command line prints."""
    assert _code([str(word) for word in words]) == code
    return capfd.readouterr().out.encode()


def rows_of(text):
    return list(csv.DictReader(text.decode().splitlines()))


def test_areas_are_those_of_the_command_line_to_the_last_digit(processed, boxes, tmp_path, capfd):
    out = tmp_path / "areas.csv"
    done = processed("areas", FILES=boxes, BOUNDARY_ERROR_M=2500, OUTPUT=out)
    assert done.returncode == 0, done.stdout + done.stderr
    found = out.read_bytes()
    assert found == printed(capfd, "areas", boxes, "--boundary-error-m", "2500")
    km2 = {(row["day"], row["actor"]): float(row["km2"]) for row in rows_of(found)}
    assert km2[DAYS[0], "A"] == pytest.approx(BOX_KM2, abs=1e-3)
    assert km2[DAYS[1], "A"] == pytest.approx(2 * BOX_KM2, abs=1e-3)
    assert (out.with_suffix(".csvt")).read_text() == (
        '"Date(10)","String","String","Real","Real","Real","Real","Real"\n'
    )


def test_changes_are_those_of_the_command_line_to_the_last_digit(processed, boxes, tmp_path, capfd):
    out = tmp_path / "changes.csv"
    done = processed("change", FILES=boxes, FROM=DAYS[0], TO=DAYS[1], OUTPUT=out)
    assert done.returncode == 0, done.stdout + done.stderr
    found = out.read_bytes()
    assert found == printed(capfd, "change", boxes, "--from", DAYS[0], "--to", DAYS[1])
    [taken] = [row for row in rows_of(found) if row["from_actor"] == "B"]
    assert taken["to_actor"] == "A"
    assert float(taken["km2"]) == pytest.approx(BOX_KM2, abs=1e-3)


def test_every_sort_of_parameter_becomes_an_option(session, boxes, tmp_path, capfd):
    out = tmp_path / "components.csv"
    given = {"COMPONENTS": True, "OVERLAP": "contested", "AREA": "west=37,48,37.4,48.4"}
    given |= {
        "CORRELATION_LENGTH_M": 9000.5,
        "ACTOR_FIELD": "actor",
        "REPAIR": None,
        "PRIORITY": "",
    }
    given |= {"EXTRA": "--boundary-error-m 700 --unnamed 'no one'", "FROM": DAYS[0], "TO": DAYS[1]}
    run = {"do": "run", "algorithm": "change", "FILES": str(boxes), "OUTPUT": str(out), **given}
    [found] = session(run)
    assert found["fine"], found["log"]
    words = f"""
        --components --overlap contested --area west=37,48,37.4,48.4 --correlation-length-m 9000.5
        --actor-field actor --boundary-error-m 700 --from {DAYS[0]} --to {DAYS[1]} --unnamed
    """
    assert out.read_bytes() == printed(capfd, "change", boxes, *words.split(), "no one")


def test_verdicts_are_those_of_the_command_line_to_the_last_digit(
    processed, boxes, tmp_path, capfd
):
    """A claim that cannot be checked has its row too, and a warning; the call does not fail."""
    claims, out = tmp_path / "claims.toml", tmp_path / "verdicts.csv"
    late = CLAIMS.replace('"east"', '"late"').replace("2024-", "2030-")
    claims.write_text(CLAIMS + late)
    done = processed("check", CLAIMS=claims, FILES=boxes, OUTPUT=out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert out.read_bytes() == printed(capfd, "check", claims, boxes, code=3)
    verdicts = [row["verdict"] for row in rows_of(out.read_bytes())]
    assert verdicts == ["consistent", "not checkable"]
    warnings = [line for line in done.stdout.splitlines() if line.startswith("WARNING:")]
    assert "claim 'late', reading 'all': cannot be checked" in "".join(warnings)
    assert "Some of the input could not be used or trusted" in warnings[-1]


def features(path, layer):
    """Return the cells and the shapes of a layer, with nothing of QGIS or GDAL between."""
    with sqlite3.connect(path) as file:
        cursor = file.execute(f'SELECT * FROM "{layer}" ORDER BY fid')
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    header = 40  # of a GeoPackage, with the box of the shape
    return [{**row, "geom": shapely.from_wkb(row["geom"][header:]).wkb} for row in rows]


def styles(path):
    with sqlite3.connect(path) as file:
        return dict(file.execute("SELECT f_table_name, styleQML FROM layer_styles"))


@pytest.fixture(scope="module")
def converted(boxes, tmp_path_factory):
    """Return what writes the GeoPackage of the command line."""

    def convert(*words):
        out = tmp_path_factory.mktemp("converted") / "series.gpkg"
        assert _code(["convert", str(boxes), "--out", str(out), *words]) == 0
        return out

    return convert


@pytest.mark.parametrize(
    ("name", "layer", "days", "parameters"),
    [
        ("transfers", "transfers", f"{DAYS[0]},{DAYS[1]}", {"FROM": DAYS[0], "TO": DAYS[1]}),
        ("front", "fronts", DAYS[0], {"DAY": DAYS[0]}),
    ],
)
def test_layers_are_those_of_the_command_line_bit_by_bit(
    processed, boxes, tmp_path, converted, name, layer, days, parameters
):
    out = tmp_path / "layer.gpkg"
    done = processed(name, FILES=boxes, **parameters, OUTPUT=out)
    assert done.returncode == 0, done.stdout + done.stderr
    series = converted("--days", days)
    assert features(out, layer) == features(series, layer) != []
    assert styles(out) == {layer: styles(series)[layer]}


def test_a_series_is_the_file_of_the_command_line(processed, boxes, tmp_path, converted):
    out = tmp_path / "series.gpkg"
    done = processed("series", FILES=boxes / "*.geojson", OUTPUT=out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert out.read_bytes() == converted().read_bytes()
    assert f"SPELLS:\t{out}|layername=spells" in done.stdout


def test_the_example_of_the_guide_runs_as_it_stands(environment, repo, tmp_path):
    page = (repo / "docs" / "guide" / "qgis.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    reader = {name: environment[name] for name in environment if name not in MISLEADING}
    reader["PATH"] = f"{Path(environment['TERRITORY']).parent}:{environment['PATH']}"
    (tmp_path / "zones").symlink_to(repo / "data" / "idlib-2018" / "zones")
    block = block.replace("qgis_process ", f"{QGIS_PROCESS} ")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=tmp_path,
        env=reader,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(rows_of((tmp_path / "changes.csv").read_bytes())) > 3


def test_qgis_process_fails_with_what_the_command_says(processed, boxes, tmp_path):
    out = tmp_path / "changes.csv"
    done = processed("change", FILES=boxes, FROM="2024-01-32", TO=DAYS[1], OUTPUT=out)
    assert done.returncode != 0
    problem = "Invalid value: --from takes a day: '2024-01-32' is not a day (YYYY-MM-DD)"
    assert problem in done.stderr + done.stdout
    assert list(tmp_path.iterdir()) == []


def program(folder, name, text):
    """Write a program that prints a line, whatever it is asked."""
    place = folder / name
    place.write_text(f"#!/bin/sh\necho '{text}'\n")
    place.chmod(0o755)
    return str(place)


def test_what_is_wrong_is_said_with_what_to_do(session, environment, boxes, tmp_path):
    out = str(tmp_path / "out.csv")
    areas = {"do": "run", "algorithm": "areas", "FILES": str(boxes), "OUTPUT": out}
    change = {**areas, "algorithm": "change", "FROM": DAYS[0], "TO": DAYS[1]}
    real, nowhere = environment["TERRITORY"], {"TERRITORY": None, "PATH": "/nowhere"}
    old = program(tmp_path, "old", "territory 0.0.9")
    other = program(tmp_path, "other", "usage: other")
    wrong = [
        ({**areas, "FILES": "/no/such"}, "/no/such: no such file, or no file in it"),
        ({**areas, "FROM": "yesterday"}, "--from takes a day: 'yesterday' is not a day"),
        ({**areas, "FILES": ""}, "Give the zones: a layer (INPUT), or a folder"),
        ({**areas, "INPUT": f"{boxes}/2024-01-01.geojson"}, "not as both"),
        ({**areas, "OUTPUT": f"{out}.gpkg"}, "out.csv.gpkg: the result is a .csv file; name it so"),
        ({**areas, "EXTRA": "--out x"}, "--out is what this algorithm says itself"),
        ({**areas, "EXTRA": "--unnamed 'A"}, "a quotation mark is not closed"),
        ({**areas, "EXTRA": "more.geojson"}, "'more.geojson' is no option"),
        ({**areas, "EXTRA": "--nonsense"}, "No such option: --nonsense"),
        ({**areas, "AREA": "1,2,3,4", "AREA_LAYER": f"{boxes}/2024-01-01.geojson"}, "not both"),
        ({**change, "FROM": DAYS[1], "TO": DAYS[0]}, "must come before"),
        ({**change, "FROM": ""}, "FROM"),
        ({**change, "TO": "2024-01-02"}, "2024-01-02"),
    ]
    setups = [
        ({"variables": {"TERRITORY": "/no/territory"}}, "is '/no/territory', and no program is"),
        ({"variables": {"TERRITORY": old}}, "territory 0.0.9; this plugin needs 0.1 or newer"),
        ({"variables": {"TERRITORY": other}}, "asked for its version it prints 'usage: other'"),
        ({"variables": nowhere, "setting": ""}, "The program 'territory' was not found. Install"),
    ]
    steps = [case for case, _ in wrong]
    for setup, _ in setups:
        steps += [{"do": "set_up", **setup}, areas]
    steps += [{"do": "set_up", "setting": real}, areas]
    found = [each for each in session(*steps) if each is not None]
    for answer, (_, said) in zip(found, [*wrong, *setups], strict=False):
        assert not answer["fine"], said
        assert said in answer["log"]
        assert "Traceback" not in answer["log"]
    assert found[-1]["fine"], found[-1]["log"]  # the setting is used where nothing else is said
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "old",
        "other",
        "out.csv",
        "out.csvt",
    ]


def test_a_run_that_is_stopped_leaves_what_was_there(session, boxes, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("before")
    areas = {"do": "run", "algorithm": "areas", "FILES": str(boxes), "OUTPUT": str(out)}
    [found] = session({**areas, "cancelled": True})
    assert found["outputs"] == {}
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert out.read_text() == "before"


def test_results_are_loaded_with_style_and_time(session, boxes, tmp_path):
    zones = {"do": "load", "FILES": str(boxes)}
    pair = {"FROM": DAYS[0], "TO": DAYS[1]}
    out = str(tmp_path / "series.gpkg")
    steps = [
        {**zones, "algorithm": "areas", "OUTPUT": "TEMPORARY_OUTPUT"},
        {**zones, "algorithm": "transfers", "OUTPUT": "TEMPORARY_OUTPUT", **pair},
        {**zones, "algorithm": "series", "OUTPUT": out},
        {"do": "draw", "file": out, "day": DAYS[0], "out": str(tmp_path / "first.png")},
        {"do": "draw", "file": out, "day": DAYS[1], "out": str(tmp_path / "last.png")},
    ]
    [table], [transfers], series, first, last = session(*steps)
    assert table["types"] | {"km2": "Real", "day": "Date"} == table["types"]
    km2 = [BOX_KM2, BOX_KM2, 2 * BOX_KM2]
    assert [row[3] for row in table["rows"]] == pytest.approx(km2, abs=1e-3)
    assert transfers["timed"]
    assert transfers["time"] == ["valid_from", "valid_to"]
    assert set(transfers["colours"]) == {"A", "B", "nobody"}
    assert [layer["name"] for layer in series] == [
        *("Front line", "Changed hands", "Who held what")
    ]
    assert [layer["shown"] for layer in series] == [True, False, True]
    assert all(layer["timed"] for layer in series)
    colours = series[2]["colours"]
    assert transfers["colours"] | colours == transfers["colours"]
    assert first[0] != first[-1]
    assert last == [first[0]]  # A alone, and no seam between its two pieces


def write_west(place, plain):
    """Write the zones of A alone."""
    zones = json.loads(Path(plain).read_text())
    zones["features"] = [each for each in zones["features"] if each["properties"]["actor"] == "A"]
    place.write_text(json.dumps(zones))


def test_a_layer_is_what_it_shows(session, boxes, converted, tmp_path, capfd):
    """A file is read itself; what is filtered, in memory, computed, moved or of many is copied."""
    plain, series = f"{boxes}/2024-01-01.geojson", converted()
    steps = [
        {"do": "show", "name": "plain", "path": plain},
        {"do": "show", "name": "west", "path": plain, "subset": "actor = 'A'"},
        {"do": "show", "name": "copy of 2024-01-01", "path": plain, "copied": True},
        {"do": "show", "name": "sides", "path": plain, "field": ["side", "'S' || actor"]},
        {"do": "show", "name": "moved", "path": plain, "crs": "EPSG:4258"},
        {"do": "show", "name": "spells", "path": f"{series}|layername=spells"},
    ]
    cases = {
        "plain": {},
        "west": {"ZONES_DAY": "2024-02-02"},
        "copy of 2024-01-01": {},
        "sides": {"ACTOR_FIELD": "side", "ZONES_DAY": "2024-01-01"},
        "moved": {"ZONES_DAY": "2024-01-01"},
        "spells": {"AREA_LAYER": "west"},
    }
    outs = {name: tmp_path / f"{name}.csv" for name in cases}
    for name, parameters in cases.items():
        run = {"do": "run", "algorithm": "areas", "INPUT": name, "OUTPUT": str(outs[name])}
        steps.append({**run, **parameters, "BOUNDARY_ERROR_M": 500})
    answers = session(*steps)[6:]
    for answer in answers:
        assert answer["fine"], answer["log"]
    expected = printed(capfd, "areas", plain, "--boundary-error-m", "500")
    assert outs["plain"].read_bytes() == expected
    assert outs["copy of 2024-01-01"].read_bytes() == expected
    assert f"-- {shlex.quote(plain)}" in answers[0]["log"]
    assert all(shlex.quote(plain) not in answer["log"] for answer in answers[1:])
    words = ("areas", series, "--boundary-error-m", "500", "--area", tmp_path / "west.geojson")
    write_west(tmp_path / "west.geojson", plain)
    assert outs["spells"].read_bytes() == printed(capfd, *words)
    assert f"{series}" not in answers[5]["log"]
    assert [row["actor"] for row in rows_of(outs["west"].read_bytes())] == ["A"]
    assert [row["actor"] for row in rows_of(outs["sides"].read_bytes())] == ["SA", "SB"]
    assert [row["actor"] for row in rows_of(outs["moved"].read_bytes())] == ["A", "B"]


def test_the_zip_is_the_same_each_time(tmp_path):
    sys.path.insert(0, str(REPO / "scripts"))
    import build_qgis

    sys.path.pop(0)
    one, other = (build_qgis.build(tmp_path / name) for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as packed:
        names = packed.namelist()
        metadata = packed.read("territory_control/metadata.txt").decode()
    assert {name.split("/")[0] for name in names} == {"territory_control"}
    assert {"territory_control/LICENSE", "territory_control/icon.svg"} <= set(names)
    assert f"\nversion={__version__}\n" in metadata
    assert "\nqgisMinimumVersion=3.22\n" in metadata


def test_the_part_without_qgis_is_as_its_examples_say():
    sys.path.insert(0, str(REPO / "qgis_plugin"))
    from territory_control import command

    sys.path.pop(0)
    assert doctest.testmod(command).failed == 0
    assert doctest.testmod(command).attempted >= 4

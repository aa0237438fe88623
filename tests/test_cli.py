"""The command line as such: what it answers at once, and what its help knows by heart."""

import csv
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from io import StringIO
from itertools import pairwise

import pytest
from squares import write_two_boxes
from typer.main import get_command
from typer.testing import CliRunner

from territory.cli import VERBS, _code, app, misused, options
from territory.job.workers import spread
from territory.read.profiles import built_in
from territory.version import __version__

SLOW = ("geopandas", "matplotlib", "numpy", "pandas", "pyproj", "rasterio", "shapely")
# What the first figure needs, and no file does before it is opened.
LATE = (
    "geopandas",
    "matplotlib",
    "pandas",
    "pyarrow",
    "pyogrio",
    "rasterio",
    "rich",
    "scipy",
)


def last_line(program):
    """Return the last line that a program of its own prints."""
    ran = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert ran.stdout, ran.stderr
    return ran.stdout.splitlines()[-1]


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["map", "--help"]])
def test_help_and_version_load_no_library_that_reads_or_draws(arguments):
    program = (
        "import sys\nfrom territory.cli import _code\n"
        f"code = _code({arguments!r})\n"
        f"print(code, [name for name in {SLOW!r} if name in sys.modules])"
    )
    assert last_line(program) == "0 []"


def test_the_package_alone_loads_no_library_at_all():
    libraries = (*SLOW, *LATE, "pydantic", "rich", "typer")
    program = (
        "import sys, territory\n"
        f"print(territory.__version__, [name for name in {libraries!r} if name in sys.modules])"
    )
    assert last_line(program) == f"{__version__} []"


def test_the_help_names_every_profile():
    assert {*options.PROFILES} == {*built_in(), "places", "units"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb):
    ran = CliRunner().invoke(app, [verb, "--help"])
    assert ran.exit_code == 0
    assert (VERBS[verb].__doc__ or "-").split(":")[0].split()[0] in ran.output


def test_what_the_package_offers_is_loaded_when_asked_for():
    import territory

    assert all(getattr(territory, name) is not None for name in territory.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = territory.nothing


# ---- Start-up --------------------------------------------------------------------------------


PLACES = {
    "places.csv": "place_id,name,lat,lon\nW,West,36.2,36.2\nE,East,36.2,36.8\nN,North,36.8,36.5\n",
    "state_2024-01-01.csv": "place_id,holder,evidence\nW,a,map\nE,b,map\nN,b,map\n",
    "events.csv": (
        "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source\n"
        "N,2024-01-02,2024-01-02,b,a,reported,somebody\n"
    ),
}
UNITS = {"holders.csv": "unit,day,actor\nA,2024-01-01,x\nB,2024-01-01,y\n"}


@pytest.mark.parametrize(
    ("profile", "path", "tables"),
    [
        ("zones", "*.geojson", {}),
        ("places", "places.csv", PLACES),
        ("units", "z_2024-01-01.geojson", UNITS),
    ],
)
def test_a_run_that_finds_nothing_changed_loads_no_library_that_reads_or_measures(
    folder, profile, path, tables
):
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
    job = folder / "job.toml"
    series = f'[series]\nprofile = "{profile}"\npath = "{path}"\n'
    series += 'id_field = "actor"\n' * (profile == "units")
    job.write_text(f"{series}[maps]\nenabled = false\n[report]\nenabled = false\n")
    program = (
        "import sys\nfrom territory.cli import _code\n"
        f"code = _code({['run', str(job), '--out', str(folder / 'out')]!r})\n"
        f"print(code, [name for name in {LATE!r} if name in sys.modules])"
    )
    assert "pyogrio" in last_line(program)
    assert last_line(program) == "0 []"


def test_a_job_without_maps_loads_nothing_that_draws(folder):
    job = folder / "job.toml"
    job.write_text(
        '[series]\nprofile = "zones"\npath = "*.geojson"\n[maps]\nenabled = false\n',
        encoding="utf-8",
    )
    drawing = ("matplotlib.figure", "matplotlib_scalebar", "territory.maps.pictures")
    idle = (*drawing, "rich")
    program = (
        "import sys\nfrom territory.cli import _code\n"
        f"code = _code({['run', str(job), '--out', str(folder / 'out')]!r})\n"
        f"print(code, [name for name in {idle!r} if name in sys.modules])"
    )
    assert last_line(program) == "0 []"
    assert (folder / "out" / "page.html").exists()
    assert (folder / "out" / "report.html").exists()


def test_the_process_ends_without_a_last_look_for_garbage_and_with_one_thread_of_blas():
    program = (
        "import atexit, gc, os, sys\n"
        "from territory.__main__ import main\n"
        "said = lambda: print(gc.get_freeze_count() > 0, os.environ['OPENBLAS_NUM_THREADS'])\n"
        "atexit.register(said)  # the last that runs\n"
        "sys.argv = ['territory', '--version']\n"
        "main()"
    )
    assert last_line(program) == "True 1"


def test_gdal_is_of_the_version_that_reads():
    pyogrio = pytest.importorskip("pyogrio")
    alone = "from territory.job.installed import versions; print(versions()['GDAL'])"
    told = {last_line(f"{before}{alone}") for before in ("", "import pyogrio; ")}
    assert told == {pyogrio.__gdal_version_string__}


WATCHED = """
import sys

loaded = []

def watch(event, arguments):
    if event == "open" and str(arguments[0]).startswith({folder!r}) and not loaded:
        loaded.append([name for name in {late!r} if name in sys.modules])

sys.addaudithook(watch)
from territory.cli import _code

print(_code({arguments!r}), *loaded)
"""


@pytest.mark.parametrize("verb", ["areas", "change", "check", "compare"])
def test_a_file_is_opened_before_the_libraries_that_measure_are_loaded(folder, verb):
    program = WATCHED.format(folder=str(folder), late=LATE, arguments=verbs(folder)[verb])
    assert last_line(program) == "0 []"


# ---- Intervals -------------------------------------------------------------------------------

CLAIM = """
[[claim]]
id = "half"
text = "t"
publisher = "p"
published = 2024-01-10
value = 50
unit = "percent"
day = 2024-01-01
reading = [{ name = "A", quantity = "share", by = ["A"] }]
"""
ASSUMED = (
    "no boundary error stated: 1,300 m assumed, correlated over 12,000 m, as publishers of"
    " Ukraine's front differ; state it with "
)


@pytest.fixture
def folder(tmp_path):
    write_two_boxes(tmp_path, prefix="z_")
    (tmp_path / "claims.toml").write_text(CLAIM, encoding="utf-8")
    (tmp_path / "job.toml").write_text(
        '[series]\nprofile = "zones"\npath = "*.geojson"\n', encoding="utf-8"
    )
    return tmp_path


def verbs(folder):
    """Return calls of the verbs that print intervals, on the same zones."""
    zones, read = str(folder / "*.geojson"), ["--profile", "zones"]
    two = [str(folder / "z_2024-01-01.geojson"), str(folder / "z_2024-01-01.geojson")]
    return {
        "areas": ["areas", zones, *read],
        "change": ["change", zones, *read, "--from", "2024-01-01", "--to", "2024-01-03"],
        "check": ["check", str(folder / "claims.toml"), zones, *read],
        "compare": ["compare", *two, *read, "--profile-b", "zones"],
        "map": ["map", zones, *read, "--out", str(folder / "map.png"), "--dpi", "50"],
        "page": ["page", zones, *read, "--out", str(folder / "page.html")],
    }


@pytest.mark.parametrize("verb", ["areas", "change", "check", "compare", "map", "page"])
def test_an_error_that_is_only_assumed_is_told_once(folder, capsys, verb):
    call = verbs(folder)[verb]
    assert _code(call) == 0
    assert capsys.readouterr().err.count(f"{ASSUMED}--boundary-error-m METRES") == 1
    assert _code([*call, "--boundary-error-m", "100"]) == 0
    assert ASSUMED not in capsys.readouterr().err


def test_intervals_follow_the_error_that_is_stated(folder, capsys):
    def width(*options):
        assert _code([*verbs(folder)["areas"], *options]) == 0
        rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
        low, km2, high = (float(rows[0][name]) for name in ("low", "km2", "high"))
        return min(km2 - low, high - km2)  # the other side may be that of the hour of the cut

    assert width("--boundary-error-m", "1300") == pytest.approx(width(), abs=1e-5)
    assert width("--boundary-error-m", "650") == pytest.approx(width() / 2, rel=1e-4)
    assert width("--boundary-error-m", "500", "--correlation-length-m", "500") < 0.6 * width()
    assert width("--boundary-error-m", "0") == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--boundary-error-m", "inf"], "--boundary-error-m: inf is no length"),
        (["--correlation-length-m", "0"], "--correlation-length-m: 0 is no length"),
    ],
)
def test_an_error_that_is_no_length_is_refused(folder, capsys, options, message):
    assert _code([*verbs(folder)["areas"], *options]) == 1
    assert message in capsys.readouterr().err
    for bad in ("-1", "nan"):
        assert _code([*verbs(folder)["areas"], "--boundary-error-m", bad]) == 2


@pytest.mark.parametrize("verb", ["map", "page"])
def test_a_job_states_its_own_error(folder, capsys, verb):
    to = folder / ("x.png" if verb == "map" else "x.html")
    call = [verb, str(folder / "job.toml"), "--out", str(to)]
    assert _code([*call, "--boundary-error-m", "0"]) == 2
    assert "for files" in capsys.readouterr().err
    assert _code(call) == 0
    assert f"{ASSUMED}boundary_error_m in the job" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        (["job.toml", "--actor-field", "side"], 2, "--actor-field does nothing here"),
        (["job.toml", "--repair", "drop"], 2, "a job names its own in job.toml"),
        (["job.toml", "--profile", "zones"], 1, "a job file is read alone and without --profile"),
        (["job.toml", "job.toml"], 1, "a job file is read alone"),
        (
            ["z.csv", "--profile", "units", "--overlap", "first"],
            2,
            "not for the files of profile 'units'",
        ),
        (["p.csv", "--profile", "places", "--boundary-error-m", "5"], 2, "places have no lines"),
    ],
)
@pytest.mark.parametrize(
    ("verb", "out"), [("map", "m.png"), ("page", "p.html"), ("animate", "f.gif")]
)
def test_verbs_that_take_files_or_a_job_refuse_the_same_words(
    folder, monkeypatch, capsys, verb, out, call, code, message
):
    monkeypatch.chdir(folder)
    assert _code([verb, *call, "--out", out]) == code
    assert message in re.sub(r"[\s│]+", " ", capsys.readouterr().err)


# ---- What stands in the way ------------------------------------------------------------------


def written_to(folder, place):
    """Return calls of the verbs that write, to a place."""
    zones = [str(folder / "*.geojson"), "--profile", "zones"]
    one = str(folder / "z_2024-01-01.geojson")
    return {
        "run": ["run", str(folder / "job.toml"), "--out", str(place)],
        "convert": ["convert", *zones, "--out", str(place)],
        "page": ["page", *zones, "--out", str(place)],
        "map": ["map", *zones, "--out", str(place)],
        "animate": ["animate", *zones, "--out", str(place)],
        "fetch": ["fetch", "nzz", "--out", str(place)],
        "compare": ["compare", one, one, *zones[1:], "--profile-b", "zones", "--out", str(place)],
    }


def one_message(capsys):
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("territory: ")
    return lines[0]


WRITING = ("run", "convert", "page", "map", "animate", "fetch", "compare")
FILES = ("page", "map", "animate", "convert", "compare")


@pytest.mark.parametrize("verb", WRITING)
def test_a_place_below_a_file_is_one_clear_message(folder, capsys, verb):
    place = folder / "claims.toml" / "x.gif"
    assert _code(written_to(folder, place)[verb]) == 1
    assert "claims.toml' is a file, so nothing can lie below it" in one_message(capsys)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that takes no files")
@pytest.mark.parametrize("verb", WRITING)
def test_a_place_that_takes_no_files_is_one_clear_message(folder, capsys, verb):
    assert _code(written_to(folder, "/proc/x.gif")[verb]) == 1
    assert "/proc/x.gif: nothing can be written in '/proc'" in one_message(capsys)


@pytest.mark.parametrize("verb", FILES)
def test_a_folder_is_no_file(folder, capsys, verb):
    (folder / "there.gif").mkdir()
    assert _code(written_to(folder, folder / "there.gif")[verb]) == 1
    assert "there.gif: this is a folder; name a file" in one_message(capsys)


def test_a_file_is_no_folder(folder, capsys):
    assert _code(written_to(folder, folder / "claims.toml")["run"]) == 1
    assert "claims.toml: this is a file; name a folder" in one_message(capsys)


def test_a_full_disk_is_no_traceback(folder, capsys, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device", "x.csv")

    monkeypatch.setattr("territory.measure.rows.area_rows", full)
    assert _code([*verbs(folder)["areas"], "--boundary-error-m", "0"]) == 1
    assert one_message(capsys) == "territory: x.csv: No space left on device"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (["areas", "job.toml", "--profile", "zones"], "job.toml: a TOML file holds no zones"),
        (["check", "claims.toml", "job.toml", "--profile", "zones"], "a TOML file holds no zones"),
        (["run", "claims.toml"], "this is a claims file, and a job file is wanted here"),
        (["map", "claims.toml", "--out", "x.png"], "this is a claims file, and a job file"),
        (["page", "claims.toml", "--out", "x.html"], "this is a claims file, and a job file"),
        (["check", "job.toml"], "this is a job file, and a claims file is wanted here"),
        (
            ["areas", "z_2024-01-01.geojson", "--profile", "zones", "--days", "weekly"],
            "--days: 'weekly' is not a day (YYYY-MM-DD), nor a rule; did you mean 'week'?",
        ),
        (
            ["areas", "z_2024-01-01.geojson", "--profile", "deepstate"],
            "did you mean 'deepstate-daily' or 'deepstate-named' or 'deepstate-raw'?",
        ),
    ],
)
def test_what_is_mistaken_for_something_else_is_named(folder, capsys, monkeypatch, call, message):
    monkeypatch.chdir(folder)
    assert _code(call) == 1
    assert message in one_message(capsys)


def test_a_table_beside_the_zones_is_left_aside(folder, capsys):
    (folder / "published_totals.csv").write_text("day,km2\n2024-01-01,5\n", encoding="utf-8")
    zones = folder / "zones"
    zones.mkdir()
    for each in (*folder.glob("*.geojson"), folder / "published_totals.csv"):
        each.rename(zones / each.name)
    assert _code(["areas", str(zones), "--profile", "zones"]) == 0
    assert "published_totals.csv: left aside; it is a table" in capsys.readouterr().err
    named = [str(zones), str(zones / "published_totals.csv")]
    assert _code(["areas", *named, "--profile", "zones"]) == 3  # asked for by name


@pytest.mark.parametrize(("verb", "words"), [("areas", "nothing was written"), ("fetch", "stays")])
def test_an_interruption_is_one_line(folder, capsys, monkeypatch, verb, words):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("territory.job.load.load_series", interrupted)
    monkeypatch.setattr("territory.fetch.fetch", interrupted)
    calls = {"areas": verbs(folder)["areas"], "fetch": ["fetch", "nzz", "--out", str(folder / "n")]}
    assert _code(calls[verb]) == 130
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("interrupted; ")
    assert words in line


def on_interruption(_piece):
    return signal.getsignal(signal.SIGINT)


def test_work_in_processes_leaves_interruptions_to_this_one():
    with spread(2, in_processes=True) as run:
        assert set(run(on_interruption, range(4))) == {signal.SIG_IGN}


def test_work_that_waits_is_dropped_when_there_is_an_error():
    begun = []

    def slow(number):
        begun.append(number)
        time.sleep(0.05)

    def interrupted():
        with spread(2) as run:
            next(iter(run(slow, range(100))))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(begun) < 100


def test_the_page_judges_claims_as_check_does(folder, capsys):
    """A share of a country needs its size, which comes with the package."""
    text = CLAIM.replace("day = 2024-01-01", 'day = 2024-01-01\nof = "Ukraine"')
    (folder / "claims.toml").write_text(text, encoding="utf-8")
    page = folder / "page.html"
    call = [*verbs(folder)["page"], "--claims", str(folder / "claims.toml")]
    assert _code(call) == 0
    assert "so this map does not bear it out: " in page.read_text(encoding="utf-8")
    (folder / "claims.toml").write_text(text.replace("Ukraine", "Ukrain"), encoding="utf-8")
    capsys.readouterr()
    assert _code(call) == 1
    assert "claims.toml: claim 'half': no country 'Ukrain'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "call",
    [
        ["convert", "z_2024-01-01.geojson", "--out", "z_2024-01-01.geojson"],
        ["convert", ".", "--out=./z_2024-01-01.geojson"],
        ["convert", "z_*.geojson", "--out", "link.geojson"],
        ["page", "z_2024-01-03.geojson", "--claims", "claims.toml", "--out", "claims.toml"],
        ["animate", "z_*.geojson", "--area", "n=z_2024-01-01.geojson", "--out", "link.geojson"],
        ["trace", "m.png", "--legend", "l", "--points", "p", "--out", "m.png"],
        ["compare", "z_*.geojson", "b", "--out", "z_2024-01-01.geojson"],
        ["inspect", "z_*.geojson", "--profile", "claims.toml", "--out", "claims.toml"],
    ],
)
def test_no_verb_writes_over_a_file_that_it_reads(folder, monkeypatch, capsys, call):
    monkeypatch.chdir(folder)
    (folder / "m.png").touch()
    (folder / "link.geojson").symlink_to(folder / "z_2024-01-01.geojson")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert _code(call) == 1
    assert one_message(capsys).endswith("this call reads it; name another file for --out")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_is_not_read_is_replaced(folder, capsys):
    page = folder / "page.html"
    page.touch()
    titled = ["--title", str(page)]
    assert _code(["page", str(folder), "--profile", "zones", "--out", str(page), *titled]) == 0
    assert page.stat().st_size


@pytest.mark.parametrize("verb", ["areas", "change", "compare", "map", "page"])
def test_an_area_off_the_map_is_never_a_plain_success(folder, capsys, verb):
    assert _code([*verbs(folder)[verb], "--area", "30,40,31,41"]) == 3
    assert "no zone of any day lies in the area" in capsys.readouterr().err


# ---- Help ------------------------------------------------------------------------------------


CONSOLE_SCRIPT = "from territory.__main__ import main; main()"


def examples(verb):
    """Return the calls that the help of a verb shows, each as its words."""
    paragraphs = (VERBS[verb].__doc__ or "").split("\n\n")
    shown = [text.partition("For example: ")[2] for text in paragraphs]
    calls = [call for text in shown if text for call in text.split("&&")]
    return [shlex.split(call) for call in calls]


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_every_verb_shows_a_call_that_it_takes(verb):
    command = get_command(app)
    assert any(call[:2] == ["territory", verb] for call in examples(verb))
    for program, name, *words in examples(verb):
        assert program == "territory"
        assert misused([name, *words]) == ""
        command.commands[name].make_context(name, words)  # a word that it does not know is an error


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_breaks_lines_where_the_terminal_ends_and_nowhere_else(verb):
    ran = CliRunner().invoke(app, [verb, "--help"], env={"COLUMNS": "80"})
    told = ran.output.partition("Options")[0].partition("Arguments")[0].splitlines()
    for line, following in pairwise(told):
        first = following.split()[:1]
        if line.strip() and first and not line.rstrip().endswith((".", ":")):
            assert len(line.rstrip()) + 1 + len(first[0]) > 76, line


@pytest.mark.parametrize("command", [["-m", "territory"], ["-c", CONSOLE_SCRIPT]])
def test_a_call_without_a_verb_is_answered_with_the_help(command):
    ran = subprocess.run([sys.executable, *command], check=False, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "Usage: territory" in ran.stdout + ran.stderr
    assert "unexpectedly" not in ran.stderr


@pytest.mark.parametrize(
    ("typed", "offered"), [("territory ch", "check"), ("territory areas --ar", "--area")]
)
def test_a_shell_completes_verbs_and_options(typed, offered):
    asked = {
        "_TERRITORY_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(typed.count(" ")),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "territory"],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | asked,
    )
    assert offered in ran.stdout.split()


@pytest.mark.parametrize("columns", ["0", "1", "80"])
def test_messages_do_not_depend_on_the_width_of_the_terminal(folder, columns):
    ran = subprocess.run(
        [sys.executable, "-m", "territory", *verbs(folder)["areas"]],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": columns},
    )
    assert ran.stderr.startswith(ASSUMED)


def test_a_terminal_shows_names_and_messages_as_they_are_written(folder):
    """What looks like markup or the name of a picture to a library is somebody's name."""
    zones = folder / "z_2024-01-01.geojson"
    text = zones.read_text(encoding="utf-8")
    zones.write_text(text.replace('"A"', '"[b]:dog:"'), encoding="utf-8")
    ours, theirs = pytest.importorskip("pty").openpty()
    call = ["areas", str(zones), "--profile", "zones", "--day", "2024-01-01"]
    with subprocess.Popen([sys.executable, "-m", "territory", *call], stdout=theirs) as running:
        running.wait()
    os.close(theirs)
    assert "[b]:dog:" in os.read(ours, 100_000).decode()
    os.close(ours)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16", "utf-8"])
@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_table_is_the_same_bytes_whatever_the_machine_writes_by_itself(folder, encoding, as_json):
    zones = folder / "z_2024-01-01.geojson"
    text = zones.read_text(encoding="utf-8")
    zones.write_text(text.replace('"A"', '"Сили \u0642"'), encoding="utf-8")
    call = ["areas", str(zones), "--profile", "zones", "--day", "2024-01-01", *as_json]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    call = [sys.executable, "-m", "territory", *call]
    ran = subprocess.run(call, check=True, stdout=subprocess.PIPE, env=environment)
    assert "Сили \u0642" in ran.stdout.decode()
    assert b"\r" not in ran.stdout

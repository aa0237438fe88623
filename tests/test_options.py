"""No option does nothing in silence: it has an effect, is refused or told, or stands here.

The calls are made from the command line itself. A new option needs a value that matters, in
`SHARED` or `OWN`, or the test that holds it, in `ELSEWHERE`.
"""

import io
import json
import shlex
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
import typer
from squares import write_two_boxes

from territory.cli import _code, app, options

COMMANDS = typer.main.get_command(app).commands
TESTS = Path(__file__).parent


def options_of(verb):
    return [each.opts[0] for each in COMMANDS[verb].params if each.param_type_name == "option"]


def options_in(*groups):
    return {options.option_of(each.name) for group in groups for each in fields(group)}


# ---- What is read ----------------------------------------------------------------------------


def box(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def write(path, *features):
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{"type": "Feature", "properties": own, "geometry": shape} for own, shape in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")


def two(cut, *, more=({}, {}), west=36, east=37):
    """Return the zones of A and B on either side of a meridian."""
    own = {"actor": "A", "side": "SA", "firm": "held", "level": 1, **more[0]}
    other = {"actor": "B", "side": "SB", "firm": "claimed", "level": 2, **more[1]}
    return (own, box(west, 35, cut, 35.5)), (other, box(cut, 35, east, 35.5))


DAYS = ("2024-01-01", "2024-01-05", "2024-02-03")
SPANS = (("2024-01-01", "2024-01-31", 36.5), ("2024-02-01", None, 36.6))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write one small input of every kind, and go there."""
    root = tmp_path_factory.mktemp("options")
    loop = [(0, 0), (4, 0), (4, 4), (2, 4), (2, 1), (3, 1), (3, 3), (0, 3), (0, 0)]
    twice = {
        "type": "Polygon",
        "coordinates": [[(35.9 + x / 100, 35 + y / 100) for x, y in loop]],
    }
    for number, day in enumerate(DAYS):
        cut = 36.5 + number / 10
        write(root / f"days/z_{day}.geojson", *two(cut))
        a, b = two(cut)
        write(root / f"overlap/z_{day}.geojson", a, (b[0], box(36.4, 35, 37, 35.5)))
        write(root / f"unnamed/z_{day}.geojson", a, ({"actor": None}, b[1]))
        write(root / f"unsaid/z_{day}.geojson", ({"x": 1}, a[1]))
        write(root / f"invalid/z_{day}.geojson", ({"actor": "A"}, twice), b)
        write(root / f"timed/z_{day}T1800.geojson", *two(cut))
        line = {"type": "LineString", "coordinates": [[cut, 35.001], [cut, 35.6]]}
        write(root / f"fronts/f_{day}.geojson", ({"left": "B", "right": "A"}, line))
    spans = []
    for begin, end, cut in SPANS:
        more = {"valid_from": begin, "valid_to": end, "since": begin, "until": end}
        spans += two(cut, more=(more, more))
    write(root / "spans.geojson", *spans)
    write(root / "undated.geojson", *two(36.5))
    dates = [{"when": day, "until": f"{day[:8]}28"} for day in DAYS[::2]]
    of_days = [two(36.5 + n / 10, more=(each, each)) for n, each in enumerate(dates)]
    write(root / "columns.geojson", *(zone for pair in of_days for zone in pair))
    write(root / "ground.geojson", ({"name": "ground"}, box(36, 35, 37, 35.5)))
    names = [{"name": "West", "code": "W"}, {"name": "East", "code": "E"}]
    write(
        root / "regions.geojson",
        *((n, box(36 + i / 2, 35, 36.5 + i / 2, 35.5)) for i, n in enumerate(names)),
    )
    write(
        root / "odd_regions.geojson", ({"name": "West"}, twice), (names[1], box(36.5, 35, 37, 35.5))
    )
    units = [
        ({"id": i, "code": 3 - i, "name": f"u{i}"}, box(*(36 + i / 5, 35, 36 + (i + 1) / 5, 35.5)))
        for i in range(4)
    ]
    write(root / "units/districts.geojson", *units)
    table = ["unit,day,actor,status,side,firm,code,when"]
    for day, holders in zip(DAYS, ("AABB", "AAAB", "AAAA"), strict=True):
        table += [
            f"{i},{day},{a},held,S{a},claimed,{3 - i},{day[:8]}07" for i, a in enumerate(holders)
        ]
    (root / "units/holders.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
    (root / "later.csv").write_text("\n".join(table[:-4]) + "\n", encoding="utf-8")
    places = [f"{n},P{n},{35.05 + n // 6 / 10},{36.05 + n % 6 * 0.15}" for n in range(24)]
    (root / "places.csv").write_text(
        "\n".join(["place_id,name,lat,lon", *places]) + "\n", encoding="utf-8"
    )
    panel = ["place_id,day,holder,other,when,who"]
    for day, cut in zip(DAYS, (3, 4, 5), strict=True):
        panel += [
            f"{n},{day},{'ab'[n % 6 >= cut]},{23 - n},{day[:8]}07,{'xy'[n % 6 >= cut]}"
            for n in range(24)
        ]
    (root / "panel.csv").write_text("\n".join(panel) + "\n", encoding="utf-8")
    (root / "further.csv").write_text(
        "\n".join([panel[0], *(p.replace("2024", "2025") for p in panel[1:])]) + "\n",
        encoding="utf-8",
    )
    (root / "towns.csv").write_text("name,lat,lon\nTown,35.2,36.4\n", encoding="utf-8")
    (root / "looks.toml").write_text(
        '[actors.A]\ncolour = "#00aa00"\ntitle = "Alpha"\n', encoding="utf-8"
    )
    (root / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    gain = "[[claim]]" + CLAIMS.split("[[claim]]")[2]
    (root / "gain.toml").write_text(gain, encoding="utf-8")
    (root / "timed.toml").write_text(TIMED, encoding="utf-8")
    write_two_boxes(root, prefix="small_")
    return root


CLAIMS = """
[[claim]]
id = "half"
text = "t"
publisher = "p"
published = 2024-02-10
value = 50
unit = "percent"
day = 2024-01-01
reading = [{ name = "A", quantity = "share", by = ["A"], area = "near" }]
[[claim]]
id = "gain"
text = "t"
publisher = "p"
published = 2024-02-10
value = 500
unit = "km2"
period = [2024-01-01, 2024-01-05]
reading = [{ name = "A", quantity = "gained", by = ["A"] }]
"""
TIMED = """
name = "timed"
[day]
file_name = '(?P<year>\\d{4})-(?P<month>\\d{2})-(?P<day>\\d{2})T(?P<hour>\\d{2})(?P<minute>\\d{2})'
"""


@pytest.fixture(autouse=True)
def _there(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "out").mkdir(exist_ok=True)


@cache
def outcome(words):
    """Return the code of a call, what it prints, and what it writes into `out`."""
    out, err, place = io.StringIO(), io.StringIO(), Path("out")
    for each in place.glob("*"):
        each.unlink()
    with redirect_stdout(out), redirect_stderr(err):
        code = _code(shlex.split(words))
    files = {each.name: each.read_bytes() for each in sorted(place.glob("*"))}
    return code, out.getvalue(), err.getvalue(), files


# ---- Options that verbs share ----------------------------------------------------------------

GROUPS = (
    *(options.DatedReading, options.Lines, options.Workers, options.Provinces),
    *(options.DayRange, options.Surroundings, options.Headings),
)
_PLAIN = {
    "--profile",
    "--area",
    "--days",
    "--rim-error-m",
    "--json",
    "--worldview",
    "--from",
    "--to",
}
KINDS = {
    "days": "areas days",
    "spans": "areas spans.geojson",
    "units": "areas units",
    "panel": "areas places.csv --profile places --holders panel.csv --area 36,35,37,35.5",
    "fronts": "areas fronts --ground ground.geojson --reach-m 500",
}
# A value of each option that ought to matter, whatever is read.
SHARED = {
    "--profile": "deepstate-daily",
    "--area": "36.2,35.1,36.8,35.4",
    "--days": "first-and-last",
    "--from": "2024-01-02",
    "--to": "2024-01-20",
    "--regions": "regions.geojson",
    "--regions-name": "code",
    "--regions-even-odd": "",
    "--rim-error-m": "500",
    "--repair": "winding",
    "--doubt-percent": "50",
    "--overlap": "contested",
    "--priority": "A,B",
    "--unnamed": "Q",
    "--where": "'level = 1'",
    "--ground": "ground.geojson",
    "--reach-m": "500",
    "--sides": "west=X,east=Y",
    "--remainder": "R --remainder-area 35,34,38,36",
    "--remainder-area": "35,34,38,36",
    "--actor": "Z",
    "--actor-field": "side",
    "--day-field": "when",
    "--until-field": "until",
    "--day-format": "DD/MM/YYYY",
    "--cut": "14:00",
    "--holders": "further.csv",
    "--unit-field": "other",
    "--id-field": "code",
    "--status-field": "firm",
    "--day": "2024-01-05",
    "--boundary-error-m": "77",
    "--correlation-length-m": "77",
    "--workers": "1",
    "--scheduler": "tcp://127.0.0.1:1",
    "--memory": "1kB",
    "--json": "",
    "--worldview": "de-facto",
}
# Of drawn zones these matter only now and then.
QUIET = {
    "--repair": "only where polygons are invalid",
    "--doubt-percent": "only where polygons are invalid",
    "--overlap": "only where zones overlap",
    "--unnamed": "only where features name no actor",
}
SLOW = {"--scheduler"}  # waits for an address; `units` refuses it
ALSO = {  # (kind, option): why nothing changes there
    ("spans", "--days"): "there are two days, the first and the last",
    **{(kind, "--workers"): "figures do not depend on it" for kind in KINDS},
}


@pytest.mark.parametrize("option", sorted(options_of("areas")))
@pytest.mark.parametrize("kind", KINDS)
def test_an_option_of_reading_matters_for_every_kind_of_input(kind, option):
    if option in SLOW and kind != "units":
        return
    same = outcome(KINDS[kind]) == outcome(f"{KINDS[kind]} {option} {SHARED[option]}")
    drawn = kind in {"days", "spans"}
    assert not same or (drawn and option in QUIET) or (kind, option) in ALSO


@pytest.mark.parametrize(
    ("call", "option"),
    [
        ("areas invalid", "--repair winding"),
        ("areas invalid", "--doubt-percent 99"),
        ("areas overlap", "--overlap contested"),
        ("areas overlap --overlap first", "--priority B,A"),
        ("areas unnamed", "--unnamed Q"),
        ("areas unsaid", "--actor Z"),
        ("areas undated.geojson", "--day 2024-01-05"),
        ("areas columns.geojson --until-field until", "--day-field when"),
        ("areas timed --profile timed.toml", "--cut 14:00"),
        ("areas fronts --ground ground.geojson", "--reach-m 500"),
        ("areas fronts --ground ground.geojson --reach-m 500", "--sides west=X,east=Y"),
        ("areas units", "--holders later.csv"),
        ("areas units --area 36,35,36.4,36 --id-field id", "--unit-field code"),
        ("areas units --area 36,35,36.4,36 --unit-field unit", "--id-field code"),
        ("areas days --regions regions.geojson", "--regions-name code"),
        ("areas days --regions odd_regions.geojson", "--regions-even-odd"),
        ("areas days --regions regions.geojson", "--rim-error-m 500"),
        ("areas days --area Ukraine", "--worldview de-facto"),
    ],
)
def test_an_option_of_reading_has_its_effect_where_it_is_for(call, option):
    same = outcome(call) == outcome(f"{call} {option}")
    assert not same


# ---- Options of one verb ---------------------------------------------------------------------

CHANGE = "change days --from 2024-01-01 --to 2024-01-05"
CHECK = "check claims.toml days --area near=36,35,36.6,36"
COMPARE = "compare days spans.geojson --day 2024-01-01"
UNITS = "compare units/districts.geojson units/districts.geojson --profile units --profile-b units"
CONVERT = "convert days --out out/c.geojson"
MAP = "map small_*.geojson --out out/m.svg"
PAGE = "page small_*.geojson --out out/p.html"
FILM = "animate small_*.geojson --out out/f.gif --size 320x240 --workers 1"
# A call without the option, and a value that matters there.
OWN = {
    ("change", "--from"): ("change days --to 2024-02-03", "2024-01-01"),
    ("change", "--to"): ("change days --from 2024-01-01", "2024-02-03"),
    ("change", "--all-pairs"): ("change days", ""),
    ("change", "--days"): ("change days --all-pairs", "first-and-last"),
    ("change", "--by"): (f"{CHANGE} --regions regions.geojson", "region"),
    ("change", "--components"): (CHANGE, ""),
    ("check", "--and"): (CHECK, "spans.geojson"),
    ("check", "--and-profile"): (f"{CHECK} --and spans.geojson", "zones"),
    ("check", "--claim"): (CHECK, "half"),
    ("inspect", "--kinds"): ("inspect days", ""),
    ("inspect", "--out"): ("inspect days", "out/p.toml"),
    ("inspect", "--fail-on"): ("inspect days", "place"),
    ("convert", "--out"): ("convert days", "out/c.geojson"),
    ("convert", "--crs"): ("convert days --out out/c.fgb", "EPSG:3857"),
    ("convert", "--colours"): (CONVERT, "looks.toml"),
    ("compare", "--profile-b"): (COMPARE, "zones"),
    ("compare", "--day"): ("compare days spans.geojson", "2024-01-05"),
    ("compare", "--actor-field-b"): (COMPARE, "side"),
    ("compare", "--holders-b"): (f"{UNITS} --holders units/holders.csv", "later.csv"),
    ("compare", "--out"): (COMPARE, "out/m.png"),
    ("map", "--out"): ("map small_*.geojson", "out/m.svg"),
    ("map", "--kind"): (MAP, "before-after"),
    ("map", "--day"): (MAP, "2024-01-01"),
    ("map", "--from"): (f"{MAP} --kind front", "2024-01-03"),
    ("map", "--to"): (f"{MAP} --kind front", "2024-01-01"),
    ("map", "--days"): (f"{MAP} --kind multiples", "2024-01-01"),
    ("map", "--actors"): (f"{MAP} --kind front", "B"),
    ("map", "--language"): (MAP, "fr"),
    ("map", "--format"): ("map small_*.geojson --out out", "svg"),
    ("map", "--dpi"): ("map small_*.geojson --out out/m.png", "60"),
    ("map", "--title"): (MAP, "TT"),
    ("map", "--subtitle"): (MAP, "SS"),
    ("map", "--source"): (MAP, "QQ"),
    ("map", "--countries"): ("map days --out out/m.svg", "ground.geojson"),
    ("map", "--regions"): ("map days --out out/m.svg", "regions.geojson"),
    ("map", "--towns"): ("map days --out out/m.svg", "towns.csv"),
    ("map", "--colours"): (MAP, "looks.toml"),
    ("page", "--out"): ("page small_*.geojson", "out/p.html"),
    ("page", "--claims"): ("page days --out out/p.html", "gain.toml"),
    ("page", "--regions"): ("page days --out out/p.html", "regions.geojson"),
    ("page", "--title"): (PAGE, "TT"),
    ("page", "--language"): (PAGE, "ar"),
    ("page", "--colours"): (PAGE, "looks.toml"),
    ("animate", "--fps"): (FILM, "12"),
    ("animate", "--title"): (FILM, "TT"),
}
# Which test holds the others; those of groups are the same for every verb that takes them.
ELSEWHERE = {
    "test_explain.py": {
        *(("explain", f"--{name}") for name in ("claim", "published", "value", "day", "by")),
        *(("explain", f"--{name}") for name in ("day-column", "value-column", "by-day", "unit")),
        *(("explain", f"--{name}") for name in ("precision", "max-error-pct")),
    },
    "test_calibrate.py": {
        ("calibrate", f"--{name}") for name in ("profile-b", "profile-c", "out", "side", "within")
    },
    "test_trace.py": {("trace", f"--{name}") for name in ("legend", "points", "out")}
    | {("trace", f"--{name}") for name in ("max-unknown-pct",)},
    "test_actor_looks.py": {("compare", "--colours"), ("animate", "--colours")},
    "test_claims_cli.py": {("check", "--population")},
    "test_film.py": {("animate", "--out"), ("animate", "--size")},
    "test_fetch.py": {("fetch", f"--{name}") for name in ("from", "to", "out")},
    "test_init.py": {("run", "--dry-run"), ("run", "--out")},
    "test_job.py": {("run", "--force")},
    "test_maps_kinds.py": {("animate", "--language")},
    "test_packaging.py": {("map", "--tiles")},
    "test_tiles.py": {("run", "--memory")},
    "test_state.py": {("run", "--strict")},
    "test_workers.py": {("run", "--workers"), ("run", "--scheduler")},
}
OF_PLACEMENT = {("trace", "--transform"), ("trace", "--map-crs")}  # by the library: test_image.py


def test_every_option_of_every_verb_is_looked_at():
    every = {(verb, each) for verb in COMMANDS for each in options_of(verb)}
    elsewhere = set().union(*ELSEWHERE.values())
    shared = {(verb, each) for verb, each in every if each in options_in(*GROUPS) | _PLAIN}
    assert every == every & shared | {*OWN} | elsewhere | OF_PLACEMENT
    for file, named in ELSEWHERE.items():
        text = (TESTS / file).read_text(encoding="utf-8")
        assert not [each for _, each in named if f'"{each}"' not in text]


@pytest.mark.parametrize(("verb", "option"), OWN)
def test_an_option_of_one_verb_matters(verb, option):
    call, value = OWN[verb, option]
    same = outcome(call) == outcome(f"{call} {option} {value}")
    assert not same


# ---- What contradicts itself, and names that nothing has --------------------------------------


def told(words):
    """Return the code of a call, and what it says in one line."""
    code, _, err, _ = outcome(words)
    return code, " ".join(err.replace("│", " ").split())


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        ("areas days --days all --days week", 2, "--days is given 2 times, and only the last"),
        ("areas days --days all --days all --days all", 2, "--days is given 3 times"),
        ("change days --from 2024-01-01 --from 2024-01-05 --to 2024-02-03", 2, "--from is given 2"),
        ("areas units --memory 4GB", 2, "--memory does nothing here: it bounds how drawn zones"),
        ("areas units --scheduler x:1", 2, "--scheduler does nothing here: tables of units"),
        (KINDS["panel"] + " --memory 4GB", 2, "--memory does nothing here"),
        (
            "check gain.toml days --area x=36,35,37,36",
            0,
            "no reading in gain.toml names it; give it",
        ),
        ("check claims.toml days --area neer=36,35,37,36", 3, "did you mean 'near'?"),
        ("check claims.toml days --area 36,35,37,36 --claim gain", 0, "--area bounds only what"),
        ("compare days days --area A=36,35,37,36 --area B=36,35,36.5,36", 2, "--area B=36,35,36.5"),
        ("map days --area A=36,35,37,36 --area Bb=36,35,36.5,36 --out out/m.svg", 2, "--area Bb="),
        ("animate days --area A=36,35,37,36 --area B=1,1,2,2 --out out/f.gif", 2, "--area B=1,1"),
        (
            "areas overlap --overlap first --priority B,Aa",
            0,
            "warning: priority 'Aa': nobody of that name holds ground; did you mean 'A'?",
        ),
        ("areas overlap --overlap first --priority B,Zorg", 0, "warning: priority 'Zorg': nobody"),
        (
            "areas days --remainder R --remainder-area 36.1,35.1,36.2,35.2",
            0,
            "warning: remainder gives nothing to R: zones cover all of",
        ),
        ("areas days --day-format DD/MM/YYYY", 0, "warning: no day is written as DD/MM/YYYY"),
        ("explain days --value 9 --day 2024-01-05 --by Rusia", 1, "unknown actor 'Rusia'; known"),
        ("areas days --status-field nix", 0, "nix"),
        ("areas days --actor-field sid", 1, "no actor in 'sid'"),
        ("areas days --day 2024-01-02", 1, "no file is of 2024-01-02; they say days from"),
        ("areas days --days 2024-01-02", 1, "2024-01-02"),
        ("areas days --area Ukrain", 1, "Ukraine"),
        (
            "check claims.toml days --claim haff",
            1,
            "no claim has the id 'haff'; did you mean 'half'?",
        ),
        ("map days --kind front --actors Aa --out out/m.svg", 1, "Aa"),
    ],
)
def test_what_does_nothing_or_that_nothing_has_is_told(call, code, message):
    found, said = told(call)
    assert message in said
    assert found == code


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("compare days spans.geojson --out out/x.geojson", "a picture is .png, .svg or .pdf, not"),
        ("compare days spans.geojson --out out/x", "and this has no suffix"),
        ("map days --out out/x.geojson", "a picture is .png, .svg or .pdf, not '.geojson'"),
        ("map days --out out/x.png --format svg", "--format says svg; name FILE.svg, or a folder"),
        ("page days --out out/x.pdf", "out/x.pdf: a page is an .html file; name one"),
        ("animate days --out out/x.webm", "a film is .mp4 or .gif, not '.webm'"),
        ("convert days --out out/x.png", "cannot write '.png'; known are"),
        ("inspect days --out out/x.txt", "name a .toml file"),
        ("calibrate days spans.geojson --out out/x.csv", "name a .toml file"),
    ],
)
def test_a_name_says_what_is_written_or_is_refused(call, message):
    found, said = told(call)
    assert (found, message in said) == (1, True), said
    assert not outcome(call)[3]
    assert not [*Path("out").iterdir()]  # no folder of that name either


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_map_of_differences_is_what_its_name_says(kind):
    begins = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[kind]
    files = outcome(f"{COMPARE} --out out/x.{kind}")[3]
    assert [*files] == [f"x.{kind}"]
    assert files[f"x.{kind}"].startswith(begins)


@pytest.mark.parametrize(
    ("series", "told_of"),
    [
        ('profile = "places"\npath = "places.csv"\nholders = "panel.csv"', True),
        ('profile = "units"\npath = "units"', True),
        ('profile = "zones"\npath = "days"', False),
    ],
)
def test_a_job_without_drawn_zones_says_that_memory_does_nothing(folder, series, told_of):
    off = "[maps]\nenabled = false\n[report]\nenabled = false\n"
    job = f"job_{series.split(chr(34))[1]}"
    (folder / f"{job}.toml").write_text(f"[series]\n{series}\n{off}", encoding="utf-8")
    _, said = told(f"run {job}.toml --out {job} --memory 4GB")
    shutil.rmtree(folder / job)
    assert ("--memory (memory) does nothing here: it bounds how drawn" in said) is told_of, said


def test_one_day_alone_says_what_it_leaves_out():
    for chosen in ("--day 2024-01-05", "--from 2024-01-05 --to 2024-01-05"):
        assert "only 2024-01-05 is read: intervals leave out" in told(f"areas days {chosen}")[1]
    for rest in ("areas days --days 2024-01-05", "areas undated.geojson --day 2024-01-05"):
        assert "is read: intervals" not in told(rest)[1]


@pytest.mark.parametrize("twice", ["--days all --days week", "--to 2024-01-01 --to 2024-01-02"])
def test_help_answers_whatever_else_is_said(twice):
    for words in (f"change {twice} --help", f"change --help {twice}"):
        code, out, err, _ = outcome(words)
        assert code == 0 and "Usage:" in out and "given 2 times" not in out + err


def test_flags_and_lists_may_be_given_twice():
    assert outcome("areas days --json --json")[0] == 0
    assert outcome("areas days --area A=36,35,37,36 --area B=36,35,36.5,36")[0] == 0


@pytest.mark.parametrize("mark", ["-", "_"])
def test_a_format_goes_before_what_a_name_looks_like(folder, mark):
    name, day_format = mark.join(["2024", "01", "05"]), mark.join(["YYYY", "DD", "MM"])
    write(folder / f"{name}.geojson", *two(36.5))
    assert "2024-05-01,A" in outcome(f"areas {name}.geojson --day-format {day_format}")[1]
    other = mark.join(["2024", "05", "15"])  # there is no month 15
    write(folder / f"{other}.geojson", *two(36.5))
    code, said = told(f"areas {other}.geojson --day-format {day_format}")
    assert code == 1
    assert f"as {day_format} says" in said

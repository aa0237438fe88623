"""Keys and options that would do nothing are refused, and a job says how large it will be."""

import csv
from datetime import date
from io import StringIO
from unittest.mock import Mock

import pytest
from squares import write_two_boxes
from test_job import SMALL

from territory.cli import _code
from territory.errors import TerritoryError
from territory.job.days import map_days, select_days
from territory.job.series_profile import profile_of
from territory.job.spec import Job, SeriesSpec, kind_of, refused_keys
from territory.job.study import compute
from territory.publish.preview import many_maps, map_count, preview
from territory.read.profile import read_profile
from territory.read.text_files import read_toml
from territory.run import run

ZONES = '[series]\nprofile = "zones"\npath = "z_*.geojson"\nboundary_error_m = 100\n'


@pytest.fixture
def folder(tmp_path):
    write_two_boxes(tmp_path, prefix="z_")
    (tmp_path / "job.toml").write_text(ZONES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def small(tmp_path):
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def problem_of(folder, text):
    (folder / "job.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TerritoryError) as caught:
        read_toml(folder / "job.toml", Job)
    return str(caught.value)


# ---- Keys of another profile -----------------------------------------------------------------

VALUES = {
    "state": '"x.csv"',
    "events": '"x.csv"',
    "first_day": "2024-01-01",
    "until": "2024-01-01",
    "extent": '"x"',
    "evidence": '["x"]',
    "scenario": '[{ name = "x", events = "y.csv" }]',
    "gazetteer": '"x.csv"',
    "holders": '"x.csv"',
    "id_field": '"x"',
    "day": "2024-01-01",
    "actor_field": '"x"',
    "status_field": '"x"',
    "unit_field": '"x"',
    "day_field": '"x"',
    "day_format": '"DD/MM/YYYY"',
    "overlap": '"first"',
    "priority": '["x"]',
    "doubt_percent": "0.5",
    "actor": '"x"',
    "unnamed": '"x"',
    "where": '"x = 1"',
    "reach_m": "5",
    "ground": '"x"',
    "sides": '"west,east"',
    "boundary_error_m": "5",
    "correlation_length_m": "5",
    "map_scale": "5000",
    "georeference_error_m": "5",
    "bias_m": "5",
    "date_correlation": "0.5",
    "redraw_lag_days": "8",
}
EVERYWHERE = {"name", "profile", "path", "actors"}
PLACES = {"state", "events", "first_day", "until", "extent", "evidence", "scenario"}
PLACES |= {"gazetteer"}
UNITS = {"holders", "id_field", "unit_field", "actor_field", "day_field", "day_format"}
PANEL = UNITS - {"id_field"}  # of places, by day
UNITS |= {"status_field"}
LINES = {key for key in VALUES if key.endswith(("_m", "_scale", "_correlation", "_lag_days"))} - {
    "reach_m"
}


@pytest.mark.parametrize("key", VALUES)
@pytest.mark.parametrize("profile", ["places", "units", "zones", "deepstate-daily", "mine.toml"])
def test_a_key_belongs_to_its_profiles(key, profile):
    kind = kind_of(profile)
    drawn = {*VALUES} - (PLACES - {"extent"}) - {"holders", "id_field", "unit_field"}
    mine = {"places": PLACES | PANEL, "units": UNITS | LINES}.get(kind, drawn)
    mine |= UNITS if profile == "mine.toml" else set()  # which the file itself decides
    values = {"profile": profile, "path": "a", key: _value(key)}
    if key in mine:
        assert getattr(SeriesSpec(**values), key) is not None
    else:
        with pytest.raises(ValueError, match=f"'{key}' \\(for .*does nothing under profile"):
            SeriesSpec(**values)


def _value(key):
    import tomllib

    return tomllib.loads(f"x = {VALUES[key]}")["x"]


def test_every_key_of_a_series_is_looked_at():
    """A key that somebody adds must be said to be of some profile, or of all of them."""
    ours = {"until_field", "cut", "repair"}  # of drawn zones
    assert {*SeriesSpec.model_fields} - ours == {*VALUES} | EVERYWHERE | (
        {"remainder", "remainder_area"} & {*SeriesSpec.model_fields}
    )


def test_all_wrong_keys_are_named_at_once_with_what_to_write_instead(folder):
    wrong = 'first_day = 2024-01-01\nuntil = 2024-01-02\nholders = "y"\nevents = "e"\n'
    found = problem_of(folder, ZONES + wrong)
    for key in ("'first_day' (for places; for any profile it is [days] first_day)",
                "'until' (for places; for any profile it is [days] last_day)",
                "'holders' (for places and units)", "'events' (for places)"):  # fmt: skip
        assert key in found
    assert "do nothing under profile 'zones'" in found
    assert "job.toml, line 1" in found


def test_the_nearest_key_is_named():
    said = refused_keys("places", ["status_field"], ["status_field", "path", "state"])
    assert said == (
        "'status_field' (for drawn zones and units) does nothing under profile 'places';"
        " known are: path, state"
    )
    near = refused_keys("units", ["holder_field", "overlap"], ["overlap", "holders"])
    assert near == (
        "'overlap' (for drawn zones) does nothing under profile 'units'; known are: holders"
    )
    assert refused_keys("zones", ["path", "overlap"], ["path", "overlap"]) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ZONES + "[uncertainty]\ndraws = 10\n", "uncertainty: 'draws' does nothing here"),
        (ZONES + '[population]\nfile = "p.tif"\n', "population does nothing without claims"),
        (ZONES + "[report]\nexplain = true\n", "report.explain does nothing without claims"),
        (
            '[series]\nprofile = "places"\npath = "p.csv"\n[uncertainty]\nbias_m = 3\n',
            "uncertainty: 'bias_m' does nothing here: it is for drawn zones and units",
        ),
        (
            '[series]\nprofile = "places"\npath = "p.csv"\nextent = "here"\n',
            "series.extent: no area is named 'here'",
        ),
        (ZONES + "[days]\nfirst_day = 2024-02-01\nlast_day = 2024-01-01\n", "is after last_day"),
        (
            ZONES + '[days]\nselect = ["2024-01-01"]\nfirst_day = 2024-01-02\n',
            "select names 2024-01-01, which first_day leaves out",
        ),
        (ZONES + "[days]\nfirst = 2024-01-02\n", "did you mean 'first_day'?"),
    ],
)
def test_whatever_else_does_nothing_is_refused(folder, text, message):
    assert message in problem_of(folder, text)


# ---- The days of a job -----------------------------------------------------------------------


def days_of(results):
    return [*dict.fromkeys(str(row["day"]) for row in results.areas)]


def test_the_days_of_drawn_zones_are_cut(folder):
    for days, kept in (
        ("first_day = 2024-01-02", ["2024-01-03"]),
        ("last_day = 2024-01-02", ["2024-01-01"]),
        ("first_day = 2024-01-01\nlast_day = 2024-01-03", ["2024-01-01", "2024-01-03"]),
        ('select = "first-and-last"\nlast_day = 2024-01-02', ["2024-01-01"]),
    ):
        (folder / "job.toml").write_text(f"{ZONES}[days]\n{days}\n", encoding="utf-8")
        results = compute(folder / "job.toml")
        assert days_of(results) == kept
        assert [str(day) for day in results.loaded[0].ensemble.base.days] == kept


def test_a_fault_on_a_day_that_is_left_out_is_not_told(folder):
    (folder / "z_2024-01-05.geojson").write_text("{", encoding="utf-8")
    (folder / "job.toml").write_text(f"{ZONES}[days]\nlast_day = 2024-01-03\n", encoding="utf-8")
    assert not [row for row in compute(folder / "job.toml").quality if row["severity"] == "error"]


def test_the_days_of_places_and_of_units_are_cut(small):
    text = SMALL["job.toml"].replace('select = ["2018-01-01", "2018-01-31"]', "@")
    for days, kept in (
        ('select = "week"\nfirst_day = 2018-01-10', ["2018-01-10", "2018-01-17", "2018-01-24"]),
        ("first_day = 2018-01-30", ["2018-01-30", "2018-01-31"]),
    ):
        job = text.replace("@", days).replace('[claims]\nfile = "claims.toml"\n', "")
        (small / "job.toml").write_text(job, encoding="utf-8")
        assert days_of(compute(small / "job.toml"))[: len(kept)] == kept
    from test_units import TABLE, TWO, units_file

    units_file(small, *TWO)
    (small / "holders.csv").write_text(TABLE, encoding="utf-8")
    units = '[series]\nprofile = "units"\npath = "units.geojson"\n[days]\nfirst_day = 2018-01-02\n'
    (small / "job.toml").write_text(units, encoding="utf-8")
    assert days_of(compute(small / "job.toml")) == ["2018-01-03"]


def test_a_period_without_any_day_is_refused(folder):
    (folder / "job.toml").write_text(f"{ZONES}[days]\nfirst_day = 2025-01-01\n", encoding="utf-8")
    with pytest.raises(TerritoryError) as caught:
        compute(folder / "job.toml")
    assert "no day of the series lies on or after 2025-01-01; it has 2024-01-01 to" in str(
        caught.value
    )


# ---- How large a job will be -----------------------------------------------------------------


def test_a_dry_run_tells_days_maps_and_megabytes_and_writes_nothing(folder, capsys):
    before = sorted(folder.rglob("*"))
    out = folder / "out"
    assert _code(["run", str(folder / "job.toml"), "--out", str(out), "--dry-run"]) == 0
    printed = capsys.readouterr()
    (row,) = csv.DictReader(StringIO(printed.out))
    assert (row["days"], row["first_day"], row["last_day"]) == ("2", "2024-01-01", "2024-01-03")
    assert row["maps"] == "4"
    assert "2 days, 4 maps, about" in printed.err and "nothing was written" in printed.err
    assert sorted(folder.rglob("*")) == before
    run(folder / "job.toml", out)
    assert len(list((out / "maps").rglob("*.png"))) == 4


def test_the_megabytes_of_a_dry_run_are_about_what_is_written(folder):
    out = folder / "out"
    run(folder / "job.toml", out)
    written = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
    assert written / 4 < preview(folder / "job.toml").megabytes < 4 * written


def test_maps_are_counted_as_they_are_drawn(small):
    job = SMALL["job.toml"] + '[maps]\nlanguages = ["en", "ar"]\n'
    (small / "job.toml").write_text(job, encoding="utf-8")
    run(small / "job.toml", small / "out")
    days = [date(2018, 1, 1), date(2018, 1, 31)]
    count = map_count(read_toml(small / "job.toml", Job), days)
    assert len(list((small / "out" / "maps").rglob("*.png"))) == count == 8


def test_formats_are_those_that_are_asked_for(small):
    job = SMALL["job.toml"] + '[maps]\nformats = ["svg", "png"]\n'
    (small / "job.toml").write_text(job, encoding="utf-8")
    run(small / "job.toml", small / "out")
    names = {path.name for path in (small / "out" / "maps").iterdir()}
    stems = ("2018-01-01", "2018-01-31", "before_after", "transfers")
    assert names == {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('formats = ["svg"]', "'png' is missing, which the report shows; add it"),
        ('formats = ["png", "png"]', "a format is named twice"),
        ('formats = ["png", "jpg"]', "'png', 'svg' or 'pdf'"),
        ('days = "month-starts"', "unknown rule; did you mean 'month-start'?"),
        ("days = []", "no day is selected"),
        ("days = [2018-01-31, 2018-01-31]", "a day is selected twice"),
    ],
)
def test_maps_that_cannot_be_drawn_are_refused(small, line, problem):
    assert problem in problem_of(small, SMALL["job.toml"] + f"[maps]\n{line}\n")


def test_a_map_of_a_day_that_is_not_reported_is_refused_before_the_work(small):
    job = SMALL["job.toml"] + "[maps]\ndays = [2018-01-30]\n"
    (small / "job.toml").write_text(job, encoding="utf-8")
    for call in (preview, lambda path: run(path, small / "out", progress=pytest.fail)):
        with pytest.raises(TerritoryError, match=r"2018-01-30 is not reported; .*2018-01-31"):
            call(small / "job.toml")


def test_a_long_series_has_maps_of_its_ends_and_of_each_month(small):
    text = SMALL["job.toml"].replace('select = ["2018-01-01", "2018-01-31"]', 'select = "all"')
    longer = text.replace("2018-01-31\n", "2018-02-02\n", 1)
    assert longer != text
    (small / "job.toml").write_text(longer + "[maps]\nfilm = true\n", encoding="utf-8")
    told = []
    run(small / "job.toml", small / "out", announce=told.append)
    drawn = {path.stem for path in (small / "out" / "maps").glob("*.png")}
    assert drawn == {"2018-01-01", "2018-02-01", "2018-02-02", "before_after", "transfers"}
    assert (small / "out" / "maps" / "film.mp4").read_bytes()[4:8] == b"ftyp"
    assert preview(small / "job.toml").maps == len(drawn)
    (line,) = told
    assert line.startswith("5 maps will be drawn, of 3 of 33 days (the first, the last and the")
    report = (small / "out" / "report.html").read_text(encoding="utf-8")
    assert "3 of 33 days have a map of their own" in report
    assert "Day by day: 3 maps" in report


def test_a_film_without_ffmpeg_is_refused_before_the_work(small, monkeypatch):
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", Mock(side_effect=RuntimeError("none")))
    job = SMALL["job.toml"] + "[maps]\nfilm = true\n"
    (small / "job.toml").write_text(job, encoding="utf-8")
    with pytest.raises(TerritoryError, match="there is no ffmpeg to make films with"):
        run(small / "job.toml", small / "out", progress=pytest.fail)


def test_days_of_maps_follow_the_rule_that_is_given():
    days = tuple(date.fromordinal(730_000 + n) for n in range(400))
    for rule in ("all", "month-start", "week", "first-and-last", (days[3], days[7])):
        assert map_days(rule, days) == select_days(rule, days)
    assert map_days(None, days[:31]) == days[:31]
    assert map_days(None, days) == (*select_days("month-start", days), days[-1])


def test_many_maps_are_announced_before_the_work_with_the_key_that_limits_them(small, capsys):
    text = SMALL["job.toml"].replace('select = ["2018-01-01", "2018-01-31"]', 'select = "all"')
    told = []

    class StoppedError(Exception):
        pass

    def announce(line):
        told.append(line)
        raise StoppedError

    for count, languages in ((33, '["en"]'), (66, '["en", "ar"]')):
        job = f'{text}[maps]\ndays = "all"\nlanguages = {languages}\n'
        (small / "job.toml").write_text(job, encoding="utf-8")
        found = preview(small / "job.toml")
        assert found.maps == count
        assert bool(found.hint) == (count > 60)
    with pytest.raises(StoppedError):
        run(small / "job.toml", small / "out", announce=announce)
    (line,) = told
    assert line.startswith("66 maps will be drawn") and "[maps] days" in line
    assert not (small / "out").exists()


def test_few_maps_are_not_announced():
    zones = {"profile": "zones", "path": "a"}
    job = Job.model_validate({"series": zones, "maps": {"days": "all"}})
    days = [date.fromordinal(730_000 + n) for n in range(59)]
    assert many_maps(job, days[:58]) == ""
    assert many_maps(job, days).startswith("61 maps")
    off = Job.model_validate({"series": zones, "maps": {"enabled": 0}})
    assert many_maps(off, days) == ""


# ---- Options of the command line -------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (["areas", "Z", "--regions-name", "x"], "--regions-name does nothing here"),
        (["areas", "Z", "--regions-even-odd"], "--regions-even-odd does nothing here"),
        (["change", "Z", "--from", "2024-01-01", "--to", "2024-01-03", "--days", "week"], "--days"),
        (["map", "Z", "--kind", "transfers", "--day", "2024-01-01"], "--day does nothing here"),
        (["map", "Z", "--kind", "day", "--from", "2024-01-01"], "--from does nothing here"),
        (["map", "Z", "--kind", "day", "--actors", "A"], "--actors does nothing here"),
        (["map", "Z", "--kind", "changes", "--days", "2024-01-01"], "--days does nothing here"),
        (["map", "Z", "--kind", "front", "--day", "2024-01-01"], "--day does nothing here"),
        (
            ["map", "Z", "--kind", "front", "--days", "2024-01-01", "--to", "2024-01-03"],
            "--to does nothing here: --days says",
        ),
        (["map", "Z", "--format", "svg", "--dpi", "100"], "--dpi does nothing here: it is for PNG"),
        (["map", "job.toml", "--actor-field", "x"], "--actor-field does nothing here"),
        (["page", "job.toml", "--claims", "x.toml"], "--claims does nothing here"),
        (["page", "job.toml", "--actor-field", "x"], "--actor-field does nothing here"),
        (["animate", "job.toml", "--actor-field", "x"], "--actor-field does nothing here"),
    ],
)
def test_options_that_do_nothing_are_wrong_usage(folder, capsys, monkeypatch, call, message):
    monkeypatch.chdir(folder)
    verb, what, *options = call
    place = {"map": ["--out", "m"], "page": ["--out", "p.html"], "animate": ["--out", "f.gif"]}
    read = [] if what.endswith(".toml") else ["--profile", "zones"]
    what = "z_2024-01-01.geojson" if what == "Z" else what
    assert _code([verb, what, *read, *options, *place.get(verb, [])]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (["check", "c.toml", "--area", "1,2,3,4"], "--area does nothing here"),
        (["check", "c.toml", "--boundary-error-m", "0"], "--boundary-error-m does nothing here"),
        (["explain", "Z", "--value", "5", "--area", "1,2,3,4"], "--area does nothing here"),
        (["explain", "Z", "--value", "5", "--claim", "x"], "--claim does nothing here"),
        (["explain", "Z", "--published", "p.csv", "--day", "2024-01-01"], "--day does nothing"),
        (["explain", "c.toml", "Z", "--unit", "ha", "--by", "A"], "--unit, --by do nothing here"),
    ],
)
def test_options_about_figures_that_do_nothing_are_wrong_usage(folder, capsys, call, message):
    claims = folder / "c.toml"
    claims.write_text(
        '[[claim]]\nid = "x"\ntext = "t"\npublisher = "p"\npublished = 2024-01-01\nvalue = 5\n'
        'unit = "km2"\nday = 2024-01-01\nreading = [{ name = "n", quantity = "total",'
        ' by = ["A"] }]\n',
        encoding="utf-8",
    )
    named = {"c.toml": str(claims), "Z": str(folder / "z_2024-01-01.geojson")}
    read = ["--profile", "zones"] if call[0] == "explain" else []
    assert _code([*(named.get(word, word) for word in call), *read]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("option", ["--until-field", "--day", "--boundary-error-m"])
def test_places_take_no_options_of_drawn_zones(small, capsys, option):
    value = {"--day": "2018-01-01", "--boundary-error-m": "5"}.get(option, "x")
    call = ["areas", str(small / "places.csv"), "--profile", "places", option, value]
    assert _code(call) == 2
    assert f"{option} does nothing here" in " ".join(capsys.readouterr().err.split())


# ---- Keys of a profile -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('rings = ["a"]', "'rings' does nothing without container = 'rings'"),
        ('container = "rings"\nrings = ["a"]\ninside = "x"', "'inside' does nothing without"),
        ('label = "layer"\nlabel_properties = ["x"]', "without label = 'property'"),
        ("label_pattern = '(?P<label>x)'", "without label = 'layer'"),
        ('priority = ["a"]', "without overlap = 'first'"),
    ],
)
def test_keys_of_a_profile_that_do_nothing_are_refused(folder, keys, message):
    (folder / "mine.toml").write_text(f'name = "mine"\n{keys}\n', encoding="utf-8")
    with pytest.raises(TerritoryError) as caught:
        read_profile("mine.toml", folder)
    assert message in str(caught.value)


def test_what_a_job_says_replaces_what_its_profile_has(folder):
    """Not the keys that go with what it replaces."""
    isw = SeriesSpec(profile="isw", path="z.geojson", actor_field="actor")
    assert profile_of(isw).label_properties == ("actor",)
    (folder / "mine.toml").write_text(
        'name = "mine"\noverlap = "first"\npriority = ["A"]\n', encoding="utf-8"
    )
    job = ZONES.replace('"zones"', '"mine.toml"') + 'overlap = "contested"\n'
    (folder / "job.toml").write_text(job, encoding="utf-8")
    assert len(days_of(compute(folder / "job.toml"))) == 2
    (folder / "job.toml").write_text(ZONES + 'priority = ["A"]\n', encoding="utf-8")
    with pytest.raises(TerritoryError, match="'priority' does nothing without overlap = 'first'"):
        compute(folder / "job.toml")


# ---- Places, as options name them ------------------------------------------------------------


@pytest.mark.parametrize("key", ["remainder_area", "ground"])
@pytest.mark.parametrize("box", ["[36.9, 46.9, 38, 48.1]", '"36.9,46.9,38,48.1"'])
def test_a_box_of_a_series_is_numbers_or_text(folder, key, box):
    (folder / "job.toml").write_text(f"{ZONES}{key} = {box}\n", encoding="utf-8")
    (series,) = read_toml(folder / "job.toml", Job).series
    assert getattr(series, key) == "36.9,46.9,38,48.1"
    (folder / "p.toml").write_text(f"name = 'p'\nground = {box}\n", encoding="utf-8")
    assert read_profile("p.toml", folder=folder).ground == "36.9,46.9,38,48.1"


def test_an_area_may_be_what_the_option_takes(folder):
    areas = 'box = "36,46,37.5,48"\nland = "Ukraine"\nfile = "a,b.gpkg"\n'
    (folder / "job.toml").write_text(f"{ZONES}[area]\n{areas}", encoding="utf-8")
    found = read_toml(folder / "job.toml", Job).area
    assert found["box"] == (36, 46, 37.5, 48)
    assert (found["land"].file, found["file"].file) == ("Ukraine", "a,b.gpkg")

"""What a reader of bad files is told: one error with the file, the line and the value."""

import json
import math
import re
import shutil
from datetime import date
from urllib.request import urlopen

import pyogrio
import pytest
import shapely
from listening import listening

from territory.claims.model import Claims
from territory.errors import CRSError, GeometryError, InputError, JobError, TerritoryError
from territory.findings import Severity
from territory.geometry.projection import WGS84
from territory.history.repair import normalise
from territory.holders import Holder, Status
from territory.job.days import select_days
from territory.job.named_aoi import load_areas
from territory.job.series_profile import profile_of
from territory.job.spec import AreaBox, AreaFile, Job, SeriesSpec
from territory.job.study import compute
from territory.languages import LANGUAGES
from territory.read.aoi import parse_area, read_area
from territory.read.paths import expand
from territory.read.place_tables import read_events, read_places
from territory.read.text_files import read_toml, toml_line
from territory.read.zones import read_series


def message_of(error, path, *parts):
    """Check that a message begins with the file and holds every part; return it."""
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(str(path)), message
    for part in parts:
        assert part in message, message
    return message


# ---- Places, states and events -----------------------------------------------------------

PLACES = """place_id,name,lat,lon
P1,خان شيخون,35.44,36.65
P2,"Abu Dali, south",35.37,36.93
"""
STATE = """place_id,holder,evidence
P1,a,marker
P2,b,marker
"""
EVENTS = """place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source
P1,2018-01-05,2018-01-07,a,b,reported,someone
P1,2018-01-09,2018-01-09,b,a,reported,someone
"""


def read(folder, *, places=PLACES, state=STATE, events=EVENTS, **options):
    files = {"places.csv": places, "state_2018-01-01.csv": state, "events.csv": events}
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    found, _ = read_places(
        *(folder / name for name in files), **{"first_day": None, "last_day": None, **options}
    )
    return found


def test_good_places_are_read(tmp_path):
    series = read(tmp_path)
    assert [(p.key, p.name, p.latitude, p.longitude) for p in series.places] == [
        ("P1", "خان شيخون", 35.44, 36.65),
        ("P2", "Abu Dali, south", 35.37, 36.93),
    ]
    assert {key: start.actor for key, start in series.starts.items()} == {"P1": "a", "P2": "b"}
    assert [event.taker for event in series.events] == ["b", "a"]
    assert (series.first_day, series.last_day) == (date(2018, 1, 1), date(2018, 1, 9))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "\n,,,,,,\n",
        lambda text: text.replace(",", " , "),
    ],
)
def test_byte_order_marks_line_ends_blank_rows_and_spaces_do_not_matter(tmp_path, change):
    plain = PLACES.replace('"Abu Dali, south"', "Abu Dali")
    expected = read(tmp_path, places=plain)
    series = read(tmp_path, places=change(plain).replace(",,,,,,", ",,,"), events=change(EVENTS))
    assert series.places == expected.places
    assert [(e.place, e.earliest, e.taker) for e in series.events] == [
        (e.place, e.earliest, e.taker) for e in expected.events
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "parts"),
    [
        (
            "places",
            "lat,",
            "latitude,",
            1,
            ["no column 'lat'", "did you mean 'latitude'?"],
        ),
        ("places", "name,lat", "lat,lat", 1, ["no column 'name'"]),
        ("places", "lat,lon", "lat,lon,lat", 1, ["column 'lat' stands twice"]),
        ("places", "36.65", "36.65,x", 2, ["5 cells where the header has 4"]),
        ("places", ",36.65", "", 2, ["3 cells where the header has 4"]),
        ("places", "P2,", "P1,", 3, ["place_id 'P1' stands twice"]),
        ("places", "P2,", ",", 3, ["place_id is empty"]),
        ("places", "35.37", "148", 3, ["lat '148'"]),
        ("places", "35.37", "nan", 3, ["lat 'nan'"]),
        ("places", "36.93", "inf", 3, ["lon 'inf'"]),
        ("places", "36.93", "-180.1", 3, ["lon '-180.1'"]),
        ("places", "36.93", "36,93", 3, ["5 cells"]),
        ("places", "36.93", "36°56'", 3, ["lon '36°56''"]),
        ("places", '"Abu Dali', '"Abu "Dali', 3, ["not CSV"]),
        ("places", PLACES, "", 1, ["the file is empty"]),
        ("places", PLACES, "\n\n", 1, ["the file is empty"]),
        ("places", PLACES, "place_id,name,lat,lon\n", None, ["no place in the file"]),
        ("state", "P2", "P3", 3, ["unknown place 'P3'; known are: P1, P2"]),
        ("state", "P2,b", "P1,b", 3, ["place 'P1' stands twice"]),
        ("state", "P1,a", "P1,A", 2, ["'A' is no actor name"]),
        ("state", "P1,a", "P1,", 2, ["'' is no actor name"]),
        ("state", "P1,a", "P1,النظام", 2, ["'النظام' is no actor name"]),
        ("state", "holder", "actor", 1, ["no column 'holder'"]),
        ("events", "P1,2018-01-09", "P9,2018-01-09", 3, ["unknown place 'P9'"]),
        ("events", "a,b", "b,a", 2, ["place P1 was held by 'a'", "cannot pass from 'b'"]),
        ("events", "b,a", "a,b", 3, ["place P1 was held by 'b'", "cannot pass from 'a'"]),
        ("events", "b,a", "b,b", 3, ["from 'b' to 'b' changes nothing"]),
        (
            "events",
            "2018-01-09,",
            "٢٠١٨-٠١-٠٩,",
            3,
            ["'٢٠١٨-٠١-٠٩' in 'date_earliest' is not a day (YYYY-MM-DD)"],
        ),
        ("events", "2018-01-05", "03-04-2024", 2, ["'03-04-2024' in 'date_earliest' is not a day"]),
        ("events", "2018-01-05", "2018-1-5", 2, ["'2018-1-5' in 'date_earliest' is not a day"]),
        ("events", "2018-01-05", "05.13.2018", 2, ["'05.13.2018' in 'date_earliest' is not"]),
        ("events", "2018-01-05", "2018-W01-5", 2, ["'2018-W01-5' in 'date_earliest' is not a day"]),
        ("events", "2018-01-05", "2018-02-30", 2, ["'2018-02-30' in 'date_earliest' is not a day"]),
        ("events", "2018-01-05", "", 2, ["'' in 'date_earliest' is not a day"]),
        ("events", "2018-01-05", "2018-01-08", 2, ["run backwards, 2018-01-08 to 2018-01-07"]),
        ("events", "2018-01-09,2018-01-09", "2018-01-04,2018-01-04", 3, ["is listed after"]),
        ("events", "b,a,reported,someone", "b,a,reported,", 3, ["an event needs a source"]),
        ("events", EVENTS, "", 1, ["the file is empty"]),
    ],
)
def test_bad_tables(tmp_path, file, old, new, line, parts):
    text = {"places": PLACES, "state": STATE, "events": EVENTS}[file]
    assert old in text
    with pytest.raises(InputError) as caught:
        read(tmp_path, **{file: text.replace(old, new, 1)})
    name = "state_2018-01-01.csv" if file == "state" else f"{file}.csv"
    where = f"{tmp_path / name}{f', line {line}' if line else ''}: "
    message_of(caught, where, *parts)


def test_files_that_are_no_text(tmp_path):
    assert len(read(tmp_path, places=PLACES.encode("utf-16")).places) == len(
        read(tmp_path, places=PLACES).places
    )
    with pytest.raises(InputError) as caught:
        read(tmp_path, places=PLACES.encode("cp1256", "replace"))
    message_of(caught, tmp_path / "places.csv", "not UTF-8 at byte 25")
    (tmp_path / "events.csv").unlink()
    (tmp_path / "events.csv").mkdir()
    with pytest.raises(InputError) as caught:
        read_places(
            tmp_path / "none.csv", tmp_path / "x.csv", tmp_path, first_day=None, last_day=date.max
        )
    message_of(caught, tmp_path / "x.csv", "no day in the file name", "first_day under [days]")
    with pytest.raises(InputError) as caught:
        read_places(
            tmp_path / "none.csv", tmp_path, tmp_path, first_day=date(2018, 1, 1), last_day=None
        )
    message_of(caught, tmp_path / "none.csv", "no such file")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("state.csv", "no day in the file name"),
        ("state_2018-01-01_2018-02-01.csv", "2 different days in the file name"),
        ("state_2018-13-01.csv", "no day in the file name"),
        ("state_01-02-2018.csv", "--day-format DD/MM/YYYY"),
    ],
)
def test_the_day_of_the_state_stands_in_its_name(tmp_path, name, part):
    with pytest.raises(InputError) as caught:
        read_places(tmp_path / "p", tmp_path / name, tmp_path / "e", first_day=None, last_day=None)
    message_of(caught, tmp_path / name, part)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("05.01.2018,07.01.2018", (2018, 1, 5), (2018, 1, 7)),
        ("5 Jan 2018,7 января 2018", (2018, 1, 5), (2018, 1, 7)),
        ("20180105,2018-01-07T23:00", (2018, 1, 5), (2018, 1, 7)),
        ("05/01/2018,2018-01-07", (2018, 1, 5), (2018, 1, 7)),
        ("2018-01,2018-01", (2018, 1, 1), (2018, 1, 31)),
        ("2018,2018", (2018, 1, 1), (2018, 12, 31)),
    ],
)
def test_days_of_events_are_read_as_in_other_tables(tmp_path, written, first, last):
    head = EVENTS.splitlines()[0]
    other = "P2,13/02/2018,13/02/2018,b,a,reported,someone"
    events = f"{head}\nP1,{written},a,b,reported,someone\n{other}\n"
    series = read(tmp_path, events=events)
    assert (series.events[0].earliest, series.events[0].latest) == (date(*first), date(*last))
    _, findings = read_events(tmp_path / "events.csv", {p.key: p for p in series.places})
    assert [each.kind for each in findings] == ["day-order"]
    assert "'13/02/2018' allows no other" in findings[0].detail


def test_days_of_events_that_may_be_either_are_refused_until_their_order_is_said(tmp_path):
    events = EVENTS.replace("2018-01-05,2018-01-07", "05/01/2018,07/01/2018")
    with pytest.raises(InputError, match="day/month or month/day"):
        read(tmp_path, events=events)
    both = EVENTS.replace("2018-01-05,2018-01-07", "13/01/2018,01/14/2018")
    with pytest.raises(InputError, match="contradict one another"):
        read(tmp_path, events=both)
    written = events.replace("2018-01-09,2018-01-09", "09/01/2018,09/01/2018")
    names = ("places.csv", "state_01-01-2018.csv", "events.csv")
    for name, text in zip(names, (PLACES, STATE, written), strict=True):
        (tmp_path / name).write_text(text)
    files = (tmp_path / name for name in names)
    series, _ = read_places(*files, first_day=None, last_day=None, day_format="DD/MM/YYYY")
    assert (series.first_day, series.last_day) == (date(2018, 1, 1), date(2018, 1, 9))
    assert [event.earliest for event in series.events] == [date(2018, 1, 5), date(2018, 1, 9)]


def test_a_period_that_ends_before_it_begins(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path, last_day=date(2017, 12, 31))
    message_of(caught, tmp_path / "state_2018-01-01.csv", "2018-01-01", "2017-12-31")


def test_a_series_whose_events_all_come_before_it_has_one_day(tmp_path):
    early = EVENTS.splitlines()[0] + "\nP1,2017-01-05,2017-01-07,b,a,reported,someone\n"
    series = read(tmp_path, events=early)
    assert (series.first_day, series.last_day) == (date(2018, 1, 1), date(2018, 1, 1))
    nothing = read(tmp_path, events=EVENTS.splitlines()[0] + "\n")
    assert (nothing.events, nothing.last_day) == ((), date(2018, 1, 1))


# ---- Job and claims files ----------------------------------------------------------------

JOB = """title = "t"
[series]
profile = "places"
path = "places.csv"
until = 2018-12-31
[area]
box = [36.6, 35.2, 37.7, 36.1]
file = { file = "a.gpkg", where = "x = 1" }
[days]
select = "all"
[uncertainty]
draws = 5
share = 0.8
"""
EXPORT = JOB + '[export]\nzones = "all"\ncrs = "EPSG:3035"\n'
DRAWN = JOB.replace('"places"', '"zones"').replace("until = 2018-12-31", 'overlap = "error"')
CLAIMS = """[[claim]]
id = "a"
text = "t"
publisher = "p"
published = 2018-02-05
value = 3035
unit = "km2"
precision = "roughly"
period = [2018-01-01, 2018-01-09]
[[claim.reading]]
name = "r"
quantity = "gained"
by = ["a"]
from = ["b"]
"""


@pytest.mark.parametrize(
    ("text", "old", "new", "line", "parts"),
    [
        (JOB, "title =", "titel =", 1, ["unknown key 'titel'", "did you mean 'title'?"]),
        (JOB, "path =", "pth =", 4, ["unknown key 'series.pth'", "did you mean 'path'?"]),
        (JOB, "path =", "#", 2, ["the key 'series.path' is missing"]),
        (DRAWN, '"error"', '"frist"', 5, ["unknown overlap 'frist'", "did you mean 'first'?"]),
        (JOB, "where =", "wher =", 8, ["unknown key 'area.file.wher'", "did you mean 'where'?"]),
        (JOB, ", 36.1]", "]", 7, ["area.box: [36.6, 35.2, 37.7] is too short"]),
        (JOB, "36.1]", "36.1, 1]", 7, ["area.box", "[36.6, 35.2, 37.7, 36.1, 1]"]),
        (JOB, "[36.6, 35.2, 37.7, 36.1]", "7", 7, ["area.box", "not 7"]),
        (JOB, '"all"', '"month-strat"', 10, ["days.select", "did you mean 'month-start'?"]),
        (JOB, '"all"', '["2018-02-30"]', 10, ["'2018-02-30' is not a day (YYYY-MM-DD)"]),
        (JOB, '"all"', '["20180205"]', 10, ["'20180205' is not a day"]),
        (JOB, '"all"', '["2018-W05-1"]', 10, ["'2018-W05-1' is not a day"]),
        (JOB, '"all"', '["٢٠١٨-٠٢-٠٥"]', 10, ["'٢٠١٨-٠٢-٠٥' is not a day"]),
        (JOB, '"all"', "[]", 10, ["no day is selected"]),
        (JOB, '"all"', "[2018-02-05, 2018-02-05]", 10, ["a day is selected twice"]),
        (JOB, "draws = 5", "draws = 1", 12, ["uncertainty.draws", "not 1"]),
        (JOB, "0.8", "nan", 13, ["uncertainty.share", "not nan"]),
        (JOB, "[uncertainty]", "[uncertanty]", 11, ["'uncertanty'", "did you mean 'uncertainty'?"]),
        (JOB, 'title = "t"', "title = ", 1, ["not TOML: Invalid value"]),
        (JOB, 'title = "t"', 'title = "t', 1, ["not TOML"]),
        (JOB, "path =", 'path = "a"\npath =', 5, ["not TOML: Cannot overwrite a value"]),
        (EXPORT, '"all"\ncrs', '"al"\ncrs', 15, ["export.zones", "did you mean 'all'?"]),
        (EXPORT, '"all"\ncrs', '["2018-13-01"]\ncrs', 15, ["'2018-13-01' is not a day"]),
        (EXPORT, "EPSG:3035", "EPSG:1", 16, ["export.crs: 'EPSG:1' is no CRS", "'equal-area'"]),
        (EXPORT, "crs =", "csr =", 16, ["unknown key 'export.csr'", "did you mean 'crs'?"]),
        (CLAIMS, '"km2"', '"km3"', 7, ["unknown unit 'km3'", "did you mean 'km2'?"]),
        (CLAIMS, '"gained"', '"gaind"', 12, ["unknown quantity 'gaind'", "'gained'?"]),
        (CLAIMS, '"roughly"', '"rougly"', 8, ["unknown word 'rougly'", "'roughly'?"]),
        (CLAIMS, "publisher", "publiser", 4, ["'claim.publiser'", "did you mean 'publisher'?"]),
        (CLAIMS, "from =", "form =", 14, ["'claim.reading.form'", "did you mean 'from'?"]),
        (CLAIMS, "3035", "-1", 6, ["claim.value", "not -1"]),
        (CLAIMS, "3035", "nan", 6, ["claim.value", "not nan"]),
        (CLAIMS, "3035", "inf", 6, ["claim.value", "not inf"]),
        (CLAIMS, "2018-02-05", '"03-04-2024"', 5, ["claim.published", "'03-04-2024' is not a day"]),
        (CLAIMS, "2018-02-05", "2018-02-30", 5, ["not TOML"]),
        (CLAIMS, '["a"]', '"a"', 13, ["claim.reading.by", "not 'a'"]),
        (CLAIMS, '["b"]', '["a"]', 10, ["'a' cannot be in 'by' and in 'from'"]),
        (CLAIMS, "2018-01-09]", "2018-01-01]", 1, ["the period 2018-01-01 to 2018-01-01"]),
        (CLAIMS, CLAIMS, "", None, ["the key 'claim' is missing"]),
        (CLAIMS, CLAIMS, CLAIMS * 2, None, ["two claims have the id 'a'"]),
    ],
)
def test_bad_toml(tmp_path, text, old, new, line, parts):
    assert old in text
    path = tmp_path / "bad.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(JobError) as caught:
        read_toml(path, Job if "[series]" in text else Claims)
    message_of(caught, f"{path}{f', line {line}' if line else ''}: ", *parts)


def test_the_line_of_the_second_of_several(tmp_path):
    path = tmp_path / "claims.toml"
    second = CLAIMS.replace('"a"\ntext', '"b"\ntext').replace("gained", "gaind")
    path.write_text(CLAIMS + second, encoding="utf-8")
    with pytest.raises(JobError) as caught:
        read_toml(path, Claims)
    message_of(caught, f"{path}, line {14 + 12}: unknown quantity 'gaind'")


def test_good_toml_is_read(tmp_path):
    for text, model in ((JOB, Job), (CLAIMS, Claims)):
        path = tmp_path / "good.toml"
        path.write_text("\ufeff" + text.replace("\n", "\r\n"), encoding="utf-8", newline="")
        read_toml(path, model)
    job = read_toml(_written(tmp_path / "job.toml", JOB), Job)
    assert job.area["box"] == (36.6, 35.2, 37.7, 36.1)
    assert job.area["file"] == AreaFile(file="a.gpkg", where="x = 1")
    dated = JOB.replace('"all"', '["2018-02-05", 2018-01-01]')
    days = read_toml(_written(tmp_path / "job.toml", dated), Job).days.select
    assert days == (date(2018, 1, 1), date(2018, 2, 5))


def test_an_area_may_have_a_title_in_two_languages(tmp_path):
    text = JOB.replace(
        "[area]\n",
        "[area]\nnamed = { bbox = [36.6, 35.2, 37.7, 36.1], title = 'The east' }\n"
        "other = { file = 'a.gpkg', title = 'West', title_ar = 'غرب' }\n",
    )
    job = read_toml(_written(tmp_path / "job.toml", text), Job)
    assert job.area["named"] == AreaBox(bbox=(36.6, 35.2, 37.7, 36.1), title="The east")
    assert job.area["box"] == (36.6, 35.2, 37.7, 36.1)
    assert job.area_titles == {
        "named": dict.fromkeys(LANGUAGES, "The east"),
        "other": {**dict.fromkeys(LANGUAGES, "West"), "ar": "غرب"},
    }
    wrong = text.replace("title_ar", "titel_ar")
    with pytest.raises(JobError, match=r"unknown key 'area.other.titel_ar'; did you mean"):
        read_toml(_written(tmp_path / "wrong.toml", wrong), Job)
    with pytest.raises(JobError, match=r"area.named.bbox: .* is too short"):
        read_toml(
            _written(tmp_path / "job.toml", text.replace("35.2, 37.7, 36.1]", "35.2, 37.7]", 1)),
            Job,
        )


def test_a_box_with_a_title_is_the_same_ground(tmp_path):
    box = (37.5, 35.0, 40.0, 36.0)
    found = load_areas({"plain": box, "titled": AreaBox(bbox=box, title="T")}, tmp_path)
    assert found["plain"].geometry == found["titled"].geometry
    with pytest.raises(InputError, match=r"area 'x': .* is no box"):
        load_areas({"x": AreaBox(bbox=(38, 35, 37, 36))}, tmp_path)


def _written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["job.yaml", "job.yml", "job.json"])
def test_a_job_is_toml(tmp_path, name):
    path = _written(tmp_path / name, "series:\n  profile: places\n")
    with pytest.raises(JobError) as caught:
        read_toml(path, Job)
    message_of(caught, path, "not TOML; write it as a .toml file")


@pytest.mark.parametrize(
    ("extra", "part"),
    [
        (2 * '[[series.scenario]]\nname = "x"\nwithout = {kind = ["A"]}\n', "same name"),
        ('[[series.scenario]]\nname = ""\n', "scenario.name"),
    ],
)
def test_scenarios_need_names_of_their_own(tmp_path, extra, part):
    """An unnamed one would stand in for the best reading."""
    path = _written(tmp_path / "job.toml", '[series]\nprofile = "p"\npath = "p"\n' + extra)
    with pytest.raises(JobError) as caught:
        read_toml(path, Job)
    message_of(caught, path, part)


def test_toml_line_of_nested_and_missing_keys():
    text = 'a = 1\n[b]\nc = 2\n[[b.d]]\ne = 3\n[[b.d]]\ne = 4\n[[f]]\n"g" = 5\n'
    assert toml_line(text, ("a",)) == 1
    assert toml_line(text, ("b", "c")) == 3
    assert toml_line(text, ("b", "d", 1, "e")) == 7
    assert toml_line(text, ("b", 0, "c")) == 3  # one table where a list may stand
    assert toml_line(text, ("b", 1, "c")) == 2
    assert toml_line(text, ("f", 0, "h")) == 8  # the nearest thing that is there
    assert toml_line(text, ("z",)) is None


# ---- Zones -------------------------------------------------------------------------------

RING = [[37, 35], [38, 35], [38, 36], [37, 36], [37, 35]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}


def feature(geometry=SQUARE, **properties):
    return {"type": "Feature", "properties": properties or {"actor": "a"}, "geometry": geometry}


def collection(*features, **more):
    return {"type": "FeatureCollection", "features": list(features), **more}


def named_crs(name):
    return {"type": "name", "properties": {"name": name}}


def read_zones(paths, *, actor_field="", status_field="", day=None):
    """Return dated zones with an actor on every feature; a file that is refused is an error."""
    fields = {"actor_field": actor_field, "status_field": status_field}
    profile = profile_of(SeriesSpec(profile="zones", path=paths, **fields))
    found = read_series(paths, profile, day=day)
    for finding in found.findings:
        if finding.severity is Severity.ERROR:
            raise InputError(finding.detail)
    return found.raws


def zones_of(folder, content, name="zones_2018-01-01.geojson", **options):
    path = folder / name
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_zones((str(path),), **options)


def test_good_zones_are_read(tmp_path):
    (zones,) = zones_of(
        tmp_path,
        collection(feature(), feature(actor=" خصم ", status="claimed"), feature(None, actor="b")),
    )
    assert zones.day == date(2018, 1, 1)
    assert zones.crs == WGS84
    assert zones.holders == (Holder("a"), Holder("خصم", Status.CLAIMED), Holder("b"))
    assert shapely.area(zones.geometry[:2]).tolist() == [1, 1]
    assert [each.kind for each in normalise(zones).audit] == ["null-geometry"]
    (empty,) = zones_of(tmp_path, collection())
    assert (empty.day, empty.holders) == (date(2018, 1, 1), ())
    (marked,) = zones_of(tmp_path, "\ufeff" + json.dumps(collection(feature())))
    assert len(marked.holders) == 1


def test_days_come_from_the_option_the_property_or_the_name(tmp_path):
    content = collection(
        feature(actor="a", date="2018-03-02T10:00:00Z"), feature(actor="b", day="2018-03-01")
    )
    assert [z.day for z in zones_of(tmp_path, content)] == [date(2018, 3, 1), date(2018, 3, 2)]
    (found,) = zones_of(tmp_path, content, day=date(2018, 4, 1))
    assert (found.day, len(found.holders)) == (date(2018, 4, 1), 2)


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_status_of_another_layout_is_told_and_not_read(tmp_path):
    rows = [feature(name="a", status="provisional"), feature(name="b", status="checked")]
    path = tmp_path / "zones_2018-03-01.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    named = profile_of(SeriesSpec(profile="zones", path=str(path), actor_field="name"))
    read_ = read_series((str(path),), named)
    assert set(read_.raws[0].holders) == {Holder("a"), Holder("b")}
    (warned,) = [each for each in read_.findings if each.kind == "not-read"]
    assert "'status' says checked, provisional and nowhere held" in warned.detail
    rows[0]["properties"]["status"] = "claimed"  # then the other is a mistake
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    with pytest.raises(InputError, match="unknown status 'checked'"):
        read_series((str(path),), named)


LONG = [[37 + math.cos(n / 8) / 10, 35 + math.sin(n / 8) / 10] for n in range(50)]
BAD_FEATURES = [
    (feature(actr="a"), ["no actor in 'actor' (found None)", "did you mean 'actr'?"]),
    (feature(actor=None), ["no actor in 'actor' (found None)"]),
    (feature(actor=3), ["found 3"]),
    (feature(actor="  "), ["found '  '"]),
    (feature(actor="A\0evil"), ["found 'A\\x00evil'"]),
    ({**feature(), "properties": None}, ["no actor in 'actor'"]),
    ({**feature(), "properties": [1]}, ["properties are no object (found [1])"]),
    ({**feature(), "properties": "x"}, ["properties are no object (found 'x')"]),
    (feature(actor="a", status="hold"), ["unknown status 'hold'", "did you mean 'held'?"]),
    (feature(actor="a", status=["held"]), ["unknown status '['held']'"]),
    (feature(actor="a", date="03-04-2024"), ["'03-04-2024' in 'date' is not a day (YYYY-MM-DD)"]),
    (feature(actor="a", day="2018-02-051"), ["'2018-02-051' in 'day' is not a day"]),
    (feature(actor="a", day="٢٠١٨-٠٢-٠٥"), ["'٢٠١٨-٠٢-٠٥' in 'day' is not a day"]),
    (feature(polygon(LONG[:-9])), ["unusable geometry", "does not end where it began"]),
    (feature(polygon([[1, 1]])), ["unusable geometry"]),
    (feature(polygon([["37", 35], *RING[1:]])), ["is no pair of numbers"]),
    (feature(polygon([[None, 35], *RING[1:]])), ["is no pair of numbers"]),
    (feature(polygon([[True, 35], *RING[1:]])), ["is no pair of numbers"]),
    (feature(polygon([RING, RING])), ["is no pair of numbers"]),
    (feature({"type": "Polygon"}), ["unusable geometry", "it has no coordinates"]),
    (feature({"type": "Circle", "coordinates": []}), ["unusable geometry"]),
    (feature({}), ["it has no type"]),
    (feature("POLYGON"), ["unusable geometry"]),
    (feature(5), ["unusable geometry"]),
]


@pytest.mark.parametrize(("bad", "parts"), BAD_FEATURES)
def test_bad_features(tmp_path, bad, parts):
    with pytest.raises(InputError) as caught:
        zones_of(tmp_path, collection(feature(), bad))
    message_of(caught, f"{tmp_path / 'zones_2018-01-01.geojson'}, feature 2: ", *parts)


NAN_TEXT = json.dumps(collection(feature())).replace("[38, 36]", "[NaN, 36]")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (json.dumps(collection(feature()))[:90], [", line 1: not JSON", "truncated?"]),
        (json.dumps(collection(feature()), indent=1)[:-30], ["not JSON", "truncated?"]),
        (NAN_TEXT, [", line 1: not JSON"]),
        ("", [", line 1: not JSON"]),
        ("<OGRVRTDataSource/>", [", line 1: not JSON"]),
        ([feature()], ["not a GeoJSON FeatureCollection"]),
        ({"type": "FeatureCollection"}, ["not a GeoJSON FeatureCollection"]),
        ({"type": "FeatureCollection", "features": {}}, ["not a GeoJSON FeatureCollection"]),
        ({"type": "Topology", "features": [feature()]}, ["a topology needs 'objects'"]),
        (collection(None), ["a feature is not an object"]),
        (collection(feature(), crs=None), ["names no CRS (None)"]),
        (collection(feature(), crs="EPSG:4326"), ["names no CRS (EPSG:4326)"]),
        (collection(feature(), crs=[1]), ["names no CRS ([1])"]),
        (collection(feature(), crs={"properties": "x"}), ["names no CRS"]),
        (
            collection(feature(), crs={"type": "link", "properties": {"href": "http://h/x"}}),
            ["names no CRS", "http://h/x"],
        ),
        (collection(feature(), crs=named_crs("EPSG:99999")), ["unknown CRS 'EPSG:99999'"]),
        (collection(feature(), crs=named_crs("")), ["unknown CRS ''"]),
        (
            collection(feature(), crs=named_crs("+init=epsg:4326")),
            ["unknown CRS '+init=epsg:4326'"],
        ),
        (collection(feature(), crs=named_crs("+proj=longlat")), ["unknown CRS '+proj=longlat'"]),
    ],
)
def test_bad_geojson(tmp_path, content, parts):
    with pytest.raises(InputError) as caught:
        zones_of(tmp_path, content)
    message_of(caught, tmp_path / "zones_2018-01-01.geojson", *parts)


@pytest.mark.parametrize(
    ("cut_off", "words"), [(1, "no actor in 'actor'"), (3, "not JSON: unexpected end of data")]
)
def test_what_most_files_are_refused_for_is_why_there_is_nothing(tmp_path, cut_off, words):
    text = json.dumps(collection(feature(owner="x")))
    for n in range(4):
        whole = text[:-30] if n < cut_off else text
        (tmp_path / f"zones_2018-01-0{n + 1}.geojson").write_text(whole)
    with pytest.raises(InputError, match=words):
        read_zones((str(tmp_path),))


@pytest.mark.parametrize("text", ["null", "3", '"x"', "[]", "{}", "true"])
def test_json_that_is_no_geojson(tmp_path, text):
    with pytest.raises(InputError, match="not a GeoJSON FeatureCollection"):
        zones_of(tmp_path, text)


def test_named_crs_are_understood(tmp_path):
    for name, code in (
        ("EPSG:3857", 3857),
        ("urn:ogc:def:crs:EPSG::32637", 32637),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
    ):
        (found,) = zones_of(tmp_path, collection(feature(), crs=named_crs(name)))
        assert found.crs.to_epsg() == code
    assert found.crs.is_geographic


def test_zones_that_are_not_utf8(tmp_path):
    text = json.dumps(collection(feature(actor="é")), ensure_ascii=False)
    with pytest.raises(InputError) as caught:
        zones_of(tmp_path, text.encode("latin-1"))
    message_of(caught, tmp_path / "zones_2018-01-01.geojson", "line 1: not JSON", "not valid UTF-8")


def test_a_file_name_without_a_day(tmp_path):
    for content in (collection(feature()), collection()):
        with pytest.raises(InputError) as caught:
            zones_of(tmp_path, content, name="zones.geojson")
        message_of(caught, tmp_path / "zones.geojson", "no day in the file name")


def test_two_files_for_one_day(tmp_path):
    zones_of(tmp_path, collection(feature()), name="a_2018-01-01.geojson")
    with pytest.raises(InputError) as caught:
        zones_of(tmp_path, collection(feature()), name="b_2018-01-01.geojson")
        read_zones((str(tmp_path),))
    message_of(caught, tmp_path / "b_2018-01-01.geojson", "2018-01-01 is also given by")
    assert str(tmp_path / "a_2018-01-01.geojson") in str(caught.value)


def test_folders_and_globs(tmp_path):
    for name in ("b_2018-01-02.geojson", "a_2018-01-03.json", "c_2018-01-01.txt", "[1].geojson"):
        (tmp_path / name).touch()
    names = [path.name for path in expand((str(tmp_path), str(tmp_path / "*.json")))]
    assert names == ["[1].geojson", "a_2018-01-03.json", "b_2018-01-02.geojson"]
    assert [path.name for path in expand((str(tmp_path / "[1].geojson"),))] == ["[1].geojson"]
    for nothing in ("none.geojson", "none*"):
        with pytest.raises(InputError, match="no such file"):
            expand((str(tmp_path / nothing),))


@pytest.mark.parametrize(
    ("ring", "part"),
    [
        ([[35, 137], [36, 137], [36, 138], [35, 137]], "swapped"),
        ([[370000, 3500000], [380000, 3500000], [380000, 3600000], [370000, 3500000]], "metres"),
        ([[1e308, 35], [38, 35], [38, 36], [1e308, 35]], "metres"),
    ],
)
def test_degrees_that_are_none_are_refused_with_file_and_feature(tmp_path, ring, part):
    (raw,) = zones_of(tmp_path, collection(feature(), feature(polygon(ring))))
    with pytest.raises(GeometryError) as caught:
        normalise(raw)
    message_of(caught, f"{tmp_path / 'zones_2018-01-01.geojson'}, feature 2: ", part)


# ---- Areas -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "37.7,35.2,36.6,36.1",  # east before west
        "36.6,36.1,37.7,35.2",
        "35.2,36.6,36.1,137.7",  # latitude first
        "36.6,35.2,36.6,36.1",
        "nan,35.2,37.7,36.1",
        "36.6,35.2,inf,36.1",
        "-181,35.2,37.7,36.1",
        "a,b,c,d",
        "1.2.3,35.2,37.7,36.1",
        ".,35.2,37.7,36.1",
        ",,,",
    ],
)
def test_a_box_that_is_none(text):
    with pytest.raises(InputError) as caught:
        parse_area(text)
    message = message_of(caught, "--area: ", "is no box; write west, south, east, north")
    assert text.split(",")[0] in message


@pytest.mark.parametrize("text", ["Idlib", "36.6,35.2,37.7", "36.6,35.2,37.7,36.1,5", ""])
def test_an_area_that_is_neither_box_nor_file(text):
    with pytest.raises(InputError, match=r"is no file, and no box|not a vector file"):
        parse_area(text)


def test_a_box_is_read():
    area = parse_area(" 36.6, 35.2,37.7,36.1 ")
    assert area.geometry.bounds == (36.6, 35.2, 37.7, 36.1)
    assert area.crs == WGS84


def area_of(folder, content, name="area.geojson", **options):
    path = folder / name
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_area(path, **options)


def test_good_area_files_are_read(tmp_path, repo):
    east = polygon([[x + 1, y] for x, y in RING])
    content = collection(feature(name="west"), feature(east, name="خان"))
    assert area_of(tmp_path, content).geometry.equals(shapely.box(37, 35, 39, 36))
    one = area_of(tmp_path, content, where="name = 'خان'")
    assert one.geometry.equals(shapely.box(38, 35, 39, 36))
    assert area_of(tmp_path, content, name="area.json").crs == WGS84
    metres = collection(
        feature(polygon([[0, 0], [900, 0], [900, 900], [0, 0]])), crs=named_crs("EPSG:3857")
    )
    assert area_of(tmp_path, metres).crs.to_epsg() == 3857
    area = read_area(repo / "data" / "context" / "syria.gpkg", where="name = 'Idlib'")
    assert area.crs == WGS84
    assert area.geometry.contains(shapely.Point(36.63, 35.93))  # the town


@pytest.mark.parametrize(
    ("content", "error", "part"),
    [
        (collection(feature(), crs=None), CRSError, "names no CRS (None)"),
        (collection(feature(), crs=named_crs("EPSG:99999")), CRSError, "unknown CRS 'EPSG:99999'"),
        (collection(), InputError, "no feature"),
        (
            collection(feature(None)),
            GeometryError,
            "no polygon with an area in it, but 1 no geometry",
        ),
        (
            collection(feature({"type": "Point", "coordinates": [1, 1]})),
            GeometryError,
            "but 1 Point",
        ),
        (
            collection(feature(polygon([[37, 135], [38, 135], [38, 136], [37, 135]]))),
            GeometryError,
            "135) is no longitude and latitude",
        ),
        (
            collection(feature(polygon([[3e5, 3e6], [4e5, 3e6], [4e5, 4e6], [3e5, 3e6]]))),
            GeometryError,
            "metres declared as degrees",
        ),
        (json.dumps(collection(feature()))[:90], InputError, "line 1: not JSON"),
        (NAN_TEXT, InputError, "not JSON"),
        ("", InputError, "not JSON"),
        (
            {"type": "gdal_streamed_alg", "command_line": "gdal vector read x"},
            InputError,
            "not a Geo",
        ),
    ],
)
def test_bad_area_files(tmp_path, content, error, part):
    with pytest.raises(error) as caught:
        area_of(tmp_path, content)
    message_of(caught, tmp_path / "area.geojson", part)


def test_filters_and_layers_that_find_nothing(tmp_path, repo):
    with pytest.raises(InputError, match="no feature where actor = 'z'"):
        area_of(tmp_path, collection(feature()), where="actor = 'z'")
    with pytest.raises(InputError, match=r"where = actr = 1: no property 'actr'; did you mean"):
        area_of(tmp_path, collection(feature()), where="actr = 1")
    for where in ("((", "1); DROP TABLE layer; --", "name = (SELECT"):
        with pytest.raises(InputError, match="no condition in SQL"):
            area_of(tmp_path, collection(feature()), where=where)
    with pytest.raises(InputError, match="no layer 'x'; known are: area"):
        area_of(tmp_path, collection(feature()), layer="x")
    syria = repo / "data" / "context" / "syria.gpkg"
    with pytest.raises(InputError, match=r"no layer 'governorate'; did you mean 'governorates'\?"):
        read_area(syria, layer="governorate")


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("actor = ", "it ends before it is complete"),
        ("(actor", "a bracket has no other"),
        ("actor = 'A", "a quotation mark is not closed"),
        ("actor = :a", "'?' and ':' stand for nothing here"),
        ("actor ~ 'A'", 'near "~"'),
        ("foo(actor)", "no such function: foo"),
    ],
)
def test_a_bad_filter_says_what_was_written_and_what_there_is(tmp_path, where, problem):
    with pytest.raises(InputError) as caught:
        area_of(tmp_path, collection(feature(actor="A", kind="x")), where=where)
    message = str(caught.value)
    assert f"where = {where}: no condition in SQL (" in message
    assert problem in message
    assert message.endswith("; its properties are actor, kind")
    assert "ORDER BY" not in message


def test_a_filter_knows_the_properties_alone(tmp_path):
    with pytest.raises(InputError, match=r"no property 'row__'; known are: _, actor"):
        area_of(tmp_path, collection(feature(actor="A", _=1)), where="row__ > 0")
    assert area_of(tmp_path, collection(feature(actor="A", _=1)), where="_ = 1")


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="governorates">'
    "<SrcDataSource>{source}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".gpkg", ".fgb", ".shp"])
def test_a_virtual_data_set_under_another_name_is_refused(tmp_path, repo, suffix):
    """GDAL looks at the content: this one would read a file next door."""
    text = VRT.format(source=repo / "data" / "context" / "syria.gpkg")
    vrt = _written(tmp_path / "area.vrt", text)
    assert len(pyogrio.read_dataframe(vrt)) > 0
    with pytest.raises(InputError, match=r"whatever its name says|not JSON"):
        area_of(tmp_path, text, name=f"area{suffix}")
    with pytest.raises(InputError, match="not a file of zones this reads"):
        read_area(vrt)


def test_a_database_under_another_name_is_refused(tmp_path, repo):
    for name in ("area.geojson", "zones_2018-01-01.geojson"):
        shutil.copy(repo / "data" / "context" / "syria.gpkg", tmp_path / name)
    with pytest.raises(InputError, match=r"not UTF-8|not JSON"):
        read_area(tmp_path / "area.geojson")
    with pytest.raises(InputError, match=r"not UTF-8|not JSON"):
        read_zones((str(tmp_path / "zones_2018-01-01.geojson"),))


def test_files_that_cannot_be_read(tmp_path, repo):
    with pytest.raises(InputError, match="no such file"):
        read_area(tmp_path / "none.gpkg")
    (tmp_path / "folder.gpkg").mkdir()
    with pytest.raises(InputError, match="no such file, or no file in it that this reads"):
        read_area(tmp_path / "folder.gpkg")
    whole = (repo / "data" / "context" / "syria.gpkg").read_bytes()
    with pytest.raises(InputError, match="a damaged GeoPackage"):
        area_of(tmp_path, whole[:5000], name="cut.gpkg")


@pytest.fixture
def visits():
    """Return a web address and the list of what was asked of it."""
    with listening("/crs") as found:
        yield found


def test_no_area_file_makes_a_request(tmp_path, visits):
    address, asked = visits
    link = {"type": "link", "properties": {"href": address, "type": "ogcwkt"}}
    with pytest.raises(CRSError, match="names no CRS"):
        area_of(tmp_path, collection(feature(), crs=link))
    with pytest.raises(CRSError, match="names no CRS"):
        area_of(tmp_path, collection(feature({**SQUARE, "crs": link})))
    urlopen(f"{address}?from-the-test").close()  # a request before this one would be listed first
    assert asked == ["/crs?from-the-test"]


def test_areas_are_cut_to_one_another(tmp_path):
    area_of(tmp_path, collection(feature()))
    inside = AreaFile(file="area.geojson", within="box")
    found = load_areas({"box": (37.5, 35, 40, 36), "cut": inside}, tmp_path)
    assert found["cut"].geometry.equals(shapely.box(37.5, 35, 38, 36))
    with pytest.raises(JobError, match="nothing of area 'cut' lies within 'box'"):
        load_areas({"box": (10, 35, 11, 36), "cut": inside}, tmp_path)
    with pytest.raises(JobError, match="nothing of area 'cut' lies within 'box'"):
        load_areas({"box": (38, 35, 39, 36), "cut": inside}, tmp_path)  # they only touch
    with pytest.raises(JobError, match=r"must be named before it; did you mean 'bo'\?"):
        load_areas({"bo": (37, 35, 38, 36), "cut": inside}, tmp_path)
    with pytest.raises(InputError, match=r"area 'x': .* is no box"):
        load_areas({"x": (38, 35, 37, 36)}, tmp_path)


# ---- Days --------------------------------------------------------------------------------

SOME_DAYS = tuple(date(2018, month, d) for month in (1, 2) for d in (3, 5, 11, 27))


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        ("all", SOME_DAYS),
        ("first-and-last", (date(2018, 1, 3), date(2018, 2, 27))),
        ("month-start", (date(2018, 1, 3), date(2018, 2, 3))),
        ("week", tuple(SOME_DAYS[n] for n in (0, 2, 3, 4, 6, 7))),
        ((date(2018, 1, 5),), (date(2018, 1, 5),)),
    ],
)
def test_day_rules(rule, chosen):
    assert select_days(rule, SOME_DAYS) == chosen


def test_a_day_that_is_not_there():
    with pytest.raises(InputError, match=r"2018-01-09; .* 2018-01-05 and 2018-01-11"):
        select_days((date(2018, 1, 9),), SOME_DAYS)
    assert select_days("first-and-last", SOME_DAYS[:1]) == SOME_DAYS[:1]


# ---- Whole jobs at the edge --------------------------------------------------------------

TINY_JOB = """[series]
profile = "places"
path = "places.csv"
[area]
box = [36, 35, 38, 36]
[uncertainty]
draws = 5
"""


def computed(folder, *, more="", claims="", **tables):
    read(folder, **tables)
    text = TINY_JOB.replace("[uncertainty]", f"{more}\n[uncertainty]")
    if claims:
        _written(folder / "claims.toml", claims)
        text += '[claims]\nfile = "claims.toml"\n'
    return compute(_written(folder / "job.toml", text))


NO_EVENT = EVENTS.splitlines()[0] + "\n"


def test_a_job_of_two_places_and_no_event(tmp_path):
    results = computed(tmp_path, events=NO_EVENT)
    assert [(row["area"], row["actor"], row["day"]) for row in results.areas] == [
        ("all", "a", date(2018, 1, 1)),
        ("all", "b", date(2018, 1, 1)),
        ("box", "a", date(2018, 1, 1)),
        ("box", "b", date(2018, 1, 1)),
    ]
    assert results.changes == ()
    one = computed(tmp_path, events=NO_EVENT, state=STATE.replace("P2,b", "P2,a"))
    row, same = one.areas
    assert same == {**row, "area": "box"}
    assert row["low"] == pytest.approx(row["km2"]) == pytest.approx(row["high"])
    assert row["km2"] == pytest.approx(20132.6, abs=0.5)  # the whole box, whoever is left out


def test_a_job_of_one_place_says_that_it_cannot_give_intervals(tmp_path):
    place, start = PLACES.splitlines()[:2], STATE.splitlines()[:2]
    with pytest.raises(TerritoryError, match="two places or more, not 1"):
        computed(tmp_path, places="\n".join(place), state="\n".join(start), events=NO_EVENT)


def test_a_job_without_any_holder(tmp_path):
    with pytest.raises(TerritoryError, match="no place to draw zones from"):
        computed(tmp_path, state=STATE.splitlines()[0], events=NO_EVENT)


def test_areas_outside_and_touching_the_extent(tmp_path):
    more = "far = [10, 10, 11, 11]\ntouching = [38, 35, 39, 36]\nhalf = [37.5, 35, 38.5, 36]"
    results = computed(tmp_path, more=more)
    details = [row["detail"] for row in results.quality if row["kind"] == "partly-covered"]
    assert details == [
        "the data cover 0 % of the area 'far'",
        "the data cover 0 % of the area 'touching'",
        "the data cover 50.0 % of the area 'half'",
    ]
    assert {row["area"] for row in results.areas} == {"all", "box", "half"}


def test_claims_about_days_without_data(tmp_path):
    for period in ("2017-01-01, 2018-01-09", "2018-01-01, 2018-03-01"):
        text = CLAIMS.replace("2018-01-01, 2018-01-09", period)
        (row,) = computed(tmp_path, claims=text).verdicts
        assert row["verdict"] == "not checkable"
        assert re.match(r"there is no snapshot of 201[78]-0[13]-01", row["reason"])
    assert len(computed(tmp_path, claims=CLAIMS).verdicts) == 1


def test_a_claims_file_without_claims(tmp_path):
    assert computed(tmp_path, claims="claim = []").verdicts == ()
    with pytest.raises(JobError, match=r"claims\.toml: the key 'claim' is missing"):
        computed(tmp_path, claims="# nothing yet\n")

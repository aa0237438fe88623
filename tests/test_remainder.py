"""What nobody drew of an area belongs to whoever holds the rest; sums are exact."""

import csv
import json
from io import StringIO

import geopandas as gpd
import numpy as np
import pytest
import shapely
from squares import KM, PLANE, drawn, squares

import territory as tt
from territory.cli import _code
from territory.errors import InputError
from territory.history.drawing import drawing_of
from territory.history.history import from_snapshots
from territory.history.remainder import with_remainder
from territory.holders import Holder
from territory.maps.map_text import MapText
from territory.maps.request import MapRequest
from territory.measure.change import areas_by_day, transition_matrix
from territory.publish.page.content import content
from territory.publish.page.intervals import borders_between
from territory.publish.page.topic import Topic

REST = Holder("rest")
GRIDS = (squares("AAB.", "AA..", "...."), squares("AABB", "A...", "...."))
ROOM = shapely.box(KM, -3 * KM, 5 * KM, 0)  # without the first column, and a column beyond


def history():
    return from_snapshots(tuple(map(drawn, GRIDS, (0, 1))), projection=PLANE)


def by_name(km2, holders):
    return {str(holder): round(each, 6) for holder, each in zip(holders, km2, strict=True)}


def test_the_rest_is_what_no_square_of_the_area_is():
    """Of 12 km2 in the area 3 are A's or B's, then 3 again; the other 9 are the rest's."""
    found = with_remainder(history(), ROOM, REST, called="room")
    one, other = areas_by_day(found)
    assert by_name(one, found.holders) == {"nobody": 0, "A": 4, "B": 1, "rest": 9}
    assert by_name(other, found.holders) == {"nobody": 0, "A": 3, "B": 2, "rest": 9}
    inside = found.with_areas({"room": ROOM})
    for row in inside.held_km2(area="room"):
        assert row.sum() == pytest.approx(12, abs=1e-12)


def test_what_is_lost_to_nobody_is_lost_to_the_rest_inside_alone():
    found = with_remainder(history(), ROOM, REST, called="room")
    matrix = transition_matrix(found, *found.days)
    names = [str(each) for each in found.holders]
    moved = {
        (names[i], names[j]): round(matrix[i, j], 6)
        for i, j in zip(*np.nonzero(matrix > 1e-9), strict=True)
        if i != j
    }
    assert moved == {("A", "rest"): 1.0, ("rest", "B"): 1.0}


def test_what_nobody_holds_beyond_the_area_stays_nobodys():
    """The first column is A's on one day and nobody's on the other; the room begins behind it."""
    days = (squares("AAB"), squares(".AB"))
    drawn_days = from_snapshots(tuple(map(drawn, days, (0, 1))), projection=PLANE)
    found = with_remainder(drawn_days, ROOM, REST, called="room")
    assert by_name(areas_by_day(found)[1], found.holders) == {
        "nobody": 1,
        "A": 1,
        "B": 1,
        "rest": 10,
    }


def test_the_area_of_the_rest_is_no_area_of_interest():
    found = with_remainder(history(), ROOM, REST, called="room")
    assert found.within == {} and found.requested_m2 == {}


def test_whoever_has_the_rest_may_have_zones_too():
    found = with_remainder(history(), ROOM, Holder("B"), called="room")
    assert by_name(areas_by_day(found)[0], found.holders) == {"nobody": 0, "A": 4, "B": 10}


def test_where_the_area_ends_no_line_was_drawn():
    """What counts is the outline of zones, as without a remainder.

    And a side of the square that is B's on the second day only: on that day a zone ends there.
    """
    found = with_remainder(history(), ROOM, REST, called="room")
    drawing = drawing_of(found)
    counted = drawing.counted(drawing.lines, "all")
    across = drawing.apart(0, np.arange(len(drawing.lines.one)))
    length = drawing.lines.length_m[counted & across].sum() / KM
    without = drawing_of(history())
    apart = without.apart(0, np.arange(len(without.lines.one)))
    assert without.lines.length_m[apart].sum() / KM == pytest.approx(11)
    assert length == pytest.approx(12)


def test_of_fewer_faces_it_is_known_too_where_the_area_ends():
    def length_on_first_day(drawing):
        across = drawing.apart(0, np.arange(len(drawing.lines.one)))
        return drawing.lines.length_m[across & drawing.counted(drawing.lines, "all")].tolist()

    grids = (squares("A...", ".B..", "...."), squares("A...", "..BA", "...."))
    snapshots = tuple(map(drawn, grids, (0, 1)))
    both = from_snapshots(snapshots, projection=PLANE)
    whole = drawing_of(with_remainder(both, ROOM, REST, called="room"))
    fewer = whole.about((0, 1)).about((0,))
    assert len(fewer.face) < len(whole.face)
    assert length_on_first_day(fewer) == length_on_first_day(whole)


def test_the_page_knows_no_line_where_the_area_ends_either():
    found = with_remainder(history(), ROOM, REST, called="room")
    drawing = drawing_of(found)
    outer = drawing.lines.other < 0
    counted = outer & drawing.counted(drawing.lines, "all")
    lines = borders_between(found, np.zeros(len(found.faces), dtype=np.int64)).lines
    length = lines.length_m[lines.other < 0].sum()
    assert length == pytest.approx(drawing.lines.length_m[counted].sum())
    assert length < drawing.lines.length_m[outer].sum() - KM


def test_an_area_far_from_everything_is_refused():
    with pytest.raises(InputError, match="Mars lies beyond all that is drawn"):
        with_remainder(history(), shapely.box(1e6, 0, 1.1e6, 1e5), REST, called="Mars")


# ---- The same in every verb, in a job and in Python ------------------------------------------

BOXES = {"2024-01-01": 36.5, "2024-02-01": 36.8}
WHOLE = (36.0, 35.0, 38.0, 36.0)


@pytest.fixture
def files(tmp_path):
    """A zone of `red` that grows to the east within an area of two degrees."""
    for day, east in BOXES.items():
        frame = gpd.GeoDataFrame(
            {"actor": ["red"]}, geometry=[shapely.box(36, 35, east, 36)], crs=4326
        )
        frame.to_file(tmp_path / f"z_{day}.geojson")
    area = gpd.GeoDataFrame({"name": ["land"]}, geometry=[shapely.box(*WHOLE)], crs=4326)
    area.to_file(tmp_path / "land.gpkg")
    return tmp_path


def printed(capsys, *arguments):
    assert _code([str(each) for each in arguments]) == 0
    return list(csv.DictReader(StringIO(capsys.readouterr().out)))


def km2(rows, actor):
    return [float(row["km2"]) for row in rows if row.get("actor") == actor]


SAYS = ("--profile", "zones", "--remainder", "blue", "--remainder-area")


@pytest.mark.parametrize("area", ["land.gpkg", "36,35,38,36"])
def test_the_verbs_give_the_rest(files, capsys, monkeypatch, area):
    monkeypatch.chdir(files)
    rows = printed(capsys, "areas", "z_*.geojson", *SAYS, area)
    drawn_alone = printed(capsys, "areas", "z_*.geojson", "--profile", "zones", "--area", area)
    assert km2(rows, "blue") == pytest.approx(km2(drawn_alone, "nobody"), abs=1e-6)
    assert km2(rows, "red") == pytest.approx(km2(drawn_alone, "red"), abs=1e-6)
    span = ("--from", "2024-01-01", "--to", "2024-02-01")
    changes = printed(capsys, "change", "z_*.geojson", *SAYS, area, *span)
    taken = [r for r in changes if (r["from_actor"], r["to_actor"]) == ("blue", "red")]
    lost = km2(rows, "blue")
    assert float(taken[0]["km2"]) == pytest.approx(lost[0] - lost[1], abs=1e-5)
    found = printed(capsys, "inspect", "z_*.geojson", *SAYS, area)
    assert any(row["kind"] == "remainder" for row in found)


def test_what_is_written_has_the_rest_in_it(files, capsys, monkeypatch):
    monkeypatch.chdir(files)
    rows = printed(capsys, "areas", "z_*.geojson", *SAYS, "land.gpkg")
    assert _code(["convert", "z_*.geojson", *SAYS, "land.gpkg", "--out", "o.geojson"]) == 0
    again = printed(capsys, "areas", "o.geojson", "--profile", "spells")
    assert km2(again, "blue") == pytest.approx(km2(rows, "blue"), abs=1e-4)


def test_a_job_and_a_profile_say_it_from_where_they_lie(files, capsys, monkeypatch):
    folder = files / "jobs"
    folder.mkdir()
    keys = 'remainder = "blue"\nremainder_area = "../land.gpkg"\n'
    profile = "[day]\n"
    (folder / "mine.toml").write_text(f'name = "mine"\n{keys}{profile}')
    quiet = "[maps]\nenabled = false\n[report]\nenabled = false\n"
    (folder / "job.toml").write_text(
        f'[series]\nprofile = "zones"\npath = "../z_*.geojson"\n{keys}{quiet}'
    )
    assert _code(["run", str(folder / "job.toml"), "--out", str(files / "out")]) == 0
    with (files / "out" / "areas.csv").open() as file:
        of_job = list(csv.DictReader(file))
    monkeypatch.chdir(files)
    of_profile = printed(capsys, "areas", "z_*.geojson", "--profile", "jobs/mine.toml")
    of_verb = printed(capsys, "areas", "z_*.geojson", *SAYS, "land.gpkg")
    assert km2(of_profile, "blue") == km2(of_verb, "blue")
    assert km2(of_job, "blue") == pytest.approx(km2(of_verb, "blue"), abs=1e-6)
    inputs = json.loads((files / "out" / "run.json").read_bytes())["inputs"]
    assert any("land.gpkg" in str(each) for each in inputs)


def test_python_gives_the_rest(files, capsys, monkeypatch):
    monkeypatch.chdir(files)
    rows = printed(capsys, "areas", "z_*.geojson", *SAYS, "land.gpkg")
    read = tt.read("z_*.geojson", remainder="blue", remainder_area="land.gpkg")
    of_files = read.areas().query("actor == 'blue'").km2.tolist()
    assert of_files == pytest.approx(km2(rows, "blue"), abs=1e-5)
    gdf = gpd.GeoDataFrame(
        {"actor": ["red", "red"], "day": list(BOXES)},
        geometry=[shapely.box(36, 35, east, 36) for east in BOXES.values()],
        crs=4326,
    )
    h = tt.History.from_geodataframe(gdf, day="day", remainder="blue", remainder_area="36,35,38,36")
    assert h.areas().query("actor == 'blue'").km2.tolist() == pytest.approx(of_files, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--remainder", "blue"), "give both"),
        (("--remainder-area", "Syria"), "give both"),
        (("--remainder", "nobody", "--remainder-area", "Syria"), "nobody holds the rest anyway"),
        (("--remainder", "blue", "--remainder-area", "Syira"), "did you mean 'Syria'?"),
        (("--remainder", "blue", "--remainder-area", "Chile"), "Chile lies beyond all"),
    ],
)
def test_what_makes_no_remainder_is_one_line(files, capsys, monkeypatch, given, told):
    monkeypatch.chdir(files)
    assert _code(["areas", "z_*.geojson", "--profile", "zones", *given]) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert told in lines[-1]
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Blues also has all ground in no zone, inside the outline of land.gpkg."),
        ("uk", "Blues: також уся територія поза зонами в межах контуру land.gpkg."),
    ],
)
def test_a_map_says_that_the_rest_was_not_drawn(files, monkeypatch, language, said):
    monkeypatch.chdir(files)
    settings = {"remainder": "blue", "remainder_area": "land.gpkg"}
    settings["actors"] = {"blue": {"title": "Blues"}}
    source = MapRequest(("z_*.geojson",), "zones", settings=settings).read()
    subject = source.captioned(source.subject(MapText(language=language)), lambda say: say.area)
    assert said in subject.text.note
    assert source.maps.source.endswith(" + land.gpkg")
    notes = content(Topic(source, language))["notes"]
    assert said in notes[language]

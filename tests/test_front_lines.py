"""Dated front lines and the ground they cut: every piece to the side it lies on.

The ground, in kilometres of an equal-area plane, and a front at x = 2::

    WWEEEE
    WWEEEE
"""

import csv
import json
import warnings
from io import StringIO
from itertools import pairwise

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import CRS

import territory as tt
from territory import cli
from territory.errors import GeometryError, InputError, TerritoryError
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84
from territory.history.front_lines import FrontLine, divide
from territory.history.front_sides import Heading, sides_of

FLAT = CRS.from_epsg(32637)
GROUND = shapely.box(0, 0, 6, 2)
ISLAND = shapely.box(8, 0, 9, 1)


def refused(problem, feature):
    return GeometryError(problem, feature=feature + 1)


def cut(*lines, ground=GROUND, heading=Heading.NORTH, sides=("W", "E"), crs=FLAT, **more):
    """Return the division of a ground by lines of positions, or of positions with their sides."""
    named = [line if isinstance(line, tuple) else (line, sides) for line in lines]
    fronts = [
        FrontLine(shapely.LineString(xy), left, right, row, f"feature {row + 1}")
        for row, (xy, (left, right)) in enumerate(named)
    ]
    return divide(ground, fronts, heading, crs, refused, **more)


def areas(found):
    total = {}
    for holder, km2 in zip(found.holders, shapely.area(found.pieces), strict=True):
        total[holder] = total.get(holder, 0) + float(km2)
    return {holder: round(km2, 9) for holder, km2 in total.items()}


UP = [[2, -1], [2, 3]]
SHORT = [[31.0, 46.01], [31.0, 46.99]]  # in degrees: it ends a kilometre from the rim
DOWN = UP[::-1]


@pytest.mark.parametrize("line", [UP, DOWN, [[2, 0], [2, 2]], [[2, -1], [2, 1], [2, 3]]])
def test_the_west_is_the_west_however_a_line_is_drawn(line):
    assert areas(cut(line)) == {"W": 4, "E": 8}


def test_left_and_right_are_those_of_the_line():
    assert areas(cut(UP, heading=Heading.AS_DRAWN)) == {"W": 4, "E": 8}
    assert areas(cut(DOWN, heading=Heading.AS_DRAWN)) == {"W": 8, "E": 4}


def test_north_and_south():
    for line in ([[-1, 0.5], [7, 0.5]], [[7, 0.5], [-1, 0.5]]):
        assert areas(cut(line, heading=Heading.EAST)) == {"W": 9, "E": 3}


def test_one_front_in_several_pieces_is_one_front():
    """The middle piece runs south and west; alone it would have its sides the wrong way round."""
    pieces = [[[2, -1], [2, 1]], [[3, 0.9], [2, 1]], [[3, 0.9], [3, 3]]]
    whole = areas(cut([[2, -1], [2, 1], [3, 0.9], [3, 3]]))
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        assert areas(cut(*(pieces[n] for n in order))) == whole
    assert sum(whole.values()) == 12
    assert whole["W"] == pytest.approx(shapely.Polygon(
        [(0, 0), (2, 0), (2, 1), (3, 0.9), (3, 2), (0, 2)]).area)  # fmt: skip


def test_a_pocket_drawn_as_a_ring():
    ring = [[3, 0.5], [4, 0.5], [4, 1.5], [3, 1.5], [3, 0.5]]  # against the clock: its left is in
    found = cut((UP, ("W", "E")), (ring, ("W", "E")), heading=Heading.AS_DRAWN)
    assert areas(found) == {"W": 5, "E": 7}
    with pytest.raises(GeometryError, match="feature 2: is closed, so it has an inside"):
        cut(UP, ring)


def test_three_holders_by_columns():
    found = cut((UP, ("a", "b")), ([[4, -1], [4, 3]], ("b", "c")), heading=Heading.AS_DRAWN)
    assert areas(found) == {"a": 4, "b": 4, "c": 4}
    assert found.features[found.holders.index("c")] == 1


def test_lines_that_meet_within_the_ground():
    stem, arm = [[3, -1], [3, 1]], [[3, 1], [-1, 1]]
    other = [[3, 1], [7, 1]]
    found = cut(
        (stem, ("a", "b")), (arm, ("a", "c")), (other, ("c", "b")), heading=Heading.AS_DRAWN
    )
    assert areas(found) == {"a": 3, "b": 3, "c": 6}


def test_a_hole_in_the_ground_stays_one():
    holed = shapely.Polygon(GROUND.exterior, [shapely.box(1, 0.5, 3, 1.5).exterior])
    assert areas(cut(UP, ground=holed)) == {"W": 3, "E": 7}


def test_a_front_that_leads_to_a_hole_and_not_on_is_refused():
    holed = shapely.Polygon(GROUND.exterior, [shapely.box(2.5, 0.5, 3.5, 1.5).exterior])
    stub = [[3, -1], [3, 1]]
    with pytest.raises(GeometryError, match="feature 2: has the same ground on both its sides"):
        cut([[5, -1], [5, 3]], stub, ground=holed)
    assert areas(cut([[3, -1], [3, 3]], ground=holed)) == {"W": 5.5, "E": 5.5}


def test_a_part_of_the_ground_without_a_front_is_nobodys_and_told():
    found = cut(UP, ground=shapely.union_all([GROUND, ISLAND]))
    assert areas(found) == {"W": 4, "E": 8}
    assert shapely.area(found.untouched).tolist() == [1]


def test_a_line_beside_the_ground_is_told():
    assert cut(UP, [[20, -1], [20, 3]]).outside == (1,)


@pytest.mark.parametrize(
    ("lines", "heading", "parts"),
    [
        ([[[20, -1], [20, 3]]], Heading.NORTH, "feature 1: does not cross the ground"),
        ([[[2, -1], [2, 1]]], Heading.NORTH, r"feature 1: ends inside the ground, at \(2, 1\)"),
        ([[[2, 0.5], [2, 1]]], Heading.NORTH, "ends inside the ground"),
        ([UP, [[4, 3], [4, 1.25]]], Heading.NORTH, r"feature 2: ends inside .* \(4, 1.25\)"),
        ([[[0, -1], [0, 3]]], Heading.NORTH, "OK"),
        ([[[1, -1], [3, 3], [3, -1], [1, 3]]], Heading.NORTH, "feature 1: crosses itself at"),
        ([UP, [[1, -1], [3, 3]]], Heading.NORTH, r"feature 1: crosses feature 2 at \(2, 1\)"),
        ([[[-1, 1], [7, 1.1]]], Heading.NORTH, "runs from west to east, .* name north and south"),
        ([UP], Heading.EAST, "runs from south to north, .* name west and east"),
        ([UP, [[4, -1], [4, 3]]], Heading.NORTH, "leaves the ground .* to E, and feature 2 to W"),
        ([UP, [[4, 3], [4, -1]]], Heading.AS_DRAWN, "OK"),
        ([[[2, -1], [2, np.inf], [2, 3]]], Heading.NORTH, "not a finite number"),
    ],
)  # fmt: skip
def test_lines_that_leave_it_open_are_refused(lines, heading, parts):
    if parts == "OK":
        assert sum(areas(cut(*lines, heading=heading)).values()) == 12
        return
    with pytest.raises(GeometryError, match=parts):
        cut(*lines, heading=heading)


def test_a_front_that_ends_near_the_rim_is_drawn_on_to_it_if_asked():
    short = [[2, 0.1], [2, 1.75]]
    found = cut(short, reach_m=0.25)
    assert areas(found) == {"W": 4, "E": 8}
    assert found.drawn_on_m == pytest.approx(0.25)
    with pytest.raises(GeometryError, match=r"ends inside the ground, at \(2, 1.75\), 0 m from"):
        cut(short, reach_m=0.2)
    assert cut(UP, reach_m=5).drawn_on_m == 0


def test_drawn_on_to_the_nearest_rim_in_metres():
    """At 60 degrees north a degree eastwards is half one northwards."""
    north = shapely.box(10, 59, 20, 61)
    found = cut([[10.7, 59.5], [15, 62]], ground=north, crs=WGS84, reach_m=40_000)
    assert found.drawn_on_m == pytest.approx(0.7 * 55_597.5, rel=1e-4)
    assert sorted(found.holders) == ["E", "W"]


def test_drawn_on_to_the_point_of_a_spike():
    spike = shapely.Polygon([(0, 0), (2, 0), (2, 1), (2 + 1e-9, 0), (6, 0), (6, 2), (0, 2)])
    found = cut([[2, 1.2], [2, 3]], ground=spike, reach_m=0.5)
    assert areas(found) == pytest.approx({"W": 4, "E": 8})


def test_a_front_that_goes_on_in_another_line_is_not_drawn_on():
    found = cut([[2, -1], [2, 1]], [[2, 1], [2.2, 3]], reach_m=5)
    assert found.drawn_on_m == 0
    assert areas(found) == {"W": 4.05, "E": 7.95}


def test_a_line_across_the_antimeridian_is_refused():
    with pytest.raises(GeometryError, match="split it at 180 degrees"):
        cut([[179, -1], [-179, 3]], crs=WGS84)


# ---- Words for sides ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "heading", "left", "right"),
    [
        ("west=a,east=b", Heading.NORTH, "a", "b"),
        ("east = b , west = a", Heading.NORTH, "a", "b"),
        ("West,East", Heading.NORTH, "West", "East"),
        ({"north": "a", "south": "b"}, Heading.EAST, "a", "b"),
        (["left=a", "right=b"], Heading.AS_DRAWN, "a", "b"),
    ],
)
def test_sides(text, heading, left, right):
    found = sides_of(text)
    assert (found.heading, found.left, found.right) == (heading, left, right)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a,b", "'a' is no side; say who is on either side"),
        ("west=a", "west are not two opposite sides"),
        ("west=a,north=b", "not two opposite sides"),
        ("west=a,west=b", "'west' stands twice"),
        ("west=a,east=a", "'a' cannot be on both sides"),
        ("west=,east=a", "a side has no actor"),
        ("west=a,east=b,left=c", "not two opposite sides"),
        (5, "5 names no sides"),
    ],
)
def test_sides_that_are_none(text, part):
    with pytest.raises(ValueError, match=part):
        sides_of(text)


# ---- Files -------------------------------------------------------------------------------------

DAYS = {
    "1914-08-03": [[31.0, 45.9], [31.0, 47.1]],
    "1914-08-22": [[31.5, 47.1], [31.2, 46.5], [31.4, 45.9]],  # drawn southwards
}
BOX = shapely.box(30, 46, 33, 47)
WEST = [
    shapely.box(30, 46, 31, 47),
    shapely.Polygon([(30, 46), (31.366667, 46), (31.2, 46.5), (31.45, 47), (30, 47)]),
]


def features(*shapes):
    rows = [
        {"type": "Feature", "properties": properties, "geometry": geometry}
        for properties, geometry in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows})


def line(xy, **properties):
    return properties, {"type": "LineString", "coordinates": xy}


def polygon(shape, **properties):
    return properties, shapely.geometry.mapping(shape)


@pytest.fixture
def fronts(tmp_path):
    """Write two fronts and their ground."""
    (tmp_path / "ground.geojson").write_text(features(polygon(BOX)))
    path = tmp_path / "front.geojson"
    path.write_text(features(*(line(xy, date=day) for day, xy in DAYS.items())))
    return path


def table(*words, code=0):
    assert cli.guarded([str(word) for word in words]) == code


def rows(capsys):
    return list(csv.DictReader(StringIO(capsys.readouterr().out)))


def written(path):
    return list(csv.DictReader(StringIO(path.read_text())))


def options(path, *more):
    usual = {"--ground": path.with_name("ground.geojson"), "--sides": "west=W,east=E"}
    rest = [word for key, value in usual.items() if key not in more for word in (key, value)]
    return ["--profile", "zones", *rest, *more]


def km2(rows):
    return {(row["day"], row["actor"]): float(row["km2"]) for row in rows}


def expected():
    west = geodesic_area_km2(np.array(WEST), WGS84)
    (whole,) = geodesic_area_km2(np.array([BOX]), WGS84)
    return {
        (day, who): km2
        for day, area in zip(DAYS, west, strict=True)
        for who, km2 in (("W", area), ("E", whole - area))
    }


def test_areas_of_fronts(fronts, capsys):
    table("areas", fronts, *options(fronts))
    found = rows(capsys)
    assert km2(found) == pytest.approx(expected(), rel=1e-5)
    assert sum(km2(found[:2]).values()) == pytest.approx(25_598.70468, abs=1e-4)
    # The interval is that of the front alone: what one side may have less, the other has more.
    east, west = found[:2]
    for up, down in ((east, west), (west, east)):
        off = float(up["high"]) - float(up["km2"])
        assert off == pytest.approx(float(down["km2"]) - float(down["low"]), rel=1e-6)
    length = 111.18  # km, of the front of the first day
    assert 0 < float(west["high"]) - float(west["km2"]) < 2 * 1.3 * length


def test_the_rim_of_the_ground_is_exact_and_told_or_has_an_error(fronts, capsys):
    ground = fronts.with_name("ground.geojson")
    table("inspect", fronts, *options(fronts))
    assert [row["detail"] for row in rows(capsys) if row["kind"] == "rim-exact"] == [
        f"the rim of the ground '{ground}' is taken as exact; for an error of it name the ground"
        " as --area too, with --rim-error-m METRES"
    ]
    table("areas", fronts, *options(fronts))
    exact = rows(capsys)
    table("areas", fronts, *options(fronts), "--area", ground, "--rim-error-m", "500")
    for one, other in zip(exact, rows(capsys), strict=True):
        assert float(one["km2"]) == pytest.approx(float(other["km2"]))
        assert float(other["high"]) - float(other["low"]) > float(one["high"]) - float(one["low"])


def test_areas_beyond_the_ground_are_told(fronts, capsys):
    table("areas", fronts, *options(fronts), "--area", "32.5,46,33.5,47")
    assert "the data cover 50.0 % of the area" in capsys.readouterr().err


def test_an_extent_beyond_the_ground_is_told_once_and_covers_its_areas(fronts, tmp_path):
    (tmp_path / "job.toml").write_text(
        'maps.enabled = false\nreport.enabled = false\n[series]\nprofile = "zones"\n'
        'path = "front.geojson"\nground = "ground.geojson"\n'
        'sides = { west = "W", east = "E" }\nextent = [30.5, 46, 35, 47]\n'
        "[area]\nfar = [32, 46, 34, 47]\n"
    )
    table("run", tmp_path / "job.toml", "--out", tmp_path / "out")
    quality = written(tmp_path / "out" / "quality.csv")
    told = [row["detail"] for row in quality if row["kind"] == "partly-covered"]
    assert told == [
        "the data cover 50.0 % of the area 'far'",
        "the data cover 55.6 % of the area '30.5° to 35° E, 46° to 47° N'",
    ]


def test_change_has_no_junk_along_the_rim(fronts, capsys):
    table("change", fronts, *options(fronts), "--from", "1914-08-03", "--to", "1914-08-22")
    (row,) = (row for row in rows(capsys) if row["from_actor"] != row["to_actor"])
    assert (row["from_actor"], row["to_actor"]) == ("E", "W")
    gained = expected()["1914-08-22", "W"] - expected()["1914-08-03", "W"]
    assert float(row["km2"]) == pytest.approx(gained, rel=1e-4)


def test_other_verbs_take_fronts(fronts, tmp_path, capsys):
    for verb in ("inspect", "convert", "map", "page"):
        out = {"convert": "z.gpkg", "map": "m.svg", "page": "p.html"}.get(verb)
        more = ["--out", tmp_path / out] if out else []
        table(verb, fronts, *options(fronts), *more)
        assert out is None or (tmp_path / out).stat().st_size > 1000
    words = " ".join((tmp_path / "m.svg").read_text(encoding="utf-8").split())
    assert "cut (findings: territory inspect)." in words
    assert "Zones are shown as their publisher drew them" not in words
    capsys.readouterr()
    table("compare", fronts, fronts, "--profile-b", "zones", *options(fronts))
    assert all(row["actor_a"] == row["actor_b"] for row in rows(capsys))


def test_explain_measures_what_the_front_cuts(fronts, capsys):
    value = round(expected()["1914-08-03", "W"])
    asked = ["--value", value, "--day", "1914-08-03", "--by", "W", "--precision", "rounded"]
    table("explain", *asked, fronts, *options(fronts))
    assert float(rows(capsys)[0]["error_pct"]) == pytest.approx(0, abs=0.1)


JOB = """
title = "The front"
[series]
profile = "{profile}"
path = "front.geojson"
{more}
[maps]
enabled = false
[report]
enabled = false
"""


def test_a_job_of_fronts_reads_its_ground_beside_it(fronts, tmp_path, capsys):
    more = 'ground = "ground.geojson"\nsides = { west = "W", east = "E" }'
    job = tmp_path / "job.toml"
    job.write_text(JOB.format(profile="zones", more=more))
    table("run", job, "--out", tmp_path / "out")
    found = written(tmp_path / "out" / "areas.csv")
    assert km2(found) == pytest.approx(expected(), rel=1e-5)
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert any("ground.geojson" in str(each) for each in record["inputs"])
    (tmp_path / "ground.geojson").write_text(features(polygon(shapely.box(30, 46, 34, 47))))
    table("run", job, "--out", tmp_path / "out")  # is not up to date
    found = written(tmp_path / "out" / "areas.csv")
    assert sum(km2(found[:2]).values()) == pytest.approx(4 * 8532.90156, rel=1e-6)


def test_a_profile_names_ground_and_sides(fronts, tmp_path, capsys):
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "front.toml").write_text(
        'name = "front"\nground = "../ground.geojson"\nsides = "west=W,east=E"\n'
        '[day]\nproperties = ["date"]\n'
    )
    table("areas", fronts, "--profile", folder / "front.toml")
    assert km2(rows(capsys)) == pytest.approx(expected(), rel=1e-5)
    (folder / "front.toml").write_text('name = "front"\nsides = "west,east"\n')
    table("areas", fronts, "--profile", folder / "front.toml", code=1)
    assert "'sides' does nothing without 'ground'" in capsys.readouterr().err


def test_fronts_in_python(fronts):
    with warnings.catch_warnings(action="ignore"):
        history = tt.read(fronts, ground=fronts.with_name("ground.geojson"), sides="west=W,east=E")
        found = history.areas()
    assert {(f"{r.day:%Y-%m-%d}", r.actor): r.km2 for r in found.itertuples()} == pytest.approx(
        expected(), rel=1e-5
    )


def test_the_ground_in_python(fronts):
    with warnings.catch_warnings(action="ignore"):
        history = tt.read(fronts, ground=(30, 46, 33, 47), sides={"west": "W", "east": "E"})
    assert history.actors == ("E", "W")
    with pytest.raises(InputError, match=r"ground: 5 \(int\) is no area; give a GeoDataFrame"):
        tt.read(fronts, ground=5, sides="west=W,east=E")


@pytest.mark.parametrize("crs", [4326, 32636, 3857, 3035])
def test_a_ground_in_memory_in_any_crs(fronts, crs):
    # Along a parallel the edges of the ground are straight in degrees: drawn densely, they stay.
    dense = shapely.segmentize(BOX, 0.01)
    ground = geopandas.GeoDataFrame(geometry=[dense], crs=4326).to_crs(crs)
    with warnings.catch_warnings(action="ignore"):
        history = tt.read(fronts, ground=ground, sides="west=W,east=E")
    assert held(history) == pytest.approx(expected(), rel=1e-6)


def held(history):
    with warnings.catch_warnings(action="ignore"):
        found = history.areas()
    return {(f"{row.day:%Y-%m-%d}", row.actor): row.km2 for row in found.itertuples()}


def lines_of(fronts, crs=4326):
    return geopandas.read_file(fronts).to_crs(crs)


def test_lines_and_ground_as_frames(fronts):
    lines, sides = lines_of(fronts), {"west": "W", "east": "E"}
    with warnings.catch_warnings(action="ignore"):
        history = tt.History.from_front_lines(lines, BOX, day="date", sides=sides)
    assert held(history) == pytest.approx(expected(), rel=1e-5)
    by_line = lines.assign(left=["W", "E"], right=["E", "W"])  # the second is drawn southwards
    with warnings.catch_warnings(action="ignore"):
        named = tt.History.from_front_lines(by_line, BOX, day="date")
    assert held(named) == held(history)


def test_frames_of_lines_over_spans_reach_the_rim(fronts):
    lines = lines_of(fronts).head(1)
    lines = lines.assign(begin="1914-08-03", end=None, geometry=[shapely.LineString(SHORT)])
    more = {"start": "begin", "end": "end", "sides": "west=W,east=E"}
    history = tt.History.from_front_lines(lines, BOX, reach_m=1500, **more)
    assert held(history)["1914-08-03", "W"] == pytest.approx(8532.90156, rel=1e-5)
    with pytest.raises(InputError, match=r"ends inside the ground.*: reach_m= METRES"):
        tt.History.from_front_lines(lines, BOX, **more).areas()


@pytest.mark.parametrize(
    ("change", "more", "problem"),
    [
        ({}, {"day": "dat"}, r"lines: day: there is no column 'dat'"),
        ({}, {}, r"lines: say which column holds the day"),
        (
            {},
            {"day": "date"},
            r"lines, feature 1: nothing says who is on either side.* sides= west=A",
        ),
        ({"geometry": BOX}, {"day": "date"}, r"lines, feature 1: a front line is needed .*Polygon"),
        ({"geometry": None}, {"day": "date"}, r"lines, feature 1: .* not nothing"),
    ],
)
def test_frames_of_lines_that_cannot_be_used(fronts, change, more, problem):
    lines = lines_of(fronts)
    for column, value in change.items():
        lines[column] = geopandas.GeoSeries([value] * len(lines), crs=4326)
    with pytest.raises(TerritoryError, match=problem):
        tt.History.from_front_lines(lines, BOX, **more).areas()


def test_sides_in_columns(fronts, capsys):
    ground = fronts.with_name("ground.geojson")
    named = {"date": "1914-08-03", "Left": "W", "RIGHT": "E"}
    fronts.write_text(features(line(DAYS["1914-08-03"], **named)))
    table("areas", fronts, "--profile", "zones", "--ground", ground)
    assert km2(rows(capsys))["1914-08-03", "W"] == pytest.approx(8532.90156)


@pytest.mark.parametrize(
    ("content", "more", "parts"),
    [
        (features(line([[31, 45], [31, 46.5]], date="1914-08-03")), (), "ends inside the ground"),
        (features(line([[3, 45], [3, 48]], date="1914-08-03")), (), "does not cross the ground"),
        (features(polygon(BOX, date="1914-08-03")), (), "feature 1: is a polygon; where a ground"),
        (features(line(DAYS["1914-08-03"])), (), "no day in the file name"),
        (
            features(line(DAYS["1914-08-03"], date="1914-08-03")),
            ("--sides", ""),
            "nothing says who is on either side of the front; name them with --sides west=A,east=B",
        ),
        (
            features(line(DAYS["1914-08-03"], date="1914-08-03")),
            ("--sides", "a,b"),
            "--sides: 'a' is no side",
        ),
        (
            features(line(DAYS["1914-08-03"], date="1914-08-03")),
            ("--ground", "nowhere.geojson"),
            "no such file",
        ),
    ],
)
def test_one_clear_line(fronts, capsys, content, more, parts):
    fronts.write_text(content)
    table("areas", fronts, *options(fronts, *more), code=1)
    found = capsys.readouterr()
    assert parts in found.err
    assert found.err.count("\n") == 1
    assert found.out == ""


def test_a_bad_day_does_not_spoil_the_others(fronts, capsys):
    bad = line([[31, 45], [31, 46.5]], date="1914-08-10")
    fronts.write_text(features(*(line(xy, date=day) for day, xy in DAYS.items()), bad))
    table("areas", fronts, *options(fronts), code=3)
    found = capsys.readouterr()
    assert "refused on 1914-08-10" in found.err or "front line of 1914-08-10" in found.err
    assert "feature 3" in found.err
    assert "1914-08-10" not in found.out


def test_the_ground_may_be_a_country_or_a_box(fronts, capsys):
    table("areas", fronts, *options(fronts, "--ground", "30,46,33,47"))
    assert km2(rows(capsys)) == pytest.approx(expected(), rel=1e-5)


def test_reach_in_every_way(fronts, tmp_path, capsys):
    fronts.write_text(features(line(SHORT, date="1914-08-03")))
    table("areas", fronts, *options(fronts), code=1)
    assert "m from its rim; draw it across the rim, or say how far" in capsys.readouterr().err
    table("areas", fronts, *options(fronts, "--reach-m", "1500"))
    wanted = {key: value for key, value in expected().items() if key[0] == "1914-08-03"}
    assert km2(rows(capsys)) == pytest.approx(wanted, rel=1e-5)
    table("inspect", fronts, *options(fronts, "--reach-m", "1500"))
    (told,) = (row for row in rows(capsys) if row["kind"] == "front-drawn-on")
    assert "by 1,112 m at most" in told["detail"]
    job = tmp_path / "job.toml"
    more = 'ground = "ground.geojson"\nsides = "west=W,east=E"\nreach_m = 1500'
    job.write_text(JOB.format(profile="zones", more=more))
    table("run", job, "--out", tmp_path / "out")
    assert km2(written(tmp_path / "out" / "areas.csv")) == pytest.approx(wanted, rel=1e-5)


def test_the_edges_of_a_ground_in_another_crs_are_straight_there(fronts, capsys):
    corners = geopandas.GeoSeries([BOX], crs=4326).to_crs(32636)  # its parallels are chords now
    place = fronts.with_name("utm.gpkg")
    corners.to_file(place)
    table("areas", fronts, *options(fronts, "--ground", place))
    found = km2(rows(capsys))
    dense = corners.segmentize(100.0).to_crs("+proj=laea +lon_0=31.5 +lat_0=46.5")
    whole = float(dense.area.iloc[0]) / 1e6
    assert sum(v for (day, _), v in found.items() if day == "1914-08-03") == pytest.approx(whole)
    assert whole < sum(v for (day, _), v in expected().items() if day == "1914-08-03") - 1


def test_an_island_without_a_front_is_told_with_its_area(fronts, capsys):
    island = shapely.box(34, 46, 35, 47)
    fronts.with_name("ground.geojson").write_text(features(polygon(BOX), polygon(island)))
    table("areas", fronts, *options(fronts))
    assert "no front of 1914-08-03 reaches 1 parts of the ground" in capsys.readouterr().err
    table("inspect", fronts, *options(fronts))
    found = [row for row in rows(capsys) if row["kind"] == "no-front"]
    assert [float(row["km2"]) for row in found] == pytest.approx([8532.90156] * 2)


def test_spans_of_fronts(tmp_path, capsys):
    (tmp_path / "ground.geojson").write_text(features(polygon(BOX)))
    path = tmp_path / "front.geojson"
    first, second = DAYS.values()
    path.write_text(
        features(
            line(first, start="1914-08-03", end="1914-08-21"),
            line(second, start="1914-08-22", end=""),
        )
    )
    table("areas", path, *options(path))
    assert km2(rows(capsys)) == pytest.approx(expected(), rel=1e-5)


def test_no_ground_for_lines_says_so(fronts, capsys):
    table("areas", fronts, "--profile", "zones", code=1)
    assert "--ground" in capsys.readouterr().err


def test_units_have_no_fronts(tmp_path):
    with pytest.raises(InputError, match="'ground' \\(for drawn zones\\) does nothing"):
        tt.read(tmp_path, profile="units", ground="x")


def test_no_profile_need_be_named(fronts, capsys):
    ground = fronts.with_name("ground.geojson")
    table("areas", fronts, "--ground", ground, "--sides", "west=W,east=E")
    found = capsys.readouterr()
    assert "read as 'zones': front lines, and the ground that they cut" in found.err
    assert km2(list(csv.DictReader(StringIO(found.out)))) == pytest.approx(expected(), rel=1e-5)


def test_any_line_leaves_each_side_to_whom_it_is_named_or_is_refused():
    """Beside the middle of every stretch the left is W and the right E; no ground is lost."""
    random = np.random.default_rng(3)
    ground = shapely.difference(GROUND, shapely.Point(3, 1).buffer(0.3))  # with a lake
    cuts = 0
    for _ in range(150):
        count = random.integers(2, 7)
        up = np.sort(random.uniform(-0.5, 2.5, count)) if random.random() < 0.8 else None
        y = random.uniform(-1, 3, count) if up is None else np.array([-0.2, *up[1:-1], 2.2])
        xy = np.column_stack([random.uniform(-1, 7, count), y])
        try:
            found = cut(xy.tolist(), ground=ground, heading=Heading.AS_DRAWN, reach_m=0.4)
        except GeometryError:
            continue
        cuts += 1
        parts = shapely.area([*found.pieces, *found.untouched])
        assert parts.sum() == pytest.approx(ground.area, abs=1e-9)
        line = shapely.LineString(xy)
        for start, end in pairwise(xy):
            aside = np.array([start[1] - end[1], end[0] - start[0]]) / np.hypot(*(end - start))
            for side, who in ((1e-4, "W"), (-1e-4, "E")):
                point = shapely.Point((start + end) / 2 + side * aside)
                if ground.contains(point) and line.distance(point) > 0.9e-4:
                    held = shapely.contains(found.pieces, point)
                    assert [found.holders[n] for n in np.flatnonzero(held)] == [who]
    assert cuts > 50

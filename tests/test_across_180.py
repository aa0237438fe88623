"""Boxes, zones and places on both sides of 180 degrees: areas against the ellipsoid."""

import csv
import io
import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from drawn_pages import topic_of
from pyproj import CRS, Geod
from shapely.geometry import mapping

import territory as tt
from territory.cli import _code
from territory.errors import InputError
from territory.geometry.antipode import hold_antipode
from territory.geometry.projection import EqualArea, ends_of_world
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.job.study import read_job
from territory.publish.page.content import content

ACROSS = "177.5,-19,-178.5,-14"  # 4 degrees
GEOD = Geod(ellps="WGS84")


def km2(degrees, south, north):
    """Return the area of a box so many degrees wide, its edges straight in degrees."""
    fine = shapely.segmentize(shapely.box(0, south, degrees, north), 0.01)
    return abs(GEOD.geometry_area_perimeter(fine)[0]) / 1e6


def box(west, south, east, north):
    """Return a box as RFC 7946 asks: cut at 180 degrees."""
    if west < east:
        return shapely.box(west, south, east, north)
    halves = shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)
    return shapely.MultiPolygon(halves)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for day, west, east in (("2024-01-01", 177, -178), ("2024-02-01", 178, -179)):
        shapes = {"A": box(west, -20, east, -15), "B": box(east, -20, east + 3, -15)}
        rows = [
            {"type": "Feature", "properties": {"actor": a}, "geometry": shapely.geometry.mapping(s)}
            for a, s in shapes.items()
        ]
        path = tmp_path / "days" / f"z_{day}.geojson"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows_of(text):
    return {(row["day"], row["actor"]): row for row in csv.DictReader(io.StringIO(text))}


def test_a_box_across_180_degrees_has_the_area_of_the_ellipsoid(folder, capsys):
    assert _code(["areas", "days", "--area", ACROSS]) == 3  # ground of B lies in no country
    found = rows_of(capsys.readouterr().out)
    truth = {
        ("2024-01-01", "A"): km2(4, -19, -15),  # all of the box has it, but for its north
        ("2024-02-01", "A"): km2(3, -19, -15),
        ("2024-02-01", "B"): km2(0.5, -19, -15),
        ("2024-01-01", "nobody"): km2(4, -15, -14),
    }
    for key, expected in truth.items():
        assert float(found[key]["km2"]) == pytest.approx(expected, rel=1e-7)


def test_a_seam_of_zones_is_no_line(folder, capsys):
    """Cut at 180 degrees or drawn 20 degrees further west in one piece: the same intervals."""
    _code(["areas", "days", "--area", ACROSS])
    here = rows_of(capsys.readouterr().out)
    for path, west, east in zip(
        sorted((folder / "days").iterdir()), (157, 158), (162, 161), strict=True
    ):
        shapes = {"A": box(west, -20, east, -15), "B": box(east, -20, east + 3, -15)}
        rows = [
            {"type": "Feature", "properties": {"actor": a}, "geometry": shapely.geometry.mapping(s)}
            for a, s in shapes.items()
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    _code(["areas", "days", "--area", "157.5,-19,161.5,-14"])
    there = rows_of(capsys.readouterr().out)
    for actor in ("A", "B", "nobody"):
        for column in ("km2", "low", "high"):
            one, other = (rows["2024-02-01", actor][column] for rows in (here, there))
            assert float(one) == pytest.approx(float(other), rel=1e-7)


def test_a_job_takes_such_a_box_and_names_the_country_in_it(folder):
    text = (
        '[series]\npath = "days"\n[area]\nx = [177.5, -19, -178.5, -14]\n[maps]\nenabled = false\n'
    )
    (folder / "job.toml").write_text(text)
    assert _code(["run", "job.toml", "--out", "out"]) == 3
    areas = csv.DictReader(io.StringIO((folder / "out/areas.csv").read_text()))
    found = {(r["area"], r["day"], r["actor"]): float(r["km2"]) for r in areas}
    assert found["x", "2024-01-01", "A"] == pytest.approx(km2(4, -19, -15), rel=1e-7)
    assert read_job(folder / "job.toml").area["x"] == (177.5, -19, -178.5, -14)
    quality = (folder / "out/quality.csv").read_text()
    assert "what was ever held lies in Fiji (" in quality
    assert "Brazil" not in quality  # which lies there once 180 degrees are taken for 0


def test_west_and_east_that_were_swapped_are_no_box_round_the_earth(folder, capsys):
    assert _code(["areas", "days", "--area", "37.7,35.2,36.6,36.1"]) == 1
    said = capsys.readouterr().err
    assert "reaches round 358.9 degrees; are west and east swapped?" in said
    assert _code(["areas", "days", "--area", "180,-19,180,-14"]) == 1
    assert "is no box" in capsys.readouterr().err


def test_places_on_both_sides_need_a_ground(folder):
    """Their hull in degrees would go round the Earth: 24 million km2 instead of 0.4."""
    lon = [177.0, 179.0, -179.0, -177.0] * 2
    frame = pd.DataFrame({"place_id": [f"p{n}" for n in range(8)], "lon": lon})
    frame["lat"], frame["holder"] = [-17.0] * 4 + [-15.0] * 4, list("aabb") * 2
    with pytest.raises(InputError, match="both sides of 180 degrees; give the ground"):
        tt.History.from_places(frame, first_day="2024-01-01")
    history = tt.History.from_places(frame, extent=(176, -18, -176, -14), first_day="2024-01-01")
    areas = history.areas().set_index("actor")["km2"]
    assert areas.sum() == pytest.approx(km2(8, -18, -14), rel=1e-7)
    assert areas["a"] == pytest.approx(areas["b"], rel=1e-6)


def test_maps_and_pages_show_what_lies_around(folder):
    """Countries are cut at 180 degrees; on a map they are not, and those elsewhere are not seen."""
    from territory.geometry.projection import EqualArea
    from territory.maps.frame import Extent, look
    from territory.read.basemap import read_context

    plane = EqualArea(179.5, -17.5)
    seen = look(plane, Extent(-3e5, -3e5, 3e5, 3e5), read_context(folder)).countries
    there = [each for each in seen if not each.is_empty]
    assert all(each.is_valid for each in there)
    assert len(there) == 1  # Fiji, Taveuni of which 180 degrees cross
    assert _code(["page", "days", "--area", ACROSS, "--out", "p.html"]) == 3
    assert _code(["map", "days", "--area", ACROSS, "--out", "m.svg"]) == 0


# ---- Areas that reach round the Earth --------------------------------------------------------

ROUND = {
    "all of the Earth": (-180, -90, 180, 90),
    "the half that the zones do not lie in": (-180, -90, 0, 90),
    "a quarter of it": (-180, -90, -90, 90),
}


def donetsk():
    """Return a history whose plane is torn at 143 degrees west, 48 south."""
    zones = gpd.GeoDataFrame(
        {"actor": ["Red"], "day": ["2025-11-01"]},
        geometry=[shapely.box(37, 48, 37.3, 48.1)],
        crs="EPSG:4326",
    )
    return tt.History.from_geodataframe(zones, day="day")


@pytest.mark.parametrize("name", ROUND)
def test_an_area_round_the_point_opposite_to_the_zones_is_refused(name):
    """In the plane it is inside out: the western half had all that is held in the east."""
    with pytest.raises(tt.TerritoryError, match=r"^area: .* opposite to the zones \(-14"):
        donetsk().areas(aoi=ROUND[name])


def test_a_region_round_the_point_opposite_to_the_zones_is_refused():
    halves = [shapely.box(-180, -90, 0, 90), shapely.box(0, 0, 90, 80)]
    west = gpd.GeoDataFrame({"name": ["West", "East"]}, geometry=halves, crs="EPSG:4326")
    with pytest.raises(tt.TerritoryError, match="region 'West': it reaches round the Earth"):
        donetsk().areas(regions=west)
    found = donetsk().areas(regions=west.iloc[1:]).query("actor == 'Red'").set_index("area").km2
    assert found["East"] == pytest.approx(found["all"])


@pytest.mark.parametrize("box", [(-170, 0, 170, 80), (-90, -80, 90, 80)])
def test_much_of_the_earth_around_the_zones_has_all_of_them(box):
    found = donetsk().areas(aoi=box).set_index("actor").km2
    assert found["Red"] == pytest.approx(donetsk().areas().km2[0])


# Cylinders, whose ends are 180 degrees ------------------------------------------------------------


def series_in(folder, crs, *, digits=None):
    """Write zones that 180 degrees cut, as features of their own and as one, in a CRS."""
    folder.mkdir()
    for day, west in (("2024-01-01", 170), ("2024-02-01", 168)):
        halves = shapely.box(west, 60, 180, 66), shapely.box(-180, 60, -172, 66)
        other = shapely.box(160, 50, 175, 58), shapely.box(-180, 50, -175, 52)
        both = shapely.MultiPolygon([other[1], shapely.box(176, 50, 180, 52)])
        frame = gpd.GeoDataFrame(
            {"actor": ["a", "a", "b", "b"]},
            geometry=[*halves, other[0], both],
            crs=4326,
        ).to_crs(crs)
        if digits is not None:
            frame.geometry = shapely.transform(frame.geometry.array, lambda xy: xy.round(digits))
        frame.to_file(folder / f"z_{day}.geojson")
    return str(folder)


def tables_of(capsys, path):
    _code(["areas", path])
    return rows_of(capsys.readouterr().out)


@pytest.mark.parametrize(("crs", "digits"), [(3857, None), (3857, 2), (3395, None), (4087, None)])
def test_the_ends_of_a_cylinder_are_no_line_either(folder, capsys, crs, digits):
    """Parallels and meridians are straight on both, so that every figure is that of degrees."""
    expected = tables_of(capsys, series_in(folder / "degrees", 4326))
    found = tables_of(capsys, series_in(folder / "cylinder", crs, digits=digits))
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        for column in ("km2", "low", "high"):
            assert float(found[key][column]) == pytest.approx(float(row[column]), rel=1e-6)


@pytest.mark.filterwarnings("ignore::territory.errors.TerritoryWarning")  # much of it is sea
@pytest.mark.parametrize(("crs", "digits"), [(3857, None), (3857, 2), (4087, None)])
def test_a_page_of_a_cylinder_draws_no_line_at_its_ends(folder, crs, digits):
    """As many lines as in degrees: one around each zone, and one between what changed and not."""
    drawn = []
    for name, how in (("degrees", (4326, None)), ("cylinder", (crs, digits))):
        spec = SeriesSpec(profile="zones", path=series_in(folder / name, how[0], digits=how[1]))
        loaded = load_series(
            spec, folder, areas={}, rule="all", more_days=(), uncertainty=UncertaintySpec()
        )
        found = content(topic_of(loaded.ensemble))
        drawn.append((found["arcs"]["count"], found["groups"]["count"]))
    assert drawn[0] == drawn[1]


def test_an_area_in_metres_across_180_degrees_is_one(folder, capsys):
    halves = shapely.MultiPolygon(
        [shapely.box(177.5, -19, 180, -14), shapely.box(-180, -19, -178.5, -14)]
    )
    frame = gpd.GeoDataFrame({"name": ["x"]}, geometry=[halves], crs=4326).to_crs(3857)
    frame.geometry = shapely.transform(frame.geometry.array, lambda xy: xy.round(2))
    frame.to_file(folder / "x.geojson")
    found = {}
    for area in (ACROSS, "x.geojson"):
        _code(["areas", "days", "--area", area])
        found[area] = rows_of(capsys.readouterr().out)
    for key, row in found[ACROSS].items():
        for column in ("km2", "low", "high"):
            other = float(found["x.geojson"][key][column])
            assert other == pytest.approx(float(row[column]), rel=1e-5)


@pytest.mark.parametrize("crs", [3035, 32637, 3832, "ESRI:54030", 27572])
def test_other_planes_have_no_ends_of_the_world(crs):
    assert ends_of_world(CRS.from_user_input(crs)) is None


def test_zones_on_all_of_a_country_leave_its_name_a_place(folder):
    """Nothing is left of it beside them."""
    for day, west in (("2024-01-01", -30), ("2024-02-01", -31)):
        shape = shapely.box(west, -38, 60, 40)
        row = {"type": "Feature", "properties": {"actor": "A"}, "geometry": mapping(shape)}
        path = folder / "all" / f"z_{day}.geojson"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    assert _code(["page", "all", "--out", "p.html"]) in {0, 3}


@pytest.mark.parametrize(("code", "w", "s"), [(23700, 16, 45), (2056, 6, 45), (3857, 16, 45)])
def test_an_area_in_an_oblique_cylinder_does_not_hold_the_far_side_of_the_earth(code, w, s):
    """PROJ carries the point opposite to Hungary into the grid of Hungary itself."""
    crs = CRS.from_epsg(code)
    area = gpd.GeoSeries([shapely.box(w, s, w + 6, s + 4)], crs=4326).to_crs(crs)
    assert hold_antipode(area.to_numpy(), crs, EqualArea(w + 3.0, s + 2.0)).tolist() == [False]

"""One reader for areas of interest, provinces and base maps: one answer in every verb."""

import csv
import json
import os
import zipfile
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from listening import listening
from pyproj import CRS
from shapely.geometry import mapping

from territory.cli import _code
from territory.cli.arguments import areas_of, map_options, regions_of
from territory.cli.options import Provinces, Surroundings
from territory.errors import CRSError, GeometryError, InputError
from territory.findings import Severity
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84, EqualArea
from territory.history.regions import resolve_regions
from territory.history.repair import even_odd, positive_winding
from territory.job.input_files import input_files
from territory.job.named_aoi import load_areas
from territory.job.spec import AreaFile, Job
from territory.job.study import compute
from territory.maps.request import MapRequest
from territory.publish.page.build import page_topic
from territory.publish.page.scopes import provinces
from territory.read.aoi import parse_area, read_area
from territory.read.basemap import (
    Context,
    base_map,
    context_findings,
    frame_of,
    read_context,
    world,
)
from territory.read.region_files import read_regions
from territory.read.sources import find_source
from territory.read.text_files import read_toml
from territory.read.towns import read_towns
from territory.read.winding import read_outline
from territory.trace.zone_files import _area

WARNING = Severity.WARNING
SHELL = shapely.box(36.8, 35.3, 37.8, 35.7)
HOLE = shapely.box(37.4, 35.4, 38.2, 35.6)  # half of it beyond the shell
EAST = shapely.box(38.25, 35.3, 38.45, 35.7)
MIDDLE = shapely.box(37.0, 35.3, 38.0, 35.7)
BY_WINDING, BY_EVEN_ODD, OVERLAP_LEFT = 3221.24, 4026.55, 805.31


def holed(shell, *holes):
    return shapely.Polygon(shell.exterior.coords, [hole.exterior.coords for hole in holes])


INVALID = holed(SHELL, HOLE)


def collection(*features, **members):
    """Write features, each (properties, geometry), as GeoJSON."""
    rows = [
        {"type": "Feature", "properties": properties, "geometry": shape and mapping(shape)}
        for properties, shape in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows, **members})


def written(path, *features, **members):
    path.write_text(collection(*features, **members), encoding="utf-8")
    return path


def zones(folder):
    ground = (({"actor": "a"}, shapely.box(36.6, 35.2, 38.5, 35.8)),)
    return written(folder / "zones_2018-01-01.geojson", *ground)


def km2_of(geometry, crs=WGS84):
    return float(geodesic_area_km2(np.array([geometry]), crs)[0])


def table(capsys):
    return list(csv.DictReader(capsys.readouterr().out.splitlines()))


# ---- By winding, by even-odd -----------------------------------------------------------------

RIM = 5  # squares of 10 km
SIDE = 10_000.0
CYLINDER = CRS.from_epsg(6933)  # equal-area, in metres
spans = st.tuples(st.integers(-RIM, RIM - 1), st.integers(1, RIM)).map(lambda s: (s[0], sum(s)))
rects = st.tuples(spans, spans)
polygons = st.tuples(rects, st.lists(rects, max_size=3))


def cells(rect):
    (west, east), (south, north) = rect
    return {(x, y) for x in range(west, east) for y in range(south, north)}


def counted(polygon):
    """Return the squares of one polygon by the rule, counted one by one."""
    shell, holes = cells(polygon[0]), [cells(hole) for hole in polygon[1]]
    winding = shell - set().union(*holes)
    odd = set(shell)
    for hole in holes:
        odd ^= hole
    if not winding and not odd:
        return shell
    return odd if len(winding) < len(odd) / 2 else winding


def in_metres(polygon):
    first, *holes = (
        shapely.box(west * SIDE, south * SIDE, east * SIDE, north * SIDE)
        for (west, east), (south, north) in (polygon[0], *polygon[1])
    )
    return holed(first, *holes)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(polygons, min_size=1, max_size=2), min_size=1, max_size=3))
def test_the_same_file_is_the_same_ground_whatever_it_is_read_as(tmp_path_factory, features):
    folder = tmp_path_factory.mktemp("drawn")
    named = [
        ({"name": f"p{n}"}, shapely.MultiPolygon([in_metres(p) for p in parts]))
        for n, parts in enumerate(features)
    ]
    crs = {"type": "name", "properties": {"name": "EPSG:6933"}}
    path = written(folder / "drawn.geojson", *named, crs=crs)
    expected = len(set().union(*(counted(p) for parts in features for p in parts)))
    expected *= SIDE**2 / 1e6

    area = read_area(path)
    assert km2_of(area.geometry, area.crs) == pytest.approx(expected, rel=1e-6)

    drawn = read_regions(path)
    laid = resolve_regions(drawn, EqualArea(0.0, 0.0))
    assert shapely.area(laid.polygons).sum() / 1e6 == pytest.approx(expected, rel=1e-6)

    frame = frame_of(base_map(str(path), Path(), "regions"))
    assert km2_of(shapely.union_all(frame.geometry.to_numpy())) == pytest.approx(expected, rel=1e-4)

    shapes = [shape for _, shape in named]
    doubted = [f for f in area.findings if f.severity is WARNING]
    assert not (doubted and all(map(shapely.is_valid, shapes)))
    assert area.findings == drawn.findings


@pytest.mark.parametrize(
    ("polygon", "rule", "of_shell"),
    [
        (INVALID, "by winding", 0.8),
        (holed(SHELL, SHELL), "as its outer ring alone", 1.0),
        (holed(SHELL, shapely.box(36.3, 35.1, 38.3, 35.9)), "by the even-odd rule", 3.0),
        (holed(SHELL, shapely.box(40, 35.3, 50, 35.7)), "by the even-odd rule", 11.0),
        (holed(SHELL, shapely.box(40, 35.3, 40.9, 35.7)), "by winding", 1.0),
        (holed(SHELL, shapely.box(37, 35.4, 37.6, 35.6), HOLE), "by winding", 0.6),
    ],
)
def test_which_rule_an_invalid_outline_is_read_by(polygon, rule, of_shell):
    found = read_outline(np.array([polygon]), WGS84)
    assert found.rule.startswith(rule)
    assert found.geometry.area == pytest.approx(of_shell * SHELL.area)
    assert found.km2 == pytest.approx(km2_of(found.geometry))
    assert found.matters


def test_a_shell_drawn_over_itself_counts_once():
    loop = shapely.Polygon([(0, 0), (4, 0), (4, 4), (2, 4), (2, 1), (3, 1), (3, 3), (0, 3)])
    assert (positive_winding(loop).area, even_odd(np.array([loop])).area) == (14.0, 12.0)
    found = read_outline(np.array([loop]), WGS84)
    assert found.geometry.area == 14.0
    assert found.doubt_km2 == pytest.approx(km2_of(shapely.box(2, 1, 3, 3)), rel=1e-3)


def test_rings_that_only_touch_are_no_doubt():
    waist = shapely.Polygon([(0, 0), (2, 0), (1, 1), (2, 2), (0, 2), (1, 1)])
    assert not read_outline(np.array([waist]), WGS84).matters
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    found = read_outline(np.array([bow]), WGS84)
    assert found.matters
    assert "as its rings run" in found.sentence
    assert found.doubt_km2 == pytest.approx(found.km2, rel=0.01)


def test_the_finding_gives_both_readings_and_the_doubt_alone(tmp_path):
    area = read_area(written(tmp_path / "a.geojson", ({"name": "West"}, INVALID)))
    (told,) = area.findings
    assert (told.kind, told.severity, told.day) == ("repaired", WARNING, None)
    assert "a.geojson, feature 1 ('West'): invalid polygon (Self-intersection)" in told.detail
    assert "by winding 3,221 km2, by even-odd 4,027 km2" in told.detail
    assert told.km2 == pytest.approx(BY_EVEN_ODD - BY_WINDING, abs=0.01)


def test_even_odd_may_be_asked_for(tmp_path):
    path = written(tmp_path / "a.geojson", ({"name": "West"}, INVALID))
    drawn = read_regions(path, even_odd=True)
    assert km2_of(drawn.geometry[0]) == pytest.approx(BY_EVEN_ODD, abs=0.01)


# ---- One answer in every verb ----------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    zones(tmp_path)
    written(tmp_path / "invalid.geojson", ({"name": "West"}, INVALID), ({"name": "East"}, EAST))
    written(tmp_path / "overlap.geojson", ({"name": "West"}, SHELL), ({"name": "Middle"}, MIDDLE))
    return tmp_path


def by_table(folder, file, capsys):
    call = ["areas", str(folder / "zones_2018-01-01.geojson"), "--profile", "zones"]
    assert _code([*call, "--regions", str(folder / file)]) == 0
    return {row["area"]: float(row["km2"]) for row in table(capsys) if row["actor"] == "a"}


def by_page(folder, file, _capsys):
    request = MapRequest((str(folder / "zones_2018-01-01.geojson"),), "zones")
    topic = page_topic(request, regions=read_regions(folder / file))
    assert any(
        file in each.detail for each in topic.source.loaded.findings if each.severity is WARNING
    )
    found = provinces(topic.regions, topic.ensemble.base)
    return {name: each.geometry.area / 1e6 for name, each in found.items()}


def by_job(folder, file, _capsys):
    path = folder / "job.toml"
    path.write_text(
        f'[series]\nprofile = "zones"\npath = "zones_*.geojson"\n[regions]\nfile = "{file}"\n'
        "[maps]\nenabled = false\n[report]\nenabled = false\n"
    )
    results = compute(path)
    assert any(file in row["detail"] for row in results.quality if row["severity"] == "warning")
    return {row["area"]: row["km2"] for row in results.areas if row["actor"] == "a"}


def by_page_of_job(folder, file, _capsys):
    path = folder / "job.toml"
    path.write_text(
        '[series]\nprofile = "zones"\npath = "zones_*.geojson"\n'
        f'[maps]\nregions = "{file}"\n[regions]\nfile = "{file}"\n'
    )
    topic = page_topic(MapRequest((str(path),), rule="all"))
    assert any(
        file in each.detail for each in topic.source.loaded.findings if each.severity is WARNING
    )
    base = topic.ensemble.base
    return {name: base.area_m2[base.mask(name)].sum() / 1e6 for name in base.area_names}


@pytest.mark.parametrize("way", [by_table, by_page, by_job, by_page_of_job])
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("invalid.geojson", {"West": BY_WINDING, "East": 805.31}),
        ("overlap.geojson", {"West": BY_EVEN_ODD, "Middle": OVERLAP_LEFT}),
    ],
)
def test_provinces_have_one_size_everywhere(folder, capsys, way, file, expected):
    found = way(folder, file, capsys)
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.01)


def test_an_invalid_area_stops_no_claim(folder, capsys):
    claims = folder / "claims.toml"
    claims.write_text(
        '[[claim]]\nid = "c"\ntext = "t"\npublisher = "p"\npublished = 2018-01-02\n'
        'url = "https://example.org"\nvalue = 3221\nunit = "km2"\nprecision = "exact"\n'
        'day = 2018-01-01\n[[claim.reading]]\nname = "r"\nquantity = "total"\nby = ["a"]\n'
        'area = "west"\n'
    )
    written(folder / "west.geojson", ({"name": "West"}, INVALID))
    call = ["check", str(claims), str(folder / "zones_2018-01-01.geojson"), "--profile", "zones"]
    assert _code([*call, "--area", str(folder / "west.geojson")]) == 0
    (row,) = table(capsys)
    assert float(row["computed"]) == pytest.approx(BY_WINDING, abs=0.01)


def test_repairs_of_an_area_are_told_with_the_series(folder, capsys):
    call = ["areas", str(folder / "zones_2018-01-01.geojson"), "--profile", "zones"]
    assert _code([*call, "--area", str(folder / "invalid.geojson")]) == 0
    assert "by even-odd 4,027 km2" in capsys.readouterr().err


def test_repairs_of_a_base_map_are_told_with_the_series(folder):
    maps = {"regions": str(folder / "invalid.geojson")}
    asked = MapRequest((str(folder / "zones_2018-01-01.geojson"),), "zones", maps=maps)
    shown = asked.read()
    (told,) = (each for each in shown.loaded.findings if each.kind == "repaired")
    assert told.severity is WARNING
    first = shown.context.regions.geometry.iloc[0]
    assert km2_of(first) == pytest.approx(BY_WINDING, abs=0.01)


def test_polygons_of_an_area_that_overlap_count_once(folder):
    area = read_area(folder / "overlap.geojson")
    assert km2_of(area.geometry) == pytest.approx(BY_EVEN_ODD + OVERLAP_LEFT, abs=0.01)


# ---- What may be named -----------------------------------------------------------------------


@pytest.fixture
def layers(tmp_path):
    path = tmp_path / "two.gpkg"
    for name, shape in (("small", EAST), ("country", SHELL)):
        frame = gpd.GeoDataFrame({"name": [name]}, geometry=[shape], crs=4326)
        frame.to_file(path, layer=name, driver="GPKG")
    return path


def test_a_file_of_several_layers_is_refused_unless_one_is_named(layers):
    with pytest.raises(InputError, match=r"2 layers \('small', 'country'\); name one, as .*:small"):
        parse_area(str(layers))
    assert parse_area(f"{layers}:country").geometry.equals(SHELL)
    with pytest.raises(InputError, match=r"no layer 'contry'; did you mean 'country'\?"):
        parse_area(f"{layers}:contry")
    assert read_regions(f"{layers}:small").names == ("small",)
    with pytest.raises(InputError, match="2 layers"):
        read_context(layers.parent, countries=layers.name)
    around = read_context(layers.parent, countries=f"{layers.name}:country")
    assert around.countries["name"].tolist() == ["country"]
    spec = {"x": AreaFile(file=layers.name, layer="country")}
    assert load_areas(spec, layers.parent)["x"].geometry.equals(SHELL)


def test_a_file_whose_name_holds_a_colon_is_that_file(tmp_path, layers):
    odd = tmp_path / "a:b=c.gpkg"
    odd.write_bytes(layers.read_bytes())
    assert parse_area(f"{odd}:country").geometry.equals(SHELL)
    assert areas_of([f"x={odd}:country"])["x"].geometry.equals(SHELL)
    assert areas_of([f"{odd}:country"])[""].geometry.equals(SHELL)
    one = written(tmp_path / "two.gpkg:small.geojson", ({}, MIDDLE))
    assert parse_area(str(one)).geometry.equals(MIDDLE)
    for drive in (r"C:\maps\a.gpkg", r"C:/maps/a.gpkg"):
        with pytest.raises(InputError, match="no such file"):
            parse_area(drive)


def test_folders_globs_and_archives_are_taken(tmp_path):
    inside = tmp_path / "provinces"
    inside.mkdir()
    written(inside / "1.geojson", ({"name": "West"}, SHELL))
    written(inside / "2.geojson", ({"NAME_EN": "East", "NAME_AR": "شرق"}, EAST))
    (inside / "beside.csv").write_text("name,people\nWest,3\n")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for name in ("1.geojson", "2.geojson"):
            archive.write(inside / name, name)
    whole = shapely.union_all([SHELL, EAST])
    for place in (inside, f"{inside}/*.geojson", tmp_path / "p.zip"):
        assert parse_area(str(place)).geometry.equals(whole)
        drawn = read_regions(str(place))
        assert drawn.names == ("West", "East")
        assert [drawn.title(each, "ar") for each in drawn.names] == ["West", "شرق"]
    assert [f.kind for f in read_area(inside).findings] == ["left-out"]
    one = regions_of(Provinces(f"both={inside}"))
    assert resolve_regions(one, EqualArea(37.0, 35.0)).names == ("both",)


def test_a_broken_file_among_others_is_not_left_out(tmp_path):
    written(tmp_path / "1.geojson", ({"name": "West"}, SHELL))
    (tmp_path / "2.geojson").write_text("{")
    with pytest.raises(InputError, match=r"2\.geojson.*not JSON"):
        read_area(tmp_path)


def test_a_country_may_be_named(tmp_path, monkeypatch):
    ukraine = parse_area("ukraine")
    assert km2_of(ukraine.geometry) == pytest.approx(598_000, rel=0.01)
    assert read_regions("Ukraine").names == ("Ukraine",)
    around = read_context(tmp_path, countries="Ukraine")
    assert around.countries["name"].tolist() == ["Ukraine"]
    assert around.countries[["name_uk", "name_ar"]].values.tolist() == [["Україна", "أوكرانيا"]]
    assert load_areas({"ua": AreaFile(file="Ukraine")}, tmp_path)["ua"].crs == WGS84
    with pytest.raises(InputError, match=r"--area: 'Ukrane' is no file.*did you mean 'Ukraine'\?"):
        parse_area("Ukrane")
    with pytest.raises(InputError, match=r"area 'x': 'Xyzzy' is no file, .* and no country$"):
        load_areas({"x": AreaFile(file="Xyzzy")}, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert map_options(Surroundings(countries="Ukraine"))["countries"] == "Ukraine"
    (tmp_path / "Ukraine").mkdir()
    written(tmp_path / "Ukraine" / "a.geojson", ({}, EAST))
    assert parse_area("Ukraine").geometry.equals(EAST)  # what is there wins
    assert Path(map_options(Surroundings(countries="Ukraine"))["countries"]).is_absolute()


@pytest.mark.parametrize("option", ["all=36,35,37,36", "=36,35,37,36", " =36,35,37,36"])
def test_names_that_no_area_can_have(option):
    with pytest.raises(InputError, match="write NAME=PLACE with another name"):
        areas_of([option])


def test_a_filter_works_in_every_format(tmp_path):
    rows = ({"name": "West", "pop": 3}, SHELL), ({"name": "East", "pop": None}, EAST)
    written(tmp_path / "a.geojson", *rows)
    frame = gpd.GeoDataFrame.from_features(json.loads(collection(*rows)), crs=4326)
    frame.to_file(tmp_path / "a.gpkg")
    frame.to_parquet(tmp_path / "a.parquet")
    for name in ("a.geojson", "a.gpkg", "a.parquet"):
        for where in ("name = 'East'", "pop IS NULL", "NAME LIKE 'e%' AND pop IS NULL"):
            assert read_area(tmp_path / name, where=where).geometry.equals(EAST)
        with pytest.raises(InputError, match="no feature where name = 'east'"):
            read_area(tmp_path / name, where="name = 'east'")


def test_a_job_knows_every_file_of_its_areas(tmp_path, layers):
    zones(tmp_path)
    inside = tmp_path / "provinces"
    inside.mkdir()
    written(inside / "1.geojson", ({"name": "West"}, SHELL))
    path = tmp_path / "job.toml"
    path.write_text(
        '[series]\nprofile = "zones"\npath = "zones_*.geojson"\n'
        '[area]\nx = { file = "two.gpkg:country" }\nua = { file = "Ukraine" }\n'
        '[regions]\nfile = "provinces"\n'
    )
    found = {each.name for each in input_files(read_toml(path, Job), path)}
    assert found == {"job.toml", "two.gpkg", "1.geojson", "zones_2018-01-01.geojson"}
    assert layers.exists()


def test_the_job_of_a_trace_names_its_area_again(tmp_path, layers, monkeypatch):
    monkeypatch.chdir(tmp_path)
    to = tmp_path / "out" / "zones.geojson"
    assert _area("36,35,37,36", to) == "[36.0, 35.0, 37.0, 36.0]"
    assert _area("two.gpkg:country", to) == '{ file = "../two.gpkg", layer = "country" }'
    assert _area("syria", to) == '{ file = "Syria" }'
    assert find_source(str(layers)).layer == ""


# ---- Checks of every feature -----------------------------------------------------------------


def test_lines_and_points_beside_polygons_are_told(tmp_path):
    path = written(
        tmp_path / "a.geojson",
        ({"name": "Land"}, SHELL),
        ({"name": "Road"}, shapely.LineString([(36, 35), (37, 35)])),
        ({"name": "Town"}, shapely.Point(36, 35)),
        ({"name": "Lost"}, None),
        ({}, shapely.GeometryCollection([EAST, shapely.Point(36, 35)])),
    )
    area = read_area(path)
    assert area.geometry.equals(shapely.union_all([SHELL, EAST]))
    assert [(str(f.severity), f.detail.split(": ", 1)[1]) for f in area.findings] == [
        ("warning", "left out; a LineString has no area"),
        ("warning", "left out; a Point has no area"),
        ("error", "no geometry; it is left out"),
        ("info", "dropped what has no area"),
    ]
    assert "a.geojson, feature 4 ('Lost')" in area.findings[2].detail
    with pytest.raises(GeometryError, match="but 1 LineString, 1 Point"):
        read_area(path, where="name IN ('Road', 'Town')")


def test_a_lost_feature_of_an_area_is_exit_3(tmp_path):
    path = written(tmp_path / "a.geojson", ({}, SHELL), ({}, None))
    call = ["areas", str(zones(tmp_path)), "--profile", "zones", "--area", str(path)]
    assert _code(call) == 3


@pytest.mark.parametrize(
    ("shape", "crs", "message"),
    [
        (shapely.box(4e5, 3e6, 5e5, 4e6), None, "metres declared as degrees"),
        (shapely.box(37, 135, 38, 136), None, "longitude and latitude swapped"),
        (shapely.box(-179, 0, 179, 1), None, "an edge runs over 358 degrees"),
        (SHELL, "EPSG:3857", "degrees declared as metres"),
        (SHELL, "EPSG:4978", "is not a map CRS"),
    ],
)
@pytest.mark.parametrize("read", [read_area, read_regions])
def test_coordinates_are_checked_like_those_of_zones(tmp_path, read, shape, crs, message):
    members = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    path = written(tmp_path / "a.geojson", ({"name": "x"}, EAST), ({"name": "y"}, shape), **members)
    with pytest.raises(InputError, match=message) as caught:
        read(path)
    assert caught.value.file == str(path)


@pytest.mark.parametrize("name", ["OGC:CRS84", "EPSG:4979", "OGC:CRS84h"])
def test_longitude_and_latitude_are_one_crs_by_any_name(tmp_path, name):
    written(tmp_path / "1.geojson", ({"name": "a"}, SHELL))
    crs = {"type": "name", "properties": {"name": name}}
    written(tmp_path / "2.geojson", ({"name": "b"}, shapely.force_3d(EAST, 5.0)), crs=crs)
    area = read_area(tmp_path)
    assert area.crs == WGS84
    assert area.geometry.equals(shapely.union_all([SHELL, EAST]))
    assert not area.geometry.has_z


def test_files_in_different_crs_are_refused(tmp_path):
    written(tmp_path / "1.geojson", ({"name": "a"}, SHELL))
    crs = {"type": "name", "properties": {"name": "EPSG:32637"}}
    written(tmp_path / "2.geojson", ({"name": "b"}, shapely.box(4e5, 3e6, 5e5, 4e6)), crs=crs)
    with pytest.raises(
        CRSError, match=r"2\.geojson: is in WGS 84 / UTM zone 37N, but .*1\.geojson"
    ):
        read_area(tmp_path)


def test_a_lost_feature_of_a_base_map_spoils_no_figure(tmp_path):
    path = written(tmp_path / "a.geojson", ({"name": "x"}, SHELL), ({"name": "y"}, None))
    (told,) = read_context(tmp_path, regions=path.name).findings
    assert (told.kind, told.severity) == ("null-geometry", WARNING)


def test_a_base_map_in_metres_is_carried_to_degrees(tmp_path):
    shell = shapely.segmentize(SHELL, 0.01)
    frame = gpd.GeoDataFrame({"name": ["x"]}, geometry=[shell], crs=4326).to_crs(32637)
    frame.to_file(tmp_path / "utm.gpkg")
    found = read_context(tmp_path, countries="utm.gpkg").countries
    assert found.crs == WGS84
    assert found.geometry.iloc[0].symmetric_difference(shell).area < 1e-4


# ---- Names of regions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ({"name": "x", "name_en": "y"}, "x"),
        ({"NAME_0": "Syria", "NAME_1": "Idlib", "NAME_2": "Harim"}, "Harim"),
        ({"ADM1_EN": "Idlib", "ADM1_AR": "إدلب", "ADM0_EN": "Syria"}, "Idlib"),
        ({"shapeName": "Idlib", "shapeISO": "SY-ID"}, "Idlib"),
        ({"name": None, "name:en": "Idlib"}, "Idlib"),
        ({"Oblast": 7}, "7"),
    ],
)
def test_usual_names_of_regions_are_known(tmp_path, properties, name):
    path = written(tmp_path / "a.geojson", (properties, SHELL))
    assert read_regions(path).names == (name,)


def test_a_region_without_a_name_is_refused_but_not_on_a_base_map(tmp_path):
    path = written(tmp_path / "a.geojson", ({"name": "x"}, SHELL), ({"name": ""}, EAST))
    with pytest.raises(InputError, match="feature 2: a region without a name in 'name'"):
        read_regions(path)
    frame = frame_of(base_map(path.name, tmp_path, "regions"))
    assert frame["name"].tolist() == ["x", ""]


def test_features_of_one_name_are_told_to_be_one_region(tmp_path):
    path = written(tmp_path / "a.geojson", ({"name": "x"}, SHELL), ({"name": "x"}, EAST))
    drawn = read_regions(path)
    (told,) = drawn.findings
    assert (told.kind, str(told.severity)) == ("regions-merged", "warning")
    assert "2 features named 'x' are one region" in told.detail
    assert resolve_regions(drawn, EqualArea(37.0, 35.0)).names == ("x",)


def test_findings_of_overlaid_regions_name_the_file_of_the_feature(tmp_path):
    for number in (1, 2):
        written(tmp_path / f"{number}.geojson", ({"name": "x"}, SHELL))
    laid = resolve_regions(read_regions(tmp_path), EqualArea(37.0, 35.0))
    (told,) = (each for each in laid.audit if each.kind == "repeated-polygon")
    assert told.detail.startswith(f"{tmp_path / '1.geojson'}, feature 1")


def test_regions_that_no_zone_reaches_are_told(tmp_path, capsys):
    call = ["areas", str(zones(tmp_path)), "--profile", "zones", "--regions"]
    assert _code([*call, str(written(tmp_path / "a.geojson", ({"name": "x"}, SHELL)))]) == 0
    swapped = shapely.transform(SHELL, lambda xy: xy[:, ::-1])
    path = written(tmp_path / "swapped.geojson", ({"name": "x"}, swapped))
    assert _code([*call, str(path)]) == 3
    assert "no zone of any day lies in any region of" in capsys.readouterr().err
    request = MapRequest((str(tmp_path / "zones_2018-01-01.geojson"),), "zones")
    topic = page_topic(request, regions=read_regions(path))
    assert topic.source.loaded.findings[-1].severity is Severity.ERROR


# ---- Doors -----------------------------------------------------------------------------------

VRT = "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>"
WFS = "<OGRWFSDataSource><URL>{}</URL></OGRWFSDataSource>"
GDALG = '{{"type": "gdal_streamed_alg", "command_line": "gdal vector read {}"}}'


def doors(folder, file):
    """Return every call that reads polygons from a side file."""
    start = str(zones(folder)), "--profile", "zones"
    png, html = str(folder / "x.png"), str(folder / "x.html")
    claims = folder / "claims.toml"
    claims.write_text("claim = []\n")
    return (
        ["areas", *start, "--area", file],
        ["areas", *start, "--regions", file],
        ["convert", *start, "--area", file, "--out", str(folder / "x.gpkg")],
        ["check", str(claims), *start, "--area", file],
        ["map", *start, "--area", file, "--out", png],
        ["map", *start, "--countries", file, "--out", png],
        ["map", *start, "--regions", file, "--out", png],
        ["animate", *start, "--regions", file, "--out", str(folder / "x.gif")],
        ["page", *start, "--regions", file, "--out", html],
    )


@pytest.mark.parametrize("number", range(9))
@pytest.mark.parametrize("kind", ["link", "vrt", "wfs", "gdalg"])
def test_no_door_makes_a_request(tmp_path, capsys, kind, number):
    with listening() as (address, asked):
        link = {"type": "link", "properties": {"href": address, "type": "ogcwkt"}}
        text = {
            "link": collection(({"name": "x"}, SHELL), crs=link),
            "vrt": VRT.format(f"/vsicurl/{address}"),
            "wfs": WFS.format(address),
            "gdalg": GDALG.format(address),
        }[kind]
        path = tmp_path / "side.geojson"
        path.write_text(text)
        assert _code(doors(tmp_path, str(path))[number]) == 1
        assert asked == []
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert "side.geojson" in said[0]
    assert "fault of territory" not in said[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": [1]}',
        '{"type": "FeatureCollection", "features": []}',
        collection(({"name": "x"}, None)),
        collection(({"name": "x"}, SHELL)).replace("37.8", '"a"'),
        collection(({"name": "x"}, SHELL)).replace("37.8", "1e999"),
        collection(({"name": "x"}, SHELL)).replace("Polygon", "Curve"),
        collection(({"name": "x"}, SHELL))[:-20],
    ],
)
@pytest.mark.parametrize("number", [0, 1, 5, 6, 8])
def test_malformed_side_files_are_one_line(tmp_path, capsys, text, number):
    path = tmp_path / "side.geojson"
    path.write_text(text)
    assert _code(doors(tmp_path, str(path))[number]) == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "side.geojson" in line
    assert "fault of territory" not in line


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_what_is_no_file_is_no_area(tmp_path):
    os.mkfifo(tmp_path / "f.geojson")
    (tmp_path / "dead.geojson").symlink_to(tmp_path / "nowhere")
    for name in ("f.geojson", "dead.geojson"):
        with pytest.raises(InputError, match=f"{name}: is a (pipe|link to .*not there)"):
            read_area(tmp_path / name)


# ---- Towns -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,name_ar,lat,lon,rank\nA,,x,37,1\n", "line 2: column 'lat': 'x' is no number"),
        ("name,lat,lon\nA,35,\n", "line 2: column 'lon': '' is no number"),
        ("name,lat,lon\nA,nan,37\n", "line 2: column 'lat': 'nan' is no number"),
        ("name,lat,lon\nA,35,37\nB,95,37\n", "line 3: column 'lat': '95' .* lon swapped"),
        ("name,lat,lon\nA,35,181\n", "line 2: column 'lon': '181' is beyond 180 degrees$"),
        ("name,lat,lon\n,35,37\n", "line 2: column 'name': '' is empty"),
        ("name,lat,lon\nA,35,37\nA,35.0,37\n", "line 3: 'A' stands twice, first in line 2"),
        ("name,lat,lon,rank\nA,35,37,big\n", "line 2: column 'rank': 'big' is no rank"),
        ("name,lat,lon,rank\nA,35,37,0\n", "line 2: column 'rank': '0' is no rank"),
        ("name,lat\nA,35\n", "line 1: no column 'lon'"),
        ("name,lat,lon\nA,35\n", "line 2: 2 cells where the header has 3"),
        ("name,lat,lon\n", "no town in the file"),
        ("", "line 1: the file is empty"),
        ("name,lat,lon\nK\xf6ln,50,7\n", "not UTF-8 at byte 14"),
    ],
)
def test_a_town_that_cannot_be_used_is_named(tmp_path, text, message):
    path = tmp_path / "towns.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=message) as caught:
        read_towns(path)
    assert caught.value.file == str(path)


def test_arabic_names_and_ranks_of_towns_may_be_missing(tmp_path):
    (tmp_path / "t.csv").write_text("lon,lat,name\n37,35,A\n")
    (town,) = read_towns(tmp_path / "t.csv")
    assert (town.name, town.longitude, town.latitude, town.rank) == ("A", 37.0, 35.0, 2)


def test_towns_of_another_place_are_told(tmp_path):
    base = page_topic(MapRequest((str(zones(tmp_path)),), "zones")).source.base
    (tmp_path / "swapped.csv").write_text("name,lat,lon\nA,37,35.5\nB,44.5,35.4\nC,37.2,35\n")
    (tmp_path / "right.csv").write_text("name,lat,lon\nA,35.5,37\nB,35.4,44.5\nC,35,37.2\n")
    found = {
        name: context_findings(read_context(tmp_path, towns=name), base)
        for name in ("swapped.csv", "right.csv")
    }
    assert found["right.csv"] == ()
    assert "but 66.7 % would with lat and lon swapped" in found["swapped.csv"][0].detail
    assert context_findings(Context(countries=world()), base) == ()


# ---- Real provinces --------------------------------------------------------------------------


def test_real_oblasts_are_read_whole(shared_data):
    path = shared_data / "ukraine/oblasts"
    drawn = read_regions(path / "UA_FULL_Ukraine.geojson")
    told = [f for f in drawn.findings if f.severity is WARNING]
    assert [f.detail.split("'")[1] for f in told] == [
        "Херсонська область",
        "Миколаївська область",
        "Одеська область",
    ]
    sizes = dict(zip(drawn.names, geodesic_area_km2(drawn.geometry, drawn.crs), strict=True))
    alone = read_area(path / "UA_65_Khersonska.geojson")
    assert km2_of(alone.geometry) == pytest.approx(sizes["Херсонська область"], rel=1e-9)
    assert sizes["Херсонська область"] == pytest.approx(26_142.80, abs=0.01)
    assert drawn.title("Херсонська область", "en") == "Kherson Oblast"
    assert date(2024, 1, 1) not in {f.day for f in told}


# ---- Odd positions, told as for zones ---------------------------------------------------------


@pytest.mark.parametrize("option", ["--area", "--regions"])
def test_an_area_whose_axes_look_swapped_is_told(tmp_path, capsys, option):
    place = tmp_path / "side.geojson"
    there, swapped = shapely.box(36, 33, 37, 34), shapely.box(34, 37, 35, 38)
    place.write_text(collection(({"name": "x"}, there), ({"name": "y"}, swapped)))
    _code(["areas", str(zones(tmp_path)), "--profile", "zones", option, str(place)])
    said = capsys.readouterr().err
    assert "feature 2 ('y'): lies in" in said
    assert "its axes look swapped" in said


@pytest.mark.parametrize("option", ["--area", "--regions"])
def test_a_position_of_an_area_far_from_its_ring_is_told(tmp_path, capsys, option):
    place = tmp_path / "side.geojson"
    ring = [(36, 35), (36.4, 35), (36.4, 35.2), (36.2, 39), (36, 35.2), (36, 35)]
    place.write_text(collection(({"name": "x"}, shapely.Polygon(ring))))
    _code(["areas", str(zones(tmp_path)), "--profile", "zones", option, str(place)])
    assert "feature 1 ('x'): position 4 (36.2, 39) lies far" in capsys.readouterr().err


def test_a_region_with_an_empty_name_is_told_the_way_out(tmp_path):
    place = tmp_path / "side.geojson"
    place.write_text(collection(({"name": None}, SHELL)))
    with pytest.raises(InputError, match="name another property with --regions-name"):
        read_regions(place)


def test_a_type_that_is_none_is_named(tmp_path):
    place = tmp_path / "side.geojson"
    place.write_text(collection(({"name": "x"}, SHELL)).replace('"Polygon"', '"LinearRing"'))
    with pytest.raises(InputError, match="'LinearRing' is none; ground is a Polygon"):
        read_area(place)

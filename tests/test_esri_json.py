"""Answers of ArcGIS servers, features a line each, and the pages of one answer.

Boxes of one degree; what they measure is known from the same boxes in memory.
"""

import json
from datetime import date

import numpy as np
import pytest
import shapely

from territory import cli
from territory.errors import CRSError, GeometryError, InputError
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84
from territory.read.formats.by_extension import read_layers
from territory.read.formats.geojson import read_geojson
from territory.read.polygons import read_polygons
from territory.read.profile import read_profile
from territory.read.sources import source_of
from territory.read.zones import read_series


def ring(west, south, east, north, *, clockwise=True):
    """Return a ring as Esri writes a shell, or a hole."""
    found = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    return found if clockwise else found[::-1]


def answer(*rings, reference=None, **more):
    """Return an answer with one feature for each list of rings."""
    reference = {"wkid": 4326} if reference is None else reference
    features = [
        {"attributes": {"OBJECTID": n, "actor": "red"}, "geometry": {"rings": each}}
        for n, each in enumerate(rings, start=1)
    ]
    head = {"geometryType": "esriGeometryPolygon", "spatialReference": reference}
    return {**head, "features": features, **more}


def read(folder, content, name="a_2024-01-01.json"):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    (layer,) = read_layers(path)
    return layer


def refused(folder, content, *parts, kind=InputError):
    with pytest.raises(kind) as caught:
        read(folder, content)
    message = str(caught.value)
    assert message.startswith(str(folder / "a_2024-01-01.json"))
    for part in parts:
        assert part in message
    assert "\n" not in message


# ---- Rings -------------------------------------------------------------------------------------

SHELL = ring(0, 0, 6, 6)
HOLE = ring(1, 1, 5, 5, clockwise=False)
ISLAND = ring(2, 2, 4, 4)
ASIDE = ring(7, 0, 8, 1)
TURNED = [each[::-1] for each in (SHELL, HOLE, ISLAND, ASIDE)]


@pytest.mark.parametrize(
    ("rings", "area"),
    [
        ([SHELL], 36),
        ([SHELL, HOLE], 20),
        ([HOLE, ASIDE, SHELL], 21),  # in any order
        ([SHELL, HOLE, ISLAND, ASIDE], 25),
        (TURNED, 25),  # wound as GeoJSON is
        (TURNED[::-1], 25),
        ([each[::-1] for each in (SHELL, ASIDE)], 37),
        ([SHELL, ring(7, 0, 8, 1, clockwise=False)], 37),  # a hole in no shell
        ([], 0),
    ],
)
def test_rings_go_to_the_shell_they_lie_in(tmp_path, rings, area):
    layer = read(tmp_path, answer(rings))
    assert shapely.is_valid(layer.geometry[0]) or layer.geometry[0] is None
    assert shapely.area(layer.geometry[0]) == pytest.approx(area) or not area
    assert layer.crs == WGS84


def test_a_hole_in_no_shell_is_told_with_its_area(tmp_path):
    hole = ring(7, 0, 8, 1, clockwise=False)
    (found,) = read(tmp_path, answer([SHELL, hole])).findings
    assert found.kind == "hole-outside"
    assert "feature 1: 1 of its rings are wound as holes" in found.detail
    assert found.km2 == pytest.approx(
        geodesic_area_km2(np.array([shapely.Polygon(hole)]), WGS84)[0]
    )


def test_a_hole_across_its_shell_is_left_to_the_repair(tmp_path):
    across = ring(5, 2, 9, 3, clockwise=False)  # none of its corners need be inside
    through = ring(-1, 2, 7, 3, clockwise=False)
    for hole in (across, through):
        (shape,) = read(tmp_path, answer([SHELL, hole])).geometry
        assert len(shape.interiors) == 1
        assert not shape.is_valid


def test_a_hole_goes_to_the_smallest_of_nested_shells(tmp_path):
    inner = ring(2, 2, 4, 4)
    small = ring(2.5, 2.5, 3, 3, clockwise=False)
    (shape,) = read(tmp_path, answer([SHELL, HOLE, inner, small])).geometry
    assert shape.area == pytest.approx(36 - 16 + 4 - 0.25)


# ---- CRS, attributes, other geometry -----------------------------------------------------------


@pytest.mark.parametrize(
    "reference",
    [
        {"wkid": 102100, "latestWkid": 3857},
        {"wkid": 102100},
        {"wkid": "3857"},
        {"wkid": 3857},
        {"wkt": 'PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",'
         'DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],'
         'UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator_Auxiliary_Sphere"],'
         'PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],'
         'PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],'
         'PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]'},
    ],
)  # fmt: skip
def test_the_crs_is_that_of_its_spatial_reference(tmp_path, reference):
    layer = read(tmp_path, answer([ring(0, 0, 111319.490793, 111325.142866)], reference=reference))
    square = shapely.box(0, 0, 1, 1)
    expected = geodesic_area_km2(np.array([square]), WGS84)[0]
    assert geodesic_area_km2(layer.geometry, layer.crs)[0] == pytest.approx(expected, rel=1e-4)


def test_longitude_and_latitude_with_heights_is_wgs84(tmp_path):
    for code in (4326, 4979):
        assert read(tmp_path, answer([SHELL], reference={"wkid": code})).crs == WGS84


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"spatialReference": None}, ("names no CRS", "outSR=4326")),
        ({"spatialReference": {"wkid": 999999}}, ("unknown CRS", "999999")),
        ({"spatialReference": {"wkid": True}}, ("unknown CRS",)),
        ({"spatialReference": "x.prj"}, ("unknown CRS",)),
    ],
)
def test_a_crs_that_is_none(tmp_path, change, parts):
    refused(tmp_path, {**answer([SHELL]), **change}, *parts, kind=CRSError)


def test_a_geometry_in_another_crs_is_refused(tmp_path):
    content = answer([SHELL])
    content["features"][0]["geometry"]["spatialReference"] = {"wkid": 3857}
    refused(tmp_path, content, "feature 1", "its geometry is in", kind=CRSError)


def test_dates_are_unix_milliseconds_in_utc(tmp_path):
    fields = [
        {"name": "actor", "type": "esriFieldTypeString"},
        {"name": "date", "type": "esriFieldTypeDate"},
    ]
    content = answer([SHELL], [ASIDE], fields=fields)
    for feature, value in zip(content["features"], (1704067200000, -1746144000000), strict=True):
        feature["attributes"]["date"] = value
    layer = read(tmp_path, content)
    assert [row["date"] for row in layer.properties] == [
        "2024-01-01T00:00:00Z",
        "1914-09-02T00:00:00Z",
    ]
    series = read_series((str(tmp_path),), read_profile("zones"))
    assert [raw.day for raw in series.raws] == [date(1914, 9, 2), date(2024, 1, 1)]


def test_heights_are_left_out_and_measures_are_none(tmp_path):
    raised = [[*each, 100] for each in SHELL]
    for z, told in ((True, ["heights"]), (False, [])):
        found = read(tmp_path, answer([raised], hasZ=z, hasM=not z))
        assert [each.kind for each in found.findings] == told
        assert found.geometry[0].area == 36
    empty = [[*each, "NaN"] for each in SHELL]
    assert read(tmp_path, answer([empty], hasZ=True)).findings == ()


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (None, None),
        ({}, None),
        ({"x": 1, "y": 2}, "POINT (1 2)"),
        ({"x": "NaN", "y": "NaN"}, None),
        ({"paths": [[[0, 0], [1, 1]]]}, "LINESTRING (0 0, 1 1)"),
        ({"points": [[0, 0], [1, 1]]}, "MULTIPOINT ((0 0), (1 1))"),
        ({"xmin": 0, "ymin": 0, "xmax": 1, "ymax": 1}, "POLYGON ((1 0, 1 1, 0 1, 0 0, 1 0))"),
    ],
)
def test_other_geometry(tmp_path, geometry, expected):
    content = answer([SHELL], [SHELL])
    content["features"][0]["geometry"] = geometry
    found = read(tmp_path, content).geometry[0]
    assert (None if found is None else found.wkt) == expected


@pytest.mark.parametrize(
    ("geometry", "part"),
    [
        ({"rings": [[[0, 0], [1, "a"], [1, 1], [0, 0]]]}, "no pair of numbers"),
        ({"rings": [[[0, 0], [True, 1], [1, 1], [0, 0]]]}, "no pair of numbers"),
        ({"rings": [[0, 0]]}, "no pair of numbers"),
        ({"rings": 5}, "rings is no list"),
        ({"rings": [[]]}, "no pair of numbers"),
        ({"rings": [[[0, 0], [1, 1]]]}, "a ring of 2 positions"),
        ({"curveRings": [[[0, 0], {"a": [[1, 1], [0, 1]]}]]}, "curved edges"),
        ({"paths": [[[0, 0], [1]]]}, "no pair of numbers"),
        ({"x": "1", "y": 2}, "no pair of numbers"),
        ({"type": "Polygon"}, "neither rings"),
        ([1, 2], "is no object"),
    ],
)
def test_malformed_geometry_names_its_feature(tmp_path, geometry, part):
    content = answer([SHELL], [SHELL])
    content["features"][1]["geometry"] = geometry
    refused(tmp_path, content, "feature 2", part, kind=GeometryError)


def test_other_answers_of_a_server(tmp_path):
    error = {"error": {"code": 400, "message": "Cannot perform query.\nInvalid", "details": []}}
    refused(tmp_path, error, "a server's error", "400 Cannot perform query. Invalid")
    refused(tmp_path, {"count": 5}, "not a GeoJSON FeatureCollection")
    content = answer([SHELL])
    content["features"].append(5)
    refused(tmp_path, content, "feature 2: a feature is no object")
    content["features"][1] = {"attributes": [1]}
    refused(tmp_path, content, "feature 2: its attributes are no object")
    text = json.dumps(answer([SHELL])).replace('"OBJECTID": 1', '"actor": "blue"')
    refused(tmp_path, text, "the key 'actor' stands twice")


def test_a_wrapped_answer(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"value": answer([SHELL])}))
    assert read_geojson(path, inside="value").geometry[0].area == 36


def test_features_without_attributes(tmp_path):
    content = answer([SHELL])
    del content["features"][0]["attributes"]
    assert read(tmp_path, content).geometry[0].area == 36


def test_no_features_are_none(tmp_path):
    assert len(read(tmp_path, answer()).geometry) == 0


# ---- One feature a line --------------------------------------------------------------------------


def feature(actor, west, **more):
    shape = shapely.geometry.mapping(shapely.box(west, 46, west + 1, 47))
    return json.dumps(
        {"type": "Feature", "properties": {"actor": actor}, "geometry": shape, **more}
    )


TWO = [feature("red", 30), feature("blue", 31)]
NONE = '{"type": "FeatureCollection", "features": []}'


@pytest.mark.parametrize("name", ["a_2024-01-01.geojson", "a_2024-01-01.json", "a.ndjson"])
@pytest.mark.parametrize(
    "text",
    [
        "\n".join(TWO),
        "\r\n".join([*TWO, "", ""]),
        "".join(f"\x1e{each}\n" for each in TWO),  # RFC 8142
        "\x1e" + "\x1e".join(json.dumps(json.loads(each), indent=1) for each in TWO),
    ],
)
def test_features_line_by_line(tmp_path, name, text):
    layer = read(tmp_path, text, name)
    assert [row["actor"] for row in layer.properties] == ["red", "blue"]
    assert shapely.area(layer.geometry).tolist() == [1, 1]


def test_one_feature_or_a_collection_under_the_name_of_a_sequence(tmp_path):
    collection = {"type": "FeatureCollection", "features": [json.loads(each) for each in TWO]}
    assert len(read(tmp_path, json.dumps(collection, indent=1), "a.geojsonl").geometry) == 2
    assert len(read(tmp_path, TWO[0], "a.geojsons").geometry) == 1


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        ([TWO[0], TWO[1][:-9]], ("line 2", "not JSON", "truncated?")),
        ([TWO[0], "", "[1]"], ("line 3", "no GeoJSON Feature")),
        (
            [TWO[0], '{"type": "FeatureCollection", "features": []}'],
            ("line 2", "no GeoJSON Feature"),
        ),
        ([TWO[0], TWO[1].replace('{"type"', '{"id": 1, "id": 2, "type"')], ("'id' stands twice",)),
        ([TWO[0], feature("a", 30, geometry={"type": "Polygon"})], ("feature 2", "unusable")),
        (['{"type": "FeatureCollection"', TWO[0]], ("not JSON",)),
        (["5", "6"], ("not JSON",)),
    ],
)
def test_lines_that_are_no_features(tmp_path, lines, parts):
    with pytest.raises((InputError, GeometryError)) as caught:
        read(tmp_path, "\n".join(lines))
    for part in parts:
        assert part in str(caught.value)


def test_a_link_in_a_line_is_not_followed(tmp_path):
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/x"}}
    with pytest.raises(CRSError, match="names no CRS"):
        read(tmp_path, "\n".join([TWO[0], feature("red", 30, crs=link)]))


def test_a_feature_that_holds_others_loses_none(tmp_path):
    outer = {**json.loads(TWO[0]), "features": [json.loads(TWO[1])]}
    layer = read(tmp_path, outer)
    assert [row["actor"] for row in layer.properties] == ["red", "blue"]
    assert [each.kind for each in layer.findings] == ["reader-warning"]
    assert "all 2 are read" in layer.findings[0].detail


# ---- Pages ---------------------------------------------------------------------------------------


def page(number, *wests, more=True, actor="red", **others):
    """Return an answer with a box for each west; ids follow the wests."""
    content = answer(*[[ring(west, 46, west + 1, 47)] for west in wests], **others)
    for west, each in zip(wests, content["features"], strict=True):
        each["attributes"] = {"OBJECTID": west, "actor": actor}
    return {**content, **({"exceededTransferLimit": True} if more else {})}


def series_of(folder, pages, day="2024-01-01", **settings):
    for number, content in enumerate(pages, start=1):
        (folder / f"p{number}_{day}.json").write_text(json.dumps(content))
    profile = read_profile("zones").model_copy(update=settings)
    return read_series((str(folder),), profile)


def kinds(series):
    return sorted(each.kind for each in series.findings)


@pytest.mark.parametrize("several", ["error", "last", "merge"])
def test_pages_of_one_answer_are_one_snapshot(tmp_path, several):
    pages = [page(1, 10, 11), page(2, 12, 13), page(3, 14, more=False)]
    series = series_of(tmp_path, pages, several=several)
    (raw,) = series.raws
    assert len(raw.geometry) == 5
    assert kinds(series) == ["pages-merged"]
    assert "p1_2024-01-01.json and 2 more: pages of one answer" in series.findings[0].detail


def test_a_missing_last_page_is_an_error(tmp_path):
    series = series_of(tmp_path, [page(1, 10, 11), page(2, 12, 13)])
    assert len(series.raws[0].geometry) == 4
    assert kinds(series) == ["cut-answer", "cut-answer", "pages-merged"]
    assert "the server had more" in series.findings[-1].detail


def test_pages_that_say_how_many_there_are(tmp_path):
    whole = [page(1, 10, 11, more=False), page(2, 12, more=False)]
    series = series_of(tmp_path, [{**each, "numberMatched": 3} for each in whole])
    assert kinds(series) == ["pages-merged"]
    series = series_of(tmp_path, [{**each, "numberMatched": 4} for each in whole])
    assert kinds(series) == ["cut-answer", "cut-answer", "pages-merged"]


@pytest.mark.parametrize(
    "pages",
    [
        [page(1, 10, 11), page(2, 11, 12, more=False)],  # an object in both
        [page(1, 10, 11), page(2, 12, 13, 14, more=False)],  # longer than what was cut
        [page(1, 10, 11), page(2, 12, more=False), page(3, 13, more=False)],  # two last pages
        [page(1, 10, 11, more=False), page(2, 12, more=False)],  # none was cut
    ],
)
def test_files_of_one_day_that_are_no_pages(tmp_path, pages):
    with pytest.raises(InputError, match="is also given by"):
        series_of(tmp_path, pages)


def test_pages_that_repeat_an_object_say_which(tmp_path):
    with pytest.raises(InputError, match="hold OBJECTID 11, so they are no pages of one answer"):
        series_of(tmp_path, [page(1, 10, 11), page(2, 11, 12, more=False)])


def test_other_properties_are_another_layer(tmp_path):
    other = page(2, 12, more=False)
    other["features"][0]["attributes"]["side"] = "x"
    with pytest.raises(InputError, match="is also given by"):
        series_of(tmp_path, [page(1, 10, 11), other])


def test_pages_of_an_area_are_whole_too(tmp_path):
    series_of(tmp_path, [page(1, 10, 11), page(2, 12, more=False)])
    read_of = read_polygons(source_of(str(tmp_path)))
    assert sum(len(each.geometry) for each in read_of) == 3
    assert [f.kind for each in read_of for f in each.findings] == []
    (tmp_path / "p2_2024-01-01.json").unlink()
    (alone,) = read_polygons(source_of(str(tmp_path)))
    assert [each.kind for each in alone.findings] == ["cut-answer"]


def test_the_table_of_pages(tmp_path, capsys):
    series_of(tmp_path, [page(1, 10, 11), page(2, 12, more=False)])
    assert cli.guarded(["areas", str(tmp_path), "--profile", "zones"]) == 0
    box = np.array([shapely.box(0, 46, 3, 47)])
    row = capsys.readouterr().out.splitlines()[1].split(",")
    assert row[:3] == ["2024-01-01", "red", "held"]
    assert float(row[3]) == pytest.approx(geodesic_area_km2(box, WGS84)[0], rel=1e-6)

"""Geometries that cannot be read: one line of ours, and never what GEOS says to itself."""

import json
import re
import struct

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from test_formats import frame_of, refused, replace_wkb, text_file, write

from territory.errors import CRSError, GeometryError
from territory.read.formats.by_extension import read_layers
from territory.read.formats.geometries import Spot, library_words, shape_of_wkb
from territory.read.formats.geometry_faults import wkb_fault, wkt_fault

OF_A_LIBRARY = re.compile(r"Exception|json\.exception|codec|axis 0")
BOX = shapely.box(36, 35, 37, 36)
WKB = shapely.to_wkb(BOX)
OPEN = WKB[:9] + struct.pack("<I", 4) + WKB[13 : 13 + 64]  # without its last position
BIG = shapely.to_wkb(BOX, byte_order=0)
MEASURED = shapely.to_wkb(shapely.from_wkt("POLYGON ZM ((0 0 1 2, 1 0 1 2, 1 1 1 2, 0 0 1 2))"))
MANY = shapely.to_wkb(shapely.MultiPolygon([BOX, shapely.box(38, 35, 39, 36)]))
LINES = shapely.to_wkb(shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]))
ALL = shapely.to_wkb(shapely.GeometryCollection([BOX, shapely.Point(1, 2)]))


def csv_of(path, cell, *, first=BOX.wkt, column="geometry"):
    return text_file(path / "a.csv", f'name,{column}\nx,"{first}"\ny,"{cell}"\n')


# ---- Hexadecimal WKB in CSV --------------------------------------------------------------------


@pytest.mark.parametrize("form", ["{}", " {} ", "\\x{}", "0x{}"])
@pytest.mark.parametrize("blob", [WKB, BIG, OPEN, WKB + b"\0\xff"])
def test_a_table_with_hexadecimal_wkb_is_read(tmp_path, blob, form):
    for digits in (blob.hex(), blob.hex().upper()):
        (layer,) = read_layers(csv_of(tmp_path, form.format(digits)))
        assert [each.equals(BOX) for each in layer.geometry] == [True, True]
    assert [f.kind for f in layer.findings if f.kind != "crs-assumed"] == (
        ["unclosed-ring"] if blob is OPEN else []
    )


def test_the_crs_of_a_database_stands_in_its_wkb(tmp_path):
    blobs = [
        shapely.to_wkb(shapely.set_srid(BOX, 32637), include_srid=True, byte_order=order)
        for order in (0, 1)
    ]
    open_ring = blobs[1][:13] + struct.pack("<I", 4) + blobs[1][17 : 17 + 64]
    for blob in (blobs[1], open_ring):
        (layer,) = read_layers(csv_of(tmp_path, blob.hex(), first=blobs[0].hex()))
        assert layer.crs.to_epsg() == 32637
        assert shapely.get_srid(layer.geometry).tolist() == [0, 0]
    path = csv_of(tmp_path, blobs[0].hex(), first=WKB.hex())
    refused(path, "line 3", "the CRS changes from '' to '32637'", kind=CRSError)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (WKB[:-9].hex(), "its WKB ends too early; is it cut short?"),
        (WKB.hex()[:-1], "its WKB has 185 hexadecimal digits, not an even count; cut short?"),
        (WKB.hex()[:40] + "ZZ", "neither WKT nor hexadecimal WKB but '010300"),
        ("0103", "neither WKT nor hexadecimal WKB but '0103'"),
        ((WKB[:1] + b"\x63" + WKB[2:]).hex(), "type 99 of WKB is no kind that can be read"),
        ((WKB[:9] + b"\xff\xff\xff\xff" + WKB[13:]).hex(), "its WKB ends too early"),
        ((WKB[:5] + b"\xff\xff\xff\xff" + WKB[9:]).hex(), "its WKB ends too early"),
        ((WKB[:9] + b"\x02\0\0\0" + WKB[13:45]).hex(), "a ring of 2 positions has no area"),
        ((WKB[:1] + b"\x0a" + WKB[2:]).hex(), "curved edges; write it with straight ones"),
        ((WKB[:13] + struct.pack("<d", float("nan")) + WKB[21:]).hex(), "no pair of numbers"),
        (struct.pack("<BIIdd", 1, 2, 1, 36, 35).hex(), "a line of one position"),
        ((MANY[:10] + b"\x01" + MANY[11:]).hex(), "a part of it is of another kind"),
    ],
)
def test_broken_hexadecimal_wkb_is_one_line_that_says_where_and_what(tmp_path, cell, problem):
    refused(
        csv_of(tmp_path, cell), "line 3, feature 2: unusable geometry", problem, kind=GeometryError
    )


@pytest.mark.parametrize("blob", [WKB, BIG, MEASURED, MANY, LINES, ALL])
def test_wkb_that_is_cut_anywhere_ends_too_early(blob):
    assert wkb_fault(blob) == "its WKB is damaged; write it anew"  # nothing is found in whole WKB
    for end in range(len(blob)):
        assert wkb_fault(blob[:end]) == "its WKB ends too early; is it cut short?"


@given(st.sampled_from([WKB, BIG, MANY, LINES, ALL]), st.data())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_whatever_is_wrong_with_wkb_is_said_in_our_words(blob, data):
    broken = bytearray(blob)
    for _ in range(data.draw(st.integers(1, 3))):
        broken[data.draw(st.integers(0, len(blob) - 1))] = data.draw(st.integers(0, 255))
    try:
        shape_of_wkb(bytes(broken), Spot("a.csv", 1))
    except GeometryError as error:
        assert not OF_A_LIBRARY.search(str(error))
        assert "\n" not in str(error)


def test_broken_wkb_of_a_binary_file_is_said_in_the_same_words(tmp_path):
    path = write(tmp_path / "a.parquet", frame_of().iloc[:2])
    replace_wkb(path, [WKB, WKB[:-3]])
    refused(path, "feature 2", "its WKB ends too early; is it cut short?", kind=GeometryError)
    replace_wkb(path, [WKB, b"POLYGON"])
    refused(path, "feature 2", "begins with a byte 00 or 01 and not 50", kind=GeometryError)


# ---- WKT ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("POLYGON ((36 35, 37 35", "the brackets of its WKT do not close; is it cut short?"),
        ("POLYGON ((36 x, 37 35, 37 36, 36 35))", "'36 x' is no position, as '36.5 35.2' is"),
        ("POLYGON ((36, 37 35, 37 36, 36 35))", "'36' is no position"),
        ("POLYGON ((nan 35, 37 35, 37 36, nan 35))", "'nan 35' is no position"),
        ("POLYGON ((36 35, 37 35))", "a ring of 2 positions has no area"),
        ("POLYGON Z ((36 35 1))", "a ring of 1 position has no area"),
        ("LINESTRING (36 35)", "a line of one position"),
        ("CIRCLE (36 35, 4)", "'CIRCLE' is no kind of geometry that can be read as WKT"),
        ("POLYGON 36 35", "no bracket follows POLYGON in its WKT, but '36 35'"),
        ("POLYGON", "no bracket follows POLYGON in its WKT, but nothing"),
        ("POLYGON ((0 0, 1 0, 1 1, 0 0)) x", "'x' stands behind the end of its WKT"),
        ("Donetsk oblast", "'Donetsk' is no kind of geometry that can be read as WKT"),
        ("123456", "neither WKT nor hexadecimal WKB but '123456'"),
        ("POLYGON (0 0, 1 0, 1 1, 0 0)", "no WKT but 'POLYGON(0 0, 1 0, 1 1, 0 0)'"),
    ],
)
def test_broken_wkt_is_one_line_that_says_where_and_what(tmp_path, cell, problem):
    refused(
        csv_of(tmp_path, cell), "line 3, feature 2: unusable geometry", problem, kind=GeometryError
    )


def test_a_long_cell_is_quoted_in_short():
    assert len(wkt_fault("X" * 100_000)) < 150
    assert "\n" not in wkt_fault("POLYGON ((36\n35 a, 1 2))")


# ---- GeoJSON -----------------------------------------------------------------------------------

RING = [[36, 35], [37, 35], [37, 36], [36, 35]]


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        ({"type": "Polygon"}, "it has no coordinates"),
        ({"type": "MultiPolygon", "coordinates": None}, "it has no coordinates"),
        ({"type": "Point", "coordinates": ["a", 1]}, "a position is no pair of numbers"),
        ({"type": "Point", "coordinates": [True, 1]}, "a position is no pair of numbers"),
        ({"type": "LineString", "coordinates": [[36, 35]]}, "a line of one position"),
        ({"type": "MultiLineString", "coordinates": [RING, [[1, 2]]]}, "a line of one position"),
        ({"type": "LineString", "coordinates": 5}, "not nested as those of a LineString are"),
        ({"type": "MultiPoint", "coordinates": {"x": 1}}, "not nested as those of a MultiPoint"),
        ({"type": "MultiPoint", "coordinates": [36]}, "a position is no pair of numbers"),
        ({"type": 5}, "its type is '5'"),
        ({}, "it has no type"),
        ([], "no object with type and coordinates, but '[]'"),
        ("POLYGON", "no object with type and coordinates, but 'POLYGON'"),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_a_broken_geojson_geometry_is_one_line_that_names_its_feature(
    tmp_path, geometry, problem, nested
):
    """Also inside a collection, whose members have no numbers of their own."""
    inner = {"type": "GeometryCollection", "geometries": [geometry]} if nested else geometry
    whole = {"type": "Polygon", "coordinates": [RING]}
    features = [{"type": "Feature", "properties": {}, "geometry": g} for g in (whole, inner)]
    content = {"type": "FeatureCollection", "features": features}
    path = text_file(tmp_path / "a.geojson", json.dumps(content))
    refused(path, "feature 2: unusable geometry", problem, kind=GeometryError)


def test_members_of_a_collection_keep_their_places(tmp_path):
    """Of polygons and others in turn, in the second feature and in the third."""
    point = {"type": "Point", "coordinates": [36, 35, 7]}
    member = {"type": "Polygon", "coordinates": [RING]}
    nested = {"type": "GeometryCollection", "geometries": [point, member]}
    parts = [[member], [point, member, nested], [member, point, point]]
    features = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "GeometryCollection", "geometries": each},
        }
        for each in parts
    ]
    content = {"type": "FeatureCollection", "features": features}
    (layer,) = read_layers(text_file(tmp_path / "a.geojson", json.dumps(content)))
    kinds = [[part.geom_type for part in each.geoms] for each in layer.geometry]
    assert kinds == [[each["type"] for each in part] for part in parts]
    (told,) = layer.findings
    assert "heights of 2 features left out" in told.detail


# ---- Whole files -------------------------------------------------------------------------------


def test_what_tells_nothing_of_a_file_is_left_out():
    said = (IndexError("index 4 is out of bounds for axis 0 with size 4"), KeyError("x"))
    assert {library_words(each) for each in said} == {"its content is damaged"}
    packed = OSError("Couldn't deserialize thrift: TProtocolException: Invalid data")
    assert library_words(packed) == "its content is damaged"
    assert library_words(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")) == (
        "a text in it is not UTF-8"
    )
    assert library_words(OSError("Unexpected\nend.")) == "Unexpected end"


def test_a_damaged_flatgeobuf_says_nothing_of_arrays(tmp_path):
    """Each of its bytes in turn is another: nothing that a programmer alone understands is said."""
    path = write(tmp_path / "a.fgb", frame_of().iloc[:2])
    content, said = path.read_bytes(), set()
    for at in range(8, len(content), 23):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        try:
            read_layers(path)
        except (GeometryError, CRSError):
            continue
        except Exception as error:
            said.add(str(error))
    assert said
    assert not any(OF_A_LIBRARY.search(each) for each in said)


def test_collections_without_end_are_told():
    nested = b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" * 5_000
    assert wkb_fault(nested) == "its WKB holds collections within collections without end"

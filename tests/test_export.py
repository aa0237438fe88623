"""What is written for other programs says the same as the history it was written from."""

import gzip
import sqlite3
from datetime import date
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import geopandas as gpd
import geoparquet_validator
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from pyproj import CRS
from squares import KM, PLANE, drawn, squares
from strategies import grids

from territory.errors import CRSError, GeometryError, InputError
from territory.geometry.projection import WGS84, EqualArea
from territory.history.history import from_coverage, from_snapshots
from territory.history.overlaps import Overlap
from territory.history.repair import Repair, normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder, Status
from territory.measure.change import areas_by_day, transition_matrix
from territory.publish.export.series_files import export
from territory.read.formats.by_extension import read_layers
from territory.read.profile import read_profile
from territory.read.zones import read_series

PACKED = [".geojson.gz", ".csv.gz", ".kml.gz"]
FORMATS = [".gpkg", ".parquet", ".fgb", ".shp", ".shp.zip", ".geojson", ".csv", ".kml", ".kmz", ""]
FORMATS += PACKED
EXACT, ROUNDED = 1e-9, 1e-6  # of all ground: edges straight where they are written, and elsewhere
KML = "{http://www.opengis.net/kml/2.2}"
HOSTILE = 'x"><script>&amp;\x07</name>]]>'
AFTER_HOSTILE = 'x"><script>&amp;</name>]]>'


# ---- a reader of its own, so that a mistake in the package cannot hide here ----


def rows_of(path, days):
    """Return the CRS and (day, actor, status, shape) of all that a file or folder shows on days.

    A day shows the spells that began on it or before, and end after it or are open.
    """
    if path.suffix:
        crs, spells = spells_in(path)
        return crs, [
            (day, *kept)
            for day in map(str, days)
            for since, until, *kept in spells
            if since <= day and (until is None or day < until)
        ]
    found = []
    for file in sorted(path.rglob("*.geojson")):
        for feature in orjson.loads(file.read_bytes())["features"]:
            kept = feature["properties"]
            shape = shapely.from_geojson(orjson.dumps(feature["geometry"]))
            found.append((kept["day"], kept["actor"], kept["status"], shape))
    return WGS84, found


def spells_in(path):
    """Return the CRS and (valid_from, valid_to, actor, status, shape) of every spell of a file."""
    if path.suffix == ".gz":
        plain = path.with_name(f"unpacked-{path.stem}")
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        return spells_in(plain)
    if path.suffix in {".kml", ".kmz"}:
        return WGS84, kml_rows(kml_root(path))
    if path.suffix == ".parquet":
        frame = gpd.read_parquet(path)
    elif path.suffix == ".csv":
        table = pd.read_csv(path, keep_default_na=False, na_values={"valid_to": [""]})
        assert set(table.srid) == {4326}
        frame = gpd.GeoDataFrame(table, geometry=shapely.from_wkt(table.wkt), crs=4326)
    elif path.suffix in {".gpkg", ".fgb"}:
        frame = gpd.read_file(path, layer="spells")
    else:
        frame = gpd.read_file(path)
    ends = [None if pd.isna(each) else str(each)[:10] for each in frame.valid_to]
    since = frame.valid_from.astype(str).str[:10]
    columns = since, ends, frame.actor, frame.status, frame.geometry
    return frame.crs, list(zip(*columns, strict=True))


def kml_root(path):
    content = path.read_bytes()
    if path.suffix == ".kmz":
        with ZipFile(BytesIO(content)) as archive:
            (name,) = archive.namelist()
            content = archive.read(name)
    return ET.fromstring(content)


def kml_rows(root):
    found = []
    for mark in root.iter(f"{KML}Placemark"):
        data = {d.get("name"): d[0].text for d in mark.iter(f"{KML}Data")}
        polygons = [kml_polygon(polygon) for polygon in mark.iter(f"{KML}Polygon")]
        span = data["valid_from"], data.get("valid_to")
        found.append((*span, data["actor"], data["status"], shapely.MultiPolygon(polygons)))
    return found


def kml_polygon(polygon):
    def rings(kind):
        for ring in polygon.findall(f"{KML}{kind}/{KML}LinearRing/{KML}coordinates"):
            yield [tuple(map(float, point.split(","))) for point in ring.text.split()]

    (shell,) = rings("outerBoundaryIs")
    return shapely.Polygon(shell, list(rings("innerBoundaryIs")))


def rebuilt(path, history):
    """Return the history that a file says, in the plane of the one it was written from."""
    crs, rows = rows_of(path, history.days)
    snapshots = []
    for day in sorted({row[0] for row in rows}):
        there = [row for row in rows if row[0] == day]
        holders = tuple(Holder(actor, Status(status)) for _, actor, status, _ in there)
        shapes = np.array([*(row[3] for row in there), None], dtype=object)[:-1]
        raw = RawZones(date.fromisoformat(day), CRS(crs), Source(str(path)), holders, shapes)
        snapshots.append(normalise(raw))
    return from_snapshots(tuple(snapshots), projection=history.projection, overlap=Overlap.FIRST)


def named_areas(history, day):
    row = areas_by_day(history.at_days((day,)))[0]
    named = zip(history.holders, row, strict=True)
    return {holder: km2 for holder, km2 in named if holder != NOBODY and km2 > 0}


def named_transfers(history, start, end):
    matrix = transition_matrix(history, start, end)
    return {
        (one, other): matrix[i, j]
        for i, one in enumerate(history.holders)
        for j, other in enumerate(history.holders)
        if NOBODY not in (one, other) and matrix[i, j] > 0
    }


def assert_same(one, other, allowed):
    for key in one.keys() | other.keys():
        assert abs(one.get(key, 0.0) - other.get(key, 0.0)) <= allowed, key


def assert_says_the_same(path, history, share=EXACT):
    again = rebuilt(path, history)
    there = [day for day in history.days if named_areas(history, day)]
    assert list(again.days) == there
    allowed = share * history.area_m2.sum() / 1e6
    for day in there:
        assert_same(named_areas(again, day), named_areas(history, day), allowed)
    for start, end in pairwise(there):
        written = named_transfers(again, start, end)
        assert_same(written, named_transfers(history, start, end), allowed)


def written(history, folder, suffix, name="a"):
    path = folder / f"{name}{suffix}"
    export({"series": (history, history.days)}, path)
    return path


# ---- round trips ----


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grids(days=3, size=4))
def test_grids_come_back(tmp_path_factory, days):
    snapshots = tuple(drawn(grid, number) for number, grid in enumerate(days))
    history = from_snapshots(snapshots, projection=PLANE)
    folder = tmp_path_factory.mktemp("grids")
    for suffix in FORMATS:
        assert_says_the_same(written(history, folder, suffix), history, ROUNDED)


@pytest.fixture(scope="module")
def idlib(repo):
    snapshots = []
    for file in sorted((repo / "data/idlib-2018/zones").glob("*.geojson")):
        frame = gpd.read_file(file)
        holders = tuple(map(Holder, frame.actor))
        shapes = np.asarray(frame.geometry)
        day = date.fromisoformat(file.stem)
        snapshots.append(normalise(RawZones(day, WGS84, Source(file.name), holders, shapes)))
    return from_snapshots(tuple(snapshots))


@pytest.mark.parametrize("suffix", FORMATS)
def test_idlib_comes_back(idlib, tmp_path, suffix):
    assert_says_the_same(written(idlib, tmp_path, suffix), idlib)


@pytest.fixture(scope="module")
def ukraine(shared_data):
    files = sorted((shared_data / "ukraine" / "deepstate_daily").glob("*.geojson"))[:10]
    if not files:
        pytest.skip("needs deepstate_daily in the public series")
    snapshots = []
    for file in files:
        content = orjson.loads(file.read_bytes())
        shapes = [shapely.from_geojson(orjson.dumps(f["geometry"])) for f in content["features"]]
        found = np.array([*shapes, None], dtype=object)[:-1]
        day = date.fromisoformat(file.stem.rsplit("_", 1)[1])
        holders = (Holder("russia"),) * len(shapes)
        raw = RawZones(day, WGS84, Source(file.name), holders, found)
        snapshots.append(normalise(raw, repair=Repair.WINDING))
    return from_snapshots(tuple(snapshots))


@pytest.mark.parametrize("suffix", FORMATS)
def test_ten_days_of_ukraine_come_back(ukraine, tmp_path, suffix):
    assert_says_the_same(written(ukraine, tmp_path, suffix), ukraine)


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_bytes_twice(idlib, tmp_path, suffix):
    one = written(idlib, tmp_path / "one", suffix)
    other = written(idlib, tmp_path / "other", suffix)
    assert bytes_of(one.parent) == bytes_of(other.parent)


def bytes_of(path):
    if path.is_file():
        return path.read_bytes()
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


# ---- what other programs rely on ----

DAYS = (date(2018, 1, 1), date(2018, 1, 3), date(2018, 1, 9))


def a_history(names=("isis", "government", "rebels"), status=Status.HELD):
    """Return four squares in a row over three days."""
    cells = np.array([shapely.box(i * KM, 0, (i + 1) * KM, KM) for i in range(4)])
    holders = (NOBODY, *(Holder(name, status) for name in names))
    held_by = np.array([[0, 1, 1, 2], [0, 1, 2, 2], [3, 2, 2, 2]], dtype=np.int16)
    return from_coverage(cells, held_by, days=DAYS, holders=holders, projection=PLANE)


def test_a_geopackage_has_spells_first_and_dates_that_play(tmp_path):
    path = written(a_history(), tmp_path, ".gpkg")
    layers = [name for name, _ in pyogrio.list_layers(path)]
    assert layers == ["spells", "fronts", "transfers", "layer_styles"]
    info = pyogrio.read_info(path, layer="spells")
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert types["valid_from"] == types["valid_to"] == "OFTDate"
    assert info["fields"].tolist() == [
        *("series", "piece", "actor", "status", "holder", "valid_from", "valid_to", "km2")
    ]
    spells = pyogrio.read_dataframe(path, layer="spells")
    assert spells.crs == WGS84
    one, two, three = DAYS
    assert list(zip(spells.piece, spells.actor, *spans_in(spells), strict=True)) == [
        (1, "isis", one, three),
        (2, "isis", one, two),
        (3, "government", one, None),
        (2, "government", two, None),
        (0, "rebels", three, None),
        (1, "government", three, None),
    ]
    assert spells.km2.to_numpy() == pytest.approx(np.ones(6))


def spans_in(frame):
    """Return since and until when rows hold, None for an open end."""
    return (
        [None if pd.isna(each) else each.date() for each in column]
        for column in (frame.valid_from, frame.valid_to)
    )


def test_a_geopackage_has_the_lines_between_holders(tmp_path):
    """Three lines of a kilometre stand between four squares; what ends the coverage is none."""
    path = written(a_history(), tmp_path, ".gpkg")
    fronts = pyogrio.read_dataframe(path, layer="fronts")
    one, two, three = DAYS
    found = zip(fronts.one, fronts.other, *spans_in(fronts), fronts.km.round(5), strict=True)
    assert list(found) == [
        ("isis", "government", one, two, 1.0),
        ("nobody", "isis", one, three, 1.0),
        ("isis", "government", two, three, 1.0),
        ("government", "rebels", three, None, 1.0),
    ]
    assert set(fronts.geom_type) == {"MultiLineString"}
    in_plane = fronts.to_crs(PLANE.crs)
    assert in_plane.centroid.x.round(3).tolist() == [3 * KM, KM, 2 * KM, KM]


def test_drawn_zones_have_a_front_where_nobodys_ground_begins(tmp_path):
    history = from_snapshots((drawn(squares("AB"), 0), drawn(squares("A."), 2)), projection=PLANE)
    fronts = pyogrio.read_dataframe(written(history, tmp_path, ".gpkg"), layer="fronts")
    found = zip(fronts.one, fronts.other, *spans_in(fronts), fronts.km.round(5), strict=True)
    first, last = history.days
    assert list(found) == [
        ("nobody", "B", first, last, 3.0),
        ("A", "B", first, last, 1.0),
        ("nobody", "A", first, None, 3.0),
        ("nobody", "A", last, None, 1.0),
    ]


def test_the_rim_of_an_area_that_is_cut_out_is_no_front(tmp_path):
    whole = from_snapshots((drawn(squares("AAA", "ABA", "AAA"), 0),), projection=PLANE)
    cut = whole.with_areas({"middle": shapely.box(0.5 * KM, -2.5 * KM, 2.5 * KM, -0.5 * KM)})
    path = written(cut.part("middle"), tmp_path, ".gpkg")
    fronts = pyogrio.read_dataframe(path, layer="fronts")
    assert fronts[["one", "other"]].to_numpy().tolist() == [["A", "B"]]
    assert fronts.km.tolist() == pytest.approx([4.0])


def test_a_geopackage_has_the_transfers(tmp_path):
    path = written(a_history(), tmp_path, ".gpkg")
    moved = pyogrio.read_dataframe(path, layer="transfers")
    pairs = zip(moved.day, moved.from_actor, moved.to_actor, moved.km2.round(6), strict=True)
    assert sorted(pairs) == [
        ("2018-01-03", "isis", "government", 1.0),
        ("2018-01-09", "isis", "government", 1.0),
        ("2018-01-09", "nobody", "rebels", 1.0),
    ]
    assert moved.to_crs(PLANE.crs).centroid.x.div(KM).round(6).tolist() == [2.5, 0.5, 1.5]
    assert list(zip(*spans_in(moved), strict=True)) == [DAYS[:2], DAYS[1:], DAYS[1:]]


@pytest.mark.parametrize("layer", ["spells", "fronts", "transfers"])
def test_a_geopackage_has_a_style_for_each_layer(tmp_path, layer):
    path = written(a_history(), tmp_path, ".gpkg")
    with sqlite3.connect(path) as database:
        (found,) = database.execute(
            "SELECT styleQML, f_geometry_column, useAsDefault, f_table_schema"
            " FROM layer_styles WHERE f_table_name = ?",
            (layer,),
        ).fetchall()
        (geometry,) = database.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
        ).fetchone()
    database.close()
    qml, *rest = found
    assert rest == [geometry, 1, ""]
    root = ET.fromstring(qml)
    symbols = {symbol.get("name") for symbol in root.findall(".//symbol")}
    if field := root.find("renderer-v2").get("attr"):
        values = set(pyogrio.read_dataframe(path, layer=layer)[field])
        categories = root.findall(".//category")
        assert values <= {category.get("value") for category in categories}
        assert symbols == {category.get("symbol") for category in categories}
    assert symbols
    timing = root.find("temporal")
    assert timing.get("enabled") == "1"
    assert (timing.get("mode"), timing.get("limitMode")) == ("2", "0")  # fields; end is outside
    assert (timing.get("startField"), timing.get("endField")) == ("valid_from", "valid_to")
    fills = [each for each in root.iter("layer") if each.get("class") == "SimpleFill"]
    found = [{o.get("name"): o.get("value") for o in fill.iter("Option")} for fill in fills]
    alike = {each["outline_color"] == each["color"] for each in found}
    # Pieces of one holder look like one zone; the layer as a whole lets the map below through.
    assert alike == {"spells": {True}, "fronts": set(), "transfers": {False}}[layer]
    assert root.findtext("layerOpacity") == {"spells": "0.85"}.get(layer)
    opacities = {symbol.get("alpha") for symbol in root.iter("symbol")}
    assert opacities == {"1" if layer == "spells" else "0.85"}


@pytest.mark.parametrize(
    ("status", "brush"), [(Status.CLAIMED, "b_diagonal"), (Status.CONTESTED, "diagonal_x")]
)
def test_claimed_and_contested_ground_is_hatched(tmp_path, status, brush):
    path = written(a_history(status=status), tmp_path, ".gpkg")
    styles = pyogrio.read_dataframe(path, layer="layer_styles")
    root = ET.fromstring(styles.styleQML[0])
    for symbol in root.iter("symbol"):
        brushes = [o.get("value") for o in symbol.iter("Option") if o.get("name") == "style"]
        assert brushes[:2] == ["solid", brush]
    assert {category.get("value") for category in root.iter("category")} == {
        f"{name} ({status})" for name in ("isis", "government", "rebels")
    }


def test_geoparquet_says_what_it_is(tmp_path):
    path = written(a_history(), tmp_path, ".parquet")
    schema = pq.read_schema(path)
    geo = orjson.loads(schema.metadata[b"geo"])
    column = geo["columns"]["geometry"]
    assert column["edges"] == "planar"
    assert CRS.from_json_dict(column["crs"]) == CRS("OGC:CRS84")
    assert schema.field("valid_from").type == schema.field("valid_to").type == pa.date32()
    last = gpd.GeoSeries([shapely.box(KM * 3.2, 0, KM * 3.8, KM)], crs=PLANE.crs).to_crs(WGS84)
    seen = gpd.read_parquet(path, bbox=tuple(last.total_bounds))
    assert set(seen.actor) == {"government"}
    assert len(gpd.read_parquet(path)) > len(seen)
    assert pq.ParquetFile(path).num_row_groups == 1


@pytest.mark.parametrize("crs", ["", "equal-area", "EPSG:32637", "EPSG:2263"])
def test_geoparquet_passes_the_tests_of_the_standard(idlib, tmp_path, crs):
    """Another program's judgement: metadata, bbox column and covering, order of all rings."""
    path = tmp_path / "a.parquet"
    export({"series": (idlib, idlib.days)}, path, crs=crs)
    report = geoparquet_validator.check(str(path))
    assert geoparquet_validator.failed(report) == []
    passed = {each["id"] for each in report["outcomes"] if each["status"] == "pass"}
    assert passed >= {
        *(f"/conf/core/{name}" for name in ("wkb", "crs-projjson", "orientation-rings")),
        *("/conf/core/bbox-extent", "/conf/covering/bbox-paths"),
    }
    spoilt = tmp_path / "spoilt.parquet"  # the same with its shells wound the other way
    frame = gpd.read_parquet(path)
    wound = shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=True)
    table = pq.read_table(path)
    turned = table.set_column(
        table.schema.get_field_index("geometry"), "geometry", pa.array(shapely.to_wkb(wound))
    )
    pq.write_table(turned.replace_schema_metadata(table.schema.metadata), spoilt)
    assert "/conf/core/orientation-rings" in geoparquet_validator.failed(
        geoparquet_validator.check(str(spoilt))
    )


# ---- Shapefile, GeoJSON in one file, tiles ----


@pytest.mark.parametrize("suffix", [".shp", ".shp.zip"])
def test_a_shapefile_has_days_numbers_and_names_in_any_script(tmp_path, suffix):
    history = a_history(names=("تنظيم", "Сили оборони", "rebels"))
    path = written(history, tmp_path, suffix)
    frame = gpd.read_file(path)
    assert set(frame.actor) == {"تنظيم", "Сили оборони", "rebels"}
    assert all(len(name) <= 10 for name in frame.columns)
    info = pyogrio.read_info(path)
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert (types["valid_from"], types["valid_to"], types["km2"]) == (
        *("OFTDate", "OFTDate", "OFTReal"),
    )
    assert info["encoding"] == "UTF-8"
    if suffix == ".shp":
        assert (tmp_path / "a.cpg").read_text() == "UTF-8"


def test_a_shapefile_refuses_a_name_that_it_would_cut(tmp_path):
    long = "я" * 128  # 256 bytes
    with pytest.raises(InputError, match="256 bytes long, and a Shapefile holds 254"):
        written(a_history(names=(long, "b", "c")), tmp_path, ".shp")
    assert not list(tmp_path.iterdir())


def test_a_new_shapefile_leaves_no_index_of_the_old_one(tmp_path):
    for suffix in (".qix", ".sbn", ".sbx", ".txt"):
        (tmp_path / f"a{suffix}").write_bytes(b"old")
    written(a_history(), tmp_path, ".shp")
    there = {each.suffix for each in tmp_path.iterdir()}
    assert there == {".shp", ".shx", ".dbf", ".prj", ".cpg", ".txt"}


def test_geojson_in_one_file_has_days_and_colours(tmp_path):
    found = orjson.loads(written(a_history(), tmp_path, ".geojson").read_bytes())
    assert set(found) == {"type", "features"}
    one, two, three = map(str, DAYS)
    kept = [each["properties"] for each in found["features"]]
    assert [(each["actor"], each["valid_from"], each["valid_to"]) for each in kept] == [
        *(("isis", one, three), ("isis", one, two), ("government", one, None)),
        *(("government", two, None), ("rebels", three, None), ("government", three, None)),
    ]
    assert kept[0]["fill"] == "#3a3a42"
    ring = found["features"][0]["geometry"]["coordinates"][0][0]
    assert shapely.LinearRing(ring).is_ccw


def test_tiles_show_who_held_what_when(tmp_path):
    history = a_history()
    path = written(history, tmp_path, ".pmtiles")
    tiles = gpd.read_file(path)
    assert set(tiles.fill[tiles.actor == "isis"]) == {"#3a3a42"}
    ends = tiles.valid_to.replace("", None)
    day = str(DAYS[1])
    there = tiles[(tiles.valid_from <= day) & ((ends > day) | ends.isna())].to_crs(PLANE.crs)
    ground = there.dissolve("actor").area / 1e6
    assert ground["isis"] == pytest.approx(1, rel=1e-3)
    assert ground["government"] == pytest.approx(2, rel=1e-3)
    again = tmp_path / "b"
    again.mkdir()
    assert written(history, again, ".pmtiles").read_bytes() == path.read_bytes()


def test_tiles_of_nothing_are_refused_in_one_line(tmp_path):
    nothing = from_coverage(
        np.array([shapely.box(0, 0, KM, KM)]),
        np.zeros((1, 1), dtype=np.int16),
        days=DAYS[:1],
        holders=(NOBODY,),
        projection=PLANE,
    )
    with pytest.raises(InputError, match=r"x\.pmtiles: no day has a zone, .* write \.gpkg"):
        export({"x": (nothing, nothing.days)}, tmp_path / "x.pmtiles")
    export({"x": (nothing, nothing.days)}, tmp_path / "x.shp")
    assert len(gpd.read_file(tmp_path / "x.shp")) == 0


def test_tiles_of_a_large_country_lose_nothing(ukraine, tmp_path):
    path = written(ukraine, tmp_path, ".pmtiles")
    tiles = gpd.read_file(path)
    ends = tiles.valid_to.replace("", None)
    day = str(ukraine.days[4])
    there = tiles[(tiles.valid_from <= day) & ((ends > day) | ends.isna())].to_crs("ESRI:54034")
    km2 = named_areas(ukraine, ukraine.days[4])[Holder("russia")]
    assert there.union_all().area / 1e6 == pytest.approx(km2, rel=1e-5)


@pytest.mark.parametrize("suffix", [each for each in FORMATS if each])
def test_what_is_written_reads_back_as_spells(tmp_path, suffix):
    history = a_history()
    path = written(history, tmp_path, suffix)
    series = read_series((str(path),), read_profile("spells"), also=DAYS)
    again = from_snapshots(
        tuple(normalise(raw) for raw in series.raws if raw.holders), projection=history.projection
    )
    for day in DAYS:
        assert_same(named_areas(again, day), named_areas(history, day), 1e-6)


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".fgb"])
@pytest.mark.parametrize("name", ["equal-area", "EPSG:32637", "EPSG:2263"])  # metres, feet
def test_another_crs_is_that_of_the_file(tmp_path, suffix, name):
    history, path = a_history(), tmp_path / f"a{suffix}"
    export({"series": (history, history.days)}, path, crs=name)
    crs, _ = spells_in(path)
    assert crs == (PLANE.crs if name == "equal-area" else CRS(name))
    assert_says_the_same(path, history, EXACT if name == "equal-area" else ROUNDED)


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".fgb", ".shp"])
def test_a_crs_that_was_superseded_is_written_as_it_is(tmp_path, suffix):
    history, path = a_history(), tmp_path / f"a{suffix}"
    export({"series": (history, history.days)}, path, crs="EPSG:4088")
    (found,) = {layer.crs for layer in read_layers(path) if layer.name in ("spells", "a")}
    assert found.equals(CRS("EPSG:4088"), ignore_axis_order=True)


@pytest.mark.parametrize("suffix", [".shp", ".shp.zip"])
@pytest.mark.parametrize("name", ["EPSG:9311", "EPSG:3410"])  # of a sphere on an ellipsoid
def test_a_shapefile_refuses_a_crs_that_it_cannot_say(tmp_path, suffix, name):
    history, path = a_history(), tmp_path / f"a{suffix}"
    with pytest.raises(CRSError, match="cannot hold the CRS"):
        export({"series": (history, history.days)}, path, crs=name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".shp", ".shp.zip"])
def test_a_shapefile_says_its_crs_as_esri_does(tmp_path, suffix):
    history, path = a_history(), tmp_path / f"a{suffix}"
    export({"series": (history, history.days)}, path, crs="EPSG:32637")
    assert spells_in(path)[0].to_epsg() == 32637
    assert_says_the_same(path, history, ROUNDED)


@pytest.mark.parametrize(
    "suffix", [".kml", ".kmz", ".geojson", ".geojson.gz", ".csv", ".pmtiles", ""]
)
def test_texts_and_tiles_have_no_other_crs(tmp_path, suffix):
    with pytest.raises(InputError, match="is in longitude and latitude; with a CRS write one of"):
        export({"": (a_history(), DAYS)}, tmp_path / f"a{suffix}", crs="equal-area")


@pytest.mark.parametrize("name", ["EPSG:99", "nonsense", "EPSG:4978"])
def test_a_crs_that_no_file_can_have_is_refused(tmp_path, name):
    with pytest.raises(CRSError, match=f"'{name}' is no CRS that a file can have"):
        export({"": (a_history(), DAYS)}, tmp_path / "a.gpkg", crs=name)


@pytest.mark.parametrize("suffix", FORMATS)
def test_ground_across_the_antimeridian_is_cut_there_and_whole(tmp_path, suffix):
    plane = EqualArea(180.0, 60.0)
    cells = np.array([shapely.box(i * KM, 0, (i + 2) * KM, KM) for i in (-3, -1, 1)])
    holders = (NOBODY, Holder("a"), Holder("b"))
    history = from_coverage(
        cells,
        np.array([[1, 1, 2], [1, 2, 2]], dtype=np.int16),
        days=DAYS[:2],
        holders=holders,
        projection=plane,
    )
    path = written(history, tmp_path, suffix)
    crs, rows = rows_of(path, history.days)
    bounds = np.array([shape.bounds for *_, shape in rows])
    assert (np.abs(bounds[:, [0, 2]]) <= 180).all()
    middle = gpd.GeoSeries([shape for *_, shape in rows], crs=crs).to_crs(plane.crs)
    assert middle.area.sum() / 1e6 == pytest.approx(12, rel=1e-6)
    assert_says_the_same(path, history, ROUNDED)


def test_zones_drawn_on_both_sides_of_the_antimeridian_stay_on_their_sides(tmp_path):
    boxes = np.array([shapely.box(170, 50, 180, 60), shapely.box(-180, 50, -170, 60)])
    raw = RawZones(DAYS[0], WGS84, Source("drawn"), (Holder("a"), Holder("a")), boxes)
    history = from_snapshots((normalise(raw),))
    _, ((*_, shape),) = spells_in(written(history, tmp_path, ".gpkg"))
    parts = sorted(part.bounds for part in shape.geoms)
    assert np.allclose(parts, [(-180, 50, -170, 60), (170, 50, 180, 60)], atol=1e-8)


def test_ground_around_a_pole_is_refused_in_longitude_and_latitude(tmp_path):
    plane = EqualArea(0.0, 90.0)
    cell = np.array([shapely.Point(0, 0).buffer(100 * KM)])
    history = from_coverage(
        cell,
        np.array([[1]], dtype=np.int16),
        days=DAYS[:1],
        holders=(NOBODY, Holder("a")),
        projection=plane,
    )
    with pytest.raises(GeometryError, match="run around a pole"):
        written(history, tmp_path, ".gpkg")
    export({"": (history, DAYS[:1])}, tmp_path / "b.gpkg", crs="equal-area")
    assert_says_the_same(tmp_path / "b.gpkg", history)


def test_a_cap_drawn_from_180_to_180_degrees_is_not_left_out(tmp_path):
    """Carried back it has no width at 180 degrees, and was told of as narrower than rounding."""
    cap = np.array([shapely.box(-180, 80, 180, 90)])
    raw = RawZones(DAYS[0], WGS84, Source("drawn"), (Holder("a"),), cap)
    with pytest.raises(GeometryError, match="run around a pole"):
        written(from_snapshots((normalise(raw),)), tmp_path, ".gpkg")


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:3995"])
def test_a_point_that_is_infinitely_far_is_refused_at_once(tmp_path, crs):
    """Lines to it were divided until no memory was left."""
    history = from_coverage(
        np.array([shapely.box(0, 0, 100 * KM, 100 * KM)]),  # with a corner on the pole
        np.array([[1]], dtype=np.int16),
        days=DAYS[:1],
        holders=(NOBODY, Holder("a")),
        projection=EqualArea(0.0, -90.0),
    )
    with pytest.raises(GeometryError, match="the series reaches beyond WGS 84 / "):
        export({"": (history, DAYS[:1])}, tmp_path / "a.gpkg", crs=crs)
    assert not (tmp_path / "a.gpkg").exists()


@pytest.mark.parametrize("suffix", [".kml", ".kmz"])
def test_kml_has_time_and_colours(tmp_path, suffix):
    root = kml_root(written(a_history(("isis", "russia", "sdf")), tmp_path, suffix))
    styles = {f"#{style.get('id')}" for style in root.iter(f"{KML}Style")}
    used = {url.text for url in root.iter(f"{KML}styleUrl")}
    assert used <= styles
    marks = list(root.iter(f"{KML}Placemark"))
    spans = {tuple(part.text for part in mark.find(f"{KML}TimeSpan")) for mark in marks}
    days = list(map(str, DAYS))
    assert spans == {
        *((days[0],), (days[1],), (days[2],)),  # to the end of the series
        *((days[0], days[1]), (days[0], days[2])),
    }
    colours = {colour.text for colour in root.findall(f".//{KML}PolyStyle/{KML}color")}
    assert "b34f40b5" in colours  # russia is #b5404f; KML has opacity, blue, green, red


def test_hostile_names_stay_names(tmp_path):
    history = a_history((HOSTILE, "b", "c"))
    root = kml_root(written(history, tmp_path, ".kml"))
    assert AFTER_HOSTILE in {row[2] for row in kml_rows(root)}
    assert not list(root.iter("script"))
    package = written(history, tmp_path, ".gpkg")
    styles = pyogrio.read_dataframe(package, layer="layer_styles")
    values = {c.get("value") for c in ET.fromstring(styles.styleQML[0]).iter("category")}
    assert AFTER_HOSTILE in values
    assert HOSTILE in set(pyogrio.read_dataframe(package, layer="spells").actor)


def test_series_in_two_planes_are_written_in_one_crs(tmp_path):
    one = a_history()
    far = EqualArea(PLANE.longitude + 2, PLANE.latitude + 1)
    other = from_coverage(
        one.faces, one.held_by, days=one.days, holders=one.holders, projection=far
    )
    path = tmp_path / "both.gpkg"
    export({"one": (one, one.days), "other": (other, other.days)}, path)
    frame = gpd.read_file(path, layer="spells")
    frame = frame.to_crs(PLANE.crs)
    middles = {name: part.dissolve().centroid.iloc[0] for name, part in frame.groupby("series")}
    assert middles["one"].distance(middles["other"]) > 200 * KM
    assert np.allclose(frame.area / 1e6, frame.km2, rtol=5e-6)


def test_only_the_days_asked_for(tmp_path):
    path = tmp_path / "a.kml"
    export({"series": (a_history(), DAYS[1:2])}, path)
    assert {row[:2] for row in spells_in(path)[1]} == {(str(DAYS[1]), None)}


@pytest.mark.parametrize("suffix", FORMATS)
def test_progress_counts_the_days(tmp_path, suffix):
    told = []
    progress = lambda done, total: told.append((done, total))  # noqa: E731
    both = {"one": (a_history(), DAYS), "other": (a_history(), DAYS[:2])}
    export(both, tmp_path / f"a{suffix}", progress=progress)
    steps = [0, 3, 5] if suffix else range(6)  # a series at a time, or a day
    assert told == [(done, 5) for done in steps]


def test_borders_nearer_than_rounding_are_written_valid_and_whole(tmp_path):
    """Two borders that cross when rounded: a sliver between neighbours is a line, or crosses it."""
    low = [(x * 100.0, 0.0) for x in range(11)]
    high = [(x, 1e-4 * (-1) ** i if 0 < i < 10 else 0.0) for i, (x, _) in enumerate(low)]
    south = shapely.Polygon([*low, (1000, -1000), (0, -1000)])
    north = shapely.Polygon([*high, (1000, 1000), (0, 1000)])
    between = shapely.make_valid(shapely.Polygon([*low, *reversed(high[1:-1])]))
    slivers = shapely.get_parts(between)
    faces = np.array([south, north, *slivers])
    held_by = np.array([[1, 2, *[1 + i % 2 for i in range(len(slivers))]]], dtype=np.int16)
    holders = (NOBODY, Holder("isis"), Holder("rebels"))
    history = from_coverage(faces, held_by, days=DAYS[:1], holders=holders, projection=PLANE)
    export({"": (history, DAYS[:1])}, tmp_path / "out")
    (path,) = (tmp_path / "out").glob("*.geojson")
    zones = gpd.read_file(path).geometry
    assert shapely.is_valid(zones).all()
    assert shapely.coverage_is_valid(zones.to_numpy())
    np.testing.assert_allclose(zones.to_crs(PLANE.crs).area, 1e6, rtol=1e-6)


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "out"
    export({"old": (a_history(), DAYS[1:2]), "series": (a_history(), DAYS)}, folder)
    (folder / ".hidden").write_text("mine")
    export({"series": (a_history(), DAYS[:1])}, folder)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == {".hidden", f"series/{DAYS[0]}.geojson"}
    assert not (folder / "old").exists()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grids(days=4, size=4))
def test_the_pieces_of_a_day_are_a_coverage_and_add_up_to_its_areas(tmp_path_factory, days):
    snapshots = tuple(drawn(grid, number) for number, grid in enumerate(days))
    history = from_snapshots(snapshots, projection=PLANE)
    path = written(history, tmp_path_factory.mktemp("coverage"), ".parquet")
    frame = gpd.read_parquet(path)
    assert shapely.coverage_is_valid(frame.drop_duplicates("piece").geometry.to_numpy())
    for day in history.days:
        there = (frame.valid_from <= day) & ~(frame.valid_to <= day)
        shapes = frame.geometry[there].to_numpy()
        assert shapely.coverage_is_valid(shapes)
        areas = {str(holder): km2 for holder, km2 in named_areas(history, day).items()}
        assert frame[there].groupby("holder").km2.sum().to_dict() == pytest.approx(areas, rel=EXACT)


def test_faces_cut_along_named_areas_are_written_uncut(tmp_path):
    whole = from_snapshots((drawn(squares("AAA", "ABA", "AAA"), 0),), projection=PLANE)
    cut = whole.with_areas({"west": shapely.box(0, -3 * KM, 1.5 * KM, 0)})
    assert len(cut.faces) > len(whole.faces)
    rows = [spells_in(written(h, tmp_path, ".gpkg", n))[1] for h, n in ((whole, "a"), (cut, "b"))]
    assert len(rows[0]) == 2
    for (*said, one), (*same, other) in zip(*rows, strict=True):
        assert said == same
        assert shapely.symmetric_difference(one, other).area < 1e-9  # of 8e-4


def test_corners_are_written_where_they_were_drawn(tmp_path):
    """Carried into the plane and back they would be 0.4 mm off: no publisher's numbers any more."""
    first = shapely.Polygon([(37.1234567, 48.1), (38.2, 48.0000001), (38.3, 48.9), (37.2, 48.8)])
    second = shapely.Polygon([(37.1234567, 48.1), (38.2, 48.0000001), (38.25, 48.7654321)])
    history = from_snapshots(
        tuple(
            normalise(RawZones(day, WGS84, Source("drawn"), (Holder("a"),), np.array([zone])))
            for day, zone in zip(DAYS[:2], (first, second), strict=True)
        )
    )
    for suffix in (".geojson", ".gpkg", ".parquet"):
        _, rows = spells_in(written(history, tmp_path, suffix))
        found = {tuple(xy) for *_, shape in rows for xy in shapely.get_coordinates(shape).tolist()}
        corners = [*first.exterior.coords, *second.exterior.coords]
        assert found >= set(corners), suffix


# ---- read back by the package itself ----


def test_spells_are_not_taken_for_spans_with_inclusive_ends(tmp_path):
    """Ground that b took on the third day would be that of both, or of nobody a day longer."""
    path = written(a_history(), tmp_path, ".gpkg")
    with pytest.raises(InputError, match=r"'valid_to' is exclusive.*read it with profile spells"):
        read_series((str(path),), read_profile("zones"))
    settings = {"day": {"until": "exclusive"}}
    for profile in (read_profile("spells"), read_profile("zones", settings=settings)):
        found = read_series((str(path),), profile)
        assert [raw.day for raw in found.raws] == list(DAYS)
        assert not [f for f in found.findings if f.severity != "info"]


def test_several_series_of_one_file_are_not_taken_for_one(tmp_path):
    export({"x": (a_history(), DAYS), "y": (a_history(), DAYS)}, tmp_path / "a.gpkg")
    with pytest.raises(InputError, match=r"it holds 2 series \(x, y\)"):
        read_series((str(tmp_path / "a.gpkg"),), read_profile("spells"))


# ---- what goes wrong ----


@pytest.mark.parametrize("name", ["notes.txt", "mine/2018-01-01.geojson", "run.json"])
def test_a_folder_with_files_of_others_is_left_alone(tmp_path, name):
    folder = tmp_path / "out"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(InputError, match=f"no export wrote .'{name}'.; name a new folder"):
        export({"series": (a_history(), DAYS)}, folder)
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / name]


@pytest.mark.parametrize("name", ["a.xlsx", "a.json", "a.gpkg.zip", "a.parquet.gz", "a.gz"])
def test_an_unknown_format_names_the_known_ones(tmp_path, name):
    with pytest.raises(
        InputError, match=r"known are \.gpkg, \.parquet, \.fgb, \.shp, .*, or a folder"
    ):
        export({"series": (a_history(), DAYS)}, tmp_path / name)


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_fails_leaves_what_was_there(tmp_path, suffix):
    path = written(a_history(), tmp_path, suffix)
    before = bytes_of(tmp_path)
    unknown_day = (DAYS[0], date(2020, 1, 1))
    with pytest.raises(InputError, match="nearest days"):
        export({"series": (a_history(), unknown_day)}, path)
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize("histories", [{}, {"series": (a_history(), ())}])
def test_nothing_to_write_is_an_error(tmp_path, histories):
    with pytest.raises(InputError, match="no day to write"):
        export(histories, tmp_path / "a.gpkg")


@pytest.mark.parametrize("name", [".", "..", "a/b", "/a", "a\\b"])
def test_a_series_cannot_leave_its_folder(tmp_path, name):
    with pytest.raises(InputError, match="folder of its own"):
        export({name: (a_history(), DAYS)}, tmp_path / "out")


def test_days_without_any_holder_make_a_valid_file(tmp_path):
    (grid,) = (squares("AB"),)
    history = from_snapshots((drawn(grid),), projection=PLANE)
    empty = history.with_holders(np.zeros((1, len(history.faces)), dtype=np.int16))
    for suffix in (".gpkg", ".parquet", ".fgb", ".kml"):
        _, rows = spells_in(written(empty, tmp_path, suffix))
        assert rows == []

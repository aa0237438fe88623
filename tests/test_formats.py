"""The same zones in every format, and the files that must not be read."""

import gzip
import json
import shutil
import struct
import tracemalloc
import warnings
import zipfile
from urllib.request import urlopen

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from listening import listening
from pyproj import CRS, Transformer

from territory.errors import CRSError, GeometryError, InputError, TerritoryError
from territory.geometry.area import geodesic_area_km2
from territory.geometry.projection import WGS84
from territory.read.formats.by_extension import SUFFIXES, read_layers
from territory.read.formats.gdal import closed_gdal
from territory.read.paths import expand

HOLED = shapely.Polygon(
    [(36, 35), (37, 35), (37, 36), (36, 36)],
    [[(36.2, 35.2), (36.2, 35.4), (36.4, 35.2)], [(36.6, 35.6), (36.6, 35.8), (36.8, 35.6)]],
)
PARTS = shapely.MultiPolygon([shapely.box(37, 35, 38, 36), shapely.box(38.5, 35, 39, 35.5)])
PLAIN = shapely.Polygon([(36, 36), (37, 36), (36.123456789, 37)])
SHAPES = [HOLED, PARTS, PLAIN]
ROWS = [
    {"name": "Север", "fill": "#d01010", "day": "2024-01-05", "count": 1},
    {"name": "حلب", "fill": "#10d010", "day": "2024-01-06", "count": 2},
    {"name": "plain", "fill": "#1010d0", "day": "2024-01-07", "count": 3},
]


SEQUENCES = {".geojsonl", ".geojsons", ".ndjson"}


def frame_of(shapes=SHAPES, rows=ROWS, crs="EPSG:4326"):
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs=crs)


def write(path, frame=None, **options):
    """Write zones with GDAL or pyarrow, by the extension."""
    frame = frame_of() if frame is None else frame
    if path.suffix in {".parquet", ".geoparquet"}:
        frame.to_parquet(path, **options)
        return path
    if path.suffix == ".fgb":
        options = {"SPATIAL_INDEX": "NO", **options}  # the index changes the order
    if path.suffix == ".shp":
        options = {"encoding": "UTF-8", **options}
    pyogrio.write_dataframe(frame, path, promote_to_multi=False, **options)
    return path


def text_file(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def message_of(error, path, *parts):
    """Check that a message begins with the file and holds every part."""
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(str(path)), message
    assert "/tmp/territory-" not in message
    for part in parts:
        assert part in message, message


def refused(path, *parts, kind=InputError):
    with pytest.raises(kind) as caught:
        read_layers(path)
    message_of(caught, path, *parts)


# ---- The same three zones ----------------------------------------------------------------


def coordinates(ring):
    return " ".join(f"{x!r},{y!r},0" for x, y in ring.coords)


def kml_polygon(shape, *, together=False):
    inner = [f"<LinearRing><coordinates>{coordinates(r)}</coordinates></LinearRing>"
             for r in shape.interiors]  # fmt: skip
    groups = ["".join(inner)] if together and inner else inner
    holes = "".join(f"<innerBoundaryIs>{each}</innerBoundaryIs>" for each in groups)
    outer = f"<coordinates>{coordinates(shape.exterior)}</coordinates>"
    return (
        f"<Polygon><outerBoundaryIs><LinearRing>{outer}</LinearRing></outerBoundaryIs>"
        f"{holes}</Polygon>"
    )


def kml_geometry(shape):
    if shape.geom_type == "Polygon":
        return kml_polygon(shape, together=True)
    parts = "".join(f"<MultiGeometry>{kml_polygon(p)}</MultiGeometry>" for p in shape.geoms)
    return f"<MultiGeometry>{parts}</MultiGeometry>"


def placemark(shape, row):
    red, green, blue = (row["fill"][n : n + 2] for n in (1, 3, 5))
    style = f"<Style><PolyStyle><color>7f{blue}{green}{red}</color></PolyStyle></Style>"
    return (
        f"<Placemark><name>{row['name']}</name>{style}<ExtendedData>"
        f'<Data name="day"><value>{row["day"]}</value></Data><SchemaData schemaUrl="#s">'
        f'<SimpleData name="count">{row["count"]}</SimpleData></SchemaData></ExtendedData>'
        f"{kml_geometry(shape)}</Placemark>"
    )


SCHEMA = '<Schema id="s"><SimpleField name="count" type="int"/></Schema>'


def kml(body, *, encoding="UTF-8"):
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    )


KML = kml(SCHEMA + "".join(placemark(s, r) for s, r in zip(SHAPES, ROWS, strict=True)))


def csv_text(shapes=SHAPES):
    rows = [f'{",".join(map(str, r.values()))},"{s.wkt}"' for r, s in zip(ROWS, shapes)]  # noqa: B905
    return "\n".join(["name,fill,day,count,WKT", *rows])


def topology(shapes=SHAPES, *, step=1e-7):
    """Return a topology in which every ring is one arc."""
    arcs = []

    def arc(ring):
        grid = np.round((np.array(ring.coords) - [36, 35]) / step).astype(int)
        arcs.append(np.diff(grid, axis=0, prepend=0).tolist())
        return [len(arcs) - 1]

    def rings(shape):
        return [arc(shape.exterior), *(arc(hole) for hole in shape.interiors)]

    geometries = [
        {"type": "Polygon", "arcs": rings(shape)}
        if shape.geom_type == "Polygon"
        else {"type": "MultiPolygon", "arcs": [rings(part) for part in shape.geoms]}
        for shape in shapes
    ]
    for geometry, row in zip(geometries, ROWS, strict=False):
        geometry["properties"] = row
    return {
        "type": "Topology",
        "transform": {"scale": [step, step], "translate": [36, 35]},
        "objects": {"zones": {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": arcs,
    }


def written(folder, suffix):
    """Write the three zones in any format."""
    path = folder / f"zones{suffix}"
    if suffix in {".kml", ".csv"}:
        return text_file(path, KML if suffix == ".kml" else csv_text())
    if suffix == ".topojson":
        return text_file(path, json.dumps(topology()))
    if suffix in {".geojsonl", ".geojsons", ".ndjson"}:
        features = json.loads(frame_of().to_json(drop_id=True))["features"]
        mark = "\x1e" if suffix == ".geojsons" else ""
        return text_file(path, "".join(f"{mark}{json.dumps(each)}\n" for each in features))
    if suffix == ".kmz":
        return zipped(path, {"files/zones.kml": KML, "icon.png": b"x"})
    if suffix == ".zip":
        inner = folder / "inner"
        inner.mkdir()
        write(inner / "zones.shp")
        return zipped(path, {f"a/{each.name}": each.read_bytes() for each in inner.iterdir()})
    return write(path)


def zipped(path, files, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("suffix", sorted(SUFFIXES - {".json"}))
def test_the_same_zones_in_every_format(tmp_path, suffix):
    path = written(tmp_path, suffix)
    (layer,) = read_layers(path)
    assert layer.crs == WGS84
    assert layer.file.startswith(str(path))
    assert layer.name == "zones"
    tolerance = 1e-7 if suffix == ".topojson" else 1e-9
    for expected, found in zip(SHAPES, layer.geometry, strict=True):
        assert found.equals_exact(
            expected.normalize(), tolerance
        ) or found.normalize().equals_exact(expected.normalize(), tolerance)
    as_text = suffix == ".csv"
    for row, found in zip(ROWS, layer.properties, strict=True):
        expected = {key: str(value) if as_text else value for key, value in row.items()}
        assert {key: found[key] for key in row} == expected
        assert set(found) - {*row, "folder"} == set()
    kinds = [finding.kind for finding in layer.findings]
    assert kinds == (["crs-assumed"] if suffix == ".csv" else [])


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".fgb", ".parquet"])
def test_attributes_become_plain_values(tmp_path, suffix):
    frame = frame_of()
    frame["day"] = np.array(["2024-01-05", "2024-01-06", "NaT"], dtype="datetime64[ms]")
    frame["gap"] = [1.5, None, 2.5]
    frame["whole"] = frame["count"].astype("Int64").mask([False, True, False])
    if suffix == ".shp":
        frame = frame.drop(columns="day")
    (layer,) = read_layers(write(tmp_path / f"a{suffix}", frame))
    assert [row["gap"] for row in layer.properties] == [1.5, None, 2.5]
    wholes = [row["whole"] for row in layer.properties]
    assert wholes == [1, None, 3]
    assert [type(each) for each in wholes[::2]] == [int, int]
    if suffix != ".shp":
        days = [row["day"] for row in layer.properties]
        assert days[2] is None
        assert [day[:10] for day in days[:2]] == ["2024-01-05", "2024-01-06"]


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".fgb", ".parquet"])
@pytest.mark.parametrize(("code", "expected"), [(4326, 4326), (4979, 4326), (32637, 32637)])
def test_crs(tmp_path, suffix, code, expected):
    frame = frame_of(shapely.force_3d(SHAPES, 7.0), crs=f"EPSG:{code}")
    (layer,) = read_layers(write(tmp_path / f"a{suffix}", frame))
    assert layer.crs.to_epsg() == expected
    assert (layer.crs == WGS84) is (expected == 4326)
    assert not shapely.has_z(layer.geometry).any()
    told = [finding for finding in layer.findings if finding.kind == "heights"]
    assert len(told) == (suffix != ".fgb")  # GDAL writes none where the kinds are mixed


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".fgb", ".parquet"])
@pytest.mark.parametrize("code", [2163, 4088])  # spheres; 9311 and 4087, which followed, are none
def test_a_crs_that_was_superseded_stays_what_it_is(tmp_path, suffix, code):
    crs = CRS.from_epsg(code)
    x, y = Transformer.from_crs(WGS84, crs, always_xy=True).transform(-90.0, 40.0)
    before = pyogrio.get_gdal_config_option("OSR_USE_NON_DEPRECATED")
    pyogrio.set_gdal_config_options({"OSR_USE_NON_DEPRECATED": "NO"})  # as versions before 3.0
    try:
        path = write(
            tmp_path / f"a{suffix}",
            frame_of([shapely.box(x, y, x + 1, y + 1)] * len(ROWS), crs=crs),
        )
    finally:
        pyogrio.set_gdal_config_options({"OSR_USE_NON_DEPRECATED": before})
    (layer,) = read_layers(path)
    back = Transformer.from_crs(layer.crs, WGS84, always_xy=True)
    assert back.transform(*layer.geometry[0].bounds[:2]) == pytest.approx((-90.0, 40.0), abs=1e-8)


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".fgb", ".parquet"])
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_missing_crs(tmp_path, suffix):
    path = write(tmp_path / f"a{suffix}", frame_of().set_crs(None, allow_override=True))
    said = {".shp": "add a.prj", ".parquet": "null, which means unknown"}
    refused(path, said.get(suffix, "CRS"), kind=CRSError)


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".fgb", ".parquet", ".topojson", ".csv"])
def test_a_null_geometry_is_kept(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    if suffix == ".topojson":
        content = topology()
        content["objects"]["zones"]["geometries"][1]["type"] = None
        text_file(path, json.dumps(content))
    elif suffix == ".csv":
        text_file(path, csv_text().replace(PARTS.wkt, ""))
    else:
        write(path, frame_of([HOLED, None, PLAIN]))
    (layer,) = read_layers(path)
    assert [shape is None for shape in layer.geometry] == [False, True, False]


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".parquet", ".csv", ".kml"])
def test_coordinates_that_are_no_numbers_are_left_to_what_follows(tmp_path, suffix):
    ring = np.array([[36, 35], [37, 35], [np.nan, 36], [36, 35]])
    with np.errstate(invalid="ignore"):
        odd = shapely.polygons(ring)
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        text_file(path, csv_text([HOLED, odd, PLAIN]))
    elif suffix == ".kml":
        text_file(path, kml(placemark(odd, ROWS[0])))
    else:
        write(path, frame_of([HOLED, odd, PLAIN]))
    (layer,) = read_layers(path)
    assert np.isnan(shapely.get_coordinates(layer.geometry)).any()


# ---- What is not what it says ------------------------------------------------------------

VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="real">'
    "<SrcDataSource>{source}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_wrong_content_under_every_extension(tmp_path, suffix):
    real = write(tmp_path / "real.gpkg")
    path = tmp_path / f"a{suffix}"
    for sidecar in (".shx", ".dbf", ".prj"):
        text_file(path.with_suffix(sidecar), "x" * 200)
    vrt = VRT.format(source=real)
    assert len(pyogrio.read_dataframe(text_file(tmp_path / "a.vrt", vrt))) == 3
    pipeline = '{"type": "gdal_streamed_alg", "command_line": "gdal vector read x"}'
    others = [vrt, pipeline, "", "\0" * 300, b"\xff\xfe\x00\xd8", b"PK\x03\x04", b"PAR1PAR1"]
    others += [b"SQLite format 3\0" + b"\0" * 200, b"fgb\x03fgb\x00", b"\x00\x00\x27\x0a" * 40]
    others += ["[" * 100_000, "<kml" * 9, '{"type": "Topology"}']
    if suffix != ".gpkg":
        others.append(real.read_bytes())
    for content in others:
        refused(text_file(path, content))


@pytest.mark.parametrize("suffix", sorted(SUFFIXES - {".json"}))
def test_files_cut_short_and_spoiled(tmp_path, suffix):
    """A file cut short gives an error or all three zones, never fewer."""
    path = written(tmp_path, suffix)
    whole = path.read_bytes()
    steps = np.linspace(0, len(whole) - 1, 20).astype(int)
    for size in steps:
        if suffix == ".csv" and whole[:size].count(b"\n") + (whole[size : size + 1] == b"\n") > 1:
            continue  # nothing tells that a line is missing
        if suffix in SEQUENCES and whole[:size].rstrip(b"\n\x1e").endswith(b"}}"):
            continue  # nor here
        check_whole_or_refused(text_file(path, whole[:size]), suffix)
    generator = np.random.default_rng(7)
    for at in generator.integers(0, len(whole), 30):
        spoiled = bytearray(whole)
        spoiled[at] ^= int(generator.integers(1, 256))
        check_whole_or_refused(text_file(path, bytes(spoiled)), suffix)


def check_whole_or_refused(path, suffix):
    try:
        layers = read_layers(path)
    except TerritoryError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)
    else:
        assert sum(len(layer.geometry) for layer in layers) == 3, suffix
        assert sum(len(layer.properties) for layer in layers) == 3


def test_names(tmp_path):
    refused(tmp_path / "a.vrt", "not a file of zones")
    refused(tmp_path / "none.kml", "no such file")
    (tmp_path / "folder.kmz").mkdir()
    refused(tmp_path / "folder.kmz", "is a folder, not a file")


def test_settings_of_gdal_are_restored():
    key = "CPL_VSIL_CURL_ALLOWED_EXTENSIONS"
    before = pyogrio.get_gdal_config_option(key)
    with closed_gdal():
        assert pyogrio.get_gdal_config_option(key) == ".none"
    assert pyogrio.get_gdal_config_option(key) == before


# ---- Shapefile ---------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_a_shapefile_with_a_part_missing(tmp_path, suffix):
    path = write(tmp_path / "a.shp")
    path.with_suffix(suffix).unlink()
    refused(path, f"a{suffix} is missing")


def test_the_parts_of_a_shapefile_disagree(tmp_path):
    path = write(tmp_path / "a.shp")
    other = write(tmp_path / "b.shp", frame_of().iloc[:2])
    shutil.copy(other.with_suffix(".dbf"), path.with_suffix(".dbf"))
    refused(path, "3 shapes in the .shp, 3 in the .shx and 2 rows in the .dbf")
    shutil.copy(other.with_suffix(".shx"), path.with_suffix(".shx"))
    refused(path, "3 shapes in the .shp, 2 in the .shx and 2 rows")


def test_labels_in_an_encoding_that_is_not_named(tmp_path):
    frame = frame_of().assign(name=["Север", "юг", "plain"])
    path = write(tmp_path / "a.shp", frame, encoding="CP1251")
    assert read_layers(path)[0].properties[0]["name"] == "Север"
    path.with_suffix(".cpg").write_text("UTF-8")
    refused(path, "its .cpg says utf-8")
    path.with_suffix(".cpg").write_text("klingon")
    refused(path, "unknown encoding, 'klingon'")
    path.with_suffix(".cpg").unlink()
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0xC9
    path.with_suffix(".dbf").write_bytes(table)
    (layer,) = read_layers(path)  # the .dbf itself says it
    assert layer.properties[0]["name"] == "Север"
    assert [finding.kind for finding in layer.findings] == ["encoding-assumed"]
    table[29] = 0
    path.with_suffix(".dbf").write_bytes(table)
    refused(path, "add a.cpg")


def test_a_prj_that_is_none(tmp_path):
    path = write(tmp_path / "a.shp")
    for text in ("", "+init=epsg:4326", "GEOGCS[", "\0" * 9, 'LOCAL_CS["x",UNIT["m",1]]'):
        text_file(path.with_suffix(".prj"), text)
        refused(path, kind=CRSError)


HOLE = shapely.box(36.2, 36.2, 36.4, 36.4)
SHELL = shapely.box(36, 35, 37, 36)
INNER = shapely.box(36.2, 35.2, 36.4, 35.4)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (shapely.Polygon(SHELL.exterior, [HOLE.exterior]), True),
        (shapely.difference(SHELL, INNER), False),
        (shapely.MultiPolygon([SHELL, HOLE]), False),
        (shapely.MultiPolygon([shapely.difference(SHELL, INNER), INNER]), False),
        (SHELL, False),
    ],
)
def test_a_hole_of_a_shapefile_outside_its_shell_is_told_with_its_area(tmp_path, shape, told):
    """GDAL makes ground of it, whatever its winding says."""
    frame = geopandas.GeoDataFrame({"name": ["x", "y"]}, geometry=[SHELL, shape], crs=4326)
    with warnings.catch_warnings(action="ignore"):
        (layer,) = read_layers(write(tmp_path / "a.shp", frame))
    found = [finding for finding in layer.findings if finding.kind == "hole-outside"]
    assert len(found) == told
    for warned in (f.detail for f in layer.findings if f.kind == "reader-warning"):
        assert warned.count(str(tmp_path)) == 1
    if told:
        assert found[0].detail.startswith(f"{tmp_path / 'a.shp'}, feature 2: ")
        assert found[0].km2 == pytest.approx(geodesic_area_km2(np.array([HOLE]), WGS84)[0])
        assert layer.geometry[1].area == pytest.approx(1.04)


def test_shapes_all_wound_the_other_way_are_ground_and_nothing_to_tell(tmp_path):
    path = write(
        tmp_path / "a.shp",
        geopandas.GeoDataFrame(
            {"name": ["x"]}, geometry=[shapely.MultiPolygon([SHELL, HOLE])], crs=4326
        ),
    )
    content = path.read_bytes()
    head, points = content[:160], np.frombuffer(content[160:]).reshape(-1, 2)
    path.write_bytes(head + points[::-1].tobytes())
    with warnings.catch_warnings(action="ignore"):
        (layer,) = read_layers(path)
    assert layer.geometry[0].area == pytest.approx(1.04)
    assert "hole-outside" not in {finding.kind for finding in layer.findings}


def test_deleted_rows_are_told(tmp_path):
    path = write(tmp_path / "a.shp")
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[struct.unpack_from("<H", table, 8)[0]] = ord("*")
    path.with_suffix(".dbf").write_bytes(table)
    (layer,) = read_layers(path)
    assert len(layer.geometry) == 2
    assert [finding.kind for finding in layer.findings] == ["deleted-rows"]


def test_a_label_with_a_nul(tmp_path):
    path = write(tmp_path / "a.shp")
    table = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(table.replace(b"#d01010", b"#d0\x00010"))
    refused(path, "NUL")
    path = write(tmp_path / "a.gpkg", frame_of().assign(fill="AAAA_BBBB"))
    path.write_bytes(path.read_bytes().replace(b"AAAA_BBBB", b"AAAA\0BBBB"))
    refused(path, "NUL", "column 'fill'")


# ---- GeoPackage and FlatGeobuf -----------------------------------------------------------


def test_every_layer_of_a_geopackage(tmp_path):
    path = write(tmp_path / "a.gpkg", layer="A")
    write(path, frame_of().iloc[:1], layer="Слой 2")
    assert [(layer.name, len(layer.geometry)) for layer in read_layers(path)] == [
        ("A", 3),
        ("Слой 2", 1),
    ]


def test_a_geometry_that_gdal_would_drop(tmp_path):
    path = write(tmp_path / "a.gpkg")
    content = path.read_bytes()
    at = content.index(shapely.to_wkb(PLAIN))
    path.write_bytes(content[:at] + b"\x01\x77\x77" + content[at + 3 :])
    refused(path, "cannot be read", kind=GeometryError)


def test_open_rings_are_closed_and_told(tmp_path):
    gap = "POLYGON ((36 35, 37 35, 37 36, 36 36))"
    (layer,) = read_layers(text_file(tmp_path / "a.csv", f'wkt,srid\n"{gap}",4326'))
    assert [finding.kind for finding in layer.findings] == ["unclosed-ring"]
    assert layer.geometry[0].equals(shapely.box(36, 35, 37, 36))
    ring = struct.pack("<BIIII", 1, 1003, 1, 4, 0)[:13]
    ring += b"".join(
        struct.pack("<3d", x, y, 9) for x, y in [(36, 35), (37, 35), (37, 36), (36, 36)]
    )
    many = struct.pack("<BII", 1, 6, 1) + ring
    path = write(tmp_path / "a.parquet", frame_of().iloc[:2])
    replace_wkb(path, [ring, many])
    (layer,) = read_layers(path)
    assert [shape.equals(shapely.box(36, 35, 37, 36)) for shape in layer.geometry] == [True, True]
    assert [finding.kind for finding in layer.findings] == ["unclosed-ring"] * 2
    replace_wkb(path, [many[:60], ring])
    refused(path, "feature 1", kind=GeometryError)


def replace_wkb(path, blobs):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    at = table.column_names.index("geometry")
    table = table.set_column(
        at, table.schema.field(at), pa.array([blobs], pa.list_(pa.binary())).flatten()
    )
    pq.write_table(table, path)


def test_a_ring_cut_short_is_refused(tmp_path):
    turn = np.linspace(0, np.pi, 30)
    half = ", ".join(f"{36 + x} {35 + y}" for x, y in zip(np.cos(turn), np.sin(turn), strict=True))
    path = text_file(tmp_path / "a.csv", f'wkt\n"POLYGON (({half}))"')
    refused(path, "line 2", "cut short", kind=GeometryError)


# ---- GeoParquet --------------------------------------------------------------------------


def with_geo(path, change):
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    metadata = dict(table.schema.metadata)
    geo = json.loads(metadata[b"geo"])
    change(geo)
    pq.write_table(table.replace_schema_metadata({**metadata, b"geo": json.dumps(geo)}), path)
    return path


def test_geoparquet_metadata(tmp_path):
    path = write(tmp_path / "a.parquet")
    with_geo(path, lambda geo: geo["columns"]["geometry"].pop("crs"))
    assert read_layers(path)[0].crs == WGS84
    with_geo(path, lambda geo: geo["columns"]["geometry"].update(edges="spherical"))
    assert [finding.kind for finding in read_layers(path)[0].findings] == ["curved-edges"]
    with_geo(path, lambda geo: geo.update(primary_column="x"))
    refused(path, "not those of GeoParquet")
    frame_of().drop(columns="geometry").to_parquet(path)
    refused(path, "no 'geo'")


@pytest.mark.parametrize(
    "crs",
    ["+init=x", {"init": "epsg:4326"}, '{"init": "epsg:4326"}', {"type": "x"}, 7, "EPSG:99999"],
)
def test_an_unknown_crs_in_geoparquet(tmp_path, crs):
    path = write(tmp_path / "a.parquet")
    with_geo(path, lambda geo: geo["columns"]["geometry"].update(crs=crs))
    refused(path, "unknown CRS", kind=CRSError)


def test_native_geoparquet(tmp_path):
    shapes = [HOLED, PLAIN, PLAIN]
    path = write(tmp_path / "a.parquet", frame_of(shapes), geometry_encoding="geoarrow")
    (layer,) = read_layers(path)
    assert [found.equals(shape) for found, shape in zip(layer.geometry, shapes, strict=True)] == [
        True
    ] * 3
    assert layer.properties[0] == ROWS[0]


# ---- KML ---------------------------------------------------------------------------------

SQUARE = kml_polygon(shapely.box(36, 35, 37, 36))
FOLDERS = f"""
<Style id="red"><PolyStyle><color>7f0000ff</color></PolyStyle>
<LineStyle><color>ff00ff00</color></LineStyle></Style>
<StyleMap id="map"><Pair><key>highlight</key><styleUrl>#none</styleUrl></Pair>
<Pair><key>normal</key><styleUrl>#red</styleUrl></Pair></StyleMap>
<Folder><name>A</name><TimeSpan><begin>2024-01-01</begin></TimeSpan>
  <Placemark><name>one</name><description>&lt;b&gt;x</description><styleUrl>#map</styleUrl>
  {SQUARE}</Placemark>
  <Folder><name>B</name><Placemark><styleUrl>#red</styleUrl>
    <Style><PolyStyle><color>ffff0000</color></PolyStyle></Style>
    <TimeStamp><when>2024-02-03</when></TimeStamp>{SQUARE}</Placemark></Folder>
</Folder>
<Document><name>C</name><Style id="red"><PolyStyle><color>ff000001</color></PolyStyle></Style>
  <Placemark><name>three</name><styleUrl>#red</styleUrl>
  <ExtendedData><Data name="name"><value>other</value></Data></ExtendedData>
  <Point><coordinates>36, 35, 0</coordinates></Point></Placemark></Document>
<NetworkLink><name>far</name><Link><href>http://example.org/x.kml</href></Link></NetworkLink>
<GroundOverlay><name>map</name><LatLonBox><north>1</north></LatLonBox></GroundOverlay>
<Placemark><name>four</name><styleUrl>#none</styleUrl><LineString><coordinates>
  36,35 37,36,5</coordinates></LineString></Placemark>"""


def test_folders_styles_and_times_of_kml(tmp_path):
    layers = read_layers(text_file(tmp_path / "a.kml", kml(FOLDERS)))
    assert [layer.name for layer in layers] == ["A", "A/B", "C", "a"]
    assert [dict(layer.properties[0]) for layer in layers] == [
        {
            "name": "one",
            "description": "<b>x",
            "folder": "A",
            "fill": "#ff0000",
            "stroke": "#00ff00",
            "begin": "2024-01-01",
            "end": None,  # open, as OGC KML 2.3 has it
        },
        {
            "folder": "A/B",
            "fill": "#0000ff",
            "stroke": "#00ff00",
            "begin": "2024-02-03",
            "end": "2024-02-03",
        },
        {"name": "three", "folder": "C", "fill": "#010000", "data:name": "other"},
        {"name": "four"},
    ]
    assert [layer.geometry[0].geom_type for layer in layers] == [
        "Polygon",
        "Polygon",
        "Point",
        "LineString",
    ]
    kinds = [finding.kind for finding in layers[0].findings]
    assert kinds == ["not-read", "not-read", "no-style", "heights"]
    assert not any(layer.findings for layer in layers[1:])


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("windows-1251", "cp1251")],
)
def test_encodings_of_kml(tmp_path, declared, codec):
    text = kml(placemark(PLAIN, ROWS[0]), encoding=declared)
    (layer,) = read_layers(text_file(tmp_path / "a.kml", text.encode(codec)))
    assert layer.properties[0]["name"] == "Север"


def test_a_prefix_for_kml_itself(tmp_path):
    text = (
        '<k:kml xmlns:k="http://www.opengis.net/kml/2.2"><k:Placemark><k:name>x</k:name>'
        "</k:Placemark></k:kml>"
    )
    (layer,) = read_layers(text_file(tmp_path / "a.kml", text))
    assert layer.properties == ({"name": "x"},)
    assert layer.geometry.tolist() == [None]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path, codec):
    inner = f'<!DOCTYPE kml [<!ENTITY l0 "lol">{LAUGHS}]><kml><name>&l9;</name></kml>'
    path = text_file(tmp_path / "a.kml", inner.encode(codec))
    refused(path, "document type or entities")
    secret = text_file(tmp_path / "secret.txt", "secret")
    outside = f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{secret}">]><kml><name>&x;</name></kml>'
    refused(text_file(path, outside), "line 1", "document type or entities")


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (f"<Placemark>{SQUARE.replace('36.0,35.0,0', 'x,35', 1)}</Placemark>", ["no pair"]),
        (f"<Placemark>{SQUARE.replace('36.0,35.0,0', '36.0', 1)}</Placemark>", ["no pair"]),
        ("<Placemark>\n<Polygon/></Placemark>", ["0 outer rings"]),
        ("<Placemark><Point/></Placemark>", ["no positions"]),
        ("<Placemark><Point><coordinates>1,</coordinates></Point></Placemark>", ["no pair"]),
        ("<Placemark><LineString><coordinates>1,2</coordinates></LineString></Placemark>", ["one"]),
    ],
)
def test_malformed_geometries_of_kml(tmp_path, body, parts):
    path = text_file(tmp_path / "a.kml", kml(f"<Placemark><name>x</name></Placemark>\n{body}"))
    refused(path, "line 2, feature 2", *parts, kind=GeometryError)


def test_kml_without_placemarks(tmp_path):
    refused(text_file(tmp_path / "a.kml", kml("")), "no placemark in it")
    link = kml("<NetworkLink><name>x</name></NetworkLink>")
    refused(text_file(tmp_path / "a.kml", link), "only links to other files")
    refused(text_file(tmp_path / "a.kml", "<kml>" + "<Folder>" * 999), "nested more than 200")


def test_style_maps_that_turn_in_circles(tmp_path):
    pair = '<StyleMap id="{}"><Pair><key>normal</key><styleUrl>#{}</styleUrl></Pair></StyleMap>'
    body = pair.format("a", "b") + pair.format("b", "a")
    body += "<Placemark><styleUrl>#a</styleUrl></Placemark>"
    (layer,) = read_layers(text_file(tmp_path / "a.kml", kml(body)))
    assert [finding.kind for finding in layer.findings] == ["no-style"]


# ---- CSV and TopoJSON --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "parts"),
    [
        ("name,x\na,b", InputError, ["line 1", "not none"]),
        ("wkt,Geometry\na,b", InputError, ["'wkt' and 'Geometry'"]),
        ("wkt\n", InputError, ["no row"]),
        ("wkt\nPOINT (1 1)\nPOLYGON (1 1)", GeometryError, ["line 3"]),
        ("wkt,epsg\nPOINT (1 1),4326\nPOINT (1 1),3857", CRSError, ["line 3", "'4326' to '3857'"]),
        ("wkt,epsg\nPOINT (1 1),999999", CRSError, ["unknown CRS 'EPSG:999999'"]),
        ("wkt,epsg\nPOINT (1 1),+init=x", CRSError, ["no EPSG code"]),
    ],
)
def test_bad_csv(tmp_path, text, kind, parts):
    refused(text_file(tmp_path / "a.csv", text), *parts, kind=kind)


@pytest.mark.parametrize("text", ["wkt,EPSG\n{},EPSG:32637", "geom\nSRID=32637;{}"])
def test_crs_of_csv(tmp_path, text):
    (layer,) = read_layers(text_file(tmp_path / "a.csv", text.format("POINT (1 1)")))
    assert (layer.crs.to_epsg(), layer.findings, layer.properties) == (32637, (), ({},))


def test_a_cell_as_long_as_a_file(tmp_path):
    circle = shapely.Point(36, 35).buffer(1, quad_segs=5000)
    (layer,) = read_layers(text_file(tmp_path / "a.csv", f'wkt\n"{circle.wkt}"'))
    assert layer.geometry[0].equals_exact(circle, 1e-9)


def test_shared_arcs_stay_shared(tmp_path):
    content = {
        "type": "Topology",
        "transform": {"scale": [0.0001, 0.0003], "translate": [36.123, 35.321]},
        "arcs": [
            [[0, 0], [7, 11], [-3, 30]],
            [[4, 41], [-50, 0], [46, -41]],
            [[4, 41], [60, 3], [-64, -44]],
        ],
        "objects": {
            "west": {"type": "Polygon", "arcs": [[0, 1]], "id": "w", "properties": {"a": 1}},
            "east": {"type": "Polygon", "arcs": [[-3, -1]]},
        },
    }
    path = text_file(tmp_path / "a.json", json.dumps(content))
    west, east = read_layers(path)
    assert (west.name, east.name) == ("west", "east")
    assert dict(west.properties[0]) == {"id": "w", "a": 1}
    shared = {tuple(xy) for xy in shapely.get_coordinates(west.geometry)}
    assert len(shared & {tuple(xy) for xy in shapely.get_coordinates(east.geometry)}) == 3
    assert shapely.get_coordinates(west.geometry)[1].tolist() == [
        7 * 0.0001 + 36.123,
        11 * 0.0003 + 35.321,
    ]


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('"arcs": [[0], [1], [2]]', '"arcs": [[9], [1], [2]]', "no arc 9"),
        ('"arcs": [[0], [1], [2]]', '"arcs": [[0, 1]]', "does not begin where"),
        ('"arcs": [[0], [1], [2]]', '"arcs": [0]', "without arcs"),
        ('"arcs": [[0], [1], [2]]', '"arcs": 7', "no list"),
        ('"arcs": [[0], [1], [2]]', '"arcs": []', "without an outer ring"),
        ('"type": "Polygon"', '"type": "Circle"', "unknown type 'Circle'"),
        ("[[0, 0], ", '[["x", 0], ', "arc 0 is no list of positions"),
        ('"scale": [1e-07', '"scale": ["x"', "two numbers each"),
        ('"scale"', '"skale"', "two numbers each"),
        ('"geometries": [', '"geometries": [7, ', "malformed"),
    ],
)
def test_malformed_topologies(tmp_path, old, new, part):
    text = json.dumps(topology())
    assert old in text
    refused(text_file(tmp_path / "a.topojson", text.replace(old, new, 1)), part)


# ---- Archives ----------------------------------------------------------------------------


def test_several_formats_in_one_archive(tmp_path):
    files = {"b/zones.kml": KML, "__MACOSX/._x.kml": b"x", "read me.txt": b"x"}
    files |= {"a.csv": csv_text(), "b/a.csv": csv_text()}
    path = zipped(tmp_path / "a.zip", files)
    layers = read_layers(path)
    assert [layer.file for layer in layers] == [
        f"{path}/{n}" for n in ("b/zones.kml", "a.csv", "b/a.csv")
    ]
    assert layers[1].findings[0].detail.startswith(f"{path}/a.csv: ")


def test_a_packed_file_in_an_archive_is_read_like_a_plain_one(tmp_path):
    plain = read_layers(zipped(tmp_path / "a.zip", {"b/zones.kml": KML}))
    packed = gzip.compress(KML if isinstance(KML, bytes) else KML.encode())
    path = zipped(tmp_path / "p.zip", {"b/zones.kml.gz": packed})
    (layer,) = read_layers(path)
    assert layer.file == f"{path}/b/zones.kml.gz"
    assert shapely.equals(layer.geometry, plain[0].geometry).all()
    for name in ("a.gpkg.gz", "a.gz", "a.tar.gz"):
        refused(zipped(tmp_path / "a.zip", {name: packed}), "an archive within the archive")
    refused(zipped(tmp_path / "a.zip", {"z.kml.gz": packed[:-20]}), "damaged .gz file")


def test_errors_in_an_archive_name_the_member(tmp_path):
    path = zipped(tmp_path / "a.zip", {"b/a.csv": "wkt\nPOINT (x)"})
    refused(path, f"{path}/b/a.csv, line 2", kind=GeometryError)
    inner = zipped(tmp_path / "inner.kmz", {"x.kml": "<kml>"})
    path = zipped(tmp_path / "a.zip", {"b.kmz": inner.read_bytes()})
    refused(path, f"{path}/b.kmz/x.kml, line 1: not KML")
    write(tmp_path / "z.shp")
    path = zipped(tmp_path / "a.zip", {"z.shp": (tmp_path / "z.shp").read_bytes()})
    refused(path, f"{path}/z.shp: z.shx is missing")


@pytest.mark.parametrize(
    "name", ["../a.csv", "/a.csv", "b/../../a.csv", "C:/a.csv", "b\\..\\a.csv"]
)
@pytest.mark.parametrize("suffix", [".zip", ".kmz"])
def test_names_that_lead_out_of_an_archive(tmp_path, name, suffix):
    path = zipped(tmp_path / f"a{suffix}", {name: csv_text(), "x.kml": KML})
    refused(path, "leads out of the archive")


@pytest.mark.parametrize("suffix", [".zip", ".kmz"])
def test_archives_too_large_are_not_unpacked(tmp_path, suffix):
    path = zipped(tmp_path / f"a{suffix}", {"a.kml": b" " * 5_000_000})
    assert path.stat().st_size < 10_000
    refused(path, "more than 200 times its size")
    path = zipped(path, {"a.kml": KML * 50})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 0xF0000000)
    refused(text_file(path, bytes(content)), "larger than 200 MB")


def test_archives_refused(tmp_path):
    refused(zipped(tmp_path / "a.zip", {"b.zip": b"x"}), "an archive within the archive")
    refused(zipped(tmp_path / "a.zip", {"b.txt": b"x"}), "nothing in the archive")
    refused(zipped(tmp_path / "a.kmz", {"b.txt": b"x"}), "no placemark")
    refused(zipped(tmp_path / "a.zip", {"b.csv": b"x", "B.csv": b"x"}), "stands twice")
    path = zipped(tmp_path / "a.zip", {"b.csv": b"x"})
    refused(text_file(path, path.read_bytes().replace(b"b.csv", b"\0.csv")), "control characters")
    refused(zipped(tmp_path / "a.zip", {f"{'x' * 250}.csv": b"x"}), "longer than 200")
    path = zipped(tmp_path / "a.zip", {"b.csv": csv_text()})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    refused(text_file(path, bytes(content)), "encrypted")
    link = zipfile.ZipInfo("b.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(path, "is a link")


# ---- No requests -------------------------------------------------------------------------


def test_no_file_makes_a_request(tmp_path):
    with listening() as (address, asked):
        link = f"<NetworkLink><Link><href>{address}</href></Link></NetworkLink>"
        style = f"<Placemark><styleUrl>{address}#a</styleUrl></Placemark>"
        (layer,) = read_layers(text_file(tmp_path / "a.kml", kml(link + style)))
        assert len(layer.findings) == 2
        for suffix in SUFFIXES:
            text = VRT.format(source=f"/vsicurl/{address}")
            refused(text_file(tmp_path / f"b{suffix}", text))
        urlopen(address).close()
    assert asked == ["/x"]


# ---- Packed with gzip --------------------------------------------------------------------


def packed(path, content):
    path.write_bytes(
        gzip.compress(content if isinstance(content, bytes) else content.encode(), mtime=0)
    )
    return path


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".topojson", ".kml", ".csv"])
def test_what_is_packed_reads_as_what_it_is(tmp_path, suffix):
    texts = {".kml": KML, ".csv": csv_text(), ".topojson": json.dumps(topology())}
    plain = tmp_path / f"zones_2024-01-05{suffix}"
    if suffix in texts:
        text_file(plain, texts[suffix])
    else:
        pyogrio.write_dataframe(frame_of(), plain, driver="GeoJSON")
    path = packed(tmp_path / f"{plain.name}.gz", plain.read_bytes())
    for one, other in zip(read_layers(plain), read_layers(path), strict=True):
        assert one.properties == other.properties
        assert one.name == other.name
        assert shapely.equals_exact(one.geometry, other.geometry).all()


def test_what_is_packed_is_found_in_a_folder(tmp_path):
    packed(tmp_path / "a_2024-01-05.geojson.gz", b"{}")
    packed(tmp_path / "b.tar.gz", b"x")
    packed(tmp_path / "c.gz", b"x")
    assert [each.name for each in expand((str(tmp_path),))] == ["a_2024-01-05.geojson.gz"]


def test_a_bomb_is_not_unpacked(tmp_path):
    path = packed(tmp_path / "a.geojson.gz", b" " * 300_000_000)
    tracemalloc.start()
    try:
        refused(path, "unpacks to more than 200 times its size")
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


def test_what_is_packed_may_not_be_larger_than_what_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr("territory.read.text_files.MAX_TEXT_BYTES", 2_000)
    refused(packed(tmp_path / "a.csv.gz", csv_text() * 100), "larger than 0 MB when unpacked")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b'{"type": "FeatureCollection", "features": []}', "is not a .gz file"),
        (b"", "the file is empty"),
        (gzip.compress(b'{"type": 1}', mtime=0)[:-9], "is the file truncated?"),
        (gzip.compress(b"x" * 99, mtime=0)[:-4] + b"\0\0\0\0", "is the file truncated?"),
        (b"\x1f\x8b\x08" + b"\0" * 30, "a damaged .gz file"),
    ],
)
def test_a_gz_that_is_none(tmp_path, content, part):
    refused(text_file(tmp_path / "a.geojson.gz", content), part)


@pytest.mark.parametrize("name", ["a.shp.gz", "a.gpkg.gz", "a.kmz.gz", "a.parquet.gz"])
def test_formats_that_are_not_read_packed(tmp_path, name):
    refused(packed(tmp_path / name, b"x"), "is not read; unpack it first")

"""Every format with everything that can be wrong: the right area, or one clear refusal.

Whatever a file holds, reading it must end in the areas that the same geometry has without
any file, or in one error (or refused day) that names the file. Anything else, such as an
area that depends on the format, would be a wrong figure without a word.
"""

import json
import warnings
from datetime import date
from functools import cache

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_formats import SEQUENCES, kml, kml_geometry, text_file, write, zipped

from territory.errors import InputError, TerritoryError
from territory.findings import Severity
from territory.geometry.projection import WGS84
from territory.history.history import from_snapshots
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder
from territory.job.clean_days import normalised
from territory.measure.change import areas_by_day
from territory.read.formats.by_extension import SUFFIXES
from territory.read.profile import read_profile
from territory.read.zones import read_series

DAY = date(2024, 1, 5)
NAME = "zones_2024-01-05"
FORMATS = sorted(SUFFIXES - {".json", ".geoparquet"})
JSON = {".geojson", *SEQUENCES}
TEXT = [".geojson", ".topojson", ".kml", ".csv"]
BINARY = [".shp", ".gpkg", ".fgb", ".parquet"]


# ---- The same zones in every format ----------------------------------------------------------


def drawn(folder, suffix, shapes, actors, *, name=NAME):
    """Write shapes with an actor each; an actor of None has no value."""
    path = folder / f"{name}{suffix}"
    if suffix in JSON:
        content = geojson(shapes, actors)
        lines = map(json.dumps, json.loads(content)["features"])
        return text_file(path, content if suffix == ".geojson" else "\n".join(lines))
    if suffix == ".topojson":
        return text_file(path, topojson(shapes, actors))
    if suffix in {".kml", ".kmz"}:
        text = kml("".join(map(placemark, shapes, actors)))
        return text_file(path, text) if suffix == ".kml" else zipped(path, {"doc.kml": text})
    if suffix == ".csv":
        return text_file(path, csv(shapes, actors))
    if suffix == ".zip":
        return zipped(path, {f"{name}.geojson": geojson(shapes, actors)})
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of shapes that GDAL finds odd
        return write(path, geopandas.GeoDataFrame({"actor": actors}, geometry=geometry, crs=4326))


def geojson(shapes, actors):
    rows = [
        {"type": "Feature", "properties": {"actor": actor}, "geometry": member(shape)}
        for shape, actor in zip(shapes, actors, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows})


def member(shape):
    return None if shape is None else shapely.geometry.mapping(shape)


def topojson(shapes, actors):
    arcs = []

    def rings(polygon):
        for ring in shapely.get_rings(polygon):
            arcs.append([list(point) for point in ring.coords])
            yield [len(arcs) - 1]

    def encoded(shape):
        if shape is None:
            return {"type": None}
        if shape.geom_type == "Polygon":
            return {"type": "Polygon", "arcs": list(rings(shape))}
        if shape.geom_type == "MultiPolygon":
            return {"type": "MultiPolygon", "arcs": [list(rings(part)) for part in shape.geoms]}
        if shape.geom_type == "Point":
            return {"type": "Point", "coordinates": list(shape.coords[0])}
        if shape.geom_type == "LineString":
            arcs.append([list(point) for point in shape.coords])
            return {"type": "LineString", "arcs": [len(arcs) - 1]}
        return {"type": "GeometryCollection", "geometries": list(map(encoded, shape.geoms))}

    found = [
        {**encoded(shape), "properties": {"actor": actor}}
        for shape, actor in zip(shapes, actors, strict=True)
    ]
    zones = {"type": "GeometryCollection", "geometries": found}
    return json.dumps({"type": "Topology", "objects": {"zones": zones}, "arcs": arcs})


def placemark(shape, actor):
    data = f'<Data name="actor"><value>{actor}</value></Data>' if actor is not None else ""
    return f"<Placemark><ExtendedData>{data}</ExtendedData>{kml_of(shape)}</Placemark>"


def kml_of(shape):
    if shape is None:
        return ""
    if shape.geom_type == "Point":
        return f"<Point><coordinates>{shape.x},{shape.y}</coordinates></Point>"
    if shape.geom_type == "LineString":
        line = " ".join(f"{x},{y}" for x, y in shape.coords)
        return f"<LineString><coordinates>{line}</coordinates></LineString>"
    if shape.geom_type == "GeometryCollection":
        return f"<MultiGeometry>{''.join(map(kml_of, shape.geoms))}</MultiGeometry>"
    return kml_geometry(shape)


def csv(shapes, actors):
    rows = [
        f'{"" if actor is None else actor},"{"" if shape is None else shape.wkt}",4326'
        for shape, actor in zip(shapes, actors, strict=True)
    ]
    return "\n".join(["actor,wkt,srid", *rows])


def measured(path, *paths):
    """Return km2 by actor and the findings; refusals are raised."""
    profile = read_profile("zones")
    series = read_series((str(path), *map(str, paths)), profile)
    snapshots, refused = normalised(series.raws)
    findings = (*series.findings, *refused, *(f for s in snapshots for f in s.audit))
    errors = [finding.detail for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise InputError(errors[0])
    return km2_of(snapshots), {finding.kind for finding in findings}


def km2_of(snapshots):
    if not any(len(snapshot.xy) for snapshot in snapshots):
        return {}
    history = from_snapshots(snapshots)
    row = areas_by_day(history)[0]
    return {str(h): km2 for h, km2 in zip(history.holders, row, strict=True) if km2 and str(h)}


# ---- Geometry --------------------------------------------------------------------------------

BOX = shapely.box(36, 35, 37, 36)
OTHER = shapely.box(38, 35, 38.5, 36)
RING = [(36, 35), (37, 35), (37, 36), (36, 36), (36, 35)]


def polygon(*rings):
    return shapely.Polygon(rings[0], rings[1:])


def boxed(west, south, east, north):
    return list(shapely.box(west, south, east, north).exterior.coords)


SHAPES = {
    "bow-tie": polygon([(36, 35), (37, 36), (37, 35), (36, 36), (36, 35)]),
    "spike": polygon([(36, 35), (37, 35), (37, 35.5), (40, 35.5), (37, 35.5), (37, 36), (36, 36)]),
    "hole outside": polygon(RING, boxed(36.2, 36.2, 36.4, 36.4)),
    "hole across the rim": polygon(RING, boxed(36.9, 35.4, 37.1, 35.6)),
    "hole equal to the shell": polygon(RING, RING),
    "nested holes": polygon(RING, boxed(36.2, 35.2, 36.8, 35.8), boxed(36.4, 35.4, 36.6, 35.6)),
    "two holes": polygon(RING, boxed(36.1, 35.1, 36.2, 35.2), boxed(36.4, 35.4, 36.6, 35.6)),
    "hole twice": polygon(RING, *[boxed(36.4, 35.4, 36.6, 35.6)] * 2),
    "self-overlap": polygon(
        [
            (36, 35),
            (37, 35),
            (37, 36),
            (36.5, 36),
            (36.5, 35.5),
            (37.5, 35.5),
            (37.5, 36.5),
            (36, 36.5),
        ]
    ),
    "wound the other way": polygon(RING[::-1], boxed(36.4, 35.4, 36.6, 35.6)),
    "points twice": polygon([point for point in RING for _ in range(2)]),
    "no area at all": polygon([(36, 35), (37, 35), (36.5, 35), (36, 35)]),
    "overlapping parts": shapely.MultiPolygon([BOX, shapely.box(36.5, 35, 37.5, 36)]),
    "the same part twice": shapely.MultiPolygon([BOX, BOX]),
    "a part within a part": shapely.MultiPolygon([BOX, shapely.box(36.2, 35.2, 36.4, 35.4)]),
    "collection": shapely.GeometryCollection([BOX, shapely.Point(36, 35)]),
    "nested collection": shapely.GeometryCollection(
        [shapely.GeometryCollection([BOX, shapely.LineString([(36, 35), (37, 36)])])]
    ),
    "a point": shapely.Point(36, 35),
    "a line": shapely.LineString([(36, 35), (37, 36)]),
    "beyond the pole": shapely.box(36, 89, 37, 91),
    "across the antimeridian": polygon([(179, 35), (-179, 35), (-179, 36), (179, 36)]),
    "split at the antimeridian": shapely.MultiPolygon(
        [shapely.box(179, 35, 180, 36), shapely.box(-180, 35, -179, 36)]
    ),
    "a cap about the pole": polygon([(-180, 80), (180, 80), (180, 90), (-180, 90)]),
    "metres": shapely.box(500_000, 4_000_000, 600_000, 4_100_000),
    "swapped beyond the pole": shapely.box(35, 100, 36, 101),
    "nothing": None,
}
NO_COLLECTIONS = {".shp", ".fgb"}  # of what the drivers write here


@cache
def truth(case):
    """Return what the geometry says without any file: km2 by actor, or None if refused."""
    shapes = np.array([SHAPES[case], OTHER, None], dtype=object)[:-1]
    holders = (Holder("a"), Holder("b"))
    try:
        snapshot = normalise(RawZones(DAY, WGS84, Source("x"), holders, shapes))
    except TerritoryError:
        return None
    is_lost = any(finding.severity is Severity.ERROR for finding in snapshot.audit)
    return None if is_lost else km2_of((snapshot,))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("case", SHAPES)
def test_a_geometry_means_the_same_in_every_format(tmp_path, case, suffix):
    shape = SHAPES[case]
    kind = "" if shape is None else shape.geom_type
    if suffix in NO_COLLECTIONS and kind in {"GeometryCollection", "Point", "LineString"}:
        pytest.skip("the format has one kind of geometry")
    if case == "nothing" and suffix == ".fgb":
        pytest.skip("the driver writes none")
    path = drawn(tmp_path, suffix, [shape, OTHER], ["a", "b"])
    expected = truth(case)
    if (case, suffix) == ("hole outside", ".shp"):  # there a hole is a ring wound otherwise
        found, kinds = measured(path)
        assert found["a"] > truth("points twice")["a"]
        assert "hole-outside" in kinds
    elif expected is None:
        with pytest.raises(InputError) as caught:
            measured(path)
        assert str(caught.value).startswith(str(path))
        assert "feature 1" in str(caught.value)
    else:
        assert measured(path)[0] == pytest.approx(expected, rel=1e-9)


def test_the_sweep_has_both_outcomes():
    refused = [truth(case) is None for case in SHAPES]
    assert sum(refused) >= 5
    assert len(refused) - sum(refused) >= 10


def test_ground_beside_the_antimeridian_is_as_large_as_elsewhere():
    assert truth("across the antimeridian") is None
    two = 2 * truth("points twice")["a"]
    assert truth("split at the antimeridian")["a"] == pytest.approx(two, rel=1e-6)
    assert truth("a cap about the pole")["a"] == pytest.approx(3_908_572.76, abs=0.1)


@pytest.mark.parametrize("suffix", sorted(set(FORMATS) - {".shp"}))
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_no_numbers_are_refused(tmp_path, suffix, number):
    with np.errstate(invalid="ignore"):
        odd = shapely.polygons([(36, 35), (37, 35), (number, 36), (36, 35)])
    path = drawn(tmp_path, suffix, [BOX, odd], ["a", "b"])
    with pytest.raises(InputError) as caught:
        measured(path)
    assert str(caught.value).startswith(str(path))
    if suffix not in {*JSON, ".topojson", ".zip"}:  # NaN is no JSON: the whole file is refused
        assert "feature 2" in str(caught.value)


EMPTY = [shapely.Polygon(), shapely.MultiPolygon(), shapely.GeometryCollection()]


@pytest.mark.parametrize("suffix", [".geojson", ".csv", ".gpkg", ".parquet", ".zip"])
@pytest.mark.parametrize("shape", EMPTY, ids=lambda shape: shape.geom_type)
def test_an_empty_geometry_is_told(tmp_path, suffix, shape):
    path = drawn(tmp_path, suffix, [shape, OTHER], ["a", "b"])
    with pytest.raises(InputError, match=r"feature 1 \(held by a\) has (an empty|no) geometry"):
        measured(path)  # its holder has no other ground: that is lost


OPEN = [(36, 35), (37, 35), (37, 36), (36, 36)]


@pytest.mark.parametrize("suffix", [".geojson", ".topojson", ".kml", ".kmz", ".csv", ".zip"])
def test_an_open_ring_is_closed_and_told(tmp_path, suffix):
    path = drawn(tmp_path, suffix, [BOX], ["a"])
    if suffix == ".kmz":
        path = zipped(path, {"doc.kml": opened(kml(placemark(BOX, "a")), ".kml")})
    elif suffix == ".zip":
        path = zipped(path, {f"{NAME}.geojson": opened(geojson([BOX], ["a"]), ".geojson")})
    else:
        text_file(path, opened(path.read_text(encoding="utf-8"), suffix))
    found, kinds = measured(path)
    assert found == pytest.approx({"a": truth("points twice")["a"]}, rel=1e-9)
    assert "unclosed-ring" in kinds


def opened(text, suffix):
    """Take the last position of the only ring away."""
    x, y = BOX.exterior.coords[-1]
    last, left = {
        ".kml": (f" {x!r},{y!r},0</coord", "</coord"),
        ".csv": (f", {x:g} {y:g}))", "))"),
    }.get(suffix, (f", [{x}, {y}]]", "]"))
    assert text.count(last) == 1, text
    return text.replace(last, left)


# ---- Who holds it ----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("actor", [None, "", "   "])
def test_a_feature_without_an_actor_is_refused(tmp_path, suffix, actor):
    path = drawn(tmp_path, suffix, [BOX, OTHER], ["a", actor])
    with pytest.raises(InputError) as caught:
        measured(path)
    assert str(caught.value).startswith(str(path))
    assert "feature 2: no actor in 'actor'" in str(caught.value)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_field_of_actors_of_another_name_is_refused(tmp_path, suffix):
    path = drawn(tmp_path, suffix, [BOX], ["a"])
    profile = read_profile("zones").model_copy(update={"label_properties": ("holder",)})
    with pytest.raises(InputError, match="no actor in 'holder'"):
        read_series((str(path),), profile)


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_actor_that_a_profile_does_not_know_is_refused_with_its_area(tmp_path, suffix):
    path = drawn(tmp_path, suffix, [BOX, OTHER], ["a", "new"])
    rule = {"label": "a", "actor": "a"}
    known = read_profile("zones").model_dump() | {"rule": [rule]}
    profile = type(read_profile("zones")).model_validate(known)
    with pytest.raises(InputError, match="does not know 'new' on 1 features, 5,03"):
        read_series((str(path),), profile)


# ---- Which day it is -------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_name_without_a_day_is_refused(tmp_path, suffix):
    path = drawn(tmp_path, suffix, [BOX], ["a"], name="zones")
    with pytest.raises(InputError) as caught:
        measured(path)
    assert str(caught.value).startswith(str(path))
    assert "no day in the file name" in str(caught.value)


@pytest.mark.parametrize("suffix", FORMATS)
def test_two_files_for_one_day_are_refused(tmp_path, suffix):
    first = drawn(tmp_path, suffix, [BOX], ["a"])
    again = drawn(tmp_path, suffix, [OTHER], ["a"], name=f"again_{NAME}")
    with pytest.raises(InputError, match="2024-01-05 is also given by"):
        measured(first, again)


# ---- How it is written -----------------------------------------------------------------------


@pytest.mark.parametrize("suffix", TEXT)
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_marks_of_byte_order_do_not_matter(tmp_path, suffix, codec):
    path = drawn(tmp_path, suffix, [BOX, OTHER], ["a", "حلب"])
    text = path.read_text(encoding="utf-8")
    if codec.endswith("-bom"):
        content = ("\ufeff" + text).encode(codec.removesuffix("-bom"))
    else:
        content = text.encode(codec)
    if suffix == ".kml":
        content = content if "8" in codec else text.replace("UTF-8", "UTF-16").encode("utf-16")
    expected, _ = measured(path)
    assert set(expected) == {"a", "حلب"}
    assert measured(text_file(path, content))[0] == expected


@pytest.mark.parametrize("suffix", TEXT)
@pytest.mark.parametrize("codec", ["cp1256", "utf-16-le", "utf-32"])
def test_text_in_an_encoding_that_is_not_said_is_refused(tmp_path, suffix, codec):
    path = drawn(tmp_path, suffix, [BOX], ["حلب"])
    text_file(path, path.read_text(encoding="utf-8").replace("\\u", "\\u").encode(codec))
    if suffix in {".geojson", ".topojson"} and codec == "cp1256":
        text_file(path, json.dumps(json.loads(path.read_bytes()), ensure_ascii=False).encode(codec))
    with pytest.raises(InputError) as caught:
        measured(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_content_of_another_format_is_refused(tmp_path, suffix):
    for other in FORMATS:
        (tmp_path / other[1:]).mkdir()
        content = drawn(tmp_path / other[1:], other, [BOX, OTHER], ["a", "b"]).read_bytes()
        path = text_file(tmp_path / f"{NAME}{suffix}", content)
        if other == suffix:
            continue
        is_json = suffix in JSON and other in {*JSON, ".topojson"}
        if is_json or (other, suffix) == (".kmz", ".zip"):  # which it may be
            assert set(measured(path)[0]) == {"a", "b"}
            continue
        with pytest.raises(InputError) as caught:
            measured(path)
        assert str(caught.value).startswith(str(path)), other


@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_spoiled_file_gives_all_zones_or_one_error(tmp_path, suffix, data):
    """Cut anywhere, with any bytes changed: never fewer zones, never another exception."""
    path = tmp_path / f"{NAME}{suffix}"
    if not path.exists():
        drawn(tmp_path, suffix, [BOX, OTHER], ["a", "b"])
        (tmp_path / "whole").write_bytes(path.read_bytes())
    whole = (tmp_path / "whole").read_bytes()
    content = bytearray(whole[: data.draw(st.integers(len(whole) // 2, len(whole)))])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
        content[at] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        found, _ = measured(path)
    except TerritoryError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error)
    else:
        lines = bytes(content).count(b"\n")
        if not (suffix == ".csv" and lines < whole.count(b"\n")):  # a line less is not seen
            assert len(found) >= 1
    finally:
        path.write_bytes(whole)


# ---- Where it is -----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".geojson", ".csv", *BINARY])
def test_another_crs_gives_the_same_area(tmp_path, suffix):
    flat = geopandas.GeoSeries([shapely.segmentize(BOX, 0.01)], crs=4326).to_crs(32637)
    path = tmp_path / f"{NAME}{suffix}"
    if suffix == ".geojson":
        content = json.loads(geojson(list(flat), ["a"]))
        content["crs"] = {"type": "name", "properties": {"name": "EPSG:32637"}}
        text_file(path, json.dumps(content))
    elif suffix == ".csv":
        text_file(path, csv(list(flat), ["a"]).replace("4326", "32637"))
    else:
        write(path, geopandas.GeoDataFrame({"actor": ["a"]}, geometry=flat))
    found, _ = measured(path)
    assert found["a"] == pytest.approx(truth("points twice")["a"], rel=1e-6)


@pytest.mark.parametrize("suffix", BINARY)
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_no_crs_is_refused(tmp_path, suffix):
    frame = geopandas.GeoDataFrame({"actor": ["a"]}, geometry=[BOX])
    path = write(tmp_path / f"{NAME}{suffix}", frame)
    with pytest.raises(InputError) as caught:
        measured(path)
    assert str(caught.value).startswith(str(path))

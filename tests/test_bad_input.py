"""What must never pass in silence, whatever the format: heights, other files, reserved names."""

import json

import numpy as np
import pytest
import shapely
from squares import PLANE, day, square
from test_formats import KML, ROWS, csv_text, kml, text_file, write, zipped
from test_places import FOUR, event, findings, place_at, series_of

from territory.cli import _code
from territory.errors import InputError
from territory.history.history import from_coverage
from territory.holders import CONTESTED, NOBODY, Holder
from territory.read.aoi import read_area
from territory.read.formats.by_extension import read_layers
from territory.read.formats.geojson import read_geojson, read_rings
from territory.read.profile import LabelRule

BOX = shapely.box(36, 35, 37, 36)


def kinds(layers):
    return [finding.kind for layer in layers for finding in layer.findings]


# ---- Heights ---------------------------------------------------------------------------------


def raised(height):
    """Return a box with a height at one corner."""
    return shapely.Polygon([(36, 35, 0), (37, 35, height), (37, 36, 0), (36, 36, 0)])


def topology(height):
    ring = [[36, 35], [37, 35, height], [37, 36], [36, 36], [36, 35]]
    zone = {"type": "Polygon", "arcs": [[0]], "properties": {"actor": "a"}}
    collection = {"type": "GeometryCollection", "geometries": [zone]}
    return json.dumps({"type": "Topology", "objects": {"z": collection}, "arcs": [ring]})


def with_height(path, height):
    shape = raised(height)
    if path.suffix == ".kml":
        ring = " ".join(f"{x},{y},{z}" for x, y, z in shape.exterior.coords)
        outer = f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
        body = f"<Placemark><Polygon>{outer}</outerBoundaryIs></Polygon></Placemark>"
        return text_file(path, kml(body))
    if path.suffix == ".topojson":
        return text_file(path, topology(height))
    if path.suffix == ".geojson":
        zone = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)}
        return text_file(path, json.dumps({"type": "FeatureCollection", "features": [zone]}))
    if path.suffix == ".csv":
        return text_file(path, f'name,wkt\nx,"{shape.wkt}"\n')
    import geopandas

    frame = geopandas.GeoDataFrame(ROWS[:1], geometry=[shape], crs="EPSG:4326")
    return write(path, frame)


HEIGHT_FORMATS = [".geojson", ".kml", ".topojson", ".csv", ".gpkg", ".fgb", ".shp", ".parquet"]


@pytest.mark.parametrize("suffix", HEIGHT_FORMATS)
def test_heights_are_left_out_and_told(tmp_path, suffix):
    layers = read_layers(with_height(tmp_path / f"a{suffix}", 7.5))
    assert not shapely.has_z(layers[0].geometry).any()
    assert layers[0].geometry[0].equals(BOX)
    (told,) = [f for layer in layers for f in layer.findings if f.kind == "heights"]
    assert (str(told.severity), told.km2) == ("info", 0.0)
    assert told.detail.startswith(str(tmp_path / f"a{suffix}"))


@pytest.mark.parametrize("suffix", HEIGHT_FORMATS)
def test_heights_of_zero_are_nothing_to_tell(tmp_path, suffix):
    layers = read_layers(with_height(tmp_path / f"a{suffix}", 0.0))
    assert not shapely.has_z(layers[0].geometry).any()
    assert "heights" not in kinds(layers)


@pytest.mark.parametrize("height", [0, 7.5])
@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0, "z"], [1, 1], [0, 0]]]},
        {"type": "MultiPolygon", "coordinates": [[[[0, 0, 0], [1, 0, "z", 3], [1, 1, 0], [0, 0]]]]},
        {"type": "LineString", "coordinates": [[0, 0, 0], [1, 1, "z"]]},
        {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "coordinates": [[[0, 0, 0], [1, 0, "z"], [1, 1, 0], [0, 0, 0]]]}
            ],
        },
    ],
)
def test_heights_of_every_kind_of_geojson(tmp_path, shape, height):
    text = json.dumps(shape).replace('"z"', str(height))
    zones = f'{{"type": "FeatureCollection", "features": [{{"geometry": {text}}}]}}'
    found = read_geojson(text_file(tmp_path / "a.geojson", zones))
    assert not shapely.has_z(found.geometry).any()
    assert [finding.kind for finding in found.findings] == ["heights"] * bool(height)


def test_heights_of_json_rings(tmp_path):
    text = '{"held": [[[0, 0, 5], [1, 0, 5], [1, 1, 5], [0, 0, 5]]]}'
    found = read_rings(text_file(tmp_path / "a.json", text), keys=("held",), latitude_first=True)
    assert found.geometry[0].area == 0.5
    assert [finding.kind for finding in found.findings] == ["heights"]


# ---- Archives --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("README.json", '{"title": "Zones of May", "licence": ["CC0", "by", "us"]}'),
        ("data/package.json", '\ufeff{"resources": [{"path": "zones.kml", "bytes": 12345}]}'),
        ("totals.csv", "day,km2\n2024-01-01,108651\n"),
    ],
)
def test_tables_and_descriptions_beside_the_zones_are_left_out_and_told(tmp_path, name, content):
    path = zipped(tmp_path / "a.zip", {name: content, "zones.kml": KML})
    layers = read_layers(path)
    assert sum(len(layer.geometry) for layer in layers) == 3
    (told,) = [f for layer in layers for f in layer.findings if f.kind == "left-out"]
    assert told.severity == "warning"
    assert f"{path}/{name}" in told.detail


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("zones.json", '{"type": "FeatureCollection", "features": [', "not JSON"),
        ("zones.json", '{"areas": [[[35.0, 36.0], [35.5, 36.0], [35.0, 36.5]]]}', "not a GeoJSON"),
        ("zones.json", '{"value": {"features": []}}', "not a GeoJSON"),
        ("zones.json", '{"type": "Topology", "arcs": 1}', "needs 'objects' and 'arcs'"),
        ("zones.json", "[" * 200 + "]" * 200, "not a GeoJSON"),
        ("zones.csv", 'shape\n"POLYGON ((36 35, 37 35, 37 36, 36 35))"\n', "column of geometries"),
        ("zones.csv", "wkt\nPOLYGON ((36 35", "unusable geometry"),
        ("zones.geojson", '{"title": "x"}', "not a GeoJSON"),
    ],
)
def test_what_may_be_zones_is_never_left_out(tmp_path, name, content, message):
    path = zipped(tmp_path / "a.zip", {name: content, "b.csv": csv_text()})
    with pytest.raises(InputError, match=message):
        read_layers(path)


def test_an_archive_of_other_files_alone_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"README.json": "{}"})
    with pytest.raises(InputError, match="nothing in the archive"):
        read_layers(path)


# ---- Names that mean something ---------------------------------------------------------------


def zone_file(path, *actors):
    rows = [
        {
            "type": "Feature",
            "properties": {"actor": actor},
            "geometry": json.loads(shapely.to_geojson(shapely.box(36 + n / 2, 35, 37 + n / 2, 36))),
        }
        for n, actor in enumerate(actors)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    return path


def test_nobody_is_no_actor_of_zones(tmp_path, capsys):
    path = zone_file(tmp_path / "zones_2024-01-01.geojson", "nobody")
    assert _code(["areas", str(path), "--profile", "zones"]) == 1
    told = capsys.readouterr().err
    assert f"{path}: an actor cannot be named 'nobody'" in told


def test_contested_is_an_actor_unless_overlaps_get_that_name(tmp_path, capsys):
    path = zone_file(tmp_path / "zones_2024-01-01.geojson", "contested")
    assert _code(["areas", str(path), "--profile", "zones"]) == 0
    profile = text_file(tmp_path / "p.toml", 'name = "p"\noverlap = "contested"\n')
    capsys.readouterr()
    assert _code(["areas", str(path), "--profile", str(profile)]) == 1
    assert "an actor cannot be named 'contested'; overlaps get that name" in capsys.readouterr().err


def test_what_a_contested_policy_wrote_is_read_again(tmp_path, capsys):
    path = zone_file(tmp_path / "zones_2024-01-01.geojson", "a", "b")
    profile = text_file(tmp_path / "p.toml", 'name = "p"\noverlap = "contested"\n')
    asked = ["areas", str(path), "--profile", str(profile)]
    assert _code(asked) == 0
    first = capsys.readouterr().out
    assert "contested" in first
    out = tmp_path / "out.gpkg"
    assert _code(["convert", *asked[1:], "--out", str(out)]) == 0
    capsys.readouterr()
    assert _code(["areas", str(out), "--profile", "zones"]) == 0
    again = [row.split(",")[:3] for row in capsys.readouterr().out.splitlines()]
    assert again == [row.split(",")[:3] for row in first.splitlines()]


@pytest.mark.parametrize("twice", [NOBODY, CONTESTED])
def test_a_history_names_every_holder_once(twice):
    others = (Holder("a"),) if twice is NOBODY else (CONTESTED,)
    with pytest.raises(InputError, match="a holder stands twice"):
        from_coverage(
            np.array([square(0, 0)]),
            np.array([[1]], dtype=np.int16),
            days=(day(0),),
            holders=(NOBODY, twice, *others),
            projection=PLANE,
        )


def test_nobody_is_no_actor_of_rules_and_places(tmp_path):
    with pytest.raises(ValueError, match="drop = true"):
        LabelRule(label="x", actor="nobody")
    from territory.read.place_tables import read_starts

    known = {"P1": place_at("P1", 0)}
    path = text_file(tmp_path / "s.csv", "place_id,holder,evidence\nP1,nobody,marker\n")
    with pytest.raises(InputError, match="line 2: an actor cannot be named 'nobody'"):
        read_starts(path, known)


# ---- Places that are not always known --------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "events", "said"),
    [
        ("a", [event("Q", "a", "unknown", 5)], "no known holder from 2018-01-06 on, so it is left"),
        ("unknown", [event("Q", "unknown", "b", 5)], "no known holder before 2018-01-06, so it is"),
        ("unknown", [], "has no known holder; the ground goes to its neighbours"),
    ],
)
def test_a_place_left_out_says_since_when_it_is_not_known(start, events, said):
    from territory.history.voronoi import place_findings

    series = series_of({**FOUR, "Q": start}, events)
    assert findings(series) == [("unknown-holder", "Q")]
    (told,) = place_findings(series, extent=shapely.box(-1e6, -1e6, 1e6, 1e6), projection=PLANE)
    assert said in told.detail


# ---- Several series --------------------------------------------------------------------------


def test_a_job_of_several_series_says_which_one_claims_are_about(tmp_path):
    from territory.job.study import compute

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        zone_file(tmp_path / name / "zones_2024-01-01.geojson", "a")
        zone_file(tmp_path / name / "zones_2024-01-02.geojson", "a")
    series = "".join(
        f'[[series]]\nname = "{name}"\nprofile = "zones"\npath = "{name}"\n'
        for name in ("one", "two")
    )
    job = text_file(tmp_path / "job.toml", series + "[maps]\nenabled = false\n")
    told = [row for row in compute(job).quality if row["kind"] == "first-series"]
    assert [(row["series"], row["severity"]) for row in told] == [("one", "info")]
    assert "not about 'two'" in told[0]["detail"]


# ---- Another place ---------------------------------------------------------------------------


def test_an_area_that_no_zone_reaches_is_told(tmp_path, capsys):
    path = zone_file(tmp_path / "zones_2024-01-01.geojson", "a")
    asked = ["areas", str(path), "--profile", "zones", "--area"]
    assert _code([*asked, "36.2,35.2,36.4,35.4"]) == 0
    assert "no zone" not in capsys.readouterr().err
    assert _code([*asked, "35.2,36.2,35.4,36.4"]) == 3
    assert "no zone of any day lies in the area; is it" in capsys.readouterr().err


def test_an_area_across_the_antimeridian_is_refused(tmp_path):
    wide = {
        "type": "Polygon",
        "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]],
    }
    row = {"type": "Feature", "properties": {}, "geometry": wide}
    path = text_file(
        tmp_path / "a.geojson", json.dumps({"type": "FeatureCollection", "features": [row]})
    )
    with pytest.raises(InputError, match="feature 1: an edge runs over 358 degrees"):
        read_area(path)

"""Files that gave a wrong area, or no clear word, until they were met: one test each."""

import json
import math
import sqlite3
import struct
import zipfile

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
import shapely.affinity
from test_formats import kml, text_file, write
from test_sweep import BOX, DAY, NAME, OTHER, geojson, measured, placemark, topojson, truth

from territory import cli
from territory.errors import CRSError, InputError, doing
from territory.findings import Severity
from territory.geometry.projection import WGS84
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.quality.similar_names import similar_names
from territory.read.aoi import parse_area
from territory.read.profile import Profile, read_profile
from territory.read.region_files import read_regions
from territory.read.text_files import read_toml, with_values
from territory.read.zones import read_series

ONE = truth("points twice")["a"]
TWO = {"a": ONE, "b": truth("points twice")["b"]}


def zones(folder, text, name=f"{NAME}.geojson"):
    return text_file(folder / name, text)


def feature(shape=BOX, actor="a", **more):
    geometry = shape if isinstance(shape, dict) else shapely.geometry.mapping(shape)
    return {"type": "Feature", "properties": {"actor": actor, **more}, "geometry": geometry}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features})


def refused(path, *parts):
    with pytest.raises(InputError) as caught:
        measured(path)
    for part in (str(path), *parts):
        assert part in str(caught.value)


def loaded(*paths, profile="zones"):
    return load_series(
        SeriesSpec(profile=profile, path=tuple(map(str, paths))),
        paths[0].parent,
        areas={},
        rule="all",
        more_days=(),
        uncertainty=UncertaintySpec(),
    )


# ---- Days ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [2024, 45296, 1e-9, 1e30, True, "2024-01-05 or so", 5, "2024-13-05", 20241305]
)
def test_what_is_no_day_is_not_taken_for_one_in_1970(tmp_path, value):
    path = zones(tmp_path, collection(feature(date=value)), "zones.geojson")
    refused(path, "feature 1", "in 'date' is not a day")


@pytest.mark.parametrize(
    "value",
    [
        *(20240105, "20240105", 20240105.0, 1704412800, 1704412800_000, 1704412800_000_000_000),
        *("2024-01-05", "2024-01-05T10:00Z", "2024-01-05 10:00:00.5+01:00"),
    ],
)
def test_days_as_they_are_written(tmp_path, value):
    path = zones(tmp_path, collection(feature(date=value)), "zones.geojson")
    (raw,) = read_series((str(path),), read_profile("zones")).raws
    assert raw.day == DAY


def test_a_day_that_differs_from_the_file_name_is_told(tmp_path):
    path = zones(tmp_path, collection(feature(date="2023-01-05")))
    (raw,) = read_series((str(path),), read_profile("zones")).raws
    (told,) = raw.findings
    assert (told.kind, told.severity) == ("day-differs", Severity.WARNING)
    assert "its name says 2024-01-05, its features say 2023-01-05" in told.detail
    same = zones(tmp_path, collection(feature(date="2024-01-05")))
    assert not read_series((str(same),), read_profile("zones")).raws[0].findings


# ---- Layers and archives ---------------------------------------------------------------------


def test_folders_of_one_kml_are_one_map(tmp_path):
    folders = "".join(
        f"<Folder><name>{actor}</name>{placemark(shape, actor)}</Folder>"
        for shape, actor in ((BOX, "a"), (OTHER, "b"))
    )
    path = zones(tmp_path, kml(folders), f"{NAME}.kml")
    found, kinds = measured(path)
    assert found == pytest.approx(TWO)
    assert "layers-merged" in kinds


def test_files_in_an_archive_name_their_days(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for day in ("05", "06"):
            archive.writestr(f"z_2024-01-{day}.geojson", geojson([BOX], ["a"]))
    raws = read_series((str(path),), read_profile("zones")).raws
    assert [raw.day.day for raw in raws] == [5, 6]


def test_placemarks_that_are_switched_off_are_told(tmp_path):
    off = placemark(OTHER, "b").replace("<Placemark>", "<Placemark><visibility>0</visibility>")
    path = zones(tmp_path, kml(placemark(BOX, "a") + off), f"{NAME}.kml")
    assert "switched-off" in measured(path)[1]


@pytest.mark.parametrize("suffix", [".json", ".geojson"])
def test_topojson_by_another_name(tmp_path, suffix):
    path = zones(tmp_path, topojson([BOX, OTHER], ["a", "b"]), f"{NAME}{suffix}")
    assert measured(path)[0] == pytest.approx(TWO)


def test_days_in_different_crs_are_refused(tmp_path):
    zones(tmp_path, collection(feature()))
    metres = json.loads(collection(feature(shapely.box(5e5, 4e6, 6e5, 41e5))))
    metres["crs"] = {"type": "name", "properties": {"name": "EPSG:32637"}}
    other = zones(tmp_path, json.dumps(metres), "zones_2024-01-06.geojson")
    with pytest.raises(CRSError, match="write all files in one CRS") as caught:
        read_series((str(tmp_path),), read_profile("zones"))
    assert str(caught.value).startswith(str(other))


# ---- Doubled keys and columns ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"actor": "b"', '"actor": "b", "actor": "a"'),
        ('"features"', '"features": [], "features"'),
        ('"geometry": {', '"geometry": null, "geometry": {'),
    ],
)
@pytest.mark.parametrize("note", ["", "at 10:00", "\\u003a"])
def test_a_key_that_stands_twice_is_refused(tmp_path, old, new, note):
    text = collection(feature(actor="b", note="NOTE")).replace("NOTE", note)
    assert measured(zones(tmp_path, text))[0] == pytest.approx({"b": ONE})
    refused(zones(tmp_path, text.replace(old, new)), "stands twice in one object")


def test_a_column_that_stands_twice_is_refused(tmp_path):
    path = write(tmp_path / f"{NAME}.parquet", geopandas.GeoDataFrame(
        {"actor": ["a"]}, geometry=[BOX], crs=4326))  # fmt: skip
    table = pq.read_table(path)
    pq.write_table(table.append_column("actor", pa.array(["b"])), path)
    refused(path, "column 'actor' stands twice")


@pytest.mark.parametrize("where", ["feature", "geometry"])
def test_a_crs_within_a_feature_counts(tmp_path, where):
    found = feature()
    place = found if where == "feature" else found["geometry"]
    place["crs"] = {"type": "name", "properties": {"name": "EPSG:4326"}}
    assert measured(zones(tmp_path, collection(found)))[0] == pytest.approx({"a": ONE})
    place["crs"]["properties"]["name"] = "EPSG:3857"
    refused(zones(tmp_path, collection(found)), "feature 1", "a CRS of its own")


# ---- Geometry --------------------------------------------------------------------------------

ARC = "CURVEPOLYGON(CIRCULARSTRING(37 35.5, 36.5 36, 36 35.5, 36.5 35, 37 35.5))"


def test_curves_are_as_large_as_they_are_drawn(tmp_path):
    path = tmp_path / f"{NAME}.gpkg"
    write(path, geopandas.GeoDataFrame({"actor": ["a", "b"]}, geometry=[BOX, OTHER], crs=4326))
    round_ = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 8, 5)
    round_ += struct.pack("<10d", 37, 35.5, 36.5, 36, 36, 35.5, 36.5, 35, 37, 35.5)
    with sqlite3.connect(path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            database.execute(f'DROP TRIGGER "{name}"')
        blob = b"GP\0\1" + struct.pack("<i", 4326) + round_
        database.execute(f'UPDATE "{NAME}" SET geom = ? WHERE fid = 1', (blob,))
    database.close()
    turns = np.linspace(0, 2 * math.pi, 100_001)
    ring = np.column_stack([36.5 + np.cos(turns) / 2, 35.5 + np.sin(turns) / 2])
    expected = measured(zones(tmp_path, collection(feature(shapely.Polygon(ring)))))[0]["a"]
    assert measured(path)[0]["a"] == pytest.approx(expected, rel=1e-6)


def test_curves_that_cannot_be_read_are_refused(tmp_path):
    path = zones(tmp_path, f'actor,wkt,srid\na,"{ARC}",4326\n', f"{NAME}.csv")
    refused(path, "line 2", "curved edges")


@pytest.mark.parametrize(
    ("column", "part"),
    [
        (pa.array([struct.pack("<BII", 1, 10, 0)]), "feature 1: unusable geometry (curved edges"),
        (pa.array(["POLYGON((36 35,37 35,37 36,36 35))"]), "no WKB but 'POLYGON"),
        (pa.array([shapely.to_wkb(shapely.set_srid(BOX, 3857), include_srid=True)]), "EPSG:3857"),
    ],
)
def test_columns_of_geoparquet_that_hold_something_else(tmp_path, column, part):
    path = write(tmp_path / f"{NAME}.parquet", geopandas.GeoDataFrame(
        {"actor": ["a"]}, geometry=[BOX], crs=4326))  # fmt: skip
    table = pq.read_table(path)
    index = table.column_names.index("geometry")
    pq.write_table(table.set_column(index, "geometry", column), path)
    refused(path, part)


def test_native_geometry_that_is_none(tmp_path):
    path = write(tmp_path / f"{NAME}.parquet", geopandas.GeoDataFrame(
        {"actor": ["a"]}, geometry=[BOX], crs=4326))  # fmt: skip
    table = pq.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    geo["columns"]["geometry"]["encoding"] = "polygon"
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo).encode()}), path)
    refused(path, "cannot be read")


def test_an_index_that_mixes_up_the_shapes_is_refused(tmp_path):
    frame = geopandas.GeoDataFrame({"actor": ["a", "b"]}, geometry=[BOX, OTHER], crs=4326)
    path = write(tmp_path / f"{NAME}.shp", frame)
    shx = path.with_suffix(".shx")
    content = shx.read_bytes()
    shx.write_bytes(content[:100] + content[108:116] + content[100:108])
    refused(path, f"{NAME}.shx names the shapes in another order")


def test_another_body_than_the_earth_is_refused(tmp_path):
    moon = json.loads(collection(feature()))
    moon["crs"] = {"type": "name", "properties": {"name": "IAU_2015:30100"}}
    refused(zones(tmp_path, json.dumps(moon)), "not the Earth")


def test_files_without_any_polygon_are_named(tmp_path):
    path = zones(tmp_path, collection())
    with pytest.raises(InputError, match="there is no polygon in it") as caught:
        loaded(path)
    assert str(caught.value).startswith(str(path))


def test_ground_on_both_sides_of_the_antimeridian(tmp_path):
    east, west = shapely.box(179, 60, 180, 61), shapely.box(-180, 60, -179, 61)
    history = loaded(zones(tmp_path, collection(feature(east), feature(west, "b")))).ensemble.base
    assert history.area_m2[0] == pytest.approx(history.area_m2[1], rel=1e-9)


# ---- Labels ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [[], 0, False, ["held"]])
def test_a_status_that_is_none_is_refused(tmp_path, status):
    refused(zones(tmp_path, collection(feature(status=status))), "feature 1: unknown status")


def test_a_label_as_long_as_a_text_is_refused(tmp_path):
    refused(zones(tmp_path, collection(feature(actor="x" * 501))), "501 characters")
    assert measured(zones(tmp_path, collection(feature(actor="x" * 500))))[0]


def test_more_actors_than_any_war_has_are_refused(tmp_path):
    strips = [shapely.box(36 + k / 1000, 35, 36 + (k + 1) / 1000, 35.1) for k in range(1001)]
    text = geojson(strips, [f"n{k}" for k in range(1001)])
    with pytest.raises(InputError, match="1,001 different actors"):
        loaded(zones(tmp_path, text))


@pytest.mark.parametrize("other", ["A", "a\u200b", "nobody ", "Nobody"])
def test_names_that_differ_in_writing_only_are_told(tmp_path, other):
    other = other if "obody" not in other else "Nobody"
    found = loaded(zones(tmp_path, collection(feature(), feature(OTHER, other)))).findings
    (told,) = [each for each in found if each.kind == "similar-names"]
    assert told.severity is Severity.WARNING
    assert ("nobody" if other == "Nobody" else "'a'") in told.detail


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("National Front", "N\u0430tional Front"),  # a Cyrillic letter
        ("Hay'at Tahrir", "Hay\u2019at Tahrir"),
        ("PMC-Wagner", "PMC\u2013Wagner"),
        ("\u062d\u0632\u0628\u064a", "\u062d\u0632\u0628\u06cc"),  # the Persian letter
    ],
)
def test_names_that_look_alike_are_told_by_their_codes(one, other):
    (told,) = similar_names([one, other])
    assert ascii(other) in told.detail
    assert not list(similar_names([one, "\u0421\u0438\u043b\u0438"]))


def test_ground_that_one_holder_has_twice_counts_once_and_is_told(tmp_path):
    half = shapely.box(36.5, 35, 37.5, 36)
    found = loaded(zones(tmp_path, collection(feature(), feature(half))))
    (told,) = [each for each in found.findings if each.kind == "own-overlap"]
    assert told.km2 == pytest.approx(ONE / 2, rel=1e-6)
    assert found.ensemble.base.area_m2.sum() / 1e6 == pytest.approx(1.5 * ONE, rel=1e-6)


# ---- Units -----------------------------------------------------------------------------------

HEAD = "unit,day,actor\n"


def units(folder, table, *shapes, crs=None):
    features = [
        {"type": "Feature", "properties": {"id": f"u{n}"}, "geometry": shapely.geometry.mapping(s)}
        for n, s in enumerate(shapes or (BOX,), start=1)
    ]
    content = {"type": "FeatureCollection", "features": features}
    if crs:
        content["crs"] = {"type": "name", "properties": {"name": crs}}
    text_file(folder / "holders.csv", table)
    return loaded(text_file(folder / "units.geojson", json.dumps(content)), profile="units")


ROW = f"{HEAD}u1,2024-01-05,a\n"
WRAPPED = shapely.Polygon([(179, 35), (-179, 35), (-179, 36), (179, 36)])


@pytest.mark.parametrize(
    ("shape", "crs", "part"),
    [
        (WRAPPED, None, "antimeridian"),
        (BOX, "EPSG:3857", "degrees declared as metres"),
        (shapely.box(4e6, 4e6, 41e5, 41e5), None, "metres declared as degrees"),
        (shapely.box(36, 95, 37, 96), None, "longitude and latitude swapped"),
        (shapely.Polygon(), None, "a valid polygon (none)"),
    ],
)
def test_units_are_checked_like_zones(tmp_path, shape, crs, part):
    with pytest.raises(InputError) as caught:
        units(tmp_path, ROW, shape, crs=crs)
    assert str(caught.value).startswith(f"{tmp_path / 'units.geojson'}, feature 1: ")
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ("unit,day,actor,actor\nu1,2024-01-05,a,b\n", "line 1: column 'actor' stands twice"),
        (f"{HEAD}u1,2024-01-05\n", "line 2: 2 cells where the header has 3"),
        (f"{HEAD}\nu1,2024-01-05,a\nu1,2024-01-06\n", "line 4: 2 cells where the header has 3"),
        (f"{HEAD}u1,2024-01-05,a\0b\n", "line 2: a line break or another control character"),
        (f'{HEAD}u1,2024-01-05,"a\nb"\n', "line 3: a line break"),
        (f"{HEAD}u1,2024-01-05,a,b\n", "line 2: 4 cells where the header has 3"),
    ],
)
def test_bad_tables_of_holders(tmp_path, table, part):
    with pytest.raises(InputError) as caught:
        units(tmp_path, table)
    assert part in str(caught.value)


def test_blanks_around_cells_are_not_part_of_them(tmp_path):
    table = f"{HEAD}u1 ,2024-01-05, a\n\nu2,2024-01-05,a \n"
    base = units(tmp_path, table, BOX, shapely.box(37, 35, 38, 36)).ensemble.base
    assert [str(holder) for holder in base.holders] == ["nobody", "a"]


def test_units_that_no_row_names_are_told(tmp_path):
    three = BOX, shapely.box(37, 35, 38, 36), shapely.box(38, 35, 39, 36)
    table = f"{HEAD}u1,2024-01-05,a\nu2,2024-01-06,a\n"
    told = [each for each in units(tmp_path, table, *three).findings if each.kind == "no-holder"]
    assert ["1 of 3 units ever" in told[0].detail, "on 2024-01-05" in told[1].detail] == [True] * 2
    assert told[0].km2 == pytest.approx(ONE, rel=1e-6)


def test_units_say_in_which_country_they_lie(tmp_path):
    (told,) = [each for each in units(tmp_path, ROW).findings if each.kind == "place"]
    assert "Syria" in told.detail


# ---- Areas of interest, and what convert makes of them -------------------------------------


def test_areas_of_any_kind_of_file(tmp_path):
    path = zones(tmp_path, kml(placemark(BOX, "a")), "area.kml")
    area = parse_area(str(path))
    assert area.geometry.equals(BOX)
    assert area.crs == WGS84
    for text in ("abc", "1,2,3", "1,2,3,4,5"):
        with pytest.raises(InputError, match=f"--area: '{text}' is no file, and no box"):
            parse_area(text)


def test_two_lists_of_positions_in_one_ring_are_refused(tmp_path):
    text = kml(placemark(BOX, "a"))
    twice = text.replace("</coordinates>", "</coordinates><coordinates>1,1</coordinates>")
    refused(zones(tmp_path, twice, f"{NAME}.kml"), "feature 1", "two lists of positions")


def km2_by_actor(capsys, *arguments):
    assert cli._code(["areas", *map(str, arguments), "--profile", "zones", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    return {row["actor"]: row["km2"] for row in rows if row["actor"] != "nobody"}


def test_convert_writes_only_the_area_asked_for(tmp_path, capsys):
    path = zones(tmp_path, collection(feature(), feature(OTHER, "b")))
    to = tmp_path / "out.gpkg"
    area = ["--area", "36.5,35,38.25,36"]
    assert cli._code(["convert", str(path), "--profile", "zones", *area, "--out", str(to)]) == 0
    asked = km2_by_actor(capsys, path, *area)
    assert asked == pytest.approx({"a": ONE / 2, "b": TWO["b"] / 2}, rel=1e-6)
    assert km2_by_actor(capsys, to) == pytest.approx(asked, rel=1e-9)


def test_convert_tells_of_days_without_zones(tmp_path, capsys):
    zones(tmp_path, collection(feature()))
    zones(tmp_path, collection(), "zones_2024-01-06.geojson")
    to = ["--profile", "zones", "--out", str(tmp_path / "o.gpkg")]
    assert cli._code(["convert", str(tmp_path), *to]) == 0
    assert "'zones' on 2024-01-06; such days have no zones" in capsys.readouterr().err


def test_hints_for_newcomers(tmp_path, capsys):
    path = zones(tmp_path, collection(feature()).replace("actor", "side"))
    assert cli._code(["areas", str(path), "--profile", "zones"]) == 1
    assert "known are: side; name it with --actor-field" in capsys.readouterr().err
    assert cli._code(["areas", str(path)]) == 1
    assert "no property 'actor' says who holds what (the properties are side)" in (
        capsys.readouterr().err
    )


# ---- Profiles --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('[[rule]]\nlabel = "("\nactor = "a"', "line 3: rule.label: '(' is no pattern"),
        ('[day]\nfile_name = "(?P<year>"', "line 3: day.file_name: '(?P<year>' is no pattern"),
        ('[day]\nfile_name = "zones"', "needs the groups year, month and day, or unix"),
        ('label = "layer"\nlabel_pattern = "zones"', "needs a group named label"),
        ("label_properties = []", "label_properties names no property"),
        ('container = "rings"', "needs the keys that hold them"),
    ],
)
def test_patterns_of_a_profile_are_checked(tmp_path, text, part):
    path = text_file(tmp_path / "p.toml", f'name = "x"\n{text}\n')
    with pytest.raises(InputError) as caught:
        read_toml(path, Profile)
    assert part in str(caught.value)


def test_a_group_that_fits_nothing_is_no_day(tmp_path):
    rule = {"file_name": r"(?P<year>\d{4})-(?P<month>\d{2})(-(?P<day>99))?"}
    profile = Profile.model_validate({"name": "x", "day": rule})
    with pytest.raises(InputError, match="no day in the file name"):
        profile.day_in_name(tmp_path / "zones_2024-01-05.geojson")


def test_values_given_later_are_checked_too():
    spec = SeriesSpec(profile="zones", path="a.geojson")
    assert with_values(spec, {"boundary_error_m": 5}).boundary_error_m == 5
    with pytest.raises(InputError, match="boundary_error_m"):
        with_values(spec, {"boundary_error_m": -1})
    with pytest.raises(InputError, match="unknown key 'boundary_eror_m'; did you mean"):
        with_values(spec, {"boundary_eror_m": 1})


# ---- What nobody foresaw ---------------------------------------------------------------------


def broken(*_, **__):
    with doing("cleaning a.geojson (2024-01-05)"):
        raise shapely.GEOSException("TopologyException: side location conflict\nat 1 2")


def test_an_unforeseen_error_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(cli, "app", broken)
    monkeypatch.delenv(cli.TRACEBACK, raising=False)
    assert cli.guarded(["areas"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(
        "territory: cleaning a.geojson (2024-01-05): failed unexpectedly"
        " (GEOSException: TopologyException: side location conflict)"
    )
    assert "TERRITORY_TRACEBACK=1" in err
    assert err.count("\n") == 1
    monkeypatch.setenv(cli.TRACEBACK, "1")
    with pytest.raises(shapely.GEOSException):
        cli.guarded(["areas"])


def test_an_unforeseen_error_names_file_and_day(tmp_path, monkeypatch, capsys):
    path = zones(tmp_path, collection(feature()))
    monkeypatch.setattr("territory.job.clean_days.normalise", lambda *_, **__: 1 / 0)
    monkeypatch.delenv(cli.TRACEBACK, raising=False)
    assert cli.guarded(["areas", str(path), "--profile", "zones"]) == 1
    assert f"territory: cleaning {path} ({DAY}): failed" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):  # tests see it as it is
        cli._code(["areas", str(path), "--profile", "zones"])


# ---- Which feature of which file ---------------------------------------------------------------

BOW_TIE = shapely.Polygon([(36, 35), (37, 36), (37, 35), (36, 36), (36, 35)])


def ambiguous(*paths, profile="zones"):
    (detail,) = {
        each.detail for each in loaded(*paths, profile=profile).findings if each.kind == "refused"
    }
    return detail


def test_a_feature_is_named_by_its_number_in_its_file(tmp_path):
    marker = {"type": "Feature", "properties": {}, "geometry": None}
    zones(tmp_path, collection(marker, feature(), feature(BOW_TIE)))
    zones(tmp_path, collection(feature()), "zones_2024-01-06.geojson")
    assert f"{NAME}.geojson, feature 3: invalid polygon" in ambiguous(tmp_path)


def test_a_layer_put_to_others_keeps_its_file(tmp_path):
    first, second = (
        "RussianAssessedCoTinUkraine_20240105.geojson",
        "RussianClaimedX_20240105.geojson",
    )
    zones(tmp_path, collection(feature()), first)
    zones(tmp_path, collection(feature(OTHER), feature(BOW_TIE)), second)
    zones(tmp_path, collection(feature()), first.replace("0105", "0106"))
    assert f"{second}, feature 2: invalid polygon" in ambiguous(tmp_path, profile="isw")


def test_a_folder_of_a_kml_is_named(tmp_path):
    folders = "".join(
        f"<Folder><name>{name}</name>{placemark(shape, actor)}</Folder>"
        for name, shape, actor in (("east", BOX, "a"), ("west", OTHER, ""))
    )
    path = zones(tmp_path, kml(folders), f"{NAME}.kml")
    refused(path, ", layer 'west', feature 1: no actor")


def test_points_need_no_actor(tmp_path):
    point = feature(shapely.Point(36, 35), None)
    path = zones(tmp_path, collection(feature(), point))
    assert measured(path)[0] == pytest.approx({"a": ONE})
    (told,) = read_series((str(path),), read_profile("zones")).raws[0].findings
    assert "1 features without an area or a holder left out" in told.detail


@pytest.mark.parametrize("verb", ["areas", "inspect", "convert"])
def test_the_day_of_a_file_that_does_not_say_it(tmp_path, verb, capsys):
    path = zones(tmp_path, collection(feature()), "mine.geojson")
    call = [verb, str(path), "--profile", "zones"]
    call += ["--out", str(tmp_path / "out.gpkg")] if verb == "convert" else []
    assert cli._code(call) == 1
    assert "write its day there, such as mine_2024-01-31.geojson, or" in capsys.readouterr().err
    assert cli._code([*call, "--day", "2024-01-05"]) == 0


@pytest.mark.parametrize(("shape", "crs"), [(WRAPPED, 4326), (BOX, 3857)])
def test_regions_are_checked_like_zones(tmp_path, shape, crs):
    content = json.loads(collection(feature(shape, name="east")))
    content["crs"] = {"type": "name", "properties": {"name": f"EPSG:{crs}"}}
    path = zones(tmp_path, json.dumps(content), "regions.geojson")
    with pytest.raises(InputError, match=r"feature 1 \('east'\): "):
        read_regions(path)


def test_a_day_that_is_not_there_is_told_before_the_zones_are_cut(tmp_path, monkeypatch):
    path = zones(tmp_path, collection(feature()))
    monkeypatch.setattr("territory.job.cut_zones._histories", lambda *_, **__: 1 / 0)
    call = ["areas", str(path), "--profile", "zones", "--days"]
    assert cli._code([*call, "2024-01-06"]) == 1
    with pytest.raises(ZeroDivisionError):
        cli._code([*call, "2024-01-05"])


# ---- Whatever a file holds in place of what its format has there --------------------------


POSITIONS = [
    0.5,
    [0.5, 51.5],
    "abc",
    {"a": 1},
    [[0.5, 51.5]],
    [["a", "b"]],
    True,
    [None],
    [[[None]]],
]


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon", "GeometryCollection", ["Polygon"], 7])
@pytest.mark.parametrize("found", POSITIONS)
def test_other_things_in_place_of_polygons(tmp_path, kind, found):
    key = "geometries" if kind == "GeometryCollection" else "coordinates"
    refused(zones(tmp_path, collection(feature({"type": kind, key: found}))), "feature 1")


@pytest.mark.parametrize("kind", [["GeometryCollection"], 5, {"a": 1}, True])
@pytest.mark.parametrize("name", [f"{NAME}.topojson", f"{NAME}.json"])
def test_types_of_topojson_that_are_no_texts(tmp_path, kind, name):
    content = json.loads(topojson([BOX], ["a"]))
    (only,) = content["objects"].values()
    refused(zones(tmp_path, json.dumps(with_type(content, only, kind)), name), "type")
    (member,) = json.loads(topojson([BOX], ["a"]))["objects"].values()
    found = member["geometries"][0]
    refused(zones(tmp_path, json.dumps(with_type(content, found, kind)), name), "type")


def with_type(content, found, kind):
    return {**content, "objects": {"z": {**found, "type": kind}}}


def test_a_topology_whose_transform_is_null_is_not_quantised(tmp_path):
    content = json.loads(topojson([BOX], ["a"]))
    plain = measured(zones(tmp_path, json.dumps(content), f"{NAME}.topojson"))
    assert "transform" not in content
    content["transform"] = None
    assert measured(zones(tmp_path, json.dumps(content), f"{NAME}.topojson")) == plain


def test_a_polygon_of_a_tenth_of_a_millimetre_has_no_ground(tmp_path, capsys):
    path = zones(tmp_path, collection(feature(shapely.box(35, 48, 35 + 1e-9, 48 + 1e-9))))
    assert cli.guarded(["areas", str(path), "--profile", "zones"]) == 0
    assert ",a,held,0,0,0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x = " + "[" * 20_000 + "]" * 20_000, "nested too deep"),
        ("x = " + "{a = " * 5_000 + "1" + "}" * 5_000, "nested too deep"),
        ("x = " + "9" * 5_000, "Exceeds the limit"),
        ("x = 0x" + "f" * 5_000, "unknown key 'x'"),
    ],
)
@pytest.mark.parametrize("verb", ["run", "check", "areas"])
def test_toml_that_is_too_much(tmp_path, capsys, text, why, verb):
    path = tmp_path / "deep.toml"
    path.write_text(text)
    zone = str(zones(tmp_path, collection(feature())))
    words = {"run": [str(path)], "check": [str(path), zone, "--profile", "zones"]}
    assert cli.guarded([verb, *words.get(verb, [zone, "--profile", str(path)])]) == 1
    assert why in capsys.readouterr().err


@pytest.mark.parametrize("east", [shapely.box(170, 60, 180, 61), shapely.box(179, 60, 180, 61)])
@pytest.mark.parametrize(
    "west", [shapely.box(-180, 60, -175, 61), shapely.box(-180, 60, -179.9, 61)]
)
def test_a_polygon_split_at_180_degrees_has_the_area_of_its_halves(tmp_path, east, west):
    path = zones(tmp_path, collection(feature(shapely.MultiPolygon([east, west]))))
    whole = east.union(shapely.affinity.translate(west, 360))
    shifted = shapely.affinity.translate(whole, -170)  # the same parallels, far from 180
    other = zones(tmp_path, collection(feature(shifted)), "other_2024-02-05.geojson")
    there, here = (float(loaded(each).ensemble.base.area_m2.sum()) for each in (path, other))
    assert there == pytest.approx(here, rel=1e-8)


# ---- Which repair is chosen -----------------------------------------------------------------


@pytest.mark.parametrize(("repair", "squares"), [("winding", 2), ("even-odd", 2), ("drop", 1)])
@pytest.mark.parametrize("where", ["profile", "job"])
def test_a_repair_is_chosen_in_a_profile_or_a_job(tmp_path, repair, squares, where):
    halves = [shapely.Polygon(ring) for ring in TWO_HALVES]
    path = zones(tmp_path, collection(feature(BOW_TIE), feature(APART)))
    with pytest.raises(InputError, match="choose a repair"):
        loaded(path)
    profile = tmp_path / "p.toml"
    key = f'repair = "{repair}"' if where == "profile" else ""
    profile.write_text(f'name = "p"\noverlap = "first"\n{key}')
    found = load_series(
        SeriesSpec(profile=str(profile), path=str(path), repair=repair if where == "job" else None),
        tmp_path,
        areas={},
        rule="all",
        more_days=(),
        uncertainty=UncertaintySpec(),
    )
    (told,) = [each for each in found.findings if each.kind == "repaired"]
    assert told.severity is Severity.WARNING
    whole = shapely.union_all([APART, *(halves if squares == 2 else [])])
    m2 = float(loaded(zones(tmp_path, collection(feature(whole)))).ensemble.base.area_m2.sum())
    assert found.ensemble.base.area_m2.sum() == pytest.approx(m2, rel=1e-6)


APART = shapely.box(40, 35, 41, 36)
TWO_HALVES = [[(36, 35), (36.5, 35.5), (36, 36)], [(37, 35), (37, 36), (36.5, 35.5)]]


@pytest.mark.parametrize("name", ["EPSG::4979", "OGC:1.3:CRS84h", "EPSG::4326", "OGC:1.3:CRS84"])
def test_a_series_may_name_longitude_and_latitude_in_several_ways(tmp_path, name):
    named = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{name}"}}
    one = zones(tmp_path, collection(feature()), "z_2024-01-01.geojson")
    text = json.dumps({**json.loads(collection(feature())), "crs": named})
    two = zones(tmp_path, text, "z_2024-01-02.geojson")
    history = loaded(one, two).ensemble.base
    assert len(history.days) == 2
    assert history.area_m2.sum() == pytest.approx(10066.28e6, rel=1e-5)

"""A table by region: parts add up to the whole, and equal shapely's own overlay."""

import csv
import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from squares import KM, PLANE, actor_mark, day, frame, history_of, squares
from strategies import grids
from test_job import SMALL

from territory.cli import _code
from territory.errors import InputError
from territory.findings import Severity
from territory.geometry.area import project
from territory.geometry.projection import WGS84
from territory.history.history import from_coverage, from_snapshots
from territory.history.regions import (
    ELSEWHERE,
    DrawnRegions,
    Regions,
    resolve_regions,
    with_regions,
)
from territory.holders import NOBODY, Holder
from territory.job.clean_days import normalised
from territory.job.study import compute
from territory.measure.boundary_error import BoundaryError
from territory.measure.change import areas_by_day, transition_matrix
from territory.measure.ensemble import Ensemble
from territory.measure.tables import area_estimates
from territory.read.formats.geojson import read_geojson
from territory.read.profile import read_profile
from territory.read.region_files import read_regions
from territory.read.zones import read_series
from territory.run import run


def regions_of(*boxes, names="PQRST"):
    """Return regions by west, south, east, north in squares of a grid (south is negative)."""
    shapes = [shapely.box(*np.array(box) * KM) for box in boxes]
    names = tuple(names[: len(shapes)])
    return DrawnRegions("regions", PLANE.crs, names, np.array([*shapes, None], dtype=object)[:-1])


boxes = st.tuples(
    st.integers(-1, 4), st.integers(-6, -1), st.integers(1, 4), st.integers(1, 4)
).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


@settings(max_examples=30)
@given(grids(days=2), st.lists(boxes, min_size=1, max_size=4), st.sampled_from([0.0, 0.5]))
def test_every_square_is_counted_with_the_first_region_that_has_it(days, drawn, shift):
    drawn = [tuple(np.array(box) + shift) for box in drawn]
    regions = resolve_regions(regions_of(*drawn), PLANE)
    history = with_regions(history_of(*days), regions)
    marks = [actor_mark(holder) for holder in history.holders]
    quarter = 0.25  # a square is four quarters, so that half-way borders count too
    for row, grid in zip(range(2), days, strict=True):
        expected = {}
        for y in np.arange(-6, 4, 0.5):
            for x in np.arange(-2, 10, 0.5):
                inside = [n for n, (w, s, e, o) in enumerate(drawn) if w <= x < e and s <= y < o]
                r, c = int(np.floor(-y - 0.25)), int(np.floor(x))
                on_grid = 0 <= r < len(grid) and 0 <= c < len(grid[0])
                if inside or on_grid:
                    name = "PQRST"[inside[0]] if inside else ELSEWHERE
                    mark = grid[r][c] if on_grid else "."
                    expected[name, mark] = expected.get((name, mark), 0) + quarter
        found = {
            (name, mark): round(km2, 6)
            for name in (*regions.names, ELSEWHERE)
            for mark, km2 in zip(marks, areas_by_day(history, name)[row], strict=True)
            if km2 > 1e-9
        }
        assert found == expected


@settings(max_examples=30)
@given(grids(days=2), st.lists(boxes, min_size=1, max_size=4))
def test_parts_and_rest_add_up_to_the_whole(days, drawn):
    history = with_regions(history_of(*days), resolve_regions(regions_of(*drawn), PLANE))
    names = [name for name in history.area_names if name not in {"frame", "all"}]
    parts = sum(transition_matrix(history, day(0), day(1), name) for name in names)
    assert parts == pytest.approx(transition_matrix(history, day(0), day(1), "all"), abs=1e-9)


def test_ground_of_two_regions_goes_to_the_first_and_is_reported():
    found = resolve_regions(regions_of((0, -1, 2, 0), (1, -1, 3, 0)), PLANE)
    assert shapely.area(found.polygons) / 1e6 == pytest.approx([2, 1])
    (overlap,) = found.audit
    assert (overlap.kind, overlap.severity, overlap.km2) == (
        "region-overlap",
        Severity.WARNING,
        pytest.approx(1),
    )
    assert "'P' and 'Q' overlap; the ground is counted with 'P'" in overlap.detail


def test_features_of_one_name_are_one_region():
    found = resolve_regions(
        regions_of((0, -1, 1, 0), (1, -1, 2, 0), (2, -1, 3, 0), names="QPQ"), PLANE
    )
    assert found.names == ("Q", "P")
    assert shapely.area(found.polygons) / 1e6 == pytest.approx([2, 1])


def test_regions_and_a_named_area_stand_side_by_side():
    history = with_regions(
        history_of(squares("AB")), resolve_regions(regions_of((0, -1, 1, 0)), PLANE)
    )
    assert history.area_names == ("all", "frame", "P", ELSEWHERE)
    with pytest.raises(InputError, match="both named 'P'"):
        with_regions(history, resolve_regions(regions_of((0, -1, 1, 0)), PLANE))


@pytest.mark.parametrize("name", [ELSEWHERE, "all"])
def test_reserved_names_of_regions(name):
    with pytest.raises(InputError, match=f"cannot be named '{name}'"):
        resolve_regions(regions_of((0, 0, 1, 1), names=[name]), PLANE)


def test_regions_of_a_coverage_cover_only_what_is_known():
    cover = from_coverage(
        np.array([shapely.box(0, 0, KM, KM)]),
        np.array([[1]], dtype=np.int16),
        days=(day(0),),
        holders=(NOBODY, Holder("A")),
        projection=PLANE,
    )
    cut = with_regions(cover, resolve_regions(regions_of((0, 0, 2, 1)), PLANE))
    assert areas_by_day(cut, "P").tolist() == [[0, pytest.approx(1)]]
    assert cut.covered_share("P") == pytest.approx(0.5)
    assert areas_by_day(cut, ELSEWHERE).tolist() == [[0, 0]]


def test_a_region_of_nobody_alone_has_no_uncertain_border():
    regions = resolve_regions(regions_of((5, -1, 9, 0), (0, -1, 2, 0)), PLANE)
    history = with_regions(history_of(squares("AB")), regions)
    ensemble = Ensemble(history, BoundaryError())
    alone = area_estimates(ensemble, day(0), "P")[NOBODY]
    assert alone.value == alone.low == alone.high == pytest.approx(4)
    held = area_estimates(ensemble, day(0), "Q")[Holder("A")]
    assert held.low < held.value


# ---- The reader ------------------------------------------------------------------------------


def square(west, east=None):
    return json.loads(shapely.to_geojson(shapely.box(west, 35, east or west + 1, 36)))


ISLAND = {
    "type": "Polygon",
    "coordinates": [
        [[37, 35], [37.1, 35], [37.1, 35.1], [37, 35.1], [37, 35]],
        [[38, 35], [39, 35], [39, 36], [38, 36], [38, 35]],
    ],
}


def layer(tmp_path, *features, **members):
    path = tmp_path / "regions.geojson"
    rows = [
        {"type": "Feature", "properties": properties, "geometry": geometry}
        for properties, geometry in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows, **members}))
    return path


def test_names_come_from_the_property_asked_for(tmp_path):
    path = layer(tmp_path, ({"name": "x", "code": 7}, square(37)))
    assert read_regions(path).names == ("x",)
    assert read_regions(path, name_field="code").names == ("7",)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ([({"nam": "x"}, square(37))], "feature 1: a region without a name .* did you mean 'nam'"),
        (
            [({"name": " "}, square(37))],
            "feature 1: a region without a name in 'name'; give it one",
        ),
        ([({"name": "x"}, None)], "no polygon with an area in it, but 1 no geometry"),
        ([({"name": "x"}, {"type": "Point", "coordinates": [1, 2]})], "but 1 Point"),
        ([({"name": "x"}, square(500000))], r"feature 1 \('x'\): .* no longitude and latitude"),
        ([], "no feature"),
    ],
)
def test_what_is_no_region_is_refused(tmp_path, features, message):
    with pytest.raises(InputError, match=message):
        read_regions(layer(tmp_path, *features))


def test_even_odd_mends_an_island_around_which_the_mainland_is_a_hole(tmp_path):
    path = layer(tmp_path, ({"name": "x"}, ISLAND))
    found = read_regions(path, even_odd=True)
    assert found.geometry[0].area == pytest.approx(1.01)
    assert [(f.kind, str(f.severity)) for f in found.findings] == [("repaired", "warning")]
    assert "winding leaves too little" in read_regions(path).findings[0].detail


# ---- Real provinces --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def provinces(shared_data):
    """Give two months of a daily series, and the provinces it lies in."""
    path = shared_data / "ukraine/oblasts/UA_FULL_Ukraine.geojson"
    profile = read_profile("deepstate-daily")
    files = str(shared_data / "ukraine/deepstate_daily/*20240[89]*.geojson")
    snapshots, _ = normalised(read_series((files,), profile).raws)
    history = from_snapshots(snapshots)
    drawn = read_regions(path, name_field="name:en", even_odd=True)
    regions = resolve_regions(drawn, history.projection)
    return history, regions, with_regions(history, regions), drawn


def test_provinces_and_the_rest_add_up(provinces):
    before, regions, history, _ = provinces
    assert len(regions.names) == 25
    parts = sum(areas_by_day(history, name) for name in (*regions.names, ELSEWHERE))
    whole = areas_by_day(history, "all")
    assert parts == pytest.approx(whole, rel=1e-9)
    assert whole[:, 1:] == pytest.approx(areas_by_day(before)[:, 1:], rel=1e-9)
    for name, polygon in zip(regions.names, regions.polygons, strict=True):
        assert areas_by_day(history, name).sum(axis=1) * 1e-6 == pytest.approx(
            polygon.area / 1e12, rel=1e-6
        )


def test_provinces_equal_overlay(provinces, shared_data):
    _, _, history, drawn = provinces
    files = sorted((shared_data / "ukraine/deepstate_daily").glob("*20240[89]*.geojson"))
    plane = history.projection
    for row in (0, len(files) - 1):
        raw = read_geojson(files[row]).geometry
        zone = shapely.union_all(shapely.make_valid(shapely.force_2d(raw)))
        flat = shapely.make_valid(project(np.array([zone]), WGS84, plane.crs)[0])
        for name, shape in zip(drawn.names, drawn.geometry, strict=True):
            province = shapely.make_valid(project(np.array([shape]), WGS84, plane.crs)[0])
            overlay = shapely.intersection(flat, province).area / 1e6
            held = areas_by_day(history, name)[row, 1]
            assert held == pytest.approx(overlay, rel=1e-6, abs=1e-3), name


def test_all_provinces_at_once_are_as_one_by_one(provinces):
    before, regions, history, _ = provinces
    for index in (6, 9):
        name = regions.names[index]
        alone = before.with_areas({name: regions.polygons[index]})
        assert areas_by_day(history, name) == pytest.approx(areas_by_day(alone, name), abs=1e-6)


def test_regions_need_not_touch_any_zone():
    history = history_of(squares("A"))
    far = Regions(("far",), np.array([shapely.box(50 * KM, 0, 51 * KM, KM)]))
    cut = with_regions(history, far)
    assert areas_by_day(cut, "far").tolist() == [[pytest.approx(1), 0]]
    assert areas_by_day(cut, ELSEWHERE).tolist() == [[0, pytest.approx(1)]]
    assert frame(squares("A")).area == pytest.approx(KM * KM)


# ---- The verbs and the job -------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Two days on which the border of a and b moves from 37.5 to 37.6, and two provinces."""
    for number, border in ((1, 37.5), (2, 37.6)):
        rows = [
            {"type": "Feature", "properties": {"actor": actor}, "geometry": square(west, east)}
            for actor, west, east in (("a", 37, border), ("b", border, 38))
        ]
        text = json.dumps({"type": "FeatureCollection", "features": rows})
        (tmp_path / f"zones_2018-01-0{number}.geojson").write_text(text)
    layer(tmp_path, ({"name": "west"}, square(36.5, 37.25)), ({"name": "mid"}, square(37.25, 37.8)))
    (tmp_path / "job.toml").write_text(
        'title = "Provinces"\n[series]\nprofile = "zones"\npath = "zones_*.geojson"\n'
        '[regions]\nfile = "regions.geojson"\n[maps]\nenabled = false\n'
    )
    return tmp_path


def rows_of(text):
    head, *rows = list(csv.reader(text.splitlines()))
    return [dict(zip(head, row, strict=True)) for row in rows]


def asked(folder, verb, *options):
    zones, regions = str(folder / "zones_*.geojson"), str(folder / "regions.geojson")
    return [verb, zones, "--profile", "zones", "--regions", regions, *options]


def test_areas_by_region_on_the_command_line(folder, capsys):
    assert _code(asked(folder, "areas")) == 0
    rows = rows_of(capsys.readouterr().out)
    assert list(dict.fromkeys(row["area"] for row in rows)) == ["all", "west", "mid", ELSEWHERE]
    for day_ in ("2018-01-01", "2018-01-02"):
        for actor in ("a", "b"):
            km2 = {
                r["area"]: float(r["km2"]) for r in rows if (r["day"], r["actor"]) == (day_, actor)
            }
            whole = km2.pop("all")
            assert sum(km2.values()) == pytest.approx(whole, rel=1e-9)


def test_change_by_region_on_the_command_line(folder, capsys):
    days = ("--from", "2018-01-01", "--to", "2018-01-02")
    assert _code(asked(folder, "change", *days)) == 0
    rows = rows_of(capsys.readouterr().out)
    moved = {r["area"] for r in rows if (r["from_actor"], r["to_actor"]) == ("b", "a")}
    assert moved == {"all", "mid"}


def test_a_wrong_name_field_is_one_clear_message(folder, capsys):
    assert _code([*asked(folder, "areas"), "--regions-name", "nam"]) == 1
    assert "did you mean 'name'?" in capsys.readouterr().err


def test_a_job_writes_rows_by_region(folder):
    run(folder / "job.toml", folder / "out")
    rows = rows_of((folder / "out/areas.csv").read_text(encoding="utf-8"))
    assert {row["area"] for row in rows} == {"all", "west", "mid", ELSEWHERE}
    record = json.loads((folder / "out/run.json").read_text(encoding="utf-8"))
    assert "regions.geojson" in json.dumps(record["inputs"])
    assert run(folder / "job.toml", folder / "out").was_current
    text = (folder / "regions.geojson").read_text()
    (folder / "regions.geojson").write_text(text.replace("west", "WEST"))
    assert not run(folder / "job.toml", folder / "out").was_current


def test_a_places_job_knows_regions(tmp_path):
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    layer(tmp_path, ({"name": "west"}, square(36, 37.1)), ({"name": "east"}, square(37.1, 38)))
    text = SMALL["job.toml"] + '[regions]\nfile = "regions.geojson"\n[maps]\nenabled = false\n'
    (tmp_path / "job.toml").write_text(text, encoding="utf-8")
    rows = compute(tmp_path / "job.toml").areas
    assert list(dict.fromkeys(row["area"] for row in rows)) == ["all", "box", "west", "east"]
    for actor in ("a", "b"):
        first = [r for r in rows if r["actor"] == actor and str(r["day"]) == "2018-01-31"]
        km2 = {r["area"]: r["km2"] for r in first}
        assert km2.get("west", 0) + km2.get("east", 0) == pytest.approx(km2["all"], rel=1e-9)

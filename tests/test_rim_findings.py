"""Slivers along a rim, and what is told of rims: by files, options, verdicts and findings."""

import csv
import io

import geopandas as gpd
import numpy as np
import pytest
import shapely
from squares import KM, PLANE, day

import territory
from territory.claims.model import Claim, Reading
from territory.claims.verdicts import judge
from territory.cli import _code
from territory.history.history import from_snapshots
from territory.history.regions import Regions, with_regions
from territory.history.repair import normalise
from territory.history.rim import RimError
from territory.history.snapshot import RawZones, Source
from territory.holders import Holder
from territory.measure.boundary_error import BoundaryError
from territory.measure.budget import RIM
from territory.measure.ensemble import Ensemble
from territory.measure.slivers import slivers_of
from territory.publish.report.method import method


def zones(*shapes):
    """Return a drawn history of one day: A has the first shape, B the second."""
    holders = tuple(Holder(name) for name, _ in zip("AB", shapes, strict=False))
    raw = RawZones(day(0), PLANE.crs, Source("zones"), holders, np.array([*shapes, None])[:-1])
    return from_snapshots((normalise(raw),), projection=PLANE)


def box(west, south, east, north):
    return shapely.box(west * KM, south * KM, east * KM, north * KM)


PROVINCE = {"province": box(0, 0, 10, 20)}


def found(history, error_m=50.0, rims=None):
    return slivers_of(
        Ensemble(history, BoundaryError(error_m), rims=rims or {}), "province", day(0)
    )


# ---- What a sliver is ------------------------------------------------------------------------


def test_a_zone_that_ends_just_within_the_rim_leaves_a_sliver():
    sliver = found(zones(box(0, 0, 9.9, 20)).with_areas(PROVINCE))
    assert (sliver.count, sliver.km2, sliver.bare_km2) == pytest.approx((1, 2, 2))
    assert sliver.percent == pytest.approx(1)
    assert sliver.sentence.startswith("1 sliver along the rim, 2.0 km2 or 1.0 %, lies between")


def test_a_neighbour_that_reaches_in_makes_a_sliver_that_somebody_holds():
    history = zones(box(-5, 0, 0.1, 20), box(0.1, 0, 10, 20)).with_areas(PROVINCE)
    sliver = found(history)
    assert (sliver.count, sliver.km2, sliver.bare_km2) == pytest.approx((1, 2, 0))


@pytest.mark.parametrize(
    "zone",
    [
        box(0, 0, 10, 20),  # as the province
        box(-3, -3, 13, 23),  # all round it
        box(0, 0, 8, 20),  # a strip wider than lines may lie off
        shapely.union(box(0, 0, 4.9, 20), box(5.1, 0, 10, 20)),  # a gap across, not along
        shapely.difference(box(0, 0, 10, 20), box(9.6, 9.8, 10, 10.2)),  # as long as wide
    ],
)
def test_ground_that_is_no_sliver(zone):
    assert found(zones(zone).with_areas(PROVINCE)).count == 0


def test_how_narrow_a_sliver_is_follows_from_the_errors_of_both_lines():
    history = zones(box(0, 0, 9, 20)).with_areas(PROVINCE)
    assert found(history, error_m=50).count == 0
    assert found(history, error_m=400).count == 1
    assert found(history, error_m=50, rims={"province": RimError(400.0, 1_000.0)}).count == 1
    assert found(history, error_m=400, rims={"province": RimError(0.0)}).count == 0  # a choice


def test_all_ground_has_no_rim_and_a_province_of_a_table_has_one():
    regions = Regions(("province",), np.array([PROVINCE["province"]]))
    history = with_regions(zones(box(0, 0, 9.9, 20)), regions)
    ensemble = Ensemble(history, BoundaryError(50.0))
    assert slivers_of(ensemble, "province", day(0)).km2 == pytest.approx(2)
    assert slivers_of(ensemble, "all", day(0)).count == 0


# ---- What a verdict says ---------------------------------------------------------------------


def judged(history, *, value=100, unit="percent", quantity="share", rims=None, **more):
    reading = Reading(name="held", quantity=quantity, by=("A",), area="province", **more)
    claim = Claim(
        id="x", text="", publisher="Somebody", published=day(9), value=value, unit=unit,
        day=day(0), reading=(reading,),
    )  # fmt: skip
    [judgement] = judge(claim, Ensemble(history, BoundaryError(50.0), rims=rims or {}))
    return judgement


def test_a_verdict_on_a_share_tells_of_slivers_and_one_on_km2_does_not():
    history = zones(box(0, 0, 9.9, 20)).with_areas(PROVINCE)
    assert "1 sliver along the rim, 2.0 km2 or 1.0 %" in judged(history).reason
    plain = judged(history, value=198, unit="km2", quantity="total")
    assert "sliver" not in plain.reason


def test_the_rim_widens_a_figure_on_the_publishers_own_polygons_too():
    history = zones(box(-9, -9, 19, 29)).with_areas(PROVINCE)
    rims = {"province": RimError(100.0, 1_000.0)}
    plain, rimmed = (
        judged(history, value=200, unit="km2", quantity="total", same_map=True, rims=each)
        for each in ({}, rims)
    )
    assert plain.computed.high - 200 < 1 < rimmed.computed.high - 200
    assert RIM in [each.name for each in rimmed.budget.components]


# ---- What is found in files ------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    """Write a zone, a province that ends 80 m further east, and two provinces."""
    zone, province = shapely.box(37, 48, 37.2, 48.3), shapely.box(37, 48, 37.201, 48.3)
    east = shapely.box(37.201, 48, 37.4, 48.3)
    for name, frame in {
        "2024-01-01": gpd.GeoDataFrame({"actor": ["A"]}, geometry=[zone], crs="EPSG:4326"),
        "province": gpd.GeoDataFrame({"name": ["west"]}, geometry=[province], crs="EPSG:4326"),
        "provinces": gpd.GeoDataFrame(
            {"name": ["west", "east"]}, geometry=[province, east], crs="EPSG:4326"
        ),
    }.items():
        frame.to_file(tmp_path / f"{name}.geojson", driver="GeoJSON")
    return tmp_path


def told(files, **ground):
    history = territory.read(files / "2024-01-01.geojson", actor="actor", boundary_error_m=100.0)
    loaded = history._loaded(
        ground.get("aoi"), ground.get("regions"), "", (), ground.get("rim_error_m")
    )
    return {str(f.kind): f for f in loaded.findings if f.kind.startswith("rim-")}


def test_a_file_that_states_no_error_is_taken_as_exact_and_says_so(files):
    findings = told(files, aoi=files / "province.geojson")
    assert findings["rim-exact"].detail.startswith("area: no rim_error_m is stated, so the rim is")
    assert "an error of 100 m would make" in findings["rim-exact"].detail
    assert findings["rim-slivers"].km2 == pytest.approx(2.5, abs=0.1)
    assert {str(each.severity) for each in findings.values()} == {"info"}


def test_provinces_are_one_line_and_slivers_one_each(files):
    findings = told(files, regions=files / "provinces.geojson")
    assert findings["rim-exact"].detail.endswith("at most ('west')")
    sliver = findings["rim-slivers"]
    assert f"area 'west' on {sliver.day}: 1 sliver" in sliver.detail


@pytest.mark.parametrize(
    "ground",
    [
        {"aoi": (37.0, 48.0, 37.1, 48.3)},  # a choice
        {"aoi": shapely.box(36, 47, 38, 49)},  # nothing that is held touches its rim
    ],
)
def test_nothing_is_told_of_a_box_nor_where_nothing_touches_the_rim(files, ground):
    assert told(files, **ground) == {}


def test_a_stated_error_is_told_no_more_and_widens_the_table(files, capsys):
    province = files / "province.geojson"
    assert "rim-exact" not in told(files, aoi=province, rim_error_m=150.0)
    highs = []
    for option in ([], ["--rim-error-m", "150"]):
        words = ["areas", str(files / "2024-01-01.geojson"), "--profile", "zones"]
        words += ["--actor-field", "actor", "--area", f"x={province}", "--boundary-error-m", "100"]
        assert _code([*words, *option]) == 0
        rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
        highs.append({row["area"]: float(row["high"]) for row in rows if row["actor"] == "A"})
    assert highs[0]["all"] == highs[1]["all"]
    assert highs[0]["x"] < highs[1]["x"]


@pytest.mark.parametrize(
    ("options", "code", "problem"),
    [
        (["--rim-error-m", "100"], 2, "--rim-error-m does nothing here"),
        (["--area", "37,48,37.1,48.3", "--rim-error-m", "100"], 2, "a box has none"),
        (["--area", "PROVINCE", "--rim-error-m", "inf"], 1, "--rim-error-m: inf is no length"),
    ],
)
def test_an_error_of_no_rim_is_refused(files, capsys, options, code, problem):
    options = [word.replace("PROVINCE", str(files / "province.geojson")) for word in options]
    words = ["areas", str(files / "2024-01-01.geojson"), "--profile", "zones"]
    assert _code([*words, "--actor-field", "actor", *options]) == code
    assert problem in capsys.readouterr().err.replace("\n", " ")


JOB = """[series]
profile = "zones"
path = "2024-01-01.geojson"
actor_field = "actor"
boundary_error_m = 100
[area.west]
file = "province.geojson"
rim_scale = 300_000
[regions]
file = "provinces.geojson"
rim_error_m = 120
rim_correlation_length_m = 900
[report]
enabled = false
[maps]
enabled = false
"""


def test_a_job_states_the_error_of_areas_and_of_regions(files):
    from territory.job.study import compute

    (files / "job.toml").write_text(JOB.replace("area.west", "area.part"), encoding="utf-8")
    results = compute(files / "job.toml")
    rims = results.loaded[0].ensemble.rims
    assert rims["part"].error_m == 150
    assert rims["west"] == rims["east"] == rims["elsewhere"] == RimError(120.0, 900.0)
    by_rim = [row for row in results.budget if row["component"] == RIM]
    assert {row["reading"].split(", ")[1] for row in by_rim} >= {"part", "west"}
    assert not [row for row in results.quality if row["kind"] == "rim-exact"]
    text = dict(method(results.loaded[0]))["The interval"]
    assert "150 m for part; 120 m for west and east. That counts where" in text

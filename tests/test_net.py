"""Net change by region: gained, lost and net on grids, against counted squares."""

import csv
import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from squares import KM, PLANE, day, history_of, square, squares, write_two_boxes

from territory.claims.net import NET_COLUMNS, net_rows, share_of_net
from territory.cli import _code
from territory.history.history import from_coverage, from_snapshots
from territory.history.regions import DrawnRegions, resolve_regions, with_regions
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder, Status
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import Estimate

WEST = squares("WWE.")  # regions by column, and ground of no region
GRIDS = st.lists(st.text("AB.", min_size=4, max_size=4), min_size=2, max_size=2)


def rows_of(before, after, **more):
    """Return the rows of two grids of one line of squares, by region and actor."""
    polygons = np.array([square(0, column) for column in range(3)], dtype=object)
    regions = resolve_regions(DrawnRegions("r", PLANE.crs, ("W", "W", "E"), polygons), PLANE)
    history = with_regions(history_of(squares(before), squares(after)), regions)
    ensemble = Ensemble(history, BoundaryError(**more) if more else None)
    rows = net_rows(ensemble, [(day(0), day(1))], ["W", "E", "elsewhere"])
    return {(row["region"], row["actor"]): row for row in rows}


def counted(before, after, region, actor):
    """Count the squares of a region that an actor gained and lost."""
    columns = [n for n, name in enumerate("WWE.") if name == region]
    gained = sum(before[n] != actor == after[n] for n in columns)
    lost = sum(before[n] == actor != after[n] for n in columns)
    return gained, lost


@given(GRIDS)
def test_net_by_region_is_what_can_be_counted(grids):
    before, after = grids
    if not {"A", "B"} & {*before} or not {"A", "B"} & {*after}:
        return
    found = rows_of(before, after)
    for name, region in (("W", "W"), ("E", "E"), ("elsewhere", ".")):
        for actor in "AB":
            gained, lost = counted(before, after, region, actor)
            row = found.get((name, actor), {"gained": 0, "lost": 0, "net": 0})
            assert row["gained"] == pytest.approx(gained)
            assert row["lost"] == pytest.approx(lost)
            assert row["net"] == pytest.approx(gained - lost)


def test_shares_are_of_the_net_of_all_regions():
    found = rows_of("A...", ".AAA")
    assert {key: round(row["share"], 6) for key, row in found.items()} == {
        ("W", "A"): 0.0,
        ("E", "A"): 50.0,
        ("elsewhere", "A"): 50.0,
    }
    assert rows_of("A..B", "B..A")["W", "A"]["share"] is None  # what is gained is lost elsewhere


def test_what_is_gained_in_one_region_and_nearly_all_lost_in_another_has_no_share():
    """The net of all ground is nothing by its interval, however large that of a region is."""
    zones = shapely.box(0, 0, KM, KM), shapely.box(3 * KM, 0, 4.01 * KM, KM)
    raw = [
        RawZones(day(n), PLANE.crs, Source("zones"), (Holder("A"),), np.array([each]))
        for n, each in enumerate(zones)
    ]
    history = from_snapshots(tuple(map(normalise, raw)), projection=PLANE)
    days, west = history.days, shapely.get_x(shapely.centroid(history.faces)) < 2 * KM
    regions = replace(history, within={"west": west, "east": ~west})

    def share(error):
        west, east = net_rows(Ensemble(regions, error), [days], ["west", "east"])
        assert (west["net"], east["net"]) == pytest.approx((-1.0, 1.01))
        return west["share"], east["share"]

    assert share(None) == pytest.approx((-10000.0, 10100.0))  # if the map were exact
    assert share(BoundaryError(50.0)) == (None, None)


def test_a_share_needs_an_interval_on_one_side_of_zero():
    assert share_of_net(1.0, Estimate(2.0, 1e-9, 4.0)) == 50.0
    assert share_of_net(1.0, Estimate(-2.0, -4.0, -1e-9)) == -50.0
    for low, high in ((0.0, 4.0), (-1.0, 4.0), (-4.0, 0.0)):
        assert share_of_net(1.0, Estimate(max(low, -2.0) or 2.0, low, high)) is None
    rounding = Estimate(1e-7, 1e-7, 1e-7)
    assert share_of_net(1.0, rounding, 1e-6) is None
    assert share_of_net(1.0, rounding) == pytest.approx(1e9)


def test_an_interval_is_that_of_the_net():
    row = rows_of("A...", "AA..", boundary_error_m=50.0)["W", "A"]
    assert row["low"] < row["net"] < row["high"]
    still = rows_of("AB..", "AB..", boundary_error_m=50.0)["W", "A"]
    assert (still["net"], still["low"], still["high"]) == (0, 0, 0)  # the line did not move


@pytest.fixture
def call(tmp_path):
    write_two_boxes(tmp_path)
    box = [[[0, 0], [100, 0], [100, 80], [0, 80], [0, 0]]]
    regions = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "all of it"},
                "geometry": {"type": "Polygon", "coordinates": box},
            }
        ],
    }
    (tmp_path / "regions.geojson").write_text(json.dumps(regions))
    paths = [str(tmp_path / f"2024-01-0{n}.geojson") for n in (1, 3)]
    days = ["--from", "2024-01-01", "--to", "2024-01-03"]
    return ["change", *paths, "--profile", "zones", *days], str(tmp_path / "regions.geojson")


def test_the_table_of_the_command_line(call, capsys):
    words, regions = call
    assert _code(words) == 0
    plain = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert _code([*words, "--regions", regions, "--by", "region"]) == 0
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert tuple(rows[0]) == NET_COLUMNS
    assert {row["region"] for row in rows} == {"all of it"}
    for row in rows:
        gained = [r for r in plain if r["to_actor"] == row["actor"] != r["from_actor"]]
        lost = [r for r in plain if r["from_actor"] == row["actor"] != r["to_actor"]]
        assert float(row["gained"]) == pytest.approx(sum(float(r["km2"]) for r in gained), rel=1e-6)
        assert float(row["lost"]) == pytest.approx(sum(float(r["km2"]) for r in lost), rel=1e-6)
    assert _code([*words, "--regions", regions, "--by", "region", "--json"]) == 0
    assert [each["actor"] for each in json.loads(capsys.readouterr().out)] == [
        row["actor"] for row in rows
    ]


def test_options_that_mean_nothing(call, capsys):
    words, regions = call
    for more, problem in (
        (["--by", "region"], "needs the regions: --regions PLACE"),
        (["--by", "oblast", "--regions", regions], "--by takes 'region'"),
        (["--by", "region", "--regions", regions, "--area", "0,0,1,1"], "--area does nothing here"),
    ):
        assert _code([*words, *more]) == 2
        assert problem in capsys.readouterr().err


@pytest.mark.parametrize(("status", "gained"), [((), 1), ((Status.HELD, Status.CLAIMED), 3)])
def test_what_counts_as_having_ground_is_what_is_asked_for(status, gained):
    strips = np.array([square(0, 0), shapely.box(KM, 0, 3 * KM, KM)])
    holders = (NOBODY, Holder("A"), Holder("A", Status.CLAIMED))
    rows, days = np.array([[0, 0], [1, 2]], dtype=np.int16), (day(0), day(1))
    history = from_coverage(strips, rows, days=days, holders=holders, projection=PLANE)
    more = {"status": status} if status else {}
    (row,) = net_rows(Ensemble(history), [days], ["all"], actors=["A"], **more)
    assert (row["gained"], row["lost"], row["net"]) == pytest.approx((gained, 0, gained))
    assert (row["from_day"], row["to_day"], row["region"], row["actor"]) == (*days, "all", "A")


def test_an_area_without_ground_has_a_row_and_the_rest_has_one_only_if_there_is_any():
    history = history_of(squares("A."), squares("AA")).with_areas({"half": square(0, 1)})
    regions = replace(history, within={**history.within, "void": ~history.mask()})
    whole = replace(regions, within={**regions.within, "elsewhere": ~history.mask()})
    draws = (whole, whole)  # of places: nothing is cut to an area there
    for ensemble in (Ensemble(whole), Ensemble(whole, draws=draws, sample_size=1, total=2)):
        days, areas = [(day(0), day(1))], ["void", "half", "elsewhere"]
        rows = net_rows(ensemble, days, areas, actors=["A"])
        found = {row["region"]: (row["gained"], row["lost"], row["net"]) for row in rows}
        assert found == {"void": (0, 0, 0), "half": pytest.approx((1, 0, 1))}

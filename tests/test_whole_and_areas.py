"""All ground keeps its rows beside named areas, and what is about one area names it."""

import csv
import json
from io import StringIO

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from squares import KM, PLANE, day, drawn, history_of, squares, write_two_boxes

import territory
from territory.cli import _code
from territory.errors import InputError, TerritoryError
from territory.history.history import from_coverage, from_snapshots
from territory.holders import NOBODY, Holder
from territory.maps.kinds.borders import front
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.measure.rows import area_rows, change_rows
from territory.measure.tables import area_estimates, transfer_estimates
from territory.run import run

GRIDS = squares("AAB.", "AB.."), squares("AAA.", "ABB.")


def box(west, south, east, north):
    return shapely.box(west * KM, south * KM, east * KM, north * KM)


def drawn_alone_of(*grids):
    """Return squares without any area."""
    snapshots = tuple(drawn(grid, n) for n, grid in enumerate(grids))
    return from_snapshots(snapshots, projection=PLANE)


def drawn_alone():
    return drawn_alone_of(*GRIDS)


# A corner that is full of zones, one that reaches far beyond them, one beside them.
AREAS = {"corner": box(0, -1, 1, 0), "wide": box(0.5, -9, 9, 3), "empty": box(20, 20, 21, 22)}


@pytest.mark.parametrize("names", [["corner"], ["wide"], ["empty"], ["wide", "corner", "empty"]])
def test_all_ground_is_the_same_whatever_areas_are_named(names):
    alone = drawn_alone()
    named = alone.with_areas({name: AREAS[name] for name in names})
    assert named.area_names == ("all", *names)
    error = BoundaryError(100.0, 500.0)
    one, other = Ensemble(alone, error), Ensemble(named, error)
    for row, same in zip(
        area_rows("", one, alone.days),
        [r for r in area_rows("", other, alone.days) if r["area"] == "all"],
        strict=True,
    ):
        assert row.keys() == same.keys()
        for key, value in row.items():
            expected = pytest.approx(value, rel=1e-9) if key in ("km2", "low", "high") else value
            assert same[key] == expected
    pair = alone.days
    before, after = (transfer_estimates(each, *pair, "all") for each in (one, other))
    assert before.keys() == after.keys()
    for cell, found in before.items():
        assert after[cell].value == pytest.approx(found.value, rel=1e-9)
        assert after[cell].low == pytest.approx(found.low, rel=1e-6)


def test_ground_that_only_fills_an_area_is_not_of_the_whole():
    named = drawn_alone().with_areas({"wide": AREAS["wide"]})
    assert named.km2(named.mask("wide")) == pytest.approx(8.5 * 12)
    assert named.km2(named.mask("all")) == pytest.approx(drawn_alone().area_m2.sum() / 1e6)
    assert not named.mask("all").all()


def test_the_line_of_a_party_ends_where_its_zones_end_whatever_area_is_named():
    alone = drawn_alone()
    named = alone.with_areas({"wide": AREAS["wide"]})
    a = frozenset(holder for holder in alone.holders if holder.actor == "A")

    def length(history):
        from territory.geometry.edges import edges_of

        found = front(history, 0, a, "all")
        return edges_of(history.faces).length[found].sum()

    assert length(named) == pytest.approx(length(alone), rel=1e-6)


def test_an_area_that_is_all_ground_stands_for_it():
    history = history_of(squares("AB"), squares("AA"))
    assert history.stands_for_all == "frame"
    assert history.distinct_areas == ("frame",)
    assert history.area_names == ("all", "frame")


def test_an_area_that_is_all_ground_has_the_rows_of_all_ground_in_a_coverage():
    history = from_coverage(
        np.array([box(n, -1, n + 1, 0) for n in range(2)]),
        np.array([[1, 2], [1, 1]], dtype=np.int16),
        days=(day(0), day(1)),
        holders=(NOBODY, Holder("A"), Holder("B")),
        projection=PLANE,
    ).with_areas({"frame": box(0, -1, 2, 0)})
    rows = change_rows("", Ensemble(history, BoundaryError(10.0, 100.0)), [history.days])
    frame, whole = ([r for r in rows if r["area"] == name] for name in ("frame", "all"))
    assert whole == [{**row, "area": "all"} for row in frame]


def test_the_outline_of_the_zones_counts_for_all_ground_though_it_is_the_rim_of_an_area():
    error, plain = BoundaryError(10.0, 100.0), drawn_alone_of(squares("AB"), squares("AA"))
    named = history_of(squares("AB"), squares("AA"))
    bare = area_rows("", Ensemble(plain, error), plain.days)
    rows = area_rows("", Ensemble(named, error), plain.days)
    frame, whole = ([r for r in rows if r["area"] == name] for name in ("frame", "all"))
    assert whole == bare
    assert [r["km2"] for r in frame] == [r["km2"] for r in bare]
    # The hour of the cut is the same in both; the outline of the zones is not.
    assert [r["high"] < b["high"] for r, b in zip(frame, bare, strict=True)] == [False, True, True]


@pytest.mark.parametrize("reach", [0.0, 0.1])
def test_regions_that_end_with_the_zones_leave_the_interval_of_all_ground(reach):
    history = territory.example()
    west, south, east, north = 37.0 - reach, 48.0, 37.4 + reach, 48.1
    region = gpd.GeoDataFrame(
        {"name": ["region"]}, geometry=[shapely.box(west, south, east, north)], crs="EPSG:4326"
    )
    before, after = history.areas(), history.areas(regions=region)
    after = after[(after.area == "all") & (after.actor != "nobody")].reset_index(drop=True)
    pd.testing.assert_frame_equal(before, after, rtol=1e-6)


def test_an_area_that_is_nearly_all_ground_does_not_stand_for_it():
    history = drawn_alone().with_areas({"most": box(0, -2, 2.99, 0)})
    assert history.stands_for_all == "all"
    assert history.distinct_areas == ("all", "most")


def test_an_area_without_a_name_is_asked_for_instead_of_the_whole():
    history = drawn_alone().with_areas({"": AREAS["corner"]})
    assert history.area_names == ("",)
    rows = area_rows("", Ensemble(history), history.days)
    assert sum(row["km2"] for row in rows if row["day"] == day(0)) == pytest.approx(1)


def test_no_area_is_named_like_the_whole():
    with pytest.raises(InputError, match="cannot be named 'all'"):
        drawn_alone().with_areas({"all": AREAS["corner"]})


# ---- A job -----------------------------------------------------------------------------------

JOB = """title = "Who held the two boxes?"
[series]
profile = "zones"
path = "z_*.geojson"
boundary_error_m = 100
[area.east]
bbox = [37.6, 48.1, 37.9, 48.4]
title = "The eastern bank"
[maps]
formats = ["png", "svg"]
"""


@pytest.fixture
def folder(tmp_path):
    write_two_boxes(tmp_path, prefix="z_")
    (tmp_path / "job.toml").write_text(JOB, encoding="utf-8")
    return tmp_path


def table(path):
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"))))


def texts_of(svg):
    return svg.read_text(encoding="utf-8")


def page_of(path):
    text = path.read_text(encoding="utf-8")
    start = text.index('{"', text.index('type="application/json"'))
    return json.JSONDecoder().raw_decode(text[start:])[0]


def test_a_job_about_the_whole_stays_about_it_beside_a_named_area(folder):
    out = folder / "out"
    run(folder / "job.toml", out)
    for name in ("areas.csv", "changes.csv"):
        assert list(dict.fromkeys(row["area"] for row in table(out / name))) == ["all", "east"]
    whole = sum(float(r["km2"]) for r in table(out / "areas.csv") if r["area"] == "all")
    east = sum(float(r["km2"]) for r in table(out / "areas.csv") if r["area"] == "east")
    assert whole == pytest.approx(2 * 0.5 * 1.0 * 8200, rel=0.02) or whole > 5 * east
    drawn = texts_of(out / "maps" / "before_after.svg")
    assert "The eastern bank" not in drawn
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "Whole area, 1 January 2024" in report and "The eastern bank, 1 January 2024" in report
    assert not (out / "maps" / "east").exists()


def test_maps_of_one_area_name_it_and_those_of_the_whole_are_there(folder):
    text = JOB + 'area = "east"\n'
    (folder / "job.toml").write_text(text, encoding="utf-8")
    out = folder / "out"
    run(folder / "job.toml", out)
    names = {path.relative_to(out / "maps").as_posix() for path in (out / "maps").rglob("*.png")}
    assert names == {
        "before_after.png",
        "transfers.png",
        "east/2024-01-01.png",
        "east/2024-01-03.png",
        "east/before_after.png",
        "east/transfers.png",
    }
    for name in ("2024-01-01", "before_after", "transfers"):
        drawn = texts_of(out / "maps" / "east" / f"{name}.svg")
        assert "The eastern bank: " in drawn
        assert "of the ground" not in drawn
    assert "% of the area" in texts_of(out / "maps" / "east" / "2024-01-01.svg")
    report = (out / "report.html").read_text(encoding="utf-8")
    hero = report.index("Two maps side by side. Who held what")
    assert hero < report.index("Two maps side by side. The eastern bank: who held what")
    assert 'alt="Map. The eastern bank: who held what on 1 January 2024.' in report


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ('area = "est"\n', "maps.area: no area is named 'est'; did you mean 'east'?"),
        ("[area.all]\nbbox = [1, 2, 3, 4]\n", "an area cannot be named 'all'"),
    ],
)
def test_an_area_that_is_not_there_is_refused_before_the_work(folder, key, message):
    (folder / "job.toml").write_text(JOB + key, encoding="utf-8")
    with pytest.raises(TerritoryError) as caught:
        run(folder / "job.toml", folder / "out")
    assert message in str(caught.value)


# ---- The command line ------------------------------------------------------------------------


def call(folder, verb, *options):
    return [verb, str(folder / "z_*.geojson"), "--profile", "zones", *options]


def rows_of(capsys):
    return list(csv.DictReader(StringIO(capsys.readouterr().out)))


def test_one_box_is_asked_for_alone_and_a_named_one_beside_the_whole(folder, capsys):
    place = "37.6,48.1,37.9,48.4"
    assert _code(call(folder, "areas", "--area", place)) == 0
    alone = rows_of(capsys)
    assert "area" not in alone[0]
    assert _code(call(folder, "areas", "--area", f"east={place}")) == 0
    named = rows_of(capsys)
    assert list(dict.fromkeys(row["area"] for row in named)) == ["all", "east"]
    east = [{k: v for k, v in row.items() if k != "area"} for row in named if row["area"] == "east"]
    assert east == alone
    assert _code(call(folder, "areas")) == 0
    whole = [{k: v for k, v in row.items() if k != "area"} for row in named if row["area"] == "all"]
    for one, other in zip(rows_of(capsys), whole, strict=True):
        assert float(one["km2"]) == pytest.approx(float(other["km2"]), rel=1e-9)


@pytest.mark.parametrize(
    ("area", "title"),
    [
        ("left-bank=37.6,48.1,37.9,48.4", "Left Bank: "),
        ("37.6,48.1,37.9,48.4", "37.6° to 37.9° E, 48.1° to 48.4° N: "),
    ],
)
def test_a_map_of_one_area_names_it(folder, area, title):
    to = folder / "m.svg"
    assert _code(call(folder, "map", "--area", area, "--out", str(to))) == 0
    assert title in texts_of(to)
    assert "% of the area" in texts_of(to)


def test_an_area_given_beside_a_job_is_the_one_that_is_drawn(folder):
    """It has no name, and was once passed over for the first area of the job."""
    to = folder / "m.svg"
    asked = ["map", str(folder / "job.toml"), "--area", "37.1,48.1,37.2,48.2", "--out", str(to)]
    assert _code(asked) == 0
    assert "37.1° to 37.2° E" in texts_of(to)


def test_the_page_offers_the_whole_first_and_opens_with_the_area_asked_for(folder):
    page = folder / "p.html"
    options = ["--area", "east=37.6,48.1,37.9,48.4", "--out", str(page)]
    assert _code(call(folder, "page", *options)) == 0
    text = page.read_text(encoding="utf-8")
    assert '"key":"all"' in text and text.index('"key":"all"') < text.index('"key":"east"')
    assert '"rimmed":false' in text[text.index('"key":"all"') - 200 :]


def test_figures_of_one_area_in_the_film_name_it(folder):
    from territory.job.load import load_series
    from territory.job.named_aoi import load_areas
    from territory.job.spec import Job, MapsSpec, UncertaintySpec
    from territory.maps.film.film import Take, written
    from territory.maps.request import MapSource
    from territory.read.text_files import read_toml

    job = read_toml(folder / "job.toml", Job)
    loaded = load_series(
        job.series[0],
        folder,
        areas=load_areas(job.area, folder),
        rule="all",
        more_days=(),
        uncertainty=UncertaintySpec(),
    )
    titles = job.area_titles
    whole = written(MapSource(loaded, MapsSpec(), titles=titles), Take())
    east = written(MapSource(loaded, MapsSpec(area="east"), titles=titles), Take())
    assert whole.subject.area == "all" and "eastern" not in whole.subject.text.title
    assert east.subject.text.title.startswith("The eastern bank: ")
    held = area_estimates(loaded.ensemble, loaded.days[0], "all")
    assert [row[0] for row in whole.course.areas.values() if row[0]] == [
        each for holder, each in held.items() if holder.actor != "nobody"
    ]
    assert np.isfinite(sum(each.value for each in held.values()))


@pytest.mark.filterwarnings("ignore::territory.TerritoryWarning")
def test_rows_of_an_area_add_up_where_pieces_meet_at_its_corners():
    """GEOS once dropped a whole piece when it matched them, and its ground counted twice."""
    knot = shapely.union_all([shapely.box(0, 0, 0.3, 0.3), shapely.box(-0.3, -0.3, 0, 0)])
    ring = shapely.box(-0.18, -0.18, 0.42, 0.42).difference(shapely.box(-0.06, -0.06, 0.3, 0.3))
    small = shapely.union_all([shapely.box(0, 0, 0.09, 0.09), shapely.box(-0.09, -0.09, 0, 0)])
    shapes = [shapely.union(ring, shapely.box(0.03, 0.03, 0.21, 0.21)), small]
    zones = gpd.GeoDataFrame(
        {"actor": "A", "day": "2024-01-01"}, index=[0, 1], geometry=shapes, crs="EPSG:4326"
    )
    history = territory.History.from_geodataframe(zones, day="day", boundary_error_m=0.0)
    area = gpd.GeoDataFrame(geometry=[knot], crs="EPSG:4326")
    km2 = history.areas(aoi=area).set_index("actor").km2
    size = (
        territory.History.from_geodataframe(area.assign(actor="A"), day="2024-01-01")
        .areas()
        .km2.sum()
    )
    assert km2.sum() == pytest.approx(size, rel=1e-8)
    held = shapely.union_all(shapes).intersection(knot).area / knot.area
    assert km2["A"] == pytest.approx(held * size, rel=1e-4)

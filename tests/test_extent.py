"""A job with an extent: what lies beyond is cut off, and no figure differs from that of an area."""

import csv
import json
import re
from itertools import pairwise

import geopandas as gpd
import numpy as np
import orjson
import pytest
import shapely
from test_clipping import many_boxes, write_zones

from territory.cli import _code
from territory.history import clipping
from territory.job.spec import Job
from territory.read.text_files import read_toml

BOX = [22.1, 45.2, 22.9, 45.9]  # about the border that moves, which is at 22.5
AREA = ",".join(map(str, BOX))
NAMED = "22.1° to 22.9° E, 45.2° to 45.9° N"
ZONES = 'name = "mine"\nlabel = "property"\nlabel_properties = ["actor"]\n'
PROFILES = {
    "error": ZONES,
    "first": ZONES + 'overlap = "first"\npriority = ["b", "a"]\n',
    "contested": ZONES + 'overlap = "contested"\n',
}


@pytest.fixture(params=[0.0, np.inf], ids=["cut", "uncut"])
def clips(request, monkeypatch):
    """Cut off what lies outside however little that saves, or never."""
    monkeypatch.setattr(clipping, "_LONG", request.param)
    monkeypatch.setattr(clipping, "_PAYS", np.inf)


def write_job(folder, extent, *, more="", series="", profile="error"):
    (folder / "mine.toml").write_text(PROFILES[profile], "utf-8")
    (folder / "job.toml").write_text(
        'title = "Boxes"\nmaps.enabled = false\nreport.enabled = false\n'
        f'[[series]]\nprofile = "mine.toml"\npath = "*_2024*"\nextent = {extent}\n'
        f"boundary_error_m = 1000\n{series}\n{more}",
        "utf-8",
    )


def run(folder, *words):
    return _code(["run", str(folder / "job.toml"), "--out", str(folder / "out"), *words])


def rows(folder, table, area="all"):
    with (folder / "out" / table).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    return [list(row.values())[2:] for row in found if row["area"] == area]


def printed(capsys, folder, *words, area=AREA):
    """Return what a verb prints of a series of which nothing is cut off."""
    capsys.readouterr()
    how = ["--profile", str(folder / "mine.toml"), "--boundary-error-m", "1000", "--area", area]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clipping, "_LONG", np.inf)
        assert _code([words[0], str(folder / "*_2024*"), *how, *words[1:]]) in {0, 3}
    return [line.split(",") for line in capsys.readouterr().out.splitlines()[1:]]


def parted(table):
    """Return what stands in a table as words, and its figures."""
    return [row[:-5] for row in table], np.array([row[-5:] for row in table], dtype=float)


def check_same(folder, capsys, *, area=AREA, changes=True):
    """Hold the tables of a job against what the verbs print with --area."""
    words, figures = parted(rows(folder, "areas.csv"))
    expected, values = parted(printed(capsys, folder, "areas", area=area))
    assert words == expected
    np.testing.assert_allclose(figures, values, rtol=1e-9, atol=2e-6)
    days = sorted({row[0] for row in words} if changes else ())
    written = rows(folder, "changes.csv")
    for start, end in [*pairwise(days), *pairwise([*days[:1], *days[-1:]])]:
        mine = [row for row in written if row[:2] == [start, end]]
        words, figures = parted(mine)
        expected, values = parted(
            printed(capsys, folder, "change", "--from", start, "--to", end, area=area)
        )
        assert words == expected
        np.testing.assert_allclose(figures, values, rtol=1e-9, atol=2e-6)


def boxes(folder, day, shift=0.0):
    """Write five columns of boxes, of which the extent cuts the inner two."""
    many_boxes(folder, day, shift, columns=range(2, 7))


def days_of_boxes(folder):
    boxes(folder, "2024-01-01")
    boxes(folder, "2024-01-02", 0.03)
    boxes(folder, "2024-01-05", -0.02)


def test_figures_are_those_of_the_area(tmp_path, capsys, clips):
    days_of_boxes(tmp_path)
    write_job(tmp_path, BOX)
    assert run(tmp_path) == 0
    check_same(tmp_path, capsys)
    assert rows(tmp_path, "areas.csv") == rows(tmp_path, "areas.csv", NAMED)


def test_ground_that_changed_hands_with_some_in_the_extent_still_counts(tmp_path, capsys, clips):
    # A strip that is narrow in the extent and wide beyond it, where the third day takes it back.
    for day, inside, beyond in (("02-01", 0, 0), ("02-02", 0.005, 0.4), ("02-03", 0.005, 0)):
        front = [(22.5 + inside, 44), (22.5 + inside, 46), (22.5 + beyond, 46), (22.5 + beyond, 47)]
        west, east = [(20, 47), (20, 44), *front], [(25, 47), (25, 44), *front]
        zones = {"a": [shapely.Polygon(west)], "b": [shapely.Polygon(east)]}
        write_zones(tmp_path / f"z_2024-{day}.geojson", zones)
    write_job(tmp_path, BOX)
    run(tmp_path)
    check_same(tmp_path, capsys)


@pytest.mark.parametrize("profile", ["first", "contested"])
def test_overlaps_are_settled_as_the_profile_says(tmp_path, capsys, clips, profile):
    for day, east in (("2024-01-01", 22.6), ("2024-01-02", 22.7)):
        zones = {"a": [shapely.box(21, 44, east, 47)], "b": [shapely.box(22.4, 45, 26, 45.7)]}
        write_zones(tmp_path / f"z_{day}.geojson", zones)
    write_job(tmp_path, BOX, profile=profile)
    assert run(tmp_path) == 0
    actors = {row[1] for row in rows(tmp_path, "areas.csv")}
    assert actors == {"a", "b", "nobody"} | ({"contested"} if profile == "contested" else set())
    check_same(tmp_path, capsys)


def test_zones_with_holes_and_ground_of_nobody_across_the_extent(tmp_path, capsys, clips):
    for day, hole in (("2024-01-01", 0.3), ("2024-01-02", 0.25)):
        around = shapely.box(21, 45.3, 24, 47)
        pocket = shapely.box(22.8, 45.6, 22.8 + hole, 46)
        apart = shapely.box(22.2, 45.5, 22.3, 45.6)
        write_zones(
            tmp_path / f"z_{day}.geojson",
            {"a": [around.difference(pocket).difference(apart)], "b": [apart]},
        )
    write_job(tmp_path, BOX)
    assert run(tmp_path) == 0
    check_same(tmp_path, capsys)
    found = rows(tmp_path, "areas.csv")
    assert {row[1] for row in found} == {"a", "b", "nobody"}
    totals = {day: sum(float(r[3]) for r in found if r[0] == day) for day in {r[0] for r in found}}
    assert len({round(each, 4) for each in totals.values()}) == 1


def test_invalid_rings_are_repaired_before_they_are_cut(tmp_path, capsys, clips):
    for day, west in (("2024-01-01", 22.3), ("2024-01-02", 22.2)):
        crossed = {  # a ring that passes a corner of its own, beyond the extent
            "type": "Polygon",
            "coordinates": [
                [
                    *([west, 45.0], [23.5, 45.0], [23.5, 46.5], [23.501, 46.501]),
                    *([23.501, 46.5], [23.5, 46.501], [west, 46.501], [west, 45.0]),
                ]
            ],
        }
        feature = {"type": "Feature", "properties": {"actor": "a"}, "geometry": crossed}
        other = {
            "type": "Feature",
            "properties": {"actor": "b"},
            "geometry": json.loads(shapely.to_geojson(shapely.box(20, 45, west, 46.5))),
        }
        text = json.dumps({"type": "FeatureCollection", "features": [feature, other]})
        (tmp_path / f"z_{day}.geojson").write_text(text, "utf-8")
    write_job(tmp_path, BOX)
    assert run(tmp_path) == 0
    check_same(tmp_path, capsys)
    quality = (tmp_path / "out" / "quality.csv").read_text("utf-8")
    assert "2024-01-01,self-intersection" in quality or "2024-01-01,repair" in quality


def test_zones_in_metres(tmp_path, capsys, clips):
    for day, shift in (("2024-01-01", 0), ("2024-01-02", 2000)):
        west = shapely.box(150_000, 4_900_000, 300_000 + shift, 5_200_000)
        east = shapely.box(300_000 + shift, 4_900_000, 500_000, 5_200_000)
        frame = gpd.GeoDataFrame({"actor": ["a", "b"]}, geometry=[west, east], crs="EPSG:32635")
        frame.to_file(tmp_path / f"z_{day}.gpkg")
    write_job(tmp_path, [24.0, 45.2, 24.9, 45.9])
    assert run(tmp_path) == 0
    check_same(tmp_path, capsys, area="24,45.2,24.9,45.9")


@pytest.mark.parametrize("clipped", [True, False])
def test_an_extent_in_which_nothing_lies_is_one_line(tmp_path, capsys, monkeypatch, clipped):
    monkeypatch.setattr(clipping, "_LONG", 0.0 if clipped else np.inf)
    days_of_boxes(tmp_path)
    for extent in ([40.0, 10.0, 41.0, 11.0], [19.0, 44.0, 19.5, 44.5]):
        write_job(tmp_path, extent)
        assert run(tmp_path) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("territory: [series] extent: no zone of any day lies in '")
        assert not (tmp_path / "out").exists()


def test_what_is_wrong_beyond_the_extent_is_found(tmp_path, capsys, clips):
    days_of_boxes(tmp_path)
    for day in ("2024-01-03", "2024-01-04"):
        boxes(tmp_path, day)
        there = json.loads((tmp_path / f"boxes_{day}.geojson").read_text("utf-8"))
        far = shapely.box(23.1, 46.1, 23.3, 46.3)  # on ground of somebody else
        there["features"] += [
            {
                "type": "Feature",
                "properties": {"actor": "c"},
                "geometry": json.loads(shapely.to_geojson(far)),
            }
        ]
        (tmp_path / f"boxes_{day}.geojson").write_text(json.dumps(there), "utf-8")
    write_job(tmp_path, BOX)
    assert run(tmp_path) == 1
    assert "overlap" in capsys.readouterr().err
    write_job(tmp_path, BOX, profile="first")
    run(tmp_path)
    quality = (tmp_path / "out" / "quality.csv").read_text("utf-8")
    assert "2024-01-03,overlap" in quality
    check_same(tmp_path, capsys)


def test_named_areas_end_where_the_extent_does_and_say_so(tmp_path, capsys, clips):
    days_of_boxes(tmp_path)
    areas = "[area]\ninner = [22.3, 45.3, 22.7, 45.7]\nwide = [22.5, 45.2, 23.3, 45.9]\n"
    write_job(tmp_path, BOX, more=areas)
    assert run(tmp_path) == 0
    assert "50.0 % of the area 'wide' lies in the extent" in capsys.readouterr().err
    check_same(tmp_path, capsys)
    for name, box in (("inner", "22.3,45.3,22.7,45.7"), ("wide", "22.5,45.2,22.9,45.9")):
        words, figures = parted(rows(tmp_path, "areas.csv", name))
        expected, values = parted(printed(capsys, tmp_path, "areas", area=box))
        assert words == expected
        np.testing.assert_allclose(figures, values, rtol=1e-9, atol=2e-6)
    assert figures[:, 0].sum() == pytest.approx(3 * 4860.2 / 2, rel=1e-3)


def test_regions_and_what_lies_in_none_make_up_the_extent(tmp_path, capsys, clips):
    days_of_boxes(tmp_path)
    west, east = shapely.box(21.5, 45, 22.4, 46), shapely.box(22.4, 45, 22.6, 46)
    frame = gpd.GeoDataFrame({"name": ["west", "east"]}, geometry=[west, east], crs="EPSG:4326")
    frame.to_file(tmp_path / "regions.geojson")
    write_job(tmp_path, BOX, more='[regions]\nfile = "regions.geojson"\n')
    assert run(tmp_path) == 0
    check_same(tmp_path, capsys)
    km2 = {
        name: sum(float(row[3]) for row in rows(tmp_path, "areas.csv", name))
        for name in ("all", "west", "east", "elsewhere")
    }
    assert km2["all"] == pytest.approx(km2["west"] + km2["east"] + km2["elsewhere"], abs=1e-4)
    for name, box in (("east", "22.4,45.2,22.6,45.9"), ("elsewhere", "22.6,45.2,22.9,45.9")):
        expected = parted(printed(capsys, tmp_path, "areas", area=box))[1]
        found = parted(rows(tmp_path, "areas.csv", name))[1]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=2e-6)


@pytest.mark.parametrize(
    ("extent", "called"),
    [
        (str(BOX), NAMED),
        ('"here.geojson"', "here"),
        ('{ file = "here.geojson", title = "The Bend" }', "here"),
        ('"bend"', "bend"),
        ('"romania"', "Romania"),
    ],
)
def test_an_extent_is_what_an_area_may_be(tmp_path, capsys, extent, called):
    days_of_boxes(tmp_path)
    box = gpd.GeoDataFrame(geometry=[shapely.box(*BOX)], crs="EPSG:4326")
    box.to_file(tmp_path / "here.geojson")
    write_job(tmp_path, extent, more=f"[area]\nbend = {BOX}\n")
    assert run(tmp_path) == 0
    record = orjson.loads((tmp_path / "out" / "run.json").read_bytes())
    assert record["all_ground"] == {"": called}
    assert ("here.geojson" in record["inputs"]) == ("here" in extent)
    assert rows(tmp_path, "areas.csv") == rows(tmp_path, "areas.csv", called)
    is_box = called != "Romania"
    check_same(tmp_path, capsys, area=AREA if is_box else called, changes=is_box)


def test_what_is_written_for_other_programs_ends_there_too(tmp_path, clips):
    days_of_boxes(tmp_path)
    write_job(tmp_path, BOX)
    assert run(tmp_path) == 0
    spells = gpd.read_file(tmp_path / "out" / "history.gpkg", layer="spells")
    np.testing.assert_allclose(spells.total_bounds, BOX, atol=1e-9)
    first = spells[spells.valid_from.astype(str).str[:10] == "2024-01-01"]
    held = [float(row[3]) for row in rows(tmp_path, "areas.csv") if row[0] == "2024-01-01"]
    assert first.km2.sum() == pytest.approx(sum(held), rel=1e-9)
    fronts = gpd.read_file(tmp_path / "out" / "history.gpkg", layer="fronts")
    assert set(fronts.one) | set(fronts.other) == {"a", "b"}  # the rim is no front


def test_page_report_and_maps_name_the_extent(tmp_path):
    days_of_boxes(tmp_path)
    write_job(tmp_path, f'{{ bbox = {BOX}, title = "The Bend" }}')
    job = (tmp_path / "job.toml").read_text("utf-8").replace("enabled = false", "enabled = true")
    (tmp_path / "job.toml").write_text(job + 'maps.formats = ["png", "svg"]\n', "utf-8")
    text = job.replace('title = "Boxes"\n', 'title = "Boxes"\nmaps.formats = ["png", "svg"]\n')
    (tmp_path / "job.toml").write_text(text, "utf-8")
    assert run(tmp_path) == 0
    out = tmp_path / "out"
    for picture in sorted((out / "maps").glob("*.svg")):
        assert "The Bend" in picture.read_text("utf-8")
    report = (out / "report.html").read_text("utf-8")
    assert re.search(r"<h1[^>]*>\s*The Bend: ", report)
    assert "The Bend" in (out / "page.html").read_text("utf-8")


def test_a_claim_about_all_is_one_about_the_extent(tmp_path):
    days_of_boxes(tmp_path)
    claim = (
        '[[claim]]\nid = "x"\ntext = "x"\npublisher = "y"\npublished = 2024-01-05\nvalue = 2404.6\n'
        'unit = "km2"\nday = 2024-01-02\n'
        '[[claim.reading]]\nname = "total"\nquantity = "total"\nby = ["a"]\narea = "all"\n'
    )
    (tmp_path / "claims.toml").write_text(claim, "utf-8")
    write_job(tmp_path, BOX, more='[claims]\nfile = "claims.toml"\n')
    assert run(tmp_path) == 0
    with (tmp_path / "out" / "verdicts.csv").open(encoding="utf-8", newline="") as file:
        (verdict,) = csv.DictReader(file)
    assert verdict["verdict"] == "consistent"
    assert float(verdict["computed"]) == pytest.approx(2404.614014)


@pytest.mark.parametrize(
    ("extent", "series", "says"),
    [
        ("[1, 2, 3]", "", "extent"),
        ("[23.0, 45.0, 22.0, 46.0]", "", "is no box"),
        ('"Rumania"', "", "did you mean 'Romania'?"),
        ('"none.geojson"', "", "none.geojson: no such file"),
        (
            str(BOX),
            '[[series]]\nname = "b"\nprofile = "mine.toml"\npath = "*_2024*"\n',
            "all series of drawn zones need the same one",
        ),
    ],
)
def test_an_extent_that_is_none_is_one_line(tmp_path, capsys, extent, series, says):
    days_of_boxes(tmp_path)
    write_job(tmp_path, extent, series=series)
    assert run(tmp_path) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line


def test_places_still_name_an_area_and_units_have_none(tmp_path, capsys):
    job = tmp_path / "job.toml"
    text = 'series = [{{profile = "{}", path = "a", extent = [1, 2, 3, 4]}}]\n'
    job.write_text(text.format("places"), "utf-8")
    assert run(tmp_path) == 1
    assert "extent" in capsys.readouterr().err
    job.write_text(text.format("units"), "utf-8")
    assert run(tmp_path) == 1
    assert "'extent' (for places and drawn zones) does nothing" in capsys.readouterr().err


def test_the_title_of_an_extent_is_known(tmp_path):
    write_job(tmp_path, '{ file = "here.geojson", title = "The Bend", title_ar = "x" }')
    job = read_toml(tmp_path / "job.toml", Job)
    titles = job.area_titles["here"]
    assert (titles["en"], titles["ar"]) == ("The Bend", "x")

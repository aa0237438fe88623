"""The front door for Python: frames in, the figures of the command line out."""

import io
import subprocess
import sys
import warnings
from datetime import date
from importlib.util import find_spec

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from matplotlib.colors import to_hex
from matplotlib.patches import Patch
from matplotlib.text import Text
from pyproj import CRS

import territory as tt
from territory.cli import guarded
from territory.publish.write import DECIMALS

START, END = "2025-11-01", "2025-12-01"
DRAWN = object()
BOX = shapely.box(37.0, 48.0, 37.15, 48.1)


def strip(west, east, south=48.0, north=48.1):
    """Return a box of degrees near Donetsk."""
    return shapely.box(west, south, east, north)


def drawn(days=(START, START, END, END), *, crs=4326, **columns):
    """Return zones of two days: Russia takes a strip from Ukraine."""
    shapes = [strip(37, 37.1), strip(37.1, 37.3), strip(37, 37.2), strip(37.2, 37.3)]
    values = {"SIDE": ["Russia", "Ukraine"] * 2, "DATE": list(days), **columns}
    return gpd.GeoDataFrame(values, geometry=shapes, crs="EPSG:4326").to_crs(crs)


def history(frame=DRAWN, **options):
    """Return the history of the drawn zones."""
    return tt.History.from_geodataframe(
        drawn() if frame is DRAWN else frame, **{"actor": "SIDE", "day": "DATE", **options}
    )


def only_day():
    """Return the history of the first day alone."""
    return history(drawn().iloc[:2])


def oblasts(**columns):
    """Return two regions that part the ground in the middle of what changed hands."""
    shapes = [strip(37, 37.15), strip(37.15, 37.3)]
    names = columns or {"name": ["West", "East"]}
    return gpd.GeoDataFrame(names, geometry=shapes, crs="EPSG:4326")


# Whether ground that doubles exactly is a big advance hangs on the last digit.
doubles = pytest.mark.filterwarnings("ignore:.*2.0 times:territory.TerritoryWarning")


# ---- The script of the front door ----------------------------------------------------------


@doubles
def test_the_script_of_the_front_door_works_from_memory(tmp_path):
    gdf = drawn(pd.to_datetime([START, START, END, END]), crs=32637)
    box, oblast = BOX, oblasts().to_crs(3857)
    h = tt.History.from_geodataframe(gdf, actor="SIDE", day="DATE")
    h.areas()
    h.changes(START, END, aoi=box)
    h.net("Russia", by="region", regions=oblast)
    moved = h.transfers(START, END)
    if find_spec("folium"):
        moved.explore("to_actor")
    verdict = h.judge(
        tt.Claim(value=505, words="rounded", quantity="net", by="Russia", period=(START, END))
    )
    figure = tt.plot.before_after(h, START, END, colours={"Russia": "#c00000"})
    h.to_file(tmp_path / "out.gpkg")
    assert verdict.verdict == "inconsistent"
    assert figure.get_size_inches()[0] > 1
    assert (tmp_path / "out.gpkg").stat().st_size > 0


# ---- The same figures as the command line --------------------------------------------------


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return the drawn zones as a file."""
    place = tmp_path_factory.mktemp("zones") / "zones.geojson"
    drawn().to_file(place, driver="GeoJSON", COORDINATE_PRECISION=15)
    return place


def printed(capsys, *arguments):
    """Return what the command line prints, as a frame of text."""
    capsys.readouterr()
    fields = ["--profile", "zones", "--actor-field", "SIDE", "--day-field", "DATE"]
    assert guarded([*map(str, arguments), *fields]) in (0, 3)
    return pd.read_csv(io.StringIO(capsys.readouterr().out), dtype=str, keep_default_na=False)


def as_printed(frame):
    """Return a frame as the command line writes it."""
    text = pd.DataFrame(index=frame.index)
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            text[name] = column.dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_float_dtype(column):
            text[name] = [f"{v:.{DECIMALS}f}".rstrip("0").rstrip(".") for v in column]
            text[name] = text[name].replace({"-0": "0", "nan": ""})
        else:
            text[name] = column.map(lambda cell: "" if cell is None else str(cell))
    return text.astype(object)


def same(frame, table):
    """Compare a frame with what was printed, column by column."""
    mine = as_printed(frame)[list(table.columns)]
    assert mine.values.tolist() == table.values.tolist()
    assert len(mine) > 0


@doubles
@pytest.mark.parametrize("crs", [4326, 32637])
def test_areas_and_changes_are_those_of_the_command_line(capsys, tmp_path, crs):
    frame = drawn(crs=crs)
    place = tmp_path / "zones.gpkg"
    frame.to_file(place)
    box = "37.0,48.0,37.15,48.1"
    h = history(frame)
    same(h.areas(), printed(capsys, "areas", place))
    same(h.areas(aoi=BOX), printed(capsys, "areas", place, "--area", box))
    same(h.changes(START, END), printed(capsys, "change", place, "--from", START, "--to", END))
    cut = printed(capsys, "change", place, "--from", START, "--to", END, "--area", box)
    same(h.changes(START, END, aoi=BOX), cut)
    same(h.within(BOX).changes(), cut)
    same(h.changes(aoi=BOX.bounds), cut)


def test_rows_by_region_are_those_of_the_command_line(capsys, tmp_path, file):
    place = tmp_path / "oblasts.geojson"
    oblasts().to_file(place, driver="GeoJSON")
    table = printed(capsys, "areas", file, "--regions", place)
    same(history().areas(regions=oblasts()), table)
    same(history().areas(regions=place), table)
    assert set(table.area) == {"all", "West", "East"}


def test_a_verdict_is_that_of_check(capsys, tmp_path, file):
    claims = tmp_path / "claims.toml"
    claims.write_text(
        '[[claim]]\nid = "claim"\ntext = ""\npublisher = ""\npublished = 2025-12-01\n'
        f'value = 83\nunit = "km2"\nprecision = "rounded"\nperiod = ["{START}", "{END}"]\n'
        '[[claim.reading]]\nname = "net"\nquantity = "net"\nby = ["Russia"]\n',
        encoding="utf-8",
    )
    table = printed(capsys, "check", claims, file)
    mine = history().judge(tt.Claim(83, quantity="net", by="Russia", period=(START, END)))
    same(mine.frame, table)
    (read,) = tt.Claim.from_file(claims)
    same(history().judge(read).frame, table)
    assert mine.verdict == "consistent"
    assert "83 km2" in repr(mine)


def test_files_and_frames_give_the_same_history(file):
    read = tt.read(file, actor="SIDE", day="DATE")
    same(read.areas(), as_printed(history().areas()))
    assert_geodataframe_equal(read.transfers(), history().transfers())
    assert repr(read) == repr(history())


def test_a_comparison_is_that_of_the_command_line(capsys, tmp_path, file):
    other = drawn()
    other.loc[2, "geometry"] = strip(37, 37.16)
    other.loc[3, "geometry"] = strip(37.16, 37.3)
    place = tmp_path / "other.geojson"
    other.to_file(place, driver="GeoJSON", COORDINATE_PRECISION=15)
    capsys.readouterr()
    profile = tmp_path / "own.toml"
    profile.write_text(
        'name = "own"\nlabel = "property"\nlabel_properties = ["SIDE"]\n'
        '[day]\nproperties = ["DATE"]\n',
        encoding="utf-8",
    )
    paths = [str(file), str(place), "--profile", str(profile), "--profile-b", str(profile)]
    assert guarded(["compare", *paths]) in (0, 3)
    table = pd.read_csv(io.StringIO(capsys.readouterr().out), dtype=str, keep_default_na=False)
    found = tt.compare(history(), history(other))
    same(found.drop(columns="geometry"), table)
    assert found.geometry.area.to_numpy() / 1e6 == pytest.approx(found.km2.to_numpy())


def test_what_gives_a_number_is_what_explain_finds(capsys, file):
    arguments = ["explain", file, "--value", "165.86", "--day", END, "--by", "Russia"]
    table = printed(capsys, *arguments, "--precision", "rounded")
    answer = tt.explain("165.86", history(), END, by="Russia", words="rounded")
    same(answer.frame.astype({"rank": int}), table)
    assert "165.86 km2" in answer.sentence


# ---- Spans, units, places ------------------------------------------------------------------


def test_zones_that_hold_over_spans_are_there_on_every_day_of_them():
    frame = gpd.GeoDataFrame(
        {
            "who": ["Russia", "Russia", "Ukraine"],
            "since": pd.to_datetime(["2025-11-01", "2025-11-15", "2025-11-01"]),
            "until": pd.to_datetime(["2025-11-14", None, None]),
        },
        geometry=[strip(37, 37.1), strip(37, 37.2), strip(37.2, 37.3)],
        crs="EPSG:4326",
    )
    h = tt.History.from_geodataframe(frame, actor="who", start="since", end="until")
    with pytest.warns(tt.TerritoryWarning, match="open ends are taken to reach it"):
        km2 = h.areas(days=["2025-11-10", "2025-11-20"]).query("actor == 'Russia'").km2
    assert km2.iloc[1] == pytest.approx(2 * km2.iloc[0], rel=1e-3)
    assert h.changes("2025-11-10", "2025-11-15").km2.sum() > 0


def test_districts_change_hands_without_an_overlay():
    table = pd.DataFrame(
        {
            "unit": ["West", "East", "East"],
            "day": pd.to_datetime([START, START, END]),
            "actor": ["Russia", "Ukraine", "Russia"],
        }
    )
    h = tt.History.from_coverage(oblasts(), table, id="name")
    east = h.net("Russia").km2.item()
    assert east == pytest.approx(h.transfers().area.sum() / 1e6)
    assert h.net("Ukraine").km2.item() == pytest.approx(-east)
    assert h.days == (date(2025, 11, 1), date(2025, 12, 1))


def test_a_unit_is_the_same_with_and_without_a_point():
    holders = pd.DataFrame({"unit": [1.0, 2.0], "day": [START] * 2, "actor": ["Russia", "Ukraine"]})
    found = [
        tt.History.from_coverage(oblasts(id=ids), holders.astype({"unit": kind})).areas()
        for ids, kind in (([1, 2], float), ([1.0, 2.0], int), ([1, 2], int))
    ]
    pd.testing.assert_frame_equal(found[0], found[1])
    pd.testing.assert_frame_equal(found[0], found[2])


def test_a_notebook_shows_what_intervals_assume():
    assumed = "no boundary_error_m is given; intervals assume 1300 m"
    assert assumed in history()._repr_html_()
    assert assumed not in history(boundary_error_m=300)._repr_html_()


def places():
    """Return four places in the corners of a square."""
    return pd.DataFrame(
        {
            "place_id": ["nw", "ne", "sw", "se"],
            "holder": ["Red Army", "Blue", "Red Army", "Blue"],
            "lon": [37.1, 37.3, 37.1, 37.3],
            "lat": [48.3, 48.3, 48.1, 48.1],
        }
    )


@pytest.mark.filterwarnings("ignore:no gazetteer")
def test_ground_goes_to_the_nearest_place():
    events = pd.DataFrame(
        {"place_id": ["ne"], "from_actor": ["Blue"], "to_actor": ["Red Army"], "day": [END]}
    )
    extent = (37.0, 48.0, 37.4, 48.4)
    h = tt.History.from_places(places(), events, extent=extent, first_day="2025-11-30")
    held = h.areas(days="2025-11-30").set_index("actor").km2
    assert held["Red Army"] == pytest.approx(held["Blue"], rel=1e-6)
    assert h.net("Red Army").km2.item() == pytest.approx(held.sum() / 4, rel=0.01)
    assert set(h.areas().area) == {"all"}
    west = h.areas(days="2025-11-30", aoi=(37.0, 48.0, 37.2, 48.4))
    assert west[["area", "actor"]].to_numpy().tolist() == [["aoi", "Red Army"]]
    points = gpd.GeoDataFrame(
        places().drop(columns=["lon", "lat"]),
        geometry=gpd.points_from_xy(places().lon, places().lat, crs=4326),
    ).to_crs(32637)
    again = tt.History.from_places(points, events, extent=extent, first_day="2025-11-30")
    assert again.areas().km2.to_numpy() == pytest.approx(h.areas().km2.to_numpy())


@pytest.mark.filterwarnings("ignore:no gazetteer")
def test_no_change_of_a_place_is_lost_without_a_first_day():
    events = pd.DataFrame(
        {
            "place_id": ["ne", "se"],
            "from_actor": ["Blue"] * 2,
            "to_actor": ["Red Army"] * 2,
            "day": [START, END],
        }
    )
    extent = (37.0, 48.0, 37.4, 48.4)
    h = tt.History.from_places(places(), events, extent=extent)
    said = tt.History.from_places(places(), events, extent=extent, first_day="2025-10-31")
    assert h.days[0] == date(2025, 10, 31)
    assert h.net("Red Army").km2.item() == said.net("Red Army").km2.item()
    assert h.areas(days=END).actor.tolist() == ["Red Army"]


def test_the_ground_around_places_is_not_compared_as_if_it_were_drawn():
    around = tt.History.from_places(places(), extent=(37.0, 48.0, 37.4, 48.4), first_day=START)
    for pair in [(around, around), (around, history()), (history(), around)]:
        with pytest.raises(tt.TerritoryError, match="compare drawn zones"):
            tt.compare(*pair, START)


def test_an_extent_without_any_place_is_refused():
    swapped = places().rename(columns={"lon": "lat", "lat": "lon"})
    extent = (37.0, 48.0, 37.4, 48.4)
    with pytest.raises(tt.TerritoryError, match="all would with longitude and latitude swapped"):
        tt.History.from_places(swapped, extent=extent, first_day=START)
    far = swapped.assign(lon=[95.0, 96.0, 97.0, 98.0])
    for elsewhere in (far, places().assign(lat=lambda frame: frame.lat - 60)):
        with pytest.raises(tt.TerritoryError, match="no place lies inside the extent; check"):
            tt.History.from_places(elsewhere, extent=extent, first_day=START)


def test_the_corners_of_the_hull_of_places_do_not_lie_outside():
    spread = places().assign(lon=[36.0, 38.31, 36.7, 39.2], lat=[48.3, 49.13, 47.1, 46.77])
    found = tt.History.from_places(spread, first_day=START).findings
    assert "outside-extent" not in set(found.kind)


# ---- What comes back -----------------------------------------------------------------------


def test_nothing_of_the_caller_is_changed():
    frame, regions = drawn(pd.to_datetime([START, START, END, END])), oblasts()
    before, names = frame.copy(), regions.copy()
    h = history(frame)
    h.net("Russia", by="region", regions=regions)
    h.zones()["actor"] = "somebody"
    assert_geodataframe_equal(frame, before)
    assert_geodataframe_equal(regions, names)
    assert h.zones().actor.tolist() == ["Russia", "Ukraine"]


@pytest.mark.parametrize(
    "days",
    [
        [date(2025, 11, 1)] * 2 + [date(2025, 12, 1)] * 2,
        pd.to_datetime([START, START, END, END]),
        pd.to_datetime([START, START, END, END]).tz_localize("Europe/Kyiv"),
        np.array([START, START, END, END], dtype="datetime64[D]"),
        pd.PeriodIndex([START, START, END, END], freq="D"),
    ],
)
def test_days_may_be_written_in_any_way(days):
    h = history(drawn(days))
    assert h.days == (date(2025, 11, 1), date(2025, 12, 1))
    wanted = h.changes(START, END)
    for start, end in [
        (pd.Timestamp(START), pd.Timestamp(END)),
        (date(2025, 11, 1), date(2025, 12, 1)),
        (np.datetime64(START), np.datetime64(END, "ns")),
    ]:
        pd.testing.assert_frame_equal(h.changes(start, end), wanted)


def test_times_of_another_clock_are_warned_of_unless_it_is_named():
    evenings = drawn(pd.to_datetime([f"{day} 22:00" for day in (START, START, END, END)], utc=True))
    next_days = (date(2025, 11, 2), date(2025, 12, 2))
    with pytest.warns(tt.TerritoryWarning, match=r"say utc_offset_hours=2, else 0"):
        assert history(evenings).days == next_days
    assert history(evenings, utc_offset_hours=2).days == next_days
    assert history(evenings, utc_offset_hours=0).days == (date(2025, 11, 1), date(2025, 12, 1))


def test_the_clock_of_files_counts_in_every_question(tmp_path):
    place = tmp_path / "zones.geojson"
    evenings = [f"{day}T22:00:00Z" for day in (START, START, END, END)]
    drawn(evenings).to_file(place, driver="GeoJSON", COORDINATE_PRECISION=15)
    h = tt.read(place, actor="SIDE", day="DATE", utc_offset_hours=0)
    assert h.days == (date(2025, 11, 1), date(2025, 12, 1))
    mine, usual = (tt.explain("165.86", each, END, by="Russia") for each in (h, history()))
    assert mine.sentence == usual.sentence


@pytest.mark.filterwarnings("ignore:no gazetteer")
def test_midnight_of_any_zone_is_a_day_of_units_and_places():
    days = pd.to_datetime([START, START, END]).tz_localize("Europe/Kyiv")
    table = pd.DataFrame({"unit": ["West", "East", "East"], "actor": ["A", "B", "A"], "day": days})
    h = tt.History.from_coverage(oblasts(), table, id="name")
    assert h.days == (date(2025, 11, 1), date(2025, 12, 1))
    events = pd.DataFrame(EVENTS).assign(day=pd.to_datetime([END], utc=True))
    assert tt.History.from_places(places(), events, first_day=START).days[-1] == date(2025, 12, 1)
    noon = pd.DataFrame(EVENTS).assign(day=pd.to_datetime([f"{END} 12:00"], utc=True))
    with pytest.raises(tt.TerritoryError, match="is not a day"):
        tt.History.from_places(places(), noon, first_day=START)


def test_one_day_for_all_zones():
    frame = drawn().iloc[:2].drop(columns="DATE")
    assert history(frame, day=START).days == (date(2025, 11, 1),)


def test_frames_have_the_columns_of_the_files():
    h = history()
    figures = ["km2", "low", "high", "drawn_low", "drawn_high"]
    pair = ["from_day", "to_day", "from_actor", "to_actor"]
    assert list(h.areas()) == ["area", "day", "actor", "status", *figures]
    assert list(h.changes()) == ["area", *pair, *figures]
    assert list(h.transfers()) == [*pair, *figures, "geometry"]
    assert list(h.zones()) == ["day", "actor", "status", *figures, "geometry"]
    assert list(h.findings) == ["day", "kind", "severity", "km2", "detail"]
    assert h.areas().day.dtype == "datetime64[s]"


@pytest.mark.filterwarnings("default:.*is its year right:territory.TerritoryWarning")
def test_days_of_any_year_are_days(tmp_path):
    first, last = "1650-01-01", "2300-12-31"
    h = history(drawn([first, first, last, last]))
    pair = [date(1650, 1, 1), date(2300, 12, 31)]
    assert [each.date() for each in h.areas().day.drop_duplicates()] == pair
    for frame in (h.changes(), h.net("Russia"), h.transfers()):
        assert [each.date() for each in frame.iloc[0][["from_day", "to_day"]]] == pair
    for frame in (h.zones(), h.front()):
        assert frame.day[0].date() == pair[1]
    assert last in h._repr_html_()
    h.zones().to_file(tmp_path / "zones.gpkg")
    assert gpd.read_file(tmp_path / "zones.gpkg").day.astype(str)[0].startswith(last)


def test_shapes_have_a_crs_and_the_areas_they_say():
    h = history()
    for frame in (h.zones(END), h.transfers(), h.front()):
        assert frame.crs == h.crs
        assert frame.to_crs(4326).is_valid.all()
    zones = h.zones(END)
    assert zones.area.to_numpy() / 1e6 == pytest.approx(zones.km2.to_numpy(), rel=1e-6)
    moved = h.transfers()
    assert moved[["from_actor", "to_actor"]].to_numpy().tolist() == [["Ukraine", "Russia"]]
    assert '"to_actor": "Russia"' in moved.to_crs(4326).to_json(default=str)


def test_the_front_is_as_long_as_the_strip_is_wide():
    found = history().front(END, actor="Russia").set_index(["actor_a", "actor_b"])
    height = 11.12  # km of a tenth of a degree of latitude
    assert found.km["Russia", "Ukraine"] == pytest.approx(height, rel=1e-3)
    whole = history().front(END)
    assert len(whole) == len(found) + 1


def test_the_front_in_an_area_ends_at_its_rim_which_is_no_front():
    half = (37.0, 48.0, 37.3, 48.05)
    whole = history().front(END, actor="Russia").set_index(["actor_a", "actor_b"])
    found = history().front(END, aoi=half).set_index(["actor_a", "actor_b"])
    assert list(found.index) == [("Russia", "Ukraine")]
    assert found.km.item() == pytest.approx(whole.km["Russia", "Ukraine"] / 2, rel=1e-3)


def test_a_comparison_looks_at_the_area_only():
    with pytest.warns(tt.TerritoryWarning, match="Ukraine appears"):
        other = history(drawn().assign(SIDE=["Russia", "Russia", "Russia", "Ukraine"]))
    apart = tt.compare(history(), other, START).query("actor_a != actor_b").km2.sum()
    strips = history().areas(days=START).set_index("actor").km2
    assert apart == pytest.approx(strips["Ukraine"], rel=1e-6)
    inside = tt.compare(history(), other, START, aoi=BOX).query("actor_a != actor_b").km2.sum()
    assert inside == pytest.approx(strips["Ukraine"] / 4, rel=1e-3)
    again = tt.compare(history().within(BOX), other, START).query("actor_a != actor_b")
    assert again.km2.sum() == pytest.approx(inside)


def test_net_by_region_adds_up():
    h = history()
    by_region = h.net("Russia", by="region", regions=oblasts())
    assert by_region.area.tolist() == ["West", "East"]
    whole = h.net("Russia", "whole").km2.item()
    assert by_region.km2.sum() == pytest.approx(whole)
    assert h.net("Russia", regions=oblasts()).area.tolist() == ["all", "West", "East"]
    gained = h.changes().query("to_actor == 'Russia' and from_actor != 'Russia'").km2.sum()
    assert whole == pytest.approx(gained)


def test_named_areas_stand_beside_the_whole():
    found = history().areas(days=END, aoi={"west": BOX, "east": (37.15, 48.0, 37.3, 48.1)})
    km2 = found.groupby("area").km2.sum()
    assert km2["west"] + km2["east"] == pytest.approx(km2["all"], rel=1e-6)


@pytest.mark.parametrize(
    "aoi",
    [
        BOX.bounds,
        np.array(BOX.bounds),
        gpd.GeoSeries([BOX], crs=4326),
        gpd.GeoDataFrame({"a": [1]}, geometry=[BOX], crs=4326),
        gpd.GeoDataFrame(geometry=[strip(37, 37.1), strip(37.05, 37.15)], crs=4326),
    ],
)
def test_an_area_may_be_given_in_any_way(aoi):
    h = history()
    km2 = h.areas(aoi=BOX).km2.to_numpy()
    assert h.areas(aoi=aoi).km2.to_numpy() == pytest.approx(km2, rel=1e-9)
    assert h.zones(START, aoi=aoi).km2.sum() == pytest.approx(h.zones(START, aoi=BOX).km2.sum())
    assert len(h.zones(START, aoi={})) == len(h.zones(START))


def test_ground_around_places_has_shapes_and_maps():
    spread = places().assign(lon=[37.11, 37.3, 37.1, 37.32])
    h = tt.History.from_places(spread, extent=(37.0, 48.0, 37.4, 48.4), first_day=START)
    assert h.zones().actor.tolist() == ["Blue", "Red Army"]
    assert h.front()[["actor_a", "actor_b"]].to_numpy().tolist() == [["Blue", "Red Army"]]
    written = words_on(tt.plot.day(h, aoi=(37.0, 48.0, 37.2, 48.4)))
    assert "37° to 37.2° E" in written
    whole = words_on(tt.plot.day(h))
    assert "(extent)" not in whole
    assert "held 5" in whole


def test_a_map_of_one_file_bears_its_name(tmp_path):
    oblasts().iloc[:1].to_file(tmp_path / "West.geojson", driver="GeoJSON")
    h = history().within(tmp_path / "West.geojson")
    assert "West: " in words_on(tt.plot.day(h))
    assert "West: " not in words_on(tt.plot.day(h, aoi=(37.0, 48.0, 37.05, 48.1)))
    assert "West: " not in words_on(tt.plot.day(h.within((37.0, 48.0, 37.05, 48.1))))


def test_an_area_without_a_name_is_not_called_by_none():
    told = " ".join(history().within((37.0, 48.0, 37.6, 48.1)).findings.detail)
    assert " area: 497.380 km2 in the plane" in f" {told}"
    table = pd.DataFrame(HOLDERS)
    districts = tt.History.from_coverage(oblasts(), table, id="name")
    with pytest.warns(tt.TerritoryWarning, match=r"the data cover 50\.0 % of the area"):
        half = districts.within((37.0, 48.0, 37.6, 48.1))
    told = " ".join(half.findings.detail)
    assert "the data cover 50.0 % of the area" in told
    assert "area ''" not in told


def test_within_leaves_nothing_of_what_lies_beyond():
    h = history().within(BOX)
    assert h.zones(END).actor.tolist() == ["Russia"]
    regions = h.areas(regions=oblasts())
    assert set(regions.area) == {"aoi", "West"}
    wider = h.areas(aoi=(37.0, 48.0, 37.3, 48.1))
    assert wider.km2.to_numpy() == pytest.approx(h.areas().km2.to_numpy())
    with pytest.raises(tt.TerritoryError, match="nothing of it lies within"):
        h.within((37.2, 48.0, 37.3, 48.1))


def words_on(figure):
    """Return all that is written on a figure."""
    return "\n".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.parametrize(
    ("ask", "options", "place"),
    [
        (lambda h: h, {}, "Russia took"),
        (lambda h: h, {"aoi": BOX}, "37° to 37.15° E, 48° to 48.1° N: Russia took"),
        (lambda h: h.within(BOX), {}, "37° to 37.15° E, 48° to 48.1° N: Russia took"),
        (lambda h: h, {"aoi": {"The strip": BOX}}, "The strip: Russia took"),
    ],
)
def test_a_map_says_what_the_frames_say(ask, options, place):
    h = ask(history())
    row = h.transfers(**options).iloc[0]
    written = words_on(tt.plot.transfers(h, **options))
    assert f"{row.km2:.1f} km²" in written
    assert f"{row.low:.1f} to {row.high:.1f}" in written
    assert place in written


def test_a_map_of_changes_does_not_deny_the_little_that_changed_twice():
    ends, days = [37.1, 37.3, 37.29995], [START, "2025-11-15", END]
    frame = gpd.GeoDataFrame(
        {"SIDE": ["Russia"] * 3, "DATE": days},
        geometry=[strip(37, end) for end in ends],
        crs="EPSG:4326",
    )
    with pytest.warns(tt.TerritoryWarning, match=r"3\.0 times"):
        advancing = history(frame)
    written = words_on(tt.plot.changes(advancing))
    assert "166 km² changed hands, hardly any of it twice" in written
    assert "Once or more" in written
    assert "1 times" not in written


def test_a_map_has_the_colours_and_words_of_the_house(tmp_path):
    place = tmp_path / "maps" / "day.png"
    look = {"title": "Ours", "source": "A desk", "out": place, "dpi": 60}
    figure = tt.plot.day(history(), END, colours={"Russia": "#123456"}, **look)
    assert {"Ours", "Source: A desk"} <= set(words_on(figure).splitlines())
    colours = {to_hex(each) for patch in figure.findobj(Patch) for each in [patch.get_facecolor()]}
    assert "#123456" in colours
    assert place.stat().st_size > 0
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_colours_may_be_a_series_and_two_that_are_one_are_warned_of():
    colours = pd.Series({"Russia": "#ff0000", "Ukraine": "red"})
    with pytest.warns(tt.TerritoryWarning, match="'Russia' and 'Ukraine' have one colour") as found:
        figure = tt.plot.day(history(), colours=colours, title=None)
    assert found[0].filename == __file__
    shown = {to_hex(patch.get_facecolor()) for patch in figure.findobj(Patch)}
    assert "#ff0000" in shown
    assert "None" not in words_on(figure)


@pytest.mark.parametrize("draw", [tt.plot.front, tt.plot.multiples])
def test_a_map_may_follow_several_actors(draw):
    both = words_on(draw(history(), actor=["Russia", "Ukraine"]))
    assert both != words_on(draw(history(), actor=["Russia"]))
    assert words_on(draw(history(), actor=["Russia"])) == words_on(draw(history(), actor="Russia"))


def test_a_claim_is_judged_in_the_area_that_is_given():
    claim = tt.Claim(41, quantity="net", by="Russia", period=(START, END))
    assert history(boundary_error_m=300).judge(claim).verdict == "inconsistent"
    assert history().judge(claim, aoi=BOX).verdict == "consistent"
    assert history().within(BOX).judge(claim).verdict == "consistent"
    named = tt.Claim(41, quantity="net", by="Russia", period=(START, END), area="west")
    assert history().judge(named, aoi={"west": BOX}).computed.value == pytest.approx(41.4, abs=0.1)


def test_histories_and_answers_are_short_to_look_at():
    h = history()
    assert repr(h) == "<History 2 days 2025-11-01..2025-12-01, 2 holders, 3 faces>"
    assert "<table" in h._repr_html_()
    assert h.actors == ("Russia", "Ukraine")
    claim = tt.Claim("1.0", unit="percent", quantity="share", by="Russia", day=END)
    assert repr(claim) == "<Claim 1.0 % rounded: share, by Russia, 2025-12-01>"
    assert "<table" in h.judge(claim)._repr_html_()
    total = tt.Claim(5, quantity="total", by="Russia", day=END, period=(START, END))
    assert repr(total) == "<Claim 5 km2 rounded: total, by Russia, 2025-12-01>"


def test_spells_are_the_zones_and_areas_of_every_day():
    h = history()
    found = h.spells()
    assert found.crs == h.crs
    assert [*found.columns] == [
        *("piece", "actor", "status", "holder", "valid_from", "valid_to", "km2", "geometry")
    ]
    for day in h.days:
        on = found[(found.valid_from <= str(day)) & ~(found.valid_to <= str(day))]
        zones = h.zones(day).set_index("actor")
        assert on.groupby("actor").km2.sum().to_dict() == pytest.approx(zones.km2.to_dict())
        dissolved = on.dissolve("actor").geometry
        off = dissolved.symmetric_difference(zones.geometry.loc[dissolved.index]).area
        assert (off < 0.1).all()  # a micrometre along some 100 km
    inside = h.within(BOX).spells()
    assert 0 < inside.km2.sum() < found.km2.sum()


def test_a_file_is_replaced_in_one_piece(tmp_path):
    place = tmp_path / "out.gpkg"
    place.write_text("what was there before")
    history().to_file(place)
    written = gpd.read_file(place, layer="spells")
    assert set(written.actor) == {"Russia", "Ukraine"}
    assert list(tmp_path.iterdir()) == [place]
    history().within(BOX).to_file(tmp_path / "cut.parquet")
    cut = gpd.read_parquet(tmp_path / "cut.parquet")
    assert cut.km2.sum() < written.km2.sum()
    assert cut.crs.is_geographic
    history().to_file(tmp_path / "plane.parquet", crs="equal-area")
    assert gpd.read_parquet(tmp_path / "plane.parquet").crs == history().crs
    with pytest.raises(tt.TerritoryError, match=r"cannot write '\.xlsx'"):
        history().to_file(tmp_path / "out.xlsx")


def test_the_front_door_loads_nothing_until_it_is_used():
    code = (
        "import sys, territory; heavy = {'pandas', 'geopandas', 'numpy', 'matplotlib'};"
        "print(sorted(heavy & set(sys.modules)), 'read' in dir(territory))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[] True"


def test_rooms_that_bear_the_name_of_a_function_are_called_as_it():
    import territory.run as module

    assert callable(tt.read)
    assert callable(tt.explain)
    assert tt.run is module
    assert module.Outcome
    assert "profile" in str(__import__("inspect").signature(tt.read))
    with pytest.raises(tt.TerritoryError, match=r"nowhere\.toml: no such file"):
        tt.run("nowhere.toml")


# ---- Bad input -----------------------------------------------------------------------------


def without(*columns):
    """Return the drawn zones without some columns."""
    return drawn().drop(columns=list(columns))


def overlapping():
    frame = drawn()
    frame.loc[0, "geometry"] = strip(37, 37.2)
    return frame


def mixed():
    frame = drawn()
    frame.loc[1, "geometry"] = shapely.Point(37, 48)
    return frame


def twice():
    frame = drawn()
    frame["OTHER"] = "a"
    return frame.set_axis(["SIDE", "DATE", "geometry", "SIDE"], axis=1).set_geometry("geometry")


BAD = {
    "no CRS": (lambda: drawn().set_crs(None, allow_override=True), {}, "no CRS.*set_crs"),
    "mixed geometry": (mixed, {}, "1 of 4 rows have no area \\(1 Point\\); keep the polygons"),
    "empty": (lambda: drawn().iloc[:0], {}, "it has no row"),
    "a Series": (lambda: drawn().geometry, {}, "a GeoSeries is one column; give a GeoDataFrame"),
    "a plain Series": (lambda: drawn().SIDE, {}, "a Series is one column"),
    "no geometry": (lambda: pd.DataFrame(drawn()), {}, "a DataFrame has no geometry"),
    "lost geometry": (lambda: without("geometry"), {}, "has no geometry|is its geometry"),
    "a path": (lambda: "zones.geojson", {}, "files are read by territory.read"),
    "nothing": (lambda: None, {}, "a GeoDataFrame is needed, not None"),
    "another column": (drawn, {"actor": "SIDES"}, "no column 'SIDES'; did you mean 'SIDE'"),
    "another day column": (drawn, {"day": "DATES"}, "no column 'DATES'; did you mean 'DATE'"),
    "another end column": (drawn, {"day": "", "start": "DATE", "end": "UNTIL"}, "end: there is no"),
    "a number for a column": (drawn, {"actor": 3}, "no column '3'"),
    "no day at all": (drawn, {"day": ""}, "say which column holds the day.*SIDE, DATE"),
    "day and end": (drawn, {"end": "DATE"}, "not both"),
    "day and start": (drawn, {"start": "DATE"}, "not both"),
    "a missing day": (
        lambda: drawn(pd.to_datetime([START, None, END, END])),
        {},
        "no day in 'DATE' in row 2 \\(counted from 1\\); fill it in",
    ),
    "no day that can be read": (
        lambda: drawn([START, "yesterday", END, END]),
        {},
        "feature 2: 'yesterday' in 'DATE' is not a day",
    ),
    "a day that is written otherwise": (
        lambda: drawn(["01.11.2025"] * 2 + ["01.12.2025"] * 2),
        {"day_format": "MM/DD/YYYY"},
        "'01.11.2025' in 'DATE' is not a day written as MM/DD/YYYY",
    ),
    "a day that may be two": (
        lambda: drawn(["01/11/2025"] * 2 + ["01/12/2025"] * 2),
        {},
        "day/month or month/day",
    ),
    "a missing actor": (
        lambda: drawn(SIDE=["Russia", None, "Russia", " "]),
        {},
        "no actor in 'SIDE' in rows 2 and 4",
    ),
    "an actor that is a number": (lambda: drawn(SIDE=[1, 2, 1, 2]), {}, "is 1, not a name"),
    "an actor that is nobody": (
        lambda: drawn(SIDE=["nobody", "Ukraine"] * 2),
        {},
        "an actor cannot be named 'nobody'",
    ),
    "an overlap": (overlapping, {}, "Russia.*Ukraine|Ukraine.*Russia"),
    "an unknown policy": (drawn, {"overlap": "largest"}, "unknown overlap 'largest'; known are"),
    "a priority of a stranger": (
        overlapping,
        {"overlap": "first", "priority": ["Rusia"]},
        "priority: unknown actor 'Rusia'; did you mean 'Russia'",
    ),
    "an unknown repair": (drawn, {"repair": "buffer"}, "unknown repair 'buffer'"),
    "an unknown status": (
        lambda: drawn(HOW=["firm"] * 4),
        {"status": "HOW"},
        "unknown status 'firm'",
    ),
    "a negative error": (drawn, {"boundary_error_m": -5}, "boundary_error_m"),
    "an error in words": (drawn, {"boundary_error_m": "much"}, "boundary_error_m"),
    "days that run backwards": (
        drawn,
        {"first_day": END, "last_day": START},
        "must come before last_day",
    ),
    "no day left": (drawn, {"first_day": "2026-01-01"}, "no day of the series lies on or after"),
    "columns of one name": (twice, {}, "2 columns are named 'SIDE'"),
    "axes of another CRS": (
        lambda: drawn(crs=32637).set_crs(4326, allow_override=True),
        {},
        "out of|degrees|latitude",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_frame_that_cannot_be_used_is_one_clear_error(name):
    frame, options, message = BAD[name]
    with pytest.raises(tt.TerritoryError, match=message) as error:
        history(frame(), **options)
    assert error.type.__module__ == "territory.errors"


ASKED = {
    "a day outside": (lambda h: h.zones("2025-11-02"), "nearest days are 2025-11-01 and"),
    "a day that is none": (lambda h: h.zones("soon"), "'soon' is not a day"),
    "a day that is a number": (lambda h: h.zones(20251101), "20251101 is not a day"),
    "no time": (lambda h: h.zones(pd.NaT), "is not a day"),
    "backwards": (lambda h: h.changes(END, START), "must come before the last"),
    "an unknown rule": (lambda h: h.areas(days="monthly"), "nor a rule"),
    "days of which one is outside": (lambda h: h.areas(days=[START, "2025-11-02"]), "no snapshot"),
    "no day": (lambda h: h.areas(days=[]), "no day is named"),
    "no status": (lambda h: h.net("Russia", status=[]), "nothing counts"),
    "a status that is a number": (lambda h: h.net("Russia", status=5), "unknown status '5'"),
    "dots that are no number": (lambda h: tt.plot.day(h, out="a.png", dpi="x"), "dots per inch"),
    "a place for a map that is a number": (lambda h: tt.plot.day(h, out=5), "a file is needed"),
    "an unknown actor": (lambda h: h.net("Rusia"), "unknown actor 'Rusia'; did you mean 'Russia'"),
    "the case of letters": (lambda h: h.net("russia"), "did you mean 'Russia'"),
    "an unknown grouping": (lambda h: h.net("Russia", by="oblast"), "'oblast' is unknown"),
    "no regions": (lambda h: h.net("Russia", by="region"), "needs the regions"),
    "an unknown status": (lambda h: h.net("Russia", status="firm"), "unknown status 'firm'"),
    "regions without names": (
        lambda h: h.areas(regions=oblasts(code=["a", "b"])),
        "regions_name= \\(columns: code\\)",
    ),
    "another name column": (
        lambda h: h.areas(regions=oblasts(NAME=["a", "b"]), regions_name="NAMES"),
        "no column 'NAMES'; did you mean 'NAME'",
    ),
    "regions without a CRS": (
        lambda h: h.areas(regions=oblasts().set_crs(None, allow_override=True)),
        "no CRS",
    ),
    "an area of numbers": (lambda h: h.areas(aoi=(1, 2, 3)), "is no area; give a GeoDataFrame"),
    "an area upside down": (lambda h: h.areas(aoi=(38, 49, 37, 48)), "is no box"),
    "an area that is a point": (lambda h: h.areas(aoi=shapely.Point(37, 48)), "have no area"),
    "an area in metres": (lambda h: h.areas(aoi=shapely.box(0, 0, 9e5, 9e5)), "degrees|range"),
    "a file that is not there": (lambda h: h.areas(aoi="no.geojson"), "no such file"),
    "an area named all": (lambda h: h.areas(aoi={"all": BOX}), "stands for everything"),
    "several areas": (lambda h: h.zones(aoi={"a": BOX, "b": BOX}), "give one area"),
    "no claim": (lambda h: h.judge(505), "505 is no claim"),
    "a claim about a stranger": (
        lambda h: h.judge(tt.Claim(5, quantity="net", by="Rusia", period=(START, END))),
        "did you mean 'Russia'",
    ),
    "several actors at once": (lambda h: h.net(["Russia"]), "is no name; ask of one at a time"),
    "a front of several": (lambda h: h.front(actor=["Russia"]), "is no name; ask of one"),
    "a map of an actor that is a number": (lambda h: tt.plot.front(h, actor=5), "5 is no name"),
    "a history of a frame": (lambda _: tt.History(drawn()), "use History.from_geodataframe"),
    "a front of a stranger": (lambda h: h.front(actor="Rusia"), "did you mean 'Russia'"),
    "a colour that is none": (lambda h: tt.plot.day(h, colours={"Russia": "rot!"}), "not a colour"),
    "a colour of a stranger": (
        lambda h: tt.plot.day(h, colours={"Rusia": "red"}),
        "did you mean 'Russia'",
    ),
    "no colour": (lambda h: tt.plot.day(h, colours={"Russia": "none"}), "not a colour"),
    "nothing for a colour": (lambda h: tt.plot.day(h, colours={"Russia": None}), "not a colour"),
    "a colour to see through": (
        lambda h: tt.plot.day(h, colours={"Russia": "#c0000080"}),
        "'#c0000080' is not a colour",
    ),
    "a title that is a number": (lambda h: tt.plot.day(h, title=5), "title: 5 is no text"),
    "a source that is a number": (lambda h: tt.plot.day(h, source=5), "source: 5 is no text"),
    "no dot": (lambda h: tt.plot.day(h, dpi=0), "0 dots per inch; choose 30 to 1200"),
    "dots that are not a number": (lambda h: tt.plot.day(h, dpi=float("nan")), "dpi: None is no"),
    "colours in a list": (lambda h: tt.plot.day(h, colours=["red"]), "is no mapping"),
    "an option of no map": (lambda h: tt.plot.day(h, color="red"), "unknown option 'color'"),
    "a name of no regions": (lambda h: h.areas(regions_name="name"), "give regions="),
    "changes of one day": (lambda h: only_day().changes(), "two days are needed; there is one, 20"),
    "a map of changes of one day": (
        lambda h: tt.plot.before_after(only_day()),
        "two days are needed; there is one, 2025-11-01",
    ),
    "fronts of one day": (lambda h: tt.plot.front(only_day()), "two days are needed; there is one"),
    "a front of one day": (lambda h: tt.plot.front(h, START), "needed; one is chosen, 2025-11-01"),
    "one small map": (lambda h: tt.plot.multiples(h, [END]), "needed; one is chosen, 2025-12-01"),
    "a map of a day outside": (lambda h: tt.plot.day(h, "2025-11-02"), "no snapshot"),
    "a picture of no format": (lambda h: tt.plot.day(h, out="a.bmp"), "cannot draw '.bmp'"),
    "a map of no history": (lambda _: tt.plot.day(drawn()), "a History is needed"),
    "a comparison with a frame": (lambda h: tt.compare(h, drawn()), "a History is needed"),
    "a figure in words": (lambda h: tt.explain("many", h, END), "not a number above zero"),
    "a figure of no day": (lambda h: tt.explain(505, h), "2 days"),
    "a figure of an area": (lambda h: tt.explain(41, h.within(BOX), END), "of all ground"),
    "a place that is a number": (lambda h: h.to_file(5), "a file is needed"),
    "a place without a name": (lambda h: h.to_file(""), "a file is needed, not ''"),
    "a suffix for a name": (lambda h: h.to_file(".gpkg"), "no name stands before the suffix"),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_question_that_has_no_answer_is_one_clear_error(name):
    ask, message = ASKED[name]
    with pytest.raises(tt.TerritoryError, match=message) as error:
        ask(history())
    assert error.type.__module__ == "territory.errors"


CLAIMS = {
    "unknown words": ({"words": "abuot"}, "unknown word 'abuot'; did you mean 'about'"),
    "two words": ({"words": "exact", "precision": "rounded"}, "are one thing"),
    "an unknown quantity": ({"quantity": "won"}, "unknown quantity 'won'"),
    "an unknown unit": ({"unit": "leagues"}, "unknown unit 'leagues'"),
    "an unknown key": ({"caveats": "x"}, "unknown key 'caveats'; did you mean 'caveat'"),
    "no actor": ({"by": ()}, "needs 'by'"),
    "an actor that is a number": ({"by": 5}, "by: 5 is no name"),
    "no day": ({"period": None}, "needs a day="),
    "a period of one day": ({"period": (START,)}, "is not \\(first day, last day\\)"),
    "a period backwards": ({"period": (END, START)}, "runs backwards"),
    "a value in words": ({"value": "many"}, "value"),
    "two meanings": ({"reading": [{"name": "a", "quantity": "net"}]}, "give quantity="),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_that_cannot_be_meant_is_refused(name):
    changes, message = CLAIMS[name]
    values = {"value": 505, "quantity": "net", "by": "Russia", "period": (START, END), **changes}
    with pytest.raises(tt.TerritoryError, match=message) as error:
        tt.Claim(values.pop("value"), **values)
    assert error.type.__name__ in {"ClaimError", "InputError"}


@pytest.mark.parametrize("key", ["profile", "path", "name", "until_field", "actor_field"])
def test_keys_of_a_job_are_no_arguments_of_a_frame(key):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{key}'"):
        history(**{key: "DATE"})


def test_what_is_known_of_the_lines_widens_the_interval():
    plain = history(boundary_error_m=500).areas().iloc[0]
    for known in ({"map_scale": 2e6}, {"georeference_error_m": 900.0}, {"bias_m": 300.0}):
        assert history(boundary_error_m=500, **known).areas().iloc[0].high > plain.high
    wide, narrow = (history(date_correlation=each).net("Russia").iloc[0] for each in (0.0, 0.9))
    assert narrow.high < wide.high


def test_rows_of_one_holder_that_overlap_count_once():
    frame = drawn()
    again = pd.concat([frame, frame.iloc[:1]], ignore_index=True)
    with pytest.warns(tt.TerritoryWarning, match="the same polygon is given twice"):
        km2 = history(again).areas(days=START).km2
    assert km2.to_numpy() == pytest.approx(history().areas(days=START).km2.to_numpy())


@pytest.mark.filterwarnings("default::territory.TerritoryWarning")
@pytest.mark.parametrize(
    ("policy", "more"), [("contested", {}), ("first", {"priority": "Ukraine"})]
)
def test_rows_of_two_holders_that_overlap_go_by_the_policy(policy, more):
    with pytest.warns(tt.TerritoryWarning, match="Russia and Ukraine overlap; policy"):
        h = history(overlapping(), overlap=policy, **more)
    held = h.areas(days=START).set_index("actor").km2
    strips = history().areas(days=START).set_index("actor").km2
    if policy == "contested":
        assert held["contested"] == pytest.approx(strips["Ukraine"] / 2, rel=1e-3)
    else:
        assert held["Ukraine"] == pytest.approx(strips["Ukraine"])


def test_a_day_that_was_refused_is_warned_of_and_cannot_be_asked_for():
    frame = drawn()
    bowtie = shapely.Polygon([(37, 48), (37.1, 48.1), (37.1, 48), (37, 48.1), (37, 48)])
    frame.loc[2, "geometry"] = bowtie
    with pytest.warns(tt.TerritoryWarning, match="2025-12-01|row|feature"):
        h = history(frame)
    assert h.days == (date(2025, 11, 1),)
    assert "1 error in .findings" in repr(h)
    with pytest.raises(tt.TerritoryError, match="2025-12-01 cannot be used: "):
        h.zones(END)


def leap():
    """Return zones of which that of Russia grows far beyond belief."""
    frame = drawn()
    frame.loc[2:3, "geometry"] = [strip(37, 39, 48, 50), strip(39, 39.2)]
    return frame


def test_what_the_command_line_warns_of_is_warned_of_once(capsys, tmp_path):
    place = tmp_path / "zones.geojson"
    leap().to_file(place, driver="GeoJSON", COORDINATE_PRECISION=15)
    fields = ["--profile", "zones", "--actor-field", "SIDE", "--day-field", "DATE"]
    assert guarded(["areas", str(place), *fields]) == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if "warning: " in line]
    with pytest.warns(tt.TerritoryWarning) as found:
        h = history(leap())
        h.areas(aoi=BOX)
        h.within(BOX).changes()
    assert [f"warning: {each.message}" for each in found] == lines
    assert "a zone of Russia is" in lines[0]
    assert {each.filename for each in found} == {__file__}
    counts = h.findings.severity.value_counts()
    assert repr(h).endswith(f"; {counts['warning']} warnings in .findings>")


def test_faults_of_areas_and_regions_are_warned_of():
    bowtie = shapely.Polygon([(37, 48), (37.1, 48.1), (37.1, 48), (37, 48.1), (37, 48)])
    for option in ("aoi", "regions"):
        wanted = gpd.GeoDataFrame({"name": ["West"]}, geometry=[bowtie], crs=4326)
        with pytest.warns(tt.TerritoryWarning, match=f"{option}, feature 1.*invalid polygon"):
            history().areas(**{option: wanted})
    crossing = oblasts().assign(geometry=[strip(37, 37.2), strip(37.15, 37.3)])
    with pytest.warns(tt.TerritoryWarning, match="'West' and 'East' overlap"):
        history().net("Russia", regions=crossing)


def test_an_area_off_the_map_is_warned_of():
    with pytest.warns(tt.TerritoryWarning, match="no zone of any day lies in"):
        history().areas(aoi=(10.0, 48.0, 10.1, 48.1))


def test_a_sound_series_is_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history().changes(aoi=BOX)


HOLDERS = {"unit": ["West", "East"], "day": [START, START], "actor": ["Russia", "Ukraine"]}
BAD_HOLDERS = {
    "an unknown unit": ({"unit": ["West", "Eats"]}, "feature 2 .*unknown unit: 'Eats'"),
    "a day that is none": ({"day": [START, "soon"]}, "'soon' in 'day' is not a day"),
    "an unknown status": ({"status": ["held", "firm"]}, "unknown status: 'firm'"),
    "two rows of a day": ({"unit": ["West", "West"]}, "a second row .* holder than row 1: 'West'"),
    "a unit called like a line": (
        {"unit": ["West", "line 5"]},
        "^holders, feature 2 \\(counted from 1\\): unknown unit: 'line 5'; ",
    ),
    "a unit called like an option": ({"unit": ["West", "--area 5"]}, "unknown unit: '--area 5'; "),
    "a day called like a line": (
        {"day": [START, "line 3"]},
        "^holders, feature 2 \\(counted from 1\\): 'line 3' in 'day' is not a day",
    ),
    "no unit that is known": ({"unit": ["W", "E"]}, "name other columns: unit=, id=$"),
    "a column away": ({"day": None}, "no column 'day'"),
}


@pytest.mark.parametrize("name", BAD_HOLDERS)
def test_holders_that_cannot_be_used_are_one_clear_error(name):
    changes, message = BAD_HOLDERS[name]
    columns = {key: value for key, value in {**HOLDERS, **changes}.items() if value is not None}
    with pytest.raises(tt.TerritoryError, match=message):
        tt.History.from_coverage(oblasts(), pd.DataFrame(columns), id="name")


EVENTS = {"place_id": ["ne"], "from_actor": ["Blue"], "to_actor": ["Red Army"], "day": [END]}
BAD_VILLAGES = {
    "one id twice": ({"place_id": ["line 5", "line 5"]}, "2 .counted from 1.: .* 'line 5' stands"),
    "no degrees": ({"lat": [36.0, "line 7"]}, "feature 2 .counted from 1.: .*'line 7'"),
    "no column": ({"lat": None}, "^gazetteer"),
}


@pytest.mark.parametrize("name", BAD_VILLAGES)
def test_a_gazetteer_that_cannot_be_used_names_its_row_and_keeps_its_words(name):
    changes, message = BAD_VILLAGES[name]
    villages = {"place_id": ["a", "b"], "lat": [36.0, 36.1], "lon": [37.0, 37.1], **changes}
    columns = {key: value for key, value in villages.items() if value is not None}
    with pytest.raises(tt.TerritoryError, match=message):
        tt.History.from_places(places(), first_day=START, gazetteer=pd.DataFrame(columns))


BAD_EVENTS = {
    "an unknown place": ({"place_id": ["xx"]}, "events, feature 1: unknown place 'xx'"),
    "a day that is none": ({"day": ["soon"]}, "events, feature 1: 'soon' is not a day"),
    "no change": ({"to_actor": ["Blue"]}, "changes nothing"),
    "nobody": ({"to_actor": ["nobody"]}, "cannot be named 'nobody'"),
    "another holder": ({"from_actor": ["Red Army"], "to_actor": ["Blue"]}, "row 1"),
    "a column away": ({"to_actor": None}, "no column 'to_actor'"),
}


@pytest.mark.parametrize("name", BAD_EVENTS)
def test_events_that_cannot_be_used_are_one_clear_error(name):
    changes, message = BAD_EVENTS[name]
    columns = {key: value for key, value in {**EVENTS, **changes}.items() if value is not None}
    with pytest.raises(tt.TerritoryError, match=message):
        tt.History.from_places(places(), pd.DataFrame(columns), first_day=START)


WRONG = {
    "a claims file that is none": (lambda: tt.Claim.from_file(None), "a claims file is needed"),
    "an error of lines in words": (lambda: tt.BoundaryError("500"), "error_m must be a number"),
    "no length of lines": (lambda: tt.BoundaryError(500, None), "length_m must be a number"),
    "an estimate in words": (lambda: tt.Estimate("a", 1, 2), "needs three numbers, not 'a', 1"),
    "an estimate without a limit": (lambda: tt.Estimate(1, None, 2), "not 1, None and 2"),
    "actors that are numbers": (lambda: tt.explain(5, history(), END, by=5), "by: 5 is no name"),
    "an option of no run": (lambda: tt.run("a.toml", worker=1), "did you mean 'workers'"),
    "no worker": (lambda: tt.run("a.toml", workers=0), "workers: 0 is not a number of workers"),
    "workers in words": (lambda: tt.run("a.toml", workers="a"), "workers: 'a' is not a number"),
    "a scheduler that is a number": (lambda: tt.run("a.toml", scheduler=5), "not the address"),
    "progress that is a number": (lambda: tt.run("a.toml", progress=5), "is not a function"),
    "force in words": (lambda: tt.run("a.toml", force="no"), "'no' is not True or False"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_value_of_the_wrong_kind_is_one_clear_error(name):
    ask, message = WRONG[name]
    with pytest.raises(tt.TerritoryError, match=message):
        ask()


def test_whose_ground_a_figure_is_need_not_be_known():
    answer = tt.explain("165.86", history(), END, by=None, words="rounded")
    assert answer.sentence == tt.explain("165.86", history(), END, words="rounded").sentence


def test_files_that_cannot_be_read_are_one_clear_error(tmp_path):
    for call, message in (
        (lambda: tt.read(tmp_path / "none.geojson"), "none.geojson"),
        (lambda: tt.read(drawn()), "frames go to territory.History.from_geodataframe"),
        (lambda: tt.read("job.toml"), "territory.run"),
        (lambda: tt.read([]), "no file is named"),
        (lambda: tt.read(""), "no file is named"),
        (lambda: tt.run(""), "a job file is needed; the name is empty"),
        (lambda: tt.run("job.toml", ""), "a folder is needed; the name is empty"),
        (lambda: tt.read("a.geojson", profile="isv"), "did you mean 'isw'"),
        (lambda: tt.read("a.geojson", overlapp="first"), "did you mean 'overlap'"),
        (lambda: tt.read("a.geojson", "zones", extent=BOX), "extent is for places"),
        (lambda: tt.run(5), "a job file is needed"),
    ):
        with pytest.raises(tt.TerritoryError, match=message):
            call()


def test_an_actor_called_as_another_with_its_status_is_refused():
    """Two rows of a table of changes would have one name."""
    gdf = gpd.GeoDataFrame(
        {"actor": ["A (claimed)", "A"], "status": ["held", "claimed"], "day": [START, START]},
        geometry=[shapely.box(37, 48, 37.1, 48.1), shapely.box(37.1, 48, 37.2, 48.1)],
        crs=4326,
    )
    with pytest.raises(tt.TerritoryError, match=r"'A .claimed.' is the name of an actor, and what"):
        tt.History.from_geodataframe(gdf, day="day")
    renamed = gdf.assign(actor=["A", "A"])
    assert len(tt.History.from_geodataframe(renamed, day="day").areas()) == 2


# ---- What frames hold, and arguments that are frames ----------------------------------------

FRAME = pd.DataFrame({"a": [1, 2]})
NO_TEXT = {
    "an actor of a front": lambda h, odd: h.front(actor=odd),
    "what net is by": lambda h, odd: h.net("Russia", odd),
    "a status": lambda h, odd: h.net("Russia", status=[odd]),
    "names of regions": lambda h, odd: h.areas(regions=oblasts(), regions_name=odd),
    "a name of no regions": lambda h, odd: h.areas(regions_name=odd),
    "a CRS of a file": lambda h, odd: h.to_file("out.gpkg", crs=odd),
    "a unit": lambda h, odd: tt.explain(5, h, END, unit=odd),
    "words": lambda h, odd: tt.explain(5, h, END, words=odd),
    "a title": lambda h, odd: tt.plot.day(h, title=odd),
    "a source": lambda h, odd: tt.plot.day(h, source=odd),
    "an actor of a map": lambda h, odd: tt.plot.front(h, actor=[odd]),
    "a start": lambda _, odd: history(day=None, start=odd),
    "an end": lambda _, odd: history(day=None, start="DATE", end=odd),
    "a status of zones": lambda _, odd: history(status=odd),
    "whose unnamed zones are": lambda _, odd: history(unnamed=odd),
    "a priority": lambda _, odd: history(priority=[odd]),
    "a property that is read": lambda _, odd: tt.read("a.geojson", start=odd),
    "a format of days": lambda _, odd: districts(day_format=odd),
    "an actor's column": lambda _, odd: districts(actor=odd),
    "a status's column": lambda _, odd: districts(status=odd),
    "a quantity": lambda _, odd: tt.Claim(5, quantity=odd, by="a", day=END),
    "words of a claim": lambda _, odd: tt.Claim(5, quantity="net", by="a", day=END, words=odd),
    "a unit of a claim": lambda _, odd: tt.Claim(5, quantity="net", by="a", day=END, unit=odd),
    "when it was published": lambda _, odd: tt.Claim(5, quantity="net", day=END, published=odd),
    "readings": lambda _, odd: tt.Claim(5, day=END, reading=odd),
    "limits as drawn": lambda _, odd: tt.Estimate(1, 0, 2, drawn_low=odd),
    "a history": tt.compare,
    "a day": lambda h, odd: h.zones(odd),
}


def districts(**options):
    return tt.History.from_coverage(oblasts(), pd.DataFrame(HOLDERS), id="name", **options)


@pytest.mark.parametrize("name", NO_TEXT)
@pytest.mark.parametrize("odd", [FRAME, FRAME.a.to_numpy(), pd.NA], ids=["frame", "array", "NA"])
def test_an_argument_that_has_no_truth_is_one_clear_error(name, odd):
    """Pandas raises where it is asked whether a frame, or what is missing, is true."""
    with pytest.raises(tt.TerritoryError) as error:
        NO_TEXT[name](history(), odd)
    assert error.type.__module__ == "territory.errors"
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("day_format", ["DD.MM", "%d/%m", " "])
def test_a_format_of_days_that_is_none_is_one_clear_error(day_format):
    for call in (districts, history):
        with pytest.raises(tt.TerritoryError, match=r"^day_format: .* no format of days"):
            call(day_format=day_format)


def test_a_clock_that_is_none_is_called_as_its_argument():
    with pytest.raises(tt.TerritoryError, match=r"^utc_offset_hours: "):
        history(utc_offset_hours="Kyiv")


def test_a_long_cell_is_quoted_in_part_on_one_line():
    frame = drawn([f"{START}\n" + "x" * 9000, START, END, END])
    with pytest.raises(tt.TerritoryError, match=r"is not a day \(YYYY-MM-DD\)$") as error:
        history(frame)
    assert len(str(error.value).splitlines()) == 1
    assert len(str(error.value)) < 3000


def test_columns_of_lists_are_no_matter():
    """What GeoParquet has as a list is an array in a frame."""
    arrays = [np.array([1.0, 2.0])] * 4
    found = history(drawn().assign(box=arrays, tags=[["a"], [], None, ["b"]]))
    assert found.areas().equals(history().areas())


def test_units_that_are_lists_are_unknown():
    holders = pd.DataFrame(HOLDERS).assign(unit=pd.Series([["West"], ["East"]], dtype=object))
    with pytest.raises(tt.TerritoryError, match=r"no unit|unknown unit|known"):
        tt.History.from_coverage(oblasts(), holders, id="name")


def test_half_a_character_is_one_clear_error(tmp_path):
    half = "Red\ud800"
    named = pd.Series([half, "Ukraine"] * 2, dtype=object)
    held = pd.Series([half] * 4, dtype=object)
    for call in (
        lambda: history(drawn(SIDE=named)),
        lambda: tt.read("a.geojson", actor=half),
        lambda: tt.History.from_places(places().assign(holder=held), first_day=START),
        lambda: history().to_file(tmp_path / f"{half}.gpkg"),
        lambda: history().to_file(tmp_path / "a.gpkg", crs=half),
    ):
        with pytest.raises(tt.TerritoryError, match="holds half a character"):
            call()


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_one_clear_error(name, tmp_path):
    for call in (
        lambda: tt.read(name),
        lambda: history().to_file(tmp_path / f"{name}.gpkg"),
        lambda: tt.plot.day(history(), out=tmp_path / f"{name}.png"),
        lambda: tt.run("job.toml", name),
    ):
        with pytest.raises(tt.TerritoryError, match=r"name of a file can be|no file is called so"):
            call()


def test_a_frame_without_active_geometry_is_no_gazetteer():
    with pytest.raises(tt.TerritoryError, match="gazetteer: no column of it is its geometry"):
        tt.History.from_places(
            places(), first_day=START, gazetteer=gpd.GeoDataFrame({"place_id": ["a"]})
        )


def test_actors_of_a_map_may_come_from_a_frame():
    actors = history().areas().actor.unique()
    assert tt.plot.front(history(), actor=actors).axes


def test_a_file_may_have_a_crs_of_pyproj_or_a_number(tmp_path):
    for number, crs in enumerate((3035, CRS.from_epsg(3035), "EPSG:3035")):
        history().to_file(tmp_path / f"{number}.gpkg", crs=crs)
        assert gpd.read_file(tmp_path / f"{number}.gpkg", layer="spells").crs == 3035


def test_days_before_the_year_1_come_back_from_a_frame():
    long_ago = history(drawn(["-0044-03-15"] * 2 + ["-0043-03-15"] * 2))
    again = tt.History.from_geodataframe(long_ago.zones("-0043-03-15"), day="day")
    assert [str(each) for each in again.days] == ["-0043-03-15"]
    found = long_ago.areas(days=np.datetime64("-0044-03-15"))
    assert found.km2.tolist() == long_ago.areas(days="-0044-03-15").km2.tolist()


def test_a_region_is_not_called_as_the_area_beside_it():
    """Two rows of a frame would have one name."""
    named = oblasts(name=["aoi", "East"])
    assert set(history().areas(regions=named).area) == {"all", "aoi", "East"}
    for ask in (
        lambda: history().areas(aoi=BOX, regions=named),
        lambda: history().within(BOX).areas(regions=named),
    ):
        with pytest.raises(tt.TerritoryError, match="regions: rows of the area are called 'aoi'"):
            ask()

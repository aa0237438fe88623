"""No key of a job or profile, and no argument, does nothing in silence."""

import json
import types
import warnings
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from squares import write_two_boxes
from test_formats import text_file
from test_place_panel import FIRST, HEAD, PLACES

import territory as tt
from territory.claims.model import Reading
from territory.errors import TerritoryError
from territory.history.repair import DOUBT_PERCENT
from territory.job.spec import Job, SeriesSpec, UncertaintySpec
from territory.read.profile import Profile, read_profile
from territory.trace.legend_file import Legend

WEST, EAST = shapely.box(37, 48, 37.5, 48.5), shapely.box(37.5, 48, 38, 48.5)
DAY = "2024-01-01"


def collection(*features):
    """Return GeoJSON of shapes with properties."""
    found = [
        {"type": "Feature", "properties": properties, "geometry": shape.__geo_interface__}
        for shape, properties in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": found})


@pytest.fixture
def zones(tmp_path):
    both = (WEST, {"side": "A", "how": "claimed"}), (EAST, {"side": "B", "how": None})
    return text_file(tmp_path / f"z_{DAY}.geojson", collection(*both))


def profile_in(folder, text):
    """Write a profile of one's own."""
    return text_file(folder / "mine.toml", f'name = "mine"\n{text}\n')


def held(history):
    """Return who holds ground, and how firmly."""
    return sorted({(row.actor, row.status) for row in history.areas().itertuples()})


# ---- Who holds it, and how firmly ------------------------------------------------------------


def test_a_status_of_the_feature_goes_before_that_of_its_rule(tmp_path, zones):
    rules = "".join(
        f'[[rule]]\nlabel = "{each}"\nactor = "{each}{each}"\n{more}'
        for each, more in (("A", ""), ("B", 'status = "contested"\n'))
    )
    mine = profile_in(tmp_path, f'label_properties = ["side"]\nstatus_property = "how"\n{rules}')
    assert held(tt.read(zones, mine)) == [("AA", "claimed"), ("BB", "contested")]


def test_zones_of_one_holder_keep_their_status(zones):
    assert held(tt.read(zones, "zones", holder="X", status="how")) == [
        ("X", "claimed"),
        ("X", "held"),
    ]


def test_one_holder_of_all_is_refused_where_features_name_theirs(tmp_path):
    write_two_boxes(tmp_path)
    for profile in ("", "zones"):
        with pytest.raises(TerritoryError, match="name actors in 'actor'; holder= is for zones"):
            tt.read(tmp_path / f"{DAY}.geojson", profile, holder="X")
    with pytest.raises(TerritoryError, match=r"'holder' .* contradicts 'actor'; give one"):
        tt.read(tmp_path / f"{DAY}.geojson", "zones", holder="X", actor="side")


def test_a_priority_that_nobody_has_is_told(tmp_path):
    two = (shapely.box(37, 48, 37.6, 48.5), {"actor": "A"}), (EAST, {"actor": "Bravo"})
    place = text_file(tmp_path / f"z_{DAY}.geojson", collection(*two))
    with pytest.warns(tt.TerritoryWarning) as found:
        tt.read(place, "zones", overlap="first", priority=["Brvo"])
    said = "priority 'Brvo': nobody of that name holds ground; did you mean 'Bravo'?"
    assert said in [str(each.message) for each in found]


@pytest.mark.parametrize(("time", "day"), [("2024-05-01T23:30", 1), ("2024-05-01T23:30Z", 2)])
def test_an_offset_from_utc_that_moves_no_time_is_told(time, day):
    frame = gpd.GeoDataFrame({"actor": ["A"], "t": [time]}, geometry=[WEST], crs=4326)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = tt.History.from_geodataframe(frame, actor="actor", day="t", utc_offset_hours=2)
    assert found.days == (date(2024, 5, day),)
    idle = [str(each.message) for each in told if "moves no time" in str(each.message)]
    assert bool(idle) == ("Z" not in time)


def test_a_set_is_refused_where_order_counts(zones):
    with pytest.raises(TerritoryError, match="priority: a set has no order; write a list"):
        tt.read(zones, "zones", overlap="first", priority={"A", "B"})


def test_levels_that_no_file_has_are_told(tmp_path, zones):
    mine = profile_in(tmp_path, 'label_properties = ["side"]\nlevels = "sides"')
    with pytest.warns(tt.TerritoryWarning, match="no file has the property 'sides'"):
        tt.read(zones, mine)


# ---- Keys of another kind of series ----------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("holder", "X"),
        ("actor", "name"),
        ("status", "name"),
        ("overlap", "contested"),
        ("repair", "drop"),
        ("doubt_percent", 5),
        ("unnamed", "drop"),
    ],
)
def test_front_lines_take_nothing_that_is_for_zones(tmp_path, argument, value):
    front = shapely.LineString([(37.5, 47.9), (37.5, 48.6)])
    place = text_file(tmp_path / f"f_{DAY}.geojson", collection((front, {"name": "f"})))
    cut = {"ground": (37, 48, 38, 48.5), "sides": {"west": "A", "east": "B"}}
    with pytest.raises(TerritoryError, match=f"'{argument}' does nothing beside 'ground'"):
        tt.read(place, "zones", **cut, **{argument: value})
    mine = 'ground = "37,48,38,48.5"\nsides = { west = "A", east = "B" }\noverlap = "contested"'
    with pytest.raises(TerritoryError, match="'overlap' does nothing beside 'ground'"):
        read_profile("mine.toml", profile_in(tmp_path, mine).parent)


@pytest.mark.parametrize("same", [{"overlap": "error"}, {"doubt_percent": DOUBT_PERCENT}])
def test_who_says_of_front_lines_what_holds_anyway_asks_for_nothing_idle(tmp_path, same):
    front = shapely.LineString([(37.5, 47.9), (37.5, 48.6)])
    place = text_file(tmp_path / f"f_{DAY}.geojson", collection((front, {"name": "f"})))
    cut = {"ground": (37, 48, 38, 48.5), "sides": {"west": "A", "east": "B"}}
    given = tt.read(place, "zones", **cut, **same).areas()
    assert given.equals(tt.read(place, "zones", **cut).areas())
    mine = 'ground = "37,48,38,48.5"\nsides = { west = "A", east = "B" }\noverlap = "error"'
    folder = profile_in(tmp_path, mine + '\nlabel = "property"').parent
    assert read_profile("mine.toml", folder).ground


UNITS = '[units]\nholders = "holders.csv"\n'


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ('overlap = "contested"', "overlap"),
        ('where = "id = 1"', "where"),
        ('status_property = "x"', "status_property"),
        ("hour_utc = 3", "hour_utc"),
        ("latitude_first = true", "latitude_first"),
        ('unnamed = "U"', "unnamed"),
        ('day = { properties = ["x"] }', "day.properties"),
        ("day = { utc_offset_hours = 3 }", "day.utc_offset_hours"),
    ],
)
def test_a_profile_of_units_takes_nothing_that_is_for_zones(tmp_path, keys, named):
    with pytest.raises(TerritoryError, match=f"'{named}' does nothing in a profile of units"):
        read_profile("mine.toml", profile_in(tmp_path, f"{keys}\n{UNITS}").parent)


@pytest.fixture
def units(tmp_path):
    text_file(tmp_path / "units.geojson", collection((WEST, {"id": "w"}), (EAST, {"id": "e"})))
    rows = f"unit,day,actor\nw,{DAY},A\ne,{DAY},B\n"
    text_file(tmp_path / "holders.csv", rows)
    return tmp_path / "units.geojson"


def test_what_a_profile_of_units_says_of_lines_and_looks_counts(tmp_path, units):
    exact = tt.read(units, profile_in(tmp_path, UNITS))
    said = f'boundary_error_m = 900\n{UNITS}[actors.A]\ncolour = "#b5404f"\n'
    stated = tt.read(units, profile_in(tmp_path, said))
    asked = tt.read(units, profile_in(tmp_path, UNITS), boundary_error_m=900)
    assert exact.areas().low[0] == exact.areas().km2[0] > stated.areas().low[0]
    assert stated.areas().equals(asked.areas())
    assert stated._base.looks["A"].colour == "#b5404f"


def test_a_correlation_of_exact_borders_is_refused(units):
    for key in ("correlation_length_m", "date_correlation"):
        with pytest.raises(
            TerritoryError, match=f"'{key}' does nothing without 'boundary_error_m'"
        ):
            tt.read(units, "units", holders=str(units.with_name("holders.csv")), **{key: 0.5})


# ---- Places ----------------------------------------------------------------------------------

BOX = (36.9, 47.9, 37.5, 48.4)
STATE = "place_id,holder,evidence\n" + "".join(f"{each},red,marker\n" for each in "ABCD")
EVENTS = (
    "place_id,date_earliest,date_latest,from_actor,to_actor,evidence,source\n"
    "A,2024-01-05,2024-01-05,red,blue,reported,S\nB,2024-01-06,2024-01-06,red,blue,area,S\n"
)


@pytest.fixture
def places(tmp_path):
    text_file(tmp_path / "places.csv", PLACES)
    text_file(tmp_path / f"state_{DAY}.csv", STATE)
    text_file(tmp_path / "events.csv", EVENTS)
    return tmp_path / "places.csv"


@pytest.mark.parametrize("argument", ["actor", "day", "unit_field"])
def test_columns_of_a_panel_are_refused_where_there_is_none(places, argument):
    with pytest.raises(TerritoryError, match="does nothing without 'holders'"):
        tt.read(places, "places", **{argument: "who"})


def test_what_is_for_events_is_refused_beside_a_panel_that_is_found(tmp_path):
    text_file(tmp_path / "places.csv", PLACES)
    text_file(tmp_path / "control.csv", HEAD + FIRST)
    with pytest.raises(TerritoryError, match=r"'until' does nothing beside control\.csv"):
        tt.read(tmp_path / "places.csv", "places", until="2024-01-01")


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (["reportd", "area"], "nothing has the class 'reportd'; did you mean 'reported'"),
        (["xx", "yyyy"], "nothing has the class 'xx'; known are: area, marker, reported"),
        (["reported"], "one class leaves nothing out; name several"),
    ],
)
def test_classes_of_evidence_that_leave_nothing_out_are_refused(places, classes, message):
    with pytest.raises(TerritoryError, match=message):
        tt.read(places, "places", evidence=classes)


@pytest.mark.filterwarnings("ignore:no gazetteer is named:territory.TerritoryWarning")
def test_a_class_of_evidence_that_may_come_later_is_told(places):
    found = tt.read(places, "places", evidence=["reported", "satellite"]).findings
    assert found[found.kind == "no-evidence"].detail.str.contains("'satellite' yet").any()


@pytest.mark.filterwarnings("ignore:no gazetteer is named:territory.TerritoryWarning")
def test_a_class_that_is_spelt_like_another_of_the_list_is_no_slip(places):
    found = tt.read(places, "places", evidence=["reported", "unreported"]).findings
    assert found[found.kind == "no-evidence"].detail.str.contains("'unreported' yet").any()


def test_a_scenario_that_is_the_series_itself_is_refused(places):
    with pytest.raises(TerritoryError, match="'s' is the series itself"):
        tt.read(places, "places", scenario=[{"name": "s", "family": "f"}])


# ---- Keys that other keys make idle ----------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('error_source = "a paper"', "'error_source' does nothing without 'boundary_error_m'"),
        (
            '[[rule]]\nlabel = "a"\ndrop = true\nstatus = "claimed"',
            "'status' does nothing with drop = true",
        ),
        (
            "[day]\nname_order = 'DD/MM/YYYY'\nfile_name = '(?P<year>[0-9]{4})'",
            "'name_order' does nothing beside 'file_name'",
        ),
    ],
)
def test_keys_of_a_profile_that_contradict_one_another(tmp_path, keys, message):
    with pytest.raises(TerritoryError, match=message):
        read_profile("mine.toml", profile_in(tmp_path, keys).parent)


def test_the_order_in_names_goes_before_the_format_of_text(tmp_path):
    place = text_file(tmp_path / "z_03-04-2024.geojson", collection((WEST, {"actor": "A"})))
    mine = profile_in(tmp_path, '[day]\nformat = "DD/MM/YYYY"\nname_order = "MM/DD/YYYY"')
    assert str(tt.read(place, mine).days[0]) == "2024-03-04"


# ---- Values and questions of Python ----------------------------------------------------------

START, END = "2025-11-01", "2025-12-01"


@pytest.fixture(scope="module")
def history():
    return tt.example()


def strip(west, east):
    """Return a part of the ground of the example."""
    return shapely.box(west, 48, east, 48.1)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (SeriesSpec, {"path": "a", "boundary_error_m": True}),
        (UncertaintySpec, {"draws": True}),
        (Profile, {"name": "x", "doubt_percent": False}),
        (Legend, {"day": DAY, "zone": [{"actor": "a", "colour": "#ff0000"}], "fill_px": True}),
    ],
)
def test_true_is_no_number(model, values):
    with pytest.raises(ValueError, match="a number or text is wanted, not "):
        model.model_validate(values)


def test_names_and_days_may_be_listed_in_any_way(history):
    expected = history.judge(tt.Claim(83, quantity="net", by="Red", period=(START, END))).frame
    for by in ({"Red"}, np.array(["Red"]), pd.Series(["Red"]), (each for each in ["Red"])):
        for period in ([START, END], pd.DatetimeIndex([START, END]), np.array([START, END])):
            names = ["Red"] if isinstance(by, types.GeneratorType) else by
            claim = tt.Claim(83, quantity="net", by=names, period=period)
            assert history.judge(claim).frame.equals(expected)
    assert tt.explain("248.69", history, END, by={"Red"}).frame.shape[0] > 0


def test_an_area_in_no_order_is_none(history):
    with pytest.raises(TerritoryError, match=r"\(set\) is no area"):
        history.areas(aoi={37, 48, 38, 49})


def test_series_within_areas_are_compared_where_both_speak(history):
    west, east = history.within(strip(37, 37.2)), history.within(strip(37.1, 37.3))
    both = tt.compare(history, history, END, aoi=strip(37.1, 37.2)).km2.sum()
    assert tt.compare(west, east, END).km2.sum() == pytest.approx(both, rel=1e-9)
    assert tt.compare(west, history, END, aoi=strip(37.1, 37.4)).km2.sum() == pytest.approx(both)
    with pytest.raises(TerritoryError, match="nothing of it lies within"):
        tt.compare(west, history.within(strip(37.3, 37.4)), END)


QUESTIONS = {
    "a fourth series": (lambda h: tt.calibrate(h, h, h, h), "two or three series are needed"),
    "a front in an area": (
        lambda h: tt.calibrate(h, h.within(strip(37, 37.2))),
        "series 2: errors are found along whole fronts",
    ),
    "days in words": (lambda h: tt.calibrate(h, h, within_days="1"), "no whole number of days"),
    "days before": (lambda h: tt.calibrate(h, h, within_days=-1), "no whole number of days"),
    "another in an area": (
        lambda h: h.judge(
            tt.Claim(83, quantity="net", by="Red", period=(START, END)),
            others=tt.example().within(strip(37, 37.2)),
        ),
        "others: give histories of all ground",
    ),
    "words that are a number": (lambda _: tt.Claim(5, words=5, day=END), "words: 5 is no text"),
    "a grouping that is a number": (lambda h: h.net("Red", 5), "by: 5 is no text"),
    "nobody in words": (lambda h: h.zones(nobody="no"), "'no' is not True or False"),
    "dots of a drawing": (lambda h: tt.plot.day(h, dpi=200, out="a.svg"), "dpi does nothing here"),
    "a rim of true": (
        lambda h: h.areas(aoi=strip(37, 37.2), rim_error_m=True),
        "True is no length in metres",
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_that_would_be_misread_is_refused(name, history):
    ask, message = QUESTIONS[name]
    with pytest.raises(TerritoryError, match=message):
        ask(history)


def test_a_remainder_may_be_given_as_its_corners():
    frame = tt.example().zones(START).drop(columns="status").to_crs(4326)
    box = (37, 48, 37.5, 48.1)
    for area in (box, list(box), np.array(box), "37,48,37.5,48.1"):
        rest = {"remainder": "Green", "remainder_area": area}
        made = tt.History.from_geodataframe(frame, actor="actor", day="day", **rest)
        assert "Green" in made.actors


@pytest.mark.parametrize(
    ("reading", "message"),
    [
        ({"quantity": "net", "day": END}, "a reading of 'net' takes no 'day'"),
        ({"quantity": "total", "day": END, "period": (START, END)}, "takes no 'period'"),
        ({"quantity": "share", "day": END, "period": (START, END)}, "no 'period' beside 'day'"),
    ],
)
def test_a_day_that_a_reading_is_not_about_is_refused(reading, message):
    with pytest.raises(ValueError, match=message):
        Reading(name="r", by=("a",), **reading)


# ---- Keys of a job ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"uncertainty": {"area_variants": {"w": ["v"]}}},
            "uncertainty.area_variants does nothing without claims",
        ),
    ],
)
def test_keys_of_a_job_that_others_make_idle_are_refused(more, message):
    box = [37, 48, 38, 49]
    series = {"profile": "zones", "path": "a", **more.pop("series", {})}
    with pytest.raises(ValueError, match=message):
        Job.model_validate({"series": series, "area": {"w": box, "v": box}, **more})


def test_a_run_may_be_strict(tmp_path):
    write_two_boxes(tmp_path, prefix="z_")
    text_file(tmp_path / "z_2024-01-02.geojson", "{")
    off = "[maps]\nenabled = false\n[report]\nenabled = false\n"
    job = text_file(tmp_path / "job.toml", f'[series]\nprofile = "zones"\npath = "z_*"\n{off}')
    with pytest.raises(TerritoryError, match="nothing was written"):
        tt.run(job, tmp_path / "out", strict=True)
    assert not (tmp_path / "out").exists()
    assert not tt.run(job, tmp_path / "out", workers=np.int64(1)).is_sound


@pytest.mark.parametrize(
    ("name", "told_of"), [("statuss", True), ("Status", False), ("state", False)]
)
def test_a_property_that_is_nearly_the_status_is_told(tmp_path, name, told_of):
    """Else zones that are marked as claimed count as held, and nobody hears of it."""
    own = {"actor": "A", name: "claimed"}
    place = text_file(tmp_path / f"z_{DAY}.geojson", collection((shapely.box(37, 48, 38, 49), own)))
    with warnings.catch_warnings(action="ignore"):
        found = tt.read(place, "zones").findings
    said = [each for each in found["detail"] if "no file has the property 'status'" in each]
    assert bool(said) is told_of
    assert all("all zones count as held; did you mean" in each for each in said)

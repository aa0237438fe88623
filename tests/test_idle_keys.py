"""No key of a job or profile, and no argument, does nothing in silence."""

import json

import pytest
import shapely
from squares import write_two_boxes
from test_formats import text_file
from test_place_panel import FIRST, HEAD, PLACES

import territory as tt
from territory.errors import TerritoryError
from territory.read.profile import read_profile

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

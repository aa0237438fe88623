"""Zones that hold over spans of time: who holds what on which day.

Every square is one degree wide between 48 and 49 degrees north: 8,217.73 km2.
"""

import json
from datetime import date
from itertools import pairwise

import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from test_formats import kml, kml_polygon, text_file

from territory import cli
from territory.errors import InputError
from territory.findings import Severity
from territory.geometry.projection import WGS84
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.quality.check import check_history
from territory.read.column import PAIRS
from territory.read.formats.layer import Layer
from territory.read.polygons import read_polygons
from territory.read.profile import Profile, read_profile
from territory.read.sources import source_of
from territory.read.spans import Span
from territory.read.spans_to_days import days_of_spans
from territory.read.valid_times import times_of
from territory.read.zones import read_series

KM2 = 8_217.73
WEST, MIDDLE, EAST = (shapely.box(30 + n, 48, 31 + n, 49) for n in range(3))
JANUARY, JULY = "2020-01-01", "2020-07-01"


def feature(shape, actor, **properties):
    geometry = shapely.geometry.mapping(shape)
    return {"type": "Feature", "properties": {"actor": actor, **properties}, "geometry": geometry}


def spans(since="valid_from", until="valid_to"):
    """Return a in the west throughout, and in the middle c until June and b from July on."""
    return [
        feature(WEST, "a", **{since: JANUARY, until: None}),
        feature(MIDDLE, "c", **{since: JANUARY, until: "2020-06-30"}),
        feature(MIDDLE, "b", **{since: JULY, until: ""}),
    ]


def drawn(folder, features, name="zones.geojson"):
    content = {"type": "FeatureCollection", "features": features}
    return text_file(folder / name, json.dumps(content))


def loaded(path, *, profile="zones", rule="all", **options):
    more = {name: options.pop(name) for name in ("wanted_days",) if name in options}
    spec = SeriesSpec(profile=str(profile), path=str(path), **options)
    return load_series(
        spec,
        path.parent,
        areas={},
        rule=rule,
        more_days=(),
        uncertainty=UncertaintySpec(),
        **more,
    )


def held(path, **options):
    """Return km2 of each actor by day."""
    history = loaded(path, **options).ensemble.base
    return {
        str(day): {
            holder.actor: pytest.approx(km2, abs=0.01)
            for n, holder in enumerate(history.holders)
            if n and (km2 := history.area_m2[row == n].sum() / 1e6)
        }
        for day, row in zip(history.days, history.held_by, strict=True)
    }


def told(path, **options):
    return {each.kind: each for each in loaded(path, **options).findings}


def profile_of(folder, day="", name="p.toml"):
    return text_file(folder / name, f'name = "p"\n[day]\n{day}\n')


TWO_DAYS = {JANUARY: {"a": KM2, "c": KM2}, JULY: {"a": KM2, "b": KM2}}


# ---- names and ends -----------------------------------------------------------------------


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("write", [str, str.upper, str.title, lambda name: name.replace("_", " ")])
def test_every_usual_pair_is_read(tmp_path, pair, write):
    path = drawn(tmp_path, spans(*map(write, pair)))
    assert held(path) == TWO_DAYS
    assert f"'{write(pair[0])}' and '{write(pair[1])}'" in told(path)["spans"].detail


@pytest.mark.parametrize("nothing", [None, "", " ", "..", "null", "9999-12-31", "9999-01-01"])
def test_an_open_end_has_many_names(tmp_path, nothing):
    features = spans()
    features[0]["properties"]["valid_to"] = nothing
    path = drawn(tmp_path, features)
    assert held(path) == TWO_DAYS
    assert "2 are open" in told(path)["spans"].detail


def test_a_missing_end_is_open(tmp_path):
    features = spans()
    del features[0]["properties"]["valid_to"]
    assert held(drawn(tmp_path, features)) == TWO_DAYS
    assert "3 features in 1 layer(s)" in told(tmp_path / "zones.geojson")["spans"].detail
    assert "2 are open" in told(tmp_path / "zones.geojson")["spans"].detail


def test_an_inclusive_end_holds_and_the_day_after_does_not(tmp_path):
    path = drawn(tmp_path, spans())
    days = (date(2020, 6, 29), date(2020, 6, 30), date(2020, 7, 1))
    found = held(path, rule=days)
    assert {"a", "c"} == found["2020-06-29"].keys() == found["2020-06-30"].keys()
    assert found["2020-07-01"].keys() == {"a", "b"}


def test_an_exclusive_end_is_said_by_the_profile(tmp_path):
    profile = profile_of(
        tmp_path,
        'properties = ["since"]\nuntil_properties = ["until"]\nuntil = "exclusive"',
    )
    features = spans("since", "until")
    features[1]["properties"]["until"] = JULY
    path = drawn(tmp_path, features)
    assert held(path, profile=profile) == TWO_DAYS
    before = held(path, profile=profile, rule=(date(2020, 6, 30),))
    assert before["2020-06-30"].keys() == {"a", "c"}


@pytest.mark.parametrize(
    ("until", "on_the_day"), [("inclusive", {"a", "b", "c"}), ("exclusive", {"a", "b"})]
)
def test_an_end_in_the_middle_of_a_day_counts_as_the_profile_says(tmp_path, until, on_the_day):
    day = f'properties = ["since"]\nuntil_properties = ["until"]\nuntil = "{until}"'
    features = spans("since", "until")
    features[1]["properties"]["until"] = "2020-07-01T12:00:00"
    features[2]["geometry"] = shapely.geometry.mapping(EAST)
    found = held(drawn(tmp_path, features), profile=profile_of(tmp_path, day))
    assert found[JULY].keys() == on_the_day


def test_ends_on_which_others_begin_are_told(tmp_path):
    features = spans()
    features[1]["properties"]["valid_to"] = JULY
    features[2]["geometry"] = shapely.geometry.mapping(EAST)
    path = drawn(tmp_path, features)
    assert held(path)[JULY].keys() == {"a", "b", "c"}  # inclusive, as nothing else is said
    finding = told(path)["ends-meet"]
    assert finding.severity is Severity.WARNING
    assert 'until = "exclusive"' in finding.detail
    features[2]["geometry"] = features[1]["geometry"]
    refused(drawn(tmp_path, features), "2020-07-01: b and c overlap", 'until = "exclusive"')


def test_overlapping_spans_go_through_the_overlap_policy_of_their_day(tmp_path):
    features = spans()
    features[1]["properties"]["valid_to"] = "2020-07-31"
    path = drawn(tmp_path, features)
    with pytest.raises(InputError, match=r"2020-07-01.*overlap"):
        loaded(path)
    contested = held(path, overlap="contested")
    assert contested[JULY] == {"a": KM2, "contested": KM2}
    assert contested["2020-08-01"] == {"a": KM2, "b": KM2}
    assert list(contested) == [JANUARY, JULY, "2020-08-01"]


# ---- clocks -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "last"),
    [
        (["2020-06-30T00:00:00Z", "2020-12-31T00:00:00Z"], "2020-06-30"),  # all midnight: days
        (["2020-06-30T23:59:59Z", "2020-12-31T23:59:59Z"], "2020-06-30"),
        (["2020-07-01T00:00:00Z", "2020-12-31T15:00:00Z"], "2020-06-30"),  # an instant
        (["2020-06-30T15:00:00Z", "2020-12-31T15:00:00Z"], "2020-06-29"),
        ([1593475200000, 1609372800000], "2020-06-30"),  # the same midnights in milliseconds
        (["2020-06-30", "2020-12-31T15:00:00Z"], "2020-06-30"),
    ],
)
def test_an_end_with_a_clock_is_an_instant(tmp_path, ends, last):
    features = [
        feature(WEST, "a", start_datetime="2020-01-01T00:00:00Z", end_datetime=ends[1]),
        feature(MIDDLE, "c", start_datetime="2020-01-01T00:00:00Z", end_datetime=ends[0]),
    ]
    path = drawn(tmp_path, features)
    after = date.fromordinal(date.fromisoformat(last).toordinal() + 1)
    assert held(path, rule=(date.fromisoformat(last), after))[last].keys() == {"a", "c"}
    assert held(path)[str(after)].keys() == {"a"}


def test_whoever_begins_in_the_hour_of_an_end_has_the_day(tmp_path):
    features = [
        feature(MIDDLE, "c", start="2020-01-01T06:00:00Z", end="2020-07-01T15:00:00Z"),
        feature(MIDDLE, "b", start="2020-07-01T15:00:00Z", end=None),
    ]
    assert held(drawn(tmp_path, features)) == {JANUARY: {"c": KM2}, JULY: {"b": KM2}}


def test_a_span_within_one_day_holds_on_it(tmp_path):
    features = [
        feature(WEST, "a", start=JANUARY, end=None),
        feature(MIDDLE, "c", start="2020-03-05T06:00:00Z", end="2020-03-05T15:00:00Z"),
    ]
    found = held(drawn(tmp_path, features))
    assert found["2020-03-05"].keys() == {"a", "c"}
    assert found["2020-03-06"].keys() == {"a"}


def test_years_and_months_reach_from_their_first_day_to_their_last(tmp_path):
    features = [
        feature(WEST, "a", start_date="1914", end_date="1918"),
        feature(MIDDLE, "c", start_date="1914-07", end_date="1916-02"),
        feature(EAST, "b", start_date=1916, end_date=1917),
    ]
    path = drawn(tmp_path, features)
    assert list(held(path)) == [
        "1914-01-01",
        "1914-07-01",
        "1916-01-01",
        "1916-03-01",
        "1918-01-01",
    ]
    assert held(path, rule=(date(1916, 2, 29),))["1916-02-29"].keys() == {"a", "b", "c"}
    assert "a year or a month begins with its first day" in told(path)["spans"].detail


# ---- other days ---------------------------------------------------------------------------


def test_a_day_between_two_is_answered_by_the_spans_that_hold_it(tmp_path):
    path = drawn(tmp_path, spans())
    wanted = date(2020, 3, 15)
    assert held(path, rule=(wanted,))["2020-03-15"] == {"a": KM2, "c": KM2}
    assert loaded(path, rule=(wanted,)).days == (wanted,)
    both = loaded(path, wanted_days=(wanted,))
    assert wanted in both.ensemble.base.days
    assert both.days == (date(2020, 1, 1), date(2020, 7, 1))  # a rule chooses from its own days


def test_findings_do_not_depend_on_the_days_asked_for(tmp_path):
    path = drawn(tmp_path, spans())
    further = (date(2020, 3, 15), date(2020, 3, 16))
    assert loaded(path, wanted_days=further).findings == loaded(path).findings


@pytest.mark.parametrize("day", ["2019-12-31", "2021-01-01"])
def test_a_day_beyond_all_spans_is_refused(tmp_path, day):
    features = [
        feature(WEST, "a", valid_from=JANUARY, valid_to="2020-12-31"),
        feature(MIDDLE, "c", valid_from=JANUARY, valid_to="2020-06-30"),
    ]
    path = drawn(tmp_path, features)
    with pytest.raises(InputError, match=f"no snapshot for {day}"):
        loaded(path, rule=(date.fromisoformat(day),))
    with pytest.raises(InputError, match=f"nothing holds on {day}.*2020-01-01 to 2020-12-31"):
        loaded(path, day=day)


def test_a_day_that_only_open_ends_reach_is_told(tmp_path):
    path = drawn(tmp_path, spans())
    later = told(path, rule=(date(2024, 1, 1),))["open-end"]
    assert (later.severity, later.day) == (Severity.WARNING, date(2024, 1, 1))
    assert "open-end" not in told(path, rule=(date(2020, 3, 1),))
    ended = drawn(tmp_path, [*spans(), feature(EAST, "d", valid_from=JULY, valid_to="2020-12-31")])
    assert "open-end" not in told(ended, rule=(date(2020, 12, 31),))


def test_verbs_take_any_day(tmp_path, capsys):
    path = str(drawn(tmp_path, spans()))
    zones = [path, "--profile", "zones", "--boundary-error-m", "100"]
    assert cli._code(["change", *zones, "--from", "2020-02-01", "--to", "2020-08-01"]) == 0
    assert "2020-02-01,2020-08-01,c,b,8217.73" in capsys.readouterr().out
    assert cli._code(["areas", *zones, "--days", "2020-03-15"]) == 0
    out = capsys.readouterr().out
    assert out.count("2020-03-15") == 2 and "nobody" not in out
    claim = text_file(
        tmp_path / "claims.toml",
        '[[claim]]\nid = "x"\ntext = "8,218"\npublisher = "p"\npublished = 2020-04-01\n'
        'value = 8218\nunit = "km2"\n'
        'precision = "rounded"\nday = 2020-03-15\n[[claim.reading]]\nname = "r"\n'
        'quantity = "total"\nby = ["c"]\n',
    )
    assert cli._code(["check", str(claim), *zones]) == 0
    assert "8217.73" in capsys.readouterr().out


def test_explain_knows_the_day_of_a_claim(tmp_path, capsys):
    path = str(drawn(tmp_path, spans()))
    code = cli._code(
        [
            *[
                "explain",
                "--value",
                "8218",
                "--day",
                "2020-03-15",
                "--precision",
                "rounded",
                "--by",
                "a",
            ],
            *[path, "--profile", "zones"],
        ]
    )
    said = capsys.readouterr()
    assert code == 0, said.err
    assert "8217.7" in said.out


# ---- days that choose ---------------------------------------------------------------------


def test_a_day_that_is_told_chooses(tmp_path):
    path = drawn(tmp_path, spans())
    assert held(path, day=date(2020, 6, 30)) == {"2020-06-30": {"a": KM2, "c": KM2}}
    assert held(path, day=date(2020, 7, 2)) == {"2020-07-02": {"a": KM2, "b": KM2}}


def test_a_day_in_the_name_chooses(tmp_path):
    path = drawn(tmp_path, spans(), "zones_2020-07-02.geojson")
    assert held(path) == {"2020-07-02": {"a": KM2, "b": KM2}}
    assert "2 of 3 features hold on 2020-07-02" in told(path)["spans"].detail
    early = drawn(tmp_path, spans(), "zones_2019-07-02.geojson")
    with pytest.raises(InputError, match="nothing holds on 2019-07-02, the day in its name"):
        loaded(early)


def test_a_day_that_is_told_takes_the_features_of_that_day(tmp_path):
    features = [feature(WEST, "a", date=JANUARY), feature(MIDDLE, "b", date=JULY)]
    path = drawn(tmp_path, features)
    assert held(path, day=date(2020, 7, 1)) == {JULY: {"b": KM2}}
    assert told(path, day=date(2020, 7, 1))["day-differs"].severity is Severity.WARNING
    replaced = told(path, day=date(2021, 1, 1))["day-differs"]
    assert "2021-01-01 is told and counts" in replaced.detail


# ---- files --------------------------------------------------------------------------------


def test_one_file_an_actor_is_one_series(tmp_path):
    for each in spans():
        drawn(tmp_path, [each], f"{each['properties']['actor']}.geojson")
    one, *_ = tmp_path.glob("a.geojson")
    del one
    assert held(tmp_path) == TWO_DAYS
    assert held(tmp_path, day=date(2020, 7, 1)) == {JULY: TWO_DAYS[JULY]}


def test_maps_of_a_day_beside_spans_are_refused(tmp_path):
    drawn(tmp_path, spans())
    drawn(tmp_path, [feature(EAST, "d")], "zones_2020-02-01.geojson")
    with pytest.raises(InputError, match=r"is of 2020-02-01, but the features of .*hold over"):
        loaded(tmp_path)


def test_files_are_read_once(tmp_path, monkeypatch):
    path = drawn(tmp_path, spans())
    read = []
    from territory.read import zones

    plain = zones.read_any
    monkeypatch.setattr(zones, "read_any", lambda p: (read.append(p), plain(p))[1])
    also = [date(2020, 1, n) for n in range(1, 20)]
    assert len(read_series((str(path),), read_profile("zones"), also=also).raws) == 20
    assert read == [path]


def test_spans_of_kml(tmp_path):
    def placemark(shape, actor, time):
        data = f'<ExtendedData><Data name="actor"><value>{actor}</value></Data></ExtendedData>'
        return f"<Placemark>{time}{data}{kml_polygon(shape)}</Placemark>"

    begin, end = "<begin>2020-01-01</begin>", "<end>2020-06-30</end>"
    marks = [
        placemark(WEST, "a", f"<TimeSpan>{begin}</TimeSpan>"),
        placemark(MIDDLE, "c", f"<TimeSpan>{begin}{end}</TimeSpan>"),
        placemark(MIDDLE, "b", "<TimeSpan><begin>2020-07-01</begin></TimeSpan>"),
    ]
    assert held(text_file(tmp_path / "z.kml", kml("".join(marks)))) == TWO_DAYS


def test_spans_of_csv_and_parquet(tmp_path):
    import geopandas

    rows = [
        each["properties"] | {"geometry": shapely.geometry.shape(each["geometry"])}
        for each in spans()
    ]
    lines = [
        f'{r["actor"]},{r["valid_from"]},{r["valid_to"] or ""},"{r["geometry"].wkt}"' for r in rows
    ]
    table = text_file(tmp_path / "z.csv", "\n".join(["actor,valid_from,valid_to,WKT", *lines]))
    assert held(table) == TWO_DAYS
    frame = geopandas.GeoDataFrame(rows, crs=4326)
    for name in ("valid_from", "valid_to"):
        frame[name] = [date.fromisoformat(r[name]) if r[name] else None for r in rows]
    frame.to_parquet(tmp_path / "z.parquet")
    assert pa.parquet.read_schema(tmp_path / "z.parquet").field("valid_to").type == pa.date32()
    assert held(tmp_path / "z.parquet") == TWO_DAYS


# ---- what is refused ----------------------------------------------------------------------


def refused(path, *parts, **options):
    with pytest.raises(InputError) as caught:
        loaded(path, **options)
    for part in parts:
        assert part in str(caught.value), caught.value


@pytest.mark.parametrize(("since", "until"), PAIRS)
def test_a_profile_that_reads_only_the_start_is_refused(tmp_path, since, until):
    path = drawn(tmp_path, spans(since, until))
    profile = profile_of(tmp_path, f'properties = ["{since}"]')
    refused(path, f'until_properties = ["{until}"]', f"'{since}'", profile=profile)
    fixed = profile_of(tmp_path, f'properties = ["{since}"]\nuntil_properties = ["{until}"]')
    assert held(path, profile=fixed) == TWO_DAYS


def test_a_day_beside_an_end_is_refused(tmp_path):
    path = drawn(tmp_path, spans("date", "valid_to"))
    refused(path, "'valid_to'", 'properties = ["date"] with until_properties = ["valid_to"]')
    features = [feature(WEST, "a", EndDate="2022-04-08")]  # as the layers of ISW have it
    assert list(held(drawn(tmp_path, features, "z_2022-04-07.geojson"))) == ["2022-04-07"]


def test_a_day_beside_a_span_is_refused(tmp_path):
    features = [each | {"properties": each["properties"] | {"date": JULY}} for each in spans()]
    refused(drawn(tmp_path, features), "feature 1", "a day in 'date' and a span besides")


def test_starts_on_several_days_without_any_end_are_refused(tmp_path):
    features = [feature(WEST, "a", start_date=JANUARY), feature(MIDDLE, "b", start_date=JULY)]
    path = drawn(tmp_path, features)
    refused(path, "begin on 2 days", 'until_properties = ["end_date"]', "until_properties = []")
    lasting = profile_of(tmp_path, 'properties = ["start_date"]\nuntil_properties = ["end_date"]')
    assert held(path, profile=lasting) == {JANUARY: {"a": KM2}, JULY: {"a": KM2, "b": KM2}}
    apart = profile_of(tmp_path, 'properties = ["start_date"]\nuntil_properties = []')
    assert held(path, profile=apart) == {JANUARY: {"a": KM2}, JULY: {"b": KM2}}


def test_an_end_before_the_begin_is_refused(tmp_path):
    features = spans()
    features[1]["properties"]["valid_to"] = "2019-06-30"
    refused(drawn(tmp_path, features), "feature 2", "before it begins on 2020-01-01")


def test_an_end_without_a_begin_is_refused(tmp_path):
    features = spans()
    features[1]["properties"]["valid_from"] = None
    refused(drawn(tmp_path, features), "feature 2", "nothing says since when")


@pytest.mark.parametrize("text", ["present", "2020-13-01", "06/07/2020"])
def test_an_end_that_is_no_day_is_refused(tmp_path, text):
    features = spans()
    features[1]["properties"]["valid_to"] = text
    refused(drawn(tmp_path, features), "feature 2", f"'{text}' in 'valid_to' is not a day")


def test_a_feature_without_any_day_among_spans_is_refused(tmp_path):
    features = [*spans(), feature(EAST, "d")]
    refused(drawn(tmp_path, features), "feature 4", "has no span of time")
    named = drawn(tmp_path, features, "zones_2020-07-01.geojson")
    assert held(named) == {JULY: {"a": KM2, "b": KM2, "d": KM2}}  # it is of the day of the file


def test_points_among_spans_need_no_day(tmp_path):
    features = [*spans(), feature(shapely.Point(30, 48), "label")]
    assert held(drawn(tmp_path, features)) == TWO_DAYS


def test_two_spans_that_differ_are_refused(tmp_path):
    features = spans()
    features[1]["properties"] |= {"start": JANUARY, "end": "2020-05-31"}
    refused(drawn(tmp_path, features), "feature 2", "2020-01-01 to 2020-06-30", "2020-05-31")


# ---- what is no span ----------------------------------------------------------------------


def test_from_and_to_may_hold_names(tmp_path):
    features = [feature(WEST, "a", date=JANUARY, **{"from": "Ivan", "to": "Olena"})]
    assert held(drawn(tmp_path, features)) == {JANUARY: {"a": KM2}}
    features.append(feature(MIDDLE, "b", date=JANUARY, **{"from": JANUARY, "to": "Olena"}))
    path = drawn(tmp_path, features)
    assert held(path) == {JANUARY: {"a": KM2, "b": KM2}}
    assert "feature 1: 'Ivan' is no day" in told(path)["no-span"].detail


def test_years_in_from_and_to_are_refused_with_a_way_out(tmp_path):
    features = [feature(WEST, "a", **{"from": 1914, "to": 1918})]
    path = drawn(tmp_path, features)
    fix = 'properties = ["from"], until_properties = ["to"]'
    refused(path, "no day in the file name", "'1914' is no day", fix)
    profile = profile_of(tmp_path, fix.replace(", u", "\nu"))
    assert list(held(path, profile=profile, rule=(date(1918, 12, 31),))) == [
        "1914-01-01",
        "1918-12-31",
    ]
    named = drawn(tmp_path, features, "z_1915-01-01.geojson")  # may be numbers of something
    assert held(named) == {"1915-01-01": {"a": KM2}}
    assert told(named)["no-span"].severity is Severity.WARNING


def test_numbers_are_no_days(tmp_path):
    features = [feature(WEST, "a", date=JANUARY, start=0, end=17)]
    assert held(drawn(tmp_path, features)) == {JANUARY: {"a": KM2}}


def test_spans_of_one_day_each_are_maps_of_days(tmp_path):
    features = [
        feature(WEST, "a", begin=JANUARY, end=JANUARY),
        feature(MIDDLE, "b", begin=JULY, end=JULY),
    ]
    path = drawn(tmp_path, features)
    assert held(path) == {JANUARY: {"a": KM2}, JULY: {"b": KM2}}
    assert "spans" not in told(path)
    assert held(path, day=date(2020, 7, 1)) == {JULY: {"b": KM2}}
    refused(path, "nothing holds on 2020-05-01", day=date(2020, 5, 1))


@pytest.mark.parametrize("last", [JULY, "2020-08-01", None])
def test_maps_of_days_that_say_how_long_to_show_them_stay_maps(tmp_path, last):
    features = [
        feature(WEST, "a", day=JANUARY, valid_from=JANUARY, valid_to=JULY),
        feature(MIDDLE, "c", day=JANUARY, valid_from=JANUARY, valid_to=JULY),
        feature(MIDDLE, "b", day=JULY, valid_from=JULY, valid_to=last),
    ]
    path = drawn(tmp_path, features)
    assert held(path) == {JANUARY: {"a": KM2, "c": KM2}, JULY: {"b": KM2}}
    with pytest.raises(InputError, match="no snapshot for 2020-03-15"):
        loaded(path, rule=(date(2020, 3, 15),))
    features[0]["properties"]["valid_to"] = "2020-08-01"  # no map: it holds on beside the next
    refused(drawn(tmp_path, features), "a day in 'day' and a span besides")
    features[1]["properties"]["valid_to"] = "2020-08-01"
    refused(drawn(tmp_path, features), "a day in 'day' and a span besides")


def test_the_same_feature_twice_counts_once(tmp_path):
    path = drawn(tmp_path, [*spans(), spans()[0]])
    assert held(path) == TWO_DAYS
    assert told(path)["repeated-polygon"].severity is Severity.WARNING


def test_features_of_a_holder_that_overlap_count_once(tmp_path):
    features = [*spans(), feature(shapely.union(WEST, MIDDLE), "a", valid_from=JULY, valid_to=None)]
    contested = held(drawn(tmp_path, features), overlap="first", priority=("a", "b"))
    assert contested[JULY]["a"] == pytest.approx(2 * KM2, abs=0.01)


def test_ground_that_comes_back_as_its_spans_say_is_no_damage(tmp_path):
    features = [
        feature(WEST, "a", start=JANUARY, end=None),
        feature(MIDDLE, "c", start=JANUARY, end="2020-03-01"),
        feature(MIDDLE, "b", start="2020-03-02", end="2020-03-05"),
        feature(MIDDLE, "c", start="2020-03-06", end=None),
    ]
    assert loaded(drawn(tmp_path, features)).unusable == ()


def test_an_end_that_the_file_states_is_no_fault(tmp_path):
    features = [
        feature(WEST, "a", start=JANUARY, end=None),
        feature(MIDDLE, "c", start=JANUARY, end="2020-03-01"),
        feature(EAST, "a", start=JANUARY, end="2020-03-01"),
        feature(MIDDLE, "b", start="2020-03-02", end=None),
    ]
    noise = {"vanished-actor", "sudden-actor", "features-lost", "feature-vanished", "feature-grew"}
    assert not noise & set(told(drawn(tmp_path, features)))
    history = loaded(drawn(tmp_path, features)).ensemble.base
    drawn_apart = {each.kind for each in check_history(history, snapshots=True)}
    assert {"vanished-actor", "sudden-actor"} <= drawn_apart
    assert not noise & {each.kind for each in check_history(history, snapshots=False)}


def test_regions_that_hold_over_spans_are_told(tmp_path):
    path = drawn(tmp_path, spans("start_date", "end_date"))
    (read,) = read_polygons(source_of(str(path), tmp_path))
    (finding,) = [each for each in read.findings if each.kind == "spans-unused"]
    assert finding.severity is Severity.WARNING
    assert "'start_date' and 'end_date', and all are used whatever" in finding.detail
    (read,) = read_polygons(source_of(str(drawn(tmp_path, spans("from", "at"))), tmp_path))
    assert read.findings == ()


# ---- what holds for all -------------------------------------------------------------------

days = st.dates(date(2020, 1, 1), date(2020, 1, 20))
random_spans = st.lists(st.tuples(days, days | st.none()), min_size=1, max_size=8)


@given(random_spans)
def test_who_holds_on_a_day_changes_on_the_days_of_the_series_only(pairs):
    found = [Span(min(a, b or a), max(a, b) if b else date.max) for a, b in pairs]
    listed = days_of_spans(found)

    def holding(day):
        return frozenset(n for n, span in enumerate(found) if span.first <= day <= span.last)

    every = [date(2020, 1, n) for n in range(1, 31)]
    changes = {after for before, after in pairwise(every) if holding(before) != holding(after)} | {
        every[0]
    }
    assert set(listed) == {day for day in changes if holding(day)}


@given(random_spans)
def test_reading_a_span_gives_its_days_back(pairs):
    rows = [
        {"valid_from": str(min(a, b or a)), "valid_to": str(max(a, b)) if b else None}
        for a, b in pairs
    ]
    layer = Layer("a", "a", WGS84, tuple(rows), [None] * len(rows))
    times = times_of([layer], Profile(name="p"))
    if not times.spans:  # all of one day
        assert all(a == b for a, b in pairs)
        return
    for row, span in zip(rows, times.spans[0], strict=True):
        assert str(span.first) == row["valid_from"]
        assert str(span.last) == (row["valid_to"] or "9999-12-31")


# ---- options ------------------------------------------------------------------------------


def areas(path, *options):
    zones = [str(path), "--profile", "zones", "--boundary-error-m", "100"]
    return cli._code(["areas", *zones, *options])


def test_the_fields_are_named_by_options(tmp_path, capsys):
    features = spans("von", "bis")
    for each in features:
        for name in ("von", "bis"):
            if value := each["properties"][name]:
                day = value.replace("-30", "-06").split("-")  # no value tells which is the month
                each["properties"][name] = "/".join(reversed(day))
    path = drawn(tmp_path, features)
    options = ["--day-field", "von", "--until-field", "bis"]
    assert areas(path, *options) == 1
    assert "in 'von' is not a day (YYYY-MM-DD): day/month or month/day?" in capsys.readouterr().err
    assert areas(path, *options, "--day-format", "DD/MM/YYYY") == 0
    out = capsys.readouterr().out
    assert "2020-07-01,a,held,8217.73" in out
    assert areas(path, "--day-format", "day first") == 1
    assert "--day-format: 'day first' is no format" in capsys.readouterr().err


def test_a_call_that_reads_only_the_start_is_refused(tmp_path, capsys):
    path = drawn(tmp_path, spans("start_date", "end_date"))
    assert areas(path, "--day-field", "start_date") == 1
    assert "--until-field end_date" in capsys.readouterr().err


def test_a_further_property_of_days_is_told(tmp_path):
    features = [feature(WEST, "a", date=JANUARY, bis="2020-06-30")]
    finding = told(drawn(tmp_path, features))["perhaps-end"]
    assert finding.severity is Severity.WARNING
    assert "'bis' holds days on or after those in 'date'" in finding.detail
    features.append(feature(MIDDLE, "b", date=JULY, bis=JANUARY))
    assert "perhaps-end" not in told(drawn(tmp_path, features))


OTHER_PAIRS = (
    ("since", "until"), ("from_date", "to_date"), ("date_start", "date_end"),
    ("begin_date", "end_date"), ("Started", "Ended"), ("first_day", "last_day"),
    ("dateFrom", "dateTo"), ("time_start", "time_stop"), ("fromDate", "thruDate"),
    ("datefrom", "dateto"), ("Open Since", "Closed"), ("day", "EXPIRY"),
)  # fmt: skip


@pytest.mark.parametrize("name", ["zones.geojson", "zones_2020-08-15.geojson"])
@pytest.mark.parametrize(("since", "until"), OTHER_PAIRS)
def test_an_end_by_its_name_that_nothing_reads_is_refused(tmp_path, since, until, name):
    path = drawn(tmp_path, spans(since, until), name)
    quoted = f"'{since}'" if " " in since else since
    refused(path, f"--day-field {quoted} --until-field {until}", "until_properties = []")
    days = f'properties = ["{since}"]\nuntil_properties = ["{until}"]'
    whole = drawn(tmp_path, spans(since, until), "plain.geojson")
    assert held(whole, profile=profile_of(tmp_path, days)) == TWO_DAYS


def test_an_end_that_nothing_reads_is_refused_on_a_day_that_is_told(tmp_path, capsys):
    path = drawn(tmp_path, spans("from_date", "to_date"))
    assert areas(path, "--day", "2020-08-15") == 1
    assert "--day-field from_date --until-field to_date" in capsys.readouterr().err
    named = ["--day-field", "from_date", "--until-field", "to_date"]
    assert areas(path, "--day", "2020-08-15", *named) == 0
    assert ",c," not in capsys.readouterr().out
    assert areas(path, "--day-field", "from_date") == 1
    assert "--until-field to_date" in capsys.readouterr().err


def test_years_and_slashes_that_nothing_reads_are_refused(tmp_path):
    for since, until in (("start_year", "end_year"), ("gwsyear", "gweyear")):
        years = [feature(WEST, "a", **{since: 2019, until: 2020})]
        refused(drawn(tmp_path, years), f"--day-field {since} --until-field {until}")
    for since, until in (("start_date", "end_date"), ("from", "to")):
        slashes = [feature(WEST, "a", **{since: "01/02/2020", until: "03/04/2020"})]
        for name in ("zones.geojson", "zones_2020-08-15.geojson"):
            path = drawn(tmp_path, slashes, name)
            refused(path, f"--until-field {until}", "--day-format DD/MM/YYYY")


def test_what_is_no_end_may_stand_beside_a_day(tmp_path):
    of_the_record = {
        "created_at": JANUARY, "updated_at": "2020-09-01", "published": "2020-09-01",
        "last_edited_date": "2020-09-01", "lastUpdated": "2020-09-01", "last_seen": "2020-09-01",
        "last_edi_1": "2020-09-01", "created_da": JANUARY,
    }  # fmt: skip
    path = drawn(tmp_path, [feature(WEST, "a", **of_the_record)], "zones_2020-08-15.geojson")
    assert held(path) == {"2020-08-15": {"a": KM2}}
    features = spans("from_date", "to_date")
    meant = profile_of(tmp_path, "until_properties = []")
    path = drawn(tmp_path, features[:1], "zones_2020-08-15.geojson")
    assert held(path, profile=meant) == {"2020-08-15": {"a": KM2}}
    numbers = [feature(WEST, "a", stop=7, thru_road="2 lanes", since=JANUARY)]
    path = drawn(tmp_path, numbers, "zones_2020-08-15.geojson")
    assert held(path) == {"2020-08-15": {"a": KM2}}


def test_columns_of_days_are_named_where_no_day_is_known(tmp_path):
    path = drawn(tmp_path, [feature(WEST, "a", debut=JANUARY, fin=JULY, km=7)])
    refused(path, "no day in the file name", "'debut', 'fin'", "--day-field", "--until-field")


def test_an_end_in_words_is_an_empty_cell(tmp_path, capsys):
    features = spans()
    features[0]["properties"]["valid_to"] = "present"
    refused(drawn(tmp_path, features), "an open end is an empty cell")
    path = drawn(tmp_path, [feature(WEST, "a", start_year=2019, title="x")])
    assert areas(path, "--day-field", "start_year") == 1
    assert "--until-field" in capsys.readouterr().err


def test_a_property_that_is_named_and_not_there_is_told(tmp_path, capsys):
    path = drawn(tmp_path, [feature(WEST, "a", date=JANUARY)])
    profile = profile_of(tmp_path, 'properties = ["date"]\nuntil_properties = ["bis"]')
    assert "no file has the property 'bis'" in told(path, profile=profile)["no-property"].detail
    named = drawn(tmp_path, [feature(WEST, "a", date=JANUARY)], "z_2020-02-01.geojson")
    assert areas(named, "--day-field", "dat") == 0
    assert "no file has the property 'dat'" in capsys.readouterr().err
    assert areas(named, "--status-field", "sure") == 0
    assert "no file has the property 'sure', so all zones" in capsys.readouterr().err
    assert areas(named) == 0  # of the profile zones, whose files may go without a status
    assert "no file has the property" not in capsys.readouterr().err


def test_a_map_of_a_day_between_two(tmp_path):
    path = str(drawn(tmp_path, spans()))
    out = tmp_path / "maps"
    words = ["map", path, "--profile", "zones", "--day", "2020-03-15"]
    assert cli._code([*words, "--out", str(out)]) == 0
    assert next(out.iterdir(), None) or out.is_file()


def test_days_that_are_all_refused_say_why(tmp_path, capsys):
    path = drawn(tmp_path, [feature(WEST, None, start="2020-01-01", end="2020-06-30"),
                            feature(WEST, "b", start="2020-07-01", end="")])  # fmt: skip
    assert areas(path, "--to", "2020-03-01") == 1
    assert "no actor in 'actor'" in capsys.readouterr().err


def test_two_columns_of_days_in_any_language_are_told(tmp_path, capsys):
    """Nothing reads them, so a day that is told stands for all features; not in silence."""
    both = [feature(WEST, "a", debut="2020-01-01", fin="2020-06-30")]
    assert areas(drawn(tmp_path, both), "--day", "2020-08-15") == 0
    assert "'debut' and 'fin' hold days and are not read" in capsys.readouterr().err
    numbers = [feature(WEST, "a", one=1577836800, two=1593475200)]
    assert areas(drawn(tmp_path, numbers), "--day", "2020-08-15") == 0
    assert "hold days" not in capsys.readouterr().err


def test_what_nzz_compares_over_is_no_span(tmp_path):
    """Its files are maps of a day, and say over which days gains and losses were compared."""
    days = {"_datefrom": "2022-04-26", "_dateto": "2022-04-30"}
    rows = [feature(WEST, "x", type="nochange", **days)]
    path = text_file(
        tmp_path / "2022-05-01.json",
        json.dumps({"value": {"type": "FeatureCollection", "features": rows}}),
    )
    assert loaded(path, profile="nzz").days == (date(2022, 5, 1),)


def test_a_number_below_1000_is_a_year_beside_later_ones_or_where_the_name_says_so(tmp_path):
    rows = [feature(WEST, "a", start=880, end=999), feature(WEST, "b", start=1000, end=1240)]
    assert held(drawn(tmp_path, rows)).keys() == {"0880-01-01", "1000-01-01"}
    named = [feature(WEST, "a", start_year=880, end_year=999)]
    path = drawn(tmp_path, named, "named.geojson")
    assert list(held(path, day_field="start_year", until_field="end_year")) == ["0880-01-01"]
    alone = [feature(WEST, "a", start=880, end=999)]
    with pytest.raises(InputError, match="no day in the file name"):
        held(drawn(tmp_path, alone, "alone.geojson"))

"""Days as files write them: in words, with dots, as unix times, at midnight of another zone."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import geopandas
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from test_formats import text_file
from test_spans import MIDDLE, WEST, drawn, feature, held, loaded, profile_of, refused, told

from territory.errors import InputError, TerritoryError
from territory.findings import FindingKind, Severity
from territory.read.day_order import order_of
from territory.read.moments import Moment, Order, midnights, moment_of, pattern_of
from territory.read.profile import read_profile
from territory.read.zones import read_series

KYIV = (timezone(timedelta(hours=2)), timezone(timedelta(hours=3)))  # winter, summer
UKRAINE = (22.0, 40.0)


def midnight(day, zone):
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def local_days(kind):
    """Return two local midnights in Kyiv, in winter and in summer, as some format has them."""
    days = date(2024, 2, 1), date(2024, 7, 1)
    found = [midnight(day, zone) for day, zone in zip(days, KYIV, strict=True)]
    return {
        "milliseconds": [int(each.timestamp() * 1000) for each in found],
        "seconds": [int(each.timestamp()) for each in found],
        "text": [each.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for each in found],
        "digits": [str(int(each.timestamp() * 1000)) for each in found],
    }[kind]


TWO = ["2024-02-01", "2024-07-01"]


# ---- words, dots, slashes -----------------------------------------------------------------


def table(folder, *days):
    rows = [
        f'{"ab"[n % 2]},{day},"{shapely.box(30 + n, 48, 31 + n, 49).wkt}"'
        for n, day in enumerate(days)
    ]
    return text_file(folder / "z.csv", "\n".join(["actor,date,WKT", *rows]))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("01.02.2024", date(2024, 2, 1)),
        ("1.2.2024", date(2024, 2, 1)),
        ("31.12.2024 18:00", date(2024, 12, 31)),
        ("1 Feb 2024", date(2024, 2, 1)),
        ("01 February 2024", date(2024, 2, 1)),
        ("1-feb-2024", date(2024, 2, 1)),
        ("1 Sept 2024", date(2024, 9, 1)),
        ("1 лютого 2024", date(2024, 2, 1)),
        ("1 лют. 2024 р.", date(2024, 2, 1)),
        ("1 февраля 2024 г.", date(2024, 2, 1)),
        ("1 فبراير 2024", date(2024, 2, 1)),
        ("١ كانون الثاني ٢٠٢٤", date(2024, 1, 1)),
        ("1er février 2024", date(2024, 2, 1)),
        ("1. März 2024", date(2024, 3, 1)),
        ("1 Feb 2024 14:30", date(2024, 2, 1)),
        ('"February 1, 2024"', date(2024, 2, 1)),
        ("2024/02/01", date(2024, 2, 1)),
        ("20240201", date(2024, 2, 1)),
        ("202402012359", date(2024, 2, 1)),
        ("2024-02-01T02:00:00+02:00", date(2024, 2, 1)),
    ],
)
def test_days_are_read_as_they_are_written(tmp_path, written, day):
    assert list(held(table(tmp_path, written))) == [str(day)]


@pytest.mark.parametrize("written", ["01/02/2024", "1/2/2024", "01-02-2024"])
def test_a_day_that_may_be_either_way_is_refused(tmp_path, written):
    path = table(tmp_path, "2024-01-01", written)
    refused(path, "feature 2", f"'{written}' in 'date'", "format = 'DD/MM/YYYY'")


@pytest.mark.parametrize(
    ("values", "days"),
    [
        (("01/02/2024", "13/02/2024"), ["2024-02-01", "2024-02-13"]),
        (("01-02-2024", "02-13-2024"), ["2024-01-02", "2024-02-13"]),
        (("2024-01-01", "13/02/2024"), ["2024-01-01", "2024-02-13"]),
    ],
)
def test_what_one_value_rules_out_is_ruled_out_for_its_column(tmp_path, values, days):
    path = table(tmp_path, *values)
    assert list(held(path)) == days
    about = told(path)["day-order"]
    assert f"'{values[1]}' allows no other" in about.detail
    assert about.severity is Severity.INFO


def test_one_value_speaks_for_all_files_of_a_folder(tmp_path):
    for number, day in enumerate(("01/02/2024", "13/02/2024")):
        (tmp_path / str(number)).mkdir()
        table(tmp_path / str(number), day)
    assert list(held(tmp_path)) == ["2024-02-01", "2024-02-13"]


def test_days_that_are_the_same_either_way_need_no_order(tmp_path):
    assert list(held(table(tmp_path, "02/02/2024", "03-03-2024"))) == ["2024-02-02", "2024-03-03"]


@pytest.mark.parametrize("values", [("13/02/2024", "02/13/2024"), ("01.02.2024", "02/13/2024")])
def test_days_that_contradict_one_another_are_refused(tmp_path, values):
    refused(
        table(tmp_path, *values), f"'{values[0]}' (DD/MM)", f"'{values[1]}' (MM/DD)", "contradict"
    )


def test_begins_and_ends_are_of_one_hand(tmp_path):
    features = [feature(WEST, "a", start="01/02/2024", end="05/02/2024"),
                feature(MIDDLE, "b", start="06/02/2024", end="13/02/2024")]  # fmt: skip
    assert list(held(drawn(tmp_path, features))) == ["2024-02-01", "2024-02-06"]


@pytest.mark.parametrize(
    ("names", "days"),
    [
        (("z_2024_02_01", "z 2024.07.01"), TWO),
        (("z_01.02.2024", "z_1.7.2024"), TWO),
        (("Map 1 Feb 2024", "map_July-1-2024"), TWO),
        (("карта 1 лютого 2024", "карта_1_июля_2024"), TWO),
        (("Karte 1. Februar 2024", "carte-1er-juillet-2024"), TWO),
        (("خريطة 1 شباط 2024", "خريطة 1 تموز 2024"), TWO),
        (("z_01-02-2024", "z_13-02-2024"), ["2024-02-01", "2024-02-13"]),
        (("z_01_02_2024", "z_02_13_2024"), ["2024-01-02", "2024-02-13"]),
        (("z_1706745600", "z_1719792000000"), TWO),
        (("2024020106", "z_2024070118"), TWO),  # hours behind, no unix time in 2034
        (("z_202402010630", "20240701T183000Z"), TWO),
    ],
)
def test_names_of_files_give_days_as_columns_do(tmp_path, names, days):
    for name in names:
        drawn(tmp_path, [feature(WEST, "a")], f"{name}.geojson")
    assert list(held(tmp_path)) == days


@pytest.mark.parametrize("written", [2022023006, "2022023006", "202202300615", 2023043124])
def test_a_day_with_hours_that_does_not_exist_is_no_unix_time(written):
    """They were days of 2034 and 1976."""
    assert moment_of(written) is None


def test_a_file_of_a_day_with_hours_that_does_not_exist_is_not_of_2034(tmp_path):
    drawn(tmp_path, [feature(WEST, "a")], "z_2022023006.geojson")
    refused(tmp_path, "no day in the file name")


def test_names_that_may_be_either_way_say_what_to_do(tmp_path):
    drawn(tmp_path, [feature(WEST, "a")], "z_01-02-2024.geojson")
    refused(tmp_path, "--day-format DD/MM/YYYY")
    profile = profile_of(tmp_path, 'format = "DD/MM/YYYY"')
    assert list(held(tmp_path / "z_01-02-2024.geojson", profile=profile)) == ["2024-02-01"]
    drawn(tmp_path, [feature(WEST, "a")], "z_13-02-2024.geojson")
    drawn(tmp_path, [feature(WEST, "a")], "z_02-13-2024.geojson")
    with pytest.raises(TerritoryError, match=r"'02-13-2024' \(MM/DD\).* contradict|contradict.*"):
        loaded(tmp_path)


@pytest.mark.parametrize(
    ("written", "text", "day"),
    [
        ("YY_MM_DD", "23_09_03", "2023-09-03"),
        ("DD_MM_YY", "23_09_03", "2003-09-23"),
        ("%d.%m.%y", "01.02.69", "1969-02-01"),
        ("DD.MM.YY", "01.02.68", "2068-02-01"),
    ],
)
def test_a_year_of_two_digits_is_read_where_its_place_is_named(tmp_path, written, text, day):
    profile = profile_of(tmp_path, f'format = "{written}"')
    path = drawn(tmp_path, [feature(WEST, "a")], f"Control_{text}.geojson")
    assert list(held(path, profile=profile)) == [day]
    in_column = profile_of(tmp_path, f'properties = ["date"]\nformat = "{written}"')
    assert list(held(table(tmp_path, text), profile=in_column)) == [day]


def test_a_year_of_two_digits_is_never_guessed_and_the_message_says_how(tmp_path):
    drawn(tmp_path, [feature(WEST, "a")], "Control_25_09_27.geojson")
    refused(tmp_path, "'25_09_27'", "--day-format YY_MM_DD or --day-format DD_MM_YY;")


@pytest.mark.parametrize(
    ("written", "day"), [("DD/MM/YYYY", "2024-02-01"), ("%m/%d/%Y", "2024-01-02")]
)
def test_the_format_is_said_by_the_profile(tmp_path, written, day):
    profile = profile_of(tmp_path, f'properties = ["date"]\nformat = "{written}"')
    assert list(held(table(tmp_path, "01/02/2024"), profile=profile)) == [day]
    refused(table(tmp_path, "2024-02-01"), "is not a day", profile=profile)


@pytest.mark.parametrize("written", ["31.02.2024", "01.13.2024", "01.02.24", "1 Ma 2024", "2024"])
def test_what_cannot_be_a_day_names_its_row(tmp_path, written):
    path = table(tmp_path, "01.02.2024", written)
    refused(path, "feature 2", f"'{written}' in 'date' is not a day")


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_every_way_of_writing_a_day_gives_the_same(day):
    written = (
        f"{day}",
        f"{day:%d.%m.%Y}",
        f"{day:%Y/%m/%d}",
        f"{day.day} {day:%B %Y}",
        f"{day:%b} {day.day}, {day.year}",
        f"{day:%Y%m%d}",
        f"{day}T23:59:59+05:00",
    )
    assert {moment_of(text).first for text in written} == {day}
    assert moment_of(f"{day:%d/%m/%Y}") is None
    assert moment_of(f"{day:%d/%m/%Y}", day_format="DD/MM/YYYY").first == day


@pytest.mark.parametrize(
    "wrong",
    ["DD/MM", "MM", "YY", "MM/YY", "DD/YYYY", "DD/MM/YYYY YYYY", "DD/MM/YYY", "DD/YY", "day"],
)
def test_a_format_names_day_month_and_year(wrong):
    with pytest.raises(ValueError, match="no format of days"):
        pattern_of(wrong)


@pytest.mark.parametrize(
    ("value", "written", "day"),
    [
        (1914, "YYYY", "1914-01-01"),
        (1914.0, "YYYY", "1914-01-01"),
        ("1914", "%Y", "1914-01-01"),
        ("1914-07", "YYYY-MM", "1914-07-01"),
        ("7/1914", "MM/YYYY", "1914-07-01"),
    ],
)
def test_of_a_year_or_a_month_whose_format_is_told_the_first_day_counts(value, written, day):
    found = moment_of(value, day_format=written)
    assert (f"{found.first}", f"{found.last}") == (day, day)


@pytest.mark.parametrize("value", [1914.5, "1914-07-01", "14", 20240131])
def test_what_is_more_or_less_than_a_year_is_none(value):
    assert moment_of(value, day_format="YYYY") is None


def test_names_of_day_columns_may_differ_in_case(tmp_path):
    features = [feature(WEST, "a", DATE="2024-02-01"), feature(MIDDLE, "b", DATE="2024-07-01")]
    assert list(held(drawn(tmp_path, features, "z_2024-01-01.geojson"))) == TWO
    features[0]["properties"]["DATE"] = "Q1"  # then it is another column
    assert list(held(drawn(tmp_path, features, "z_2024-01-01.geojson"))) == ["2024-01-01"]


# ---- midnight of another zone -------------------------------------------------------------


@pytest.mark.parametrize("kind", ["milliseconds", "seconds", "text", "digits"])
def test_local_midnight_is_the_day_that_begins(tmp_path, kind):
    features = [
        feature(shape, actor, date=value)
        for shape, actor, value in zip((WEST, MIDDLE), "ab", local_days(kind), strict=True)
    ]
    path = drawn(tmp_path, features)
    assert list(held(path)) == TWO
    finding = told(path)["local-midnight"]
    assert (finding.severity, finding.day) == (Severity.WARNING, None)
    assert "21:00 and 22:00 UTC" in finding.detail
    assert "utc_offset_hours = 3" in finding.detail


@pytest.mark.parametrize(("hours", "days"), [(0, ["2024-01-31", "2024-06-30"]), (3, TWO)])
def test_the_clock_is_said_by_the_profile(tmp_path, hours, days):
    features = [
        feature(shape, actor, date=value)
        for shape, actor, value in zip((WEST, MIDDLE), "ab", local_days("seconds"), strict=True)
    ]
    profile = profile_of(tmp_path, f'properties = ["date"]\nutc_offset_hours = {hours}')
    path = drawn(tmp_path, features)
    assert list(held(path, profile=profile)) == days
    assert "local-midnight" not in told(path, profile=profile)


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "csv", "fgb"])
def test_local_midnight_in_other_formats(tmp_path, suffix):
    frame = geopandas.GeoDataFrame(
        {"actor": ["a", "b"], "date": local_days("milliseconds")}, geometry=[WEST, MIDDLE], crs=4326
    )
    path = tmp_path / f"z.{suffix}"
    if suffix == "csv":
        pd.DataFrame({**frame[["actor", "date"]], "WKT": frame.geometry.to_wkt()}).to_csv(
            path, index=False
        )
    elif suffix == "parquet":
        frame["date"] = pd.to_datetime(frame["date"], unit="ms", utc=True)
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    assert list(held(path)) == TWO
    assert "local-midnight" in told(path)


def test_local_midnight_in_names_of_files(tmp_path):
    for value, shape in zip(local_days("seconds"), (WEST, MIDDLE), strict=True):
        drawn(tmp_path, [feature(shape, "a")], f"{value}.geojson")
    profile = profile_of(tmp_path, "file_name = '^(?P<unix>\\d{10})\\.'")
    (tmp_path / "z").mkdir()
    for path in tmp_path.glob("1*.geojson"):
        path.rename(tmp_path / "z" / path.name)
    assert list(held(tmp_path / "z", profile=profile)) == TWO
    assert "local-midnight" in told(tmp_path / "z", profile=profile)


@pytest.mark.parametrize(
    "times",
    [
        ["2024-01-31T12:00:00Z", "2024-06-30T12:00:00Z"],  # noon
        ["2024-01-31T20:00:00Z", "2024-06-30T19:00:00Z"],  # three in the afternoon in Washington
        ["2024-01-31T22:00:00Z", "2024-06-30T22:17:00Z"],  # as it was published
        ["2024-01-31T22:07:00Z", "2024-06-30T21:07:00Z"],
        ["2024-01-31T04:00:00Z", "2024-06-30T05:00:00Z"],  # midnight in the west is the same day
        ["2024-01-31T22:00:00", "2024-06-30T22:00:00"],  # no zone: as it is written
    ],
)
def test_other_times_stay_on_their_day(tmp_path, times):
    features = [
        feature(shape, actor, date=value)
        for shape, actor, value in zip((WEST, MIDDLE), "ab", times, strict=True)
    ]
    path = drawn(tmp_path, features)
    assert list(held(path)) == [each[:10] for each in times]
    assert "local-midnight" not in told(path)


def test_spans_from_the_first_to_the_last_second_of_days_in_kyiv(tmp_path):
    features = [
        feature(WEST, "a", start_datetime="2024-01-31T22:00:00Z", end_datetime=None),
        feature(
            MIDDLE,
            "b",
            start_datetime="2024-03-31T21:00:00Z",
            end_datetime="2024-06-30T20:59:59Z",
        ),
        feature(
            MIDDLE,
            "c",
            start_datetime="2024-01-31T22:00:00Z",
            end_datetime="2024-02-28T21:59:59.999Z",
        ),
    ]
    path = drawn(tmp_path, features)
    assert list(held(path)) == ["2024-02-01", "2024-02-29", "2024-04-01", "2024-07-01"]
    asked = (date(2024, 2, 28), date(2024, 6, 30))
    found = held(path, rule=asked)
    assert found["2024-02-28"].keys() == {"a", "c"}
    assert found["2024-06-30"].keys() == {"a", "b"}


@given(st.lists(st.dates(date(1980, 1, 1), date(2030, 1, 1)), min_size=1), st.integers(1, 3))
def test_midnights_of_a_zone_are_found_and_give_its_days(days, hours):
    zone = timezone(timedelta(hours=hours))
    moments = [moment_of(int(midnight(day, zone).timestamp() * 1000)) for day in days]
    (clock,) = midnights(moments, lambda: UKRAINE)
    assert clock == 86_400 - 3_600 * hours
    assert [each.shifted(3_600 * hours).first for each in moments] == days


def test_clocks_of_zones_further_east_count_where_the_ground_lies_there():
    manila = [Moment(date(2024, 1, 1), date(2024, 1, 1), 16 * 3_600, is_utc=True)]
    assert midnights(manila, lambda: (120.0, 125.0))
    assert not midnights(manila, lambda: UKRAINE)


def test_json_of_a_server_is_read_with_its_milliseconds(tmp_path):
    content = {
        "type": "FeatureCollection",
        "features": [feature(WEST, "a", Start_Date=local_days("milliseconds")[0], End_Date=None)],
    }
    path = text_file(tmp_path / "z.geojson", json.dumps(content))
    assert list(held(path)) == ["2024-02-01"]
    assert loaded(path).days == (date(2024, 2, 1),)


# ---- A day that is told, of files that say theirs ------------------------------------------


def _dated(folder, *days, of_features=True):
    for day in days:
        own = {"day": day} if of_features else {}
        frame = geopandas.GeoDataFrame(
            [{"actor": day, **own}], geometry=[shapely.box(37, 48, 37.5, 48.5)], crs=4326
        )
        frame.to_file(folder / f"zones_{day}.geojson")
    return (str(folder),)


@pytest.mark.parametrize("of_features", [True, False])
def test_of_files_that_say_their_day_those_of_the_day_told_count(tmp_path, of_features):
    paths = _dated(tmp_path, "2024-01-01", "2024-02-01", "2024-03-01", of_features=of_features)
    series = read_series(paths, read_profile("zones"), day=date(2024, 2, 1))
    assert [(raw.day, raw.holders[0].actor) for raw in series.raws] == [
        (date(2024, 2, 1), "2024-02-01")
    ]
    [finding] = [each for each in series.findings if each.kind == FindingKind.DAY_DIFFERS]
    assert finding.detail == "2 files of other days left aside, as 2024-02-01 is told"


def test_a_day_that_none_of_several_files_says_is_refused(tmp_path):
    paths = _dated(tmp_path, "2024-01-01", "2024-02-01")
    with pytest.raises(InputError, match="no file is of 2024-01-15; they say days from 2024-01-01"):
        read_series(paths, read_profile("zones"), day=date(2024, 1, 15))


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["02/02/2024", "03/03/2024"], Order.DAY_FIRST),  # the same days in either order
        (["02/02/2024", "", "no day"], Order.DAY_FIRST),  # what is no day says nothing
        (["01/02/2024", "02/02/2024"], None),  # one of them is not the same, wherever it stands
        (["02/02/2024", "01/02/2024"], None),
        (["01/02/2024", "13/02/2024"], Order.DAY_FIRST),
        (["01/02/2024", "02/13/2024"], Order.MONTH_FIRST),
        (["02/13/2024", "1.2.2024"], None),  # with dots the day stands first
    ],
)
def test_an_order_is_what_all_values_allow(values, order):
    assert order_of(values).order == order


# ---- several maps of one day in one file ---------------------------------------------------


def of_times(folder, *rows, text="2024-01-01T{}:00"):
    """Return what is warned of zones (who, hour, west, east) that lie in one file."""
    lines = [
        f'{who},{text.format(hour)},"{shapely.box(west, 48, east, 49).wkt}"'
        for who, hour, west, east in rows
    ]
    path = text_file(folder / "z.csv", "\n".join(["actor,date,geometry", *lines]))
    series = read_series((str(path),), read_profile("zones"))
    found = [each for raw in series.raws for each in raw.findings]
    return [each for each in found if each.kind is FindingKind.OWN_OVERLAP]


def test_a_zone_as_of_two_times_of_a_day_is_told_with_what_differs(tmp_path):
    (found,) = of_times(tmp_path, ("A", "06:00", 30, 32), ("A", "18:00", 30, 31))
    assert found.severity is Severity.WARNING
    assert found.day == date(2024, 1, 1)
    assert "zones of A stand there as of several times of the day (06:00 and 18:00)" in found.detail
    assert found.km2 == pytest.approx(8217.732, rel=1e-6)  # one degree by one


@pytest.mark.parametrize(
    "rows",
    [
        [("A", "06:00", 30, 31), ("A", "18:00", 31, 32)],  # beside one another: two zones
        [("A", "06:00", 30, 31), ("A", "18:00", 30.999, 32)],  # drawn a little over it
        [("A", "06:00", 30, 31), ("A", "18:00", 30, 31)],  # the same ground
        [("A", "06:00", 30, 32), ("A", "06:00", 30, 31)],  # of one time
        [("A", "06:00", 30, 32), ("B", "18:00", 30, 31)],  # told as an overlap of two holders
    ],
)
def test_zones_with_times_of_their_own_are_nothing_to_tell(tmp_path, rows):
    assert not of_times(tmp_path, *rows)


def test_zones_of_two_days_are_nothing_to_tell(tmp_path):
    rows = ("A", "01T06:00", 30, 32), ("A", "02T18:00", 30, 31)
    assert not of_times(tmp_path, *rows, text="2024-01-{}:00")

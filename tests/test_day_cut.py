"""Several snapshots a day, cut at a time of day: which one counts for which day."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely

import territory as tt
from territory.claims.figures import iso_day
from territory.cli import _code
from territory.errors import InputError
from territory.job.load import load_series
from territory.job.spec import Job, SeriesSpec, UncertaintySpec
from territory.read.profile import DayRule, read_profile
from territory.read.text_files import read_toml

# Snapshots by day and hour (at 12 minutes past), each a tenth of a degree wider than the last.
HOURS = ((10, 9), (10, 20), (11, 9), (11, 13), (11, 20), (12, 8))
ONE_KM2 = 82.896676  # of the first


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    for number, (day, hour) in enumerate(HOURS, start=1):
        unix = int(datetime(2022, 11, day, hour, 12, tzinfo=UTC).timestamp())
        write(folder / f"{unix}.geojson", number, {"fill": "#a52714"})
    return folder


def write(path: Path, number: int, properties):
    box = shapely.box(37, 48, 37 + number / 10, 48.1)
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": json.loads(shapely.to_geojson(box)),
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))


def snapshots(folder, **more):
    """Return which snapshot, counted from 1, stands for each day."""
    spec = SeriesSpec(profile="deepstate-raw", path=str(folder), **more)
    found = load_series(
        spec, folder, areas={}, rule="all", more_days=(), uncertainty=UncertaintySpec()
    )
    base = found.ensemble.base
    held = {day: base.km2(base.held_by[n] > 0) / ONE_KM2 for n, day in enumerate(base.days)}
    return {day.day: round(number) for day, number in held.items()}, found.findings


@pytest.mark.parametrize(
    ("cut", "wanted"),
    [
        ("", {10: 2, 11: 5, 12: 6}),  # a day ends at midnight
        ("14:00", {10: 1, 11: 4, 12: 6}),
        ("13:12", {10: 1, 11: 4, 12: 6}),  # at the very minute
        ("13:11", {10: 1, 11: 3, 12: 6}),  # 13:12 and 20:12 are of the next day
        ("14:00Z", {10: 1, 11: 4, 12: 6}),
        ("14:00+02:00", {10: 1, 11: 3, 12: 6}),  # noon in UTC
        ("23:59", {10: 2, 11: 5, 12: 6}),
        ("08:00", {11: 2, 12: 5, 13: 6}),  # all of a day are of the next
    ],
)
def test_of_each_day_the_last_snapshot_until_the_cut_counts(raw, cut, wanted):
    found, _ = snapshots(raw, cut=cut)
    assert found == wanted


def test_findings_list_the_times(raw):
    _, findings = snapshots(raw, cut="14:00")
    details = [f.detail for f in findings if f.kind == "several-snapshots"]
    assert details[0].startswith("days are cut at 14:00 UTC: the last snapshot until then counts")
    assert details[1].endswith("they are of 2022-11-10 20:12, 09:12, 13:12 UTC")
    _, findings = snapshots(raw)
    [first, _] = [f.detail for f in findings if f.kind == "several-snapshots"]
    assert first.endswith("they are of 09:12, 20:12 UTC")


def test_the_clock_of_days_is_that_of_the_cut_or_of_the_publisher():
    moment = datetime(2022, 11, 11, 23, 30, tzinfo=UTC)
    assert DayRule(file_name=r"(?P<unix>\d+)").day_of(moment) == date(2022, 11, 11)
    east = DayRule(file_name=r"(?P<unix>\d+)", utc_offset_hours=2)
    assert east.day_of(moment) == date(2022, 11, 12)
    cut = DayRule(file_name=r"(?P<unix>\d+)", utc_offset_hours=2, cut="01:00")
    assert cut.day_of(moment) == date(2022, 11, 13)  # 01:30 there
    assert cut.cut_words == "01:00 UTC+02:00"


def test_names_may_give_hour_and_minute(tmp_path):
    profile = tmp_path / "mine.toml"
    profile.write_text(
        'name = "mine"\nlabel_properties = ["actor"]\n[day]\ncut = "14:00"\n'
        r"file_name = '(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
        r"T(?P<hour>\d{2})(?P<minute>\d{2})'"
    )
    for number, name in enumerate(("2022-11-11T0900", "2022-11-11T1400", "2022-11-11T1401"), 1):
        write(tmp_path / f"{name}.geojson", number, {"actor": "A"})
    with pytest.warns(tt.TerritoryWarning):
        history = tt.read(tmp_path / "*.geojson", profile=profile)
    assert [str(day) for day in history.days] == ["2022-11-11", "2022-11-12"]
    km2 = history.areas().query("actor == 'A'").km2
    assert (km2 / ONE_KM2).round().tolist() == [2, 3]


def test_a_day_of_the_command_line_may_be_a_time(raw, capsys):
    words = ["change", str(raw), "--profile", "deepstate-raw"]
    plain = ["--from", "2022-11-10", "--to", "2022-11-11"]
    timed = ["--from", "2022-11-10T14:00", "--to", "2022-11-11T14:00"]
    answers = []
    for more in ([*plain, "--cut", "14:00"], timed, [*timed[:3], "2022-11-11"], plain):
        assert _code([*words, *more]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1] == answers[2] != answers[3]


@pytest.mark.parametrize(
    ("more", "code", "problem"),
    [
        (["--from", "2022-11-10T14:00", "--to", "2022-11-11T15:00"], 2, "not at 14:00 and 15:00"),
        (["--from", "2022-11-10T14:00", "--to", "2022-11-11", "--cut", "15:00"], 2, "at one time"),
        (["--from", "2022-11-10T25:00", "--to", "2022-11-11"], 1, "--cut 25:00 is no time of day"),
        (["--from", "2022-11-10", "--to", "2022-11-11", "--cut", "noon"], 1, "no time of day"),
    ],
)
def test_times_that_mean_nothing(raw, capsys, more, code, problem):
    assert _code(["change", str(raw), "--profile", "deepstate-raw", *more]) == code
    assert problem in " ".join(capsys.readouterr().err.split())


def test_a_series_without_times_cannot_be_cut(tmp_path):
    write(tmp_path / "2022-11-11.geojson", 1, {"actor": "A"})
    with pytest.raises(InputError, match="needs the time of every snapshot in the name of"):
        tt.read(tmp_path, profile="zones", cut="14:00")
    with pytest.raises(InputError, match=r"'cut' \(for drawn zones\) does nothing under"):
        tt.read(tmp_path, profile="places", cut="14:00")


def test_a_job_names_the_cut(tmp_path):
    job = tmp_path / "job.toml"
    job.write_text('[[series]]\nprofile = "deepstate-raw"\npath = "raw"\ncut = "14:00+02:00"\n')
    assert read_toml(job, Job).series[0].cut == "14:00+02:00"
    assert read_profile("deepstate-raw").day.cut == ""


def test_a_claim_is_about_days():
    with pytest.raises(ValueError, match="the time of day is that of the series: cut = 'HH:MM'"):
        iso_day("2022-11-11T14:00")

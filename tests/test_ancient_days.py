"""Days before the year 1: as numbers, in files, and in everything that is written."""

import copy
import json
import pickle
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from squares import history_of, squares
from test_spans import MIDDLE, WEST, drawn, feature, held, loaded, told

import territory as tt
from territory.ancient_days import AncientDay, day_from_iso, day_on, days_after
from territory.cli import _code
from territory.errors import InputError, TerritoryWarning
from territory.maps.map_text import Words
from territory.measure.redraw_lag import lag_variance
from territory.quality.missing_days import far_days
from territory.read.moments import moment_of

BC_500 = "-0499-01-01"
PROFILE = (
    'name = "p"\nlabel_properties = ["NAME"]\n[day]\nfile_name = "(?P<bc>bc)?(?P<year>\\\\d+)"\n'
)


@given(st.integers(-900_000, 4_000), st.integers(1, 12), st.integers(1, 28), st.integers(0, 10**6))
def test_the_calendar_goes_on_backwards(year, month, day, later):
    """The oracle counts the days of years one cycle of 400 at a time."""
    made = day_on(year, month, day)
    cycles = max(0, -year // 400 + 1)
    twin = date(year + 400 * cycles, month, day) if cycles else made
    assert (made.year, made.month, made.day) == (year, month, day)
    assert made.toordinal() == twin.toordinal() - cycles * 146_097
    assert made.weekday() == twin.weekday()
    assert isinstance(made, AncientDay) == (year < 1)
    assert day_from_iso(str(made)) == made
    after = made + timedelta(later)
    assert (after - made).days == later
    assert days_after(after, -later) == made
    assert (made < after, made == after) == (later > 0, later == 0)


def test_a_day_stays_what_it_is():
    old, new = day_on(-499, 1, 1), date(1914, 1, 1)
    assert sorted([new, old]) == [old, new]
    assert (old < new, new > old, old > new, new < old, old == new) == (
        True,
        True,
        False,
        False,
        False,
    )
    assert (new - old).days == -(old - new).days == 881_330
    assert pickle.loads(pickle.dumps(old)) == copy.deepcopy(old) == old
    assert {old: 1}[day_on(-499, 1, 1)] == 1
    assert f"{old}" == str(old) == old.isoformat() == BC_500
    assert f"{old:%d.%m.%Y}" == "01.01.-0499"
    assert old.replace(year=2024) == date(2024, 1, 1)
    assert day_on(0, 2, 29) < date(1, 1, 1)
    for wrong in ((-1, 2, 29), (-(10**6), 1, 1)):
        with pytest.raises(ValueError, match=r"day is out of range|lies before"):
            day_on(*wrong)


def test_days_with_a_minus_are_read():
    assert str(moment_of(BC_500).first) == BC_500
    assert str(moment_of("-0043", partial=True).last) == "-0043-12-31"
    assert str(moment_of("0000-12", partial=True).first) == "0000-12-01"
    assert moment_of("-499-01-01") is None


@pytest.fixture
def world(tmp_path):
    (tmp_path / "p.toml").write_text(PROFILE, encoding="utf-8")
    one, other = feature(WEST, "a", NAME="Red"), feature(MIDDLE, "b", NAME="Blue")
    drawn(tmp_path, [one, other], "world_1914.geojson")
    drawn(tmp_path, [{**one, "properties": {"NAME": "Blue"}}, other], "world_bc500.geojson")
    return tmp_path


def test_years_before_christ_stand_in_names_of_files(world):
    by_day = held(world, profile=world / "p.toml")
    assert list(by_day) == [BC_500, "1914-01-01"]
    assert set(by_day[BC_500]) == {"Blue"}
    assert "far-day" not in told(world, profile=world / "p.toml")


def test_all_verbs_take_such_days(world, capsys):
    call = [str(world), "--profile", str(world / "p.toml")]
    assert _code(["areas", *call, f"--days={BC_500}"]) == 0
    assert f"\n{BC_500},Blue,held," in capsys.readouterr().out
    assert _code(["change", *call, "--from", BC_500, "--to", "1914-01-01"]) == 0
    assert f"\n{BC_500},1914-01-01,Blue,Red," in capsys.readouterr().out
    assert _code(["inspect", *call]) == 0
    assert f"2 days from {BC_500} to 1914-01-01" in capsys.readouterr().err
    with pytest.raises(InputError, match="no snapshot"):
        loaded(world, profile=world / "p.toml", rule=(day_on(-500, 1, 1),))


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "geojson", "kml", "csv"])
def test_what_is_written_keeps_such_days(world, tmp_path, suffix):
    (tmp_path / "w").mkdir()
    out = tmp_path / "w" / f"s.{suffix}"
    call = ["convert", str(world / "world_*.geojson"), "--profile", str(world / "p.toml")]
    assert _code([*call, "--out", str(out)]) == 0
    by_day = held(out, profile="spells")
    assert list(by_day) == [BC_500, "1914-01-01"]
    assert set(by_day[BC_500]) == {"Blue"}


def test_a_job_writes_such_days(world):
    job = world / "job.toml"
    job.write_text(
        f'[series]\nprofile = "p.toml"\npath = "world_*.geojson"\n[days]\nfirst_day = "{BC_500}"\n',
        encoding="utf-8",
    )
    tt.run(job, out=world / "out")
    assert set(pd.read_csv(world / "out" / "areas.csv").day) == {BC_500, "1914-01-01"}
    spells = gpd.read_file(world / "out" / "history.gpkg", layer="spells")
    assert BC_500 in set(spells.valid_from)
    assert "1 January 500 BC" in (world / "out" / "report.html").read_text(encoding="utf-8")
    assert (world / "out" / "maps" / f"{BC_500}.png").is_file()


def test_python_gives_such_days(world):
    with pytest.warns(TerritoryWarning, match=f"none on {BC_500}"):
        history = tt.read(str(world / "world_*.geojson"), profile=str(world / "p.toml"))
    assert [str(day) for day in history.days] == [BC_500, "1914-01-01"]
    assert history.areas().day.astype(str).str[:11].iloc[0].startswith("-499-01-01")


def test_words_say_the_era():
    assert Words("en").day(day_on(-499, 1, 1)) == "1 January 500 BC"
    assert Words("fr").day(day_on(0, 3, 2)).endswith("1 av. J.-C.")


def test_no_slip_of_a_digit_writes_bc():
    days = [day_on(-499, 1, 1), date(2024, 1, 1), date(2024, 2, 1)]
    assert not list(far_days(days, {}))
    assert len(list(far_days([*days, date(2202, 1, 1)], {}))) == 1
    assert len(list(far_days([date(1924, 1, 3), date(2024, 1, 1), date(2024, 1, 2)], {}))) == 1


def test_spans_of_such_years(tmp_path):
    rows = [
        {**feature(shapely.box(30, 46, 31, 47), "Rome", start_date="-0509", end_date="-0026")},
        {**feature(shapely.box(31, 46, 32, 47), "Rome", start_date="-0043-03-15", end_date="0014")},
    ]
    path = tmp_path / "ohm.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    assert list(held(path)) == ["-0509-01-01", "-0043-03-15", "-0025-01-01"]


@pytest.mark.parametrize("lag_days", [4.0, 30.0])
def test_maps_of_ancient_days_are_late_as_others_are(lag_days):
    """The calendar of 400 years later is the same."""
    found = []
    for year in (-99, 301):
        history = replace(
            history_of(squares("AAB"), squares("ABB"), squares("BBB")),
            days=tuple(day_on(year, 1, n) for n in (1, 11, 14)),
        )
        held = partial(_held_by_first, history)
        find = partial(lag_variance, held, history=history, lag_days=lag_days)
        found.append([float(find((each,))) for each in history.days])
    assert found[0] == found[1]
    assert min(found[0]) > 0


def _held_by_first(history, periods):
    return history.held_km2([day for (day,) in periods])[:, 1:2]

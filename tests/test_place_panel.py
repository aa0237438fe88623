"""Places with a row for each day: the changes that follow, and between which days they lie."""

from datetime import date

import pandas as pd
import pytest
from test_formats import text_file

import territory as tt
from territory.cli import _code
from territory.errors import TerritoryError, TerritoryWarning
from territory.history.places import UNKNOWN
from territory.read.place_panel import read_panel
from territory.read.units import UnitFields

# Three places, a degree apart:  A | B | C, and D to the north
PLACES = (
    "place_id,name,lat,lon\nA,Aleph,46.5,30.5\nB,Beth,46.5,31.5\nC,Gimel,46.5,32.5\n"
    "D,Daleth,46.9,31.5\n"
)
HEAD = "place_id,day,holder\n"
FIRST = "A,2024-01-01,red\nB,2024-01-01,red\nC,2024-01-01,blue\nD,2024-01-01,blue\n"
NOWHERE = (30, 46, 33, 47)


def files(folder, table, name="control.csv"):
    text_file(folder / name, table)
    return text_file(folder / "places.csv", PLACES)


def series_of(folder, rows, **fields):
    places = files(folder, rows)
    return read_panel(places, [folder / "control.csv"], UnitFields(**fields))


def ranges(series):
    return [(e.place, str(e.earliest), str(e.latest), e.giver, e.taker) for e in series.events]


def test_a_change_lies_after_one_row_and_until_the_next(tmp_path):
    more = "B,2024-01-11,blue\nA,2024-01-05,red\nA,2024-01-06,blue\n"
    series, _ = series_of(tmp_path, HEAD + FIRST + more)
    assert sorted(ranges(series)) == [
        ("A", "2024-01-06", "2024-01-06", "red", "blue"),
        ("B", "2024-01-02", "2024-01-11", "red", "blue"),
    ]
    assert (series.first_day, series.last_day) == (date(2024, 1, 1), date(2024, 1, 11))


def test_a_row_without_a_holder_says_nothing(tmp_path):
    more = "B,2024-01-05,\nB,2024-01-09,blue\n"
    series, _ = series_of(tmp_path, HEAD + FIRST + more)
    assert ranges(series) == [("B", "2024-01-02", "2024-01-09", "red", "blue")]


def test_a_place_without_a_row_on_the_first_day_is_unknown_then(tmp_path):
    rows = FIRST.replace("D,2024-01-01,blue\n", "") + "D,2024-01-03,blue\n"
    series, _ = series_of(tmp_path, HEAD + rows)
    assert series.starts["D"].actor == UNKNOWN
    assert ranges(series) == [("D", "2024-01-03", "2024-01-03", UNKNOWN, "blue")]


def test_columns_and_labels_are_as_the_table_has_them(tmp_path):
    rows = "settlement,DATE,status\n" + "".join(
        f"{place},{day:02d}.01.2024,{label}\n"
        for day, labels in ((1, "RRUU"), (2, "RUUU"))
        for place, label in zip("ABCD", ({"R": "RU", "U": "UA"}[x] for x in labels), strict=True)
    )
    series, _ = series_of(tmp_path, rows, unit="settlement", actor="status")
    assert ranges(series) == [("B", "2024-01-02", "2024-01-02", "RU", "UA")]


def areas_of(folder, *options):
    call = ["areas", str(folder / "places.csv"), "--profile", "places", *options]
    return _code([*call, "--area", ",".join(map(str, NOWHERE))])


def test_a_panel_is_read_by_option_by_job_in_python_and_when_it_lies_beside(tmp_path, capsys):
    files(tmp_path, HEAD + FIRST + "B,2024-01-02,blue\n")
    assert areas_of(tmp_path) == 0
    beside = capsys.readouterr().out
    assert areas_of(tmp_path, "--holders", str(tmp_path / "control.csv")) == 0
    assert capsys.readouterr().out == beside
    text_file(
        tmp_path / "job.toml",
        '[series]\nprofile = "places"\npath = "places.csv"\nholders = "control.csv"\n[area]\n'
        f"here = {list(NOWHERE)}\n[maps]\nenabled = false\n[report]\nenabled = false\n",
    )
    tt.run(tmp_path / "job.toml", out=tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "areas.csv")
    of_job = table[table.area == "here"].km2.round(3).tolist()
    with pytest.warns(TerritoryWarning, match="no gazetteer"):
        history = tt.read(
            tmp_path / "places.csv",
            profile="places",
            holders=str(tmp_path / "control.csv"),
            extent=NOWHERE,
        )
    rows = [row.split(",") for row in beside.splitlines()[1:]]
    in_python = history.areas().km2.round(3).tolist()
    assert [round(float(row[3]), 3) for row in rows] == of_job == in_python
    first, last = (
        sum(float(row[3]) for row in rows if row[:2] == [day, "red"])
        for day in ("2024-01-01", "2024-01-02")
    )
    assert first > last > 0


def test_inspect_lists_the_changes_even_of_places_on_a_line(tmp_path, capsys):
    files(tmp_path, HEAD + FIRST.replace("D,2024-01-01,blue\n", "") + "B,2024-01-02,blue\n")
    text_file(tmp_path / "places.csv", PLACES.rsplit("D,", 1)[0])
    assert _code(["inspect", str(tmp_path / "places.csv"), "--profile", "places"]) == 0
    told = capsys.readouterr()
    assert "changes that follow: 1 (B red to blue between 2024-01-01 and 2024-01-02)" in told.out
    assert "the places lie on a line" in told.err
    assert _code(["areas", str(tmp_path / "places.csv"), "--profile", "places"]) == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("E,2024-01-01,red\n", "control.csv, line 6: unknown unit: 'E'; no place in the file"),
        ("A,2024-01-01,blue\n", "line 6: a second row for this day and unit, with another holder"),
        ("A,1/2/2024,red\n", "line 6: '1/2/2024' in 'day' is not a day"),
        ("A,2024-01-02\n", "line 6: 2 cells where the header has 3"),
    ],
)
def test_bad_rows_name_their_line(tmp_path, rows, message):
    with pytest.raises(TerritoryError) as caught:
        series_of(tmp_path, HEAD + FIRST + rows)
    assert message in str(caught.value)


def test_a_panel_and_starting_holders_say_the_same_twice(tmp_path, capsys):
    files(tmp_path, HEAD + FIRST)
    text_file(
        tmp_path / "job.toml",
        '[series]\nprofile = "places"\npath = "places.csv"\nholders = "control.csv"\n'
        'state = "s.csv"\n',
    )
    assert _code(["run", str(tmp_path / "job.toml"), "--out", str(tmp_path / "out")]) == 1
    assert "'state' does nothing beside 'holders'" in capsys.readouterr().err

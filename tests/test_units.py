"""Fixed units whose holders change: tables by hand, and a large coverage."""

import gzip
import json
import zipfile
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import territory as tt
from territory.cli import _code
from territory.errors import OverlapError, TerritoryError, TerritoryWarning
from territory.geometry.projection import EqualArea
from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder, Status
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.measure.change import areas_by_day, transition_matrix
from territory.read.profile import read_profile
from territory.read.units import read_holders

HEAD = "unit,day,actor,status\n"
# north | south
TABLE = HEAD + "n,2018-01-01,a,\ns,2018-01-03,b,claimed\nn,2018-01-03,,\n"


def units_file(folder: Path, *boxes: tuple[str, tuple[float, float, float, float]]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"id": name},
            "geometry": json.loads(shapely.to_geojson(shapely.box(*box))),
        }
        for name, box in boxes
    ]
    path = folder / "units.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


TWO = (("n", (37, 36, 38, 37)), ("s", (37, 35, 38, 36)))


def loaded(folder: Path, table: str, *boxes, rule="all"):
    (folder / "holders.csv").write_text(table, encoding="utf-8")
    spec = SeriesSpec(profile="units", path=units_file(folder, *(boxes or TWO)))
    return load_series(
        spec, folder, areas={}, rule=rule, more_days=(), uncertainty=UncertaintySpec()
    )


def test_a_row_counts_until_the_next(tmp_path):
    found = loaded(tmp_path, TABLE)
    history = found.ensemble.base
    assert history.days == (date(2018, 1, 1), date(2018, 1, 3))
    assert history.holders == (NOBODY, Holder("a"), Holder("b", Status.CLAIMED))
    north, south = history.area_m2 / 1e6
    assert areas_by_day(history).tolist() == [
        pytest.approx([south, north, 0]),
        pytest.approx([north, 0, south]),
    ]
    assert transition_matrix(history, *history.days).sum() == pytest.approx(north + south)
    assert not history.outside_is_nobody


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("unit,day\n", "holders.csv, line 1: no column 'actor'"),
        (HEAD, "no row in the table"),
        (HEAD + "x,2018-01-01,a,\n", "line 2: unknown unit: 'x'"),
        (HEAD + "n,2018-01-01,a,\nn,1/2/2018,a,\n", "line 3: '1/2/2018' in 'day' is not a day"),
        (
            HEAD + "n,13/1/2018,a,\ns,1/13/2018,a,\n",
            "line 2: '13/1/2018' in 'day' is not a day: '13/1/2018' (DD/MM) and '1/13/2018' (MM/DD)"
            " contradict one another",
        ),
        (HEAD + "n,2018-01-01,a\n", "line 2: 3 cells where the header has 4"),
        (HEAD + ",2018-01-01,a,\n", "line 2: no unit: ''"),
        (HEAD + "n,2018-01-01,,\n", "column 'actor' is empty on every row"),
        (HEAD + "n,2018-01-01,a,\nn,2018-01-01,b,\n", "line 3: a second row"),
        (HEAD + "n,2018-01-01,a,mine\n", "line 2: unknown status: 'mine'"),
        ("", "line 1: the file is empty or has no header"),
        ("unit;day;actor\nn;2018-01-01;b\n", "line 1: cells are separated by semicolons, not by"),
    ],
)
def test_bad_tables(tmp_path, table, message):
    with pytest.raises(TerritoryError) as caught:
        loaded(tmp_path, table)
    assert message in str(caught.value)


def test_a_rule_whose_pattern_looks_like_the_label_is_told_how_to_write_it(tmp_path):
    units_file(tmp_path, *TWO)
    table = HEAD + "n,2018-01-01,b?,\ns,2018-01-01,b?,\n"
    (tmp_path / "holders.csv").write_text(table, encoding="utf-8")
    profile = tmp_path / "mine.toml"
    rule = "name = 'mine'\n[units]\n[[rule]]\nactor = 'b'\nlabel = '{}'\n"
    profile.write_text(rule.format("b?"), encoding="utf-8")
    with pytest.raises(TerritoryError, match=r"is a pattern: write label = 'b\\\?'"):
        tt.read(tmp_path / "units.geojson", profile=profile)
    profile.write_text(rule.format(r"b\?"), encoding="utf-8")
    assert "b" in {*tt.read(tmp_path / "units.geojson", profile=profile).areas().actor}


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ((("n", (37, 36, 38, 37)), ("n", (37, 35, 38, 36))), "feature 2: unit 'n' stands twice"),
        ((("n", (37, 36, 38, 37)), ("", (37, 35, 38, 36))), "feature 2: no unit in 'id'"),
    ],
)
def test_bad_units(tmp_path, boxes, message):
    with pytest.raises(TerritoryError, match=message):
        loaded(tmp_path, TABLE, *boxes)


def test_units_must_not_overlap(tmp_path):
    with pytest.raises(OverlapError, match="units 1 and 2 overlap"):
        loaded(tmp_path, TABLE, ("n", (37, 35.5, 38, 37)), ("s", (37, 35, 38, 36)))


def test_many_units_and_days(tmp_path):
    """33,000 cells by 1,500 days; the oracle replays the changes one by one."""
    random = np.random.default_rng(1)
    units, days, changes = 33_000, 1_500, 40_000
    names = tuple(map(str, range(units)))
    first = date(2014, 1, 1)
    rows = {(unit, 0): "abc"[unit % 3] for unit in range(units)}
    for unit, day, actor in zip(
        random.integers(units, size=changes),
        random.integers(1, days, size=changes),
        random.choice(list("abc"), size=changes),
        strict=True,
    ):
        rows[int(unit), int(day)] = str(actor)
    text = "".join(f"{u},{first + timedelta(days=d)},{a}\n" for (u, d), a in rows.items())
    path = tmp_path / "holders.csv"
    path.write_text("unit,day,actor\n" + text, encoding="utf-8")
    found = read_holders([path], names, read_profile("units"))
    history = from_coverage(
        np.array([shapely.box(i, 0, i + 1, 1) for i in range(units)]),
        found.held_by,
        days=found.days,
        holders=found.holders,
        projection=EqualArea(0.0, 0.0),
    )
    held = [rows[unit, 0] for unit in range(units)]
    for (unit, _), actor in sorted(rows.items(), key=lambda item: item[0][1]):
        held[unit] = actor
    last = areas_by_day(history.at_days((found.days[-1],)))[0] * 1e6
    counted = {str(holder): round(m2) for holder, m2 in zip(found.holders, last, strict=True)}
    assert counted == {"nobody": 0, **{actor: held.count(actor) for actor in "abc"}}
    matrix = transition_matrix(history, found.days[0], found.days[-1])
    assert matrix.sum() * 1e6 == pytest.approx(units)


# ---- Other people's tables: columns by name, labels by rules ---------------------------------

# A row of four cells as VIINA publishes them:  0 | 1 | 2 | 3
#   1 January: RU UA UA CONTESTED    2 January: RU RU UA CONTESTED    3 January: RU RU RU CONTESTED
CELLS = tuple((str(690_000 + n), (36 + n / 10, 48, 36.1 + n / 10, 48.1)) for n in range(4))
VIINA_HEAD = "geonameid,date,status_wiki,status_boost,status_dsm,status_isw,status\n"
VIINA = VIINA_HEAD + "".join(
    f"{690_000 + n},2025010{day},{label},,,UA,{label}\n"
    for day, labels in ((1, "RUUC"), (2, "RRUC"), (3, "RRRC"))
    for n, label in enumerate({"R": "RU", "U": "UA", "C": "CONTESTED"}[each] for each in labels)
)


def viina(folder: Path, table: str = VIINA, name: str = "control_latest_2025.csv") -> Path:
    features = json.loads(Path(units_file(folder, *CELLS)).read_text(encoding="utf-8"))
    for each in features["features"]:
        each["properties"] = {"geonameid": int(each["properties"]["id"]), "asciiname": "P"}
    (folder / "units.geojson").unlink()
    (folder / "gn_UA_tess.geojson").write_text(json.dumps(features), encoding="utf-8")
    (folder / name).write_text(table, encoding="utf-8")
    return folder / "gn_UA_tess.geojson"


def cells_held(history: tt.History) -> dict[str, list[int]]:
    """Count cells, all of nearly one size, by holder and day."""
    frame = history.areas()
    size = float(frame.km2.sum()) / (4 * len(history.days))
    table = frame.pivot(index="day", columns="actor", values="km2").fillna(0)
    return {actor: (table[actor] / size).round().astype(int).tolist() for actor in table}


THREE_DAYS = {"RU": [1, 2, 3], "UA": [2, 1, 0], "CONTESTED": [1, 1, 1]}


def test_viina_is_read_from_its_two_files(tmp_path):
    path = viina(tmp_path)
    for paths in (path, [path, tmp_path / "control_latest_2025.csv"], tmp_path):
        assert cells_held(tt.read(paths, profile="viina")) == THREE_DAYS


def test_the_same_by_naming_columns(tmp_path):
    options = {"unit_field": "geonameid", "actor": "status", "day": "date"}
    table = viina(tmp_path).with_name("control_latest_2025.csv")
    found = tt.read(tmp_path / "gn_UA_tess.geojson", profile="units", holders=str(table), **options)
    assert cells_held(found) == THREE_DAYS


def test_a_frame_is_read_by_naming_columns(tmp_path):
    districts, table = gpd.read_file(viina(tmp_path)), pd.read_csv(StringIO(VIINA))
    called = {"id": "geonameid", "unit": "geonameid", "day": "date", "actor": "status"}
    assert cells_held(tt.History.from_coverage(districts, table, **called)) == THREE_DAYS


@pytest.mark.parametrize("packed", ["zip", "gz"])
def test_a_table_may_be_packed(tmp_path, packed):
    path = viina(tmp_path)
    plain = tmp_path / "control_latest_2025.csv"
    if packed == "zip":
        with zipfile.ZipFile(tmp_path / "control_latest_2025.zip", "w") as archive:
            archive.writestr("control_latest_2025.csv", VIINA)
    else:
        (tmp_path / "control_latest_2025.csv.gz").write_bytes(gzip.compress(VIINA.encode()))
    assert cells_held(tt.read(path, profile="viina")) == THREE_DAYS  # the table beside it counts
    plain.unlink()
    assert cells_held(tt.read(path, profile="viina")) == THREE_DAYS


def test_years_are_put_together(tmp_path):
    path = viina(tmp_path)
    later = VIINA_HEAD + "690003,20260101,UA,,,,UA\n"
    (tmp_path / "control_latest_2026.csv").write_text(later, encoding="utf-8")
    history = tt.read(path, profile="viina")
    assert cells_held(history) == {
        "RU": [1, 2, 3, 3],
        "UA": [2, 1, 0, 1],
        "CONTESTED": [1, 1, 1, 0],
    }


def test_one_of_several_opinions_is_chosen(tmp_path, capsys):
    path = str(viina(tmp_path))
    assert cells_held(tt.read(path, profile="viina", actor="status_isw")) == {"UA": [4, 4, 4]}
    call = ["compare", path, path, "--profile", "viina", "--profile-b", "viina"]
    assert _code([*call, "--actor-field-b", "status_isw", "--day", "2025-01-03"]) == 0
    rows = {tuple(row.split(",")[2:4]) for row in capsys.readouterr().out.splitlines()[1:]}
    assert rows == {("RU", "UA"), ("CONTESTED", "UA")}
    assert _code(["areas", path, "--profile", "viina", "--actor-field", "status_dsm"]) == 1
    assert "'status_dsm' is empty on every row" in capsys.readouterr().err


def test_a_job_reads_what_the_options_read(tmp_path):
    viina(tmp_path)
    (tmp_path / "mine.toml").write_text(
        'name = "mine"\n[units]\nunit_fields = ["geonameid"]\nactor_fields = ["status"]\n'
        'status_fields = []\nholders = "control*"\n[[rule]]\nlabel = "RU"\nactor = "russia"\n'
        '[[rule]]\nlabel = "UA|CONTESTED"\nactor = "ukraine"\n',
        encoding="utf-8",
    )
    (tmp_path / "job.toml").write_text(
        '[series]\nprofile = "mine.toml"\npath = "gn_UA_tess.geojson"\n[maps]\nenabled = false\n'
        "[report]\nenabled = false\n",
        encoding="utf-8",
    )
    tt.run(tmp_path / "job.toml", out=tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "areas.csv")
    assert set(table.actor) == {"russia", "ukraine"}
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    files = {"mine.toml", "control_latest_2025.csv", "gn_UA_tess.geojson"}
    assert files <= {*record["inputs"]}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "690000,20250104,RU,,,,RUS\n",
            "line 14: no rule of profile 'viina' knows the label: 'RUS'",
        ),
        ("690000,20250101,RU,,,,UA\n", "line 14: a second row for this day and unit, with another"),
        ("690000,2025-13-01,RU,,,,UA\n", "line 14: '2025-13-01' in 'date' is not a day"),
        ("690000,20250104,RU\n", "line 14: 3 cells where the header has 7"),
    ],
)
def test_bad_rows_of_a_large_table_name_their_line(tmp_path, more, message):
    with pytest.raises(TerritoryError) as caught:
        tt.read(viina(tmp_path, VIINA + more), profile="viina")
    assert f"control_latest_2025.csv, {message}" in str(caught.value)


def test_what_is_left_out_is_told(tmp_path):
    more = "999,20250101,UA,,,,UA\n690000,20250103,RU,,,,RU\n690001,20250104,,,,,\n"
    with pytest.warns(TerritoryWarning):
        found = tt.read(viina(tmp_path, VIINA + more), profile="viina").findings
    told = " ".join(found.detail)
    assert (
        "1 of 5 units of the table have no polygon and are left out with 1 of 15 rows: 999" in told
    )
    assert "1 of 14 rows repeat another of their unit and day" in told
    assert "'status' is empty on 1 of 14 rows" in told


def test_a_unit_without_polygon_is_a_mistake_unless_the_profile_says_otherwise(tmp_path):
    with pytest.raises(TerritoryError, match=r"line 3: unknown unit: 'q'; no polygon has it"):
        loaded(tmp_path, HEAD + "n,2018-01-01,a,\nq,2018-01-01,a,\n")
    with pytest.raises(TerritoryError, match="no polygon has any of 'unit'"):
        loaded(tmp_path, HEAD + "q,2018-01-01,a,\n")


def test_ids_that_a_program_wrote_with_a_point_are_the_same(tmp_path):
    table = VIINA.replace("690000,", "690000.0,")
    assert cells_held(tt.read(viina(tmp_path, table), profile="viina")) == THREE_DAYS


def test_what_is_no_archive_is_refused(tmp_path):
    path = viina(tmp_path)
    (tmp_path / "h.csv.gz").write_text(VIINA, encoding="utf-8")
    with pytest.raises(TerritoryError, match=r"is not a \.gz file"):
        tt.read(path, profile="viina", holders=str(tmp_path / "h.csv.gz"))


def test_many_units_are_as_large_as_few(tmp_path, monkeypatch):
    """Lines of many units are carried roughly, and their areas are as right."""
    path = viina(tmp_path)
    fine = tt.read(path, profile="viina").areas().km2
    monkeypatch.setattr("territory.job.unit_series._MANY_POINTS", 0)
    rough = tt.read(path, profile="viina").areas().km2
    assert rough.to_numpy() == pytest.approx(fine.to_numpy(), rel=1e-8)


@pytest.mark.parametrize("off", [0.0, 7e-15, 1e-5])
def test_a_border_that_differs_by_a_rounding_counts_its_error(tmp_path, capsys, off):
    """A border of 55 km that may lie 500 m off; the corners of one side are a little beside."""
    west, east = (36, 35, 36.2, 35.5), (36.2 + off, 35, 36.4, 35.5)
    units = units_file(tmp_path, ("n", west), ("s", east))
    table = tmp_path / "held.csv"
    table.write_text(HEAD + "n,2018-01-01,a,\ns,2018-01-01,b,\n", encoding="utf-8")
    assert _code(["areas", units, "--holders", str(table), "--boundary-error-m", "500"]) == 0
    told = capsys.readouterr()
    low, high = pd.read_csv(StringIO(told.out)).loc[0, ["low", "high"]]
    is_one_line = off < 1e-6
    assert high - low == pytest.approx(2 * 1.96 * 0.5 * 55.5 if is_one_line else 0, rel=0.5)
    assert ("the error of such borders is not counted" in told.err) is not is_one_line


def _table_with(folder, status):
    cells = [f"{n},2024-01-01,{'AB'[n % 2]},claimed" for n in range(2)]
    (folder / "holders.csv").write_text("\n".join([f"unit,day,actor,{status}", *cells]) + "\n")
    shapes = [shapely.box(36 + n, 35, 37 + n, 36) for n in range(2)]
    frame = gpd.GeoDataFrame({"id": ["0", "1"]}, geometry=shapes, crs=4326)
    frame.to_file(folder / "units.geojson", driver="GeoJSON")
    return str(folder / "units.geojson")


@pytest.mark.parametrize("status", ["statuss", "stauts", "satus", "Statuts"])
def test_a_misspelt_status_is_refused_and_not_taken_for_held(tmp_path, capsys, status):
    files = _table_with(tmp_path, status)
    assert _code(["areas", files]) == 1
    said = capsys.readouterr().err
    assert f"column '{status}' would not be read; did you mean 'status'? Rename it, or" in said
    assert _code(["areas", files, "--status-field", status]) == 0
    assert ",claimed," in capsys.readouterr().out


@pytest.mark.parametrize("status", ["Status", "status ", " status", '" status "'])
def test_case_and_blanks_around_a_column_do_not_matter(tmp_path, capsys, status):
    assert _code(["areas", _table_with(tmp_path, status)]) == 0
    assert ",claimed," in capsys.readouterr().out


@pytest.mark.parametrize("other", ["state", "note", "source", "status_of_roads"])
def test_other_columns_are_nobodys_business(tmp_path, capsys, other):
    assert _code(["areas", _table_with(tmp_path, other)]) == 0
    assert ",held," in capsys.readouterr().out


def test_a_second_holder_is_told_with_the_file_of_the_first(tmp_path, capsys):
    """Also where that is another file, whose lines have the same numbers."""
    units = units_file(tmp_path, ("n", (36, 35, 36.2, 35.5)), ("line 5", (36.2, 35, 36.4, 35.5)))
    (tmp_path / "held").mkdir()
    for name, rows in (("a", "n,2018-01-01,a,\nline 5,2018-01-01,a,\n"),
                       ("b", "n,2018-01-01,a,\nline 5,2018-01-01,b,\n")):  # fmt: skip
        (tmp_path / "held" / f"{name}.csv").write_text(HEAD + rows, encoding="utf-8")
    assert _code(["areas", units, "--holders", str(tmp_path / "held")]) == 1
    first, second = (str(tmp_path / "held" / f"{name}.csv") for name in "ab")
    problem = f"a second row for this day and unit, with another holder than line 3 of {first}"
    assert f"{second}, line 3: {problem}: 'line 5'" in capsys.readouterr().err

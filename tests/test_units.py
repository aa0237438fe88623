"""Fixed units whose holders change: tables by hand, and a large coverage."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely

from territory.errors import OverlapError, TerritoryError
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
    ],
)
def test_bad_tables(tmp_path, table, message):
    with pytest.raises(TerritoryError) as caught:
        loaded(tmp_path, table)
    assert message in str(caught.value)


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

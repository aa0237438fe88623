"""Districts counted: how many are held on a day, and of how many."""

import json
import pickle
import re
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import territory as tt
from territory.cli import _code
from territory.errors import ClaimError
from territory.numbers import CalledUnit
from territory.publish.report.axis import axis_for
from territory.publish.report.report_text import with_unit
from territory.run import run

DAY = date(2021, 7, 27)
# Five districts in a row, a tenth of a degree each:
#   d0  d1  d2  d3  d4
#   T   T   T   g   g(contested)
TABLE = "unit,day,actor,status\n" + "".join(
    f"d{n},2021-07-27,{actor}\n"
    for n, actor in enumerate(["T,", "T,", "T,", "government,", "T,contested"])
)
BOXES = [shapely.box(66 + n / 10, 33, 66 + (n + 1) / 10, 33.1) for n in range(5)]


def claim(value=3, **more):
    return tt.Claim(value, **{"unit": "units", "quantity": "total", "by": "T", "day": DAY} | more)


def reason_of(verdict):
    return verdict.frame.iloc[0].reason


@pytest.fixture(scope="module")
def history():
    units = gpd.GeoDataFrame({"id": [f"d{n}" for n in range(5)]}, geometry=BOXES, crs="EPSG:4326")
    rows = [row.split(",") for row in TABLE.splitlines()]
    holders = pd.DataFrame(rows[1:], columns=rows[0])
    return tt.History.from_coverage(units, holders, id="id")


def test_units_are_counted_and_not_measured(history):
    found = history.judge(claim(of=5))
    assert found.verdict == "consistent"
    assert (found.computed.value, found.computed.low, found.computed.high) == (3, 3, 3)
    assert "3 units of 5 computed" in reason_of(found)
    assert history.judge(claim(4)).verdict == "inconsistent"


def test_contested_units_are_another_reading(history):
    row = history.judge(claim()).frame.iloc[0]
    assert (row.range_low, row.range_high) == (3, 4)


def test_a_unit_is_where_most_of_it_lies(history):
    # 1.4 districts from the west: the first is inside, of the second less than half is
    for east, inside in ((66.14, 1), (66.16, 2)):
        found = history.judge(claim(inside, of=inside), aoi=(66.0, 33.0, east, 33.1))
        assert (found.verdict, found.computed.value) == ("consistent", inside)


def test_the_number_there_are_is_checked_against_the_file(history):
    found = history.judge(claim(of=421))
    assert found.verdict == "not checkable"
    assert "it counts 3 of 421 units, and the file has 5" in reason_of(found)


def test_words_that_cannot_be_true(history):
    found = history.judge(claim(7, of=5))
    assert found.verdict == "inconsistent"
    assert "7 units are more than the 5 that there are" in reason_of(found)
    share = {"value": 90, "unit": "percent"}
    found = history.judge(claim(of=5, also=[share]))
    assert "3 units are 60.0 % of 5, not 90 %" in reason_of(found)
    share = {"value": 60, "unit": "percent"}
    assert history.judge(claim(of=5, also=[share])).verdict == "consistent"
    ground = {"value": 3000, "unit": "km2"}  # is not more than "5"
    assert history.judge(claim(of=5, also=[ground])).verdict == "consistent"


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"of": 5.5}, "'of' is how many units there are, a whole number alone"),
        ({"of": "Syria"}, "'of' is how many units there are, a whole number alone"),
        ({"of": 5, "of_high": 6.0}, "'of' is how many units there are, a whole number alone"),
        ({"quantity": "share"}, "quantity 'share' does not fit unit 'units'"),
        ({"value": 3.5}, "units are counted, so 3.5 is no figure"),
    ],
)
def test_claims_that_mean_nothing(more, problem):
    with pytest.raises(ClaimError, match=problem):
        claim(**more)


def test_units_are_called_as_the_claim_calls_them(history):
    pair = ["district", "districts"]
    found = history.judge(claim(of=5, unit_name=pair))
    assert "3 districts of 5 computed" in reason_of(found)
    assert "and 3 districts published" in reason_of(found)
    one = history.judge(claim(1, unit_name=pair), aoi=(66.0, 33.0, 66.1, 33.1))
    assert "1 district of 1 computed and 1 district published" in reason_of(one)
    assert "3 raions of" in reason_of(history.judge(claim(of=5, unit_name="raions")))
    many = history.judge(claim(of=421, unit_name=pair))
    assert "it counts 3 of 421 districts, and the file has 5" in reason_of(many)
    assert found.frame.iloc[0].unit == "units"  # tables keep the unit


@pytest.mark.parametrize(
    "more",
    [
        {"unit": "km2", "unit_name": "districts"},
        {"unit_name": ["a", "b", "c"]},
        {"unit_name": ""},
        {"unit_name": "a\nb"},
        {"unit_name": 3},
    ],
)
def test_a_name_that_units_cannot_have_is_refused(more):
    with pytest.raises(ClaimError, match="unit_name"):
        claim(**more)


def test_report_and_page_call_units_as_the_claim_does(tmp_path, history):
    unit = CalledUnit("units", "district", "districts")
    assert pickle.loads(pickle.dumps(unit)).several == "districts"
    assert with_unit("1", unit).endswith("district")
    assert axis_for([0, 3]).ticks(unit)[-1].label.endswith("districts")
    features = [
        {"type": "Feature", "properties": {"id": f"d{n}"}, "geometry": box.__geo_interface__}
        for n, box in enumerate(BOXES)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (tmp_path / "units.geojson").write_text(json.dumps(collection))
    (tmp_path / "holders.csv").write_text(TABLE)
    (tmp_path / "claims.toml").write_text(
        '[[claim]]\nid = "a"\ntext = "3 of 5"\npublisher = "p"\npublished = 2021-07-27\n'
        'value = 3\nof = 5\nunit = "units"\nday = 2021-07-27\nunit_name = "districts"\n'
        '[[claim.reading]]\nname = "held"\nquantity = "total"\nby = ["T"]\n'
    )
    (tmp_path / "job.toml").write_text(
        '[series]\npath = "units.geojson"\nholders = "holders.csv"\nprofile = "units"\n'
        '[claims]\nfile = "claims.toml"\n[actors.T]\ntitle = "The T side"\n'
        "[maps]\nenabled = false\n"
    )
    run(tmp_path / "job.toml", tmp_path / "out")
    report = (tmp_path / "out" / "report.html").read_text("utf-8").replace("\u00a0", " ")
    assert "The figure of 3 districts fits" in report
    assert "Districts held by The T side on 27 July 2021" in report  # as the job calls it
    assert not re.search(r"\d units\b", report)
    page = (tmp_path / "out" / "page.html").read_text("utf-8")
    assert '"called":["districts","districts"]' in page


def test_zones_cannot_be_counted():
    found = tt.example().judge(claim(by="Red", day="2025-12-01"))
    assert found.verdict == "not checkable"
    assert "no fixed units (districts, cells)" in reason_of(found)


def test_check_counts_units(tmp_path, capsys):
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"d{n}"},
            "geometry": json.loads(shapely.to_geojson(box)),
        }
        for n, box in enumerate(BOXES)
    ]
    units = tmp_path / "units.geojson"
    units.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (tmp_path / "holders.csv").write_text(TABLE)
    claims = tmp_path / "claims.toml"
    claims.write_text(
        '[[claim]]\nid = "a"\ntext = "3 of 5"\npublisher = "p"\npublished = 2021-07-27\n'
        'value = 3\nof = 5\nunit = "units"\nday = 2021-07-27\n'
        '[[claim.reading]]\nname = "held"\nquantity = "total"\nby = ["T"]\n'
    )
    assert _code(["check", str(claims), str(units), "--profile", "units"]) == 0
    out = capsys.readouterr()
    assert "a,held,units,3,2.5,3.5,3,3,3,1,consistent" in out.out
    assert "3 units of 5 computed" in out.out

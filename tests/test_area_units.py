"""Claims in square miles, hectares, acres and dunams: one ground, told in several units.

A claim in another unit must come out as the same claim in km2 does, every figure divided by
the size of the unit; sizes are those of the definitions (an international mile has 1,609.344 m).
"""

import csv
import json
from datetime import date
from io import StringIO

import pytest
import shapely
from squares import day, history_of, squares
from test_claims import AFTER, BEFORE, claim_of, computed, drawn_history

import territory as tt
from territory import cli
from territory.claims.model import Claim
from territory.claims.rows import verdict_rows
from territory.claims.summaries import summary
from territory.claims.verdicts import judge
from territory.errors import ClaimError
from territory.explain.claims import explain_claim, measured_ground, tallies_of
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.publish.report.report_text import claim_wording
from territory.publish.review import claim_review

UNITS = {
    "sqmi": 1.609344**2,
    "ha": 0.01,
    "acres": 1.609344**2 / 640,
    "dunams": 0.001,
}
GAINED = {"quantity": "gained", "by": ["B"]}
HELD = {"quantity": "total", "by": ["B"], "day": "2018-01-02"}
ENSEMBLE = Ensemble(drawn_history(), BoundaryError(50.0))


def judged(unit, *readings, value=4, **more):
    return judge(claim_of(value, *readings, unit=unit, **more), ENSEMBLE)


@pytest.mark.parametrize("reading", [GAINED, HELD, {"quantity": "net", "by": ["A"]}])
@pytest.mark.parametrize(("unit", "km2"), UNITS.items())
def test_the_same_figure_in_its_unit(unit, km2, reading):
    (mine,), (theirs,) = judged(unit, reading), judged("km2", reading)
    for one, other in zip(
        (mine.computed.value, mine.computed.low, mine.computed.high),
        (theirs.computed.value, theirs.computed.low, theirs.computed.high),
        strict=True,
    ):
        assert one * km2 == pytest.approx(other, rel=1e-12, abs=1e-12)
    assert mine.computed.unit == unit


@pytest.mark.parametrize("unit", UNITS)
def test_on_the_publishers_own_map(unit):
    mine, theirs = (judged(each, GAINED, same_map=True)[0].computed for each in (unit, "km2"))
    assert mine.low * UNITS[unit] == pytest.approx(theirs.low, rel=1e-12)
    assert mine.high * UNITS[unit] == pytest.approx(theirs.high, rel=1e-12)


@pytest.mark.parametrize("quantity", ["ever-lost", "below-maximum"])
def test_since_the_most(quantity):
    reading = {"quantity": quantity, "by": ["A"], "period": (day(0), day(2))}
    three = history_of(BEFORE, AFTER, squares("ABBB", "BBBC"))
    lines = Ensemble(three.with_areas({}), BoundaryError(50.0))
    claims = (claim_of(4, {**reading, "area": "all"}, unit=each) for each in ("sqmi", "km2"))
    mine, theirs = (judge(each, lines)[0].computed for each in claims)
    assert mine.value * UNITS["sqmi"] == pytest.approx(theirs.value)
    assert mine.high * UNITS["sqmi"] == pytest.approx(theirs.high)


def test_ground_that_is_added_is_in_km2():
    added = {**HELD, "plus": 10.0}
    assert computed(added, unit="ha") == pytest.approx(1500)  # 5 km2 held
    same = judged("ha", added, same_map=True)[0].computed
    km2 = judged("km2", added, same_map=True)[0].computed
    assert same.high / 100 == pytest.approx(km2.high, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "unit", "precision", "interval"),
    [
        (215, "sqmi", "rounded", (214.5, 215.5)),
        (47_000, "acres", "rounded", (46_500, 47_500)),  # zeros are rounding, as those of km2
        (3035, "ha", "roughly", (2883.25, 3186.75)),
        ("1.50", "sqmi", "exact", (1.495, 1.505)),
    ],
)
def test_each_unit_has_its_own_rounding(value, unit, precision, interval):
    claim = claim_of(value, GAINED, unit=unit, precision=precision)
    assert claim.published_interval() == pytest.approx(interval, rel=1e-12)


def test_the_case_of_the_sentence():
    claim = claim_of(215, GAINED, unit="sqmi")
    assert claim.value * claim.unit.km2 == pytest.approx(556.85, abs=0.01)
    ends = [each * claim.unit.km2 for each in claim.published_interval()]
    assert ends == pytest.approx([555.55, 558.14], abs=0.01)


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("square miles", "sqmi"),
        ("Sq. miles", "sqmi"),
        ("mi2", "sqmi"),
        ("hectares", "ha"),
        ("acre", "acres"),
        ("dunum", "dunams"),
        ("square kilometers", "km2"),
    ],
)
def test_units_by_their_usual_names(words, unit):
    assert claim_of(4, GAINED, unit=words).unit == unit


@pytest.mark.parametrize("unit", ["miles", "m2", "sq", "", "leagues"])
def test_units_that_are_none_are_refused(unit):
    with pytest.raises(ClaimError, match=f"unknown unit '{unit}'; .*(known are|did you mean)"):
        tt.Claim(4, unit=unit, quantity="gained", by="B", period=("2018-01-01", "2018-01-02"))


def test_two_units_in_one_sentence():
    def both(value, unit):
        more = {"also": [{"value": value, "unit": unit}]}
        return judged("sqmi", GAINED, value=18_147, **more)[0].fault

    assert both(47_000, "km2") == ""
    assert both(37_000, "km2") != ""
    assert both(4_700_000, "ha") == ""


def test_more_than_the_place_has():
    (found,) = judged("sqmi", GAINED, value=447, of=365, of_name="the Strip")
    assert found.reason.startswith("impossible: 447 sq mi is more than the 365 km2 of the Strip")
    assert "contradiction" not in judged("sqmi", GAINED, value=140, of=365)[0].reason
    share = {"also": [{"value": 41, "unit": "percent"}], "of": 1000}
    (found,) = judged("sqmi", GAINED, value=200, **share)
    assert "200 sq mi is 51.8 % of the 1,000 km2" in found.reason


def test_sentences_tables_and_reviews_say_the_unit():
    found = judged("sqmi", GAINED, value="1.5")
    (row,) = verdict_rows(found)
    assert (row["unit"], row["published"]) == ("sqmi", 1.5)
    assert row["computed"] == pytest.approx(4 / UNITS["sqmi"])
    assert "1.5 sq mi: the computed figure is 1.5" in summary(found)
    assert claim_wording(found[0].claim) == "1.5\u00a0sq mi"
    assert claim_wording(judged("acres", GAINED, value=1)[0].claim) == "1\u00a0acre"
    (reading,) = claim_review(found)["additionalProperty"]
    assert (reading["unitCode"], reading["unitText"]) == ("MIK", "sq mi")
    codes = {u: claim_review(judged(u, GAINED))["additionalProperty"][0]["unitCode"] for u in UNITS}
    assert codes == {"sqmi": "MIK", "ha": "HAR", "acres": "ACR", "dunams": "DAA"}


def test_explained_in_its_unit():
    def best(value, unit):
        claim = claim_of(value, GAINED, unit=unit)
        ground = measured_ground(ENSEMBLE)
        return explain_claim(tallies_of(claim, ENSEMBLE, {}), ground)[0]

    mine, theirs = best(400, "ha"), best(4, "km2")
    assert mine.id == theirs.id
    assert mine.published == (400,)
    assert mine.computed[0] == pytest.approx(100 * theirs.computed[0])
    assert mine.error == pytest.approx(theirs.error)


CLAIMS = """
[[claim]]
id = "held"
text = "it held 3,295 square miles"
publisher = "x"
published = 2024-01-05
value = 3295
unit = "square miles"
day = 2024-01-01
reading = [{ name = "held", quantity = "total", by = ["red"] }]
"""


@pytest.fixture
def files(tmp_path):
    """Write a box of one degree, 8,532.90 km2 or 3,294.57 square miles, and a claim about it."""
    shape = shapely.geometry.mapping(shapely.box(30, 46, 31, 47))
    feature = {"type": "Feature", "properties": {"actor": "red"}, "geometry": shape}
    zones = tmp_path / "z_2024-01-01.geojson"
    zones.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (tmp_path / "claims.toml").write_text(CLAIMS)
    return tmp_path / "claims.toml", zones


def rows(text):
    return list(csv.DictReader(StringIO(text)))


def test_check_and_explain(files, capsys):
    claims, zones = map(str, files)
    assert cli.guarded(["check", claims, zones, "--profile", "zones"]) == 0
    (row,) = rows(capsys.readouterr().out)
    assert (row["unit"], row["verdict"]) == ("sqmi", "consistent")
    assert float(row["computed"]) == pytest.approx(8532.90156 / 2.589988110336, rel=1e-7)
    assert (float(row["published_low"]), float(row["published_high"])) == (3294.5, 3295.5)
    assert cli.guarded(["explain", claims, zones, "--profile", "zones"]) == 0
    found = capsys.readouterr()
    assert float(rows(found.out)[0]["published"]) == 3295
    assert "sq mi" in found.err


def test_explain_takes_every_unit_of_area(files, capsys):
    for value, unit in (("853290", "ha"), ("2108526", "acres"), ("8532902", "dunams")):
        asked = ["--value", value, "--unit", unit]
        assert cli.guarded(["explain", *asked, str(files[1]), "--profile", "zones"]) == 0
        assert float(rows(capsys.readouterr().out)[0]["error_pct"]) == pytest.approx(0, abs=0.01)


def test_in_python(files):
    history = tt.read(files[1], profile="zones")
    claim = tt.Claim(3295, unit="mi2", quantity="total", by="red", day=date(2024, 1, 1))
    assert repr(claim) == "<Claim 3,295 sq mi rounded: total, by red, 2024-01-01>"
    verdict = history.judge(claim)
    assert verdict.computed.unit == "sqmi"
    assert verdict.verdict == "consistent"
    assert isinstance(claim.model, Claim)

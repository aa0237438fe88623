"""Error budgets: every component alone, what dominates, and sums that agree with the interval."""

import csv

import numpy as np
import pytest
import shapely
from squares import day, history_of, squares

from territory.claims.model import Claim, Reading
from territory.claims.rows import BUDGET_COLUMNS, area_budget_rows
from territory.claims.verdicts import judge
from territory.errors import InputError
from territory.holders import NOBODY, Holder
from territory.job.spec import Job
from territory.job.study import compute
from territory.measure.boundary_error import BoundaryError
from territory.measure.budget import (
    GROUND_CONTROL,
    HOUR,
    INTERVAL,
    LEAN,
    LINE,
    PLACES,
    TRACING,
    Kind,
    budget,
)
from territory.measure.ensemble import Ensemble, estimate
from territory.measure.estimate import Z_95
from territory.measure.rows import area_rows
from territory.measure.tables import area_estimates, area_measure, transfer_measure
from territory.publish.report.doubt import doubts_of
from territory.read.text_files import read_toml
from territory.run import run

A, B = Holder("A"), Holder("B")
WIDE = ("A" * 6 + "B" * 6,) * 8


def by_name(found):
    return {each.name: each for each in found.components}


def test_components_of_a_line_add_up_to_the_interval():
    history = history_of(WIDE)
    error = BoundaryError(300.0, 500.0, 800_000, 1_200.0, bias_m=100.0)
    measure = area_measure(history, A, day(0), "frame")
    found = budget(Ensemble(history, error), measure)
    parts = by_name(found)
    assert list(parts) == [GROUND_CONTROL, TRACING, LINE, LEAN]
    sds = [parts[name].sd for name in (LINE, TRACING, GROUND_CONTROL)]
    assert sds == pytest.approx([sds[0] * ratio for ratio in (1, 4 / 3, 4)])
    half = Z_95 * np.hypot.reduce(sds) + 0.1 * 8
    assert found.estimate.high - found.estimate.value == pytest.approx(half)
    assert (found.interval.low, found.interval.high) == (found.estimate.low, found.estimate.high)
    assert found.estimate == estimate(Ensemble(history, error), measure)
    assert parts[LEAN].span == pytest.approx(1.6)
    assert sum(each.share for each in found.components) == pytest.approx(1)
    assert found.dominant.name == GROUND_CONTROL


def test_choices_are_a_range_beside_the_interval():
    history = history_of(WIDE)
    least, less, more = (history_of(("A" * n + "B" * (12 - n),) * 8) for n in (3, 5, 9))
    scenarios = {
        "events dated latest": more,
        "events dated earliest": less,
        "a start": more,
        "events dated latest; a start": least,
    }
    ensemble = Ensemble(history, BoundaryError(100.0, 500.0), scenarios=scenarios)
    found = budget(ensemble, area_measure(history, A, day(0), "frame"))
    parts = by_name(found)
    dated = parts["when the changes happened"]
    assert (dated.kind, dated.low, dated.high) == (
        Kind.CHOICE,
        pytest.approx(40),
        pytest.approx(72),
    )
    assert dated.note == "smallest with earliest, largest with latest"
    assert dated.sd is None
    assert set(parts) == {LINE, "when the changes happened", "a start"}
    assert (found.spread.low, found.spread.high) == (pytest.approx(24), dated.high)
    assert found.estimate.high < 60 < found.spread.high
    assert found.dominant is dated


def test_places_are_one_component_with_the_jackknife_factor():
    base = history_of(WIDE)
    draws = tuple(history_of(("A" * n + "B" * (12 - n),) * 8) for n in (5, 7))
    ensemble = Ensemble(base, draws=draws, sample_size=8, total=10)
    [only] = budget(ensemble, area_measure(base, A, day(0), "frame")).components
    assert (only.name, only.sd) == (PLACES, pytest.approx(16))
    assert only.share == 1.0
    assert only.note == "2 draws of 8 of 10 places (delete-d jackknife)"


def test_a_figure_without_doubt_has_no_dominant_component():
    history = history_of(WIDE)
    found = budget(Ensemble(history), area_measure(history, A, day(0), "frame"))
    assert found.components == ()
    assert found.dominant is None
    still = history_of(WIDE, WIDE)
    nothing = transfer_measure(still, (day(0), day(1)), (B, A), "frame")
    assert budget(Ensemble(still, BoundaryError()), nothing).dominant is None


def test_rows_name_the_holder_where_there_is_no_claim():
    ensemble = Ensemble(history_of(WIDE), BoundaryError(100.0, 500.0))
    rows = area_budget_rows("s", ensemble, (day(0),))
    assert {row["reading"] for row in rows} == {f"{x}, frame, {day(0)}" for x in "AB"}
    assert all(tuple(row) == BUDGET_COLUMNS for row in rows)
    assert [row["kind"] for row in rows[:3]] == ["random", "sum", "sum"]


# ---- In a job ------------------------------------------------------------------------------

JOB = """
[series]
profile = "zones"
path = "*.geojson"
{series}
[area]
frame = [37.0, 35.0, 37.6, 35.2]
west = [37.0, 35.0, 37.3, 35.2]
[claims]
file = "claims.toml"
[maps]
enabled = false
[report]
enabled = false
[uncertainty]
{uncertainty}
"""
CLAIMS = """
[[claim]]
id = "gain"
text = "-"
publisher = "-"
published = 2018-01-03
value = 200
unit = "km2"
period = [2018-01-01, 2018-01-03]
[[claim.reading]]
name = "all of it"
quantity = "gained"
by = ["red"]
from = ["blue"]
area = "frame"
"""


def write_series(folder, series="", uncertainty=""):
    for number in (1, 2, 3, 4):
        edge = 37.0 + 0.1 * number
        zones = {
            "red": [(37.0, edge, "held"), (edge, edge + 0.02, "claimed")],
            "blue": [(edge + 0.02, 37.6, "held")],
        }
        features = ",".join(
            f'{{"type": "Feature", "properties": {{"actor": "{actor}", "status": "{status}"}},'
            f' "geometry": {shapely.to_geojson(shapely.box(west, 35.0, east, 35.2))}}}'
            for actor, boxes in zones.items()
            for west, east, status in boxes
        )
        text = f'{{"type": "FeatureCollection", "features": [{features}]}}'
        (folder / f"2018-01-0{number}.geojson").write_text(text, encoding="utf-8")
    (folder / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    text = JOB.format(series=series, uncertainty=uncertainty)
    (folder / "job.toml").write_text(text, encoding="utf-8")
    return folder / "job.toml"


def test_run_writes_the_budget_of_every_reading(tmp_path):
    job = write_series(
        tmp_path,
        "map_scale = 400_000\ngeoreference_error_m = 150",
        'bias_m = 20\nmap_scale = 1\n[uncertainty.area_variants]\nframe = ["west"]',
    )
    run(job, tmp_path / "out")
    with (tmp_path / "out" / "budget.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == BUDGET_COLUMNS
    assert {row["claim_id"] for row in rows} == {"gain"}
    parts = {row["component"]: row for row in rows}
    assert list(parts)[-2:] == ["the interval", "the range of all choices"]
    assert set(parts) - set(list(parts)[-2:]) == {
        TRACING, GROUND_CONTROL, LEAN, HOUR, "the day's cut", "the area meant",
        "claimed ground counted as held",
    }  # fmt: skip
    assert parts[TRACING]["note"] == "0.5 mm on a map of 1:400,000"
    assert float(parts["the day's cut"]["high"]) == pytest.approx(
        3 * float(parts[TRACING]["value"]) / 2, rel=0.2
    )
    found = [line for line in compute(job).quality if line["kind"] == "assumed-error"]
    assert "not how well the map knew the front" in found[0]["detail"]


def test_what_a_series_says_goes_before_what_the_job_says(tmp_path):
    job = write_series(tmp_path, "boundary_error_m = 70", "boundary_error_m = 9\nbias_m = 3")
    error = compute(job).loaded[0].ensemble.boundary
    assert (error.boundary_error_m, error.bias_m, error.map_scale) == (70.0, 3.0, 0.0)


@pytest.mark.parametrize(
    ("uncertainty", "problem"),
    [
        ("map_scale = -5", "uncertainty.map_scale"),
        ("date_correlation = 1.5", "uncertainty.date_correlation"),
        ("bias_m = nan", "uncertainty.bias_m"),
        ("map_scales = 5", "did you mean"),
        ('[uncertainty.area_variants]\nframe = ["wets"]', "did you mean 'west'"),
        ('[uncertainty.area_variants]\nfrane = ["west"]', "did you mean 'frame'"),
    ],
)
def test_wrong_keys_are_named(tmp_path, uncertainty, problem):
    with pytest.raises(InputError, match=problem):
        read_toml(write_series(tmp_path, uncertainty=uncertainty), Job)


@pytest.mark.parametrize("area", ["frame", "all"])
@pytest.mark.parametrize(
    "error",
    [
        BoundaryError(),
        BoundaryError(300.0, 500.0, bias_m=100.0),
        BoundaryError(0.0, 500.0, 800_000, 1_200.0),
    ],
)
def test_a_budget_is_about_the_figure_of_the_table_for_every_holder(error, area):
    """Also for nobody, whose ground ends where the data do and goes on beyond them."""
    drawing = ("AAAA....", "AABB..A.", "BBBB....", ".......A")
    ensemble = Ensemble(history_of(drawing, drawing[::-1]), error)
    for when in (day(0), day(1)):
        told = area_estimates(ensemble, when, area)
        assert set(told) == {A, B, NOBODY}
        for holder, expected in told.items():
            found = budget(ensemble, area_measure(ensemble.base, holder, when, area)).estimate
            got = (found.value, found.low, found.high, found.unit)
            wanted = (expected.value, expected.low, expected.high, expected.unit)
            assert got[:3] == pytest.approx(wanted[:3], rel=1e-9), holder
            assert got[3] == wanted[3]
            assert found.low < found.value < found.high


def test_the_budgets_of_the_last_day_are_about_the_areas_of_the_last_day():
    drawing = ("AAAA....", "AABB..A.", "BBBB....")
    ensemble = Ensemble(history_of(drawing), BoundaryError())
    areas = {
        (str(row["actor"]), str(row["area"])): (row["km2"], row["low"], row["high"])
        for row in area_rows("", ensemble, [day(0)])
    }
    told = [row for row in area_budget_rows("", ensemble, [day(0)]) if row["component"] == INTERVAL]
    assert len(told) == len(areas) == 5  # nobody has ground of the frame alone
    for row in told:
        holder, area, _ = str(row["reading"]).split(", ")
        found = (row["value"], row["low"], row["high"])
        assert found == pytest.approx(areas[holder, area], rel=1e-9)


def test_a_choice_that_the_job_names_is_explained_by_its_ends():
    base = history_of(squares("AB"), squares("AA"))
    more = history_of(squares("ABB"), squares("AAA"))
    ensemble = Ensemble(
        base, scenarios={"who coded: the first coder alone": more, "who coded: a third": base}
    )
    reading = Reading(name="taken", quantity="gained", by=("A",))
    claim = Claim(
        id="x", text="", publisher="", published=day(1), value=1, unit="km2",
        period=(day(0), day(1)), reading=(reading,),
    )  # fmt: skip
    (chart,) = doubts_of(judge(claim, ensemble))
    meanings = {bar.label: bar.meaning for bar in chart.bars}
    assert meanings["Who coded"] == "Largest with the first coder alone"

"""The claims files of `data/claims`, held against the real series they are about.

What needs a series is skipped where the shared data are not beside the checkout.
"""

import csv
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from territory.claims.model import Claims
from territory.claims.plausibility import Fault
from territory.claims.summaries import summary
from territory.claims.verdicts import judge
from territory.job.load import load_series
from territory.job.spec import SeriesSpec, UncertaintySpec
from territory.read.text_files import read_toml
from territory.read.world import known_sizes

FOLDER = Path(__file__).resolve().parent.parent / "data" / "claims"
FILES = tuple(path for path in sorted(FOLDER.glob("*.toml")) if "profile" not in path.name)
AROUND = range(-2, 3)  # days beside each day of a claim, so that its cut can be judged


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_can_be_read_and_names_its_sources(path):
    for claim in read_toml(path, Claims).claim:
        assert claim.publisher
        assert claim.text
        assert re.match(r"https?://\S+$", claim.url), claim.id


def test_every_published_figure_is_in_a_file(shared_data):
    ours = {claim.id for path in FILES for claim in read_toml(path, Claims).claim}
    with (shared_data / "claims_ukraine_westbank_gaza.csv").open(encoding="utf-8") as stream:
        theirs = {row["id"]: row for row in csv.DictReader(stream)}
    assert set(theirs) <= ours
    values = {claim.id: claim.value for path in FILES for claim in read_toml(path, Claims).claim}
    assert {key: values[key] for key in theirs} == {
        key: float(row["figure"]) for key, row in theirs.items()
    }


def test_every_figure_about_syria_is_in_a_file(shared_data, repo):
    """Every number of the table but ordinals, days and links stands in one of the two files."""
    syria = read_toml(FOLDER / "syria.toml", Claims).claim
    idlib = read_toml(repo / "data" / "idlib-2018" / "claims.toml", Claims).claim
    ours = {each.value for each in (*syria, *idlib)}
    ours |= {also.value for each in syria for also in each.also}
    with (shared_data / "syria" / "published_figures.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    days = {"2017", "2018", "2019", "2020", "2015", "2016", "3", "4", "6", "14", "22"}
    left = days | {"185180", "35", "2"}
    for row in rows:
        said = re.sub(r"\([^)]*(?:from|July|Feb)[^)]*\)", "", row["figure"])
        for text in re.findall(r"\d[\d,]*\.?\d*", said):
            plain = text.replace(",", "").rstrip(".")
            known = plain in left or float(plain) in ours
            assert known, (row["figure"], text)


# ---- Against the series ----------------------------------------------------------------------


def judged(name, paths, profile, *, boundary_error_m=None, only=(), **options):
    claims = read_toml(FOLDER / f"{name}.toml", Claims).only(only)
    loaded = load_series(
        SeriesSpec(
            profile=profile,
            path=tuple(map(str, paths)),
            boundary_error_m=boundary_error_m,
            **options,
        ),
        Path(),
        areas={},
        rule="first-and-last",
        more_days=(),
        wanted_days=claims.days(),
        uncertainty=UncertaintySpec(),
    )
    sizes = known_sizes()
    return {each.id: judge(each, loaded.ensemble, sizes=sizes) for each in claims.claim}


@pytest.fixture(scope="module")
def daily_files(shared_data):
    """Return the files of the days that claims name, and of the days beside them."""

    def files(name):
        days = read_toml(FOLDER / f"{name}.toml", Claims).days()
        wanted = {day + timedelta(days=n) for day in days for n in AROUND}
        folder = shared_data / "ukraine" / "deepstate_daily"
        named = (folder / f"deepstatemap_data_{day:%Y%m%d}.geojson" for day in sorted(wanted))
        return [path for path in named if path.is_file()]

    return files


@pytest.fixture(scope="module")
def deepstate(daily_files):
    return judged("deepstate", daily_files("deepstate"), "deepstate-daily")


FIRST, SECOND = "month by the files of the 1st", "month by the files of the 2nd"


@pytest.mark.parametrize(
    ("claim", "first", "second", "computed"),
    [
        ("DS-2024-08", "consistent", "consistent", (363.49, 360.11)),
        ("DS-2024-11", f"consistent only as {FIRST}", "inconsistent", (725.91, 707.30)),
        ("DS-2025-08", "consistent", "consistent", (467.76, 464.35)),
        ("DS-2025-09", "inconsistent", f"consistent only as {SECOND}", (263.93, 258.44)),
        ("DS-2025-10", "inconsistent", f"consistent only as {SECOND}", (260.45, 267.17)),
        ("DS-2025-11", "inconsistent", f"consistent only as {SECOND}", (482.90, 505.76)),
    ],
)
def test_deepstates_months_are_consistent_and_say_how_they_were_cut(
    deepstate, claim, first, second, computed
):
    found = deepstate[claim]
    assert [each.verdict for each in found] == [first, second]
    assert [each.computed.value for each in found] == pytest.approx(computed, abs=0.005)


def test_files_that_came_after_the_figure_are_told(deepstate):
    """A month published on the 1st cannot have been cut by the file of the 2nd."""
    for claim, first, second in (
        ("DS-2025-08", "", "2025-09-02"),
        ("DS-2025-09", "", "2025-10-02"),
        ("DS-2025-10", "", "2025-11-02"),
        ("DS-2025-11", "", ""),  # known from the 2nd of December
    ):
        days = [str(each.later.day) if each.later else "" for each in deepstate[claim]]
        assert days == [first, second]
    (day,) = deepstate["IFX-4"]
    assert day.caveats.startswith("later map: the map of 2025-09-24 is dated after the figure")
    assert "it shows 03:00 UTC of its day" in day.caveats
    (week,) = deepstate["IFX-1"]
    assert week.caveats == ""


@pytest.mark.parametrize(
    ("claim", "computed"), [("IFX-1", 63.98), ("IFX-2", 5.72), ("IFX-4", 8.77)]
)
def test_weeks_and_days_of_interfax_are_consistent(deepstate, claim, computed):
    (found,) = deepstate[claim]
    assert found.verdict == "consistent"
    assert found.computed.value == pytest.approx(computed, abs=0.005)
    # The test is a sharp one: half as much or twice as much would not pass.
    assert found.computed.low > 0.49 * computed
    assert found.computed.high < 2 * computed


@pytest.mark.parametrize(("claim", "percent"), [("DS-2025-09pct", 19.05), ("DS-2025-10pct", 19.10)])
def test_shares_of_the_country_are_of_the_official_size(deepstate, claim, percent):
    official, drawn = deepstate[claim]
    assert official.verdict == "consistent only as share of the official size"
    assert official.computed.value == pytest.approx(percent, abs=0.005)
    assert "the 603,628 km2 of Ukraine (given as 603,549 to 603,700 by others)" in official.reason
    assert drawn.verdict == "inconsistent"


def test_another_map_is_told_from_this_one(daily_files):
    """The errors of both maps count, and a verdict speaks of DeepState's map alone."""
    found = judged("war-infographics", daily_files("war-infographics"), "deepstate-daily")
    every = [each for group in found.values() for each in group]
    assert {str(each.interval) for each in every} == {"both"}
    october = found["UAWI-2024-10"]
    assert [each.verdict for each in october] == ["consistent"] * 2
    assert [each.ratio for each in october] == pytest.approx([0.933, 0.963], abs=5e-4)
    assert "on DeepState's map with the errors of both maps" in october[0].reason
    assert "War Mapper may have measured another map" in october[0].reason
    july, bound = found["UAWI-2024-07"]
    assert july.ratio == pytest.approx(0.758, abs=5e-4)
    if july.verdict == "inconsistent":
        assert july.reason.startswith("DeepState's map does not bear it out: 134")
        assert "with errors of both maps" in summary(found["UAWI-2024-07"])
    assert "covers 24 of the 31 days" in bound.reason


def test_as_drawn_another_map_is_told_from_this_one(daily_files):
    """What `same_map` is for: the errors of lines on the ground hide that the map is another."""
    claims = read_toml(FOLDER / "war-infographics.toml", Claims).only(["UAWI-2024-10"])
    (claim,) = claims.claim
    wide = claim.model_copy(
        update={"reading": (claim.reading[0].model_copy(update={"same_map": False}),)}
    )
    own = claim.model_copy(update={"same_map": True})
    paths = daily_files("war-infographics")
    spec = SeriesSpec(profile="deepstate-daily", path=tuple(map(str, paths)))
    loaded = load_series(
        spec,
        Path(),
        areas={},
        rule="first-and-last",
        more_days=(),
        uncertainty=UncertaintySpec(),
    )
    (found,) = judge(wide, loaded.ensemble)
    assert found.computed.high - found.computed.low > 50
    strict = judge(own, loaded.ensemble)
    assert {(each.verdict, str(each.interval)) for each in strict} == {("inconsistent", "drawn")}
    assert "0.933 times it" in strict[0].reason
    assert "measured on another map, over other days or by another rule" in strict[0].reason


def test_the_total_of_november_2022_is_with_crimea(shared_data):
    folder = shared_data / "ukraine" / "deepstate_raw"
    around = [p for p in sorted(folder.glob("*.geojson")) if "16679" < p.name < "16685"]
    assert len(around) > 2
    found = judged("deepstate-2022", around, "deepstate-raw")["DS-tot-20221112"]
    values = [each.computed.value for each in found]
    assert values == pytest.approx([108_702, 64_719, 109_509], abs=1)
    assert [each.verdict.startswith("consistent") for each in found] == [True, False, False]


def test_totals_of_nzz_need_the_constant_for_crimea(shared_data):
    paths = sorted((shared_data / "ukraine" / "nzz").glob("2022-0[78]*.json"))
    found = judged("nzz", paths, "nzz", only=["NZZ-20220704", "NZZ-20220823"])
    for with_crimea, drawn in found.values():
        assert with_crimea.verdict == "consistent only as what is drawn, and Crimea"
        assert with_crimea.ratio == pytest.approx(1, abs=3e-6)
        assert with_crimea.computed.value - drawn.computed.value == pytest.approx(26_689.32)
        assert drawn.verdict == "inconsistent"
    (early, *_) = judged("nzz", paths, "nzz", only=["NZZ-20220224"])["NZZ-20220224"]
    assert early.lacking.startswith("there is no snapshot of 2022-02-24; the nearest days are 2022")


def test_the_areas_of_the_west_bank_are_off_by_a_point(shared_data):
    found = judged(
        "west-bank",
        [shared_data / "westbank" / "oslo_ii_areas.geojson"],
        str(FOLDER / "oslo-profile.toml"),
        day=date(1995, 9, 28),
    )
    drawn, with_h1, official = found["WB-A"]
    assert drawn.computed.value == pytest.approx(17.15, abs=0.005)
    assert with_h1.verdict == "consistent only as Area A with H1 of Hebron, of all that is drawn"
    assert with_h1.computed.value == pytest.approx(17.52, abs=0.005)
    assert [drawn.verdict, official.verdict] == ["inconsistent"] * 2
    for claim, percent, side in (("WB-B", 20.98, "below"), ("WB-C", 61.42, "above")):
        assert [each.verdict for each in found[claim]] == ["inconsistent"] * 2
        assert found[claim][0].computed.value == pytest.approx(percent, abs=0.005)
        assert f"lies {side}" in found[claim][0].reason


# ---- Without any polygon ---------------------------------------------------------------------


def without_map(name):
    return {each.id: judge(each, None) for each in read_toml(FOLDER / f"{name}.toml", Claims).claim}


def test_the_figure_for_gaza_is_impossible():
    (found,) = without_map("gaza")["GZ-1158"]
    assert (found.verdict, found.fault) == ("inconsistent", Fault.IMPOSSIBLE)
    assert summary((found,)) == (
        "1,158 km2: impossible: 1,158 km2 is more than the 365 km2 of the Gaza Strip;"
        " 41 % of it is 150 km2."
    )


def test_three_figures_about_syria_contradict_themselves():
    """Three areas published with their shares of one country would need three countries."""
    found = without_map("syria")
    faults = {key for key, (each,) in found.items() if each.fault is Fault.CONTRADICTION}
    assert faults == {
        "jusoor-2020-02-01-opposition",
        "jusoor-2020-02-01-sdf",
        "jusoor-2020-02-01-regime",
    }
    (sdf,) = found["jusoor-2020-02-01-sdf"]
    assert sdf.reason == (
        "contradicts itself: 47,846 km2 is 25.84 % of the 185,180 km2 of Syria, not 25.64 %"
    )
    assert {each.verdict for (each,) in found.values()} == {"inconsistent", "not checkable"}

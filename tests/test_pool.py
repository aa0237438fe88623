"""Several maps, one answer: the pool against published figures, and claims on drawn squares."""

import csv
import json
import re
from dataclasses import replace
from io import StringIO
from math import hypot, log, sqrt
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from squares import PLANE, day, history_of, squares

from territory.claims.figures import Unit
from territory.claims.model import Claim, Reading
from territory.claims.pooled import POOLED, give_one_figure, judge_on_maps
from territory.claims.readings import measure_of
from territory.claims.rows import budget_rows, verdict_rows
from territory.claims.summaries import summary
from territory.cli import _code
from territory.errors import ClaimError, InputError
from territory.geometry.projection import WGS84, transformation
from territory.history.regions import DrawnRegions
from territory.history.rim import RimError
from territory.job.series import Loaded
from territory.job.several_maps import (
    Pair,
    Whereabouts,
    farthest_apart,
    marked_for_pool,
    not_pooled,
)
from territory.job.study import compute
from territory.languages import LANGUAGES
from territory.measure.boundary_error import BoundaryError
from territory.measure.budget import OTHER_MAP, OUTLINE
from territory.measure.ensemble import BASE, Ensemble, rim_sd
from territory.measure.estimate import Z_95
from territory.measure.pool import pool
from territory.publish.report import captions

# ---- The pool itself -------------------------------------------------------------------------

# Trials of the BCG vaccine (Colditz et al., 1994): cases and healthy, vaccinated and not.
BCG = (
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
    (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
    (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
)  # fmt: skip


def test_the_pool_of_a_published_example_is_the_published_one():
    ratios = [log((a / (a + b)) / (c / (c + d))) for a, b, c, d in BCG]
    sds = [sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) for a, b, c, d in BCG]
    found = pool(ratios, sds)
    assert (round(found.value, 4), round(found.se, 4)) == (-0.7141, 0.1787)
    assert (round(found.tau2, 4), round(found.q, 3)) == (0.3088, 152.233)
    assert round(100 * found.i2, 2) == 92.12


def test_two_alike_maps_are_their_mean_and_disagree_by_what_is_left_of_their_distance():
    found = pool([400.0, 500.0], [10.0, 10.0])
    assert found.value == pytest.approx(450.0)
    assert found.tau2 == pytest.approx(100.0**2 / 2 - 10.0**2)
    assert found.se == pytest.approx(50.0)
    assert found.weights == pytest.approx((0.5, 0.5))


def test_maps_that_agree_have_a_normal_standard_error_and_a_wider_interval():
    found = pool([450.0, 450.0], [10.0, 10.0])
    assert (found.tau2, found.i2, found.q) == (0.0, 0.0, 0.0)
    assert found.se == pytest.approx(10.0 / sqrt(2))
    assert found.half_width() > Z_95 * found.se


def test_an_error_that_nobody_stated_counts_as_the_largest_of_the_others():
    assert pool([1.0, 2.0, 4.0], [0.0, 0.5, 0.3]) == pool([1.0, 2.0, 4.0], [0.5, 0.5, 0.3])
    assert pool([1.0, 2.0, 3.0], [0.0, 0.0, 0.0]).value == pytest.approx(2.0)
    nothing = pool([0.0, 0.0], [0.0, 0.0])
    assert nothing.value == 0.0


figures = st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(0.1, 1e3)), min_size=2, max_size=6)


@given(figures, st.floats(-1e4, 1e4), st.floats(0.01, 100))
def test_the_pool_lies_among_the_figures_and_moves_with_them(found, shift, scale):
    values, sds = map(list, zip(*found, strict=True))
    one = pool(values, sds)
    assert min(values) - 1e-6 <= one.value <= max(values) + 1e-6
    assert sum(one.weights) == pytest.approx(1.0)
    other = pool([scale * (v + shift) for v in values], [scale * sd for sd in sds])
    assert other.value == pytest.approx(scale * (one.value + shift), rel=1e-6, abs=1e-3 * scale)
    assert one.half_width(another_sd=one.typical_sd) > one.half_width()


@pytest.mark.parametrize("sds", [(20.0, 20.0), (20.0, 40.0), (17.0, 21.0, 36.0)])
@pytest.mark.parametrize("disagreement", [0.0, 10.0, 20.0, 35.0])
def test_the_interval_of_few_maps_holds_the_truth_as_often_as_is_said(sds, disagreement):
    rng, sd, cases = np.random.default_rng(0), np.array(sds), 600
    drawn = (
        500
        + disagreement * rng.normal(size=(cases, len(sd)))
        + sd * rng.normal(size=(cases, len(sd)))
    )
    pools = [pool(row, sds) for row in drawn]
    held = np.mean([abs(each.value - 500) <= each.half_width() for each in pools])
    assert held >= 0.89  # 90 %, less what 600 cases leave to chance


@pytest.mark.parametrize(
    ("values", "sds"), [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, 2.0], [1.0, -1.0])]
)
def test_what_cannot_be_pooled_is_refused(values, sds):
    with pytest.raises(InputError, match="a pool needs"):
        pool(values, sds)


# ---- Claims on squares -----------------------------------------------------------------------

START = squares("AABBBB", "AABBBB")
SMALL = squares("AAABBB", "AAABBB")  # A took 2 squares
MIDDLE = squares("AAABBB", "AAAABB")  # 3
LARGE = squares("AAAABB", "AAAABB")  # 4
ERROR = BoundaryError(50.0)


def taken(value, *, publisher="", precision="exact", when=(0, 3), by=("A",), **more):
    reading = Reading(name="taken", quantity="gained", by=by, **more)
    return Claim(
        id="x", text="", publisher=publisher, published=day(when[1]), value=value, unit="km2",
        precision=precision, period=(day(when[0]), day(when[1])), reading=(reading,),
    )  # fmt: skip


def on(end, *, publisher="", error=ERROR, start=START):
    # Every map stands for two days, so that the hour of the cut changes nothing.
    return Ensemble(history_of(start, start, end, end), error, publisher=publisher)


def three(**publishers):
    ends = {"small": SMALL, "middle": MIDDLE, "large": LARGE}
    return {name: on(end, publisher=publishers.get(name, "")) for name, end in ends.items()}


def sd_of(judgement):
    return (judgement.computed.high - judgement.computed.value) / Z_95


def test_every_map_has_a_row_and_the_pool_is_that_of_their_figures():
    (found,) = judge_on_maps(taken(3), three())
    rows = verdict_rows([found])
    assert [row["series"] for row in rows] == ["small", "middle", "large", POOLED]
    assert [row["computed"] for row in rows[:3]] == [2.0, 3.0, 4.0]
    expected = pool([2.0, 3.0, 4.0], [sd_of(each) for each in found.maps])
    assert found.computed.value == pytest.approx(expected.value)
    assert found.computed.high - found.computed.value == pytest.approx(expected.half_width())
    assert found.verdict == "consistent"


def test_the_sentence_says_how_far_the_maps_lie_apart_and_how_many_bear_it_out():
    (found,) = judge_on_maps(taken(3), three())
    alone = [each.agrees for each in found.maps]
    assert alone == [False, True, False]
    assert "the 3 maps lie from 2.0 to 4.0 km2, apart by 2.0 (I2 " in found.apart
    assert "1 of 3 bears it out" in found.apart
    assert "The 3 maps lie from 2.0 to 4.0 km2" in summary((found,))
    (same,) = judge_on_maps(taken(2), {"one": on(SMALL), "other": on(SMALL)})
    assert same.apart == "the 2 maps both give 2.0 km2; 2 of 2 bear it out"


def test_a_net_of_nothing_on_every_map_is_one_figure():
    assert give_one_figure([0.0, -3e-14])
    assert not give_one_figure([0.0, 1e-5])
    nothing = Reading(name="net", quantity="net", by=("A",))
    still = squares("AAABBB", "AAABBB", "ABABAB")
    claim = taken(0).model_copy(update={"reading": (nothing,), "period": (day(0), day(1))})
    (found,) = judge_on_maps(claim, {"one": on(still), "other": on(still)})
    assert found.apart.startswith("the 2 maps both give 0 km2; 2 of 2")


def test_captions_and_page_say_whose_map_of_several_they_show(reported):
    text = (reported / "report.html").read_text("utf-8")
    captions = re.findall(r"<figcaption[^>]*>(?:The ground|“small”|Who held)[^<]*", text)
    assert captions
    assert all("“small”: " in each for each in captions)
    page = (reported / "page.html").read_text("utf-8")
    assert "about “small” alone, not about middle, large; published" in page
    assert page.count("middle, large") == len(LANGUAGES)


def test_the_caption_between_maps_says_which_ground_it_is_about(monkeypatch):
    results = SimpleNamespace(judgements=[()], titles=lambda _language: {"west": "The west"})
    for area, said in (("west", ": The west alone, also"), ("all", ": all ground, also")):
        pair = Pair("one", "other", day(1), area)
        monkeypatch.setattr(captions, "farthest_apart", lambda _group, pair=pair: pair)
        (plate,) = captions.plates(results, (SimpleNamespace(key=captions.BETWEEN_MAPS),))
        assert said in plate.caption


def test_maps_that_give_one_figure_are_nowhere_apart():
    still = squares("AAABBB", "AAABBB", "ABABAB")
    nothing = Reading(name="net", quantity="net", by=("A",))
    claim = taken(0).model_copy(update={"reading": (nothing,), "period": (day(0), day(1))})
    found = judge_on_maps(claim, {"one": on(still), "other": on(still)})
    near = replace(found[0].maps[1].computed, value=3e-14)
    maps = (found[0].maps[0], replace(found[0].maps[1], computed=near))
    assert farthest_apart((replace(found[0], maps=maps),)) is None


def test_the_headline_says_on_how_many_maps_a_figure_was_measured(reported):
    text = (reported / "report.html").read_text("utf-8")
    assert re.search(r"it comes to [^<]+?\) on 3 maps together", text)


def test_a_pool_that_lies_elsewhere_does_not_bear_a_figure_out():
    (found,) = judge_on_maps(taken(90), three())
    assert found.verdict == "inconsistent"
    assert found.reason.startswith("the pool of 3 maps does not bear it out: 3.0 (")
    assert "none of 3 bears it out" in found.apart


def test_a_figure_that_only_the_wider_pool_bears_out_is_borne_out_by_no_map_by_itself():
    (found,) = judge_on_maps(taken(3), {"one": on(SMALL), "other": on(LARGE)})
    assert [each.agrees for each in found.maps] == [False, False]
    assert found.verdict == "consistent"
    assert "none of 2 by itself bears it out" in found.apart


def test_a_publishers_own_map_is_judged_as_drawn_and_pooled_as_the_ground():
    maps = three(small="Mapper")
    claim = taken(2, publisher="Mapper")
    (found,) = judge_on_maps(claim, maps)
    own = found.maps[0]
    assert own.reading.same_map
    assert own.computed.high < 2.01  # nothing but the way of measuring: no line is off
    (plain,) = judge_on_maps(taken(2), three())
    assert found.computed == plain.computed  # the ground does not depend on who said it
    assert found.reading.same_map is None


def test_a_verdict_that_no_map_bears_out_by_itself_says_so():
    ends = {"small": SMALL, "large": LARGE}
    maps = {name: on(end, error=BoundaryError(5.0)) for name, end in ends.items()}
    (found,) = judge_on_maps(taken(3), maps)
    assert found.agrees and not any(each.agrees for each in found.maps)
    assert found.with_limits.endswith("though no map by itself bears it out")
    own = {"small": on(SMALL, publisher="Mapper"), "large": on(LARGE)}
    (found,) = judge_on_maps(taken(3, publisher="Mapper"), own)
    assert found.with_limits.endswith("though its publisher's own map does not bear it out")
    (found,) = judge_on_maps(taken(2), {"one": on(SMALL), "other": on(SMALL)})
    assert "though" not in found.with_limits


def test_a_figure_from_yet_another_map_is_held_against_one_more_map():
    names = {"small": "One", "middle": "Two", "large": "Three"}
    (found,) = judge_on_maps(taken(3, publisher="Four"), three(**names))
    (ground,) = judge_on_maps(taken(3), three())
    assert found.computed.value == ground.computed.value
    values = [each.computed.value for each in ground.maps]
    expected = pool(values, [sd_of(each) for each in ground.maps])
    half = expected.half_width(another_sd=expected.typical_sd)
    assert found.computed.high - found.computed.value == pytest.approx(half)
    assert "Four may have measured another map" in found.reason
    assert {row["component"] for row in budget_rows([found]) if row["series"] == POOLED} == {
        "the maps' own errors",
        "what the maps disagree by",
        "where the other publisher drew the line",
        "the interval",
        "the range of all choices",
    }


def test_the_known_error_of_yet_another_map_counts_in_the_pool_too():
    """A pool of sharp maps bears out no less of a coarse one's figure than each of them does."""
    claim = taken(3, publisher="Four")
    names = {"small": "One", "middle": "Two", "large": "Three"}
    maps = {
        name: replace(each, others={"Four": BoundaryError(500.0)})
        for name, each in three(**names).items()
    }
    (found,) = judge_on_maps(claim, maps)
    others = [c.sd for m in found.maps for c in m.budget.components if c.name == OTHER_MAP]
    [part] = [c for c in found.budget.components if c.name == OTHER_MAP]
    assert part.sd > max(others) > 5 * min(sd_of(m) for m in judge_on_maps(taken(3), maps)[0].maps)
    assert found.computed.high - found.computed.value > Z_95 * max(others)


def test_figures_of_nothing_without_an_error_have_no_interval():
    nothing = pool([0.0, 0.0], [0.0, 0.0])
    assert nothing.half_width() == pytest.approx(0.0, abs=1e-4)


def test_same_map_holds_for_the_map_of_the_publisher_alone():
    stated = taken(2, publisher="Mapper", same_map=True)
    (found,) = judge_on_maps(stated, three(middle="Mapper"))
    assert [bool(each.reading.same_map) for each in found.maps] == [False, True, False]
    names = {"small": "Other", "middle": "Mapper", "large": "Third"}
    (found,) = judge_on_maps(stated, three(**names))
    others = [any(c.name == OTHER_MAP for c in each.budget.components) for each in found.maps]
    assert others == [True, False, True]
    ground = judge_on_maps(taken(2), three())[0].computed
    assert found.computed == ground
    of_claim = taken(2, publisher="Mapper").model_copy(update={"same_map": True})
    (found,) = judge_on_maps(of_claim, three(**names))
    assert found.computed == ground
    (found,) = judge_on_maps(taken(2, publisher="Nobody", same_map=True), three())
    assert [bool(each.reading.same_map) for each in found.maps] == [True, False, False]


def test_a_map_without_the_day_is_not_checkable_and_not_in_the_pool():
    maps = {**three(), "short": Ensemble(history_of(START), ERROR)}
    (found,) = judge_on_maps(taken(3), maps)
    (pooled,) = judge_on_maps(taken(3), three())
    assert found.computed == pooled.computed
    assert found.maps[3].verdict == "not checkable"
    assert "there is no snapshot of" in found.maps[3].reason
    assert found.apart.endswith("'short' could not be asked")


def test_where_one_map_alone_can_be_asked_the_answer_is_its_own():
    maps = {"short": Ensemble(history_of(START), ERROR), "small": on(SMALL)}
    (found,) = judge_on_maps(taken(2), maps)
    assert (found.series, found.computed.value) == ("small", 2.0)
    assert found.apart == "only 'small' of 2 maps could be asked; 'short' could not be asked"
    assert [row["series"] for row in verdict_rows([found])] == ["short", "small"]
    (nobody,) = judge_on_maps(taken(2, when=(0, 9)), {"a": on(SMALL), "b": on(LARGE)})
    assert (nobody.verdict, nobody.apart) == ("not checkable", "")
    assert nobody.lacking


def test_an_actor_that_one_map_does_not_know_leaves_that_map_out():
    other = on(squares("CCCCBB", "CCCCBB"), start=squares("CCBBBB", "CCBBBB"))
    (found,) = judge_on_maps(taken(3), {**three(), "other": other})
    assert "unknown actor 'A'" in found.maps[3].reason
    assert "'other' could not be asked" in found.apart
    with pytest.raises(ClaimError, match="unknown actor 'Z'"):
        judge_on_maps(taken(3, by=("Z",)), three())


def test_what_cannot_be_true_is_refused_whatever_the_maps_say():
    claim = taken(3).model_copy(update={"of": 1.0, "of_name": "the field"})
    (found,) = judge_on_maps(claim, three())
    assert found.verdict == "inconsistent"
    assert found.fault
    assert all(each.fault for each in found.maps)


def test_the_outline_of_a_country_is_off_on_all_maps_alike_and_is_not_averaged_out():
    share = Reading(name="share", quantity="total", by=("A",))
    claim = (
        taken(50)
        .model_copy(
            update={"unit": Unit.PERCENT, "of": "Atlantis", "reading": (share,), "day": day(1)}
        )
        .model_copy(update={"period": None})
    )
    maps, sizes = three(), {"Atlantis": 12.0}
    (found,) = judge_on_maps(claim, maps, sizes=sizes)
    outlines = [c.span for m in found.maps for c in m.budget.components if c.name == OUTLINE]
    (own,) = (c.span for c in found.budget.components if c.name == OUTLINE)
    assert len(outlines) == 3
    assert own == pytest.approx(max(outlines))
    whole = sum(each.computed.high - each.computed.low for each in found.maps) / 3
    assert found.computed.high - found.computed.low > max(own, whole / 3)


def test_the_rim_of_an_area_is_off_on_all_maps_alike_and_is_not_averaged_out():
    """What each map adds of its own is what it has without a rim, and the rim is added once."""
    claim = taken(3, area="frame")
    exact = three()
    rims = {"frame": RimError(100.0, 1000.0)}
    maps = {name: replace(each, rims=rims) for name, each in exact.items()}
    (found,), (without,) = judge_on_maps(claim, maps), judge_on_maps(claim, exact)
    reading = claim.reading[0]
    of_rim = [rim_sd(each, measure_of(claim, reading, each.base)) for each in maps.values()]
    half = without.computed.high - without.computed.value
    assert found.computed.value == pytest.approx(without.computed.value)
    expected = hypot(half, Z_95 * max(of_rim))
    assert found.computed.high - found.computed.value == pytest.approx(expected)
    assert max(of_rim) > 0.01


def test_readings_are_pooled_each_for_itself():
    claim = taken(3)
    lost = Reading(name="lost", quantity="lost", by=("A",))
    both = claim.model_copy(update={"reading": (*claim.reading, lost)})
    first, second = judge_on_maps(both, three())
    assert first.verdict == "consistent only as taken"
    assert (second.verdict, second.computed.value) == ("inconsistent", 0.0)
    assert summary((first, second)).count("For “") == 1


def test_one_map_is_judged_as_ever_and_named():
    (found,) = judge_on_maps(taken(2), {"alone": on(SMALL)})
    (row,) = verdict_rows([found])
    assert (row["series"], row["computed"], found.maps, found.apart) == ("alone", 2.0, (), "")


# ---- Where they differ -----------------------------------------------------------------------


def loaded(name, end, *, start=START):
    return Loaded(name, on(end, start=start), (day(0), day(3)), ())


def test_it_is_said_near_what_two_maps_differ_most():
    where = Whereabouts((loaded("one", SMALL), loaded("other", LARGE)))
    found = where("one", "other", day(3), "all")
    said = f"on {day(3)} 'one' and 'other' give 2.0 km2 to different holders, all near "
    assert found.startswith(said)
    assert not where("one", "other", day(9), "all")
    assert not where("one", "one", day(3), "all")


def test_it_is_said_in_which_province_two_maps_differ_most():
    halves = np.array([shapely.box(3000, -2000, 6000, -1000), shapely.box(0, -1000, 6000, 0)])
    titles = {"south": {"en": "the South"}}
    regions = DrawnRegions("r.gpkg", PLANE.crs, ("south", "north"), halves, titles=titles)
    series = tuple(
        map(loaded, ("start", "small", "middle", "large"), (START, SMALL, MIDDLE, LARGE))
    )
    where = Whereabouts(series, regions)
    assert where("small", "middle", day(3), "all").endswith("holders, all in the South")
    found = where("start", "large", day(3), "all")  # two squares of the north, one of the South
    assert found.endswith("give 4.0 km2 to different holders, the largest part in north (2.0)")


# ---- Files, a job, and the command line ------------------------------------------------------


def write(folder, **days):
    """Write grids as files of zones, 1 km squares near 37 degrees east."""
    folder.mkdir()
    to_degrees = transformation(PLANE.crs, WGS84)
    for name, grid in days.items():
        history = history_of(grid)
        features = []
        for number, holder in enumerate(history.holders[1:], start=1):
            held = shapely.union_all(history.faces[history.held_by[0] == number])
            shape = shapely.transform(held, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
            features.append(
                {
                    "type": "Feature",
                    "properties": {"actor": holder.actor},
                    "geometry": shape.__geo_interface__,
                }
            )
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (folder / f"{name.replace('_', '-').strip('d')}.geojson").write_text(text, "utf-8")


CLAIMS = """
[[claim]]
id = "jan"
text = "A took three square kilometres"
publisher = "Somebody"
published = 2018-01-02
value = 3
unit = "km2"
precision = "exact"
period = [2018-01-01, 2018-01-02]
  [[claim.reading]]
  name = "taken"
  quantity = "gained"
  by = ["A"]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, end in (("small", SMALL), ("middle", MIDDLE), ("large", LARGE)):
        write(tmp_path / name, d2018_01_01=START, d2018_01_02=end)
    (tmp_path / "claims.toml").write_text(CLAIMS, "utf-8")
    return tmp_path


def job(folder: Path, *names: str, more: str = "") -> Path:
    text = "".join(
        f'[[series]]\nname = "{name}"\nprofile = "zones"\npath = "{name}"\n' for name in names
    )
    off = "[maps]\nenabled = false\n[report]\nenabled = false\n"
    path = folder / "job.toml"
    path.write_text(f'{text}{more}[claims]\nfile = "claims.toml"\n{off}', "utf-8")
    return path


def check(*words, capsys):
    code = _code(["check", "claims.toml", *words])
    out, err = capsys.readouterr()
    return code, list(csv.DictReader(StringIO(out))), err


def also(*names):
    return [w for name in names for w in ("--and", name, "--and-profile", "zones")]


def test_check_prints_a_row_for_each_map_and_the_pool(folder, capsys):
    words = ["small", "--profile", "zones", *also("middle", "large")]
    code, rows, err = check(*words, capsys=capsys)
    assert code == 0
    assert [row["series"] for row in rows] == ["small", "middle", "large", POOLED]
    computed = [float(row["computed"]) for row in rows]
    assert computed == pytest.approx([2.0, 3.0, 4.0, computed[3]], rel=1e-4)
    assert "The 3 maps lie from 2.0 to 4.0 km2" in err
    assert list(rows[0])[-1] == "series"


def test_check_of_one_map_is_as_it_was(folder, capsys):
    code, rows, err = check("small", "--profile", "zones", capsys=capsys)
    assert (code, len(rows), rows[0]["series"]) == (0, 1, "")
    assert "maps lie" not in err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--and-profile", "zones"], 2, "0 --and and 1 --and-profile"),
        (["--and", "small", "--and-profile", "zones"], 1, "a map cannot be pooled with itself"),
        (["--and", "copy", "--and-profile", "zones"], 1, "a map cannot be pooled with itself"),
        (["--and", "nowhere", "--and-profile", "zones"], 1, "nowhere"),
    ],
)
def test_check_refuses_maps_that_cannot_be_pooled(folder, capsys, words, code, said):
    write(folder / "copy", d2018_01_01=START, d2018_01_02=SMALL)
    found, rows, err = check("small", "--profile", "zones", *words, capsys=capsys)
    assert (found, rows) == (code, [])
    assert said in err


def test_check_refuses_further_maps_without_a_first_one(folder, capsys):
    code, rows, err = check(*also("small"), capsys=capsys)
    assert (code, rows) == (2, [])
    assert "--and does nothing here" in err


def test_a_map_of_another_region_is_left_out_in_one_line(folder, capsys):
    import shutil

    shutil.copytree(folder / "small", folder / "far")
    for path in (folder / "far").iterdir():
        content = json.loads(path.read_text("utf-8"))
        for each in content["features"]:
            far = shapely.transform(
                shapely.from_geojson(json.dumps(each["geometry"])), lambda x: x - 9
            )
            each["geometry"] = far.__geo_interface__
        path.write_text(json.dumps(content), "utf-8")
    words = ["small", "--profile", "zones", *also("far", "large")]
    code, rows, err = check(*words, capsys=capsys)
    assert code == 0
    by_series = {row["series"]: row for row in rows}
    assert by_series["far"]["verdict"] == "not checkable"
    assert err.count("covers another region than the others; no claim is judged on it") == 1
    assert "The 2 maps lie from 2.0 to 4.0 km2" in err
    code, rows, err = check("small", "--profile", "zones", *also("far"), capsys=capsys)
    assert [row["series"] for row in rows] == ["small", "far"]
    assert "only 'small' of 2 maps could be asked" in err.replace("Only", "only")


def test_a_job_judges_on_every_series_and_names_them(folder):
    found = compute(job(folder, "small", "middle", "large"))
    assert [row["series"] for row in found.verdicts] == ["small", "middle", "large", POOLED]
    assert {row["series"] for row in found.budget} == {"small", "middle", "large", POOLED}
    assert not found.unusable


def test_a_job_of_one_series_has_its_name_in_the_last_column(folder):
    (row,) = compute(job(folder, "small")).verdicts
    assert (list(row)[-1], row["series"]) == ("series", "small")


def test_the_same_files_count_once_in_a_job(folder):
    write(folder / "copy", d2018_01_01=START, d2018_01_02=SMALL)
    found = compute(job(folder, "small", "copy", "large"))
    alone = compute(job(folder, "small", "large"))
    assert found.verdicts[-1]["computed"] == alone.verdicts[-1]["computed"]
    (told,) = (row for row in found.quality if row["kind"] == "not-pooled")
    assert told["detail"].startswith("the series 'copy' has the same files as 'small'")


def test_no_series_is_called_as_the_pool_is(folder):
    with pytest.raises(InputError, match="cannot be named 'pooled'"):
        compute(job(folder, "small", "pooled"))


def test_of_series_that_lie_all_apart_the_first_is_asked():
    far = tuple(loaded(name, SMALL) for name in "abc")
    moved = tuple(
        Loaded(each.name, Ensemble(_moved(each.ensemble.base, n * 1e5), ERROR), each.days, ())
        for n, each in enumerate(far)
    )
    files = [(Path(__file__),), (Path(json.__file__),), (Path(csv.__file__),)]
    assert set(not_pooled(marked_for_pool(moved, files))) == {"b", "c"}
    assert not not_pooled(marked_for_pool(far, files))


def _moved(history, metres):
    from dataclasses import replace

    faces = shapely.transform(history.faces, lambda xy: xy + np.array([metres, 0.0]))
    return replace(history, faces=faces)


def test_a_pool_is_made_of_what_its_budget_says():
    (found,) = judge_on_maps(taken(3), three())
    sds = {each.name: each.sd for each in found.budget.components}
    half = found.computed.high - found.computed.value
    assert half >= Z_95 * hypot(*sds.values()) * (1 - 1e-9)  # Student's reach is no shorter


# ---- From Python -----------------------------------------------------------------------------

quiet = pytest.mark.filterwarnings("ignore::territory.errors.TerritoryWarning")


@quiet
def test_a_history_is_judged_together_with_others(folder):
    import territory as tt

    small, middle, large = (tt.read(name) for name in ("small", "middle", "large"))
    claim = tt.Claim(3, words="exact", quantity="gained", by="A", period=("2018-01-01", day(1)))
    found = small.judge(claim, others=[middle, large])
    assert found.frame.series.tolist() == ["series 1", "series 2", "series 3", POOLED]
    assert found.computed.value == found.frame.computed.iloc[-1]
    assert "The 3 maps lie from 2.0 to 4.0 km2" in found.sentence
    two = small.judge(claim, others=large, aoi=(30, 30, 40, 40))
    assert two.frame.computed.round(3).tolist()[:2] == [2.0, 4.0]
    assert small.judge(claim).frame.series.tolist() == [""]


@quiet
@pytest.mark.parametrize(
    ("others", "said"),
    [(3, "nor a list of them"), (["large"], "is no History"), ("large", "nor a list of them")],
)
def test_others_that_are_no_series_are_refused(folder, others, said):
    import territory as tt

    small = tt.read("small")
    claim = tt.Claim(3, quantity="gained", by="A", period=("2018-01-01", "2018-01-02"))
    with pytest.raises(InputError, match=said):
        small.judge(claim, others=others)
    with pytest.raises(InputError, match="cannot be pooled with itself"):
        small.judge(claim, others=small)


# ---- Places and districts among them ---------------------------------------------------------


def test_places_and_districts_are_pooled_with_drawn_zones():
    base = history_of(START, START, LARGE, LARGE)
    draws = tuple(history_of(START, START, end, end) for end in (SMALL, MIDDLE, LARGE))
    places = Ensemble(base, draws=draws, sample_size=8, total=10)
    districts = Ensemble(replace(history_of(START, START, SMALL, SMALL), outside_is_nobody=False))
    maps = {"zones": on(MIDDLE), "places": places, "districts": districts}
    (found,) = judge_on_maps(taken(3), maps)
    jackknife = 2 * np.std([2.0, 3.0, 4.0])
    sds = [sd_of(each) for each in found.maps]
    assert sds[1] == pytest.approx(jackknife)
    assert sds[2] == 0.0  # nobody stated an error of districts
    assert found.computed.value == pytest.approx(pool([3.0, 4.0, 2.0], sds).value)
    series = tuple(Loaded(name, each, (day(0), day(3)), ()) for name, each in maps.items())
    assert not Whereabouts(series)("districts", "places", day(3), "all")  # no line to compare


def test_villages_counted_by_gazetteers_are_no_lower_bound_in_the_pool_either():
    grids = (START, START, MIDDLE, MIDDLE)
    base, counted = history_of(*grids), replace(history_of(*grids), outside_is_nobody=False)
    places = Ensemble(base, draws=(base, base), sample_size=8, total=10, counts={BASE: counted})
    claim = taken(90, lower_bound="the list is not complete").model_copy(
        update={"unit": Unit.PLACES}
    )
    (open_,) = judge_on_maps(claim, {"one": places, "other": places})
    assert (open_.verdict, open_.series) == ("not checkable", POOLED)
    listed = replace(places, count_draws=(counted, counted))
    (found,) = judge_on_maps(claim, {"one": listed, "other": listed})
    assert {each.verdict for each in (found, *found.maps)} == {"inconsistent"}


def test_the_hour_of_the_cut_is_no_weight_of_a_map_without_an_error():
    """Districts change at some hour; known to that hour alone they would outweigh all others."""
    exact = BoundaryError(0.0)
    districts = Ensemble(history_of(START, START, SMALL, MIDDLE), exact)  # more the day after
    still = Ensemble(history_of(START, START, SMALL, SMALL), exact)
    claim = taken(3, when=(0, 2))
    for each in (districts, still):
        (found,) = judge_on_maps(claim, {"large": on(LARGE), "districts": each})
        assert found.computed.value == pytest.approx(3.0)  # half way: they weigh alike
    assert found.maps[1].computed.high == 2.0


# ---- What is written -------------------------------------------------------------------------


@pytest.fixture
def reported(folder):
    from territory.run import run

    text = job(folder, "small", "middle", "large").read_text("utf-8")
    (folder / "job.toml").write_text(text.replace("enabled = false", "enabled = true"), "utf-8")
    run(folder / "job.toml", folder / "out")
    return folder / "out"


def test_report_page_review_and_picture_show_every_map(reported):
    html = (reported / "report.html").read_text("utf-8")
    chart = html.split('class="plot forest"')[1].split("</figure>")[0]
    lines = [part.split("</span>")[0] for part in chart.split('<span dir="auto">')[1:]]
    assert lines == ["small", "middle", "large", "All maps together"]
    assert chart.count("<circle") == 3
    assert chart.count("<polygon") == 1
    assert "The 3 maps lie from 2.0 to 4.0 km²" in chart
    assert "Where the maps “small” and “large” differ, on 2 January 2018: all ground" in html
    assert (reported / "maps" / "between_maps.png").stat().st_size > 1000
    review = json.loads((reported / "claims" / "jan.jsonld").read_text("utf-8"))
    names = [each["name"] for each in review["additionalProperty"]]
    assert names == ["taken, small", "taken, middle", "taken, large", "taken, pooled"]
    page = (reported / "page.html").read_text("utf-8")
    assert '"pooled":true' in page.replace(" ", "")


def test_a_report_of_one_series_has_no_forest_and_no_picture_between_maps(folder):
    from territory.run import run

    text = job(folder, "small").read_text("utf-8")
    (folder / "job.toml").write_text(text.replace("enabled = false", "enabled = true"), "utf-8")
    run(folder / "job.toml", folder / "out")
    html = (folder / "out" / "report.html").read_text("utf-8")
    assert 'class="plot forest"' not in html
    assert not (folder / "out" / "maps" / "between_maps.png").exists()


def test_the_page_of_a_job_is_judged_on_every_series(folder):
    path = job(folder, "small", "middle", "large")
    assert _code(["page", str(path), "--out", "page.html"]) == 0
    assert '"pooled":true' in Path("page.html").read_text("utf-8").replace(" ", "")


def test_a_first_series_without_the_day_of_a_claim_stops_neither_report_nor_page(folder):
    from territory.run import run

    write(folder / "short", d2018_01_01=START)
    text = job(folder, "short", "small", "large").read_text("utf-8")
    (folder / "job.toml").write_text(text.replace("enabled = false", "enabled = true"), "utf-8")
    found = run(folder / "job.toml", folder / "out")
    assert found.is_sound
    assert "The 2 maps lie from 2.0 to 4.0 km2" in found.summaries[0]

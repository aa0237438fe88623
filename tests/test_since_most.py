"""Ground liberated since the maximum: ever held and lost, or below the largest extent."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from squares import day, history_of, squares

from territory.claims.model import Claim, Kind, Reading
from territory.claims.pooled import judge_on_maps
from territory.claims.readings import measure_of, query_of
from territory.claims.summaries import summary
from territory.claims.tallies import Tally, face_km2
from territory.claims.verdicts import judge
from territory.measure.boundary_error import BoundaryError
from territory.measure.budget import OUTLINE, PEAK
from territory.measure.ensemble import Ensemble, estimate

# Three squares are the most, on the second day; of the four ever held one is left at the end,
# and the last is taken when the second is long lost.
SERIES = ("AA...", "AAA..", ".AA..", "..AA.", "...A.")
GRIDS = st.lists(st.text("AB.", min_size=4, max_size=4), min_size=3, max_size=6)


def claim(quantity, value=1.0, last=4, *, first=0, unit="km2", **more):
    reading = Reading(name="r", quantity=quantity, by=("A",), **more)
    return Claim(
        id="c", text="", publisher="", published=date(2019, 1, 1), value=value, unit=unit,
        precision="exact", period=(day(first), day(last)), reading=(reading,),
    )  # fmt: skip


def figure(quantity, rows, **more):
    history = history_of(*map(squares, rows))
    asked = claim(quantity, last=len(rows) - 1, **more)
    return measure_of(asked, asked.reading[0], history).value(history)


def counted(rows):
    """Count the squares: ever held and not at the end; the most less those at the end."""
    ever = {n for row in rows for n, holder in enumerate(row) if holder == "A"}
    most = max(row.count("A") for row in rows)
    return len(ever - {n for n, h in enumerate(rows[-1]) if h == "A"}), most - rows[-1].count("A")


def test_the_two_readings_differ_where_ground_was_taken_meanwhile():
    assert figure("ever-lost", SERIES) == pytest.approx(3)
    assert figure("below-maximum", SERIES) == pytest.approx(2)


@given(GRIDS)
def test_both_are_what_can_be_counted(rows):
    if not any("A" in row for row in rows):
        return
    ever, below = counted(rows)
    assert figure("ever-lost", rows) == pytest.approx(ever)
    assert figure("below-maximum", rows) == pytest.approx(below)
    assert below <= ever


@given(GRIDS)
def test_ground_is_lost_for_good_in_one_step(rows):
    if not any("A" in row for row in rows):
        return
    history = history_of(*map(squares, rows))
    asked = claim("ever-lost", last=len(rows) - 1)
    query = query_of(asked, asked.reading[0])
    assert query.each_step(history).sum(axis=0).tolist() == query.times(history).tolist()


def test_percent_is_of_what_was_ever_held_or_of_the_most():
    assert figure("ever-lost", SERIES, unit="percent") == pytest.approx(100 * 3 / 4)
    assert figure("below-maximum", SERIES, unit="percent") == pytest.approx(100 * 2 / 3)
    assert figure("below-maximum", SERIES, unit="percent", of=40.0) == pytest.approx(5)


def test_of_several_largest_days_the_last_counts():
    history = history_of(*map(squares, ("AA..", ".AA.", "..A.")))
    asked = claim("below-maximum", last=2)
    assert query_of(asked, asked.reading[0]).largest(history) == day(1)


def test_a_corrupt_day_is_left_out():
    wrong = ("AA..", "AAAA", "A...")
    history = history_of(*map(squares, (wrong[0], *wrong)))
    asked = claim("ever-lost", last=3)
    for corrupt, km2 in ((frozenset(), 3), ({day(2)}, 1)):
        [found] = judge(asked, Ensemble(history, corrupt=frozenset(corrupt)))
        assert found.computed.value == pytest.approx(km2)


def test_a_line_that_ground_passed_over_is_no_error():
    """What counts is the outermost line and the last one, however many lie between."""
    rows = ["A" * 24 + "." * 6, "A" * 12 + "." * 18]
    between = ["A" * n + "." * (30 - n) for n in (21, 18, 15)]
    widths = []
    for series in ([rows[0], rows[0], rows[1]], [rows[0], *between, rows[1]]):
        history = history_of(*map(squares, series))
        asked = claim("ever-lost", last=len(series) - 1)
        measure = measure_of(asked, asked.reading[0], history)
        found = estimate(Ensemble(history, BoundaryError(200.0)), measure)
        assert found.value == pytest.approx(12)
        widths.append(found.high - found.low)
    assert widths[0] > 0
    assert widths[1] == pytest.approx(widths[0], rel=0.05)
    lost = claim("lost", last=3)  # the same ground between two maps that stood for a day
    two = history_of(*map(squares, (rows[0], *rows, rows[1])))
    plain = estimate(Ensemble(two, BoundaryError(200.0)), measure_of(lost, lost.reading[0], two))
    assert widths[0] == pytest.approx(plain.high - plain.low, rel=0.1)


def test_the_true_maximum_may_lie_on_another_day():
    """An area that hardly moved may have fallen, though its last day is the largest."""
    rows = ("A" * 10 + "." * 20, "." * 19 + "A" * 11)  # other ground, a square more
    history = history_of(*map(squares, (rows[0], rows[0], rows[1])))
    [found] = judge(claim("below-maximum", 5.0, last=2), Ensemble(history))
    assert (found.computed.value, found.computed.high) == (0, 0)
    ensemble = Ensemble(history, BoundaryError(500.0))
    [found] = judge(claim("below-maximum", 5.0, last=2), ensemble)
    net = claim("net", last=2)  # by how much it rose, and so may have fallen, since the first
    rose = estimate(ensemble, measure_of(net, net.reading[0], history))
    assert found.computed.value == found.computed.low == 0
    assert found.computed.high == pytest.approx(-rose.low)
    assert found.computed.high > 0


def test_no_more_than_all_of_it_can_be_lost():
    """A day of scattered ground may have been the maximum, but nobody loses 101 % of it."""
    rows = ("A." * 10 + "." * 10, "A" * 10 + "." * 20, "." * 29 + "A")
    ensemble = Ensemble(history_of(*map(squares, rows)), BoundaryError(300.0, 1000.0))
    [found] = judge(claim("below-maximum", 99.0, last=2, unit="percent"), ensemble)
    assert found.computed.value == pytest.approx(90)
    assert PEAK in {each.name for each in found.budget.components}
    assert found.computed.high == 100


def test_the_verdict_names_the_day_of_the_maximum():
    ensemble = Ensemble(history_of(*map(squares, SERIES)), BoundaryError(10.0))
    [found] = judge(claim("below-maximum", 2.0), ensemble)
    assert found.verdict == "consistent"
    assert f"km2 below the maximum of {day(1)} computed" in found.reason
    [found] = judge(claim("ever-lost", 2.0), ensemble)
    assert found.verdict == "inconsistent"
    assert "3.0" in summary([found])


def test_the_cut_of_the_last_day_alone_is_a_choice():
    ensemble = Ensemble(history_of(*map(squares, SERIES)))
    for quantity, figure_before in (("ever-lost", 2.0), ("below-maximum", 1.0)):
        [found] = judge(claim(quantity, figure_before), ensemble)  # as on the day before
        assert f"by that of {day(3)} it is {figure_before:.0f}" in found.day_cut


@pytest.mark.parametrize("quantity", ["ever-lost", "below-maximum"])
def test_the_hour_of_the_last_cut_counts_as_drawn(quantity):
    """A square more is lost in the day after the last, a quarter of it in six hours."""
    ensemble = Ensemble(history_of(*map(squares, ("AAA", "AA.", "AA.", "A.."))), BoundaryError(0.0))
    asked = claim(quantity, last=2)
    found = estimate(ensemble, measure_of(asked, asked.reading[0], ensemble.base))
    assert (found.value, found.drawn_low) == (pytest.approx(1), pytest.approx(1))
    assert found.drawn_high == found.high == pytest.approx(1.25)
    [judged] = judge(claim(quantity, 1.25, last=2, same_map=True), ensemble)
    assert judged.verdict == "consistent"


def test_without_a_day_between_there_is_no_maximum():
    [found] = judge(claim("ever-lost", last=1), Ensemble(history_of(*map(squares, SERIES[:2]))))
    assert found.verdict == "not checkable"
    assert "so no maximum can be seen" in found.reason


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"path": True}, "'ever-lost' follows every snapshot anyway; leave 'path' out"),
        ({"from": ("B",)}, "a reading of 'ever-lost' takes no 'from'"),
        ({"unit": "points"}, "quantity 'ever-lost' does not fit unit 'points'"),
    ],
)
def test_readings_that_mean_nothing(more, problem):
    with pytest.raises(ValueError, match=problem):
        claim("ever-lost", **more)


def test_a_figure_is_the_same_with_other_areas_of_faces():
    """`explain` weighs the same faces by other metrics."""
    history = history_of(*map(squares, SERIES))
    asked = claim("below-maximum")
    tally = Tally(query_of(asked, asked.reading[0]))
    assert tally.figure(history, 2 * face_km2(history)) == pytest.approx(4)
    assert tally.query.kind is Kind.BELOW_MAXIMUM


@pytest.mark.parametrize("quantity", ["ever-lost", "below-maximum"])
def test_a_share_of_a_country_is_that_of_its_size(quantity):
    """The size of a country comes from outlines, and is known wherever the figure is measured."""
    ensemble = Ensemble(history_of(*map(squares, SERIES)), BoundaryError(100.0, 1000.0))
    [named] = judge(
        claim(quantity, unit="percent", of="Ukraine"), ensemble, sizes={"Ukraine": 40.0}
    )
    [stated] = judge(claim(quantity, unit="percent", of=40.0), ensemble)
    figures = (named.computed.value, stated.computed.value)
    assert figures == pytest.approx((100 * (3 if quantity == "ever-lost" else 2) / 40,) * 2)
    assert named.computed.high > stated.computed.high  # the outlines may be off in area
    names = [{part.name for part in each.budget.components} for each in (named, stated)]
    assert names[0] == {*names[1], OUTLINE}


@pytest.mark.parametrize("quantity", ["gained", "lost", "share", "ever-lost", "below-maximum"])
@pytest.mark.parametrize("of", ["Ukraine", None])
def test_no_cause_of_doubt_makes_an_interval_of_what_cannot_be(quantity, of):
    """Lines so uncertain that all is possible, and an outline that is off besides: 0 to 100 %."""
    if of is None and quantity in ("gained", "lost"):
        return  # no percentage without a whole
    more = {"of": of} if of else {"area": "frame"} if quantity == "share" else {}
    asked = claim(quantity, unit="percent", **more, **_day_of(quantity))
    maps = {
        name: Ensemble(history_of(*map(squares, rows)), BoundaryError(5000.0, 10_000.0))
        for name, rows in (("one", SERIES), ("other", SERIES[1:2] * 4 + SERIES[-1:]))
    }
    sizes = {"Ukraine": 6.0}
    [alone] = judge(asked, maps["one"], sizes=sizes)
    [pooled] = judge_on_maps(asked, maps, sizes=sizes)
    for found in (alone.computed, pooled.computed):
        assert 0 <= found.low <= found.value <= found.high <= 100
    assert alone.computed.low == 0 <= pooled.computed.low < 0.1


def _day_of(quantity):
    return {"day": day(4)} if quantity == "share" else {}


def test_the_zones_of_one_side_are_no_ground_to_take_a_share_of():
    """All that it ever had would be the whole: 67 % or 100 %, as other days are there or not."""
    ensemble = Ensemble(history_of(*map(squares, SERIES)), BoundaryError(10.0))
    for more in ({}, {"area": "frame"}, {"of": 8.0}):
        [found] = judge(claim("share", unit="percent", **more, **_day_of("share")), ensemble)
        if more:
            assert found.computed.value == pytest.approx(100 * 1 / (5 if "area" in more else 8))
        else:
            assert found.verdict == "not checkable"
            assert "the zones are of A alone" in found.reason
            assert "name an area" in found.reason
    two = Ensemble(history_of(squares("AAB")), BoundaryError(10.0))  # as all of a place
    [found] = judge(claim("share", unit="percent", day=day(0)), two)
    assert found.computed.value == pytest.approx(200 / 3)

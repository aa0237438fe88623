"""Tables of many holders: nothing is lost when the small ones are added up."""

from datetime import date

import pytest
from drawn_maps import said, surroundings
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text
from squares import day, history_of, squares

from territory.job.series import Loaded
from territory.maps.kinds.control import before_after_map
from territory.maps.sheet import Group
from territory.maps.style import styles_for
from territory.maps.subject import Subject
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble
from territory.measure.rows import area_rows, change_rows
from territory.measure.tables import area_estimates
from territory.publish.report.axis import marked_days
from territory.publish.report.folding import MOST, added, folded
from territory.publish.report.matrix import exchanges
from territory.publish.report.timeline import timelines

NAMES = "ABCDEFGHIJKLMNOPQRST"
# Twenty holders: the n-th has n squares, and on the second day the last one takes a square of each.
FIRST = "".join(name * (n + 1) for n, name in enumerate(NAMES))
SECOND = "".join("T" + name * n for n, name in enumerate(NAMES))


@pytest.fixture(scope="module")
def loaded():
    history = history_of(squares(FIRST), squares(SECOND))
    ensemble = Ensemble(history, BoundaryError(50.0, 200.0))
    return Loaded("s", ensemble, history.days, ())


def km2(cell):
    return float(cell[0].replace(",", "")) if cell else 0.0


def test_a_matrix_of_many_holders_folds_the_small_ones_and_still_adds_up(loaded):
    changes = change_rows("s", loaded.ensemble, [(day(0), day(1))])
    (exchange,) = exchanges(loaded, changes, ())
    (table,) = exchange.tables

    assert len(table.givers) == len(table.takers) == MOST + 1
    # "A" lost its only square, so it gives and does not take.
    assert table.givers[-1] == "12 others together"
    assert table.takers[-1] == "11 others together"
    total = sum(km2(cell) for row in table.cells for cell in row)
    whole = sum(row["km2"] for row in changes if row["area"] == "all")
    assert total == pytest.approx(whole, abs=0.5)
    assert sum(map(sum, table.stayed)) == MOST
    assert not table.stayed[-1][-1]  # of the others together nobody can say so


def test_ground_of_the_others_together_is_never_said_to_have_stayed():
    """Among each other they may have changed hands, even where the same ones give and take."""
    history = history_of(squares("ABCDEFGHIJKL" * 2), squares("ABCDEFGHIJLK" * 2))
    loaded = Loaded("s", Ensemble(history), history.days, ())
    (exchange,) = exchanges(loaded, (), ())
    (table,) = exchange.tables
    assert table.givers == table.takers
    assert table.givers[-1] == "4 others together"
    assert [row[n] for n, row in enumerate(table.stayed)] == [True] * MOST + [False]


def looks(loaded):
    return styles_for(loaded.ensemble.base.holders)


def test_a_table_of_areas_folds_the_small_ones_and_still_adds_up(loaded):
    rows = [r for r in area_rows("s", loaded.ensemble, loaded.days) if r["area"] == "frame"]
    (time,) = timelines(rows, "s", styles=looks(loaded))
    assert len(time.holders) == MOST + 1
    for (_, cells), one in zip(time.table, loaded.days, strict=True):
        every = sum(row["km2"] for row in rows if row["day"] == one)
        assert sum(map(km2, cells)) == pytest.approx(every, abs=0.5)


def test_few_holders_are_never_folded(loaded):
    few = history_of(squares("ABCDEFGH"), squares("ABCDEFGG"))
    small = Loaded("s", Ensemble(few), few.days, ())
    (exchange,) = exchanges(small, (), ())
    assert not any("together" in name for name in exchange.tables[0].givers)


@given(st.dictionaries(st.text("abc", min_size=1), st.floats(0, 9), max_size=14))
def test_folding_loses_nobody_and_keeps_the_largest(sizes):
    largest, others = folded(sizes)
    assert sorted([*largest, *others]) == sorted(sizes)
    assert len(others) != 1
    assert min((sizes[each] for each in largest), default=9) >= max(
        (sizes[each] for each in others), default=0
    )


def test_intervals_of_a_sum_err_on_the_wide_side():
    assert added([(1.0, 0.0, 2.0), (5.0, 4.0, 9.0)]) == (6.0, 4.0, 11.0)
    assert added([None]) is None


def test_two_maps_of_many_holders_have_a_short_table_that_adds_up(loaded):
    ensemble, days = loaded.ensemble, loaded.days
    held = {each: area_estimates(ensemble, each, ensemble.base.area_names[0]) for each in days}
    figure = before_after_map(Subject(ensemble.base, surroundings()), *days, estimates=held)
    (legend,) = (each for each in figure.findobj(Group) if each.get_gid() == "legend")
    told = [each.get_text() for each in legend.get_children() if isinstance(each, Text)]
    sums = [float(each.split()[0]) for each in told if "km²" in each and each[0].isdigit()]

    assert any("others together" in each for each in said(figure))
    assert len([each for each in told if each in NAMES]) == 11 + 1  # and what T gained
    assert sum(sums) == pytest.approx(2 * 210, abs=0.5)


# ---- Days that a claim is about --------------------------------------------------------------


def test_days_of_a_claim_are_marked_apart_and_inside_the_chart():
    days = (date(2018, 1, 1), date(2018, 12, 27))
    close = [date(2018, 6, 1), date(2018, 6, 3), date(2019, 1, 1)]
    marks = marked_days(close, days)
    assert [each.label for each in marks] == ["1 Jun", "3 Jun"]
    assert [each.anchor for each in marks] == ["end", "start"]  # away from each other
    ends = marked_days([date(2018, 1, 2), date(2018, 12, 26)], days)
    assert [each.anchor for each in ends] == ["start", "end"]  # into the chart


def test_the_chart_of_the_report_marks_the_days_of_its_claim(loaded):
    rows = [r for r in area_rows("s", loaded.ensemble, loaded.days) if r["area"] == "frame"]
    (time,) = timelines(rows, "s", styles=looks(loaded), marked=[day(1)])
    assert [(each.at, each.label) for each in time.marks] == [("100%", "2 Jan")]
    assert timelines(rows, "s", styles=looks(loaded))[0].marks == ()

"""How far errors of lines carry into what changed hands, against all lines strung one by one."""

from collections import defaultdict
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from squares import history_of
from strategies import grids

from territory.history.drawing import drawing_of
from territory.measure.boundary_error import BoundaryError, reach
from territory.measure.change import transition_matrix
from territory.measure.ensemble import Ensemble, estimate
from territory.measure.estimate import correlated_m2
from territory.measure.strips import shares, strips_of
from territory.measure.tables import area_measure, areas_with_intervals

ERROR = BoundaryError(120.0, 700.0, bias_m=8.0, date_correlation=0.3)


def strung_variance(lines, chosen, share):
    """Return the variance of some lines: those that meet are one string, found by walking."""
    at_point, unseen, found = defaultdict(set), set(chosen), 0.0
    for line in chosen:
        for point in lines.ends[line].tolist():
            at_point[point].add(line)
    while unseen:
        string, fresh = set(), {unseen.pop()}
        while fresh:
            string |= fresh
            fresh = {b for a in fresh for p in lines.ends[a].tolist() for b in at_point[p]} - string
        unseen -= string
        ends = [point for line in string for point in lines.ends[line].tolist()]
        closed = all(ends.count(point) % 2 == 0 for point in ends)
        length = sum(lines.length_m[line] for line in string)
        (m2,) = correlated_m2(np.array([length]), 700.0, closed=np.array([closed]))
        found += m2 * sum(share[line] * lines.length_m[line] for line in string) / length
    return found


def slowly(drawing, weight, beyond, area):
    """Return the spread by looking at every line, map by map and step by step."""
    lines, held = drawing.lines, [drawing.held_by(row) for row in (0, 1)]
    counts, counted = weight[drawing.face], drawing.counted(drawing.lines, area)
    part = shares(strips_of(drawing, (0, 1)), lines, counts, beyond=beyond, error_m=ERROR.total_m)
    sums, of_kind = {"old": 0.0, "new": 0.0, "both": 0.0}, defaultdict(list)
    shared = part.common.copy()
    for n, (one, other) in enumerate(zip(lines.one, lines.other, strict=True)):
        there = beyond if other < 0 else counts[other]
        step = abs(counts[one] - there)
        if not step or not counted[n]:
            continue
        before, after = (each[one] != (0 if other < 0 else each[other]) for each in held)
        kind = "both" if before and after else "new" if after else "old"
        if kind == "both":
            shared[n] = 1.0
        elif part.own[n] > 0:
            of_kind[kind, step].append(n)
        if shared[n] > 0:
            of_kind["both", step].append(n)
    for (kind, step), chosen in of_kind.items():
        share = shared if kind == "both" else part.own
        sums[kind] += step**2 * strung_variance(lines, chosen, share)
    cross = ERROR.date_correlation * sqrt(sums["old"] * sums["new"])
    return sqrt(max(sum(sums.values()) - 2 * cross, 0.0))


@settings(max_examples=40)
@given(grids(days=2, actors="AB."))
def test_errors_carry_as_far_as_through_every_line_one_by_one(days):
    history = history_of(*days)
    drawing, (before, after) = drawing_of(history), history.held_by
    figures = [
        ((before == i) & (after == j)).astype(np.float64)
        for i in range(len(history.holders))
        for j in range(len(history.holders))
    ]
    net = (after == 1) * 1.0 - (before == 1) * 1.0
    for area in ("all", "frame"):
        for weight in (*figures, net, 2 * figures[0] - net):
            for beyond in (0.0, 1.0):
                found = reach(drawing, weight, area=area, beyond=beyond, maps=(0, 1), error=ERROR)
                expected = slowly(drawing, weight, beyond, area)
                assert found.spread_m == pytest.approx(expected, rel=1e-9, abs=1e-6)


@settings(max_examples=20)
@given(grids(days=2, actors="A."))
def test_of_two_holders_both_have_the_errors_that_each_has_alone(days):
    ensemble = Ensemble(history_of(*days), ERROR)
    base = ensemble.base
    for area in ("all", "frame"):
        found = areas_with_intervals(ensemble, base.days, area)
        for day, held in zip(base.days, found, strict=True):
            for holder, each in held.items():
                alone = estimate(ensemble, area_measure(base, holder, day, area))
                assert (each.low, each.high) == pytest.approx((alone.low, alone.high), rel=1e-9)


@given(grids(days=2))
def test_what_moved_is_the_transition_matrix_without_its_diagonal(days):
    history = history_of(*days)
    for area in ("frame", None):
        whole = transition_matrix(history, *history.days, area)
        np.fill_diagonal(whole, 0.0)
        moved = transition_matrix(history, *history.days, area, stayed=False)
        assert np.array_equal(moved, whole)

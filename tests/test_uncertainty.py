"""Drawn lines that are known to be wrong: do the intervals cover what is true?"""

from dataclasses import replace
from math import exp, pi, sqrt

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from squares import KM, PLANE, day, drawn, frame, history_of, squares
from strategies import grids
from uncertain_lines import boundary_sd_km2

from territory.errors import InputError
from territory.history.history import from_coverage, from_snapshots
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Source
from territory.holders import NOBODY, Holder, Status
from territory.measure.boundary_error import BoundaryError
from territory.measure.ensemble import Ensemble, Measure, carried, estimate
from territory.measure.pair_tables import transfers_of_all_pairs
from territory.measure.scenarios import alternatives, choices, status_scenarios
from territory.measure.strips import SAME_LINE_M
from territory.measure.tables import (
    area_estimates,
    area_measure,
    areas_with_intervals,
    transfer_estimates,
    transfer_measure,
)

A, B = Holder("A"), Holder("B")
NO_CORRELATION = BoundaryError(1.0, 1.0)  # of lines a square apart


# ---- Which lines count ---------------------------------------------------------------------


def edges_of(grid):
    """Yield the two squares on both sides of every inner edge of a grid, as (row, column)."""
    for r, row in enumerate(grid):
        for c in range(len(row)):
            if c + 1 < len(row):
                yield (r, c), (r, c + 1)
            if r + 1 < len(grid):
                yield (r, c), (r + 1, c)


def counted_km(days, weight):
    """Add up over the edges of a grid how far the weight of the squares differs."""
    value = {
        (r, c): weight(*(grid[r][c] for grid in days))
        for r, row in enumerate(days[0])
        for c in range(len(row))
    }
    return sum(abs(value[one] - value[other]) for one, other in edges_of(days[0]))


def measured_km(history, measure):
    return carried(Ensemble(history, NO_CORRELATION), measure).length_m / KM


@given(grids(days=2, actors="AB.", size=4))
def test_the_lines_that_count_are_those_between_weights_that_differ(days):
    """The oracle walks over the squares; the rim of the frame is a choice and never counts."""
    history = history_of(*days)
    if A not in history.holders or B not in history.holders:
        return
    total = area_measure(history, A, day(0), "frame")
    assert measured_km(history, total) == pytest.approx(counted_km(days[:1], lambda a: a == "A"))
    moved = transfer_measure(history, (day(0), day(1)), (A, B), "frame")
    wanted = counted_km(days, lambda a, b: (a, b) == ("A", "B"))
    assert measured_km(history, moved) == pytest.approx(wanted)
    net = net_measure(history)
    wanted = counted_km(days, lambda a, b: (b == "A") - (a == "A"))
    assert measured_km(history, net) == pytest.approx(wanted)


def net_measure(history):
    def weights(each):
        before, after = (each.holding(day(n), frozenset({A})) for n in range(2))
        return after.astype(float) - before

    return Measure(
        lambda each: each.area_m2 @ (weights(each) * each.mask("frame")) / 1e6,
        lambda each: weights(each) != 0,
        "frame",
        floor=-99.0,
        weights=weights,
        days=(day(0), day(1)),
    )


def test_a_line_that_only_bends_is_one_line():
    history = history_of(squares("AB", "AA"))
    lines = history.lines
    inner = lines.other >= 0
    assert lines.length_m[inner].tolist() == [2 * KM]  # around B, with one corner
    assert len(set(lines.ends[inner][0])) == 2


def test_a_closed_line_has_no_ends():
    history = from_snapshots((drawn(squares("A")),), projection=PLANE)
    lines = history.lines
    assert lines.length_m.tolist() == [4 * KM]
    assert lines.ends[0, 0] == lines.ends[0, 1]
    long = Ensemble(history, BoundaryError(100.0, 1e9))
    found = carried(long, area_measure(history, A, day(0), "all"))
    assert found.spread_m == pytest.approx(4 * KM)  # all of it moves as one


def test_unmoved_borders_of_a_transfer_cancel():
    """Eight squares of front, of which one moved: the figure hangs on four edges only."""
    before, after = squares("AAAAAAAA", "BBBBBBBB"), squares("AAAAAAAA", "BBBABBBB")
    history = history_of(before, after)
    moved = transfer_measure(history, (day(0), day(1)), (B, A), "frame")
    assert measured_km(history, moved) == pytest.approx(3)  # old line 1, new line 2; rim 1
    total = area_measure(history, A, day(1), "frame")
    assert measured_km(history, total) == pytest.approx(7 + 2)


def test_the_rim_of_a_named_area_never_counts():
    """Two zones end exactly where west and east meet; only their own fronts are uncertain."""
    grid = squares("AACC", "AACC", "BBDD")
    halves = {
        "west": shapely.box(0, -3 * KM, 2 * KM, 0),
        "east": shapely.box(2 * KM, -3 * KM, 4 * KM, 0),
    }
    history = history_of(grid).with_areas(halves)
    assert measured_km(history, area_measure(history, A, day(0), "west")) == pytest.approx(2)
    east = area_measure(history, Holder("C"), day(0), "east")
    assert measured_km(history, east) == pytest.approx(2)
    assert measured_km(history, area_measure(history, A, day(0), "frame")) == pytest.approx(4)


def test_nothing_moved_means_no_uncertainty_at_all():
    history = history_of(squares("AB"), squares("AB"))
    net = estimate(Ensemble(history, BoundaryError()), net_measure(history))
    assert (net.low, net.value, net.high) == (0.0, 0.0, 0.0)


def test_ground_swapped_over_one_line_counts_twice():
    """One unmoved line between what A won and what A lost: moving it changes both."""
    history = history_of(squares("AB"), squares("BA"))
    assert measured_km(history, net_measure(history)) == pytest.approx(2)
    one = boundary_sd_km2(KM, boundary_error_m=1.0, correlation_length_m=1.0) * 1e6
    found = carried(Ensemble(history, NO_CORRELATION), net_measure(history))
    assert found.spread_m == pytest.approx(2 * one)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0, -1.0])
def test_errors_of_old_and_new_line_may_go_together(correlation):
    """The front moves a square north: an old and a new line of the same length."""
    history = history_of(squares("BB", "BB", "AA"), squares("BB", "AA", "AA"))
    error = BoundaryError(100.0, 500.0, date_correlation=correlation)
    found = carried(
        Ensemble(history, error), transfer_measure(history, (day(0), day(1)), (B, A), "frame")
    )
    one = boundary_sd_km2(2 * KM, boundary_error_m=1.0, correlation_length_m=500.0) * 1e6
    near = exp(-(KM - SAME_LINE_M) / 100.0)  # what they share, lying a square apart
    expected = one * sqrt((2 - 2 * correlation) * (1 - near))
    assert found.spread_m == pytest.approx(expected, abs=1e-6)


def test_a_line_drawn_the_same_on_both_days_is_one_line():
    """A gained from B beside C, who never moved: the side towards C was drawn once."""
    history = history_of(squares("BC"), squares("AC"))
    error = BoundaryError(100.0, 500.0, date_correlation=1.0)
    found = carried(
        Ensemble(history, error), transfer_measure(history, (day(0), day(1)), (B, A), "frame")
    )
    one = boundary_sd_km2(KM, boundary_error_m=1.0, correlation_length_m=500.0) * 1e6
    assert found.spread_m == pytest.approx(one)


def test_a_line_that_both_maps_draw_goes_with_neither():
    """As before, with an old and a new line beside it, whose errors cancel."""
    history = history_of(squares("BC", "BC", "AA"), squares("BC", "AC", "AA"))
    error = BoundaryError(100.0, 500.0, date_correlation=1.0)
    found = carried(
        Ensemble(history, error), transfer_measure(history, (day(0), day(1)), (B, A), "frame")
    )
    one = boundary_sd_km2(KM, boundary_error_m=1.0, correlation_length_m=500.0) * 1e6
    assert found.spread_m == pytest.approx(one)


def test_a_bias_is_added_as_it_is():
    history = history_of(squares("AABB", "AABB"))
    measure = area_measure(history, A, day(0), "frame")
    free = estimate(Ensemble(history, BoundaryError(100.0, 500.0)), measure)
    leaning = estimate(Ensemble(history, BoundaryError(100.0, 500.0, bias_m=-50.0)), measure)
    assert leaning.high - free.high == pytest.approx(0.05 * 2)
    assert free.low - leaning.low == pytest.approx(0.05 * 2)


def test_errors_of_one_line_add_in_quadrature():
    error = BoundaryError(300.0, map_scale=800_000, georeference_error_m=1200.0)
    assert error.digitising_error_m == 400.0
    assert error.total_m == pytest.approx(1300.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"boundary_error_m": -1.0}, {"boundary_error_m": float("nan")},
        {"correlation_length_m": 0.0}, {"map_scale": -1.0}, {"georeference_error_m": -1.0},
        {"bias_m": float("inf")}, {"date_correlation": 1.1}, {"date_correlation": float("nan")},
    ],
)  # fmt: skip
def test_what_is_no_error_is_refused(wrong):
    with pytest.raises(InputError, match=f"{next(iter(wrong))} cannot be|between -1 and 1"):
        BoundaryError(**wrong)


def test_tables_of_draws_give_the_intervals_of_single_figures():
    base = history_of(squares("AAB", "ABB"), squares("AAA", "ABB"))
    others = [history_of(squares("AAB", "BBB"), squares("AAA", "ABB")) for _ in range(2)]
    ensemble = Ensemble(base, draws=(base, *others), sample_size=8, total=10)
    for holder, found in area_estimates(ensemble, day(0), "frame").items():
        assert found == estimate(ensemble, area_measure(base, holder, day(0), "frame"))
    days = day(0), day(1)
    for pair, found in transfer_estimates(ensemble, *days, "frame").items():
        assert found == estimate(ensemble, transfer_measure(base, days, pair, "frame"))


def test_only_a_named_area_limits_what_is_possible():
    """The faces of one drawn zone end where it does; the ground does not."""
    history = from_snapshots((drawn(squares("AA")),), projection=PLANE)
    wide = BoundaryError(100.0, 500.0)
    free = estimate(Ensemble(history, wide), area_measure(history, A, day(0), "all"))
    assert free.high - free.value == pytest.approx(free.value - free.low)
    named = history.with_areas({"frame": frame(("AA",))})
    found = estimate(Ensemble(named, wide), area_measure(named, A, day(0), "frame"))
    assert found.high == found.value == pytest.approx(2.0)


# ---- What may be meant ---------------------------------------------------------------------


def test_the_days_cut_is_a_choice_where_the_series_has_the_days():
    """Five days on which A takes one square each; a gain over days 1 to 3 is two squares."""
    grids = [squares("A" * (n + 1) + "B" * (5 - n)) for n in range(5)]
    history = history_of(*grids)
    gained = transfer_measure(history, (day(1), day(3)), (B, A), "frame")
    found = alternatives(Ensemble(history), gained)
    assert {name: round(km2) for name, km2 in found.items()} == {
        f"the day's cut: {day(start)} to {day(end)}": end - start
        for start in (0, 1, 2) for end in (2, 3, 4) if start < end and (start, end) != (1, 3)
    }  # fmt: skip
    spoilt = alternatives(Ensemble(history, corrupt=frozenset({day(0), day(2)})), gained)
    assert [round(km2) for km2 in spoilt.values()] == [3]
    assert alternatives(Ensemble(history), replace(gained, days=())) == {}
    weekly = history.at_days((day(1), day(3)))
    assert alternatives(Ensemble(weekly), gained) == {}


def test_the_area_meant_is_a_choice_where_the_job_names_others():
    grid = squares("AAB")
    history = history_of(grid).with_areas({"west": shapely.box(0, -KM, KM, 0)})
    ensemble = Ensemble(history, area_variants={"frame": ("west",)})
    total = area_measure(history, A, day(0), "frame")
    assert alternatives(ensemble, total) == {"the area meant: west": pytest.approx(1.0)}
    west = area_measure(history, A, day(0), "west")
    assert alternatives(ensemble, west) == {}


def test_claimed_and_contested_ground_may_count():
    claimed, contested = Holder("A", Status.CLAIMED), Holder("A", Status.CONTESTED)
    cells = np.array([shapely.box(n * KM, 0, (n + 1) * KM, KM) for n in range(4)])
    holders = (NOBODY, A, claimed, contested)
    plain = from_coverage(
        cells[:2], np.array([[0, 1]]), days=(day(0),), holders=holders[:2], projection=PLANE
    )
    assert status_scenarios(plain) == {}
    told = from_coverage(
        cells, np.array([[0, 1, 2, 3]]), days=(day(0),), holders=holders, projection=PLANE
    )
    ensemble = Ensemble(told, scenarios=status_scenarios(told))
    found = alternatives(ensemble, replace(area_measure(told, A, day(0), "all"), days=()))
    assert found == {
        "claimed ground counted as held": 2.0,
        "contested ground counted as held": 2.0,
        "claimed ground counted as held; contested ground counted as held": 3.0,
    }
    assert len(choices(list(found)[2], found)) == 2


def test_an_actor_who_only_claims_gets_ground_too():
    claims = Holder("C", Status.CLAIMED)
    cell = np.array([shapely.box(0, 0, KM, KM)])
    told = from_coverage(
        cell, np.array([[1]]), days=(day(0),), holders=(NOBODY, claims), projection=PLANE
    )
    [counted] = status_scenarios(told).values()
    assert counted.km2(counted.holding(day(0), frozenset({Holder("C")}))) == 1.0


@given(grids(days=3, actors="AB.", size=4), st.sampled_from(["frame", "all"]))
def test_many_days_at_once_give_the_intervals_of_single_figures(days, area):
    history = history_of(*days)
    ensemble = Ensemble(history, BoundaryError(300.0, 700.0, bias_m=10.0))
    asked = tuple(map(day, range(3)))
    for each, found in zip(asked, areas_with_intervals(ensemble, asked, area), strict=True):
        inside = history.held_by[history.day_index(each)][history.mask(area)]
        held = {history.holders[k] for k in inside}
        assert set(found) == held
        for holder, told in found.items():
            alone = estimate(ensemble, area_measure(history, holder, each, area))
            assert (told.value, told.low, told.high) == pytest.approx(
                (alone.value, alone.low, alone.high)
            )


def test_maps_without_another_beside_them_are_not_known_to_be_late():
    errors = BoundaryError(20.0, redraw_lag_days=9.0), BoundaryError(20.0)
    alone, both = history_of(squares("AAB")), history_of(squares("AAB"), squares("ABB"))
    late, prompt = (area_estimates(Ensemble(alone, each), day(0), "all") for each in errors)
    assert late == prompt
    ensembles = [Ensemble(both, each, corrupt=frozenset(both.days)) for each in errors]
    late, prompt = (transfer_estimates(each, day(0), day(1), "all") for each in ensembles)
    assert late == prompt
    late, prompt = (list(transfers_of_all_pairs(each, both.days, "all")) for each in ensembles)
    assert late == prompt


# ---- Does the interval cover the truth? ----------------------------------------------------

SIGMA, LENGTH, STEP = 400.0, 5_000.0, 1_000.0
TRIALS = 1000


@given(grids(days=3))
def test_the_faces_of_an_area_are_enough_for_its_intervals(days):
    whole = frame(days[0])
    middle = whole.bounds[2] / 2 + KM / 4  # through squares
    west, east = (
        shapely.intersection(whole, shapely.box(*bounds))
        for bounds in ((-KM, -99 * KM, middle, KM), (middle, -99 * KM, 99 * KM, KM))
    )
    history = history_of(*days).with_areas({"west": west, "east": east})
    ensemble = Ensemble(history, BoundaryError(100.0, bias_m=5.0))
    for area in ("west", "east"):
        part = ensemble.inside(area)
        assert len(part.base.faces) == history.mask(area).sum()
        for number in range(3):
            assert_same(*(area_estimates(each, day(number), area) for each in (part, ensemble)))
        for a, b in ((0, 1), (0, 2)):
            found = (transfer_estimates(each, day(a), day(b), area) for each in (part, ensemble))
            assert_same(*found)
    exact = replace(ensemble, boundary=BoundaryError(0.0))
    part = exact.inside("west")
    assert part.drawn is None and "drawing" not in vars(exact)  # no line of all ground is looked at
    assert_same(*(area_estimates(each, day(1), "west") for each in (part, exact)))


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for key, each in found.items():
        for name in ("value", "low", "high"):
            assert getattr(each, name) == pytest.approx(getattr(expected[key], name), rel=1e-12)


def ring_of(points):
    """Return points a step apart along a closed line, and their normals pointing outward."""
    line = shapely.LinearRing(points)
    count = round(line.length / STEP)
    xy = shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.arange(count) / count, normalized=True)
    )
    return xy, normals(np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0))


def normals(along):
    """Return unit vectors to the right of a direction: outward where a ring runs left about."""
    along = along / np.hypot(*along.T)[:, None]
    return np.column_stack([along[:, 1], -along[:, 0]])


def wavy(seed):
    """Return a zone of some 5,000 km2 whose outline waves."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * pi, 2000, endpoint=False)
    waves = np.arange(2, 8)
    size, phase = random.normal(0, 0.25, 6) / waves, random.uniform(0, 2 * pi, 6)
    radius = 40 * KM * (1 + (size * np.sin(np.outer(angle, waves) + phase)).sum(axis=1))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def covariance(distance):
    return np.exp(-distance / LENGTH)


def history_drawn(*rings):
    def snapshot(number, ring):
        source, crs = Source("drawn"), PLANE.crs
        zone = np.array([shapely.Polygon(ring)])
        return normalise(RawZones(day(number), crs, source, (A,), zone))

    return from_snapshots(
        tuple(snapshot(number, ring) for number, ring in enumerate(rings)), projection=PLANE
    )


def covered(found, truth):
    return found.low <= truth <= found.high


def test_intervals_of_a_drawn_total_cover_the_truth():
    """A known zone, drawn a thousand times with errors of known size and reach."""
    xy, outward = ring_of(wavy(1))
    truth = shapely.Polygon(xy).area / 1e6
    apart = np.abs(np.arange(len(xy))[:, None] - np.arange(len(xy)))
    factor = np.linalg.cholesky(covariance(STEP * np.minimum(apart, len(xy) - apart)))
    offsets = np.random.default_rng(2).normal(size=(TRIALS, len(xy))) @ factor.T * SIGMA
    hits = 0
    for offset in offsets:
        history = history_drawn(xy + offset[:, None] * outward)
        ensemble = Ensemble(history, BoundaryError(SIGMA, LENGTH))
        hits += covered(estimate(ensemble, area_measure(history, A, day(0), "all")), truth)
    assert 0.93 <= hits / TRIALS <= 0.97


def test_intervals_of_drawn_gains_cover_the_truth():
    """The front moves out by 12 km along a third of its length; errors of the dates go together.

    Where it did not move, the publisher keeps the line of the day before to the last bit.
    """
    rho = 0.6
    xy, outward = ring_of(wavy(3))
    last = len(xy) // 3
    ahead = ahead_of(xy[: last + 1], outward[: last + 1])
    side = normals(np.gradient(ahead, axis=0))
    truth = shapely.Polygon(np.vstack([ahead, xy[last::-1]])).area / 1e6
    count = len(ahead) - 2
    old = np.linalg.cholesky(covariance(along(np.vstack([xy[: last + 1], xy[last + 1 :]]))))
    new = np.linalg.cholesky(covariance(along(ahead[1:-1])))
    random = np.random.default_rng(4)
    hits = 0
    for _ in range(TRIALS):
        first, second = random.normal(size=len(xy)), random.normal(size=count)
        shared = first[np.linspace(0, last, count).round().astype(int)]
        before = xy + (SIGMA * old @ first)[:, None] * outward
        shift = SIGMA * new @ (rho * shared + sqrt(1 - rho**2) * second)
        front = ahead[1:-1] + shift[:, None] * side[1:-1]
        after = np.vstack([before[:1], front, before[last:]])
        history = history_drawn(before, after)
        error = BoundaryError(SIGMA, LENGTH, date_correlation=rho)
        gained = transfer_measure(history, (day(0), day(1)), (NOBODY, A), "all")
        ensemble = Ensemble(history, error, corrupt=frozenset(history.days))  # no hour of the cut
        hits += covered(estimate(ensemble, gained), truth)
    assert 0.93 <= hits / TRIALS <= 0.97


def along(xy):
    """Return distances along an open line between all pairs of its points."""
    at = np.concatenate([[0.0], np.hypot(*np.diff(xy, axis=0).T).cumsum()])
    return np.abs(at[:, None] - at)


def ahead_of(xy, outward):
    """Return the new front: out to 12 km, along, and back, with points a step apart."""
    bulge = shapely.LineString(np.vstack([xy[:1], xy + 12 * KM * outward, xy[-1:]]))
    count = round(bulge.length / STEP)
    at = np.linspace(0, 1, count + 1)
    return shapely.get_coordinates(shapely.line_interpolate_point(bulge, at, normalized=True))

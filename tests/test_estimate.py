"""Intervals against textbook formulas, and against simulations where the truth is known."""

from fractions import Fraction
from itertools import combinations
from math import factorial, inf, isfinite, nan, sqrt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from squares import history_of
from uncertain_lines import boundary_sd_km2, simulated_areas_km2

from territory.errors import InputError
from territory.measure.ensemble import Ensemble
from territory.measure.estimate import (
    Estimate,
    around,
    correlated_m2,
    delete_d_sd,
    digitising_error_m,
    without,
)
from territory.measure.tables import areas_once, areas_with_intervals

ANY = st.floats(allow_nan=True, allow_infinity=True)


@given(ANY, ANY, ANY)
@example(1.0, 1.0, 1.0)
@example(nan, 0.0, 1.0)
@example(1.0, 0.0, nan)
@example(inf, 0.0, inf)
@example(0.0, -inf, inf)
def test_an_estimate_is_finite_and_in_order_or_refused(value, low, high):
    if isfinite(value) and low <= value <= high:
        found = Estimate(value, low, high)
        assert (found.value, found.low, found.high, found.unit) == (value, low, high, "km2")
    else:
        with pytest.raises(InputError, match="low <= value <= high"):
            Estimate(value, low, high)


@pytest.mark.parametrize(
    ("drawn_low", "drawn_high"), [(0.9, None), (2.1, None), (None, 3.1), (None, 1.9), (nan, None)]
)
def test_an_interval_as_drawn_lies_within_that_of_the_ground_and_about_the_value(
    drawn_low, drawn_high
):
    with pytest.raises(InputError, match="an interval as drawn lies within the other one, not Est"):
        Estimate(2.0, 1.0, 3.0, drawn_low=drawn_low, drawn_high=drawn_high)
    assert Estimate(2.0, 1.0, 3.0, drawn_low=1.0, drawn_high=3.0).drawn_high == 3


def test_what_lies_around_a_value_is_in_its_unit():
    assert str(around(50.0, 1.0, unit="percent")) == "50.0 (48.0 to 52.0) %"


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(2578.0, 2190.4, 2965.9), "2,578 (2,190 to 2,966) km2"),
        (Estimate(53.44, 50.06, 60.0, "percent"), "53.4 (50.1 to 60.0) %"),
        (Estimate(79.0, 79.0, 79.0, "places"), "79 places"),
        (Estimate(-250.0, -300.0, 10.0), "-250 (-300 to 10) km2"),
    ],
)
def test_an_estimate_reads_as_a_reader_would_write_it(estimate, text):
    assert str(estimate) == text


@pytest.mark.parametrize(
    ("value", "sd", "limits", "low", "high"),
    [
        (100.0, 10.0, {}, 80.40036, 119.59964),
        (10.0, 10.0, {}, 0.0, 29.59964),
        (90.0, 10.0, {"ceiling": 100.0}, 70.40036, 100.0),
        (-5.0, 1.0, {"floor": -6.0}, -6.0, -3.04004),
        (5.0, 0.0, {}, 5.0, 5.0),
        (5.0, inf, {"ceiling": 9.0}, 0.0, 9.0),
        (-1e-12, 0.0, {}, -1e-12, -1e-12),  # rounding may put a value just below its floor
    ],
)
def test_around_is_the_normal_interval_cut_to_what_is_possible(value, sd, limits, low, high):
    found = around(value, sd, **limits)
    assert (found.low, found.value, found.high) == pytest.approx((low, value, high), abs=1e-5)


@pytest.mark.parametrize("sd", [nan, -1.0, -inf])
def test_around_refuses_what_is_no_deviation(sd):
    with pytest.raises(InputError, match="cannot be"):
        around(10.0, sd, ceiling=20.0)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20),
    st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))),
)
def test_delete_d_is_the_textbook_formula(draws, sizes):
    """Shao and Wu: (n - d) / (d N) times the sum of squared deviations over N subsamples."""
    size, total = sizes
    d = total - size
    mean = sum(draws) / len(draws)
    variance = (total - d) / (d * len(draws)) * sum((x - mean) ** 2 for x in draws)
    assert delete_d_sd(draws, sample_size=size, total=total) == pytest.approx(
        sqrt(variance), abs=1e-6
    )


@pytest.mark.parametrize("size", range(1, 7))
def test_delete_d_over_all_subsamples_gives_the_standard_error_of_a_mean(size):
    sample = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]
    means = [np.mean(chosen) for chosen in combinations(sample, size)]
    expected = np.std(sample, ddof=1) / sqrt(7)
    assert delete_d_sd(means, sample_size=size, total=7) == pytest.approx(expected, rel=1e-12)


def test_eighty_percent_doubles_the_spread():
    assert delete_d_sd([9.0, 11.0], sample_size=320, total=400) == 2.0


@pytest.mark.parametrize(
    ("draws", "size", "total"),
    [([1, 2], 0, 5), ([1, 2], 5, 5), ([1, 2], 6, 5), ([1], 4, 5), ([], 4, 5)],
)
def test_what_cannot_be_resampled_is_refused(draws, size, total):
    with pytest.raises(InputError, match=rf"{len(draws)} draws of {size} out of {total}"):
        delete_d_sd(draws, sample_size=size, total=total)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("ratio", [0.05, 0.3, 1.0, 2.0, 3.0, 7.5, 20.0, 60.0, 250.0])
def test_closed_form_and_monte_carlo_agree(ratio, closed):
    """Lines from a twentieth of the correlation length to 250 times it."""
    line = {"boundary_error_m": 300.0, "correlation_length_m": 2_000.0, "closed": closed}
    found = simulated_areas_km2(ratio * 2_000.0, **line, draws=6000, seed=7)
    assert found.mean() == pytest.approx(0, abs=4 * found.std() / sqrt(6000))
    assert boundary_sd_km2(ratio * 2_000.0, **line) == pytest.approx(found.std(), rel=0.05)


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("ratio", [1e-6, 0.1, 1.0, 4.0, 30.0])
def test_closed_form_is_the_double_integral_of_the_covariance(ratio, closed):
    """Gauss-Legendre over pairs of points, each half of the square where it is smooth."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    nodes, weights = (nodes + 1) / 2, weights / 2
    apart = ratio * nodes / (2 if closed else 1)  # distances from 0 to the furthest
    how_often = 2 * ratio * apart[-1] / nodes[-1] * (1 if closed else (1 - nodes))
    variance = float((weights * how_often * np.exp(-apart)).sum())
    found = boundary_sd_km2(ratio, boundary_error_m=1e6, correlation_length_m=1.0, closed=closed)
    assert found == pytest.approx(sqrt(variance), rel=1e-9)


@pytest.mark.parametrize("closed", [False, True])
def test_closed_form_has_its_limits(closed):
    line = {"boundary_error_m": 100.0, "correlation_length_m": 1_000.0, "closed": closed}
    assert boundary_sd_km2(1.0, **line) == pytest.approx(100.0 * 1.0 / 1e6, rel=1e-3)
    long = boundary_sd_km2(1e9, **line)
    assert long == pytest.approx(100.0 * sqrt(2 * 1e9 * 1_000.0) / 1e6, rel=1e-5)


def test_independent_vertices_would_shrink_the_interval():
    """What the formula for independent vertices gives depends on how many there are."""
    line = {"boundary_error_m": 500.0, "correlation_length_m": 2_000.0}
    for vertices in (100, 1_000, 10_000):
        independent = 500.0 * 1e5 / sqrt(vertices) / 1e6
        assert (independent < boundary_sd_km2(1e5, **line) / 2) == (vertices >= 1_000)


@pytest.mark.parametrize("closed", [False, True])
def test_a_line_that_moves_as_one_is_integrated_exactly(closed):
    """Errors that go together over a million times the line: each is one normal number."""
    line = {"boundary_error_m": 1e6, "correlation_length_m": 1e9, "closed": closed}
    found = simulated_areas_km2(1.0, **line, draws=2000)
    if closed:
        assert found.std() == pytest.approx(1, rel=0.05)
    else:
        assert found == pytest.approx(np.random.default_rng(0).normal(size=2000), abs=1e-3)


@pytest.mark.parametrize(("scale", "metres"), [(0, 0.0), (50_000, 25.0), (1_000_000, 500.0)])
def test_digitising_error_is_half_a_millimetre_on_paper(scale, metres):
    assert digitising_error_m(scale) == metres


@pytest.mark.parametrize("scale", [-1.0, nan, inf])
def test_what_is_no_scale_is_refused(scale):
    with pytest.raises(InputError, match="cannot have the scale"):
        digitising_error_m(scale)


def test_a_bias_adds_to_the_interval_as_it_is():
    found = around(100.0, 10.0, bias=5.0)
    assert (found.low, found.high) == pytest.approx((75.40036, 124.59964))
    with pytest.raises(InputError, match="the size of a bias cannot be -1"):
        around(1.0, 1.0, bias=-1.0)


@given(st.floats(0, 1e7), st.floats(0, 1e4), st.floats(1, 1e5))
def test_boundary_error_never_exceeds_the_whole_line_moving(length_m, error_m, correlation_m):
    found = boundary_sd_km2(length_m, boundary_error_m=error_m, correlation_length_m=correlation_m)
    assert 0 <= found <= error_m * length_m / 1e6 * (1 + 1e-9)


SIDE = 48
ACROSS = (np.arange(SIDE) + 0.5) / SIDE
GRID = np.column_stack([axis.ravel() for axis in np.meshgrid(ACROSS, ACROSS)])


def smooth_zone(random):
    """Return who is inside a band with wavy rims across the unit square."""
    size, phase = random.normal(0, 0.05, (2, 6)), random.uniform(0, 2 * np.pi, (2, 6))
    lower, upper = random.uniform(0.2, 0.45), random.uniform(0.55, 0.8)
    wave = 2 * np.pi * np.arange(1, 7)

    def rim(x, which):
        return np.sin(np.outer(x, wave) + phase[which]) @ size[which]

    return lambda p: (p[:, 1] > lower + rim(p[:, 0], 0)) & (p[:, 1] < upper + rim(p[:, 0], 1))


def nearest_place_share(places, held):
    return held[cKDTree(places).query(GRID)[1]].mean()


def test_intervals_of_nearest_place_zones_cover_the_truth():
    """The factor of the jackknife is needed: without it, "95 %" is some 70 %."""
    random = np.random.default_rng(20180205)
    covered, covered_unscaled, trials, total, size = 0, 0, 120, 250, 200
    for _ in range(trials):
        inside = smooth_zone(random)
        places = random.random((total, 2))
        held = inside(places)
        figure, truth = nearest_place_share(places, held), inside(GRID).mean()
        chosen = [random.choice(total, size, replace=False) for _ in range(30)]
        draws = [nearest_place_share(places[each], held[each]) for each in chosen]
        interval = around(figure, delete_d_sd(draws, sample_size=size, total=total))
        unscaled = around(figure, float(np.std(draws)))
        covered += interval.low <= truth <= interval.high
        covered_unscaled += unscaled.low <= truth <= unscaled.high
    assert 0.90 <= covered / trials <= 0.99
    assert covered_unscaled / trials < 0.85


def test_a_table_of_areas_is_worked_out_once_for_all_who_ask(monkeypatch):
    history = history_of(("AB",), ("AA",))
    ensemble, worked = Ensemble(history), []

    def counted(*asked):
        worked.append(asked[1:])
        return areas_with_intervals(*asked)

    monkeypatch.setattr("territory.measure.tables.areas_with_intervals", counted)
    one = areas_once(ensemble, history.days, "all")
    assert areas_once(ensemble, history.days, "all") is one
    assert one == areas_with_intervals(ensemble, history.days, "all")
    assert areas_once(ensemble, history.days[:1], "all") == one[:1]
    assert areas_once(Ensemble(history), history.days, "all") == one
    assert worked == [(history.days, "all"), (history.days[:1], "all"), (history.days, "all")]


@pytest.mark.parametrize("ratio", [1e-9, 1e-4, 0.99e-3, 1e-3, 1.01e-3, 0.1, 3.0])
def test_short_lines_keep_their_digits(ratio):
    """The oracle is the series of x - (1 - exp(-x)) in fractions."""
    x, l_m = Fraction(ratio), 1000.0
    exact = sum((-x) ** n / factorial(n) for n in range(2, 40))
    found = correlated_m2(np.array([ratio * l_m]), l_m, closed=np.array([False]))
    assert found[0] == pytest.approx(float(2 * 1_000_000 * exact), rel=1e-10)


@pytest.mark.parametrize(
    ("sd", "part", "left"), [(5.0, 3.0, 4.0), (0.5, 0.3, 0.4), (3.0, 5.0, 0.0), (0.3, 0.0, 0.3)]
)
def test_what_is_left_without_a_part_is_never_less_than_nothing(sd, part, left):
    assert without(sd, part) == pytest.approx(left)

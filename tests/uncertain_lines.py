"""The area beside one uncertain line: by the closed form, and by moving the line at random."""

from math import ceil, sqrt

import numpy as np

from territory.measure.estimate import correlated_m2

STEPS = 20  # of a simulated line to a correlation length; the error of the variance is 1/4800
MOST_NUMBERS = 4_000_000  # of a simulated ring at a time, to bound memory


def boundary_sd_km2(length_m, *, boundary_error_m, correlation_length_m, closed=False):
    """Return the standard deviation of the area beside a line, as the product works it out."""
    m2 = correlated_m2(np.array([length_m]), correlation_length_m, closed=np.array([closed]))
    return boundary_error_m * sqrt(m2[0]) / 1e6


def simulated_areas_km2(
    length_m, *, boundary_error_m, correlation_length_m, closed=False, draws=4000, seed=0
):
    """Return errors of the area beside a line, by moving the line at random and integrating.

    Correlated normal offsets are drawn along the line (an Ornstein-Uhlenbeck process in arc
    length; on a closed line by circulant embedding) and added up by the trapezoidal rule.
    """
    steps = max(STEPS, ceil(STEPS * length_m / correlation_length_m))
    random = np.random.default_rng(seed)
    walk = ring_integrals if closed else line_integrals
    step_m = length_m / steps
    found = walk(random, steps, step_m / correlation_length_m, draws)
    return boundary_error_m * step_m * found / 1e6


def line_integrals(random, steps, stride, draws):
    """Integrate unit Ornstein-Uhlenbeck paths; `stride` is a step over a correlation length."""
    keep = np.exp(-stride)
    fresh = sqrt(-np.expm1(-2 * stride))
    shift = random.normal(size=draws)  # from the stationary distribution
    total = shift / 2
    for _ in range(steps):
        shift = keep * shift + fresh * random.normal(size=draws)
        total += shift
    return total - shift / 2


def ring_integrals(random, steps, stride, draws):
    """Integrate unit paths on a ring, drawn from the spectrum of their covariance."""
    apart = np.minimum(np.arange(steps), steps - np.arange(steps)) * stride
    power = np.sqrt(np.maximum(np.fft.rfft(np.exp(-apart)).real, 0.0))
    batch = max(1, MOST_NUMBERS // steps)
    found = []
    for first in range(0, draws, batch):
        noise = random.normal(size=(min(batch, draws - first), steps))
        shift = np.fft.irfft(np.fft.rfft(noise) * power, n=steps)
        found.append(shift.sum(axis=1))
    return np.concatenate(found)

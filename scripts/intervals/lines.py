"""Boundary simulation: how often intervals hold the truth where the model of errors is true.

The truth is an outline; the map is made from it, by moving every point of it across the line
by a normal error whose correlation falls exponentially along it. What the product
says of that map, it knows from the map alone.
Of a change, the truth is two outlines of the same publisher, each moved by an error of its own;
the ground between them is far wider than the errors, so that they share next to nothing.
"""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

import territory as tt

STEP_M = 250.0
ERRORS = ((850.0, 2_000.0), (850.0, 6_000.0), (1_400.0, 10_000.0))  # sd and length, in metres
CRS = "EPSG:3035"  # equal-area, in metres
CENTRE = (5_900_000.0, 2_900_000.0)  # in Ukraine: anywhere on land
_SMOOTH = 12  # points on each side that a normal is taken over


def rows(*, cases: int = 200, seed: int = 0) -> list[dict[str, object]]:
    """Return the coverage, bias and width of simulated figures, by error and figure.

    Parameters
    ----------
    cases : int
        Maps of each error.
    seed : int
        Of the errors.
    """
    return [
        row
        for number, (sd_m, length_m) in enumerate(ERRORS)
        for row in _rows(sd_m, length_m, np.random.default_rng((seed, number)), cases)
    ]


def _rows(
    sd_m: float, length_m: float, random: np.random.Generator, cases: int
) -> Iterator[dict[str, object]]:
    """Yield what came of an area and of a net gain."""
    before, after = outline(60_000.0, 5), outline(75_000.0, 7)
    truth = {"area": _km2(before), "net gain": _km2(after) - _km2(before)}
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in truth}
    for _ in range(cases):
        drawn = [moved(each, sd_m, length_m, random) for each in (before, after)]
        history = _history(drawn, sd_m, length_m)
        area = history.areas(days="2020-01-01")
        net = history.net("a")
        for name, table in (("area", area[area.actor == "a"]), ("net gain", net)):
            found[name].append(tuple(table[["km2", "low", "high"]].iloc[0]))
    for name, figures in found.items():
        value, low, high = np.array(figures).T
        yield {
            "part": "lines",
            "design": f"{name}, {sd_m:,.0f} m over {length_m / 1e3:g} km",
            "cases": cases,
            "coverage_pct": 100 * float(np.mean((low <= truth[name]) & (truth[name] <= high))),
            "bias_pct": 100 * float(np.mean(value) / truth[name] - 1),
            "width_pct": 100 * float(np.mean(high - low) / truth[name]),
        }


def outline(radius_m: float, lobes: int) -> NDArray[np.float64]:
    """Return the points of a lobed ring, shape (n, 2), `STEP_M` apart."""
    angle = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    radius = radius_m * (1 + 0.08 * np.cos(lobes * angle) + 0.03 * np.sin(3 * lobes * angle))
    round_it = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    ring = shapely.LinearRing(CENTRE + round_it)
    steps = int(ring.length / STEP_M)
    along = shapely.line_interpolate_point(ring, np.arange(steps) / steps, normalized=True)
    return shapely.get_coordinates(along)


def moved(
    ring: NDArray[np.float64], sd_m: float, length_m: float, random: np.random.Generator
) -> NDArray[np.float64]:
    """Return a ring with every point moved across it by a correlated normal error."""
    count = len(ring)
    apart_m = STEP_M * np.minimum(np.arange(count), count - np.arange(count))
    power = np.sqrt(np.maximum(np.fft.rfft(np.exp(-apart_m / length_m)).real, 0.0))
    shift = np.fft.irfft(np.fft.rfft(random.normal(size=count)) * power, n=count)
    ahead = np.roll(ring, -_SMOOTH, axis=0) - np.roll(ring, _SMOOTH, axis=0)
    across = np.column_stack([ahead[:, 1], -ahead[:, 0]])
    across /= np.linalg.norm(across, axis=1)[:, None]
    return ring + sd_m * shift[:, None] * across


def _history(rings: list[NDArray[np.float64]], sd_m: float, length_m: float) -> tt.History:
    frame = gpd.GeoDataFrame(
        {"actor": "a", "day": [f"202{n}-01-01" for n in range(len(rings))]},
        geometry=[_ground(ring) for ring in rings],
        crs=CRS,
    )
    return tt.History.from_geodataframe(
        frame, actor="actor", day="day", boundary_error_m=sd_m, correlation_length_m=length_m
    )


def _ground(ring: NDArray[np.float64]) -> BaseGeometry:
    """Return the ground within a ring; where the error makes it cross itself, by winding."""
    return shapely.Polygon(ring).buffer(0.0)


def _km2(ring: NDArray[np.float64]) -> float:
    return float(shapely.area(shapely.polygons(ring))) / 1e6

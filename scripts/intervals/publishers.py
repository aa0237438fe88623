"""Publisher against publisher: how often their intervals bridge what they differ by.

Nobody knows the ground, but two publishers who drew the same front say how far a map may be
off. If the error of each is what it says, the difference of their figures has a standard
deviation of both in quadrature, and 95 of 100 differences lie within 1.96 of it
(``coverage_pct``). That two intervals overlap asks less of them, and is given beside it
(``overlap_pct``).

Net gains of a half-month, a month and a year, and what Russia held of a province, are compared
on the 1st and 15th, which both drew (one day apart at most). The built-in errors were fitted
on days until the end of June 2024 (``scripts/fit_profiles.py``): the pair "held out" has no
day of them.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

import territory as tt

FOLDERS = {
    "deepstate-raw": ("calibration/deepstate_raw",),
    "deepstate-daily": ("deepstate_daily",),
    "owl": ("owl", "calibration/owl"),
}
PAIRS = {
    "DeepState against Project Owl, held out": ("deepstate-daily", "owl"),
    "DeepState against Project Owl, fitted on": ("deepstate-raw", "owl"),
}
PROVINCES = {
    "Donetsk": "UA_14_Donetska",
    "Luhansk": "UA_09_Luhanska",
    "Zaporizhzhia": "UA_23_Zaporizka",
    "Kherson": "UA_65_Khersonska",
}
WHOLE = "the whole front"
# In Kherson the line is a river, its islands and a coast, which the two draw differently.
TOGETHER = ("Donetsk", "Luhansk", "Zaporizhzhia")
REGIONS = (WHOLE, *PROVINCES)
_NAMED = f"{', '.join(TOGETHER)} together"
DAYS = tuple(date(y, m, d) for y in range(2022, 2026) for m in range(1, 13) for d in (1, 15))
SPANS = {"half-monthly net": 1, "monthly net": 2, "yearly net": 24}  # in half-months
TOTAL = "total"
_ISO = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)")
_NEAR = 1  # days that two maps may lie apart
_NEEDED = frozenset((1, 2, 14, 15, 16))  # days of the month; daily maps need not all be read
_Key = tuple[str, str, date]
_Figures = dict[_Key, tuple[float, float]]
"""Figure and standard deviation in km2, by what it is, where, and the day it begins or is of."""


def rows(folder: Path) -> list[dict[str, object]]:
    """Return how often two publishers agree within their errors, by pair, figure and region.

    Parameters
    ----------
    folder : Path
        With the folders of `FOLDERS`, and ``oblasts``.
    """
    series = {name: _series(folder, name) for name in FOLDERS}
    figures = {
        name: {region: _figures(_within(each, folder, region), region) for region in REGIONS}
        for name, each in series.items()
    }
    found: list[dict[str, object]] = []
    for pair, (one, other) in PAIRS.items():
        for region, names in {**{each: (each,) for each in REGIONS}, _NAMED: TOGETHER}.items():
            a, b = (_joined(figures[each], names) for each in (one, other))
            found += _compared(pair, region, a, b)
    return found


def _joined(figures: dict[str, _Figures], names: Iterable[str]) -> _Figures:
    return {key: figure for name in names for key, figure in figures[name].items()}


def _series(folder: Path, profile: str) -> tt.History:
    """Read the maps of one publisher about the days that are compared."""
    files = sorted(file for name in FOLDERS[profile] for file in (folder / name).iterdir())
    return tt.read([file for file in files if _is_needed(file)], profile)


def _is_needed(file: Path) -> bool:
    day = _ISO.search(file.stem)
    return day is None or int(day[3]) in _NEEDED


def _within(history: tt.History, folder: Path, region: str) -> tt.History:
    if region == WHOLE:
        return history
    return history.within(gpd.read_file(folder / "oblasts" / f"{PROVINCES[region]}.geojson"))


def _figures(history: tt.History, region: str) -> _Figures:
    """Return every net gain, and what Russia held on every day."""
    held = history.areas()
    held = held[held["actor"] == "russia"]
    drawn = [pd.Timestamp(day).date() for day in held["day"].unique()]
    near = {day: there for day in DAYS if (there := _nearest(day, drawn))}
    found = {
        (TOTAL, region, day): _figure(held[pd.to_datetime(held["day"]).dt.date == near[day]])
        for day in near
    }
    for name, steps in SPANS.items():
        for first, last in zip(DAYS, DAYS[steps:], strict=False):
            if first in near and last in near:
                net = history.net("russia", start=near[first], end=near[last])
                found[name, region, first] = _figure(net)
    return found


def _nearest(day: date, drawn: Iterable[date]) -> date | None:
    near = [each for each in drawn if abs((each - day).days) <= _NEAR]
    return min(near, key=lambda each: (abs((each - day).days), each), default=None)


def _figure(table: pd.DataFrame) -> tuple[float, float]:
    """Return the figure of a table of one row, and its standard deviation."""
    value, low, high = table[["km2", "low", "high"]].iloc[0]
    return float(value), float(max(high - value, value - low)) / 1.96


def _compared(
    pair: str, region: str, one: _Figures, other: _Figures
) -> Iterator[dict[str, object]]:
    """Yield how two publishers compare, figure by figure."""
    for name in (*SPANS, TOTAL):
        common = [key for key in one if key[0] == name and key in other]
        if not common or (name == TOTAL and not _is_one_ground(pair, region)):
            continue
        a, b = (np.array([figures[key] for key in common]) for figures in (one, other))
        apart, both = a[:, 0] - b[:, 0], np.hypot(a[:, 1], b[:, 1])
        size = float(np.mean(np.abs(a[:, 0]) + np.abs(b[:, 0]))) / 2
        if not size:
            continue
        yield {
            "part": "publishers",
            "design": f"{pair}: {name}, {region}",
            "cases": len(common),
            "coverage_pct": 100 * float(np.mean(np.abs(apart) <= 1.96 * both)),
            "overlap_pct": 100 * float(np.mean(np.abs(apart) <= 1.96 * (a[:, 1] + b[:, 1]))),
            "bias_pct": 100 * float(np.mean(apart)) / size,
            "width_pct": 100 * 2 * 1.96 * float(np.mean(both)) / size,
        }


def _is_one_ground(pair: str, region: str) -> bool:
    """Return whether totals are of the same ground.

    Of the whole they are not (coasts, Crimea, Kursk), nor where DeepState drew what Russia
    held before 2022 as a class of its own.
    """
    return region != WHOLE and PAIRS[pair][0] == "deepstate-daily"

"""Changes that last: holders that appear or vanish, and steps far above the usual.

What does not come back (a withdrawal, a correction) is a warning at most.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from territory.findings import Finding, FindingKind
from territory.numbers import change, figure
from territory.quality.series_numbers import (
    BACK_PART,
    FEWEST_STEPS,
    FLOOR_KM2,
    HALF,
    LONGEST_SPELL,
    Series,
    runs_of,
    usual_limit,
)

SPREADS_STEP = 10.0  # the same for a change that lasts
STEP_FLOOR = 0.002  # of a holder's ground per day; a lasting change below it is no jump
SHORT_SHARE = 0.2


def appearing(series: Series) -> Iterator[Finding]:
    """Report holders that are there at full size from one day to the next.

    Parameters
    ----------
    series : Series
        Without the days that are corrupt or empty.

    Yields
    ------
    Finding
        ``sudden-actor``, a warning on the first day, with the km2 of that day.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 2000)]), np.array([[0], [1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 1, 2)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [(str(found.kind), found.km2) for found in appearing(Series.of(history))]
    [('sudden-actor', 2.0)]
    """
    for index, first, length in _presences(series):
        if first == 0:
            continue
        areas = series.areas[first : first + length, index]
        if areas[0] < max(FLOOR_KM2, HALF * float(areas.max())):
            continue
        detail = (
            f"{series.holders[index]} appears with {figure(areas[0])} km2 and had none on"
            f" {series.days[first - 1]}; a new class or front, or another name for an old one"
        )
        if first + length < len(series.days) and length < LONGEST_SPELL:
            detail += f"; it is there for {series.spell(first, length)} only"
        yield series.finding(FindingKind.SUDDEN_ACTOR, first, areas[0], detail)


def vanishing(series: Series) -> Iterator[Finding]:
    """Report holders that are gone from one day to the next.

    Parameters
    ----------
    series : Series
        Without the days that are corrupt or empty.

    Yields
    ------
    Finding
        ``vanished-actor``, a warning on the first day without, with the km2 of the day before.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 2000)]), np.array([[1], [0]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 1, 2)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [(str(found.kind), found.km2) for found in vanishing(Series.of(history))]
    [('vanished-actor', 2.0)]
    """
    for index, first, length in _presences(series):
        end = first + length
        if end == len(series.days):
            continue
        last = float(series.areas[end - 1, index])
        if last < FLOOR_KM2:
            continue
        detail = (
            f"{series.holders[index]} has none of the {figure(last)} km2 it had on"
            f" {series.days[end - 1]}; driven out, or the class was given up or renamed"
        )
        yield series.finding(FindingKind.VANISHED_ACTOR, end, last, detail)


def _presences(series: Series) -> Iterator[tuple[int, int, int]]:
    """Yield holder, first row and length of every time that a holder has ground."""
    for index in range(1, len(series.holders)):
        for first, length in runs_of((series.areas[:, index] > 0).tolist()):
            yield index, first, length


def lasting(series: Series) -> Iterator[Finding]:
    """Report steps far above the usual rate of change, with the holder that moved most.

    Parameters
    ----------
    series : Series
        Without the days that are corrupt or empty.

    Yields
    ------
    Finding
        ``jump``, a warning for each step, on its later day, with the km2 moved.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 5000, 0, i * 5000 + 5000, 5000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 1, 2)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [(str(found.kind), found.km2) for found in lasting(Series.of(history))]
    [('jump', 25.0)]
    """
    if len(series.days) < 2:  # noqa: PLR2004 - one day has no step
        return
    gaps = np.array([(after - before).days for before, after in pairwise(series.days)])[:, None]
    rates = series.steps / gaps
    before, after = series.areas[:-1], series.areas[1:]
    size = np.maximum(before, after)
    if len(gaps) < FEWEST_STEPS:
        limit = np.maximum(SHORT_SHARE * size, FLOOR_KM2)
    else:
        limit = usual_limit(rates, SPREADS_STEP) + np.maximum(STEP_FLOOR * size, FLOOR_KM2)
    over = (rates > limit) & (before > 0) & (after > 0)
    over[:, 0] = False
    for step in np.flatnonzero(over.any(axis=1)).tolist():
        index = int(np.argmax(np.where(over[step], series.steps[step], 0.0)))
        yield _step(series, step, index)


def _step(series: Series, step: int, index: int) -> Finding:
    one, two = series.days[step], series.days[step + 1]
    moved = float(series.steps[step, index])
    net = float(series.areas[step + 1, index] - series.areas[step, index])
    detail = (
        f"{series.holders[index]} changes by {change(net)} km2 ({figure(moved)} lost and taken)"
        f" in {(two - one).days} day(s) since {one}, far more than usual in this series"
    )
    detail += f"; {_afterwards(series, step, index)}"
    return series.finding(FindingKind.JUMP, step + 1, moved, detail)


def _afterwards(series: Series, step: int, index: int) -> str:
    if step + 2 == len(series.days):
        return "the last snapshot, so whether it lasts is not known"
    before, now, after = series.held_by[step : step + 3]
    back = series.exchanged(before, now, (before == after) & (now != before))[index]
    if back >= BACK_PART * series.steps[step, index]:
        return f"{figure(back)} km2 are back as they were on {series.days[step + 2]}"
    return "it lasts: a big advance or withdrawal, or a correction of the map"

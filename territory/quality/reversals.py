"""Ground that leaves its holder and comes back: the marks of a damaged file.

A day is *corrupt* when ground leaves its holder and, one to `LONGEST_SPELL` snapshots
later, is back with the very same holder along the very same line. Front lines do not
return to the metre, so this separates a damaged file from a fast war: in a clean daily
series of 536 days at most 6 of 110,000 km2 do so, while one missing ring makes tens of
thousands. In a fixed coverage (districts, nearest-place cells) every return follows the
same line, so much more ground must come and go there before a day counts as corrupt.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools
from territory.geometry.projection import Floats
from territory.numbers import change, figure
from territory.quality.series_numbers import (
    BACK_PART,
    FEWEST_STEPS,
    FLOOR_KM2,
    HALF,
    LONGEST_SPELL,
    MAD_TO_SD,
    Series,
)

SPREADS_BACK = 8.0  # scaled MAD above the median that ground coming back must reach
STEPS_BACK = 4.0  # times the big steps (`BIG_STEP`) that the holder makes at other times
BIG_STEP = 0.8  # quantile of its steps; one in five may be bad itself
FLOOR_TOTAL = 0.001  # of all held ground: less is the redrawing of details
BACK_DRAWN = 0.02  # of a holder's ground, drawn zones
BACK_COVERAGE = 0.2  # the same for a fixed coverage, or a series too short to judge by
QUICK_DAYS = 14  # what takes longer to come back may be a war, unless it is over `HALF`


def coming_back(series: Series) -> list[Finding]:
    """Report days whose ground is elsewhere than both before and after.

    Spells of several lengths overlap: the first of a kind, day and holder is reported.

    Parameters
    ----------
    series : Series
        Without the days on which nobody holds anything.

    Returns
    -------
    list of Finding
        The first of a kind, day and holder alone.
    """
    first_of: dict[tuple[str, date | None, int], Finding] = {}
    for length in range(1, LONGEST_SPELL + 1):
        away = _away(series, length)
        least = away.min(axis=1)
        limit = _limit_back(series, least)
        for first in np.flatnonzero((least > limit).any(axis=1)).tolist():
            for row, gone in enumerate(away[first], start=first + 1):
                rows = first, row, first + 1 + length
                over = _is_over(series, rows, least[first], limit)
                if over.any():
                    for index, each in _spell_findings(series, rows, over, gone):
                        first_of.setdefault((each.kind, each.day, index), each)
    return list(first_of.values())


def _is_over(series: Series, rows: tuple[int, int, int], least: Floats, limit: Floats) -> Bools:
    """Return whose ground is so far away on a day that the day is corrupt, shape (k,)."""
    before, row, after = rows
    share = _share_back(series, (series.days[after] - series.days[before]).days)
    over = (least > limit) & (least > share * series.areas[list(rows)].max(axis=0))
    over[0] = False  # what nobody gains another loses
    if over.any():
        over &= least >= BACK_PART * series.between(before, row)
        others = np.delete(series.steps, slice(before, after), axis=0)
        if len(others):
            over &= least > STEPS_BACK * np.quantile(others, BIG_STEP, axis=0)
    return np.asarray(over)


def _away(series: Series, length: int) -> Floats:
    """Return ground held otherwise than on both sides of a spell, by holder.

    Returns
    -------
    ndarray, shape (spells, length, k)
        Square kilometres; the spell n stands between the days n and n + length + 1.
    """
    held = series.held_by
    rows = []
    for first in range(len(held) - length - 1):
        before, after = held[first], held[first + length + 1]
        back = before == after
        spell = held[first + 1 : first + 1 + length]
        rows.append([series.exchanged(before, now, back & (now != before)) for now in spell])
    return np.array(rows).reshape(-1, length, len(series.holders))


def _share_back(series: Series, days: int) -> float:
    if days > QUICK_DAYS:
        return HALF
    if len(series.days) <= FEWEST_STEPS or not series.drawn:
        return BACK_COVERAGE
    return BACK_DRAWN


def _limit_back(series: Series, least: Floats) -> Floats:
    """Return the ground of each holder that must come back for a day to be corrupt, km2."""
    floor = max(FLOOR_KM2, FLOOR_TOTAL * float(np.median(series.held)))
    if len(series.days) <= FEWEST_STEPS or not len(least):
        return np.full(len(series.holders), floor)
    often = np.median(least, axis=0)
    spread = MAD_TO_SD * np.median(np.abs(least - often), axis=0)
    return np.asarray(np.maximum(floor, often + SPREADS_BACK * spread))


def _spell_findings(
    series: Series, rows: tuple[int, int, int], over: Bools, away: Floats
) -> Iterator[tuple[int, Finding]]:
    """Say what a corrupt day looks like: an actor for once, a loss of most, or a jump.

    With the place of the holder that it is about, -1 for all of them.
    """
    before, row, after = rows
    neighbours = np.minimum(series.held[before], series.held[after])
    absent = (series.areas[[before, after]] == 0).all(axis=0)
    span = series.spell(before + 1, after - before - 1)
    around = f"{series.days[before]} and {series.days[after]}"
    for index in np.flatnonzero(over & absent).tolist():
        detail = (
            f"{series.holders[index]} appears for {span} only, with"
            f" {figure(series.areas[row, index])} km2 that have another holder, or none, on"
            f" {around}; a stray or test polygon, or a colour used by mistake,"
            " or an event of that day alone"
        )
        km2 = series.areas[row, index]
        yield index, series.finding(FindingKind.SUDDEN_ACTOR, row, km2, detail, Severity.ERROR)
    if (over & absent).any():
        return
    if series.held[row] < HALF * neighbours:
        detail = (
            f"{figure(series.held[row])} km2 are held, at least {figure(neighbours)} on {around};"
            " the file is cut short or lost most of its polygons"
        )
        km2 = neighbours - series.held[row]
        yield -1, series.finding(FindingKind.TRUNCATED_DAY, row, km2, detail, Severity.ERROR)
        return
    index = int(np.argmax(np.where(over, away, 0.0)))
    net = float(series.areas[row, index] - series.areas[before, index])
    detail = (
        f"{series.holders[index]} changes by {change(net)} km2 against {series.days[before]},"
        f" and {figure(away[index])} km2 are back as they were on {series.days[after]}; a polygon"
        " is missing, misplaced or wrongly labelled"
    )
    yield index, series.finding(FindingKind.JUMP, row, away[index], detail, Severity.ERROR)

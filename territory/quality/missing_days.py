"""Days of a series that are absent, repeated or empty."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from territory.findings import Finding, FindingKind, Severity
from territory.numbers import figure
from territory.quality.series_numbers import FEWEST_STEPS, Series, runs_of, span

REGULAR_SHARE = 0.75  # of the gaps that must be alike for a gap to count as a hole
FAR_YEARS, FAR_TIMES = 50, 10  # what parts a day from the rest that is a slip, not a pause
FEW_OF = 20  # one day, or one in so many, may lie far from the rest
YEAR_DAYS = 365.25
LONG_REPEAT = 3  # snapshots; shorter repeats are only counted


def missing_days(days: tuple[date, ...]) -> Iterator[Finding]:
    """Report the holes of a series that is otherwise regular.

    Parameters
    ----------
    days : tuple of date
        Of a series, in order.

    Yields
    ------
    Finding
        ``missing-day`` on the first day of each hole: a warning, or for information where one
        snapshot is missing.

    Examples
    --------
    >>> days = tuple(date(2018, 1, n) for n in (1, 2, 3, 4, 6, 7, 8, 9))
    >>> [str(found.day) for found in missing_days(days)]
    ['2018-01-05']
    """
    gaps = np.array([(after - before).days for before, after in pairwise(days)])
    if len(gaps) < FEWEST_STEPS:
        return
    usual = int(np.median(gaps))
    tolerance = usual // 10  # a month has 28 to 31 days
    if np.mean(np.abs(gaps - usual) <= tolerance) < REGULAR_SHARE:
        return
    for before, gap in zip(days, gaps.tolist(), strict=False):
        count = round(gap / usual) - 1
        if count < 1:
            continue
        first, last = before + timedelta(usual), before + timedelta(usual * count)
        detail = (
            f"no snapshot for {span(first, last)} in a series of one every {usual} day(s):"
            f" {count} missing; not published, or not collected"
        )
        yield Finding(
            FindingKind.MISSING_DAY,
            detail,
            Severity.INFO if count == 1 else Severity.WARNING,
            first,
        )


def far_days(days: Sequence[date], where: Mapping[date, str]) -> Iterator[Finding]:
    """Warn of days far from all others: a slip in a year makes one the first or the last.

    No clock is asked what today is: a day is judged by the others. It is far where the gap
    that parts it, with few others at most, from the rest is more than `FAR_YEARS` and than
    all the rest covers; or, with a year at least, ten times the widest gap in the rest. Days
    before the year 1 are left aside: nobody writes BC by a slip.

    Parameters
    ----------
    days : sequence of date
        In order.
    where : mapping of date to str
        The file of each day.

    Yields
    ------
    Finding
        ``far-day``, a warning about the whole series.

    Examples
    --------
    >>> days = [date(2022, 2, 4), date(2022, 2, 8), date(2202, 2, 2)]
    >>> (found,) = far_days(days, {days[-1]: "z_2202-02-02.geojson"})
    >>> found.detail.partition(",")[0]
    'z_2202-02-02.geojson: 2202-02-02 lies 180.0 years after 2022-02-08'
    """
    days = [day for day in days if day.year >= 1]
    gaps = [(after - before).days for before, after in pairwise(days)]
    few = max(1, len(days) // FEW_OF)
    for last in (True, False):
        order, steps = (days[::-1], gaps[::-1]) if last else (days, gaps)
        counts = [n for n in range(1, few + 1) if n < len(days) and _is_far(steps, n)]
        for day in sorted(order[: max(counts, default=0)]):
            edge = order[max(counts)]
            years = abs((day - edge).days) / YEAR_DAYS
            detail = (
                f"{where.get(day, 'the series')}: {day} lies {years:.1f} years"
                f" {'after' if last else 'before'} {edge}, the nearest of the other"
                f" {len(days) - max(counts)} days; is its year right?"
            )
            yield Finding(FindingKind.FAR_DAY, detail, Severity.WARNING)


def _is_far(gaps: Sequence[int], count: int) -> bool:
    """Return whether the gap behind the first days is out of proportion to those of the rest."""
    gap, rest = gaps[count - 1], gaps[count:]
    if gap > max(FAR_YEARS * YEAR_DAYS, sum(rest)):
        return True
    return bool(rest) and gap > max(YEAR_DAYS, FAR_TIMES * max(rest))


def identical(series: Series) -> Iterator[Finding]:
    """Report exact repeats: one line for the series, one for each long run.

    Parameters
    ----------
    series : Series
        All days, those included that are empty.

    Yields
    ------
    Finding
        ``identical``, for information.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 2000)]), np.array([[1], [1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 1, 2)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [found.detail[:46] for found in identical(Series.of(history))]
    ['1 of 2 snapshots repeat the one before exactly']
    """
    same = [bool((before == after).all()) for before, after in pairwise(series.held_by)]
    runs = list(runs_of(same))
    if not runs:
        return
    longest = max(length for _, length in runs)
    total = sum(length for _, length in runs)
    detail = (
        f"{total} of {len(series.days)} snapshots repeat the one before exactly, in {len(runs)}"
        f" run(s), the longest of {longest}; the publisher did not redraw, or a file was copied"
    )
    yield Finding(FindingKind.IDENTICAL, detail, Severity.INFO, None, 0.0)
    for first, length in runs:
        if length >= LONG_REPEAT:
            detail = (
                f"{series.spell(first + 1, length)}: {length} exact repeats of {series.days[first]}"
            )
            yield series.finding(FindingKind.IDENTICAL, first + 1, 0.0, detail, Severity.INFO)


def empty_days(series: Series) -> Iterator[Finding]:
    """Report days on which nobody holds anything.

    Parameters
    ----------
    series : Series
        All days.

    Yields
    ------
    Finding
        ``empty-day``, an error between two days that are not empty, else a warning; with the
        km2 held on the nearest day, the less of two. None if all days are empty.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> history = from_coverage(
    ...     np.array([shapely.box(0, 0, 1000, 2000)]), np.array([[1], [0], [1]], dtype=np.int16),
    ...     days=tuple(date(2018, 1, n) for n in (1, 2, 3)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [(str(found.day), str(found.severity)) for found in empty_days(Series.of(history))]
    [('2018-01-02', 'error')]
    """
    full = np.flatnonzero(series.held > 0)
    for row in np.flatnonzero(series.held == 0).tolist():
        before, after = full[full < row][-1:], full[full > row][:1]
        near = [float(series.held[other]) for other in (*before, *after)]
        if not near:
            continue
        inside = len(near) == 2  # noqa: PLR2004 - one before, one after
        detail = (
            f"nobody holds anything, where {' and '.join(figure(km2) for km2 in near)} km2 are"
            f" held on the nearest day(s); the file is empty or lost its polygons"
        )
        severity = Severity.ERROR if inside else Severity.WARNING
        yield series.finding(FindingKind.EMPTY_DAY, row, min(near), detail, severity)

"""Days of a series that are absent, repeated or empty."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from territory.findings import Finding, Severity
from territory.quality.series import FEWEST_STEPS, Series, runs_of, span

REGULAR_SHARE = 0.75  # of the gaps that must be alike for a gap to count as a hole
LONG_REPEAT = 3  # snapshots; shorter repeats are only counted


def missing_days(days: tuple[date, ...]) -> Iterator[Finding]:
    """Report the holes of a series that is otherwise regular."""
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
            "missing-day", detail, Severity.INFO if count == 1 else Severity.WARNING, first
        )


def identical(series: Series) -> Iterator[Finding]:
    """Report exact repeats: one line for the series, one for each long run."""
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
    yield Finding("identical", detail, Severity.INFO, None, 0.0)
    for first, length in runs:
        if length >= LONG_REPEAT:
            detail = (
                f"{series.spell(first + 1, length)}: {length} exact repeats of {series.days[first]}"
            )
            yield Finding("identical", detail, Severity.INFO, series.days[first + 1], 0.0)


def empty_days(series: Series) -> Iterator[Finding]:
    """Report days on which nobody holds anything."""
    full = np.flatnonzero(series.held > 0)
    for row in np.flatnonzero(series.held == 0).tolist():
        before, after = full[full < row][-1:], full[full > row][:1]
        near = [float(series.held[other]) for other in (*before, *after)]
        if not near:
            continue
        inside = len(near) == 2  # noqa: PLR2004 - one before, one after
        detail = (
            f"nobody holds anything, where {' and '.join(f'{km2:,.1f}' for km2 in near)} km2 are"
            f" held on the nearest day(s); the file is empty or lost its polygons"
        )
        severity = Severity.ERROR if inside else Severity.WARNING
        yield Finding("empty-day", detail, severity, series.days[row], min(near))

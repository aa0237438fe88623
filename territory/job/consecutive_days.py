"""Days beside the day before, of which they repeat nearly all: little is looked at twice.

A day on which nothing changed is cleaned once, where there is nothing to tell of it: what is told
names its file and features. What the others draw is taken apart together
(`territory.history.drawn_days`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, compress, groupby

import shapely

from territory.findings import Finding
from territory.geometry.arrays import in_blocks
from territory.history.drawn_days import drawn_days
from territory.history.snapshot import RawZones, Snapshot
from territory.memo import Run

Day = tuple[RawZones, list[RawZones]]  # with those about it, among which what is lost is found
Clean = Callable[..., Snapshot | Finding]  # of a day, and of what it draws where that is known
_TOGETHER = 100_000  # corners of the days that are cleaned together, and so in one process


def cleaned_in_turn(run: Run) -> Run:
    """Return what maps like another, over blocks of consecutive days that are cleaned together.

    Parameters
    ----------
    run : callable
        Like ``map``; of processes and of a cluster, days are pickled.

    Returns
    -------
    callable
        Of a function that cleans a day, given what it draws, and of days in order.
    """

    def over(clean: Clean, days: Iterable[Day]) -> Iterator[Snapshot | Finding]:
        every = list(days)
        fresh = [not n or not _are_alike(every[n - 1], day) for n, day in enumerate(every)]
        blocks = _blocks(compress(every, fresh))
        made = chain.from_iterable(run(partial(_together, clean), blocks))
        for day, new in zip(every, fresh, strict=True):
            if new:
                answer = next(made)
                yield answer
            elif isinstance(answer, Snapshot) and not answer.audit:
                yield replace(answer, day=day[0].day)
            else:
                yield clean(day)

    return over


def _blocks(days: Iterable[Day]) -> Iterator[list[Day]]:
    """Yield days in order, some at a time, all in one CRS."""
    for _, same in groupby(days, key=lambda day: id(day[0].crs)):
        alike = list(same)
        sizes = (int(shapely.get_num_coordinates(raw.geometry).sum()) for raw, _ in alike)
        yield from in_blocks(alike, sizes, _TOGETHER)


def _together(clean: Clean, days: Sequence[Day]) -> list[Snapshot | Finding]:
    """Clean some days, taken apart together."""
    drawn = drawn_days([raw for raw, _ in days])
    return [clean(day, each) for day, each in zip(days, drawn, strict=True)]


def _are_alike(one: Day, other: Day) -> bool:
    """Tell whether two days have the same zones, all there, and there is nothing to tell yet."""
    (before, near_before), (after, near_after) = one, other
    return (
        not (near_before or near_after or before.findings or after.findings)
        and before.crs is after.crs
        and before.holders == after.holders
        and bool(shapely.equals_identical(before.geometry, after.geometry).all())
    )

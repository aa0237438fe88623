"""Days on which nothing changed, which need not be cleaned again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import shapely

from territory.findings import Finding
from territory.history.snapshot import RawZones, Snapshot
from territory.memo import Run

Day = tuple[RawZones, list[RawZones]]  # with those about it, among which what is lost is found


def alike_once(run: Run) -> Run:
    """Return what maps like another, but works out days that are as the one before only once.

    Only where there is nothing to tell of a day, for what is told names its file and features.

    Parameters
    ----------
    run : callable
        Like ``map``.

    Returns
    -------
    callable
        Of a function that cleans days, and of days in order.
    """

    def over(
        clean: Callable[[Day], Snapshot | Finding], days: Iterable[Day]
    ) -> Iterator[Snapshot | Finding]:
        every = list(days)
        fresh = [not n or not _are_alike(every[n - 1], day) for n, day in enumerate(every)]
        made = iter(run(clean, [day for day, new in zip(every, fresh, strict=True) if new]))
        for day, new in zip(every, fresh, strict=True):
            if new:
                answer = next(made)
                yield answer
            elif isinstance(answer, Snapshot) and not answer.audit:
                yield replace(answer, day=day[0].day)
            else:
                yield clean(day)

    return over


def _are_alike(one: Day, other: Day) -> bool:
    """Tell whether two days have the same zones, all there, and there is nothing to tell yet."""
    (before, near_before), (after, near_after) = one, other
    return (
        not (near_before or near_after or before.findings or after.findings)
        and before.crs is after.crs
        and before.holders == after.holders
        and bool(shapely.equals_identical(before.geometry, after.geometry).all())
    )

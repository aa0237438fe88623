"""Features that hold over spans of time, laid out on days.

The days of such a series are every begin, and the first day after every end if anything
holds then. Any other day on which something holds can be asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from pyproj import CRS

from territory.errors import InputError, TerritoryError
from territory.findings import Finding, FindingKind, Severity
from territory.history.snapshot import RawZones
from territory.read.formats.layer import Layer
from territory.read.holder_labels import Labels
from territory.read.spans import OPEN, Span

_DAY = timedelta(1)


@dataclass(frozen=True, eq=False)
class Lasting:
    """A layer whose features hold over spans, one each; None for those that hold on no day."""

    layer: Layer
    spans: tuple[Span | None, ...]

    @property
    def crs(self) -> CRS:
        """The CRS of the layer."""
        return self.layer.crs

    @property
    def file(self) -> str:
        """The file it is from."""
        return self.layer.file


def days_of_spans(spans: Iterable[Span]) -> tuple[date, ...]:
    """Return every begin, and the first day after every end if anything holds then.

    Parameters
    ----------
    spans : iterable of Span
        In any order.

    Returns
    -------
    tuple of date
        In order.

    Examples
    --------
    >>> found = days_of_spans([Span(date(2020, 1, 1), date(2020, 6, 30)),
    ...                        Span(date(2020, 1, 1), date(2020, 12, 31))])
    >>> [str(day) for day in found]
    ['2020-01-01', '2020-07-01']
    """
    distinct = set(spans)
    begins = {span.first for span in distinct}
    after = {span.last + _DAY for span in distinct if span.last != OPEN}
    return tuple(sorted(begins | _held_on(distinct, after)))


def _held_on(spans: Iterable[Span], days: Iterable[date]) -> set[date]:
    """Return the days on which anything holds."""
    ends = np.array([[span.first.toordinal(), span.last.toordinal()] for span in spans])
    first, last = ends.reshape(-1, 2).T
    return {d for d in days if ((first <= d.toordinal()) & (d.toordinal() <= last)).any()}


def over_days(
    lasting: Sequence[Lasting], labels: Labels, also: Iterable[date], only: date | None
) -> tuple[tuple[date, ...], tuple[RawZones, ...], list[Finding]]:
    """Return the days of the series, what holds on each of them and on further days, and why not.

    Parameters
    ----------
    lasting : sequence of Lasting
        All in one CRS; at least one.
    labels : Labels
        What says who holds what.
    also : iterable of date
        Further days; one on which nothing holds is left out.
    only : date or None
        The one day to choose.

    Raises
    ------
    InputError
        If nothing holds on the one day.
    """
    every = {span for each in lasting for span in each.spans if span is not None}
    own = days_of_spans(every) if only is None else (only,)
    if only is not None and not _held_on(every, [only]):
        raise InputError(f"nothing holds on {only}; {reach_of(every)}", file=lasting[0].file)
    further = _held_on(every, also) if only is None else set()
    raws, findings = (
        [],
        list(_about_later_spans(every, {*further, *own} - set(days_of_spans(every)))),
    )
    for day in sorted({*own, *further}):
        parts = []
        for each in lasting:
            rows = np.array([span is not None and span.holds_on(day) for span in each.spans])
            try:
                if rows.any():
                    parts.append(labels.held(each.layer, rows, day))
            except TerritoryError as error:
                findings.append(Finding(FindingKind.REFUSED, str(error), Severity.ERROR, day))
        if parts:
            raws.append(merged(parts))
    return own, tuple(raws), findings


def _about_later_spans(spans: Iterable[Span], days: Iterable[date]) -> Iterator[Finding]:
    """Tell of days after the last that the files speak of, which open ends alone reach."""
    last = max(max(s.first, s.last if s.last != OPEN else s.first) for s in spans)
    for day in sorted(days):
        if day > last:
            detail = (
                f"{day} lies after {last}, the last day in the files; open ends are taken to reach"
                " it"
            )
            yield Finding(FindingKind.OPEN_END, detail, Severity.WARNING, day)


def reach_of(spans: Iterable[Span]) -> str:
    """Say from when to when some spans run.

    Parameters
    ----------
    spans : iterable of Span
        At least one.
    """
    listed = list(spans)
    first, last = min(s.first for s in listed), max(s.last for s in listed)
    return f"the spans of time run from {first} {'on' if last == OPEN else f'to {last}'}"


def merged(parts: Sequence[RawZones]) -> RawZones:
    """Put layers of one day together, which are in one CRS.

    Parameters
    ----------
    parts : sequence of RawZones
        At least one; the first gives the source and the CRS.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    return replace(
        first,
        holders=tuple(holder for part in parts for holder in part.holders),
        geometry=np.concatenate([part.geometry for part in parts]),
        findings=tuple(finding for part in parts for finding in part.findings),
        spots=tuple(part.spot(row) for part in parts for row in range(len(part.holders))),
        left_out=tuple(each for part in parts for each in part.left_out),
        identities=tuple(part.identity(row) for part in parts for row in range(len(part.holders))),
        fills=tuple(fill for part in parts for fill in (part.fills or ("",) * len(part.holders))),
    )

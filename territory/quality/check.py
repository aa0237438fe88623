"""Which days of a publisher's series look wrong, and why: one finding each.

Method
------
A day is *corrupt* when ground leaves its holder and, one to `LONGEST_SPELL` snapshots
later, is back with the very same holder along the very same line. Front lines do not
return to the metre, so this separates a damaged file from a fast war: in a clean daily
series of 536 days at most 6 of 110,000 km2 do so, while one missing ring makes tens of
thousands. What does not come back (a withdrawal, a correction) is a warning at most.

All limits are relative to the series itself: the median of its own changes and their
median absolute deviation (scaled to a standard deviation), plus a floor, so that a
series in which nothing moves and one in which everything moves both work. Days found
corrupt are set aside before the lasting changes are judged, so that one bad day is
reported once and not as two jumps.

In a fixed coverage (districts, nearest-place cells) every return follows the same line,
so much more ground must come and go there before a day counts as corrupt.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from territory.findings import Finding, FindingKind, Severity
from territory.history.drawing import Drawing
from territory.history.history import History
from territory.quality.connected_zones import Pieces, changed_pieces, few_pieces
from territory.quality.countries import Countries, against_countries
from territory.quality.jumps import appearing, lasting, vanishing
from territory.quality.missing_days import empty_days, identical, missing_days
from territory.quality.reversals import coming_back
from territory.quality.series_numbers import Series
from territory.quality.similar_names import similar_names

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def check_history(
    history: History,
    *,
    countries: Countries | None = None,
    snapshots: bool = True,
    drawing: Drawing | None = None,
    inside: "csr_array | None" = None,
) -> tuple[Finding, ...]:
    """Look for days, holders and steps that are likely faults of the series.

    Parameters
    ----------
    history : History
        The series of one publisher. Named areas play no part.
    countries : Countries, optional
        With them, holders are also compared with the country they lie in.
    snapshots : bool
        Whether each day was drawn by itself, so that one may be missing, a copy, or
        damaged. The days of spans of time are only those on which something changes, and
        what comes back does so along the same line because it is the same feature; the
        files themselves say when each begins and ends.
    drawing : Drawing, optional
        What lies between the lines, where the faces of the history are not connected ground but
        sums over tiles.
    inside : sparse array, shape (countries, faces), optional
        See `territory.quality.countries.against_countries`.

    Returns
    -------
    tuple of Finding
        By day, those about the whole series first; km2 is the ground concerned.

        ``empty-day`` (error between days with ground, else warning); ``truncated-day``
        (error); ``jump`` (error where the ground comes back, else warning);
        ``sudden-actor`` (error for a one-off, else warning); ``vanished-actor``
        (warning); ``features-lost`` (warning); ``missing-day`` (info, warning from two
        on); ``identical`` (info); ``larger-than-country`` (error between days on which it
        is not, else warning); ``outside-country`` (error at sea, warning abroad in
        pieces); ``similar-names`` (warning).

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from territory.holders import NOBODY, Holder
    >>> from territory.history.history import from_coverage
    >>> from territory.geometry.projection import EqualArea
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> held_by = np.array([[1, 1, 1], [0, 0, 0], [1, 1, 1]], dtype=np.int16)
    >>> history = from_coverage(
    ...     squares, held_by, days=tuple(date(2018, 1, n) for n in (1, 2, 3)),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> [(str(found.kind), str(found.day), found.km2) for found in check_history(history)]
    [('empty-day', '2018-01-02', 3.0)]
    """
    whole = Series.of(history)
    found = [*missing_days(whole.days), *identical(whole)] if snapshots else []
    found += empty_days(whole)
    found += similar_names(holder.actor for holder in history.holders)
    series = whole.without(
        {finding.day for finding in found if finding.kind == FindingKind.EMPTY_DAY}
    )
    pieces = Pieces.between(series, drawing) if drawing else Pieces.of(series, history)
    spells = coming_back(series) if snapshots else []
    few = list(few_pieces(pieces)) if snapshots else []
    spells += [finding for finding in few if finding.severity is Severity.ERROR]
    found += spells
    corrupt = corrupt_days(spells)
    series = series.without(corrupt)
    found += [*appearing(series), *vanishing(series)] if snapshots else []
    changed = list(changed_pieces(pieces.without(corrupt))) if snapshots else []
    found += _each_once([*lasting(series), *changed])
    found += [finding for finding in few if finding.severity is not Severity.ERROR]
    if countries is not None:
        found += against_countries(whole, history, countries, inside=inside)
    return tuple(sorted(found, key=lambda f: (f.day or date.min, f.kind, f.detail)))


def _each_once(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what a zone did where a jump of the same day says it."""
    listed = list(findings)
    jumped = {finding.day for finding in listed if finding.kind == FindingKind.JUMP}
    return [each for each in listed if each.kind == FindingKind.JUMP or each.day not in jumped]


def corrupt_days(findings: Iterable[Finding]) -> frozenset[date]:
    """Return the days that a finding of severity ``error`` names.

    Parameters
    ----------
    findings : iterable of Finding
        Of one series; those without a day name none.

    Examples
    --------
    >>> corrupt_days([Finding(FindingKind.JUMP, "back", Severity.ERROR, date(2023, 7, 8))])
    frozenset({datetime.date(2023, 7, 8)})
    """
    return frozenset(day_doubts(findings))


def day_doubts(findings: Iterable[Finding]) -> dict[date, str]:
    """Return by day why it is corrupt, in the words of its first error.

    Parameters
    ----------
    findings : iterable of Finding
        Of one series; of several errors of a day the first counts.

    Examples
    --------
    >>> day_doubts([Finding(FindingKind.JUMP, "back", Severity.ERROR, date(2023, 7, 8))])
    {datetime.date(2023, 7, 8): 'back'}
    """
    errors = [each for each in findings if each.severity is Severity.ERROR]
    return {each.day: each.detail for each in reversed(errors) if each.day is not None}

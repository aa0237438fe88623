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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from territory.actors import Holder
from territory.errors import InputError
from territory.findings import Finding, Severity
from territory.history import Bools, History
from territory.projection import WGS84, Floats, Ints, transformation

LONGEST_SPELL = 3  # snapshots; a state that lasts longer is taken as meant
SPREADS_BACK = 8.0  # scaled MAD above the median that ground coming back must reach
SPREADS_STEP = 10.0  # the same for a change that lasts
STEPS_BACK = 4.0  # times the big steps (`BIG_STEP`) that the holder makes at other times
BIG_STEP = 0.8  # quantile of its steps; one in five may be bad itself
FLOOR_KM2 = 1.0  # less never counts
FLOOR_TOTAL = 0.001  # of all held ground: less is the redrawing of details
BACK_DRAWN = 0.02  # of a holder's ground, drawn zones
BACK_COVERAGE = 0.2  # the same for a fixed coverage, or a series too short to judge by
BACK_PART = 0.5  # of what left must come back
QUICK_DAYS = 14  # what takes longer to come back may be a war, unless it is over `HALF`
STEP_FLOOR = 0.002  # of a holder's ground per day; a lasting change below it is no jump
FEWEST_STEPS = 4  # with fewer changes there is no "usual"; `SHORT_SHARE` stands for it
SHORT_SHARE = 0.2
HALF = 0.5
FEWEST_PIECES = 10  # fewer separate zones may well halve by themselves
SMALL_LOSS = 0.05  # of the ground held; more is a matter of areas and not of zones
SMALLEST_PIECE_KM2 = 0.01
REGULAR_SHARE = 0.75  # of the gaps that must be alike for a gap to count as a hole
LONG_REPEAT = 3  # snapshots; shorter repeats are only counted
IMPOSSIBLE = 1.5  # times the country that a holder mostly lies in
LARGER = 1.02
SEA_SHARE = 0.05  # of all held ground; less beyond the coast is a coast drawn roughly
BIG_FACE_KM2 = 50.0  # faces above it are cut along countries, others go by one point
_MAD_TO_SD = 1.4826
_EARTH_RADIUS_DEGREES = 180.0 / np.pi


@dataclass(frozen=True, eq=False)
class Countries:
    """Countries to hold a series against.

    Attributes
    ----------
    names : tuple of str, length n
        In English.
    km2 : ndarray, shape (n,)
        Area in square kilometres.
    polygons : ndarray of Polygon or MultiPolygon, shape (n,)
        In degrees (WGS 84), valid.

    Raises
    ------
    InputError
        If the lengths differ or an area is not positive.
    """

    names: tuple[str, ...]
    km2: Floats
    polygons: NDArray[np.object_]

    def __post_init__(self) -> None:
        """Check what the comparison relies on."""
        if not len(self.names) == len(self.km2) == len(self.polygons):
            raise InputError("countries need one name, one area and one polygon each")
        if not (self.km2 > 0).all():
            raise InputError("a country has no area")


def check_history(history: History, *, countries: Countries | None = None) -> tuple[Finding, ...]:
    """Look for days, holders and steps that are likely faults of the series.

    Parameters
    ----------
    history : History
        The series of one publisher. Named areas play no part.
    countries : Countries, optional
        With them, holders are also compared with the country they lie in.

    Returns
    -------
    tuple of Finding
        By day, those about the whole series first; km2 is the ground concerned.

        ``empty-day`` (error between days with ground, else warning); ``truncated-day``
        (error); ``jump`` (error where the ground comes back, else warning);
        ``sudden-actor`` (error for a one-off, else warning); ``vanished-actor``
        (warning); ``features-lost`` (warning); ``missing-day`` (info, warning from two
        on); ``identical`` (info); ``larger-than-country`` (error, or warning);
        ``outside-country`` (error at sea, warning abroad in pieces).

    Examples
    --------
    >>> from territory.actors import NOBODY
    >>> from territory.history import from_coverage
    >>> from territory.projection import EqualArea
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(3)])
    >>> held_by = np.array([[1, 1, 1], [0, 0, 0], [1, 1, 1]], dtype=np.int16)
    >>> history = from_coverage(
    ...     squares, held_by, days=tuple(date(2018, 1, n) for n in (1, 2, 3)),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> [(found.kind, str(found.day), found.km2) for found in check_history(history)]
    [('empty-day', '2018-01-02', 3.0)]
    """
    whole = _Series.of(history)
    found = [*_missing_days(whole.days), *_identical(whole), *_empty_days(whole)]
    series = whole.without({finding.day for finding in found if finding.kind == "empty-day"})
    spells = list(_coming_back(series))
    few = list(_few_pieces(series, history))
    spells += [finding for finding in few if finding.severity is Severity.ERROR]
    found += _once(spells)
    series = series.without(corrupt_days(spells))
    found += [*_appearing(series), *_vanishing(series), *_lasting(series)]
    found += [finding for finding in few if finding.severity is not Severity.ERROR]
    if countries is not None:
        found += _against_countries(whole, history, countries)
    return tuple(sorted(found, key=lambda f: (f.day or date.min, f.kind, f.detail)))


def corrupt_days(findings: Iterable[Finding]) -> frozenset[date]:
    """Return the days that a finding of severity ``error`` names.

    Examples
    --------
    >>> corrupt_days([Finding("jump", "back the next day", Severity.ERROR, date(2023, 7, 8))])
    frozenset({datetime.date(2023, 7, 8)})
    """
    return frozenset(
        finding.day
        for finding in findings
        if finding.severity is Severity.ERROR and finding.day is not None
    )


@dataclass(frozen=True, eq=False)
class _Series:
    """The numbers of a history that the checks read."""

    days: tuple[date, ...]
    holders: tuple[Holder, ...]
    held_by: NDArray[np.int16]  # (d, f)
    face_km2: Floats  # (f,)
    areas: Floats  # (d, k)
    drawn: bool  # as opposed to a fixed coverage

    @classmethod
    def of(cls, history: History) -> "_Series":
        km2, size = history.area_m2 / 1e6, len(history.holders)
        rows = [np.bincount(row, weights=km2, minlength=size) for row in history.held_by]
        areas = np.array(rows, dtype=np.float64).reshape(-1, size)
        drawn = history.outside_is_nobody
        return cls(history.days, history.holders, history.held_by, km2, areas, drawn)

    def without(self, days: Iterable[date | None]) -> "_Series":
        """Return the series without some days."""
        drop = set(days)
        rows = [row for row, day in enumerate(self.days) if day not in drop]
        kept = tuple(self.days[row] for row in rows)
        return replace(self, days=kept, held_by=self.held_by[rows], areas=self.areas[rows])

    @property
    def held(self) -> Floats:
        """Ground held by anybody, km2 by day."""
        return np.asarray(self.areas[:, 1:].sum(axis=1))

    @cached_property
    def steps(self) -> Floats:
        """Ground lost and taken by each holder from day to day, km2, shape (d - 1, k)."""
        rows = [self.between(row, row + 1) for row in range(len(self.days) - 1)]
        return np.array(rows).reshape(-1, len(self.holders))

    def exchanged(self, one: NDArray[np.int16], other: NDArray[np.int16], faces: Bools) -> Floats:
        """Return what each holder has on only one of two days among some faces, km2."""
        size, weight = len(self.holders), self.face_km2[faces]
        lost = np.bincount(one[faces], weights=weight, minlength=size)
        taken = np.bincount(other[faces], weights=weight, minlength=size)
        return np.asarray(lost + taken)

    def between(self, one: int, other: int) -> Floats:
        """Return what each holder has on only one of two days, km2, shape (k,)."""
        here, there = self.held_by[one], self.held_by[other]
        return self.exchanged(here, there, here != there)

    def spell(self, first: int, length: int) -> str:
        """Name the days of a spell."""
        return _span(self.days[first], self.days[first + length - 1])


def _span(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _usual(values: Floats, spreads: float) -> Floats:
    """Return median plus some scaled MAD of what is not zero, by column."""
    limit = np.zeros(values.shape[1])
    for column, series in enumerate(values.T):
        moved = series[series > 0]
        if len(moved) >= FEWEST_STEPS:  # else it is quiet, and one step is not its usual
            middle = np.median(moved)
            limit[column] = middle + spreads * _MAD_TO_SD * np.median(np.abs(moved - middle))
    return limit


# Days that are absent, repeated or empty.


def _missing_days(days: tuple[date, ...]) -> Iterator[Finding]:
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
            f"no snapshot for {_span(first, last)} in a series of one every {usual} day(s):"
            f" {count} missing; not published, or not collected"
        )
        yield Finding(
            "missing-day", detail, Severity.INFO if count == 1 else Severity.WARNING, first
        )


def _identical(series: _Series) -> Iterator[Finding]:
    """Report exact repeats: one line for the series, one for each long run."""
    same = [bool((before == after).all()) for before, after in pairwise(series.held_by)]
    runs = list(_runs(same))
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


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield where each run of true values begins, and its length."""
    padded = np.concatenate([[0], np.asarray(flags, dtype=np.int8), [0]])
    edges = np.diff(padded)
    for start, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        yield int(start), int(end - start)


def _empty_days(series: _Series) -> Iterator[Finding]:
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


# Ground that leaves and comes back.


def _coming_back(series: _Series) -> Iterator[Finding]:
    """Report days whose ground is elsewhere than both before and after."""
    for length in range(1, LONGEST_SPELL + 1):
        away = _away(series, length)
        limit = _limit_back(series, away.min(axis=1))
        for first in range(len(away)):
            for row, gone in enumerate(away[first], start=first + 1):
                rows = first, row, first + 1 + length
                over = _is_over(series, rows, away[first].min(axis=0), limit)
                if over.any():
                    yield from _spell_findings(series, rows, over, gone)


def _is_over(series: _Series, rows: tuple[int, int, int], least: Floats, limit: Floats) -> Bools:
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


def _away(series: _Series, length: int) -> Floats:
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


def _share_back(series: _Series, days: int) -> float:
    if days > QUICK_DAYS:
        return HALF
    if len(series.days) <= FEWEST_STEPS or not series.drawn:
        return BACK_COVERAGE
    return BACK_DRAWN


def _limit_back(series: _Series, least: Floats) -> Floats:
    """Return the ground of each holder that must come back for a day to be corrupt, km2."""
    floor = max(FLOOR_KM2, FLOOR_TOTAL * float(np.median(series.held)))
    if len(series.days) <= FEWEST_STEPS or not len(least):
        return np.full(len(series.holders), floor)
    often = np.median(least, axis=0)
    spread = _MAD_TO_SD * np.median(np.abs(least - often), axis=0)
    return np.asarray(np.maximum(floor, often + SPREADS_BACK * spread))


def _spell_findings(
    series: _Series, rows: tuple[int, int, int], over: Bools, away: Floats
) -> Iterator[Finding]:
    """Say what a corrupt day looks like: an actor for once, a loss of most, or a jump."""
    before, row, after = rows
    neighbours = np.minimum(series.held[before], series.held[after])
    absent = (series.areas[[before, after]] == 0).all(axis=0)
    span = series.spell(before + 1, after - before - 1)
    around = f"{series.days[before]} and {series.days[after]}"
    for index in np.flatnonzero(over & absent).tolist():
        detail = (
            f"{series.holders[index]} appears for {span} only, with {series.areas[row, index]:,.1f}"
            f" km2 that have another holder, or none, on {around}; a stray or test polygon, or a"
            " colour used by mistake, or an event of that day alone"
        )
        yield Finding(
            "sudden-actor",
            detail,
            Severity.ERROR,
            series.days[row],
            float(series.areas[row, index]),
        )
    if (over & absent).any():
        return
    if series.held[row] < HALF * neighbours:
        detail = (
            f"{series.held[row]:,.1f} km2 are held, at least {neighbours:,.1f} on {around};"
            " the file is cut short or lost most of its polygons"
        )
        yield Finding(
            "truncated-day",
            detail,
            Severity.ERROR,
            series.days[row],
            float(neighbours - series.held[row]),
        )
        return
    index = int(np.argmax(np.where(over, away, 0.0)))
    change = float(series.areas[row, index] - series.areas[before, index])
    detail = (
        f"{series.holders[index]} changes by {change:+,.1f} km2 against {series.days[before]}, and"
        f" {away[index]:,.1f} km2 are back as they were on {series.days[after]}; a polygon is"
        " missing, misplaced or wrongly labelled"
    )
    yield Finding("jump", detail, Severity.ERROR, series.days[row], float(away[index]))


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Keep the first finding of a kind, day and holder (spells of several lengths overlap)."""
    kept: dict[tuple[str, date | None, str], Finding] = {}
    for finding in findings:
        kept.setdefault((finding.kind, finding.day, finding.detail.split(" ")[0]), finding)
    return list(kept.values())


# Many separate zones gone though hardly any ground is.


def _few_pieces(series: _Series, history: History) -> Iterator[Finding]:
    """Report days with less than half the separate zones of the days around."""
    count = _pieces(series, history)
    for row in range(1, len(count)):
        before, now = int(count[row - 1]), int(count[row])
        small_loss = series.held[row] > (1 - SMALL_LOSS) * series.held[row - 1]
        if before < FEWEST_PIECES or now >= HALF * before or not small_loss:
            continue
        after = int(count[row + 1]) if row + 1 < len(count) else 0
        lost = float(max(series.held[row - 1] - series.held[row], 0.0))
        text = f"{now} separate zones, {before} on {series.days[row - 1]}"
        if now < HALF * after:
            detail = f"{text} and {after} on {series.days[row + 1]}; the file is cut short"
            yield Finding("truncated-day", detail, Severity.ERROR, series.days[row], lost)
        else:
            detail = f"{text}; small zones were dropped, or merged into larger ones"
            yield Finding("features-lost", detail, Severity.WARNING, series.days[row], lost)


def _pieces(series: _Series, history: History) -> Ints:
    """Count the connected zones of all holders by day."""
    _, one, other = history.borders
    inner = other >= 0
    pairs = np.unique(np.sort(np.column_stack([one[inner], other[inner]])), axis=0)
    one, other = pairs.T
    counts: list[int] = []
    for row, held in enumerate(series.held_by):
        if row and (held == series.held_by[row - 1]).all():
            counts.append(counts[-1])
        else:
            counts.append(_components(held, one, other, series.face_km2))
    return np.array(counts, dtype=np.int64)


def _components(held: NDArray[np.int16], one: Ints, other: Ints, km2: Floats) -> int:
    joined = np.flatnonzero((held[one] == held[other]) & (held[one] > 0))
    shape = (len(held), len(held))
    ends = one[joined], other[joined]
    table = sparse.csr_array((np.ones(len(joined), dtype=np.int8), ends), shape=shape)
    _, label = connected_components(table, directed=False)
    size = np.bincount(label[held > 0], weights=km2[held > 0])
    return int((size > SMALLEST_PIECE_KM2).sum())


# Changes that last.


def _appearing(series: _Series) -> Iterator[Finding]:
    """Report holders that are there at full size from one day to the next."""
    for index, first, length in _presences(series):
        if first == 0:
            continue
        areas = series.areas[first : first + length, index]
        if areas[0] < max(FLOOR_KM2, HALF * float(areas.max())):
            continue
        detail = (
            f"{series.holders[index]} appears with {areas[0]:,.1f} km2 and had none on"
            f" {series.days[first - 1]}; a new class or front, or another name for an old one"
        )
        if first + length < len(series.days) and length < LONGEST_SPELL:
            detail += f"; it is there for {series.spell(first, length)} only"
        yield Finding("sudden-actor", detail, Severity.WARNING, series.days[first], float(areas[0]))


def _vanishing(series: _Series) -> Iterator[Finding]:
    """Report holders that are gone from one day to the next."""
    for index, first, length in _presences(series):
        end = first + length
        if end == len(series.days):
            continue
        last = float(series.areas[end - 1, index])
        if last < FLOOR_KM2:
            continue
        detail = (
            f"{series.holders[index]} has none of the {last:,.1f} km2 it had on"
            f" {series.days[end - 1]}; driven out, or the class was given up or renamed"
        )
        yield Finding("vanished-actor", detail, Severity.WARNING, series.days[end], last)


def _presences(series: _Series) -> Iterator[tuple[int, int, int]]:
    """Yield holder, first row and length of every time that a holder has ground."""
    for index in range(1, len(series.holders)):
        for first, length in _runs((series.areas[:, index] > 0).tolist()):
            yield index, first, length


def _lasting(series: _Series) -> Iterator[Finding]:
    """Report steps far above the usual rate of change, with the holder that moved most."""
    if len(series.days) < 2:  # noqa: PLR2004 - one day has no step
        return
    gaps = np.array([(after - before).days for before, after in pairwise(series.days)])[:, None]
    rates = series.steps / gaps
    before, after = series.areas[:-1], series.areas[1:]
    size = np.maximum(before, after)
    if len(gaps) < FEWEST_STEPS:
        limit = np.maximum(SHORT_SHARE * size, FLOOR_KM2)
    else:
        limit = _usual(rates, SPREADS_STEP) + np.maximum(STEP_FLOOR * size, FLOOR_KM2)
    over = (rates > limit) & (before > 0) & (after > 0)
    over[:, 0] = False
    for step in np.flatnonzero(over.any(axis=1)).tolist():
        index = int(np.argmax(np.where(over[step], series.steps[step], 0.0)))
        yield _step(series, step, index)


def _step(series: _Series, step: int, index: int) -> Finding:
    one, two = series.days[step], series.days[step + 1]
    moved = float(series.steps[step, index])
    change = float(series.areas[step + 1, index] - series.areas[step, index])
    detail = (
        f"{series.holders[index]} changes by {change:+,.1f} km2 ({moved:,.1f} lost and taken) in"
        f" {(two - one).days} day(s) since {one}, far more than usual in this series"
    )
    detail += f"; {_afterwards(series, step, index)}"
    return Finding("jump", detail, Severity.WARNING, two, moved)


def _afterwards(series: _Series, step: int, index: int) -> str:
    if step + 2 == len(series.days):
        return "the last snapshot, so whether it lasts is not known"
    before, now, after = series.held_by[step : step + 3]
    back = series.exchanged(before, now, (before == after) & (now != before))[index]
    if back >= BACK_PART * series.steps[step, index]:
        return f"{back:,.1f} km2 are back as they were on {series.days[step + 2]}"
    return "it lasts: a big advance or withdrawal, or a correction of the map"


# Holders against countries.


def _against_countries(
    series: _Series, history: History, countries: Countries
) -> Iterator[Finding]:
    """Compare every holder's ground with the country that it mostly lies in."""
    inside = _in_countries(history, countries)
    for index in range(1, len(series.holders)):
        total = series.areas[:, index]
        ground = np.array([inside[:, row == index].sum(axis=1) for row in series.held_by])
        main = ground.argmax(axis=1)
        share = ground.max(axis=1) / np.maximum(total, FLOOR_KM2)
        at_sea = 1 - ground.sum(axis=1) / np.maximum(total, FLOOR_KM2)
        ratio = total / countries.km2[main]
        much = at_sea * total > SEA_SHARE * float(np.median(series.held))
        verdict = np.select(
            [total < FLOOR_KM2, ratio > IMPOSSIBLE, (at_sea > HALF) & much, ratio > LARGER],
            [0, 1, 2, 3],
            default=np.where(share < HALF, 4, 0),
        )
        for code, (kind, severity, text) in enumerate(_OUTGROWN, start=1):
            for first, length in _runs((verdict == code).tolist()):
                country, size = countries.names[main[first]], countries.km2[main[first]]
                said = text.format(
                    country=country, size=size, share=share[first], sea=at_sea[first]
                )
                template = Finding(kind, said, severity)
                yield from _outgrown(series, index, (first, length), template)


_OUTGROWN = (
    ("larger-than-country", Severity.ERROR, "{country}, where it mostly lies, has {size:,.0f} km2"),
    ("outside-country", Severity.ERROR, "{sea:.0%} of it lie in no country"),
    (
        "larger-than-country",
        Severity.WARNING,
        "{country}, where it mostly lies, has {size:,.0f} km2",
    ),
    (
        "outside-country",
        Severity.WARNING,
        "{share:.0%} of it lie in {country}, {sea:.0%} in no country",
    ),
)


def _outgrown(
    series: _Series, index: int, run: tuple[int, int], template: Finding
) -> Iterator[Finding]:
    """Report a short run day by day, and a long one as a matter of the whole series."""
    first, length = run
    total = series.areas[first : first + length, index]
    detail = (
        f"{series.holders[index]} has {total[0]:,.1f} km2 ({series.spell(first, length)}):"
        f" {template.detail}; a stray polygon, a class that is no ground held, or ground in"
        " several countries"
    )
    if length > LONGEST_SPELL:
        yield replace(template, detail=detail, km2=float(total.max()))
        return
    for day, km2 in zip(series.days[first : first + length], total.tolist(), strict=True):
        yield replace(template, detail=detail, day=day, km2=km2)


def _in_countries(history: History, countries: Countries) -> Floats:
    """Return how much of each face lies in each country, km2, shape (countries, faces).

    Small faces go whole to the country of one point inside; big ones are cut. Everything
    is laid out on a cylinder on which areas are true.
    """
    to_degrees = transformation(history.projection.crs, WGS84)
    land = _cylinder(countries.polygons)
    points = shapely.get_coordinates(shapely.point_on_surface(history.faces))
    spots = _cylinder(_points(np.column_stack(to_degrees.transform(*points.T))))
    km2 = history.area_m2 / 1e6
    inside = np.zeros((len(land), len(km2)))
    tree = shapely.STRtree(land)
    face, country = tree.query(spots, predicate="within")
    inside[country, face] = km2[face]
    big = np.flatnonzero(km2 > BIG_FACE_KM2)
    inside[:, big] = 0.0
    shapes = _cylinder(
        shapely.transform(
            history.faces[big], lambda xy: np.column_stack(to_degrees.transform(*xy.T))
        )
    )
    which, country = tree.query(shapes, predicate="intersects")
    part = shapely.area(shapely.intersection(shapes[which], land[country]))
    inside[country, big[which]] = part / shapely.area(shapes)[which] * km2[big[which]]
    return inside


def _points(xy: Floats) -> NDArray[np.object_]:
    return np.asarray(shapely.points(xy), dtype=object)


def _cylinder(lonlat: NDArray[np.object_]) -> NDArray[np.object_]:
    """Lay longitude and latitude on a cylinder on which areas are true (on a sphere)."""
    return np.asarray(shapely.make_valid(shapely.transform(lonlat, _unrolled)), dtype=object)


def _unrolled(xy: Floats) -> Floats:
    sine = np.sin(np.deg2rad(xy[:, 1])) * _EARTH_RADIUS_DEGREES
    return np.column_stack([xy[:, 0], sine])

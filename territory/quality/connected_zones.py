"""Connected zones from day to day: many that are gone at once, one that is gone or has grown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools, HolderRows, first_of, sorted_distinct
from territory.geometry.graphs import connected
from territory.geometry.projection import Floats, Ints
from territory.history.drawing import Drawing
from territory.history.history import History
from territory.numbers import figure
from territory.quality.series_numbers import FLOOR_KM2, HALF, Series

FEWEST_PIECES = 10  # fewer separate zones may well halve by themselves
SMALL_LOSS = 0.05  # of the ground held; more is a matter of areas and not of zones
SMALLEST_PIECE_KM2 = 0.01
PIECE_SHARE = 0.01  # of a holder's ground: a zone that goes, or grows by as much, is told
PIECE_TOTAL = 0.001  # of all held ground: less is the redrawing of details
GROWN_TIMES = 2.0
NAMED = 3  # zones whose areas are given
STRETCH_DAYS = 64  # snapshots; few faces change in so many
_ROUNDING = 1e-9  # of a sum
_KEPT_DAYS = 3  # one, the one before, and one to spare


@dataclass(frozen=True, eq=False)
class HeldFaces:
    """Who holds each face on each day, where many faces have one history.

    Attributes
    ----------
    table : ndarray of int, shape (d, h)
        Index into the holders, by day and history.
    which : ndarray of int, shape (f,), optional
        The history of each face; each has its own by default.
    """

    table: HolderRows
    which: Ints | None = None

    def on(self, row: int) -> HolderRows:
        """Return the holder of each face on a day, shape (f,).

        Parameters
        ----------
        row : int
            Index of the day.
        """
        held: HolderRows = self.table[row]
        return held if self.which is None else held[self.which]

    def steady(self, rows: slice) -> Bools:
        """Return which faces have one holder on some days, shape (f,).

        Parameters
        ----------
        rows : slice
            Of the days.
        """
        held = self.table[rows]
        same: Bools = (held == held[0]).all(axis=0)
        return same if self.which is None else same[self.which]


@dataclass(frozen=True, eq=False)
class _Stretch:
    """What is the same on a stretch of days: faces that one holder has on all of them, together.

    Attributes
    ----------
    node : ndarray of int, shape (f,)
        The node of each face, numbered by their first faces; -1 where nobody ever holds it.
    first : ndarray of int, shape (n,)
        The first face of each node, whose holder is that of all of it.
    one, other : ndarray of int, shape (p,)
        Nodes that share an edge.
    """

    node: Ints
    first: Ints
    one: Ints
    other: Ints

    @classmethod
    def of(cls, held: HolderRows, steady: Bools, one: Ints, other: Ints) -> "_Stretch":
        looked_at = ~steady | (held > 0)
        near = looked_at[one] & looked_at[other]
        one, other = one[near], other[near]
        joined = steady[one] & steady[other] & (held[one] == held[other])
        _, group = connected(one[joined], other[joined], len(held))
        found, number = np.unique(group[looked_at], return_inverse=True)
        node = np.full(len(held), -1)
        node[looked_at] = number
        first = np.flatnonzero(looked_at)[first_of(number, len(found))]
        one, other = _each_pair_once(node[one[~joined]], node[other[~joined]], len(found))
        return cls(node, first, one, other)

    def zones(self, held: HolderRows) -> NDArray[np.int32]:
        """Return the zone of each node on a day of the stretch; -1 where nobody holds it."""
        here = held[self.first]
        joined = np.flatnonzero((here[self.one] == here[self.other]) & (here[self.one] > 0))
        _, zone = connected(self.one[joined], self.other[joined], len(here))
        return np.where(here > 0, zone, -1).astype(np.int32)

    def label(self, held: HolderRows) -> NDArray[np.int32]:
        """Return the zone of each face on a day of the stretch; -1 where nobody holds it."""
        zone = np.append(self.zones(held), np.int32(-1))  # of a face that is no node
        return zone[self.node]

    def sizes(self, held: HolderRows, of_node: Floats) -> Floats:
        """Return the size of each zone on a day of the stretch, out of that of each node."""
        zone = self.zones(held)
        there = zone >= 0
        return np.bincount(zone[there], of_node[there]).astype(np.float64)

    def node_sizes(self, size: Floats) -> Floats:
        """Return the size of each node, out of that of each face."""
        of_face = self.node >= 0
        found = np.bincount(self.node[of_face], size[of_face], len(self.first))
        return found.astype(np.float64)


def _each_pair_once(one: Ints, other: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the pairs of different numbers below a count, the smaller first, in order."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    low, high = np.divmod(sorted_distinct((low * count + high)[low < high]), max(count, 1))
    return low, high


class _Labels:
    """Which connected zone of its day each face belongs to; found when it is asked for.

    Of all days at once they are as many as days times faces, and to join every two faces anew
    each day takes as long as days times faces too. So what a stretch of days has in common is
    joined once, and the latest days and stretch are kept.
    """

    def __init__(self, held: "HeldFaces", size: Floats, one: Ints, other: Ints) -> None:
        self._held, self._size, self._one, self._other = held, size, one, other
        self._kept: dict[int, NDArray[np.int32]] = {}
        self._stretch: tuple[int, _Stretch] | None = None
        self._node_sizes: tuple[int, Floats] | None = None

    def of_day(self, row: int) -> NDArray[np.int32]:
        """Return the zone of each face on a day, shape (f,); -1 where nobody holds it."""
        if row not in self._kept:
            if len(self._kept) >= _KEPT_DAYS:
                del self._kept[next(iter(self._kept))]
            self._kept[row] = self._stretch_of(row // STRETCH_DAYS).label(self._held.on(row))
        return self._kept[row]

    def sizes(self, row: int) -> Floats:
        """Return the size of each zone of a day, by label."""
        number = row // STRETCH_DAYS
        stretch = self._stretch_of(number)
        if self._node_sizes is None or self._node_sizes[0] != number:
            self._node_sizes = number, stretch.node_sizes(self._size)
        return stretch.sizes(self._held.on(row), self._node_sizes[1])

    def _stretch_of(self, number: int) -> _Stretch:
        if self._stretch is None or self._stretch[0] != number:
            first = number * STRETCH_DAYS
            steady = self._held.steady(slice(first, first + STRETCH_DAYS))
            stretch = _Stretch.of(self._held.on(first), steady, self._one, self._other)
            self._stretch = number, stretch
        return self._stretch[1]


@dataclass(frozen=True, eq=False)
class Pieces:
    """The connected zones of all holders by day.

    Attributes
    ----------
    series : Series
        The numbers of the same days.
    rows : tuple of int, length d
        The days among those that are labelled.
    held : HeldFaces
        Of the days before any was left out.
    face_km2 : ndarray, shape (f,)
        True area of each face, in square kilometres.
    labels : _Labels
        Of the days before any was left out.
    """

    series: Series
    rows: tuple[int, ...]
    held: HeldFaces
    face_km2: Floats
    labels: _Labels

    @classmethod
    def of(cls, series: Series, history: History) -> "Pieces":
        """Put the faces of each day together.

        Parameters
        ----------
        series : Series
            The numbers of `history`.
        history : History
            Whose faces and borders say what is connected.

        Returns
        -------
        Pieces
            Faces of one holder that share an edge are one zone.
        """
        _, one, other = history.borders
        return cls._beside(series, HeldFaces(series.held_by), series.face_km2, one, other)

    @classmethod
    def between(cls, series: Series, drawing: Drawing) -> "Pieces":
        """Put together what lies between the lines of each day, where there are no faces.

        Parameters
        ----------
        series : Series
            The numbers of the history of the drawing.
        drawing : Drawing
            Whose lines say what is connected.
        """
        lines, held = drawing.lines, HeldFaces(series.held_by, drawing.face)
        return cls._beside(series, held, drawing.area_m2 / 1e6, lines.one, lines.other)

    @classmethod
    def _beside(
        cls, series: Series, held: HeldFaces, face_km2: Floats, one: Ints, other: Ints
    ) -> "Pieces":
        """Put together faces that lie beside one another."""
        inner = other >= 0
        low, high = _each_pair_once(one[inner], other[inner], len(face_km2))
        rows = tuple(range(len(series.held_by)))
        return cls(series, rows, held, face_km2, _Labels(held, face_km2, low, high))

    def held_on(self, row: int) -> HolderRows:
        """Return the holder of each face on a day, shape (f,).

        Parameters
        ----------
        row : int
            Index of the day.
        """
        return self.held.on(self.rows[row])

    def label(self, row: int) -> NDArray[np.int32]:
        """Return which zone of its day each face belongs to; -1 where nobody holds it.

        Parameters
        ----------
        row : int
            Index of the day.

        Returns
        -------
        ndarray of int, shape (f,)
            From 0, by the first face of each zone.
        """
        return self.labels.of_day(self.rows[row])

    def without(self, days: Iterable[date | None]) -> "Pieces":
        """Return the zones without those of some days.

        Parameters
        ----------
        days : iterable of date or None
            Days to leave out; None, and what is no day of the series, leaves out nothing.
        """
        series = self.series.without(days)
        place = dict(zip(self.series.days, self.rows, strict=True))
        rows = tuple(place[day] for day in series.days)
        return replace(self, series=series, rows=rows)

    def km2(self, row: int, faces: Bools | None = None) -> Floats:
        """Return the ground of each zone of a day, or the part of it among some faces.

        Parameters
        ----------
        row : int
            Index of the day.
        faces : ndarray of bool, shape (f,), optional
            All faces by default.

        Returns
        -------
        ndarray of float, shape (z,)
            Square kilometres by zone of the day, in the order of their labels.
        """
        label = self.label(row)
        chosen = (label >= 0) if faces is None else faces & (label >= 0)
        size = int(label.max(initial=-1)) + 1
        found = np.bincount(label[chosen], weights=self.face_km2[chosen], minlength=size)
        return np.asarray(found, dtype=np.float64)

    def count(self, row: int) -> int:
        """Return how many zones of a day are larger than `SMALLEST_PIECE_KM2`.

        Parameters
        ----------
        row : int
            Index of the day.
        """
        return int((self.labels.sizes(self.rows[row]) > SMALLEST_PIECE_KM2).sum())

    def holder(self, row: int) -> Ints:
        """Return whose each zone of a day is.

        Parameters
        ----------
        row : int
            Index of the day.

        Returns
        -------
        ndarray of int, shape (z,)
            Index of the holder by zone of the day, in the order of their labels.
        """
        label = self.label(row)
        found = np.zeros(int(label.max(initial=-1)) + 1, dtype=np.int64)
        there = label >= 0
        found[label[there]] = self.held_on(row)[there]
        return found


def few_pieces(pieces: Pieces) -> Iterator[Finding]:
    """Report days with less than half the separate zones of the days around.

    Parameters
    ----------
    pieces : Pieces
        The connected zones of every day.

    Yields
    ------
    Finding
        ``truncated-day``, an error, where the next day has them again; else ``features-lost``,
        a warning. With the km2 that are held no more.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> small = [shapely.box(i * 400, 0, i * 400 + 200, 200) for i in range(11)]
    >>> faces = np.array([shapely.box(0, 1000, 5000, 6000), *small])
    >>> all_of_them, large = [1] * 12, [1] + [0] * 11
    >>> history = from_coverage(
    ...     faces, np.array([all_of_them, large, all_of_them], dtype=np.int16),
    ...     days=tuple(date(2018, 1, n) for n in (1, 2, 3)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> [found.detail for found in few_pieces(Pieces.of(Series.of(history), history))]
    ['1 separate zones, 12 on 2018-01-01 and 12 on 2018-01-03; the file is cut short']
    """
    series = pieces.series
    count = [pieces.count(row) for row in range(len(series.days))]
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
            yield series.finding(FindingKind.TRUNCATED_DAY, row, lost, detail, Severity.ERROR)
        else:
            detail = f"{text}; small zones were dropped, or merged into larger ones"
            yield series.finding(FindingKind.FEATURES_LOST, row, lost, detail)


def changed_pieces(pieces: Pieces) -> Iterator[Finding]:
    """Report zones that are gone whole, or much larger, from one day to the next.

    A holder that has nothing left, or had nothing before, is a matter of `lasting`.

    Parameters
    ----------
    pieces : Pieces
        Without the days that are corrupt or empty.

    Yields
    ------
    Finding
        ``feature-vanished`` and ``feature-grew``, warnings by day and holder, on the later day.

    Examples
    --------
    >>> import shapely
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 5000, 0, i * 5000 + 4000, 4000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 1], [1, 0]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 1, 2)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> pieces = Pieces.of(Series.of(history), history)
    >>> [(str(found.kind), found.km2) for found in changed_pieces(pieces)]
    [('feature-vanished', 16.0)]
    """
    series = pieces.series
    for row in range(1, len(series.days)):
        before, now = pieces.held_on(row - 1), pieces.held_on(row)
        changed_km2 = float(pieces.face_km2[before != now].sum())
        if changed_km2 < _least(series, row - 1) * (1 - _ROUNDING):
            continue  # a zone that is gone, or what one has grown by, is part of that
        yield from _gone(pieces, row, (before == now) & (now > 0))
        yield from _grown(pieces, row, (before == now) & (now > 0))


def _gone(pieces: Pieces, row: int, sound: Bools) -> Iterator[Finding]:
    series = pieces.series
    size, holder = pieces.km2(row - 1), pieces.holder(row - 1)
    total, left = series.areas[row - 1][holder], series.areas[row][holder]
    gone = (pieces.km2(row - 1, sound) == 0) & (left > 0)
    gone &= size >= np.maximum(_least(series, row - 1), PIECE_SHARE * total)
    for index in np.unique(holder[gone]).tolist():
        lost = size[gone & (holder == index)]
        some = f"a zone of {figure(lost[0])} km2" if len(lost) == 1 else _listed(lost)
        detail = (
            f"{series.holders[index]} has no part of {some} any more, which it had on"
            f" {series.days[row - 1]}; lost or left, or a feature is missing"
        )
        yield series.finding(FindingKind.FEATURE_VANISHED, row, lost.sum(), detail)


def _grown(pieces: Pieces, row: int, sound: Bools) -> Iterator[Finding]:
    series = pieces.series
    size, holder = pieces.km2(row), pieces.holder(row)
    stayed = pieces.km2(row, sound)
    total = series.areas[row - 1][holder]
    least = _least(series, row - 1)
    limit = np.maximum(least, PIECE_SHARE * total)
    grown = (stayed > 0) & (size >= GROWN_TIMES * stayed) & (size - stayed >= limit)
    for index in range(1, len(series.holders)):
        mine = np.flatnonzero(grown & (holder == index))
        if len(mine):
            most = int(mine[np.argmax(size[mine] - stayed[mine])])
            was, now = float(stayed[most]), float(size[most])
            what = "a zone"
        else:
            was, now = float(series.areas[row - 1, index]), float(series.areas[row, index])
            what = "all its ground"
            if was < FLOOR_KM2 or now < GROWN_TIMES * was or now - was < least:
                continue
        detail = (
            f"{what} of {series.holders[index]} is {figure(now)} km2, {now / was:,.1f} times the"
            f" {figure(was)} km2 of it that {series.holders[index]} had on {series.days[row - 1]};"
            " a big advance, or a stray corner or polygon"
        )
        yield series.finding(FindingKind.FEATURE_GREW, row, now - was, detail)


def _least(series: Series, row: int) -> float:
    """Return the ground below which nothing is told, km2."""
    return max(FLOOR_KM2, PIECE_TOTAL * float(series.held[row]))


def _listed(lost: Floats) -> str:
    """Name several zones by their areas, the largest first."""
    largest = np.sort(lost)[::-1]
    sizes = ", ".join(figure(km2) for km2 in largest[:NAMED])
    return f"{len(lost)} zones of {sizes}{', ...' if len(lost) > NAMED else ''} km2"

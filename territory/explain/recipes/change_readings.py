"""What a sentence about a change may have been computed as, on the faces of a history.

A reading says exactly what a sentence means; `territory.claims` defines what it adds up.
The publisher may have computed a little else: the net change for the gross one, another
area, the next day's map, one more actor. Every such variant is again a tally of faces, so
its figure under every metric is a product.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import log2

import numpy as np

from territory.claims.model import SINCE_MOST, Kind
from territory.claims.tallies import Query, Tally, figures
from territory.explain.recipes.counting import MAX_SHIFT, Choice, Table, shift_bits
from territory.geometry.projection import Floats
from territory.history.history import WHOLE, History
from territory.holders import NOBODY

MAX_DEPARTURES = 2
_DEPARTURES_ON_A_PATH = 1  # each is followed along every snapshot
_SAYS = {
    Kind.GAINED: "ground gained, losses not taken off",
    Kind.LOST: "ground lost",
    Kind.NET: "gains less losses",
    Kind.CHANGED_HANDS: "all ground that changed hands",
    Kind.TOTAL: "all ground held at the end",
}
_SAYS_SINCE_MOST = {
    Kind.EVER_LOST: "all ground ever held and no longer",
    Kind.BELOW_MAXIMUM: "the largest area less that at the end",
}


@dataclass(frozen=True)
class Variant:
    """One way in which a published sentence may have been computed.

    Attributes
    ----------
    tally : Tally
        Which faces count, how often, and of what a share is taken.
    name : str
        Of the reading it began with.
    departures : tuple of str
        In which respects it is not what the sentence says; none for the reading itself.
    bits : float
        What they cost, and to say which of several readings it is.
    """

    tally: Tally
    name: str = ""
    departures: tuple[str, ...] = ()
    bits: float = 0.0

    @property
    def query(self) -> Query:
        """Which faces count, and how often."""
        return self.tally.query

    @property
    def choice(self) -> Choice:
        """The reading and its departures as a choice."""
        parts = [self.name, *self.departures] if self.name else list(self.departures)
        return Choice(
            "; ".join(parts), ", ".join(self.departures), self.bits, plain=not self.departures
        )

    def departed(self, what: str, bits: float, **changes: object) -> "Variant":
        """Return a variant that departs in one respect more.

        Parameters
        ----------
        what : str
            In which respect, in words for the reader.
        bits : float
            What that costs.
        changes
            Fields of `Query`.
        """
        query = replace(self.query, **changes)  # type: ignore[arg-type]  # fields of Query
        return replace(
            self,
            tally=replace(self.tally, query=query),
            departures=(*self.departures, what),
            bits=self.bits + bits,
        )


def variants(reading: Variant, history: History) -> tuple[Variant, ...]:
    """Return a reading and what may have been computed in its place.

    Parameters
    ----------
    reading : Variant
        Without departures, on days that the history has.
    history : History
        It says which other actors, days and areas there are to depart to.

    Returns
    -------
    tuple of Variant
        The reading itself first; none departs in more than `MAX_DEPARTURES` respects, and
        one that follows the ground along a path in one only.
    """
    most = _DEPARTURES_ON_A_PATH if reading.query.is_along else MAX_DEPARTURES
    found = [reading]
    for step in (_quantities, _actors, _days, _areas):
        found += [
            other for each in found if len(each.departures) < most for other in step(each, history)
        ]
    return tuple(found)


def _quantities(each: Variant, _history: History) -> Iterator[Variant]:
    query = each.query
    if query.kind is Kind.SHARE or query.start == query.end:
        return
    says = {**_SAYS, **_SAYS_SINCE_MOST} if query.kind in SINCE_MOST else _SAYS
    bits = 1 + log2(len(says) - 1)
    other = query.giver or query.taker
    for kind in says if query.by else ():
        if kind is Kind.TOTAL:
            yield each.departed(says[kind], bits, kind=kind, giver=None, taker=None, path=False)
        elif kind is not query.kind:
            sides = {"giver": query.giver or other, "taker": query.taker or other}
            yield each.departed(says[kind], bits, kind=kind, **sides)
    if other:
        yield each.departed("from or to anyone", bits, giver=None, taker=None)
    if query.path:
        yield each.departed("between the first and the last map alone", bits, path=False)


def _actors(each: Variant, history: History) -> Iterator[Variant]:
    query = each.query
    sides = (query.giver or frozenset()) | (query.taker or frozenset())
    others = [h for h in history.holders if h != NOBODY and h not in sides]
    bits = 1 + log2(max(len(others), 1))
    occurring = query.by & frozenset(history.holders)
    for holder in others if query.by else ():
        if holder not in query.by:
            yield each.departed(f"with {holder} added", bits, by=query.by | {holder})
        elif len(occurring) > 1:
            yield each.departed(f"without {holder}", bits, by=query.by - {holder})


def _days(each: Variant, history: History) -> Iterator[Variant]:
    query = each.query
    known = set(history.days) - query.skip
    for days in range(1, MAX_SHIFT + 1):
        for sign in (1, -1):
            moved = timedelta(days=sign * days)
            how = f"{days} day{'s' if days > 1 else ''} {'later' if sign > 0 else 'earlier'}"
            start, end = query.start + moved, query.end + moved
            if query.start == query.end:
                moves = [(f"on the map of {how}", end, end)]
            else:
                moves = [
                    (f"from {how}", start, query.end),
                    (f"to {how}", query.start, end),
                    (f"both days {how}", start, end),
                ]
            least = timedelta(0) if query.start == query.end else timedelta(1)
            for what, one, other in moves:
                if {one, other} <= known and other - one >= least:
                    bits = shift_bits(days) + log2(len(moves))
                    yield each.departed(what, bits, start=one, end=other)


def _areas(each: Variant, history: History) -> Iterator[Variant]:
    names = [*dict.fromkeys([*history.area_names, WHOLE])]
    for name in names:
        if name != each.query.area:
            what = "in the whole of the map" if name == WHOLE else f"in the area '{name}'"
            yield each.departed(what, 1 + log2(max(len(names) - 1, 1)), area=name)


def reading_table(history: History, face_km2: Floats, wanted: Sequence[Variant]) -> Table:
    """Compute every variant under every metric.

    Parameters
    ----------
    history : History
        The partition that the faces are of, in its equal-area plane.
    face_km2 : ndarray, shape (metrics, faces)
    wanted : sequence of Variant
        The rows of the table, in their order.

    Returns
    -------
    Table
        In km2, or in percent where that is asked for.
    """
    return Table(
        tuple(each.choice for each in wanted),
        np.array([each.query.end for each in wanted], dtype=object)[:, None],
        figures([each.tally for each in wanted], history, face_km2)[:, :, None],
    )

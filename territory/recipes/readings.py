"""What a sentence about a change may have been computed as, on the faces of a history.

A reading says exactly what a sentence means. The publisher may have computed a little
else: the net change for the gross one, another area, the next day's map, one more actor.
Every such variant is a weight per face, so its figure under every metric is a product.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import log2

import numpy as np
from numpy.typing import NDArray

from territory.actors import NOBODY, Holder
from territory.history import WHOLE, Bools, History
from territory.projection import Floats
from territory.recipes.counting import MAX_SHIFT, Choice, Table, shift_bits

MAX_DEPARTURES = 2
_BLOCK = 256
Weights = NDArray[np.int8]


class Quantity(StrEnum):
    """What is measured of a change, or of a day."""

    GAINED = "gained"
    LOST = "lost"
    NET = "net"
    CHANGED_HANDS = "changed-hands"
    TOTAL = "total"
    SHARE = "share"


_SAYS = {
    Quantity.GAINED: "ground gained, losses not taken off",
    Quantity.LOST: "ground lost",
    Quantity.NET: "gains less losses",
    Quantity.CHANGED_HANDS: "all ground that changed hands",
    Quantity.TOTAL: "all ground held at the end",
}
_OF_A_PERIOD = tuple(_SAYS)


@dataclass(frozen=True)
class Asked:
    """One way to understand a published sentence.

    Attributes
    ----------
    by, other : frozenset of Holder
        Whose ground, and from or to whom; empty `other` means anyone.
    start, end : date
        The same for a figure about one day.
    departures : tuple of str
        In which respects it is not what the sentence says.
    bits : float
        What they cost.
    """

    quantity: Quantity
    by: frozenset[Holder]
    other: frozenset[Holder]
    start: date
    end: date
    area: str = WHOLE
    name: str = ""
    departures: tuple[str, ...] = ()
    bits: float = 0.0

    @property
    def choice(self) -> Choice:
        """The reading and its departures as a choice."""
        parts = [self.name, *self.departures] if self.name else list(self.departures)
        return Choice("; ".join(parts), ", ".join(self.departures), self.bits)


def variants(asked: Asked, history: History) -> tuple[Asked, ...]:
    """Return a reading and what may have been computed in its place.

    Parameters
    ----------
    asked : Asked
        With a quantity, days and actors that the history has.

    Returns
    -------
    tuple of Asked
        The reading itself first; none departs in more than `MAX_DEPARTURES` respects.
    """
    found = [asked]
    for step in (_quantities, _actors, _days, _areas):
        found += [
            other
            for each in found
            if len(each.departures) < MAX_DEPARTURES
            for other in step(each, history)
        ]
    return tuple(found)


def _departed(asked: Asked, what: str, bits: float, **changes: object) -> Asked:
    return replace(
        asked,
        departures=(*asked.departures, what),
        bits=asked.bits + bits,
        **changes,  # type: ignore[arg-type]  # fields of Asked
    )


def _quantities(asked: Asked, _history: History) -> Iterator[Asked]:
    if asked.quantity not in _OF_A_PERIOD or asked.start == asked.end:
        return
    bits = 1 + log2(len(_OF_A_PERIOD) - 1)
    for quantity in _OF_A_PERIOD:
        if quantity is not asked.quantity:
            yield _departed(asked, _SAYS[quantity], bits, quantity=quantity)
    if asked.other:
        yield _departed(asked, "from or to anyone", bits, other=frozenset())


def _actors(asked: Asked, history: History) -> Iterator[Asked]:
    others = [h for h in history.holders if h != NOBODY and h not in asked.other]
    bits = 1 + log2(max(len(others), 1))
    for holder in others:
        if holder not in asked.by:
            yield _departed(asked, f"with {holder} added", bits, by=asked.by | {holder})
        elif len(asked.by) > 1:
            yield _departed(asked, f"without {holder}", bits, by=asked.by - {holder})


def _days(asked: Asked, history: History) -> Iterator[Asked]:
    known = set(history.days)
    for days in range(1, MAX_SHIFT + 1):
        for sign in (1, -1):
            moved = timedelta(days=sign * days)
            how = f"{days} day{'s' if days > 1 else ''} {'later' if sign > 0 else 'earlier'}"
            start, end = asked.start + moved, asked.end + moved
            if asked.start == asked.end:
                moves = [(f"on the map of {how}", end, end)]
            else:
                moves = [
                    (f"from {how}", start, asked.end),
                    (f"to {how}", asked.start, end),
                    (f"both days {how}", start, end),
                ]
            for what, one, other in moves:
                if {one, other} <= known and one <= other:
                    bits = shift_bits(days) + log2(len(moves))
                    yield _departed(asked, what, bits, start=one, end=other)


def _areas(asked: Asked, history: History) -> Iterator[Asked]:
    names = [*dict.fromkeys([*history.area_names, WHOLE])]
    for name in names:
        if name != asked.area:
            what = "in the whole of the map" if name == WHOLE else f"in the area '{name}'"
            yield _departed(asked, what, 1 + log2(max(len(names) - 1, 1)), area=name)


def reading_table(
    history: History, face_km2: Floats, wanted: Sequence[Asked], published: float
) -> Table:
    """Compute every variant under every metric.

    Parameters
    ----------
    face_km2 : ndarray, shape (metrics, faces)
    wanted : sequence of Asked
    published : float
        In km2, or in percent where a share is asked for.
    """
    counted = _product(face_km2, (weights(each, history) for each in wanted), len(wanted))
    if any(each.quantity is Quantity.SHARE for each in wanted):
        whole = _product(face_km2, (_whole(each, history) for each in wanted), len(wanted))
        with np.errstate(divide="ignore", invalid="ignore"):
            counted = 100 * counted / whole
    shape = (len(wanted), 1)
    return Table(
        tuple(each.choice for each in wanted),
        np.array([each.end for each in wanted], dtype=object).reshape(shape),
        counted[:, :, None],
        np.full(shape, published),
    )


def _product(face_km2: Floats, columns: Iterable[Weights], count: int) -> Floats:
    """Multiply face areas with weights, some columns at a time."""
    result = np.empty((len(face_km2), count))
    block: list[Weights] = []
    done = 0
    for column in columns:
        block.append(column)
        if len(block) == _BLOCK or done + len(block) == count:
            result[:, done : done + len(block)] = face_km2 @ np.array(block, np.float64).T
            done += len(block)
            block = []
    return result


def weights(asked: Asked, history: History) -> Weights:
    """Return how often each face counts: 1, 0 or (for a loss in a net change) -1."""
    before, after = history.holding(asked.start, asked.by), history.holding(asked.end, asked.by)
    inside = history.mask(asked.area)
    if asked.quantity is Quantity.TOTAL or (
        asked.quantity is Quantity.SHARE and asked.start == asked.end
    ):
        return (after & inside).astype(np.int8)
    if asked.quantity is Quantity.CHANGED_HANDS:
        one, other = history.day_index(asked.start), history.day_index(asked.end)
        moved = history.held_by[one] != history.held_by[other]
        return np.asarray(moved & inside, dtype=np.int8)
    gained = after & ~before & inside & _others(asked, history, asked.start)
    lost = before & ~after & inside & _others(asked, history, asked.end)
    if asked.quantity is Quantity.NET:
        return np.asarray(gained.astype(np.int8) - lost.astype(np.int8), dtype=np.int8)
    ground = lost if asked.quantity is Quantity.LOST else gained
    return np.asarray(ground, dtype=np.int8)


def _others(asked: Asked, history: History, day: date) -> Bools:
    if not asked.other:
        return np.ones(len(history.faces), dtype=bool)
    return history.holding(day, asked.other)


def _whole(asked: Asked, history: History) -> Weights:
    """Return the ground that a share is a share of."""
    inside = history.mask(asked.area)
    if asked.start != asked.end and asked.other:
        inside = inside & history.holding(asked.start, asked.other)
    return inside.astype(np.int8)

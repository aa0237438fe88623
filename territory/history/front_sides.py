"""Who is on which side of a front line, in the words of a user.

A side is named by the compass (``west=A,east=B``), which does not depend on how a line was
drawn, or by the line itself (``left=A,right=B``), seen along it from its first position.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Heading(StrEnum):
    """Which way a front line is turned before its left and right are told apart."""

    NORTH = "north"  # its left is the west
    EAST = "east"  # its left is the north
    AS_DRAWN = "as drawn"


_PAIRS = {
    ("west", "east"): Heading.NORTH,
    ("north", "south"): Heading.EAST,
    ("left", "right"): Heading.AS_DRAWN,
}
_WORDS = tuple(word for pair in _PAIRS for word in pair)
_HOW = "say who is on either side, as west=A,east=B (or north and south, or left and right)"


@dataclass(frozen=True)
class Sides:
    """Whose ground lies on either side of a front line.

    Attributes
    ----------
    heading : Heading
        How the line is turned first.
    left, right : str
        Actors.
    """

    heading: Heading
    left: str
    right: str


def sides_of(value: object) -> Sides:
    """Return who is on which side.

    Parameters
    ----------
    value : str, mapping of str to str, sequence of str, or Sides
        ``west=A,east=B``, or the same as a table; points of the compass alone are names too.

    Raises
    ------
    ValueError
        If it does not name two opposite sides.

    Examples
    --------
    >>> sides_of("west=allies,east=germany")
    Sides(heading=<Heading.NORTH: 'north'>, left='allies', right='germany')
    >>> sides_of({"south": "b", "north": "a"}).left, sides_of("west,east").right
    ('a', 'east')
    >>> sides_of("allies,germany")
    Traceback (most recent call last):
    ValueError: 'allies' is no side; say who is on either side, as west=A,east=B (or north and
    south, or left and right)
    """
    if isinstance(value, Sides):
        return value
    named: dict[str, str] = {}
    for side, actor in _named(value):
        if side not in _WORDS:
            raise ValueError(f"'{side}' is no side; {_HOW}")
        if side in named:
            raise ValueError(f"'{side}' stands twice; {_HOW}")
        named[side] = actor
    for (left, right), heading in _PAIRS.items():
        if named.keys() == {left, right}:
            return _checked(Sides(heading, named[left], named[right]))
    raise ValueError(f"{' and '.join(named) or 'nothing'} are not two opposite sides; {_HOW}")


def _named(value: object) -> Iterable[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [(str(side).strip().lower(), str(actor).strip()) for side, actor in value.items()]
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple):
        raise ValueError(f"{value!r:.60} names no sides; {_HOW}")
    found = []
    for each in value:
        side, equals, actor = str(each).partition("=")
        side = side.strip()
        found.append((side.lower(), actor.strip() if equals else side))
    return found


def _checked(sides: Sides) -> Sides:
    if not (sides.left and sides.right):
        raise ValueError(f"a side has no actor; {_HOW}")
    if sides.left == sides.right:
        raise ValueError(f"'{sides.left}' cannot be on both sides of a front")
    return sides

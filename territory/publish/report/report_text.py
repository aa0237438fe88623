"""How figures, days and names are written for a reader."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from territory.claims.model import Claim
from territory.claims.precision import Precision
from territory.holders import Holder
from territory.maps.map_text import Words, area_title
from territory.numbers import CalledUnit, bounds, figure, fixed, printed, unit_words, written
from territory.read.actor_looks import Looks

Titles = Mapping[str, str]
NO_TITLES: Titles = MappingProxyType({})
NO_LOOKS: Looks = MappingProxyType({})
UNITS = {"km2": "km²", "percent": "%", "sqmi": "sq mi"}
_LEAST_RATIO, _WHOLE_RATIO = 0.005, 100
_STATUS = re.compile(r" \((?:claimed|contested)\)$")
_UNSAID = (Precision.EXACT, Precision.ROUNDED, Precision.BETWEEN)  # no word stands before those


def prose(text: str) -> str:
    """Return a sentence of the library with its units as they are printed.

    Parameters
    ----------
    text : str
        With ``km2`` for square kilometres.
    """
    return re.sub(r"\bkm2\b", "km²", text)


def number(value: float, *, like: float | None = None, unit: str = "km2") -> str:
    """Return a computed figure, with the digits that `like` (or itself) deserves.

    Parameters
    ----------
    value : float
        In `unit`.
    like : float, optional
        A figure of the same table, in the same unit, whose digits are to be matched.
    unit : str
        ``km2`` or what else is counted; places and people are whole.

    Examples
    --------
    >>> number(2577.53), number(0.07, like=175.7), number(-12.34), number(9, unit="places")
    ('2,578', '0', '−12.3', '9')
    """
    return printed(figure(value, like=like, unit=unit))


def unit_name(unit: str) -> str:
    """Return a unit as printed.

    Parameters
    ----------
    unit : str
        As a claim has it, such as ``km2`` or ``percent``.
    """
    return unit_words(unit) if isinstance(unit, CalledUnit) else UNITS.get(unit, unit)


def with_unit(text: str, unit: str) -> str:
    """Return a written figure with its unit, kept on one line.

    Parameters
    ----------
    text : str
        The number as it is written.
    unit : str
        As a claim has it, such as ``km2`` or ``percent``.
    """
    one = "point" if unit == "points" else unit_words(unit, 1)
    return f"{text}\u00a0{unit_name(one if text == '1' else unit)}"


def ratio(value: float) -> str:
    """Return how many times the published figure a computed one is.

    Parameters
    ----------
    value : float
        Computed over published.

    Examples
    --------
    >>> ratio(1.1518), ratio(-1.53), ratio(0.0000717), ratio(0.0), ratio(2578.1)
    ('1.15', '−1.53', 'under 0.01', '0', '2,578')
    """
    if 0 < value < _LEAST_RATIO:
        return "under 0.01"
    return printed(figure(value) if abs(value) >= _WHOLE_RATIO else fixed(value, 2))


def claim_wording(claim: Claim) -> str:
    """Return a published figure with the word that the publisher put before it.

    Parameters
    ----------
    claim : Claim
        As published.
    """
    if claim.value_high is not None:
        top = with_unit(written(claim.value_high), claim.said_unit)
        return f"between {written(claim.value)} and {top}"
    word = "" if claim.precision in _UNSAID else f"{claim.precision} "
    return word + with_unit(written(claim.value), claim.said_unit)


def span(low: float, high: float, *, like: float | None = None, unit: str = "km2") -> str:
    """Return two bounds.

    Parameters
    ----------
    low, high : float
        In `unit`.
    like : float, optional
        A figure of the same table, in the same unit, whose digits are to be matched.
    unit : str
        ``km2`` or what else is counted; places and people are whole.

    Examples
    --------
    >>> span(2133.1, 3021.9, like=2578), span(497.96, 498.04, like=498)
    ('2,133 to 3,022', '497.96 to 498.04')
    """
    scale = max(abs(low), abs(high)) if like is None else like
    ends = dict.fromkeys(bounds(low, high, like=scale, unit=unit))  # once, if they are the same
    return printed(" to ".join(ends))


def long_day(day: date) -> str:
    """Return a day as it is said.

    Parameters
    ----------
    day : date
        Any day.

    Examples
    --------
    >>> long_day(date(2018, 2, 5)), short_day(date(2018, 2, 5))
    ('5 February 2018', '5 Feb')
    """
    return Words("en").day(day)


def short_day(day: date) -> str:
    """Return a day for a narrow axis.

    Parameters
    ----------
    day : date
        Any day.
    """
    name = long_day(day).split()[1]
    return f"{day.day} {name[:3]}"


def actor(name: str, looks: Looks = NO_LOOKS) -> str:
    """Return what a job calls an actor, else its usual name or its identifier made readable.

    Parameters
    ----------
    name : str
        As in the tables, such as ``isis (claimed)``.
    looks : mapping of str to ActorLook
        What somebody says of actors, or of one with its status.

    Examples
    --------
    >>> actor("isis (claimed)"), actor("x_brigade"), actor("YPG")
    ('Islamic State (claimed)', 'X brigade', 'YPG')
    """
    status = _STATUS.search(name)
    bare = name[: status.start()] if status else name
    ending = status.group() if status else ""
    for look, rest in ((looks.get(name), ""), (looks.get(bare), ending)):
        if look and look.titles:
            return (look.titles.get("en") or next(iter(look.titles.values()))) + rest
    return Words("en").actor(Holder(bare)) + ending


def area(name: str, titles: Titles = NO_TITLES) -> str:
    """Return the name of an area as a heading: its title, or its name made readable.

    Parameters
    ----------
    name : str
        As in the tables; ``all`` is all ground.
    titles : mapping of str to str
        What named areas are called.

    Examples
    --------
    >>> area("idlib-and-hama"), area("all"), area("box", {"box": "All of the east"})
    ('Idlib and Hama', 'Whole area', 'All of the east')
    """
    if name in titles:
        return titles[name]
    return "Whole area" if name == "all" else area_title(name)


def listing(items: Iterable[str], *, last: str = "and") -> str:
    """Return a list in one sentence.

    Parameters
    ----------
    items : iterable of str
        Words, in the order of the sentence.
    last : str
        What stands before the last of them.

    Examples
    --------
    >>> listing(["a", "b", "c"]), listing(["a", "b"], last="or")
    ('a, b and c', 'a or b')
    """
    *head, tail = list(items) or [""]
    return f"{', '.join(head)} {last} {tail}" if head else tail

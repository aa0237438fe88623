"""Axes: round ticks, and where a figure lies on them in percent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.ticker import MaxNLocator

from territory.numbers import printed, written
from territory.publish.report.report_text import short_day, unit_name

_STEPS = (1, 2, 2.5, 5, 10)
_TICKS = 5
_FROM_ZERO = 0.6  # an axis starts at zero unless all figures lie above this share of the largest
_EDGE = 0.1  # share of an axis in which a label has room to one side only
_APART = 17.0  # percent between the labels of two days
_LETTER, _NARROW_LETTER = 1.35, 2.2  # percent of an axis that a letter takes, also on a telephone
_BLANK = 1.5  # letters between two labels


@dataclass(frozen=True)
class Tick:
    """A label and where it stands, in percent of the axis; no label where there is no room.

    One that is spare finds no room on a telephone.
    """

    at: str
    label: str
    year: str = ""
    anchor: str = "middle"
    spare: bool = False


@dataclass(frozen=True)
class Axis:
    """A straight axis between the first and the last of its round figures."""

    marks: tuple[float, ...]

    @property
    def low(self) -> float:
        """Where it begins."""
        return self.marks[0]

    @property
    def high(self) -> float:
        """Where it ends."""
        return self.marks[-1]

    def at(self, value: float) -> str:
        """Return where a figure lies, in percent with two decimals, kept on the axis.

        Parameters
        ----------
        value : float
            In the unit of the axis.
        """
        share = (value - self.low) / (self.high - self.low)
        return percent(min(max(share, 0.0), 1.0))

    def ticks(self, unit: str) -> tuple[Tick, ...]:
        """Return the round figures along the axis; those that would overlap have no label.

        Parameters
        ----------
        unit : str
            As a claim has it; it stands behind the last figure.
        """
        labels = [printed(written(value)) for value in self.marks]
        labels[-1] = f"{labels[-1]}\u00a0{unit_name(unit)}"
        anchors = ["start", *["middle"] * (len(self.marks) - 2), "end"]
        wide, narrow = (_roomy(labels, letter) for letter in (_LETTER, _NARROW_LETTER))
        return tuple(
            Tick(
                self.at(value),
                labels[place] if place in wide else "",
                anchor=anchors[place],
                spare=place not in narrow,
            )
            for place, value in enumerate(self.marks)
        )


def _roomy(labels: Sequence[str], letter: float) -> set[int]:
    """Return which labels at even distances do not overlap: the two ends, and what lies between.

    Examples
    --------
    >>> sorted(_roomy(["0", "100,000", "200,000", "300,000 dunams"], 1.35))
    [0, 1, 2, 3]
    >>> sorted(_roomy(["0", "100,000", "200,000", "300,000 dunams"], 2.2))
    [0, 1, 3]
    """
    last = len(labels) - 1
    width = [letter * (len(each) + _BLANK) for each in labels]
    kept, begins = {last}, 100 - width[last]
    for place in range(last - 1, 0, -1):
        middle, half = 100 * place / last, width[place] / 2
        if middle + half <= begins and middle - half >= width[0]:
            kept.add(place)
            begins = middle - half
    return {0, *kept}


def percent(share: float) -> str:
    """Return a share as SVG and CSS take it.

    Parameters
    ----------
    share : float
        0 to 1.

    Examples
    --------
    >>> percent(0.5), percent(1 / 3)
    ('50%', '33.33%')
    """
    return f"{round(100 * share, 2):g}%"


def axis_for(values: Iterable[float], *, from_zero: bool = False) -> Axis:
    """Return an axis with round ends that holds all values.

    Parameters
    ----------
    values : iterable of float
        In one unit; 0 to 1 where there is none.
    from_zero : bool
        Whether the scale begins at nothing, unless a figure lies below.

    Examples
    --------
    >>> axis_for([834.0, 3529.0])
    Axis(marks=(0.0, 1000.0, 2000.0, 3000.0, 4000.0))
    """
    found = list(values) or [0.0]
    low, high = min(found), max(found)
    if low >= 0 and (from_zero or low < _FROM_ZERO * high or high == 0):
        low = 0.0
    if high <= low:
        high = low + max(abs(low), 1.0)
    return Axis(tuple(map(float, MaxNLocator(_TICKS, steps=_STEPS).tick_values(low, high))))


def day_shares(days: tuple[date, ...]) -> list[float]:
    """Return where days lie between the first and the last, 0 to 1.

    Parameters
    ----------
    days : tuple of date
        In order; at least one.
    """
    length = (days[-1] - days[0]).days or 1
    return [(day - days[0]).days / length for day in days]


def marked_days(marked: Iterable[date], days: tuple[date, ...]) -> tuple[Tick, ...]:
    """Return marks for days that something is said about, their labels apart.

    Days before the first and after the last are left out. A label stands to the left of its
    mark, that of the next day to the right, unless the edge is too near.

    Parameters
    ----------
    marked : iterable of date
        Days to mark, in any order.
    days : tuple of date
        In order; the first and the last are the ends of the axis.

    Returns
    -------
    tuple of Tick
        In order, places in percent of the width.

    Examples
    --------
    >>> days = (date(2018, 1, 1), date(2018, 12, 31))
    >>> [(each.label, each.anchor) for each in marked_days({date(2018, 5, 1)}, days)]
    [('1 May', 'end')]
    """
    inside = sorted(day for day in set(marked) if days[0] <= day <= days[-1])
    shares = day_shares((days[0], *inside, days[-1]))[1:-1]
    sides = ["start" if place % 2 else "end" for place in range(len(inside))]
    return tuple(
        Tick(
            percent(share),
            short_day(day),
            anchor="start" if share < _EDGE else "end" if share > 1 - _EDGE else side,
        )
        for day, share, side in zip(inside, shares, sides, strict=True)
    )


def day_ticks(days: tuple[date, ...]) -> tuple[Tick, ...]:
    """Return labels for as many days as there is room for; the first and last always.

    The year is given where it begins.

    Parameters
    ----------
    days : tuple of date
        In order; the first and the last are the ends of the axis.

    Returns
    -------
    tuple of Tick
        In order, places in percent of the width.
    """
    shares = day_shares(days)
    places = [0]
    for place in range(1, len(days) - 1):
        behind = 100 * (shares[place] - shares[places[-1]])
        if min(behind, 100 * (1 - shares[place])) >= _APART:
            places.append(place)
    if len(days) > 1:
        places.append(len(days) - 1)
    years = [None, *(days[place].year for place in places)]
    return tuple(
        Tick(
            percent(shares[place]),
            short_day(days[place]),
            "" if days[place].year == before else str(days[place].year),
            "start" if place == 0 else "end" if place == len(days) - 1 else "middle",
        )
        for place, before in zip(places, years, strict=False)
    )

"""The algorithms: a line of the command line each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .parameters import (
    AREA,
    BY_REGION,
    CLAIMS,
    COLOURS,
    COMPONENTS,
    CRS,
    DAY,
    EXTRA,
    FILES,
    FROM_DAY,
    LAYER,
    LINES,
    REGIONS,
    TO_DAY,
    WHICH_DAYS,
    Option,
    reading,
)


class Result(Enum):
    """What an algorithm leaves behind."""

    TABLE = "table"
    TRANSFERS = "transfers"
    FRONTS = "fronts"
    SERIES = "series"


@dataclass(frozen=True)
class Task:
    """One algorithm.

    Attributes
    ----------
    name : str
        After ``territory:``.
    title : str
        In the toolbox.
    group : str
        The heading that it stands under there.
    about : str
        What it does, in sentences.
    verb : str
        Of the command line.
    result : Result
        What is made of what the command leaves.
    output : str
        What the result is called.
    options : tuple of Option
        What it asks for.
    needs_zones : bool
        Whether it cannot do without zones.
    """

    name: str
    title: str
    group: str
    about: str
    verb: str
    result: Result
    output: str
    options: tuple[Option, ...]
    needs_zones: bool = True


_FIGURES, _LAYERS = "Figures", "Layers with time"
_INTERVALS = (
    " Beside each figure stand two intervals: low and high, how far the truth on the ground may be"
    " off; drawn_low and drawn_high, how well the figure follows from the map as it is drawn."
)
_DIGITS = " The table is the text that the command line prints, digit by digit."
_TIMED = " The layer has its colours, and its time for the Temporal Controller."

ALGORITHMS = (
    Task(
        "areas",
        "Area of every holder by day",
        _FIGURES,
        "Measures who holds how many km2 on every day." + _INTERVALS + _DIGITS,
        "areas",
        Result.TABLE,
        "Areas",
        (LAYER, FILES, *WHICH_DAYS, *AREA, *REGIONS, *reading(dated=True), *LINES, EXTRA),
    ),
    Task(
        "change",
        "Who lost how much to whom",
        _FIGURES,
        "Measures how many km2 went from whom to whom between two days." + _INTERVALS + _DIGITS,
        "change",
        Result.TABLE,
        "Changes",
        (
            *(LAYER, FILES, FROM_DAY, TO_DAY, *AREA, *REGIONS, BY_REGION, COMPONENTS),
            *(*reading(dated=False), *LINES, EXTRA),
        ),
    ),
    Task(
        "check",
        "Check published figures",
        _FIGURES,
        "Judges published figures against the zones: a row for each reading of each claim, with"
        " the figure as computed, its interval and the verdict." + _DIGITS,
        "check",
        Result.TABLE,
        "Verdicts",
        (CLAIMS, LAYER, FILES, *AREA, *reading(dated=False), *LINES, EXTRA),
        needs_zones=False,
    ),
    Task(
        "transfers",
        "Ground that changed hands",
        _LAYERS,
        "Draws the ground that changed hands between two days, by giver and taker, with its km2."
        + _TIMED,
        "convert",
        Result.TRANSFERS,
        "Ground that changed hands",
        (
            *(LAYER, FILES, FROM_DAY, TO_DAY, *AREA),
            *(*reading(dated=False), CRS, COLOURS, EXTRA),
        ),
    ),
    Task(
        "front",
        "Front line of a day",
        _LAYERS,
        "Draws the lines between those who hold ground on a day, with their km." + _TIMED,
        "convert",
        Result.FRONTS,
        "Front line",
        (LAYER, FILES, DAY, *AREA, *reading(dated=False), CRS, COLOURS, EXTRA),
    ),
    Task(
        "series",
        "Series with time",
        _LAYERS,
        "Writes the whole series to one GeoPackage, as 'territory convert' does: the layers spells"
        " (pieces of ground, and from when to when one holder has them), fronts and transfers,"
        " with colours and time. Open the Temporal Controller and press play.",
        "convert",
        Result.SERIES,
        "Series",
        (LAYER, FILES, *WHICH_DAYS, *AREA, *reading(dated=True), CRS, COLOURS, EXTRA),
    ),
)

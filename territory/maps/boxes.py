"""Boxes: text and samples placed beside and below each other before anything is drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from territory.maps.paint import Paint
from territory.maps.sheet import Sheet
from territory.maps.typesetting import Block

SWATCH = (0.42, 0.26)  # inches, here and below
BETWEEN = 0.04  # between blocks of text


@dataclass(frozen=True)
class Box:
    """What stands together on a sheet, in inches from the corner where reading starts.

    Attributes
    ----------
    parts : tuple of (float, float, Block or Paint or Box)
        How far across and how far down each part stands; a paint is shown as a sample.
    height : float
        Of all of it, with the room that it wants below.
    """

    parts: "tuple[tuple[float, float, Block | Paint | Box], ...]"
    height: float

    def write(self, sheet: Sheet, x: float, y: float, *, group: str = "legend") -> None:
        """Draw everything with the corner at a place.

        Parameters
        ----------
        sheet : Sheet
            It is drawn on.
        x, y : float
            Of the corner where reading starts, in inches from that side and from the top.
        group : str
            What the text stands under in an SVG.
        """
        for across, down, part in self.parts:
            if isinstance(part, Block):
                sheet.write(x + across, y + down, part, group=group)
            elif isinstance(part, Paint):
                sheet.swatch(x + across, y + down, *SWATCH, paint=part)
            else:
                part.write(sheet, x + across, y + down, group=group)


def stack(parts: Iterable[Block | Box], *, between: float = BETWEEN) -> Box:
    """Return parts below each other, with some room between them.

    Parameters
    ----------
    parts : iterable of Block or Box
        From the top down.
    between : float
        Room in inches.

    Returns
    -------
    Box
        Without room after the last part.
    """
    placed, down = [], 0.0
    for part in parts:
        placed.append((0.0, down, part))
        down += part.height + between
    return Box(tuple(placed), max(down - between, 0.0))


def in_rows(boxes: Sequence[Box], *, columns: int, step: float) -> Box:
    """Return boxes side by side in columns `step` apart, row below row.

    Parameters
    ----------
    boxes : sequence of Box
        In the order of reading; each with the room that it wants below.
    columns : int
        How many stand in a row.
    step : float
        From column to column, in inches.
    """
    placed, down = [], 0.0
    for first in range(0, len(boxes), columns):
        row = boxes[first : first + columns]
        placed += [(number * step, down, box) for number, box in enumerate(row)]
        down += max(box.height for box in row)
    return Box(tuple(placed), down)

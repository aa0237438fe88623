"""Text set to a width in lines.

Widths are measured before anything is drawn, so that no text can leave its place.
"""

import re
from dataclasses import dataclass
from functools import cache

from matplotlib.font_manager import FontProperties

from territory.maps.canvas import extent, hinting
from territory.maps.map_text import DIRECTIONS, ELLIPSIS, FONT
from territory.maps.style import INK

DPI = 200
POINTS_PER_INCH = 72
_TALL = "Ájلإ"
_DAY = r"(?<!\S)\d{1,2} [^\W\d]{3}[^ \n\t]*"  # of a month, and its name
_FIGURE = r"[^ \n\t]+(?:(?<=\d) (?:km²|км²|كم²|%)(?!\w)[^ \n\t]*)?"  # and its unit
_WORD, _SHORT_WORD = re.compile(rf"{_DAY}|{_FIGURE}"), re.compile(_FIGURE)


@dataclass(frozen=True)
class Block:
    """Lines of text that already fit; `size` and `leading` in points."""

    lines: tuple[str, ...]
    size: float
    bold: bool = False
    colour: str = INK
    spacing: float = 1.32

    @property
    def leading(self) -> float:
        """Distance from line to line in inches."""
        return self.size * self.spacing / POINTS_PER_INCH

    @property
    def height(self) -> float:
        """Height of all lines in inches."""
        return self.leading * len(self.lines)


@cache
def measure(text: str, size: float, bold: bool = False) -> tuple[float, float]:
    """Return width and height in inches of one line; `size` in points.

    Parameters
    ----------
    text : str
        One line.
    size : float
        In points.
    bold : bool
        Whether it is bold.

    Returns
    -------
    (float, float)
        In inches.
    """
    return _extent(text, size, bold)[0] / DPI, _line_height(size, bold)


@cache
def _line_height(size: float, bold: bool) -> float:
    """Return one height for all lines of a size, so that they stand even."""
    return _extent(_TALL, size, bold)[1] / DPI


def _extent(text: str, size: float, bold: bool) -> tuple[float, float, float]:
    font = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    return extent(text, font, DPI, hinting())


def shortened(text: str, width: float, size: float, bold: bool = False) -> str:
    """Return a text cut to a width in inches, with an ellipsis where something is gone.

    Parameters
    ----------
    text : str
        One line.
    width : float
        In inches.
    size : float
        In points.
    bold : bool
        Whether it is bold.
    """
    if measure(text, size, bold)[0] <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = measure(text[:middle].rstrip() + ELLIPSIS, size, bold)[0] <= width
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS


def set_text(
    text: str,
    width: float,
    size: float,
    *,
    bold: bool = False,
    colour: str = INK,
    lines: int = 2,
    spacing: float = 1.32,
) -> Block:
    """Break a text into at most `lines` lines of a width in inches; the rest is cut.

    Every line keeps the direction that the text is marked with. A figure stays with its unit,
    and a day with its month unless that takes a line more.

    Parameters
    ----------
    text : str
        Any length; it may begin with a mark of direction.
    width : float
        In inches.
    size : float
        In points.
    bold : bool
        Whether it is bold.
    colour : str
        Any that matplotlib knows.
    lines : int
        The most lines.
    spacing : float
        From line to line, in sizes of the type.
    """
    mark = text[:1] if text[:1] in tuple(DIRECTIONS) else ""
    width = _balanced(text, width, size, bold, lines)
    ways = (_rows(each.findall(text), width, size, bold) for each in (_WORD, _SHORT_WORD))
    rows = min(ways, key=len)
    fitting = [*rows[: lines - 1], [word for row in rows[lines - 1 :] for word in row]]
    told = (" ".join(row) for row in fitting if row)
    done = (each if each.startswith(mark) else mark + each for each in told)
    done = (shortened(each, width, size, bold) for each in done)
    return Block(tuple(done), size, bold, colour, spacing)


def set_line(
    text: str,
    width: float,
    size: float,
    *,
    smallest: float,
    bold: bool = True,
    colour: str = INK,
) -> Block:
    """Set one line as large as its width allows, from `size` down to `smallest`.

    Parameters
    ----------
    text : str
        One line; what does not fit at the smallest size is cut.
    width : float
        In inches.
    size, smallest : float
        In points.
    bold : bool
        Whether it is bold.
    colour : str
        Any that matplotlib knows.
    """
    fitting = size * min(1.0, width / max(measure(text, size, bold)[0], 1e-6))
    size = max(fitting * 0.995 if fitting < size else size, smallest)
    return Block((shortened(text, width, size, bold),), size, bold, colour, spacing=1.3)


def _balanced(text: str, width: float, size: float, bold: bool, lines: int) -> float:
    """Return the width at which two short lines are about equally long."""
    whole = measure(text, size, bold)[0]
    if lines < 2 or not width < whole <= 1.7 * width:  # noqa: PLR2004
        return width
    longest = max((measure(word, size, bold)[0] for word in _WORD.findall(text)), default=0.0)
    return min(width, max(0.56 * whole, longest))


def _rows(words: list[str], width: float, size: float, bold: bool) -> list[list[str]]:
    """Return words line by line, at least one in each."""
    rows = []
    while words:
        take = max(1, _fitting(words, width, size, bold))
        rows.append(words[:take])
        words = words[take:]
    return rows


def _fitting(words: list[str], width: float, size: float, bold: bool) -> int:
    """Return how many words fit into a width."""
    low, high = 0, len(words)
    while low < high:
        middle = high if low == 0 and high == len(words) else (low + high + 1) // 2
        fits = measure(" ".join(words[:middle]), size, bold)[0] <= width
        low, high = (middle, high) if fits else (low, middle - 1)
    return low

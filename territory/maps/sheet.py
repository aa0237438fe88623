"""A sheet laid out in inches from its top, and text set to a width.

Positions count from the side where reading starts (left in English, right in Arabic),
so one layout serves both. Widths are measured before anything is drawn, so that no
text can leave its place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import matplotlib.style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text

from territory.maps.map_text import DIRECTIONS, ELLIPSIS, FONT
from territory.maps.style import Style, lightness, shade, tint

Box = tuple[float, float, float, float]

DPI = 200
_TALL = "Ájلإ"
MAP_WIDTH = 6.5  # inches, of a map that has its sheet to itself
POINTS_PER_INCH = 72
_RIM = 30.0  # zorder: over whatever is cut off at the edge of a map
INK, GREY = "#1b1b1b", "#565b60"
_DARK_FILL = 45  # CIE lightness
_DARK_RULE = 0.35  # black mixed into a fill for its outline

_SETTINGS = {
    "font.family": FONT,
    "text.usetex": False,
    "text.parse_math": False,
    "text.hinting": "none",  # a third quicker, and letters stand alike at any resolution
    "svg.fonttype": "path",
    "svg.hashsalt": "territory",
    "hatch.linewidth": 1.0,
    "path.simplify": True,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with matplotlib's own defaults and ours, whatever the caller has set."""
    with matplotlib.style.context(["default", _SETTINGS]):
        yield


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
def _renderer() -> RendererAgg:
    return RendererAgg(8, 8, DPI)  # type: ignore[no-untyped-call]  # matplotlib's own stubs


@cache
def measure(text: str, size: float, bold: bool = False) -> tuple[float, float]:
    """Return width and height in inches of one line; `size` in points."""
    font = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    width, _, _ = _metrics(text, font)
    return width / DPI, _line_height(size, bold)


@cache
def _line_height(size: float, bold: bool) -> float:
    """Return one height for all lines of a size, so that they stand even."""
    font = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    return _metrics(_TALL, font)[1] / DPI


def _metrics(text: str, font: FontProperties) -> tuple[float, float, float]:
    found = _renderer().get_text_width_height_descent(text, font, False)  # type: ignore[no-untyped-call]
    return float(found[0]), float(found[1]), float(found[2])


def shortened(text: str, width: float, size: float, bold: bool = False) -> str:
    """Return a text cut to a width in inches, with an ellipsis where something is gone."""
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

    Every line keeps the direction that the text is marked with.
    """
    mark = text[:1] if text[:1] in tuple(DIRECTIONS) else ""
    width = _balanced(text, width, size, bold, lines)
    words, done = text.split(), list[str]()
    while words and len(done) < lines:
        take = max(1, _fitting(words, width, size, bold))
        last = len(done) == lines - 1
        line = " ".join(words if last else words[:take])
        directed = line if line.startswith(mark) else mark + line
        done.append(shortened(directed, width, size, bold))
        words = words[take:]
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
    """Set one line as large as its width allows, from `size` down to `smallest`."""
    fitting = size * min(1.0, width / max(measure(text, size, bold)[0], 1e-6))
    size = max(fitting * 0.995 if fitting < size else size, smallest)
    return Block((shortened(text, width, size, bold),), size, bold, colour, spacing=1.3)


def _balanced(text: str, width: float, size: float, bold: bool, lines: int) -> float:
    """Return the width at which two short lines are about equally long."""
    whole = measure(text, size, bold)[0]
    longest = max((measure(word, size, bold)[0] for word in text.split()), default=0.0)
    if lines < 2 or not width < whole <= 1.7 * width:  # noqa: PLR2004
        return width
    return min(width, max(0.56 * whole, longest))


def _fitting(words: list[str], width: float, size: float, bold: bool) -> int:
    """Return how many words fit into a width."""
    low, high = 0, len(words)
    while low < high:
        middle = high if low == 0 and high == len(words) else (low + high + 1) // 2
        fits = measure(" ".join(words[:middle]), size, bold)[0] <= width
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


class Group(Artist):
    """Artists that are drawn together and stand under one name in an SVG."""

    def __init__(self, figure: Figure | None, name: str, zorder: float = 20.0) -> None:
        super().__init__()
        if figure is not None:
            self.set_figure(figure)
        self.set_gid(name)
        self.set_zorder(zorder)
        self._members: list[Artist] = []

    def add(self, artist: Artist) -> None:
        """Take in an artist whose transformation is already set."""
        artist.set_figure(self.get_figure(root=True))  # type: ignore[arg-type]  # it has one
        self._members.append(artist)

    def get_children(self) -> list[Artist]:
        """Return the members, as `findobj` wants them."""
        return list(self._members)

    def draw(self, renderer: RendererBase) -> None:
        """Draw the members in their order."""
        if not self.get_visible():
            return
        renderer.open_group("group", gid=self.get_gid())
        for member in self._members:
            member.draw(renderer)
        renderer.close_group("group")
        self.stale = False


def tagged(axes: Axes, name: str) -> str:
    """Return a name that is used once in a figure: ``map-2`` gives ``zones-isis-2``."""
    return name + str(axes.get_gid() or "").removeprefix("map")


@dataclass(frozen=True, eq=False)
class Sheet:
    """A figure measured in inches from its top and from the side where reading starts."""

    figure: Figure
    width: float
    height: float
    rtl: bool
    groups: dict[str, Group] = field(default_factory=dict)

    @classmethod
    def blank(cls, width: float, height: float, *, rtl: bool) -> "Sheet":
        """Return an empty white sheet."""
        figure = Figure(figsize=(width, height), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        return cls(figure, width, height, rtl)

    def box(self, x: float, y: float, width: float, height: float) -> tuple[float, ...]:
        """Return left, bottom, width, height in fractions of the figure."""
        left = self.width - x - width if self.rtl else x
        bottom = self.height - y - height
        return left / self.width, bottom / self.height, width / self.width, height / self.height

    def group(self, name: str) -> Group:
        """Return what stands under a name in an SVG."""
        if name not in self.groups:
            self.groups[name] = Group(self.figure, name)
            self.figure.add_artist(self.groups[name])
        return self.groups[name]

    def axes(self, x: float, y: float, width: float, height: float, *, name: str) -> Axes:
        """Return axes without ticks; equal aspect."""
        left, bottom, wide, high = self.box(x, y, width, height)
        axes = self.figure.add_axes((left, bottom, wide, high))
        axes.set_gid(name)
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set(edgecolor=GREY, linewidth=0.8, zorder=_RIM)
        return axes

    def write(self, x: float, y: float, block: Block, *, group: str = "text") -> float:
        """Write a block with its top at `y`; return where it ends."""
        at = (self.width - x if self.rtl else x) / self.width
        for index, line in enumerate(block.lines):
            middle = y + (index + 0.5) * block.leading
            text = Text(
                at,
                1 - middle / self.height,
                line,
                size=block.size,
                weight="bold" if block.bold else "normal",
                color=block.colour,
                ha="right" if self.rtl else "left",
                va="center_baseline",
                transform=self.figure.transFigure,
            )
            self.group(group).add(text)
        return y + block.height

    def swatch(self, x: float, y: float, width: float, height: float, *, paint: "Paint") -> None:
        """Draw a sample of a fill or of a line."""
        left, bottom, wide, high = self.box(x, y, width, height)
        sample: Artist
        if paint.is_line:
            middle = [bottom + high / 2] * 2
            sample = Line2D([left, left + wide], middle, color=paint.edge, lw=paint.edge_width)
        else:
            sample = paint.apply(Rectangle((left, bottom), wide, high))
        sample.set_transform(self.figure.transFigure)
        self.group("legend").add(sample)


@dataclass(frozen=True)
class Paint:
    """How ground is filled, hatched and outlined; widths in points.

    Attributes
    ----------
    is_line : bool
        Whether this is the look of a line, which has an edge and no fill.
    """

    fill: str
    edge: str
    hatch: str = ""
    hatch_colour: str = INK
    edge_width: float = 0.8
    hatch_width: float = 0.9
    is_line: bool = False

    @classmethod
    def of(cls, style: Style) -> "Paint":
        """Return the fill of a style, hatched in a darker or lighter tone of its colour."""
        return cls(
            style.colour, shade(style.colour, _DARK_RULE), style.hatch, _hatch_on(style.colour)
        )

    def apply(self, patch: Patch) -> Patch:
        """Give a patch this look and return it."""
        patch.set(facecolor=self.fill, edgecolor=self.edge, linewidth=self.edge_width)
        if self.hatch:
            patch.set(hatch=self.hatch, hatchcolor=self.hatch_colour)
            patch.set_hatch_linewidth(self.hatch_width)
        return patch


def _hatch_on(colour: str) -> str:
    """Return a lighter tone for the hatch on a dark fill and a darker one on a light fill."""
    return tint(colour, 0.55) if lightness(colour) < _DARK_FILL else shade(colour, 0.5)

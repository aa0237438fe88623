"""A sheet laid out in inches from its top.

Positions count from the side where reading starts (left in English, right in Arabic),
so one layout serves both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import matplotlib.style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from territory.maps.canvas import TextCanvas
from territory.maps.map_text import FONT
from territory.maps.paint import Paint
from territory.maps.style import GREY
from territory.maps.typesetting import DPI, Block

Box = tuple[float, float, float, float]

MAP_WIDTH = 6.5  # inches, of a map that has its sheet to itself
NARROW_MAP_WIDTH = 3.7  # of one that is read on a telephone
_RIM = 30.0  # zorder: over whatever is cut off at the edge of a map

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
        """Take in an artist whose transformation is already set.

        Parameters
        ----------
        artist : Artist
            Drawn after those that are in.
        """
        artist.set_figure(self.get_figure(root=True))  # type: ignore[arg-type]  # it has one
        self._members.append(artist)

    def get_children(self) -> list[Artist]:
        """Return the members, as `findobj` wants them."""
        return list(self._members)

    def draw(self, renderer: RendererBase) -> None:
        """Draw the members in their order.

        Parameters
        ----------
        renderer : RendererBase
            Of the figure, as matplotlib hands it over.
        """
        if not self.get_visible():
            return
        renderer.open_group("group", gid=self.get_gid())
        for member in self._members:
            member.draw(renderer)
        renderer.close_group("group")
        self.stale = False


def tagged(axes: Axes, name: str) -> str:
    """Return a name that is used once in a figure: ``map-2`` gives ``zones-isis-2``.

    Parameters
    ----------
    axes : Axes
        Of a map; its own name says which one it is.
    name : str
        Such as ``zones-isis``.
    """
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
        """Return an empty white sheet.

        Parameters
        ----------
        width, height : float
            In inches.
        rtl : bool
            Whether reading starts at the right.
        """
        figure = Figure(figsize=(width, height), dpi=DPI, facecolor="white")
        TextCanvas(figure)
        return cls(figure, width, height, rtl)

    def box(self, x: float, y: float, width: float, height: float) -> tuple[float, ...]:
        """Return left, bottom, width, height in fractions of the figure.

        Parameters
        ----------
        x : float
            In inches from the side where reading starts.
        y : float
            In inches from the top of the sheet.
        width, height : float
            In inches.
        """
        left = self.width - x - width if self.rtl else x
        bottom = self.height - y - height
        return left / self.width, bottom / self.height, width / self.width, height / self.height

    def group(self, name: str) -> Group:
        """Return what stands under a name in an SVG.

        Parameters
        ----------
        name : str
            Such as ``legend``; made if there is none.
        """
        if name not in self.groups:
            self.groups[name] = Group(self.figure, name)
            self.figure.add_artist(self.groups[name])
        return self.groups[name]

    def axes(self, x: float, y: float, width: float, height: float, *, name: str) -> Axes:
        """Return axes without ticks; equal aspect.

        Parameters
        ----------
        x : float
            In inches from the side where reading starts.
        y : float
            In inches from the top of the sheet.
        width, height : float
            In inches.
        name : str
            What the axes are called in an SVG.
        """
        left, bottom, wide, high = self.box(x, y, width, height)
        axes = self.figure.add_axes((left, bottom, wide, high))
        axes.set_gid(name)
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set(edgecolor=GREY, linewidth=0.8, zorder=_RIM)
        return axes

    def write(self, x: float, y: float, block: Block, *, group: str = "text") -> float:
        """Write a block with its top at `y`; return where it ends.

        Parameters
        ----------
        x : float
            Where reading starts, in inches from that side of the sheet.
        y : float
            In inches from the top of the sheet.
        block : Block
            Lines that are set already.
        group : str
            What it stands under in an SVG.

        Returns
        -------
        float
            In inches from the top of the sheet.
        """
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

    def swatch(self, x: float, y: float, width: float, height: float, *, paint: Paint) -> None:
        """Draw a sample of a fill or of a line.

        Parameters
        ----------
        x : float
            In inches from the side where reading starts.
        y : float
            In inches from the top of the sheet.
        width, height : float
            In inches.
        paint : Paint
            How it is filled and outlined.
        """
        left, bottom, wide, high = self.box(x, y, width, height)
        sample: Artist
        if paint.is_line:
            middle = [bottom + high / 2] * 2
            sample = Line2D([left, left + wide], middle, color=paint.edge, lw=paint.edge_width)
        else:
            sample = paint.apply(Rectangle((left, bottom), wide, high))
        sample.set_transform(self.figure.transFigure)
        self.group("legend").add(sample)

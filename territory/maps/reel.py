"""The frames of a film: a map beside its date, totals and a chart, at one steady scale.

All that stands still is drawn once with matplotlib; a frame then costs a look-up of
colours for the zones and a few words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from territory.actors import NOBODY, Holder
from territory.errors import InputError
from territory.history import History
from territory.maps.chart import Course, draw_chart
from territory.maps.frame import Context
from territory.maps.furniture import PAD, SMALL_SIZE, MapText, stacked, write_all
from territory.maps.ground import land, set_extent
from territory.maps.legend import SWATCH
from territory.maps.raster import Bytes, Canvas, averaged, laid_over
from territory.maps.scene import finish
from territory.maps.sheet import GREY, INK, Block, Paint, Sheet, drawing, set_line, set_text
from territory.maps.style import Style
from territory.maps.subject import Subject, look_at
from territory.maps.words import Words, clean
from territory.projection import Ints

LEAST, MOST = (320, 240), (3840, 2160)  # pixels
_LYING, _STANDING = (9.6, 6.0), (6.0, 9.8)  # inches that a sheet has at least, whatever its pixels
_UNDER = 4.6  # inches of a panel below its map
_GAP, _PANEL = 0.3, 3.7  # inches between map and panel; least width of the panel
_CHARTS, _AXIS = (0.95, 2.3), 0.55  # inches: least and most height of the chart, room for figures
_LIES = 0.9  # width to height from which a panel stands beside the map
_DATE_SIZE, _ROW, _MOST_ROWS = 21.0, 0.47, 7
_FOOT_SIZE, _FOOT = 7.0, 1.2  # points; inches from which sources are cut
_CHART_HEAD = 0.38  # inches above the chart
_CURSOR = (27, 27, 27)
_Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


def checked_size(width: int, height: int) -> tuple[int, int]:
    """Return a size that a film can have: even, and neither tiny nor huge.

    Raises
    ------
    InputError
        If it is too small or too large.

    Examples
    --------
    >>> checked_size(1281, 721)
    (1280, 720)
    """
    inside = min(LEAST) <= min(width, height) and max(width, height) <= max(MOST)
    if not inside:
        raise InputError(
            f"a film of {width}x{height} pixels; choose {LEAST[0]}x{LEAST[1]} to"
            f" {MOST[0]}x{MOST[1]}"
        )
    return width - width % 2, height - height % 2


@dataclass(frozen=True, eq=False)
class Script:
    """What a film shows; small enough to be handed to another process.

    Attributes
    ----------
    course : Course
        The days of the film and everyone's area on each.
    size : (int, int)
        Pixels, both even.

    The rest is as for `territory.maps.day_map`.
    """

    history: History
    course: Course
    area: str | None
    context: Context
    text: MapText
    styles: Mapping[Holder, Style]
    size: tuple[int, int] = (1280, 720)


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where things stand, in inches from the top and from where reading starts.

    `inch` is its length in pixels; `beside` says whether the panel stands beside the map.
    """

    inch: float
    width: float
    height: float
    map_width: float
    map_height: float
    beside: bool

    @classmethod
    def of(cls, size: tuple[int, int], aspect: float) -> "_Layout":
        beside = size[0] > _LIES * size[1]
        least = _LYING if beside else _STANDING
        inch = min(size[0] / least[0], size[1] / least[1])
        width, height = size[0] / inch, size[1] / inch
        wide = width - 2 * PAD - (_GAP + _PANEL if beside else 0.0)
        high = height - 2 * PAD - (0.0 if beside else _UNDER)
        map_width = min(wide, high * aspect)
        return cls(inch, width, height, map_width, map_width / aspect, beside)

    @property
    def panel(self) -> tuple[float, float, float]:
        """Where the panel begins, and its width."""
        if self.beside:
            x = PAD + self.map_width + _GAP
            return x, PAD, self.width - x - PAD
        return PAD, PAD + self.map_height + 0.2, self.width - 2 * PAD

    @property
    def bottom(self) -> float:
        """Where everything ends."""
        return self.height - PAD


@dataclass(frozen=True, eq=False)
class Reel:
    """Draws the frames of a film.

    Raises
    ------
    InputError
        If the data do not reach into the area.
    """

    script: Script

    @cached_property
    def subject(self) -> Subject:
        """The history as it is shown."""
        script = self.script
        return look_at(
            script.history,
            script.course.days[0],
            area=script.area,
            context=script.context,
            text=script.text,
            styles=script.styles,
        )

    @property
    def words(self) -> Words:
        """The texts of the language."""
        return self.script.text.words

    @cached_property
    def layout(self) -> _Layout:
        """Where everything stands."""
        return _Layout.of(self.script.size, self.subject.aspect)

    @cached_property
    def rows(self) -> tuple[Holder, ...]:
        """Whose totals are shown: as many as there is room for, the largest first."""
        largest = {
            holder: max((each.value for each in row if each is not None), default=0.0)
            for holder, row in self.script.course.areas.items()
        }
        order = sorted(largest, key=lambda h: (h == NOBODY, -largest[h], h))
        return tuple(order[: min(_MOST_ROWS, max(1, int(self._room_for_rows / _ROW)))])

    @cached_property
    def _head(self) -> list[Block]:
        width, words, text = self.layout.panel[2], self.words, self.script.text
        said, more = (words.directed(clean(line, 300)) for line in (text.title, text.subtitle))
        title = set_text(said, width, 15.0, bold=True, lines=2, spacing=1.25)
        under = set_text(more, width, 9.5, colour=GREY, lines=2)
        return [title, *([under] if text.subtitle else [])]

    @cached_property
    def _foot(self) -> list[Block]:
        blocks = self.subject.footer(self.layout.panel[2] * SMALL_SIZE / (_FOOT_SIZE + 0.2))
        small = [Block(block.lines, _FOOT_SIZE, colour=GREY, spacing=1.3) for block in blocks]
        if stacked(small) <= _FOOT:
            return small
        return [replace(block, lines=block.lines[:2]) for block in small]

    @property
    def _date_at(self) -> float:
        return self.layout.panel[1] + stacked(self._head) + 0.22

    @property
    def _rows_at(self) -> float:
        return self._date_at + 0.5

    @property
    def _chart_bottom(self) -> float:
        return self.layout.bottom - stacked(self._foot) - 0.36

    @property
    def _room_for_rows(self) -> float:
        return self._chart_bottom - _CHARTS[0] - _CHART_HEAD - self._rows_at

    @property
    def _chart_height(self) -> float:
        free = self._chart_bottom - self._rows_at - len(self.rows) * _ROW - _CHART_HEAD
        return min(max(free, _CHARTS[0]), _CHARTS[1])

    def frame(self, number: int) -> Bytes:
        """Return a frame.

        Parameters
        ----------
        number : int
            Index into the days of the film.

        Returns
        -------
        ndarray, shape (height, width, 3)
            Red, green, blue.
        """
        with drawing():
            picture = self._still.copy()
            self._colour_map(picture, number)
            self._uncover_chart(picture, number)
            self._write(picture, number)
        return picture

    def _colour_map(self, picture: Bytes, number: int) -> None:
        left, top, right, bottom = self._map_box
        row = self.script.history.day_index(self.script.course.days[number])
        shown = laid_over(picture[top:bottom, left:right], self._canvas.picture(row))
        picture[top:bottom, left:right] = shown
        rows, columns = self._inked_over
        spots = laid_over(picture[rows, columns], self._over[rows, columns])
        picture[rows, columns] = spots

    def _uncover_chart(self, picture: Bytes, number: int) -> None:
        """Show the chart in full up to the day, with a line there."""
        left, top, right, bottom = self._chart_box
        days = self.script.course.days
        span = max((days[-1] - days[0]).days, 1)
        gone = (days[number] - days[0]).days / span
        inset = 0.5 / (span + 1)  # the axis has half a day to either side
        at = left + round((right - left) * (inset + gone * (1 - 2 * inset)))
        picture[top:bottom, left:at] = self._vivid[top:bottom, left:at]
        at = min(at, right - 2)
        picture[top:bottom, at : at + 2] = _CURSOR

    def _write(self, picture: Bytes, number: int) -> None:
        """Write date and totals."""
        x, _, width = self.layout.panel
        said = self.words.directed(self.words.day(self.script.course.days[number]))
        self._put(picture, x, self._date_at, set_line(said, width, _DATE_SIZE, smallest=11.0))
        for place, holder in enumerate(self.rows):
            each = self.script.course.areas[holder][number]
            value = self.words.say("nothing") if each is None else self.words.area(each.value)
            if each is not None and self.subject.framed:
                value += " · " + self.words.share(each.value / self.subject.total_km2)
            if each is not None:
                value += "  " + self.words.say("panel_interval", interval=self.words.interval(each))
            line = set_line(
                self.words.directed(value), width - _INDENT, 10.0, smallest=6.5, bold=False
            )
            self._put(picture, x + _INDENT, self._rows_at + place * _ROW + 0.19, line)

    def _put(self, picture: Bytes, x: float, y: float, block: Block) -> None:
        """Write one line on white, its top at `y` inches."""
        inch = self.layout.inch
        mask = inked(block.lines[0], block.size, block.bold, inch)
        high, wide = mask.shape
        top = round((y + block.leading / 2) * inch - high / 2)
        left = round(x * inch)
        if self.words.rtl:
            left = self.script.size[0] - left - wide
        left, top = max(left, 0), max(top, 0)
        spot = picture[top : top + high, left : left + wide]
        shade = mask[: spot.shape[0], : spot.shape[1], None].astype(np.float32) / 255
        ink = np.array(to_rgb(block.colour), dtype=np.float32) * 255
        spot[:] = (spot * (1 - shade) + ink * shade).round()

    def _pixels(self, x: float, y: float, width: float, height: float) -> _Box:
        left = (self.layout.width - x - width) if self.words.rtl else x
        edges = (left, y, left + width, y + height)
        a, b, c, d = (round(edge * self.layout.inch) for edge in edges)
        return a, b, c, d

    @cached_property
    def _map_box(self) -> _Box:
        return self._pixels(PAD, PAD, self.layout.map_width, self.layout.map_height)

    @cached_property
    def _chart_place(self) -> tuple[float, float, float, float]:
        x, _, width = self.layout.panel
        y, high = self._chart_bottom - self._chart_height, self._chart_height
        return x + (0.0 if self.words.rtl else _AXIS), y, width - _AXIS, high

    @cached_property
    def _chart_box(self) -> _Box:
        return self._pixels(*self._chart_place)

    @cached_property
    def _canvas(self) -> Canvas:
        left, top, right, bottom = self._map_box
        size = right - left, bottom - top
        subject, script = self.subject, self.script
        extent = subject.view.extent
        framed = subject.framed
        return Canvas(script.history, script.area, extent, size, subject.styles, framed)

    @cached_property
    def _still(self) -> Bytes:
        return self._drawn(lambda sheet: self._draw_still(sheet, faint=True))[..., :3]

    @cached_property
    def _vivid(self) -> Bytes:
        return self._drawn(lambda sheet: self._draw_still(sheet, faint=False))[..., :3]

    @cached_property
    def _over(self) -> Bytes:
        return self._drawn(self._draw_over, clear=True)

    @cached_property
    def _inked_over(self) -> tuple[Ints, Ints]:
        """Rows and columns of the pixels on which anything lies over the zones."""
        rows, columns = np.nonzero(self._over[..., 3])
        return rows, columns

    def _drawn(self, draw: Callable[[Sheet], None], *, clear: bool = False) -> Bytes:
        """Return a sheet as pixels, its colours multiplied by alpha."""
        sheet = Sheet.blank(self.layout.width, self.layout.height, rtl=self.words.rtl)
        if clear:
            sheet.figure.set_facecolor("none")
        draw(sheet)
        canvas = sheet.figure.canvas
        if isinstance(canvas, FigureCanvasAgg):
            pixels = rendered(canvas)
            multiplied = pixels.copy()
            alpha = pixels[..., 3:].astype(np.uint16)
            multiplied[..., :3] = (pixels[..., :3] * alpha + 127) // 255
            return averaged(multiplied, self.script.size)
        raise InputError("matplotlib has no canvas to draw films on")

    def _draw_still(self, sheet: Sheet, *, faint: bool) -> None:
        subject, layout = self.subject, self.layout
        axes = sheet.axes(PAD, PAD, layout.map_width, layout.map_height, name="map")
        set_extent(axes, subject.view)
        land(axes, subject.view)
        x, y, width = layout.panel
        write_all(sheet, x, y, self._head, group="title")
        for place, holder in enumerate(self.rows):
            down = self._rows_at + place * _ROW
            paint = Paint.of(subject.styles[holder])
            sheet.swatch(x, down + 0.04, 0.75 * SWATCH[0], SWATCH[1], paint=paint)
            name = set_line(
                self.words.directed(subject.name(holder)), width - _INDENT, 10.5, smallest=7.0
            )
            sheet.write(x + _INDENT, down, name, group="legend")
        write_all(sheet, x, layout.bottom - stacked(self._foot), self._foot, group="sources")
        heading = self.words.directed(self.words.say("chart"))
        line = set_line(heading, width, 9.0, smallest=6.5, bold=False, colour=GREY)
        sheet.write(x, self._chart_place[1] - 0.24, line, group="chart-heading")
        chart = sheet.axes(*self._chart_place, name="chart")
        chart.set_aspect("auto")
        draw_chart(
            chart,
            self.script.course,
            subject.styles,
            self.words,
            from_zero=subject.framed,
            faint=faint,
        )

    def _draw_over(self, sheet: Sheet) -> None:
        layout = self.layout
        axes = sheet.axes(PAD, PAD, layout.map_width, layout.map_height, name="map")
        axes.set_facecolor("none")
        set_extent(axes, self.subject.view)
        finish(axes, self.subject.view, self.subject, [], [])


_INDENT = 0.75 * SWATCH[0] + 0.12


def rendered(canvas: FigureCanvasAgg) -> Bytes:
    """Return a figure as red, green, blue and alpha."""
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib's own stubs, here and below
    return np.asarray(canvas.buffer_rgba(), dtype=np.uint8)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=4096)
def inked(text: str, size: float, bold: bool, dpi: float) -> Bytes:
    """Return how much ink one line of text puts on each pixel, 0 to 255.

    Kept, because most words of a frame are those of the frame before.
    """
    high = round(2.0 * size / 72 * dpi)
    figure = Figure(figsize=(16.0, high / dpi), dpi=dpi, facecolor="none")
    canvas = FigureCanvasAgg(figure)
    weight = "bold" if bold else "normal"
    figure.text(
        0.0, 0.5, text, size=size, weight=weight, color=INK, ha="left", va="center_baseline"
    )
    alpha = rendered(canvas)[..., 3]
    used = np.flatnonzero(alpha.any(axis=0))
    return alpha[:, : used[-1] + 2 if len(used) else 1].copy()

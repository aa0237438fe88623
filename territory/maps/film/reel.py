"""The frames of a film: a map beside its date, totals and a chart, at one steady scale.

All that stands still is drawn once with matplotlib; a frame then costs a look-up of
colours for the zones and a few words.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from territory.errors import InputError
from territory.geometry.projection import Ints
from territory.maps.boxes import SWATCH, stack
from territory.maps.chart import draw_chart
from territory.maps.film.ink import inked, rendered
from territory.maps.film.raster import Bytes, Canvas, averaged, blended
from territory.maps.film.stage import ROW, Stage
from territory.maps.furniture import PAD
from territory.maps.ground import land, set_extent
from territory.maps.paint import Paint
from territory.maps.scene import finish
from territory.maps.sheet import Sheet, drawing
from territory.maps.style import GREY
from territory.maps.typesetting import Block, set_line

_DATE_SIZE = 21.0
_CURSOR = (27, 27, 27)
_INDENT = 0.75 * SWATCH[0] + 0.12  # inches


@dataclass(frozen=True, eq=False)
class Reel:
    """Draws the frames of a film."""

    stage: Stage

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
        left, top, right, bottom = self.stage.map_box
        row = self.stage.subject.history.day_index(self.stage.course.days[number])
        visible = blended(picture[top:bottom, left:right], self._canvas.picture(row))
        picture[top:bottom, left:right] = visible
        rows, columns = self._inked_over
        spots = blended(picture[rows, columns], self._over[rows, columns])
        picture[rows, columns] = spots

    def _uncover_chart(self, picture: Bytes, number: int) -> None:
        """Show the chart in full up to the day, with a line there."""
        left, top, right, bottom = self.stage.chart_box
        days = self.stage.course.days
        span = max((days[-1] - days[0]).days, 1)
        gone = (days[number] - days[0]).days / span
        inset = 0.5 / (span + 1)  # the axis has half a day to either side
        at = left + round((right - left) * (inset + gone * (1 - 2 * inset)))
        picture[top:bottom, left:at] = self._vivid[top:bottom, left:at]
        at = min(at, right - 2)
        picture[top:bottom, at : at + 2] = _CURSOR

    def _write(self, picture: Bytes, number: int) -> None:
        """Write date and totals."""
        stage = self.stage
        (x, _, width), directed = stage.layout.panel, stage.words.directed
        text = directed(stage.words.day(self.stage.course.days[number]))
        self._put(picture, x, stage.date_at, set_line(text, width, _DATE_SIZE, smallest=11.0))
        for place, holder in enumerate(stage.rows):
            text = directed(stage.total(holder, number))
            line = set_line(text, width - _INDENT, 10.0, smallest=6.5, bold=False)
            self._put(picture, x + _INDENT, stage.rows_at + place * ROW + 0.19, line)

    def _put(self, picture: Bytes, x: float, y: float, block: Block) -> None:
        """Write one line on white, its top at `y` inches."""
        inch = self.stage.layout.inch
        mask = inked(block.lines[0], block.size, block.bold, inch)
        high, wide = mask.shape
        top = round((y + block.leading / 2) * inch - high / 2)
        left = round(x * inch)
        if self.stage.words.rtl:
            left = self.stage.size[0] - left - wide
        left, top = max(left, 0), max(top, 0)
        spot = picture[top : top + high, left : left + wide]
        shade = mask[: spot.shape[0], : spot.shape[1], None].astype(np.float32) / 255
        ink = np.array(to_rgb(block.colour), dtype=np.float32) * 255
        spot[:] = (spot * (1 - shade) + ink * shade).round()

    @cached_property
    def _canvas(self) -> Canvas:
        left, top, right, bottom = self.stage.map_box
        subject, size = self.stage.subject, (right - left, bottom - top)
        extent, styles = subject.view.extent, subject.styles
        history, first = subject.history, subject.history.day_index(self.stage.course.days[0])
        look = styles, subject.framed, subject.tones, first
        return Canvas(history, subject.area, extent, size, *look)

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
        layout = self.stage.layout
        sheet = Sheet.blank(layout.width, layout.height, rtl=self.stage.words.rtl)
        if clear:
            sheet.figure.set_facecolor("none")
        draw(sheet)
        canvas = sheet.figure.canvas
        if isinstance(canvas, FigureCanvasAgg):
            pixels = rendered(canvas)
            multiplied = pixels.copy()
            alpha = pixels[..., 3:].astype(np.uint16)
            multiplied[..., :3] = (pixels[..., :3] * alpha + 127) // 255
            return averaged(multiplied, self.stage.size)
        raise InputError("matplotlib has no canvas to draw films on")

    def _draw_still(self, sheet: Sheet, *, faint: bool) -> None:
        stage, subject, layout = self.stage, self.stage.subject, self.stage.layout
        axes = sheet.axes(PAD, PAD, layout.map_width, layout.map_height, name="map")
        set_extent(axes, subject.view)
        land(axes, subject.view)
        x, y, width = layout.panel
        stack(stage.head).write(sheet, x, y, group="title")
        self._draw_rows(sheet, x, width)
        foot = stack(stage.foot)
        foot.write(sheet, x, layout.bottom - foot.height, group="sources")
        heading = stage.words.directed(stage.words.say("chart"))
        line = set_line(heading, width, 9.0, smallest=6.5, bold=False, colour=GREY)
        sheet.write(x, stage.chart_place[1] - 0.24, line, group="chart-heading")
        chart = sheet.axes(*stage.chart_place, name="chart")
        chart.set_aspect("auto")
        draw_chart(
            chart,
            self.stage.course,
            subject.styles,
            stage.words,
            from_zero=subject.framed,
            faint=faint,
        )

    def _draw_rows(self, sheet: Sheet, x: float, width: float) -> None:
        """Draw whose totals stand where."""
        stage, subject = self.stage, self.stage.subject
        for place, holder in enumerate(stage.rows):
            down = stage.rows_at + place * ROW
            paint = Paint.of(subject.styles[holder])
            sheet.swatch(x, down + 0.04, 0.75 * SWATCH[0], SWATCH[1], paint=paint)
            text = stage.words.directed(subject.name(holder))
            name = set_line(text, width - _INDENT, 10.5, smallest=7.0)
            sheet.write(x + _INDENT, down, name, group="legend")
        if stage.unnamed:
            text = stage.words.directed(stage.unnamed)
            more = set_line(text, width, 7.5, smallest=6.0, bold=False, colour=GREY)
            sheet.write(x, stage.rows_at + len(stage.rows) * ROW - 0.04, more, group="legend")
        self._draw_gained(sheet, x, width)

    def _draw_gained(self, sheet: Sheet, x: float, width: float) -> None:
        """Say beside their samples what the second tones are."""
        stage, styles = self.stage, self.stage.subject.styles
        down, wide = stage.gained_at, 0.75 * SWATCH[0]
        for place, holder in enumerate(stage.gainers):
            style = replace(styles[holder], colour=stage.subject.tones[holder])
            across = x + place * (wide + 0.06)
            sheet.swatch(across, down + 0.01, wide, 0.6 * SWATCH[1], paint=Paint.of(style))
        if stage.gainers:
            indent = len(stage.gainers) * (wide + 0.06) + 0.06
            first = stage.words.day(stage.course.days[0])
            text = stage.words.directed(stage.words.say("gained_since", day=first))
            line = set_line(text, width - indent, 8.5, smallest=6.0, bold=False, colour=GREY)
            sheet.write(x + indent, down, line, group="legend")

    def _draw_over(self, sheet: Sheet) -> None:
        layout = self.stage.layout
        axes = sheet.axes(PAD, PAD, layout.map_width, layout.map_height, name="map")
        axes.set_facecolor("none")
        set_extent(axes, self.stage.subject.view)
        finish(axes, self.stage.subject, [], [])

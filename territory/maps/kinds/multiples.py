"""Many days on one sheet: small maps of one extent, one scale and one legend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt
from typing import Unpack

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.errors import InputError
from territory.history.history import History
from territory.holders import Holder
from territory.maps.frame import View
from territory.maps.furniture import (
    GAP,
    PAD,
    header,
    locator,
    locator_view,
    scale_bar,
    stacked,
    write_all,
)
from territory.maps.ground import area_frame, borders
from territory.maps.layout import LOCATOR, PANEL_WIDTH
from territory.maps.legend import FULL, Entry, figures
from territory.maps.scene import draw_zones
from territory.maps.sheet import (
    GREY,
    INK,
    MAP_WIDTH,
    Block,
    Paint,
    Sheet,
    drawing,
    set_line,
    set_text,
)
from territory.maps.subject import Setting, Subject, check_order, look_at
from territory.measure.estimate import Estimate

MOST_DAYS = 36
_INNER = MAP_WIDTH + GAP + PANEL_WIDTH  # inches, here and below
_BETWEEN, _MOST_COLUMNS = 0.22, 6
_ABOVE, _BELOW = 0.3, 0.56  # for the date, for the figures
_FRONT_WIDTH = 0.5  # points


def multiples_map(
    history: History,
    days: tuple[date, ...],
    *,
    side: frozenset[Holder],
    estimates: Mapping[date, Estimate],
    **setting: Unpack[Setting],
) -> Figure:
    """Draw many days as small maps of one extent and scale.

    Parameters
    ----------
    days : tuple of date
        Two to `MOST_DAYS` days of the history, in order.
    side : frozenset of Holder
        Whose area stands below each map.
    estimates : mapping of date to Estimate
        Area of the side in km2.

    Other parameters and the result are those of `day_map`.

    Raises
    ------
    InputError
        Also if the days are out of order, too few or too many.
    """
    if not 2 <= len(days) <= MOST_DAYS:  # noqa: PLR2004
        raise InputError(
            f"one sheet has room for 2 to {MOST_DAYS} small maps, not {len(days)};"
            " choose days, such as the first of each month"
        )
    with drawing():
        check_order(*days)
        subject = look_at(history, days[0], **setting)
        return _empty_sheet(_Grid(subject, days, side, estimates))


@dataclass(frozen=True, eq=False)
class _Grid:
    """Small maps in rows and columns."""

    subject: Subject
    days: tuple[date, ...]
    side: frozenset[Holder]
    estimates: Mapping[date, Estimate]

    @property
    def columns(self) -> int:
        """So many that the sheet comes out a little wider than high."""
        wanted = ceil(sqrt(len(self.days) / self.subject.aspect * 1.3))
        wanted = max(2, min(wanted, _MOST_COLUMNS, len(self.days)))
        near = {max(2, wanted - 1), wanted, min(_MOST_COLUMNS, wanted + 1, len(self.days))}
        return min(near, key=lambda n: (-len(self.days) % n, abs(n - wanted)))

    @property
    def width(self) -> float:
        """Of one map, in inches."""
        return (_INNER - _BETWEEN * (self.columns - 1)) / self.columns

    @property
    def map_height(self) -> float:
        """Of one map, in inches."""
        return self.width / self.subject.aspect

    @property
    def row(self) -> float:
        """From one row of maps to the next, in inches."""
        return _ABOVE + self.map_height + _BELOW

    @property
    def height(self) -> float:
        """Of all rows, in inches."""
        return self.row * ceil(len(self.days) / self.columns)

    def write(self, sheet: Sheet, y: float) -> None:
        """Draw all maps, the first with the scale that holds for all."""
        for number, day in enumerate(self.days):
            row, column = divmod(number, self.columns)
            at = PAD + column * (self.width + _BETWEEN), y + row * self.row
            self._write_one(sheet, at, day, number)

    def _write_one(self, sheet: Sheet, at: tuple[float, float], day: date, number: int) -> None:
        words, (x, y) = self.subject.words, at
        date_line = set_line(words.directed(words.day(day)), self.width, 11.0, smallest=7.0)
        sheet.write(x, y, date_line, group="date")
        name = f"map-{number + 1}"
        axes = sheet.axes(x, y + _ABOVE, self.width, self.map_height, name=name)
        self._draw(axes, self.subject.view, day, scale=number == 0)
        lines = self._figures(day)
        below = y + _ABOVE + self.map_height + 0.05
        write_all(sheet, x, below, lines, group="legend", between=0.0)

    def _draw(self, axes: Axes, view: View, day: date, *, scale: bool) -> None:
        draw_zones(axes, view, self.subject, self.subject.held(day), width=_FRONT_WIDTH)
        borders(axes, view, strength=0.6)
        if self.subject.framed:
            area_frame(axes, self.subject.ground)
        if scale:
            scale_bar(axes, view, self.subject.words, size=7.0)

    def _figures(self, day: date) -> list[Block]:
        history, words = self.subject.history, self.subject.words
        measured = history.km2(history.holding(day, self.side), self.subject.area)
        value, interval = figures(self.subject, measured, self.estimates.get(day), share=True)
        parts = [(value, 9.5, INK), (interval, 8.5, GREY)]
        return [
            set_line(
                words.directed(line_text), self.width, size, smallest=6.0, bold=False, colour=ink
            )
            for line_text, size, ink in parts
            if line_text
        ]


def _empty_sheet(grid: _Grid) -> Figure:
    subject, words = grid.subject, grid.subject.words
    top, bottom = header(subject.text, _INNER), subject.footer(_INNER)
    around = locator_view(subject.view, subject.ground, LOCATOR[0] / LOCATOR[1])
    legend_width = _INNER - (LOCATOR[0] + GAP if around else 0.0)
    y_maps = PAD + stacked(top) + 0.2
    y_legend = y_maps + grid.height + 0.1
    names = words.listed(subject.name(holder) for holder in sorted(grid.side))
    hint = words.directed(words.say("legend_hint_multiples", actor=names))
    hint_block = set_text(hint, legend_width, 9.0, colour=GREY)
    rows = _legend_rows(subject, grid.days, legend_width)
    legend_height = hint_block.height + 0.1 + sum(high for _, high in rows)
    y_bottom = y_legend + max(legend_height, LOCATOR[1] if around else 0.0) + 0.18
    sheet = Sheet.blank(_INNER + 2 * PAD, y_bottom + stacked(bottom) + 0.32, rtl=words.rtl)
    write_all(sheet, PAD, PAD, top, group="title")
    write_all(sheet, PAD, y_bottom, bottom, group="sources")
    grid.write(sheet, y_maps)
    y = sheet.write(PAD, y_legend, hint_block, group="legend") + 0.1
    for entries, high in rows:
        for column, entry in enumerate(entries):
            step = legend_width / len(rows[0][0])
            entry.write(sheet, (PAD + column * step, y), step - 0.15, words, FULL)
        y += high
    if around:
        axes = sheet.axes(PAD + _INNER - LOCATOR[0], y_legend, *LOCATOR, name="map-locator")
        locator(axes, around, subject.ground)
    return sheet.figure


_LEGEND_COLUMNS = 3


def _legend_rows(
    subject: Subject, days: tuple[date, ...], width: float
) -> list[tuple[tuple[Entry, ...], float]]:
    """Return the legend in rows, each with its height: what everyone had first and last."""
    by_day = {day: subject.km2(day) for day in days}
    entries = []
    for holder in subject.holders(*days):
        line_text = _course(subject, {day: km2[holder] for day, km2 in by_day.items()})
        entries.append(Entry(Paint.of(subject.styles[holder]), subject.name(holder), line_text))
    rows = [
        tuple(entries[i : i + _LEGEND_COLUMNS]) for i in range(0, len(entries), _LEGEND_COLUMNS)
    ]
    step = width / len(rows[0]) - 0.15 if rows else width
    return [(row, max(e.height(subject.words, step, FULL) for e in row)) for row in rows]


def _course(subject: Subject, km2: Mapping[date, float]) -> str:
    """Say what a holder had first and last, or when it had most if it had nothing on both."""
    first, *_, last = km2
    if km2[first] <= 0 and km2[last] <= 0:
        most = max(km2, key=lambda day: km2[day])
        area, day = subject.words.area(km2[most]), subject.words.day(most)
        return subject.words.say("most", area=area, day=day)
    before, after = (figures(subject, km2[day], None, share=False)[0] for day in (first, last))
    return subject.words.say("from_to", before=before, after=after)

"""Where everything stands on the sheet: one map with its legend, or two with a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.holders import Holder
from territory.maps.frame import View
from territory.maps.furniture import (
    GAP,
    PAD,
    header,
    locator,
    locator_view,
    stacked,
    write_all,
)
from territory.maps.legend import COMPACT, FULL, SMALL, Entry, Sizes, figures, legend_hint
from territory.maps.map_text import Words
from territory.maps.scene import draw_day
from territory.maps.sheet import (
    GREY,
    INK,
    MAP_WIDTH,
    Block,
    Paint,
    Sheet,
    measure,
    set_line,
    set_text,
)
from territory.maps.subject import Holding, Subject
from territory.measure.estimate import Estimate

PANEL_WIDTH = 3.05  # inches, here and below
_PAIR_WIDTH, _PAIR_GAP = 5.35, 0.3
LOCATOR, _SMALLEST_LOCATOR = (2.2, 1.85), 1.3
_BELOW_TITLE, _BELOW_MAP, _BOTTOM = 0.2, 0.2, 0.32
_BELOW_HEADS, _BELOW_HEAD, _BELOW_ROWS = 0.22, 0.06, 0.1  # of a column; of rows; after them
_DATE_SIZE, _SMALLEST_DATE = 16.0, 11.0  # points
_COLUMNS, _COLUMN_GAP = 3, 0.15  # of a legend below its map
_MANY = 12  # entries from which a legend is set smaller

Drawing = Callable[[Axes, View], None]


@dataclass(frozen=True)
class Panel:
    """What stands beside a map.

    Attributes
    ----------
    days : tuple of str
        The date, in one line or two.
    heading, hint : str
        What the legend shows.
    entries : tuple of Entry
        The legend.
    second_heading : str
        What the second part of the legend shows.
    second : tuple of Entry
        The second part; it may be empty.
    """

    words: Words
    days: tuple[str, ...]
    heading: str
    hint: str
    entries: tuple[Entry, ...]
    second_heading: str = ""
    second: tuple[Entry, ...] = ()

    @property
    def dates(self) -> list[Block]:
        """The date."""
        line_text = [self.words.directed(day) for day in self.days]
        widest = max(line_text, key=lambda day: measure(day, _DATE_SIZE, True)[0])
        size = set_line(widest, PANEL_WIDTH, _DATE_SIZE, smallest=_SMALLEST_DATE).size
        return [set_line(day, PANEL_WIDTH, size, smallest=_SMALLEST_DATE) for day in line_text]

    @property
    def heads(self) -> list[Block]:
        """What the legend shows."""
        heading = set_text(self.words.directed(self.heading), PANEL_WIDTH, 11.0, lines=3)
        hint = set_text(self.words.directed(self.hint), PANEL_WIDTH, 9.0, colour=GREY)
        return [*([heading] if self.heading else []), *([hint] if self.hint else [])]

    def divided(self, room: float) -> tuple["Panel", "Panel"]:
        """Return what stands beside the map when the legend has to go below it, and that.

        Parameters
        ----------
        room : float
            Height in inches that the second part may take beside the map.
        """
        stays = replace(self, heading="", hint="", entries=())
        if stays.column_height(FULL) <= room:
            return stays, replace(self, second=())
        return replace(stays, second=()), self

    def column_height(self, sizes: Sizes) -> float:
        """Return the height of the legend beside the map, in inches."""
        main = sum(entry.height(self.words, PANEL_WIDTH, sizes) for entry in self.entries)
        second = sum(entry.height(self.words, PANEL_WIDTH, SMALL) for entry in self.second)
        return main + second + (0.3 if self.second else 0.0)

    def column_sizes(self, room: float) -> Sizes | None:
        """Return the largest type sizes for which the legend fits a height, if any do."""
        fitting = (sizes for sizes in (FULL, COMPACT) if self.column_height(sizes) <= room)
        return next(fitting, None)

    def write_column(self, sheet: Sheet, x: float, y: float, sizes: Sizes) -> None:
        """Write the legend beside the map."""
        for entry in self.entries:
            y = entry.write(sheet, (x, y), PANEL_WIDTH, self.words, sizes)
        if self.second:
            line_text = self.words.directed(self.second_heading)
            heading = set_text(line_text, PANEL_WIDTH, 11.0)
            y = sheet.write(x, y + 0.02, heading, group="legend") + 0.06
        for entry in self.second:
            y = entry.write(sheet, (x, y), PANEL_WIDTH, self.words, SMALL)

    @property
    def rows(self) -> list[tuple[Entry, ...]]:
        """The legend below the map, in rows."""
        entries = (*self.entries, *map(self._in_full, self.second))
        return [entries[i : i + _COLUMNS] for i in range(0, len(entries), _COLUMNS)]

    @property
    def sizes(self) -> Sizes:
        """Type sizes of the legend below the map."""
        return COMPACT if len(self.entries) + len(self.second) > _MANY else FULL

    def _in_full(self, entry: Entry) -> Entry:
        return replace(entry, name="", value=f"{self.second_heading} {entry.name}")

    def _row_height(self, row: tuple[Entry, ...], step: float) -> float:
        """Return the height of a row whose columns are `step` apart."""
        width = step - _COLUMN_GAP
        return max(entry.height(self.words, width, self.sizes) for entry in row)

    def rows_height(self, width: float) -> float:
        """Return the height of the legend below the map, in inches."""
        step = width / _COLUMNS
        return stacked(self.heads) + _BELOW_HEAD + sum(self._row_height(r, step) for r in self.rows)

    def write_rows(self, sheet: Sheet, y: float, width: float) -> None:
        """Write the legend below the map."""
        step = width / _COLUMNS
        y = write_all(sheet, PAD, y, self.heads, group="legend") + _BELOW_HEAD
        for row in self.rows:
            for column, entry in enumerate(row):
                at = PAD + column * step, y
                entry.write(sheet, at, step - _COLUMN_GAP, self.words, self.sizes)
            y += self._row_height(row, step)


def one_map(subject: Subject, panel: Panel, draw: Drawing) -> Figure:
    """Lay out a map with its legend beside it, or below where it is too long.

    The locator takes what the legend leaves of its column.
    """
    view = subject.view
    map_height = MAP_WIDTH / subject.aspect
    inner = MAP_WIDTH + GAP + PANEL_WIDTH
    top, bottom = header(subject.text, inner), subject.footer(inner)
    around = locator_view(view, subject.place, LOCATOR[0] / LOCATOR[1])
    least = _SMALLEST_LOCATOR if around else 0.0
    room = map_height - stacked([*panel.dates, *panel.heads]) - _BELOW_HEADS
    sizes, column, under = panel.column_sizes(room - least), panel, None
    if sizes is None:
        room = map_height - stacked(panel.dates) - _BELOW_HEADS
        sizes = FULL
        column, under = panel.divided(room - least)
    below = under.rows_height(inner) + _BELOW_ROWS if under else 0.0
    y_map = PAD + stacked(top) + _BELOW_TITLE
    y_below = y_map + map_height + _BELOW_MAP
    sheet = Sheet.blank(
        inner + 2 * PAD, y_below + below + stacked(bottom) + _BOTTOM, rtl=subject.words.rtl
    )
    write_all(sheet, PAD, PAD, top, group="title")
    write_all(sheet, PAD, y_below + below, bottom, group="sources")
    draw(sheet.axes(PAD, y_map, MAP_WIDTH, map_height, name="map"), view)
    x = PAD + MAP_WIDTH + GAP
    y = write_all(sheet, x, y_map - 0.06, [*column.dates, *column.heads], group="date") + 0.14
    column.write_column(sheet, x, y, sizes)
    if under:
        under.write_rows(sheet, y_below, inner)
    if around:
        left = room - column.column_height(sizes)
        shrink = min(1.0, left / LOCATOR[1])
        wide, high = shrink * LOCATOR[0], shrink * LOCATOR[1]
        axes = sheet.axes(x, y_map + map_height - high, wide, high, name="map-locator")
        locator(axes, around, subject.place)
    return sheet.figure


def two_maps(
    subject: Subject,
    days: tuple[tuple[date, Holding], ...],
    estimates: Mapping[date, Mapping[Holder, Estimate]],
) -> Figure:
    """Lay out the maps of two days side by side, with a table below."""
    table = Table(subject, tuple(day for day, _ in days), estimates)
    heads = tuple(subject.words.directed(subject.words.day(day)) for day, _ in days)

    def drawn(held: Holding) -> Drawing:
        return lambda axes, view: draw_day(axes, view, subject, held)

    return side_by_side(subject, heads, tuple(drawn(held) for _, held in days), table)


def side_by_side(
    subject: Subject, heads: tuple[str, ...], drawings: tuple[Drawing, ...], table: "Table"
) -> Figure:
    """Lay out two maps of one extent with a heading each, and a table below."""
    words, view = subject.words, subject.view
    map_height = _PAIR_WIDTH / subject.aspect
    inner = 2 * _PAIR_WIDTH + _PAIR_GAP
    top, bottom = header(subject.text, inner), subject.footer(inner)
    around = locator_view(view, subject.ground, LOCATOR[0] / LOCATOR[1])
    y_date = PAD + stacked(top) + 0.15
    y_map = y_date + 0.34
    y_table = y_map + map_height + _BELOW_MAP
    y_bottom = y_table + max(table.height, LOCATOR[1] if around else 0.0) + 0.18
    sheet = Sheet.blank(inner + 2 * PAD, y_bottom + stacked(bottom) + _BOTTOM, rtl=words.rtl)
    write_all(sheet, PAD, PAD, top, group="title")
    write_all(sheet, PAD, y_bottom, bottom, group="sources")
    for index, (head, draw) in enumerate(zip(heads, drawings, strict=True)):
        x = PAD + index * (_PAIR_WIDTH + _PAIR_GAP)
        line = set_line(head, _PAIR_WIDTH, _DATE_SIZE, smallest=_SMALLEST_DATE)
        sheet.write(x, y_date, line, group="date")
        draw(sheet.axes(x, y_map, _PAIR_WIDTH, map_height, name=f"map-{index + 1}"), view)
    table.write(sheet, PAD, y_table)
    if around:
        axes = sheet.axes(PAD + inner - LOCATOR[0], y_table, *LOCATOR, name="map-locator")
        locator(axes, around, subject.ground)
    return sheet.figure


def _together(estimates: list[Estimate]) -> Estimate | None:
    """Return a sum whose interval is that of errors which all go the same way."""
    if len(estimates) < 2:  # noqa: PLR2004
        return next(iter(estimates), None)
    value, low, high = (sum(getattr(e, key) for e in estimates) for key in ("value", "low", "high"))
    return Estimate(value, low, high, estimates[0].unit)


_MOST_ROWS = 12  # of the table of two maps
_NAME_WIDTH, _DAY_WIDTH = 2.75, 2.8  # columns of the table
_TABLE_HEADING, _TABLE_ROW = 0.54, 0.5


@dataclass(frozen=True, eq=False)
class Table:
    """The legend of two maps: a row for each holder, a column for each day."""

    subject: Subject
    days: tuple[date, ...]
    estimates: Mapping[date, Mapping[Holder, Estimate]]

    @property
    def height(self) -> float:
        """In inches."""
        return _TABLE_HEADING + _TABLE_ROW * len(self._rows)

    @cached_property
    def _rows(self) -> list[list[Holder]]:
        """Whose ground each row is: one holder's each, and that of many small ones together."""
        holders = self.subject.holders(*self.days)
        if len(holders) <= _MOST_ROWS:
            return [[each] for each in holders]
        return [*([each] for each in holders[: _MOST_ROWS - 1]), holders[_MOST_ROWS - 1 :]]

    def write(self, sheet: Sheet, x: float, y: float) -> None:
        """Write the table with its corner at a place."""
        words = self.subject.words
        self._write_heading(sheet, x, y)
        for row, holders in enumerate(self._rows):
            down = y + _TABLE_HEADING + row * _TABLE_ROW
            self._entry(holders).write(sheet, (x, down), _NAME_WIDTH - 0.1, words, FULL)
            for column, day in enumerate(self.days):
                at = x + _NAME_WIDTH + column * _DAY_WIDTH
                write_all(sheet, at, down, self._cell(day, holders), group="legend", between=0.0)

    def _entry(self, holders: list[Holder]) -> Entry:
        if len(holders) == 1:
            return Entry(Paint.of(self.subject.styles[holders[0]]), self.subject.name(holders[0]))
        count = f"{len(holders):,}"
        return Entry(Paint("#ffffff", GREY), self.subject.words.say("together", count=count))

    def _write_heading(self, sheet: Sheet, x: float, y: float) -> None:
        words = self.subject.words
        heading = set_text(words.directed(words.say("legend_pair")), _NAME_WIDTH, 11.0)
        line_text = words.directed(legend_hint(self.subject))
        hint = set_line(line_text, _NAME_WIDTH - 0.1, 9.0, smallest=7.0, bold=False, colour=GREY)
        write_all(sheet, x, y, [heading, hint], group="legend", between=0.0)
        for column, day in enumerate(self.days):
            line_text = words.directed(words.day(day))
            block = set_line(line_text, _DAY_WIDTH - 0.1, 11.0, smallest=8.0)
            sheet.write(x + _NAME_WIDTH + column * _DAY_WIDTH, y, block, group="legend")

    def _cell(self, day: date, holders: list[Holder]) -> list[Block]:
        km2, known = self.subject.km2(day), self.estimates.get(day, {})
        measured = sum(km2[each] for each in holders)
        held = [each for each in holders if km2[each] > 0]
        all_known = all(each in known for each in held)
        estimate = _together([known[each] for each in held]) if all_known else None
        value, interval = figures(self.subject, measured, estimate, share=True)
        lines = (value, 10.5, INK), (interval, 9.5, GREY)
        directed, width = self.subject.words.directed, _DAY_WIDTH - 0.1
        return [
            set_line(directed(line_text), width, size, smallest=7.0, bold=False, colour=colour)
            for line_text, size, colour in lines
            if line_text
        ]

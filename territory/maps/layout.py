"""Where everything stands on the sheet: one map with its legend, or two with a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.holders import Holder
from territory.maps.boxes import BETWEEN, Box, in_rows, stack
from territory.maps.furniture import GAP, PAD, header, locator, locator_view
from territory.maps.legend import (
    COMPACT,
    FULL,
    SMALL,
    Entry,
    Sizes,
    figures,
    gained_entries,
    holder_entries,
    legend_hint,
)
from territory.maps.map_text import Words
from territory.maps.paint import Paint
from territory.maps.scene import draw_day
from territory.maps.sheet import MAP_WIDTH, Sheet
from territory.maps.style import GREY, INK, Style
from territory.maps.subject import Holding, Subject
from territory.maps.typesetting import Block, measure, set_line, set_text
from territory.measure.change import Transfer
from territory.measure.estimate import Estimate

PANEL_WIDTH = 3.05  # inches, here and below
HEAD_LINES = 12  # more than any heading takes: what a legend shows is not cut
_PAIR_WIDTH, _PAIR_GAP = 5.35, 0.3
LOCATOR, _SMALLEST_LOCATOR = (2.2, 1.85), 1.3
_BELOW_TITLE, _BELOW_MAP, _BOTTOM = 0.2, 0.2, 0.32
_ABOVE_DATE, _DATE_HEIGHT, _BELOW_TABLE = 0.15, 0.34, 0.18  # of two maps
_BELOW_HEADS, _BELOW_HEAD, _BELOW_ROWS = 0.22, 0.06, 0.1  # of a column; of rows; after them
_DATE_SIZE, _SMALLEST_DATE = 16.0, 11.0  # points
_COLUMNS, _COLUMN_GAP = 3, 0.15  # of a legend below its map
_ABOVE_GAINED = 0.08
_LEAST_COLUMN = 1.85  # inches
_MANY = 12  # entries from which a legend is set smaller

Drawing = Callable[[Axes], None]


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
        """The date, all lines in one size; of a long name before it in as many as that takes."""
        line_text = [self.words.directed(day) for day in self.days]
        widest = max(line_text, key=lambda day: measure(day, _DATE_SIZE, True)[0])
        size = set_line(widest, PANEL_WIDTH, _DATE_SIZE, smallest=_SMALLEST_DATE).size
        return [
            set_text(day, PANEL_WIDTH, size, bold=True, lines=HEAD_LINES, spacing=1.3)
            for day in line_text
        ]

    def heads(self, width: float = PANEL_WIDTH) -> list[Block]:
        """Return what the legend shows: all of it, as it may name several holders.

        Parameters
        ----------
        width : float
            In inches.
        """
        heading, hint = map(self.words.directed, (self.heading, self.hint))
        blocks = [
            set_text(heading, width, 11.0, lines=HEAD_LINES),
            set_text(hint, width, 9.0, colour=GREY, lines=HEAD_LINES),
        ]
        said = self.heading, self.hint
        return [each for each, text in zip(blocks, said, strict=True) if text]

    def divided(self, room: float) -> tuple["Panel", "Panel"]:
        """Return what stands beside the map when the legend has to go below it, and that.

        Parameters
        ----------
        room : float
            Height in inches that the second part may take beside the map.
        """
        stays = replace(self, heading="", hint="", entries=())
        if stays.column(FULL).height <= room:
            return stays, replace(self, second=())
        return replace(stays, second=()), self

    def column(self, sizes: Sizes) -> Box:
        """Return the legend beside the map.

        Parameters
        ----------
        sizes : Sizes
            Of the first part; the second is set small.
        """
        parts = [entry.box(self.words, PANEL_WIDTH, sizes) for entry in self.entries]
        if self.second:
            said = self.words.directed(self.second_heading)
            heading = set_text(said, PANEL_WIDTH, 11.0, lines=HEAD_LINES)
            parts.append(Box(((0.0, 0.02, heading),), 0.02 + heading.height + 0.06))
        parts += [entry.box(self.words, PANEL_WIDTH, SMALL) for entry in self.second]
        return stack(parts, between=0.0)

    def rows(self, width: float) -> Box:
        """Return the legend below the map.

        Parameters
        ----------
        width : float
            Of all columns together, in inches.
        """
        second = (replace(e, name="", value=f"{self.second_heading} {e.name}") for e in self.second)
        entries, step = (*self.entries, *second), width / _COLUMNS
        sizes = COMPACT if len(entries) > _MANY else FULL
        boxes = [entry.box(self.words, step - _COLUMN_GAP, sizes) for entry in entries]
        heads = stack(self.heads(width))
        return stack([heads, in_rows(boxes, columns=_COLUMNS, step=step)], between=_BELOW_HEAD)


def day_panel(
    subject: Subject,
    day: date,
    estimates: Mapping[Holder, Estimate],
    *,
    look: Callable[[Style], Paint] = Paint.of,
    second_heading: str = "",
    second: tuple[Entry, ...] = (),
) -> Panel:
    """Return what stands beside the map of a day: who holds how much, and a second part.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    day : date
        A day of the history.
    estimates : mapping of Holder to Estimate
        In square kilometres. A holder without one is shown with its measured area.
    look : callable
        From the style of a holder to the look of its sample.
    second_heading : str
        What the second part shows; empty if there is none.
    second : tuple of Entry
        The second part.
    """
    words = subject.words
    entries = holder_entries(subject, day, estimates, look=look)
    heads = (words.day(day),), words.say("legend"), legend_hint(subject)
    return Panel(words, *heads, entries, second_heading, second)


def sheet_for(subject: Subject, inner: float, body: float) -> tuple[Sheet, float]:
    """Return a sheet with title and sources, and where what stands between them begins.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    inner, body : float
        Width and height in inches of what stands between.

    Returns
    -------
    sheet : Sheet
        With the title and the sources on it.
    y : float
        In inches from the top of the sheet.
    """
    top, bottom = stack(header(subject.text, inner)), stack(subject.footer(inner))
    y = PAD + top.height
    height = y + body + bottom.height + _BOTTOM
    sheet = Sheet.blank(inner + 2 * PAD, height, rtl=subject.words.rtl)
    top.write(sheet, PAD, PAD, group="title")
    bottom.write(sheet, PAD, y + body, group="sources")
    return sheet, y


def one_map(subject: Subject, panel: Panel, draw: Drawing) -> Figure:
    """Lay out a map with its legend beside it, or below where it is too long.

    The locator takes what the legend leaves of its column.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    panel : Panel
        What stands beside the map.
    draw : callable
        Draws the inside of the map on axes, of a view.
    """
    if subject.narrow:
        return _below_each_other(subject, panel, draw)
    map_height = MAP_WIDTH / subject.aspect
    inner = MAP_WIDTH + GAP + PANEL_WIDTH
    around = locator_view(subject.view, subject.place, LOCATOR[0] / LOCATOR[1])
    least = _SMALLEST_LOCATOR if around else 0.0
    heads = stack([*panel.dates, *panel.heads()])
    room = map_height - heads.height - _BELOW_HEADS
    full, compact = panel.column(FULL), panel.column(COMPACT)
    column, under = next((c for c in (full, compact) if c.height <= room - least), None), None
    if column is None:
        heads = stack(panel.dates)
        room = map_height - heads.height - _BELOW_HEADS
        stays, goes = panel.divided(room - least)
        column, under = stays.column(FULL), goes.rows(inner)
    below = under.height + _BELOW_ROWS if under else 0.0
    sheet, y = sheet_for(subject, inner, _BELOW_TITLE + map_height + _BELOW_MAP + below)
    y += _BELOW_TITLE
    draw(sheet.axes(PAD, y, MAP_WIDTH, map_height, name="map"))
    x = PAD + MAP_WIDTH + GAP
    heads.write(sheet, x, y - 0.06, group="date")
    column.write(sheet, x, y - 0.06 + heads.height + BETWEEN + 0.14)
    if under:
        under.write(sheet, PAD, y + map_height + _BELOW_MAP)
    if around:
        shrink = min(1.0, (room - column.height) / LOCATOR[1])
        wide, high = shrink * LOCATOR[0], shrink * LOCATOR[1]
        axes = sheet.axes(x, y + map_height - high, wide, high, name="map-locator")
        locator(axes, around, subject.place)
    return sheet.figure


def _below_each_other(subject: Subject, panel: Panel, draw: Drawing) -> Figure:
    """Lay out a map with its legend and its locator below it."""
    inner = subject.map_width
    map_height = inner / subject.aspect
    dates = stack(panel.dates)
    legend = stack([*panel.heads(), panel.column(FULL)], between=_BELOW_HEAD)
    parts = [(dates.height, _BELOW_HEAD), (map_height, _BELOW_MAP), (legend.height, _BELOW_HEAD)]
    place, sheet, y = _with_locator(subject, sum(map(sum, parts)) + _BELOW_TITLE)
    y += _BELOW_TITLE
    dates.write(sheet, PAD, y, group="date")
    y += dates.height + _BELOW_HEAD
    draw(sheet.axes(PAD, y, inner, map_height, name="map"))
    y += map_height + _BELOW_MAP
    legend.write(sheet, PAD, y)
    place(y + legend.height + _BELOW_HEAD)
    return sheet.figure


def _with_locator(subject: Subject, body: float) -> tuple[Callable[[float], None], Sheet, float]:
    """Return what draws a locator at a height, a narrow sheet with room for it, and its top."""
    around = locator_view(subject.view, subject.place, LOCATOR[0] / LOCATOR[1])
    room = LOCATOR[1] + _BELOW_HEAD if around else 0.0
    sheet, y = sheet_for(subject, subject.map_width, body + room)

    def place(at: float) -> None:
        if around:
            locator(sheet.axes(PAD, at, *LOCATOR, name="map-locator"), around, subject.place)

    return place, sheet, y


def two_maps(
    subject: Subject,
    days: tuple[tuple[date, Holding], ...],
    estimates: Mapping[date, Mapping[Holder, Estimate]],
    *,
    moved: tuple[Transfer, ...] = (),
) -> Figure:
    """Lay out the maps of two days side by side, with a table below.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    days : tuple of (date, Holding)
        Two days of the history, and who holds what on each, in the plane.
    estimates : mapping of date to mapping of Holder to Estimate
        As for `day_map`, by day.
    moved : tuple of Transfer
        What changed hands between the days; it has a second tone on the later one.
    """
    words, (first, last) = subject.words, days
    tabled = _narrow_table if subject.narrow else table_of
    table = tabled(subject, (first[0], last[0]), estimates)
    entries = gained_entries(subject, moved, words.say("gained_since", day=words.day(first[0])))
    width = subject.map_width if subject.narrow else 2 * _DAY_WIDTH
    if entries:
        table = stack([table, in_rows_of(words, entries, width)], between=_ABOVE_GAINED)
    heads = tuple(words.directed(words.day(day)) for day, _ in days)
    drawings: tuple[Drawing, ...] = (
        lambda axes: draw_day(axes, subject, first[1]),
        lambda axes: draw_day(axes, subject, last[1], moved=moved),
    )
    return side_by_side(subject, heads, drawings, table)


def in_rows_of(words: Words, entries: Sequence[Entry], width: float) -> Box:
    """Return entries of a legend in columns, side by side.

    Parameters
    ----------
    words : Words
        Of the language.
    entries : sequence of Entry
        At least one.
    width : float
        Of all columns together, in inches.
    """
    columns = min(len(entries), max(1, int(width / _LEAST_COLUMN)))
    step = width / columns
    boxes = [entry.box(words, step - _COLUMN_GAP, SMALL) for entry in entries]
    return in_rows(boxes, columns=columns, step=step)


def side_by_side(
    subject: Subject, heads: tuple[str, ...], drawings: tuple[Drawing, ...], table: Box
) -> Figure:
    """Lay out two maps of one extent with a heading each, and a table below.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    heads : tuple of str
        What stands above each map.
    drawings : tuple of callable
        Each draws the inside of a map on the axes it is called with.
    table : Box
        What stands below.
    """
    if subject.narrow:
        return _one_below_the_other(subject, heads, drawings, table)
    map_height = _PAIR_WIDTH / subject.aspect
    inner = 2 * _PAIR_WIDTH + _PAIR_GAP
    around = locator_view(subject.view, subject.place, LOCATOR[0] / LOCATOR[1])
    high = max(table.height, LOCATOR[1] if around else 0.0)
    maps = _ABOVE_DATE + _DATE_HEIGHT + map_height + _BELOW_MAP
    sheet, y = sheet_for(subject, inner, maps + high + _BELOW_TABLE)
    y_map = y + _ABOVE_DATE + _DATE_HEIGHT
    for index, (head, draw) in enumerate(zip(heads, drawings, strict=True)):
        x = PAD + index * (_PAIR_WIDTH + _PAIR_GAP)
        line = set_line(head, _PAIR_WIDTH, _DATE_SIZE, smallest=_SMALLEST_DATE)
        sheet.write(x, y + _ABOVE_DATE, line, group="date")
        axes = sheet.axes(x, y_map, _PAIR_WIDTH, map_height, name=f"map-{index + 1}")
        draw(axes)
    table.write(sheet, PAD, y + maps)
    if around:
        axes = sheet.axes(PAD + inner - LOCATOR[0], y + maps, *LOCATOR, name="map-locator")
        locator(axes, around, subject.place)
    return sheet.figure


def _one_below_the_other(
    subject: Subject, heads: tuple[str, ...], drawings: tuple[Drawing, ...], table: Box
) -> Figure:
    """Lay out maps of one extent below each other, each with its heading, and a table."""
    inner = subject.map_width
    map_height = inner / subject.aspect
    step = _ABOVE_DATE + _DATE_HEIGHT + map_height
    maps = step * len(drawings) + _BELOW_MAP
    place, sheet, y = _with_locator(subject, maps + table.height + _BELOW_HEAD)
    for index, (head, draw) in enumerate(zip(heads, drawings, strict=True)):
        top = y + index * step + _ABOVE_DATE
        line = set_line(head, inner, 13.0, smallest=_SMALLEST_DATE)
        sheet.write(PAD, top, line, group="date")
        axes = sheet.axes(PAD, top + _DATE_HEIGHT, inner, map_height, name=f"map-{index + 1}")
        draw(axes)
    table.write(sheet, PAD, y + maps)
    place(y + maps + table.height + _BELOW_HEAD)
    return sheet.figure


def _narrow_table(
    subject: Subject, days: tuple[date, ...], estimates: Mapping[date, Mapping[Holder, Estimate]]
) -> Box:
    """Return the legend of two maps where there is no room for a column for each day."""
    words, entries = subject.words, []
    for group in _rows(subject.holders(*days)):
        pairs = [_held_by(subject, day, group, estimates.get(day, {})) for day in days]
        (before, low), (after, high) = pairs
        value = words.say("from_to", before=before, after=after)
        interval = words.say("from_to", before=low or "–", after=high or "–")
        entries.append(replace(_row_entry(subject, group), value=value, interval=interval))
    hint = set_text(words.directed(legend_hint(subject)), subject.map_width, 9.0, colour=GREY)
    return stack([hint, *(each.box(words, subject.map_width) for each in entries)], between=0.04)


def figure_lines(
    subject: Subject,
    lines: tuple[str, str],
    width: float,
    *,
    size: float = 10.5,
    smallest: float = 7.0,
) -> Box:
    """Return a value and its interval below it, each in one line of a width in inches.

    Parameters
    ----------
    subject : Subject
        Its language decides the direction.
    lines : (str, str)
        The value and its interval; an empty one is left out.
    width : float
        In inches.
    size, smallest : float
        In points: of the value, and the least that it may shrink to.
    """
    sizes = (size, INK), (size - 1, GREY)
    blocks = (
        set_line(
            subject.words.directed(text), width, size, smallest=smallest, bold=False, colour=ink
        )
        for text, (size, ink) in zip(lines, sizes, strict=True)
        if text
    )
    return stack(blocks, between=0.0)


_MOST_ROWS = 12  # of the table of two maps
_NAME_WIDTH, _DAY_WIDTH = 2.75, 2.8  # columns of the table
_TABLE_HEADING, _TABLE_ROW = 0.54, 0.5


def table_of(
    subject: Subject, days: tuple[date, ...], estimates: Mapping[date, Mapping[Holder, Estimate]]
) -> Box:
    """Return the legend of two maps: a row for each holder, a column for each day.

    Many small holders stand together in the last row.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    days : tuple of date
        Days of the history, a column each.
    estimates : mapping of date to mapping of Holder to Estimate
        In square kilometres. A holder without one is shown with its measured area.
    """
    words = subject.words
    columns = [_NAME_WIDTH + number * _DAY_WIDTH for number in range(len(days))]
    heading = set_text(words.directed(words.say("legend_pair")), _NAME_WIDTH, 11.0)
    hint_text, room = words.directed(legend_hint(subject)), _NAME_WIDTH - 0.1
    hint = set_line(hint_text, room, 9.0, smallest=7.0, bold=False, colour=GREY)
    parts: list[tuple[float, float, Block | Box]] = [
        (0.0, 0.0, stack([heading, hint], between=0.0))
    ]
    for at, day in zip(columns, days, strict=True):
        line = set_line(words.directed(words.day(day)), _DAY_WIDTH - 0.1, 11.0, smallest=8.0)
        parts.append((at, 0.0, line))
    down = _TABLE_HEADING
    for group in _rows(subject.holders(*days)):
        name = _row_entry(subject, group).box(words, room)
        parts.append((0.0, down, name))
        for at, day in zip(columns, days, strict=True):
            parts.append((at, down, _cell(subject, day, group, estimates.get(day, {}))))
        down += max(_TABLE_ROW, name.height - FULL.gap / 2)  # a long name takes three lines
    return Box(tuple(parts), down)


def _rows(holders: Sequence[Holder]) -> list[list[Holder]]:
    """Return who stands in each row of a table: one holder, in the last one all that are left."""
    if len(holders) <= _MOST_ROWS:
        return [[each] for each in holders]
    single = holders[: _MOST_ROWS - 1]
    return [*([each] for each in single), list(holders[len(single) :])]


def _row_entry(subject: Subject, group: list[Holder]) -> Entry:
    if len(group) == 1:
        return Entry(Paint.of(subject.styles[group[0]]), subject.name(group[0]))
    return Entry(Paint("#ffffff", GREY), subject.words.counted("together", len(group)))


def _cell(
    subject: Subject, day: date, group: list[Holder], known: Mapping[Holder, Estimate]
) -> Box:
    return figure_lines(subject, _held_by(subject, day, group, known), _DAY_WIDTH - 0.1)


def _held_by(
    subject: Subject, day: date, group: list[Holder], known: Mapping[Holder, Estimate]
) -> tuple[str, str]:
    """Return what the holders of a row have together on a day, and its interval."""
    km2 = subject.km2(day)
    held = [known.get(each) for each in group if km2[each] > 0]
    estimates = [each for each in held if each is not None]
    together = _together(estimates) if len(estimates) == len(held) else None
    measured = sum(km2[each] for each in group)
    return figures(subject, measured, together, share=True)


def _together(estimates: list[Estimate]) -> Estimate | None:
    """Return a sum whose interval is that of errors which all go the same way."""
    if len(estimates) < 2:  # noqa: PLR2004
        return next(iter(estimates), None)
    value, low, high = (sum(getattr(e, key) for e in estimates) for key in ("value", "low", "high"))
    return Estimate(value, low, high, estimates[0].unit)

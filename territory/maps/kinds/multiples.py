"""Many days on one sheet: small maps of one extent, one scale and one legend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from itertools import pairwise
from math import ceil, sqrt

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.errors import InputError
from territory.holders import NOBODY, Holder
from territory.maps.boxes import Box, in_rows, stack
from territory.maps.furniture import GAP, PAD, locator, locator_view, scale_bar
from territory.maps.ground import area_frame, borders
from territory.maps.kinds.plan import Plan, Planner, side_over_days
from territory.maps.layout import HEAD_LINES, LOCATOR, PANEL_WIDTH, figure_lines, sheet_for
from territory.maps.legend import Entry, figures, lost_entries, pale
from territory.maps.paint import Paint
from territory.maps.scene import draw_gained, draw_zones, zone_look
from territory.maps.sheet import MAP_WIDTH, Sheet, drawing
from territory.maps.style import GREY
from territory.maps.subject import Subject, check_order
from territory.maps.typesetting import set_line, set_text
from territory.measure.change import Transfer, transfers
from territory.measure.estimate import Estimate

MOST_DAYS = 36
_INNER = MAP_WIDTH + GAP + PANEL_WIDTH  # inches, here and below
_BETWEEN, _MOST_COLUMNS = 0.22, 6
_ABOVE, _BELOW = 0.3, 0.56  # for the date, for the figures
_BELOW_TITLE, _BELOW_MAPS, _BELOW_LEGEND = 0.2, 0.1, 0.18
_LEGEND_COLUMNS = 3
_FRONT_WIDTH = 0.5  # points


def plan_multiples(planner: Planner, *days: date) -> Plan:
    """Plan many small maps.

    Parameters
    ----------
    planner : Planner
        Measures what the picture shows.
    *days : date
        Days of the history, in order; at least one.

    Raises
    ------
    InputError
        If an actor that is to be followed is not in the data, or nobody holds any ground.
    """
    return side_over_days(planner, days, "multiples", multiples_map)


def multiples_map(
    subject: Subject,
    days: tuple[date, ...],
    *,
    side: frozenset[Holder],
    estimates: Mapping[date, Estimate],
) -> Figure:
    """Draw many days as small maps of one extent and scale.

    From the second on, what changed hands since the map before has its full colour and the
    rest is pale. Without an area all are drawn
    around what changed, and their figures are those of the whole.

    Parameters
    ----------
    subject : Subject
        What is shown, in the plane of the map.
    days : tuple of date
        Two to `MOST_DAYS` days of the history, in order.
    side : frozenset of Holder
        Whose area stands below each map.
    estimates : mapping of date to Estimate
        Area of the side in km2.

    The result is that of `day_map`.

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
        subject = subject.between(days)
        return _sheet(_Grid(subject, days, side, estimates))


@dataclass(frozen=True, eq=False)
class _Grid:
    """Small maps in rows and columns."""

    subject: Subject
    days: tuple[date, ...]
    side: frozenset[Holder]
    estimates: Mapping[date, Estimate]

    @cached_property
    def moved(self) -> Mapping[date, tuple[Transfer, ...]]:
        """What changed hands since the map before, by day; nothing for the first."""
        history, area = self.subject.history, self.subject.area
        return {
            day: tuple(transfers(history, before, day, area)) for before, day in pairwise(self.days)
        }

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
        self._draw(axes, day, scale=number == 0)
        below = y + _ABOVE + self.map_height + 0.05
        self._figures(day).write(sheet, x, below)

    def _draw(self, axes: Axes, day: date, *, scale: bool) -> None:
        first = day == self.days[0]
        look = partial(zone_look, width=_FRONT_WIDTH) if first else pale
        draw_zones(axes, self.subject, self.subject.held(day), look=look)
        draw_gained(axes, self.subject, self.moved.get(day, ()), vivid=True)
        borders(axes, self.subject.view, strength=0.6)
        if self.subject.framed:
            area_frame(axes, self.subject.ground)
        if scale:
            scale_bar(axes, self.subject.view, self.subject.words, size=7.0)

    def _figures(self, day: date) -> Box:
        history = self.subject.history
        measured = history.km2(history.holding(day, self.side), self.subject.area)
        lines = figures(self.subject, measured, self.estimates.get(day), share=True)
        return figure_lines(self.subject, lines, self.width, size=9.5, smallest=6.0)


def _sheet(grid: _Grid) -> Figure:
    """Lay out the maps with one legend and one locator below them."""
    subject = grid.subject
    around = locator_view(subject.view, subject.place, LOCATOR[0] / LOCATOR[1])
    legend = _legend(grid, _INNER - (LOCATOR[0] + GAP if around else 0.0))
    high = max(legend.height, LOCATOR[1] if around else 0.0)
    body = _BELOW_TITLE + grid.height + _BELOW_MAPS
    sheet, y = sheet_for(subject, _INNER, body + high + _BELOW_LEGEND)
    grid.write(sheet, y + _BELOW_TITLE)
    legend.write(sheet, PAD, y + body)
    if around:
        axes = sheet.axes(PAD + _INNER - LOCATOR[0], y + body, *LOCATOR, name="map-locator")
        locator(axes, around, subject.place)
    return sheet.figure


def _legend(grid: _Grid, width: float) -> Box:
    """Return the legend set to a width: what everyone had first and last."""
    subject, words = grid.subject, grid.subject.words
    names = words.listed(subject.name(holder) for holder in sorted(grid.side))
    hint = words.directed(words.say("legend_hint_multiples", actor=names))
    by_day, entries = {day: subject.km2(day) for day in grid.days}, []
    moved = [each for found in grid.moved.values() for each in found]
    takers = {each.taker for each in moved}
    for holder in subject.holders(*grid.days):
        course = _course(subject, {day: km2[holder] for day, km2 in by_day.items()})
        said = words.say("gained_since_map") if holder in takers - {NOBODY} else ""
        style = subject.styles[holder]
        entries.append(Entry(Paint.of(style), subject.name(holder), course, said))
    entries += lost_entries(subject, moved, words.say("lost_since_map"))
    columns = max(1, min(len(entries), _LEGEND_COLUMNS))
    step = width / columns
    boxes = [entry.box(words, step - 0.15) for entry in entries]
    rows = in_rows(boxes, columns=columns, step=step)
    return stack([set_text(hint, width, 9.0, colour=GREY, lines=HEAD_LINES), rows], between=0.1)


def _course(subject: Subject, km2: Mapping[date, float]) -> str:
    """Say what a holder had first and last, or when it had most if it had nothing on both."""
    first, *_, last = km2
    if km2[first] <= 0 and km2[last] <= 0:
        most = max(km2, key=lambda day: km2[day])
        area, day = subject.words.area(km2[most]), subject.words.day(most)
        return subject.words.say("most", area=area, day=day)
    before, after = (figures(subject, km2[day], None, share=False)[0] for day in (first, last))
    return subject.words.say("from_to", before=before, after=after)

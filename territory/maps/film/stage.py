"""Where everything stands in the frames of a film, and what is written there on every day."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from territory.errors import InputError
from territory.holders import NOBODY, Holder
from territory.maps.boxes import stack
from territory.maps.chart import Course
from territory.maps.furniture import PAD, SMALL_SIZE
from territory.maps.map_text import Words, clean
from territory.maps.style import GREY
from territory.maps.subject import Subject
from territory.maps.typesetting import Block, set_text

LEAST, MOST = (320, 240), (3840, 2160)  # pixels
ROW = 0.43  # inches from one total to the next
_LYING, _STANDING = (9.6, 6.0), (6.0, 9.8)  # inches that a sheet has at least, whatever its pixels
_UNDER = 4.6  # inches of a panel below its map, without its totals
_GAP, _PANEL = 0.3, 3.7  # inches between map and panel; least width of the panel
_CHARTS, _AXIS = (0.85, 2.3), 0.55  # inches: least and most height of the chart, room for figures
_LIES = 0.9  # width to height from which a panel stands beside the map
_MOST_ROWS, _USUAL_ROWS = 7, 3
_FOOT_SIZE, _FOOT = 7.0, 1.2  # points; inches from which sources are cut
_CHART_HEAD = 0.6  # inches above the chart, where the second tones are told too
Pixels = tuple[int, int, int, int]  # left, top, right, bottom


def checked_size(width: int, height: int) -> tuple[int, int]:
    """Return a size that a film can have: even, and neither tiny nor huge.

    Parameters
    ----------
    width, height : int
        In pixels.

    Returns
    -------
    (int, int)
        In pixels; an odd one loses one.

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
class Layout:
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
    def of(cls, size: tuple[int, int], aspect: float, parties: int) -> "Layout":
        """Return the layout of a sheet of so many pixels with a map of an aspect.

        Below a map there is room for the totals of a few parties, beside it for more.

        Parameters
        ----------
        size : (int, int)
            Width and height in pixels.
        aspect : float
            Width of the map over its height.
        parties : int
            How many holders are counted; below a map there is room for a few totals only.
        """
        beside = size[0] > _LIES * size[1]
        least = _LYING if beside else _STANDING
        inch = min(size[0] / least[0], size[1] / least[1])
        width, height = size[0] / inch, size[1] / inch
        wide = width - 2 * PAD - (_GAP + _PANEL if beside else 0.0)
        under = _UNDER + ROW * min(parties, _USUAL_ROWS)
        high = height - 2 * PAD - (0.0 if beside else under)
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
class Stage:
    """What a film shows and where; small enough to be handed to another process.

    Attributes
    ----------
    subject : Subject
        The history as it is shown.
    course : Course
        The days of the film and everyone's area on each.
    size : (int, int)
        Pixels, both even.
    """

    subject: Subject
    course: Course
    size: tuple[int, int] = (1280, 720)

    @property
    def words(self) -> Words:
        """The texts of the language."""
        return self.subject.words

    @cached_property
    def layout(self) -> Layout:
        """Where everything stands."""
        return Layout.of(self.size, self.subject.aspect, len(self.course.areas))

    @cached_property
    def rows(self) -> tuple[Holder, ...]:
        """Whose totals are shown: as many as there is room for, the largest first."""
        largest = {
            holder: max((each.value for each in row if each is not None), default=0.0)
            for holder, row in self.course.areas.items()
        }
        order = sorted(largest, key=lambda h: (h == NOBODY, -largest[h], h))
        return tuple(order[: min(_MOST_ROWS, max(1, int(self._room_for_rows / ROW)))])

    @cached_property
    def gainers(self) -> tuple[Holder, ...]:
        """Whose gains since the first day any frame shows, of those whose totals are shown."""
        history = self.subject.history
        held = history.at_days(self.course.days).held_by[:, history.mask(self.subject.area)]
        gained = {int(n) for n in np.unique(held[held != held[0]])}
        taken = {history.holders[n] for n in gained} - {NOBODY}
        return tuple(holder for holder in self.rows if holder in taken)

    @property
    def gained_at(self) -> float:
        """Where it is said what their second tones are, in inches from the top."""
        return self.rows_at + len(self.rows) * ROW + (0.12 if self.unnamed else -0.02)

    @property
    def unnamed(self) -> str:
        """Say how many more there are than there is room for."""
        more = len(self.course.areas) - len(self.rows)
        return self.words.counted("more_holders", more) if more else ""

    @cached_property
    def head(self) -> list[Block]:
        """Title and subtitle."""
        width, words, text = self.layout.panel[2], self.words, self.subject.text
        heading, more = (words.directed(clean(line, 300)) for line in (text.title, text.subtitle))
        title = set_text(heading, width, 12.0, bold=True, lines=4, spacing=1.25)
        under = set_text(more, width, 9.5, colour=GREY, lines=2)
        return [title, *([under] if text.subtitle else [])]

    @cached_property
    def foot(self) -> list[Block]:
        """Note, source and projection, cut where they would take too much."""
        blocks = self.subject.footer(self.layout.panel[2] * SMALL_SIZE / (_FOOT_SIZE + 0.2))
        small = [Block(block.lines, _FOOT_SIZE, colour=GREY, spacing=1.3) for block in blocks]
        if stack(small).height <= _FOOT:
            return small
        return [replace(block, lines=block.lines[:2]) for block in small]

    @property
    def date_at(self) -> float:
        """Where the date begins, in inches from the top."""
        return self.layout.panel[1] + stack(self.head).height + 0.18

    @property
    def rows_at(self) -> float:
        """Where the totals begin, in inches from the top."""
        return self.date_at + 0.45

    @property
    def _chart_bottom(self) -> float:
        return self.layout.bottom - stack(self.foot).height - 0.36

    @property
    def _room_for_rows(self) -> float:
        return self._chart_bottom - _CHARTS[0] - _CHART_HEAD - self.rows_at

    @property
    def _chart_height(self) -> float:
        free = self._chart_bottom - self.rows_at - len(self.rows) * ROW - _CHART_HEAD
        return min(max(free, _CHARTS[0]), _CHARTS[1])

    def _pixels(self, x: float, y: float, width: float, height: float) -> Pixels:
        left = (self.layout.width - x - width) if self.words.rtl else x
        edges = (left, y, left + width, y + height)
        a, b, c, d = (round(edge * self.layout.inch) for edge in edges)
        return a, b, c, d

    @cached_property
    def map_box(self) -> Pixels:
        """The map."""
        return self._pixels(PAD, PAD, self.layout.map_width, self.layout.map_height)

    @cached_property
    def chart_place(self) -> tuple[float, float, float, float]:
        """Corner, width and height of the chart in inches."""
        x, _, width = self.layout.panel
        y, high = self._chart_bottom - self._chart_height, self._chart_height
        return x + (0.0 if self.words.rtl else _AXIS), y, width - _AXIS, high

    @cached_property
    def chart_box(self) -> Pixels:
        """The chart."""
        return self._pixels(*self.chart_place)

    def total(self, holder: Holder, number: int) -> str:
        """Say how much a holder has on a day of the film, its share and its interval.

        Parameters
        ----------
        holder : Holder
            One who is counted in the film.
        number : int
            Index into the days of the film.
        """
        each, words = self.course.areas[holder][number], self.words
        if each is None:
            return words.say("nothing")
        value = words.area(each.value)
        if self.subject.framed:
            value += " · " + words.share(each.value / self.subject.total_km2)
        return value + "  " + words.say("panel_interval", interval=words.interval(each))

"""Lines: where the front ran on several days."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.holders import Holder
from territory.maps.ground import draw_lines
from territory.maps.kinds.borders import front, near
from territory.maps.kinds.plan import Plan, Planner, side_over_days
from territory.maps.layout import Panel, one_map
from territory.maps.legend import Entry, figures, pale_entries
from territory.maps.paint import Paint
from territory.maps.ramp import ramp
from territory.maps.scene import draw_over
from territory.maps.sheet import drawing
from territory.maps.subject import Subject, changed_ground, check_order
from territory.measure.estimate import Estimate

MOST_LINES = 12
_WIDTH, _CASING = 2.0, 1.3  # points
_FIXED, _FIXED_WIDTH = "#6f7377", 1.0
_ONE_LINE = 1.2e-3  # of the width of a map: nearer lines cannot be told apart


def plan_front(planner: Planner, *days: date) -> Plan:
    """Plan the line of a side on several days.

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
    return side_over_days(planner, days, "front", front_map)


def front_map(
    subject: Subject,
    days: tuple[date, ...],
    *,
    side: frozenset[Holder],
    estimates: Mapping[date, Estimate],
) -> Figure:
    """Draw where the line around the ground of a side ran on several days.

    Older lines are paler; stretches that are the same on all days are grey. The zones
    of the last day lie pale below.

    Parameters
    ----------
    subject : Subject
        What is shown, in the plane of the map.
    days : tuple of date
        Two to `MOST_LINES` days of the history, in order.
    side : frozenset of Holder
        Taken together; the line parts them from everyone else inside the area.
    estimates : mapping of date to Estimate
        Area of the side in km2, shown in the legend.

    The result is that of `day_map`.

    Raises
    ------
    InputError
        Also if the days are out of order, too few or too many.
    """
    if not 2 <= len(days) <= MOST_LINES:  # noqa: PLR2004
        raise InputError(f"a map of lines shows 2 to {MOST_LINES} days, not {len(days)}")
    with drawing():
        check_order(*days)
        subject = replace(subject, changed=changed_ground(subject, days))
        lines = _dated_lines(subject, days, side)
        held = subject.held(days[-1])

        def draw(axes: Axes) -> None:
            over = partial(_draw_dated, axes, lines)
            blocked = [line for line, _ in lines]
            draw_over(axes, subject, held, over, lines=blocked)

        panel = _front_panel(subject, days, side, [paint for _, paint in lines], estimates)
        return one_map(subject, panel, draw)


_Line = tuple[BaseGeometry, Paint]


def _dated_lines(subject: Subject, days: tuple[date, ...], side: frozenset[Holder]) -> list[_Line]:
    """Return the line that all days share, then that of each day without it.

    What is nearer than the width of a line is the same: publishers redraw their coasts.
    """
    history, area, view = subject.history, subject.area, subject.view
    found, tolerance = history.edges, view.extent.width * _ONE_LINE
    lines = [
        found.line(front(history, history.day_index(day), side, area)).simplify(tolerance / 4)
        for day in days
    ]
    common = near(lines, tolerance)
    colours = ramp(len(days), palest=80, darkest=22)
    paints = [Paint("none", colour, edge_width=_WIDTH, is_line=True) for colour in colours]
    dated = [shapely.difference(line, common) for line in lines]
    grey = Paint("none", _FIXED, edge_width=_FIXED_WIDTH, is_line=True)
    shared = shapely.intersection(lines[-1], common)
    return [(shared, grey), *zip(dated, paints, strict=True)]


def _draw_dated(axes: Axes, lines: list[_Line]) -> None:
    for number, (line, paint) in enumerate(lines):
        _draw_line(axes, line, paint, zorder=6 + 0.01 * number, name=f"line-{number}")


def _draw_line(axes: Axes, line: BaseGeometry, paint: Paint, *, zorder: float, name: str) -> None:
    """Draw a line with a white casing, so that it stands out from any ground."""
    wide = paint.edge_width
    draw_lines(
        axes,
        line,
        colour="white",
        width=wide + _CASING,
        alpha=0.8,
        zorder=zorder,
        name=f"{name}-casing",
    )
    draw_lines(axes, line, colour=paint.edge, width=wide, zorder=zorder + 0.005, name=name)


def _front_panel(
    subject: Subject,
    days: tuple[date, ...],
    side: frozenset[Holder],
    paints: list[Paint],
    estimates: Mapping[date, Estimate],
) -> Panel:
    words, history = subject.words, subject.history
    entries = []
    for day, paint in zip(days, paints[1:], strict=True):
        measured = history.km2(history.holding(day, side), subject.area)
        caption = figures(subject, measured, estimates.get(day), share=True)
        entries.append(Entry(paint, words.day(day), *caption))
    names = words.listed(subject.name(holder) for holder in sorted(side))
    entries.append(Entry(paints[0], words.say("front_unmoved")))
    return Panel(
        words,
        words.period(days[0], days[-1]),
        words.say("legend_front"),
        words.say("legend_hint_front", actor=names),
        tuple(entries),
        words.say("held_on", day=words.day(days[-1])),
        pale_entries(subject, subject.held(days[-1])),
    )

"""Lines: where the front ran on several days, and how far it may lie from where it is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Unpack

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.history.history import History
from territory.holders import Holder
from territory.maps.frame import View
from territory.maps.ground import draw_lines, fill
from territory.maps.kinds.borders import between, front, near
from territory.maps.layout import Panel, one_map
from territory.maps.legend import Entry, figures, holder_entries, legend_hint, pale, pale_entries
from territory.maps.ramp import ramp
from territory.maps.scene import draw_over_pale
from territory.maps.sheet import INK, Paint, drawing
from territory.maps.subject import Setting, Subject, changed_ground, check_order, look_at
from territory.measure.boundary import BoundaryError
from territory.measure.estimate import Z_95, Estimate

MOST_LINES = 12
_WIDTH, _CASING = 2.0, 1.3  # points
_LINE_WIDTH = 0.8  # of the line inside a band
_FIXED, _FIXED_WIDTH = "#6f7377", 1.0
_BANDS = (("band_two", Z_95, "#f3b3a0"), ("band_one", 1.0, "#d9694f"))
_ONE_LINE = 1.2e-3  # of the width of a map: nearer lines cannot be told apart
_SETTLED = 0.1  # of the boundary error: a line that never moved further is settled
_ASKED = 13  # days, evenly spaced, on which that is looked at
_SMOOTH = 5e-4  # of the width of a map: detail that a band does not need


def front_map(
    history: History,
    days: tuple[date, ...],
    *,
    side: frozenset[Holder],
    estimates: Mapping[date, Estimate],
    **setting: Unpack[Setting],
) -> Figure:
    """Draw where the line around the ground of a side ran on several days.

    Older lines are paler; stretches that are the same on all days are grey. The zones
    of the last day lie pale below.

    Parameters
    ----------
    days : tuple of date
        Two to `MOST_LINES` days of the history, in order.
    side : frozenset of Holder
        Taken together; the line parts them from everyone else inside the area.
    estimates : mapping of date to Estimate
        Area of the side in km2, shown in the legend.

    Other parameters and the result are those of `day_map`.

    Raises
    ------
    InputError
        Also if the days are out of order, too few or too many.
    """
    if not 2 <= len(days) <= MOST_LINES:  # noqa: PLR2004
        raise InputError(f"a map of lines shows 2 to {MOST_LINES} days, not {len(days)}")
    with drawing():
        check_order(*days)
        subject = look_at(history, days[-1], **setting)
        subject = replace(subject, changed=changed_ground(subject, days))
        lines = _dated_lines(subject, days, side)
        held = subject.held(days[-1])

        def draw(axes: Axes, view: View) -> None:
            over = partial(_draw_dated, axes, lines)
            blocked = [line for line, _ in lines]
            draw_over_pale(axes, view, subject, held, over, lines=blocked)

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


@dataclass(frozen=True, eq=False)
class _Band:
    """Lines of a day that may lie elsewhere, and those that are settled."""

    loose: BaseGeometry
    unmoved: BaseGeometry


def uncertainty_map(
    history: History,
    day: date,
    *,
    boundary: BoundaryError,
    assumed: bool = False,
    estimates: Mapping[Holder, Estimate],
    **setting: Unpack[Setting],
) -> Figure:
    """Draw how far the lines of a day may lie from where they are drawn.

    Around every line that moved between days of the history lies a band of one standard
    deviation of the boundary error, and one of 1.96. Lines that never moved by more than
    a tenth of it (coasts and settled borders among them) are drawn without.

    Parameters
    ----------
    boundary : BoundaryError
        In metres across the line; all its parts count together.
    assumed : bool
        Whether nobody gave the error, so that the legend says it is assumed.

    Other parameters, the result and errors are those of `day_map`.
    """
    with drawing():
        subject = look_at(history, day, **setting)
        held = subject.held(day)
        band = _band(subject, day, boundary)

        def draw(axes: Axes, view: View) -> None:
            over = partial(_draw_bands, axes, view, subject, band, boundary)
            draw_over_pale(axes, view, subject, held, over, lines=[band.loose])

        panel = _band_panel(subject, day, boundary, estimates, assumed=assumed)
        return one_map(subject, panel, draw)


def _band(subject: Subject, day: date, boundary: BoundaryError) -> _Band:
    """Part the lines of a day into those that any day moved and those that none did."""
    history = subject.history
    tolerance = max(_SETTLED * boundary.total_m, 1.0)
    now = _lines(subject, history.day_index(day), tolerance)
    if len(history.days) == 1:
        return _Band(now, shapely.MultiLineString())
    rows = np.unique(np.linspace(0, len(history.days) - 1, _ASKED).round().astype(int)).tolist()
    common = near([_lines(subject, row, tolerance) for row in rows], tolerance)
    return _Band(shapely.difference(now, common), shapely.intersection(now, common))


def _lines(subject: Subject, row: int, tolerance_m: float) -> BaseGeometry:
    """Return all lines between parties on a day, without detail below a tolerance."""
    history = subject.history
    line = history.edges.line(between(history, row, subject.area))
    return line.simplify(tolerance_m / 4)


def _draw_bands(
    axes: Axes, view: View, subject: Subject, band: _Band, boundary: BoundaryError
) -> None:
    loose = band.loose.simplify(view.extent.width * _SMOOTH)
    for number, (key, factor, colour) in enumerate(_BANDS):
        around: BaseGeometry = loose.buffer(factor * boundary.total_m)
        ground = shapely.intersection(around, subject.ground) if subject.framed else around
        paint = Paint(colour, colour, edge_width=0.0)
        fill(axes, ground, paint, zorder=5 + 0.1 * number, name=key.replace("_", "-"))
    draw_lines(axes, band.unmoved, colour=_FIXED, width=_FIXED_WIDTH, zorder=6, name="line-settled")
    draw_lines(axes, band.loose, colour=INK, width=_LINE_WIDTH, zorder=7, name="line")


def _band_panel(
    subject: Subject,
    day: date,
    boundary: BoundaryError,
    estimates: Mapping[Holder, Estimate],
    *,
    assumed: bool,
) -> Panel:
    words, off_m = subject.words, boundary.total_m
    heading = "legend_band_assumed" if assumed else "legend_band"
    bands = [
        _band_entry(
            subject, words.say(key, length=words.length(_rounded(reach_m))), colour, reach_m
        )
        for key, colour, reach_m in ((k, c, factor * off_m) for k, factor, c in reversed(_BANDS))
    ]
    line = Paint("none", INK, edge_width=_LINE_WIDTH, is_line=True)
    unmoved = Paint("none", _FIXED, edge_width=_FIXED_WIDTH, is_line=True)
    return Panel(
        words,
        (words.day(day),),
        words.say("legend"),
        legend_hint(subject),
        holder_entries(subject, day, estimates, look=pale),
        words.say(heading, **({"length": words.length(off_m)} if assumed else {})),
        (
            Entry(line, words.say("band_line")),
            *bands,
            Entry(unmoved, words.say("band_fixed")),
        ),
    )


def _band_entry(subject: Subject, name: str, colour: str, reach_m: float) -> Entry:
    """Return the entry of a band, which says so where the map is too small to show it."""
    seen = 2 * reach_m / subject.metres_per_point > _LINE_WIDTH
    return Entry(Paint(colour, colour), name, "" if seen else subject.words.say("band_thin"))


def _rounded(metres: float) -> float:
    """Return a length with two digits, and whole tens of metres at the finest."""
    return round(metres, -1) if metres >= 100 else round(metres)  # noqa: PLR2004

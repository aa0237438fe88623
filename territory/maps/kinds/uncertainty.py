"""How far the lines of a day may lie from where they are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from shapely.geometry.base import BaseGeometry

from territory.holders import NOBODY, Holder
from territory.maps.ground import draw_lines, fill
from territory.maps.kinds.agreement import plan_draws
from territory.maps.kinds.borders import between, near
from territory.maps.kinds.plan import Plan, Planner
from territory.maps.layout import Panel, day_panel, one_map
from territory.maps.legend import Entry, pale
from territory.maps.paint import Paint
from territory.maps.scene import draw_over
from territory.maps.sheet import drawing
from territory.maps.style import INK
from territory.maps.subject import Subject
from territory.maps.titles import Speaker
from territory.measure.boundary_error import BoundaryError
from territory.measure.estimate import Z_95, Estimate

_LINE_WIDTH = 0.8  # of the line inside a band
_FIXED, _FIXED_WIDTH = "#6f7377", 1.0
_BANDS = (("band_two", Z_95, "#f3b3a0"), ("band_one", 1.0, "#d9694f"))
_SETTLED = 0.1  # of the boundary error: a line that never moved further is settled
_SAMPLE = 13  # days, evenly spaced, on which that is looked at
_SMOOTH = 5e-4  # of the width of a map: detail that a band does not need


@dataclass(frozen=True, eq=False)
class _Band:
    """Lines of a day that may lie elsewhere, and those that are settled."""

    loose: BaseGeometry
    unmoved: BaseGeometry


def plan_uncertainty(planner: Planner, day: date) -> Plan:
    """Plan how far lines may lie elsewhere, or which ground hangs on the places known.

    Parameters
    ----------
    planner : Planner
        Measures what the picture shows; its ensemble has draws or an error of lines.
    day : date
        A day of the history.
    """
    held = planner.held(day)
    if planner.ensemble.draws:
        return plan_draws(planner, day, held)
    boundary = planner.ensemble.boundary or BoundaryError()

    def title(say: Speaker) -> str:
        parties = {holder: each for holder, each in held.items() if holder != NOBODY}
        if not parties:
            return say.words.say("title_nobody")
        most = max(sorted(parties), key=lambda holder: parties[holder].value)
        half = (parties[most].high - parties[most].low) / 2
        areas = {"area": say.words.area(parties[most].value), "half": say.words.area(half)}
        if planner.assumed:
            areas["length"] = say.words.length(boundary.total_m)
        key = "title_uncertainty_assumed" if planner.assumed else "title_uncertainty"
        return say.words.say(key, actor=say.name(most), **areas)

    draw = partial(
        uncertainty_map, day=day, boundary=boundary, assumed=planner.assumed, estimates=held
    )
    return Plan("uncertainty", draw, title)


def uncertainty_map(
    subject: Subject,
    day: date,
    *,
    boundary: BoundaryError,
    assumed: bool = False,
    estimates: Mapping[Holder, Estimate],
) -> Figure:
    """Draw how far the lines of a day may lie from where they are drawn.

    Around every line that moved between days of the history lies a band of one standard
    deviation of the boundary error, and one of 1.96. Lines that never moved by more than
    a tenth of it (coasts and settled borders among them) are drawn without.

    Parameters
    ----------
    subject : Subject
        What is shown, in the plane of the map.
    day : date
        A day of the history.
    boundary : BoundaryError
        In metres across the line; all its parts count together.
    assumed : bool
        Whether nobody gave the error, so that the legend says it is assumed.
    estimates : mapping of Holder to Estimate
        As for `day_map`.

    The result and errors are those of `day_map`.
    """
    with drawing():
        held = subject.held(day)
        band = _band(subject, day, boundary)

        def draw(axes: Axes) -> None:
            over = partial(_draw_bands, axes, subject, band, boundary)
            draw_over(axes, subject, held, over, lines=[band.loose])

        panel = _band_panel(subject, day, boundary, estimates, assumed=assumed)
        return one_map(subject, panel, draw)


def _band(subject: Subject, day: date, boundary: BoundaryError) -> _Band:
    """Part the lines of a day into those that any day moved and those that none did."""
    history = subject.history
    tolerance = max(_SETTLED * boundary.total_m, 1.0)
    now = _lines(subject, history.day_index(day), tolerance)
    if len(history.days) == 1:
        return _Band(now, shapely.MultiLineString())
    rows = np.unique(np.linspace(0, len(history.days) - 1, _SAMPLE).round().astype(int)).tolist()
    common = near([_lines(subject, row, tolerance) for row in rows], tolerance)
    return _Band(shapely.difference(now, common), shapely.intersection(now, common))


def _lines(subject: Subject, row: int, tolerance_m: float) -> BaseGeometry:
    """Return all lines between parties on a day, without detail below a tolerance."""
    history = subject.history
    line = history.edges.line(between(history, row, subject.area))
    return line.simplify(tolerance_m / 4)


def _draw_bands(axes: Axes, subject: Subject, band: _Band, boundary: BoundaryError) -> None:
    loose = band.loose.simplify(subject.view.extent.width * _SMOOTH)
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
    return day_panel(
        subject,
        day,
        estimates,
        look=pale,
        second_heading=words.say(heading, **({"length": words.length(off_m)} if assumed else {})),
        second=(
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

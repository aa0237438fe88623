"""A small chart of areas over time, to stand beside a map."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from territory.geometry.projection import Floats
from territory.holders import Holder
from territory.maps.map_text import Words
from territory.maps.style import GREY, INK, Style, shade
from territory.measure.estimate import Estimate
from territory.numbers import written

_WIDTH, _SIZE = 1.7, 8.0  # points
_BAND, _FAINT = 0.3, 0.3  # opacity of an interval; of what is yet to come
_ROOM = 0.08  # of the range, above and below


@dataclass(frozen=True, eq=False)
class Course:
    """Areas by day with their intervals.

    Attributes
    ----------
    days : tuple of date
        Strictly increasing.
    areas : mapping of Holder to tuple of Estimate or None
        One for each day; None where the holder had nothing.
    """

    days: tuple[date, ...]
    areas: Mapping[Holder, tuple[Estimate | None, ...]]

    def range(self) -> tuple[float, float]:
        """Return the smallest and the largest figure, intervals included.

        Returns
        -------
        (float, float)
            In square kilometres; 0 and 1 where there is none.
        """
        each = [found for row in self.areas.values() for found in row if found is not None]
        none = any(found is None for row in self.areas.values() for found in row)
        low = 0.0 if none or not each else min(found.low for found in each)
        return low, max((found.high for found in each), default=1.0)


def draw_chart(
    axes: Axes,
    course: Course,
    styles: Mapping[Holder, Style],
    words: Words,
    *,
    from_zero: bool,
    faint: bool,
) -> None:
    """Draw the areas over time.

    Parameters
    ----------
    axes : Axes
        Days run along it, areas in square kilometres up.
    course : Course
        Areas in square kilometres by day.
    styles : mapping of Holder to Style
        Of everyone who is drawn.
    words : Words
        The texts of one language.
    from_zero : bool
        Whether the scale begins at nothing; else it begins at the smallest figure.
    faint : bool
        Whether it is drawn as what is yet to come.
    """
    x = np.array([float(day.toordinal()) for day in course.days])
    for holder, row in course.areas.items():
        value, low, high = (
            np.array([0.0 if each is None else getattr(each, name) for each in row])
            for name in ("value", "low", "high")
        )
        style, dim = styles[holder], _FAINT if faint else 1.0
        axes.fill_between(x, low, high, color=style.colour, alpha=_BAND * dim, lw=0)
        colour = shade(style.colour, 0.15)
        axes.plot(x, value, color=colour, lw=_WIDTH, alpha=dim, solid_joinstyle="round")
    _scale(axes, course, words, x, from_zero=from_zero)


def _scale(axes: Axes, course: Course, words: Words, x: Floats, *, from_zero: bool) -> None:
    low, high = course.range()
    low = 0.0 if from_zero else low
    room = _ROOM * max(high - low, 1e-9)
    axes.set_ylim(low - (0.0 if low == 0 else room), high + room)
    axes.set_xlim(x[0] - 0.5, x[-1] + 0.5)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda km2, _: words.number(written(km2))))
    axes.set_xticks([x[0], x[-1]] if len(x) > 1 else [x[0]])
    months = [words.month(course.days[0]), words.month(course.days[-1])][: len(axes.get_xticks())]
    axes.set_xticklabels([words.directed(each) for each in months])
    first, *others = axes.get_xticklabels()
    first.set_horizontalalignment("left" if others else "center")
    for last in others:
        last.set_horizontalalignment("right")
    axes.tick_params(labelsize=_SIZE, colors=GREY, length=2.5, width=0.6, pad=2)
    axes.grid(axis="y", color="#e3e5e7", lw=0.6)
    axes.set_axisbelow(True)
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
        spine.set(edgecolor=INK, linewidth=0.6)

"""Bars on one axis: what a figure would be otherwise, and how far that is from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from territory.claims.verdicts import Judgement
from territory.publish.report.axis import Axis, Tick
from territory.publish.report.report_text import number, with_unit

Band = tuple[str, str, str]


@dataclass(frozen=True)
class Bar:
    """A row of a chart: what it is, its figure in words, and where its bar lies.

    Attributes
    ----------
    kind : str
        The class that colours it, such as ``random``, ``choice`` or ``sum``.
    meaning : str
        What the label means, if it needs saying.
    difference : str
        How far the figure is from the one computed, where that is what matters.
    """

    label: str
    figure: str
    kind: str
    start: str
    end: str
    meaning: str = ""
    difference: str = ""


@dataclass(frozen=True)
class BarChart:
    """The bars of one reading, with the computed and the published figure on their axis.

    Attributes
    ----------
    band : tuple of str or None
        The published interval: low, figure, high; None where it lies far away.
    summary : str
        What the bars come to, in words.
    """

    reading: str
    base: str
    base_at: str
    band: Band | None
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    summary: str = ""


def published_band(judgement: Judgement, axis: Axis) -> Band:
    """Return where the published interval lies: low, figure, high.

    Parameters
    ----------
    judgement : Judgement
        Of one reading of a claim.
    axis : Axis
        In the unit of the claim.

    Returns
    -------
    (str, str, str)
        In percent of the axis, with two decimals and kept on it.
    """
    low, high = judgement.published
    return axis.at(low), axis.at(judgement.claim.value), axis.at(high)


def bar_chart(
    judgement: Judgement,
    base: float,
    axis: Axis,
    bars: Sequence[Bar],
    *,
    banded: bool = True,
    summary: str = "",
) -> BarChart:
    """Return the chart of one reading.

    Parameters
    ----------
    judgement : Judgement
        Of the reading.
    base : float
        The figure as computed, in the unit of the claim.
    axis : Axis
        In the unit of the claim.
    bars : sequence of Bar
        From the top down.
    banded : bool
        Whether the published interval is near enough to be drawn.
    summary : str
        What the bars come to, in words.
    """
    unit = judgement.claim.said_unit
    return BarChart(
        judgement.reading.name if judgement.reading else "",
        with_unit(number(base, unit=unit), unit),
        axis.at(base),
        published_band(judgement, axis) if banded else None,
        tuple(bars),
        axis.ticks(unit),
        summary,
    )

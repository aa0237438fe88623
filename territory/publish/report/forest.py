"""A figure on several maps: one line a map, the pooled one below, and the published band."""

from collections.abc import Sequence
from dataclasses import dataclass

from territory.claims.rows import each_map
from territory.claims.summaries import sentence_case
from territory.claims.verdicts import Judgement
from territory.publish.report.axis import Axis, Tick, axis_for
from territory.publish.report.bars import Band, published_band
from territory.publish.report.reading_list import VerdictMark, verdict_mark
from territory.publish.report.report_text import number, prose, span, with_unit


@dataclass(frozen=True)
class MapLine:
    """A map, or all of them together, with figures as text; those that do not exist are empty.

    Attributes
    ----------
    low, value, high : str
        Where its figure and interval lie on the axis, in percent and without the sign.
    """

    name: str
    figure: str
    interval: str
    verdict: VerdictMark
    reason: str
    is_pooled: bool
    low: str = ""
    value: str = ""
    high: str = ""


@dataclass(frozen=True)
class Forest:
    """One reading on every map.

    Attributes
    ----------
    sentence : str
        How far the maps lie apart, and where.
    """

    reading: str
    lines: tuple[MapLine, ...]
    band: Band
    ticks: tuple[Tick, ...]
    sentence: str


def forests(judgements: Sequence[Judgement]) -> tuple[Forest, ...]:
    """Return the chart of every reading that was measured on several maps.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim.
    """
    return tuple(_forest(each) for each in judgements if each.computed and each.maps)


def _forest(judgement: Judgement) -> Forest:
    every = each_map(judgement)
    found = [each.computed for each in every if each.computed]
    ends = [end for each in found for end in (each.low, each.high)]
    axis = axis_for([*ends, *judgement.published])
    return Forest(
        judgement.reading.name if judgement.reading else "",
        tuple(_line(each, axis, is_pooled=each is judgement) for each in every),
        published_band(judgement, axis),
        axis.ticks(judgement.claim.said_unit),
        f"{sentence_case(prose(judgement.apart))}.",
    )


def _line(judgement: Judgement, axis: Axis, *, is_pooled: bool) -> MapLine:
    found = judgement.computed
    name = "All maps together" if is_pooled else judgement.series
    mark, why = verdict_mark(judgement), prose(judgement.reason)
    if found is None:
        return MapLine(name, "", "", mark, why, is_pooled)
    unit = found.unit
    places = (axis.at(each).removesuffix("%") for each in (found.low, found.value, found.high))
    return MapLine(
        name,
        with_unit(number(found.value, unit=unit), unit),
        span(found.low, found.high, like=found.value, unit=unit) if found.low < found.high else "",
        mark,
        why,
        is_pooled,
        *places,
    )

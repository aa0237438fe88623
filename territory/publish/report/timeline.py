"""How much each holder had, day by day: one chart and one table for each named area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from territory.holders import NOBODY, Holder
from territory.maps.style import Style, seen_on_dark, shade, tint
from territory.measure.rows import Row
from territory.numbers import written
from territory.publish.report.axis import (
    Axis,
    Tick,
    axis_for,
    day_shares,
    day_ticks,
    marked_days,
    percent,
)
from territory.publish.report.folding import (
    Cell,
    Triple,
    added,
    cell_of,
    folded,
    others_label,
    triple,
)
from territory.publish.report.report_text import (
    NO_TITLES,
    Titles,
    actor,
    area,
    long_day,
    number,
    with_unit,
)

HEIGHT = 300  # of the chart in pixels
_TOP = 12
_LABEL_HEIGHT = 38
_LINES = HEIGHT // _LABEL_HEIGHT
_DOTS = 40  # more days than this are drawn without a dot each
_TABLE_DAYS = 60
_RIM = 0.35  # share of black in the rim of a line, so that a pale one can be seen


@dataclass(frozen=True)
class Line:
    """The area of one holder: a line, its interval as a band, and its name at the end.

    Attributes
    ----------
    colour, edge, dark : str
        As on the maps (``#rrggbb``), with a darker rim; the colour on a dark ground.
    """

    name: str
    latest: str
    colour: str
    edge: str
    dark: str
    points: tuple[tuple[str, int], ...]
    path: str
    band: str
    label_top: int


@dataclass(frozen=True)
class Timeline:
    """Everything shown of one area over time."""

    area: str
    lines: tuple[Line, ...]
    days: tuple[Tick, ...]
    marks: tuple[Tick, ...]
    levels: tuple[tuple[int, str], ...]
    holders: tuple[str, ...]
    table: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    left_out: int
    dots: bool
    description: str


Styles = Mapping[Holder, Style]
Figures = dict[tuple[date, str], Triple]
NOTHING: Triple = (0.0, 0.0, 0.0)


def timelines(
    rows: Sequence[Row],
    series: str,
    titles: Titles = NO_TITLES,
    *,
    styles: Styles,
    marked: Sequence[date] = (),
) -> tuple[Timeline, ...]:
    """Return one timeline for each named area of a series, in the order of the rows.

    Parameters
    ----------
    rows : sequence of Row
        The table of areas, in square kilometres.
    series : str
        Name of the series; rows of others are left aside.
    titles : mapping of str to str
        What named areas are called.
    styles : mapping of Holder to Style
        As on the maps, with everybody in the rows.
    marked : sequence of date
        Days that the first claim is about.

    Returns
    -------
    tuple of Timeline
    """
    own = [row for row in rows if row["series"] == series]
    names = dict.fromkeys(str(row["area"]) for row in own)
    by_area = ((name, [row for row in own if row["area"] == name]) for name in names)
    looks = {str(holder): style for holder, style in styles.items()}
    return tuple(
        _timeline(area(name, titles), own_rows, looks, marked) for name, own_rows in by_area
    )


def holder_name(row: Row) -> str:
    """Return the holder of a row of the table of areas, with the status if it is not plain.

    Parameters
    ----------
    row : Row
        Of the table of areas.
    """
    status = str(row["status"])
    return str(row["actor"]) if status == "held" else f"{row['actor']} ({status})"


def _timeline(
    name: str, rows: Sequence[Row], looks: Mapping[str, Style], marked: Sequence[date]
) -> Timeline:
    days = tuple(sorted({row["day"] for row in rows if isinstance(row["day"], date)}))
    figures: Figures = {
        (row["day"], holder_name(row)): triple(row) for row in rows if isinstance(row["day"], date)
    }
    most = _most(figures)
    holders = sorted(most, key=lambda holder: (-most[holder], holder))
    drawn = [each for each in holders if each != NOBODY.actor][:_LINES]
    axis = axis_for((figures.get((d, h), NOTHING)[2] for d in days for h in drawn), from_zero=True)
    thinned, (full, others) = _thinned(days), folded(most)
    together = [others_label(others)] if others else []
    return Timeline(
        name,
        _lines({each: looks[each] for each in drawn}, days, figures, axis),
        day_ticks(days),
        marked_days(marked, days),
        tuple((_height(level, axis), written(level)) for level in axis.marks),
        (*(_called(each, looks) for each in full), *together),
        tuple((long_day(day), _cells(day, full, others, figures)) for day in thinned),
        len(days) - len(thinned),
        len(days) <= _DOTS,
        _description(name, {each: _called(each, looks) for each in drawn}, days, figures),
    )


def _cells(
    day: date, full: Sequence[str], others: Sequence[str], figures: Figures
) -> tuple[Cell | None, ...]:
    """Return what the largest holders had on a day, and then the others together."""
    one_by_one = [cell_of(figures.get((day, holder))) for holder in full]
    together = added(figures.get((day, holder)) for holder in others)
    return (*one_by_one, *([cell_of(together)] if others else []))


def _most(figures: Figures) -> dict[str, float]:
    """Return the most that every holder ever had."""
    most: dict[str, float] = {}
    for (_, holder), (value, _, _) in figures.items():
        most[holder] = max(most.get(holder, 0.0), value)
    return most


def _thinned(days: tuple[date, ...]) -> tuple[date, ...]:
    """Return so many days that a table can be read, evenly chosen, with first and last."""
    if len(days) <= _TABLE_DAYS:
        return days
    last = len(days) - 1
    return tuple(days[round(n * last / (_TABLE_DAYS - 1))] for n in range(_TABLE_DAYS))


def _height(value: float, axis: Axis) -> int:
    share = (value - axis.low) / (axis.high - axis.low)
    return round(HEIGHT - min(max(share, 0.0), 1.0) * (HEIGHT - _TOP))


def _lines(
    holders: Mapping[str, Style], days: tuple[date, ...], figures: Figures, axis: Axis
) -> tuple[Line, ...]:
    tracks = [[figures.get((day, holder), NOTHING) for day in days] for holder in holders]
    tops = _spread([_height(track[-1][0], axis) for track in tracks])
    shares = day_shares(days)
    return tuple(
        _line(holder, track, shares, axis, style=style, top=top)
        for (holder, style), track, top in zip(holders.items(), tracks, tops, strict=True)
    )


def _line(
    holder: str,
    track: list[Triple],
    shares: list[float],
    axis: Axis,
    *,
    style: Style,
    top: int,
) -> Line:
    value, low, high = ([_height(each[n], axis) for each in track] for n in range(3))
    across = [f"{100 * share:.2f}" for share in shares]
    there, back = list(zip(across, high, strict=True)), list(zip(across, low, strict=True))[::-1]
    return Line(
        style.name("en") or actor(holder),
        with_unit(number(track[-1][0]), "km2"),
        tint(style.colour, 0.0),
        shade(style.colour, _RIM),
        seen_on_dark(style.colour),
        tuple((percent(s), v) for s, v in zip(shares, value, strict=True)),
        " ".join(f"{x},{y}" for x, y in zip(across, value, strict=True)),
        " ".join(f"{x},{y}" for x, y in [*there, *back]),
        top,
    )


def _spread(heights: list[int]) -> list[int]:
    """Return tops for labels that stand near their heights and do not overlap."""
    order = sorted(range(len(heights)), key=lambda n: heights[n])
    tops = {n: heights[n] - _LABEL_HEIGHT // 2 for n in order}
    for above, below in pairwise(order):
        tops[below] = max(tops[below], tops[above] + _LABEL_HEIGHT)
    floor = HEIGHT + _LABEL_HEIGHT // 2
    for n in reversed(order):
        tops[n] = min(tops[n], floor - _LABEL_HEIGHT)
        floor = tops[n]
    return [tops[n] for n in range(len(heights))]


def _called(holder: str, looks: Mapping[str, Style]) -> str:
    return (looks[holder].name("en") if holder in looks else "") or actor(holder)


def _description(
    name: str, holders: Mapping[str, str], days: tuple[date, ...], figures: Figures
) -> str:
    """Return what the chart shows, for readers who do not see it."""
    parts = []
    for holder, called in holders.items():
        first, last = (figures.get((day, holder), NOTHING)[0] for day in (days[0], days[-1]))
        parts.append(f"{called} from {number(first)} to {number(last)} km²")
    period = f"{long_day(days[0])} to {long_day(days[-1])}" if days else ""
    return f"{name}, {period}: {'; '.join(parts)}."

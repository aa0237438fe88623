"""Who lost what to whom between two days, as a table for each named area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from territory.claims.model import days_of
from territory.claims.verdicts import Judgement
from territory.job.series import Loaded
from territory.measure.rows import Row, change_rows
from territory.publish.report.folding import (
    Cell,
    Triple,
    added,
    cell_of,
    folded,
    others_label,
    triple,
)
from territory.publish.report.report_text import NO_TITLES, Titles, actor, area, long_day
from territory.read.actor_looks import Looks

Period = tuple[date, date]


@dataclass(frozen=True)
class Matrix:
    """One table: from (rows) to (columns); cells are figure and interval, or None.

    Attributes
    ----------
    stayed : tuple of tuple of bool
        Which cells are ground that the same holder had at both ends.
    """

    area: str
    givers: tuple[str, ...]
    takers: tuple[str, ...]
    cells: tuple[tuple[Cell | None, ...], ...]
    stayed: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class Exchange:
    """The tables of all areas for one period."""

    heading: str
    tables: tuple[Matrix, ...]


def claimed_periods(judgements: Sequence[Judgement]) -> tuple[Period, ...]:
    """Return the periods that the readings of a claim are about.

    Parameters
    ----------
    judgements : sequence of Judgement
        All of one claim, one per reading.

    Returns
    -------
    tuple of (date, date)
        From which day to which, each once.
    """
    there = (each for each in judgements if not each.lacking)
    found = [days_of(each.reading, each.claim) for each in there if each.reading]
    return tuple(dict.fromkeys((days[0], days[1]) for days in found if len(days) > 1))


def exchanges(
    loaded: Loaded,
    changes: Sequence[Row],
    periods: Sequence[Period],
    titles: Titles = NO_TITLES,
) -> tuple[Exchange, ...]:
    """Return the tables of the whole period and of each claimed one that is another.

    Parameters
    ----------
    loaded : Loaded
        The series, as it is measured.
    changes : sequence of Row
        Where a period is already in there, it is not measured again.
    periods : sequence of (date, date)
        From which day to which; those that are claimed.
    titles : mapping of str to str
        What named areas are called.

    Returns
    -------
    tuple of Exchange
        Areas in square kilometres; the whole period last, unless it is claimed.
    """
    whole = (loaded.days[0], loaded.days[-1])
    wanted = dict.fromkeys([*periods, whole])
    periods = [each for each in wanted if each[0] < each[1]]
    return tuple(_exchange(loaded, changes, each, titles) for each in periods)


def _exchange(loaded: Loaded, changes: Sequence[Row], period: Period, titles: Titles) -> Exchange:
    rows = [
        row
        for row in changes
        if row["series"] == loaded.name and (row["from_day"], row["to_day"]) == period
    ] or change_rows(loaded.name, loaded.ensemble, [period])
    distinct = loaded.ensemble.base.distinct_areas  # an area that is all ground stands for it
    names = dict.fromkeys(str(row["area"]) for row in rows if row["area"] in distinct)
    heading = f"{long_day(period[0])} to {long_day(period[1])}"
    by_area = ((name, [row for row in rows if row["area"] == name]) for name in names)
    return Exchange(heading, tuple(_matrix(*each, titles, loaded.looks) for each in by_area))


def _matrix(name: str, rows: Sequence[Row], titles: Titles, looks: Looks) -> Matrix:
    sizes = {(str(row["from_actor"]), str(row["to_actor"])): triple(row) for row in rows}
    givers, takers = _side(sizes, 0, looks), _side(sizes, 1, looks)

    def cell(giver: Side, taker: Side) -> Cell | None:
        pairs = product(giver.holders, taker.holders)
        return cell_of(added(sizes.get(pair) for pair in pairs))

    return Matrix(
        area(name, titles),
        tuple(each.name for each in givers),
        tuple(each.name for each in takers),
        tuple(tuple(cell(giver, taker) for taker in takers) for giver in givers),
        tuple(tuple(giver.stays(taker) for taker in takers) for giver in givers),
    )


@dataclass(frozen=True)
class Side:
    """A row or column of a table: one holder, or those that are too many."""

    name: str
    holders: tuple[str, ...]

    def stays(self, other: "Side") -> bool:
        """Return whether what goes from the one to the other has not changed hands.

        Parameters
        ----------
        other : Side
            The other side of a transfer.
        """
        return len(self.holders) == 1 and self.holders == other.holders


def _side(sizes: Mapping[tuple[str, str], Triple], end: int, looks: Looks) -> tuple[Side, ...]:
    """Return who gives (0) or takes (1): the largest by name, then the others together."""
    total: dict[str, float] = {}
    for pair, (km2, _, _) in sizes.items():
        for holder in pair:
            total[holder] = total.get(holder, 0.0) + km2
    there = {pair[end] for pair in sizes}
    largest, others = folded({each: km2 for each, km2 in total.items() if each in there})
    sides = [Side(actor(each, looks), (each,)) for each in sorted(largest)]
    return (*sides, *([Side(others_label(others), tuple(others))] if others else []))

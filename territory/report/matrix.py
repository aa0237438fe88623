"""Who lost what to whom between two days, as a table for each named area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from territory.claims import Judgement, days_of
from territory.load import Loaded
from territory.report.words import NO_TITLES, Titles, actor, area, long_day, number, span
from territory.results import Row, change_rows

Period = tuple[date, date]
Cell = tuple[str, str]


@dataclass(frozen=True)
class Matrix:
    """One table: from (rows) to (columns); cells are figure and interval, or None."""

    area: str
    givers: tuple[str, ...]
    takers: tuple[str, ...]
    cells: tuple[tuple[Cell | None, ...], ...]


@dataclass(frozen=True)
class Exchange:
    """The tables of all areas for one period."""

    heading: str
    tables: tuple[Matrix, ...]


def claimed_periods(judgements: Sequence[Judgement]) -> tuple[Period, ...]:
    """Return the periods that the readings of a claim are about."""
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
    changes : sequence of Row
        Where a period is already in there, it is not measured again.
    titles : mapping of str to str
        What named areas are called.
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
    names = dict.fromkeys(str(row["area"]) for row in rows)
    heading = f"{long_day(period[0])} to {long_day(period[1])}"
    by_area = ((name, [row for row in rows if row["area"] == name]) for name in names)
    return Exchange(heading, tuple(_matrix(*each, titles) for each in by_area))


def _matrix(name: str, rows: Sequence[Row], titles: Titles) -> Matrix:
    sizes = {(str(row["from_actor"]), str(row["to_actor"])): row for row in rows}
    holders = sorted({holder for pair in sizes for holder in pair})
    givers = [each for each in holders if any(pair[0] == each for pair in sizes)]
    takers = [each for each in holders if any(pair[1] == each for pair in sizes)]
    return Matrix(
        area(name, titles),
        tuple(map(actor, givers)),
        tuple(map(actor, takers)),
        tuple(tuple(_cell(sizes.get((giver, taker))) for taker in takers) for giver in givers),
    )


def _cell(row: Row | None) -> Cell | None:
    if row is None:
        return None
    value, low, high = (float(str(row[key])) for key in ("km2", "low", "high"))
    return number(value), span(low, high, like=value) if low < high else ""

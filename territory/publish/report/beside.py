"""What somebody else published, beside the timeline: changes since a first day, in km2.

Levels cannot be set beside one another where theirs are of a whole country and ours of a part
of it. Changes can, where little else moved outside the part; the reader is told so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from territory.claims.figures import Unit
from territory.claims.model import Claim, Kind, Reading
from territory.claims.readings import measure_of
from territory.job.series import Loaded
from territory.job.spec import BesideSpec
from territory.measure.ensemble import Ensemble, estimate
from territory.measure.estimate import Estimate
from territory.numbers import change, printed, written
from territory.publish.report.folding import Cell
from territory.publish.report.report_text import (
    NO_TITLES,
    Titles,
    actor,
    area,
    listing,
    long_day,
    short_day,
    span,
)

NEAR = timedelta(days=3)  # half a week: a weekly series has a day as near as that
Figures = Mapping[date, float]


@dataclass(frozen=True)
class BesideView:
    """A table of changes since a first day: theirs and ours, actor by actor.

    Attributes
    ----------
    rows : tuple of (str, str, tuple of Cell or None)
        Our day, theirs, and two cells for each actor.
    """

    title: str
    area: str
    actors: tuple[str, ...]
    since: str
    rows: tuple[tuple[str, str, tuple[Cell | None, ...]], ...]
    notes: tuple[str, ...]


def beside_view(
    spec: BesideSpec,
    published: Mapping[str, Figures],
    loaded: Loaded,
    titles: Titles = NO_TITLES,
) -> BesideView:
    """Return a published series beside what was computed.

    Parameters
    ----------
    spec : BesideSpec
        What the job says of it.
    published : mapping of str to mapping of date to float
        By actor, in the unit of the series.
    loaded : Loaded
        Our series.
    titles : mapping of str to str
        What named areas are called.

    Returns
    -------
    BesideView
        A row for each of our days that has one of theirs within three days.
    """
    theirs = sorted({day for figures in published.values() for day in figures})
    days = [day for day in loaded.days if day >= (spec.first_day or day)]
    pairs = [(day, near) for day in days if (near := nearest(day, theirs))]
    first, base = pairs[0] if pairs else None, loaded.ensemble.base
    name = area(base.stands_for_all or "all" if spec.area == "all" else spec.area, titles)
    return BesideView(
        spec.title,
        name,
        tuple(map(actor, published)),
        long_day(first[0]) if first else "",
        tuple(
            (long_day(day), short_day(near), _cells(spec, published, loaded, first, (day, near)))
            for day, near in pairs[1:]
            if first
        ),
        _notes(spec, name),
    )


def nearest(day: date, others: list[date]) -> date | None:
    """Return the nearest of other days, the earlier of two, if there is one within three days.

    Parameters
    ----------
    day : date
        Ours.
    others : list of date
        In order.

    Examples
    --------
    >>> nearest(date(2018, 1, 3), [date(2018, 1, 1), date(2018, 1, 5)])
    datetime.date(2018, 1, 1)
    """
    found = min(others, key=lambda each: abs(each - day), default=None)
    return found if found and abs(found - day) <= NEAR else None


def change_between(figures: Figures, start: date, end: date, breaks: tuple[date, ...]) -> float:
    """Return the change between two days, step by step, without the steps across a break.

    Parameters
    ----------
    figures : mapping of date to float
        By day, in order.
    start, end : date
        Two of its days.
    breaks : tuple of date
        Days from which the figures are of other ground.

    Returns
    -------
    float
        In the unit of the figures.

    Examples
    --------
    >>> days = [date(2018, 1, n) for n in (1, 2, 3)]
    >>> change_between(dict(zip(days, (10.0, 20.0, 21.0))), days[0], days[2], (days[1],))
    1.0
    """
    return sum(
        (
            figures[after] - figures[before]
            for before, after in pairwise(figures)
            if start <= before
            and after <= end
            and not any(before < each <= after for each in breaks)
        ),
        start=0.0,
    )


def _cells(
    spec: BesideSpec,
    published: Mapping[str, Figures],
    loaded: Loaded,
    first: tuple[date, date],
    last: tuple[date, date],
) -> tuple[Cell | None, ...]:
    """Return for each actor what they have and what we have, since the first day."""
    cells: list[Cell | None] = []
    for name, figures in published.items():
        if first[1] in figures and last[1] in figures:
            km2 = change_between(figures, first[1], last[1], spec.breaks) * spec.km2_per_unit
            ends = " to ".join(written(figures[day]) for day in (first[1], last[1]))
            unit = "%" if spec.unit == "percent" else "km²"
            cells.append((printed(change(km2)), f"{ends} {unit}"))
        else:
            cells.append(None)
        ours = _net(loaded.ensemble, name, spec.area, first[0], last[0])
        cells.append((printed(change(ours.value)), span(ours.low, ours.high, like=ours.value)))
    return tuple(cells)


def _net(ensemble: Ensemble, name: str, area_name: str, start: date, end: date) -> Estimate:
    """Return what an actor gained less what it lost, as a claim about it would be measured."""
    reading = Reading(name="net", quantity=Kind.NET, by=(name,), area=area_name)
    claim = Claim(
        id="net",
        text="",
        publisher="",
        published=end,
        value=1,
        unit=Unit.KM2,
        period=(start, end),
        reading=(reading,),
    )
    return estimate(ensemble, measure_of(claim, reading, ensemble.base))


def _notes(spec: BesideSpec, name: str) -> tuple[str, ...]:
    """Return what a reader must know before comparing."""
    whole = "" if spec.of_km2 is None else f" of {written(spec.of_km2)} km²"
    shares = f"Theirs are shares{whole}, ours is ground within “{name}”. " if whole else ""
    breaks = listing(map(long_day, spec.breaks))
    across = f"The step to {breaks} is left out: from then on theirs are of other ground."
    return (
        f"Source: {spec.source.rstrip('.')}.",
        f"{shares}Only what changed since the first day stands here, on the nearest day that they"
        " have. Ground that changed hands outside ours is in theirs alone, so this is a check and"
        " no measurement.",
        *([across] if breaks else []),
        *([spec.note] if spec.note else []),
    )

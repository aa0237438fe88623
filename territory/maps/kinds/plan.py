"""What a picture is to show: its figures, its title, and the function that draws it.

A plan knows no language and no surroundings, so that one plan is drawn in many languages
and, being small, in another process.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from territory.errors import InputError, did_you_mean
from territory.geometry.arrays import Bools
from territory.history.history import History
from territory.holders import NOBODY, Holder
from territory.maps.kinds.classes import Tenure, Times
from territory.maps.subject import Subject
from territory.maps.titles import Speaker
from territory.measure.change import areas_by_day
from territory.measure.ensemble import Ensemble, Measure, estimate
from territory.measure.estimate import Estimate
from territory.measure.tables import area_estimates


@dataclass(frozen=True, eq=False)
class Plan:
    """One picture to be made.

    Attributes
    ----------
    name : str
        Of its file, without suffix.
    draw : callable
        Takes a `Subject`; gives the figure.
    title : callable
        Takes a `Speaker`; gives the finding.
    note : callable
        The same for a note that must stand on the picture besides.
    period : tuple of date
        The first and the last day of a finding about what changed between them; its title
        says when, and where that ground lies.
    """

    name: str
    draw: Callable[[Subject], Figure]
    title: Callable[[Speaker], str]
    note: Callable[[Speaker], str] = lambda _speaker: ""
    period: tuple[date, ...] = ()


@dataclass(frozen=True, eq=False)
class Planner:
    """Measures what the pictures of one ensemble in one area show.

    Attributes
    ----------
    actors : tuple of str
        Whose line or area is followed; by default whose ground changed most.
    assumed : bool
        Whether the error of the lines is assumed, because the publisher gives none.

    Raises
    ------
    InputError
        By every method, if a day is not in the history.
    """

    ensemble: Ensemble
    area: str
    actors: tuple[str, ...] = ()
    assumed: bool = False

    @property
    def base(self) -> History:
        """The best history."""
        return self.ensemble.base

    def held(self, day: date) -> dict[Holder, Estimate]:
        """Return the area of each holder on a day.

        Parameters
        ----------
        day : date
            A day of the history.

        Returns
        -------
        dict of Holder to Estimate
            In square kilometres.
        """
        return area_estimates(self.ensemble, day, self.area)

    def of(self, ground: Tenure | Times) -> Estimate:
        """Return the area of ground that changed hands between two maps, with its interval.

        Lines that both maps share make it no more uncertain, and both may be late, as with any
        other figure about two days.

        Parameters
        ----------
        ground : Tenure or Times
            Which ground is meant.

        Returns
        -------
        Estimate
            In square kilometres, inside the area.
        """

        def between(_history: History, days: tuple[date, ...]) -> Measure:
            return replace(self._measure(ground.between(days).faces), days=days, by_days=between)

        alone = self._measure(ground.faces)
        return estimate(self.ensemble, between(self.base, ground.ends) if ground.ends else alone)

    def _measure(self, faces: Callable[[History], Bools]) -> Measure:
        return Measure(
            lambda history: history.km2(faces(history), self.area),
            faces,
            self.area,
            ceiling=self.base.km2(self.base.mask(self.area)),
        )

    def held_by(self, side: frozenset[Holder], day: date) -> Estimate:
        """Return the area of a side on a day.

        Parameters
        ----------
        side : frozenset of Holder
            Taken together.
        day : date
            A day of the history.

        Returns
        -------
        Estimate
            In square kilometres, inside the area.
        """

        def on(_history: History, days: tuple[date, ...]) -> Measure:
            held = self._measure(lambda history: history.holding(days[0], side))
            return replace(held, days=days, by_days=on)

        return estimate(self.ensemble, on(self.base, (day,)))

    def side(self, start: date, end: date) -> frozenset[Holder]:
        """Return whose ground is followed: the named actors, else who gained or lost most.

        Parameters
        ----------
        start, end : date
            Days of the history; who gained or lost most between them is followed by default.

        Raises
        ------
        InputError
            If no such actor is in the data.
        """
        known = [holder for holder in self.base.holders if holder != NOBODY]
        names = {holder.actor for holder in known}
        for actor in self.actors:
            if actor not in names:
                raise InputError(f"no actor '{actor}' in the data; {did_you_mean(actor, names)}")
        if self.actors:
            return frozenset(holder for holder in known if holder.actor in self.actors)
        if not known:
            raise InputError("nobody holds any ground in the data, so there is no line to draw")
        before, after = areas_by_day(self.base.at_days((start, end)), self.area)
        change = dict(zip(self.base.holders, np.abs(after - before), strict=True))
        return frozenset({max(known, key=lambda holder: (change[holder], holder))})


def side_over_days(
    planner: Planner, days: tuple[date, ...], name: str, draw: Callable[..., Figure]
) -> Plan:
    """Plan a picture of one side on several days.

    Parameters
    ----------
    planner : Planner
        Measures what the picture shows.
    days : tuple of date
        Days of the history, in order; at least one.
    name : str
        What the file of the picture is called.
    draw : callable
        A function of maps that takes days, side and estimates.
    """
    side = planner.side(days[0], days[-1])
    of_day = {day: planner.held_by(side, day) for day in days}
    change = of_day[days[-1]].value - of_day[days[0]].value
    return Plan(
        name,
        partial(draw, days=days, side=side, estimates=of_day),
        lambda say: say.change_of(side, change),
        period=(days[0], days[-1]) if days[1:] else (),
    )

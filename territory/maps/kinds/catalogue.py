"""What a picture is to show: its figures, its title, and the function that draws it.

A plan knows no language and no surroundings, so that one plan is drawn in many languages
and, being small, in another process.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from territory.errors import InputError, did_you_mean
from territory.geometry.arrays import Bools
from territory.history.history import History
from territory.holders import NOBODY, Holder
from territory.maps.kinds.agreement import (
    disagreement,
    draws_map,
)
from territory.maps.kinds.classes import Tenure, Times, tenure_classes, times_classes
from territory.maps.kinds.control import (
    before_after_map,
    day_map,
    transfers_map,
)
from territory.maps.kinds.fronts import (
    front_map,
    uncertainty_map,
)
from territory.maps.kinds.holding_time import (
    changes_map,
    held_since_map,
)
from territory.maps.kinds.multiples import multiples_map
from territory.maps.subject import is_framed
from territory.maps.titles import Speaker
from territory.measure.boundary import BoundaryError
from territory.measure.ensemble import (
    Ensemble,
    Measure,
    estimate,
)
from territory.measure.estimate import Estimate
from territory.measure.tables import (
    area_estimates,
    transfer_estimates,
)

DAY_KINDS = ("day", "held-since", "uncertainty")
PAIR_KINDS = ("before-after", "transfers", "changes")
SERIES_KINDS = ("front", "multiples")
TENURE_KINDS = ("held-since", "changes")  # which need every day of the data
KINDS = (*DAY_KINDS, *PAIR_KINDS, *SERIES_KINDS)
USUAL_LINES, USUAL_MULTIPLES = 6, 12
_HARDLY_SURE = 0.05  # share of draws that disagree, from which ground hangs on them


@dataclass(frozen=True, eq=False)
class Plan:
    """One picture to be made.

    Attributes
    ----------
    name : str
        Of its file, without suffix.
    draw : callable
        Takes history, area, context, text and styles; gives the figure.
    title : callable
        Takes a `Speaker`; gives the finding.
    note : callable, optional
        The same for a note that must stand on the picture besides.
    """

    name: str
    draw: Callable[..., Figure]
    title: Callable[[Speaker], str]
    note: Callable[[Speaker], str] = lambda _speaker: ""


@dataclass(frozen=True, eq=False)
class Planner:
    """Plans the pictures of one ensemble in one area.

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

    @property
    def framed(self) -> bool:
        """Whether shares of the ground mean anything."""
        return is_framed(self.base, self.area)

    def day(self, day: date) -> Plan:
        """Plan who holds what."""
        held = area_estimates(self.ensemble, day, self.area)
        draw = partial(day_map, day=day, estimates=held)
        return Plan(f"{day}", draw, lambda say: say.day(held))

    def before_after(self, start: date, end: date) -> Plan:
        """Plan two days side by side."""
        held = {day: area_estimates(self.ensemble, day, self.area) for day in (start, end)}
        draw = partial(before_after_map, before=start, after=end, estimates=held)
        return Plan("before_after", draw, lambda say: say.change(held[start], held[end]))

    def transfers(self, start: date, end: date) -> Plan:
        """Plan who lost to whom."""
        moved = transfer_estimates(self.ensemble, start, end, self.area, stayed=False)
        draw = partial(transfers_map, from_day=start, to_day=end, estimates=moved)
        return Plan("transfers", draw, lambda say: say.transfer(moved))

    def front(self, days: tuple[date, ...]) -> Plan:
        """Plan the line of a side on several days."""
        side = self.side(days[0], days[-1])
        of_day = {day: self._of(self._held(day, side)) for day in days}
        draw = partial(front_map, days=days, side=side, estimates=of_day)
        change = of_day[days[-1]].value - of_day[days[0]].value
        return Plan("front", draw, lambda say: say.change_of(side, change))

    def multiples(self, days: tuple[date, ...]) -> Plan:
        """Plan many small maps."""
        side = self.side(days[0], days[-1])
        of_day = {day: self._of(self._held(day, side)) for day in days}
        draw = partial(multiples_map, days=days, side=side, estimates=of_day)
        change = of_day[days[-1]].value - of_day[days[0]].value
        return Plan("multiples", draw, lambda say: say.change_of(side, change))

    def held_since(self, day: date) -> Plan:
        """Plan since when ground is held."""
        classes = tenure_classes(self.base, day)
        found: dict[Tenure, Estimate] = {each: self._of(each.faces) for each in classes}
        later = sum(found[each].value for each in classes[1:])
        total = sum(each.value for each in found.values())
        draw = partial(held_since_map, day=day, estimates=found)
        since = self.base.days[0]

        def title(say: Speaker) -> str:
            since_text = say.words.day(since)
            if not say.framed:
                return say.words.say("title_since_area", area=say.words.area(later), day=since_text)
            share = later / total if total else 0.0
            return say.of_ground("title_since", share=say.words.share(share), day=since_text)

        days = tuple(each for each in self.base.days if each <= day)
        return Plan("held_since", draw, title, lambda say: say.gaps(days))

    def changes(self, start: date, end: date) -> Plan:
        """Plan how often ground changed hands."""
        classes = times_classes(self.base, start, end, self.area)
        found: dict[Times, Estimate] = {each: self._of(each.faces) for each in classes}
        often = sum(each.value for times, each in found.items() if times.low > 1)
        total = sum(each.value for each in found.values())
        draw = partial(changes_map, from_day=start, to_day=end, estimates=found)

        def title(say: Speaker) -> str:
            key = "title_changes" if often else "title_changes_once" if total else "no_transfer"
            return say.words.say(key, area=say.words.area(often or total))

        return Plan("changes", draw, title)

    def uncertainty(self, day: date) -> Plan:
        """Plan how far lines may lie elsewhere, or which ground hangs on the places known."""
        held = area_estimates(self.ensemble, day, self.area)
        if self.ensemble.draws:
            return self._draws(day, held)
        boundary = self.ensemble.boundary or BoundaryError()
        draw = partial(
            uncertainty_map, day=day, boundary=boundary, assumed=self.assumed, estimates=held
        )

        def title(say: Speaker) -> str:
            parties = {holder: each for holder, each in held.items() if holder != NOBODY}
            if not parties:
                return say.words.say("title_nobody")
            most = max(sorted(parties), key=lambda holder: parties[holder].value)
            half = (parties[most].high - parties[most].low) / 2
            areas = {"area": say.words.area(parties[most].value), "half": say.words.area(half)}
            if self.assumed:
                areas["length"] = say.words.length(boundary.total_m)
            key = "title_uncertainty_assumed" if self.assumed else "title_uncertainty"
            return say.words.say(key, actor=say.name(most), **areas)

        return Plan("uncertainty", draw, title)

    def _draws(self, day: date, held: dict[Holder, Estimate]) -> Plan:
        found = disagreement(self.base, self.ensemble.draws, day, self.area)
        share = found.share_between(_HARDLY_SURE, np.inf)
        return Plan(
            "uncertainty",
            partial(draws_map, day=day, found=found, estimates=held),
            lambda say: say.of_ground("title_draws", share=say.words.share(share)),
            lambda say: say.words.say("note_draws", count=str(found.draws)),
        )

    def side(self, start: date, end: date) -> frozenset[Holder]:
        """Return whose ground is followed: the named actors, else who gained or lost most.

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
        before, after = self.base.held_km2((start, end), self.area)
        change = dict(zip(self.base.holders, np.abs(after - before), strict=True))
        return frozenset({max(known, key=lambda holder: (change[holder], holder))})

    def _held(self, day: date, side: frozenset[Holder]) -> Callable[[History], Bools]:
        return lambda history: history.holding(day, side)

    def _of(self, faces: Callable[[History], Bools]) -> Estimate:
        """Return the area of faces with its interval."""
        ceiling = self.base.km2(self.base.mask(self.area))
        measure = Measure(
            lambda history: history.km2(faces(history), self.area),
            faces,
            self.area,
            ceiling=ceiling,
        )
        return estimate(self.ensemble, measure)


def spread(days: tuple[date, ...], count: int) -> tuple[date, ...]:
    """Return so many days evenly spaced in their order, the first and last among them.

    Examples
    --------
    >>> spread(tuple(date(2018, 1, n) for n in range(1, 10)), 3)
    (datetime.date(2018, 1, 1), datetime.date(2018, 1, 5), datetime.date(2018, 1, 9))
    """
    if len(days) <= count:
        return days
    places = np.linspace(0, len(days) - 1, count).round().astype(int)
    return tuple(days[place] for place in places)

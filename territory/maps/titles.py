"""What a map finds, in one sentence of its language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from territory.holders import NOBODY, Holder
from territory.maps.map_text import Words
from territory.maps.style import Style
from territory.measure.boundary_error import BoundaryError
from territory.measure.estimate import Estimate

Estimates = Mapping[Holder, Estimate]
Titles = Mapping[str, Mapping[str, str]]  # of named areas, by language
Pairs = Mapping[tuple[Holder, Holder], Estimate]
_LEAST_KM2 = 1e-6  # less is what adding up leaves
_MUCH = 0.25  # of what one side took of another: what went back is told too


@dataclass(frozen=True, eq=False)
class Speaker:
    """Says what pictures show, in one language.

    Attributes
    ----------
    framed : bool
        Whether shares of the ground mean anything; see `territory.maps.subject.is_framed`.
    area : str
        What the area is called that is looked at; nothing where it is all ground.
    place : str
        Where that ground lies, as far as a finding must say so: the countries of what changed.
    """

    styles: Mapping[Holder, Style]
    language: str
    framed: bool = True
    area: str = ""
    place: str = ""

    @property
    def words(self) -> Words:
        """The texts of the language."""
        return Words(self.language)

    def name(self, holder: Holder) -> str:
        """Return the name of a holder.

        Parameters
        ----------
        holder : Holder
            One that has a style.
        """
        return self.styles[holder].name(self.language)

    def placed(self, finding: str) -> str:
        """Return a finding with the name of the area that it is about.

        Parameters
        ----------
        finding : str
            One sentence.

        Examples
        --------
        >>> Speaker({}, "en", area="Donetsk oblast").placed("Russia gained 173 km²")
        'Donetsk oblast: Russia gained 173 km²'
        >>> Speaker({}, "en").placed("Russia gained 483 km²")
        'Russia gained 483 km²'
        """
        where = self.area or self.place
        return self.words.say("in_area", area=where, said=finding) if where else finding

    def dated(self, finding: str, start: date, end: date) -> str:
        """Return a finding with the days between which it came about.

        Parameters
        ----------
        finding : str
            One sentence.
        start, end : date
            The first and the last day.

        Examples
        --------
        >>> Speaker({}, "en").dated("Russia gained 483 km²", date(2025, 11, 1), date(2025, 12, 1))
        'Russia gained 483 km², 1 November to 1 December 2025'
        """
        return self.words.say("dated", said=finding, period=self.words.from_until(start, end))

    def of_ground(self, key: str, **values: str) -> str:
        """Return a sentence about a share: of the ground, or of the area that has a name.

        Parameters
        ----------
        key : str
            Name of the text; with an area the one that ends in ``_named``.
        **values : str
            What fills each gap, by its name.
        """
        return self.words.say(f"{key}_named" if self.area else key, **values)

    def names(self, side: frozenset[Holder]) -> str:
        """Return the names of several holders as a list.

        Parameters
        ----------
        side : frozenset of Holder
            Holders that have a style.
        """
        return self.words.listed(self.name(holder) for holder in sorted(side))

    def note(
        self,
        places: int,
        *,
        listed: bool = False,
        is_rebalanced: bool = False,
        of_fronts: bool = False,
    ) -> str:
        """Say what kind of zones these are: from so many places, cut by fronts, or drawn.

        Parameters
        ----------
        places : int
            How many there are; 0 for drawn zones.
        listed : bool
            Whether a ``quality.csv`` with the repairs is written beside the picture.
        is_rebalanced : bool
            Whether villages of a gazetteer follow the places.
        of_fronts : bool
            Whether front lines cut a ground, and nobody drew zones.
        """
        if places:
            key = "note_villages" if is_rebalanced else "note_places"
            return self.words.counted(key, places)
        key = "note_fronts" if of_fronts else "note_zones"
        return self.words.say(f"{key}_listed" if listed else key)

    def rest(self, name: str, outline: str) -> str:
        """Say who has what no zone covers of an area.

        Parameters
        ----------
        name : str
            Of the holder, as the map has it.
        outline : str
            Where the outline of the area comes from.
        """
        return self.words.say("note_rest", actor=name, outline=outline)

    def assumed(self, boundary: BoundaryError) -> str:
        """Say what the intervals of drawn zones assume, where their publisher says nothing.

        Parameters
        ----------
        boundary : BoundaryError
            In metres across the line.
        """
        key = "note_assumed" if boundary.boundary_error_m else "note_traced"
        return self.words.say(key, length=self.words.length(boundary.total_m))

    def gaps(self, days: Sequence[date]) -> str:
        """Say that some days have no map, if so, and where the longest gap is.

        Parameters
        ----------
        days : sequence of date
            Days that have a map, in order.

        Returns
        -------
        str
            Empty where every day has one.
        """
        start, end = max(pairwise(days), key=_length, default=(None, None))
        if start is None or end is None or _length((start, end)) == 1:
            return ""
        every = _length((days[0], days[-1])) + 1
        return self.words.counted(
            "note_gaps",
            every,
            maps=self.words.number(f"{len(days):,}"),
            days=self.words.number(f"{every:,}"),
            start=self.words.day(start),
            end=self.words.day(end),
        )

    def day(self, held: Estimates) -> str:
        """Name the party that holds most.

        Parameters
        ----------
        held : mapping of Holder to Estimate
            In square kilometres.
        """
        parties = {holder: each.value for holder, each in held.items() if holder != NOBODY}
        if not parties:
            return self.words.say("title_nobody")
        largest = max(sorted(parties), key=lambda holder: parties[holder])
        if not self.framed:
            area = self.words.area(parties[largest])
            return self.words.say("title_held", actor=self.name(largest), area=area)
        share = parties[largest] / sum(each.value for each in held.values())
        return self.of_ground("title_day", actor=self.name(largest), share=self.words.share(share))

    def change_of(self, side: frozenset[Holder], change_km2: float) -> str:
        """Say what a side gained or lost.

        Parameters
        ----------
        side : frozenset of Holder
            Holders that have a style, taken together.
        change_km2 : float
            In square kilometres; above zero is a gain.
        """
        if abs(change_km2) < _LEAST_KM2:  # what it won and lost may be as large, and not nothing
            return self.words.say("same_area", actor=self.names(side))
        key = "title_gained" if change_km2 > 0 else "title_lost"
        area = self.words.area(abs(change_km2))
        return self.words.say(key, actor=self.names(side), area=area)

    def transfer(self, moved: Pairs) -> str:
        """Name the largest transfer; from one actor to another, if there is any such.

        What went the other way is named too, where it is a quarter of that or more: one side did
        not simply take ground then.

        Parameters
        ----------
        moved : mapping of (giver, taker) to Estimate
            Area in square kilometres by giver and taker.
        """
        if not moved:  # in between ground may have changed hands, and have come back
            return self.words.say("same_ground")
        giver, taker = max(
            sorted(moved), key=lambda pair: (pair[0].actor != pair[1].actor, moved[pair].value)
        )
        area = self.words.area(moved[giver, taker].value)
        if NOBODY in {giver, taker}:
            taken = giver == NOBODY
            key, party = ("title_took", taker) if taken else ("title_lost_to_nobody", giver)
            return self.words.say(key, actor=self.name(party), area=area)
        names = {"giver": self.name(giver), "taker": self.name(taker)}
        title = self.words.say("title_transfer", area=area, **names)
        back = moved.get((taker, giver))
        if back is None or back.value < _MUCH * moved[giver, taker].value:
            return title
        return self.words.say("title_and_back", title=title, area=self.words.area(back.value))


def _length(span: tuple[date, date]) -> int:
    """Return from one day to another, in days."""
    return (span[1] - span[0]).days

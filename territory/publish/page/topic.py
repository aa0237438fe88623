"""What a page is about: a series with its words, surroundings, provinces and claims.

The plane is the equal-area plane of the history's projection, in metres.
"""

from dataclasses import dataclass
from datetime import date

from territory.claims.verdicts import Judgement, claimed_days
from territory.history.regions import Regions
from territory.maps.request import MapSource
from territory.measure.ensemble import Ensemble


@dataclass(frozen=True, eq=False)
class Topic:
    """What a page is about.

    Attributes
    ----------
    source : MapSource
        The series with its title, surroundings and looks. Its loaded days are those a reader
        can choose, besides those of the claims; it opens with the area and the pair of days
        that its `maps` name, else with all ground, the first day and the last.
    language : str
        The language the page opens in.
    compared : tuple of date
        The days between any two of which transfers have intervals, where these come from
        draws; by default the days, if they are not too many, else the first and the last.
    regions : Regions, optional
        Provinces, in the plane of the series.
    tables : bool
        Whether every province gets figures of its own. Without, only those that are named
        areas do, which spares cutting all draws along the others.
    judgements : tuple of tuple of Judgement
        Claims, one group each.
    listed : bool
        Whether the repairs are listed in a ``quality.csv`` beside the page.
    beside : tuple of str
        The other series of a job, which the map and its figures are not about.
    """

    source: MapSource
    language: str = "en"
    compared: tuple[date, ...] = ()
    regions: Regions | None = None
    tables: bool = True
    judgements: tuple[tuple[Judgement, ...], ...] = ()
    listed: bool = False
    beside: tuple[str, ...] = ()

    @property
    def ensemble(self) -> Ensemble:
        """The series with what its intervals need."""
        return self.source.loaded.ensemble

    @property
    def all_days(self) -> tuple[date, ...]:
        """The days a reader can choose, those of the claims and of the pair included."""
        every = claimed_days(each for group in self.judgements for each in group)
        claimed = {day for day in every if day in self.source.base.days}
        pair = self.source.maps.before_after or ()
        return tuple(sorted({*self.source.loaded.days, *pair, *claimed}))

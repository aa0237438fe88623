"""What a page is about: a series with its words, surroundings, provinces and claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from territory.claims.verdicts import (
    Judgement,
    claimed_days,
)
from territory.history.regions import Regions
from territory.holders import Holder
from territory.maps.style import Style
from territory.measure.ensemble import Ensemble
from territory.publish.page.scopes import Titles
from territory.read.basemap import Context


@dataclass(frozen=True, eq=False)
class Topic:
    """What a page is about.

    Attributes
    ----------
    ensemble : Ensemble
        The series with what its intervals need.
    days : tuple of date
        The days a reader can choose, besides those of the claims and of `pair`; by default
        all of the series.
    compared : tuple of date
        The days between any two of which transfers have intervals, where these come from
        draws; by default the days, if they are not too many, else the first and the last.
    title, subtitle, source : str
        As its publisher words them.
    language : {"en", "ar"}
        The language the page opens in.
    area : str
        The named area it opens with; all ground by default.
    pair : tuple of date, optional
        The two days it opens with, before and after; the first and last by default.
    context : Context
        What lies around.
    titles : mapping of str to mapping of str to str
        What the named areas are called, by language, where their job says so.
    regions : Regions, optional
        Provinces, in the plane of the series.
    tables : bool
        Whether every province gets figures of its own. Without, only those that are named
        areas do, which spares cutting all draws along the others.
    judgements : tuple of tuple of Judgement
        Claims, one group each.
    styles : mapping of Holder to Style, optional
        Wins over the conventional colours.
    assumed : bool
        Whether the error of the lines is assumed, because nobody gives it.
    listed : bool
        Whether the repairs are listed in a ``quality.csv`` beside the page.
    """

    ensemble: Ensemble
    title: str
    days: tuple[date, ...] = ()
    compared: tuple[date, ...] = ()
    subtitle: str = ""
    source: str = ""
    language: str = "en"
    area: str = ""
    pair: tuple[date, date] | None = None
    context: Context = field(default_factory=Context)
    titles: Titles = field(default_factory=dict)
    regions: Regions | None = None
    tables: bool = True
    judgements: tuple[tuple[Judgement, ...], ...] = ()
    styles: Mapping[Holder, Style] | None = None
    assumed: bool = False
    listed: bool = False

    @property
    def all_days(self) -> tuple[date, ...]:
        """The days a reader can choose, those of the claims and of `pair` included."""
        base = self.ensemble.base
        every = claimed_days(each for group in self.judgements for each in group)
        claimed = {day for day in every if day in base.days}
        return tuple(sorted({*(self.days or base.days), *(self.pair or ()), *claimed}))

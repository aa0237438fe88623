"""What every map of a history needs, gathered and checked once.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.geometry.arrays import Bools
from territory.geometry.coverage import sound
from territory.geometry.rectangles import within_rectangle
from territory.history.history import WHOLE, History
from territory.holders import NOBODY, Holder
from territory.maps.focus import beyond, focus
from territory.maps.frame import Extent, View
from territory.maps.furniture import footer
from territory.maps.map_text import MapText, Words, clean, title_of
from territory.maps.parts import limit_km2
from territory.maps.sheet import MAP_WIDTH, NARROW_MAP_WIDTH
from territory.maps.style import TOGETHER, Style, second_tones, styles_for
from territory.maps.titles import Speaker, Titles
from territory.maps.typesetting import POINTS_PER_INCH, Block
from territory.numbers import figure
from territory.read.basemap import Context
from territory.read.world import COUNTRY_RIM

_ASPECTS = (0.85, 1.45)  # width to height of a map, at the narrowest and widest
_NAME_LIMIT = 60  # characters of an actor's name
_HARDLY_KM2 = 0.1  # beyond the frame, which is not worth a word
_ALL_BUT_ALL = 0.999  # share of an area from which it counts as covered
_NEARLY_ALL = 0.95  # of what changed lies in the countries that a title names, and in
_MOST_COUNTRIES = 2  # of them
_MOST_TOLD_APART = 40  # nobody can follow more colours and hatches from a legend to a map
_BORDER_M = 2 * COUNTRY_RIM.error_m

Holding = tuple[tuple[Holder, BaseGeometry], ...]


@dataclass(frozen=True, eq=False)
class Subject:
    """A history as it is shown: area, surroundings, words and styles.

    Every picture is drawn from one, a film too; small enough to be handed to another process.

    Attributes
    ----------
    history : History
        Its plane is the plane of the map.
    context : Context
        What lies around.
    text : MapText
        Title, source and language.
    area : str, optional
        A named area of the history; the whole by default.
    preferred : mapping of Holder to Style, optional
        Wins over the conventional look; see `territory.maps.style.styles_for`.
    titles : mapping of str to mapping of str to str
        What named areas are called, by language.
    changed : Polygon or MultiPolygon, optional
        Ground that changed hands, of a map that is drawn around it where no area is asked for.
    narrow : bool
        Whether the sheet is for the screen of a telephone: everything below everything else.

    Raises
    ------
    InputError
        If the area is not in the history or the data do not reach into it.
    """

    history: History
    context: Context
    text: MapText = field(default_factory=MapText)
    area: str | None = None
    preferred: Mapping[Holder, Style] | None = None
    titles: Titles = field(default_factory=dict)
    changed: BaseGeometry | None = None
    narrow: bool = False

    def __post_init__(self) -> None:
        """Refuse an area without any ground."""
        if self.total_km2 <= 0:
            name = clean(self.area or WHOLE, _NAME_LIMIT)
            raise InputError(f"the data do not reach into the area '{name}'")

    @cached_property
    def styles(self) -> Mapping[Holder, Style]:
        """How every holder is shown; those of `minor` alike."""
        holders, minor = self.history.holders, self.minor
        if not minor:
            return styles_for(holders, preferred=self.preferred)
        single = [each for each in self._by_size if each not in minor]
        alike = {each: Style(TOGETHER) for each in minor}
        found = styles_for(single, preferred={**(self.preferred or {}), **alike})
        found |= styles_for(sorted(minor), preferred=alike)
        return {each: found[each] for each in holders}

    @cached_property
    def minor(self) -> frozenset[Holder]:
        """Holders that look alike and have one row of a legend: many, each with little ground.

        None where there are few enough for each to be told from all others, and never one
        whose look somebody chose.
        """
        own = {NOBODY, *(self.preferred or {})}
        told_apart = [each for each in self._by_size if each not in own]
        few = len(self.history.holders) <= _MOST_TOLD_APART + 1
        return frozenset(() if few else told_apart[_MOST_TOLD_APART:])

    @cached_property
    def _by_size(self) -> list[Holder]:
        """All holders, by the most ground that each has on any day, the largest first."""
        largest = self.history.held_km2(area=self.area).max(axis=0)
        km2 = dict(zip(self.history.holders, largest.tolist(), strict=True))
        return sorted(km2, key=lambda holder: (-km2[holder], holder))

    @cached_property
    def tones(self) -> Mapping[Holder, str]:
        """The second colour of every holder, for ground that it gained."""
        return second_tones(self.styles)

    @cached_property
    def ground(self) -> BaseGeometry:
        """The part of the area that the data cover, in the plane."""
        return _ground(self.history, self.area)

    @cached_property
    def total_km2(self) -> float:
        """Its size."""
        return self.history.km2(np.ones(len(self.history.faces), dtype=bool), self.area)

    @property
    def framed(self) -> bool:
        """Whether the rim of the ground means anything; see `is_framed`."""
        return is_framed(self.history, self.area)

    @property
    def say(self) -> Speaker:
        """Who says what the picture shows."""
        language = self.text.language
        name = title_of(self.area or WHOLE, self.titles, language)
        place = "" if name or self.changed is None else self.countries_of(self.changed)
        return Speaker(self.styles, language, self.framed, name, place)

    def countries_of(self, ground: BaseGeometry) -> str:
        """Return the names of the countries that some ground lies in; nothing where many share it.

        Parameters
        ----------
        ground : geometry
            In the plane, in metres.
        """
        extent = Extent.around(self.ground)
        view = View(self.history.projection, extent, self.context, self.text.language)
        shares, ground = [], sound(np.array([ground]))[0]
        for each in view.countries:
            land = sound(np.array([each.geometry]))[0]
            near = shapely.dwithin(land, ground, _BORDER_M)
            if each.name and near:  # outlines of countries lie off by as much
                there = shapely.intersection(land.buffer(_BORDER_M, quad_segs=2), ground)
                shares.append((float(there.area), each.name))
        found: list[str] = []
        left = _NEARLY_ALL * float(ground.area)
        for km2, name in sorted(shares, key=lambda pair: -pair[0]):
            if left <= 0 or len(found) == _MOST_COUNTRIES:
                break
            found.append(name)
            left -= km2
        if left > 0 or not found:
            return ""
        return (
            found[0]
            if len(found) == 1
            else self.words.say("places_and", one=found[0], other=found[1])
        )

    @property
    def words(self) -> Words:
        """The texts of the language of the map."""
        return self.text.words

    def between(self, days: tuple[date, ...]) -> "Subject":
        """Return the subject of a map of what changed between days; the same without any.

        Parameters
        ----------
        days : tuple of date
            Days of the history.
        """
        if not days:
            return self
        check_order(*days)
        return replace(self, changed=changed_ground(self, days))

    @cached_property
    def focus(self) -> Extent | None:
        """The frame around what changed; None where the map shows all of the area."""
        if self.changed is None or self.area not in {None, WHOLE}:
            return None
        return focus(self.changed, Extent.around(self.ground))

    @cached_property
    def aspect(self) -> float:
        """Width to height of the map."""
        extent = self.focus or Extent.around(self.ground)
        return float(np.clip(extent.width / extent.height, *_ASPECTS))

    @cached_property
    def view(self) -> View:
        """What the map shows: the area, or what changed in it, with a margin."""
        extent = (self.focus or Extent.around(self.ground)).fitted(self.aspect)
        return View(self.history.projection, extent, self.context, self.text.language)

    @property
    def place(self) -> BaseGeometry:
        """What the locator marks: the area, or the frame around what changed."""
        return self.view.extent.box if self.focus else self.ground

    def seen(self, ground: BaseGeometry) -> BaseGeometry:
        """Return the part of some ground that lies in the frame.

        Parameters
        ----------
        ground : geometry
            In the plane, in metres.

        Returns
        -------
        geometry
            In the plane, in metres.
        """
        extent = self.view.extent
        bounds = extent.west, extent.south, extent.east, extent.north
        if not self.focus:
            return ground
        part: BaseGeometry = within_rectangle(np.array([ground]), *bounds)[0]
        return part

    @property
    def metres_per_point(self) -> float:
        """Ground that one point of a map of full width shows."""
        return self.view.extent.width / (self.map_width * POINTS_PER_INCH)

    @property
    def map_width(self) -> float:
        """Width in inches of a map that has its sheet to itself."""
        return NARROW_MAP_WIDTH if self.narrow else MAP_WIDTH

    @property
    def least_km2(self) -> float:
        """Smallest part of a transfer that is hatched and may be named."""
        return limit_km2(self.metres_per_point)

    def name(self, holder: Holder) -> str:
        """Return the name of a holder in the language of the map.

        Parameters
        ----------
        holder : Holder
            One of the history.
        """
        return clean(self.styles[holder].name(self.text.language), _NAME_LIMIT)

    def footer(self, width: float) -> list[Block]:
        """Return what stands below the map, set to a width in inches.

        Parameters
        ----------
        width : float
            In inches.
        """
        bordered = self.context.countries is not None or self.context.regions is not None
        borders = "borders_of_today" if self.context.past else "borders" * bordered
        extra = self._uncovered(), self._out_of_frame()
        return footer(self.text, self.history, width, *extra, borders=borders)

    def _out_of_frame(self) -> str:
        """Say that a map is drawn around what changed, and what of it lies beyond."""
        if self.focus is None or self.changed is None:
            return ""
        count, km2 = beyond(self.changed, self.view.extent)
        if km2 < _HARDLY_KM2:
            return self.words.say("note_focus")
        more = self.words.counted("note_beyond", count, area=self.words.area(km2))
        return f"{self.words.say('note_focus')} {more}"

    def _uncovered(self) -> str:
        share = self.history.covered_share(self.area or WHOLE)
        if share > _ALL_BUT_ALL:
            return ""
        return self.words.say("covered", value=self.words.number(figure(100 * share)))

    def km2(self, day: date) -> dict[Holder, float]:
        """Return the measured area of every holder on a day.

        Parameters
        ----------
        day : date
            A day of the history.

        Returns
        -------
        dict of Holder to float
            In square kilometres, inside the area.
        """
        row = self.history.held_km2((day,), self.area)[0]
        return dict(zip(self.history.holders, row.tolist(), strict=True))

    def holders(self, *days: date) -> list[Holder]:
        """Return who holds ground on any of the days, the largest first and nobody last.

        Parameters
        ----------
        *days : date
            Days of the history.
        """
        by_day = [self.km2(day) for day in days]
        largest = {holder: max(km2[holder] for km2 in by_day) for holder in self.history.holders}
        held = [h for h, km2 in largest.items() if km2 > 0 and (self.framed or h != NOBODY)]
        return sorted(held, key=lambda holder: (holder == NOBODY, -largest[holder], holder))

    def held(self, day: date) -> Holding:
        """Return the ground of everyone who counts on a day.

        Parameters
        ----------
        day : date
            A day of the history.

        Returns
        -------
        tuple of (Holder, geometry)
            In the plane.
        """
        held = held_on(self.history, day, self.area)
        return tuple(pair for pair in held if self.framed or pair[0] != NOBODY)

    def ground_of(self, faces: Bools) -> BaseGeometry:
        """Return chosen faces inside the area as one geometry.

        Parameters
        ----------
        faces : ndarray of bool, shape (faces,)
            Those that are chosen.

        Returns
        -------
        Polygon or MultiPolygon
            In the plane.
        """
        return self.history.outlines.around(faces & self.history.mask(self.area))


def is_framed(history: History, area: str | None) -> bool:
    """Return whether the ground is an area that was asked for or a coverage that ends.

    Then its rim is drawn and shares of it mean something. Drawn zones without an area have
    neither: what lies around them is as much nobody's as what they once enclosed.

    Parameters
    ----------
    history : History
        Drawn zones, or a coverage that ends somewhere.
    area : str or None
        A named area; None or ``all`` for all ground.
    """
    return area not in {None, WHOLE} or not history.is_endless


@lru_cache(maxsize=4)
def held_on(history: History, day: date, area: str | None) -> Holding:
    """Return the ground of every holder; kept, because one day is drawn in many languages.

    Parameters
    ----------
    history : History
        In its equal-area plane, in metres.
    day : date
        A day of the history.
    area : str or None
        A named area; None for every face.

    Returns
    -------
    tuple of (Holder, geometry)
        In the plane, nobody's ground included.
    """
    held, inside = history.held_by[history.day_index(day)], history.mask(area)
    return tuple(
        (history.holders[index], history.outlines.around((held == index) & inside))
        for index in np.unique(held[inside])
    )


@lru_cache(maxsize=4)
def _ground(history: History, area: str | None) -> BaseGeometry:
    """Return all ground looked at; kept, because every picture frames it."""
    return history.outlines.around(history.mask(area))


def changed_ground(subject: Subject, days: tuple[date, ...]) -> BaseGeometry:
    """Return the ground whose holder is not the same on all of some days.

    Parameters
    ----------
    subject : Subject
        The history as it is shown.
    days : tuple of date
        Days of the history.

    Returns
    -------
    Polygon or MultiPolygon
        In the plane, inside the area.
    """
    return _changed(subject.history, days, subject.area)


@lru_cache(maxsize=4)
def _changed(history: History, days: tuple[date, ...], area: str | None) -> BaseGeometry:
    """Return what changed hands; kept, because a picture and its title ask for the same."""
    held = history.at_days(days).held_by
    moved = (held != held[0]).any(axis=0)
    return history.outlines.around(moved & history.mask(area))


def check_order(*days: date) -> None:
    """Refuse days that are the same or out of order.

    Parameters
    ----------
    *days : date
        Days, the first one first.

    Raises
    ------
    InputError
        If one is not before the next.
    """
    for first, second in pairwise(days):
        if first >= second:
            raise InputError(f"the first day must come before the second, but {first} >= {second}")

"""What every map of a history needs, gathered and checked once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.actors import NOBODY, Holder
from territory.change import areas_by_day, zones
from territory.errors import InputError
from territory.history import WHOLE, History
from territory.maps.frame import Context, Extent, View
from territory.maps.furniture import MapText, footer
from territory.maps.sheet import Block
from territory.maps.style import Style, styles_for
from territory.maps.words import Words, clean

_ASPECTS = (0.85, 1.45)  # width to height of a map, at the narrowest and widest
_NAME_LIMIT = 60  # characters of an actor's name
_ALL_BUT_ALL = 0.999  # share of an area from which it counts as covered

Holding = tuple[tuple[Holder, BaseGeometry], ...]


@dataclass(frozen=True, eq=False)
class Subject:
    """A history as it is shown: area, surroundings, words, styles.

    Attributes
    ----------
    ground : Polygon or MultiPolygon
        The part of the area that the data cover, in the plane.
    total_km2 : float
        Its size.
    """

    history: History
    area: str | None
    context: Context
    text: MapText
    styles: Mapping[Holder, Style]
    ground: BaseGeometry
    total_km2: float

    @property
    def words(self) -> Words:
        """The texts of the language of the map."""
        return self.text.words

    @property
    def aspect(self) -> float:
        """Width to height of the map."""
        extent = Extent.around(self.ground)
        return float(np.clip(extent.width / extent.height, *_ASPECTS))

    @property
    def view(self) -> View:
        """What the map shows: the area with a margin."""
        extent = Extent.around(self.ground).fitted(self.aspect)
        return View(self.history.projection, extent, self.context, self.text.language)

    def name(self, holder: Holder) -> str:
        """Return the name of a holder in the language of the map."""
        return clean(self.styles[holder].name(self.text.language), _NAME_LIMIT)

    def footer(self, width: float) -> list[Block]:
        """Return what stands below the map, set to a width in inches."""
        bordered = self.context.countries is not None or self.context.regions is not None
        return footer(self.text, self.history, width, self._uncovered(), bordered=bordered)

    def _uncovered(self) -> str:
        share = self.history.covered_share(self.area or WHOLE)
        if share > _ALL_BUT_ALL:
            return ""
        return self.words.say("covered", value=f"{100 * share:.0f}")

    def km2(self, day: date) -> dict[Holder, float]:
        """Return the measured area of every holder on a day."""
        row = areas_by_day(self.history.at_days((day,)), self.area)[0]
        return dict(zip(self.history.holders, row.tolist(), strict=True))

    def holders(self, *days: date) -> list[Holder]:
        """Return who holds ground on any of the days, the largest first and nobody last."""
        by_day = [self.km2(day) for day in days]
        largest = {holder: max(km2[holder] for km2 in by_day) for holder in self.history.holders}
        held = [holder for holder, km2 in largest.items() if km2 > 0]
        return sorted(held, key=lambda holder: (holder == NOBODY, -largest[holder], holder))


def look_at(
    history: History,
    day: date,
    *,
    area: str | None,
    context: Context,
    text: MapText,
    styles: Mapping[Holder, Style] | None,
) -> tuple[Subject, Holding]:
    """Return the subject of a map and who holds what on a day.

    Raises
    ------
    InputError
        If the day or area is not in the history or the data do not reach into the area.
    """
    held = zones(history, day, area)
    total = history.km2(np.ones(len(history.faces), dtype=bool), area)
    if total <= 0:
        raise InputError(f"the data do not reach into the area '{clean(area or WHOLE, 60)}'")
    ground = shapely.union_all([geometry for _, geometry in held])
    complete = styles_for(history.holders, given=styles)
    return Subject(history, area, context, text, complete, ground, total), held

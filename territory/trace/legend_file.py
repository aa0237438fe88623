"""The legend of a picture of a map, as a TOML file."""

import re
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)

from territory.claims.figures import Day, Settings
from territory.errors import InputError
from territory.holders import Holder, Status
from territory.maps.colour_difference import code_of
from territory.trace.image.palette import NOT_LAND, OVERPRINT, TOLERANCE, Palette, Swatch
from territory.trace.image.pixel_classes import FILL_PX, SMALLEST_PX

_ACTOR = re.compile(r"[a-z0-9][a-z0-9_-]*", re.ASCII)
_MOST_TOLERANT = 100.0


def _colour(text: str) -> str:
    try:
        code_of(text)
    except InputError as error:
        raise ValueError(error.problem) from None
    return text.lower()


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Colour = Annotated[str, AfterValidator(_colour)]
Colours = Annotated[tuple[Colour, ...], BeforeValidator(_several)]
Tolerance = Annotated[float, Field(gt=0, le=_MOST_TOLERANT, allow_inf_nan=False)]
Box = tuple[int, int, int, int]


class Zone(Settings):
    """Whose zones have which colours.

    Attributes
    ----------
    actor : str
        Lower-case letters, digits, - and _.
    colour : str or tuple of str
        ``#rrggbb``, one or several.
    status : Status
        How firmly it is held.
    tolerance : float, optional
        Instead of that of the legend.
    """

    actor: str
    colour: Annotated[Colours, Field(min_length=1)]
    status: Status = Status.HELD
    tolerance: Tolerance | None = None

    @field_validator("actor")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not _ACTOR.fullmatch(value):
            complaint = f"'{value}' is no actor name (lower-case letters, digits, - and _)"
            raise ValueError(complaint)
        return value

    @property
    def holder(self) -> Holder:
        """Who holds the zones, and how firmly."""
        return Holder(self.actor, self.status)


class Legend(Settings):
    """What a picture of a map shows, and in which colours.

    Attributes
    ----------
    title, publisher, url, licence : str
        Of the map.
    day : date
        The day it is about.
    scale : float, optional
        Denominator of the scale of a printed map.
    tolerance : float
        Largest difference, in CIE Lab, between a pixel and the colour it is taken for.
    fill_px : float
        How far from a zone what is printed over it is filled.
    smallest_px : int
        Connected pixels of one colour that are fewer are a symbol.
    not_land : tuple of str
        Colours of sea, lakes and foreign land.
    overprint : tuple of str
        Colours of labels, roads, borders, dots and hatching.
    frame : tuple of int, optional
        The part of the picture that is the map: left, top, right, bottom in pixels.
    ignore : tuple of tuple of int
        Parts that are not (legend, title), in the same way; they count as no land.
    covered : tuple of tuple of int
        Parts that hide the map (an inset, a photograph); filled from around as far as
        `fill_px` reaches, otherwise unknown.
    zone : tuple of Zone
        At least one.
    """

    title: str = ""
    day: Day
    publisher: str = ""
    url: str = ""
    licence: str = ""
    scale: Annotated[float | None, Field(gt=0, allow_inf_nan=False)] = None
    tolerance: Tolerance = TOLERANCE
    fill_px: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = FILL_PX
    smallest_px: Annotated[int, Field(ge=1)] = SMALLEST_PX
    not_land: Colours = ()
    overprint: Colours = ()
    frame: Box | None = None
    ignore: tuple[Box, ...] = ()
    covered: tuple[Box, ...] = ()
    zone: Annotated[tuple[Zone, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _clear(self) -> Self:
        for left, top, right, bottom in self.boxes:
            if not (0 <= left < right and 0 <= top < bottom):
                box = [left, top, right, bottom]
                raise ValueError(f"{box} is no box; write left, top, right, bottom in pixels")
        try:
            _ = self.palette
        except InputError as error:
            raise ValueError(error.problem) from None
        return self

    @property
    def source(self) -> str:
        """Publisher, licence and address, as far as they are given."""
        return ", ".join(each for each in (self.publisher, self.licence, self.url) if each)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """All boxes, for checks."""
        return (*self.ignore, *self.covered, *([self.frame] if self.frame else []))

    @property
    def palette(self) -> Palette:
        """The colours and what they stand for."""
        zones = (
            Swatch(colour, number, zone.tolerance or self.tolerance)
            for number, zone in enumerate(self.zone)
            for colour in zone.colour
        )
        others = (
            Swatch(colour, label, self.tolerance)
            for label, colours in ((NOT_LAND, self.not_land), (OVERPRINT, self.overprint))
            for colour in colours
        )
        return Palette(tuple(each.holder for each in self.zone), (*zones, *others))

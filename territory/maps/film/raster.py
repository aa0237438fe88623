"""Zones as pixels: every face drawn once, then coloured anew for each day.

The faces of a history never change, so they are burnt into one fine grid of face numbers;
a day is then a look-up of colours and an average of the fine pixels that make up one
pixel of the picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray
from PIL import Image

from territory.extras import require
from territory.geometry.projection import Ints
from territory.history.history import History
from territory.holders import NOBODY, Holder
from territory.maps.frame import Extent
from territory.maps.paint import Paint
from territory.maps.style import Style

Bytes = NDArray[np.uint8]
_FINE = 3  # fine pixels along a pixel
_LINE = (74, 74, 74, 255)
_STRIPE = 5  # fine pixels between two lines of a hatch, and
_STRIPE_LINE = 2  # how wide they are


@dataclass(frozen=True, eq=False)
class Canvas:
    """The faces of a history as pixels of a picture.

    Attributes
    ----------
    history : History
        Its plane is that of the extent.
    area : str or None
        A named area; other faces are not drawn.
    size : (int, int)
        Width and height of the picture in pixels.
    framed : bool
        Whether ground that nobody holds is drawn; see `territory.maps.subject.Subject`.
    tones : mapping of Holder to str
        The second colour of each holder, for ground that it gained.
    first : int
        Index of the day since which ground is gained; None where nothing is.
    """

    history: History
    area: str | None
    extent: Extent
    size: tuple[int, int]
    styles: Mapping[Holder, Style]
    framed: bool
    tones: Mapping[Holder, str] = field(default_factory=dict)
    first: int | None = None

    @cached_property
    def faces(self) -> Ints:
        """The number of the face at each fine pixel, from 1; 0 where there is none."""
        require("film")
        from rasterio import Affine
        from rasterio.features import rasterize

        wide, high = self.size[0] * _FINE, self.size[1] * _FINE
        inside = np.flatnonzero(self.history.mask(self.area)).tolist()
        if not inside:
            return np.zeros((high, wide), dtype=np.int64)
        extent = self.extent
        across, down = extent.width / wide, -extent.height / high
        place = Affine(across, 0.0, extent.west, 0.0, down, extent.north)
        shapes = ((self.history.faces[face], face + 1) for face in inside)
        burnt: Ints = rasterize(shapes, out_shape=(high, wide), transform=place, dtype="int32")
        return burnt

    @cached_property
    def stripes(self) -> NDArray[np.bool_]:
        """Which fine pixels a hatch leaves plain."""
        high, wide = self.faces.shape
        across = np.add.outer(np.arange(high), np.arange(wide))
        lines: NDArray[np.bool_] = across % (_STRIPE * _FINE) < _STRIPE_LINE * _FINE
        return lines

    @cached_property
    def colours(self) -> NDArray[np.uint32]:
        """Red, green, blue and alpha, multiplied: nothing, each holder, its hatch, the line.

        A holder has four: what it held first and that hatched, what it gained and that hatched.
        """
        rows = [(0, 0, 0, 0)]
        for holder in self.history.holders:
            style, visible = self.styles[holder], self.framed or holder != NOBODY
            gained = style.colour if holder == NOBODY else self.tones.get(holder, style.colour)
            for colour in (style.colour, gained):
                paint = Paint.of(replace(style, colour=colour))
                hatch = paint.hatch_colour if paint.hatch else paint.fill
                rows += [_rgba(paint.fill, visible), _rgba(hatch, visible)]
        return np.array([*rows, _LINE], dtype=np.uint8).view(np.uint32).ravel()

    def picture(self, row: int) -> Bytes:
        """Return the zones of a day.

        Parameters
        ----------
        row : int
            Index into the days of the history.

        Returns
        -------
        ndarray, shape (height, width, 4)
            Red, green, blue and alpha; the colours are multiplied by it.
        """
        held = self.history.held_by[row].astype(np.int64)
        nobody = self.history.holders.index(NOBODY)
        first = held if self.first is None else self.history.held_by[self.first]
        gained = held != first
        unseen = (held == nobody) & (not self.framed)
        index = np.where(unseen, 0, 4 * held + 1)
        seen = np.take(np.append(0, index).astype(np.uint16), self.faces)
        lines = _between(seen)
        seen = seen + np.take(np.append(0, 2 * (gained & ~unseen)).astype(np.uint16), self.faces)
        if any(self.styles[holder].hatch for holder in self.history.holders):
            seen = seen + (self.stripes & (seen > 0))
        seen[lines] = len(self.colours) - 1
        return averaged(np.take(self.colours, seen).view(np.uint8), self.size)


def averaged(pixels: Bytes, size: tuple[int, int]) -> Bytes:
    """Return a picture of multiplied colours and alpha made smaller, by averages.

    Pillow would multiply the colours by alpha once more; under the name of four inks it
    leaves them alone.

    Parameters
    ----------
    pixels : ndarray, shape (height, width, 4) or (height, 4 width)
    size : (int, int)
        Width and height to be had.

    Returns
    -------
    ndarray of uint8, shape (height, width, 4)
        Red, green, blue, each multiplied by alpha, and alpha.
    """
    high, wide = pixels.shape[0], pixels.size // pixels.shape[0] // 4
    image = Image.frombuffer(
        "CMYK", (wide, high), np.ascontiguousarray(pixels), "raw", "CMYK", 0, 1
    )
    if (wide, high) == (size[0] * _FINE, size[1] * _FINE):
        return np.asarray(image.reduce(_FINE))
    return np.asarray(image.resize(size, Image.Resampling.BOX))


def _rgba(colour: str, visible: bool) -> tuple[int, int, int, int]:
    red, green, blue = (round(255 * channel) for channel in to_rgb(colour))
    return (red, green, blue, 255) if visible else (0, 0, 0, 0)


def _between(seen: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Return the fine pixels on both sides of a change."""
    lines = np.zeros(seen.shape, dtype=bool)
    across, down = seen[:, 1:] != seen[:, :-1], seen[1:] != seen[:-1]
    lines[:, 1:] |= across
    lines[:, :-1] |= across
    lines[1:] |= down
    lines[:-1] |= down
    return lines


def blended(below: Bytes, above: Bytes) -> Bytes:
    """Return a picture under a multiplied one with alpha.

    Parameters
    ----------
    below : ndarray of uint8, shape (height, width, 3)
        Red, green, blue.
    above : ndarray of uint8, shape (height, width, 4)
        Red, green, blue, each multiplied by alpha, and alpha.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Red, green, blue.

    Examples
    --------
    >>> white = np.full((1, 1, 3), 255, dtype=np.uint8)
    >>> half_red = np.array([[[128, 0, 0, 128]]], dtype=np.uint8)
    >>> blended(white, half_red)[0, 0].tolist()
    [255, 127, 127]
    """
    left = 255 - above[..., 3:].astype(np.uint16)
    mixed = np.asarray(below * left + 128, dtype=np.uint16)
    divided = (mixed + (mixed >> 8)) >> 8  # by 255
    return np.asarray(np.minimum(divided + above[..., :3], 255), dtype=np.uint8)

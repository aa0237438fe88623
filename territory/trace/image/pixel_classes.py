"""Whose ground each pixel is: matched by its colour, filled from beside, or unknown.

1. A pixel is what the nearest colour of the legend says, if it is near enough.
2. What is printed over the zones (labels, roads, borders, dots, hatching), what matches
   nothing, and what matches but is too thin or too small to be a zone (the edge of a
   letter, a dot) is filled from the nearest pixel of a zone or of what is no land, up to a
   stated distance. A line drawn between two zones is thereby shared along its middle.
3. The rest is unknown, and stays so.

Every pixel carries which of these it went through, so that nothing is added in silence.
"""

from dataclasses import dataclass
from enum import IntEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from territory.geometry.arrays import Bools
from territory.trace.image.palette import NOT_LAND, OVERPRINT, UNMATCHED, Labels, Palette

Floats32 = NDArray[np.float32]
FILL_PX = 20.0
SMALLEST_PX = 40
_COLOURS = 1 << 24


class How(IntEnum):
    """How a pixel came by its label."""

    MATCHED = 0  # its own colour says so
    OVERPRINTED = 1  # filled: something is printed over the zone
    UNMATCHED = 2  # filled: a colour that the legend does not know
    TOO_SMALL = 3  # filled: a colour of the legend, but a speck or a thread of it
    UNKNOWN = 4  # nothing near enough
    LEFT_OUT = 5  # transparent, outside the frame, or told to be ignored


@dataclass(frozen=True, eq=False)
class Classes:
    """Whose ground each pixel is.

    Attributes
    ----------
    label : ndarray of int, shape (height, width)
        Number of the holder in the palette; one more than the last for unknown ground;
        `NOT_LAND`.
    how : ndarray of uint8, shape (height, width)
        See `How`.
    swatch_pixels : ndarray of int
        How many pixels match each swatch.
    colours, counts : ndarray of int
        The distinct colours that match nothing, and how many pixels have each.
    line_px : float
        Half the width of what is drawn over the borders between zones, root mean square.
    """

    label: Labels
    how: NDArray[np.uint8]
    swatch_pixels: NDArray[np.int64]
    colours: NDArray[np.int64]
    counts: NDArray[np.int64]
    line_px: float


def classified(
    rgb: NDArray[np.uint8],
    palette: Palette,
    *,
    left_out: Bools,
    covered: Bools | None = None,
    fill_px: float = FILL_PX,
    smallest_px: int = SMALLEST_PX,
) -> Classes:
    """Return whose ground each pixel of a picture is.

    Parameters
    ----------
    rgb : ndarray, shape (height, width, 3)
        Red, green, blue.
    palette : Palette
        What colours stand for.
    left_out : ndarray of bool, shape (height, width)
        Pixels that are no part of the map; they count as no land.
    covered : ndarray of bool, shape (height, width), optional
        Pixels under something that hides the map.
    fill_px : float
        How far from a zone a pixel may be filled.
    smallest_px : int
        Connected pixels of one colour that are fewer are no zone.

    Returns
    -------
    Classes
        Of the same height and width.

    Examples
    --------
    >>> from territory.holders import Holder
    >>> from territory.trace.image.palette import Swatch
    >>> rgb = np.zeros((20, 20, 3), dtype=np.uint8)
    >>> rgb[:, 10:] = 255
    >>> palette = Palette(
    ...     (Holder("a"), Holder("b")), (Swatch("#000000", 0), Swatch("#ffffff", 1)))
    >>> found = classified(rgb, palette, left_out=np.zeros((20, 20), dtype=bool))
    >>> found.label[0, [0, -1]].tolist()
    [0, 1]
    """
    red, green, blue = (rgb[..., channel].astype(np.int32) for channel in range(3))
    codes = red << 16 | green << 8 | blue
    count = np.bincount(codes[~left_out], minlength=_COLOURS)
    present = np.flatnonzero(count)
    name, swatch = palette.labels(present)
    table = np.full(_COLOURS, NOT_LAND, dtype=np.int16)
    table[present] = name
    first = table[codes]
    if covered is not None:
        first[covered] = OVERPRINT
    first[left_out] = NOT_LAND
    sure = _solid(first, len(palette.holders), smallest_px)
    sure[left_out] = True
    label, how, distance = _filled(first, sure, left_out, len(palette.holders), fill_px)
    matches = name != UNMATCHED
    return Classes(
        label,
        how,
        np.bincount(swatch[matches], count[present[matches]], len(palette.swatches)).astype(int),
        present[~matches],
        count[present[~matches]],
        _line_px(label, distance),
    )


def _solid(first: Labels, holders: int, smallest_px: int) -> Bools:
    """Return which pixels belong to something as large as a zone."""
    sure = np.zeros(first.shape, dtype=bool)
    for label in (NOT_LAND, *range(holders)):
        part, parts = ndimage.label(_thick(first == label))
        if parts:
            large = np.bincount(part.ravel()) >= smallest_px
            large[0] = False
            sure |= large[part]
    return sure


def _thick(same: Bools) -> Bools:
    """Return the pixels that lie in a block of three by three alike: an opening.

    A picture goes on beyond its edge as it is there.
    """
    there = np.pad(same, 2, mode="edge")
    rows = there[:-2] & there[1:-1] & there[2:]
    blocks = rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:]
    rows = blocks[:-2] | blocks[1:-1] | blocks[2:]
    return np.asarray(rows[:, :-2] | rows[:, 1:-1] | rows[:, 2:], dtype=bool)


def _nearest(sure: Bools) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats32]:
    """Return row and column of the nearest pixel that is sure, and how far it is."""
    row, column = ndimage.distance_transform_edt(~sure, return_distances=False, return_indices=True)
    high, wide = sure.shape
    down = row - np.arange(high, dtype=np.int32)[:, None]
    across = column - np.arange(wide, dtype=np.int32)
    return row, column, np.hypot(down, across, dtype=np.float32)


def _filled(
    first: Labels, sure: Bools, left_out: Bools, unknown: int, fill_px: float
) -> tuple[Labels, NDArray[np.uint8], Floats32]:
    """Give every pixel that is not sure the label of the nearest one that is."""
    if not (sure & ~left_out).any():
        label = np.where(left_out, NOT_LAND, unknown).astype(np.int16)
        how = np.where(left_out, How.LEFT_OUT, How.UNKNOWN).astype(np.uint8)
        return label, how, np.zeros(first.shape, dtype=np.float32)
    row, column, distance = _nearest(sure & ~left_out)
    distance[left_out] = 0.0
    far = _wide(distance, fill_px)
    label = np.where(far, np.int16(unknown), first[row, column])
    why = {OVERPRINT: How.OVERPRINTED, UNMATCHED: How.UNMATCHED}
    how = np.full(first.shape, How.TOO_SMALL, dtype=np.uint8)
    for name, reason in why.items():
        how[first == name] = reason
    how[far] = How.UNKNOWN
    how[sure] = How.MATCHED
    label[left_out], how[left_out] = NOT_LAND, How.LEFT_OUT
    return label, how, distance


def _wide(distance: Floats32, fill_px: float) -> Bools:
    """Return which pixels lie in a patch that is too wide to be filled.

    All of the patch, up to its edges and square corners: a colour that the legend forgot
    is not eaten away from its sides.
    """
    core = distance > fill_px
    if not core.any():
        return core
    near = _nearest(core)[2] <= sqrt(2) * (fill_px + 1)
    return core | (near & (distance > 0))


def _line_px(label: Labels, distance: Floats32) -> float:
    """Return how far borders lie from the nearest pixel that is sure, root mean square."""
    far = []
    for one, other, d, e in (
        (label[:, :-1], label[:, 1:], distance[:, :-1], distance[:, 1:]),
        (label[:-1], label[1:], distance[:-1], distance[1:]),
    ):
        far.append(np.maximum(d, e)[one != other])
    all_far = np.concatenate(far).astype(np.float64)
    return float(np.sqrt((all_far**2).mean())) if len(all_far) else 0.0

"""The colours of a legend: whose ground a colour is, and what is no ground at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from territory.errors import InputError
from territory.geometry.projection import Floats
from territory.holders import NOBODY, Holder
from territory.maps.colour_difference import code_of, difference, lab, named
from territory.numbers import percent

TOLERANCE = 10.0  # in CIE Lab: what a JPEG does to a flat colour; a map's colours are 20 apart
UNKNOWN = Holder("unknown")
_SAME = 2.0  # in CIE Lab; nearer is one colour to the eye
_COARSE = 3  # bits of a channel that are put together to name the main colours
_FEW = 6  # colours that a message names
NOT_LAND, OVERPRINT, UNMATCHED = -1, -2, -3

Labels = NDArray[np.int16]


@dataclass(frozen=True)
class Swatch:
    """A colour of the legend.

    Attributes
    ----------
    colour : str
        ``#rrggbb``.
    label : int
        Number of the holder in the palette, or `NOT_LAND` or `OVERPRINT`.
    tolerance : float
        Largest difference in CIE Lab of a pixel that is of this colour.
    """

    colour: str
    label: int
    tolerance: float = TOLERANCE


@dataclass(frozen=True)
class Palette:
    """All colours of a legend.

    Attributes
    ----------
    holders : tuple of Holder
        Whose zones the picture shows.
    swatches : tuple of Swatch
        Their colours, those of sea and foreign land, and those of what is printed over.

    Raises
    ------
    InputError
        If a name is reserved, a holder stands twice, or the eye cannot tell two colours
        of different meaning apart.
    """

    holders: tuple[Holder, ...]
    swatches: tuple[Swatch, ...]

    def __post_init__(self) -> None:
        """Refuse a legend that contradicts itself."""
        for holder in self.holders:
            if holder.actor in {NOBODY.actor, UNKNOWN.actor}:
                problem = (
                    f"an actor cannot be named '{holder.actor}': ground that no colour explains"
                    " is 'unknown', and what is no zone belongs under not_land"
                )
                raise InputError(problem)
            if self.holders.count(holder) > 1:
                raise InputError(f"'{holder}' stands twice; give one zone several colours")
        for one, other in combinations(self.swatches, 2):
            if one.label != other.label and difference(one.colour, other.colour) < _SAME:
                names = f"{one.colour} ({self.name(one)}) and {other.colour} ({self.name(other)})"
                raise InputError(f"{names} are the same colour to the eye")

    def name(self, swatch: Swatch) -> str:
        """Return what a colour stands for, in words.

        Parameters
        ----------
        swatch : Swatch
            One of `swatches`.
        """
        if swatch.label >= 0:
            return str(self.holders[swatch.label])
        return "not land" if swatch.label == NOT_LAND else "overprint"

    def labels(self, codes: NDArray[np.int64]) -> tuple[Labels, NDArray[np.int16]]:
        """Return what colours stand for: that of the nearest swatch within its tolerance.

        Parameters
        ----------
        codes : ndarray of int, shape (n,)
            Colours as ``0xrrggbb``.

        Returns
        -------
        labels, swatches : ndarray of int, shape (n,)
            The label, `UNMATCHED` where no swatch is near enough; and which swatch it is.
        """
        apart = self._apart(codes)
        nearest = apart.argmin(axis=1).astype(np.int16)
        within = (
            apart[np.arange(len(codes)), nearest]
            <= np.array([each.tolerance for each in self.swatches])[nearest]
        )
        meaning = np.array([each.label for each in self.swatches], dtype=np.int16)
        return np.where(within, meaning[nearest], np.int16(UNMATCHED)), nearest

    def _apart(self, codes: NDArray[np.int64]) -> Floats:
        """Return the difference of each colour from each swatch."""
        own = lab(np.array([code_of(each.colour) for each in self.swatches]))
        seen = lab(codes)
        return np.stack([np.linalg.norm(seen - each, axis=1) for each in own], axis=1)


def main_colours(codes: NDArray[np.int64], count: NDArray[np.int64]) -> Iterator[tuple[str, float]]:
    """Yield the main colours of a picture with their shares, the most frequent first.

    Colours alike but for noise are put together under the most frequent of them.

    Parameters
    ----------
    codes, count : ndarray of int, shape (n,)
        Distinct colours, and how many pixels have each.

    Yields
    ------
    tuple of str and float
        The colour as ``#rrggbb``, and its share from 0 to 1.

    Examples
    --------
    >>> list(main_colours(np.array([0xFF0000, 0x0000FF]), np.array([1, 3])))
    [('#0000ff', 0.75), ('#ff0000', 0.25)]
    """
    keep = 8 - _COARSE
    cell = np.zeros_like(codes)
    for shift in (16, 8, 0):
        cell = cell << keep | (codes >> shift & 255) >> _COARSE
    order = np.lexsort((codes, -count))
    _, first, group = np.unique(cell[order], return_index=True, return_inverse=True)
    total = np.bincount(group, weights=count[order])
    for each in np.lexsort((first, -total)):
        yield named(int(codes[order[first[each]]])), float(total[each] / count.sum())


def colours_in_words(found: Iterator[tuple[str, float]]) -> str:
    """Return the first few colours and their shares as words.

    Parameters
    ----------
    found : iterator of (str, float)
        Colours as ``#rrggbb`` and shares from 0 to 1, in the order to be named.

    Examples
    --------
    >>> colours_in_words(iter([("#ff7d7d", 0.25), ("#c6ecff", 0.071)]))
    '#ff7d7d (25.0 %), #c6ecff (7.1 %)'
    """
    few = [each for each, _ in zip(found, range(_FEW), strict=False)]
    return ", ".join(f"{colour} ({percent(share)})" for colour, share in few)

"""The strips between an old and a new line, and how far the two share their errors.

Ground that changed hands is a strip with the line of the map before along one side and that
of the map after along the other. The nearer the two lie, the more they are one observation:
a publisher who moves a line by fifty metres has not looked at all of it anew, and one who
writes the same line with fewer decimals has looked at nothing. So the errors of both sides
of a strip have a correlation that falls with its mean width, twice its area over the length
of both sides::

    r(w) = exp(-(w - s) / sigma)        1 for strips narrower than s

with the error sigma of the lines themselves as the scale and s some metres (`SAME_LINE_M`).
Lines that lie apart by less than they may lie off are nearly one line, lines several times
as far apart are two. The mean width errs on the wide side for a strip of uneven width, as the
function is convex. It needs no distances, only areas and lengths, so the page can work it out.

Where one map alone drew all of the outline of a strip, as of a pocket that was not there
before, there is no second drawing to share an error with. Only a hairline, such as a gap
between two zones that was closed, is one line that was drawn twice by one hand: there s itself
is the scale.

What both sides share moves them together. The figure then changes by the difference of the
weights beyond the strip, and not at all where it is the ground of the strip itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from territory.geometry.arrays import Bools
from territory.geometry.edges import parting
from territory.geometry.graphs import connected
from territory.geometry.projection import Floats, Ints
from territory.history.drawing import Drawing
from territory.history.lines import Lines

SAME_LINE_M = 5.0  # five decimals of a degree move a line by up to 0.7 m, four by up to 7 m
AS_WIDE = 9  # decimals of a correlation: beyond stands the rounding of lengths
_SAME_LINE_SHARE = 0.1  # of the error of lines that are known to less than 50 m


@dataclass(frozen=True, eq=False)
class Strips:
    """Strips of ground that passed from one holder to another, and the lines along them.

    A line may lie along two strips, so lines stand in the arrays once for each.

    Attributes
    ----------
    width_m : ndarray, shape (s,)
        Mean width of each strip.
    line, strip : ndarray of int, shape (m,)
        The line, and the strip it lies along.
    within, beyond : ndarray of int, shape (m,)
        The face of the strip beside the line and the one on the line's other side, -1
        where nothing lies there.
    opposite : ndarray of int, shape (m,)
        Number of the side that lies across, out of `sides`.
    side : ndarray of int, shape (m,)
        Number of the side that the line is part of.
    length_m : ndarray, shape (m,)
        Of the line.
    near : ndarray of int, shape (n,)
        All lines beside ground that changed hands, in order.
    stayed : ndarray of bool, shape (faces,)
        The faces that did not.
    """

    width_m: Floats
    line: Ints
    strip: Ints
    within: Ints
    beyond: Ints
    side: Ints
    opposite: Ints
    length_m: Floats
    near: Ints
    stayed: Bools


@dataclass(frozen=True, eq=False)
class Shares:
    """What part of the error of each line stays its own, and what part goes with another.

    Attributes
    ----------
    own : ndarray, shape (n,)
        The part of the variance that no other line shares, 0 to 1.
    common : ndarray, shape (n,)
        The part that is shared with the line across the strip and still carries into the
        figure: the rest cancels.
    """

    own: Floats
    common: Floats


def same_line_m(error_m: float) -> float:
    """Return how near two drawings lie that are one line, in metres.

    Parameters
    ----------
    error_m : float
        Standard deviation of the lines, in metres.

    Examples
    --------
    >>> same_line_m(500.0), same_line_m(10.0)
    (5.0, 1.0)
    """
    return min(SAME_LINE_M, _SAME_LINE_SHARE * error_m)


def correlation(width_m: Floats, error_m: float) -> Floats:
    """Return the correlation of the errors of the two sides of strips.

    Parameters
    ----------
    width_m : ndarray
        Mean widths.
    error_m : float
        Standard deviation across the line, in metres.

    Returns
    -------
    ndarray
        Of the shape of `width_m`, 0 to 1.

    Examples
    --------
    >>> correlation(np.array([0.5, 505.0, np.inf]), 500.0).round(3).tolist()
    [1.0, 0.368, 0.0]
    """
    return _falling(width_m, error_m, error_m)


def hairline(width_m: Floats, error_m: float) -> Floats:
    """Return the correlation of the two sides of strips that one map alone drew.

    Parameters
    ----------
    width_m : ndarray
        Mean widths.
    error_m : float
        Standard deviation across the line, in metres.

    Returns
    -------
    ndarray
        Of the shape of `width_m`, 0 to 1.

    Examples
    --------
    >>> hairline(np.array([0.5, 10.0, 250.0]), 500.0).round(3).tolist()
    [1.0, 0.368, 0.0]
    """
    return _falling(width_m, error_m, same_line_m(error_m))


def _falling(width_m: Floats, error_m: float, scale_m: float) -> Floats:
    """Return a correlation that falls with the width beyond that of one line."""
    if not error_m:  # there may be a bias all the same
        return np.where(width_m <= SAME_LINE_M, 1.0, 0.0)
    apart = np.maximum(width_m - same_line_m(error_m), 0.0)
    with np.errstate(over="ignore"):  # of a line that is all but exact: so far apart is no relation
        return np.asarray(np.exp(-apart / scale_m))


def strips_of(drawing: Drawing, rows: tuple[int, int]) -> Strips:
    """Return the strips of ground that changed hands between two maps.

    Parameters
    ----------
    drawing : Drawing
        The lines of all days.
    rows : (int, int)
        Numbers of the two days, in order.

    Returns
    -------
    Strips
        Each a connected piece of ground that one holder lost to one other.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.history.drawing import drawing_of
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> strips_of(drawing_of(history), (0, 1)).width_m.tolist()
    [500.0]
    """
    lines = drawing.lines
    before, after = (drawing.held_by(row) for row in rows)
    changed = before != after
    near = np.flatnonzero(changed[lines.one] | (changed[lines.other] & (lines.other >= 0)))
    one, other = lines.one[near], lines.other[near]
    key = before.astype(np.int64) * len(drawing.history.holders) + after
    strip, count = _strip_of_face(key, changed, one, other)
    drawn = [parting(one, other, held) for held in (before, after)]
    side_map = np.tile(drawn[1], 2)  # 0: by the map before alone, 1: by the one after
    line, beside = np.tile(near, 2), np.tile(drawn[0] != drawn[1], 2)
    within, beyond = np.concatenate([one, other]), np.concatenate([other, one])
    along = beside & (within >= 0)
    along[along] = strip[within[along]] >= 0
    line, within, beyond = line[along], within[along], beyond[along]
    ours = strip[within]
    side = 2 * ours + side_map[along]
    length_m = lines.length_m[line]
    there = np.bincount(side, minlength=2 * count) > 0
    across = side ^ 1  # where only one map drew all of the outline, that lies across itself
    return Strips(
        _width_m(strip, drawing.area_m2, ours, length_m, count),
        line,
        ours,
        within,
        beyond,
        side,
        np.where(there[across], across, side),
        length_m,
        near,
        ~changed,
    )


def _width_m(strip: Ints, area_m2: Floats, beside: Ints, length_m: Floats, count: int) -> Floats:
    """Return the mean width of strips: twice their area over the length of their sides."""
    inside = np.flatnonzero(strip >= 0)
    size = np.bincount(strip[inside], area_m2[inside], count)
    sides_m = np.bincount(beside, length_m, count)
    width: Floats = np.full(len(size), np.inf)
    np.divide(2 * size, sides_m, out=width, where=sides_m > 0)
    return width


def _strip_of_face(key: Ints, changed: Bools, one: Ints, other: Ints) -> tuple[Ints, int]:
    """Return the strip of each face that changed hands, -1 for others, and how many there are.

    Faces that hang together and passed from the same holder to the same are one strip.
    """
    faces = np.flatnonzero(changed)
    number = np.full(len(changed), -1)
    number[faces] = np.arange(len(faces))
    joined = (other >= 0) & changed[one] & changed[other] & (key[one] == key[other])
    strip = np.full(len(changed), -1)
    count, strip[faces] = connected(number[one[joined]], number[other[joined]], len(faces))
    return strip, count


def shares(
    strips: Strips, lines: Lines, weight: Floats, *, beyond: float, error_m: float
) -> Shares:
    """Return how much of the error of each line counts in a figure.

    With the weights `J` by which ground beside a line differs, seen from the strip, and `K`
    its mean along the side across, moving both sides together changes the figure by
    `J - K`: a part `r J (J - K)` of the square is shared and stays, `r J K` cancels, and
    `(1 - r) J J` is the line's own.

    Parameters
    ----------
    strips : Strips
        Between the maps that the figure is about.
    lines : Lines
        Of the same drawing.
    weight : ndarray, shape (faces,)
        What each face counts.
    beyond : float
        What the ground beyond all faces counts.
    error_m : float
        Standard deviation across the line, in metres.

    Returns
    -------
    Shares
        For each of `lines`; all its own where a line lies along no strip.

    Examples
    --------
    >>> import shapely
    >>> from datetime import date
    >>> from territory.geometry.projection import EqualArea
    >>> from territory.history.history import from_coverage
    >>> from territory.history.drawing import drawing_of
    >>> from territory.holders import NOBODY, Holder
    >>> squares = np.array([shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(2)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 0], [1, 1]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)), holders=(NOBODY, Holder("a")),
    ...     projection=EqualArea(0.0, 0.0))
    >>> drawing, gained = drawing_of(history), np.array([0.0, 1.0])
    >>> strips = strips_of(drawing, (0, 1))
    >>> found = shares(strips, drawing.lines, gained, beyond=0.0, error_m=500.0)
    >>> sorted(found.own.round(3).tolist())  # two lines along the strip, one along none
    [0.628, 0.628, 1.0]
    """
    own, common = np.ones(len(lines.one)), np.zeros(len(lines.one))
    outside = np.where(strips.beyond < 0, beyond, weight[strips.beyond])
    _, line, found = shares_along(strips, [weight[strips.within] - outside], error_m)
    own[line], common[line] = found
    return Shares(own, common)


def shares_along(
    strips: Strips, steps: ArrayLike, error_m: float
) -> tuple[Ints, Ints, tuple[Floats, Floats]]:
    """Return how much of the error of lines along strips counts in each of some figures.

    Parameters
    ----------
    strips : Strips
        Between the maps that the figures are about.
    steps : array_like, shape (figures, m)
        By how much the weight falls from the strip to beyond each line along it.
    error_m : float
        Standard deviation across the line, in metres.

    Returns
    -------
    figure, line : ndarray of int, shape (figures * m,)
        A line that lies along two strips is there twice; what stands last counts.
    own, common : ndarray
        See `Shares`.
    """
    step = np.asarray(steps, dtype=np.float64)
    count, sides = len(step), 2 * len(strips.width_m)
    long = np.bincount(strips.side, strips.length_m, sides)
    side = strips.side + sides * np.arange(count)[:, None]
    added = np.bincount(side.ravel(), (strips.length_m * step).ravel(), count * sides)
    mean = added.reshape(count, sides) / np.where(long > 0, long, 1.0)
    r = np.where(
        strips.opposite == strips.side,
        hairline(strips.width_m, error_m)[strips.strip],
        correlation(strips.width_m, error_m)[strips.strip],
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        stays = np.where(step != 0, np.maximum(1 - mean[:, strips.opposite] / step, 0.0), 0.0)
    # Of two strips the narrower one counts, of two as wide what errs on the wide side; last wins.
    figure = np.repeat(np.arange(count), len(r))
    every, shared = np.tile(r, count), (r * stays).ravel()
    order = np.lexsort((shared, every.round(AS_WIDE), figure))
    line = np.tile(strips.line, count)[order]
    return figure[order], line, (1 - every[order], shared[order])

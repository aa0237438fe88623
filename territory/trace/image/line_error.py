"""What is unsure about a line traced from a picture.

Three things move it, each measured on the picture at hand:

* the picture has pixels, and a printed line has half a millimetre: nothing finer is known;
* a line is drawn as wide as it is, and the border runs somewhere within;
* the picture is put on the ground by points that do not agree exactly.

The first two differ from bend to bend. What the third does to an area depends on the area:
a shift does nothing to it, a map that is too large by a thousandth is so everywhere. So the
points are left out in turn, every zone is measured anew, and the jackknife gives what the
points alone make unsure about its area (Efron and Stein, 1981). The length along a line
over which errors go together is a quarter of the distance between control points, or as
much more as keeps any zone from being given a narrower interval than the jackknife's, the
variance of an area being ``2 sigma^2 l L`` (Chrisman and Yandell, 1988).

References
----------
Efron, B. and Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9,
586-596.
"""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import shapely

from territory.geometry.projection import Floats
from territory.measure.boundary_error import BoundaryError
from territory.measure.estimate import LINE_WIDTH_M, digitising_error_m, together
from territory.trace.image.georeference import Placement
from territory.trace.image.palette import Labels
from territory.trace.image.polygonise import Outlines, pixel_km2

_BENDS_M = 2000.0  # a drawn line bends anew no sooner
_BENDS_PX = 10.0  # over which one stroke of the draughtsman goes
_BETWEEN = 0.25  # of the distance between points, over which the map is off alike


@dataclass(frozen=True)
class TraceError:
    """How far a traced line may lie off; metres, one standard deviation.

    Attributes
    ----------
    drawn_m : float
        The larger of a pixel and half a millimetre on paper, and with it the width of what
        is drawn over the border (a uniform error over that width).
    placed_m : float
        How far control points lie from where the others put them, in one direction.
    correlation_m : float
        Over what length along a line both go together.
    """

    drawn_m: float
    placed_m: float
    correlation_m: float

    @property
    def total_m(self) -> float:
        """All of it together."""
        return together(self.drawn_m, self.placed_m)

    @property
    def map_scale(self) -> float:
        """The scale of a printed map whose lines are drawn that well."""
        return self.drawn_m / LINE_WIDTH_M

    @property
    def boundary(self) -> BoundaryError:
        """The same for intervals."""
        return BoundaryError(
            0.0,
            self.correlation_m,
            map_scale=self.map_scale,
            georeference_error_m=self.placed_m,
        )


def trace_error(
    placement: Placement,
    label: Labels,
    outlines: Outlines,
    *,
    line_px: float,
    scale: float = 0.0,
) -> TraceError:
    """Return how far a traced line may lie off.

    Parameters
    ----------
    placement : Placement
        How well the picture lies on the ground.
    label : ndarray of int, shape (height, width)
        The class of every pixel; below 0 for none.
    outlines : Outlines
        The zones of the classes.
    line_px : float
        Half the width of what is drawn over borders.
    scale : float, optional
        Denominator of the scale of the printed map, if there is one.

    Returns
    -------
    TraceError
        In metres on the ground.

    Examples
    --------
    >>> from territory.trace.image.control_points import ControlPoint
    >>> from territory.trace.image.georeference import placed
    >>> at = [(0, 0), (900, 0), (0, 900), (900, 900), (450, 450), (200, 700)]
    >>> points = tuple(ControlPoint(x, y, 36 + x / 1000, 37 - y / 1000) for x, y in at)
    >>> placement = placed(points, file="points.csv", kind="affine", map_crs="EPSG:4326")
    >>> from territory.trace.image.polygonise import outlined
    >>> label = np.zeros((20, 20), dtype=np.int16)
    >>> error = trace_error(placement, label, outlined(label, 1), line_px=1.0)
    >>> 100 < error.drawn_m < 130, round(error.placed_m)
    (True, 0)
    """
    pixel_m = placement.pixel_m
    finest = max(pixel_m, digitising_error_m(scale))
    drawn_m = round(together(finest, line_px / sqrt(3) * pixel_m), 1)
    placed_m = round(placement.rmse_m / sqrt(2), 1)  # across a line, one of two directions
    bends_m = max(_BENDS_M, _BENDS_PX * pixel_m)
    length_m = np.bincount(outlines.label, shapely.length(outlines.drawn)) * pixel_m
    there = length_m > 0
    unsure = jackknife_km2(placement, label, len(length_m))[there] * 1e6
    needed = float((unsure**2 / (2 * length_m[there])).max(initial=0.0))  # sigma^2 l
    between_m = max(bends_m, _BETWEEN * placement.spacing_m)
    placing = max(placed_m**2 * between_m, needed)
    both = (drawn_m**2 * bends_m + placing) / (drawn_m**2 + placed_m**2)
    return TraceError(drawn_m, placed_m, round(both))


def jackknife_km2(placement: Placement, label: Labels, classes: int) -> Floats:
    """Return the standard deviation of the area of each class that the points alone make.

    Parameters
    ----------
    placement : Placement
        How well the picture lies on the ground.
    label : ndarray of int, shape (height, width)
        The class of every pixel; below 0 for none.
    classes : int
        How many classes there are.

    Returns
    -------
    ndarray, shape (classes,)
        Square kilometres.
    """
    row, column = np.nonzero((label >= 0) & (label < classes))
    size, block = pixel_km2(placement, label.shape)
    place = row // block * size.shape[1] + column // block
    key = label[row, column].astype(np.int64) * size.size + place
    count = np.bincount(key, minlength=classes * size.size).reshape(classes, size.size)
    ways = [pixel_km2(replace(placement, fit=fit), label.shape)[0] for fit in placement.without]
    km2 = np.array([count @ each.ravel() for each in ways])
    spread: Floats = np.sqrt((len(ways) - 1) * km2.var(axis=0))
    return spread

"""What is unsure about a line traced from a picture.

Three things move it, each measured on the picture at hand:

* the picture has pixels, and a printed line has half a millimetre: nothing finer is known;
* a line is drawn as wide as it is, and the border runs somewhere within;
* the picture is put on the ground by points that do not agree exactly.

The first two differ from bend to bend. The third goes together over the distance between
control points, or an area would seem known far better than the points allow: a map that is
too large by a thousandth is so everywhere. The length given is the one at which a single
error of both gives the same variance of an area along a long line, where that is
proportional to variance times length (Chrisman and Yandell, 1988).
"""

from dataclasses import dataclass
from math import sqrt

from territory.boundary import DEFAULT_LENGTH_M, BoundaryError
from territory.estimate import LINE_WIDTH_M, digitising_error_m, together
from territory.image.placed import Placement

_BENDS_PX = 10.0  # over which one stroke of the draughtsman goes


@dataclass(frozen=True)
class TraceError:
    """How far a traced line may lie off; metres, one standard deviation.

    Attributes
    ----------
    drawn_m : float
        The larger of a pixel and half a millimetre on paper, and with it the width of what
        is drawn over the border (a uniform error over that width).
    placed_m : float
        How far control points lie from where the others put them.
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


def trace_error(placement: Placement, *, line_px: float, scale: float = 0.0) -> TraceError:
    """Return how far a traced line may lie off.

    Parameters
    ----------
    placement : Placement
        How well the picture lies on the ground.
    line_px : float
        Half the width of what is drawn over borders.
    scale : float, optional
        Denominator of the scale of the printed map, if there is one.
    """
    pixel_m = placement.pixel_m
    finest = max(pixel_m, digitising_error_m(scale))
    drawn = round(together(finest, line_px / sqrt(3) * pixel_m), 1)
    placed_m = round(placement.rmse_m, 1)
    bends = max(DEFAULT_LENGTH_M, _BENDS_PX * pixel_m)
    apart = max(placement.spacing_m, bends)
    both = (drawn**2 * bends + placed_m**2 * apart) / (drawn**2 + placed_m**2)
    return TraceError(drawn, placed_m, round(both))

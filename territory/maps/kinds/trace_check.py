"""A picture of a map beside the zones traced from it, so that a wrong trace is seen at once.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Callable, Mapping
from datetime import date

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from territory.geometry.projection import Floats
from territory.holders import Holder
from territory.maps.film.raster import Bytes
from territory.maps.frame import View, rims
from territory.maps.furniture import scale_bar
from territory.maps.ground import draw_lines, set_extent
from territory.maps.layout import side_by_side, table_of
from territory.maps.scene import draw_day
from territory.maps.sheet import drawing, tagged
from territory.maps.subject import Holding, Subject
from territory.measure.estimate import Estimate

_CASING, _LINE = 2.4, 0.9  # points: a dark line on a white one shows on any colour
_BORDER, _BORDER_INK = 1.3, "#0b3fd4"  # a blue that no zone and no sea has
_POINT_INK = "#c2007a"
_POINT_SIZE = 6.5  # points

Seen = Callable[[View], Bytes]


def traced_map(
    subject: Subject,
    day: date,
    *,
    picture: Seen,
    points: Floats,
    heads: tuple[str, str],
    estimates: Mapping[Holder, Estimate],
) -> Figure:
    """Draw a picture with the traced lines on it, and the zones that came of it.

    Parameters
    ----------
    subject : Subject
        What is shown, in the plane of the map.
    day : date
        A day of the history.
    picture : callable
        From what a map shows to the picture carried there: red, green, blue, alpha.
    points : ndarray, shape (n, 2)
        The control points, in the plane of the history.
    heads : tuple of str
        What stands above the two maps.
    estimates : mapping of Holder to Estimate
        As for `day_map`.

    The result and errors are those of `day_map`.
    """
    with drawing():
        held = subject.held(day)

        def left(axes: Axes) -> None:
            _draw_picture(axes, subject.view, held, picture(subject.view), points)
            scale_bar(axes, subject.view, subject.words)

        def right(axes: Axes) -> None:
            draw_day(axes, subject, held)

        table = table_of(subject, (day,), {day: estimates})
        return side_by_side(subject, heads, (left, right), table)


def _draw_picture(axes: Axes, view: View, held: Holding, pixels: Bytes, points: Floats) -> None:
    extent = view.extent
    bounds = (extent.west, extent.east, extent.south, extent.north)
    axes.imshow(pixels, extent=bounds, zorder=2, interpolation="antialiased")
    lines = rims([geometry for _, geometry in held])
    for width, colour in ((_CASING, "white"), (_LINE, "black")):
        draw_lines(axes, lines, width=width, colour=colour, zorder=5, name=f"traced-{colour}")
    draw_lines(
        axes,
        view.seen.country_borders,
        width=_BORDER,
        colour=_BORDER_INK,
        dashes=(3.0, 2.0),
        zorder=6,
        name="borders",
    )
    for mark, name in (("o", "rings"), ("+", "crosses")):
        marks = axes.plot(points[:, 0], points[:, 1], mark, zorder=7)
        marks[0].set(markersize=_POINT_SIZE, markeredgecolor=_POINT_INK, fillstyle="none")
        marks[0].set_gid(tagged(axes, f"control-{name}"))
    set_extent(axes, view)

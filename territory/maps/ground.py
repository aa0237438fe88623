"""The ground itself: land around, zones, borders, the frame of the area.

The plane is the equal-area plane of the history's projection, in metres.
"""

from functools import lru_cache

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from territory.geometry.coverage import polygons_in
from territory.maps.frame import View, rims
from territory.maps.paint import Paint
from territory.maps.sheet import tagged
from territory.maps.style import INK

SEA, LAND, ELSEWHERE = "#e8edf1", "#f8f6f1", "#ebe8e1"
FRAME_WIDTH = 1.2  # points
_INVISIBLE = 5e-5  # of the width of a map: less than a tenth of a dot


def outline(geometry: BaseGeometry) -> Path:
    """Return polygons as one path whose holes stay open.

    Shells run one way and holes the other, as the non-zero winding rule needs.

    Parameters
    ----------
    geometry : geometry
        What is no polygon is left out.

    Returns
    -------
    Path
        In the coordinates of the geometry.
    """
    polygons, _ = polygons_in(np.array([geometry]))
    rings = shapely.get_rings(shapely.orient_polygons(polygons))
    if not len(rings):
        return Path(np.zeros((0, 2)))
    return Path.make_compound_path(*(Path(r.coords, closed=True) for r in rings))


@lru_cache(maxsize=64)
def _visible(geometry: BaseGeometry, tolerance: float) -> Path:
    """Return the outline with what can be seen of it; kept for the next language."""
    return outline(geometry.simplify(tolerance))


def fill(axes: Axes, geometry: BaseGeometry, paint: Paint, *, zorder: float, name: str) -> None:
    """Paint polygons of the plane, without the detail that no printer could show.

    Parameters
    ----------
    axes : Axes
        Of the map, with its final extent.
    geometry : geometry
        In the plane, in metres.
    paint : Paint
        How it is filled and outlined.
    zorder : float
        What is drawn later has a higher one.
    name : str
        What it stands under in an SVG.
    """
    path = _visible(geometry, abs(float(np.ptp(axes.get_xlim()))) * _INVISIBLE)
    patch = paint.apply(PathPatch(path, zorder=zorder, joinstyle="round"))
    patch.set_gid(tagged(axes, name))
    axes.add_artist(patch)  # unlike add_patch, it does not look for new limits


def draw_lines(
    axes: Axes,
    lines: BaseGeometry,
    *,
    width: float,
    colour: str = INK,
    alpha: float = 1.0,
    dashes: tuple[float, ...] = (),
    zorder: float,
    name: str,
) -> None:
    """Draw lines of the plane; width and dashes in points.

    Parameters
    ----------
    axes : Axes
        Of the map, with its final extent.
    lines : geometry
        In the plane; what is no line is left out.
    width : float
        In points.
    colour : str
        Any that matplotlib knows.
    alpha : float
        0 to 1.
    dashes : tuple of float
        Lengths of dash and gap in points; a whole line by default.
    zorder : float
        What is drawn later has a higher one.
    name : str
        What they stand under in an SVG.
    """
    parts = [part for part in shapely.get_parts(lines) if part.geom_type == "LineString"]
    if not parts:
        return
    path = Path.make_compound_path(*(Path(shapely.get_coordinates(part)) for part in parts))
    patch = PathPatch(path, fill=False, edgecolor=colour, linewidth=width, alpha=alpha)
    patch.set(zorder=zorder, joinstyle="round", capstyle="butt")
    patch.set_gid(tagged(axes, name))
    if dashes:
        patch.set_linestyle((0.0, dashes))
    axes.add_artist(patch)


def set_extent(axes: Axes, view: View) -> None:
    """Let the axes show exactly the extent.

    Parameters
    ----------
    axes : Axes
        Of the map.
    view : View
        What the map shows of the plane, in metres.
    """
    extent = view.extent
    axes.set_xlim(extent.west, extent.east)
    axes.set_ylim(extent.south, extent.north)
    axes.set_aspect("equal", adjustable="box")


def land(axes: Axes, view: View, *, home: BaseGeometry | None = None) -> None:
    """Draw pale land, the country about `home` lightest; water where no country is.

    Parameters
    ----------
    axes : Axes
        Of the map, with its final extent.
    view : View
        What the map shows of the plane, and the countries in it.
    home : geometry, optional
        A point of the plane; without it all countries are alike.
    """
    axes.set_facecolor(SEA if view.seen.water_is_known else LAND)
    shapes = view.seen.countries
    away = np.zeros(len(shapes), dtype=bool)
    if home is not None:
        away = ~shapely.contains(shapes, home)
    for name, colour, chosen in (("land", LAND, ~away), ("land-elsewhere", ELSEWHERE, away)):
        if chosen.any():
            polygons = shapely.MultiPolygon(list(polygons_in(shapes[chosen])[0]))
            fill(axes, polygons, Paint(colour, colour, edge_width=0.3), zorder=1, name=name)


def borders(axes: Axes, view: View, *, strength: float = 1.0) -> None:
    """Draw regional borders thin and country borders stronger, over the zones.

    Parameters
    ----------
    axes : Axes
        Of the map, with its final extent.
    view : View
        What the map shows of the plane, and the borders in it.
    strength : float
        Of the lines, by which their usual widths are multiplied.
    """
    regions, countries = view.seen.region_borders, view.seen.country_borders
    dashes = (5.0, 2.5)
    draw_lines(
        axes, regions, width=0.7 * strength, alpha=0.6, dashes=dashes, zorder=8, name="regions"
    )
    draw_lines(axes, countries, width=0.9 * strength, alpha=0.6, zorder=9, name="borders")


def area_frame(axes: Axes, area: BaseGeometry) -> None:
    """Draw the rim of the area that the figures are about.

    Parameters
    ----------
    axes : Axes
        Of the map, with its final extent.
    area : geometry
        In the plane.
    """
    draw_lines(axes, rims([area]), width=FRAME_WIDTH, zorder=10, name="area")

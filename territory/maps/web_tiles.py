"""Web tiles below a map, only when asked for; nothing else here needs the internet.

The plane is the equal-area plane of the history's projection, in metres.
"""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from pyproj import CRS

from territory.errors import InputError
from territory.extras import require
from territory.geometry.projection import WGS84, transformation
from territory.maps.frame import View

ATTRIBUTION = "Base map: © OpenStreetMap contributors"
_FAINT = 0.35  # opacity, so that zones and names stand out


def draw_tiles(axes: Axes, view: View) -> None:
    """Draw web tiles faintly over land and zones, below lines and names.

    Parameters
    ----------
    axes : Axes
        Of the map, with its final extent.
    view : View
        What the map shows of the plane, in metres.

    Raises
    ------
    InputError
        If the optional package is missing or the tiles cannot be had.
    """
    extent = view.extent
    image, bounds = _fetched(view)
    axes.imshow(image, extent=bounds, zorder=5.5, alpha=_FAINT, interpolation="bilinear")
    axes.set_aspect("equal", adjustable="box")
    axes.set(xlim=(extent.west, extent.east), ylim=(extent.south, extent.north))


def _fetched(view: View) -> tuple[NDArray[np.uint8], tuple[float, float, float, float]]:
    """Return tiles carried into the plane, and their west, east, south and north."""
    require("tiles")
    import contextily

    west, south, east, north = view.extent.lonlat(view.plane)
    to_web = transformation(WGS84, CRS.from_epsg(3857))
    left, bottom, right, top = to_web.transform_bounds(west, south, east, north)
    try:
        image, bounds = contextily.bounds2img(left, bottom, right, top)
    except Exception as error:  # whatever the network or the server makes of it
        raise InputError(
            f"web tiles cannot be had ({type(error).__name__}); draw without --tiles"
        ) from error
    warped, carried = contextily.warp_tiles(image, bounds, t_crs=view.plane.crs.to_wkt())
    return warped, carried

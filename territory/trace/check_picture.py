"""The picture to check a trace by: the map carried to the ground beside the traced zones."""

import numpy as np
from matplotlib.figure import Figure
from scipy import ndimage

from territory.geometry.projection import WGS84, Floats, transformation
from territory.maps.film.raster import Bytes
from territory.maps.frame import View
from territory.maps.kinds.trace_check import traced_map
from territory.maps.map_text import MapText
from territory.maps.subject import Subject
from territory.measure.tables import areas_with_intervals
from territory.numbers import percent
from territory.read.basemap import Context, world
from territory.trace.image.control_points import degrees
from territory.trace.tracing import AREA, Traced
from territory.untrusted import clean

_WIDTH = 1400  # pixels of the picture carried to the ground
_MESH = 12  # of them between places that are carried exactly
_HEADS = ("The picture, traced lines on it", "The zones as traced")
_KEY = (
    "Left: black on white are the traced lines, crosses the control points, dashed blue the borders"
    " of Natural Earth, which are right to a kilometre or two. Where the picture's own borders lie"
    " further off, it is drawn or placed wrongly there."
)


def check_sheet(traced: Traced) -> Figure:
    """Return the picture and the zones side by side, at one extent and scale.

    Parameters
    ----------
    traced : Traced
        With its picture, placement and zones.

    Returns
    -------
    Figure
        Of Matplotlib; not yet saved.
    """
    legend, history = traced.legend, traced.ensemble.base
    day, area = history.days[0], AREA if traced.area is not None else None
    estimates = areas_with_intervals(traced.ensemble, (day,), area or "all")[0]
    text = MapText(
        legend.title or f"Zones traced from {traced.request.image.name}",
        subtitle=_subtitle(traced),
        source=clean(legend.source) or traced.request.image.name,
        note=_KEY,
    )
    subject = Subject(history, Context(countries=world()), text, area)
    return traced_map(
        subject,
        day,
        picture=lambda view: carried(traced, view),
        points=_points(traced),
        heads=_HEADS,
        estimates=estimates,
    )


def _subtitle(traced: Traced) -> str:
    placement = traced.placement
    return (
        f"{traced.legend.day}. {placement.fit.kind.capitalize()} in {placement.crs_name} by"
        f" {len(placement.points)} control points; points left out lie {placement.rmse_m:,.0f} m"
        f" off, a pixel is {placement.pixel_m:,.0f} m; {percent(traced.audit.unknown_share)} of the"
        " ground is unknown"
    )


def _points(traced: Traced) -> Floats:
    at = degrees(traced.placement.points)
    plane = traced.ensemble.base.projection.transformer(WGS84)
    return np.column_stack(plane.transform(at[:, 0], at[:, 1]))


def carried(traced: Traced, view: View) -> Bytes:
    """Return the picture as it lies in a view: red, green, blue, alpha; clear beyond it.

    Every `_MESH`th pixel is carried exactly, those between along straight lines.

    Parameters
    ----------
    traced : Traced
        With its picture and placement.
    view : View
        An extent in the plane of the zones, in metres.

    Returns
    -------
    ndarray of uint8, shape (high, 1400, 4)
        Row 0 is the north.
    """
    extent = view.extent
    high = round(_WIDTH * extent.height / extent.width)
    columns, rows = np.arange(0, _WIDTH + _MESH, _MESH), np.arange(0, high + _MESH, _MESH)
    east = extent.west + (columns + 0.5) * extent.width / _WIDTH
    north = extent.north - (rows + 0.5) * extent.height / high
    mesh = np.meshgrid(east, north)
    lon, lat = transformation(view.plane.crs, WGS84).transform(mesh[0], mesh[1])
    x, y = traced.placement.pixel(lon, lat)
    at = np.indices((high, _WIDTH)) / _MESH
    xy = [ndimage.map_coordinates(each, at, order=1) for each in (x, y)]
    return _sampled(traced, *xy)


def _sampled(traced: Traced, x: Floats, y: Floats) -> Bytes:
    """Return the pixels at places of the picture."""
    width, height = traced.picture.size
    there = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    column = np.where(there, x, 0).astype(np.int64)
    row = np.where(there, y, 0).astype(np.int64)
    alpha = np.where(there & ~traced.picture.clear[row, column], 255, 0).astype(np.uint8)
    return np.dstack([traced.picture.rgb[row, column], alpha])

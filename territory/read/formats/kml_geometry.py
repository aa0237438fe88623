"""Shapes of KML elements, in longitude and latitude."""

import re

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territory.geometry.projection import Floats
from territory.read.formats.geometries import Spot, gathered, polygon
from territory.read.formats.kml_elements import Element


def kml_geometry(element: Element, spot: Spot) -> BaseGeometry | None:
    """Return the geometry that stands in a placemark or a MultiGeometry, if any.

    Parameters
    ----------
    element : Element
        A placemark or a MultiGeometry.
    spot : Spot
        Where it stands; repairs are added to its findings.

    Returns
    -------
    geometry or None
        In longitude and latitude, WGS 84, without heights.

    Raises
    ------
    InputError
        If positions are no pairs of numbers, or a ring or line is none.
    """
    shapes: list[BaseGeometry | None] = []
    for each in element.children:
        if each.tag == "Polygon":
            shapes.append(_polygon(each, spot))
        elif each.tag == "MultiGeometry":
            shapes.append(kml_geometry(each, spot))
        elif each.tag == "Point":
            shapes.append(shapely.Point(_positions(each, spot)[0]))
        elif each.tag in {"LineString", "LinearRing"}:
            shapes.append(_line(each, spot))
    return gathered(shapes)


def _line(element: Element, spot: Spot) -> BaseGeometry:
    xy = _positions(element, spot)
    if len(xy) == 1:
        spot.refuse("a line of one position")
    return shapely.LineString(xy)


def _polygon(element: Element, spot: Spot) -> BaseGeometry:
    outer = [ring for each in element.all("outerBoundaryIs") for ring in each.all("LinearRing")]
    inner = [ring for each in element.all("innerBoundaryIs") for ring in each.all("LinearRing")]
    if len(outer) != 1:
        spot.refuse(f"a polygon with {len(outer)} outer rings")
    return polygon([_positions(ring, spot) for ring in (*outer, *inner)], spot)


def _positions(element: Element, spot: Spot) -> Floats:
    """Return longitudes and latitudes, without heights."""
    if len(element.all("coordinates")) > 1:
        spot.refuse("two lists of positions in one ring or line")
    text = element.value("coordinates")
    if ", " in text or " ," in text:
        text = re.sub(r"\s*,\s*", ",", text)
    positions = text.split()
    if not positions:
        spot.refuse("no positions")
    widths = {position.count(",") for position in positions}
    if not widths <= {1, 2}:
        spot.refuse("a position is no pair of numbers")
    if len(widths) > 1:  # some positions carry a height and some do not
        positions = [p if p.count(",") > 1 else f"{p},0" for p in positions]
    try:
        flat = np.array(",".join(positions).split(","), dtype=np.float64)
    except ValueError:
        spot.refuse("a position is no pair of numbers")
    numbers = flat.reshape(len(positions), -1)
    spot.heights |= bool(np.nan_to_num(numbers[:, 2:]).any())
    return numbers[:, :2]

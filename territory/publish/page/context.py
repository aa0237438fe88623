"""What lies around the zones, on the grid of the page: land, borders, towns, graticule.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import ceil, floor
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.projection import WGS84, EqualArea
from territory.geometry.rectangles import within_rectangle
from territory.languages import LANGUAGES
from territory.maps.frame import Extent, Named, View
from territory.publish.page.arcs import Grid, line_points
from territory.publish.page.pack import packed_lines
from territory.read.basemap import Context

_AROUND = 0.75  # of the width and height of the map, on every side: how far one can pan
_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
_LINES = 7  # of the graticule across what is known of the surroundings
_POINTS = 60  # along a line of the graticule
_DETAIL = 2.0  # cells of the grid
_SEEN = 0.02  # of the first view: more of a country or province is room for its name


def surroundings(
    context: Context,
    plane: EqualArea,
    extent: Extent,
    ground: BaseGeometry,
    grid: Grid,
    *,
    zones: BaseGeometry | None = None,
) -> dict[str, Any]:
    """Return the context as the page reads it.

    Parameters
    ----------
    context : Context
        What lies around the zones, in longitude and latitude.
    plane : EqualArea
        The plane of the history, to carry it into.
    extent : Extent
        What the map shows first.
    ground : Polygon or MultiPolygon
        The ground that the figures are about, in the plane.
    grid : Grid
        What the page draws on.
    zones : Polygon or MultiPolygon, optional
        Zones beside which the country that they lie in is named too.

    Returns
    -------
    dict
        Points in steps of the grid, names by language.
    """
    wide = Extent(
        extent.west - _AROUND * extent.width,
        extent.south - _AROUND * extent.height,
        extent.east + _AROUND * extent.width,
        extent.north + _AROUND * extent.height,
    )
    widest = _widest(context)
    if context.towns is not None and widest:  # the page asks for the width of what it shows
        context = replace(context, towns=context.towns.drop(columns="widest_km"))
    views = {language: View(plane, wide, context, language) for language in LANGUAGES}
    usual = views[LANGUAGES[0]]
    home = shapely.point_on_surface(ground)
    box = grid.at(np.array([[wide.west, wide.north], [wide.east, wide.south]]))
    return {
        "box": box.ravel().tolist(),
        "water": usual.seen.water_is_known,
        "countries": _polygons(
            usual.countries,
            [view.countries for view in views.values()],
            grid,
            home=home,
            view=extent,
            zones=zones,
        ),
        "regions": _polygons(
            usual.regions, [view.regions for view in views.values()], grid, home=home, view=extent
        ),
        "towns": [
            {
                "name": _names(named),
                "at": grid.at(shapely.get_coordinates(named[0].geometry))[0].tolist(),
                "rank": named[0].rank,
                "widest": widest.get(named[0].rank),
            }
            for named in _by_place(view.towns for view in views.values())
        ],
        "graticule": _graticule(plane, wide, grid),
    }


def _widest(context: Context) -> dict[int, float]:
    """Return how many kilometres wide the widest map is that shows towns of a rank."""
    towns = context.towns
    if towns is None or "widest_km" not in towns:
        return {}
    return {int(r): float(km) for r, km in zip(towns["rank"], towns["widest_km"], strict=True)}


def _names(same: tuple[Named, ...]) -> dict[str, str]:
    return {language: each.name for language, each in zip(LANGUAGES, same, strict=True)}


def _by_place(lists: Iterable[tuple[Named, ...]]) -> list[tuple[Named, ...]]:
    """Return the same towns of all languages together; each list is sorted by its own names."""
    sorted_by_place = [
        sorted(each, key=lambda town: (town.rank, *shapely.get_coordinates(town.geometry)[0]))
        for each in lists
    ]
    return list(zip(*sorted_by_place, strict=True))


def _polygons(
    usual: tuple[Named, ...],
    all_names: list[tuple[Named, ...]],
    grid: Grid,
    *,
    home: BaseGeometry,
    view: Extent,
    zones: BaseGeometry | None = None,
) -> list[dict[str, Any]]:
    shapes: NDArray[np.object_] = np.array([*(each.geometry for each in usual), None])[:-1]
    if len(shapes):
        shapes = _plain(shapes, _DETAIL * grid.cell)
    found = []
    for shape, same in zip(shapes, zip(*all_names, strict=True), strict=True):
        is_home = bool(same[0].geometry.contains(home))
        beside = is_home and zones is not None
        named = shapely.difference(same[0].geometry, zones) if beside else same[0].geometry
        if named.is_empty:  # zones lie on all of it
            named = same[0].geometry
        inner = shapely.get_coordinates(_name_place(named, view))
        found.append(
            {
                "name": _names(same),
                "at": grid.at(inner)[0].tolist(),
                "home": is_home,
                "named": beside or not is_home,
                "lines": packed_lines(line_points(shape, grid)),
            }
        )
    return found


def _plain(shapes: NDArray[np.object_], tolerance: float) -> NDArray[np.object_]:
    """Return shapes with less detail; borders stay shared unless an odd one forbids it."""
    try:
        plain = shapely.coverage_simplify(shapes, tolerance)
    except shapely.errors.GEOSException:
        plain = shapely.simplify(shapes, tolerance)
    return np.asarray(plain, dtype=object)


def _name_place(shape: BaseGeometry, view: Extent) -> BaseGeometry:
    """Return where the name stands: in what the first view shows of it, if that is enough."""
    bounds = view.west, view.south, view.east, view.north
    (seen,) = within_rectangle(np.array([shape]), *bounds)
    enough = seen.area > _SEEN * view.width * view.height
    place: Any = _largest(seen if enough else shape)
    circle = shapely.maximum_inscribed_circle(place, max(view.width, view.height) / 100)
    return shapely.Point(shapely.get_coordinates(circle)[0])


def _largest(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    largest: BaseGeometry = parts[int(np.argmax(shapely.area(parts)))]
    return largest


def _graticule(plane: EqualArea, wide: Extent, grid: Grid) -> list[dict[str, Any]]:
    """Return meridians and parallels with what they are called, in degrees."""
    west, south, east, north = wide.lonlat(plane)
    step = next(
        (s for s in _STEPS if max(east - west, north - south) / s <= 2 * _LINES), _STEPS[-1]
    )
    to_plane = plane.transformer(WGS84)
    found = []
    for meridian in (True, False):
        low, high = (west, east) if meridian else (south, north)
        along = np.linspace(*((south, north) if meridian else (west, east)), _POINTS)
        for number in range(ceil(low / step), floor(high / step) + 1):
            degrees = round(number * step, 6)
            fixed = np.full(_POINTS, degrees)
            lonlat = (fixed, along) if meridian else (along, fixed)
            xy = np.column_stack(to_plane.transform(*lonlat))
            if not np.isfinite(xy).all():
                continue
            lines = packed_lines(line_points(shapely.LineString(xy), grid))
            found.append({"meridian": meridian, "degrees": degrees, "lines": lines})
    return found

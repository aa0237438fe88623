"""A small drawn series, to try things on and for the examples of this room."""

import geopandas as gpd
import shapely

from territory.api.history import History


def example() -> History:
    """Return a small history: Red takes ground from Blue between two days.

    Returns
    -------
    History
        Of two days and two actors, near Donetsk; made up.

    Examples
    --------
    >>> import territory as tt
    >>> tt.example()
    <History 2 days 2025-11-01..2025-12-01, 2 holders, 3 faces>
    """
    corners = ((37.0, 37.2), (37.2, 37.4), (37.0, 37.3), (37.3, 37.4))
    shapes = [shapely.box(west, 48, east, 48.1) for west, east in corners]
    frame = gpd.GeoDataFrame(
        {"actor": ["Red", "Blue"] * 2, "day": ["2025-11-01"] * 2 + ["2025-12-01"] * 2},
        geometry=shapes,  # a strip of 7.5 by 11 km changes hands
        crs="EPSG:4326",
    )
    return History.from_geodataframe(frame, actor="actor", day="day")

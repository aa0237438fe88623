"""Grids of 1 km squares drawn in text: the oracle counts characters.

A grid is a list of rows, north first; each character is an actor (`.` is nobody)::

    squares("AAB",
            "A.B")
"""

import json
from collections import Counter
from datetime import date, timedelta

import numpy as np
import shapely
from pyproj import CRS

from territory.geometry.projection import EqualArea
from territory.history.history import History, from_snapshots
from territory.history.repair import normalise
from territory.history.snapshot import RawZones, Snapshot, Source
from territory.holders import Holder

PLANE = EqualArea(37.2, 35.7)
KM = 1000.0
FIRST_DAY = date(2018, 1, 1)
Grid = tuple[str, ...]


def squares(*rows: str) -> Grid:
    """Return a grid, checked to be a rectangle."""
    if len({len(row) for row in rows}) > 1:
        raise ValueError(f"rows of different length: {rows}")
    return rows


def day(number: int) -> date:
    """Return the day of the n-th grid."""
    return FIRST_DAY + timedelta(days=number)


def square(row: int, column: int) -> shapely.Polygon:
    """Return one square of a grid, in metres, row 0 in the north."""
    return shapely.box(column * KM, -(row + 1) * KM, (column + 1) * KM, -row * KM)


def cells_of(grid: Grid) -> dict[str, list[shapely.Polygon]]:
    """Return the squares of each actor."""
    found: dict[str, list[shapely.Polygon]] = {}
    for r, row in enumerate(grid):
        for c, actor in enumerate(row):
            if actor != ".":
                found.setdefault(actor, []).append(square(r, c))
    return found


def drawn(grid: Grid, number: int = 0, *, merged: bool = True) -> Snapshot:
    """Return a grid as a publisher would draw it: merged zones, or square by square."""
    holders, shapes = [], []
    for actor, cells in sorted(cells_of(grid).items()):
        pieces = [shapely.union_all(cells)] if merged else cells
        holders += [Holder(actor)] * len(pieces)
        shapes += pieces
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    crs: CRS = PLANE.crs
    return normalise(RawZones(day(number), crs, Source("squares"), tuple(holders), geometry))


def history_of(*grids: Grid, merged: bool = True) -> History:
    """Return the history of grids on consecutive days, cut along the frame of the grid."""
    snapshots = tuple(drawn(grid, n, merged=merged) for n, grid in enumerate(grids))
    history = from_snapshots(snapshots, projection=PLANE)
    return history.with_areas({"frame": frame(grids[0])})


def frame(grid: Grid) -> shapely.Polygon:
    """Return the outline of the whole grid."""
    return shapely.box(0, -len(grid) * KM, len(grid[0]) * KM, 0)


def counted_areas(grid: Grid) -> Counter[str]:
    """Count the squares of each actor."""
    return Counter("".join(grid))


def counted_transitions(before: Grid, after: Grid) -> Counter[tuple[str, str]]:
    """Count the squares by holder before and after."""
    return Counter(zip("".join(before), "".join(after), strict=True))


def actor_mark(holder: Holder) -> str:
    """Return the character a holder has in a grid."""
    return "." if holder.actor == "nobody" else holder.actor


def write_two_boxes(folder, *, prefix=""):
    """Write two boxes side by side as GeoJSON: A and B on the first day, A alone on the third."""
    west, east = shapely.box(37, 48, 37.5, 48.5), shapely.box(37.5, 48, 38, 48.5)
    for written, holders in (("2024-01-01", "AB"), ("2024-01-03", "AA")):
        features = [
            {"type": "Feature", "properties": {"actor": actor}, "geometry": box.__geo_interface__}
            for actor, box in zip(holders, (west, east), strict=True)
        ]
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (folder / f"{prefix}{written}.geojson").write_text(text, encoding="utf-8")

"""Drawn series of any size: a front that wanders or goes forward, the same each time.

Only sizes are asked for: the figures of a drawn series say nothing about the world.
"""

import json
import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

FIRST_DAY = date(1990, 1, 1)
_WEST, _SOUTH = 34.0, 46.0
_DEEP_DEGREES = 2.0  # behind the front
_STEP_DEGREES = 0.01
_WIDEST_DEGREES = 40.0  # of a front, however many its corners


def front_series(folder: Path, *, days: int, points: int, moves: int, actors: int = 2) -> Path:
    """Write a GeoJSON file a day, in which so many points of the front have moved.

    Parameters
    ----------
    folder : Path
        Made if missing.
    days : int
        How many files.
    points : int
        Corners of the front.
    moves : int
        Corners that move from one day to the next.
    actors : int
        Holders side by side along the front.

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(points)
    front = [_SOUTH + 0.1 * math.sin(n / 9) for n in range(points)]
    for day in range(days):
        if day:
            for at in chance.sample(range(points), moves):
                front[at] += chance.uniform(-0.01, 0.01)
        name = FIRST_DAY + timedelta(days=day)
        (folder / f"{name}.geojson").write_text(json.dumps(_collection(front, actors)))
    return folder


def advancing_series(folder: Path, *, days: int, points: int, moves: int, actors: int = 2) -> Path:
    """Write a GeoJSON file a day, in which so many points of the front have gone forward.

    A front that wanders crosses where it was on all days before, so that its faces are as many
    as the square of the days. One that goes forward has a face more for each move.

    Parameters
    ----------
    folder : Path
        Made if missing.
    days : int
        How many files.
    points : int
        Corners of the front.
    moves : int
        Corners that move from one day to the next, no two side by side: half of all at most.
    actors : int
        Holders side by side along the front.

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(points)
    front = [_SOUTH] * points
    for day in range(days):
        if day:
            for at in chance.sample(range(day % 2, points, 2), moves):
                front[at] = round(front[at] + chance.uniform(1e-5, 1e-3), 7)
        name = FIRST_DAY + timedelta(days=day)
        (folder / f"{name}.geojson").write_text(json.dumps(_collection(front, actors)))
    return folder


def _collection(front: list[float], actors: int) -> dict[str, object]:
    """Return the zones behind a front, one for each actor, side by side."""
    ends = [round(n * (len(front) - 1) / actors) for n in range(actors + 1)]
    step = min(_STEP_DEGREES, _WIDEST_DEGREES / len(front))
    features = []
    for number, (first, last) in enumerate(pairwise(ends)):
        line = [[_WEST + n * step, front[n]] for n in range(first, last + 1)]
        back = [[x, _SOUTH - _DEEP_DEGREES] for x in (line[-1][0], line[0][0])]
        shape = {"type": "Polygon", "coordinates": [[*line, *back, line[0]]]}
        properties = {"actor": f"actor {number}"}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    return {"type": "FeatureCollection", "features": features}


def many_features(path: Path, *, count: int) -> Path:
    """Write one file of so many small squares side by side, of two actors.

    Parameters
    ----------
    path : Path
        The GeoJSON file.
    count : int
        How many squares.

    Returns
    -------
    Path
        The file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        file.write(",\n".join(_squares(count)))
        file.write("\n]}\n")
    return path


def _squares(count: int) -> Iterator[str]:
    wide, size = math.ceil(math.sqrt(count)), 0.002
    for n in range(count):
        row, column = divmod(n, wide)
        x, y = 30 + column * size, 45 + row * size
        ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
        corners = [[[round(a, 6), round(b, 6)] for a, b in ring]]
        actor = "east" if column * 2 > wide else "west"
        yield json.dumps(
            {
                "type": "Feature",
                "properties": {"actor": actor},
                "geometry": {"type": "Polygon", "coordinates": corners},
            }
        )

"""Pictures of maps whose truth is known: zones drawn in a projection of our choice.

A country of several zones is made from points in longitude and latitude (nearest point
wins, within an outline), so the truth is a set of polygons whose areas are measured on the
ellipsoid. It is drawn pixel by pixel: what lies below the middle of a pixel decides its
colour, finer where the picture is averaged down, as a drawing program does.
"""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import shapely
from PIL import Image, ImageDraw
from pyproj import CRS, Transformer

from territory.geometry.area import geodesic_area_km2
from territory.geometry.coverage import areal
from territory.geometry.projection import WGS84

ACTORS = ("government", "opposition", "kurdish")
COLOURS = ("#ff7d7d", "#8dfeba", "#ffecaa")
SEA, ABROAD, LINE = "#c6ecff", "#e0e0e0", "#646464"
DAY = "2013-11-30"
SIZE = (720, 600)
WEST, SOUTH, EAST, NORTH = 36.0, 33.0, 41.0, 37.0


@dataclass(frozen=True, eq=False)
class DrawnMap:
    """A picture with its truth."""

    image: Image.Image
    zones: dict[str, shapely.Geometry]
    to_pixels: object

    @property
    def km2(self):
        shapes = np.array(list(self.zones.values()), dtype=object)
        areas = geodesic_area_km2(shapes, WGS84, max_chord_error_m=0.1)
        return dict(zip(self.zones, areas.tolist(), strict=True))


def rgb(colour):
    return tuple(bytes.fromhex(colour[1:]))


def country(seed, *, cells=14):
    """Return zones by actor: nearest-point cells within a wavy outline."""
    random = np.random.default_rng(seed)
    around = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    wave = 1 + sum(
        random.normal(0, 0.12 / k) * np.sin(k * around + random.uniform(0, 6)) for k in range(2, 7)
    )
    outline = shapely.Polygon(
        np.column_stack([38.5 + 1.7 * wave * np.cos(around), 35.0 + 1.35 * wave * np.sin(around)])
    )
    at = np.column_stack([random.uniform(36.5, 40.5, cells), random.uniform(33.4, 36.6, cells)])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(at), extend_to=outline))
    tiles = areal(shapely.intersection(cells, outline))
    tiles = tiles[shapely.area(tiles) > 0.05]
    whose = np.concatenate([np.arange(3), random.integers(0, 3, len(tiles) - 3)])
    return {actor: shapely.union_all(tiles[whose == n]) for n, actor in enumerate(ACTORS)}


def drawn(zones, *, crs="EPSG:3857", size=SIZE, turn=0.0, finer=4, hatch=False, bent=None):
    """Draw zones in a projection, turned by some degrees, averaged down for soft edges.

    `bent` is a seed and a number of pixels: a draughtsman who is off by as much, alike over
    a twelfth of the picture.
    """
    wave = _bend(*bent, size) if bent else lambda x, y: (x, y)
    there = Transformer.from_crs(WGS84, CRS.from_user_input(crs), always_xy=True)
    x, y = there.transform([WEST, EAST, WEST, EAST], [SOUTH, SOUTH, NORTH, NORTH])
    middle = (min(x) + max(x)) / 2, (min(y) + max(y)) / 2
    unit = max((max(x) - min(x)) / size[0], (max(y) - min(y)) / size[1])
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))

    def to_pixels(lon, lat):
        e, n = there.transform(lon, lat)
        a, b = (np.asarray(e) - middle[0]) / unit, (np.asarray(n) - middle[1]) / unit
        return wave(c * a - s * b + size[0] / 2, -(s * a + c * b) + size[1] / 2)

    large = Image.new("RGB", (size[0] * finer, size[1] * finer), rgb(ABROAD))
    pen = ImageDraw.Draw(large)
    parts = [(part, actor) for actor, zone in zones.items() for part in shapely.get_parts(zone)]
    for part, actor in sorted(parts, key=lambda each: -shapely.Polygon(each[0].exterior).area):
        ring = shapely.segmentize(part, 0.02).exterior  # what lies in a hole is drawn later
        at = np.column_stack(to_pixels(*np.array(ring.coords).T)) * finer - 0.5
        pen.polygon([tuple(p) for p in at.tolist()], fill=rgb(COLOURS[ACTORS.index(actor)]))
    if hatch:
        for k in range(-size[1], size[0], 24):
            ends = [(k * finer, 0), ((k + size[1]) * finer, size[1] * finer)]
            pen.line(ends, fill=rgb(LINE), width=2 * finer)
    image = large.resize(size, Image.Resampling.BOX)
    return DrawnMap(image, zones, to_pixels)


def _bend(seed, off_px, size):
    """Return a smooth random displacement with some standard deviation in each direction."""
    random = np.random.default_rng(seed)
    alike = size[0] / 12
    count = 80
    wave = random.normal(0, 1 / alike, (2, 2, count))
    phase = random.uniform(0, 2 * np.pi, (2, count))

    def bend(x, y):
        moved = [
            off_px
            * np.sqrt(2 / count)
            * np.cos(np.multiply.outer(x, k[0]) + np.multiply.outer(y, k[1]) + p).sum(axis=-1)
            for k, p in zip(wave, phase, strict=True)
        ]
        return x + moved[0], y + moved[1]

    return bend


def labelled(drawn_map, seed, *, words=25, roads=6):
    """Print names, dots and roads over a map."""
    random = np.random.default_rng(seed)
    image = drawn_map.image.copy()
    pen = ImageDraw.Draw(image)
    wide, high = image.size
    for _ in range(roads):
        at = np.column_stack([random.uniform(0, wide, 4), random.uniform(0, high, 4)])
        pen.line([tuple(p) for p in at.tolist()], fill=rgb(LINE), width=3)
    for number in range(words):
        x, y = random.uniform(40, wide - 90), random.uniform(20, high - 30)
        pen.text((x, y), f"Town {number}", fill=(6, 69, 173))
        pen.ellipse((x - 9, y + 2, x - 3, y + 8), fill=(255, 0, 0))
    return DrawnMap(image, drawn_map.zones, drawn_map.to_pixels)


def saved(image, kind, **options):
    out = BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def spots(count, seed):
    """Return places to put control points: a jittered grid, so that they are well spread."""
    random = np.random.default_rng(seed)
    lon, lat = np.meshgrid(np.linspace(36.5, 40.5, 4), np.linspace(33.5, 36.5, 3))
    at = np.column_stack([lon.ravel(), lat.ravel()]) + random.uniform(-0.3, 0.3, (12, 2))
    return at[random.permutation(12)[:count]]


def control_csv(drawn_map, *, count=10, seed=0, error_px=0.0):
    """Return control points as CSV, each clicked with some error."""
    random = np.random.default_rng(seed + 1)
    lines = ["name,x,y,lon,lat"]
    for number, (lon, lat) in enumerate(spots(count, seed)):
        x, y = drawn_map.to_pixels(lon, lat)
        dx, dy = random.normal(0, error_px, 2) if error_px else (0.0, 0.0)
        lines.append(f"p{number},{float(x + dx)!r},{float(y + dy)!r},{lon!r},{lat!r}")
    return "\n".join(lines).replace("np.float64(", "").replace(")", "") + "\n"


LEGEND = f"""
title = "A country"
day = {DAY}
publisher = "A news agency"
licence = "CC BY 4.0"
not_land = ["{ABROAD}"]
overprint = ["{LINE}", "#0645ad", "#ff0000"]
""" + "".join(
    f'\n[[zone]]\nactor = "{actor}"\ncolour = "{colour}"\n'
    for actor, colour in zip(ACTORS, COLOURS, strict=True)
)

"""Small maps to look at in tests: a grid of 20 km cells, what lies around, what is said on it."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.text import Text

from territory.geometry.projection import EqualArea
from territory.history.history import from_coverage
from territory.holders import NOBODY, Holder
from territory.maps.kinds.agreement import disagreement, draws_map
from territory.maps.kinds.control import before_after_map, day_map, transfers_map
from territory.maps.kinds.differences import comparison_map
from territory.maps.kinds.fronts import front_map
from territory.maps.kinds.holding_time import changes_map, held_since_map
from territory.maps.kinds.multiples import multiples_map
from territory.maps.kinds.uncertainty import uncertainty_map
from territory.maps.map_text import MapText
from territory.maps.sheet import Group
from territory.maps.subject import Subject
from territory.measure.boundary_error import BoundaryError
from territory.measure.compare import compare
from territory.measure.estimate import around
from territory.read.basemap import Context

GOVERNMENT, OPPOSITION, ISIS = Holder("government"), Holder("opposition"), Holder("isis")
BEFORE, AFTER = date(2017, 11, 5), date(2018, 2, 5)
CELL_M = 20_000.0
HOSTILE = "$x^2$ \x07<script>alert(1)</script>\u202e \\frac{a}{b} 汉 " + "W" * 300

# Four by four cells of 400 km2, from the south-west, on two days.
#   before  G G G I      after  G G G I
#           O O G G             O G G G
#           O O O G             O G G G
#           O O O G             O O O G
ROWS_BEFORE = ["OOOG", "OOOG", "OOGG", "GGGI"]
ROWS_AFTER = ["OOOG", "OGGG", "OGGG", "GGGI"]


def grid(*days, holders=(NOBODY, GOVERNMENT, OPPOSITION, ISIS), at=0.0):
    code = {"N": 0, "G": 1, "O": 2, "I": 3}
    cells = [
        shapely.box(*(np.array([x, y, x + 1, y + 1]) * CELL_M + at))
        for y in range(4)
        for x in range(4)
    ]
    held_by = [[code[letter] for row in rows for letter in row] for rows in days]
    dates = (BEFORE, AFTER)[: len(days)]
    return from_coverage(
        np.array(cells),
        np.array(held_by, dtype=np.int16),
        days=dates,
        holders=holders,
        projection=EqualArea(37.0, 35.7),
    )


def surroundings(town="Saraqib", region="Idlib", country="Syria"):
    names = {"name": [country, "Turkey"], "name_ar": ["سوريا", "تركيا"]}
    land = [shapely.box(35.7, 32.3, 42.3, 37.0), shapely.box(30.0, 37.0, 44.0, 41.0)]
    regions = {"name": [region, "Aleppo"], "name_ar": ["إدلب", "حلب"]}
    halves = [shapely.box(36.0, 35.0, 37.4, 36.8), shapely.box(37.4, 35.0, 39.0, 36.8)]
    towns = {
        "name": [town, "Sinjar", "Morek", "Khan Shaykhun", "Idlib"],
        "name_ar": ["سراقب", "سنجار", "مورك", "خان شيخون", "إدلب"],
        "rank": [2, 3, 3, 2, 1],
    }
    points = gpd.points_from_xy([37.3, 37.32, 37.31, 37.85, 37.05], [36.1, 36.1, 36.12, 36.0, 36.3])
    return Context(
        countries=gpd.GeoDataFrame(names, geometry=land, crs=4326),
        regions=gpd.GeoDataFrame(regions, geometry=halves, crs=4326),
        towns=gpd.GeoDataFrame(towns, geometry=points, crs=4326),
    )


def held(**km2):
    return {Holder(actor): around(value, value * 0.1) for actor, value in km2.items()}


def draw(kind, history, context, text=None, **options):
    """Draw a map of a kind, from the first day of the history to the last."""
    text = text or MapText("The finding", "Where and when", "The publisher", note="A note.")
    if kind == "comparison":
        return differing(history, context=context, text=text, **options)
    area, styles = options.pop("area", None), options.pop("styles", None)
    subject = Subject(history, context, text, area, styles)
    options = {"estimates": {}, **options}
    first, last = history.days[0], history.days[-1]
    both, side = (first, last), frozenset({GOVERNMENT})
    makers = {
        "day": lambda: day_map(subject, first, **options),
        "before-after": lambda: before_after_map(subject, first, last, **options),
        "transfers": lambda: transfers_map(subject, first, last, **options),
        "front": lambda: front_map(subject, both, side=side, **options),
        "held-since": lambda: held_since_map(subject, last, **options),
        "changes": lambda: changes_map(subject, first, last, **options),
        "multiples": lambda: multiples_map(subject, both, side=side, **options),
        "uncertainty": lambda: uncertainty_map(subject, last, **{"boundary": BAND, **options}),
        "draws": lambda: draws_map(subject, last, found=unsure(history), **options),
    }
    return makers[kind]()


def differing(history, *, names=("One publisher", "The other"), estimates=None, **options):
    """Draw the first day of a history against the last, as if two publishers had said so."""
    first, last = history.days[0], history.days[-1]
    found = compare(history, history, day_one=first, day_other=last)
    return comparison_map(found, names=names, **options)


def unsure(history):
    """Two draws, of which one moves everything one cell to the west."""
    rows = history.held_by.reshape(len(history.days), 4, 4)
    moved = np.roll(rows, -1, axis=2).reshape(history.held_by.shape)
    draws = (history, replace(history, held_by=moved))
    return disagreement(history, draws, history.days[-1])


BAND = BoundaryError(2000.0, 5000.0)
KINDS = ("day", "before-after", "transfers")
MORE_KINDS = ("front", "held-since", "changes", "multiples", "uncertainty", "draws")
ALL_KINDS = (*KINDS, *MORE_KINDS)
EVERY_KIND = (*ALL_KINDS, "comparison")
ARABIC = MapText("سيطرت القوات الحكومية على معظم الجيب", "بين حماة وحلب", "الناشر", "ar", "ملاحظة")
NASTY = MapText(HOSTILE, HOSTILE, HOSTILE, note=HOSTILE)


def texts(figure):
    return [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]


def said(figure):
    return [t.get_text().strip("\u200e\u200f") for t in texts(figure)]


def names_on(axes):
    groups = [group for group in axes.findobj(Group) if group.get_gid().startswith("labels")]
    return [name for group in groups for name in group.get_children()]


def boxes(artists, figure):
    renderer = figure.canvas.get_renderer()
    return [artist.get_window_extent(renderer) for artist in artists]

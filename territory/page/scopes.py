"""What a reader may look at: the whole, the named areas, the provinces; and the faces in groups.

Faces that always have the same holder and lie in the same areas are one group. Figures of the
page are sums of true group areas, so they are those of the tables whatever is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from territory.coverage import dissolved, sound
from territory.errors import GeometryError
from territory.history import Bools, History
from territory.maps.words import area_title
from territory.projection import Floats, Ints, project

LANGUAGES = ("en", "ar")
Titles = Mapping[str, Mapping[str, str]]
NO_TITLES: Titles = MappingProxyType({})
_SAME = 1e-5  # of an area: two drawings of one outline do not differ more
_LEAST_M2 = 1e4  # a hectare: a province that the data touch by less is not asked about
_NAME_COLUMNS = {
    "en": ("name_en", "name:en", "NAME_EN", "ADM1_EN", "shapeName", "name", "NAME", "NAME_1"),
    "ar": ("name_ar", "name:ar", "NAME_AR", "ADM1_AR"),
}


@dataclass(frozen=True, eq=False)
class Region:
    """A province by its names in the languages of the page, in the plane."""

    names: Mapping[str, str]
    geometry: BaseGeometry


@dataclass(frozen=True, eq=False)
class Scope:
    """Something whose figures the page gives.

    Attributes
    ----------
    key : str
        Its name in the history.
    names : mapping of str to str
        By language; empty for the whole.
    faces : ndarray of bool, shape (f,)
        Which faces it consists of.
    share : float
        Which share of it the data cover, 0 to 1.
    """

    key: str
    names: Mapping[str, str]
    region: bool
    faces: Bools
    share: float


@dataclass(frozen=True, eq=False)
class Groups:
    """Faces that always go together.

    Attributes
    ----------
    of_face : ndarray of int, shape (f,)
        The group of each face.
    held_by : ndarray of int, shape (d, g)
        Index into the holders of the history.
    area_m2 : ndarray, shape (g,)
        True areas.
    first : ndarray of int, shape (g,)
        One face of each group.
    """

    of_face: Ints
    held_by: NDArray[np.int16]
    area_m2: Floats
    first: Ints


def read_regions(frame: gpd.GeoDataFrame | None, history: History) -> dict[str, Region]:
    """Return the provinces that the data reach into, by their plain name.

    Parameters
    ----------
    frame : GeoDataFrame or None
        Polygons with columns of names; see `with_names`.

    Raises
    ------
    GeometryError
        If one is not a valid polygon.
    """
    if frame is None or frame.empty:
        return {}
    shapes = shapely.force_2d(np.asarray(frame.geometry.array))
    named = with_names(frame)
    labels = [
        {"en": name, "ar": arabic}
        for name, arabic in zip(named["name"], named["name_ar"], strict=True)
    ]
    for names, shape in zip(labels, shapes, strict=True):
        if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"}:
            raise GeometryError(f"the region '{names['en']}' is no polygon")
    shapes = np.array([_valid(shape) for shape in shapes], dtype=object)
    plane = project(shapes, CRS.from_user_input(frame.crs), history.projection.crs)
    faces = sound(history.faces)
    tree = shapely.STRtree(faces)
    found: dict[str, Region] = {}
    for names, shape in zip(labels, plane, strict=True):
        near = faces[tree.query(shape, predicate="intersects")]
        if shapely.area(shapely.intersection(near, shape)).sum() > _LEAST_M2:
            found.setdefault(names["en"], Region(names, shape))
    return found


def _valid(shape: BaseGeometry) -> BaseGeometry:
    """Return an outline whose rings do not touch themselves; it is for orientation."""
    if shape.is_valid:
        return shape
    parts = shapely.get_parts(shapely.make_valid(shape))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004


def with_names(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return provinces with the columns ``name`` and ``name_ar``, whatever theirs are called.

    A province without a name is numbered.
    """
    english = _names_in(frame, "en") or _first_text(frame)
    arabic = _names_in(frame, "ar") or [""] * len(frame)
    names = [name or str(number) for number, name in enumerate(english, start=1)]
    return gpd.GeoDataFrame(
        {"name": names, "name_ar": [a or e for a, e in zip(arabic, names, strict=True)]},
        geometry=frame.geometry.to_numpy(),
        crs=frame.crs,
    )


def _names_in(frame: gpd.GeoDataFrame, language: str) -> list[str]:
    """Return the first names that a row has in the columns of a language."""
    columns = [frame[c] for c in _NAME_COLUMNS[language] if c in frame.columns]
    found = [
        next((value for value in row if isinstance(value, str)), "")
        for row in zip(*columns, strict=True)
    ]
    return found if any(found) else []


def _first_text(frame: gpd.GeoDataFrame) -> list[str]:
    """Return the first column that holds text in every row, else nothing for any."""
    for column in frame.columns:
        if column != frame.geometry.name and all(isinstance(v, str) for v in frame[column]):
            return [str(value) for value in frame[column]]
    return [""] * len(frame)


def named_as(history: History, regions: Mapping[str, Region]) -> dict[str, str]:
    """Return which named area of the history is which province, as far as the data reach.

    Such a province needs no cut of its own, and the area takes its names.
    """
    found: dict[str, str] = {}
    for area in history.within if regions else ():
        ground = dissolved(history.faces[history.within[area]])
        for name, region in regions.items():
            if name not in found.values() and _is_same(ground, region, history):
                found[area] = name
                break
    return found


def _is_same(ground: BaseGeometry, region: Region, history: History) -> bool:
    if not ground.intersects(region.geometry):
        return False
    outside = ground.area - ground.intersection(region.geometry).area
    if outside > _SAME * ground.area:
        return False
    near = history.faces[shapely.intersects(region.geometry, history.faces)]
    here = shapely.intersection(dissolved(near), region.geometry)
    return bool(abs(here.area - ground.area) <= _SAME * ground.area)


def cut_along(history: History, regions: Mapping[str, Region]) -> History:
    """Return the history with faces cut along provinces; its own areas stay as they are."""
    if not regions:
        return history
    whole = {} if history.within else {"": np.ones(len(history.faces), dtype=bool)}
    marked = replace(history, within={**whole, **history.within})
    return marked.with_areas({_key(name): each.geometry for name, each in regions.items()})


def _key(name: str) -> str:
    return f"region:{name}"


def scopes_of(
    original: History,
    cut: History,
    regions: Mapping[str, Region],
    same: Mapping[str, str],
    titles: Titles = NO_TITLES,
) -> tuple[Scope, ...]:
    """Return the whole or the named areas, then the provinces that are not one of them.

    Parameters
    ----------
    original, cut : History
        Before and after the cut along the provinces.
    same : mapping of str to str
        See `named_as`.
    titles : mapping of str to mapping of str to str
        What named areas are called, by language, where the job says so.
    """
    found = []
    for name in original.area_names:
        faces = cut.within.get(name, cut.within.get("", cut.mask()))
        usual = regions[same[name]].names if name in same else _area_names(name, original)
        names = titles.get(name, usual)
        found.append(Scope(name, names, name in same, faces, original.covered_share(name)))
    for name, region in regions.items():
        faces = cut.within.get(_key(name), np.zeros(len(cut.faces), dtype=bool))
        if cut.area_m2[faces].sum() > _LEAST_M2:
            share = cut.covered_share(_key(name))
            found.append(Scope(_key(name), region.names, True, faces, share))
    return tuple(found)


def _area_names(name: str, history: History) -> dict[str, str]:
    if not history.within or not name:
        return {}
    return dict.fromkeys(LANGUAGES, area_title(name))


def grouped(history: History, scopes: tuple[Scope, ...]) -> Groups:
    """Put faces together that have the same holders on all days and the same scopes."""
    membership = np.array([scope.faces for scope in scopes], dtype=np.int16)
    rows = np.ascontiguousarray(np.vstack([history.held_by, membership]).T)
    keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")  # in the order of the faces, which lie together
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    of_face, first = rank[group.ravel()], first[order]
    area = np.bincount(of_face, history.area_m2, minlength=len(first)).astype(np.float64)
    return Groups(of_face.astype(np.int64), history.held_by[:, first], area, first)

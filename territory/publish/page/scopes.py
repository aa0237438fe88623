"""What a reader may look at: the whole, the named areas, the provinces; and the faces in groups.

Faces that always have the same holder and lie in the same areas are one group. Figures of the
page are sums of true group areas, so they are those of the tables whatever is drawn.

The plane is the equal-area plane of the history's projection, in metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.arrays import Bools, HolderRows, first_of
from territory.geometry.coverage import sound
from territory.geometry.projection import Floats, Ints
from territory.history.history import WHOLE, History
from territory.history.regions import Regions
from territory.history.spells import same_columns
from territory.languages import FIRST, LANGUAGES
from territory.maps.map_text import area_title
from territory.maps.titles import Titles

NO_TITLES: Titles = MappingProxyType({})
_SAME = 1e-5  # of an area: two drawings of one outline do not differ more
_LEAST_M2 = 1e4  # a hectare: a province that the data touch by less is not asked about


@dataclass(frozen=True, eq=False)
class Region:
    """A province by its names in the languages of the page, in the plane.

    Attributes
    ----------
    within_m2 : ndarray, shape (f,)
        How much of each face of the history lies in it.
    """

    names: Mapping[str, str]
    geometry: BaseGeometry
    within_m2: Floats


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
    held_by: HolderRows
    area_m2: Floats
    first: Ints


def provinces(regions: Regions | None, history: History) -> dict[str, Region]:
    """Return the provinces that the data reach into, by name, as the tables have them.

    Parameters
    ----------
    regions : Regions or None
        In the plane of the history.
    history : History
        In its equal-area plane, in metres.

    Returns
    -------
    dict of str to Region
        In the plane, names in every language.
    """
    if regions is None:
        return {}
    faces = sound(history.faces)
    found: dict[str, Region] = {}
    for name, shape in zip(regions.names, regions.polygons, strict=True):
        within_m2 = _within_m2(faces, shape)
        if within_m2.sum() > _LEAST_M2:
            title = regions.titles.get(name, {})
            usual = title.get(FIRST, name)
            names = {each: title.get(each, usual) for each in LANGUAGES}
            found[name] = Region(names, shape, within_m2)
    return found


def named_as(history: History, regions: Mapping[str, Region]) -> dict[str, str]:
    """Return which named area of the history is which province, as far as the data reach.

    Such a province needs no cut of its own, and the area takes its names.

    Parameters
    ----------
    history : History
        In its equal-area plane, in metres.
    regions : mapping of str to Region
        Provinces by name, in the plane of the history.

    Returns
    -------
    dict of str to str
        By the name of the area, that of the province.
    """
    found: dict[str, str] = {}
    for area in history.distinct_areas if regions and history.within else ():
        inside = history.mask(area)
        size = float(shapely.area(history.faces[inside]).sum())
        for name, region in regions.items():
            if name not in found.values() and _is_same(region.within_m2, inside, size):
                found[area] = name
                break
    return found


def _is_same(within_m2: Floats, inside: Bools, size_m2: float) -> bool:
    """Tell whether faces of a size are all that lies in a province, and lie nowhere else."""
    own, all_of_it = within_m2[inside].sum(), within_m2.sum()
    least = (1 - _SAME) * size_m2
    return bool(own > 0 and own >= least and abs(all_of_it - size_m2) <= _SAME * size_m2)


def _within_m2(faces: NDArray[np.object_], shape: BaseGeometry) -> Floats:
    """Return how much of each face lies in a shape; few cross its rim, and only these are cut."""
    shapely.prepare(shape)
    whole = shapely.contains_properly(shape, faces)
    across = np.flatnonzero(~whole)
    across = across[shapely.intersects(shape, faces[across])]
    found = np.where(whole, shapely.area(faces), 0.0)
    found[across] = shapely.area(shapely.intersection(faces[across], shape))
    return found


def cut_along(history: History, regions: Mapping[str, Region]) -> History:
    """Return the history with faces cut along provinces; its own areas stay as they are.

    Parameters
    ----------
    history : History
        In its equal-area plane, in metres.
    regions : mapping of str to Region
        Provinces by name, in the plane of the history.
    """
    if not regions:
        return history
    return history.with_areas({key_of(name): each.geometry for name, each in regions.items()})


def key_of(name: str) -> str:
    """Return the key of the scope of a province.

    Parameters
    ----------
    name : str
        As the file names it.
    """
    return f"region:{name}"


def scopes_of(
    original: History,
    cut: History,
    regions: Mapping[str, Region],
    same: Mapping[str, str],
    titles: Titles = NO_TITLES,
) -> tuple[Scope, ...]:
    """Return all ground, the named areas, then the provinces that are not one of them.

    Parameters
    ----------
    original, cut : History
        Before and after the cut along the provinces.
    regions : mapping of str to Region
        Provinces by name, in the plane of the history.
    same : mapping of str to str
        See `named_as`.
    titles : mapping of str to mapping of str to str
        What named areas are called, by language, where the job says so.
    """
    found = []
    for name in original.distinct_areas:
        faces = cut.mask(name)
        usual = regions[same[name]].names if name in same else _area_names(name)
        names = titles.get(name, usual)
        found.append(Scope(name, names, name in same, faces, original.covered_share(name)))
    for name, region in regions.items():
        faces = cut.within.get(key_of(name), np.zeros(len(cut.faces), dtype=bool))
        if cut.area_m2[faces].sum() > _LEAST_M2:
            share = cut.covered_share(key_of(name))
            found.append(Scope(key_of(name), region.names, True, faces, share))
    return tuple(found)


def _area_names(name: str) -> dict[str, str]:
    if name in {"", WHOLE}:
        return {}
    return dict.fromkeys(LANGUAGES, area_title(name))


def grouped(history: History, scopes: tuple[Scope, ...]) -> Groups:
    """Put faces together that have the same holders on all days and the same scopes.

    Parameters
    ----------
    history : History
        Cut along the scopes.
    scopes : tuple of Scope
        What a reader may look at; each says which faces of the history are in it.

    Returns
    -------
    Groups
        Areas in square metres, in the order of the first face of each.
    """
    membership = np.array([scope.faces for scope in scopes], dtype=history.held_by.dtype)
    of_face = same_columns(np.vstack([history.held_by, membership]))
    first = first_of(of_face, int(of_face.max(initial=-1)) + 1)
    area = np.bincount(of_face, history.area_m2, minlength=len(first)).astype(np.float64)
    return Groups(of_face, history.held_by[:, first], area, first)

"""Faces cut along areas, and the ground of the areas that no face covers.

Two drawings of one line never agree to the last digit. A piece that is only their difference
is no ground of its own: it stays with the face, or goes on as what lies beside it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.geometry.coverage import (
    NOISE_M2,
    THIN_M,
    are_thin,
    areal,
    dissolved,
    ground_of,
    holds_ground,
    matched,
    nearest_of,
    sound,
)
from territory.geometry.projection import Ints


@dataclass(frozen=True, eq=False)
class Cut:
    """Faces cut along areas, in one plane.

    Attributes
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n + m,)
        The n pieces of the faces, and then m polygons of the areas that no face covers.
    source : ndarray of int, shape (n,)
        The face that each piece comes from.
    owner : ndarray of int, shape (n + m,)
        The area each lies in; -1 for none.
    beside : ndarray of int, shape (m,)
        The piece that a strip thinner than two drawings of one line can differ goes on as;
        -1 for ground that is wider, or where the area has no piece.
    """

    faces: NDArray[np.object_]
    source: Ints
    owner: Ints
    beside: Ints


_Overlay = Callable[[NDArray[np.object_], BaseGeometry], NDArray[np.object_]]


class Overlays:
    """Overlays of faces with areas, each worked out once.

    Partitions of a ground that differ in a few places have most of their faces in common.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[_Overlay, bytes], dict[bytes, BaseGeometry]] = {}

    def of(
        self, overlay: _Overlay, faces: NDArray[np.object_], area: BaseGeometry
    ) -> NDArray[np.object_]:
        """Return the overlay of each face with an area.

        Parameters
        ----------
        overlay : callable
            Takes faces and an area, as `shapely.intersection` does.
        faces : ndarray of geometry, shape (n,)
            In any plane; the same to the last digit is the same face.
        area : geometry
            In the same plane.

        Returns
        -------
        ndarray of geometry, shape (n,)

        Examples
        --------
        >>> squares = np.array([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)])
        >>> found = Overlays().of(shapely.intersection, squares, shapely.box(1, 0, 4, 1))
        >>> shapely.area(found).tolist()
        [1.0, 2.0]
        """
        known = self._known.setdefault((overlay, shapely.to_wkb(area)), {})
        keys = shapely.to_wkb(faces).tolist()
        new = {key: face for key, face in zip(keys, faces, strict=True) if key not in known}
        found = overlay(np.array([*new.values()], dtype=object), area)
        known.update(zip(new, found, strict=True))
        return np.array([known[key] for key in keys], dtype=object)


def ground_within(faces: NDArray[np.object_], area: BaseGeometry) -> NDArray[np.object_]:
    """Return the ground of each face that lies in an area.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n,)
        In any plane.
    area : Polygon or MultiPolygon
        In the same plane.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Without the lines and points where a face merely touches the area.
    """
    return areal(shapely.intersection(faces, area))


def _outside(faces: NDArray[np.object_], area: BaseGeometry) -> NDArray[np.object_]:
    return areal(shapely.difference(faces, area))


def cut_along(
    faces: NDArray[np.object_],
    area: BaseGeometry,
    *,
    fill: bool,
    overlays: Overlays | None = None,
) -> Cut:
    """Cut the faces that cross the rim of one area.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        Of one partition, in metres.
    area : Polygon or MultiPolygon
        In the same plane.
    fill : bool
        Whether what no face covers of the area is ground too.
    overlays : Overlays, optional
        Known from other partitions that have faces in common with this one.

    Examples
    --------
    >>> faces = np.array([shapely.box(0, 0, 2, 2)])
    >>> cut = cut_along(faces, shapely.box(1, 0, 3, 2), fill=True)
    >>> shapely.area(cut.faces).tolist(), cut.owner.tolist()
    ([2.0, 2.0, 2.0], [0, -1, 0])
    """
    overlaid = overlays.of if overlays else _overlaid
    shapely.prepare(area)
    inside = shapely.contains_properly(area, faces)
    beyond = np.flatnonzero(~inside)
    touching = beyond[shapely.intersects(area, faces[beyond])]
    crossed = sound(faces[touching])
    clipped = overlaid(ground_within, crossed, area)
    # A face that merely touches the rim, up to rounding, stays whole on its side. On a large
    # face rounding alone is more than noise, so what is left is looked at too.
    split = holds_ground(clipped, area.area)
    inside[touching[split]] = True
    split &= shapely.area(clipped) < shapely.area(crossed) - NOISE_M2
    left = overlaid(_outside, crossed[split], area)
    remains = holds_ground(left, area.area)
    cut, left = np.flatnonzero(split)[remains], left[remains]
    pieces = faces.copy()
    pieces[touching[cut]] = clipped[cut]
    pieces = np.concatenate([pieces, left])
    source = np.concatenate([np.arange(len(faces)), touching[cut]])
    owner = np.concatenate([np.where(inside, 0, -1), np.full(len(left), -1)])
    bare = [shapely.difference(area, dissolved(pieces[owner == 0]))] if fill else []
    return _with_bare(pieces, source, owner, bare)


def _overlaid(
    overlay: _Overlay, faces: NDArray[np.object_], area: BaseGeometry
) -> NDArray[np.object_]:
    return overlay(faces, area)


def cut_along_all(faces: NDArray[np.object_], polygons: NDArray[np.object_], *, fill: bool) -> Cut:
    """Cut faces along polygons that do not overlap one another, in one pass.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        Of one partition, in metres.
    polygons : ndarray of Polygon or MultiPolygon, shape (p,)
        In the same plane.
    fill : bool
        Whether what no face covers of the polygons is ground too.
    """
    shapely.prepare(polygons)
    bare = areal(shapely.difference(polygons, dissolved(faces))) if fill else ()
    faces = sound(faces)
    owner = np.full(len(faces), -1)
    polygon, face = shapely.STRtree(faces).query(polygons, predicate="intersects")
    inner = shapely.contains_properly(polygons[polygon], faces[face])
    owner[face[inner]] = polygon[inner]
    polygon, face = polygon[~inner], face[~inner]
    pieces = areal(shapely.intersection(faces[face], polygons[polygon]))
    # A face that merely touches a rim, up to rounding, stays whole on its side.
    smallest_m2 = float(shapely.area(polygons).min(initial=np.inf))
    ground = holds_ground(pieces, smallest_m2)
    whole = ground & (shapely.area(pieces) >= shapely.area(faces[face]) - NOISE_M2)
    owner[face[whole]] = polygon[whole]
    split = ground & ~whole
    polygon, face, pieces = polygon[split], face[split], pieces[split]
    left, from_face = _left_over(faces, polygons, face, polygon)
    thin = are_thin(left, THIN_M)  # one line drawn twice: of the polygon beside it
    left_owner = np.full(len(left), -1)
    if thin.any():
        left_owner[thin] = nearest_of(polygons, left[thin])
    others = np.delete(np.arange(len(faces)), face)
    return _with_bare(
        np.concatenate([faces[others], pieces, left]),
        np.concatenate([others, face, from_face]),
        np.concatenate([owner[others], polygon, left_owner]),
        bare,
    )


def _left_over(
    faces: NDArray[np.object_], polygons: NDArray[np.object_], face: Ints, polygon: Ints
) -> tuple[NDArray[np.object_], Ints]:
    """Return what is left of the faces that are divided, part by part, and which face it is."""
    divided, which = np.unique(face, return_inverse=True)
    around: dict[bytes, list[int]] = {}
    for index in range(len(divided)):
        around.setdefault(np.sort(polygon[which == index]).tobytes(), []).append(index)
    left = np.empty(len(divided), dtype=object)
    for key, indices in around.items():
        covered = shapely.union_all(polygons[np.frombuffer(key, dtype=polygon.dtype)])
        left[indices] = areal(shapely.difference(faces[divided[indices]], covered))
    parts, source = shapely.get_parts(left, return_index=True)
    there = shapely.area(parts) > NOISE_M2
    return parts[there], divided[source[there]]


def _with_bare(
    pieces: NDArray[np.object_],
    source: Ints,
    owner: Ints,
    bare: Iterable[BaseGeometry],
) -> Cut:
    """Add the ground of areas that no face covers, and say what its thin strips go on as."""
    faces, owners, besides = [pieces], [owner], [np.zeros(0, dtype=np.int64)]
    for number, ground in enumerate(bare):
        inside = np.flatnonzero(owner == number)
        parts = ground_of(ground, float(shapely.area(pieces[inside]).sum() + ground.area))
        thin, beside = are_thin(parts, THIN_M), np.full(len(parts), -1)
        if len(inside) and thin.any():
            beside[thin] = inside[nearest_of(pieces[inside], parts[thin])]
        faces.append(parts)
        owners.append(np.full(len(parts), number))
        besides.append(beside)
    return Cut(np.concatenate(faces), source, np.concatenate(owners), np.concatenate(besides))


def without_gaps(faces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Match faces that were cut, unless that takes ground from one.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (n,)
        Of one partition, in the plane.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Matched, or all as they were.
    """
    matching = matched(faces)
    lost = shapely.is_empty(matching) & ~shapely.is_empty(faces)
    return faces if lost.any() else matching

"""Who held what, day by day, on one planar partition.

A `History` is made either from snapshots that were drawn (`from_snapshots`, which cuts
all days together) or, without any overlay, from a fixed coverage whose holders change
(`from_coverage`: nearest-place cells, districts). Areas, transfers, claims and maps are
all read off its two arrays: face areas, and holders by day and face.

*The plane* is the equal-area plane of the history's projection (`History.projection`), in
metres; all faces, zones and named areas of a history lie in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.errors import InputError
from territory.findings import Finding
from territory.garbage import no_collection
from territory.geometry.arrays import Bools, HolderRows, holder_rows
from territory.geometry.cutting import Cut, Overlays, cut_along, without_gaps
from territory.geometry.edges import Edges, edges_of
from territory.geometry.outlines import Outlines, StraightFaces, outlines_of
from territory.geometry.projection import (
    GEODESIC_TOLERANCE,
    HALF_TURN,
    EqualArea,
    Floats,
    Ints,
    choose_projection,
    ends_of_world,
    lonlat_bounds,
    shortest_arc,
)
from territory.history.lines import Lines, Uncut
from territory.history.overlaps import Overlap, resolve_overlaps
from territory.history.partition import Partition, partition
from territory.history.snapshot import Snapshot, drawn_bounds, ring_spans
from territory.holders import NOBODY, Holder

WHOLE = "all"
_OFF_THE_MAP = 0.25  # of the diagonal of all zones


@dataclass(frozen=True, eq=False)
class History:
    """Strictly ordered days on one planar partition.

    Attributes
    ----------
    projection : EqualArea
        The plane of `faces`.
    days : tuple of date, length d
        Strictly increasing.
    holders : tuple of Holder, length k
        `NOBODY` first.
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        In metres; they do not overlap.
    area_m2 : ndarray, shape (f,)
        Area of each face.
    held_by : ndarray of int, shape (d, f)
        Index into `holders`.
    origin : ndarray of int, shape (f,)
        Which face of the first partition (which cell or district) each face is a piece
        of; -1 for ground added later.
    within : mapping of str to ndarray of bool, shape (f,)
        Named areas as unions of faces.
    requested_m2 : mapping of str to float
        Full size of each named area, including what the faces do not cover.
    outside_is_nobody : bool
        Whether ground beyond the faces is known to be held by nobody (drawn zones) or
        not known at all (a coverage that ends).
    audit : tuple of Finding
        What was repaired or resolved on the way.
    uncut : Uncut or None
        The faces before they were cut along areas, with the lines between them; None for
        the faces as they are.
    added : ndarray of bool, shape (f,), optional
        Faces that fill a named area where no zone of any day reaches: ground of that area,
        and not of the whole, which is the same whatever areas are named.
    undrawn : ndarray of int, optional
        Which origins are ground that nobody drew, given to a holder; see
        `territory.history.remainder`. It ends where an area ends, and not a zone.
    held_box : tuple of float, optional
        West, south, east, north of all that is ever held, in metres, where faces are figures
        alone; see `territory.history.tiles`.
    straight : StraightFaces, optional
        The faces of the first partition in the CRS they were drawn in; see `as_drawn`.

    Raises
    ------
    InputError
        If the days are not strictly increasing, the shapes disagree, or a holder stands
        twice.
    """

    projection: EqualArea
    days: tuple[date, ...]
    holders: tuple[Holder, ...]
    faces: NDArray[np.object_]
    area_m2: Floats
    held_by: HolderRows
    origin: Ints
    within: Mapping[str, Bools] = field(default_factory=dict)
    requested_m2: Mapping[str, float] = field(default_factory=dict)
    outside_is_nobody: bool = True
    audit: tuple[Finding, ...] = ()
    uncut: Uncut | None = None
    added: Bools | None = None
    undrawn: Ints | None = None
    held_box: tuple[float, float, float, float] | None = None
    straight: StraightFaces | None = None

    def __post_init__(self) -> None:
        """Check what every reader of the arrays relies on."""
        if any(a >= b for a, b in zip(self.days, self.days[1:], strict=False)):
            raise InputError("the days of a history must be strictly increasing")
        if self.held_by.shape != (len(self.days), len(self.faces)):
            raise InputError("a history needs one holder per day and face")
        if not (np.isfinite(self.area_m2).all() and (self.area_m2 >= 0).all()):
            raise InputError("a face of a history has no finite area")
        if not self.holders or self.holders[0] != NOBODY:
            raise InputError("the first holder of a history must be NOBODY")
        if len(set(self.holders)) < len(self.holders):
            raise InputError(
                "a holder stands twice in a history; 'nobody' is ground without any holder,"
                " 'contested' what the policy of that name makes of overlaps"
            )

    @property
    def is_endless(self) -> bool:
        """Whether ground goes on beyond the faces, held by nobody; it ends where an extent does."""
        return self.outside_is_nobody and WHOLE not in self.before_cut.areas

    def day_index(self, day: date) -> int:
        """Return the row of a day.

        Parameters
        ----------
        day : date
            One of `days`.

        Returns
        -------
        int
            Row of `held_by`.

        Raises
        ------
        InputError
            If the day is not in the history; the message names the nearest days.
        """
        row = self._row_of_day.get(day)
        if row is not None:
            return row
        before = [d for d in self.days if d < day][-1:]
        after = [d for d in self.days if d > day][:1]
        near = " and ".join(str(d) for d in before + after)
        raise InputError(f"no snapshot for {day}; the nearest days are {near}")

    @cached_property
    def _row_of_day(self) -> dict[date, int]:
        return {day: row for row, day in enumerate(self.days)}

    def mask(self, area: str | None = None) -> Bools:
        """Return which faces make up a named area.

        Parameters
        ----------
        area : str, optional
            ``"all"`` is all ground, without what was only added to fill named areas; None is
            every face.

        Returns
        -------
        ndarray of bool, shape (f,)

        Raises
        ------
        InputError
            If no area has that name.
        """
        if self._is_everything(area):
            return np.ones(len(self.faces), dtype=bool)
        if area is not None and area in self.within:
            return self.within[area]
        if area == WHOLE and self.added is not None:
            return ~self.added
        raise InputError(f"no area is named '{area}'; known are: {', '.join(self.area_names)}")

    def _is_everything(self, area: str | None) -> bool:
        """Return whether every face is part of an area."""
        return area is None or (area == WHOLE and self.added is None and area not in self.within)

    @property
    def area_names(self) -> tuple[str, ...]:
        """``"all"`` and the named areas.

        An area without a name (``""``) was asked for instead of the whole.
        """
        named = tuple(name for name in self.within if name != WHOLE)
        return named if named == ("",) else (WHOLE, *named)

    @cached_property
    def stands_for_all(self) -> str:
        """The name that all ground goes by: of the first area that is all of it, else ``"all"``."""
        whole = self.mask(WHOLE)
        rounding = GEODESIC_TOLERANCE * float(self.area_m2[whole].sum())
        same = (
            name
            for name, inside in self.within.items()
            if name != WHOLE and float(self.area_m2[inside ^ whole].sum()) <= rounding
        )
        return next(same, self.area_names[0])

    @property
    def distinct_areas(self) -> tuple[str, ...]:
        """The areas that a reader is shown: all ground, and then every area that is less."""
        first = self.stands_for_all
        return (first, *(n for n in self.area_names if n not in {first, WHOLE}))

    def has_rim(self, area: str | None) -> bool:
        """Return whether an area has an end of its own, and is not all that was drawn.

        Parameters
        ----------
        area : str or None
            Name of an area, known or not; None for every face.
        """
        named = area is not None and area in self.within
        return named and (area != WHOLE or WHOLE in self.before_cut.areas)

    @cached_property
    def before_cut(self) -> Uncut:
        """The faces as they were before they were cut along areas."""
        return self.uncut or Uncut(self.faces, self.area_m2, self.origin)

    @property
    def lines(self) -> Lines:
        """The lines between the faces as they were drawn."""
        return self.before_cut.lines

    @cached_property
    def edges(self) -> Edges:
        """The straight edges of the faces, each once."""
        drawn = self.before_cut
        return drawn.edges if drawn.faces is self.faces else edges_of(self.faces)

    def holding(self, day: date, holders: frozenset[Holder]) -> Bools:
        """Return which faces are held by any of `holders` on a day, shape (f,).

        Parameters
        ----------
        day : date
            One of `days`.
        holders : frozenset of Holder
            Of any of them; one that never holds anything holds no face.

        Returns
        -------
        ndarray of bool, shape (f,)

        Raises
        ------
        InputError
            If the day is not in the history.
        """
        wanted = np.array([holder in holders for holder in self.holders])
        held: Bools = wanted[self.held_by[self.day_index(day)]]
        return held

    def km2(self, faces: Bools, area: str | None = None) -> float:
        """Return the area in km2 of the chosen faces inside a named area.

        Parameters
        ----------
        faces : ndarray of bool, shape (f,)
            Which faces.
        area : str, optional
            A named area; the whole partition by default.

        Returns
        -------
        float
            Square kilometres.

        Raises
        ------
        InputError
            If no area has that name.
        """
        inside = faces if self._is_everything(area) else faces & self.mask(area)
        return float(self.area_m2[inside].sum() / 1e6)

    def whole_km2(self, area: str) -> float:
        """Return the area in km2 of all faces inside a named area; added up once.

        Parameters
        ----------
        area : str
            A named area.

        Returns
        -------
        float
            Square kilometres.

        Raises
        ------
        InputError
            If no area has that name.
        """
        if area not in self._whole_km2:
            self._whole_km2[area] = self.km2(self.mask(area), area)
        return self._whole_km2[area]

    @cached_property
    def _whole_km2(self) -> dict[str, float]:
        return {}

    def held_km2(self, days: tuple[date, ...] | None = None, area: str | None = None) -> Floats:
        """Return the area in km2 of every holder on days, shape (days, holders).

        Parameters
        ----------
        days : tuple of date, optional
            Days of the history; all of them by default.
        area : str, optional
            As for `mask`.
        """
        inside = slice(None) if self._is_everything(area) else self.mask(area)
        weight, size = self.area_m2[inside] / 1e6, len(self.holders)
        rows = range(len(self.days)) if days is None else map(self.day_index, days)
        held = [np.bincount(self.held_by[row][inside], weight, size) for row in rows]
        return np.array(held, dtype=np.float64).reshape(-1, size)

    def covered_share(self, area: str) -> float:
        """Return which share of a named area the faces cover, 0 to 1.

        Parameters
        ----------
        area : str
            Name of an area; of one whose full size is not known it is 1.
        """
        requested = self.requested_m2.get(area)
        if requested is None:
            return 1.0
        return float(self.area_m2[self.mask(area)].sum() / requested)

    def lies_outside(self, area: str) -> bool:
        """Return whether a named area is off the map: a quarter of its diagonal away, or more.

        An area beside the zones may well be held by nobody; one in another country says
        that the data are about another place.

        Parameters
        ----------
        area : str
            Name of an area.

        Returns
        -------
        bool
            Whether its box lies that far from the box of all ground ever held. True also where
            no face lies in the area, False where nothing is ever held.

        Raises
        ------
        InputError
            If no area has that name.
        """
        inside, held = self.mask(area), self.held_by.any(axis=0)
        if not (inside.any() and held.any()):
            return bool(held.any())
        if self.held_by[:, inside].any():
            return False
        if self.held_box is not None:
            return is_off_the_map(self.held_box, self.before_cut.areas[area].bounds)
        grounds = (shapely.total_bounds(self.faces[each]).tolist() for each in (held, inside))
        return is_off_the_map(*grounds)

    def holds_only(self, area: str) -> bool:
        """Return whether anything is held on any day, and all of it in one named area.

        Parameters
        ----------
        area : str
            A named area.
        """
        held = self.held_by.any(axis=0)
        return bool(held.any() and (held <= self.mask(area)).all())

    def unreached(self, areas: Iterable[str]) -> dict[str, bool]:
        """Return the named areas where nothing is held on any day, and which are off the map.

        Parameters
        ----------
        areas : iterable of str
            Named areas of the history.

        Returns
        -------
        dict of str to bool
            By the names of those areas alone; whether it lies beyond all that is drawn.
        """
        return {
            name: self.lies_outside(name)
            for name in areas
            if not self.held_by[:, self.mask(name)].any()
        }

    def with_holders(self, held_by: HolderRows) -> "History":
        """Return the history with other holders on the same ground.

        Parameters
        ----------
        held_by : ndarray of int, shape (days, n)
            Index into `holders`, by the numbering of `origin`.

        Returns
        -------
        History
            Ground that was added later (`origin` of -1) is held by nobody.
        """
        columns = np.where(self.origin >= 0, held_by[:, self.origin], 0)
        return replace(
            self, held_by=columns.astype(held_by.dtype, copy=False), uncut=self.before_cut
        )

    def at_days(self, days: tuple[date, ...]) -> "History":
        """Return the history with only these days.

        Parameters
        ----------
        days : tuple of date
            Some days of the history, strictly increasing.

        Returns
        -------
        History
            Of the same faces.

        Raises
        ------
        InputError
            If a day is not in the history, or they are out of order.
        """
        if days == self.days:  # a copy of all days would be as large
            return replace(self, uncut=self.before_cut)
        rows = [self.day_index(day) for day in days]
        return replace(self, days=days, held_by=self.held_by[rows], uncut=self.before_cut)

    def part(self, area: str) -> "History":
        """Return the history of a named area alone, without what lies beyond.

        Parameters
        ----------
        area : str
            Name of an area.

        Returns
        -------
        History
            Of the faces of the area, which is its one named area.

        Raises
        ------
        InputError
            If no area has that name.
        """
        mask = self.mask(area)
        return replace(
            self,
            faces=self.faces[mask],
            area_m2=self.area_m2[mask],
            held_by=self.held_by[:, mask],
            origin=self.origin[mask],
            within={area: np.ones(int(mask.sum()), dtype=bool)},
            added=None,
        )

    def with_extent(self, name: str, ground: BaseGeometry) -> "History":
        """Return the history with one area that is all there is: ``"all"`` and its name mean it.

        The faces beyond stay, so that lines and what changed hands there are known, until
        `within_extent` drops them. What is named from now on ends where the extent does.

        Parameters
        ----------
        name : str
            What the extent is called.
        ground : Polygon or MultiPolygon
            In the plane of the history.
        """
        cut = self.with_areas({name: ground})
        both = dict.fromkeys((name, WHOLE), cut.within[name])
        size = cut.requested_m2[name]
        uncut = cut.before_cut.and_areas({WHOLE: ground})
        requested = {**cut.requested_m2, WHOLE: size}
        return replace(cut, within=both, requested_m2=requested, added=None, uncut=uncut)

    def within_extent(self) -> "History":
        """Return the history without the faces beyond ``"all"``; all areas keep their names."""
        inside = self.mask(WHOLE)
        kept = self.part(WHOLE)
        return replace(kept, within={name: each[inside] for name, each in self.within.items()})

    def with_areas(
        self,
        areas: Mapping[str, BaseGeometry],
        *,
        filled: str | None = None,
        is_drawn: bool = True,
        overlays: Overlays | None = None,
    ) -> "History":
        """Return the history with faces cut along named areas.

        Parameters
        ----------
        areas : mapping of str to Polygon or MultiPolygon
            In the plane of the history. They may overlap one another.
        filled : str, optional
            Name of an area that the faces fill exactly, which needs no cut.
        is_drawn : bool
            Whether outlines are wanted besides figures: matching the borders of what was cut
            takes as long as cutting, and changes no area.
        overlays : Overlays, optional
            Known from other histories that have faces in common with this one.

        Returns
        -------
        History
            With `within` filled. For drawn zones, the part of an area that no face
            covers becomes faces held by nobody, so that the holders' areas always add
            up to the whole area.

        Raises
        ------
        InputError
            If an area is named ``"all"``.

        Examples
        --------
        >>> history = from_coverage(
        ...     np.array([shapely.box(0, 0, 2000, 1000)]), np.array([[1]], dtype=np.int16),
        ...     days=(date(2018, 1, 1),), holders=(NOBODY, Holder("a")),
        ...     projection=EqualArea(0.0, 0.0))
        >>> cut = history.with_areas({"west": shapely.box(0, 0, 500, 1000)})
        >>> cut.area_names, round(cut.km2(cut.mask("west")), 6)
        (('all', 'west'), 0.5)
        """
        if WHOLE in areas:
            raise InputError(f"an area cannot be named '{WHOLE}': that is all ground; rename it")
        result = self
        for name, area in areas.items():
            if name == filled:
                result = result._filling(name)
            else:
                cut = cut_along(result.faces, area, fill=self.is_endless, overlays=overlays)
                result = result.of_pieces(cut, {name: area})
        if not is_drawn or areas.keys() <= {filled}:  # or nothing was cut
            return result
        return replace(result, faces=without_gaps(result.faces))

    def of_pieces(
        self,
        cut: Cut,
        areas: Mapping[str, BaseGeometry],
        rest: Mapping[str, tuple[str, ...]] | None = None,
    ) -> "History":
        """Return the history of the pieces of its faces, with the ground that no face covered.

        That ground is held by nobody, but for strips thinner than two drawings of one line
        can differ: those go on as the face beside them.

        Parameters
        ----------
        cut : Cut
            The faces, cut along the areas.
        areas : mapping of str to Polygon or MultiPolygon
            In the order of `Cut.owner`.
        rest : mapping of str to tuple of str, optional
            See `Uncut`.
        """
        # A piece keeps its share of the true area, so that pieces add up to their face.
        plane, source = shapely.area(self.faces), cut.source
        share = np.divide(self.area_m2, plane, out=np.ones_like(plane), where=plane > 0)
        area_m2 = shapely.area(cut.faces)
        area_m2[: len(source)] *= share[source]
        face = np.concatenate([source, np.full(len(cut.beside), -1)])
        follows = np.flatnonzero(cut.beside >= 0)
        face[len(source) + follows] = source[cut.beside[follows]]
        there = face >= 0
        held_by = holder_rows(len(self.days), len(face), len(self.holders))
        for row, held in zip(held_by, self.held_by, strict=True):  # at once it is a copy more
            row[there] = held[face[there]]
        origin = np.full(len(face), -1)
        origin[there] = self.origin[face[there]]
        new = np.ones(len(cut.beside), dtype=bool)
        added = None if self.added is None else self.added[source]
        if len(new):
            added = np.append(np.zeros(len(source), dtype=bool) if added is None else added, new)
        within = {n: np.append(mask[source], ~new) for n, mask in self.within.items()}
        within |= {name: cut.owner == number for number, name in enumerate(areas)}
        sizes = {
            name: size_m2(area, float(area_m2[within[name]].sum())) for name, area in areas.items()
        }
        return replace(
            self,
            faces=cut.faces,
            area_m2=area_m2,
            held_by=held_by,
            origin=origin,
            within=within,
            requested_m2={**self.requested_m2, **sizes},
            uncut=self.before_cut.and_areas(areas, rest),
            added=added,
        )

    def _filling(self, name: str) -> "History":
        everything = np.ones(len(self.faces), dtype=bool)
        size = float(self.area_m2.sum())
        return replace(
            self,
            within={**self.within, name: everything},
            requested_m2={**self.requested_m2, name: size},
        )

    @cached_property
    def outlines(self) -> Outlines:
        """The lines between the faces, from which the ground of a holder is put together."""
        return outlines_of(self.faces, edges=self.edges)

    @property
    def as_drawn(self) -> StraightFaces | None:
        """The faces in the CRS in which their edges are straight.

        None where they are not all that were drawn and as they were drawn (some were cut, chosen
        or added), and where they may end at 180 degrees although the ground goes on.
        """
        known = self.straight
        if known is None or known.plane is not self.faces:
            return None
        return known if known.is_within(self.projection.longitude) else None

    @cached_property
    def borders(self) -> tuple[Floats, Ints, Ints]:
        """Lengths in metres of the borders between faces, and the faces on both sides.

        One entry for each pair of neighbours. The second face is -1 where nothing lies
        beyond.
        """
        edges, count = self.edges, len(self.faces) + 1
        pair, inverse = np.unique(edges.one * count + edges.other + 1, return_inverse=True)
        one, other = np.divmod(pair, count)
        return np.bincount(inverse, edges.length).astype(np.float64), one, other - 1


def from_coverage(
    faces: NDArray[np.object_],
    held_by: HolderRows,
    *,
    days: tuple[date, ...],
    holders: tuple[Holder, ...],
    projection: EqualArea,
    origin: Ints | None = None,
) -> History:
    """Make a history from polygons that never change and holders that do.

    Parameters
    ----------
    faces : ndarray of Polygon or MultiPolygon, shape (f,)
        In the plane; they must not overlap.
    held_by : ndarray of int, shape (d, f)
        Index into `holders`, whose first is `NOBODY`.
    days : tuple of date, length d
        Strictly increasing.
    holders : tuple of Holder, length k
        Each once, `NOBODY` first.
    projection : EqualArea
        The plane of `faces`, in metres.
    origin : ndarray of int, shape (f,), optional
        What each face is, by the caller's own numbering (of places, of districts).

    Returns
    -------
    History
        Ground beyond the faces is not known: `outside_is_nobody` is False.

    Raises
    ------
    InputError
        If the days are not strictly increasing, the shapes disagree, or a holder stands
        twice.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 3000, 1000)])
    >>> history = from_coverage(
    ...     squares, np.array([[1, 1], [1, 0]], dtype=np.int16),
    ...     days=(date(2018, 1, 1), date(2018, 2, 1)),
    ...     holders=(NOBODY, Holder("a")), projection=EqualArea(0.0, 0.0))
    >>> held = history.holding(date(2018, 2, 1), frozenset({Holder("a")}))
    >>> history.km2(held), history.km2(~held)
    (1.0, 2.0)
    """
    return History(
        projection,
        days,
        holders,
        faces,
        shapely.area(faces),
        held_by,
        np.arange(len(faces)) if origin is None else origin,
        outside_is_nobody=False,
    )


def from_snapshots(
    snapshots: tuple[Snapshot, ...],
    *,
    projection: EqualArea | None = None,
    overlap: Overlap = Overlap.ERROR,
    priority: tuple[str, ...] = (),
) -> History:
    """Cut snapshots of all days together and settle who holds each face.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        Strictly ordered by day, all in one CRS.
    projection : EqualArea, optional
        Chosen from the extent by default.
    overlap : Overlap
        What to do where two holders have the same ground on the same day.
    priority : tuple of str
        Actors, strongest first, for ``overlap="first"``.

    Returns
    -------
    History
        Ground beyond the faces is held by nobody: `outside_is_nobody` is True.

    Raises
    ------
    InputError
        If there is no snapshot.
    OverlapError
        If two holders overlap and `overlap` is ``"error"``.
    CRSError
        If the snapshots are not all in one CRS.
    GeometryError
        If no snapshot has any polygon, or areas are not conserved by the cut.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> from pyproj import CRS
    >>> from territory.history.repair import normalise
    >>> from territory.history.snapshot import RawZones, Source
    >>> def drawn(day, east):
    ...     zone = np.array([shapely.box(37, 35, east, 36)])
    ...     raw = RawZones(day, CRS.from_epsg(4326), Source("drawn"), (Holder("isis"),), zone)
    ...     return normalise(raw)
    >>> history = from_snapshots((drawn(date(2018, 1, 1), 38), drawn(date(2018, 2, 1), 37.5)))
    >>> len(history.faces), [str(holder) for holder in history.holders]
    (2, ['nobody', 'isis'])
    """
    if not snapshots:
        raise InputError("there is no snapshot to measure")
    plane = projection or plane_over(snapshots)
    with no_collection():  # of many lines and faces, and no cycle
        cut = partition(snapshots, plane)
    return history_of(snapshots, cut, plane, overlap=overlap, priority=priority)


def history_of(
    snapshots: tuple[Snapshot, ...],
    cut: Partition,
    plane: EqualArea,
    *,
    overlap: Overlap,
    priority: tuple[str, ...],
) -> History:
    """Settle who holds each face of snapshots that are cut together.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        Strictly ordered by day.
    cut : Partition
        Of them all.
    plane : EqualArea
        That of the faces.
    overlap, priority
        See `from_snapshots`.

    Returns
    -------
    History

    Raises
    ------
    OverlapError
        If two holders overlap and `overlap` is ``"error"``.
    """
    days = tuple(snapshot.day for snapshot in snapshots)
    held_by, holders, audit = resolve_overlaps(cut, days, overlap=overlap, priority=priority)
    found = tuple(finding for snapshot in snapshots for finding in snapshot.audit)
    return History(
        plane,
        days,
        holders,
        cut.faces,
        cut.area_m2,
        held_by,
        np.arange(len(cut.faces)),
        audit=(*found, *audit),
        straight=cut.straight,
    )


def plane_over(snapshots: tuple[Snapshot, ...]) -> EqualArea:
    """Choose the projection from all that snapshots draw.

    Parameters
    ----------
    snapshots : tuple of Snapshot
        All in one CRS.

    Returns
    -------
    EqualArea
        Centred on what is drawn.

    Raises
    ------
    GeometryError
        If no snapshot has any polygon.
    """
    west, south, east, north = bounds = drawn_bounds(snapshots)
    if not (crs := snapshots[0].crs).is_geographic:
        corners = shapely.multipoints(np.reshape(bounds, (2, 2)))
        around = lonlat_bounds(np.array([corners]), crs)
        ends = ends_of_world(crs)
        if ends and east - west > (ends[1] - ends[0]) / 2:
            degrees = (2 * HALF_TURN / (ends[1] - ends[0])) * (
                ring_spans(snapshots) - sum(ends) / 2
            )
            west, east = shortest_arc(*degrees.clip(-HALF_TURN, HALF_TURN))
            around = west, around[1], east, around[3]
        return choose_projection(around)
    if east - west > HALF_TURN:
        west, east = shortest_arc(*ring_spans(snapshots))
    return choose_projection((west, south, east, north))


def is_off_the_map(held: Sequence[float], area: Sequence[float]) -> bool:
    """Return whether one box lies a quarter of the diagonal of another beyond it, or more.

    Parameters
    ----------
    held, area : sequence of float
        West, south, east, north in one plane.

    Examples
    --------
    >>> is_off_the_map((0.0, 0.0, 3.0, 4.0), (4.0, 0.0, 5.0, 1.0))
    False
    >>> is_off_the_map((0.0, 0.0, 3.0, 4.0), (5.0, 0.0, 6.0, 1.0))
    True
    """
    (west, south, east, north), (left, bottom, right, top) = held, area
    across = max(left - east, west - right, 0.0), max(bottom - north, south - top, 0.0)
    return bool(np.hypot(*across) > _OFF_THE_MAP * np.hypot(east - west, north - south))


def size_m2(area: BaseGeometry, covered_m2: float) -> float:
    """Return the size of an area; where all but rounding of its rim is covered, what is.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        In the plane.
    covered_m2 : float
        What faces cover of it.
    """
    whole = float(area.area)
    return covered_m2 if abs(whole - covered_m2) <= GEODESIC_TOLERANCE * whole else whole

"""The zones that follow from places: cells of the nearest place, day by day.

On any day the ground belongs to whoever holds the nearest place: a cell of the Voronoi
diagram in the equal-area plane, cut to an extent. Cells never move, so a history of places
is a coverage whose holders change, and needs no overlay. *The plane* is that of an `EqualArea`
projection, in metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from territory.errors import GeometryError, InputError
from territory.findings import Finding, FindingKind, Severity
from territory.geometry.arrays import Bools
from territory.geometry.cutting import Overlays, ground_within
from territory.geometry.projection import WGS84, EqualArea, Floats
from territory.history.history import History, from_coverage
from territory.history.places import (
    UNKNOWN,
    Dating,
    Event,
    Place,
    PlaceSeries,
    Start,
    events_by_place,
    holders_by_day,
)
from territory.holders import Holder

_EXACT = 1e-11  # of the ground: cells that part it are as large as it is
_FAR_OFF = 2 * np.array([[1.0, 0.1], [-0.1, 1.0], [-1.0, -0.1], [0.1, -1.0]])  # of its size
_NEARER = 1e-6  # of its size: how much nearer another site may be than that of the cell
RIM_M = 1.0  # a place so near to the rim of the extent lies inside, as the corners of a hull do


@dataclass(frozen=True, eq=False)
class Sites:
    """Places in the plane with who holds them, day by day, under one reading of the evidence.

    Attributes
    ----------
    projection : EqualArea
        The plane of `xy`.
    days : tuple of date
        Strictly increasing.
    holders : tuple of Holder
        `NOBODY` first.
    xy : ndarray, shape (places, 2)
        Metres.
    held_by : ndarray of int, shape (days, places)
        Index into `holders`, whose first is `NOBODY` (not known).
    """

    projection: EqualArea
    days: tuple[date, ...]
    holders: tuple[Holder, ...]
    xy: Floats
    held_by: NDArray[np.int16]

    @property
    def known(self) -> Bools:
        """Which places have a known holder on every day, shape (places,).

        The others are left out on all days. Cells are the same on every day, so a place
        that dropped out on one would hand its ground to its neighbours on that day: a
        change of holder that nobody reported.
        """
        return np.asarray((self.held_by > 0).all(axis=0), dtype=np.bool_)


def points(series: PlaceSeries, projection: EqualArea) -> Floats:
    """Return the places in the plane, shape (places, 2), metres.

    Parameters
    ----------
    series : PlaceSeries
        With longitude and latitude of each place (WGS 84).
    projection : EqualArea
        The plane.

    Returns
    -------
    ndarray, shape (places, 2)
        Easting and northing in metres.
    """
    lon = [place.longitude for place in series.places]
    lat = [place.latitude for place in series.places]
    x, y = projection.transformer(WGS84).transform(lon, lat)
    return np.column_stack([x, y])


def sites(
    series: PlaceSeries,
    days: tuple[date, ...],
    *,
    projection: EqualArea,
    dating: Dating = Dating.MIDDLE,
    evidence: frozenset[str] | None = None,
) -> Sites:
    """Put the places into the plane and replay their events.

    Parameters
    ----------
    series : PlaceSeries
        What is known of the places.
    days : tuple of date
        Strictly increasing.
    projection : EqualArea
        The plane that the places are put into, in metres.
    dating : Dating
        Which day of its range an event counts from.
    evidence : frozenset of str, optional
        Classes that are believed; all by default. See `holders_by_day`.

    Returns
    -------
    Sites
        One for each place, known or not.

    Raises
    ------
    InputError
        If a day lies outside the period of the series.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.history.places import Place, Start
    >>> day = date(2018, 1, 1)
    >>> series = PlaceSeries(
    ...     (Place("P1", "West", 37.0, 36.0), Place("P2", "East", 37.1, 36.0)),
    ...     {"P1": Start("a", "reported"), "P2": Start("b", "reported")}, (), day, day)
    >>> found = sites(series, (day,), projection=EqualArea(37.0, 36.0))
    >>> len(found.xy), [str(holder) for holder in found.holders]
    (2, ['nobody', 'a', 'b'])
    """
    holders, held_by = holders_by_day(series, days, dating=dating, evidence=evidence)
    return Sites(projection, days, holders, points(series, projection), held_by)


def cells(
    sites: Floats, extent: BaseGeometry, *, overlays: Overlays | None = None
) -> NDArray[np.object_]:
    """Return the ground nearest to each site within an extent.

    Parameters
    ----------
    sites : ndarray, shape (n, 2)
        Points in an equal-area plane; they may lie outside the extent. Of several at
        one position the first has the cell and the others are empty.
    extent : Polygon or MultiPolygon
        In the same plane.
    overlays : Overlays, optional
        Known from other sites that have cells in common with these.

    Returns
    -------
    ndarray of geometry, shape (n,)

    Raises
    ------
    GeometryError
        If there is no site.

    Examples
    --------
    >>> two = cells(np.array([[1.0, 1.0], [3.0, 1.0]]), shapely.box(0, 0, 4, 2))
    >>> shapely.area(two).tolist()
    [4.0, 4.0]
    """
    if not len(sites):
        raise GeometryError("no place to draw zones from")
    _, first = np.unique(_spots(sites).view(np.complex128).ravel(), return_index=True)
    first.sort()
    result = np.full(len(sites), shapely.Polygon(), dtype=object)
    west_south = np.fmin(extent.bounds[:2], sites.min(axis=0))
    east_north = np.fmax(extent.bounds[2:], sites.max(axis=0))
    reach = shapely.box(*west_south, *east_north)
    result[first] = _diagram(sites[first], reach) if len(first) > 1 else extent
    return clip(result, extent, overlays=overlays)


def _diagram(sites: Floats, reach: BaseGeometry) -> NDArray[np.object_]:
    """Return the ground nearest to each of several sites, at least within a rectangle.

    Of sites on a grid, several of which have one distance to a corner of cells, GEOS draws some
    cells over others, or over themselves.
    """
    found = np.asarray(
        shapely.get_parts(
            shapely.voronoi_polygons(shapely.linestrings(sites), extend_to=reach, ordered=True)
        ),
        dtype=object,
    )
    return (
        found
        if _part(found, shapely.box(*shapely.total_bounds(found)))
        else _by_qhull(sites, reach)
    )


def _part(found: NDArray[np.object_], ground: BaseGeometry) -> bool:
    """Return whether polygons are valid, and as large together as the ground."""
    beyond = abs(float(shapely.area(found).sum()) - ground.area)
    return beyond <= _EXACT * ground.area and bool(shapely.is_valid(found).all())


def _by_qhull(sites: Floats, reach: BaseGeometry) -> NDArray[np.object_]:
    """Return the same cells by another library, which takes such sites as what they are.

    Sites are added so far off that no cell of the others is open, and no further: the wider they
    all lie, the more of them Qhull takes for one.
    """
    from scipy.spatial import KDTree, Voronoi  # slow to load, and seldom needed

    west, south, east, north = reach.bounds
    middle, size = np.array([west + east, south + north]) / 2, max(east - west, north - south)
    drawn = Voronoi(np.concatenate([sites - middle, _FAR_OFF * size]))
    corners = drawn.vertices + middle
    rings = []
    for number, site in enumerate(sites):
        ring = corners[drawn.regions[drawn.point_region[number]]]
        rings.append(shapely.Polygon(ring[np.argsort(np.arctan2(*(ring - site).T))]))
    found = np.asarray(shapely.intersection(np.array(rings, dtype=object), reach), dtype=object)
    # Convex cells whose corners are nearest to their own site lie in the true ones; if they are
    # as large together as the rectangle, they are the true ones.
    xy, cell = shapely.get_coordinates(found, return_index=True)
    beyond = np.hypot(*(xy - sites[cell]).T) - KDTree(sites).query(xy)[0]
    if not _part(found, reach) or (beyond > _NEARER * size).any():
        raise GeometryError("the ground cannot be parted among the places; are many at one spot?")
    return found


def _spots(sites: Floats) -> Floats:
    """Return positions to a micrometre; closer sites cannot be told apart."""
    return np.round(sites, 6) + 0.0


def clip(
    polygons: NDArray[np.object_], area: BaseGeometry, *, overlays: Overlays | None = None
) -> NDArray[np.object_]:
    """Return polygons cut to an area; those wholly inside are passed through.

    Lines and points where a polygon merely touches the area are left out.

    Parameters
    ----------
    polygons : ndarray of Polygon or MultiPolygon, shape (n,)
        In the CRS of `area`.
    area : Polygon or MultiPolygon
        In any CRS.
    overlays : Overlays, optional
        Known from other polygons, some of which are among these.

    Returns
    -------
    ndarray of Polygon or MultiPolygon, shape (n,)
        Empty where a polygon lies outside.

    Examples
    --------
    >>> clip(np.array([shapely.box(0, 0, 2, 1)]), shapely.box(1, 0, 3, 1))[0].area
    1.0
    """
    shapely.prepare(area)
    result = polygons.copy()
    crossing = np.flatnonzero(~shapely.contains_properly(area, polygons))
    overlaid = overlays or Overlays()
    result[crossing] = overlaid.of(ground_within, polygons[crossing], area)
    return result


def cell_history(
    found: Sites,
    *,
    extent: BaseGeometry,
    keep: Bools | None = None,
    overlays: Overlays | None = None,
) -> History:
    """Return the history of nearest-place zones.

    Parameters
    ----------
    found : Sites
        The places in the plane, and who holds them on each day.
    extent : Polygon or MultiPolygon
        Ground to divide, in the plane of the sites.
    keep : ndarray of bool, shape (places,), optional
        Use only these places (for resampling).
    overlays : Overlays, optional
        Known from other sites that have cells in common with these.

    Returns
    -------
    History
        A face for each place with a known holder on every day and with ground in the extent;
        `origin` is the index of the place.

    Raises
    ------
    GeometryError
        If no place with a known holder is left.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.holders import NOBODY, Holder
    >>> found = Sites(
    ...     EqualArea(0.0, 0.0), (date(2018, 1, 1),), (NOBODY, Holder("a"), Holder("b")),
    ...     np.array([[500.0, 500.0], [2500.0, 500.0]]), np.array([[1, 2]], dtype=np.int16))
    >>> history = cell_history(found, extent=shapely.box(0, 0, 3000, 1000))
    >>> (history.area_m2 / 1e6).tolist()
    [1.5, 1.5]
    """
    usable = np.flatnonzero(found.known if keep is None else found.known & keep)
    ground = cells(found.xy[usable], extent, overlays=overlays)
    real = shapely.area(ground) > 0
    return from_coverage(
        ground[real],
        found.held_by[:, usable[real]],
        days=found.days,
        holders=found.holders,
        projection=found.projection,
        origin=usable[real],
    )


def check_inside(series: PlaceSeries, *, extent: BaseGeometry, projection: EqualArea) -> None:
    """Refuse an extent in which no place lies: its ground would go by places elsewhere.

    Parameters
    ----------
    series : PlaceSeries
        What is known of the places.
    extent : Polygon or MultiPolygon
        Ground that is divided, in the plane.
    projection : EqualArea
        The plane of `extent`, in metres.

    Raises
    ------
    InputError
        Saying so if longitude and latitude look swapped.

    Examples
    --------
    >>> from territory.history.places import Place
    >>> day = date(2018, 1, 1)
    >>> series = PlaceSeries((Place("P1", "West", 36.0, 37.0),), {}, (), day, day)
    >>> plane, extent = EqualArea(37.0, 36.0), shapely.box(-1000, -1000, 1000, 1000)
    >>> check_inside(series, extent=extent, projection=plane)
    Traceback (most recent call last):
    territory.errors.InputError: places: no place lies inside the extent, but all would with ...
    """
    if inside_of(extent, points(series, projection)).any():
        return
    swapped = tuple(replace(p, longitude=p.latitude, latitude=p.longitude) for p in series.places)
    swapped = tuple(p for p in swapped if abs(p.latitude) <= 90)  # noqa: PLR2004 - a pole
    there = points(replace(series, places=swapped), projection)
    found = int(inside_of(extent, there).sum())
    raise InputError(
        "no place lies inside the extent"
        + (
            f", but {'all' if found == len(series.places) else found} would with longitude and"
            " latitude swapped; give each its own column"
            if found
            else "; check longitude and latitude, or give ground that has places in it"
        ),
        file="places",
    )


def inside_of(extent: BaseGeometry, xy: Floats) -> Bools:
    """Return which points lie inside; those on its rim do.

    Parameters
    ----------
    extent : Polygon or MultiPolygon
        In the plane, in metres.
    xy : ndarray, shape (n, 2)
        Points in the same plane.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> inside_of(shapely.box(0, 0, 10, 10), np.array([[10.5, 5.0], [12.0, 5.0]])).tolist()
    [True, False]
    """
    return np.asarray(shapely.dwithin(extent, shapely.points(xy), RIM_M))


def place_findings(
    series: PlaceSeries, *, extent: BaseGeometry, projection: EqualArea
) -> tuple[Finding, ...]:
    """Report places that share a position, lie outside the extent or have no known holder.

    Parameters
    ----------
    series : PlaceSeries
        What is known of the places.
    extent : Polygon or MultiPolygon
        Ground that is divided, in the plane.
    projection : EqualArea
        The plane of `extent`, in metres.

    Returns
    -------
    tuple of Finding
        In the order of the places.

    Examples
    --------
    >>> from territory.history.places import Place
    >>> day = date(2018, 1, 1)
    >>> series = PlaceSeries((Place("P1", "West", 37.0, 36.0),), {}, (), day, day)
    >>> plane, extent = EqualArea(37.0, 36.0), shapely.box(-1000, -1000, 1000, 1000)
    >>> [str(found.kind) for found in place_findings(series, extent=extent, projection=plane)]
    ['unknown-holder']
    """
    sites = points(series, projection)
    _, inverse = np.unique(_spots(sites), axis=0, return_inverse=True)
    inside = inside_of(extent, sites)
    events = events_by_place(series)
    findings = []
    first_at: dict[int, Place] = {}
    for place, position, within in zip(series.places, inverse.ravel(), inside, strict=True):
        label = f"{place.key} {place.name}"
        if (other := first_at.setdefault(int(position), place)) is not place:
            detail = f"{label} stands at the position of {other.key}; {other.key} has the cell"
            findings.append(Finding(FindingKind.SAME_POSITION, detail, Severity.WARNING))
        if not within:
            detail = f"{label} lies outside the extent; it still shapes the cells along the rim"
            findings.append(Finding(FindingKind.OUTSIDE_EXTENT, detail))
        if unknown := _why_unknown(series.starts.get(place.key), events.get(place.key, [])):
            detail = f"{label} {unknown}; the ground goes to its neighbours"
            findings.append(Finding(FindingKind.UNKNOWN_HOLDER, detail, Severity.WARNING))
    return tuple(findings)


def _why_unknown(start: Start | None, events: list[Event]) -> str:
    """Say since when no holder is known; nothing where one is known on every day.

    The first event tells who held a place before it.
    """
    first = start.actor if start else UNKNOWN
    if first == UNKNOWN and events:
        first = events[0].giver
    if first == UNKNOWN:
        since = next((event.earliest for event in events if event.taker != UNKNOWN), None)
        return "has no known holder" + (
            f" before {since}, so it is left out on all days" if since else ""
        )
    lost = next((event.earliest for event in events if event.taker == UNKNOWN), None)
    return f"has no known holder from {lost} on, so it is left out on all days" if lost else ""


def subsamples(count: int, *, share: float, draws: int, seed: int) -> tuple[Bools, ...]:
    """Return random subsets of places, the same for the same seed.

    Parameters
    ----------
    count : int
        Number of places.
    share : float
        Share kept in each draw, above 0 and below 1.
    draws : int
        How many subsets.
    seed : int
        Of the random numbers.

    Returns
    -------
    tuple of ndarray of bool, shape (count,), length `draws`
        Each leaves at least one place out.

    Raises
    ------
    InputError
        If the share is out of range, or there are fewer than two places.

    Examples
    --------
    >>> [int(mask.sum()) for mask in subsamples(10, share=0.8, draws=2, seed=1)]
    [8, 8]
    """
    if not 0 < share < 1:
        raise InputError(f"the share of places kept must lie between 0 and 1, not {share}")
    if count < 2:  # noqa: PLR2004
        raise InputError(f"resampling needs two places or more, not {count}")
    random = np.random.default_rng(seed)
    sample_size = min(max(1, round(share * count)), count - 1)
    masks = []
    for _ in range(draws):
        mask = np.zeros(count, dtype=bool)
        mask[random.choice(count, sample_size, replace=False)] = True
        masks.append(mask)
    return tuple(masks)


def place_counts(found: Sites, areas: Mapping[str, BaseGeometry]) -> History:
    """Return a history in which every place is a point that weighs one unit.

    What `History.km2` gives on it is a number of places.

    Parameters
    ----------
    found : Sites
        The places in the plane, and who holds them on each day.
    areas : mapping of str to Polygon or MultiPolygon
        Named areas, in the plane of `found`.

    Returns
    -------
    History
        A face for each place, a point of 1,000,000 square metres.

    Examples
    --------
    >>> from datetime import date
    >>> from territory.holders import NOBODY, Holder
    >>> day, a = date(2018, 1, 1), Holder("a")
    >>> found = Sites(
    ...     EqualArea(0.0, 0.0), (day,), (NOBODY, a),
    ...     np.array([[500.0, 500.0], [2500.0, 500.0]]), np.array([[1, 1]], dtype=np.int16))
    >>> history = place_counts(found, {"west": shapely.box(0, 0, 1000, 1000)})
    >>> history.km2(history.holding(day, frozenset({a})), "west")
    1.0
    """
    return History(
        found.projection,
        found.days,
        found.holders,
        np.asarray(shapely.points(found.xy), dtype=object),
        np.full(len(found.xy), 1e6),
        found.held_by,
        np.arange(len(found.xy)),
        within={name: shapely.contains_xy(area, found.xy) for name, area in areas.items()},
        outside_is_nobody=False,
    )
